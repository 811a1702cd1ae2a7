/* method.h - what a way to hash passwords is: the contract of its back end
**
** A method is a row of the table in methods.c. The row says how a stored text
** of the method begins, what it may cost, who else verifies it, and which
** functions do the work; those get the row and read their parameters from it,
** so that methods that differ in figures only share their functions.
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
	** counts the closing NUL. Held for the others too, which have no
	** limit. */
	MF_PASSWORD_MAX = 511,
	/* Room for the longest hash and its NUL: CRYPT_OUTPUT_SIZE. */
	MF_HASH_SIZE = 384,
	/* Bytes of entropy for a new salt: all that the methods can use. */
	MF_SALT_ENTROPY = 16,
};

enum mf_form { MF_FORM_NONE, MF_FORM_SETTING, MF_FORM_HASH };

struct mf_parsed {
	uint64_t memory_kib; /* the method's work area, 0 if under 1 MiB */
	struct mf_text cost; /* for MF_COST_TEXT: part of the text parsed */
	uint64_t work;       /* in the row's work_unit */
	unsigned salt_bits;  /* of the salt as stored; 0: there is none */
};

/* What stands behind a label, or all there is: text, NUL-terminated besides,
** or the bytes of a raw digest. */
struct mf_inner {
	size_t len;
	char at[MF_HASH_SIZE];
};

enum mf_cost_kind {
	MF_COST_NONE,       /* the method has just one */
	MF_COST_WORK,       /* the cost is the work */
	MF_COST_LOG_MEMORY, /* 512 KiB doubled that often */
	MF_COST_TEXT,       /* mf_parsed.cost */
};

/* What a back end calls the one of several that a row is. */
enum mf_variant {
	MF_MD5,
	MF_SHA1,
	MF_SHA256,
	MF_SHA512,
	MF_ARGON2_D,
	MF_ARGON2_I,
	MF_ARGON2_ID
};

/* What a setting is to cost: of MF_COST_TEXT the text, else the number. */
struct mf_cost {
	struct mf_text text;
	uint64_t number;
};

struct mf_method {
	const char *name;
	const char *alias;  /* the name in pgcrypto, or NULL */
	const char *prefix; /* NULL: a label alone tells the method */
	bool bare;          /* its hash without a label may be a password */
	bool raw;           /* its text is the bytes of digest and salt */
	bool legacy;        /* too weak today at any cost */
	const struct mf_method *same_as; /* whose other spelling it is */
	unsigned programs;   /* of program.h, that verify a bare hash */
	size_t password_max; /* bytes that count; none may be cut off */

	/* Can the library at hand do it? NULL: each can. */
	bool (*available)(const struct mf_method *method);

	/* The grammar of what follows the prefix. Fills *parsed, which comes
	** cleared, unless it answers MF_FORM_NONE. Pure; bounded by text.len.
	*/
	enum mf_form (*parse)(const struct mf_method *method,
			      struct mf_text text, struct mf_parsed *parsed);
	/* What the grammars ask the row for, each what it needs. */
	size_t salt_max;      /* characters */
	size_t digest_digits; /* of the digest */
	unsigned last_digits; /* values that its last digit can have */
	uint64_t rounds;      /* where the text doesn't say */
	size_t blocks_max;    /* of DES */
	enum mf_variant variant;
	bool salted; /* a raw one: a salt follows the digest */

	/* Compute the hash for a setting or hash of this method. The caller
	** has parsed the setting, checked limits, and checked that the
	** password has neither NUL nor excess bytes. Only MF_OK leaves
	** anything to read in *hash; the caller wipes it. */
	enum mf_status (*hash)(const struct mf_method *method,
			       struct mf_text password, struct mf_text setting,
			       struct mf_inner *hash);

	/* Write a setting, NUL-terminated; NULL for a method whose old hashes
	** are verified and no more. A cost that is a number is in its range.
	** Answers MF_OK, COST_BAD or LIBRARY_FAILED. */
	enum mf_status (*setting)(const struct mf_method *method,
				  struct mf_cost cost,
				  const unsigned char entropy[MF_SALT_ENTROPY],
				  char setting[MF_HASH_SIZE]);
	enum mf_cost_kind cost_kind;
	const char *cost_text;           /* default of MF_COST_TEXT */
	uint64_t cost_default, cost_min; /* of costs that are numbers */

	/* The most work that a text may ask for: to be verified, and to be
	** stored. Where the cost is the work, its maximum, too. */
	const char *work_unit;
	uint64_t work_max, work_stored;
};

#endif
