/* library.h - stand-ins for what takes time
**
** The libraries' functions that do a hash's work are replaced by ones that
** only scramble bytes: crypt_rn(), argon2_ctx() and PBKDF2. So thousands of
** hashes a second can be verified, of any cost. The rest is real: making
** settings (crypt_gensalt_rn()), plain digests, base64.
**
** Before that they read, in their own way and by figures of their own, what
** they are asked for. They end the process if it isn't a text of a method
** that crypt(3) may get here, or is over the limits of the manual: 1 GiB, and
** about ten seconds. What may be stored they know, too.
**
** Randomness is replaced, too: it comes from the input, so that an input does
** the same each time.
*/
#ifndef LIBRARY_H
#define LIBRARY_H

#include "text.h"

/* All calls so far. */
size_t library_calls(void);

/* Which of the functions has not been called yet; NULL: none. */
const char *library_unreached(void);

/* From now on randomness comes from that input. */
void library_begin(struct mf_text input);

/* End the process if crypt_rn() should never see that text. */
void library_require_affordable(const char *setting);

/* Is that hash or setting of crypt(3), argon2 or PBKDF2 within the limits for
** storing: 128 MiB, and about one second? */
bool library_is_storable(const char *text);

#endif
