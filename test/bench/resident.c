/* resident.c - see resident.h */

#include "resident.h"

#include "bench.h"

#include <stdio.h>
#include <string.h>

static long
field(const char *line, const char *name)
{
	long kib = 0;
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0 ||
	    sscanf(line + len, ": %ld", &kib) != 1)
		return 0;
	return kib;
}

bool
resident_read(const char *path, struct resident *resident)
{
	FILE *file = fopen(path, "r");
	char line[256];

	*resident = (struct resident){ .all_kib = 0 };
	if (file == NULL)
		return false;
	while (fgets(line, sizeof line, file) != NULL) {
		resident->all_kib += field(line, "Rss");
		resident->anonymous_kib += field(line, "Anonymous");
	}
	fclose(file);
	/* Of a process that has ended but wasn't waited for it is empty. */
	return resident->all_kib > 0;
}

struct resident
resident_now(void)
{
	struct resident resident;

	if (!resident_read("/proc/self/smaps_rollup", &resident))
		bench_die("/proc/self/smaps_rollup can't be read");
	return resident;
}

/* The name of the shared object that a mapping's line is about; "" for
** others. False for a line that is about no mapping. */
static bool
read_name(const char *line, char name[64])
{
	unsigned long from, to;
	const char *slash = strrchr(line, '/');

	if (sscanf(line, "%lx-%lx ", &from, &to) != 2)
		return false;
	name[0] = '\0';
	if (slash != NULL && strstr(slash, ".so") != NULL)
		sscanf(slash + 1, "%63s", name);
	return true;
}

/* A file's mappings follow one another. */
void
resident_by_file(void (*tell)(const char *name, long kib))
{
	FILE *file = fopen("/proc/self/smaps", "r");
	char line[512], name[64] = "", last[64] = "";
	long kib = 0;

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (read_name(line, name) && strcmp(name, last) != 0) {
			if (last[0] != '\0')
				tell(last, kib);
			memcpy(last, name, sizeof last);
			kib = 0;
		}
		kib += field(line, "Rss");
	}
	if (file != NULL)
		fclose(file);
}
