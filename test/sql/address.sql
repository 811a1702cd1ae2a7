# The address functions, as an administrator meets them.
#
# Run from the repository's root: sqlite3 < test/sql/address.sql
# Each row of checks is (what, result, wanted result).
.load ./mailfunc
CREATE TEMP TABLE checks(what, got, want);

INSERT INTO checks VALUES
  ('the domain', DOMAIN_OF('Joe@Example.COM'), 'example.com'),
  ('the local part', LOCAL_PART_OF('Joe@Example.COM'), 'joe'),
  ('the maildir', MAILDIR('Joe@Example.COM'), 'example.com/joe/'),
  ('no problem', ADDRESS_PROBLEM('Joe@Example.COM'), NULL),
  ('+ stays', MAILDIR('joe+lists@example.com'), 'example.com/joe+lists/'),
  ('a dot inside stays', MAILDIR('joe.doe@example.com'),
   'example.com/joe.doe/'),
  ('other characters of an atom', LOCAL_PART_OF('!#$%&*=?^_{|}~-@x.org'),
   '!#$%&*=?^_{|}~-'),
  ('an internationalised domain', DOMAIN_OF('joe@XN--bcher-KVA.example'),
   'xn--bcher-kva.example'),
  ('a domain of one label', MAILDIR('root@localhost'), 'localhost/root/'),
  ('a BLOB', MAILDIR(x'6a6f65406578616d706c652e636f6d'), 'example.com/joe/'),
  ('NULL has no domain', DOMAIN_OF(NULL), NULL),
  ('NULL has no local part', LOCAL_PART_OF(NULL), NULL),
  ('NULL has no maildir', MAILDIR(NULL), NULL),
  ('NULL has no problem', ADDRESS_PROBLEM(NULL), NULL),
  ('the longest local part', length(MAILDIR(hex(zeroblob(32)) || '@x.org')),
   5 + 1 + 64 + 1);

-- What each type of value is. Units have the sentences.
CREATE TABLE refused(email, problem);
INSERT INTO refused VALUES
  ('joe', 'it has no @'),
  (42, 'it has no @'),
  (4.2, 'it has no @'),
  (x'', 'it has no @'),
  ('joe' || char(0) || '@example.com', 'it has a control byte'),
  ('joe@example.com' || char(0), 'it has a control byte'),
  ('joe@bücher.example',
   'it has a byte outside ASCII, use the xn-- form of the domain'),
  (x'6aff406578616d706c652e636f6d',
   'it has a byte outside ASCII, use the xn-- form of the domain');
INSERT INTO checks
  SELECT quote(email), ADDRESS_PROBLEM(email), problem FROM refused
  UNION ALL
  SELECT 'no domain: ' || quote(email), DOMAIN_OF(email), NULL FROM refused
  UNION ALL
  SELECT 'no local part: ' || quote(email), LOCAL_PART_OF(email), NULL
  FROM refused
  UNION ALL
  SELECT 'no maildir: ' || quote(email), MAILDIR(email), NULL FROM refused;

-- One SELECT audits a table.
CREATE TABLE audit(email);
INSERT INTO audit VALUES ('a@example.com'), ('b'), ('c@example.com');
INSERT INTO checks
  SELECT 'an audit', group_concat(email || ': ' || ADDRESS_PROBLEM(email)),
         'b: it has no @' FROM audit WHERE MAILDIR(email) IS NULL;

-- Maildirs and forwardings that were given. Units have these sentences, too.
INSERT INTO checks VALUES
  ('a maildir', MAILDIR_PROBLEM('example.com/joe/'), NULL),
  ('a maildir of NULL', MAILDIR_PROBLEM(NULL), NULL),
  ('a maildir in a BLOB', MAILDIR_PROBLEM(x'612f'),
   'it is a blob, not text'),
  ('a maildir that is a number', MAILDIR_PROBLEM(7),
   'it is a number, not text'),
  ('a maildir that leaves the store', MAILDIR_PROBLEM('../') IS NOT NULL, 1),
  ('one maildir in another', MAILDIRS_MEET('a/', 'A/b/'), 1),
  ('one beside another', MAILDIRS_MEET('a/b/', 'a/bc/'), 0),
  ('one and NULL', MAILDIRS_MEET('a/', NULL), NULL),
  ('a forwarding', FORWARDING_PROBLEM('a@b.c', 'd@e.f, g'), NULL),
  ('a forwarding of NULL', FORWARDING_PROBLEM(NULL, 'd@e.f'), NULL),
  ('a forwarding to NULL', FORWARDING_PROBLEM('a@b.c', NULL), NULL),
  ('a forwarding of a BLOB', FORWARDING_PROBLEM(x'61', 'd@e.f'),
   'source: it is a blob, not text'),
  ('a forwarding to a number', FORWARDING_PROBLEM('a@b.c', 7),
   'destination: it is a number, not text');

-- In a view of the database itself: innocuous, whatever its trust.
CREATE VIEW inside AS
  SELECT DOMAIN_OF('a@b.c') || LOCAL_PART_OF('a@b.c') || MAILDIR('a@b.c')
         || ADDRESS_PROBLEM('') || (MAILFUNC_VERSION() <> '') AS a;
INSERT INTO checks
  SELECT 'all of them in a view', a, 'b.cab.c/a/it has no @1' FROM inside;

SELECT CASE WHEN got IS want THEN 'ok' ELSE 'not ok' END || ' - '
       || what || CASE WHEN got IS want THEN ''
          ELSE ' # got ' || quote(got) || ', wanted ' || quote(want) END
  FROM checks;
