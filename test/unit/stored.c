/* stored.c - what a text is taken for, labels put back, who verifies what
**
** What becomes of whole hashes is tried in test/sql/, too; here is each kind of
** text that was met in other programs' tables, and what SQL can't ask for.
*/

#include "tap.h"

#include "inspect.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char locked[] =
	"!$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC";
static const char *const bcrypt = locked + 1;

/* ---- a label, put back on another inner text ---- */

enum { LONG = 2 * MF_STORED_SIZE };

/* How much fits behind a label: what is spelled in the room that is left. */
static const struct {
	const char *label;
	size_t longest;
} labels[] = {
	{ "", 767 },
	{ "{CRYPT}", 767 },
	{ "{CRYPT.B64}", 573 },
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
	return mf_scheme_write(&labelled, (struct mf_text){ inner, len },
			       stored) &&
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
		ok(!is_written(longest + 1) && !is_written(LONG - 1),
		   "and more have no room");
	}
	/* As what can't be decoded is read: as if nothing stood there. */
	memset(text, 'x', LONG);
	memcpy(text, "{CRYPT}", 7);
	mf_scheme_read((struct mf_text){ text, LONG }, &labelled);
	ok(labelled.scheme != NULL && !is_written(0),
	   "what is too long to be a hash isn't written as it was");
}

/* A digest travels as its bytes, and is spelled as the other one was. */
static void
try_digests(void)
{
	static const char *const spelled[][2] = {
		{ "{SHA}1Gh2WzMmigVDnCUW5F5OewSpgAs=",
		  "{SHA}1Gh2WzMmigVDnCUW5F5OewSpgAs=" },
		{ "{Sha.b64}1Gh2WzMmigVDnCUW5F5OewSpgAs=",
		  "{Sha.b64}1Gh2WzMmigVDnCUW5F5OewSpgAs=" },
		{ "{SHA.HEX}D468765B33268A05439C2516E45E4E7B04A9800B",
		  "{SHA.HEX}D468765B33268A05439C2516E45E4E7B04A9800B" },
	};
	char stored[MF_STORED_SIZE], bytes[20];

	for (size_t i = 0; i < COUNT(spelled); i++) {
		mf_scheme_read(mf_text_of(spelled[i][0]), &labelled);
		ok(labelled.raw && labelled.inner.len == 20, "20 bytes: %s",
		   spelled[i][0]);
		memcpy(bytes, labelled.inner.at, sizeof bytes);
		ok(mf_scheme_write(&labelled,
				   (struct mf_text){ bytes, sizeof bytes },
				   stored),
		   "written again");
		is_str(stored, spelled[i][1], "as it was");
		bytes[19] = 0x0c;
		mf_scheme_write(&labelled,
				(struct mf_text){ bytes, sizeof bytes },
				stored);
		ok(strcmp(stored, spelled[i][1]) != 0, "and another digest");
	}
	is_str(stored, "{SHA.HEX}d468765b33268a05439c2516e45e4e7b04a9800c",
	       "is in lower-case hex");
}

/* ---- what a text is ---- */

#define TEN "abcdefghij"
#define D22 TEN TEN "a."
#define D31 TEN TEN TEN "."
#define D44 TEN "." TEN "." TEN "." TEN "."
#define D43 TEN TEN TEN TEN "ab."
#define D86 TEN TEN TEN TEN TEN TEN TEN TEN "abcde."
#define B04 "$2b$04$" D22 D31
#define PHC "v=19$m=8,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA"
#define HEX32 "0123456789abcdef0123456789abcdef"

/* clang-format off */
#define BYTES(literal) { literal, sizeof(literal) - 1 }
static const struct {
	const char *kind;
	struct mf_text text;
} kinds[] = {
	{ "hash", BYTES(B04) }, { "hash", BYTES("!" B04) },
	{ "hash", BYTES("!!!" B04) }, { "hash", BYTES("{CRYPT}" B04) },
	{ "hash", BYTES("!{blf-crypt}" B04) },
	{ "hash", BYTES("$6$salt$" D86) }, { "hash", BYTES("$1$salt$" D22) },
	{ "hash", BYTES("$3$$" HEX32) }, { "hash", BYTES("$md5$salt$" D22) },
	{ "hash", BYTES("$argon2id$" PHC) }, { "hash", BYTES("$argon2d$" PHC) },
	{ "hash", BYTES("{ARGON2ID}$argon2id$" PHC) },
	{ "hash", BYTES("{ARGON2}$argon2id$" PHC) },
	{ "hash", BYTES("{argon2}$argon2i$" PHC) },
	{ "hash", BYTES("{Argon2}$argon2d$" PHC) },
	{ "hash", BYTES("{ARGON2.hex}"
	  "246172676f6e32696424763d3139246d3d382c743d312c703d3124633246"
	  "7364484e68624851246332467364484e686248527a595778306332467364"
	  "41") },
	{ "hash", BYTES("{CRYPT}rl.3StKT.4T8M") },
	{ "hash", BYTES("{CRYPT}_J9..rasmBYk8r9AiWNc") },
	{ "hash", BYTES("{SHA}1Gh2WzMmigVDnCUW5F5OewSpgAs=") },
	{ "hash", BYTES("{PLAIN-MD5}" HEX32) },
	/* without a mark: maybe a password */
	{ "bare", BYTES("rl.3StKT.4T8M") }, { "bare", BYTES("Tb6xkEDKOcB3s") },
	{ "bare", BYTES("_correctHorseStaples") },
	{ "bare", BYTES("_f09T4BZ4440oNjdD0dQ") },
	{ "bare", BYTES("_J9..rasmBYk8r9AiWNc") },
	{ "bare", BYTES("ab" TEN "." TEN ".") },
	{ "plain", BYTES("!rl.3StKT.4T8M") },
	{ "plain", BYTES("!!_correctHorseStapl1") },
	/* passwords */
	{ "plain", BYTES("sesame") }, { "plain", BYTES("!sesame") },
	{ "plain", BYTES("x") },
	{ "plain", BYTES("$") }, { "plain", BYTES("$$") },
	{ "plain", BYTES("$y") }, { "plain", BYTES("$md5") },
	{ "plain", BYTES("{") }, { "plain", BYTES("{}") },
	{ "plain", BYTES("{1}x") }, { "plain", BYTES("{CRYPT") },
	{ "plain", BYTES("{a\tb}c") }, { "plain", BYTES("2b$04$") },
	{ "plain", BYTES("_underscore") }, { "plain", BYTES("thirteen13car") },
	{ "plain", BYTES("_J9..abcd") }, { "plain", BYTES("*stars*") },
	{ "plain", BYTES("!!!") }, { "plain", BYTES("**") },
	{ "plain", BYTES("*2") }, { "plain", BYTES("a$6$b") },
	{ "plain", BYTES("pa$$w0rd$") }, { "plain", BYTES("$pa w$") },
	{ "plain", BYTES("md5" HEX32 "0") }, { "plain", BYTES("md5rocks") },
	{ "plain", BYTES("*" HEX32 "0123456g") }, { "plain", BYTES(HEX32) },
	{ "plain", BYTES("a md5$x") }, { "plain", BYTES("\xff\xfe") },
	{ "plain", BYTES("a{SHA}b") },
	{ "plain", BYTES("a\0b") }, { "plain", BYTES("\0$6$") },
	/* no password in front */
	{ "setting", BYTES("$y$j9T$" D22) }, { "setting", BYTES("$6$salt$") },
	{ "setting", BYTES("$2b$04$" D22) }, { "setting", BYTES("$1$") },
	{ "setting", BYTES("!$1$salt") }, { "setting", BYTES("{CRYPT}$3$") },
	{ "setting", BYTES("$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ") },
	{ "damaged", BYTES("$y$") }, { "damaged", BYTES("$2b$99$zz") },
	{ "damaged", BYTES(B04 ".") }, { "damaged", BYTES(B04 " ") },
	{ "damaged", BYTES(B04 "\0") }, { "damaged", BYTES("$6$not a hash") },
	{ "damaged", BYTES("{CRYPT}") }, { "damaged", BYTES("{crypt}secret") },
	{ "damaged", BYTES("{SHA}abcdef00") },
	{ "plain", BYTES("{abcdefghij" TEN TEN TEN TEN TEN TEN "}x") },
	{ "plain", BYTES(D86 D86 D86 D86 D86 D86 D86 D86 D86 D86 D86 D86 D86) },
	{ "damaged", BYTES("{SHA}x") }, { "damaged", BYTES("{ARGON2}x") },
	{ "damaged", BYTES("{ARGON2}" B04) },
	{ "damaged", BYTES("{CRYPT}{CRYPT}" B04) },
	{ "damaged", BYTES("{SHA}" "\xd4\x68\x76\x5b\x33\x26\x8a\x05\x43"
	  "\x9c\x25\x16\xe4\x5e\x4e\x7b\x04\xa9\x80\x0b") },
	/* a whole one, with something around it */
	{ "damaged", BYTES(" " B04) }, { "damaged", BYTES("'" B04 "'") },
	{ "damaged", BYTES("\"" B04) }, { "damaged", BYTES("*" B04) },
	{ "damaged", BYTES("*LOCKED*" B04) }, { "damaged", BYTES("\n" B04) },
	{ "damaged", BYTES("SHA512-CRYPT:$6$salt$" D86) },
	{ "damaged", BYTES("(SHA512-CRYPT)$6$salt$" D86) },
	{ "damaged", BYTES("joe:" B04) },
	{ "damaged", BYTES("joe:" B04 ":19000:0:99999:7:::") },
	{ "damaged", BYTES("'{CRYPT}" B04 "',") },
	{ "damaged", BYTES("x{CRYPT}rl.3StKT.4T8M") },
	{ "damaged", BYTES(" {CRYPT}$1$") }, { "damaged", BYTES("'$6$x") },
	{ "damaged", BYTES("! " B04) }, { "damaged", BYTES("x" B04 "$") },
	{ "damaged", BYTES("x$y$j/.$" "$" D43 "=") },
	/* other programs' */
	{ "foreign", BYTES("$apr1$Yx3kQ9ab$0hC1nQkq2m0fWg7bq8tRk1") },
	{ "foreign", BYTES("!$apr1$Yx3kQ9ab$0hC1nQkq2m0fWg7bq8tRk1") },
	{ "foreign", BYTES(" $apr1$Yx3kQ9ab$0hC1nQkq2m0fWg7bq8tRk1") },
	{ "foreign", BYTES("$P$BYx3kQ9ab0hC1nQkq2m0fWg7bq8tRk1") },
	{ "foreign", BYTES("$H$9Yx3kQ9ab0hC1nQkq2m0fWg7bq8tRk1") },
	{ "foreign", BYTES("$S$Dx") }, { "foreign", BYTES("$wp" B04) },
	{ "foreign", BYTES("$pbkdf2-sha256$29000$x$y") },
	{ "foreign", BYTES("$bcrypt-sha256$v=2,t=2b,r=12$x$y") },
	{ "foreign", BYTES("$scrypt$ln=16,r=8,p=1$x$y") },
	{ "foreign", BYTES("$2$10$" D22 D31) }, { "foreign", BYTES("$a_b.c$") },
	{ "foreign", BYTES("$argon2$x") }, { "foreign", BYTES("$money$talks") },
	{ "foreign", BYTES("{NTLM}" HEX32) }, { "foreign", BYTES("{OTP}x") },
	{ "foreign", BYTES("{cram-md5}x") },
	{ "foreign", BYTES("{sic}transit") },
	{ "foreign", BYTES("{SCRAM-SHA-256}4096,x") },
	{ "foreign", BYTES("{x}") },
	{ "foreign", BYTES("{x-issha, 1024}x") },
	{ "foreign", BYTES("{FSHP1|16|4096}x") },
	{ "foreign", BYTES("{BCRYPT}" B04) }, { "foreign", BYTES("{CRYPTO}x") },
	{ "foreign", BYTES("{PBKDF2_SHA256}x") },
	{ "foreign", BYTES("pbkdf2_sha256$600000$salt$x=") },
	{ "foreign", BYTES("pbkdf2_sha1$x") }, { "foreign", BYTES("md5$s$x") },
	{ "foreign", BYTES("bcrypt_sha256$" B04) },
	{ "foreign", BYTES("bcrypT_sha256$" B04) },
	{ "foreign", BYTES("Scram-Sha-256$4096:x==$y=:z=") },
	{ "foreign", BYTES("bcrypt$" B04) }, { "foreign", BYTES("sha1$s$x") },
	{ "foreign", BYTES("argon2$argon2id$" PHC) },
	{ "foreign", BYTES("scrypt$x") }, { "foreign", BYTES("crypt$x") },
	{ "foreign", BYTES("unsalted_md5$x") },
	{ "foreign", BYTES("SCRAM-SHA-256$4096:x==$y=:z=") },
	{ "foreign", BYTES("pbkdf2:sha256:260000$x$y") },
	{ "foreign", BYTES("scrypt:32768:8:1$x$y") },
	{ "foreign", BYTES("PBKDF2$sha512$901$x$y") },
	{ "foreign", BYTES("md5" HEX32) },
	{ "foreign", BYTES("*" HEX32 "0123ABCD") },
	/* the edges of what an id and a label are made of */
	{ "foreign", BYTES("$zZaA09-_.$x") }, { "plain", BYTES("$[x]$ab") },
	{ "plain", BYTES("${x}$") }, { "plain", BYTES("$a:b$") },
	{ "foreign", BYTES("{zZaA09}x") }, { "foreign", BYTES("{Z}") },
	{ "foreign", BYTES("md5000000000c0000000000c0000000000c") },
	{ "hash", BYTES("{CRYPT}md5000000000c0000000000c0000000000c") },
	{ "foreign", BYTES("{A}x") }, { "plain", BYTES("{[}x") },
	{ "plain", BYTES("{{}x") }, { "plain", BYTES("{@}x") },
	{ "plain", BYTES("{a{}x") }, { "plain", BYTES("{a") },
	{ "plain", BYTES("{a;b}c") },
	{ "foreign", BYTES("{a b,c:d+e=f/g.h|i}") },
	{ "foreign", BYTES("{" TEN TEN TEN TEN TEN TEN "abc}x") },
	{ "plain", BYTES("{" TEN TEN TEN TEN TEN TEN "abcd}x") },
	/* what stands before a whole hash may look like something, too */
	{ "damaged", BYTES("a$b " B04) }, { "damaged", BYTES("a{b " B04) },
	{ "damaged", BYTES("x$6$y " B04) },
	{ "damaged", BYTES("x{SHA}y " B04) },
	{ "plain", BYTES("my{SHA}pass phrase of words") },
	{ "plain", BYTES("my$6$pass phrase of words") },
	{ "damaged", BYTES(" {CRYPT}rl.3StKT.4T8M") },
	{ "cleartext", BYTES("{PLAIN}pw") }, { "cleartext", BYTES("{plain}") },
	{ "cleartext", BYTES("!{Clear}pw") },
	{ "cleartext", BYTES("{CLEARTEXT}pw") },
	{ "cleartext", BYTES("{PLAIN-TRUNC}2:pw") },
	{ "cleartext", BYTES("{PLAIN.b64}cHc=") },
	{ "mark", BYTES("*") },
	{ "mark", BYTES("*0") }, { "mark", BYTES("*1") },
	{ "mark", BYTES("!") },
	{ "mark", BYTES("!!") }, { "mark", BYTES("!*") },
	{ "mark", BYTES("!!*0") },
	{ "empty", BYTES("") },
	/* above the limit for storing, and just within it */
	{ "dear", BYTES("$2b$15$" D22 D31) },
	{ "hash", BYTES("$2b$14$" D22 D31) },
	{ "dear", BYTES("{CRYPT}$2a$17$" D22 D31) },
	{ "dear", BYTES("!$2y$31$" D22 D31) },
	{ "dear", BYTES("$6$rounds=1500001$s$" D86) },
	{ "hash", BYTES("$6$rounds=1500000$s$" D86) },
	{ "dear", BYTES("$5$rounds=1500001$s$" D43) },
	{ "hash", BYTES("$5$rounds=1500000$s$" D43) },
	{ "dear", BYTES("$y$jDT$" D22 "$" D43) },
	{ "hash", BYTES("$y$jCT$" D22 "$" D43) },
	{ "dear", BYTES("$gy$jDT$" D22 "$" D43) },
	{ "dear", BYTES("$7$EU..../...." D22 "$" D43) },
	{ "hash", BYTES("$7$DU..../...." D22 "$" D43) },
	{ "dear", BYTES("$sha1$500001$s$" TEN TEN "abcdefgh") },
	{ "hash", BYTES("$sha1$500000$s$" TEN TEN "abcdefgh") },
	{ "dear", BYTES("$md5,rounds=495905$s$$" D22) },
	{ "hash", BYTES("$md5,rounds=495904$s$$" D22) },
	{ "dear", BYTES("{CRYPT}_zzzzrasmBYk8r9AiWNc") },
	{ "hash", BYTES("{CRYPT}ab" D44 D44 D44 D44) },
	{ "dear", BYTES("{PBKDF2}$1$s$500001$" HEX32 "01234567") },
	{ "hash", BYTES("{PBKDF2}$1$s$500000$" HEX32 "01234567") },
	{ "dear", BYTES("$argon2id$v=19$m=131073,t=1,p=1$c2FsdHNhbHQ$"
	  "c2FsdHNhbHRzYWx0c2FsdA") },
	{ "hash", BYTES("$argon2id$v=19$m=131072,t=4,p=1$c2FsdHNhbHQ$"
	  "c2FsdHNhbHRzYWx0c2FsdA") },
	{ "dear", BYTES("{ARGON2}$argon2i$v=19$m=131072,t=5,p=1$c2FsdHNhbHQ$"
	  "c2FsdHNhbHRzYWx0c2FsdA") },
};
/* clang-format on */

/* Which kinds come with a sentence; plain ones may. */
static bool
has_sentence(enum mf_kind kind)
{
	return kind != MF_KIND_HASH && kind != MF_KIND_BARE &&
	       kind != MF_KIND_PLAIN;
}

static void
try_kinds(void)
{
	static struct guard guard;
	struct mf_stored s;

	guard = guard_new();
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct mf_text t = kinds[i].text;
		t.at = guard_end(&guard, t.at, t.len);
		mf_stored_read(t, &s);
		is_str(mf_kind_word(s.kind), kinds[i].kind, "%s",
		       shown(kinds[i].text.at, t.len));
		if (s.kind != MF_KIND_PLAIN)
			ok((s.fault.status != MF_OK) == has_sentence(s.kind),
			   "and has its sentence, or needs none");
	}
}

/* ---- who verifies what ---- */

#define STRONG (MF_COURIER | MF_DOVECOT | MF_DOVECOT24)

static void
try_programs(const char *hash, unsigned programs, const char *what)
{
	struct mf_info info = { .programs = 0 };

	mf_inspect(mf_text_of(hash), &info);
	is_size(info.programs, programs, "who verifies %s", what);
}

/* Who verifies it is told by the text alone, and not by what follows. */
static void
try_end(void)
{
	static const char hash[] = "{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69";
	struct guard guard = guard_new();
	struct mf_text whole = { guard_end(&guard, hash, strlen(hash)),
				 strlen(hash) };
	struct mf_info info;

	ok(mf_inspect(whole, &info) && info.programs == MF_COURIER,
	   "Courier's hex, up to its end");
}

int
main(void)
{
	try_room();
	try_digests();
	try_kinds();
	try_programs(bcrypt, STRONG | MF_PHP, "a hash");
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
