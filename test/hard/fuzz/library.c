/* library.c - see library.h */

#define _DEFAULT_SOURCE /* getentropy() */

#include "library.h"

#include "fuzz.h"

#include <argon2.h>
#include <crypt.h>
#include <errno.h>
#include <nettle/pbkdf2.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t crypt_calls, argon2_calls, sodium_calls, pbkdf2_calls;

size_t
library_calls(void)
{
	return crypt_calls + argon2_calls + sodium_calls + pbkdf2_calls;
}

const char *
library_unreached(void)
{
	return crypt_calls == 0  ? "crypt_rn()"
	     : argon2_calls == 0 ? "argon2_ctx()"
	     : sodium_calls == 0 ? "crypto_pwhash_argon2id()"
	     : pbkdf2_calls == 0 ? "pbkdf2_hmac_sha1()"
				 : NULL;
}

/* ---- bytes that depend on all that was stirred in ---- */

static uint64_t
stir(uint64_t state, const void *at, size_t len)
{
	const unsigned char *byte = at;

	for (size_t i = 0; i < len; i++)
		state = (state ^ byte[i]) * UINT64_C(0x100000001b3);
	return state * UINT64_C(0x9e3779b97f4a7c15) + len + 1;
}

static unsigned char
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned char)(*state >> 32);
}

static uint64_t random_state = 1;

void
library_begin(struct mf_text input)
{
	random_state = stir(1, input.at, input.len) | 1;
}

int
getentropy(void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((unsigned char *)bytes)[i] = draw(&random_state);
	return 0;
}

/* ---- crypt(3) ---- */

static const char digits64[] =
	"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static unsigned
value(char digit)
{
	const char *at = digit == '\0' ? NULL : strchr(digits64, digit);

	REQUIRE(at != NULL);
	return (unsigned)(at - digits64);
}

/* Two limits, from the manual: 1 GiB and ten seconds, 128 MiB and one. */
enum purpose { TO_VERIFY, TO_STORE, PURPOSES };

/* How crypt(5) has it: a setting ends before its nth $, or before its last
** one, or after so many bytes; then come so many digits. */
enum { LAST = -1 };
struct grammar {
	const char *prefix;
	int dollars;
	size_t setting_len, width;
	bool makes; /* crypt_rn() may get a bare setting, too */
	bool (*is_within)(const char *setting, enum purpose purpose);
};

static uint64_t
number_after(const char *setting, const char *what, uint64_t otherwise)
{
	const char *at = strstr(setting, what);

	return at == NULL ? otherwise : strtoull(at + strlen(what), NULL, 10);
}

static bool
is_within(uint64_t n, uint64_t to_verify, uint64_t to_store,
	  enum purpose purpose)
{
	return n <= (purpose == TO_VERIFY ? to_verify : to_store);
}

static bool
bcrypt_is_within(const char *setting, enum purpose purpose)
{
	return is_within(strtoul(setting + 4, NULL, 10), 17, 14, purpose);
}

static bool
sha2_is_within(const char *setting, enum purpose purpose)
{
	return is_within(number_after(setting, "$rounds=", 5000), 3000000,
			 1500000, purpose);
}

static bool
sha1_is_within(const char *setting, enum purpose purpose)
{
	return is_within(number_after(setting, "$sha1$", 0), 5000000, 500000,
			 purpose);
}

static bool
sunmd5_is_within(const char *setting, enum purpose purpose)
{
	return is_within(number_after(setting, "rounds=", 0) + 4096, 5000000,
			 500000, purpose);
}

static bool
bsdi_is_within(const char *setting, enum purpose purpose)
{
	uint64_t rounds = 0;

	for (size_t i = 4; i > 0; i--)
		rounds = rounds * 64 + value(setting[i]);
	REQUIRE(rounds > 0);
	return is_within(rounds, 16777215, 1677721, purpose);
}

static bool
is_cheap(const char *setting, enum purpose purpose)
{
	(void)setting, (void)purpose;
	return true;
}

/* 2^n_log2 blocks of 128 * r bytes, p times, t + 1 times each, the smallest
** blocks as dear as the next; or the way to p blocks, if that is longer. As
** floating point, where nothing can overflow. */
static bool
scrypt_is_within(uint64_t n_log2, uint64_t r, uint64_t p, uint64_t t,
		 enum purpose purpose)
{
	static const double memory_max[PURPOSES] = { 1 << 30, 1 << 27 };
	static const double work_max[PURPOSES] = { 1 << 24, 1 << 21 };
	double n = 1, block = 128 * (double)r, lanes = (double)r * (double)p;

	while (n_log2-- > 0)
		n *= 2;
	return n * block <= memory_max[purpose] &&
	       (double)p * block <= memory_max[purpose] &&
	       (r < 2 ? 2 : 1) * lanes * n * ((double)t + 1) <=
		       work_max[purpose] &&
	       lanes * 256 <= work_max[purpose];
}

/* A yescrypt number: its first digit tells how many there are, and where the
** numbers of that length begin. */
static uint64_t
take_yescrypt_number(const char **at, uint64_t min)
{
	static const struct {
		unsigned first, count;
	} lengths[] = { { 0, 48 }, { 48, 8 }, { 56, 4 },
			{ 60, 2 }, { 62, 1 }, { 63, 1 } };
	unsigned digit = value(*(*at)++);
	size_t more = 0;
	uint64_t n;

	for (; digit >= lengths[more].first + lengths[more].count; more++)
		min += (uint64_t)lengths[more].count << 6 * more;
	n = digit - lengths[more].first;
	for (; more > 0; more--)
		n = n * 64 + value(*(*at)++);
	return min + n;
}

static bool
yescrypt_is_within(const char *setting, enum purpose purpose)
{
	const char *at = strchr(setting + 1, '$') + 1;
	uint64_t n_log2, r, have = 0, p = 1, t = 0;

	take_yescrypt_number(&at, 0);
	n_log2 = take_yescrypt_number(&at, 1);
	r = take_yescrypt_number(&at, 1);
	if (*at != '$')
		have = take_yescrypt_number(&at, 1);
	REQUIRE(have <= 3);
	if (have & 1)
		p = take_yescrypt_number(&at, 2);
	if (have & 2)
		t = take_yescrypt_number(&at, 1);
	REQUIRE(*at == '$');
	return scrypt_is_within(n_log2, r, p, t, purpose);
}

static bool
classic_is_within(const char *setting, enum purpose purpose)
{
	const char *at = setting + 3;
	uint64_t r = 0, p = 0;

	for (unsigned i = 0; i < 5; i++) {
		r += (uint64_t)value(at[1 + i]) << 6 * i;
		p += (uint64_t)value(at[6 + i]) << 6 * i;
	}
	return scrypt_is_within(value(at[0]), r, p, 0, purpose);
}

static const struct grammar grammars[] = {
	{ "$y$", 4, 0, 43, true, yescrypt_is_within },
	{ "$gy$", 4, 0, 43, true, yescrypt_is_within },
	{ "$7$", 3, 0, 43, true, classic_is_within },
	{ "$2b$", 0, 29, 31, true, bcrypt_is_within },
	{ "$2a$", 0, 29, 31, false, bcrypt_is_within },
	{ "$2y$", 0, 29, 31, false, bcrypt_is_within },
	{ "$2x$", 0, 29, 31, false, bcrypt_is_within },
	{ "$6$rounds=", 4, 0, 86, true, sha2_is_within },
	{ "$6$", 3, 0, 86, true, sha2_is_within },
	{ "$5$rounds=", 4, 0, 43, true, sha2_is_within },
	{ "$5$", 3, 0, 43, true, sha2_is_within },
	{ "$sm3y$", 4, 0, 43, false, yescrypt_is_within },
	{ "$sm3$rounds=", 4, 0, 43, false, sha2_is_within },
	{ "$sm3$", 3, 0, 43, false, sha2_is_within },
	{ "$sha1$", 4, 0, 28, false, sha1_is_within },
	{ "$md5$", LAST, 0, 22, false, sunmd5_is_within },
	{ "$md5,", LAST, 0, 22, false, sunmd5_is_within },
	{ "$1$", 3, 0, 22, false, is_cheap },
	{ "$3$", 3, 0, 32, false, is_cheap },
	{ "_", 0, 9, 11, false, bsdi_is_within },
};
static const struct grammar des = { "", 0, 2, 11, false, is_cheap };

static const struct grammar *
grammar_of(const char *setting)
{
	for (size_t i = 0; i < COUNT(grammars); i++)
		if (strncmp(setting, grammars[i].prefix,
			    strlen(grammars[i].prefix)) == 0)
			return &grammars[i];
	return &des;
}

/* The nth $, or NULL if there are fewer. */
static const char *
find_dollar(const char *text, int nth)
{
	const char *at = NULL;

	if (nth == LAST)
		return strrchr(text, '$');
	for (at = strchr(text, '$'); at != NULL && nth > 1; nth--)
		at = strchr(at + 1, '$');
	return at;
}

/* The bytes of the setting, less its closing $. */
static size_t
setting_len(const struct grammar *g, const char *text)
{
	const char *dollar;

	if (g->dollars == 0) {
		REQUIRE(strlen(text) >= g->setting_len);
		return g->setting_len;
	}
	dollar = find_dollar(text, g->dollars);
	return dollar == NULL ? strlen(text) : (size_t)(dollar - text);
}

/* What follows the setting is a whole digest, of one block or for DES of up to
** sixteen, or, where hashes are made, nothing. */
static void
require_whole(const struct grammar *g, const char *text)
{
	const char *digest = text + setting_len(g, text);
	size_t width;

	digest += *digest == '$' && g->dollars != 0;
	width = strlen(digest);
	REQUIRE(strspn(digest, digits64) == width);
	if (width == 0)
		REQUIRE(g->makes);
	else if (g == &des)
		REQUIRE(strspn(text, digits64) == strlen(text) &&
			width % g->width == 0 && width / g->width <= 16);
	else
		REQUIRE(width == g->width);
}

void
library_require_affordable(const char *setting)
{
	const struct grammar *g = grammar_of(setting);

	require_whole(g, setting);
	REQUIRE(g->is_within(setting, TO_VERIFY));
}

static bool
argon2_is_storable(const char *text)
{
	uint64_t m = number_after(text, "$m=", 0);

	return m <= 131072 && m * number_after(text, ",t=", 0) <= 524288;
}

bool
library_is_storable(const char *text)
{
	const struct grammar *g = grammar_of(text);

	if (strncmp(text, "$argon2", 7) == 0)
		return argon2_is_storable(text);
	/* A $1$ with one field more is of PBKDF2. */
	if (strcmp(g->prefix, "$1$") == 0 && find_dollar(text, 4) != NULL)
		return strtoull(find_dollar(text, 3) + 1, NULL, 10) <= 500000;
	return g->is_within(text, TO_STORE);
}

/* Digits of a digest; the last one of a block may not have all 64 values. */
static void
write_digits(uint64_t state, size_t width, char *out)
{
	for (size_t i = 0; i + 1 < width; i++)
		out[i] = digits64[draw(&state) % 64];
	out[width - 1] = '.';
	out[width] = '\0';
}

static void
write_hex(uint64_t state, size_t width, char *out)
{
	for (size_t i = 0; i < width; i++)
		out[i] = "0123456789abcdef"[draw(&state) % 16];
	out[width] = '\0';
}

/* A bigcrypt hash has a block for each 8 bytes of the password. */
static size_t
blocks(const struct grammar *g, const char *setting, const char *password)
{
	size_t n = (strlen(password) + 7) / 8;

	if (g != &des || strlen(setting) <= g->setting_len + g->width)
		return 1;
	return n < 1 ? 1 : n > 16 ? 16 : n;
}

char *
crypt_rn(const char *password, const char *setting, void *data, int size)
{
	const struct grammar *g = grammar_of(setting);
	struct crypt_data *crypt = data;
	size_t len = setting_len(g, setting);
	char *out = crypt->output;
	uint64_t state = stir(stir(1, setting, len), password,
			      strlen(password)) |
			 1;

	crypt_calls++;
	REQUIRE(size == (int)sizeof *crypt && strlen(password) <= 511);
	REQUIRE(g->setting_len != 29 || strlen(password) <= 72);
	library_require_affordable(setting);
	out += snprintf(out, CRYPT_OUTPUT_SIZE, "%.*s%s", (int)len, setting,
			g->dollars == 0 ? "" : "$");
	for (size_t n = blocks(g, setting, password); n > 0; n--) {
		(strcmp(g->prefix, "$3$") == 0
			 ? write_hex
			 : write_digits)(state + n, g->width, out);
		out += g->width;
	}
	return crypt->output;
}

/* ---- argon2 and PBKDF2 ---- */

static void
require_argon2(const argon2_context *c)
{
	REQUIRE(c->m_cost <= 1024 * 1024);
	REQUIRE((uint64_t)c->m_cost * c->t_cost <= 4194304);
	REQUIRE(c->lanes >= 1 && c->t_cost >= 1);
	REQUIRE(c->m_cost >= 8 * (uint64_t)c->lanes && c->threads == 1);
	REQUIRE(c->pwdlen <= 511);
	REQUIRE(c->saltlen >= 8 && c->saltlen <= 64);
	REQUIRE(c->outlen >= 16 && c->outlen <= 64);
	REQUIRE(c->version == 0x10 || c->version == 0x13);
	REQUIRE(c->secretlen == 0 && c->adlen == 0 && c->flags == 0);
	REQUIRE(c->allocate_cbk == NULL && c->free_cbk == NULL);
}

int
argon2_ctx(argon2_context *c, argon2_type type)
{
	const uint32_t costs[] = { c->m_cost, c->t_cost, c->lanes, c->version,
				   (uint32_t)type };
	uint64_t state = stir(1, costs, sizeof costs);

	argon2_calls++;
	require_argon2(c);
	state = stir(state, c->salt, c->saltlen);
	state = stir(state, c->pwd, c->pwdlen) | 1;
	for (uint32_t i = 0; i < c->outlen; i++)
		c->out[i] = draw(&state);
	return ARGON2_OK;
}

int
crypto_pwhash_argon2id(unsigned char *out, unsigned long long outlen,
		       const char *password, unsigned long long len,
		       const unsigned char *salt, unsigned long long passes,
		       size_t memory, int algorithm)
{
	const uint64_t costs[] = { memory, passes, (uint64_t)algorithm };
	uint64_t state = stir(1, costs, sizeof costs);

	sodium_calls++;
	REQUIRE(memory >= 32768 * 1024 && memory <= 1024 * 1024 * 1024);
	REQUIRE(passes >= 1 && memory / 1024 * passes <= 4194304);
	REQUIRE(len <= 511 && outlen >= 16 && outlen <= 64);
	REQUIRE(algorithm == crypto_pwhash_argon2id_ALG_ARGON2ID13);
	state = stir(state, salt, crypto_pwhash_argon2id_SALTBYTES);
	state = stir(state, password, (size_t)len) | 1;
	for (size_t i = 0; i < outlen; i++)
		out[i] = draw(&state);
	return 0;
}

void
pbkdf2_hmac_sha1(size_t key_length, const uint8_t *key, unsigned iterations,
		 size_t salt_length, const uint8_t *salt, size_t length,
		 uint8_t *dst)
{
	uint64_t state = stir(iterations, salt, salt_length);

	pbkdf2_calls++;
	REQUIRE(iterations >= 1 && iterations <= 5000000);
	REQUIRE(key_length <= 511 && salt_length >= 1 && salt_length <= 64);
	state = stir(state, key, key_length) | 1;
	for (size_t i = 0; i < length; i++)
		dst[i] = draw(&state);
}
