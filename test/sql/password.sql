# The password functions, as an administrator meets them.
#
# Run from the repository's root: sqlite3 < test/sql/password.sql
# Each row of checks is (what, result, wanted result). A statement below
# "-- error:" has to fail with just that message.
.load ./mailfunc
CREATE TEMP TABLE checks(what, got, want);

-- ---- CRYPT(password): a new hash, a fresh salt per call ----

CREATE TABLE made AS
  SELECT CRYPT('secret') AS hash FROM (VALUES (1), (2), (3), (4));
INSERT INTO checks
  SELECT 'CRYPT makes yescrypt at its default cost',
         substr(hash, 1, 7) || ' ' || length(hash), '$y$j9T$ 73' FROM made;
INSERT INTO checks
  SELECT 'four rows have four salts', count(DISTINCT hash), 4 FROM made;
INSERT INTO checks
  SELECT 'the right password verifies', CRYPT_VERIFY('secret', hash), 1
  FROM made LIMIT 1;
INSERT INTO checks
  SELECT 'a wrong password does not', CRYPT_VERIFY('Secret', hash), 0
  FROM made LIMIT 1;
INSERT INTO checks
  SELECT 'CRYPT(password, hash) = hash, as in pgcrypto',
         CRYPT('secret', hash) = hash, 1 FROM made LIMIT 1;
INSERT INTO checks
  SELECT 'a setting may end in the $ that is before a digest',
         CRYPT('secret', made || '$'), CRYPT('secret', made)
  FROM (SELECT '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ' AS made);
INSERT INTO checks
  SELECT 'and with a wrong password it is another hash',
         CRYPT('secret ', hash) = hash, 0 FROM made LIMIT 1;

-- ---- GEN_SALT(method [, cost]) ----

INSERT INTO checks VALUES
  ('yescrypt costs 5', GEN_SALT('yescrypt') GLOB '$y$j9T$*', 1),
  ('gost-yescrypt costs 5', GEN_SALT('gost-yescrypt') GLOB '$gy$j9T$*', 1),
  ('scrypt costs 7', GEN_SALT('scrypt') GLOB '$7$CU..../....*', 1),
  ('bcrypt costs 12', GEN_SALT('bcrypt') GLOB '$2b$12$*', 1),
  ('bf is bcrypt', GEN_SALT('bf') GLOB '$2b$12$*', 1),
  ('sha512crypt has 500000 rounds',
   GEN_SALT('sha512crypt') GLOB '$6$rounds=500000$*', 1),
  ('sha256crypt has 500000 rounds',
   GEN_SALT('sha256crypt') GLOB '$5$rounds=500000$*', 1),
  ('argon2id has a text for its cost',
   GEN_SALT('argon2id') GLOB '$argon2id$v=19$m=19456,t=2,p=1$*', 1),
  ('method names are in any case', GEN_SALT('BCrypt') GLOB '$2b$12$*', 1),
  ('a cost', GEN_SALT('bf', 4) GLOB '$2b$04$*', 1),
  ('a cost in text', GEN_SALT('bf', '4') GLOB '$2b$04$*', 1),
  ('a cost for argon2id', GEN_SALT('argon2id', 'm=64,t=1,p=2')
   GLOB '$argon2id$v=19$m=64,t=1,p=2$*', 1),
  ('a cost of NULL is the default', GEN_SALT('bf', NULL) GLOB '$2b$12$*', 1),
  ('no method, no salt', GEN_SALT(NULL), NULL),
  ('no method, no salt, whatever the cost', GEN_SALT(NULL, 4), NULL),
  ('two salts differ', GEN_SALT('bf') = GEN_SALT('bf'), 0);

-- Of each sentence one; units have them for each method.

-- error: GEN_SALT: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT GEN_SALT(6);
-- error: GEN_SALT: argon2i hashes are verified but no longer made, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT GEN_SALT('argon2i');
-- error: GEN_SALT: the cost of bcrypt is a whole number from 4 to 17
SELECT GEN_SALT('bf', -1);
-- error: GEN_SALT: the cost of bcrypt is a whole number from 4 to 17
SELECT GEN_SALT('bf', 12.5);
-- error: GEN_SALT: the cost of bcrypt is a whole number from 4 to 17
SELECT GEN_SALT('bf', '');
-- error: GEN_SALT: the cost of argon2id is text such as m=19456,t=2,p=1, with m at least 8 * p KiB
SELECT GEN_SALT('argon2id', 3);
-- error: GEN_SALT: argon2id asks for 1048577 KiB of memory, the limit is 1048576
SELECT GEN_SALT('argon2id', 'm=1048577,t=1,p=1');
-- error: GEN_SALT: argon2id asks for 5242880 KiB times passes, the limit is 4194304
SELECT GEN_SALT('argon2id', 'm=1048576,t=5,p=1');

-- ---- every method that creates makes what it verifies ----

CREATE TABLE methods(name, cost);
INSERT INTO methods VALUES
  ('yescrypt', 1), ('gost-yescrypt', 1), ('scrypt', 6), ('bcrypt', 4),
  ('sha512crypt', 1000), ('sha256crypt', 1000),
  ('argon2id', 'm=64,t=1,p=4');
CREATE TABLE each AS
  SELECT name, CRYPT('pässword', GEN_SALT(name, cost)) AS hash FROM methods;
INSERT INTO checks
  SELECT name || ': right', CRYPT_VERIFY('pässword', hash), 1 FROM each
  UNION ALL
  SELECT name || ': wrong', CRYPT_VERIFY('pässworD', hash), 0 FROM each
  UNION ALL
  SELECT name || ': empty', CRYPT_VERIFY('', hash), 0 FROM each
  UNION ALL
  SELECT name || ': is a hash', CRYPT_IS_HASH(hash), 1 FROM each
  UNION ALL
  SELECT name || ': locked', CRYPT_VERIFY('pässword', '!' || hash), 0
  FROM each
  UNION ALL
  SELECT name || ': locked is a hash', CRYPT_IS_HASH('!' || hash), 1 FROM each
  UNION ALL
  SELECT name || ': CRYPT(pw, hash) = hash', CRYPT('pässword', hash), hash
  FROM each
  UNION ALL
  SELECT name || ': cut is no hash',
         CRYPT_VERIFY('pässword', substr(hash, 1, length(hash) - 1)), 0
  FROM each
  UNION ALL
  SELECT name || ': lengthened is no hash',
         CRYPT_VERIFY('pässword', hash || 'a'), 0 FROM each
  UNION ALL
  SELECT name || ': a blank behind it is no hash',
         CRYPT_VERIFY('pässword', hash || ' '), 0 FROM each;

-- ---- passwords ----

CREATE TABLE cheap AS SELECT GEN_SALT('sha256crypt', 1000) AS setting;
INSERT INTO checks
  SELECT 'a BLOB is a password, byte for byte',
         CRYPT(x'736563726574', setting) = CRYPT('secret', setting), 1
  FROM cheap
  UNION ALL
  SELECT 'bytes that are no UTF-8',
         CRYPT_VERIFY(x'ff80fe', CRYPT(x'ff80fe', setting)), 1 FROM cheap
  UNION ALL
  SELECT '511 bytes',
         CRYPT_VERIFY(hex(zeroblob(255)) || 'x',
                      CRYPT(hex(zeroblob(255)) || 'x', setting)), 1 FROM cheap
  UNION ALL
  SELECT 'every byte of 511 counts',
         CRYPT_VERIFY(hex(zeroblob(255)) || 'y',
                      CRYPT(hex(zeroblob(255)) || 'x', setting)), 0 FROM cheap
  UNION ALL
  SELECT '512 bytes verify nothing',
         CRYPT_VERIFY(hex(zeroblob(256)), CRYPT('secret', setting)), 0
  FROM cheap
  UNION ALL
  SELECT 'a NUL byte verifies nothing',
         CRYPT_VERIFY('secret' || char(0) || 'x', CRYPT('secret', setting)), 0
  FROM cheap
  UNION ALL
  SELECT 'bcrypt takes 72 bytes',
         CRYPT_VERIFY(hex(zeroblob(36)),
                      CRYPT(hex(zeroblob(36)), GEN_SALT('bf', 4))), 1
  FROM cheap
  UNION ALL
  SELECT '73 bytes verify nothing with bcrypt',
         CRYPT_VERIFY(hex(zeroblob(36)) || '0',
                      CRYPT(hex(zeroblob(36)), GEN_SALT('bf', 4))), 0
  FROM cheap;
INSERT INTO checks VALUES
  ('argon2id makes 32 bytes by itself, as the argon2 tool does',
   CRYPT('secret', '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA'),
   '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA'
   || '$+v0rf6ETYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o'),
  ('no password, no hash', CRYPT(NULL), NULL),
  ('no password, no hash for a setting', CRYPT(NULL, '$1$'), NULL),
  ('no setting, no hash', CRYPT('secret', NULL), NULL),
  ('NULL verifies as NULL', CRYPT_VERIFY(NULL, '$1$'), NULL),
  ('nothing verifies with NULL', CRYPT_VERIFY('secret', NULL), NULL),
  ('NULL is neither', CRYPT_IS_HASH(NULL), NULL);

-- error: CRYPT: the password is empty, it needs 1 byte or more
SELECT CRYPT('');
-- error: CRYPT: the password is empty, it needs 1 byte or more
SELECT CRYPT(x'');
-- error: CRYPT: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT(007);
-- error: CRYPT: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT(1.5, GEN_SALT('bf', 4));
-- error: CRYPT_VERIFY: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT_VERIFY(7, '$1$');
-- error: CRYPT_IS_HASH: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT_IS_HASH(7);
-- error: CRYPT: the password holds a NUL byte, where crypt(3) would cut it
SELECT CRYPT('a' || char(0) || 'b');
-- error: CRYPT: the password is too long, yescrypt uses at most 511 bytes
SELECT CRYPT(hex(zeroblob(256)));
-- error: CRYPT: the password is too long, bcrypt uses at most 72 bytes
SELECT CRYPT(hex(zeroblob(36)) || 'x', GEN_SALT('bf', 4));
-- error: CRYPT: the password is too long, argon2id uses at most 511 bytes
SELECT CRYPT(hex(zeroblob(256)), GEN_SALT('argon2id', 'm=8,t=1,p=1'));

-- ---- settings that crypt(3) would take for something else ----

-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', 'bf');
-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', 'yescrypt');
-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', '');
-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', '*0');
-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', 12);
-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', 'ab' || char(0) || '0123456789');
-- error: CRYPT: begins like a sha512crypt hash, but is damaged or not whole
SELECT CRYPT('secret', '$6$');
-- error: CRYPT: begins like a sha512crypt hash, but is damaged or not whole
SELECT CRYPT('secret', '$6$saltthatisovermuch');
-- error: CRYPT: begins like a sha512crypt hash, but is damaged or not whole
SELECT CRYPT('secret', '$6$rounds=10$salt');
-- error: CRYPT: begins like a bcrypt hash, but is damaged or not whole
SELECT CRYPT('secret', '$2b$99$zz');
-- error: CRYPT: begins like a bcrypt hash, but is damaged or not whole
SELECT CRYPT('secret', '$2b$04$abcdefghijklmnopqrstuv');
-- error: CRYPT: md5crypt hashes are verified but no longer made, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT('secret', '$1$salt');
-- error: CRYPT: bcrypt-2y hashes are verified but no longer made, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT('secret', '$2y$04$abcdefghijklmnopqrstuu');
-- error: CRYPT: nt hashes are verified but no longer made, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT('secret', '$3$');
-- error: CRYPT: the hash is locked by a leading !
SELECT CRYPT('secret', '!$1$salt$t4nd0JIhHMDEFvMfMcPvt1');
-- error: CRYPT: {PLAIN} stores the password itself, give a hash, or the password without label
SELECT CRYPT('secret', '{PLAIN}secret');

-- ---- hashes of others, with their labels ----

INSERT INTO checks VALUES
  ('a DES hash verifies', CRYPT_VERIFY('rasmuslerdorf', 'rl.3StKT.4T8M'), 1),
  ('its 13 characters could be a password', CRYPT_IS_HASH('rl.3StKT.4T8M'),
   0),
  ('with a label they are a hash', CRYPT_IS_HASH('{CRYPT}rl.3StKT.4T8M'), 1),
  ('which verifies', CRYPT_VERIFY('rasmuslerdorf', '{CRYPT}rl.3StKT.4T8M'),
   1),
  ('a label in any case',
   CRYPT_VERIFY('rasmuslerdorf', '{cRyPt}rl.3StKT.4T8M'), 1),
  ('as a setting, for comparison', CRYPT('rasmuslerdorf', 'rl.3StKT.4T8M'),
   'rl.3StKT.4T8M'),
  ('CRYPT keeps the label', CRYPT('rasmuslerdorf', '{Crypt}rl.3StKT.4T8M'),
   '{Crypt}rl.3StKT.4T8M'),
  ('Dovecot''s {DES-CRYPT}',
   CRYPT_VERIFY('rasmuslerdorf', '{DES-CRYPT}rl.3StKT.4T8M'), 1),
  ('extended DES', CRYPT_VERIFY('rasmuslerdorf', '_J9..rasmBYk8r9AiWNc'), 1),
  ('extended DES could be a password, too',
   CRYPT_IS_HASH('_J9..rasmBYk8r9AiWNc'), 0),
  ('and is a hash with a label',
   CRYPT_IS_HASH('{CRYPT}_J9..rasmBYk8r9AiWNc'), 1),
  ('a lock, twice', CRYPT_IS_HASH('!!{CRYPT}rl.3StKT.4T8M'), 1),
  ('a lock verifies nothing',
   CRYPT_VERIFY('rasmuslerdorf', '!{CRYPT}rl.3StKT.4T8M'), 0),
  ('a hash in a BLOB',
   CRYPT_VERIFY('rasmuslerdorf', x'726c2e3353744b542e3454384d'), 1),
  ('a number is no hash', CRYPT_VERIFY('1234567890123', 1234567890123), 0),
  ('an empty hash', CRYPT_VERIFY('secret', ''), 0),
  ('a failure token', CRYPT_VERIFY('secret', '*0'), 0),
  ('a plain password', CRYPT_VERIFY('secret', 'secret'), 0),
  ('a plain password with its label', CRYPT_VERIFY('secret', '{PLAIN}secret'),
   0),
  ('a setting', CRYPT_VERIFY('secret', '$6$salt'), 0),
  ('a label that does not fit',
   CRYPT_VERIFY('rasmuslerdorf', '{MD5-CRYPT}rl.3StKT.4T8M'), 0),
  ('a label of nobody', CRYPT_VERIFY('secret', '{NONSENSE}secret'), 0);

-- ---- CRYPT_IS_HASH: a hash, a password, or neither ----

INSERT INTO checks VALUES
  ('a password', CRYPT_IS_HASH('secret'), 0),
  ('a password that begins with a dollar', CRYPT_IS_HASH('$ecret'), 0),
  ('a password in half braces', CRYPT_IS_HASH('{secret'), 0),
  ('the mark of a lock', CRYPT_IS_HASH('!'), 0),
  ('the mark of a failure', CRYPT_IS_HASH('*0'), 0),
  ('a password that begins with !', CRYPT_IS_HASH('!secret'), 0),
  ('a password that begins with _', CRYPT_IS_HASH('_secret'), 0),
  ('a long password of letters', CRYPT_IS_HASH('abcdefghijklmnopqrstuvwx'),
   0),
  ('the longest salt there is room for',
   CRYPT_IS_HASH('{SSHA}' || replace(hex(zeroblob(190)), '0', 'A')), 1);

-- error: CRYPT_IS_HASH: the password is empty, it needs 1 byte or more
SELECT CRYPT_IS_HASH('');
-- error: CRYPT_IS_HASH: the password holds a NUL byte, where crypt(3) would cut it
SELECT CRYPT_IS_HASH('a' || char(0));
-- error: CRYPT_IS_HASH: the password is too long, yescrypt uses at most 511 bytes
SELECT CRYPT_IS_HASH(printf('%512d', 1));
-- error: CRYPT_IS_HASH: looks like a hash of another program, which can't be verified here; if it is a password all the same, hash it in the statement with CRYPT()
SELECT CRYPT_IS_HASH('$99$secret');
-- error: CRYPT_IS_HASH: looks like a hash of another program, which can't be verified here; if it is a password all the same, hash it in the statement with CRYPT()
SELECT CRYPT_IS_HASH('{secret}');
-- error: CRYPT_IS_HASH: a whole {CRYPT} hash with something before or behind it, give the hash alone
SELECT CRYPT_IS_HASH(' {CRYPT}rl.3StKT.4T8M');
-- error: CRYPT_IS_HASH: begins like a md5crypt hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('$1$salt$tooshort');
-- error: CRYPT_IS_HASH: begins like a sha512crypt hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('$6$salt');
-- error: CRYPT_IS_HASH: begins like a {CRYPT} hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('{CRYPT}secret');
-- error: CRYPT_IS_HASH: begins like a {MD5-CRYPT} hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('{MD5-CRYPT}rl.3StKT.4T8M');
-- error: CRYPT_IS_HASH: begins like a md5crypt hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('!$1$salt$tooshort');
-- error: CRYPT_IS_HASH: begins like a nt hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('$3$');
-- error: CRYPT_IS_HASH: begins like a {SSHA} hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=');
-- error: CRYPT_IS_HASH: begins like a {SSHA} hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('{SSHA}' || replace(hex(zeroblob(192)), '0', 'A'));
-- error: CRYPT_IS_HASH: begins like a {PBKDF2} hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('{PBKDF2}$1$salt$5000$1d42ebee61f8E5b79a4b0ae5bb6d0ce7a6534315');
-- error: CRYPT_IS_HASH: begins like a {PBKDF2} hash, but is damaged or not whole
SELECT CRYPT_IS_HASH('{PBKDF2}$1$sa lt$5000$1d42ebee61f8e5b79a4b0ae5bb6d0ce7a6534315');
-- error: CRYPT_IS_HASH: {PLAIN} stores the password itself, give a hash, or the password without label
SELECT CRYPT_IS_HASH('{plain}secret');
-- error: CRYPT_IS_HASH: {CLEARTEXT} stores the password itself, give a hash, or the password without label
SELECT CRYPT_IS_HASH('{CLEARTEXT}secret');

-- error: CRYPT_IS_HASH: looks like a hash of another program, which can't be verified here; if it is a password all the same, hash it in the statement with CRYPT()
SELECT CRYPT_IS_HASH('{scram-sha-256}4096,c2FsdA==,a2V5,a2V5');
-- error: CRYPT: not a setting or a whole hash of a known method, make a setting with GEN_SALT(method)
SELECT CRYPT('secret', '{CRAM-MD5}b45e8b0b8e6d2e1d');

-- ---- costs that no stored text may ask for ----

-- A hash just at its limit could still be verified; nothing is computed here.
INSERT INTO checks VALUES
  ('at the limit: yescrypt', VERIFY_PROBLEM(
   '$y$jFT$abcd$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: yescrypt in work', VERIFY_PROBLEM(
   '$y$jFT/.$abcd$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: yescrypt WORM', VERIFY_PROBLEM(
   '$y$/H5/.$abcd$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: gost-yescrypt', VERIFY_PROBLEM(
   '$gy$jFT$abcd$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: gost-yescrypt in work', VERIFY_PROBLEM(
   '$gy$/H5/.$abcd$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: scrypt', VERIFY_PROBLEM(
   '$7$I6....0....salt$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: scrypt, the smallest blocks', VERIFY_PROBLEM(
   '$7$L/..../....salt$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: scrypt, lanes', VERIFY_PROBLEM(
   '$7$0/......E..salt$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'), NULL),
  ('at the limit: bcrypt', VERIFY_PROBLEM(
   '$2b$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'), NULL),
  ('at the limit: bcrypt-2a', VERIFY_PROBLEM(
   '$2a$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'), NULL),
  ('at the limit: bcrypt-2x', VERIFY_PROBLEM(
   '$2x$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'), NULL),
  ('at the limit: bcrypt-2y', VERIFY_PROBLEM(
   '$2y$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'), NULL),
  ('at the limit: sha512crypt', VERIFY_PROBLEM(
   '$6$rounds=3000000$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5'
   || '/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1'), NULL),
  ('at the limit: sha256crypt', VERIFY_PROBLEM(
   '$5$rounds=3000000$saltsaltsaltsalt$X0ra9qlY7TJaGBDgorLevriQfwy'
   || 'sW8fXnbybcO4mF4/'), NULL),
  ('at the limit: argon2id', VERIFY_PROBLEM(
   '$argon2id$v=19$m=1048576,t=4,p=1$c2FsdHNhbHRzYWx0c2FsdA$+v0rf6'
   || 'ETYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o'), NULL),
  ('at the limit: argon2i', VERIFY_PROBLEM(
   '$argon2i$v=19$m=1048576,t=4,p=1$c2FsdHNhbHRzYWx0c2FsdA$+v0rf6E'
   || 'TYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o'), NULL),
  ('at the limit: argon2d', VERIFY_PROBLEM(
   '$argon2d$v=19$m=8,t=524288,p=1$c2FsdHNhbHRzYWx0c2FsdA$+v0rf6ET'
   || 'YAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o'), NULL),
  ('at the limit: sha1crypt', VERIFY_PROBLEM(
   '$sha1$5000000$ssssssssssssssssssssssssssssssssssssssssssssssss'
   || 'ssssssssssssssss$Ha3.cIN7/tE/BC10wmSUA1dp.M5W'), NULL),
  ('at the limit: sunmd5', VERIFY_PROBLEM(
   '$md5,rounds=4995904$ssssssssssssssssssssssssssssssssssssssssss'
   || 'ssssssssssssssssssssss$$1rkdxD32fVaPr5LM8K90f1'), NULL),
  ('at the limit: bsdicrypt', VERIFY_PROBLEM(
   '{CRYPT}_zzzzBiN4qlHHqIIHzoM'), NULL),
  ('at the limit: pbkdf2', VERIFY_PROBLEM(
   '{PBKDF2}$1$sssssssssssssssssssssssssssssssssssssssssssssssssss'
   || 'sssssssssssss$5000000$36e79e7c0db52fe4ca0866adc2f8603277615b13'), NULL),
  ('at the limit: bigcrypt', VERIFY_PROBLEM(
   '{CRYPT}abzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzz'
   || 'zAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzz'
   || 'zzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzAzzzzzzzzzzA'), NULL);

-- error: CRYPT_VERIFY: bcrypt asks for 31 as its cost, the limit is 17
SELECT CRYPT_VERIFY('secret', '$2b$31$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW');
-- error: CRYPT_IS_HASH: bcrypt asks for 18 as its cost, the limit for storing is 14
SELECT CRYPT_IS_HASH('$2b$18$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW');
-- error: CRYPT: sha512crypt asks for 999999999 rounds, the limit is 3000000
SELECT CRYPT('secret', '$6$rounds=999999999$salt');
-- error: CRYPT: sha256crypt asks for 3000001 rounds, the limit is 3000000
SELECT CRYPT('secret', '$5$rounds=3000001$salt');
-- error: CRYPT: yescrypt asks for 2097152 KiB of memory, the limit is 1048576
SELECT CRYPT('secret', '$y$jGT$abcdefghijklmnopqrstu.');
-- error: CRYPT: gost-yescrypt asks for 2097152 KiB of memory, the limit is 1048576
SELECT CRYPT('secret', '$gy$jGT$abcdefghijklmnopqrstu.');
-- error: CRYPT: scrypt asks for 2097152 KiB of memory, the limit is 1048576
SELECT CRYPT('secret', '$7$HU..../....abcdefghijklmnop');
-- error: CRYPT: argon2id asks for 4294967295 KiB of memory, the limit is 1048576
SELECT CRYPT('secret', '$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ');
-- error: CRYPT: argon2id asks for 4294967295 KiB of memory, the limit is 1048576
SELECT CRYPT('secret', '$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdHNhbHQ');
-- error: CRYPT_VERIFY: sha1crypt asks for 4294967295 rounds, the limit is 5000000
SELECT CRYPT_VERIFY('secret', '$sha1$4294967295$abcdefgh$l4eLoQ0WHEvLl4uWVj5FzWZOSRlR');
-- error: CRYPT_VERIFY: sunmd5 asks for 4294967295 rounds, the limit is 5000000
SELECT CRYPT_VERIFY('secret', '$md5,rounds=4294963199$abcdefgh$$Y7T7Yvd06YHYpSr3MX87E.');

INSERT INTO checks VALUES
  ('beyond the limit: VERIFY_PROBLEM says what CRYPT_VERIFY raises',
   VERIFY_PROBLEM(
     '!$2b$31$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW'),
   'bcrypt asks for 31 as its cost, the limit is 17'),
  ('VERIFY_PROBLEM of NULL', VERIFY_PROBLEM(NULL), NULL),
  ('VERIFY_PROBLEM of a password', VERIFY_PROBLEM('secret'), NULL),
  ('VERIFY_PROBLEM of a number', VERIFY_PROBLEM(1), NULL),
  ('what verifies need not be stored',
   CRYPT_KIND('$2b$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'),
   'dear'),
  ('and why', CRYPT_PROBLEM(
   '$2b$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'),
   'bcrypt asks for 17 as its cost, the limit for storing is 14'),
  ('or, in memory', CRYPT_PROBLEM(
   '$y$jDT$abcd$aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'),
   'yescrypt asks for 262144 KiB of memory, the limit for storing is 131072'),
  ('or, in work', CRYPT_PROBLEM('{PBKDF2}$1$salt$500001$'
   || '36e79e7c0db52fe4ca0866adc2f8603277615b13'),
   'pbkdf2 asks for 500001 rounds, the limit for storing is 500000');

-- ---- CRYPT_KIND, CRYPT_PROBLEM and CRYPT_ONCE: they agree ----

CREATE TEMP TABLE texts(kind, text);
INSERT INTO texts VALUES
  ('hash', '$1$salt$t4nd0JIhHMDEFvMfMcPvt1'),
  ('hash', '!{CRYPT}rl.3StKT.4T8M'),
  ('hash', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='),
  ('bare', 'rl.3StKT.4T8M'), ('bare', '_correctHorseStaples'),
  ('bare', 'abkztJPLv8AHIhuO9TxtCEaM'),
  ('plain', 'secret'), ('plain', '!rl.3StKT.4T8M'), ('plain', 'pässwörd €'),
  ('setting', '$6$salt'), ('damaged', '$6$not a hash'),
  ('damaged', '{CRYPT}secret'),
  ('damaged', ' $1$salt$t4nd0JIhHMDEFvMfMcPvt1'),
  ('damaged', 'MD5-CRYPT:$1$salt$t4nd0JIhHMDEFvMfMcPvt1'),
  ('foreign', '$apr1$salt$x'), ('foreign', '{NTLM}x'),
  ('foreign', 'md5$salt$x'), ('cleartext', '{PLAIN}secret'),
  ('mark', '*'), ('mark', '*0'), ('mark', '*1'), ('mark', '!'),
  ('mark', '!!'), ('empty', ''),
  ('dear', '$2b$15$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW');
INSERT INTO checks
  SELECT 'its kind: ' || text, CRYPT_KIND(text), kind FROM texts
  UNION ALL
  SELECT 'as a BLOB: ' || text, CRYPT_KIND(CAST(text AS BLOB)),
         kind FROM texts, pragma_encoding WHERE encoding = 'UTF-8'
  UNION ALL
  SELECT 'there is a problem with ' || text, CRYPT_PROBLEM(text) IS NOT NULL,
         kind NOT IN ('hash', 'bare', 'plain') FROM texts
  UNION ALL
  SELECT 'or it is a hash or not: ' || text, CRYPT_IS_HASH(text),
         kind = 'hash' FROM texts WHERE CRYPT_PROBLEM(text) IS NULL
  UNION ALL
  SELECT 'a mark is no hash: ' || text, CRYPT_IS_HASH(text), 0
  FROM texts WHERE kind = 'mark'
  UNION ALL
  SELECT 'CRYPT_ONCE leaves a hash: ' || text, CRYPT_ONCE(text), text
  FROM texts WHERE kind = 'hash'
  UNION ALL
  SELECT 'as text, from a BLOB: ' || text,
         CRYPT_ONCE(CAST(text AS BLOB), 'bf', 4),
         text
  FROM texts, pragma_encoding WHERE kind = 'hash' AND encoding = 'UTF-8'
  UNION ALL
  SELECT 'CRYPT_ONCE hashes a password: ' || text,
         CRYPT_VERIFY(text, CRYPT_ONCE(text, 'bf', 4)), 1
  FROM texts WHERE kind IN ('bare', 'plain');
INSERT INTO checks VALUES
  ('CRYPT_ONCE by default', substr(CRYPT_ONCE('secret'), 1, 7), '$y$j9T$'),
  ('by a method', substr(CRYPT_ONCE('secret', 'bf'), 1, 7), '$2b$12$'),
  ('at a cost', substr(CRYPT_ONCE('secret', 'bf', 4), 1, 7), '$2b$04$'),
  ('CRYPT by a method and its default cost',
   substr(CRYPT('secret', 'bcrypt', NULL), 1, 7), '$2b$12$'),
  ('CRYPT at a cost', substr(CRYPT('secret', 'BF', '4'), 1, 7), '$2b$04$'),
  ('which verifies', CRYPT_VERIFY('secret', CRYPT('secret', 'bf', 4)), 1),
  ('a cost in text', substr(CRYPT('secret', 'argon2id', 'm=8,t=1,p=1'), 1, 27),
   '$argon2id$v=19$m=8,t=1,p=1$'),
  ('NULL: CRYPT', CRYPT(NULL, 'bf', 4), NULL),
  ('NULL: its method', CRYPT('secret', NULL, 4), NULL),
  ('NULL: CRYPT_ONCE', CRYPT_ONCE(NULL), NULL),
  ('NULL: its method', CRYPT_ONCE('secret', NULL), NULL),
  ('NULL: CRYPT_KIND', CRYPT_KIND(NULL), NULL),
  ('NULL: CRYPT_PROBLEM', CRYPT_PROBLEM(NULL), NULL),
  ('NULL: PASSWORD_PROBLEM', PASSWORD_PROBLEM(NULL), NULL),
  ('NULL: its method', PASSWORD_PROBLEM('secret', NULL), NULL),
  ('NULL: POLICY_PROBLEM', POLICY_PROBLEM(NULL), NULL),
  ('NULL: POLICY_PROBLEM of a cost', POLICY_PROBLEM(NULL, 5), NULL),
  ('a problem of a number', CRYPT_PROBLEM(7),
   'the password is a number, it needs quotes, or a program must bind it as'
   || ' text'),
  ('PASSWORD_PROBLEM: none', PASSWORD_PROBLEM('secret'), NULL),
  ('PASSWORD_PROBLEM: none for bcrypt either',
   PASSWORD_PROBLEM(printf('%72d', 1), 'bf'), NULL),
  ('PASSWORD_PROBLEM: bytes, not letters',
   PASSWORD_PROBLEM(replace(printf('%40d', 1), ' ', 'ä'), 'bcrypt'),
   'the password is too long, bcrypt uses at most 72 bytes'),
  ('PASSWORD_PROBLEM: a number', PASSWORD_PROBLEM(7, 'bf'),
   'the password is a number, it needs quotes, or a program must bind it as'
   || ' text'),
  ('PASSWORD_PROBLEM: empty', PASSWORD_PROBLEM(''),
   'the password is empty, it needs 1 byte or more'),
  ('PASSWORD_PROBLEM: an empty BLOB', PASSWORD_PROBLEM(x''),
   'the password is empty, it needs 1 byte or more'),
  ('PASSWORD_PROBLEM: NUL', PASSWORD_PROBLEM('a' || char(0)),
   'the password holds a NUL byte, where crypt(3) would cut it'),
  ('PASSWORD_PROBLEM: no such method', PASSWORD_PROBLEM('secret', 'rot13'),
   'unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), '
   || 'sha512crypt, sha256crypt, argon2id'),
  ('POLICY_PROBLEM: none', POLICY_PROBLEM('yescrypt'), NULL),
  ('POLICY_PROBLEM: none at a cost', POLICY_PROBLEM('bf', 14), NULL),
  ('POLICY_PROBLEM: none for a text', POLICY_PROBLEM('argon2id',
   'm=19456,t=2,p=1'), NULL),
  ('POLICY_PROBLEM: a cost', POLICY_PROBLEM('bf', 15),
   'the cost of bcrypt is a whole number from 4 to 14'),
  ('POLICY_PROBLEM: a text', POLICY_PROBLEM('bf', 'four'),
   'the cost of bcrypt is a whole number from 4 to 14'),
  ('POLICY_PROBLEM: a number', POLICY_PROBLEM('bf', 4.5),
   'the cost of bcrypt is a whole number from 4 to 14'),
  ('POLICY_PROBLEM: an old method', POLICY_PROBLEM('md5'),
   'md5crypt hashes are verified but no longer made, use one of yescrypt, '
   || 'gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, '
   || 'argon2id');

-- error: CRYPT: the cost of bcrypt is a whole number from 4 to 17
SELECT CRYPT('secret', 'bf', 3);
-- error: CRYPT: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT('secret', 'rot13', NULL);
-- error: CRYPT: the password is too long, bcrypt uses at most 72 bytes
SELECT CRYPT(printf('%73d', 1), 'bf', 4);
-- error: CRYPT: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT(7, 'bf', 4);
-- error: CRYPT_ONCE: the mark of a lock or a failure is not a password
SELECT CRYPT_ONCE('*0');
-- error: CRYPT_ONCE: the cost of bcrypt is a whole number from 4 to 14
SELECT CRYPT_ONCE('secret', 'bf', 15);
-- error: CRYPT_ONCE: begins like a {CRYPT} hash, but is damaged or not whole
SELECT CRYPT_ONCE('{CRYPT}secret');
-- error: CRYPT_ONCE: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT_ONCE(7);
-- error: CRYPT_KIND: the password is a number, it needs quotes, or a program must bind it as text
SELECT CRYPT_KIND(7);

-- ---- in a view of the database itself: innocuous, whatever its trust ----

CREATE VIEW inside AS
  SELECT CRYPT('secret') AS a, CRYPT('secret', GEN_SALT('bf', 4)) AS b,
         CRYPT_VERIFY('x', '') AS c, GEN_SALT('bf') AS d,
         CRYPT_IS_HASH('x') AS e, CRYPT('secret', 'bf', 4) AS f,
         CRYPT_ONCE('secret', 'bf', 4) AS g, CRYPT_KIND('x') AS h,
         CRYPT_PROBLEM('x') AS i, PASSWORD_PROBLEM('x') AS j,
         POLICY_PROBLEM('bf') AS k, VERIFY_PROBLEM('x') AS l;
INSERT INTO checks
  SELECT 'all of them in a view',
         CRYPT_VERIFY('secret', a) + CRYPT_VERIFY('secret', b) + c
         + (d IS NOT NULL) + e + CRYPT_VERIFY('secret', f)
         + CRYPT_VERIFY('secret', g) + (h = 'plain')
         + (coalesce(i, j, k, l) IS NULL), 7 FROM inside;

SELECT CASE WHEN got IS want THEN 'ok' ELSE 'not ok' END || ' - ' || what
       || CASE WHEN got IS want THEN ''
          ELSE ' # got ' || quote(got) || ', wanted ' || quote(want) END
  FROM checks;
