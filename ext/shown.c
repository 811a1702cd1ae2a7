/* shown.c - see shown.h */

#include "shown.h"

/* Without surrogates and longer forms than needed. */
size_t
mf_character(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;

	if ((*s >= 0x80 && *s < 0xc2) || *s > 0xf4 ||
	    (*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* U+202A to U+202E, U+2066 to U+2069. */
static bool
turns(const unsigned char *s)
{
	return s[0] == 0xe2 &&
	       ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
		(s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));
}

bool
mf_shown(const char *text, size_t *len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t found = mf_character(text);

	*len = found > 0 ? found : 1;
	return found > 0 && *s >= ' ' && *s != 0x7f &&
	       !(found == 2 && *s == 0xc2 && s[1] < 0xa0) &&
	       !(found == 3 && turns(s));
}
