/* workers.c - see workers.h
**
** Jobs lie in a ring. Three counters run over it, each only upwards: given by
** the owner, begun by a worker, taken by the owner. What both sides use, given,
** begun and a job's done, is written under the lock once threads know of it.
*/

#define _GNU_SOURCE /* sched_getaffinity() */

#include "workers.h"
#include "methods.h"
#include "secret.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
	THREADS_MAX = 64,
	/* While the owner is busy with his query, two more lie ready. */
	JOBS_PER_THREAD = 3,
	/* Of all threads together. It is what one hash may take, too. */
	MEMORY_MAX_KIB = 1048576,
};

struct job {
	bool done;
	/* One byte more than can be hashed: too long stays too long. */
	char password[MF_PASSWORD_MAX + 1];
	size_t len;
	enum mf_status status;
	struct mf_fault fault;
	struct mf_hash hash;
};

struct mf_workers {
	const struct mf_method *method;
	char cost_text[MF_HASH_SIZE];
	struct mf_text cost;
	pthread_mutex_t lock;
	pthread_cond_t was_given, was_done;
	bool stopped;
	size_t given, begun, taken;
	size_t room, threads;
	pthread_t thread[THREADS_MAX];
	struct job jobs[]; /* room */
};

/* ---- the workers ---- */

static void
hash_one(const struct mf_workers *w, struct job *job)
{
	struct mf_text password = { job->password, job->len };

	job->status = mf_crypt_new(password, mf_text_of(w->method->name),
				   w->cost, &job->hash, &job->fault);
	mf_wipe(job->password, sizeof job->password);
}

static void *
work(void *arg)
{
	struct mf_workers *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct job *job;

		while (!w->stopped && w->begun == w->given)
			pthread_cond_wait(&w->was_given, &w->lock);
		if (w->stopped)
			break;
		job = &w->jobs[w->begun++ % w->room];
		pthread_mutex_unlock(&w->lock);
		hash_one(w, job);
		pthread_mutex_lock(&w->lock);
		job->done = true;
		pthread_cond_signal(&w->was_done);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* ---- how many ---- */

static size_t
processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	return (size_t)CPU_COUNT(&set);
}

static size_t
threads_for(uint64_t memory_kib)
{
	size_t count = processors();
	uint64_t fit = MEMORY_MAX_KIB / (memory_kib > 0 ? memory_kib : 1);

	if (count > THREADS_MAX)
		count = THREADS_MAX;
	if (count > fit)
		count = (size_t)fit;
	return count;
}

/* ---- the owner ---- */

/* Signals are for the program's own threads: a handler of theirs may count on
** that, and so does a terminal's Ctrl-C. */
static void
start_threads(struct mf_workers *w, size_t wanted)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (w->threads < wanted &&
	       pthread_create(&w->thread[w->threads], NULL, work, w) == 0)
		w->threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

enum mf_status
mf_workers_start(struct mf_text method, struct mf_text cost,
		 struct mf_workers **workers, struct mf_fault *fault)
{
	const struct mf_method *row;
	struct mf_parsed parsed = { .memory_kib = 0 };
	struct mf_workers *w;
	size_t threads, room;

	*workers = NULL;
	if (mf_creating_method(method, &row, fault) != MF_OK ||
	    mf_method_cost(row, cost, &parsed, fault) != MF_OK)
		return fault->status;
	threads = threads_for(parsed.memory_kib);
	room = threads * JOBS_PER_THREAD;
	w = calloc(1, sizeof *w + room * sizeof w->jobs[0]);
	if (w == NULL)
		return mf_fail(fault, MF_NO_MEMORY, NULL);
	w->method = row;
	w->room = room;
	/* What is a cost is shorter than a hash that has it. */
	if (cost.at != NULL) {
		memcpy(w->cost_text, cost.at, cost.len);
		w->cost = (struct mf_text){ w->cost_text, cost.len };
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->was_given, NULL);
	pthread_cond_init(&w->was_done, NULL);
	start_threads(w, threads);
	*workers = w;
	return mf_fail(fault, MF_OK, NULL);
}

size_t
mf_workers_room(const struct mf_workers *w)
{
	return w->room;
}

void
mf_workers_give(struct mf_workers *w, struct mf_text password)
{
	struct job *job = &w->jobs[w->given % w->room];

	job->done = false;
	job->len = password.len < sizeof job->password ? password.len
						       : sizeof job->password;
	memcpy(job->password, password.at, job->len);
	pthread_mutex_lock(&w->lock);
	w->given++;
	pthread_cond_signal(&w->was_given);
	pthread_mutex_unlock(&w->lock);
}

static void
wait_for(struct mf_workers *w, struct job *job)
{
	if (w->threads == 0) {
		hash_one(w, job);
		return;
	}
	pthread_mutex_lock(&w->lock);
	while (!job->done)
		pthread_cond_wait(&w->was_done, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

enum mf_status
mf_workers_take(struct mf_workers *w, struct mf_hash *hash,
		struct mf_fault *fault)
{
	struct job *job = &w->jobs[w->taken++ % w->room];

	wait_for(w, job);
	*hash = job->hash;
	*fault = job->fault;
	mf_wipe(&job->hash, sizeof job->hash);
	return job->status;
}

void
mf_workers_stop(struct mf_workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopped = true;
	pthread_cond_broadcast(&w->was_given);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->threads; i++)
		pthread_join(w->thread[i], NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->was_given);
	pthread_cond_destroy(&w->was_done);
	mf_wipe(w, sizeof *w + w->room * sizeof w->jobs[0]);
	free(w);
}
