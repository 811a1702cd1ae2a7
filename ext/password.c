/* password.c - see password.h */

#include "password.h"

#include "secret.h"

#include <string.h>

/* Whatever the library answers, only a whole hash may leave this function:
** a failure token that got stored would be somebody's password. And nothing
** else may: what it was made of is below us on the stack. */
static enum mf_status
compute(struct mf_text password, const struct mf_stored *s,
	struct mf_inner *hash, struct mf_fault *fault)
{
	enum mf_status status;
	struct mf_parsed parsed;

	status = s->method->hash(s->method, password, s->labelled.inner, hash);
	if (status == MF_OK &&
	    mf_method_parse(s->method, (struct mf_text){ hash->at, hash->len },
			    &parsed) != MF_FORM_HASH)
		status = MF_LIBRARY_FAILED;
	mf_wipe_stack();
	return status == MF_OK ? MF_OK
			       : mf_fail(fault, status, s->method->name);
}

static enum mf_status
check_setting(const struct mf_stored *s, struct mf_fault *fault)
{
	if (s->form == MF_FORM_NONE && s->looks_like == NULL)
		return mf_fail(fault, MF_SETTING_UNKNOWN, NULL);
	if (s->form == MF_FORM_NONE) {
		*fault = s->fault;
		return fault->status;
	}
	if (s->locked)
		return mf_fail(fault, MF_HASH_LOCKED, NULL);
	if (s->form == MF_FORM_SETTING && s->method->setting == NULL)
		return mf_method_old(s->method, fault);
	if (s->form == MF_FORM_SETTING && s->parsed.salt_bits == 0)
		return mf_fail(fault, MF_HASH_DAMAGED, s->looks_like);
	return mf_method_check_cost(s->method, &s->parsed, MF_TO_VERIFY, fault);
}

static enum mf_status
compute_stored(struct mf_text password, const struct mf_stored *s,
	       struct mf_hash *hash, struct mf_fault *fault)
{
	struct mf_inner inner = { .len = 0 };
	enum mf_status status = compute(password, s, &inner, fault);

	if (status == MF_OK &&
	    /* Any whole hash has room behind any label. */
	    !mf_scheme_write(&s->labelled, /* GCOVR_EXCL_BR_LINE */
			     (struct mf_text){ inner.at, inner.len },
			     hash->text))
		status = mf_fail(fault, MF_LIBRARY_FAILED, s->method->name);
	if (status != MF_OK)
		mf_wipe(hash, sizeof *hash);
	mf_wipe(&inner, sizeof inner);
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
		status = mf_method_check_password(s.method, password, fault);
	return status == MF_OK ? compute_stored(password, &s, hash, fault)
			       : status;
}

/* Does the password hash to just what the stored text holds? */
static enum mf_status
compare(struct mf_text password, const struct mf_stored *s, bool *verified,
	struct mf_fault *fault)
{
	struct mf_text stored = s->labelled.inner;
	struct mf_inner hash = { .len = 0 };
	enum mf_status status = compute(password, s, &hash, fault);

	*verified = status == MF_OK && hash.len == stored.len &&
		    mf_equal(hash.at, stored.at, stored.len);
	mf_wipe(&hash, sizeof hash);
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
	if (s.form != MF_FORM_HASH || s.locked)
		return MF_OK;
	status = mf_method_check_cost(s.method, &s.parsed, MF_TO_VERIFY, fault);
	if (status != MF_OK)
		return status;
	if (password.len > s.method->password_max || mf_text_has_nul(password))
		return MF_OK;
	return compare(password, &s, verified, fault);
}

enum mf_status
mf_check_verify(struct mf_text stored, struct mf_fault *fault)
{
	struct mf_stored s;

	*fault = (struct mf_fault){ .status = MF_OK };
	mf_stored_read(stored, &s);
	return s.form == MF_FORM_HASH
		     ? mf_method_check_cost(s.method, &s.parsed, MF_TO_VERIFY,
					    fault)
		     : MF_OK;
}

enum mf_status
mf_is_hash(struct mf_text text, bool *is_hash, struct mf_fault *fault)
{
	struct mf_stored s;

	mf_stored_read(text, &s);
	*is_hash = s.kind == MF_KIND_HASH;
	*fault = s.fault;
	if (s.kind == MF_KIND_MARK)
		mf_fail(fault, MF_OK, NULL);
	return fault->status;
}

/* ---- new hashes ---- */

struct mf_text
mf_default_method(void)
{
	return mf_text_of(mf_methods[MF_DEFAULT_METHOD].name);
}

static enum mf_status
fresh_setting(const struct mf_method *method, struct mf_text cost,
	      char setting[MF_HASH_SIZE], struct mf_fault *fault)
{
	unsigned char entropy[MF_SALT_ENTROPY];
	enum mf_status status;

	if (!mf_random(entropy, sizeof entropy))
		return mf_fail(fault, MF_NO_ENTROPY, NULL);
	status = mf_method_setting(method, cost, entropy, setting, fault);
	mf_wipe(entropy, sizeof entropy);
	return status;
}

enum mf_status
mf_gen_salt(struct mf_text name, struct mf_text cost, struct mf_hash *setting,
	    struct mf_fault *fault)
{
	const struct mf_method *method;
	enum mf_status status;

	*fault = (struct mf_fault){ .status = MF_OK };
	memset(setting->text, 0, sizeof setting->text);
	status = mf_creating_method(name, &method, fault);
	if (status == MF_OK)
		status = fresh_setting(method, cost, setting->text, fault);
	if (status != MF_OK)
		mf_wipe(setting, sizeof *setting);
	return status;
}

enum mf_status
mf_crypt_new(struct mf_text password, struct mf_text method,
	     struct mf_text cost, struct mf_hash *hash, struct mf_fault *fault)
{
	struct mf_hash setting;
	enum mf_status status = mf_gen_salt(method, cost, &setting, fault);

	memset(hash->text, 0, sizeof hash->text);
	if (status == MF_OK)
		status = mf_crypt(password, mf_text_of(setting.text), hash,
				  fault);
	mf_wipe(&setting, sizeof setting);
	return status;
}

enum mf_status
mf_crypt_once(struct mf_text text, struct mf_text method, struct mf_text cost,
	      bool *is_hash, struct mf_hash *hash, struct mf_fault *fault)
{
	struct mf_stored s;
	enum mf_status status = mf_check_policy(method, cost, fault);

	*is_hash = false;
	memset(hash->text, 0, sizeof hash->text);
	if (status != MF_OK)
		return status;
	mf_stored_read(text, &s);
	*fault = s.fault;
	*is_hash = s.kind == MF_KIND_HASH;
	return *is_hash || fault->status != MF_OK
		     ? fault->status
		     : mf_crypt_new(text, method, cost, hash, fault);
}

/* ---- and what can't become one ---- */

enum mf_status
mf_check_password(struct mf_text password, struct mf_text name,
		  struct mf_fault *fault)
{
	const struct mf_method *method;
	enum mf_status status;

	*fault = (struct mf_fault){ .status = MF_OK };
	status = mf_creating_method(name, &method, fault);
	return status == MF_OK
		     ? mf_method_check_password(method, password, fault)
		     : status;
}

enum mf_status
mf_check_policy(struct mf_text name, struct mf_text cost,
		struct mf_fault *fault)
{
	const struct mf_method *method;
	enum mf_status status;

	*fault = (struct mf_fault){ .status = MF_OK };
	status = mf_creating_method(name, &method, fault);
	return status == MF_OK ? mf_method_check_policy(method, cost, fault)
			       : status;
}
