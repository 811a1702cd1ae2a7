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

-- How plain passwords are hashed from now on. bcrypt is the one strong hash
-- that Courier, Dovecot, PHP and PostgreSQL verify. One row.

CREATE TABLE IF NOT EXISTS password_policy (
  method text NOT NULL CHECK (method = 'bcrypt'),
  cost integer NOT NULL CHECK (cost BETWEEN 4 AND 14)
);
INSERT INTO password_policy
  SELECT 'bcrypt', 12 WHERE NOT EXISTS (SELECT FROM password_policy);

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

-- yescrypt's variable-length number, from a place in the text on: the first
-- digit tells how many follow. NULL if it isn't one.

CREATE OR REPLACE FUNCTION crypt_number(text text, smallest int,
  INOUT at int, OUT number numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  digits CONSTANT text := './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    'abcdefghijklmnopqrstuvwxyz';
  first int := strpos(digits, nullif(substr(text, at, 1), '')) - 1;
  start int := 0;
  stop int := 47;
  bits int := 0;
BEGIN
  number := smallest;
  at := at + 1;
  IF first IS NULL OR first < 0 THEN
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
    first := strpos(digits, nullif(substr(text, at, 1), '')) - 1;
    IF first IS NULL OR first < 0 THEN
      number := NULL;
      RETURN;
    END IF;
    number := number + first * 2::numeric ^ bits;
    at := at + 1;
  END LOOP;
END $$;

-- Of yescrypt, gost-yescrypt and scrypt: KiB and mixes of a block, NULL if
-- libxcrypt would refuse it. The salt and the digest are what is left.

CREATE OR REPLACE FUNCTION crypt_scrypt(text text,
  OUT memory numeric, OUT work numeric, OUT rest text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  digits CONSTANT text := './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    'abcdefghijklmnopqrstuvwxyz';
  most CONSTANT numeric := 18446744073709551615;
  classic boolean := text LIKE '$7$%';
  at int := strpos(substr(text, 2), '$') + 2;
  flavor numeric := 0;
  n_log2 numeric;
  r numeric := 0;
  p numeric := 1;
  t numeric := 0;
  have numeric;
BEGIN
  IF classic THEN
    IF text !~ '^\$7\$[./0-9A-Za-z]{11}' THEN
      RETURN;
    END IF;
    n_log2 := strpos(digits, substr(text, 4, 1)) - 1;
    p := 0;
    FOR i IN REVERSE 4..0 LOOP
      r := r * 64 + strpos(digits, substr(text, 5 + i, 1)) - 1;
      p := p * 64 + strpos(digits, substr(text, 10 + i, 1)) - 1;
    END LOOP;
    at := 15;
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

-- A hash without label and lock: its method, NULL if it has no mark of one;
-- whether it is whole; and what it costs.

CREATE OR REPLACE FUNCTION crypt_parse(text text,
  OUT method text, OUT whole boolean, OUT memory numeric, OUT work numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  id text := substring(text FROM '^\$[a-z0-9]+(?=[$,])');
  salt text;
  part text[];
  rest text;
BEGIN
  whole := false;
  memory := 0;
  work := 1;
  method := CASE id
    WHEN '$2b' THEN 'bcrypt' WHEN '$2a' THEN 'bcrypt-2a'
    WHEN '$2y' THEN 'bcrypt-2y' WHEN '$2x' THEN 'bcrypt-2x'
    WHEN '$y' THEN 'yescrypt' WHEN '$gy' THEN 'gost-yescrypt'
    WHEN '$7' THEN 'scrypt' WHEN '$6' THEN 'sha512crypt'
    WHEN '$5' THEN 'sha256crypt' WHEN '$argon2id' THEN 'argon2id'
    WHEN '$argon2i' THEN 'argon2i' WHEN '$argon2d' THEN 'argon2d'
    WHEN '$sha1' THEN 'sha1crypt' WHEN '$md5' THEN 'sunmd5'
    WHEN '$1' THEN 'md5crypt' WHEN '$3' THEN 'nt' END;
  IF method <> 'sunmd5' AND substr(text, length(id) + 1, 1) = ',' THEN
    method := NULL;
  END IF;
  CASE
    WHEN method LIKE 'bcrypt%' THEN
      whole := text ~ ('^\$2[abxy]\$(0[4-9]|[12][0-9]|3[01])'
        '\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$');
      work := CASE WHEN whole THEN substr(text, 5, 2)::int ELSE 0 END;
    WHEN method IN ('yescrypt', 'gost-yescrypt', 'scrypt') THEN
      SELECT * INTO memory, work, rest FROM crypt_scrypt(text);
      part := regexp_match(rest,
        '^([./0-9A-Za-z]*)\$[./0-9A-Za-z]{42}[./0-9A-D]$');
      salt := part[1];
      whole := salt IS NOT NULL AND CASE
        WHEN method = 'scrypt' THEN length(salt) <= 86
        ELSE length(salt) <= 86 AND CASE length(salt) % 4
          WHEN 0 THEN true
          WHEN 2 THEN salt ~ '[./01]$'
          WHEN 3 THEN salt ~ '[./0-9A-D]$'
          ELSE false END
        END;
    WHEN method IN ('sha512crypt', 'sha256crypt') THEN
      part := regexp_match(text, '^\$[56]\$'
        '(?:rounds=([1-9][0-9]{3,8})\$)?[!-~]*\$[./0-9A-Za-z]+$');
      whole := part IS NOT NULL AND text ~ CASE method
        WHEN 'sha512crypt' THEN '^\$6\$(rounds=[0-9]+\$)?'
          '(?![^$]*[:;*!\\])[!-#%-~]{0,16}\$[./0-9A-Za-z]{85}[./01]$'
        ELSE '^\$5\$(rounds=[0-9]+\$)?'
          '(?![^$]*[:;*!\\])[!-#%-~]{0,16}\$[./0-9A-Za-z]{42}[./0-9A-D]$' END;
      -- A salt that begins with rounds= is none.
      whole := whole AND (text !~ '^\$[56]\$rounds='
        OR part[1] IS NOT NULL);
      work := coalesce(part[1]::numeric, 5000);
    WHEN method = 'md5crypt' THEN
      whole := text ~ ('^\$1\$(?![^$]*[:;*!\\])[!-#%-~]{0,8}'
        '\$[./0-9A-Za-z]{21}[./01]$');
      work := 1000;
    WHEN method LIKE 'argon2%' THEN
      part := regexp_match(text, '^\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?'
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
    WHEN method = 'sha1crypt' THEN
      part := regexp_match(text, '^\$sha1\$([1-9][0-9]{0,9})'
        '\$[./0-9A-Za-z]{1,64}\$[./0-9A-Za-z]{28}$');
      work := part[1]::numeric;
      whole := coalesce(work < 2 ^ 32, false);
    WHEN method = 'sunmd5' THEN
      part := regexp_match(text, '^\$md5[$,](?:rounds=([1-9][0-9]{0,9})\$)?'
        '[./0-9A-Za-z]{1,64}\$\$?[./0-9A-Za-z]{21}[./01]$');
      work := 4096 + coalesce(part[1]::numeric, 0);
      whole := part IS NOT NULL AND work < 2 ^ 32;
    WHEN method = 'nt' THEN
      whole := text ~ '^\$3\$\$[0-9a-f]{32}$';
    WHEN text ~ '^_[./0-9A-Za-z]{18}[.2-9A-Za-z]$' THEN
      whole := text ~ '[.26AEIMQUYcgkosw]$' AND substr(text, 2, 4) <> '....';
      IF whole THEN
        method := 'bsdicrypt';
        FOR i IN REVERSE 3..0 LOOP
          work := CASE i WHEN 3 THEN 0 ELSE work END * 64 + strpos(
            './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            'abcdefghijklmnopqrstuvwxyz', substr(text, 2 + i, 1)) - 1;
        END LOOP;
      END IF;
    WHEN text ~ ('^[./0-9A-Za-z]{2}'
        '([./0-9A-Za-z]{10}[.26AEIMQUYcgkosw]){1,16}$') THEN
      whole := true;
      method := CASE length(text) WHEN 13 THEN 'descrypt'
        ELSE 'bigcrypt' END;
    ELSE
  END CASE;
END $$;

-- What a label's text decodes to, as text (bytes that are none look like
-- \000), NULL if it isn't of that encoding.

CREATE OR REPLACE FUNCTION crypt_decode(text text, encoding text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN length(text) > 1024 OR text = '' THEN NULL
    WHEN encoding = 'hex' AND text ~ '^([0-9A-Fa-f]{2})+$' THEN
      decode(text, 'hex')
    WHEN encoding = 'base64' AND text ~ ('^([A-Za-z0-9+/]{4})*'
        '([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$') THEN
      decode(text, 'base64')
  END;
END;

-- A stored text: its locks, its label in capitals, and what crypt_parse()
-- says of the rest. looks_like: as what it begins.

CREATE OR REPLACE FUNCTION crypt_read(text text, OUT locked boolean,
  OUT label text, OUT looks_like text, OUT inner_text text, OUT method text,
  OUT whole boolean, OUT memory numeric, OUT work numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  bcrypt CONSTANT text := 'bcrypt bcrypt-2a bcrypt-2y bcrypt-2x ';
  holds text;
  suffix text;
  part text[];
  digest text;
  decoded bytea;
  size int;
BEGIN
  inner_text := ltrim(text, '!');
  locked := length(inner_text) < length(text);
  IF left(inner_text, 1) <> '{' OR inner_text = '' THEN
    whole := false;
    IF inner_text !~ '^md5[0-9A-Fa-f]{32}$' THEN
      SELECT * INTO method, whole, memory, work
        FROM crypt_parse(inner_text);
    END IF;
    looks_like := method;
    RETURN;
  END IF;
  whole := false;
  part := regexp_match(inner_text,
    '^\{([-A-Za-z0-9]+)(\.[A-Za-z0-9]+)?\}(.*)$', 's');
  label := upper(part[1] COLLATE "C");
  suffix := upper(part[2] COLLATE "C");
  holds := CASE label
    WHEN 'BLF-CRYPT' THEN bcrypt
    WHEN 'SHA512-CRYPT' THEN 'sha512crypt '
    WHEN 'SHA256-CRYPT' THEN 'sha256crypt '
    WHEN 'MD5-CRYPT' THEN 'md5crypt '
    WHEN 'DES-CRYPT' THEN 'descrypt bigcrypt '
    WHEN 'ARGON2ID' THEN 'argon2id '
    WHEN 'ARGON2I' THEN 'argon2i '
    WHEN 'ARGON2' THEN 'argon2id argon2i argon2d '
    WHEN 'CRYPT' THEN bcrypt || 'descrypt bigcrypt yescrypt gost-yescrypt '
      'scrypt sha512crypt sha256crypt sha1crypt sunmd5 md5crypt nt bsdicrypt '
    WHEN 'MD5' THEN 'md5crypt '
    ELSE '' END;
  digest := CASE
    WHEN label IN ('PLAIN-MD5', 'LDAP-MD5', 'MD5RAW', 'MD5') THEN 'plain-md5'
    WHEN label = 'SMD5' THEN 'smd5' WHEN label IN ('SHA', 'SHA1') THEN 'sha1'
    WHEN label = 'SSHA' THEN 'ssha' WHEN label = 'SHA256' THEN 'sha256'
    WHEN label = 'SSHA256' THEN 'ssha256' WHEN label = 'SHA512' THEN 'sha512'
    WHEN label = 'SSHA512' THEN 'ssha512' END;
  IF (holds = '' AND digest IS NULL AND label NOT IN ('PBKDF2', 'PLAIN',
      'CLEAR', 'CLEARTEXT', 'PLAIN-TRUNC'))
      OR suffix NOT IN ('.B64', '.BASE64', '.HEX') THEN
    label := NULL;
  END IF;
  IF label IS NULL THEN
    RETURN;
  END IF;
  looks_like := '{' || label || '}';
  inner_text := part[3];
  IF suffix IS NOT NULL THEN
    decoded := crypt_decode(inner_text,
      CASE suffix WHEN '.HEX' THEN 'hex' ELSE 'base64' END);
    -- Other bytes than those of a hash are there behind a backslash.
    inner_text := replace(encode(decoded, 'escape'), '\', ' ');
  END IF;
  IF holds <> '' THEN
    SELECT * INTO method, whole, memory, work FROM crypt_parse(inner_text);
    IF method IS NOT NULL AND strpos(holds, method || ' ') > 0 THEN
      RETURN;
    END IF;
    method := NULL;
    whole := false;
  END IF;
  memory := 0;
  work := 1;
  IF label = 'PBKDF2' THEN
    method := 'pbkdf2';
    part := regexp_match(inner_text,
      '^\$1\$[!-#%-~]{1,64}\$([1-9][0-9]{0,9})\$[0-9a-f]{40}$');
    work := part[1]::numeric;
    whole := coalesce(work < 2 ^ 32, false);
  ELSIF digest IS NOT NULL THEN
    method := digest;
    size := CASE WHEN digest LIKE '%md5' THEN 16 WHEN digest LIKE '%sha1'
      OR digest = 'ssha' THEN 20 WHEN digest LIKE '%256' THEN 32 ELSE 64 END;
    IF suffix IS NULL THEN
      decoded := CASE
        WHEN digest !~ '^s(sha|md5)' AND length(inner_text) = 2 * size
          THEN coalesce(crypt_decode(inner_text, 'hex'),
            crypt_decode(inner_text, 'base64'))
        ELSE crypt_decode(inner_text, 'base64') END;
    END IF;
    whole := coalesce(CASE WHEN digest ~ '^s(sha|md5)'
      THEN octet_length(decoded) BETWEEN size + 1 AND 285
      ELSE octet_length(decoded) = size END, false);
  END IF;
END $$;

-- Of another program?

CREATE OR REPLACE FUNCTION crypt_is_foreign(text text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT text ~ ('^(\$[-A-Za-z0-9._]+\$|'
    '\{[A-Za-z][-A-Za-z0-9_./|,:+= ]{0,62}\}|'
    'pbkdf2_sha256\$|pbkdf2_sha1\$|bcrypt_sha256\$|bcrypt\$|argon2\$|'
    'scrypt\$|md5\$|sha1\$|unsalted_md5\$|crypt\$|SCRAM-SHA-|pbkdf2:|'
    'scrypt:|PBKDF2\$|md5[0-9A-Fa-f]{32}$|\*[0-9A-Fa-f]{40}$)');
END;

-- Of a text without a mark at its beginning: as what a whole hash looks that
-- begins further on, or NULL.

CREATE OR REPLACE FUNCTION crypt_wrapped(text text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  rest text;
  verdict record;
  tried record;
BEGIN
  IF octet_length(text) > 511 THEN
    RETURN NULL;
  END IF;
  FOR i IN 1 .. length(text) - 19 LOOP
    CONTINUE WHEN strpos('${', substr(text, i, 1)) = 0;
    rest := substr(text, i);
    verdict := crypt_read(rest);
    CONTINUE WHEN verdict.looks_like IS NULL
      OR (verdict.label IS NULL AND verdict.method IN ('bsdicrypt',
        'descrypt', 'bigcrypt'));
    IF verdict.whole THEN
      RETURN verdict.looks_like;
    END IF;
    FOR stop IN REVERSE length(rest) - 1 .. 20 LOOP
      CONTINUE WHEN substr(rest, stop + 1, 1) ~ '[A-Za-z0-9./+]';
      tried := crypt_read(left(rest, stop));
      IF tried.whole THEN
        RETURN tried.looks_like;
      END IF;
    END LOOP;
  END LOOP;
  RETURN NULL;
END $$;

-- What a text is, in a word, and why it may neither be stored as a hash nor
-- hashed as a password. What the limits for storing are, is in the CASE.

CREATE OR REPLACE FUNCTION crypt_judge(text text,
  OUT kind text, OUT problem text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  too_long CONSTANT text :=
    'the password is too long, bcrypt uses at most 72 bytes';
  read record := crypt_read(text);
  undressed text;
  inside record;
  wrapped text;
  most int;
  unit text;
BEGIN
  IF read.whole THEN
    IF read.label IS NULL
        AND read.method IN ('bsdicrypt', 'descrypt', 'bigcrypt') THEN
      kind := CASE WHEN read.locked THEN 'plain' ELSE 'bare' END;
      IF octet_length(text) > 72 THEN
        problem := too_long;
      END IF;
      RETURN;
    END IF;
    kind := 'hash';
    most := CASE
      WHEN read.method LIKE 'bcrypt%' THEN 14
      WHEN read.method LIKE '%scrypt' AND read.method <> 'descrypt'
        THEN 2097152
      WHEN read.method IN ('sha512crypt', 'sha256crypt') THEN 1500000
      WHEN read.method LIKE 'argon2%' THEN 524288
      WHEN read.method IN ('sha1crypt', 'sunmd5', 'pbkdf2') THEN 500000
      WHEN read.method = 'bsdicrypt' THEN 1677721
      ELSE 1000 END;
    unit := CASE
      WHEN read.method LIKE 'bcrypt%' THEN 'as its cost'
      WHEN read.method LIKE '%scrypt' THEN 'block mixes'
      WHEN read.method LIKE 'argon2%' THEN 'KiB times passes'
      ELSE 'rounds' END;
    IF read.memory > 131072 THEN
      kind := 'dear';
      problem := format('%s asks for %s KiB of memory, the limit for storing '
        'is 131072', read.method, trunc(read.memory));
    ELSIF read.work > most THEN
      kind := 'dear';
      problem := format('%s asks for %s %s, the limit for storing is %s',
        read.method, trunc(read.work), unit, most);
    END IF;
    RETURN;
  END IF;
  undressed := ltrim(text, E' \t\r\n"''`*!');
  kind := 'damaged';
  IF read.looks_like IN ('{PLAIN}', '{CLEAR}', '{CLEARTEXT}',
      '{PLAIN-TRUNC}') THEN
    kind := 'cleartext';
    problem := read.looks_like || ' stores the password itself, give a hash, '
      'or the password without label';
  ELSIF read.looks_like IS NOT NULL THEN
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
      problem := format('a whole %s hash with something before or behind it, '
        'give the hash alone', wrapped);
    ELSIF inside.label IS NOT NULL OR inside.method NOT IN ('bsdicrypt',
        'descrypt', 'bigcrypt') THEN
      problem := format('begins like a %s hash, but is damaged or not whole',
        inside.looks_like);
    ELSIF crypt_is_foreign(undressed) THEN
      kind := 'foreign';
    ELSE
      kind := 'plain';
    END IF;
  END IF;
  IF kind = 'plain' AND octet_length(text) > 72 THEN
    problem := too_long;
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
BEGIN ATOMIC
  SELECT whole AND method IN ('bcrypt', 'bcrypt-2a', 'bcrypt-2y', 'bcrypt-2x',
    'md5crypt', 'bsdicrypt', 'descrypt')
    AND NOT (method LIKE 'bcrypt%' AND work > 17)
  FROM crypt_read(ltrim(hash, '!'));
END;

-- Is it? False for a locked one, and for all that pgcrypto doesn't know. It
-- knows the bcrypt of $2b$ and $2y$, not their names: by name it has only $2a$
-- and $2x$. What is longer than 72 bytes it would cut. crypt() falls to DES on
-- a setting that it doesn't know, so only whole hashes come to it. The
-- comparison takes longer the more digits agree, as everywhere in SQL: that
-- tells nothing about the password, for digits of hashes can't be chosen.

CREATE OR REPLACE FUNCTION mail_verify(password text, hash text)
RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
DECLARE
  read record := crypt_read(hash);
BEGIN
  IF read.locked OR octet_length(password) > 511
      OR NOT mail_verifies(hash) THEN
    RETURN false;
  ELSIF read.method IN ('bcrypt', 'bcrypt-2y') THEN
    read.inner_text := overlay(read.inner_text PLACING 'a' FROM 3 FOR 1);
  END IF;
  IF read.method LIKE 'bcrypt%' AND octet_length(password) > 72 THEN
    RETURN false;
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
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE 'password_policy: its row can''t be deleted, UPDATE it';
  ELSIF TG_OP = 'INSERT' THEN
    RAISE 'password_policy: it has its row already, UPDATE that';
  ELSIF NEW.method IS NULL THEN
    RAISE 'password_policy: method must not be NULL';
  ELSIF NEW.method NOT IN ('bcrypt', 'bf') THEN
    RAISE 'password_policy: PostgreSQL makes bcrypt alone';
  END IF;
  NEW.method := 'bcrypt';
  NEW.cost := coalesce(NEW.cost, 12);
  IF NEW.cost NOT BETWEEN 4 AND 14 THEN
    RAISE 'password_policy: the cost of bcrypt is a whole number from 4 to 14';
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
