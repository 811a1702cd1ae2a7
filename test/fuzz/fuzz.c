/* fuzz.c - see fuzz.h */

#include "fuzz.h"

#include "method.h"
#include "password.h"
#include "scheme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void
fuzz_broken(const char *property, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, property);
	abort();
}

struct mf_text
fuzz_copy(const void *at, size_t len)
{
	char *copy = malloc(len);

	REQUIRE(copy != NULL || len == 0);
	if (len > 0)
		memcpy(copy, at, len);
	return (struct mf_text){ copy, len };
}

void
fuzz_free(struct mf_text text)
{
	free((void *)(uintptr_t)text.at);
}

/* ---- the sentences ---- */

/* FNV-1a of each sentence that there can be, with # for its figures. Hashes,
** because libFuzzer learns every string that is compared. */
static uint64_t sentences[1024];
static size_t sentence_count;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static uint64_t
hash_of(const char *sentence)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *c = sentence; *c != '\0'; c++) {
		if (is_digit(c[0]) && is_digit(c[1]))
			continue;
		hash ^= is_digit(*c) ? '#' : (unsigned char)*c;
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

static void
learn(enum mf_status status, const char *name, const char *accepted,
      const char *unit)
{
	struct mf_fault fault = { .status = status,
				  .name = name,
				  .accepted = accepted,
				  .unit = unit };
	char sentence[MF_SENTENCE_SIZE];

	mf_fault_sentence(&fault, sentence);
	REQUIRE(sentence_count < COUNT(sentences));
	sentences[sentence_count++] = hash_of(sentence);
}

static void
learn_method(const struct mf_method *m)
{
	learn(MF_LIBRARY_FAILED, m->name, NULL, NULL);
	learn(MF_PASSWORD_LONG, m->name, NULL, NULL);
	learn(MF_HASH_DAMAGED, m->name, NULL, NULL);
	learn(MF_METHOD_OLD, m->name, NULL, NULL);
	learn(MF_COST_OVER, m->name, NULL, m->work_unit);
	learn(MF_COST_OVER, m->name, NULL, "KiB of memory");
	if (m->cost_accepted != NULL)
		learn(MF_COST_BAD, m->name, m->cost_accepted, NULL);
}

/* The methods that this fault lists are password.c's own. */
static void
learn_unknown_method(void)
{
	struct mf_hash setting;
	struct mf_fault fault;

	mf_gen_salt(mf_text_of("?"), mf_text_of(""), &setting, &fault);
	learn(MF_METHOD_UNKNOWN, fault.name, NULL, NULL);
}

static void
learn_all(void)
{
	static const enum mf_status plain[] = {
		MF_NO_MEMORY,    MF_NO_ENTROPY,      MF_PASSWORD_EMPTY,
		MF_PASSWORD_NUL, MF_SETTING_UNKNOWN, MF_HASH_LOCKED,
		MF_HASH_PLAIN,
	};

	for (size_t i = 0; i < COUNT(plain); i++)
		learn(plain[i], NULL, NULL, NULL);
	for (size_t i = 0; i < mf_method_count; i++)
		learn_method(&mf_methods[i]);
	for (size_t i = 0; i < mf_scheme_count; i++) {
		learn(MF_HASH_DAMAGED, mf_schemes[i].label, NULL, NULL);
		learn(MF_HASH_FOREIGN, mf_schemes[i].label, NULL, NULL);
	}
	learn_unknown_method();
}

bool
fuzz_is_sentence(const char *sentence)
{
	uint64_t hash = hash_of(sentence);

	if (sentence_count == 0)
		learn_all();
	for (size_t i = 0; i < sentence_count; i++)
		if (sentences[i] == hash)
			return true;
	return false;
}

void
fuzz_require_sentence(enum mf_status status, const struct mf_fault *fault)
{
	char sentence[MF_SENTENCE_SIZE];

	REQUIRE(status > MF_OK && status < MF_STATUS_COUNT);
	REQUIRE(fault->status == status);
	mf_fault_sentence(fault, sentence);
	REQUIRE(fuzz_is_sentence(sentence));
	if (status == MF_COST_OVER)
		REQUIRE(fault->figure > fault->limit);
}
