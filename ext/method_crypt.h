/* method_crypt.h - the methods that libxcrypt computes
**
** See the fields hash and setting of struct mf_method for the contract.
*/
#ifndef MF_METHOD_CRYPT_H
#define MF_METHOD_CRYPT_H

#include "method.h"

enum mf_status mf_crypt_hash(struct mf_text password, struct mf_text setting,
			     char hash[MF_HASH_SIZE]);

enum mf_status mf_crypt_setting(const struct mf_method *method,
				struct mf_text cost,
				const unsigned char entropy[MF_SALT_ENTROPY],
				char setting[MF_HASH_SIZE]);

#endif
