/* password.c - see password.h */

#include "password.h"

#include "secret.h"

#include <assert.h>
#include <string.h>

static_assert((int)MF_INNER_SIZE >= (int)MF_HASH_SIZE, "a label's text holds any hash");

/* ---- reading what is stored ---- */

enum kind {
	KIND_UNKNOWN,		/* begins like nothing we know: plain text */
	KIND_DAMAGED,
	KIND_PLAIN,		/* a scheme that stores the password itself */
	KIND_SETTING,
	KIND_HASH,
};

struct stored {
	enum kind kind;
	bool locked;
	const struct mf_method *method;	/* for a setting or hash */
	struct mf_parsed parsed;
	const char *looks_like;		/* what a damaged text begins like */
	struct mf_labelled labelled;
};

static const enum kind kind_of_form[] = {
	[MF_FORM_NONE] = KIND_DAMAGED,
	[MF_FORM_SETTING] = KIND_SETTING,
	[MF_FORM_HASH] = KIND_HASH,
};

static enum kind
read_bare(struct stored *s)
{
	s->method = mf_method_of(s->labelled.inner);
	if (s->method == NULL)
		return KIND_UNKNOWN;
	s->looks_like = s->method->name;
	return kind_of_form[mf_method_parse(s->method, s->labelled.inner,
					    &s->parsed)];
}

/* A digest's method is told by its label alone. */
static enum kind
read_digest(struct stored *s, const struct mf_scheme *scheme)
{
	s->method = mf_method_named(mf_text_of(scheme->digest));
	return kind_of_form[mf_method_parse(s->method, s->labelled.inner,
					    &s->parsed)];
}

static enum kind
read_labelled(struct stored *s, const struct mf_scheme *scheme)
{
	enum kind kind;

	if (scheme->plain)
		return KIND_PLAIN;
	kind = read_bare(s);
	s->looks_like = scheme->label;
	if (kind != KIND_UNKNOWN &&
	    mf_scheme_holds(scheme, s->method->prefix))
		return kind;
	return scheme->digest != NULL ? read_digest(s, scheme) : KIND_DAMAGED;
}

static void
read_stored(struct mf_text text, struct stored *s)
{
	s->locked = false;
	s->method = NULL;
	s->looks_like = NULL;
	while (mf_take(&text, "!"))
		s->locked = true;
	mf_scheme_read(text, &s->labelled);
	s->kind = s->labelled.scheme == NULL
		? read_bare(s) : read_labelled(s, s->labelled.scheme);
}

static bool
has_a_mark(const struct stored *s)
{
	return s->labelled.scheme != NULL || s->method->prefix[0] != '\0';
}

/* MF_OK for a setting or hash within its limits. */
static enum mf_status
check_stored(const struct stored *s, struct mf_fault *fault)
{
	switch (s->kind) {
	case KIND_UNKNOWN:
		return mf_fail(fault, MF_SETTING_UNKNOWN, NULL);
	case KIND_DAMAGED:
		return mf_fail(fault, MF_HASH_DAMAGED, s->looks_like);
	case KIND_PLAIN:
		return mf_fail(fault, MF_HASH_PLAIN, NULL);
	default:
		return mf_method_check_cost(s->method, &s->parsed, fault);
	}
}

/* ---- the work ---- */

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
** a failure token that got stored would be somebody's password. */
static enum mf_status
compute(struct mf_text password, const struct stored *s,
	char hash[MF_HASH_SIZE], struct mf_fault *fault)
{
	enum mf_status status;
	struct mf_parsed parsed;

	status = s->method->hash(password, s->labelled.inner, hash);
	if (status == MF_OK && mf_method_parse(s->method, mf_text_of(hash),
					       &parsed) != MF_FORM_HASH)
		status = MF_LIBRARY_FAILED;
	return status == MF_OK ? MF_OK
			       : mf_fail(fault, status, s->method->name);
}

static enum mf_status
check_setting(const struct stored *s, struct mf_fault *fault)
{
	enum mf_status status = check_stored(s, fault);

	if (status != MF_OK)
		return status;
	if (s->locked)
		return mf_fail(fault, MF_HASH_LOCKED, NULL);
	if (s->kind == KIND_HASH)
		return MF_OK;
	if (!s->method->creates)
		return mf_fail(fault, MF_METHOD_OLD, s->method->name);
	if (s->parsed.salt_bits == 0)
		return mf_fail(fault, MF_HASH_DAMAGED, s->looks_like);
	return MF_OK;
}

static enum mf_status
compute_stored(struct mf_text password, const struct stored *s,
	       struct mf_hash *hash, struct mf_fault *fault)
{
	char inner[MF_HASH_SIZE] = "";
	enum mf_status status = compute(password, s, inner, fault);

	if (status == MF_OK &&
	    !mf_scheme_write(&s->labelled, inner, hash->text))
		status = mf_fail(fault, MF_LIBRARY_FAILED, s->method->name);
	if (status != MF_OK)
		mf_wipe(hash, sizeof *hash);
	mf_wipe(inner, sizeof inner);
	return status;
}

enum mf_status
mf_crypt(struct mf_text password, struct mf_text setting,
	 struct mf_hash *hash, struct mf_fault *fault)
{
	struct stored s;
	enum mf_status status;

	*fault = (struct mf_fault){ .status = MF_OK };
	memset(hash->text, 0, sizeof hash->text);
	read_stored(setting, &s);
	status = check_setting(&s, fault);
	if (status == MF_OK)
		status = check_password(password, s.method, fault);
	return status == MF_OK ? compute_stored(password, &s, hash, fault)
			       : status;
}

/* Does the password hash to just what the stored text holds? */
static enum mf_status
compare(struct mf_text password, const struct stored *s, bool *verified,
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
	struct stored s;
	enum mf_status status;

	*verified = false;
	*fault = (struct mf_fault){ .status = MF_OK };
	read_stored(stored, &s);
	if (s.kind != KIND_HASH || s.locked)
		return MF_OK;
	status = check_stored(&s, fault);
	if (status != MF_OK)
		return status;
	if (has_nul(password) || password.len > s.method->password_max)
		return MF_OK;
	return compare(password, &s, verified, fault);
}

enum mf_status
mf_is_hash(struct mf_text text, bool *is_hash, struct mf_fault *fault)
{
	struct stored s;
	enum mf_status status;

	*is_hash = false;
	*fault = (struct mf_fault){ .status = MF_OK };
	read_stored(text, &s);
	if (s.kind == KIND_UNKNOWN ||
	    (s.kind == KIND_HASH && !has_a_mark(&s)))
		return MF_OK;
	if (s.kind == KIND_SETTING)
		return mf_fail(fault, MF_HASH_DAMAGED, s.looks_like);
	status = check_stored(&s, fault);
	*is_hash = status == MF_OK;
	return status;
}

/* ---- settings ---- */

/* A setting must come back from its own grammar, within the limits. */
static enum mf_status
check_made(const struct mf_method *method, const char *setting,
	   struct mf_fault *fault)
{
	struct mf_parsed parsed;

	if (mf_method_parse(method, mf_text_of(setting), &parsed) !=
	    MF_FORM_SETTING)
		return mf_fail(fault, MF_LIBRARY_FAILED, method->name);
	return mf_method_check_cost(method, &parsed, fault);
}

static enum mf_status
make_setting(const struct mf_method *method, struct mf_text cost,
	     struct mf_hash *setting, struct mf_fault *fault)
{
	unsigned char entropy[MF_SALT_ENTROPY];
	enum mf_status status;

	if (!mf_random(entropy, sizeof entropy))
		return mf_fail(fault, MF_NO_ENTROPY, NULL);
	status = method->setting(method, cost, entropy, setting->text);
	mf_wipe(entropy, sizeof entropy);
	if (status == MF_OK)
		return check_made(method, setting->text, fault);
	mf_fail(fault, status, method->name);
	fault->accepted = method->cost_accepted;
	return status;
}

/* The methods that GEN_SALT() makes settings for, as a sentence needs them. */
static const char creators[] =
	"yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, "
	"sha256crypt, argon2id";

enum mf_status
mf_gen_salt(struct mf_text name, struct mf_text cost,
	    struct mf_hash *setting, struct mf_fault *fault)
{
	const struct mf_method *method = mf_method_named(name);

	*fault = (struct mf_fault){ .status = MF_OK };
	memset(setting->text, 0, sizeof setting->text);
	if (method == NULL)
		return mf_fail(fault, MF_METHOD_UNKNOWN, creators);
	if (!method->creates)
		return mf_fail(fault, MF_METHOD_OLD, method->name);
	if (cost.at == NULL)
		cost = mf_text_of(method->cost_default);
	return make_setting(method, cost, setting, fault);
}
