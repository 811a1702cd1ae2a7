/* method.c - see method.h */

#include "method.h"

#include "method_argon2.h"
#include "method_crypt.h"
#include "method_digest.h"
#include "setting.h"

#include <string.h>

/* What bcrypt can use; crypt(3) drops the rest without a word. */
enum { BCRYPT_PASSWORD_MAX = 72 };

#define CRYPT3 (MF_COURIER | MF_DOVECOT)

#define BY_LIBXCRYPT .hash = mf_crypt_hash, .password_max = MF_PASSWORD_MAX
#define BY_LIBARGON2 .hash = mf_argon2_hash, .password_max = MF_PASSWORD_MAX
#define BCRYPT \
	.parse = mf_parse_bcrypt, .hash = mf_crypt_hash, \
	.password_max = BCRYPT_PASSWORD_MAX, .cost_kind = MF_COST_WORK, \
	.work_unit = "as its cost", .work_max = 17
#define ARGON2 \
	.parse = mf_parse_argon2, BY_LIBARGON2, .cost_kind = MF_COST_TEXT, \
	.work_unit = "KiB times passes", .work_max = 4194304

#define DIGEST(id) \
	.prefix = "", .labelled = true, .legacy = true, \
	.parse = mf_parse_##id, .hash = mf_hash_##id, \
	.password_max = MF_PASSWORD_MAX, .work_unit = "rounds"

/* The limits: each is the largest round figure with which one call stays near
** ten seconds, measured with passwords of 511 bytes on a core that does
** bcrypt at cost 12 in 0.2 s. See the manual in mailfunc.c. */
/* clang-format off */
const struct mf_method mf_methods[] = {
	{
		.name = "yescrypt", .prefix = "$y$", .creates = true,
		.programs = CRYPT3, .cost_kind = MF_COST_LOG_MEMORY,
		.parse = mf_parse_yescrypt, BY_LIBXCRYPT,
		.setting = mf_crypt_setting, .cost_default = "5",
		.cost_min = 1, .cost_max = 11,
		.cost_accepted = "a whole number from 1 to 11",
		.work_unit = "block mixes", .work_max = 16777216,
	}, {
		.name = "gost-yescrypt", .prefix = "$gy$", .creates = true,
		.programs = CRYPT3, .cost_kind = MF_COST_LOG_MEMORY,
		.parse = mf_parse_yescrypt, BY_LIBXCRYPT,
		.setting = mf_crypt_setting, .cost_default = "5",
		.cost_min = 1, .cost_max = 11,
		.cost_accepted = "a whole number from 1 to 11",
		.work_unit = "block mixes", .work_max = 16777216,
	}, {
		.name = "scrypt", .prefix = "$7$", .creates = true,
		.programs = CRYPT3, .cost_kind = MF_COST_LOG_MEMORY,
		.parse = mf_parse_scrypt, BY_LIBXCRYPT,
		.setting = mf_crypt_setting, .cost_default = "7",
		.cost_min = 6, .cost_max = 11,
		.cost_accepted = "a whole number from 6 to 11",
		.work_unit = "block mixes", .work_max = 16777216,
	}, {
		.name = "bcrypt", .alias = "bf", .prefix = "$2b$",
		.programs = CRYPT3 | MF_PHP,
		.creates = true, BCRYPT,
		.setting = mf_crypt_setting, .cost_default = "12",
		.cost_min = 4, .cost_max = 17,
		.cost_accepted = "a whole number from 4 to 17",
	}, {
		.name = "sha512crypt", .prefix = "$6$", .creates = true,
		.programs = CRYPT3 | MF_PHP, .cost_kind = MF_COST_WORK,
		.parse = mf_parse_sha512crypt, BY_LIBXCRYPT,
		.setting = mf_crypt_setting, .cost_default = "500000",
		.cost_min = 1000, .cost_max = 3000000,
		.cost_accepted = "a whole number from 1000 to 3000000",
		.work_unit = "rounds", .work_max = 3000000,
	}, {
		.name = "sha256crypt", .prefix = "$5$", .creates = true,
		.programs = CRYPT3 | MF_PHP, .cost_kind = MF_COST_WORK,
		.parse = mf_parse_sha256crypt, BY_LIBXCRYPT,
		.setting = mf_crypt_setting, .cost_default = "500000",
		.cost_min = 1000, .cost_max = 3000000,
		.cost_accepted = "a whole number from 1000 to 3000000",
		.work_unit = "rounds", .work_max = 3000000,
	}, {
		.name = "argon2id", .prefix = "$argon2id$", .creates = true,
		.programs = MF_PHP,
		ARGON2, .setting = mf_argon2_setting,
		.cost_default = "m=19456,t=2,p=1",
		.cost_accepted = "text such as m=19456,t=2,p=1, "
				 "with m at least 8 * p KiB",
	}, {
		.name = "argon2i", .prefix = "$argon2i$",
		.programs = MF_PHP, ARGON2,
	}, {
		.name = "argon2d", .prefix = "$argon2d$", ARGON2,
	}, {
		.name = "bcrypt-2a", .prefix = "$2a$",
		.programs = CRYPT3 | MF_PHP | MF_POSTGRESQL, BCRYPT,
	}, {
		.name = "bcrypt-2y", .prefix = "$2y$", .same_as = "bcrypt",
		.programs = CRYPT3 | MF_PHP, BCRYPT,
	}, {
		.name = "bcrypt-2x", .prefix = "$2x$", .legacy = true,
		.programs = CRYPT3 | MF_PHP | MF_POSTGRESQL, BCRYPT,
	}, {
		.name = "sha1crypt", .prefix = "$sha1$",
		.legacy = true, .programs = CRYPT3, .cost_kind = MF_COST_WORK,
		.parse = mf_parse_sha1crypt, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 5000000,
	}, {
		.name = "sunmd5", .prefix = "$md5",
		.legacy = true, .programs = CRYPT3, .cost_kind = MF_COST_WORK,
		.parse = mf_parse_sunmd5, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 5000000,
	}, {
		.name = "md5crypt", .alias = "md5", .prefix = "$1$",
		.legacy = true, .programs = CRYPT3 | MF_PHP | MF_POSTGRESQL,
		.parse = mf_parse_md5crypt, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 1000,
	}, {
		.name = "nt", .prefix = "$3$",
		.legacy = true, .programs = CRYPT3,
		.parse = mf_parse_nt, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 1,
	}, {
		.name = "bsdicrypt", .alias = "xdes", .prefix = "_",
		.legacy = true, .cost_kind = MF_COST_WORK,
		.programs = CRYPT3 | MF_PHP | MF_POSTGRESQL,
		.parse = mf_parse_bsdicrypt, BY_LIBXCRYPT,
		.work_unit = "rounds", .work_max = 16777215,
	}, {
		.name = "descrypt", .alias = "des", .prefix = "",
		.legacy = true, .programs = CRYPT3 | MF_PHP | MF_POSTGRESQL,
		.parse = mf_parse_descrypt, BY_LIBXCRYPT,
		.work_unit = "blocks", .work_max = 1,
	}, {
		.name = "bigcrypt", .prefix = "",
		.legacy = true, .programs = CRYPT3,
		.parse = mf_parse_bigcrypt, BY_LIBXCRYPT,
		.work_unit = "blocks", .work_max = 16,
	},
	{ .name = "plain-md5", DIGEST(plain_md5), .work_max = 1 },
	{ .name = "smd5", DIGEST(smd5), .work_max = 1 },
	{ .name = "sha1", DIGEST(sha1), .work_max = 1 },
	{ .name = "ssha", DIGEST(ssha1), .work_max = 1 },
	{ .name = "sha256", DIGEST(sha256), .work_max = 1 },
	{ .name = "ssha256", DIGEST(ssha256), .work_max = 1 },
	{ .name = "sha512", DIGEST(sha512), .work_max = 1 },
	{ .name = "ssha512", DIGEST(ssha512), .work_max = 1 },
	{ .name = "pbkdf2", DIGEST(pbkdf2), .work_max = 5000000,
	  .cost_kind = MF_COST_WORK },
};
/* clang-format on */

const size_t mf_method_count = sizeof mf_methods / sizeof mf_methods[0];

const struct mf_method *
mf_method_named(struct mf_text name)
{
	for (size_t i = 0; i < mf_method_count; i++) {
		const struct mf_method *m = &mf_methods[i];
		if (mf_text_same_name(name, m->name) ||
		    (m->alias != NULL && mf_text_same_name(name, m->alias)))
			return m;
	}
	return NULL;
}

/* $id$ of the method, or for sunmd5, whose rounds come first, $md5, too. */
static bool
begins_with_id(const struct mf_method *m, struct mf_text text)
{
	size_t len = strlen(m->prefix);

	if (m->prefix[0] != '$' || !mf_text_begins(text, m->prefix))
		return false;
	if (m->prefix[len - 1] == '$')
		return true;
	return text.len > len && (text.at[len] == '$' || text.at[len] == ',');
}

const struct mf_method *
mf_method_of(struct mf_text text)
{
	struct mf_parsed parsed;

	for (size_t i = 0; i < mf_method_count; i++) {
		const struct mf_method *m = &mf_methods[i];
		if (begins_with_id(m, text))
			return m;
		if (m->prefix[0] != '$' && !m->labelled &&
		    mf_method_parse(m, text, &parsed) == MF_FORM_HASH)
			return m;
	}
	return NULL;
}

enum mf_form
mf_method_parse(const struct mf_method *method, struct mf_text text,
		struct mf_parsed *parsed)
{
	*parsed = (struct mf_parsed){ .work = 0 };
	if (!mf_take(&text, method->prefix))
		return MF_FORM_NONE;
	return method->parse(text, parsed);
}

static enum mf_status
over(const struct mf_method *method, uint64_t figure, const char *unit,
     uint64_t limit, struct mf_fault *fault)
{
	mf_fail(fault, MF_COST_OVER, method->name);
	fault->figure = figure;
	fault->unit = unit;
	fault->limit = limit;
	return MF_COST_OVER;
}

enum mf_status
mf_method_check_cost(const struct mf_method *method,
		     const struct mf_parsed *parsed, struct mf_fault *fault)
{
	if (parsed->memory_kib > MF_MEMORY_LIMIT_KIB)
		return over(method, parsed->memory_kib, "KiB of memory",
			    MF_MEMORY_LIMIT_KIB, fault);
	if (parsed->work > method->work_max)
		return over(method, parsed->work, method->work_unit,
			    method->work_max, fault);
	return MF_OK;
}

/* A setting must come back from its own grammar, within the limits. */
static enum mf_status
check_made(const struct mf_method *method, const char *setting,
	   struct mf_fault *fault)
{
	struct mf_parsed parsed;

	if (mf_method_parse(method, mf_text_of(setting), &parsed) !=
	    MF_FORM_SETTING)
		return mf_fail(fault, MF_LIBRARY_FAILED, method->name);
	return mf_method_check_cost(method, &parsed, fault);
}

enum mf_status
mf_method_setting(const struct mf_method *method, struct mf_text cost,
		  const unsigned char entropy[MF_SALT_ENTROPY],
		  char setting[MF_HASH_SIZE], struct mf_fault *fault)
{
	enum mf_status status;

	if (cost.at == NULL)
		cost = mf_text_of(method->cost_default);
	status = method->setting(method, cost, entropy, setting);
	if (status == MF_OK)
		return check_made(method, setting, fault);
	mf_fail(fault, status, method->name);
	fault->accepted = method->cost_accepted;
	return status;
}
