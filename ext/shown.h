/* shown.h - what a terminal may be shown of a text from elsewhere
**
** A terminal obeys control characters, and one that turns the direction of
** writing makes a line say what it doesn't. Pure; any thread may call.
*/
#ifndef MF_SHOWN_H
#define MF_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character of UTF-8 (RFC 3629) at the front of a NUL-terminated
** text, at whose end it is 1; 0 if there is none. */
size_t mf_character(const char *text);

/* May a terminal be shown what is at the front? Else show a question mark. Not
** what is no character, nor control characters, C1 among them, nor those that
** embed, override or isolate a direction. *len are its bytes, at least 1. */
bool mf_shown(const char *text, size_t *len);

#endif
