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
#include <stdlib.h>
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

/* The format of a mail database in WAL mode says so. To be called before SQLite
** has a lock on the file, which is lost when another descriptor is closed. */
static bool
is_wal(const char *path)
{
	unsigned char header[20] = { 0 };
	int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t got = file >= 0 ? read(file, header, sizeof header) : -1;

	if (file >= 0)
		(void)close(file);
	return got == (ssize_t)sizeof header && header[18] == 2;
}

/* Text that is kept; empty after a failure. */
static const char *
join(struct mu_job *job, const char *one, const char *other)
{
	size_t size = strlen(one) + strlen(other) + 1;
	char *text = mu_fine(job) ? mu_keep(job, size) : NULL;

	return text != NULL
		     ? sqlite3_snprintf((int)size, text, "%s%s", one, other)
		     : "";
}

/* ---- backup ---- */

/* Where the backup comes to be. SQLite gives some relative names a meaning of
** their own, and follows links: it gets a path that has neither. */
struct place {
	const char *given; /* as on the command line */
	const char *folder, *path, *new;
	int file; /* new, while it is being made; or -1 */
	bool made;
};

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

/* Whoever may rename in the folder, or in one above it, could put something
** else in our place. */
static void
check_folder(struct mu_job *job, const char *folder)
{
	struct stat there;

	if (stat(folder, &there) != 0)
		mu_fail(job, MU_REFUSED, "%s: %s", folder, strerror(errno));
	else if (there.st_uid != 0 && there.st_uid != geteuid())
		mu_fail(job, MU_REFUSED,
			"the folder %s is neither root's nor yours", folder);
	else if ((there.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
		 (there.st_mode & S_ISVTX) == 0)
		mu_fail(job, MU_REFUSED, "others may write to the folder %s",
			folder);
}

static void
check_folders(struct mu_job *job, const char *path)
{
	size_t size = strlen(path) + 1;
	char *above = mu_keep(job, size);

	if (above != NULL)
		memcpy(above, path, size);
	while (above != NULL && mu_fine(job)) {
		char *slash = strrchr(above, '/');

		check_folder(job, above);
		if (slash == NULL || above[1] == '\0')
			break;
		slash[slash == above] = '\0';
	}
}

static void
find_place(struct mu_job *job, const char *given, struct place *place)
{
	const char *slash = strrchr(given, '/');
	char *folder = realpath(folder_of(job, given), NULL);

	*place = (struct place){ given, "", "", "", -1, false };
	if (folder == NULL) {
		mu_fail(job, MU_REFUSED, "%s: %s", given, strerror(errno));
		return;
	}
	place->folder = join(job, folder, "");
	place->path = join(job, folder, strcmp(folder, "/") == 0 ? "" : "/");
	place->path = join(job, place->path, slash != NULL ? slash + 1 : given);
	place->new = join(job, place->path, ".new");
	free(folder);
	check_folders(job, place->folder);
}

/* What SQLite has beside the database isn't there all the time. */
static void
check_name(struct mu_job *job, const struct place *place)
{
	static const char *const beside[] = { "-journal", "-wal", "-shm" };
	size_t len = strlen(job->settings.maildb);

	for (int i = 0; i < 3 && mu_fine(job); i++)
		if (strncmp(place->path, job->settings.maildb, len) == 0 &&
		    strcmp(place->path + len, beside[i]) == 0)
			mu_fail(job, MU_REFUSED,
				"%s is a part of the mail database",
				place->given);
}

/* With --force the name may be that of anything, but not of the database. */
static void
check_place(struct mu_job *job, const struct place *place)
{
	struct stat there, database;

	if (mu_fine(job))
		check_name(job, place);
	if (!mu_fine(job) || lstat(place->path, &there) != 0)
		return;
	if (stat(job->settings.maildb, &database) == 0 &&
	    there.st_dev == database.st_dev && there.st_ino == database.st_ino)
		mu_fail(job, MU_REFUSED, "%s is the mail database",
			place->given);
	else if (!mu_has(job, MU_FORCE))
		mu_fail(job, MU_REFUSED, "%s is there already (--force)",
			place->given);
	else if (!S_ISREG(there.st_mode))
		mu_fail(job, MU_REFUSED, "%s isn't a file", place->given);
}

/* Nobody else may read it, or have put it there. */
static void
create(struct mu_job *job, struct place *place)
{
	if (!mu_fine(job))
		return;
	place->file = open(place->new,
			   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			   0600);
	place->made = place->file >= 0;
	if (place->file < 0 && errno == EEXIST)
		mu_fail(job, MU_REFUSED,
			"%s.new is there already: a backup runs, or one was "
			"killed and has left it; then delete it",
			place->given);
	else if (place->file < 0)
		mu_fail(job, MU_REFUSED, "%s.new: %s", place->given,
			strerror(errno));
}

/* Is that still the file we made? */
static void
check_ours(struct mu_job *job, const struct place *place)
{
	struct stat made, there;

	if (!mu_fine(job))
		return;
	if (fstat(place->file, &made) != 0 || lstat(place->new, &there) != 0 ||
	    made.st_dev != there.st_dev || made.st_ino != there.st_ino ||
	    made.st_uid != geteuid() || there.st_uid != made.st_uid ||
	    made.st_mode != (S_IFREG | 0600) || there.st_mode != made.st_mode)
		mu_fail(job, MU_REFUSED,
			"somebody has put something else in the place of "
			"%s.new",
			place->given);
}

/* One file, also of a database in WAL mode. */
static void
fill(struct mu_job *job, const char *path)
{
	sqlite3 *db = open_file(job, path,
				SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW);

	copy(job, db, job->db, PAGES);
	if (mu_fine(job) && sqlite3_exec(db, "PRAGMA journal_mode = DELETE",
					 NULL, NULL, NULL) != SQLITE_OK)
		mu_fail(job, MU_REFUSED, "%s: %s", path, sqlite3_errmsg(db));
	if (mu_fine(job))
		check(job, db, path);
	(void)sqlite3_close(db);
}

static void
sync_folder(struct mu_job *job, const char *path)
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

/* link() refuses a name that is taken, rename() doesn't. */
static void
put_in_place(struct mu_job *job, const struct place *place)
{
	int failed;

	if (mu_fine(job) && fsync(place->file) != 0)
		mu_fail(job, MU_REFUSED, "%s.new: %s", place->given,
			strerror(errno));
	check_ours(job, place);
	if (!mu_fine(job))
		return;
	if (mu_has(job, MU_FORCE))
		failed = rename(place->new, place->path);
	else
		failed = link(place->new, place->path) != 0 ||
			 unlink(place->new) != 0;
	if (failed != 0)
		mu_fail(job, MU_REFUSED, "%s: %s", place->given,
			strerror(errno));
}

void
mu_backup(struct mu_job *job)
{
	struct place place;

	find_place(job, job->argv[0], &place);
	check_place(job, &place);
	mu_hold_signals(true);
	create(job, &place);
	if (place.made)
		fill(job, place.new);
	put_in_place(job, &place);
	sync_folder(job, place.folder);
	if (place.made && !mu_fine(job))
		(void)unlink(place.new);
	if (place.made)
		(void)close(place.file);
	mu_hold_signals(false);
	job->changed = mu_fine(job);
	mu_changed(job, "backup", place.given, "made, of %s",
		   job->settings.maildb);
}

/* ---- restore ---- */

/* A number that the statement answers with; -1 without an answer. */
static int
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int answer = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		answer = sqlite3_column_int(statement, 0);
	mu_end(statement);
	return answer;
}

static void
check_source_file(struct mu_job *job, const char *path)
{
	struct stat there, database;

	if (!mu_fine(job))
		return;
	if (stat(path, &there) != 0)
		mu_fail(job, MU_REFUSED, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(there.st_mode))
		mu_fail(job, MU_REFUSED, "%s isn't a file", path);
	else if (stat(job->settings.maildb, &database) == 0 &&
		 there.st_dev == database.st_dev &&
		 there.st_ino == database.st_ino)
		mu_fail(job, MU_REFUSED, "%s is the mail database", path);
}

/* In WAL mode, whoever reads a database writes two files beside it, and who
** only reads can't remove them. Where there is no WAL yet, nothing is lost by
** looking at the file alone. */
static sqlite3 *
open_alone(struct mu_job *job, const char *path)
{
	sqlite3_str *uri = sqlite3_str_new(NULL);
	const char *wal = join(job, path, "-wal");
	struct stat there;
	sqlite3 *db = NULL;
	char *text;

	sqlite3_str_appendall(uri, "file:");
	for (const char *at = path; *at != '\0'; at++)
		sqlite3_str_appendf(uri, strchr("?#%", *at) ? "%%%02x" : "%c",
				    *at);
	sqlite3_str_appendall(uri, "?immutable=1");
	text = sqlite3_str_finish(uri);
	if (mu_fine(job) && lstat(wal, &there) == 0)
		mu_fail(job, MU_REFUSED,
			"%s is in WAL mode, and in use or left by who was: "
			"there is a %s-wal; PRAGMA journal_mode = DELETE in it "
			"makes it one file",
			job->argv[0], job->argv[0]);
	else if (text == NULL)
		mu_fail(job, MU_REFUSED, "out of memory");
	else
		db = open_file(job, text,
			       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
	sqlite3_free(text);
	return db;
}

static sqlite3 *
open_source(struct mu_job *job, const char *given)
{
	char *path = mu_fine(job) ? realpath(given, NULL) : NULL;
	sqlite3 *db = NULL;

	if (path == NULL)
		mu_fail(job, MU_REFUSED, "%s: %s", given, strerror(errno));
	else if (is_wal(path))
		db = open_alone(job, path);
	else
		db = open_file(job, path, SQLITE_OPEN_READONLY);
	free(path);
	return db;
}

/* Views of these names would do to read, and without the triggers passwords
** would be stored as they are typed. */
static void
check_source(struct mu_job *job, sqlite3 *db, const char *name)
{
	check(job, db, name);
	if (!mu_fine(job))
		return;
	if (number(db,
		   "SELECT count(*) FROM sqlite_master WHERE type = 'table' "
		   "AND lower(name) IN ('users', 'domains', 'forwardings', "
		   "'transport', 'password_policy')") != 5 ||
	    number(db, "SELECT count(*) FROM sqlite_master "
		       "WHERE type = 'trigger' AND lower(tbl_name) = 'users' "
		       "AND lower(name) IN ('users_insert_hash', "
		       "'users_update_hash')") != 2)
		mu_fail(job, MU_REFUSED,
			"%s lacks tables or triggers of mailfunc: apply "
			"schema.sql to it first",
			name);
}

static void
check_page_size(struct mu_job *job, sqlite3 *from)
{
	int ours, theirs;

	if (!mu_fine(job))
		return;
	ours = number(job->db, "PRAGMA page_size");
	theirs = number(from, "PRAGMA page_size");
	if (ours > 0 && ours != theirs)
		mu_fail(job, MU_REFUSED,
			"the page size of %s is %d, that of the mail database "
			"%d, and it is in WAL mode, which keeps it: PRAGMA "
			"journal_mode = DELETE in it first",
			job->argv[0], theirs, ours);
}

/* The mode comes with the pages; but it is the daemons', which may lack the
** right to make the files that WAL needs. */
static void
leave_wal(struct mu_job *job)
{
	const char *mode = mu_ask(job, "PRAGMA journal_mode = DELETE",
				  MU_NO_VALUES);

	if (mu_fine(job) && mode != NULL && strcmp(mode, "delete") != 0)
		mu_fail(job, MU_REFUSED,
			"the database is restored, but is in WAL mode now: "
			"PRAGMA journal_mode = DELETE in it ends that");
}

/* All pages in one step: until it is done, all can be undone. */
void
mu_restore(struct mu_job *job)
{
	const char *path = job->argv[0];
	bool was_wal, write = !mu_has(job, MU_DRY_RUN);
	sqlite3 *from;

	check_source_file(job, path);
	was_wal = is_wal(job->settings.maildb);
	from = open_source(job, path);
	check_source(job, from, path);
	if (was_wal)
		check_page_size(job, from);
	mu_hold_signals(true);
	if (write)
		copy(job, job->db, from, -1);
	job->changed = mu_fine(job) && write;
	(void)sqlite3_close(from);
	if (job->changed && !was_wal)
		leave_wal(job);
	mu_hold_signals(false);
	mu_changed(job, "database", job->settings.maildb, "restored from %s",
		   path);
	job->due |= MU_DUE_MAILDIRS | MU_DUE_PUBLISH;
}
