-- adopt.sql: takes over a mail database made by the tutorial, in place
--
--   umask 077
--   cp /srv/mail/mail.db /root/backup.db
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
-- COLUMNS
--
-- Yours come along, in all four tables, with their values, types and constant
-- defaults; active, name and maildir become those of schema.sql. Keys that
-- count up, indexes and whatever else can't come is listed as a note.
--
-- PASSWORDS
--
-- Whole hashes stay as they are. What isn't one, you must explain:
--
--   sqlite> .parameter set :passwords "'hashed'"
--
-- The tutorial's ENCRYPT(): 13 characters are a hash of DES, 20 behind a _ one
-- of bsdicrypt, and get the label {CRYPT}. Everything else that isn't a hash is
-- a row that can't come.
--
--   sqlite> .parameter set :passwords "'plain'"
--
-- They were stored as typed: all that CRYPT_KIND() calls plain or bare is
-- hashed as password_policy says. (Damaged hashes and those of other programs,
-- {PLAIN} and its like, lock marks and numbers can't come either way.) Count 15
-- milliseconds for each, divided by the processors.
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

-- The bytes are those of the word mailfunc, whatever the encoding here.
SELECT MAILFUNC_RAISE('not the folder of the SQL files: .cd there first')
  WHERE readfile('in-memory.sql') IS NULL OR readfile('import.sql') IS NULL
    OR coalesce(instr(readfile('schema.sql'), x'6D61696C66756E63'), 0) = 0;
.read in-memory.sql
.read import-forget.sql

-- None of these can be set in a transaction. What was deleted is overwritten.
-- Renaming a table leaves alone the views that speak of it.
.once /dev/null
PRAGMA secure_delete = ON;
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;

BEGIN IMMEDIATE;

-- ---- is it the tutorial's? ----

CREATE TEMP TABLE adopt_shape(severity, "table", "key", what);

INSERT INTO adopt_shape
  SELECT 'adopted', NULL, NULL, NULL
  FROM pragma_table_info('users', 'main')
  WHERE name = 'maildir' COLLATE NOCASE AND EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE lower(name) IN ('password_policy', 'users_insert_hash'));

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

-- schema.sql leaves tables alone and drops triggers of its own names.
INSERT INTO adopt_shape
  SELECT 'error', tbl_name, name,
    'this ' || type || ' is in the way: drop or rename it'
  FROM main.sqlite_master
  WHERE lower(name) IN ('password_policy', 'users_maildir', 'crypt_methods')
    OR (type = 'trigger' AND (lower(name) GLOB 'users_*'
      OR lower(name) GLOB 'domains_*' OR lower(name) GLOB 'forwardings_*'
      OR lower(name) GLOB 'password_policy_*'));

INSERT INTO adopt_shape
  SELECT 'error', tbl_name, name, 'this trigger would be lost: drop it'
  FROM main.sqlite_master
  WHERE type = 'trigger'
    AND lower(tbl_name) IN ('domains', 'users', 'forwardings', 'transport');

INSERT INTO adopt_shape
  WITH needed("table", "column") AS (
    VALUES ('domains', 'domain'), ('users', 'email'), ('users', 'password'),
      ('users', 'quota'), ('forwardings', 'source'),
      ('forwardings', 'destination'), ('transport', 'domain'),
      ('transport', 'transport'))
  SELECT 'error', n."table", n."column", 'this column is missing'
  FROM needed AS n
  WHERE EXISTS (SELECT 1 FROM pragma_table_info(n."table", 'main'))
    AND NOT EXISTS (
      SELECT 1 FROM pragma_table_info(n."table", 'main')
      WHERE name = n."column" COLLATE NOCASE);

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

-- NATURAL LEFT JOIN gives a column that is missing in the table, as NULL.
CREATE TEMP VIEW coming_domains AS SELECT domain FROM tutorial_domains;
CREATE TEMP VIEW coming_users AS
  SELECT email, password, quota, maildir, active, name, 0 AS locked,
    NULL AS label
  FROM tutorial_users NATURAL LEFT JOIN (
    SELECT NULL AS maildir, NULL AS active, NULL AS name);
CREATE TEMP VIEW coming_forwardings AS
  SELECT source, destination FROM tutorial_forwardings;
CREATE TEMP VIEW coming_transport AS
  SELECT domain, transport FROM tutorial_transport;
CREATE TEMP VIEW coming_remarks AS
  SELECT 'error' AS severity, NULL AS "table", NULL AS "key", NULL AS what
  WHERE 0;

.read import.sql
.read import-write.sql

-- ---- and with them the columns that aren't of schema.sql ----

CREATE TEMP TABLE adopt_own AS
  SELECT t.name AS old, substr(t.name, 10) AS new, c.*
  FROM main.sqlite_master AS t, pragma_table_xinfo(t.name, 'main') AS c
  WHERE t.name IN ('tutorial_domains', 'tutorial_users',
      'tutorial_forwardings', 'tutorial_transport')
    AND NOT EXISTS (
      SELECT 1 FROM pragma_table_info(substr(t.name, 10), 'main')
      WHERE name = c.name COLLATE NOCASE);

.once /dev/null
SELECT TAKE_COLUMNS('tutorial_domains', 'domains', 'domain'),
  TAKE_COLUMNS('tutorial_forwardings', 'forwardings', 'source'),
  TAKE_COLUMNS('tutorial_transport', 'transport', 'domain');
.once /dev/null
SELECT CARRY_COLUMNS()
  WHERE TAKE_COLUMNS('tutorial_users', 'users', 'email') > 0;

CREATE TEMP VIEW adopt_note("table", "key", what) AS
  SELECT o.new, o.name,
    CASE WHEN o.pk THEN 'is no key and counts up no more' ELSE
      'need no longer be unique' END || printf(
      ': CREATE UNIQUE INDEX "%s_%w" ON %s("%w"); keeps its values apart',
      o.new, o.name, o.new, o.name)
  FROM adopt_own AS o
  WHERE o.pk OR EXISTS (
    SELECT 1
    FROM pragma_index_list(o.old) AS i, pragma_index_info(i.name) AS x
    WHERE i.origin = 'u' AND x.name = o.name)
  UNION ALL
  SELECT o.new, o.name, 'may be NULL from now on'
  FROM adopt_own AS o, pragma_table_xinfo(o.new, 'main') AS n
  WHERE n.name = o.name AND n."notnull" < o."notnull"
  UNION ALL
  SELECT o.new, o.name, 'has no default any more, it was ' || o.dflt_value
  FROM adopt_own AS o, pragma_table_xinfo(o.new, 'main') AS n
  WHERE n.name = o.name AND n.dflt_value IS NOT o.dflt_value
  UNION ALL
  SELECT o.new, o.name, 'is made from others no more, its values stay'
  FROM adopt_own AS o WHERE o.hidden > 1
  UNION ALL
  SELECT DISTINCT o.new, f."from", 'need no longer be one of ' || f."table"
  FROM adopt_own AS o, pragma_foreign_key_list(o.old) AS f
  UNION ALL
  SELECT substr(tbl_name, 10), name, 'this index is gone: '
    || replace(sql, '"' || tbl_name || '"', substr(tbl_name, 10))
  FROM main.sqlite_master
  WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (
    'tutorial_domains', 'tutorial_users', 'tutorial_forwardings',
    'tutorial_transport');

SELECT 'note' AS severity, * FROM adopt_note ORDER BY 2, 3, 4;

DROP VIEW adopt_note;
DROP TABLE adopt_own;
.read import-forget.sql
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
