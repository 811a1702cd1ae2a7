/* settings.c - see settings.h */

#define _GNU_SOURCE /* getline() */

#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "/etc/mailfunc.conf"

/* clang-format off */
static const struct setting {
	const char *name;
	size_t offset;
	const char *preset;
} settings[] = {
	{ "MAILDB",    offsetof(struct mu_settings, maildb),    NULL },
	{ "VMAIL",     offsetof(struct mu_settings, vmail),     NULL },
	{ "PUBLISHED", offsetof(struct mu_settings, published), NULL },
	{ "FORMAT",    offsetof(struct mu_settings, format),    NULL },
	{ "READER",    offsetof(struct mu_settings, reader),    "courier" },
	{ "MAILFUNC",  offsetof(struct mu_settings, mailfunc),  MU_MAILFUNC },
	{ "SCRIPTS",   offsetof(struct mu_settings, scripts),   MU_SCRIPTS },
};
/* clang-format on */

enum { COUNT = sizeof settings / sizeof settings[0] };

/* An empty value is the preset. */
static void
set(struct mu_job *job, const struct setting *setting, const char *value)
{
	const char *copy = value[0] != '\0' ? mu_copy(job, value)
					    : setting->preset;

	*(const char **)(void *)((char *)&job->settings +
				 setting->offset) = copy;
}

static const struct setting *
find(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strlen(settings[i].name) == len &&
		    memcmp(settings[i].name, name, len) == 0)
			return &settings[i];
	return NULL;
}

/* READER and FORMAT are words, all others are paths, that mean the same to
** everybody. */
static bool
good_value(const struct setting *setting, const char *value)
{
	if (strcmp(setting->name, "READER") == 0)
		return value[0] == '\0' || strcmp(value, "courier") == 0 ||
		       strcmp(value, "dovecot") == 0;
	if (strcmp(setting->name, "FORMAT") == 0)
		return value[0] == '\0' || strcmp(value, "sqlite") == 0 ||
		       strcmp(value, "cdb") == 0 || strcmp(value, "lmdb") == 0;
	return value[0] == '/' || value[0] == '\0';
}

static const char *
wanted_value(const struct setting *setting)
{
	return strcmp(setting->name, "READER") == 0 ? "courier or dovecot"
	     : strcmp(setting->name, "FORMAT") == 0
		     ? "sqlite, cdb or lmdb"
		     : "an absolute path, without quotes";
}

static void
read_line(struct mu_job *job, const char *file, int number, char *line)
{
	const struct setting *setting = NULL;
	char *equals = strchr(line, '=');

	if (line[0] == '#' || line[0] == '\0')
		return;
	if (equals != NULL)
		setting = find(line, (size_t)(equals - line));
	if (equals == NULL)
		mu_fail(job, MU_REFUSED,
			"%s, line %d: it isn't NAME=value or a # comment", file,
			number);
	else if (setting == NULL)
		mu_fail(job, MU_REFUSED,
			"%s, line %d: the names are MAILDB VMAIL PUBLISHED "
			"FORMAT READER MAILFUNC SCRIPTS",
			file, number);
	else if (!good_value(setting, equals + 1))
		mu_fail(job, MU_REFUSED, "%s, line %d: %s must be %s", file,
			number, setting->name, wanted_value(setting));
	else
		set(job, setting, equals + 1);
}

static bool
trusted(const struct stat *file)
{
	return S_ISREG(file->st_mode) &&
	       (file->st_uid == 0 || file->st_uid == geteuid()) &&
	       (file->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static void
read_lines(struct mu_job *job, const char *name, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	for (int number = 1;
	     mu_fine(job) && (len = getline(&line, &size, file)) >= 0;
	     number++) {
		while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
			line[--len] = '\0';
		read_line(job, name, number, line);
	}
	if (ferror(file))
		mu_fail(job, MU_REFUSED, "%s: %s", name, strerror(errno));
	free(line);
}

/* The usual file may be missing; one that was asked for may not. */
static void
read_file(struct mu_job *job)
{
	const char *asked = getenv("MAILFUNC_CONF");
	const char *name;
	struct stat status;
	FILE *file = NULL;
	int fd;

	if (asked != NULL && asked[0] == '\0')
		asked = NULL;
	name = asked != NULL ? asked : FILE_NAME;
	/* A pipe would have to be waited for. */
	fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (asked != NULL || errno != ENOENT)
			mu_fail(job, MU_REFUSED, "%s: %s", name,
				strerror(errno));
		return;
	}
	if (fstat(fd, &status) != 0 || !trusted(&status))
		mu_fail(job, MU_REFUSED,
			"%s: it must be a file of root's or yours that nobody "
			"else may write",
			name);
	else if ((file = fdopen(fd, "r")) == NULL)
		mu_fail(job, MU_REFUSED, "%s: %s", name, strerror(errno));
	else
		read_lines(job, name, file);
	if (file != NULL)
		(void)fclose(file);
	else
		(void)close(fd);
}

/* As in the file; but a relative MAILDB is where whoever calls is, and
** mu_open() makes it absolute. */
static void
read_variable(struct mu_job *job, const struct setting *setting)
{
	const char *value = getenv(setting->name);

	if (value == NULL)
		return;
	if (!good_value(setting, value) && strcmp(setting->name, "MAILDB") != 0)
		mu_fail(job, MU_REFUSED, "%s in the environment must be %s",
			setting->name, wanted_value(setting));
	else
		set(job, setting, value);
}

void
mu_read_settings(struct mu_job *job)
{
	for (size_t i = 0; i < COUNT; i++)
		set(job, &settings[i], "");
	read_file(job);
	for (size_t i = 0; i < COUNT && mu_fine(job); i++)
		read_variable(job, &settings[i]);
	if (mu_fine(job) && job->settings.maildb == NULL)
		mu_fail(job, MU_REFUSED,
			"which database? " FILE_NAME " needs a line "
			"MAILDB=/path/to/mail.db, or the environment MAILDB");
}
