/* text.c - see text.h */

#include "text.h"

#include <string.h>

struct mf_text
mf_text_of(const char *literal)
{
	return (struct mf_text){ literal, strlen(literal) };
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
mf_text_begins_name(struct mf_text text, struct mf_text prefix)
{
	if (text.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (lower(text.at[i]) != lower(prefix.at[i]))
			return false;
	return true;
}

bool
mf_text_same_name(struct mf_text text, const char *name)
{
	return text.len == strlen(name) &&
	       mf_text_begins_name(text, mf_text_of(name));
}

bool
mf_text_begins(struct mf_text text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text.len >= len && memcmp(text.at, prefix, len) == 0;
}

bool
mf_text_has_nul(struct mf_text text)
{
	return text.len > 0 && memchr(text.at, '\0', text.len) != NULL;
}

struct mf_text
mf_text_skip(struct mf_text text, size_t n)
{
	return (struct mf_text){ text.at + n, text.len - n };
}

bool
mf_take(struct mf_text *text, const char *literal)
{
	if (!mf_text_begins(*text, literal))
		return false;
	*text = mf_text_skip(*text, strlen(literal));
	return true;
}

bool
mf_take_number(struct mf_text *text, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; i < text->len; i++) {
		char c = text->at[i];
		if (c < '0' || c > '9')
			break;
		uint64_t digit = (uint64_t)(c - '0');
		if (digit > max || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (i == 0 || (text->at[0] == '0' && i > 1))
		return false;
	*text = mf_text_skip(*text, i);
	*number = n;
	return true;
}
