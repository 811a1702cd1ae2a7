/* sql_conflict.h - does a statement write what a query reads?
**
** SQLite doesn't know what a table-valued function reads by a query of its
** own, and so puts nothing aside: INSERT INTO t SELECT ... FROM f('SELECT ...
** FROM t') would meet the rows that it has just written.
*/
#ifndef MF_SQL_CONFLICT_H
#define MF_SQL_CONFLICT_H

#include "sql.h"

/* Does any writing statement that is running on this connection write to a
** table or an index that the query reads? Where that can't be told, it does.
** SQLITE_OK, or SQLITE_NOMEM. */
int mf_sql_conflict(sqlite3 *db, sqlite3_stmt *query, bool *conflict);

#endif
