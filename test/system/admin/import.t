#!/usr/bin/env bash
# sql/import-*.sql: PostfixAdmin's database, passwd-files of Dovecot. All comes
# in, or every row that can't is named and nothing changes.
# shellcheck disable=SC2016 # the dollars belong to hashes
. test/lib/tap.sh

db=$dir/mail.db
source=$dir/source.db
sha512='$6$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1'
nothing="error: nothing was changed: the rows listed as errors can't come"
what="FROM users ORDER BY email"

# made [SQL]: a new mail database.
made() {
	rm -f "$db"
	admin "$db" '.read schema.sql' "INSERT INTO domains VALUES ${1-('example.com')}"
}

said() {
	echo ".parameter set :$1 \"'$2'\""
}

# ---- PostfixAdmin ----

attach="ATTACH '$source' AS source"
rm -f "$source"
plain "$source" '.read test/system/admin/postfixadmin.sql'
made "('Example.com')"
before=$(cksum <"$source")
notes="note|alias|old@example.com|left out: not active
note|alias_domain|gone.example|left out: not active
note|alias_domain|off.example|left out: not active
note|domain|backup.example|left out: a backup MX, see Postfix's relay_domains
note|domain|off.example|left out: not active
note|domain|sleeping.example|left out: not active
note|mailbox|left@example.org|comes with active = 0: no mail, no login"
cp "$db" "$dir/empty.db"
is "$(admin "$db" "$attach" '.read import-postfixadmin.sql')" "$notes
taken in: 3 users" 'postfixadmin: it comes in'
is "$(admin "$db" "SELECT email, quota, maildir, substr(password, 1, 4), active,
	name, CRYPT_VERIFY('secret', password) $what")" \
'ann@example.com|1024000000|example.com/ann/|$6$s|1|Ann "A"|1
joe@example.com|0|joe@example.com/|$1$s|1||1
left@example.org|0|example.org/left/|$1$s|0||1' \
	'postfixadmin: users, their names and maildirs, who is not active'
is "$(plain "$db" 'SELECT * FROM domains; SELECT * FROM forwardings;
	SELECT * FROM transport')" 'alias.example
Example.com
example.org
Other.example
@alias.example|@example.com
@example.org|joe@example.com
@Other.example|@Example.org
ann@example.com|ann@example.com,joe@example.com
info@example.com|joe@example.com,ann@example.com
example.org|smtp:[192.0.2.1]' 'postfixadmin: domains, aliases, transports'
is "$(cksum <"$source")" "$before" 'postfixadmin: the source is as it was'
is "$(admin "$db" '.read doctor.sql' | grep ^error)" '' \
	'postfixadmin: the doctor finds no error'
before=$(content "$db")
is "$(admin "$db" "$attach" '.read import-postfixadmin.sql' | grep -v '^note')" \
"error|forwardings|@Other.example|is forwarded here already
error|forwardings|@alias.example|is forwarded here already
error|forwardings|@example.org|is forwarded here already
error|forwardings|ann@example.com|is forwarded here already
error|forwardings|info@example.com|is forwarded here already
error|users|ann@example.com|is a user here already
error|users|joe@example.com|is a user here already
error|users|left@example.org|is a user here already
$nothing" 'postfixadmin: twice'
is "$(content "$db")" "$before" 'postfixadmin: twice: nothing is changed'

cp "$dir/empty.db" "$db"
admin "$db" "$attach" "$(said program dovecot)" \
	'.read import-postfixadmin.sql' >/dev/null
is "$(plain "$db" "SELECT substr(password, 1, 17) $what LIMIT 1")" \
	'{SHA512-CRYPT}$6$' "postfixadmin: for Dovecot, in its spelling"

cp "$source" "$dir/good.db"
plain "$source" "INSERT INTO mailbox(username, password, maildir, quota,
	  local_part, domain) VALUES
	  ('lost@sleeping.example', '\$1\$saltsalt\$9xy1btjgzLYfb7hivXtC//', 'x/', 0, '', ''),
	  ('abs@example.com', '\$1\$saltsalt\$9xy1btjgzLYfb7hivXtC//', '/etc/', 0, '', ''),
	  ('two@example.com', '\$1\$saltsalt\$9xy1btjgzLYfb7hivXtC//', 'Example.com/ann/', 0, '', ''),
	  ('des@example.com', 'rl.3StKT.4T8M', 'example.com/des/', 0, '', ''),
	  ('clear@example.com', '{CLEAR}hidden', 'example.com/clear/', 0, '', ''),
	  ('ann''@example.com', 'hidden', 'example.com/q/', 'x', '', '');
	INSERT INTO alias(address, goto, domain) VALUES
	  ('away@example.com', 'away@example.com,away#example.com@autoreply.example', ''),
	  ('hash#er@example.com', 'joe#x@example.com,a#b@autoreply.example', ''),
	  ('gone@example.com', 'joe@example.com, Gone#Example.com@auto.example', ''),
	  ('@alias.example', 'joe@example.com', ''),
	  ('void@example.com', ',', '');
	INSERT INTO alias_domain VALUES ('chain.example', 'alias.example', 1),
	  ('lost.example', 'nowhere.example', 1), ('-x.example', 'example.com', 1),
	  ('none.example', 'Sleeping.example', 1),
	  ('here.example', 'kept.example', 1)"
cp "$dir/empty.db" "$db"
admin "$db" "INSERT INTO users(email, password, maildir)
	VALUES ('joan@example.com', 'has moved', 'joe@example.com/');
	INSERT INTO domains VALUES ('Kept.Example')"
before=$(content "$db")
out=$(admin "$db" "$attach" '.read import-postfixadmin.sql' | grep -v '^note')
why=$(admin :memory: "SELECT ADDRESS_PROBLEM('a@-x.example')")
target='its target is not one of the domains, or an alias domain itself'
is "$out" "error|alias|away@example.com|answers with a vacation message, which has no place here: end it first
error|alias|gone@example.com|answers with a vacation message, which has no place here: end it first
error|alias_domain|alias.example|has a catch-all, too, in the table alias: delete one of the two
error|alias_domain|chain.example|$target
error|alias_domain|lost.example|$target
error|alias_domain|none.example|$target
error|domains|-x.example|can't be the domain of a mailbox: $why
error|forwardings|@-x.example|source: $why
error|forwardings|void@example.com|destination: it is blank
error|users|abs@example.com|the maildir: it begins with a slash, but is relative to the mail store
error|users|ann'@example.com|it has a quote
error|users|ann'@example.com|no hash. If it is a plain password, set :passwords to 'plain'
error|users|ann'@example.com|the quota is not a number of bytes
error|users|ann@example.com|another user has the same maildir
error|users|clear@example.com|{CLEAR} stores the password itself, give a hash, or the password without label
error|users|des@example.com|a hash without a label, or a plain password? Set :passwords to 'hashed' or 'plain'
error|users|joe@example.com|another user has the same maildir
error|users|lost@sleeping.example|its domain isn't in the table domains: INSERT INTO domains(domain) VALUES ('sleeping.example');
error|users|two@example.com|another user has the same maildir
$nothing" 'postfixadmin: every row that can'\''t come is named'
is "$(content "$db")" "$before" 'postfixadmin: and nothing is changed'

# What the policy of the database can't hash, is above the limit for storing, or
# lies inside of another's maildir, here already or not.
rm -f "$source"
umlauts=$(printf 'ä%.0s' {1..40})
plain "$source" "CREATE TABLE mailbox(username, password, maildir, active);
	CREATE TABLE alias(address, goto); CREATE TABLE domain(domain, transport);
	INSERT INTO mailbox VALUES ('long@example.com', '$umlauts', 'l/', 'true'),
	  ('fits@example.com', substr('$umlauts', 1, 36), 'm/', 'T'),
	  ('blank@example.com', ' ' || '$sha512', 'n/', 1),
	  ('mixes@example.com', '\$y\$j7TzC/\$F5Jx5fExrKuPp53xLKQ..1\$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7', 'o/', 1),
	  ('b15@example.com', '!{CRYPT}\$2b\$15\$WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq', 'p/', 1),
	  ('in@example.com', 'x', 'OLD/joe/~in/', 1),
	  ('out@example.com', 'x', 'new/', 1), ('new@example.com', 'x', 'new/~in/', 1),
	  ('around@example.com', 'x', 'old/ann/', 1), ('off@example.com', 'x', 'q/', 'f');
	INSERT INTO domain VALUES ('example.com', ''), ('-x.org', ''),
	  ('example.net', 'smtp:new');
	INSERT INTO alias VALUES ('blank@example.com', 'kein mail'),
	  ('semi@example.com', 'a@example.com;b@example.com'), ('', 'a@example.com'),
	  ('good@example.com', 'a@example.com, b@example.com,')"
made
admin "$db" "UPDATE password_policy SET method = 'bcrypt', cost = 4;
	INSERT INTO users(email, password, maildir)
	  VALUES ('joe@example.com', 'x', 'old/joe/'),
	    ('ann@example.com', 'x', 'old/ann/in/');
	INSERT INTO transport VALUES ('EXAMPLE.net', 'smtp:old')"
before=$(content "$db")
out=$(admin "$db" "$attach" "$(said passwords plain)" \
	'.read import-postfixadmin.sql')
is "$out" "$(admin :memory: "SELECT 'error|domains|-x.org|can''t be the domain of a mailbox: '
	|| ADDRESS_PROBLEM('a@-x.org')")
error|forwardings||source: it is blank
error|forwardings|blank@example.com|destination: it has a blank, put commas between addresses
error|forwardings|semi@example.com|destination: it has a semicolon, put commas between addresses
error|transport|example.net|has two different transports
error|users|around@example.com|the maildir holds that of ann@example.com
error|users|b15@example.com|bcrypt asks for 15 as its cost, the limit for storing is 14
error|users|blank@example.com|a whole sha512crypt hash with something before or behind it, give the hash alone
error|users|in@example.com|the maildir lies inside of that of joe@example.com
error|users|long@example.com|the password is too long, bcrypt uses at most 72 bytes
error|users|mixes@example.com|$(admin :memory: "SELECT CRYPT_PROBLEM('\$y\$j7TzC/\$F5Jx5fExrKuPp53xLKQ..1\$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7')")
error|users|out@example.com|the maildir holds that of new@example.com
note|mailbox|off@example.com|comes with active = 0: no mail, no login
$nothing" 'postfixadmin: what the policy, the limits or the maildirs forbid'
is "$(content "$db")" "$before" 'postfixadmin: and nothing is changed'
plain "$source" "DELETE FROM mailbox WHERE username NOT IN ('fits@example.com',
	  'off@example.com'); DELETE FROM alias WHERE address NOT LIKE 'good%';
	DELETE FROM domain WHERE domain <> 'example.com'"
for option in passwords program; do
	is "$(admin "$db" "$attach" "$(said $option other)" \
		'.read import-postfixadmin.sql' | grep -v ^note | head -n 1)" \
		"error||:$option|say $([ $option = program ] &&
		echo "'courier' or 'dovecot'" || echo "'hashed' or 'plain'")" \
		"postfixadmin: another word for :$option"
done
is "$(admin "$db" "$attach" "$(said passwords plain)" \
	'.read import-postfixadmin.sql' | tail -n 1)" 'taken in: 2 users' \
	'postfixadmin: plain passwords come in'
is "$(admin "$db" "SELECT active, substr(password, 1, 7),
	CRYPT_VERIFY(CASE active WHEN 1 THEN substr('$umlauts', 1, 36) ELSE 'x' END,
	  password) FROM users WHERE quota = 0 ORDER BY active")" \
'0|$2b$04$|1
1|$2b$04$|1' 'postfixadmin: hashed by the policy of the database'

# The least of columns, and no alias_domain.
rm -f "$source"
plain "$source" "CREATE TABLE mailbox(username, password);
	CREATE TABLE alias(address, goto); CREATE TABLE domain(domain);
	INSERT INTO mailbox VALUES ('joe@example.com', '\$1\$saltsalt\$9xy1btjgzLYfb7hivXtC//');
	INSERT INTO domain VALUES ('example.com')"
cp "$dir/empty.db" "$db"
is "$(admin "$db" "$attach" '.read import-postfixadmin.sql' "SELECT email, quota,
	maildir FROM users")" 'taken in: 1 users
joe@example.com|0|example.com/joe/' 'postfixadmin: columns may be missing'
is "$(admin "$dir/empty.db" '.read import-postfixadmin.sql' |
	head -n 1)" 'error: no such table: source.mailbox' \
	'postfixadmin: nothing attached'

# ---- each value that a column may have ----

# pa TABLES: a source with these rows, and joe's in the mail database.
pa() {
	rm -f "$source"
	plain "$source" "CREATE TABLE mailbox(username, password, quota, maildir,
		  active, name);
		CREATE TABLE alias(address, goto, active);
		CREATE TABLE domain(domain, transport, active, backupmx); $1"
	made "('example.com')"
	admin "$db" "INSERT INTO forwardings VALUES
		  ('info@example.com', 'joe@example.com');
		INSERT INTO transport VALUES ('old.example', 'smtp:old');
		INSERT INTO users(email, password) VALUES ('joe@example.com', 'x')"
}
take() {
	admin "$db" "$attach" '.read import-postfixadmin.sql'
}
hash="'\$1\$saltsalt\$9xy1btjgzLYfb7hivXtC//'"

# user QUOTA MAILDIR ACTIVE NAME WANTED
user() {
	pa "INSERT INTO mailbox VALUES ('a@example.com', $hash, $1, $2, $3, $4)"
	is "$(take | tail -n 1)$(plain "$db" "SELECT quota, maildir, active, name
		FROM users WHERE email LIKE 'a@%'")" "taken in: 1 users$5" \
		"a user: $1, $2, $3, $4"
}
user NULL NULL NULL NULL '0|example.com/a/|1|'
user "''" "''" "''" "''" '0|example.com/a/|0|'
user 0 "'x/y/'" 0 "'A'" '0|x/y/|0|A'
user -1 NULL 1 NULL '0|example.com/a/|1|'
user 5 NULL "'1'" NULL '5|example.com/a/|1|'
user "'5'" NULL "'t'" NULL '5|example.com/a/|1|'
user 5.0 NULL "'T'" NULL '5|example.com/a/|1|'
user 9e15 NULL "'true'" NULL '9000000000000000|example.com/a/|1|'
user 1 NULL "'TRUE'" NULL '1|example.com/a/|1|'
user 1 NULL "'f'" NULL '1|example.com/a/|0|'
user 1 NULL "'false'" NULL '1|example.com/a/|0|'
user 1 NULL "'0'" NULL '1|example.com/a/|0|'
for quota in -2 5.5 "'5.5'" "'05'" "'5 '" "'x'" "x'35'" 1e30; do
	pa "INSERT INTO mailbox(username, password, quota)
		VALUES ('a@example.com', $hash, $quota)"
	is "$(take | head -n 1)" \
		'error|users|a@example.com|the quota is not a number of bytes' \
		"a quota of $quota"
done

# domain TRANSPORT ACTIVE BACKUPMX WANTED
domain() {
	pa "INSERT INTO domain VALUES ('new.example', $1, $2, $3)"
	is "$(take | grep -v ^taken)$(plain "$db" "SELECT domain FROM domains
		WHERE domain LIKE 'new%'; SELECT transport FROM transport
		WHERE domain LIKE 'new%'" | tr '\n' ' ')" "$4" "a domain: $1, $2, $3"
}
asleep='note|domain|new.example|left out: not active'
backup="note|domain|new.example|left out: a backup MX, see Postfix's relay_domains"
domain NULL NULL NULL 'new.example '
domain "''" 1 0 'new.example '
domain "'virtual'" "'t'" "'f'" 'new.example '
domain "'virtual:'" "'TRUE'" "'0'" 'new.example '
domain "'smtp:x'" 1 0 'new.example smtp:x '
domain NULL 0 0 "$asleep"
domain NULL "'f'" NULL "$asleep"
domain "'smtp:x'" 1 1 "$backup"
domain NULL 1 "'t'" "$backup"
domain NULL 1 "'True'" "$backup"
domain NULL 0 1 "$asleep"

# What is here already, in another case, is here already.
pa "INSERT INTO domain VALUES ('EXAMPLE.com', 'smtp:x', 1, 0),
	  ('OLD.example', 'smtp:new', 1, 0), ('ALL', NULL, 1, 0);
	INSERT INTO mailbox(username, password) VALUES ('JOE@example.com', $hash);
	INSERT INTO alias VALUES ('INFO@example.com', 'a@example.com', 1)"
before=$(content "$db")
is "$(take)" "error|forwardings|INFO@example.com|is forwarded here already
error|transport|OLD.example|has two different transports
error|users|JOE@example.com|is a user here already
$nothing" 'keys in another case'
is "$(content "$db")" "$before" 'keys in another case: and nothing is changed'
pa "INSERT INTO domain VALUES ('EXAMPLE.com', 'smtp:x', 1, 0),
	  ('Old.example', 'smtp:old', 1, 0);
	INSERT INTO mailbox(username, password, maildir) VALUES
	  ('A@Example.COM', $hash, NULL), ('b@example.com', $hash, 'Old/B/');
	INSERT INTO alias VALUES ('A@Example.COM', 'a@example.com', 1),
	  ('all@example.com', ' a@example.com , ', 1), ('b@example.com', NULL, 0),
	  ('Two@example.com', 'a@example.com', 't'),
	  ('two@Example.com', 'b@example.com', 'T')"
is "$(take)" 'note|alias|b@example.com|left out: not active
taken in: 2 users' 'keys in mixed case'
is "$(plain "$db" 'SELECT * FROM domains; SELECT * FROM transport;
	SELECT email, maildir FROM users; SELECT * FROM forwardings')" \
'example.com
Old.example
EXAMPLE.com|smtp:x
old.example|smtp:old
a@example.com|Example.COM/A/
b@example.com|Old/B/
joe@example.com|example.com/joe/
all@example.com|a@example.com
info@example.com|joe@example.com
Two@example.com|a@example.com,b@example.com' \
	'keys in mixed case: folded, folders as they were spelled'

# What has to be there, and the status where it isn't.
for needed in mailbox.username mailbox.password alias.address alias.goto \
	domain.domain; do
	pa ''
	plain "$source" "ALTER TABLE ${needed%.*} RENAME ${needed#*.} TO other"
	before=$(content "$db")
	out=$(cd sql && "$sqlite3" -batch -init /dev/null \
		-cmd ".load '$top/mailfunc'" "$db" "$attach" \
		'.read import-postfixadmin.sql' 2>&1)
	is "$? $(grep -c "no such column: ${needed#*.}" <<<"$out")" '1 1' \
		"without $needed"
	is "$(content "$db")" "$before" 'and nothing is changed'
done
for script in import-postfixadmin import-passwd-file; do
	is "$(PASSWD_FILE=/dev/null admin "$dir/none.db" "$attach" \
		".read $script.sql" | head -n 1)" \
		'error: no such table: password_policy' "$script: no schema"
	is "$(cd sql && "$sqlite3" -batch -init /dev/null "$db" \
		".read $script.sql" 2>&1 | grep -c 'no such function: MAILFUNC_VER')" 1 \
		"$script: no extension"
done

# Afterwards TEMP has what it had, and the connection's settings are as before;
# and a parameter is there in spite of what was put aside.
left="SELECT group_concat(name) FROM temp.sqlite_master
	WHERE name NOT LIKE 'sqlite_autoindex%';
	SELECT file FROM pragma_database_list WHERE name = 'kept';
	SELECT value FROM temp.sqlite_parameters; PRAGMA legacy_alter_table"
pa "INSERT INTO mailbox(username, password) VALUES ('a@example.com', $hash)"
is "$(admin "$db" "$attach" "$(said program dovecot)" \
	'.read import-postfixadmin.sql' "$left" | tail -n +2)" \
	'sqlite_parameters
dovecot
0' 'postfixadmin: what is left'
echo 'b@example.com:rl.3StKT.4T8M' >"$dir/passwd"
is "$(PASSWD_FILE=$dir/passwd admin "$db" "$(said program dovecot)" \
	'.read import-passwd-file.sql' "$left" | tail -n +2)" \
	'sqlite_parameters
dovecot
0' 'passwd-file: what is left'
is "$(plain "$db" "SELECT substr(password, 1, 12) FROM users
	WHERE email < 'c' ORDER BY email")" '{MD5-CRYPT}$
{DES-CRYPT}r' 'and the parameter was heeded'
is "$(PASSWD_FILE=$dir/passwd admin "$db" BEGIN '.read import-passwd-file.sql')" \
	'error: temporary storage cannot be changed from within a transaction' \
	'passwd-file: not within a transaction'

# While somebody else writes, there is an error, and nothing is half done.
mkdir "$dir/hasty"
cp sql/*.sql "$dir/hasty"
sed -i 's/^\.timeout 10000/.timeout 200/' "$dir/hasty"/import-*.sql
admin "$db" 'DELETE FROM users; DELETE FROM forwardings'
mkfifo "$dir/pipe"
"$sqlite3" -batch -init /dev/null "$db" <"$dir/pipe" >"$dir/holds" &
exec 3>"$dir/pipe"
echo "BEGIN IMMEDIATE; SELECT 'holds';" >&3
until [ -s "$dir/holds" ]; do sleep 0.1; done
before=$(content "$db")
for script in import-postfixadmin import-passwd-file; do
	is "$(PASSWD_FILE=$dir/passwd folder=$dir/hasty admin "$db" "$attach" \
		".read $script.sql")" 'error: database is locked' \
		"$script: while somebody writes"
done
is "$(content "$db")" "$before" 'and nothing is changed'
exec 3>&-
wait

# What was written since it was looked at counts, too. And a second attempt in
# the same session finds nothing of the first.
echo ".shell $sqlite3 -cmd '.load $top/mailfunc' '$db' \
\"INSERT OR IGNORE INTO users(email, password) VALUES ('b@example.com', 'x')\"" \
	>>"$dir/hasty/import.sql"
is "$(PASSWD_FILE=$dir/passwd folder=$dir/hasty admin "$db" \
	'.read import-passwd-file.sql')" "error|users|b@example.com|is a user here \
already
error: nothing was changed: the rows listed as errors can't come" \
	'one who came meanwhile'
is "$(plain "$db" 'SELECT email FROM users')" b@example.com \
	'is there, and nobody else'
is "$(cd sql && printf '%s\n' ".load $top/mailfunc" \
	'.read import-passwd-file.sql' '.bail off' 'DELETE FROM users;' \
	'.read import-passwd-file.sql' | PASSWD_FILE=$dir/passwd \
	"$sqlite3" -init /dev/null -interactive "$db" 2>&1 |
	grep -o 'taken in: 1 users')" 'taken in: 1 users' \
	'a second attempt in one session'

# While passwords are hashed, others may read and write, without waiting.
made
rm -f "$dir/slow.db"
plain "$dir/slow.db" 'CREATE TABLE mailbox(username, password)' \
	'CREATE TABLE alias(address, goto)' 'CREATE TABLE domain(domain)' \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	  WHERE i < 24)
	INSERT INTO mailbox SELECT 'u' || i || '@example.com', 'pw' || i FROM n"
admin "$db" "UPDATE password_policy SET method = 'bcrypt', cost = 12"
(cd sql && exec "$sqlite3" -batch -init /dev/null -cmd ".load $top/mailfunc" \
	"$db" "$(said passwords plain)" "ATTACH '$dir/slow.db' AS source" \
	'.read import-postfixadmin.sql') >"$dir/slow" 2>&1 &
slow=$!
until [ "$(find /proc/$slow/task -mindepth 1 -maxdepth 1 | wc -l)" -gt 1 ]; do
	sleep 0.05
done
is "$(admin "$db" '.timeout 0' 'BEGIN EXCLUSIVE' \
	"INSERT INTO domains VALUES ('meanwhile.example')" COMMIT \
	'SELECT count(*) FROM users')" 0 'hashing: another writes'
wait $slow
is "$(cat "$dir/slow")" 'taken in: 24 users' 'hashing: and it ends well'
is "$(admin "$db" "SELECT count(*) FROM users WHERE CRYPT_VERIFY('pw'
	|| substr(email, 2, instr(email, '@') - 2), password)
	AND email < 'u12'")" 2 'hashing: each has his own password'

# ---- bare digests in hex, as with encrypt = md5 ----

md5=5ebe2294ecd0e0f08eab7690d2a6ee69
sha1=e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4
rm -f "$source"
plain "$source" "CREATE TABLE mailbox(username, password);
	CREATE TABLE alias(address, goto); CREATE TABLE domain(domain);
	INSERT INTO domain VALUES ('example.com');
	INSERT INTO mailbox VALUES ('a@example.com', '$md5'),
	  ('b@example.com', upper('$sha1')), ('c@example.com', '!$md5'),
	  ('d@example.com', '$(printf %s secret | sha256sum | cut -c -64)'),
	  ('e@example.com', '$(printf %s secret | sha512sum | cut -c -128)'),
	  ('f@example.com', substr('$md5', 2) || 'g'),
	  ('g@example.com', substr('$md5', 2))"
made
for option in hashed other; do
	is "$(admin "$db" "$attach" "$(said passwords $option)" \
		'.read import-postfixadmin.sql' | grep users)" \
"error|users|a@example.com|could be a bare digest in hex: if it is, write {PLAIN-MD5} before it
error|users|b@example.com|could be a bare digest in hex: if it is, write {SHA.HEX} before it
error|users|c@example.com|could be a bare digest in hex: if it is, write {PLAIN-MD5} before it
error|users|d@example.com|could be a bare digest in hex: if it is, write {SHA256.HEX} before it
error|users|e@example.com|could be a bare digest in hex: if it is, write {SHA512.HEX} before it
$(for user in f g; do
	[ $option = hashed ] && echo "error|users|$user@example.com|is not a hash" ||
	echo "error|users|$user@example.com|no hash. If it is a plain password, set :passwords to 'plain'"
done)" "digests, and :passwords is $option"
done
cp "$source" "$dir/labelled.db"
plain "$dir/labelled.db" "DELETE FROM mailbox WHERE username > 'd';
	UPDATE mailbox SET password = CASE substr(password, 1, 1) WHEN '!' THEN '!'
	  ELSE '' END || CASE WHEN username LIKE 'b%' THEN '{SHA.HEX}' ELSE
	  '{PLAIN-MD5}' END || ltrim(password, '!')"
is "$(admin "$db" "ATTACH '$dir/labelled.db' AS source" \
	'.read import-postfixadmin.sql' "SELECT email,
	  CRYPT_VERIFY('secret', ltrim(password, '!')) FROM users")" \
'taken in: 3 users
a@example.com|1
b@example.com|1
c@example.com|1' 'digests: the advice works'
made
is "$(admin "$db" "$attach" "$(said passwords plain)" \
	'.read import-postfixadmin.sql')" \
"$(for user in a b c d e; do
	echo "warning|users|$user@example.com|could be a bare digest in hex, and is hashed as a password: if it is one, nobody can log in with it"
done)
taken in: 7 users" 'digests: as plain passwords, with a warning'

# ---- every format of hash ----

# One of each from the vectors: by its label, or by its method, bare and with
# {CRYPT}. As SQL: (user, hash, password).
formats() {
	grep -hv '^#' test/vectors/*.tsv | awk -F'\t' -v q="'" '
		$3 == "" || length($3) > 40 { next }
		{
			kind = $2 ($4 ~ /^\{/ ? $4 : "bare")
			sub(/\}.*/, "}", kind)
		}
		!seen[tolower(kind)]++ {
			n++
			print "(" q "f" n "@example.com" q ", " q $4 q ", x" \
				q $3 q "),"
		}' | sed '$s/,$//'
}
formats >"$dir/formats"
number=$(wc -l <"$dir/formats")
ok "$([ "$number" -ge 20 ]; echo $?)" "there are 20 formats and more: $number"

rm -f "$source"
{
	echo 'CREATE TABLE format(email, password, plain); INSERT INTO format VALUES'
	cat "$dir/formats"
	echo '; CREATE TABLE alias(address, goto); CREATE TABLE domain(domain);
	CREATE TABLE mailbox(username, password);
	INSERT INTO mailbox SELECT email, password FROM format;'
} | plain "$source"

# verified: how many users' passwords verify; how many hashes Courier takes;
# and how many it could take in another spelling.
verified() {
	admin "$db" "$attach" "
		SELECT sum(CRYPT_VERIFY(plain, users.password)),
		  sum(json_extract(CRYPT_INFO(users.password), '$.courier'))
		    = sum(CRYPT_RELABEL(format.password, 'courier') IS NOT NULL),
		  sum(json_extract(CRYPT_INFO(users.password), '$.courier'))
		FROM users JOIN source.format USING (email)"
}

made
out=$(admin "$db" "$attach" "$(said passwords hashed)" \
	'.read import-postfixadmin.sql')
is "$(grep -v '^warning' <<<"$out")" "taken in: $number users" \
	"formats: PostfixAdmin's come in"
courier=$((number - $(grep -c '^warning.*courier can verify' <<<"$out")))
is "$(verified)" "$number|1|$courier" \
	"formats: every user verifies, $courier with Courier too"

made
plain "$source" "SELECT email || ':' || password || ':5000:5000::/home/x::'
	FROM format" >"$dir/passwd"
out=$(PASSWD_FILE=$dir/passwd admin "$db" '.read import-passwd-file.sql')
is "$(grep -v '^warning' <<<"$out")" "taken in: $number users" \
	"formats: a passwd-file's come in"
is "$(verified)" "$number|1|$courier" 'formats: every user verifies'

rm -f "$db"
{
	echo "$attach; CREATE TABLE users(email, password, quota);
	CREATE TABLE domains(domain); INSERT INTO domains VALUES ('example.com');
	INSERT INTO users SELECT email, password, 0 FROM source.format;"
} | plain "$db"
is "$(admin "$db" "$(said passwords hashed)" '.read adopt.sql')" \
	"adopted: $number users" 'formats: a table of them is adopted'
is "$(admin "$db" "$attach" "SELECT sum(CRYPT_VERIFY(plain, users.password)),
	sum(users.password = format.password OR
	  users.password = '{CRYPT}' || format.password)
	FROM users JOIN source.format USING (email)")" "$number|$number" \
	'formats: every user verifies, and the hashes stayed'
admin "$db" "UPDATE users SET password = CRYPT_RELABEL(password, 'courier')
	WHERE CRYPT_RELABEL(password, 'courier') IS NOT NULL"
is "$(verified)" "$number|1|$courier" 'formats: and still does, relabelled'

# ---- a passwd-file ----

md5='$1$saltsalt$9xy1btjgzLYfb7hivXtC//'
passwd() {
	(export PASSWD_FILE=$dir/passwd
	admin "$db" "$@" '.read import-passwd-file.sql')
}
cat >"$dir/passwd" <<END
# a comment

joe@example.com:$md5:5000:5000::/home/vmail/joe::userdb_quota_rule=*:storage=1G nologin
ann:{MD5-CRYPT}$md5
bob:rl.3StKT.4T8M:::::: 
k@example.com:$md5::::::userdb_quota_rule=*:storage=100
b@example.com:$md5::::::userdb_mail=maildir:~/x userdb_quota_rule=*:bytes=5000:messages=9 allow_nets=127.0.0.1
last:!$md5
END
made
before=$(content "$db")
out=$(passwd)
is "$(grep -v ^note <<<"$out")" 'error||:domain|set it: there are users without a domain
error|users|line 4|it has no @
error|users|line 5|it has no @
error|users|line 8|it has no @
'"$nothing" 'passwd-file: users without a domain'
is "$(content "$db")" "$before" 'passwd-file: nothing is changed'
extra='has extra fields, of which only nologin and the quota come'
messages='has a limit of messages, which has no place here'
is "$(passwd "$(said domain example.com)" "$(said maildir '%d/%n/Maildir/')")" \
"note|passwd_file|line 7|$messages
note|passwd_file|line 7|$extra
taken in: 6 users" 'passwd-file: with one they come in'
is "$(plain "$db" "SELECT email, substr(password, 1, 8), quota, maildir $what")" \
'ann@example.com|$1$salts|0|example.com/ann/Maildir/
b@example.com|$1$salts|5000|example.com/b/Maildir/
bob@example.com|{CRYPT}r|0|example.com/bob/Maildir/
joe@example.com|!$1$salt|1073741824|example.com/joe/Maildir/
k@example.com|$1$salts|102400|example.com/k/Maildir/
last@example.com|!$1$salt|0|example.com/last/Maildir/' \
	'passwd-file: hashes, quotas, maildirs, locks'

# No line is ever repeated: where it is no account, all of it may be secret.
made "('example.net')"
cat >"$dir/passwd" <<END
joe@example.com:$md5
plain@example.net:{PLAIN}hidden
bare@example.net:hidden
x'; DROP TABLE users; --@example.net:$md5
twice@example.net:$md5
Twice@example.net:$md5
none@example.net::5000
hidden
quota@example.net:$md5::::::userdb_quota_rule=*:storage=10%
comma@example.net,hidden
comma@example.net,hidden:5000
blank@example.net hidden:
tab@example.net	{MD5}hidden
hidden:$md5
hidden@hidden@example.net:$md5
	hidden@example.net|hidden

pipe@example.net|hidden
:hidden:
END
before=$(content "$db")
out=$(passwd "$(said domain example.net)" | grep -v ^note)
is "$out" "error|passwd_file||line 10 has no colon
error|passwd_file||line 13 has no colon
error|passwd_file||line 8 has no colon
error|users|Twice@example.net|is there more than once, but for upper and lower case
error|users|bare@example.net|is not a hash
error|users|joe@example.com|its domain isn't in the table domains: INSERT INTO domains(domain) VALUES ('example.com');
error|users|line 11|is not a hash
error|users|line 11|it has a comma
error|users|line 12|it has a blank
error|users|line 12|the password is empty, it needs 1 byte or more
error|users|line 15|it has a second @
error|users|line 16|is not a hash
error|users|line 16|it has a control byte
error|users|line 19|is not a hash
error|users|line 19|the part before the @ is empty
error|users|line 4|it has a quote
error|users|none@example.net|the password is empty, it needs 1 byte or more
error|users|pipe@example.net|is not a hash
error|users|plain@example.net|{PLAIN} stores the password itself, give a hash, or the password without label
error|users|quota@example.net|the quota is not a number of bytes
error|users|twice@example.net|is there more than once, but for upper and lower case
$nothing" 'passwd-file: every line that can'\''t come is named'
lacks "$out" hidden 'passwd-file: and never what is in it'
is "$(content "$db")" "$before" 'passwd-file: and nothing is changed'
remedy=$(grep -o 'INSERT INTO domains.*' <<<"$out")
admin "$db" "$remedy"
echo "joe@example.com:$md5" >"$dir/passwd"
is "$(passwd)" 'taken in: 1 users' 'passwd-file: the line that adds a domain does'

# docker-mailserver's postfix-accounts.cf
cat >"$dir/passwd" <<END
# accounts
pipe@example.com|{SHA512-CRYPT}$sha512
mail@example.com|{SHA512-CRYPT}$sha512|userdb_mail=mbox:~/mail
quota@example.com|{SHA512-CRYPT}$sha512|userdb_quota_rule=*:bytes=2M nologin
END
is "$(passwd)" "note|passwd_file|line 3|$extra
taken in: 3 users" 'passwd-file: with | between the fields'
is "$(plain "$db" "SELECT email, substr(password, 1, 4), quota FROM users
	WHERE quota OR password LIKE '%6\$%' ORDER BY email")" \
'mail@example.com|$6$s|0
pipe@example.com|$6$s|0
quota@example.com|!$6$|2097152' 'passwd-file: with |, hashes and fields'

# quota NAME BYTES FIELDS [NOTE]: one account with these extra fields.
none='has a quota that isn'\''t one of the whole mailbox (*:storage, *:bytes), which has no place here'
quota() {
	echo "q@example.com:$md5::::::$2" >"$dir/passwd"
	plain "$db" "DELETE FROM users"
	is "$(passwd)$(plain "$db" 'SELECT quota FROM users')" \
		"${3+note|passwd_file|line 1|$3
}taken in: 1 users$1" "passwd-file: $2"
}
quota 0 ''
quota 0 nologin
quota 5120 userdb_quota_rule=*:storage=5
quota 5 userdb_quota_rule=*:storage=5B
quota 5 userdb_quota_rule=*:storage=5b
quota 5120 userdb_quota_rule=*:storage=5k
quota 5120 userdb_quota_rule=*:storage=5K
quota 5242880 userdb_quota_rule=*:storage=5m
quota 5242880 quota_rule=*:storage=5M
quota 5368709120 userdb_quota_rule=*:storage=5g
quota 5368709120 userdb_quota_rule=*:storage=5G
quota 5497558138880 userdb_quota_rule=*:storage=5t
quota 5497558138880 userdb_quota_rule=*:storage=5T
quota 5 userdb_quota_rule=*:bytes=5
quota 5242880 userdb_quota_rule=*:bytes=5M
quota 0 userdb_quota_rule=*:storage=0
quota 5242880 userdb_quota_rule=*:messages=9:storage=5M "$messages"
quota 5242880 userdb_quota_rule=*:storage=5M:messages=9 "$messages"
quota 6 userdb_quota_rule=*:storage=5M:bytes=6
quota 0 userdb_quota_rule=*:messages=9 "$messages"
quota 0 userdb_quota_rule=Trash:storage=+10M "$none"
quota 0 userdb_quota_rule=*:ignore "$none"
quota 5 'userdb_quota_rule=Trash:bytes=9 userdb_quota_rule2=*:bytes=5' "$none"
quota 5 'userdb_quota_rule=*:bytes=9 userdb_quota_rule2=*:bytes=5'
quota 5 'userdb_quota_rule10=*:bytes=5 userdb_quota_rule9=*:bytes=9'
quota 9 'userdb_quota_rule=*:bytes=9 userdb_quota_rulex=*:bytes=5' "$none"
quota 5 userdb_quota_storage_size=5
quota 5 userdb_quota_storage_size=5B
quota 5120 userdb_quota_storage_size=5k
quota 5242880 'nologin userdb_quota_storage_size=5M'
quota 5368709120 quota_storage_size=5G
quota 0 userdb_quota_storage_size=unlimited
quota 5 'userdb_quota_storage_size=5 userdb_quota_message_count=9' "$messages"
quota 5 'userdb_quota_storage_size=5 userdb_quota_storage_extra=1' "$none"
quota 5 "$(printf 'a=b\tquota_rule=*:bytes=5\t')" "$extra"
quota 0 'userdb_mail=maildir:~/x' "$extra"
plain "$db" "DELETE FROM users"
for wrong in +5M -5 5x 5MM 1.5G '' M 10% 9999999999T 99999999999999999999B; do
	echo "q@example.com:$md5::::::userdb_quota_rule=*:storage=$wrong" \
		>"$dir/passwd"
	is "$(passwd | head -n 1)" \
		'error|users|q@example.com|the quota is not a number of bytes' \
		"passwd-file: storage=$wrong"
done
for locked in nologin nologin=y nologin=yes 'a=b nologin' $'a=b\tnologin' \
	$'\tnologin\tc' nologin=no login; do
	echo "q@example.com:$md5::::::$locked" >"$dir/passwd"
	plain "$db" "DELETE FROM users"
	passwd >/dev/null
	is "$(plain "$db" "SELECT substr(password, 1, 1) FROM users")" \
		"$(case $locked in login) echo '$' ;; *) echo '!' ;; esac)" \
		"passwd-file: $locked"
done

# From elsewhere nothing is begun, which would lock others out for as long as
# the shell is open.
mkdir "$dir/some"
cp sql/in-memory.sql "$dir/some"
for name in passwd-file postfixadmin; do
	is "$(folder=$dir/some admin "$db" "$attach" \
		".read '$top/sql/import-$name.sql'")" \
		'error: not the folder of the SQL files: .cd there first' \
		"$name: in one without import.sql"
	is "$(folder=/ admin "$db" "$attach" ".read '$top/sql/import-$name.sql'")" \
		'error: not the folder of the SQL files: .cd there first' \
		"$name: in another folder"
	has "$(printf '%s\n' ".load '$top/mailfunc'" "$attach;" '.cd /' \
		".read '$top/sql/import-$name.sql'" 'BEGIN; SELECT 5;' |
		"$sqlite3" -interactive -init /dev/null "$db" 2>/dev/null)" 5 \
		"$name: and nothing is begun"
done
is "$(PASSWD_FILE=/dev/null admin "$db" '.read import-passwd-file.sql' |
	tail -n 2)" "error||PASSWD_FILE|there's no user in this file
$nothing" 'passwd-file: an empty one'
is "$(PASSWD_FILE="$dir/none" admin "$db" '.read import-passwd-file.sql' |
	tail -n 1)" "$nothing" 'passwd-file: none'
printf 'a b\r\nq@example.com:%s\r\n' "$md5" >"$dir/\$(touch evil)"
is "$(PASSWD_FILE="$dir/\$(touch evil)" admin "$db" \
	'.read import-passwd-file.sql' | head -n 1)" \
	'error|passwd_file||line 1 has no colon' 'passwd-file: a name and CRLF'
ok "$([ ! -e sql/evil ]; echo $?)" 'passwd-file: no shell takes it for code'

# A byte at which a text or a column would end here doesn't cut a line.
for byte in 000 001 010 013 037 177; do
	printf "byte@example.com:%s::::::quota_rule=\\${byte}*:bytes=5\n" \
		"$md5" >"$dir/passwd"
	is "$(passwd | grep -v ^note)" \
		"error|passwd_file||line 1 has a control byte
$nothing" "passwd-file: byte $byte"
done

# A row that somebody's trigger drops isn't lost without a word.
echo "q@example.com:$md5" >"$dir/passwd"
plain "$db" "DELETE FROM users; CREATE TRIGGER t BEFORE INSERT ON users
	BEGIN SELECT RAISE(IGNORE); END"
before=$(content "$db")
is "$(passwd)" \
	'error: nothing was changed: of the users, not all would be stored' \
	'a user whom a trigger drops'
is "$(content "$db")" "$before" 'and nothing is changed'

end
