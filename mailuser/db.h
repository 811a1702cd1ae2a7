/* db.h - the database: statements with values bound, one transaction
**
** Every function does nothing once the job has failed (see job.h). What was
** asked for is then empty: NULL, 0 or no row. Values are bound as text, and
** must be UTF-8.
*/
#ifndef MU_DB_H
#define MU_DB_H

#include "job.h"
#include "text.h"

#include <sqlite3.h>

/* The values of ?1, ?2 and so on; a NULL pointer is an SQL NULL. */
#define MU_VALUES(...) \
	(int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)), \
		(const char *const[]) \
	{ \
		__VA_ARGS__ \
	}
#define MU_NO_VALUES 0, NULL

/* SQL, for trim(): what may stand around the addresses of a list. */
#define MU_SPACE "' ' || char(9) || char(10) || char(13)"

bool mu_is_utf8(const char *text, size_t len);

/* Open the database with the extension in it, for the command's access. It has
** two views beside its tables: people is users with what their hashes are, and
** targets(source, place, target) has a row for each element of a forwarding's
** list. */
void mu_open(struct mu_job *job);

/* Roll back what wasn't committed, and close. */
void mu_close(struct mu_job *job);

/* An empty database in memory, with the extension in it; the caller's to close.
** Whatever reads the job's own, be it for crypt_each alone, holds a lock on the
** file until it ends: what takes long is done here. */
sqlite3 *mu_open_aside(struct mu_job *job);

/* Is that a database that mailuser can work with? Else fails, and names the
** file. */
void mu_check_schema(struct mu_job *job, sqlite3 *db, const char *file);

/* A statement, or NULL. To be ended by mu_end(). */
sqlite3_stmt *mu_prepare(struct mu_job *job, const char *sql, int count,
			 const char *const values[]);

/* The same in another database, without values. */
sqlite3_stmt *mu_prepare_in(struct mu_job *job, sqlite3 *db, const char *sql);

/* Bind bytes that aren't ours to change, as a BLOB, which functions of
** passwords take as they are. */
void mu_bind_bytes(struct mu_job *job, sqlite3_stmt *statement, int index,
		   struct mf_text bytes);

/* Is there another row? */
bool mu_next(struct mu_job *job, sqlite3_stmt *statement);
void mu_end(sqlite3_stmt *statement);

/* The first value of the row as text, kept; NULL for an SQL NULL. */
const char *mu_keep_column(struct mu_job *job, sqlite3_stmt *statement);

/* Run a statement; how many rows it changed, triggers' own not counted. */
int mu_do(struct mu_job *job, const char *sql, int count,
	  const char *const values[]);

/* The same, and fail if that was none: a trigger of somebody's may drop a
** change without a word. */
void mu_change(struct mu_job *job, const char *sql, int count,
	       const char *const values[]);

/* The first value of the first row as text, kept; NULL if there is no row, or
** it is an SQL NULL. */
const char *mu_ask(struct mu_job *job, const char *sql, int count,
		   const char *const values[]);

/* The first value of each row, with a NULL behind the last; never NULL. */
const char *const *mu_list(struct mu_job *job, const char *sql, int count,
			   const char *const values[]);

/* Fail with what SQLite has to say. */
void mu_sql_failed(struct mu_job *job);

/* The write transaction. Signals wait until it has ended. mu_commit() rolls
** back instead after a failure, or with --dry-run; it does nothing where
** there is no transaction. */
void mu_begin(struct mu_job *job);
void mu_commit(struct mu_job *job);

/* Let signals wait, or no longer. A writer that is killed leaves a journal
** behind, and until another writer comes, readers that may not write can't
** read. */
void mu_hold_signals(bool hold);

/* Does one wait? */
bool mu_interrupted(void);

#endif
