/* settings.h - which database, and what else belongs to it
**
** /etc/mailfunc.conf has lines NAME=value, empty ones, and comments behind a
** "#" at the line's beginning. Another file is read where MAILFUNC_CONF is in
** the environment; a variable of a setting's name there wins over the file. An
** empty value is the preset.
** Whoever could write the file could have root load a library of his own: so
** it must be root's or the caller's, and nobody else may write it.
*/
#ifndef MU_SETTINGS_H
#define MU_SETTINGS_H

struct mu_job;

/* Each is NULL if it isn't set, and kept by the job. */
struct mu_settings {
	const char *maildb;    /* MAILDB: the mail database */
	const char *vmail;     /* VMAIL: the folder of all mailboxes */
	const char *published; /* PUBLISHED: the copy for Postfix */
	const char *format;    /* FORMAT of it; NULL: as publish.sh likes */
	const char *reader;    /* READER: courier, or dovecot */
	const char *mailfunc;  /* MAILFUNC: the extension */
	const char *scripts;   /* SCRIPTS: where maildirs.sh is */
};

/* Fills job->settings. */
void mu_read_settings(struct mu_job *job);

#endif
