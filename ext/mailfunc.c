/* mailfunc.c - the SQL functions of a mail database, as a SQLite extension
**
** The manual. Names are in any case. NULL in, NULL out. Errors read
** "FUNCTION: what is wrong, and the limit or the accepted values" and never
** repeat what they were given.
**
** Passwords
**
**   CRYPT(password)            a new hash, with yescrypt at its default cost
**                              and a fresh salt at each call
**   CRYPT(password, setting)   the hash for a setting of GEN_SALT(), or for a
**                              stored hash: CRYPT(pw, hash) = hash
**   CRYPT_VERIFY(password, hash)
**                              1 or 0, compared in constant time; whatever is
**                              no whole, unlocked hash gives 0
**   GEN_SALT(method [, cost])  a setting with a fresh salt; a cost that is
**                              left out or NULL is the method's default
**   CRYPT_IS_HASH(text)        1 for a whole stored hash, 0 for a plain
**                              password; an error for what begins like a hash
**                              and isn't one that may be stored
**   CRYPT_INFO(hash)           what it is, as JSON: method, scheme, cost,
**                              memory_kib, salt_bits, legacy, locked, and
**                              whether courier, dovecot, php and postgresql
**                              can verify it; NULL for what is no whole hash
**   CRYPT_NEEDS_REHASH(hash, method [, cost])
**                              0 if the hash is of that method and takes as
**                              much memory and work as that cost; else 1
**   CRYPT_RELABEL(hash, 'courier' or 'dovecot')
**                              the same hash as that program spells it; NULL
**                              if it can't verify it in any spelling
**   crypt_methods              a table: a row per method and per {SCHEME}
**
** A password is TEXT or BLOB, taken as bytes. A number is an error. To make
** a hash it must have 1 to 511 bytes (72 for bcrypt) and no NUL; one that
** can't be hashed verifies as 0. A stored hash may have a {SCHEME} label and,
** before it, an exclamation mark for "locked", which verifies as 0.
**
** Costs: a number, default and range: yescrypt and gost-yescrypt 5 (1 to 11),
** scrypt 7 (6 to 11), bcrypt 12 (4 to 17), sha512crypt and sha256crypt 500000
** rounds (1000 to 3000000); for argon2id the text m=19456,t=2,p=1 (m in KiB).
** No stored text can make a call use more than 1 GiB of memory, or more than
** about ten seconds of one core: dearer ones are an error before any work.
** That is why the functions may be marked innocuous. See method.c.
**
** Addresses
**
**   DOMAIN_OF(email)           what follows the last @, in ASCII lower case
**   LOCAL_PART_OF(email)       what precedes it, likewise
**   MAILDIR(email)             domain/local-part/ relative to the mail store
**   ADDRESS_PROBLEM(email)     NULL, or why this can't be a mailbox address;
**                              then the three above are NULL
**
** A mailbox address has a local part of 1 to 64 bytes and a domain of 1 to
** 253 in labels of 1 to 63. address.h says which bytes, and why.
**
**   MAILFUNC_VERSION()         this version, as in the Makefile
*/

#include "sql.h"

SQLITE_EXTENSION_INIT1

/* The first with SQLITE_INNOCUOUS. */
enum { OLDEST_SQLITE = 3031000 };

#define SAME_EACH_TIME (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define NEW_EACH_TIME (SQLITE_UTF8 | SQLITE_INNOCUOUS)

static void
version(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	(void)argc;
	(void)argv;
	sqlite3_result_text(context, MAILFUNC_VERSION, -1, SQLITE_STATIC);
}

static const struct mf_sql_function functions[] = {
	{ "CRYPT", 1, NEW_EACH_TIME, mf_sql_crypt_new },
	{ "CRYPT", 2, SAME_EACH_TIME, mf_sql_crypt },
	{ "CRYPT", 3, NEW_EACH_TIME, mf_sql_crypt_new },
	{ "CRYPT_ONCE", 1, NEW_EACH_TIME, mf_sql_crypt_once },
	{ "CRYPT_ONCE", 2, NEW_EACH_TIME, mf_sql_crypt_once },
	{ "CRYPT_ONCE", 3, NEW_EACH_TIME, mf_sql_crypt_once },
	{ "CRYPT_VERIFY", 2, SAME_EACH_TIME, mf_sql_crypt_verify },
	{ "VERIFY_PROBLEM", 1, SAME_EACH_TIME, mf_sql_verify_problem },
	{ "GEN_SALT", 1, NEW_EACH_TIME, mf_sql_gen_salt },
	{ "GEN_SALT", 2, NEW_EACH_TIME, mf_sql_gen_salt },
	{ "CRYPT_KIND", 1, SAME_EACH_TIME, mf_sql_crypt_kind },
	{ "CRYPT_IS_HASH", 1, SAME_EACH_TIME, mf_sql_crypt_is_hash },
	{ "CRYPT_PROBLEM", 1, SAME_EACH_TIME, mf_sql_crypt_problem },
	{ "PASSWORD_PROBLEM", 1, SAME_EACH_TIME, mf_sql_password_problem },
	{ "PASSWORD_PROBLEM", 2, SAME_EACH_TIME, mf_sql_password_problem },
	{ "POLICY_PROBLEM", 1, SAME_EACH_TIME, mf_sql_policy_problem },
	{ "POLICY_PROBLEM", 2, SAME_EACH_TIME, mf_sql_policy_problem },
	{ "CRYPT_INFO", 1, SAME_EACH_TIME, mf_sql_crypt_info },
	{ "CRYPT_NEEDS_REHASH", 2, SAME_EACH_TIME, mf_sql_crypt_needs_rehash },
	{ "CRYPT_NEEDS_REHASH", 3, SAME_EACH_TIME, mf_sql_crypt_needs_rehash },
	{ "CRYPT_RELABEL", 2, SAME_EACH_TIME, mf_sql_crypt_relabel },
	{ "DOMAIN_OF", 1, SAME_EACH_TIME, mf_sql_domain_of },
	{ "LOCAL_PART_OF", 1, SAME_EACH_TIME, mf_sql_local_part_of },
	{ "MAILDIR", 1, SAME_EACH_TIME, mf_sql_maildir },
	{ "ADDRESS_PROBLEM", 1, SAME_EACH_TIME, mf_sql_address_problem },
	{ "MAILFUNC_VERSION", 0, SAME_EACH_TIME, version },
};

enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

static int
register_function(sqlite3 *db, const struct mf_sql_function *f, char **error)
{
	int rc = sqlite3_create_function_v2(db, f->name, f->argc, f->flags,
					    (void *)(uintptr_t)f, f->call, NULL,
					    NULL, NULL);

	if (rc != SQLITE_OK)
		*error = sqlite3_mprintf("mailfunc: %s/%d "
					 "could not be registered: %s",
					 f->name, f->argc, sqlite3_errstr(rc));
	return rc;
}

static int
register_methods(sqlite3 *db, char **error)
{
	int rc = mf_sql_register_methods(db);

	if (rc != SQLITE_OK)
		*error = sqlite3_mprintf("mailfunc: crypt_methods "
					 "could not be registered: %s",
					 sqlite3_errstr(rc));
	return rc;
}

/* SQLite unloads an extension whose entry fails, but keeps the functions that
** it has registered: their code would be gone when they are called. */
static void
take_back(sqlite3 *db, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sqlite3_create_function_v2(db, functions[i].name,
					   functions[i].argc,
					   functions[i].flags, NULL, NULL, NULL,
					   NULL, NULL);
}

static int
register_all(sqlite3 *db, char **error)
{
	size_t done = 0;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && done < FUNCTION_COUNT)
		rc = register_function(db, &functions[done++], error);
	if (rc == SQLITE_OK)
		rc = register_methods(db, error);
	if (rc != SQLITE_OK)
		take_back(db, done);
	return rc;
}

int sqlite3_mailfunc_init(sqlite3 *db, char **error,
			  const sqlite3_api_routines *api);

int
sqlite3_mailfunc_init(sqlite3 *db, char **error,
		      const sqlite3_api_routines *api)
{
	SQLITE_EXTENSION_INIT2(api);
	(void)api;
	if (sqlite3_libversion_number() < OLDEST_SQLITE) {
		*error = sqlite3_mprintf("mailfunc: this SQLite is %s, "
					 "3.31.0 or newer is needed",
					 sqlite3_libversion());
		return SQLITE_ERROR;
	}
	return register_all(db, error);
}
