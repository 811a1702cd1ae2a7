/* fault.c - see fault.h */

#include "fault.h"

#include <inttypes.h>
#include <stdio.h>

enum mf_status
mf_fail(struct mf_fault *fault, enum mf_status status, const char *name)
{
	*fault = (struct mf_fault){ .status = status, .name = name };
	return status;
}

/* A sentence is what stands here, with the fault's name between the two
** halves if there is a second one, and its list of what is accepted behind. */
static const struct {
	const char *begins, *goes_on;
} sentences[MF_STATUS_COUNT] = {
	[MF_OK] = { "no fault", NULL },
	[MF_NO_MEMORY] = { "out of memory", NULL },
	[MF_NO_ENTROPY] = { "the system gave no random bytes", NULL },
	[MF_LIBRARY_FAILED] = { "", " could not be computed, most likely for "
				    "want of memory" },
	[MF_PASSWORD_EMPTY] = { "the password is empty, it needs 1 byte or "
				"more",
				NULL },
	[MF_PASSWORD_NUL] = { "the password holds a NUL byte, where crypt(3) "
			      "would cut it",
			      NULL },
	[MF_PASSWORD_NUMBER] = { "the password is a number, it needs quotes, "
				 "or a program must bind it as text",
				 NULL },
	[MF_PASSWORD_MARK] = { "the mark of a lock or a failure is not a "
			       "password",
			       NULL },
	[MF_NO_TERMINAL] = { "there is no terminal to ask at", NULL },
	[MF_INTERRUPTED] = { "interrupted", NULL },
	[MF_NOTHING_TYPED] = { "nothing was typed", NULL },
	[MF_ANSWERS_DIFFER] = { "the two answers differ", NULL },
	[MF_BITS_BAD] = { "the strength is a whole number of bits from ",
			  NULL },
	[MF_METHOD_UNKNOWN] = { "unknown method, use one of ", NULL },
	[MF_METHOD_OLD] = { "", " hashes are verified but no longer made, "
				"use one of " },
	[MF_COST_BAD] = { "the cost of ", " is " },
	[MF_SETTING_UNKNOWN] = { "not a setting or a whole hash of a known "
				 "method, make a setting with "
				 "GEN_SALT(method)",
				 NULL },
	[MF_HASH_DAMAGED] = { "begins like a ", " hash, but is damaged or not "
						"whole" },
	[MF_HASH_WRAPPED] = { "a whole ", " hash with something before or "
					  "behind it, give the hash alone" },
	[MF_HASH_LOCKED] = { "the hash is locked by a leading !", NULL },
	[MF_HASH_FOREIGN] = { "looks like a hash of another program, which "
			      "can't be verified here; if it is a password "
			      "all the same, hash it in the statement with "
			      "CRYPT()",
			      NULL },
	[MF_HASH_PLAIN] = { "", " stores the password itself, give a hash, or "
				"the password without label" },
};

static void
write_limit(const struct mf_fault *f, const char *limit,
	    char sentence[MF_SENTENCE_SIZE])
{
	snprintf(sentence, MF_SENTENCE_SIZE,
		 "%s asks for %" PRIu64 " %s, %s is %" PRIu64, f->name,
		 f->figure, f->unit, limit, f->limit);
}

void
mf_fault_sentence(const struct mf_fault *f, char sentence[MF_SENTENCE_SIZE])
{
	const char *goes_on = sentences[f->status].goes_on;

	if (f->status == MF_COST_OVER)
		write_limit(f, "the limit", sentence);
	else if (f->status == MF_COST_DEAR)
		write_limit(f, "the limit for storing", sentence);
	else if (f->status == MF_PASSWORD_LONG)
		snprintf(sentence, MF_SENTENCE_SIZE,
			 "the password is too long, %s uses at most %" PRIu64
			 " bytes",
			 f->name, f->limit);
	else
		snprintf(sentence, MF_SENTENCE_SIZE, "%s%s%s%s",
			 sentences[f->status].begins,
			 goes_on != NULL ? f->name : "",
			 goes_on != NULL ? goes_on : "", f->accepted);
}
