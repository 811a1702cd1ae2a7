/* method_digest.h - plain and salted digests, and PBKDF2, by libnettle
**
** Nothing of theirs tells which digest they are, only a {SCHEME} label. A
** digest travels as its bytes, the salt behind it; PBKDF2 is Dovecot's text
** $1$salt$rounds$digest, the digest in lower-case hex.
**
** See the fields of struct mf_method for the contracts. All of these are
** verified only.
*/
#ifndef MF_METHOD_DIGEST_H
#define MF_METHOD_DIGEST_H

#include "method.h"

enum mf_form mf_parse_digest(const struct mf_method *method,
			     struct mf_text bytes, struct mf_parsed *parsed);
enum mf_status mf_digest_hash(const struct mf_method *method,
			      struct mf_text password, struct mf_text setting,
			      struct mf_inner *hash);

enum mf_form mf_parse_pbkdf2(const struct mf_method *method,
			     struct mf_text text, struct mf_parsed *parsed);
enum mf_status mf_pbkdf2_hash(const struct mf_method *method,
			      struct mf_text password, struct mf_text setting,
			      struct mf_inner *hash);

#endif
