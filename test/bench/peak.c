/* peak.c - the memory that one hash needs at its peak
**
** A child process hashes, by the library alone or by CRYPT; its parent reads
** again and again how much memory it has that no file stands behind. Most of
** a hash's time its working memory is all there, so a few repetitions don't
** miss the peak. What the child had before is taken off both sides.
*/

#define _DEFAULT_SOURCE /* usleep(), fork() */

#include "bare.h"
#include "bench.h"
#include "resident.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char password[] = "correct horse battery";

struct method {
	const char *name;
	const char *setting; /* as fixed as the salt, so that both agree */
	int calls;           /* some tenths of a second's worth */
};

static const struct method methods[] = {
	{ "yescrypt 5", "$y$j9T$MDEyMzQ1Njc4OWFiY2RlZ.", 6 },
	{ "scrypt 7", "$7$CU..../....MDEyMzQ1Njc4OWFi", 1 },
	{ "bcrypt 12", "$2b$12$abcdefghijklmnopqrstuu", 1 },
	{ "sha512crypt 500000", "$6$rounds=500000$saltsaltsaltsalt", 1 },
	{ "argon2id 19456,2,1", BARE_ARGON2_SETTING, 6 },
};

enum side { BARE, CRYPT };
enum { ROUNDS = 3 };

/* The child tells that it is ready, and waits for a word. */
struct channel {
	int ready[2], go[2];
};

static void
await(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		bench_die("the other process is gone");
}

static void
tell(int fd)
{
	if (write(fd, "", 1) != 1)
		bench_die("the other process is gone");
}

static void
hash(const struct method *m, enum side side, sqlite3_stmt *s)
{
	char bare[BARE_HASH_SIZE];

	for (int i = 0; i < m->calls; i++) {
		if (side == BARE)
			bare_hash(password, m->setting, bare);
		else
			bench_step(s);
	}
}

/* Both sides have the same libraries and the same open database. Whole huge
** pages would hide how much was asked for. */
static _Noreturn void
run_child(const struct method *m, enum side side, const struct channel *c)
{
	sqlite3 *db = bench_open_loaded(":memory:");
	sqlite3_stmt *s = bench_prepare(db, "SELECT CRYPT(?1, ?2)");

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	bench_bind(s, 1, password);
	bench_bind(s, 2, m->setting);
	tell(c->ready[1]);
	await(c->go[0]);
	hash(m, side, s);
	_exit(0);
}

/* The most that was seen, over what was there before the word was given. */
static long
watch(pid_t child, const struct channel *c)
{
	struct resident now;
	char path[64];
	long before, peak;

	snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)child);
	await(c->ready[0]);
	if (!resident_read(path, &now))
		bench_die("%s can't be read", path);
	before = peak = now.anonymous_kib;
	tell(c->go[1]);
	while (resident_read(path, &now)) {
		if (now.anonymous_kib > peak)
			peak = now.anonymous_kib;
		usleep(200);
	}
	return peak - before;
}

static long
peak_of(const struct method *m, enum side side)
{
	struct channel c;
	pid_t child;
	long peak;
	int status;

	if (pipe(c.ready) != 0 || pipe(c.go) != 0 || (child = fork()) < 0)
		bench_die("no pipe or process");
	if (child == 0)
		run_child(m, side, &c);
	close(c.ready[1]);
	close(c.go[0]);
	peak = watch(child, &c);
	close(c.ready[0]);
	close(c.go[1]);
	if (waitpid(child, &status, 0) != child || status != 0)
		bench_die("%s: the child failed", m->name);
	return peak;
}

static void
print(const struct method *m)
{
	double more[ROUNDS], own[ROUNDS];
	char what[64];

	for (int i = 0; i < ROUNDS; i++) {
		long bare = peak_of(m, BARE), crypt = peak_of(m, CRYPT);

		own[i] = (double)bare;
		more[i] = (double)(crypt - bare);
	}
	snprintf(what, sizeof what, "CRYPT %s", m->name);
	bench_line(what,
		   (struct bench_figure){ bench_median(more, ROUNDS), 0, " KiB",
					  BENCH_AT_MOST, 100 },
		   "over %.0f KiB", bench_median(own, ROUNDS));
}

int
main(void)
{
	bench_heading("Peak memory over the library's");
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		print(&methods[i]);
	return 0;
}
