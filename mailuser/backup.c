/* backup.c - backup and restore, by SQLite's online backup
**
** Others may read and write meanwhile. A backup is made beside its place,
** checked, and renamed; a restore goes into the file that is there, so that
** its owner, its mode and whoever has it open stay.
*/

#define _GNU_SOURCE /* O_CLOEXEC, fsync() and their like */

#include "commands.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PAGES = 1000, /* between looks at the signals */
	PAUSE_MS = 100,
	TRIES = 50, /* of those, while somebody else has a lock */
};

/* ---- what both need ---- */

/* What the copying connection says is the reason. */
static void
copy(struct mu_job *job, sqlite3 *to, sqlite3 *from, int pages)
{
	sqlite3_backup *backup;
	int status = SQLITE_OK;

	if (!mu_fine(job))
		return;
	backup = sqlite3_backup_init(to, "main", from, "main");
	for (int tries = 0; backup != NULL && tries < TRIES;) {
		status = sqlite3_backup_step(backup, pages);
		if (mu_interrupted() ||
		    (status != SQLITE_OK && status != SQLITE_BUSY &&
		     status != SQLITE_LOCKED))
			break;
		if (status != SQLITE_OK) {
			tries++;
			(void)sqlite3_sleep(PAUSE_MS);
		}
	}
	(void)sqlite3_backup_finish(backup);
	if (status != SQLITE_DONE)
		mu_fail(job, MU_REFUSED, "%s",
			backup == NULL        ? sqlite3_errmsg(to)
			: status == SQLITE_OK ? "interrupted"
					      : sqlite3_errstr(status));
}

/* Is the file whole, and a mail database? */
static void
check(struct mu_job *job, sqlite3 *db, const char *name)
{
	sqlite3_stmt *statement = NULL;
	const char *answer = NULL;

	mu_check_schema(job, db, name);
	if (!mu_fine(job))
		return;
	if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement,
			       NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		answer = (const char *)sqlite3_column_text(statement, 0);
	if (answer == NULL || strcmp(answer, "ok") != 0)
		mu_fail(job, MU_REFUSED, "%s is damaged: %s", name,
			answer != NULL ? answer : sqlite3_errmsg(db));
	mu_end(statement);
}

static sqlite3 *
open_file(struct mu_job *job, const char *path, int flags)
{
	sqlite3 *db = NULL;

	if (mu_fine(job) &&
	    sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
		mu_fail(job, MU_REFUSED, "%s: %s", path, sqlite3_errmsg(db));
	return db;
}

/* Text that is kept; NULL after a failure. */
static const char *
join(struct mu_job *job, const char *one, const char *other)
{
	size_t size = strlen(one) + strlen(other) + 1;
	char *text = mu_keep(job, size);

	return text != NULL
		     ? sqlite3_snprintf((int)size, text, "%s%s", one, other)
		     : NULL;
}

/* ---- backup ---- */

/* Nobody else may read it, or have put it there. */
static void
create(struct mu_job *job, const char *path)
{
	int file;

	if (!mu_fine(job))
		return;
	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	if (file < 0)
		mu_fail(job, MU_REFUSED, "%s: %s", path, strerror(errno));
	else
		(void)close(file);
}

/* One file, also of a database in WAL mode. */
static void
fill(struct mu_job *job, const char *path)
{
	sqlite3 *db = open_file(job, path, SQLITE_OPEN_READWRITE);

	copy(job, db, job->db, PAGES);
	if (mu_fine(job) && sqlite3_exec(db, "PRAGMA journal_mode = DELETE",
					 NULL, NULL, NULL) != SQLITE_OK)
		mu_fail(job, MU_REFUSED, "%s: %s", path, sqlite3_errmsg(db));
	if (mu_fine(job))
		check(job, db, path);
	(void)sqlite3_close(db);
}

/* On the disk, a file or the folder it is in. */
static void
sync_path(struct mu_job *job, const char *path)
{
	int file;

	if (!mu_fine(job))
		return;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fsync(file) != 0)
		mu_fail(job, MU_REFUSED, "%s: %s", path, strerror(errno));
	if (file >= 0)
		(void)close(file);
}

static const char *
folder_of(struct mu_job *job, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) + 1 : 0;
	char *folder;

	if (slash == NULL)
		return ".";
	folder = mu_keep(job, len + 1);
	return folder != NULL ? memcpy(folder, path, len) : ".";
}

/* link() refuses a name that is taken, rename() doesn't. */
static void
put_in_place(struct mu_job *job, const char *new, const char *path)
{
	int failed;

	if (!mu_fine(job))
		return;
	if (mu_has(job, MU_FORCE))
		failed = rename(new, path);
	else
		failed = link(new, path) != 0 || unlink(new) != 0;
	if (failed != 0)
		mu_fail(job, MU_REFUSED, "%s: %s", path, strerror(errno));
}

/* With --force the name may be that of anything, but not of the database. */
static void
check_place(struct mu_job *job, const char *path)
{
	struct stat there, database;

	if (!mu_fine(job) || lstat(path, &there) != 0)
		return;
	if (stat(job->settings.maildb, &database) == 0 &&
	    there.st_dev == database.st_dev && there.st_ino == database.st_ino)
		mu_fail(job, MU_REFUSED, "%s is the mail database", path);
	else if (!mu_has(job, MU_FORCE))
		mu_fail(job, MU_REFUSED, "%s is there already (--force)", path);
	else if (!S_ISREG(there.st_mode))
		mu_fail(job, MU_REFUSED, "%s isn't a file", path);
}

void
mu_backup(struct mu_job *job)
{
	const char *path = job->argv[0], *new = join(job, path, ".new");
	bool made;

	check_place(job, path);
	mu_hold_signals(true);
	create(job, new);
	made = mu_fine(job);
	if (made)
		fill(job, new);
	sync_path(job, new);
	put_in_place(job, new, path);
	if (mu_fine(job))
		sync_path(job, folder_of(job, path));
	if (made && !mu_fine(job))
		(void)unlink(new);
	mu_hold_signals(false);
	mu_changed(job, "backup", path, "made, of %s", job->settings.maildb);
}

/* ---- restore ---- */

/* All pages in one step: until it is done, all can be undone. */
void
mu_restore(struct mu_job *job)
{
	const char *path = job->argv[0];
	struct stat there, database;
	sqlite3 *from;

	if (mu_fine(job) && stat(path, &there) == 0 &&
	    stat(job->settings.maildb, &database) == 0 &&
	    there.st_dev == database.st_dev && there.st_ino == database.st_ino)
		mu_fail(job, MU_REFUSED, "%s is the mail database", path);
	from = open_file(job, join(job, path[0] == '/' ? "" : "./", path),
			 SQLITE_OPEN_READONLY);
	check(job, from, path);
	mu_hold_signals(true);
	if (!mu_has(job, MU_DRY_RUN))
		copy(job, job->db, from, -1);
	job->changed = mu_fine(job) && !mu_has(job, MU_DRY_RUN);
	mu_hold_signals(false);
	(void)sqlite3_close(from);
	mu_changed(job, "database", job->settings.maildb, "restored from %s",
		   path);
	job->due |= MU_DUE_MAILDIRS | MU_DUE_PUBLISH;
}
