/* each.c - many passwords at once: crypt_each on all processors
**
** Passwords in a second, on the wall: by CRYPT row by row, by crypt_each on
** one processor and on all that this process has, and by PostgreSQL's crypt(),
** where there is one, in one session.
*/

#define _GNU_SOURCE /* sched_setaffinity(), popen() */

#include "bench.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PER_CORE = 16, /* passwords of a run, for each processor */
	ROUNDS_MIN = 3,
	ROUNDS_MAX = 15,
	BUDGET = 8, /* seconds, for the rounds of a method */
};

enum side { CRYPT, ONE, ALL, SIDES };

static const char *const side_names[SIDES] = { "CRYPT", "crypt_each, one core",
					       "crypt_each, all cores" };

struct method {
	const char *name;
	const char *sql; /* method and cost, as arguments */
};

static const struct method methods[] = {
	{ "bcrypt 8", "'bcrypt', 8" },
	{ "yescrypt 5", "'yescrypt', NULL" },
};

#define NUMBERS \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n " \
	"WHERE i < %u) "

/* ---- processors ---- */

static cpu_set_t all_cores;
static unsigned core_count;

static void
use_cores(const cpu_set_t *set)
{
	if (sched_setaffinity(0, sizeof *set, set) != 0)
		bench_die("the processor can't be chosen");
}

/* Another one in each round: one may be busier than the others. */
static void
use_one_core(unsigned round)
{
	unsigned wanted = round % core_count;
	cpu_set_t one;

	CPU_ZERO(&one);
	for (unsigned i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &all_cores) && wanted-- == 0) {
			CPU_SET(i, &one);
			break;
		}
	use_cores(&one);
}

/* ---- passwords in a second ---- */

static sqlite3_stmt *
prepare(sqlite3 *db, const struct method *m, enum side side, unsigned count)
{
	char sql[400];

	if (side == CRYPT)
		snprintf(sql, sizeof sql,
			 NUMBERS "SELECT count(CRYPT('password number ' || i, "
				 "%s)) FROM n",
			 count, m->sql);
	else
		snprintf(sql, sizeof sql,
			 "SELECT count(hash) FROM crypt_each('" NUMBERS
			 "SELECT i, ''password number '' || i FROM n', %s)",
			 count, m->sql);
	return bench_prepare(db, sql);
}

static double
rate(sqlite3_stmt *statement, unsigned count)
{
	double began = bench_wall();

	if (bench_integer(statement) != count)
		bench_die("a hash is missing");
	return count / (bench_wall() - began);
}

static void
play_round(sqlite3_stmt *statements[SIDES], unsigned round,
	   double rates[SIDES][ROUNDS_MAX])
{
	for (unsigned i = 0; i < SIDES; i++) {
		enum side side = (enum side)((i + round) % SIDES);

		if (side == ALL)
			use_cores(&all_cores);
		else
			use_one_core(round);
		rates[side][round] = rate(statements[side],
					  side == ALL ? PER_CORE * core_count
						      : PER_CORE);
	}
	use_cores(&all_cores);
}

static void
print_rate(const struct method *m, const char *side, double value)
{
	char what[64];

	snprintf(what, sizeof what, "%s, %s", m->name, side);
	bench_line(what, (struct bench_figure){ value, 1, " /s", 0, 0 }, "%s",
		   "");
}

static void
compare(sqlite3 *db, const struct method *m)
{
	sqlite3_stmt *statements[SIDES];
	double rates[SIDES][ROUNDS_MAX], ratio[ROUNDS_MAX];
	double end = bench_wall() + BUDGET;
	unsigned rounds = 0;

	for (enum side side = CRYPT; side < SIDES; side++)
		statements[side] = prepare(db, m, side,
					   side == ALL ? PER_CORE * core_count
						       : PER_CORE);
	while (rounds < ROUNDS_MIN ||
	       (rounds < ROUNDS_MAX && bench_wall() < end)) {
		play_round(statements, rounds, rates);
		ratio[rounds] = rates[ALL][rounds] / rates[ONE][rounds];
		rounds++;
	}
	for (enum side side = CRYPT; side < SIDES; side++) {
		print_rate(m, side_names[side],
			   bench_median(rates[side], rounds));
		bench_finish(statements[side]);
	}
	bench_line("all cores : one core",
		   (struct bench_figure){ bench_median(ratio, rounds), 2, " x",
					  BENCH_AT_LEAST, 0.95 * core_count },
		   "of %u cores, crypt_each both times", core_count);
}

static void
ask_postgresql(void)
{
	char command[64], answer[128] = "";
	FILE *pipe;
	double value;

	snprintf(command, sizeof command, "test/bench/pgcrypto %d 8", PER_CORE);
	/* NOLINTNEXTLINE(cert-env33-c): the command is written here */
	pipe = popen(command, "r");
	if (pipe == NULL)
		bench_die("no pipe or process");
	if (fgets(answer, sizeof answer, pipe) == NULL)
		answer[0] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	value = pclose(pipe) == 0 ? strtod(answer, NULL) : 0;
	if (value > 0)
		print_rate(&methods[0], "PostgreSQL", value);
	else
		printf("  %s, PostgreSQL: not measured, %s\n", methods[0].name,
		       answer);
}

int
main(void)
{
	sqlite3 *db = bench_open_loaded(":memory:");

	if (sched_getaffinity(0, sizeof all_cores, &all_cores) != 0)
		bench_die("the processors can't be counted");
	core_count = (unsigned)CPU_COUNT(&all_cores);
	bench_heading("Many passwords, hashed in a second");
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		compare(db, &methods[i]);
		if (i == 0)
			ask_postgresql();
	}
	bench_close(db, NULL);
	return 0;
}
