-- Makes the copy of a mail database that Postfix reads: no password, nothing
-- that Postfix doesn't ask for. publish.sh runs it on a new, empty file:
--
--   sqlite3 -bail NEW -cmd '.parameter init' \
--     -cmd ".parameter set @maildb \"'/srv/mail/mail.db'\"" <publish.sql
--
-- Needs no extension. Everything is read in one transaction. A user without
-- a maildir, a duplicate, no domain at all, or a database of mailfunc 0.1.0,
-- where users.active is missing: an error, and no copy.
--
-- The same rows make the same bytes, but for published.made, which is @made
-- if that is given. The file may not be on the disk yet when this ends.

PRAGMA main.synchronous = OFF;
ATTACH 'file:' || @maildb || '?mode=rw' AS mail;
BEGIN;

CREATE TABLE domains (
  domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE users (
  email   TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  maildir TEXT
    CONSTRAINT "users: one has no maildir" CHECK (coalesce(maildir, '') <> ''),
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
  domains INTEGER NOT NULL
    CONSTRAINT "domains: there is none" CHECK (domains > 0),
  users   INTEGER NOT NULL
);

-- In the order of their keys, so that each goes in behind the last.
INSERT INTO domains
  SELECT domain FROM mail.domains ORDER BY domain COLLATE NOCASE;
INSERT INTO users SELECT email, maildir, quota, active IS 1
  FROM mail.users ORDER BY email COLLATE NOCASE;
INSERT INTO forwardings SELECT source, destination
  FROM mail.forwardings ORDER BY source COLLATE NOCASE;
INSERT INTO transport SELECT domain, transport
  FROM mail.transport ORDER BY domain COLLATE NOCASE;
INSERT INTO published
  SELECT coalesce(@made, datetime('now')), @maildb,
    (SELECT count(*) FROM domains), (SELECT count(*) FROM users);

-- By the mail database's index: one of its own would double the copy.
CREATE TEMP TABLE shared (
  maildir CONSTRAINT "users: two have one maildir" CHECK (maildir IS NULL));
INSERT INTO shared SELECT maildir FROM mail.users WHERE maildir IS NOT NULL
  GROUP BY maildir HAVING count(*) > 1 LIMIT 1;

COMMIT;
PRAGMA main.integrity_check;
