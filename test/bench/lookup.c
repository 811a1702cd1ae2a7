/* lookup.c - one user among a thousand, a hundred thousand and a million
**
** The maildir of one random user at a time, from sql/schema.sql's table by
** its key, and from the tutorial's table, which has none. A look-up is what
** Postfix makes of it: the statement is prepared anew for each key, with the
** key in its text, outside of any transaction. What it costs with a statement
** kept prepared is printed for the record. The reader has not loaded the
** extension. Time on the wall: reading pages is part of it.
**
** lookup FOLDER      puts its files into FOLDER; a million users take 400 MB
*/

#include "bench.h"

#include <stdio.h>

enum { SIZES = 3, ROUNDS = 9, LOOKUPS = 4000, ALL_USERS = 1000000 };

static const unsigned sizes[SIZES] = { 1000, 100000, 1000000 };
/* A scan of the last takes a tenth of a second. */
static const unsigned keyless_lookups[SIZES] = { 400, 4, 1 };

enum way { AS_POSTFIX, KEPT, KEYLESS, WAYS };

/* Both tables of one size, the reader's connections and kept statement. */
struct store {
	unsigned users;
	char keyed[256], keyless[256];
	sqlite3 *db, *keyless_db;
	sqlite3_stmt *kept;
	double seconds[WAYS][ROUNDS]; /* of one look-up */
};

static const char tutorial_tables[] =
	"CREATE TABLE users (email varchar(80) NOT NULL, "
	"password varchar(120) NOT NULL, quota int DEFAULT 10485760)";

static const char tutorial_query[] =
	"SELECT PRINTF('%%s/%%s/', SUBSTR(email, INSTR(email, '@') + 1), "
	"SUBSTR(email, 0, INSTR(email, '@'))) FROM users WHERE email = '%s'";

static const char schema_query[] =
	"SELECT maildir FROM users WHERE email = '%s'";

static void
insert_users(sqlite3 *db, unsigned users, const char *sql)
{
	char email[BENCH_EMAIL_SIZE];
	sqlite3_stmt *s = bench_prepare(db, sql);

	bench_bind(s, 2, bench_hash);
	bench_run(db, "PRAGMA synchronous = OFF; BEGIN");
	for (unsigned i = 0; i < users; i++) {
		bench_email(i, users, true, email);
		bench_bind(s, 1, email);
		bench_step(s);
	}
	bench_run(db, "COMMIT");
	bench_finish(s);
}

static void
make_store(struct store *t, unsigned users, const char *folder)
{
	sqlite3 *db;

	t->users = users;
	snprintf(t->keyed, sizeof t->keyed, "%s/keyed%u.db", folder, users);
	snprintf(t->keyless, sizeof t->keyless, "%s/keyless%u.db", folder,
		 users);
	db = bench_open_loaded(t->keyed);
	bench_run_file(db, "sql/schema.sql");
	bench_fill_domains(db);
	/* They would take half a minute, and leave the same rows. */
	bench_drop_triggers(db);
	insert_users(db, users,
		     "INSERT INTO users (email, password, maildir) "
		     "VALUES (?1, ?2, MAILDIR(?1))");
	bench_run_file(db, "sql/schema.sql");
	bench_close(db, NULL);
	db = bench_open(t->keyless);
	bench_run(db, tutorial_tables);
	insert_users(db, users,
		     "INSERT INTO users (email, password) "
		     "VALUES (?1, ?2)");
	bench_close(db, NULL);
	t->db = bench_open(t->keyed);
	t->keyless_db = bench_open(t->keyless);
	t->kept = bench_prepare(t->db,
				"SELECT maildir FROM users WHERE email = ?1");
}

/* Random numbers without a library's seed: Knuth's 64-bit generator. */
static unsigned
any_of(unsigned users)
{
	static unsigned long long state = 1;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((state >> 33) % users);
}

static void
look_up(struct store *t, enum way way)
{
	char email[BENCH_EMAIL_SIZE], sql[512];
	sqlite3_stmt *s = t->kept;

	bench_email(any_of(t->users), t->users, true, email);
	if (way == KEPT) {
		bench_bind(s, 1, email);
	} else {
		snprintf(sql, sizeof sql,
			 way == KEYLESS ? tutorial_query : schema_query, email);
		s = bench_prepare(way == KEYLESS ? t->keyless_db : t->db, sql);
	}
	if (sqlite3_step(s) != SQLITE_ROW || sqlite3_column_bytes(s, 0) == 0)
		bench_die("%s isn't found", email);
	sqlite3_reset(s);
	if (way != KEPT)
		bench_finish(s);
}

static double
time_of(struct store *t, enum way way, unsigned count)
{
	double start = bench_wall();

	for (unsigned i = 0; i < count; i++)
		look_up(t, way);
	return (bench_wall() - start) / count;
}

static void
play(struct store stores[SIZES])
{
	for (int round = 0; round < ROUNDS; round++)
		for (int way = 0; way < WAYS; way++)
			for (int i = 0; i < SIZES; i++)
				stores[i].seconds[way][round] = time_of(
					&stores[i], (enum way)way,
					way == KEYLESS ? keyless_lookups[i]
						       : LOOKUPS);
}

static double
ratio(const double *above, const double *below)
{
	double values[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		values[i] = above[i] / below[i];
	return bench_median(values, ROUNDS);
}

static void
print(const struct store *t, const struct store *least, enum way way,
      const char *name)
{
	struct bench_figure figure = { .decimals = 2, .unit = " x" };
	char what[64];

	figure.value = ratio(t->seconds[way], least->seconds[way]);
	if (t->users == ALL_USERS && way == AS_POSTFIX) {
		figure.target = BENCH_AT_MOST;
		figure.limit = 2;
	}
	snprintf(what, sizeof what, "%s %u", name, t->users);
	bench_line(what, figure, "%.1f us",
		   bench_median(t->seconds[way], ROUNDS) * 1e6);
}

static void
print_gain(const struct store *t)
{
	char what[64];

	snprintf(what, sizeof what, "the tutorial's, %u", t->users);
	bench_line(what,
		   (struct bench_figure){
			   .value = ratio(t->seconds[KEYLESS],
					  t->seconds[AS_POSTFIX]),
			   .decimals = 0,
			   .unit = " x" },
		   "of the key's; %.0f us",
		   bench_median(t->seconds[KEYLESS], ROUNDS) * 1e6);
}

int
main(int argc, char **argv)
{
	static struct store stores[SIZES];

	for (int i = 0; i < SIZES; i++)
		make_store(&stores[i], sizes[i], argc > 1 ? argv[1] : "build");
	play(stores);
	bench_heading("A look-up, over one among 1000");
	for (int i = 0; i < SIZES; i++)
		print(&stores[i], stores, AS_POSTFIX, "among");
	for (int i = 0; i < SIZES; i++)
		print(&stores[i], stores, KEPT, "statement kept,");
	for (int i = 0; i < SIZES; i++)
		print_gain(&stores[i]);
	for (int i = 0; i < SIZES; i++) {
		bench_finish(stores[i].kept);
		bench_close(stores[i].db, stores[i].keyed);
		bench_close(stores[i].keyless_db, stores[i].keyless);
	}
	return 0;
}
