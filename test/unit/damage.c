/* damage.c - a damaged hash is nobody's
**
** Each byte of a good hash of each method is replaced, removed and doubled,
** and the hash is cut at each length: the password that made it must never
** verify again, and what has a fixed length must not pass for a whole hash.
** All of it right before a page that is shut.
*/

#include "tap.h"

#include "password.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */

static const char password[] = "sesame-street-99";

/* The bytes to put in place of each: how many can be paid for. */
#define MARKS "$\0\x80 !{,=+-:*\n"
static const struct mf_text every_digit = BYTES(
	MARKS "./0123456789"
	      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
static const struct mf_text some_digits = BYTES(MARKS "./05AZaz");
static const struct mf_text two_digits = BYTES(MARKS "./");

/* From where on every byte counts; elsewhere a salt may become shorter. */
enum { ALL, BEHIND_LABEL, DIGEST, NOWHERE };

struct sample {
	const char *method, *hash;
	const struct mf_text *replacements;
	int fixed_from;
};

/* clang-format off */
static const struct sample samples[] = {
	{ "yescrypt", "$y$j/.$SaltSaltSalt"
	  "$wMAzocPVplCxwUc9XCjLJ2MLnVPIWQsalMIoyEvRDL4",
	  &every_digit, DIGEST },
	{ "gost-yescrypt", "$gy$j/.$SaltSaltSalt"
	  "$vUy8h4kskmACBeRb3crR29uhnWiZlJFSSnPnfg3hwZ2",
	  &every_digit, DIGEST },
	{ "scrypt", "$7$0/..../....SodiumChloride"
	  "$5rFjwqm6qe8wYAoH0u98AHHYuptHclxer1k0v0utWl5",
	  &every_digit, DIGEST },
	{ "bcrypt", "$2b$04$abcdefghijklmnopqrstuu"
	  "9X93vdp5rVQu7n4zCfaV54zoFhmaPMC", &some_digits, ALL },
	{ "bcrypt-2a", "$2a$04$abcdefghijklmnopqrstuu"
	  "9X93vdp5rVQu7n4zCfaV54zoFhmaPMC", &two_digits, ALL },
	{ "bcrypt-2y", "$2y$04$abcdefghijklmnopqrstuu"
	  "9X93vdp5rVQu7n4zCfaV54zoFhmaPMC", &two_digits, ALL },
	{ "bcrypt-2x", "$2x$04$abcdefghijklmnopqrstuu"
	  "9X93vdp5rVQu7n4zCfaV54zoFhmaPMC", &two_digits, ALL },
	{ "sha512crypt", "$6$rounds=1000$Salt"
	  "$dgVWiY2lHdA.5GH.EC9fHcE5DlsIqoOxdoXt15qa9uf5"
	  "/Sehbg8.5Bu83o7fS.sDVneqk/qhwy4eeTD8yQpAV/", &some_digits, DIGEST },
	{ "sha256crypt", "$5$rounds=1000$Salt"
	  "$BzX5HFUxSvGRnscorj215MceWT6JimEjs7qSC/bpRA2",
	  &some_digits, DIGEST },
	{ "argon2id", "$argon2id$v=19$m=8,t=1,p=1$U2FsdFNhbHQ"
	  "$cKToLC4yQiuX/8JnJ5UO6g", &every_digit, NOWHERE },
	{ "argon2id", "$argon2id$v=16$m=8,t=1,p=1$U2FsdFNhbHQ"
	  "$5wDZsqOgFBYOOdhtf2hsJA", &every_digit, NOWHERE },
	{ "argon2id", "$argon2id$m=8,t=1,p=1$U2FsdFNhbHQ"
	  "$5wDZsqOgFBYOOdhtf2hsJA", &every_digit, NOWHERE },
	{ "argon2i", "$argon2i$v=19$m=8,t=1,p=1$U2FsdFNhbHQ"
	  "$Hu6rNwAXTBJ3eN8dhemu2Q", &every_digit, NOWHERE },
	{ "argon2d", "$argon2d$v=19$m=8,t=1,p=1$U2FsdFNhbHQ"
	  "$Plwtxwh2P8Uf85UHmXdVdQ", &every_digit, NOWHERE },
	{ "sha1crypt", "$sha1$1$Salt$oJpQa4qfaB8uh4R82FtvzfKEn/uV",
	  &every_digit, DIGEST },
	{ "sunmd5", "$md5,rounds=1$Salt$$fix.RlScJiGV2n6LZvQAL/",
	  &two_digits, DIGEST },
	{ "sunmd5", "$md5$Salt$hj3viQxz6bpTu3R1/ASJY.", &two_digits, DIGEST },
	{ "md5crypt", "$1$Salt$CFakOmSgtuEyBqSO4zKG1.",
	  &some_digits, DIGEST },
	{ "nt", "$3$$12f6f87c6f28c9a14c2f433e64eff6d6", &every_digit, ALL },
	{ "bsdicrypt", "_/...SaltDb0DG9zE1DA", &every_digit, ALL },
	{ "descrypt", "{CRYPT}Sa5XZ6WRN.t6E", &every_digit, BEHIND_LABEL },
	{ "bigcrypt", "{CRYPT}Sa5XZ6WRN.t6EI3Cfx0xx0hk", &every_digit,
	  BEHIND_LABEL },
	{ "ldap-md5", "{LDAP-MD5}ncAj6l1IHB4Ja/QgPi7sXQ==",
	  &every_digit, BEHIND_LABEL },
	{ "sha1", "{SHA}1Gh2WzMmigVDnCUW5F5OewSpgAs=",
	  &every_digit, BEHIND_LABEL },
	{ "ssha256", "{SSHA256}zi0eHrCOwNzrokpfdOj4Amdu1U0jh/bQg+aNYGuQ3TFTYWx"
	  "0",
	  &every_digit, NOWHERE },
	{ "smd5", "{SMD5}MrzdI9Nhwq5J/f0qgblBiVNhbHQ=",
	  &every_digit, NOWHERE },
	{ "ssha512", "{SSHA512}jZHVVwZ1/rrCwUtkLRhs+6NGf9bGWsUO4Z6h+YfMsrXX//K"
	  "DdtzlhYZIlxwrdflcjEkAHwoshhBF7Ca5Jv8J7VNhbHRTYWx0",
	  &every_digit, NOWHERE },
	{ "pbkdf2", "{PBKDF2}$1$SaltSalt$2$da7e34dbfae13c82b1fd76b7f02750ae0c"
	  "c8614f",
	  &every_digit, DIGEST },
};
/* clang-format on */

/* ---- one damaged text ---- */

/* The bytes of a label, {SCHEME}, if there is one. */
static size_t
label_len(struct mf_text text)
{
	const char *end = text.len == 0 || text.at[0] != '{'
				? NULL
				: memchr(text.at, '}', text.len);

	return end == NULL ? 0 : (size_t)(end + 1 - text.at);
}

/* A changed cost may ask for seconds that this test doesn't have. */
static bool
is_dear(struct mf_text text)
{
	struct mf_text bare = mf_text_skip(text, label_len(text));
	const struct mf_method *m = mf_method_of(bare);
	struct mf_parsed parsed;

	if (m == NULL || mf_method_parse(m, bare, &parsed) != MF_FORM_HASH)
		return false;
	if (m->password_max == 72)
		return parsed.work > 8;
	return parsed.work > 20000;
}

/* Nobody's, and not for want of memory either. */
static bool
is_nobodys(struct mf_text text)
{
	struct mf_fault fault;
	bool verified = true;
	enum mf_status status;

	if (is_dear(text))
		return true;
	status = mf_verify(mf_text_of(password), text, &verified, &fault);
	return !verified && (status == MF_OK || status == MF_COST_OVER);
}

static bool
is_no_hash(struct mf_text text)
{
	struct mf_fault fault;
	bool is_hash = false;

	return mf_is_hash(text, &is_hash, &fault) != MF_OK || !is_hash;
}

static struct mf_text
guarded(const char *at, size_t len)
{
	static struct guard guard;

	if (guard.end == NULL)
		guard = guard_new();
	return (struct mf_text){ guard_end(&guard, at, len), len };
}

/* ---- all damage to one hash ---- */

/* The four letters of bcrypt name the same work for an ASCII password. */
static bool
is_same_work(const char *hash, size_t i, char by)
{
	return i == 2 && strncmp(hash, "$2", 2) == 0 && by != '\0' &&
	       strchr("abxy", by) != NULL;
}

static void
replace(struct many *nobodys, const struct sample *s, size_t i)
{
	size_t len = strlen(s->hash);
	char text[256];

	memcpy(text, s->hash, len);
	for (size_t r = 0; r < s->replacements->len; r++) {
		text[i] = s->replacements->at[r];
		if (text[i] == s->hash[i] || is_same_work(s->hash, i, text[i]))
			continue;
		holds(nobodys, is_nobodys(guarded(text, len)), text, len);
	}
}

static size_t
fixed_from(const struct sample *s)
{
	switch (s->fixed_from) {
	case ALL:
		return 0;
	case BEHIND_LABEL:
		return label_len(mf_text_of(s->hash));
	case DIGEST:
		return (size_t)(strrchr(s->hash, '$') + 1 - s->hash);
	default:
		return SIZE_MAX;
	}
}

/* The text without byte i, or with it twice. */
static void
remove_or_double(struct many *nobodys, struct many *no_hash,
		 const struct sample *s, size_t i, size_t copies)
{
	size_t len = strlen(s->hash), after = len - i - 1;
	char text[256];

	memcpy(text, s->hash, i);
	memset(text + i, s->hash[i], copies);
	memcpy(text + i + copies, s->hash + i + 1, after);
	len = i + copies + after;
	holds(nobodys, is_nobodys(guarded(text, len)), text, len);
	if (i >= fixed_from(s))
		holds(no_hash, is_no_hash(guarded(text, len)), text, len);
}

/* DES is known by its 13 digits, so the first block of a bigcrypt hash is a
** DES hash of the password's first 8 bytes. */
static bool
is_first_block(const struct sample *s, size_t len)
{
	return strcmp(s->method, "bigcrypt") == 0 &&
	       len == strlen("{CRYPT}") + 13;
}

static void
cut(struct many *nobodys, const struct sample *s)
{
	for (size_t len = 0; len < strlen(s->hash); len++)
		if (!is_first_block(s, len))
			holds(nobodys, is_nobodys(guarded(s->hash, len)),
			      s->hash, len);
}

static void
damage(const struct sample *s)
{
	size_t start = label_len(mf_text_of(s->hash));
	struct many nobodys = { s->method, 0, 0 }, no_hash = nobodys;
	struct mf_fault fault;
	bool verified = false;

	mf_verify(mf_text_of(password), guarded(s->hash, strlen(s->hash)),
		  &verified, &fault);
	ok(verified, "%s: %s verifies", s->method, s->hash);
	for (size_t i = start; i < strlen(s->hash); i++) {
		replace(&nobodys, s, i);
		remove_or_double(&nobodys, &no_hash, s, i, 0);
		remove_or_double(&nobodys, &no_hash, s, i, 2);
	}
	cut(&nobodys, s);
	ok(nobodys.broken == 0, "%s: none of %zu damaged ones does", s->method,
	   nobodys.tried);
	if (no_hash.tried > 0)
		ok(no_hash.broken == 0,
		   "%s: a byte more or less is no hash "
		   "(%zu)",
		   s->method, no_hash.tried);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(samples); i++)
		damage(&samples[i]);
	return done_testing();
}
