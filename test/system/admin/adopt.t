#!/usr/bin/env bash
# sql/adopt.sql: the tutorial's database, in many states, is taken over, or
# every row that can't be is named and nothing is changed.
# shellcheck disable=SC2016 # the dollars belong to hashes
. test/lib/tap.sh

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
what="a hash without a label, or a plain password? Set :passwords to 'hashed' or 'plain'"
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
is "$(cd sql && printf '%s\n' ".load '$top/mailfunc'" '.read adopt.sql' \
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
	WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 39)
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
is "$(admin "$db" "$(said plain)" '.read adopt.sql')" 'adopted: 33 users' \
	'plain: adopted'
! cat "$dir"/mail.db* | grep -qaF "$secret"
ok $? 'no byte of them is left in the file'
is "$(admin "$db" "SELECT count(*), count(DISTINCT password),
	count(DISTINCT substr(password, 1, 29)) FROM users
	WHERE CRYPT_VERIFY('$secret' || substr(email, 2, 2), password)")" \
	'10|10|10' 'each verifies, each has its salt'
is "$(admin "$db" "SELECT CRYPT_VERIFY('${quote//\'/\'\'}', password)
	FROM users WHERE email = 'quote@example.com'")" 1 \
	'one with quotes and a newline verifies'

# Should VACUUM fail, what the tables had is overwritten nevertheless.
plain "$dir/no_vacuum.db" 'VACUUM'
mkdir "$dir/no_vacuum"
cp sql/schema.sql sql/import*.sql sql/in-memory.sql "$dir/no_vacuum"
sed '/^VACUUM/d' sql/adopt.sql >"$dir/no_vacuum/adopt.sql"
is "$(folder=$dir/no_vacuum admin "$dir/no_vacuum.db" \
	'.once /dev/null' 'PRAGMA secure_delete = OFF' "$(said plain)" \
	'.read adopt.sql')" 'adopted: 33 users' 'without VACUUM: adopted'
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

# cannot SEVERITY NAME VALUE REASON: the password of one user of many. REASON is
# SQL: a sentence, or what gives it. The local part tells which it is.
users='' reasons=''
cannot() {
	users+=", ('$1@example.com', $2, 1)"
	reasons+="SELECT 'error|users|$1@example.com|' || $3;"
}
# As CRYPT_PROBLEM says, which never repeats what it was given.
said_of() {
	cannot "$1" "$2" "CRYPT_PROBLEM($2)"
}
n=0
while IFS= read -r text; do
	n=$((n + 1))
	said_of "foreign$n" "'${text//\'/\'\'}'"
done <<-'END'
	$apr1$hidden$hidden
	$P$BhiddenhiddenhiddenhiddenhiddenX
	$pbkdf2-sha256$29000$hidden$hidden
	{NTLM}hidden
	{sasl}hidden
	{CRAM-MD5}hidden
	!{cram-md5}hidden
	pbkdf2_sha256$600000$hidden$hidden
	SCRAM-SHA-256$4096:hidden$hidden:hidden
END
n=0
for mark in '*' '*0' '*1' '!' '!!'; do
	n=$((n + 1))
	said_of "mark$n" "'$mark'"
done
for label in PLAIN clear Cleartext PLAIN-TRUNC plain.b64; do
	said_of "label-${label,,}" "'{$label}hidden'"
done
said_of empty "''"
said_of cut "'\$6\$saltsalt\$hidden'"
said_of setting "'\$6\$saltsaltsaltsalt'"
said_of blank "' $sha512'"
said_of quoted "'\"$sha512\"'"
said_of before "'SHA512-CRYPT:$sha512'"
said_of dear-sha "'${sha512/\$6/\$6\$rounds=1500001}'"
said_of dear-locked "'!${sha512/\$6/\$6\$rounds=900000000}'"
said_of dear-bcrypt "'\$2b\$15\$WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq'"
# N * r * p of yescrypt: more block mixes than are allowed, in little memory.
said_of dear-mixes "'\$y\$j7TzC/\$F5Jx5fExrKuPp53xLKQ..1\$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'"
as() {
	echo "'the password is stored as $1, not as text'"
}
cannot number 7 "$(as integer)"
cannot real 7.5 "$(as real)"
cannot blob "x'68696464656e'" "$(as blob)"
cannot none NULL "'has no password'"

make "$db" "$without_keys $good_rows
	INSERT INTO users VALUES
	  ('twice@example.com', '$md5', 1), ('Twice@Example.com', '$sha512', 1),
	  ('same@example.com', '$md5', 1), ('same@example.com', '$md5', 1),
	  ('../up@example.com', '$md5', 1), ('x'';DROP TABLE users--@example.com',
	  '$md5', 1), ('bell' || char(7) || '@example.com', '$md5', 1),
	  ('nul' || char(0) || '@example.com', '$md5', 1), (NULL, '$md5', 1),
	  (x'6162', '$md5', 1), (17, '$md5', 1),
	  ('lost@example.net', '$md5', 1),
	  ('long@example.com', '$(printf '%0600d' 0)', 1),
	  ('hole@example.com', 'hid' || char(0) || 'den', 1),
	  ('quota@example.com', '$md5', '10MB'), ('minus@example.com', '$md5', -1)
	  $users;
	INSERT INTO domains VALUES ('no domain'), (NULL), ('-x.org'), (x'61');
	INSERT INTO forwardings VALUES (NULL, 'x'), ('x@example.com', NULL),
	  ('nowhere@example.com', ''), ('blank@example.com', 'kein mail'),
	  ('semi@example.com', 'joe@example.com;ann@example.com');
	INSERT INTO transport VALUES ('example.net', 'smtp:other'), ('x.net', ''),
	  ('', 'smtp:'), ('null.net', NULL), (NULL, 'smtp:')"
before=$(content "$db")
out=$(admin "$db" "$(said plain)" '.read adopt.sql')
why=$(admin :memory: "SELECT ADDRESS_PROBLEM('a@-x.org')")
is "$(sort <<<"$out")" "$({ echo "error|domains||can't be the domain of a mailbox: it is not text
error|domains|-x.org|can't be the domain of a mailbox: $why
error|domains|no domain|can't be the domain of a mailbox: it has a blank
error|domains|x'61'|can't be the domain of a mailbox: it is not text
error|forwardings||the source or the destination is NULL
error|forwardings|blank@example.com|destination: it has a blank, put commas between addresses
error|forwardings|nowhere@example.com|destination: it is blank
error|forwardings|semi@example.com|destination: it has a semicolon, put commas between addresses
error|forwardings|x@example.com|the source or the destination is NULL
error|transport||has no domain or no transport
error|transport||has no domain or no transport
error|transport|example.net|has two different transports
error|transport|example.net|has two different transports
error|transport|null.net|has no domain or no transport
error|transport|x.net|has no domain or no transport
error|users||the address is not text
error|users|17|the address is not text
error|users|../up@example.com|it has a slash or backslash
error|users|Twice@Example.com|is there more than once, but for upper and lower case
error|users|hole@example.com|the password holds a NUL byte, where crypt(3) would cut it
error|users|long@example.com|the password is too long, yescrypt uses at most 511 bytes
error|users|lost@example.net|its domain isn't in the table domains: INSERT INTO domains(domain) VALUES ('example.net');
error|users|minus@example.com|the quota is not a number of bytes
error|users|quota@example.com|the quota is not a number of bytes
error|users|same@example.com|is there more than once, but for upper and lower case
error|users|same@example.com|is there more than once, but for upper and lower case
error|users|twice@example.com|is there more than once, but for upper and lower case
error|users|x'6162'|the address is not text
error|users|x'62656C6C07406578616D706C652E636F6D'|it has a control byte
error|users|x'6E756C00406578616D706C652E636F6D'|it has a control byte
error|users|x';DROP TABLE users--@example.com|it has a quote"
	admin :memory: "$reasons"
	echo "error: nothing was changed: the rows listed as errors can't come"
	} | sort)" \
	'every row is named with its reason'
lacks "$out" hidden 'and never its password'
is "$(content "$db")" "$before" 'and nothing is changed'
is "$(plain "$db" 'PRAGMA integrity_check')" ok 'the file is whole'

# What may be a hash without a mark, or a password: as the administrator says.
make "$db" "$without_keys $good_rows
	INSERT INTO users VALUES ('bang@example.com', '!!!', 1),
	  ('bsdi@example.com', '_J9..rasmBYk8r9AiWNc', 1),
	  ('word@example.com', '_correctHorseStaples', 1)"
cp "$db" "$dir/plain.db"
is "$(admin "$db" "$(said hashed)" '.read adopt.sql')" \
	"error|users|bang@example.com|is not a hash
error|users|word@example.com|$(admin :memory: \
	"SELECT CRYPT_PROBLEM('{CRYPT}_correctHorseStaples')")
error: nothing was changed: the rows listed as errors can't come" \
	'hashed: one that would be above the limit'
plain "$db" "DELETE FROM users WHERE email LIKE 'word%' OR email LIKE 'bang%'"
admin "$db" "$(said hashed)" '.read adopt.sql' >/dev/null
is "$(plain "$db" "SELECT password FROM users WHERE email LIKE 'bsdi%'")" \
	'{CRYPT}_J9..rasmBYk8r9AiWNc' 'hashed: bsdicrypt gets its label'
admin "$dir/plain.db" "$(said plain)" '.read adopt.sql' >/dev/null
is "$(admin "$dir/plain.db" "SELECT count(*) FROM users
	WHERE CRYPT_VERIFY('_correctHorseStaples', password)
	  OR CRYPT_VERIFY('_J9..rasmBYk8r9AiWNc', password)
	  OR CRYPT_VERIFY('!!!', password)")" 3 \
	'plain: what only looks like a hash is hashed'

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
	"error|users|joe@example.com|its domain isn't in the table domains: INSERT INTO domains(domain) VALUES ('example.com');" \
	'missing tables are empty ones'

make "$db" "CREATE TABLE other(x)"
refuses 'error|users||there is no such table' 'no mail database'
for table in domains forwardings users transport; do
	make "$db" "$with_keys CREATE TRIGGER t AFTER DELETE ON $table
		BEGIN SELECT 1; END"
	refuses "error|$table|t|this trigger would be lost: drop it" \
		"a trigger of $table"
done
for column in domains.domain forwardings.source forwardings.destination \
	users.email users.password users.quota transport.domain \
	transport.transport; do
	table=${column%.*} column=${column#*.}
	make "$db" "$without_keys ALTER TABLE $table RENAME $column TO other"
	refuses "error|$table|$column|this column is missing" \
		"without $table.$column"
done
for name in password_policy Users_maildir; do
	make "$db" "$with_keys CREATE TABLE $name(x)"
	refuses "error|$name|$name|this table is in the way: drop or rename it" \
		"a table $name"
done
for name in users_insert_hash domains_x forwardings_insert \
	password_policy_update; do
	make "$db" "$with_keys CREATE TABLE other(x);
		CREATE TRIGGER $name AFTER INSERT ON other BEGIN SELECT 1; END"
	refuses "error|other|$name|this trigger is in the way: drop or rename it" \
		"a trigger $name of another table"
done
make "$db" "CREATE TABLE t(email, password, quota);
	CREATE VIEW users AS SELECT * FROM t"
refuses 'error|users||it is a view, not a table' 'users is a view'
for table in domains forwardings users transport; do
	make "$db" "$with_keys CREATE TABLE Tutorial_$table(x)"
	refuses "error|Tutorial_$table||is in the way: rename it" \
		"the name tutorial_$table is taken"
done

# ---- columns of one's own, in all four tables ----

make "$db" "
	CREATE TABLE domains(id INTEGER PRIMARY KEY AUTOINCREMENT,
	  domain varchar(50) NOT NULL, created_at DEFAULT CURRENT_TIMESTAMP);
	CREATE TABLE forwardings(id INTEGER PRIMARY KEY, source varchar(80),
	  destination TEXT, remark TEXT UNIQUE);
	CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT,
	  domain_id INT NOT NULL REFERENCES domains(id), email TEXT, password TEXT,
	  quota INT DEFAULT 10485760, phone TEXT NOT NULL DEFAULT '-',
	  Active INT DEFAULT 1, name TEXT, maildir TEXT,
	  \"a \"\"b'\" AS (email || phone));
	CREATE INDEX users_domain ON users(domain_id);
	CREATE TABLE transport(domain, transport, note);
	INSERT INTO domains(id, domain, created_at)
	  VALUES (7, 'example.com', '2001-01-01');
	INSERT INTO users VALUES
	  (3, 7, 'Joe@example.com', '$md5', 1, '+1', 0, 'Joe', 'old/joe/'),
	  (4, 7, 'ann@example.com', '$md5', 2, '+2', 1, NULL, NULL);
	INSERT INTO forwardings VALUES (1, 'a@example.com', 'joe@example.com', 'one'),
	  (2, 'A@example.com', 'ann@example.com', 'two');
	INSERT INTO transport VALUES ('example.net', 'smtp:', 'why')"
cp "$db" "$dir/own.db"
is "$(plain -bail "$db" '.read sql/schema.sql' |
	grep -c 'these tables are not of mailfunc, .read adopt.sql')" 1 \
	'own columns: schema.sql names adopt.sql'
is "$(content "$db")" "$(content "$dir/own.db")" 'own columns: and changes nothing'
apart='keeps its values apart'
key='is no key and counts up no more: CREATE UNIQUE INDEX'
is "$(admin "$db" '.read adopt.sql')" \
"note|domains|created_at|has no default any more, it was CURRENT_TIMESTAMP
note|domains|id|$key \"domains_id\" ON domains(\"id\"); $apart
note|forwardings|id|$key \"forwardings_id\" ON forwardings(\"id\"); $apart
note|forwardings|remark|need no longer be unique: CREATE UNIQUE INDEX \"forwardings_remark\" ON forwardings(\"remark\"); $apart
note|users|a \"b'|is made from others no more, its values stay
note|users|domain_id|may be NULL from now on
note|users|domain_id|need no longer be one of domains
note|users|id|$key \"users_id\" ON users(\"id\"); $apart
note|users|users_domain|this index is gone: CREATE INDEX users_domain ON users(domain_id)
adopted: 2 users" 'own columns: adopted, and what is another now is named'
is "$(plain "$db" "SELECT email, quota, maildir, active, name, id, domain_id,
	  phone, \"a \"\"b'\" FROM users;
	SELECT * FROM domains; SELECT * FROM forwardings; SELECT * FROM transport")" \
'ann@example.com|2|example.com/ann/|1||4|7|+2|ann@example.com+2
joe@example.com|1|old/joe/|0|Joe|3|7|+1|Joe@example.com+1
example.com|7|2001-01-01
A@example.com|joe@example.com,ann@example.com|1|one
example.net|smtp:|why' 'own columns: each value is there'
admin "$db" "INSERT INTO users(email, password, phone, id)
	VALUES ('new@example.com', 'in plain', '+3', 5)"
is "$(admin "$db" "SELECT phone, id, CRYPT_VERIFY('in plain', password)
	FROM users WHERE email LIKE 'new%'")" '+3|5|1' \
	'own columns: the triggers carry them'
is "$(admin "$db" '.read doctor.sql' |
	grep -v 'legacy\|^note|transport' | cut -d '|' -f 1-4)" \
	'warning|forwardings|A@example.com|goes to joe@example.com, who is not active: the mail is bounced' \
	'own columns: the doctor finds nothing else'
is "$(admin "$db" '.read adopt.sql')" \
	'error: nothing to do: this database has been adopted already' \
	'own columns: again'
admin "$dir/own.db" "UPDATE users SET active = 'no', maildir = '/etc/'
	WHERE id = 3; UPDATE users SET maildir = 'a/' WHERE id = 4;
	INSERT INTO users(email, password, domain_id, maildir)
	  VALUES ('in@example.com', '$md5', 7, 'A/in/')"
before=$(content "$dir/own.db")
is "$(admin "$dir/own.db" '.read adopt.sql')" \
"error|users|Joe@example.com|active is neither 1 nor 0
error|users|Joe@example.com|the maildir: it begins with a slash, but is relative to the mail store
error|users|ann@example.com|the maildir holds that of in@example.com
error: nothing was changed: the rows listed as errors can't come" \
	'own columns: active, maildir and name must be what ours are'
is "$(content "$dir/own.db")" "$before" 'own columns: and nothing is changed'

# ---- from anywhere ----

make "$db" "$with_keys $good_rows"
before=$(content "$db")
is "$(folder=/ admin "$db" ".read '$top/sql/adopt.sql'")" \
	'error: not the folder of the SQL files: .cd there first' 'in another folder'
mkdir "$dir/some"
for name in adopt import in-memory schema; do
	cp sql/*.sql "$dir/some"
	[ "$name" = adopt ] || rm "$dir/some/$name.sql"
	[ "$name" != adopt ] || echo 'SELECT 1;' >"$dir/some/schema.sql"
	is "$(folder=$dir/some admin "$db" '.read adopt.sql')" \
		'error: not the folder of the SQL files: .cd there first' \
		"in one that lacks ${name/adopt/our schema}"
done
is "$(content "$db")" "$before" 'nothing is changed'
is "$(folder=/ admin "$db" ".cd '$top/sql'" '.read adopt.sql')" \
	'adopted: 2 users' '.cd does'
make "$db" "$with_keys $good_rows"
make_=$(env make -s install DESTDIR="$bare" 2>&1)
is "$(folder=$bare/usr/share/mailfunc admin "$db" '.read adopt.sql')" \
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

# ---- how far it is ----

# many N: a database of the tutorial's with as many plain passwords.
many() {
	make "$db" "$with_keys INSERT INTO domains VALUES ('example.com');
		WITH RECURSIVE n(i) AS (
		  SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO users SELECT 'u' || i || '@example.com', 'pw' || i, 1
		FROM n"
}
cat >"$dir/adopt" <<END
cd '$top/sql'
exec $sqlite3 -batch -init /dev/null -cmd ".load '$top/mailfunc'" '$db' \
	"$(said plain)" '.read adopt.sql'
END
many 600
out=$(script -qec "sh '$dir/adopt'" /dev/null | tr '\r' '\n' |
	sed 's/^\x1b\[K//' | grep .)
grep -qE '^crypt_each: [0-9]+ of 600, [0-9]+ min [0-9]+ s left' <<<"$out"
ok $? 'on a terminal it says how far it is'
has "$out" 'adopted: 600 users' 'and that it is done'
many 3
is "$(script -qec "sh '$dir/adopt'" /dev/null | tr -d '\r')" \
	'adopted: 3 users' 'but not of a few'
many 300
echo kept >"$dir/errors"
is "$(sh "$dir/adopt" 2>>"$dir/errors") $(cat "$dir/errors")" \
	'adopted: 300 users kept' 'and a file gets nothing'
many 3
is "$(sh "$dir/adopt" 2>&-)" 'adopted: 3 users' 'nor must there be a stderr'

end
