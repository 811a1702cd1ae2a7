/* sql.h - what the SQL functions of every family share
**
** A function's user data is its row of the table in mailfunc.c, so that one
** implementation can stand in several rows and errors can name the function.
** Only sql_*.c, sql.c and mailfunc.c know SQLite.
*/
#ifndef MF_SQL_H
#define MF_SQL_H

#include "fault.h"
#include "text.h"

#include <sqlite3ext.h>

struct mf_sql_function {
	const char *name;
	int argc;
	int flags; /* SQLITE_DETERMINISTIC and so on */
	void (*call)(sqlite3_context *, int, sqlite3_value **);
};

enum mf_sql_kind {
	MF_SQL_NULL,
	MF_SQL_BYTES,  /* TEXT or BLOB */
	MF_SQL_NUMBER, /* INTEGER or REAL */
	MF_SQL_NO_MEMORY,
};

/* The bytes of a value, TEXT as UTF-8. They are SQLite's and good until the
** function returns. *text is empty unless the answer is MF_SQL_BYTES. */
enum mf_sql_kind mf_sql_read(sqlite3_value *value, struct mf_text *text);

/* Is any argument NULL? Then the result is NULL too, by the manual. */
bool mf_sql_any_null(int argc, sqlite3_value **argv);

/* Make the error "FUNCTION: sentence" the result. */
void mf_sql_error(sqlite3_context *context, const char *sentence);

/* Make the fault's sentence the result, or "out of memory". */
void mf_sql_fail(sqlite3_context *context, const struct mf_fault *fault);

/* As mf_sql_fail(), but as text rather than an error: for ..._PROBLEM(). NULL
** if nothing is wrong. */
void mf_sql_problem(sqlite3_context *context, const struct mf_fault *fault);

/* Read a password that isn't NULL: TEXT or BLOB, as bytes. A number is a
** fault: its quotes were forgotten, and 007 has already become 7. */
bool mf_sql_take_password(sqlite3_value *value, struct mf_text *password,
			  struct mf_fault *fault);

/* The same, with the fault made the result. */
bool mf_sql_read_password(sqlite3_context *context, sqlite3_value *value,
			  struct mf_text *password);

/* Read what is neither NULL nor a password. A number is left as no bytes at
** all: no method, setting, hash or program looks like that. False if an error
** is the result. */
bool mf_sql_read_other(sqlite3_context *context, sqlite3_value *value,
		       struct mf_text *text);

/* Read a cost: a number is as good as its digits, and NULL, as a value or as
** none at all, leaves cost->at NULL, the method's default. False if an error
** is the result. */
bool mf_sql_read_cost(sqlite3_context *context, sqlite3_value *value,
		      struct mf_text *cost);

/* The same; false if there is no memory. */
bool mf_sql_take_cost(sqlite3_value *value, struct mf_text *cost);

/* Make a copy of the text the result. */
void mf_sql_text(sqlite3_context *context, struct mf_text text);

/* The families, in the order of the manual. */
void mf_sql_crypt(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_new(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_once(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_verify(sqlite3_context *, int, sqlite3_value **);
void mf_sql_verify_problem(sqlite3_context *, int, sqlite3_value **);
void mf_sql_gen_salt(sqlite3_context *, int, sqlite3_value **);
void mf_sql_password_problem(sqlite3_context *, int, sqlite3_value **);
void mf_sql_policy_problem(sqlite3_context *, int, sqlite3_value **);

void mf_sql_password_weakness(sqlite3_context *, int, sqlite3_value **);
void mf_sql_random_password(sqlite3_context *, int, sqlite3_value **);
void mf_sql_ask_password(sqlite3_context *, int, sqlite3_value **);

void mf_sql_crypt_kind(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_is_hash(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_problem(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_info(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_needs_rehash(sqlite3_context *, int, sqlite3_value **);
void mf_sql_crypt_relabel(sqlite3_context *, int, sqlite3_value **);

/* The tables, which are there without a CREATE. */
extern const sqlite3_module mf_sql_methods, mf_sql_each;

void mf_sql_domain_of(sqlite3_context *, int, sqlite3_value **);
void mf_sql_local_part_of(sqlite3_context *, int, sqlite3_value **);
void mf_sql_maildir(sqlite3_context *, int, sqlite3_value **);
void mf_sql_address_problem(sqlite3_context *, int, sqlite3_value **);
void mf_sql_maildir_problem(sqlite3_context *, int, sqlite3_value **);
void mf_sql_maildirs_meet(sqlite3_context *, int, sqlite3_value **);
void mf_sql_forwarding_problem(sqlite3_context *, int, sqlite3_value **);

void mf_sql_table_columns(sqlite3_context *, int, sqlite3_value **);
void mf_sql_shipped_sql(sqlite3_context *, int, sqlite3_value **);
void mf_sql_carry_columns(sqlite3_context *, int, sqlite3_value **);
void mf_sql_take_columns(sqlite3_context *, int, sqlite3_value **);
void mf_sql_raise(sqlite3_context *, int, sqlite3_value **);

#endif
