/* address.c - fuzz target: an input is an address, byte by byte */

#include "fuzz.h"

#include "address.h"

#include <string.h>

static const char *problems_seen[64];
static size_t problem_count, accepted_count;

/* All refusals have sentences of their own; mf_address_read() has so many. */
enum { PROBLEMS = 21 };

static void
note_problem(const char *problem)
{
	size_t i = 0;

	while (i < problem_count && problems_seen[i] != problem)
		i++;
	if (i == problem_count && i < COUNT(problems_seen))
		problems_seen[problem_count++] = problem;
}

const char *
fuzz_unreached(void)
{
	if (accepted_count == 0)
		return "an address that is accepted";
	return problem_count < PROBLEMS ? "every problem" : NULL;
}

/* ---- what may be in a part ---- */

static bool
is_refused(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c <= ' ' || c >= 0x7f || strchr("/\\,'\"`@", c) != NULL;
}

static void
require_safe_part(const char *part, size_t len)
{
	REQUIRE(len > 0 && part[0] != '.' && part[len - 1] != '.');
	for (size_t i = 0; i < len; i++) {
		REQUIRE(!is_refused(part[i]));
		REQUIRE(part[i] < 'A' || part[i] > 'Z');
		REQUIRE(i == 0 || part[i] != '.' || part[i - 1] != '.');
	}
}

static void
require_safe_domain(const char *domain, size_t len)
{
	size_t label = 0;
	bool number = true; /* all of the label */

	REQUIRE(len <= 253);
	require_safe_part(domain, len);
	for (size_t i = 0; i < len; i++) {
		bool edge = label == 0 || i + 1 == len || domain[i + 1] == '.';
		REQUIRE(domain[i] != '-' || !edge);
		label = domain[i] == '.' ? 0 : label + 1;
		REQUIRE(label <= 63);
		REQUIRE(domain[i] == '.' || domain[i] == '-' ||
			(domain[i] >= '0' && domain[i] <= '9') ||
			(domain[i] >= 'a' && domain[i] <= 'z'));
		number = domain[i] == '.' ||
			 (number && domain[i] >= '0' && domain[i] <= '9');
	}
	REQUIRE(!number);
}

/* ---- the path: the domain, the local part, and no other component ---- */

static void
require_safe_path(const struct mf_address *a)
{
	char room[MF_MAILDIR_MAX];
	size_t len = mf_address_maildir(a, room), slash = a->domain_len;
	struct mf_text path = fuzz_copy(room, len);

	REQUIRE(len == a->domain_len + 1 + a->local_part_len + 1);
	REQUIRE(path.at[0] != '/' && path.at[len - 1] == '/');
	for (size_t i = 0; i < len; i++)
		REQUIRE((path.at[i] == '/') == (i == slash || i + 1 == len));
	REQUIRE(memcmp(path.at, a->domain, a->domain_len) == 0);
	REQUIRE(memcmp(path.at + slash + 1, a->local_part, a->local_part_len) ==
		0);
	fuzz_free(path);
}

/* ---- other spellings of the same address ---- */

static bool
is_same(const struct mf_address *a, const struct mf_address *b)
{
	return a->local_part_len == b->local_part_len &&
	       a->domain_len == b->domain_len &&
	       memcmp(a->local_part, b->local_part, a->local_part_len) == 0 &&
	       memcmp(a->domain, b->domain, a->domain_len) == 0;
}

static char
to_case(char c, bool upper)
{
	char first = upper ? 'a' : 'A', last = upper ? 'z' : 'Z';

	return c >= first && c <= last ? (char)(c ^ 0x20) : c;
}

/* All in that case: the same outcome, be it an address or a problem. */
static void
require_folded(struct mf_text email, bool upper, const char *problem,
	       const struct mf_address *a)
{
	struct mf_text spelled = fuzz_copy(email.at, email.len);
	char *at = (char *)(uintptr_t)spelled.at;
	struct mf_address b;

	for (size_t i = 0; i < email.len; i++)
		at[i] = to_case(at[i], upper);
	REQUIRE(mf_address_read(spelled, &b) == problem);
	REQUIRE(problem != NULL || is_same(a, &b));
	fuzz_free(spelled);
}

/* Both parts with an @ between them are the same address again. */
static void
require_read_again(const struct mf_address *a)
{
	char room[MF_LOCAL_PART_MAX + 1 + MF_DOMAIN_MAX];
	size_t len = a->local_part_len;
	struct mf_address b;
	struct mf_text email;

	memcpy(room, a->local_part, len);
	room[len++] = '@';
	memcpy(room + len, a->domain, a->domain_len);
	email = fuzz_copy(room, len + a->domain_len);
	REQUIRE(mf_address_read(email, &b) == NULL && is_same(a, &b));
	fuzz_free(email);
}

/* Nothing is dropped and nothing is made up. */
static void
require_whole(struct mf_text email, const struct mf_address *a)
{
	size_t split = a->local_part_len;

	REQUIRE(email.len == split + 1 + a->domain_len);
	REQUIRE(email.at[split] == '@');
	REQUIRE(memchr(email.at, '@', email.len) == email.at + split);
	for (size_t i = 0; i < split; i++)
		REQUIRE(a->local_part[i] == to_case(email.at[i], false));
	for (size_t i = 0; i < a->domain_len; i++)
		REQUIRE(a->domain[i] ==
			to_case(email.at[split + 1 + i], false));
}

static void
accept(struct mf_text email, const struct mf_address *a)
{
	accepted_count++;
	REQUIRE(a->local_part_len <= 64);
	require_safe_part(a->local_part, a->local_part_len);
	require_safe_domain(a->domain, a->domain_len);
	require_safe_path(a);
	require_whole(email, a);
	require_read_again(a);
}

static void
refuse(const char *problem)
{
	size_t len = strlen(problem);

	note_problem(problem);
	REQUIRE(len > 0 && len < 80);
	for (size_t i = 0; i < len; i++)
		REQUIRE(problem[i] >= ' ' && problem[i] < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mf_text email = fuzz_copy(data, size);
	struct mf_address address;
	const char *problem = mf_address_read(email, &address);

	if (problem == NULL)
		accept(email, &address);
	else
		refuse(problem);
	require_folded(email, false, problem, &address);
	require_folded(email, true, problem, &address);
	fuzz_free(email);
	return 0;
}
