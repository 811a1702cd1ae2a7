-- mail-0.1.0.sql: a database of mailfunc 0.1.0, as the sqlite3 shell dumped it
--
-- Made with that version's extension and its schema.sql. The password of every
-- user is 'secret'; phone, "created at", own_notes and own_index are of the
-- administrator's own. upgrade.t brings it up to date.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE domains (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY
    CONSTRAINT "domain: letters, digits, hyphens and dots" CHECK (
      typeof(domain) = 'text' AND domain <> ''
      AND domain NOT GLOB '*[^-.0-9A-Za-z]*' AND instr(domain, char(0)) = 0)
) WITHOUT ROWID;
INSERT INTO domains VALUES('example.com');
INSERT INTO domains VALUES('example.org');
INSERT INTO domains VALUES('Xn--Bcher-kva.Example');
CREATE TABLE users (
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
, phone TEXT, "created at" TEXT NOT NULL DEFAULT '2019-04-01') WITHOUT ROWID;
INSERT INTO users VALUES('anna@example.com','$2b$04$tU2L3RJElvsGuJqZMj/sH.nvsNg98Q3GbNXDyFg4xgltN/njCDAlS',0,'old/ann/',NULL,'2019-04-01');
INSERT INTO users VALUES('dan@example.org','$y$j75$mRXh7a3rI06texmvHpLve0$wPj.XliJWNEsc.4EqhxA6w0vEMRU9FEWoVVKdD6t9bA',10485760,'example.org/dan/','Büro, 2. Stock','2019-04-01');
INSERT INTO users VALUES('joe@example.com','$2b$04$SBUJ552Bpgz40Q.bfwFxreyDXRdMlNGqBNY25qdWAEYCpUsOBl2F2',10485760,'example.com/joe/','+49 30 ''12''','2020-02-29');
INSERT INTO users VALUES('label@example.com','{CRYPT}qVRZaqrr/EXbM',6,'example.com/label/',NULL,'2019-04-01');
INSERT INTO users VALUES('locked@example.com','!$1$saltsalt$9xy1btjgzLYfb7hivXtC//',7,'example.com/locked/',NULL,'2019-04-01');
INSERT INTO users VALUES('md5@example.com','$1$saltsalt$9xy1btjgzLYfb7hivXtC//',2,'example.com/md5/',NULL,'2019-04-01');
INSERT INTO users VALUES('o.brien+x@xn--bcher-kva.example','$argon2id$v=19$m=64,t=1,p=1$nVly8x/RTEXIQI+9RD0Sng$fPOk48I6hgPQwvLTZhsNxsHMY/h5p672ACU7iKgAHi4',10485760,'xn--bcher-kva.example/o.brien+x/',NULL,'2019-04-01');
INSERT INTO users VALUES('php@example.com','$argon2id$v=19$m=32768,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$ON9P91sKF0tCCo0733TF7matCfNYUnGWOPKaCGj/4Ts',4,'example.com/php/',NULL,'2019-04-01');
INSERT INTO users VALUES('sha512@example.com','$6$rounds=1234$s$nC.aGdNj2Ovxcdm/U0kIkZMaL95E8bwJuAl47m9ZO2odcxwhdB0TKBq.Gr.C.8chGUCTQoghwgCC4JQVvEWI61',3,'example.com/sha512/',NULL,'2019-04-01');
INSERT INTO users VALUES('sha@example.com','{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',9223372036854775807,'example.com/sha/',X'00ff','2019-04-01');
INSERT INTO users VALUES('ssha@example.com','{SSHA.hex}8152bc582f58c854f580cb101d3182813dec4afe73616c74',1,'example.com/ssha/',NULL,'2019-04-01');
CREATE TABLE forwardings (
  source TEXT NOT NULL COLLATE NOCASE PRIMARY KEY CHECK (source <> ''),
  destination TEXT NOT NULL CHECK (destination <> '')
) WITHOUT ROWID;
INSERT INTO forwardings VALUES('@example.org','joe@example.com');
INSERT INTO forwardings VALUES('info@example.com','joe@example.com, anna@example.com');
INSERT INTO forwardings VALUES('odd@example.com','a b');
CREATE TABLE transport (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY CHECK (domain <> ''),
  transport TEXT NOT NULL CHECK (transport <> '')
) WITHOUT ROWID;
INSERT INTO transport VALUES('example.org','smtp:[mx.example.net]');
INSERT INTO transport VALUES('lists.example.com','lmtp:[127.0.0.1]:24');
CREATE TABLE password_policy (
  method TEXT NOT NULL,
  cost
);
INSERT INTO password_policy VALUES('bcrypt',11);
CREATE TABLE own_notes(email, note);
INSERT INTO own_notes VALUES('joe@example.com','since 2019');
CREATE UNIQUE INDEX users_maildir
  ON users(maildir) WHERE maildir IS NOT NULL;
CREATE TRIGGER users_insert_check BEFORE INSERT ON users
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
END
;
CREATE TRIGGER users_insert_hash BEFORE INSERT ON users
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
CREATE TRIGGER users_insert_fold AFTER INSERT ON users
WHEN NEW.email <> lower(NEW.email) COLLATE BINARY
BEGIN
  UPDATE users SET email = lower(email) WHERE email = NEW.email;
END;
CREATE TRIGGER users_insert_fill AFTER INSERT ON users
WHEN coalesce(NEW.maildir, '') = ''
BEGIN
  UPDATE users SET maildir = MAILDIR(email) WHERE email = NEW.email;
END;
CREATE TRIGGER users_update_check
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
CREATE TRIGGER users_update_hash
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
CREATE TRIGGER users_update_fold
AFTER UPDATE OF email, maildir ON users
WHEN NEW.email <> lower(NEW.email) COLLATE BINARY
BEGIN
  UPDATE users SET email = lower(email) WHERE email = NEW.email;
END;
CREATE TRIGGER users_update_fill
AFTER UPDATE OF email, maildir ON users
WHEN coalesce(NEW.maildir, '') = ''
BEGIN
  UPDATE users SET maildir = MAILDIR(email) WHERE email = NEW.email;
END;
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
CREATE TRIGGER password_policy_insert
BEFORE INSERT ON password_policy
WHEN EXISTS (SELECT 1 FROM password_policy)
BEGIN
  SELECT RAISE(ABORT, 'password_policy: it has its row already, UPDATE that');
END;
CREATE TRIGGER password_policy_delete
BEFORE DELETE ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: its row can''t be deleted, UPDATE it');
END;
CREATE TRIGGER password_policy_update
BEFORE UPDATE ON password_policy
BEGIN
  SELECT RAISE(ABORT, 'password_policy: method must not be NULL')
    WHERE GEN_SALT(NEW.method, NEW.cost) IS NULL;
END;
CREATE INDEX own_index ON users(quota);
COMMIT;
