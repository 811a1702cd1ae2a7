/* strength.c - see strength.h
**
** The only file that includes passwdqc.h.
*/

#include "strength.h"
#include "address.h"
#include "method.h"
#include "secret.h"

#include <passwdqc.h>
#include <stdio.h>
#include <string.h>

enum { ADDRESS_MAX = MF_LOCAL_PART_MAX + 1 + MF_DOMAIN_MAX };

/* A copy with a closing NUL, cut at its size. */
static void
copy(char *to, size_t size, struct mf_text from)
{
	size_t len = from.len < size ? from.len : size - 1;

	memcpy(to, from.at, len);
	to[len] = '\0';
}

/* The library's words, without its hint that a passphrase could do: nobody is
** asked for one here. It says "check failed" where it got no memory. */
static enum mf_status
take_verdict(const char *verdict, char weakness[MF_WEAKNESS_SIZE],
	     struct mf_fault *fault)
{
	static const char failed[] = "check failed";
	static const char hint[] = " and not a passphrase";
	const char *end = strstr(verdict, hint);

	if (strcmp(verdict, failed) == 0)
		return mf_fail(fault, MF_NO_MEMORY, NULL);
	snprintf(weakness, MF_WEAKNESS_SIZE, "%.*s",
		 (int)(end != NULL ? end - verdict : MF_WEAKNESS_SIZE),
		 verdict);
	return mf_fail(fault, MF_OK, NULL);
}

enum mf_status
mf_weakness(struct mf_text password, struct mf_text address,
	    char weakness[MF_WEAKNESS_SIZE], struct mf_fault *fault)
{
	char plain[MF_PASSWORD_MAX + 1], name[ADDRESS_MAX + 1], nothing[] = "";
	struct passwd user = { .pw_name = name,
			       .pw_passwd = nothing,
			       .pw_gecos = nothing,
			       .pw_dir = nothing,
			       .pw_shell = nothing };
	passwdqc_params_t params;
	const char *verdict;

	weakness[0] = '\0';
	if (mf_text_has_nul(password))
		return mf_fail(fault, MF_PASSWORD_NUL, NULL);
	if (address.len > ADDRESS_MAX)
		address.len = 0;
	copy(plain, sizeof plain, password);
	copy(name, sizeof name, address);
	passwdqc_params_reset(&params);
	verdict = passwdqc_check(&params.qc, plain, NULL, &user);
	mf_wipe(plain, sizeof plain);
	mf_wipe(name, sizeof name);
	mf_wipe_stack();
	return verdict != NULL ? take_verdict(verdict, weakness, fault)
			       : mf_fail(fault, MF_OK, NULL);
}

enum mf_status
mf_random_password(int64_t bits, char **password, struct mf_fault *fault)
{
	passwdqc_params_t params;

	*password = NULL;
	if (bits < MF_RANDOM_BITS_MIN || bits > MF_RANDOM_BITS_MAX) {
		mf_fail(fault, MF_BITS_BAD, NULL);
		snprintf(fault->accepted, sizeof fault->accepted, "%d to %d",
			 MF_RANDOM_BITS_MIN, MF_RANDOM_BITS_MAX);
		return fault->status;
	}
	passwdqc_params_reset(&params);
	params.qc.random_bits = (int)bits;
	*password = passwdqc_random(&params.qc);
	mf_wipe_stack();
	return mf_fail(fault, *password != NULL ? MF_OK : MF_NO_ENTROPY, NULL);
}
