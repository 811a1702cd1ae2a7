/* bulk.c - import and export: many users at once
**
** A line of the file is address,password,quota as RFC 4180 writes CSV, the
** quota a SIZE as on the command line, or left out. All lines come in or none,
** and each that can't is named, with the reason and without what is in it.
*/

#define _GNU_SOURCE /* O_CLOEXEC */

#include "commands.h"
#include "output.h"
#include "secret.h"
#include "users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS = 3 };

/* A file that is read, passwords and all. */
struct input {
	char *at; /* NUL-terminated */
	size_t len, size;
};

struct record {
	int line;     /* where it begins, from 1 */
	int fields;   /* how many there are, also beyond FIELDS */
	bool damaged; /* quotes where none may be */
	struct mf_text field[FIELDS];
};

/* ---- reading ---- */

/* realloc() would leave the passwords behind. */
static bool
make_room(struct input *input)
{
	size_t size = 2 * input->size + 65536;
	char *wider = malloc(size);

	if (wider == NULL)
		return false;
	if (input->at != NULL) {
		memcpy(wider, input->at, input->len);
		mf_wipe(input->at, input->size);
		free(input->at);
	}
	input->at = wider;
	input->size = size;
	return true;
}

static void
read_input(struct mu_job *job, const char *name, struct input *input)
{
	int file = STDIN_FILENO;
	ssize_t got = 1;

	if (strcmp(name, "-") != 0)
		file = open(name, O_RDONLY | O_CLOEXEC);
	errno = file < 0 ? errno : ENOMEM;
	while (file >= 0 && got > 0) {
		if (input->size - input->len < 2 && !make_room(input))
			break;
		got = read(file, input->at + input->len,
			   input->size - input->len - 1);
		if (got > 0)
			input->len += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (file < 0 || got != 0)
		mu_fail(job, MU_REFUSED, "%s: %s", name, strerror(errno));
	else
		input->at[input->len] = '\0';
	if (file > STDIN_FILENO)
		(void)close(file);
}

/* ---- CSV ---- */

/* A field within quotes, put right where it lies: "" is one quote. */
static char *
take_quoted(char *at, const char *end, struct record *record, int *line,
	    struct mf_text *field)
{
	char *to = at;

	field->at = at;
	for (; at < end; at++) {
		if (*at == '"' && (at + 1 == end || at[1] != '"'))
			break;
		if (*at == '"')
			at++;
		*line += *at == '\n';
		*to++ = *at;
	}
	field->len = (size_t)(to - field->at);
	if (at == end)
		record->damaged = true;
	else
		at++;
	return at;
}

static char *
take_bare(char *at, const char *end, struct record *record,
	  struct mf_text *field)
{
	field->at = at;
	while (at < end && *at != ',' && *at != '\n' &&
	       !(*at == '\r' && (at + 1 == end || at[1] == '\n'))) {
		record->damaged |= *at == '"';
		at++;
	}
	field->len = (size_t)(at - field->at);
	return at;
}

/* Take the record at the beginning; the rest. *line is moved on. */
static char *
take_record(char *at, const char *end, int *line, struct record *record)
{
	struct mf_text ignored;

	*record = (struct record){ .line = *line };
	for (;;) {
		struct mf_text *field = record->fields < FIELDS
					      ? &record->field[record->fields]
					      : &ignored;

		record->fields++;
		if (at < end && *at == '"')
			at = take_quoted(at + 1, end, record, line, field);
		else
			at = take_bare(at, end, record, field);
		if (at == end || *at != ',')
			break;
		at++;
	}
	if (at < end && *at == '\r')
		at++;
	if (at < end && *at != '\n') {
		record->damaged = true;
		at = memchr(at, '\n', (size_t)(end - at));
	}
	*line += 1;
	return at != NULL && at < end ? at + 1 : (char *)(uintptr_t)end;
}

/* ---- import ---- */

/* Aside, in memory, the lines are looked at and their passwords hashed, on all
** processors: that takes long, and locks nobody out. Then all is written, while
** nobody else can write.
**
** The passwords stay where they were read, to be wiped there: SQL knows where
** they are, and has a function that gives them. */

struct import {
	struct input input;
	sqlite3 *aside;
	sqlite3_stmt *problem, *keep;
	int records, bad, added;
};

static void
bad_line(struct import *import, int line, const char *why)
{
	mu_warn("line %d: %s", line, why);
	import->bad++;
}

/* password_at(place, length): those bytes of the input. */
static void
password_at(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const struct input *input = sqlite3_user_data(context);

	(void)argc;
	sqlite3_result_blob(context, input->at + sqlite3_value_int64(argv[0]),
			    sqlite3_value_int(argv[1]), SQLITE_STATIC);
}

static const char tables_aside[] =
	"CREATE TABLE policy(method, cost, strength);"
	"CREATE TABLE incoming(line INTEGER PRIMARY KEY, email, hash, quota, "
	"place, length);"
	"CREATE TABLE hashed(line INTEGER PRIMARY KEY, hash);";

static void
copy_policy(struct mu_job *job, sqlite3 *aside)
{
	sqlite3_stmt *from = mu_prepare(
		job, "SELECT method, cost, strength FROM password_policy",
		MU_NO_VALUES);
	sqlite3_stmt *to = mu_prepare_in(
		job, aside, "INSERT INTO policy VALUES (?1, ?2, ?3)");

	if (mu_next(job, from)) {
		for (int i = 0; i < 3; i++)
			(void)sqlite3_bind_value(to, i + 1,
						 sqlite3_column_value(from, i));
		(void)mu_next(job, to);
	} else {
		mu_fail(job, MU_REFUSED,
			"password_policy has no row: apply schema.sql");
	}
	mu_end(from);
	mu_end(to);
}

static void
prepare_import(struct mu_job *job, struct import *import)
{
	sqlite3 *aside = mu_open_aside(job);

	import->aside = aside;
	if (mu_fine(job) &&
	    (sqlite3_exec(aside, tables_aside, NULL, NULL, NULL) != SQLITE_OK ||
	     sqlite3_create_function(aside, "password_at", 2, SQLITE_UTF8,
				     &import->input, password_at, NULL,
				     NULL) != SQLITE_OK))
		mu_fail(job, MU_REFUSED, "%s", sqlite3_errmsg(aside));
	copy_policy(job, aside);
	import->problem = mu_prepare_in(
		job, aside,
		"SELECT coalesce(ADDRESS_PROBLEM(?3), CRYPT_PROBLEM(?1), "
		"CASE WHEN NOT CRYPT_IS_HASH(?1) THEN coalesce("
		"PASSWORD_PROBLEM(?1, method), "
		"CASE strength WHEN 1 THEN PASSWORD_WEAKNESS(?1, ?3) END) END) "
		"FROM policy");
	/* A hash is stored as text, a password is bytes. */
	import->keep = mu_prepare_in(
		job, aside,
		"INSERT INTO incoming SELECT ?4, ?3, "
		"CASE WHEN CRYPT_IS_HASH(?1) THEN ?2 END, ?5, ?6, ?7");
}

static void
bind_record(struct mu_job *job, sqlite3_stmt *statement,
	    const struct record *record)
{
	struct mf_text email = record->field[0], password = record->field[1];

	(void)sqlite3_reset(statement);
	mu_bind_bytes(job, statement, 1, password);
	(void)sqlite3_bind_text(statement, 2, password.at, (int)password.len,
				SQLITE_STATIC);
	(void)sqlite3_bind_text(statement, 3, email.at, (int)email.len,
				SQLITE_STATIC);
	(void)sqlite3_bind_int(statement, 4, record->line);
}

/* The quota's digits, NULL if there are none; "" if it is no size. */
static const char *
quota_of(struct mu_job *job, const struct record *record)
{
	struct mf_text field = record->field[2];
	char size[32] = "";
	const char *digits;

	if (record->fields < FIELDS || field.len == 0)
		return NULL;
	if (field.len >= sizeof size || mf_text_has_nul(field))
		return "";
	memcpy(size, field.at, field.len);
	digits = mu_size(job, size);
	return digits != NULL ? digits : "";
}

static void
take_in(struct mu_job *job, struct import *import, const struct record *record)
{
	struct mf_text password = record->field[1];
	const char *quota = quota_of(job, record);
	const char *problem = NULL;

	bind_record(job, import->problem, record);
	if (quota != NULL && quota[0] == '\0')
		problem = "the quota isn't a SIZE";
	else if (mu_next(job, import->problem))
		problem = (const char *)sqlite3_column_text(import->problem, 0);
	if (problem != NULL) {
		bad_line(import, record->line, problem);
		return;
	}
	bind_record(job, import->keep, record);
	(void)sqlite3_bind_text(import->keep, 5, quota, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(import->keep, 6,
				 password.at - import->input.at);
	(void)sqlite3_bind_int64(import->keep, 7, (sqlite3_int64)password.len);
	(void)mu_next(job, import->keep);
}

static void
take_all(struct mu_job *job, struct import *import)
{
	static const char bom[] = "\xef\xbb\xbf";
	char *at = import->input.at, *end;
	struct record record;
	int line = 1;

	if (at == NULL)
		return;
	end = at + import->input.len;
	if (strncmp(at, bom, strlen(bom)) == 0)
		at += strlen(bom);
	while (mu_fine(job) && at < end) {
		at = take_record(at, end, &line, &record);
		if (record.fields == 1 && record.field[0].len == 0 &&
		    !record.damaged)
			continue;
		import->records++;
		if (record.damaged)
			bad_line(import, record.line,
				 "its quotes aren't those of CSV");
		else if (record.fields < 2 || record.fields > FIELDS)
			bad_line(import, record.line,
				 "it must be address,password or "
				 "address,password,quota");
		else
			take_in(job, import, &record);
	}
}

static void
hash_all(struct mu_job *job, struct import *import)
{
	sqlite3_stmt *hash = mu_prepare_in(
		job, import->aside,
		"INSERT INTO hashed SELECT key, hash FROM policy, crypt_each("
		"'SELECT line, password_at(place, length) FROM incoming "
		"WHERE hash IS NULL', method, cost)");

	(void)mu_next(job, hash);
	mu_end(hash);
}

/* A list of that address, without him in it, would take his mail elsewhere. */
static sqlite3_stmt *
prepare_alias(struct mu_job *job)
{
	return mu_prepare(job,
			  "SELECT 1 FROM forwardings WHERE source = ?1 AND NOT "
			  "EXISTS (SELECT 1 FROM targets WHERE source = ?1 "
			  "AND target = ?1)",
			  MU_NO_VALUES);
}

static bool
is_alias(struct mu_job *job, sqlite3_stmt *alias, const sqlite3_value *email)
{
	bool found;

	(void)sqlite3_bind_value(alias, 1, email);
	found = mu_next(job, alias);
	(void)sqlite3_reset(alias);
	return found;
}

/* A row that is refused is the line's failure, not the job's. */
static void
insert_all(struct mu_job *job, struct import *import)
{
	sqlite3_stmt *rows = mu_prepare_in(
		job, import->aside,
		"SELECT email, coalesce(i.hash, h.hash), quota, line "
		"FROM incoming AS i LEFT JOIN hashed AS h USING (line) "
		"ORDER BY line");
	sqlite3_stmt *insert[] = {
		mu_prepare(job,
			   "INSERT INTO users(email, password) VALUES (?1, ?2)",
			   MU_NO_VALUES),
		mu_prepare(job,
			   "INSERT INTO users(email, password, quota) "
			   "VALUES (?1, ?2, ?3)",
			   MU_NO_VALUES),
	};

	sqlite3_stmt *alias = prepare_alias(job);

	while (mu_next(job, rows)) {
		int count = sqlite3_column_type(rows, 2) != SQLITE_NULL ? 3 : 2;
		sqlite3_stmt *one = insert[count - 2];
		int status;

		if (is_alias(job, alias, sqlite3_column_value(rows, 0))) {
			bad_line(import, sqlite3_column_int(rows, 3),
				 "the address is an alias: see mailuser alias");
			continue;
		}

		for (int i = 0; i < count; i++)
			(void)sqlite3_bind_value(one, i + 1,
						 sqlite3_column_value(rows, i));
		status = sqlite3_step(one);
		if (status == SQLITE_DONE)
			import->added += sqlite3_changes(job->db);
		else if (status == SQLITE_ERROR || status == SQLITE_CONSTRAINT)
			bad_line(import, sqlite3_column_int(rows, 3),
				 sqlite3_errmsg(job->db));
		else
			mu_sql_failed(job);
		(void)sqlite3_reset(one);
	}
	mu_end(rows);
	mu_end(alias);
	mu_end(insert[0]);
	mu_end(insert[1]);
}

void
mu_import(struct mu_job *job)
{
	struct import import = { .aside = NULL };

	prepare_import(job, &import);
	if (mu_fine(job))
		read_input(job, job->argv[0], &import.input);
	take_all(job, &import);
	mu_end(import.problem);
	mu_end(import.keep);
	hash_all(job, &import);
	if (import.input.at != NULL)
		mf_wipe(import.input.at, import.input.size);
	free(import.input.at);
	mu_begin(job);
	insert_all(job, &import);
	(void)sqlite3_close(import.aside);
	if (import.bad > 0)
		mu_fail(job, MU_REFUSED,
			"%d of %d lines can't be imported, so none was",
			import.bad, import.records);
	else if (import.records == 0)
		mu_fail(job, MU_REFUSED, "there is nothing to import in %s",
			job->argv[0]);
	else if (import.added != import.records)
		mu_fail(job, MU_REFUSED,
			"a trigger of the database ignores %d of %d lines, so "
			"none was imported",
			import.records - import.added, import.records);
	mu_changed(job, "users", job->argv[0], "%d added", import.added);
	job->due |= MU_DUE_MAILDIRS | MU_DUE_PUBLISH;
}

/* ---- export ---- */

/* Values as they are: this is for programs. */
static void
print_lines(struct mu_job *job, const char *sql)
{
	sqlite3_stmt *lines = mu_prepare(job, sql, MU_NO_VALUES);

	job->answered = true;
	while (mu_next(job, lines)) {
		const void *text = sqlite3_column_text(lines, 0);
		size_t len = (size_t)sqlite3_column_bytes(lines, 0);

		if (text != NULL)
			(void)fwrite(text, 1, len, stdout);
		(void)fputc('\n', stdout);
	}
	mu_end(lines);
}

/* A colon or a line's end would make other users of one. */
#define DOVECOT_USERS \
	"(SELECT email, hash, active, email || hash GLOB " \
	"'*[:' || char(10) || char(13) || ']*' AS breaks_line FROM (" \
	"SELECT email, active, CRYPT_RELABEL(password, 'dovecot') AS hash " \
	"FROM users))"
#define FOR_DOVECOT \
	DOVECOT_USERS " WHERE active AND hash IS NOT NULL " \
		      "AND NOT breaks_line ORDER BY email"

/* Who is left out is named: a user more or less must not go unnoticed. */
static void
export_dovecot(struct mu_job *job)
{
	const char *const *left = mu_list(
		job,
		"SELECT email FROM " DOVECOT_USERS " WHERE NOT active "
		"OR hash IS NULL OR breaks_line ORDER BY email",
		MU_NO_VALUES);

	if (mu_has(job, MU_JSON))
		mu_table(job, "SELECT email, hash FROM " FOR_DOVECOT,
			 MU_NO_VALUES);
	else
		print_lines(job,
			    "SELECT email || ':' || hash FROM " FOR_DOVECOT);
	for (int i = 0; left[i] != NULL; i++)
		mu_warn("%s is left out: disabled, locked, with a hash that "
			"Dovecot can't verify, or a colon or line end in it",
			left[i]);
	if (left[0] != NULL && mu_fine(job))
		job->status = MU_REFUSED;
}

void
mu_export(struct mu_job *job)
{
	if (mu_has(job, MU_DOVECOT))
		export_dovecot(job);
	else if (mu_has(job, MU_JSON))
		mu_table(job,
			 "SELECT email, quota, maildir, active, name "
			 "FROM users ORDER BY email",
			 MU_NO_VALUES);
	else
		print_lines(job,
			    "SELECT '\"' || replace(email, '\"', '\"\"') "
			    "|| '\",' || quota || ',\"' "
			    "|| replace(coalesce(maildir, ''), '\"', '\"\"') "
			    "|| '\",' "
			    "|| active || ',\"' || replace(name, '\"', '\"\"') "
			    "|| '\"' FROM users ORDER BY email");
}
