#!/usr/bin/env bash
# What a connection that has not loaded the extension can do with a database
# made by sql/schema.sql, and what it can't: Postfix, Courier, a backup job.
. test/lib/tap.sh

db=$dir/mail.db

# Statements in the shell: without the extension, and with it.
without() {
	"$sqlite3" -batch -bail -init /dev/null "${2-$db}" "$1" 2>&1
}
with() {
	"$sqlite3" -batch -bail -init /dev/null -cmd '.load ./mailfunc' \
		"${2-$db}" "$1" 2>&1
}

# refused STATEMENT: it fails for want of a function and writes nothing.
refused() {
	local before out
	before=$(cksum <"$db")
	out=$(without "$1")
	case $out in
	*"no such function"*) ok 0 "refused: $1" ;;
	*)
		ok 1 "refused: $1"
		echo "# got: $out"
		;;
	esac
	is "$(cksum <"$db")" "$before" "and the file is as it was"
}

# ---- made, and made again, without the extension ----

is "$(without '.read sql/schema.sql')" '' 'schema.sql needs no extension'
is "$(without 'SELECT method, cost FROM password_policy')" 'yescrypt|' \
	'the policy is there'
schema='SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name;
SELECT * FROM password_policy;'
before=$(without "$schema")
is "$(without '.read sql/schema.sql')" '' 'schema.sql can be applied again'
is "$(without "$schema")" "$before" 'and changes nothing that can be read'
without "DROP TRIGGER users_insert_hash;
CREATE TRIGGER users_insert_hash AFTER INSERT ON users BEGIN SELECT 1; END;
CREATE TRIGGER users_insert_fold AFTER INSERT ON users BEGIN SELECT 1; END;
DROP TRIGGER forwardings_insert;"
without '.read sql/schema.sql'
is "$(without "$schema")" "$before" 'nor does a trigger of another version stay'

"$sqlite3" -batch -bail -init /dev/null "$dir/empty.db" >"$dir/out" 2>&1 <<'EOF'
BEGIN;
.read sql/schema.sql
SELECT count(*) > 0 FROM sqlite_master;
ROLLBACK;
SELECT count(*) FROM sqlite_master;
EOF
is "$(tr '\n' ' ' <"$dir/out")" '1 0 ' \
	'schema.sql works in a transaction, and is rolled back with it'

# stops NAME SCRIPT SQL: on a database that the SQL has made, schema.sql stops
# and names the script, and nothing has changed, whether or not the shell
# stops there.
stops() {
	local db=$dir/stops.db before bail
	rm -f "$db"
	without "$3" "$db"
	before=$(cksum <"$db")
	for bail in -bail -batch; do
		case $("$sqlite3" $bail -init /dev/null "$db" \
			'.read sql/schema.sql' 2>&1) in
		*".read $2"*) ok 0 "$1: schema.sql names $2 ($bail)" ;;
		*) ok 1 "$1: schema.sql names $2 ($bail)" ;;
		esac
		is "$(cksum <"$db")" "$before" 'and the file is as it was'
	done
}
stops 'a table users of the tutorial' adopt.sql \
	'CREATE TABLE users(email PRIMARY KEY, password, quota);
INSERT INTO users VALUES (1, 2, 3);'
stops 'a table domains without a key' adopt.sql 'CREATE TABLE domains(domain);'
stops 'a table forwardings without a key' adopt.sql \
	'CREATE TABLE forwardings(source, destination);'
stops 'a table transport without a key' adopt.sql \
	'CREATE TABLE transport(domain, transport);'
stops 'a view that is called Users' adopt.sql \
	'CREATE VIEW Users AS SELECT 1 AS email, 2 AS maildir;'
stops 'a database of 0.1.0' upgrade.sql '.read test/sql/schema/schema-0.1.0.sql'
cat test/sql/schema/schema-0.1.0.sql - >"$dir/active.sql" <<'EOF'
ALTER TABLE users ADD COLUMN active;
EOF
stops 'one with a column active' upgrade.sql ".read $dir/active.sql"

# ---- some rows ----

with "UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO domains VALUES ('example.com'), ('example.org');
INSERT INTO users(email, password) VALUES
  ('joe@example.com', 'joe'), ('ann@example.com', 'ann'),
  ('gone@example.com', 'gone');
INSERT INTO forwardings VALUES ('info@example.com', 'joe@example.com'),
  ('gone@example.com', 'joe');
INSERT INTO transport VALUES ('example.org', 'smtp:mail.example.org');"

# ---- reads ----

reads="SELECT email, quota, maildir, substr(password, 1, 7) FROM users
  WHERE email = 'JOE@example.com';
SELECT domain FROM domains WHERE domain = 'Example.COM';
SELECT destination FROM forwardings WHERE source = 'Info@example.com';
SELECT transport FROM transport WHERE domain = 'example.org';
SELECT method, cost FROM password_policy;"
answer="joe@example.com|10485760|example.com/joe/|\$2b\$04\$
example.com
joe@example.com
smtp:mail.example.org
bcrypt|4"
is "$(without "$reads")" "$answer" 'every table can be read'
is "$("$sqlite3" -batch -init /dev/null -readonly "$db" "$reads" 2>&1)" \
	"$answer" 'also in a file that is opened read-only'
is "$(without 'PRAGMA integrity_check')" ok 'integrity_check'
is "$(without 'PRAGMA quick_check; PRAGMA foreign_key_check')" ok 'quick_check'
is "$(without "EXPLAIN QUERY PLAN SELECT maildir FROM users
  WHERE email = 'joe@example.com'" | grep -c 'SEARCH.*PRIMARY KEY')" 1 \
	'a look-up of a user goes by the key'

# ---- writes that need no function ----

is "$(without "UPDATE users SET quota = 99 WHERE email = 'Joe@example.com';
SELECT quota FROM users WHERE email = 'joe@example.com'")" 99 \
	'a quota can be changed'
is "$(without "UPDATE users SET active = 0, name = 'J'
  WHERE email = 'joe@example.com';
SELECT active || name FROM users WHERE email = 'joe@example.com'")" 0J \
	'active and name, too'
case $(without "UPDATE users SET active = 2") in
*'users.active: it is 1, or 0'*) ok 0 'but active to 0 or 1 only' ;;
*) ok 1 'but active to 0 or 1 only' ;;
esac
is "$(without "INSERT INTO users(email) SELECT 1 WHERE 0" |
	grep -c 'no such function')" 1 \
	'(an INSERT fails even where it has no rows)'
is "$(without "DELETE FROM users WHERE email = 'gone@example.com';
SELECT count(*) FROM users")" 2 'a user can be deleted'
is "$(without "INSERT INTO domains VALUES ('example.net')" |
	grep -c 'no such function')" 1 'a domain is not added'
is "$(without "UPDATE domains SET domain = 'new.example'" |
	grep -c 'no such function')" 1 'nor renamed'
is "$(without "DELETE FROM domains WHERE domain = 'example.org';
SELECT count(*) FROM domains")" 1 'but it can be deleted'
case $(without "DELETE FROM domains WHERE domain = 'EXAMPLE.com'") in
*'still has users'*) ok 0 'but not deleted while they have users' ;;
*) ok 1 'but not deleted while they have users' ;;
esac
is "$(without "UPDATE transport SET transport = 'x:' WHERE domain = 'EXAMPLE.ORG';
INSERT INTO transport VALUES ('example.net', 'y:');
DELETE FROM forwardings WHERE source = 'GONE@example.com';
SELECT (SELECT count(*) FROM forwardings) || transport FROM transport
WHERE domain = 'example.org'")" '1x:' \
	'transport can be written, and a forwarding deleted'
is "$(without 'VACUUM; REINDEX; ANALYZE; PRAGMA integrity_check')" ok \
	'VACUUM, REINDEX, ANALYZE'

# ---- copies ----

rows='SELECT * FROM users ORDER BY email; SELECT * FROM domains;
SELECT * FROM forwardings; SELECT * FROM transport;
SELECT * FROM password_policy;
SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '\''sqlite_%'\'' ORDER BY name;'
want=$(without "$rows")
without '.dump' >"$dir/dump.sql"
is "$(without ".read $dir/dump.sql" "$dir/restored.db")" '' \
	'.dump, and the dump can be restored'
is "$(without "$rows" "$dir/restored.db")" "$want" 'with everything in it'
is "$(with "UPDATE users SET password = 'new' WHERE email = 'ann@example.com';
SELECT CRYPT_VERIFY('new', password), CRYPT_VERIFY('joe',
  (SELECT password FROM users WHERE email = 'joe@example.com'))
FROM users WHERE email = 'ann@example.com'" "$dir/restored.db")" '1|1' \
	'and its triggers work'
is "$(without ".backup $dir/backup.db")" '' '.backup'
is "$(without "$rows" "$dir/backup.db")" "$want" 'with everything in it'
is "$(without "VACUUM INTO '$dir/vacuumed.db'")" '' 'VACUUM INTO'
is "$(without "$rows" "$dir/vacuumed.db")" "$want" 'with everything in it'

# ---- writes that are refused ----

hash=$(with "SELECT CRYPT('x', GEN_SALT('bcrypt', 4))" :memory:)
refused "INSERT INTO users(email, password) VALUES ('new@example.com', 'x')"
refused "INSERT OR IGNORE INTO users
  VALUES ('new@example.com', '$hash', 1, 'a/', 1, '')"
refused "REPLACE INTO users(email, password) VALUES ('joe@example.com', 'x')"
refused "INSERT INTO users(email, password) VALUES ('joe@example.com', 'x')
  ON CONFLICT(email) DO UPDATE SET password = excluded.password"
refused "UPDATE users SET password = 'x' WHERE email = 'joe@example.com'"
refused "UPDATE users SET password = '$hash' WHERE email = 'joe@example.com'"
refused "UPDATE users SET quota = 1, password = 'x'"
refused "UPDATE users SET email = 'new@example.com' WHERE email = 'joe@example.com'"
refused "UPDATE OR REPLACE users SET maildir = 'x/' WHERE email = 'joe@example.com'"
refused "UPDATE password_policy SET cost = 5"
refused "REPLACE INTO password_policy VALUES ('bcrypt', 4, 0)"
refused "REPLACE INTO forwardings VALUES ('info@example.com', 'a@b')"
refused "UPDATE forwardings SET destination = 'a@b'"
is "$(without "BEGIN; UPDATE users SET quota = 7; UPDATE users SET password = 'x';
COMMIT" >"$dir/out"; without 'SELECT count(*) FROM users WHERE quota = 7')" 0 \
	'a transaction that is refused in its middle leaves nothing'

end
