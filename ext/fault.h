/* fault.h - every way in which a password function can fail, and its sentence
**
** A function that can fail returns an enum mf_status and, where it isn't
** MF_OK, has filled a struct mf_fault with what the sentence needs. The
** sentence never holds a byte of an argument other than a cost.
*/
#ifndef MF_FAULT_H
#define MF_FAULT_H

#include <stddef.h>
#include <stdint.h>

enum mf_status {
	MF_OK = 0,
	MF_NO_MEMORY,
	MF_NO_ENTROPY,
	MF_LIBRARY_FAILED, /* name: the method */
	MF_PASSWORD_EMPTY,
	MF_PASSWORD_NUL,
	MF_PASSWORD_LONG,   /* name: the method; limit: bytes */
	MF_PASSWORD_NUMBER, /* neither TEXT nor BLOB */
	MF_PASSWORD_MARK,   /* the mark of a lock or a failure */
	MF_NO_TERMINAL,
	MF_INTERRUPTED,
	MF_NOTHING_TYPED,
	MF_ANSWERS_DIFFER,
	MF_BITS_BAD,       /* of RANDOM_PASSWORD; accepted: how many */
	MF_METHOD_UNKNOWN, /* accepted: the methods that can be named */
	MF_METHOD_OLD,     /* name: one that is only verified; accepted */
	MF_COST_BAD,       /* name: the method; accepted: its costs */
	MF_COST_OVER,      /* to verify: name; figure; unit; limit */
	MF_COST_DEAR,      /* to store: the same */
	MF_SETTING_UNKNOWN,
	MF_HASH_DAMAGED, /* name: what it begins like */
	MF_HASH_WRAPPED, /* name: what it holds; more stands around it */
	MF_HASH_LOCKED,
	MF_HASH_FOREIGN, /* of a program whose hashes can't be verified */
	MF_HASH_PLAIN,   /* name: a label that stores the password itself */
	MF_STATUS_COUNT
};

enum {
	MF_SENTENCE_SIZE = 256, /* bytes, the closing NUL included */
	MF_ACCEPTED_SIZE = 128, /* of the list at a sentence's end, likewise */
};

struct mf_fault {
	enum mf_status status;
	const char *name; /* a constant */
	const char *unit; /* a constant */
	uint64_t figure;
	uint64_t limit;
	char accepted[MF_ACCEPTED_SIZE]; /* NUL-terminated */
};

/* Fill *fault with a status and the name its sentence needs (or NULL), all
** else cleared; returns the status, so that callers can return the call. */
enum mf_status mf_fail(struct mf_fault *fault, enum mf_status status,
		       const char *name);

/* Write the fault's sentence, without the function's name, cut at
** MF_SENTENCE_SIZE. */
void mf_fault_sentence(const struct mf_fault *fault,
		       char sentence[MF_SENTENCE_SIZE]);

#endif
