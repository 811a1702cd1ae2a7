/* scheme.h - the {SCHEME} labels of Dovecot and Courier
**
** A stored hash may carry a label in braces, its name in any case, with a
** suffix for the encoding of what follows: {SSHA}, {ssha.hex}, {Crypt.b64}.
** Some labels wrap a hash that says what it is all by itself; the others are
** the only mark of a digest; four mean that the password itself follows.
** See "Password Schemes" on https://doc.dovecot.org/2.3/.
**
** Here a label and its encoding are taken off and put back on. What stands
** between is for a method (methods.h) to judge: text, or the bytes of a raw
** digest, which only this file spells.
*/
#ifndef MF_SCHEME_H
#define MF_SCHEME_H

#include "encoding.h"
#include "methods.h"

enum {
	MF_LABEL_MAX = 32, /* bytes of the longest label with its suffix */
	/* A whole stored hash, the wordiest encoding being hex. */
	MF_STORED_SIZE = MF_LABEL_MAX + 2 * MF_HASH_SIZE,
};

/* A set of methods: a bit for each. */
#define MF_SET(id) (UINT64_C(1) << (id))
_Static_assert(MF_METHOD_COUNT <= 64, "a set has a bit for each method");

struct mf_scheme {
	const char *label; /* with its braces */
	/* Which hashes may stand behind it; none: the password itself does.
	** At most one of them is told by the label alone. */
	uint64_t methods;
	enum mf_encoding native; /* how a raw digest is written */
	/* Who verifies a text behind the label, and who a raw digest; and
	** whose own spelling of them this is (MF_COURIER, MF_DOVECOT). */
	unsigned text_programs, raw_programs, spelling_of;
};

/* A text with its label taken off. */
struct mf_labelled {
	const struct mf_scheme *scheme; /* NULL: there is no known label */
	struct mf_text label;           /* as it was spelled; or empty */
	struct mf_text spelled;         /* all behind the label */
	enum mf_encoding encoding;      /* of what is spelled */
	bool raw;                       /* it is a digest, not a text */
	/* What the method reads: spelled itself, or decoded into buffer. Empty
	** if it can't be decoded. */
	struct mf_text inner;
	char buffer[MF_HASH_SIZE];
};

/* Take off the label. The result points into text and into itself: it must
** not be copied, and is good as long as the text is. */
void mf_scheme_read(struct mf_text text, struct mf_labelled *labelled);

/* Put the label back on another inner text, NUL-terminated, spelled as the
** labelled one was. False if there is no room. */
bool mf_scheme_write(const struct mf_labelled *labelled, struct mf_text inner,
		     char stored[MF_STORED_SIZE]);

/* The method that the label alone tells; NULL if there is none. */
const struct mf_method *mf_scheme_method(const struct mf_scheme *scheme);

/* May a hash of the method stand behind the label? */
bool mf_scheme_holds(const struct mf_scheme *scheme,
		     const struct mf_method *method);

/* The label with which the program spells the method's hashes; NULL if it has
** none. */
const struct mf_scheme *mf_scheme_for(enum mf_program program,
				      const struct mf_method *method);

/* Make *labelled a hash of that scheme in its plain spelling, with nothing
** behind the label yet, for mf_scheme_write(). */
void mf_scheme_begin(const struct mf_scheme *scheme, bool raw,
		     struct mf_labelled *labelled);

/* The scheme rows, for who lists them. */
extern const struct mf_scheme mf_schemes[];
extern const size_t mf_scheme_count;

#endif
