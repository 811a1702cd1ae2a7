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
	       !(*at == '\r' && at + 1 < end && at[1] == '\n')) {
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

/* First all is hashed, into a temporary table in memory; then it is written,
** while nobody else can write. */

struct import {
	sqlite3_stmt *problem, *hash;
	int records, bad, added;
};

static void
bad_line(struct import *import, int line, const char *why)
{
	mu_warn("line %d: %s", line, why);
	import->bad++;
}

static void
prepare_import(struct mu_job *job, struct import *import)
{
	mu_do(job,
	      "CREATE TEMP TABLE incoming(line INTEGER PRIMARY KEY, email, "
	      "hash, quota)",
	      MU_NO_VALUES);
	import->problem = mu_prepare(
		job,
		"SELECT coalesce(ADDRESS_PROBLEM(?3), CRYPT_PROBLEM(?1), "
		"CASE WHEN NOT CRYPT_IS_HASH(?1) THEN coalesce("
		"PASSWORD_PROBLEM(?1, method), "
		"CASE strength WHEN 1 THEN PASSWORD_WEAKNESS(?1, ?3) END) END) "
		"FROM password_policy",
		MU_NO_VALUES);
	/* A hash is stored as text, a password is bytes. */
	import->hash = mu_prepare(
		job,
		"INSERT INTO temp.incoming SELECT ?4, ?3, "
		"CASE WHEN CRYPT_IS_HASH(?1) THEN ?2 "
		"ELSE CRYPT(?1, method, cost) END, ?5 FROM password_policy",
		MU_NO_VALUES);
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
hash_record(struct mu_job *job, struct import *import,
	    const struct record *record)
{
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
	bind_record(job, import->hash, record);
	(void)sqlite3_bind_text(import->hash, 5, quota, -1, SQLITE_STATIC);
	(void)mu_next(job, import->hash);
}

static void
hash_all(struct mu_job *job, struct import *import, struct input *input)
{
	static const char bom[] = "\xef\xbb\xbf";
	char *at = input->at, *end;
	struct record record;
	int line = 1;

	if (at == NULL)
		return;
	end = at + input->len;
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
			hash_record(job, import, &record);
	}
}

/* A row that is refused is the line's failure, not the job's. */
static void
insert_all(struct mu_job *job, struct import *import)
{
	sqlite3_stmt *rows = mu_prepare(job,
					"SELECT email, hash, quota, line "
					"FROM temp.incoming ORDER BY line",
					MU_NO_VALUES);
	sqlite3_stmt *insert[] = {
		mu_prepare(job,
			   "INSERT INTO users(email, password) VALUES (?1, ?2)",
			   MU_NO_VALUES),
		mu_prepare(job,
			   "INSERT INTO users(email, password, quota) "
			   "VALUES (?1, ?2, ?3)",
			   MU_NO_VALUES),
	};

	while (mu_next(job, rows)) {
		int count = sqlite3_column_type(rows, 2) != SQLITE_NULL ? 3 : 2;
		sqlite3_stmt *one = insert[count - 2];
		int status;

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
	mu_end(insert[0]);
	mu_end(insert[1]);
}

void
mu_import(struct mu_job *job)
{
	struct input input = { NULL, 0, 0 };
	struct import import = { NULL, NULL, 0, 0, 0 };

	prepare_import(job, &import);
	if (mu_fine(job))
		read_input(job, job->argv[0], &input);
	hash_all(job, &import, &input);
	mu_end(import.problem);
	mu_end(import.hash);
	if (input.at != NULL)
		mf_wipe(input.at, input.size);
	free(input.at);
	mu_begin(job);
	insert_all(job, &import);
	if (import.bad > 0)
		mu_fail(job, MU_REFUSED,
			"%d of %d lines can't be imported, so none was",
			import.bad, import.records);
	else if (import.records == 0)
		mu_fail(job, MU_REFUSED, "there is nothing to import in %s",
			job->argv[0]);
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

#define FOR_DOVECOT \
	"users WHERE active " \
	"AND CRYPT_RELABEL(password, 'dovecot') IS NOT NULL ORDER BY email"

/* Who is left out is named: a user more or less must not go unnoticed. */
static void
export_dovecot(struct mu_job *job)
{
	const char *const *left = mu_list(
		job,
		"SELECT email FROM users WHERE NOT active "
		"OR CRYPT_RELABEL(password, 'dovecot') IS NULL ORDER BY email",
		MU_NO_VALUES);

	if (mu_has(job, MU_JSON))
		mu_table(job,
			 "SELECT email, CRYPT_RELABEL(password, 'dovecot') "
			 "AS hash FROM " FOR_DOVECOT,
			 MU_NO_VALUES);
	else
		print_lines(job, "SELECT email || ':' || CRYPT_RELABEL("
				 "password, 'dovecot') FROM " FOR_DOVECOT);
	for (int i = 0; left[i] != NULL; i++)
		mu_warn("%s is left out: disabled, locked, or with a hash "
			"that Dovecot can't verify",
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
			    "SELECT '\"' || email || '\",' || quota || ',\"' "
			    "|| replace(maildir, '\"', '\"\"') || '\",' "
			    "|| active || ',\"' || replace(name, '\"', '\"\"') "
			    "|| '\"' FROM users ORDER BY email");
}
