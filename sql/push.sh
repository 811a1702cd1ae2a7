#!/bin/sh
# Brings copies of a mail database to other machines: what Postfix asks for to
# those that take mail in, the database itself to those where users log in.
#
# usage: push.sh MAILDB HOSTS [FOLDER]
#
# MAILDB  the mail database, on this machine, the only one that writes to it
# HOSTS   a file of root's, a machine a line: NAME ROLE PATH [FORMAT]. ROLE is
#         mx: a published copy, without any password, in a FORMAT of publish.sh
#         (sqlite); or login: all of the database, whose owner, group and mode
#         are those of MAILDB, by name. A line that begins with # is a comment
# FOLDER  root's, where the copies are kept (/var/lib/mailfunc)
#
#   # name            role   path               format
#   mx1.example.com   mx     /srv/mail/maps     cdb
#   imap1.example.com login  /srv/mail/mail.db
#
# Run it as root, as often as you like, with a key that ssh finds by itself and
# that root may log in with there; what else ssh needs stands in root's
# ~/.ssh/config. Both machines need rsync. Each copy has a serial number, which
# grows; a machine takes none that is older than its own, and none that isn't
# whole, and puts it in place by a rename. All machines are served at once: one
# that is down is named, delays no other, and gets the newest at the next push.
#
# SECONDS_EACH in the environment: how long a machine may take (600).
#
# Exit status: 0 all have the newest copy, 1 some don't, 2 a bad argument.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077

fail() { # WHAT
	printf 'push: %s\n' "$1" >&2
	exit 1
}

refuse() { # WHAT
	printf 'push: %s\n' "$1" >&2
	exit 2
}

# ---- what is asked for ----

read_arguments() {
	case $#-${1-}-${2-}-${3-/} in
	1---help--/ | 1--h--/)
		sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
		exit ;;
	[23]-/*-/*-/*) ;;
	*) refuse 'usage: push.sh MAILDB HOSTS [FOLDER] (absolute paths)' ;;
	esac
	case $1$2${3-} in
	*[!A-Za-z0-9._/-]*)
		refuse 'paths may only have letters, digits and . _ - /' ;;
	esac
	maildb=$1 hosts=$2 keep=${3-/var/lib/mailfunc}
	# ssh's socket lies in it.
	[ ${#keep} -le 70 ] || refuse 'FOLDER may have 70 letters at most'
	limit=${SECONDS_EACH-600}
	case $limit in
	'' | 0* | *[!0-9]* | ??????*)
		refuse 'SECONDS_EACH must be a number from 1 to 99999' ;;
	esac
	here=.
	case $0 in
	*/*) here=${0%/*} ;;
	esac
}

# Who can write HOSTS can send all hashes to himself.
check_places() {
	# shellcheck source=sql/places.sh
	. "$here/places.sh"
	[ "$(id -u)" = 0 ] || fail 'only root may read all hashes'
	[ -f "$maildb" ] || fail "no such database: $maildb"
	[ -f "$hosts" ] || refuse "no such file: $hosts"
	[ -d "$keep" ] || mkdir -p "$keep" || fail "can't make $keep"
	[ ! -L "$keep" ] || refuse "$keep is a symbolic link"
	only_roots "$keep"
	only_roots "$hosts"
	chmod 0700 "$keep"
	for program in ssh rsync flock sqlite3 sha256sum timeout pgrep; do
		command -v "$program" >/dev/null ||
			fail "there is no program $program"
	done
}

only_roots() { # PATH
	[ -z "$(find -L "$1" -maxdepth 0 \( ! -uid 0 -o -perm /022 \))" ] ||
		refuse "$1 must be root's, and nobody else may write to it"
	for above in $(open_folders "$1"); do
		refuse "$above must be root's, and nobody else may write to it"
	done
}

# Sets targets: NUMBER NAME KIND PATH, a line each. All bad lines are named.
read_hosts() {
	targets='' number=0 bad=0 seen=' '
	while read -r name role path format rest || [ -n "$name" ]; do
		number=$((number + 1))
		case $name in
		'' | '#'*) continue ;;
		esac
		read_line
	done <"$hosts"
	[ "$bad" = 0 ] || refuse "$hosts: nothing was pushed"
	[ -n "$targets" ] || refuse "$hosts: no machine is named"
}

read_line() {
	kind=$role
	case $name in
	[!A-Za-z0-9]* | *[!A-Za-z0-9._-]*)
		bad_line 'this is no name of a machine' ;;
	esac
	case $role-$format in
	mx-) kind=sqlite ;;
	mx-sqlite | mx-cdb | mx-lmdb) kind=$format ;;
	login-) ;;
	mx-*) bad_line 'FORMAT must be sqlite, cdb or lmdb' ;;
	login-*) bad_line 'login has no FORMAT' ;;
	*) bad_line 'ROLE must be mx or login' ;;
	esac
	case $path in
	*[!A-Za-z0-9._/-]* | *//* | */./* | */../* | */. | */.. | */)
		bad_line 'PATH may only have letters, digits and . _ - /' ;;
	/*/*) ;;
	*) bad_line 'PATH must be absolute, and not in the root folder' ;;
	esac
	[ -z "$rest" ] || bad_line 'expected NAME ROLE PATH [FORMAT]'
	case $seen in
	*" $name:$path "*) bad_line 'this is there twice' ;;
	esac
	seen="$seen$name:$path "
	targets="$targets$number $name $kind $path
"
}

bad_line() { # WHY
	echo "push: $hosts, line $number: $1" >&2
	bad=$((bad + 1))
}

wanted() { # KIND
	case $targets in
	*" $1 /"*) return 0 ;;
	esac
	return 1
}

# ---- the copies, once for all machines ----

sql() {
	sqlite3 -batch -init /dev/null -list -noheader -bail "$@"
}

# One at a time makes them; who brings them has links of his own, which stay
# while the next ones are made.
make_copies() {
	exec 9<>"$keep/lock"
	flock -w "$limit" 9 || fail 'another push.sh makes its copies all the time'
	forget_the_dead
	run=$keep/run.$$
	rm -rf "$run"
	mkdir "$run"
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
	for kind in sqlite cdb lmdb login; do
		! wanted "$kind" || make_copy "$kind" >"$run/$kind.why" 2>&1 ||
			rm -rf "${run:?}/$kind"
	done
	exec 9>&-
}

# Whoever is still at work has nobody to report to, and holds a machine's lock.
clean_up() {
	for pid in $pids; do
		(end_all "$pid")
	done
	rm -rf "$run"
}

end_all() { # PROCESS
	for child in $(pgrep -P "$1"); do
		(end_all "$child")
	done
	kill "$1" 2>/dev/null || true
}

forget_the_dead() {
	for old in "$keep"/run.*; do
		kill -0 "${old##*.}" 2>/dev/null || rm -rf "$old"
	done
}

make_copy() { # KIND
	mkdir "$run/$1" || return
	case $1 in
	login)
		back_up && ln "$keep/login.db" "$run/login/copy.db" &&
			(cd "$run/login" && sha256sum copy.db >sums) ;;
	sqlite)
		TELL=no sh "$here/publish.sh" "$maildb" "$keep/maps.db" 9>&- &&
			ln "$keep/maps.db" "$run/sqlite/copy.db" &&
			(cd "$run/sqlite" && sha256sum copy.db >sums) ;;
	*)
		TELL=no sh "$here/publish.sh" "$maildb" "$keep/$1" "$1" 9>&- &&
			ln "$keep/$1"/*."$1" "$keep/$1/sums" "$run/$1/" ;;
	esac && number_copy "$1"
}

# All pages as they are at one moment, and in a journal mode that needs no
# second file. The same file as last time stays.
back_up() {
	rm -f "$keep/login.new"*
	sql "file:$maildb?mode=rw" -cmd '.timeout 10000' \
		".backup '$keep/login.new'" || return
	[ "$(sql "$keep/login.new" 'PRAGMA synchronous = OFF' \
		'PRAGMA journal_mode = DELETE' \
		'SELECT active FROM users LIMIT 0' 'PRAGMA quick_check')" = \
		'delete
ok' ] || {
		echo 'the copy is damaged'
		return 1
	}
	cmp -s "$keep/login.new" "$keep/login.db" ||
		mv "$keep/login.new" "$keep/login.db"
	rm -f "$keep/login.new"
}

# A new copy gets a number greater than any before, even if FOLDER was lost:
# the time.
number_copy() { # KIND
	digest=$(sha256sum <"$run/$1/sums") && digest=${digest%% *} || return
	serial=0 last=0 known=
	[ ! -s "$keep/$1.serial" ] || read -r serial known <"$keep/$1.serial"
	if [ "$known" != "$digest" ]; then
		[ ! -s "$keep/serial" ] || read -r last <"$keep/serial"
		serial=$(date +%s)
		[ "$serial" -gt "$last" ] || serial=$((last + 1))
		write_down "$serial" "$keep/serial" &&
			write_down "$serial $digest" "$keep/$1.serial" || return
	fi
	echo "$serial $digest" >"$run/$1.number"
}

write_down() { # TEXT FILE
	echo "$1" >"$2.new" && sync "$2.new" && mv "$2.new" "$2"
}

# ---- to one machine ----

# Nothing waits for ever: not for an answer, and not for all of it.
in_time() { # COMMAND...
	left=$((end - $(date +%s)))
	[ "$left" -gt 0 ] || return 124
	timeout -k 5 "$left" "$@"
}

shell='ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5'
shell="$shell -o ServerAliveCountMax=3 -o ForwardAgent=no -o ForwardX11=no"
shell="$shell -o ClearAllForwardings=yes -o ControlMaster=auto"
# One connection for all that is said to a machine. It ends by itself, too.
shell="$shell -o ControlPersist=20 -o ControlPath"

# The script is what ssh reads; its arguments hold no letter that a shell would
# read as anything else.
receive() { # STEP
	# shellcheck disable=SC2086 # words
	cat "$here/places.sh" "$here/receive.sh" | in_time $shell=$line -- "$name" \
		"exec sh -s $1 $kind $path $serial $digest $owner $mode" 8>&-
}

# What another machine says: one line, nothing that a terminal obeys.
shown() {
	head -c 2000 | tr -s '\n\r' '  ' | tr -d '\000-\037\177-\377' |
		sed 's/  */ /g; s/ $//' | cut -c 1-300
}

# No machine may fill this one's disk: all that it says is a MiB, or less.
bring() { # into the summary; 1 if the machine hasn't got it
	ulimit -f 2048
	end=$(($(date +%s) + limit))
	[ -s "$run/$kind.number" ] || {
		say "no copy: $(shown <"$run/$kind.why")"
		return 1
	}
	read -r serial digest <"$run/$kind.number"
	owner=root:postfix mode=640
	[ "$kind" != login ] || {
		owner=$(stat -Lc %U:%G "$maildb") mode=$(stat -Lc %a "$maildb")
	}
	case $owner in
	*[!A-Za-z0-9:_-]* | *UNKNOWN*)
		say "$maildb has an owner without a name"
		return 1 ;;
	esac
	line=$run/ssh.$number
	exec 8<>"$keep/to.$name.lock"
	flock -w "$limit" 8 || {
		say 'an earlier push is still at work, will catch up'
		return 1
	}
	if bring_it 2>"$run/$number.said"; then
		hang_up
		return 0
	fi
	hang_up
	say "not reached (${answer:-$(shown <"$run/$number.said")}), will catch up"
	return 1
}

# echo would obey what a backslash begins.
say() { # WHAT
	printf '%s: %s\n' "$name" "$1"
}

hang_up() {
	[ ! -S "$line" ] || timeout 5 ssh -o ControlPath="$line" -O exit -- \
		"$name" >/dev/null 2>&1 8>&- || true
}

bring_it() {
	answer='' said=''
	hear begin || not_said || return
	case $said in
	send)
		bytes=$(send) || not_said || return
		hear put || not_said || return ;;
	esac
	case $said in
	done) say "serial $serial, $bytes bytes sent" ;;
	same) say "serial $serial, nothing new" ;;
	newer\ *[0-9])
		answer="it has serial ${said#* }, which is newer; if $keep was\
 lost, remove $path.serial there"
		return 1 ;;
	*) not_said ;;
	esac
}

# Sets said to its answer.
hear() { # STEP
	heard=0
	receive "$1" >"$run/$number.answer" || heard=$?
	said=$(shown <"$run/$number.answer")
	return "$heard"
}

# Its own sentence, if it got that far.
not_said() {
	status=$?
	[ "$status" != 124 ] || answer="no end after $limit seconds"
	case $said in
	'receive: '*) answer=${said#receive: } ;;
	send | '') ;;
	*) answer="it says: $said" ;;
	esac
	return 1
}

# What has changed of it: the copy there is the basis. In the copy that is
# brought every file is as it is here, whatever its time says.
send() {
	in_time rsync -rc --stats --no-motd --copy-dest=basis -e "$shell=$line" \
		-- "$run/$kind/" "$name:$path.push/" >"$run/$number.stats" \
		8>&- || return
	sed -n 's/^Total bytes sent: //p' "$run/$number.stats" | shown
}

# All at once; what they say, in the order of HOSTS.
bring_all() {
	status=0 pids=
	while read -r number name kind path; do
		[ -n "$number" ] || continue
		bring >"$run/$number.line" </dev/null &
		pids="$pids $!"
	done <<-END
	$targets
	END
	for pid in $pids; do
		wait "$pid" || status=1
	done
	while read -r number name kind path; do
		[ -z "$number" ] || cat "$run/$number.line"
	done <<-END
	$targets
	END
	return "$status"
}

pids=
read_arguments "$@"
check_places
read_hosts
make_copies
bring_all
