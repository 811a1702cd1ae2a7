/* password.c - see password.h */

#include "password.h"

#include "secret.h"
#include "stored.h"

#include <assert.h>
#include <string.h>

static_assert((size_t)MF_INNER_SIZE >= (size_t)MF_HASH_SIZE,
	      "any hash can stand behind a label");

static bool
has_nul(struct mf_text text)
{
	return text.len > 0 && memchr(text.at, '\0', text.len) != NULL;
}

static enum mf_status
check_password(struct mf_text password, const struct mf_method *method,
	       struct mf_fault *fault)
{
	if (password.len == 0)
		return mf_fail(fault, MF_PASSWORD_EMPTY, NULL);
	if (has_nul(password))
		return mf_fail(fault, MF_PASSWORD_NUL, NULL);
	if (password.len > method->password_max) {
		mf_fail(fault, MF_PASSWORD_LONG, method->name);
		fault->limit = method->password_max;
	}
	return fault->status;
}

/* Whatever the library answers, only a whole hash may leave this function:
** a failure token that got stored would be somebody's password. And nothing
** else may: what it was made of is below us on the stack. */
static enum mf_status
compute(struct mf_text password, const struct mf_stored *s,
	char hash[MF_HASH_SIZE], struct mf_fault *fault)
{
	enum mf_status status;
	struct mf_parsed parsed;

	status = s->method->hash(password, s->labelled.inner, hash);
	if (status == MF_OK && mf_method_parse(s->method, mf_text_of(hash),
					       &parsed) != MF_FORM_HASH)
		status = MF_LIBRARY_FAILED;
	mf_wipe_stack();
	return status == MF_OK ? MF_OK
			       : mf_fail(fault, status, s->method->name);
}

static enum mf_status
check_setting(const struct mf_stored *s, struct mf_fault *fault)
{
	enum mf_status status = mf_stored_check(s, fault);

	if (status != MF_OK)
		return status;
	if (s->locked)
		return mf_fail(fault, MF_HASH_LOCKED, NULL);
	if (s->kind == MF_KIND_HASH)
		return MF_OK;
	if (!s->method->creates)
		return mf_fail(fault, MF_METHOD_OLD, s->method->name);
	if (s->parsed.salt_bits == 0)
		return mf_fail(fault, MF_HASH_DAMAGED, s->looks_like);
	return MF_OK;
}

static enum mf_status
compute_stored(struct mf_text password, const struct mf_stored *s,
	       struct mf_hash *hash, struct mf_fault *fault)
{
	char inner[MF_HASH_SIZE] = "";
	enum mf_status status = compute(password, s, inner, fault);

	if (status == MF_OK &&
	    /* unreachable: any whole hash has room behind any label */
	    !mf_scheme_write(&s->labelled, inner, hash->text))
		status = mf_fail(fault, MF_LIBRARY_FAILED, s->method->name);
	if (status != MF_OK)
		mf_wipe(hash, sizeof *hash);
	mf_wipe(inner, sizeof inner);
	return status;
}

enum mf_status
mf_crypt(struct mf_text password, struct mf_text setting, struct mf_hash *hash,
	 struct mf_fault *fault)
{
	struct mf_stored s;
	enum mf_status status;

	*fault = (struct mf_fault){ .status = MF_OK };
	memset(hash->text, 0, sizeof hash->text);
	mf_stored_read(setting, &s);
	status = check_setting(&s, fault);
	if (status == MF_OK)
		status = check_password(password, s.method, fault);
	return status == MF_OK ? compute_stored(password, &s, hash, fault)
			       : status;
}

/* Does the password hash to just what the stored text holds? */
static enum mf_status
compare(struct mf_text password, const struct mf_stored *s, bool *verified,
	struct mf_fault *fault)
{
	char hash[MF_HASH_SIZE] = "";
	enum mf_status status = compute(password, s, hash, fault);

	*verified = status == MF_OK && strlen(hash) == s->labelled.inner.len &&
		    mf_equal(hash, s->labelled.inner.at, s->labelled.inner.len);
	mf_wipe(hash, sizeof hash);
	return status;
}

enum mf_status
mf_verify(struct mf_text password, struct mf_text stored, bool *verified,
	  struct mf_fault *fault)
{
	struct mf_stored s;
	enum mf_status status;

	*verified = false;
	*fault = (struct mf_fault){ .status = MF_OK };
	mf_stored_read(stored, &s);
	if (s.kind != MF_KIND_HASH || s.locked)
		return MF_OK;
	status = mf_stored_check(&s, fault);
	if (status != MF_OK)
		return status;
	if (password.len > s.method->password_max || has_nul(password))
		return MF_OK;
	return compare(password, &s, verified, fault);
}

enum mf_status
mf_is_hash(struct mf_text text, bool *is_hash, struct mf_fault *fault)
{
	struct mf_stored s;
	enum mf_status status;

	*is_hash = false;
	*fault = (struct mf_fault){ .status = MF_OK };
	mf_stored_read(text, &s);
	if (s.kind == MF_KIND_UNKNOWN ||
	    (s.kind == MF_KIND_HASH && !mf_stored_has_mark(&s)))
		return MF_OK;
	if (s.kind == MF_KIND_SETTING)
		return mf_fail(fault, MF_HASH_DAMAGED, s.looks_like);
	status = mf_stored_check(&s, fault);
	*is_hash = status == MF_OK;
	return status;
}

/* The methods that GEN_SALT() makes settings for, as a sentence needs them. */
static const char creators[] =
	"yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, "
	"sha256crypt, argon2id";

enum mf_status
mf_creating_method(struct mf_text name, const struct mf_method **method,
		   struct mf_fault *fault)
{
	*method = mf_method_named(name);
	if (*method == NULL)
		return mf_fail(fault, MF_METHOD_UNKNOWN, creators);
	if (!(*method)->creates)
		return mf_fail(fault, MF_METHOD_OLD, (*method)->name);
	return MF_OK;
}

enum mf_status
mf_gen_salt(struct mf_text name, struct mf_text cost, struct mf_hash *setting,
	    struct mf_fault *fault)
{
	unsigned char entropy[MF_SALT_ENTROPY];
	const struct mf_method *method;
	enum mf_status status;

	*fault = (struct mf_fault){ .status = MF_OK };
	status = mf_creating_method(name, &method, fault);
	memset(setting->text, 0, sizeof setting->text);
	if (status != MF_OK)
		return status;
	if (!mf_random(entropy, sizeof entropy))
		return mf_fail(fault, MF_NO_ENTROPY, NULL);
	status = mf_method_setting(method, cost, entropy, setting->text, fault);
	mf_wipe(entropy, sizeof entropy);
	if (status != MF_OK)
		mf_wipe(setting, sizeof *setting);
	return status;
}
