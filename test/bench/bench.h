/* bench.h - clocks, medians, a table, and SQLite without error codes
**
** The programs here print figures beside the targets they should reach and
** never fail because of one: whoever reads the table decides. They do end
** with a message if something can't be measured, or answers wrongly: the
** figure would mean nothing.
**
** The machine may be busy with other work. So two things that are compared
** take turns in short rounds, a ratio is formed within each round, and the
** median of the rounds is printed.
**
** Thread rule: one thread.
*/
#ifndef BENCH_H
#define BENCH_H

#include <sqlite3.h>

#include <stdbool.h>
#include <stddef.h>

/* Seconds of processor time of this process, of which other processes take
** nothing away; and seconds on the wall, in which waiting counts. */
double bench_cpu(void);
double bench_wall(void);

enum { BENCH_ROUNDS_MAX = 151 };

/* The middle one of at most BENCH_ROUNDS_MAX values. */
double bench_median(const double *values, size_t count);

/* Say what is wrong, as printf() does, and end the process. */
_Noreturn void bench_die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* ---- the table ---- */

struct bench_figure {
	double value;
	int decimals;
	const char *unit; /* as it follows the number */
	enum bench_target {
		BENCH_NO_TARGET,
		BENCH_AT_MOST,
		BENCH_AT_LEAST,
	} target;
	double limit;
};

/* A headline of the table, with what its figures mean. */
void bench_heading(const char *title);

/* One line: what it is, the figure, the target with ! behind it if it is
** missed, and a note as printf() writes it. */
void bench_line(const char *what, struct bench_figure figure, const char *note,
		...) __attribute__((format(printf, 3, 4)));

/* ---- SQLite; any error ends the process with SQLite's sentence ---- */

/* Open a database, :memory: or a file that is made if it isn't there. */
sqlite3 *bench_open(const char *path);

/* The same with ./mailfunc.so loaded. */
sqlite3 *bench_open_loaded(const char *path);

void bench_load(sqlite3 *db);

/* Run statements that answer nothing of interest. */
void bench_run(sqlite3 *db, const char *sql);

/* Run the statements of a file, such as sql/schema.sql. */
void bench_run_file(sqlite3 *db, const char *path);

/* Drop every trigger; running sql/schema.sql again puts them back. */
void bench_drop_triggers(sqlite3 *db);

sqlite3_stmt *bench_prepare(sqlite3 *db, const char *sql);

/* Bind a text that outlives the binding. */
void bench_bind(sqlite3_stmt *statement, int index, const char *text);

/* Step to the only row, which must exist, as an integer; and reset. */
long long bench_integer(sqlite3_stmt *statement);

/* Step to the end and reset. */
void bench_step(sqlite3_stmt *statement);

void bench_finish(sqlite3_stmt *statement);

/* Close, and delete the file with its journals. path may be NULL. */
void bench_close(sqlite3 *db, const char *path);

/* ---- rows to work on ---- */

enum { BENCH_EMAIL_SIZE = 64 };

/* The address of one of up to a million users, in 100 domains. Neither the
** numbers nor the domains come in the order of the index unless sorted. */
void bench_email(unsigned index, unsigned users, bool sorted,
		 char email[BENCH_EMAIL_SIZE]);

/* A whole hash, as long as those that the triggers make. */
extern const char bench_hash[];

/* Fill domains(domain) with the domains of bench_email(). */
void bench_fill_domains(sqlite3 *db);

#endif
