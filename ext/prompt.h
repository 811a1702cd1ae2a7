/* prompt.h - a password that a person types at the terminal, unseen
**
** The terminal is the process's own, /dev/tty, whatever stdin and stderr are.
** Its echo is off meanwhile, and on again when a signal comes. Signals are
** caught process-wide while a question waits: one thread at a time may ask.
*/
#ifndef MF_PROMPT_H
#define MF_PROMPT_H

#include "fault.h"
#include "text.h"

enum mf_repeat { MF_ASK_ONCE, MF_ASK_TWICE };

/* Ask, and if told to, ask again and compare. *answer is NUL-terminated, lies
** in memory that reaches neither a core dump nor, where the system allows it,
** the swap, and goes to mf_answer_free(). What a terminal shouldn't be shown of
** the question (shown.h) is a question mark.
** Fails with: NO_TERMINAL, INTERRUPTED, NOTHING_TYPED (an end of input looks
** like that, too), PASSWORD_NUL, PASSWORD_LONG, ANSWERS_DIFFER, NO_MEMORY. */
enum mf_status mf_ask(struct mf_text question, enum mf_repeat repeat,
		      char **answer, struct mf_fault *fault);

/* Wipe and free an answer. (void *, for SQLite.) */
void mf_answer_free(void *answer);

#endif
