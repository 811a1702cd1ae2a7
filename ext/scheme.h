/* scheme.h - the {SCHEME} labels of Dovecot and Courier
**
** A stored hash may carry a label in braces, its name in any case. Some
** labels wrap a hash that says what it is all by itself; four of them mean
** that the password itself follows.
** https://doc.dovecot.org/2.3/configuration_manual/authentication/password_schemes/
*/
#ifndef MF_SCHEME_H
#define MF_SCHEME_H

#include "text.h"

enum mf_scheme_kind {
	MF_SCHEME_WRAPS,	/* the text behind it is a hash of its own */
	MF_SCHEME_PLAIN,	/* the password itself */
};

enum { MF_LABEL_MAX = 32 };	/* bytes of the longest label, braces and all */

struct mf_scheme {
	const char *label;	/* braces included */
	enum mf_scheme_kind kind;
	/* How the text behind it may begin; ends with NULL. "" is DES. */
	const char *const *wraps;
};

/* The scheme that the text begins with, NULL if it begins with no known one;
** *rest is what follows the label. */
const struct mf_scheme *mf_scheme_of(struct mf_text text,
				     struct mf_text *rest);

/* May a hash of the method with that prefix stand behind the label? */
bool mf_scheme_holds(const struct mf_scheme *scheme, const char *prefix);

#endif
