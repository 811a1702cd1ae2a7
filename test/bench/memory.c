/* memory.c - what loading the extension adds, and whether calls leave any
**
** This program must not be linked with the libraries that the extension
** brings in, or they would be here before it: their pages count.
*/

#include "bench.h"
#include "resident.h"

#include <stdio.h>
#include <string.h>

enum { WARM_UP = 2000, CHEAP_CALLS = 1000000 };

struct work {
	const char *name;
	const char *sql; /* one call of each function, ?1 changes */
	long calls;      /* of the statement */
};

/* clang-format off */
static const struct work works[] = {
	{ "1,000,000 times address functions",
	  "SELECT MAILDIR('u' || ?1 || '@example.com') || "
	  "DOMAIN_OF('u' || ?1 || '@example.com') || "
	  "LOCAL_PART_OF('u' || ?1 || '@example.com') || "
	  "ADDRESS_PROBLEM('u ' || ?1 || '@example.com') || "
	  "MAILFUNC_VERSION()", CHEAP_CALLS },
	{ "1,000,000 times hash readers",
	  "SELECT CRYPT_IS_HASH('pw' || ?1) + "
	  "CRYPT_IS_HASH('$1$' || ?1 || '$9xy1btjgzLYfb7hivXtC//') + "
	  "length(GEN_SALT('bcrypt')) + CRYPT_VERIFY('pw' || ?1, "
	  "'$3$$8846f7eaee8fb117ad06bdd830b7586c')", CHEAP_CALLS },
	{ "3,000 times bcrypt, sha, md5, DES",
	  "SELECT CRYPT('pw' || ?1, '$2b$04$abcdefghijklmnopqrstuu') || "
	  "CRYPT('pw' || ?1, '$5$rounds=1000$salt') || "
	  "CRYPT_VERIFY('pw' || ?1, '$1$saltsalt$9xy1btjgzLYfb7hivXtC//') || "
	  "CRYPT_VERIFY('pw' || ?1, 'ab01FAX.bQRSU')", 3000 },
	{ "3,000 times yescrypt 1, argon2",
	  "SELECT CRYPT('pw' || ?1, GEN_SALT('yescrypt', 1)) || "
	  "CRYPT('pw' || ?1, GEN_SALT('argon2id', 'm=64,t=1,p=1'))", 3000 },
	{ "100 times CRYPT(password)", "SELECT CRYPT('pw' || ?1)", 100 },
};
/* clang-format on */

static void
call(sqlite3_stmt *s, long from, long to)
{
	for (long i = from; i < to; i++) {
		sqlite3_bind_int64(s, 1, i);
		if (sqlite3_step(s) != SQLITE_ROW)
			bench_die("%s", sqlite3_errmsg(sqlite3_db_handle(s)));
		sqlite3_reset(s);
	}
}

static void
print_growth(sqlite3 *db, const struct work *w)
{
	long first = w->calls / 2 < WARM_UP ? w->calls / 2 : WARM_UP;
	sqlite3_stmt *s = bench_prepare(db, w->sql);
	long before, after;

	call(s, w->calls, w->calls + first);
	before = resident_now().all_kib;
	call(s, 0, w->calls);
	after = resident_now().all_kib;
	bench_finish(s);
	bench_line(w->name,
		   (struct bench_figure){ (double)(after - before), 0, " KiB",
					  BENCH_AT_MOST, 0 },
		   "of %ld KiB", after);
}

/* The shared objects that were here before. */
static struct {
	char names[16][64];
	size_t count;
} earlier;

static void
remember_file(const char *name, long kib)
{
	(void)kib;
	if (strncmp(name, "libcrypt", 8) == 0)
		bench_die("%s is here before it was loaded", name);
	if (earlier.count == sizeof earlier.names / sizeof *earlier.names)
		bench_die("too many libraries");
	snprintf(earlier.names[earlier.count++], sizeof *earlier.names, "%s",
		 name);
}

/* Of each that loading brought in: what is resident of it. */
static void
print_file(const char *name, long kib)
{
	char what[64];

	for (size_t i = 0; i < earlier.count; i++)
		if (strcmp(earlier.names[i], name) == 0)
			return;
	snprintf(what, sizeof what, "  of it %.40s", name);
	bench_line(what,
		   (struct bench_figure){ .value = (double)kib,
					  .unit = " KiB" },
		   "%s", "");
}

/* Once in vain: what the first dlopen() of a process touches in the C library
** isn't the extension's. */
static void
warm_up(sqlite3 *db)
{
	bench_run(db, "CREATE TABLE t (x); SELECT upper('a') FROM t");
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
	sqlite3_load_extension(db, "./no-such-file", NULL, NULL);
	resident_now();
}

static void
print_load(sqlite3 *db)
{
	struct resident before, after;

	warm_up(db);
	resident_by_file(remember_file);
	before = resident_now();
	bench_load(db);
	after = resident_now();
	bench_line("loading, all pages",
		   (struct bench_figure){
			   (double)(after.all_kib - before.all_kib), 0, " KiB",
			   BENCH_AT_MOST, 200 },
		   "of %ld KiB", after.all_kib);
	resident_by_file(print_file);
	bench_line("  of it no file's, so unshared",
		   (struct bench_figure){
			   .value = (double)(after.anonymous_kib -
					     before.anonymous_kib),
			   .unit = " KiB" },
		   "%s", "");
}

int
main(void)
{
	sqlite3 *db = bench_open(":memory:");

	bench_heading("Resident memory added by");
	print_load(db);
	for (size_t i = 0; i < sizeof works / sizeof *works; i++)
		print_growth(db, &works[i]);
	bench_close(db, NULL);
	return 0;
}
