/* secret.h - what secrets need: to be wiped, compared blindly and salted
**
** Thread rule: all of these are safe in any thread.
*/
#ifndef MF_SECRET_H
#define MF_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrite len bytes with zeros, in a way no optimiser may remove. */
void mf_wipe(void *secret, size_t len);

/* Overwrite what functions that have returned to the caller left on the stack,
** as far down as MF_STACK_USED. For libraries that put a password there:
** libxcrypt does with some methods, libnettle with a long key of HMAC. */
void mf_wipe_stack(void);

/* Bytes; the hungriest, argon2 by libsodium, was seen to use some 7600. */
enum { MF_STACK_USED = 16384 };

/* Are the two equal? The time taken depends on len alone. */
bool mf_equal(const void *a, const void *b, size_t len);

/* Fill with random bytes of the kernel, at most 256; false if it has none. */
bool mf_random(void *bytes, size_t len);

#endif
