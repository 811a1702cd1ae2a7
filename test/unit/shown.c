/* shown.c - what is a character, and what a terminal is shown of it
**
** Every code point is written by a few lines of the test's own, and what isn't
** one in each way that RFC 3629 names.
*/

#include "tap.h"

#include "shown.h"

static size_t
write_utf8(uint32_t c, char to[5])
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	memset(to, 0, 5);
	for (size_t i = len; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(len == 1 ? c : (0xf00U >> len & 0xff) | c);
	return len;
}

static bool
hidden(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void
every_character(void)
{
	struct many whole = { .what = "every code point is a character" };
	struct many seen = { .what = "and shown, or not" };
	struct many cut = { .what = "cut short it is none" };
	char text[5];
	size_t found;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		size_t len = write_utf8(c, text);

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		holds(&whole, mf_character(text) == len, text, len);
		holds(&seen,
		      mf_shown(text, &found) == !hidden(c) && found == len,
		      text, len);
		if (len == 1)
			continue;
		text[len - 1] = '\0';
		holds(&cut,
		      mf_character(text) == 0 && !mf_shown(text, &found) &&
			      found == 1,
		      text, len - 1);
	}
	held(&whole);
	held(&seen);
	held(&cut);
}

static void
no_characters(void)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2 ",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xe2\x80 ",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\x9b",
	};
	size_t found;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(mf_character(bad[i]) == 0 && !mf_shown(bad[i], &found) &&
			   found == 1,
		   "%s", shown(bad[i], strlen(bad[i])));
}

int
main(void)
{
	every_character();
	no_characters();
	return done_testing();
}
