/* db.c - see db.h */

#define _GNU_SOURCE /* realpath() */

#include "db.h"
#include "shown.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WAIT_MS = 5000 }; /* for somebody else's lock */

static void
failed_in(struct mu_job *job, sqlite3 *db)
{
	mu_fail(job, MU_REFUSED, "%s", sqlite3_errmsg(db));
}

void
mu_sql_failed(struct mu_job *job)
{
	failed_in(job, job->db);
}

/* ---- statements ---- */

bool
mu_is_utf8(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t more = mf_character(text + i);

		if (more == 0)
			return false;
		i += more;
	}
	return true;
}

static void
bind(struct mu_job *job, sqlite3_stmt *statement, int index, const char *value)
{
	if (value != NULL && !mu_is_utf8(value, strlen(value)))
		mu_fail(job, MU_REFUSED, "what you gave isn't UTF-8");
	else if (value != NULL && sqlite3_bind_text(statement, index, value, -1,
						    SQLITE_STATIC) != SQLITE_OK)
		mu_sql_failed(job);
}

sqlite3_stmt *
mu_prepare_in(struct mu_job *job, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (!mu_fine(job))
		return NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		failed_in(job, db);
	return statement;
}

sqlite3_stmt *
mu_prepare(struct mu_job *job, const char *sql, int count,
	   const char *const values[])
{
	sqlite3_stmt *statement = mu_prepare_in(job, job->db, sql);

	for (int i = 0; i < count && mu_fine(job); i++)
		bind(job, statement, i + 1, values[i]);
	return statement;
}

void
mu_bind_bytes(struct mu_job *job, sqlite3_stmt *statement, int index,
	      struct mf_text bytes)
{
	if (mu_fine(job) &&
	    sqlite3_bind_blob(statement, index, bytes.at, (int)bytes.len,
			      SQLITE_STATIC) != SQLITE_OK)
		failed_in(job, sqlite3_db_handle(statement));
}

bool
mu_next(struct mu_job *job, sqlite3_stmt *statement)
{
	int status;

	if (!mu_fine(job))
		return false;
	status = sqlite3_step(statement);
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		failed_in(job, sqlite3_db_handle(statement));
	return status == SQLITE_ROW;
}

void
mu_end(sqlite3_stmt *statement)
{
	(void)sqlite3_finalize(statement);
}

int
mu_do(struct mu_job *job, const char *sql, int count,
      const char *const values[])
{
	sqlite3_stmt *statement = mu_prepare(job, sql, count, values);

	while (mu_next(job, statement))
		;
	mu_end(statement);
	return mu_fine(job) ? sqlite3_changes(job->db) : 0;
}

void
mu_change(struct mu_job *job, const char *sql, int count,
	  const char *const values[])
{
	if (mu_do(job, sql, count, values) == 0)
		mu_fail(job, MU_REFUSED,
			"nothing is changed: the row isn't there, or a trigger "
			"of the database ignores the change");
}

const char *
mu_keep_column(struct mu_job *job, sqlite3_stmt *statement)
{
	const void *text = sqlite3_column_text(statement, 0);
	size_t len = (size_t)sqlite3_column_bytes(statement, 0);
	char *kept = text != NULL ? mu_keep(job, len + 1) : NULL;

	if (kept != NULL)
		memcpy(kept, text, len);
	return kept;
}

const char *
mu_ask(struct mu_job *job, const char *sql, int count,
       const char *const values[])
{
	sqlite3_stmt *statement = mu_prepare(job, sql, count, values);
	const char *answer = NULL;

	if (mu_next(job, statement))
		answer = mu_keep_column(job, statement);
	mu_end(statement);
	return mu_fine(job) ? answer : NULL;
}

const char *const *
mu_list(struct mu_job *job, const char *sql, int count,
	const char *const values[])
{
	static const char *const none[] = { NULL };
	sqlite3_stmt *statement = mu_prepare(job, sql, count, values);
	const char **list = NULL;
	size_t used = 0, size = 0;

	while (mu_next(job, statement)) {
		if (used + 1 >= size) {
			const char **wider;

			size = 2 * size + 16;
			wider = mu_keep(job, size * sizeof *wider);
			if (wider == NULL)
				break;
			for (size_t i = 0; i < used; i++)
				wider[i] = list[i];
			list = wider;
		}
		list[used] = mu_keep_column(job, statement);
		used += list[used] != NULL;
	}
	mu_end(statement);
	return mu_fine(job) && list != NULL ? list : none;
}

/* ---- opening ---- */

#define MAKE_ONE "make one with " MU_SCRIPTS "/schema.sql"

/* Each is prepared, and so tells whether its columns are there. */
/* clang-format off */
static const struct needed {
	const char *sql, *remedy;
} needed[] = {
	{ "SELECT 1 FROM users, domains, forwardings, transport",
	  "it isn't a mail database: " MAKE_ONE },
	{ "SELECT email, password, quota, maildir FROM users",
	  "its tables aren't those of mailfunc: adopt.sql takes them over" },
	{ "SELECT u.active, u.name, p.method, p.cost, p.strength "
	  "FROM users AS u, password_policy AS p",
	  "it is of an older version: upgrade it with upgrade.sql" },
};
/* clang-format on */

/* Nothing but "no such table" and the like is about the schema. */
static bool
is_about_schema(sqlite3 *db)
{
	return sqlite3_errcode(db) == SQLITE_ERROR &&
	       strncmp(sqlite3_errmsg(db), "no such ", 8) == 0;
}

void
mu_check_schema(struct mu_job *job, sqlite3 *db, const char *file)
{
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		sqlite3_stmt *statement = NULL;
		int status;

		if (!mu_fine(job))
			return;
		status = sqlite3_prepare_v2(db, needed[i].sql, -1, &statement,
					    NULL);
		if (status != SQLITE_OK)
			mu_fail(job, MU_REFUSED, "%s: %s", file,
				is_about_schema(db) ? needed[i].remedy
						    : sqlite3_errmsg(db));
		mu_end(statement);
	}
}

/* Switched on for our own library, and off again. */
static void
load_extension(struct mu_job *job, sqlite3 *db)
{
	const char *file = job->settings.mailfunc;
	char *why = NULL;

	if (!mu_fine(job))
		return;
	if (sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1,
			      NULL) != SQLITE_OK ||
	    sqlite3_load_extension(db, file, "sqlite3_mailfunc_init", &why) !=
		    SQLITE_OK)
		mu_fail(job, MU_REFUSED,
			"the extension can't be loaded: %s (MAILFUNC in the "
			"settings says where it is)",
			why != NULL ? why : sqlite3_errmsg(db));
	sqlite3_free(why);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0,
				NULL);
}

/* The path goes to scripts as well, which want it whole; and SQLite gives a
** meaning of its own to some that aren't. */
static void
find_file(struct mu_job *job)
{
	char *path = realpath(job->settings.maildb, NULL);
	struct stat status;

	if (path == NULL) {
		mu_fail(job, MU_REFUSED, "%s: %s", job->settings.maildb,
			errno == ENOENT ? "there is no such database: " MAKE_ONE
					: strerror(errno));
		return;
	}
	job->settings.maildb = mu_copy(job, path);
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		mu_fail(job, MU_REFUSED, "%s isn't a file", path);
	free(path);
}

/* A forwarding's destinations are one text, with commas between them. It is
** taken apart and put together by elements, so that joe@example.com isn't found
** in bigjoe@example.com. (In JSON no comma is ever part of an escape.)
*/
static const char views[] =
	"CREATE TEMP VIEW targets AS SELECT source, key AS place, "
	"trim(value, " MU_SPACE
	") COLLATE NOCASE AS target FROM main.forwardings, "
	"json_each('[' || replace(json_quote(CAST(destination AS TEXT)), "
	"',', '\",\"') || ']');"
	"CREATE TEMP VIEW people AS "
	"SELECT email, name, quota, maildir, active, "
	"substr(email, instr(email, '@') + 1) COLLATE NOCASE AS domain, "
	"json_extract(CRYPT_INFO(password), '$.locked') AS locked, "
	"json_extract(CRYPT_INFO(password), '$.method') AS method, "
	"json_extract(CRYPT_INFO(password), '$.cost') AS cost, "
	"(SELECT CRYPT_NEEDS_REHASH(users.password, p.method, p.cost) "
	"FROM main.password_policy AS p) AS outdated FROM main.users;";

/* Also for reading: what a killed writer has left behind must be undone before
** anybody can read. Whoever may only read the file gets that from SQLite. */
void
mu_open(struct mu_job *job)
{
	if (mu_fine(job))
		find_file(job);
	if (!mu_fine(job))
		return;
	if (sqlite3_open_v2(job->settings.maildb, &job->db,
			    SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		mu_fail(job, MU_REFUSED, "%s: %s", job->settings.maildb,
			sqlite3_errmsg(job->db));
	load_extension(job, job->db);
	if (!mu_fine(job))
		return;
	(void)sqlite3_busy_timeout(job->db, WAIT_MS);
	if (job->command->access == MU_REPLACES)
		return;
	mu_check_schema(job, job->db, job->settings.maildb);
	mu_do(job, "PRAGMA temp_store = MEMORY", MU_NO_VALUES);
	mu_do(job, "PRAGMA cache_spill = OFF", MU_NO_VALUES);
	if (mu_fine(job) &&
	    sqlite3_exec(job->db, views, NULL, NULL, NULL) != SQLITE_OK)
		mu_sql_failed(job);
	if (job->command->access == MU_READS)
		mu_do(job, "PRAGMA query_only = ON", MU_NO_VALUES);
}

sqlite3 *
mu_open_aside(struct mu_job *job)
{
	sqlite3 *aside = NULL;

	if (!mu_fine(job))
		return NULL;
	if (sqlite3_open(":memory:", &aside) != SQLITE_OK)
		failed_in(job, aside);
	load_extension(job, aside);
	return aside;
}

void
mu_close(struct mu_job *job)
{
	mu_commit(job);
	(void)sqlite3_close(job->db);
	job->db = NULL;
}

/* ---- the transaction ---- */

void
mu_hold_signals(bool hold)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGQUIT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGTSTP);
	(void)sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
}

bool
mu_interrupted(void)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction action;
	sigset_t waiting;

	if (sigpending(&waiting) != 0)
		return false;
	/* One that is ignored, as by nohup, waits too where it is blocked. */
	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
		if (sigismember(&waiting, ending[i]) == 1 &&
		    sigaction(ending[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			return true;
	return false;
}

void
mu_begin(struct mu_job *job)
{
	if (!mu_fine(job) || job->writing)
		return;
	mu_hold_signals(true);
	mu_do(job, "BEGIN IMMEDIATE", MU_NO_VALUES);
	job->writing = mu_fine(job);
	if (!job->writing)
		mu_hold_signals(false);
}

void
mu_commit(struct mu_job *job)
{
	if (!job->writing)
		return;
	if (mu_interrupted())
		mu_fail(job, MU_REFUSED, "interrupted, nothing is changed");
	if (!mu_has(job, MU_DRY_RUN)) {
		mu_do(job, "COMMIT", MU_NO_VALUES);
		job->changed = mu_fine(job);
	}
	if (!sqlite3_get_autocommit(job->db))
		(void)sqlite3_exec(job->db, "ROLLBACK", NULL, NULL, NULL);
	job->writing = false;
	mu_hold_signals(false);
}
