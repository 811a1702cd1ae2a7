/* library.c - the grammars of settings against the library itself
**
** mailfunc calls a failed computation a want of memory, because its grammars
** let nothing through that the library refuses. Here is what holds that up:
** whatever is accepted as a setting is computed, at least while it's cheap,
** and whatever crypt_gensalt() makes is accepted.
**
** And should a library answer what it never should: that is an error, not
** somebody's hash. Its functions are ours then, as the linker finds them here
** first.
*/

#define _GNU_SOURCE /* RTLD_NEXT */

#include "tap.h"

#include <argon2.h>
#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <sodium.h>

#include "password.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What one setting may cost here; also rounds of the sha methods. */
enum { KIB_MAX = 128, WORK_MAX = 1024 };

static const char digits64[] =
	"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Is the setting accepted and cheap? Then the library must compute it, to a
** whole hash. */
static void
try_setting(struct many *computed, const char *text)
{
	struct mf_text setting = mf_text_of(text);
	const struct mf_method *m = mf_method_of(setting);
	struct mf_parsed parsed;
	struct mf_hash hash;
	struct mf_fault fault;

	if (m == NULL ||
	    mf_method_parse(m, setting, &parsed) != MF_FORM_SETTING ||
	    parsed.salt_bits == 0 || parsed.memory_kib > KIB_MAX ||
	    parsed.work > WORK_MAX)
		return;
	holds(computed,
	      mf_crypt(mf_text_of("sesame"), setting, &hash, &fault) == MF_OK,
	      text, strlen(text));
}

/* ---- yescrypt: flavor, N and r, then nothing, p, t, or both ---- */

static const char *const lanes_and_time[] = {
	"",        "..",  "./",  ".0",  ".5",  ".D",  ".x.", "/.", "//",  "/0",
	"/z.....", "0..", "0./", "0/.", "0//", "00.", "05.", "1.", "2..", "5.",
};

static void
try_yescrypt(const char *prefix, const char *salt)
{
	struct many computed = { prefix, 0, 0 };
	char text[128];

	for (const char *flavor = digits64; *flavor != '\0'; flavor++)
		for (const char *n = digits64; n < digits64 + 14; n++)
			for (const char *r = digits64; r < digits64 + 12; r++)
				for (size_t i = 0; i < COUNT(lanes_and_time);
				     i++) {
					snprintf(text, sizeof text,
						 "%s%c%c%c%s$%s", prefix,
						 *flavor, *n, *r,
						 lanes_and_time[i], salt);
					try_setting(&computed, text);
				}
	held(&computed);
}

/* All salts that are digits of one kind, of every length. */
static void
try_salts(const char *prefix, const char *zeros_and_ones)
{
	struct many computed = { prefix, 0, 0 };
	char text[256];

	for (const char *digit = zeros_and_ones; *digit != '\0'; digit++)
		for (size_t len = 0; len < 100; len++) {
			size_t at = strlen(prefix);
			memcpy(text, prefix, at);
			memset(text + at, *digit, len);
			text[at + len] = '\0';
			try_setting(&computed, text);
		}
	held(&computed);
}

/* ---- scrypt: N, and r and p around the powers of two ---- */

static void
put_fixed(char at[5], unsigned number)
{
	for (size_t i = 0; i < 5; i++, number >>= 6)
		at[i] = digits64[number & 63];
}

static void
try_scrypt(void)
{
	struct many computed = { "$7$ with N, r and p", 0, 0 };
	char text[] = "$7$NrrrrrpppppSalt";

	for (const char *n = digits64; *n != '\0'; n++)
		for (unsigned r = 0; r < 40; r++)
			for (unsigned p = 0; p < 40; p++) {
				text[3] = *n;
				put_fixed(text + 4, r);
				put_fixed(text + 9, p);
				try_setting(&computed, text);
			}
	held(&computed);
}

/* ---- bcrypt: every last digit of a salt ---- */

static void
try_bcrypt(void)
{
	struct many computed = { "$2b$04$ with every last digit", 0, 0 };
	char text[] = "$2b$04$abcdefghijklmnopqrstu?";

	for (const char *digit = digits64; *digit != '\0'; digit++) {
		text[sizeof text - 2] = *digit;
		try_setting(&computed, text);
	}
	held(&computed);
}

/* ---- sha512crypt and sha256crypt: rounds, and every byte in a salt ---- */

static void
try_sha(const char *prefix)
{
	static const unsigned rounds[] = { 0, 1, 999, 1000, 1001, 1024 };
	struct many computed = { prefix, 0, 0 };
	char text[64];

	for (size_t i = 0; i < COUNT(rounds); i++)
		for (int len = 0; len < 18; len++) {
			snprintf(text, sizeof text, "%srounds=%u$%.*s", prefix,
				 rounds[i], len, "saltsaltsaltsaltsalt");
			try_setting(&computed, text);
		}
	for (int c = 1; c < 256; c++) {
		snprintf(text, sizeof text, "%srounds=1000$%c", prefix, c);
		try_setting(&computed, text);
		snprintf(text, sizeof text, "%srounds=1000$a%cb$", prefix, c);
		try_setting(&computed, text);
	}
	held(&computed);
}

/* ---- argon2id: m, t and p, salts of every length, both versions ---- */

static void
try_argon2(void)
{
	static const char *const versions[] = { "", "v=16$", "v=19$" };
	struct many computed = { "$argon2id$ with m, t and p", 0, 0 };
	char text[128];

	for (size_t v = 0; v < COUNT(versions); v++)
		for (unsigned m = 0; m < 72; m += m < 40 ? 1 : 7)
			for (unsigned t = 0; t < 4; t++)
				for (unsigned p = 0; p < 10; p++) {
					snprintf(text, sizeof text,
						 "$argon2id$"
						 "%sm=%u,t=%u,p=%u$c2FsdHNhbHQ",
						 versions[v], m, t, p);
					try_setting(&computed, text);
				}
	held(&computed);
}

/* ---- what crypt_gensalt() makes ---- */

/* descrypt's and bigcrypt's are left out: two letters are no setting. */
static const struct {
	const char *method, *prefix;
} makers[] = {
	{ "yescrypt", "$y$" },    { "gost-yescrypt", "$gy$" },
	{ "scrypt", "$7$" },      { "bcrypt", "$2b$" },
	{ "bcrypt-2a", "$2a$" },  { "bcrypt-2y", "$2y$" },
	{ "sha512crypt", "$6$" }, { "sha256crypt", "$5$" },
	{ "sha1crypt", "$sha1" }, { "sunmd5", "$md5" },
	{ "md5crypt", "$1$" },    { "nt", "$3$" },
	{ "bsdicrypt", "_" },
};

/* Up to where crypt_gensalt() adds so much by chance to sunmd5's rounds that
** they leave the range of crypt(5). */
static const unsigned long counts[] = {
	0,    1,      2,        3,        4,         5,          6,
	7,    8,      9,        10,       11,        12,         17,
	31,   999,    1000,     1001,     4095,      4096,       4097,
	5000, 500000, 16777215, 16777217, 999999999, 1000000000, 4294900000,
};

static void
try_maker(const char *method, const char *prefix)
{
	const struct mf_method *m = mf_method_named(mf_text_of(method));
	struct many accepted = { prefix, 0, 0 };
	char entropy[64], setting[CRYPT_GENSALT_OUTPUT_SIZE];
	struct mf_parsed parsed;

	for (size_t i = 0; i < COUNT(counts); i++)
		for (int bytes = 1; bytes <= (int)sizeof entropy; bytes++) {
			for (size_t e = 0; e < sizeof entropy; e++)
				entropy[e] = (char)dice(256);
			if (crypt_gensalt_rn(prefix, counts[i], entropy, bytes,
					     setting, sizeof setting) == NULL)
				continue;
			holds(&accepted,
			      mf_method_parse(m, mf_text_of(setting),
					      &parsed) == MF_FORM_SETTING,
			      setting, strlen(setting));
		}
	held(&accepted);
}

/* ---- libraries that answer something else ---- */

/* What to answer, and how often that was. */
static struct {
	bool lies;
	const char *text; /* of libcrypt; NULL for a failure */
	int code;         /* errno, or what the function returns */
	size_t lies_told;
} library;

/* The real one, behind the function of that name in this file. The linker
** may leave out a library of which nothing else is called: something is. */
static void
find_real(const char *name, void *function, size_t size)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	if (symbol == NULL)
		bail_out("no %s in the library", name);
	memcpy(function, &symbol, size);
}

char *
crypt_rn(const char *phrase, const char *setting, void *data, int size)
{
	static char *(*real)(const char *, const char *, void *, int);
	static char text[CRYPT_OUTPUT_SIZE];

	if (real == NULL)
		find_real("crypt_rn", &real, sizeof real);
	if (!library.lies)
		return real(phrase, setting, data, size);
	library.lies_told++;
	errno = library.code;
	if (library.text == NULL)
		return NULL;
	snprintf(text, sizeof text, "%s", library.text);
	return text;
}

char *
crypt_gensalt_rn(const char *prefix, unsigned long count, const char *rbytes,
		 int nrbytes, char *output, int size)
{
	static char *(*real)(const char *, unsigned long, const char *, int,
			     char *, int);

	if (real == NULL)
		find_real("crypt_gensalt_rn", &real, sizeof real);
	if (!library.lies)
		return real(prefix, count, rbytes, nrbytes, output, size);
	library.lies_told++;
	if (library.text == NULL)
		return NULL;
	snprintf(output, (size_t)size, "%s", library.text);
	return output;
}

int
argon2_ctx(argon2_context *context, argon2_type type)
{
	static int (*real)(argon2_context *, argon2_type);

	if (real == NULL)
		find_real("argon2_ctx", &real, sizeof real);
	if (!library.lies)
		return real(context, type);
	library.lies_told++;
	return library.code;
}

/* It doesn't say what is wrong. */
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
	if (!library.lies)
		return real(out, outlen, password, len, salt, passes, memory,
			    algorithm);
	library.lies_told++;
	return library.code;
}

#define YESCRYPT "$y$j/.$SaltSaltSalt"
#define YESCRYPT_HASH YESCRYPT "$wMAzocPVplCxwUc9XCjLJ2MLnVPIWQsalMIoyEvRDL4"
#define ARGON2 "$argon2id$v=19$m=8,t=1,p=1$U2FsdFNhbHQ"
#define LARGE_ARGON2 "$argon2id$v=19$m=32768,t=1,p=1$U2FsdFNhbHRTYWx0U2FsdA"

enum call { CRYPT, VERIFY, GEN_SALT };

static const char yescrypt[] = YESCRYPT_HASH;

/* Hashes are made by, and compared with, the text of that name. */
static const struct lie {
	enum call call;
	const char *name, *text;
	int code;
	enum mf_status status;
} lies[] = {
	{ CRYPT, yescrypt, NULL, ENOMEM, MF_NO_MEMORY },
	{ CRYPT, yescrypt, NULL, EINVAL, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, NULL, 0, MF_LIBRARY_FAILED },
	{ VERIFY, yescrypt, NULL, ENOMEM, MF_NO_MEMORY },
	{ VERIFY, yescrypt, NULL, EINVAL, MF_LIBRARY_FAILED },
	/* crypt(3)'s own tokens, nothing, settings, another's, half a hash */
	{ CRYPT, yescrypt, "*0", 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, "*1", 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, "", 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, "x", 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, YESCRYPT, 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, YESCRYPT "$", 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, YESCRYPT_HASH "4", 0, MF_LIBRARY_FAILED },
	{ CRYPT, yescrypt, "rl.3StKT.4T8M", 0, MF_LIBRARY_FAILED },
	{ CRYPT, "{CRYPT}" YESCRYPT_HASH, "*0", 0, MF_LIBRARY_FAILED },
	{ VERIFY, yescrypt, "*0", 0, MF_LIBRARY_FAILED },
	{ VERIFY, yescrypt, YESCRYPT, 0, MF_LIBRARY_FAILED },
	{ VERIFY, yescrypt, "", 0, MF_LIBRARY_FAILED },
	/* settings: none, no setting, another's, a hash, one that's too dear */
	{ GEN_SALT, "bcrypt", NULL, 0, MF_LIBRARY_FAILED },
	{ GEN_SALT, "bcrypt", "", 0, MF_LIBRARY_FAILED },
	{ GEN_SALT, "bcrypt", "*0", 0, MF_LIBRARY_FAILED },
	{ GEN_SALT, "bcrypt", YESCRYPT, 0, MF_LIBRARY_FAILED },
	{ GEN_SALT, "yescrypt", YESCRYPT_HASH, 0, MF_LIBRARY_FAILED },
	{ GEN_SALT, "yescrypt", "$y$jGT$SaltSaltSalt", 0, MF_COST_OVER },
	/* argon2 */
	{ CRYPT, ARGON2, NULL, ARGON2_MEMORY_ALLOCATION_ERROR, MF_NO_MEMORY },
	{ CRYPT, ARGON2, NULL, ARGON2_THREAD_FAIL, MF_LIBRARY_FAILED },
	{ CRYPT, ARGON2, NULL, ARGON2_INCORRECT_PARAMETER, MF_LIBRARY_FAILED },
	{ CRYPT, LARGE_ARGON2, NULL, -1, MF_NO_MEMORY },
};

static enum mf_status
call_it(const struct lie *lie, struct mf_hash *made, bool *verified,
	struct mf_fault *fault)
{
	struct mf_text name = mf_text_of(lie->name);

	switch (lie->call) {
	case CRYPT:
		return mf_crypt(mf_text_of("sesame"), name, made, fault);
	case VERIFY:
		return mf_verify(mf_text_of("sesame"), name, verified, fault);
	default:
		return mf_gen_salt(name, (struct mf_text){ NULL, 0 }, made,
				   fault);
	}
}

static void
try_lie(const struct lie *lie)
{
	static const struct mf_hash nothing = { "" };
	struct mf_hash made = nothing;
	struct mf_fault fault = { .status = MF_OK };
	bool verified = false;
	enum mf_status status;

	library.lies = true;
	library.lies_told = 0;
	library.text = lie->text;
	library.code = lie->code;
	status = call_it(lie, &made, &verified, &fault);
	library.lies = false;
	is_size(library.lies_told, 1, "%s: the library answers \"%s\", %d",
		lie->name, lie->text == NULL ? "(NULL)" : lie->text, lie->code);
	if (lie->code < 0)
		diag("libargon2 calls it: %s", argon2_error_message(lie->code));
	is_size(status, lie->status, "which is an error");
	is_size(fault.status, lie->status, "with its sentence");
	ok(memcmp(&made, &nothing, sizeof made) == 0 && !verified,
	   "and no result");
}

/* ---- what the methods are never called with ---- */

#define HUNDRED \
	"0123456789012345678901234567890123456789" \
	"012345678901234567890123456789012345678901234567890123456789"
#define LONG HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED

static const struct {
	const char *what;
	enum mf_method_id method;
	size_t password_len, setting_len;
	const char *setting;
} misused[] = {
	{ "crypt(3), too long a password", MF_YESCRYPT, 512, 19, YESCRYPT },
	{ "crypt(3), too long a setting", MF_YESCRYPT, 6, 384, LONG },
	{ "crypt(3), nothing", MF_YESCRYPT, 6, 0, "" },
	{ "argon2, nothing", MF_ARGON2ID, 6, 0, "" },
	{ "argon2, another's setting", MF_ARGON2ID, 6, 19, YESCRYPT },
	{ "argon2id, argon2i's setting", MF_ARGON2ID, 6, 38,
	  "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ" },
	{ "{SSHA}, nothing", MF_SSHA, 6, 0, "" },
	{ "{SSHA}, less than a digest", MF_SSHA, 6, 19, YESCRYPT },
	{ "{SHA}, a long text", MF_PLAIN_SHA1, 6, 385, LONG },
	{ "{PBKDF2}, nothing", MF_PBKDF2, 6, 0, "" },
	{ "{PBKDF2}, another's setting", MF_PBKDF2, 6, 19, YESCRYPT },
};

static void
try_misused(void)
{
	for (size_t i = 0; i < COUNT(misused); i++) {
		const struct mf_method *m = &mf_methods[misused[i].method];
		struct mf_text password = { LONG, misused[i].password_len };
		struct mf_text setting = { misused[i].setting,
					   misused[i].setting_len };
		struct mf_inner made = { .len = 0 };
		is_size(m->hash(m, password, setting, &made), MF_LIBRARY_FAILED,
			"%s: an error", misused[i].what);
		ok(made.len == 0 && made.at[0] == '\0', "and no hash");
	}
}

static bool
never(const struct mf_method *method)
{
	(void)method;
	return false;
}

static bool
always(const struct mf_method *method)
{
	return !never(method);
}

/* A row that the library at hand may lack is then as good as none. */
static void
try_available(void)
{
	struct mf_method m = mf_methods[MF_SM3CRYPT];
	bool there = m.available(&m);
	struct mf_text text = mf_text_of("$sm3$salt");

	ok((mf_method_named(mf_text_of("SM3crypt")) != NULL) == there,
	   "a method that the library %s by its name",
	   there ? "has, is found" : "lacks, is not found");
	ok((mf_method_of(text) != NULL) == there, "or by its prefix");
	m.available = NULL;
	ok(mf_method_available(&m), "without a question it is there");
	m.available = always;
	ok(mf_method_available(&m), "with an answer of yes, too");
	m.available = never;
	ok(!mf_method_available(&m), "with an answer of no it isn't");
	m.prefix = "$6$";
	ok(mf_methods[MF_SM3CRYPT].available(&m), "$6$ is in every library");
}

static void
try_preferred(void)
{
	const struct mf_method *m = mf_method_of(
		mf_text_of(crypt_preferred_method()));

	ok(m != NULL && m->setting != NULL,
	   "what the library prefers is made: %s", crypt_preferred_method());
}

int
main(void)
{
	diag("accepted as a setting, so computed");
	try_yescrypt("$y$", "SaltSaltSalt");
	try_yescrypt("$gy$", "SaltSaltSalt");
	try_salts("$y$j/.$", "./0Dz");
	try_salts("$gy$j/.$", "./0Dz");
	try_salts("$7$0/..../....", "./0Dz");
	try_salts("$argon2id$v=19$m=8,t=1,p=1$", "AQgw4");
	try_scrypt();
	try_bcrypt();
	try_sha("$6$");
	try_sha("$5$");
	try_argon2();
	diag("made by crypt_gensalt(), so accepted");
	for (size_t i = 0; i < COUNT(makers); i++)
		try_maker(makers[i].method, makers[i].prefix);
	try_preferred();
	try_available();
	diag("what a library should never answer");
	for (size_t i = 0; i < COUNT(lies); i++)
		try_lie(&lies[i]);
	try_misused();
	return done_testing();
}
