/* shell.c - enough of the sqlite3 shell to run the tests' SQL scripts, with
** the extension linked in
**
** A sanitizer, a coverage counter or a failing allocator can't be loaded into
** a plain sqlite3 with an extension; they can into this. It takes
**
**   shell [-batch] [-bail] [-init FILE] [-cmd SQL] DATABASE [SQL]
**
** and reads standard input where no SQL is given. .load and other commands
** that only set up the shell are passed over; .read, .print and .bail work,
** and # begins a comment. Rows and errors look like the shell's.
*/

#define _POSIX_C_SOURCE 200809L /* getline() */

#include <sqlite3.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sqlite3_mailfunc_init(sqlite3 *db, char **error, const void *api);

static sqlite3 *db;
static bool bail, failed;

static void
print_row(sqlite3_stmt *statement)
{
	for (int i = 0; i < sqlite3_column_count(statement); i++) {
		const void *text = sqlite3_column_text(statement, i);
		printf("%s%s", i > 0 ? "|" : "",
		       text == NULL ? "" : (const char *)text);
	}
	putchar('\n');
}

static void
report(const char *what, int line)
{
	fflush(stdout);
	fprintf(stderr, "%s error near line %d: %s\n", what, line,
		sqlite3_errmsg(db));
	failed = true;
}

/* Run the statements of sql, which begin at that line. */
static void
run_sql(const char *sql, int line)
{
	while (*sql != '\0' && !(bail && failed)) {
		sqlite3_stmt *statement = NULL;
		int rc = sqlite3_prepare_v2(db, sql, -1, &statement, &sql);
		if (rc != SQLITE_OK) {
			report("Parse", line);
			return;
		}
		if (statement == NULL)
			return;
		while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
			print_row(statement);
		if (rc != SQLITE_DONE)
			report("Runtime", line);
		sqlite3_finalize(statement);
	}
}

static void run_file(FILE *file);

static void
run_command(const char *command)
{
	char name[512];

	if (sscanf(command, ".read '%511[^']'", name) == 1 ||
	    sscanf(command, ".read %511s", name) == 1) {
		FILE *file = fopen(name, "r");
		if (file == NULL) {
			fprintf(stderr, "Error: cannot open \"%s\"\n", name);
			failed = true;
			return;
		}
		run_file(file);
		fclose(file);
	} else if (strncmp(command, ".print ", 7) == 0) {
		printf("%s\n", command + 7);
	} else if (strncmp(command, ".bail ", 6) == 0) {
		bail = strncmp(command + 6, "on", 2) == 0;
	}
}

/* Append the line to *sql; the caller frees. */
static void
append(char **sql, const char *line)
{
	size_t old = *sql == NULL ? 0 : strlen(*sql);
	size_t more = strlen(line) + 1;
	char *longer = realloc(*sql, old + more);

	if (longer == NULL)
		abort();
	memcpy(longer + old, line, more);
	*sql = longer;
}

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static void
run_file(FILE *file)
{
	char *line = NULL, *sql = NULL;
	size_t size = 0;
	int number = 0, start = 1;

	while (!(bail && failed) && getline(&line, &size, file) > 0) {
		number++;
		if (is_blank(sql)) {
			start = number;
			if (line[0] == '#' || strncmp(line, "--", 2) == 0)
				continue;
			if (line[0] == '.') {
				line[strcspn(line, "\n")] = '\0';
				run_command(line);
				continue;
			}
		}
		append(&sql, line);
		if (!sqlite3_complete(sql))
			continue;
		run_sql(sql, start);
		sql[0] = '\0';
	}
	if (!is_blank(sql))
		run_sql(sql, start);
	free(line);
	free(sql);
}

static void
run_text(const char *text)
{
	if (text[0] == '.')
		run_command(text);
	else
		run_sql(text, 1);
}

int
main(int argc, char **argv)
{
	const char *commands[16], *name = NULL, *sql = NULL;
	int count = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-cmd") == 0 && i + 1 < argc && count < 16)
			commands[count++] = argv[++i];
		else if (strcmp(argv[i], "-init") == 0 && i + 1 < argc)
			i++;
		else if (strcmp(argv[i], "-bail") == 0)
			bail = true;
		else if (argv[i][0] != '-' && name == NULL)
			name = argv[i];
		else if (argv[i][0] != '-')
			sql = argv[i];
	}
	sqlite3_auto_extension((void (*)(void))sqlite3_mailfunc_init);
	if (sqlite3_open(name == NULL ? ":memory:" : name, &db) != SQLITE_OK) {
		fprintf(stderr, "Error: %s\n", sqlite3_errmsg(db));
		return 1;
	}
	for (int i = 0; i < count; i++)
		run_text(commands[i]);
	if (sql != NULL)
		run_text(sql);
	else
		run_file(stdin);
	sqlite3_close(db);
	sqlite3_shutdown();
	return failed;
}
