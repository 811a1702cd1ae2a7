/* job.h - one run of mailuser: its command, its options, its fate
**
** The fate is latched: once mu_fail() was called nothing more is done, only
** undone. Every function takes the job and returns at once where it has
** failed, so that a command reads as the list of its steps.
*/
#ifndef MU_JOB_H
#define MU_JOB_H

#include "settings.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses, as the manual has them. */
enum mu_status {
	MU_DONE = 0,
	MU_REFUSED = 1,
	MU_USAGE = 2,
	MU_NOT_FOUND = 3,
};

/* The table of main.c has a row for each. */
enum mu_option {
	MU_QUOTA,
	MU_NAME,
	MU_MAILDIR,
	MU_STRENGTH,
	MU_GENERATE,
	MU_STDIN,
	MU_HASH,
	MU_FORWARD,
	MU_NO_COPY,
	MU_USERS,
	MU_LOCKED,
	MU_DISABLED,
	MU_OUTDATED,
	MU_DOVECOT,
	MU_FORCE,
	MU_DRY_RUN,
	MU_JSON,
	MU_QUIET,
	MU_HELP,
	MU_VERSION,
	MU_COMPLETE,
	MU_OPTION_COUNT
};

#define MU_BIT(option) (1u << (option))

struct mu_job;

/* What a command does to the database. One that replaces it takes whatever is
** there: neither the schema is looked at nor are the views made. */
enum mu_access { MU_READS, MU_WRITES, MU_REPLACES };

struct mu_command {
	const char *words; /* one, or two with a blank between them */
	const char *arguments;
	int min, max; /* arguments; max -1: any number */
	enum mu_access access;
	unsigned options; /* beside those that all take */
	void (*run)(struct mu_job *);
	const char *help;
};

/* What became due by a change. */
enum { MU_DUE_MAILDIRS = 1, MU_DUE_PUBLISH = 2 };

struct mu_kept;   /* see mu_keep() */
struct mu_report; /* see output.h */
struct sqlite3;

struct mu_job {
	const struct mu_command *command;
	int argc; /* the command's arguments */
	char **argv;
	unsigned given;                     /* MU_BIT() of each option */
	const char *value[MU_OPTION_COUNT]; /* of those that take one */
	struct mu_settings settings;
	enum mu_status status; /* the latch */
	struct sqlite3 *db;
	bool writing;             /* between mu_begin() and mu_commit() */
	bool changed;             /* what was written is committed */
	bool answered;            /* what was asked for is shown */
	int due;                  /* MU_DUE_... */
	struct mu_report *report; /* see output.h */
	struct mu_kept *kept;
};

/* Was the option given? */
bool mu_has(const struct mu_job *job, enum mu_option option);

/* Nothing failed so far? */
bool mu_fine(const struct mu_job *job);

/* Print a sentence to stderr, "mailuser: " before it, and latch the status,
** unless something has failed before. Control characters are shown as "?". */
void mu_fail(struct mu_job *job, enum mu_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Print a sentence as mu_fail() does, and go on. */
void mu_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory that lives as long as the job, all zeros, and is wiped then; or text
** in it. NULL, with the failure latched, if there is none. */
void *mu_keep(struct mu_job *job, size_t size);
char *mu_copy(struct mu_job *job, const char *text);
void mu_forget(struct mu_job *job);

#endif
