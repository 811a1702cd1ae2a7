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
void mu_move_lists(struct mu_job *job, const char *old, const char *new);

#endif
