-- What the two schemas, sql/schema.sql and sql/postgresql/schema.sql, do with
-- every kind of write. test/system/postgresql/both.t runs this on both engines, and
-- both must do as it says.
--
-- A blank line ends a block, which runs in a session of its own. Above it:
--
--   -- ok              it succeeds
--   -- error: TEXT     it fails, with a message that ends so, and all tables
--                      are afterwards as they were
--   -- rows: A|B       it answers this row; one line for each
--   -- only sqlite, -- only postgresql   the other one doesn't run the block.
--                      Why they differ stands above.
--
-- verify(password, hash) is 1 or 0: CRYPT_VERIFY(), and mail_verify() there.

-- ---- a plain password ----

-- ok
INSERT INTO domains(domain) VALUES ('example.com'), ('Example.ORG');
UPDATE password_policy SET method = 'bcrypt', cost = 4;

-- ok
INSERT INTO users(email, password) VALUES ('Joe@Example.COM', 'secret');

-- rows: joe@example.com|$2b$04$|60|1|10485760|example.com/joe/|1|
SELECT email, substr(password, 1, 7), length(password),
  verify('secret', password), quota, maildir, active, name FROM users;

-- ok
INSERT INTO users(email, password, quota) VALUES
  ('a@example.com', 'same', 1), ('B@example.com', 'same', 2),
  ('c@EXAMPLE.org', 'same', 3);

-- rows: a@example.com|1|1|example.com/a/
-- rows: b@example.com|1|2|example.com/b/
-- rows: c@example.org|1|3|example.org/c/
SELECT email, verify('same', password), quota, maildir FROM users
WHERE quota < 10 ORDER BY email;

-- rows: 4
SELECT count(DISTINCT password) FROM users;

-- ok
CREATE TABLE people(name text, password text);
INSERT INTO people VALUES ('Dave', 'dave''s'), ('erin', 'pässwörd €');
INSERT INTO users(email, password)
  SELECT name || '@example.com', password FROM people;
DROP TABLE people;

-- rows: dave@example.com|1|0
-- rows: erin@example.com|0|1
SELECT email, verify('dave''s', password), verify('pässwörd €', password)
FROM users WHERE email IN ('dave@example.com', 'erin@example.com')
ORDER BY email;

-- A name that a blank or a quote begins or ends with, and 72 bytes.

-- ok
DELETE FROM users;
INSERT INTO users(email, password) VALUES
  ('joe@example.com', ' x '), ('ann@example.com',
  'éééééééééééééééééééééééééééééééééééé');

-- rows: 1|0
-- rows: 0|1
SELECT verify(' x ', password),
  verify('éééééééééééééééééééééééééééééééééééé', password)
FROM users ORDER BY email DESC;

-- error: the password is too long, bcrypt uses at most 72 bytes
INSERT INTO users(email, password) VALUES
  ('x@example.com', 'éééééééééééééééééééééééééééééééééééé ');

-- What was written is counted, and can be asked for, in PostgreSQL. SQLite has
-- to write the row itself, so that the plain password reaches no page: there
-- changes() is 0 and RETURNING gives no row.

-- only postgresql
-- rows: ret@example.com|example.com/ret/|1
-- rows: 1
WITH written AS (INSERT INTO users(email, password)
    VALUES ('Ret@example.com', 'secret') RETURNING *)
  SELECT email, maildir, verify('secret', password) FROM written;
WITH written AS (UPDATE users SET password = 'other'
    WHERE email = 'ret@example.com' RETURNING *)
  SELECT count(*) FROM written;
DELETE FROM users WHERE email = 'ret@example.com';

-- only sqlite
-- rows: 0
INSERT INTO users(email, password) VALUES ('Ret@example.com', 'secret');
SELECT changes();
DELETE FROM users WHERE email = 'ret@example.com';

-- ---- a user who is there already ----

-- The ordinary error of the engine.

-- only sqlite
-- error: UNIQUE constraint failed: users.email
INSERT INTO users(email, password) VALUES ('JOE@Example.com', 'new');

-- only postgresql
-- error: duplicate key value violates unique constraint "users_pkey"
INSERT INTO users(email, password) VALUES ('JOE@Example.com', 'new');

-- only sqlite
-- error: UNIQUE constraint failed: users.email
INSERT INTO users(email, password)
  VALUES ('x@example.com', 'x'), ('joe@example.com', 'new');

-- only postgresql
-- error: duplicate key value violates unique constraint "users_pkey"
INSERT INTO users(email, password)
  VALUES ('x@example.com', 'x'), ('joe@example.com', 'new');

-- only sqlite
-- error: UNIQUE constraint failed: users.email
UPDATE users SET email = 'ann@example.com' WHERE email = 'joe@example.com';

-- only postgresql
-- error: duplicate key value violates unique constraint "users_pkey"
UPDATE users SET email = 'ann@example.com' WHERE email = 'joe@example.com';

-- ok
INSERT INTO users(email, password, quota) VALUES
  ('Joe@example.com', 'upsert', 6), ('up@example.com', 'upsert', 7)
  ON CONFLICT(email) DO UPDATE
  SET password = excluded.password, quota = excluded.quota;

-- rows: joe@example.com|1|6|example.com/joe/
-- rows: up@example.com|1|7|example.com/up/
SELECT email, verify('upsert', password), quota, maildir FROM users
WHERE quota < 10 ORDER BY email;

-- ok
INSERT INTO users(email, password) VALUES ('joe@example.com', 'nothing')
  ON CONFLICT(email) DO NOTHING;

-- rows: 1
SELECT verify('upsert', password) FROM users WHERE email = 'joe@example.com';

-- INSERT OR REPLACE, OR IGNORE, OR FAIL and REPLACE are SQLite's alone;
-- test/sql/schema/outcomes.sql has them.

-- ---- UPDATE ----

-- ok
UPDATE users SET password = 'all';

-- rows: 3|3
SELECT sum(verify('all', password)), count(DISTINCT password) FROM users;

-- ok
UPDATE users SET password = 'both', quota = 8, email = 'Joseph@example.com'
WHERE email = 'joe@example.com';

-- rows: joseph@example.com|1|8|example.com/joe/
SELECT email, verify('both', password), quota, maildir FROM users
WHERE quota = 8;

-- ok
UPDATE users SET password = password, name = 'J.', quota = 9 WHERE quota = 8;

-- rows: J.|1
SELECT name, verify('both', password) FROM users WHERE quota = 9;

-- SQLite compares addresses without regard to case. Here they are text, which
-- is compared as it is, and stored in lower case.

-- only sqlite
-- rows: 1
SELECT count(*) FROM users WHERE email = 'JOSEPH@example.com';

-- only postgresql
-- rows: 0
-- rows: 1
SELECT count(*) FROM users WHERE email = 'JOSEPH@example.com';
SELECT count(*) FROM users WHERE email = lower('JOSEPH@example.com');

-- ---- a finished hash ----

-- ok
DELETE FROM users;
INSERT INTO users(email, password) VALUES
  ('Plain@example.com', '$5$rounds=1000$salt$Fmxw4OAWYfFXwUTV0QAPxcHMTfa9XtRtbt7NPUs57p4'),
  ('locked@example.com', '!$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC'),
  ('label@example.com', '{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq'),
  ('des@example.com', '{CRYPT}rl.3StKT.4T8M'),
  ('argon2@example.com', '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ'),
  ('digest@example.com', '{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA=='),
  ('y@example.com', '$y$j75$HUzdxlvx/oiNhzkRVvveu0$VsJDWI17KriTx8bpP9sTm4FwHsAiZyYvJH7xGDx69y5');

-- rows: $argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ|example.com/argon2/
-- rows: {CRYPT}rl.3StKT.4T8M|example.com/des/
-- rows: {SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==|example.com/digest/
-- rows: {BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq|example.com/label/
-- rows: !$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC|example.com/locked/
-- rows: $5$rounds=1000$salt$Fmxw4OAWYfFXwUTV0QAPxcHMTfa9XtRtbt7NPUs57p4|example.com/plain/
-- rows: $y$j75$HUzdxlvx/oiNhzkRVvveu0$VsJDWI17KriTx8bpP9sTm4FwHsAiZyYvJH7xGDx69y5|example.com/y/
SELECT password, maildir FROM users ORDER BY email;

-- ok
UPDATE users SET password = '{CRYPT}rl.3StKT.4T8M'
WHERE email = 'plain@example.com';

-- rows: {CRYPT}rl.3StKT.4T8M
SELECT password FROM users WHERE email = 'plain@example.com';

-- What has the form of an old hash without a mark may be a password.

-- ok
INSERT INTO users(email, password) VALUES ('bare@example.com', 'rl.3StKT.4T8M');

-- rows: 1
SELECT verify('rl.3StKT.4T8M', password) FROM users
WHERE email = 'bare@example.com';

-- ---- neither ----

-- error: the password is empty, it needs 1 byte or more
INSERT INTO users(email, password) VALUES ('n@example.com', '');

-- error: the password is empty, it needs 1 byte or more
UPDATE users SET password = '';

-- error: NOT NULL constraint failed: users.password
INSERT INTO users(email, password) VALUES ('n@example.com', NULL);

-- error: NOT NULL constraint failed: users.password
UPDATE users SET password = NULL;

-- error: users.password: the mark of a lock or a failure is not a password
INSERT INTO users(email, password) VALUES ('n@example.com', '!!');

-- error: users.password: the mark of a lock or a failure is not a password
UPDATE users SET password = '*0';

-- error: begins like a bcrypt hash, but is damaged or not whole
UPDATE users SET password = '$2b$12$';

-- error: begins like a {SHA512-CRYPT} hash, but is damaged or not whole
INSERT INTO users(email, password)
  VALUES ('n@example.com', '{SHA512-CRYPT}$6$rounds=5000$salt');

-- error: {PLAIN} stores the password itself, give a hash, or the password without label
INSERT INTO users(email, password) VALUES ('n@example.com', '{PLAIN}secret');

-- error: looks like a hash of another program, which can't be verified here; if it is a password all the same, hash it in the statement with CRYPT()
INSERT INTO users(email, password) VALUES ('n@example.com', '$apr1$x$abcdefg');

-- error: bcrypt asks for 15 as its cost, the limit for storing is 14
INSERT INTO users(email, password) VALUES ('n@example.com',
  '$2b$15$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC');

-- error: a whole bcrypt hash with something before or behind it, give the hash alone
INSERT INTO users(email, password) VALUES ('n@example.com',
  'BLF-CRYPT:$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC');

-- error: begins like a bcrypt hash, but is damaged or not whole
INSERT INTO users(email, password)
  VALUES ('n1@example.com', 'good'), ('n2@example.com', '$2b$12$');

-- PostgreSQL's columns have types: the trigger never sees a NUL byte, or what
-- isn't valid UTF-8, nor a number: that has become text before, and 007 is '7'.

-- only sqlite
-- error: the password is a number, it needs quotes, or a program must bind it as text
INSERT INTO users(email, password) VALUES ('n@example.com', 007);

-- only postgresql
-- rows: 1
BEGIN;
INSERT INTO users(email, password) VALUES ('n@example.com', 007);
SELECT verify('7', password) FROM users WHERE email = 'n@example.com';
ROLLBACK;

-- only sqlite
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET quota = '10M';

-- only postgresql
-- error: invalid input syntax for type bigint: "10M"
UPDATE users SET quota = '10M';

-- only sqlite
-- error: the password holds a NUL byte, where crypt(3) would cut it
INSERT INTO users(email, password)
  VALUES ('n@example.com', 'a' || char(0) || 'b');

-- only postgresql
-- error: null character not permitted
INSERT INTO users(email, password) VALUES ('n@example.com', 'a' || chr(0));

-- only postgresql
-- error: invalid byte sequence for encoding "UTF8": 0xff
INSERT INTO users(email, password) VALUES ('n@example.com', E'a\xff');

-- ---- quota, active, name ----

-- error: quota: a number of bytes, 0 or more
UPDATE users SET quota = -1;

-- error: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota) VALUES ('n@example.com', 'x', -1);

-- error: NOT NULL constraint failed: users.quota
UPDATE users SET quota = NULL;

-- error: users.active: it is 1, or 0 for no mail and no login
UPDATE users SET active = 2;

-- error: users.active: it is 1, or 0 for no mail and no login
INSERT INTO users(email, password, active) VALUES ('n@example.com', 'x', 7);

-- error: NOT NULL constraint failed: users.active
UPDATE users SET active = NULL;

-- error: NOT NULL constraint failed: users.name
INSERT INTO users(email, password, name) VALUES ('n@example.com', 'x', NULL);

-- ok
UPDATE users SET active = 0, name = 'Größe' WHERE email = 'bare@example.com';

-- rows: bare@example.com|Größe
SELECT email, name FROM users WHERE active = 0;

-- ---- addresses and domains ----

-- error: users.email: it has no @
INSERT INTO users(email, password) VALUES ('joe', 'x');

-- error: users.email: it has a slash or backslash
INSERT INTO users(email, password) VALUES ('../joe@example.com', 'x');

-- error: users.email: it is not text
INSERT INTO users(email, password) VALUES (NULL, 'x');

-- error: users.email: it has a blank
UPDATE users SET email = 'a b@example.com' WHERE email = 'plain@example.com';

-- SQLite has its own words for an UPDATE to NULL.

-- only sqlite
-- error: NOT NULL constraint failed: users.email
UPDATE users SET email = NULL WHERE email = 'plain@example.com';

-- only postgresql
-- error: users.email: it is not text
UPDATE users SET email = NULL WHERE email = 'plain@example.com';

-- error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('example.net');
INSERT INTO users(email, password) VALUES ('joe@example.net', 'x');

-- error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('sub.example.com');
UPDATE users SET email = 'x@Sub.example.com' WHERE email = 'plain@example.com';

-- ok
INSERT INTO users(email, password) VALUES ('joe@EXAMPLE.org', 'x');

-- error: domains: this one still has users, delete or move them first
DELETE FROM domains WHERE lower(domain) = 'example.org';

-- error: domains: this one still has users, delete or move them first
UPDATE domains SET domain = 'example.net' WHERE lower(domain) = 'example.org';

-- ok
UPDATE domains SET domain = 'Example.org' WHERE lower(domain) = 'example.org';
INSERT INTO domains(domain) VALUES ('empty.example');
UPDATE domains SET domain = 'renamed.example' WHERE domain = 'empty.example';
DELETE FROM domains WHERE domain = 'renamed.example';

-- rows: example.com
-- rows: example.org
SELECT lower(domain) FROM domains ORDER BY 1;

-- error: domains.domain: it has a blank
INSERT INTO domains(domain) VALUES ('exa mple.com');

-- error: domains.domain: the domain is empty
INSERT INTO domains(domain) VALUES ('');

-- ok
INSERT INTO domains(domain) VALUES ('free.example');

-- error: domains.domain: the domain has an empty label, or begins or ends with a dot
UPDATE domains SET domain = 'example.org.' WHERE domain = 'free.example';

-- ---- maildirs ----

-- ok
DELETE FROM users;
INSERT INTO users(email, password) VALUES
  ('joe@example.com', 'joe'), ('ann@example.com', 'ann');
UPDATE users SET email = 'Jack@example.com' WHERE email = 'joe@example.com';

-- rows: jack@example.com|example.com/joe/|1
SELECT email, maildir, verify('joe', password) FROM users
WHERE email = 'jack@example.com';

-- error: users.maildir: jack@example.com has this one, give another, such as maildir = 'example.com/joe.2/'
INSERT INTO users(email, password) VALUES ('joe@example.com', 'new');

-- error: users.maildir: ann@example.com has this one, give another, such as maildir = 'example.com/new.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('new@example.com', 'new', 'Example.com/ANN/');

-- error: users.maildir: ann@example.com has this one, give another, such as maildir = 'example.com/jack.2/'
UPDATE users SET maildir = 'example.com/ann/', password = 'new'
WHERE email = 'jack@example.com';

-- ok
INSERT INTO users(email, password, maildir)
  VALUES ('joe@example.com', 'new', 'Example.com/Joe2/');

-- rows: Example.com/Joe2/
SELECT maildir FROM users WHERE email = 'joe@example.com';

-- ok
DELETE FROM users WHERE email = 'joe@example.com';
UPDATE users SET maildir = NULL WHERE email = 'jack@example.com';

-- rows: example.com/jack/
SELECT maildir FROM users WHERE email = 'jack@example.com';

-- ok
UPDATE users SET maildir = 'my/own/' WHERE email = 'jack@example.com';
UPDATE users SET maildir = '', email = 'Jim@example.com', password = 'x'
WHERE email = 'jack@example.com';
INSERT INTO users(email, password, maildir) VALUES
  ('null@example.com', 'x', NULL), ('empty@example.com', 'x', '');

-- rows: ann@example.com|example.com/ann/
-- rows: empty@example.com|example.com/empty/
-- rows: jim@example.com|example.com/jim/
-- rows: null@example.com|example.com/null/
SELECT email, maildir FROM users ORDER BY email;

-- ok
UPDATE users SET maildir = '';

-- error: users.maildir: it begins with a slash, but is relative to the mail store
UPDATE users SET maildir = '/etc/' WHERE email = 'ann@example.com';

-- error: users.maildir: it has a part that begins with a dot
UPDATE users SET maildir = 'a/../../b/' WHERE email = 'ann@example.com';

-- error: users.maildir: it has two slashes in a row
UPDATE users SET maildir = 'a//b/' WHERE email = 'ann@example.com';

-- error: users.maildir: it has no slash at its end, as in example.com/joe/
INSERT INTO users(email, password, maildir)
  VALUES ('n@example.com', 'x', 'a/b');

-- error: users.maildir: it has a blank, a control byte or a byte outside ASCII
UPDATE users SET maildir = 'a b/' WHERE email = 'ann@example.com';

-- ok
DELETE FROM users;
INSERT INTO users(email, password, maildir) VALUES
  ('in@example.com', 'x', 'a/b/in/'), ('between@example.com', 'x', 'a/b-/x/'),
  ('ann@example.com', 'x', 'z/ann/');

-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/new.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('new@example.com', 'x', 'A/B/');

-- error: users.maildir: in@example.com has one that this lies inside of, give another, such as maildir = 'example.com/new.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('new@example.com', 'x', 'A/b/IN/deep/er/');

-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
UPDATE users SET maildir = 'a/b/', password = 'x'
WHERE email = 'ann@example.com';

-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('ann@example.com', 'x', 'a/b/') ON CONFLICT(email) DO UPDATE
  SET password = excluded.password, maildir = excluded.maildir;

-- ok
UPDATE users SET maildir = 'z/ann/own/' WHERE email = 'ann@example.com';
UPDATE users SET maildir = 'z/' WHERE email = 'ann@example.com';
INSERT INTO users(email, password, maildir) VALUES
  ('n1@example.com', 'x', 'a/b/i/'), ('n2@example.com', 'x', 'a/b/in-/'),
  ('n3@example.com', 'x', 'a/b/in0/'), ('n4@example.com', 'x', 'a/b/~/');

-- rows: 7
SELECT count(*) FROM users;

-- ---- forwardings and transport ----

-- ok
INSERT INTO forwardings(source, destination) VALUES
  ('Info@example.com', 'joe@example.com, Ann@Example.org'),
  ('@Catch.example', 'joe@example.com'), ('@alias.org', '@example.com'),
  ('o''brien@example.com', 'joe');
INSERT INTO transport(domain, transport)
  VALUES ('Example.net', 'smtp:[mail.example.net]');

-- rows: @alias.org|@example.com
-- rows: @catch.example|joe@example.com
-- rows: info@example.com|joe@example.com, Ann@Example.org
-- rows: o'brien@example.com|joe
SELECT lower(source), destination FROM forwardings ORDER BY 1;

-- error: forwardings.source: it is blank
INSERT INTO forwardings(source, destination) VALUES (' ', 'joe@example.com');

-- error: forwardings.destination: it is blank
INSERT INTO forwardings(source, destination) VALUES ('x@example.com', '');

-- error: forwardings.destination: it has an empty element, with a comma too many or nothing between two
INSERT INTO forwardings(source, destination) VALUES ('x@example.com', 'a@b,,c@d');

-- error: forwardings.destination: it has a blank, put commas between addresses
UPDATE forwardings SET destination = 'a@b c@d';

-- error: forwardings.destination: it has a semicolon, put commas between addresses
UPDATE forwardings SET destination = 'a@b;c@d';

-- error: forwardings.destination: it has a command, a file or an :include:, which only aliases(5) knows
INSERT INTO forwardings(source, destination)
  VALUES ('x@example.com', '|/bin/sh');

-- only sqlite
-- error: UNIQUE constraint failed: forwardings.source
INSERT INTO forwardings(source, destination) VALUES ('INFO@example.com', 'x@y');

-- only postgresql
-- error: duplicate key value violates unique constraint "forwardings_pkey"
INSERT INTO forwardings(source, destination) VALUES ('INFO@example.com', 'x@y');

-- only sqlite
-- error: UNIQUE constraint failed: transport.domain
INSERT INTO transport(domain, transport) VALUES ('EXAMPLE.net', 'lmtp:x');

-- only postgresql
-- error: duplicate key value violates unique constraint "transport_pkey"
INSERT INTO transport(domain, transport) VALUES ('EXAMPLE.net', 'lmtp:x');

-- ---- the policy ----

-- error: password_policy: it has its row already, UPDATE that
INSERT INTO password_policy(method, cost) VALUES ('bcrypt', 10);

-- error: password_policy: its row can't be deleted, UPDATE it
DELETE FROM password_policy;

-- error: password_policy: the cost of bcrypt is a whole number from 4 to 14
UPDATE password_policy SET cost = 15;

-- error: password_policy: the cost of bcrypt is a whole number from 4 to 14
UPDATE password_policy SET cost = 3;

-- error: password_policy: method must not be NULL
UPDATE password_policy SET method = NULL;

-- pgcrypto makes no yescrypt.

-- only postgresql
-- error: password_policy: PostgreSQL makes bcrypt alone
UPDATE password_policy SET method = 'yescrypt';

-- only sqlite
-- ok
UPDATE password_policy SET method = 'yescrypt';

-- ---- a column of the administrator's own ----

-- SQLite's trigger has to be told of it: CARRY_COLUMNS(), and until then a plain
-- password is an error. PostgreSQL's changes the row that is written, whatever
-- else is in it.

-- only sqlite
-- rows: 1
ALTER TABLE users ADD COLUMN phone TEXT;
SELECT CARRY_COLUMNS();

-- only postgresql
-- ok
ALTER TABLE users ADD COLUMN phone text;

-- ok
INSERT INTO users(email, password, phone)
  VALUES ('own@example.com', 'x', '4711');
UPDATE users SET phone = '4712', password = 'y' WHERE email = 'in@example.com';

-- rows: in@example.com|4712
-- rows: own@example.com|4711
SELECT email, phone FROM users WHERE phone IS NOT NULL ORDER BY email;
