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
	bool unknown; /* there are others, too */
	size_t count;
	struct tree {
		sqlite3_int64 root;
		int database;
	} at[TREES_MAX];
};

/* For each instruction of a statement; true ends the reading. */
typedef bool look(struct trees *trees, const char *opcode, int flags,
		  struct tree tree);

/* SQLITE_OK if there was nothing, SQLITE_ROW if a look was true, or why the
** statement can't be explained. */
static int
look_at(sqlite3 *db, const char *sql, look *at, struct trees *trees)
{
	char *explain = sqlite3_mprintf("EXPLAIN %s", sql);
	sqlite3_stmt *row = NULL;
	int rc = SQLITE_NOMEM;
	bool found = false;

	if (explain != NULL)
		rc = sqlite3_prepare_v2(db, explain, -1, &row, NULL);
	while (!found && (rc == SQLITE_OK || rc == SQLITE_ROW)) {
		rc = sqlite3_step(row);
		if (rc == SQLITE_ROW)
			found = at(trees,
				   (const char *)sqlite3_column_text(row,
								     OPCODE),
				   sqlite3_column_int(row, FLAGS),
				   (struct tree){
					   sqlite3_column_int64(row, ROOT),
					   sqlite3_column_int(row, DATABASE),
				   });
	}
	sqlite3_finalize(row);
	sqlite3_free(explain);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static bool
note_read(struct trees *trees, const char *opcode, int flags, struct tree tree)
{
	(void)flags;
	if (strcmp(opcode, "OpenRead") != 0 && strcmp(opcode, "ReopenIdx") != 0)
		return false;
	if (trees->count == TREES_MAX)
		return true;
	trees->at[trees->count++] = tree;
	return false;
}

static bool
is_written(struct trees *trees, const char *opcode, int flags, struct tree tree)
{
	if (strcmp(opcode, "OpenWrite") != 0 || (flags & ROOT_IS_NEW) != 0)
		return false;
	for (size_t i = 0; i < trees->count; i++)
		if (trees->at[i].root == tree.root &&
		    trees->at[i].database == tree.database)
			return true;
	return trees->unknown;
}

int
mf_sql_conflict(sqlite3 *db, sqlite3_stmt *query, bool *conflict)
{
	struct trees trees = { .count = 0 };
	int rc = look_at(db, sqlite3_sql(query), note_read, &trees);
	sqlite3_stmt *s = NULL;

	trees.unknown = rc != SQLITE_OK;
	while (rc != SQLITE_NOMEM && (s = sqlite3_next_stmt(db, s)) != NULL)
		if (sqlite3_stmt_busy(s) && !sqlite3_stmt_readonly(s)) {
			rc = look_at(db, sqlite3_sql(s), is_written, &trees);
			if (rc != SQLITE_OK)
				break;
		}
	*conflict = s != NULL;
	return rc == SQLITE_NOMEM ? rc : SQLITE_OK;
}
