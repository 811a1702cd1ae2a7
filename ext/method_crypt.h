/* method_crypt.h - the methods that libxcrypt computes
**
** See the fields of struct mf_method for the contracts.
*/
#ifndef MF_METHOD_CRYPT_H
#define MF_METHOD_CRYPT_H

#include "method.h"

/* Does the libxcrypt at hand know the method's prefix? */
bool mf_crypt_available(const struct mf_method *method);

enum mf_status mf_crypt_hash(const struct mf_method *method,
			     struct mf_text password, struct mf_text setting,
			     struct mf_inner *hash);

enum mf_status mf_crypt_setting(const struct mf_method *method,
				struct mf_cost cost,
				const unsigned char entropy[MF_SALT_ENTROPY],
				char setting[MF_HASH_SIZE]);

#endif
