/* method_argon2.c - see method_argon2.h; nothing else includes argon2.h
**
** Of the library only argon2_ctx() is used, with the string's lanes and one
** thread: argon2_verify() obeys any cost that a string asks for and starts a
** thread for every lane, in a daemon that may be chrooted without the
** library that threads need.
*/

#include "method_argon2.h"

#include "secret.h"

#include <argon2.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
	SALT_MIN = 8, SALT_MAX = 64,		/* bytes */
	DIGEST_MIN = 16, DIGEST_MAX = 64,	/* bytes; 4, which the library
						** takes, is open to guessing */
	DIGEST_DEFAULT = 32,
	LANES_MAX = ARGON2_MAX_LANES,
};

static_assert(SALT_MIN >= ARGON2_MIN_SALT_LENGTH, "a salt libargon2 takes");

struct phc {
	argon2_type type;
	uint64_t version, m, t, p;
	uint32_t salt_len, digest_len;	/* bytes; no digest: 0 */
	unsigned char salt[SALT_MAX];
	unsigned char digest[DIGEST_MAX];
};

/* ---- base64 of RFC 4648 without padding ---- */

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Decode from the front of *text what there is of digits, min to max bytes.
** The unused bits of the last digit must be zero, or two texts would mean
** the same hash. */
static bool
take_base64(struct mf_text *text, uint32_t min, uint32_t max,
	    unsigned char *bytes, uint32_t *len)
{
	uint32_t pending = 0, n = 0;
	unsigned bits = 0;
	size_t used = 0;

	for (; used < text->len; used++) {
		const char *digit = memchr(digits, text->at[used], 64);
		if (digit == NULL)
			break;
		pending = pending << 6 | (uint32_t)(digit - digits);
		bits += 6;
		if (bits < 8)
			continue;
		if (n == max)
			return false;
		bits -= 8;
		bytes[n++] = (unsigned char)(pending >> bits);
		pending &= (1u << bits) - 1;
	}
	if (n < min || bits == 6 || pending != 0)
		return false;
	*text = mf_text_skip(*text, used);
	*len = n;
	return true;
}

/* Appends to a text of room bytes; answers the new end, or NULL if it's full */
static char *
put_base64(char *at, const char *end, const unsigned char *bytes, uint32_t len)
{
	uint32_t pending = 0;
	unsigned bits = 0;

	for (uint32_t i = 0; i < len; i++) {
		pending = pending << 8 | bytes[i];
		for (bits += 8; bits >= 6 && at < end; bits -= 6)
			*at++ = digits[pending >> (bits - 6) & 63];
		pending &= (1u << bits) - 1;
	}
	if (bits > 0 && at < end)
		*at++ = digits[pending << (6 - bits) & 63];
	return at < end ? at : NULL;
}

/* ---- the string ---- */

static bool
take_type(struct mf_text *text, argon2_type *type)
{
	if (mf_take(text, "$argon2id$"))
		*type = Argon2_id;
	else if (mf_take(text, "$argon2i$"))
		*type = Argon2_i;
	else if (mf_take(text, "$argon2d$"))
		*type = Argon2_d;
	else
		return false;
	return true;
}

static bool
take_costs(struct mf_text *text, struct phc *phc)
{
	return mf_take(text, "m=") &&
	       mf_take_number(text, UINT32_MAX, &phc->m) &&
	       mf_take(text, ",t=") &&
	       mf_take_number(text, UINT32_MAX, &phc->t) &&
	       mf_take(text, ",p=") &&
	       mf_take_number(text, LANES_MAX, &phc->p) &&
	       phc->p >= 1 && phc->t >= 1 && phc->m >= 8 * phc->p;
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
			 &phc->digest_len) || text.len != 0)
		return MF_FORM_NONE;
	return MF_FORM_HASH;
}

enum mf_form
mf_parse_argon2(struct mf_text text, struct mf_parsed *parsed)
{
	struct phc phc = { .p = 1 };
	enum mf_form form = parse_fields(text, &phc);

	parsed->memory_kib = phc.m;
	parsed->work = phc.m * phc.t;	/* both below 2^32 */
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

static enum mf_status
digest(struct mf_text password, struct phc *phc)
{
	argon2_context context = {
		.out = phc->digest, .outlen = phc->digest_len,
		/* only read: ARGON2_FLAG_CLEAR_PASSWORD isn't set */
		.pwd = (uint8_t *)(uintptr_t)password.at,
		.pwdlen = (uint32_t)password.len,
		.salt = phc->salt, .saltlen = phc->salt_len,
		.m_cost = (uint32_t)phc->m, .t_cost = (uint32_t)phc->t,
		.lanes = (uint32_t)phc->p, .version = (uint32_t)phc->version,
		.flags = ARGON2_DEFAULT_FLAGS,
	};

	return run(&context, phc->type);
}

/* The hash is its setting as it was written, $ and the digest. */
static enum mf_status
write_hash(struct mf_text setting, const struct phc *phc,
	   char hash[MF_HASH_SIZE])
{
	const char *end = hash + MF_HASH_SIZE;
	char *at = hash;

	if (setting.len + 2 > MF_HASH_SIZE)
		return MF_LIBRARY_FAILED;
	memcpy(at, setting.at, setting.len);
	at += setting.len;
	*at++ = '$';
	at = put_base64(at, end, phc->digest, phc->digest_len);
	if (at == NULL)
		return MF_LIBRARY_FAILED;
	*at = '\0';
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
mf_argon2_hash(struct mf_text password, struct mf_text setting,
	       char hash[MF_HASH_SIZE])
{
	enum mf_status status = MF_LIBRARY_FAILED;
	struct mf_text fields = setting;
	struct phc phc = { .digest_len = 0 };
	enum mf_form form;

	if (!take_type(&fields, &phc.type))
		return status;
	form = parse_fields(fields, &phc);
	if (form != MF_FORM_NONE) {
		if (form == MF_FORM_SETTING)
			phc.digest_len = DIGEST_DEFAULT;
		status = digest(password, &phc);
	}
	if (status == MF_OK)
		status = write_hash(setting_of(setting, form), &phc, hash);
	mf_wipe(&phc, sizeof phc);
	return status;
}

enum mf_status
mf_argon2_setting(const struct mf_method *method, struct mf_text cost,
		  const unsigned char entropy[MF_SALT_ENTROPY],
		  char setting[MF_HASH_SIZE])
{
	struct mf_text rest = cost;
	struct phc phc;
	char *at;

	if (!take_costs(&rest, &phc) || rest.len != 0)
		return MF_COST_BAD;
	at = setting + snprintf(setting, MF_HASH_SIZE, "%sv=%d$%.*s$",
				method->prefix, ARGON2_VERSION_13,
				(int)cost.len, cost.at);
	at = put_base64(at, setting + MF_HASH_SIZE, entropy, MF_SALT_ENTROPY);
	if (at == NULL)
		return MF_LIBRARY_FAILED;
	*at = '\0';
	return MF_OK;
}
