/* stored.c - see stored.h */

#include "stored.h"

#include <string.h>

const char *
mf_kind_word(enum mf_kind kind)
{
	static const char *const words[] = {
		[MF_KIND_HASH] = "hash",
		[MF_KIND_BARE] = "bare",
		[MF_KIND_PLAIN] = "plain",
		[MF_KIND_SETTING] = "setting",
		[MF_KIND_DAMAGED] = "damaged",
		[MF_KIND_FOREIGN] = "foreign",
		[MF_KIND_CLEARTEXT] = "cleartext",
		[MF_KIND_MARK] = "mark",
		[MF_KIND_DEAR] = "dear",
		[MF_KIND_EMPTY] = "empty",
	};

	return words[kind];
}

/* ---- marks of other programs ---- */

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* A fixed number of hex digits behind a mark, and no more: PostgreSQL's md5,
** MySQL's PASSWORD(). */
static bool
is_hex_behind(struct mf_text text, const char *mark, size_t digits)
{
	if (!mf_take(&text, mark) || text.len != digits)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_one_of(text.at[i], "0123456789abcdefABCDEF"))
			return false;
	return true;
}

static bool
is_md5_of_postgresql(struct mf_text text)
{
	return is_hex_behind(text, "md5", 32);
}

/* ---- as a hash ---- */

/* A label may hold only some methods, and may be all that tells one. */
static const struct mf_method *
find_method(const struct mf_labelled *l)
{
	const struct mf_method *m = l->raw ? NULL : mf_method_of(l->inner);

	/* One in a hundred of these has the form of bigcrypt, too. */
	if (l->scheme == NULL && is_md5_of_postgresql(l->inner))
		return NULL;
	if (l->scheme == NULL || (m != NULL && mf_scheme_holds(l->scheme, m)))
		return m;
	m = mf_scheme_method(l->scheme);
	return m != NULL && m->raw == l->raw ? m : NULL;
}

/* Take off locks and label, and parse what they leave. */
static void
read_hash(struct mf_text text, struct mf_stored *s)
{
	size_t locks = 0;

	while (locks < text.len && text.at[locks] == '!')
		locks++;
	s->locked = locks > 0;
	s->form = MF_FORM_NONE;
	mf_scheme_read(mf_text_skip(text, locks), &s->labelled);
	s->method = find_method(&s->labelled);
	s->looks_like = s->method == NULL ? NULL : s->method->name;
	if (s->labelled.scheme != NULL)
		s->looks_like = s->labelled.scheme->label;
	if (s->method != NULL)
		s->form = mf_method_parse(s->method, s->labelled.inner,
					  &s->parsed);
}

/* ---- what looks like a hash and isn't one ---- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_alphanumeric(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

/* $id$ of whatever program. */
static bool
begins_with_some_id(struct mf_text text)
{
	size_t i = 1;

	if (text.len == 0 || text.at[0] != '$')
		return false;
	while (i < text.len &&
	       (is_alphanumeric(text.at[i]) || is_one_of(text.at[i], "-_.")))
		i++;
	return i > 1 && i < text.len && text.at[i] == '$';
}

enum { LABEL_BYTES_MAX = 64 };

/* {LABEL} of whatever program: {SASL}, {PBKDF2-SHA256}, {FSHP1|16|4096},
** {x-issha, 1024}. */
static bool
begins_with_some_label(struct mf_text text)
{
	size_t i = 1;

	if (text.len < 2 || text.at[0] != '{' || !is_letter(text.at[1]))
		return false;
	while (i < text.len && i < LABEL_BYTES_MAX &&
	       (is_alphanumeric(text.at[i]) ||
		is_one_of(text.at[i], "-_./|,:+= ")))
		i++;
	return i < text.len && text.at[i] == '}';
}

/* Marks without dollars or braces around them: Django's, PostgreSQL's,
** werkzeug's, mosquitto's; like the others in any case. */
static bool
begins_with_some_word(struct mf_text text)
{
	static const char *const foreign_words[] = {
		"pbkdf2_sha256$", "pbkdf2_sha1$", "bcrypt_sha256$", "bcrypt$",
		"argon2$",        "scrypt$",      "md5$",           "sha1$",
		"unsalted_md5$",  "crypt$",       "SCRAM-SHA-",     "pbkdf2:",
		"scrypt:",        "PBKDF2$",
	};

	for (size_t i = 0; i < sizeof foreign_words / sizeof foreign_words[0];
	     i++)
		if (mf_text_begins_name(text, mf_text_of(foreign_words[i])))
			return true;
	return false;
}

static bool
is_foreign(struct mf_text text)
{
	return begins_with_some_id(text) || begins_with_some_label(text) ||
	       begins_with_some_word(text) || is_hex_behind(text, "md5", 32) ||
	       is_hex_behind(text, "*", 40);
}

/* Without those of the bytes that stand before it. */
static struct mf_text
skip_bytes(struct mf_text text, const char *set)
{
	while (text.len > 0 && is_one_of(text.at[0], set))
		text = mf_text_skip(text, 1);
	return text;
}

/* What is pasted along with a hash. */
static const char dressing[] = " \t\r\n\"'`*!";

/* ---- a whole hash with something around it ---- */

/* {CRYPT} and a hash of DES; nothing that has a mark is shorter. */
enum { SHORTEST = 20 };

/* Does it begin with a mark of ours? If so, *s tells more. */
static bool
begins_with_mark(struct mf_text text, struct mf_stored *s)
{
	read_hash(text, s);
	return s->labelled.scheme != NULL ||
	       (s->method != NULL && !s->method->bare);
}

static bool
is_marked_hash(struct mf_text text, struct mf_stored *s)
{
	return begins_with_mark(text, s) && s->form == MF_FORM_HASH;
}

/* Does a hash that begins here end at one of the bytes that no hash ends
** with? */
static bool
begins_with_hash(struct mf_text text, struct mf_stored *s)
{
	if (is_marked_hash(text, s))
		return true;
	if (!begins_with_mark(text, s))
		return false;
	for (size_t end = text.len - 1; end >= SHORTEST; end--) {
		char next = text.at[end];
		if (!is_alphanumeric(next) && !is_one_of(next, "./+") &&
		    is_marked_hash((struct mf_text){ text.at, end }, s))
			return true;
	}
	return false;
}

/* What it is that begins at some byte of the text, or NULL. What is too long
** for a password needs no reason of its own. */
static const char *
wrapped_hash(struct mf_text text)
{
	struct mf_stored s;

	if (text.len > MF_PASSWORD_MAX)
		return NULL;
	for (; text.len >= SHORTEST; text = mf_text_skip(text, 1))
		if (is_one_of(text.at[0], "${") && begins_with_hash(text, &s))
			return s.looks_like;
	return NULL;
}

/* ---- the verdict ---- */

/* With an exclamation mark or two before it, if passwd -l was there. Of a text
** that isn't empty. */
static bool
is_mark(struct mf_text text)
{
	static const char *const marks[] = { "", "*", "*0", "*1" };
	struct mf_text rest = text;

	if (mf_take(&rest, "!"))
		mf_take(&rest, "!");
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (mf_text_same_name(rest, marks[i]))
			return true;
	return false;
}

/* Of a whole hash. */
static enum mf_kind
judge_hash(struct mf_stored *s)
{
	if (s->labelled.scheme == NULL && s->method->bare)
		return s->locked ? MF_KIND_PLAIN : MF_KIND_BARE;
	if (mf_method_check_cost(s->method, &s->parsed, MF_TO_STORE,
				 &s->fault) != MF_OK)
		return MF_KIND_DEAR;
	return MF_KIND_HASH;
}

static enum mf_kind
refuse(struct mf_stored *s, enum mf_kind kind, enum mf_status status,
       const char *name)
{
	mf_fail(&s->fault, status, name);
	return kind;
}

/* Of what begins like a hash. */
static enum mf_kind
judge_damage(struct mf_stored *s)
{
	const struct mf_scheme *scheme = s->labelled.scheme;

	if (scheme != NULL && scheme->methods == 0)
		return refuse(s, MF_KIND_CLEARTEXT, MF_HASH_PLAIN,
			      scheme->label);
	return refuse(s,
		      s->form == MF_FORM_SETTING ? MF_KIND_SETTING
						 : MF_KIND_DAMAGED,
		      MF_HASH_DAMAGED, s->looks_like);
}

/* Of what may be a password. {BCRYPT}$2b$... is another program's, though what
** it labels is a hash of ours; ' $2b$... is one of ours behind a quote. */
static enum mf_kind
judge_rest(struct mf_text text, struct mf_stored *s)
{
	struct mf_text undressed = skip_bytes(text, dressing);
	const char *wrapped;
	struct mf_stored inner;

	if (text.len == 0)
		return refuse(s, MF_KIND_EMPTY, MF_PASSWORD_EMPTY, NULL);
	if (is_mark(text))
		return refuse(s, MF_KIND_MARK, MF_PASSWORD_MARK, NULL);
	if (is_foreign(skip_bytes(text, "!")))
		return refuse(s, MF_KIND_FOREIGN, MF_HASH_FOREIGN, NULL);
	wrapped = wrapped_hash(text);
	if (wrapped != NULL)
		return refuse(s, MF_KIND_DAMAGED, MF_HASH_WRAPPED, wrapped);
	if (begins_with_mark(undressed, &inner))
		return refuse(s, MF_KIND_DAMAGED, MF_HASH_DAMAGED,
			      inner.looks_like);
	if (is_foreign(undressed))
		return refuse(s, MF_KIND_FOREIGN, MF_HASH_FOREIGN, NULL);
	return MF_KIND_PLAIN;
}

void
mf_stored_read(struct mf_text text, struct mf_stored *s)
{
	read_hash(text, s);
	mf_fail(&s->fault, MF_OK, NULL);
	if (s->form == MF_FORM_HASH)
		s->kind = judge_hash(s);
	else if (s->looks_like != NULL)
		s->kind = judge_damage(s);
	else
		s->kind = judge_rest(text, s);
	if (s->kind == MF_KIND_PLAIN)
		mf_method_check_password(&mf_methods[MF_DEFAULT_METHOD], text,
					 &s->fault);
}
