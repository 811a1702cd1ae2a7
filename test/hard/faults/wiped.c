/* wiped.c - where is a password left after a call? In SQLite's memory and in
** the caller's, for they keep it; nowhere else
**
** Each function that gets a password is called through bound parameters, on a
** thread with a stack of its own, for each kind of stored hash: with the right
** hash, with another one, and with each request for memory failing. Then all
** writable memory of the process is searched, its stacks included: for eight
** bytes of the password in a row, as they are, in UTF-16, and as HMAC pads
** them; and for the hash of it, in text and raw, after calls that don't return
** it. SQLite's allocator has ground of its own, which is left out.
**
**   build/faults/wiped           all is well if nothing is found
**   build/faults/wiped-forgetful is the same with an mf_wipe() that does
**                                nothing: it is well if something is
*/

#define _GNU_SOURCE /* memmem() */

#include "tap.h"

#include "encoding.h"
#include "faults.h"
#include "kinds.h"
#include "method.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/wait.h>

int sqlite3_mailfunc_init(sqlite3 *db, char **error,
			  const struct sqlite3_api_routines *api);

enum {
	PASSWORD_LEN = 32,
	STACK_SIZE = 1 << 20,
	WINDOW = sizeof(uint64_t),
	WINDOWS_MAX = 256,
};

static sqlite3 *db;

/* What is sought, so masked that it doesn't find itself. */
static const uint64_t mask = UINT64_C(0xa5c3965a3c69f00f);
static uint64_t windows[WINDOWS_MAX];
static const char *window_names[WINDOWS_MAX];
static size_t window_count;

/* The caller's password; a page of its own. */
static char *password;

/* ---- what is sought ---- */

static uint64_t
window_at(const void *at)
{
	uint64_t window;

	memcpy(&window, at, sizeof window);
	return window;
}

static void
seek_masked(const char *name, uint64_t masked)
{
	if (window_count == WINDOWS_MAX)
		bail_out("more windows than expected");
	window_names[window_count] = name;
	windows[window_count++] = masked;
}

static void
seek_window(const char *name, uint64_t window)
{
	seek_masked(name, window ^ mask);
}

/* Any run of it that is long enough holds one of these as a whole. */
static void
seek(const char *name, const void *bytes, size_t len)
{
	for (size_t i = 0; i + WINDOW <= len; i += WINDOW)
		seek_window(name, window_at((const char *)bytes + i));
}

static void
seek_password(void)
{
	static const uint64_t inner = UINT64_C(0x3636363636363636);
	static const uint64_t outer = UINT64_C(0x5c5c5c5c5c5c5c5c);
	char wide[2 * PASSWORD_LEN];

	seek("the password", password, PASSWORD_LEN);
	for (size_t i = 0; i < PASSWORD_LEN; i += WINDOW) {
		seek_window("HMAC's inner key",
			    window_at(password + i) ^ inner);
		seek_window("HMAC's outer key",
			    window_at(password + i) ^ outer);
	}
	for (size_t i = 0; i < PASSWORD_LEN; i++) {
		wide[2 * i] = password[i];
		wide[2 * i + 1] = 0;
	}
	seek("the password in UTF-16", wide, sizeof wide);
	explicit_bzero(wide, sizeof wide);
}

static const char *
name_at(const void *at)
{
	uint64_t window = window_at(at) ^ mask;

	for (size_t i = 0; i < window_count; i++)
		if (windows[i] == window)
			return window_names[i];
	return NULL;
}

/* ---- the search ---- */

struct found {
	size_t count, searched; /* windows; bytes */
	char first[256];        /* which of them, and where */
};

/* A window is looked up only if its first two bytes are some window's. */
static bool
may_begin(const unsigned char *at)
{
	static unsigned char begins[1 << 16];
	static size_t known;

	while (known < window_count) {
		uint64_t window = windows[known++] ^ mask;
		unsigned char bytes[WINDOW];
		memcpy(bytes, &window, sizeof bytes);
		begins[bytes[0] << 8 | bytes[1]] = 1;
	}
	return begins[at[0] << 8 | at[1]];
}

static void
search_range(const unsigned char *at, const unsigned char *end,
	     const char *where, struct found *found)
{
	found->searched += (size_t)(end - at);
	for (; at + WINDOW <= end; at++) {
		const char *name = may_begin(at) ? name_at(at) : NULL;
		if (name == NULL)
			continue;
		if (found->count++ == 0)
			snprintf(found->first, sizeof found->first,
				 "%s in %s, %zu bytes before its end", name,
				 where, (size_t)(end - at));
	}
}

static bool
is_theirs(const void *at)
{
	return faults_is_sqlite(at) || at == password;
}

/* Each line: 55d0c8000000-55d0c8021000 rw-p 00000000 00:00 0   [heap] */
static void
search_line(const char *line, struct found *found)
{
	unsigned long start, end;
	char mode[8], name[128] = "memory without a name";

	if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %127s", &start, &end, mode,
		   name) < 3 ||
	    strncmp(mode, "rw", 2) != 0 || is_theirs((const void *)start))
		return;
	search_range((const unsigned char *)start, (const unsigned char *)end,
		     name, found);
}

/* Reads the map whole before it searches: stdio's buffers move about. */
static struct found
search(void)
{
	static char maps[65536];
	struct found found = { .count = 0 };
	size_t len = 0, got;
	FILE *file = fopen("/proc/self/maps", "r");

	if (file == NULL)
		bail_out("/proc/self/maps");
	while ((got = fread(maps + len, 1, sizeof maps - 1 - len, file)) > 0)
		len += got;
	fclose(file);
	maps[len] = '\0';
	for (char *line = strtok(maps, "\n"); line != NULL;
	     line = strtok(NULL, "\n"))
		search_line(line, &found);
	return found;
}

/* ---- a call, on a stack that stays to be searched ---- */

static void *stack;

struct step {
	sqlite3_stmt *statement;
	enum fault_source source;
	size_t k;
	struct faults faults;
	bool row;
};

/* A new thread takes memory itself: no faults before it runs. */
static void *
run_step(void *data)
{
	struct step *step = data;

	faults_arm(step->source, step->k, false);
	step->row = sqlite3_step(step->statement) == SQLITE_ROW;
	step->faults = faults_disarm();
	return NULL;
}

static void
run_apart(struct step *step)
{
	pthread_attr_t attributes;
	pthread_t thread;

	memset(stack, 0, STACK_SIZE);
	if (pthread_attr_init(&attributes) != 0 ||
	    pthread_attr_setstack(&attributes, stack, STACK_SIZE) != 0 ||
	    pthread_create(&thread, &attributes, run_step, step) != 0 ||
	    pthread_join(thread, NULL) != 0)
		bail_out("no thread");
	pthread_attr_destroy(&attributes);
}

static sqlite3_stmt *
prepare(const char *sql, const char *hash)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_bind_text(statement, 1, password, PASSWORD_LEN,
			      SQLITE_STATIC) != SQLITE_OK ||
	    (hash != NULL && sqlite3_bind_text(statement, 2, hash, -1,
					       SQLITE_STATIC) != SQLITE_OK))
		bail_out("%s", sqlite3_errmsg(db));
	return statement;
}

static struct totals {
	size_t calls, faults, rows, leaks, searched;
} totals;

static void
look(const char *sql, const char *what)
{
	struct found found = search();

	totals.calls++;
	totals.searched += found.searched;
	if (found.count > 0 && totals.leaks++ < 20)
		diag("%s %s: found %s, %zu in all", sql, what, found.first,
		     found.count);
}

/* With the k-th request of the source failing (0: none); did it? */
static bool
call(const char *sql, const char *hash, const char *what,
     enum fault_source source, size_t k)
{
	struct step step = { .statement = prepare(sql, hash),
			     .source = source,
			     .k = k };

	run_apart(&step);
	totals.rows += step.row;
	totals.faults += step.faults.fired;
	look(sql, what);
	sqlite3_finalize(step.statement);
	return step.faults.fired > 0;
}

static void
call_all(const char *sql, const char *hash, const char *what)
{
	call(sql, hash, what, FAULT_SQLITE, 0);
	for (int source = 0; source < FAULT_SOURCES; source++)
		for (size_t k = 1;
		     call(sql, hash, what, (enum fault_source)source, k); k++)
			;
}

/* ---- the hash of the password, told by a child of the process ---- */

/* Windows, masked: what is sought must not lie about here in any form. */
struct derived {
	size_t count;
	uint64_t masked[64];
};

/* What the hash that was given has as well, such as its salt, is no secret. */
static void
add_windows(struct derived *d, const void *bytes, size_t len, const void *given,
	    size_t given_len)
{
	for (size_t i = 0; i + WINDOW <= len && d->count < 64; i += WINDOW) {
		const char *at = (const char *)bytes + i;
		if (memmem(given, given_len, at, WINDOW) == NULL)
			d->masked[d->count++] = window_at(at) ^ mask;
	}
}

/* What follows the last $ or }. */
static struct mf_text
digest_of(const char *hash)
{
	const char *at = strrchr(hash, '$');

	if (at == NULL)
		at = strrchr(hash, '}');
	return mf_text_of(at == NULL ? hash : at + 1);
}

/* As text, and the bytes of which that is base64 or hex, if it is. */
static void
add_digest(struct derived *d, const char *hash, const char *given)
{
	static const enum mf_encoding encodings[] = {
		MF_BASE64,
		MF_BASE64_UNPADDED,
		MF_HEX,
	};
	struct mf_text made = digest_of(hash), old = digest_of(given);
	unsigned char made_raw[512], old_raw[512];
	size_t made_len, old_len;

	add_windows(d, made.at, made.len, old.at, old.len);
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++)
		if (mf_decode(encodings[i], made, made_raw, sizeof made_raw,
			      &made_len) &&
		    mf_decode(encodings[i], old, old_raw, sizeof old_raw,
			      &old_len))
			add_windows(d, made_raw, made_len, old_raw, old_len);
}

/* In the child: compute and hand over. */
static void
tell(int to, const char *given)
{
	sqlite3_stmt *statement = prepare("SELECT CRYPT(?1, ?2)", given);
	struct derived d = { .count = 0 };

	if (sqlite3_step(statement) == SQLITE_ROW)
		add_digest(&d, (const char *)sqlite3_column_text(statement, 0),
			   given);
	_exit(write(to, &d, sizeof d) == sizeof d ? 0 : 1);
}

static void
seek_derived(const char *hash)
{
	struct derived d;
	int ends[2], status;
	pid_t child = pipe(ends) == 0 ? fork() : -1;

	if (child == -1)
		bail_out("no child");
	if (child == 0)
		tell(ends[1], hash);
	if (read(ends[0], &d, sizeof d) != sizeof d ||
	    waitpid(child, &status, 0) != child || status != 0)
		bail_out("the child failed");
	close(ends[0]);
	close(ends[1]);
	for (size_t i = 0; i < d.count; i++)
		seek_masked("its hash", d.masked[i]);
}

/* ---- the calls ---- */

static void
try_kind(const struct kind *kind)
{
	char what[80];
	size_t before = window_count;

	snprintf(what, sizeof what, "of %s%s", kind->label, kind->method);
	/* Only SQLite's ground may have it, as a result. */
	seek_derived(kind->hash);
	call_all("SELECT CRYPT(?1, ?2)", kind->hash, what);
	call_all("SELECT CRYPT_VERIFY(?1, ?2)", kind->hash, what);
	window_count = before;
}

static void
try_others(void)
{
	static const char *const calls[] = {
		"SELECT CRYPT(?1)",
		"SELECT CRYPT(?1, GEN_SALT('argon2id', 'm=8,t=1,p=1'))",
		"SELECT CRYPT(?1, '$2b$31$abcdefghijklmnopqrstuu')",
		"SELECT CRYPT(?1, ?1)",
		"SELECT CRYPT_VERIFY(?1, ?1)",
		"SELECT CRYPT_VERIFY('a', ?1)",
		"SELECT CRYPT(?1, 'argon2id', 'm=8,t=1,p=1')",
		"SELECT CRYPT(?1, 'argon2id', 'm=32768,t=1,p=1')",
		"SELECT CRYPT(?1, 'bcrypt', 4)",
		"SELECT CRYPT(?1, 'md5', NULL)",
		"SELECT CRYPT('a', ?1, 4)",
		"SELECT CRYPT('a', 'argon2id', ?1)",
		"SELECT CRYPT_ONCE(?1, 'argon2id', 'm=8,t=1,p=1')",
		"SELECT CRYPT_ONCE(?1, 'bcrypt', 15)",
		"SELECT CRYPT_ONCE('{SHA}' || ?1, 'bcrypt', 4)",
		"SELECT CRYPT_ONCE(?1 || char(0), 'bcrypt', 4)",
		"SELECT CRYPT_ONCE(?1 || ?1 || ?1, 'bcrypt', 4)",
		"SELECT CRYPT_ONCE('a', ?1)",
		"SELECT CRYPT_KIND(?1)",
		"SELECT CRYPT_KIND('$2b$04$' || ?1 || '$6$' || ?1)",
		"SELECT CRYPT_KIND('{SHA}' || ?1)",
		"SELECT CRYPT_PROBLEM(?1)",
		"SELECT CRYPT_PROBLEM('{SSHA.B64}' || ?1)",
		"SELECT CRYPT_PROBLEM('x{SSHA.B64}' || ?1)",
		"SELECT PASSWORD_PROBLEM(?1)",
		"SELECT PASSWORD_PROBLEM(?1, 'bcrypt')",
		"SELECT PASSWORD_PROBLEM('a', ?1)",
		"SELECT VERIFY_PROBLEM(?1)",
		"SELECT PASSWORD_WEAKNESS(?1)",
		"SELECT PASSWORD_WEAKNESS('Tr0ub4dor&3x', ?1)",
		"SELECT PASSWORD_WEAKNESS('x' || ?1 || 'y', ?1)",
		"SELECT POLICY_PROBLEM(?1)",
		"SELECT POLICY_PROBLEM('argon2id', ?1)",
		"SELECT CRYPT_IS_HASH(?1)",
		"SELECT CRYPT_INFO(?1)",
		"SELECT CRYPT_NEEDS_REHASH(?1, 'bcrypt')",
		"SELECT CRYPT_NEEDS_REHASH('a', ?1)",
		"SELECT CRYPT_RELABEL(?1, 'courier')",
		"SELECT GEN_SALT(?1)",
		"SELECT GEN_SALT('bcrypt', ?1)",
		"SELECT GEN_SALT('argon2id', ?1)",
		"SELECT MAILDIR(?1), ADDRESS_PROBLEM(?1 || '@example.com')",
	};

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		call_all(calls[i], NULL, "");
	call_all("SELECT CRYPT_VERIFY(?1, ?2)",
		 "$argon2id$v=19$m=32768,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		 "ON9P91sKF0tCCo0733TF7matCfNYUnGWOPKaCGj/4Ts",
		 "by libsodium");
}

/* The password is in a file that the schema's trigger fills: as above. */
static void
try_trigger(void)
{
	static char script[65536];
	FILE *file = fopen("sql/schema.sql", "r");

	if (file == NULL)
		bail_out("sql/schema.sql");
	script[fread(script, 1, sizeof script - 1, file)] = '\0';
	fclose(file);
	if (sqlite3_exec(db, script, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db,
			 "UPDATE password_policy SET method='argon2id',"
			 "  cost='m=8,t=1,p=1';"
			 "INSERT INTO domains VALUES('example.com')",
			 NULL, NULL, NULL) != SQLITE_OK)
		bail_out("%s", sqlite3_errmsg(db));
	call("INSERT INTO users(email, password) VALUES('a@example.com', ?1)",
	     NULL, "", FAULT_SQLITE, 0);
	call("UPDATE users SET password=?1", NULL, "", FAULT_SQLITE, 0);
}

/* ---- the search itself: what is there is found ---- */

static void
try_search(void)
{
	static char copy[PASSWORD_LEN + 3];
	static char wide[2 * PASSWORD_LEN];
	char *page = malloc(100000);

	ok(search().count == 0, "nothing is found before the first call");
	memcpy(copy + 3, password, PASSWORD_LEN);
	ok(search().count == PASSWORD_LEN / WINDOW, "it finds a static copy");
	explicit_bzero(copy, sizeof copy);
	memcpy(page + 77777, password + 5, 2 * WINDOW - 1);
	ok(search().count == 1, "it finds 15 bytes of it on the heap");
	explicit_bzero(page, 100000);
	free(page);
	for (size_t i = 0; i < PASSWORD_LEN; i++)
		wide[2 * i] = password[i];
	ok(search().count == 2 * PASSWORD_LEN / WINDOW,
	   "it finds a copy in UTF-16");
	explicit_bzero(wide, sizeof wide);
	ok(search().count == 0, "and nothing when they are wiped");
}

/* A page of its own, filled with characters that nobody can guess. */
static void
make_password(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	FILE *file = fopen("/dev/urandom", "r");

	/* Between two that are shut, lest the kernel joins it to another. */
	password = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	if (file == NULL || password == MAP_FAILED ||
	    mprotect(password += size, size, PROT_READ | PROT_WRITE) != 0)
		bail_out("no page for the password");
	setvbuf(file, NULL, _IONBF, 0);
	if (fread(password, 1, PASSWORD_LEN, file) != PASSWORD_LEN)
		bail_out("/dev/urandom");
	fclose(file);
	for (size_t i = 0; i < PASSWORD_LEN; i++)
		password[i] = (char)('A' + (unsigned char)password[i] % 26);
}

/* A function of a library that is looked up at its first call is looked up
** with all registers saved on the stack, whatever they hold. Start anew with
** everything looked up before. */
static void
bind_now(char **argv)
{
	if (getenv("LD_BIND_NOW") != NULL)
		return;
	setenv("LD_BIND_NOW", "1", 1);
	execv("/proc/self/exe", argv);
	bail_out("execv");
}

int
main(int argc, char **argv)
{
	size_t count;
	const struct kind *kinds = kinds_of_vectors(&count);
	char *error;

	(void)argc;
	bind_now(argv);
	faults_install();
	make_password();
	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED || sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_mailfunc_init(db, &error, NULL) != SQLITE_OK)
		bail_out("no database");
	seek_password();
	try_search();
	for (size_t i = 0; i < count; i++)
		try_kind(&kinds[i]);
	try_others();
	try_trigger();
	diag("%zu calls, %zu with a fault, %zu gave a row; %zu MiB searched",
	     totals.calls, totals.faults, totals.rows, totals.searched >> 20);
	ok(totals.calls > 500 && totals.faults > 100 && totals.rows > 100,
	   "calls of all kinds were made, and some failed");
	ok((totals.leaks > 0) == FORGETFUL,
	   FORGETFUL ? "an mf_wipe() that does nothing is noticed"
		     : "nothing of the password is left");
	sqlite3_close(db);
	return done_testing();
}
