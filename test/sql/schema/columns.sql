# What becomes of the columns that an administrator adds to users.
#
# Run from the repository's root: sqlite3 < test/sql/schema/columns.sql
# As outcomes.sql: rows of checks are tests, and so is each "-- error:".
.load ./mailfunc
CREATE TEMP TABLE checks(what, got, want);
.read sql/schema.sql
UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO domains(domain) VALUES ('example.com');
CREATE TEMP TABLE hash AS SELECT CRYPT('hash', 'bcrypt', 4) AS hash;

-- ---- until the triggers know the column ----

SELECT CASE CARRY_COLUMNS() WHEN 0 THEN 'ok' ELSE 'not ok' END
  || ' - with no column of our own, none is carried';
INSERT INTO users(email, password) VALUES
  ('a@example.com', 'before'), ('b@example.com', 'before');
ALTER TABLE users ADD COLUMN phone TEXT;
CREATE TEMP TABLE kept AS SELECT * FROM users;
CREATE TEMP VIEW changed AS
  SELECT count(*) AS rows FROM (
    SELECT * FROM (SELECT * FROM users EXCEPT SELECT * FROM kept)
    UNION ALL
    SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM users));

-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT INTO users(email, password, phone) VALUES ('c@example.com', 'x', '+49 1');
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT INTO users(email, password) VALUES ('c@example.com', 'x');
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT OR IGNORE INTO users(email, password) VALUES ('c@example.com', 'x');
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT OR REPLACE INTO users(email, password, phone)
  VALUES ('a@example.com', 'x', '+49 1');
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT INTO users(email, password, phone) VALUES ('a@example.com', 'x', '+49 1')
  ON CONFLICT(email) DO UPDATE
  SET password = excluded.password, phone = excluded.phone;
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
UPDATE users SET password = 'x', phone = '+49 1' WHERE email = 'b@example.com';
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
UPDATE OR IGNORE users SET password = 'x';
BEGIN;
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT OR IGNORE INTO users(email, password)
  SELECT 'hashed@example.com', hash FROM hash
  UNION ALL SELECT 'plain@example.com', 'x';
COMMIT;
INSERT INTO checks
  SELECT 'before CARRY_COLUMNS() a plain password changes nothing', rows, 0
  FROM changed;

INSERT INTO users(email, password, phone)
  SELECT 'hash@example.com', hash, '+49 2' FROM hash;
UPDATE users SET phone = '+49 3', quota = 3 WHERE email = 'b@example.com';
INSERT INTO checks VALUES (
  'what has no plain password is stored', (
    SELECT group_concat(phone) FROM (
      SELECT phone FROM users WHERE phone IS NOT NULL ORDER BY email)),
  '+49 3,+49 2');

-- A hash that is about to replace a user keeps his maildir, by the trigger.
UPDATE users SET maildir = 'kept/b/' WHERE email = 'b@example.com';
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
REPLACE INTO users(email, password, phone)
  SELECT 'b@example.com', hash, '+49 4' FROM hash;

-- ---- from then on ----

SELECT CASE CARRY_COLUMNS() WHEN 1 THEN 'ok' ELSE 'not ok' END
  || ' - one column is carried';
CREATE TEMP TABLE before AS SELECT rowid AS at, * FROM sqlite_master;
SELECT CASE CARRY_COLUMNS('MAIN') WHEN 1 THEN 'ok' ELSE 'not ok' END
  || ' - and again';
INSERT INTO checks
  SELECT 'which changes nothing', count(*), 0 FROM (
    SELECT rowid, * FROM sqlite_master EXCEPT SELECT * FROM before);

DELETE FROM users;
INSERT INTO users(email, password, phone)
  VALUES ('a@example.com', 'plain', '+49 1');
INSERT INTO checks
  SELECT 'INSERT', CRYPT_VERIFY('plain', password) || phone, '1+49 1'
  FROM users;
UPDATE users SET password = 'other', phone = '+49 2'
  WHERE email = 'a@example.com';
INSERT INTO checks
  SELECT 'UPDATE', CRYPT_VERIFY('other', password) || phone, '1+49 2'
  FROM users;
UPDATE users SET password = 'alone';
INSERT INTO checks
  SELECT 'UPDATE of the password alone',
    CRYPT_VERIFY('alone', password) || phone, '1+49 2'
  FROM users;
INSERT INTO users(email, password, phone)
  VALUES ('a@example.com', 'third', '+49 3')
  ON CONFLICT(email) DO UPDATE
  SET password = excluded.password, phone = excluded.phone;
INSERT INTO checks
  SELECT 'upsert', CRYPT_VERIFY('third', password) || phone, '1+49 3'
  FROM users;
INSERT OR REPLACE INTO users(email, password, phone)
  VALUES ('a@example.com', 'fourth', '+49 4');
INSERT INTO checks
  SELECT 'OR REPLACE', CRYPT_VERIFY('fourth', password) || phone, '1+49 4'
  FROM users;
INSERT OR IGNORE INTO users(email, password, phone)
  VALUES ('a@example.com', 'x', 'x'), ('b@example.com', 'fifth', '+49 5');
INSERT INTO checks
  SELECT 'OR IGNORE, many rows', group_concat(phone), '+49 4,+49 5'
  FROM (SELECT phone FROM users ORDER BY email);
INSERT INTO users(email, password, phone)
  SELECT 'c@example.com', 'select', '+49 6'
  UNION ALL SELECT 'd@example.com', hash, '+49 7' FROM hash;
INSERT INTO checks
  SELECT 'INSERT ... SELECT, plain passwords and hashes',
    group_concat((CRYPT_VERIFY('select', password)
      OR CRYPT_VERIFY('hash', password)) || phone), '1+49 6,1+49 7'
  FROM (
    SELECT password, phone FROM users WHERE email >= 'c' ORDER BY email);
UPDATE users SET phone = email, password = 'all';
INSERT INTO checks
  SELECT 'UPDATE of all', sum(phone = email AND CRYPT_VERIFY('all', password)),
    4
  FROM users;
UPDATE users SET maildir = 'kept/b/' WHERE email = 'b@example.com';
REPLACE INTO users(email, password, phone)
  SELECT 'b@example.com', hash, '+49 8' FROM hash;
INSERT INTO checks
  SELECT 'a hash that replaces a user of another maildir',
    CRYPT_VERIFY('hash', password) || maildir || phone, '1kept/b/+49 8'
  FROM users WHERE email = 'b@example.com';
INSERT INTO checks
  SELECT 'SHIPPED_SQL leaves out what is carried', count(*), 2
  FROM sqlite_master
  WHERE name IN ('users_insert_hash', 'users_update_hash')
    AND instr(sql, 'phone') AND NOT instr(SHIPPED_SQL(sql), 'phone');

-- ---- columns of all kinds ----

DELETE FROM users;
ALTER TABLE users ADD COLUMN "two words" DEFAULT 'it''s';
ALTER TABLE users ADD COLUMN "a ""quote"" and 'another', too" INTEGER NOT NULL DEFAULT 7;
ALTER TABLE users ADD COLUMN [group]
  CONSTRAINT "group: ), not wrong" CHECK ([group] <> 'wrong, (wrong)');
ALTER TABLE users ADD COLUMN `Größe` REAL;
ALTER TABLE users ADD COLUMN "column" BLOB;
ALTER TABLE users ADD COLUMN "/*end*/" TEXT;
ALTER TABLE users ADD COLUMN twice AS (quota * 2);
ALTER TABLE users ADD COLUMN badge CONSTRAINT "primary" CHECK (badge > 0) -- , none
  /* , nor this */;
CREATE UNIQUE INDEX own_badge ON users(badge);
SELECT CASE CARRY_COLUMNS() WHEN 8 THEN 'ok' ELSE 'not ok' END
  || ' - all but the generated one';
INSERT INTO users(email, password, "two words", "a ""quote"" and 'another', too",
    [group], Größe, "column", "/*end*/", badge, quota)
  VALUES ('a@example.com', 'plain', 'b c', 8, 'g', 1.5, x'00ff', 'e', NULL, 4);
INSERT INTO users(email, password) VALUES ('b@example.com', 'plain');
INSERT INTO checks
  SELECT 'INSERT of each', CRYPT_VERIFY('plain', password) || "two words"
      || "a ""quote"" and 'another', too" || [group] || Größe || hex("column")
      || "/*end*/" || twice || (badge IS NULL),
    '1b c8g1.500FFe81'
  FROM users WHERE email = 'a@example.com';
INSERT INTO checks
  SELECT 'their defaults', "two words" || "a ""quote"" and 'another', too"
      || twice || (badge IS NULL), 'it''s7209715201'
  FROM users WHERE email = 'b@example.com';
UPDATE users SET password = 'x', "two words" = "column", "column" = 9,
    [group] = 'h', "a ""quote"" and 'another', too" = 10, "/*end*/" = 'f'
  WHERE email = 'b@example.com';
INSERT INTO checks
  SELECT 'UPDATE of each', quote("two words") || "column" || [group]
      || "a ""quote"" and 'another', too" || "/*end*/", 'NULL9h10f'
  FROM users WHERE email = 'b@example.com';
DELETE FROM kept;
DROP VIEW changed;
DROP TABLE kept;
CREATE TEMP TABLE kept AS SELECT * FROM users;
-- error: CHECK constraint failed: group: ), not wrong
INSERT INTO users(email, password, [group])
  VALUES ('c@example.com', 'x', 'wrong, (wrong)');
-- error: CHECK constraint failed: group: ), not wrong
UPDATE users SET password = 'x', [group] = 'wrong, (wrong)';
-- error: NOT NULL constraint failed: users.a "quote" and 'another', too
INSERT INTO users(email, password, "a ""quote"" and 'another', too")
  VALUES ('c@example.com', 'x', NULL);
-- error: UNIQUE constraint failed: users.badge
INSERT INTO users(email, password, badge)
  VALUES ('c@example.com', 'x', 1), ('d@example.com', 'x', 1);
-- error: UNIQUE constraint failed: users.badge
INSERT INTO users(email, password, badge)
  VALUES ('c@example.com', 'x', 1), ('d@example.com', 'x', 1)
  ON CONFLICT(badge) DO UPDATE SET password = excluded.password;
INSERT INTO checks
  SELECT 'their constraints hold, nothing is written', count(*), 0 FROM (
    SELECT * FROM (SELECT * FROM users EXCEPT SELECT * FROM kept)
    UNION ALL
    SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM users));
INSERT INTO users(email, password, badge) VALUES ('c@example.com', 'x', 1);
INSERT OR IGNORE INTO users(email, password, badge)
  VALUES ('d@example.com', 'x', 1), ('e@example.com', 'x', 2);
INSERT INTO checks
  SELECT 'OR IGNORE of a column''s conflict', group_concat(email),
    'c@example.com,e@example.com'
  FROM (SELECT email FROM users WHERE badge IS NOT NULL ORDER BY email);
INSERT OR REPLACE INTO users(email, password, badge,
    "a ""quote"" and 'another', too")
  VALUES ('f@example.com', 'x', 1, NULL);
INSERT INTO checks
  SELECT 'OR REPLACE of it, and the default for NULL',
    email || "a ""quote"" and 'another', too", 'f@example.com7'
  FROM users WHERE badge = 1;

-- A hash is longer: this must not let a plain password through.
DELETE FROM users;
ALTER TABLE users ADD COLUMN short
  CONSTRAINT "a short password" CHECK (length(password) < 50);
SELECT CASE CARRY_COLUMNS() WHEN 9 THEN 'ok' ELSE 'not ok' END
  || ' - a CHECK of the password';
-- error: CHECK constraint failed: a short password
INSERT INTO users(email, password) VALUES ('a@example.com', 'short');
INSERT OR IGNORE INTO users(email, password) VALUES ('a@example.com', 'short');
INSERT INTO checks
  SELECT 'that no hash meets: nothing is written', count(*), 0 FROM users;

-- ---- schema.sql again, and columns that go or change their names ----

.read sql/schema.sql
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT INTO users(email, password) VALUES ('a@example.com', 'x');
ALTER TABLE users RENAME COLUMN phone TO tel;
SELECT CASE CARRY_COLUMNS() WHEN 9 THEN 'ok' ELSE 'not ok' END
  || ' - carried again';
ALTER TABLE users RENAME COLUMN tel TO mobile;
-- error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();
INSERT OR IGNORE INTO users(email, password) VALUES ('a@example.com', 'x');
SELECT CASE CARRY_COLUMNS() WHEN 9 THEN 'ok' ELSE 'not ok' END
  || ' - after RENAME COLUMN';

-- ---- other databases ----

-- error: CARRY_COLUMNS: there is no database of that name, use main or one that was attached
SELECT CARRY_COLUMNS('other');
ATTACH ':memory:' AS "an ""other""";
-- error: CARRY_COLUMNS: there is no table users, apply schema.sql first
SELECT CARRY_COLUMNS('an "other"');
CREATE TABLE "an ""other""".users(email, password);
-- error: CARRY_COLUMNS: the triggers of users are missing, apply schema.sql first
SELECT CARRY_COLUMNS('an "other"');
CREATE TRIGGER "an ""other""".users_insert_hash BEFORE INSERT ON users
BEGIN SELECT 1; END;
-- error: CARRY_COLUMNS: the triggers of users are not those of this version, apply schema.sql first
SELECT CARRY_COLUMNS('an "other"');
INSERT INTO checks VALUES ('NULL in, NULL out', CARRY_COLUMNS(NULL), NULL);

-- Texts that SQLite never writes, but that somebody may have written into it.
-- From 3.42 on the shell forbids that.
.dbconfig defensive off
ATTACH ':memory:' AS odd;
CREATE VIRTUAL TABLE odd.users USING fts5(email, password);
-- error: CARRY_COLUMNS: the CREATE TABLE of users has a form that can't be read, write it in a plainer one
SELECT CARRY_COLUMNS('odd');
DROP TABLE odd.users;
CREATE TABLE odd.users(email, password);
PRAGMA writable_schema = ON;
UPDATE odd.sqlite_master SET sql = replace(sql, 'password', 'secret');
-- error: CARRY_COLUMNS: the CREATE TABLE of users has a form that can't be read, write it in a plainer one
SELECT CARRY_COLUMNS('odd');
UPDATE odd.sqlite_master SET sql = replace(sql, 'secret', 'password');
INSERT INTO odd.sqlite_master(type, name, tbl_name, rootpage, sql) VALUES
  ('trigger', 'users_insert_hash', 'users', 0, 'create trigger
    INSERT INTO users(email) /*own , column*//*end*/');
-- error: CARRY_COLUMNS: a trigger of users has a text that can't be read, apply schema.sql first
SELECT CARRY_COLUMNS('odd');
DELETE FROM odd.sqlite_master WHERE type = 'trigger';
PRAGMA writable_schema = OFF;
DETACH odd;

-- Not from within.
CREATE TABLE log(what);
CREATE TRIGGER log_insert AFTER INSERT ON log
BEGIN SELECT CARRY_COLUMNS(); END;
-- error: unsafe use of CARRY_COLUMNS()
INSERT INTO log VALUES (1);

-- ---- TAKE_COLUMNS ----

CREATE TEMP TABLE old(id INTEGER PRIMARY KEY, email, "Domain" VARCHAR(80),
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  level INT NOT NULL DEFAULT -1, note NOT NULL, "an ""x""" "od'd""" DEFAULT 'd''',
  mobile DEFAULT 'no', half AS (level / 2));
INSERT INTO old(id, email, "Domain", created_at, level, note) VALUES
  (1, 'A@example.com', 'one', 'today', 10, 'n1'),
  (2, 'a@EXAMPLE.com', 'two', 'later', 20, 'n2'),
  (3, 'none@example.com', 'three', 'never', 30, 'n3');
CREATE TABLE target(email TEXT COLLATE NOCASE PRIMARY KEY, mobile);
INSERT INTO target VALUES ('a@example.com', 1), ('b@example.com', 2);
SELECT CASE TAKE_COLUMNS('temp.old', 'target', 'EMAIL') WHEN 7 THEN 'ok' ELSE 'not ok' END
  || ' - TAKE_COLUMNS';
INSERT INTO checks
  SELECT 'the first row''s values', id || "domain" || created_at || level
    || note || "an ""x""" || mobile || half, '1onetoday10n1d''15'
  FROM target WHERE email = 'a@example.com';
INSERT INTO checks
  SELECT 'others get what can be their default', quote(id) || quote("domain")
    || quote(created_at) || quote(level) || quote(note)
    || quote("an ""x""") || mobile, 'NULLNULLNULL-1NULL''d''''''2'
  FROM target WHERE email = 'b@example.com';
INSERT INTO checks
  SELECT 'types and defaults', group_concat(name || ' ' || type || ' '
    || "notnull" || ' ' || coalesce(dflt_value, '-')),
    'id INTEGER 0 -,Domain VARCHAR(80) 0 -,created_at DATETIME 0 -,'
      || 'level INT 1 -1,note  0 -,an "x" od''d" 0 ''d'''''',half  0 -'
  FROM (SELECT * FROM pragma_table_info('target') ORDER BY cid) WHERE cid > 1;
SELECT CASE TAKE_COLUMNS('temp.old', 'main.target', 'email')
  WHEN 0 THEN 'ok' ELSE 'not ok' END || ' - again there is none';
INSERT INTO checks VALUES
  ('NULL in, NULL out', TAKE_COLUMNS(NULL, 'target', 'email'), NULL);
-- error: CARRY_COLUMNS: run it by a SELECT, not inside of a statement that writes
INSERT INTO checks SELECT 'inside of a statement that writes', CARRY_COLUMNS(), 1;
-- error: TAKE_COLUMNS: there is no such table, give 'table' or 'database.table'
SELECT TAKE_COLUMNS('old', 'target', 'email');
-- error: TAKE_COLUMNS: there is no database of the name before the dot, use main, temp or one that was attached
SELECT TAKE_COLUMNS('older.old', 'target', 'email');
-- error: TAKE_COLUMNS: both tables need the column that is the key
SELECT TAKE_COLUMNS('temp.old', 'target', 'name');
CREATE TABLE full(email, other);
CREATE TRIGGER full_update BEFORE UPDATE ON full
BEGIN SELECT RAISE(ABORT, 'not this one'); END;
INSERT INTO full(email) VALUES ('a@example.com');
-- error: TAKE_COLUMNS: not this one
SELECT TAKE_COLUMNS('temp.old', 'full', 'email');
INSERT INTO checks
  SELECT 'all or nothing', group_concat(name), 'email,other'
  FROM pragma_table_info('full');
CREATE VIEW seen AS SELECT email FROM full;
-- error: TAKE_COLUMNS: Cannot add a column to a view
SELECT TAKE_COLUMNS('temp.old', 'seen', 'email');

-- A name that is part of another, and a table without row numbers.
CREATE TABLE part(email PRIMARY KEY, "x""phone", "phone""x");
INSERT INTO part(email) VALUES ('a@example.com');
CREATE TABLE whole(email PRIMARY KEY, phone) WITHOUT ROWID;
INSERT INTO whole VALUES ('A@example.com', 7);
SELECT CASE TAKE_COLUMNS('whole', 'part', 'email') WHEN 1 THEN 'ok' ELSE 'not ok' END
  || ' - a name that is part of others';
INSERT INTO checks SELECT 'comes with its value', phone, 7 FROM part;

-- ---- TABLE_COLUMNS and MAILFUNC_RAISE ----

INSERT INTO checks
  SELECT 'TABLE_COLUMNS: ' || coalesce(sql, 'NULL'), TABLE_COLUMNS(sql), want
  FROM (
    SELECT NULL AS sql, NULL AS want
    UNION ALL VALUES
      ('CREATE TABLE t(a)', '"a"'),
      ('create  table/**/t --
        ( a,B )', '"a","b"'),
      ('CREATE TABLE t(a INT AS (1), b AS, c)', '"c"'),
      ('CREATE TABLE t(a, "as" as (b), "check" check (b in ('','', '')'')))',
        '"a","check"'),
      ('CREATE TABLE t([a"b], `c``d`, ''e''''f'', "g""h")',
        '"a""b","c`d","e''f","g""h"'),
      ('CREATE TABLE t(a, Primary key(a), constraint x unique(a) check(1),
        foreign key(a) references u)', '"a"'),
      ('CREATE TABLE "t(x"(a) WITHOUT ROWID', '"a"'),
      ('CREATE VIEW t(a) AS SELECT 1', NULL), (7, NULL));
INSERT INTO checks SELECT 'no sentence', MAILFUNC_RAISE(NULL), NULL;
INSERT INTO checks SELECT 'SHIPPED_SQL: ' || sql, SHIPPED_SQL(sql), want
  FROM (
    SELECT 'a /*own , column*/, b/*end*/ c' AS sql,
      'a /*own , column*//*end*/ c' AS want
    UNION ALL VALUES
      ('/*own , column*/, "/*end*/"/*end*/', '/*own , column*//*end*/'),
      ('a /*own , column*/, b', 'a /*own , column*/, b'),
      ('a /*own , column', 'a /*own , column'), (7, '7'));
-- error: just: this
SELECT MAILFUNC_RAISE('just: this');

-- ---- at the end ----

INSERT INTO checks VALUES (
  'the database is whole',
  (SELECT group_concat(integrity_check) FROM pragma_integrity_check), 'ok');
INSERT INTO checks SELECT 'all checks were made', count(*), 44 FROM checks;

SELECT CASE WHEN got IS want THEN 'ok' ELSE 'not ok' END || ' - ' ||
    replace(what, char(10), ' ') ||
  CASE WHEN got IS want THEN ''
    ELSE ' # got ' || quote(got) || ', wanted ' || quote(want) END
  FROM checks;
