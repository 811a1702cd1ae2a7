/* inspect.c - see inspect.h */

#include "inspect.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- who verifies it ---- */

/* Courier takes {SSHA} with a salt of just 4 bytes. */
enum { COURIER_SALT_BITS = 32 };

static bool
has_suffix(const struct mf_labelled *l)
{
	return l->label.len != strlen(l->scheme->label);
}

static bool
has_upper_case_hex(struct mf_text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] >= 'A' && text.at[i] <= 'F')
			return true;
	return false;
}

/* Argon2 that Dovecot's libsodium doesn't take: the d variant, and version 1.0,
** which is without v= or with v=16. */
static bool
is_odd_argon2(const struct mf_stored *s)
{
	if (s->method->cost_kind != MF_COST_TEXT)
		return false;
	return s->method->variant == MF_ARGON2_D ||
	       !mf_text_begins(mf_text_skip(s->labelled.inner,
					    strlen(s->method->prefix)),
			       "v=19$");
}

/* {MD5} wants text, so that a digest behind it can't be decoded before. */
static bool
does_dovecot_read(const struct mf_stored *s)
{
	const struct mf_labelled *l = &s->labelled;

	if (l->raw && (l->scheme->text_programs & MF_DOVECOT))
		return !has_suffix(l);
	return !is_odd_argon2(s);
}

/* Is it one that 2.4 refuses behind any label, as it does without? */
static bool
is_weak_to_dovecot24(const struct mf_method *m)
{
	return (m->programs & MF_DOVECOT) && !(m->programs & MF_DOVECOT24);
}

/* Courier reads no suffix, and no encoding but the label's own; it compares
** hex in lower case. */
static bool
does_courier_read(const struct mf_stored *s)
{
	const struct mf_labelled *l = &s->labelled;

	if (has_suffix(l))
		return false;
	if (!l->raw)
		return true;
	if (l->encoding == MF_HEX && has_upper_case_hex(l->spelled))
		return false;
	return l->encoding == l->scheme->native &&
	       (s->parsed.salt_bits == 0 ||
		s->parsed.salt_bits == COURIER_SALT_BITS);
}

static unsigned
programs_of(const struct mf_stored *s)
{
	const struct mf_scheme *scheme = s->labelled.scheme;
	unsigned programs;

	if (s->locked)
		return 0;
	if (scheme == NULL)
		return s->method->programs;
	programs = s->labelled.raw ? scheme->raw_programs
				   : scheme->text_programs;
	if (!does_courier_read(s))
		programs &= ~(unsigned)MF_COURIER;
	if (!does_dovecot_read(s))
		programs &= ~(unsigned)(MF_DOVECOT | MF_DOVECOT24);
	if (is_weak_to_dovecot24(s->method))
		programs &= ~(unsigned)MF_DOVECOT24;
	return programs;
}

/* ---- what it is ---- */

static void
write_cost(const struct mf_stored *s, char cost[MF_COST_SIZE])
{
	const struct mf_parsed *p = &s->parsed;
	uint64_t number = p->work;

	cost[0] = '\0';
	switch (s->method->cost_kind) {
	case MF_COST_TEXT:
		snprintf(cost, MF_COST_SIZE, "%.*s", (int)p->cost.len,
			 p->cost.at);
		break;
	case MF_COST_LOG_MEMORY:
		number = mf_log_memory(p->memory_kib);
		/* fall through */
	case MF_COST_WORK:
		snprintf(cost, MF_COST_SIZE, "%" PRIu64, number);
		break;
	case MF_COST_NONE:
	default:
		break;
	}
}

/* The label's own name, whatever its case and suffix were. */
static struct mf_text
name_of_scheme(const struct mf_scheme *scheme)
{
	if (scheme == NULL)
		return (struct mf_text){ "", 0 };
	return (struct mf_text){ scheme->label + 1, strlen(scheme->label) - 2 };
}

bool
mf_inspect(struct mf_text stored, struct mf_info *info)
{
	struct mf_stored s;

	mf_stored_read(stored, &s);
	if (s.form != MF_FORM_HASH)
		return false;
	*info = (struct mf_info){
		.method = s.method->name,
		.scheme = name_of_scheme(s.labelled.scheme),
		.cost_is_number = s.method->cost_kind != MF_COST_TEXT,
		.memory_kib = s.parsed.memory_kib,
		.salt_bits = s.parsed.salt_bits,
		.legacy = s.method->legacy,
		.locked = s.locked,
		.programs = programs_of(&s),
	};
	write_cost(&s, info->cost);
	return true;
}

/* ---- is it good enough? ---- */

static bool
is_of(const struct mf_stored *s, const struct mf_method *method)
{
	return s->method == method || s->method->same_as == method;
}

enum mf_status
mf_needs_rehash(struct mf_text stored, struct mf_text name, struct mf_text cost,
		bool *needs, struct mf_fault *fault)
{
	const struct mf_method *method;
	struct mf_parsed wanted;
	struct mf_stored s;
	enum mf_status status = mf_creating_method(name, &method, fault);

	*needs = true;
	if (status == MF_OK)
		status = mf_method_cost(method, cost, &wanted, fault);
	if (status != MF_OK)
		return status;
	mf_stored_read(stored, &s);
	*needs = s.form != MF_FORM_HASH || !is_of(&s, method) ||
		 s.parsed.memory_kib < wanted.memory_kib ||
		 s.parsed.work < wanted.work;
	return MF_OK;
}

/* ---- how others spell it ---- */

/* Courier's own spelling of a hash that tells what it is has no label; one of
** DES gets {CRYPT}, so that nobody takes it for a password. */
static bool
is_bare_to(enum mf_program program, const struct mf_method *m)
{
	return program == MF_COURIER && !m->bare && (m->programs & MF_COURIER);
}

static bool
find_spelling(const struct mf_stored *s, enum mf_program program,
	      struct mf_labelled *to)
{
	const struct mf_method *m = s->method;
	const struct mf_scheme *scheme = mf_scheme_for(program, m);

	if (is_bare_to(program, m)) {
		mf_scheme_read((struct mf_text){ "", 0 }, to);
		return true;
	}
	if (scheme == NULL || (program == MF_DOVECOT && is_odd_argon2(s)) ||
	    (program == MF_COURIER && m->salted &&
	     s->parsed.salt_bits != COURIER_SALT_BITS))
		return false;
	mf_scheme_begin(scheme, m->raw, to);
	return true;
}

enum mf_status
mf_relabel(struct mf_text stored, enum mf_program program,
	   struct mf_hash *spelled, bool *found, struct mf_fault *fault)
{
	struct mf_stored s;
	struct mf_labelled to;

	memset(spelled->text, 0, sizeof spelled->text);
	*fault = (struct mf_fault){ .status = MF_OK };
	mf_stored_read(stored, &s);
	*found = s.form == MF_FORM_HASH && find_spelling(&s, program, &to);
	if (!*found)
		return MF_OK;
	if (s.locked)
		spelled->text[0] = '!';
	/* Any whole hash has room behind any label. */
	if (!mf_scheme_write(&to, s.labelled.inner, /* GCOVR_EXCL_BR_LINE */
			     spelled->text + s.locked))
		return mf_fail(fault, MF_LIBRARY_FAILED, s.method->name);
	return MF_OK;
}
