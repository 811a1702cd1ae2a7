/* prompt.c - see prompt.h
**
** readpassphrase(3bsd) does what has to be done: it asks /dev/tty and nobody
** else, restores the echo before a signal takes effect, asks again after a
** stop, and reads byte by byte, so that what was typed lies in our memory
** alone.
*/

#define _DEFAULT_SOURCE /* madvise(), mlock() */

#include "prompt.h"
#include "method.h"
#include "secret.h"
#include "shown.h"

#include <bsd/readpassphrase.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
	/* A terminal's line has 4095 bytes at most; what is typed beyond is
	** dropped, unseen by us. So an answer anywhere near is an error. */
	ANSWER_SIZE = 4096,
	QUESTION_SIZE = 512,
	/* A byte that UTF-8 hasn't. */
	UNTOUCHED = 0xff,
};

static bool
same(const char *one, const char *other)
{
	size_t len = strlen(one);

	return len == strlen(other) && mf_equal(one, other, len);
}

/* Two answers, in pages of their own. */
static char *
new_answers(void)
{
	void *pages = mmap(NULL, 2 * ANSWER_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	/* Either is more than we must have; a small limit forbids the second.
	*/
	madvise(pages, 2 * ANSWER_SIZE, MADV_DONTDUMP);
	mlock(pages, 2 * ANSWER_SIZE);
	return pages;
}

void
mf_answer_free(void *answer)
{
	mf_wipe(answer, 2 * ANSWER_SIZE);
	munmap(answer, 2 * ANSWER_SIZE);
}

/* A question may have come out of a database. */
static void
show_safely(struct mf_text question, char safe[QUESTION_SIZE])
{
	size_t size = question.len < QUESTION_SIZE ? question.len
						   : QUESTION_SIZE - 1,
	       used = 0, len;

	memcpy(safe, question.at, size);
	safe[size] = '\0';
	for (size_t i = 0; i < size; i += len) {
		bool shown = mf_shown(safe + i, &len);

		memmove(safe + used, shown ? safe + i : "?", shown ? len : 1);
		used += shown ? len : 1;
	}
	safe[used] = '\0';
}

/* The NUL byte of Ctrl-@ looks like the answer's end, but then something was
** written behind it. */
static bool
holds_nul(const char *answer)
{
	size_t len = strlen(answer);

	for (size_t i = len + 1; i < ANSWER_SIZE; i++)
		if ((unsigned char)answer[i] != UNTOUCHED)
			return true;
	return false;
}

static enum mf_status
ask_once(const char *question, char answer[ANSWER_SIZE], struct mf_fault *fault)
{
	memset(answer, UNTOUCHED, ANSWER_SIZE);
	if (readpassphrase(question, answer, ANSWER_SIZE, RPP_REQUIRE_TTY) ==
	    NULL)
		return mf_fail(fault,
			       errno == EINTR ? MF_INTERRUPTED : MF_NO_TERMINAL,
			       NULL);
	if (holds_nul(answer))
		return mf_fail(fault, MF_PASSWORD_NUL, NULL);
	if (answer[0] == '\0')
		return mf_fail(fault, MF_NOTHING_TYPED, NULL);
	if (strlen(answer) > MF_PASSWORD_MAX) {
		mf_fail(fault, MF_PASSWORD_LONG, "crypt(3)");
		fault->limit = MF_PASSWORD_MAX;
		return fault->status;
	}
	return mf_fail(fault, MF_OK, NULL);
}

enum mf_status
mf_ask(struct mf_text question, enum mf_repeat repeat, char **answer,
       struct mf_fault *fault)
{
	char safe[QUESTION_SIZE], *first = new_answers(), *second;

	*answer = NULL;
	if (first == NULL)
		return mf_fail(fault, MF_NO_MEMORY, NULL);
	second = first + ANSWER_SIZE;
	show_safely(question, safe);
	ask_once(safe, first, fault);
	if (fault->status == MF_OK && repeat == MF_ASK_TWICE) {
		ask_once("Again: ", second, fault);
		if (fault->status == MF_OK && !same(first, second))
			mf_fail(fault, MF_ANSWERS_DIFFER, NULL);
	}
	if (fault->status == MF_OK)
		*answer = first;
	else
		mf_answer_free(first);
	return fault->status;
}
