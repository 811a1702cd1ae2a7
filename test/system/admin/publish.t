#!/usr/bin/env bash
# sql/publish.sh and publish.sql: what is copied and when, what stays as it
# is, whose the copy is, and all that is refused. test/system/mail has what Postfix
# is told.
. test/lib/tap.sh

alone || {
	echo '1..0 # SKIP no namespaces here'
	exit
}
db=$bare/mail.db
out=$bare/out
maps=$out/maps.db
# shellcheck disable=SC2016 # the dollars belong to the hash
hash='$5$rounds=1000$salt$ULWLKnhPAE1Dl/JiLRIABCl5lHWnoKdkpeJhYbeSKkA'
umask 022
# Its own, so that it may be changed.
cp -r sql "$bare/sql"

# run [ARGUMENT...]: what it says, and its status.
run() {
	local said status
	[ $# != 0 ] || set -- "$db" "$maps"
	said=$(timeout 60 sh "$bare/sql/publish.sh" "$@" 2>&1 </dev/null)
	status=$?
	echo "$said${said:+$'\n'}$status"
}

# made [SQL]: a mail database, and a folder for the copy.
made() {
	rm -rf "$db"* "$out"
	mkdir "$out"
	plain "$db" '.read sql/schema.sql' "${1-}"
	admin "$db" "INSERT INTO domains VALUES ('Example.com'), ('example.org');
		INSERT INTO users(email, password, quota) VALUES
		('joe@example.com', '$hash', 1000),
		('ann@example.com', '$hash', 2000);
		INSERT INTO forwardings VALUES
		('info@example.com', 'joe@example.com, ann@example.com');
		INSERT INTO transport VALUES ('example.org', 'smtp:b.example')"
}

# What tells whether the copy was replaced, and whether a run did any work.
copy() {
	stat -c '%i %Z' "$maps"
}
work() {
	stat -c %.9Z "$maps.lock" 2>/dev/null
}

# ---- locks, looked at below: they take their time ----

plain "$bare/busy.db" 'CREATE TABLE domains(domain);
	CREATE TABLE users(email, maildir, quota, active);
	CREATE TABLE forwardings(source, destination);
	CREATE TABLE transport(domain, transport);
	INSERT INTO domains VALUES (1)'
mkdir "$bare/busy"
flock "$bare/busy/a.db.lock" sleep 20 &
(sleep 1; run "$bare/busy.db" "$bare/busy/a.db") >"$bare/gives-up" &
gives_up=$!
(
	held "$bare/busy.db"
	run "$bare/busy.db" "$bare/busy/b.db" 8>&- >"$bare/locked" &
	sleep 12
	released
) &
locked=$!
(sleep 6; run "$bare/busy.db" "$bare/busy/c.db") >"$bare/later" &
later=$!

# ---- what is copied ----

made
is "$(umask 000; run)" 0 'published'
is "$(files "$out") $(stat -c '%U:%G %a' "$maps") $(
	stat -c '%U %a' "$maps.lock")" \
	'maps.db maps.db.lock  root:postfix 640 root 600' \
	"postfix may read it, nobody else, and no more is left"
is "$(plain "$maps" "SELECT * FROM domains; SELECT * FROM users;
	SELECT * FROM forwardings; SELECT * FROM transport;
	SELECT made > datetime('now', '-1 minute'), source, domains, users
	FROM published")" \
"Example.com
example.org
ann@example.com|example.com/ann/|2000|1
joe@example.com|example.com/joe/|1000|1
info@example.com|joe@example.com, ann@example.com
example.org|smtp:b.example
1|$db|2|2" 'with what Postfix asks for'
is "$(grep -c "rounds=1000" "$maps")" 0 'and no hash'
is "$(plain "$maps" "SELECT domain FROM domains WHERE domain = 'eXAMPLE.com';
	SELECT maildir FROM users WHERE email = 'JOE@example.com';
	SELECT 1 FROM forwardings WHERE source = 'Info@Example.com';
	SELECT transport FROM transport WHERE domain = 'EXAMPLE.ORG'")" \
'Example.com
example.com/joe/
1
smtp:b.example' 'in upper and lower case alike'
is "$(plain "$maps" 'PRAGMA journal_mode; PRAGMA integrity_check')" 'delete
ok' 'a copy that needs no second file'

# ---- what is left alone, and when ----

# quiet NAME: nothing is done but looking.
quiet() {
	local before
	before="$(copy) $(work)"
	is "$(run) $(copy) $(work)" "0 $before" "$1"
}
# same NAME: it does its work, and the copy stays.
same() {
	local before worked
	before=$(copy) worked=$(work)
	is "$(run) $(copy)" "0 $before" "$1: the copy stays"
	[ "$(work)" != "$worked" ]
	ok $? "$1: but it was looked into"
}
# anew NAME: the copy is another.
anew() {
	local before
	before=$(stat -c %i "$maps" 2>/dev/null)
	is "$(run)" 0 "$1"
	[ "$(stat -c '%i %U:%G %a' "$maps")" != "$before root:postfix 640" ] &&
		[ "$(stat -c '%U:%G %a' "$maps")" = 'root:postfix 640' ]
	ok $? "$1: a new copy"
}

quiet 'nothing is written, nothing is done'
TIMEFORMAT='%U %S'
took=$( { time for _ in 1 2 3 4 5 6 7 8 9 10; do
	sh "$bare/sql/publish.sh" "$db" "$maps"
done; } 2>&1 | awk '{ print ($1 + $2) * 100 }')
ok "$(awk "BEGIN { print !($took < 50) }")" "which takes $took ms of a core"

admin "$db" "UPDATE users SET password = '${hash/salt/salz}'"
same 'a change of password'
quiet 'once'
# Columns and tables, one by one.
for change in "UPDATE users SET quota = 5 WHERE email LIKE 'joe%'" \
	'UPDATE users SET active = 0' \
	"UPDATE users SET maildir = 'x/y/' WHERE email LIKE 'joe%'" \
	"UPDATE forwardings SET destination = 'joe@example.com'" \
	"UPDATE forwardings SET source = 'x@example.com'" \
	"UPDATE transport SET transport = 'smtp:c.example'" \
	"UPDATE transport SET domain = 'example.com'" \
	"INSERT INTO domains VALUES ('example.net')"; do
	admin "$db" "$change"
	before=$(copy)
	is "$(run) $([ "$(copy)" != "$before" ] && echo new)" '0 new' "$change"
done
is "$(plain "$maps" "SELECT * FROM domains; SELECT * FROM users;
	SELECT * FROM forwardings; SELECT * FROM transport")" \
'Example.com
example.net
example.org
ann@example.com|example.com/ann/|2000|0
joe@example.com|x/y/|5|0
x@example.com|joe@example.com
example.com|smtp:c.example' 'and the copy says so'

# A write that changes no size, at once after the last, in WAL with the
# database held open, so that nothing but the WAL is written.
plain "$db" 'PRAGMA journal_mode = WAL' >/dev/null
held "$db" 'SELECT count(*) FROM users;'
for quota in 1001 1002 1003; do
	echo "UPDATE users SET quota = $quota; SELECT changes();" >&8
	for _ in {1..100}; do
		[ "$(tail -n +3 "$hold.out" | wc -l)" -lt $((quota - 1000)) ] || break
		sleep 0.01
	done
	run >/dev/null 8>&-
	is "$(plain "$maps" 'SELECT DISTINCT quota FROM users' 8>&-)" $quota \
		"WAL: the newest row, $quota"
done
run 8>&- >/dev/null
quiet 'WAL: nothing is written, nothing is done' 8>&-
released
plain "$db" 'PRAGMA journal_mode = DELETE' >/dev/null
run >/dev/null

touch -r "$db" "$dir/time"
plain "$db" 'UPDATE users SET quota = 1005'
touch -r "$dir/time" "$db"
anew 'a write whose time was set back'
cp -p "$db" "$bare/other.db"
is "$(run "$bare/other.db" "$maps") $(plain "$maps" 'SELECT source FROM published')" \
	"0 $bare/other.db" 'the same rows in another database'
anew 'and back'
ln -s mail.db "$bare/link.db"
is "$(run "$bare/link.db" "$maps")" 0 'by a link to the database'
plain "$db" 'UPDATE users SET quota = 1006'
is "$(run "$bare/link.db" "$maps") $(plain "$maps" 'SELECT min(quota) FROM users')" \
	'0 1006' 'what is written there counts'
anew 'by its own name'
echo >>"$bare/sql/publish.sql"
same 'another publish.sql'
echo >>"$bare/sql/publish.sh"
same 'another publish.sh'
sed -i '1s/^.[^ ]*/told x/' "$maps.lock"
same 'another boot'
rm "$maps.lock"
same 'no memory of the last run'

# ---- a copy that isn't what it was ----

rm "$maps"
anew 'a copy that is gone'
: >"$maps"
anew 'an empty one'
cp "$bare/sql/publish.sh" "$maps"
anew 'one that is no database'
plain "$maps" "UPDATE users SET quota = 7"
anew 'one that was written to'
truncate -s -4096 "$maps"
anew 'one that is cut off'
for at in 0 20 97 4000 9000; do
	printf '\377' | dd of="$maps" bs=1 seek=$at conv=notrunc 2>/dev/null
	before=$(stat -c %i "$maps")
	is "$(run) $([ "$(stat -c %i "$maps")" != "$before" ] && echo new) $(
		plain "$maps" 'PRAGMA integrity_check')" '0 new ok' \
		"one with another byte at $at"
done
for mode in 644 600; do
	chmod $mode "$maps"
	anew "a copy of mode $mode"
done
if chown daemon "$maps" 2>/dev/null; then
	anew 'a copy of another owner'
	chgrp daemon "$maps"
	anew 'a copy of another group'
fi
is "$(files "$out")" 'maps.db maps.db.lock ' 'and nothing else is left'

# ---- what is refused, with the copy as it was ----

# refused STATUS SENTENCE [ARGUMENT...]
refused() {
	local before after
	before=$(sha256sum "$db" "$maps")
	is "$(run "${@:3}")" "publish: $2
$1" "refused: $2"
	after=$(sha256sum "$db" "$maps")
	[ "$after" = "$before" ] || is "$after" "$before" 'and nothing changed'
}

usage='usage: publish.sh MAILDB PUBLISHED [FORMAT] (absolute paths)'
refused 2 "$usage" "$db"
refused 2 "$usage" "$db" "$maps" sqlite x
refused 2 'FORMAT must be sqlite, cdb or lmdb' "$db" "$maps" x
refused 2 "$usage" mail.db "$maps"
refused 2 "$usage" "$db" maps.db
is "$(sh sql/publish.sh 2>&1; echo $?)" "publish: $usage
2" 'refused: no argument'
letters='paths may only have letters, digits and . _ - /'
refused 2 "$letters" "$db" "$out/a b"
refused 2 "$letters" "$db'" "$maps"
refused 1 "no such database: $bare/no.db; $maps is as it was" "$bare/no.db" "$maps"
refused 1 "no such database: $bare; $maps is as it was" "$bare" "$maps"
refused 2 "no such folder: $bare/no/" "$db" "$bare/no/maps.db"
refused 2 "$db is the mail database" "$db" "$db"
cp "$db" "$out/x.db.new"
refused 2 "$out/x.db.new is the mail database" "$out/x.db.new" "$out/x.db"
mv "$out/x.db.new" "$out/x.db.lock"
refused 2 "$out/x.db.lock is the mail database" "$out/x.db.lock" "$out/x.db"
rm "$out"/x.db*
cp "$db" "$out/x.db"
refused 2 "$out/x.db is a mail database itself, not a copy of one" "$db" "$out/x.db"
refused 2 "$out/x.db is a mail database itself, not a copy of one" "$maps" "$out/x.db"
rm "$out"/x.db*
for end in '' .new .lock; do
	echo treasure >"$bare/treasure"
	ln -s "$bare/treasure" "$out/x.db$end"
	refused 2 "$out/x.db$end is a symbolic link" "$db" "$out/x.db"
	is "$(cat "$bare/treasure")" treasure "x.db$end: and not followed"
	rm "$out"/x.db*
	mkdir "$out/x.db$end"
	refused 2 "$out/x.db$end is not a file" "$db" "$out/x.db"
	is "$(files "$out")" "maps.db maps.db.lock x.db$end " 'and nothing is made'
	rmdir "$out/x.db$end"
done
for mode in 0775 0757 2770; do
	chmod $mode "$out"
	refused 2 "$out/ must be root's, and nobody else may write to it" \
		"$db" "$out/x.db"
	chmod 0755 "$out"
done
# A folder further up, on the way as it is written, or as it is.
mkdir "$bare/up" "$bare/down"
for way in "$bare/up/copies" "$bare/down/link"; do
	cp -a "$out" "$bare/up/copies"
	ln -sfn "$bare/up/copies" "$bare/down/link"
	for mode in 0775 0757; do
		chmod "$mode" "$bare/up"
		refused 2 "$bare/up must be root's, and nobody else may write to it" \
			"$db" "$way/x.db"
		chmod 0755 "$bare/up"
	done
	chmod 1777 "$bare/up"
	is "$(run "$db" "$way/x.db")" 0 "$way: one like /tmp is none of these"
	rm -r "$bare/up/copies"
done
rm -r "$bare/up" "$bare/down"
if chown daemon "$out" 2>/dev/null; then
	refused 2 "$out/ must be root's, and nobody else may write to it" \
		"$db" "$out/x.db"
	chown root "$out"
	chmod 0755 "$bare"
	is "$(setpriv --reuid=daemon --regid=daemon --clear-groups \
		sh "$bare/sql/publish.sh" "$db" "$out/x.db" 2>&1; echo $?)" \
		"publish: only root can give a copy to postfix; $out/x.db is as it was
1" 'refused: another user'
	for mode in 0700 2750; do
		chmod $mode "$out"
		is "$(run "$db" "$out/x.db")" 0 "a folder of mode $mode"
		rm "$out"/x.db*
	done
fi
chmod 0755 "$out"
is "$(files "$out")" 'maps.db maps.db.lock ' 'and nothing is left'

# fails SQL SENTENCE NAME: no copy of a database where that was done.
fails() {
	cp "$db" "$bare/bad.db"
	plain "$bare/bad.db" "DROP INDEX users_maildir; CREATE TABLE d AS SELECT
		* FROM domains; CREATE TABLE u AS SELECT * FROM users; CREATE TABLE f
		AS SELECT * FROM forwardings; CREATE TABLE t AS SELECT * FROM transport;
		DROP TABLE domains; DROP TABLE users; DROP TABLE forwardings;
		DROP TABLE transport; ALTER TABLE d RENAME TO domains; ALTER TABLE u
		RENAME TO users; ALTER TABLE f RENAME TO forwardings;
		ALTER TABLE t RENAME TO transport; $1" >/dev/null
	local before
	before=$(sha256sum "$maps")
	is "$(run "$bare/bad.db" "$maps" |
		sed 's/[A-Z][A-Za-z ]*rror near line [0-9]*: //
			s/ ([0-9]*); /; /; s/stepping, //')" \
		"publish: $2; $maps is as it was
1" "no copy: $3"
	is "$(sha256sum "$maps") $(files "$out")" \
		"$before maps.db maps.db.lock " 'and the old one stays'
}
check='CHECK constraint failed'
unique='UNIQUE constraint failed'
fails "UPDATE users SET maildir = NULL WHERE email LIKE 'ann%'" \
	"$check: users: one has no maildir" 'a user without a maildir'
fails "UPDATE users SET maildir = '' WHERE email LIKE 'ann%'" \
	"$check: users: one has no maildir" 'a user with an empty one'
fails "UPDATE users SET maildir = 'x/y/'" \
	"$check: users: two have one maildir" 'one maildir of two users'
fails "DELETE FROM domains" "$check: domains: there is none" 'no domain'
fails "INSERT INTO domains VALUES ('EXAMPLE.com')" \
	"$unique: domains.domain" 'a domain twice, in upper and lower case'
fails "INSERT INTO users SELECT upper(email), 'x', 1, email, 1, '' FROM users" \
	"$unique: users.email" 'a user twice, in upper and lower case'
fails "INSERT INTO forwardings VALUES ('X@example.com', 'ann@example.com')" \
	"$unique: forwardings.source" 'a forwarding twice, in upper and lower case'
fails "INSERT INTO transport VALUES ('EXAMPLE.com', 'x')" \
	"$unique: transport.domain" 'a transport twice, in upper and lower case'
fails "DROP TABLE transport" 'no such table: mail.transport' 'no table'
echo 'no database' >"$bare/bad.db"
is "$(run "$bare/bad.db" "$maps" | grep -c \
	"^publish: can't read $bare/bad.db: .*not a database.*; $maps is as it was")" \
	1 'no copy: a file that is no database'
for at in 3 5 9; do
	cp "$db" "$bare/bad.db"
	dd if=/dev/zero of="$bare/bad.db" bs=4096 seek=$at count=1 conv=notrunc \
		2>/dev/null
	is "$(run "$bare/bad.db" "$maps" | grep -c "$maps is as it was")" 1 \
		"no copy: a database whose page $((at + 1)) is damaged"
done

# ---- kinds of databases ----

made "PRAGMA encoding = 'UTF-8'"
rm "$db"
plain "$db" "PRAGMA encoding = 'UTF-16be'" '.read sql/schema.sql'
admin "$db" "INSERT INTO domains VALUES ('example.com');
	INSERT INTO users(email, password) VALUES ('joe@example.com', '$hash')"
is "$(run) $(plain "$maps" 'SELECT maildir FROM users')" '0 example.com/joe/' \
	'a database in UTF-16'
quiet 'UTF-16: nothing is written, nothing is done'
# A writer is killed when pages have reached the file already.
made
run >/dev/null
held "$db" "PRAGMA cache_size = 1; BEGIN; UPDATE users SET quota = 9;
	CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
	SELECT i + 1 FROM n WHERE i < 999) SELECT hex(zeroblob(99)) FROM n;"
disown "$holder"
kill -KILL "$holder"
while kill -0 "$holder" 2>/dev/null; do sleep 0.05; done
released
ok "$([ -s "$db-journal" ]; echo $?)" 'a killed writer left a journal'
is "$(run) $(plain "$maps" 'SELECT sum(quota) FROM users') $(
	ls "$db-journal" 2>/dev/null)" '0 3000 ' 'nothing of it is published'
quiet 'and once it is undone, nothing is done'

# ---- the locks, as they were met meanwhile ----

wait "$gives_up" "$locked" "$later"
is "$(cat "$bare/gives-up")" \
"publish: another publish.sh has been running for 15 seconds; $bare/busy/a.db is as it was
1" 'another publish.sh that does not end: it gives up'
is "$(sed 's/: Error: in prepare,/:/; s/ ([0-9]*);/;/' "$bare/locked")" \
"publish: can't read $bare/busy.db: database is locked; $bare/busy/b.db is as it was
1" 'a locked database: after a while it gives up'
is "$(cat "$bare/later")" 0 'one that is locked for some seconds is waited for'
is "$(files "$bare/busy")" 'a.db.lock b.db.lock c.db c.db.lock ' \
	'and nothing else is left'
exec 7>>"$maps.lock"
plain "$db" 'UPDATE users SET quota = 10'
flock 7
(run) 7>&- >"$bare/waits" &
waits=$!
sleep 0.5
ok "$(kill -0 $waits; echo $?)" 'another publish.sh is at work: it waits'
exec 7>&-
wait $waits
is "$(cat "$bare/waits") $(plain "$maps" 'SELECT sum(quota) FROM users')" \
	'0 20' 'for a while'

# ---- on the disk before the name, help, progress ----

if command -v strace >/dev/null; then
	plain "$db" 'UPDATE users SET quota = 12'
	strace -f -qq -e trace=fsync,/^rename -e signal=none -o "$bare/trace" \
		sh "$bare/sql/publish.sh" "$db" "$maps"
	is "$(sed '/EEXIST/d; s/^[0-9]* *//; s/[(].*//; s/at$//' "$bare/trace" |
		tr '\n' ' ')" 'fsync rename fsync ' 'on the disk before it has its name'
else
	ok 0 'on the disk before it has its name # SKIP no strace'
fi
units mailfunc-publish 'Postfix reads the database, or a copy of it'
for option in --help -h; do
	said=$(sh sql/publish.sh $option 2>/dev/null)
	is "$? $(grep -c '^usage: publish.sh MAILDB PUBLISHED \[FORMAT]$' <<<"$said")" '0 1' \
		"$option is answered on standard output"
done
is "$(tail -n 1 <<<"$said" | grep -c '2 a bad argument')" 1 \
	'help: no more than the head'
plain "$bare/slow.db" "CREATE TABLE domains(domain);
	CREATE TABLE forwardings(source, destination);
	CREATE TABLE transport(domain, transport);
	INSERT INTO domains VALUES ('example.com');
	CREATE VIEW users AS SELECT 'joe@example.com' AS email, 'x/' AS maildir,
		1 AS quota, i > 0 AS active FROM (WITH RECURSIVE n(i) AS (SELECT 1
		UNION ALL SELECT i + 1 FROM n WHERE i < 4000000) SELECT max(i) AS i
		FROM n)"
said=$(script -qec "sh '$bare/sql/publish.sh' '$bare/slow.db' '$maps'" \
	/dev/null </dev/null)
ok "$(grep -q '^publish: [0-9]* of about [0-9]* MiB are written' <<<"$said"
	echo $?)" 'on a terminal it says how far it is'
end
