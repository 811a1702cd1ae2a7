/* strength.c - what is easy to guess, and what is made up
**
** The verdicts are libpasswdqc's: pwqcheck(1), which has another code around
** them, says the same for the same passwords.
*/

#include "tap.h"

#include "address.h"
#include "method.h"
#include "strength.h"

static char weakness[MF_WEAKNESS_SIZE];
static struct mf_fault fault;

static const char *
weak(const char *password, const char *address)
{
	mf_weakness(mf_text_of(password), mf_text_of(address), weakness,
		    &fault);
	return weakness;
}

static void
verdicts(void)
{
	is_str(weak("", ""), "too short", "nothing");
	is_str(weak("secret", ""), "too short", "a short one");
	is_str(weak("aaaaaaaaaaaaaaaa", ""),
	       "not enough different characters or classes for this length",
	       "one letter again and again");
	is_str(weak("abcdefghijkl1Q", ""),
	       "based on a common sequence of characters",
	       "the alphabet, without the hint at passphrases");
	is_str(weak("Password-Pass1", ""), "", "words in pieces are none");
	is_str(weak("Tr0ub4dor&3x", ""), "", "a strong one");
	is_str(weak("correct horse battery staple", ""), "", "a passphrase");
	is_str(weak("Joe@Example.com1", "joe@example.com"),
	       "based on personal login information", "the user's address");
	is_str(weak("moc.elpmaxE@eoj1", "joe@example.com"),
	       "based on personal login information", "and backwards");
	is_str(weak("Joe@Example.com1", "ann@other.org"), "",
	       "another one's address");
	is_str(weak("Joe@Example.com1", ""), "", "nobody's address");
}

static void
borders(void)
{
	char long_text[1000];
	struct mf_text nul = { "Tr0ub4dor&3x\0y", 14 };
	/* 64 bytes of local part, @, 253 of domain, and one more */
	size_t address_max = MF_LOCAL_PART_MAX + 1 + MF_DOMAIN_MAX;

	memset(long_text, 'x', sizeof long_text);
	mf_weakness((struct mf_text){ long_text, 73 }, mf_text_of(""), weakness,
		    &fault);
	is_str(weakness, "too long", "more than passwdqc looks at");
	mf_weakness((struct mf_text){ long_text, sizeof long_text },
		    mf_text_of(""), weakness, &fault);
	is_str(weakness, "too long", "more than a password can have");
	is_size(mf_weakness(nul, mf_text_of(""), weakness, &fault),
		MF_PASSWORD_NUL, "a NUL byte");
	is_str(weakness, "", "leaves no verdict");
	memcpy(long_text, "joe@example.com", 15);
	mf_weakness(mf_text_of("Joe@Example.com1"),
		    (struct mf_text){ long_text, address_max }, weakness,
		    &fault);
	is_str(weakness, "based on personal login information",
	       "the longest address");
	mf_weakness(mf_text_of("Joe@Example.com1"),
		    (struct mf_text){ long_text, address_max + 1 }, weakness,
		    &fault);
	is_str(weakness, "", "more than an address can have");
}

/* A guess is never the same twice, and longer the stronger. */
static void
made_up(void)
{
	struct many strong = { .what = "24 to 136 bits: made, none twice" };
	char *password = NULL, *again = NULL;

	for (int bits = MF_RANDOM_BITS_MIN; bits <= MF_RANDOM_BITS_MAX;
	     bits++) {
		mf_random_password(bits, &password, &fault);
		mf_random_password(bits, &again, &fault);
		if (password == NULL || again == NULL)
			break;
		holds(&strong,
		      strcmp(password, again) != 0 &&
			      strlen(password) >= (size_t)bits / 6,
		      password, strlen(password));
		free(password);
		free(again);
	}
	held(&strong);
	is_size(strong.tried, MF_RANDOM_BITS_MAX - MF_RANDOM_BITS_MIN + 1,
		"each of them");
	mf_random_password(MF_RANDOM_BITS, &password, &fault);
	is_str(weak(password, ""), "", "its own verdict on one of 47 bits");
	free(password);
	is_size(mf_random_password(23, &password, &fault), MF_BITS_BAD,
		"23 bits");
	ok(password == NULL, "give nothing");
	is_size(mf_random_password(137, &password, &fault), MF_BITS_BAD,
		"137 bits");
	is_size(mf_random_password(-1, &password, &fault), MF_BITS_BAD,
		"fewer than none");
	is_size(mf_random_password((int64_t)1 << 32 | 47, &password, &fault),
		MF_BITS_BAD, "47 and 2 to the 32");
}

int
main(void)
{
	verdicts();
	borders();
	made_up();
	return done_testing();
}
