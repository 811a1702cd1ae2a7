/* output.h - what mailuser says: changes, tables, and secrets once
**
** Changes are collected and shown by mu_report(), when it is known whether
** they came to pass. With --json everything is one JSON value, made by
** SQLite's functions; with --quiet only what was asked for is shown, of a
** table the first column.
*/
#ifndef MU_OUTPUT_H
#define MU_OUTPUT_H

#include "db.h"

#include <stdio.h>

/* To a terminal, which obeys control characters: they are shown as "?", and so
** is what isn't UTF-8, or turns the text around. */
void mu_print_safely(FILE *file, const char *text);

/* Something has changed: "user joe@example.com: locked". */
void mu_changed(struct mu_job *job, const char *what, const char *name,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Show the changes after mu_commit(), and with them, once, the generated
** password, if that isn't NULL. */
void mu_report(struct mu_job *job, const char *password);

/* Show the rows of a query whose columns have the names to be shown. */
void mu_table(struct mu_job *job, const char *sql, int count,
	      const char *const values[]);

/* Show its only row, name by name. */
void mu_card(struct mu_job *job, const char *sql, int count,
	     const char *const values[]);

/* A verdict: yes or no, the sentence for it, and for JSON the user's state, or
** NULL. */
void mu_verdict(struct mu_job *job, bool good, const char *sentence,
		const char *state);

/* End the output: fails if it couldn't be written. */
void mu_end_output(struct mu_job *job);

#endif
