/* stored.c - labels put back, and what is told of a text that is no hash
**
** What becomes of whole hashes is tried in test/sql/; here is what SQL can't
** ask for.
*/

#include "tap.h"

#include "inspect.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char locked[] =
	"!$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC";
static const char *const bcrypt = locked + 1;

/* ---- a label, put back on another inner text ---- */

enum { LONG = 2 * MF_STORED_SIZE };

/* How much fits behind a label: what can be decoded, and then be spelled. */
static const struct {
	const char *label;
	size_t longest;
} labels[] = {
	{ "", 384 },
	{ "{CRYPT}", 384 },
	{ "{CRYPT.B64}", 384 },
	{ "{CRYPT.HEX}", 383 },
};

static struct mf_labelled labelled;
static char text[LONG + 1];

/* A hash behind that label, read. The text has to stay where it is. */
static void
read_behind(const char *label)
{
	snprintf(text, sizeof text, "%s%s", label, bcrypt);
	mf_scheme_read(mf_text_of(text), &labelled);
}

static bool
is_written(size_t len)
{
	char inner[LONG + 1] = "", stored[MF_STORED_SIZE];

	memset(inner, 'x', len);
	return mf_scheme_write(&labelled, inner, stored) &&
	       strlen(stored) >= len;
}

static void
try_room(void)
{
	for (size_t i = 0; i < COUNT(labels); i++) {
		size_t longest = labels[i].longest;
		read_behind(labels[i].label);
		ok(is_written(1) && is_written(longest),
		   "%zu bytes behind \"%s\"", longest, labels[i].label);
		ok(!is_written(longest + 1) && !is_written(LONG),
		   "and more have no room");
	}
	/* As what can't be decoded is read: as if nothing stood there. */
	memset(text, 'x', LONG);
	memcpy(text, "{CRYPT}", 7);
	mf_scheme_read((struct mf_text){ text, LONG }, &labelled);
	ok(labelled.scheme != NULL && !is_written(0),
	   "what is too long to be a hash isn't written as it was");
}

static void
try_no_base64(void)
{
	char stored[MF_STORED_SIZE];

	mf_scheme_read(mf_text_of("{SHA}1Gh2WzMmigVDnCUW5F5OewSpgAs="),
		       &labelled);
	ok(mf_scheme_write(&labelled, "1Gh2WzMmigVDnCUW5F5OewSpgAc=", stored),
	   "another digest behind {SHA}");
	is_str(stored, "{SHA}1Gh2WzMmigVDnCUW5F5OewSpgAc=", "is written");
	ok(!mf_scheme_write(&labelled, bcrypt, stored),
	   "what is no base64 is not");
}

/* ---- who verifies what ---- */

static void
try_programs(const char *hash, unsigned programs, const char *what)
{
	struct mf_stored s;

	mf_stored_read(mf_text_of(hash), &s);
	is_size(mf_stored_programs(&s), programs, "who verifies %s", what);
}

/* Who verifies it is told by the text alone, and not by what follows. */
static void
try_end(void)
{
	static const char hash[] = "{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69";
	struct guard guard = guard_new();
	struct mf_text whole = { guard_end(&guard, hash, strlen(hash)),
				 strlen(hash) };
	struct mf_stored stored;

	mf_stored_read(whole, &stored);
	ok(mf_stored_programs(&stored) == MF_COURIER,
	   "Courier's hex, up to its end");
}

int
main(void)
{
	try_room();
	try_no_base64();
	try_programs(bcrypt, MF_COURIER | MF_DOVECOT | MF_PHP, "a hash");
	try_programs(locked, 0, "a locked one");
	try_programs("$2b$04$abcdefghijklmnopqrstuu", 0, "a setting");
	try_programs("$2b$04$abc", 0, "a damaged one");
	try_programs("{PLAIN}secret", 0, "a labelled password");
	try_programs("{OTP}secret", 0, "what none of ours can");
	try_programs("secret", 0, "a password");
	try_programs("", 0, "nothing");
	try_end();
	return done_testing();
}
