/* encoding.h - base64 and hex, read strictly; nothing else includes nettle's
**
** Strictly means that each text stands for just one run of bytes and no other
** text does (but for the case of hex digits): no blanks, the padding there
** and whole, unused bits zero.
*/
#ifndef MF_ENCODING_H
#define MF_ENCODING_H

#include "text.h"

enum mf_encoding {
	MF_AS_IT_IS,
	MF_BASE64,          /* RFC 4648, section 4 */
	MF_BASE64_UNPADDED, /* the same without =, as PHC strings have it */
	MF_HEX,
};

/* Decode all of the text. False if it isn't what the encoding makes, or
** would give more than max bytes. */
bool mf_decode(enum mf_encoding encoding, struct mf_text text,
	       unsigned char *bytes, size_t max, size_t *len);

/* Encode into out, of size bytes, NUL-terminated; hex in lower case. False
** if there is no room. */
bool mf_encode(enum mf_encoding encoding, const unsigned char *bytes,
	       size_t len, char *out, size_t size);

/* How many bytes at the front of the text are digits of base64? */
size_t mf_base64_span(struct mf_text text);

#endif
