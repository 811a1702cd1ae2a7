/* tap.h - what a C test needs to talk to prove(1), and to be cruel to a parser
**
** TAP: ok() and its kin print one numbered line each and answer whether it was
** good; end a test with `return done_testing();`. A test that is killed by a
** signal fails too. For a property that is tried on thousands of inputs see
** struct many: it is one line, with the first few inputs that break it.
**
** Guards: a page that can be used between two that can't, so that reading one
** byte outside of (pointer, length) ends the test.
*/
#ifndef TAP_H
#define TAP_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS; so include this file first */
#endif

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TAP_PRINTS(nth, first) __attribute__((format(printf, nth, first)))

static size_t tap_run, tap_failed;

TAP_PRINTS(1, 2)
static inline void
diag(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

TAP_PRINTS(2, 0)
static inline bool
tap_line(bool good, const char *format, va_list args)
{
	printf("%sok %zu - ", good ? "" : "not ", ++tap_run);
	vprintf(format, args);
	printf("\n");
	fflush(stdout);
	tap_failed += !good;
	return good;
}

TAP_PRINTS(2, 3)
static inline bool
ok(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_line(good, format, args);
	va_end(args);
	return good;
}

/* Are two strings the same? NULL is the same as NULL only. */
TAP_PRINTS(3, 4)
static inline bool
is_str(const char *got, const char *want, const char *format, ...)
{
	bool same = got == NULL || want == NULL ? got == want
						: strcmp(got, want) == 0;
	va_list args;

	va_start(args, format);
	tap_line(same, format, args);
	va_end(args);
	if (!same) {
		diag("  got: %s", got == NULL ? "(NULL)" : got);
		diag(" want: %s", want == NULL ? "(NULL)" : want);
	}
	return same;
}

TAP_PRINTS(3, 4)
static inline bool
is_size(uintmax_t got, uintmax_t want, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_line(got == want, format, args);
	va_end(args);
	if (got != want)
		diag("got %ju, want %ju", got, want);
	return got == want;
}

static inline void
plan(size_t tests)
{
	printf("1..%zu\n", tests);
}

/* The plan for a test that hasn't called plan(); answers main()'s result. */
static inline int
done_testing(void)
{
	plan(tap_run);
	return tap_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Bytes as a line of TAP can hold them: no control bytes, no # and no \, for
** which stands \xNN. The last four answers are kept. */
static inline const char *
shown(const char *at, size_t len)
{
	static char lines[4][1024];
	static size_t turn;
	char *line = lines[turn++ % 4];
	size_t used = 0;

	line[0] = '\0';
	for (size_t i = 0; i < len && used + 5 < sizeof lines[0]; i++) {
		unsigned char c = (unsigned char)at[i];
		bool printable = c >= ' ' && c < 0x7f && c != '#' && c != '\\';
		used += (size_t)snprintf(line + used, sizeof lines[0] - used,
					 printable ? "%c" : "\\x%02x", c);
	}
	return line;
}

/* The end of a test that can't go on, with why. */
TAP_PRINTS(1, 2)
static inline _Noreturn void
bail_out(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("Bail out! ");
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(EXIT_FAILURE);
}

/* ---- one property, many inputs ---- */

struct many {
	const char *what;
	size_t tried, broken;
};

static inline bool
holds(struct many *many, bool good, const char *at, size_t len)
{
	many->tried++;
	if (!good && many->broken++ < 5)
		diag("breaks \"%s\": %s", many->what, shown(at, len));
	return good;
}

/* The property's line. None tried is a failure: the test has gone astray. */
static inline bool
held(const struct many *many)
{
	if (many->broken > 0)
		diag("%zu broken", many->broken);
	return ok(many->tried > 0 && many->broken == 0, "%s (%zu tried)",
		  many->what, many->tried);
}

/* ---- guards ---- */

struct guard {
	char *page, *end; /* before page and from end on it is shut */
};

static inline struct guard
guard_new(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *shut = mmap(NULL, 3 * size, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (shut == MAP_FAILED ||
	    mprotect(shut + size, size, PROT_READ | PROT_WRITE) != 0)
		bail_out("no memory for a guarded page");
	return (struct guard){ shut + size, shut + 2 * size };
}

/* A copy of at most a page, right before the second shut page. */
static inline const char *
guard_end(const struct guard *guard, const char *at, size_t len)
{
	return memcpy(guard->end - len, at, len);
}

/* A copy of at most a page, right behind the first shut page. */
static inline const char *
guard_start(const struct guard *guard, const char *at, size_t len)
{
	return memcpy(guard->page, at, len);
}

/* ---- chance, the same in every run: xorshift64 ---- */

static inline size_t
dice(size_t sides)
{
	static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % sides);
}

#endif
