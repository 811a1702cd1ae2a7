#!/usr/bin/env bash
# sql/push.sh: what it refuses, and what it makes before it asks another
# machine. test/system/mail/nodes.t has the machines.
. test/lib/tap.sh

alone || {
	echo '1..0 # SKIP no namespaces here'
	exit
}
for program in ssh rsync; do
	command -v $program >/dev/null || {
		echo "1..0 # SKIP no $program (test/system/mail/packages)"
		exit
	}
done
db=$bare/mail.db
hosts=$bare/hosts
keep=$bare/keep
# shellcheck disable=SC2016 # the dollars belong to the hash
hash='$5$rounds=1000$salt$ULWLKnhPAE1Dl/JiLRIABCl5lHWnoKdkpeJhYbeSKkA'
umask 022
plain "$db" '.read sql/schema.sql'
admin "$db" "INSERT INTO domains VALUES ('example.com');
	INSERT INTO users(email, password) VALUES ('joe@example.com', '$hash')"
echo 'mx1 mx /srv/maps' >"$hosts"

# run [ARGUMENT...]: what it says, and its status. Of ssh there is what
# $bare/bin has: it says why there is no other machine.
mkdir "$bare/bin"
cat >"$bare/bin/ssh" <<'END'
#!/bin/sh
printf 'ssh: no route to \033[31mhost\\033[31m\\c\r\n' >&2
exit 255
END
chmod 0755 "$bare/bin/ssh"
sed "s|^PATH=|PATH=$bare/bin:|" sql/push.sh >"$bare/push.sh"
cp sql/*.sh sql/*.sql "$bare/bin/"
mv "$bare/push.sh" "$bare/bin/push.sh"
run() {
	local said status
	[ $# != 0 ] || set -- "$db" "$hosts" "$keep"
	said=$(timeout 60 sh "$bare/bin/push.sh" "$@" 2>&1 </dev/null)
	status=$?
	echo "$said${said:+$'\n'}$status"
}

# refused STATUS SENTENCE [ARGUMENT...]
refused() {
	is "$(run "${@:3}")" "push: $2
$1" "refused: $2"
}

# line TEXT WHY: a line of HOSTS that is refused, as its second.
line() {
	printf '# a comment\n%s\n' "$1" >"$bare/bad"
	is "$(run "$db" "$bare/bad" "$keep")" "push: $bare/bad, line 2: $2
push: $bare/bad: nothing was pushed
2" "a line: $1"
}

usage='usage: push.sh MAILDB HOSTS [FOLDER] (absolute paths)'
refused 2 "$usage" "$db"
refused 2 "$usage" "$db" hosts
refused 2 "$usage" "$db" "$hosts" "$keep" x
refused 2 'paths may only have letters, digits and . _ - /' "$db" "$bare/a b"
refused 1 "no such database: $bare/no.db" "$bare/no.db" "$hosts" "$keep"
refused 2 "no such file: $bare/no" "$db" "$bare/no" "$keep"
refused 2 'FOLDER may have 70 letters at most' "$db" "$hosts" \
	"$bare/$(printf '%070d' 0)"
is "$(SECONDS_EACH=soon run)" \
	'push: SECONDS_EACH must be a number from 1 to 99999
2' 'refused: no number of seconds'

name='this is no name of a machine'
path='PATH may only have letters, digits and . _ - /'
line '-oProxyCommand=x mx /srv/maps' "$name"
line 'mx1;reboot mx /srv/maps' "$name"
line "mx\$(id) mx /srv/maps" "$name"
line 'root@mx1 mx /srv/maps' "$name"
line 'mx1 mx /srv/maps;reboot' "$path"
line "mx1 mx /srv/\$HOME" "$path"
line 'mx1 mx /srv/../etc/maps' "$path"
line 'mx1 mx /srv/maps/' "$path"
line 'mx1 mx maps' 'PATH must be absolute, and not in the root folder'
line 'mx1 mx /maps' 'PATH must be absolute, and not in the root folder'
line 'mx1 mx -e/srv/maps' 'PATH must be absolute, and not in the root folder'
line 'mx1 mx /srv/maps hash' 'FORMAT must be sqlite, cdb or lmdb'
line 'mx1 login /srv/mail.db cdb' 'login has no FORMAT'
line 'mx1 write /srv/mail.db' 'ROLE must be mx or login'
line 'mx1 mx /srv/maps cdb now' 'expected NAME ROLE PATH [FORMAT]'
printf 'mx1 mx /srv/maps\nmx1 mx /srv/maps cdb\n?\n' >"$bare/bad"
is "$(run "$db" "$bare/bad" "$keep" | grep -c ', line [23]: ')" 4 \
	'what is there twice, and all bad lines are named'
printf '\n#\n' >"$bare/bad"
refused 2 "$bare/bad: no machine is named" "$db" "$bare/bad" "$keep"
for mode in 0664 0646; do
	chmod $mode "$hosts"
	refused 2 "$hosts must be root's, and nobody else may write to it"
done
chmod 0644 "$hosts"
mkdir "$bare/open"
chmod 0777 "$bare/open"
refused 2 "$bare/open must be root's, and nobody else may write to it" \
	"$db" "$hosts" "$bare/open"
ln -s "$bare/open" "$bare/link"
refused 2 "$bare/link is a symbolic link" "$db" "$hosts" "$bare/link"
is "$(files "$bare/open")" '' 'and nothing was made there'

# ---- the copies ----

printf 'mx1 mx /srv/maps\nimap1 login /srv/mail.db\n' >"$hosts"
lost='not reached (ssh: no route to [31mhost\033[31m\c), will catch up'
is "$(run)" "mx1: $lost
imap1: $lost
1" 'nobody is reached: each is named, with a reason that no terminal obeys'
is "$(stat -c %a "$keep") $(files "$keep" | tr ' ' '\n' |
	grep -v 'lock$\|^$' | tr '\n' ' ')" \
	'700 login.db login.serial maps.db serial sqlite.serial ' \
	'the copies are kept where only root gets at them'
is "$(plain "$keep/login.db" 'SELECT password FROM users;
	PRAGMA journal_mode')" \
	"$hash
delete" 'that for logins has the hash'
is "$(grep -c "rounds=1000" "$keep/maps.db")" 0 'that for mail has none'
before=$(cat "$keep/login.serial" "$keep/sqlite.serial")
run >/dev/null
is "$(cat "$keep/login.serial" "$keep/sqlite.serial")" "$before" \
	'once more: the same copies have the same numbers'
admin "$db" "UPDATE users SET password = '${hash/salt/salz}'"
run >/dev/null
is "$(cat "$keep/sqlite.serial")" "$(tail -n 1 <<<"$before")" \
	'a password: the copy for mail is the same'
ok "$(read -r one _ <"$keep/login.serial"; read -r two _ <<<"$before"
	[ "$one" -gt "$two" ]; echo $?)" 'that for logins has a greater number'
echo 99999999999 >"$keep/serial"
admin "$db" "UPDATE users SET password = '$hash'"
run >/dev/null
is "$(cut -d ' ' -f 1 "$keep/login.serial")" 100000000000 \
	'greater than any before, whatever the clock says'
admin "$db" "DROP TRIGGER users_update_fill; DROP TRIGGER users_update_check;
	UPDATE users SET maildir = NULL"
is "$(run | sed 's/: [A-Z][A-Za-z ]*rror near line [0-9]*: /: /; s/ ([0-9]*);/;/
	s/stepping, //')" "mx1: no copy: publish: CHECK constraint failed: users:\
 one has no maildir; $keep/maps.db is as it was
imap1: $lost
1" 'a database that can not be published: those for mail get nothing'

# ---- systemd's units ----

units mailfunc-push 'Copies for other machines'

for option in --help -h; do
	said=$(sh sql/push.sh $option 2>/dev/null)
	is "$? $(grep -c '^usage: push.sh MAILDB HOSTS \[FOLDER\]$' <<<"$said")" \
		'0 1' "$option is answered on standard output"
done
end
