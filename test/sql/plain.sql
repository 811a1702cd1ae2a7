# Passwords that are new: judged, made up, asked for, hashed many at once.
#
# Run from the repository's root: sqlite3 < test/sql/plain.sql
# Each row of checks is (what, result, wanted result). A statement below
# "-- error:" has to fail with just that message.
.load ./mailfunc
CREATE TEMP TABLE checks(what, got, want);

-- ---- PASSWORD_WEAKNESS(password [, email]) ----

INSERT INTO checks VALUES
  ('too short', PASSWORD_WEAKNESS('secret'), 'too short'),
  ('an alphabet, without the hint', PASSWORD_WEAKNESS('abcdefghijkl1Q'),
   'based on a common sequence of characters'),
  ('a strong one', PASSWORD_WEAKNESS('Tr0ub4dor&3x'), NULL),
  ('as a BLOB', PASSWORD_WEAKNESS(x'736563726574'), 'too short'),
  ('the address is known', PASSWORD_WEAKNESS('Joe@Example.com1',
   'joe@example.com'), 'based on personal login information'),
  ('another one is not', PASSWORD_WEAKNESS('Joe@Example.com1',
   'ann@other.org'), NULL),
  ('nor is one that is no address', PASSWORD_WEAKNESS('Joe@Example.com1', 7),
   NULL),
  ('nothing', PASSWORD_WEAKNESS(''), 'too short'),
  ('a number', PASSWORD_WEAKNESS(7), 'the password is a number, it needs '
   || 'quotes, or a program must bind it as text'),
  ('a NUL byte', PASSWORD_WEAKNESS('Tr0ub4dor&3x' || char(0)),
   'the password holds a NUL byte, where crypt(3) would cut it'),
  ('NULL', PASSWORD_WEAKNESS(NULL), NULL),
  ('NULL for the address', PASSWORD_WEAKNESS('x', NULL), NULL);
CREATE VIEW weak AS SELECT PASSWORD_WEAKNESS('secret', 'a@b.example') AS why;
INSERT INTO checks SELECT 'in a view', why, 'too short' FROM weak;

-- ---- RANDOM_PASSWORD([bits]) ----

CREATE TABLE made AS
  SELECT RANDOM_PASSWORD() AS a, RANDOM_PASSWORD(136) AS b
  FROM (VALUES (1), (2), (3), (4));
INSERT INTO checks
  SELECT 'four rows have eight passwords',
         count(DISTINCT a) + count(DISTINCT b), 8 FROM made;
INSERT INTO checks
  SELECT 'they are hard to guess',
         count(PASSWORD_WEAKNESS(a)) + count(PASSWORD_WEAKNESS(b)), 0 FROM made;
INSERT INTO checks
  SELECT 'those of more bits are longer', min(length(b)) > max(length(a)), 1
  FROM made;
INSERT INTO checks SELECT 'none of NULL bits', RANDOM_PASSWORD(NULL), NULL;
-- error: RANDOM_PASSWORD: the strength is a whole number of bits from 24 to 136
SELECT RANDOM_PASSWORD(23);
-- error: RANDOM_PASSWORD: the strength is a whole number of bits from 24 to 136
SELECT RANDOM_PASSWORD(137);
-- error: RANDOM_PASSWORD: the strength is a whole number of bits from 24 to 136
SELECT RANDOM_PASSWORD('47');
-- error: RANDOM_PASSWORD: the strength is a whole number of bits from 24 to 136
SELECT RANDOM_PASSWORD(47.0);

-- ---- crypt_each(query, method, cost) ----

CREATE TABLE plain(id INTEGER PRIMARY KEY, password);
INSERT INTO plain(password) VALUES ('one'), ('two'), (NULL), (x'7468726565');
WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO plain SELECT i, 'number ' || i FROM n;
CREATE TABLE hashed AS
  SELECT * FROM crypt_each('SELECT id, password FROM plain', 'bcrypt', 4);
INSERT INTO checks
  SELECT 'a row for each row, in its order', group_concat(key), (
    SELECT group_concat(id) FROM plain) FROM hashed;
INSERT INTO checks
  SELECT 'each password has its hash',
         sum(CRYPT_VERIFY(password, hash)) || sum(hash GLOB '$2b$04$*'), '5959'
  FROM plain JOIN hashed ON id = key;
INSERT INTO checks
  SELECT 'NULL has none', hash, NULL FROM hashed WHERE key = 3;
INSERT INTO checks
  SELECT 'its columns', group_concat(name), 'key,hash'
  FROM pragma_table_info('crypt_each');
INSERT INTO checks
  SELECT 'a key of any type', group_concat(quote(key), ' '),
         'NULL 1 1.5 ''text'' X''00FF'''
  FROM crypt_each('VALUES (NULL, ''x''), (1, ''x''), (1.5, ''x''),
    (''text'', ''x''), (x''00ff'', ''x'')', 'bcrypt', 4);
INSERT INTO checks
  SELECT 'by the policy of a table that is joined', count(*) || min(method), '2bf'
  FROM (SELECT 'bf' AS method, 4 AS cost) AS p,
    crypt_each('SELECT id, password FROM plain WHERE id < 3', method, cost)
  WHERE hash GLOB '$2b$04$*';
INSERT INTO checks
  SELECT 'the default cost', substr(hash, 1, 7), '$y$j9T$'
  FROM crypt_each('SELECT 1, ''x'';', 'yescrypt', NULL);
INSERT INTO checks
  SELECT 'the default method', substr(hash, 1, 7), '$y$j9T$'
  FROM crypt_each('SELECT 1, ''x'' -- and a comment');
INSERT INTO checks
  SELECT 'a cost that is text', substr(hash, 1, 28),
         '$argon2id$v=19$m=64,t=1,p=1$'
  FROM crypt_each('SELECT 1, ''x''', 'argon2id', 'm=64,t=1,p=1');
INSERT INTO checks
  SELECT 'its arguments are no answer', crypt_each_query, NULL
  FROM crypt_each('SELECT 1, ''x''', 'bf', 4);
INSERT INTO checks
  SELECT 'no row', count(*), 0
  FROM crypt_each('SELECT 1, 2 WHERE 0', 'bcrypt', 4);
INSERT INTO checks
  SELECT 'not all of them are taken', count(*), 2
  FROM (SELECT * FROM crypt_each('SELECT id, password FROM plain', 'bf', 4)
    LIMIT 2);
INSERT INTO checks
  SELECT 'twice at once', count(*), 4
  FROM crypt_each('SELECT id, password FROM plain WHERE id < 3', 'bf', 4) AS a,
    crypt_each('SELECT id, password FROM plain WHERE id < 3', 'bf', 4) AS b
  WHERE CRYPT_VERIFY('one', a.hash) + CRYPT_VERIFY('two', a.hash) = 1;
INSERT INTO checks
  SELECT 'row by row', count(*), 3
  FROM (VALUES (1), (2), (4)) AS n, crypt_each(
    'SELECT id, password FROM plain WHERE id = ' || n.column1, 'bf', 4)
  WHERE key = n.column1 AND hash GLOB '$2b$*';
INSERT INTO checks
  SELECT 'its rowid counts', group_concat(rowid), '1,2'
  FROM crypt_each('SELECT id, password FROM plain WHERE id < 3', 'bf', 4);
INSERT INTO checks
  SELECT 'one in another', CRYPT_VERIFY('one', key) || count(*), '11'
  FROM crypt_each('SELECT hash, ''x'' FROM crypt_each(''SELECT 1, ''''one'''''',
    ''bf'', 4)', 'bf', 4);

-- error: crypt_each: it needs a query
SELECT * FROM crypt_each;
-- error: crypt_each: it needs a query
SELECT * FROM crypt_each WHERE crypt_each_query > 'SELECT 1, ''x''';
-- error: crypt_each: the query is NULL
SELECT * FROM crypt_each(NULL, 'bf', 4);
-- error: crypt_each: the method is NULL
SELECT * FROM crypt_each('SELECT 1, ''x''', NULL, 4);
-- error: crypt_each: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT * FROM crypt_each('SELECT 1, ''x''', 'rot13', 4);
-- error: crypt_each: md5crypt hashes are verified but no longer made, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT * FROM crypt_each('SELECT 1, ''x''', 'md5crypt', NULL);
-- error: crypt_each: the cost of bcrypt is a whole number from 4 to 17
SELECT * FROM crypt_each('SELECT 1, ''x''', 'bf', 99);
-- error: crypt_each: the query must be one statement that reads two columns, a key and a password
SELECT * FROM crypt_each('', 'bf', 4);
-- error: crypt_each: the query must be one statement that reads two columns, a key and a password
SELECT * FROM crypt_each('SELECT 1', 'bf', 4);
-- error: crypt_each: the query must be one statement that reads two columns, a key and a password
SELECT * FROM crypt_each('SELECT 1, ''x'', 3', 'bf', 4);
-- error: crypt_each: the query must be one statement that reads two columns, a key and a password
SELECT * FROM crypt_each('SELECT 1, ''x''; SELECT 2, ''y''', 'bf', 4);
-- error: crypt_each: the query must be one statement that reads two columns, a key and a password
SELECT * FROM crypt_each('SELECT 1, ''x''; garbage', 'bf', 4);
-- error: crypt_each: the query must be one statement that reads two columns, a key and a password
SELECT * FROM crypt_each('DELETE FROM plain', 'bf', 4);
-- error: crypt_each: the query: no such table: nowhere
SELECT * FROM crypt_each('SELECT id, password FROM nowhere', 'bf', 4);
-- error: crypt_each: the query: GEN_SALT: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT * FROM crypt_each('SELECT 1, GEN_SALT(''x'')', 'bf', 4);
-- error: crypt_each: row 2: the password is empty, it needs 1 byte or more
SELECT count(*) FROM crypt_each('VALUES (1, ''x''), (2, ''''), (3, 7)', 'bf', 4)
  WHERE key < 3;
-- error: crypt_each: row 1: the password is a number, it needs quotes, or a program must bind it as text
SELECT * FROM crypt_each('SELECT 1, 7', 'bf', 4);
-- error: crypt_each: row 1: the password is too long, bcrypt uses at most 72 bytes
SELECT * FROM crypt_each('SELECT 1, printf(''%73d'', 1)', 'bf', 4);
-- error: crypt_each: row 1: the password holds a NUL byte, where crypt(3) would cut it
SELECT * FROM crypt_each('SELECT 1, ''x'' || char(0)', 'bf', 4);
INSERT INTO checks SELECT 'nothing was deleted', count(*), 60 FROM plain;

-- What it reads must not be written by the statement that it is read by: the
-- new rows would be met, and hashes be hashed.

CREATE INDEX by_password ON plain(password, id);
-- error: crypt_each: the query reads a table that this statement writes, put the hashes into a TEMP table first
REPLACE INTO plain
  SELECT * FROM crypt_each('SELECT id, password FROM plain', 'bf', 4);
-- error: crypt_each: the query reads a table that this statement writes, put the hashes into a TEMP table first
INSERT INTO plain(password)
  SELECT hash FROM crypt_each('SELECT id, password FROM plain
    WHERE password > ''one''', 'bf', 4);
CREATE TABLE log(x);
CREATE TRIGGER logged AFTER INSERT ON log BEGIN
  DELETE FROM plain WHERE id = NEW.x;
END;
-- error: crypt_each: the query reads a table that this statement writes, put the hashes into a TEMP table first
INSERT INTO log SELECT key FROM crypt_each('SELECT id, password FROM plain',
  'bf', 4);
-- error: crypt_each: the query reads a table that this statement writes, put the hashes into a TEMP table first
INSERT INTO log SELECT key FROM crypt_each((
  SELECT group_concat('SELECT id, password FROM plain', ' UNION ALL ')
  FROM (SELECT 1 FROM plain UNION ALL SELECT 1 FROM plain UNION ALL
    SELECT 1 FROM plain)), 'bf', 4);
-- error: crypt_each: the query reads a table that this statement writes, put the hashes into a TEMP table first
DELETE FROM plain WHERE id IN (
  SELECT key FROM crypt_each('SELECT id, password FROM plain
    WHERE (password = ''one'' AND id > 0) OR (password > ''three'' AND id < 9)',
    'bf', 4));
DROP TRIGGER logged;
DROP INDEX by_password;
CREATE TEMP TABLE put_aside AS
  SELECT * FROM crypt_each('SELECT id, password FROM plain', 'bf', 4);
INSERT INTO log
  SELECT key FROM crypt_each('SELECT id, password FROM plain', 'bf', 4);
UPDATE plain SET password = (SELECT hash FROM put_aside WHERE key = id);
INSERT INTO made(a)
  SELECT hash FROM crypt_each('SELECT 1, what FROM checks LIMIT 1', 'bf', 4);
INSERT INTO checks
  SELECT 'one of another database, too', count(*), 5 FROM made;
INSERT INTO checks
  SELECT 'another table may be written', count(*), 60 FROM log;
INSERT INTO checks
  SELECT 'and itself by what was put aside', sum(password GLOB '$2b$04$*'), 59
  FROM plain;

-- One in another, and so on; a text that holds itself would never end.

CREATE TABLE endless AS
  SELECT 'SELECT * FROM crypt_each((SELECT text FROM endless), ''bf'', 4)'
    AS text;
-- error: crypt_each: the query: crypt_each: the query: crypt_each: the query: crypt_each: the query: crypt_each: a query within a query, more than 4 deep
SELECT * FROM crypt_each((SELECT text FROM endless), 'bf', 4);

-- ---- not in a view of the database itself ----

CREATE VIEW asks AS SELECT ASK_PASSWORD() AS password;
CREATE VIEW each_one AS SELECT * FROM crypt_each('SELECT 1, ''x''', 'bf', 4);
-- error: unsafe use of ASK_PASSWORD()
SELECT * FROM asks;
-- error: unsafe use of virtual table "crypt_each"
SELECT * FROM each_one;

SELECT CASE WHEN got IS want THEN 'ok' ELSE 'not ok' END || ' - ' || what
       || CASE WHEN got IS want THEN ''
          ELSE ' # got ' || quote(got) || ', wanted ' || quote(want) END
  FROM checks;
