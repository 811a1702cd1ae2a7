/* strength.h - passwords that are easy to guess, and new ones that aren't
**
** Both are libpasswdqc's, by its own defaults. All functions may be called
** from any thread. They keep nothing; what they copy is wiped before they
** return.
*/
#ifndef MF_STRENGTH_H
#define MF_STRENGTH_H

#include "fault.h"
#include "text.h"

enum {
	/* What passwdqc_random() makes, in bits. */
	MF_RANDOM_BITS_MIN = 24,
	MF_RANDOM_BITS_MAX = 136,
	MF_RANDOM_BITS = 47,
	/* Bytes of the longest verdict, the closing NUL included. */
	MF_WEAKNESS_SIZE = 128,
};

/* Why a password is easy to guess, in libpasswdqc's words, NUL-terminated; ""
** if it isn't. The address is the user's, which a guesser knows; it may be
** empty. More than an address can have, or more than a password can, is not
** looked at: the verdict of such a password is "too long".
** Fails with: PASSWORD_NUL, NO_MEMORY. */
enum mf_status mf_weakness(struct mf_text password, struct mf_text address,
			   char weakness[MF_WEAKNESS_SIZE],
			   struct mf_fault *fault);

/* A new password of so many bits of entropy, NUL-terminated, which the caller
** wipes and gives to free().
** Fails with: BITS_BAD, NO_ENTROPY (or there was no memory: the library
** doesn't say which). */
enum mf_status mf_random_password(int64_t bits, char **password,
				  struct mf_fault *fault);

#endif
