-- import-write.sql: what import.sql has looked at is written
--
-- In a transaction of the caller's, which is still open at the end.
-- import_result(users) counts the users. If something can't come any more, all
-- is rolled back.

.read import-check.sql

CREATE TEMP TABLE import_result AS SELECT count(*) AS users FROM users;

INSERT INTO domains(domain)
  SELECT min(domain) FROM coming_domains
  WHERE lower(domain) NOT IN (SELECT lower(domain) FROM domains)
  GROUP BY lower(domain);

-- A password is either a hash as it came, or has one since import.sql.

INSERT INTO users(email, password, quota, maildir, active, name)
  SELECT email,
    CASE WHEN locked OR (h.hash IS NULL AND substr(password, 1, 1) = '!')
      THEN '!' ELSE '' END
      || coalesce(CRYPT_RELABEL(kept, program), kept, h.hash),
    quota, maildir, active, name
  FROM (
    SELECT *,
      CASE WHEN kind = 'hash' THEN unlocked
        WHEN kind = 'bare' AND passwords = 'hashed' THEN '{CRYPT}' || unlocked
      END AS kept
    FROM import_password) AS u
  LEFT JOIN import_hash AS h ON h.n = u.n;

-- A trigger of somebody else's may have left some out.

UPDATE import_result SET users = (SELECT count(*) FROM users) - users;
INSERT INTO import_verdict
  SELECT -1 FROM import_result
  WHERE users <> (SELECT count(*) FROM import_user);

-- Several rows of one source are one, as they are to Postfix.

INSERT INTO forwardings(source, destination)
  SELECT min(source), group_concat(destination, ',')
  FROM (SELECT DISTINCT source, trim(destination, ' ,') AS destination
    FROM coming_forwardings)
  GROUP BY lower(source);

INSERT INTO transport(domain, transport)
  SELECT min(domain), min(transport) FROM coming_transport
  WHERE lower(domain) NOT IN (SELECT lower(domain) FROM transport)
  GROUP BY lower(domain);
