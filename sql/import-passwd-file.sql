-- import-passwd-file.sql: takes in users from a passwd-file of Dovecot
--
--   cd /usr/share/mailfunc
--   PASSWD_FILE=/etc/dovecot/users sqlite3 /srv/mail/mail.db
--   sqlite> .load mailfunc
--   sqlite> .read import-passwd-file.sql
--
-- mail.db has been made by schema.sql, has the domains, and may have users.
-- The current folder must be that of import.sql (here: cd sql). Either all
-- users come, or every line that can't is printed with its reason, and
-- nothing is changed. What shall not come, delete in a copy of the file.
--
-- A line is user:password:uid:gid:gecos:home:shell:extra. A user without a
-- domain needs one:
--
--   sqlite> .parameter set :domain "'example.com'"
--
-- Hashes stay, in the spelling of Courier if it can verify them; 13 characters
-- without a label are DES, as they are to Dovecot. If Dovecot goes on to read
-- the table:
--
--   sqlite> .parameter set :program "'dovecot'"
--
-- Where in the mail store is their mail? %d is the domain, %n the name before
-- the @, %u both, as in Dovecot's mail_location. Unless told otherwise:
--
--   sqlite> .parameter set :maildir "'%d/%n/'"
--
-- Of the extra fields, nologin locks (! before the hash), and a quota_rule
-- for * gives the quota. Without one it is 0: no limit. uid, gid, home and the
-- other extra fields have no place in the table.

.bail on
SELECT MAILFUNC_VERSION() WHERE 0;
SELECT method FROM password_policy WHERE 0;

-- A line is one column: of bytes that are in no line, one would separate
-- columns, and newlines separate rows. The table stays in memory, for it may
-- hold plain passwords (temp_store can't be set here: that would forget the
-- parameters).

PRAGMA temp.cache_size = -1000000;
DROP TABLE IF EXISTS temp.passwd_file;
CREATE TEMP TABLE passwd_file(line);
.mode ascii
.separator "\037" "\n"
.import "|cat -- \"$PASSWD_FILE\"" passwd_file
.mode list
.separator "|" "\n"

BEGIN IMMEDIATE;

-- The fields before the extra ones, and those as they are.

CREATE TEMP VIEW passwd_user AS
  WITH RECURSIVE field(line, n, value, rest) AS (
    SELECT rowid, 0, NULL, rtrim(line, char(13)) || ':' FROM passwd_file
    WHERE trim(line, ' ' || char(9, 13)) <> '' AND line NOT LIKE '#%'
    UNION ALL
    SELECT line, n + 1, substr(rest, 1, instr(rest, ':') - 1),
      substr(rest, instr(rest, ':') + 1)
    FROM field WHERE n < 7 AND rest <> ''
  )
  SELECT line,
    max(CASE n WHEN 1 THEN value END) AS user,
    max(CASE n WHEN 2 THEN value END) AS password,
    max(CASE n WHEN 7 THEN ' ' || rtrim(rest, ':') || ' ' END) AS extra
  FROM field GROUP BY line;

-- quota_rule=*:storage=N or *:bytes=N, with a unit behind N. Without one, it
-- is KiB for storage.

CREATE TEMP VIEW passwd_quota AS
  SELECT line, number * CASE unit
      WHEN 'b' THEN 1 WHEN 'k' THEN 1024 WHEN 'm' THEN 1048576
      WHEN 'g' THEN 1073741824 WHEN 't' THEN 1099511627776
      WHEN '' THEN CASE kind WHEN 'storage' THEN 1024 ELSE 1 END
    END AS quota
  FROM (
    SELECT line, kind, CAST(amount AS INTEGER) AS number,
      lower(ltrim(amount, '0123456789')) AS unit
    FROM (
      SELECT line, substr(rule, 1, instr(rule, '=') - 1) AS kind,
        substr(rule, instr(rule, '=') + 1) AS amount
      FROM (
        SELECT line, substr(rule, 1, instr(replace(rule, ':', ' '), ' ') - 1)
          AS rule
        FROM (
          SELECT line, substr(extra, instr(extra, 'quota_rule=*:') + 13)
            AS rule
          FROM passwd_user WHERE instr(extra, 'quota_rule=*:'))))
    WHERE kind IN ('storage', 'bytes'));

CREATE TEMP VIEW coming_domains AS SELECT NULL AS domain WHERE 0;

CREATE TEMP VIEW coming_users AS
  SELECT CASE WHEN instr(user, '@') THEN user
      ELSE user || coalesce('@' || domain, '') END AS email,
    password,
    CASE WHEN q.line IS NULL THEN 0 ELSE coalesce(quota, '?') END AS quota,
    NULL AS maildir, NULL AS active, NULL AS name,
    instr(extra, ' nologin ') OR instr(extra, ' nologin=y') AS locked
  FROM passwd_user AS u LEFT JOIN passwd_quota AS q ON q.line = u.line,
    passwd_domain;

CREATE TEMP VIEW coming_forwardings AS
  SELECT NULL AS source, NULL AS destination WHERE 0;
CREATE TEMP VIEW coming_transport AS
  SELECT NULL AS domain, NULL AS transport WHERE 0;

CREATE TEMP TABLE passwd_domain AS SELECT :domain AS domain;

CREATE TEMP VIEW coming_remarks AS
  SELECT 'note' AS severity, 'passwd_file' AS "table", user AS "key",
    'has extra fields, of which only nologin and quota_rule come' AS what
  FROM passwd_user WHERE trim(extra) <> ''
  UNION ALL
  SELECT 'error', NULL, ':domain', 'set it: there are users without a domain'
  FROM passwd_domain WHERE domain IS NULL
    AND EXISTS (SELECT 1 FROM passwd_user WHERE instr(user, '@') = 0)
  UNION ALL
  SELECT 'error', NULL, 'PASSWD_FILE', 'there''s no user in this file'
  WHERE NOT EXISTS (SELECT 1 FROM passwd_user);

CREATE TEMP TABLE import_option AS
  SELECT 'hashed' AS passwords, :maildir AS maildir,
    coalesce(:program, 'courier') AS program;

.read import.sql

SELECT 'taken in: ' || count(*) || ' users' FROM passwd_user;
DROP VIEW passwd_quota;
DROP VIEW passwd_user;
DROP TABLE passwd_domain;
DROP TABLE passwd_file;
COMMIT;
