# What a stored hash is, as an administrator asks: CRYPT_INFO,
# CRYPT_NEEDS_REHASH, CRYPT_RELABEL and the table crypt_methods.
#
# Run from the repository's root: sqlite3 < test/sql/inspect.sql
# Each row of checks is (what, result, wanted result). A statement below
# "-- error:" has to fail with just that message.
.load ./mailfunc
CREATE TEMP TABLE checks(what, got, want);

-- ---- CRYPT_INFO(hash): JSON ----

INSERT INTO checks VALUES
  ('bcrypt',
   CRYPT_INFO('$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC'),
   '{"method":"bcrypt","scheme":null,"cost":4,"memory_kib":0,"salt_bits":128,'
   || '"legacy":0,"locked":0,"courier":1,"dovecot":1,"dovecot24":1,'
   || '"php":1,"postgresql":0}'),
  ('Courier''s {SSHA}',
   CRYPT_INFO('{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0'),
   '{"method":"ssha","scheme":"SSHA","cost":null,"memory_kib":0,'
   || '"salt_bits":32,"legacy":1,"locked":0,"courier":1,"dovecot":1,'
   || '"dovecot24":1,"php":0,"postgresql":0}'),
  ('argon2id, whose cost is text',
   CRYPT_INFO('{ARGON2ID}$argon2id$v=19$m=64,t=1,p=1'
              || '$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ'),
   '{"method":"argon2id","scheme":"ARGON2ID","cost":"m=64,t=1,p=1",'
   || '"memory_kib":64,"salt_bits":128,"legacy":0,"locked":0,"courier":0,'
   || '"dovecot":1,"dovecot24":1,"php":0,"postgresql":0}'),
  ('DES, which has no cost', CRYPT_INFO('rl.3StKT.4T8M'),
   '{"method":"descrypt","scheme":null,"cost":null,"memory_kib":0,'
   || '"salt_bits":12,"legacy":1,"locked":0,"courier":1,"dovecot":1,'
   || '"dovecot24":0,"php":1,"postgresql":1}'),
  ('nt, which has no salt',
   json_extract(CRYPT_INFO('$3$$8846f7eaee8fb117ad06bdd830b7586c'),
                '$.salt_bits'), 0),
  ('yescrypt of less than a MiB has a cost below all of GEN_SALT''s',
   json_extract(CRYPT_INFO('$y$j/.$......................$'
     || '...........................................'), '$.cost'), 0),
  ('Courier wants its hex in lower case: A',
   json_extract(CRYPT_INFO('{MD5RAW}5ebe2294ecd0e0f08eAb7690d2a6ee69'),
                '$.courier'), 0),
  ('Courier wants its hex in lower case: F',
   json_extract(CRYPT_INFO('{MD5RAW}5ebe2294ecd0e0F08eab7690d2a6ee69'),
                '$.courier'), 0),
  ('Courier takes it so',
   json_extract(CRYPT_INFO('{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69'),
                '$.courier'), 1),
  ('a hash in a BLOB', CRYPT_INFO(x'726c2e3353744b542e3454384d'),
   CRYPT_INFO('rl.3StKT.4T8M'));

-- Every method's name, whether it is too weak today, and the bits of a salt.
CREATE TEMP TABLE of_each_method(method, legacy, salt_bits, hash);
INSERT INTO of_each_method VALUES
  ('yescrypt', 0, 128,
   '$y$j75$.yY7fAL529n/zcR6Hqahq.$w81bsWDhNqkdbwKxlAjWdPpur4aqJpsdKIAApQPF'
   || 'xo3'),
  ('gost-yescrypt', 0, 128,
   '$gy$j75$HcOf5tzKLnGIpRj636fX50$wpM.jiuKbHx3E00cuA/9IMkFgS7fX2x9seEOVLQ'
   || '.ba0'),
  ('scrypt', 0, 132,
   '$7$BU..../....P7WO/r/CltZG/fSBXzHJT/$CqYSXar7ki4JrcruxGDKf3/jHjrz.ntQF'
   || 'auoE4jPPP5'),
  ('bcrypt', 0, 128,
   '$2b$05$sYAQCzhxLkUQvphgIRtiYuqAgTSblJHQxLr734m7pQvibwsqMTcnC'),
  ('sha512crypt', 0, 96,
   '$6$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xg'
   || 'vl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1'),
  ('sha256crypt', 0, 96,
   '$5$saltsaltsaltsalt$X0ra9qlY7TJaGBDgorLevriQfwysW8fXnbybcO4mF4/'),
  ('argon2id', 0, 128,
   '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$+v0rf6ETYAIpqJIjJyA'
   || 'RZ3W3zqJlkf+0TRXzsLHmR6o'),
  ('argon2i', 0, 128,
   '$argon2i$v=19$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$wOCEeZnfNo7J0VOtG9mE'
   || 'MGAzPt6CZpPBINQ3L5mpoxg'),
  ('argon2d', 0, 128,
   '$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$tqGvO4eiMNtIYvNdZcjT'
   || 'mQaSjawJJLFjjmK7OKqNQqc'),
  ('bcrypt-2a', 0, 128,
   '$2a$05$i65grkzrRXX8Wi5TTKCcyOKY1OpNSU4AGDMnmL02qM2Tf5lJc8CSW'),
  ('bcrypt-2y', 0, 128,
   '$2y$04$0.WdQlnCeCY6JVRUwYZh0OfwNcKsm3LQrYmzoDUyTD8j67tNBB3Uu'),
  ('bcrypt-2x', 1, 128,
   '$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'),
  ('sha1crypt', 1, 48, '$sha1$100$saltsalt$Ha3.cIN7/tE/BC10wmSUA1dp.M5W'),
  ('sunmd5', 1, 48, '$md5,rounds=43207$si8I/Qvs$$R495ylCfTHKbF/e91JX9c.'),
  ('md5crypt', 1, 48, '$1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
  ('nt', 1, 0, '$3$$878d8014606cda29677a44efa1353fc7'),
  ('bsdicrypt', 1, 24, '_X/..gv2V6E7rZCiZAso'),
  ('descrypt', 1, 12, 'NenEjwJuhgkuw'),
  ('bigcrypt', 1, 12, 'abkztJPLv8AHIhuO9TxtCEaM'),
  ('plain-md5', 1, 0, '{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69'),
  ('smd5', 1, 32, '{SMD5}gDMsRpqHKbBkK6TE6JcfDf+0cI4='),
  ('sha1', 1, 0, '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='),
  ('ssha', 1, 32, '{SSHA}y7SzIAxcY2wyTbqvN5WsRQAKZd9Xewvg'),
  ('sha256', 1, 0, '{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols='),
  ('ssha256', 1, 32, '{SSHA256}wi9J8S9ztIwvlKB+D6VTYv9iJXc5h0jX8bn4fxLmqj1RjIm7'),
  ('sha512', 1, 0,
   '{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2'
   || 'cmW192CF5bDufKRpayrW/isg=='),
  ('ssha512', 1, 32,
   '{SSHA512}rOsqfFu28huXoCJv0wMPbJbqR5aZC6EhfuIVNqXSJn3fwSgQZcH9wVYTcqLfc'
   || 'O0Ew7rCp1XYY9fv7oreUo0fkGttFUE='),
  ('pbkdf2', 1, 128,
   '{PBKDF2}$1$WMQHymM1KW3VoeYT$5000$1d42ebee61f8e5b79a4b0ae5bb6d0ce7a6534'
   || '315');
INSERT INTO checks
  SELECT method || ': its name, whether it is legacy, its salt',
         json_extract(CRYPT_INFO(hash), '$.method') || ' '
         || json_extract(CRYPT_INFO(hash), '$.legacy') || ' '
         || json_extract(CRYPT_INFO(hash), '$.salt_bits'),
         method || ' ' || legacy || ' ' || salt_bits
  FROM of_each_method;

-- A hash of each method that makes them, and what GEN_SALT was told.
CREATE TABLE costs(method, cost, memory_kib);
INSERT INTO costs VALUES
  ('yescrypt', 1, 1024), ('yescrypt', 2, 2048), ('yescrypt', 3, 4096),
  ('gost-yescrypt', 1, 1024), ('scrypt', 6, 32768),
  ('bcrypt', 4, 0), ('sha512crypt', 1000, 0), ('sha256crypt', 2345, 0),
  ('argon2id', 'm=64,t=1,p=4', 64);
CREATE TABLE hashes AS
  SELECT method, cost, memory_kib, CRYPT('secret', GEN_SALT(method, cost))
         AS hash FROM costs;
INSERT INTO checks
  SELECT method || ' at ' || cost || ': the method',
         json_extract(CRYPT_INFO(hash), '$.method'), method FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ': the cost, of the type it was given in',
         json_extract(CRYPT_INFO(hash), '$.cost'), cost FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ': the memory',
         json_extract(CRYPT_INFO(hash), '$.memory_kib'), memory_kib FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ': the salt is long enough',
         json_extract(CRYPT_INFO(hash), '$.salt_bits') BETWEEN 96 AND 132, 1
  FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ': not legacy, not locked',
         json_extract(CRYPT_INFO(hash), '$.legacy', '$.locked'), '[0,0]'
  FROM hashes;

-- Every hash that someone may have stored, whoever can verify it.
CREATE TABLE stored(hash, method, scheme, cost, salt_bits, legacy);
INSERT INTO stored VALUES
  ('$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
   'bcrypt-2a', NULL, 5, 128, 0),
  ('{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq',
   'bcrypt-2y', 'BLF-CRYPT', 5, 128, 0),
  ('{blf-crypt}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq',
   'bcrypt-2y', 'BLF-CRYPT', 5, 128, 0),
  ('$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e',
   'bcrypt-2x', NULL, 5, 128, 1),
  ('$1$saltsalt$9xy1btjgzLYfb7hivXtC//', 'md5crypt', NULL, NULL, 48, 1),
  ('{MD5}$1$saltsalt$9xy1btjgzLYfb7hivXtC//', 'md5crypt', 'MD5', NULL, 48, 1),
  ('{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==', 'plain-md5', 'MD5', NULL, 0, 1),
  ('{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69',
   'plain-md5', 'PLAIN-MD5', NULL, 0, 1),
  ('{LDAP-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==', 'plain-md5', 'LDAP-MD5', NULL, 0, 1),
  ('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'sha1', 'SHA', NULL, 0, 1),
  ('{SHA.hex}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4',
   'sha1', 'SHA', NULL, 0, 1),
  ('{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==',
   'ssha', 'SSHA', NULL, 64, 1),
  ('{PBKDF2}$1$salt$4096$4b007901b765489abead49d926f721d065a429c1',
   'pbkdf2', 'PBKDF2', 4096, 32, 1),
  ('_J9..rasmBYk8r9AiWNc', 'bsdicrypt', NULL, 725, 24, 1),
  ('{CRYPT}rl.3StKT.4T8M', 'descrypt', 'CRYPT', NULL, 12, 1),
  ('$sha1$21773$uV7PTeux$I9oHnvwPZHMO0Nq6/WgyGV/tDJIH',
   'sha1crypt', NULL, 21773, 48, 1),
  ('$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
   'sha256crypt', NULL, 5000, 60, 0),
  ('$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$'
   || '/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY',
   'argon2i', NULL, 'm=256,t=2,p=1', 64, 0);
CREATE TABLE told AS
  SELECT *, CRYPT_INFO(hash) AS info, CRYPT_INFO('!' || hash) AS locked
  FROM stored;
INSERT INTO checks
  SELECT 'method, scheme, cost, salt_bits, legacy of ' || substr(hash, 1, 30),
         json_extract(info, '$.method', '$.scheme', '$.cost', '$.salt_bits',
                      '$.legacy'),
         json_array(method, scheme, cost, salt_bits, legacy) FROM told
  UNION ALL
  SELECT 'nothing else is told of ' || substr(hash, 1, 30),
         (SELECT group_concat(key) FROM json_each(info)),
         'method,scheme,cost,memory_kib,salt_bits,legacy,locked,courier,'
         || 'dovecot,dovecot24,php,postgresql' FROM told
  UNION ALL
  SELECT 'valid JSON of ' || substr(hash, 1, 30), json_valid(info), 1 FROM told
  UNION ALL
  SELECT 'locked, nobody verifies ' || substr(hash, 1, 30), locked,
         json_set(info, '$.locked', 1, '$.courier', 0, '$.dovecot', 0,
                  '$.dovecot24', 0, '$.php', 0, '$.postgresql', 0) FROM told;

-- Who verifies what is asked of the programs in test/system/programs/; these are
-- the ones that doc/reference.md makes a point of.
INSERT INTO checks
  SELECT 'who verifies ' || substr(hash, 1, 30),
         json_extract(CRYPT_INFO(hash), '$.courier', '$.dovecot', '$.dovecot24',
                      '$.php', '$.postgresql'), want
  FROM (SELECT '{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0' AS hash,
               '[1,1,1,0,0]' AS want
        UNION ALL
        SELECT '{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==', '[0,1,1,0,0]'
        UNION ALL
        SELECT '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
               '[1,1,1,1,0]'
        UNION ALL
        SELECT '{SHA256-CRYPT}'
               || '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
               '[0,1,1,0,0]'
        UNION ALL
        SELECT '{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==', '[1,1,0,0,0]'
        UNION ALL
        SELECT '{MD5}$1$saltsalt$9xy1btjgzLYfb7hivXtC//', '[0,1,0,0,0]'
        -- Dovecot can't take a suffix off {MD5}, Courier off none.
        UNION ALL
        SELECT '{MD5.hex}5ebe2294ecd0e0f08eab7690d2a6ee69', '[0,0,0,0,0]'
        UNION ALL
        SELECT '{SHA.hex}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4',
               '[0,1,1,0,0]'
        -- Courier compares hex in lower case, and reads {SHA} in base64.
        UNION ALL
        SELECT '{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69', '[1,0,0,0,0]'
        UNION ALL
        SELECT '{MD5RAW}5EBE2294ECD0E0F08EAB7690D2A6EE69', '[0,0,0,0,0]'
        UNION ALL
        SELECT '{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4', '[0,1,1,0,0]'
        UNION ALL
        SELECT '{CRYPT}rl.3StKT.4T8M', '[1,1,0,0,0]'
        UNION ALL
        SELECT '{CRYPT}_J9..rasmBYk8r9AiWNc', '[1,1,0,0,0]'
        UNION ALL
        SELECT '{MD5-CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//', '[0,1,0,0,0]'
        UNION ALL
        SELECT '{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69', '[0,1,0,0,0]'
        UNION ALL
        SELECT '{SMD5}gDMsRpqHKbBkK6TE6JcfDf+0cI4=', '[0,1,0,0,0]'
        -- {ARGON2} is a label of 2.4, not of 2.3, and neither takes argon2d.
        UNION ALL
        SELECT '{ARGON2}$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$'
               || '/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY', '[0,0,1,0,0]'
        UNION ALL
        SELECT '{ARGON2}$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$'
               || '/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY', '[0,0,0,0,0]'
        -- Dovecot takes no argon2 of version 1.0.
        UNION ALL
        SELECT '{ARGON2I}$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$'
               || '/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY', '[0,1,1,0,0]'
        UNION ALL
        SELECT '{ARGON2I}$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$'
               || '/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY', '[0,0,0,0,0]');

-- NULL for whatever isn't a whole hash.
INSERT INTO checks VALUES
  ('NULL', CRYPT_INFO(NULL), NULL),
  ('nothing', CRYPT_INFO(''), NULL),
  ('a lock and nothing else', CRYPT_INFO('!'), NULL),
  ('a plain password', CRYPT_INFO('secret'), NULL),
  ('a number', CRYPT_INFO(1234567890123), NULL),
  ('a plain password with its label', CRYPT_INFO('{PLAIN}secret'), NULL),
  ('a label of nobody', CRYPT_INFO('{NONSENSE}secret'), NULL),
  ('a label alone', CRYPT_INFO('{SSHA}'), NULL),
  ('a setting', CRYPT_INFO('$6$salt$'), NULL),
  ('another setting', CRYPT_INFO(GEN_SALT('bf')), NULL),
  ('a failure token', CRYPT_INFO('*0'), NULL),
  ('a hash that was cut',
   CRYPT_INFO('$1$saltsalt$9xy1btjgzLYfb7hivXtC/'), NULL),
  ('a hash with a blank behind it',
   CRYPT_INFO('$1$saltsalt$9xy1btjgzLYfb7hivXtC// '), NULL),
  ('a hash with a NUL byte behind it',
   CRYPT_INFO('$1$saltsalt$9xy1btjgzLYfb7hivXtC//' || char(0)), NULL),
  ('a label that does not fit',
   CRYPT_INFO('{SHA512-CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//'), NULL),
  ('argon2 is no crypt(3)',
   CRYPT_INFO('{CRYPT}$argon2id$v=19$m=64,t=1,p=1'
              || '$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ'), NULL),
  ('a digest of another length',
   CRYPT_INFO('{SHA256}5en6G6MezRroT3XKqkdPOmY/BfQ='), NULL),
  ('base64 without its padding',
   CRYPT_INFO('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ'), NULL),
  ('a salt that is longer than a hash has room for',
   CRYPT_INFO('{SSHA.hex}' || hex(zeroblob(288))), NULL),
  ('PBKDF2 without salt', CRYPT_INFO('{PBKDF2}$1$$4096$'
     || '4b007901b765489abead49d926f721d065a429c1'), NULL),
  ('PBKDF2 with too long a one',
   CRYPT_INFO('{PBKDF2}$1$' || hex(zeroblob(32)) || '0$4096$'
     || '4b007901b765489abead49d926f721d065a429c1'), NULL),
  ('PBKDF2 with a control byte in its salt',
   CRYPT_INFO('{PBKDF2}$1$sa' || char(127) || 'lt$4096$'
     || '4b007901b765489abead49d926f721d065a429c1'), NULL),
  ('one bcrypt cost that does not exist',
   CRYPT_INFO('$2b$32$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC'),
   NULL);

INSERT INTO checks VALUES
  ('a salt that just fits',
   json_extract(CRYPT_INFO('{SSHA.hex}' || hex(zeroblob(285))),
                '$.salt_bits'), 8 * (285 - 20)),
  ('one as long as PBKDF2 takes',
   json_extract(CRYPT_INFO('{PBKDF2}$1$' || hex(zeroblob(32)) || '$4096$'
     || '4b007901b765489abead49d926f721d065a429c1'), '$.salt_bits'), 512);

-- A hash too dear to be verified is described all the same.
INSERT INTO checks VALUES
  ('bcrypt at cost 31',
   json_extract(CRYPT_INFO(
     '$2b$31$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC'),
     '$.cost'), 31),
  ('sha256crypt with the most rounds there are',
   json_extract(CRYPT_INFO('$5$rounds=999999999$saltstring$'
     || '5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'), '$.cost'), 999999999),
  ('yescrypt with 2 GiB',
   json_extract(CRYPT_INFO('$y$jGT$abcdefghijklmnopqrstu.$'
     || 'LdJMENpBABJJ3hIHjB1LdJMENpBABJJ3hIHjB1abcd.'),
     '$.cost', '$.memory_kib'), '[12,2097152]'),
  ('argon2id with 4 TiB',
   json_extract(CRYPT_INFO('$argon2id$v=19$m=4294967295,t=4294967295,p=1'
     || '$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ'), '$.memory_kib'),
   4294967295);

-- ---- CRYPT_NEEDS_REHASH(hash, method [, cost]) ----

INSERT INTO checks
  SELECT method || ' at ' || cost || ' is at its cost',
         CRYPT_NEEDS_REHASH(hash, method, cost), 0 FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ' is below its default',
         CRYPT_NEEDS_REHASH(hash, method), 1 FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ' is below a default of NULL',
         CRYPT_NEEDS_REHASH(hash, method, NULL), 1 FROM hashes
  UNION ALL
  SELECT method || ' in any case',
         CRYPT_NEEDS_REHASH(hash, upper(method), cost), 0 FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ' is not another method',
         CRYPT_NEEDS_REHASH(
           hash, CASE method WHEN 'bcrypt' THEN 'yescrypt' ELSE 'bf' END), 1
  FROM hashes
  UNION ALL
  SELECT method || ' at ' || cost || ' stays if it is locked',
         CRYPT_NEEDS_REHASH('!' || hash, method, cost), 0 FROM hashes;
INSERT INTO checks
  SELECT 'yescrypt at ' || cost || ' is above 1, if it is',
         CRYPT_NEEDS_REHASH(hash, 'yescrypt', 1), 0
  FROM hashes WHERE method = 'yescrypt'
  UNION ALL
  SELECT 'yescrypt at ' || cost || ' is below 4',
         CRYPT_NEEDS_REHASH(hash, 'yescrypt', 4), 1
  FROM hashes WHERE method = 'yescrypt'
  UNION ALL
  SELECT 'bcrypt: a cost in text', CRYPT_NEEDS_REHASH(hash, 'bf', '4'), 0
  FROM hashes WHERE method = 'bcrypt'
  UNION ALL
  SELECT 'bcrypt: 4 is below 5', CRYPT_NEEDS_REHASH(hash, 'bf', 5), 1
  FROM hashes WHERE method = 'bcrypt'
  UNION ALL
  SELECT 'sha256crypt: 2345 is above 2344',
         CRYPT_NEEDS_REHASH(hash, 'sha256crypt', 2344), 0
  FROM hashes WHERE method = 'sha256crypt'
  UNION ALL
  SELECT 'sha256crypt: 2345 is below 2346',
         CRYPT_NEEDS_REHASH(hash, 'sha256crypt', 2346), 1
  FROM hashes WHERE method = 'sha256crypt';
INSERT INTO checks
  SELECT 'argon2id m=64,t=2,p=1 for ' || cost,
         CRYPT_NEEDS_REHASH(hash, 'argon2id', cost), needs
  FROM (SELECT CRYPT('secret', GEN_SALT('argon2id', 'm=64,t=2,p=1')) AS hash),
       (SELECT 'm=64,t=2,p=1' AS cost, 0 AS needs
        UNION ALL SELECT 'm=32,t=2,p=1', 0
        UNION ALL SELECT 'm=64,t=1,p=1', 0
        UNION ALL SELECT 'm=65,t=2,p=1', 1      -- more memory
        UNION ALL SELECT 'm=65,t=1,p=1', 1      -- more of it, less work
        UNION ALL SELECT 'm=64,t=3,p=1', 1      -- more work
        UNION ALL SELECT 'm=32,t=5,p=1', 1      -- more of it, less memory
        UNION ALL SELECT 'm=64,t=2,p=2', 0);    -- lanes cost nothing more
INSERT INTO checks VALUES
  ('$2y$ is bcrypt',
   CRYPT_NEEDS_REHASH('$2y$05$/OK.fbVrR/bpIqNJ5ianF.'
     || 'Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq', 'bcrypt', 5), 0),
  ('with Dovecot''s label, too',
   CRYPT_NEEDS_REHASH('{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.'
     || 'Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq', 'bf', 5), 0),
  ('and is no yescrypt',
   CRYPT_NEEDS_REHASH('$2y$05$/OK.fbVrR/bpIqNJ5ianF.'
     || 'Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq', 'yescrypt', 1), 1),
  ('$2a$ is not, for some passwords',
   CRYPT_NEEDS_REHASH('$2a$05$/OK.fbVrR/bpIqNJ5ianF.'
     || 'Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq', 'bcrypt', 5), 1),
  ('$2x$ is not',
   CRYPT_NEEDS_REHASH('$2x$05$/OK.fbVrR/bpIqNJ5ianF.'
     || 'CE5elHaaO4EbggVDjb8P19RukzXSM3e', 'bcrypt', 5), 1),
  ('sha256crypt without rounds= has 5000',
   CRYPT_NEEDS_REHASH('$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/'
     || 'GNooZaBBGWEc5', 'sha256crypt', 5000), 0),
  ('a digest', CRYPT_NEEDS_REHASH('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'bf'),
   1),
  ('DES', CRYPT_NEEDS_REHASH('rl.3StKT.4T8M', 'bf', 4), 1),
  ('a damaged hash', CRYPT_NEEDS_REHASH('$2b$12$abc', 'bf', 4), 1),
  ('a setting', CRYPT_NEEDS_REHASH(GEN_SALT('bf', 4), 'bf', 4), 1),
  ('a plain password', CRYPT_NEEDS_REHASH('secret', 'bf', 4), 1),
  ('an empty one', CRYPT_NEEDS_REHASH('', 'bf', 4), 1),
  ('a number', CRYPT_NEEDS_REHASH(7, 'bf', 4), 1),
  ('a hash over the limits is above any cost',
   CRYPT_NEEDS_REHASH('$2b$31$abcdefghijklmnopqrstuu'
     || '9X93vdp5rVQu7n4zCfaV54zoFhmaPMC', 'bf', 17), 0),
  ('no hash', CRYPT_NEEDS_REHASH(NULL, 'bf'), NULL),
  ('no hash, but a cost', CRYPT_NEEDS_REHASH(NULL, 'bf', 4), NULL),
  ('no method', CRYPT_NEEDS_REHASH('secret', NULL), NULL),
  ('no method, but a cost', CRYPT_NEEDS_REHASH('secret', NULL, 4), NULL),
  ('no hash and a method of nobody', CRYPT_NEEDS_REHASH(NULL, 'nonsense'),
   NULL);

-- error: CRYPT_NEEDS_REHASH: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT_NEEDS_REHASH('secret', 'nonsense');
-- error: CRYPT_NEEDS_REHASH: unknown method, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT_NEEDS_REHASH('secret', 12);
-- error: CRYPT_NEEDS_REHASH: md5crypt hashes are verified but no longer made, use one of yescrypt, gost-yescrypt, scrypt, bcrypt (bf), sha512crypt, sha256crypt, argon2id
SELECT CRYPT_NEEDS_REHASH('secret', 'md5');
-- error: CRYPT_NEEDS_REHASH: the cost of bcrypt is a whole number from 4 to 17
SELECT CRYPT_NEEDS_REHASH('secret', 'bf', 3);
-- error: CRYPT_NEEDS_REHASH: the cost of bcrypt is a whole number from 4 to 17
SELECT CRYPT_NEEDS_REHASH('secret', 'bf', 18);
-- error: CRYPT_NEEDS_REHASH: the cost of argon2id is text such as m=19456,t=2,p=1, with m at least 8 * p KiB
SELECT CRYPT_NEEDS_REHASH('secret', 'argon2id', 3);

-- ---- whom to ask for a new password, by password_policy ----

.read sql/schema.sql
INSERT INTO domains(domain) VALUES ('example.com');
UPDATE password_policy SET method = 'bcrypt', cost = 5;
INSERT INTO users(email, password) VALUES
  ('new@example.com', 'a plain password'),
  ('dovecot@example.com', '{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.'
                          || 'Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq'),
  ('cheap@example.com',
   '$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC'),
  ('locked@example.com',
   '!$2b$04$abcdefghijklmnopqrstuu9X93vdp5rVQu7n4zCfaV54zoFhmaPMC'),
  ('old@example.com', '{CRYPT}rl.3StKT.4T8M');
INSERT INTO checks
  SELECT 'who has too weak a hash', group_concat(email, ' '),
         'cheap@example.com locked@example.com old@example.com'
  FROM (SELECT email FROM users, password_policy
          WHERE CRYPT_NEEDS_REHASH(password, method, cost) ORDER BY email);
UPDATE password_policy SET cost = NULL;
INSERT INTO checks
  SELECT 'and at the default cost', count(*), 5 FROM users, password_policy
    WHERE CRYPT_NEEDS_REHASH(password, method, cost);

-- ---- CRYPT_RELABEL(hash, program) ----

CREATE TABLE spellings(hash, courier, dovecot);
INSERT INTO spellings VALUES
  ('{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq',
   '$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq',
   '{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq'),
  ('{CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq',
   '$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq',
   '{BLF-CRYPT}$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq'),
  ('$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
   '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
   '{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'),
  ('$y$j75$N6pv7tap6WMYbdy2YeX4v/$na6KjX/.jACy88KmIfaO/.IuQqSjSIKRXdv5VnldS69',
   '$y$j75$N6pv7tap6WMYbdy2YeX4v/$na6KjX/.jACy88KmIfaO/.IuQqSjSIKRXdv5VnldS69',
   '{CRYPT}$y$j75$N6pv7tap6WMYbdy2YeX4v/'
   || '$na6KjX/.jACy88KmIfaO/.IuQqSjSIKRXdv5VnldS69'),
  ('{MD5}$1$saltsalt$9xy1btjgzLYfb7hivXtC//',
   '$1$saltsalt$9xy1btjgzLYfb7hivXtC//',
   '{MD5-CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
  ('rl.3StKT.4T8M', '{CRYPT}rl.3StKT.4T8M', '{DES-CRYPT}rl.3StKT.4T8M'),
  ('{DES-CRYPT.hex}726c2e3353744b542e3454384d',
   '{CRYPT}rl.3StKT.4T8M', '{DES-CRYPT}rl.3StKT.4T8M'),
  ('{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69',
   '{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==',
   '{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69'),
  ('{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69',
   '{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==',
   '{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69'),
  ('{SHA1.hex}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4',
   '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='),
  ('{sha512.HEX}BD2B1AAF7EF4F09BE9F52CE2D8D599674D81AA9D6A4421696DC4D93DD061'
   || '9D682CE56B4D64A9EF097761CED99E0F67265B5F76085E5B0EE7CA4696B2AD6FE2B2',
   '{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW1'
   || '92CF5bDufKRpayrW/isg==',
   '{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW1'
   || '92CF5bDufKRpayrW/isg=='),
  ('{SSHA.hex}8152bc582f58c854f580cb101d3182813dec4afe73616c74',
   '{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0',
   '{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0'),
  -- Courier takes {SSHA} with a salt of 4 bytes only.
  ('{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==', NULL,
   '{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA=='),
  ('{PBKDF2}$1$salt$4096$4b007901b765489abead49d926f721d065a429c1', NULL,
   '{PBKDF2}$1$salt$4096$4b007901b765489abead49d926f721d065a429c1'),
  ('$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ',
   NULL, '{ARGON2ID}$argon2id$v=19$m=64,t=1,p=1'
   || '$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ'),
  -- Dovecot takes argon2 of version 1.3 only, and no argon2d.
  ('$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ',
   NULL, NULL),
  ('$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$HVZ7XDgLUMwaPRDO2ySHoQ',
   NULL, NULL);
CREATE TABLE respelled AS
  SELECT hash, 'courier' AS program, courier AS want,
         CRYPT_RELABEL(hash, 'courier') AS got FROM spellings
  UNION ALL
  SELECT hash, 'dovecot', dovecot, CRYPT_RELABEL(hash, 'dovecot')
  FROM spellings;
INSERT INTO checks
  SELECT substr(hash, 1, 40) || ' for ' || program, got, want FROM respelled
  UNION ALL
  SELECT substr(hash, 1, 40) || ' for ' || program || ': once is enough',
         CRYPT_RELABEL(got, program), want FROM respelled
  UNION ALL
  SELECT substr(hash, 1, 40) || ' for ' || program || ': that can verify it',
         json_extract(CRYPT_INFO(got), '$.' || program), 1
  FROM respelled WHERE got IS NOT NULL
  UNION ALL
  SELECT substr(hash, 1, 40) || ' for ' || program || ': locked it stays',
         CRYPT_RELABEL('!' || hash, program), '!' || want FROM respelled
  UNION ALL
  SELECT substr(hash, 1, 40) || ' for ' || program || ': in any case',
         CRYPT_RELABEL(hash, upper(program)), want FROM respelled;
INSERT INTO checks
  SELECT substr(hash, 1, 40) || ': to Dovecot and back to Courier',
         CRYPT_RELABEL(dovecot, 'courier'), courier FROM spellings
         WHERE dovecot IS NOT NULL
  UNION ALL
  SELECT substr(hash, 1, 40) || ': to Courier and back to Dovecot',
         CRYPT_RELABEL(courier, 'dovecot'), dovecot FROM spellings
         WHERE courier IS NOT NULL;
INSERT INTO checks
  SELECT method || ': the password is the same for ' || program,
         CRYPT_VERIFY('secret', CRYPT_RELABEL(hash, program)), 1
  FROM hashes, (SELECT 'courier' AS program UNION SELECT 'dovecot')
  WHERE NOT (method = 'argon2id' AND program = 'courier');
INSERT INTO checks VALUES
  ('two locks become one', CRYPT_RELABEL('!!rl.3StKT.4T8M', 'courier'),
   '!{CRYPT}rl.3StKT.4T8M'),
  ('no hash', CRYPT_RELABEL(NULL, 'courier'), NULL),
  ('no program', CRYPT_RELABEL('rl.3StKT.4T8M', NULL), NULL),
  ('no hash and a program of nobody', CRYPT_RELABEL(NULL, 'nobody'), NULL),
  ('a plain password', CRYPT_RELABEL('secret', 'courier'), NULL),
  ('a plain password with its label',
   CRYPT_RELABEL('{PLAIN}secret', 'dovecot'), NULL),
  ('a setting', CRYPT_RELABEL('$6$salt$', 'dovecot'), NULL),
  ('a damaged hash', CRYPT_RELABEL('$1$saltsalt$9xy1btjg', 'dovecot'), NULL),
  ('an empty one', CRYPT_RELABEL('', 'dovecot'), NULL),
  ('a number', CRYPT_RELABEL(7, 'dovecot'), NULL);

-- error: CRYPT_RELABEL: unknown program, use 'courier' or 'dovecot'
SELECT CRYPT_RELABEL('rl.3StKT.4T8M', 'postfix');
-- error: CRYPT_RELABEL: unknown program, use 'courier' or 'dovecot'
SELECT CRYPT_RELABEL('rl.3StKT.4T8M', '');
-- error: CRYPT_RELABEL: unknown program, use 'courier' or 'dovecot'
SELECT CRYPT_RELABEL('secret', 'php');

-- ---- crypt_methods ----

INSERT INTO checks
  SELECT 'the columns', group_concat(name, ' '),
         'name prefix creates default_cost min_cost max_cost '
         || 'stored_max_cost memory_kib max_password_bytes courier dovecot '
         || 'dovecot24 php postgresql'
  FROM pragma_table_info('crypt_methods');
INSERT INTO checks
  SELECT 'a row for each method and each label', count(*),
         19 + 22 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%')
  FROM crypt_methods
  UNION ALL
  SELECT 'and each just once', count(DISTINCT name),
         19 + 22 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%')
  FROM crypt_methods
  UNION ALL
  SELECT 'those that make hashes', group_concat(name, ' '),
         'yescrypt gost-yescrypt scrypt bcrypt sha512crypt sha256crypt argon2id'
  FROM crypt_methods WHERE creates
  UNION ALL
  SELECT 'a label is its own prefix', count(*), 22
  FROM crypt_methods WHERE prefix = '{' || name || '}'
  UNION ALL
  SELECT 'no row for what stores the password itself', count(*), 0
  FROM crypt_methods WHERE name IN ('PLAIN', 'CLEAR', 'CLEARTEXT',
                                    'PLAIN-TRUNC')
  UNION ALL
  SELECT 'numbers are numbers', count(*),
         41 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%') FROM crypt_methods
  WHERE creates IN (0, 1) AND courier IN (0, 1) AND dovecot IN (0, 1)
    AND dovecot24 IN (0, 1) AND php IN (0, 1) AND postgresql IN (0, 1)
    AND typeof(max_password_bytes) = 'integer'
  UNION ALL
  SELECT name || ' has no cost, for it makes nothing',
         coalesce(default_cost, min_cost, max_cost, stored_max_cost, memory_kib),
         NULL
  FROM crypt_methods WHERE NOT creates
  UNION ALL
  SELECT name || ' costs',
         concat, CASE name
           WHEN 'yescrypt' THEN '5 1 11 8 16384'
           WHEN 'gost-yescrypt' THEN '5 1 11 8 16384'
           WHEN 'scrypt' THEN '7 6 11 8 65536'
           WHEN 'bcrypt' THEN '12 4 17 14 0'
           WHEN 'sha512crypt' THEN '500000 1000 3000000 1500000 0'
           WHEN 'sha256crypt' THEN '500000 1000 3000000 1500000 0'
           WHEN 'argon2id' THEN 'm=19456,t=2,p=1 - - - 19456' END
  FROM (SELECT name, default_cost || ' ' || ifnull(min_cost, '-') || ' '
               || ifnull(max_cost, '-') || ' '
               || ifnull(stored_max_cost, '-') || ' ' || memory_kib AS concat
        FROM crypt_methods WHERE creates)
  UNION ALL
  SELECT 'bcrypt, by itself or by its label, takes 72 bytes',
         group_concat(name, ' '),
         'bcrypt bcrypt-2a bcrypt-2y bcrypt-2x BLF-CRYPT'
  FROM crypt_methods WHERE max_password_bytes = 72
  UNION ALL
  SELECT 'and the others 511', count(*),
         36 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%')
  FROM crypt_methods WHERE max_password_bytes = 511;

-- Who verifies what. test/system/programs/verify.t asks the programs themselves; here
-- it is seen that the table says so, letter by letter.
CREATE TEMP TABLE verifiers(name, prefix, programs);
INSERT INTO verifiers VALUES
  ('yescrypt', '$y$', '11100'), ('gost-yescrypt', '$gy$', '11100'),
  ('scrypt', '$7$', '11100'), ('bcrypt', '$2b$', '11110'),
  ('sha512crypt', '$6$', '11110'), ('sha256crypt', '$5$', '11110'),
  ('argon2id', '$argon2id$', '00010'), ('argon2i', '$argon2i$', '00010'),
  ('argon2d', '$argon2d$', '00000'), ('bcrypt-2a', '$2a$', '11111'),
  ('bcrypt-2y', '$2y$', '11110'), ('bcrypt-2x', '$2x$', '11111'),
  ('sha1crypt', '$sha1$', '11100'), ('sunmd5', '$md5', '11100'),
  ('md5crypt', '$1$', '11011'), ('nt', '$3$', '11100'),
  ('bsdicrypt', '_', '11011'), ('descrypt', '', '11011'),
  ('bigcrypt', '', '11000'), ('BLF-CRYPT', '{BLF-CRYPT}', '01100'),
  ('SHA512-CRYPT', '{SHA512-CRYPT}', '01100'),
  ('SHA256-CRYPT', '{SHA256-CRYPT}', '01100'),
  ('MD5-CRYPT', '{MD5-CRYPT}', '01000'), ('DES-CRYPT', '{DES-CRYPT}', '01000'),
  ('ARGON2ID', '{ARGON2ID}', '01100'), ('ARGON2I', '{ARGON2I}', '01100'),
  ('ARGON2', '{ARGON2}', '00100'),
  ('CRYPT', '{CRYPT}', '11100'), ('PLAIN-MD5', '{PLAIN-MD5}', '01000'),
  ('LDAP-MD5', '{LDAP-MD5}', '01000'), ('MD5RAW', '{MD5RAW}', '10000'),
  ('MD5', '{MD5}', '11000'), ('SMD5', '{SMD5}', '01000'),
  ('SHA', '{SHA}', '11100'), ('SHA1', '{SHA1}', '01100'),
  ('SSHA', '{SSHA}', '11100'), ('SHA256', '{SHA256}', '11100'),
  ('SSHA256', '{SSHA256}', '01100'), ('SHA512', '{SHA512}', '11100'),
  ('SSHA512', '{SSHA512}', '01100'), ('PBKDF2', '{PBKDF2}', '01100');
INSERT INTO checks
  SELECT v.name || ': courier, dovecot, dovecot24, php, postgresql',
         m.prefix || ' ' || m.courier || m.dovecot || m.dovecot24 || m.php || m.postgresql,
         v.prefix || ' ' || v.programs
  FROM verifiers AS v LEFT JOIN crypt_methods AS m USING(name);

-- What it says is what GEN_SALT does.
INSERT INTO checks
  SELECT name || ': GEN_SALT makes its prefix',
         substr(GEN_SALT(name), 1, length(prefix)), prefix
  FROM crypt_methods WHERE creates
  UNION ALL
  SELECT name || ': GEN_SALT takes its lowest cost',
         GEN_SALT(name, min_cost) IS NOT NULL, 1
  FROM crypt_methods WHERE creates
  UNION ALL
  SELECT name || ': GEN_SALT takes its highest',
         GEN_SALT(name, max_cost) IS NOT NULL, 1
  FROM crypt_methods WHERE creates
  UNION ALL
  SELECT name || ': at its default cost nothing needs a new hash',
         CRYPT_NEEDS_REHASH(CRYPT('secret', GEN_SALT(name, default_cost)),
                            name), 0
  FROM crypt_methods WHERE creates;

-- Joined with the hashes of a table.
INSERT INTO checks
  SELECT 'the row of ' || substr(hash, 1, 30),
         (SELECT group_concat(name) FROM crypt_methods
            WHERE name = ifnull(json_extract(info, '$.scheme'),
                                json_extract(info, '$.method'))),
         ifnull(scheme, method) FROM told
  UNION ALL
  SELECT 'joined with itself', count(*),
         41 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%')
  FROM crypt_methods AS a JOIN crypt_methods AS b ON a.name = b.name
  UNION ALL
  SELECT 'outer join', count(*), 19
  FROM crypt_methods AS a LEFT JOIN crypt_methods AS b
    ON a.name = b.name AND b.prefix LIKE '{%' WHERE b.name IS NULL
  UNION ALL
  SELECT 'in order, from the middle', name, 'bigcrypt'
  FROM (SELECT name FROM crypt_methods WHERE prefix NOT LIKE '{%'
          ORDER BY name DESC LIMIT 1 OFFSET 11)
  UNION ALL
  SELECT 'by rowid', name, 'yescrypt' FROM crypt_methods WHERE rowid = 1
  UNION ALL
  SELECT 'rowids differ', count(DISTINCT rowid),
         41 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%') FROM crypt_methods;

-- ---- in a view of the database itself: innocuous, whatever its trust ----

CREATE VIEW inside AS
  SELECT CRYPT_INFO('rl.3StKT.4T8M') IS NOT NULL AS a,
         CRYPT_NEEDS_REHASH('rl.3StKT.4T8M', 'bf') AS b,
         CRYPT_NEEDS_REHASH('rl.3StKT.4T8M', 'bf', 4) AS c,
         CRYPT_RELABEL('rl.3StKT.4T8M', 'courier') IS NOT NULL AS d,
         (SELECT count(*) FROM crypt_methods) AS e;
INSERT INTO checks
  SELECT 'all of them in a view', a + b + c + d + e,
         45 + (SELECT count(*) FROM crypt_methods WHERE name LIKE 'sm3%') FROM inside;

SELECT CASE WHEN got IS want THEN 'ok' ELSE 'not ok' END || ' - ' || what
       || CASE WHEN got IS want THEN ''
          ELSE ' # got ' || quote(got) || ', wanted ' || quote(want) END
  FROM checks;
