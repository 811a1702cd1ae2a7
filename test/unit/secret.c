/* secret.c - wiping that survives the optimiser, comparing, random bytes
**
** The file under test is included, so that the compiler may see through
** mf_wipe() and mf_equal() and optimise as hard as it can; under other names
** than those that the rest of mailfunc, linked with this test, has.
*/

#define mf_wipe included_wipe
#define mf_wipe_stack included_wipe_stack
#define mf_equal included_equal
#define mf_random included_random
#include "../../ext/secret.c"

#include "tap.h"

#include <ucontext.h>

/* ---- wiping: a secret on a stack of its own, searched afterwards ---- */

/* Newer ones keep locals elsewhere, to find who uses them too late. */
#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_stack_use_after_return=0";
}
#endif

enum { STACK_SIZE = 64 * 1024, SECRET_SIZE = 256 };

static ucontext_t here, there;
static bool wipes;

/* The compiler doesn't know what this does with a buffer. */
static void *(*volatile fill)(void *, int, size_t) = memset;

/* A function with a secret that nobody reads any more when it is wiped. */
static void
keep_a_secret(void)
{
	unsigned char secret[SECRET_SIZE];

	fill(secret, 0xa5, sizeof secret);
	if (wipes)
		mf_wipe(secret, sizeof secret);
}

/* Far enough below the top of the stack: some C libraries leave it by way of
** a function that has that stack, too. */
static void (*volatile keep)(void) = keep_a_secret;

static void
keep_it_below(void)
{
	volatile unsigned char above[4096];

	above[0] = 0;
	keep();
	above[sizeof above - 1] = 0;
}

/* How much of the secret lies in the memory that was the stack? */
static size_t
left_in(const unsigned char *stack)
{
	size_t run = 0, longest = 0;

	for (size_t i = 0; i < STACK_SIZE; i++) {
		run = stack[i] == 0xa5 ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static size_t
left_by_a_secret(bool wiped)
{
	unsigned char *stack = calloc(1, STACK_SIZE);
	size_t left;

	if (stack == NULL || getcontext(&there) != 0) {
		free(stack);
		return SIZE_MAX;
	}
	wipes = wiped;
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = STACK_SIZE;
	there.uc_link = &here;
	makecontext(&there, keep_it_below, 0);
	if (swapcontext(&here, &there) != 0)
		return SIZE_MAX;
	left = left_in(stack);
	free(stack);
	return left;
}

static void
try_wipe(void)
{
	unsigned char bytes[] = { 1, 2, 3, 4, 5 };

	/* The linker looks the functions up when they are called for the first
	** time, and keeps the registers on the stack meanwhile. */
	left_by_a_secret(true);
	is_size(left_by_a_secret(false), SECRET_SIZE,
		"a secret that isn't wiped can be found");
	ok(left_by_a_secret(true) < 4, "one that is wiped can't");
	mf_wipe(bytes + 1, 3);
	ok(memcmp(bytes, "\1\0\0\0\5", 5) == 0, "just what is asked for");
	mf_wipe(bytes, 0);
	is_size(bytes[0], 1, "nothing of no bytes");
}

/* ---- comparing ---- */

static void
try_equal(void)
{
	struct many differ = { "one bit anywhere makes a difference", 0, 0 };
	unsigned char a[64], b[64];

	for (size_t i = 0; i < sizeof a; i++)
		a[i] = b[i] = (unsigned char)dice(256);
	ok(mf_equal(a, b, sizeof a), "equal bytes are equal");
	ok(mf_equal(a, b, 0), "no bytes are equal");
	for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
		holds(&differ, !mf_equal(a, b, sizeof a), "", 0);
		holds(&differ, mf_equal(a, b, bit / 8), "", 0);
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	held(&differ);
}

/* Each side in turn beside a page that is shut. */
static void
try_equal_bounds(void)
{
	struct guard left = guard_new(), right = guard_new();

	ok(mf_equal(guard_end(&left, "12345678", 8),
		    guard_start(&right, "12345678", 8), 8) &&
		   !mf_equal(guard_start(&left, "12345678", 8),
			     guard_end(&right, "12345679", 8), 8),
	   "nothing outside is read");
}

/* ---- random bytes ---- */

static void
try_random(void)
{
	unsigned char a[256], b[256] = { 0 };
	struct guard guard = guard_new();
	size_t zeros = 0;

	ok(mf_random(a, sizeof a) && mf_random(b, sizeof b), "256 at once");
	ok(memcmp(a, b, sizeof a) != 0, "two calls differ");
	for (size_t i = 0; i < sizeof b; i++)
		zeros += b[i] == 0;
	ok(zeros < 32, "all of the buffer is filled");
	ok(mf_random(guard.end - 16, 16), "and nothing behind it");
	ok(mf_random(a, 0), "none if none are wanted");
	unsigned char more[257];
	ok(!mf_random(more, sizeof more), "257 are refused, as it promises");
}

int
main(void)
{
	try_wipe();
	try_equal();
	try_equal_bounds();
	try_random();
	return done_testing();
}
