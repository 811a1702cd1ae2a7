/* crypt_grammar.c - which texts are settings and hashes, and what they cost
**
** Only the grammars: nothing is computed here. library.c shows that the
** libraries take what the grammars accept, damage.c that a damaged hash is
** nobody's.
*/

#include "tap.h"

#include "methods.h"

/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Salts and digests of each length; no byte but the last one matters. */
#define TEN "abcdefghij"
#define FORTY TEN TEN TEN TEN
#define D11 TEN "."
#define D22 TEN TEN "a."
#define D28 TEN TEN "abcdefgh"
#define D31 TEN TEN TEN "."
#define D43 FORTY "ab."
#define D64 FORTY TEN TEN "abcd"
#define D86 FORTY FORTY "abcde."
#define HEX32 "0123456789abcdef0123456789abcdef"
/* 8 and 16 bytes as argon2 writes them */
#define PHC8 "c2FsdHNhbHQ"
#define PHC16 "c2FsdHNhbHRzYWx0c2FsdA"

#define NONE MF_FORM_NONE
#define SETTING MF_FORM_SETTING
#define HASH MF_FORM_HASH

static const struct mf_method *
method(const char *name)
{
	const struct mf_method *found = mf_method_named(mf_text_of(name));

	if (found == NULL)
		bail_out("no method %s", name);
	return found;
}

/* ---- good ones ---- */

struct good {
	const char *method, *text;
	enum mf_form form;
	uint64_t memory_kib, work;
};

/* clang-format off */
static const struct good good[] = {
	{ "yescrypt", "$y$j9T$" D22, SETTING, 16384, 131072 },
	{ "yescrypt", "$y$j9T$" D22 "$", SETTING, 16384, 131072 },
	{ "yescrypt", "$y$j9T$" D22 "$" D43, HASH, 16384, 131072 },
	{ "yescrypt", "$y$j9T$$" D43, HASH, 16384, 131072 },
	{ "yescrypt", "$y$j75$" D22 "$" D43, HASH, 1024, 8192 },
	{ "yescrypt", "$y$jFT$" D22 "$" D43, HASH, 1048576, 8388608 },
	{ "yescrypt", "$y$/9T$" D22, SETTING, 16384, 131072 },
	{ "yescrypt", "$y$.9T$" D22, SETTING, 16384, 131072 },
	{ "yescrypt", "$y$j9T..$" D22, SETTING, 16384, 262144 },
	{ "yescrypt", "$y$j9T/.$" D22, SETTING, 16384, 262144 },
	{ "yescrypt", "$y$j9T0./$" D22, SETTING, 16384, 786432 },
	{ "gost-yescrypt", "$gy$j9T$" D22, SETTING, 16384, 131072 },
	{ "gost-yescrypt", "$gy$j9T$" D22 "$" D43, HASH, 16384, 131072 },
	{ "scrypt", "$7$CU..../...." D22, SETTING, 65536, 524288 },
	{ "scrypt", "$7$CU..../...." D22 "$", SETTING, 65536, 524288 },
	{ "scrypt", "$7$CU..../...." D22 "$" D43, HASH, 65536, 524288 },
	{ "scrypt", "$7$06..../....$" D43, HASH, 4, 2048 },
	{ "bcrypt", "$2b$12$" D22, SETTING, 0, 12 },
	{ "bcrypt", "$2b$12$" D22 D31, HASH, 0, 12 },
	{ "bcrypt-2a", "$2a$10$" D22 D31, HASH, 0, 10 },
	{ "bcrypt-2y", "$2y$10$" D22 D31, HASH, 0, 10 },
	{ "bcrypt-2x", "$2x$10$" D22 D31, HASH, 0, 10 },
	{ "bcrypt", "$2b$04$" D22, SETTING, 0, 4 },
	{ "bcrypt", "$2b$31$" D22, SETTING, 0, 31 },
	{ "sha512crypt", "$6$" TEN, SETTING, 0, 5000 },
	{ "sha512crypt", "$6$" TEN "$", SETTING, 0, 5000 },
	{ "sha512crypt", "$6$" TEN "$" D86, HASH, 0, 5000 },
	{ "sha512crypt", "$6$$" D86, HASH, 0, 5000 },
	{ "sha512crypt", "$6$rounds=1000$" TEN "$" D86, HASH, 0, 1000 },
	{ "sha512crypt", "$6$rounds=999999999$s", SETTING, 0, 999999999 },
	{ "sha512crypt", "$6$rounds", SETTING, 0, 5000 },
	{ "sha512crypt", "$6$" TEN "abcdef", SETTING, 0, 5000 },
	{ "sha256crypt", "$5$" TEN, SETTING, 0, 5000 },
	{ "sha256crypt", "$5$" TEN "$" D43, HASH, 0, 5000 },
	{ "sha256crypt", "$5$rounds=1000$" TEN "$" D43, HASH, 0, 1000 },
	{ "sha256crypt", "$5$rounds=999999999$s", SETTING, 0, 999999999 },
	{ "argon2id", "$argon2id$v=19$m=19456,t=2,p=1$" PHC16, SETTING,
	  19456, 38912 },
	{ "argon2id", "$argon2id$v=19$m=19456,t=2,p=1$" PHC16 "$", SETTING,
	  19456, 38912 },
	{ "argon2id", "$argon2id$v=19$m=19456,t=2,p=1$" PHC16 "$" PHC16, HASH,
	  19456, 38912 },
	{ "argon2id", "$argon2id$v=16$m=8,t=1,p=1$" PHC8 "$" PHC16, HASH,
	  8, 8 },
	{ "argon2id", "$argon2id$m=8,t=1,p=1$" PHC8 "$" PHC16, HASH, 8, 8 },
	{ "argon2i", "$argon2i$v=19$m=16,t=3,p=2$" PHC8 "$" PHC16, HASH,
	  16, 48 },
	{ "argon2d", "$argon2d$v=19$m=4294967295,t=4294967295,p=1$" PHC8 "$"
	  PHC16, HASH, 4294967295, UINT64_C(18446744065119617025) },
	{ "argon2id", "$argon2id$v=19$m=134217720,t=1,p=16777215$" PHC8,
	  SETTING, 134217720, 134217720 },
	{ "sha1crypt", "$sha1$40000$" TEN "$" D28, HASH, 0, 40000 },
	{ "sha1crypt", "$sha1$1$a$" D28, HASH, 0, 1 },
	{ "sha1crypt", "$sha1$4294967295$" D64 "$" D28, HASH, 0, 4294967295 },
	{ "sha1crypt", "$sha1$40000$" TEN, SETTING, 0, 40000 },
	{ "sunmd5", "$md5$" TEN "$" D22, HASH, 0, 4096 },
	{ "sunmd5", "$md5$" TEN "$$" D22, HASH, 0, 4096 },
	{ "sunmd5", "$md5,rounds=904$" TEN "$$" D22, HASH, 0, 5000 },
	{ "sunmd5", "$md5$rounds=904$" TEN "$" D22, HASH, 0, 5000 },
	{ "sunmd5", "$md5,rounds=4294963199$" D64 "$" D22, HASH, 0,
	  4294967295 },
	{ "sunmd5", "$md5$" TEN, SETTING, 0, 4096 },
	{ "md5crypt", "$1$abcdefgh$" D22, HASH, 0, 1000 },
	{ "md5crypt", "$1$$" D22, HASH, 0, 1000 },
	{ "md5crypt", "$1$abcdefgh", SETTING, 0, 1000 },
	{ "nt", "$3$$" HEX32, HASH, 0, 1 },
	{ "nt", "$3$", SETTING, 0, 1 },
	{ "nt", "$3$$", SETTING, 0, 1 },
	{ "bsdicrypt", "_J9..abcd" D11, HASH, 0, 725 },
	{ "bsdicrypt", "_/...abcd" D11, HASH, 0, 1 },
	{ "bsdicrypt", "_zzzzabcd" D11, HASH, 0, 16777215 },
	{ "bsdicrypt", "_J9..abcd", SETTING, 0, 725 },
	{ "descrypt", "ab" D11, HASH, 0, 1 },
	{ "descrypt", "bf" D11, HASH, 0, 1 },
	{ "descrypt", "..........." "..", HASH, 0, 1 },
	{ "bigcrypt", "ab" D11 D11, HASH, 0, 2 },
	{ "bigcrypt", "ab" D11 D11 D11 D11 D11 D11 D11 D11
		      D11 D11 D11 D11 D11 D11 D11 D11, HASH, 0, 16 },
};
/* clang-format on */

static const char *const form_name[] = { "nothing", "a setting", "a hash" };

static void
try_good(const struct good *g)
{
	struct mf_text text = mf_text_of(g->text);
	const struct mf_method *m = method(g->method);
	struct mf_parsed parsed;
	enum mf_form form = mf_method_parse(m, text, &parsed);

	/* a bare setting of one without prefix is not to be recognised */
	if (!m->bare || g->form == HASH)
		ok(mf_method_of(text) == m, "%s owns %s", g->method, g->text);
	is_str(form_name[form], form_name[g->form], "%s: %s", g->method,
	       g->text);
	is_size(parsed.memory_kib, g->memory_kib, "its memory");
	is_size(parsed.work, g->work, "its work");
}

/* ---- bad ones ---- */

struct bad {
	const char *method; /* the one it begins like; NULL for none */
	struct mf_text text;
};

/* clang-format off */
static const struct bad bad[] = {
	/* What crypt(3) takes for DES, its failure tokens, and plain words */
	{ NULL, BYTES("") },
	{ NULL, BYTES("a") },
	{ NULL, BYTES("ab") },
	{ NULL, BYTES("bf") },
	{ NULL, BYTES("..") },
	{ NULL, BYTES("md5") },
	{ NULL, BYTES("nonsense") },
	{ NULL, BYTES("yescrypt") },
	{ NULL, BYTES("*") },
	{ NULL, BYTES("*0") },
	{ NULL, BYTES("*1") },
	{ NULL, BYTES("x") },
	{ NULL, BYTES("!") },
	{ NULL, BYTES("ab" TEN) },
	{ NULL, BYTES("ab" D11 ".") },
	{ NULL, BYTES("ab" TEN "/") },
	{ NULL, BYTES("ab" TEN "$") },
	{ NULL, BYTES("ab" TEN "\0") },
	{ NULL, BYTES("ab" D11 TEN) },
	{ NULL, BYTES("ab" D11 TEN "/") },
	{ NULL, BYTES("ab" TEN "/" D11) },
	{ NULL, BYTES("ab" D11 D11 ".") },
	{ NULL, BYTES("ab" D11 D11 D11 D11 D11 D11 D11 D11 D11
		      D11 D11 D11 D11 D11 D11 D11 D11) },
	{ NULL, BYTES("_") },
	{ NULL, BYTES("_J9..abcd") },
	{ NULL, BYTES("_....abcd" D11) },
	{ NULL, BYTES("_J9..abcd" TEN "/") },
	{ NULL, BYTES("_J9..abcd" D11 ".") },
	{ NULL, BYTES("_J9..abc" D11) },
	/* No $id$ of a method */
	{ NULL, BYTES("$") },
	{ NULL, BYTES("$$") },
	{ NULL, BYTES("$$$") },
	{ NULL, BYTES("$2$") },
	{ NULL, BYTES("$2$12$" D22 D31) },
	{ NULL, BYTES("$2z$12$" D22 D31) },
	{ NULL, BYTES("$2b") },
	{ NULL, BYTES("$2B$12$" D22 D31) },
	{ NULL, BYTES("$Y$j9T$" D22) },
	{ NULL, BYTES("$argon2$v=19$m=8,t=1,p=1$" PHC8 "$" PHC16) },
	{ NULL, BYTES("$argon2ID$v=19$m=8,t=1,p=1$" PHC8 "$" PHC16) },
	{ NULL, BYTES("$md4$" TEN "$" D22) },
	{ NULL, BYTES("$md5") },
	{ NULL, BYTES("$md5rounds=904$" TEN "$$" D22) },
	{ NULL, BYTES("$sha1") },
	{ NULL, BYTES("$8$" TEN) },
	{ NULL, BYTES(" $2b$12$" D22 D31) },
	/* yescrypt: flavors, costs, then salt and digest */
	{ "yescrypt", BYTES("$y$") },
	{ "yescrypt", BYTES("$y$$") },
	{ "yescrypt", BYTES("$y$j") },
	{ "yescrypt", BYTES("$y$j9") },
	{ "yescrypt", BYTES("$y$j9T") },
	{ "yescrypt", BYTES("$y$x9T$" D22) },
	{ "yescrypt", BYTES("$y$09T$" D22) },
	{ "yescrypt", BYTES("$y$i9T$" D22) },
	{ "yescrypt", BYTES("$y$k.9T$" D22) },
	{ "yescrypt", BYTES("$y$j.T$" D22) },
	{ "yescrypt", BYTES("$y$j9T1$" D22) },
	{ "yescrypt", BYTES("$y$j9T1.$" D22) },
	{ "yescrypt", BYTES("$y$j9T5.$" D22) },
	{ "yescrypt", BYTES("$y$j9T.$" D22) },
	{ "yescrypt", BYTES("$y$j9T/$" D22) },
	{ "yescrypt", BYTES("$y$j9T0.$" D22) },
	{ "yescrypt", BYTES("$y$j9T...$" D22) },
	{ "yescrypt", BYTES("$y$.9T/.$" D22) },
	{ "yescrypt", BYTES("$y$j/.z$" D22) },
	{ "yescrypt", BYTES("$y$zzzzzz$" D22) },
	{ "yescrypt", BYTES("$y$jzzzzzz$" D22) },
	{ "yescrypt", BYTES("$y$j9zzzzzz$" D22) },
	{ "yescrypt", BYTES("$y$j9T$a") },
	{ "yescrypt", BYTES("$y$j9T$abcde") },
	{ "yescrypt", BYTES("$y$j9T$ab") },
	{ "yescrypt", BYTES("$y$j9T$" D86 "a") },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$" D43 "$") },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$" FORTY "ab") },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$" D43 ".") },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$" D43 "\n") },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$" D43 "\0") },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$$" D43) },
	{ "yescrypt", BYTES("$y$j9T$" D22 "$" FORTY "ab=") },
	{ "yescrypt", BYTES("$y$j9T$" TEN "\0" TEN "." "$" D43) },
	{ "yescrypt", BYTES("$y$j9T$" TEN "\xff" TEN "." "$" D43) },
	{ "gost-yescrypt", BYTES("$gy$") },
	{ "gost-yescrypt", BYTES("$gy$j9T") },
	{ "gost-yescrypt", BYTES("$gy$j9T$" D22 "$" D43 ".") },
	/* scrypt */
	{ "scrypt", BYTES("$7$") },
	{ "scrypt", BYTES("$7$CU..../...") },
	{ "scrypt", BYTES("$7$.U..../...." D22) },
	{ "scrypt", BYTES("$7$/U..../...." D22) },
	{ "scrypt", BYTES("$7$C...../...." D22) },
	{ "scrypt", BYTES("$7$CU........." D22) },
	{ "scrypt", BYTES("$7$C....U....U" D22) },
	{ "scrypt", BYTES("$7$Czzzzzzzzzz" D22) },
	{ "scrypt", BYTES("$7$CU..../...." D86 ".") },
	{ "scrypt", BYTES("$7$CU..../...." D22 "$" D43 ".") },
	{ "scrypt", BYTES("$7$CU..../...." D22 "$" FORTY "ab") },
	{ "scrypt", BYTES("$7$CU..../....a$" D43 "$") },
	{ "scrypt", BYTES("$7$CU..../....a\0b$" D43) },
	/* bcrypt */
	{ "bcrypt", BYTES("$2b$") },
	{ "bcrypt", BYTES("$2b$12") },
	{ "bcrypt", BYTES("$2b$12$") },
	{ "bcrypt", BYTES("$2b$99$zz") },
	{ "bcrypt", BYTES("$2b$00$" D22 D31) },
	{ "bcrypt", BYTES("$2b$03$" D22 D31) },
	{ "bcrypt", BYTES("$2b$32$" D22 D31) },
	{ "bcrypt", BYTES("$2b$99$" D22 D31) },
	{ "bcrypt", BYTES("$2b$4$" D22 D31) },
	{ "bcrypt", BYTES("$2b$004$" D22 D31) },
	{ "bcrypt", BYTES("$2b$012$" D22 D31) },
	{ "bcrypt", BYTES("$2b$1x$" D22 D31) },
	{ "bcrypt", BYTES("$2b$ 4$" D22 D31) },
	{ "bcrypt", BYTES("$2b$-4$" D22 D31) },
	{ "bcrypt", BYTES("$2b$0$$" D22 D31) },
	{ "bcrypt", BYTES("$2b$12" D22 D31) },
	{ "bcrypt", BYTES("$2b$12$" TEN TEN "a") },
	{ "bcrypt", BYTES("$2b$12$" D22 ".") },
	{ "bcrypt", BYTES("$2b$12$" D22 "$") },
	{ "bcrypt", BYTES("$2b$12$" TEN TEN "a/") },
	{ "bcrypt", BYTES("$2b$12$" D22 FORTY) },
	{ "bcrypt", BYTES("$2b$12$" D22 D31 ".") },
	{ "bcrypt", BYTES("$2b$12$" D22 D31 "\n") },
	{ "bcrypt", BYTES("$2b$12$" D22 TEN TEN TEN "/") },
	{ "bcrypt", BYTES("$2b$12$" D22 TEN TEN TEN) },
	{ "bcrypt", BYTES("$2b$12$" TEN "\0" TEN "." D31) },
	{ "bcrypt-2a", BYTES("$2a$12$" D22 D31 ".") },
	{ "bcrypt-2y", BYTES("$2y$12$" D22 TEN TEN TEN) },
	{ "bcrypt-2x", BYTES("$2x$12$") },
	/* sha512crypt and sha256crypt */
	{ "sha512crypt", BYTES("$6$rounds=$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=999$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=0$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=1000000000$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=4294972296$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=18446744073709556616$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=99999999999999999999999$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=05000$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=+5000$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=-5000$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds= 5000$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=5000 $" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=5e3$" TEN) },
	{ "sha512crypt", BYTES("$6$rounds=5000") },
	{ "sha512crypt", BYTES("$6$rounds=5000$rounds=5000$" TEN) },
	{ "sha512crypt", BYTES("$6$" TEN "abcdefg") },
	{ "sha512crypt", BYTES("$6$" TEN "abcdefg$" D86) },
	{ "sha512crypt", BYTES("$6$" TEN "$" D43) },
	{ "sha512crypt", BYTES("$6$" TEN "$" FORTY FORTY "abcde") },
	{ "sha512crypt", BYTES("$6$" TEN "$" D86 ".") },
	{ "sha512crypt", BYTES("$6$" TEN "$" D86 "\n") },
	{ "sha512crypt", BYTES("$6$" TEN "$" D86 "\0") },
	{ "sha512crypt", BYTES("$6$" TEN "$" D86 "$") },
	{ "sha512crypt", BYTES("$6$a\0b$" D86) },
	{ "sha512crypt", BYTES("$6$a b$" D86) },
	{ "sha512crypt", BYTES("$6$a:b$" D86) },
	{ "sha512crypt", BYTES("$6$a\nb$" D86) },
	{ "sha512crypt", BYTES("$6$\xc3\xa9$" D86) },
	{ "sha256crypt", BYTES("$5$" TEN "$" D86) },
	{ "sha256crypt", BYTES("$5$rounds=999$" TEN) },
	{ "sha256crypt", BYTES("$5$rounds=1000000000$" TEN) },
	{ "sha256crypt", BYTES("$5$" TEN "abcdefg") },
	{ "sha256crypt", BYTES("$5$" TEN "$" D43 ".") },
	/* argon2 */
	{ "argon2id", BYTES("$argon2id$") },
	{ "argon2id", BYTES("$argon2id$v=19") },
	{ "argon2id", BYTES("$argon2id$v=19$") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$$" PHC16) },
	{ "argon2id", BYTES("$argon2id$v=0$m=8,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=17$m=8,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=20$m=8,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=019$m=8,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=4294967315$m=8,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=$m=8,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=7,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=15,t=1,p=2$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=08,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=4294967296,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=4294967304,t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=0,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=4294967296,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=0$" PHC8) },
	{ "argon2id",
	  BYTES("$argon2id$v=19$m=134217728,t=1,p=16777216$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$t=1,m=8,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1,keyid=a$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1,data=YQ$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8, t=1,p=1$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbA") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "=") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHR") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "ab") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" D86 "a") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhb_Q") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$" PHC8) },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$"
			    "c2FsdHNhbHRzYWx0c2Fs") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$" PHC16
			    "==") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$" PHC16
			    "$") },
	{ "argon2id", BYTES("$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$"
			    "c2FsdHNhbHRzYWx0c2FsdB") },
	{ "argon2i", BYTES("$argon2i$v=19$m=8,t=1,p=1$" PHC8 "$" PHC8) },
	{ "argon2d", BYTES("$argon2d$m=8,t=1,p=1") },
	/* the older ones */
	{ "sha1crypt", BYTES("$sha1$") },
	{ "sha1crypt", BYTES("$sha1$0$" TEN "$" D28) },
	{ "sha1crypt", BYTES("$sha1$01$" TEN "$" D28) },
	{ "sha1crypt", BYTES("$sha1$4294967296$" TEN "$" D28) },
	{ "sha1crypt", BYTES("$sha1$4294967297$" TEN "$" D28) },
	{ "sha1crypt", BYTES("$sha1$1$$" D28) },
	{ "sha1crypt", BYTES("$sha1$1$" D64 "a$" D28) },
	{ "sha1crypt", BYTES("$sha1$1$a$" D28 ".") },
	{ "sha1crypt", BYTES("$sha1$1$a$" TEN TEN "abcdefg") },
	{ "sunmd5", BYTES("$md5$") },
	{ "sunmd5", BYTES("$md5,") },
	{ "sunmd5", BYTES("$md5$$" D22) },
	{ "sunmd5", BYTES("$md5,rounds=0$" TEN "$$" D22) },
	{ "sunmd5", BYTES("$md5,rounds=01$" TEN "$$" D22) },
	{ "sunmd5", BYTES("$md5,rounds=4294963200$" TEN "$$" D22) },
	{ "sunmd5", BYTES("$md5,rounds=4294967297$" TEN "$$" D22) },
	{ "sunmd5", BYTES("$md5$" D64 "a$" D22) },
	{ "sunmd5", BYTES("$md5$" TEN "$$$" D22) },
	{ "sunmd5", BYTES("$md5$" TEN "$$" D22 ".") },
	{ "sunmd5", BYTES("$md5$" TEN "$$" TEN TEN "a") },
	{ "sunmd5", BYTES("$md5$" TEN "$$" D22 "$") },
	{ "md5crypt", BYTES("$1$abcdefghi$" D22) },
	{ "md5crypt", BYTES("$1$abcdefgh$" D22 ".") },
	{ "md5crypt", BYTES("$1$abcdefgh$" TEN TEN "a") },
	{ "md5crypt", BYTES("$1$abcdefgh$" TEN TEN "a2") },
	{ "md5crypt", BYTES("$1$a\0b$" D22) },
	{ "nt", BYTES("$3$" HEX32) },
	{ "nt", BYTES("$3$$$") },
	{ "nt", BYTES("$3$$" HEX32 "0") },
	{ "nt", BYTES("$3$$0123456789abcdef0123456789abcde") },
	{ "nt", BYTES("$3$$0123456789ABCDEF0123456789abcdef") },
	{ "nt", BYTES("$3$$0123456789abcdef0123456789abcdeg") },
	{ "nt", BYTES("$3$salt$" HEX32) },
};
/* clang-format on */

static void
try_bad(const struct bad *b)
{
	const struct mf_method *owner = mf_method_of(b->text);
	const char *text = shown(b->text.at, b->text.len);
	struct mf_parsed parsed;

	is_str(owner == NULL ? NULL : owner->name, b->method, "%s owns %s",
	       b->method == NULL ? "nobody" : b->method, text);
	if (b->method != NULL)
		is_str(form_name[mf_method_parse(method(b->method), b->text,
						 &parsed)],
		       form_name[NONE], "no %s: %s", b->method, text);
}

static void
try_tables(void)
{
	for (size_t i = 0; i < COUNT(good); i++)
		try_good(&good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		try_bad(&bad[i]);
}

/* ---- each of 256 bytes in places where some are right ---- */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALL64 "./0123456789" LETTERS
#define BASE64 "+/0123456789" LETTERS
#define PRINTABLE ALL64 "\"#%&'()+,-<=>?@[]^_`{|}~"

struct place {
	const char *method, *before, *allowed, *after;
};

static const struct place places[] = {
	{ "yescrypt", "$y$", "./j", "9T$" D22 "$" D43 },
	{ "yescrypt", "$y$j9T", "$", D22 "$" D43 },
	{ "yescrypt", "$y$j9T$", ALL64, TEN TEN ".$" D43 },
	{ "yescrypt", "$y$j9T$a", "./01", "$" D43 },
	{ "yescrypt", "$y$j9T$ab", "./0123456789ABCD", "$" D43 },
	{ "yescrypt", "$y$j9T$abc", ALL64, "$" D43 },
	{ "yescrypt", "$y$j9T$" D22, "$" ALL64, D43 }, /* or a long salt */
	{ "yescrypt", "$y$j9T$" D22 "$", ALL64, FORTY "a." },
	{ "yescrypt", "$y$j9T$" D22 "$" FORTY "ab", "./0123456789ABCD", "" },
	{ "scrypt", "$7$CU..../....", ALL64, "$" D43 },
	{ "scrypt", "$7$CU..../....a$" FORTY "ab", "./0123456789ABCD", "" },
	{ "bcrypt", "$2b$0", "456789", "$" D22 D31 },
	{ "bcrypt", "$2b$1", "0123456789", "$" D22 D31 },
	{ "bcrypt", "$2b$3", "01", "$" D22 D31 },
	{ "bcrypt", "$2b$", "012", "5$" D22 D31 },
	{ "bcrypt", "$2b$12", "$", D22 D31 },
	{ "bcrypt", "$2b$12$", ALL64, TEN TEN "." D31 },
	{ "bcrypt", "$2b$12$" TEN TEN "a", ".Oeu", D31 },
	{ "bcrypt", "$2b$12$" TEN TEN "a", ".Oeu", "" },
	{ "bcrypt", "$2b$12$" D22 TEN TEN TEN, ".CGKOSWaeimquy26", "" },
	{ "sha512crypt", "$6$a", PRINTABLE, "b$" D86 },
	{ "sha512crypt", "$6$a", PRINTABLE "$", "" },
	{ "sha512crypt", "$6$" TEN "$" FORTY FORTY "abcde", "./01", "" },
	{ "sha512crypt", "$6$rounds=", "123456789", "000$a$" D86 },
	{ "sha512crypt", "$6$rounds=100", "0123456789", "$a$" D86 },
	{ "sha256crypt", "$5$a", PRINTABLE, "b$" D43 },
	{ "sha256crypt", "$5$" TEN "$" FORTY "ab", "./0123456789ABCD", "" },
	{ "argon2id", "$argon2id$v=19$m=8,t=1,p=1$", BASE64,
	  "2FsdHNhbHQ$" PHC16 },
	{ "argon2id", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbH",
	  "AEIMQUYcgkosw048", "$" PHC16 },
	{ "argon2id", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHR", BASE64,
	  "$" PHC16 },
	{ "argon2id",
	  "$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$c2FsdHNhbHRzYWx0c2Fsd", "AQgw",
	  "" },
	{ "argon2id", "$argon2id$v=1", "69", "$m=8,t=1,p=1$" PHC8 },
	{ "argon2id", "$argon2id$v=19$m=", "123456789", "6,t=1,p=2$" PHC8 },
	{ "argon2id", "$argon2id$v=19$m=8,t=", "123456789", ",p=1$" PHC8 },
	{ "sha1crypt", "$sha1$1$", ALL64, "$" D28 },
	{ "sha1crypt", "$sha1$1$a$" TEN TEN "abcdefg", ALL64, "" },
	{ "sunmd5", "$md5$", ALL64, "$$" D22 },
	{ "sunmd5", "$md5$a$$" TEN TEN "a", "./01", "" },
	{ "md5crypt", "$1$a", PRINTABLE, "b$" D22 },
	{ "md5crypt", "$1$a$" TEN TEN "a", "./01", "" },
	{ "nt", "$3$$0123456789abcdef0123456789abcde", "0123456789abcdef", "" },
	{ "bsdicrypt", "_", ALL64, "9..abcd" D11 },
	{ "bsdicrypt", "_J9..abcd" TEN, ".26AEIMQUYcgkosw", "" },
	{ "descrypt", "", ALL64, "b" D11 },
	{ "descrypt", "ab" TEN, ".26AEIMQUYcgkosw", "" },
	{ "bigcrypt", "ab" TEN, ".26AEIMQUYcgkosw", D11 },
	{ "bigcrypt", "ab" D11 TEN, ".26AEIMQUYcgkosw", "" },
};

static void
try_place(const struct place *place)
{
	size_t before = strlen(place->before), after = strlen(place->after);
	struct many right = { "what may stand there", 0, 0 };
	struct mf_parsed parsed;
	char text[256];

	memcpy(text, place->before, before);
	memcpy(text + before + 1, place->after, after);
	for (int c = 0; c < 256; c++) {
		struct mf_text t = { text, before + 1 + after };
		bool allowed = c != '\0' && strchr(place->allowed, c) != NULL;
		text[before] = (char)c;
		holds(&right,
		      allowed == (mf_method_parse(method(place->method), t,
						  &parsed) != NONE),
		      t.at, t.len);
	}
	ok(right.broken == 0, "%s: what may stand between %s and %s",
	   place->method, shown(place->before, before),
	   shown(place->after, after));
}

/* ---- lengths of salts and digests ---- */

struct lengths {
	const char *method, *before, *after;
	size_t min, max;
	bool whole_bytes; /* a rest of one digit is no byte */
};

static const struct lengths lengths[] = {
	{ "yescrypt", "$y$j9T$", "$" D43, 0, 86, true },
	{ "yescrypt", "$y$j9T$" D22 "$", "", 43, 43, false },
	{ "gost-yescrypt", "$gy$j9T$", "$" D43, 0, 86, true },
	{ "scrypt", "$7$CU..../....", "$" D43, 0, 86, false },
	{ "scrypt", "$7$CU..../....a$", "", 43, 43, false },
	{ "bcrypt", "$2b$12$", D31, 22, 22, false },
	{ "bcrypt", "$2b$12$" D22, "", 31, 31, false },
	{ "sha512crypt", "$6$", "$" D86, 0, 16, false },
	{ "sha512crypt", "$6$a$", "", 86, 86, false },
	{ "sha256crypt", "$5$", "$" D43, 0, 16, false },
	{ "sha256crypt", "$5$a$", "", 43, 43, false },
	{ "argon2id", "$argon2id$v=19$m=8,t=1,p=1$", "$" PHC16, 11, 86, true },
	{ "argon2id", "$argon2id$v=19$m=8,t=1,p=1$" PHC8 "$", "", 22, 86,
	  true },
	{ "sha1crypt", "$sha1$1$", "$" D28, 1, 64, false },
	{ "sha1crypt", "$sha1$1$a$", "", 28, 28, false },
	{ "sunmd5", "$md5$", "$" D22, 1, 64, false },
	{ "sunmd5", "$md5$a$$", "", 22, 22, false },
	{ "md5crypt", "$1$", "$" D22, 0, 8, false },
	{ "md5crypt", "$1$a$", "", 22, 22, false },
	{ "nt", "$3$$", "", 32, 32, false },
	{ "bsdicrypt", "_", "", 19, 19, false },
	{ "descrypt", "", "", 13, 13, false },
};

/* Salts and digests of zeros only: no last digit is too large. */
static void
try_lengths(const struct lengths *l)
{
	struct many right = { "how many digits", 0, 0 };
	size_t before = strlen(l->before), after = strlen(l->after);
	char zero = strncmp(l->before, "$a", 2) == 0 ? 'A'
		  : strncmp(l->before, "$3", 2) == 0 ? '0'
						     : '.';
	struct mf_parsed parsed;
	char text[400];

	if (strcmp(l->method, "bsdicrypt") == 0)
		zero = '2';
	memcpy(text, l->before, before);
	for (size_t len = 0; len < 120; len++) {
		struct mf_text t = { text, before + len + after };
		memset(text + before, zero, len);
		memcpy(text + before + len, l->after, after);
		bool good_len = len >= l->min && len <= l->max &&
				!(l->whole_bytes && len % 4 == 1);
		holds(&right,
		      good_len == (mf_method_parse(method(l->method), t,
						   &parsed) == HASH),
		      t.at, t.len);
	}
	ok(right.broken == 0, "%s: %zu to %zu digits behind %s", l->method,
	   l->min, l->max, l->before);
}

static void
try_places_and_lengths(void)
{
	for (size_t i = 0; i < COUNT(places); i++)
		try_place(&places[i]);
	for (size_t i = 0; i < COUNT(lengths); i++)
		try_lengths(&lengths[i]);
}

/* ---- yescrypt's numbers of one to six digits ---- */

static const char digits64[] = ALL64;

/* How many numbers there are of each length, and their first digits. */
static const struct {
	unsigned first, first_count;
} widths[] = {
	{ 0, 48 }, { 48, 8 }, { 56, 4 }, { 60, 2 }, { 62, 1 }, { 63, 1 }
};

static char
digit64(uint64_t value)
{
	static const char order[] =
		"./0123456789"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return order[value];
}

static char *
put_varying(char *at, uint64_t number)
{
	for (size_t i = 0; i < COUNT(widths); i++) {
		uint64_t room = (uint64_t)widths[i].first_count << 6 * i;
		if (number >= room) {
			number -= room;
			continue;
		}
		*at++ = digit64(widths[i].first + (number >> 6 * i));
		for (size_t rest = i; rest-- > 0;)
			*at++ = digit64(number >> 6 * rest & 63);
		break;
	}
	return at;
}

struct costs {
	uint64_t flavor, n_log2, r, p, t;
};

/* $y$... of those costs, and the tail; answers what the grammar says of it. */
static enum mf_form
parse_with_tail(struct costs c, const char *tail, struct mf_parsed *parsed)
{
	uint64_t have = (c.p > 1 ? 1u : 0u) | (c.t > 0 ? 2u : 0u);
	char text[128] = "$y$", *at = text + 3;

	at = put_varying(at, c.flavor);
	at = put_varying(at, c.n_log2 - 1);
	at = put_varying(at, c.r - 1);
	if (have != 0)
		at = put_varying(at, have - 1);
	if (c.p > 1)
		at = put_varying(at, c.p - 2);
	if (c.t > 0)
		at = put_varying(at, c.t - 1);
	memcpy(at, tail, strlen(tail) + 1);
	return mf_method_parse(method("yescrypt"), mf_text_of(text), parsed);
}

static enum mf_form
parse_costs(struct costs c, struct mf_parsed *parsed)
{
	return parse_with_tail(c, "$abcd", parsed);
}

/* The cost of a huge r or p may be set higher than the product; blocks of 1
** cost what those of 2 do. */
static bool
is_work(uint64_t got, uint64_t product, uint64_t number)
{
	return number < 1 << 16 ? got == product : got >= product;
}

static void
try_numbers(void)
{
	struct many right = { "yescrypt's numbers are read as written", 0, 0 };
	struct mf_parsed parsed;

	for (uint64_t n = 1; n < 1 << 22; n += n < 20000 ? 1 : 997) {
		struct costs r = { 47, 10, n, 1, 0 }, t = { 47, 10, 8, 1, n };
		struct costs p = { 47, 32, 1, n, 0 };
		holds(&right,
		      parse_costs(r, &parsed) == SETTING &&
			      parsed.memory_kib == 1024 * n / 8 &&
			      is_work(parsed.work, 1024 * (n < 2 ? 2 : n), n),
		      "r", 1);
		holds(&right,
		      parse_costs(t, &parsed) == SETTING &&
			      parsed.work == UINT64_C(8192) * (n + 1),
		      "t", 1);
		holds(&right,
		      parse_costs(p, &parsed) == SETTING &&
			      is_work(parsed.work, n << 33, n),
		      "p", 1);
	}
	held(&right);
}

static const struct {
	struct costs costs;
	bool good;
	const char *why;
} bounds[] = {
	{ { 47, 1, 8, 1, 0 }, false, "N of 2" },
	{ { 47, 2, 8, 1, 0 }, true, "N of 4" },
	{ { 47, 63, 8, 1, 0 }, true, "N of 2^63" },
	{ { 47, 64, 8, 1, 0 }, false, "N of 2^64" },
	{ { 1, 64, 8, 1, 0 }, false, "N of 2^64 for the older flavor" },
	{ { 47, 65, 8, 1, 0 }, false, "N of 2^65" },
	{ { 47, 2, 8, 2, 0 }, false, "N of 4 for two lanes" },
	{ { 47, 3, 8, 2, 0 }, true, "N of 8 for two lanes" },
	{ { 47, 5, 8, 9, 0 }, false, "N of 32 for nine lanes" },
	{ { 47, 5, 8, 8, 0 }, true, "N of 32 for eight lanes" },
	{ { 1, 2, 8, 2, 0 }, true, "the older flavor counts N once" },
	{ { 0, 2, 8, 2, 0 }, true, "so does classic scrypt" },
	{ { 47, 40, (1 << 30) - 1, 1, 0 }, true, "r of 2^30-1" },
	{ { 47, 40, 1 << 30, 1, 0 }, false, "r of 2^30" },
	{ { 47, 40, 1 << 15, 1 << 14, 0 }, true, "r * p of 2^29" },
	{ { 47, 40, 1 << 15, 1 << 15, 0 }, false, "r * p of 2^30" },
	{ { 47, 40, 1, (1 << 30) - 1, 0 }, true, "p of 2^30-1" },
	{ { 47, 40, 1, 1 << 30, 0 }, false, "p of 2^30" },
	{ { 47, 2, 1, 1, 1 << 30 }, true, "t of 2^30" },
	{ { 0, 10, 8, 1, 1 }, false, "classic scrypt has no t" },
	{ { 1, 10, 8, 1, 1 }, true, "the older flavor has" },
	{ { 2, 10, 8, 1, 0 }, false, "flavor 2" },
	{ { 46, 10, 8, 1, 0 }, false, "flavor 46" },
	{ { 48, 10, 8, 1, 0 }, false, "flavor 48" },
	{ { UINT64_C(4294967343), 10, 8, 1, 0 }, false, "flavor 2^32 + 47" },
};

static void
try_bounds(void)
{
	/* If its costs were passed over, a hash without salt. */
	static const char digest[] =
		"$...........................................";
	struct mf_parsed parsed;

	for (size_t i = 0; i < COUNT(bounds); i++) {
		is_str(form_name[parse_costs(bounds[i].costs, &parsed)],
		       form_name[bounds[i].good ? SETTING : NONE],
		       "yescrypt: %s", bounds[i].why);
		if (!bounds[i].good)
			ok(parse_with_tail(bounds[i].costs, digest, &parsed) ==
				   NONE,
			   "yescrypt: %s, without a salt", bounds[i].why);
	}
	ok(parse_costs((struct costs){ 47, 63, 1 << 29, 1, 1 << 30 },
		       &parsed) == SETTING &&
		   parsed.work > UINT64_MAX / 2 &&
		   parsed.memory_kib >= UINT64_MAX / 16,
	   "a cost beyond 64 bits doesn't come out small");
}

/* ---- nothing outside of (pointer, length) is read ---- */

/* All grammars on one text; their answers, folded into a number. */
static uint64_t
answers(struct mf_text text)
{
	const struct mf_method *owner = mf_method_of(text);
	uint64_t sum = owner == NULL ? 0 : (uint64_t)(owner - mf_methods) + 1;

	for (size_t i = 0; i < MF_METHOD_COUNT; i++) {
		struct mf_parsed parsed;
		sum = sum * 3 + mf_method_parse(&mf_methods[i], text, &parsed);
	}
	return sum;
}

static void
try_guarded(struct many *same, const struct guard *guard, struct mf_text text)
{
	uint64_t want = answers(text);

	struct mf_text end = { guard_end(guard, text.at, text.len), text.len };
	holds(same, answers(end) == want, text.at, text.len);
	struct mf_text start = { guard_start(guard, text.at, text.len),
				 text.len };
	holds(same, answers(start) == want, text.at, text.len);
}

/* Behind a good text everything looks like more of it: digits and $. */
static void
try_guards(void)
{
	struct many same = { "the same answer beside a page that is shut", 0,
			     0 };
	struct guard guard = guard_new();

	for (size_t i = 0; i < COUNT(good); i++)
		for (size_t len = 0; len <= strlen(good[i].text); len++)
			try_guarded(&same, &guard,
				    (struct mf_text){ good[i].text, len });
	for (size_t i = 0; i < COUNT(bad); i++)
		try_guarded(&same, &guard, bad[i].text);
	held(&same);
}

/* A text behind each prefix, of bytes that grammars like. */
static size_t
throw_text(char text[128])
{
	static const char likely[] = "./019jTz$$$,=mtpv+A\0\xff";
	const struct mf_method *m = &mf_methods[dice(MF_METHOD_COUNT)];
	const char *prefix = m->prefix == NULL ? "" : m->prefix;
	size_t len = strlen(prefix), all = len + dice(100);

	memcpy(text, prefix, len);
	for (; len < all; len++)
		text[len] = dice(2) == 0 ? digits64[dice(64)]
					 : likely[dice(sizeof likely - 1)];
	return all;
}

static void
try_chance(void)
{
	struct many same = { "the same for thrown texts", 0, 0 };
	struct guard guard = guard_new();
	char text[128];

	for (size_t i = 0; i < 100000; i++)
		try_guarded(&same, &guard,
			    (struct mf_text){ text, throw_text(text) });
	held(&same);
}

int
main(void)
{
	try_tables();
	try_places_and_lengths();
	try_numbers();
	try_bounds();
	try_guards();
	try_chance();
	return done_testing();
}
