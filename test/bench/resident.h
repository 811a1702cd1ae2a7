/* resident.h - how much memory of a process is resident */
#ifndef BENCH_RESIDENT_H
#define BENCH_RESIDENT_H

#include <stdbool.h>

struct resident {
	long all_kib;       /* Rss, pages of libraries included */
	long anonymous_kib; /* those that no file stands behind */
};

/* Read a process's figures, path being /proc/.../smaps_rollup. It walks the
** page tables: the counters behind VmRSS may be off by some hundred KiB.
** False if the process has ended. */
bool resident_read(const char *path, struct resident *resident);

/* This process's. */
struct resident resident_now(void);

/* Tell of each shared object of this process what is resident of it. */
void resident_by_file(void (*tell)(const char *name, long kib));

#endif
