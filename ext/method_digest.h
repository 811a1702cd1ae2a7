/* method_digest.h - plain and salted digests, and PBKDF2, by libnettle
**
** Their texts have no prefix of their own: only a {SCHEME} label tells which
** digest they are. The text is the base64 of digest and salt; for PBKDF2
** it is Dovecot's $1$salt$rounds$digest, the digest in lower-case hex.
**
** See struct mf_method for the contracts. All of these are verified only.
*/
#ifndef MF_METHOD_DIGEST_H
#define MF_METHOD_DIGEST_H

#include "method.h"

/* clang-format off */
#define MF_DIGEST_METHODS(M) \
	M(plain_md5) M(smd5) M(sha1) M(ssha1) M(sha256) M(ssha256) \
	M(sha512) M(ssha512) M(pbkdf2)
/* clang-format on */

#define MF_DECLARE_DIGEST(name) \
	enum mf_form mf_parse_##name(struct mf_text, struct mf_parsed *); \
	enum mf_status mf_hash_##name(struct mf_text password, \
				      struct mf_text setting, \
				      char hash[MF_HASH_SIZE]);

MF_DIGEST_METHODS(MF_DECLARE_DIGEST)

#endif
