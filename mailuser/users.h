/* users.h - what other commands need to know and do about users */
#ifndef MU_USERS_H
#define MU_USERS_H

#include "job.h"

bool mu_is_user(struct mu_job *job, const char *email);

/* Fail with MU_NOT_FOUND unless there is such a user, such a domain. */
void mu_need_user(struct mu_job *job, const char *email);
void mu_need_domain(struct mu_job *job, const char *domain);

/* The address as the table has it; as given if there is no such user. */
const char *mu_stored(struct mu_job *job, const char *email);

/* Delete a user, his own forwarding, and him from all others; say what stays.
** The caller has begun the transaction. */
void mu_delete_user(struct mu_job *job, const char *email);

/* "1073741824", "1048576K", "1G", "none": as digits, kept; NULL if it isn't
** a size, or is too big. */
const char *mu_size(struct mu_job *job, const char *size);

#endif
