/* sql_methods.c - crypt_methods, a table of what can be made and verified
**
** A row for each method of a bare hash, then one for each {SCHEME} label.
** The table needs no CREATE: it is eponymous, and read only.
*/

#include "inspect.h"
#include "sql.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

static const char declaration[] =
	"CREATE TABLE crypt_methods(name TEXT, prefix TEXT, creates INTEGER, "
	"default_cost, min_cost INTEGER, max_cost INTEGER, "
	"memory_kib INTEGER, max_password_bytes INTEGER, courier INTEGER, "
	"dovecot INTEGER, php INTEGER, postgresql INTEGER)";

enum column {
	NAME,
	PREFIX,
	CREATES,
	DEFAULT_COST,
	MIN_COST,
	MAX_COST,
	MEMORY_KIB,
	MAX_PASSWORD_BYTES,
	COURIER,
	DOVECOT,
	PHP,
	POSTGRESQL
};

struct cursor {
	sqlite3_vtab_cursor base;
	size_t row; /* the methods first, then the schemes */
};

static int
connect_table(sqlite3 *db, void *data, int argc, const char *const *argv,
	      sqlite3_vtab **table, char **error)
{
	int rc = sqlite3_declare_vtab(db, declaration);

	(void)data, (void)argc, (void)argv, (void)error;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	*table = sqlite3_malloc(sizeof **table);
	if (*table == NULL)
		return SQLITE_NOMEM;
	memset(*table, 0, sizeof **table);
	return SQLITE_OK;
}

static int
disconnect_table(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* There is one way to read some forty rows. */
static int
best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedCost = (double)(mf_method_count + mf_scheme_count);
	return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct cursor *cursor = sqlite3_malloc(sizeof *cursor);

	(void)table;
	if (cursor == NULL)
		return SQLITE_NOMEM;
	memset(cursor, 0, sizeof *cursor);
	*out = &cursor->base;
	return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
	sqlite3_free(base);
	return SQLITE_OK;
}

static const struct mf_scheme *
scheme_at(size_t row)
{
	return row < mf_method_count ? NULL
				     : &mf_schemes[row - mf_method_count];
}

/* A digest's method shows in the rows of its labels; what can't be verified
** in none. */
static bool
is_left_out(size_t row)
{
	const struct mf_scheme *scheme = scheme_at(row);

	return scheme == NULL ? mf_methods[row].labelled
			      : scheme->wraps == NULL && scheme->digest == NULL;
}

static int
at_end(sqlite3_vtab_cursor *base)
{
	const struct cursor *cursor = (const struct cursor *)base;

	return cursor->row >= mf_method_count + mf_scheme_count;
}

static int
next(sqlite3_vtab_cursor *base)
{
	struct cursor *cursor = (struct cursor *)base;

	do
		cursor->row++;
	while (!at_end(base) && is_left_out(cursor->row));
	return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *base, int index, const char *text, int argc,
       sqlite3_value **argv)
{
	(void)index, (void)text, (void)argc, (void)argv;
	((struct cursor *)base)->row = 0;
	return SQLITE_OK;
}

/* At its default cost; 0 for a method that needs none worth mentioning. */
static void
return_memory(sqlite3_context *context, const struct mf_method *method)
{
	static const unsigned char entropy[MF_SALT_ENTROPY];
	static const struct mf_text by_default = { NULL, 0 };
	char setting[MF_HASH_SIZE];
	struct mf_parsed parsed = { .memory_kib = 0 };
	struct mf_fault fault;

	/* unreachable: a method takes its own default cost */
	if (mf_method_setting(method, by_default, entropy, setting, &fault) ==
	    MF_OK)
		mf_method_parse(method, mf_text_of(setting), &parsed);
	sqlite3_result_int64(context, (sqlite3_int64)parsed.memory_kib);
}

static void
return_programs(sqlite3_context *context, unsigned programs, int column)
{
	static const enum mf_program of_column[] = { MF_COURIER, MF_DOVECOT,
						     MF_PHP, MF_POSTGRESQL };

	sqlite3_result_int(context,
			   (programs & of_column[column - COURIER]) != 0);
}

/* Costs that are numbers come as numbers. */
static void
return_cost(sqlite3_context *context, const struct mf_method *m, int column)
{
	bool number = m->cost_kind != MF_COST_TEXT;
	struct mf_text text = mf_text_of(m->cost_default);
	uint64_t n = column == MIN_COST ? m->cost_min : m->cost_max;

	if (column == DEFAULT_COST && number)
		mf_take_number(&text, UINT32_MAX, &n);
	if (number)
		sqlite3_result_int64(context, (sqlite3_int64)n);
	else if (column == DEFAULT_COST)
		mf_sql_text(context, text);
}

static void
return_of_method(sqlite3_context *context, const struct mf_method *m,
		 int column)
{
	switch (column) {
	case NAME:
		sqlite3_result_text(context, m->name, -1, SQLITE_STATIC);
		break;
	case PREFIX:
		sqlite3_result_text(context, m->prefix, -1, SQLITE_STATIC);
		break;
	case CREATES:
		sqlite3_result_int(context, m->creates);
		break;
	case DEFAULT_COST:
	case MIN_COST:
	case MAX_COST:
		if (m->creates)
			return_cost(context, m, column);
		break;
	case MEMORY_KIB:
		if (m->creates)
			return_memory(context, m);
		break;
	case MAX_PASSWORD_BYTES:
		sqlite3_result_int64(context, (sqlite3_int64)m->password_max);
		break;
	default:
		return_programs(context, m->programs, column);
	}
}

/* Of the method of its digest, or of the first hash that it wraps. */
static size_t
max_password(const struct mf_scheme *s)
{
	/* unreachable: there is a method for each scheme in the table */
	for (size_t i = 0; i < mf_method_count; i++) {
		const struct mf_method *m = &mf_methods[i];
		if (s->digest != NULL ? strcmp(m->name, s->digest) == 0
				      : strcmp(m->prefix, s->wraps[0]) == 0)
			return m->password_max;
	}
	return 0;
}

/* What a label wraps, its own method decides: so there are fewer columns. */
static void
return_of_scheme(sqlite3_context *context, const struct mf_scheme *s,
		 int column)
{
	switch (column) {
	case NAME:
		sqlite3_result_text(context, s->label + 1,
				    (int)strlen(s->label) - 2, SQLITE_STATIC);
		break;
	case PREFIX:
		sqlite3_result_text(context, s->label, -1, SQLITE_STATIC);
		break;
	case CREATES:
		sqlite3_result_int(context, 0);
		break;
	case MAX_PASSWORD_BYTES:
		sqlite3_result_int64(context, (sqlite3_int64)max_password(s));
		break;
	case COURIER:
	case DOVECOT:
	case PHP:
	case POSTGRESQL:
		return_programs(context, s->text_programs | s->digest_programs,
				column);
		break;
	default:
		break;
	}
}

static int
return_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	size_t row = ((struct cursor *)base)->row;
	const struct mf_scheme *scheme = scheme_at(row);

	if (scheme != NULL)
		return_of_scheme(context, scheme, column);
	else
		return_of_method(context, &mf_methods[row], column);
	return SQLITE_OK;
}

static int
rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	*id = (sqlite3_int64)((struct cursor *)base)->row + 1;
	return SQLITE_OK;
}

int
mf_sql_register_methods(sqlite3 *db)
{
	static const sqlite3_module module = {
		.xConnect = connect_table,
		.xDisconnect = disconnect_table,
		.xBestIndex = best_index,
		.xOpen = open_cursor,
		.xClose = close_cursor,
		.xFilter = filter,
		.xNext = next,
		.xEof = at_end,
		.xColumn = return_column,
		.xRowid = rowid,
	};

	return sqlite3_create_module_v2(db, "crypt_methods", &module, NULL,
					NULL);
}
