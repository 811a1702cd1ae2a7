/* sql_plain.c - the functions about plain passwords that are new: whether one
** is easy to guess, one that nobody has to think of, one that is asked for
*/

#include "prompt.h"
#include "secret.h"
#include "sql.h"
#include "strength.h"

#include <stdlib.h>
#include <string.h>

SQLITE_EXTENSION_INIT3

void
mf_sql_password_weakness(sqlite3_context *context, int argc,
			 sqlite3_value **argv)
{
	struct mf_text password, address = { "", 0 };
	char weakness[MF_WEAKNESS_SIZE];
	struct mf_fault fault;

	if (mf_sql_any_null(argc, argv) ||
	    (argc > 1 && !mf_sql_read_other(context, argv[1], &address)))
		return;
	if (!mf_sql_take_password(argv[0], &password, &fault) ||
	    mf_weakness(password, address, weakness, &fault) != MF_OK)
		mf_sql_problem(context, &fault);
	else if (weakness[0] != '\0')
		mf_sql_text(context, mf_text_of(weakness));
}

static void
free_password(void *password)
{
	mf_wipe(password, strlen(password));
	free(password);
}

void
mf_sql_random_password(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	sqlite3_int64 bits = MF_RANDOM_BITS;
	struct mf_fault fault;
	char *password;

	if (mf_sql_any_null(argc, argv))
		return;
	if (argc > 0)
		bits = sqlite3_value_type(argv[0]) == SQLITE_INTEGER
			     ? sqlite3_value_int64(argv[0])
			     : 0;
	if (mf_random_password(bits, &password, &fault) == MF_OK)
		sqlite3_result_text(context, password, -1, free_password);
	else
		mf_sql_fail(context, &fault);
}

/* The answer stays in its own pages: SQLite borrows it until its last use. */
void
mf_sql_ask_password(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text question = mf_text_of("New password: ");
	struct mf_fault fault;
	char *answer;

	if (mf_sql_any_null(argc, argv) ||
	    (argc > 0 && !mf_sql_read_other(context, argv[0], &question)))
		return;
	if (mf_ask(question, MF_ASK_TWICE, &answer, &fault) == MF_OK) {
		sqlite3_result_text(context, answer, -1, mf_answer_free);
		return;
	}
	mf_sql_fail(context, &fault);
	if (fault.status == MF_INTERRUPTED)
		sqlite3_result_error_code(context, SQLITE_INTERRUPT);
}
