/* prompt.c - a password typed at a terminal, by a person who is this test
**
** The one who asks is a child with a terminal of its own; what it finds goes
** back through a pipe. The person waits for each question before he types, for
** what is typed earlier is thrown away.
*/

#define _GNU_SOURCE /* posix_openpt() and its kin, memmem() */

#include "tap.h"

#include "prompt.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

enum { SEEN_SIZE = 16384, ANSWER = 600, WAIT_MS = 10000 };

struct found {
	enum mf_status status; /* of mf_ask() */
	bool echo;             /* is it on again? */
	size_t len;
	char answer[ANSWER];
};

struct scene {
	int terminal, results, go;
	pid_t child;
	char seen[SEEN_SIZE]; /* on the screen; NUL-terminated */
	size_t len;
};

/* ---- the one who asks ---- */

static bool
echoes(int terminal)
{
	struct termios t;

	return tcgetattr(terminal, &t) == 0 && (t.c_lflag & ECHO) != 0;
}

static void
pass_over(int number)
{
	(void)number;
}

/* An interrupt is for the program to take, as the sqlite3 shell does. The
** answer goes out of the memory where it is. Then he keeps it, until he may
** go. */
static void
ask(const char *question, enum mf_repeat repeat, const char *name,
    const int results[2], const int go[2])
{
	struct sigaction heed = { .sa_handler = pass_over };
	struct found found = { .status = MF_OK };
	struct mf_fault fault;
	char *answer, byte;
	int slave;
	bool good;

	close(go[1]);
	setsid();
	slave = open(name, O_RDWR);
	sigaction(SIGINT, &heed, NULL);
	found.status = mf_ask(mf_text_of(question), repeat, &answer, &fault);
	found.echo = slave >= 0 && echoes(slave);
	found.len = answer != NULL ? strlen(answer) : 0;
	good = write(results[1], &found, offsetof(struct found, answer)) > 0 &&
	       (answer == NULL || write(results[1], answer, found.len) > 0) &&
	       read(go[0], &byte, 1) == 0;
	if (answer != NULL)
		mf_answer_free(answer);
	exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- the person ---- */

static struct scene
begin(const char *question, enum mf_repeat repeat)
{
	struct scene s = { .terminal = posix_openpt(O_RDWR | O_NOCTTY) };
	int results[2], go[2];

	if (s.terminal < 0 || grantpt(s.terminal) != 0 ||
	    unlockpt(s.terminal) != 0 || pipe(results) != 0 || pipe(go) != 0)
		bail_out("no terminal to test with");
	s.child = fork();
	if (s.child == 0)
		ask(question, repeat, ptsname(s.terminal), results, go);
	close(results[1]);
	close(go[0]);
	s.results = results[0];
	s.go = go[1];
	return s;
}

/* Look at the screen until the text is there; false if it never is. */
static bool
see(struct scene *s, const char *text)
{
	struct pollfd wait = { .fd = s->terminal, .events = POLLIN };

	while (strstr(s->seen, text) == NULL) {
		ssize_t got;

		if (poll(&wait, 1, WAIT_MS) != 1)
			return false;
		got = read(s->terminal, s->seen + s->len,
			   SEEN_SIZE - 1 - s->len);
		if (got <= 0)
			return false;
		for (ssize_t i = 0; i < got; i++)
			if (s->seen[s->len + (size_t)i] == '\0')
				s->seen[s->len + (size_t)i] = '@';
		s->len += (size_t)got;
		s->seen[s->len] = '\0';
	}
	return true;
}

/* Has he written his question, and sleeps until there is an answer? A person is
** never so quick, but a signal that comes between the two interrupts nothing.
*/
static bool
sleeps(pid_t child)
{
	char name[64], state = '?';
	FILE *stat;

	snprintf(name, sizeof name, "/proc/%d/stat", (int)child);
	stat = fopen(name, "r");
	if (stat == NULL || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	if (stat != NULL)
		fclose(stat);
	return state == 'S';
}

static void
type(struct scene *s, const char *keys, size_t len)
{
	for (int tries = 0; !sleeps(s->child) && tries < 1000; tries++)
		usleep(1000);
	while (len > 0) {
		ssize_t done = write(s->terminal, keys, len);

		if (done <= 0)
			return;
		keys += done;
		len -= (size_t)done;
	}
}

static void
type_line(struct scene *s, const char *text)
{
	type(s, text, strlen(text));
	type(s, "\n", 1);
}

static struct found
result(struct scene *s)
{
	struct found found = { .status = MF_STATUS_COUNT };
	struct pollfd wait = { .fd = s->results, .events = POLLIN };
	ssize_t want = offsetof(struct found, answer);

	if (poll(&wait, 1, WAIT_MS) == 1 &&
	    read(s->results, &found, (size_t)want) == want &&
	    found.len < ANSWER && found.len > 0 &&
	    read(s->results, found.answer, found.len) != (ssize_t)found.len)
		found.status = MF_STATUS_COUNT;
	return found;
}

/* Let him go; how he went. */
static int
end(struct scene *s)
{
	int status = -1;

	close(s->go);
	close(s->terminal);
	close(s->results);
	for (int tries = 0; tries < WAIT_MS; tries++) {
		if (waitpid(s->child, &status, WNOHANG) == s->child)
			return status;
		usleep(1000);
	}
	kill(s->child, SIGKILL);
	waitpid(s->child, &status, 0);
	return -1;
}

/* ---- where the answer lies ---- */

struct places {
	size_t dumped, left_out; /* mappings that hold it, by their "dd" */
};

static bool
lies_in(int memory, unsigned long from, unsigned long to, const char *text)
{
	char *bytes = to > from ? malloc(to - from) : NULL;
	ssize_t got = bytes != NULL
			    ? pread64(memory, bytes, to - from, (off64_t)from)
			    : 0;
	bool lies = got > 0 &&
		    memmem(bytes, (size_t)got, text, strlen(text)) != NULL;

	free(bytes);
	return lies;
}

static struct places
places_of(pid_t child, const char *text)
{
	struct places places = { 0, 0 };
	char name[64], line[512];
	unsigned long from = 0, to = 0, a, b;
	FILE *maps;
	int memory;

	snprintf(name, sizeof name, "/proc/%d/smaps", (int)child);
	maps = fopen(name, "r");
	snprintf(name, sizeof name, "/proc/%d/mem", (int)child);
	memory = open(name, O_RDONLY);
	while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
		if (sscanf(line, "%lx-%lx ", &a, &b) == 2) {
			from = a;
			to = b;
		}
		if (strncmp(line, "VmFlags:", 8) == 0 &&
		    strstr(line, " wr ") != NULL && to - from < 1UL << 26 &&
		    lies_in(memory, from, to, text))
			*(strstr(line, " dd") ? &places.left_out
					      : &places.dumped) += 1;
	}
	if (maps != NULL)
		fclose(maps);
	close(memory);
	return places;
}

/* ---- the tests ---- */

static void
two_answers(void)
{
	struct scene s = begin("Who? ", MF_ASK_TWICE);
	struct found found;
	struct places places;
	char password[64];

	/* Not known before the child was there. */
	snprintf(password, sizeof password, "p\xc3\xa4ss 'w\"$d%d-%zx",
		 (int)s.child, dice(SIZE_MAX));
	ok(see(&s, "Who? "), "the question is seen");
	ok(!echoes(s.terminal), "and the echo is off");
	type_line(&s, password);
	ok(see(&s, "Again: "), "it asks again");
	type_line(&s, password);
	found = result(&s);
	is_size(found.status, MF_OK, "twice the same");
	is_str(found.answer, password, "is the answer, byte by byte");
	ok(found.echo, "the echo is on again");
	if (getenv("EMULATED") != NULL) {
		ok(true, "# SKIP what an emulator dumps is its own affair");
	} else {
		places = places_of(s.child, password);
		is_size(places.dumped, 0, "a core dump hasn't it");
		ok(places.left_out > 0, "it lies where none looks");
	}
	type_line(&s, "seen");
	ok(see(&s, "seen"), "what is typed now is");
	ok(strstr(s.seen, "ss 'w") == NULL, "it was never on the screen");
	is_size((size_t)end(&s), 0, "and it is freed");
}

/* One scene: what is typed, and how it ends. */
static void
typed(const char *what, const char *first, size_t first_len, const char *second,
      enum mf_status want)
{
	struct scene s = begin("Who? ",
			       second != NULL ? MF_ASK_TWICE : MF_ASK_ONCE);
	struct found found;

	see(&s, "Who? ");
	type(&s, first, first_len);
	if (second != NULL && see(&s, "Again: "))
		type_line(&s, second);
	found = result(&s);
	is_size(found.status, want, "%s", what);
	ok(found.echo, "%s: the echo is on again", what);
	is_size((size_t)end(&s), 0, "%s: it goes on", what);
}

static void
answers(void)
{
	char line[4200];

	typed("asked once", "abc\n", 4, NULL, MF_OK);
	typed("another answer", "abc\n", 4, "abd", MF_ANSWERS_DIFFER);
	typed("a longer answer", "abc\n", 4, "abcd", MF_ANSWERS_DIFFER);
	typed("nothing", "\n", 1, NULL, MF_NOTHING_TYPED);
	typed("nothing the second time", "abc\n", 4, "", MF_NOTHING_TYPED);
	typed("an end of input", "\4", 1, NULL, MF_NOTHING_TYPED);
	typed("Ctrl-C", "ab\3", 3, NULL, MF_INTERRUPTED);
	typed("a NUL in the middle", "ab\0cd\n", 6, NULL, MF_PASSWORD_NUL);
	typed("a NUL at the end", "ab\0\n", 4, NULL, MF_PASSWORD_NUL);
	typed("a NUL alone", "\0\n", 2, NULL, MF_PASSWORD_NUL);
	memset(line, 'x', sizeof line);
	line[511] = '\n';
	typed("511 bytes", line, 512, NULL, MF_OK);
	line[511] = 'x';
	line[512] = '\n';
	typed("512 bytes", line, 513, NULL, MF_PASSWORD_LONG);
	line[512] = 'x';
	line[4199] = '\n';
	typed("more than a line of the terminal", line, sizeof line, NULL,
	      MF_PASSWORD_LONG);
}

static void
questions(void)
{
	char longest[2000];
	struct scene s = begin("\33[2J\a\xc2\x9b J\xc3\xb6 \x7f\xc2\xa9? ",
			       MF_ASK_ONCE);

	ok(see(&s, "?[2J?? J\xc3\xb6 ?\xc2\xa9? "),
	   "control characters don't reach the terminal");
	type_line(&s, "x");
	result(&s);
	end(&s);
	memset(longest, 'q', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	s = begin(longest, MF_ASK_ONCE);
	ok(see(&s, "qqq"), "a question that is far too long is cut");
	type_line(&s, "x");
	is_size(result(&s).status, MF_OK, "and can be answered");
	end(&s);
}

static void
hangup(void)
{
	struct scene s = begin("Who? ", MF_ASK_TWICE);
	int status;

	see(&s, "Who? ");
	type(&s, "ab", 2);
	status = end(&s);
	ok(status != 0,
	   "the terminal goes away: it ends, by its signal or not");
}

static void
nobody(void)
{
	struct mf_fault fault;
	char *answer;
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		setsid();
		mf_ask(mf_text_of("Who? "), MF_ASK_TWICE, &answer, &fault);
		exit((int)fault.status);
	}
	waitpid(child, &status, 0);
	is_size((size_t)WEXITSTATUS(status), MF_NO_TERMINAL, "no terminal");
}

int
main(void)
{
	two_answers();
	answers();
	questions();
	hangup();
	nobody();
	return done_testing();
}
