-- recipes.sql: what an administrator of a mail database does, statement by
-- statement, each with its answer in the comments behind it
--
-- To be read, and copied from. A test runs it as a whole, on a database of
-- its own in memory, and compares the answers.
--
-- In real life the first lines are:  sqlite3 /srv/mail/mail.db
--                                    .load mailfunc
--                                    PRAGMA temp_store = MEMORY;
--
-- The third keeps what SQLite has to put aside in memory: it may be plain
-- passwords. (It also empties TEMP, so it comes first.) What you type is kept
-- in ~/.sqlite_history, passwords too, unless SQLITE_HISTORY=/dev/null is in
-- the environment. With a published copy, run publish.sh after every change but
-- that of a password.

.open :memory:
.load mailfunc
.read schema.sql
PRAGMA temp_store = MEMORY;

-- ---- domains and users ----

INSERT INTO domains VALUES ('example.com'), ('example.org');

INSERT INTO users(email, password) VALUES
  ('Joe@example.com', 'correct horse'), ('ann@example.com', 'battery staple');
SELECT email, quota, maildir FROM users;
-- ann@example.com|10485760|example.com/ann/
-- joe@example.com|10485760|example.com/joe/

-- With a quota of 1 GiB, and without any:
INSERT INTO users(email, password, quota) VALUES
  ('big@example.com', 'plenty', 1 << 30), ('free@example.com', 'boundless', 0);

-- With a password that nobody has to think of. SELECT password FROM made shows
-- it, this once; here just that nothing makes it easy to guess.
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE made AS SELECT RANDOM_PASSWORD() AS password;
INSERT INTO users(email, password, name)
  SELECT 'new@example.org', CRYPT(password, method, cost), 'Nell Newcomer'
  FROM made, password_policy;
SELECT 'new password', PASSWORD_WEAKNESS(password) FROM made;
-- new password|
DROP TABLE made;

-- ---- passwords ----

-- Did it find the user? A trigger hashes a plain password and writes the row:
-- changes() is 0 then, total_changes() counts.
CREATE TEMP TABLE so_far AS SELECT total_changes() AS n;
UPDATE users SET password = 'another one' WHERE email = 'joe@example.com';
SELECT changes(), total_changes() - n FROM so_far;
-- 0|1
DROP TABLE so_far;

-- Hashed in the statement, by the policy, changes() counts as well. This is
-- what programs write.
UPDATE users
  SET password = (
    SELECT CRYPT('another one', method, cost) FROM password_policy)
  WHERE email = 'joe@example.com';
SELECT changes();
-- 1

-- With ASK_PASSWORD() in place of 'another one', it is typed at the terminal,
-- twice and unseen, and stays out of the history.

SELECT CRYPT_VERIFY('another one', password),
    CRYPT_VERIFY('correct horse', password)
  FROM users WHERE email = 'joe@example.com';
-- 1|0

-- What is neither a hash nor a password is refused. Which is what, and why:
UPDATE users SET password = '*' WHERE email = 'joe@example.com';
-- error: users.password: the mark of a lock or a failure is not a password
SELECT CRYPT_KIND('$apr1$Yx3kQ9ab$0hC1nQkq2m0fWg7bq8tRk1');
-- foreign
SELECT CRYPT_PROBLEM('$6$Yx3kQ9ab$cut');
-- begins like a sha512crypt hash, but is damaged or not whole

-- Disabled: no mail and no login. And enabled.
UPDATE users SET active = 0 WHERE email = 'big@example.com';
SELECT email FROM users WHERE NOT active;
-- big@example.com
UPDATE users SET active = 1 WHERE email = 'big@example.com';

-- Locked: no login, but mail still comes in. And unlocked.
UPDATE users SET password = '!' || ltrim(password, '!')
  WHERE email = 'joe@example.com';
SELECT email FROM users WHERE password LIKE '!%';
-- joe@example.com
SELECT CRYPT_VERIFY('another one', password)
  FROM users WHERE email = 'joe@example.com';
-- 0
UPDATE users SET password = ltrim(password, '!')
  WHERE email = 'joe@example.com';
SELECT CRYPT_VERIFY('another one', password)
  FROM users WHERE email = 'joe@example.com';
-- 1

-- How passwords are hashed from now on, and whose hash is still another.
UPDATE password_policy SET method = 'bcrypt', cost = 11;
UPDATE users SET password = 'a third one' WHERE email = 'joe@example.com';
SELECT count(*) FROM users, password_policy
  WHERE CRYPT_NEEDS_REHASH(password, method, cost);
-- 4
UPDATE password_policy SET method = 'yescrypt', cost = NULL;

-- Which policies there can be, and why another can't.
SELECT name, min_cost, stored_max_cost FROM crypt_methods
  WHERE creates AND min_cost < 10;
-- yescrypt|1|8
-- gost-yescrypt|1|8
-- scrypt|6|8
-- bcrypt|4|14
SELECT POLICY_PROBLEM('bcrypt', 17);
-- the cost of bcrypt is a whole number from 4 to 14

-- How many hashes there are of each kind.
SELECT json_extract(CRYPT_INFO(password), '$.method') AS method, count(*)
  FROM users GROUP BY method;
-- bcrypt|1
-- yescrypt|4

-- ---- columns of your own ----

-- The triggers that hash passwords must know them: until the second statement,
-- a plain password is an error.
ALTER TABLE users ADD COLUMN phone TEXT;
SELECT CARRY_COLUMNS();
-- 1
UPDATE users SET password = 'a fourth one', phone = '+49 30 1'
  WHERE email = 'joe@example.com';
SELECT phone, CRYPT_VERIFY('a fourth one', password)
  FROM users WHERE email = 'joe@example.com';
-- +49 30 1|1

-- ---- another address ----

-- The mail stays where it is, and so does its folder's name. Whoever writes to
-- the old address reaches the new one.
UPDATE users SET email = 'anna@example.com' WHERE email = 'ann@example.com';
INSERT INTO forwardings VALUES ('ann@example.com', 'anna@example.com');
SELECT email, maildir FROM users WHERE email LIKE 'ann%';
-- anna@example.com|example.com/ann/

-- ---- forwardings ----

INSERT INTO forwardings VALUES
  -- to one, to several, and a copy to somebody else
  ('info@example.com', 'joe@example.com'),
  ('team@example.com', 'joe@example.com,anna@example.com'),
  ('joe@example.com', 'joe@example.com,archive@example.net'),
  -- catch-all: what is for nobody else in this domain
  ('@example.org', 'joe@example.com');

UPDATE forwardings SET destination = 'anna@example.com'
  WHERE source = 'info@example.com';
DELETE FROM forwardings WHERE source = 'team@example.com';

-- Who gets mail for an address? The address itself is asked for first, then
-- the catch-all.
SELECT destination FROM forwardings
  WHERE source IN ('whoever@example.org', '@example.org')
  ORDER BY source LIKE '@%' LIMIT 1;
-- joe@example.com

-- ---- transport ----

INSERT INTO transport VALUES ('example.net', 'smtp:[mail.example.net]:25');

-- ---- deleting ----

-- The user, and what leads to him. His mail stays on the disk: delete the
-- folder by hand, before somebody else gets the address.
SELECT maildir FROM users WHERE email = 'free@example.com';
-- example.com/free/
DELETE FROM users WHERE email = 'free@example.com';
DELETE FROM forwardings WHERE destination = 'free@example.com';

-- A domain goes after its users.
DELETE FROM domains WHERE domain = 'example.org';
-- error: domains: this one still has users, delete or move them first
BEGIN;
DELETE FROM users WHERE DOMAIN_OF(email) = 'example.org';
DELETE FROM forwardings WHERE source LIKE '%@example.org';
DELETE FROM domains WHERE domain = 'example.org';
COMMIT;

-- ---- many at once ----

-- users.csv has a line for each user: address,password,quota in bytes. Here
--   ed@example.com,"horse, battery",5000000
--   Fay@example.com,"say ""hi""",0
-- The SELECT shows whose address or password won't do, and why. If another line
-- is wrong, none comes in: ROLLBACK, correct it, begin again. The passwords
-- stay in memory (temp_store), and so do changed pages until the COMMIT
-- (cache_spill), so that Postfix can read meanwhile.
--
-- What takes long, hashing, is done on all processors before BEGIN IMMEDIATE.
-- Tables of TEMP alone have a part in it, the policy's copy too: then others
-- can read and write meanwhile.
PRAGMA temp_store = MEMORY;
PRAGMA cache_spill = OFF;
CREATE TEMP TABLE csv(email, password, quota);
.mode csv
.import users.csv csv
.mode list
SELECT email,
    coalesce(ADDRESS_PROBLEM(email), PASSWORD_PROBLEM(password, method))
      AS problem
  FROM csv, password_policy WHERE problem IS NOT NULL;
CREATE TEMP TABLE policy AS SELECT method, cost FROM password_policy;
CREATE VIRTUAL TABLE temp.each USING crypt_each;
CREATE TEMP TABLE hashed AS
  SELECT key, hash
  FROM policy, each('SELECT rowid, password FROM csv', method, cost);
BEGIN IMMEDIATE;
INSERT INTO users(email, password, quota)
  SELECT email, hash, CAST(quota AS INTEGER)
  FROM csv JOIN hashed ON key = csv.rowid;
COMMIT;
PRAGMA cache_spill = ON;
DROP TABLE hashed;
DROP TABLE each;
DROP TABLE policy;
DROP TABLE csv;
SELECT email, quota, CRYPT_VERIFY('say "hi"', password)
  FROM users WHERE email IN ('ed@example.com', 'fay@example.com');
-- ed@example.com|5000000|0
-- fay@example.com|0|1

-- From a program that has hashes and plain passwords mixed: CRYPT_ONCE takes a
-- hash as it is and hashes the rest. (13 letters and digits, or _ and 19, count
-- as a password: {CRYPT} before them says that they are a hash of DES.)
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE mixed AS
  SELECT 'gil@example.com' AS email, 'in plain' AS password
  UNION ALL VALUES ('hal@example.com', '$1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
    ('ida@example.com', '{CRYPT}rl.3StKT.4T8M');
SELECT email, CRYPT_KIND(password), CRYPT_PROBLEM(password) FROM mixed;
-- gil@example.com|plain|
-- hal@example.com|hash|
-- ida@example.com|hash|
INSERT INTO users(email, password)
  SELECT email, CRYPT_ONCE(password, method, cost) FROM mixed, password_policy;
DROP TABLE mixed;
SELECT email, CRYPT_VERIFY('in plain', password),
    CRYPT_VERIFY('secret', password), CRYPT_VERIFY('rasmuslerdorf', password)
  FROM users WHERE email IN (
    'gil@example.com', 'hal@example.com', 'ida@example.com');
-- gil@example.com|1|0|0
-- hal@example.com|0|1|0
-- ida@example.com|0|0|1

-- ---- out again ----

-- As CSV, without the hashes (.once FILE before it writes a file):
.mode csv
SELECT email, quota, maildir FROM users WHERE quota <> 10485760 ORDER BY email;
-- big@example.com,1073741824,example.com/big/
-- ed@example.com,5000000,example.com/ed/
-- fay@example.com,0,example.com/fay/
.mode list

-- As Dovecot spells it (here just the beginning of the hash, and one user):
SELECT email || ':' || substr(CRYPT_RELABEL(password, 'dovecot'), 1, 11)
  FROM users WHERE email = 'hal@example.com';
-- hal@example.com:{MD5-CRYPT}

-- Everything, to a file that sqlite3 reads back, and a copy of the database
-- while others use it:
--   .output backup.sql
--   .dump
--   .output
--   VACUUM INTO '/root/mail-backup.db';
