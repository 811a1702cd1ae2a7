/* argon2.c - the two libraries that compute argon2id, against each other
**
** libsodium is there for the times at which it is faster; method_argon2.c has
** the size from which on it is asked. Both take turns, in processor time.
*/

#include "bench.h"

#include <argon2.h>
#include <sodium.h>
#include <string.h>

enum { ROUNDS = 9, DIGEST = 32 };

static const char password[] = "correct horse battery";
static unsigned char salt[] = "0123456789abcdef";

struct cost {
	const char *what;
	unsigned m, t; /* KiB, passes */
	enum bench_target target;
};

static const struct cost costs[] = {
	{ "m=65536,t=3,p=1", 65536, 3, BENCH_AT_LEAST },
	{ "m=32768,t=1,p=1", 32768, 1, BENCH_AT_LEAST },
	{ "m=19456,t=2,p=1 (libargon2 does it)", 19456, 2, BENCH_NO_TARGET },
};

static double
/* NOLINTNEXTLINE(readability-non-const-parameter): libargon2 writes there */
by_libargon2(const struct cost *c, unsigned char digest[DIGEST])
{
	argon2_context context = {
		.out = digest,
		.outlen = DIGEST,
		.pwd = (uint8_t *)(uintptr_t)password,
		.pwdlen = sizeof password - 1,
		.salt = salt,
		.saltlen = sizeof salt - 1,
		.m_cost = c->m,
		.t_cost = c->t,
		.lanes = 1,
		.threads = 1,
		.version = ARGON2_VERSION_13,
		.flags = ARGON2_DEFAULT_FLAGS,
	};
	double start = bench_cpu();

	if (argon2_ctx(&context, Argon2_id) != ARGON2_OK)
		bench_die("argon2_ctx() failed");
	return bench_cpu() - start;
}

static double
by_libsodium(const struct cost *c, unsigned char digest[DIGEST])
{
	double start = bench_cpu();

	if (crypto_pwhash_argon2id(digest, DIGEST, password,
				   sizeof password - 1, salt, c->t,
				   (size_t)c->m * 1024,
				   crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		bench_die("crypto_pwhash_argon2id() failed");
	return bench_cpu() - start;
}

static void
compare(const struct cost *c)
{
	unsigned char one[DIGEST], other[DIGEST];
	double libargon2[ROUNDS], libsodium[ROUNDS], ratio[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		libargon2[i] = by_libargon2(c, one);
		libsodium[i] = by_libsodium(c, other);
		ratio[i] = libargon2[i] / libsodium[i];
		if (memcmp(one, other, DIGEST) != 0)
			bench_die("%s: two digests", c->what);
	}
	bench_line(c->what,
		   (struct bench_figure){ bench_median(ratio, ROUNDS), 2, " x",
					  c->target, 1.4 },
		   "libargon2 %.1f ms, libsodium %.1f ms",
		   bench_median(libargon2, ROUNDS) * 1e3,
		   bench_median(libsodium, ROUNDS) * 1e3);
}

int
main(void)
{
	if (sodium_init() < 0)
		bench_die("sodium_init() failed");
	bench_heading("argon2id: how many times as fast libsodium is");
	for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
		compare(&costs[i]);
	return 0;
}
