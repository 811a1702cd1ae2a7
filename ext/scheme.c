/* scheme.c - see scheme.h */

#include "scheme.h"

#include <string.h>

/* Whatever crypt(3) verifies; argon2 isn't among it. */
static const char *const crypt_family[] = {
	"$y$", "$gy$", "$7$", "$2b$", "$2a$", "$2y$", "$2x$", "$6$", "$5$",
	"$sha1$", "$md5", "$1$", "$3$", "_", "", NULL
};
static const char *const blf_family[] = { "$2b$", "$2a$", "$2y$", NULL };
static const char *const sha512_family[] = { "$6$", NULL };
static const char *const sha256_family[] = { "$5$", NULL };
static const char *const md5_family[] = { "$1$", NULL };
static const char *const des_family[] = { "", NULL };
static const char *const argon2id_family[] = { "$argon2id$", NULL };
static const char *const argon2i_family[] = { "$argon2i$", NULL };

static const struct mf_scheme schemes[] = {
	{ "{CRYPT}", MF_SCHEME_WRAPS, crypt_family },
	{ "{BLF-CRYPT}", MF_SCHEME_WRAPS, blf_family },
	{ "{SHA512-CRYPT}", MF_SCHEME_WRAPS, sha512_family },
	{ "{SHA256-CRYPT}", MF_SCHEME_WRAPS, sha256_family },
	{ "{MD5-CRYPT}", MF_SCHEME_WRAPS, md5_family },
	{ "{DES-CRYPT}", MF_SCHEME_WRAPS, des_family },
	{ "{ARGON2ID}", MF_SCHEME_WRAPS, argon2id_family },
	{ "{ARGON2I}", MF_SCHEME_WRAPS, argon2i_family },
	{ "{PLAIN}", MF_SCHEME_PLAIN, NULL },
	{ "{CLEAR}", MF_SCHEME_PLAIN, NULL },
	{ "{CLEARTEXT}", MF_SCHEME_PLAIN, NULL },
	{ "{PLAIN-TRUNC}", MF_SCHEME_PLAIN, NULL },
};

const struct mf_scheme *
mf_scheme_of(struct mf_text text, struct mf_text *rest)
{
	if (text.len == 0 || text.at[0] != '{')
		return NULL;
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		const struct mf_scheme *s = &schemes[i];
		if (!mf_text_begins_name(text, s->label))
			continue;
		*rest = mf_text_skip(text, strlen(s->label));
		return s;
	}
	return NULL;
}

bool
mf_scheme_holds(const struct mf_scheme *scheme, const char *prefix)
{
	for (const char *const *w = scheme->wraps; *w != NULL; w++)
		if (strcmp(*w, prefix) == 0)
			return true;
	return false;
}
