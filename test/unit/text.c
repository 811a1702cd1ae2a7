/* text.c - numbers at the front of a text, and no further than they may go;
** names in any case */

#include "tap.h"

#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MOST "18446744073709551615" /* UINT64_MAX */

static const struct {
	const char *text;
	uint64_t max;
	const char *rest; /* NULL: no number, or too high a one */
	uint64_t number;
} samples[] = {
	{ "0", 0, "", 0 },
	{ "1", 0, NULL, 0 },
	{ "5", 5, "", 5 },
	{ "6", 5, NULL, 0 },
	{ "10", 5, NULL, 0 },
	{ "31", 31, "", 31 },
	{ "32", 31, NULL, 0 },
	{ "310", 31, NULL, 0 },
	{ "31$", 31, "$", 31 },
	{ "7x7", 31, "x7", 7 },
	{ "0x7", 31, "x7", 0 },
	{ "00", 31, NULL, 0 },
	{ "07", 31, NULL, 0 },
	{ "", 31, NULL, 0 },
	{ "x", 31, NULL, 0 },
	{ "-1", 31, NULL, 0 },
	{ "+1", 31, NULL, 0 },
	{ " 1", 31, NULL, 0 },
	{ "/", 31, NULL, 0 },
	{ ":", 31, NULL, 0 },
	{ MOST, UINT64_MAX, "", UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, NULL, 0 },
	{ "18446744073709551620", UINT64_MAX, NULL, 0 },
	{ MOST "0", UINT64_MAX, NULL, 0 },
};

static void
try_numbers(void)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct mf_text text = mf_text_of(samples[i].text);
		uint64_t number = 4711;
		bool good = mf_take_number(&text, samples[i].max, &number);
		const char *rest = samples[i].rest;
		ok(rest == NULL ? !good && number == 4711
				: good && number == samples[i].number,
		   "a number of \"%s\", at most %ju: %s", samples[i].text,
		   (uintmax_t)samples[i].max, rest == NULL ? "none" : "taken");
		is_str(text.at, rest == NULL ? samples[i].text : rest,
		       "and what stands behind it is left");
	}
}

/* All there are, by the C library's word. */
static void
try_all(void)
{
	struct many right = { "each is taken up to its maximum", 0, 0 };
	char digits[24];

	for (uint64_t max = 0; max < 130; max++)
		for (uint64_t n = 0; n < 1300; n++) {
			struct mf_text text = {
				digits, (size_t)snprintf(digits, sizeof digits,
							 "%ju", (uintmax_t)n)
			};
			uint64_t got = UINT64_MAX;
			bool good = mf_take_number(&text, max, &got);
			holds(&right, n > max ? !good : good && got == n,
			      digits, strlen(digits));
		}
	held(&right);
}

/* Two bytes are the same name if they are equal, or one ASCII letter. */
static void
try_names(void)
{
	struct many right = { "the case of ASCII letters is all the same", 0,
			      0 };

	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			char x = (char)a, name[2] = { (char)b, '\0' };
			bool letter = (a | 32) >= 'a' && (a | 32) <= 'z';
			bool same = a == b || (letter && (a ^ b) == 32);
			holds(&right,
			      mf_text_same_name((struct mf_text){ &x, 1 },
						name) == same,
			      name, 1);
		}
	held(&right);
}

int
main(void)
{
	try_numbers();
	try_names();
	try_all();
	return done_testing();
}
