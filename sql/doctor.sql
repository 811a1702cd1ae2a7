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
-- -box behind sqlite3 makes a table of it. A million users take some seconds.

-- Without the extension it ends here.
SELECT MAILFUNC_VERSION() WHERE 0;

-- A name that isn't in the mail database is looked for in this one, which is
-- in memory. So a table that is missing is an empty one. (As an URI because
-- -readonly would make a plain :memory: read-only, too.)

ATTACH 'file:doctor?mode=memory' AS doctor;
CREATE TABLE doctor.domains(domain);
CREATE TABLE doctor.users(email, password, quota, maildir);
CREATE TABLE doctor.forwardings(source, destination);
CREATE TABLE doctor.transport(domain, transport);
CREATE TABLE doctor.password_policy(method, cost);

-- In "what", %s stands for "other"; in "remedy", for the key as SQL wants it.
CREATE TABLE doctor.finding(severity, place, key, other, what, remedy);

-- NATURAL LEFT JOIN gives a column that is missing in the table, as NULL.

CREATE TEMP VIEW doctor_user AS
  SELECT email, password, quota, maildir
  FROM users NATURAL LEFT JOIN (
    SELECT NULL AS email, NULL AS password, NULL AS quota, NULL AS maildir);

-- ---- what schema.sql has made ----

-- A fingerprint for each index, table and trigger. After a change of
-- schema.sql, test/admin/fingerprints.sh writes this list. Of what somebody
-- else has made only the beginning is read, which is another already: the
-- time for a text grows with the square of its length.

CREATE TABLE doctor.shipped(type, name, fingerprint);
INSERT INTO doctor.shipped VALUES
  ('index', 'users_maildir', 1908523179),
  ('table', 'domains', 1674665476),
  ('table', 'forwardings', 1671172826),
  ('table', 'password_policy', 331972811),
  ('table', 'transport', 509967445),
  ('table', 'users', 1569046787),
  ('trigger', 'domains_delete', 294292706),
  ('trigger', 'domains_rename', 888662181),
  ('trigger', 'password_policy_delete', 201934411),
  ('trigger', 'password_policy_insert', 81929359),
  ('trigger', 'password_policy_update', 258520948),
  ('trigger', 'users_insert_check', 651143715),
  ('trigger', 'users_insert_fill', 1470775569),
  ('trigger', 'users_insert_fold', 1550253487),
  ('trigger', 'users_insert_hash', 143583844),
  ('trigger', 'users_update_check', 813140434),
  ('trigger', 'users_update_fill', 1583336178),
  ('trigger', 'users_update_fold', 1189997961),
  ('trigger', 'users_update_hash', 2020596373);

CREATE TABLE doctor.present AS
  WITH RECURSIVE
  mark(name, sql, i, fingerprint) AS (
    SELECT name, substr(sql, 1, 5000), 0, 0 FROM main.sqlite_master
    WHERE (type, name) IN (SELECT type, name FROM doctor.shipped)
    UNION ALL
    SELECT name, sql, i + 1,
      (fingerprint * 31 + unicode(substr(sql, i + 1, 1))) % 2147483647
    FROM mark WHERE i < length(sql)
  )
  SELECT name, fingerprint FROM mark WHERE i = length(sql);

-- The tutorial's table: it has no maildir.

CREATE TABLE doctor.tutorial AS
  SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = 'users'
    AND NOT EXISTS (
      SELECT 1 FROM pragma_table_info('users') WHERE name = 'maildir');

INSERT INTO doctor.finding
  SELECT 'error', 'users', NULL, NULL,
    'these are the tutorial''s tables, with no triggers to hash passwords',
    '.read adopt.sql'
  FROM doctor.tutorial;

INSERT INTO doctor.finding
  SELECT 'error', s.name, NULL, NULL,
    CASE
      WHEN m.type IS NOT NULL THEN 'it is a ' || m.type || ', not a ' || s.type
      ELSE 'this ' || s.type || ' is missing'
    END,
    CASE WHEN m.type IS NOT NULL THEN 'rename it, then .read schema.sql'
      ELSE '.read schema.sql' END
  FROM doctor.shipped AS s LEFT JOIN main.sqlite_master AS m
    ON m.name = s.name AND m.type <> s.type
  WHERE s.name NOT IN (SELECT name FROM doctor.present)
    AND NOT EXISTS (SELECT 1 FROM doctor.tutorial);

INSERT INTO doctor.finding
  SELECT CASE type WHEN 'table' THEN 'warning' ELSE 'error' END,
    name, NULL, NULL, 'this ' || type || ' is not the one of schema.sql',
    CASE type
      WHEN 'table' THEN 'compare .schema ' || name || ' with schema.sql'
      ELSE 'DROP ' || upper(type) || ' ' || name || '; then .read schema.sql'
    END
  FROM doctor.shipped AS s NATURAL JOIN (
    SELECT name, fingerprint AS found FROM doctor.present)
  WHERE found <> fingerprint AND NOT EXISTS (SELECT 1 FROM doctor.tutorial);

INSERT INTO doctor.finding
  SELECT 'warning', tbl_name, name, NULL,
    'this trigger is not of schema.sql',
    'look what it does: .schema ' || tbl_name
  FROM main.sqlite_master
  WHERE type = 'trigger' AND name NOT IN (SELECT name FROM doctor.shipped)
    AND tbl_name COLLATE NOCASE IN (
      SELECT name FROM doctor.shipped WHERE type = 'table');

-- Anything of that name comes before mailfunc's own.
INSERT INTO doctor.finding
  SELECT 'error', name, NULL, NULL,
    'this ' || type || ' hides the crypt_methods of mailfunc',
    'look what it is for, then DROP ' || upper(type) || ' ' || name || ';'
  FROM main.sqlite_master
  WHERE type IN ('table', 'view') AND name = 'crypt_methods' COLLATE NOCASE;

INSERT INTO doctor.finding
  SELECT 'warning', NULL, NULL, NULL,
    'journal mode WAL: Postfix can''t read this file without being able to '
      || 'replace it',
    'give Postfix a copy (publish.sh), or PRAGMA journal_mode = DELETE'
  FROM pragma_journal_mode WHERE journal_mode = 'wal';

-- ---- password_policy ----

-- The policy, if GEN_SALT would take it.

CREATE TEMP VIEW doctor_policy AS
  SELECT p.method, p.cost
  FROM password_policy AS p JOIN crypt_methods AS m
    ON m.creates AND m.name = CASE lower(p.method)
      WHEN 'bf' THEN 'bcrypt' ELSE lower(p.method) END
  WHERE p.cost IS NULL
    OR (CAST(p.cost AS TEXT) = CAST(CAST(p.cost AS INTEGER) AS TEXT)
      AND CAST(p.cost AS INTEGER) BETWEEN m.min_cost AND m.max_cost)
    OR EXISTS (
      -- m=memory,t=passes,p=lanes
      SELECT 1 FROM (
        SELECT CAST(substr(p.cost, 3) AS INTEGER) AS memory,
          CAST(substr(p.cost, instr(p.cost, ',t=') + 3) AS INTEGER) AS passes,
          CAST(substr(p.cost, instr(p.cost, ',p=') + 3) AS INTEGER) AS lanes)
      WHERE m.name = 'argon2id'
        AND p.cost = 'm=' || memory || ',t=' || passes || ',p=' || lanes
        AND passes BETWEEN 1 AND 4194304 AND lanes BETWEEN 1 AND 131072
        AND memory BETWEEN 8 * lanes AND 1048576
        AND memory * passes <= 4194304);

INSERT INTO doctor.finding
  SELECT 'error', 'password_policy', NULL, NULL,
    CASE WHEN (SELECT count(*) FROM password_policy) <> 1
      THEN 'it must have one row' ELSE 'GEN_SALT() won''t take it' END,
    'DROP TABLE password_policy; then .read schema.sql'
  FROM doctor.present
  WHERE name = 'password_policy' AND (
    (SELECT count(*) FROM password_policy) <> 1
    OR NOT EXISTS (SELECT 1 FROM doctor_policy));

-- dearest: from which cost on a hash of this method may be over the limits.

CREATE TABLE doctor.policy AS
  SELECT method, cost, CASE
    WHEN lower(method) IN ('bf', 'bcrypt') THEN 17
    WHEN lower(method) IN ('sha256crypt', 'sha512crypt') THEN 3000000
    WHEN lower(method) = 'argon2id' THEN -1
    ELSE 11 END AS dearest
  FROM (SELECT coalesce(max(method), 'yescrypt') AS method, max(cost) AS cost
    FROM doctor_policy);

-- ---- users: passwords ----

-- Whom there is something to say about, and what CRYPT_INFO tells of the hash.
-- The lock is taken off first, for nobody can verify a locked hash. needs: it
-- is below the policy. The passwords themselves are not kept.
--
-- For the sake of a million users, OFFSET 0 keeps SQLite from calling the
-- functions again wherever their results are used, and the WHERE searches the
-- text of info, which is quicker than reading it as JSON.

CREATE TABLE doctor.suspect(
  email, kind, method, cost, memory_kib, legacy, needs, courier, dovecot,
  relabel);

INSERT INTO doctor.suspect
  SELECT email,
    CASE
      WHEN info IS NOT NULL THEN
        CASE WHEN substr(unlocked, 1, 1) IN ('$', '_', '{') THEN 'hash'
          ELSE 'bare' END
      WHEN coalesce(unlocked, '') IN ('', '*', '*0', '*1') THEN 'none'
      WHEN typeof(password) <> 'text' THEN typeof(password)
      WHEN upper(substr(unlocked, 1, instr(unlocked, '}'))) IN (
        '{PLAIN}', '{CLEAR}', '{CLEARTEXT}', '{PLAIN-TRUNC}') THEN 'label'
      -- Also a scheme or method that isn't known here.
      WHEN unlocked GLOB '{[A-Za-z]*}*' OR unlocked GLOB '$[0-9a-z]*$*'
        OR unlocked GLOB '$md5,*' THEN 'damaged'
      ELSE 'plain'
    END,
    json_extract(info, '$.method'), json_extract(info, '$.cost'),
    json_extract(info, '$.memory_kib'), json_extract(info, '$.legacy'), needs,
    json_extract(info, '$.courier'), json_extract(info, '$.dovecot'),
    CASE
      WHEN json_extract(info, '$.courier') = 0
        AND CRYPT_RELABEL(unlocked, 'courier') IS NOT NULL THEN 'courier'
      WHEN json_extract(info, '$.dovecot') = 0
        AND CRYPT_RELABEL(unlocked, 'dovecot') IS NOT NULL THEN 'dovecot'
    END
  FROM (
    SELECT email, password, ltrim(password, '!') AS unlocked,
      CASE typeof(password) WHEN 'text'
        THEN CRYPT_INFO(ltrim(password, '!')) END AS info,
      CRYPT_NEEDS_REHASH(password, method, cost) AS needs, dearest
    FROM doctor_user, doctor.policy
    LIMIT -1 OFFSET 0)
  WHERE info IS NULL OR needs
    OR info NOT LIKE '%"courier":1,"dovecot":1%'
    OR CAST(substr(info, instr(info, '"cost":') + 7, 12) AS INTEGER) > dearest;

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    CASE kind
      WHEN 'bare' THEN 'a hash without a label, or a plain password'
      WHEN 'none' THEN 'no password: nobody can log in'
      WHEN 'plain' THEN 'a plain password, for everybody to read'
      WHEN 'label' THEN 'a plain password behind a label like {PLAIN}'
      WHEN 'damaged' THEN
        'begins like a hash, but isn''t a whole one of a known method'
      ELSE 'the password is stored as ' || kind || ', not as text'
    END,
    CASE kind
      WHEN 'bare' THEN 'if it is a hash: UPDATE users SET password = '
        || '''{CRYPT}'' || password WHERE email = %s;'
      WHEN 'plain' THEN 'UPDATE users SET password = CRYPT(password) '
        || 'WHERE email = %s; VACUUM;'
      WHEN 'label' THEN 'UPDATE users SET password = CRYPT(substr(password, '
        || 'instr(password, ''}'') + 1)) WHERE email = %s; VACUUM;'
      ELSE 'UPDATE users SET password = ''a new one'' WHERE email = %s;'
    END
  FROM doctor.suspect WHERE kind <> 'hash';

-- What CRYPT_VERIFY refuses, see README. Courier and Dovecot would try.

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    method || ': asks for more memory or time than mailfunc allows',
    'UPDATE users SET password = ''a new one'' WHERE email = %s;'
  FROM doctor.suspect
  WHERE memory_kib > 1048576 OR CASE
    WHEN method GLOB 'bcrypt*' THEN cost > 17
    WHEN method IN ('sha256crypt', 'sha512crypt') THEN cost > 3000000
    WHEN method IN ('sha1crypt', 'sunmd5', 'pbkdf2') THEN cost > 5000000
    WHEN method GLOB 'argon2*' THEN memory_kib
      * CAST(substr(cost, instr(cost, ',t=') + 3) AS INTEGER) > 4194304
  END;

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
  FROM doctor.suspect WHERE kind = 'hash' AND NOT (courier AND dovecot);

INSERT INTO doctor.finding
  SELECT CASE WHEN legacy THEN 'warning' ELSE 'note' END, 'users', email, NULL,
    method || CASE WHEN legacy THEN ': a legacy hash, quick to guess'
      ELSE ': below the policy' END,
    'ask for a new password'
  FROM doctor.suspect WHERE kind IN ('hash', 'bare') AND needs;

-- ---- users: addresses, maildirs, quotas ----

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    CASE typeof(email)
      WHEN 'text' THEN ADDRESS_PROBLEM(email)
      ELSE 'the address is not text'
    END,
    'UPDATE users SET email = ''another one'' WHERE email IS %s;'
  FROM doctor_user WHERE typeof(email) <> 'text' OR MAILDIR(email) IS NULL;

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
  WHERE email <> lower(email) COLLATE BINARY AND MAILDIR(email) IS NOT NULL;

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    CASE
      WHEN coalesce(maildir, '') = '' THEN 'no maildir'
      ELSE 'this maildir leaves the mail store, or is none'
    END,
    'UPDATE users SET maildir = MAILDIR(email) WHERE email = %s;'
  FROM doctor_user
  WHERE NOT EXISTS (SELECT 1 FROM doctor.tutorial) AND (
    coalesce(maildir, '') = '' OR typeof(maildir) <> 'text'
    OR maildir NOT GLOB '*/' OR maildir GLOB '*[^!-~]*'
    OR instr(maildir, char(0)) OR '/' || maildir GLOB '*/[./]*');

INSERT INTO doctor.finding
  SELECT 'error', 'users', min(email), NULL,
    count(*) || ' users have this one''s maildir',
    'UPDATE users SET maildir = MAILDIR(email), for all but one'
  FROM doctor_user GROUP BY lower(maildir)
  HAVING count(*) > 1 AND lower(maildir) <> '';

INSERT INTO doctor.finding
  SELECT 'error', 'users', email, NULL,
    'the quota is not a number of bytes, 0 or more',
    'UPDATE users SET quota = 10485760 WHERE email = %s;'
  FROM doctor_user WHERE typeof(quota) <> 'integer' OR quota < 0;

-- ---- domains ----

INSERT INTO doctor.finding
  SELECT 'error', 'domains', domain, NULL,
    'can''t be the domain of a mailbox',
    'DELETE FROM domains WHERE domain IS %s;'
  FROM domains
  WHERE typeof(domain) <> 'text' OR MAILDIR('postmaster@' || domain) IS NULL;

INSERT INTO doctor.finding
  SELECT 'warning', 'domains', min(domain), NULL,
    'is there ' || count(*) || ' times', 'delete all but one'
  FROM domains WHERE domain IS NOT NULL
  GROUP BY domain COLLATE NOCASE HAVING count(*) > 1;

-- ---- forwardings ----

-- A row for each destination, all in lower case.

CREATE TABLE doctor.forwarding(source, destination);

-- Split as JSON, so that the time is that of reading a long list once.
INSERT INTO doctor.forwarding
  SELECT DISTINCT source, destination
  FROM (
    SELECT lower(f.source) AS source,
      trim(replace(replace(replace(part.value, char(9), ' '), char(13), ' '),
        char(10), ' ')) AS destination
    FROM forwardings AS f, json_each('['
      || replace(json_quote(lower(f.destination)), ',', '","') || ']') AS part)
  WHERE destination <> '';

CREATE INDEX doctor.forwarding_source ON forwarding(source);

-- Those of them that are in our domains: is there such a mailbox, and is it
-- forwarded further? Postfix looks for name+extension@domain, and then for
-- name@domain.

CREATE TABLE doctor.local(source, destination, domain, mailbox, forwarded);

INSERT INTO doctor.local
  SELECT source, destination, domain,
    destination IN (SELECT lower(email) FROM doctor_user)
      OR address IN (SELECT lower(email) FROM doctor_user),
    destination IN (SELECT source FROM doctor.forwarding)
      OR address IN (SELECT source FROM doctor.forwarding)
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

INSERT INTO doctor.finding
  SELECT 'error', 'forwardings', source, destination,
    'goes to %s, who is neither a user nor forwarded',
    'add that user, or DELETE FROM forwardings WHERE source = %s;'
  FROM doctor.local
  WHERE NOT mailbox AND NOT forwarded AND NOT EXISTS (
    SELECT 1 FROM doctor.forwarding AS f
    WHERE f.source = '@' || local.domain AND f.source <> local.source);

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
  SELECT 'error', 'forwardings', source, NULL,
    'leads back to itself over another address: Postfix refuses the mail',
    'DELETE FROM forwardings WHERE source = %s;'
  FROM doctor.way WHERE source = destination;

INSERT INTO doctor.finding
  SELECT 'warning', 'forwardings', NULL, NULL,
    'too many lead on to others: not all ways have been followed',
    'look for long chains of forwardings'
  FROM (SELECT count(*) AS ways FROM doctor.way) WHERE ways = 500000;

INSERT INTO doctor.finding
  SELECT 'error', 'forwardings', source, NULL, 'leads nowhere',
    'DELETE FROM forwardings WHERE source IS %s;'
  FROM forwardings
  WHERE lower(source) NOT IN (SELECT source FROM doctor.forwarding)
    OR coalesce(source, '') = '' OR typeof(source) <> 'text'
    OR typeof(destination) <> 'text';

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

SELECT * FROM doctor_report
  ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,
    "table", "key", what;

DROP VIEW doctor_report;
DROP VIEW doctor_policy;
DROP VIEW doctor_user;
DETACH doctor;
