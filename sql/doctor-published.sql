-- doctor-published.sql: does the published copy for Postfix say what the mail
-- database says?
--
--   sqlite3 -readonly /srv/mail/mail.db \
--     "ATTACH 'file:/srv/mail/maps.db?immutable=1' AS maps" \
--     '.read /usr/share/mailfunc/doctor-published.sql'
--
-- Prints nothing if it does; else a row as doctor.sql has them: severity,
-- table, key, what, remedy. Needs no extension, shows no password. The age of
-- a copy says nothing: publish.sh leaves it alone while nothing has changed.

WITH
  mine(place, key, answer) AS (
    SELECT 'domains', lower(domain), domain FROM main.domains
    UNION ALL SELECT 'users', lower(email), maildir || ' ' || quota || ' '
        || (active IS 1)
      FROM main.users
    UNION ALL SELECT 'forwardings', lower(source), destination
      FROM main.forwardings
    UNION ALL SELECT 'transport', lower(domain), transport FROM main.transport),
  copied(place, key, answer) AS (
    SELECT 'domains', lower(domain), domain FROM maps.domains
    UNION ALL SELECT 'users', lower(email), maildir || ' ' || quota || ' '
        || active
      FROM maps.users
    UNION ALL SELECT 'forwardings', lower(source), destination
      FROM maps.forwardings
    UNION ALL SELECT 'transport', lower(domain), transport FROM maps.transport),
  stale(place, key) AS (
    SELECT place, key FROM (SELECT * FROM mine EXCEPT SELECT * FROM copied)
    UNION
    SELECT place, key FROM (SELECT * FROM copied EXCEPT SELECT * FROM mine))
SELECT 'warning' AS severity, place AS "table", key,
    CASE WHEN (place, key) NOT IN (SELECT place, key FROM copied)
      THEN 'not in the published copy'
      WHEN (place, key) NOT IN (SELECT place, key FROM mine)
      THEN 'only in the published copy'
      ELSE 'another in the published copy'
    END || ' of ' || (SELECT made FROM maps.published) AS what,
    'publish.sh ' || (SELECT source FROM maps.published)
      || ' and the copy' AS remedy
  FROM stale ORDER BY place, key;
