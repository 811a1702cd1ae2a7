-- A database as PostfixAdmin keeps it in SQLite, without what isn't read.

CREATE TABLE domain (
  domain varchar(255) NOT NULL PRIMARY KEY,
  description varchar(255) NOT NULL DEFAULT '',
  aliases int(10) NOT NULL DEFAULT '0',
  mailboxes int(10) NOT NULL DEFAULT '0',
  maxquota bigint(20) NOT NULL DEFAULT '0',
  quota bigint(20) NOT NULL DEFAULT '0',
  transport varchar(255) DEFAULT NULL,
  backupmx tinyint(1) NOT NULL DEFAULT '0',
  created datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  modified datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  active tinyint(1) NOT NULL DEFAULT '1'
);
CREATE TABLE mailbox (
  username varchar(255) NOT NULL PRIMARY KEY,
  password varchar(255) NOT NULL,
  name varchar(255) NOT NULL DEFAULT '',
  maildir varchar(255) NOT NULL,
  quota bigint(20) NOT NULL DEFAULT '0',
  local_part varchar(255) NOT NULL,
  domain varchar(255) NOT NULL,
  created datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  modified datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  active tinyint(1) NOT NULL DEFAULT '1'
);
CREATE TABLE alias (
  address varchar(255) NOT NULL PRIMARY KEY,
  goto text NOT NULL,
  domain varchar(255) NOT NULL,
  created datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  modified datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  active tinyint(1) NOT NULL DEFAULT '1'
);
CREATE TABLE alias_domain (
  alias_domain varchar(255) NOT NULL PRIMARY KEY,
  target_domain varchar(255) NOT NULL,
  active tinyint(1) NOT NULL DEFAULT '1'
);

INSERT INTO domain(domain, description, transport, backupmx, active) VALUES
  ('ALL', '', '', 0, 1),
  ('example.com', 'Ours', 'virtual', 0, 1),
  ('example.org', 'It''s "theirs"', 'smtp:[192.0.2.1]', 0, 1),
  ('backup.example', '', 'relay:', 1, 1),
  ('alias.example', '', 'virtual', 0, 1),
  ('off.example', '', 'virtual', 0, 0),
  ('sleeping.example', '', 'virtual', 0, 0);

INSERT INTO mailbox(username, password, maildir, quota, local_part, domain,
    active) VALUES
  ('joe@example.com', '$1$saltsalt$9xy1btjgzLYfb7hivXtC//',
   'joe@example.com/', 0, 'joe', 'example.com', 1),
  ('ann@example.com', '{SHA512-CRYPT}$6$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1',
   'example.com/ann/', 1024000000, 'ann', 'example.com', 1),
  ('left@example.org', '$1$saltsalt$9xy1btjgzLYfb7hivXtC//',
   'example.org/left/', -1, 'left', 'example.org', 0);

INSERT INTO alias(address, goto, domain, active) VALUES
  ('joe@example.com', 'joe@example.com', 'example.com', 1),
  ('ann@example.com', 'ann@example.com,joe@example.com', 'example.com', 1),
  ('left@example.org', 'Left@Example.org', 'example.org', 1),
  ('info@example.com', 'joe@example.com,ann@example.com,', 'example.com', 1),
  ('@example.org', 'joe@example.com', 'example.org', 1),
  ('old@example.com', 'joe@example.com', 'example.com', 0);

INSERT INTO alias_domain(alias_domain, target_domain, active) VALUES
  ('alias.example', 'example.com', 1),
  ('Other.example', 'Example.org', 1),
  ('gone.example', 'example.com', 0),
  ('off.example', 'example.com', 1);

UPDATE mailbox SET name = 'Ann "A"' WHERE username = 'ann@example.com';
