/* inspect.h - what a stored hash is, and who can verify it
**
** Nothing is computed here. All functions are pure; any thread may call.
*/
#ifndef MF_INSPECT_H
#define MF_INSPECT_H

#include "password.h"
#include "program.h"
#include "stored.h"

enum { MF_COST_SIZE = 48 }; /* bytes of a cost as text, NUL included */

/* The programs of program.h that verify the hash as it is stored, as a set;
** none for what is locked or no whole hash. */
unsigned mf_stored_programs(const struct mf_stored *stored);

/* The hash's cost as GEN_SALT() takes it, NUL-terminated; empty for a method
** that has none. For yescrypt and scrypt of unusual proportions: the highest
** cost whose memory they use. */
void mf_stored_cost(const struct mf_stored *stored, char cost[MF_COST_SIZE]);

/* Is the hash other than one of that method at that cost, or above it in
** both memory and work? A cost whose at is NULL is the method's default.
** Fails with: METHOD_UNKNOWN, METHOD_OLD, COST_BAD, COST_OVER. */
enum mf_status mf_needs_rehash(struct mf_text stored, struct mf_text name,
			       struct mf_text cost, bool *needs,
			       struct mf_fault *fault);

/* The same hash as the program, MF_COURIER or MF_DOVECOT, spells it, locked
** if it is. *found is false where that program can't verify it at all. */
enum mf_status mf_relabel(struct mf_text stored, enum mf_program program,
			  struct mf_hash *spelled, bool *found,
			  struct mf_fault *fault);

#endif
