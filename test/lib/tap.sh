# shellcheck shell=bash
# tap.sh - what tests in bash have in common; they source it
#
# Run from the repository's root. $dir is removed at the end, and so is $bare,
# for those who take no path with a blank, which $dir may have.
set -u
export LC_ALL=C

sqlite3=${SQLITE3:-sqlite3}
top=$PWD
dir=$(mktemp -d) || exit 1
bare=$(mktemp -d /tmp/mailfunc.XXXXXX) || exit 1
trap 'rm -rf "$dir" "$bare"' EXIT
count=0

# ok STATUS NAME: one TAP line.
ok() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - ${2//#/\\#}"
	else
		echo "not ok $count - ${2//#/\\#}"
	fi
}

# is GOT WANTED NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3"
	[ "$1" = "$2" ] || diff <(echo "$2") <(echo "$1") | sed 's/^/# /'
}

# has TEXT LINE NAME: is the whole line among those of the text?
has() {
	grep -qxF -- "$2" <<<"$1"
	ok $? "$3"
	grep -qxF -- "$2" <<<"$1" || echo "# no line: $2"
}

# lacks TEXT PART NAME
lacks() {
	! grep -qF -- "$2" <<<"$1"
	ok $? "$3"
}

# The shell with the extension, in the folder of the SQL files, on a database
# and some commands. The line numbers of errors are left out.
admin() {
	local db=$1
	shift
	(cd "${folder:-sql}" && "$sqlite3" -batch -init /dev/null \
		-cmd ".load '$top/mailfunc'" "$db" "$@" 2>&1) |
		sed 's/^[A-Za-z ]*rror.* near line [0-9]*\( of [^:]*\)\?: /error: /
			s/^Error: \(in prepare, \|stepping, \)\?/error: /
			s/^error: stepping, /error: /; s/ ([0-9]*)$//'
}

# The shell without the extension.
plain() {
	"$sqlite3" -batch -init /dev/null "$@" 2>&1
}

# What is in a database, as one text.
content() {
	plain "$1" .dump
}

# held DB: somebody has it to himself, until released. Without 8, or whoever is
# started meanwhile holds it as well.
held() {
	hold=$(mktemp -u "$bare/hold.XXXXXX")
	mkfifo "$hold"
	"$sqlite3" -batch -init /dev/null "$1" <"$hold" >"$hold.out" 2>&1 &
	holder=$!
	exec 8>"$hold"
	echo "${2-BEGIN EXCLUSIVE;} SELECT 'now';" >&8
	for _ in {1..100}; do
		[ ! -s "$hold.out" ] || break
		sleep 0.05
	done
}

released() {
	exec 8>&-
	wait "$holder" 2>/dev/null
	rm "$hold" "$hold.out"
}

# alone: go on in namespaces of its own, where what is done to the machine is
# not: with root, whose home is $HOME and who has a file .sqliterc there that
# breaks whatever reads it; a group postfix; an account joe; and no Postfix
# that could be told anything. Fails where namespaces are refused.
alone() {
	[ -z "${ALONE-}" ] || return 0
	# In a user's own namespace nobody but root is known.
	local user='' number=64999
	[ "$(id -u)" = 0 ] || user=-r number=0
	# shellcheck disable=SC2086 # no word, or one
	unshare -m $user true 2>/dev/null || return
	{ [ "$number" != 0 ] && grep '^postfix:' /etc/group ||
		echo "postfix:x:$number:"
		grep -v '^postfix:' /etc/group; } >"$dir/group"
	{ echo "root:x:0:0:root:$dir/home:/bin/sh"
		echo 'joe:x:1234:1234:Joe:/nonexistent:/bin/false'
		grep -v '^root:\|^joe:' /etc/passwd; } >"$dir/passwd"
	mkdir "$dir/home"
	printf '%s\n' ".shell touch '$dir/read'" '.headers on' '.mode box' \
		>"$dir/home/.sqliterc"
	# shellcheck disable=SC2016,SC2086 # the inner shell expands these
	ALONE=$dir HOME=$dir/home unshare -m $user bash -c '
		mount --bind "$1/group" /etc/group
		mount --bind "$1/passwd" /etc/passwd
		postfix=$(PATH=$PATH:/usr/sbin command -v postfix) &&
			mount --bind /dev/null "$postfix"
		exec bash "$2"' bash "$dir" "$0"
	exit
}

# files FOLDER: what is in it, in one line.
files() {
	(cd "$1" && find . ! -name . -printf '%P ' | tr ' ' '\n' | sort |
		grep . | tr '\n' ' ')
}

# units NAME CHAPTER: systemd takes the units of that name, and the service runs
# what the chapter's line for cron does.
units() {
	local start
	if command -v systemd-analyze >/dev/null; then
		cp "$top/sql/systemd/$1".* "$bare/"
		sed -i "s|/usr/share/mailfunc/|$top/sql/|" "$bare/$1.service"
		is "$(cd "$bare" && timeout 60 systemd-analyze verify "$1.service" \
			"$1.path" "$1.timer" 2>&1 | grep "$1")" '' \
			'systemd takes the units'
	else
		ok 0 'systemd takes the units # SKIP no systemd-analyze'
	fi
	start=$(sed -n 's/^ExecStart=//p' "$top/sql/systemd/$1.service")
	is "$(perl "$top/test/lib/docs.pl" "$2" cron)" "* * * * * root $start" \
		'the service runs what the line for cron does'
	is "$(sed -n 's/^PathModified=//p' "$top/sql/systemd/$1.path")" \
		"$(echo "$start" | cut -d " " -f 2)" 'and its path is the database'
}

end() {
	echo "1..$count"
}
