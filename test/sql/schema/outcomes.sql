# What sql/schema.sql does with every kind of write, as an administrator
# meets it.
#
# Run from the repository's root: sqlite3 < test/sql/schema/outcomes.sql
# Each row of checks is (what, result, wanted result). A statement below
# "-- error:" has to fail with just that message, and "kept" then looks
# whether it has left anything behind.
.load ./mailfunc
CREATE TEMP TABLE checks(what, got, want);
.read sql/schema.sql

-- What differs between users and the copy of them that a test has made.
CREATE TEMP TABLE kept AS SELECT * FROM users;
CREATE TEMP VIEW changed AS
  SELECT count(*) AS rows FROM (
    SELECT * FROM (SELECT * FROM users EXCEPT SELECT * FROM kept)
    UNION ALL
    SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM users));

-- ---- INSERT of a plain password ----

INSERT INTO domains(domain) VALUES ('example.com'), ('Example.ORG');
INSERT INTO users(email, password) VALUES ('Joe@Example.COM', 'secret');
INSERT INTO checks SELECT 'its price: changes() is 0', changes(), 0;

INSERT INTO checks
  SELECT 'it is hashed by the policy, yescrypt of cost 5',
         password GLOB '$y$j9T$*' AND CRYPT_VERIFY('secret', password), 1
  FROM users;
INSERT INTO checks
  SELECT 'the e-mail is folded', email, 'joe@example.com' FROM users;
INSERT INTO checks
  SELECT 'the maildir is filled', maildir, 'example.com/joe/' FROM users;
INSERT INTO checks SELECT 'the quota is the default', quota, 10485760 FROM users;

INSERT INTO checks
  SELECT 'the policy as it is shipped is what CRYPT() does by itself',
         substr(CRYPT('x', method, cost), 1, 7), substr(CRYPT('x'), 1, 7)
  FROM password_policy;

-- From here on with a method that takes a millisecond.
UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO checks
  SELECT 'the policy can be changed', method || cost || typeof(cost),
         'bcrypt4integer'
  FROM password_policy;

DELETE FROM users;
INSERT INTO users(email, password, quota) VALUES
  ('a@example.com', 'same', 1), ('B@example.com', 'same', 2),
  ('c@EXAMPLE.org', 'same', 3);
INSERT INTO checks VALUES (
  'many rows: each has its hash',
  (SELECT sum(CRYPT_VERIFY('same', password) AND password GLOB '$2b$04$*')
   FROM users), 3), (
  'many rows: each has its salt',
  (SELECT count(DISTINCT password) FROM users), 3), (
  'many rows: quotas and maildirs',
  (SELECT group_concat(quota || maildir, ' ')
   FROM (SELECT * FROM users ORDER BY email)),
  '1example.com/a/ 2example.com/b/ 3example.org/c/');

CREATE TEMP TABLE people(name, password);
INSERT INTO people VALUES ('Dave', 'dave''s'), ('erin', 'pässwörd €');
INSERT INTO users(email, password)
  SELECT name || '@example.com', password FROM people;
INSERT INTO checks
  SELECT 'INSERT ... SELECT: ' || name, (
    SELECT CRYPT_VERIFY(people.password, users.password) || maildir
    FROM users WHERE email = lower(people.name) || '@example.com' COLLATE BINARY),
    '1example.com/' || lower(name) || '/'
  FROM people;

-- .import gives every value as text: 007 stays as it is typed.
.mode csv
.import "|echo Imported@example.com,007,4711,,1," users
.mode list
INSERT INTO checks
  SELECT '.import', CRYPT_VERIFY('007', password) || ' ' || quota || maildir,
    '1 4711example.com/imported/'
  FROM users WHERE email = 'imported@example.com';

INSERT INTO users(email, password) VALUES ('blob@example.com', x'736563726574');
INSERT INTO checks
  SELECT 'a blob is hashed as the bytes it has',
         typeof(password) || CRYPT_VERIFY('secret', password), 'text1'
  FROM users WHERE email = 'blob@example.com';

INSERT INTO users(email, password, maildir)
  VALUES ('own@example.com', 'secret', 'elsewhere/Own/');
INSERT INTO checks
  SELECT 'a maildir that is given is taken', maildir, 'elsewhere/Own/'
  FROM users WHERE email = 'own@example.com';

-- ---- the user exists already ----

DELETE FROM users;
INSERT INTO users(email, password, quota) VALUES
  ('joe@example.com', 'old', 1), ('ann@example.com', 'hers', 2);
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;

-- error: UNIQUE constraint failed: users.email
INSERT INTO users(email, password) VALUES ('joe@example.com', 'new');
-- error: UNIQUE constraint failed: users.email
INSERT INTO users(email, password) VALUES ('JOE@Example.com', 'new');
-- error: UNIQUE constraint failed: users.email
INSERT INTO users(email, password)
  VALUES ('Joe@example.com', CRYPT('new', GEN_SALT('bcrypt', 4)));
INSERT INTO checks
  SELECT 'a duplicate leaves the old row alone', rows, 0 FROM changed;
-- error: UNIQUE constraint failed: users.email
INSERT INTO users(email, password)
  VALUES ('x@example.com', 'x'), ('joe@example.com', 'new');
INSERT INTO checks
  SELECT 'a duplicate takes the other rows with it', rows, 0 FROM changed;
-- error: UNIQUE constraint failed: users.maildir
INSERT OR FAIL INTO users(email, password)
  VALUES ('x@example.com', 'x'), ('joe@example.com', 'new');
INSERT INTO checks
  SELECT 'OR FAIL leaves the rows before it', rows, 1 FROM changed;
DELETE FROM users WHERE email = 'x@example.com';
BEGIN;
INSERT INTO users(email, password) VALUES ('y@example.com', 'y');
-- error: UNIQUE constraint failed: users.maildir
INSERT OR ROLLBACK INTO users(email, password)
  VALUES ('joe@example.com', 'new');
INSERT INTO checks
  SELECT 'OR ROLLBACK ends the transaction', rows, 0 FROM changed;
-- error: cannot commit - no transaction is active
COMMIT;

INSERT OR IGNORE INTO users(email, password)
  VALUES ('joe@example.com', 'new'), ('ignore@example.com', 'new');
INSERT INTO checks
  SELECT 'OR IGNORE leaves the old row alone', rows, 1 FROM changed;
INSERT INTO checks
  SELECT 'OR IGNORE hashes what it inserts',
         CRYPT_VERIFY('new', password) || maildir, '1example.com/ignore/'
  FROM users WHERE email = 'ignore@example.com';

INSERT OR REPLACE INTO users(email, password)
  VALUES ('Joe@example.com', 'new'), ('replace@example.com', 'new');
INSERT INTO checks
  SELECT 'OR REPLACE hashes: ' || email,
         CRYPT_VERIFY('new', password) || quota, '110485760'
  FROM users WHERE email IN ('joe@example.com', 'replace@example.com');
INSERT INTO checks SELECT 'OR REPLACE adds no row', count(*), 4 FROM users;
REPLACE INTO users(email, password, quota) VALUES
  ('joe@example.com', CRYPT('newer', GEN_SALT('bcrypt', 4)), 5);
INSERT INTO checks SELECT 'REPLACE with a hash: changes() is 1', changes(), 1;
INSERT INTO checks
  SELECT 'REPLACE with a hash',
         CRYPT_VERIFY('newer', password) || quota || maildir,
         '15example.com/joe/'
  FROM users WHERE email = 'joe@example.com';

UPDATE users SET maildir = 'Example.com/Joe/' WHERE email = 'joe@example.com';
REPLACE INTO users(email, password, quota) VALUES
  ('joe@example.com', CRYPT('newer', GEN_SALT('bcrypt', 4)), 5);
INSERT INTO checks
  SELECT 'REPLACE keeps the maildir letter by letter', maildir,
         'Example.com/Joe/'
  FROM users WHERE email = 'joe@example.com';
UPDATE users SET maildir = 'example.com/joe/' WHERE email = 'joe@example.com';

DELETE FROM users WHERE email IN ('ignore@example.com', 'replace@example.com');
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', 'upsert', 6), ('up@example.com', 'upsert', 6)
  ON CONFLICT(email) DO UPDATE SET password = excluded.password;
INSERT INTO checks
  SELECT 'ON CONFLICT DO UPDATE hashes: ' || email,
         CRYPT_VERIFY('upsert', password) || quota || maildir, want
  FROM users JOIN (
    SELECT 'joe@example.com' AS who, '15example.com/joe/' AS want
    UNION ALL SELECT 'up@example.com', '16example.com/up/')
  ON email = who;
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', x'75707365727432', 7)
  ON CONFLICT(email) DO UPDATE
    SET password = excluded.password, quota = excluded.quota;
INSERT INTO checks
  SELECT 'ON CONFLICT DO UPDATE of two columns, with a blob',
         CRYPT_VERIFY('upsert2', password) || quota, '17'
  FROM users WHERE email = 'joe@example.com';
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
INSERT INTO users(email, password) VALUES ('joe@example.com', 'nothing')
  ON CONFLICT(email) DO NOTHING;
INSERT INTO users(email, password) VALUES ('joe@example.com', 'nothing')
  ON CONFLICT(email) DO UPDATE SET password = excluded.password
    WHERE users.quota > 100;
INSERT INTO checks
  SELECT 'ON CONFLICT DO NOTHING, or a WHERE that says no', rows, 0
  FROM changed;

-- ---- UPDATE ----

UPDATE users SET password = 'updated' WHERE email = 'JOE@example.com';
INSERT INTO checks
  SELECT 'UPDATE hashes: ' || email,
         CRYPT_VERIFY('updated', password), email = 'joe@example.com'
  FROM users;
UPDATE users SET password = x'616c6c' WHERE email = 'joe@example.com';
INSERT INTO checks
  SELECT 'UPDATE with a blob hashes its bytes',
         typeof(password) || CRYPT_VERIFY('all', password), 'text1'
  FROM users WHERE email = 'joe@example.com';
UPDATE users SET password = 'all';
INSERT INTO checks
  SELECT 'UPDATE of every row: hashes and salts',
         sum(CRYPT_VERIFY('all', password)) || count(DISTINCT password), '33'
  FROM users;
UPDATE users SET password = 'both', quota = 8, email = 'Joseph@example.com'
  WHERE email = 'joe@example.com';
INSERT INTO checks
  SELECT 'UPDATE of several columns',
         CRYPT_VERIFY('both', password) || quota || maildir,
         '18example.com/joe/'
  FROM users WHERE email = 'joseph@example.com' COLLATE BINARY;
INSERT INTO checks
  SELECT 'the others keep theirs', sum(CRYPT_VERIFY('all', password)), 2
  FROM users WHERE email <> 'joseph@example.com';

DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: UNIQUE constraint failed: users.email
UPDATE users SET email = 'ANN@example.com', password = 'x'
  WHERE email = 'joseph@example.com';
-- error: UNIQUE constraint failed: users.email
UPDATE users SET email = 'same@example.com', password = 'x';
UPDATE OR IGNORE users SET email = 'ann@example.com', password = 'x'
  WHERE email = 'joseph@example.com';
INSERT INTO checks
  SELECT 'UPDATE to an address that is taken changes nothing', rows, 0
  FROM changed;
UPDATE OR REPLACE users SET email = 'Ann@example.com', password = 'x'
  WHERE email = 'joseph@example.com';
INSERT INTO checks
  SELECT 'UPDATE OR REPLACE puts it in the other''s place',
         CRYPT_VERIFY('x', password) || quota || maildir, '18example.com/joe/'
  FROM users WHERE email = 'ann@example.com' COLLATE BINARY;
INSERT INTO checks SELECT 'of which one is left', count(*), 2 FROM users;

-- ---- a complete hash ----

DELETE FROM users;
INSERT INTO users(email, password) VALUES
  ('Plain@example.com', '$5$rounds=1000$salt$Fmxw4OAWYfFXwUTV0QAPxcHMTfa9XtRtbt7NPUs57p4');
INSERT INTO checks SELECT 'a hash: changes() is 1', changes(), 1;
INSERT INTO checks
  SELECT 'a hash is stored as it is, with e-mail and maildir put right',
         email || password || maildir,
         'plain@example.com$5$rounds=1000$salt$Fmxw4OAWYfFXwUTV0QAPxcHMTfa9XtRtbt7NPUs57p4example.com/plain/'
  FROM users;
CREATE TEMP TABLE hashes AS
  SELECT 'locked' AS name, '!' || CRYPT('pw', GEN_SALT('bcrypt', 4)) AS hash
  UNION ALL SELECT 'dovecot',
    '{BLF-CRYPT}' || CRYPT('pw', GEN_SALT('bcrypt', 4))
  UNION ALL SELECT 'des', '{CRYPT}abJnggxhB/yWI'
  UNION ALL SELECT 'argon2',
    CRYPT('pw', GEN_SALT('argon2id', 'm=64,t=1,p=1'));
INSERT INTO users(email, password)
  SELECT name || '@example.com', hash FROM hashes;
INSERT INTO checks
  SELECT 'INSERT stores as it is: ' || name, (
    SELECT password FROM users WHERE email = hashes.name || '@example.com'), hash
  FROM hashes;
UPDATE users SET password = (SELECT hash FROM hashes WHERE name = 'dovecot')
  WHERE email = 'plain@example.com';
INSERT INTO checks SELECT 'UPDATE with a hash: changes() is 1', changes(), 1;
INSERT INTO checks
  SELECT 'UPDATE stores a hash as it is', (
    SELECT password FROM users WHERE email = 'plain@example.com'), hash
  FROM hashes WHERE name = 'dovecot';
UPDATE users SET password = password;
INSERT INTO checks
  SELECT 'and hashes none again: ' || name, (
    SELECT password FROM users WHERE email = hashes.name || '@example.com'), hash
  FROM hashes;

-- ---- neither a plain password nor a hash ----

DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: CRYPT_IS_HASH: the password is a number, it needs quotes, or a program must bind it as text
INSERT INTO users(email, password) VALUES ('n@example.com', 007);
-- error: CRYPT_IS_HASH: the password is a number, it needs quotes, or a program must bind it as text
INSERT OR REPLACE INTO users(email, password) VALUES ('n@example.com', 1.5);
-- error: CRYPT_IS_HASH: the password is a number, it needs quotes, or a program must bind it as text
UPDATE users SET password = 007;
-- error: CRYPT_IS_HASH: the password is empty, it needs 1 byte or more
INSERT INTO users(email, password) VALUES ('n@example.com', '');
-- error: CRYPT_IS_HASH: the password is empty, it needs 1 byte or more
UPDATE users SET password = '';
-- error: NOT NULL constraint failed: users.password
INSERT INTO users(email, password) VALUES ('n@example.com', NULL);
-- error: NOT NULL constraint failed: users.password
INSERT OR REPLACE INTO users(email) VALUES ('plain@example.com');
-- error: NOT NULL constraint failed: users.password
UPDATE users SET password = NULL;
INSERT OR IGNORE INTO users(email) VALUES ('n@example.com');
-- error: users.password: the mark of a lock or a failure is not a password
INSERT INTO users(email, password) VALUES ('n@example.com', '*');
-- error: users.password: the mark of a lock or a failure is not a password
UPDATE users SET password = '*';
-- error: users.password: the mark of a lock or a failure is not a password
INSERT OR REPLACE INTO users(email, password)
  VALUES ('plain@example.com', '*');
-- error: users.password: the mark of a lock or a failure is not a password
INSERT INTO users(email, password) VALUES ('n@example.com', '*0');
-- error: users.password: the mark of a lock or a failure is not a password
UPDATE users SET password = '*1';
-- error: users.password: the mark of a lock or a failure is not a password
INSERT OR REPLACE INTO users(email, password)
  VALUES ('plain@example.com', '!');
-- error: users.password: the mark of a lock or a failure is not a password
INSERT INTO users(email, password) VALUES ('n@example.com', '!!');
-- error: users.password: the mark of a lock or a failure is not a password
INSERT OR IGNORE INTO users(email, password) VALUES ('n@example.com', '!');
-- error: users.password: the mark of a lock or a failure is not a password
UPDATE OR REPLACE users SET password = '*';
-- error: users.password: a hash must be text, not a blob
INSERT INTO users(email, password)
  SELECT 'n@example.com', CAST(hash AS BLOB) FROM hashes
  WHERE name = 'argon2' AND (SELECT encoding FROM pragma_encoding) = 'UTF-8'
  UNION ALL
  SELECT 'n@example.com', x'24352473616c742450386b6e4b4d6a3376746b643754354b7a3454466f4f756a71474a7a7534484e2f74494f735930486c412e'
  WHERE (SELECT encoding FROM pragma_encoding) <> 'UTF-8';
-- error: users.password: a hash must be text, not a blob
UPDATE users SET password = (
  SELECT CAST(hash AS BLOB) FROM hashes
  WHERE name = 'argon2' AND (SELECT encoding FROM pragma_encoding) = 'UTF-8'
  UNION ALL
  SELECT x'24352473616c742450386b6e4b4d6a3376746b643754354b7a3454466f4f756a71474a7a7534484e2f74494f735930486c412e'
  WHERE (SELECT encoding FROM pragma_encoding) <> 'UTF-8');
INSERT INTO checks
  SELECT 'numbers, nothing, marks and blobs: nothing written', rows, 0
  FROM changed;

-- error: CRYPT_IS_HASH: begins like a bcrypt hash, but is damaged or not whole
INSERT INTO users(email, password)
  VALUES ('n@example.com', GEN_SALT('bcrypt', 4));
-- error: CRYPT_IS_HASH: begins like a bcrypt hash, but is damaged or not whole
UPDATE users SET password = '$2b$12$';
-- error: CRYPT_IS_HASH: {PLAIN} stores the password itself, give a hash, or the password without label
INSERT OR IGNORE INTO users(email, password)
  VALUES ('n@example.com', '{PLAIN}secret');
-- error: CRYPT_IS_HASH: the password holds a NUL byte, where crypt(3) would cut it
INSERT INTO users(email, password)
  VALUES ('n@example.com', 'a' || char(0) || 'b');
-- error: users.password: the password is too long, bcrypt uses at most 72 bytes
INSERT INTO users(email, password)
  VALUES ('n@example.com', printf('%073d', 0));
-- error: CRYPT_IS_HASH: the password is a number, it needs quotes, or a program must bind it as text
INSERT INTO users(email, password) VALUES
  ('n1@example.com', 'one'), ('n2@example.com', 2), ('n3@example.com', 'x');
INSERT INTO checks
  SELECT 'damaged hashes, plain labels, NUL, over-long: nothing written',
         rows, 0
  FROM changed;

-- ---- addresses ----

-- error: users.email: it has no @
INSERT INTO users(email, password) VALUES ('joe', 'x');
-- error: users.email: it has a slash or backslash
INSERT INTO users(email, password) VALUES ('../joe@example.com', 'x');
-- error: users.email: it has a second @
INSERT OR IGNORE INTO users(email, password)
  VALUES ('joe@example.com@example.com', 'x');
-- error: users.email: it has a control byte
INSERT OR REPLACE INTO users(email, password)
  SELECT 'a' || char(0) || '@example.com', hash FROM hashes;
-- error: users.email: it is not text
INSERT INTO users(email, password) VALUES (NULL, 'x');
-- error: users.email: it has no @
INSERT INTO users(email, password) VALUES (7, 'x');
-- error: users.email: it is not text
INSERT INTO users(email, password) VALUES (x'61406578616d706c652e636f6d', 'x');
-- error: users.email: it has a blank
UPDATE users SET email = 'a b@example.com' WHERE email = 'plain@example.com';
-- error: users.email: it is not text
UPDATE users SET email = x'61406578616d706c652e636f6d'
  WHERE email = 'plain@example.com';
-- error: users.email: the part before the @ begins or ends with a dot
UPDATE users SET email = '.@example.com', password = 'x'
  WHERE email = 'plain@example.com';
-- error: NOT NULL constraint failed: users.email
UPDATE users SET email = NULL WHERE email = 'plain@example.com';
-- error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('example.net');
INSERT INTO users(email, password) VALUES ('joe@example.net', 'x');
-- error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('sub.example.com');
INSERT INTO users(email, password)
  SELECT name || '@sub.example.com', hash FROM hashes;
-- error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('example.net');
INSERT INTO users(email, password)
  VALUES ('plain@example.net', 'x')
  ON CONFLICT(email) DO UPDATE SET password = excluded.password;
-- error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('example.net');
UPDATE OR IGNORE users SET email = 'plain@example.net'
  WHERE email = 'plain@example.com';
INSERT INTO checks
  SELECT 'wrong addresses and domains: nothing written', rows, 0 FROM changed;
INSERT INTO users(email, password) VALUES ('joe@EXAMPLE.org', 'x');
INSERT INTO checks
  SELECT 'a domain''s case does not matter', email || maildir,
         'joe@example.orgexample.org/joe/'
  FROM users WHERE email LIKE '%.org';
-- error: domains: this one still has users, delete or move them first
DELETE FROM domains WHERE domain = 'example.org';
-- error: domains: this one still has users, delete or move them first
UPDATE domains SET domain = 'example.net' WHERE domain = 'example.org';
INSERT INTO checks
  SELECT 'nor when a domain is deleted', count(*), 2 FROM domains;

-- ---- the maildir ----

DELETE FROM users;
INSERT INTO users(email, password) VALUES
  ('joe@example.com', 'joe'), ('ann@example.com', 'ann');
UPDATE users SET email = 'Jack@example.com' WHERE email = 'joe@example.com';
INSERT INTO checks
  SELECT 'a new address: the maildir stays, and so does the password',
         email || maildir || CRYPT_VERIFY('joe', password),
         'jack@example.comexample.com/joe/1'
  FROM users WHERE email = 'jack@example.com';
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.maildir: jack@example.com has this one, give another, such as maildir = 'example.com/joe.2/'
INSERT INTO users(email, password) VALUES ('joe@example.com', 'new');
-- error: users.maildir: jack@example.com has this one, give another, such as maildir = 'example.com/joe.2/'
INSERT OR REPLACE INTO users(email, password)
  VALUES ('joe@example.com', CRYPT('new', GEN_SALT('bcrypt', 4)));
-- error: users.maildir: ann@example.com has this one, give another, such as maildir = 'example.com/new.2/'
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('new@example.com', 'new', 'Example.com/ANN/');
-- error: users.maildir: ann@example.com has this one, give another, such as maildir = 'example.com/jack.2/'
INSERT OR REPLACE INTO users(email, password, maildir)
  VALUES ('jack@example.com', 'new', 'example.com/ann/');
-- error: users.maildir: ann@example.com has this one, give another, such as maildir = 'example.com/jack.2/'
UPDATE OR REPLACE users SET maildir = 'example.com/ann/'
  WHERE email = 'jack@example.com';
-- error: users.maildir: ann@example.com has this one, give another, such as maildir = 'example.com/jack.2/'
UPDATE OR REPLACE users SET maildir = 'example.com/ann/', password = 'new'
  WHERE email = 'jack@example.com';
-- error: users.maildir: jack@example.com has this one, give another, such as maildir = 'example.com/joe.2/'
UPDATE OR IGNORE users SET email = 'joe@example.com', maildir = NULL
  WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'nobody gets the maildir of another', rows, 0 FROM changed;
INSERT INTO users(email, password, maildir)
  VALUES ('joe@example.com', 'new', 'example.com/joe2/');
INSERT INTO checks
  SELECT 'the old address with a free maildir', maildir, 'example.com/joe2/'
  FROM users WHERE email = 'joe@example.com';

REPLACE INTO users(email, password) VALUES ('jack@example.com', 'plain');
INSERT INTO checks
  SELECT 'who is replaced by a plain password keeps the maildir', maildir,
         'example.com/joe/'
  FROM users WHERE email = 'jack@example.com';
REPLACE INTO users(email, password)
  SELECT 'jack@example.com', CRYPT('hash', GEN_SALT('bcrypt', 4));
INSERT INTO checks
  SELECT 'who is replaced by a hash, too',
         CRYPT_VERIFY('hash', password) || maildir, '1example.com/joe/'
  FROM users WHERE email = 'jack@example.com';

UPDATE users SET email = 'anna@example.com' WHERE email = 'ann@example.com';
UPDATE users SET email = 'ann@example.com' WHERE email = 'jack@example.com';
REPLACE INTO users(email, password) VALUES ('ann@example.com', 'plain');
INSERT INTO checks
  SELECT 'also where another has the maildir of that address',
         CRYPT_VERIFY('plain', password) || maildir, '1example.com/joe/'
  FROM users WHERE email = 'ann@example.com';
REPLACE INTO users(email, password)
  SELECT 'ann@example.com', CRYPT('hash', GEN_SALT('bcrypt', 4));
INSERT INTO checks
  SELECT 'and with a hash',
         CRYPT_VERIFY('hash', password) || maildir, '1example.com/joe/'
  FROM users WHERE email = 'ann@example.com';
UPDATE users SET email = 'jack@example.com' WHERE email = 'ann@example.com';
UPDATE users SET email = 'ann@example.com' WHERE email = 'anna@example.com';
INSERT INTO users(email, password)
  VALUES ('moving@example.com', 'x'), ('there@example.com', 'x');
UPDATE OR REPLACE users SET email = 'there@example.com', maildir = NULL
  WHERE email = 'moving@example.com';
INSERT INTO checks
  SELECT 'who is put in another''s place gets that maildir, if asked',
         maildir, 'example.com/there/'
  FROM users WHERE email = 'there@example.com';
DELETE FROM users WHERE email = 'there@example.com';

UPDATE users SET maildir = NULL WHERE email = 'jack@example.com';
INSERT INTO checks
  SELECT 'set to NULL it is filled from the address', maildir,
         'example.com/jack/'
  FROM users WHERE email = 'jack@example.com';
UPDATE users SET maildir = 'my/own/' WHERE email = 'jack@example.com';
UPDATE users SET maildir = '', password = 'x' WHERE email = 'jack@example.com';
INSERT INTO checks
  SELECT 'set to '''', with a password, too', maildir, 'example.com/jack/'
  FROM users WHERE email = 'jack@example.com';
UPDATE users SET maildir = '', email = 'Jim@example.com'
  WHERE email = 'jack@example.com';
INSERT INTO checks
  SELECT 'set to '''', with an address: from the new one', email || maildir,
         'jim@example.comexample.com/jim/'
  FROM users WHERE email = 'jim@example.com';
INSERT INTO users(email, password, maildir) VALUES
  ('null@example.com', 'x', NULL), ('empty@example.com', 'x', ''),
  ('hnull@example.com', CRYPT('x', GEN_SALT('bcrypt', 4)), NULL),
  ('hempty@example.com', CRYPT('x', GEN_SALT('bcrypt', 4)), '');
INSERT INTO checks
  SELECT 'inserted as NULL or '''' it is filled', count(*), 4
  FROM users WHERE maildir GLOB 'example.com/*/' AND email GLOB '*[yl]@*';
UPDATE users SET maildir = NULL;
INSERT INTO checks
  SELECT 'all of them at once', count(DISTINCT maildir), count(*) FROM users;

DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.maildir: it begins with a slash, but is relative to the mail store
UPDATE users SET maildir = '/etc/' WHERE email = 'ann@example.com';
-- error: users.maildir: it has a part that begins with a dot
UPDATE users SET maildir = 'a/../../b/' WHERE email = 'ann@example.com';
-- error: users.maildir: it has a part that begins with a dot
UPDATE users SET maildir = 'a/./b/' WHERE email = 'ann@example.com';
-- error: users.maildir: it has two slashes in a row
UPDATE users SET maildir = 'a//b/', password = 'x'
  WHERE email = 'ann@example.com';
-- error: users.maildir: it has no slash at its end, as in example.com/joe/
UPDATE users SET maildir = 'a/b' WHERE email = 'ann@example.com';
-- error: users.maildir: it has a blank, a control byte or a byte outside ASCII
UPDATE users SET maildir = 'a b/' WHERE email = 'ann@example.com';
-- error: users.maildir: it has a blank, a control byte or a byte outside ASCII
UPDATE users SET maildir = 'a/' || char(0) || '/' WHERE email = 'ann@example.com';
-- error: users.maildir: it has a part that begins with a dot
INSERT INTO users(email, password, maildir)
  SELECT 'n@example.com', hash, '../' FROM hashes;
-- error: users.maildir: it has a part that begins with a dot
INSERT INTO users(email, password, maildir)
  VALUES ('n@example.com', 'x', '../');
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET quota = '10M';
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET quota = -1, password = 'x';
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota) VALUES ('n@example.com', 'x', 1.5);
INSERT INTO checks
  SELECT 'a wrong maildir or quota: nothing written', rows, 0 FROM changed;

-- ---- maildirs that lie in one another ----

DELETE FROM users;
INSERT INTO users(email, password, maildir) VALUES
  ('in@example.com', 'x', 'a/b/in/'), ('between@example.com', 'x', 'a/b-/x/'),
  ('ann@example.com', 'x', 'z/ann/');
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/new.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('new@example.com', 'x', 'A/B/');
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/new.2/'
INSERT OR REPLACE INTO users(email, password, maildir)
  SELECT 'new@example.com', hash, 'a/b/' FROM hashes WHERE name = 'des';
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/new.2/'
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('new@example.com', 'x', 'a/');
-- error: users.maildir: in@example.com has one that this lies inside of, give another, such as maildir = 'example.com/new.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('new@example.com', 'x', 'A/b/IN/deep/er/');
-- error: users.maildir: in@example.com has one that this lies inside of, give another, such as maildir = 'example.com/ann.2/'
UPDATE users SET maildir = 'a/b/in/x/' WHERE email = 'ann@example.com';
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
UPDATE OR REPLACE users SET maildir = 'a/b/', password = 'x'
  WHERE email = 'ann@example.com';
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
INSERT INTO users(email, password, maildir)
  VALUES ('ann@example.com', 'x', 'a/b/') ON CONFLICT(email) DO UPDATE
  SET password = excluded.password, maildir = excluded.maildir;
-- error: users.maildir: it is a blob, not text
UPDATE users SET maildir = x'612F622F' WHERE email = 'ann@example.com';
-- One's own is nearer than the other's that counts.
UPDATE users SET maildir = 'a/b/own/' WHERE email = 'ann@example.com';
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
UPDATE users SET maildir = 'a/b/' WHERE email = 'ann@example.com';
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
REPLACE INTO users(email, password, maildir)
  SELECT 'ann@example.com', hash, 'a/b/' FROM hashes WHERE name = 'des';
-- error: users.maildir: in@example.com has one inside of this, give another, such as maildir = 'example.com/ann.2/'
UPDATE OR REPLACE users SET email = 'ann@example.com', maildir = 'a/b/'
  WHERE email = 'between@example.com';
UPDATE users SET maildir = 'z/ann/' WHERE email = 'ann@example.com';
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
INSERT INTO checks
  SELECT 'a maildir in another''s, or around one: nothing written', rows, 0
  FROM changed;
INSERT INTO users(email, password, maildir) VALUES
  ('n1@example.com', 'x', 'a/b/i/'), ('n2@example.com', 'x', 'a/b/in-/'),
  ('n3@example.com', 'x', 'a/b/in0/'), ('n4@example.com', 'x', 'a/b/~/');
UPDATE users SET maildir = 'z/ann/own/' WHERE email = 'ann@example.com';
UPDATE users SET maildir = 'z/' WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'beside one, or in one''s own former: fine', count(*), 7 FROM users;

-- ---- the maildir of the address is another's ----

DELETE FROM users;
INSERT INTO users(email, password) VALUES
  ('old@example.com', 'x'), ('ann@example.com', 'x'), ('zoe@example.com', 'x');
UPDATE users SET email = 'owner@example.com' WHERE email = 'old@example.com';
UPDATE users SET email = 'old@example.com' WHERE email = 'ann@example.com';
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.maildir: owner@example.com has this one, give another, such as maildir = 'example.com/old.2/'
UPDATE OR REPLACE users SET maildir = NULL WHERE email = 'old@example.com';
-- error: users.maildir: owner@example.com has this one, give another, such as maildir = 'example.com/old.2/'
UPDATE OR REPLACE users SET maildir = '' WHERE email = 'old@example.com';
-- error: users.maildir: owner@example.com has this one, give another, such as maildir = 'example.com/old.2/'
UPDATE OR REPLACE users SET maildir = '', password = 'x'
  WHERE email = 'old@example.com';
INSERT INTO checks
  SELECT 'its owner is not replaced', rows, 0 FROM changed;
REPLACE INTO users(email, password, maildir)
  SELECT 'old@example.com', hash, '' FROM hashes WHERE name = 'des';
REPLACE INTO users(email, password, maildir)
  VALUES ('owner@example.com', 'x', '');
INSERT INTO checks
  SELECT 'replaced with maildir '''' one keeps his', group_concat(maildir),
    'example.com/ann/,example.com/old/'
  FROM (SELECT maildir FROM users WHERE email GLOB 'o*' ORDER BY email);
REPLACE INTO users(email, password)
  SELECT 'old@example.com', hash FROM hashes WHERE name = 'argon2';
INSERT INTO checks
  SELECT 'by a hash that is longer than a password may be', password || maildir,
    hash || 'example.com/ann/'
  FROM users, hashes WHERE email = 'old@example.com' AND hashes.name = 'argon2';
DELETE FROM users WHERE email = 'old@example.com';
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.maildir: owner@example.com has this one, give another, such as maildir = 'example.com/old.2/'
INSERT OR REPLACE INTO users(email, password, maildir)
  SELECT 'old@example.com', hash, '' FROM hashes WHERE name = 'des';
-- error: users.maildir: owner@example.com has this one, give another, such as maildir = 'example.com/old.2/'
INSERT OR REPLACE INTO users(email, password, maildir)
  SELECT 'old@example.com', hash, NULL FROM hashes WHERE name = 'des';
INSERT INTO checks
  SELECT 'nor by a hash with no maildir', rows, 0 FROM changed;

-- ---- active and name ----

DELETE FROM users;
INSERT INTO users(email, password, active, name)
  VALUES ('joe@example.com', 'x', 0, 'Joe');
INSERT INTO users(email, password, active, name)
  SELECT 'ann@example.com', hash, 0, 'Ann' FROM hashes WHERE name = 'des';
INSERT INTO users(email, password) VALUES ('new@example.com', 'x');
INSERT INTO checks
  SELECT 'INSERT stores them', group_concat(active || name), '0Ann,0Joe,1'
  FROM (SELECT active, name FROM users ORDER BY email);
UPDATE users SET password = 'y', active = 1, name = 'J.'
  WHERE email = 'joe@example.com';
UPDATE users SET active = 0, name = 'N.' WHERE email = 'new@example.com';
INSERT INTO users(email, password, active, name)
  VALUES ('ann@example.com', 'x', 1, 'A.') ON CONFLICT(email) DO UPDATE
  SET password = excluded.password, active = excluded.active,
    name = excluded.name;
REPLACE INTO users(email, password, active, name)
  VALUES ('new@example.com', 'x', '0', 'new');
INSERT INTO checks
  SELECT 'UPDATE, upsert and REPLACE, too',
    group_concat(active || typeof(active) || name),
    '1integerA.,1integerJ.,0integernew'
  FROM (SELECT active, name FROM users ORDER BY email);
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: users.active: it is 1, or 0 for no mail and no login
INSERT INTO users(email, password, active) VALUES ('n@example.com', 'x', 2);
-- error: users.active: it is 1, or 0 for no mail and no login
INSERT OR IGNORE INTO users(email, password, active)
  SELECT 'n@example.com', hash, 'yes' FROM hashes;
-- error: users.active: it is 1, or 0 for no mail and no login
INSERT OR REPLACE INTO users(email, password, active)
  VALUES ('joe@example.com', 'x', 0.5);
-- error: users.active: it is 1, or 0 for no mail and no login
INSERT INTO users(email, password, active) VALUES ('joe@example.com', 'x', x'')
  ON CONFLICT(email) DO UPDATE SET password = excluded.password;
-- error: users.active: it is 1, or 0 for no mail and no login
UPDATE users SET active = -1;
-- error: users.active: it is 1, or 0 for no mail and no login
UPDATE users SET active = 2, password = 'x';
-- error: users.active: it is 1, or 0 for no mail and no login
UPDATE OR REPLACE users SET active = '';
-- error: NOT NULL constraint failed: users.active
UPDATE users SET active = NULL;
-- error: NOT NULL constraint failed: users.active
INSERT INTO users(email, password, active)
  VALUES ('n@example.com', 'x', NULL);
-- error: NOT NULL constraint failed: users.name
UPDATE users SET name = NULL, password = 'x';
INSERT INTO checks
  SELECT 'wrong ones: nothing written', rows, 0 FROM changed;

-- ---- the same error for a plain password as for a hash ----

CREATE TEMP TABLE either AS
  SELECT hash AS password FROM hashes WHERE name = 'des';
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', (SELECT password FROM either), '10M');
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET password = (SELECT password FROM either), quota = '10M';
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), '10M') ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT OR REPLACE INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), '10M');
-- error: NOT NULL constraint failed: users.quota
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', (SELECT password FROM either), NULL);
-- error: NOT NULL constraint failed: users.quota
UPDATE users SET password = (SELECT password FROM either), quota = NULL;
-- error: NOT NULL constraint failed: users.quota
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), NULL) ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', (SELECT password FROM either), -1);
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET password = (SELECT password FROM either), quota = -1;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), -1) ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT OR REPLACE INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), -1);
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', (SELECT password FROM either), 1.5);
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET password = (SELECT password FROM either), quota = 1.5;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), 1.5) ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT OR REPLACE INTO users(email, password, quota)
  VALUES ('joe@example.com', (SELECT password FROM either), 1.5);
INSERT OR IGNORE INTO users(email, password, quota)
  VALUES ('n@example.com', (SELECT password FROM either), '10M');
-- error: users.maildir: it has a part that begins with a dot
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('n@example.com', (SELECT password FROM either), '../');
-- error: users.maildir: it has a part that begins with a dot
UPDATE users SET password = (SELECT password FROM either), maildir = '../';
-- error: users.maildir: it begins with a slash, but is relative to the mail store
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('n@example.com', (SELECT password FROM either), '/a/');
-- error: users.maildir: it begins with a slash, but is relative to the mail store
UPDATE users SET password = (SELECT password FROM either), maildir = '/a/';
-- error: users.maildir: it has no slash at its end, as in example.com/joe/
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('n@example.com', (SELECT password FROM either), 'a');
-- error: users.maildir: it has no slash at its end, as in example.com/joe/
UPDATE users SET password = (SELECT password FROM either), maildir = 'a';
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', 'plain', '10M');
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET password = 'plain', quota = '10M';
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', '10M') ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT OR REPLACE INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', '10M');
-- error: NOT NULL constraint failed: users.quota
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', 'plain', NULL);
-- error: NOT NULL constraint failed: users.quota
UPDATE users SET password = 'plain', quota = NULL;
-- error: NOT NULL constraint failed: users.quota
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', NULL) ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', 'plain', -1);
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET password = 'plain', quota = -1;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', -1) ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT OR REPLACE INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', -1);
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('n@example.com', 'plain', 1.5);
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
UPDATE users SET password = 'plain', quota = 1.5;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', 1.5) ON CONFLICT(email)
  DO UPDATE SET password = excluded.password, quota = excluded.quota;
-- error: CHECK constraint failed: quota: a number of bytes, 0 or more
INSERT OR REPLACE INTO users(email, password, quota)
  VALUES ('joe@example.com', 'plain', 1.5);
INSERT OR IGNORE INTO users(email, password, quota)
  VALUES ('n@example.com', 'plain', '10M');
-- error: users.maildir: it has a part that begins with a dot
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('n@example.com', 'plain', '../');
-- error: users.maildir: it has a part that begins with a dot
UPDATE users SET password = 'plain', maildir = '../';
-- error: users.maildir: it begins with a slash, but is relative to the mail store
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('n@example.com', 'plain', '/a/');
-- error: users.maildir: it begins with a slash, but is relative to the mail store
UPDATE users SET password = 'plain', maildir = '/a/';
-- error: users.maildir: it has no slash at its end, as in example.com/joe/
INSERT OR IGNORE INTO users(email, password, maildir)
  VALUES ('n@example.com', 'plain', 'a');
-- error: users.maildir: it has no slash at its end, as in example.com/joe/
UPDATE users SET password = 'plain', maildir = 'a';
INSERT INTO checks
  SELECT 'quotas and maildirs: nothing written', rows, 0 FROM changed;

-- ---- what total_changes() counts ----

CREATE TEMP TABLE counted(changes);
INSERT INTO counted SELECT total_changes();
UPDATE users SET password = 'x' WHERE email = 'joe@example.com';
INSERT INTO counted SELECT total_changes();
UPDATE users SET password = 'x' WHERE email = 'nobody@example.com';
INSERT INTO counted SELECT total_changes();
-- One of each difference is the row of counted itself.
INSERT INTO checks
  SELECT 'total_changes() after an UPDATE: one, or none',
    group_concat(b.changes - a.changes - 1), '1,0'
  FROM counted AS a JOIN counted AS b ON b.rowid = a.rowid + 1;

-- ---- all rows or none ----

UPDATE users SET password = (SELECT password FROM either), active = 1;
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
BEGIN;
-- error: users.email: it has no @
INSERT OR IGNORE INTO users(email, password)
  SELECT 'first@example.com', password FROM either
  UNION ALL SELECT 'second', password FROM either;
-- error: users.active: it is 1, or 0 for no mail and no login
UPDATE OR IGNORE users SET active = (email >= 'joe@example.com') * 2;
-- error: users.maildir: it has no slash at its end, as in example.com/joe/
UPDATE OR IGNORE users
  SET maildir = CASE email WHEN 'ann@example.com' THEN 'n/' ELSE 'n' END;
COMMIT;
INSERT INTO checks
  SELECT 'an error takes the rows before it back', rows, 0 FROM changed;

-- ---- forwardings ----

INSERT INTO forwardings VALUES
  ('self@example.com', 'self@example.com'), ('bare@example.com', 'joe'),
  ('joe', 'joe@example.com'), ('@example.org', '@example.com'),
  ('o''brien@example.com', 'o''brien@example.org, x@example.com,y@z'),
  ('utf8@example.com', 'jörg@bücher.example');
DELETE FROM forwardings WHERE source = 'JOE';
CREATE TEMP TABLE forwardings_kept AS SELECT * FROM forwardings;
-- error: forwardings.destination: it has a blank, put commas between addresses
INSERT INTO forwardings VALUES ('blank@example.com', 'kein mail');
-- error: forwardings.destination: it has a second @
INSERT INTO forwardings VALUES ('two@example.com', 'joe@example.com@x');
-- error: forwardings.destination: it has a semicolon, put commas between addresses
INSERT INTO forwardings VALUES ('semi@example.com', 'joe@example.com;ann@example.com');
-- error: forwardings.destination: it has an empty element, with a comma too many or nothing between two
INSERT INTO forwardings VALUES ('empty@example.com', ',');
-- error: forwardings.destination: it is blank
INSERT INTO forwardings VALUES ('space@example.com', ' ');
-- error: forwardings.source: it is blank
INSERT INTO forwardings VALUES (' ', 'joe');
-- error: forwardings.source: it is blank
INSERT INTO forwardings VALUES ('', 'joe');
-- error: forwardings.source: it has a second @
INSERT INTO forwardings VALUES ('a@example.com,b@example.com', 'joe');
-- error: forwardings.destination: it has a command, a file or an :include:, which only aliases(5) knows
INSERT INTO forwardings VALUES ('a@example.com', '|rm');
-- error: forwardings.source: it is a blob, not text
INSERT INTO forwardings VALUES (x'61', 'joe');
-- error: forwardings.destination: it has a blank, put commas between addresses
REPLACE INTO forwardings VALUES ('self@example.com', 'a b');
-- error: forwardings.destination: it has a blank, put commas between addresses
UPDATE OR IGNORE forwardings SET destination = 'a b';
-- error: forwardings.source: it is blank
UPDATE OR REPLACE forwardings SET source = ' ';
-- error: NOT NULL constraint failed: forwardings.destination
INSERT INTO forwardings(source) VALUES ('a@example.com');
BEGIN;
-- error: forwardings.destination: it is blank
INSERT OR IGNORE INTO forwardings
  VALUES ('first@example.com', 'joe'), ('second@example.com', '');
COMMIT;
INSERT INTO checks
  SELECT 'what Postfix would misread: nothing written', count(*), 0 FROM (
    SELECT * FROM forwardings EXCEPT SELECT * FROM forwardings_kept);

-- ---- domains ----

-- error: domains: this one still has users, delete or move them first
DELETE FROM domains WHERE domain = 'EXAMPLE.com';
-- error: domains: this one still has users, delete or move them first
DELETE FROM domains;
-- error: domains: this one still has users, delete or move them first
UPDATE domains SET domain = 'example.net' WHERE domain = 'example.com';
-- error: UNIQUE constraint failed: domains.domain
INSERT INTO domains VALUES ('EXAMPLE.COM');
-- error: domains.domain: it has a slash or backslash
INSERT INTO domains VALUES ('example.com/..');
-- error: domains.domain: it has a control byte
INSERT INTO domains VALUES ('example.com' || char(0));
-- error: domains.domain: the domain is empty
INSERT INTO domains VALUES ('');
-- error: domains.domain: it is not text
INSERT INTO domains VALUES (x'612e62');
-- error: NOT NULL constraint failed: domains.domain
INSERT INTO domains VALUES (NULL);
-- error: domains.domain: the domain has a label that begins or ends with a hyphen
INSERT INTO domains VALUES ('new.example'), ('-bad.example');
-- error: domains.domain: the domain has an empty label, or begins or ends with a dot
UPDATE domains SET domain = 'bad..x' WHERE domain = 'example.org';
-- error: domains.domain: it is not text
UPDATE domains SET domain = x'612e62' WHERE domain = 'example.org';
-- error: NOT NULL constraint failed: domains.domain
UPDATE domains SET domain = NULL WHERE domain = 'example.org';
INSERT INTO checks
  SELECT 'domains with users stay', group_concat(domain, ' '),
         'example.com Example.ORG'
  FROM (SELECT * FROM domains ORDER BY domain);
UPDATE domains SET domain = 'Example.COM' WHERE domain = 'example.com';
DELETE FROM domains WHERE domain = 'example.org';
INSERT INTO checks
  SELECT 'but the case may change, and one without users be deleted',
         group_concat(domain, ' '), 'Example.COM'
  FROM domains;

-- ---- the policy ----

-- error: password_policy: its row can't be deleted, UPDATE it
DELETE FROM password_policy;
-- error: password_policy: it has its row already, UPDATE that
INSERT INTO password_policy VALUES ('bcrypt', 12, 0);
-- error: password_policy: it has its row already, UPDATE that
REPLACE INTO password_policy(rowid, method) VALUES (1, 'yescrypt');
-- error: password_policy: method must not be NULL
UPDATE password_policy SET method = NULL;
-- error: password_policy: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
UPDATE password_policy SET method = 'rot13';
-- error: password_policy: the cost of bcrypt is a whole number from 4 to 14
UPDATE OR IGNORE password_policy SET cost = 99;
-- error: password_policy: strength is 1, or 0 for passwords easy to guess
UPDATE password_policy SET strength = 2;
-- error: NOT NULL constraint failed: password_policy.strength
UPDATE password_policy SET strength = NULL;
INSERT INTO checks
  SELECT 'the policy stays as it is', count(*) || method || cost || strength,
         '1bcrypt40'
  FROM password_policy;

-- ---- its strength ----

UPDATE users SET password = 'secret' WHERE email = 'ann@example.com';
UPDATE password_policy SET strength = 1;
-- error: users.password: easy to guess: too short
UPDATE users SET password = 'secret' WHERE email = 'ann@example.com';
-- error: users.password: easy to guess: based on personal login information
UPDATE users SET password = 'Ann@Example.com1' WHERE email = 'ann@example.com';
-- error: users.password: easy to guess: based on personal login information
UPDATE users SET password = 'Anx@Example.com1', email = 'anx@example.com'
  WHERE email = 'ann@example.com';
-- error: users.password: easy to guess: too short
INSERT INTO users(email, password) VALUES ('weak@example.com', x'736563726574');
-- error: users.password: easy to guess: too short
INSERT OR REPLACE INTO users(email, password)
  VALUES ('ann@example.com', 'secret');
-- error: CRYPT_IS_HASH: the password is empty, it needs 1 byte or more
UPDATE users SET password = '' WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'nothing of that was stored',
         group_concat(CRYPT_VERIFY('secret', password), ''), '1'
  FROM users WHERE email IN ('ann@example.com', 'weak@example.com');
UPDATE users SET password = 'Tr0ub4dor&3x' WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'what is hard to guess is', CRYPT_VERIFY('Tr0ub4dor&3x', password), 1
  FROM users WHERE email = 'ann@example.com';
UPDATE users SET password = CRYPT('secret') WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'of a hash, nobody knows', CRYPT_VERIFY('secret', password), 1
  FROM users WHERE email = 'ann@example.com';
UPDATE password_policy SET strength = 0;
UPDATE password_policy SET method = 'argon2id', cost = 'm=64,t=1,p=1';
UPDATE users SET password = 'x' WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'a cost that is text', password GLOB '$argon2id$v=19$m=64,t=1,p=1$*', 1
  FROM users WHERE email = 'ann@example.com';
UPDATE password_policy SET method = 'sha256crypt', cost = NULL;
UPDATE users SET password = 'x' WHERE email = 'ann@example.com';
INSERT INTO checks
  SELECT 'NULL is the method''s default',
         password GLOB '$5$rounds=500000$*', 1
  FROM users WHERE email = 'ann@example.com';
UPDATE password_policy SET method = 'bcrypt', cost = 4;

-- Should the row be gone all the same, nothing is stored.
DROP TRIGGER password_policy_delete;
DELETE FROM password_policy;
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
-- error: password_policy: it has no row, .read schema.sql
INSERT INTO users(email, password) VALUES ('n@example.com', 'x');
-- error: password_policy: it has no row, .read schema.sql
INSERT OR IGNORE INTO users(email, password) VALUES ('n@example.com', 'x');
-- error: password_policy: it has no row, .read schema.sql
INSERT OR REPLACE INTO users(email, password) VALUES ('ann@example.com', 'x');
-- error: password_policy: it has no row, .read schema.sql
INSERT INTO users(email, password) VALUES ('ann@example.com', 'x')
  ON CONFLICT(email) DO UPDATE SET password = excluded.password;
-- error: password_policy: it has no row, .read schema.sql
UPDATE users SET password = 'x';
-- error: password_policy: it has no row, .read schema.sql
UPDATE OR IGNORE users SET password = 'x';
INSERT INTO checks
  SELECT 'without a policy nothing is stored', rows, 0 FROM changed;
.read sql/schema.sql

-- ---- statements inside another trigger ----

CREATE TABLE log(what);
CREATE VIEW accounts AS SELECT email, password FROM users;
CREATE TRIGGER accounts_insert INSTEAD OF INSERT ON accounts
BEGIN
  INSERT INTO users(email, password) VALUES (NEW.email, NEW.password);
  INSERT INTO log VALUES ('inserted ' || NEW.email);
END;
UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO accounts VALUES
  ('view1@example.com', 'view'), ('view2@example.com', 'view');
INSERT INTO checks
  SELECT 'through a view: hashed', sum(CRYPT_VERIFY('view', password)), 2
  FROM users WHERE email GLOB 'view?@*';
INSERT INTO checks
  SELECT 'and the rest of the view''s trigger runs', count(*), 2 FROM log;

-- ---- applied again ----

CREATE TEMP TABLE schema_kept AS SELECT * FROM sqlite_master;
DELETE FROM kept;
INSERT INTO kept SELECT * FROM users;
BEGIN;
.read sql/schema.sql
COMMIT;
INSERT INTO checks VALUES (
  'applied twice: the same tables, triggers and rows',
  (SELECT count(*) FROM (
    SELECT * FROM sqlite_master EXCEPT SELECT * FROM schema_kept))
  + (SELECT rows FROM changed), 0), (
  'applied twice: the same policy',
  (SELECT group_concat(method || cost) FROM password_policy), 'bcrypt4');

-- ---- at the end ----

INSERT INTO checks VALUES (
  'no maildir is missing or there twice',
  (SELECT count(*) - count(DISTINCT nullif(lower(maildir), '')) FROM users), 0
), (
  'no stored password is a plain one',
  (SELECT sum(CRYPT_IS_HASH(password) <> 1) FROM users), 0
), (
  'e-mail and maildir are unique by themselves',
  (SELECT sum("unique") FROM pragma_index_list('users')), 2
), (
  'the database is whole',
  (SELECT group_concat(integrity_check) FROM pragma_integrity_check), 'ok');

-- A SELECT that finds no row makes no check. So they are counted.
INSERT INTO checks SELECT 'all checks were made', count(*), 102 FROM checks;

SELECT CASE WHEN got IS want THEN 'ok' ELSE 'not ok' END || ' - ' || what ||
  CASE WHEN got IS want THEN ''
    ELSE ' # got ' || quote(got) || ', wanted ' || quote(want) END
  FROM checks;
