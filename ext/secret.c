/* secret.c - see secret.h */

#define _DEFAULT_SOURCE /* explicit_bzero(), getentropy() */

#include "secret.h"

#include <string.h>
#include <unistd.h>

void
mf_wipe(void *secret, size_t len)
{
	explicit_bzero(secret, len);
}

/* Its frame lies where theirs were, so it must have one of its own. */
__attribute__((noinline)) void
mf_wipe_stack(void)
{
	char used[MF_STACK_USED];

	mf_wipe(used, sizeof used);
}

bool
mf_equal(const void *a, const void *b, size_t len)
{
	const unsigned char *x = a, *y = b;
	/* volatile: no compiler may see that the answer is settled early */
	volatile unsigned char difference = 0;

	for (size_t i = 0; i < len; i++)
		difference = difference | (unsigned char)(x[i] ^ y[i]);
	return difference == 0;
}

bool
mf_random(void *bytes, size_t len)
{
	return getentropy(bytes, len) == 0;
}
