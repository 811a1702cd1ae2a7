-- adopt.sql: takes over a mail database made by the tutorial, in place
--
--   cp mail.db backup.db
--   cd /usr/share/mailfunc
--   sqlite3 /srv/mail/mail.db
--   sqlite> .load mailfunc
--   sqlite> .read adopt.sql
--
-- It reads schema.sql and import.sql, so the current folder must be theirs
-- (here: cd sql). The shell's own .cd will do, too.
--
-- The tables domains, users(email, password, quota), forwardings and
-- transport, with keys or without, become those of schema.sql, in one
-- transaction: either everything is taken over, or every row that can't be is
-- printed with its reason, and nothing is changed. Correct these rows and
-- read it again. In a database that has been adopted it only says so.
--
-- PASSWORDS
--
-- Whole hashes stay as they are. What isn't one, you must explain:
--
--   sqlite> .parameter set :passwords "'hashed'"
--
-- The tutorial's ENCRYPT(): 13 characters are a hash of DES and get the label
-- {CRYPT}. Everything else that isn't a hash is a row that can't come.
--
--   sqlite> .parameter set :passwords "'plain'"
--
-- They were stored as typed: 13 characters are a password like any other, and
-- all are hashed with yescrypt. (What begins like a hash but is damaged, what
-- begins with {PLAIN} or an unknown {SCHEME}, lock marks and numbers can't
-- come either way.) Count 15 milliseconds for each.
--
-- Then no plain password is left in the file: the pages they were on are
-- overwritten (secure_delete), and VACUUM afterwards writes the file anew,
-- without what was deleted or changed before. VACUUM can't be part of the
-- transaction. If it fails (it needs as much space again, and nobody else
-- writing), the tables are adopted nevertheless: run VACUUM again. The disk
-- may still hold blocks of the deleted journal, and your backup has it all.
--
-- MAILDIRS
--
-- As the tutorial meant it: domain/name/. If your mail is elsewhere in the
-- mail store, say where; %d is the domain, %n the name, %u both. The query
-- that is printed in the tutorial gives
--
--   sqlite> .parameter set :maildir "'%u/%u/'"
--
-- Users who share an address but for upper and lower case, or addresses that
-- can't be mailboxes, can't come. Several forwardings of one source become one
-- row with commas. A quota of NULL becomes 0: no limit.

.bail on
SELECT MAILFUNC_VERSION() WHERE 0;

-- None of these can be set in a transaction. What was deleted is overwritten.
-- Renaming a table leaves alone the views that speak of it. Changed pages wait
-- in memory for the COMMIT, so that Postfix can read until then.
.once /dev/null
PRAGMA secure_delete = ON;
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;
PRAGMA cache_spill = OFF;

BEGIN IMMEDIATE;

-- ---- is it the tutorial's? ----

CREATE TEMP TABLE adopt_shape(severity, "table", "key", what);

INSERT INTO adopt_shape
  SELECT 'adopted', NULL, NULL, NULL
  FROM pragma_table_info('users') WHERE name = 'maildir';

INSERT INTO adopt_shape
  SELECT 'error', 'users', NULL, 'there is no such table'
  WHERE NOT EXISTS (SELECT 1 FROM pragma_table_info('users'));

INSERT INTO adopt_shape
  SELECT 'error', name, NULL, 'it is a ' || type || ', not a table'
  FROM main.sqlite_master
  WHERE lower(name) IN ('domains', 'users', 'forwardings', 'transport')
    AND type <> 'table';

INSERT INTO adopt_shape
  SELECT 'error', name, NULL, 'is in the way: rename it'
  FROM main.sqlite_master
  WHERE lower(name) IN ('tutorial_domains', 'tutorial_users',
    'tutorial_forwardings', 'tutorial_transport');

-- schema.sql leaves alone what it finds. With a trigger missing, because
-- another table has one of its name, plain passwords would be stored.
INSERT INTO adopt_shape
  SELECT 'error', tbl_name, name,
    'this ' || type || ' is in the way: drop or rename it'
  FROM main.sqlite_master
  WHERE lower(name) IN ('password_policy', 'users_maildir', 'crypt_methods')
    OR (type = 'trigger' AND (lower(name) GLOB 'users_*'
      OR lower(name) GLOB 'domains_*' OR lower(name) GLOB 'password_policy_*'));

INSERT INTO adopt_shape
  SELECT 'error', tbl_name, name, 'this trigger would be lost: drop it'
  FROM main.sqlite_master
  WHERE type = 'trigger'
    AND lower(tbl_name) IN ('domains', 'users', 'forwardings', 'transport');

-- The columns, each where it belongs and no others.
INSERT INTO adopt_shape
  WITH wanted(name, columns) AS (
    VALUES ('domains', ' domain '), ('users', ' email password quota '),
      ('forwardings', ' source destination '),
      ('transport', ' domain transport '))
  SELECT 'error', w.name, c.name, 'this column would be lost'
  FROM wanted AS w, pragma_table_info(w.name) AS c
  WHERE instr(w.columns, ' ' || lower(c.name) || ' ') = 0
  UNION ALL
  SELECT 'error', w.name, NULL, 'it needs the columns' || w.columns
  FROM wanted AS w
  WHERE length(trim(w.columns)) - length(replace(trim(w.columns), ' ', '')) + 1
    > (SELECT count(*) FROM pragma_table_info(w.name) AS c
      WHERE instr(w.columns, ' ' || lower(c.name) || ' '))
    AND EXISTS (SELECT 1 FROM pragma_table_info(w.name));

-- The bytes are those of the word mailfunc, whatever the encoding here.
INSERT INTO adopt_shape
  SELECT 'error', NULL, 'schema.sql',
    'not in this folder: .cd to the folder of adopt.sql first'
  WHERE coalesce(instr(readfile('schema.sql'), x'6D61696C66756E63'), 0) = 0
    OR readfile('import.sql') IS NULL;

SELECT * FROM adopt_shape
  WHERE severity = 'error'
    AND NOT EXISTS (SELECT 1 FROM adopt_shape WHERE severity = 'adopted');

CREATE TEMP TABLE adopt_verdict(severity);
CREATE TEMP TRIGGER adopt_refuse BEFORE INSERT ON adopt_verdict
BEGIN
  SELECT CASE NEW.severity
    WHEN 'adopted' THEN RAISE(ROLLBACK,
      'nothing to do: this database has been adopted already')
    ELSE RAISE(ROLLBACK, 'nothing was changed, see above')
  END;
END;
INSERT INTO adopt_verdict
  SELECT severity FROM adopt_shape ORDER BY severity LIMIT 1;
DROP TABLE adopt_verdict;
DROP TABLE adopt_shape;

-- ---- the old tables step aside, the new ones come ----

-- Not everybody has made all four.
CREATE TABLE IF NOT EXISTS domains(domain);
CREATE TABLE IF NOT EXISTS forwardings(source, destination);
CREATE TABLE IF NOT EXISTS transport(domain, transport);

ALTER TABLE domains RENAME TO tutorial_domains;
ALTER TABLE users RENAME TO tutorial_users;
ALTER TABLE forwardings RENAME TO tutorial_forwardings;
ALTER TABLE transport RENAME TO tutorial_transport;

.read schema.sql

CREATE TEMP TABLE import_option AS
  SELECT :passwords AS passwords, :maildir AS maildir, NULL AS program;

CREATE TEMP VIEW coming_domains AS SELECT domain FROM tutorial_domains;
CREATE TEMP VIEW coming_users AS
  SELECT email, password, quota, NULL AS maildir, 0 AS locked
  FROM tutorial_users;
CREATE TEMP VIEW coming_forwardings AS
  SELECT source, destination FROM tutorial_forwardings;
CREATE TEMP VIEW coming_transport AS
  SELECT domain, transport FROM tutorial_transport;
CREATE TEMP VIEW coming_remarks AS
  SELECT 'error' AS severity, NULL AS "table", NULL AS "key", NULL AS what
  WHERE 0;

.read import.sql

DROP TABLE tutorial_domains;
DROP TABLE tutorial_users;
DROP TABLE tutorial_forwardings;
DROP TABLE tutorial_transport;
COMMIT;

SELECT 'adopted: ' || count(*) || ' users' FROM users;

-- ---- what was deleted before today ----

VACUUM;
.once /dev/null
PRAGMA wal_checkpoint(TRUNCATE);
PRAGMA legacy_alter_table = OFF;
PRAGMA cache_spill = ON;
