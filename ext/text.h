/* text.h - bytes with their length, borrowed from whoever owns them
**
** Passwords, settings and addresses travel through mailfunc as a pointer and
** a length in bytes. Nothing here is NUL-terminated, nothing is owned, and
** nothing may be kept after the call that got it.
*/
#ifndef MF_TEXT_H
#define MF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mf_text {
	const char *at;
	size_t len; /* bytes */
};

/* The text of a NUL-terminated constant. */
struct mf_text mf_text_of(const char *literal);

/* Do both hold the same bytes, ASCII letters compared without case?
** For names of methods and schemes, never for secrets. */
bool mf_text_same_name(struct mf_text text, const char *name);

bool mf_text_begins(struct mf_text text, const char *prefix);

bool mf_text_has_nul(struct mf_text text);

/* As mf_text_begins(), ASCII letters compared without case. */
bool mf_text_begins_name(struct mf_text text, struct mf_text prefix);

/* The text without its first n bytes; n must not exceed text.len. */
struct mf_text mf_text_skip(struct mf_text text, size_t n);

/* The take_ functions read from the front of *text and move it on. Where
** what they want isn't there they answer false and leave *text as it was. */

bool mf_take(struct mf_text *text, const char *literal);

/* A decimal number from 0 to max without sign or leading zeros. */
bool mf_take_number(struct mf_text *text, uint64_t max, uint64_t *number);

#endif
