/* oom.c - every request for memory or entropy fails once: what comes of it?
**
** For each task below, in UTF-8 and in UTF-16: first without faults, for the
** right answer; then with the k-th request of SQLite's allocator failing, of
** the C library's, of the entropy source, alone and with all that follow, for
** every k until none is left to fail. Allowed are the right answer and an
** error that says what was lacking. Never another answer, a row that is half
** written, a leak, or a block that goes back with something left in it.
**
** Queries run with faults from their preparation on; writes from their first
** step on (that is where the triggers run), and a few from their preparation
** on too, for which SQLite reads the whole schema. Functions that run
** statements themselves may leave the transaction to be rolled back.
**
**   build/faults/oom
*/

#include "tap.h"

#include "faults.h"
#include "kinds.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/ioctl.h>

int sqlite3_mailfunc_init(sqlite3 *db, char **error,
			  const struct sqlite3_api_routines *api);

enum phase { FROM_OPEN, FROM_PREPARE, FROM_STEP };

struct task {
	const char *sql;
	bool writes; /* it needs the schema, and its outcome counts */
	enum phase phase;
	bool runs_statements; /* within its functions */
	const char *setup;    /* what is run before, or NULL */
	const char *rows;     /* a query for more that counts, or NULL */
};

/* ---- what a run leaves ---- */

struct outcome {
	int rc;
	char message[512];
	size_t len;
	char rows[32768];
};

static void
append(struct outcome *o, const void *bytes, size_t len)
{
	if (len > sizeof o->rows - o->len)
		bail_out("a task prints too much");
	if (len > 0)
		memcpy(o->rows + o->len, bytes, len);
	o->len += len;
}

/* As bytes in the database's encoding: to convert them could fail. */
static void
append_row(struct outcome *o, sqlite3_stmt *statement)
{
	for (int i = 0; i < sqlite3_column_count(statement); i++) {
		int type = sqlite3_column_type(statement, i);
		append(o, &type, sizeof type);
		if (type == SQLITE_INTEGER) {
			sqlite3_int64 n = sqlite3_column_int64(statement, i);
			append(o, &n, sizeof n);
		} else if (type != SQLITE_NULL) {
			const void *at = sqlite3_column_blob(statement, i);
			append(o, at,
			       (size_t)sqlite3_column_bytes(statement, i));
		}
	}
}

static void
step_all(struct outcome *o, sqlite3_stmt *statement)
{
	while ((o->rc = sqlite3_step(statement)) == SQLITE_ROW)
		append_row(o, statement);
}

/* Two texts that are equal give equal bytes; nothing else can. */
static bool
same_rows(const struct outcome *a, const struct outcome *b)
{
	return a->len == b->len && memcmp(a->rows, b->rows, a->len) == 0;
}

static bool
same_outcome(const struct outcome *a, const struct outcome *b)
{
	return a->rc == b->rc && same_rows(a, b) &&
	       strcmp(a->message, b->message) == 0;
}

/* ---- databases ---- */

static const char *const encodings[] = { "UTF-8", "UTF-16le" };
static const char *encoding; /* of these, the one under way */
static sqlite3 *template;    /* with the schema and some users */

static void
give_up(sqlite3 *db, const char *what)
{
	bail_out("%s: %s", what, sqlite3_errmsg(db));
}

static void
execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		give_up(db, sql);
}

static void
read_script(sqlite3 *db, const char *name)
{
	static char script[65536];
	FILE *file = fopen(name, "r");

	if (file == NULL)
		give_up(db, name);
	script[fread(script, 1, sizeof script - 1, file)] = '\0';
	fclose(file);
	execute(db, script);
}

static sqlite3 *
open_database(void)
{
	sqlite3 *db;
	char *error, pragma[64];

	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_mailfunc_init(db, &error, NULL) != SQLITE_OK)
		give_up(db, "open");
	snprintf(pragma, sizeof pragma, "PRAGMA encoding='%s'", encoding);
	execute(db, pragma);
	return db;
}

static void
make_template(void)
{
	template = open_database();
	read_script(template, "sql/schema.sql");
	execute(template,
		"UPDATE password_policy SET method='argon2id',"
		"  cost='m=8,t=1,p=1';"
		"INSERT INTO domains VALUES('example.com'),('example.org');"
		"INSERT INTO users(email, password) VALUES"
		"  ('joe@example.com', 'one'), ('ann@example.com', 'two'),"
		"  ('eve@example.org', 'three');"
		"UPDATE users SET email='Anna@example.com'"
		"  WHERE email='ann@example.com'");
}

static void
copy_template(sqlite3 *db)
{
	sqlite3_backup *backup = sqlite3_backup_init(db, "main", template,
						     "main");

	if (backup == NULL || sqlite3_backup_step(backup, -1) != SQLITE_DONE ||
	    sqlite3_backup_finish(backup) != SQLITE_OK)
		give_up(db, "backup");
	/* The schema is read here, and not when faults are about. */
	execute(db, "SELECT count(*) FROM users");
}

/* A database as the task wants it. */
static sqlite3 *
open_for(const struct task *task)
{
	sqlite3 *db = open_database();

	if (task->writes)
		copy_template(db);
	if (task->setup != NULL)
		execute(db, task->setup);
	return db;
}

static void
read_rows(sqlite3 *db, const char *query, struct outcome *rows)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK)
		give_up(db, query);
	step_all(rows, statement);
	if (rows->rc != SQLITE_DONE)
		give_up(db, query);
	sqlite3_finalize(statement);
}

/* All that the tables hold, and whether the file is sound. */
static void
read_tables(sqlite3 *db, const struct task *task, struct outcome *tables)
{
	static const char *const queries[] = {
		"SELECT * FROM users",
		"SELECT * FROM domains",
		"SELECT * FROM password_policy",
		"SELECT type, name, sql FROM sqlite_master",
		"SELECT type, name, sql FROM temp.sqlite_master",
		"PRAGMA integrity_check",
	};

	tables->len = 0;
	for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
		read_rows(db, queries[i], tables);
	if (task->rows != NULL)
		read_rows(db, task->rows, tables);
}

/* ---- a run ---- */

/* A fault that is to come; k 0 is none. */
struct fault {
	enum fault_source source;
	size_t k;
	bool for_good;
};

static void
arm(const struct fault *fault)
{
	faults_arm(fault->source, fault->k, fault->for_good);
}

static struct faults
run_on(sqlite3 *db, const struct task *task, const struct fault *fault,
       struct outcome *o)
{
	sqlite3_stmt *statement = NULL;
	struct faults faults;

	o->len = 0;
	if (task->phase == FROM_PREPARE)
		arm(fault);
	o->rc = sqlite3_prepare_v2(db, task->sql, -1, &statement, NULL);
	if (task->phase == FROM_STEP)
		arm(fault);
	if (o->rc == SQLITE_OK)
		step_all(o, statement);
	faults = faults_disarm();
	snprintf(o->message, sizeof o->message, "%s", sqlite3_errmsg(db));
	sqlite3_finalize(statement);
	return faults;
}

/* Open a database and give it the extension, with faults all the way. */
static struct faults
run_open(const struct fault *fault, struct outcome *o, sqlite3 **db)
{
	struct faults faults;
	char *error = NULL;

	o->len = 0;
	arm(fault);
	o->rc = sqlite3_open(":memory:", db);
	if (o->rc == SQLITE_OK)
		o->rc = sqlite3_mailfunc_init(*db, &error, NULL);
	faults = faults_disarm();
	snprintf(o->message, sizeof o->message, "%s",
		 error == NULL ? "" : error);
	sqlite3_free(error);
	return faults;
}

/* What a failed load leaves must be no function at all: the code of a real
** extension would be gone by now. */
static bool
has_functions(sqlite3 *db)
{
	static const char *const calls[] = {
		"SELECT CRYPT('a')",
		"SELECT CRYPT('a', 'b')",
		"SELECT CRYPT('a', 'b', 4)",
		"SELECT CRYPT_ONCE('a')",
		"SELECT GEN_SALT('bcrypt')",
		"SELECT MAILDIR('a@b.c')",
		"SELECT CRYPT_INFO('a')",
		"SELECT CRYPT_KIND('a')",
		"SELECT CRYPT_PROBLEM('a')",
		"SELECT POLICY_PROBLEM('a')",
		"SELECT PASSWORD_PROBLEM('a')",
		"SELECT MAILFUNC_VERSION()",
		"SELECT * FROM crypt_methods",
		"SELECT * FROM crypt_each('SELECT 1, ''x''')",
		"SELECT RANDOM_PASSWORD()",
	};
	sqlite3_stmt *statement;

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (sqlite3_prepare_v2(db, calls[i], -1, &statement, NULL) ==
		    SQLITE_OK) {
			sqlite3_finalize(statement);
			return true;
		}
	return false;
}

/* ---- judging ---- */

static struct {
	size_t runs, fired, right, errors, freed;
} total[FAULT_SOURCES];

static bool
names_the_fault(const struct outcome *o)
{
	if (o->rc == SQLITE_NOMEM || o->rc == SQLITE_IOERR_NOMEM)
		return true;
	return o->rc == SQLITE_ERROR &&
	       (strstr(o->message, "for want of memory") != NULL ||
		strstr(o->message, "gave no random bytes") != NULL);
}

/* SQLite has no memory for an error's sentence: the error is right without. */
static bool
lost_its_sentence(const struct outcome *o, const struct outcome *right)
{
	return o->rc == right->rc && o->rc != SQLITE_DONE &&
	       strcmp(o->message, sqlite3_errstr(o->rc)) == 0;
}

/* While SQLite reads a schema anew, it may find that something isn't there,
** and not say that memory was lacking. That is an error, too. */
static bool
fails_within(const struct task *task, const struct outcome *o)
{
	return task->runs_statements && o->rc == SQLITE_ERROR;
}

static const char *
wrong_with(const struct task *task, const struct outcome *o,
	   const struct outcome *right, const struct faults *faults)
{
	if (faults->alive != 0)
		return "a block of the C library is left";
	if (faults->not_wiped != 0)
		return "a block was not wiped";
	if (same_outcome(o, right))
		return NULL;
	if (!names_the_fault(o) && !lost_its_sentence(o, right) &&
	    !fails_within(task, o))
		return "another answer";
	/* Rows that came before it must be right as well. */
	if (o->len > right->len || memcmp(o->rows, right->rows, o->len) != 0)
		return "another row before the error";
	return NULL;
}

/* As the task found them, or as it has to leave them. */
static const char *
wrong_with_tables(sqlite3 *db, const struct task *task, const struct outcome *o,
		  const struct outcome *right, const struct outcome *before,
		  const struct outcome *after)
{
	static struct outcome tables;

	read_tables(db, task, &tables);
	if (!same_rows(&tables, same_outcome(o, right) ? after : before))
		return "a write that is neither whole nor undone";
	return NULL;
}

struct right {
	struct outcome outcome, before, after;
};

/* Once. Answers NULL if all is well; *fired tells whether there was a fault. */
static const char *
run_once(const struct task *task, const struct fault *fault,
	 const struct right *right, bool *fired)
{
	static struct outcome o;
	sqlite3_int64 used = sqlite3_memory_used();
	struct faults faults;
	const char *wrong;
	sqlite3 *db = NULL;

	if (task->phase == FROM_OPEN) {
		faults = run_open(fault, &o, &db);
	} else {
		db = open_for(task);
		faults = run_on(db, task, fault, &o);
		if (!sqlite3_get_autocommit(db))
			execute(db, "ROLLBACK");
	}
	wrong = wrong_with(task, &o, &right->outcome, &faults);
	if (wrong == NULL && task->writes)
		wrong = wrong_with_tables(db, task, &o, &right->outcome,
					  &right->before, &right->after);
	if (wrong == NULL && task->phase == FROM_OPEN && o.rc != SQLITE_OK &&
	    db != NULL && has_functions(db))
		wrong = "a failed load leaves functions";
	sqlite3_close(db);
	if (wrong == NULL && sqlite3_memory_used() != used)
		wrong = "a block of SQLite's is left";
	*fired = faults.fired > 0;
	total[fault->source].runs++;
	total[fault->source].fired += faults.fired;
	total[fault->source].freed += faults.freed;
	total[fault->source].right += same_outcome(&o, &right->outcome);
	total[fault->source].errors += !same_outcome(&o, &right->outcome);
	if (wrong != NULL)
		diag("rc %d, %s", o.rc, o.message);
	return wrong;
}

/* Without faults. */
static struct faults
run_right(const struct task *task, struct right *right)
{
	static const struct fault none = { FAULT_SQLITE, 0, false };
	sqlite3 *db = NULL;
	struct faults faults;

	if (task->phase == FROM_OPEN) {
		faults = run_open(&none, &right->outcome, &db);
	} else {
		db = open_for(task);
		if (task->writes)
			read_tables(db, task, &right->before);
		faults = run_on(db, task, &none, &right->outcome);
		if (task->writes)
			read_tables(db, task, &right->after);
	}
	sqlite3_close(db);
	return faults;
}

/* ---- all faults of a task ---- */

struct group {
	const char *what;
	size_t tasks, fired[FAULT_SOURCES], broken;
};

static void
complain(struct group *group, const struct task *task,
	 const struct fault *fault, const char *wrong)
{
	if (group->broken++ < 5)
		diag("%s: %s, with %s, request %zu%s: %s", encoding, wrong,
		     fault_source_names[fault->source], fault->k,
		     fault->for_good ? " and all that follow" : "", task->sql);
}

static void
try_source(struct group *group, const struct task *task,
	   enum fault_source source, bool for_good, const struct right *right)
{
	struct fault fault = { source, 1, for_good };
	bool fired;

	for (;; fault.k++) {
		const char *wrong = run_once(task, &fault, right, &fired);
		if (wrong != NULL)
			complain(group, task, &fault, wrong);
		if (!fired)
			return;
		group->fired[source]++;
	}
}

static void
try_task(struct group *group, const struct task *task)
{
	static struct right right;
	static const struct fault none = { FAULT_SQLITE, 0, false };
	struct faults faults = run_right(task, &right);

	group->tasks++;
	if (faults.alive != 0 || faults.not_wiped != 0)
		complain(group, task, &none, "not wiped, or left");
	for (size_t i = 0; i < FAULT_SOURCES; i++)
		if (faults.asked[i] > 0)
			for (int for_good = 0; for_good < 2; for_good++)
				try_source(group, task, (enum fault_source)i,
					   for_good, &right);
}

static struct group
begin(const char *what)
{
	return (struct group){ .what = what, .tasks = 0 };
}

/* The group's line: nothing broke, and faults did fire. */
static void
end(const struct group *g)
{
	ok(g->broken == 0 && g->tasks > 0 && g->fired[FAULT_SQLITE] > 0,
	   "%s, %s: %zu tasks, faults fired: %zu in SQLite's allocator, "
	   "%zu in the C library's, %zu in entropy",
	   g->what, encoding, g->tasks, g->fired[FAULT_SQLITE],
	   g->fired[FAULT_LIBC], g->fired[FAULT_ENTROPY]);
}

static void
try_all(struct group *group, const char *const *tasks, bool writes,
	enum phase phase)
{
	for (; *tasks != NULL; tasks++) {
		struct task task = { *tasks, writes, phase, false, NULL, NULL };
		try_task(group, &task);
	}
}

/* ---- the tasks ---- */

static const char *const makers[] = {
	"SELECT CRYPT('secret')",
	"SELECT CRYPT('secret', GEN_SALT('yescrypt', 1))",
	"SELECT CRYPT('secret', GEN_SALT('gost-yescrypt', 1))",
	"SELECT CRYPT('secret', GEN_SALT('scrypt', 6))",
	"SELECT CRYPT('secret', GEN_SALT('bcrypt', 4))",
	"SELECT CRYPT('secret', GEN_SALT('bf', 4))",
	"SELECT CRYPT('secret', GEN_SALT('sha512crypt', 1000))",
	"SELECT CRYPT('secret', GEN_SALT('sha256crypt', 1000))",
	"SELECT CRYPT('secret', GEN_SALT('argon2id', 'm=8,t=1,p=1'))",
	"SELECT CRYPT(x'736563726574', '{ARGON2ID}' ||"
	"  GEN_SALT('argon2id', 'm=64,t=2,p=4'))",
	"SELECT CRYPT('secret', '{CRYPT.hex}' || hex(GEN_SALT('bcrypt', 4)))",
	"SELECT CRYPT('secret', 'argon2id', 'm=8,t=1,p=1')",
	"SELECT CRYPT('secret', 'argon2id', 'm=32768,t=1,p=1')",
	"SELECT CRYPT(x'736563726574', 'bf', 4)",
	"SELECT CRYPT_ONCE('secret', 'argon2id', 'm=8,t=1,p=1')",
	"SELECT CRYPT_ONCE('_correctHorseStaples', 'bf', 4.0)",
	"SELECT CRYPT_ONCE(CRYPT('secret', 'yescrypt', 1), 'bf')",
	"SELECT GEN_SALT('yescrypt'), GEN_SALT('gost-yescrypt', 3)",
	"SELECT GEN_SALT('sha512crypt', NULL), GEN_SALT('bcrypt', 4.0)",
	"SELECT GEN_SALT('argon2id'), GEN_SALT('scrypt', '7')",
	"SELECT CRYPT(NULL), CRYPT('a', NULL), GEN_SALT(NULL)",
	NULL
};

static const char *const errors[] = {
	"SELECT CRYPT('')",
	"SELECT CRYPT(7)",
	"SELECT CRYPT(x'610062')",
	"SELECT CRYPT('a', 'bf')",
	"SELECT CRYPT('a', '$1$salt$')",
	"SELECT CRYPT('a', '$2b$04$')",
	"SELECT CRYPT('a', '$2b$31$abcdefghijklmnopqrstuu')",
	"SELECT CRYPT('a', '{PLAIN}a')",
	"SELECT CRYPT('a', '{CRAM-MD5}a')",
	"SELECT CRYPT('a', 'rot13', NULL)",
	"SELECT CRYPT('a', 'md5', NULL)",
	"SELECT CRYPT('', 'bf', 4)",
	"SELECT CRYPT('a', 'argon2id', 'm=8')",
	"SELECT CRYPT('a', '!$1$saltsalt$9xy1btjgzLYfb7hivXtC//')",
	"SELECT CRYPT(printf('%073d', 0), GEN_SALT('bcrypt', 4))",
	"SELECT CRYPT(zeroblob(9), GEN_SALT('bcrypt', 4))",
	"SELECT CRYPT_VERIFY(7, 'a')",
	"SELECT CRYPT_VERIFY('a', '$6$rounds=999999999$salt$' ||"
	"  printf('%086d', 0))",
	"SELECT GEN_SALT('rot13')",
	"SELECT GEN_SALT('md5crypt')",
	"SELECT GEN_SALT('bcrypt', 3)",
	"SELECT GEN_SALT('argon2id', 'm=8')",
	"SELECT GEN_SALT('argon2id', 'm=4000000,t=9,p=1')",
	"SELECT CRYPT_IS_HASH(7)",
	"SELECT CRYPT_IS_HASH('$6$damaged')",
	"SELECT CRYPT_IS_HASH('{PLAIN}a')",
	"SELECT CRYPT_IS_HASH('$apr1$x$y')",
	"SELECT CRYPT_IS_HASH(' $1$saltsalt$9xy1btjgzLYfb7hivXtC//')",
	"SELECT CRYPT_IS_HASH('$2b$15$abcdefghijklmnopqrstuu'"
	"  || printf('%031d', 0))",
	"SELECT CRYPT_KIND(7)",
	"SELECT CRYPT_ONCE(7)",
	"SELECT CRYPT_ONCE('*')",
	"SELECT CRYPT_ONCE('{PLAIN}a')",
	"SELECT CRYPT_ONCE('secret', 'bf', 15)",
	"SELECT CRYPT_ONCE('secret', 'yescrypt', '9')",
	"SELECT CRYPT_ONCE(x'610062', 'argon2id', 'm=8,t=1,p=1')",
	"SELECT CRYPT_ONCE(printf('%073d', 0), 'bf', 4)",
	"SELECT CRYPT_NEEDS_REHASH('a', 'rot13')",
	"SELECT CRYPT_RELABEL('a', 'exim')",
	"SELECT MAILFUNC_RAISE('a sentence')",
	"SELECT CARRY_COLUMNS('nowhere')",
	"SELECT TAKE_COLUMNS('nowhere.a', 'b', 'c')",
	NULL
};

static const char *const questions[] = {
	"SELECT CRYPT_IS_HASH('secret'), CRYPT_IS_HASH(NULL),"
	"  CRYPT_IS_HASH(x'616263'), CRYPT_IS_HASH(zeroblob(100))",
	"SELECT CRYPT_VERIFY('secret', 'secret'), CRYPT_VERIFY('a', ''),"
	"  CRYPT_VERIFY(zeroblob(3), 'a'), CRYPT_VERIFY('a', 7)",
	"SELECT CRYPT_INFO('secret'), CRYPT_INFO(NULL), CRYPT_INFO(1.5)",
	"SELECT CRYPT_NEEDS_REHASH('secret', 'yescrypt'),"
	"  CRYPT_NEEDS_REHASH('secret', 'bcrypt', 12.0)",
	"SELECT CRYPT_RELABEL('secret', 'courier')",
	"SELECT CRYPT_KIND('secret'), CRYPT_KIND(NULL), CRYPT_KIND('!!'),"
	"  CRYPT_KIND('_correctHorseStaples'), CRYPT_KIND(zeroblob(9)),"
	"  CRYPT_KIND('joe:$1$saltsalt$9xy1btjgzLYfb7hivXtC//')",
	"SELECT CRYPT_PROBLEM('secret'), CRYPT_PROBLEM(NULL),"
	"  CRYPT_PROBLEM(7), CRYPT_PROBLEM('$apr1$x$y'),"
	"  CRYPT_PROBLEM('{PLAIN}x'), CRYPT_PROBLEM(zeroblob(9))",
	"SELECT PASSWORD_PROBLEM('secret'), PASSWORD_PROBLEM(NULL, 'bf'),"
	"  PASSWORD_PROBLEM(7), PASSWORD_PROBLEM(zeroblob(9), 'bf'),"
	"  PASSWORD_PROBLEM(printf('%073d', 0), 'bf'),"
	"  PASSWORD_PROBLEM('secret', 'md5'), PASSWORD_PROBLEM('a', 'b')",
	"SELECT VERIFY_PROBLEM('a'), VERIFY_PROBLEM(NULL), VERIFY_PROBLEM(7),"
	"  VERIFY_PROBLEM('$6$rounds=999999999$salt$' || printf('%086d', 0))",
	"SELECT PASSWORD_WEAKNESS('secret'),"
	"  PASSWORD_WEAKNESS('Tr0ub4dor&3x', 'joe@example.com'),"
	"  PASSWORD_WEAKNESS(7), PASSWORD_WEAKNESS(NULL),"
	"  PASSWORD_WEAKNESS(zeroblob(9)), PASSWORD_WEAKNESS('x', 7)",
	"SELECT length(RANDOM_PASSWORD()) > 9, RANDOM_PASSWORD(NULL),"
	"  length(RANDOM_PASSWORD(136)) > 30",
	"SELECT RANDOM_PASSWORD(23)",
	"SELECT key, CRYPT_VERIFY('x', hash)"
	"  FROM crypt_each('VALUES (1, ''x''), (2, NULL), (''3'', x''78'')',"
	"  'bf', 4)",
	"SELECT count(*) FROM crypt_each('VALUES (1, ''x''), (2, 7)', 'bf', 4)",
	"SELECT count(*) FROM crypt_each('SELECT 1', 'bf', 4)",
	"SELECT ASK_PASSWORD('Who? ')",
	"CREATE TEMP TABLE hashed AS SELECT key"
	"  FROM crypt_each('VALUES (1, ''x'');', 'bf', 4)",
	"SELECT count(*) FROM crypt_each('SELECT 1, 2', 'x')",
	"SELECT POLICY_PROBLEM('bf'), POLICY_PROBLEM('bf', 15),"
	"  POLICY_PROBLEM('yescrypt', NULL), POLICY_PROBLEM(NULL, 1),"
	"  POLICY_PROBLEM('argon2id', 'm=131073,t=1,p=1'),"
	"  POLICY_PROBLEM('md5'), POLICY_PROBLEM(x'6162')",
	"SELECT DOMAIN_OF('Joe@Example.COM'), LOCAL_PART_OF('Joe@Example.COM'),"
	"  MAILDIR('Joe@Example.COM'), ADDRESS_PROBLEM('Joe@Example.COM')",
	"SELECT DOMAIN_OF(zeroblob(99)), LOCAL_PART_OF(NULL),"
	"  MAILDIR('a/b@c.d'), ADDRESS_PROBLEM('a/b@c.d'), MAILDIR(5),"
	"  ADDRESS_PROBLEM(x'61406202')",
	"SELECT MAILDIR_PROBLEM('a/b/'), MAILDIR_PROBLEM('../'),"
	"  MAILDIR_PROBLEM(7), MAILDIRS_MEET('a/', 'a/b/')",
	"SELECT FORWARDING_PROBLEM('a@b.c', 'd@e.f'),"
	"  FORWARDING_PROBLEM('a@b.c', 'd e'), FORWARDING_PROBLEM(' ', 'a')",
	"SELECT TABLE_COLUMNS('CREATE TABLE t(a, \"b c\" TEXT)'),"
	"  TABLE_COLUMNS('nonsense'),"
	"  SHIPPED_SQL('a /*own , column*//*end*/ b')",
	"SELECT MAILFUNC_VERSION()",
	"SELECT * FROM crypt_methods",
	"SELECT rowid, name FROM crypt_methods ORDER BY prefix DESC",
	"SELECT count(*) FROM crypt_methods AS a JOIN crypt_methods AS b"
	"  USING(name) WHERE a.courier",
	NULL
};

#define HASH "'$1$saltsalt$9xy1btjgzLYfb7hivXtC//'"

static const char *const writes[] = {
	"INSERT INTO users(email, password) VALUES('Sue@example.com', 's')",
	"INSERT INTO users(email, password) VALUES('a@example.com', 'x'),"
	"  ('b@example.com', x'79'), ('C@example.org', 'z')",
	"INSERT INTO users(email, password) SELECT 'n'||email, 'p'||email"
	"  FROM users",
	"INSERT INTO users(email, password) VALUES('b@example.com', " HASH ")",
	"INSERT INTO users(email, password) VALUES('B@Example.com',"
	"  CRYPT('b', GEN_SALT('argon2id', 'm=8,t=1,p=1')))",
	"INSERT INTO users(email, password) SELECT 'B@Example.com',"
	"  CRYPT('b', method, cost) FROM password_policy RETURNING email",
	"INSERT OR REPLACE INTO users(email, password)"
	"  VALUES('JOE@example.com', 'new')",
	"INSERT OR REPLACE INTO users(email, password)"
	"  VALUES('anna@example.com', " HASH ")",
	"INSERT OR IGNORE INTO users(email, password)"
	"  VALUES('joe@example.com', 'new'), ('new@example.com', 'new')",
	"INSERT INTO users(email, password, quota)"
	"  VALUES('joe@example.com', 'new', 9) ON CONFLICT(email) DO UPDATE"
	"  SET password=excluded.password, quota=excluded.quota",
	"INSERT INTO users(email, password) VALUES('joe@example.com', 'new')",
	"INSERT INTO users(email, password) VALUES('joe', 'new')",
	"INSERT INTO users(email, password) VALUES('joe@nowhere.org', 'new')",
	"INSERT INTO users(email, password) VALUES('a@example.com', '$6$')",
	"INSERT INTO users(email, password) VALUES('a@example.com', 7)",
	"UPDATE users SET password='changed'",
	"UPDATE users SET password='changed', email='Zoe@example.org'"
	"  WHERE email='joe@example.com'",
	"UPDATE users SET maildir=NULL WHERE email='anna@example.com'",
	"UPDATE users SET email='joe@example.org', maildir=''"
	"  WHERE email='joe@example.com'",
	"UPDATE users SET quota=quota+1, password=" HASH,
	"UPDATE OR REPLACE users SET email='eve@example.org', password='p'"
	"  WHERE email='joe@example.com'",
	"DELETE FROM domains WHERE domain='example.com'",
	"UPDATE domains SET domain='example.net' WHERE domain='example.com'",
	"DELETE FROM users WHERE email='joe@example.com'",
	"UPDATE password_policy SET method='bcrypt', cost=4",
	"UPDATE password_policy SET method='md5crypt'",
	"INSERT INTO password_policy VALUES('bcrypt', 4, 0)",
	NULL
};

static const char *const whole_writes[] = {
	"INSERT INTO users(email, password) VALUES('Sue@example.com', 's')",
	"UPDATE users SET password='changed' WHERE email='joe@example.com'",
	NULL
};

/* Those that run statements of their own. TAKE_COLUMNS is tried with temporary
** tables: at each ALTER TABLE, SQLite reads no more than their schema anew. */
#define OWN(setup, sql, rows) \
	{ \
		sql, true, FROM_STEP, true, setup, rows \
	}
#define TARGET \
	"CREATE TEMP TABLE target(email PRIMARY KEY, n);" \
	"INSERT INTO target VALUES('joe@example.com', 1);"

static const struct task own_columns[] = {
	OWN("ALTER TABLE users ADD COLUMN \"a \"\"b\" TEXT",
	    "SELECT CARRY_COLUMNS()", NULL),
	OWN("DROP TRIGGER users_insert_hash", "SELECT CARRY_COLUMNS('main')",
	    NULL),
	OWN(NULL, "SELECT CARRY_COLUMNS('temp')", NULL),
	OWN(NULL, "INSERT INTO domains SELECT CARRY_COLUMNS()", NULL),
	OWN(TARGET
	    "CREATE TABLE temp.old(email PRIMARY KEY,"
	    "  phone TEXT NOT NULL DEFAULT 'x', id NOT NULL,"
	    "  at DEFAULT CURRENT_TIMESTAMP, twice AS (id || id));"
	    "INSERT INTO old(email, id, at) VALUES('JOE@example.com', 1, 2),"
	    "  ('eve@example.org', 2, 3)",
	    "SELECT TAKE_COLUMNS('temp.old', 'temp.target', 'email')",
	    "SELECT * FROM target"),
	OWN(TARGET "CREATE TEMP TABLE old(id, phone)",
	    "SELECT TAKE_COLUMNS('temp.old', 'temp.target', 'email')", NULL),
	OWN(NULL, "SELECT TAKE_COLUMNS('nothing', 'users', 'email')", NULL),
};

static void
try_own_columns(void)
{
	struct group group = begin("own columns");

	for (size_t i = 0; i < sizeof own_columns / sizeof own_columns[0]; i++)
		try_task(&group, &own_columns[i]);
	end(&group);
}

/* ---- stored hashes: the cheapest of each kind in test/vectors ---- */

static void
try_kind(struct group *group, const struct kind *k)
{
	static char sql[4][8192];
	static const char *const tasks[] = { sql[0], sql[1], sql[2], sql[3],
					     NULL };

	snprintf(sql[0], sizeof sql[0], "SELECT CRYPT_VERIFY(x'%s', '%s')",
		 k->password, k->hash);
	snprintf(sql[1], sizeof sql[1], "SELECT CRYPT_VERIFY('~~~', '%s')",
		 k->hash);
	snprintf(sql[2], sizeof sql[2], "SELECT CRYPT('~~~', '%s')", k->hash);
	snprintf(sql[3], sizeof sql[3],
		 "SELECT CRYPT_KIND('%1$s'), CRYPT_PROBLEM('%1$s'),"
		 " CRYPT_IS_HASH('%1$s'), CRYPT_INFO('%1$s'),"
		 " CRYPT_NEEDS_REHASH('%1$s', 'bcrypt', 4),"
		 " CRYPT_RELABEL('!%1$s', 'courier'),"
		 " CRYPT_RELABEL('%1$s', 'dovecot')",
		 k->hash);
	try_all(group, tasks, false, FROM_PREPARE);
}

static void
try_kinds(void)
{
	struct group group = begin("stored hashes");
	size_t count;
	const struct kind *kinds = kinds_of_vectors(&count);

	for (size_t i = 0; i < count; i++)
		try_kind(&group, &kinds[i]);
	end(&group);
}

static void
try_group(const char *what, const char *const *tasks, bool writes_rows,
	  enum phase phase)
{
	struct group group = begin(what);

	try_all(&group, tasks, writes_rows, phase);
	end(&group);
}

static void
try_encoding(void)
{
	static const char *const load[] = { "(loading the extension)", NULL };

	make_template();
	try_group("loading", load, false, FROM_OPEN);
	try_group("making hashes", makers, false, FROM_PREPARE);
	try_group("errors", errors, false, FROM_PREPARE);
	try_group("questions", questions, false, FROM_PREPARE);
	try_kinds();
	try_group("writes", writes, true, FROM_STEP);
	try_group("writes and their preparation", whole_writes, true,
		  FROM_PREPARE);
	try_own_columns();
	sqlite3_close(template);
}

/* There is somebody who looks on: rows are counted first. */
int
isatty(int file)
{
	return file == STDERR_FILENO;
}

/* And nobody can be asked. */
static void
leave_terminal(void)
{
	int terminal = open("/dev/tty", O_RDWR);

	if (terminal < 0)
		return;
	ioctl(terminal, TIOCNOTTY);
	close(terminal);
}

static void *
do_nothing(void *arg)
{
	return arg;
}

/* What the C library keeps of a thread for the next ones, their stacks, it is
** to have before anything is counted. */
static void
start_threads_once(void)
{
	pthread_t threads[64];
	size_t count = 0;

	while (count < sizeof threads / sizeof threads[0] &&
	       pthread_create(&threads[count], NULL, do_nothing, NULL) == 0)
		count++;
	while (count > 0)
		pthread_join(threads[--count], NULL);
}

int
main(void)
{
	leave_terminal();
	start_threads_once();
	faults_install();
	/* Each request must reach the allocator. */
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
		encoding = encodings[i];
		try_encoding();
	}
	for (size_t i = 0; i < FAULT_SOURCES; i++)
		ok(total[i].fired > 0 && total[i].freed > 0,
		   "%s: %zu runs, %zu requests failed; %zu right answers, "
		   "%zu errors; %zu blocks looked at when freed",
		   fault_source_names[i], total[i].runs, total[i].fired,
		   total[i].right, total[i].errors, total[i].freed);
	return done_testing();
}
