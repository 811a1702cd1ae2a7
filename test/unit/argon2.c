/* argon2.c - one thread gives the standard's tags, whatever the lanes; and both
** libraries give the same
**
** RFC 9106 publishes its vectors with a secret and associated data, which a
** stored hash doesn't have; so they go to the static function that all hashes
** go through. Its file is included, under other names than those that the
** rest of mailfunc, linked with this test, was built with.
*/

#define _GNU_SOURCE /* RTLD_NEXT */

#include "tap.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#define mf_parse_argon2 included_parse_argon2
#define mf_argon2_hash included_argon2_hash
#define mf_argon2_setting included_argon2_setting
#include "../../ext/method_argon2.c"

/* The library's, too: functions of a program go before those of libraries. */
static size_t threads;

int
/* NOLINTNEXTLINE(readability-non-const-parameter): it is as it is */
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
	       void *(*start)(void *), void *data)
{
	(void)thread, (void)attributes, (void)start, (void)data;
	threads++;
	return EAGAIN;
}

/* ---- libsodium, watched; and a machine without what it needs ---- */

static size_t sodium_calls;
static bool no_entropy, no_sodium;

static void
find_real(const char *name, void *function, size_t size)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	if (symbol == NULL)
		bail_out("no %s in the library", name);
	memcpy(function, &symbol, size);
}

int
crypto_pwhash_argon2id(unsigned char *out, unsigned long long outlen,
		       const char *password, unsigned long long len,
		       const unsigned char *salt, unsigned long long passes,
		       size_t memory, int algorithm)
{
	static int (*real)(unsigned char *, unsigned long long, const char *,
			   unsigned long long, const unsigned char *,
			   unsigned long long, size_t, int);

	if (real == NULL)
		find_real("crypto_pwhash_argon2id", &real, sizeof real);
	sodium_calls++;
	return real(out, outlen, password, len, salt, passes, memory,
		    algorithm);
}

int
sodium_init(void)
{
	static int (*real)(void);

	if (real == NULL)
		find_real("sodium_init", &real, sizeof real);
	if (no_entropy)
		bail_out("libsodium would end the process here");
	return no_sodium ? -1 : real();
}

int
getentropy(void *bytes, size_t len)
{
	if (no_entropy) {
		errno = ENOSYS;
		return -1;
	}
	memset(bytes, 0x55, len);
	return 0;
}

/* ---- RFC 9106, section 5: t=3, m=32, p=4, version 0x13 ---- */

/* clang-format off */
static const struct {
	const char *name;
	argon2_type type;
	unsigned char tag[32];
} vectors[] = {
	{ "Argon2d", Argon2_d, {
		0x51, 0x2b, 0x39, 0x1b, 0x6f, 0x11, 0x62, 0x97,
		0x53, 0x71, 0xd3, 0x09, 0x19, 0x73, 0x42, 0x94,
		0xf8, 0x68, 0xe3, 0xbe, 0x39, 0x84, 0xf3, 0xc1,
		0xa1, 0x3a, 0x4d, 0xb9, 0xfa, 0xbe, 0x4a, 0xcb } },
	{ "Argon2i", Argon2_i, {
		0xc8, 0x14, 0xd9, 0xd1, 0xdc, 0x7f, 0x37, 0xaa,
		0x13, 0xf0, 0xd7, 0x7f, 0x24, 0x94, 0xbd, 0xa1,
		0xc8, 0xde, 0x6b, 0x01, 0x6d, 0xd3, 0x88, 0xd2,
		0x99, 0x52, 0xa4, 0xc4, 0x67, 0x2b, 0x6c, 0xe8 } },
	{ "Argon2id", Argon2_id, {
		0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c,
		0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9,
		0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e,
		0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59 } },
};
/* clang-format on */

static void
try_vector(const char *name, argon2_type type, const unsigned char tag[32])
{
	unsigned char password[32], salt[16], secret[8], data[12], made[32];
	argon2_context context = {
		.out = made,
		.outlen = sizeof made,
		.pwd = password,
		.pwdlen = sizeof password,
		.salt = salt,
		.saltlen = sizeof salt,
		.secret = secret,
		.secretlen = sizeof secret,
		.ad = data,
		.adlen = sizeof data,
		.t_cost = 3,
		.m_cost = 32,
		.lanes = 4,
		.threads = 4,
		.version = ARGON2_VERSION_13,
		.flags = ARGON2_DEFAULT_FLAGS,
	};

	memset(password, 0x01, sizeof password);
	memset(salt, 0x02, sizeof salt);
	memset(secret, 0x03, sizeof secret);
	memset(data, 0x04, sizeof data);
	is_size(run(&context, type), MF_OK, "%s: computed", name);
	is_size(context.threads, 1, "by one thread");
	ok(memcmp(made, tag, sizeof made) == 0, "to the tag of RFC 9106");
}

/* What the library refuses is no MF_OK. */
static void
try_failure(void)
{
	unsigned char bytes[16] = { 0 };
	argon2_context context = {
		.out = bytes,
		.outlen = sizeof bytes,
		.salt = bytes,
		.saltlen = 1,
		.t_cost = 1,
		.m_cost = 8,
		.lanes = 1,
		.version = ARGON2_VERSION_13,
	};

	is_size(run(&context, Argon2_id), MF_LIBRARY_FAILED,
		"a salt of one byte: the library failed");
}

/* By the row that the text belongs to, or argon2id's. */
static enum mf_status
hash_of(const char *password, struct mf_text setting, struct mf_inner *made)
{
	static const struct mf_method rows[] = {
		{ .prefix = "$argon2id$", .variant = MF_ARGON2_ID },
		{ .prefix = "$argon2i$", .variant = MF_ARGON2_I },
		{ .prefix = "$argon2d$", .variant = MF_ARGON2_D },
	};
	const struct mf_method *m = &rows[0];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (mf_text_begins(setting, rows[i].prefix))
			m = &rows[i];
	return mf_argon2_hash(m, mf_text_of(password), setting, made);
}

/* ---- what no caller asks for: refused all the same ---- */

#define SETTING "$argon2id$v=19$m=8,t=1,p=1$U2FsdFNhbHQ"

static void
try_no_setting(const char *text, const char *why)
{
	struct mf_inner made = { .len = 0 };

	is_size(hash_of("pw", mf_text_of(text), &made), MF_LIBRARY_FAILED,
		"%s is no setting", why);
	is_str(made.at, "", "and nothing is made of it");
}

/* A setting of len bytes and a digest as long as it gets: does that fit? */
static bool
is_room(size_t len)
{
	static const char zeros[MF_HASH_SIZE] = "";
	struct phc phc = { .digest_len = DIGEST_MAX };
	struct mf_inner made;

	return write_hash((struct mf_text){ zeros, len }, &phc, &made) == MF_OK;
}

static bool
is_room_behind(size_t prefix_len)
{
	static const unsigned char entropy[MF_SALT_ENTROPY];
	struct mf_cost cost = { .text = mf_text_of("m=8,t=1,p=1") };
	struct mf_method method = { .prefix = NULL };
	char prefix[MF_HASH_SIZE] = "", made[MF_HASH_SIZE];

	memset(prefix, 'x', prefix_len);
	method.prefix = prefix;
	return mf_argon2_setting(&method, cost, entropy, made) == MF_OK;
}

static void
try_refused(void)
{
	/* base64 with the padding that is cut off, a $ before it, the NUL */
	enum { LONGEST = MF_HASH_SIZE - 88 - 2 };
	/* v=19$, the cost and a $, base64 likewise, the NUL */
	enum { LONGEST_PREFIX = MF_HASH_SIZE - 5 - 12 - 24 - 1 };

	try_no_setting("$2b$04$abcdefghijklmnopqrstuu", "bcrypt's");
	try_no_setting("$argon2id", "an unfinished type");
	try_no_setting(SETTING "$U2FsdFNhbHQ$", "one with too much behind it");
	ok(is_room(LONGEST) && !is_room(LONGEST + 1),
	   "a digest doesn't leave its buffer");
	ok(!is_room(MF_HASH_SIZE - 2) && !is_room(MF_HASH_SIZE),
	   "nor does a setting");
	ok(is_room_behind(LONGEST_PREFIX) &&
		   !is_room_behind(LONGEST_PREFIX + 1),
	   "nor does a salt");
}

/* ---- whole hashes: the argon2 program had a thread for each lane ---- */

static const char *const hashes[] = {
	"$argon2id$v=19$m=64,t=1,p=4$U2FsdFNhbHQ"
	"$eJjaT4e9boDhlcKvJxqSPxoHkt+578oCBDMgW+NS/Q8",
	"$argon2i$v=19$m=33,t=3,p=3$U2FsdFNhbHQ$6KiC6niruNoaL8cZT5eD3w",
	"$argon2d$v=16$m=128,t=2,p=8$U2FsdFNhbHQ"
	"$YZXi+DtwItKHIvVejtgXf1/ieDRCmIpNoXbDeQP592Q2"
	"+UUvJ+tkuFFbRAEKKWgBbDGOCHrISBFGo51QwFCxdg",
	"$argon2id$v=16$m=17,t=2,p=2$U2FsdFNhbHQ"
	"$dguiJWELlzy74p3DWyn4Vi3uO73wfb8e",
};

/* A setting without digest, with a closing $ or without: 32 bytes are made. */
static void
try_settings(const char *hash)
{
	size_t len = (size_t)(strrchr(hash, '$') - hash);
	struct mf_inner made = { .len = 0 };

	for (size_t closing = 0; closing < 2; closing++) {
		struct mf_text setting = { hash, len + closing };
		hash_of("sesame-street-99", setting, &made);
		ok(strncmp(made.at, hash, len + 1) == 0 &&
			   made.len == len + 1 + 43,
		   "a hash for %.*s", (int)setting.len, hash);
	}
	is_str(made.at, hash, "which is that of the program");
}

static void
try_hashes(void)
{
	struct mf_inner made = { .len = 0 };

	for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
		is_size(hash_of("sesame-street-99", mf_text_of(hashes[i]),
				&made),
			MF_OK, "computed again: %s", hashes[i]);
		is_str(made.at, hashes[i], "with the same result");
	}
	try_settings(hashes[0]);
}

/* ---- where one library ends and the other begins ---- */

struct border {
	argon2_type type;
	uint32_t version, m, t, p, salt_len, tag_len, password_len;
	bool sodium;
};

/* The first is libsodium's. Each of the others differs from it in a thing or
** two, and so do their tags. */
static const struct border borders[] = {
	{ Argon2_id, 19, 32768, 1, 1, 16, 32, 9, true },
	{ Argon2_id, 19, 32768, 1, 1, 8, 32, 9, false },
	{ Argon2_id, 19, 32768, 1, 1, 15, 32, 9, false },
	{ Argon2_id, 19, 32768, 1, 1, 17, 32, 9, false },
	{ Argon2_id, 19, 32768, 1, 2, 16, 32, 9, false },
	{ Argon2_id, 16, 32768, 1, 1, 16, 32, 9, false },
	{ Argon2_i, 19, 32768, 1, 1, 16, 32, 9, false },
	{ Argon2_d, 19, 32768, 1, 1, 16, 32, 9, false },
	{ Argon2_id, 19, 32767, 1, 1, 16, 32, 9, false },
	{ Argon2_id, 19, 8, 1, 1, 16, 32, 9, false },
	{ Argon2_id, 19, 32769, 1, 1, 16, 32, 9, true },
	{ Argon2_id, 19, 32768, 2, 1, 16, 32, 9, true },
	{ Argon2_id, 19, 32768, 1, 1, 16, 16, 9, true },
	{ Argon2_id, 19, 32768, 1, 1, 16, 31, 9, true },
	{ Argon2_id, 19, 32768, 1, 1, 16, 33, 9, true },
	{ Argon2_id, 19, 32768, 1, 1, 16, 64, 9, true },
	{ Argon2_id, 19, 32768, 1, 1, 16, 32, 1, true },
	{ Argon2_id, 19, 32768, 1, 1, 16, 32, MF_PASSWORD_MAX, true },
};

/* Any bytes but NUL. */
static void
fill_password(char password[MF_PASSWORD_MAX + 1], size_t len)
{
	for (size_t i = 0; i < len; i++)
		password[i] = (char)(i * 7 % 255 + 1);
	password[len] = '\0';
}

/* Answers where it ends. */
static char *
write_base64(char *end, const unsigned char *bytes, size_t len)
{
	if (!mf_encode(MF_BASE64_UNPADDED, bytes, len, end, 128))
		bail_out("no room");
	return end + strlen(end);
}

/* The hash, by argon2_ctx(). */
static void
write_reference(const struct border *b, const char *password,
		char hash[MF_HASH_SIZE])
{
	unsigned char salt[SALT_MAX], tag[DIGEST_MAX];
	argon2_context context = {
		.out = tag,
		.outlen = b->tag_len,
		.pwd = (uint8_t *)(uintptr_t)password,
		.pwdlen = b->password_len,
		.salt = salt,
		.saltlen = b->salt_len,
		.t_cost = b->t,
		.m_cost = b->m,
		.lanes = b->p,
		.threads = 1,
		.version = b->version,
	};
	char *end;
	int len;

	memset(salt, 0xfa, sizeof salt);
	if (argon2_ctx(&context, b->type) != ARGON2_OK)
		bail_out("no reference");
	len = snprintf(hash, MF_HASH_SIZE, "$%s$v=%u$m=%u,t=%u,p=%u$",
		       argon2_type2string(b->type, 0), b->version, b->m, b->t,
		       b->p);
	end = write_base64(hash + len, salt, b->salt_len);
	*end++ = '$';
	write_base64(end, tag, b->tag_len);
}

static void
try_border(const struct border *b)
{
	char password[MF_PASSWORD_MAX + 1], hash[MF_HASH_SIZE];
	struct mf_inner made = { .len = 0 };

	fill_password(password, b->password_len);
	write_reference(b, password, hash);
	sodium_calls = 0;
	is_size(hash_of(password, mf_text_of(hash), &made), MF_OK,
		"computed with a password of %u: %s", b->password_len, hash);
	is_str(made.at, hash, "as libargon2 does");
	is_size(sodium_calls, b->sodium, "by lib%s",
		b->sodium ? "sodium" : "argon2");
}

/* The same hash comes from libargon2 where libsodium can't begin. */
static void
try_without(bool *lack, const char *what)
{
	struct border b = borders[0];

	diag("%s", what);
	b.sodium = false;
	*lack = true;
	try_border(&b);
	*lack = false;
}

int
main(void)
{
	/* Or the linker leaves out a library that is called for nothing. */
	diag("libsodium %s", sodium_version_string());
	for (size_t i = 0; i < sizeof borders / sizeof borders[0]; i++)
		try_border(&borders[i]);
	try_without(&no_entropy, "without random bytes");
	try_without(&no_sodium, "with a libsodium that doesn't start");
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
		try_vector(vectors[i].name, vectors[i].type, vectors[i].tag);
	ok(threads == 0, "it starts no thread");
	try_failure();
	try_refused();
	try_hashes();
	return done_testing();
}
