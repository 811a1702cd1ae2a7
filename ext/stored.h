/* stored.h - what a mail database keeps: [!][{SCHEME}]hash
**
** ! means locked, as passwd -l writes it. Here such a text is taken apart and
** judged, by method.h and scheme.h; nothing is computed.
*/
#ifndef MF_STORED_H
#define MF_STORED_H

#include "fault.h"
#include "method.h"
#include "scheme.h"
#include "text.h"

enum mf_kind {
	MF_KIND_UNKNOWN, /* begins like nothing we know: plain text */
	MF_KIND_DAMAGED,
	MF_KIND_PLAIN,   /* a scheme that stores the password itself */
	MF_KIND_FOREIGN, /* a scheme that we know, but can't verify */
	MF_KIND_SETTING,
	MF_KIND_HASH,
};

struct mf_stored {
	enum mf_kind kind;
	bool locked;
	const struct mf_method *method; /* of a setting or hash */
	struct mf_parsed parsed;        /* likewise */
	const char *looks_like;         /* what a damaged text begins like */
	struct mf_labelled labelled;    /* its inner text is the method's */
};

/* Take the text apart. The result points into the text and into itself: it
** must not be copied, and is good as long as the text is. */
void mf_stored_read(struct mf_text text, struct mf_stored *stored);

/* Would it be known for a hash among plain passwords? Bare DES would not. */
bool mf_stored_has_mark(const struct mf_stored *stored);

/* MF_OK for a setting or hash within its limits; else SETTING_UNKNOWN,
** HASH_DAMAGED, HASH_PLAIN, HASH_FOREIGN or COST_OVER. */
enum mf_status mf_stored_check(const struct mf_stored *stored,
			       struct mf_fault *fault);

#endif
