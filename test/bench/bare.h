/* bare.h - a password hashed by the library alone, as C programs do it */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>

enum { BARE_HASH_SIZE = 384 };

/* argon2id at the cost and with the salt that bare_hash() uses for any
** setting that begins with $argon2id$. */
#define BARE_ARGON2_SETTING \
	"$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg"

/* Hash by crypt_rn(), or by argon2_ctx() with one thread. The hash is written
** for crypt_rn() only; argon2 leaves its digest's bytes. Ends the process if
** the library can't. */
void bare_hash(const char *password, const char *setting,
	       char hash[BARE_HASH_SIZE]);

#endif
