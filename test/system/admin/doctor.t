#!/usr/bin/env bash
# sql/doctor.sql: it finds each thing that it promises to find, nothing in a
# healthy database, and never stumbles over a row or shows a password.
# shellcheck disable=SC2016 # the dollars belong to hashes
. test/lib/tap.sh

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
		UPDATE password_policy SET cost = 1;
		INSERT INTO domains VALUES ('example.com');
		INSERT INTO users(email, password) VALUES
		  ('joe@example.com', 'good one'), ('ann@example.com', 'good one'),
		  ('off@example.com', '!' || CRYPT('good one', 'yescrypt', 1));
		UPDATE users SET active = 0, name = 'Off' WHERE email LIKE 'off%';
		INSERT INTO forwardings VALUES
		  ('info@example.com', 'joe@example.com, ann+info@example.com'),
		  ('all@example.com', 'INFO@example.com'),
		  ('ann@example.com', 'ann@example.com,ann@example.org'),
		  ('@example.com', 'joe@example.com');
		INSERT INTO transport VALUES ('example.com', 'virtual:'),
		  ('.example.com', 'smtp:'), ('joe@example.com', 'smtp:'),
		  ('*', 'smtp:relay.example.net')"
}

# finds WHAT-WAS-DONE SQL FINDING...: in a healthy database, after the SQL,
# these findings and no others. The SQL may write what the schema forbids. A
# FINDING that begins with SELECT is asked for. All are kept for found, which
# runs them in one shell.
found=()
finds() {
	local want
	found+=("$1")
	{
		printf '%s\n' ".print @case ${#found[@]}" '.bail off' \
			".restore '$dir/healthy.db'" \
			'PRAGMA ignore_check_constraints = ON;' \
			'PRAGMA legacy_alter_table = OFF;' 'PRAGMA synchronous = OFF;' "$2;" \
			'.read doctor.sql' '.print @want'
		shift 2
		for want in "$@"; do
			case $want in
			SELECT*) echo "$want;" ;;
			*) echo "SELECT '${want//\'/\'\'}';" ;;
			esac
		done
	} >>"$dir/script"
}
found() {
	local i
	(cd sql && "$sqlite3" -batch -init /dev/null "$db" \
		".load '$top/mailfunc'" ".read '$dir/script'" 2>&1) |
		awk -v dir="$dir" '
			/^@case/ { file = dir "/found" $2; printf "" >file; next }
			/^@want/ { file = file ".want"; printf "" >file; next }
			{ print >file }'
	for i in "${!found[@]}"; do
		i=$((i + 1))
		is "$(<"$dir/found$i")" "$(<"$dir/found$i.want")" "${found[i - 1]}"
	done
	cured
}

# remedy ROW: what of its remedy the shell can run, if anything.
remedy() {
	local text=${1##*|}
	case $text in
	*', or '[A-Z]*';' | 'if it is a hash: '* | 'for '[CD]*': '*)
		text=${text#*, or }
		text=${text#*: } ;;
	*'then .read schema.sql')
		text=${text%then .read schema.sql}
		[ "$text" != 'rename it, ' ] || return
		printf '%s\n.read schema.sql\n' "$text"
		return ;;
	'.read schema.sql')
		echo "$text"
		return ;;
	esac
	case $text in
	INSERT*';' | UPDATE*';' | DELETE*';' | 'SELECT CARRY'*)
		text=${text//\'a new one\'/\'good one\'}
		echo "${text//\'another one\'/\'moved@example.com\'}" ;;
	esac
}

# Each case once more, with all remedies run that can be: those rows are gone,
# and no others have come. (Which of several a maildir belongs to, an
# administrator has to say first.)
cured() {
	local i row left
	for i in "${!found[@]}"; do
		i=$((i + 1))
		: >"$dir/cured$i"
		! grep -q 'for all but one' "$dir/found$i" || continue
		echo ".print @case $i"
		sed -n "/^.print @case $i\$/,/^.read doctor.sql/p" "$dir/script" |
			sed '1d; $d'
		echo nothing >"$dir/left$i"
		while read -r row; do
			left=$(remedy "$row")
			if [ -n "$left" ]; then
				echo "$left"
			else
				printf '%s\n' "$row" >>"$dir/left$i"
			fi
		done <"$dir/found$i"
		printf '%s\n' '.read doctor.sql' '.print @want'
	done >"$dir/cures"
	(cd sql && "$sqlite3" -batch -init /dev/null "$db" \
		".load '$top/mailfunc'" ".read '$dir/cures'" 2>&1) |
		awk -v dir="$dir" '
			/^@case/ { file = dir "/cured" $2; printf "" >file; next }
			/^@want/ { file = "/dev/null"; next }
			/^[0-9]*$/ || /below the policy/ { next }
			{ print >file }'
	for i in "${!found[@]}"; do
		i=$((i + 1))
		[ -f "$dir/left$i" ] || continue
		! grep -qxFvf "$dir/left$i" "$dir/found$i" ||
			is "$(grep -vxFf "$dir/left$i" "$dir/cured$i")" '' \
				"${found[i - 1]}: the remedies are ones"
	done
}

# with_table TABLE COLUMNS ROWS: SQL that puts one without keys and triggers
# in the table's place, with its rows and some others.
with_table() {
	echo "CREATE TABLE copy($2); INSERT INTO copy SELECT * FROM $1;
		PRAGMA legacy_alter_table = ON; DROP TABLE $1;
		ALTER TABLE copy RENAME TO $1; INSERT INTO $1 VALUES $3"
}

# ---- schema.sql and the lists in doctor.sql ----

lists() {
	sed -n '/^INSERT INTO doctor.sh[a-z]* VALUES/,/;$/p' sql/doctor.sql |
		grep -v ^INSERT
}
is "$(lists)" "$(sh test/system/admin/fingerprints.sh)" \
	'doctor.sql knows what schema.sql makes'
if [ "$(sh test/system/admin/fingerprints.sh)" != "$(lists)" ]; then
	echo '# run: sh test/system/admin/fingerprints.sh write'
	echo '# (Everything else would fail, too, and is left out.)'
	end
	exit 1
fi
mkdir "$dir/root"
cp -r sql test mailfunc.so "$dir/root"
(cd "$dir/root" && sh test/system/admin/fingerprints.sh write)
is "$(cksum <"$dir/root/sql/doctor.sql")" "$(cksum <sql/doctor.sql)" \
	'fingerprints.sh write changes nothing then'
! sh test/system/admin/fingerprints.sh other >/dev/null 2>&1
ok $? 'fingerprints.sh other: no'

# ---- nothing, if all is well ----

healthy
is "$(doctor)" '' 'nothing in a healthy database'
before=$(cksum <"$db")
is "$("$sqlite3" -readonly -batch -init /dev/null -cmd '.load ./mailfunc' \
	"$db" '.read sql/doctor.sql' 2>&1)" '' 'nor with -readonly'
is "$(admin "$db" '.read doctor.sql' '.read doctor.sql')" '' 'nor twice'
is "$(admin :memory: '.read schema.sql' '.read doctor.sql')" '' \
	'nor in one without a file'
is "$(cksum <"$db")" "$before" 'it changes not a byte'
content "$db" >"$dir/dump.sql"
rm -f "$dir/restored.db"
plain "$dir/restored.db" ".read '$dir/dump.sql'"
is "$(doctor "$dir/restored.db")" '' 'nor in a dump that was restored'
cp "$db" "$dir/healthy.db"
is "$(admin "$db" 'PRAGMA trusted_schema = OFF' '.read doctor.sql')" '' \
	'nor with trusted_schema off'

own="ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT '-';
	ALTER TABLE users ADD COLUMN \"a \"\"b'\" GENERATED ALWAYS AS (1);
	ALTER TABLE domains ADD COLUMN id; ALTER TABLE transport ADD COLUMN id;
	ALTER TABLE forwardings ADD COLUMN id;"
admin "$db" "$own SELECT CARRY_COLUMNS()" >/dev/null
is "$(doctor)" '' 'nor where there are own columns that are carried'
differ='this trigger and the columns of users differ: plain passwords are refused'
carry="error|users|users_insert_hash|$differ|SELECT CARRY_COLUMNS();
error|users|users_update_hash|$differ|SELECT CARRY_COLUMNS();"
cp "$dir/healthy.db" "$db"
plain "$db" "$own"
is "$(doctor)" "$carry" 'own columns that are not carried'
admin "$db" 'SELECT CARRY_COLUMNS()' >/dev/null
is "$(doctor)" '' 'remedy: SELECT CARRY_COLUMNS();'
plain "$db" 'ALTER TABLE users RENAME COLUMN phone TO mobile'
is "$(doctor)" "$carry" 'an own column that has another name now'

# ---- passwords ----

# SQL without the triggers of a table.
drop() {
	grep "^$1_" <<<"$objects" | sed 's/.*/DROP TRIGGER &;/'
}
objects=$(plain :memory: '.read sql/schema.sql' "SELECT name
	FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
triggers=$(drop users)
policy=$(drop password_policy)
# What makes them again.
again=$(sed -n '/^DROP TRIGGER/p; /^CREATE TRIGGER/,/^END;/p' sql/schema.sql)

# stored NAME VALUE SEVERITY WHAT REMEDY: a password of one user of many, and
# what is found of it, besides that it is below the policy. WHAT is the sentence
# of CRYPT_PROBLEM if it is empty; in REMEDY, %s stands for the user.
names=() values='' wanted=()
stored() {
	local user="u${#names[@]}@example.com"
	names+=("$1")
	values+="INSERT INTO given VALUES ('$user', $2);"
	wanted+=("$3|users|$user|$4|${5//= %s/"= '$user'"}")
}

new="UPDATE users SET password = 'a new one' WHERE email = %s;"
everybody='a plain password, for everybody to read'
hash_it="UPDATE users SET password = CRYPT(password, method, cost) FROM password_policy WHERE email = %s; VACUUM;"
hash_rest="CRYPT(substr(password, instr(password, '}') + 1), method, cost) FROM password_policy WHERE email = %s; VACUUM;"
stored 'a plain password' "'hidden'" error "$everybody" "$hash_it"
stored 'one with quotes and newlines' "'hid''\"den
	hidden'" error "$everybody" "$hash_it"
stored 'one with ! before it' "'!hidden'" error "$everybody" "$hash_it"
stored 'exclamation marks' "'!!!'" error "$everybody" "$hash_it"
stored 'one with a NUL byte' "'hid' || char(0) || 'den'" error "$everybody" "$new"
stored 'one of 600 bytes' "'hidden' || hex(zeroblob(297))" error "$everybody" \
	"$new"
for label in '{PLAIN}' '{plain}' '{CLEAR}' '{CLEARTEXT}'; do
	stored "$label" "'${label}hidden'" error '' \
		"UPDATE users SET password = $hash_rest"
done
stored '{PLAIN}, locked' "'!{PLAIN}hidden'" error '' \
	"UPDATE users SET password = '!' || $hash_rest"
stored '{PLAIN-TRUNC}' "'{PLAIN-TRUNC}4-hidden'" error '' "$new"
stored '{PLAIN.B64}' "'{PLAIN.B64}aGlkZGVu'" error '' "$new"
for mark in '*' '*0' '*1' '!' '!!' '!*'; do
	stored "the mark $mark" "'$mark'" error '' "$new"
done
stored 'an empty password' "''" error '' "$new"
stored 'a hash cut off' "substr('$sha512', 1, 90)" error '' "$new"
stored 'a setting' "substr('$sha512', 1, 20)" error '' "$new"
stored 'a hash behind a blank' "' $sha512'" error '' "$new"
stored 'a hash behind its name' "'SHA512-CRYPT:$sha512'" error '' "$new"
stored '{CRAM-MD5}' "'{CRAM-MD5}hidden'" error '' "$new"
stored '{cram-md5}, locked' "'!{cram-md5}hidden'" error '' "$new"
stored '$apr1$' "'\$apr1\$hidden\$hidden'" error '' "$new"
stored "Django's" "'pbkdf2_sha256\$600000\$hidden\$hidden'" error '' "$new"
bare='a hash without a label, or a plain password'
label="if it is a hash: UPDATE users SET password = '{CRYPT}' || password WHERE email = %s;"
stored 'bare DES' "'rl.3StKT.4T8M'" error "$bare" "$label"
stored 'bsdicrypt' "'_J9..rasmBYk8r9AiWNc'" error "$bare" "$label"
stored 'what only looks like bsdicrypt' "'_correctHorseStaples'" error "$bare" \
	"$hash_it"
stored 'bare DES, locked' "'!rl.3StKT.4T8M'" error "$bare" \
	"${label/"'{CRYPT}' || password"/"'!{CRYPT}' || ltrim(password, '!')"}"
stored 'a number' 7 error 'the password is stored as integer, not as text' "$new"
stored 'another' 7.5 error 'the password is stored as real, not as text' "$new"
stored 'a blob' "x'68696464656e'" error \
	'the password is stored as blob, not as text' "$new"
stored 'a hash in a blob' "CAST('$sha512' AS BLOB)" error \
	'the password is stored as blob, not as text' "$new"

# Above the limit for storing only, or above that for verifying, too.
keeps='it keeps working, but slows the daemons: ask for a new password'
tail=WmYJ6olalrjgNW47ILGStOjW0hLPdYAqIk2eT0p6gWpBvX3m7qSGq
stored 'bcrypt 14' "'\$2b\$14\$$tail'" '' '' ''
stored 'bcrypt 15' "'\$2b\$15\$$tail'" warning \
	'bcrypt asks for 15 as its cost, the limit for storing is 14' "$keeps"
stored 'bcrypt 17' "'\$2b\$17\$$tail'" warning \
	'bcrypt asks for 17 as its cost, the limit for storing is 14' "$keeps"
stored 'bcrypt 18' "'\$2b\$18\$$tail'" error \
	'bcrypt asks for 18 as its cost, the limit is 17' "$new"
stored 'bcrypt 18, locked' "'!\$2b\$18\$$tail'" error \
	'bcrypt asks for 18 as its cost, the limit is 17' "$new"
rounds() {
	echo "replace('$sha512', '\$6\$', '\$6\$rounds=$1\$')"
}
stored 'sha512crypt 1500000' "$(rounds 1500000)" '' '' ''
stored 'sha512crypt 1500001' "$(rounds 1500001)" warning '' "$keeps"
stored 'sha512crypt 3000000' "$(rounds 3000000)" warning '' "$keeps"
stored 'sha512crypt 3000001' "$(rounds 3000001)" error \
	'sha512crypt asks for 3000001 rounds, the limit is 3000000' "$new"
yescrypt='$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'
stored 'yescrypt of 256 MiB' "replace('$yescrypt', 'j9T', 'jDT')" warning '' \
	"$keeps"
stored 'yescrypt of 2 GiB' "replace('$yescrypt', 'j9T', 'jGT')" error '' \
	"$new"
stored 'yescrypt above the block-mix limit' \
	"replace('$yescrypt', 'j9T', 'jCvz/')" error '' "$new"
neither="Courier can't verify this argon2id hash|ask for a new password"
stored 'too dear an argon2' "'{ARGON2ID}' || replace('$argon2', 't=2', 't=900')" \
	error '' "$new
warning|users|%s|$neither"

# Spelled for one program.
relabel() {
	echo "for ${1^}: UPDATE users SET password = CRYPT_RELABEL(password, '$1') WHERE email = %s;"
}
stored "Dovecot's label" "'{SHA512-CRYPT}$sha512'" warning \
	"Courier can't verify this sha512crypt hash" "$(relabel courier)"
stored 'the same, locked' "'!{SHA512-CRYPT}$sha512'" warning \
	"Courier can't verify this sha512crypt hash" "$(relabel courier)"
stored 'argon2 without a label' "'$argon2'" warning \
	'neither Courier nor Dovecot can verify this argon2id hash' \
	"$(relabel dovecot)"
stored 'argon2 with a label' "'{ARGON2ID}$argon2'" warning \
	"Courier can't verify this argon2id hash" 'ask for a new password'
stored "Courier's label" "'{MD5RAW}5ebe2294ecd0e0f08eab7690d2a6ee69'" note \
	"Dovecot can't verify this plain-md5 hash" "$(relabel dovecot)"

# As if they had been there before the triggers.
store() {
	cp "$dir/healthy.db" "$db"
	plain "$db" "$triggers CREATE TEMP TABLE given(email, password); $values
		INSERT INTO users(email, password, maildir)
		  SELECT email, password, email || '/' FROM given;" \
		'.read sql/schema.sql'
}
store
all=$(doctor)
admin "$db" "SELECT email, coalesce(VERIFY_PROBLEM(password),
	  CRYPT_PROBLEM(password)) FROM users WHERE typeof(password) = 'text'" \
	>"$dir/sentences"
for i in "${!names[@]}"; do
	user="u$i@example.com"
	want=${wanted[i]//%s/$user}
	case $want in
	'|'*) want= ;;
	*"|users|$user||"*)
		sentence=$(grep "^$user|" "$dir/sentences")
		want=${want/"|$user||"/"|$sentence|"} ;;
	esac
	is "$(grep -F "|users|$user|" <<<"$all" |
		grep -v 'below the policy\|legacy')" "$want" "${names[i]}"
done
lacks "$all" hidden 'none is shown'
is "$(grep -vc '|users|u[0-9]*@' <<<"$all")" 0 'nobody else is named'

# A remedy is one: what it says is run, and what is left is below the policy.
grep -o 'UPDATE users SET .*' <<<"$all" |
	sed "s/password = 'a new one'/password = 'good one'/; s/VACUUM;//" \
	>"$dir/remedies"
admin "$db" ".read '$dir/remedies'"
is "$(doctor | grep -v 'below the policy\|legacy\|keeps working\|argon2id' |
	grep -v 'plain-md5')" '' 'all remedies, run: nothing is left'
is "$(admin "$db" "SELECT count(*) FROM users
	WHERE CASE WHEN CRYPT_INFO(password) LIKE '%\"yescrypt\",%\"cost\":1,%'
	  THEN CRYPT_VERIFY('hidden', password)
	    OR CRYPT_VERIFY('_correctHorseStaples', password) END")" 6 \
	'what was plain is hashed by the policy'
is "$(admin "$db" "SELECT substr(password, 1, 4),
	CRYPT_VERIFY('hidden', ltrim(password, '!')) FROM users
	WHERE email = 'u10@example.com'")" '!$y$|1' 'who was locked still is'

legacy='a legacy hash, quick to guess'
finds 'a legacy hash' "$triggers UPDATE users SET password = '$md5'
	WHERE email = 'joe@example.com'; $again" "warning|users|joe@example.com|md5crypt: $legacy, and refused by Dovecot 2.4|ask for a new password"
finds 'one that Dovecot 2.4 takes' "$triggers UPDATE users
	SET password = '{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0='
	WHERE email = 'joe@example.com'; $again" \
	"warning|users|joe@example.com|sha1: $legacy|ask for a new password"
finds 'a hash below the policy' "$triggers UPDATE users SET password = '$sha512'
	WHERE email = 'joe@example.com'; $again" 'note|users|joe@example.com|sha512crypt: below the policy|ask for a new password'

# ---- password_policy ----

# The sentence is that of POLICY_PROBLEM.
drop='DROP TABLE password_policy; then .read schema.sql'
for bad in "'md5crypt', NULL|$drop" "'nonsense', NULL|$drop" "x'00', 1|$drop" \
	"'yescrypt', 12|UPDATE password_policy SET cost = NULL;" \
	"'YESCRYPT', 9|UPDATE password_policy SET cost = NULL;" \
	"'bf', 15|UPDATE password_policy SET cost = NULL;" \
	"'bcrypt', 'x'|UPDATE password_policy SET cost = NULL;" \
	"'sha512crypt', 1500001|UPDATE password_policy SET cost = NULL;" \
	"'argon2id', 5|UPDATE password_policy SET cost = NULL;" \
	"'argon2id', 'm=19456,t=2,p=1x'|UPDATE password_policy SET cost = NULL;"; do
	finds "policy: ${bad%|*}" "$policy UPDATE password_policy
		SET (method, cost) = (${bad%|*}); $again" \
		"SELECT 'error|password_policy||' || POLICY_PROBLEM(${bad%|*})
		  || '|${bad#*|}'"
done
finds 'policy: no row' "$policy DELETE FROM password_policy; $again" \
	"error|password_policy||it must have one row|$drop"
finds 'policy: two rows' "$policy INSERT INTO password_policy
	SELECT * FROM password_policy; $again" \
	"error|password_policy||it must have one row|$drop"
finds 'policy: NULL' "$policy DROP TABLE password_policy;
	CREATE TABLE password_policy(method TEXT, cost,
	  strength INTEGER NOT NULL DEFAULT 0);
	INSERT INTO password_policy DEFAULT VALUES; $again" \
	"error|password_policy||the method is NULL|$drop" \
	"warning|password_policy|method|this column is not the one of schema.sql|compare .schema password_policy with schema.sql"
finds 'policy: bad, and a legacy hash' "$policy $triggers; UPDATE users
	SET password = '$md5' WHERE email LIKE 'joe%';
	UPDATE password_policy SET cost = 12; $again" \
	"SELECT 'error|password_policy||' || POLICY_PROBLEM('yescrypt', 12)
	  || '|UPDATE password_policy SET cost = NULL;'" \
	"warning|users|joe@example.com|md5crypt: $legacy, and refused by Dovecot 2.4|ask for a new password"
# Without users, whose hashes would be below it.
for good in "'bf', 14" "'SHA512crypt', '1000'" "'yescrypt', NULL" \
	"'argon2id', 'm=8,t=1,p=1'" "'argon2id', NULL" "'scrypt', 8"; do
	finds "policy: $good" "DELETE FROM forwardings; DELETE FROM users;
		UPDATE password_policy SET (method, cost) = ($good)"
done

# ---- addresses, maildirs, quotas ----

finds 'a domain that is missing' "$triggers INSERT INTO users SELECT
	'x@example.net', password, 0, 'x/', 1, '' FROM users LIMIT 1; $again" \
	"error|users|x@example.net|its domain isn't in the table domains|INSERT INTO domains VALUES ('example.net');"
finds 'upper case' "$triggers UPDATE users SET email = 'Joe@example.com'
	WHERE email LIKE 'joe%'; $again" \
	"warning|users|Joe@example.com|has upper case letters, which Postfix doesn't look for|UPDATE users SET email = lower(email) WHERE email = 'Joe@example.com';"
# bad NAME SET FINDING: of joe, whose row is as the schema forbids.
bad() {
	finds "$1" "$triggers UPDATE users SET $2 WHERE email LIKE 'joe%'; $again" \
		"SELECT 'error|users|joe@example.com|' || $3
		  || ' WHERE email = ''joe@example.com'';'"
}
bad 'no maildir' 'maildir = NULL' \
	"'no maildir|UPDATE users SET maildir = MAILDIR(email)'"
for path in '' /etc/ a/../b/ a/b ../x/ 'a b/' . A/./ a//b/ ä/; do
	bad "maildir $path" "maildir = '$path'" "'the maildir: ' ||
		MAILDIR_PROBLEM('$path') || '|UPDATE users SET maildir = MAILDIR(email)'"
done
bad 'a maildir in a blob' "maildir = x'612f'" \
	"'the maildir: it is a blob, not text|UPDATE users SET maildir = MAILDIR(email)'"
finds 'a maildir in another' "$triggers UPDATE users
	SET maildir = 'EXAMPLE.com/joe/~x/' WHERE email LIKE 'ann%'; $again" \
	"error|users|joe@example.com|the maildir of ann@example.com lies inside of this one's|UPDATE users SET maildir = 'another' for one, and move the mail"
finds 'a maildir in one that lies in another' "$triggers UPDATE users
	SET maildir = 'example.com/joe/x/' WHERE email LIKE 'ann%';
	UPDATE users SET maildir = 'example.com/Joe/X/y/' WHERE email LIKE 'off%';
	$again" \
	"error|users|ann@example.com|the maildir of off@example.com lies inside of this one's|UPDATE users SET maildir = 'another' for one, and move the mail" \
	"error|users|joe@example.com|the maildir of ann@example.com lies inside of this one's|UPDATE users SET maildir = 'another' for one, and move the mail"
finds 'maildirs beside one another: nothing' "$triggers UPDATE users
	SET maildir = 'example.com/joe.x/' WHERE email LIKE 'ann%';
	UPDATE users SET maildir = 'example.com/joe0/' WHERE email LIKE 'off%'; $again"
for active in 2 -1 0.5 "'yes'" "''" "x'31'"; do
	bad "active $active" "active = $active" \
		"'active is neither 1 nor 0 (no mail, no login)|UPDATE users SET active = 1'"
done
quota='the quota is not a number of bytes, 0 or more'
for wrong in -5 "'10M'" 1.5 "x'31'"; do
	bad "quota $wrong" "quota = $wrong" \
		"'$quota|UPDATE users SET quota = 10485760'"
done
finds 'no mailbox address' "$triggers INSERT INTO users SELECT
	'a''; DROP TABLE users; --@example.com', password, 0, 'x/', 1, ''
	FROM users LIMIT 1; $again" \
	"error|users|a'; DROP TABLE users; --@example.com|it has a quote|UPDATE users SET email = 'another one' WHERE email IS 'a''; DROP TABLE users; --@example.com';"
escape=$(printf 'a\033[2J\n@example.com' | od -An -tx1 | tr -d ' \n' | tr a-f A-F)
finds 'an address that a terminal would obey' "$triggers INSERT INTO users
	SELECT CAST(x'$escape' AS TEXT), password, 0, 'x/', 1, '' FROM users LIMIT 1;
	$again" "error|users|x'$escape'|it has a control byte|UPDATE users SET email = 'another one' WHERE email IS CAST(x'$escape' AS TEXT);"

# ---- domains, forwardings, transport ----

finds 'no domain' "$(drop domains) INSERT INTO domains VALUES ('-x-');
	$again" \
	"SELECT 'error|domains|-x-|can''t be the domain of a mailbox: '
	  || ADDRESS_PROBLEM('a@-x-')
	  || '|DELETE FROM domains WHERE domain IS ''-x-'';'"
fwd='DELETE FROM forwardings WHERE source IS'
nobody='who is neither a user nor forwarded|add that user, or'
# keep LIST: the remedy that leaves it, of a@example.com.
keep() {
	echo "UPDATE forwardings SET destination = '$1' WHERE source IS '${2-a@example.com}';"
}
# lost NAME SOURCE DESTINATION FINDING...: without a catch-all.
lost() {
	local what=$1 row="'$2', '$3'"
	shift 3
	finds "$what" "DELETE FROM forwardings WHERE source = '@example.com';
		INSERT INTO forwardings VALUES ($row)" "$@"
}
lost 'forwarded to nobody' a@example.com gone@example.com \
	"error|forwardings|a@example.com|goes to gone@example.com, $nobody $fwd 'a@example.com';"
lost 'forwarded to nobody, in upper case, and to others' A@Example.com \
	'Joe@example.com,Gone@Example.com,ann@example.net,no@example.com' \
	"error|forwardings|A@Example.com|goes to gone@example.com, $nobody $(keep Joe@example.com,ann@example.net A@Example.com)" \
	"error|forwardings|A@Example.com|goes to no@example.com, $nobody $(keep Joe@example.com,ann@example.net A@Example.com)"
lost 'forwarded to nobody, and to a strange one' a@example.com \
	'gone@example.com,%s@example.net' \
	"error|forwardings|a@example.com|goes to gone@example.com, $nobody UPDATE forwardings SET destination = '%'||'s@example.net' WHERE source IS 'a@example.com';"
copy='keeps a copy, but is no user|add that user, or'
lost 'forwarded to itself' a@example.com A@example.com \
	"error|forwardings|a@example.com|$copy $fwd 'a@example.com';"
lost 'forwarded to itself and to others' a@example.com \
	'a@example.com,ann@example.net' \
	"error|forwardings|a@example.com|$copy $(keep ann@example.net)"
finds 'forwarded to itself, and there is a catch-all' \
	"INSERT INTO forwardings VALUES ('a@example.com', 'a@example.com')" \
	"error|forwardings|a@example.com|$copy $fwd 'a@example.com';"
off='who is not active: the mail is bounced'
lost 'forwarded to who is not active' a@example.com \
	'OFF@example.com,joe@example.com' \
	"warning|forwardings|a@example.com|goes to off@example.com, $off|$(keep joe@example.com)"
lost 'forwarded to an extension of such a user' a@example.com \
	off+x@example.com \
	"warning|forwardings|a@example.com|goes to off+x@example.com, $off|$fwd 'a@example.com';"
lost 'who is not active, with a copy' off@example.com \
	'off@example.com,joe@example.com' \
	"warning|forwardings|off@example.com|goes to off@example.com, $off|$(keep joe@example.com off@example.com)"
lost 'who is not active, without one: nothing' off@example.com joe@example.com
finds 'forwarded to who is not active, and is forwarded: nothing' \
	"INSERT INTO forwardings VALUES ('off@example.com', 'joe@example.com'),
	  ('a@example.com', 'off@example.com')"
lost 'forwarded to a bare name' a@example.com 'joe@example.com,Joe' \
	"warning|forwardings|a@example.com|goes to joe, a system account of the machine|write its domain, or $(keep joe@example.com)"
finds 'forwarded to an extension: nothing' \
	"DELETE FROM forwardings WHERE source = '@example.com'"
finds 'a catch-all to nobody' "UPDATE forwardings SET destination =
	'gone@example.com' WHERE source = '@example.com'" \
	"error|forwardings|@example.com|goes to gone@example.com, who is neither a user nor forwarded|add that user, or $fwd '@example.com';"
loop='leads back to itself over another address: Postfix refuses the mail'
finds 'a loop of three' "INSERT INTO forwardings VALUES
	('a@example.com', 'b@example.com'), ('b@example.com', 'C@example.com'),
	('c@example.com', 'x@example.net,a@example.com,joe@example.com'),
	('to@example.com', 'a@example.com')" \
	"error|forwardings|a@example.com|$loop|$fwd 'a@example.com';" \
	"error|forwardings|b@example.com|$loop|$fwd 'b@example.com';" \
	"error|forwardings|c@example.com|$loop|$(keep x@example.net,joe@example.com c@example.com)"
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
# One that Postfix would misread: the sentence is FORWARDING_PROBLEM's.
misread=$(drop forwardings)
misread() { # SOURCE DESTINATION [WHAT-IS-LEFT]
	local cure="$fwd "
	[ $# -eq 2 ] ||
		cure="UPDATE forwardings SET destination = '$3' WHERE source IS "
	finds "forwarding: $1, $(od -An -c <<<"$2" | tr -d ' \n')" "$misread
		INSERT INTO forwardings VALUES ('$1', '$2'); $again" \
		"SELECT 'error|forwardings|$1|' || FORWARDING_PROBLEM('$1', '$2')
		  || '|correct it, or ${cure//\'/\'\'}' || quote('$1') || ';'"
}
for list in ' ,' ' ' ''; do
	misread a@example.com "$list"
done
both=joe@example.com,ann@example.net
tab=$(printf '\t')
for between in ';' ' ' ',,' '; ' "$tab" "
" $'\r\n'; do
	misread a@example.com "joe@example.com${between}ann@example.net" "$both"
done
misread A@example.com "joe@example.com,$both" "joe@example.com,$both"
misread a@example.com 'x@y@example.net'
misread a@example.com 'x@y@example.net,joe@example.com' joe@example.com
misread 'a b@example.com' joe@example.com
# What the schema folds, a table without it may have in upper case; and NULL
# where the schema has ''.
finds 'domains, sources and destinations in upper case: nothing' "
	UPDATE domains SET domain = 'EXAMPLE.Com';
	UPDATE forwardings SET source = upper(source),
	  destination = upper(destination);
	UPDATE transport SET domain = upper(domain)"
finds 'a user in upper case, who is forwarded to' "$triggers UPDATE users
	SET email = 'JOE@Example.com' WHERE email LIKE 'joe%'; $again" \
	"warning|users|JOE@Example.com|has upper case letters, which Postfix doesn't look for|UPDATE users SET email = lower(email) WHERE email = 'JOE@Example.com';"
column='this column is not the one of schema.sql|compare .schema'
finds 'transports without a domain or a transport' "$(with_table transport \
	'domain, transport' "('', 'smtp:'), (NULL, 'smtp:'),
	('joe@EXAMPLE.com', ''), ('.example.com', NULL)"); DELETE FROM transport
	WHERE domain = 'joe@example.com' AND transport <> ''
	  OR domain = '.example.com' AND transport <> ''; $again" \
	"error|transport||has no domain or no transport|DELETE FROM transport WHERE domain IS NULL;" \
	"error|transport||has no domain or no transport|DELETE FROM transport WHERE domain IS '';" \
	"error|transport|.example.com|has no domain or no transport|DELETE FROM transport WHERE domain IS '.example.com';" \
	"error|transport|joe@EXAMPLE.com|has no domain or no transport|DELETE FROM transport WHERE domain IS 'joe@EXAMPLE.com';" \
	"warning|transport|domain|$column transport with schema.sql" \
	"warning|transport|transport|$column transport with schema.sql"
finds 'a transport twice' "$(with_table transport 'domain, transport' \
	"('EXAMPLE.com', 'smtp:'), ('*', 'x:')"); $again" \
	"warning|transport|*|has 2 rows|delete all but one" \
	"warning|transport|EXAMPLE.com|has 2 rows|delete all but one" \
	"warning|transport|domain|$column transport with schema.sql" \
	"warning|transport|transport|$column transport with schema.sql"
finds 'a transport of another domain' "INSERT INTO transport VALUES
	('.example.net', 'smtp:')" \
	"note|transport|.example.net|this domain isn't in the table domains|nothing, if its mail just passes through here"

# ---- the schema ----

missing='this trigger is missing'
typed="$missing: plain passwords are stored as they are typed"
finds 'all triggers are missing' \
	"$(drop '.*')" "$(sed \
	"s/.*/error|&||$missing|.read schema.sql/; /users_.*_hash/s/$missing/$typed/" \
	<<<"$objects")"

# SQLite's own recipe for what ALTER TABLE can't do, sqlite.org/lang_altertable,
# takes the triggers along with the old table.
cp "$dir/healthy.db" "$db"
plain "$db" 'PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON; BEGIN;
	CREATE TABLE new_users(email TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
	  password NOT NULL, quota INTEGER NOT NULL DEFAULT 0,
	  maildir TEXT COLLATE NOCASE, active INTEGER NOT NULL DEFAULT 1,
	  name TEXT NOT NULL DEFAULT '"''"');
	INSERT INTO new_users SELECT * FROM users; DROP TABLE users;
	ALTER TABLE new_users RENAME TO users; COMMIT'
admin "$db" "INSERT INTO users(email, password, maildir)
	VALUES ('eve@example.com', 'hidden', 'eve/')"
rebuilt=$(doctor)
has "$rebuilt" "error|users_insert_hash||$typed|.read schema.sql" \
	'a rebuilt table: its triggers are gone'
has "$rebuilt" "error|users_update_hash||$typed|.read schema.sql" \
	'a rebuilt table: all of them'
has "$rebuilt" "error|users|eve@example.com|$everybody|${hash_it/\%s/\'eve@example.com\'}" \
	'a rebuilt table: a plain password is stored from then on'
has "$rebuilt" 'error|users_maildir||this index is missing|.read schema.sql' \
	'a rebuilt table: its index, too'
lacks "$rebuilt" 'column' 'a rebuilt table: its columns are the same'
admin "$db" '.read schema.sql' \
	"${hash_it/\%s/\'eve@example.com\'}" >/dev/null
is "$(doctor)" '' 'a rebuilt table: the remedies are ones'

# In each trigger a word is another.
cp "$dir/healthy.db" "$db"
plain "$db" '.dump' | sed 's/^BEGIN$/BEGIN SELECT 0;/' >"$dir/dump.sql"
rm -f "$db"
plain "$db" ".read '$dir/dump.sql'"
# shellcheck disable=SC2001 # a pattern of several lines
is "$(doctor)" "$(sed \
	's/.*/error|&||this trigger is not the one of schema.sql|.read schema.sql/' \
	<<<"$objects")" 'all triggers are others'
plain "$db" '.read sql/schema.sql'
is "$(doctor)" '' 'remedy: .read schema.sql'

# Others' triggers: what sees plain passwords, and what doesn't.
trigger() {
	local sees=', and is given plain passwords' severity=error
	if [ "$1" = after ]; then
		sees='' severity=warning
	fi
	finds "a trigger of somebody else: $3" \
		"CREATE TRIGGER $3 ON ${4-users} BEGIN SELECT 1; END" \
		"$severity|${4-users}|$2|this trigger is not of schema.sql$sees|look what it does: .schema ${4-users}"
}
trigger after spy 'spy AFTER INSERT' Users
trigger after spy 'spy AFTER UPDATE OF password'
trigger after spy 'spy BEFORE DELETE'
trigger after spy 'spy DELETE'
trigger before spy 'spy BEFORE INSERT' Users
trigger before spy 'spy INSERT'
trigger before spy 'spy BEFORE UPDATE OF quota'
trigger before spy 'spy update'
trigger after 'x "INSERT' '"x ""INSERT"
	after INSERT'
trigger before ' AFTER INSERT' '" AFTER INSERT" BEFORE INSERT'
trigger after 'a b' '[a b]AFTER INSERT'
trigger before 'a AFTER b' '`a AFTER b` INSERT'
trigger after spy 'spy BEFORE INSERT' domains
trigger after spy 'spy BEFORE INSERT' forwardings
trigger after spy 'spy BEFORE INSERT' transport
trigger after spy 'spy BEFORE INSERT' password_policy
for type in TABLE VIEW; do
	finds "a ${type,,} crypt_methods" "CREATE $type Crypt_Methods AS SELECT 1" \
		"error|Crypt_Methods||this ${type,,} hides the crypt_methods of mailfunc|look what it is for, then DROP $type Crypt_Methods;"
done
finds 'an index is missing, and two users have one maildir' "$triggers
	DROP INDEX users_maildir; UPDATE users SET maildir = 'Example.com/joe/'
	WHERE email LIKE 'ann%'; $again" \
	"error|users|ann@example.com|2 users have this one's maildir|UPDATE users SET maildir = MAILDIR(email), for all but one" \
	'error|users_maildir||this index is missing|.read schema.sql'
finds 'an index is another' 'DROP INDEX users_maildir;
	CREATE INDEX users_maildir ON users(maildir)' \
	'error|users_maildir||this index is not the one of schema.sql|DROP INDEX users_maildir; then .read schema.sql'
finds 'a table is missing' 'DROP TABLE transport' \
	'error|transport||this table is missing|.read schema.sql'
other='this column is not the one of schema.sql|compare .schema domains with schema.sql'
finds 'a table is another' "$(with_table domains domain "('EXAMPLE.com')");
	$again" "warning|domains|EXAMPLE.com|is there 2 times|delete all but one" \
	"warning|domains|domain|$other"
finds 'a key that minds upper and lower case' "ALTER TABLE domains RENAME TO d;
	CREATE TABLE domains(domain TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
	INSERT INTO domains SELECT domain FROM d; DROP TABLE d; $again" \
	"warning|domains|domain|$other"
finds 'a column of another type' "ALTER TABLE forwardings RENAME TO f;
	CREATE TABLE forwardings(source TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
	  destination VARCHAR(80) NOT NULL);
	INSERT INTO forwardings SELECT * FROM f; DROP TABLE f; $again" \
	"warning|forwardings|destination|${other//domains/forwardings}"
finds 'a column that may be NULL' "ALTER TABLE transport RENAME TO t;
	CREATE TABLE transport(domain TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
	  transport Text);
	INSERT INTO transport SELECT * FROM t; DROP TABLE t; $again" \
	"warning|transport|transport|${other//domains/transport}"
finds 'a column is missing' "$triggers ALTER TABLE users DROP COLUMN quota;
	$again" "$carry" "warning|users|quota|this column is missing|compare .schema users with schema.sql"
finds 'an index is missing' 'DROP INDEX users_maildir' \
	'error|users_maildir||this index is missing|.read schema.sql'
finds 'a table is a view' 'ALTER TABLE transport RENAME TO t;
	CREATE VIEW transport AS SELECT * FROM t' \
	'error|transport||it is a view, not a table|rename it, then .read schema.sql'
found
cp "$dir/healthy.db" "$db"
chmod 0640 "$db"
plain "$db" 'PRAGMA journal_mode = WAL' >/dev/null
is "$(doctor)" \
	"warning|||journal mode WAL: Postfix can't read this file without being able to replace it|give Postfix a copy (publish.sh), or stop all that have it open, then PRAGMA journal_mode = DELETE" 'a WAL'
chmod 0600 "$db"
is "$(doctor)" '' 'a WAL that only its owner may read: Postfix has a copy'
rm -f "$db"-*

# ---- a file that is damaged, and one that can't be read ----

# database FILE: the rows of doctor.sh --database, and its status.
database() {
	MAILFUNC=$top/mailfunc sh sql/doctor.sh --database "$1" 2>&1
	echo "status $?"
}
cp "$dir/healthy.db" "$db"
root=$(plain "$db" "SELECT rootpage FROM sqlite_master
	WHERE name = 'transport'")
printf 'no page' | dd of="$db" bs=4096 seek=$((root - 1)) conv=notrunc \
	status=none
damaged=$(doctor)
is "$(sed -n 's/^\(error|||[a-z ]*\): [^|]*|/\1: ...|/p' <<<"$damaged")" \
	'error|||the file is damaged: ...|your backup, or sqlite3 damaged.db .recover | sqlite3 new.db' \
	'a damaged page: a finding'
is "$(grep -v '^error|||' <<<"$damaged")" \
	'error: database disk image is malformed' \
	'.bail on: it stops at the first error'
is "$(database "$db" | grep -v '^error|||the file\|malformed')" 'status 1' \
	'--database: status 1'
seq 5000 >"$dir/text.db"
head -c 6000 "$dir/healthy.db" >"$dir/short.db"
for file in text short; do
	is "$(database "$dir/$file.db")" \
		'error|||damaged, or no database at all|your backup
status 1' "--database: $file"
done
cp "$dir/healthy.db" "$db"
(
	cd "$dir" || exit
	printf '%s\n' 'PRAGMA cache_size = 2;' 'BEGIN;' \
		"UPDATE transport SET transport = 'lost' || hex(zeroblob(9000));" \
		"UPDATE forwardings SET destination = hex(zeroblob(9000));" \
		'.shell cp mail.db hot.db; cp mail.db-journal hot.db-journal' |
		"$sqlite3" -batch -init /dev/null mail.db
) >/dev/null 2>&1
is "$(doctor "file:$dir/hot.db?mode=ro" | sed 's/^.*: //')" \
	'attempt to write a readonly database' \
	"a killed writer's journal, read only: one message"
is "$(database "$dir/hot.db")" "error|||a killed writer left a journal, which can't be played back read only|sqlite3 $dir/hot.db 'SELECT 1 FROM users', as root
status 1" '--database: a finding'
plain "$dir/hot.db" 'SELECT count(*) FROM users' >/dev/null
is "$(database "$dir/hot.db")" 'status 0' 'the remedy is one; --database: status 0'
is "$(CDPATH=$top MAILFUNC=$top/mailfunc sh sql/doctor.sh --database \
	"$dir/hot.db" 2>&1)" '' '--database: with a CDPATH'
# What doctor.sh prints may be a stranger's: the reason of another server.
eval "$(sed -n '/^finding()/,/^}/p; /^say()/,/^}/p' sql/doctor.sh)"
is "$(finding note a "$(printf '1\033[2J\n2\302\2332J')|b" '*')" \
	'note|a|1?[2J 2??2J/b|*' 'a finding is one row, and no terminal obeys it'
plain "$dir/hot.db" "$triggers UPDATE users SET password = '{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0='" \
	'.read sql/schema.sql'
is "$(database "$dir/hot.db" | sed 's/|.*//' | sort -u)" 'status 0
warning' '--database: warnings: status 0'
plain "$dir/hot.db" "$triggers UPDATE users SET password = ''
	WHERE email LIKE 'joe%'" '.read sql/schema.sql'
is "$(database "$dir/hot.db" | sed 's/|.*//' | sort -u)" 'error
status 1
warning' '--database: warnings and an error: status 1'
is "$(database "$dir/none.db")" "doctor: there is no file $dir/none.db
status 2" '--database: no such file: status 2'
is "$(MAILFUNC=/no/such sh sql/doctor.sh --database "$db" 2>/dev/null
	echo $?)" 2 '--database: no extension: status 2'
progress=$(script -qec "sqlite3 -batch -init /dev/null '$dir/healthy.db' \
	'.load $top/mailfunc' '.read sql/doctor.sql'" /dev/null </dev/null |
	tr -d '\r')
is "$progress" 'doctor: the file
doctor: passwords
doctor: addresses, maildirs, quotas
doctor: forwardings' 'on a terminal it says how far it is'

# ---- the tables of an older version ----

old() {
	rm -f "$db"
	plain "$db" '.read test/sql/schema/schema-0.1.0.sql' "
		INSERT INTO domains VALUES ('example.com');
		DROP TRIGGER users_insert_check; DROP TRIGGER users_insert_hash;
		DROP TRIGGER users_insert_fill; DROP TRIGGER users_insert_fold;
		INSERT INTO users VALUES ('joe@example.com', '$yescrypt', 1, 'joe/');" \
		'.read test/sql/schema/schema-0.1.0.sql' "${1-}"
}
upgrade='error|users||made by an older version of mailfunc|.read upgrade.sql'
old
is "$(doctor)" "$upgrade" 'a database of 0.1.0'
admin "$db" '.read upgrade.sql' >/dev/null
is "$(doctor)" '' 'remedy: .read upgrade.sql'
old 'DROP TRIGGER users_update_hash; DROP TRIGGER users_update_fill'
is "$(doctor)" "$upgrade
error|users_update_hash||$typed|.read schema.sql" \
	'a database of 0.1.0 without a trigger that hashes'
old 'ALTER TABLE users ADD COLUMN Active INT; ALTER TABLE users ADD COLUMN id'
admin "$db" '.read upgrade.sql' >/dev/null
is "$(doctor)" \
	"error|users|joe@example.com|active is neither 1 nor 0 (no mail, no login)|UPDATE users SET active = 1 WHERE email = 'joe@example.com';" \
	'an active of their own: NULL'
plain "$db" 'UPDATE users SET active = 1'
is "$(doctor)" '' 'an active of their own: 1'
old "ALTER TABLE users ADD COLUMN active NOT NULL DEFAULT 1"
is "$(doctor)" "$upgrade" 'a database of 0.1.0 with an active of their own'

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
	INSERT INTO forwardings VALUES (NULL, 'x'), ('n@example.com', NULL),
	  (x'00', x'00'), ('', ''),
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
null='the source or the destination is NULL|correct it, or DELETE FROM forwardings WHERE source IS'
has "$out" "error|forwardings||$null NULL;" 'damaged rows: a source of NULL'
has "$out" "error|forwardings|n@example.com|$null 'n@example.com';" \
	'damaged rows: a destination of NULL'
lacks "$out" hidden 'damaged rows: no password is shown'
! grep -q '[[:cntrl:]]' <<<"$out"
ok $? 'damaged rows: nothing that a terminal would obey'
rm -f "$db"
plain "$db" 'CREATE TABLE other(x)'
is "$(doctor | grep -c 'missing.*|.read schema.sql')" \
	"$(($(wc -l <<<"$objects") + 6))" \
	'an empty database: all is missing'
is "$(plain "$db" '.read sql/doctor.sql' | sed 's/^.*no such/no such/; /^ /d')" \
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
