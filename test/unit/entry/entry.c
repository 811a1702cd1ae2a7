/* entry.c - the extension's entry point, before an SQLite that isn't as it
** should be: too old, or with a registration that fails
**
** The real mailfunc.so is opened by hand, and its entry point gets a copy of
** SQLite's table of routines in which one or two are ours.
*/

#include "tap.h"

#include <dlfcn.h>

/* Keep the routines' names what they are: this program links SQLite. */
#define SQLITE_CORE 1
#include <sqlite3ext.h>

typedef int entry_point(sqlite3 *, char **, const sqlite3_api_routines *);

static entry_point *start;

/* SQLite's own table, and the copy that a test may change. */
static const sqlite3_api_routines *real;
static sqlite3_api_routines routines;

/* ---- getting hold of both ---- */

/* SQLite calls this as it would call an extension. */
static int
probe(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
	(void)db;
	(void)error;
	real = api;
	return SQLITE_OK;
}

static void
open_extension(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL), *symbol;

	if (library == NULL)
		bail_out("%s", dlerror());
	symbol = dlsym(library, "sqlite3_mailfunc_init");
	if (symbol == NULL)
		bail_out("it has no sqlite3_mailfunc_init");
	memcpy(&start, &symbol, sizeof start);
}

static sqlite3 *
open_database(void)
{
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		bail_out("no database in memory");
	return db;
}

static void
find_routines(void)
{
	void (*call)(void);

	entry_point *p = probe;
	memcpy(&call, &p, sizeof call);
	sqlite3_auto_extension(call);
	sqlite3_close(open_database());
	sqlite3_cancel_auto_extension(call);
	if (real == NULL)
		bail_out("this SQLite loads no extensions");
}

/* ---- routines of ours ---- */

static int version_to_tell;

static int
tell_version(void)
{
	return version_to_tell;
}

static const char *
tell_version_text(void)
{
	return "3.30.1";
}

enum { CALLS_MAX = 64 };

/* What the extension registers, in its order. */
static struct registration {
	char name[40];
	int argc, flags;
} calls[CALLS_MAX];
static size_t call_count, failing_call;
static int failure;

static int
create_function(sqlite3 *db, const char *name, int argc, int flags, void *data,
		void (*function)(sqlite3_context *, int, sqlite3_value **),
		void (*step)(sqlite3_context *, int, sqlite3_value **),
		void (*final)(sqlite3_context *), void (*destroy)(void *))
{
	if (function == NULL && step == NULL) /* taken back, not counted */
		return sqlite3_create_function_v2(db, name, argc, flags, data,
						  NULL, NULL, NULL, NULL);
	if (call_count < CALLS_MAX) {
		struct registration *c = &calls[call_count];
		snprintf(c->name, sizeof c->name, "%s", name);
		c->argc = argc;
		c->flags = flags;
	}
	if (++call_count == failing_call)
		return failure;
	return sqlite3_create_function_v2(db, name, argc, flags, data, function,
					  step, final, destroy);
}

/* The tables are registered last, by this. One that is taken back has no module
** and isn't counted. */
static size_t module_count, failing_module;

static int
create_module(sqlite3 *db, const char *name, const sqlite3_module *module,
	      void *data, void (*destroy)(void *))
{
	if (module != NULL && ++module_count == failing_module)
		return SQLITE_NOMEM;
	return sqlite3_create_module_v2(db, name, module, data, destroy);
}

/* Answers NULL, as for want of memory. */
static char *
print_nothing(const char *format, ...)
{
	(void)format;
	return NULL;
}

/* ---- a call of the entry point on a fresh database ---- */

struct outcome {
	int code;
	char error[300]; /* empty: none was set */
	size_t left;     /* functions that answer */
	bool has_tables; /* any of them */
};

/* With a result, or an error of its own. Or is it at least known? Where there
** is a terminal, a person would be asked. */
static bool
answers(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	bool known;

	if (strstr(sql, "ASK_PASSWORD()") != NULL) {
		known = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) ==
			SQLITE_OK;
		sqlite3_finalize(statement);
		return known;
	}
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       strstr(sqlite3_errmsg(db), "apply schema.sql first") != NULL;
}

/* How many of those that were registered are there? They give NULL for NULL;
** CARRY_COLUMNS() misses its table. */
static size_t
functions_in(sqlite3 *db)
{
	static const char nulls[] = ",NULL,NULL,NULL,NULL";
	size_t there = 0;
	char sql[100];

	for (size_t i = 0; i < call_count && i < CALLS_MAX; i++) {
		int argc = calls[i].argc;
		snprintf(sql, sizeof sql, "SELECT %.39s(%.*s)", calls[i].name,
			 argc > 0 ? 5 * argc - 1 : 0, nulls + 1);
		there += answers(db, sql);
	}
	return there;
}

static struct outcome
start_it(void)
{
	struct outcome o = { .code = 0 };
	sqlite3 *db = open_database();
	char *error = NULL;

	call_count = 0;
	o.code = start(db, &error, &routines);
	snprintf(o.error, sizeof o.error, "%s", error == NULL ? "" : error);
	sqlite3_free(error);
	o.left = functions_in(db);
	o.has_tables = answers(db, "SELECT * FROM crypt_methods") ||
		       answers(db,
			       "SELECT * FROM crypt_each('VALUES(1,NULL)')");
	sqlite3_close(db);
	return o;
}

static void
reset(void)
{
	routines = *real;
	routines.create_function_v2 = create_function;
	routines.create_module_v2 = create_module;
	failing_call = 0;
	failing_module = 0;
	module_count = 0;
	failure = SQLITE_OK;
}

/* ---- too old ---- */

static void
try_version(int version, bool old)
{
	struct outcome o;

	reset();
	routines.libversion_number = tell_version;
	routines.libversion = tell_version_text;
	version_to_tell = version;
	o = start_it();
	is_size((size_t)o.code, old ? SQLITE_ERROR : SQLITE_OK,
		"SQLite %d is %s", version, old ? "refused" : "taken");
	is_str(o.error,
	       old ? "mailfunc: this SQLite is 3.30.1, "
		     "3.31.0 or newer is needed"
		   : "",
	       "with %s", old ? "a sentence" : "no word");
	ok((call_count > 0) != old && o.left == call_count,
	   "and registers %zu functions", call_count);
}

/* ---- a registration that fails ---- */

/* What the sentence must begin with. */
static const char *
blame(const struct registration *c)
{
	static char text[100];

	snprintf(text, sizeof text, "mailfunc: %s/%d could", c->name, c->argc);
	return text;
}

static void
try_failure(size_t k, int code)
{
	struct outcome o;
	const char *begins;

	reset();
	failing_call = k;
	failure = code;
	o = start_it();
	begins = blame(&calls[k - 1]);
	is_size((size_t)o.code, (size_t)code, "call %zu: %s comes back", k,
		sqlite3_errstr(code));
	ok(strncmp(o.error, begins, strlen(begins)) == 0 &&
		   strstr(o.error, sqlite3_errstr(code)) != NULL,
	   "and the error names the function: %s", o.error);
	is_size(call_count, k, "and nothing more is registered");
	/* SQLite closes the library then: what stayed would be called into
	** memory that is gone. */
	is_size(o.left, 0, "and what was registered is taken back");
}

static void
try_module_failure(size_t k, const char *begins)
{
	struct outcome o;

	reset();
	failing_module = k;
	o = start_it();
	is_size((size_t)o.code, SQLITE_NOMEM, "no table: the code comes back");
	ok(strncmp(o.error, begins, strlen(begins)) == 0,
	   "and the error names it: %s", o.error);
	is_size(o.left, 0, "and the functions are taken back");
	ok(!o.has_tables, "and what tables there were");
}

/* No memory for the sentence either. */
static void
try_speechless(void)
{
	struct outcome o;

	reset();
	failing_call = 1;
	failure = SQLITE_NOMEM;
	routines.mprintf = print_nothing;
	o = start_it();
	is_size((size_t)o.code, SQLITE_NOMEM, "the code without a sentence");
	is_str(o.error, "", "which there is no memory for");
}

/* ---- what is registered ---- */

/* Innocuous all that change and ask nothing; deterministic all of these that
** draw no salt and raise no error of others. */
static void
check_registration(const struct registration *c)
{
	bool changes = strstr(c->name, "Y_COLUMNS") != NULL ||
		       strcmp(c->name, "TAKE_COLUMNS") == 0 ||
		       strcmp(c->name, "ASK_PASSWORD") == 0;
	bool fresh = strcmp(c->name, "GEN_SALT") == 0 ||
		     strcmp(c->name, "CRYPT_ONCE") == 0 ||
		     strcmp(c->name, "MAILFUNC_RAISE") == 0 ||
		     strcmp(c->name, "RANDOM_PASSWORD") == 0 ||
		     (strcmp(c->name, "CRYPT") == 0 && c->argc != 2);
	int want = SQLITE_UTF8 |
		   (changes ? SQLITE_DIRECTONLY : SQLITE_INNOCUOUS) |
		   (fresh || changes ? 0 : SQLITE_DETERMINISTIC);

	is_size((size_t)c->flags, (size_t)want, "%s/%d is %s and %s", c->name,
		c->argc, fresh || changes ? "new each time" : "deterministic",
		changes ? "for direct use alone" : "innocuous");
}

static size_t
try_success(void)
{
	struct outcome o;

	reset();
	o = start_it();
	is_size((size_t)o.code, SQLITE_OK, "with nothing wrong it starts");
	is_str(o.error, "", "without a word");
	ok(o.has_tables && module_count == 2, "with two tables");
	ok(o.left == call_count && call_count > 0 && call_count < CALLS_MAX,
	   "and registers %zu functions", call_count);
	for (size_t i = 0; i < call_count && i < CALLS_MAX; i++)
		check_registration(&calls[i]);
	return call_count;
}

/* A second start on the same connection does no harm. */
static void
try_twice(void)
{
	sqlite3 *db = open_database();
	char *error = NULL;

	reset();
	for (int time = 1; time <= 2; time++)
		is_size((size_t)start(db, &error, &routines), SQLITE_OK,
			"it may be loaded, time %d", time);
	ok(answers(db, "SELECT maildir('a@b')"), "and answers");
	sqlite3_close(db);
}

int
main(int argc, char **argv)
{
	static const int codes[] = { SQLITE_NOMEM, SQLITE_BUSY, SQLITE_MISUSE };
	size_t count;

	open_extension(argc > 1 ? argv[1] : "./mailfunc.so");
	find_routines();
	count = try_success();
	try_version(3030001, true);
	try_version(3007015, true);
	try_version(3031000, false);
	try_version(3031001, false);
	try_version(4000000, false);
	for (size_t k = 1; k <= count; k++)
		try_failure(k, codes[k % 3]);
	try_module_failure(1, "mailfunc: crypt_methods ");
	try_module_failure(2, "mailfunc: crypt_each ");
	try_speechless();
	try_twice();
	return done_testing();
}
