/* after.c - see after.h */

#define _GNU_SOURCE /* fork() and its like */

#include "after.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: what the script says is a remark, not an answer of ours. */
static _Noreturn void
become(char *const words[])
{
	int null = open("/dev/null", O_RDONLY);

	/* Which we ignore, and it would inherit. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	    dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		(void)execv(words[0], words);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Its exit status; -1 if it had none. */
static int
run(char *const words[])
{
	int status;
	pid_t child = fork();

	if (child == 0)
		become(words);
	while (child > 0 && waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			return -1;
	return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
run_script(struct mu_job *job, const char *script, const char *place,
	   const char *format)
{
	char *path = sqlite3_mprintf("%s/%s", job->settings.scripts, script);
	char *maildb = sqlite3_mprintf("%s", job->settings.maildb);
	char *argument = sqlite3_mprintf("%s", place);
	char *last = format == NULL ? NULL : sqlite3_mprintf("%s", format);
	char *const words[] = { path, maildb, argument, last, NULL };
	int status = -1;

	if (path != NULL && maildb != NULL && argument != NULL &&
	    (last != NULL || format == NULL))
		status = run(words);
	if (status != 0) {
		mu_warn("the change is made, but %s %s", path,
			status == 127   ? "isn't there"
			: status == 126 ? "can't be run"
					: "failed: run it again");
		job->status = MU_REFUSED;
	}
	sqlite3_free(path);
	sqlite3_free(maildb);
	sqlite3_free(argument);
	sqlite3_free(last);
}

void
mu_run_due(struct mu_job *job)
{
	const struct mu_settings *settings = &job->settings;

	/* Also where the answer couldn't be written; and each of them where the
	** other has failed. */
	if (!job->changed)
		return;
	if ((job->due & MU_DUE_MAILDIRS) != 0 && settings->vmail != NULL &&
	    strcmp(settings->reader, "courier") == 0)
		run_script(job, "maildirs.sh", settings->vmail, NULL);
	if ((job->due & MU_DUE_PUBLISH) != 0 && settings->published != NULL)
		run_script(job, "publish.sh", settings->published,
			   settings->format);
}
