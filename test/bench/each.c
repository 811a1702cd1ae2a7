/* each.c - many passwords at once: crypt_each on all processors, and adopt.sql
**
** Passwords in a second, on the wall: by CRYPT row by row, by crypt_each on
** one processor and on all that this process has; by as many processes with
** CRYPT, which is as much as there is to be had; and by PostgreSQL's crypt(),
** where there is one, in one session.
**
** Then adopt.sql, in a process of sqlite3, with so few and such cheap hashes
** that nearly all of the time is its own. What a million users need is computed
** from two sizes and from the hashes in a second. Each line says which it is.
**
** each FOLDER      puts its files into FOLDER
*/

#define _GNU_SOURCE /* sched_setaffinity(), popen() */

#include "bench.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PER_CORE = 16, /* passwords of a run, for each processor */
	ROUNDS_MIN = 3,
	ROUNDS_MAX = 15,
	BUDGET = 8, /* seconds, for the rounds of a method */
	FEW = 5000,
	MANY = 20000,
	MILLION = 1000000,
};

enum side { CRYPT, ONE, ALL, PROCESSES, SIDES };

static const char *const side_names[SIDES] = { "CRYPT", "crypt_each, one core",
					       "crypt_each, all cores",
					       "CRYPT, processes" };

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

/* What a command says. */
static FILE *
start(const char *command)
{
	/* NOLINTNEXTLINE(cert-env33-c): the commands are written here */
	FILE *pipe = popen(command, "r");

	if (pipe == NULL)
		bench_die("no pipe or process");
	return pipe;
}

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

/* A process for each processor, with a connection of its own. They begin
** together, once all have it. */
static double
rate_of_processes(const struct method *m)
{
	double began;
	int gate[2];
	char byte;

	if (pipe(gate) != 0)
		bench_die("no pipe");
	for (unsigned i = 0; i < core_count; i++)
		if (fork() == 0) {
			sqlite3 *db = bench_open_loaded(":memory:");
			sqlite3_stmt *s = prepare(db, m, CRYPT, PER_CORE);

			use_one_core(i);
			close(gate[1]);
			if (read(gate[0], &byte, 1) != 0)
				bench_die("the gate is broken");
			_exit(bench_integer(s) != PER_CORE);
		}
	close(gate[0]);
	usleep(200000);
	began = bench_wall();
	close(gate[1]);
	for (unsigned i = 0; i < core_count; i++) {
		int status;

		if (wait(&status) < 0 || status != 0)
			bench_die("a process failed");
	}
	return core_count * PER_CORE / (bench_wall() - began);
}

static void
play_round(const struct method *m, sqlite3_stmt *statements[SIDES],
	   unsigned round, double rates[SIDES][ROUNDS_MAX])
{
	for (unsigned i = 0; i < SIDES; i++) {
		enum side side = (enum side)((i + round) % SIDES);

		if (side == ALL || side == PROCESSES)
			use_cores(&all_cores);
		else
			use_one_core(round);
		if (side == PROCESSES) {
			rates[side][round] = rate_of_processes(m);
			continue;
		}
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

/* Returns how many crypt_each makes on all processors. */
static double
compare(sqlite3 *db, const struct method *m)
{
	sqlite3_stmt *statements[SIDES];
	double rates[SIDES][ROUNDS_MAX], ratio[ROUNDS_MAX];
	double possible[ROUNDS_MAX];
	double end = bench_wall() + BUDGET;
	unsigned rounds = 0;

	for (enum side side = CRYPT; side < PROCESSES; side++)
		statements[side] = prepare(db, m, side,
					   side == ALL ? PER_CORE * core_count
						       : PER_CORE);
	while (rounds < ROUNDS_MIN ||
	       (rounds < ROUNDS_MAX && bench_wall() < end)) {
		play_round(m, statements, rounds, rates);
		ratio[rounds] = rates[ALL][rounds] / rates[ONE][rounds];
		possible[rounds] = rates[ALL][rounds] /
				   rates[PROCESSES][rounds];
		rounds++;
	}
	for (enum side side = CRYPT; side < SIDES; side++) {
		print_rate(m, side_names[side],
			   bench_median(rates[side], rounds));
		if (side != PROCESSES)
			bench_finish(statements[side]);
	}
	bench_line("all cores : one core",
		   (struct bench_figure){ bench_median(ratio, rounds), 2, " x",
					  BENCH_AT_LEAST, 0.95 * core_count },
		   "of %u cores, crypt_each both times", core_count);
	bench_line("all cores : processes",
		   (struct bench_figure){ bench_median(possible, rounds), 2,
					  " x", 0, 0 },
		   "crypt_each, and %u processes with CRYPT", core_count);
	return bench_median(rates[ALL], rounds);
}

static void
ask_postgresql(void)
{
	char command[64], answer[128] = "";
	FILE *pipe;
	double value;

	snprintf(command, sizeof command, "test/bench/pgcrypto %d 8", PER_CORE);
	pipe = start(command);
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

/* ---- adopt.sql ---- */

struct run {
	double seconds, peak_kib;
};

/* The SQL files, with the cheapest policy there is. */
static void
copy_scripts(const char *folder)
{
	char command[800];

	snprintf(command, sizeof command,
		 "cp -r sql '%s/sql' && echo \"UPDATE password_policy SET "
		 "method = 'argon2id', cost = 'm=8,t=1,p=1';\" "
		 ">>'%s/sql/schema.sql'",
		 folder, folder);
	if (pclose(start(command)) != 0)
		bench_die("the SQL files can't be copied");
}

/* As the tutorial has it. */
static void
make_tutorial(const char *path, unsigned users)
{
	sqlite3 *db = bench_open(path);
	char sql[600];

	bench_run(db, "CREATE TABLE domains(domain);"
		      "INSERT INTO domains VALUES ('example.org');"
		      "CREATE TABLE users(email PRIMARY KEY, password, quota)");
	snprintf(sql, sizeof sql,
		 NUMBERS "INSERT INTO users "
			 "SELECT printf('user%%07d@example.org', i), "
			 "'password number ' || i, 10485760 FROM n",
		 users);
	bench_run(db, sql);
	bench_close(db, NULL);
}

static struct run
adopt(const char *folder, unsigned users)
{
	struct run run = { 0, 0 };
	char path[300], command[1200], line[256];
	unsigned adopted = 0;
	double began;
	FILE *pipe;

	snprintf(path, sizeof path, "%s/adopt.db", folder);
	make_tutorial(path, users);
	snprintf(command, sizeof command,
		 "here=$PWD; cd '%s/sql' && exec sqlite3 -batch -init "
		 "/dev/null -cmd \".load '$here/mailfunc'\" -cmd "
		 "\".parameter set :passwords \\\"'plain'\\\"\" ../adopt.db "
		 "'.read adopt.sql' '.system grep VmHWM /proc/$PPID/status'",
		 folder);
	began = bench_wall();
	pipe = start(command);
	while (fgets(line, sizeof line, pipe) != NULL) {
		sscanf(line, "adopted: %u users", &adopted);
		sscanf(line, "VmHWM: %lf kB", &run.peak_kib);
	}
	if (pclose(pipe) != 0 || adopted != users || run.peak_kib <= 0)
		bench_die("adopt.sql failed");
	/* With VACUUM, and the shell's own beginning and end. */
	run.seconds = bench_wall() - began;
	bench_close(bench_open(path), path);
	return run;
}

/* What the threads take at once to hash by the default policy. */
static double
hashing_kib(sqlite3 *db)
{
	sqlite3_stmt *s = bench_prepare(
		db, "SELECT memory_kib FROM crypt_methods LIMIT 1");
	long long kib = bench_integer(s) * core_count;

	bench_finish(s);
	return kib < 1048576 ? (double)kib : 1048576;
}

static double
line_through(double few, double many, double at)
{
	return many + (many - few) / (MANY - FEW) * (at - MANY);
}

static void
print_run(const char *how, unsigned users, struct run run, const char *note)
{
	char what[64];

	snprintf(what, sizeof what, "%u users, %s", users, how);
	bench_line(what, (struct bench_figure){ run.seconds, 1, " s", 0, 0 },
		   "%s", note);
	bench_line("  peak memory of sqlite3",
		   (struct bench_figure){ run.peak_kib / 1024, 1, " MiB", 0,
					  0 },
		   "%s", note);
}

static void
adopt_many(sqlite3 *db, const char *folder, double per_second)
{
	struct run few, many, million;

	copy_scripts(folder);
	few = adopt(folder, FEW);
	many = adopt(folder, MANY);
	million.seconds = line_through(few.seconds, many.seconds, MILLION) +
			  MILLION / per_second;
	million.peak_kib = line_through(few.peak_kib, many.peak_kib, MILLION) +
			   hashing_kib(db);
	print_run("cheapest", FEW, few, "measured: argon2id m=8,t=1,p=1");
	print_run("cheapest", MANY, many, "measured, the same");
	print_run("default", MILLION, million,
		  "computed, not measured: see below");
	printf("  The line through both sizes, and yescrypt 5 as above: "
	       "%.0f s of it hash.\n",
	       MILLION / per_second);
}

int
main(int argc, char *argv[])
{
	sqlite3 *db = bench_open_loaded(":memory:");
	double per_second = 0;

	if (argc != 2)
		bench_die("usage: each FOLDER");
	if (sched_getaffinity(0, sizeof all_cores, &all_cores) != 0)
		bench_die("the processors can't be counted");
	core_count = (unsigned)CPU_COUNT(&all_cores);
	bench_heading("Many passwords, hashed in a second");
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		per_second = compare(db, &methods[i]);
		if (i == 0)
			ask_postgresql();
	}
	bench_heading("adopt.sql: plain passwords");
	adopt_many(db, argv[1], per_second);
	bench_close(db, NULL);
	return 0;
}
