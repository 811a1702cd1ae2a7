/* sql_address.c - the address functions
**
** TEXT and BLOB are taken as bytes; a number has no @, so it is no address.
*/

#include "address.h"
#include "sql.h"

SQLITE_EXTENSION_INIT3

/* Read argv[0]. False if the result is settled: NULL for NULL, an error, or,
** if the caller wants the reason, *problem. */
static bool
read_email(sqlite3_context *context, sqlite3_value **argv,
	   struct mf_address *address, const char **problem)
{
	struct mf_text email;

	*problem = NULL;
	switch (mf_sql_read(argv[0], &email)) {
	case MF_SQL_NULL:
		return false;
	case MF_SQL_NO_MEMORY:
		sqlite3_result_error_nomem(context);
		return false;
	default:
		*problem = mf_address_read(email, address);
		return *problem == NULL;
	}
}

void
mf_sql_domain_of(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_address a;
	const char *problem;

	(void)argc;
	if (read_email(context, argv, &a, &problem))
		mf_sql_text(context,
			    (struct mf_text){ a.domain, a.domain_len });
}

void
mf_sql_local_part_of(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_address a;
	const char *problem;

	(void)argc;
	if (read_email(context, argv, &a, &problem))
		mf_sql_text(context,
			    (struct mf_text){ a.local_part, a.local_part_len });
}

void
mf_sql_maildir(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_address a;
	const char *problem;
	char path[MF_MAILDIR_MAX];

	(void)argc;
	if (read_email(context, argv, &a, &problem))
		mf_sql_text(context,
			    (struct mf_text){ path,
					      mf_address_maildir(&a, path) });
}

void
mf_sql_address_problem(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_address a;
	const char *problem;

	(void)argc;
	read_email(context, argv, &a, &problem);
	if (problem != NULL)
		sqlite3_result_text(context, problem, -1, SQLITE_STATIC);
}

/* A blob is equal to no text: no index would find it, nor Postfix. */
static const char *
problem_with_text(sqlite3_context *context, sqlite3_value *value,
		  const char *(*problem_of)(struct mf_text))
{
	struct mf_text text;

	if (sqlite3_value_type(value) == SQLITE_BLOB)
		return "it is a blob, not text";
	switch (mf_sql_read(value, &text)) {
	case MF_SQL_NO_MEMORY:
		sqlite3_result_error_nomem(context);
		return NULL;
	case MF_SQL_NUMBER:
		return "it is a number, not text";
	default:
		return problem_of(text);
	}
}

void
mf_sql_maildir_problem(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const char *problem;

	if (mf_sql_any_null(argc, argv))
		return;
	problem = problem_with_text(context, argv[0], mf_maildir_problem);
	if (problem != NULL)
		sqlite3_result_text(context, problem, -1, SQLITE_STATIC);
}

void
mf_sql_maildirs_meet(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text one, other;

	if (!mf_sql_any_null(argc, argv) &&
	    mf_sql_read_other(context, argv[0], &one) &&
	    mf_sql_read_other(context, argv[1], &other))
		sqlite3_result_int(context, mf_maildirs_meet(one, other));
}

/* "column: sentence" */
static void
result_named(sqlite3_context *context, const char *column, const char *problem)
{
	char *sentence = sqlite3_mprintf("%s: %s", column, problem);

	if (sentence == NULL)
		sqlite3_result_error_nomem(context);
	else
		sqlite3_result_text(context, sentence, -1, sqlite3_free);
}

void
mf_sql_forwarding_problem(sqlite3_context *context, int argc,
			  sqlite3_value **argv)
{
	const char *problem;

	if (mf_sql_any_null(argc, argv))
		return;
	problem = problem_with_text(context, argv[0],
				    mf_forwarding_source_problem);
	if (problem != NULL) {
		result_named(context, "source", problem);
		return;
	}
	problem = problem_with_text(context, argv[1],
				    mf_forwarding_destination_problem);
	if (problem != NULL)
		result_named(context, "destination", problem);
}
