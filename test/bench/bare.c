/* bare.c - see bare.h */

#include "bare.h"

#include "bench.h"

#include <argon2.h>
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

enum { KIB = 19456, PASSES = 2, DIGEST = 32 };

static void
/* NOLINTNEXTLINE(readability-non-const-parameter): libargon2 writes there */
bare_argon2(const char *password, char hash[BARE_HASH_SIZE])
{
	static unsigned char salt[] = "0123456789abcdef";
	argon2_context context = {
		.out = (uint8_t *)hash,
		.outlen = DIGEST,
		.pwd = (uint8_t *)(uintptr_t)password,
		.pwdlen = (uint32_t)strlen(password),
		.salt = salt,
		.saltlen = sizeof salt - 1,
		.m_cost = KIB,
		.t_cost = PASSES,
		.lanes = 1,
		.threads = 1,
		.version = ARGON2_VERSION_13,
		.flags = ARGON2_DEFAULT_FLAGS,
	};

	if (argon2_ctx(&context, Argon2_id) != ARGON2_OK)
		bench_die("argon2_ctx() failed");
}

void
bare_hash(const char *password, const char *setting, char hash[BARE_HASH_SIZE])
{
	static struct crypt_data *data;
	const char *made;

	if (strncmp(setting, "$argon2", 7) == 0) {
		bare_argon2(password, hash);
		return;
	}
	if (data == NULL)
		data = calloc(1, sizeof *data);
	if (data == NULL)
		bench_die("no memory");
	made = crypt_rn(password, setting, data, (int)sizeof *data);
	if (made == NULL)
		bench_die("crypt_rn() failed for %s", setting);
	memcpy(hash, made, strlen(made) + 1);
}
