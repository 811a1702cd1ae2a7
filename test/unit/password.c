/* password.c - passwords made into hashes, verified, recognised; and every
** way in which that fails, with its sentence
**
** What a text is taken for, and what may be stored, is in stored.c.
*/

#include "tap.h"

#include "password.h"

#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct mf_text nothing = { NULL, 0 };

/* ---- one call of any of the functions ---- */

/* Two texts are a password and a setting, hash or method; of GEN_SALT and
** POLICY a method and a cost. */
enum call { CRYPT, VERIFY, IS_HASH, GEN_SALT, NEW, ONCE, PASSWORD, POLICY };

static const char *const call_name[] = { "crypt",          "verify",
					 "is_hash",        "gen_salt",
					 "crypt_new",      "crypt_once",
					 "check_password", "check_policy" };

struct answer {
	enum mf_status status;
	bool yes;            /* of verify, is_hash and crypt_once */
	struct mf_hash hash; /* of those that make one */
	char sentence[MF_SENTENCE_SIZE];
};

/* Which statuses were met at all. */
static bool met[MF_STATUS_COUNT];

/* Right before a page that is shut; no address stays none. */
static struct mf_text
guarded(const struct guard *guard, struct mf_text text)
{
	if (text.at == NULL)
		return text;
	return (struct mf_text){ guard_end(guard, text.at, text.len),
				 text.len };
}

static enum mf_status
call_it(enum call call, struct mf_text first, struct mf_text second,
	struct answer *a, struct mf_fault *fault)
{
	switch (call) {
	case CRYPT:
		return mf_crypt(first, second, &a->hash, fault);
	case VERIFY:
		return mf_verify(first, second, &a->yes, fault);
	case IS_HASH:
		return mf_is_hash(first, &a->yes, fault);
	case NEW:
		return mf_crypt_new(first, second, nothing, &a->hash, fault);
	case ONCE:
		return mf_crypt_once(first, second, nothing, &a->yes, &a->hash,
				     fault);
	case PASSWORD:
		return mf_check_password(first, second, fault);
	case POLICY:
		return mf_check_policy(first, second, fault);
	case GEN_SALT:
	default:
		return mf_gen_salt(first, second, &a->hash, fault);
	}
}

static bool
is_blank(const void *bytes, size_t len)
{
	const char *at = bytes;

	for (size_t i = 0; i < len; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static struct answer
answer_of(enum call call, struct mf_text first, struct mf_text second)
{
	static struct guard guards[2];
	struct answer a = { .yes = true };
	struct mf_fault fault;

	if (guards[0].end == NULL) {
		guards[0] = guard_new();
		guards[1] = guard_new();
	}
	memset(&fault, 'x', sizeof fault);
	memset(&a.hash,
	       call == CRYPT || call == GEN_SALT || call == NEW || call == ONCE
		       ? 'x'
		       : 0,
	       sizeof a.hash);
	a.status = call_it(call, guarded(&guards[0], first),
			   guarded(&guards[1], second), &a, &fault);
	met[a.status] = true;
	if (a.status == MF_OK) /* then the fault need not be filled */
		mf_fail(&fault, MF_OK, NULL);
	if (a.status != fault.status)
		ok(false, "%s: status and fault differ", call_name[call]);
	mf_fault_sentence(&fault, a.sentence);
	return a;
}

static struct answer
answer_to(enum call call, const char *first, const char *second)
{
	return answer_of(call, mf_text_of(first),
			 second == NULL ? nothing : mf_text_of(second));
}

/* ---- what is refused, and how ---- */

#define TEN "abcdefghij"
#define D22 TEN TEN "a."
#define D31 TEN TEN TEN "."
#define D43 TEN TEN TEN TEN "ab."
#define D86 TEN TEN TEN TEN TEN TEN TEN TEN "abcde."
#define S73 TEN TEN TEN TEN TEN TEN TEN "abc"
#define S100 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define S512 S100 S100 S100 S100 S100 TEN "ab"
#define ARGON "$argon2id$v=19$"
#define PHC "$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA"

#define CHEAP "$y$j/.$SaltSaltSalt"
#define BCRYPT_SETTING "$2b$04$" D22
#define BCRYPT_HASH "$2b$04$" D22 D31

#define EMPTY "the password is empty, it needs 1 byte or more"
#define HAS_NUL "the password holds a NUL byte, where crypt(3) would cut it"
#define NO_SETTING \
	"not a setting or a whole hash of a known method, " \
	"make a setting with GEN_SALT(method)"
#define IS_PLAIN(label) \
	label " stores the password itself, give a hash, or the password " \
	      "without label"
#define LOCKED "the hash is locked by a leading !"
#define CREATORS \
	"yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, " \
	"sha256crypt, argon2id"
#define UNKNOWN "unknown method, use one of " CREATORS
#define OLD(name) \
	name " hashes are verified but no longer made, use one of " CREATORS
#define FOREIGN \
	"looks like a hash of another program, which can't be verified " \
	"here; if it is a password all the same, hash it in the statement " \
	"with CRYPT()"
#define IS_MARK "the mark of a lock or a failure is not a password"
#define DAMAGED(name) "begins like a " name " hash, but is damaged or not whole"
#define COST(name, accepted) "the cost of " name " is " accepted
#define COST_OF_BCRYPT COST("bcrypt", "a whole number from 4 to 17")
#define COST_OF_ARGON2 \
	COST("argon2id", "text such as m=19456,t=2,p=1, " \
			 "with m at least 8 * p KiB")

struct refusal {
	enum call call;
	struct mf_text first, second;
	enum mf_status status;
	const char *sentence;
};

/* clang-format off */
static const struct refusal refusals[] = {
	/* passwords that can't be hashed */
	{ CRYPT, BYTES(""), BYTES(CHEAP), MF_PASSWORD_EMPTY, EMPTY },
	{ CRYPT, BYTES(""), BYTES(BCRYPT_HASH), MF_PASSWORD_EMPTY, EMPTY },
	{ CRYPT, BYTES("\0"), BYTES(CHEAP), MF_PASSWORD_NUL, HAS_NUL },
	{ CRYPT, BYTES("a\0b"), BYTES(CHEAP), MF_PASSWORD_NUL, HAS_NUL },
	{ CRYPT, BYTES("ab\0"), BYTES(CHEAP), MF_PASSWORD_NUL, HAS_NUL },
	{ CRYPT, BYTES(S73), BYTES(BCRYPT_SETTING), MF_PASSWORD_LONG,
	  "the password is too long, bcrypt uses at most 72 bytes" },
	{ CRYPT, BYTES(S73), BYTES("$2y$04$" D22 D31), MF_PASSWORD_LONG,
	  "the password is too long, bcrypt-2y uses at most 72 bytes" },
	{ CRYPT, BYTES(S512), BYTES(CHEAP), MF_PASSWORD_LONG,
	  "the password is too long, yescrypt uses at most 511 bytes" },
	{ CRYPT, BYTES(S512), BYTES(ARGON "m=8,t=1,p=1$c2FsdHNhbHQ"),
	  MF_PASSWORD_LONG,
	  "the password is too long, argon2id uses at most 511 bytes" },
	/* what crypt(3) would take for a DES salt */
	{ CRYPT, BYTES("pw"), BYTES(""), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("bf"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("ab"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("md5"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("yescrypt"), MF_SETTING_UNKNOWN,
	  NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("*0"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("*1"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("!"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("$"), MF_SETTING_UNKNOWN, NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("$2$05$" D22), MF_SETTING_UNKNOWN,
	  NO_SETTING },
	{ CRYPT, BYTES("pw"), BYTES("_J9..abcd"), MF_SETTING_UNKNOWN,
	  NO_SETTING },
	/* bare settings of the old ones */
	{ CRYPT, BYTES("pw"), BYTES("$1$salt"), MF_METHOD_OLD,
	  OLD("md5crypt") },
	{ CRYPT, BYTES("pw"), BYTES("$2a$04$" D22), MF_METHOD_OLD,
	  OLD("bcrypt-2a") },
	{ CRYPT, BYTES("pw"), BYTES("$2y$04$" D22), MF_METHOD_OLD,
	  OLD("bcrypt-2y") },
	{ CRYPT, BYTES("pw"), BYTES("$3$"), MF_METHOD_OLD, OLD("nt") },
	{ CRYPT, BYTES("pw"), BYTES("$md5$salt"), MF_METHOD_OLD,
	  OLD("sunmd5") },
	{ CRYPT, BYTES("pw"), BYTES("$sha1$1$salt"), MF_METHOD_OLD,
	  OLD("sha1crypt") },
	{ CRYPT, BYTES("pw"), BYTES("$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ"),
	  MF_METHOD_OLD, OLD("argon2i") },
	/* damaged ones */
	{ CRYPT, BYTES("pw"), BYTES("$2b$99$zz"), MF_HASH_DAMAGED,
	  DAMAGED("bcrypt") },
	{ CRYPT, BYTES("pw"), BYTES("$y$"), MF_HASH_DAMAGED,
	  DAMAGED("yescrypt") },
	{ CRYPT, BYTES("pw"), BYTES("$y$j9T$"), MF_HASH_DAMAGED,
	  DAMAGED("yescrypt") },
	{ CRYPT, BYTES("pw"), BYTES("$6$"), MF_HASH_DAMAGED,
	  DAMAGED("sha512crypt") },
	{ CRYPT, BYTES("pw"), BYTES("$5$$"), MF_HASH_DAMAGED,
	  DAMAGED("sha256crypt") },
	{ CRYPT, BYTES("pw"), BYTES("$7$CU..../....$"), MF_HASH_DAMAGED,
	  DAMAGED("scrypt") },
	{ CRYPT, BYTES("pw"), BYTES("{CRYPT}"), MF_HASH_DAMAGED,
	  DAMAGED("{CRYPT}") },
	{ CRYPT, BYTES("pw"), BYTES("{CRYPT}ab"), MF_HASH_DAMAGED,
	  DAMAGED("{CRYPT}") },
	{ IS_HASH, BYTES(BCRYPT_SETTING), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("bcrypt") },
	{ IS_HASH, BYTES(BCRYPT_HASH "."), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("bcrypt") },
	{ IS_HASH, BYTES("!" BCRYPT_HASH "."), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("bcrypt") },
	{ IS_HASH, BYTES("$1$"), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("md5crypt") },
	{ IS_HASH, BYTES("$6$not a hash"), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("sha512crypt") },
	{ IS_HASH, BYTES("{crypt}secret"), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("{CRYPT}") },
	{ IS_HASH, BYTES("{CRYPT}" CHEAP), { NULL, 0 }, MF_HASH_DAMAGED,
	  DAMAGED("{CRYPT}") },
	{ IS_HASH, BYTES("{CRYPT}" ARGON "m=8,t=1,p=1" PHC), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{CRYPT}") },
	{ IS_HASH, BYTES("{SHA512-CRYPT}$5$salt$" D43), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{SHA512-CRYPT}") },
	{ IS_HASH, BYTES("{SHA256-CRYPT}$6$salt$" D86), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{SHA256-CRYPT}") },
	{ IS_HASH, BYTES("{BLF-CRYPT}$1$salt$" D22), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{BLF-CRYPT}") },
	{ IS_HASH, BYTES("{MD5-CRYPT}" BCRYPT_HASH), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{MD5-CRYPT}") },
	{ IS_HASH, BYTES("{DES-CRYPT}$1$salt$" D22), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{DES-CRYPT}") },
	{ IS_HASH, BYTES("{ARGON2I}" ARGON "m=8,t=1,p=1" PHC), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{ARGON2I}") },
	{ IS_HASH, BYTES("{ARGON2ID}$argon2d$v=19$m=8,t=1,p=1" PHC),
	  { NULL, 0 }, MF_HASH_DAMAGED, DAMAGED("{ARGON2ID}") },
	{ IS_HASH, BYTES("{CRYPT}{CRYPT}" BCRYPT_HASH), { NULL, 0 },
	  MF_HASH_DAMAGED, DAMAGED("{CRYPT}") },
	/* locked ones, and the password itself */
	{ CRYPT, BYTES("pw"), BYTES("!" BCRYPT_HASH), MF_HASH_LOCKED, LOCKED },
	{ CRYPT, BYTES("pw"), BYTES("!!{BLF-CRYPT}" BCRYPT_HASH),
	  MF_HASH_LOCKED, LOCKED },
	{ CRYPT, BYTES("pw"), BYTES("!" CHEAP), MF_HASH_LOCKED, LOCKED },
	{ CRYPT, BYTES("pw"), BYTES("{PLAIN}pw"), MF_HASH_PLAIN,
	  IS_PLAIN("{PLAIN}") },
	{ IS_HASH, BYTES("{PLAIN}pw"), { NULL, 0 }, MF_HASH_PLAIN,
	  IS_PLAIN("{PLAIN}") },
	{ IS_HASH, BYTES("{plain}"), { NULL, 0 }, MF_HASH_PLAIN,
	  IS_PLAIN("{PLAIN}") },
	{ IS_HASH, BYTES("{Clear}pw"), { NULL, 0 }, MF_HASH_PLAIN,
	  IS_PLAIN("{CLEAR}") },
	{ IS_HASH, BYTES("{CLEARTEXT}pw"), { NULL, 0 }, MF_HASH_PLAIN,
	  IS_PLAIN("{CLEARTEXT}") },
	{ IS_HASH, BYTES("{PLAIN-TRUNC}2:pw"), { NULL, 0 }, MF_HASH_PLAIN,
	  IS_PLAIN("{PLAIN-TRUNC}") },
	{ IS_HASH, BYTES("!{PLAIN}" BCRYPT_HASH), { NULL, 0 }, MF_HASH_PLAIN,
	  IS_PLAIN("{PLAIN}") },
	/* what can be no password */
	{ IS_HASH, BYTES(""), { NULL, 0 }, MF_PASSWORD_EMPTY, EMPTY },
	{ IS_HASH, BYTES("a\0b"), { NULL, 0 }, MF_PASSWORD_NUL, HAS_NUL },
	{ IS_HASH, BYTES("\0$6$"), { NULL, 0 }, MF_PASSWORD_NUL, HAS_NUL },
	{ IS_HASH, BYTES(S512), { NULL, 0 }, MF_PASSWORD_LONG,
	  "the password is too long, yescrypt uses at most 511 bytes" },
	{ ONCE, BYTES(""), BYTES("bf"), MF_PASSWORD_EMPTY, EMPTY },
	{ ONCE, BYTES("a\0b"), BYTES("bf"), MF_PASSWORD_NUL, HAS_NUL },
	{ ONCE, BYTES(S73), BYTES("bf"), MF_PASSWORD_LONG,
	  "the password is too long, bcrypt uses at most 72 bytes" },
	{ ONCE, BYTES("*0"), BYTES("bf"), MF_PASSWORD_MARK, IS_MARK },
	{ ONCE, BYTES("$apr1$salt$x"), BYTES("bf"), MF_HASH_FOREIGN, FOREIGN },
	{ ONCE, BYTES(BCRYPT_SETTING), BYTES("bf"), MF_HASH_DAMAGED,
	  DAMAGED("bcrypt") },
	{ ONCE, BYTES("pw"), BYTES("bx"), MF_METHOD_UNKNOWN, UNKNOWN },
	{ ONCE, BYTES(BCRYPT_HASH), BYTES("nt"), MF_METHOD_OLD, OLD("nt") },
	{ ONCE, BYTES("$2b$15$" D22 D31), BYTES("bf"), MF_COST_DEAR,
	  "bcrypt asks for 15 as its cost, the limit for storing is 14" },
	{ NEW, BYTES(""), BYTES("bf"), MF_PASSWORD_EMPTY, EMPTY },
	{ NEW, BYTES(S73), BYTES("bf"), MF_PASSWORD_LONG,
	  "the password is too long, bcrypt uses at most 72 bytes" },
	{ NEW, BYTES("pw"), BYTES(""), MF_METHOD_UNKNOWN, UNKNOWN },
	{ NEW, BYTES("pw"), BYTES("xdes"), MF_METHOD_OLD, OLD("bsdicrypt") },
	{ PASSWORD, BYTES(""), BYTES("bf"), MF_PASSWORD_EMPTY, EMPTY },
	{ PASSWORD, BYTES("pw\0"), BYTES("bf"), MF_PASSWORD_NUL, HAS_NUL },
	{ PASSWORD, BYTES(S73), BYTES("BF"), MF_PASSWORD_LONG,
	  "the password is too long, bcrypt uses at most 72 bytes" },
	{ PASSWORD, BYTES(S512), BYTES("scrypt"), MF_PASSWORD_LONG,
	  "the password is too long, scrypt uses at most 511 bytes" },
	{ PASSWORD, BYTES("pw"), BYTES("x"), MF_METHOD_UNKNOWN, UNKNOWN },
	{ PASSWORD, BYTES("pw"), BYTES("des"), MF_METHOD_OLD,
	  OLD("descrypt") },
	/* what password_policy can't be */
	{ POLICY, BYTES("x"), { NULL, 0 }, MF_METHOD_UNKNOWN, UNKNOWN },
	{ POLICY, BYTES("argon2i"), { NULL, 0 }, MF_METHOD_OLD,
	  OLD("argon2i") },
	{ POLICY, BYTES("yescrypt"), BYTES("0"), MF_COST_BAD,
	  COST("yescrypt", "a whole number from 1 to 8") },
	{ POLICY, BYTES("yescrypt"), BYTES("9"), MF_COST_BAD,
	  COST("yescrypt", "a whole number from 1 to 8") },
	{ POLICY, BYTES("gost-yescrypt"), BYTES("9"), MF_COST_BAD,
	  COST("gost-yescrypt", "a whole number from 1 to 8") },
	{ POLICY, BYTES("scrypt"), BYTES("9"), MF_COST_BAD,
	  COST("scrypt", "a whole number from 6 to 8") },
	{ POLICY, BYTES("bf"), BYTES("15"), MF_COST_BAD,
	  COST("bcrypt", "a whole number from 4 to 14") },
	{ POLICY, BYTES("sha512crypt"), BYTES("1500001"), MF_COST_BAD,
	  COST("sha512crypt", "a whole number from 1000 to 1500000") },
	{ POLICY, BYTES("sha256crypt"), BYTES("1500001"), MF_COST_BAD,
	  COST("sha256crypt", "a whole number from 1000 to 1500000") },
	{ POLICY, BYTES("argon2id"), BYTES("5"), MF_COST_BAD, COST_OF_ARGON2 },
	{ POLICY, BYTES("argon2id"), BYTES("m=131073,t=1,p=1"), MF_COST_DEAR,
	  "argon2id asks for 131073 KiB of memory, the limit for storing is "
	  "131072" },
	{ POLICY, BYTES("argon2id"), BYTES("m=131072,t=5,p=1"), MF_COST_DEAR,
	  "argon2id asks for 655360 KiB times passes, the limit for storing "
	  "is 524288" },
	{ POLICY, BYTES("argon2id"), BYTES("m=1048577,t=1,p=1"), MF_COST_OVER,
	  "argon2id asks for 1048577 KiB of memory, the limit is 1048576" },
	/* methods and costs */
	{ GEN_SALT, BYTES(""), { NULL, 0 }, MF_METHOD_UNKNOWN, UNKNOWN },
	{ GEN_SALT, BYTES("nonsense"), { NULL, 0 }, MF_METHOD_UNKNOWN,
	  UNKNOWN },
	{ GEN_SALT, BYTES("bcrypt\0"), { NULL, 0 }, MF_METHOD_UNKNOWN,
	  UNKNOWN },
	{ GEN_SALT, BYTES("bcryp"), { NULL, 0 }, MF_METHOD_UNKNOWN, UNKNOWN },
	{ GEN_SALT, BYTES("$2b$"), { NULL, 0 }, MF_METHOD_UNKNOWN, UNKNOWN },
	{ GEN_SALT, BYTES("md5"), { NULL, 0 }, MF_METHOD_OLD,
	  OLD("md5crypt") },
	{ GEN_SALT, BYTES("DES"), { NULL, 0 }, MF_METHOD_OLD,
	  OLD("descrypt") },
	{ GEN_SALT, BYTES("xdes"), BYTES("725"), MF_METHOD_OLD,
	  OLD("bsdicrypt") },
	{ GEN_SALT, BYTES("argon2d"), { NULL, 0 }, MF_METHOD_OLD,
	  OLD("argon2d") },
	{ GEN_SALT, BYTES("yescrypt"), BYTES("0"), MF_COST_BAD,
	  COST("yescrypt", "a whole number from 1 to 11") },
	{ GEN_SALT, BYTES("gost-yescrypt"), BYTES("12"), MF_COST_BAD,
	  COST("gost-yescrypt", "a whole number from 1 to 11") },
	{ GEN_SALT, BYTES("scrypt"), BYTES("5"), MF_COST_BAD,
	  COST("scrypt", "a whole number from 6 to 11") },
	{ GEN_SALT, BYTES("sha512crypt"), BYTES("999"), MF_COST_BAD,
	  COST("sha512crypt", "a whole number from 1000 to 3000000") },
	{ GEN_SALT, BYTES("sha256crypt"), BYTES("3000001"), MF_COST_BAD,
	  COST("sha256crypt", "a whole number from 1000 to 3000000") },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("3"), MF_COST_BAD, COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("18"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES(""), MF_COST_BAD, COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("05"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES(" 5"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("5 "), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("5\0"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("-5"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("5.0"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("18446744073709551621"),
	  MF_COST_BAD, COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("bcrypt"), BYTES("m=19456,t=2,p=1"), MF_COST_BAD,
	  COST_OF_BCRYPT },
	{ GEN_SALT, BYTES("argon2id"), BYTES("5"), MF_COST_BAD,
	  COST_OF_ARGON2 },
	{ GEN_SALT, BYTES("argon2id"), BYTES(""), MF_COST_BAD,
	  COST_OF_ARGON2 },
	{ GEN_SALT, BYTES("argon2id"), BYTES("m=7,t=1,p=1"), MF_COST_BAD,
	  COST_OF_ARGON2 },
	{ GEN_SALT, BYTES("argon2id"), BYTES("m=19456,t=2,p=1 "), MF_COST_BAD,
	  COST_OF_ARGON2 },
	{ GEN_SALT, BYTES("argon2id"), BYTES("t=2,m=19456,p=1"), MF_COST_BAD,
	  COST_OF_ARGON2 },
	{ GEN_SALT, BYTES("argon2id"), BYTES("m=1048577,t=1,p=1"),
	  MF_COST_OVER, "argon2id asks for 1048577 KiB of memory, "
			"the limit is 1048576" },
	{ GEN_SALT, BYTES("argon2id"), BYTES("m=1048576,t=5,p=1"),
	  MF_COST_OVER, "argon2id asks for 5242880 KiB times passes, "
			"the limit is 4194304" },
};
/* clang-format on */

static void
try_refusals(void)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct answer a = answer_of(r->call, r->first, r->second);
		const char *first = shown(r->first.at, r->first.len);
		const char *second = shown(r->second.at, r->second.len);
		is_str(a.sentence, r->sentence, "%s(%.40s, %.40s) is refused",
		       call_name[r->call], first, second);
		is_size(a.status, r->status, "with the right status");
		ok(is_blank(&a.hash, sizeof a.hash) &&
			   ((r->call != IS_HASH && r->call != ONCE) || !a.yes),
		   "and no result");
	}
}

/* ---- refused for its cost ---- */

struct hostile {
	struct mf_text hash;
	const char *sentence; /* NULL: any that speaks of a limit */
};

/* clang-format off */
static const struct hostile hostile[] = {
	{ BYTES("$y$jGT$" D22 "$" D43), "yescrypt asks for 2097152 KiB of "
	  "memory, the limit is 1048576" },
	{ BYTES("$gy$jGT$" D22 "$" D43), "gost-yescrypt asks for 2097152 KiB "
	  "of memory, the limit is 1048576" },
	{ BYTES("{CRYPT}$y$jGT$" D22 "$" D43), "yescrypt asks for 2097152 KiB "
	  "of memory, the limit is 1048576" },
	{ BYTES("$y$j9T/lD$" D22 "$" D43), "yescrypt asks for 16908288 block "
	  "mixes, the limit is 16777216" },
	{ BYTES("$y$j9T/zzzzzz$" D22 "$" D43), NULL },
	{ BYTES("$y$j9T.s5C$" D22 "$" D43), NULL },
	{ BYTES("$y$jkCT$" D22 "$" D43), NULL },
	{ BYTES("$7$JU..../...." D22 "$" D43), "scrypt asks for 8388608 KiB "
	  "of memory, the limit is 1048576" },
	{ BYTES("$7$CU..../0..." D22 "$" D43), NULL },
	{ BYTES("$7$zU..../...." D22 "$" D43), NULL },
	{ BYTES("$2b$18$" D22 D31), "bcrypt asks for 18 as its cost, "
	  "the limit is 17" },
	{ BYTES("$2b$31$" D22 D31), "bcrypt asks for 31 as its cost, "
	  "the limit is 17" },
	{ BYTES("$2a$18$" D22 D31), "bcrypt-2a asks for 18 as its cost, "
	  "the limit is 17" },
	{ BYTES("{BLF-CRYPT}$2y$18$" D22 D31), "bcrypt-2y asks for 18 as its "
	  "cost, the limit is 17" },
	{ BYTES("$2x$18$" D22 D31), "bcrypt-2x asks for 18 as its cost, "
	  "the limit is 17" },
	{ BYTES("$6$rounds=3000001$salt$" D86), "sha512crypt asks for 3000001 "
	  "rounds, the limit is 3000000" },
	{ BYTES("$6$rounds=999999999$salt$" D86), "sha512crypt asks for "
	  "999999999 rounds, the limit is 3000000" },
	{ BYTES("$5$rounds=3000001$salt$" D43), "sha256crypt asks for 3000001 "
	  "rounds, the limit is 3000000" },
	{ BYTES(ARGON "m=1048577,t=1,p=1" PHC), "argon2id asks for 1048577 "
	  "KiB of memory, the limit is 1048576" },
	{ BYTES(ARGON "m=4294967295,t=4294967295,p=1" PHC), "argon2id asks "
	  "for 4294967295 KiB of memory, the limit is 1048576" },
	{ BYTES(ARGON "m=8,t=524289,p=1" PHC), "argon2id asks for 4194312 KiB "
	  "times passes, the limit is 4194304" },
	{ BYTES("{ARGON2I}$argon2i$v=19$m=8,t=4294967295,p=1" PHC), "argon2i "
	  "asks for 34359738360 KiB times passes, the limit is 4194304" },
	{ BYTES("$argon2d$m=1048577,t=1,p=1" PHC), "argon2d asks for 1048577 "
	  "KiB of memory, the limit is 1048576" },
	{ BYTES("$sha1$5000001$salt$" TEN TEN "abcdefgh"), "sha1crypt asks "
	  "for 5000001 rounds, the limit is 5000000" },
	{ BYTES("$sha1$4294967295$salt$" TEN TEN "abcdefgh"), "sha1crypt asks "
	  "for 4294967295 rounds, the limit is 5000000" },
	{ BYTES("$md5,rounds=4995905$salt$$" D22), "sunmd5 asks for 5000001 "
	  "rounds, the limit is 5000000" },
	{ BYTES("$md5$rounds=4294963199$salt$" D22), "sunmd5 asks for "
	  "4294967295 rounds, the limit is 5000000" },
	/* A small N doesn't make a huge r or p cheap: 16 s and 1.8 GiB, 14 s,
	** 10 s and 1.5 GiB, 13 s. */
	{ BYTES("$7$0...6./...." D22 "$" D43), NULL },
	{ BYTES("$7$0/.......E." D22 "$" D43), NULL },
	{ BYTES("$y$j/y3vrD$" D22 "$" D43), NULL },
	{ BYTES("$y$//..yBvrC$" D22 "$" D43), NULL },
};
/* clang-format on */

/* The time of this process, in microseconds. */
static long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The best of three, for the first may have to wait for pages. */
static struct answer
timed(enum call call, struct mf_text first, struct mf_text second, long *best)
{
	struct answer a;

	*best = 1000000;
	for (int i = 0; i < 3; i++) {
		long start = now();
		a = answer_of(call, first, second);
		long took = now() - start;
		*best = took < *best ? took : *best;
	}
	return a;
}

static void
try_hostile_one(const struct hostile *h)
{
	static const struct mf_text pw = BYTES("sesame");
	const char *text = shown(h->hash.at, h->hash.len);
	struct answer a;
	long took;

	a = timed(IS_HASH, h->hash, nothing, &took);
	if (!is_size(a.status, MF_COST_DEAR, "is_hash: over the limit: %s",
		     text))
		return; /* the work might take minutes */
	ok(took < 1000, "in %ld microseconds", took);
	a = timed(VERIFY, pw, h->hash, &took);
	if (h->sentence != NULL)
		is_str(a.sentence, h->sentence, "verify says so");
	ok(a.status == MF_COST_OVER && !a.yes && took < 1000,
	   "verify, in %ld microseconds", took);
	a = timed(CRYPT, pw, h->hash, &took);
	ok(a.status == MF_COST_OVER && took < 1000,
	   "crypt, in %ld microseconds", took);
}

static void
try_hostile(void)
{
	for (size_t i = 0; i < COUNT(hostile); i++)
		try_hostile_one(&hostile[i]);
}

/* ---- passwords of every length, for every method ---- */

/* Cheap ones: settings of those that create, hashes of the others. */
static const struct {
	const char *method, *setting;
	size_t max, counted; /* bytes: allowed, and told apart */
	bool eight_bits;     /* are all bits of a byte told apart? */
} cheap[] = {
	{ "yescrypt", CHEAP, 511, 511, true },
	{ "gost-yescrypt", "$gy$j/.$SaltSaltSalt", 511, 511, true },
	{ "scrypt", "$7$0/..../....Salt", 511, 511, true },
	{ "bcrypt", BCRYPT_SETTING, 72, 72, true },
	{ "sha512crypt", "$6$rounds=1000$Salt", 511, 511, true },
	{ "sha256crypt", "$5$rounds=1000$Salt", 511, 511, true },
	{ "argon2id", ARGON "m=8,t=1,p=1$c2FsdHNhbHQ", 511, 511, true },
	{ "argon2i", "$argon2i$v=19$m=8,t=1,p=1" PHC, 511, 511, true },
	{ "argon2d", "$argon2d$v=19$m=8,t=1,p=1" PHC, 511, 511, true },
	{ "bcrypt-2a", "$2a$04$" D22 D31, 72, 72, true },
	{ "bcrypt-2y", "$2y$04$" D22 D31, 72, 72, true },
	{ "bcrypt-2x", "$2x$04$" D22 D31, 72, 72, false },
	{ "sha1crypt", "$sha1$1$Salt$" TEN TEN "abcdefgh", 511, 511, true },
	{ "sunmd5", "$md5$Salt$" D22, 511, 511, true },
	{ "md5crypt", "$1$Salt$" D22, 511, 511, true },
	{ "nt", "$3$$0123456789abcdef0123456789abcdef", 511, 511, false },
	{ "bsdicrypt", "_/...Salt" TEN ".", 511, 511, false },
	{ "descrypt", "{CRYPT}Sa" TEN ".", 511, 8, false },
};

static void
try_password(size_t i, struct mf_text password)
{
	struct mf_text setting = mf_text_of(cheap[i].setting);
	struct answer made = answer_of(CRYPT, password, setting), again;
	const char *method = cheap[i].method;
	size_t len = password.len;

	if (len == 0 || len > cheap[i].max) {
		is_size(made.status,
			len == 0 ? MF_PASSWORD_EMPTY : MF_PASSWORD_LONG,
			"%s refuses %zu bytes", method, len);
		/* The first bytes, all that could be counted, are hashed. */
		made = answer_of(CRYPT,
				 (struct mf_text){ password.at,
						   len == 0 ? 1
							    : cheap[i].max },
				 setting);
		again = answer_of(VERIFY, password, mf_text_of(made.hash.text));
		ok(again.status == MF_OK && !again.yes,
		   "%s: and nothing verifies them", method);
		return;
	}
	again = answer_of(VERIFY, password, mf_text_of(made.hash.text));
	ok(made.status == MF_OK && again.status == MF_OK && again.yes,
	   "%s hashes and verifies %zu bytes", method, len);
}

/* The same password with its last counted byte changed, in one bit. */
static void
try_neighbour(size_t i, struct mf_text password, char bit)
{
	struct mf_text setting = mf_text_of(cheap[i].setting);
	struct answer made = answer_of(CRYPT, password, setting), other;
	size_t len = password.len, counted = cheap[i].counted;
	char near[512];

	if (len == 0 || len > cheap[i].max)
		return;
	memcpy(near, password.at, len);
	char *last = near + (len < counted ? len : counted) - 1;
	*last = (char)(*last ^ bit);
	other = answer_of(VERIFY, (struct mf_text){ near, len },
			  mf_text_of(made.hash.text));
	ok(other.status == MF_OK && !other.yes,
	   "%s tells %zu bytes from others", cheap[i].method, len);
}

static void
try_passwords(void)
{
	static const size_t sizes[] = { 0, 1, 8, 71, 72, 73, 510, 511, 512 };
	char password[512];

	for (size_t i = 0; i < sizeof password; i++)
		password[i] = (char)('A' + i % 50);
	for (size_t i = 0; i < COUNT(cheap); i++)
		for (size_t s = 0; s < COUNT(sizes); s++) {
			struct mf_text pw = { password, sizes[s] };
			try_password(i, pw);
			try_neighbour(i, pw, 2);
		}
}

static void
try_high_bytes(void)
{
	static const struct mf_text odd[] = {
		BYTES("\xff\xa3\x80"
		      "cafe\xe9"),
		BYTES("\xc3\xa9"),
		BYTES("\xff"),
		BYTES("\x80\x80"),
		BYTES("\xed\xa0\x80 "),
		BYTES("\x01\n\r\t\x7f"),
	};

	for (size_t i = 0; i < COUNT(cheap); i++)
		for (size_t o = 0; o < COUNT(odd); o++) {
			try_password(i, odd[o]);
			if (cheap[i].eight_bits)
				try_neighbour(i, odd[o], (char)0x80);
		}
}

/* crypt(3) would read up to the NUL. */
static void
try_nul(void)
{
	static const struct mf_text cut[] = {
		BYTES("sesame\0"), BYTES("sesame\0street"),
		BYTES("\0sesame"), BYTES("\0"),
		BYTES(""),
	};
	struct answer made, a;

	for (size_t i = 0; i < COUNT(cheap); i++) {
		struct many refused = { cheap[i].method, 0, 0 };
		made = answer_to(CRYPT, "sesame", cheap[i].setting);
		for (size_t c = 0; c < COUNT(cut); c++) {
			a = answer_of(VERIFY, cut[c],
				      mf_text_of(made.hash.text));
			holds(&refused, a.status == MF_OK && !a.yes, cut[c].at,
			      cut[c].len);
		}
		ok(refused.broken == 0,
		   "%s verifies nothing with a NUL, "
		   "nor nothing at all",
		   cheap[i].method);
	}
}

/* A block for each 8 bytes: a shorter password makes a shorter hash. */
static void
try_bigcrypt(void)
{
	static const char hash[] = "Sa5XZ6WRN.t6EI3Cfx0xx0hk";
	static const struct {
		const char *password;
		bool right;
	} tries[] = {
		{ "sesame-street-99", true },
		{ "sesame-street-98", false },
		{ "sesame-s", false },
		{ "a", false },
		{ "", false },
		{ "sesame-street-99-and-more", false },
		{ S100, false },
	};

	for (size_t i = 0; i < COUNT(tries); i++) {
		struct answer a = answer_to(VERIFY, tries[i].password, hash);
		ok(a.status == MF_OK && a.yes == tries[i].right,
		   "bigcrypt: %s is %s (%s)", tries[i].password,
		   tries[i].right ? "right" : "wrong", a.sentence);
	}
}

/* ---- labels and locks ---- */

#define SESAME_BLF "$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC"
#define SESAME_6 \
	"$6$rounds=1000$Salt" \
	"$dgVWiY2lHdA.5GH.EC9fHcE5DlsIqoOxdoXt15qa9uf5/Sehbg8.5Bu83o7fS" \
	".sDVneqk/qhwy4eeTD8yQpAV/"
#define SESAME_5 \
	"$5$rounds=1000$Salt" \
	"$BzX5HFUxSvGRnscorj215MceWT6JimEjs7qSC/bpRA2"
#define SESAME_1 "$1$Salt$CFakOmSgtuEyBqSO4zKG1."
#define SESAME_DES "Sa5XZ6WRN.t6E"

/* clang-format off */
static const char *const labelled[] = {
	"{CRYPT}$2b" SESAME_BLF, "{Crypt}$2a" SESAME_BLF,
	"{crypt}$2y" SESAME_BLF, "{cRYPT}$2x" SESAME_BLF,
	"{BLF-CRYPT}$2b" SESAME_BLF, "{blf-crypt}$2a" SESAME_BLF,
	"{Blf-Crypt}$2y" SESAME_BLF, "{CRYPT}" SESAME_6, "{crypt}" SESAME_5,
	"{SHA512-CRYPT}" SESAME_6, "{sha512-crypt}" SESAME_6,
	"{SHA256-CRYPT}" SESAME_5, "{Sha256-crypt}" SESAME_5,
	"{CRYPT}" SESAME_1, "{MD5-CRYPT}" SESAME_1, "{md5-Crypt}" SESAME_1,
	"{CRYPT}" SESAME_DES, "{DES-CRYPT}" SESAME_DES,
	"{des-crypt}" SESAME_DES, "{CRYPT}" SESAME_DES "I3Cfx0xx0hk",
	"{CRYPT}_/...SaltDb0DG9zE1DA",
	"{CRYPT}$3$$12f6f87c6f28c9a14c2f433e64eff6d6",
	"{CRYPT}$sha1$1$Salt$oJpQa4qfaB8uh4R82FtvzfKEn/uV",
	"{CRYPT}$md5,rounds=1$Salt$$fix.RlScJiGV2n6LZvQAL/",
	"{CRYPT}" CHEAP "$wMAzocPVplCxwUc9XCjLJ2MLnVPIWQsalMIoyEvRDL4",
	"{CRYPT}$gy$j/.$SaltSaltSalt"
	"$vUy8h4kskmACBeRb3crR29uhnWiZlJFSSnPnfg3hwZ2",
	"{CRYPT}$7$0/..../....SodiumChloride"
	"$5rFjwqm6qe8wYAoH0u98AHHYuptHclxer1k0v0utWl5",
	"{ARGON2ID}" ARGON "m=8,t=1,p=1$U2FsdFNhbHQ$cKToLC4yQiuX/8JnJ5UO6g",
	"{argon2id}" ARGON "m=8,t=1,p=1$U2FsdFNhbHQ$cKToLC4yQiuX/8JnJ5UO6g",
	"{ARGON2I}$argon2i$v=19$m=8,t=1,p=1$U2FsdFNhbHQ"
	"$Hu6rNwAXTBJ3eN8dhemu2Q",
};
/* clang-format on */

static void
try_labelled(const char *hash)
{
	struct answer a;
	char locked[300];

	ok(answer_to(VERIFY, "sesame-street-99", hash).yes, "verifies: %s",
	   shown(hash, strlen(hash)));
	ok(!answer_to(VERIFY, "sesame-Street-99", hash).yes, "not for others");
	a = answer_to(IS_HASH, hash, NULL);
	ok(a.status == MF_OK && a.yes, "is a hash");
	a = answer_to(CRYPT, "sesame-street-99", hash);
	is_str(a.hash.text, hash, "crypt keeps the label as it is spelled");
	for (int marks = 1; marks < 3; marks++) {
		snprintf(locked, sizeof locked, "%.*s%s", marks, "!!", hash);
		a = answer_to(VERIFY, "sesame-street-99", locked);
		ok(a.status == MF_OK && !a.yes, "locked: nobody's");
		a = answer_to(IS_HASH, locked, NULL);
		ok(a.status == MF_OK && a.yes, "locked: still a hash");
	}
}

/* None of these is anybody's, whatever the password; nor an error. */
/* clang-format off */
static const struct mf_text nobodys[] = {
	BYTES(""), BYTES("*"), BYTES("*0"), BYTES("*1"), BYTES("!"),
	BYTES("x"), BYTES("sesame"), BYTES("ab"), BYTES("$1$"), BYTES("$3$"),
	BYTES(CHEAP), BYTES(BCRYPT_SETTING), BYTES("$2b$99$zz"),
	BYTES("{PLAIN}sesame"), BYTES("{CLEAR}sesame"), BYTES("{CRYPT}"),
	BYTES("{CRYPT}sesame"), BYTES("{PLAIN}"), BYTES("{SHA512-CRYPT}"
	SESAME_5), BYTES("{ARGON2I}" ARGON "m=8,t=1,p=1" PHC),
	BYTES(SESAME_6 "\0"), BYTES(SESAME_6 "\n"), BYTES(" " SESAME_6),
	BYTES("{CRYPT} " SESAME_6), BYTES("{CRYPT}!" SESAME_6),
};
/* clang-format on */

static void
try_nobodys(void)
{
	static const char *const passwords[] = { "", "sesame", "*0", "*",
						 "sesame-street-99" };

	for (size_t i = 0; i < COUNT(nobodys); i++) {
		struct many no = { "nobody's", 0, 0 };
		for (size_t p = 0; p < COUNT(passwords); p++) {
			struct answer a = answer_of(VERIFY,
						    mf_text_of(passwords[p]),
						    nobodys[i]);
			holds(&no, a.status == MF_OK && !a.yes, nobodys[i].at,
			      nobodys[i].len);
		}
		ok(no.broken == 0, "verifies for nobody: %s",
		   shown(nobodys[i].at, nobodys[i].len));
	}
}

/* ---- GEN_SALT ---- */

/* clang-format off */
static const struct {
	const char *method, *cost, *begins;
} salts[] = {
	{ "yescrypt", NULL, "$y$j9T$" }, { "yescrypt", "5", "$y$j9T$" },
	{ "yescrypt", "1", "$y$j75$" }, { "yescrypt", "11", "$y$jFT$" },
	{ "YesCrypt", "5", "$y$j9T$" }, { "gost-yescrypt", NULL, "$gy$j9T$" },
	{ "gost-yescrypt", "1", "$gy$j75$" },
	{ "GOST-YESCRYPT", "11", "$gy$jFT$" },
	{ "scrypt", NULL, "$7$CU..../...." }, { "scrypt", "6", "$7$BU..../" },
	{ "scrypt", "11", "$7$GU..../...." }, { "bcrypt", NULL, "$2b$12$" },
	{ "bcrypt", "4", "$2b$04$" }, { "bcrypt", "17", "$2b$17$" },
	{ "bf", NULL, "$2b$12$" }, { "BF", "10", "$2b$10$" },
	{ "sha512crypt", NULL, "$6$rounds=500000$" },
	{ "sha512crypt", "1000", "$6$rounds=1000$" },
	{ "sha512crypt", "3000000", "$6$rounds=3000000$" },
	{ "sha256crypt", NULL, "$5$rounds=500000$" },
	{ "SHA256Crypt", "1000", "$5$rounds=1000$" },
	{ "sha256crypt", "3000000", "$5$rounds=3000000$" },
	{ "argon2id", NULL, ARGON "m=19456,t=2,p=1$" },
	{ "argon2id", "m=8,t=1,p=1", ARGON "m=8,t=1,p=1$" },
	{ "ARGON2ID", "m=1048576,t=4,p=131072",
	  ARGON "m=1048576,t=4,p=131072$" },
};
/* clang-format on */

static void
try_salts(void)
{
	for (size_t i = 0; i < COUNT(salts); i++) {
		struct answer a = answer_to(GEN_SALT, salts[i].method,
					    salts[i].cost);
		struct answer b = answer_to(GEN_SALT, salts[i].method,
					    salts[i].cost);
		const char *cost = salts[i].cost == NULL ? "default"
							 : salts[i].cost;
		size_t len = strlen(salts[i].begins);
		ok(a.status == MF_OK &&
			   strncmp(a.hash.text, salts[i].begins, len) == 0,
		   "gen_salt(%s, %s) begins with %s", salts[i].method, cost,
		   salts[i].begins);
		ok(strlen(a.hash.text) >= len + 16 &&
			   strcmp(a.hash.text, b.hash.text) != 0,
		   "and ends with a fresh salt");
	}
}

/* ---- new hashes, and texts that may be either ---- */

static void
try_new(void)
{
	struct answer a = answer_to(NEW, "sesame", "bf"), b;

	ok(a.status == MF_OK &&
		   mf_text_begins(mf_text_of(a.hash.text), "$2b$12$"),
	   "a new hash by a method, at its default cost");
	ok(answer_to(VERIFY, "sesame", a.hash.text).yes, "is the password's");
	a = answer_of(NEW, mf_text_of("sesame"), mf_default_method());
	ok(mf_text_begins(mf_text_of(a.hash.text), "$y$j9T$"),
	   "the default method is yescrypt, of cost 5");
	b = answer_of(NEW, mf_text_of("sesame"), mf_default_method());
	ok(strcmp(a.hash.text, b.hash.text) != 0, "with a salt of its own");
}

/* What CRYPT_ONCE() leaves as it is, and what it makes a hash of. */
static void
try_once(void)
{
	static const char *const hashes[] = {
		BCRYPT_HASH,
		"!" BCRYPT_HASH,
		"!!{BLF-CRYPT}" BCRYPT_HASH,
		"$2b$14$" D22 D31,
	};
	static const char *const passwords[] = { "sesame",
						 "_f09T4BZ4440oNjdD0dQ",
						 "rl.3StKT.4T8M", "!sesame" };
	struct answer a;

	for (size_t i = 0; i < COUNT(hashes); i++) {
		a = answer_to(ONCE, hashes[i], "bf");
		ok(a.status == MF_OK && a.yes &&
			   is_blank(&a.hash, sizeof a.hash),
		   "stays as it is: %s", hashes[i]);
	}
	for (size_t i = 0; i < COUNT(passwords); i++) {
		a = answer_to(ONCE, passwords[i], "yescrypt");
		ok(a.status == MF_OK && !a.yes &&
			   mf_text_begins(mf_text_of(a.hash.text), "$y$j9T$"),
		   "is hashed: %s", passwords[i]);
		ok(answer_to(VERIFY, passwords[i], a.hash.text).yes,
		   "and verifies");
	}
}

/* Just within each limit. */
static void
try_allowed(void)
{
	static const char *const policies[][2] = {
		{ "yescrypt", "1" },
		{ "yescrypt", "8" },
		{ "gost-yescrypt", "8" },
		{ "scrypt", "8" },
		{ "bf", "14" },
		{ "bcrypt", "4" },
		{ "sha512crypt", "1500000" },
		{ "sha256crypt", "1500000" },
		{ "argon2id", "m=131072,t=4,p=1" },
		{ "argon2id", NULL },
		{ "yescrypt", NULL },
	};

	for (size_t i = 0; i < COUNT(policies); i++)
		ok(answer_to(POLICY, policies[i][0], policies[i][1]).status ==
			   MF_OK,
		   "password_policy may be %s, %s", policies[i][0],
		   policies[i][1] == NULL ? "NULL" : policies[i][1]);
	ok(answer_to(PASSWORD, TEN TEN TEN TEN TEN TEN TEN "ab", "bf").status ==
		   MF_OK,
	   "bcrypt takes 72 bytes");
	ok(answer_to(PASSWORD, S100, "argon2id").status == MF_OK,
	   "argon2id takes more");
}

/* ---- no sentence repeats what it was given ---- */

#define MARK "QuXzzYq"

static const struct refusal marked[] = {
	{ CRYPT, BYTES(MARK), BYTES(MARK), MF_SETTING_UNKNOWN, NULL },
	{ CRYPT, BYTES(MARK "\0"), BYTES(CHEAP), MF_PASSWORD_NUL, NULL },
	{ CRYPT, BYTES(MARK S512), BYTES(CHEAP), MF_PASSWORD_LONG, NULL },
	{ CRYPT, BYTES(MARK S73), BYTES("{BLF-CRYPT}" BCRYPT_HASH),
	  MF_PASSWORD_LONG, NULL },
	{ CRYPT, BYTES(MARK), BYTES("$2b$" MARK), MF_HASH_DAMAGED, NULL },
	{ CRYPT, BYTES(MARK), BYTES("$1$" MARK), MF_METHOD_OLD, NULL },
	{ CRYPT, BYTES(MARK), BYTES("{CRYPT}" MARK), MF_HASH_DAMAGED, NULL },
	{ CRYPT, BYTES(MARK), BYTES("{PLAIN}" MARK), MF_HASH_PLAIN, NULL },
	{ CRYPT, BYTES(MARK), BYTES("!$1$" MARK "$" D22), MF_HASH_LOCKED,
	  NULL },
	{ CRYPT, BYTES(MARK), BYTES("$6$rounds=4000000$" MARK), MF_COST_OVER,
	  NULL },
	{ VERIFY, BYTES(MARK), BYTES("$6$rounds=4000000$" MARK "$" D86),
	  MF_COST_OVER, NULL },
	{ IS_HASH,
	  BYTES("$6$rounds=4000000$" MARK "$" D86),
	  { NULL, 0 },
	  MF_COST_DEAR,
	  NULL },
	{ IS_HASH, BYTES("$" MARK "$"), { NULL, 0 }, MF_HASH_FOREIGN, NULL },
	{ IS_HASH,
	  BYTES(MARK BCRYPT_HASH),
	  { NULL, 0 },
	  MF_HASH_WRAPPED,
	  NULL },
	{ IS_HASH, BYTES("$6$" MARK), { NULL, 0 }, MF_HASH_DAMAGED, NULL },
	{ IS_HASH, BYTES("{clear}" MARK), { NULL, 0 }, MF_HASH_PLAIN, NULL },
	{ GEN_SALT, BYTES(MARK), { NULL, 0 }, MF_METHOD_UNKNOWN, NULL },
	{ GEN_SALT, BYTES("bcrypt"), BYTES(MARK), MF_COST_BAD, NULL },
	{ GEN_SALT, BYTES("argon2id"), BYTES("m=8,t=1,p=1" MARK), MF_COST_BAD,
	  NULL },
};

static void
try_marked(void)
{
	for (size_t i = 0; i < COUNT(marked); i++) {
		const struct refusal *m = &marked[i];
		struct answer a = answer_of(m->call, m->first, m->second);
		ok(a.status == m->status && strstr(a.sentence, MARK) == NULL,
		   "says nothing of its arguments: %s", a.sentence);
	}
}

/* ---- when the system has nothing left ---- */

static bool no_entropy;

/* Instead of the C library's, for mf_random(). */
int
getentropy(void *buffer, size_t length)
{
	if (no_entropy)
		return -1;
	return getrandom(buffer, length, 0) == (ssize_t)length ? 0 : -1;
}

static void
try_no_entropy(void)
{
	struct answer a;

	no_entropy = true;
	a = answer_to(GEN_SALT, "yescrypt", NULL);
	no_entropy = false;
	is_size(a.status, MF_NO_ENTROPY, "no entropy, no salt");
	is_str(a.sentence, "the system gave no random bytes",
	       "and a sentence for it");
	ok(is_blank(&a.hash, sizeof a.hash), "and no setting");
}

/* With all memory given out that the process may have. */
static struct answer
starved(enum call call, const char *first, const char *second)
{
	struct rlimit before, none;
	struct answer a;

	getrlimit(RLIMIT_AS, &before);
	none = before;
	none.rlim_cur = 1;
	setrlimit(RLIMIT_AS, &none);
	a = answer_to(call, first, second);
	setrlimit(RLIMIT_AS, &before);
	return a;
}

/* The figures are too large for what lies about in the heap. A sanitizer
** needs more memory of its own than this leaves it. */
static void
try_no_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	static const char argon2[] = ARGON "m=65536,t=1,p=1$c2FsdHNhbHQ";
	struct answer a;

	if (getenv("EMULATED") != NULL) {
		ok(true, "# SKIP an emulator sets no limit on memory");
		met[MF_NO_MEMORY] = met[MF_LIBRARY_FAILED] = true;
		return;
	}
	a = starved(CRYPT, "sesame", argon2);
	is_size(a.status, MF_NO_MEMORY, "no memory for argon2");
	is_str(a.sentence, "out of memory", "and a sentence for it");
	ok(is_blank(&a.hash, sizeof a.hash), "and no hash");
	a = starved(CRYPT, "sesame", "$y$jBT$SaltSaltSalt");
	is_size(a.status, MF_LIBRARY_FAILED, "no memory for yescrypt");
	is_str(a.sentence,
	       "yescrypt could not be computed, "
	       "most likely for want of memory",
	       "and a sentence for it");
	ok(is_blank(&a.hash, sizeof a.hash), "and no hash");
	a = starved(VERIFY, "sesame", "$y$jBT$SaltSaltSalt$" D43);
	ok(a.status == MF_LIBRARY_FAILED && !a.yes,
	   "verify is an error then, neither true nor false");
	ok(answer_to(CRYPT, "sesame", CHEAP).status == MF_OK,
	   "afterwards all is well");
#else
	(void)starved;
	met[MF_NO_MEMORY] = met[MF_LIBRARY_FAILED] = true;
#endif
}

/* ---- the statuses and their sentences ---- */

static void
try_statuses(void)
{
	is_str(answer_to(CRYPT, "sesame", CHEAP).sentence, "no fault",
	       "MF_OK has a sentence too");
	is_str(answer_to(IS_HASH, "{OTP}x", "").sentence, FOREIGN,
	       "a scheme of Dovecot's that can't be verified here");
	is_str(answer_to(IS_HASH, " " BCRYPT_HASH, "").sentence,
	       "a whole bcrypt hash with something before or behind it, "
	       "give the hash alone",
	       "a hash behind a blank");
	met[MF_PASSWORD_NUMBER] = true; /* SQL's alone */
	/* prompt.c's and strength.c's, whose tests have them */
	for (size_t s = MF_NO_TERMINAL; s <= MF_BITS_BAD; s++)
		met[s] = true;
	for (size_t s = 0; s < MF_STATUS_COUNT; s++)
		ok(met[s], "status %zu was met", s);
}

/* None is cut, whatever the method and the figures. */
static void
try_sentences(void)
{
	struct many whole = { "every sentence is whole and on one line", 0, 0 };
	char sentence[MF_SENTENCE_SIZE];

	for (size_t i = 0; i < MF_METHOD_COUNT; i++)
		for (int s = 0; s < MF_STATUS_COUNT; s++) {
			const struct mf_method *m = &mf_methods[i];
			struct mf_fault fault;
			mf_fail(&fault, (enum mf_status)s, m->name);
			if (s == MF_COST_BAD || s == MF_METHOD_OLD ||
			    s == MF_METHOD_UNKNOWN)
				memset(fault.accepted, 'x',
				       MF_ACCEPTED_SIZE - 1);
			fault.unit = "KiB of memory";
			fault.figure = fault.limit = UINT64_MAX;
			mf_fault_sentence(&fault, sentence);
			size_t len = strlen(sentence);
			holds(&whole,
			      len > 5 && len < sizeof sentence - 1 &&
				      strchr(sentence, '\n') == NULL &&
				      strchr(sentence, '%') == NULL,
			      sentence, len);
		}
	held(&whole);
}

int
main(void)
{
	try_refusals();
	try_hostile();
	try_passwords();
	try_high_bytes();
	try_nul();
	try_bigcrypt();
	for (size_t i = 0; i < COUNT(labelled); i++)
		try_labelled(labelled[i]);
	try_nobodys();
	try_salts();
	try_new();
	try_once();
	try_allowed();
	try_marked();
	try_no_entropy();
	try_no_memory();
	try_statuses();
	try_sentences();
	return done_testing();
}
