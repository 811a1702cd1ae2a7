/* scheme.c - see scheme.h */

#include "scheme.h"

#include "secret.h"

#include <string.h>

#define BLF \
	(MF_SET(MF_BCRYPT) | MF_SET(MF_BCRYPT_2A) | MF_SET(MF_BCRYPT_2Y) | \
	 MF_SET(MF_BCRYPT_2X))
#define DES (MF_SET(MF_DESCRYPT) | MF_SET(MF_BIGCRYPT))
/* Whatever crypt(3) verifies; argon2 isn't among it. */
#define CRYPT \
	(BLF | DES | MF_SET(MF_YESCRYPT) | MF_SET(MF_GOST_YESCRYPT) | \
	 MF_SET(MF_SCRYPT) | MF_SET(MF_SHA512CRYPT) | MF_SET(MF_SHA256CRYPT) | \
	 MF_SET(MF_SM3_YESCRYPT) | MF_SET(MF_SM3CRYPT) | \
	 MF_SET(MF_SHA1CRYPT) | MF_SET(MF_SUNMD5) | MF_SET(MF_MD5CRYPT) | \
	 MF_SET(MF_NT) | MF_SET(MF_BSDICRYPT))
#define ARGON2 (MF_SET(MF_ARGON2ID) | MF_SET(MF_ARGON2I) | MF_SET(MF_ARGON2D))

/* 2.4 as it is shipped refuses MD5 and DES; of what {CRYPT} wraps, the
** method tells. */
#define DOVECOTS (MF_DOVECOT | MF_DOVECOT24)
#define BOTH (MF_COURIER | DOVECOTS)
#define WRAPS .text_programs = DOVECOTS, .methods
#define WRAPS_WEAK .text_programs = MF_DOVECOT, .methods
#define HEX(id) .methods = MF_SET(id), .native = MF_HEX, .raw_programs
#define BASE64(id) .methods = MF_SET(id), .native = MF_BASE64, .raw_programs
#define OWN .spelling_of

/* A program's own label for a method is the first that fits. */
/* clang-format off */
const struct mf_scheme mf_schemes[] = {
	{ "{BLF-CRYPT}", WRAPS = BLF, OWN = MF_DOVECOT },
	{ "{SHA512-CRYPT}", WRAPS = MF_SET(MF_SHA512CRYPT), OWN = MF_DOVECOT },
	{ "{SHA256-CRYPT}", WRAPS = MF_SET(MF_SHA256CRYPT), OWN = MF_DOVECOT },
	{ "{MD5-CRYPT}", WRAPS_WEAK = MF_SET(MF_MD5CRYPT), OWN = MF_DOVECOT },
	{ "{DES-CRYPT}", WRAPS_WEAK = DES, OWN = MF_DOVECOT },
	{ "{ARGON2ID}", WRAPS = MF_SET(MF_ARGON2ID), OWN = MF_DOVECOT },
	{ "{ARGON2I}", WRAPS = MF_SET(MF_ARGON2I), OWN = MF_DOVECOT },
	{ "{ARGON2}", .methods = ARGON2, .text_programs = MF_DOVECOT24 },
	{ "{CRYPT}", .methods = CRYPT, .text_programs = BOTH,
	  OWN = MF_COURIER | MF_DOVECOT },
	{ "{PLAIN-MD5}", HEX(MF_PLAIN_MD5) = MF_DOVECOT, OWN = MF_DOVECOT },
	{ "{LDAP-MD5}", BASE64(MF_PLAIN_MD5) = MF_DOVECOT },
	{ "{MD5RAW}", HEX(MF_PLAIN_MD5) = MF_COURIER },
	/* Courier writes the digest, Dovecot $1$, and reads either */
	{ "{MD5}", WRAPS_WEAK = MF_SET(MF_MD5CRYPT) | MF_SET(MF_PLAIN_MD5),
	  .native = MF_BASE64,
	  .raw_programs = MF_COURIER | MF_DOVECOT, OWN = MF_COURIER },
	{ "{SMD5}", BASE64(MF_SMD5) = MF_DOVECOT, OWN = MF_DOVECOT },
	{ "{SHA}", BASE64(MF_PLAIN_SHA1) = BOTH,
	  OWN = MF_COURIER | MF_DOVECOT },
	{ "{SHA1}", BASE64(MF_PLAIN_SHA1) = DOVECOTS },
	{ "{SSHA}", BASE64(MF_SSHA) = BOTH, OWN = MF_COURIER | MF_DOVECOT },
	{ "{SHA256}", BASE64(MF_PLAIN_SHA256) = BOTH,
	  OWN = MF_COURIER | MF_DOVECOT },
	{ "{SSHA256}", BASE64(MF_SSHA256) = DOVECOTS, OWN = MF_DOVECOT },
	{ "{SHA512}", BASE64(MF_PLAIN_SHA512) = BOTH,
	  OWN = MF_COURIER | MF_DOVECOT },
	{ "{SSHA512}", BASE64(MF_SSHA512) = DOVECOTS, OWN = MF_DOVECOT },
	{ "{PBKDF2}", WRAPS = MF_SET(MF_PBKDF2), OWN = MF_DOVECOT },
	{ .label = "{PLAIN}" },
	{ .label = "{CLEAR}" },
	{ .label = "{CLEARTEXT}" },
	{ .label = "{PLAIN-TRUNC}" },
};
/* clang-format on */

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

/* ---- which methods ---- */

bool
mf_scheme_holds(const struct mf_scheme *scheme, const struct mf_method *m)
{
	return (scheme->methods >> (m - mf_methods) & 1) != 0;
}

const struct mf_method *
mf_scheme_method(const struct mf_scheme *scheme)
{
	for (size_t i = 0; i < MF_METHOD_COUNT; i++)
		if (mf_methods[i].prefix == NULL &&
		    mf_scheme_holds(scheme, &mf_methods[i]))
			return &mf_methods[i];
	return NULL;
}

/* Is it a raw digest, rather than a text of its own? {MD5} has either. */
static bool
is_raw(const struct mf_scheme *scheme, struct mf_text inner)
{
	const struct mf_method *by_label = mf_scheme_method(scheme), *m;

	if (by_label == NULL || !by_label->raw)
		return false;
	m = mf_method_of(inner);
	return m == NULL || !mf_scheme_holds(scheme, m);
}

/* ---- reading ---- */

/* Does it give a whole digest of that method in hex? */
static bool
is_hex_digest(const struct mf_method *m, struct mf_text spelled)
{
	unsigned char bytes[MF_HASH_SIZE];
	struct mf_text digest = { (const char *)bytes, 0 };
	struct mf_parsed parsed;

	return mf_decode(MF_HEX, spelled, bytes, sizeof bytes, &digest.len) &&
	       mf_method_parse(m, digest, &parsed) == MF_FORM_HASH;
}

/* Without a suffix: a text as it is, a digest in the scheme's encoding, but
** an unsalted one in hex if it can be. */
static enum mf_encoding
encoding_by_itself(const struct mf_labelled *l)
{
	const struct mf_method *m = mf_scheme_method(l->scheme);

	if (!is_raw(l->scheme, l->spelled))
		return MF_AS_IT_IS;
	if (m->salted)
		return l->scheme->native;
	return is_hex_digest(m, l->spelled) ? MF_HEX : MF_BASE64;
}

/* Into *inner, which is spelled itself where that is no code. */
static bool
decode(struct mf_labelled *l, struct mf_text *inner)
{
	*inner = l->spelled;
	if (l->encoding == MF_AS_IT_IS)
		return inner->len < sizeof l->buffer;
	inner->at = l->buffer;
	return mf_decode(l->encoding, l->spelled, (unsigned char *)l->buffer,
			 sizeof l->buffer, &inner->len);
}

static void
read_inner(struct mf_labelled *l)
{
	struct mf_text inner;

	l->inner = (struct mf_text){ "", 0 };
	if (!decode(l, &inner))
		return;
	l->raw = is_raw(l->scheme, inner);
	l->inner = inner;
}

void
mf_scheme_read(struct mf_text text, struct mf_labelled *l)
{
	bool encodes;

	l->scheme = NULL;
	l->label = (struct mf_text){ text.at, 0 };
	l->spelled = l->inner = text;
	l->encoding = MF_AS_IT_IS;
	l->raw = false;
	if (text.len == 0 || text.at[0] != '{')
		return;
	l->scheme = take_label(&l->spelled, &l->encoding, &encodes);
	l->inner = l->spelled;
	l->label.len = text.len - l->spelled.len;
	if (l->scheme == NULL || l->scheme->methods == 0)
		return;
	if (!encodes)
		l->encoding = encoding_by_itself(l);
	read_inner(l);
}

/* ---- writing ---- */

bool
mf_scheme_write(const struct mf_labelled *l, struct mf_text inner,
		char stored[MF_STORED_SIZE])
{
	bool same = inner.len == l->inner.len &&
		    mf_equal(inner.at, l->inner.at, inner.len);

	if (l->label.len > 0)
		memcpy(stored, l->label.at, l->label.len);
	stored += l->label.len;
	/* The same hash may have been spelled in upper-case hex. */
	if (same && l->spelled.len < MF_STORED_SIZE - MF_LABEL_MAX) {
		memcpy(stored, l->spelled.at, l->spelled.len);
		stored[l->spelled.len] = '\0';
		return true;
	}
	return inner.len > 0 &&
	       mf_encode(l->encoding, (const unsigned char *)inner.at,
			 inner.len, stored, MF_STORED_SIZE - MF_LABEL_MAX);
}

const struct mf_scheme *
mf_scheme_for(enum mf_program program, const struct mf_method *m)
{
	for (size_t i = 0; i < mf_scheme_count; i++) {
		const struct mf_scheme *s = &mf_schemes[i];
		if (mf_scheme_holds(s, m) &&
		    (s->spelling_of & (unsigned)program))
			return s;
	}
	return NULL;
}

void
mf_scheme_begin(const struct mf_scheme *scheme, bool raw, struct mf_labelled *l)
{
	l->scheme = scheme;
	l->label = mf_text_of(scheme->label);
	l->spelled = l->inner = (struct mf_text){ "", 0 };
	l->encoding = raw ? scheme->native : MF_AS_IT_IS;
	l->raw = raw;
}
