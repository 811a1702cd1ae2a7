/* inspect.h - what a stored hash is, and who can verify it
**
** Nothing is computed here. All functions are pure; any thread may call.
*/
#ifndef MF_INSPECT_H
#define MF_INSPECT_H

#include "password.h"

enum { MF_COST_SIZE = 48 }; /* bytes of a cost as text, NUL included */

struct mf_info {
	const char *method;
	struct mf_text scheme; /* its name without braces; empty: no label */
	/* As GEN_SALT() takes it; empty for a method that has none. For
	** yescrypt and scrypt of unusual proportions: the highest cost whose
	** memory they use. */
	char cost[MF_COST_SIZE];
	bool cost_is_number;
	uint64_t memory_kib;
	unsigned salt_bits;
	bool legacy, locked;
	/* Of program.h, that verify the hash as it is stored; none for a
	** locked one. */
	unsigned programs;
};

/* False if the text is no whole hash. */
bool mf_inspect(struct mf_text stored, struct mf_info *info);

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
