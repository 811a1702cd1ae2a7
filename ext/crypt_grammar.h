/* crypt_grammar.h - the grammars of crypt(3)'s settings and hashes
**
** crypt(3) takes almost anything for a setting: it cuts long salts, clamps
** rounds, reads any two letters as DES and starts whatever work a text asks
** for. So mailfunc has grammars of its own, as strict as what the methods
** themselves print, and calls the library only for a text that fits one.
** The source is crypt(5) of libxcrypt 4.4, tried out on the library.
**
** Each function reads what follows its method's prefix (method.h, parse), by
** the figures of the method's row.
*/
#ifndef MF_CRYPT_GRAMMAR_H
#define MF_CRYPT_GRAMMAR_H

#include "method.h"

typedef enum mf_form mf_parse_function(const struct mf_method *method,
				       struct mf_text text,
				       struct mf_parsed *parsed);

mf_parse_function mf_parse_yescrypt, mf_parse_scrypt, mf_parse_bcrypt,
	mf_parse_rounds, mf_parse_sha1crypt, mf_parse_sunmd5, mf_parse_md5crypt,
	mf_parse_nt, mf_parse_bsdicrypt, mf_parse_des;

#endif
