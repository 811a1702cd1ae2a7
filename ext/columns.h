/* columns.h - the columns of a CREATE TABLE, read from its text; pure
**
** A trigger that writes rows must know its table's columns, and may not read
** pragma_table_info where trusted_schema is off. The text that SQLite keeps
** in sqlite_master it may read. So that is taken apart here, by SQLite's own
** rules for tokens (tokenize.c): names in any of the four quotes, strings,
** comments, parentheses.
**
** Whoever reads a text to its end without an MF_COLUMNS_UNSURE has its
** columns. Nothing is allocated; any thread may call.
*/
#ifndef MF_COLUMNS_H
#define MF_COLUMNS_H

#include "text.h"

enum mf_columns_status {
	MF_COLUMNS_ONE,    /* here is one */
	MF_COLUMNS_END,    /* there are no more */
	MF_COLUMNS_UNSURE, /* this is not the text of a table */
};

/* A walk through the columns; begin with { .text = the text }. */
struct mf_columns {
	struct mf_text text; /* what is left of it */
	bool begun, ended;
};

/* Find the next column that can be written to: generated ones are passed
** over. *name is as it is spelled, with its quotes. */
enum mf_columns_status mf_columns_next(struct mf_columns *columns,
				       struct mf_text *name);

/* A name as it is spelled, one byte at a time: without its quotes. False at
** its end; begin with *at = 0. */
bool mf_columns_name_byte(struct mf_text name, size_t *at, char *byte);

#endif
