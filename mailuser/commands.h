/* commands.h - what each command does: the functions in the table of main.c */
#ifndef MU_COMMANDS_H
#define MU_COMMANDS_H

#include "job.h"

void mu_add(struct mu_job *job);
void mu_passwd(struct mu_job *job);
void mu_lock(struct mu_job *job);
void mu_unlock(struct mu_job *job);
void mu_enable(struct mu_job *job);
void mu_disable(struct mu_job *job);
void mu_quota(struct mu_job *job);
void mu_name(struct mu_job *job);
void mu_rename(struct mu_job *job);
void mu_delete(struct mu_job *job);
void mu_show(struct mu_job *job);
void mu_list_users(struct mu_job *job);
void mu_check(struct mu_job *job);

void mu_domain_add(struct mu_job *job);
void mu_domain_delete(struct mu_job *job);
void mu_domain_list(struct mu_job *job);
void mu_transport_add(struct mu_job *job);
void mu_transport_delete(struct mu_job *job);
void mu_transport_list(struct mu_job *job);
void mu_policy(struct mu_job *job);
void mu_methods(struct mu_job *job);
void mu_columns(struct mu_job *job);

void mu_alias_add(struct mu_job *job);
void mu_alias_delete(struct mu_job *job);
void mu_alias_list(struct mu_job *job);
void mu_forward_add(struct mu_job *job);
void mu_forward_delete(struct mu_job *job);
void mu_forward_list(struct mu_job *job);

void mu_import(struct mu_job *job);
void mu_export(struct mu_job *job);
void mu_backup(struct mu_job *job);
void mu_restore(struct mu_job *job);

#endif
