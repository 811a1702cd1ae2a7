-- schema.sql: the tables of a mail server's users, and the triggers that
-- hash the passwords typed into them.
--
-- TO APPLY IT
--
--   sqlite3 -bail mail.db '.read schema.sql'
--
-- It is plain SQL: sqlite3_exec(), executescript() and their like take it
-- too, also inside a transaction. SQLite 3.31 or newer. The extension isn't
-- needed for this. If a statement fails, roll back.
--
-- Applying it again makes the triggers those of this version and changes
-- nothing else, not even what password_policy was set to since. Where a column
-- is missing, it stops: upgrade.sql adds it to tables of an older version,
-- adopt.sql takes over those of the tutorial.
--
-- TO USE IT
--
--   .load mailfunc
--   INSERT INTO domains(domain) VALUES ('example.com');
--   INSERT INTO users(email, password) VALUES ('Joe@example.com', 'secret');
--
-- stores joe@example.com, a hash with a salt of its own, the default quota, and
-- the maildir example.com/joe/. INSERT OR REPLACE, OR IGNORE, ON CONFLICT DO
-- UPDATE, INSERT ... SELECT, .import and UPDATE do the same. (Not OR and ON
-- CONFLICT in one statement: for a plain password the OR wins. And only
-- ON CONFLICT(email): another key that is taken is an error.)
--
-- A complete hash is stored as it is. What is neither a hash nor a plain
-- password, CRYPT_PROBLEM() says why, is an error.
--
-- Readers (Postfix, Courier, a backup) need no extension. Nor do those who
-- delete, change a quota, a name or active, or restore a dump. Without it a
-- write of e-mail, password or maildir fails with "no such function", and so
-- does one of domains, forwardings and password_policy.
--
-- YOUR OWN COLUMNS
--
--   ALTER TABLE users ADD COLUMN phone TEXT;
--   SELECT CARRY_COLUMNS();
--
-- Between the two, a plain password is an error. From then on the triggers
-- carry phone as they do quota. The same after RENAME COLUMN, and after this
-- file was applied again. To drop a column, apply this file first.
--
-- WHAT A PLAIN PASSWORD COSTS
--
-- A plain password must not reach the file, not for a moment. So the trigger
-- writes the hashed row itself and then drops the one that was asked for:
-- changes() is 0, total_changes() counts it, and RETURNING gives no row. The
-- workaround is to hash in the statement itself:
--
--   INSERT INTO users(email, password)
--     SELECT ?1, CRYPT(?2, method, cost) FROM password_policy;
--
-- (RETURNING then shows the row before e-mail and maildir were put right;
-- that is how RETURNING is with every AFTER trigger.)
--
-- One statement with many plain passwords (INSERT ... SELECT, VALUES with
-- thousands of rows, UPDATE ... FROM) first collects its rows in a temporary
-- table, which may reach a nameless file in the temporary directory, plain
-- passwords and all.
--
--   PRAGMA temp_store = MEMORY;
--
-- before it keeps them in memory; it empties TEMP, and with it what .parameter
-- has set. .import goes row by row and isn't affected.

SAVEPOINT mailfunc_schema;

-- Tables that are here already are left alone, so they must be ours. A verdict
-- fails with what to do instead: the first time before anything is done, for
-- those who stop at an error; at the end once more, with all that was done,
-- for a shell that doesn't stop.

CREATE TEMP TABLE mailfunc_remedy AS
  WITH needed("table", "column", is_key, remedy) AS (
    VALUES ('domains', 'domain', 1, 'adopt'), ('users', 'email', 1, 'adopt'),
      ('users', 'maildir', 0, 'adopt'), ('forwardings', 'source', 1, 'adopt'),
      ('transport', 'domain', 1, 'adopt'), ('users', 'active', 0, 'upgrade'),
      ('users', 'name', 0, 'upgrade'),
      ('password_policy', 'strength', 0, 'upgrade'))
  SELECT remedy FROM needed AS n
  WHERE EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE type IN ('table', 'view') AND name = n."table" COLLATE NOCASE)
  AND NOT EXISTS (
    SELECT 1 FROM pragma_table_info(n."table", 'main')
    WHERE name = n."column" COLLATE NOCASE AND pk >= n.is_key)
  ORDER BY remedy LIMIT 1;

CREATE TEMP TABLE mailfunc_verdict(remedy);
CREATE TEMP TRIGGER mailfunc_refuse BEFORE INSERT ON mailfunc_verdict
BEGIN
  SELECT CASE NEW.remedy
    WHEN 'upgrade' THEN RAISE(ABORT,
      'these are tables of an older mailfunc, .read upgrade.sql instead')
    WHEN 'adopt' THEN RAISE(ABORT,
      'these tables are not of mailfunc, .read adopt.sql takes them over')
    ELSE RAISE(ROLLBACK, 'nothing was changed, see above')
  END;
END;

INSERT INTO mailfunc_verdict SELECT remedy FROM mailfunc_remedy;

-- Postfix looks keys up in lower case, so a key that differs in case only is
-- the same key: NOCASE. Two rows for one key would make it answer with both,
-- joined by a comma, and deliver into a directory of that name.

CREATE TABLE IF NOT EXISTS domains (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY CHECK (domain <> '')
) WITHOUT ROWID;

-- password has no type on purpose. Declared TEXT, a 007 without quotes would
-- turn into '7' before a trigger could see it.
--
-- maildir is relative to Postfix's virtual_mailbox_base. It stays when the
-- e-mail address changes, for the mail stays too. It is NULL or '' only
-- between a statement's beginning and its end. The triggers see to it that it
-- is one, and to active, which an administrator may have had before us.

CREATE TABLE IF NOT EXISTS users (
  email TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  password NOT NULL,
  quota INTEGER NOT NULL DEFAULT 10485760
    CONSTRAINT "quota: a number of bytes, 0 or more" CHECK (
      typeof(quota) = 'integer' AND quota >= 0),
  maildir TEXT COLLATE NOCASE,
  active INTEGER NOT NULL DEFAULT 1, -- 0: no mail, no login
  name TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Without the NULLs, a row whose maildir is yet to be filled in isn't entered
-- here twice.
CREATE UNIQUE INDEX IF NOT EXISTS users_maildir
  ON users(maildir) WHERE maildir IS NOT NULL;

-- Several destinations go into one row, with commas between them.

CREATE TABLE IF NOT EXISTS forwardings (
  source TEXT NOT NULL COLLATE NOCASE PRIMARY KEY CHECK (source <> ''),
  destination TEXT NOT NULL CHECK (destination <> '')
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS transport (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY CHECK (domain <> ''),
  transport TEXT NOT NULL CHECK (transport <> '')
) WITHOUT ROWID;

-- How plain passwords are hashed from now on: CRYPT(password, method, cost).
-- One row.
--
--   UPDATE password_policy SET method = 'bcrypt', cost = 12;
--
-- strength 1: plain passwords that are easy to guess, PASSWORD_WEAKNESS() says
-- why, are refused; 0: they are not.
--
-- cost has no type on purpose: it is a number for most methods and a text
-- such as 'm=19456,t=2,p=1' for argon2id. NULL is the method's default.

CREATE TABLE IF NOT EXISTS password_policy (
  method TEXT NOT NULL,
  cost,
  strength INTEGER NOT NULL DEFAULT 0
);

-- From here on the triggers, always those of this version. Of an older one:

DROP TRIGGER IF EXISTS main.users_insert_fold;
DROP TRIGGER IF EXISTS main.users_update_fold;

DROP TRIGGER IF EXISTS main.users_insert_check;
DROP TRIGGER IF EXISTS main.users_insert_hash;
DROP TRIGGER IF EXISTS main.users_insert_fill;
DROP TRIGGER IF EXISTS main.users_update_check;
DROP TRIGGER IF EXISTS main.users_update_active;
DROP TRIGGER IF EXISTS main.users_update_hash;
DROP TRIGGER IF EXISTS main.users_update_fill;
DROP TRIGGER IF EXISTS main.domains_insert;
DROP TRIGGER IF EXISTS main.domains_update;
DROP TRIGGER IF EXISTS main.domains_delete;
DROP TRIGGER IF EXISTS main.domains_rename;
DROP TRIGGER IF EXISTS main.forwardings_insert;
DROP TRIGGER IF EXISTS main.forwardings_update;
DROP TRIGGER IF EXISTS main.password_policy_insert;
DROP TRIGGER IF EXISTS main.password_policy_delete;
DROP TRIGGER IF EXISTS main.password_policy_update;

-- While there is no trigger yet that asks POLICY_PROBLEM().
INSERT INTO password_policy(method, cost)
  SELECT 'yescrypt', NULL WHERE NOT EXISTS (SELECT 1 FROM password_policy);

-- The triggers of users. Each does one thing, and none relies on another
-- having run before it: SQLite promises no order.
--
-- MAILFUNC_RAISE() fails with the sentence it is given; RAISE() takes only a
-- literal before SQLite 3.47. It stands beside it, and is never reached, for
-- only where there is a RAISE(ABORT) does SQLite keep what it needs to take
-- back the rows before this one.
--
-- Nothing in a maildir's name sorts behind char(127). So the last one before
-- a/b/ and that is a/b/ itself, or lies in it, or, unless some lie in one
-- another already, is the only one that can hold it.

CREATE TRIGGER users_insert_check BEFORE INSERT ON users
BEGIN
  SELECT RAISE(ABORT, 'users') WHERE MAILFUNC_RAISE(CASE
    WHEN typeof(NEW.email) <> 'text' THEN
      'users.email: it is not text'
    WHEN MAILDIR(NEW.email) IS NULL THEN
      'users.email: ' || ADDRESS_PROBLEM(NEW.email)
    WHEN NOT EXISTS (
      SELECT 1 FROM domains WHERE domain = DOMAIN_OF(NEW.email)) THEN
      'users.email: its domain is not in the table domains, '
        || 'INSERT INTO domains(domain) VALUES ('
        || quote(DOMAIN_OF(NEW.email)) || ');'
    WHEN NEW.active NOT IN (0, 1) THEN
      'users.active: it is 1, or 0 for no mail and no login'
    WHEN NEW.maildir <> '' AND MAILDIR_PROBLEM(NEW.maildir) IS NOT NULL THEN
      'users.maildir: ' || MAILDIR_PROBLEM(NEW.maildir)
    -- Asked here, because OR REPLACE would delete the maildir's owner and
    -- OR IGNORE leave this row without one. Who is there already and gives
    -- none keeps his own.
    WHEN (
      SELECT MAILDIRS_MEET(maildir,
        coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)))
      FROM users
      WHERE maildir
          < coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)) || char(127)
        AND email <> NEW.email
      ORDER BY maildir DESC LIMIT 1)
    AND (NEW.maildir <> ''
      OR NOT EXISTS (SELECT 1 FROM users WHERE email = NEW.email)) THEN (
      SELECT 'users.maildir: ' || email || CASE
          WHEN maildir = coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email))
            THEN ' has this one'
          WHEN maildir > coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email))
            THEN ' has one inside of this'
          ELSE ' has one that this lies inside of'
        END || ', give another, such as maildir = '
          || quote(rtrim(MAILDIR(NEW.email), '/') || '.2/')
      FROM users
      WHERE maildir
          < coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)) || char(127)
        AND email <> NEW.email
      ORDER BY maildir DESC LIMIT 1)
  END) IS NOT NULL;
END;

-- For a plain password, and for a hash that may be about to replace a user
-- whose maildir isn't the one his address gives, letter by letter: it is kept,
-- for to a file system A/ and a/ are two.
--
-- The first INSERT is for a new user: what is wrong with the row is the error
-- that SQLite has for it. The second is for one who exists. OR IGNORE yields
-- to the conflict clause of the statement outside. If that has none, or an
-- ON CONFLICT DO, nothing is inserted here and the statement outside meets the
-- same row: it fails, or turns into its UPDATE, before it writes anything.
-- Who isn't there even now, the statement outside ignores.
--
-- Between the marks CARRY_COLUMNS() puts the columns that aren't of this file.

CREATE TRIGGER users_insert_hash BEFORE INSERT ON users
WHEN CRYPT_IS_HASH(NEW.password) = 0 OR typeof(NEW.password) = 'blob'
  OR (coalesce(NEW.maildir, '') = '' AND EXISTS (
    SELECT 1 FROM users
    WHERE email = NEW.email
      AND maildir <> MAILDIR(NEW.email) COLLATE BINARY))
BEGIN
  SELECT RAISE(ABORT, 'users') WHERE MAILFUNC_RAISE(CASE
    WHEN TABLE_COLUMNS((
        SELECT sql FROM sqlite_master
        WHERE type = 'table' AND name = 'users' COLLATE NOCASE))
      IS NOT
/*own 'columns'*/'"email","password","quota","maildir","active","name"'/*end*/
      THEN
      'users: it has columns that the triggers do not know, '
        || 'run SELECT CARRY_COLUMNS();'
    WHEN NOT EXISTS (SELECT 1 FROM password_policy) THEN
      'password_policy: it has no row, .read schema.sql'
    WHEN typeof(NEW.password) = 'blob' AND CRYPT_IS_HASH(NEW.password) THEN
      'users.password: a hash must be text, not a blob'
    ELSE 'users.password: ' || coalesce(CRYPT_PROBLEM(NEW.password), (
      SELECT PASSWORD_PROBLEM(NEW.password, method) FROM password_policy
      WHERE NOT CRYPT_IS_HASH(NEW.password)), (
      SELECT 'easy to guess: ' || PASSWORD_WEAKNESS(NEW.password, NEW.email)
      FROM password_policy WHERE strength AND NOT CRYPT_IS_HASH(NEW.password)))
  END) IS NOT NULL;
  INSERT INTO users(email, password, quota, maildir, active, name
      /*own , column*//*end*/)
    SELECT NEW.email,
      (SELECT CRYPT_ONCE(NEW.password, method, cost) FROM password_policy),
      NEW.quota, coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)),
      NEW.active, NEW.name /*own , NEW.column*//*end*/
    WHERE NOT EXISTS (SELECT 1 FROM users WHERE email = NEW.email);
  SELECT RAISE(IGNORE) WHERE changes() = 1;
  INSERT OR IGNORE INTO users(email, password, quota, maildir, active, name
      /*own , column*//*end*/)
    SELECT NEW.email,
      (SELECT CRYPT_ONCE(NEW.password, method, cost) FROM password_policy),
      NEW.quota, coalesce(nullif(NEW.maildir, ''), maildir),
      NEW.active, NEW.name /*own , NEW.column*//*end*/
    FROM users WHERE email = NEW.email;
  SELECT RAISE(IGNORE) WHERE changes() = 1
    OR NOT EXISTS (SELECT 1 FROM users WHERE email = NEW.email);
END;

CREATE TRIGGER users_insert_fill AFTER INSERT ON users
WHEN coalesce(NEW.maildir, '') = ''
  OR NEW.email <> lower(NEW.email) COLLATE BINARY
BEGIN
  UPDATE users
    SET email = lower(email),
      maildir = coalesce(nullif(maildir, ''), MAILDIR(email))
    WHERE email = NEW.email;
END;

-- The WHEN leaves out what ..._fill does: the checks were done.

CREATE TRIGGER users_update_check BEFORE UPDATE OF email, maildir ON users
WHEN NEW.email <> OLD.email
  OR (OLD.maildir <> '' AND NEW.maildir IS NOT OLD.maildir)
BEGIN
  SELECT RAISE(ABORT, 'users') WHERE MAILFUNC_RAISE(CASE
    WHEN typeof(NEW.email) <> 'text' THEN
      'users.email: it is not text'
    WHEN MAILDIR(NEW.email) IS NULL THEN
      'users.email: ' || ADDRESS_PROBLEM(NEW.email)
    WHEN NOT EXISTS (
      SELECT 1 FROM domains WHERE domain = DOMAIN_OF(NEW.email)) THEN
      'users.email: its domain is not in the table domains, '
        || 'INSERT INTO domains(domain) VALUES ('
        || quote(DOMAIN_OF(NEW.email)) || ');'
    WHEN NEW.maildir <> '' AND MAILDIR_PROBLEM(NEW.maildir) IS NOT NULL THEN
      'users.maildir: ' || MAILDIR_PROBLEM(NEW.maildir)
    WHEN (
      SELECT MAILDIRS_MEET(maildir,
        coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)))
      FROM users
      WHERE maildir
          < coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)) || char(127)
        AND email <> OLD.email AND email <> NEW.email
      ORDER BY maildir DESC LIMIT 1) THEN (
      SELECT 'users.maildir: ' || email || CASE
          WHEN maildir = coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email))
            THEN ' has this one'
          WHEN maildir > coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email))
            THEN ' has one inside of this'
          ELSE ' has one that this lies inside of'
        END || ', give another, such as maildir = '
          || quote(rtrim(MAILDIR(NEW.email), '/') || '.2/')
      FROM users
      WHERE maildir
          < coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email)) || char(127)
        AND email <> OLD.email AND email <> NEW.email
      ORDER BY maildir DESC LIMIT 1)
  END) IS NOT NULL;
END;

-- Needs no extension.

CREATE TRIGGER users_update_active BEFORE UPDATE OF active ON users
WHEN NEW.active NOT IN (0, 1)
BEGIN
  SELECT RAISE(ABORT, 'users.active: it is 1, or 0 for no mail and no login');
END;

-- The statement outside never goes on with a plain password.

CREATE TRIGGER users_update_hash BEFORE UPDATE OF password ON users
WHEN CRYPT_IS_HASH(NEW.password) = 0 OR typeof(NEW.password) = 'blob'
BEGIN
  SELECT RAISE(ABORT, 'users') WHERE MAILFUNC_RAISE(CASE
    WHEN TABLE_COLUMNS((
        SELECT sql FROM sqlite_master
        WHERE type = 'table' AND name = 'users' COLLATE NOCASE))
      IS NOT
/*own 'columns'*/'"email","password","quota","maildir","active","name"'/*end*/
      THEN
      'users: it has columns that the triggers do not know, '
        || 'run SELECT CARRY_COLUMNS();'
    WHEN NOT EXISTS (SELECT 1 FROM password_policy) THEN
      'password_policy: it has no row, .read schema.sql'
    WHEN typeof(NEW.password) = 'blob' AND CRYPT_IS_HASH(NEW.password) THEN
      'users.password: a hash must be text, not a blob'
    ELSE 'users.password: ' || coalesce(CRYPT_PROBLEM(NEW.password), (
      SELECT PASSWORD_PROBLEM(NEW.password, method) FROM password_policy), (
      SELECT 'easy to guess: ' || PASSWORD_WEAKNESS(NEW.password, NEW.email)
      FROM password_policy WHERE strength))
  END) IS NOT NULL;
  UPDATE users
    SET email = NEW.email, quota = NEW.quota, maildir = NEW.maildir,
      active = NEW.active, name = NEW.name
      /*own , column = NEW.column*//*end*/,
      password =
        (SELECT CRYPT(NEW.password, method, cost) FROM password_policy)
    WHERE email = OLD.email;
  SELECT RAISE(IGNORE);
END;

CREATE TRIGGER users_update_fill AFTER UPDATE OF email, maildir ON users
WHEN coalesce(NEW.maildir, '') = ''
  OR NEW.email <> lower(NEW.email) COLLATE BINARY
BEGIN
  UPDATE users
    SET email = lower(email),
      maildir = coalesce(nullif(maildir, ''), MAILDIR(email))
    WHERE email = NEW.email;
END;

-- A domain is one that a mailbox can have.

CREATE TRIGGER domains_insert BEFORE INSERT ON domains
BEGIN
  SELECT RAISE(ABORT, 'domains') WHERE MAILFUNC_RAISE('domains.domain: ' ||
    CASE typeof(NEW.domain)
      WHEN 'blob' THEN 'it is not text'
      ELSE ADDRESS_PROBLEM('postmaster@' || NEW.domain)
    END) IS NOT NULL;
END;

CREATE TRIGGER domains_update BEFORE UPDATE OF domain ON domains
BEGIN
  SELECT RAISE(ABORT, 'domains') WHERE MAILFUNC_RAISE('domains.domain: ' ||
    CASE typeof(NEW.domain)
      WHEN 'blob' THEN 'it is not text'
      ELSE ADDRESS_PROBLEM('postmaster@' || NEW.domain)
    END) IS NOT NULL;
END;

-- These two read every user's address once, which takes 10 ms for 50,000: an
-- index of domains would cost more, at every new user.

CREATE TRIGGER domains_delete BEFORE DELETE ON domains
WHEN EXISTS (
  SELECT 1 FROM users
  WHERE substr(email, instr(email, '@') + 1) = OLD.domain COLLATE NOCASE)
BEGIN
  SELECT RAISE(ABORT,
    'domains: this one still has users, delete or move them first');
END;

CREATE TRIGGER domains_rename BEFORE UPDATE OF domain ON domains
WHEN NEW.domain <> OLD.domain AND EXISTS (
  SELECT 1 FROM users
  WHERE substr(email, instr(email, '@') + 1) = OLD.domain COLLATE NOCASE)
BEGIN
  SELECT RAISE(ABORT,
    'domains: this one still has users, delete or move them first');
END;

CREATE TRIGGER forwardings_insert BEFORE INSERT ON forwardings
BEGIN
  SELECT RAISE(ABORT, 'forwardings') WHERE MAILFUNC_RAISE(
    'forwardings.' || FORWARDING_PROBLEM(NEW.source, NEW.destination))
    IS NOT NULL;
END;

CREATE TRIGGER forwardings_update
BEFORE UPDATE OF source, destination ON forwardings
BEGIN
  SELECT RAISE(ABORT, 'forwardings') WHERE MAILFUNC_RAISE(
    'forwardings.' || FORWARDING_PROBLEM(NEW.source, NEW.destination))
    IS NOT NULL;
END;

CREATE TRIGGER password_policy_insert BEFORE INSERT ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: it has its row already, UPDATE that')
    WHERE EXISTS (SELECT 1 FROM password_policy);
  SELECT RAISE(ABORT,
      'password_policy: strength is 1, or 0 for passwords easy to guess')
    WHERE NEW.strength NOT IN (0, 1);
  SELECT MAILFUNC_RAISE(
    'password_policy: ' || POLICY_PROBLEM(NEW.method, NEW.cost));
END;

CREATE TRIGGER password_policy_delete BEFORE DELETE ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: its row can''t be deleted, UPDATE it');
END;

CREATE TRIGGER password_policy_update BEFORE UPDATE ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: method must not be NULL')
    WHERE NEW.method IS NULL;
  SELECT RAISE(ABORT,
      'password_policy: strength is 1, or 0 for passwords easy to guess')
    WHERE NEW.strength NOT IN (0, 1);
  SELECT MAILFUNC_RAISE(
    'password_policy: ' || POLICY_PROBLEM(NEW.method, NEW.cost));
END;

INSERT INTO mailfunc_verdict SELECT 'and all is undone' FROM mailfunc_remedy;
DROP TABLE mailfunc_verdict;
DROP TABLE mailfunc_remedy;

RELEASE mailfunc_schema;
