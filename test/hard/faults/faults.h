/* faults.h - allocators and an entropy source that fail when they are told to
**
** A program that links faults.c has, for itself and every library in it:
** malloc() and its kin and mmap(), through which libcrypt and libargon2 get
** their memory; getentropy(); and, once faults_install() was called, an
** allocator for SQLite on ground of its own. Between faults_arm() and
** faults_disarm() the k-th request of one of them fails, or it and all that
** follow; and every block of the C library's that is freed is looked at:
** whoever held a password there must have wiped it.
**
** One thread at a time.
*/
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_source { FAULT_SQLITE, FAULT_LIBC, FAULT_ENTROPY, FAULT_SOURCES };

extern const char *const fault_source_names[FAULT_SOURCES];

struct faults {
	size_t asked[FAULT_SOURCES]; /* requests since faults_arm() */
	size_t fired;                /* of them failed */
	/* Of the C library's blocks (not SQLite's, and not what was there
	** before) since faults_arm(): */
	size_t freed, not_wiped, alive;
};

/* Give SQLite its allocator; before anything else of SQLite is called. */
void faults_install(void);

/* Fail the k-th request (from 1; 0: none) of the source from now on, and all
** that follow if it's for good. Entropy begins anew, the same each time. */
void faults_arm(enum fault_source source, size_t k, bool for_good);

/* No more faults; what has happened since. */
struct faults faults_disarm(void);

/* Is the address on the ground of SQLite's allocator? */
bool faults_is_sqlite(const void *address);

#endif
