/* scheme.h - the {SCHEME} labels of Dovecot and Courier
**
** A stored hash may carry a label in braces, its name in any case, with a
** suffix for the encoding of what follows: {SSHA}, {ssha.hex}, {Crypt.b64}.
** Some labels wrap a hash that says what it is all by itself; the others are
** the only mark of a digest; four mean that the password itself follows.
** See "Password Schemes" on https://doc.dovecot.org/2.3/.
**
** Here a label and its encoding are taken off and put back on. What stands
** between is for a method (method.h) to judge.
*/
#ifndef MF_SCHEME_H
#define MF_SCHEME_H

#include "encoding.h"
#include "program.h"
#include "text.h"

enum {
	MF_LABEL_MAX = 32,   /* bytes of the longest label with its suffix */
	MF_INNER_SIZE = 384, /* of what it labels, and a NUL */
	/* A whole stored hash, the wordiest encoding being hex. */
	MF_STORED_SIZE = MF_LABEL_MAX + 2 * MF_INNER_SIZE,
};

struct mf_scheme {
	const char *label; /* with its braces */
	bool plain;        /* the password itself follows */
	/* How a hash behind it may begin, up to NULL; "" is DES. Or NULL.
	** A scheme with neither this nor a digest can't be verified. */
	const char *const *wraps;
	const char *digest;      /* the method's name if it isn't wrapped */
	enum mf_encoding native; /* how that is written without suffix */
	size_t hex_len;          /* digits of an unsalted digest, or 0 */
	/* Who verifies a text behind the label, and who a bare digest; and
	** whose own spelling of them this is (MF_COURIER, MF_DOVECOT). */
	unsigned text_programs, digest_programs, spelling_of;
};

/* A text with its label taken off. */
struct mf_labelled {
	const struct mf_scheme *scheme; /* NULL: there is no known label */
	struct mf_text label;           /* as it was spelled; or empty */
	struct mf_text spelled;         /* all behind the label */
	enum mf_encoding encoding;      /* of what is spelled */
	bool is_text;                   /* and not a bare digest */
	/* What the method reads: spelled itself, or decoded into buffer. Empty
	** if it can't be decoded. A digest is always in base64 here. */
	struct mf_text inner;
	char buffer[MF_INNER_SIZE];
};

/* Take off the label. The result points into text and into itself: it must
** not be copied, and is good as long as the text is. */
void mf_scheme_read(struct mf_text text, struct mf_labelled *labelled);

/* Put the label back on another inner text, NUL-terminated, spelled as the
** labelled one was. False if there is no room. */
bool mf_scheme_write(const struct mf_labelled *labelled, const char *inner,
		     char stored[MF_STORED_SIZE]);

/* The label with which the program spells a hash: one of a method with that
** prefix, or a digest by the method of that name. NULL if it has none. */
const struct mf_scheme *mf_scheme_for(enum mf_program program,
				      const char *prefix, const char *digest);

/* Make *labelled a hash of that scheme in its plain spelling, with nothing
** behind the label yet, for mf_scheme_write(). */
void mf_scheme_begin(const struct mf_scheme *scheme, bool is_text,
		     struct mf_labelled *labelled);

/* The scheme rows, for who lists them. */
extern const struct mf_scheme mf_schemes[];
extern const size_t mf_scheme_count;

/* May a hash of the method with that prefix stand behind the label? */
bool mf_scheme_holds(const struct mf_scheme *scheme, const char *prefix);

#endif
