/* replay.c - run a fuzz target on files, without libFuzzer
**
**   build/fuzz/TARGET            the kept inputs, test/hard/fuzz/corpus/TARGET/
**   build/fuzz/TARGET FILE ...   these files, or what is in these folders
**
** From the top folder. Prints TAP; an input that breaks a property or crashes
** ends the run there.
*/

#include "tap.h"

#include "fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>

enum { INPUT_MAX = 1 << 20 }; /* bytes */

static size_t inputs;
static char running[1024]; /* the file */

/* abort() and the like: the line of the file, and then no plan. */
static void
on_signal(int number)
{
	static const char line[] = "not ok - ";

	/* If that fails, there is no one to tell. */
	if (write(STDOUT_FILENO, line, sizeof line - 1) > 0 &&
	    write(STDOUT_FILENO, running, strlen(running)) > 0 &&
	    write(STDOUT_FILENO, "\n", 1) > 0)
		fsync(STDOUT_FILENO);
	signal(number, SIG_DFL);
	raise(number);
}

static void
run_file(const char *name)
{
	static uint8_t data[INPUT_MAX];
	FILE *file = fopen(name, "rb");
	size_t size;

	if (file == NULL) {
		ok(false, "%s can be read", name);
		return;
	}
	size = fread(data, 1, sizeof data, file);
	fclose(file);
	snprintf(running, sizeof running, "%s", name);
	LLVMFuzzerTestOneInput(data, size);
	inputs++;
}

static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In the order of their names: what one leaves behind, another may meet. */
static void
run_folder(const char *name)
{
	struct dirent **entries;
	int count = scandir(name, &entries, is_shown, alphasort);
	char path[1024];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", name, entries[i]->d_name);
		run_file(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void
run(const char *name)
{
	struct stat status;
	size_t before = inputs;

	if (stat(name, &status) == 0 && S_ISDIR(status.st_mode))
		run_folder(name);
	else
		run_file(name);
	ok(inputs > before, "%s: %zu inputs keep every property", name,
	   inputs - before);
}

static void
run_kept(const char *program)
{
	const char *slash = strrchr(program, '/'), *unreached;
	char folder[1024];

	snprintf(folder, sizeof folder, "test/hard/fuzz/corpus/%s",
		 slash == NULL ? program : slash + 1);
	run(folder);
	unreached = fuzz_unreached();
	ok(unreached == NULL, "they reach all they should%s%s",
	   unreached == NULL ? "" : ", but not: ",
	   unreached == NULL ? "" : unreached);
}

int
main(int argc, char **argv)
{
	signal(SIGABRT, on_signal);
	signal(SIGSEGV, on_signal);
	if (argc < 2)
		run_kept(argv[0]);
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	return done_testing();
}
