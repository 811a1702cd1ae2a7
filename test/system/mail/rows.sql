-- What the mail test's database holds. Passwords are given as they are: the
-- triggers hash them.
INSERT INTO domains VALUES ('example.com'), ('catch.example'), ('alias.org'),
  ('alias.example'), ('second.example');

INSERT INTO users (email, password) VALUES
  ('joe@example.com', 'correct horse'),
  ('anna@example.com', 'pässwörd €'),
  ('quote@example.com', 'it''s a "quoted" \ one'),
  ('blank@example.com', '  blanks around  '),
  ('real@catch.example', 'real'),
  ('change@example.com', 'the old one'),
  ('fresh@example.com', 'no mail yet'),
  ('o.k-a_y@example.com', 'marks'),
  ('own@alias.org', 'of its own'),
  -- The address of somebody else, and a catch-all behind it.
  ('anyonejoe@example.com', 'no trap');

INSERT INTO users (email, password, quota) VALUES
  ('small@example.com', 'small box', 20000);

-- One user for each kind of hash that Courier verifies.
INSERT INTO users (email, password) VALUES
  ('yescrypt@example.com', CRYPT('pw yescrypt', GEN_SALT('yescrypt'))),
  ('gost-yescrypt@example.com',
   CRYPT('pw gost-yescrypt', GEN_SALT('gost-yescrypt'))),
  ('scrypt@example.com', CRYPT('pw scrypt', GEN_SALT('scrypt'))),
  ('bcrypt@example.com', CRYPT('pw bcrypt', GEN_SALT('bcrypt'))),
  ('sha512crypt@example.com',
   CRYPT('pw sha512crypt', GEN_SALT('sha512crypt'))),
  ('sha256crypt@example.com',
   CRYPT('pw sha256crypt', GEN_SALT('sha256crypt')));

-- Disabled: no mail, no login. leaver is while the test runs.
INSERT INTO users (email, password, active) VALUES
  ('gone@example.com', 'gone', 0),
  ('gone@catch.example', 'gone', 0);
INSERT INTO users (email, password) VALUES
  ('leaver@catch.example', 'still here');

-- Locked, as with passwd -l.
INSERT INTO users (email, password)
  VALUES ('locked@example.com', '!' || CRYPT('locked out'));

INSERT INTO forwardings VALUES
  ('info@example.com', 'joe@example.com'),
  ('both@example.com', 'joe@example.com,anna@example.com'),
  ('anna@example.com', 'anna@example.com,joe@example.com'),
  ('away@example.com', 'friend@example.net'),
  ('left@example.com', 'gone@catch.example'),
  ('sales@example.com', 'joe@example.com'),
  ('@catch.example', 'joe@example.com');

-- Domains that are others by another name, and what one has of its own.
INSERT INTO forwardings VALUES
  ('@alias.org', '@example.com'),
  ('@alias.example', '@catch.example'),
  ('@second.example', '@alias.org'),
  ('sales@alias.org', 'quote@example.com'),
  ('left@alias.org', '@catch.example');

INSERT INTO transport VALUES ('example.net', 'smtp:[127.0.0.1]:2525');
