/* method_argon2.c - see method_argon2.h; nothing else includes argon2.h and
** sodium.h
**
** Of libargon2 only argon2_ctx() is used, with the string's lanes and one
** thread: argon2_verify() obeys any cost that a string asks for and starts a
** thread for every lane, in a daemon that may be chrooted without the
** library that threads need.
**
** libsodium does what it can and is faster at: see is_for_libsodium().
*/

#include "method_argon2.h"

#include "encoding.h"
#include "secret.h"

#include <argon2.h>
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	/* bytes; a digest of 4, which the library takes, is open to guessing */
	SALT_MIN = 8,
	SALT_MAX = 64,
	DIGEST_MIN = 16,
	DIGEST_MAX = 64,
	DIGEST_DEFAULT = 32,
	LANES_MAX = ARGON2_MAX_LANES,
	/* KiB; from here on libsodium is faster */
	LIBSODIUM_MIN = 32768,
};

static_assert(SALT_MIN >= ARGON2_MIN_SALT_LENGTH, "a salt libargon2 takes");
static_assert(DIGEST_MIN >= crypto_pwhash_argon2id_BYTES_MIN &&
		      LIBSODIUM_MIN >=
			      crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024,
	      "what libsodium takes");

struct phc {
	uint64_t version, m, t, p;
	struct mf_text cost;           /* from m= on */
	uint32_t salt_len, digest_len; /* bytes; no digest: 0 */
	unsigned char salt[SALT_MAX];
	unsigned char digest[DIGEST_MAX];
};

/* Decode what there is of base64 at the front of *text, min to max bytes. */
static bool
take_base64(struct mf_text *text, size_t min, size_t max, unsigned char *bytes,
	    uint32_t *len)
{
	struct mf_text digits = { text->at, mf_base64_span(*text) };
	size_t decoded;

	if (!mf_decode(MF_BASE64_UNPADDED, digits, bytes, max, &decoded) ||
	    decoded < min)
		return false;
	*text = mf_text_skip(*text, digits.len);
	*len = (uint32_t)decoded;
	return true;
}

/* ---- the string ---- */

static bool
take_costs(struct mf_text *text, struct phc *phc)
{
	struct mf_text from = *text;
	bool good = mf_take(text, "m=") &&
		    mf_take_number(text, UINT32_MAX, &phc->m) &&
		    mf_take(text, ",t=") &&
		    mf_take_number(text, UINT32_MAX, &phc->t) &&
		    mf_take(text, ",p=") &&
		    mf_take_number(text, LANES_MAX, &phc->p) && phc->p >= 1 &&
		    phc->t >= 1 && phc->m >= 8 * phc->p;

	phc->cost = (struct mf_text){ from.at, from.len - text->len };
	return good;
}

static bool
take_version(struct mf_text *text, struct phc *phc)
{
	phc->version = ARGON2_VERSION_10;
	if (!mf_take(text, "v="))
		return true;
	return mf_take_number(text, UINT32_MAX, &phc->version) &&
	       (phc->version == ARGON2_VERSION_10 ||
		phc->version == ARGON2_VERSION_13) &&
	       mf_take(text, "$");
}

/* Of what follows the type. */
static enum mf_form
parse_fields(struct mf_text text, struct phc *phc)
{
	if (!take_version(&text, phc) || !take_costs(&text, phc) ||
	    !mf_take(&text, "$") ||
	    !take_base64(&text, SALT_MIN, SALT_MAX, phc->salt, &phc->salt_len))
		return MF_FORM_NONE;
	phc->digest_len = 0;
	if (text.len == 0 || (mf_take(&text, "$") && text.len == 0))
		return MF_FORM_SETTING;
	if (!take_base64(&text, DIGEST_MIN, DIGEST_MAX, phc->digest,
			 &phc->digest_len) ||
	    text.len != 0)
		return MF_FORM_NONE;
	return MF_FORM_HASH;
}

enum mf_form
mf_parse_argon2(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	struct phc phc = { .p = 1 };
	enum mf_form form = parse_fields(text, &phc);

	(void)m;
	parsed->cost = phc.cost;
	parsed->memory_kib = phc.m;
	parsed->work = phc.m * phc.t; /* both below 2^32 */
	parsed->salt_bits = phc.salt_len * 8;
	return form;
}

/* ---- the work ---- */

/* One thread, whatever the lanes: the result is the same. */
static enum mf_status
run(argon2_context *context, argon2_type type)
{
	context->threads = 1;
	switch (argon2_ctx(context, type)) {
	case ARGON2_OK:
		return MF_OK;
	case ARGON2_MEMORY_ALLOCATION_ERROR:
		return MF_NO_MEMORY;
	default:
		return MF_LIBRARY_FAILED;
	}
}

static const argon2_type type_of[] = {
	[MF_ARGON2_D] = Argon2_d,
	[MF_ARGON2_I] = Argon2_i,
	[MF_ARGON2_ID] = Argon2_id,
};

static enum mf_status
by_libargon2(const struct mf_method *m, struct mf_text password,
	     struct phc *phc)
{
	argon2_context context = {
		.out = phc->digest,
		.outlen = phc->digest_len,
		/* only read: ARGON2_FLAG_CLEAR_PASSWORD isn't set */
		.pwd = (uint8_t *)(uintptr_t)password.at,
		.pwdlen = (uint32_t)password.len,
		.salt = phc->salt,
		.saltlen = phc->salt_len,
		.m_cost = (uint32_t)phc->m,
		.t_cost = (uint32_t)phc->t,
		.lanes = (uint32_t)phc->p,
		.version = (uint32_t)phc->version,
		.flags = ARGON2_DEFAULT_FLAGS,
	};

	return run(&context, type_of[m->variant]);
}

/* libsodium computes argon2id of version 1.3 only, with one lane and a salt of
** 16 bytes. Best of 7 in ms, libargon2 and libsodium: m=65536,t=3 takes 404 and
** 196 on Debian 12, 394 and 182 on 13; but m=19456,t=2 takes 21 and 47, 22 and
** 42. libsodium maps new memory in each call, and the kernel has to clear it;
** malloc() does that from 32 MiB on, and keeps smaller blocks for reuse. */
static bool
is_for_libsodium(const struct mf_method *m, const struct phc *phc)
{
	return m->variant == MF_ARGON2_ID &&
	       phc->version == ARGON2_VERSION_13 && phc->p == 1 &&
	       phc->salt_len == crypto_pwhash_argon2id_SALTBYTES &&
	       phc->m >= LIBSODIUM_MIN;
}

/* sodium_init() chooses the code for this processor; any thread may call it,
** and again. It also asks for random bytes, and where the kernel gives none it
** opens /dev/urandom for good, or ends the process: so see first whether it
** does. Later calls need none. */
static bool
has_libsodium(void)
{
	unsigned char byte;

	return mf_random(&byte, sizeof byte) && sodium_init() >= 0;
}

/* All that it is given is in its range, so only memory can be lacking. */
static enum mf_status
by_libsodium(struct mf_text password, struct phc *phc)
{
	return crypto_pwhash_argon2id(phc->digest, phc->digest_len, password.at,
				      password.len, phc->salt, phc->t,
				      (size_t)phc->m * 1024,
				      crypto_pwhash_argon2id_ALG_ARGON2ID13) ==
			       0
		     ? MF_OK
		     : MF_NO_MEMORY;
}

static enum mf_status
digest(const struct mf_method *m, struct mf_text password, struct phc *phc)
{
	return is_for_libsodium(m, phc) && has_libsodium()
		     ? by_libsodium(password, phc)
		     : by_libargon2(m, password, phc);
}

/* The hash is its setting as it was written, $ and the digest. */
static enum mf_status
write_hash(struct mf_text setting, const struct phc *phc, struct mf_inner *hash)
{
	char *end = hash->at + setting.len;

	if (setting.len + 2 > sizeof hash->at)
		return MF_LIBRARY_FAILED;
	memcpy(hash->at, setting.at, setting.len);
	*end++ = '$';
	if (!mf_encode(MF_BASE64_UNPADDED, phc->digest, phc->digest_len, end,
		       sizeof hash->at - setting.len - 1))
		return MF_LIBRARY_FAILED;
	hash->len = setting.len + 1 + strlen(end);
	return MF_OK;
}

/* Everything before the $ of the digest, or before one that ends a setting. */
static struct mf_text
setting_of(struct mf_text text, enum mf_form form)
{
	if (form == MF_FORM_HASH || text.at[text.len - 1] == '$')
		while (text.at[--text.len] != '$')
			;
	return text;
}

enum mf_status
mf_argon2_hash(const struct mf_method *m, struct mf_text password,
	       struct mf_text setting, struct mf_inner *hash)
{
	enum mf_status status = MF_LIBRARY_FAILED;
	struct mf_text fields = setting;
	struct phc phc = { .digest_len = 0 };
	enum mf_form form;

	if (!mf_take(&fields, m->prefix))
		return status;
	form = parse_fields(fields, &phc);
	if (form != MF_FORM_NONE) {
		if (form == MF_FORM_SETTING)
			phc.digest_len = DIGEST_DEFAULT;
		status = digest(m, password, &phc);
	}
	if (status == MF_OK)
		status = write_hash(setting_of(setting, form), &phc, hash);
	mf_wipe(&phc, sizeof phc);
	return status;
}

enum mf_status
mf_argon2_setting(const struct mf_method *method, struct mf_cost cost,
		  const unsigned char entropy[MF_SALT_ENTROPY],
		  char setting[MF_HASH_SIZE])
{
	struct mf_text rest = cost.text;
	struct phc phc;
	int used;

	if (!take_costs(&rest, &phc) || rest.len != 0)
		return MF_COST_BAD;
	used = snprintf(setting, MF_HASH_SIZE, "%sv=%d$%.*s$", method->prefix,
			ARGON2_VERSION_13, (int)cost.text.len, cost.text.at);
	return mf_encode(MF_BASE64_UNPADDED, entropy, MF_SALT_ENTROPY,
			 setting + used, MF_HASH_SIZE - (size_t)used)
		     ? MF_OK
		     : MF_LIBRARY_FAILED;
}
