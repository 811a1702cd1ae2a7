/* sql_password.c - the functions that make and verify hashes
**
** Nothing of the arguments is copied here; the hashes that are made here are
** wiped here.
*/

#include "password.h"
#include "secret.h"
#include "sql.h"

SQLITE_EXTENSION_INIT3

static void
return_hash(sqlite3_context *context, enum mf_status status,
	    struct mf_hash *hash, const struct mf_fault *fault)
{
	if (status == MF_OK)
		mf_sql_text(context, mf_text_of(hash->text));
	else
		mf_sql_fail(context, fault);
	mf_wipe(hash, sizeof *hash);
}

/* Read [method [, cost]], by default the default ones. False if an error is
** the result. */
static bool
read_policy(sqlite3_context *context, int argc, sqlite3_value **argv,
	    struct mf_text *method, struct mf_text *cost)
{
	*method = mf_default_method();
	if (argc > 0 && !mf_sql_read_other(context, argv[0], method))
		return false;
	return mf_sql_read_cost(context, argc > 1 ? argv[1] : NULL, cost);
}

void
mf_sql_crypt(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text password, setting;
	struct mf_hash hash;
	struct mf_fault fault;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_password(context, argv[0], &password) ||
	    !mf_sql_read_other(context, argv[1], &setting))
		return;
	return_hash(context, mf_crypt(password, setting, &hash, &fault), &hash,
		    &fault);
}

/* A cost may be NULL. */
void
mf_sql_crypt_new(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text password, method, cost;
	struct mf_hash hash;
	struct mf_fault fault;

	if (mf_sql_any_null(argc < 2 ? argc : 2, argv) ||
	    !mf_sql_read_password(context, argv[0], &password) ||
	    !read_policy(context, argc - 1, argv + 1, &method, &cost))
		return;
	return_hash(context,
		    mf_crypt_new(password, method, cost, &hash, &fault), &hash,
		    &fault);
}

void
mf_sql_crypt_once(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text, method, cost;
	struct mf_hash hash;
	struct mf_fault fault;
	enum mf_status status;
	bool is_hash;

	if (mf_sql_any_null(argc < 2 ? argc : 2, argv) ||
	    !mf_sql_read_password(context, argv[0], &text) ||
	    !read_policy(context, argc - 1, argv + 1, &method, &cost))
		return;
	status = mf_crypt_once(text, method, cost, &is_hash, &hash, &fault);
	if (status == MF_OK && is_hash)
		mf_sql_text(context, text);
	else
		return_hash(context, status, &hash, &fault);
}

void
mf_sql_crypt_verify(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text password, stored;
	struct mf_fault fault;
	bool verified;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_password(context, argv[0], &password) ||
	    !mf_sql_read_other(context, argv[1], &stored))
		return;
	if (mf_verify(password, stored, &verified, &fault) == MF_OK)
		sqlite3_result_int(context, verified);
	else
		mf_sql_fail(context, &fault);
}

void
mf_sql_verify_problem(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text stored;
	struct mf_fault fault;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_other(context, argv[0], &stored))
		return;
	mf_check_verify(stored, &fault);
	mf_sql_problem(context, &fault);
}

void
mf_sql_gen_salt(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text method, cost;
	struct mf_hash setting;
	struct mf_fault fault;

	if (mf_sql_any_null(1, argv) ||
	    !read_policy(context, argc, argv, &method, &cost))
		return;
	return_hash(context, mf_gen_salt(method, cost, &setting, &fault),
		    &setting, &fault);
}

void
mf_sql_password_problem(sqlite3_context *context, int argc,
			sqlite3_value **argv)
{
	struct mf_text password, method, cost;
	struct mf_fault fault;

	if (mf_sql_any_null(argc, argv) ||
	    !read_policy(context, argc - 1, argv + 1, &method, &cost))
		return;
	if (mf_sql_take_password(argv[0], &password, &fault))
		mf_check_password(password, method, &fault);
	mf_sql_problem(context, &fault);
}

void
mf_sql_policy_problem(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text method, cost;
	struct mf_fault fault;

	if (mf_sql_any_null(1, argv) ||
	    !read_policy(context, argc, argv, &method, &cost))
		return;
	mf_check_policy(method, cost, &fault);
	mf_sql_problem(context, &fault);
}
