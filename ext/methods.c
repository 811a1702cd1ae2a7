/* methods.c - see methods.h */

#include "methods.h"

#include "crypt_grammar.h"
#include "method_argon2.h"
#include "method_crypt.h"
#include "method_digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What bcrypt can use; crypt(3) drops the rest without a word. */
enum { BCRYPT_PASSWORD_MAX = 72 };

#define CRYPT3 (MF_COURIER | MF_DOVECOT)
#define STRONG (CRYPT3 | MF_DOVECOT24)

#define BY_LIBXCRYPT .hash = mf_crypt_hash, .password_max = MF_PASSWORD_MAX
#define BY_ARGON2 .hash = mf_argon2_hash, .password_max = MF_PASSWORD_MAX

#define SCRYPT \
	BY_LIBXCRYPT, .cost_kind = MF_COST_LOG_MEMORY, .digest_digits = 43, \
		      .last_digits = 16, .work_unit = "block mixes", \
		      .work_max = 16777216, .work_stored = 2097152
#define YESCRYPT .parse = mf_parse_yescrypt, SCRYPT
#define BCRYPT \
	.parse = mf_parse_bcrypt, .hash = mf_crypt_hash, \
	.password_max = BCRYPT_PASSWORD_MAX, .cost_kind = MF_COST_WORK, \
	.work_unit = "as its cost", .work_max = 17, .work_stored = 14
#define SHA2CRYPT \
	.parse = mf_parse_rounds, BY_LIBXCRYPT, .cost_kind = MF_COST_WORK, \
	.rounds = 5000, .salt_max = 16, .work_unit = "rounds", \
	.work_max = 3000000, .work_stored = 1500000
#define ARGON2 \
	.parse = mf_parse_argon2, BY_ARGON2, .cost_kind = MF_COST_TEXT, \
	.work_unit = "KiB times passes", .work_max = 4194304, \
	.work_stored = 524288
/* Old ones whose cost is rounds. */
#define ROUNDS \
	BY_LIBXCRYPT, .legacy = true, .cost_kind = MF_COST_WORK, \
		      .work_unit = "rounds", .work_max = 5000000, \
		      .work_stored = 500000
#define DES \
	.prefix = "", .bare = true, .legacy = true, .parse = mf_parse_des, \
	BY_LIBXCRYPT, .work_unit = "blocks", .work_max = 16, .work_stored = 16
#define RAW(id, salt) \
	.raw = true, .legacy = true, .variant = (id), .salted = (salt), \
	.parse = mf_parse_digest, .hash = mf_digest_hash, \
	.password_max = MF_PASSWORD_MAX, .work_unit = "rounds", .work_max = 1, \
	.work_stored = 1

/* The limits. To verify: each is the largest round figure with which one call
** stays near ten seconds, measured with passwords of 511 bytes on a core that
** does bcrypt at cost 12 in 0.2 s. To store: about one second, for what is
** stored will be verified by daemons without limits. See the manual in
** mailfunc.c; for the memory, memory_max below. */
/* clang-format off */
const struct mf_method mf_methods[MF_METHOD_COUNT] = {
	[MF_YESCRYPT] = {
		.name = "yescrypt", .prefix = "$y$", .programs = STRONG,
		YESCRYPT, .setting = mf_crypt_setting,
		.cost_default = 5, .cost_min = 1,
	}, [MF_GOST_YESCRYPT] = {
		.name = "gost-yescrypt", .prefix = "$gy$", .programs = STRONG,
		YESCRYPT, .setting = mf_crypt_setting,
		.cost_default = 5, .cost_min = 1,
	}, [MF_SCRYPT] = {
		.name = "scrypt", .prefix = "$7$", .programs = STRONG,
		.parse = mf_parse_scrypt, SCRYPT, .salt_max = 86,
		.setting = mf_crypt_setting, .cost_default = 7, .cost_min = 6,
	}, [MF_BCRYPT] = {
		.name = "bcrypt", .alias = "bf", .prefix = "$2b$",
		.programs = STRONG | MF_PHP, BCRYPT,
		.setting = mf_crypt_setting, .cost_default = 12, .cost_min = 4,
	}, [MF_SHA512CRYPT] = {
		.name = "sha512crypt", .prefix = "$6$",
		.programs = STRONG | MF_PHP, SHA2CRYPT,
		.digest_digits = 86, .last_digits = 4,
		.setting = mf_crypt_setting,
		.cost_default = 500000, .cost_min = 1000,
	}, [MF_SHA256CRYPT] = {
		.name = "sha256crypt", .prefix = "$5$",
		.programs = STRONG | MF_PHP, SHA2CRYPT,
		.digest_digits = 43, .last_digits = 16,
		.setting = mf_crypt_setting,
		.cost_default = 500000, .cost_min = 1000,
	}, [MF_ARGON2ID] = {
		.name = "argon2id", .prefix = "$argon2id$",
		.programs = MF_PHP, ARGON2, .variant = MF_ARGON2_ID,
		.setting = mf_argon2_setting, .cost_text = "m=19456,t=2,p=1",
	}, [MF_ARGON2I] = {
		.name = "argon2i", .prefix = "$argon2i$",
		.programs = MF_PHP, ARGON2, .variant = MF_ARGON2_I,
	}, [MF_ARGON2D] = {
		.name = "argon2d", .prefix = "$argon2d$", ARGON2,
		.variant = MF_ARGON2_D,
	}, [MF_BCRYPT_2A] = {
		.name = "bcrypt-2a", .prefix = "$2a$",
		.programs = STRONG | MF_PHP | MF_POSTGRESQL, BCRYPT,
	}, [MF_BCRYPT_2Y] = {
		.name = "bcrypt-2y", .prefix = "$2y$",
		.same_as = &mf_methods[MF_BCRYPT],
		.programs = STRONG | MF_PHP, BCRYPT,
	}, [MF_BCRYPT_2X] = {
		.name = "bcrypt-2x", .prefix = "$2x$", .legacy = true,
		.programs = STRONG | MF_PHP | MF_POSTGRESQL, BCRYPT,
	/* libxcrypt 4.5 has these */
	}, [MF_SM3_YESCRYPT] = {
		.name = "sm3-yescrypt", .prefix = "$sm3y$", .programs = STRONG,
		.available = mf_crypt_available, YESCRYPT,
	}, [MF_SM3CRYPT] = {
		.name = "sm3crypt", .prefix = "$sm3$", .programs = STRONG,
		.available = mf_crypt_available, SHA2CRYPT,
		.digest_digits = 43, .last_digits = 16,
	}, [MF_SHA1CRYPT] = {
		.name = "sha1crypt", .prefix = "$sha1$", .programs = STRONG,
		.parse = mf_parse_sha1crypt, ROUNDS, .salt_max = 64,
		.digest_digits = 28, .last_digits = 64,
	}, [MF_SUNMD5] = {
		.name = "sunmd5", .prefix = "$md5", .programs = STRONG,
		.parse = mf_parse_sunmd5, ROUNDS, .salt_max = 64,
		.rounds = 4096, .digest_digits = 22, .last_digits = 4,
	}, [MF_MD5CRYPT] = {
		.name = "md5crypt", .alias = "md5", .prefix = "$1$",
		.legacy = true, .programs = CRYPT3 | MF_PHP | MF_POSTGRESQL,
		.parse = mf_parse_md5crypt, BY_LIBXCRYPT, .salt_max = 8,
		.rounds = 1000, .digest_digits = 22, .last_digits = 4,
		.work_unit = "rounds", .work_max = 1000, .work_stored = 1000,
	}, [MF_NT] = {
		.name = "nt", .prefix = "$3$",
		.legacy = true, .programs = STRONG,
		.parse = mf_parse_nt, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 1, .work_stored = 1,
	}, [MF_BSDICRYPT] = {
		.name = "bsdicrypt", .alias = "xdes", .prefix = "_",
		.bare = true, .legacy = true, .cost_kind = MF_COST_WORK,
		.programs = CRYPT3 | MF_PHP | MF_POSTGRESQL,
		.parse = mf_parse_bsdicrypt, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 16777215,
		.work_stored = 1677721,
	}, [MF_DESCRYPT] = {
		.name = "descrypt", .alias = "des",
		.programs = CRYPT3 | MF_PHP | MF_POSTGRESQL,
		DES, .blocks_max = 1,
	}, [MF_BIGCRYPT] = {
		.name = "bigcrypt", .programs = CRYPT3, DES, .blocks_max = 16,
	},
	[MF_PLAIN_MD5] = { .name = "plain-md5", RAW(MF_MD5, false) },
	[MF_SMD5] = { .name = "smd5", RAW(MF_MD5, true) },
	[MF_PLAIN_SHA1] = { .name = "sha1", RAW(MF_SHA1, false) },
	[MF_SSHA] = { .name = "ssha", RAW(MF_SHA1, true) },
	[MF_PLAIN_SHA256] = { .name = "sha256", RAW(MF_SHA256, false) },
	[MF_SSHA256] = { .name = "ssha256", RAW(MF_SHA256, true) },
	[MF_PLAIN_SHA512] = { .name = "sha512", RAW(MF_SHA512, false) },
	[MF_SSHA512] = { .name = "ssha512", RAW(MF_SHA512, true) },
	[MF_PBKDF2] = {
		.name = "pbkdf2", .legacy = true, .cost_kind = MF_COST_WORK,
		.parse = mf_parse_pbkdf2, .hash = mf_pbkdf2_hash,
		.password_max = MF_PASSWORD_MAX, .salt_max = 64,
		.work_unit = "rounds", .work_max = 5000000,
		.work_stored = 500000,
	},
};
/* clang-format on */

static const uint64_t memory_max[] = {
	[MF_TO_VERIFY] = 1048576, /* KiB */
	[MF_TO_STORE] = 131072,
};

/* ---- look-ups ---- */

bool
mf_method_available(const struct mf_method *m)
{
	return m->available == NULL || m->available(m);
}

const struct mf_method *
mf_method_named(struct mf_text name)
{
	for (size_t i = 0; i < MF_METHOD_COUNT; i++) {
		const struct mf_method *m = &mf_methods[i];
		if ((mf_text_same_name(name, m->name) ||
		     (m->alias != NULL && mf_text_same_name(name, m->alias))) &&
		    mf_method_available(m))
			return m;
	}
	return NULL;
}

/* The methods that make settings, as a sentence needs them: they are few, and
** every library has them. */
static void
list_creators(char list[MF_ACCEPTED_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < MF_METHOD_COUNT; i++) {
		const struct mf_method *m = &mf_methods[i];
		bool alias = m->alias != NULL;
		if (m->setting == NULL)
			continue;
		used += (size_t)snprintf(list + used, MF_ACCEPTED_SIZE - used,
					 "%s%s%s%s%s", used > 0 ? ", " : "",
					 m->name, alias ? " (" : "",
					 alias ? m->alias : "",
					 alias ? ")" : "");
	}
}

static enum mf_status
fail_with_list(struct mf_fault *fault, enum mf_status status, const char *name)
{
	mf_fail(fault, status, name);
	list_creators(fault->accepted);
	return status;
}

enum mf_status
mf_method_old(const struct mf_method *m, struct mf_fault *fault)
{
	return fail_with_list(fault, MF_METHOD_OLD, m->name);
}

enum mf_status
mf_creating_method(struct mf_text name, const struct mf_method **method,
		   struct mf_fault *fault)
{
	*method = mf_method_named(name);
	if (*method == NULL)
		return fail_with_list(fault, MF_METHOD_UNKNOWN, NULL);
	return (*method)->setting != NULL ? MF_OK
					  : mf_method_old(*method, fault);
}

/* $id$ of the method, or for sunmd5, whose rounds come first, $md5, too. */
static bool
begins_with_id(const struct mf_method *m, struct mf_text text)
{
	size_t len = strlen(m->prefix);

	if (!mf_text_begins(text, m->prefix))
		return false;
	if (m->prefix[len - 1] == '$')
		return true;
	return text.len > len && (text.at[len] == '$' || text.at[len] == ',');
}

/* What has no mark of its own must be whole to be known. */
static bool
is_of(const struct mf_method *m, struct mf_text text)
{
	struct mf_parsed parsed;

	if (m->prefix == NULL)
		return false;
	return m->bare ? mf_method_parse(m, text, &parsed) == MF_FORM_HASH
		       : begins_with_id(m, text);
}

const struct mf_method *
mf_method_of(struct mf_text text)
{
	for (size_t i = 0; i < MF_METHOD_COUNT; i++)
		if (is_of(&mf_methods[i], text) &&
		    mf_method_available(&mf_methods[i]))
			return &mf_methods[i];
	return NULL;
}

enum mf_form
mf_method_parse(const struct mf_method *m, struct mf_text text,
		struct mf_parsed *parsed)
{
	*parsed = (struct mf_parsed){ .work = 0 };
	if (m->prefix != NULL && !mf_take(&text, m->prefix))
		return MF_FORM_NONE;
	return m->parse(m, text, parsed);
}

/* ---- limits ---- */

static enum mf_status
over(const struct mf_method *m, enum mf_purpose purpose, uint64_t figure,
     const char *unit, uint64_t limit, struct mf_fault *fault)
{
	mf_fail(fault, purpose == MF_TO_STORE ? MF_COST_DEAR : MF_COST_OVER,
		m->name);
	fault->figure = figure;
	fault->unit = unit;
	fault->limit = limit;
	return fault->status;
}

static uint64_t
work_limit(const struct mf_method *m, enum mf_purpose purpose)
{
	return purpose == MF_TO_STORE ? m->work_stored : m->work_max;
}

enum mf_status
mf_method_check_cost(const struct mf_method *m, const struct mf_parsed *parsed,
		     enum mf_purpose purpose, struct mf_fault *fault)
{
	if (parsed->memory_kib > memory_max[purpose])
		return over(m, purpose, parsed->memory_kib, "KiB of memory",
			    memory_max[purpose], fault);
	if (parsed->work > work_limit(m, purpose))
		return over(m, purpose, parsed->work, m->work_unit,
			    work_limit(m, purpose), fault);
	return MF_OK;
}

enum mf_status
mf_method_check_password(const struct mf_method *m, struct mf_text password,
			 struct mf_fault *fault)
{
	if (password.len == 0)
		return mf_fail(fault, MF_PASSWORD_EMPTY, NULL);
	if (mf_text_has_nul(password))
		return mf_fail(fault, MF_PASSWORD_NUL, NULL);
	if (password.len <= m->password_max)
		return MF_OK;
	mf_fail(fault, MF_PASSWORD_LONG, m->name);
	fault->limit = m->password_max;
	return fault->status;
}

uint64_t
mf_log_memory(uint64_t memory_kib)
{
	uint64_t n = 0;

	while (memory_kib >> 10 >> n != 0)
		n++;
	return n;
}

uint64_t
mf_method_cost_max(const struct mf_method *m, enum mf_purpose purpose)
{
	return m->cost_kind == MF_COST_LOG_MEMORY
		     ? mf_log_memory(memory_max[purpose])
		     : work_limit(m, purpose);
}

/* ---- costs as they are asked for ---- */

static enum mf_status
bad_cost(const struct mf_method *m, enum mf_purpose purpose,
	 struct mf_fault *fault)
{
	mf_fail(fault, MF_COST_BAD, m->name);
	if (m->cost_kind == MF_COST_TEXT)
		snprintf(fault->accepted, MF_ACCEPTED_SIZE,
			 "text such as %s, with m at least 8 * p KiB",
			 m->cost_text);
	else
		snprintf(fault->accepted, MF_ACCEPTED_SIZE,
			 "a whole number from %" PRIu64 " to %" PRIu64,
			 m->cost_min, mf_method_cost_max(m, purpose));
	return fault->status;
}

/* A text of its own is for the back end to read. */
static bool
read_cost(const struct mf_method *m, struct mf_text text,
	  enum mf_purpose purpose, struct mf_cost *cost)
{
	uint64_t max = mf_method_cost_max(m, purpose);

	*cost = (struct mf_cost){ text, m->cost_default };
	if (m->cost_kind == MF_COST_TEXT && text.at == NULL)
		cost->text = mf_text_of(m->cost_text);
	if (m->cost_kind == MF_COST_TEXT || text.at == NULL)
		return true;
	return mf_take_number(&text, max, &cost->number) && text.len == 0 &&
	       cost->number >= m->cost_min;
}

/* A setting must come back from its own grammar, within the limits. */
static enum mf_status
check_made(const struct mf_method *m, const char *setting,
	   struct mf_parsed *parsed, struct mf_fault *fault)
{
	if (mf_method_parse(m, mf_text_of(setting), parsed) != MF_FORM_SETTING)
		return mf_fail(fault, MF_LIBRARY_FAILED, m->name);
	return mf_method_check_cost(m, parsed, MF_TO_VERIFY, fault);
}

static enum mf_status
make_setting(const struct mf_method *m, struct mf_text text,
	     const unsigned char entropy[MF_SALT_ENTROPY],
	     char setting[MF_HASH_SIZE], struct mf_parsed *parsed,
	     struct mf_fault *fault)
{
	enum mf_status status = MF_COST_BAD;
	struct mf_cost cost;

	if (read_cost(m, text, MF_TO_VERIFY, &cost))
		status = m->setting(m, cost, entropy, setting);
	if (status == MF_OK)
		return check_made(m, setting, parsed, fault);
	return status == MF_COST_BAD ? bad_cost(m, MF_TO_VERIFY, fault)
				     : mf_fail(fault, status, m->name);
}

enum mf_status
mf_method_setting(const struct mf_method *m, struct mf_text cost,
		  const unsigned char entropy[MF_SALT_ENTROPY],
		  char setting[MF_HASH_SIZE], struct mf_fault *fault)
{
	struct mf_parsed parsed;

	return make_setting(m, cost, entropy, setting, &parsed, fault);
}

/* The salt doesn't matter, but for its length. */
enum mf_status
mf_method_cost(const struct mf_method *m, struct mf_text cost,
	       struct mf_parsed *parsed, struct mf_fault *fault)
{
	static const unsigned char entropy[MF_SALT_ENTROPY];
	char setting[MF_HASH_SIZE];
	enum mf_status status = make_setting(m, cost, entropy, setting, parsed,
					     fault);

	/* The cost would point into the setting. */
	parsed->cost = (struct mf_text){ NULL, 0 };
	return status;
}

enum mf_status
mf_method_check_policy(const struct mf_method *m, struct mf_text cost,
		       struct mf_fault *fault)
{
	struct mf_parsed parsed = { .work = 0 };
	struct mf_cost read;
	enum mf_status status;

	if (!read_cost(m, cost, MF_TO_STORE, &read))
		return bad_cost(m, MF_TO_STORE, fault);
	status = mf_method_cost(m, cost, &parsed, fault);
	return status == MF_OK
		     ? mf_method_check_cost(m, &parsed, MF_TO_STORE, fault)
		     : status;
}
