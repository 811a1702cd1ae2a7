/* secret.h - what secrets need: to be wiped, compared blindly and salted
**
** Thread rule: all three are safe in any thread.
*/
#ifndef MF_SECRET_H
#define MF_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrite len bytes with zeros, in a way no optimiser may remove. */
void mf_wipe(void *secret, size_t len);

/* Are the two equal? The time taken depends on len alone. */
bool mf_equal(const void *a, const void *b, size_t len);

/* Fill with random bytes of the kernel, at most 256; false if it has none. */
bool mf_random(void *bytes, size_t len);

#endif
