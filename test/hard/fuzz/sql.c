/* sql.c - fuzz target: an input is a call of a SQL function
**
** Its first byte picks the function, or a query of crypt_methods, and by its
** highest bit the database, of UTF-8 or of UTF-16; then comes each argument: a
** byte for its type, and its value. Numbers have 1 or 8 bytes, texts and blobs
** two bytes of length before them. What the input has too little of is zero or
** empty.
**
** The costly functions of the libraries are replaced (library.h): what is
** tried here is what stands between SQL and them. With the real ones there
** would be a few calls a second instead of tens of thousands.
*/

#include "fuzz.h"
#include "library.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

int sqlite3_mailfunc_init(sqlite3 *db, char **error, const void *api);

enum { ARGS_MAX = 3, RESULT_MAX = 2048 };

/* What may come of a call, besides NULL for NULL. */
enum { INTEGER = 1, TEXT = 2, NONE = 4, ERROR = 8 };

static const struct function {
	const char *name;
	int argc;
	int strict; /* so many arguments make NULL if they are */
	bool fresh; /* another result each time */
	bool takes_password;
	unsigned results;
} functions[] = {
	{ "CRYPT", 1, 1, true, true, TEXT | ERROR },
	{ "CRYPT", 2, 2, false, true, TEXT | ERROR },
	{ "CRYPT_VERIFY", 2, 2, false, true, INTEGER | ERROR },
	{ "GEN_SALT", 1, 1, true, false, TEXT | ERROR },
	{ "GEN_SALT", 2, 1, true, false, TEXT | ERROR },
	{ "CRYPT_IS_HASH", 1, 1, false, true, INTEGER | ERROR },
	{ "CRYPT_INFO", 1, 1, false, false, TEXT | NONE },
	{ "CRYPT_NEEDS_REHASH", 2, 2, false, false, INTEGER | ERROR },
	{ "CRYPT_NEEDS_REHASH", 3, 2, false, false, INTEGER | ERROR },
	{ "CRYPT_RELABEL", 2, 2, false, false, TEXT | NONE | ERROR },
	{ "DOMAIN_OF", 1, 1, false, false, TEXT | NONE },
	{ "LOCAL_PART_OF", 1, 1, false, false, TEXT | NONE },
	{ "MAILDIR", 1, 1, false, false, TEXT | NONE },
	{ "ADDRESS_PROBLEM", 1, 1, false, false, TEXT | NONE },
	{ "MAILFUNC_VERSION", 0, 0, false, false, TEXT },
	{ "CRYPT", 3, 2, true, true, TEXT | ERROR },
	{ "CRYPT_ONCE", 1, 1, true, true, TEXT | ERROR },
	{ "CRYPT_ONCE", 2, 2, true, true, TEXT | ERROR },
	{ "CRYPT_ONCE", 3, 2, true, true, TEXT | ERROR },
	{ "CRYPT_KIND", 1, 1, false, true, TEXT | ERROR },
	{ "CRYPT_PROBLEM", 1, 1, false, false, TEXT | NONE },
	{ "PASSWORD_PROBLEM", 1, 1, false, false, TEXT | NONE },
	{ "PASSWORD_PROBLEM", 2, 2, false, false, TEXT | NONE },
	{ "POLICY_PROBLEM", 1, 1, false, false, TEXT | NONE },
	{ "POLICY_PROBLEM", 2, 1, false, false, TEXT | NONE },
	{ "VERIFY_PROBLEM", 1, 1, false, false, TEXT | NONE },
	{ "PASSWORD_WEAKNESS", 1, 1, false, false, TEXT | NONE },
	{ "PASSWORD_WEAKNESS", 2, 2, false, false, TEXT | NONE },
	{ "RANDOM_PASSWORD", 0, 0, true, false, TEXT },
	{ "RANDOM_PASSWORD", 1, 1, true, false, TEXT | ERROR },
};

/* Which of them it is: by name and number of arguments. */
static size_t
function_named(const char *name, int argc)
{
	size_t i = 0;

	while (strcmp(functions[i].name, name) != 0 ||
	       functions[i].argc != argc)
		REQUIRE(++i < COUNT(functions));
	return i;
}

/* A database of each encoding. In one of UTF-16, a text that isn't UTF-8 is
** changed before the function sees it. */
enum { UTF8, UTF16, ENCODINGS };
static sqlite3 *dbs[ENCODINGS];
static sqlite3_stmt *calls[ENCODINGS][COUNT(functions)];

/* What follows from a result, of any call of the function or where the result
** is that one (or is none); ?1 to ?3 are the arguments, ?4 is the result. SQL
** has no way of its own to leave a call out: it is made in advance. */
static const char if_any[] = "any";
static const struct claim {
	const char *function;
	const char *result;
	const char *sql;
} claims[] = {
	{ "CRYPT", NULL, "CRYPT_VERIFY(?1, ?4) AND ?4 = CRYPT(?1, ?4)" },
	{ "CRYPT", NULL, "CRYPT_INFO(?4) IS NOT NULL" },
	{ "CRYPT_ONCE", NULL, "CRYPT_KIND(?4) = 'hash'" },
	{ "CRYPT_ONCE", NULL, "CRYPT_ONCE(?4) = ?4" },
	{ "CRYPT_KIND", "bare",
	  "CRYPT_KIND('{CRYPT}' || CAST(?1 AS TEXT)) IN ('hash', 'dear')" },
	{ "CRYPT_VERIFY", NULL, "?4 IN (0, 1)" },
	{ "CRYPT_VERIFY", "1", "CRYPT(?1, ?2) = CAST(?2 AS TEXT)" },
	{ "GEN_SALT", NULL, "CRYPT_VERIFY('x', CRYPT('x', ?4))" },
	{ "GEN_SALT", NULL, "NOT CRYPT_NEEDS_REHASH(CRYPT('x', ?4), ?1, ?2)" },
	{ "CRYPT_IS_HASH", NULL, "?4 IN (0, 1)" },
	{ "CRYPT_IS_HASH", "1", "CRYPT_INFO(?1) IS NOT NULL" },
	{ "CRYPT_INFO", if_any, "json_valid(?4)" },
	{ "CRYPT_INFO", if_any, "json_extract(?4, '$.memory_kib') >= 0" },
	{ "CRYPT_NEEDS_REHASH", NULL, "?4 IN (0, 1)" },
	{ "CRYPT_NEEDS_REHASH", "0", "CRYPT_INFO(?1) IS NOT NULL" },
	{ "CRYPT_RELABEL", if_any, "CRYPT_RELABEL(?4, ?2) = ?4" },
	{ "CRYPT_RELABEL", if_any,
	  "json_extract(CRYPT_INFO(?4), '$.locked') OR json_extract("
	  "CRYPT_INFO(?4), '$.' || lower(CAST(?2 AS TEXT)))" },
	{ "MAILDIR", NULL,
	  "?4 IS DOMAIN_OF(?1) || '/' || LOCAL_PART_OF(?1) || '/'" },
	{ "DOMAIN_OF", if_any, "?4 = DOMAIN_OF('x@' || ?4)" },
	{ "LOCAL_PART_OF", if_any, "?4 = LOCAL_PART_OF(?4 || '@x')" },
	{ "ADDRESS_PROBLEM", NULL, "(?4 IS NULL) = (MAILDIR(?1) IS NOT NULL)" },
	{ "MAILFUNC_VERSION", NULL, "?4 GLOB '[0-9]*.[0-9]*.[0-9]*'" },
	{ "RANDOM_PASSWORD", NULL, "CRYPT_KIND(?4) = 'plain'" },
};

static sqlite3_stmt *claimed[COUNT(claims)];

/* ---- a connection ---- */

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	REQUIRE(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
	return statement;
}

static void
open_one(int encoding, const char *sql)
{
	static const char *const args[] = { "", "?1", "?1, ?2", "?1, ?2, ?3" };
	sqlite3 **db = &dbs[encoding];
	char text[64];

	REQUIRE(sqlite3_open(":memory:", db) == SQLITE_OK);
	REQUIRE(sqlite3_exec(*db, sql, NULL, NULL, NULL) == SQLITE_OK);
	for (size_t i = 0; i < COUNT(functions); i++) {
		sqlite3_snprintf(sizeof text, text, "SELECT %s(%s)",
				 functions[i].name, args[functions[i].argc]);
		calls[encoding][i] = prepare(*db, text);
	}
}

static void
begin(void)
{
	static const char copy[] =
		"CREATE TABLE copy AS SELECT * FROM crypt_methods";
	char sql[256];

	sqlite3_auto_extension((void (*)(void))sqlite3_mailfunc_init);
	open_one(UTF8, copy);
	sqlite3_snprintf(sizeof sql, sql, "PRAGMA encoding = 'UTF-16'; %s",
			 copy);
	open_one(UTF16, sql);
	for (size_t i = 0; i < COUNT(claims); i++) {
		sqlite3_snprintf(sizeof sql, sql, "SELECT %s", claims[i].sql);
		claimed[i] = prepare(dbs[UTF8], sql);
	}
}

/* ---- the input ---- */

static uint8_t
take_byte(struct mf_text *input)
{
	uint8_t byte;

	if (input->len == 0)
		return 0;
	byte = (uint8_t)input->at[0];
	*input = mf_text_skip(*input, 1);
	return byte;
}

static struct mf_text
take_bytes(struct mf_text *input)
{
	size_t len = take_byte(input);
	struct mf_text bytes;

	len += (size_t)take_byte(input) << 8;
	if (len > input->len)
		len = input->len;
	bytes = fuzz_copy(input->at, len);
	*input = mf_text_skip(*input, len);
	return bytes;
}

static uint64_t
take_word(struct mf_text *input)
{
	uint64_t word = 0;

	for (int i = 0; i < 8; i++)
		word = word << 8 | take_byte(input);
	return word;
}

enum type {
	A_NULL,
	A_BYTE,
	A_WORD,
	A_REAL,
	A_TEXT,
	A_TEXT16,
	A_BLOB,
	A_ZEROS,
	TYPES
};

struct arg {
	enum type type;
	sqlite3_int64 word;
	double real;
	struct mf_text bytes;
};

static struct arg
take_arg(struct mf_text *input)
{
	struct arg arg = { .type = take_byte(input) % TYPES };
	uint64_t bits;

	switch (arg.type) {
	case A_BYTE:
		arg.word = (int)take_byte(input) - 128;
		break;
	case A_WORD:
		arg.word = (sqlite3_int64)take_word(input);
		break;
	case A_REAL:
		bits = take_word(input);
		memcpy(&arg.real, &bits, sizeof arg.real);
		break;
	case A_TEXT:
	case A_TEXT16:
	case A_BLOB:
		arg.bytes = take_bytes(input);
		break;
	case A_ZEROS:
		arg.word = take_byte(input) * 257;
		break;
	default:
		break;
	}
	return arg;
}

/* The bytes are lent, so that a read beside them is seen. */
static void
bind(sqlite3_stmt *statement, int nth, const struct arg *a, enum type type)
{
	int len = (int)a->bytes.len, rc = SQLITE_OK;

	switch (type) {
	case A_BYTE:
	case A_WORD:
		rc = sqlite3_bind_int64(statement, nth, a->word);
		break;
	case A_REAL:
		rc = sqlite3_bind_double(statement, nth, a->real);
		break;
	case A_TEXT:
		rc = sqlite3_bind_text(statement, nth, a->bytes.at, len,
				       SQLITE_STATIC);
		break;
	case A_TEXT16:
		rc = sqlite3_bind_text16(statement, nth, a->bytes.at, len & ~1,
					 SQLITE_STATIC);
		break;
	case A_BLOB:
		rc = sqlite3_bind_blob(statement, nth, a->bytes.at, len,
				       SQLITE_STATIC);
		break;
	case A_ZEROS:
		rc = sqlite3_bind_zeroblob(statement, nth, (int)a->word);
		break;
	default:
		rc = sqlite3_bind_null(statement, nth);
	}
	REQUIRE(rc == SQLITE_OK);
}

/* NaN is bound as NULL. */
static bool
is_null(const struct arg *a)
{
	return a->type == A_NULL || (a->type == A_REAL && isnan(a->real));
}

static bool
is_number(const struct arg *a)
{
	return a->type == A_BYTE || a->type == A_WORD || a->type == A_REAL;
}

/* ---- a call and what came of it ---- */

struct outcome {
	bool failed;
	int type;
	size_t len;
	char text[RESULT_MAX]; /* the result as text, or the message */
};

static void
keep(struct outcome *o, const void *text)
{
	o->len = text == NULL ? 0 : strlen(text);
	REQUIRE(o->len < sizeof o->text);
	if (o->len > 0)
		memcpy(o->text, text, o->len);
	o->text[o->len] = '\0';
}

static void
step(sqlite3_stmt *statement, struct outcome *o)
{
	o->failed = sqlite3_step(statement) != SQLITE_ROW;
	o->type = o->failed ? SQLITE_NULL : sqlite3_column_type(statement, 0);
	if (o->failed)
		keep(o, sqlite3_errmsg(sqlite3_db_handle(statement)));
	else
		keep(o, sqlite3_column_text(statement, 0));
	sqlite3_reset(statement);
}

/* TEXT and BLOB are taken alike, as bytes. */
static enum type
swapped(enum type type)
{
	return type == A_TEXT ? A_BLOB : type == A_BLOB ? A_TEXT : type;
}

static void
call(int encoding, size_t which, const struct arg *args, bool swap,
     struct outcome *o)
{
	sqlite3_stmt *statement = calls[encoding][which];

	for (int i = 0; i < functions[which].argc; i++)
		bind(statement, i + 1, &args[i],
		     swap ? swapped(args[i].type) : args[i].type);
	step(statement, o);
	sqlite3_clear_bindings(statement);
}

/* ---- what must be true of it ---- */

static bool
any_null(const struct function *f, const struct arg *args)
{
	for (int i = 0; i < f->strict; i++)
		if (is_null(&args[i]))
			return true;
	return false;
}

/* FUNCTION: and one of our sentences, so nothing of an argument. */
static void
require_message(const struct function *f, const char *message)
{
	size_t len = strlen(f->name);

	REQUIRE(strncmp(message, f->name, len) == 0);
	REQUIRE(strncmp(message + len, ": ", 2) == 0);
	message += len + 2;
	REQUIRE(fuzz_is_sentence(message) ||
		strcmp(message,
		       "unknown program, use 'courier' or 'dovecot'") == 0);
}

static void
require_type(const struct function *f, const struct arg *args,
	     const struct outcome *o)
{
	if (any_null(f, args)) {
		REQUIRE(!o->failed && o->type == SQLITE_NULL);
		return;
	}
	if (f->takes_password && is_number(&args[0]))
		REQUIRE(o->failed);
	if (o->failed) {
		REQUIRE(f->results & ERROR);
		require_message(f, o->text);
		return;
	}
	if (strstr(f->name, "_PROBLEM") != NULL && f->name[0] != 'A')
		REQUIRE(o->type == SQLITE_NULL || fuzz_is_sentence(o->text));
	REQUIRE(o->type == SQLITE_NULL ? f->results & NONE
		: o->type == SQLITE_INTEGER
			? f->results & INTEGER
			: o->type == SQLITE_TEXT && (f->results & TEXT));
}

static bool
is_same(const struct outcome *a, const struct outcome *b)
{
	return a->failed == b->failed && a->type == b->type &&
	       a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void
require_again(int encoding, size_t which, const struct arg *args, bool swap,
	      const struct outcome *o)
{
	struct outcome again;

	call(encoding, which, args, swap, &again);
	if (functions[which].fresh && !o->failed)
		REQUIRE(!again.failed && again.type == o->type);
	else
		REQUIRE(is_same(&again, o));
}

static bool
is_claimed(const struct claim *c, const struct function *f,
	   const struct outcome *o)
{
	if (strcmp(c->function, f->name) != 0)
		return false;
	if (c->result == if_any)
		return o->type != SQLITE_NULL;
	return c->result == NULL || strcmp(c->result, o->text) == 0;
}

static void
require_claim(size_t which, const struct arg *args, int argc,
	      const struct outcome *o)
{
	sqlite3_stmt *statement = claimed[which];
	struct outcome truth;

	for (int i = 0; i < argc; i++)
		if (i < sqlite3_bind_parameter_count(statement))
			bind(statement, i + 1, &args[i], args[i].type);
	if (o->type == SQLITE_INTEGER)
		sqlite3_bind_int(statement, 4, atoi(o->text));
	else if (o->type == SQLITE_TEXT)
		sqlite3_bind_text(statement, 4, o->text, -1, SQLITE_STATIC);
	step(statement, &truth);
	sqlite3_clear_bindings(statement);
	REQUIRE(!truth.failed && strcmp(truth.text, "1") == 0);
}

/* ---- what several say of the same ---- */

/* The result of another function with the same arguments. */
static struct outcome *
ask(int encoding, const char *name, int argc, const struct arg *args,
    struct outcome *o)
{
	call(encoding, function_named(name, argc), args, false, o);
	return o;
}

/* A function fails where ..._PROBLEM() isn't NULL, in the same words. */
static void
require_problem(const struct outcome *o, const struct outcome *problem)
{
	const char *colon = strchr(o->text, ':');

	REQUIRE(o->failed == (problem->type != SQLITE_NULL));
	if (o->failed)
		REQUIRE(colon != NULL && strcmp(colon + 2, problem->text) == 0);
}

static bool
is_word(const struct outcome *kind, const char *word)
{
	return strcmp(kind->text, word) == 0;
}

/* A hash comes back from CRYPT_ONCE() as it was, and as text. */
static void
require_came_back(const struct arg *a, const struct outcome *once)
{
	if (a->type == A_TEXT || a->type == A_BLOB)
		REQUIRE(once->type == SQLITE_TEXT &&
			once->len == a->bytes.len &&
			memcmp(once->text, a->bytes.at, once->len) == 0);
}

static void
require_one_kind(int encoding, const struct arg *a)
{
	struct outcome kind, is_hash, problem, once, info;
	bool hash, like_hash;

	ask(encoding, "CRYPT_KIND", 1, a, &kind);
	ask(encoding, "CRYPT_IS_HASH", 1, a, &is_hash);
	ask(encoding, "CRYPT_PROBLEM", 1, a, &problem);
	ask(encoding, "CRYPT_ONCE", 1, a, &once);
	ask(encoding, "CRYPT_INFO", 1, a, &info);
	if (is_null(a))
		return;
	require_problem(&once, &problem);
	if (is_word(&kind, "mark"))
		REQUIRE(strcmp(is_hash.text, "0") == 0 && once.failed);
	else
		require_problem(&is_hash, &problem);
	hash = is_word(&kind, "hash");
	like_hash = hash || is_word(&kind, "bare") || is_word(&kind, "dear");
	REQUIRE(hash == (strcmp(is_hash.text, "1") == 0));
	REQUIRE(info.type != SQLITE_NULL ? like_hash || is_word(&kind, "plain")
					 : !like_hash);
	if (hash)
		require_came_back(a, &once);
}

/* Who can be the policy hashes, and makes what may be stored. */
static void
require_one_policy(int encoding, int argc, const struct arg *args)
{
	struct arg all[ARGS_MAX] = { { .type = A_TEXT, .bytes = { "x", 1 } } };
	struct arg stored = { .type = A_TEXT };
	struct outcome problem, once, made, kind;

	memcpy(all + 1, args, (size_t)argc * sizeof *args);
	ask(encoding, "POLICY_PROBLEM", argc, args, &problem);
	ask(encoding, "CRYPT_ONCE", argc + 1, all, &once);
	if (is_null(&args[0]))
		return;
	require_problem(&once, &problem);
	if (argc < 2 || once.failed)
		return;
	ask(encoding, "CRYPT", 3, all, &made);
	stored.bytes = (struct mf_text){ made.text, made.len };
	REQUIRE(is_word(ask(encoding, "CRYPT_KIND", 1, &stored, &kind),
			"hash"));
}

/* By its default cost, a method can hash what PASSWORD_PROBLEM() says it can.
*/
static void
require_one_password(int encoding, const struct arg *args)
{
	struct arg all[ARGS_MAX] = { args[0], args[1], { .type = A_NULL } };
	struct outcome problem, made;

	ask(encoding, "PASSWORD_PROBLEM", 2, args, &problem);
	ask(encoding, "CRYPT", 3, all, &made);
	if (!is_null(&args[0]) && !is_null(&args[1]))
		require_problem(&made, &problem);
}

/* CRYPT_VERIFY() tries all but what VERIFY_PROBLEM() names. Of a locked hash it
** need not ask what it would cost. */
static void
require_one_verdict(int encoding, const struct arg *args)
{
	struct arg all[ARGS_MAX] = { { .type = A_TEXT, .bytes = { "x", 1 } },
				     args[0] };
	struct outcome problem, verified;

	ask(encoding, "VERIFY_PROBLEM", 1, args, &problem);
	ask(encoding, "CRYPT_VERIFY", 2, all, &verified);
	if (verified.failed || args[0].bytes.len == 0 ||
	    args[0].bytes.at[0] != '!')
		require_problem(&verified, &problem);
}

static void
require_agreement(int encoding, const struct function *f,
		  const struct arg *args)
{
	if (strcmp(f->name, "VERIFY_PROBLEM") == 0)
		require_one_verdict(encoding, args);
	if (f->argc == 1 && strncmp(f->name, "CRYPT", 5) == 0)
		require_one_kind(encoding, args);
	if (strcmp(f->name, "POLICY_PROBLEM") == 0)
		require_one_policy(encoding, f->argc, args);
	if (strcmp(f->name, "PASSWORD_PROBLEM") == 0 && f->argc == 2)
		require_one_password(encoding, args);
}

/* ---- what has been reached ---- */

enum { RESULTED, FAILED, NULLED, OUTCOMES };
static bool reached[COUNT(functions)][OUTCOMES], type_seen[TYPES];
static bool found_methods;

static void
note(const struct function *f, const struct arg *args, const struct outcome *o)
{
	bool *of = reached[f - functions];

	of[o->failed ? FAILED : any_null(f, args) ? NULLED : RESULTED] = true;
	for (int i = 0; i < f->argc; i++)
		type_seen[args[i].type] = true;
}

const char *
fuzz_unreached(void)
{
	for (size_t i = 0; i < COUNT(functions); i++) {
		const struct function *f = &functions[i];
		if (!reached[i][RESULTED] ||
		    (f->strict > 0 && !reached[i][NULLED]) ||
		    ((f->results & ERROR) && !reached[i][FAILED]))
			return f->name;
	}
	for (size_t i = 0; i < TYPES; i++)
		if (!type_seen[i])
			return "every type";
	return found_methods ? NULL : "crypt_methods";
}

static void
require_claims(const struct function *f, const struct arg *args,
	       const struct outcome *o)
{
	if (o->failed || any_null(f, args))
		return;
	for (size_t i = 0; i < COUNT(claims); i++)
		if (is_claimed(&claims[i], f, o))
			require_claim(i, args, f->argc, o);
}

static void
run_function(int encoding, size_t which, struct mf_text *input)
{
	const struct function *f = &functions[which];
	struct arg args[ARGS_MAX] = { { .type = A_NULL } };
	struct outcome o;

	for (int i = 0; i < f->argc; i++)
		args[i] = take_arg(input);
	call(encoding, which, args, false, &o);
	note(f, args, &o);
	require_type(f, args, &o);
	require_again(encoding, which, args, false, &o);
	require_agreement(encoding, f, args);
	if (encoding == UTF8) {
		require_again(encoding, which, args, true, &o);
		require_claims(f, args, &o);
	}
	for (int i = 0; i < f->argc; i++)
		fuzz_free(args[i].bytes);
}

/* ---- crypt_methods gives what a table of the same rows would ---- */

static void
query(sqlite3 *db, const char *table, const uint8_t choice[4],
      const struct arg *a, struct outcome *o)
{
	static const char *const columns[] = {
		"name",       "prefix",
		"creates",    "default_cost",
		"min_cost",   "max_cost",
		"memory_kib", "max_password_bytes",
		"courier",    "dovecot",
		"php",        "postgresql",
		"dovecot24",  "stored_max_cost"
	};
	static const char *const operators[] = { "=", "<>", "<",  "<=",
						 ">", ">=", "IS", "IS NOT" };
	char *sql = sqlite3_mprintf(
		"SELECT group_concat(name || '=' || ifnull(%s, '')) FROM "
		"(SELECT * FROM %s WHERE %s %s ?1 ORDER BY %s %s, name "
		"LIMIT %d)",
		columns[choice[0] % COUNT(columns)], table,
		columns[choice[1] % COUNT(columns)],
		operators[choice[2] % COUNT(operators)],
		columns[choice[3] % COUNT(columns)],
		choice[2] & 0x80 ? "DESC" : "ASC", choice[3] & 0x80 ? 5 : -1);
	sqlite3_stmt *statement = prepare(db, sql);

	bind(statement, 1, a, a->type);
	step(statement, o);
	REQUIRE(!o->failed);
	sqlite3_finalize(statement);
	sqlite3_free(sql);
}

static void
run_query(int encoding, struct mf_text *input)
{
	uint8_t choice[4];
	struct arg a;
	struct outcome got, want;

	for (size_t i = 0; i < COUNT(choice); i++)
		choice[i] = take_byte(input);
	a = take_arg(input);
	query(dbs[encoding], "crypt_methods", choice, &a, &got);
	query(dbs[encoding], "copy", choice, &a, &want);
	REQUIRE(is_same(&got, &want));
	found_methods |= got.len > 0;
	fuzz_free(a.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mf_text input = { (const char *)data, size };
	uint8_t choice;
	size_t which;
	int encoding;

	if (dbs[UTF8] == NULL)
		begin();
	library_begin(input);
	choice = take_byte(&input);
	encoding = choice & 0x80 ? UTF16 : UTF8;
	which = (choice & 0x7f) % (COUNT(functions) + 1);
	if (which < COUNT(functions))
		run_function(encoding, which, &input);
	else
		run_query(encoding, &input);
	return 0;
}
