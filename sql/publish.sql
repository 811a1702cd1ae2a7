-- Makes the copy of a mail database that Postfix reads: no password, nothing
-- that Postfix doesn't ask for. publish.sh runs it on a new, empty file:
--
--   sqlite3 -bail NEW -cmd '.parameter init' \
--     -cmd ".parameter set @maildb \"'/srv/mail/mail.db'\"" <publish.sql
--
-- Needs no extension. Everything is read in one transaction. A user without
-- a maildir, a duplicate, no domain at all, or a database of mailfunc 0.1.0,
-- where users.active is missing: an error, and no copy.

PRAGMA synchronous = FULL;
ATTACH 'file:' || @maildb || '?mode=rw' AS mail;
BEGIN;

CREATE TABLE domains (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE users (
  email   TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  maildir TEXT NOT NULL UNIQUE CHECK (maildir <> ''),
  quota   INTEGER,
  active  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE forwardings (
  source      TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  destination TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE transport (
  domain    TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  transport TEXT NOT NULL
) WITHOUT ROWID;

-- When this copy was made (UTC), from which file, and what was in it.
CREATE TABLE published (
  made    TEXT NOT NULL,
  source  TEXT NOT NULL,
  domains INTEGER NOT NULL CHECK (domains > 0),
  users   INTEGER NOT NULL
);

INSERT INTO domains SELECT domain FROM mail.domains;
INSERT INTO users SELECT email, maildir, quota, active IS 1 FROM mail.users;
INSERT INTO forwardings SELECT source, destination FROM mail.forwardings;
INSERT INTO transport SELECT domain, transport FROM mail.transport;
INSERT INTO published
  SELECT datetime('now'), @maildb, (SELECT count(*) FROM domains),
    (SELECT count(*) FROM users);

COMMIT;
PRAGMA main.integrity_check;
