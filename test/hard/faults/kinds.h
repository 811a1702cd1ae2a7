/* kinds.h - one stored hash of each kind, the cheapest in test/vectors */
#ifndef KINDS_H
#define KINDS_H

#include <stddef.h>
#include <stdint.h>

struct kind {
	char method[32], label[32]; /* the label with its suffix, or "" */
	char password[1100];        /* in hex */
	char hash[800];
	uint64_t memory_kib, work;
};

/* All of them. They stay as they are until the program ends. */
const struct kind *kinds_of_vectors(size_t *count);

#endif
