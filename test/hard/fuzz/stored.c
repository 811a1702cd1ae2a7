/* stored.c - fuzz target: an input is a stored hash, or whatever a column has
**
** Everything that reads one must agree on what it is; what is made from it
** must verify; what is over a limit must not reach a library (library.h).
*/

#define _DEFAULT_SOURCE /* getentropy(), which library.c has, too */

#include "fuzz.h"
#include "library.h"

#include "inspect.h"
#include "password.h"

#include <string.h>
#include <unistd.h>

static const struct mf_text password = { "sesame-street-99", 16 };
static const struct mf_text other = { "sesame-street-98", 16 };

/* ---- what has been reached ---- */

#define KINDS ((size_t)MF_KIND_EMPTY + 1)
static bool method_seen[MF_METHOD_COUNT], label_seen[64];
static bool status_seen[MF_STATUS_COUNT], kind_seen[KINDS];
static bool locked_seen;

static void
note(const struct mf_stored *s)
{
	REQUIRE(mf_scheme_count <= COUNT(label_seen));
	REQUIRE((size_t)s->kind < KINDS);
	if (s->labelled.scheme != NULL)
		label_seen[s->labelled.scheme - mf_schemes] = true;
	if (s->form == MF_FORM_HASH)
		method_seen[s->method - mf_methods] = true;
	locked_seen |= s->locked && s->form == MF_FORM_HASH;
	kind_seen[s->kind] = true;
	status_seen[s->fault.status] = true;
}

static const char *
unreached_status(void)
{
	static const enum mf_status wanted[] = {
		MF_COST_OVER,    MF_COST_DEAR,     MF_HASH_DAMAGED,
		MF_HASH_WRAPPED, MF_HASH_FOREIGN,  MF_HASH_PLAIN,
		MF_PASSWORD_NUL, MF_PASSWORD_LONG,
	};

	for (size_t i = 0; i < COUNT(wanted); i++)
		if (!status_seen[wanted[i]])
			return "a fault";
	return NULL;
}

const char *
fuzz_unreached(void)
{
	for (size_t i = 0; i < MF_METHOD_COUNT; i++)
		if (!method_seen[i] && mf_method_available(&mf_methods[i]))
			return mf_methods[i].name;
	for (size_t i = 0; i < mf_scheme_count; i++)
		if (!label_seen[i])
			return mf_schemes[i].label;
	for (size_t i = 0; i < KINDS; i++)
		if (!kind_seen[i])
			return mf_kind_word((enum mf_kind)i);
	if (unreached_status() != NULL || library_unreached() != NULL)
		return unreached_status() != NULL ? unreached_status()
						  : library_unreached();
	return locked_seen ? NULL : "a locked hash";
}

/* ---- what begins like a hash: lists of the test's own ---- */

static const char *const ids[] = {
	"$y$",    "$gy$",  "$7$",   "$2b$",       "$2a$",      "$2y$",
	"$2x$",   "$6$",   "$5$",   "$argon2id$", "$argon2i$", "$argon2d$",
	"$sha1$", "$md5$", "$md5,", "$1$",        "$3$",
};
/* Where the library has them; else they are another program's. */
static const char *const newer_ids[] = { "$sm3$", "$sm3y$" };
static const char *const suffixes[] = { "}", ".b64}", ".base64}", ".hex}" };

/* bytes: of the digest, if it is just one; salted: and more behind it. */
static const struct label {
	const char *begin;
	size_t bytes;
	bool salted, cleartext;
} labels[] = {
	{ "{crypt", 0, 0, 0 },        { "{blf-crypt", 0, 0, 0 },
	{ "{sha512-crypt", 0, 0, 0 }, { "{sha256-crypt", 0, 0, 0 },
	{ "{md5-crypt", 0, 0, 0 },    { "{des-crypt", 0, 0, 0 },
	{ "{argon2", 0, 0, 0 },       { "{argon2id", 0, 0, 0 },
	{ "{argon2i", 0, 0, 0 },      { "{plain-md5", 16, 0, 0 },
	{ "{ldap-md5", 16, 0, 0 },    { "{md5raw", 16, 0, 0 },
	{ "{md5", 16, 0, 0 },         { "{smd5", 16, 1, 0 },
	{ "{sha", 20, 0, 0 },         { "{sha1", 20, 0, 0 },
	{ "{ssha", 20, 1, 0 },        { "{sha256", 32, 0, 0 },
	{ "{ssha256", 32, 1, 0 },     { "{sha512", 64, 0, 0 },
	{ "{ssha512", 64, 1, 0 },     { "{pbkdf2", 0, 0, 0 },
	{ "{plain", 0, 0, 1 },        { "{clear", 0, 0, 1 },
	{ "{cleartext", 0, 0, 1 },    { "{plain-trunc", 0, 0, 1 },
};

/* And what others' begin with, of whom none may ever be hashed once more. */
static const char *const foreign[] = {
	"$apr1$",
	"$p$",
	"$h$",
	"$s$",
	"$wp$",
	"$scrypt$ln=",
	"$md4$",
	"$pbkdf2-sha256$",
	"$pbkdf2-sha512$",
	"$bcrypt-sha256$",
	"pbkdf2_sha256$",
	"bcrypt_sha256$",
	"scram-sha-256$",
	"pbkdf2:sha256:",
	"{ntlm}",
	"{lanman}",
	"{cram-md5}",
	"{sasl}",
	"{pkcs5s2}",
	"{scram-sha-1}",
	"{ssha224}",
	"{bcrypt}",
	"{otp}",
	"{pbkdf2_sha256}",
	"{x-issha, 1024}",
};

static bool
take_any_case(struct mf_text *text, const char *what)
{
	size_t len = strlen(what);

	if (text->len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text->at[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (c != what[i])
			return false;
	}
	text->at += len;
	text->len -= len;
	return true;
}

/* Take off the locks and a label; which label, or NULL. */
static const struct label *
take_label(struct mf_text *text)
{
	while (text->len > 0 && text->at[0] == '!')
		take_any_case(text, "!");
	for (size_t i = 0; i < COUNT(labels); i++) {
		for (size_t j = 0; j < COUNT(suffixes); j++) {
			struct mf_text rest = *text;
			if (!take_any_case(&rest, labels[i].begin) ||
			    !take_any_case(&rest, suffixes[j]))
				continue;
			*text = rest;
			return &labels[i];
		}
	}
	return NULL;
}

static bool
begins_like_hash(struct mf_text text)
{
	if (take_label(&text) != NULL)
		return true;
	for (size_t i = 0; i < COUNT(ids); i++)
		if (mf_text_begins(text, ids[i]))
			return true;
	for (size_t i = 0; i < COUNT(newer_ids); i++)
		if (mf_text_begins(text, newer_ids[i]))
			return mf_method_named(mf_text_of("sm3crypt")) != NULL;
	return false;
}

static bool
begins_foreign(struct mf_text text)
{
	while (text.len > 0 && text.at[0] == '!')
		take_any_case(&text, "!");
	for (size_t i = 0; i < COUNT(foreign); i++)
		if (take_any_case(&text, foreign[i]))
			return true;
	return false;
}

/* What is told by its form alone: _ and 19 digits, or 2 and blocks of 11. */
static bool
looks_bare(struct mf_text text)
{
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	bool bsdi = text.len == 20 && text.at[0] == '_';

	for (size_t i = bsdi; i < text.len; i++)
		if (text.at[i] == '\0' || strchr(digits, text.at[i]) == NULL)
			return false;
	return bsdi || (text.len > 2 && (text.len - 2) % 11 == 0 &&
			text.len <= 2 + 16 * 11);
}

/* ---- what is a hash, all agree ---- */

/* A raw digest has the length that its label says. */
static void
require_digest(struct mf_text text, const struct mf_stored *s)
{
	const struct label *label = take_label(&text);
	size_t bytes;

	if (label == NULL || label->bytes == 0 || !s->labelled.raw)
		return;
	REQUIRE(text.len > 0);
	bytes = text.len / 2;
	if (s->labelled.encoding != MF_HEX) {
		REQUIRE(text.len % 4 == 0);
		bytes = text.len / 4 * 3;
		for (size_t i = 1; i <= 2; i++)
			bytes -= text.at[text.len - i] == '=';
	}
	REQUIRE(s->labelled.inner.len == bytes);
	REQUIRE(label->salted ? bytes > label->bytes : bytes == label->bytes);
}

/* Each kind is what the test's own lists make of the text. */
static void
require_kind(struct mf_text text, const struct mf_stored *s)
{
	const struct label *label;
	struct mf_text rest = text;
	bool begins = begins_like_hash(text);

	label = take_label(&rest);
	switch (s->kind) {
	case MF_KIND_HASH:
		REQUIRE(begins && s->form == MF_FORM_HASH);
		require_digest(text, s);
		break;
	case MF_KIND_BARE:
		REQUIRE(looks_bare(text) && !s->locked);
		break;
	case MF_KIND_PLAIN:
		REQUIRE(!begins && !begins_foreign(text) && text.len > 0);
		break;
	case MF_KIND_DEAR:
	case MF_KIND_SETTING:
	case MF_KIND_CLEARTEXT:
		REQUIRE(begins);
		break;
	case MF_KIND_FOREIGN:
	case MF_KIND_MARK:
		REQUIRE(!begins);
		break;
	case MF_KIND_EMPTY:
		REQUIRE(text.len == 0);
		break;
	case MF_KIND_DAMAGED:
	default:
		break;
	}
	REQUIRE((s->kind == MF_KIND_CLEARTEXT) ==
		(label != NULL && label->cleartext));
	REQUIRE(!begins || s->kind == MF_KIND_HASH || s->fault.status != MF_OK);
}

/* Has the fault a sentence of ours, and is it the other one's? */
static void
require_fault(const struct mf_fault *fault, const struct mf_fault *same)
{
	char sentence[MF_SENTENCE_SIZE], other_sentence[MF_SENTENCE_SIZE];

	REQUIRE(fault->status == same->status);
	if (fault->status == MF_OK)
		return;
	fuzz_require_sentence(fault->status, fault);
	mf_fault_sentence(fault, sentence);
	mf_fault_sentence(same, other_sentence);
	REQUIRE(strcmp(sentence, other_sentence) == 0);
}

/* CRYPT_IS_HASH is 1 for a hash, 0 for what has no CRYPT_PROBLEM, and that
** problem for all else; but for a mark, which is 0. */
static void
require_is_hash(struct mf_text text, const struct mf_stored *s)
{
	struct mf_fault fault;
	bool is_hash = true;
	enum mf_status status = mf_is_hash(text, &is_hash, &fault);

	REQUIRE(is_hash == (s->kind == MF_KIND_HASH));
	REQUIRE(status == fault.status);
	if (s->kind == MF_KIND_MARK) {
		REQUIRE(status == MF_OK && !is_hash);
		REQUIRE(s->fault.status == MF_PASSWORD_MARK);
		return;
	}
	require_fault(&fault, &s->fault);
	REQUIRE((status == MF_OK) ==
		(s->kind == MF_KIND_HASH || s->kind == MF_KIND_BARE ||
		 (s->kind == MF_KIND_PLAIN && s->fault.status == MF_OK)));
}

static bool
verifies(struct mf_text word, struct mf_text hash)
{
	struct mf_fault fault;
	bool verified;

	REQUIRE(mf_verify(word, hash, &verified, &fault) == MF_OK);
	return verified;
}

/* CRYPT_ONCE gives a hash back, hashes what has no problem, so that it
** verifies, and refuses all else in CRYPT_PROBLEM's words. */
static void
require_once(struct mf_text text, const struct mf_stored *s)
{
	static const struct mf_text method = { "argon2id", 8 };
	static const struct mf_text cost = { "m=8,t=1,p=1", 11 };
	struct mf_hash hash;
	struct mf_fault fault;
	struct mf_stored made;
	bool is_hash;
	enum mf_status status = mf_crypt_once(text, method, cost, &is_hash,
					      &hash, &fault);

	REQUIRE(status == fault.status);
	require_fault(&fault, &s->fault);
	REQUIRE(is_hash == (s->kind == MF_KIND_HASH));
	if (is_hash || status != MF_OK) {
		REQUIRE(hash.text[0] == '\0');
		return;
	}
	mf_stored_read(mf_text_of(hash.text), &made);
	REQUIRE(made.kind == MF_KIND_HASH);
	REQUIRE(verifies(text, mf_text_of(hash.text)));
	REQUIRE(!verifies(other, mf_text_of(hash.text)) ||
		(text.len == other.len &&
		 memcmp(text.at, other.at, other.len) == 0));
}

/* CRYPT_INFO tells of a hash, a bare and a dear one, and of a locked bare one,
** which is a password to all others. */
static bool
require_info(struct mf_text text, const struct mf_stored *s)
{
	struct mf_info info;
	bool informed = mf_inspect(text, &info);
	bool locked_bare = s->kind == MF_KIND_PLAIN && s->locked;

	while (text.len > 0 && text.at[0] == '!')
		text = mf_text_skip(text, 1);
	REQUIRE(informed ==
		(s->kind == MF_KIND_HASH || s->kind == MF_KIND_BARE ||
		 s->kind == MF_KIND_DEAR ||
		 (locked_bare && looks_bare(text) && s->form == MF_FORM_HASH)));
	if (!informed)
		return false;
	REQUIRE(info.locked == s->locked && (!s->locked || info.programs == 0));
	REQUIRE(strlen(info.cost) < MF_COST_SIZE - 1);
	REQUIRE((info.cost[0] != '\0') ==
		(s->method->cost_kind != MF_COST_NONE));
	return true;
}

/* Which is above the limit for storing is decided by the library's own
** figures, too. A raw digest costs nothing. */
static void
require_storable(const struct mf_stored *s)
{
	struct mf_fault fault;
	char inner[MF_HASH_SIZE + 1];
	enum mf_status status = mf_method_check_cost(s->method, &s->parsed,
						     MF_TO_STORE, &fault);

	REQUIRE(s->kind != MF_KIND_DEAR || status == MF_COST_DEAR);
	REQUIRE(s->kind != MF_KIND_HASH || status == MF_OK);
	if (s->labelled.raw)
		return;
	REQUIRE(s->labelled.inner.len < sizeof inner);
	memcpy(inner, s->labelled.inner.at, s->labelled.inner.len);
	inner[s->labelled.inner.len] = '\0';
	REQUIRE(library_is_storable(inner) == (status == MF_OK));
}

/* CRYPT_VERIFY: an answer for all but a cost over its limit; no work for
** anything but a whole, unlocked hash within it. */
static void
require_verify(struct mf_text text, const struct mf_stored *s, bool informed)
{
	size_t calls = library_calls();
	struct mf_fault fault;
	bool verified = true;
	enum mf_status status = mf_verify(password, text, &verified, &fault);

	if (status != MF_OK) {
		status_seen[status] = true;
		REQUIRE(status == MF_COST_OVER && !verified);
		fuzz_require_sentence(status, &fault);
	}
	REQUIRE(informed || !verified);
	REQUIRE(mf_check_verify(text, &fault) == status ||
		(s->locked && informed && status == MF_OK));
	if (status != MF_OK || !informed || s->locked)
		REQUIRE(!verified && library_calls() == calls);
	if (informed && !s->locked)
		REQUIRE(mf_method_check_cost(s->method, &s->parsed,
					     MF_TO_VERIFY, &fault) == status);
}

/* ---- its cost, in the words of GEN_SALT() ---- */

static struct mf_text
creating_name(const struct mf_method *m)
{
	return mf_text_of(m->same_as != NULL ? m->same_as->name : m->name);
}

static void
require_cost(struct mf_text text, const struct mf_stored *s)
{
	struct mf_text name = creating_name(s->method), cost;
	struct mf_info info;
	struct mf_hash setting;
	struct mf_fault fault;
	bool needs = true;

	REQUIRE(mf_inspect(text, &info));
	cost = mf_text_of(info.cost);
	if (mf_gen_salt(name, cost, &setting, &fault) != MF_OK)
		return;
	REQUIRE(mf_needs_rehash(text, name, cost, &needs, &fault) == MF_OK);
	REQUIRE(!needs);
}

/* ---- what is made from it ---- */

static void
require_same_hash(const struct mf_stored *a, const struct mf_stored *b)
{
	REQUIRE(a->form == MF_FORM_HASH && b->form == MF_FORM_HASH);
	REQUIRE(a->method == b->method && a->locked == b->locked);
	REQUIRE(a->parsed.work == b->parsed.work);
	REQUIRE(a->parsed.memory_kib == b->parsed.memory_kib);
	REQUIRE(a->parsed.salt_bits == b->parsed.salt_bits);
}

/* Put its own label back on: nothing may be lost of how it was spelled. */
static void
require_prints_back(struct mf_text text)
{
	struct mf_labelled l;
	char inner[MF_HASH_SIZE], stored[MF_STORED_SIZE];

	while (mf_take(&text, "!"))
		;
	mf_scheme_read(text, &l);
	REQUIRE(l.inner.len <= sizeof inner);
	memcpy(inner, l.inner.at, l.inner.len);
	REQUIRE(mf_scheme_write(&l, (struct mf_text){ inner, l.inner.len },
				stored));
	REQUIRE(strlen(stored) == text.len);
	REQUIRE(memcmp(stored, text.at, text.len) == 0);
}

static unsigned
programs_of(struct mf_text text)
{
	struct mf_info info;

	return mf_inspect(text, &info) ? info.programs : 0;
}

/* A program's own spelling is one that it can verify, the same hash, and its
** own spelling is itself; and it is never one that may be a password. */
static void
require_relabel(struct mf_text text, enum mf_program program, bool made)
{
	struct mf_hash spelled, again;
	struct mf_stored s, r;
	struct mf_fault fault;
	bool found;

	mf_stored_read(text, &s);
	REQUIRE(mf_relabel(text, program, &spelled, &found, &fault) == MF_OK);
	REQUIRE(found || !(programs_of(text) & program));
	if (!found) {
		REQUIRE(spelled.text[0] == '\0');
		return;
	}
	text = mf_text_of(spelled.text);
	mf_stored_read(text, &r);
	require_same_hash(&s, &r);
	REQUIRE(r.kind == MF_KIND_HASH || r.kind == MF_KIND_DEAR);
	REQUIRE(r.locked || (programs_of(text) & program));
	require_prints_back(text);
	REQUIRE(mf_relabel(text, program, &again, &found, &fault) == MF_OK);
	REQUIRE(found && strcmp(spelled.text, again.text) == 0);
	if (made)
		REQUIRE(verifies(password, text) == !s.locked &&
			!verifies(other, text));
}

/* Of a whole hash, whatever its kind. */
static void
require_hash(struct mf_text text, bool made)
{
	struct mf_stored s;

	mf_stored_read(text, &s);
	require_kind(text, &s);
	require_is_hash(text, &s);
	require_storable(&s);
	require_prints_back(text);
	require_cost(text, &s);
	require_relabel(text, MF_COURIER, made);
	require_relabel(text, MF_DOVECOT, made);
}

/* CRYPT(password, text) makes a hash of the same method and cost, which
** verifies, or nothing at all. */
static void
require_crypt(struct mf_text text, const struct mf_stored *s)
{
	struct mf_hash hash;
	struct mf_fault fault;
	struct mf_stored made;
	struct mf_text copy;
	enum mf_status status = mf_crypt(password, text, &hash, &fault);

	if (status != MF_OK) {
		status_seen[status] = true;
		REQUIRE(status != MF_LIBRARY_FAILED);
		fuzz_require_sentence(status, &fault);
		REQUIRE(hash.text[0] == '\0');
		return;
	}
	REQUIRE(!s->locked && s->form != MF_FORM_NONE);
	copy = fuzz_copy(hash.text, strlen(hash.text));
	mf_stored_read(copy, &made);
	REQUIRE(made.form == MF_FORM_HASH && made.method == s->method);
	REQUIRE(made.labelled.scheme == s->labelled.scheme);
	/* bigcrypt has as many blocks as the password, which is another one */
	if (s->form == MF_FORM_HASH && s->method != &mf_methods[MF_BIGCRYPT]) {
		require_same_hash(s, &made);
		REQUIRE(made.kind == s->kind);
	}
	REQUIRE(verifies(password, copy) && !verifies(other, copy));
	require_hash(copy, true);
	fuzz_free(copy);
}

/* ---- the same with something around it ---- */

enum { ROOM = 16 + MF_STORED_SIZE };

/* before, the text, behind: what is that? The result points into itself, and
** into *copy, which the caller frees. */
static void
read_around(const char *before, size_t before_len, struct mf_text text,
	    const char *behind, size_t behind_len, struct mf_text *copy,
	    struct mf_stored *s)
{
	char room[ROOM];
	size_t len = before_len + text.len + behind_len;

	REQUIRE(len <= sizeof room);
	memcpy(room, before, before_len);
	memcpy(room + before_len, text.at, text.len);
	memcpy(room + before_len + text.len, behind, behind_len);
	*copy = fuzz_copy(room, len);
	mf_stored_read(*copy, s);
	require_kind(*copy, s);
	require_is_hash(*copy, s);
	require_verify(*copy, s, require_info(*copy, s));
}

/* A lock is one byte, and all that it changes is who verifies; but a bare hash
** behind it is a password. */
static void
require_lock(struct mf_text text, const struct mf_stored *s)
{
	struct mf_stored l;
	struct mf_text locked;

	read_around("!", 1, text, "", 0, &locked, &l);
	REQUIRE(l.form == s->form && l.method == s->method && l.locked);
	REQUIRE(programs_of(locked) == 0);
	REQUIRE(l.kind == (s->kind == MF_KIND_BARE    ? MF_KIND_PLAIN
			   : s->kind == MF_KIND_EMPTY ? MF_KIND_MARK
						      : s->kind) ||
		s->form == MF_FORM_NONE);
	fuzz_free(locked);
}

/* One byte more makes nothing that could be stored, or hashed once more. Only
** argon2's digest can go on. */
static void
require_whole(struct mf_text text, const struct mf_stored *s, char byte)
{
	struct mf_stored more;
	struct mf_text copy;

	read_around(&byte, 1, text, "", 0, &copy, &more);
	if (byte != '!')
		REQUIRE(more.kind != MF_KIND_HASH && more.kind != MF_KIND_DEAR);
	REQUIRE(more.kind == MF_KIND_HASH || more.fault.status != MF_OK);
	fuzz_free(copy);
	read_around("", 0, text, &byte, 1, &copy, &more);
	if (s->method->cost_kind != MF_COST_TEXT)
		REQUIRE(more.kind != MF_KIND_HASH && more.kind != MF_KIND_DEAR);
	REQUIRE(more.kind == MF_KIND_HASH || more.fault.status != MF_OK);
	fuzz_free(copy);
}

/* Some bytes of each class: which, the input chooses. */
static void
require_all_whole(struct mf_text text, const struct mf_stored *s)
{
	static const char bytes[] = "\0\n \"'*!$_{}:=./0aZ\x7f\xff";
	unsigned char choice[3];

	REQUIRE(getentropy(choice, sizeof choice) == 0);
	for (size_t i = 0; i < sizeof choice; i++)
		require_whole(text, s, bytes[choice[i] % (sizeof bytes - 1)]);
	require_whole(text, s, (char)choice[0]);
}

/* A bare hash is one behind the label that crypt(3)'s hashes have. */
static void
require_labelled(struct mf_text text)
{
	struct mf_stored l;
	struct mf_text copy;

	read_around("{CRYPT}", 7, text, "", 0, &copy, &l);
	REQUIRE(l.kind == MF_KIND_HASH || l.kind == MF_KIND_DEAR);
	require_storable(&l);
	fuzz_free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mf_text text = fuzz_copy(data, size);
	struct mf_stored s;

	library_begin(text);
	mf_stored_read(text, &s);
	note(&s);
	require_kind(text, &s);
	require_is_hash(text, &s);
	require_once(text, &s);
	require_verify(text, &s, require_info(text, &s));
	require_crypt(text, &s);
	if (text.len <= MF_STORED_SIZE)
		require_lock(text, &s);
	if (s.form == MF_FORM_HASH)
		require_hash(text, false);
	if (s.kind == MF_KIND_HASH || s.kind == MF_KIND_DEAR)
		require_all_whole(text, &s);
	if (s.kind == MF_KIND_BARE)
		require_labelled(text);
	fuzz_free(text);
	return 0;
}
