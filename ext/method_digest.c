/* method_digest.c - see method_digest.h */

#include "method_digest.h"

#include "encoding.h"
#include "secret.h"

#include <assert.h>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha.h>
#include <nettle/version.h>
#include <stdio.h>
#include <string.h>

enum {
	DIGEST_MAX = 64, /* bytes of SHA-512 */
	/* Bytes whose base64 fits in a hash. */
	DECODED_MAX = (MF_HASH_SIZE - 1) / 4 * 3,
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
       const unsigned char *salt, size_t salt_len,
       unsigned char digest[DIGEST_MAX])
{
	union context context;

	type->init(&context);
	type->update(&context, password.len, (const uint8_t *)password.at);
	type->update(&context, salt_len, salt);
	finish(type, &context, digest);
	mf_wipe(&context, sizeof context);
}

static bool
read_bytes(const struct nettle_hash *type, bool salted, struct mf_text text,
	   unsigned char bytes[DECODED_MAX], size_t *len)
{
	return mf_decode(MF_BASE64, text, bytes, DECODED_MAX, len) &&
	       (salted ? *len > type->digest_size : *len == type->digest_size);
}

static enum mf_form
parse(const struct nettle_hash *type, bool salted, struct mf_text text,
      struct mf_parsed *parsed)
{
	unsigned char bytes[DECODED_MAX];
	size_t len;

	if (!read_bytes(type, salted, text, bytes, &len))
		return MF_FORM_NONE;
	parsed->work = 1;
	parsed->salt_bits = (unsigned)(len - type->digest_size) * 8;
	return MF_FORM_HASH;
}

static enum mf_status
hash(const struct nettle_hash *type, bool salted, struct mf_text password,
     struct mf_text setting, char hash[MF_HASH_SIZE])
{
	unsigned char bytes[DECODED_MAX];
	size_t len;
	bool good = read_bytes(type, salted, setting, bytes, &len);

	if (good) {
		digest(type, password, bytes + type->digest_size,
		       len - type->digest_size, bytes);
		good = mf_encode(MF_BASE64, bytes, len, hash, MF_HASH_SIZE);
	}
	mf_wipe(bytes, sizeof bytes);
	return good ? MF_OK : MF_LIBRARY_FAILED;
}

#define DIGEST_METHOD(name, type, salted) \
	enum mf_form mf_parse_##name(struct mf_text text, \
				     struct mf_parsed *parsed) \
	{ \
		return parse(&(type), salted, text, parsed); \
	} \
	enum mf_status mf_hash_##name(struct mf_text password, \
				      struct mf_text setting, \
				      char text[MF_HASH_SIZE]) \
	{ \
		return hash(&(type), salted, password, setting, text); \
	}

DIGEST_METHOD(plain_md5, nettle_md5, false)
DIGEST_METHOD(smd5, nettle_md5, true)
DIGEST_METHOD(sha1, nettle_sha1, false)
DIGEST_METHOD(ssha1, nettle_sha1, true)
DIGEST_METHOD(sha256, nettle_sha256, false)
DIGEST_METHOD(ssha256, nettle_sha256, true)
DIGEST_METHOD(sha512, nettle_sha512, false)
DIGEST_METHOD(ssha512, nettle_sha512, true)

/* ---- PBKDF2 with HMAC-SHA-1, as Dovecot stores it ---- */

enum {
	PBKDF2_SALT_MAX = 64, /* bytes; Dovecot makes 16 */
	PBKDF2_DIGITS = 2 * SHA1_DIGEST_SIZE,
	PBKDF2_MAX = sizeof "$1$" + PBKDF2_SALT_MAX + sizeof "$4294967295$" +
		     PBKDF2_DIGITS,
};

static_assert((int)PBKDF2_MAX <= (int)MF_HASH_SIZE, "the longest must fit");

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
read_pbkdf2(struct mf_text text, struct pbkdf2 *p)
{
	struct mf_text rest = text;
	unsigned char found[SHA1_DIGEST_SIZE];
	size_t len;

	if (!mf_take(&rest, "$1$"))
		return false;
	p->salt = (struct mf_text){ rest.at, span_salt(rest) };
	if (p->salt.len == 0 || p->salt.len > PBKDF2_SALT_MAX)
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
mf_parse_pbkdf2(struct mf_text text, struct mf_parsed *parsed)
{
	struct pbkdf2 p;

	if (!read_pbkdf2(text, &p))
		return MF_FORM_NONE;
	parsed->work = p.rounds;
	parsed->salt_bits = (unsigned)p.salt.len * 8;
	return MF_FORM_HASH;
}

enum mf_status
mf_hash_pbkdf2(struct mf_text password, struct mf_text setting,
	       char text[MF_HASH_SIZE])
{
	unsigned char made[SHA1_DIGEST_SIZE];
	struct pbkdf2 p;
	bool good;

	if (!read_pbkdf2(setting, &p))
		return MF_LIBRARY_FAILED;
	pbkdf2_hmac_sha1(password.len, (const uint8_t *)password.at,
			 (unsigned)p.rounds, p.salt.len,
			 (const uint8_t *)p.salt.at, sizeof made, made);
	memcpy(text, setting.at, p.setting_len);
	good = mf_encode(MF_HEX, made, sizeof made, text + p.setting_len,
			 MF_HASH_SIZE - p.setting_len);
	mf_wipe(made, sizeof made);
	/* unreachable: the longest fits, see PBKDF2_SALT_MAX */
	return good ? MF_OK : MF_LIBRARY_FAILED;
}
