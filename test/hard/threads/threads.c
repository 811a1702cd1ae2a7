/* threads.c - many threads at once, each result checked
**
**   make threads          the plain build, and one with AddressSanitizer
**   make tsan             the same with ThreadSanitizer
**
** The extension is linked in. Three scenes: each thread with connections of
** its own; all threads on one connection in serialized mode; and each with a
** connection of its own to one file in WAL mode, writing through the triggers
** of sql/schema.sql. Before them a fourth, of one thread: crypt_each starts its
** own when it must, and an interrupt leaves none behind. A wrong answer is a
** failure, not only a race: the libraries below have not been compiled for
** ThreadSanitizer, so a buffer that their threads share would show itself in
** the answers alone.
**
** THREADS (8) and ROUNDS (2) are taken from the environment. It is run from
** the repository's root.
**
** With -DMF_TEST_RACE the answers pass through a buffer that all threads
** share: what such a mistake looks like to ThreadSanitizer, and to us.
*/

#define _DEFAULT_SOURCE /* usleep() */

#include "tap.h"

#include <sqlite3.h>

#include <dirent.h>
#include <pthread.h>

int sqlite3_mailfunc_init(sqlite3 *db, char **error, const void *api);

enum { THREADS_MAX = 64, SENTENCE = 400, ANSWER = 2000 };

static unsigned threads = 8, rounds = 2;
static char folder[] = "/tmp/mailfunc-threads-XXXXXX";
static char *schema; /* the text of sql/schema.sql */

/* ---- what is asked, and what must come back ---- */

struct question {
	const char *sql;
	const char *want; /* NULL: SQL's NULL */
	bool fails;       /* want is the error's sentence */
};

/* A hash of the password 'secret', all from test/vectors, which has who made
** it. Each is asked about with the right password and with a wrong one. */
static const char *const hashes[] = {
	"$y$j75$.yY7fAL529n/zcR6Hqahq.$w81bsWDhNqkdbwKxlAjWdPpur4aqJpsdKIAApQPFxo3",
	"$gy$j75$HcOf5tzKLnGIpRj636fX50$wpM.jiuKbHx3E00cuA/9IMkFgS7fX2x9seEOVLQ.ba0",
	"$7$56....0....salt$B.3ca7KmKXtn7fSzhD5yfqfnWNqACQvj.sd7pgOjrQ4",
	"$2b$05$20IsMxxuPULgjyMrZWkDduGptut4zFjZRRai.4o.5L.krrA5glGqK",
	"$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$2y$04$WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq",
	"$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$6$rounds=1234$s$nC.aGdNj2Ovxcdm/U0kIkZMaL95E8bwJuAl47m9ZO2odcxwhdB0TKBq.Gr.C.8chGUCTQoghwgCC4JQVvEWI61",
	"$5$rounds=1000$./salt$p6bjEL5Cs5u.5nh3htH7F82DW5ZXvG//iardwxcsRy2",
	"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$+v0rf6ETYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o",
	"$argon2id$v=19$m=32768,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$ON9P91sKF0tCCo0733TF7matCfNYUnGWOPKaCGj/4Ts",
	"$argon2id$v=19$m=256,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$QdanirCK/sVY/7nxrz80UIW1Ik7kW4jeHGgRndJ+wh0",
	"$argon2i$v=16$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$4gN4qRTSnCzH2lKTwgBqgMGW6ODFVKwj",
	"$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$tqGvO4eiMNtIYvNdZcjTmQaSjawJJLFjjmK7OKqNQqc",
	"$sha1$100$saltsalt$Ha3.cIN7/tE/BC10wmSUA1dp.M5W",
	"$md5,rounds=10$saltsalt$$1rkdxD32fVaPr5LM8K90f1",
	"$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
	"$3$$878d8014606cda29677a44efa1353fc7",
	"_X/..BiN4qlHHqIIHzoM",
	"NenEjwJuhgkuw",
	"{CRYPT}qVRZaqrr/EXbM",
	"{DES-CRYPT.HEX}687a6a316a34326e6f4968726f",
	"{BLF-CRYPT.B64}JDJ5JDA0JDVqZmNMV3dnYWdJT3FFb2N3VmZNNU9XYm81aHp1OS5JUGtORnN2LzljZVdML2podVJ6VVJD",
	"{MD5}$1$lMVcNDF6$ng5flc6ybpne5Ize4oBkJ.",
	"{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==",
	"{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69",
	"{SMD5}gDMsRpqHKbBkK6TE6JcfDf+0cI4=",
	"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
	"{SSHA.hex}8152bc582f58c854f580cb101d3182813dec4afe73616c74",
	"{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
	"{SSHA256}wi9J8S9ztIwvlKB+D6VTYv9iJXc5h0jX8bn4fxLmqj1RjIm7",
	"{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/isg==",
	"{SSHA512}rOsqfFu28huXoCJv0wMPbJbqR5aZC6EhfuIVNqXSJn3fwSgQZcH9wVYTcqLfcO0Ew7rCp1XYY9fv7oreUo0fkGttFUE=",
	"{PBKDF2}$1$saltsaltsaltsalt$1$36e79e7c0db52fe4ca0866adc2f8603277615b13",
};

enum { HASHES = sizeof hashes / sizeof hashes[0] };

/* To make a hash and to verify it again, by each method that makes them. */
/* clang-format off */
#define MADE(method, cost) { \
	"SELECT CRYPT_VERIFY('secret', hash) || " \
	"CRYPT_VERIFY('Secret', hash) || CRYPT_IS_HASH(hash) || " \
	"CRYPT_NEEDS_REHASH(hash, '" method "', " cost ") || " \
	"(json_extract(CRYPT_INFO(hash), '$.method') = '" method "') " \
	"FROM (SELECT CRYPT('secret', GEN_SALT('" method "', " cost ")) " \
	"AS hash LIMIT -1 OFFSET 0)", "10101", false }
/* clang-format on */

static const struct question questions[] = {
	MADE("yescrypt", "1"),
	MADE("gost-yescrypt", "1"),
	MADE("bcrypt", "4"),
	MADE("sha512crypt", "1000"),
	MADE("sha256crypt", "1000"),
	MADE("argon2id", "'m=64,t=2,p=2'"),
	/* The least that GEN_SALT makes for scrypt takes 0.1 s. */
	{ "SELECT (GEN_SALT('scrypt') GLOB '$7$CU*') || CRYPT('secret', "
	  "'$7$56....0....salt')",
	  "1$7$56....0....salt$B.3ca7KmKXtn7fSzhD5yf"
	  "qfnWNqACQvj.sd7pgOjrQ4",
	  false },
	{ "SELECT substr(CRYPT('secret'), 1, 7)", "$y$j9T$", false },
	{ "SELECT length(GEN_SALT('bf'))", "29", false },
	{ "SELECT CRYPT('secret', NULL)", NULL, false },
	{ "SELECT CRYPT_IS_HASH('secret')", "0", false },
	{ "SELECT CRYPT_INFO('{SSHA.hex}8152bc582f58c854f580cb101d3182813dec4a"
	  "fe73616c74')",
	  "{\"method\":\"ssha\",\"scheme\":\"SSHA\",\"cost\":null,"
	  "\"memory_kib\":0,\"salt_bits\":32,\"legacy\":1,\"locked\":0,"
	  "\"courier\":0,\"dovecot\":1,\"dovecot24\":1,\"php\":0,"
	  "\"postgresql\":0}",
	  false },
	{ "SELECT CRYPT_RELABEL('{SHA.HEX}e5e9fa1ba31ecd1ae84f75caaa474f3a663f"
	  "05f4', 'courier')",
	  "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", false },
	{ "SELECT CRYPT_RELABEL('$2y$04$WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0"
	  "p6gWpBvX3m7qSGq', 'dovecot')",
	  "{BLF-CRYPT}$2y$04$WmYJ6olalrjgNW47I"
	  "LGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq",
	  false },
	{ "SELECT CRYPT_ONCE('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'bf')",
	  "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", false },
	{ "SELECT CRYPT_VERIFY('secret', CRYPT_ONCE('secret', 'argon2id', "
	  "'m=8,t=1,p=1')) || CRYPT_VERIFY('x', CRYPT('x', 'bf', 4))",
	  "11", false },
	{ "SELECT CRYPT_KIND('_correctHorseStaples') || "
	  "CRYPT_KIND('$apr1$a$b') || CRYPT_KIND(' $1$saltsalt$9xy1btjgzLYfb7h"
	  "ivXtC//') || CRYPT_KIND('secret')",
	  "bareforeigndamagedplain", false },
	{ "SELECT CRYPT_PROBLEM('$2b$15$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4z"
	  "CfaV54zoFhmaPMC')",
	  "bcrypt asks for 15 as its cost, the limit for storing is 14",
	  false },
	{ "SELECT PASSWORD_PROBLEM(printf('%073d', 0), 'bf')",
	  "the password is too long, bcrypt uses at most 72 bytes", false },
	{ "SELECT PASSWORD_WEAKNESS('Joe@Example.com1', 'joe@example.com')",
	  "based on personal login information", false },
	{ "SELECT PASSWORD_WEAKNESS('secret')", "too short", false },
	{ "SELECT (length(word) BETWEEN 10 AND 30) || "
	  "(PASSWORD_WEAKNESS(word) IS NULL) FROM (SELECT RANDOM_PASSWORD() "
	  "AS word LIMIT -1 OFFSET 0)",
	  "11", false },
	/* Of the passwords 'secret1' to 'secret9', each with its own hash. */
	{ "SELECT group_concat(key || CRYPT_VERIFY('secret' || key, hash)) || "
	  "count(DISTINCT hash) FROM crypt_each('WITH RECURSIVE n(i) AS "
	  "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
	  "SELECT i, ''secret'' || i FROM n', 'bf', 4)",
	  "11,21,31,41,51,61,71,81,919", false },
	{ "SELECT hash FROM crypt_each('SELECT 1, 2', 'bf', 4)",
	  "crypt_each: row 1: the password is a number, it needs quotes, or a "
	  "program must bind it as text",
	  true },
	{ "SELECT POLICY_PROBLEM('yescrypt', 9)",
	  "the cost of yescrypt is a whole number from 1 to 8", false },
	{ "SELECT POLICY_PROBLEM('argon2id')", NULL, false },
	{ "SELECT MAILDIR('Joe@Example.COM')", "example.com/joe/", false },
	{ "SELECT DOMAIN_OF('Joe@Example.COM')", "example.com", false },
	{ "SELECT LOCAL_PART_OF('Joe@Example.COM')", "joe", false },
	{ "SELECT ADDRESS_PROBLEM('joe@@example.com')", "it has a second @",
	  false },
	{ "SELECT ADDRESS_PROBLEM('joe@example.com')", NULL, false },
	{ "SELECT MAILFUNC_VERSION()", MAILFUNC_VERSION, false },
	{ "SELECT group_concat(name) FROM crypt_methods WHERE creates",
	  "yescrypt,gost-yescrypt,scrypt,bcrypt,sha512crypt,sha256crypt,argon2id",
	  false },
	{ "SELECT sum(memory_kib) FROM crypt_methods", "117760", false },
	{ "SELECT CRYPT(7)",
	  "CRYPT: the password is a number, it needs quotes, or a program "
	  "must bind it as text",
	  true },
	{ "SELECT CRYPT('')",
	  "CRYPT: the password is empty, it needs 1 byte or more", true },
	{ "SELECT GEN_SALT('bf', 18)",
	  "GEN_SALT: the cost of bcrypt is a whole number from 4 to 17", true },
	{ "SELECT GEN_SALT('nonsense')",
	  "GEN_SALT: unknown method, use one of yescrypt, gost-yescrypt, "
	  "scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id",
	  true },
	{ "SELECT CRYPT_VERIFY('x', '$argon2id$v=19$m=2000000,t=1,p=1$c2FsdHNh"
	  "bHRzYWx0c2FsdA$+v0rf6ETYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o')",
	  "CRYPT_VERIFY: argon2id asks for 2000000 KiB of memory, "
	  "the limit is 1048576",
	  true },
	{ "SELECT CRYPT_IS_HASH('{PLAIN}x')",
	  "CRYPT_IS_HASH: {PLAIN} stores the password itself, give a hash, "
	  "or the password without label",
	  true },
	{ "SELECT CRYPT_ONCE('{PLAIN}x')",
	  "CRYPT_ONCE: {PLAIN} stores the password itself, give a hash, "
	  "or the password without label",
	  true },
	{ "SELECT CRYPT_ONCE('x', 'bf', 15)",
	  "CRYPT_ONCE: the cost of bcrypt is a whole number from 4 to 14",
	  true },
	{ "SELECT CRYPT_RELABEL('x', 'y')",
	  "CRYPT_RELABEL: unknown program, use 'courier' or 'dovecot'", true },
};

enum { QUESTIONS = sizeof questions / sizeof questions[0] };

/* ---- a thread, and what it has found out ---- */

struct worker {
	pthread_t id;
	unsigned number;
	sqlite3 *db; /* the shared one, or its own */
	size_t asked, wrong;
	char first[SENTENCE]; /* what was wrong first */
};

static pthread_barrier_t start;

/* Not a line of TAP, which is the main thread's: it is printed at the end. */
static void TAP_PRINTS(3, 4)
	check(struct worker *w, bool good, const char *format, ...)
{
	va_list args;

	w->asked++;
	if (good || w->wrong++ > 0)
		return;
	va_start(args, format);
	vsnprintf(w->first, sizeof w->first, format, args);
	va_end(args);
}

#ifdef MF_TEST_RACE
static char shared_answer[ANSWER];

/* The mistake. */
static const char *
through_shared_buffer(const char *text)
{
	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < ANSWER; i++) {
		shared_answer[i] = text[i];
		if (text[i] == '\0')
			break;
	}
	return shared_answer;
}
#else
#define through_shared_buffer(text) (text)
#endif

static void
check_text(struct worker *w, const char *sql, const char *got, const char *want)
{
	/* cppcheck-suppress selfAssignment # unless built to race */
	got = through_shared_buffer(got);
	check(w,
	      got == NULL || want == NULL ? got == want
					  : strcmp(got, want) == 0,
	      "%.120s: got %.120s", sql, got == NULL ? "NULL" : got);
}

/* An error's sentence is the connection's. So on one that is shared, nobody
** else may come between; SQLite's manual has its mutex taken for that. */
static void
ask(struct worker *w, const struct question *q, const char *argument)
{
	sqlite3_stmt *statement = NULL;
	int rc;

	if (q->fails)
		sqlite3_mutex_enter(sqlite3_db_mutex(w->db));
	rc = sqlite3_prepare_v2(w->db, q->sql, -1, &statement, NULL);
	if (rc == SQLITE_OK && argument != NULL)
		rc = sqlite3_bind_text(statement, 1, argument, -1,
				       SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (q->fails)
		check_text(w, q->sql, sqlite3_errmsg(w->db), q->want);
	else if (rc == SQLITE_ROW)
		check_text(w, q->sql,
			   (const char *)(const void *)sqlite3_column_text(
				   statement, 0),
			   q->want);
	else
		check(w, false, "%.120s: %s", q->sql, sqlite3_errstr(rc));
	sqlite3_finalize(statement);
	if (q->fails)
		sqlite3_mutex_leave(sqlite3_db_mutex(w->db));
}

static void
ask_about_hash(struct worker *w, const char *hash)
{
	static const struct question right = {
		"SELECT CRYPT_VERIFY('secret', ?1)", "1", false
	};
	static const struct question wrong = {
		"SELECT CRYPT_VERIFY('Secret', ?1)", "0", false
	};
	static const struct question other = {
		"SELECT (CRYPT('secret', ?1) = ?1)"
		" || CRYPT_VERIFY('secret', '!' || ?1)",
		"10", false
	};

	ask(w, &right, hash);
	ask(w, &wrong, hash);
	ask(w, &other, hash);
}

/* Everything once. Each thread begins elsewhere, so that all of them meet all
** others everywhere. */
static void
ask_everything(struct worker *w, unsigned round)
{
	unsigned from = w->number * 7 + round * 3;

	for (unsigned i = 0; i < HASHES + QUESTIONS; i++) {
		unsigned at = (i + from) % (HASHES + QUESTIONS);
		if (at < HASHES)
			ask_about_hash(w, hashes[at]);
		else
			ask(w, &questions[at - HASHES], NULL);
	}
}

/* ---- databases ---- */

static void
run(struct worker *w, const char *sql)
{
	char *error = NULL;
	int rc = sqlite3_exec(w->db, sql, NULL, NULL, &error);

	check(w, rc == SQLITE_OK, "%.120s: %s", sql,
	      error == NULL ? sqlite3_errstr(rc) : error);
	sqlite3_free(error);
}

static bool
open_database(struct worker *w, const char *name, int flags)
{
	int rc = sqlite3_open_v2(name, &w->db,
				 flags | SQLITE_OPEN_READWRITE |
					 SQLITE_OPEN_CREATE,
				 NULL);

	check(w, rc == SQLITE_OK, "%s: %s", name, sqlite3_errmsg(w->db));
	if (rc == SQLITE_OK)
		sqlite3_busy_timeout(w->db, 60000);
	return rc == SQLITE_OK;
}

static void
close_database(struct worker *w)
{
	check(w, sqlite3_close(w->db) == SQLITE_OK, "close");
	w->db = NULL;
}

static const char cheaply[] =
	"UPDATE password_policy SET method = 'argon2id', cost = 'm=8,t=1,p=1'";

static void
apply_schema(struct worker *w)
{
	run(w, schema);
	run(w, cheaply);
}

/* A domain of this thread and round, users in it, and changes of them. */
static void
write_users(struct worker *w, unsigned round)
{
	char sql[1500];

	snprintf(sql, sizeof sql,
		 "INSERT INTO domains VALUES ('t%u-%u.example');"
		 "INSERT INTO users(email, password) VALUES"
		 " ('Joe@T%u-%u.example', 'secret'), ('ann@t%u-%u.example',"
		 " CRYPT('secret', GEN_SALT('bf', 4)));"
		 "INSERT OR REPLACE INTO users(email, password)"
		 " VALUES ('joe@t%u-%u.example', 'secret');"
		 "UPDATE users SET password = 'secret', quota = 7"
		 " WHERE email = 'ann@t%u-%u.example';"
		 "INSERT INTO users(email, password) VALUES"
		 " ('gone@t%u-%u.example', 'x');"
		 "DELETE FROM users WHERE email = 'gone@t%u-%u.example';",
		 w->number, round, w->number, round, w->number, round,
		 w->number, round, w->number, round, w->number, round,
		 w->number, round);
	run(w, sql);
}

static void
check_users(struct worker *w, unsigned round)
{
	static const struct question users = {
		"SELECT group_concat(email || maildir || CRYPT_VERIFY('secret',"
		" password) || CRYPT_VERIFY('Secret', password)) FROM (SELECT *"
		" FROM users WHERE DOMAIN_OF(email) = ?1 ORDER BY email)",
		NULL, false
	};
	struct question q = users;
	char domain[40], want[200];

	snprintf(domain, sizeof domain, "t%u-%u.example", w->number, round);
	snprintf(want, sizeof want, "ann@%s%s/ann/10,joe@%s%s/joe/10", domain,
		 domain, domain, domain);
	q.want = want;
	ask(w, &q, domain);
}

/* ---- the scenes ---- */

/* Connections of its own, in memory and in a file, opened in each round. */
static void *
work_alone(void *argument)
{
	struct worker *w = argument;
	char file[100] = ":memory:";

	pthread_barrier_wait(&start);
	for (unsigned round = 0; round < rounds; round++) {
		if ((round + w->number) % 2 == 1)
			snprintf(file, sizeof file, "%s/own%u-%u.db", folder,
				 w->number, round);
		if (!open_database(w, file, 0))
			return NULL;
		run(w, "PRAGMA synchronous = OFF");
		apply_schema(w);
		ask_everything(w, round);
		write_users(w, round);
		check_users(w, round);
		close_database(w);
		if (file[0] != ':')
			unlink(file);
		strcpy(file, ":memory:");
	}
	return NULL;
}

static void *
work_shared(void *argument)
{
	struct worker *w = argument;

	pthread_barrier_wait(&start);
	for (unsigned round = 0; round < rounds; round++) {
		ask_everything(w, round);
		write_users(w, round);
		check_users(w, round);
	}
	return NULL;
}

static void *
work_together(void *argument)
{
	struct worker *w = argument;
	char file[100];

	snprintf(file, sizeof file, "%s/together.db", folder);
	pthread_barrier_wait(&start);
	if (!open_database(w, file, 0))
		return NULL;
	run(w, "PRAGMA synchronous = OFF");
	for (unsigned round = 0; round < rounds; round++) {
		write_users(w, round);
		ask_everything(w, round);
		check_users(w, round);
	}
	close_database(w);
	return NULL;
}

/* Run a scene in all threads; shared is the connection they share, or NULL. */
static void
play(const char *scene, void *(*work)(void *), sqlite3 *shared)
{
	static struct worker workers[THREADS_MAX];
	size_t asked = 0, wrong = 0;

	pthread_barrier_init(&start, NULL, threads);
	for (unsigned i = 0; i < threads; i++) {
		workers[i] = (struct worker){ .number = i, .db = shared };
		if (pthread_create(&workers[i].id, NULL, work, &workers[i]) !=
		    0)
			bail_out("no thread");
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(workers[i].id, NULL);
		asked += workers[i].asked;
		wrong += workers[i].wrong;
		if (workers[i].wrong > 0)
			diag("thread %u: %zu wrong, first: %s", i,
			     workers[i].wrong, workers[i].first);
	}
	pthread_barrier_destroy(&start);
	ok(wrong == 0 &&
		   asked >= (size_t)threads * rounds * (HASHES * 3 + QUESTIONS),
	   "%s: %u threads, %zu answers, all right", scene, threads, asked);
}

/* One thread asks about a database that others have left behind. */
static void
check_left(struct worker *w, const char *scene)
{
	static const struct question whole = {
		"SELECT integrity_check FROM pragma_integrity_check", "ok",
		false
	};
	char users[20];
	struct question count = { "SELECT count(*) FROM users WHERE "
				  "CRYPT_VERIFY('secret', password)",
				  users, false };

	snprintf(users, sizeof users, "%u", 2 * threads * rounds);
	ask(w, &whole, NULL);
	ask(w, &count, NULL);
	if (w->wrong > 0)
		diag("%s", w->first);
	ok(w->wrong == 0, "%s: the database is whole, with %s users", scene,
	   users);
}

static void
share_one_connection(void)
{
	struct worker w = { .wrong = 0 };

	if (!open_database(&w, ":memory:", SQLITE_OPEN_FULLMUTEX)) {
		ok(false, "%s", w.first);
		return;
	}
	apply_schema(&w);
	play("one connection for all", work_shared, w.db);
	check_left(&w, "one connection");
	close_database(&w);
}

static void
share_one_file(void)
{
	static const struct question wal = { "PRAGMA journal_mode = WAL", "wal",
					     false };
	struct worker w = { .wrong = 0 };
	char file[100];

	snprintf(file, sizeof file, "%s/together.db", folder);
	if (!open_database(&w, file, 0)) {
		ok(false, "%s", w.first);
		return;
	}
	ask(&w, &wal, NULL);
	apply_schema(&w);
	play("one file in WAL mode", work_together, NULL);
	check_left(&w, "one file");
	close_database(&w);
	unlink(file);
}

/* ---- crypt_each and its threads ---- */

static unsigned
count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *task;
	unsigned count = 0;

	while (tasks != NULL && (task = readdir(tasks)) != NULL)
		count += task->d_name[0] != '.';
	if (tasks != NULL)
		closedir(tasks);
	return count;
}

/* A thread that has been joined may be listed for another moment. */
static unsigned
count_threads_down_to(unsigned want)
{
	for (int i = 0; i < 500 && count_threads() > want; i++)
		usleep(1000);
	return count_threads();
}

static void
check_interrupt(struct worker *w, unsigned before)
{
	sqlite3_stmt *statement = NULL;
	unsigned more;

	/* Minutes, unless it is interrupted. */
	sqlite3_prepare_v2(
		w->db,
		"SELECT key, hash FROM crypt_each('WITH RECURSIVE n(i) AS "
		"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
		"SELECT i, ''secret'' || i FROM n', 'bf', 6)",
		-1, &statement, NULL);
	ok(count_threads() == before, "crypt_each, prepared: no thread yet");
	ok(sqlite3_step(statement) == SQLITE_ROW, "crypt_each: its first row");
	more = count_threads() - before;
	ok(more > 0, "crypt_each, at its first row: %u threads more", more);
	sqlite3_interrupt(w->db);
	ok(sqlite3_step(statement) == SQLITE_INTERRUPT,
	   "crypt_each, interrupted: the next step says so");
	ok(sqlite3_finalize(statement) == SQLITE_INTERRUPT &&
		   count_threads_down_to(before) == before,
	   "crypt_each, finalized: no thread is left");
}

static void *
do_nothing(void *argument)
{
	return argument;
}

/* ThreadSanitizer starts a thread of its own with the first of ours. */
static unsigned
count_sanitizers(void)
{
	pthread_t id;

	if (pthread_create(&id, NULL, do_nothing, NULL) == 0)
		pthread_join(id, NULL);
	return count_threads_down_to(1);
}

/* Before any other thread is started. */
static void
interrupt_crypt_each(void)
{
	static const struct question next = {
		"SELECT CRYPT_VERIFY('x', hash) FROM "
		"crypt_each('SELECT 1, ''x''', 'bf', 4)",
		"1", false
	};
	struct worker w = { .wrong = 0 };
	unsigned before = count_sanitizers();

	if (open_database(&w, ":memory:", 0)) {
		check_interrupt(&w, before);
		ask(&w, &next, NULL);
		close_database(&w);
	}
	if (w.wrong > 0)
		diag("%s", w.first);
	ok(w.wrong == 0 && count_threads_down_to(before) == before,
	   "crypt_each, once more: as if nothing had been");
}

static char *
read_all(const char *name)
{
	FILE *file = fopen(name, "r");
	char *text = calloc(1, 1 << 16);

	if (file == NULL || text == NULL ||
	    fread(text, 1, (1 << 16) - 1, file) == 0)
		bail_out("%s can't be read", name);
	fclose(file);
	return text;
}

static unsigned
setting(const char *name, unsigned value, unsigned max)
{
	const char *text = getenv(name);
	unsigned long n = text == NULL ? value : strtoul(text, NULL, 10);

	return n < 1 ? 1 : n > max ? max : (unsigned)n;
}

int
main(void)
{
	threads = setting("THREADS", threads, THREADS_MAX);
	rounds = setting("ROUNDS", rounds, 1000000);
	diag("THREADS=%u ROUNDS=%u", threads, rounds);
	schema = read_all("sql/schema.sql");
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	ok(sqlite3_threadsafe() == 1, "this SQLite is for threads");
	/* Every connection gets the functions as it is opened. */
	sqlite3_auto_extension((void (*)(void))sqlite3_mailfunc_init);
	interrupt_crypt_each();
	play("connections of its own", work_alone, NULL);
	share_one_connection();
	share_one_file();
	sqlite3_shutdown();
	free(schema);
	ok(rmdir(folder) == 0, "no file is left behind");
	return done_testing();
}
