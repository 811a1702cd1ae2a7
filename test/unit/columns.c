/* columns.c - the columns in the text of a CREATE TABLE
**
** What SQLite itself reads in such a text is compared in
** test/sql/schema/table_columns.t.
*/

#include "tap.h"

#include "columns.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The columns as one text: their names without quotes, with a | behind each;
** "unsure" where they can't be told. */
static const char *
columns_of(struct mf_text sql)
{
	static char list[1024];
	struct mf_columns columns = { .text = sql };
	enum mf_columns_status status;
	struct mf_text name;
	size_t len = 0;

	while ((status = mf_columns_next(&columns, &name)) == MF_COLUMNS_ONE) {
		size_t at = 0;
		char byte;
		while (mf_columns_name_byte(name, &at, &byte) &&
		       len + 2 < sizeof list)
			list[len++] = byte;
		list[len++] = '|';
	}
	list[len] = '\0';
	return status == MF_COLUMNS_END ? list : "unsure";
}

static const struct {
	const char *sql, *columns;
} samples[] = {
	{ "CREATE TABLE t(a)", "a|" },
	{ "create table t(a)", "a|" },
	{ "CREATE TABLE t(a,b , c)", "a|b|c|" },
	{ "CREATE TABLE t(a) WITHOUT ROWID", "a|" },
	{ "CREATE TABLE t(a), STRICT", "a|" },
	{ "CREATE\tTABLE\nt\r(\fa)", "a|" },
	{ "CREATE/**/TABLE/*(*/t--(\n(a)", "a|" },
	{ "CREATE TABLE t(/*,*/a/*,*/,--,)\nb/***/)", "a|b|" },
	{ "CREATE TABLE t(a/* ) */)", "a|" },
	{ "CREATE TABLE t(a/b, c-d)", "a|c|" },
	{ "CREATE TABLE t(\"a\", [b], `c`, 'd')", "a|b|c|d|" },
	{ "CREATE TABLE t(\"a\"\"\", [b[], `c```, 'd''''')", "a\"|b[|c`|d''|" },
	{ "CREATE TABLE t(\"\"\"\"\"\")", "\"\"|" },
	{ "CREATE TABLE t(\"a,b\", \"c)\", \"(d\", \"--e\", \"/*f\")",
	  "a,b|c)|(d|--e|/*f|" },
	{ "CREATE TABLE t(\"\")", "|" },
	{ "CREATE TABLE \"t(x,\"(a)", "a|" },
	{ "CREATE TABLE [t(](a)", "a|" },
	{ "CREATE TABLE t(a, B, _c, $d, e1, \xc3\xa4)",
	  "a|B|_c|$d|e1|\xc3\xa4|" },
	{ "CREATE TABLE t(az, AZ, z09)", "az|AZ|z09|" },
	{ "CREATE TABLE t(a VARCHAR(1, 2), b)", "a|b|" },
	{ "CREATE TABLE t(a CHECK (a IN ((1), ',', ')')), b)", "a|b|" },
	{ "CREATE TABLE t(a DEFAULT 'it''s, )', b)", "a|b|" },
	{ "CREATE TABLE t(a, PRIMARY KEY(a, b))", "a|" },
	{ "CREATE TABLE t(a, primary KEY(a))", "a|" },
	{ "CREATE TABLE t(a, UNIQUE(a), CHECK(a), FOREIGN KEY(a) REFERENCES b)",
	  "a|" },
	{ "CREATE TABLE t(a, CONSTRAINT b CHECK(a) UNIQUE(a))", "a|" },
	{ "CREATE TABLE t(\"primary\", [unique], `check`, 'foreign')",
	  "primary|unique|check|foreign|" },
	{ "CREATE TABLE t(primary1, uniqu, constraints)",
	  "primary1|uniqu|constraints|" },
	{ "CREATE TABLE t(a AS (1), b)", "b|" },
	{ "CREATE TABLE t(a INT as(1), b)", "b|" },
	{ "CREATE TABLE t(a GENERATED ALWAYS AS (b, c) STORED, b)", "b|" },
	{ "CREATE TABLE t(a \"as\", b)", "a|b|" },
	{ "CREATE TABLE t(a CHECK (CAST(a AS INT)), b)", "a|b|" },
	{ "CREATE TABLE t(a ass, b AS (1))", "a|" },
	{ "CREATE TABLE t(a AS (1))", "" },

	{ "", "unsure" },
	{ "CREATE", "unsure" },
	{ "CREATE TABLE", "unsure" },
	{ "CREATE TABLE t", "unsure" },
	{ "CREATE TABLE t(", "unsure" },
	{ "CREATE TABLE t()", "unsure" },
	{ "CREATE TABLE t(,a)", "unsure" },
	{ "CREATE TABLE t(a", "unsure" },
	{ "CREATE TABLE t(a,", "unsure" },
	{ "CREATE TABLE t(a,)", "unsure" },
	{ "CREATE TABLE t(a, (b))", "unsure" },
	{ "CREATE TABLE t((a)", "unsure" },
	{ "CREATE TABLE t(a(b)", "unsure" },
	{ "CREATE TABLE t(\"a)", "unsure" },
	{ "CREATE TABLE t(a 'b)", "unsure" },
	{ "CREATE TABLE t(a [b)", "unsure" },
	{ "CREATE TABLE t(a \"b\"\")", "unsure" },
	{ "CREATE TABLE t(a /*)", "unsure" },
	{ "CREATE TABLE t(a /*/)", "unsure" },
	{ "CREATE TABLE t(a --)", "unsure" },
	{ "CREATE TABLE (a)", "unsure" },
	{ "CREATE TABLE ,(a)", "unsure" },
	{ "CREATE TABLE a.t(a)", "unsure" },
	{ "CREATE TABLE t AS SELECT 1", "unsure" },
	{ "CREATE VIRTUAL TABLE t USING x(a)", "unsure" },
	{ "CREATE VIEW t(a) AS SELECT 1", "unsure" },
	{ "CREATE \"TABLE\" t(a)", "unsure" },
	{ "\"CREATE\" TABLE t(a)", "unsure" },
	{ "DROP TABLE t(a)", "unsure" },
};

static void
try_samples(void)
{
	for (size_t i = 0; i < COUNT(samples); i++)
		is_str(columns_of(mf_text_of(samples[i].sql)),
		       samples[i].columns, "%s",
		       shown(samples[i].sql, strlen(samples[i].sql)));
}

/* A text that is cut short before its last parenthesis has no columns that
** could be told, and no byte outside of it is read. */
static void
try_cut(const struct guard *guard)
{
	struct many cut = { .what = "a text that is cut short: unsure" };
	struct many nul = { .what = "a NUL byte in it: unsure" };

	for (size_t i = 0; i < COUNT(samples); i++) {
		const char *sql = samples[i].sql, *end = strrchr(sql, ')');
		if (end == NULL || strcmp(samples[i].columns, "unsure") == 0)
			continue;
		for (size_t len = 0; len < (size_t)(end - sql); len++) {
			const char *at = guard_end(guard, sql, len);
			struct mf_text text = { at, len };
			holds(&cut, strcmp(columns_of(text), "unsure") == 0,
			      sql, len);
		}
	}
	struct mf_text text = { "CREATE TABLE t(a\0, b)", 21 };
	holds(&nul, strcmp(columns_of(text), "unsure") == 0, text.at, text.len);
	held(&cut);
	held(&nul);
}

/* Whatever the bytes are: it ends, within them. */
static void
try_random(const struct guard *guard)
{
	static const char bytes[] = "a\"'[]`(),-*/ \n\0\xffsAS";
	static const char head[] = "CREATE TABLE t(a";
	struct many ends = { .what = "random bytes: read to their end" };
	char sql[64];

	for (int i = 0; i < 200000; i++) {
		size_t len = sizeof head - 1 + (size_t)dice(40);
		memcpy(sql, head, sizeof head - 1);
		for (size_t j = sizeof head - 1; j < len; j++)
			sql[j] = bytes[dice(sizeof bytes - 1)];
		struct mf_text text = { guard_end(guard, sql, len), len };
		holds(&ends, columns_of(text) != NULL, sql, len);
	}
	held(&ends);
}

int
main(void)
{
	struct guard guard = guard_new();

	try_samples();
	try_cut(&guard);
	try_random(&guard);
	return done_testing();
}
