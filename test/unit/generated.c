/* generated.c - a million passwords as generators make them: none is taken for
** a hash that may be stored as it was typed
**
** Each is plain or bare, so that it is hashed; or it is refused with a
** sentence. They are made here, by the alphabets and lengths that the usual
** programs have, and are the same in every run.
**
** GENERATED is how many, if a million take too long: under valgrind.
*/

#include "tap.h"

#include "stored.h"

enum { ROOM = 128 };

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			     "wxyz0123456789+/";
static const char urlsafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
			      "vwxyz0123456789-_";
static const char alphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
				   "qrstuvwxyz0123456789";
static const char hex[] = "0123456789abcdef";
static const char crypt64[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
			      "klmnopqrstuvwxyz";
/* pwgen -sy; KeePass, Bitwarden and browsers have parts of it. */
static const char all_printable[] =
	"!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
	"abcdefghijklmnopqrstuvwxyz{|}~";
static const char special[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			      "wxyz0123456789!@#$%^&*";
/* Where a hash's marks are likelier than anywhere else. */
static const char marks[] = "$_{}!*.:/-$_{}!*.:/-12567abcgimy";

static const char *const words[] = {
	"abbey",  "badge", "Crypt", "dingo", "elbow",  "fable", "gusto",
	"hazel",  "ivory", "jumbo", "koala", "lunar",  "mango", "nylon",
	"otter",  "plain", "quilt", "radar", "sha1",   "tulip", "umbra",
	"vivid",  "waltz", "xenon", "yacht", "zebra",  "Argon", "bcrypt",
	"scrypt", "salt",  "md5",   "hash",  "pbkdf2", "admin", "correct",
};

static char
one_of(const char *alphabet)
{
	return alphabet[dice(strlen(alphabet))];
}

/* So many characters of an alphabet, 8 to 24 by chance. */
static size_t
draw(const char *alphabet, char *out)
{
	size_t len = 8 + (size_t)dice(17);

	for (size_t i = 0; i < len; i++)
		out[i] = one_of(alphabet);
	return len;
}

static size_t
draw_base64(char *out)
{
	return draw(base64, out);
}

/* openssl rand -base64: whole groups of 4, the last one padded. */
static size_t
draw_padded(char *out)
{
	size_t len = 8 + 4 * (size_t)dice(5), padding = (size_t)dice(3);

	for (size_t i = 0; i < len; i++)
		out[i] = i + padding < len ? one_of(base64) : '=';
	return len;
}

static size_t
draw_urlsafe(char *out)
{
	return draw(urlsafe, out);
}

/* Python's token_urlsafe(15): as long as a hash of bsdicrypt, and likelier than
** others to begin with its _. */
static size_t
draw_urlsafe_20(char *out)
{
	for (size_t i = 0; i < 20; i++)
		out[i] = one_of(urlsafe);
	return 20;
}

static size_t
draw_alphanumeric(char *out)
{
	return draw(alphanumeric, out);
}

static size_t
draw_hex(char *out)
{
	return draw(hex, out);
}

static size_t
draw_crypt64(char *out)
{
	return draw(crypt64, out);
}

static size_t
draw_printable(char *out)
{
	return draw(all_printable, out);
}

static size_t
draw_special(char *out)
{
	return draw(special, out);
}

static size_t
draw_marks(char *out)
{
	return draw(marks, out);
}

/* pwgen: syllables, a capital and a digit somewhere. */
static size_t
draw_pwgen(char *out)
{
	static const char *const sounds[] = { "bcdfghjklmnpqrstvwxz",
					      "aeiouy" };
	size_t len = 8 + (size_t)dice(17);

	for (size_t i = 0; i < len; i++)
		out[i] = one_of(sounds[i % 2]);
	out[dice(len)] = one_of("ABCDEFGHJKLMNPQRSTUVWXYZ");
	out[dice(len)] = one_of("123456789");
	return len;
}

/* Words, and what stands between them. */
static size_t
draw_words(const char *between, bool capitals, char *out)
{
	size_t count = 3 + (size_t)dice(4), len = 0;
	char separator = one_of(between);

	for (size_t i = 0; i < count; i++) {
		const char *word = words[dice(sizeof words / sizeof words[0])];
		if (i > 0)
			out[len++] = capitals ? one_of(between) : separator;
		memcpy(out + len, word, strlen(word));
		if (capitals && dice(2) == 0)
			out[len] = (char)(out[len] & ~0x20);
		len += strlen(word);
	}
	return len;
}

static size_t
draw_diceware(char *out)
{
	return draw_words(" -_.:", false, out);
}

/* pwqgen: Word5word&Word, any of these between any two. */
static size_t
draw_passwdqc(char *out)
{
	return draw_words("-_+=12345678!&*", true, out);
}

/* Apple's: three groups of six, with hyphens. */
static size_t
draw_groups(char *out)
{
	for (size_t i = 0; i < 20; i++)
		out[i] = i % 7 == 6 ? '-' : one_of("abcdefghjkmnpqrstuvwxyz");
	out[dice(6)] = one_of("ABCDEFGHJKLMNPQRSTUVWXYZ");
	out[7 + dice(6)] = one_of("23456789");
	return 20;
}

static const struct generator {
	const char *name;
	size_t (*draw)(char *out);
} generators[] = {
	{ "base64", draw_base64 },
	{ "base64 with padding", draw_padded },
	{ "urlsafe base64", draw_urlsafe },
	{ "urlsafe base64 of 15 bytes", draw_urlsafe_20 },
	{ "letters and digits", draw_alphanumeric },
	{ "hex", draw_hex },
	{ "crypt(3)'s digits", draw_crypt64 },
	{ "all printable characters", draw_printable },
	{ "letters, digits and !@#$%^&*", draw_special },
	{ "what marks are made of", draw_marks },
	{ "pwgen", draw_pwgen },
	{ "diceware", draw_diceware },
	{ "passwdqc", draw_passwdqc },
	{ "groups with hyphens", draw_groups },
};

enum { GENERATORS = sizeof generators / sizeof generators[0] };

static size_t seen[MF_KIND_EMPTY + 1], bsdi, des, refused;

/* Is it hashed, or refused with a sentence? */
static bool
is_safe(struct mf_text password)
{
	char sentence[MF_SENTENCE_SIZE];
	struct mf_stored s;

	mf_stored_read(password, &s);
	seen[s.kind]++;
	bsdi += s.kind == MF_KIND_BARE && password.at[0] == '_';
	des += s.kind == MF_KIND_BARE && password.at[0] != '_';
	if (s.fault.status == MF_OK)
		return s.kind == MF_KIND_PLAIN || s.kind == MF_KIND_BARE;
	refused++;
	mf_fault_sentence(&s.fault, sentence);
	return s.kind != MF_KIND_HASH && strlen(sentence) > 20;
}

/* Each as a text of just its bytes, in room that is longer. */
static void
try_generator(const struct generator *g, size_t count)
{
	struct many many = { .what = g->name };
	char room[ROOM];

	refused = 0;
	for (size_t i = 0; i < count; i++) {
		size_t len = g->draw(room);
		room[len] = '$';
		holds(&many, is_safe((struct mf_text){ room, len }), room, len);
	}
	held(&many);
	if (refused > 0)
		diag("%zu of them refused", refused);
}

int
main(void)
{
	const char *wanted = getenv("GENERATED");
	size_t count = wanted == NULL ? 1000000 : strtoul(wanted, NULL, 10);

	for (size_t i = 0; i < GENERATORS; i++)
		try_generator(&generators[i], count / GENERATORS + 1);
	for (size_t kind = 0; kind <= MF_KIND_EMPTY; kind++)
		diag("%s: %zu", mf_kind_word((enum mf_kind)kind), seen[kind]);
	is_size(seen[MF_KIND_HASH] + seen[MF_KIND_DEAR], 0,
		"none is stored as it was typed");
	ok(bsdi * 20000 > count && des * 500 > count,
	   "%zu look like bsdicrypt's and %zu like DES's", bsdi, des);
	ok(seen[MF_KIND_FOREIGN] > 0, "and %zu like another program's",
	   seen[MF_KIND_FOREIGN]);
	return done_testing();
}
