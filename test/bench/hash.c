/* hash.c - what CRYPT and CRYPT_VERIFY cost beyond the library's own work
**
** For each method three calls take turns: the library from C, CRYPT with a
** setting and CRYPT_VERIFY with a hash, both as prepared statements with
** bound parameters. Processor time is measured: none of them waits.
*/

#include "bare.h"
#include "bench.h"

#include <stdio.h>
#include <string.h>

static const char password[] = "correct horse battery";

enum side { BARE, CRYPT, VERIFY, SIDES };
enum { ROUNDS_MIN = 9, ROUNDS_MAX = BENCH_ROUNDS_MAX };

struct method {
	const char *name;
	const char *setting; /* or the SQL that makes one */
	unsigned calls;      /* of each side in one round */
};

/* At default costs. A round of the slowest takes over half a second. */
static const struct method full[] = {
	{ "yescrypt 5", "GEN_SALT('yescrypt')", 1 },
	{ "gost-yescrypt 5", "GEN_SALT('gost-yescrypt')", 1 },
	{ "scrypt 7", "GEN_SALT('scrypt')", 1 },
	{ "bcrypt 12", "GEN_SALT('bcrypt')", 1 },
	{ "sha512crypt 500000", "GEN_SALT('sha512crypt')", 1 },
	{ "sha256crypt 500000", "GEN_SALT('sha256crypt')", 1 },
	{ "argon2id 19456,2,1", "'" BARE_ARGON2_SETTING "'", 1 },
};

/* Those where a call could show; of old methods a hash is the setting. */
static const struct method cheap[] = {
	{ "nt", "'$3$$8846f7eaee8fb117ad06bdd830b7586c'", 1000 },
	{ "descrypt", "'ab01FAX.bQRSU'", 400 },
	{ "md5crypt", "'$1$saltsalt$9xy1btjgzLYfb7hivXtC//'", 10 },
	{ "sha256crypt 1000", "GEN_SALT('sha256crypt', 1000)", 5 },
	{ "bcrypt 4", "GEN_SALT('bcrypt', 4)", 2 },
};

struct trial {
	const struct method *method;
	char setting[BARE_HASH_SIZE];
	char hash[BARE_HASH_SIZE];
	sqlite3_stmt *crypt, *verify;
	size_t rounds;
	double seconds[SIDES][ROUNDS_MAX]; /* of one call */
};

static void
get_text(sqlite3 *db, const char *sql, char text[BARE_HASH_SIZE])
{
	sqlite3_stmt *s = bench_prepare(db, sql);

	if (sqlite3_step(s) != SQLITE_ROW)
		bench_die("%s: %s", sql, sqlite3_errmsg(db));
	snprintf(text, BARE_HASH_SIZE, "%s",
		 (const char *)sqlite3_column_text(s, 0));
	bench_finish(s);
}

/* Make the setting and its hash, and see that both sides agree on it. */
static void
prepare(sqlite3 *db, struct trial *t)
{
	char sql[2 * BARE_HASH_SIZE], bare[BARE_HASH_SIZE];

	snprintf(sql, sizeof sql, "SELECT %s", t->method->setting);
	get_text(db, sql, t->setting);
	snprintf(sql, sizeof sql, "SELECT CRYPT('%s', '%s')", password,
		 t->setting);
	get_text(db, sql, t->hash);
	bare_hash(password, t->setting, bare);
	if (t->hash[1] != 'a' && strcmp(bare, t->hash) != 0)
		bench_die("%s: CRYPT isn't crypt_rn()", t->method->name);
	t->crypt = bench_prepare(db, "SELECT CRYPT(?1, ?2)");
	bench_bind(t->crypt, 1, password);
	bench_bind(t->crypt, 2, t->setting);
	t->verify = bench_prepare(db, "SELECT CRYPT_VERIFY(?1, ?2)");
	bench_bind(t->verify, 1, password);
	bench_bind(t->verify, 2, t->hash);
	if (bench_integer(t->verify) != 1)
		bench_die("%s: CRYPT_VERIFY is wrong", t->method->name);
}

static void
call(struct trial *t, enum side side)
{
	char hash[BARE_HASH_SIZE];

	if (side == BARE)
		bare_hash(password, t->setting, hash);
	else
		bench_step(side == CRYPT ? t->crypt : t->verify);
}

/* Each side begins a round as often as the others. */
static void
play_round(struct trial *t)
{
	for (unsigned i = 0; i < SIDES; i++) {
		enum side side = (enum side)((i + t->rounds) % SIDES);
		double start = bench_cpu();
		for (unsigned n = 0; n < t->method->calls; n++)
			call(t, side);
		t->seconds[side][t->rounds] = (bench_cpu() - start) /
					      t->method->calls;
	}
	t->rounds++;
}

static void
play(sqlite3 *db, struct trial *t, const struct method *m, double budget)
{
	double end = bench_wall() + budget;

	*t = (struct trial){ .method = m };
	prepare(db, t);
	while (t->rounds < ROUNDS_MIN ||
	       (t->rounds < ROUNDS_MAX && bench_wall() < end))
		play_round(t);
	bench_finish(t->crypt);
	bench_finish(t->verify);
}

/* The median ratio, or difference in seconds, to the bare side. */
static double
against_bare(const struct trial *t, enum side side, bool ratio)
{
	double values[ROUNDS_MAX];

	for (size_t i = 0; i < t->rounds; i++) {
		double x = t->seconds[side][i], bare = t->seconds[BARE][i];
		values[i] = ratio ? x / bare : x - bare;
	}
	return bench_median(values, t->rounds);
}

static void
print_full(struct trial *t, enum side side)
{
	char what[64];
	double ratio = against_bare(t, side, true);

	snprintf(what, sizeof what, "%s %s",
		 side == CRYPT ? "CRYPT" : "CRYPT_VERIFY", t->method->name);
	bench_line(what,
		   (struct bench_figure){ ratio, 3, " x", BENCH_AT_MOST, 1.02 },
		   "of %.1f ms",
		   bench_median(t->seconds[BARE], t->rounds) * 1e3);
}

static void
print_cheap(struct trial *t, enum side side)
{
	char what[64];
	double more = against_bare(t, side, false);

	snprintf(what, sizeof what, "%s %s",
		 side == CRYPT ? "CRYPT" : "CRYPT_VERIFY", t->method->name);
	bench_line(
		what,
		(struct bench_figure){ more * 1e6, 1, " us", BENCH_AT_MOST, 5 },
		"on %.1f us", bench_median(t->seconds[BARE], t->rounds) * 1e6);
}

static void
compare_method(sqlite3 *db, const struct method *m, bool at_full_cost)
{
	static struct trial t;

	play(db, &t, m, at_full_cost ? 4.0 : 1.0);
	for (enum side side = CRYPT; side <= VERIFY; side++)
		(at_full_cost ? print_full : print_cheap)(&t, side);
}

int
main(void)
{
	sqlite3 *db = bench_open_loaded(":memory:");

	bench_heading("Times the library's own work");
	for (size_t i = 0; i < sizeof full / sizeof *full; i++)
		compare_method(db, &full[i], true);
	bench_heading("Microseconds more in each call");
	for (size_t i = 0; i < sizeof cheap / sizeof *cheap; i++)
		compare_method(db, &cheap[i], false);
	bench_close(db, NULL);
	return 0;
}
