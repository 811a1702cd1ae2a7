/* password.h - make and verify stored hashes
**
** What a stored hash is stands in stored.h, which methods there are, and what
** they may cost, in methods.h.
**
** All functions are pure but for those that make a salt, which ask the kernel
** for entropy; all may be called from any thread. On anything but MF_OK they
** have filled *fault and left nothing to read in their other results. Working
** memory is on the heap, and wiped and freed before they return; the hash
** that is left in its caller's buffer is the caller's to wipe.
**
** A method is given by its name or alias; a cost whose at is NULL is its
** default.
*/
#ifndef MF_PASSWORD_H
#define MF_PASSWORD_H

#include "stored.h"

struct mf_hash {
	char text[MF_STORED_SIZE]; /* NUL-terminated */
};

/* The name of the method that is used unless told otherwise. */
struct mf_text mf_default_method(void);

/* A setting with a fresh salt.
** Fails with: METHOD_UNKNOWN, METHOD_OLD, COST_BAD, COST_OVER, NO_ENTROPY. */
enum mf_status mf_gen_salt(struct mf_text name, struct mf_text cost,
			   struct mf_hash *setting, struct mf_fault *fault);

/* The hash of a password by a setting, or by a stored hash for comparison;
** a label of the stored hash is kept.
** Fails with: PASSWORD_*, SETTING_UNKNOWN, METHOD_OLD for a bare setting,
** HASH_*, COST_OVER, NO_MEMORY, LIBRARY_FAILED. */
enum mf_status mf_crypt(struct mf_text password, struct mf_text setting,
			struct mf_hash *hash, struct mf_fault *fault);

/* A new hash. Fails as the two above do. */
enum mf_status mf_crypt_new(struct mf_text password, struct mf_text method,
			    struct mf_text cost, struct mf_hash *hash,
			    struct mf_fault *fault);

/* Is the text a hash that may be stored (*is_hash, and nothing in *hash), or
** else a password? Then make a new hash of it. Fails as mf_crypt_new() and
** mf_is_hash() do, with PASSWORD_MARK, and with COST_DEAR where hashes of that
** cost may not be stored. */
enum mf_status mf_crypt_once(struct mf_text text, struct mf_text method,
			     struct mf_text cost, bool *is_hash,
			     struct mf_hash *hash, struct mf_fault *fault);

/* Is this the password of that stored hash? Anything that isn't a whole,
** unlocked hash has none. The comparison takes the same time for any result.
** Fails with: COST_OVER, NO_MEMORY, LIBRARY_FAILED. */
enum mf_status mf_verify(struct mf_text password, struct mf_text stored,
			 bool *verified, struct mf_fault *fault);

/* Would mf_verify() refuse to try that stored hash, were it not locked?
** Fails with: COST_OVER. */
enum mf_status mf_check_verify(struct mf_text stored, struct mf_fault *fault);

/* Is this a hash that may be stored (true) or a plain password (false)? Hashes
** without a mark of their own are taken for passwords, and so are the marks
** of locks. Fails with: HASH_*, COST_DEAR, PASSWORD_EMPTY, PASSWORD_NUL,
** PASSWORD_LONG. */
enum mf_status mf_is_hash(struct mf_text text, bool *is_hash,
			  struct mf_fault *fault);

/* Can the method hash that password?
** Fails with: METHOD_UNKNOWN, METHOD_OLD, PASSWORD_*. */
enum mf_status mf_check_password(struct mf_text password, struct mf_text name,
				 struct mf_fault *fault);

/* Can passwords be hashed by that method at that cost, and be stored?
** Fails with: METHOD_UNKNOWN, METHOD_OLD, COST_*. */
enum mf_status mf_check_policy(struct mf_text name, struct mf_text cost,
			       struct mf_fault *fault);

#endif
