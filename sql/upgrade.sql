-- upgrade.sql: brings a database of an older mailfunc to this version
--
--   cp mail.db backup.db
--   cd /usr/share/mailfunc
--   sqlite3 /srv/mail/mail.db
--   sqlite> .load mailfunc
--   sqlite> .read upgrade.sql
--
-- It reads schema.sql, so the current folder must be its own (here: cd sql).
-- The shell's own .cd will do, too.
--
-- In one transaction it adds the columns that are missing, makes the triggers
-- those of this version and has them carry the columns that you have added. It
-- prints what it changed. Rows, password_policy, and indexes, views and
-- triggers of your own stay as they are; of the users, only .read doctor.sql
-- looks whether they meet what is new. If a column active of your own is there
-- already, it is kept, but must hold 0 and 1 only.
--
-- If nothing is to be done it says so, and that is an error.

.bail on
SELECT MAILFUNC_VERSION() WHERE 0;

BEGIN IMMEDIATE;

-- ---- is it ours? ----

CREATE TEMP TABLE upgrade_verdict(problem);
CREATE TEMP TRIGGER upgrade_refuse BEFORE INSERT ON upgrade_verdict
BEGIN
  SELECT CASE NEW.problem
    WHEN 'folder' THEN RAISE(ROLLBACK,
      'schema.sql is not in this folder: .cd to the folder of upgrade.sql first')
    WHEN 'adopt' THEN RAISE(ROLLBACK,
      'this is no database of mailfunc: .read adopt.sql or schema.sql instead')
    WHEN 'active' THEN RAISE(ROLLBACK,
      'users.active has other values than 0 and 1: rename that column first')
    WHEN 'nothing' THEN RAISE(ROLLBACK,
      'nothing to do: this database is of this version already')
  END;
END;

-- The bytes are those of the word mailfunc, whatever the encoding here.
INSERT INTO upgrade_verdict
  SELECT 'folder'
  WHERE coalesce(instr(readfile('schema.sql'), x'6D61696C66756E63'), 0) = 0;

INSERT INTO upgrade_verdict
  SELECT 'adopt' WHERE NOT EXISTS (
    SELECT 1 FROM main.sqlite_master AS m, pragma_table_info('users', 'main')
    WHERE m.type = 'table' AND m.name = 'users' COLLATE NOCASE
      AND pragma_table_info.name = 'maildir' COLLATE NOCASE);

-- ---- what is added ----

CREATE TEMP TABLE upgrade_before AS
  SELECT type, name, sql FROM main.sqlite_master;
CREATE TEMP TABLE upgrade_columns AS
  SELECT lower(m.name) AS "table", lower(c.name) AS name
  FROM main.sqlite_master AS m, pragma_table_info(m.name, 'main') AS c
  WHERE m.type = 'table';

-- As in schema.sql.
CREATE TEMP TABLE upgrade_users(
  email,
  active INTEGER NOT NULL DEFAULT 1,
  name TEXT NOT NULL DEFAULT '');
.once /dev/null
SELECT TAKE_COLUMNS('temp.upgrade_users', 'main.users', 'email');
DROP TABLE upgrade_users;

CREATE TEMP TABLE upgrade_policy(
  method,
  strength INTEGER NOT NULL DEFAULT 0);
.once /dev/null
SELECT TAKE_COLUMNS('temp.upgrade_policy', 'main.password_policy', 'method')
  WHERE 'password_policy' IN (SELECT lower(name) FROM upgrade_before);
DROP TABLE upgrade_policy;

INSERT INTO upgrade_verdict
  SELECT 'active' FROM main.users WHERE active NOT IN (0, 1) LIMIT 1;

.read schema.sql
.once /dev/null
SELECT CARRY_COLUMNS();

-- ---- what has changed ----

CREATE TEMP TABLE upgrade_after AS
  SELECT type, name, sql FROM main.sqlite_master;

INSERT INTO upgrade_verdict
  SELECT 'nothing' WHERE NOT EXISTS (
    SELECT * FROM upgrade_after EXCEPT SELECT * FROM upgrade_before)
  AND NOT EXISTS (
    SELECT * FROM upgrade_before EXCEPT SELECT * FROM upgrade_after);

SELECT 'added: the column ' || m.name || '.' || c.name
  FROM main.sqlite_master AS m, pragma_table_info(m.name, 'main') AS c
  WHERE lower(m.name) IN (SELECT "table" FROM upgrade_columns)
    AND (lower(m.name), lower(c.name)) NOT IN (SELECT * FROM upgrade_columns);

SELECT 'added: the ' || type || ' ' || name
  FROM upgrade_after
  WHERE (type, name) NOT IN (SELECT type, name FROM upgrade_before);

SELECT 'changed: the ' || type || ' ' || a.name
  FROM upgrade_after AS a JOIN upgrade_before AS b USING (type, name)
  WHERE a.sql <> b.sql AND type <> 'table';

SELECT 'removed: the ' || type || ' ' || name
  FROM upgrade_before
  WHERE (type, name) NOT IN (SELECT type, name FROM upgrade_after);

-- ---- and nothing is left behind in this connection ----

DROP TABLE upgrade_verdict;
DROP TABLE upgrade_before;
DROP TABLE upgrade_after;
DROP TABLE upgrade_columns;
COMMIT;

SELECT 'upgraded to ' || MAILFUNC_VERSION() || ': ' || count(*) || ' users'
  FROM main.users;
