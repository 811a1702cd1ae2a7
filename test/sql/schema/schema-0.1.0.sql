-- schema.sql: the tables of a mail server's users, and the triggers that
-- hash the passwords typed into them.
--
-- TO APPLY IT
--
--   sqlite3 -bail mail.db '.read schema.sql'
--
-- It is plain SQL: sqlite3_exec(), executescript() and their like take it
-- too, also inside a transaction. SQLite 3.31 or newer. The extension isn't
-- needed for this. Applying it again changes nothing, not even what
-- password_policy was set to since. If a statement fails, roll back: an old
-- table that is called users but has no maildir is such a case. Rename it
-- first, apply this, INSERT INTO users(email, password, quota) SELECT from it,
-- then DROP it and VACUUM, for its plain passwords are still in the file.
--
-- TO USE IT
--
--   .load mailfunc
--   INSERT INTO domains(domain) VALUES ('example.com');
--   INSERT INTO users(email, password) VALUES ('Joe@example.com', 'secret');
--
-- stores joe@example.com, a yescrypt hash with a salt of its own, the default
-- quota, and the maildir example.com/joe/. INSERT OR REPLACE, OR IGNORE,
-- ON CONFLICT DO UPDATE, INSERT ... SELECT, .import and UPDATE do the same.
-- (Not OR and ON CONFLICT in one statement: for a plain password the OR wins.)
--
-- A complete hash is stored as it is. A number (quotes forgotten), a damaged
-- hash, an empty password, and the marks * *0 *1 ! and !! are errors.
--
-- Who only reads (Postfix, Courier, a backup) needs no extension, nor does
-- who deletes a user, changes a quota, or restores a dump. Without it a write
-- of e-mail, password or maildir fails with "no such function", and so does
-- one of password_policy.
--
-- WHAT A PLAIN PASSWORD COSTS
--
-- A plain password must not reach the file, not for a moment. So the trigger
-- writes the hashed row itself and then drops the one that was asked for:
-- changes() is 0 and RETURNING gives no row. Who needs them writes
--
--   INSERT INTO users(email, password) VALUES (?1, CRYPT(?2));
--
-- (RETURNING then shows the row before e-mail and maildir were put right;
-- that is how RETURNING is with every AFTER trigger.)
--
-- One statement with many plain passwords (INSERT ... SELECT, VALUES with
-- thousands of rows, UPDATE ... FROM) first collects its rows in a temporary
-- table. SQLite holds that in memory up to some 2 MB and then in a nameless
-- file in the temporary directory, plain passwords and all.
--
--   PRAGMA temp_store = MEMORY;
--
-- before it keeps them in memory. .import goes row by row and isn't affected.

SAVEPOINT mailfunc_schema;

-- Postfix looks keys up in lower case, so a key that differs in case only is
-- the same key: NOCASE. Two rows for one key would make it answer with both,
-- joined by a comma, and deliver into a directory of that name.

CREATE TABLE IF NOT EXISTS domains (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY
    CONSTRAINT "domain: letters, digits, hyphens and dots" CHECK (
      typeof(domain) = 'text' AND domain <> ''
      AND domain NOT GLOB '*[^-.0-9A-Za-z]*' AND instr(domain, char(0)) = 0)
) WITHOUT ROWID;

-- password has no type on purpose. Declared TEXT, a 007 without quotes would
-- turn into '7' before a trigger could see it.
--
-- maildir is relative to Postfix's virtual_mailbox_base. It stays when the
-- e-mail address changes, for the mail stays too. It is NULL or '' only
-- between a statement's beginning and its end.

CREATE TABLE IF NOT EXISTS users (
  email TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  password NOT NULL,
  quota INTEGER NOT NULL DEFAULT 10485760
    CONSTRAINT "quota: a number of bytes, 0 or more" CHECK (
      typeof(quota) = 'integer' AND quota >= 0),
  maildir TEXT COLLATE NOCASE
    CONSTRAINT "maildir: a relative path like example.com/joe/" CHECK (
      coalesce(maildir, '') = '' OR (
        -- a blob is equal to no text, and would not be seen to be taken
        typeof(maildir) = 'text' AND maildir GLOB '*/'
        AND maildir NOT GLOB '*[^!-~]*' AND instr(maildir, char(0)) = 0
        -- no part is empty or begins with a dot
        AND '/' || maildir NOT GLOB '*/[./]*'))
) WITHOUT ROWID;

-- Without the NULLs, a row whose maildir is yet to be filled in isn't entered
-- here twice. An old table users that has no maildir fails here.
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

-- How plain passwords are hashed from now on: GEN_SALT(method, cost). One row.
--
--   UPDATE password_policy SET method = 'bcrypt', cost = 12;
--
-- cost has no type on purpose: it is a number for most methods and a text
-- such as 'm=19456,t=2,p=1' for argon2id. NULL is the method's default.

CREATE TABLE IF NOT EXISTS password_policy (
  method TEXT NOT NULL,
  cost
);

INSERT INTO password_policy(method, cost)
  SELECT 'yescrypt', 5 WHERE NOT EXISTS (SELECT 1 FROM password_policy);

-- The triggers of users. Each does one thing, and none relies on another
-- having run before it: SQLite promises no order.

CREATE TRIGGER IF NOT EXISTS users_insert_check BEFORE INSERT ON users
BEGIN
  SELECT CASE
    WHEN typeof(NEW.email) <> 'text' OR MAILDIR(NEW.email) IS NULL THEN
      RAISE(ABORT,
        'users.email: not a mailbox address, ADDRESS_PROBLEM(email) says why')
    WHEN NOT EXISTS (
      SELECT 1 FROM domains WHERE domain = DOMAIN_OF(NEW.email)) THEN
      RAISE(ABORT, 'users.email: its domain is not in the table domains')
    -- Asked here, because OR REPLACE would delete the maildir's owner and
    -- OR IGNORE leave this row without one. Who is there already and gives
    -- none keeps his own.
    WHEN EXISTS (
      SELECT 1 FROM users
      WHERE maildir = coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email))
        AND email <> NEW.email)
    AND (NEW.maildir <> ''
      OR NOT EXISTS (SELECT 1 FROM users WHERE email = NEW.email)) THEN
      RAISE(ABORT,
        'users.maildir: another user has this one, give one that is free')
  END;
END;

-- For a plain password, and for a hash that may be about to replace a user
-- whose maildir isn't the one his address gives, letter by letter: it is kept,
-- for to a file system A/ and a/ are two.
--
-- OR IGNORE yields to the conflict clause of the statement outside. If that
-- has none, or an ON CONFLICT DO, and the user exists, nothing is inserted
-- here and the statement outside meets the same row: it fails, or turns into
-- its UPDATE, before it writes anything.

CREATE TRIGGER IF NOT EXISTS users_insert_hash BEFORE INSERT ON users
WHEN CRYPT_IS_HASH(NEW.password) = 0 OR typeof(NEW.password) = 'blob'
  OR (coalesce(NEW.maildir, '') = '' AND EXISTS (
    SELECT 1 FROM users
    WHERE email = NEW.email
      AND maildir <> MAILDIR(NEW.email) COLLATE BINARY))
BEGIN
  SELECT CASE
    WHEN NEW.password IN ('*', '*0', '*1', '!', '!!') THEN
      RAISE(ABORT,
        'users.password: a mark of a lock or a failure is not a password')
    WHEN typeof(NEW.password) = 'blob' AND CRYPT_IS_HASH(NEW.password) THEN
      RAISE(ABORT, 'users.password: a hash must be text, not a blob')
  END;
  INSERT OR IGNORE INTO users(email, password, quota, maildir)
    SELECT NEW.email,
      CASE CRYPT_IS_HASH(NEW.password)
        WHEN 1 THEN NEW.password
        ELSE CRYPT(NEW.password,
          (SELECT GEN_SALT(method, cost) FROM password_policy))
      END,
      NEW.quota,
      coalesce(nullif(NEW.maildir, ''),
        (SELECT maildir FROM users WHERE email = NEW.email),
        MAILDIR(NEW.email));
  SELECT RAISE(IGNORE) WHERE changes() = 1;
  SELECT RAISE(ABORT,
      'users: not stored, the quota, maildir or password_policy is wrong')
    WHERE NOT EXISTS (SELECT 1 FROM users WHERE email = NEW.email);
END;

CREATE TRIGGER IF NOT EXISTS users_insert_fold AFTER INSERT ON users
WHEN NEW.email <> lower(NEW.email) COLLATE BINARY
BEGIN
  UPDATE users SET email = lower(email) WHERE email = NEW.email;
END;

CREATE TRIGGER IF NOT EXISTS users_insert_fill AFTER INSERT ON users
WHEN coalesce(NEW.maildir, '') = ''
BEGIN
  UPDATE users SET maildir = MAILDIR(email) WHERE email = NEW.email;
END;

-- The WHEN leaves out what ..._fold and ..._fill do: the checks were done.

CREATE TRIGGER IF NOT EXISTS users_update_check
BEFORE UPDATE OF email, maildir ON users
WHEN NEW.email <> OLD.email
  OR (OLD.maildir <> '' AND NEW.maildir IS NOT OLD.maildir)
BEGIN
  SELECT CASE
    WHEN typeof(NEW.email) <> 'text' OR MAILDIR(NEW.email) IS NULL THEN
      RAISE(ABORT,
        'users.email: not a mailbox address, ADDRESS_PROBLEM(email) says why')
    WHEN NOT EXISTS (
      SELECT 1 FROM domains WHERE domain = DOMAIN_OF(NEW.email)) THEN
      RAISE(ABORT, 'users.email: its domain is not in the table domains')
    WHEN EXISTS (
      SELECT 1 FROM users
      WHERE maildir = coalesce(nullif(NEW.maildir, ''), MAILDIR(NEW.email))
        AND email <> OLD.email AND email <> NEW.email) THEN
      RAISE(ABORT,
        'users.maildir: another user has this one, give one that is free')
  END;
END;

-- The statement outside never goes on with a plain password.

CREATE TRIGGER IF NOT EXISTS users_update_hash
BEFORE UPDATE OF password ON users
WHEN CRYPT_IS_HASH(NEW.password) = 0 OR typeof(NEW.password) = 'blob'
BEGIN
  SELECT CASE
    WHEN NEW.password IN ('*', '*0', '*1', '!', '!!') THEN
      RAISE(ABORT,
        'users.password: a mark of a lock or a failure is not a password')
    WHEN typeof(NEW.password) = 'blob' AND CRYPT_IS_HASH(NEW.password) THEN
      RAISE(ABORT, 'users.password: a hash must be text, not a blob')
  END;
  UPDATE users
    SET email = NEW.email, quota = NEW.quota, maildir = NEW.maildir,
      password = CRYPT(NEW.password,
        (SELECT GEN_SALT(method, cost) FROM password_policy))
    WHERE email = OLD.email;
  SELECT RAISE(IGNORE);
END;

CREATE TRIGGER IF NOT EXISTS users_update_fold
AFTER UPDATE OF email, maildir ON users
WHEN NEW.email <> lower(NEW.email) COLLATE BINARY
BEGIN
  UPDATE users SET email = lower(email) WHERE email = NEW.email;
END;

CREATE TRIGGER IF NOT EXISTS users_update_fill
AFTER UPDATE OF email, maildir ON users
WHEN coalesce(NEW.maildir, '') = ''
BEGIN
  UPDATE users SET maildir = MAILDIR(email) WHERE email = NEW.email;
END;

-- These two read every user's address once, which takes 10 ms for 50,000: an
-- index of domains would cost more, at every new user.

CREATE TRIGGER IF NOT EXISTS domains_delete BEFORE DELETE ON domains
WHEN EXISTS (
  SELECT 1 FROM users
  WHERE substr(email, instr(email, '@') + 1) = OLD.domain COLLATE NOCASE)
BEGIN
  SELECT RAISE(ABORT,
    'domains: this one still has users, delete or move them first');
END;

CREATE TRIGGER IF NOT EXISTS domains_rename BEFORE UPDATE OF domain ON domains
WHEN NEW.domain <> OLD.domain AND EXISTS (
  SELECT 1 FROM users
  WHERE substr(email, instr(email, '@') + 1) = OLD.domain COLLATE NOCASE)
BEGIN
  SELECT RAISE(ABORT,
    'domains: this one still has users, delete or move them first');
END;

CREATE TRIGGER IF NOT EXISTS password_policy_insert
BEFORE INSERT ON password_policy
WHEN EXISTS (SELECT 1 FROM password_policy)
BEGIN
  SELECT RAISE(ABORT, 'password_policy: it has its row already, UPDATE that');
END;

CREATE TRIGGER IF NOT EXISTS password_policy_delete
BEFORE DELETE ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: its row can''t be deleted, UPDATE it');
END;

-- GEN_SALT itself raises the error for a method or a cost it doesn't know.

CREATE TRIGGER IF NOT EXISTS password_policy_update
BEFORE UPDATE ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: method must not be NULL')
    WHERE GEN_SALT(NEW.method, NEW.cost) IS NULL;
END;

RELEASE mailfunc_schema;
