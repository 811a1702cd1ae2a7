/* insert.c - what sql/schema.sql's triggers cost a row that needs no hashing
**
** 100,000 users whose passwords are hashed already, in one transaction, into
** a new file; then the same into the table without its triggers. Whether the
** statement gives a maildir or leaves it to the triggers, the rows that come
** out are compared with a plain insert of the same rows. Time on the wall:
** writing the file is part of it on both sides.
**
** insert FOLDER      puts its files into FOLDER
*/

#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 100000, ROUNDS = 5 };

enum side { PLAIN_GIVEN, PLAIN_NULL, TRIGGERS_GIVEN, TRIGGERS_FILL, SIDES };

struct order {
	const char *name;
	bool sorted;
	double seconds[SIDES][ROUNDS];
};

static char path[256];

/* domain/local-part/ as a program would make it without the extension. */
static void
write_maildir(const char *email, char maildir[BENCH_EMAIL_SIZE])
{
	const char *at = strchr(email, '@');

	snprintf(maildir, BENCH_EMAIL_SIZE, "%s/%.*s/", at + 1,
		 (int)(at - email), email);
}

static double
insert_all(sqlite3 *db, bool sorted, bool give_maildir)
{
	char email[BENCH_EMAIL_SIZE], maildir[BENCH_EMAIL_SIZE];
	sqlite3_stmt *s = bench_prepare(
		db, "INSERT INTO users (email, password, maildir) "
		    "VALUES (?1, ?2, ?3)");
	double start = bench_wall();

	bench_bind(s, 2, bench_hash);
	bench_run(db, "BEGIN");
	for (unsigned i = 0; i < ROWS; i++) {
		bench_email(i, ROWS, sorted, email);
		bench_bind(s, 1, email);
		if (give_maildir) {
			write_maildir(email, maildir);
			bench_bind(s, 3, maildir);
		}
		bench_step(s);
	}
	bench_run(db, "COMMIT");
	start = bench_wall() - start;
	bench_finish(s);
	return start;
}

/* All rows are there, with the hash as given and a maildir if one was due. */
static void
check_rows(sqlite3 *db, enum side side)
{
	sqlite3_stmt *s = bench_prepare(
		db, "SELECT count(*) FROM users "
		    "WHERE password = ?1 AND (maildir <> '') IS ?2");

	bench_bind(s, 1, bench_hash);
	if (side != PLAIN_NULL)
		sqlite3_bind_int(s, 2, 1);
	if (bench_integer(s) != ROWS)
		bench_die("not all rows were stored as they should be");
	bench_finish(s);
}

static double
time_of(enum side side, bool sorted)
{
	sqlite3 *db = bench_open_loaded(path);
	double seconds;

	bench_run_file(db, "sql/schema.sql");
	bench_fill_domains(db);
	if (side == PLAIN_GIVEN || side == PLAIN_NULL)
		bench_drop_triggers(db);
	seconds = insert_all(db, sorted,
			     side == PLAIN_GIVEN || side == TRIGGERS_GIVEN);
	check_rows(db, side);
	bench_close(db, path);
	return seconds;
}

static double
ratio(const struct order *o, enum side side, enum side base)
{
	double values[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		values[i] = o->seconds[side][i] / o->seconds[base][i];
	return bench_median(values, ROUNDS);
}

static void
print(const struct order *o, enum side side)
{
	char what[64];
	struct bench_figure figure = { ratio(o, side, PLAIN_GIVEN), 2, " x",
				       BENCH_AT_MOST, 2.0 };

	snprintf(what, sizeof what, "%s, maildir %s", o->name,
		 side == TRIGGERS_GIVEN ? "given" : "left to them");
	bench_line(what, figure, "of %.1f us a row",
		   bench_median(o->seconds[PLAIN_GIVEN], ROUNDS) / ROWS * 1e6);
}

/* For the record: the base has one index entry less to write. */
static void
print_against_null(const struct order *o)
{
	char what[64];

	snprintf(what, sizeof what, "%s, over one left NULL", o->name);
	bench_line(what,
		   (struct bench_figure){
			   .value = ratio(o, TRIGGERS_FILL, PLAIN_NULL),
			   .decimals = 2,
			   .unit = " x" },
		   "of %.1f us a row",
		   bench_median(o->seconds[PLAIN_NULL], ROUNDS) / ROWS * 1e6);
}

int
main(int argc, char **argv)
{
	static struct order orders[] = {
		{ .name = "random", .sorted = false },
		{ .name = "sorted", .sorted = true },
	};

	snprintf(path, sizeof path, "%s/insert.db",
		 argc > 1 ? argv[1] : "build");
	for (int round = 0; round < ROUNDS; round++)
		for (int s = 0; s < SIDES; s++)
			for (int o = 0; o < 2; o++)
				orders[o].seconds[s][round] = time_of(
					(enum side)s, orders[o].sorted);
	bench_heading("Inserts with triggers over without");
	for (int o = 0; o < 2; o++) {
		print(&orders[o], TRIGGERS_GIVEN);
		print(&orders[o], TRIGGERS_FILL);
		print_against_null(&orders[o]);
	}
	return 0;
}
