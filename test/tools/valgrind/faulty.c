/* faulty.c - an extension whose one function does what memcheck must find
**
** FAULT('leak'), FAULT('uninitialised'), FAULT('overrun') and FAULT('freed')
** each make one mistake, FAULT(...) of anything else makes none. memcheck.t
** loads it into the same shell as the real one, to see each of them found.
*/

#include <sqlite3ext.h>

#include <stdlib.h>
#include <string.h>

SQLITE_EXTENSION_INIT1

/* Kept from the optimiser. */
static char *volatile block;

static int
make_mistake(const char *which)
{
	int answer = 0;

	block = malloc(32);
	if (block == NULL)
		return -1;
	/* NOLINTBEGIN(clang-analyzer-*): on purpose */
	if (strcmp(which, "uninitialised") == 0 && block[7] > 3)
		answer = 1;
	memset(block, 0, 32);
	if (strcmp(which, "overrun") == 0)
		block[32] = 1;
	if (strcmp(which, "leak") != 0)
		free(block);
	if (strcmp(which, "freed") == 0)
		/* cppcheck-suppress deallocuse # on purpose */
		answer = block[5] != 0;
	/* NOLINTEND(clang-analyzer-*) */
	block = NULL;
	return answer;
}

static void
fault(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const void *which = sqlite3_value_text(argv[0]);

	(void)argc;
	if (which != NULL)
		sqlite3_result_int(context, make_mistake(which) > 1);
}

int sqlite3_faulty_init(sqlite3 *db, char **error,
			const sqlite3_api_routines *api);

int
sqlite3_faulty_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
	SQLITE_EXTENSION_INIT2(api);
	(void)error;
	return sqlite3_create_function(db, "FAULT", 1, SQLITE_UTF8, NULL, fault,
				       NULL, NULL);
}
