/* sql_conflict.c - see sql_conflict.h
**
** EXPLAIN says which b-trees a statement opens, and for what. Only the names
** of the instructions that open one, and where their operands are, are relied
** on; they have been these since long before the oldest SQLite we take.
*/

#include "sql_conflict.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

enum { TREES_MAX = 128, OPCODE = 1, ROOT = 3, DATABASE = 4, FLAGS = 6 };

/* Of OpenWrite: the root is in a register, of a table that is being made. */
enum { ROOT_IS_NEW = 0x10 };

struct trees {
	size_t count; /* more than TREES_MAX: too many */
	struct tree {
		sqlite3_int64 root;
		int database;
	} at[TREES_MAX];
};

static void
add(struct trees *trees, sqlite3_stmt *row)
{
	if (trees->count < TREES_MAX)
		trees->at[trees->count] = (struct tree){
			.root = sqlite3_column_int64(row, ROOT),
			.database = sqlite3_column_int(row, DATABASE),
		};
	trees->count++;
}

static bool
opens(sqlite3_stmt *row, const char *opcode, bool to_write)
{
	if (to_write)
		return strcmp(opcode, "OpenWrite") == 0 &&
		       (sqlite3_column_int(row, FLAGS) & ROOT_IS_NEW) == 0;
	return strcmp(opcode, "OpenRead") == 0 ||
	       strcmp(opcode, "ReopenIdx") == 0;
}

/* SQLITE_OK, or why they can't be told. */
static int
read_trees(sqlite3_stmt *row, bool to_write, struct trees *trees)
{
	int rc;

	while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
		const char *opcode = (const char *)sqlite3_column_text(row,
								       OPCODE);

		if (opcode == NULL)
			return SQLITE_NOMEM;
		if (opens(row, opcode, to_write))
			add(trees, row);
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int
find_trees(sqlite3 *db, const char *sql, bool to_write, struct trees *trees)
{
	char *explain = sqlite3_mprintf("EXPLAIN %s", sql);
	sqlite3_stmt *row = NULL;
	int rc = SQLITE_NOMEM;

	trees->count = 0;
	if (explain != NULL)
		rc = sqlite3_prepare_v2(db, explain, -1, &row, NULL);
	if (rc == SQLITE_OK)
		rc = read_trees(row, to_write, trees);
	sqlite3_finalize(row);
	sqlite3_free(explain);
	return rc;
}

static bool
share_one(const struct trees *one, const struct trees *other)
{
	if (one->count > TREES_MAX || other->count > TREES_MAX)
		return true;
	for (size_t i = 0; i < one->count; i++)
		for (size_t j = 0; j < other->count; j++)
			if (one->at[i].root == other->at[j].root &&
			    one->at[i].database == other->at[j].database)
				return true;
	return false;
}

int
mf_sql_conflict(sqlite3 *db, sqlite3_stmt *query, bool *conflict)
{
	struct trees read, written;
	sqlite3_stmt *s = NULL;

	*conflict = false;
	while (!*conflict && (s = sqlite3_next_stmt(db, s)) != NULL) {
		int rc;

		if (!sqlite3_stmt_busy(s) || sqlite3_stmt_readonly(s))
			continue;
		rc = find_trees(db, sqlite3_sql(query), false, &read);
		if (rc == SQLITE_OK)
			rc = find_trees(db, sqlite3_sql(s), true, &written);
		if (rc == SQLITE_NOMEM)
			return rc;
		*conflict = rc != SQLITE_OK || share_one(&read, &written);
	}
	return SQLITE_OK;
}
