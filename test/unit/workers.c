/* workers.c - passwords hashed by several threads
**
** pthread_create() stands in here for the C library's, so that it can be
** refused, and counted.
*/

#define _GNU_SOURCE /* RTLD_NEXT, sched_setaffinity() */

#include "tap.h"

#include "workers.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

/* Threads before any test: this one, and an emulator's own. */
static size_t at_first;

static size_t created, refuse_after = SIZE_MAX;
static sigset_t signals_of_threads;

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
	       void *(*start)(void *), void *argument)
{
	static int (*real)(pthread_t *, const pthread_attr_t *,
			   void *(*)(void *), void *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	if (created >= refuse_after)
		return EAGAIN;
	created++;
	pthread_sigmask(SIG_SETMASK, NULL, &signals_of_threads);
	return real(thread, attributes, start, argument);
}

static int processors_told; /* 0: the real ones; -1: nobody knows */

int
sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	static int (*real)(pid_t, size_t, cpu_set_t *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "sched_getaffinity");
	if (processors_told == 0)
		return real(pid, size, set);
	CPU_ZERO(set);
	for (int i = 0; i < processors_told; i++)
		CPU_SET((size_t)i, set);
	return processors_told > 0 ? 0 : -1;
}

static size_t
threads_now(void)
{
	DIR *folder = opendir("/proc/self/task");
	size_t count = 0;

	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count - 2; /* . and .. */
}

/* One that was joined may be listed for a moment. */
static bool
none_is_left(void)
{
	const struct timespec moment = { 0, 1000000 };

	for (int i = 0; i < 5000 && threads_now() != at_first; i++)
		nanosleep(&moment, NULL);
	return threads_now() == at_first;
}

static struct mf_workers *
start(const char *method, const char *cost, enum mf_status want)
{
	struct mf_text text = { NULL, 0 };
	struct mf_workers *workers;
	struct mf_fault fault;

	if (cost != NULL)
		text = mf_text_of(cost);
	is_size(mf_workers_start(mf_text_of(method), text, &workers, &fault),
		want, "start %s at cost %s", method, cost ? cost : "default");
	return workers;
}

/* Which password is the number's? */
static struct mf_text
numbered(size_t number)
{
	static char text[32];

	snprintf(text, sizeof text, "password %zu", number);
	return mf_text_of(text);
}

static void
take(struct mf_workers *workers, size_t number, struct many *many)
{
	struct mf_fault fault;
	struct mf_hash hash;
	bool same = false;
	struct mf_text password = numbered(number);

	if (mf_workers_take(workers, &hash, &fault) == MF_OK)
		mf_verify(password, mf_text_of(hash.text), &same, &fault);
	holds(many, same, password.at, password.len);
}

static void
hash_many(size_t count, const char *what)
{
	struct many many = { .what = what };
	struct mf_workers *workers = start("bcrypt", "4", MF_OK);
	size_t given = 0, taken = 0;

	while (taken < count) {
		while (given < count &&
		       given - taken < mf_workers_room(workers))
			mf_workers_give(workers, numbered(given++));
		take(workers, taken++, &many);
	}
	held(&many);
	mf_workers_stop(workers);
}

static void
faults(void)
{
	struct mf_workers *workers = start("bcrypt", NULL, MF_OK);
	char longest[MF_PASSWORD_MAX * 2];
	struct mf_fault fault;
	struct mf_hash hash;

	memset(longest, 'x', sizeof longest);
	mf_workers_give(workers, (struct mf_text){ "a\0b", 3 });
	mf_workers_give(workers, (struct mf_text){ longest, sizeof longest });
	mf_workers_give(workers, (struct mf_text){ "", 0 });
	mf_workers_give(workers, (struct mf_text){ longest, 72 });
	is_size(mf_workers_take(workers, &hash, &fault), MF_PASSWORD_NUL,
		"a NUL byte");
	is_size(mf_workers_take(workers, &hash, &fault), MF_PASSWORD_LONG,
		"a password that is far too long stays too long");
	is_size(mf_workers_take(workers, &hash, &fault), MF_PASSWORD_EMPTY,
		"an empty one");
	is_size(mf_workers_take(workers, &hash, &fault), MF_OK,
		"and then a good one");
	mf_workers_stop(workers);
	ok(start("rot13", NULL, MF_METHOD_UNKNOWN) == NULL, "gives none");
	start("md5crypt", NULL, MF_METHOD_OLD);
	start("bcrypt", "99", MF_COST_BAD);
	start("argon2id", "m=99999999,t=1,p=1", MF_COST_OVER);
}

/* Threads as there are processors, less where memory is dear. */
static void
how_many(void)
{
	cpu_set_t before, one;
	struct mf_workers *workers;
	sigset_t all;
	size_t processors;

	sched_getaffinity(0, sizeof before, &before);
	processors = (size_t)CPU_COUNT(&before);
	processors = processors > 64 ? 64 : processors;
	created = 0;
	workers = start("bcrypt", "4", MF_OK);
	is_size(created, processors, "as many threads as processors");
	sigfillset(&all);
	ok(sigismember(&signals_of_threads, SIGINT) == 1 &&
		   sigismember(&signals_of_threads, SIGCHLD) == 1,
	   "they take no signals");
	pthread_sigmask(SIG_SETMASK, NULL, &all);
	ok(sigismember(&all, SIGINT) == 0, "the owner does");
	mf_workers_stop(workers);
	ok(none_is_left(), "no thread is left");
	created = 0;
	workers = start("yescrypt", "11", MF_OK);
	is_size(created, 1, "one at 1 GiB");
	mf_workers_stop(workers);
	CPU_ZERO(&one);
	for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &before))
			CPU_SET(i, &one);
	sched_setaffinity(0, sizeof one, &one);
	created = 0;
	workers = start("bcrypt", "4", MF_OK);
	is_size(created, 1, "one where the process has one processor");
	mf_workers_stop(workers);
	sched_setaffinity(0, sizeof before, &before);
	processors_told = 100;
	created = 0;
	mf_workers_stop(start("bcrypt", "4", MF_OK));
	is_size(created, 64, "64 of 100 processors");
	processors_told = -1;
	created = 0;
	mf_workers_stop(start("bcrypt", "4", MF_OK));
	is_size(created, 1, "one where it can't be told");
	processors_told = 0;
}

static void
stopped(void)
{
	struct many many = { .what = "stopped with work begun and not begun" };

	for (size_t given = 0; given < 6; given++) {
		struct mf_workers *workers = start("bcrypt", "8", MF_OK);
		size_t room = mf_workers_room(workers);

		for (size_t i = 0; i < given && i < room; i++)
			mf_workers_give(workers, numbered(i));
		mf_workers_stop(workers);
		holds(&many, none_is_left(), "", 0);
	}
	held(&many);
}

int
main(void)
{
	at_first = threads_now();
	ok(at_first == 1 || getenv("EMULATED") != NULL, "one thread at first");
	hash_many(500, "each password gets its own hash, in order");
	faults();
	how_many();
	stopped();
	refuse_after = created + 1;
	hash_many(20, "with one thread that could be started");
	refuse_after = 0;
	hash_many(20, "with none");
	refuse_after = SIZE_MAX;
	return done_testing();
}
