/* tables.c - domains, transport, password_policy and what is beside them */

#include "commands.h"
#include "forwardings.h"
#include "output.h"
#include "users.h"

#include <string.h>

/* ---- domains ---- */

void
mu_domain_add(struct mu_job *job)
{
	const char *domain = job->argv[0];

	mu_begin(job);
	if (mu_ask(job, "SELECT 1 FROM domains WHERE domain = ?1",
		   MU_VALUES(domain)) != NULL)
		mu_fail(job, MU_REFUSED, "there is a domain %s already",
			domain);
	mu_change(job, "INSERT INTO domains VALUES (?1)", MU_VALUES(domain));
	mu_changed(job, "domain", domain, "added");
	job->due |= MU_DUE_PUBLISH;
}

/* The users, and what is forwarded from the domain. What leads to an address
** of it isn't ours to judge, but for the users. */
static void
empty_domain(struct mu_job *job, const char *domain)
{
	const char *const *users = mu_list(
		job, "SELECT email FROM people WHERE domain = ?1",
		MU_VALUES(domain));
	const char *const *sources;

	for (; *users != NULL; users++)
		mu_delete_user(job, *users);
	sources = mu_list(job,
			  "SELECT source FROM forwardings WHERE "
			  "substr(source, instr(source, '@')) = '@' || ?1 "
			  "COLLATE NOCASE",
			  MU_VALUES(domain));
	for (; *sources != NULL; sources++) {
		(void)mu_delete_forwarding(job, *sources);
		mu_changed(job, "forwarding", *sources, "deleted");
	}
}

static bool
has_transport(struct mu_job *job, const char *domain)
{
	return mu_ask(job, "SELECT 1 FROM transport WHERE domain = ?1",
		      MU_VALUES(domain)) != NULL;
}

/* What stays behind, and leads nowhere now. */
static void
say_what_stays(struct mu_job *job, const char *domain)
{
	const char *const *left = mu_list(
		job,
		"SELECT DISTINCT source FROM targets "
		"WHERE substr(source, instr(source, '@')) = '@' || ?1 "
		"COLLATE NOCASE OR "
		"substr(target, instr(target, '@')) = '@' || ?1 COLLATE NOCASE",
		MU_VALUES(domain));

	for (; *left != NULL; left++)
		mu_changed(job, "forwarding", *left, "stays");
	if (has_transport(job, domain))
		mu_changed(job, "transport", domain, "stays");
}

void
mu_domain_delete(struct mu_job *job)
{
	const char *domain = job->argv[0];

	mu_begin(job);
	mu_need_domain(job, domain);
	if (mu_has(job, MU_USERS))
		empty_domain(job, domain);
	mu_change(job, "DELETE FROM domains WHERE domain = ?1",
		  MU_VALUES(domain));
	mu_changed(job, "domain", domain, "deleted");
	say_what_stays(job, domain);
	job->due |= MU_DUE_PUBLISH;
}

void
mu_domain_list(struct mu_job *job)
{
	mu_table(job,
		 "SELECT domain, (SELECT count(*) FROM people "
		 "WHERE people.domain = domains.domain) AS users "
		 "FROM domains ORDER BY domain",
		 MU_NO_VALUES);
}

/* ---- transport ---- */

void
mu_transport_add(struct mu_job *job)
{
	const char *domain = job->argv[0], *transport = job->argv[1];

	mu_begin(job);
	if (has_transport(job, domain))
		mu_fail(job, MU_REFUSED, "there is a transport of %s already",
			domain);
	mu_change(job, "INSERT INTO transport VALUES (?1, ?2)",
		  MU_VALUES(domain, transport));
	mu_changed(job, "transport", domain, "is %s", transport);
	job->due |= MU_DUE_PUBLISH;
}

void
mu_transport_delete(struct mu_job *job)
{
	const char *domain = job->argv[0];

	mu_begin(job);
	if (!has_transport(job, domain))
		mu_fail(job, MU_NOT_FOUND, "there is no transport of %s",
			domain);
	mu_change(job, "DELETE FROM transport WHERE domain = ?1",
		  MU_VALUES(domain));
	mu_changed(job, "transport", domain, "deleted");
	job->due |= MU_DUE_PUBLISH;
}

void
mu_transport_list(struct mu_job *job)
{
	mu_table(job, "SELECT domain, transport FROM transport ORDER BY domain",
		 MU_NO_VALUES);
}

/* ---- how passwords are hashed ---- */

static void
set_policy(struct mu_job *job)
{
	const char *method = job->argc > 0 ? job->argv[0] : NULL;
	const char *cost = job->argc > 1 ? job->argv[1] : NULL;

	mu_begin(job);
	/* A cost is a number for most methods, and a text for argon2id. */
	if (method != NULL) {
		mu_change(job,
			  "UPDATE password_policy SET method = ?1, cost = CASE "
			  "WHEN ?2 GLOB '*[^0-9]*' THEN ?2 "
			  "ELSE CAST(?2 AS INTEGER) END",
			  MU_VALUES(method, cost));
		mu_changed(job, "policy", "method", "%s, cost %s", method,
			   cost != NULL ? cost : "by default");
	}
	if (mu_has(job, MU_STRENGTH)) {
		mu_change(job,
			  "UPDATE password_policy SET strength = "
			  "CASE WHEN ?1 IN ('0', '1') "
			  "THEN CAST(?1 AS INTEGER) ELSE ?1 END",
			  MU_VALUES(job->value[MU_STRENGTH]));
		mu_changed(job, "policy", "strength", "%s",
			   job->value[MU_STRENGTH]);
	}
}

void
mu_policy(struct mu_job *job)
{
	if (job->argc > 0 || mu_has(job, MU_STRENGTH))
		set_policy(job);
	else
		mu_card(job,
			"SELECT method, cost, strength FROM password_policy",
			MU_NO_VALUES);
}

void
mu_methods(struct mu_job *job)
{
	mu_table(
		job,
		"SELECT name, prefix, default_cost, min_cost, stored_max_cost, "
		"memory_kib, courier, dovecot, dovecot24, php, postgresql "
		"FROM crypt_methods WHERE creates",
		MU_NO_VALUES);
}

void
mu_columns(struct mu_job *job)
{
	const char *count;

	mu_begin(job);
	count = mu_ask(job, "SELECT CARRY_COLUMNS()", MU_NO_VALUES);
	if (mu_fine(job) && count != NULL)
		mu_changed(job, "table", "users",
			   "its triggers carry %s columns of yours", count);
}
