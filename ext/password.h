/* password.h - make, verify and recognise stored hashes
**
** What a stored hash is stands in stored.h, which methods and schemes there
** are, and what they may cost, in method.h and scheme.h.
**
** All functions are pure but for mf_gen_salt(), which asks the kernel for
** entropy; all may be called from any thread. On anything but MF_OK they have
** filled *fault and left nothing to read in their other results. Working
** memory is on the heap, and wiped and freed before they return; the hash
** that mf_crypt() leaves in its caller's buffer is the caller's to wipe.
*/
#ifndef MF_PASSWORD_H
#define MF_PASSWORD_H

#include "fault.h"
#include "method.h"
#include "scheme.h"
#include "text.h"

struct mf_hash {
	char text[MF_STORED_SIZE]; /* NUL-terminated */
};

/* The method of that name (or alias), if it makes settings.
** Fails with: METHOD_UNKNOWN, METHOD_OLD. */
enum mf_status mf_creating_method(struct mf_text name,
				  const struct mf_method **method,
				  struct mf_fault *fault);

/* A setting with a fresh salt for the method of that name (or alias). A cost
** whose at is NULL is the method's default.
** Fails with: METHOD_UNKNOWN, METHOD_OLD, COST_BAD, COST_OVER, NO_ENTROPY. */
enum mf_status mf_gen_salt(struct mf_text name, struct mf_text cost,
			   struct mf_hash *setting, struct mf_fault *fault);

/* The hash of a password by a setting, or by a stored hash for comparison;
** a label of the stored hash is kept.
** Fails with: PASSWORD_*, SETTING_UNKNOWN, METHOD_OLD for a bare setting,
** HASH_*, COST_OVER, NO_MEMORY, LIBRARY_FAILED. */
enum mf_status mf_crypt(struct mf_text password, struct mf_text setting,
			struct mf_hash *hash, struct mf_fault *fault);

/* Is this the password of that stored hash? Anything that isn't a whole,
** unlocked hash has none. The comparison takes the same time for any result.
** Fails with: COST_OVER, NO_MEMORY, LIBRARY_FAILED. */
enum mf_status mf_verify(struct mf_text password, struct mf_text stored,
			 bool *verified, struct mf_fault *fault);

/* Is this a stored hash (true) or a plain password (false)? Bare DES and
** bigcrypt hashes are taken for passwords: they have no mark of their own.
** Fails with: HASH_DAMAGED, HASH_PLAIN, HASH_FOREIGN, COST_OVER. */
enum mf_status mf_is_hash(struct mf_text text, bool *is_hash,
			  struct mf_fault *fault);

#endif
