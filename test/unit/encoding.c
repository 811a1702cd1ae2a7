/* encoding.c - base64 and hex: there and back, and nothing else */

#include "tap.h"

#include "encoding.h"

/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const enum mf_encoding encodings[] = { MF_AS_IT_IS, MF_BASE64,
					      MF_BASE64_UNPADDED, MF_HEX };

/* ---- RFC 4648, section 10, and what a strict reader refuses ---- */

static const struct {
	enum mf_encoding encoding;
	struct mf_text text;
	const char *bytes; /* NULL: refused */
} samples[] = {
	{ MF_BASE64, BYTES("Zg=="), "f" },
	{ MF_BASE64, BYTES("Zm8="), "fo" },
	{ MF_BASE64, BYTES("Zm9v"), "foo" },
	{ MF_BASE64, BYTES("Zm9vYg=="), "foob" },
	{ MF_BASE64, BYTES("Zm9vYmE="), "fooba" },
	{ MF_BASE64, BYTES("Zm9vYmFy"), "foobar" },
	{ MF_BASE64, BYTES("+/+/"), "\xfb\xff\xbf" },
	{ MF_BASE64_UNPADDED, BYTES("Zg"), "f" },
	{ MF_BASE64_UNPADDED, BYTES("Zm8"), "fo" },
	{ MF_BASE64_UNPADDED, BYTES("Zm9v"), "foo" },
	{ MF_BASE64_UNPADDED, BYTES("Zm9vYg"), "foob" },
	{ MF_HEX, BYTES("66"), "f" },
	{ MF_HEX, BYTES("666F6f"), "foo" },
	{ MF_AS_IT_IS, BYTES("foo bar"), "foo bar" },
	{ MF_BASE64, BYTES(""), NULL },
	{ MF_BASE64, BYTES("="), NULL },
	{ MF_BASE64, BYTES("Z"), NULL },
	{ MF_BASE64, BYTES("Zg"), NULL },
	{ MF_BASE64, BYTES("Zg="), NULL },
	{ MF_BASE64, BYTES("Zg==="), NULL },
	{ MF_BASE64, BYTES("Zm8=="), NULL },
	{ MF_BASE64, BYTES("Zm9v="), NULL },
	{ MF_BASE64, BYTES("Zm9v===="), NULL },
	{ MF_BASE64, BYTES("Zh=="), NULL },
	{ MF_BASE64, BYTES("Zm9="), NULL },
	{ MF_BASE64, BYTES("Zg==Zg=="), NULL },
	{ MF_BASE64, BYTES("Zm 9v"), NULL },
	{ MF_BASE64, BYTES("Zm9v\n"), NULL },
	{ MF_BASE64, BYTES(" Zm9v"), NULL },
	{ MF_BASE64, BYTES("Zm9\0"), NULL },
	{ MF_BASE64, BYTES("Zm-_"), NULL },
	{ MF_BASE64, BYTES("Zm\xff\xff"), NULL },
	{ MF_BASE64_UNPADDED, BYTES("Zg=="), NULL },
	{ MF_BASE64_UNPADDED, BYTES("Zm9vY"), NULL },
	{ MF_BASE64_UNPADDED, BYTES("Zh"), NULL },
	{ MF_HEX, BYTES(""), NULL },
	{ MF_HEX, BYTES("6"), NULL },
	{ MF_HEX, BYTES("666"), NULL },
	{ MF_HEX, BYTES("6g"), NULL },
	{ MF_HEX, BYTES("66 6f"), NULL },
	{ MF_HEX, BYTES("0x66"), NULL },
	{ MF_HEX, BYTES("66\n"), NULL },
	{ MF_HEX, BYTES("6\0"), NULL },
};

static void
try_samples(void)
{
	unsigned char bytes[16];

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct mf_text text = samples[i].text;
		size_t len = 0;
		bool good = mf_decode(samples[i].encoding, text, bytes,
				      sizeof bytes, &len);
		const char *want = samples[i].bytes;
		ok(want == NULL ? !good
				: good && len == strlen(want) &&
					  memcmp(bytes, want, len) == 0,
		   "%s: %s", want == NULL ? "refused" : "read",
		   shown(text.at, text.len));
	}
}

/* ---- there and back ---- */

enum { LONGEST = 300 };

/* Into a buffer that just holds it, and out of one that just holds it. */
static void
try_bytes(struct many *same, struct many *exact, enum mf_encoding encoding,
	  const unsigned char *bytes, size_t len)
{
	static struct guard guard;
	unsigned char back[LONGEST];
	char text[2 * LONGEST + 1];
	size_t got = 0;

	if (guard.end == NULL)
		guard = guard_new();

	bool good = mf_encode(encoding, bytes, len, text, sizeof text);
	/* what is as it is may hold a NUL */
	size_t width = encoding == MF_AS_IT_IS ? len : strlen(text);
	struct mf_text t = { guard_end(&guard, text, width), width };

	holds(same,
	      good && mf_decode(encoding, t, back, sizeof back, &got) &&
		      got == len && memcmp(back, bytes, len) == 0,
	      text, width);
	holds(exact,
	      mf_encode(encoding, bytes, len, text, width + 4) &&
		      !mf_encode(encoding, bytes, len, text, width),
	      text, width);
	holds(exact,
	      mf_decode(encoding, t, back, len, &got) &&
		      !mf_decode(encoding, t, back, len - 1, &got),
	      text, width);
}

static void
try_there_and_back(void)
{
	struct many same = { "what is encoded is decoded to itself", 0, 0 };
	struct many exact = { "no buffer is overrun", 0, 0 };
	unsigned char bytes[LONGEST];

	for (size_t e = 0; e < COUNT(encodings); e++)
		for (size_t len = 1; len < LONGEST; len++) {
			for (size_t i = 0; i < len; i++)
				bytes[i] = (unsigned char)dice(256);
			try_bytes(&same, &exact, encodings[e], bytes, len);
		}
	held(&same);
	held(&exact);
}

/* ---- one text for one run of bytes ---- */

/* Whatever is read is what would be written, but for the case of hex. */
static void
try_strict(void)
{
	static const char likely[] = "AQgwZm9vYmFy019afAF=+/- \n\0";
	struct many strict = { "no two texts mean the same bytes", 0, 0 };
	unsigned char bytes[64];
	char text[16], again[64];

	for (size_t i = 0; i < 500000; i++) {
		struct mf_text t = { text, 1 + dice(9) };
		enum mf_encoding e = encodings[1 + dice(3)];
		size_t len = 0;
		for (size_t k = 0; k < t.len; k++)
			text[k] = likely[dice(sizeof likely - 1)];
		if (!mf_decode(e, t, bytes, sizeof bytes, &len))
			continue;
		holds(&strict,
		      mf_encode(e, bytes, len, again, sizeof again) &&
			      (e == MF_HEX ? mf_text_same_name(t, again)
					   : strlen(again) == t.len &&
						     memcmp(again, text,
							    t.len) == 0),
		      text, t.len);
	}
	held(&strict);
}

/* ---- the longest, and none at all ---- */

/* A hash decodes to far less than 512 bytes: nothing longer is read, however
** large the caller's buffer is. */
static void
try_longest(void)
{
	static const struct {
		enum mf_encoding encoding;
		size_t len, bytes; /* the longest text, and what it is */
		size_t more;       /* make a text of the encoding again */
	} longest[] = {
		{ MF_AS_IT_IS, 512, 512, 1 },
		{ MF_BASE64, 1024, 768, 4 },
		{ MF_BASE64_UNPADDED, 1024, 768, 4 },
		{ MF_HEX, 1024, 512, 2 },
	};
	unsigned char bytes[2048];
	char digits[1028];
	size_t got;

	memset(digits, 'a', sizeof digits);
	for (size_t i = 0; i < COUNT(longest); i++) {
		struct mf_text text = { digits, longest[i].len };
		ok(mf_decode(longest[i].encoding, text, bytes, sizeof bytes,
			     &got) &&
			   got == longest[i].bytes,
		   "%zu digits are read", text.len);
		text.len += longest[i].more;
		ok(!mf_decode(longest[i].encoding, text, bytes, sizeof bytes,
			      &got),
		   "%zu are not", text.len);
	}
}

/* Nor is anything before the buffer read for padding to take away. */
static void
try_no_bytes(void)
{
	struct guard guard = guard_new();
	char *text = guard.page;

	for (size_t e = 0; e < COUNT(encodings); e++) {
		memset(text, 'x', 8);
		ok(mf_encode(encodings[e], (const unsigned char *)"", 0, text,
			     1) &&
			   strcmp(text, "") == 0,
		   "no bytes are no text (%zu)", e);
		ok(!mf_encode(encodings[e], (const unsigned char *)"", 0, text,
			      0),
		   "whose NUL needs room");
	}
}

static void
try_span(void)
{
	static const struct mf_text text = BYTES("AZaz09+/=$");

	is_size(mf_base64_span(text), 8, "base64 has 64 digits");
	is_size(mf_base64_span((struct mf_text){ "", 0 }), 0, "none in none");
}

int
main(void)
{
	try_samples();
	try_there_and_back();
	try_strict();
	try_longest();
	try_no_bytes();
	try_span();
	return done_testing();
}
