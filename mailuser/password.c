/* password.c - see password.h */

#define _GNU_SOURCE /* madvise(), mlock() */

#include "password.h"
#include "db.h"
#include "prompt.h"
#include "secret.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* More than a hash or a password may have, in pages of its own. */
enum { ROOM = 8192 };
_Alignas(4096) static char room[ROOM];
static char *answer; /* of the prompt */
static bool generated;

void
mu_wipe_passwords(void)
{
	mf_wipe(room, ROOM);
	if (answer != NULL)
		mf_answer_free(answer);
	answer = NULL;
	generated = false;
}

const char *
mu_generated(void)
{
	return generated ? room : NULL;
}

/* ---- where it comes from ---- */

/* Read all there is, up to the room's end; how much, or -1. */
static ssize_t
read_all(void)
{
	ssize_t used = 0, got;

	do {
		got = read(STDIN_FILENO, room + used, (size_t)(ROOM - used));
		if (got > 0)
			used += got;
		/* A person at a terminal has only the one line. */
		if (got > 0 && room[used - 1] == '\n' && isatty(STDIN_FILENO))
			break;
	} while ((got > 0 && used < ROOM) || (got < 0 && errno == EINTR));
	return got < 0 ? -1 : used;
}

/* One line. What stands behind it would be lost without a word. */
static struct mf_text
read_line(struct mu_job *job)
{
	struct mf_text line = { room, 0 };
	ssize_t used = read_all();
	const char *end = used > 0 ? memchr(room, '\n', (size_t)used) : NULL;

	if (used < 0)
		mu_fail(job, MU_REFUSED, "standard input: %s", strerror(errno));
	else if (used == 0)
		mu_fail(job, MU_REFUSED,
			"nothing came from standard input, a line was "
			"expected");
	else if (used == ROOM)
		mu_fail(job, MU_REFUSED,
			"what came from standard input is too long");
	else if (end != NULL && end + 1 != room + used)
		mu_fail(job, MU_REFUSED,
			"more than one line came from standard input");
	else if (end != NULL && end > room && end[-1] == '\r')
		mu_fail(job, MU_REFUSED,
			"the line from standard input ends with a carriage "
			"return, as on Windows");
	else
		line.len = (size_t)(end != NULL ? end - room : used);
	return line;
}

/* Those that end the process interrupt the prompt instead, which then has
** something to say. */
static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
enum { SIGNALS = sizeof ending / sizeof ending[0] };

static void
nothing(int signal)
{
	(void)signal;
}

/* Those that are ignored, as by nohup, wait meanwhile, for readpassphrase(3bsd)
** catches all. */
static void
catch_signals(struct sigaction before[SIGNALS])
{
	struct sigaction interrupt = { .sa_handler = nothing };
	sigset_t ignored;

	(void)sigemptyset(&ignored);
	for (int i = 0; i < SIGNALS; i++) {
		(void)sigaction(ending[i], NULL, &before[i]);
		if (before[i].sa_handler == SIG_IGN)
			(void)sigaddset(&ignored, ending[i]);
		else
			(void)sigaction(ending[i], &interrupt, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &ignored, NULL);
}

static void
release_signals(const struct sigaction before[SIGNALS])
{
	sigset_t ignored;

	(void)sigemptyset(&ignored);
	for (int i = 0; i < SIGNALS; i++) {
		(void)sigaction(ending[i], &before[i], NULL);
		if (before[i].sa_handler == SIG_IGN)
			(void)sigaddset(&ignored, ending[i]);
	}
	(void)sigprocmask(SIG_UNBLOCK, &ignored, NULL);
}

static struct mf_text
ask_person(struct mu_job *job, const char *email, enum mf_repeat repeat)
{
	struct mf_text none = { "", 0 };
	struct sigaction before[SIGNALS];
	struct mf_fault fault;
	enum mf_status status;
	char sentence[MF_SENTENCE_SIZE];
	char *question = sqlite3_mprintf(repeat == MF_ASK_TWICE
						 ? "New password for %s: "
						 : "Password of %s: ",
					 email);

	if (question == NULL) {
		mu_fail(job, MU_REFUSED, "out of memory");
		return none;
	}
	catch_signals(before);
	status = mf_ask((struct mf_text){ question, strlen(question) }, repeat,
			&answer, &fault);
	release_signals(before);
	if (status != MF_OK) {
		mf_fault_sentence(&fault, sentence);
		mu_fail(job, MU_REFUSED, "%s", sentence);
	}
	sqlite3_free(question);
	return answer != NULL ? (struct mf_text){ answer, strlen(answer) }
			      : none;
}

static struct mf_text
generate(struct mu_job *job)
{
	sqlite3_stmt *statement = mu_prepare(job, "SELECT RANDOM_PASSWORD()",
					     MU_NO_VALUES);
	struct mf_text made = { room, 0 };

	if (mu_next(job, statement)) {
		const void *text = sqlite3_column_text(statement, 0);

		made.len = (size_t)sqlite3_column_bytes(statement, 0);
		generated = text != NULL && made.len < ROOM;
		if (generated)
			memcpy(room, text, made.len);
		else
			mu_fail(job, MU_REFUSED, "no password was generated");
	}
	mu_end(statement);
	return made;
}

static struct mf_text
get(struct mu_job *job, const char *email, enum mf_repeat repeat)
{
	/* More than we must have: a small limit forbids the second. */
	(void)madvise(room, ROOM, MADV_DONTDUMP);
	(void)mlock(room, ROOM);
	if (mu_has(job, MU_GENERATE))
		return generate(job);
	if (mu_has(job, MU_STDIN) || mu_has(job, MU_HASH))
		return read_line(job);
	return ask_person(job, email, repeat);
}

/* ---- what becomes of it ---- */

/* The first value of a query about a password, ?1, and a text, ?2; kept. */
static const char *
ask_about(struct mu_job *job, const char *sql, struct mf_text password,
	  const char *text)
{
	sqlite3_stmt *statement = mu_prepare(job, sql, MU_VALUES(NULL, text));
	const char *kept = NULL;

	mu_bind_bytes(job, statement, 1, password);
	if (mu_next(job, statement))
		kept = mu_keep_column(job, statement);
	mu_end(statement);
	return mu_fine(job) ? kept : NULL;
}

/* A hash that was given is the text, not bytes: the triggers insist on it. */
static const char *
take_hash(struct mu_job *job, struct mf_text line)
{
	const char *kind, *problem;

	if (!mu_fine(job))
		return NULL;
	if (memchr(line.at, '\0', line.len) != NULL) {
		mu_fail(job, MU_REFUSED, "there is a NUL byte in the hash");
		return NULL;
	}
	room[line.len] = '\0';
	kind = mu_ask(job, "SELECT CRYPT_KIND(?1)", MU_VALUES(room));
	problem = mu_ask(job, "SELECT CRYPT_PROBLEM(?1)", MU_VALUES(room));
	if (mu_fine(job) && problem != NULL)
		mu_fail(job, MU_REFUSED, "%s", problem);
	else if (mu_fine(job) && (kind == NULL || strcmp(kind, "hash") != 0))
		mu_fail(job, MU_REFUSED,
			"that isn't a complete hash with a mark of its own");
	return mu_ask(job, "SELECT ?1", MU_VALUES(room));
}

const char *
mu_new_hash(struct mu_job *job, const char *email)
{
	struct mf_text typed;
	const char *weakness, *hash;

	if (!mu_fine(job))
		return NULL;
	typed = get(job, email, MF_ASK_TWICE);
	if (mu_has(job, MU_HASH))
		return take_hash(job, typed);
	/* Hashed first: what is no password at all isn't weak but wrong. */
	hash = ask_about(job,
			 "SELECT CRYPT(?1, method, cost) FROM password_policy",
			 typed, NULL);
	weakness = ask_about(job,
			     "SELECT PASSWORD_WEAKNESS(?1, ?2) "
			     "FROM password_policy WHERE strength = 1",
			     typed, email);
	if (weakness != NULL)
		mu_fail(job, MU_REFUSED, "easy to guess: %s", weakness);
	else if (hash == NULL)
		mu_fail(job, MU_REFUSED,
			"password_policy has no row: apply schema.sql");
	if (!generated)
		mu_wipe_passwords();
	return mu_fine(job) ? hash : NULL;
}

bool
mu_fits(struct mu_job *job, const char *email)
{
	const char *verdict;

	if (!mu_fine(job))
		return false;
	verdict = ask_about(
		job,
		"SELECT CRYPT_VERIFY(?1, password) FROM users WHERE email = ?2",
		get(job, email, MF_ASK_ONCE), email);
	mu_wipe_passwords();
	return verdict != NULL && strcmp(verdict, "1") == 0;
}
