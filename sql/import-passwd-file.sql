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
-- A line is user:password:uid:gid:gecos:home:shell:extra, or, in the file
-- postfix-accounts.cf of docker-mailserver, user|password|extra. What is wrong
-- with a line is said with its number, unless its user is an address. A user
-- without a domain needs one:
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
-- Of the extra fields, nologin locks (! before the hash), whatever its value,
-- as it does in Dovecot. The quota is what quota_rule, quota_rule2 and so on say
-- for *, the last of them, or quota_storage_size (each with userdb_ before it or
-- not). Without any it is 0: no limit. A number of messages, another mailbox's
-- quota, uid, gid, home and the other extra fields have no place in the table.

.bail on
SELECT MAILFUNC_VERSION() WHERE 0;
SELECT strength FROM password_policy WHERE 0;

SELECT MAILFUNC_RAISE('not the folder of the SQL files: .cd there first')
  WHERE readfile('in-memory.sql') IS NULL OR readfile('import.sql') IS NULL;
.read in-memory.sql
.read import-forget.sql

-- A line is one column, with its number before it, and newlines separate rows.
-- NUL would end a text, and a byte must separate columns: both become char(1),
-- and no line with such a byte can come.

CREATE TEMP TABLE passwd_file(line);
.mode ascii
.separator "\037" "\n"
.import '|tr "\0\37" "\1\1" <"$PASSWD_FILE" | LC_ALL=C grep -an ""' passwd_file
.mode list
.separator "|" "\n"

-- Lines that aren't blank or comments: number, text, and what parts its fields.

CREATE TEMP TABLE passwd_line AS
  SELECT line, text,
    CASE WHEN instr(text, '|') AND instr(text || ':', ':') > instr(text, '|')
      THEN '|' ELSE ':' END AS mark
  FROM (
    SELECT CAST(line AS INTEGER) AS line,
      rtrim(substr(line, instr(line, ':') + 1), char(13)) AS text
    FROM passwd_file)
  WHERE trim(text, ' ' || char(9)) <> '' AND text NOT LIKE '#%';

-- The fields before the extra ones, and those, with blanks between them.

CREATE TEMP TABLE passwd_user AS
  WITH RECURSIVE field(line, mark, last, n, value, rest) AS (
    SELECT line, mark, CASE mark WHEN ':' THEN 7 ELSE 2 END, 0, NULL,
      text || mark
    FROM passwd_line WHERE instr(text, mark)
    UNION ALL
    SELECT line, mark, last, n + 1, substr(rest, 1, instr(rest, mark) - 1),
      substr(rest, instr(rest, mark) + 1)
    FROM field WHERE n < last AND rest <> ''
  )
  SELECT line,
    max(CASE n WHEN 1 THEN value END) AS user,
    max(CASE n WHEN 2 THEN value END) AS password,
    max(CASE n WHEN last
      THEN replace(' ' || rtrim(rest, mark) || ' ', char(9), ' ') END) AS extra
  FROM field GROUP BY line;

-- The extra fields one by one, without userdb_.

CREATE TEMP TABLE passwd_extra AS
  WITH RECURSIVE field(line, value, rest) AS (
    SELECT line, NULL, ltrim(extra) FROM passwd_user
    UNION ALL
    SELECT line, substr(rest, 1, instr(rest, ' ') - 1),
      ltrim(substr(rest, instr(rest, ' ')))
    FROM field WHERE rest <> ''
  )
  SELECT line, substr(value, 1, instr(value || '=', '=') - 1) AS name,
    substr(value, instr(value || '=', '=') + 1) AS value
  FROM (
    SELECT line, CASE WHEN value LIKE 'userdb!_%' ESCAPE '!'
      THEN substr(value, 8) ELSE value END AS value
    FROM field WHERE value <> '');

-- Limits: quota_rule and quota_rule2 are mailbox:kind=amount:kind=amount. The
-- last one for * is obeyed.

CREATE TEMP TABLE passwd_limit AS
  WITH RECURSIVE part(line, n, mailbox, value, rest) AS (
    SELECT line, CAST(substr(name, 11) AS INTEGER) * 100,
      substr(value, 1, instr(value || ':', ':') - 1), NULL,
      substr(value, instr(value || ':', ':') + 1) || ':'
    FROM passwd_extra
    WHERE name GLOB 'quota_rule*' AND substr(name, 11) NOT GLOB '*[^0-9]*'
    UNION ALL
    SELECT line, n + 1, mailbox, substr(rest, 1, instr(rest, ':') - 1),
      substr(rest, instr(rest, ':') + 1)
    FROM part WHERE rest <> ''
  )
  SELECT line, n, mailbox, substr(value, 1, instr(value, '=') - 1) AS kind,
    lower(substr(value, instr(value, '=') + 1)) AS amount
  FROM part WHERE value <> ''
  UNION ALL
  SELECT line, 0, '*', 'size', lower(value)
  FROM passwd_extra WHERE name = 'quota_storage_size'
  UNION ALL
  SELECT line, 0, '*', 'messages', NULL
  FROM passwd_extra WHERE name = 'quota_message_count';

-- A number with a unit behind it. Without one, it is KiB for storage. CAST
-- makes the largest integer of what is above.

CREATE TEMP VIEW passwd_quota AS
  SELECT line, max(n), CASE
      WHEN kind = 'size' AND amount = 'unlimited' THEN 0
      WHEN amount GLOB '[0-9]*' AND length(amount) < 19
        THEN CAST(amount AS INTEGER)
        * CASE ltrim(amount, '0123456789')
          WHEN 'b' THEN 1 WHEN 'k' THEN 1024 WHEN 'm' THEN 1048576
          WHEN 'g' THEN 1073741824 WHEN 't' THEN 1099511627776
          WHEN '' THEN CASE kind WHEN 'storage' THEN 1024 ELSE 1 END
        END
    END AS quota
  FROM passwd_limit
  WHERE mailbox = '*' AND kind IN ('storage', 'bytes', 'size')
  GROUP BY line;

CREATE TEMP VIEW coming_domains AS SELECT NULL AS domain WHERE 0;

CREATE TEMP TABLE passwd_domain AS SELECT :domain AS domain;

CREATE TEMP VIEW coming_users AS
  SELECT email, password, quota, NULL AS maildir, NULL AS active,
    NULL AS name, locked,
    CASE WHEN ADDRESS_PROBLEM(email) IS NULL THEN email
      ELSE 'line ' || line END AS label
  FROM (
    SELECT u.line, CASE WHEN instr(user, '@') THEN user
        ELSE user || coalesce('@' || domain, '') END AS email,
      password,
      CASE WHEN q.line IS NULL THEN 0 ELSE coalesce(quota, '?') END AS quota,
      EXISTS (
        SELECT 1 FROM passwd_extra AS e
        WHERE e.line = u.line AND e.name = 'nologin') AS locked
    FROM passwd_user AS u LEFT JOIN passwd_quota AS q ON q.line = u.line,
      passwd_domain);

CREATE TEMP VIEW coming_forwardings AS
  SELECT NULL AS source, NULL AS destination WHERE 0;
CREATE TEMP VIEW coming_transport AS
  SELECT NULL AS domain, NULL AS transport WHERE 0;

CREATE TEMP VIEW coming_remarks AS
  SELECT 'error' AS severity, 'passwd_file' AS "table", NULL AS "key",
    'line ' || line || ' has no colon' AS what
  FROM passwd_line WHERE instr(text, mark) = 0
  UNION ALL
  SELECT 'error', 'passwd_file', NULL, 'line ' || line || ' has a control byte'
  FROM passwd_line
  WHERE text GLOB '*[' || char(1) || '-' || char(8, 10) || '-'
    || char(31, 127) || ']*'
  UNION ALL
  SELECT 'note', 'passwd_file', 'line ' || line,
    'has extra fields, of which only nologin and the quota come'
  FROM passwd_extra
  WHERE name <> 'nologin' AND name NOT GLOB 'quota_*'
  GROUP BY line
  UNION ALL
  SELECT 'note', 'passwd_file', 'line ' || line,
    'has a limit of messages, which has no place here'
  FROM passwd_limit WHERE kind = 'messages' GROUP BY line
  UNION ALL
  SELECT 'note', 'passwd_file', 'line ' || line,
    'has a quota that isn''t one of the whole mailbox (*:storage, *:bytes), '
      || 'which has no place here'
  FROM (
    SELECT line FROM passwd_limit
    WHERE mailbox <> '*' OR kind NOT IN ('storage', 'bytes', 'size', 'messages')
    UNION
    SELECT line FROM passwd_extra
    WHERE name GLOB 'quota_*' AND name NOT IN ('quota_storage_size',
        'quota_message_count')
      AND (name NOT GLOB 'quota_rule*' OR substr(name, 11) GLOB '*[^0-9]*'))
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

-- After so much work, another writer's is waited for.
.timeout 10000
BEGIN IMMEDIATE;
.read import-write.sql
COMMIT;
.timeout 0
PRAGMA cache_spill = ON;

SELECT 'taken in: ' || users || ' users' FROM import_result;
.read import-forget.sql
