/* method_digest.c - see method_digest.h */

#include "method_digest.h"

#include "encoding.h"
#include "secret.h"

#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha.h>
#include <nettle/version.h>
#include <string.h>

enum {
	DIGEST_MAX = SHA512_DIGEST_SIZE,
	/* With its salt: as much as a hash has room for in base64. */
	SALTED_MAX = (MF_HASH_SIZE - 1) / 4 * 3,
};

static const struct nettle_hash *const type_of[] = {
	[MF_MD5] = &nettle_md5,
	[MF_SHA1] = &nettle_sha1,
	[MF_SHA256] = &nettle_sha256,
	[MF_SHA512] = &nettle_sha512,
};

union context {
	struct md5_ctx md5;
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha512_ctx sha512;
};

/* Nettle 4 gives the digest whole and no longer asks how much of it. */
static void
finish(const struct nettle_hash *type, union context *context,
       unsigned char digest[DIGEST_MAX])
{
#if NETTLE_VERSION_MAJOR >= 4
	type->digest(context, digest);
#else
	type->digest(context, type->digest_size, digest);
#endif
}

/* The digest of the password and behind it the salt. */
static void
digest(const struct nettle_hash *type, struct mf_text password,
       struct mf_text salt, unsigned char digest[DIGEST_MAX])
{
	union context context;

	type->init(&context);
	type->update(&context, password.len, (const uint8_t *)password.at);
	type->update(&context, salt.len, (const uint8_t *)salt.at);
	finish(type, &context, digest);
	mf_wipe(&context, sizeof context);
}

enum mf_form
mf_parse_digest(const struct mf_method *m, struct mf_text bytes,
		struct mf_parsed *parsed)
{
	size_t size = type_of[m->variant]->digest_size;

	if (bytes.len < size || bytes.len > SALTED_MAX ||
	    (bytes.len > size) != m->salted)
		return MF_FORM_NONE;
	parsed->work = 1;
	parsed->salt_bits = (unsigned)(bytes.len - size) * 8;
	return MF_FORM_HASH;
}

enum mf_status
mf_digest_hash(const struct mf_method *m, struct mf_text password,
	       struct mf_text setting, struct mf_inner *hash)
{
	size_t size = type_of[m->variant]->digest_size;
	struct mf_text salt;
	unsigned char made[DIGEST_MAX];

	if (setting.len < size || setting.len > SALTED_MAX)
		return MF_LIBRARY_FAILED;
	salt = mf_text_skip(setting, size);
	digest(type_of[m->variant], password, salt, made);
	memcpy(hash->at, made, size);
	memcpy(hash->at + size, salt.at, salt.len);
	hash->len = setting.len;
	mf_wipe(made, sizeof made);
	return MF_OK;
}

/* ---- PBKDF2 with HMAC-SHA-1, as Dovecot stores it ---- */

enum { PBKDF2_DIGITS = 2 * SHA1_DIGEST_SIZE };

struct pbkdf2 {
	struct mf_text salt; /* taken as its characters */
	uint64_t rounds;
	size_t setting_len; /* bytes before the digest */
};

/* Printable, so that it ends where it seems to. */
static size_t
span_salt(struct mf_text text)
{
	size_t n = 0;

	while (n < text.len && text.at[n] > ' ' && text.at[n] < 0x7f &&
	       text.at[n] != '$')
		n++;
	return n;
}

static bool
read_pbkdf2(const struct mf_method *m, struct mf_text text, struct pbkdf2 *p)
{
	struct mf_text rest = text;
	unsigned char found[SHA1_DIGEST_SIZE];
	size_t len;

	if (!mf_take(&rest, "$1$"))
		return false;
	p->salt = (struct mf_text){ rest.at, span_salt(rest) };
	if (p->salt.len == 0 || p->salt.len > m->salt_max)
		return false;
	rest = mf_text_skip(rest, p->salt.len);
	if (!mf_take(&rest, "$") ||
	    !mf_take_number(&rest, UINT32_MAX, &p->rounds) || p->rounds == 0 ||
	    !mf_take(&rest, "$"))
		return false;
	p->setting_len = text.len - rest.len;
	for (size_t i = 0; i < rest.len; i++)
		if (rest.at[i] >= 'A' && rest.at[i] <= 'F')
			return false;
	return mf_decode(MF_HEX, rest, found, sizeof found, &len) &&
	       len == sizeof found;
}

enum mf_form
mf_parse_pbkdf2(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	struct pbkdf2 p;

	if (!read_pbkdf2(m, text, &p))
		return MF_FORM_NONE;
	parsed->work = p.rounds;
	parsed->salt_bits = (unsigned)p.salt.len * 8;
	return MF_FORM_HASH;
}

enum mf_status
mf_pbkdf2_hash(const struct mf_method *m, struct mf_text password,
	       struct mf_text setting, struct mf_inner *hash)
{
	unsigned char made[SHA1_DIGEST_SIZE];
	struct pbkdf2 p;
	bool good;

	if (!read_pbkdf2(m, setting, &p))
		return MF_LIBRARY_FAILED;
	pbkdf2_hmac_sha1(password.len, (const uint8_t *)password.at,
			 (unsigned)p.rounds, p.salt.len,
			 (const uint8_t *)p.salt.at, sizeof made, made);
	memcpy(hash->at, setting.at, p.setting_len);
	good = mf_encode(MF_HEX, made, sizeof made, hash->at + p.setting_len,
			 sizeof hash->at - p.setting_len);
	hash->len = p.setting_len + PBKDF2_DIGITS;
	mf_wipe(made, sizeof made);
	/* It has the length of the setting. */
	return good ? MF_OK : MF_LIBRARY_FAILED; /* GCOVR_EXCL_BR_LINE */
}
