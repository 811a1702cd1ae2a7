/* method.h - one row for each way to hash a password
**
** The rows say how a stored text of the method begins, which grammar it
** follows, how much it may cost, and which functions do the work. Everything
** that has to know "which method?" asks this table; nothing else names one.
**
** Words, as in crypt(5): a setting is the text that tells a method what to do
** (prefix, cost, salt); a hash is a setting with the digest behind it.
*/
#ifndef MF_METHOD_H
#define MF_METHOD_H

#include "fault.h"
#include "program.h"
#include "text.h"

enum {
	/* crypt(3) refuses 512 bytes and more: CRYPT_MAX_PASSPHRASE_SIZE
	** counts the closing NUL. Held for argon2 too, which has no limit. */
	MF_PASSWORD_MAX = 511,
	/* Room for the longest hash and its NUL: CRYPT_OUTPUT_SIZE. */
	MF_HASH_SIZE = 384,
	/* Bytes of entropy for a new salt: all that the methods can use. */
	MF_SALT_ENTROPY = 16,
};

/* No stored text may make a call use more memory than this. */
#define MF_MEMORY_LIMIT_KIB UINT64_C(1048576)

enum mf_form { MF_FORM_NONE, MF_FORM_SETTING, MF_FORM_HASH };

enum mf_cost_kind {
	MF_COST_NONE,       /* the method has just one */
	MF_COST_WORK,       /* the cost is the work */
	MF_COST_LOG_MEMORY, /* 512 KiB doubled that often */
	MF_COST_TEXT,       /* mf_parsed.cost */
};

struct mf_parsed {
	uint64_t memory_kib; /* the method's work area, 0 if under 1 MiB */
	struct mf_text cost; /* for MF_COST_TEXT: part of the text parsed */
	uint64_t work;       /* in the row's work_unit */
	unsigned salt_bits;  /* of the salt as stored; 0: there is none */
};

struct mf_method {
	const char *name;
	const char *alias; /* the name in pgcrypto, or NULL */
	/* "" for the DES family, which has none, and for digests, which only
	** a label tells */
	const char *prefix;
	bool labelled;       /* it's such a digest */
	bool creates;        /* false: old hashes are verified, no more */
	bool legacy;         /* too weak today at any cost */
	const char *same_as; /* the method whose other spelling it is */
	unsigned programs;   /* of program.h, that verify a bare hash */
	size_t password_max; /* bytes that count; none may be cut off */

	/* The grammar of what follows the prefix. Fills *parsed unless it
	** answers MF_FORM_NONE. Pure; bounded by text.len. */
	enum mf_form (*parse)(struct mf_text text, struct mf_parsed *parsed);

	/* Compute the hash for a setting or hash of this method into hash,
	** NUL-terminated. The caller has parsed the setting, checked limits,
	** and checked that the password has neither NUL nor excess bytes.
	** Only MF_OK leaves anything to read in hash; the caller wipes it. */
	enum mf_status (*hash)(struct mf_text password, struct mf_text setting,
			       char hash[MF_HASH_SIZE]);

	/* Write a setting of this method; NULL where creates is false.
	** cost is the text GEN_SALT() got or the row's default. */
	enum mf_status (*setting)(const struct mf_method *method,
				  struct mf_text cost,
				  const unsigned char entropy[MF_SALT_ENTROPY],
				  char setting[MF_HASH_SIZE]);
	enum mf_cost_kind cost_kind;
	const char *cost_default;
	const char *cost_accepted; /* the sentence's end: "..., from 1 to 11" */
	uint64_t cost_min, cost_max; /* where costs are numbers */

	const char *work_unit;
	uint64_t work_max; /* about ten seconds with the longest password */
};

/* The table: mf_method_count rows. */
extern const struct mf_method mf_methods[];
extern const size_t mf_method_count;

/* The row of that name or alias, in any case; NULL if there is none. */
const struct mf_method *mf_method_named(struct mf_text name);

/* The row whose $id$ the text begins with, or which the text without $ fits
** as a whole; NULL if there is none. The text may still be damaged. */
const struct mf_method *mf_method_of(struct mf_text text);

/* The setting of a method that creates, for a cost in its own words (the
** default if cost.at is NULL), by entropy of the caller's.
** Fails with: COST_BAD, COST_OVER, LIBRARY_FAILED. */
enum mf_status mf_method_setting(const struct mf_method *method,
				 struct mf_text cost,
				 const unsigned char entropy[MF_SALT_ENTROPY],
				 char setting[MF_HASH_SIZE],
				 struct mf_fault *fault);

/* Parse a text of the method, prefix included. */
enum mf_form mf_method_parse(const struct mf_method *method,
			     struct mf_text text, struct mf_parsed *parsed);

/* MF_OK, or MF_COST_OVER with the figure and the limit. */
enum mf_status mf_method_check_cost(const struct mf_method *method,
				    const struct mf_parsed *parsed,
				    struct mf_fault *fault);

#endif
