/* progress.h - how far a long work is, for whoever sits at the terminal
**
** Written to stderr, if that is a terminal, over one line of it: not before
** two seconds are over, at most once a second, and cleared at the end. For one
** thread.
*/
#ifndef MF_PROGRESS_H
#define MF_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct mf_progress {
	const char *what;     /* a constant, the line's first word */
	uint64_t total;       /* 0: nobody knows */
	int64_t began, shown; /* seconds */
	bool watched, on_line;
};

/* Is there anybody to see it? Otherwise it isn't worth counting a total. */
bool mf_progress_seen(void);

void mf_progress_begin(struct mf_progress *progress, const char *what,
		       uint64_t total);
void mf_progress_at(struct mf_progress *progress, uint64_t done);
void mf_progress_end(struct mf_progress *progress);

#endif
