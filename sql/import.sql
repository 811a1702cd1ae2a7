-- import.sql: the half that adopt.sql and the import-*.sql have in common
--
-- They read it; it isn't run by itself. They have begun a transaction, applied
-- schema.sql, and made, for as long as the connection lasts (TEMP):
--
--   coming_domains(domain), coming_transport(domain, transport),
--   coming_forwardings(source, destination),
--   coming_users(email, password, quota, maildir, locked)
--                what is to come; without a maildir it is made from the address
--   coming_remarks(severity, "table", "key", what)
--                what they have to say of rows themselves
--   import_option(passwords, maildir, program)
--                one row: what the administrator said
--
-- It prints every row that can't come, with the reason, never its password.
-- If there is one, it rolls all back. Otherwise everything is written, and
-- the transaction is still open at the end.

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
    CASE WHEN coalesce(u.maildir, '') <> '' THEN u.maildir
      ELSE replace(replace(replace(coalesce(o.maildir, '%d/%n/'),
        '%u', email),
        '%d', substr(email, instr(email, '@') + 1)),
        '%n', substr(email, 1, instr(email, '@') - 1))
    END AS maildir,
    passwords, program
  FROM coming_users AS u, import_option AS o;

-- What a password is: a 'hash' that says so itself; a 'bare' one of DES, or a
-- plain password that looks like it; a 'label' like {PLAIN}; 'damaged', which
-- may also be a method unknown here; 'none'; 'plain'; or not even text.

CREATE TEMP VIEW import_password AS
  SELECT *,
    CASE
      WHEN coalesce(unlocked, '') IN ('', '*', '*0', '*1') THEN 'none'
      WHEN typeof(password) <> 'text' THEN typeof(password)
      WHEN CRYPT_INFO(unlocked) IS NOT NULL THEN
        CASE WHEN substr(unlocked, 1, 1) IN ('$', '_', '{') THEN 'hash'
          ELSE 'bare' END
      WHEN upper(substr(unlocked, 1, instr(unlocked, '}'))) IN (
        '{PLAIN}', '{CLEAR}', '{CLEARTEXT}', '{PLAIN-TRUNC}') THEN 'label'
      WHEN unlocked GLOB '{[A-Za-z]*}*' OR unlocked GLOB '$[0-9a-z]*$*'
        OR unlocked GLOB '$md5,*' THEN 'damaged'
      ELSE 'plain'
    END AS kind
  FROM import_user;

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
  SELECT 'error', 'domains', domain, 'can''t be the domain of a mailbox'
  FROM coming_domains
  WHERE typeof(domain) <> 'text' OR MAILDIR('postmaster@' || domain) IS NULL;

INSERT INTO import_problem
  SELECT 'error', 'users', email,
    CASE WHEN typeof(email) <> 'text' THEN 'the address is not text'
      ELSE ADDRESS_PROBLEM(email) END
  FROM import_user WHERE typeof(email) <> 'text' OR MAILDIR(email) IS NULL;

INSERT INTO import_problem
  SELECT 'error', 'users', email,
    'is there more than once, but for upper and lower case'
  FROM import_user WHERE lower(email) IN (
    SELECT lower(email) FROM import_user GROUP BY 1 HAVING count(*) > 1);

INSERT INTO import_problem
  SELECT 'error', 'users', email, 'is a user here already'
  FROM import_user WHERE lower(email) IN (SELECT lower(email) FROM users);

INSERT INTO import_problem
  SELECT 'error', 'users', email, 'its domain isn''t in the table domains'
  FROM import_user
  WHERE DOMAIN_OF(email) NOT IN (
    SELECT lower(domain) FROM domains
    UNION ALL
    SELECT lower(domain) FROM coming_domains WHERE domain IS NOT NULL);

INSERT INTO import_problem
  SELECT 'error', 'users', email, 'the quota is not a number of bytes'
  FROM import_user WHERE typeof(quota) <> 'integer' OR quota < 0;

INSERT INTO import_problem
  SELECT 'error', 'users', email,
    'the maildir is no relative path with a slash at its end'
  FROM import_user
  WHERE MAILDIR(email) IS NOT NULL AND (
    typeof(maildir) <> 'text' OR maildir NOT GLOB '*/'
    OR maildir GLOB '*[^!-~]*' OR instr(maildir, char(0))
    OR '/' || maildir GLOB '*/[./]*');

INSERT INTO import_problem
  SELECT 'error', 'users', email, 'another user has the same maildir'
  FROM import_user
  WHERE lower(maildir) IN (
      SELECT lower(maildir) FROM import_user
      GROUP BY 1 HAVING count(DISTINCT lower(email)) > 1)
    OR lower(maildir) IN (
      SELECT lower(maildir) FROM users
      WHERE email NOT IN (SELECT email FROM import_user));

-- Without a word from the administrator nothing is guessed: 'bare' could be
-- either, and of a table of hashes, 'plain' is whom nobody shall be.

INSERT INTO import_problem
  SELECT 'error', 'users', email,
    CASE
      WHEN kind = 'none' THEN 'has no password, or the mark of a lock'
      WHEN kind = 'label' THEN
        'a label like {PLAIN}, and behind it the password itself'
      WHEN kind = 'damaged' THEN
        'begins like a hash, but isn''t a whole one of a known method'
      WHEN kind NOT IN ('bare', 'plain') THEN
        'the password is stored as ' || kind || ', not as text'
      WHEN passwords = 'hashed' THEN 'is not a hash'
      WHEN passwords = 'plain' THEN
        'the password is longer than a hash can use, or has a NUL byte'
      WHEN kind = 'bare' THEN 'a hash of DES, or a plain password? '
        || 'Set :passwords to ''hashed'' or ''plain'''
      ELSE 'no hash. If it is a plain password, set :passwords to ''plain'''
    END
  FROM import_password
  WHERE CASE kind
    WHEN 'hash' THEN 0
    WHEN 'bare' THEN passwords IS NOT 'hashed' AND passwords IS NOT 'plain'
    WHEN 'plain' THEN passwords IS NOT 'plain'
      OR instr(password, char(0)) OR length(password) > (
        SELECT max_password_bytes FROM crypt_methods, password_policy
        WHERE name = replace(lower(method), 'bf', 'bcrypt'))
    ELSE 1 END;

-- The limits of CRYPT_VERIFY, see README.

INSERT INTO import_problem
  SELECT 'error', 'users', email,
    'its hash asks for more memory or time than mailfunc allows'
  FROM (
    SELECT email, json_extract(info, '$.method') AS method,
      json_extract(info, '$.cost') AS cost,
      json_extract(info, '$.memory_kib') AS memory_kib
    FROM (SELECT email, CRYPT_INFO(unlocked) AS info
      FROM import_password WHERE kind = 'hash'))
  WHERE memory_kib > 1048576 OR CASE
    WHEN method GLOB 'bcrypt*' THEN cost > 17
    WHEN method IN ('sha256crypt', 'sha512crypt') THEN cost > 3000000
    WHEN method IN ('sha1crypt', 'sunmd5', 'pbkdf2') THEN cost > 5000000
    WHEN method GLOB 'argon2*' THEN memory_kib
      * CAST(substr(cost, instr(cost, ',t=') + 3) AS INTEGER) > 4194304
  END;

INSERT INTO import_problem
  SELECT 'warning', 'users', email,
    'there''s no spelling of this hash that ' || program || ' can verify: '
      || 'ask for a new password'
  FROM import_password
  WHERE kind = 'hash' AND program IS NOT NULL
    AND CRYPT_RELABEL(unlocked, program) IS NULL;

INSERT INTO import_problem
  SELECT 'error', 'forwardings', source, 'has no source or leads nowhere'
  FROM coming_forwardings
  WHERE typeof(source) <> 'text' OR source = ''
    OR typeof(destination) <> 'text' OR trim(destination, ' ,') = '';

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
WHEN NEW.errors > 0
BEGIN
  SELECT RAISE(ROLLBACK,
    'nothing was changed: the rows listed as errors can''t come');
END;
INSERT INTO import_verdict
  SELECT count(*) FROM import_problem WHERE severity = 'error';

-- ---- what comes ----

INSERT INTO domains(domain)
  SELECT min(domain) FROM coming_domains
  WHERE lower(domain) NOT IN (SELECT lower(domain) FROM domains)
  GROUP BY lower(domain);

-- Plain passwords are hashed here, not by the trigger: SQLite keeps the rows
-- of a SELECT like this one in a temporary table, maybe in a file. GEN_SALT
-- stands beside CRYPT, for a subquery would be asked once, for one salt. And
-- OFFSET 0 keeps SQLite from calling CRYPT wherever hash is used.

INSERT INTO users(email, password, quota, maildir)
  SELECT email,
    CASE WHEN locked OR (is_hash AND substr(password, 1, 1) = '!')
      THEN '!' ELSE '' END || coalesce(CRYPT_RELABEL(hash, program), hash),
    quota, maildir
  FROM (
    SELECT *,
      CASE WHEN NOT is_hash THEN CRYPT(password, GEN_SALT(method, cost))
        WHEN kind = 'bare' THEN '{CRYPT}' || unlocked
        ELSE unlocked END AS hash
    FROM (
      SELECT *,
        kind = 'hash' OR (kind = 'bare' AND passwords = 'hashed') AS is_hash
      FROM import_password), password_policy
    LIMIT -1 OFFSET 0);

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
