/* address.c - MAILDIR and DOMAIN_OF against SQLite's own functions
**
** A million addresses in memory. The expressions stand in count(), which asks
** for their values and does nothing with them; what count(email) costs by
** itself is the bare loop, and is taken off each side.
*/

#include "bench.h"

#include <stdio.h>

enum { ROWS = 1000000, ROUNDS = 7 };

#define AT "INSTR(email, '@')"
#define TUTORIAL \
	"PRINTF('%s/%s/', SUBSTR(email, " AT " + 1), SUBSTR(email, 0, " AT "))"

enum side { LOOP, TUTOR, MAILDIR, DOMAIN_OF, LOCAL_PART_OF, SIDES };

static const char *const query[SIDES] = {
	[LOOP] = "SELECT count(email) FROM users",
	[TUTOR] = "SELECT count(" TUTORIAL ") FROM users",
	[MAILDIR] = "SELECT count(MAILDIR(email)) FROM users",
	[DOMAIN_OF] = "SELECT count(DOMAIN_OF(email)) FROM users",
	[LOCAL_PART_OF] = "SELECT count(LOCAL_PART_OF(email)) FROM users",
};

static const char *const name[SIDES] = {
	[MAILDIR] = "MAILDIR",
	[DOMAIN_OF] = "DOMAIN_OF",
	[LOCAL_PART_OF] = "LOCAL_PART_OF",
};

static void
fill(sqlite3 *db)
{
	char email[BENCH_EMAIL_SIZE];
	sqlite3_stmt *insert;

	bench_run(db, "CREATE TABLE users (email TEXT); BEGIN");
	insert = bench_prepare(db, "INSERT INTO users VALUES (?1)");
	for (unsigned i = 0; i < ROWS; i++) {
		bench_email(i, ROWS, false, email);
		bench_bind(insert, 1, email);
		bench_step(insert);
	}
	bench_finish(insert);
	bench_run(db, "COMMIT");
}

/* Both sides must have done the same work. */
static void
compare_answers(sqlite3 *db)
{
	sqlite3_stmt *s = bench_prepare(
		db,
		"SELECT count(*) FROM users WHERE MAILDIR(email) <> " TUTORIAL
		" OR MAILDIR(email) IS NULL");

	if (bench_integer(s) != 0)
		bench_die("MAILDIR and the tutorial's expression differ");
	bench_finish(s);
}

static double
time_of(sqlite3_stmt *statement)
{
	double start = bench_cpu();

	if (bench_integer(statement) != ROWS)
		bench_die("%s: not all rows", sqlite3_sql(statement));
	return bench_cpu() - start;
}

static void
print(double seconds[SIDES][ROUNDS], enum side side)
{
	double ratio[ROUNDS], own[ROUNDS];
	struct bench_figure figure = { .decimals = 1, .unit = " x" };

	for (size_t i = 0; i < ROUNDS; i++) {
		own[i] = (seconds[side][i] - seconds[LOOP][i]) / ROWS;
		ratio[i] = (seconds[TUTOR][i] - seconds[LOOP][i]) / ROWS /
			   own[i];
	}
	figure.value = bench_median(ratio, ROUNDS);
	if (side == MAILDIR) {
		figure.target = BENCH_AT_LEAST;
		figure.limit = 8;
	}
	bench_line(name[side], figure, "%.0f ns a row",
		   bench_median(own, ROUNDS) * 1e9);
}

static void
print_tutorial(double seconds[SIDES][ROUNDS])
{
	double own[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		own[i] = (seconds[TUTOR][i] - seconds[LOOP][i]) / ROWS;
	bench_line("the expression itself",
		   (struct bench_figure){ .value = 1,
					  .decimals = 1,
					  .unit = " x" },
		   "%.0f ns a row, the loop %.0f ns",
		   bench_median(own, ROUNDS) * 1e9,
		   bench_median(seconds[LOOP], ROUNDS) / ROWS * 1e9);
}

int
main(void)
{
	static double seconds[SIDES][ROUNDS];
	sqlite3 *db = bench_open_loaded(":memory:");
	sqlite3_stmt *statement[SIDES];

	fill(db);
	compare_answers(db);
	for (int s = 0; s < SIDES; s++)
		statement[s] = bench_prepare(db, query[s]);
	for (int round = 0; round < ROUNDS; round++)
		for (int s = 0; s < SIDES; s++)
			seconds[s][round] = time_of(statement[s]);
	bench_heading("Times as fast as the tutorial's");
	print_tutorial(seconds);
	for (int s = MAILDIR; s < SIDES; s++)
		print(seconds, (enum side)s);
	for (int s = 0; s < SIDES; s++)
		bench_finish(statement[s]);
	bench_close(db, NULL);
	return 0;
}
