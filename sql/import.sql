-- import.sql: what adopt.sql and the import-*.sql have in common: who is to
-- come, why a row can't, and the hashes of the plain passwords
--
-- They read it, and then import-write.sql; neither is run by itself. They have
-- set temp_store to MEMORY, for passwords pass here, and made, for as long as
-- the connection lasts (TEMP):
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
-- It prints every row that can't come, with the reason, never its password, and
-- fails if there is one. Nothing is written here, and no lock is needed: that
-- is for import-write.sql, which looks once more. What both have made,
-- import-forget.sql drops.

-- ---- what is coming ----

-- A quota of none is 0, which means no limit. In option.maildir, %d stands
-- for the domain, %n for the name before the @, and %u for both, as they were
-- spelled, for that is how the folders are.

CREATE TEMP TABLE import_user AS
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
  SELECT rowid AS n, *,
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

.read import-check.sql

-- ---- the hashes of the plain passwords ----

-- All that takes long is done here, on all processors. A password that is bare
-- is one only if the administrator has said so.
--
-- Nothing of main is read meanwhile, not even by the name of a table, so that
-- others can write.

CREATE TEMP TABLE import_policy AS SELECT method, cost FROM password_policy;
CREATE VIRTUAL TABLE temp.import_each USING crypt_each;
CREATE TEMP TABLE import_hash(n INTEGER PRIMARY KEY, hash TEXT);
INSERT INTO import_hash
  SELECT key, hash
  FROM import_policy AS p, import_each('
    SELECT n, password FROM temp.import_password
    WHERE kind = ''plain'' OR (kind = ''bare'' AND passwords = ''plain'')',
    p.method, p.cost);
