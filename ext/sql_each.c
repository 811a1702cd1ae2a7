/* sql_each.c - crypt_each, a table of the passwords that a query finds,
** hashed on all processors
**
**   SELECT key, hash FROM crypt_each(query, method, cost)
**
** It reads the query, on the same connection, some rows ahead of what it has
** to answer, and gives the passwords to workers.h. A row comes out when its
** hash is there, in the query's order. So an interrupt, by which SQLite ends
** the statement at the next row, takes effect when the hashes that are being
** made are finished.
**
** A statement that names it reads the database main, to SQLite, until it ends:
** another writer can't commit meanwhile, and makes readers wait. Where hashing
** takes long, in a database that others use,
**
**   CREATE VIRTUAL TABLE temp.each USING crypt_each;
**
** makes one that is of temp, and a query of TEMP tables then locks nothing.
**
** Only a statement of the user's own may name it (SQLITE_VTAB_DIRECTONLY): it
** runs SQL that it is given.
*/

#include "progress.h"
#include "secret.h"
#include "sql_conflict.h"
#include "workers.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

/* The arguments' names must not be those of columns that they may be taken
** from: password_policy has method and cost. */
static const char declaration[] =
	"CREATE TABLE crypt_each(key, hash TEXT, crypt_each_query HIDDEN, "
	"crypt_each_method HIDDEN, crypt_each_cost HIDDEN)";

enum column { KEY, HASH, QUERY, METHOD, COST, COLUMN_COUNT };

/* Which arguments there are, as index number: query, method and cost as bits,
** the first the lowest. */
enum { ARGUMENTS = COLUMN_COUNT - QUERY };

/* One for a connection. */
struct table {
	sqlite3_vtab base;
	sqlite3 *db;
	int depth; /* of queries that are being read, one in another */
};

/* A query that names its own text would go down until the stack ends. */
enum { DEPTH_MAX = 4 };

/* A row that was read, and isn't answered yet. */
struct row {
	sqlite3_value *key;
	bool is_null;           /* its password, and so its hash */
	enum mf_status problem; /* why it wasn't given to the workers */
};

struct cursor {
	sqlite3_vtab_cursor base;
	sqlite3_stmt *query; /* NULL: there are no more rows */
	struct mf_workers *workers;
	struct row *rows; /* a ring; room */
	size_t room;
	uint64_t read, answered; /* rows: of the query, of ours before this */
	struct mf_hash hash;     /* of this row */
	struct mf_progress progress;
};

/* SQLite's part of a cursor is its first member, so one that was allocated as
** a cursor is aligned as one; the compiler can't know on 32-bit machines. */
static struct cursor *
cursor_of(sqlite3_vtab_cursor *base)
{
	return (struct cursor *)(void *)base;
}

/* ---- errors: "crypt_each: ...", the first one counts ---- */

static int
fail(struct cursor *c, int rc, const char *format, ...)
{
	sqlite3_vtab *table = c->base.pVtab;
	va_list values;
	char *sentence;

	va_start(values, format);
	sentence = sqlite3_vmprintf(format, values);
	va_end(values);
	sqlite3_free(table->zErrMsg);
	table->zErrMsg = sentence != NULL
			       ? sqlite3_mprintf("crypt_each: %s", sentence)
			       : NULL;
	sqlite3_free(sentence);
	return table->zErrMsg != NULL ? rc : SQLITE_NOMEM;
}

/* Of the connection, whose query failed. */
static int
fail_as_query(struct cursor *c)
{
	sqlite3 *db = ((struct table *)c->base.pVtab)->db;

	return fail(c, sqlite3_errcode(db), "the query: %s",
		    sqlite3_errmsg(db));
}

/* In a row, counted from 1, or in none. */
static int
fail_by(struct cursor *c, const struct mf_fault *fault, uint64_t row)
{
	char sentence[MF_SENTENCE_SIZE];

	if (fault->status == MF_NO_MEMORY)
		return SQLITE_NOMEM;
	mf_fault_sentence(fault, sentence);
	if (row == 0)
		return fail(c, SQLITE_ERROR, "%s", sentence);
	return fail(c, SQLITE_ERROR, "row %llu: %s", (unsigned long long)row,
		    sentence);
}

/* ---- the table ---- */

static int
connect_table(sqlite3 *db, void *data, int argc, const char *const *argv,
	      sqlite3_vtab **out, char **error)
{
	int rc = sqlite3_declare_vtab(db, declaration);
	struct table *table;

	(void)data, (void)argc, (void)argv, (void)error;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
	table = sqlite3_malloc(sizeof *table);
	if (table == NULL)
		return SQLITE_NOMEM;
	memset(table, 0, sizeof *table);
	table->db = db;
	*out = &table->base;
	return SQLITE_OK;
}

static int
disconnect_table(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* An argument that isn't known yet, for it comes from a table that a join
** reads later: SQLite has to try another order. */
static int
best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	int constraint_of[ARGUMENTS] = { -1, -1, -1 }, argc = 0;

	(void)table;
	for (int i = 0; i < info->nConstraint; i++) {
		int which = info->aConstraint[i].iColumn - QUERY;

		if (which < 0 ||
		    info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		constraint_of[which] = i;
	}
	for (int i = 0; i < ARGUMENTS; i++)
		if (constraint_of[i] >= 0) {
			info->aConstraintUsage[constraint_of[i]].argvIndex =
				++argc;
			info->aConstraintUsage[constraint_of[i]].omit = 1;
			info->idxNum |= 1 << i;
		}
	info->estimatedCost = 1e9;
	return SQLITE_OK;
}

/* ---- a cursor ---- */

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

static struct row *
row_at(const struct cursor *c, uint64_t number)
{
	return &c->rows[number % c->room];
}

/* Back to what open_cursor() made. */
static void
clear(struct cursor *c)
{
	sqlite3_vtab_cursor base = c->base;

	sqlite3_finalize(c->query);
	if (c->workers != NULL)
		mf_workers_stop(c->workers);
	for (size_t i = 0; i < c->room; i++)
		sqlite3_value_free(c->rows[i].key);
	sqlite3_free(c->rows);
	mf_progress_end(&c->progress);
	mf_wipe(c, sizeof *c);
	c->base = base;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
	clear(cursor_of(base));
	sqlite3_free(base);
	return SQLITE_OK;
}

/* ---- the query ---- */

/* Does anything follow that isn't blanks and comments? */
static bool
something_follows(sqlite3 *db, const char *tail)
{
	sqlite3_stmt *other = NULL;
	bool follows = sqlite3_prepare_v2(db, tail, -1, &other, NULL) !=
			       SQLITE_OK ||
		       other != NULL;

	sqlite3_finalize(other);
	return follows;
}

static int
prepare(struct cursor *c, sqlite3_value *value)
{
	sqlite3 *db = ((struct table *)c->base.pVtab)->db;
	const char *text = (const char *)sqlite3_value_text(value), *tail;
	bool conflict;

	if (text == NULL)
		return sqlite3_value_type(value) == SQLITE_NULL
			     ? fail(c, SQLITE_ERROR, "the query is NULL")
			     : SQLITE_NOMEM;
	if (sqlite3_prepare_v2(db, text, -1, &c->query, &tail) != SQLITE_OK)
		return fail_as_query(c);
	if (c->query == NULL || something_follows(db, tail) ||
	    !sqlite3_stmt_readonly(c->query) ||
	    sqlite3_column_count(c->query) != 2)
		return fail(c, SQLITE_ERROR,
			    "the query must be one statement that reads two "
			    "columns, a key and a password");
	if (mf_sql_conflict(db, c->query, &conflict) != SQLITE_OK)
		return SQLITE_NOMEM;
	if (conflict)
		return fail(c, SQLITE_ERROR,
			    "the query reads a table that this statement "
			    "writes, put the hashes into a TEMP table first");
	return SQLITE_OK;
}

/* How many rows it has, for whoever waits; 0 if that can't be told. */
static uint64_t
count_rows(const struct cursor *c)
{
	sqlite3 *db = ((struct table *)c->base.pVtab)->db;
	const char *query = sqlite3_sql(c->query);
	size_t len = strlen(query);
	char *sql = sqlite3_mprintf(
		"SELECT count(*) FROM (%.*s\n)",
		(int)(query[len - 1] == ';' ? len - 1 : len), query);
	sqlite3_stmt *stmt = NULL;
	uint64_t count = 0;

	if (sql != NULL &&
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		count = (uint64_t)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return count;
}

/* ---- rows ---- */

static int
read_row(struct cursor *c)
{
	sqlite3_value *password = sqlite3_column_value(c->query, 1);
	struct row *row = row_at(c, c->read);
	struct mf_text text;
	struct mf_fault fault;

	c->read++;
	row->problem = MF_OK;
	row->key = sqlite3_value_dup(sqlite3_column_value(c->query, 0));
	if (row->key == NULL)
		return SQLITE_NOMEM;
	row->is_null = sqlite3_value_type(password) == SQLITE_NULL;
	if (row->is_null)
		return SQLITE_OK;
	if (mf_sql_take_password(password, &text, &fault))
		mf_workers_give(c->workers, text);
	row->problem = fault.status;
	return SQLITE_OK;
}

/* As many as there is room for. */
static int
read_ahead(struct cursor *c)
{
	struct table *table = (struct table *)c->base.pVtab;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && c->query != NULL &&
	       c->read - c->answered < c->room) {
		table->depth++;
		rc = sqlite3_step(c->query);
		table->depth--;
		if (rc == SQLITE_ROW)
			rc = read_row(c);
		else if (rc != SQLITE_DONE)
			return fail_as_query(c);
		else {
			sqlite3_finalize(c->query);
			c->query = NULL;
			rc = SQLITE_OK;
		}
	}
	return rc;
}

/* Wait for the hash of the row that is next, if there is one. */
static int
settle(struct cursor *c)
{
	struct mf_fault fault;
	int rc = read_ahead(c);

	if (rc != SQLITE_OK || c->read == c->answered ||
	    row_at(c, c->answered)->is_null)
		return rc;
	mf_fail(&fault, row_at(c, c->answered)->problem, NULL);
	if (fault.status != MF_OK ||
	    mf_workers_take(c->workers, &c->hash, &fault) != MF_OK)
		return fail_by(c, &fault, c->answered + 1);
	mf_progress_at(&c->progress, c->answered + 1);
	return SQLITE_OK;
}

static int
start(struct cursor *c, struct mf_text method, struct mf_text cost)
{
	struct mf_fault fault;

	if (mf_workers_start(method, cost, &c->workers, &fault) != MF_OK)
		return fail_by(c, &fault, 0);
	c->room = mf_workers_room(c->workers);
	c->rows = sqlite3_malloc64(c->room * sizeof c->rows[0]);
	if (c->rows == NULL) {
		c->room = 0;
		return SQLITE_NOMEM;
	}
	memset(c->rows, 0, c->room * sizeof c->rows[0]);
	mf_progress_begin(&c->progress, "crypt_each",
			  mf_progress_seen() ? count_rows(c) : 0);
	return settle(c);
}

/* The argument of that column, or NULL if it wasn't given. */
static sqlite3_value *
argument(int given, sqlite3_value **argv, enum column column)
{
	int bit = 1 << (column - QUERY), before = 0;

	if ((given & bit) == 0)
		return NULL;
	for (int b = 1; b < bit; b <<= 1)
		before += (given & b) != 0;
	return argv[before];
}

static int
filter(sqlite3_vtab_cursor *base, int given, const char *text, int argc,
       sqlite3_value **argv)
{
	struct cursor *c = cursor_of(base);
	struct mf_text method = mf_default_method(), cost = { NULL, 0 };
	sqlite3_value *query = argument(given, argv, QUERY),
		      *named = argument(given, argv, METHOD);
	int rc;

	(void)text, (void)argc;
	clear(c);
	if (((struct table *)base->pVtab)->depth >= DEPTH_MAX)
		return fail(c, SQLITE_ERROR,
			    "a query within a query, more than %d deep",
			    DEPTH_MAX);
	if (query == NULL)
		return fail(c, SQLITE_ERROR, "it needs a query");
	if (named != NULL && mf_sql_read(named, &method) == MF_SQL_NO_MEMORY)
		return SQLITE_NOMEM;
	if (named != NULL && sqlite3_value_type(named) == SQLITE_NULL)
		return fail(c, SQLITE_ERROR, "the method is NULL");
	if (!mf_sql_take_cost(argument(given, argv, COST), &cost))
		return SQLITE_NOMEM;
	rc = prepare(c, query);
	return rc == SQLITE_OK ? start(c, method, cost) : rc;
}

static int
next(sqlite3_vtab_cursor *base)
{
	struct cursor *c = cursor_of(base);
	struct row *row = row_at(c, c->answered);

	sqlite3_value_free(row->key);
	row->key = NULL;
	c->answered++;
	return settle(c);
}

static int
at_end(sqlite3_vtab_cursor *base)
{
	const struct cursor *c = cursor_of(base);

	return c->read == c->answered;
}

static int
return_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	const struct cursor *c = cursor_of(base);
	const struct row *row = row_at(c, c->answered);

	if (column == KEY)
		sqlite3_result_value(context, row->key);
	else if (column == HASH && !row->is_null)
		mf_sql_text(context, mf_text_of(c->hash.text));
	return SQLITE_OK;
}

static int
rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	*id = (sqlite3_int64)cursor_of(base)->answered + 1;
	return SQLITE_OK;
}

const sqlite3_module mf_sql_each = {
	.xCreate = connect_table, /* for CREATE VIRTUAL TABLE, too */
	.xConnect = connect_table,
	.xDisconnect = disconnect_table,
	.xDestroy = disconnect_table,
	.xBestIndex = best_index,
	.xOpen = open_cursor,
	.xClose = close_cursor,
	.xFilter = filter,
	.xNext = next,
	.xEof = at_end,
	.xColumn = return_column,
	.xRowid = rowid,
};
