-- import.sql: the half that adopt.sql and the import-*.sql have in common
--
-- They read it; it isn't run by itself. They have set temp_store to MEMORY, for
-- passwords pass here, begun a transaction, applied schema.sql, and made, for
-- as long as the connection lasts (TEMP):
--
--   coming_domains(domain), coming_transport(domain, transport),
--   coming_forwardings(source, destination),
--   coming_users(email, password, quota, maildir, active, name, locked, label)
--                what is to come; NULL is the default, and a maildir made from
--                the address. label is how a row is named in the list of what
--                can't come; NULL: by its address
--   coming_remarks(severity, "table", "key", what)
--                what they have to say of rows themselves
--   import_option(passwords, maildir, program)
--                one row: what the administrator said
--
-- It prints every row that can't come, with the reason, never its password.
-- If there is one, it rolls all back. Otherwise everything is written, and
-- the transaction is still open at the end. import_result(users) counts them.

-- ---- how far it is ----

-- Told on stderr, if that is a terminal and the users are many. Where there is
-- no /proc, or stderr is closed, this folder is looked at instead.

CREATE TEMP TABLE import_progress AS
  SELECT total >= 500 AND coalesce(
      CAST(data AS TEXT) GLOB '/dev/pts/*'
        OR CAST(data AS TEXT) GLOB '/dev/tty*', 0) AS shown,
    total, 0 AS told
  FROM fsdir(CASE WHEN readfile('/proc/self/fdinfo/2') IS NULL THEN '.'
      ELSE '/proc/self/fd/2' END),
    (SELECT count(*) AS total FROM coming_users)
  LIMIT 1;

UPDATE import_progress
  SET told = writefile('/dev/stderr',
    printf('import: checking %d users', total) || char(10))
  WHERE shown;

-- ---- what is coming ----

-- A quota of none is 0, which means no limit. In option.maildir, %d stands
-- for the domain, %n for the name before the @, and %u for both, as they were
-- spelled, for that is how the folders are.

CREATE TEMP VIEW import_user AS
  SELECT email, password, ltrim(password, '!') AS unlocked, locked,
    CASE
      WHEN coalesce(quota, '') = '' THEN 0
      WHEN typeof(quota) = 'text'
        AND CAST(CAST(quota AS INTEGER) AS TEXT) = quota
        THEN CAST(quota AS INTEGER)
      WHEN typeof(quota) = 'real' AND CAST(quota AS INTEGER) = quota
        THEN CAST(quota AS INTEGER)
      ELSE quota
    END AS quota,
    CASE WHEN CAST(active AS TEXT) IN ('0', '1') THEN CAST(active AS INTEGER)
      ELSE coalesce(active, 1) END AS active,
    coalesce(name, '') AS name,
    CASE WHEN coalesce(u.maildir, '') <> '' THEN u.maildir
      ELSE replace(replace(replace(coalesce(o.maildir, '%d/%n/'),
        '%u', email),
        '%d', substr(email, instr(email, '@') + 1)),
        '%n', substr(email, 1, instr(email, '@') - 1))
    END AS maildir,
    passwords, program, coalesce(label, email) AS label
  FROM coming_users AS u, import_option AS o;

-- What a password is, as CRYPT_KIND() says, or not even text. A bare hash
-- behind a lock is one still.

CREATE TEMP VIEW import_password AS
  SELECT *,
    CASE WHEN typeof(password) <> 'text' THEN typeof(password)
      WHEN CRYPT_KIND(unlocked) = 'bare' THEN 'bare'
      ELSE CRYPT_KIND(password) END AS kind
  FROM import_user;

-- A bare digest in hex looks like a password. The label with which it would be
-- a hash, or NULL.

CREATE TEMP VIEW import_digest AS
  SELECT p.*, (
    SELECT label FROM (
      SELECT '{PLAIN-MD5}' AS label UNION ALL SELECT '{SHA.HEX}'
      UNION ALL SELECT '{SHA256.HEX}' UNION ALL SELECT '{SHA512.HEX}')
    WHERE p.kind = 'plain' AND CRYPT_KIND(label || p.unlocked) = 'hash')
    AS digest
  FROM import_password AS p;

-- ---- what can't come ----

CREATE TEMP TABLE import_problem(severity, "table", "key", what);

INSERT INTO import_problem
  SELECT 'error', NULL, ':passwords', 'say ''hashed'' or ''plain'''
  FROM import_option WHERE passwords NOT IN ('hashed', 'plain');

INSERT INTO import_problem
  SELECT 'error', NULL, ':program', 'say ''courier'' or ''dovecot'''
  FROM import_option WHERE program NOT IN ('courier', 'dovecot');

INSERT INTO import_problem SELECT * FROM coming_remarks;

INSERT INTO import_problem
  SELECT 'error', 'domains', domain,
    'can''t be the domain of a mailbox: ' || CASE typeof(domain)
      WHEN 'text' THEN ADDRESS_PROBLEM('postmaster@' || domain)
      ELSE 'it is not text' END
  FROM coming_domains
  WHERE typeof(domain) <> 'text'
    OR ADDRESS_PROBLEM('postmaster@' || domain) IS NOT NULL;

INSERT INTO import_problem
  SELECT 'error', 'users', label,
    CASE WHEN typeof(email) <> 'text' THEN 'the address is not text'
      ELSE ADDRESS_PROBLEM(email) END
  FROM import_user
  WHERE typeof(email) <> 'text' OR ADDRESS_PROBLEM(email) IS NOT NULL;

INSERT INTO import_problem
  SELECT 'error', 'users', label,
    'is there more than once, but for upper and lower case'
  FROM import_user WHERE lower(email) IN (
    SELECT lower(email) FROM import_user GROUP BY 1 HAVING count(*) > 1);

INSERT INTO import_problem
  SELECT 'error', 'users', label, 'is a user here already'
  FROM import_user WHERE lower(email) IN (SELECT lower(email) FROM users);

INSERT INTO import_problem
  SELECT 'error', 'users', label, 'its domain isn''t in the table domains: '
    || 'INSERT INTO domains(domain) VALUES (' || quote(DOMAIN_OF(email)) || ');'
  FROM import_user
  WHERE DOMAIN_OF(email) NOT IN (
    SELECT lower(domain) FROM domains
    UNION ALL
    SELECT lower(domain) FROM coming_domains WHERE domain IS NOT NULL);

INSERT INTO import_problem
  SELECT 'error', 'users', label, 'the quota is not a number of bytes'
  FROM import_user WHERE typeof(quota) <> 'integer' OR quota < 0;

INSERT INTO import_problem
  SELECT 'error', 'users', label, 'active is neither 1 nor 0'
  FROM import_user WHERE active NOT IN (0, 1);

INSERT INTO import_problem
  SELECT 'error', 'users', label, 'the maildir: ' || MAILDIR_PROBLEM(maildir)
  FROM import_user
  WHERE ADDRESS_PROBLEM(email) IS NULL AND MAILDIR_PROBLEM(maildir) IS NOT NULL;

INSERT INTO import_problem
  SELECT 'error', 'users', label, 'another user has the same maildir'
  FROM import_user
  WHERE lower(maildir) IN (
      SELECT lower(maildir) FROM import_user
      GROUP BY 1 HAVING count(DISTINCT lower(email)) > 1)
    OR lower(maildir) IN (
      SELECT lower(maildir) FROM users
      WHERE email NOT IN (SELECT email FROM import_user));

-- In order, what lies inside of a maildir comes right behind it, for none has a
-- char(127).

INSERT INTO import_problem
  SELECT 'error', 'users', CASE WHEN coming THEN email ELSE inner_email END,
    CASE WHEN coming THEN 'the maildir holds that of ' || inner_email
      ELSE 'the maildir lies inside of that of ' || email END
  FROM (
    SELECT email, maildir, coming, lead(email) OVER in_order AS inner_email,
      lead(maildir) OVER in_order AS inner_maildir,
      lead(coming) OVER in_order AS inner_coming
    FROM (
      SELECT email, lower(maildir) AS maildir, 1 AS coming FROM import_user
      WHERE ADDRESS_PROBLEM(email) IS NULL AND MAILDIR_PROBLEM(maildir) IS NULL
      UNION ALL SELECT email, lower(maildir), 0 FROM users)
    WINDOW in_order AS (ORDER BY maildir))
  WHERE (coming OR inner_coming) AND inner_maildir > maildir
    AND inner_maildir < maildir || char(127);

-- Without a word from the administrator nothing is guessed: 'bare' could be
-- either, and of a table of hashes, 'plain' is whom nobody shall be.

INSERT INTO import_problem
  SELECT 'error', 'users', label,
    CASE
      WHEN kind = 'null' THEN 'has no password'
      WHEN typeof(password) <> 'text'
        THEN 'the password is stored as ' || kind || ', not as text'
      WHEN kind NOT IN ('bare', 'plain') THEN CRYPT_PROBLEM(password)
      WHEN passwords = 'plain' THEN PASSWORD_PROBLEM(password, method)
      WHEN digest IS NOT NULL THEN 'could be a bare digest in hex: if it is, '
        || 'write ' || digest || ' before it'
      WHEN passwords = 'hashed' THEN CASE kind
        WHEN 'bare' THEN CRYPT_PROBLEM('{CRYPT}' || unlocked)
        ELSE 'is not a hash' END
      WHEN kind = 'bare' THEN 'a hash without a label, or a plain password? '
        || 'Set :passwords to ''hashed'' or ''plain'''
      ELSE 'no hash. If it is a plain password, set :passwords to ''plain'''
    END
  FROM import_digest, password_policy
  WHERE CASE kind
    WHEN 'hash' THEN 0
    WHEN 'bare' THEN CASE passwords
      WHEN 'hashed' THEN CRYPT_PROBLEM('{CRYPT}' || unlocked) IS NOT NULL
      WHEN 'plain' THEN PASSWORD_PROBLEM(password, method) IS NOT NULL
      ELSE 1 END
    WHEN 'plain' THEN passwords IS NOT 'plain'
      OR PASSWORD_PROBLEM(password, method) IS NOT NULL
    ELSE 1 END;

INSERT INTO import_problem
  SELECT 'warning', 'users', label,
    'could be a bare digest in hex, and is hashed as a password: if it is one, '
      || 'nobody can log in with it'
  FROM import_digest WHERE passwords = 'plain' AND digest IS NOT NULL;

INSERT INTO import_problem
  SELECT 'warning', 'users', label,
    'there''s no spelling of this hash that ' || program || ' can verify: '
      || 'ask for a new password'
  FROM import_password
  WHERE kind = 'hash' AND program IS NOT NULL
    AND CRYPT_RELABEL(unlocked, program) IS NULL;

INSERT INTO import_problem
  SELECT 'error', 'forwardings', source,
    coalesce(FORWARDING_PROBLEM(source, destination),
      'the source or the destination is NULL')
  FROM (SELECT source, CASE typeof(destination)
      WHEN 'text' THEN trim(destination, ' ,') ELSE destination
    END AS destination FROM coming_forwardings)
  WHERE source IS NULL OR destination IS NULL
    OR FORWARDING_PROBLEM(source, destination) IS NOT NULL;

INSERT INTO import_problem
  SELECT 'error', 'forwardings', source, 'is forwarded here already'
  FROM coming_forwardings
  WHERE lower(source) IN (SELECT lower(source) FROM forwardings);

INSERT INTO import_problem
  SELECT 'error', 'transport', domain, 'has no domain or no transport'
  FROM coming_transport
  WHERE typeof(domain) <> 'text' OR domain = ''
    OR typeof(transport) <> 'text' OR transport = '';

INSERT INTO import_problem
  SELECT 'error', 'transport', domain, 'has two different transports'
  FROM coming_transport WHERE lower(domain) IN (
    SELECT lower(domain) FROM (
      SELECT domain, transport FROM coming_transport
      UNION ALL SELECT domain, transport FROM transport)
    GROUP BY 1 HAVING count(DISTINCT transport) > 1);

-- A key is written in hex if a terminal might obey one of its characters.

SELECT severity, "table",
    CASE WHEN typeof("key") = 'blob' OR "key" GLOB unprintable
        OR instr("key", char(0)) THEN 'x''' || hex("key") || ''''
      ELSE "key" END AS "key",
    what
  FROM import_problem, (
    SELECT '*[^ -~' || char(161) || '-' || char(1114111) || ']*'
      AS unprintable)
  ORDER BY severity, "table", "key", what;

CREATE TEMP TABLE import_verdict(errors);
CREATE TEMP TRIGGER import_refuse BEFORE INSERT ON import_verdict
WHEN NEW.errors <> 0
BEGIN
  SELECT CASE WHEN NEW.errors > 0
    THEN RAISE(ROLLBACK,
      'nothing was changed: the rows listed as errors can''t come')
    ELSE RAISE(ROLLBACK,
      'nothing was changed: of the users, not all would be stored')
  END;
END;
INSERT INTO import_verdict
  SELECT count(*) FROM import_problem WHERE severity = 'error';

-- ---- what comes ----

CREATE TEMP TABLE import_result AS SELECT count(*) AS users FROM users;

INSERT INTO domains(domain)
  SELECT min(domain) FROM coming_domains
  WHERE lower(domain) NOT IN (SELECT lower(domain) FROM domains)
  GROUP BY lower(domain);

-- Plain passwords are hashed here, not by the trigger: SQLite keeps the rows
-- of a SELECT like this one in a temporary table. OFFSET 0 keeps SQLite from
-- calling CRYPT wherever hash is used.

INSERT INTO users(email, password, quota, maildir, active, name)
  SELECT email,
    CASE WHEN locked OR (is_hash AND substr(password, 1, 1) = '!')
      THEN '!' ELSE '' END || coalesce(CRYPT_RELABEL(hash, program), hash),
    quota, maildir, active, name
  FROM (
    SELECT *,
      CASE WHEN shown AND (n % 500 = 0 OR n = total) THEN
        writefile('/dev/stderr', printf('%simport: %d of %d users%s', char(13),
          n, total, CASE WHEN n = total THEN char(10) ELSE '' END)) END AS said,
      CASE WHEN NOT is_hash THEN CRYPT(password, method, cost)
        WHEN kind = 'bare' THEN '{CRYPT}' || unlocked
        ELSE unlocked END AS hash
    FROM (
      SELECT *, row_number() OVER () AS n,
        kind = 'hash' OR (kind = 'bare' AND passwords = 'hashed') AS is_hash
      FROM import_password), password_policy, import_progress
    LIMIT -1 OFFSET 0)
  WHERE coalesce(said, 1);

-- A trigger of somebody else's may have left some out.

UPDATE import_result SET users = (SELECT count(*) FROM users) - users;
INSERT INTO import_verdict
  SELECT -1 FROM import_result
  WHERE users <> (SELECT count(*) FROM coming_users);

-- Several rows of one source are one, as they are to Postfix.

INSERT INTO forwardings(source, destination)
  SELECT min(source), group_concat(destination, ',')
  FROM (SELECT DISTINCT source, trim(destination, ' ,') AS destination
    FROM coming_forwardings)
  GROUP BY lower(source);

INSERT INTO transport(domain, transport)
  SELECT min(domain), min(transport) FROM coming_transport
  WHERE lower(domain) NOT IN (SELECT lower(domain) FROM transport)
  GROUP BY lower(domain);

-- ---- and nothing is left behind in this connection ----

DROP TABLE import_progress;
DROP VIEW import_digest;
DROP VIEW import_password;
DROP VIEW import_user;
DROP TABLE import_verdict;
DROP TABLE import_problem;
DROP TABLE import_option;
DROP VIEW coming_domains;
DROP VIEW coming_users;
DROP VIEW coming_forwardings;
DROP VIEW coming_transport;
DROP VIEW coming_remarks;
