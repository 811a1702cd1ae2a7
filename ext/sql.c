/* sql.c - see sql.h */

#include "sql.h"

SQLITE_EXTENSION_INIT3

/* The length first, which a BLOB has without being converted: one of zeros is
** written out only now, and becomes NULL where there is no memory for it. */
static enum mf_sql_kind
read_blob(sqlite3_value *value, struct mf_text *text)
{
	size_t len = (size_t)sqlite3_value_bytes(value);
	const void *at;

	/* An empty BLOB may have no address at all. */
	if (len == 0)
		return MF_SQL_BYTES;
	at = sqlite3_value_blob(value);
	if (at == NULL)
		return MF_SQL_NO_MEMORY;
	*text = (struct mf_text){ at, len };
	return MF_SQL_BYTES;
}

/* The type first, then the text, which may have to be converted, and only
** then its length. It may hold NUL bytes. */
enum mf_sql_kind
mf_sql_read(sqlite3_value *value, struct mf_text *text)
{
	*text = (struct mf_text){ "", 0 };
	switch (sqlite3_value_type(value)) {
	case SQLITE_NULL:
		return MF_SQL_NULL;
	case SQLITE_TEXT: {
		const void *at = sqlite3_value_text(value);
		if (at == NULL)
			return MF_SQL_NO_MEMORY;
		text->at = at;
		text->len = (size_t)sqlite3_value_bytes(value);
		return MF_SQL_BYTES;
	}
	case SQLITE_BLOB:
		return read_blob(value, text);
	default:
		return MF_SQL_NUMBER;
	}
}

bool
mf_sql_any_null(int argc, sqlite3_value **argv)
{
	for (int i = 0; i < argc; i++)
		if (sqlite3_value_type(argv[i]) == SQLITE_NULL)
			return true;
	return false;
}

void
mf_sql_error(sqlite3_context *context, const char *sentence)
{
	const struct mf_sql_function *function = sqlite3_user_data(context);
	char *message = sqlite3_mprintf("%s: %s", function->name, sentence);

	if (message == NULL) {
		sqlite3_result_error_nomem(context);
		return;
	}
	sqlite3_result_error(context, message, -1);
	sqlite3_free(message);
}

void
mf_sql_text(sqlite3_context *context, struct mf_text text)
{
	sqlite3_result_text(context, text.at, (int)text.len, SQLITE_TRANSIENT);
}

void
mf_sql_fail(sqlite3_context *context, const struct mf_fault *fault)
{
	char sentence[MF_SENTENCE_SIZE];

	if (fault->status == MF_NO_MEMORY) {
		sqlite3_result_error_nomem(context);
		return;
	}
	mf_fault_sentence(fault, sentence);
	mf_sql_error(context, sentence);
}

void
mf_sql_problem(sqlite3_context *context, const struct mf_fault *fault)
{
	char sentence[MF_SENTENCE_SIZE];

	if (fault->status == MF_NO_MEMORY)
		sqlite3_result_error_nomem(context);
	else if (fault->status != MF_OK) {
		mf_fault_sentence(fault, sentence);
		mf_sql_text(context, mf_text_of(sentence));
	}
}

bool
mf_sql_take_password(sqlite3_value *value, struct mf_text *password,
		     struct mf_fault *fault)
{
	switch (mf_sql_read(value, password)) {
	case MF_SQL_BYTES:
		return mf_fail(fault, MF_OK, NULL) == MF_OK;
	case MF_SQL_NO_MEMORY:
		mf_fail(fault, MF_NO_MEMORY, NULL);
		return false;
	default:
		mf_fail(fault, MF_PASSWORD_NUMBER, NULL);
		return false;
	}
}

bool
mf_sql_read_password(sqlite3_context *context, sqlite3_value *value,
		     struct mf_text *password)
{
	struct mf_fault fault;
	bool good = mf_sql_take_password(value, password, &fault);

	if (!good)
		mf_sql_fail(context, &fault);
	return good;
}

bool
mf_sql_read_other(sqlite3_context *context, sqlite3_value *value,
		  struct mf_text *text)
{
	if (mf_sql_read(value, text) != MF_SQL_NO_MEMORY)
		return true;
	sqlite3_result_error_nomem(context);
	return false;
}

/* The digits of a number; SQLite keeps them with the value. */
static enum mf_sql_kind
read_digits(sqlite3_value *value, struct mf_text *text)
{
	const void *digits = sqlite3_value_text(value);

	if (digits == NULL)
		return MF_SQL_NO_MEMORY;
	*text = (struct mf_text){ digits, (size_t)sqlite3_value_bytes(value) };
	return MF_SQL_BYTES;
}

bool
mf_sql_take_cost(sqlite3_value *value, struct mf_text *cost)
{
	enum mf_sql_kind kind = MF_SQL_NULL;

	if (value != NULL)
		kind = mf_sql_read(value, cost);
	if (kind == MF_SQL_NUMBER)
		kind = read_digits(value, cost);
	if (kind == MF_SQL_NULL)
		*cost = (struct mf_text){ NULL, 0 };
	return kind != MF_SQL_NO_MEMORY;
}

bool
mf_sql_read_cost(sqlite3_context *context, sqlite3_value *value,
		 struct mf_text *cost)
{
	bool good = mf_sql_take_cost(value, cost);

	if (!good)
		sqlite3_result_error_nomem(context);
	return good;
}
