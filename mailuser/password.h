/* password.h - where a password comes from, and what becomes of it
**
** It is asked for at the terminal, read from standard input, or generated; it
** lies in memory that isn't swapped, and mu_wipe_passwords() ends that. What
** is typed is a password even where it looks like a hash.
*/
#ifndef MU_PASSWORD_H
#define MU_PASSWORD_H

#include "job.h"

/* The options that say where it comes from. */
#define MU_SOURCES (MU_BIT(MU_GENERATE) | MU_BIT(MU_STDIN))

/* The hash of a new password for that user, by the policy. May wait for a
** person: to be called before mu_begin(). NULL after a failure. */
const char *mu_new_hash(struct mu_job *job, const char *email);

/* Ask for a password: does it fit that user? */
bool mu_fits(struct mu_job *job, const char *email);

/* What --generate has made, or NULL. */
const char *mu_generated(void);

void mu_wipe_passwords(void);

#endif
