-- recipes.sql: what an administrator of a mail database does, statement by
-- statement, each with its answer in the comments behind it
--
-- To be read, and copied from. A test runs it as a whole, on a database of
-- its own in memory, and compares the answers.
--
-- In real life the first lines are:  sqlite3 /srv/mail/mail.db
--                                    .load mailfunc
-- What you type is kept in ~/.sqlite_history, passwords too, unless
-- SQLITE_HISTORY=/dev/null is in the environment. With a published copy, run
-- publish.sh after every change but that of a password.

.open :memory:
.load mailfunc
.read schema.sql

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

-- With a password that nobody has to think of. It is shown once, here.
CREATE TEMP TABLE made AS SELECT lower(hex(randomblob(8))) AS password;
INSERT INTO users(email, password)
  SELECT 'new@example.org', CRYPT(password) FROM made;
SELECT 'new password', length(password) FROM made;
-- new password|16
DROP TABLE made;

-- ---- passwords ----

UPDATE users SET password = 'another one' WHERE email = 'joe@example.com';

SELECT CRYPT_VERIFY('another one', password),
    CRYPT_VERIFY('correct horse', password)
  FROM users WHERE email = 'joe@example.com';
-- 1|0

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

-- How many hashes there are of each kind.
SELECT json_extract(CRYPT_INFO(password), '$.method') AS method, count(*)
  FROM users GROUP BY method;
-- bcrypt|1
-- yescrypt|4

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
-- The SELECT shows whose address won't do. If another line is wrong, none
-- comes in: ROLLBACK, correct it, begin again.
CREATE TEMP TABLE csv(email, password, quota);
.mode csv
.import users.csv csv
.mode list
SELECT email, ADDRESS_PROBLEM(email) FROM csv WHERE MAILDIR(email) IS NULL;
BEGIN;
INSERT INTO users(email, password, quota)
  SELECT email, CRYPT(password), CAST(quota AS INTEGER) FROM csv;
COMMIT;
DROP TABLE csv;
SELECT email, quota, CRYPT_VERIFY('say "hi"', password)
  FROM users WHERE email IN ('ed@example.com', 'fay@example.com');
-- ed@example.com|5000000|0
-- fay@example.com|0|1

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
  FROM users WHERE email = 'joe@example.com';
-- joe@example.com:{BLF-CRYPT}

-- Everything, to a file that sqlite3 reads back, and a copy of the database
-- while others use it:
--   .output backup.sql
--   .dump
--   .output
--   VACUUM INTO '/root/mail-backup.db';
