/* users.c - add, passwd, lock and all the others that are about one user
**
** What may be in a row is said by the triggers, whose sentences are passed
** on. Here is only looked for whoever is meant.
*/

#include "users.h"
#include "commands.h"
#include "forwardings.h"
#include "output.h"
#include "password.h"

#include <stdint.h>
#include <string.h>

bool
mu_is_user(struct mu_job *job, const char *email)
{
	return mu_ask(job, "SELECT 1 FROM users WHERE email = ?1",
		      MU_VALUES(email)) != NULL;
}

void
mu_need_user(struct mu_job *job, const char *email)
{
	if (!mu_is_user(job, email))
		mu_fail(job, MU_NOT_FOUND, "there is no user %s", email);
}

void
mu_need_domain(struct mu_job *job, const char *domain)
{
	if (mu_ask(job, "SELECT 1 FROM domains WHERE domain = ?1",
		   MU_VALUES(domain)) == NULL)
		mu_fail(job, MU_NOT_FOUND, "there is no domain %s", domain);
}

const char *
mu_stored(struct mu_job *job, const char *email)
{
	const char *found = mu_ask(job,
				   "SELECT email FROM users WHERE email = ?1",
				   MU_VALUES(email));

	return found != NULL ? found : email;
}

/* A number that is no size is too big for one, too. */
static uint64_t
parse_size(const char *size)
{
	static const char units[] = "KMG";
	const uint64_t bad = (uint64_t)INT64_MAX + 1;
	const char *at = size, *unit;
	uint64_t bytes = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (bytes > (INT64_MAX - digit) / 10)
			return bad;
		bytes = bytes * 10 + digit;
	}
	if (at == size)
		return bad;
	if (*at == '\0')
		return bytes;
	unit = strchr(units, *at);
	if (unit == NULL || at[1] != '\0')
		return bad;
	for (; unit >= units && bytes <= INT64_MAX; unit--)
		bytes = bytes > INT64_MAX / 1024 ? bad : bytes * 1024;
	return bytes;
}

const char *
mu_size(struct mu_job *job, const char *size)
{
	uint64_t bytes = strcmp(size, "none") == 0 ? 0 : parse_size(size);
	char *digits;

	if (bytes > INT64_MAX)
		return NULL;
	digits = mu_keep(job, 24);
	return digits != NULL ? sqlite3_snprintf(24, digits, "%llu",
						 (unsigned long long)bytes)
			      : NULL;
}

static const char *
need_size(struct mu_job *job, const char *size)
{
	const char *bytes = mu_size(job, size);

	if (bytes == NULL)
		mu_fail(job, MU_USAGE,
			"SIZE is a number of bytes, one with K, M or G "
			"behind it, or none");
	return bytes;
}

/* ---- one user ---- */

/* What would be refused for the address is better known before a person has
** typed a password. */
static void
check_address(struct mu_job *job, const char *email)
{
	const char *problem, *domain;

	if (mu_is_user(job, email))
		mu_fail(job, MU_REFUSED, "there is a user %s already", email);
	mu_refuse_alias(job, email);
	problem = mu_ask(job, "SELECT ADDRESS_PROBLEM(?1)", MU_VALUES(email));
	if (problem != NULL)
		mu_fail(job, MU_REFUSED, "users.email: %s", problem);
	domain = mu_ask(job, "SELECT DOMAIN_OF(?1)", MU_VALUES(email));
	mu_need_domain(job, domain);
}

static void
set_quota(struct mu_job *job, const char *email, const char *bytes)
{
	mu_change(job, "UPDATE users SET quota = ?2 WHERE email = ?1",
		  MU_VALUES(email, bytes));
	mu_changed(job, "user", email, "the quota is %s",
		   bytes == NULL || strcmp(bytes, "0") == 0 ? "none" : bytes);
	job->due |= MU_DUE_MAILDIRS | MU_DUE_PUBLISH;
}

void
mu_add(struct mu_job *job)
{
	const char *email = job->argv[0], *quota = NULL, *hash;

	if (mu_has(job, MU_QUOTA))
		quota = need_size(job, job->value[MU_QUOTA]);
	check_address(job, email);
	hash = mu_new_hash(job, email);
	mu_begin(job);
	/* Who has made one while a person typed. */
	mu_refuse_alias(job, email);
	mu_change(job,
		  "INSERT INTO users(email, password, maildir, name) "
		  "VALUES (?1, ?2, ?3, coalesce(?4, ''))",
		  MU_VALUES(email, hash, job->value[MU_MAILDIR],
			    job->value[MU_NAME]));
	email = mu_stored(job, email);
	mu_changed(job, "user", email, "added, with the maildir %s",
		   mu_ask(job, "SELECT maildir FROM users WHERE email = ?1",
			  MU_VALUES(email)));
	if (quota != NULL)
		set_quota(job, email, quota);
	job->due |= MU_DUE_MAILDIRS | MU_DUE_PUBLISH;
}

/* By that column of people: is he locked, is he disabled? */
static bool
is_marked(struct mu_job *job, const char *email, const char *mark)
{
	return mu_ask(job,
		      "SELECT 1 FROM people WHERE email = ?1 AND "
		      "CASE ?2 WHEN 'locked' THEN locked ELSE NOT active END",
		      MU_VALUES(email, mark)) != NULL;
}

void
mu_passwd(struct mu_job *job)
{
	const char *email = job->argv[0], *hash;
	bool locked;

	mu_need_user(job, email);
	email = mu_stored(job, email);
	hash = mu_new_hash(job, email);
	mu_begin(job);
	/* Who was deleted or locked while a person typed. */
	mu_need_user(job, email);
	locked = is_marked(job, email, "locked");
	mu_change(job,
		  "UPDATE users SET password = ?3 || ltrim(?2, ?3) "
		  "WHERE email = ?1",
		  MU_VALUES(email, hash, locked ? "!" : ""));
	mu_changed(job, "user", email,
		   locked ? "has a new password, and is still locked"
			  : "has a new password");
}

void
mu_check(struct mu_job *job)
{
	const char *email = job->argv[0];
	const char *sentence, *state = NULL;
	bool fits;

	mu_need_user(job, email);
	fits = mu_fits(job, email);
	sentence = fits ? "the password fits" : "it doesn't fit";
	if (is_marked(job, email, "locked")) {
		state = "locked";
		sentence = "no password fits: the user is locked";
	} else if (is_marked(job, email, "disabled")) {
		state = "disabled";
		sentence = fits ? "the password fits, but the user is disabled"
				: "it doesn't fit, and the user is disabled";
	}
	mu_verdict(job, fits, sentence, state);
}

void
mu_quota(struct mu_job *job)
{
	const char *email = job->argv[0];
	const char *bytes = need_size(job, job->argv[1]);

	mu_begin(job);
	mu_need_user(job, email);
	set_quota(job, mu_stored(job, email), bytes);
}

void
mu_name(struct mu_job *job)
{
	const char *email = job->argv[0], *name = job->argv[1];

	mu_begin(job);
	mu_need_user(job, email);
	mu_change(job, "UPDATE users SET name = ?2 WHERE email = ?1",
		  MU_VALUES(email, name));
	mu_changed(job, "user", mu_stored(job, email), "is called %s", name);
}

/* Mail, and the folder it is in, stay. Who was written to through a list still
** is. */
void
mu_rename(struct mu_job *job)
{
	const char *old = job->argv[0], *new = job->argv[1];

	mu_begin(job);
	mu_need_user(job, old);
	old = mu_stored(job, old);
	if (sqlite3_stricmp(old, new) == 0)
		mu_fail(job, MU_REFUSED, "that is the address already");
	else if (mu_is_user(job, new))
		mu_fail(job, MU_REFUSED, "there is a user %s already", new);
	mu_refuse_alias(job, new);
	mu_change(job, "UPDATE users SET email = ?2 WHERE email = ?1",
		  MU_VALUES(old, new));
	new = mu_stored(job, new);
	mu_changed(job, "user", old, "is now %s", new);
	mu_changed(job, "maildir",
		   mu_ask(job, "SELECT maildir FROM users WHERE email = ?1",
			  MU_VALUES(new)),
		   "stays");
	mu_move_lists(job, old, new);
	if (mu_has(job, MU_FORWARD))
		mu_add_target(job, old, new);
	job->due |= MU_DUE_PUBLISH;
}

/* ---- one or several ---- */

/* The stored hash after a lock or an unlock must be one that the triggers keep
** as it is: a hash of DES without a label would be taken for a password. */
static void
set_password_mark(struct mu_job *job, const char *email, const char *mark,
		  const char *done)
{
	const char *now = mu_ask(job,
				 "SELECT password FROM users WHERE email = ?1",
				 MU_VALUES(email));
	const char *next = mu_ask(job, "SELECT ?1 || ltrim(?2, '!')",
				  MU_VALUES(mark, now));
	const char *kind = mu_ask(job, "SELECT CRYPT_KIND(?1)",
				  MU_VALUES(next));

	if (!mu_fine(job) || now == NULL || next == NULL || kind == NULL)
		return;
	if (strcmp(now, next) == 0) {
		mu_changed(job, "user", email, "was %s already", done);
		return;
	}
	if (strcmp(kind, "hash") != 0)
		mu_fail(job, MU_REFUSED,
			"%s: what is stored as the password isn't a hash with "
			"a mark of its own (%s); set a new password, or "
			"disable the user",
			email, kind);
	mu_change(job, "UPDATE users SET password = ?2 WHERE email = ?1",
		  MU_VALUES(email, next));
	mu_changed(job, "user", email, "%s", done);
}

static void
set_active(struct mu_job *job, const char *email, const char *active,
	   const char *done)
{
	bool changes = mu_ask(job,
			      "SELECT 1 FROM users WHERE email = ?1 "
			      "AND active <> CAST(?2 AS INTEGER)",
			      MU_VALUES(email, active)) != NULL;

	if (changes)
		mu_change(job, "UPDATE users SET active = ?2 WHERE email = ?1",
			  MU_VALUES(email, active));
	mu_changed(job, "user", email, changes ? "%s" : "was %s already", done);
	job->due |= MU_DUE_PUBLISH;
}

/* All of them, or none. */
static void
for_each(struct mu_job *job,
	 void (*set)(struct mu_job *, const char *, const char *, const char *),
	 const char *value, const char *done)
{
	mu_begin(job);
	for (int i = 0; i < job->argc; i++) {
		mu_need_user(job, job->argv[i]);
		set(job, mu_stored(job, job->argv[i]), value, done);
	}
}

void
mu_lock(struct mu_job *job)
{
	for_each(job, set_password_mark, "!", "locked");
}

void
mu_unlock(struct mu_job *job)
{
	for_each(job, set_password_mark, "", "unlocked");
}

void
mu_enable(struct mu_job *job)
{
	for_each(job, set_active, "1", "enabled");
}

void
mu_disable(struct mu_job *job)
{
	for_each(job, set_active, "0", "disabled");
}

void
mu_delete_user(struct mu_job *job, const char *email)
{
	const char *folder = mu_ask(
		job,
		"SELECT coalesce(rtrim(?1, '/') || '/', '') || maildir "
		"FROM users WHERE email = ?2",
		MU_VALUES(job->settings.vmail, email));

	mu_leave_lists(job, email);
	if (mu_delete_forwarding(job, email))
		mu_changed(job, "forwarding", email, "deleted");
	mu_change(job, "DELETE FROM users WHERE email = ?1", MU_VALUES(email));
	mu_changed(job, "user", email, "deleted");
	if (folder != NULL)
		mu_changed(job, "maildir", folder, "stays on the disk");
	job->due |= MU_DUE_PUBLISH;
}

void
mu_delete(struct mu_job *job)
{
	mu_begin(job);
	for (int i = 0; i < job->argc; i++) {
		mu_need_user(job, job->argv[i]);
		mu_delete_user(job, mu_stored(job, job->argv[i]));
	}
}

/* ---- what there is ---- */

void
mu_show(struct mu_job *job)
{
	mu_need_user(job, job->argv[0]);
	mu_card(job,
		"SELECT email, name, quota, maildir, active, locked, method, "
		"cost, outdated, (SELECT destination FROM forwardings "
		"WHERE source = email) AS forwards_to, "
		"(SELECT group_concat(source) FROM targets "
		"WHERE target = email) AS gets FROM people WHERE email = ?1",
		MU_VALUES(job->argv[0]));
}

void
mu_list_users(struct mu_job *job)
{
	const char *domain = job->argc > 0 ? job->argv[0] : NULL;

	if (domain != NULL)
		mu_need_domain(job, domain);
	mu_table(job,
		 "SELECT email, quota, active, locked, name FROM people "
		 "WHERE (?1 IS NULL OR domain = ?1) AND (?2 IS NULL OR locked) "
		 "AND (?3 IS NULL OR NOT active) AND (?4 IS NULL OR outdated) "
		 "ORDER BY email",
		 MU_VALUES(domain, mu_has(job, MU_LOCKED) ? "" : NULL,
			   mu_has(job, MU_DISABLED) ? "" : NULL,
			   mu_has(job, MU_OUTDATED) ? "" : NULL));
}
