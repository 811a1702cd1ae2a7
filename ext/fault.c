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

/* Sentences that say all by themselves. */
static const char *const plain_sentence[MF_STATUS_COUNT] = {
	[MF_OK] = "no fault",
	[MF_NO_MEMORY] = "out of memory",
	[MF_NO_ENTROPY] = "the system gave no random bytes for a salt",
	[MF_PASSWORD_EMPTY] = "the password is empty, it needs 1 byte or more",
	[MF_PASSWORD_NUL] =
		"the password holds a NUL byte, where crypt(3) would cut it",
	[MF_SETTING_UNKNOWN] =
		"not a setting or a whole hash of a known method, "
		"make a setting with GEN_SALT(method)",
	[MF_HASH_LOCKED] = "the hash is locked by a leading !",
	[MF_HASH_PLAIN] =
		"{PLAIN}, {CLEAR}, {CLEARTEXT} and {PLAIN-TRUNC} store the "
		"password itself, give a hash, or the password without label",
};

/* Sentences with one %s, the fault's name. */
static const char *const named_sentence[MF_STATUS_COUNT] = {
	[MF_LIBRARY_FAILED] =
		"%s could not be computed, most likely for want of memory",
	[MF_METHOD_UNKNOWN] = "unknown method, use one of %s",
	[MF_METHOD_OLD] = "%s hashes are verified but no longer made, "
			  "use yescrypt or bcrypt",
	[MF_HASH_FOREIGN] = "%s hashes can't be verified here, "
			    "give one of another scheme or a new password",
	[MF_HASH_DAMAGED] =
		"begins like a %s hash, but is damaged or not whole",
};

/* Keep the format out of the tables' reach: it is one of ours above. */
static void
write_named(const char *format, const char *name, char *sentence)
{
	const char *gap = format;

	while (gap[0] != '%')
		gap++;
	snprintf(sentence, MF_SENTENCE_SIZE, "%.*s%s%s", (int)(gap - format),
		 format, name, gap + 2);
}

void
mf_fault_sentence(const struct mf_fault *f, char sentence[MF_SENTENCE_SIZE])
{
	if (f->status == MF_PASSWORD_LONG)
		snprintf(sentence, MF_SENTENCE_SIZE,
			 "the password is too long, %s uses at most %" PRIu64
			 " bytes",
			 f->name, f->limit);
	else if (f->status == MF_COST_BAD)
		snprintf(sentence, MF_SENTENCE_SIZE, "the cost of %s is %s",
			 f->name, f->accepted);
	else if (f->status == MF_COST_OVER)
		snprintf(sentence, MF_SENTENCE_SIZE,
			 "%s asks for %" PRIu64 " %s, the limit is %" PRIu64,
			 f->name, f->figure, f->unit, f->limit);
	else if (named_sentence[f->status] != NULL)
		write_named(named_sentence[f->status], f->name, sentence);
	else
		snprintf(sentence, MF_SENTENCE_SIZE, "%s",
			 plain_sentence[f->status]);
}
