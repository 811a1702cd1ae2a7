/* workers.h - several threads that hash passwords, first come, first served
**
** One thread, the owner, gives passwords and takes hashes, in the order in
** which it gave; the workers do nothing but mf_crypt_new(). There are as many
** as the process has processors, but no more than need 1 GiB together. They
** take no signals. Where none can be started, the owner hashes himself.
**
** All that was given is wiped when its hash has been made, or when all is
** stopped; the hashes that were taken are their taker's to wipe.
*/
#ifndef MF_WORKERS_H
#define MF_WORKERS_H

#include "password.h"

struct mf_workers;

/* Fails with: METHOD_UNKNOWN, METHOD_OLD, COST_BAD, COST_OVER, NO_MEMORY. */
enum mf_status mf_workers_start(struct mf_text method, struct mf_text cost,
				struct mf_workers **workers,
				struct mf_fault *fault);

/* How many passwords they hold at most: enough that nobody waits. */
size_t mf_workers_room(const struct mf_workers *workers);

/* Copy a password. There must be room: fewer taken than given by that. */
void mf_workers_give(struct mf_workers *workers, struct mf_text password);

/* Wait for the hash of the first password that wasn't taken yet; there must be
** one. Fails as mf_crypt_new() does. */
enum mf_status mf_workers_take(struct mf_workers *workers, struct mf_hash *hash,
			       struct mf_fault *fault);

/* Let each finish the hash that it is at, end the threads, and free all. */
void mf_workers_stop(struct mf_workers *workers);

#endif
