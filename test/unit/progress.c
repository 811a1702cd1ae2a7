/* progress.c - what stands on the terminal while a long work goes on
**
** The clock and the terminal stand in here for the real ones, so that hours
** pass in no time.
*/

#define _GNU_SOURCE

#include "tap.h"

#include "progress.h"

#include <fcntl.h>
#include <time.h>

static time_t clock_now = 1000;
static bool terminal = true;
static char screen[4096]; /* NUL-terminated */

int
clock_gettime(clockid_t clock_id, struct timespec *t)
{
	(void)clock_id;
	*t = (struct timespec){ .tv_sec = clock_now };
	return 0;
}

int
isatty(int fd)
{
	return fd == STDERR_FILENO && terminal;
}

/* What has been written to stderr, a pipe of our own, since last time. */
static const char *
written(int pipe_end)
{
	ssize_t got = read(pipe_end, screen, sizeof screen - 1);

	screen[got > 0 ? got : 0] = '\0';
	return screen;
}

int
main(void)
{
	struct mf_progress p;
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) != 0 ||
	    dup2(ends[1], STDERR_FILENO) != STDERR_FILENO)
		return EXIT_FAILURE;
	mf_progress_begin(&p, "work", 1000);
	mf_progress_at(&p, 0);
	mf_progress_at(&p, 1);
	clock_now += 1;
	mf_progress_at(&p, 5);
	is_str(written(ends[0]), "", "nothing is said before two seconds");
	mf_progress_end(&p);
	is_str(written(ends[0]), "", "and then there is nothing to clear");

	mf_progress_begin(&p, "work", 1000);
	clock_now += 2;
	mf_progress_at(&p, 0);
	is_str(written(ends[0]), "", "nor before anything is done");
	mf_progress_at(&p, 10);
	is_str(written(ends[0]), "\rwork: 10 of 1000, 3 min 18 s left   ",
	       "an estimate");
	mf_progress_at(&p, 11);
	is_str(written(ends[0]), "", "once a second");
	clock_now += 98;
	mf_progress_at(&p, 1000);
	is_str(written(ends[0]), "\rwork: 1000 of 1000, 0 min 0 s left   ",
	       "all of it");
	clock_now += 1;
	mf_progress_at(&p, 1001);
	is_str(written(ends[0]), "\rwork: 1001 ", "more than was expected");
	mf_progress_end(&p);
	is_str(written(ends[0]), "\r\33[K", "the line is cleared");
	mf_progress_end(&p);
	is_str(written(ends[0]), "", "once");

	mf_progress_begin(&p, "work", 0);
	clock_now += 5;
	mf_progress_at(&p, 7);
	is_str(written(ends[0]), "\rwork: 7 ", "nobody knows how much it is");
	mf_progress_end(&p);
	written(ends[0]);

	terminal = false;
	ok(!mf_progress_seen(), "no terminal");
	mf_progress_begin(&p, "work", 1000);
	clock_now += 100;
	mf_progress_at(&p, 7);
	mf_progress_end(&p);
	is_str(written(ends[0]), "", "no word");
	return done_testing();
}
