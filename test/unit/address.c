/* address.c - which texts are mailbox addresses, and where their mail goes */

#include "tap.h"

#include "address.h"

#define NO_AT "it has no @"
#define LOCAL_EMPTY "the part before the @ is empty"
#define LOCAL_LONG "the part before the @ is over 64 bytes"
#define LOCAL_DOT "the part before the @ begins or ends with a dot"
#define LOCAL_DOTS "the part before the @ has two dots in a row"
#define LOCAL_HYPHEN "the part before the @ begins with a hyphen"
#define DOMAIN_EMPTY "the domain is empty"
#define DOMAIN_LITERAL "the domain is an address literal, not a name"
#define DOMAIN_IP "the domain is an IP address, not a name"
#define DOMAIN_LONG "the domain is over 253 bytes"
#define LABEL_EMPTY \
	"the domain has an empty label, " \
	"or begins or ends with a dot"
#define LABEL_LONG "the domain has a label over 63 bytes"
#define LABEL_HYPHEN \
	"the domain has a label " \
	"that begins or ends with a hyphen"
#define NOT_ASCII "it has a byte outside ASCII, use the xn-- form of the domain"
#define CONTROL "it has a control byte"
#define BLANK "it has a blank"
#define SECOND_AT "it has a second @"
#define SLASH "it has a slash or backslash"
#define QUOTE "it has a quote"
#define COMMA "it has a comma"
#define OTHER "it has a character that needs quoting, or that no domain has"

/* A text with its length, so that it may hold NUL bytes. */
/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN
#define LABEL_63 FIFTY TEN "abc"
#define LOCAL_64 FIFTY TEN "abcd"
#define DOMAIN_189 LABEL_63 "." LABEL_63 "." FIFTY TEN "." /* and a dot */
#define DOMAIN_253 DOMAIN_189 FIFTY TEN ".cde"

/* ---- one address at a time ---- */

struct good {
	struct mf_text email;
	const char *domain, *local_part, *maildir;
};

static const struct good good[] = {
	{ BYTES("joe@example.com"), "example.com", "joe", "example.com/joe/" },
	{ BYTES("Joe@Example.COM"), "example.com", "joe", "example.com/joe/" },
	{ BYTES("JOE+Lists@EXAMPLE.com"), "example.com", "joe+lists",
	  "example.com/joe+lists/" },
	{ BYTES("a@b"), "b", "a", "b/a/" },
	{ BYTES("0@0a"), "0a", "0", "0a/0/" },
	{ BYTES("first.last@sub.example.org"), "sub.example.org", "first.last",
	  "sub.example.org/first.last/" },
	{ BYTES("a.b.c-d_e@x-y.example"), "x-y.example", "a.b.c-d_e",
	  "x-y.example/a.b.c-d_e/" },
	{ BYTES("joe-@example.com"), "example.com", "joe-",
	  "example.com/joe-/" },
	{ BYTES("~@xn--bcher-kva.example"), "xn--bcher-kva.example", "~",
	  "xn--bcher-kva.example/~/" },
	{ BYTES("x!#$%&*+=?^_{|}~-x@example.com"), "example.com",
	  "x!#$%&*+=?^_{|}~-x", "example.com/x!#$%&*+=?^_{|}~-x/" },
	{ BYTES("root@localhost"), "localhost", "root", "localhost/root/" },
	{ BYTES("a@1.2.3.4a"), "1.2.3.4a", "a", "1.2.3.4a/a/" },
	{ BYTES("a@4.example"), "4.example", "a", "4.example/a/" },
	{ BYTES("a@x--y"), "x--y", "a", "x--y/a/" },
	{ BYTES(LOCAL_64 "@b"), "b", LOCAL_64, "b/" LOCAL_64 "/" },
	{ BYTES("a@" LABEL_63), LABEL_63, "a", LABEL_63 "/a/" },
	{ BYTES("a@" LABEL_63 ".b"), LABEL_63 ".b", "a", LABEL_63 ".b/a/" },
	{ BYTES("a@b." LABEL_63), "b." LABEL_63, "a", "b." LABEL_63 "/a/" },
	{ BYTES("a@" DOMAIN_253), DOMAIN_253, "a", DOMAIN_253 "/a/" },
	{ BYTES(LOCAL_64 "@" DOMAIN_253), DOMAIN_253, LOCAL_64,
	  DOMAIN_253 "/" LOCAL_64 "/" },
};

struct refused {
	struct mf_text email;
	const char *problem;
};

/* clang-format off */
static const struct refused refused[] = {
	{ BYTES(""), NO_AT },
	{ BYTES("joe"), NO_AT },
	{ BYTES("example.com"), NO_AT },
	{ BYTES("joe at example.com"), NO_AT },
	{ BYTES("joe\xef\xbc\xa0""example.com"), NO_AT },  /* fullwidth @ */
	{ BYTES("@"), LOCAL_EMPTY },
	{ BYTES("@example.com"), LOCAL_EMPTY },
	{ BYTES("joe@"), DOMAIN_EMPTY },
	{ BYTES("@@"), SECOND_AT },
	{ BYTES("joe@@example.com"), SECOND_AT },
	{ BYTES("@joe@example.com"), SECOND_AT },
	{ BYTES("joe@example.com@"), SECOND_AT },
	{ BYTES("a@b@c"), SECOND_AT },
	{ BYTES("a@b@c@d"), SECOND_AT },
	{ BYTES("\"a@b\"@example.com"), QUOTE },
	{ BYTES(LOCAL_64 "x@b"), LOCAL_LONG },
	{ BYTES("a@" LABEL_63 "x"), LABEL_LONG },
	{ BYTES("a@" LABEL_63 "x.b"), LABEL_LONG },
	{ BYTES("a@b." LABEL_63 "x"), LABEL_LONG },
	{ BYTES("a@" DOMAIN_253 "f"), DOMAIN_LONG },
	{ BYTES(".@example.com"), LOCAL_DOT },
	{ BYTES("..@example.com"), LOCAL_DOT },
	{ BYTES("...@example.com"), LOCAL_DOT },
	{ BYTES(".joe@example.com"), LOCAL_DOT },
	{ BYTES("joe.@example.com"), LOCAL_DOT },
	{ BYTES("jo..e@example.com"), LOCAL_DOTS },
	{ BYTES("jo...e@example.com"), LOCAL_DOTS },
	{ BYTES("-joe@example.com"), LOCAL_HYPHEN },
	{ BYTES("-@example.com"), LOCAL_HYPHEN },
	{ BYTES("joe@."), LABEL_EMPTY },
	{ BYTES("joe@.."), LABEL_EMPTY },
	{ BYTES("joe@.example.com"), LABEL_EMPTY },
	{ BYTES("joe@example.com."), LABEL_EMPTY },
	{ BYTES("joe@example..com"), LABEL_EMPTY },
	{ BYTES("joe@-example.com"), LABEL_HYPHEN },
	{ BYTES("joe@example-.com"), LABEL_HYPHEN },
	{ BYTES("joe@example.-com"), LABEL_HYPHEN },
	{ BYTES("joe@example.com-"), LABEL_HYPHEN },
	{ BYTES("joe@-"), LABEL_HYPHEN },
	{ BYTES("joe@[192.0.2.1]"), DOMAIN_LITERAL },
	{ BYTES("joe@[IPv6:2001:db8::1]"), DOMAIN_LITERAL },
	{ BYTES("joe@["), DOMAIN_LITERAL },
	{ BYTES("joe@192.0.2.1"), DOMAIN_IP },
	{ BYTES("joe@example.1"), DOMAIN_IP },
	{ BYTES("joe@4294967295"), DOMAIN_IP },
	{ BYTES("joe@0"), DOMAIN_IP },
	{ BYTES("../../etc/passwd@example.com"), SLASH },
	{ BYTES("/etc/passwd@example.com"), SLASH },
	{ BYTES("joe/@example.com"), SLASH },
	{ BYTES("joe@/example.com"), SLASH },
	{ BYTES("joe@../../other"), SLASH },
	{ BYTES("joe@..\\other"), SLASH },
	{ BYTES("joe@example.com/"), SLASH },
	{ BYTES("jo\0e@example.com"), CONTROL },
	{ BYTES("joe\0@example.com"), CONTROL },
	{ BYTES("joe@example.com\0"), CONTROL },
	{ BYTES("joe@example.com\n"), CONTROL },
	{ BYTES("joe@example.com\r\nRCPT TO:<root>"), CONTROL },
	{ BYTES("joe\t@example.com"), CONTROL },
	{ BYTES(" joe@example.com"), BLANK },
	{ BYTES("joe@example.com "), BLANK },
	{ BYTES("joe @example.com"), BLANK },
	{ BYTES("o'brien@example.com"), QUOTE },
	{ BYTES("\"joe\"@example.com"), QUOTE },
	{ BYTES("joe`id`@example.com"), QUOTE },
	{ BYTES("joe@example.com' OR ''='"), QUOTE },
	{ BYTES("joe,root@example.com"), COMMA },
	{ BYTES("joe@example.com,root"), COMMA },
	{ BYTES("<joe@example.com>"), OTHER },
	{ BYTES("joe(comment)@example.com"), OTHER },
	{ BYTES("joe:x@example.com"), OTHER },
	{ BYTES("joe;x@example.com"), OTHER },
	{ BYTES("joe@exa_mple.com"), OTHER },
	{ BYTES("joe@*.example.com"), OTHER },
	{ BYTES("j\xc3\xb6rg@example.com"), NOT_ASCII },
	{ BYTES("joe@b\xc3\xbc""cher.example"), NOT_ASCII },
	{ BYTES("joe@example.com\xff"), NOT_ASCII },
	{ BYTES("jo\xed\xa0\x80@example.com"), NOT_ASCII },
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool
is_text(const char *got, size_t len, const char *want, const char *what,
	struct mf_text email)
{
	return ok(len == strlen(want) && memcmp(got, want, len) == 0,
		  "%s of %s", what, shown(email.at, email.len));
}

static void
try_good(const struct good *g)
{
	struct mf_address a;
	char path[MF_MAILDIR_MAX];

	if (!is_str(mf_address_read(g->email, &a), NULL, "an address: %s",
		    shown(g->email.at, g->email.len)))
		return;
	is_text(a.domain, a.domain_len, g->domain, "domain", g->email);
	is_text(a.local_part, a.local_part_len, g->local_part, "local part",
		g->email);
	is_text(path, mf_address_maildir(&a, path), g->maildir, "maildir",
		g->email);
}

static void
try_tables(void)
{
	struct mf_address a;

	for (size_t i = 0; i < COUNT(good); i++)
		try_good(&good[i]);
	for (size_t i = 0; i < COUNT(refused); i++)
		is_str(mf_address_read(refused[i].email, &a),
		       refused[i].problem, "refused: %s",
		       shown(refused[i].email.at, refused[i].email.len));
}

/* ---- each of 256 bytes in each place ---- */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* RFC 5322's atext without ', ` and / */
#define ATEXT LETTERS DIGITS "!#$%&*+-=?^_{|}~"

struct place {
	const char *name, *before, *after;
	const char *allowed;
	const char *on_dot, *on_hyphen, *on_bracket; /* where not allowed */
};

static const struct place places[] = {
	{ "start of the local part", "", "oe@example.com",
	  LETTERS DIGITS "!#$%&*+=?^_{|}~", LOCAL_DOT, LOCAL_HYPHEN, OTHER },
	{ "middle of the local part", "j", "e@example.com", ATEXT ".", NULL,
	  NULL, OTHER },
	{ "end of the local part", "jo", "@example.com", ATEXT, LOCAL_DOT, NULL,
	  OTHER },
	{ "whole local part", "", "@example.com",
	  LETTERS DIGITS "!#$%&*+=?^_{|}~", LOCAL_DOT, LOCAL_HYPHEN, OTHER },
	{ "start of the domain", "joe@", "xample.com", LETTERS DIGITS,
	  LABEL_EMPTY, LABEL_HYPHEN, DOMAIN_LITERAL },
	{ "middle of the domain", "joe@ex", "mple.com", LETTERS DIGITS ".-",
	  NULL, NULL, OTHER },
	{ "start of a label", "joe@example.", "om", LETTERS DIGITS, LABEL_EMPTY,
	  LABEL_HYPHEN, OTHER },
	{ "end of a label", "joe@exampl", ".com", LETTERS DIGITS, LABEL_EMPTY,
	  LABEL_HYPHEN, OTHER },
	{ "end of the domain", "joe@example.co", "", LETTERS DIGITS,
	  LABEL_EMPTY, LABEL_HYPHEN, OTHER },
	{ "whole domain", "joe@", "", LETTERS, LABEL_EMPTY, LABEL_HYPHEN,
	  DOMAIN_LITERAL },
};

/* Why the byte is refused, whatever the place. */
static const char *
refusal(int c)
{
	static const char *const of_mark[128] = {
		[' '] = BLANK,  ['@'] = SECOND_AT, ['/'] = SLASH,
		['\\'] = SLASH, ['\''] = QUOTE,    ['"'] = QUOTE,
		['`'] = QUOTE,  [','] = COMMA,
	};

	if (c > 127)
		return NOT_ASCII;
	if (c < 32 || c == 127)
		return CONTROL;
	return of_mark[c] != NULL ? of_mark[c] : OTHER;
}

/* NULL if an address may have the byte there. */
static const char *
expected(const struct place *place, int c)
{
	if (c != '\0' && strchr(place->allowed, c) != NULL)
		return NULL;
	if (c == '.')
		return place->on_dot;
	if (c == '-')
		return place->on_hyphen;
	if (c == '[')
		return place->on_bracket;
	if (c >= '0' && c <= '9')
		return DOMAIN_IP;
	return refusal(c);
}

static void
try_place(const struct place *place)
{
	struct many right = { place->name, 0, 0 };
	size_t before = strlen(place->before), after = strlen(place->after);
	char email[64];

	memcpy(email, place->before, before);
	memcpy(email + before + 1, place->after, after);
	for (int c = 0; c < 256; c++) {
		struct mf_address a;
		size_t len = before + 1 + after;
		email[before] = (char)c;
		const char *got = mf_address_read(
			(struct mf_text){ email, len }, &a);
		const char *want = expected(place, c);
		holds(&right,
		      want == NULL || got == NULL ? got == want
						  : strcmp(got, want) == 0,
		      email, len);
	}
	held(&right);
}

static void
try_all_bytes(void)
{
	for (size_t i = 0; i < COUNT(places); i++)
		try_place(&places[i]);
}

/* ---- lengths, by a bare count ---- */

static const char *
problem_of_lengths(size_t local, size_t domain, size_t label)
{
	char email[600];
	struct mf_address a;

	memset(email, 'a', sizeof email);
	email[local] = '@';
	for (size_t i = label; i < domain; i += label + 1)
		email[local + 1 + i] = '.';
	return mf_address_read((struct mf_text){ email, local + 1 + domain },
			       &a);
}

static void
try_lengths(void)
{
	struct many right = { "every length of local part, domain and label", 0,
			      0 };

	for (size_t local = 1; local < 70; local++)
		for (size_t domain = 1; domain < 260; domain++)
			for (size_t label = 61; label < 66; label++) {
				bool bad = local > 64 || domain > 253 ||
					   (label > 63 && domain > 63);
				/* a dot at the very end */
				bad = bad || domain % (label + 1) == 0;
				holds(&right,
				      bad == (problem_of_lengths(local, domain,
								 label) !=
					      NULL),
				      "", 0);
			}
	held(&right);
}

/* ---- nothing outside of (pointer, length) is read ---- */

static void
try_guarded(struct many *same, const struct guard *guard, struct mf_text email)
{
	struct mf_text at_end = { guard_end(guard, email.at, email.len),
				  email.len };
	struct mf_address a, b, c;
	const char *problem = mf_address_read(email, &a);

	holds(same, mf_address_read(at_end, &b) == problem, email.at,
	      email.len);
	struct mf_text at_start = { guard_start(guard, email.at, email.len),
				    email.len };
	holds(same, mf_address_read(at_start, &c) == problem, email.at,
	      email.len);
	if (problem != NULL)
		return;
	holds(same,
	      a.domain_len == b.domain_len &&
		      a.local_part_len == c.local_part_len &&
		      memcmp(a.domain, b.domain, a.domain_len) == 0 &&
		      memcmp(a.local_part, c.local_part, a.local_part_len) == 0,
	      email.at, email.len);
}

static void
try_guards(void)
{
	struct many same = { "the same answer beside a page that is shut", 0,
			     0 };
	struct guard guard = guard_new();

	for (size_t i = 0; i < COUNT(good); i++)
		for (size_t len = 0; len <= good[i].email.len; len++)
			try_guarded(&same, &guard,
				    (struct mf_text){ good[i].email.at, len });
	for (size_t i = 0; i < COUNT(refused); i++)
		try_guarded(&same, &guard, refused[i].email);
	held(&same);
}

/* The path may be read by the byte: it must be written whole and no further. */
static void
try_path_bounds(void)
{
	static const struct mf_text longest = BYTES(LOCAL_64 "@" DOMAIN_253);
	struct guard guard = guard_new();
	struct mf_address a;

	mf_address_read(longest, &a);
	is_size(mf_address_maildir(&a, guard.end - MF_MAILDIR_MAX),
		MF_MAILDIR_MAX, "the longest maildir just fits");
	ok(guard.end[-1] == '/', "and ends with its slash");
}

/* ---- properties of whatever is accepted ---- */

struct properties {
	struct many relative, two_slashes, no_dots, tame, case_blind, inverse;
};

static struct properties properties = {
	.relative = { "no maildir begins with a slash", 0, 0 },
	.two_slashes = { "a maildir has two slashes, one of them last", 0, 0 },
	.no_dots = { "no part of a maildir is empty, . or ..", 0, 0 },
	.tame = { "a maildir has no blank, quote, control or high byte, "
		  "no upper case",
		  0, 0 },
	.case_blind = { "upper and lower case give the same maildir", 0, 0 },
	.inverse = { "the address can be told from its maildir", 0, 0 },
};

static char
to_lower(char c)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *found = c == '\0' ? NULL : strchr(upper, c);

	return found == NULL ? c : LETTERS[found - upper];
}

static char
to_upper(char c)
{
	const char *found = c == '\0' ? NULL : strchr(LETTERS, c);

	return found == NULL ? c : LETTERS[26 + (found - LETTERS) % 26];
}

/* The maildir of an email; 0 bytes for what is refused. */
static size_t
maildir_of(const char *email, size_t len, char path[MF_MAILDIR_MAX])
{
	struct mf_address a;

	if (mf_address_read((struct mf_text){ email, len }, &a) != NULL)
		return 0;
	return mf_address_maildir(&a, path);
}

static bool
is_component(const char *at, size_t len)
{
	return len > 0 && !(len == 1 && at[0] == '.') &&
	       !(len == 2 && at[0] == '.' && at[1] == '.');
}

static bool
is_tame(const char *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)path[i];
		if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z') ||
		    strchr("'\"`\\,;:<>()[]@", c) != NULL)
			return false;
	}
	return true;
}

/* domain/local/ back into local@domain, to compare with the folded email. */
static bool
tells_address(const char *path, size_t domain, size_t len, const char *folded,
	      size_t folded_len)
{
	char email[MF_MAILDIR_MAX];
	size_t local = len - domain - 2;

	memcpy(email, path + domain + 1, local);
	email[local] = '@';
	memcpy(email + local + 1, path, domain);
	return folded_len == len - 1 && memcmp(email, folded, len - 1) == 0;
}

static void
check_path(const char *path, size_t len, const char *folded, size_t folded_len)
{
	struct properties *p = &properties;
	const char *slash = memchr(path, '/', len);
	size_t slashes = 0;

	for (size_t i = 0; i < len; i++)
		slashes += path[i] == '/';
	holds(&p->relative, path[0] != '/', path, len);
	holds(&p->tame, is_tame(path, len), path, len);
	if (!holds(&p->two_slashes,
		   slashes == 2 && path[len - 1] == '/' &&
			   slash != path + len - 1,
		   path, len))
		return;
	size_t domain = (size_t)(slash - path);
	holds(&p->no_dots,
	      is_component(path, domain) &&
		      is_component(slash + 1, len - domain - 2),
	      path, len);
	holds(&p->inverse, tells_address(path, domain, len, folded, folded_len),
	      path, len);
}

static bool
same_maildir(const char *spelling, size_t len, const char *path,
	     size_t path_len)
{
	char other[MF_MAILDIR_MAX];

	return maildir_of(spelling, len, other) == path_len &&
	       memcmp(other, path, path_len) == 0;
}

/* True if the email was accepted; then all properties were tried on it. */
static bool
check(const char *email, size_t len)
{
	char path[MF_MAILDIR_MAX], lower[MF_MAILDIR_MAX], upper[MF_MAILDIR_MAX];
	size_t path_len = maildir_of(email, len, path);

	if (path_len == 0 || len > sizeof lower)
		return false;
	for (size_t i = 0; i < len; i++) {
		lower[i] = to_lower(email[i]);
		upper[i] = to_upper(email[i]);
	}
	holds(&properties.case_blind,
	      same_maildir(lower, len, path, path_len) &&
		      same_maildir(upper, len, path, path_len),
	      email, len);
	check_path(path, path_len, lower, len);
	return true;
}

static char
likely_byte(void)
{
	static const char likely[] = "aAzZ09..--@@++//\\\0 ,'\"_~\x80\xff";

	return likely[dice(sizeof likely - 1)];
}

/* Bytes of one of three kinds: any; such as addresses and attacks are made
** of; and a good address with a few bytes changed. */
static size_t
throw_email(char email[40])
{
	static const char start[] = "Joe.User+x@Mail-1.Example.com";
	uint64_t kind = dice(3);
	size_t len = kind == 2 ? sizeof start - 1 : dice(24);

	memcpy(email, start, sizeof start - 1);
	for (size_t i = 0; kind < 2 && i < len; i++)
		email[i] = kind == 0 ? (char)dice(256) : likely_byte();
	for (uint64_t changes = 1 + dice(3); kind == 2 && changes > 0;
	     changes--)
		email[dice(len)] = dice(2) == 0 ? (char)dice(256)
						: likely_byte();
	return len;
}

static void
try_chance(void)
{
	size_t accepted = 0;
	char email[40];

	for (size_t i = 0; i < 1000000; i++)
		accepted += check(email, throw_email(email));
	ok(accepted > 20000, "of 1000000 thrown texts %zu are addresses",
	   accepted);
}

/* ---- no two addresses share a maildir ---- */

enum { SHORT = 8, SLOTS = 1 << 18 };

/* An open hash table from maildir to folded email. */
static struct slot {
	char path[SHORT + 2], email[SHORT];
	unsigned char path_len, email_len;
} slots[SLOTS];

static struct slot *
slot_of(const char *path, size_t len)
{
	static const uint64_t prime = UINT64_C(1099511628211); /* FNV-1a */
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)path[i]) * prime;
	for (size_t i = hash % SLOTS;; i = (i + 1) % SLOTS)
		if (slots[i].path_len == 0 ||
		    (slots[i].path_len == len &&
		     memcmp(slots[i].path, path, len) == 0))
			return &slots[i];
}

/* Is the maildir new, or that of this very email, folded? */
static bool
is_alone(const char *email, size_t len)
{
	char path[MF_MAILDIR_MAX], lower[SHORT];
	size_t path_len = maildir_of(email, len, path);
	struct slot *slot = slot_of(path, path_len);

	for (size_t i = 0; i < len; i++)
		lower[i] = to_lower(email[i]);
	if (slot->path_len == 0) {
		memcpy(slot->path, path, path_len);
		memcpy(slot->email, lower, len);
		slot->path_len = (unsigned char)path_len;
		slot->email_len = (unsigned char)len;
	}
	return slot->email_len == len && memcmp(slot->email, lower, len) == 0;
}

/* The next text of that length in the order of the alphabet; false at the
** last one. */
static bool
count_up(char *email, size_t len, const char *alphabet)
{
	for (size_t i = 0; i < len; i++) {
		const char *next = strchr(alphabet, email[i]) + 1;
		email[i] = *next == '\0' ? alphabet[0] : *next;
		if (*next != '\0')
			return true;
	}
	return false;
}

static void
try_all_short(void)
{
	static const char alphabet[] = "aA1.-@+/";
	struct many alone = { "no two folded addresses share a maildir", 0, 0 };
	char email[SHORT];

	for (size_t len = 1; len < SHORT; len++) {
		memset(email, alphabet[0], len);
		do {
			if (check(email, len))
				holds(&alone, is_alone(email, len), email, len);
		} while (count_up(email, len, alphabet));
	}
	held(&alone);
}

int
main(void)
{
	try_tables();
	try_all_bytes();
	try_lengths();
	try_guards();
	try_path_bounds();
	try_chance();
	try_all_short();
	held(&properties.relative);
	held(&properties.two_slashes);
	held(&properties.no_dots);
	held(&properties.tame);
	held(&properties.case_blind);
	held(&properties.inverse);
	return done_testing();
}
