/* crypt_grammar.c - see crypt_grammar.h */

#include "crypt_grammar.h"

#include <string.h>

enum { NOT_A_DIGIT = 64 };

/* crypt(3)'s digits are ./0-9A-Za-z, in the order of ASCII. */
static unsigned
value64(char c)
{
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 38;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 12;
	if (c >= '.' && c <= '9')
		return (unsigned)(c - '.');
	return NOT_A_DIGIT;
}

/* bcrypt has the same ones in another order: ./A-Za-z0-9. For digits only. */
static unsigned
value64_bcrypt(char c)
{
	unsigned value = value64(c);

	if (value < 2)
		return value;
	return value < 12 ? value + 52 : value - 10;
}

/* The number of digits that the text begins with. */
static size_t
span64(struct mf_text text)
{
	size_t n = 0;

	while (n < text.len && value64(text.at[n]) != NOT_A_DIGIT)
		n++;
	return n;
}

/* Does the text begin with that many? */
static bool
begins64(struct mf_text text, size_t width)
{
	if (text.len < width)
		return false;
	text.len = width;
	return span64(text) == width;
}

/* A fixed-width number, least significant digit first. */
static bool
take_fixed64(struct mf_text *text, size_t width, uint64_t *number)
{
	uint64_t n = 0;

	if (!begins64(*text, width))
		return false;
	for (size_t i = width; i-- > 0;)
		n = n << 6 | value64(text->at[i]);
	*text = mf_text_skip(*text, width);
	*number = n;
	return true;
}

/* What is left behind the salt: nothing or a lone $ (a setting), or $ and
** exactly the digest's digits (a hash). The last one has bits to spare, which
** are zero: any other is damage that a comparison of whole texts would find
** only after the work. */
static enum mf_form
form_of_tail(const struct mf_method *m, struct mf_text tail)
{
	size_t width = m->digest_digits;

	if (tail.len == 0)
		return MF_FORM_SETTING;
	if (!mf_take(&tail, "$"))
		return MF_FORM_NONE;
	if (tail.len == 0)
		return MF_FORM_SETTING;
	if (tail.len != width || span64(tail) != width ||
	    value64(tail.at[width - 1]) >= m->last_digits)
		return MF_FORM_NONE;
	return MF_FORM_HASH;
}

/* ---- yescrypt, gost-yescrypt and scrypt ---- */

enum {
	FLAVOR_SCRYPT = 0, /* classic scrypt under the newer prefix */
	FLAVOR_WORM = 1,
	FLAVOR_RW = 47, /* "j", the only one gensalt makes */
	/* g and ROM are refused by the library */
	HAVE_P = 1,
	HAVE_T = 2,
	SALT_BYTES_MAX = 64,
};

/* yescrypt's variable-length number: the first digit tells how many follow
** (48 values are done in one digit, then ever fewer first digits for ever
** more that follow). Values start at min. */
static bool
take_varying64(struct mf_text *text, uint64_t min, uint64_t *number)
{
	unsigned first, start = 0, end = 47, bits = 0;
	uint64_t n = min;
	size_t used = 1;

	if (!begins64(*text, 1))
		return false;
	for (first = value64(text->at[0]); first > end; bits += 6, used++) {
		n += (uint64_t)(end + 1 - start) << bits;
		start = end + 1;
		end = start + (62 - end) / 2;
	}
	if (!begins64(*text, used))
		return false;
	n += (uint64_t)(first - start) << bits;
	for (size_t i = 1; i < used; i++)
		n += (uint64_t)value64(text->at[i]) << (bits - 6 * i);
	*text = mf_text_skip(*text, used);
	*number = n;
	return true;
}

struct scrypt_params {
	uint64_t flavor, n_log2, r, p, t;
};

/* No figure beyond this matters: it is over every limit. */
static uint64_t
times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* What it takes to make and to keep a lane's block, in mixes of it: counts
** only where N is smaller still, and a string asks for an absurd r or p. And
** how small a block may be before the way to it takes longer than its mix. */
enum { MIXES_PER_BLOCK = 256, BLOCK_MIN = 2 };

/* The library's own bounds: an N of 4 and more, for the RW flavor for each of
** the p lanes too. Then the cost: a matrix of N blocks of 128 * r bytes and
** one block for each lane, of which the larger decides. */
static bool
scrypt_cost(const struct scrypt_params *s, struct mf_parsed *parsed)
{
	if (s->n_log2 < 2 || s->n_log2 > 63 || s->r < 1 || s->p < 1 ||
	    times(s->r, s->p) >= UINT64_C(1) << 30)
		return false;

	uint64_t n = UINT64_C(1) << s->n_log2;
	uint64_t block = s->r < BLOCK_MIN ? BLOCK_MIN : s->r;

	if (s->flavor == FLAVOR_RW && n / s->p < 4)
		return false;
	if (s->flavor == FLAVOR_SCRYPT && s->t != 0)
		return false;
	parsed->memory_kib = times(s->r, n > s->p ? n : s->p) / 8;
	parsed->work = times(times(block, s->p), times(n, s->t + 1));
	if (parsed->work < s->r * s->p * MIXES_PER_BLOCK)
		parsed->work = s->r * s->p * MIXES_PER_BLOCK;
	return true;
}

static bool
take_yescrypt_params(struct mf_text *text, struct scrypt_params *s)
{
	uint64_t have = 0;

	if (!take_varying64(text, 0, &s->flavor) ||
	    !take_varying64(text, 1, &s->n_log2) ||
	    !take_varying64(text, 1, &s->r))
		return false;
	if (s->flavor != FLAVOR_SCRYPT && s->flavor != FLAVOR_WORM &&
	    s->flavor != FLAVOR_RW)
		return false;
	if (mf_take(text, "$"))
		return true;
	if (!take_varying64(text, 1, &have) || have > (HAVE_P | HAVE_T))
		return false;
	if ((have & HAVE_P) && !take_varying64(text, 2, &s->p))
		return false;
	if ((have & HAVE_T) && !take_varying64(text, 1, &s->t))
		return false;
	return mf_take(text, "$");
}

/* The digits of whole bytes, at most SALT_BYTES_MAX, least significant bits
** first: groups of 4, then 2 or 3 of which the unused bits are zero. */
static bool
is_salt64(struct mf_text salt)
{
	size_t rest = salt.len % 4;

	if (salt.len / 4 * 3 + rest * 6 / 8 > SALT_BYTES_MAX || rest == 1)
		return false;
	if (rest == 0)
		return true;
	return value64(salt.at[salt.len - 1]) < (rest == 2 ? 4u : 16u);
}

enum mf_form
mf_parse_yescrypt(const struct mf_method *m, struct mf_text text,
		  struct mf_parsed *parsed)
{
	struct scrypt_params s = { .p = 1 };
	struct mf_text salt;

	if (!take_yescrypt_params(&text, &s) || !scrypt_cost(&s, parsed))
		return MF_FORM_NONE;
	salt = (struct mf_text){ text.at, span64(text) };
	if (!is_salt64(salt))
		return MF_FORM_NONE;
	parsed->salt_bits = (unsigned)(salt.len * 6 / 8 * 8);
	return form_of_tail(m, mf_text_skip(text, salt.len));
}

enum mf_form
mf_parse_scrypt(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	struct scrypt_params s = { .flavor = FLAVOR_SCRYPT };
	size_t salt_len;

	if (!take_fixed64(&text, 1, &s.n_log2) ||
	    !take_fixed64(&text, 5, &s.r) || !take_fixed64(&text, 5, &s.p) ||
	    !scrypt_cost(&s, parsed))
		return MF_FORM_NONE;
	salt_len = span64(text);
	if (salt_len > m->salt_max)
		return MF_FORM_NONE;
	parsed->salt_bits = (unsigned)salt_len * 6;
	return form_of_tail(m, mf_text_skip(text, salt_len));
}

/* ---- bcrypt: two digits of cost, $, 22 of salt, 31 of digest ---- */

enum { BCRYPT_SALT = 22, BCRYPT_DIGEST = 31 };

/* The 4 bits of the salt's and the 2 of the digest's last digit that are no
** part of 16 and 23 bytes must be zero. crypt(3) would rewrite the salt's. */
static bool
is_bcrypt_tail(struct mf_text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (value64(text.at[i]) == NOT_A_DIGIT)
			return false;
	if (value64_bcrypt(text.at[BCRYPT_SALT - 1]) % 16 != 0)
		return false;
	return text.len == BCRYPT_SALT ||
	       value64_bcrypt(text.at[text.len - 1]) % 4 == 0;
}

enum mf_form
mf_parse_bcrypt(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	(void)m;
	if (text.len <= 2 || text.at[2] != '$') /* two digits */
		return MF_FORM_NONE;
	mf_take(&text, "0");
	if (!mf_take_number(&text, 31, &parsed->work) || parsed->work < 4 ||
	    !mf_take(&text, "$"))
		return MF_FORM_NONE;
	if (text.len != BCRYPT_SALT && text.len != BCRYPT_SALT + BCRYPT_DIGEST)
		return MF_FORM_NONE;
	if (!is_bcrypt_tail(text))
		return MF_FORM_NONE;
	parsed->salt_bits = 128;
	return text.len == BCRYPT_SALT ? MF_FORM_SETTING : MF_FORM_HASH;
}

/* ---- sha512crypt, sha256crypt, md5crypt: a salt of printable bytes ---- */

/* Printable ASCII but for what ends a salt or what crypt(3) refuses because
** it would break a line of passwd(5). */
static size_t
span_salt(struct mf_text text)
{
	size_t n = 0;

	while (n < text.len && text.at[n] > ' ' && text.at[n] < 0x7f &&
	       memchr("$:;*!\\", text.at[n], 6) == NULL)
		n++;
	return n;
}

static enum mf_form
parse_salted(const struct mf_method *m, struct mf_text text,
	     struct mf_parsed *parsed)
{
	size_t salt_len = span_salt(text);

	if (salt_len > m->salt_max)
		return MF_FORM_NONE;
	parsed->salt_bits = (unsigned)salt_len * 6;
	return form_of_tail(m, mf_text_skip(text, salt_len));
}

/* https://www.akkadia.org/drepper/SHA-crypt.txt: 5000 rounds unless told,
** 1000 to 999999999, which others clamp and mailfunc insists on. */
enum mf_form
mf_parse_rounds(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	parsed->work = m->rounds;
	if (mf_take(&text, "rounds=") &&
	    (!mf_take_number(&text, 999999999, &parsed->work) ||
	     parsed->work < 1000 || !mf_take(&text, "$")))
		return MF_FORM_NONE;
	return parse_salted(m, text, parsed);
}

enum mf_form
mf_parse_md5crypt(const struct mf_method *m, struct mf_text text,
		  struct mf_parsed *parsed)
{
	parsed->work = m->rounds;
	return parse_salted(m, text, parsed);
}

/* ---- the older ones, verified only ---- */

/* iterations$salt$digest; libxcrypt aborts on a salt over 64. */
enum mf_form
mf_parse_sha1crypt(const struct mf_method *m, struct mf_text text,
		   struct mf_parsed *parsed)
{
	size_t salt_len;

	if (!mf_take_number(&text, UINT32_MAX, &parsed->work) ||
	    parsed->work < 1 || !mf_take(&text, "$"))
		return MF_FORM_NONE;
	salt_len = span64(text);
	if (salt_len < 1 || salt_len > m->salt_max)
		return MF_FORM_NONE;
	parsed->salt_bits = (unsigned)salt_len * 6;
	return form_of_tail(m, mf_text_skip(text, salt_len));
}

/* $ or comma, rounds=N$ if it likes, the salt, one $ or two, the digest.
** Solaris wrote both separators and, by a mistake kept ever since, counts a
** second $ as part of the salt. The rounds come on top of the row's. */
enum mf_form
mf_parse_sunmd5(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	uint64_t extra = 0;
	size_t salt_len;

	if (!mf_take(&text, "$") && !mf_take(&text, ","))
		return MF_FORM_NONE;
	if (mf_take(&text, "rounds=") &&
	    (!mf_take_number(&text, UINT32_MAX - m->rounds, &extra) ||
	     extra < 1 || !mf_take(&text, "$")))
		return MF_FORM_NONE;
	parsed->work = m->rounds + extra;
	salt_len = span64(text);
	if (salt_len < 1 || salt_len > m->salt_max)
		return MF_FORM_NONE;
	parsed->salt_bits = (unsigned)salt_len * 6;
	text = mf_text_skip(text, salt_len);
	if (mf_text_begins(text, "$$"))
		mf_take(&text, "$");
	return form_of_tail(m, text);
}

/* $ and the MD4 digest in lower-case hex; there is no salt. */
enum mf_form
mf_parse_nt(const struct mf_method *m, struct mf_text text,
	    struct mf_parsed *parsed)
{
	(void)m;
	parsed->work = 1;
	if (text.len == 0)
		return MF_FORM_SETTING;
	if (!mf_take(&text, "$"))
		return MF_FORM_NONE;
	if (text.len == 0)
		return MF_FORM_SETTING;
	if (text.len != 32)
		return MF_FORM_NONE;
	for (size_t i = 0; i < text.len; i++)
		if (memchr("0123456789abcdef", text.at[i], 16) == NULL)
			return MF_FORM_NONE;
	return MF_FORM_HASH;
}

/* DES prints 64 bits in 11 digits: the last one has two bits to spare. */
static bool
is_des_block(const char *block)
{
	return value64(block[10]) % 4 == 0;
}

/* 4 digits of count, 4 of salt, the digest. */
enum mf_form
mf_parse_bsdicrypt(const struct mf_method *m, struct mf_text text,
		   struct mf_parsed *parsed)
{
	(void)m;
	if (span64(text) != text.len ||
	    !take_fixed64(&text, 4, &parsed->work) || parsed->work < 1)
		return MF_FORM_NONE;
	parsed->salt_bits = 24;
	if (text.len == 4)
		return MF_FORM_SETTING;
	return text.len == 4 + 11 && is_des_block(text.at + 4) ? MF_FORM_HASH
							       : MF_FORM_NONE;
}

/* 2 digits of salt and whole blocks: of bigcrypt one for each 8 bytes of a
** password of up to 128, so that a short password gives just one, though the
** hash that it is compared with has more. A bare salt is no setting: any two
** letters would be one. */
enum mf_form
mf_parse_des(const struct mf_method *m, struct mf_text text,
	     struct mf_parsed *parsed)
{
	size_t blocks = text.len / 11;

	if (blocks < 1 || blocks > m->blocks_max ||
	    text.len != 2 + blocks * 11 || span64(text) != text.len)
		return MF_FORM_NONE;
	for (size_t i = 0; i < blocks; i++)
		if (!is_des_block(text.at + 2 + i * 11))
			return MF_FORM_NONE;
	parsed->work = blocks;
	parsed->salt_bits = 12;
	return MF_FORM_HASH;
}
