/* output.c - see output.h */

#include "output.h"
#include "shown.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct mu_report {
	struct mu_report *next; /* in their order, job->report the last */
	const char *what, *name, *change;
};

void
mu_print_safely(FILE *file, const char *text)
{
	while (*text != '\0') {
		size_t len;

		if (mf_shown(text, &len))
			(void)fwrite(text, 1, len, file);
		else
			(void)fputc('?', file);
		text += len;
	}
}

void
mu_changed(struct mu_job *job, const char *what, const char *name,
	   const char *format, ...)
{
	struct mu_report *report = NULL;
	const char *change = NULL;
	char *text;
	va_list values;

	if (mu_fine(job))
		report = mu_keep(job, sizeof *report);
	if (report == NULL)
		return;
	va_start(values, format);
	text = sqlite3_vmprintf(format, values);
	va_end(values);
	if (text != NULL)
		change = mu_copy(job, text);
	sqlite3_free(text);
	*report = (struct mu_report){ job->report, what, name,
				      change != NULL ? change : "" };
	job->report = report;
}

/* The list is kept from the last to the first. */
static struct mu_report *
in_order(struct mu_report *last)
{
	struct mu_report *first = NULL;

	while (last != NULL) {
		struct mu_report *before = last->next;

		last->next = first;
		first = last;
		last = before;
	}
	return first;
}

static void
print_json(struct mu_job *job, const char *json)
{
	if (mu_fine(job))
		(void)printf("%s\n", json != NULL ? json : "null");
}

/* Not every table holds UTF-8, as JSON must be: what isn't is shown as
** doctor.sql does, x'FF'. */
static const char *
as_utf8(struct mu_job *job, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t len = strlen(text);
	char *hex, *to;

	if (mu_is_utf8(text, len))
		return text;
	hex = to = mu_keep(job, 2 * len + sizeof "x''");
	if (hex == NULL)
		return "";
	*to++ = 'x';
	*to++ = '\'';
	for (size_t i = 0; i < len; i++) {
		*to++ = digits[(unsigned char)text[i] >> 4];
		*to++ = digits[(unsigned char)text[i] & 15];
	}
	*to = '\'';
	return hex;
}

/* The password is bound and printed, and copied by SQLite only. */
static void
report_json(struct mu_job *job, const char *password)
{
	const char *changes = "[]";

	for (struct mu_report *at = job->report; at != NULL; at = at->next)
		changes = mu_ask(job,
				 "SELECT json_insert(?1, '$[#]', json_object("
				 "'what', ?2, 'name', ?3, 'change', ?4))",
				 MU_VALUES(changes, at->what,
					   as_utf8(job, at->name),
					   as_utf8(job, at->change)));
	print_json(job,
		   mu_ask(job,
			  "SELECT json_patch(json_object('done', json(?1), "
			  "'changes', json(?2)), json_object('password', ?3))",
			  MU_VALUES(mu_has(job, MU_DRY_RUN) ? "false" : "true",
				    changes, password)));
}

void
mu_report(struct mu_job *job, const char *password)
{
	if (!mu_fine(job) || job->answered)
		return;
	job->report = in_order(job->report);
	if (mu_has(job, MU_JSON)) {
		report_json(job, password);
		return;
	}
	for (struct mu_report *at = job->report;
	     at != NULL && !mu_has(job, MU_QUIET); at = at->next) {
		if (mu_has(job, MU_DRY_RUN))
			(void)fputs("would have: ", stdout);
		(void)printf("%s ", at->what);
		mu_print_safely(stdout, at->name);
		(void)fputs(": ", stdout);
		mu_print_safely(stdout, at->change);
		(void)fputc('\n', stdout);
	}
	if (password != NULL)
		(void)printf(mu_has(job, MU_QUIET) ? "%s\n" : "password: %s\n",
			     password);
}

/* ---- tables ---- */

/* SQL: is the value such that JSON can hold it? */
static void
fits_json(sqlite3_context *context, int count, sqlite3_value *values[])
{
	const void *text = NULL;
	int type = sqlite3_value_type(values[0]);

	(void)count;
	if (type == SQLITE_TEXT)
		text = sqlite3_value_text(values[0]);
	sqlite3_result_int(
		context,
		type == SQLITE_TEXT
			? text != NULL &&
				  mu_is_utf8(text, (size_t)sqlite3_value_bytes(
							   values[0]))
			: type != SQLITE_BLOB);
}

/* The query as JSON: an array of objects, or the only one. The names are
** ours. */
static void
table_json(struct mu_job *job, const char *sql, bool one, int count,
	   const char *const values[])
{
	sqlite3_stmt *statement = mu_prepare(job, sql, 0, NULL);
	sqlite3_str *pairs = sqlite3_str_new(job->db);
	char *names, *wrapped = NULL;

	for (int i = 0; i < sqlite3_column_count(statement); i++) {
		const char *name = sqlite3_column_name(statement, i);

		sqlite3_str_appendf(pairs,
				    "%s'%q', CASE WHEN fits_json(\"%w\") "
				    "THEN \"%w\" ELSE 'x''' || hex(\"%w\") "
				    "|| '''' END",
				    i ? ", " : "", name, name, name, name);
	}
	if (mu_fine(job) &&
	    sqlite3_create_function(job->db, "fits_json", 1, SQLITE_UTF8, NULL,
				    fits_json, NULL, NULL) != SQLITE_OK)
		mu_sql_failed(job);
	mu_end(statement);
	names = sqlite3_str_finish(pairs);
	if (names != NULL)
		wrapped = sqlite3_mprintf(
			one ? "SELECT json_object(%s) FROM (%s)"
			    : "SELECT json_group_array(json_object(%s)) "
			      "FROM (%s)",
			names, sql);
	if (wrapped != NULL)
		print_json(job, mu_ask(job, wrapped, count, values));
	else
		mu_fail(job, MU_REFUSED, "out of memory");
	sqlite3_free(wrapped);
	sqlite3_free(names);
}

static const char *
cell(sqlite3_stmt *statement, int column)
{
	const void *text = sqlite3_column_text(statement, column);

	return text != NULL ? text : "";
}

static void
print_row(sqlite3_stmt *statement, bool first_only)
{
	int count = first_only ? 1 : sqlite3_column_count(statement);

	for (int i = 0; i < count; i++) {
		if (i > 0)
			(void)fputc('\t', stdout);
		mu_print_safely(stdout, cell(statement, i));
	}
	(void)fputc('\n', stdout);
}

void
mu_table(struct mu_job *job, const char *sql, int count,
	 const char *const values[])
{
	bool quiet = mu_has(job, MU_QUIET);
	sqlite3_stmt *statement;

	job->answered = true;
	if (mu_has(job, MU_JSON)) {
		table_json(job, sql, false, count, values);
		return;
	}
	statement = mu_prepare(job, sql, count, values);
	for (int row = 0; mu_next(job, statement); row++) {
		for (int i = 0;
		     row == 0 && !quiet && i < sqlite3_column_count(statement);
		     i++)
			(void)printf("%s%s", i > 0 ? "\t" : "",
				     sqlite3_column_name(statement, i));
		if (row == 0 && !quiet)
			(void)fputc('\n', stdout);
		print_row(statement, quiet);
	}
	mu_end(statement);
}

void
mu_card(struct mu_job *job, const char *sql, int count,
	const char *const values[])
{
	sqlite3_stmt *statement;

	job->answered = true;
	if (mu_has(job, MU_JSON)) {
		table_json(job, sql, true, count, values);
		return;
	}
	statement = mu_prepare(job, sql, count, values);
	if (mu_next(job, statement))
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			(void)printf("%s: ", sqlite3_column_name(statement, i));
			mu_print_safely(stdout, cell(statement, i));
			(void)fputc('\n', stdout);
		}
	mu_end(statement);
}

void
mu_verdict(struct mu_job *job, bool good, const char *sentence,
	   const char *state)
{
	if (!mu_fine(job))
		return;
	job->answered = true;
	if (mu_has(job, MU_JSON))
		print_json(job,
			   mu_ask(job,
				  "SELECT json_patch(json_object('fits', "
				  "json(?1)), json_object('user', ?2))",
				  MU_VALUES(good ? "true" : "false", state)));
	else if (!mu_has(job, MU_QUIET))
		(void)printf("%s\n", sentence);
	if (!good)
		job->status = MU_REFUSED;
}

void
mu_end_output(struct mu_job *job)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		mu_fail(job, MU_REFUSED, "%sstandard output: %s",
			job->changed ? "the change is made, but " : "",
			strerror(errno));
}
