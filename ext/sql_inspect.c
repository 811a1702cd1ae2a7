/* sql_inspect.c - the functions that tell about hashes and compute none */

#include "inspect.h"
#include "sql.h"

SQLITE_EXTENSION_INIT3

/* ---- hash, password, or neither ---- */

void
mf_sql_crypt_kind(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text;
	struct mf_stored s;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_password(context, argv[0], &text))
		return;
	mf_stored_read(text, &s);
	sqlite3_result_text(context, mf_kind_word(s.kind), -1, SQLITE_STATIC);
}

void
mf_sql_crypt_is_hash(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text;
	struct mf_fault fault;
	bool is_hash;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_password(context, argv[0], &text))
		return;
	if (mf_is_hash(text, &is_hash, &fault) == MF_OK)
		sqlite3_result_int(context, is_hash);
	else
		mf_sql_fail(context, &fault);
}

void
mf_sql_crypt_problem(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text;
	struct mf_fault fault;
	struct mf_stored s;

	if (mf_sql_any_null(argc, argv))
		return;
	if (mf_sql_take_password(argv[0], &text, &fault)) {
		mf_stored_read(text, &s);
		fault = s.fault;
	}
	mf_sql_problem(context, &fault);
}

/* ---- what a hash is ---- */

/* Quoted, or null if it is empty. */
static char *
text_as_json(struct mf_text text)
{
	return text.len == 0
		     ? sqlite3_mprintf("null")
		     : sqlite3_mprintf("\"%.*s\"", (int)text.len, text.at);
}

/* A cost is a number to most methods, and a string to argon2. */
static char *
cost_as_json(const struct mf_info *info)
{
	return info->cost_is_number && info->cost[0] != '\0'
		     ? sqlite3_mprintf("%s", info->cost)
		     : text_as_json(mf_text_of(info->cost));
}

/* Every string of it is one of ours, or digits and commas. */
static char *
info_as_json(const struct mf_info *info)
{
	unsigned programs = info->programs;
	char *scheme = text_as_json(info->scheme);
	char *cost = cost_as_json(info), *json = NULL;

	if (scheme != NULL && cost != NULL)
		json = sqlite3_mprintf(
			"{\"method\":\"%s\",\"scheme\":%s,\"cost\":%s,"
			"\"memory_kib\":%lld,\"salt_bits\":%u,"
			"\"legacy\":%d,\"locked\":%d,\"courier\":%d,"
			"\"dovecot\":%d,\"dovecot24\":%d,\"php\":%d,"
			"\"postgresql\":%d}",
			info->method, scheme, cost,
			(sqlite3_int64)info->memory_kib, info->salt_bits,
			info->legacy, info->locked,
			(programs & MF_COURIER) != 0,
			(programs & MF_DOVECOT) != 0,
			(programs & MF_DOVECOT24) != 0,
			(programs & MF_PHP) != 0,
			(programs & MF_POSTGRESQL) != 0);
	sqlite3_free(scheme);
	sqlite3_free(cost);
	return json;
}

void
mf_sql_crypt_info(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text;
	struct mf_info info;
	char *json;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_other(context, argv[0], &text) ||
	    !mf_inspect(text, &info))
		return;
	json = info_as_json(&info);
	if (json == NULL)
		sqlite3_result_error_nomem(context);
	else
		sqlite3_result_text(context, json, -1, sqlite3_free);
}

void
mf_sql_crypt_needs_rehash(sqlite3_context *context, int argc,
			  sqlite3_value **argv)
{
	struct mf_text stored, method, cost;
	struct mf_fault fault;
	bool needs;

	if (mf_sql_any_null(2, argv) ||
	    !mf_sql_read_other(context, argv[0], &stored) ||
	    !mf_sql_read_other(context, argv[1], &method) ||
	    !mf_sql_read_cost(context, argc > 2 ? argv[2] : NULL, &cost))
		return;
	if (mf_needs_rehash(stored, method, cost, &needs, &fault) == MF_OK)
		sqlite3_result_int(context, needs);
	else
		mf_sql_fail(context, &fault);
}

static bool
read_program(struct mf_text name, enum mf_program *program)
{
	if (mf_text_same_name(name, "courier"))
		*program = MF_COURIER;
	else if (mf_text_same_name(name, "dovecot"))
		*program = MF_DOVECOT;
	else
		return false;
	return true;
}

void
mf_sql_crypt_relabel(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text stored, name;
	enum mf_program program;
	struct mf_hash spelled;
	struct mf_fault fault;
	bool found;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_other(context, argv[0], &stored) ||
	    !mf_sql_read_other(context, argv[1], &name))
		return;
	if (!read_program(name, &program))
		mf_sql_error(context, "unknown program, "
				      "use 'courier' or 'dovecot'");
	/* Any whole hash has room behind any label. */
	else if (mf_relabel(stored, program, &spelled, /* GCOVR_EXCL_BR_LINE */
			    &found, &fault) != MF_OK)
		mf_sql_fail(context, &fault);
	else if (found)
		mf_sql_text(context, mf_text_of(spelled.text));
}
