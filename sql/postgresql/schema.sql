-- schema.sql: the tables of a mail server's users for PostgreSQL, and the
-- triggers that hash the passwords typed into them
--
-- TO APPLY IT
--
--   createdb -T template0 -E UTF8 --locale=C.UTF-8 mail
--   psql -X -1 -v ON_ERROR_STOP=1 -d mail -f schema.sql
--
-- as a superuser, for it makes roles and keeps passwords out of the server's
-- log. PostgreSQL 15 or newer, with pgcrypto. The database is for mail alone.
-- Applying it again makes functions and triggers those of this version and
-- changes nothing else, not even what password_policy was set to since.
--
-- TO USE IT, as a member of the role mail_admin
--
--   INSERT INTO domains(domain) VALUES ('example.com');
--   INSERT INTO users(email, password) VALUES ('Joe@example.com', 'secret')
--     RETURNING email;
--
-- stores joe@example.com, a hash with a salt of its own, the default quota, and
-- the maildir example.com/joe/. Upserts, COPY and UPDATE do the same, and count
-- what they wrote. A complete hash is stored as it is. What is neither a hash
-- nor a plain password, crypt_problem() says why, is an error.
--
-- A password needs quotes: PostgreSQL turns a number into text before a trigger
-- sees it, and 007 into '7'.
--
-- Addresses and domains are stored in lower case, as Postfix asks for them, and
-- must be looked for in lower case: text with = compares letter by letter.
-- (citext would not: but a key compared with a value that a program has bound
-- as text would then be compared as text all the same, without the index.)
--
-- PASSWORDS AND THE LOG
--
-- A plain password reaches no table and no WAL: the row that is written has the
-- hash. (A statement that sorts many plain passwords may put them into a
-- temporary file first, as any sort does that is larger than work_mem.) Settings
-- of the database keep a statement that fails, and its message, out of the
-- server's log; they are at the end of this file. pg_dump leaves them out unless
-- it is told -C: after a restore, apply this file again.
--
-- REPLICAS
--
-- A physical replica has the rows as they are here. On a logical one triggers
-- don't fire, and mustn't (ENABLE REPLICA or ALWAYS): each password is hashed
-- once, here.

-- ---- what it needs ----

DO $$
BEGIN
  IF current_setting('server_version_num')::int < 150000 THEN
    RAISE 'PostgreSQL 15 or newer is needed';
  ELSIF getdatabaseencoding() <> 'UTF8' THEN
    RAISE 'the database must be in UTF8, createdb -T template0 -E UTF8';
  ELSIF lower('I') <> 'i' THEN
    RAISE 'in this locale I is not the capital of i, createdb --locale=C.UTF-8';
  END IF;
END $$;

CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;

DO $$
BEGIN
  IF to_regprocedure('public.crypt(text, text)') IS NULL THEN
    RAISE 'pgcrypto is in another schema, '
      'ALTER EXTENSION pgcrypto SET SCHEMA public;';
  END IF;
END $$;

SET search_path = public;

-- ---- what the extension's tables say, put here by make ----

@METHODS@
-- How passwords are hashed: the row of the one strong method that pgcrypto can
-- make, which is the one that Courier, Dovecot, PHP and PostgreSQL verify.

CREATE OR REPLACE FUNCTION mail_policy_method(OUT name text,
  OUT password_max integer, OUT cost_default integer, OUT cost_min integer,
  OUT cost_max bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT name, password_max, cost_default, cost_min, work_stored
  FROM public.crypt_methods() WHERE alias = 'bf';
$$;

-- Why password_policy can't be that, NULL if it can.

CREATE OR REPLACE FUNCTION policy_problem(method text, cost integer)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
  SELECT CASE
    WHEN method IS NULL THEN 'method must not be NULL'
    WHEN method <> name THEN format('PostgreSQL makes %s alone', name)
    WHEN cost BETWEEN cost_min AND cost_max THEN NULL
    ELSE format('the cost of %s is a whole number from %s to %s', name,
      cost_min, cost_max)
  END FROM mail_policy_method();
$$;

-- ---- tables ----

CREATE TABLE IF NOT EXISTS domains (
  domain text PRIMARY KEY CHECK (domain <> '')
);

-- maildir is relative to Postfix's virtual_mailbox_base. It stays when the
-- e-mail address changes, for the mail stays too.

CREATE TABLE IF NOT EXISTS users (
  email text PRIMARY KEY,
  password text NOT NULL,
  quota bigint NOT NULL DEFAULT 10485760 CHECK (quota >= 0),
  maildir text NOT NULL CHECK (maildir <> ''),
  active integer NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  name text NOT NULL DEFAULT ''
);

-- In the order of bytes, in which what lies inside of a maildir is next to it.
CREATE UNIQUE INDEX IF NOT EXISTS users_maildir
  ON users (lower(maildir COLLATE "C"));
CREATE INDEX IF NOT EXISTS users_domain
  ON users (split_part(email, '@', 2));

-- Several destinations go into one row, with commas between them.

CREATE TABLE IF NOT EXISTS forwardings (
  source text PRIMARY KEY CHECK (source <> ''),
  destination text NOT NULL CHECK (destination <> '')
);

CREATE TABLE IF NOT EXISTS transport (
  domain text PRIMARY KEY CHECK (domain <> ''),
  transport text NOT NULL CHECK (transport <> '')
);

-- How plain passwords are hashed from now on. One row.

CREATE TABLE IF NOT EXISTS password_policy (
  method text NOT NULL,
  cost integer NOT NULL,
  CHECK (policy_problem(method, cost) IS NULL)
);
INSERT INTO password_policy
  SELECT name, cost_default FROM mail_policy_method()
  WHERE NOT EXISTS (SELECT FROM password_policy);

-- ---- addresses: the answers of the extension's functions ----

CREATE OR REPLACE FUNCTION address_byte_problem(byte text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN ascii(byte) >= 128 THEN
      'it has a byte outside ASCII, use the xn-- form of the domain'
    WHEN ascii(byte) < 32 OR ascii(byte) = 127 THEN 'it has a control byte'
    WHEN byte = ' ' THEN 'it has a blank'
    WHEN byte = '@' THEN 'it has a second @'
    WHEN byte IN ('/', '\') THEN 'it has a slash or backslash'
    WHEN byte IN ('''', '"', '`') THEN 'it has a quote'
    WHEN byte = ',' THEN 'it has a comma'
    ELSE 'it has a character that needs quoting, or that no domain has'
  END;
END;

-- Labels, of a domain whose bytes are good.

CREATE OR REPLACE FUNCTION domain_labels_problem(domain text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
  label text;
BEGIN
  FOREACH label IN ARRAY string_to_array(domain, '.') LOOP
    IF label = '' THEN
      RETURN 'the domain has an empty label, or begins or ends with a dot';
    ELSIF octet_length(label) > 63 THEN
      RETURN 'the domain has a label over 63 bytes';
    ELSIF left(label, 1) = '-' OR right(label, 1) = '-' THEN
      RETURN 'the domain has a label that begins or ends with a hyphen';
    END IF;
  END LOOP;
  IF label ~ '^[0-9]*$' THEN
    RETURN 'the domain is an IP address, not a name';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION address_problem(email text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
DECLARE
  domain text := substring(email FROM '@([^@]*)$');
  local_part text := left(email, - length(domain) - 1);
  bad text;
BEGIN
  IF domain IS NULL THEN
    RETURN 'it has no @';
  ELSIF local_part = '' THEN
    RETURN 'the part before the @ is empty';
  ELSIF octet_length(local_part) > 64 THEN
    RETURN 'the part before the @ is over 64 bytes';
  END IF;
  bad := substring(local_part FROM '[^-A-Za-z0-9.!#$%&*+=?^_{|}~]');
  IF bad IS NOT NULL THEN
    RETURN address_byte_problem(bad);
  ELSIF left(local_part, 1) = '.' OR right(local_part, 1) = '.' THEN
    RETURN 'the part before the @ begins or ends with a dot';
  ELSIF strpos(local_part, '..') > 0 THEN
    RETURN 'the part before the @ has two dots in a row';
  ELSIF left(local_part, 1) = '-' THEN
    RETURN 'the part before the @ begins with a hyphen';
  ELSIF domain = '' THEN
    RETURN 'the domain is empty';
  ELSIF left(domain, 1) = '[' THEN
    RETURN 'the domain is an address literal, not a name';
  ELSIF octet_length(domain) > 253 THEN
    RETURN 'the domain is over 253 bytes';
  END IF;
  bad := substring(domain FROM '[^-A-Za-z0-9.]');
  IF bad IS NOT NULL THEN
    RETURN address_byte_problem(bad);
  END IF;
  RETURN domain_labels_problem(domain);
END $$;

CREATE OR REPLACE FUNCTION domain_of(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE WHEN address_problem(email) IS NULL
    THEN split_part(lower(email COLLATE "C"), '@', 2) END;
END;

CREATE OR REPLACE FUNCTION local_part_of(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE WHEN address_problem(email) IS NULL
    THEN split_part(lower(email COLLATE "C"), '@', 1) END;
END;

CREATE OR REPLACE FUNCTION maildir(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT domain_of(email) || '/' || local_part_of(email) || '/';
END;

CREATE OR REPLACE FUNCTION maildir_problem(maildir text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN maildir = '' THEN 'it is empty'
    WHEN maildir ~ '[^!-~]' THEN
      'it has a blank, a control byte or a byte outside ASCII'
    WHEN left(maildir, 1) = '/' THEN
      'it begins with a slash, but is relative to the mail store'
    WHEN right(maildir, 1) <> '/' THEN
      'it has no slash at its end, as in example.com/joe/'
    WHEN maildir ~ '//' AND (
        NOT maildir ~ '(^|/)\.' OR
        strpos(maildir, '//') < strpos('/' || maildir, '/.')) THEN
      'it has two slashes in a row'
    WHEN maildir ~ '(^|/)\.' THEN 'it has a part that begins with a dot'
  END;
END;

-- user@domain, user or @domain; not empty.

CREATE OR REPLACE FUNCTION forwarding_target_problem(target text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
DECLARE
  domain text := substring(target FROM '@([^@]*)$');
  account text := CASE WHEN domain IS NULL THEN target
    ELSE left(target, - length(domain) - 1) END;
  bad text;
BEGIN
  IF target ~ '^[|/:]' THEN
    RETURN 'it has a command, a file or an :include:, '
      'which only aliases(5) knows';
  END IF;
  bad := substring(account
    FROM '[^-A-Za-z0-9.!#$%&*+=?^_{|}~''/`\u0080-\U0010ffff]');
  IF bad IS NOT NULL THEN
    RETURN address_byte_problem(bad);
  ELSIF left(account, 1) = '-' THEN
    RETURN 'it has a name that begins with a hyphen';
  ELSIF domain IS NULL THEN
    RETURN NULL;
  ELSIF domain = '' THEN
    RETURN 'the domain is empty';
  ELSIF left(domain, 1) = '[' THEN
    RETURN 'the domain is an address literal, not a name';
  ELSIF octet_length(domain) > 253 THEN
    RETURN 'the domain is over 253 bytes';
  END IF;
  bad := substring(domain FROM '[^-A-Za-z0-9._\u0080-\U0010ffff]');
  IF bad IS NOT NULL THEN
    RETURN address_byte_problem(bad);
  END IF;
  RETURN domain_labels_problem(domain);
END $$;

CREATE OR REPLACE FUNCTION forwarding_problem(source text, destination text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
DECLARE
  blanks CONSTANT text := E' \t\r\n';
  element text;
  problem text;
BEGIN
  IF btrim(source, blanks) = '' THEN
    RETURN 'source: it is blank';
  END IF;
  problem := forwarding_target_problem(source);
  IF problem IS NOT NULL THEN
    RETURN 'source: ' || problem;
  ELSIF btrim(destination, blanks) = '' THEN
    RETURN 'destination: it is blank';
  END IF;
  FOREACH element IN ARRAY string_to_array(destination, ',') LOOP
    element := btrim(element, blanks);
    problem := CASE
      WHEN element = '' THEN 'it has an empty element, '
        'with a comma too many or nothing between two'
      WHEN strpos(element, ';') > 0 THEN
        'it has a semicolon, put commas between addresses'
      WHEN element ~ '[ \t\r\n]' THEN
        'it has a blank, put commas between addresses'
      ELSE forwarding_target_problem(element) END;
    IF problem IS NOT NULL THEN
      RETURN 'destination: ' || problem;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- SQLite's name for it, in the queries that Postfix and Dovecot have for either
-- engine.

CREATE OR REPLACE FUNCTION instr(text text, part text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT strpos(text, part);
END;

-- ---- hashes: the extension's verdicts, by its grammars and its limits ----

-- crypt(3)'s digits, in the order of what they are worth.

CREATE OR REPLACE FUNCTION crypt_digits() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
END;

-- What the one at that place is worth, NULL if there is none.

CREATE OR REPLACE FUNCTION crypt_digit(text text, at int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT nullif(strpos(crypt_digits(), nullif(substr(text, at, 1), '')), 0) - 1;
END;

-- A number of variable length, from a place in the text on: the first digit
-- tells how many follow. NULL if it isn't one.

CREATE OR REPLACE FUNCTION crypt_number(text text, smallest int,
  INOUT at int, OUT number numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  first int := crypt_digit(text, at);
  start int := 0;
  stop int := 47;
  bits int := 0;
BEGIN
  number := smallest;
  at := at + 1;
  IF first IS NULL THEN
    number := NULL;
    RETURN;
  END IF;
  WHILE first > stop LOOP
    number := number + (stop + 1 - start) * 2::numeric ^ bits;
    start := stop + 1;
    stop := start + (62 - stop) / 2;
    bits := bits + 6;
  END LOOP;
  number := number + (first - start) * 2::numeric ^ bits;
  WHILE bits > 0 LOOP
    bits := bits - 6;
    first := crypt_digit(text, at);
    IF first IS NULL THEN
      number := NULL;
      RETURN;
    END IF;
    number := number + first * 2::numeric ^ bits;
    at := at + 1;
  END LOOP;
END $$;

-- Of what follows the mark of the scrypt family: KiB and mixes of a block, NULL
-- if libxcrypt would refuse it. The salt and the digest are what is left.

CREATE OR REPLACE FUNCTION crypt_scrypt(text text, classic boolean,
  OUT memory numeric, OUT work numeric, OUT rest text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  most CONSTANT numeric := 18446744073709551615;
  at int := 1;
  flavor numeric := 0;
  n_log2 numeric;
  r numeric := 0;
  p numeric := 1;
  t numeric := 0;
  have numeric;
BEGIN
  IF classic THEN
    IF text !~ '^[./0-9A-Za-z]{11}' THEN
      RETURN;
    END IF;
    n_log2 := crypt_digit(text, 1);
    p := 0;
    FOR i IN REVERSE 4..0 LOOP
      r := r * 64 + crypt_digit(text, 2 + i);
      p := p * 64 + crypt_digit(text, 7 + i);
    END LOOP;
    at := 12;
  ELSE
    SELECT * INTO at, flavor FROM crypt_number(text, 0, at);
    SELECT * INTO at, n_log2 FROM crypt_number(text, 1, at);
    SELECT * INTO at, r FROM crypt_number(text, 1, at);
    IF flavor NOT IN (0, 1, 47) OR n_log2 IS NULL OR r IS NULL
        OR flavor IS NULL THEN
      RETURN;
    END IF;
    IF substr(text, at, 1) <> '$' THEN
      SELECT * INTO at, have FROM crypt_number(text, 1, at);
      IF have IS NULL OR have > 3 THEN
        RETURN;
      END IF;
      IF have IN (1, 3) THEN
        SELECT * INTO at, p FROM crypt_number(text, 2, at);
      END IF;
      IF have IN (2, 3) THEN
        SELECT * INTO at, t FROM crypt_number(text, 1, at);
      END IF;
      IF p IS NULL OR t IS NULL OR substr(text, at, 1) <> '$' THEN
        RETURN;
      END IF;
    END IF;
    at := at + 1;
  END IF;
  IF n_log2 NOT BETWEEN 2 AND 63 OR r < 1 OR p < 1 OR r * p >= 2 ^ 30
      OR (flavor = 47 AND div(2::numeric ^ n_log2, p) < 4)
      OR (flavor = 0 AND t <> 0) THEN
    RETURN;
  END IF;
  -- No figure beyond this matters: it is over every limit.
  memory := div(least(r * greatest(2::numeric ^ n_log2, p), most), 8);
  work := least(greatest(greatest(r, 2) * p * 2::numeric ^ n_log2 * (t + 1),
    r * p * 256), most);
  rest := substr(text, at);
END $$;

-- What follows a method's mark, by the grammar of its row: whether it is a whole
-- hash, and what that costs. Each grammar is that of the extension's function
-- of the same name.

CREATE OR REPLACE FUNCTION crypt_parse_as(m record, text text,
  OUT whole boolean, OUT memory numeric, OUT work numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  digest text;
  salted text;
  salt text;
  part text[];
  rest text;
BEGIN
  whole := false;
  memory := 0;
  work := 1;
  IF m.digest_digits > 0 THEN
    digest := format('\$[./0-9A-Za-z]{%s}[%s]$', m.digest_digits - 1,
      left(crypt_digits(), m.last_digits));
    salted := format('(?![^$]*[:;*!\\])[!-#%%-~]{0,%s}%s', m.salt_max, digest);
  END IF;
  CASE m.grammar
    WHEN 'bcrypt' THEN
      whole := text ~ ('^(0[4-9]|[12][0-9]|3[01])'
        '\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$');
      work := CASE WHEN whole THEN left(text, 2)::int ELSE 0 END;
    WHEN 'yescrypt' THEN
      SELECT * INTO memory, work, rest FROM crypt_scrypt(text, false);
      salt := substring(rest FROM '^([./0-9A-Za-z]*)' || digest);
      -- Whole bytes, at most 64.
      whole := salt IS NOT NULL AND length(salt) <= 86
        AND CASE length(salt) % 4
          WHEN 0 THEN true
          WHEN 2 THEN salt ~ '[./01]$'
          WHEN 3 THEN salt ~ '[./0-9A-D]$'
          ELSE false END;
    WHEN 'scrypt' THEN
      SELECT * INTO memory, work, rest FROM crypt_scrypt(text, true);
      salt := substring(rest FROM '^([./0-9A-Za-z]*)' || digest);
      whole := coalesce(length(salt) <= m.salt_max, false);
    WHEN 'rounds' THEN
      part := regexp_match(text, '^(?:rounds=([1-9][0-9]{3,8})\$)?' || salted);
      -- A salt that begins with rounds= is none.
      whole := part IS NOT NULL
        AND (part[1] IS NOT NULL OR NOT starts_with(text, 'rounds='));
      work := coalesce(part[1]::numeric, m.rounds);
    WHEN 'md5crypt' THEN
      whole := text ~ ('^' || salted);
      work := m.rounds;
    WHEN 'argon2' THEN
      part := regexp_match(text, '^(?:v=(?:16|19)\$)?'
        'm=(0|[1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,7})'
        '\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$');
      IF part IS NOT NULL THEN
        memory := part[1]::numeric;
        work := memory * part[2]::numeric;
        whole := memory < 2 ^ 32 AND part[2]::numeric < 2 ^ 32
          AND part[3]::int <= 16777215 AND memory >= 8 * part[3]::int
          AND length(part[4]) BETWEEN 11 AND 86
          AND length(part[5]) BETWEEN 22 AND 86
          AND (part[4] || ' ' || part[5]) ~ (
            '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]|'
            '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048])?'
            ' ([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]|'
            '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048])?$');
      END IF;
    WHEN 'sha1crypt' THEN
      part := regexp_match(text, format('^([1-9][0-9]{0,9})'
        '\$[./0-9A-Za-z]{1,%s}', m.salt_max) || digest);
      work := part[1]::numeric;
      whole := coalesce(work < 2 ^ 32, false);
    WHEN 'sunmd5' THEN
      part := regexp_match(text, format('^[$,](?:rounds=([1-9][0-9]{0,9})\$)?'
        '[./0-9A-Za-z]{1,%s}\$?', m.salt_max) || digest);
      work := m.rounds + coalesce(part[1]::numeric, 0);
      whole := part IS NOT NULL AND work < 2 ^ 32;
    WHEN 'nt' THEN
      whole := text ~ '^\$[0-9a-f]{32}$';
    WHEN 'bsdicrypt' THEN
      whole := text ~ '^[./0-9A-Za-z]{18}[.26AEIMQUYcgkosw]$'
        AND left(text, 4) <> '....';
      work := 0;
      FOR i IN REVERSE 4..1 LOOP
        work := work * 64 + crypt_digit(text, i);
      END LOOP;
    WHEN 'des' THEN
      whole := text ~ format('^[./0-9A-Za-z]{2}'
        '([./0-9A-Za-z]{10}[.26AEIMQUYcgkosw]){1,%s}$', m.blocks_max);
    WHEN 'pbkdf2' THEN
      part := regexp_match(text, format('^\$1\$[!-#%%-~]{1,%s}'
        '\$([1-9][0-9]{0,9})\$[0-9a-f]{40}$', m.salt_max));
      work := part[1]::numeric;
      whole := coalesce(work < 2 ^ 32, false);
  END CASE;
END $$;

-- A hash without label and lock: the row whose mark it has, or which it fits as
-- a whole, NULL if there is none; whether it is whole; and what it costs.

CREATE OR REPLACE FUNCTION crypt_parse(text text, OUT method text,
  OUT bare boolean, OUT whole boolean, OUT memory numeric, OUT work numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  m record;
BEGIN
  FOR m IN SELECT * FROM public.crypt_methods() AS c
    WHERE starts_with(text, c.prefix) AND (c.bare OR right(c.prefix, 1) = '$'
      OR substr(text, length(c.prefix) + 1, 1) IN ('$', ','))
  LOOP
    SELECT p.whole, p.memory, p.work INTO whole, memory, work
      FROM crypt_parse_as(m, substr(text, length(m.prefix) + 1)) AS p;
    IF whole OR NOT m.bare THEN
      method := m.name;
      bare := m.bare;
      RETURN;
    END IF;
  END LOOP;
  whole := false;
  bare := false;
END $$;

-- What a label's text decodes to, NULL if it isn't of that encoding.

CREATE OR REPLACE FUNCTION crypt_decode(text text, encoding text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN text = '' OR length(text) > 2 * hash_size THEN NULL
    WHEN encoding = 'hex' AND text ~ '^([0-9A-Fa-f]{2})+$' THEN
      decode(text, 'hex')
    WHEN encoding = 'base64' AND text ~ ('^([A-Za-z0-9+/]{4})*'
        '([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$') THEN
      decode(text, 'base64')
  END FROM public.crypt_limits();
$$;

-- Is it a whole digest of that method, with a salt behind it or not? In hex if
-- it can be, where no suffix says so and there is no salt.

CREATE OR REPLACE FUNCTION crypt_is_digest(m record, text text, decoded bytea)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  size int := octet_length(public.digest('', m.digest));
BEGIN
  IF decoded IS NULL AND NOT m.salted AND length(text) = 2 * size THEN
    decoded := crypt_decode(text, 'hex');
  END IF;
  decoded := coalesce(decoded, crypt_decode(text, 'base64'));
  RETURN coalesce(CASE WHEN m.salted
    THEN octet_length(decoded) > size AND octet_length(decoded) <=
      (SELECT (hash_size - 1) / 4 * 3 FROM public.crypt_limits())
    ELSE octet_length(decoded) = size END, false);
END $$;

-- A stored text: its locks, its label in capitals and the methods that may
-- stand behind it, and what crypt_parse() says of the rest. looks_like: as what
-- it begins.

CREATE OR REPLACE FUNCTION crypt_read(text text, OUT locked boolean,
  OUT label text, OUT holds text[], OUT looks_like text, OUT inner_text text,
  OUT method text, OUT bare boolean, OUT whole boolean, OUT memory numeric,
  OUT work numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  suffix text;
  part text[];
  decoded bytea;
  m record;
BEGIN
  inner_text := ltrim(text, '!');
  locked := length(inner_text) < length(text);
  bare := false;
  whole := false;
  IF left(inner_text, 1) <> '{' OR inner_text = '' THEN
    -- One in a hundred of PostgreSQL's own has the form of bigcrypt, too.
    IF inner_text !~ '^md5[0-9A-Fa-f]{32}$' THEN
      SELECT p.method, p.bare, p.whole, p.memory, p.work
        INTO method, bare, whole, memory, work FROM crypt_parse(inner_text) p;
    END IF;
    looks_like := method;
    RETURN;
  END IF;
  part := regexp_match(inner_text,
    '^(\{[-A-Za-z0-9]+)(\.[A-Za-z0-9]+)?\}(.*)$', 's');
  suffix := upper(part[2] COLLATE "C");
  SELECT l.label, l.methods INTO label, holds FROM public.crypt_labels() AS l
    WHERE l.label = upper(part[1] COLLATE "C") || '}'
      AND coalesce(suffix, '.HEX') IN ('.B64', '.BASE64', '.HEX');
  IF label IS NULL THEN
    RETURN;
  END IF;
  looks_like := label;
  inner_text := part[3];
  IF suffix IS NOT NULL THEN
    decoded := crypt_decode(inner_text,
      CASE suffix WHEN '.HEX' THEN 'hex' ELSE 'base64' END);
    -- Other bytes than those of a hash are there behind a backslash.
    inner_text := replace(encode(decoded, 'escape'), '\', ' ');
  END IF;
  SELECT p.method, p.whole, p.memory, p.work INTO method, whole, memory, work
    FROM crypt_parse(inner_text) AS p;
  IF method = ANY (holds) THEN
    RETURN;
  END IF;
  -- One of them may be told by the label alone.
  SELECT * INTO m FROM public.crypt_methods() AS c
    WHERE c.name = ANY (holds) AND c.prefix IS NULL;
  method := m.name;
  memory := 0;
  work := 1;
  whole := false;
  IF m.raw THEN
    whole := crypt_is_digest(m, inner_text, decoded);
  ELSIF method IS NOT NULL THEN
    SELECT p.whole, p.work INTO whole, work
      FROM crypt_parse_as(m, inner_text) AS p;
  END IF;
END $$;

-- Of another program?

CREATE OR REPLACE FUNCTION crypt_is_foreign(text text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT text ~ format('^(\$[-A-Za-z0-9._]+\$|'
      '\{[A-Za-z][-A-Za-z0-9_./|,:+= ]{0,%s}\}|'
      'md5[0-9A-Fa-f]{32}$|\*[0-9A-Fa-f]{40}$)', label_bytes - 2)
    OR EXISTS (SELECT FROM public.crypt_foreign_words()
      WHERE starts_with(lower(text COLLATE "C"), lower(word)))
  FROM public.crypt_limits();
$$;

-- Of a text without a mark at its beginning: as what a whole hash looks that
-- begins further on, or NULL.

CREATE OR REPLACE FUNCTION crypt_wrapped(text text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  limits record;
  rest text;
  verdict record;
  tried record;
BEGIN
  SELECT * INTO limits FROM public.crypt_limits();
  IF octet_length(text) > limits.password_max THEN
    RETURN NULL;
  END IF;
  FOR i IN 1 .. length(text) - limits.shortest + 1 LOOP
    CONTINUE WHEN strpos('${', substr(text, i, 1)) = 0;
    rest := substr(text, i);
    verdict := crypt_read(rest);
    CONTINUE WHEN verdict.looks_like IS NULL
      OR (verdict.label IS NULL AND verdict.bare);
    IF verdict.whole THEN
      RETURN verdict.looks_like;
    END IF;
    FOR stop IN REVERSE length(rest) - 1 .. limits.shortest LOOP
      CONTINUE WHEN substr(rest, stop + 1, 1) ~ '[A-Za-z0-9./+]';
      tried := crypt_read(left(rest, stop));
      IF tried.whole THEN
        RETURN tried.looks_like;
      END IF;
    END LOOP;
  END LOOP;
  RETURN NULL;
END $$;

-- Why that much can't be stored, NULL if it can.

CREATE OR REPLACE FUNCTION crypt_dear(hash_method text, memory numeric,
  work numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT name || CASE
    WHEN memory > memory_stored THEN format(' asks for %s KiB of memory, '
      'the limit for storing is %s', trunc(memory), memory_stored)
    WHEN work > work_stored THEN format(' asks for %s %s, '
      'the limit for storing is %s', trunc(work), work_unit, work_stored)
  END
  FROM public.crypt_methods(), public.crypt_limits()
  WHERE name = hash_method;
$$;

-- What a text is, in a word, and why it may neither be stored as a hash nor
-- hashed as a password.

CREATE OR REPLACE FUNCTION crypt_judge(text text,
  OUT kind text, OUT problem text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  policy record;
  read record := crypt_read(text);
  undressed text;
  inside record;
  wrapped text;
BEGIN
  undressed := ltrim(text, E' \t\r\n"''`*!');
  IF read.whole AND read.label IS NULL AND read.bare THEN
    kind := CASE WHEN read.locked THEN 'plain' ELSE 'bare' END;
  ELSIF read.whole THEN
    problem := crypt_dear(read.method, read.memory, read.work);
    kind := CASE WHEN problem IS NULL THEN 'hash' ELSE 'dear' END;
  ELSIF read.holds = '{}' THEN
    kind := 'cleartext';
    problem := read.looks_like || ' stores the password itself, give a hash, '
      'or the password without label';
  ELSIF read.looks_like IS NOT NULL THEN
    kind := 'damaged';
    problem := format('begins like a %s hash, but is damaged or not whole',
      read.looks_like);
  ELSIF text = '' THEN
    kind := 'empty';
    problem := 'the password is empty, it needs 1 byte or more';
  ELSIF text ~ '^!{0,2}(\*[01]?)?$' THEN
    kind := 'mark';
    problem := 'the mark of a lock or a failure is not a password';
  ELSIF crypt_is_foreign(ltrim(text, '!')) THEN
    kind := 'foreign';
  ELSE
    wrapped := crypt_wrapped(text);
    inside := crypt_read(undressed);
    IF wrapped IS NOT NULL THEN
      kind := 'damaged';
      problem := format('a whole %s hash with something before or behind it, '
        'give the hash alone', wrapped);
    ELSIF inside.looks_like IS NOT NULL
        AND (inside.label IS NOT NULL OR NOT inside.bare) THEN
      kind := 'damaged';
      problem := format('begins like a %s hash, but is damaged or not whole',
        inside.looks_like);
    ELSIF crypt_is_foreign(undressed) THEN
      kind := 'foreign';
    ELSE
      kind := 'plain';
    END IF;
  END IF;
  IF kind IN ('plain', 'bare') THEN
    SELECT * INTO policy FROM mail_policy_method();
    IF octet_length(text) > policy.password_max THEN
      problem := format('the password is too long, %s uses at most %s bytes',
        policy.name, policy.password_max);
    END IF;
  ELSIF kind = 'foreign' THEN
    problem := 'looks like a hash of another program, which can''t be verified '
      'here; if it is a password all the same, hash it in the statement with '
      'CRYPT()';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION crypt_kind(text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT kind FROM crypt_judge(text);
END;

CREATE OR REPLACE FUNCTION crypt_problem(text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT problem FROM crypt_judge(text);
END;

-- Can mail_verify() tell whether a password is that of this hash?

CREATE OR REPLACE FUNCTION mail_verifies(hash text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT coalesce(read.whole AND (m.pgcrypto OR m.grammar = 'bcrypt')
    AND read.work <= m.work_max, false)
  FROM public.crypt_read(ltrim(hash, '!')) AS read
    LEFT JOIN public.crypt_methods() AS m ON m.name = read.method;
$$;

-- Is it? False for a locked one, and for all that pgcrypto doesn't know. It
-- knows the bcrypt of $2b$ and $2y$, not their names: those are written as the
-- one that it has. What is longer than the method uses it would cut. crypt()
-- falls to DES on a setting that it doesn't know, so only whole hashes come to
-- it. The comparison takes longer the more digits agree, as everywhere in SQL:
-- that tells nothing about the password, for digits of hashes can't be chosen.

CREATE OR REPLACE FUNCTION mail_verify(password text, hash text)
RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
DECLARE
  read record := crypt_read(hash);
  m record;
BEGIN
  SELECT * INTO m FROM crypt_methods() WHERE name = read.method;
  IF read.locked OR NOT mail_verifies(hash)
      OR octet_length(password) > m.password_max THEN
    RETURN false;
  ELSIF NOT m.pgcrypto THEN
    read.inner_text := overlay(read.inner_text PLACING 'a' FROM 3 FOR 1);
  END IF;
  RETURN public.crypt(password, read.inner_text) = read.inner_text;
END $$;

-- ---- triggers ----

-- pgcrypto writes $2a$ for what others call $2b$ since the mistakes behind the
-- older letters are known, and so it is called: Courier, Dovecot and PHP verify
-- either, and to the extension, which counts $2a$ as another method, it is the
-- policy's.

CREATE OR REPLACE FUNCTION mail_hash(password text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp
AS $$
DECLARE
  judged record := crypt_judge(password);
  policy password_policy;
BEGIN
  IF password IS NULL OR judged.kind = 'hash' THEN
    RETURN password;
  ELSIF judged.problem IS NOT NULL THEN
    RAISE 'users.password: %', judged.problem;
  END IF;
  SELECT * INTO policy FROM password_policy;
  IF NOT FOUND THEN
    RAISE 'password_policy: it has no row, apply schema.sql';
  END IF;
  RETURN overlay(public.crypt(password, public.gen_salt('bf', policy.cost))
    PLACING 'b' FROM 3 FOR 1);
END $$;

-- Whose maildir meets this one: it is the same, holds it or lies inside of it.
-- Nothing in a maildir's name sorts behind chr(127), so it is the last one
-- before that, if there is one.

CREATE OR REPLACE FUNCTION mail_maildir_problem(wanted text, mine text[])
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
AS $$
DECLARE
  folded text := lower(wanted COLLATE "C");
  theirs text;
  other text;
BEGIN
  SELECT lower(maildir COLLATE "C"), email INTO theirs, other FROM users
    WHERE lower(maildir COLLATE "C") < folded || chr(127)
      AND email <> ALL (mine)
    ORDER BY lower(maildir COLLATE "C") DESC LIMIT 1;
  IF NOT (starts_with(theirs, folded) OR starts_with(folded, theirs)) THEN
    RETURN NULL;
  END IF;
  RETURN 'users.maildir: ' || other || CASE
      WHEN theirs = folded THEN ' has this one'
      WHEN length(theirs) > length(folded) THEN ' has one inside of this'
      ELSE ' has one that this lies inside of'
    END || ', give another, such as maildir = ';
END $$;

-- One transaction at a time adds users or removes domains: of two that don't see
-- each other, one could put its maildir into the other's. The lock is one that
-- readers can't take. Who goes on to see what was there when he began would miss
-- the other's rows all the same.

CREATE OR REPLACE FUNCTION mail_take_turn() RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed',
      'read uncommitted') THEN
    RAISE 'users and domains are written in read committed transactions only';
  END IF;
  PERFORM FROM password_policy FOR NO KEY UPDATE;
END $$;

-- All checks are made here, and none is left to a constraint, whose message
-- would show the whole row.

CREATE OR REPLACE FUNCTION users_write() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  is_new boolean := TG_OP = 'INSERT';
  moves boolean := is_new;
  mine text[];
  problem text;
BEGIN
  IF NEW.email IS NULL THEN
    RAISE 'users.email: it is not text';
  ELSIF is_new OR NEW.email <> OLD.email THEN
    IF address_problem(NEW.email) IS NOT NULL THEN
      RAISE 'users.email: %', address_problem(NEW.email);
    END IF;
    NEW.email := lower(NEW.email COLLATE "C");
  END IF;
  IF NEW.password IS NULL OR NEW.quota IS NULL OR NEW.active IS NULL
      OR NEW.name IS NULL THEN
    RAISE not_null_violation USING MESSAGE = format(
      'NOT NULL constraint failed: users.%s', CASE
        WHEN NEW.password IS NULL THEN 'password'
        WHEN NEW.quota IS NULL THEN 'quota'
        WHEN NEW.active IS NULL THEN 'active' ELSE 'name' END);
  ELSIF NEW.quota < 0 THEN
    RAISE 'quota: a number of bytes, 0 or more';
  ELSIF NEW.active NOT IN (0, 1) THEN
    RAISE 'users.active: it is 1, or 0 for no mail and no login';
  ELSIF NEW.maildir <> '' AND maildir_problem(NEW.maildir) IS NOT NULL THEN
    RAISE 'users.maildir: %', maildir_problem(NEW.maildir);
  END IF;
  IF is_new OR NEW.password <> OLD.password THEN
    NEW.password := mail_hash(NEW.password);
  END IF;
  IF NOT is_new THEN
    moves := NEW.email <> OLD.email OR NEW.maildir IS DISTINCT FROM OLD.maildir;
    mine := ARRAY[OLD.email];
  END IF;
  IF NOT moves THEN
    RETURN NEW;
  END IF;
  PERFORM mail_take_turn();
  IF NOT EXISTS (
      SELECT FROM domains WHERE domain = split_part(NEW.email, '@', 2)) THEN
    RAISE 'users.email: its domain is not in the table domains, '
      'INSERT INTO domains(domain) VALUES (%);',
      quote_literal(split_part(NEW.email, '@', 2));
  END IF;
  -- Who is there already and gives none keeps his own.
  IF coalesce(NEW.maildir, '') <> '' OR NOT is_new
      OR NOT EXISTS (SELECT FROM users WHERE email = NEW.email) THEN
    problem := mail_maildir_problem(
      coalesce(nullif(NEW.maildir, ''), maildir(NEW.email)),
      mine || NEW.email);
    IF problem IS NOT NULL THEN
      RAISE '%', problem
        || quote_literal(rtrim(maildir(NEW.email), '/') || '.2/');
    END IF;
  END IF;
  IF coalesce(NEW.maildir, '') = '' THEN
    NEW.maildir := maildir(NEW.email);
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER users_write BEFORE INSERT OR UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION users_write();

CREATE OR REPLACE FUNCTION domains_write() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    IF address_problem('postmaster@' || NEW.domain) IS NOT NULL THEN
      RAISE 'domains.domain: %', address_problem('postmaster@' || NEW.domain);
    END IF;
    NEW.domain := lower(NEW.domain COLLATE "C");
  END IF;
  IF TG_OP = 'INSERT' THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.domain = OLD.domain THEN
      RETURN NEW;
    END IF;
  END IF;
  PERFORM mail_take_turn();
  IF EXISTS (
      SELECT FROM users WHERE split_part(email, '@', 2) = OLD.domain) THEN
    RAISE 'domains: this one still has users, delete or move them first';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER domains_write
  BEFORE INSERT OR UPDATE OR DELETE ON domains
  FOR EACH ROW EXECUTE FUNCTION domains_write();

CREATE OR REPLACE FUNCTION forwardings_write() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  IF forwarding_problem(NEW.source, NEW.destination) IS NOT NULL THEN
    RAISE 'forwardings.%', forwarding_problem(NEW.source, NEW.destination);
  END IF;
  NEW.source := lower(NEW.source COLLATE "C");
  -- A whole domain: the readers put a name before it and look for that.
  IF NEW.destination ~ '^@[^,]*$' THEN
    NEW.destination := lower(NEW.destination COLLATE "C");
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER forwardings_write
  BEFORE INSERT OR UPDATE ON forwardings
  FOR EACH ROW EXECUTE FUNCTION forwardings_write();

CREATE OR REPLACE FUNCTION transport_write() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  NEW.domain := lower(NEW.domain COLLATE "C");
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER transport_write BEFORE INSERT OR UPDATE ON transport
  FOR EACH ROW EXECUTE FUNCTION transport_write();

CREATE OR REPLACE FUNCTION password_policy_write() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  policy record;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE 'password_policy: its row can''t be deleted, UPDATE it';
  ELSIF TG_OP = 'INSERT' THEN
    RAISE 'password_policy: it has its row already, UPDATE that';
  END IF;
  SELECT name, coalesce(NEW.cost, cost_default) AS cost INTO policy
    FROM mail_policy_method();
  IF NEW.method = 'bf' THEN
    NEW.method := policy.name;
  END IF;
  NEW.cost := policy.cost;
  IF policy_problem(NEW.method, NEW.cost) IS NOT NULL THEN
    RAISE 'password_policy: %', policy_problem(NEW.method, NEW.cost);
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER password_policy_write
  BEFORE INSERT OR UPDATE OR DELETE ON password_policy
  FOR EACH ROW EXECUTE FUNCTION password_policy_write();

-- ---- roles: who may what ----
--
-- mail_postfix  looks addresses up, and sees no hash
-- mail_reader   Courier and Dovecot: they verify the passwords
-- mail_admin    writes; a group, GRANT mail_admin TO whoever does

DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['mail_postfix', 'mail_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', role);
    END IF;
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mail_admin') THEN
    CREATE ROLE mail_admin;
  END IF;
END $$;

REVOKE ALL ON users, domains, forwardings, transport, password_policy
  FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO mail_postfix, mail_reader, mail_admin;
GRANT SELECT ON domains, forwardings, transport TO mail_postfix;
GRANT SELECT (email, quota, maildir, active) ON users TO mail_postfix;
GRANT SELECT (email, password, quota, maildir, active) ON users TO mail_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON users, domains, forwardings, transport
  TO mail_admin;
GRANT SELECT, UPDATE ON password_policy TO mail_admin;
REVOKE EXECUTE ON FUNCTION mail_hash(text), mail_verify(text, text),
  mail_maildir_problem(text, text[]), mail_take_turn() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_hash(text), mail_verify(text, text),
  mail_maildir_problem(text, text[]), mail_take_turn() TO mail_admin;

-- ---- what the server doesn't write down in this database ----
--
-- Statements that fail, that are slow or that are logged for another reason,
-- with a plain password in them; the rows in the details of an error, and the
-- lines of a COPY. Nor may pg_stat_activity show the last statement of a
-- session. From the next connection on. Only a superuser can set these.

DO $$
DECLARE
  setting text;
BEGIN
  FOREACH setting IN ARRAY ARRAY['log_min_messages = fatal',
      'log_min_error_statement = panic',
      'log_error_verbosity = terse', 'log_statement = none',
      'log_min_duration_statement = -1', 'log_min_duration_sample = -1',
      'log_transaction_sample_rate = 0', 'log_parameter_max_length = 0',
      'log_parameter_max_length_on_error = 0', 'debug_print_parse = off',
      'debug_print_rewritten = off', 'debug_print_plan = off',
      'track_activities = off', 'auto_explain.log_min_duration = -1',
      'pg_stat_statements.track = none'] LOOP
    BEGIN
      EXECUTE format('ALTER DATABASE %I SET %s', current_database(), setting);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'only a superuser can set %, and without it plain '
        'passwords may get into the server''s log', setting;
    END;
  END LOOP;
END $$;
