/* sql_columns.c - what schema.sql asks: which columns its tables have, what
** the triggers carry, and errors with a reason
**
** The hash triggers write their rows themselves, so they must name every
** column. schema.sql marks the places:
**
**   (*own , NEW.column*)(*end*)            (with / for each parenthesis)
**
** CARRY_COLUMNS puts between the two, for each column that schema.sql doesn't
** know, what the first says, with the name for the word column. Where it says
** 'columns', all that TABLE_COLUMNS gives go there as one literal, with which
** the trigger compares the table it finds.
*/

#include "columns.h"
#include "sql.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

static const char own_mark[] = "/*own ", end_mark[] = "/*end*/";

/* ---- MAILFUNC_RAISE ---- */

/* As RAISE(ABORT, sentence), which takes only a literal before SQLite 3.47. */
void
mf_sql_raise(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_text sentence;

	(void)argc;
	switch (mf_sql_read(argv[0], &sentence)) {
	case MF_SQL_NULL:
		return;
	case MF_SQL_NO_MEMORY:
		sqlite3_result_error_nomem(context);
		return;
	default:
		sqlite3_result_error(context, sentence.at, (int)sentence.len);
		sqlite3_result_error_code(context, SQLITE_CONSTRAINT_TRIGGER);
	}
}

/* ---- names and lists of names ---- */

/* What writes into a list: "name","other". Compared byte by byte, so letters
** are folded as SQLite folds them in names. */
static void
append_byte(sqlite3_str *list, char byte)
{
	if (byte == '"')
		sqlite3_str_appendchar(list, 1, byte);
	if (byte >= 'A' && byte <= 'Z')
		byte = (char)(byte - 'A' + 'a');
	sqlite3_str_appendchar(list, 1, byte);
}

static void
begin_name(sqlite3_str *list)
{
	sqlite3_str_appendall(list,
			      sqlite3_str_length(list) > 0 ? ",\"" : "\"");
}

static void
append_name(sqlite3_str *list, const char *name)
{
	begin_name(list);
	while (*name != '\0')
		append_byte(list, *name++);
	sqlite3_str_appendchar(list, 1, '"');
}

static void
append_spelled(sqlite3_str *list, struct mf_text name)
{
	size_t at = 0;
	char byte;

	begin_name(list);
	while (mf_columns_name_byte(name, &at, &byte))
		append_byte(list, byte);
	sqlite3_str_appendchar(list, 1, '"');
}

/* Append what is left of the columns. False if they can't be told. */
static bool
append_columns(sqlite3_str *list, struct mf_columns columns)
{
	enum mf_columns_status status;
	struct mf_text name;

	while ((status = mf_columns_next(&columns, &name)) == MF_COLUMNS_ONE)
		append_spelled(list, name);
	return status == MF_COLUMNS_END;
}

/* Make the list the result, unless it can't be told: then NULL. */
static void
result_str(sqlite3_context *context, sqlite3_str *str, bool good)
{
	int rc = sqlite3_str_errcode(str);
	char *text = sqlite3_str_finish(str);

	if (rc == SQLITE_OK && good) {
		sqlite3_result_text(context, text, -1, sqlite3_free);
		return;
	}
	sqlite3_free(text);
	if (rc != SQLITE_OK)
		sqlite3_result_error_code(context, rc);
}

void
mf_sql_table_columns(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct mf_columns columns = { .begun = false };
	sqlite3_str *list;
	bool good;

	if (mf_sql_any_null(argc, argv) ||
	    !mf_sql_read_other(context, argv[0], &columns.text))
		return;
	list = sqlite3_str_new(sqlite3_context_db_handle(context));
	good = append_columns(list, columns);
	result_str(context, list, good);
}

/* ---- the marks ---- */

struct marked {
	struct mf_text before;  /* up to and with the first mark */
	struct mf_text pattern; /* what it says */
	const char *after;      /* the second mark */
};

/* The second mark: not one within the quotes of a name. */
static const char *
find_end(const char *sql)
{
	char quote = '\0';

	for (; *sql != '\0'; sql++) {
		if (quote == '\0' &&
		    strncmp(sql, end_mark, strlen(end_mark)) == 0)
			return sql;
		if (*sql == quote)
			quote = '\0';
		else if (quote == '\0' && (*sql == '"' || *sql == '\''))
			quote = *sql;
	}
	return NULL;
}

/* Find the next pair of marks. */
static bool
find_marks(const char *sql, struct marked *marked)
{
	const char *own = strstr(sql, own_mark), *close;

	if (own == NULL)
		return false;
	own += strlen(own_mark);
	close = strstr(own, "*/");
	if (close == NULL)
		return false;
	marked->pattern = (struct mf_text){ own, (size_t)(close - own) };
	marked->before = (struct mf_text){ sql, (size_t)(close + 2 - sql) };
	marked->after = find_end(close + 2);
	return marked->after != NULL;
}

/* The text with nothing between its marks: the same for every database. */
static sqlite3_str *
without_columns(sqlite3 *db, const char *sql)
{
	sqlite3_str *str = sqlite3_str_new(db);
	struct marked marked;

	while (find_marks(sql, &marked)) {
		sqlite3_str_append(str, marked.before.at,
				   (int)marked.before.len);
		sql = marked.after;
	}
	sqlite3_str_appendall(str, sql);
	return str;
}

void
mf_sql_shipped_sql(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const char *sql;

	if (mf_sql_any_null(argc, argv))
		return;
	sql = (const char *)sqlite3_value_text(argv[0]);
	if (sql == NULL)
		sqlite3_result_error_nomem(context);
	else
		result_str(context,
			   without_columns(sqlite3_context_db_handle(context),
					   sql),
			   true);
}

/* ---- statements, of which none is run once one has failed ---- */

struct job {
	sqlite3_context *context;
	sqlite3 *db;
	bool failed;
};

static void
fail_nomem(struct job *job)
{
	if (!job->failed)
		sqlite3_result_error_nomem(job->context);
	job->failed = true;
}

/* What looks wrong may be what memory was lacking for. */
static void
fail(struct job *job, const char *sentence)
{
	if (sqlite3_errcode(job->db) == SQLITE_NOMEM)
		fail_nomem(job);
	if (!job->failed)
		mf_sql_error(job->context, sentence);
	job->failed = true;
}

/* What SQLite says, with its code: a caller may want to try again. */
static void
fail_db(struct job *job)
{
	int code = sqlite3_errcode(job->db);

	fail(job, sqlite3_errmsg(job->db));
	sqlite3_result_error_code(job->context, code);
}

/* The text of a string that is finished by this; NULL if the job has failed.
** The caller frees. */
static char *
finish(struct job *job, sqlite3_str *str)
{
	bool good = sqlite3_str_errcode(str) == SQLITE_OK;
	char *text = sqlite3_str_finish(str);

	if (good && text == NULL)
		text = sqlite3_mprintf("");
	if (!good || text == NULL)
		fail_nomem(job);
	if (!job->failed)
		return text;
	sqlite3_free(text);
	return NULL;
}

/* A statement as sqlite3_mprintf() makes it; NULL if the job has failed. */
static sqlite3_stmt *
prepare(struct job *job, const char *format, ...)
{
	sqlite3_stmt *statement = NULL;
	va_list args;
	char *sql;

	if (job->failed)
		return NULL;
	va_start(args, format);
	sql = sqlite3_vmprintf(format, args);
	va_end(args);
	if (sql == NULL)
		fail_nomem(job);
	else if (sqlite3_prepare_v2(job->db, sql, -1, &statement, NULL) !=
		 SQLITE_OK)
		fail_db(job);
	sqlite3_free(sql);
	return statement;
}

/* Is there another row? */
static bool
step(struct job *job, sqlite3_stmt *statement)
{
	int rc;

	if (job->failed)
		return false;
	rc = sqlite3_step(statement);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail_db(job);
	return rc == SQLITE_ROW;
}

static void
run(struct job *job, const char *sql)
{
	if (sqlite3_exec(job->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_db(job);
}

/* A text of the row; NULL if the job has failed. */
static const char *
column(struct job *job, sqlite3_stmt *statement, int i)
{
	const char *text = (const char *)sqlite3_column_text(statement, i);

	if (text == NULL)
		fail_nomem(job);
	return text;
}

/* All that a job does stays or nothing. (Once memory has run out, SQLite runs
** no statement until the one outside has ended: then the savepoint stays open,
** and with it the transaction. Nothing is committed; ROLLBACK ends it.) */
static void
begin(struct job *job)
{
	int rc = sqlite3_exec(job->db, "SAVEPOINT mailfunc_columns", NULL, NULL,
			      NULL);

	if (rc == SQLITE_BUSY)
		fail(job, "run it by a SELECT, not inside of a statement "
			  "that writes");
	else if (rc != SQLITE_OK)
		fail_db(job);
}

static void
end(struct job *job)
{
	if (!job->failed)
		run(job, "RELEASE mailfunc_columns");
	if (job->failed)
		sqlite3_exec(job->db,
			     "ROLLBACK TO mailfunc_columns;"
			     "RELEASE mailfunc_columns",
			     NULL, NULL, NULL);
}

/* ---- CARRY_COLUMNS ---- */

/* What is known of the table users and its columns; finished strings. */
struct users {
	const char *schema;
	char *known;   /* all, as TABLE_COLUMNS gives them */
	char *shipped; /* those that schema.sql knows */
	int own;       /* how many it doesn't know */
};

/* The text of what schema.sql has made, or NULL and *job has failed. */
static char *
text_of(struct job *job, const char *schema, const char *type, const char *name)
{
	sqlite3_stmt *statement = prepare(
		job,
		"SELECT sql FROM \"%w\".sqlite_master "
		"WHERE type = %Q AND name = %Q COLLATE NOCASE",
		schema, type, name);
	char *text = NULL;

	if (step(job, statement)) {
		const char *sql = column(job, statement, 0);
		text = sql == NULL ? NULL : sqlite3_mprintf("%s", sql);
		if (text == NULL)
			fail_nomem(job);
	}
	sqlite3_finalize(statement);
	return text;
}

/* Does a list have the name? Within a name quotes are doubled, so behind a
** comma that is part of one there is an even number of them. */
static bool
is_in(struct job *job, const char *list, const char *name)
{
	sqlite3_str *str = sqlite3_str_new(job->db);
	char *quoted;
	bool found = false;

	append_name(str, name);
	quoted = finish(job, str);
	for (const char *at = list; quoted != NULL && !found; at++) {
		at = strstr(at, quoted);
		if (at == NULL)
			break;
		char before = at == list ? ',' : at[-1];
		char after = at[strlen(quoted)];
		found = before == ',' && (after == ',' || after == '\0');
	}
	sqlite3_free(quoted);
	return found;
}

/* A row for each column: its name is the second of its fields. */
static sqlite3_stmt *
select_columns(struct job *job, const char *schema, const char *table)
{
	return prepare(job, "PRAGMA \"%w\".table_xinfo(\"%w\")", schema, table);
}

enum { NAME = 1, TYPE, NOT_NULL, DEFAULT, HIDDEN = 6 };

/* The next column that can be written to; NULL at the end. */
static const char *
next_column(struct job *job, sqlite3_stmt *columns)
{
	while (step(job, columns))
		if (sqlite3_column_int(columns, HIDDEN) == 0)
			return column(job, columns, NAME);
	return NULL;
}

/* SQLite's own view of the columns must be the same. */
static void
read_known(struct job *job, struct users *users)
{
	char *sql = text_of(job, users->schema, "table", "users");
	sqlite3_str *read = sqlite3_str_new(job->db);
	sqlite3_str *asked = sqlite3_str_new(job->db);
	sqlite3_stmt *columns = select_columns(job, users->schema, "users");
	const char *name;
	char *list;
	bool good = true;

	if (sql == NULL)
		fail(job, "there is no table users, apply schema.sql first");
	else
		good = append_columns(read, (struct mf_columns){
						    .text = mf_text_of(sql) });
	while ((name = next_column(job, columns)) != NULL)
		append_name(asked, name);
	sqlite3_finalize(columns);
	sqlite3_free(sql);
	users->known = finish(job, read);
	list = finish(job, asked);
	if (!job->failed && (!good || strcmp(users->known, list) != 0))
		fail(job, "the CREATE TABLE of users has a form that can't be "
			  "read, write it in a plainer one");
	sqlite3_free(list);
}

/* The columns in the trigger's INSERT, outside of its marks. */
static void
read_shipped(struct job *job, struct users *users, const char *trigger)
{
	static const char insert[] = "INSERT INTO users(";
	char *bare = finish(job, without_columns(job->db, trigger));
	sqlite3_str *list = sqlite3_str_new(job->db);
	const char *at = bare == NULL ? NULL : strstr(bare, insert);
	bool good = false;

	if (at != NULL)
		good = append_columns(
			list, (struct mf_columns){
				      .text = mf_text_of(at + strlen(insert)),
				      .begun = true });
	sqlite3_free(bare);
	users->shipped = finish(job, list);
	if (!good)
		fail(job, "the triggers of users are not those of this "
			  "version, apply schema.sql first");
}

/* A pattern with the name for its word column. */
static void
append_pattern(sqlite3_str *str, struct mf_text pattern, const char *name)
{
	while (pattern.len > 0) {
		if (mf_take(&pattern, "column")) {
			sqlite3_str_appendf(str, "\"%w\"", name);
			continue;
		}
		sqlite3_str_appendchar(str, 1, pattern.at[0]);
		pattern = mf_text_skip(pattern, 1);
	}
}

/* What belongs between two marks. Answers for how many own columns. */
static int
append_own(struct job *job, sqlite3_str *str, const struct users *users,
	   struct mf_text pattern)
{
	sqlite3_stmt *columns;
	const char *name;
	int own = 0;

	if (mf_text_begins(pattern, "'columns'")) {
		sqlite3_str_appendf(str, "%Q", users->known);
		return 0;
	}
	columns = select_columns(job, users->schema, "users");
	while ((name = next_column(job, columns)) != NULL)
		if (!is_in(job, users->shipped, name)) {
			append_pattern(str, pattern, name);
			own++;
		}
	sqlite3_finalize(columns);
	return own;
}

/* The trigger's text for the table as it is; the caller frees. */
static char *
carrying(struct job *job, struct users *users, const char *sql)
{
	sqlite3_str *str = sqlite3_str_new(job->db);
	struct marked marked;

	while (!job->failed && find_marks(sql, &marked)) {
		int own;
		sqlite3_str_append(str, marked.before.at,
				   (int)marked.before.len);
		own = append_own(job, str, users, marked.pattern);
		if (own > users->own)
			users->own = own;
		sql = marked.after;
	}
	sqlite3_str_appendall(str, sql);
	return finish(job, str);
}

/* Write the trigger anew, if it must be. SQLite keeps its text without the
** name of the database. */
static void
replace_trigger(struct job *job, const char *schema, const char *name,
		const char *sql)
{
	static const char create[] = "CREATE TRIGGER ";
	sqlite3_str *str = sqlite3_str_new(job->db);
	char *script;

	if (strncmp(sql, create, strlen(create)) != 0)
		fail(job, "a trigger of users has a text that can't be read, "
			  "apply schema.sql first");
	else
		sqlite3_str_appendf(str, "DROP TRIGGER \"%w\".%s;%s\"%w\".%s",
				    schema, name, create, schema,
				    sql + strlen(create));
	script = finish(job, str);
	if (script != NULL)
		run(job, script);
	sqlite3_free(script);
}

static void
carry_in(struct job *job, struct users *users, const char *name)
{
	char *old = text_of(job, users->schema, "trigger", name), *new = NULL;

	if (old == NULL)
		fail(job, "the triggers of users are missing, "
			  "apply schema.sql first");
	if (!job->failed && users->shipped == NULL)
		read_shipped(job, users, old);
	if (!job->failed)
		new = carrying(job, users, old);
	if (!job->failed && strcmp(old, new) != 0)
		replace_trigger(job, users->schema, name, new);
	sqlite3_free(old);
	sqlite3_free(new);
}

void
mf_sql_carry_columns(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct job job = { context, sqlite3_context_db_handle(context), false };
	struct users users = { .schema = "main" };

	if (mf_sql_any_null(argc, argv))
		return;
	if (argc > 0)
		users.schema = (const char *)sqlite3_value_text(argv[0]);
	if (users.schema == NULL)
		fail_nomem(&job);
	else if (sqlite3_db_readonly(job.db, users.schema) < 0)
		fail(&job, "there is no database of that name, use main "
			   "or one that was attached");
	if (job.failed)
		return;
	begin(&job);
	read_known(&job, &users);
	carry_in(&job, &users, "users_insert_hash");
	carry_in(&job, &users, "users_update_hash");
	end(&job);
	sqlite3_free(users.known);
	sqlite3_free(users.shipped);
	if (!job.failed)
		sqlite3_result_int(context, users.own);
}

/* ---- TAKE_COLUMNS ---- */

/* A table's name, and the database before its first dot, or main. */
struct place {
	char *schema;
	const char *table;
};

static struct place
read_place(struct job *job, sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value), *dot;
	struct place place = { NULL, "" };

	if (text != NULL) {
		dot = strchr(text, '.');
		place.table = dot == NULL ? text : dot + 1;
		place.schema = dot == NULL
				     ? sqlite3_mprintf("main")
				     : sqlite3_mprintf("%.*s",
						       (int)(dot - text), text);
	}
	if (place.schema == NULL)
		fail_nomem(job);
	else if (sqlite3_db_readonly(job->db, place.schema) < 0)
		fail(job, "there is no database of the name before the dot, "
			  "use main, temp or one that was attached");
	return place;
}

/* All columns of a table, as a list; NULL if the job has failed. */
static char *
list_of(struct job *job, const struct place *place)
{
	sqlite3_stmt *columns = NULL;
	sqlite3_str *list = sqlite3_str_new(job->db);
	char *text;

	if (!job->failed)
		columns = select_columns(job, place->schema, place->table);
	while (step(job, columns)) {
		const char *name = column(job, columns, NAME);
		if (name != NULL)
			append_name(list, name);
	}
	sqlite3_finalize(columns);
	text = finish(job, list);
	if (text != NULL && *text == '\0')
		fail(job, "there is no such table, give 'table' "
			  "or 'database.table'");
	return text;
}

/* What is being taken, from where to where. */
struct taking {
	struct place from, to;
	sqlite3_str *fields; /* ,"a","b" for a SELECT */
	sqlite3_str *values; /* "a" = ?2,"b" = ?3 for an UPDATE */
	int added;
};

/* Did ALTER TABLE refuse because a column can't be added like that? Want of
** memory can come as an error that doesn't say so, and end the transaction:
** nothing must be written then. */
static bool
cannot_add(sqlite3 *db)
{
	return !sqlite3_get_autocommit(db) &&
	       mf_text_begins(mf_text_of(sqlite3_errmsg(db)), "Cannot add");
}

/* False if that is more than ALTER TABLE takes. */
static bool
alter(struct job *job, const struct place *to, const char *name,
      const char *type, const char *value, const char *not_null)
{
	const char *quote = *type == '\0' ? "" : "\"";
	char *sql = sqlite3_mprintf("ALTER TABLE \"%w\".\"%w\" "
				    "ADD COLUMN \"%w\" %s%w%s%s%s%s",
				    to->schema, to->table, name, quote, type,
				    quote, value == NULL ? "" : " DEFAULT ",
				    value == NULL ? "" : value, not_null);
	bool refused = false;

	if (sql == NULL)
		fail_nomem(job);
	else if (sqlite3_exec(job->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		refused = cannot_add(job->db);
		if (!refused)
			fail_db(job);
	}
	sqlite3_free(sql);
	return !refused;
}

/* With as much of the other's definition as ALTER TABLE takes: it refuses a
** default that isn't constant, and NOT NULL without a default. */
static void
add_column(struct job *job, const struct place *to, const char *name,
	   sqlite3_stmt *like)
{
	const char *type = column(job, like, TYPE), *value = NULL;
	const char *not_null = sqlite3_column_int(like, NOT_NULL) ? " NOT NULL"
								  : "";

	if (sqlite3_column_type(like, DEFAULT) != SQLITE_NULL)
		value = column(job, like, DEFAULT);
	if (!job->failed && !alter(job, to, name, type, value, not_null) &&
	    !alter(job, to, name, type, value, "") &&
	    !alter(job, to, name, type, NULL, ""))
		fail_db(job);
}

static void
take_column(struct job *job, struct taking *t, const char *name,
	    sqlite3_stmt *like)
{
	add_column(job, &t->to, name, like);
	t->added++;
	sqlite3_str_appendf(t->fields, ",\"%w\"", name);
	sqlite3_str_appendf(t->values, "%s\"%w\" = ?%d",
			    t->added > 1 ? "," : "", name, t->added + 1);
}

/* Take all columns of one table that the other hasn't. A generated one comes
** as an ordinary one, with its values. */
static void
take_missing(struct job *job, struct taking *t, const char *there)
{
	sqlite3_stmt *columns = select_columns(job, t->from.schema,
					       t->from.table);

	while (step(job, columns)) {
		const char *name = column(job, columns, NAME);
		if (name != NULL && !is_in(job, there, name))
			take_column(job, t, name, columns);
	}
	sqlite3_finalize(columns);
}

/* Write one row's values into the rows of its key. */
static void
copy_row(struct job *job, sqlite3_stmt *row, sqlite3_stmt *update)
{
	for (int i = 0; i < sqlite3_column_count(row); i++)
		sqlite3_bind_value(update, i + 1, sqlite3_column_value(row, i));
	step(job, update);
	sqlite3_reset(update);
}

/* Row by row, for a temporary table could reach a file. From the last to the
** first, so that the first of a key is the one that stays. */
static void
copy_values(struct job *job, const struct taking *t, const char *key)
{
	bool has_rowid = sqlite3_table_column_metadata(job->db, t->from.schema,
						       t->from.table, "rowid",
						       NULL, NULL, NULL, NULL,
						       NULL) == SQLITE_OK;
	sqlite3_stmt *rows = prepare(job,
				     "SELECT \"%w\"%s FROM \"%w\".\"%w\"%s",
				     key, sqlite3_str_value(t->fields),
				     t->from.schema, t->from.table,
				     has_rowid ? " ORDER BY rowid DESC" : "");
	sqlite3_stmt *update = prepare(
		job,
		"UPDATE \"%w\".\"%w\" SET %s WHERE \"%w\" = ?1 COLLATE NOCASE",
		t->to.schema, t->to.table, sqlite3_str_value(t->values), key);

	while (step(job, rows))
		copy_row(job, rows, update);
	sqlite3_finalize(rows);
	sqlite3_finalize(update);
}

static void
take(struct job *job, struct taking *t, const char *key)
{
	char *from = list_of(job, &t->from), *to = list_of(job, &t->to);

	if (!job->failed && (!is_in(job, from, key) || !is_in(job, to, key)))
		fail(job, "both tables need the column that is the key");
	if (!job->failed)
		take_missing(job, t, to);
	if (sqlite3_str_errcode(t->fields) != SQLITE_OK ||
	    sqlite3_str_errcode(t->values) != SQLITE_OK)
		fail_nomem(job);
	if (!job->failed && t->added > 0)
		copy_values(job, t, key);
	sqlite3_free(from);
	sqlite3_free(to);
}

void
mf_sql_take_columns(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct job job = { context, sqlite3_context_db_handle(context), false };
	struct taking t = { .added = 0 };
	const char *key;

	if (mf_sql_any_null(argc, argv))
		return;
	t.from = read_place(&job, argv[0]);
	t.to = read_place(&job, argv[1]);
	key = (const char *)sqlite3_value_text(argv[2]);
	if (key == NULL)
		fail_nomem(&job);
	t.fields = sqlite3_str_new(job.db);
	t.values = sqlite3_str_new(job.db);
	if (!job.failed) {
		begin(&job);
		take(&job, &t, key);
		end(&job);
	}
	sqlite3_free(sqlite3_str_finish(t.fields));
	sqlite3_free(sqlite3_str_finish(t.values));
	sqlite3_free(t.from.schema);
	sqlite3_free(t.to.schema);
	if (!job.failed)
		sqlite3_result_int(context, t.added);
}
