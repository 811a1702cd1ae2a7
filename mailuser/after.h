/* after.h - the scripts that a change makes due
**
** maildirs.sh makes the maildirs and quotas of new users, for Courier;
** publish.sh the copy for Postfix. Both are run as programs, without a shell
** of ours, with the paths of the settings and nothing from the database.
*/
#ifndef MU_AFTER_H
#define MU_AFTER_H

#include "job.h"

/* Run what is due, if the settings name its folder or file. */
void mu_run_due(struct mu_job *job);

#endif
