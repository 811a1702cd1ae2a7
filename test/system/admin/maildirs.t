#!/usr/bin/env bash
# sql/maildirs.sh: the maildirs and quotas of all users, made by nobody but
# the account that owns the mail; who can't be served is named, and the others
# are. As root it hands the work to that account, else it has to be run by it.
. test/lib/tap.sh

command -v maildirmake.courier >/dev/null || {
	echo '1..0 # SKIP no maildirmake.courier here (test/system/mail/packages)'
	exit
}
owner=$(id -un 2>/dev/null || id -u)
[ "$(id -u)" != 0 ] || owner=nobody
db=$bare/mail.db
vmail=$bare/vmail
chmod 0755 "$bare"

# as_owner COMMAND...
as_owner() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u "$owner" -- "$@"
	else
		"$@"
	fi
}

# made ROW...: a database of these users (email, quota, maildir), without a
# trigger that would refuse them, and an empty mail store.
made() {
	rm -rf "$db" "$vmail"
	mkdir -m 0755 "$vmail"
	[ "$(id -u)" != 0 ] || chown "$owner" "$vmail"
	for row; do
		echo "INSERT INTO users VALUES ($row);"
	done | plain "$db" -cmd 'CREATE TABLE users(email, quota, maildir)'
}

# run [ARGUMENT...]: what it says, and its status, within 30 seconds.
run() {
	local out status
	[ $# != 0 ] || set -- "$db" "$vmail"
	out=$(timeout 30 sh sql/maildirs.sh "$@" 2>&1 </dev/null)
	status=$?
	echo "$out${out:+$'\n'}$status"
}

# The mail store: what is where, with mode and owner, and every quota.
store() {
	(cd "$vmail" && find . ! -name . -printf '%P %y %m %u\n' | sort)
}
quota() {
	head -n 1 "$vmail/$1/maildirsize" 2>/dev/null || echo none
}

# ---- all is well ----

made "'joe@example.com', 1000, 'example.com/joe/'" \
	"'ann@example.com', 0, 'example.com/ann/'" \
	"'v@example.com', 2000, '-v/x/'" "'one@example.com', NULL, 'one/'" \
	"'blank@example.com', 3000, 'x y/q|w  z/'" "'s@example.com', 1, 'a\\b/\$(id)/'"
is "$(umask 000; run)" 0 'all are served, and nothing is said'
is "$(store | grep -v 'cur\|new\|tmp')" "-v d 700 $owner
-v/x d 700 $owner
-v/x/maildirsize f 600 $owner
a\\b d 700 $owner
a\\b/\$(id) d 700 $owner
a\\b/\$(id)/maildirsize f 600 $owner
example.com d 700 $owner
example.com/ann d 700 $owner
example.com/joe d 700 $owner
example.com/joe/maildirsize f 600 $owner
one d 700 $owner
x y d 700 $owner
x y/q|w  z d 700 $owner
x y/q|w  z/maildirsize f 600 $owner" 'only the owner may enter, whatever the umask'
is "$(store | grep 'one/')" "one/cur d 700 $owner
one/new d 700 $owner
one/tmp d 700 $owner" 'a maildir is one'
is "$(quota example.com/joe) $(quota example.com/ann) $(quota -v/x) $(quota 'x y/q|w  z')" \
	'1000S none 2000S 3000S' 'quotas are in it, where there is one'
before=$(find "$vmail" -printf '%p %i %C@ %s\n' | sort)
is "$(run)" 0 'once more'
is "$(find "$vmail" -printf '%p %i %C@ %s\n' | sort)" "$before" \
	'and nothing is touched'
plain "$db" "UPDATE users SET quota = CASE quota WHEN 1000 THEN 0 ELSE 10 END"
is "$(run)" 0 'other quotas'
is "$(quota example.com/joe) $(quota example.com/ann) $(quota -v/x)" \
	'none 10S 10S' 'a quota of 0 lifts it, another is written'

# ---- who can't be served is named, and the others are ----

made "'nt@example.com', 5, 'example.com/notmp/'" \
	"'nn@example.com', 5, 'example.com/nonew/'" \
	"'nc@example.com', 5, 'example.com/nocur/'" \
	"'ro@example.com', 5, 'example.com/readonly/'" \
	"'file@example.com', 5, 'file/x/'" "'flat@example.com', 5, 'flat/'" \
	"'null@example.com', 5, NULL" "'none@example.com', 5, ''" \
	"'blob@example.com', 5, x'61622f'" \
	"'up@example.com', 5, '../up/'" "'mid@example.com', 5, 'a/../../up/'" \
	"'dot@example.com', 5, 'a/.b/'" "'abs@example.com', 5, '$bare/abs/'" \
	"'two@example.com', 5, 'a//b/'" "'end@example.com', 5, 'a/b'" \
	"'nl' || char(10) || '@example.com', 5, 'x/' || char(10) || '0|evil/'" \
	"'tab@example.com', 5, 'x' || char(9) || '/'" \
	"'del@example.com', 5, 'x' || char(127) || '/'" \
	"'nul@example.com', 5, 'x/' || char(0) || '/'" \
	"'csi' || char(155) || '@example.com', 5, 'x' || char(155) || '/'" \
	"'m@example.com', '10M', 'example.com/m/'" \
	"'minus@example.com', -5, 'example.com/minus/'" \
	"'size@example.com', 5, 'example.com/size/'" \
	"'last@example.com', 5, 'example.com/last/'"
# shellcheck disable=SC2016 # the inner shell expands it
as_owner sh -c 'cd "$1"; umask 077
	mkdir -p example.com/notmp/cur example.com/notmp/new
	mkdir -p example.com/nonew/cur example.com/nonew/tmp
	mkdir -p example.com/nocur/new example.com/nocur/tmp
	maildirmake.courier example.com/readonly
	maildirmake.courier example.com/size
	mkdir example.com/size/maildirsize
	chmod 0500 example.com/readonly/tmp
	echo >file
	echo >flat' sh "$vmail"
path='its maildir is not a path as in example.com/joe/'
control='its maildir has a control byte'
out=$(run)
is "$out" "maildirs: example.com/notmp/: is no maildir of $owner: no tmp/ to write to
maildirs: example.com/nonew/: is no maildir of $owner: no new/ to write to
maildirs: example.com/nocur/: is no maildir of $owner: no cur/ to write to
maildirs: example.com/readonly/: is no maildir of $owner: no tmp/ to write to
maildirs: file/x/: can't be made: mkdir: cannot create directory './file': File exists
maildirs: flat/: can't be made: maildirmake: ./flat/: File exists
maildirs: \"null@example.com\": it has no maildir
maildirs: \"none@example.com\": it has no maildir
maildirs: \"blob@example.com\": it has no maildir
maildirs: \"up@example.com\": $path
maildirs: \"mid@example.com\": $path
maildirs: \"dot@example.com\": $path
maildirs: \"abs@example.com\": $path
maildirs: \"two@example.com\": $path
maildirs: \"end@example.com\": $path
maildirs: \"nl\\n@example.com\": $control
maildirs: \"tab@example.com\": $control
maildirs: \"del@example.com\": $control
maildirs: \"nul@example.com\": $control
maildirs: x'637369C29B406578616D706C652E636F6D': $control
maildirs: \"m@example.com\": its quota is not a number of bytes
maildirs: example.com/size/: the quota can't be written
1" 'who can not be served is named, and the status is 1'
is "$(quota example.com/last) $(quota example.com/minus)" '5S none' \
	'the others are served'
is "$(cd "$bare" && echo ./* vmail/* vmail/example.com/*)" \
	"./mail.db ./vmail vmail/example.com vmail/file vmail/flat $(
		cd "$vmail" && echo example.com/{last,minus,nocur,nonew,notmp,readonly,size} |
		sed 's|[^ ]*/|vmail/&|g')" \
	'and nothing else is made'
rm -rf "$vmail/example.com/readonly"

# ---- what root is never made to do ----

if [ "$(id -u)" = 0 ]; then
	mkdir -m 0755 "$bare/roots"
	made "'joe@example.com', 5, 'example.com/joe/'" \
		"'out@example.com', 5, 'out/x/'"
	runuser -u nobody -- ln -s "$bare/roots" "$vmail/out"
	ln -s "$vmail" "$bare/link"
	is "$(run "$db" "$bare/link")" \
		"maildirs: out/x/: can't be made: maildirmake: ./out/x/: Permission denied
1" "a link into a folder of root's, behind a link to the mail store"
	is "$(find "$bare/roots" -printf '%P%u') $(quota example.com/joe)" \
		'root 5S' 'is not followed, and the others are served'
	ln -s "$bare/roots" "$bare/rootlink"
	for folder in "$bare/roots" "$bare/rootlink"; do
		is "$(run "$db" "$folder")" "maildirs: $bare/roots belongs to root; \
it must belong to the account that owns the mail, chown it
2" "refused: ${folder##*/}"
	done
	ln -s "$vmail" "$bare/roots/inside"
	chown -h nobody "$bare/roots/inside"
	mkdir "$bare/stray"
	chown 4242424 "$bare/stray"
	is "$(run "$db" "$bare/stray")" "maildirs: $bare/stray belongs to uid \
4242424, which is no account here
2" 'refused: a folder of nobody that is known'
	is "$(files "$bare/roots") $(files "$bare/stray")" 'inside  ' \
		'and nothing is made there'
	cp sql/maildirs.sh "$bare"
	is "$(runuser -u daemon -- sh "$bare/maildirs.sh" "$db" "$vmail" 2>&1
		echo $?)" 'maildirs: only root and nobody can do this
2' 'refused: another user'
	rm -rf "$vmail/example.com"
	is "$(runuser -u nobody -- sh "$bare/maildirs.sh" "$db" "$vmail" 2>&1
		echo $?) $(quota example.com/joe)" \
		"maildirs: out/x/: can't be made: maildirmake: ./out/x/: Permission denied
1 5S" 'the owner of the mail may run it, too'
	chmod 0711 "$vmail"
	rm -rf "$vmail/example.com"
	is "$(env -i PATH=/usr/bin:/bin HOME=/ timeout 30 /bin/sh \
		"$bare/maildirs.sh" "$db" "$vmail" 2>&1 | grep -c runuser)" 0 \
		"cron's PATH: runuser is found"
	is "$(quota example.com/joe)" 5S 'and does its work'
fi

# ---- the database ----

made "'joe@example.com', 5, 'example.com/joe/'"
plain "$bare/foreign.db" 'CREATE TABLE people(name)'
out=$(run "$bare/foreign.db" "$vmail")
has "$out" 1 'a foreign database: status 1'
ok "$(grep -q "^maildirs: can't read $bare/foreign.db: .*no such table: users" \
	<<<"$out"; echo $?)" 'a foreign database: it says so'
mkdir -p "$bare/elsewhere/-vmail" "$bare/temporary"
(cd "$bare" && mv mail.db ./-mail.db && ln -s "$vmail" ./-vmail
	CDPATH=$bare/elsewhere TMPDIR=$bare/temporary timeout 30 \
		sh "$top/sql/maildirs.sh" -mail.db -vmail)
is "$? $(quota example.com/joe)" '0 5S' \
	'relative paths that begin with a hyphen, and a CDPATH'
is "$(files "$bare/temporary")" '' 'no temporary file is left'
mv "$bare/-mail.db" "$db"

rm -rf "$vmail/example.com"
held "$db"
began=$SECONDS
(sleep 4; run) 8>&- >"$bare/later" &
is "$(run 8>&- | sed 's/: Error: in prepare,/:/; s/ ([0-9]*)$//')" \
	"maildirs: can't read $db: database is locked
1" 'a locked database: it gives up'
ok "$((SECONDS - began < 8))" 'but not before some seconds are over'
released
wait
is "$(cat "$bare/later") $(quota example.com/joe)" '0 5S' \
	'one that is locked for some seconds is waited for'

# ---- arguments, help, progress ----

usage='maildirs: usage: maildirs.sh MAILDB VMAIL (a file, a folder)
2'
is "$(run "$db")" "$usage" 'one argument'
is "$(run "$db" "$vmail" x)" "$usage" 'three'
is "$(timeout 9 sh sql/maildirs.sh 2>&1; echo $?)" "$usage" 'none'
is "$(run "$bare/no.db" "$vmail")" "maildirs: no such database: $bare/no.db
2" 'no such database'
is "$(ls "$bare/no.db" 2>/dev/null)" '' 'none is made'
is "$(run "$vmail" "$vmail")" "maildirs: no such database: $vmail
2" 'a folder for a database'
is "$(run "$db" "$bare/no")" "maildirs: no such folder: $bare/no
2" 'no such folder'
for option in --help -h; do
	out=$(sh sql/maildirs.sh $option 2>/dev/null)
	is "$? $(grep -c '^usage: maildirs.sh MAILDB VMAIL$' <<<"$out")" '0 1' \
		"$option is answered on standard output"
done
is "$(tail -n 1 <<<"$out" | grep -c '2 a bad argument')" 1 \
	'help: no more than the head'

plain "$db" "WITH RECURSIVE n(i) AS
	(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
	INSERT INTO users SELECT 'x', 1, '' FROM n"
out=$(script -qec "sh sql/maildirs.sh '$db' '$vmail'" /dev/null </dev/null)
is "$(grep -ao 'maildirs: [0-9]* of [0-9]* users' <<<"$out" | tr '\n' ' ')" \
	'maildirs: 1000 of 2001 users maildirs: 2000 of 2001 users ' \
	'on a terminal it says how far it is'
lacks "$(run)" ' of 2001' 'elsewhere it does not'

# ---- a list on standard input ----

made
listed() { # TEXT
	printf '%b' "$1" | timeout 30 sh sql/maildirs.sh - "$vmail" 2>&1
	echo $?
}
is "$(listed '10485760|a.org/joe/\n0|a.org/ann/\nend\n')" 0 'a list'
is "$(ls "$vmail/a.org")" $'ann\njoe' 'all of it'
for cut in '' '10485760|a.org/eve/\n' '10485760|a.org/eve/\n10485760|new.org/' \
	'10485760|a.org/eve/\nen'; do
	is "$(listed "$cut" | tail -n 1)" 1 "cut off: status 1"
done
has "$(listed '')" 'maildirs: the list was cut off, its last line must be end' \
	'and that is said'
lacks "$(ls "$vmail/a.org")" new 'what has no end is no maildir'
is "$(ls "$vmail")" a.org 'nor is a domain'
end
