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
	"stored_max_cost INTEGER, memory_kib INTEGER, "
	"max_password_bytes INTEGER, courier INTEGER, dovecot INTEGER, "
	"dovecot24 INTEGER, php INTEGER, postgresql INTEGER)";

enum column {
	NAME,
	PREFIX,
	CREATES,
	DEFAULT_COST,
	MIN_COST,
	MAX_COST,
	STORED_MAX_COST,
	MEMORY_KIB,
	MAX_PASSWORD_BYTES,
	COURIER,
	DOVECOT,
	DOVECOT24,
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
	info->estimatedCost = (double)((size_t)MF_METHOD_COUNT +
				       mf_scheme_count);
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
	return row < (size_t)MF_METHOD_COUNT
		     ? NULL
		     : &mf_schemes[row - (size_t)MF_METHOD_COUNT];
}

/* What only a label tells shows in the rows of its labels; what can't be
** verified in none. */
static bool
is_left_out(size_t row)
{
	const struct mf_scheme *scheme = scheme_at(row);

	if (scheme != NULL)
		return scheme->methods == 0;
	return mf_methods[row].prefix == NULL ||
	       !mf_method_available(&mf_methods[row]);
}

static int
at_end(sqlite3_vtab_cursor *base)
{
	const struct cursor *cursor = (const struct cursor *)base;

	return cursor->row >= (size_t)MF_METHOD_COUNT + mf_scheme_count;
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
	static const struct mf_text by_default = { NULL, 0 };
	struct mf_parsed parsed = { .memory_kib = 0 };
	struct mf_fault fault;

	mf_method_cost(method, by_default, &parsed, &fault);
	sqlite3_result_int64(context, (sqlite3_int64)parsed.memory_kib);
}

static void
return_programs(sqlite3_context *context, unsigned programs, int column)
{
	static const enum mf_program of_column[] = { MF_COURIER, MF_DOVECOT,
						     MF_DOVECOT24, MF_PHP,
						     MF_POSTGRESQL };

	sqlite3_result_int(context,
			   (programs & of_column[column - COURIER]) != 0);
}

/* Costs that are numbers come as numbers; of those that are text there is only
** a default. */
static void
return_cost(sqlite3_context *context, const struct mf_method *m, int column)
{
	uint64_t n = column == DEFAULT_COST ? m->cost_default
		   : column == MIN_COST     ? m->cost_min
		   : column == MAX_COST ? mf_method_cost_max(m, MF_TO_VERIFY)
					: mf_method_cost_max(m, MF_TO_STORE);

	if (m->cost_kind != MF_COST_TEXT)
		sqlite3_result_int64(context, (sqlite3_int64)n);
	else if (column == DEFAULT_COST)
		mf_sql_text(context, mf_text_of(m->cost_text));
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
		sqlite3_result_int(context, m->setting != NULL);
		break;
	case DEFAULT_COST:
	case MIN_COST:
	case MAX_COST:
	case STORED_MAX_COST:
		if (m->setting != NULL)
			return_cost(context, m, column);
		break;
	case MEMORY_KIB:
		if (m->setting != NULL)
			return_memory(context, m);
		break;
	case MAX_PASSWORD_BYTES:
		sqlite3_result_int64(context, (sqlite3_int64)m->password_max);
		break;
	default:
		return_programs(context, m->programs, column);
	}
}

/* Of the first method that may stand behind it; all have the same, or the
** label is for one alone. */
static size_t
max_password(const struct mf_scheme *s)
{
	size_t i = 0;

	while (!mf_scheme_holds(s, &mf_methods[i]))
		i++;
	return mf_methods[i].password_max;
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
	case DOVECOT24:
	case PHP:
	case POSTGRESQL:
		return_programs(context, s->text_programs | s->raw_programs,
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

const sqlite3_module mf_sql_methods = {
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
