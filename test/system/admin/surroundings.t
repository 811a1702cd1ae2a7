#!/usr/bin/env bash
# The scripts of sql/, and tap.sh of these tests, do the same wherever and by
# whomever they are run: what they say and make is compared with what they do
# in ordinary surroundings.
. test/lib/tap.sh

alone && inside=yes || inside=''
place=$bare/place
tree="$dir/a tree"
chmod 0755 "$dir" "$bare"
mkdir -p "$tree/test/lib" "$tree/test/system/admin"
cp -rL sql mailfunc.so "$tree"
cp test/lib/tap.sh "$tree/test/lib"
cp test/system/admin/mysqldump.sql "$tree/test/system/admin"

# A test file as all of these are.
cat >"$tree/test/system/admin/small.t" <<'END_OF_TEST'
. test/lib/tap.sh
db="$dir/mail.db"
is "$(admin "$db" '.read schema.sql' "INSERT INTO domains VALUES ('a.org')" \
	"INSERT INTO users(email, password) VALUES ('I@a.org', CRYPT('x', 'bf', 4))" \
	"INSERT INTO users(email, password) VALUES ('i@b.org', 'x')")" \
	"error: users.email: its domain is not in the table domains, INSERT INTO domains(domain) VALUES ('b.org');" \
	'admin: an error'
is "$(plain "$db" 'SELECT email, maildir FROM users')" 'i@a.org|a.org/i/' plain
is "$(plain "$db" 'SELECT no')" "$(plain "$db" 'SELECT no')" 'an error'
has "$(content "$db")" "INSERT INTO domains VALUES('a.org');" content
held "$db"
released
end
END_OF_TEST

# What each script says and makes, in $place; run in the tree. With a second
# argument, the scripts that take longest, too.
cat >"$dir/all" <<'END_OF_ALL'
place=$1
said() {
	echo "$1: $? $2"
}
sorted() {
	LC_ALL=C sort
}
if [ $# = 2 ]; then
	said demo "$(sh sql/demo.sh "$place/a demo.db" 2>&1 | tail -n 1)"
	said config "$(sh sql/config.sh OUT="$place/config" CHROOT=n \
		MAILDB="$place/mail.db" VMAIL="$place/vmail" 2>&1)"
	(cd "$place/config" && find . -type f -printf '%P %m\n' \
		-exec sha256sum {} + | sorted)
	echo 'and then'
fi
said import "$(sh sql/import-mysql.sh test/system/admin/mysqldump.sql 2>&1 | sha256sum)"
said test "$(bash test/system/admin/small.t 2>&1)"
for script in publish maildirs; do
	said "$script" "$(sh "sql/$script.sh" --help 2>&1 | head -n 5)"
done
said publish "$(sh sql/publish.sh "$place/mail.db" "$place/maps.db" 2>&1)"
said twice "$(sh sql/publish.sh "$place/mail.db" "$place/maps.db" 2>&1)"
said copy "$(sqlite3 -batch -init /dev/null "$place/maps.db" \
	'SELECT * FROM users' 2>&1)"
said maildirs "$(sh sql/maildirs.sh "$place/mail.db" "$place/vmail" 2>&1)"
said store "$(cd "$place/vmail" && find . -printf '%P %m %u\n' 2>&1 | sorted)"
END_OF_ALL

# in_place COMMAND...: what comes of it, in a new place; $who is to own it.
who='' long=''
in_place() {
	rm -rf "$place"
	mkdir -m 0755 "$place" "$place/vmail"
	cp "$bare/mail.db" "$place"
	[ -z "$who" ] || chown -R "$who" "$place"
	[ -n "$who" ] || chown nobody "$place/vmail" 2>/dev/null
	(cd "$tree" && "$@" bash "$dir/all" "$place" $long) 2>&1
}
with() { # UMASK COMMAND...
	umask "$1"
	"${@:2}"
}

admin "$bare/mail.db" '.read schema.sql' "INSERT INTO domains VALUES ('a.org')" \
	"INSERT INTO users(email, password) VALUES ('i@a.org', CRYPT('x', 'bf', 4))"
long=long
ordinary=$(in_place env LC_ALL=C)
is "$(sed -n 's/^demo: //p' <<<"$ordinary" | head -n 1)" \
	'0 All as it should be.' 'ordinary surroundings: the demo'
is "$(grep -c '^test: 0 ok 1\|^ok 2 - plain$\|^ok 3\|^ok 4\|^1\.\.4$' \
	<<<"$ordinary")" 5 'a test'
is "$(grep -c '^config: 0 Written\|^postfix/main.cf 644' <<<"$ordinary")" 2 \
	'the configuration'
is "$(grep '^publish: . $\|^twice\|^copy' <<<"$ordinary")" \
	"${inside:+publish: 0 
twice: 0 
copy: 0 i@a.org|a.org/i/|10485760|1}" 'the published copy, by root'
[ -n "$(type -t maildirmake.courier)" ] &&
	[ "$(stat -c %U "$place/vmail")" = nobody ] &&
	is "$(grep -c '^maildirs: 0 $\|^a.org/i/maildirsize 600 ' \
		<<<"$ordinary")" 2 'the maildirs'

# Turkish has another upper case of i.
LOCPATH=$dir/locale
mkdir "$LOCPATH"
localedef -i tr_TR -f UTF-8 "$LOCPATH/tr_TR.UTF-8" 2>/dev/null ||
	echo '# no sources of locales here: LC_ALL=tr_TR.UTF-8 means C'
export LOCPATH
mkdir "$dir/a temporary folder"
is "$(in_place with 077 env -u HOME TMPDIR="$dir/a temporary folder" \
	LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 TZ=Asia/Kathmandu CDPATH=/:/usr \
	POSIXLY_CORRECT=1 GREP_OPTIONS=-v IFS=/)" "$ordinary" \
	'Turkish, Nepal, umask 077, no home, a TMPDIR with blanks'
is "$(ls -A "$dir/a temporary folder")" '' 'and nothing is left there'
long=''
ordinary=$(sed '1,/^and then$/d' <<<"$ordinary")
if [ -n "$inside" ]; then
	mount --bind "$tree" "$tree" && mount -o remount,bind,ro "$tree"
	is "$(touch "$tree/x" 2>&1 | grep -c 'Read-only')" 1 \
		'the sources can not be written to from here on'
fi
is "$(in_place with 000 env -i PATH=/usr/bin:/bin)" "$ordinary" \
	"umask 000, nothing in the environment but cron's PATH"

# ---- ~/.sqliterc, and other users ----

if [ -n "$inside" ]; then
	is "$(ls -A "$ALONE/home")" .sqliterc 'no history is written'
	is "$(ls "$ALONE/read" 2>/dev/null)" '' "and nobody's .sqliterc is read"
	# It would be, without -init: else the line above says nothing.
	echo 'SELECT 1;' | "$sqlite3" >/dev/null 2>&1
	is "$(ls "$ALONE/read" 2>/dev/null)" "$ALONE/read" 'it is looked for there'
fi
# What root alone can do is left out: publish, and the maildirs' owner.
common() {
	sed '/^publish: [0-9] \(publish.*\)\?$/d; /^twice/d; /^copy/d
		s/ \(nobody\|1234\|4242\|joe\)$/ owner/'
}
if chown daemon "$dir/all" 2>/dev/null; then
	for who in nobody 4242; do
		said=$(in_place setpriv --reuid="$who" --regid=65534 --clear-groups)
		if [ "$who" = 4242 ]; then
			is "$(grep -c 'maildirs: 2 .* which is no account here$' \
				<<<"$said")" 1 "$who: maildirs.sh refuses"
			said=$(sed '/^maildirs: 2/,$d' <<<"$said")
			ordinary=$(sed '/^maildirs: . $/,$d' <<<"$ordinary")
		fi
		is "$(common <<<"$said")" "$(common <<<"$ordinary")" "user $who"
	done
fi
[ -z "$inside" ] || umount -l "$tree"
end
