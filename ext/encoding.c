/* encoding.c - see encoding.h */

#include "encoding.h"

#include "secret.h"

#include <nettle/base16.h>
#include <nettle/base64.h>
#include <string.h>

enum {
	CHUNK = 512, /* bytes decoded at most: longer than any hash */
	DIGITS_MAX = 2 * CHUNK,
};

static bool
is_base64_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

size_t
mf_base64_span(struct mf_text text)
{
	size_t n = 0;

	while (n < text.len && is_base64_digit(text.at[n]))
		n++;
	return n;
}

/* nettle passes over white space; we looked at every byte before. */
static bool
decode_base64(struct mf_text digits, size_t padding, unsigned char *bytes,
	      size_t *len)
{
	struct base64_decode_ctx context;
	size_t none;
	int good;

	*len = 0;
	base64_decode_init(&context);
	good = base64_decode_update(&context, len, bytes, digits.len,
				    digits.at);
	good &= base64_decode_update(&context, &none, bytes + *len, padding,
				     "==");
	good &= base64_decode_final(&context);
	return good;
}

static bool
read_base64(struct mf_text text, bool padded, unsigned char *bytes, size_t *len)
{
	struct mf_text digits = { text.at, mf_base64_span(text) };
	size_t padding = (4 - digits.len % 4) % 4;
	struct mf_text rest = mf_text_skip(text, digits.len);

	if (padding > 2 || rest.len != (padded ? padding : 0) ||
	    (rest.len > 0 && memcmp(rest.at, "==", rest.len) != 0))
		return false;
	return decode_base64(digits, padding, bytes, len);
}

/* White space, which nettle passes over here too, makes no bytes. */
static bool
read_hex(struct mf_text text, unsigned char *bytes, size_t *len)
{
	struct base16_decode_ctx context;

	base16_decode_init(&context);
	return base16_decode_update(&context, len, bytes, text.len, text.at) &&
	       base16_decode_final(&context) && 2 * *len == text.len;
}

static bool
read_any(enum mf_encoding encoding, struct mf_text text,
	 unsigned char bytes[BASE64_DECODE_LENGTH(DIGITS_MAX)], size_t *len)
{
	switch (encoding) {
	case MF_BASE64:
		return read_base64(text, true, bytes, len);
	case MF_BASE64_UNPADDED:
		return read_base64(text, false, bytes, len);
	case MF_HEX:
		return read_hex(text, bytes, len);
	case MF_AS_IT_IS:
	default:
		memcpy(bytes, text.at, text.len);
		*len = text.len;
		return true;
	}
}

/* nettle writes up to a byte more than there is, so into a buffer of ours. */
bool
mf_decode(enum mf_encoding encoding, struct mf_text text, unsigned char *bytes,
	  size_t max, size_t *len)
{
	unsigned char all[BASE64_DECODE_LENGTH(DIGITS_MAX)];
	bool good;

	if (text.len == 0 || text.len > DIGITS_MAX ||
	    (encoding == MF_AS_IT_IS && text.len > CHUNK))
		return false;
	good = read_any(encoding, text, all, len) && *len <= max;
	if (good)
		memcpy(bytes, all, *len);
	mf_wipe(all, sizeof all);
	return good;
}

static void
write_base64(bool padded, const unsigned char *bytes, size_t len, char *out)
{
	struct base64_encode_ctx context;
	size_t used;

	base64_encode_init(&context);
	used = base64_encode_update(&context, out, len, bytes);
	used += base64_encode_final(&context, out + used);
	while (!padded && used > 0 && out[used - 1] == '=')
		used--;
	out[used] = '\0';
}

bool
mf_encode(enum mf_encoding encoding, const unsigned char *bytes, size_t len,
	  char *out, size_t size)
{
	size_t room = encoding == MF_HEX      ? BASE16_ENCODE_LENGTH(len)
		    : encoding == MF_AS_IT_IS ? len
					      : BASE64_ENCODE_RAW_LENGTH(len);

	if (room + 1 > size)
		return false;
	if (encoding == MF_BASE64 || encoding == MF_BASE64_UNPADDED) {
		write_base64(encoding == MF_BASE64, bytes, len, out);
		return true;
	}
	if (encoding == MF_HEX)
		base16_encode_update(out, len, bytes);
	else
		memcpy(out, bytes, len);
	out[room] = '\0';
	return true;
}
