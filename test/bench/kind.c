/* kind.c - what CRYPT_KIND and CRYPT_IS_HASH take for a text
**
** They run in a trigger for each row that is written, and over whole tables
** when the doctor looks. Each text is asked about in a table of nothing else;
** what count(text) costs by itself is taken off.
*/

#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 20000, ROUNDS = 15 };

static const struct sample {
	const char *name, *text;
	bool refused; /* CRYPT_IS_HASH is an error, which ends the query */
} samples[] = {
	{ "a password", "correct horse battery", false },
	{ "one of 64 letters",
	  "Wie oft habe ich schon gesagt, dass es so nicht weitergehen kann",
	  false },
	{ "one with signs", "{p4$$w0rd} 'n' $o {0n}!", false },
	{ "one that begins with $", "$tArship 4ever", false },
	{ "yescrypt",
	  "$y$j9T$MDEyMzQ1Njc4OWFiY2RlZ.$abcdefghijklmnopqrstuvwxyz0123456789"
	  "ABCDEF0",
	  false },
	{ "bcrypt",
	  "$2b$12$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC",
	  false },
	{ "sha512crypt",
	  "$6$rounds=500000$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/"
	  "JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1",
	  false },
	{ "argon2id",
	  "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
	  "+v0rf6ETYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o",
	  false },
	{ "descrypt", "NenEjwJuhgkuw", false },
	{ "bsdicrypt", "_X/..BiN4qlHHqIIHzoM", false },
	{ "{BLF-CRYPT}",
	  "{BLF-CRYPT}$2y$05$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFh"
	  "maPMC",
	  false },
	{ "{CRYPT.B64}",
	  "{CRYPT.B64}JDJ5JDA0JDVqZmNMV3dnYWdJT3FFb2N3VmZNNU9XYm81aHp1OS5JUGt"
	  "ORnN2LzljZVdML2podVJ6VVJD",
	  false },
	{ "{SSHA}", "{SSHA}HDT1axKNNUuPnsIfF96lrjvKvg5zYWx0", false },
	{ "{SHA512}",
	  "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhzt"
	  "meD2cmW192CF5bDufKRpayrW/isg==",
	  false },
	{ "{PBKDF2}",
	  "{PBKDF2}$1$saltsaltsaltsalt$5000$36e79e7c0db52fe4ca0866adc2f860327"
	  "7615b13",
	  false },
	{ "another program's", "$apr1$Yx3kQ9ab$0hC1nQkq2m0fWg7bq8tRk1", true },
	{ "a hash behind a blank",
	  " $2b$12$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC",
	  true },
};

enum { SAMPLES = sizeof samples / sizeof *samples };
enum side { LOOP, KIND, IS_HASH, SIDES };

static const char *const query[SIDES] = {
	[LOOP] = "SELECT count(text) FROM t",
	[KIND] = "SELECT count(CRYPT_KIND(text)) FROM t",
	[IS_HASH] = "SELECT count(CRYPT_IS_HASH(text)) FROM t",
};

static void
fill(sqlite3 *db, const char *text)
{
	sqlite3_stmt *insert;
	char sql[256];

	bench_run(db, "DROP TABLE IF EXISTS t; CREATE TABLE t (text TEXT)");
	snprintf(sql, sizeof sql,
		 "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
		 "i < %d) INSERT INTO t SELECT ?1 FROM n",
		 ROWS);
	insert = bench_prepare(db, sql);
	bench_bind(insert, 1, text);
	bench_step(insert);
	bench_finish(insert);
}

static double
time_of(sqlite3_stmt *statement)
{
	double start = bench_cpu();

	if (bench_integer(statement) != ROWS)
		bench_die("%s: not all rows", sqlite3_sql(statement));
	return (bench_cpu() - start) / ROWS;
}

static void
print(const struct sample *s, double seconds[SIDES][ROUNDS], enum side side)
{
	double own[ROUNDS];
	char what[64];

	for (size_t i = 0; i < ROUNDS; i++)
		own[i] = seconds[side][i] - seconds[LOOP][i];
	snprintf(what, sizeof what, "%s %s",
		 side == KIND ? "CRYPT_KIND" : "CRYPT_IS_HASH", s->name);
	bench_line(what,
		   (struct bench_figure){ bench_median(own, ROUNDS) * 1e6, 2,
					  " us", BENCH_AT_MOST, 2 },
		   "%zu bytes", strlen(s->text));
}

static void
measure(sqlite3 *db, const struct sample *s)
{
	static double seconds[SIDES][ROUNDS];
	enum side sides = s->refused ? IS_HASH : SIDES;
	sqlite3_stmt *statement[SIDES];

	fill(db, s->text);
	for (enum side side = LOOP; side < sides; side++)
		statement[side] = bench_prepare(db, query[side]);
	for (int round = 0; round < ROUNDS; round++)
		for (enum side side = LOOP; side < sides; side++)
			seconds[side][round] = time_of(statement[side]);
	for (enum side side = LOOP; side < sides; side++)
		bench_finish(statement[side]);
	for (enum side side = KIND; side < sides; side++)
		print(s, seconds, side);
}

int
main(void)
{
	sqlite3 *db = bench_open_loaded(":memory:");

	bench_heading("Microseconds for a text");
	for (size_t i = 0; i < SAMPLES; i++)
		measure(db, &samples[i]);
	bench_close(db, NULL);
	return 0;
}
