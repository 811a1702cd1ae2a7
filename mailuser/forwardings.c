/* forwardings.c - see forwardings.h; and the commands alias and forward */

#include "forwardings.h"
#include "commands.h"
#include "output.h"
#include "users.h"

#include <string.h>

static bool
has_row(struct mu_job *job, const char *source)
{
	return mu_ask(job, "SELECT 1 FROM forwardings WHERE source = ?1",
		      MU_VALUES(source)) != NULL;
}

bool
mu_delete_forwarding(struct mu_job *job, const char *source)
{
	if (!has_row(job, source))
		return false;
	mu_change(job, "DELETE FROM forwardings WHERE source = ?1",
		  MU_VALUES(source));
	return mu_fine(job);
}

void
mu_refuse_alias(struct mu_job *job, const char *email)
{
	const char *leads_to = mu_ask(
		job, "SELECT destination FROM forwardings WHERE source = ?1",
		MU_VALUES(email));

	if (leads_to != NULL)
		mu_fail(job, MU_REFUSED,
			"%s is an alias that leads to %s: delete it first, "
			"mailuser alias delete %s",
			email, leads_to, email);
}

static bool
has_target(struct mu_job *job, const char *source, const char *target)
{
	return mu_ask(job,
		      "SELECT 1 FROM targets WHERE source = ?1 "
		      "AND target = trim(?2, " MU_SPACE ")",
		      MU_VALUES(source, target)) != NULL;
}

/* Whose lists lead there? */
static const char *const *
leading_to(struct mu_job *job, const char *target)
{
	return mu_list(job,
		       "SELECT DISTINCT source FROM targets "
		       "WHERE target = trim(?1, " MU_SPACE ") "
		       "ORDER BY source",
		       MU_VALUES(target));
}

void
mu_add_target(struct mu_job *job, const char *source, const char *target)
{
	if (strchr(target, ',') != NULL) {
		mu_fail(job, MU_REFUSED,
			"a target has a comma: give each of several as an "
			"argument of its own");
		return;
	}
	if (has_target(job, source, target)) {
		mu_changed(job, "forwarding", source, "led to %s already",
			   target);
		return;
	}
	if (has_row(job, source))
		mu_change(job,
			  "UPDATE forwardings SET destination = "
			  "destination || ',' || ?2 WHERE source = ?1",
			  MU_VALUES(source, target));
	else
		mu_change(job, "INSERT INTO forwardings VALUES (?1, ?2)",
			  MU_VALUES(source, target));
	mu_changed(job, "forwarding", source, "leads to %s", target);
	job->due |= MU_DUE_PUBLISH;
}

void
mu_remove_target(struct mu_job *job, const char *source, const char *target)
{
	const char *rest = mu_ask(
		job,
		"SELECT group_concat(target) FROM (SELECT target FROM targets "
		"WHERE source = ?1 AND target <> trim(?2, " MU_SPACE ") "
		"ORDER BY place)",
		MU_VALUES(source, target));

	if (!mu_fine(job))
		return;
	if (rest != NULL)
		mu_change(job,
			  "UPDATE forwardings SET destination = ?2 "
			  "WHERE source = ?1",
			  MU_VALUES(source, rest));
	else
		(void)mu_delete_forwarding(job, source);
	mu_changed(job, "forwarding", source,
		   rest != NULL ? "no longer leads to %s"
				: "deleted, it led to %s alone",
		   target);
	job->due |= MU_DUE_PUBLISH;
}

void
mu_leave_lists(struct mu_job *job, const char *target)
{
	const char *const *sources = leading_to(job, target);

	/* His own goes as a whole. */
	for (; *sources != NULL; sources++)
		if (sqlite3_stricmp(*sources, target) != 0)
			mu_remove_target(job, *sources, target);
}

void
mu_move_lists(struct mu_job *job, const char *old, const char *new)
{
	const char *const *sources;

	if (has_row(job, old)) {
		mu_change(job,
			  "UPDATE forwardings SET source = ?2 "
			  "WHERE source = ?1",
			  MU_VALUES(old, new));
		mu_changed(job, "forwarding", old, "is now that of %s", new);
	}
	sources = leading_to(job, old);
	for (; *sources != NULL; sources++) {
		mu_change(job,
			  "UPDATE forwardings SET destination = ("
			  "SELECT group_concat(CASE target "
			  "WHEN trim(?2, " MU_SPACE
			  ") THEN ?3 ELSE target END) FROM (SELECT target "
			  "FROM targets WHERE source = ?1 ORDER BY place)) "
			  "WHERE source = ?1",
			  MU_VALUES(*sources, old, new));
		mu_changed(job, "forwarding", *sources, "leads to %s, not %s",
			   new, old);
	}
}

/* ---- alias: of an address that isn't a user ---- */

static void
refuse_user(struct mu_job *job, const char *source)
{
	if (mu_is_user(job, source))
		mu_fail(job, MU_REFUSED, "%s is a user: see mailuser forward",
			source);
}

/* Without its domain a forwarding may be there, but nothing comes of it. */
static void
say_if_no_domain(struct mu_job *job, const char *source)
{
	const char *domain = mu_ask(
		job,
		"SELECT substr(?1, instr(?1, '@') + 1) WHERE instr(?1, '@') "
		"AND NOT EXISTS (SELECT 1 FROM domains WHERE "
		"domain = substr(?1, instr(?1, '@') + 1))",
		MU_VALUES(source));

	if (domain != NULL)
		mu_changed(job, "domain", domain,
			   "isn't one of yours, so no mail comes in for it");
}

void
mu_alias_add(struct mu_job *job)
{
	mu_begin(job);
	refuse_user(job, job->argv[0]);
	for (int i = 1; i < job->argc; i++)
		mu_add_target(job, job->argv[0], job->argv[i]);
	say_if_no_domain(job, job->argv[0]);
}

/* Without targets, the whole row. */
static void
delete_targets(struct mu_job *job, const char *source)
{
	if (!has_row(job, source))
		mu_fail(job, MU_NOT_FOUND, "there is no forwarding of %s",
			source);
	for (int i = 1; i < job->argc; i++) {
		if (!has_target(job, source, job->argv[i]))
			mu_fail(job, MU_NOT_FOUND, "%s doesn't lead to %s",
				source, job->argv[i]);
		mu_remove_target(job, source, job->argv[i]);
	}
	if (job->argc > 1)
		return;
	(void)mu_delete_forwarding(job, source);
	mu_changed(job, "forwarding", source, "deleted");
	job->due |= MU_DUE_PUBLISH;
}

void
mu_alias_delete(struct mu_job *job)
{
	mu_begin(job);
	refuse_user(job, job->argv[0]);
	delete_targets(job, job->argv[0]);
}

void
mu_alias_list(struct mu_job *job)
{
	const char *domain = job->argc > 0 ? job->argv[0] : NULL;

	if (domain != NULL)
		mu_need_domain(job, domain);
	mu_table(job,
		 "SELECT source, destination FROM forwardings "
		 "WHERE source NOT IN (SELECT email FROM users) "
		 "AND (?1 IS NULL OR substr(source, instr(source, '@') + 1) "
		 "= ?1 COLLATE NOCASE) ORDER BY source",
		 MU_VALUES(domain));
}

/* ---- forward: of a user, who keeps a copy unless told otherwise ---- */

void
mu_forward_add(struct mu_job *job)
{
	const char *email = mu_stored(job, job->argv[0]);

	mu_begin(job);
	mu_need_user(job, email);
	if (!mu_has(job, MU_NO_COPY) && !has_target(job, email, email))
		mu_add_target(job, email, email);
	for (int i = 1; i < job->argc; i++)
		mu_add_target(job, email, job->argv[i]);
	if (mu_has(job, MU_NO_COPY) && has_target(job, email, email))
		mu_remove_target(job, email, email);
}

/* A list of himself alone leads nowhere else: it goes, too. */
void
mu_forward_delete(struct mu_job *job)
{
	const char *email = mu_stored(job, job->argv[0]);

	mu_begin(job);
	mu_need_user(job, email);
	delete_targets(job, email);
	if (mu_ask(job,
		   "SELECT 1 FROM forwardings WHERE source = ?1 "
		   "AND destination = ?1 COLLATE NOCASE",
		   MU_VALUES(email)) != NULL &&
	    mu_delete_forwarding(job, email))
		mu_changed(job, "forwarding", email,
			   "deleted, it led nowhere else");
}

void
mu_forward_list(struct mu_job *job)
{
	const char *email = job->argc > 0 ? job->argv[0] : NULL;

	if (email != NULL)
		mu_need_user(job, email);
	mu_table(job,
		 "SELECT source, destination FROM forwardings "
		 "WHERE source IN (SELECT email FROM users) "
		 "AND (?1 IS NULL OR source = ?1) ORDER BY source",
		 MU_VALUES(email));
}
