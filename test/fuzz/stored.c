/* stored.c - fuzz target: an input is a stored hash, or whatever a column has
**
** Everything that reads one must agree on what it is; what is made from it
** must verify; what is over a limit must not reach a library (library.h).
*/

#include "fuzz.h"
#include "library.h"

#include "inspect.h"
#include "password.h"

#include <string.h>

static const struct mf_text password = { "sesame-street-99", 16 };
static const struct mf_text other = { "sesame-street-98", 16 };

/* ---- what has been reached ---- */

static bool method_seen[64], label_seen[64], status_seen[MF_STATUS_COUNT];
static bool locked_seen;

static void
note(const struct mf_stored *s)
{
	REQUIRE(mf_method_count <= COUNT(method_seen));
	REQUIRE(mf_scheme_count <= COUNT(label_seen));
	if (s->labelled.scheme != NULL)
		label_seen[s->labelled.scheme - mf_schemes] = true;
	if (s->kind == MF_KIND_HASH)
		method_seen[s->method - mf_methods] = true;
	locked_seen |= s->locked && s->kind == MF_KIND_HASH;
}

const char *
fuzz_unreached(void)
{
	for (size_t i = 0; i < mf_method_count; i++)
		if (!method_seen[i])
			return mf_methods[i].name;
	for (size_t i = 0; i < mf_scheme_count; i++)
		if (!label_seen[i])
			return mf_schemes[i].label;
	if (!status_seen[MF_COST_OVER] || !status_seen[MF_HASH_DAMAGED])
		return "a cost over its limit, or damage";
	return library_unreached() != NULL ? library_unreached()
	     : locked_seen                 ? NULL
					   : "a locked hash";
}

/* ---- what begins like a hash: lists of the test's own ---- */

static const char *const ids[] = {
	"$y$",    "$gy$",  "$7$",   "$2b$",       "$2a$",      "$2y$",
	"$2x$",   "$6$",   "$5$",   "$argon2id$", "$argon2i$", "$argon2d$",
	"$sha1$", "$md5$", "$md5,", "$1$",        "$3$",
};
static const char *const suffixes[] = { "}", ".b64}", ".base64}", ".hex}" };

/* bytes: of the digest, if it is just one; salted: and more behind it. */
static const struct label {
	const char *begin;
	size_t bytes;
	bool salted;
} labels[] = {
	{ "{crypt", 0, 0 },        { "{blf-crypt", 0, 0 },
	{ "{sha512-crypt", 0, 0 }, { "{sha256-crypt", 0, 0 },
	{ "{md5-crypt", 0, 0 },    { "{des-crypt", 0, 0 },
	{ "{argon2id", 0, 0 },     { "{argon2i", 0, 0 },
	{ "{plain-md5", 16, 0 },   { "{ldap-md5", 16, 0 },
	{ "{md5raw", 16, 0 },      { "{md5", 16, 0 },
	{ "{smd5", 16, 1 },        { "{sha", 20, 0 },
	{ "{sha1", 20, 0 },        { "{ssha", 20, 1 },
	{ "{sha256", 32, 0 },      { "{ssha256", 32, 1 },
	{ "{sha512", 64, 0 },      { "{ssha512", 64, 1 },
	{ "{pbkdf2", 0, 0 },       { "{cram-md5", 0, 0 },
	{ "{hmac-md5", 0, 0 },     { "{digest-md5", 0, 0 },
	{ "{scram-sha-1", 0, 0 },  { "{scram-sha-256", 0, 0 },
	{ "{otp", 0, 0 },          { "{plain-md4", 0, 0 },
	{ "{plain", 0, 0 },        { "{clear", 0, 0 },
	{ "{cleartext", 0, 0 },    { "{plain-trunc", 0, 0 },
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
	return false;
}

/* ---- what is a hash, all agree ---- */

/* A bare digest has the length that its label says. */
static void
require_digest(struct mf_text text, const struct mf_stored *s)
{
	const struct label *label = take_label(&text);
	size_t bytes;

	if (label == NULL || label->bytes == 0 || s->labelled.is_text)
		return;
	REQUIRE(text.len > 0);
	bytes = text.len / 2;
	if (s->labelled.encoding != MF_HEX) {
		REQUIRE(text.len % 4 == 0);
		bytes = text.len / 4 * 3;
		for (size_t i = 1; i <= 2; i++)
			bytes -= text.at[text.len - i] == '=';
	}
	REQUIRE(label->salted ? bytes > label->bytes : bytes == label->bytes);
}

/* CRYPT_IS_HASH: neither yes nor an error only for what begins like nothing;
** yes only for what the others take for a hash, too. */
static void
require_is_hash(struct mf_text text, const struct mf_stored *s)
{
	struct mf_fault fault;
	bool is_hash = true;
	enum mf_status status = mf_is_hash(text, &is_hash, &fault);
	bool begins = begins_like_hash(text);

	status_seen[status] = true;
	REQUIRE(status == MF_OK || !is_hash);
	if (status != MF_OK) {
		REQUIRE(begins || status == MF_COST_OVER);
		REQUIRE(status == MF_HASH_DAMAGED || status == MF_HASH_PLAIN ||
			status == MF_HASH_FOREIGN || status == MF_COST_OVER);
		fuzz_require_sentence(status, &fault);
	} else if (is_hash) {
		REQUIRE(s->kind == MF_KIND_HASH);
		REQUIRE(begins || s->labelled.inner.at[0] == '_');
		require_digest(text, s);
	} else {
		REQUIRE(!begins);
	}
	REQUIRE(is_hash == (status == MF_OK && s->kind == MF_KIND_HASH &&
			    mf_stored_has_mark(s)));
}

/* CRYPT_VERIFY: an answer for all but a cost over its limit; no work for
** anything but a whole, unlocked hash within it. */
static void
require_verify(struct mf_text text, const struct mf_stored *s)
{
	size_t calls = library_calls();
	struct mf_fault fault;
	bool verified = true;
	enum mf_status status = mf_verify(password, text, &verified, &fault);

	if (status != MF_OK) {
		REQUIRE(status == MF_COST_OVER && !verified);
		fuzz_require_sentence(status, &fault);
	}
	if (status != MF_OK || s->kind != MF_KIND_HASH || s->locked)
		REQUIRE(!verified && library_calls() == calls);
	if (s->kind == MF_KIND_HASH && !s->locked)
		REQUIRE(mf_stored_check(s, &fault) == status);
}

/* ---- its cost, in the words of GEN_SALT() ---- */

static struct mf_text
creating_name(const struct mf_method *m)
{
	return mf_text_of(m->same_as != NULL ? m->same_as : m->name);
}

static void
require_cost(struct mf_text text, const struct mf_stored *s)
{
	char cost[MF_COST_SIZE];
	struct mf_hash setting;
	struct mf_fault fault;
	bool needs = true;

	mf_stored_cost(s, cost);
	REQUIRE(strlen(cost) < MF_COST_SIZE - 1);
	REQUIRE((cost[0] != '\0') == (s->method->cost_kind != MF_COST_NONE));
	if (mf_gen_salt(creating_name(s->method), mf_text_of(cost), &setting,
			&fault) != MF_OK)
		return;
	REQUIRE(mf_needs_rehash(text, creating_name(s->method),
				mf_text_of(cost), &needs, &fault) == MF_OK);
	REQUIRE(!needs);
}

/* ---- what is made from it ---- */

static void
require_same_kind(const struct mf_stored *a, const struct mf_stored *b)
{
	REQUIRE(a->kind == MF_KIND_HASH && b->kind == MF_KIND_HASH);
	REQUIRE(a->method == b->method && a->locked == b->locked);
	REQUIRE(a->parsed.work == b->parsed.work);
	REQUIRE(a->parsed.memory_kib == b->parsed.memory_kib);
	REQUIRE(a->parsed.salt_bits == b->parsed.salt_bits);
}

static void
require_verifies(struct mf_text hash, bool unlocked)
{
	struct mf_fault fault;
	bool verified;

	REQUIRE(mf_verify(password, hash, &verified, &fault) == MF_OK);
	REQUIRE(verified == unlocked);
	REQUIRE(mf_verify(other, hash, &verified, &fault) == MF_OK);
	REQUIRE(!verified);
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
	REQUIRE(l.inner.len < sizeof inner);
	memcpy(inner, l.inner.at, l.inner.len);
	inner[l.inner.len] = '\0';
	REQUIRE(mf_scheme_write(&l, inner, stored));
	REQUIRE(strlen(stored) == text.len);
	REQUIRE(memcmp(stored, text.at, text.len) == 0);
}

/* A program's own spelling is one that it can verify, the same hash, and its
** own spelling is itself. */
static void
require_relabel(struct mf_text text, enum mf_program program, bool made)
{
	struct mf_hash spelled, again;
	struct mf_stored s, r;
	struct mf_fault fault;
	bool found;

	mf_stored_read(text, &s);
	REQUIRE(mf_relabel(text, program, &spelled, &found, &fault) == MF_OK);
	REQUIRE(found || !(mf_stored_programs(&s) & program));
	if (!found) {
		REQUIRE(spelled.text[0] == '\0');
		return;
	}
	text = mf_text_of(spelled.text);
	mf_stored_read(text, &r);
	require_same_kind(&s, &r);
	REQUIRE(r.locked || (mf_stored_programs(&r) & program));
	require_prints_back(text);
	REQUIRE(mf_relabel(text, program, &again, &found, &fault) == MF_OK);
	REQUIRE(found && strcmp(spelled.text, again.text) == 0);
	if (made)
		require_verifies(text, !s.locked);
}

static void
require_hash(struct mf_text text, bool made)
{
	struct mf_stored s;

	mf_stored_read(text, &s);
	require_is_hash(text, &s);
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
	REQUIRE(!s->locked);
	REQUIRE(s->kind == MF_KIND_HASH || s->kind == MF_KIND_SETTING);
	copy = fuzz_copy(hash.text, strlen(hash.text));
	mf_stored_read(copy, &made);
	REQUIRE(made.kind == MF_KIND_HASH && made.method == s->method);
	REQUIRE(made.labelled.scheme == s->labelled.scheme);
	/* bigcrypt has as many blocks as the password, which is another one */
	if (s->kind == MF_KIND_HASH && strcmp(s->method->name, "bigcrypt") != 0)
		require_same_kind(s, &made);
	require_verifies(copy, true);
	require_hash(copy, true);
	fuzz_free(copy);
}

/* A lock is one byte, and all that it changes is who verifies. */
static void
require_lock(struct mf_text text, const struct mf_stored *s)
{
	char room[1 + MF_STORED_SIZE] = "!";
	struct mf_text locked;
	struct mf_stored l;

	if (text.len > MF_STORED_SIZE)
		return;
	memcpy(room + 1, text.at, text.len);
	locked = fuzz_copy(room, text.len + 1);
	mf_stored_read(locked, &l);
	REQUIRE(l.kind == s->kind && l.method == s->method && l.locked);
	REQUIRE(mf_stored_programs(&l) == 0);
	require_is_hash(locked, &l);
	require_verify(locked, &l);
	fuzz_free(locked);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mf_text text = fuzz_copy(data, size);
	struct mf_stored s;

	library_begin(text);
	mf_stored_read(text, &s);
	note(&s);
	require_is_hash(text, &s);
	require_verify(text, &s);
	require_crypt(text, &s);
	require_lock(text, &s);
	if (s.kind == MF_KIND_HASH)
		require_hash(text, false);
	fuzz_free(text);
	return 0;
}
