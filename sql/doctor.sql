-- doctor.sql: what is wrong with a mail database
--
--   sqlite3 -readonly /srv/mail/mail.db -cmd '.load mailfunc' \
--     '.read /usr/share/mailfunc/doctor.sql'
--
-- It only reads, never shows a password, and takes a database in any state:
-- one of the tutorial's, one without some of the tables, one with damaged
-- rows. All is well if it prints nothing. Else a finding is a row:
--
--   severity  error: mail or a login fails now, or a password can be read
--             warning: it works, but not for long, or not for everybody
--             note: worth knowing
--   table     where it is
--   key       the address or the domain; x'...' if it can't be printed
--   what      what is wrong
--   remedy    what to do, mostly one line of SQL
--
-- -box behind sqlite3 makes a table of it. A million users take some seconds;
-- on a terminal it says how far it is.
--
-- It stops at the first error. Where sqlite3 can't even begin to read the file,
-- because its first pages are damaged, or because a killed writer left a
-- journal that -readonly can't play back, that is sqlite3's own message;
-- doctor.sh --database FILE makes a finding of it, and has an exit status for
-- monitoring.

.bail on

-- Without the extension it ends here.
SELECT MAILFUNC_VERSION() WHERE 0;

-- Damage comes first, for reading on may end here. What quick_check says of a
-- row that a constraint forbids is not damage, and is said below.

.shell test ! -t 2 || echo doctor: the file >&2

SELECT 'error' AS severity, NULL AS "table", NULL AS "key",
    'the file is damaged: ' || replace(replace(quick_check,
      '*** in database main ***' || char(10), ''), char(10), '; ') AS what,
    'your backup, or sqlite3 damaged.db .recover | sqlite3 new.db' AS remedy
  FROM pragma_quick_check
  WHERE quick_check <> 'ok' AND quick_check NOT LIKE '% value in %'
    AND quick_check NOT LIKE 'CHECK constraint failed in %'
  LIMIT 5;

-- A name that isn't in the mail database is looked for in this one, which is
-- in memory. So a table that is missing is an empty one. (As an URI because
-- -readonly would make a plain :memory: read-only, too.)

ATTACH 'file:doctor?mode=memory' AS doctor;
CREATE TABLE doctor.domains(domain);
CREATE TABLE doctor.users(email, password, quota, maildir, active);
CREATE TABLE doctor.forwardings(source, destination);
CREATE TABLE doctor.transport(domain, transport);
CREATE TABLE doctor.password_policy(method, cost);

-- In "what", %s stands for "other"; in "remedy", for the key as SQL wants it.
CREATE TABLE doctor.finding(severity, place, key, other, what, remedy);

-- NATURAL LEFT JOIN gives a column that is missing in the table, as NULL.

CREATE TEMP VIEW doctor_user AS
  SELECT email, password, quota, maildir, active
  FROM users NATURAL LEFT JOIN (
    SELECT NULL AS email, NULL AS password, NULL AS quota, NULL AS maildir,
      NULL AS active);

-- The same for what asks for no other column, so that it can be answered from
-- the index of maildirs.

CREATE TEMP VIEW doctor_maildir AS
  SELECT email, maildir
  FROM users NATURAL LEFT JOIN (SELECT NULL AS maildir)
  WHERE maildir IS NOT NULL;

-- ---- what schema.sql has made ----

-- A fingerprint for each index and trigger, and what matters of each column.
-- After a change of schema.sql, test/system/admin/fingerprints.sh writes these
-- lists.

CREATE TABLE doctor.shipped(type, name, fingerprint);
INSERT INTO doctor.shipped VALUES
  ('index', 'users_maildir', 'D18289369DED6CB1D3B1276591D51C39'),
  ('trigger', 'domains_delete', '2FE8928AAC3CD4F610FB3873E84BBC14'),
  ('trigger', 'domains_insert', '2FAD30D682A2C9D297C33901C00A60E4'),
  ('trigger', 'domains_rename', 'B56E26095BCF8AFBF6A0985B64C62425'),
  ('trigger', 'domains_update', '6ED4DE3A35633164B06D623B9D4D5457'),
  ('trigger', 'forwardings_insert', '6B538D0A82BC3218DD0F6B24CF7E016E'),
  ('trigger', 'forwardings_update', 'F4B94D9014329F632B14C9B8B0CFCAFF'),
  ('trigger', 'password_policy_delete', 'AC16F3B07526C6BBCC4B2B96774CD71D'),
  ('trigger', 'password_policy_insert', '2FD08612512300ECE0A263694E56EFCD'),
  ('trigger', 'password_policy_update', '65A16CF134981CE449267AE019C52B72'),
  ('trigger', 'users_insert_check', 'AE03CEA4CA41797A25601C06229B38AD'),
  ('trigger', 'users_insert_fill', 'F6456A85D7B118960B1B958D79412B94'),
  ('trigger', 'users_insert_hash', '6E40B327385022212529C2F46FF79BF2'),
  ('trigger', 'users_update_active', 'CEF81FD296D29C6DF25D9EC797CD5F09'),
  ('trigger', 'users_update_check', 'D36B58B3B2BAA737F19C482F66B9A97C'),
  ('trigger', 'users_update_fill', 'B334DA00A0AE26B744E5D7C707AED27E'),
  ('trigger', 'users_update_hash', 'A19688E1F7CDDB2E30314773A54BFF4A');

CREATE TABLE doctor.shape(place, name, type, required, key, collation);
INSERT INTO doctor.shape VALUES
  ('domains', 'domain', 'TEXT', 1, 1, 'NOCASE'),
  ('forwardings', 'source', 'TEXT', 1, 1, 'NOCASE'),
  ('forwardings', 'destination', 'TEXT', 1, 0, NULL),
  ('password_policy', 'method', 'TEXT', 1, 0, NULL),
  ('password_policy', 'cost', '', 0, 0, NULL),
  ('password_policy', 'strength', 'INTEGER', 1, 0, NULL),
  ('transport', 'domain', 'TEXT', 1, 1, 'NOCASE'),
  ('transport', 'transport', 'TEXT', 1, 0, NULL),
  ('users', 'email', 'TEXT', 1, 1, 'NOCASE'),
  ('users', 'password', '', 1, 0, NULL),
  ('users', 'quota', 'INTEGER', 1, 0, NULL),
  ('users', 'maildir', 'TEXT', 0, 0, 'NOCASE');

-- SHIPPED_SQL() leaves out the columns that CARRY_COLUMNS() has put in.

CREATE TABLE doctor.present AS
  SELECT type, name, tbl_name,
    substr(hex(sha3(SHIPPED_SQL(sql))), 1, 32) AS fingerprint
  FROM main.sqlite_master
  WHERE type IN ('index', 'table', 'trigger', 'view') AND sql IS NOT NULL;

CREATE TABLE doctor.column AS
  SELECT p.name AS place, c.name, c.type, c."notnull" AS required, c.pk AS key,
    (SELECT max(x.coll)
      FROM pragma_index_list(p.name) AS i, pragma_index_xinfo(i.name) AS x
      WHERE i."unique" AND x.key AND x.name = c.name) AS collation
  FROM doctor.present AS p, pragma_table_xinfo(p.name) AS c
  WHERE p.type = 'table' AND p.name IN (SELECT place FROM doctor.shape);

-- Whose tables are they? Ours have a maildir, and something else that nobody
-- else makes.

CREATE TABLE doctor.origin AS
  SELECT CASE
      WHEN NOT EXISTS (
          SELECT 1 FROM doctor.column
          WHERE place = 'users' AND name = 'maildir' COLLATE NOCASE)
        OR NOT EXISTS (
          SELECT 1 FROM doctor.present
          WHERE name IN ('password_policy', 'users_insert_hash'))
        THEN 'tutorial'
      WHEN 2 > (
          SELECT count(*) FROM doctor.column
          WHERE place = 'users' AND lower(name) IN ('active', 'name'))
        OR ('password_policy' IN (SELECT place FROM doctor.column)
          AND NOT EXISTS (
            SELECT 1 FROM doctor.column
            WHERE place = 'password_policy'
              AND name = 'strength' COLLATE NOCASE))
        THEN 'old'
      ELSE 'new' END AS origin
  FROM doctor.present WHERE type = 'table' AND name = 'users';

INSERT INTO doctor.finding
  SELECT 'error', 'users', NULL, NULL,
    CASE origin WHEN 'old' THEN 'made by an older version of mailfunc'
      ELSE 'these are the tutorial''s tables, with no triggers to hash '
        || 'passwords'
    END,
    CASE origin WHEN 'old' THEN '.read upgrade.sql' ELSE '.read adopt.sql' END
  FROM doctor.origin WHERE origin <> 'new';

-- SQLite's own recipe for making other kinds of changes to a table loses its
-- triggers.

INSERT INTO doctor.finding
  SELECT 'error', s.name, NULL, NULL,
    CASE
      WHEN p.type IS NOT NULL THEN 'it is a ' || p.type || ', not a ' || s.type
      ELSE 'this ' || s.type || ' is missing'
    END || CASE WHEN s.name GLOB 'users_*_hash'
      THEN ': plain passwords are stored as they are typed' ELSE '' END,
    CASE WHEN p.type IS NOT NULL THEN 'rename it, then ' ELSE '' END
      || '.read schema.sql'
  FROM (
    SELECT type, name FROM doctor.shipped
    UNION SELECT 'table', place FROM doctor.shape) AS s
  LEFT JOIN doctor.present AS p ON p.name = s.name AND p.type <> s.type
  WHERE (s.type, s.name) NOT IN (SELECT type, name FROM doctor.present)
    AND NOT EXISTS (SELECT 1 FROM doctor.origin
      WHERE origin = 'tutorial'
        OR (origin = 'old' AND s.name NOT GLOB 'users_*_hash'));

INSERT INTO doctor.finding
  SELECT 'error', name, NULL, NULL,
    'this ' || type || ' is not the one of schema.sql',
    CASE type WHEN 'index' THEN 'DROP INDEX ' || name || '; then ' ELSE '' END
      || '.read schema.sql'
  FROM doctor.shipped AS s JOIN doctor.present AS p USING (type, name)
  WHERE p.fingerprint <> s.fingerprint
    AND NOT EXISTS (SELECT 1 FROM doctor.origin WHERE origin <> 'new');

INSERT INTO doctor.finding
  SELECT 'warning', s.place, s.name, NULL,
    CASE WHEN c.name IS NULL THEN 'this column is missing'
      ELSE 'this column is not the one of schema.sql' END,
    'compare .schema ' || s.place || ' with schema.sql'
  FROM doctor.shape AS s LEFT JOIN doctor.column AS c
    ON c.place = s.place AND c.name = s.name COLLATE NOCASE
  WHERE s.place IN (SELECT place FROM doctor.column) AND (c.name IS NULL
    OR (upper(c.type), c.required, c.key) <> (s.type, s.required, s.key)
    OR c.collation <> s.collation)
    AND NOT EXISTS (SELECT 1 FROM doctor.origin
      WHERE origin = 'tutorial' OR (origin = 'old' AND c.name IS NULL));

INSERT INTO doctor.finding
  SELECT 'error', 'users', m.name, NULL,
    'this trigger and the columns of users differ: plain passwords are refused',
    'SELECT CARRY_COLUMNS();'
  FROM main.sqlite_master AS m, main.sqlite_master AS t, doctor.origin
  WHERE m.type = 'trigger' AND m.name GLOB 'users_*_hash'
    AND t.type = 'table' AND t.name = 'users' COLLATE NOCASE
    AND (m.type, m.name) IN (SELECT type, name FROM doctor.shipped)
    AND instr(m.sql, quote(TABLE_COLUMNS(t.sql)) || '/*end*/') = 0
    AND origin = 'new';

-- One before a write of users is given the plain password; one behind it, or
-- before a DELETE, the hash. Without a word for the time, it is before.

INSERT INTO doctor.finding
  SELECT CASE WHEN sees THEN 'error' ELSE 'warning' END, tbl_name, name, NULL,
    'this trigger is not of schema.sql' || CASE WHEN sees
      THEN ', and is given plain passwords' ELSE '' END,
    'look what it does: .schema ' || tbl_name
  FROM (
    SELECT tbl_name, name, tbl_name = 'users' COLLATE NOCASE AND NOT regexpi(
        '^CREATE TRIGGER ("([^"]|"")*"|''([^'']|'''')*''|`[^`]*`|\[[^]]*\]|'
          || '[^ \t\r\n"''`\[]+)\s*(AFTER|(BEFORE\s+)?DELETE)\s', sql) AS sees
    FROM main.sqlite_master
    WHERE type = 'trigger' AND name NOT IN (SELECT name FROM doctor.shipped)
      AND tbl_name COLLATE NOCASE IN (SELECT place FROM doctor.shape))
  WHERE sees OR NOT EXISTS (SELECT 1 FROM doctor.origin WHERE origin = 'old');

-- Anything of that name comes before mailfunc's own.
INSERT INTO doctor.finding
  SELECT 'error', name, NULL, NULL,
    'this ' || type || ' hides the crypt_methods of mailfunc',
    'look what it is for, then DROP ' || upper(type) || ' ' || name || ';'
  FROM main.sqlite_master
  WHERE type IN ('table', 'view') AND name = 'crypt_methods' COLLATE NOCASE;

-- A file that only its owner may read is none of Postfix's: it has a copy.

INSERT INTO doctor.finding
  SELECT 'warning', NULL, NULL, NULL,
    'journal mode WAL: Postfix can''t read this file without being able to '
      || 'replace it',
    'give Postfix a copy (publish.sh), or stop all that have it open, then '
      || 'PRAGMA journal_mode = DELETE'
  FROM pragma_journal_mode, pragma_database_list AS d,
    fsdir(CASE journal_mode WHEN 'wal' THEN d.file ELSE '/dev/null' END) AS f
  WHERE journal_mode = 'wal' AND d.name = 'main' AND f.mode & 63;

-- A key is written in hex if a terminal might obey one of its characters.

CREATE TEMP VIEW doctor_report AS
  SELECT severity, place AS "table",
    CASE WHEN key_prints THEN key ELSE 'x''' || hex(key) || '''' END AS "key",
    replace(what, '%s', CASE WHEN other_prints THEN coalesce(other, '')
      ELSE 'x''' || hex(other) || '''' END) AS what,
    replace(remedy, '%s', CASE WHEN key_prints OR typeof(key) <> 'text'
      THEN quote(key) ELSE 'CAST(x''' || hex(key) || ''' AS TEXT)' END)
      AS remedy
  FROM (
    SELECT *,
      typeof(key) <> 'blob' AND coalesce(key, '') NOT GLOB unprintable
        AND instr(coalesce(key, ''), char(0)) = 0 AS key_prints,
      typeof(other) <> 'blob' AND coalesce(other, '') NOT GLOB unprintable
        AND instr(coalesce(other, ''), char(0)) = 0 AS other_prints
    FROM doctor.finding, (
      SELECT '*[^ -~' || char(161) || '-' || char(1114111) || ']*'
        AS unprintable));

-- What isn't a table is said before it is read: a view that computes something
-- may end that, and with it what has been found.

SELECT * FROM doctor_report WHERE what GLOB 'it is a *, not a table*'
  ORDER BY "table";
DELETE FROM doctor.finding WHERE what GLOB 'it is a *, not a table*';

-- ---- password_policy ----

INSERT INTO doctor.finding
  SELECT 'error', 'password_policy', NULL, NULL,
    CASE WHEN policies <> 1 THEN 'it must have one row'
      ELSE coalesce(POLICY_PROBLEM(method, cost), 'the method is NULL') END,
    CASE WHEN policies = 1 AND method IS NOT NULL
        AND POLICY_PROBLEM(method) IS NULL
      THEN 'UPDATE password_policy SET cost = NULL;'
      ELSE 'DROP TABLE password_policy; then .read schema.sql' END
  FROM (SELECT count(*) AS policies, max(method) AS method, max(cost) AS cost
    FROM password_policy)
  WHERE 'password_policy' IN (SELECT name FROM doctor.present) AND (
    policies <> 1 OR method IS NULL
    OR POLICY_PROBLEM(method, cost) IS NOT NULL);

-- Without a good one, NULL: then nothing is below it.

CREATE TABLE doctor.policy AS
  SELECT max(method) AS method, max(cost) AS cost FROM password_policy
  WHERE POLICY_PROBLEM(method, cost) IS NULL;

-- ---- users: passwords ----

.shell test ! -t 2 || echo doctor: passwords >&2

-- Whom there is something to say about. The lock is taken off first: nobody can
-- verify a locked hash, and to CRYPT_KIND a bare one behind it is a password.
-- needs: it is below the policy. The passwords themselves are not kept.
--
-- For the sake of a million users, OFFSET 0 keeps SQLite from calling the
-- functions again wherever their results are used, and the WHERE searches the
-- text of info, which is quicker than reading it as JSON.

CREATE TABLE doctor.suspect(
  email, kind, problem, works, locked, hashable, method, legacy, needs, courier,
  dovecot, dovecot24, relabel);

INSERT INTO doctor.suspect
  SELECT email, kind,
    CASE WHEN typeof(password) = 'text'
      THEN coalesce(VERIFY_PROBLEM(unlocked), CRYPT_PROBLEM(password)) END,
    kind = 'dear' AND VERIFY_PROBLEM(unlocked) IS NULL, password LIKE '!%',
    CASE kind
      WHEN 'plain' THEN PASSWORD_PROBLEM(password, method) IS NULL
      -- as a hash of bsdicrypt it would be above the limit: it is none
      WHEN 'bare' THEN CRYPT_PROBLEM('{CRYPT}' || unlocked) IS NOT NULL
      -- {PLAIN} and its like; behind {PLAIN.B64} or {PLAIN-TRUNC} it is encoded
      WHEN 'cleartext' THEN instr(unlocked, '}')
        < instr(replace(unlocked || '}.', '-', '.'), '.')
    END,
    json_extract(info, '$.method'), json_extract(info, '$.legacy'), needs,
    json_extract(info, '$.courier'), json_extract(info, '$.dovecot'),
    json_extract(info, '$.dovecot24'),
    CASE
      WHEN json_extract(info, '$.courier') = 0
        AND CRYPT_RELABEL(unlocked, 'courier') IS NOT NULL THEN 'courier'
      WHEN json_extract(info, '$.dovecot') = 0
        AND CRYPT_RELABEL(unlocked, 'dovecot') IS NOT NULL THEN 'dovecot'
    END
  FROM (
    SELECT email, password, unlocked, method,
      CASE WHEN typeof(password) <> 'text' THEN typeof(password)
        WHEN unlocked <> password AND CRYPT_KIND(unlocked) = 'bare' THEN 'bare'
        ELSE CRYPT_KIND(password) END AS kind,
      CASE typeof(password) WHEN 'text' THEN CRYPT_INFO(unlocked) END AS info,
      CRYPT_NEEDS_REHASH(password, method, cost) AS needs
    FROM (
        SELECT email, password, ltrim(password, '!') AS unlocked
        FROM doctor_user),
      doctor.policy
    LIMIT -1 OFFSET 0)
  WHERE kind <> 'hash' OR needs
    OR info NOT LIKE '%"legacy":0,"locked":0,"courier":1,"dovecot":1,%';

-- CRYPT_VERIFY refuses a hash above its limits. Courier and Dovecot have none
-- and would try.

INSERT INTO doctor.finding
  SELECT CASE WHEN works THEN 'warning' ELSE 'error' END, 'users', email, NULL,
    CASE kind
      WHEN 'bare' THEN 'a hash without a label, or a plain password'
      WHEN 'plain' THEN 'a plain password, for everybody to read'
      WHEN 'null' THEN 'no password: nobody can log in'
      ELSE coalesce(problem,
        'the password is stored as ' || kind || ', not as text')
    END,
    CASE
      WHEN works
        THEN 'it keeps working, but slows the daemons: ask for a new password'
      WHEN kind = 'bare' AND NOT hashable
        THEN 'if it is a hash: UPDATE users SET password = '
        || CASE WHEN locked THEN '''!{CRYPT}'' || ltrim(password, ''!'')'
          ELSE '''{CRYPT}'' || password' END || ' WHERE email = %s;'
      WHEN kind IN ('plain', 'bare') AND hashable
        THEN 'UPDATE users SET password = CRYPT(password, method, cost) '
        || 'FROM password_policy WHERE email = %s; VACUUM;'
      WHEN kind = 'cleartext' AND hashable
        THEN 'UPDATE users SET password = '
        || CASE WHEN locked THEN '''!'' || ' ELSE '' END
        || 'CRYPT(substr(password, instr(password, ''}'') + 1), method, cost) '
        || 'FROM password_policy WHERE email = %s; VACUUM;'
      ELSE 'UPDATE users SET password = ''a new one'' WHERE email = %s;'
    END
  FROM doctor.suspect WHERE kind <> 'hash';

INSERT INTO doctor.finding
  SELECT CASE WHEN courier THEN 'note' ELSE 'warning' END, 'users', email, NULL,
    CASE
      WHEN dovecot THEN 'Courier can''t verify this '
      WHEN courier THEN 'Dovecot can''t verify this '
      ELSE 'neither Courier nor Dovecot can verify this '
    END || method || ' hash',
    CASE WHEN relabel IS NULL THEN 'ask for a new password'
      ELSE 'for ' || upper(substr(relabel, 1, 1)) || substr(relabel, 2)
        || ': UPDATE users SET password = CRYPT_RELABEL(password, '''
        || relabel || ''') WHERE email = %s;'
    END
  FROM doctor.suspect
  WHERE kind IN ('hash', 'dear') AND NOT (courier AND dovecot);

INSERT INTO doctor.finding
  SELECT CASE WHEN legacy THEN 'warning' ELSE 'note' END, 'users', email, NULL,
    method || CASE WHEN NOT legacy THEN ': below the policy'
      WHEN dovecot AND NOT dovecot24
        THEN ': a legacy hash, quick to guess, and refused by Dovecot 2.4'
      ELSE ': a legacy hash, quick to guess' END,
    'ask for a new password'
  FROM doctor.suspect WHERE legacy OR (needs AND method IS NOT NULL);

-- ---- users: addresses, maildirs, quotas ----

.shell test ! -t 2 || echo doctor: addresses, maildirs, quotas >&2

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    CASE typeof(email)
      WHEN 'text' THEN ADDRESS_PROBLEM(email)
      ELSE 'the address is not text'
    END,
    'UPDATE users SET email = ''another one'' WHERE email IS %s;'
  FROM doctor_user
  WHERE typeof(email) <> 'text' OR ADDRESS_PROBLEM(email) IS NOT NULL;

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    'its domain isn''t in the table domains',
    'INSERT INTO domains VALUES (' || quote(DOMAIN_OF(email)) || ');'
  FROM doctor_user
  WHERE DOMAIN_OF(email) NOT IN (
    SELECT lower(domain) FROM domains WHERE domain IS NOT NULL);

INSERT INTO doctor.finding
  SELECT 'error', 'users', min(email), NULL,
    'there are ' || count(*) || ' users of this address, but for upper and '
      || 'lower case',
    'delete all but one'
  FROM doctor_user WHERE email IS NOT NULL
  GROUP BY email COLLATE NOCASE HAVING count(*) > 1;

INSERT INTO doctor.finding
  SELECT 'warning', 'users', email, NULL,
    'has upper case letters, which Postfix doesn''t look for',
    'UPDATE users SET email = lower(email) WHERE email = %s;'
  FROM doctor_user
  WHERE email <> lower(email) COLLATE BINARY
    AND ADDRESS_PROBLEM(email) IS NULL;

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    coalesce('the maildir: ' || MAILDIR_PROBLEM(maildir), 'no maildir'),
    'UPDATE users SET maildir = MAILDIR(email) WHERE email = %s;'
  FROM doctor_user, doctor.origin
  WHERE origin <> 'tutorial'
    AND (maildir IS NULL OR MAILDIR_PROBLEM(maildir) IS NOT NULL);

INSERT INTO doctor.finding
  SELECT 'error', 'users', min(email), NULL,
    count(*) || ' users have this one''s maildir',
    'UPDATE users SET maildir = MAILDIR(email), for all but one'
  FROM doctor_maildir
  GROUP BY maildir COLLATE NOCASE HAVING count(*) > 1 AND maildir <> '';

-- What lies inside of a maildir comes right behind it, for none has a
-- char(127). Without the index, which is an error of its own, this would take
-- too long.

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, inner,
    'the maildir of %s lies inside of this one''s',
    'UPDATE users SET maildir = ''another'' for one, and move the mail'
  FROM (
    SELECT email, maildir, (
      SELECT i.email FROM doctor_maildir AS i
      WHERE i.maildir > o.maildir
        AND i.maildir < o.maildir || char(127)
      ORDER BY i.maildir LIMIT 1) AS inner
    FROM doctor_maildir AS o)
  WHERE 'users_maildir' IN (SELECT name FROM doctor.present)
    AND inner IS NOT NULL AND maildir <> '';

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    'the quota is not a number of bytes, 0 or more',
    'UPDATE users SET quota = 10485760 WHERE email = %s;'
  FROM doctor_user
  WHERE (typeof(quota) <> 'integer' OR quota < 0) AND EXISTS (
    SELECT 1 FROM pragma_table_info('users') WHERE name = 'quota');

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    'active is neither 1 nor 0 (no mail, no login)',
    'UPDATE users SET active = 1 WHERE email = %s;'
  FROM doctor_user, doctor.origin
  WHERE coalesce(active, '') NOT IN (0, 1) AND origin = 'new';

-- ---- domains ----

INSERT INTO doctor.finding
  SELECT 'error', 'domains', domain, NULL,
    'can''t be the domain of a mailbox: ' || CASE typeof(domain)
      WHEN 'text' THEN ADDRESS_PROBLEM('postmaster@' || domain)
      ELSE 'it is not text' END,
    'DELETE FROM domains WHERE domain IS %s;'
  FROM domains
  WHERE typeof(domain) <> 'text'
    OR ADDRESS_PROBLEM('postmaster@' || domain) IS NOT NULL;

INSERT INTO doctor.finding
  SELECT 'warning', 'domains', min(domain), NULL,
    'is there ' || count(*) || ' times', 'delete all but one'
  FROM domains WHERE domain IS NOT NULL
  GROUP BY domain COLLATE NOCASE HAVING count(*) > 1;

-- ---- forwardings ----

.shell test ! -t 2 || echo doctor: forwardings >&2

-- A row for each destination, as it is written. To Postfix, blanks and
-- semicolons are commas. Split as JSON, so that the time is that of reading a
-- long list once.

CREATE TABLE doctor.part AS
  SELECT f.source, part.key AS position, part.value AS destination
  FROM (
    SELECT source, replace(replace(replace(replace(replace(
        CAST(destination AS TEXT), ';', ','), ' ', ','), char(9), ','),
        char(13), ','), char(10), ',') AS list
    FROM forwardings) AS f,
    json_each('[' || replace(json_quote(f.list), ',', '","') || ']') AS part
  WHERE part.value <> '';

-- All in lower case.

CREATE TABLE doctor.forwarding AS
  SELECT DISTINCT lower(source) AS source, lower(destination) AS destination
  FROM doctor.part;
CREATE INDEX doctor.forwarding_source ON forwarding(source);

-- Those of them that are in our domains: is there such a mailbox, does its user
-- get mail, and is it forwarded further? Postfix looks for
-- name+extension@domain, and then for name@domain.

CREATE TABLE doctor.local AS
  SELECT source, destination, domain,
    destination IN (SELECT lower(email) FROM doctor_user)
      OR address IN (SELECT lower(email) FROM doctor_user) AS mailbox,
    address IN (SELECT lower(email) FROM doctor_user WHERE active = 0)
      AS disabled,
    destination IN (SELECT source FROM doctor.forwarding)
      OR address IN (SELECT source FROM doctor.forwarding) AS forwarded
  FROM (
    SELECT source, destination,
      substr(destination, instr(destination, '@') + 1) AS domain,
      CASE
        WHEN instr(destination, '+') BETWEEN 2 AND instr(destination, '@')
        THEN substr(destination, 1, instr(destination, '+') - 1)
          || substr(destination, instr(destination, '@'))
        ELSE destination
      END AS address
    FROM doctor.forwarding WHERE instr(destination, '@') > 1)
  WHERE domain IN (SELECT lower(domain) FROM domains);

-- Where one leads to, in one step or many. An address that forwards to
-- itself keeps a copy and ends there. Who is no user and isn't forwarded goes
-- to the catch-all of the domain, if there is one.
--
-- Where thousands lead to one another there are millions of ways, so it ends
-- after as many as can be looked at. Short ones come first.

CREATE TABLE doctor.way AS
  WITH RECURSIVE
  step(source, destination) AS (
    SELECT source, destination FROM doctor.forwarding AS f
    WHERE source <> destination
      AND destination IN (SELECT source FROM doctor.forwarding)
    UNION
    SELECT source, '@' || domain FROM doctor.local
    WHERE NOT mailbox AND NOT forwarded AND source <> '@' || domain
      AND '@' || domain IN (SELECT source FROM doctor.forwarding)
  ),
  way(source, destination) AS (
    SELECT source, destination FROM step
    UNION
    SELECT way.source, step.destination
    FROM way JOIN step ON step.source = way.destination
    LIMIT 500000
  )
  SELECT source, destination FROM way;

INSERT INTO doctor.finding
  SELECT 'warning', 'forwardings', NULL, NULL,
    'too many lead on to others: not all ways have been followed',
    'look for long chains of forwardings'
  FROM (SELECT count(*) AS ways FROM doctor.way) WHERE ways = 500000;

-- Destinations that lose the mail. Postfix has said 250 by then.

CREATE TABLE doctor.lost(source, destination, severity, what, remedy);

INSERT INTO doctor.lost
  SELECT source, destination, 'error',
    'goes to %s, who is neither a user nor forwarded', 'add that user, or '
  FROM doctor.local
  WHERE NOT mailbox AND NOT forwarded AND NOT EXISTS (
    SELECT 1 FROM doctor.forwarding AS f
    WHERE f.source = '@' || local.domain AND f.source <> local.source);

INSERT INTO doctor.lost
  SELECT source, destination, 'error', 'keeps a copy, but is no user',
    'add that user, or '
  FROM doctor.local WHERE NOT mailbox AND source = destination;

INSERT INTO doctor.lost
  SELECT source, destination, 'warning',
    'goes to %s, who is not active: the mail is bounced', ''
  FROM doctor.local
  WHERE disabled AND (NOT forwarded OR source = destination);

INSERT INTO doctor.lost
  SELECT source, destination, 'warning',
    'goes to %s, a system account of the machine', 'write its domain, or '
  FROM doctor.forwarding
  WHERE source <> '' AND instr(destination, '@') = 0;

INSERT INTO doctor.lost
  SELECT f.source, f.destination, 'error',
    'leads back to itself over another address: Postfix refuses the mail', ''
  FROM (SELECT source FROM doctor.way WHERE source = destination)
    CROSS JOIN doctor.forwarding AS f USING (source)
  WHERE f.destination <> f.source AND EXISTS (
    SELECT 1 FROM doctor.way AS w
    WHERE w.source IN (f.destination,
        substr(f.destination, instr(f.destination, '@')))
      AND w.destination = f.source);

-- Whole rows that Postfix would misread.

CREATE TABLE doctor.misread AS
  SELECT source, coalesce(FORWARDING_PROBLEM(source, destination),
      'the source or the destination is NULL') AS what
  FROM forwardings
  WHERE source IS NULL OR destination IS NULL
    OR FORWARDING_PROBLEM(source, destination) IS NOT NULL;

-- What is left of each list without them, if anything is. (%s is cut in two,
-- for the report puts the key in its place.)

CREATE TABLE doctor.rest AS
  SELECT source,
    replace(quote(group_concat(destination)), '%s', '%''||''s') AS list
  FROM (
    SELECT source, destination FROM doctor.part
    WHERE (lower(source) IN (SELECT source FROM doctor.lost)
        OR source IN (SELECT source FROM doctor.misread))
      AND (lower(source), lower(destination)) NOT IN (
        SELECT source, destination FROM doctor.lost)
      AND FORWARDING_PROBLEM(source, destination) IS NULL
    ORDER BY source, position)
  GROUP BY source;

INSERT INTO doctor.finding
  SELECT severity, 'forwardings', f.source, other, what,
    remedy || coalesce('UPDATE forwardings SET destination = ' || list,
      'DELETE FROM forwardings') || ' WHERE source IS %s;'
  FROM (
    SELECT 'error' AS severity, source, NULL AS other, what,
      'correct it, or ' AS remedy
    FROM doctor.misread
    UNION
    SELECT severity, p.source,
      CASE WHEN instr(what, '%s') THEN l.destination END, what, remedy
    FROM doctor.lost AS l, doctor.part AS p
    WHERE lower(p.source) = l.source
      AND lower(p.destination) = l.destination) AS f
  LEFT JOIN doctor.rest AS r ON r.source = f.source;

INSERT INTO doctor.finding
  SELECT 'warning', 'forwardings', source, NULL,
    'is neither name@domain nor @domain', 'correct it, or delete it'
  FROM forwardings
  WHERE typeof(source) = 'text' AND source <> '' AND instr(source, '@') = 0;

INSERT INTO doctor.finding
  SELECT 'warning', 'forwardings', source, NULL,
    'its domain isn''t in the table domains',
    'INSERT INTO domains VALUES ('
      || quote(DOMAIN_OF('x' || substr(source, instr(source, '@')))) || ');'
  FROM forwardings
  WHERE DOMAIN_OF('x' || substr(source, instr(source, '@'))) NOT IN (
    SELECT lower(domain) FROM domains WHERE domain IS NOT NULL);

INSERT INTO doctor.finding
  SELECT 'warning', 'forwardings', min(source), NULL,
    'has ' || count(*) || ' rows',
    'one row, with commas between the destinations'
  FROM forwardings WHERE source <> ''
  GROUP BY source COLLATE NOCASE HAVING count(*) > 1;

-- ---- transport ----

-- A key is name@domain, domain, .domain (what is below it) or *.

INSERT INTO doctor.finding
  SELECT 'note', 'transport', domain, NULL,
    'this domain isn''t in the table domains',
    'nothing, if its mail just passes through here'
  FROM transport
  WHERE domain NOT IN ('', '*') AND ltrim(lower(
    substr(domain, instr(domain, '@') + 1)), '.') NOT IN (
    SELECT lower(domain) FROM domains WHERE domain IS NOT NULL);

INSERT INTO doctor.finding
  SELECT 'error', 'transport', domain, NULL, 'has no domain or no transport',
    'DELETE FROM transport WHERE domain IS %s;'
  FROM transport
  WHERE coalesce(domain, '') = '' OR coalesce(transport, '') = '';

INSERT INTO doctor.finding
  SELECT 'warning', 'transport', min(domain), NULL,
    'has ' || count(*) || ' rows', 'delete all but one'
  FROM transport WHERE domain <> ''
  GROUP BY domain COLLATE NOCASE HAVING count(*) > 1;

-- ---- the report ----

SELECT * FROM doctor_report
  ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,
    "table", "key", what;

DROP VIEW doctor_report;
DROP VIEW doctor_maildir;
DROP VIEW doctor_user;
DETACH doctor;
