/* kinds.c - see kinds.h */

#include "tap.h"

#include "kinds.h"
#include "stored.h"

enum { KINDS_MAX = 200 };

static struct kind kinds[KINDS_MAX];
static size_t kind_count;

/* The one of the same method and label; there is one afterwards. */
static struct kind *
kind_like(const struct kind *wanted)
{
	for (size_t i = 0; i < kind_count; i++)
		if (strcmp(kinds[i].method, wanted->method) == 0 &&
		    strcmp(kinds[i].label, wanted->label) == 0)
			return &kinds[i];
	if (kind_count == KINDS_MAX)
		bail_out("more kinds of hashes than expected");
	kinds[kind_count] = *wanted;
	return &kinds[kind_count++];
}

static void
add(const char *password, const char *hash)
{
	struct kind added = { .work = 0 }, *old;
	struct mf_stored s;

	mf_stored_read(mf_text_of(hash), &s);
	if (s.form != MF_FORM_HASH)
		return;
	snprintf(added.method, sizeof added.method, "%s", s.method->name);
	snprintf(added.label, sizeof added.label, "%.*s",
		 (int)s.labelled.label.len, s.labelled.label.at);
	snprintf(added.password, sizeof added.password, "%s", password);
	snprintf(added.hash, sizeof added.hash, "%s", hash);
	added.memory_kib = s.parsed.memory_kib;
	added.work = s.parsed.work;
	old = kind_like(&added);
	if (added.memory_kib < old->memory_kib ||
	    (added.memory_kib == old->memory_kib && added.work < old->work))
		*old = added;
}

/* Columns: who made it, method, password in hex, hash. */
static void
add_line(char *line)
{
	char *field[4] = { NULL };

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < 4; i++)
		field[i] = strsep(&line, "\t");
	if (field[3] != NULL && strchr(field[3], '\'') == NULL)
		add(field[2], field[3]);
}

static void
read_vectors(const char *name)
{
	static char line[4096];
	FILE *file = fopen(name, "r");

	if (file == NULL)
		bail_out("%s", name);
	while (fgets(line, sizeof line, file) != NULL)
		if (line[0] != '#')
			add_line(line);
	fclose(file);
}

const struct kind *
kinds_of_vectors(size_t *count)
{
	if (kind_count == 0) {
		read_vectors("test/vectors/crypt.tsv");
		read_vectors("test/vectors/digests.tsv");
		read_vectors("test/vectors/published.tsv");
	}
	*count = kind_count;
	return kinds;
}
