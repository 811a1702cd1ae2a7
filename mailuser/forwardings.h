/* forwardings.h - the lists in forwardings.destination */
#ifndef MU_FORWARDINGS_H
#define MU_FORWARDINGS_H

#include "job.h"

/* Within a transaction: add an address to the list of source, and make the
** list if there is none; take it out of one list, and of all; and write it
** otherwise in all. Each change is reported. */
void mu_add_target(struct mu_job *job, const char *source, const char *target);
void mu_remove_target(struct mu_job *job, const char *source,
		      const char *target);
void mu_leave_lists(struct mu_job *job, const char *target);
/* Those that lead there, and the list of old itself, which new must not have
** (see mu_refuse_alias()). */
void mu_move_lists(struct mu_job *job, const char *old, const char *new);

/* Delete the list of source; was there one? */
bool mu_delete_forwarding(struct mu_job *job, const char *source);

/* A list of that address, which is to become a user's, would take his mail
** elsewhere: fail, and say what to do. */
void mu_refuse_alias(struct mu_job *job, const char *email);

#endif
