#!/usr/bin/env bash
# The commands of the chapter "Backup and restore": while somebody writes, with a
# disk that is full, with readers, and with files that are no backup. They are
# run as they stand, in folders of this test. test/system/mail has what the daemons
# notice.
# shellcheck source=test/lib/tap.sh
. test/lib/tap.sh

alone || {
	echo '1..0 # SKIP no namespaces here'
	exit
}
db=$bare/mail/mail.db
copy=$bare/backup/mail.db
umask 022

# block N: the Nth block for the shell of that chapter. Nothing is published.
block() {
	perl test/lib/docs.pl 'Backup and restore' |
		awk -v n="$1" '/^```/ { inside = /^```sh$/; i += inside; next }
			inside && i == n' |
		sed "s|/srv/|$bare/|g; /publish\\.sh/d"
}
block 1 >"$bare/backup.sh"
block 2 >"$bare/restore.sh"

# run SCRIPT: what it says, and its status.
run() {
	local said status
	said=$(timeout 60 bash "$bare/$1.sh" 2>&1 </dev/null)
	status=$?
	echo "$said${said:+$'\n'}$status"
}

# made [SQL]: a mail database of many pages, in which each user has the same
# quota, and transport says which that is.
made() {
	rm -rf "$bare/mail" "$bare/backup"
	mkdir "$bare/mail"
	plain "$db" 'PRAGMA page_size = 512' '.read sql/schema.sql' \
		"${1-}" >"$bare/said"
	admin "$db" '.bail on' "INSERT INTO domains VALUES ('example.com');
		INSERT INTO users(email, password, quota)
		  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		  SELECT 'u' || i || '@example.com', '{SHA}' ||
		  '5en6G6MezRroT3XKqkdPOmY/BfQ=', 0 FROM n;
		INSERT INTO transport VALUES ('example.com', 'smtp:0')"
}

# asked DATABASE SQL: from beside the writer.
asked() {
	plain -readonly -cmd '.timeout 20000' "$1" "$2"
}

# What must hold at every moment.
state() {
	asked "$1" 'SELECT count(*), count(DISTINCT quota),
		sum(transport = '"'smtp:' || quota"') FROM users, transport'
}

# number DATABASE: of the last commit it knows.
number() {
	asked "$1" 'SELECT max(quota) FROM users'
}

# writes DATABASE: 20 transactions in a second, until the file stop is there.
writes() {
	local n=0
	while [ ! -e "$bare/stop" ]; do
		n=$((n + 1))
		echo "BEGIN IMMEDIATE; UPDATE users SET quota = $n;
			UPDATE transport SET transport = 'smtp:$n'; COMMIT;"
		sleep 0.05
	done | "$sqlite3" -batch -bail -init /dev/null -cmd '.timeout 20000' "$1"
	echo $? >"$bare/stopped"
}

# ---- while somebody writes ----

# under_load NAME: 8 backups, with at least 40 commits between first and last.
under_load() {
	local good=0 whole=0 private=0 n=0 first last before=-1 newer=0
	rm -f "$bare/stop"
	writes "$db" &
	first=$(number "$db")
	while [ "$n" -lt 8 ] || [ "$(number "$db")" -lt $((first + 40)) ]; do
		n=$((n + 1))
		[ "$n" -lt 200 ] || break
		[ "$(run backup)" = $'ok\n0' ] && good=$((good + 1))
		[ "$(state "$copy")" = '3000|1|3000' ] && whole=$((whole + 1))
		[ "$(stat -c %a "$copy")" = 600 ] && private=$((private + 1))
		last=$(number "$copy")
		[ "$last" -ge "$before" ] && newer=$((newer + 1))
		before=$last
		sleep 0.1
	done
	touch "$bare/stop"
	wait
	echo "# $n backups, commits $first to $(number "$db")"
	is "$good" "$n" "$1: each backup says ok"
	is "$whole" "$n" 'and holds the database as it was at one moment'
	is "$newer" "$n" 'none older than the one before'
	is "$private" "$n" 'for its owner only, whatever the umask'
	is "$(cat "$bare/stopped")" 0 'the writer was never refused'
	[ "$last" -gt "$first" ] && [ "$(number "$db")" -ge $((first + 40)) ]
	ok $? 'it wrote all the time'
}

made
under_load 'DELETE mode'
is "$(stat -c %a "$bare/backup")" 700 'the folder is for its owner only'
is "$(files "$bare/backup")" 'mail.db ' 'nothing else is in it'
is "$(run backup; content "$copy" | cksum)" \
	$'ok\n0\n'"$(content "$db" | cksum)" \
	'when nobody writes, it is the same'

# Its pages are in the file already: with so small a cache they have to be.
held "$db" 'PRAGMA cache_size = 1; BEGIN; UPDATE users SET quota = 1;'
(sleep 1; run backup >"$bare/said") 8>&- &
waits=$!
sleep 2
released
wait "$waits"
is "$(cat "$bare/said"; state "$copy")" $'ok\n0\n3000|1|3000' \
	'a transaction that is under way, and undone, is not in it'

made 'PRAGMA journal_mode = WAL'
under_load 'WAL mode'
is "$(files "$bare/backup")" 'mail.db ' 'nothing else is in it'
held "$db" "BEGIN; UPDATE users SET
	quota = 7; UPDATE transport SET transport = 'smtp:7'; COMMIT;"
is "$(run backup; number "$copy")" $'ok\n0\n7' 'what only the WAL has is in it'
released

# ---- what is no backup gets no name ----

made
run backup >"$bare/said"
kept=$(cksum <"$copy")
# refused NAME: what is there now isn't taken for a backup.
refused() {
	local said
	said=$(run backup)
	fails "$said" "$1"
	is "$(cksum <"$copy")" "$kept" 'and the backup that is there stays'
}

# fails SAID NAME: it failed, and said why.
fails() {
	[ "${1##*$'\n'}" != 0 ] && grep -q '^Error: ' <<<"$1"
	ok $? "$2"
	echo "# ${1//$'\n'/; }"
}

mv "$db" "$db.away"
refused 'without a database: a failure'
[ ! -e "$db" ]
ok $? 'and none is made'
plain "$db" 'CREATE TABLE other(a)'
refused 'with another database: a failure'
head -c 100000 "$db.away" >"$db"
refused 'with half of one: a failure'
mv "$db.away" "$db"

# Room for one and a half.
cp "$copy" "$bare/kept.db"
size=$(($(stat -c %s "$db") * 3 / 2048))
mount -t tmpfs -o "size=${size}k,mode=700" tmpfs "$bare/backup"
cp -p "$bare/kept.db" "$copy"
refused 'on a disk that is full: a failure'
echo 'half a page' >"$bare/backup/new.db"
mount -o "remount,size=$((size * 2))k" "$bare/backup"
is "$(run backup)" $'ok\n0' 'with room again: all is well'
is "$(files "$bare/backup")" 'mail.db ' 'and nothing is left of the failure'
umount "$bare/backup"

# ---- restored into the same file, under a reader ----

# reads DATABASE: a shell that keeps it open; ask it by `asks SQL`.
reads() {
	mkfifo "$bare/reader"
	"$sqlite3" -batch -init /dev/null -cmd '.timeout 10000' "$1" \
		<"$bare/reader" >"$bare/answers" 2>&1 &
	exec 7>"$bare/reader"
}
asks() {
	local n
	n=$(($(wc -l <"$bare/answers") + 1))
	echo "$1" >&7
	for _ in {1..200}; do
		[ "$(wc -l <"$bare/answers")" -lt "$n" ] || break
		sleep 0.05
	done
	tail -n 1 "$bare/answers"
}

# restored NAME: from a backup taken when the quota was 0.
restored() {
	local before want
	run backup >"$bare/said"
	want=$(content "$db" | cksum)
	chown 1234:1234 "$db" 2>/dev/null
	chmod 0640 "$db"
	before=$(stat -c '%i %u %g %a' "$db")
	plain "$db" "UPDATE users SET quota = 9; DELETE FROM transport;
		INSERT INTO transport VALUES ('example.com', 'smtp:9')"
	reads "$db"
	is "$(asks 'SELECT max(quota) FROM users;')" 9 \
		"$1: the reader has the new rows"
	is "$(run restore)" $'ok\n0' 'restored'
	is "$(asks 'SELECT max(quota) FROM users;')" 0 \
		'it has the restored ones, and has not opened anything'
	exec 7>&-
	wait
	rm "$bare/reader"
	is "$(content "$db" | cksum)" "$want" 'every row is that of the backup'
	is "$(plain "$db" 'PRAGMA integrity_check')" ok 'and the file is sound'
	is "$(stat -c '%i %u %g %a' "$db")" "$before" \
		'it is the same file, with its owner and mode'
}
made
restored 'DELETE mode'
held "$db" 'BEGIN IMMEDIATE; UPDATE users SET quota = 5;'
(run restore >"$bare/said") 8>&- &
waits=$!
sleep 3
released
wait "$waits"
is "$(cat "$bare/said"; number "$db")" $'ok\n0\n0' \
	'it waits for somebody who writes'
made 'PRAGMA journal_mode = WAL'
restored 'WAL mode'
is "$(plain "$db" 'PRAGMA journal_mode')" wal 'it is in WAL mode still'
rm -rf "$bare/backup"
plain "$db" 'PRAGMA journal_mode = DELETE' >"$bare/said"

# ---- what is no backup isn't restored ----

# not_restored NAME: from what is there as the backup.
not_restored() {
	local before said
	before=$(cksum <"$db")
	said=$(run restore)
	fails "$said" "refused: $1"
	is "$(cksum <"$db")" "$before" 'and the database is as it was'
}
mkdir "$bare/backup"
not_restored 'a backup that is not there'
[ ! -e "$copy" ]
ok $? 'and none is made'
: >"$copy"
not_restored 'an empty file'
echo 'This is a letter, and no database at all.' >"$copy"
not_restored 'a text'
rm "$copy"
plain "$copy" 'CREATE TABLE other(a)'
not_restored 'another database'
head -c 100000 "$db" >"$copy"
not_restored 'half a backup'
cp "$db" "$copy"
dd if=/dev/zero of="$copy" bs=512 seek=300 count=9 conv=notrunc 2>/dev/null
not_restored 'a backup with a hole'
cp "$db" "$copy"
mv "$db" "$db.away"
fails "$(run restore)" 'refused: into a file that is not there'
[ ! -e "$db" ]
ok $? 'and none is made'

end
