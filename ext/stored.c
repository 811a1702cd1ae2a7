/* stored.c - see stored.h */

#include "stored.h"

static const enum mf_kind kind_of_form[] = {
	[MF_FORM_NONE] = MF_KIND_DAMAGED,
	[MF_FORM_SETTING] = MF_KIND_SETTING,
	[MF_FORM_HASH] = MF_KIND_HASH,
};

static enum mf_kind
read_bare(struct mf_stored *s)
{
	s->method = mf_method_of(s->labelled.inner);
	if (s->method == NULL)
		return MF_KIND_UNKNOWN;
	s->looks_like = s->method->name;
	return kind_of_form[mf_method_parse(s->method, s->labelled.inner,
					    &s->parsed)];
}

/* A digest's method is told by its label alone. */
static enum mf_kind
read_digest(struct mf_stored *s, const struct mf_scheme *scheme)
{
	s->method = mf_method_named(mf_text_of(scheme->digest));
	return kind_of_form[mf_method_parse(s->method, s->labelled.inner,
					    &s->parsed)];
}

static enum mf_kind
read_labelled(struct mf_stored *s, const struct mf_scheme *scheme)
{
	enum mf_kind kind;

	if (scheme->plain)
		return MF_KIND_PLAIN;
	s->looks_like = scheme->label;
	if (scheme->wraps == NULL && scheme->digest == NULL)
		return MF_KIND_FOREIGN;
	kind = read_bare(s);
	s->looks_like = scheme->label;
	if (kind != MF_KIND_UNKNOWN &&
	    mf_scheme_holds(scheme, s->method->prefix))
		return kind;
	return scheme->digest != NULL ? read_digest(s, scheme)
				      : MF_KIND_DAMAGED;
}

void
mf_stored_read(struct mf_text text, struct mf_stored *s)
{
	size_t locks = 0;

	while (locks < text.len && text.at[locks] == '!')
		locks++;
	s->locked = locks > 0;
	s->method = NULL;
	s->looks_like = NULL;
	mf_scheme_read(mf_text_skip(text, locks), &s->labelled);
	s->kind = s->labelled.scheme == NULL
			? read_bare(s)
			: read_labelled(s, s->labelled.scheme);
}

bool
mf_stored_has_mark(const struct mf_stored *s)
{
	return s->labelled.scheme != NULL || s->method->prefix[0] != '\0';
}

enum mf_status
mf_stored_check(const struct mf_stored *s, struct mf_fault *fault)
{
	switch (s->kind) {
	case MF_KIND_UNKNOWN:
		return mf_fail(fault, MF_SETTING_UNKNOWN, NULL);
	case MF_KIND_DAMAGED:
		return mf_fail(fault, MF_HASH_DAMAGED, s->looks_like);
	case MF_KIND_PLAIN:
		return mf_fail(fault, MF_HASH_PLAIN, NULL);
	case MF_KIND_FOREIGN:
		return mf_fail(fault, MF_HASH_FOREIGN, s->looks_like);
	case MF_KIND_SETTING:
	case MF_KIND_HASH:
	default:
		return mf_method_check_cost(s->method, &s->parsed, fault);
	}
}
