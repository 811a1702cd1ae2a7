/* forgetful.c - secret.c with an mf_wipe() that does nothing, to show that
** wiped.c would notice */

#define mf_wipe mf_wipe_of_secret_c
#include "../../ext/secret.c"
#undef mf_wipe

void mf_wipe(void *secret, size_t len);

void
mf_wipe(void *secret, size_t len)
{
	(void)secret;
	(void)len;
}
