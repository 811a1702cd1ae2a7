/* fuzz.c - see fuzz.h */

#include "fuzz.h"

#include "password.h"
#include "strength.h"

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
learn_fault(const struct mf_fault *fault)
{
	char sentence[MF_SENTENCE_SIZE];

	mf_fault_sentence(fault, sentence);
	REQUIRE(strlen(sentence) < MF_SENTENCE_SIZE - 1);
	REQUIRE(sentence_count < COUNT(sentences));
	sentences[sentence_count++] = hash_of(sentence);
}

static void
learn(enum mf_status status, const char *name, const char *unit)
{
	struct mf_fault fault = { .status = status,
				  .name = name,
				  .unit = unit };

	learn_fault(&fault);
}

/* What a sentence lists is made from the rows, by code of theirs: it is had by
** asking for what can't be. */
static void
learn_list(const char *method)
{
	static const struct mf_text bad_cost = { "?", 1 };
	struct mf_hash setting;
	struct mf_fault fault;

	REQUIRE(mf_gen_salt(mf_text_of(method), bad_cost, &setting, &fault) !=
		MF_OK);
	REQUIRE(strchr(fault.accepted, '?') == NULL);
	learn_fault(&fault);
}

static void
learn_bits(void)
{
	struct mf_fault fault;
	char *password;

	REQUIRE(mf_random_password(0, &password, &fault) != MF_OK);
	learn_fault(&fault);
}

static void
learn_method(const struct mf_method *m)
{
	learn(MF_LIBRARY_FAILED, m->name, NULL);
	learn(MF_PASSWORD_LONG, m->name, NULL);
	learn(MF_HASH_DAMAGED, m->name, NULL);
	learn(MF_HASH_WRAPPED, m->name, NULL);
	learn(MF_COST_OVER, m->name, m->work_unit);
	learn(MF_COST_OVER, m->name, "KiB of memory");
	learn(MF_COST_DEAR, m->name, m->work_unit);
	learn(MF_COST_DEAR, m->name, "KiB of memory");
	learn_list(m->name);
}

static void
learn_label(const char *label)
{
	learn(MF_HASH_DAMAGED, label, NULL);
	learn(MF_HASH_WRAPPED, label, NULL);
	learn(MF_HASH_PLAIN, label, NULL);
}

static void
learn_all(void)
{
	static const enum mf_status plain[] = {
		MF_NO_MEMORY,       MF_NO_ENTROPY,    MF_PASSWORD_EMPTY,
		MF_PASSWORD_NUL,    MF_PASSWORD_MARK, MF_PASSWORD_NUMBER,
		MF_SETTING_UNKNOWN, MF_HASH_LOCKED,   MF_HASH_FOREIGN,
	};

	for (size_t i = 0; i < COUNT(plain); i++)
		learn(plain[i], NULL, NULL);
	for (size_t i = 0; i < MF_METHOD_COUNT; i++)
		learn_method(&mf_methods[i]);
	for (size_t i = 0; i < mf_scheme_count; i++)
		learn_label(mf_schemes[i].label);
	learn_list("?");
	learn_bits();
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
	if (status == MF_COST_OVER || status == MF_COST_DEAR)
		REQUIRE(fault->figure > fault->limit);
}
