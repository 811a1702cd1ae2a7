/* setting.c - fuzz target: an input is a method, a blank and a cost, as
** GEN_SALT() takes them; without a blank, a method at its default cost */

#include "fuzz.h"
#include "library.h"

#include "inspect.h"
#include "password.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct mf_text password = { "sesame-street-99", 16 };

static bool made[64], status_seen[MF_STATUS_COUNT];

const char *
fuzz_unreached(void)
{
	for (size_t i = 0; i < MF_METHOD_COUNT; i++)
		if (mf_methods[i].setting != NULL && !made[i])
			return mf_methods[i].name;
	return status_seen[MF_METHOD_UNKNOWN] && status_seen[MF_METHOD_OLD] &&
			       status_seen[MF_COST_BAD] &&
			       status_seen[MF_COST_OVER] &&
			       status_seen[MF_COST_DEAR]
		     ? NULL
		     : "every fault";
}

struct asked {
	struct mf_text name, cost;
	const struct mf_method *method; /* NULL: there is none */
};

/* Does a hash that cost as much as the setting need a rehash for that cost? */
static bool
needs_rehash(const char *hash, const struct asked *a, const char *cost)
{
	struct mf_fault fault;
	bool needs;

	REQUIRE(mf_needs_rehash(mf_text_of(hash), a->name, mf_text_of(cost),
				&needs, &fault) == MF_OK);
	return needs;
}

/* The next cost up is out of this one's reach, if there is one. */
static void
require_next_is_dearer(const char *hash, const struct asked *a)
{
	struct mf_text rest = a->cost;
	char next[32];
	uint64_t n;

	if (a->method->cost_kind == MF_COST_TEXT || a->cost.at == NULL)
		return;
	REQUIRE(mf_take_number(&rest, UINT64_MAX, &n) && rest.len == 0);
	REQUIRE(n >= a->method->cost_min &&
		n <= mf_method_cost_max(a->method, MF_TO_VERIFY));
	snprintf(next, sizeof next, "%" PRIu64, n + 1);
	if (n < mf_method_cost_max(a->method, MF_TO_VERIFY))
		REQUIRE(needs_rehash(hash, a, next));
}

static void
require_hash(const char *setting, const char *cost, const struct asked *a)
{
	struct mf_hash hash;
	struct mf_fault fault;
	struct mf_stored s;

	REQUIRE(mf_crypt(password, mf_text_of(setting), &hash, &fault) ==
		MF_OK);
	mf_stored_read(mf_text_of(hash.text), &s);
	REQUIRE(s.form == MF_FORM_HASH && s.method == a->method);
	REQUIRE(s.kind ==
		(library_is_storable(hash.text) ? MF_KIND_HASH : MF_KIND_DEAR));
	REQUIRE(strncmp(hash.text, setting, strlen(setting)) == 0);
	REQUIRE(!needs_rehash(hash.text, a, cost));
	require_next_is_dearer(hash.text, a);
}

/* The cost that was asked for, or the method's own. */
static bool
is_cost_asked(const char *cost, const struct asked *a)
{
	char number[32];
	struct mf_text asked = a->cost;

	snprintf(number, sizeof number, "%" PRIu64, a->method->cost_default);
	if (asked.at == NULL)
		asked = mf_text_of(a->method->cost_kind == MF_COST_TEXT
					   ? a->method->cost_text
					   : number);
	return strlen(cost) == asked.len &&
	       memcmp(cost, asked.at, asked.len) == 0;
}

/* What was made is a setting of that method at that cost, within limits. */
static void
require_setting(const char *setting, const struct asked *a)
{
	struct mf_text copy = fuzz_copy(setting, strlen(setting));
	struct mf_hash hash;
	struct mf_info info;
	struct mf_fault fault;
	struct mf_stored s;

	mf_stored_read(copy, &s);
	REQUIRE(s.kind == MF_KIND_SETTING && s.form == MF_FORM_SETTING);
	REQUIRE(s.method == a->method && !s.locked);
	REQUIRE(s.labelled.scheme == NULL && s.parsed.salt_bits >= 96);
	REQUIRE(mf_method_check_cost(s.method, &s.parsed, MF_TO_VERIFY,
				     &fault) == MF_OK);
	if (a->method->cost_kind != MF_COST_TEXT)
		library_require_affordable(setting);
	REQUIRE(mf_crypt(password, copy, &hash, &fault) == MF_OK);
	REQUIRE(mf_inspect(mf_text_of(hash.text), &info));
	REQUIRE(is_cost_asked(info.cost, a));
	require_hash(setting, info.cost, a);
	fuzz_free(copy);
	made[a->method - mf_methods] = true;
}

/* ---- may it be the policy? ---- */

/* CRYPT_ONCE obeys what POLICY_PROBLEM says, and gives what may be stored; what
** CRYPT_IS_HASH may then refuse is only what POLICY_PROBLEM refuses, too. */
static void
require_policy(const struct asked *a, const char *setting)
{
	struct mf_hash hash;
	struct mf_fault fault, once;
	struct mf_stored s;
	bool is_hash;
	enum mf_status status = mf_check_policy(a->name, a->cost, &fault);

	status_seen[status] = true;
	REQUIRE(status == fault.status);
	REQUIRE((status == MF_OK) ==
		(setting != NULL && library_is_storable(setting)));
	REQUIRE(mf_crypt_once(password, a->name, a->cost, &is_hash, &hash,
			      &once) == status);
	REQUIRE(!is_hash);
	if (status != MF_OK) {
		fuzz_require_sentence(status, &fault);
		fuzz_require_sentence(status, &once);
		REQUIRE(hash.text[0] == '\0');
		return;
	}
	mf_stored_read(mf_text_of(hash.text), &s);
	REQUIRE(s.kind == MF_KIND_HASH && s.method == a->method);
	REQUIRE(mf_crypt_new(password, a->name, a->cost, &hash, &once) ==
		MF_OK);
	mf_stored_read(mf_text_of(hash.text), &s);
	REQUIRE(s.kind == MF_KIND_HASH && s.method == a->method);
}

/* PASSWORD_PROBLEM knows the same methods, and nothing of costs. */
static void
require_password(const struct asked *a)
{
	struct mf_fault fault;
	enum mf_status status = mf_check_password(password, a->name, &fault);

	REQUIRE(status == (a->method == NULL            ? MF_METHOD_UNKNOWN
			   : a->method->setting == NULL ? MF_METHOD_OLD
							: MF_OK));
}

static void
require_fault(enum mf_status status, const struct mf_fault *fault,
	      const struct asked *a)
{
	status_seen[status] = true;
	fuzz_require_sentence(status, fault);
	if (a->method == NULL)
		REQUIRE(status == MF_METHOD_UNKNOWN);
	else if (a->method->setting == NULL)
		REQUIRE(status == MF_METHOD_OLD);
	else
		REQUIRE(status == MF_COST_BAD || status == MF_COST_OVER);
	/* The default is never at fault. */
	REQUIRE(a->cost.at != NULL || status == MF_METHOD_UNKNOWN ||
		status == MF_METHOD_OLD);
}

/* GEN_SALT() and CRYPT_NEEDS_REHASH() find the same fault, or none. */
static void
require_same_fault(enum mf_status status, const struct asked *a)
{
	struct mf_fault fault;
	bool needs = false;

	REQUIRE(mf_needs_rehash(mf_text_of(""), a->name, a->cost, &needs,
				&fault) == status);
	REQUIRE(needs);
}

static void
run(const struct asked *a)
{
	struct mf_hash setting;
	struct mf_fault fault;
	enum mf_status status = mf_gen_salt(a->name, a->cost, &setting, &fault);

	if (status == MF_OK) {
		REQUIRE(a->method != NULL && a->method->setting != NULL);
		require_setting(setting.text, a);
	} else {
		require_fault(status, &fault, a);
		for (size_t i = 0; i < sizeof setting.text; i++)
			REQUIRE(setting.text[i] == '\0');
	}
	require_same_fault(status, a);
	require_policy(a, status == MF_OK ? setting.text : NULL);
	require_password(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *blank = size > 0 ? memchr(data, ' ', size) : NULL;
	size_t name_len = blank == NULL ? size : (size_t)(blank - data);
	struct asked a = {
		.name = fuzz_copy(data, name_len),
		.cost = { NULL, 0 },
	};

	if (blank != NULL)
		a.cost = fuzz_copy(blank + 1, size - name_len - 1);
	a.method = mf_method_named(a.name);
	library_begin((struct mf_text){ (const char *)data, size });
	run(&a);
	fuzz_free(a.name);
	fuzz_free(a.cost);
	return 0;
}
