/* fuzz.h - what the fuzz targets share
**
** A target is a file with LLVMFuzzerTestOneInput(): one input of any bytes,
** and the properties that must hold for it. libFuzzer makes inputs up and
** watches what they reach (make fuzz); replay.c runs those that are kept
** (make fuzz-replay, make test). The same file serves both.
**
** A broken property ends the process, as a crash does: the input that did it
** is in a file then, and `build/fuzz/TARGET FILE` runs it once more.
*/
#ifndef FUZZ_H
#define FUZZ_H

#include "fault.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Run one input; always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that an input should have reached by now and none has, in a few
** words; NULL if all is reached. Inputs that reach nothing prove nothing. */
const char *fuzz_unreached(void);

#define REQUIRE(property) \
	((property) ? (void)0 : fuzz_broken(#property, __FILE__, __LINE__))

_Noreturn void fuzz_broken(const char *property, const char *file, int line);

/* A copy on the heap of just that size, so that a sanitizer sees each byte
** read beside it. The caller frees what at points to, with fuzz_free(). */
struct mf_text fuzz_copy(const void *at, size_t len);
void fuzz_free(struct mf_text text);

/* Is that one of the sentences that faults have? Figures are as good as any
** others, but all else must be as our tables have it: what was copied from an
** argument could not be. */
bool fuzz_is_sentence(const char *sentence);

/* That status came with its fault, and that with its sentence. */
void fuzz_require_sentence(enum mf_status status, const struct mf_fault *fault);

#endif
