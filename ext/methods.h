/* methods.h - the table of methods, and what is asked of it
**
** Everything that has to know "which method?" asks here; what differs between
** methods stands in their rows.
**
** All functions are pure, but that available() asks the library at hand; any
** thread may call.
*/
#ifndef MF_METHODS_H
#define MF_METHODS_H

#include "method.h"

/* The rows, in the order in which crypt_methods and sentences list them. */
enum mf_method_id {
	MF_YESCRYPT,
	MF_GOST_YESCRYPT,
	MF_SCRYPT,
	MF_BCRYPT,
	MF_SHA512CRYPT,
	MF_SHA256CRYPT,
	MF_ARGON2ID,
	MF_ARGON2I,
	MF_ARGON2D,
	MF_BCRYPT_2A,
	MF_BCRYPT_2Y,
	MF_BCRYPT_2X,
	MF_SM3_YESCRYPT,
	MF_SM3CRYPT,
	MF_SHA1CRYPT,
	MF_SUNMD5,
	MF_MD5CRYPT,
	MF_NT,
	MF_BSDICRYPT,
	MF_DESCRYPT,
	MF_BIGCRYPT,
	MF_PLAIN_MD5,
	MF_SMD5,
	MF_PLAIN_SHA1,
	MF_SSHA,
	MF_PLAIN_SHA256,
	MF_SSHA256,
	MF_PLAIN_SHA512,
	MF_SSHA512,
	MF_PBKDF2,
	MF_METHOD_COUNT,
	/* The strongest that Courier's crypt(3) check accepts. */
	MF_DEFAULT_METHOD = MF_YESCRYPT,
};

extern const struct mf_method mf_methods[MF_METHOD_COUNT];

/* What a text is to be used for decides what it may cost. */
enum mf_purpose { MF_TO_VERIFY, MF_TO_STORE };

/* Is the method to be had? Those below answer with no other. */
bool mf_method_available(const struct mf_method *method);

/* The row of that name or alias, in any case; NULL if there is none. */
const struct mf_method *mf_method_named(struct mf_text name);

/* The same, if it makes settings.
** Fails with: METHOD_UNKNOWN, METHOD_OLD. */
enum mf_status mf_creating_method(struct mf_text name,
				  const struct mf_method **method,
				  struct mf_fault *fault);

/* Fail with METHOD_OLD for a method that makes none. */
enum mf_status mf_method_old(const struct mf_method *method,
			     struct mf_fault *fault);

/* The row whose $id$ the text begins with, or which the text without $ fits
** as a whole; NULL if there is none. The text may still be damaged. */
const struct mf_method *mf_method_of(struct mf_text text);

/* Parse a text of the method, prefix included. */
enum mf_form mf_method_parse(const struct mf_method *method,
			     struct mf_text text, struct mf_parsed *parsed);

/* May a text that asks for so much be used?
** Fails with: COST_OVER to verify, COST_DEAR to store. */
enum mf_status mf_method_check_cost(const struct mf_method *method,
				    const struct mf_parsed *parsed,
				    enum mf_purpose purpose,
				    struct mf_fault *fault);

/* Can it hash the password?
** Fails with: PASSWORD_EMPTY, PASSWORD_NUL, PASSWORD_LONG. */
enum mf_status mf_method_check_password(const struct mf_method *method,
					struct mf_text password,
					struct mf_fault *fault);

/* The highest cost of a method whose costs are numbers. */
uint64_t mf_method_cost_max(const struct mf_method *method,
			    enum mf_purpose purpose);

/* For MF_COST_LOG_MEMORY: which cost uses that much? */
uint64_t mf_log_memory(uint64_t memory_kib);

/* The setting of a method that creates, for a cost in its own words (the
** default if cost.at is NULL), by entropy of the caller's.
** Fails with: COST_BAD, COST_OVER, LIBRARY_FAILED. */
enum mf_status mf_method_setting(const struct mf_method *method,
				 struct mf_text cost,
				 const unsigned char entropy[MF_SALT_ENTROPY],
				 char setting[MF_HASH_SIZE],
				 struct mf_fault *fault);

/* What a hash of a method that creates asks for at that cost.
** Fails with: COST_BAD, COST_OVER, LIBRARY_FAILED. */
enum mf_status mf_method_cost(const struct mf_method *method,
			      struct mf_text cost, struct mf_parsed *parsed,
			      struct mf_fault *fault);

/* May hashes of that cost be stored?
** Fails with: COST_BAD, COST_OVER, COST_DEAR, LIBRARY_FAILED. */
enum mf_status mf_method_check_policy(const struct mf_method *method,
				      struct mf_text cost,
				      struct mf_fault *fault);

#endif
