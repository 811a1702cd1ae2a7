/* preload.c - mailfunc_preload.so: mailfunc in every SQLite connection of a
** process that was started with it in LD_PRELOAD
**
** For daemons that can't load an extension. It is code of ours in a process
** of theirs, and an SQL error ends a process of Postfix: so only functions
** that never raise for a stored row belong in their queries, MAILDIR() and
** its kin. README.md has the price.
*/

#include <sqlite3.h>

int sqlite3_mailfunc_init(sqlite3 *db, char **error,
			  const struct sqlite3_api_routines *api);

__attribute__((constructor)) static void
offer(void)
{
	/* SQLite calls it with the arguments of an entry point. If it can't
	** take it, the queries say "no such function": there is no one to
	** tell before. */
	(void)sqlite3_auto_extension((void (*)(void))sqlite3_mailfunc_init);
}
