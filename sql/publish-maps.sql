-- publish-maps.sql: what the maps of FORMAT=cdb and lmdb hold, as Postfix is to
-- find it. publish.sh reads it with the copy that publish.sql has made:
--
--   sqlite3 -readonly copy.db '.read publish-maps.sql' \
--     'SELECT key, value FROM map_domains ORDER BY key'
--
-- One view for each map of main.cf, by the name of its file in postfix/, whose
-- query is what the map must answer. Such a map knows no condition and no case:
-- keys are in lower case, as Postfix asks for them, and each address of a
-- domain that is another one by another name is a key.
--
-- Needs no extension. A tab or the end of a line in a row: an error, for they
-- end keys and rows in what publish.sh makes of this.

CREATE TEMP TABLE unspeakable (
  text CONSTRAINT "a row has a tab or the end of a line in it"
    CHECK (text IS NULL));
INSERT INTO unspeakable SELECT 1 FROM (
    SELECT domain AS text FROM domains
    UNION ALL SELECT email || maildir FROM users
    UNION ALL SELECT source || destination FROM forwardings
    UNION ALL SELECT domain || transport FROM transport)
  WHERE text GLOB '*[' || char(9, 10) || ']*' LIMIT 1;

-- '@alias.org', '@example.com': a domain by another name.
CREATE TEMP VIEW aliases AS
  SELECT lower(source) AS source, destination FROM forwardings
  WHERE source LIKE '@%' AND destination LIKE '@%';

-- Users and forwardings, and what stands before the last @, and from it on:
-- Postfix's %u, and @%d. Nobody's, where there is no alias.
CREATE TEMP VIEW parts AS
  SELECT *, lower(substr(address, 1, at - 1)) AS u, substr(address, at) AS d
  FROM (
    SELECT *, length(rtrim(address, replace(address, '@', ''))) AS at
    FROM (
      SELECT email AS address, email AS owner, active, 1 AS is_user FROM users
      UNION ALL
      SELECT source, destination, NULL, 0 FROM forwardings)
    WHERE EXISTS (SELECT 1 FROM aliases))
  WHERE at > 1;

-- The same address in each domain by another name.
CREATE TEMP VIEW renamed AS
  SELECT u || a.source AS key, u || a.destination AS value, p.*
  FROM parts AS p JOIN aliases AS a ON p.d = a.destination COLLATE NOCASE;

CREATE TEMP VIEW map_domains AS
  SELECT lower(domain) AS key, domain AS value FROM domains;

CREATE TEMP VIEW map_forwardings AS
  SELECT lower(source) AS key, destination AS value FROM forwardings
  WHERE NOT (source LIKE '@%' AND destination LIKE '@%');

CREATE TEMP VIEW map_email2email AS
  SELECT lower(email) AS key, email AS value FROM users;

-- Where the other domain has a catch-all, whoever else is asked for is the
-- same address there: virtual(5), @domain and @otherdomain.
CREATE TEMP VIEW map_domain2domain AS
  SELECT DISTINCT key, value FROM renamed
  UNION ALL
  SELECT a.source, a.destination FROM aliases AS a
    JOIN forwardings AS b ON b.source = a.destination
  WHERE b.destination NOT LIKE '@%';

CREATE TEMP VIEW map_mailboxes AS
  SELECT lower(email) AS key, maildir AS value FROM users WHERE active = 1;

CREATE TEMP VIEW map_inactive AS
  SELECT key, '550 5.2.1 mailbox disabled' AS value FROM (
    SELECT lower(email) AS key FROM users WHERE active IS NOT 1
    UNION ALL
    SELECT key FROM renamed
    WHERE is_user AND active IS NOT 1
      AND NOT EXISTS (SELECT 1 FROM users WHERE email = key)
      AND NOT EXISTS (SELECT 1 FROM forwardings WHERE source = key));

CREATE TEMP VIEW map_senders AS
  SELECT lower(email) AS key, email AS value FROM users
  UNION ALL
  SELECT lower(source), destination FROM forwardings
  WHERE source NOT IN (SELECT email FROM users);

CREATE TEMP VIEW map_alias_senders AS
  SELECT key, owner AS value FROM renamed
  WHERE is_user
    OR address COLLATE NOCASE NOT IN (SELECT email FROM users);

CREATE TEMP VIEW map_transports AS
  SELECT lower(domain) AS key, transport AS value FROM transport;
