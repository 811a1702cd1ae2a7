/* mailfunc.c - the SQL functions of a mail database, as a SQLite extension
**
** The manual. Function names are case-insensitive. NULL in, NULL out. Errors
** read "FUNCTION: what is wrong, and the limit or the accepted values" and
** never repeat what they were given. A function ..._PROBLEM() answers with the
** sentence instead of raising it, and with NULL where nothing is wrong.
**
** Making and verifying hashes
**
**   CRYPT(password)            a new hash with a fresh salt, by the first
**                              method of crypt_methods at its default cost
**   CRYPT(password, setting)   the hash for a setting of GEN_SALT(), or for a
**                              stored hash: CRYPT(pw, hash) = hash
**   CRYPT(password, method, cost)
**                              a new hash by that method at that cost (NULL:
**                              its default). For what people type:
**                                INSERT INTO users(email, password)
**                                  SELECT ?1, CRYPT(?2, method, cost)
**                                  FROM password_policy
**                              obeys the policy and counts one row
**   CRYPT_ONCE(text [, method [, cost]])
**                              the text itself if it is a whole hash that may
**                              be stored, a new hash if it is a password; an
**                              error if it is neither. For imports
**   CRYPT_VERIFY(password, hash)
**                              1 or 0, compared in constant time; whatever is
**                              no whole, unlocked hash gives 0
**   VERIFY_PROBLEM(hash)       why CRYPT_VERIFY would refuse to try that hash
**   crypt_each(query, method, cost)
**                              a table of two columns, key and hash: runs the
**                              query, one SELECT of a key and a password, and
**                              hashes on all processors, in its order. Not in
**                              views and triggers, nor in a statement that
**                              writes what the query reads. With SQLite's
**                              interrupt it stops after the hashes that are
**                              being made. How far it is stands on stderr, if
**                              that's a terminal. CREATE VIRTUAL TABLE temp.x
**                              USING crypt_each makes one that doesn't lock
**                              the database meanwhile
**   GEN_SALT(method [, cost])  a setting with a fresh salt
**   PASSWORD_PROBLEM(password [, method])
**                              why the method can't hash it
**   POLICY_PROBLEM(method [, cost])
**                              why password_policy can't be that
**
** New passwords
**
**   PASSWORD_WEAKNESS(password [, email])
**                              why it is easy to guess, in the words of
**                              libpasswdqc, by its own defaults; NULL if it
**                              isn't. The address counts as what a guesser
**                              knows
**   RANDOM_PASSWORD([bits])    a new password that can be read aloud and typed;
**                              47 bits unless told, 24 to 136
**   ASK_PASSWORD([prompt])     what a person types at the terminal, twice and
**                              unseen. Not in views and triggers. While it
**                              waits in a writing statement, no other process
**                              can write
**
** What a text is, among passwords
**
**   CRYPT_KIND(text)           one word:
**     hash        a whole hash with a mark of its own, $id$ or {SCHEME}
**     bare        a whole one of DES, without a mark: maybe a password
**     plain       a password
**     setting     a hash whose digest is missing
**     damaged     like a hash of ours, but not whole, or not alone
**     foreign     the hash of a program that can't be verified here
**     cleartext   {PLAIN} and its like, and the password itself
**     mark        * *0 *1 ! !! of a lock or a failure
**     dear        a hash above the limit for storing
**     empty       nothing
**   CRYPT_IS_HASH(text)        1 for hash; 0 for bare, plain and mark; for the
**                              others, and for what no method can hash, an
**                              error
**   CRYPT_PROBLEM(text)        why it can be stored neither as a hash nor
**                              hashed as a password: that error, and one for
**                              mark. CRYPT(text) hashes it all the same
**
** What a hash is
**
**   CRYPT_INFO(hash)           as JSON: method, scheme, cost, memory_kib,
**                              salt_bits, legacy, locked, and whether courier,
**                              dovecot (2.3), dovecot24 (2.4 as shipped), php
**                              and postgresql can verify it; NULL for what is
**                              no whole hash
**   CRYPT_NEEDS_REHASH(hash, method [, cost])
**                              0 if the hash is of that method and takes as
**                              much memory and work as that cost; else 1
**   CRYPT_RELABEL(hash, 'courier' or 'dovecot')
**                              the same hash as that program spells it; NULL
**                              if it can't verify it in any spelling
**   crypt_methods              a table: a row per method and per {SCHEME}, with
**                              costs, limits, and who verifies it
**
** A password is TEXT or BLOB, taken as bytes. A number is an error. To make
** a hash it must have 1 to max_password_bytes (crypt_methods) and no NUL; one
** that can't be hashed verifies as 0. A stored hash may have a {SCHEME} label
** and, before it, an exclamation mark for "locked", which verifies as 0.
**
** There are two limits, both checked before any work. No stored text can make
** a call use more than 1 GiB of memory, or more than about ten seconds of one
** core: that is why the functions may be marked innocuous. And no hash may be
** stored that takes more than 128 MiB or about one second, for daemons verify
** what is stored without any limit. The figures are in methods.c; crypt_methods
** has the costs that follow from them, max_cost and stored_max_cost.
**
** Addresses
**
**   DOMAIN_OF(email)           what follows the last @, in ASCII lower case
**   LOCAL_PART_OF(email)       what precedes it, likewise
**   MAILDIR(email)             domain/local-part/ relative to the mail store
**   ADDRESS_PROBLEM(email)     why this can't be a mailbox address; then the
**                              three above are NULL
**
** A mailbox address has a local part of 1 to 64 bytes and a domain of 1 to
** 253 in labels of 1 to 63. address.h says which bytes, and why.
**
**   MAILDIR_PROBLEM(path)      NULL, or why this can't be a users.maildir
**   MAILDIRS_MEET(one, other)  1 if both are the same to the mail store, or one
**                              lies inside the other; else 0
**   FORWARDING_PROBLEM(source, destination)
**                              NULL, or why Postfix would misread this row of
**                              forwardings; it begins with the column's name
**
** Columns, for schema.sql and whoever adds some to its table users
**
**   CARRY_COLUMNS([database])  makes the triggers of users carry the columns
**                              that an administrator added; how many. Run it
**                              after ALTER TABLE users ADD COLUMN or RENAME
**                              COLUMN. To drop one: .read schema.sql, ALTER
**                              TABLE users DROP COLUMN, and this.
**   TAKE_COLUMNS(from, table, key)
**                              adds to the table what columns the other has
**                              beside, with the values of the rows that have
**                              the same key; how many. 'table' is in main,
**                              'temp.table' in temp.
**   TABLE_COLUMNS(sql)         the columns of a CREATE TABLE that can be
**                              written to, as "a","b" in lower case; NULL if
**                              they can't be told
**   SHIPPED_SQL(sql)           a trigger's text without what CARRY_COLUMNS put
**                              in: the same for every database
**   MAILFUNC_RAISE(sentence)   for triggers: the sentence is the error; NULL
**                              is none
**
**   MAILFUNC_VERSION()         this version, as in the Makefile
*/

#include "sql.h"

SQLITE_EXTENSION_INIT1

/* The first with SQLITE_INNOCUOUS. */
enum { OLDEST_SQLITE = 3031000 };

#define SAME_EACH_TIME (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define NEW_EACH_TIME (SQLITE_UTF8 | SQLITE_INNOCUOUS)
/* They change tables, or ask who sits there: never in a view or a trigger. */
#define BY_HAND (SQLITE_UTF8 | SQLITE_DIRECTONLY)

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
	{ "PASSWORD_WEAKNESS", 1, SAME_EACH_TIME, mf_sql_password_weakness },
	{ "PASSWORD_WEAKNESS", 2, SAME_EACH_TIME, mf_sql_password_weakness },
	{ "RANDOM_PASSWORD", 0, NEW_EACH_TIME, mf_sql_random_password },
	{ "RANDOM_PASSWORD", 1, NEW_EACH_TIME, mf_sql_random_password },
	{ "ASK_PASSWORD", 0, BY_HAND, mf_sql_ask_password },
	{ "ASK_PASSWORD", 1, BY_HAND, mf_sql_ask_password },
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
	{ "MAILDIR_PROBLEM", 1, SAME_EACH_TIME, mf_sql_maildir_problem },
	{ "MAILDIRS_MEET", 2, SAME_EACH_TIME, mf_sql_maildirs_meet },
	{ "FORWARDING_PROBLEM", 2, SAME_EACH_TIME, mf_sql_forwarding_problem },
	{ "TABLE_COLUMNS", 1, SAME_EACH_TIME, mf_sql_table_columns },
	{ "SHIPPED_SQL", 1, SAME_EACH_TIME, mf_sql_shipped_sql },
	{ "CARRY_COLUMNS", 0, BY_HAND, mf_sql_carry_columns },
	{ "CARRY_COLUMNS", 1, BY_HAND, mf_sql_carry_columns },
	{ "TAKE_COLUMNS", 3, BY_HAND, mf_sql_take_columns },
	{ "MAILFUNC_RAISE", 1, NEW_EACH_TIME, mf_sql_raise },
	{ "MAILFUNC_VERSION", 0, SAME_EACH_TIME, version },
};

enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

static const struct table {
	const char *name;
	const sqlite3_module *module;
} tables[] = {
	{ "crypt_methods", &mf_sql_methods },
	{ "crypt_each", &mf_sql_each },
};

enum { TABLE_COUNT = sizeof tables / sizeof tables[0] };

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
register_table(sqlite3 *db, const struct table *t, char **error)
{
	int rc = sqlite3_create_module_v2(db, t->name, t->module, NULL, NULL);

	if (rc != SQLITE_OK)
		*error = sqlite3_mprintf("mailfunc: %s "
					 "could not be registered: %s",
					 t->name, sqlite3_errstr(rc));
	return rc;
}

/* SQLite unloads an extension whose entry fails, but keeps the functions that
** it has registered: their code would be gone when they are called. */
static void
take_back(sqlite3 *db, size_t count)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		sqlite3_create_module_v2(db, tables[i].name, NULL, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		sqlite3_create_function_v2(db, functions[i].name,
					   functions[i].argc,
					   functions[i].flags, NULL, NULL, NULL,
					   NULL, NULL);
}

static int
register_all(sqlite3 *db, char **error)
{
	size_t done = 0, tables_done = 0;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && done < FUNCTION_COUNT)
		rc = register_function(db, &functions[done++], error);
	while (rc == SQLITE_OK && tables_done < TABLE_COUNT)
		rc = register_table(db, &tables[tables_done++], error);
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
