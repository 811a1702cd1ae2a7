/* preload.c - mailfunc_busy.so and mailfunc_preload.so, for LD_PRELOAD
**
** For daemons that open a database and tell SQLite nothing else: where another
** connection holds a lock, SQLite's answer to them is an error at once, which
** a user sees as a wrong password. Here each connection that the process opens
** waits first, as long as BUSY_MS says, unless the program itself sets a time.
**
** mailfunc_busy.so is this file alone. In mailfunc_preload.so each connection
** has mailfunc's functions as well. It is code of ours in a process of theirs,
** and an SQL error ends a process of Postfix: so only functions that never
** raise for a stored row belong in their queries, MAILDIR() and its kin.
** doc/mail-server.md has the price of both.
**
** PHP 8.2 opens its modules with RTLD_DEEPBIND, which finds SQLite's functions
** before any preloaded ones. There mailfunc_preload.so is loaded into one
** connection as an extension, and all that are opened later have the functions.
**
** Nothing is done before the process opens a database: a library that called
** SQLite from a constructor would start it before the program could say how.
*/

#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

/* Many times what a commit takes, and well below the half minute after which
** mail clients and other servers begin to give up. */
#define BUSY_MS 5000

typedef void function(void);
typedef int open_utf8(const char *, sqlite3 **);
typedef int open_utf16(const void *, sqlite3 **);
typedef int open_v2(const char *, sqlite3 **, int, const char *);
typedef int set_timeout(sqlite3 *, int);
typedef int offer(function *);

/* Only mailfunc_preload.so has it. */
int sqlite3_mailfunc_init(sqlite3 *db, char **error,
			  const struct sqlite3_api_routines *api)
	__attribute__((weak, visibility("hidden")));

/* SQLite's own function of that name; NULL if the process has no SQLite. One
** that a plug-in brought along for itself isn't in the list that RTLD_NEXT
** searches. */
static function *
of_sqlite(const char *name)
{
	function *found;
	void *library;
	void *address = dlsym(RTLD_NEXT, name);

	if (address == NULL) {
		library = dlopen("libsqlite3.so.0", RTLD_LAZY | RTLD_NOLOAD);
		if (library == NULL)
			return NULL;
		address = dlsym(library, name);
		(void)dlclose(library);
	}
	/* ISO C has no cast from an object's address to a function's. */
	memcpy(&found, &address, sizeof found);
	return found;
}

/* SQLite's function that opens a database, the functions offered before: it
** calls the entry point with the arguments that those have. Where it can't
** take them, the queries say "no such function": there is no one to tell
** before. Offered again, nothing changes. */
static function *
opener(const char *name)
{
	function *found = of_sqlite(name);

	if (found != NULL && sqlite3_mailfunc_init != NULL)
		(void)((offer *)of_sqlite("sqlite3_auto_extension"))(
			(function *)sqlite3_mailfunc_init);
	return found;
}

/* The status of an opening; a connection waits from now on. */
static int
opened(int rc, sqlite3 *const *db)
{
	if (rc == SQLITE_OK)
		(void)((set_timeout *)of_sqlite(
			"sqlite3_busy_timeout"))(*db, BUSY_MS);
	return rc;
}

int
sqlite3_open(const char *name, sqlite3 **db)
{
	open_utf8 *real = (open_utf8 *)opener("sqlite3_open");

	*db = NULL;
	return real == NULL ? SQLITE_ERROR : opened(real(name, db), db);
}

int
sqlite3_open16(const void *name, sqlite3 **db)
{
	open_utf16 *real = (open_utf16 *)opener("sqlite3_open16");

	*db = NULL;
	return real == NULL ? SQLITE_ERROR : opened(real(name, db), db);
}

int
sqlite3_open_v2(const char *name, sqlite3 **db, int flags, const char *vfs)
{
	open_v2 *real = (open_v2 *)opener("sqlite3_open_v2");

	*db = NULL;
	return real == NULL ? SQLITE_ERROR
			    : opened(real(name, db, flags, vfs), db);
}

int sqlite3_mailfuncpreload_init(sqlite3 *db, char **error,
				 const struct sqlite3_api_routines *api);

/* The entry point that SQLite derives from the file's name. The library stays
** until the process ends, for SQLite will call into it. */
int
sqlite3_mailfuncpreload_init(sqlite3 *db, char **error,
			     const struct sqlite3_api_routines *api)
{
	(void)db;
	(void)error;
	(void)api;
	return opener("sqlite3_open_v2") == NULL ? SQLITE_ERROR
						 : SQLITE_OK_LOAD_PERMANENTLY;
}
