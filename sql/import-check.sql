-- import-check.sql: which rows of an import can't come, and why
--
-- import.sql reads it, and import-write.sql once more, when nobody else can
-- write: then only errors are news.

CREATE TEMP TABLE IF NOT EXISTS import_checked(times);
CREATE TEMP TABLE IF NOT EXISTS import_problem(severity, "table", "key", what);
DELETE FROM import_problem;

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
    'the password is easy to guess: ' || PASSWORD_WEAKNESS(password, email)
  FROM import_password, password_policy
  WHERE strength AND passwords = 'plain' AND kind IN ('plain', 'bare')
    AND typeof(email) = 'text'
    AND PASSWORD_WEAKNESS(password, email) IS NOT NULL;

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
  WHERE severity = 'error' OR NOT EXISTS (SELECT 1 FROM import_checked)
  ORDER BY severity, "table", "key", what;

INSERT INTO import_checked VALUES (1);

CREATE TEMP TABLE IF NOT EXISTS import_verdict(errors);
CREATE TEMP TRIGGER IF NOT EXISTS import_refuse BEFORE INSERT ON import_verdict
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

