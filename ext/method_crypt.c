/* method_crypt.c - see method_crypt.h; nothing else includes crypt.h */

#include "method_crypt.h"

#include "secret.h"

#include <assert.h>
#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static_assert(MF_HASH_SIZE >= CRYPT_OUTPUT_SIZE, "a hash must fit");
static_assert(MF_HASH_SIZE >= CRYPT_GENSALT_OUTPUT_SIZE, "a setting must fit");
static_assert(MF_PASSWORD_MAX < CRYPT_MAX_PASSPHRASE_SIZE,
	      "crypt(3) counts the closing NUL");

/* All that a call of crypt_rn() touches; wiped as a whole. */
struct workspace {
	struct crypt_data data;
	char password[MF_PASSWORD_MAX + 1];
	char setting[MF_HASH_SIZE];
};

/* The setting fits the method's grammar, so NULL means that the library lacked
** something. errno is of little use: yescrypt says EINVAL for no memory. */
static enum mf_status
run(struct workspace *w, struct mf_inner *hash)
{
	const char *made;

	errno = 0;
	made = crypt_rn(w->password, w->setting, &w->data, (int)sizeof w->data);
	if (made == NULL)
		return errno == ENOMEM ? MF_NO_MEMORY : MF_LIBRARY_FAILED;
	hash->len = strlen(made);
	memcpy(hash->at, made, hash->len + 1);
	return MF_OK;
}

enum mf_status
mf_crypt_hash(const struct mf_method *method, struct mf_text password,
	      struct mf_text setting, struct mf_inner *hash)
{
	enum mf_status status = MF_LIBRARY_FAILED;
	struct workspace *w;

	(void)method; /* the setting tells crypt(3) which */
	if (password.len > MF_PASSWORD_MAX || setting.len >= MF_HASH_SIZE)
		return status;
	w = calloc(1, sizeof *w);
	if (w == NULL)
		return MF_NO_MEMORY;
	if (password.len > 0)
		memcpy(w->password, password.at, password.len);
	memcpy(w->setting, setting.at, setting.len);
	status = run(w, hash);
	mf_wipe(w, sizeof *w);
	free(w);
	return status;
}

bool
mf_crypt_available(const struct mf_method *method)
{
	return crypt_checksalt(method->prefix) != CRYPT_SALT_INVALID;
}

enum mf_status
mf_crypt_setting(const struct mf_method *method, struct mf_cost cost,
		 const unsigned char entropy[MF_SALT_ENTROPY],
		 char setting[MF_HASH_SIZE])
{
	return crypt_gensalt_rn(method->prefix, (unsigned long)cost.number,
				(const char *)entropy, MF_SALT_ENTROPY, setting,
				MF_HASH_SIZE) != NULL
		     ? MF_OK
		     : MF_LIBRARY_FAILED;
}
