/* sql_password.c - the password functions
**
** Passwords and hashes are taken as bytes, TEXT and BLOB alike. A number
** where a password belongs is an error: its quotes were forgotten, and 007
** has already become 7. Nothing of the arguments is copied here; the hashes
** that are made here are wiped here.
*/

#include "password.h"
#include "secret.h"
#include "sql.h"

SQLITE_EXTENSION_INIT3

/* Read a password that isn't NULL; false if the error is the result. */
static bool
read_password(sqlite3_context *context, sqlite3_value *value,
	      struct mf_text *password)
{
	switch (mf_sql_read(value, password)) {
	case MF_SQL_BYTES:
		return true;
	case MF_SQL_NO_MEMORY:
		sqlite3_result_error_nomem(context);
		return false;
	default:
		mf_sql_error(context, "the password is a number, "
				      "it needs quotes");
		return false;
	}
}

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

static void
crypt_with(sqlite3_context *context, struct mf_text password,
	   struct mf_text setting)
{
	struct mf_hash hash;
	struct mf_fault fault;

	return_hash(context, mf_crypt(password, setting, &hash, &fault), &hash,
		    &fault);
}

/* The strongest method that Courier's crypt(3) check accepts. */
static void
crypt_afresh(sqlite3_context *context, struct mf_text password)
{
	static const struct mf_text by_default = { NULL, 0 };
	struct mf_hash setting;
	struct mf_fault fault;

	if (mf_gen_salt(mf_text_of("yescrypt"), by_default, &setting, &fault) ==
	    MF_OK)
		crypt_with(context, password, mf_text_of(setting.text));
	else
		mf_sql_fail(context, &fault);
}

void
mf_sql_crypt(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text password, setting;

	if (mf_sql_any_null(argc, argv) ||
	    !read_password(context, argv[0], &password))
		return;
	if (argc == 1)
		crypt_afresh(context, password);
	else if (mf_sql_read_other(context, argv[1], &setting))
		crypt_with(context, password, setting);
}

void
mf_sql_crypt_verify(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text password, stored;
	struct mf_fault fault;
	bool verified;

	if (mf_sql_any_null(argc, argv) ||
	    !read_password(context, argv[0], &password) ||
	    !mf_sql_read_other(context, argv[1], &stored))
		return;
	if (mf_verify(password, stored, &verified, &fault) == MF_OK)
		sqlite3_result_int(context, verified);
	else
		mf_sql_fail(context, &fault);
}

void
mf_sql_gen_salt(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text method, cost;
	struct mf_hash setting;
	struct mf_fault fault;

	if (mf_sql_any_null(1, argv) ||
	    !mf_sql_read_other(context, argv[0], &method) ||
	    !mf_sql_read_cost(context, argc - 1, argv + 1, &cost))
		return;
	return_hash(context, mf_gen_salt(method, cost, &setting, &fault),
		    &setting, &fault);
}

void
mf_sql_crypt_is_hash(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text;
	struct mf_fault fault;
	bool is_hash;

	if (mf_sql_any_null(argc, argv) ||
	    !read_password(context, argv[0], &text))
		return;
	if (mf_is_hash(text, &is_hash, &fault) == MF_OK)
		sqlite3_result_int(context, is_hash);
	else
		mf_sql_fail(context, &fault);
}
