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
