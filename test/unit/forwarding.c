/* forwarding.c - address.c's other half: what can be a maildir, and which
** forwardings Postfix reads as they are meant
*/

#include "tap.h"

#include "address.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LONG_63 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_253 \
	LONG_63 "." LONG_63 "." LONG_63 "." \
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A text with its length, so that it may hold NUL bytes. */
/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */

struct sample {
	struct mf_text text;
	const char *problem; /* NULL: it is good */
};

/* ---- maildirs ---- */

#define EMPTY "it is empty"
#define BYTE "it has a blank, a control byte or a byte outside ASCII"
#define ABSOLUTE "it begins with a slash, but is relative to the mail store"
#define NO_SLASH "it has no slash at its end, as in example.com/joe/"
#define TWO_SLASHES "it has two slashes in a row"
#define DOT "it has a part that begins with a dot"

static const struct sample maildirs[] = {
	{ BYTES("example.com/joe/"), NULL },
	{ BYTES("a/"), NULL },
	{ BYTES("A/b.c/d../"), NULL },
	{ BYTES("!\"#$%&'()*+,-0:;<=>?@[\\]^_`{|}~/"), NULL },
	{ BYTES(""), EMPTY },
	{ BYTES("/"), ABSOLUTE },
	{ BYTES("/etc/"), ABSOLUTE },
	{ BYTES("//a/"), ABSOLUTE },
	{ BYTES("a"), NO_SLASH },
	{ BYTES("a/b"), NO_SLASH },
	{ BYTES("a//"), TWO_SLASHES },
	{ BYTES("a//b/"), TWO_SLASHES },
	{ BYTES("./"), DOT },
	{ BYTES("../"), DOT },
	{ BYTES(".a/"), DOT },
	{ BYTES("a/./"), DOT },
	{ BYTES("a/../b/"), DOT },
	{ BYTES("a/b/.c/"), DOT },
	{ BYTES("a b/"), BYTE },
	{ BYTES(" /"), BYTE },
	{ BYTES("a\t/"), BYTE },
	{ BYTES("a\0/"), BYTE },
	{ BYTES("a\x7f/"), BYTE },
	{ BYTES("\xc3\xa4/"), BYTE },
	{ BYTES("\xff/"), BYTE },
};

static const struct {
	const char *one, *other;
	bool meet;
} pairs[] = {
	{ "a/", "a/", true },      { "a/", "A/", true },
	{ "a/", "a/b/", true },    { "A/B/", "a/b/c/d/", true },
	{ "a/b/", "a/c/", false }, { "a/", "ab/", false },
	{ "a/", "a.b/", false },   { "a/b/", "a/bc/", false },
	{ "z/a/", "a/", false },
};

static void
try_pairs(void)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct mf_text one = mf_text_of(pairs[i].one);
		struct mf_text other = mf_text_of(pairs[i].other);
		ok(mf_maildirs_meet(one, other) == pairs[i].meet &&
			   mf_maildirs_meet(other, one) == pairs[i].meet,
		   "%s and %s %s", pairs[i].one, pairs[i].other,
		   pairs[i].meet ? "meet" : "don't meet");
	}
}

/* ---- forwardings ---- */

#define BLANK "it is blank"
#define COMMAND \
	"it has a command, a file or an :include:, " \
	"which only aliases(5) knows"
#define SECOND_AT "it has a second @"
#define NO_DOMAIN "the domain is empty"
#define QUOTE "it has a quote"
#define OTHER "it has a character that needs quoting, or that no domain has"
#define CONTROL "it has a control byte"
#define HYPHEN "it has a name that begins with a hyphen"
#define ELEMENT \
	"it has an empty element, " \
	"with a comma too many or nothing between two"
#define SEMICOLON "it has a semicolon, put commas between addresses"
#define SPACE "it has a blank, put commas between addresses"

/* Good and bad in both columns. */
static const struct sample targets[] = {
	{ BYTES("joe@example.com"), NULL },
	{ BYTES("Joe+x@Example.COM"), NULL },
	{ BYTES("joe"), NULL },
	{ BYTES("@example.com"), NULL },
	{ BYTES("o'brien@example.com"), NULL },
	{ BYTES("a/b=c|d`e@x400.example"), NULL },
	{ BYTES("..joe.@docomo.example"), NULL },
	/* the least byte that isn't ASCII */
	{ BYTES("\xc3\x80@far.example"), NULL },
	{ BYTES("j\xc3\xb6rg@b\xc3\xbc"
		"cher.example"),
	  NULL },
	{ BYTES("joe@my_host.example"), NULL },
	{ BYTES("a@" LONG_63 "." LONG_63), NULL },
	{ BYTES("a@" LONG_253), NULL },
	{ BYTES(LONG_63 LONG_63 "@example.com"), NULL },
	{ BYTES(""), BLANK },
	{ BYTES(" "), BLANK },
	{ BYTES(" \t\r\n"), BLANK },
	{ BYTES("@"), NO_DOMAIN },
	{ BYTES("joe@"), NO_DOMAIN },
	{ BYTES("joe@@x"), SECOND_AT },
	{ BYTES("joe@example.com@x"), SECOND_AT },
	{ BYTES("@joe@x"), SECOND_AT },
	{ BYTES("|command"), COMMAND },
	{ BYTES("/file"), COMMAND },
	{ BYTES("/file@example.com"), COMMAND },
	{ BYTES(":include:/file"), COMMAND },
	{ BYTES("\"|command\""), QUOTE },
	{ BYTES("\"joe\"@example.com"), QUOTE },
	{ BYTES("Joe<joe@example.com>"), OTHER },
	{ BYTES("<joe@example.com>"), OTHER },
	{ BYTES("joe(comment)"), OTHER },
	{ BYTES("joe:x"), OTHER },
	{ BYTES("joe\\x"), "it has a slash or backslash" },
	{ BYTES("joe\0"), CONTROL },
	{ BYTES("joe\x7f@x"), CONTROL },
	{ BYTES("joe@ex\x01"), CONTROL },
	{ BYTES("-joe"), HYPHEN },
	{ BYTES("-joe@example.com"), HYPHEN },
	{ BYTES("joe@exam+ple.com"), OTHER },
	{ BYTES("joe@exam'ple.com"), QUOTE },
	{ BYTES("joe@-example.com"),
	  "the domain has a label that begins or ends with a hyphen" },
	{ BYTES("joe@.example.com"),
	  "the domain has an empty label, or begins or ends with a dot" },
	{ BYTES("joe@" LONG_63 "a"), "the domain has a label over 63 bytes" },
	{ BYTES("joe@" LONG_253 "a"), "the domain is over 253 bytes" },
	{ BYTES("joe@[192.0.2.1]"),
	  "the domain is an address literal, not a name" },
	{ BYTES("joe@192.0.2.1"), "the domain is an IP address, not a name" },
};

static const struct sample sources[] = {
	{ BYTES(" joe"), "it has a blank" },
	{ BYTES("joe "), "it has a blank" },
	{ BYTES("joe,ann"), "it has a comma" },
	{ BYTES("joe;ann"), OTHER },
};

static const struct sample destinations[] = {
	{ BYTES("joe@x,ann@y,bob,@z"), NULL },
	{ BYTES("joe@x, ann@y"), NULL },
	{ BYTES(" joe@x\t,\r\nann@y \n"), NULL },
	{ BYTES(","), ELEMENT },
	{ BYTES("joe,"), ELEMENT },
	{ BYTES(",joe"), ELEMENT },
	{ BYTES("joe,,ann"), ELEMENT },
	{ BYTES("joe, ,ann"), ELEMENT },
	{ BYTES("kein mail"), SPACE },
	{ BYTES("joe\tann"), SPACE },
	{ BYTES("joe\rann"), SPACE },
	{ BYTES("joe\nann"), SPACE },
	{ BYTES("joe@x,ann bob"), SPACE },
	{ BYTES("Joe <joe@x>"), SPACE },
	{ BYTES("joe;ann"), SEMICOLON },
	{ BYTES("joe@x; ann@y"), SEMICOLON },
	{ BYTES("joe,|command"), COMMAND },
	{ BYTES("joe@x,ann@"), NO_DOMAIN },
};

/* No byte outside of a text is read, nor anything behind its end. */
static void
try_all(const char *what, const char *(*problem_of)(struct mf_text),
	const struct sample *samples, size_t count)
{
	struct guard guard = guard_new();

	for (size_t i = 0; i < count; i++) {
		size_t len = samples[i].text.len;
		struct mf_text text = {
			guard_end(&guard, samples[i].text.at, len), len
		};
		is_str(problem_of(text), samples[i].problem, "%s: %s", what,
		       shown(text.at, len));
		text.at = guard_start(&guard, samples[i].text.at, len);
		guard.page[len] = 'x';
		is_str(problem_of(text), samples[i].problem,
		       "the same at the start of a page");
	}
}

int
main(void)
{
	try_all("maildir", mf_maildir_problem, maildirs, COUNT(maildirs));
	try_pairs();
	try_all("source", mf_forwarding_source_problem, targets,
		COUNT(targets));
	try_all("source", mf_forwarding_source_problem, sources,
		COUNT(sources));
	try_all("destination", mf_forwarding_destination_problem, targets,
		COUNT(targets));
	try_all("destination", mf_forwarding_destination_problem, destinations,
		COUNT(destinations));
	return done_testing();
}
