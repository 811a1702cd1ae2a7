#!/usr/bin/env bash
# sql/doctor.sql: it finds each thing that it promises to find, nothing in a
# healthy database, and never stumbles over a row or shows a password.
# shellcheck disable=SC2016 # the dollars belong to hashes
. test/admin/lib.sh

md5='$1$saltsalt$9xy1btjgzLYfb7hivXtC//'
sha512='$6$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1'
argon2='$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$qqDbCKt3gVBqzEOXEX3yxbmRGTfkbRqUpMQmS5bv1GY'
db=$dir/mail.db

doctor() {
	admin "${1-$db}" '.read doctor.sql'
}

# healthy: a new database with nothing to find.
healthy() {
	rm -f "$db"
	admin "$db" '.read schema.sql' "
		INSERT INTO domains VALUES ('example.com');
		INSERT INTO users(email, password) VALUES
		  ('joe@example.com', 'good one'), ('ann@example.com', 'good one'),
		  ('off@example.com', '!' || CRYPT('good one'));
		INSERT INTO forwardings VALUES
		  ('info@example.com', 'joe@example.com, off+info@example.com'),
		  ('all@example.com', 'INFO@example.com'),
		  ('ann@example.com', 'ann@example.com,ann@example.net'),
		  ('@example.com', 'joe@example.com');
		INSERT INTO transport VALUES ('example.com', 'virtual:'),
		  ('.example.com', 'smtp:'), ('joe@example.com', 'smtp:'),
		  ('*', 'smtp:relay.example.net')"
}

# finds WHAT-WAS-DONE SQL FINDING...: in a healthy database, after the SQL,
# these findings and no others. The SQL may write what the schema forbids.
finds() {
	local name=$1 sql=$2 want
	shift 2
	want=$(printf '%s\n' "$@")
	cp "$dir/healthy.db" "$db"
	plain "$db" 'PRAGMA ignore_check_constraints = ON' "$sql" >/dev/null
	is "$(doctor)" "$want" "$name"
}

# with_table TABLE COLUMNS ROWS: SQL that puts one without keys and triggers
# in the table's place, with its rows and some others.
with_table() {
	echo "CREATE TABLE copy($2); INSERT INTO copy SELECT * FROM $1;
		PRAGMA legacy_alter_table = ON; DROP TABLE $1;
		ALTER TABLE copy RENAME TO $1; INSERT INTO $1 VALUES $3"
}

# ---- schema.sql and the list in doctor.sql ----

is "$(sed -n '/^INSERT INTO doctor.shipped/,/;$/p' sql/doctor.sql | tail -n +2)" \
	"$(sh test/admin/fingerprints.sh)" \
	'doctor.sql knows what schema.sql makes'
if [ "$(sh test/admin/fingerprints.sh)" != "$(sed -n \
	'/^INSERT INTO doctor.shipped/,/;$/p' sql/doctor.sql | tail -n +2)" ]; then
	echo '# run: sh test/admin/fingerprints.sh write'
	echo '# (Everything else would fail, too, and is left out.)'
	end
	exit 1
fi
mkdir "$dir/root"
cp -r sql test "$dir/root"
(cd "$dir/root" && sh test/admin/fingerprints.sh write)
is "$(cksum <"$dir/root/sql/doctor.sql")" "$(cksum <sql/doctor.sql)" \
	'fingerprints.sh write changes nothing then'

# ---- nothing, if all is well ----

healthy
is "$(doctor)" '' 'nothing in a healthy database'
before=$(cksum <"$db")
is "$("$sqlite3" -readonly -batch -init /dev/null -cmd '.load ./mailfunc' \
	"$db" '.read sql/doctor.sql' 2>&1)" '' 'nor with -readonly'
is "$(admin "$db" '.read doctor.sql' '.read doctor.sql')" '' 'nor twice'
is "$(cksum <"$db")" "$before" 'it changes not a byte'
content "$db" >"$dir/dump.sql"
rm -f "$dir/restored.db"
plain "$dir/restored.db" ".read $dir/dump.sql"
is "$(doctor "$dir/restored.db")" '' 'nor in a dump that was restored'
cp "$db" "$dir/healthy.db"
is "$(admin "$db" 'PRAGMA trusted_schema = OFF' '.read doctor.sql')" '' \
	'nor with trusted_schema off'

# ---- passwords ----

triggers="
	DROP TRIGGER users_insert_check; DROP TRIGGER users_insert_hash;
	DROP TRIGGER users_update_check; DROP TRIGGER users_update_hash;
	DROP TRIGGER users_insert_fold; DROP TRIGGER users_update_fold;
	DROP TRIGGER users_insert_fill; DROP TRIGGER users_update_fill"

# And those of the policy.
policy="DROP TRIGGER password_policy_update; DROP TRIGGER password_policy_insert;
	DROP TRIGGER password_policy_delete"
# What makes them again.
again=$(sed -n '/^CREATE TRIGGER/,/^END;/p' sql/schema.sql)

# password NAME VALUE SEVERITY WHAT REMEDY: a stored password, and what is
# found, besides that it is below the policy. The triggers are there again.
password() {
	local found
	cp "$dir/healthy.db" "$db"
	plain "$db" "$triggers; UPDATE users SET password = $2
		WHERE email = 'joe@example.com'" '.read sql/schema.sql'
	found=$(doctor | grep -v 'below the policy\|legacy')
	is "$found" "$3|users|joe@example.com|$4|$5" "$1"
	! doctor | grep -q hidden
	ok $? "$1: never shown"
}
new="UPDATE users SET password = 'a new one' WHERE email = 'joe@example.com';"
password 'a plain password' "'hidden'" error \
	'a plain password, for everybody to read' \
	"UPDATE users SET password = CRYPT(password) WHERE email = 'joe@example.com'; VACUUM;"
password 'a plain one with quotes and newlines' "'hid''\"den
	hidden'" error 'a plain password, for everybody to read' \
	"UPDATE users SET password = CRYPT(password) WHERE email = 'joe@example.com'; VACUUM;"
password '{PLAIN}' "'{plain}hidden'" error \
	'a plain password behind a label like {PLAIN}' \
	"UPDATE users SET password = CRYPT(substr(password, instr(password, '}') + 1)) WHERE email = 'joe@example.com'; VACUUM;"
damaged="begins like a hash, but isn't a whole one of a known method"
password 'a hash cut off' "substr('$sha512', 1, 90)" error "$damaged" "$new"
password 'an unknown scheme' "'{CRAM-MD5}hidden'" error "$damaged" "$new"
password 'an unknown method' "'\$apr1\$hidden\$hidden'" error "$damaged" "$new"
password 'bare DES' "'rl.3StKT.4T8M'" error \
	'a hash without a label, or a plain password' \
	"if it is a hash: UPDATE users SET password = '{CRYPT}' || password WHERE email = 'joe@example.com';"
password 'an empty password' "''" error 'no password: nobody can log in' "$new"
password 'a lock without a hash' "'!'" error 'no password: nobody can log in' \
	"$new"
password 'a number' 7 error 'the password is stored as integer, not as text' \
	"$new"
password 'a blob' "x'68696464656e'" error \
	'the password is stored as blob, not as text' "$new"
password 'too dear a hash' "replace('$sha512', '\$6\$', '\$6\$rounds=900000000\$')" \
	error 'sha512crypt: asks for more memory or time than mailfunc allows' "$new"
relabel() {
	echo "for ${1^}: UPDATE users SET password = CRYPT_RELABEL(password, '$1') WHERE email = 'joe@example.com';"
}
password "Dovecot's label" "'{SHA512-CRYPT}$sha512'" warning \
	"Courier can't verify this sha512crypt hash" "$(relabel courier)"
password 'the same, locked' "'!{SHA512-CRYPT}$sha512'" warning \
	"Courier can't verify this sha512crypt hash" "$(relabel courier)"
# Of the policy's own method, so that they aren't below it.
finds 'too much bcrypt' "$triggers; $policy; UPDATE password_policy SET method = 'bcrypt',
	cost = 4; UPDATE users SET password = '\$2b\$18\$WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq'; $again" \
	"error|users|ann@example.com|bcrypt: asks for more memory or time than mailfunc allows|${new/joe/ann}" \
	"error|users|joe@example.com|bcrypt: asks for more memory or time than mailfunc allows|$new" \
	"error|users|off@example.com|bcrypt: asks for more memory or time than mailfunc allows|${new/joe/off}"
password 'too much memory' "replace(password, '\$y\$j9T', '\$y\$jGT')" \
	error 'yescrypt: asks for more memory or time than mailfunc allows' "$new"
password 'too dear an argon2' "'{ARGON2ID}' || replace('$argon2', 't=2', 't=900')" \
	error 'argon2id: asks for more memory or time than mailfunc allows' \
	"$new
warning|users|joe@example.com|Courier can't verify this argon2id hash|ask for a new password"
password 'argon2 without a label' "'$argon2'" warning \
	'neither Courier nor Dovecot can verify this argon2id hash' \
	"$(relabel dovecot)"
password 'argon2 with a label' "'{ARGON2ID}$argon2'" warning \
	"Courier can't verify this argon2id hash" 'ask for a new password'
password "Courier's label" "'{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69'" note \
	"Dovecot can't verify this plain-md5 hash" "$(relabel dovecot)"

# The remedy is one: what it says is run, and the finding is gone.
for stored in "'hidden'" "'{PLAIN}hidden'" "'{SHA512-CRYPT}$sha512'" \
	"'rl.3StKT.4T8M'"; do
	cp "$dir/healthy.db" "$db"
	plain "$db" "$triggers; UPDATE users SET password = $stored
		WHERE email = 'joe@example.com'" '.read sql/schema.sql'
	remedy=$(doctor | grep -v 'below\|legacy' |
		sed 's/^.*|[^|]*: UPDATE/UPDATE/
			s/^[^|]*|[^|]*|[^|]*|[^|]*|//')
	admin "$db" "$remedy"
	is "$(doctor | grep -v 'below\|legacy')" '' "remedy: $remedy"
done

legacy='a legacy hash, quick to guess|ask for a new password'
finds 'a legacy hash' "$triggers; UPDATE users SET password = '$md5'
	WHERE email = 'joe@example.com'; $again" "warning|users|joe@example.com|md5crypt: $legacy"
finds 'a hash below the policy' "$triggers; UPDATE users SET password = '$sha512'
	WHERE email = 'joe@example.com'; $again" 'note|users|joe@example.com|sha512crypt: below the policy|ask for a new password'

# ---- password_policy ----

wont='error|password_policy||GEN_SALT() won'\''t take it|DROP TABLE password_policy; then .read schema.sql'
for bad in "method = 'md5'" "method = 'nonsense'" "cost = 12" "cost = 'x'" \
	"method = x'00'" "method = 'argon2id', cost = 5" \
	"method = 'argon2id', cost = 'm=1,t=2,p=1'" \
	"method = 'argon2id', cost = 'm=19456,t=2,p=1x'"; do
	finds "policy: $bad" "$policy; UPDATE password_policy SET $bad; $again" \
		"$wont"
done
finds 'policy: no row' "$policy; DELETE FROM password_policy; $again" \
	'error|password_policy||it must have one row|DROP TABLE password_policy; then .read schema.sql'
# GEN_SALT takes every policy that isn't complained of.
for good in "'bf', 17" "'SHA512crypt', '1000'" "'yescrypt', NULL" \
	"'argon2id', 'm=8,t=1,p=1'" "'argon2id', NULL" "'scrypt', 11"; do
	cp "$dir/healthy.db" "$db"
	admin "$db" "UPDATE password_policy SET (method, cost) = ($good)"
	is "$(doctor | grep -v 'below the policy\|legacy')" '' "policy: $good"
done

# ---- addresses, maildirs, quotas ----

finds 'a domain that is missing' "$triggers; INSERT INTO users SELECT
	'x@example.net', password, 0, 'x/' FROM users LIMIT 1; $again" \
	"error|users|x@example.net|its domain isn't in the table domains|INSERT INTO domains VALUES ('example.net');"
finds 'upper case' "$triggers; UPDATE users SET email = 'Joe@example.com'
	WHERE email LIKE 'joe%'; $again" \
	"warning|users|Joe@example.com|has upper case letters, which Postfix doesn't look for|UPDATE users SET email = lower(email) WHERE email = 'Joe@example.com';"
finds 'no maildir' "$triggers; UPDATE users SET maildir = NULL
	WHERE email LIKE 'joe%'; $again" \
	"error|users|joe@example.com|no maildir|UPDATE users SET maildir = MAILDIR(email) WHERE email = 'joe@example.com';"
for bad in /etc/ a/../b/ a/b ../x/ 'a b/' .; do
	finds "maildir $bad" "$triggers; UPDATE users SET maildir = '$bad'
		WHERE email LIKE 'joe%'; $again" \
		"error|users|joe@example.com|this maildir leaves the mail store, or is none|UPDATE users SET maildir = MAILDIR(email) WHERE email = 'joe@example.com';"
done
finds 'a quota that is none' "$triggers; UPDATE users SET quota = -5
	WHERE email LIKE 'joe%'; $again" \
	"error|users|joe@example.com|the quota is not a number of bytes, 0 or more|UPDATE users SET quota = 10485760 WHERE email = 'joe@example.com';"
finds 'no mailbox address' "$triggers; INSERT INTO users SELECT
	'a''; DROP TABLE users; --@example.com', password, 0, 'x/'
	FROM users LIMIT 1; $again" \
	"error|users|a'; DROP TABLE users; --@example.com|it has a quote|UPDATE users SET email = 'another one' WHERE email IS 'a''; DROP TABLE users; --@example.com';"
escape=$(printf 'a\033[2J\n@example.com' | od -An -tx1 | tr -d ' \n' | tr a-f A-F)
finds 'an address that a terminal would obey' "$triggers; INSERT INTO users
	SELECT CAST(x'$escape' AS TEXT), password, 0, 'x/' FROM users LIMIT 1;
	$again" "error|users|x'$escape'|it has a control byte|UPDATE users SET email = 'another one' WHERE email IS CAST(x'$escape' AS TEXT);"

# ---- domains, forwardings, transport ----

finds 'no domain' "INSERT INTO domains VALUES ('-x-')" \
	"error|domains|-x-|can't be the domain of a mailbox|DELETE FROM domains WHERE domain IS '-x-';"
fwd='DELETE FROM forwardings WHERE source ='
finds 'forwarded to nobody' "DELETE FROM forwardings WHERE source = '@example.com';
	INSERT INTO forwardings VALUES ('a@example.com', 'joe@example.com,Gone@Example.com')" \
	"error|forwardings|a@example.com|goes to gone@example.com, who is neither a user nor forwarded|add that user, or $fwd 'a@example.com';"
finds 'forwarded to an extension: nothing' \
	"DELETE FROM forwardings WHERE source = '@example.com'"
finds 'a catch-all to nobody' "UPDATE forwardings SET destination =
	'gone@example.com' WHERE source = '@example.com'" \
	"error|forwardings|@example.com|goes to gone@example.com, who is neither a user nor forwarded|add that user, or $fwd '@example.com';"
loop='leads back to itself over another address: Postfix refuses the mail'
finds 'a loop of three' "INSERT INTO forwardings VALUES
	('a@example.com', 'b@example.com'), ('b@example.com', 'C@example.com'),
	('c@example.com', 'x@example.net,a@example.com'),
	('to@example.com', 'a@example.com')" \
	"error|forwardings|a@example.com|$loop|$fwd 'a@example.com';" \
	"error|forwardings|b@example.com|$loop|$fwd 'b@example.com';" \
	"error|forwardings|c@example.com|$loop|$fwd 'c@example.com';"
finds 'a loop over the catch-all' "UPDATE forwardings SET destination =
	'a@example.com' WHERE source = '@example.com';
	INSERT INTO forwardings VALUES ('a@example.com', 'gone@example.com')" \
	"error|forwardings|@example.com|$loop|$fwd '@example.com';" \
	"error|forwardings|a@example.com|$loop|$fwd 'a@example.com';"
finds 'a loop of domains' "INSERT INTO domains VALUES ('x.net'), ('y.net');
	INSERT INTO forwardings VALUES ('@x.net', '@y.net'), ('@y.net', '@x.net')" \
	"error|forwardings|@x.net|$loop|$fwd '@x.net';" \
	"error|forwardings|@y.net|$loop|$fwd '@y.net';"
finds 'a strange source' "INSERT INTO forwardings VALUES
	('a@example.net', 'joe@example.com'), ('postmaster', 'joe@example.com')" \
	"warning|forwardings|a@example.net|its domain isn't in the table domains|INSERT INTO domains VALUES ('example.net');" \
	'warning|forwardings|postmaster|is neither name@domain nor @domain|correct it, or delete it'
finds 'forwarded to nothing' "INSERT INTO forwardings VALUES
	('a@example.com', ' ,')" \
	"error|forwardings|a@example.com|leads nowhere|DELETE FROM forwardings WHERE source IS 'a@example.com';"
finds 'a transport of another domain' "INSERT INTO transport VALUES
	('.example.net', 'smtp:')" \
	"note|transport|.example.net|this domain isn't in the table domains|nothing, if its mail just passes through here"

# ---- the schema ----

finds 'a trigger is missing' 'DROP TRIGGER users_insert_hash' \
	'error|users_insert_hash||this trigger is missing|.read schema.sql'
objects=$(sh test/admin/fingerprints.sh | wc -l)
finds 'a trigger is another' 'DROP TRIGGER domains_delete;
	CREATE TRIGGER domains_delete BEFORE DELETE ON domains BEGIN SELECT 1; END' \
	'error|domains_delete||this trigger is not the one of schema.sql|DROP TRIGGER domains_delete; then .read schema.sql'
finds 'a trigger too many' 'CREATE TRIGGER spy AFTER INSERT ON Users
	BEGIN SELECT 1; END' \
	'warning|Users|spy|this trigger is not of schema.sql|look what it does: .schema Users'
finds 'an index is missing, and two users have one maildir' "$triggers;
	DROP INDEX users_maildir; UPDATE users SET maildir = 'Example.com/joe/'
	WHERE email LIKE 'ann%'; $again" \
	"error|users|ann@example.com|2 users have this one's maildir|UPDATE users SET maildir = MAILDIR(email), for all but one" \
	'error|users_maildir||this index is missing|.read schema.sql'
finds 'an index is another' 'DROP INDEX users_maildir;
	CREATE INDEX users_maildir ON users(maildir)' \
	'error|users_maildir||this index is not the one of schema.sql|DROP INDEX users_maildir; then .read schema.sql'
finds 'a table is missing' 'DROP TABLE transport' \
	'error|transport||this table is missing|.read schema.sql'
finds 'a table is another' "$(with_table domains domain "('EXAMPLE.com')");
	$again" "warning|domains||this table is not the one of schema.sql|compare .schema domains with schema.sql" \
	'warning|domains|EXAMPLE.com|is there 2 times|delete all but one'
finds 'a table is a view' 'ALTER TABLE transport RENAME TO t;
	CREATE VIEW transport AS SELECT * FROM t' \
	'error|transport||it is a view, not a table|rename it, then .read schema.sql'
finds 'a WAL' 'PRAGMA journal_mode = WAL' \
	"warning|||journal mode WAL: Postfix can't read this file without being able to replace it|give Postfix a copy (publish.sh), or PRAGMA journal_mode = DELETE"
rm -f "$db"-*

# ---- the tutorial's tables, with everything wrong at once ----

rm -f "$db"
plain "$db" "PRAGMA encoding = 'UTF-16le';
	CREATE TABLE domains(domain varchar(50));
	CREATE TABLE users(email varchar(80), password varchar(20), quota INT(10));
	CREATE TABLE forwardings(source, destination);
	INSERT INTO domains VALUES ('example.com'), ('EXAMPLE.COM'), (NULL), (7);
	INSERT INTO users VALUES ('joe@example.com', 'hidden', 1),
	  ('JOE@example.com', '$md5', NULL), (NULL, NULL, NULL), (NULL, x'00', 'x'),
	  (x'6162', 7, 1.5), ('a' || char(0) || 'b', 'hid' || char(0) || 'den', 1),
	  ('', '', ''), ('@', '{', -1), ('x@y@z', '{}hidden', 9e99),
	  (zeroblob(100), zeroblob(100), zeroblob(100)),
	  ('%s@example.com', '%s', '%s'),
	  (printf('%.*c', 5000, 'x') || '@example.com', printf('%.*c', 5000, 'x'), 1);
	INSERT INTO forwardings VALUES (NULL, NULL), (x'00', x'00'), ('', ''),
	  (1, 2), ('%s@example.com', '%s@example.com'), (',', ',,,'),
	  ('a@example.com', 'b@example.com'), ('A@example.com', 'b@example.com')"
out=$(doctor)
is "$(grep -c '^error: ' <<<"$out")" 0 'damaged rows: it reads them all'
has "$out" "error|users||these are the tutorial's tables, with no triggers to hash passwords|.read adopt.sql" \
	'damaged rows: whose tables they are'
has "$out" "error|users|JOE@example.com|there are 2 users of this address, but for upper and lower case|delete all but one" \
	'damaged rows: duplicates'
has "$out" "warning|forwardings|A@example.com|has 2 rows|one row, with commas between the destinations" \
	'damaged rows: a source that is there twice'
lacks "$out" hidden 'damaged rows: no password is shown'
! grep -q '[[:cntrl:]]' <<<"$out"
ok $? 'damaged rows: nothing that a terminal would obey'
rm -f "$db"
plain "$db" 'CREATE TABLE other(x)'
is "$(doctor | grep -c 'missing|.read schema.sql')" "$objects" \
	'an empty database: all is missing'
is "$(plain "$db" '.read sql/doctor.sql' | sed 's/^.*no such/no such/; q')" \
	'no such function: MAILFUNC_VERSION' 'without the extension'

# ---- what it takes for plain, CRYPT_IS_HASH takes for plain ----

# All vectors, and each of them damaged in some ways.
grep -hv '^#' test/vectors/*.tsv | cut -f4 | awk '{
	print; print substr($0, 1, length($0) - 1); print $0 "x"; print "!" $0
	print substr($0, 2); print toupper($0); print "{CRYPT}" $0
	print "{PLAIN}" $0; print substr($0, 1, 8)
}' | sort -u >"$dir/texts"
printf '%s\n' '$y$' '$md5' '$md5,' '$md5$' '{' '{}' '{SHA' '{SHA}' '{x}' '_' \
	'$' '$$' '$1' '$1$' '{PLAIN.B64}eA==' '{SSHA.HEX}00' '!' '!!x' >>"$dir/texts"
rm -f "$db"
{
	echo 'CREATE TABLE users(email, password, quota); BEGIN;'
	sed "s/'/''/g; s/.*/INSERT INTO users VALUES('&', '&', 1);/" "$dir/texts"
	echo 'COMMIT;'
} | "$sqlite3" -batch -init /dev/null "$db"
# The column email has the text itself here, so that it can be told.
doctor | awk -F'|' '$4 ~ /^a plain password, for/ { print $3 }' | sort -u \
	>"$dir/plain"
{
	echo ".load ./mailfunc"
	sed "s/'/''/g; s/.*/SELECT '&' WHERE CRYPT_IS_HASH('&') = 0;/" \
		"$dir/texts"
} | "$sqlite3" -batch -init /dev/null :memory: 2>/dev/null | sort -u >"$dir/not"
is "$(comm -23 "$dir/plain" "$dir/not")" '' \
	"of $(wc -l <"$dir/texts") texts none that is damaged counts as plain"
ok "$([ "$(wc -l <"$dir/plain")" -gt 100 ]; echo $?)" \
	"($(wc -l <"$dir/plain") of them are plain)"

end
