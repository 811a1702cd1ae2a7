/* stored.h - what a mail database keeps: [!][{SCHEME}]hash
**
** ! means locked, as passwd -l writes it. Here a text is taken apart and
** judged, by methods.h and scheme.h; nothing is computed. It is the one place
** that tells a hash from a password and from what is neither: all else asks.
*/
#ifndef MF_STORED_H
#define MF_STORED_H

#include "scheme.h"

/* What a text is to those who store it. */
enum mf_kind {
	MF_KIND_HASH,    /* a whole hash with a mark of its own */
	MF_KIND_BARE,    /* one without, which may be a password */
	MF_KIND_PLAIN,   /* a password, if its fault is MF_OK */
	MF_KIND_SETTING, /* a hash whose digest is missing */
	MF_KIND_DAMAGED, /* like a hash of ours, but not one alone and whole */
	MF_KIND_FOREIGN, /* a hash that only others can verify */
	MF_KIND_CLEARTEXT, /* a label, and the password itself */
	MF_KIND_MARK,      /* of a lock or a failure */
	MF_KIND_DEAR,      /* a hash above the limit for storing */
	MF_KIND_EMPTY,
};

struct mf_stored {
	/* As a hash, for whoever verifies it: HASH for each whole one. */
	enum mf_form form;
	bool locked;
	const struct mf_method *method; /* unless the form is NONE */
	struct mf_parsed parsed;        /* likewise */
	const char *looks_like;         /* NULL, or what it begins like */
	struct mf_labelled labelled;    /* its inner text is the method's */

	/* As what is to be stored: why it can be neither a hash nor a
	** password, or MF_OK. */
	enum mf_kind kind;
	struct mf_fault fault;
};

/* Take the text apart and judge it. The result points into the text and into
** itself: it must not be copied, and is good as long as the text is. */
void mf_stored_read(struct mf_text text, struct mf_stored *stored);

/* The word for it that SQL knows. */
const char *mf_kind_word(enum mf_kind kind);

#endif
