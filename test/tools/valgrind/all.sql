# Every function and every method once, with costs that are cheap enough for
# valgrind; the triggers of schema.sql; errors; a database that is closed.
#
# Run from the repository's root: sqlite3 < test/tools/valgrind/all.sql
# The rows that don't begin with "ok" are tests that failed.
.load ./mailfunc
CREATE TABLE known(hash);
INSERT INTO known VALUES
  ('$y$j75$.yY7fAL529n/zcR6Hqahq.$w81bsWDhNqkdbwKxlAjWdPpur4aqJpsdKIAApQPFxo3'),
  ('$gy$j75$HcOf5tzKLnGIpRj636fX50$wpM.jiuKbHx3E00cuA/9IMkFgS7fX2x9seEOVLQ.ba0'),
  ('$7$56....0....salt$B.3ca7KmKXtn7fSzhD5yfqfnWNqACQvj.sd7pgOjrQ4'),
  ('$2b$05$20IsMxxuPULgjyMrZWkDduGptut4zFjZRRai.4o.5L.krrA5glGqK'),
  ('$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'),
  ('$2y$04$WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq'),
  ('$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'),
  ('$6$rounds=1234$s$nC.aGdNj2Ovxcdm/U0kIkZMaL95E8bwJuAl47m9ZO2odcxwhdB0TKBq.Gr.C.8chGUCTQoghwgCC4JQVvEWI61'),
  ('$5$rounds=1000$./salt$p6bjEL5Cs5u.5nh3htH7F82DW5ZXvG//iardwxcsRy2'),
  ('$argon2id$v=19$m=32768,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$ON9P91sKF0tCCo0733TF7matCfNYUnGWOPKaCGj/4Ts'),
  ('$argon2id$v=19$m=256,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$QdanirCK/sVY/7nxrz80UIW1Ik7kW4jeHGgRndJ+wh0'),
  ('$argon2i$v=16$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$4gN4qRTSnCzH2lKTwgBqgMGW6ODFVKwj'),
  ('$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$tqGvO4eiMNtIYvNdZcjTmQaSjawJJLFjjmK7OKqNQqc'),
  ('$sha1$100$saltsalt$Ha3.cIN7/tE/BC10wmSUA1dp.M5W'),
  ('$md5,rounds=10$saltsalt$$1rkdxD32fVaPr5LM8K90f1'),
  ('$1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
  ('$3$$878d8014606cda29677a44efa1353fc7'),
  ('_X/..BiN4qlHHqIIHzoM'), ('NenEjwJuhgkuw'),
  ('{BLF-CRYPT.B64}JDJ5JDA0JDVqZmNMV3dnYWdJT3FFb2N3VmZNNU9XYm81aHp1OS5JUGtORnN2LzljZVdML2podVJ6VVJD'),
  ('{DES-CRYPT.HEX}687a6a316a34326e6f4968726f'),
  ('{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69'),
  ('{SMD5}gDMsRpqHKbBkK6TE6JcfDf+0cI4='), ('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='),
  ('{SSHA.hex}8152bc582f58c854f580cb101d3182813dec4afe73616c74'),
  ('{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols='),
  ('{SSHA256}wi9J8S9ztIwvlKB+D6VTYv9iJXc5h0jX8bn4fxLmqj1RjIm7'),
  ('{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/isg=='),
  ('{SSHA512}rOsqfFu28huXoCJv0wMPbJbqR5aZC6EhfuIVNqXSJn3fwSgQZcH9wVYTcqLfcO0Ew7rCp1XYY9fv7oreUo0fkGttFUE='),
  ('{PBKDF2}$1$saltsaltsaltsalt$1$36e79e7c0db52fe4ca0866adc2f8603277615b13');
SELECT CASE WHEN CRYPT_VERIFY('secret', hash) = 1
      AND CRYPT_VERIFY('Secret', hash) = 0 AND CRYPT('secret', hash) = hash
      AND CRYPT_VERIFY('secret', '!' || hash) = 0
      AND json_valid(CRYPT_INFO(hash))
      AND CRYPT_NEEDS_REHASH(hash, 'bf') IN (0, 1)
      AND CRYPT_IS_HASH(hash) = (CRYPT_KIND(hash) IS NOT 'bare')
      AND (CRYPT_KIND(hash) = 'bare') = (hash GLOB 'Nen*' OR hash GLOB '[_]*')
      AND CRYPT_PROBLEM(hash) IS NULL
      AND (CRYPT_ONCE(hash, 'argon2id', 'm=8,t=1,p=1') = hash)
        = CRYPT_IS_HASH(hash)
      AND (CRYPT_RELABEL(hash, 'dovecot') || CRYPT_RELABEL(hash, 'courier')
        || '') IS NOT ''
    THEN 'ok' ELSE 'not ok' END || ' - ' || hash FROM known;

WITH m(name, cost) AS (VALUES ('yescrypt', 1), ('gost-yescrypt', 1), ('bf', 4),
  ('sha512crypt', 1000), ('sha256crypt', 1000), ('argon2id', 'm=8,t=1,p=1'))
SELECT CASE WHEN CRYPT_VERIFY('x', CRYPT('x', GEN_SALT(name, cost))) = 1
  THEN 'ok' ELSE 'not ok' END || ' - ' || name FROM m;
SELECT 'ok - CRYPT of three' WHERE CRYPT('x', 'bf', 4) GLOB '$2b$04$*'
  AND CRYPT_VERIFY('x', CRYPT_ONCE('x', 'argon2id', 'm=8,t=1,p=1'));
WITH t(text, kind) AS (VALUES ('x', 'plain'), ('$6$salt', 'setting'),
  (' $1$saltsalt$9xy1btjgzLYfb7hivXtC//', 'damaged'), ('$apr1$x$', 'foreign'),
  (zeroblob(0), 'empty'), ('!*', 'mark'), ('{PLAIN}x', 'cleartext'),
  ('$2b$15$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC', 'dear'),
  ('joe:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'damaged'),
  (replace(hex(zeroblob(300)), '00', '$2b$'), 'damaged'),
  ('x' || replace(hex(zeroblob(199)), '00', '$2b$'), 'plain'))
SELECT CASE WHEN CRYPT_KIND(text) = kind
    AND (CRYPT_PROBLEM(text) IS NULL) = (text = 'x')
  THEN 'ok' ELSE 'not ok' END || ' - ' || kind || ' ' || substr(text, 1, 9)
  FROM t;
SELECT 'ok - problems' WHERE VERIFY_PROBLEM('x') IS NULL AND PASSWORD_PROBLEM('x') IS NULL
  AND PASSWORD_PROBLEM(hex(zeroblob(40)), 'bf') LIKE '%72 bytes'
  AND PASSWORD_PROBLEM(7) LIKE '%number%' AND POLICY_PROBLEM('bf', 14) IS NULL
  AND POLICY_PROBLEM('bf', 15) LIKE '%to 14'
  AND POLICY_PROBLEM('argon2id', 'm=200000,t=1,p=1') LIKE '%131072';
SELECT 'ok - scrypt' WHERE GEN_SALT('scrypt') GLOB '$7$CU*';
SELECT 'ok - crypt_methods' FROM crypt_methods GROUP BY 1
  HAVING count(*) > 30 AND sum(memory_kib) > 100000;
SELECT 'ok - addresses' WHERE MAILDIR('Joe@Example.com') = 'example.com/joe/'
  AND DOMAIN_OF(x'61406263') = 'bc' AND LOCAL_PART_OF('A@b.c') = 'a'
  AND ADDRESS_PROBLEM('a@@b') IS NOT NULL AND MAILDIR(7) IS NULL
  AND ADDRESS_PROBLEM('a@' || hex(zeroblob(500))) IS NOT NULL;
SELECT 'ok - nothing' WHERE CRYPT(NULL) IS NULL AND CRYPT_VERIFY('', '') = 0
  AND CRYPT_VERIFY(zeroblob(0), zeroblob(20)) = 0 AND CRYPT_INFO('') IS NULL
  AND MAILFUNC_VERSION() > '';

# Errors: each must be one.
-- error: CRYPT
SELECT CRYPT(7);
-- error: CRYPT
SELECT CRYPT('x' || char(0));
-- error: CRYPT
SELECT CRYPT('x', 'bf');
-- error: CRYPT
SELECT CRYPT(hex(zeroblob(300)), GEN_SALT('bf', 4));
-- error: CRYPT_VERIFY
SELECT CRYPT_VERIFY('x', '$6$rounds=999999999$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1');
-- error: CRYPT_IS_HASH
SELECT CRYPT_IS_HASH('{PLAIN}x');
-- error: CRYPT_IS_HASH
SELECT CRYPT_IS_HASH('$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA');
-- error: CRYPT_ONCE
SELECT CRYPT_ONCE('$apr1$x$y');
-- error: CRYPT_ONCE
SELECT CRYPT_ONCE('x', 'bf', 15);
-- error: CRYPT
SELECT CRYPT('x', 'md5', NULL);
-- error: CRYPT_KIND
SELECT CRYPT_KIND(1.5);
-- error: GEN_SALT
SELECT GEN_SALT('nonsense', zeroblob(100));
-- error: CRYPT_RELABEL
SELECT CRYPT_RELABEL('$1$', 'postfix');

# The triggers.
.read sql/schema.sql
UPDATE password_policy SET method = 'argon2id', cost = 'm=8,t=1,p=1';
INSERT INTO domains VALUES ('example.com');
INSERT INTO users(email, password) VALUES ('Joe@example.com', 'secret'),
  ('ann@example.com', 'secret');
INSERT OR REPLACE INTO users(email, password)
  VALUES ('joe@example.com', 'another');
UPDATE users SET password = 'third' WHERE email LIKE 'ann%';
-- error: users.email
INSERT INTO users(email, password) VALUES ('joe', 'secret');
SELECT 'ok - two users' FROM users GROUP BY 1 HAVING count(*) = 2
  AND sum(CRYPT_VERIFY('another', password)) = 1
  AND sum(CRYPT_VERIFY('third', password)) = 1;

# The database is closed, the extension with it, and loaded into another.
.open :memory:
.load ./mailfunc
.load ./mailfunc
SELECT 'ok - loaded again' WHERE MAILDIR('a@b.c') = 'b.c/a/';
