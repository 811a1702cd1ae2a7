/* scheme.c - see scheme.h */

#include "scheme.h"

#include "secret.h"

#include <string.h>

/* Whatever crypt(3) verifies; argon2 isn't among it. */
static const char *const crypt_family[] = {
	"$y$", "$gy$",   "$7$",  "$2b$", "$2a$", "$2y$", "$2x$", "$6$",
	"$5$", "$sha1$", "$md5", "$1$",  "$3$",  "_",    "",     NULL,
};
static const char *const blf_family[] = { "$2b$", "$2a$", "$2y$", "$2x$",
					  NULL };
static const char *const sha512_family[] = { "$6$", NULL };
static const char *const sha256_family[] = { "$5$", NULL };
static const char *const md5_family[] = { "$1$", NULL };
static const char *const des_family[] = { "", NULL };
static const char *const argon2id_family[] = { "$argon2id$", NULL };
static const char *const argon2i_family[] = { "$argon2i$", NULL };

#define BOTH (MF_COURIER | MF_DOVECOT)
#define WRAPS(family) .wraps = (family), .text_programs = MF_DOVECOT
#define UNSALTED(method, encoding, bytes) \
	.digest = (method), .native = (encoding), .hex_len = (size_t)2 * (bytes)
#define SALTED(method) .digest = (method), .native = MF_BASE64
#define READ_BY .digest_programs
#define OWN .spelling_of

/* A program's own label for a method is the first that fits. */
const struct mf_scheme mf_schemes[] = {
	{ "{BLF-CRYPT}", WRAPS(blf_family), OWN = MF_DOVECOT },
	{ "{SHA512-CRYPT}", WRAPS(sha512_family), OWN = MF_DOVECOT },
	{ "{SHA256-CRYPT}", WRAPS(sha256_family), OWN = MF_DOVECOT },
	{ "{MD5-CRYPT}", WRAPS(md5_family), OWN = MF_DOVECOT },
	{ "{DES-CRYPT}", WRAPS(des_family), OWN = MF_DOVECOT },
	{ "{ARGON2ID}", WRAPS(argon2id_family), OWN = MF_DOVECOT },
	{ "{ARGON2I}", WRAPS(argon2i_family), OWN = MF_DOVECOT },
	{ "{CRYPT}", .wraps = crypt_family, .text_programs = BOTH, OWN = BOTH },
	{ "{PLAIN-MD5}", UNSALTED("plain-md5", MF_HEX, 16),
	  READ_BY = MF_DOVECOT, OWN = MF_DOVECOT },
	{ "{LDAP-MD5}", UNSALTED("plain-md5", MF_BASE64, 16),
	  READ_BY = MF_DOVECOT },
	{ "{MD5RAW}", UNSALTED("plain-md5", MF_HEX, 16), READ_BY = MF_COURIER },
	/* Courier writes the digest, Dovecot $1$, and reads either */
	{ "{MD5}", WRAPS(md5_family), UNSALTED("plain-md5", MF_BASE64, 16),
	  READ_BY = BOTH, OWN = MF_COURIER },
	{ "{SMD5}", SALTED("smd5"), READ_BY = MF_DOVECOT, OWN = MF_DOVECOT },
	{ "{SHA}", UNSALTED("sha1", MF_BASE64, 20), READ_BY = BOTH,
	  OWN = BOTH },
	{ "{SHA1}", UNSALTED("sha1", MF_BASE64, 20), READ_BY = MF_DOVECOT },
	{ "{SSHA}", SALTED("ssha"), READ_BY = BOTH, OWN = BOTH },
	{ "{SHA256}", UNSALTED("sha256", MF_BASE64, 32), READ_BY = BOTH,
	  OWN = BOTH },
	{ "{SSHA256}", SALTED("ssha256"), READ_BY = MF_DOVECOT,
	  OWN = MF_DOVECOT },
	{ "{SHA512}", UNSALTED("sha512", MF_BASE64, 64), READ_BY = BOTH,
	  OWN = BOTH },
	{ "{SSHA512}", SALTED("ssha512"), READ_BY = MF_DOVECOT,
	  OWN = MF_DOVECOT },
	{ "{PBKDF2}", .digest = "pbkdf2", .native = MF_AS_IT_IS,
	  .text_programs = MF_DOVECOT, OWN = MF_DOVECOT },
	/* Dovecot's for challenges, and one that is as good as no hash. They
	** can't be verified, but mustn't be hashed once more as passwords. */
	{ .label = "{CRAM-MD5}" },
	{ .label = "{HMAC-MD5}" },
	{ .label = "{DIGEST-MD5}" },
	{ .label = "{SCRAM-SHA-1}" },
	{ .label = "{SCRAM-SHA-256}" },
	{ .label = "{OTP}" },
	{ .label = "{PLAIN-MD4}" },
	{ "{PLAIN}", .plain = true },
	{ "{CLEAR}", .plain = true },
	{ "{CLEARTEXT}", .plain = true },
	{ "{PLAIN-TRUNC}", .plain = true },
};

const size_t mf_scheme_count = sizeof mf_schemes / sizeof mf_schemes[0];

/* How a label ends, and how what follows it is then encoded. */
static const struct {
	const char *end;
	bool encodes;
	enum mf_encoding encoding;
} suffixes[] = {
	{ "}", false, MF_AS_IT_IS },
	{ ".B64}", true, MF_BASE64 },
	{ ".BASE64}", true, MF_BASE64 },
	{ ".HEX}", true, MF_HEX },
};

/* Take the end of a label, which tells the encoding if it has a suffix. */
static bool
take_end(struct mf_text *text, enum mf_encoding *encoding, bool *encodes)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		if (!mf_text_begins_name(*text, mf_text_of(suffixes[i].end)))
			continue;
		*text = mf_text_skip(*text, strlen(suffixes[i].end));
		*encoding = suffixes[i].encoding;
		*encodes = suffixes[i].encodes;
		return true;
	}
	return false;
}

/* Find the scheme, take the label off *text. */
static const struct mf_scheme *
take_label(struct mf_text *text, enum mf_encoding *encoding, bool *encodes)
{
	for (size_t i = 0; i < mf_scheme_count; i++) {
		const struct mf_scheme *s = &mf_schemes[i];
		struct mf_text name = mf_text_of(s->label), rest;
		name.len--; /* less the closing brace */
		if (!mf_text_begins_name(*text, name))
			continue;
		rest = mf_text_skip(*text, name.len);
		if (take_end(&rest, encoding, encodes)) {
			*text = rest;
			return s;
		}
	}
	return NULL;
}

/* Is it a text of its own, rather than a bare digest? {MD5} has either. */
static bool
is_text(const struct mf_scheme *s, struct mf_text inner)
{
	if (s->digest == NULL || s->native == MF_AS_IT_IS)
		return true;
	return s->wraps != NULL && mf_text_begins(inner, s->wraps[0]);
}

/* Without a suffix: a text as it is, a digest in the scheme's encoding, but
** an unsalted one in the other if its length says so. */
static enum mf_encoding
encoding_by_itself(const struct mf_labelled *l)
{
	if (is_text(l->scheme, l->spelled))
		return MF_AS_IT_IS;
	if (l->scheme->hex_len != 0)
		return l->spelled.len == l->scheme->hex_len ? MF_HEX
							    : MF_BASE64;
	return l->scheme->native;
}

static void
read_inner(struct mf_labelled *l)
{
	unsigned char bytes[MF_INNER_SIZE - 1];
	struct mf_text decoded = { (const char *)bytes, 0 };
	bool good = mf_decode(l->encoding, l->spelled, bytes, sizeof bytes,
			      &decoded.len);

	l->inner = (struct mf_text){ "", 0 };
	if (!good)
		return;
	l->is_text = is_text(l->scheme, decoded);
	if (l->encoding == (l->is_text ? MF_AS_IT_IS : MF_BASE64)) {
		l->inner = l->spelled;
		return;
	}
	if (!mf_encode(l->is_text ? MF_AS_IT_IS : MF_BASE64, bytes, decoded.len,
		       l->buffer, sizeof l->buffer))
		return;
	/* What decodes to a NUL byte must not end there. */
	size_t len = l->is_text ? decoded.len : strlen(l->buffer);
	l->inner = (struct mf_text){ l->buffer, len };
}

void
mf_scheme_read(struct mf_text text, struct mf_labelled *l)
{
	bool encodes;

	l->scheme = NULL;
	l->label = (struct mf_text){ text.at, 0 };
	l->spelled = l->inner = text;
	l->encoding = MF_AS_IT_IS;
	l->is_text = true;
	if (text.len == 0 || text.at[0] != '{')
		return;
	l->scheme = take_label(&l->spelled, &l->encoding, &encodes);
	l->inner = l->spelled;
	l->label.len = text.len - l->spelled.len;
	if (l->scheme == NULL || l->scheme->plain)
		return;
	if (!encodes)
		l->encoding = encoding_by_itself(l);
	read_inner(l);
}

/* A digest goes by way of its bytes, a text is the bytes. */
static bool
spell(const struct mf_labelled *l, struct mf_text inner, char *out, size_t size)
{
	unsigned char bytes[MF_INNER_SIZE];
	size_t len;
	bool good;

	good = mf_decode(l->is_text ? MF_AS_IT_IS : MF_BASE64, inner, bytes,
			 sizeof bytes, &len) &&
	       mf_encode(l->encoding, bytes, len, out, size);
	mf_wipe(bytes, sizeof bytes);
	return good;
}

bool
mf_scheme_write(const struct mf_labelled *l, const char *inner,
		char stored[MF_STORED_SIZE])
{
	struct mf_text text = mf_text_of(inner);
	bool same = text.len == l->inner.len &&
		    mf_equal(text.at, l->inner.at, text.len);

	if (l->label.len > 0)
		memcpy(stored, l->label.at, l->label.len);
	stored += l->label.len;
	/* The same hash may have been spelled in upper-case hex. */
	if (same && l->spelled.len < MF_STORED_SIZE - MF_LABEL_MAX) {
		memcpy(stored, l->spelled.at, l->spelled.len);
		stored[l->spelled.len] = '\0';
		return true;
	}
	return spell(l, text, stored, MF_STORED_SIZE - MF_LABEL_MAX);
}

bool
mf_scheme_holds(const struct mf_scheme *scheme, const char *prefix)
{
	if (scheme->wraps == NULL)
		return false;
	for (const char *const *w = scheme->wraps; *w != NULL; w++)
		if (strcmp(*w, prefix) == 0)
			return true;
	return false;
}

const struct mf_scheme *
mf_scheme_for(enum mf_program program, const char *prefix, const char *digest)
{
	for (size_t i = 0; i < mf_scheme_count; i++) {
		const struct mf_scheme *s = &mf_schemes[i];
		bool fits = digest == NULL
				  ? mf_scheme_holds(s, prefix)
				  : s->digest != NULL &&
					    strcmp(s->digest, digest) == 0;
		if (fits && (s->spelling_of & (unsigned)program))
			return s;
	}
	return NULL;
}

void
mf_scheme_begin(const struct mf_scheme *scheme, bool is_text,
		struct mf_labelled *l)
{
	l->scheme = scheme;
	l->label = mf_text_of(scheme->label);
	l->spelled = l->inner = (struct mf_text){ "", 0 };
	l->encoding = is_text ? MF_AS_IT_IS : scheme->native;
	l->is_text = is_text;
}
