/* method_argon2.h - argon2, as the PHC string format writes it
**
** $argon2id$v=19$m=19456,t=2,p=1$salt$digest, salt and digest in base64
** without padding; m in KiB, t in passes, p in lanes; no v means 1.0, as in
** argon2's first release. From the format's optional fields, keyid and data,
** mailfunc can't verify anything, so such a text isn't recognised.
** https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
**
** See the fields of struct mf_method for the contracts.
*/
#ifndef MF_METHOD_ARGON2_H
#define MF_METHOD_ARGON2_H

#include "method.h"

enum mf_form mf_parse_argon2(const struct mf_method *method,
			     struct mf_text text, struct mf_parsed *parsed);

enum mf_status mf_argon2_hash(const struct mf_method *method,
			      struct mf_text password, struct mf_text setting,
			      struct mf_inner *hash);

enum mf_status mf_argon2_setting(const struct mf_method *method,
				 struct mf_cost cost,
				 const unsigned char entropy[MF_SALT_ENTROPY],
				 char setting[MF_HASH_SIZE]);

#endif
