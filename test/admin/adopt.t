#!/usr/bin/env bash
# sql/adopt.sql: the tutorial's database, in many states, is taken over, or
# every row that can't be is named and nothing is changed.
# shellcheck disable=SC2016 # the dollars belong to hashes
. test/admin/lib.sh

md5='$1$saltsalt$9xy1btjgzLYfb7hivXtC//'	# secret
sha512='$6$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1'	# secret
des=rl.3StKT.4T8M				# rasmuslerdorf

# The tables as the tutorial makes them, and the same without keys.
with_keys="
CREATE TABLE domains(domain varchar(50) NOT NULL, PRIMARY KEY(domain));
CREATE TABLE forwardings(source varchar(80) NOT NULL,
  destination TEXT NOT NULL, PRIMARY KEY(source));
CREATE TABLE users(email varchar(80) NOT NULL, password varchar(20) NOT NULL,
  quota INT(10) DEFAULT '10485760', PRIMARY KEY(email));
CREATE TABLE transport(domain varchar(128) NOT NULL default '',
  transport varchar(128) NOT NULL default '', UNIQUE(domain));
"
without_keys="
CREATE TABLE domains(domain);
CREATE TABLE forwardings(source, destination);
CREATE TABLE users(email, password, quota);
CREATE TABLE transport(domain, transport);
"
good_rows="
INSERT INTO domains VALUES ('example.com'), ('example.org');
INSERT INTO users VALUES ('joe@example.com', '$md5', 10485760),
  ('ann@example.com', '$sha512', 5000);
INSERT INTO forwardings VALUES ('info@example.com', 'joe@example.com');
INSERT INTO transport VALUES ('example.net', 'smtp:mail.example.net');
"

# make DB SQL...: a new database.
make() {
	rm -f "$1"
	plain "$@"
}

# said WORD: the line that tells what passwords are.
said() {
	echo ".parameter set :passwords \"'$1'\""
}

users='SELECT email, password, quota, maildir FROM users ORDER BY email'
schema='SELECT sql FROM sqlite_master ORDER BY type, name'
db=$dir/mail.db

# ---- whole hashes stay, whatever the tables and the encoding ----

for tables in with_keys without_keys; do
	for encoding in UTF-8 UTF-16le UTF-16be; do
		name="$tables, $encoding"
		make "$db" "PRAGMA encoding = '$encoding'; ${!tables} $good_rows"
		is "$(admin "$db" 'PRAGMA trusted_schema = OFF' '.read adopt.sql')" \
			'adopted: 2 users' "$name: adopted"
		is "$(plain "$db" "$users")" \
"ann@example.com|$sha512|5000|example.com/ann/
joe@example.com|$md5|10485760|example.com/joe/" "$name: hashes and quotas stay"
		is "$(plain "$db" 'SELECT * FROM domains; SELECT * FROM forwardings;
			SELECT * FROM transport; PRAGMA encoding')" \
"example.com
example.org
info@example.com|joe@example.com
example.net|smtp:mail.example.net
$encoding" "$name: so does the rest"
		rm -f "$dir/new.db"
		plain "$dir/new.db" '.read sql/schema.sql'
		is "$(plain "$db" "$schema")" "$(plain "$dir/new.db" "$schema")" \
			"$name: the schema is that of schema.sql"
		is "$(admin "$db" '.read doctor.sql' | grep ^error)" '' \
			"$name: the doctor finds no error"
		before=$(content "$db")
		is "$(admin "$db" '.read adopt.sql')" \
			'error: nothing to do: this database has been adopted already' \
			"$name: again"
		is "$(content "$db")" "$before" "$name: again changes nothing"
	done
done

# ---- 13 characters: a hash of DES, or a password ----

make "$db" "$with_keys $good_rows
	INSERT INTO users VALUES ('des@example.com', '$des', NULL),
	  ('locked@example.com', '!$des', ''), ('off@example.com', '!$md5', 1)"
before=$(content "$db")
out=$(admin "$db" '.read adopt.sql')
what="a hash of DES, or a plain password? Set :passwords to 'hashed' or 'plain'"
is "$out" "error|users|des@example.com|$what
error|users|locked@example.com|$what
error: nothing was changed: the rows listed as errors can't come" \
	'without a word they are listed'
is "$(content "$db")" "$before" 'and nothing is changed'
is "$(admin "$db" "$(said other)" '.read adopt.sql' | head -n 1)" \
	"error||:passwords|say 'hashed' or 'plain'" 'another word is none'
is "$(content "$db")" "$before" 'and nothing is changed'

# In one session: first without, then with a word.
cp "$db" "$dir/session.db"
is "$(cd sql && printf '%s\n' ".load $top/mailfunc" '.read adopt.sql' \
	"$(said hashed)" '.read adopt.sql' | sed 's/^\.bail on$//' |
	"$sqlite3" -interactive -init /dev/null "$dir/session.db" 2>&1 |
	grep -o 'adopted: .*')" 'adopted: 5 users' 'said later in one session'

cp "$db" "$dir/plain.db"
is "$(admin "$db" "$(said hashed)" '.read adopt.sql')" 'adopted: 5 users' \
	'hashed: adopted'
is "$(plain "$db" "$users" | grep -v '^ann\|^joe')" \
"des@example.com|{CRYPT}$des|0|example.com/des/
locked@example.com|!{CRYPT}$des|0|example.com/locked/
off@example.com|!$md5|1|example.com/off/" 'hashed: labelled, locks stay'
is "$(admin "$db" "SELECT CRYPT_VERIFY('rasmuslerdorf', password)
	FROM users WHERE email = 'des@example.com'")" 1 'hashed: it verifies'

is "$(admin "$dir/plain.db" "$(said plain)" '.read adopt.sql')" \
	'adopted: 5 users' 'plain: adopted'
is "$(admin "$dir/plain.db" "SELECT email, substr(password, 1, 3),
	CRYPT_VERIFY('$des', password), CRYPT_VERIFY('!$des', password)
	FROM users WHERE password LIKE '\$y%'")" \
"des@example.com|\$y\$|1|0
locked@example.com|\$y\$|0|1" 'plain: hashed as they were typed, ! and all'
is "$(plain "$dir/plain.db" "SELECT password FROM users
	WHERE email LIKE 'off%'")" "!$md5" 'plain: a whole hash stays'

# ---- plain passwords ----

# Of the letters g to z, which no hash has in such a row.
secret=qzxwvutsrmlkjhg
quote="it's \"1\" quote
and a line"
make "$db" "$without_keys $good_rows PRAGMA secure_delete = OFF;"
plain "$db" "PRAGMA secure_delete = OFF;
	WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 59)
	INSERT INTO users SELECT 'u' || i || '@example.com', '$secret' || i, 1 FROM n;
	INSERT INTO users VALUES ('quote@example.com', '${quote//\'/\'\'}', 1);
	-- and some that were changed or deleted before
	CREATE TABLE gone AS SELECT u.* FROM users AS u, users AS v;
	DROP TABLE gone;
	UPDATE users SET password = 'x$secret' WHERE email LIKE 'u1_@%';
	UPDATE users SET password = 'xx' WHERE email LIKE 'u2_@%'"
cp "$db" "$dir/no_vacuum.db"
before=$(content "$db")
out=$(admin "$db" '.read adopt.sql')
has "$out" "error|users|u10@example.com|no hash. If it is a plain password, set :passwords to 'plain'" \
	'a plain password needs a word'
lacks "$out" "$secret" 'the report has no password'
out=$(admin "$db" "$(said hashed)" '.read adopt.sql')
has "$out" 'error|users|u10@example.com|is not a hash' \
	'hashed: what is none is named'
lacks "$out" "$secret" 'the report has no password'
lacks "$out" '"1" quote' 'not the one with quotes and newlines either'
is "$(content "$db")" "$before" 'and nothing is changed'
ok "$(grep -qaF "$secret" "$db"; echo $?)" 'so far they are in the file'
is "$(admin "$db" "$(said plain)" '.read adopt.sql')" 'adopted: 53 users' \
	'plain: adopted'
! cat "$dir"/mail.db* | grep -qaF "$secret"
ok $? 'no byte of them is left in the file'
is "$(admin "$db" "SELECT count(*), count(DISTINCT password),
	count(DISTINCT substr(password, 1, 29)) FROM users
	WHERE CRYPT_VERIFY('$secret' || substr(email, 2, 2), password)")" \
	'30|30|30' 'each verifies, each has its salt'
is "$(admin "$db" "SELECT CRYPT_VERIFY('${quote//\'/\'\'}', password)
	FROM users WHERE email = 'quote@example.com'")" 1 \
	'one with quotes and a newline verifies'

# Should VACUUM fail, what the tables had is overwritten nevertheless.
plain "$dir/no_vacuum.db" 'VACUUM'
mkdir "$dir/no_vacuum"
cp sql/schema.sql sql/import.sql "$dir/no_vacuum"
sed '/^VACUUM/d' sql/adopt.sql >"$dir/no_vacuum/adopt.sql"
is "$(folder=$dir/no_vacuum admin "$dir/no_vacuum.db" "$(said plain)" \
	'.read adopt.sql')" 'adopted: 53 users' 'without VACUUM: adopted'
! grep -qaF "$secret" "$dir/no_vacuum.db"
ok $? 'without VACUUM: no byte of them is left either'

# With a WAL, which has its own copies, and somebody who keeps it open.
make "$db" "$without_keys $good_rows" 'PRAGMA journal_mode = WAL' >/dev/null
mkfifo "$dir/pipe"
"$sqlite3" -batch -init /dev/null "$db" <"$dir/pipe" >/dev/null &
exec 3>"$dir/pipe"
echo "INSERT INTO users VALUES ('x@example.com', '$secret', 1);" >&3
until plain "$db" 'SELECT email FROM users' | grep -q x@; do sleep 0.1; done
ok "$(grep -qaF "$secret" "$db-wal"; echo $?)" 'WAL: so far they are in it'
admin "$db" "$(said plain)" '.read adopt.sql' >/dev/null
! cat "$dir"/mail.db* | grep -qaF "$secret"
ok $? 'WAL: no byte of them is left'
exec 3>&-
wait
is "$(plain "$db" 'PRAGMA journal_mode')" wal 'WAL: it stays'

# ---- rows that can't come ----

make "$db" "$without_keys $good_rows
	INSERT INTO users VALUES
	  ('twice@example.com', '$md5', 1), ('Twice@Example.com', '$sha512', 1),
	  ('same@example.com', '$md5', 1), ('same@example.com', '$md5', 1),
	  ('../up@example.com', '$md5', 1), ('x'';DROP TABLE users--@example.com',
	  '$md5', 1), ('bell' || char(7) || '@example.com', '$md5', 1),
	  ('nul' || char(0) || '@example.com', '$md5', 1), (NULL, '$md5', 1),
	  (x'6162', '$md5', 1), (17, '$md5', 1),
	  ('lost@example.net', '$md5', 1),
	  ('cut@example.com', '\$6\$saltsalt\$abc', 1),
	  ('label@example.com', '{PLAIN}hidden', 1),
	  ('cram@example.com', '{CRAM-MD5}hidden', 1),
	  ('apr@example.com', '\$apr1\$hidden\$hidden', 1),
	  ('dear@example.com', '\$6\$rounds=900000000\$saltsaltsaltsalt\$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1', 1),
	  ('none@example.com', NULL, 1), ('empty@example.com', '', 1),
	  ('mark@example.com', '*', 1), ('lock@example.com', '!!', 1),
	  ('number@example.com', 7, 1), ('blob@example.com', x'6869', 1),
	  ('long@example.com', '$(printf '%0600d' 0)', 1),
	  ('hole@example.com', 'hid' || char(0) || 'den', 1),
	  ('quota@example.com', '$md5', '10MB'), ('minus@example.com', '$md5', -1);
	INSERT INTO domains VALUES ('no domain'), (NULL);
	INSERT INTO forwardings VALUES (NULL, 'x'), ('nowhere@example.com', '');
	INSERT INTO transport VALUES ('example.net', 'smtp:other'), ('x.net', '')"
before=$(content "$db")
out=$(admin "$db" "$(said plain)" '.read adopt.sql')
is "$out" "error|domains||can't be the domain of a mailbox
error|domains|no domain|can't be the domain of a mailbox
error|forwardings||has no source or leads nowhere
error|forwardings|nowhere@example.com|has no source or leads nowhere
error|transport|example.net|has two different transports
error|transport|example.net|has two different transports
error|transport|x.net|has no domain or no transport
error|users||the address is not text
error|users|17|the address is not text
error|users|../up@example.com|it has a slash or backslash
error|users|Twice@Example.com|is there more than once, but for upper and lower case
error|users|apr@example.com|begins like a hash, but isn't a whole one of a known method
error|users|blob@example.com|the password is stored as blob, not as text
error|users|cram@example.com|begins like a hash, but isn't a whole one of a known method
error|users|cut@example.com|begins like a hash, but isn't a whole one of a known method
error|users|dear@example.com|its hash asks for more memory or time than mailfunc allows
error|users|empty@example.com|has no password, or the mark of a lock
error|users|hole@example.com|the password is longer than a hash can use, or has a NUL byte
error|users|label@example.com|a label like {PLAIN}, and behind it the password itself
error|users|lock@example.com|has no password, or the mark of a lock
error|users|long@example.com|the password is longer than a hash can use, or has a NUL byte
error|users|lost@example.net|its domain isn't in the table domains
error|users|mark@example.com|has no password, or the mark of a lock
error|users|minus@example.com|the quota is not a number of bytes
error|users|none@example.com|has no password, or the mark of a lock
error|users|number@example.com|the password is stored as integer, not as text
error|users|quota@example.com|the quota is not a number of bytes
error|users|same@example.com|is there more than once, but for upper and lower case
error|users|same@example.com|is there more than once, but for upper and lower case
error|users|twice@example.com|is there more than once, but for upper and lower case
error|users|x'6162'|the address is not text
error|users|x'62656C6C07406578616D706C652E636F6D'|it has a control byte
error|users|x'6E756C00406578616D706C652E636F6D'|it has a control byte
error|users|x';DROP TABLE users--@example.com|it has a quote
error: nothing was changed: the rows listed as errors can't come" \
	'every row is named with its reason'
lacks "$out" hidden 'and never its password'
is "$(content "$db")" "$before" 'and nothing is changed'
is "$(plain "$db" 'PRAGMA integrity_check')" ok 'the file is whole'

# ---- duplicates that mean the same ----

make "$db" "$without_keys $good_rows
	INSERT INTO domains VALUES ('EXAMPLE.com'), ('example.org');
	INSERT INTO forwardings VALUES ('INFO@example.com', 'ann@example.com'),
	  ('info@example.com', 'joe@example.com');
	INSERT INTO transport VALUES ('Example.net', 'smtp:mail.example.net')"
is "$(admin "$db" '.read adopt.sql')" 'adopted: 2 users' 'duplicates: adopted'
is "$(plain "$db" 'SELECT * FROM domains')" 'EXAMPLE.com
example.org' 'a domain is there once'
is "$(plain "$db" "SELECT count(*), max(instr(destination, 'ann') > 0
	AND instr(destination, 'joe') > 0 AND length(destination) = 31)
	FROM forwardings")" '1|1' 'rows of one source are one row'

# ---- where the mail is ----

make "$db" "$with_keys INSERT INTO domains VALUES ('example.com');
	INSERT INTO users VALUES ('Joe@Example.com', '$md5', 1)"
cp "$db" "$dir/printed.db"
admin "$db" '.read adopt.sql' >/dev/null
is "$(plain "$db" 'SELECT email, maildir FROM users')" \
	'joe@example.com|Example.com/Joe/' 'the folder keeps its spelling'
admin "$dir/printed.db" ".parameter set :maildir \"'%u/%u/'\"" \
	'.read adopt.sql' >/dev/null
is "$(plain "$dir/printed.db" 'SELECT maildir FROM users')" \
	'Joe@Example.com/Joe@Example.com/' "the folder of the printed query"

# ---- tables of another shape ----

refuses() {
	local before out
	before=$(content "$db")
	out=$(admin "$db" '.read adopt.sql')
	is "$out" "$1
error: nothing was changed, see above" "$2"
	is "$(content "$db")" "$before" 'and nothing is changed'
}

make "$db" "$with_keys $good_rows CREATE VIEW v AS SELECT email FROM users"
is "$(admin "$db" '.read adopt.sql' 'SELECT * FROM v')" 'adopted: 2 users
ann@example.com
joe@example.com' 'a view of users is there afterwards'

make "$db" "CREATE TABLE users(email, password, quota);
	INSERT INTO users VALUES ('joe@example.com', '$md5', 1)"
is "$(admin "$db" '.read adopt.sql' | head -n 1)" \
	"error|users|joe@example.com|its domain isn't in the table domains" \
	'missing tables are empty ones'

make "$db" "CREATE TABLE other(x)"
refuses 'error|users||there is no such table' 'no mail database'
make "$db" "$with_keys CREATE TRIGGER t AFTER INSERT ON users
	BEGIN SELECT 1; END"
refuses 'error|users|t|this trigger would be lost: drop it' 'a trigger'
make "$db" "$with_keys ALTER TABLE users ADD COLUMN name"
refuses 'error|users|name|this column would be lost' 'a column too many'
make "$db" "CREATE TABLE users(email, password)"
refuses 'error|users||it needs the columns email password quota ' \
	'a column too few'
make "$db" "CREATE TABLE t(email, password, quota);
	CREATE VIEW users AS SELECT * FROM t"
refuses 'error|users||it is a view, not a table' 'users is a view'
make "$db" "$with_keys CREATE TABLE tutorial_users(x)"
refuses 'error|tutorial_users||is in the way: rename it' 'a name is taken'

# ---- from anywhere ----

make "$db" "$with_keys $good_rows"
before=$(content "$db")
is "$(folder=/ admin "$db" ".read $top/sql/adopt.sql")" \
	'error||schema.sql|not in this folder: .cd to the folder of adopt.sql first
error: nothing was changed, see above' 'in another folder'
is "$(content "$db")" "$before" 'nothing is changed'
is "$(folder=/ admin "$db" ".cd $top/sql" '.read adopt.sql')" \
	'adopted: 2 users' '.cd does'
make "$db" "$with_keys $good_rows"
make_=$(command -v make >/dev/null && env make -s install DESTDIR="$dir/dest" 2>&1)
is "$(folder=$dir/dest/usr/share/mailfunc admin "$db" '.read adopt.sql')" \
	'adopted: 2 users' "as installed $make_"

# ---- a reader meanwhile, and a writer ----

make "$db" "$with_keys $good_rows"
before=$(content "$db")
(cd sql && printf '%s\n' 'BEGIN IMMEDIATE;' '.shell sleep 1' | \
	"$sqlite3" -batch -init /dev/null "$db") &
sleep 0.3
is "$(admin "$db" '.read adopt.sql')" 'error: database is locked' \
	'while somebody writes: refused'
wait
is "$(content "$db")" "$before" 'and nothing is changed'

end
