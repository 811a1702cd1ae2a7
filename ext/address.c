/* address.c - see address.h */

#include "address.h"

#include <string.h>

/* What a byte may be part of, and the bit that makes it lower case. */
enum { LOCAL = 1, DOMAIN = 2, BOTH = LOCAL | DOMAIN, FOLDS = 'a' - 'A' };
#define UPPER (BOTH | FOLDS)

/* RFC 5322's atext less the slash, which would leave the user's folder, and
** the two quotes, which end a string in somebody's query; and the dot. */
/* clang-format off */
static const unsigned char class_of[256] = {
	['!'] = LOCAL, ['#'] = LOCAL, ['$'] = LOCAL, ['%'] = LOCAL,
	['&'] = LOCAL, ['*'] = LOCAL, ['+'] = LOCAL, ['='] = LOCAL,
	['?'] = LOCAL, ['^'] = LOCAL, ['_'] = LOCAL, ['{'] = LOCAL,
	['|'] = LOCAL, ['}'] = LOCAL, ['~'] = LOCAL,
	['-'] = BOTH, ['.'] = BOTH, ['0'] = BOTH, ['1'] = BOTH, ['2'] = BOTH,
	['3'] = BOTH, ['4'] = BOTH, ['5'] = BOTH, ['6'] = BOTH, ['7'] = BOTH,
	['8'] = BOTH, ['9'] = BOTH, ['A'] = UPPER, ['B'] = UPPER,
	['C'] = UPPER, ['D'] = UPPER, ['E'] = UPPER, ['F'] = UPPER,
	['G'] = UPPER, ['H'] = UPPER, ['I'] = UPPER, ['J'] = UPPER,
	['K'] = UPPER, ['L'] = UPPER, ['M'] = UPPER, ['N'] = UPPER,
	['O'] = UPPER, ['P'] = UPPER, ['Q'] = UPPER, ['R'] = UPPER,
	['S'] = UPPER, ['T'] = UPPER, ['U'] = UPPER, ['V'] = UPPER,
	['W'] = UPPER, ['X'] = UPPER, ['Y'] = UPPER, ['Z'] = UPPER,
	['a'] = BOTH, ['b'] = BOTH, ['c'] = BOTH, ['d'] = BOTH, ['e'] = BOTH,
	['f'] = BOTH, ['g'] = BOTH, ['h'] = BOTH, ['i'] = BOTH, ['j'] = BOTH,
	['k'] = BOTH, ['l'] = BOTH, ['m'] = BOTH, ['n'] = BOTH, ['o'] = BOTH,
	['p'] = BOTH, ['q'] = BOTH, ['r'] = BOTH, ['s'] = BOTH, ['t'] = BOTH,
	['u'] = BOTH, ['v'] = BOTH, ['w'] = BOTH, ['x'] = BOTH, ['y'] = BOTH,
	['z'] = BOTH,
};
/* clang-format on */

/* Copy while the bytes are of the class, folding; answers how many were. */
static size_t
fold(char *to, const char *from, size_t len, unsigned char class)
{
	size_t i = 0;

	for (; i < len; i++) {
		unsigned char c = (unsigned char)from[i];
		if (!(class_of[c] & class))
			break;
		to[i] = (char)(c | (class_of[c] & FOLDS));
	}
	return i;
}

/* Why a byte of either part is refused. */
static const char *
problem_with_byte(char byte)
{
	unsigned char c = (unsigned char)byte;

	if (c >= 0x80)
		return "it has a byte outside ASCII, "
		       "use the xn-- form of the domain";
	if (c < ' ' || c == 0x7f)
		return "it has a control byte";
	if (c == ' ')
		return "it has a blank";
	if (c == '@')
		return "it has a second @";
	if (c == '/' || c == '\\')
		return "it has a slash or backslash";
	if (c == '\'' || c == '"' || c == '`')
		return "it has a quote";
	if (c == ',')
		return "it has a comma";
	return "it has a character that needs quoting, or that no domain has";
}

/* In a row, in a part that doesn't end with one. */
static bool
has_two_dots(struct mf_text part)
{
	const char *end = part.at + part.len, *at = part.at;

	while ((at = memchr(at, '.', (size_t)(end - at))) != NULL)
		if (*++at == '.')
			return true;
	return false;
}

static const char *
read_local_part(struct mf_text part, struct mf_address *a)
{
	if (part.len == 0)
		return "the part before the @ is empty";
	if (part.len > MF_LOCAL_PART_MAX)
		return "the part before the @ is over 64 bytes";

	size_t good = fold(a->local_part, part.at, part.len, LOCAL);

	if (good < part.len)
		return problem_with_byte(part.at[good]);
	if (part.at[0] == '.' || part.at[part.len - 1] == '.')
		return "the part before the @ begins or ends with a dot";
	if (has_two_dots(part))
		return "the part before the @ has two dots in a row";
	/* Postfix refuses these: postconf(5), allow_min_user. */
	if (part.at[0] == '-')
		return "the part before the @ begins with a hyphen";
	a->local_part_len = part.len;
	return NULL;
}

static const char *
problem_with_label(const char *label, size_t len)
{
	if (len == 0)
		return "the domain has an empty label, "
		       "or begins or ends with a dot";
	if (len > MF_LABEL_BYTES_MAX)
		return "the domain has a label over 63 bytes";
	if (label[0] == '-' || label[len - 1] == '-')
		return "the domain has a label "
		       "that begins or ends with a hyphen";
	return NULL;
}

static bool
is_number(const char *label, const char *end)
{
	while (label < end && *label >= '0' && *label <= '9')
		label++;
	return label == end;
}

/* Each label in turn; the last one must not be a number, or the domain would
** be an IP address to Postfix. */
static const char *
problem_with_labels(const char *domain, size_t len)
{
	const char *end = domain + len, *label = domain, *dot;

	for (;; label = dot + 1) {
		dot = memchr(label, '.', (size_t)(end - label));
		const char *stop = dot != NULL ? dot : end;
		const char *problem = problem_with_label(
			label, (size_t)(stop - label));
		if (problem != NULL)
			return problem;
		if (dot == NULL)
			break;
	}
	if (is_number(label, end))
		return "the domain is an IP address, not a name";
	return NULL;
}

static const char *
read_domain(struct mf_text part, struct mf_address *a)
{
	if (part.len == 0)
		return "the domain is empty";
	if (part.at[0] == '[')
		return "the domain is an address literal, not a name";
	if (part.len > MF_DOMAIN_MAX)
		return "the domain is over 253 bytes";

	size_t good = fold(a->domain, part.at, part.len, DOMAIN);

	if (good < part.len)
		return problem_with_byte(part.at[good]);
	a->domain_len = part.len;
	return problem_with_labels(a->domain, part.len);
}

/* The last @: whatever stands before it has to be a local part. */
static const char *
find_at(struct mf_text email)
{
	const char *end = email.at + email.len, *at = NULL, *next = email.at;

	while ((next = memchr(next, '@', (size_t)(end - next))) != NULL)
		at = next++;
	return at;
}

const char *
mf_address_read(struct mf_text email, struct mf_address *a)
{
	const char *at = find_at(email), *problem;

	if (at == NULL)
		return "it has no @";

	struct mf_text local_part = { email.at, (size_t)(at - email.at) };
	struct mf_text domain = mf_text_skip(email, local_part.len + 1);

	problem = read_local_part(local_part, a);
	return problem != NULL ? problem : read_domain(domain, a);
}

size_t
mf_address_maildir(const struct mf_address *a, char path[MF_MAILDIR_MAX])
{
	char *at = path;

	memcpy(at, a->domain, a->domain_len);
	at += a->domain_len;
	*at++ = '/';
	memcpy(at, a->local_part, a->local_part_len);
	at += a->local_part_len;
	*at++ = '/';
	return (size_t)(at - path);
}

/* ---- maildirs ---- */

/* A folder that begins with a dot is one of a maildir's own, or leaves it. */
static const char *
problem_with_parts(struct mf_text path)
{
	for (size_t i = 0; i < path.len; i++) {
		if (i > 0 && path.at[i - 1] != '/')
			continue;
		if (path.at[i] == '/')
			return "it has two slashes in a row";
		if (path.at[i] == '.')
			return "it has a part that begins with a dot";
	}
	return NULL;
}

const char *
mf_maildir_problem(struct mf_text path)
{
	if (path.len == 0)
		return "it is empty";
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] <= ' ' || path.at[i] > '~')
			return "it has a blank, a control byte "
			       "or a byte outside ASCII";
	if (path.at[0] == '/')
		return "it begins with a slash, "
		       "but is relative to the mail store";
	if (path.at[path.len - 1] != '/')
		return "it has no slash at its end, as in example.com/joe/";
	return problem_with_parts(path);
}

/* Both end with a slash, so what begins with the other lies inside of it. */
bool
mf_maildirs_meet(struct mf_text one, struct mf_text other)
{
	return mf_text_begins_name(one, other) ||
	       mf_text_begins_name(other, one);
}

/* ---- forwardings ---- */

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct mf_text
trim(struct mf_text text)
{
	while (text.len > 0 && is_blank(text.at[0]))
		text = mf_text_skip(text, 1);
	while (text.len > 0 && is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

/* Mail can be sent on to names that no mailbox here has: all that needs no
** quotes, and UTF-8 (RFC 6531). How long they are and where their dots are is
** for the other side to say. */
static const char *
problem_with_account(struct mf_text name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.at[i];
		if (!(class_of[c] & LOCAL) && c < 0x80 && c != '\'' &&
		    c != '/' && c != '`')
			return problem_with_byte(name.at[i]);
	}
	/* Postfix refuses these: postconf(5), allow_min_user. */
	if (name.len > 0 && name.at[0] == '-')
		return "it has a name that begins with a hyphen";
	return NULL;
}

static const char *
problem_with_far_domain(struct mf_text domain)
{
	if (domain.len == 0)
		return "the domain is empty";
	if (domain.at[0] == '[')
		return "the domain is an address literal, not a name";
	if (domain.len > MF_DOMAIN_MAX)
		return "the domain is over 253 bytes";
	for (size_t i = 0; i < domain.len; i++) {
		unsigned char c = (unsigned char)domain.at[i];
		if (!(class_of[c] & DOMAIN) && c < 0x80 && c != '_')
			return problem_with_byte(domain.at[i]);
	}
	return problem_with_labels(domain.at, domain.len);
}

/* user@domain, user or @domain; not empty. */
static const char *
problem_with_target(struct mf_text target)
{
	const char *at = find_at(target), *problem;

	if (target.at[0] == '|' || target.at[0] == '/' || target.at[0] == ':')
		return "it has a command, a file or an :include:, "
		       "which only aliases(5) knows";
	if (at == NULL)
		return problem_with_account(target);

	struct mf_text account = { target.at, (size_t)(at - target.at) };

	problem = problem_with_account(account);
	if (problem != NULL)
		return problem;
	return problem_with_far_domain(mf_text_skip(target, account.len + 1));
}

const char *
mf_forwarding_source_problem(struct mf_text source)
{
	if (trim(source).len == 0)
		return "it is blank";
	return problem_with_target(source);
}

/* To Postfix, blanks and semicolons part addresses as commas do. */
static const char *
problem_with_element(struct mf_text element)
{
	if (element.len == 0)
		return "it has an empty element, "
		       "with a comma too many or nothing between two";
	if (memchr(element.at, ';', element.len) != NULL)
		return "it has a semicolon, put commas between addresses";
	for (size_t i = 0; i < element.len; i++)
		if (is_blank(element.at[i]))
			return "it has a blank, put commas between addresses";
	return problem_with_target(element);
}

const char *
mf_forwarding_destination_problem(struct mf_text destination)
{
	if (trim(destination).len == 0)
		return "it is blank";
	for (;;) {
		const char *comma = destination.len == 0
					  ? NULL
					  : memchr(destination.at, ',',
						   destination.len);
		struct mf_text element = destination;
		if (comma != NULL)
			element.len = (size_t)(comma - destination.at);
		const char *problem = problem_with_element(trim(element));
		if (problem != NULL || comma == NULL)
			return problem;
		destination = mf_text_skip(destination, element.len + 1);
	}
}
