/* progress.c - see progress.h */

#define _DEFAULT_SOURCE /* clock_gettime(), isatty() */

#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_AFTER = 2 }; /* seconds */

static int64_t
now(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

bool
mf_progress_seen(void)
{
	return isatty(STDERR_FILENO);
}

void
mf_progress_begin(struct mf_progress *p, const char *what, uint64_t total)
{
	*p = (struct mf_progress){ .what = what,
				   .total = total,
				   .began = now(),
				   .watched = mf_progress_seen() };
	p->shown = p->began + FIRST_AFTER - 1;
}

/* Whether it can be written is nobody's concern. */
static void
say(const char *text)
{
	ssize_t written = write(STDERR_FILENO, text, strlen(text));

	(void)written;
}

static void
show(struct mf_progress *p, uint64_t done)
{
	uint64_t took = (uint64_t)(p->shown - p->began), left;
	char line[128];

	p->on_line = true;
	if (p->total < done) {
		snprintf(line, sizeof line, "\r%s: %" PRIu64 " ", p->what,
			 done);
	} else {
		left = took * (p->total - done) / done;
		snprintf(line, sizeof line,
			 "\r%s: %" PRIu64 " of %" PRIu64 ", %" PRIu64
			 " min %" PRIu64 " s left   ",
			 p->what, done, p->total, left / 60, left % 60);
	}
	say(line);
}

void
mf_progress_at(struct mf_progress *p, uint64_t done)
{
	int64_t seconds;

	if (!p->watched || done == 0)
		return;
	seconds = now();
	if (seconds <= p->shown)
		return;
	p->shown = seconds;
	show(p, done);
}

void
mf_progress_end(struct mf_progress *p)
{
	if (p->on_line)
		say("\r\033[K");
	p->on_line = false;
}
