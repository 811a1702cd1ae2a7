/* address.c - see address.h */

#include "address.h"

#include <string.h>

/* What a byte may be part of. */
enum { LOCAL = 1, DOMAIN = 2 };

/* RFC 5322's atext less the slash, which would leave the user's folder, and
** the two quotes, which end a string in somebody's query; and the dot. */
static const unsigned char class_of[256] = {
	['!'] = LOCAL, ['#'] = LOCAL, ['$'] = LOCAL, ['%'] = LOCAL,
	['&'] = LOCAL, ['*'] = LOCAL, ['+'] = LOCAL, ['='] = LOCAL,
	['?'] = LOCAL, ['^'] = LOCAL, ['_'] = LOCAL, ['{'] = LOCAL,
	['|'] = LOCAL, ['}'] = LOCAL, ['~'] = LOCAL,
	['-'] = LOCAL | DOMAIN, ['.'] = LOCAL | DOMAIN,
	['0'] = 3, ['1'] = 3, ['2'] = 3, ['3'] = 3, ['4'] = 3,
	['5'] = 3, ['6'] = 3, ['7'] = 3, ['8'] = 3, ['9'] = 3,
	['A'] = 3, ['B'] = 3, ['C'] = 3, ['D'] = 3, ['E'] = 3, ['F'] = 3,
	['G'] = 3, ['H'] = 3, ['I'] = 3, ['J'] = 3, ['K'] = 3, ['L'] = 3,
	['M'] = 3, ['N'] = 3, ['O'] = 3, ['P'] = 3, ['Q'] = 3, ['R'] = 3,
	['S'] = 3, ['T'] = 3, ['U'] = 3, ['V'] = 3, ['W'] = 3, ['X'] = 3,
	['Y'] = 3, ['Z'] = 3,
	['a'] = 3, ['b'] = 3, ['c'] = 3, ['d'] = 3, ['e'] = 3, ['f'] = 3,
	['g'] = 3, ['h'] = 3, ['i'] = 3, ['j'] = 3, ['k'] = 3, ['l'] = 3,
	['m'] = 3, ['n'] = 3, ['o'] = 3, ['p'] = 3, ['q'] = 3, ['r'] = 3,
	['s'] = 3, ['t'] = 3, ['u'] = 3, ['v'] = 3, ['w'] = 3, ['x'] = 3,
	['y'] = 3, ['z'] = 3,
};

/* Copy while the bytes are of the class, folding; answers how many were. */
static size_t
fold(char *to, const char *from, size_t len, unsigned char class)
{
	size_t i = 0;

	for (; i < len; i++) {
		unsigned char c = (unsigned char)from[i];
		if (!(class_of[c] & class))
			break;
		to[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
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
	for (size_t i = 1; i < part.len; i++)
		if (part.at[i] == '.' && part.at[i - 1] == '.')
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

/* Each label in turn; the last one must not be a number, or the domain would
** be an IP address to Postfix. */
static const char *
problem_with_labels(const char *domain, size_t len)
{
	size_t start = 0;
	bool number = true;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && domain[i] != '.') {
			number = number && domain[i] >= '0' && domain[i] <= '9';
			continue;
		}
		const char *problem = problem_with_label(domain + start,
							 i - start);
		if (problem != NULL)
			return problem;
		if (i == len && number)
			return "the domain is an IP address, not a name";
		start = i + 1;
		number = true;
	}
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
	for (size_t i = email.len; i-- > 0;)
		if (email.at[i] == '@')
			return email.at + i;
	return NULL;
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
