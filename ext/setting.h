/* setting.h - the grammars of crypt(3)'s settings and hashes
**
** crypt(3) takes almost anything for a setting: it cuts long salts, clamps
** rounds, reads any two letters as DES and starts whatever work a text asks
** for. So mailfunc has grammars of its own, as strict as what the methods
** themselves print, and calls the library only for a text that fits one.
** The source is crypt(5) of libxcrypt 4.4, tried out on the library.
**
** Each function reads what follows its method's prefix (method.h, parse).
*/
#ifndef MF_SETTING_H
#define MF_SETTING_H

#include "method.h"

enum mf_form mf_parse_yescrypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_scrypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_bcrypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_sha512crypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_sha256crypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_sha1crypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_sunmd5(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_md5crypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_nt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_bsdicrypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_descrypt(struct mf_text, struct mf_parsed *);
enum mf_form mf_parse_bigcrypt(struct mf_text, struct mf_parsed *);

#endif
