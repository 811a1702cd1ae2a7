-- Beside rows.sql: what Exim and OpenSMTPD are asked for besides.
-- A renamed user: the maildir stays.
INSERT INTO users (email, password) VALUES
  ('maiden@example.com', 'was married'),
  ('argon@example.com', CRYPT('pw argon2id', GEN_SALT('argon2id')));
UPDATE users SET email = 'married@example.com'
  WHERE email = 'maiden@example.com';

INSERT INTO users (email, password, quota) VALUES
  ('tight@example.com', 'tight box', 6000);

-- A hash with a label of Dovecot's.
INSERT INTO users (email, password) VALUES
  ('label@example.com', '{SHA512-CRYPT}' ||
   CRYPT('pw label', GEN_SALT('sha512crypt')));

-- Several destinations, with what may stand between them.
INSERT INTO forwardings VALUES
  ('team@example.com', 'joe@example.com, anna@example.com'),
  ('team@alias.org', 'joe@example.com,anna@example.com'),
  ('full@example.com', 'tight@example.com');
