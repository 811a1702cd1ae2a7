/* sql_inspect.c - the functions that tell about hashes and compute none */

#include "inspect.h"
#include "sql.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

/* A cost is a number to most methods, and a string to argon2. */
static char *
cost_as_json(const struct mf_stored *s)
{
	char cost[MF_COST_SIZE];

	mf_stored_cost(s, cost);
	if (cost[0] == '\0')
		return sqlite3_mprintf("null");
	return s->method->cost_kind == MF_COST_TEXT
		     ? sqlite3_mprintf("\"%s\"", cost)
		     : sqlite3_mprintf("%s", cost);
}

/* The scheme's own name without its braces. */
static char *
scheme_as_json(const struct mf_stored *s)
{
	const struct mf_scheme *scheme = s->labelled.scheme;

	if (scheme == NULL)
		return sqlite3_mprintf("null");
	return sqlite3_mprintf("\"%.*s\"", (int)strlen(scheme->label) - 2,
			       scheme->label + 1);
}

/* Every string of it is one of ours, or digits and commas. */
static char *
info_as_json(const struct mf_stored *s)
{
	unsigned programs = mf_stored_programs(s);
	char *scheme = scheme_as_json(s), *cost = cost_as_json(s), *json = NULL;

	if (scheme != NULL && cost != NULL)
		json = sqlite3_mprintf(
			"{\"method\":\"%s\",\"scheme\":%s,\"cost\":%s,"
			"\"memory_kib\":%lld,\"salt_bits\":%u,"
			"\"legacy\":%d,\"locked\":%d,\"courier\":%d,"
			"\"dovecot\":%d,\"php\":%d,\"postgresql\":%d}",
			s->method->name, scheme, cost,
			(sqlite3_int64)s->parsed.memory_kib,
			s->parsed.salt_bits, s->method->legacy, s->locked,
			(programs & MF_COURIER) != 0,
			(programs & MF_DOVECOT) != 0, (programs & MF_PHP) != 0,
			(programs & MF_POSTGRESQL) != 0);
	sqlite3_free(scheme);
	sqlite3_free(cost);
	return json;
}

void
mf_sql_crypt_info(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text text;
	struct mf_stored s;
	char *json;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_other(context, argv[0], &text))
		return;
	mf_stored_read(text, &s);
	if (s.kind != MF_KIND_HASH)
		return;
	json = info_as_json(&s);
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
	    !mf_sql_read_cost(context, argc - 2, argv + 2, &cost))
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
	/* unreachable: any whole hash has room behind any label */
	else if (mf_relabel(stored, program, &spelled, &found, &fault) != MF_OK)
		mf_sql_fail(context, &fault);
	else if (found)
		mf_sql_text(context, mf_text_of(spelled.text));
}
