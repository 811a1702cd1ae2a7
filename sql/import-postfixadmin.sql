-- import-postfixadmin.sql: takes in domains, mailboxes and aliases from a
-- PostfixAdmin database in SQLite
--
--   cd /usr/share/mailfunc
--   sqlite3 /srv/mail/mail.db
--   sqlite> .load mailfunc
--   sqlite> ATTACH '/var/lib/postfixadmin.db' AS source;
--   sqlite> .read import-postfixadmin.sql
--
-- mail.db has been made by schema.sql, and may have users. The current folder
-- must be that of import.sql (here: cd sql). Either everything comes, or every
-- row that can't is printed with its reason, and nothing is changed. What
-- shall not come, delete in a copy of the source.
--
-- Hashes stay, in the spelling of Courier if it can verify them. If Dovecot
-- goes on to read the table:
--
--   sqlite> .parameter set :program "'dovecot'"
--
-- For passwords without any mark of a hash, :passwords has to be said, as in
-- adopt.sql: "'hashed'" for DES, "'plain'" for those stored as typed.
--
-- Names stay, and maildirs, so that the mail stays where it is:
-- virtual_mailbox_base has to be the same. Inactive mailboxes come with active
-- = 0: no mail, no login. Inactive aliases and domains are left out, as is the
-- alias that PostfixAdmin has for each mailbox, to itself. A quota of 0 or -1
-- becomes 0: no limit. An alias domain becomes a row in domains and one in
-- forwardings, from '@alias.org' to '@example.com'. Administrators, vacation
-- and fetchmail are not read.
--
-- With encrypt = md5, PostfixAdmin stores bare MD5 digests in hex. In a copy,
-- UPDATE mailbox SET password = '{PLAIN-MD5}' || password makes them hashes
-- that can be told from passwords.

.bail on
SELECT MAILFUNC_VERSION() WHERE 0;
SELECT strength FROM password_policy WHERE 0;
SELECT username, password FROM source.mailbox WHERE 0;
SELECT address, goto FROM source.alias WHERE 0;
SELECT domain FROM source.domain WHERE 0;

SELECT MAILFUNC_RAISE('not the folder of the SQL files: .cd there first')
  WHERE readfile('in-memory.sql') IS NULL OR readfile('import.sql') IS NULL;
.read in-memory.sql
.read import-forget.sql

-- alias_domain, which older versions don't have, is that of source, or else the
-- one that comes behind it.

ATTACH ':memory:' AS kept;
CREATE TABLE kept.alias_domain(alias_domain, target_domain, active);
CREATE TEMP TABLE coming_alias_domain AS
  SELECT alias_domain, target_domain,
    lower(coalesce(active, 1)) IN ('1', 't', 'true') AS active
  FROM alias_domain NATURAL LEFT JOIN (SELECT NULL AS active);
DETACH kept;

-- An alias domain is active if it is as a domain, too.

UPDATE coming_alias_domain SET active = 0
  WHERE lower(alias_domain) IN (
    SELECT lower(domain)
    FROM source.domain NATURAL LEFT JOIN (
      SELECT NULL AS active, NULL AS backupmx)
    WHERE lower(coalesce(active, 1)) NOT IN ('1', 't', 'true')
      OR lower(coalesce(backupmx, 0)) IN ('1', 't', 'true'));

-- NATURAL LEFT JOIN gives a column that is missing in the table, as NULL.
-- (PostgreSQL's t and f are here in case the file was made from a dump.)

CREATE TEMP VIEW coming_domain AS
  SELECT domain, transport,
    lower(coalesce(active, 1)) IN ('1', 't', 'true') AS active,
    lower(coalesce(backupmx, 0)) IN ('1', 't', 'true') AS backupmx
  FROM source.domain NATURAL LEFT JOIN (
    SELECT NULL AS transport, NULL AS active, NULL AS backupmx)
  WHERE domain <> 'ALL';

CREATE TEMP VIEW coming_alias AS
  SELECT address, trim(goto, ' ,') AS goto,
    lower(coalesce(active, 1)) IN ('1', 't', 'true') AS active
  FROM source.alias NATURAL LEFT JOIN (SELECT NULL AS active)
  WHERE lower(address) IS NOT lower(trim(goto, ' ,'));

CREATE TEMP VIEW coming_domains AS
  SELECT domain FROM coming_domain WHERE active AND NOT backupmx
  UNION ALL
  SELECT alias_domain FROM coming_alias_domain WHERE active;

CREATE TEMP VIEW coming_users AS
  SELECT username AS email, password,
    CASE quota WHEN -1 THEN 0 ELSE quota END AS quota, maildir,
    lower(coalesce(active, 1)) IN ('1', 't', 'true') AS active, name,
    0 AS locked, NULL AS label
  FROM source.mailbox NATURAL LEFT JOIN (
    SELECT NULL AS quota, NULL AS maildir, NULL AS active, NULL AS name);

CREATE TEMP VIEW coming_forwardings AS
  SELECT address AS source, goto AS destination FROM coming_alias WHERE active
  UNION ALL
  SELECT '@' || alias_domain, '@' || target_domain
  FROM coming_alias_domain WHERE active;

-- virtual is how every mailbox is delivered.
CREATE TEMP VIEW coming_transport AS
  SELECT domain, transport FROM coming_domain
  WHERE active AND NOT backupmx
    AND coalesce(transport, '') NOT IN ('', 'virtual', 'virtual:');

CREATE TEMP VIEW coming_remarks AS
  SELECT 'note' AS severity, 'domain' AS "table", domain AS "key",
    CASE WHEN active THEN 'left out: a backup MX, see Postfix''s relay_domains'
      ELSE 'left out: not active' END AS what
  FROM coming_domain WHERE backupmx OR NOT active
  UNION ALL
  SELECT 'note', 'alias', address, 'left out: not active'
  FROM coming_alias WHERE NOT active
  UNION ALL
  SELECT 'note', 'mailbox', email, 'comes with active = 0: no mail, no login'
  FROM coming_users WHERE NOT active
  UNION ALL
  SELECT 'error', 'alias', address,
    'answers with a vacation message, which has no place here: end it first'
  FROM coming_alias
  WHERE active AND instr(',' || lower(replace(goto, ' ', '')),
    ',' || lower(replace(address, '@', '#')) || '@') > 0
  UNION ALL
  SELECT 'note', 'alias_domain', alias_domain, 'left out: not active'
  FROM coming_alias_domain WHERE NOT active
  UNION ALL
  SELECT 'error', 'alias_domain', alias_domain,
    'its target is not one of the domains, or an alias domain itself'
  FROM coming_alias_domain
  WHERE active AND (
    coalesce(lower(target_domain), '') NOT IN (
      SELECT lower(domain) FROM coming_domain WHERE active AND NOT backupmx
      UNION ALL SELECT lower(domain) FROM domains)
    OR lower(target_domain) IN (
      SELECT lower(alias_domain) FROM coming_alias_domain WHERE active))
  UNION ALL
  SELECT 'error', 'alias_domain', alias_domain,
    'has a catch-all, too, in the table alias: delete one of the two'
  FROM coming_alias_domain
  WHERE active AND '@' || lower(alias_domain) IN (
    SELECT lower(address) FROM coming_alias WHERE active);

CREATE TEMP TABLE import_option AS
  SELECT :passwords AS passwords, NULL AS maildir,
    coalesce(:program, 'courier') AS program;

.read import.sql

-- After so much work, another writer's is waited for.
.timeout 10000
BEGIN IMMEDIATE;
.read import-write.sql
COMMIT;
.timeout 0
PRAGMA cache_spill = ON;

SELECT 'taken in: ' || users || ' users' FROM import_result;
.read import-forget.sql
