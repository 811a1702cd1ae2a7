/* bench.c - see bench.h */

#define _POSIX_C_SOURCE 200809L /* clock_gettime() */

#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- clocks and medians ---- */

static double
seconds(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) != 0)
		bench_die("the clock can't be read");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double
bench_cpu(void)
{
	return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double
bench_wall(void)
{
	return seconds(CLOCK_MONOTONIC);
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
bench_median(const double *values, size_t count)
{
	double sorted[BENCH_ROUNDS_MAX];

	if (count == 0 || count > BENCH_ROUNDS_MAX)
		bench_die("%zu rounds have no median here", count);
	memcpy(sorted, values, count * sizeof *values);
	qsort(sorted, count, sizeof *sorted, compare);
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

void
bench_die(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("bench: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* ---- the table ---- */

void
bench_heading(const char *title)
{
	printf("\n%-36s%10s%13s\n", title, "figure", "target");
}

static bool
is_missed(const struct bench_figure *f)
{
	return (f->target == BENCH_AT_MOST && f->value > f->limit) ||
	       (f->target == BENCH_AT_LEAST && f->value < f->limit);
}

static void
write_target(const struct bench_figure *f, char *text, size_t size)
{
	text[0] = '\0';
	if (f->target != BENCH_NO_TARGET)
		snprintf(text, size, "%s %.*f%s",
			 f->target == BENCH_AT_MOST ? "<=" : ">=",
			 f->limit < 10 ? f->decimals : 0, f->limit, f->unit);
}

void
bench_line(const char *what, struct bench_figure figure, const char *note, ...)
{
	char number[32], target[32], remark[64];
	va_list arguments;

	snprintf(number, sizeof number, "%.*f%s", figure.decimals, figure.value,
		 figure.unit);
	write_target(&figure, target, sizeof target);
	va_start(arguments, note);
	vsnprintf(remark, sizeof remark, note, arguments);
	va_end(arguments);
	printf("  %-34s%10s", what, number);
	if (target[0] != '\0' || remark[0] != '\0')
		printf("%13s %c %s", target, is_missed(&figure) ? '!' : ' ',
		       remark);
	putchar('\n');
	fflush(stdout);
}

/* ---- SQLite ---- */

static void
check(sqlite3 *db, int rc, const char *what)
{
	if (rc != SQLITE_OK && rc != SQLITE_ROW && rc != SQLITE_DONE)
		bench_die("%s: %s", what, sqlite3_errmsg(db));
}

sqlite3 *
bench_open(const char *path)
{
	sqlite3 *db = NULL;

	check(db, sqlite3_open(path, &db), path);
	return db;
}

void
bench_load(sqlite3 *db)
{
	char *error = NULL;

	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
	if (sqlite3_load_extension(db, "./mailfunc.so", NULL, &error) !=
	    SQLITE_OK)
		bench_die("%s", error);
}

sqlite3 *
bench_open_loaded(const char *path)
{
	sqlite3 *db = bench_open(path);

	bench_load(db);
	return db;
}

void
bench_run(sqlite3 *db, const char *sql)
{
	check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), "exec");
}

void
bench_run_file(sqlite3 *db, const char *path)
{
	static char sql[1 << 17];
	FILE *file = fopen(path, "r");
	size_t len;

	if (file == NULL)
		bench_die("%s can't be read", path);
	len = fread(sql, 1, sizeof sql - 1, file);
	if (!feof(file))
		bench_die("%s is too long", path);
	fclose(file);
	sql[len] = '\0';
	bench_run(db, sql);
}

void
bench_drop_triggers(sqlite3 *db)
{
	sqlite3_stmt *s = bench_prepare(
		db,
		"SELECT group_concat('DROP TRIGGER \"' || name || '\"', ';') "
		"FROM sqlite_master WHERE type = 'trigger'");
	char sql[4096];

	if (sqlite3_step(s) != SQLITE_ROW || sqlite3_column_bytes(s, 0) == 0)
		bench_die("the schema has no triggers");
	snprintf(sql, sizeof sql, "%s",
		 (const char *)sqlite3_column_text(s, 0));
	bench_finish(s);
	bench_run(db, sql);
}

sqlite3_stmt *
bench_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), sql);
	return statement;
}

void
bench_bind(sqlite3_stmt *statement, int index, const char *text)
{
	check(sqlite3_db_handle(statement),
	      sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC),
	      "bind");
}

long long
bench_integer(sqlite3_stmt *statement)
{
	long long answer;

	if (sqlite3_step(statement) != SQLITE_ROW)
		bench_die("no row: %s",
			  sqlite3_errmsg(sqlite3_db_handle(statement)));
	answer = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return answer;
}

void
bench_step(sqlite3_stmt *statement)
{
	int rc;

	do
		rc = sqlite3_step(statement);
	while (rc == SQLITE_ROW);
	check(sqlite3_db_handle(statement), rc, "step");
	sqlite3_reset(statement);
}

void
bench_finish(sqlite3_stmt *statement)
{
	sqlite3_finalize(statement);
}

void
bench_close(sqlite3 *db, const char *path)
{
	static const char *const ends[] = { "", "-journal", "-wal", "-shm" };
	char name[512];

	if (sqlite3_close(db) != SQLITE_OK)
		bench_die("a statement is still open");
	for (size_t i = 0; path != NULL && i < sizeof ends / sizeof *ends;
	     i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

/* ---- rows to work on ---- */

enum { DOMAINS = 100 };

/* Not anybody's password: the digest is made up. */
const char bench_hash[] = "$y$j9T$MDEyMzQ1Njc4OWFiY2RlZ.$"
			  "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF0";

void
bench_email(unsigned index, unsigned users, bool sorted,
	    char email[BENCH_EMAIL_SIZE])
{
	/* A prime that shares no factor with a power of ten reaches every
	** number below users once, by large jumps. */
	unsigned long long number = sorted ? index : index * 611953ULL % users;

	snprintf(email, BENCH_EMAIL_SIZE, "user%06llu@mail%02u.example.org",
		 number, (unsigned)(number % DOMAINS));
}

void
bench_fill_domains(sqlite3 *db)
{
	char sql[256];

	snprintf(sql, sizeof sql,
		 "WITH n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
		 "WHERE i < %d) INSERT INTO domains (domain) "
		 "SELECT printf('mail%%02d.example.org', i) FROM n",
		 DOMAINS - 1);
	bench_run(db, sql);
}
