/* main.c - mailuser: the users of a mail database, from the command line
**
** It is a program in C, for three reasons. Values are bound to statements as
** parameters, so that nothing in an address or a password can become SQL. No
** shell ever sees one. And a password is kept where it isn't swapped, and is
** wiped after use. It loads mailfunc.so like any other program, and knows of
** no rule about rows: those are the triggers', whose sentences it passes on.
**
** mailuser --help is the manual, made from the two tables below; so are the
** words that the shell completes.
*/

#define _GNU_SOURCE /* umask() and its like */

#include "after.h"
#include "commands.h"
#include "output.h"
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the commands ---- */

/* clang-format off */
#define ANY (-1)
#define NEW_PASSWORD (MU_SOURCES | MU_BIT(MU_HASH))

static const struct mu_command commands[] = {
	{ "add", "ADDRESS", 1, 1, MU_WRITES,
	  NEW_PASSWORD | MU_BIT(MU_QUOTA) | MU_BIT(MU_NAME) |
	  MU_BIT(MU_MAILDIR), mu_add, "make a user" },
	{ "passwd", "ADDRESS", 1, 1, MU_WRITES, NEW_PASSWORD, mu_passwd,
	  "set a new password" },
	{ "check", "ADDRESS", 1, 1, MU_READS, MU_BIT(MU_STDIN), mu_check,
	  "does a password fit? Status 0 or 1" },
	{ "lock", "ADDRESS...", 1, ANY, MU_WRITES, 0, mu_lock,
	  "no login, but mail still comes in" },
	{ "unlock", "ADDRESS...", 1, ANY, MU_WRITES, 0, mu_unlock,
	  "with the same password as before" },
	{ "disable", "ADDRESS...", 1, ANY, MU_WRITES, 0, mu_disable,
	  "no login and no mail" },
	{ "enable", "ADDRESS...", 1, ANY, MU_WRITES, 0, mu_enable,
	  "both again" },
	{ "quota", "ADDRESS SIZE", 2, 2, MU_WRITES, 0, mu_quota,
	  "limit a mailbox: bytes, 10M, 2G, none" },
	{ "name", "ADDRESS TEXT", 2, 2, MU_WRITES, 0, mu_name,
	  "set the user's own name" },
	{ "rename", "OLD NEW", 2, 2, MU_WRITES, MU_BIT(MU_FORWARD), mu_rename,
	  "give another address; mail stays" },
	{ "delete", "ADDRESS...", 1, ANY, MU_WRITES, 0, mu_delete,
	  "delete users, also from forwardings" },
	{ "show", "ADDRESS", 1, 1, MU_READS, 0, mu_show,
	  "all about a user" },
	{ "list", "[DOMAIN]", 0, 1, MU_READS,
	  MU_BIT(MU_LOCKED) | MU_BIT(MU_DISABLED) | MU_BIT(MU_OUTDATED),
	  mu_list_users, "all users" },
	{ "domain add", "DOMAIN", 1, 1, MU_WRITES, 0, mu_domain_add,
	  "take mail for a domain" },
	{ "domain delete", "DOMAIN", 1, 1, MU_WRITES, MU_BIT(MU_USERS),
	  mu_domain_delete, "no longer" },
	{ "domain list", "", 0, 0, MU_READS, 0, mu_domain_list,
	  "all domains" },
	{ "alias add", "SOURCE TARGET...", 2, ANY, MU_WRITES, 0, mu_alias_add,
	  "forward what is no user, or @domain" },
	{ "alias delete", "SOURCE [TARGET...]", 1, ANY, MU_WRITES, 0,
	  mu_alias_delete, "no longer, or not to these" },
	{ "alias list", "[DOMAIN]", 0, 1, MU_READS, 0, mu_alias_list,
	  "all of these" },
	{ "forward add", "ADDRESS TARGET...", 2, ANY, MU_WRITES,
	  MU_BIT(MU_NO_COPY), mu_forward_add, "forward a user's mail" },
	{ "forward delete", "ADDRESS [TARGET...]", 1, ANY, MU_WRITES, 0,
	  mu_forward_delete, "no longer, or not to these" },
	{ "forward list", "[ADDRESS]", 0, 1, MU_READS, 0, mu_forward_list,
	  "all of these" },
	{ "transport add", "DOMAIN TRANSPORT", 2, 2, MU_WRITES, 0,
	  mu_transport_add, "send a domain's mail elsewhere" },
	{ "transport delete", "DOMAIN", 1, 1, MU_WRITES, 0,
	  mu_transport_delete, "no longer" },
	{ "transport list", "", 0, 0, MU_READS, 0, mu_transport_list,
	  "all of these" },
	{ "policy", "[METHOD [COST]]", 0, 2, MU_WRITES, MU_BIT(MU_STRENGTH),
	  mu_policy, "show or set how they are hashed" },
	{ "methods", "", 0, 0, MU_READS, 0, mu_methods,
	  "what METHOD and COST may be" },
	{ "columns", "", 0, 0, MU_WRITES, 0, mu_columns,
	  "tell the triggers of your columns" },
	{ "import", "FILE", 1, 1, MU_WRITES, 0, mu_import,
	  "users from CSV; - is standard input" },
	{ "export", "", 0, 0, MU_READS, MU_BIT(MU_DOVECOT), mu_export,
	  "all users as CSV, without passwords" },
	{ "backup", "FILE", 1, 1, MU_READS, MU_BIT(MU_FORCE), mu_backup,
	  "copy the database while others use it" },
	{ "restore", "FILE", 1, 1, MU_REPLACES, 0, mu_restore,
	  "put a backup back in its place" },
};

/* In the order of enum mu_option. */
static const struct option_row {
	const char *name, *argument, *help; /* help NULL: not shown */
} options[MU_OPTION_COUNT] = {
	[MU_QUOTA] =    { "quota", "SIZE", "as the command quota has it" },
	[MU_NAME] =     { "name", "TEXT", "the user's own name" },
	[MU_MAILDIR] =  { "maildir", "PATH", "below the folder of all mail" },
	[MU_STRENGTH] = { "strength", "0|1", "1: refuse easy passwords" },
	[MU_GENERATE] = { "generate", NULL, "make a password, show it once" },
	[MU_STDIN] =    { "stdin", NULL, "the password is a line of stdin" },
	[MU_HASH] =     { "hash", NULL, "the line is the hash of one" },
	[MU_FORWARD] =  { "forward", NULL, "the old address leads to the new" },
	[MU_NO_COPY] =  { "no-copy", NULL, "none stays in the mailbox" },
	[MU_USERS] =    { "users", NULL, "with its users and forwardings" },
	[MU_LOCKED] =   { "locked", NULL, "those who are locked" },
	[MU_DISABLED] = { "disabled", NULL, "those who are disabled" },
	[MU_OUTDATED] = { "outdated", NULL, "whose hash the policy outdates" },
	[MU_DOVECOT] =  { "dovecot", NULL, "address:hash, for a passwd-file" },
	[MU_FORCE] =    { "force", NULL, "replace FILE" },
	[MU_DRY_RUN] =  { "dry-run", NULL, "only say what would be changed" },
	[MU_JSON] =     { "json", NULL, "answer with one JSON value" },
	[MU_QUIET] =    { "quiet", NULL, "only what was asked for" },
	[MU_HELP] =     { "help", NULL, "this, or what a command takes" },
	[MU_VERSION] =  { "version", NULL, "the version of mailuser" },
	[MU_COMPLETE] = { "complete", NULL, NULL },
};
/* clang-format on */

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const unsigned for_all = MU_BIT(MU_JSON) | MU_BIT(MU_QUIET) |
				MU_BIT(MU_HELP);

static unsigned
taken_by(const struct mu_command *command)
{
	unsigned taken = command->options | for_all;

	if (command->access != MU_READS)
		taken |= MU_BIT(MU_DRY_RUN);
	return taken;
}

/* ---- help ---- */

static void
print_options(unsigned which)
{
	for (int i = 0; i < MU_OPTION_COUNT; i++)
		if ((which & MU_BIT(i)) != 0 && options[i].help != NULL)
			(void)printf("  --%s%s%-*s %s\n", options[i].name,
				     options[i].argument != NULL ? " " : "",
				     17 - (int)strlen(options[i].name) -
					     (options[i].argument != NULL),
				     options[i].argument != NULL
					     ? options[i].argument
					     : "",
				     options[i].help);
}

static void
print_command(const struct mu_command *command)
{
	(void)printf("  %s %-*s %s\n", command->words,
		     32 - (int)strlen(command->words), command->arguments,
		     command->help);
}

static void
print_help(const struct mu_command *command)
{
	if (command != NULL) {
		(void)printf("usage: mailuser [OPTION]... %s %s\n%s\n\n",
			     command->words, command->arguments, command->help);
		print_options(taken_by(command));
		return;
	}
	(void)printf("usage: mailuser [OPTION]... COMMAND [ARGUMENT]...\n\n");
	for (int i = 0; i < COMMANDS; i++)
		print_command(&commands[i]);
	(void)printf("\nOptions, of those commands that have a use for them:"
		     "\n\n");
	print_options(~0u);
	(void)printf(
		"\nA password is asked for at the terminal, unless an option "
		"says where it is.\n\"--\" ends the options. The settings "
		"MAILDB, VMAIL, PUBLISHED, FORMAT, READER,\nMAILFUNC and "
		"SCRIPTS are in /etc/mailfunc.conf, or in the environment.\n\n"
		"Status: 0 done, 1 refused, 2 wrong usage, 3 no such thing.\n");
}

/* Does the command begin with these words, and how many of its own are they?
** Returns 0 if it doesn't. */
static int
words_matched(const struct mu_command *command, int argc, char *argv[])
{
	const char *blank = strchr(command->words, ' ');
	size_t len = blank != NULL ? (size_t)(blank - command->words)
				   : strlen(command->words);

	if (argc < 1 || strlen(argv[0]) != len ||
	    memcmp(command->words, argv[0], len) != 0)
		return 0;
	if (blank == NULL || argc < 2)
		return 1;
	return strcmp(blank + 1, argv[1]) == 0 ? 2 : 0;
}

static int
word_count(const struct mu_command *command)
{
	return strchr(command->words, ' ') != NULL ? 2 : 1;
}

static const struct mu_command *
find_command(int argc, char *argv[])
{
	for (int i = 0; i < COMMANDS; i++)
		if (words_matched(&commands[i], argc, argv) ==
		    word_count(&commands[i]))
			return &commands[i];
	return NULL;
}

/* For the shell: what may come behind the words that are there. */
static void
print_completions(int argc, char *argv[])
{
	const struct mu_command *command = find_command(argc, argv);
	unsigned taken = command != NULL ? taken_by(command)
					 : for_all | MU_BIT(MU_VERSION);

	for (int i = 0; i < COMMANDS && command == NULL; i++) {
		const char *words = commands[i].words;
		size_t first = strcspn(words, " ");

		/* Those with the same first word stand together. */
		if (argc == 0 && (i == 0 || strncmp(commands[i - 1].words,
						    words, first + 1) != 0))
			(void)printf("%.*s\n", (int)first, words);
		else if (argc > 0 &&
			 words_matched(&commands[i], argc, argv) == argc)
			(void)printf("%s\n", words + first + 1);
	}
	for (int i = 0; i < MU_OPTION_COUNT; i++)
		if ((taken & MU_BIT(i)) != 0)
			(void)printf("--%s\n", options[i].name);
}

/* ---- the command line ---- */

static void
usage(struct mu_job *job, const char *why, const char *what)
{
	mu_fail(job, MU_USAGE, "%s%s (mailuser %s--help)", why, what,
		job->command != NULL ? "COMMAND " : "");
}

/* What stands behind the name or the letter may be a password. */
static void
unknown_option(struct mu_job *job, const char *word)
{
	char name[64];

	if (optopt > 0 && optopt < 256)
		(void)sqlite3_snprintf(sizeof name, name, "-%c", optopt);
	else
		(void)sqlite3_snprintf(sizeof name, name, "%.*s",
				       (int)strcspn(word, "="), word);
	usage(job, optopt >= 256 ? "no value goes to " : "there is no option ",
	      name);
}

static void
read_options(struct mu_job *job, int argc, char *argv[])
{
	struct option known[MU_OPTION_COUNT + 1] = { 0 };
	int found;

	for (int i = 0; i < MU_OPTION_COUNT; i++)
		known[i] = (struct option){ options[i].name,
					    options[i].argument != NULL
						    ? required_argument
						    : no_argument,
					    NULL, 256 + i };
	opterr = 0;
	while (mu_fine(job) &&
	       (found = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		if (found == ':')
			usage(job, "an argument is missing behind ",
			      argv[optind - 1]);
		else if (found < 256)
			unknown_option(job, argv[optind - 1]);
		else {
			job->given |= MU_BIT(found - 256);
			job->value[found - 256] = optarg;
		}
	}
	job->argc = argc - optind;
	job->argv = argv + optind;
}

/* One of the sources of a password, and options that the command takes. */
static void
check_options(struct mu_job *job)
{
	unsigned sources = job->given & NEW_PASSWORD;

	for (int i = 0; i < MU_OPTION_COUNT; i++)
		if (mu_has(job, (enum mu_option)i) &&
		    (taken_by(job->command) & MU_BIT(i)) == 0)
			mu_fail(job, MU_USAGE, "%s takes no --%s",
				job->command->words, options[i].name);
	/* --hash is a line from stdin, so both may be given. */
	if ((sources & MU_BIT(MU_GENERATE)) != 0 &&
	    sources != MU_BIT(MU_GENERATE))
		mu_fail(job, MU_USAGE,
			"the password is either generated or read");
}

static void
read_command(struct mu_job *job)
{
	int words;

	job->command = find_command(job->argc, job->argv);
	if (job->command == NULL) {
		usage(job,
		      job->argc > 0 ? "there is no command " : "which command?",
		      job->argc > 0 ? job->argv[0] : "");
		return;
	}
	words = word_count(job->command);
	job->argc -= words;
	job->argv += words;
	if (mu_has(job, MU_HELP))
		return;
	check_options(job);
	if (job->argc < job->command->min ||
	    (job->command->max != ANY && job->argc > job->command->max))
		mu_fail(job, MU_USAGE, "usage: mailuser %s %s",
			job->command->words, job->command->arguments);
}

/* ---- the run ---- */

/* What SQLite opens must not become one of the first three; what dies must not
** leave passwords behind; and a reader that went away is an error we see. */
static void
harden(void)
{
	struct rlimit none = { 0, 0 };
	int file;

	do
		file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= STDERR_FILENO);
	if (file > STDERR_FILENO)
		(void)close(file);
	(void)umask(077);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
	/* One that is ignored is inherited, and waitpid() would find nobody. */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

/* Is there anything to be said that isn't to be had elsewhere? */
static bool
must_answer(const struct mu_job *job)
{
	unsigned always = MU_BIT(MU_GENERATE) | MU_BIT(MU_JSON) |
			  MU_BIT(MU_HELP) | MU_BIT(MU_VERSION) |
			  MU_BIT(MU_COMPLETE);
	const struct mu_command *command = job->command;

	if ((job->given & always) != 0)
		return true;
	if (command == NULL)
		return false;
	if (command->run == mu_policy)
		return job->argc == 0 && !mu_has(job, MU_STRENGTH);
	return command->access == MU_READS && command->run != mu_backup &&
	       command->run != mu_check;
}

/* Nothing is to be done whose result can't be told, or isn't the result of what
** was meant. */
static void
check_run(struct mu_job *job, bool closed)
{
	if (closed && must_answer(job))
		mu_fail(job, MU_REFUSED, "standard output is closed");
	for (int i = 0; i < job->argc && mu_fine(job); i++)
		if (!mu_is_utf8(job->argv[i], strlen(job->argv[i])))
			mu_fail(job, MU_REFUSED, "what you gave isn't UTF-8");
	for (int i = 0; i < MU_OPTION_COUNT && mu_fine(job); i++)
		if (job->value[i] != NULL &&
		    !mu_is_utf8(job->value[i], strlen(job->value[i])))
			mu_fail(job, MU_REFUSED, "what you gave isn't UTF-8");
}

static void
run_command(struct mu_job *job)
{
	mu_read_settings(job);
	mu_open(job);
	if (mu_fine(job))
		job->command->run(job);
	mu_commit(job);
	mu_report(job, mu_generated());
	mu_wipe_passwords();
	mu_close(job);
	mu_end_output(job);
	mu_run_due(job);
}

int
main(int argc, char *argv[])
{
	bool closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;
	struct mu_job job = { 0 };

	harden();
	read_options(&job, argc, argv);
	check_run(&job, closed);
	if (mu_fine(&job) && mu_has(&job, MU_COMPLETE)) {
		print_completions(job.argc, job.argv);
	} else if (mu_fine(&job) && mu_has(&job, MU_VERSION)) {
		(void)printf("mailuser %s\n", MAILFUNC_VERSION);
	} else if (mu_fine(&job) && mu_has(&job, MU_HELP) && job.argc == 0) {
		print_help(NULL);
	} else {
		read_command(&job);
		check_run(&job, closed);
		if (mu_fine(&job) && mu_has(&job, MU_HELP))
			print_help(job.command);
		else if (mu_fine(&job))
			run_command(&job);
	}
	mu_end_output(&job);
	mu_forget(&job);
	return (int)job.status;
}
