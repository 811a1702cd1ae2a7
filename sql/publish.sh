#!/bin/sh
# Publishes a mail database for Postfix: makes a new copy with publish.sql,
# checks it, renames it over the old one, and tells Postfix.
#
# usage: publish.sh MAILDB PUBLISHED [FORMAT]
#
# MAILDB     the mail database
# PUBLISHED  the copy, root:postfix, mode 0640, in a folder of root's
# FORMAT     sqlite, the default: PUBLISHED is a file. cdb or lmdb: it is a
#            link to a folder with a map for each that main.cf names, which
#            Postfix opens itself, without proxymap; no reload is needed. cdb
#            wants the packages postfix-cdb and tinycdb, lmdb postfix-lmdb,
#            which can't hold a key that begins with #
#
# Run it as root, as often as you like: while nothing has been written to
# MAILDB it only looks, and if what was written doesn't concern Postfix, the
# old copy stays. PUBLISHED.lock keeps two runs apart, and holds what is
# known of the last one. With TELL=no in the environment Postfix isn't told: the
# copy is for another machine.
#
# Exit status: 0 done, 1 nothing was published or Postfix couldn't be told
# (what there was stays, the next run tries again), 2 a bad argument.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077

fail() { # WHAT
	printf 'publish: %s; %s is as it was\n' "$1" "${maps:-nothing}" >&2
	exit 1
}

refuse() { # WHAT
	printf 'publish: %s\n' "$1" >&2
	exit 2
}

read_arguments() {
	case $#-${1-}-${2-} in
	3-/*-/*) format=$3 ;;
	1---help- | 1--h-)
		sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
		exit ;;
	2-/*-/*) format=sqlite ;;
	*) refuse 'usage: publish.sh MAILDB PUBLISHED [FORMAT] (absolute paths)' ;;
	esac
	case $format in
	sqlite | cdb | lmdb) ;;
	*) refuse 'FORMAT must be sqlite, cdb or lmdb' ;;
	esac
	case $1$2 in
	*[!A-Za-z0-9._/-]*)
		refuse 'paths may only have letters, digits and . _ - /' ;;
	esac
	maildb=$1
	maps=$2
	copy=$maps
	[ "$format" = sqlite ] || copy=$maps/copy.db
	new=$maps.new
	lock=$maps.lock
	here=.
	case $0 in
	*/*) here=${0%/*} ;;
	esac
}

# Nothing but a copy may be replaced, and nothing may be written through a
# link, or where somebody else could put one.
check_places() {
	[ -f "$maildb" ] || fail "no such database: $maildb"
	set -- "$new" "$lock"
	if [ "$format" = sqlite ]; then
		set -- "$maps" "$@"
	else
		check_set_places
	fi
	for file; do
		[ ! -L "$file" ] || refuse "$file is a symbolic link"
		[ ! -e "$file" ] || [ -f "$file" ] ||
			refuse "$file is not a file"
		# shellcheck disable=SC3013 # dash and bash know it
		[ ! "$file" -ef "$maildb" ] ||
			refuse "$file is the mail database"
	done
	[ -d "${maps%/*}/" ] || refuse "no such folder: ${maps%/*}/"
	[ "$(id -u)" = 0 ] || fail 'only root can give a copy to postfix'
	case $(stat -Lc '%u %a' "${maps%/*}/") in
	0\ *[2367]? | 0\ *[2367] | [!0]*)
		refuse "${maps%/*}/ must be root's, and nobody else may write\
 to it" ;;
	esac
	# shellcheck source=sql/places.sh
	. "$here/places.sh"
	for folder in $(open_folders "$maps"); do
		refuse "$folder must be root's, and nobody else may write to it"
	done
}

# sqlite3, whatever is in somebody's ~/.sqliterc.
sql() {
	sqlite3 -batch -init /dev/null -list -noheader -bail "$@"
}

# ---- has anything been written since? ----

# What tells a file that was written, or another in its place: a write that
# leaves the size alone still changes the time. Of two times, nobody can set
# %Z; but SQLite, run by root, changes it where it opens a journal.
look_at() { # TIME FILE...
	time=$1
	shift
	stat -L --printf "%d %i %s $time|" "$@" 2>/dev/null || true
}

# What a copy is made from, and what is made of it. A journal that isn't empty
# belongs to the database, and lies beside the file itself.
look_at_inputs() {
	real=$maildb
	[ ! -L "$maildb" ] || real=$(readlink -f "$maildb")
	[ ! -s "$real-journal" ] || look_at %.9Y "$real-journal"
	[ ! -s "$real-wal" ] || look_at %.9Y "$real-wal"
	look_at %.9Z "$0" "$here/publish.sql" "$real"
	[ "$format" = sqlite ] ||
		look_at %.9Z "$here/publish-maps.sql" "$here/maps.sh"
}

look_at_copy() {
	if [ "$format" = sqlite ]; then
		look_at %.9Z "$maps"
	else
		look_at %.9Z "$maps/" "$maps"/*
	fi
}

# The last run is remembered by a line: was Postfix told, then since which
# boot, from which database, the inputs, and the copy as it was left.
nothing_new() { # sets told and last to what is remembered
	told='' last=''
	[ ! -f "$lock" ] || read -r told last <"$lock" || return
	[ "$last" = "$boot $maildb $(look_at_inputs)$(look_at_copy)" ]
}

remember() {
	echo "$told $last" >"$lock"
}

# Sets inputs to what the copy is going to be made from. Times are as fine as
# the kernel's clock ticks: what was written in this very tick may be written
# once more and show the same. So the next one is waited for; if the writer
# doesn't pause, or times are whole seconds, nothing is remembered.
look() {
	for try in 1 2 3 4 5; do
		[ "$try" = 1 ] || sleep 0.1
		inputs=$(look_at_inputs)
		true >"$new"
		case $inputs in
		*" $(stat -c %.9Z "$new")|"* | *.000000000\|*) inputs='' ;;
		*) break ;;
		esac
	done
}

# ---- the copy ----

# One at a time: a slower, older copy must not replace a newer one.
wait_for_turn() {
	true 2>/dev/null >>"$lock" || fail "can't write beside the copy"
	exec 9<>"$lock"
	flock -w 15 9 ||
		fail 'another publish.sh has been running for 15 seconds'
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
	clean_up
}

# What a run leaves that comes to its end, or doesn't.
clean_up() {
	rm -f "$new" "$new-journal"
	[ "$format" = sqlite ] || {
		choose_set
		rm -rf "$next" "$maps.link"
	}
}

# A million users take some seconds: says how much is written, every second.
show_progress() {
	about=
	[ ! -f "$copy" ] || about=" of about $(($(stat -c %s "$copy") >> 20))"
	while sleep 1 && size=$(stat -c %s "$new" 2>/dev/null); do
		echo "publish: $((size >> 20))$about MiB are written" >&2
	done
}

# Sets made to when the old copy was made, as it says itself.
read_old_copy() {
	made=NULL
	[ -f "$copy" ] || return 0
	case $(sql -readonly "file:$copy?immutable=1" "
		SELECT count(*) FROM pragma_table_info('users')
		WHERE name = 'password'" 2>&1) in
	1) refuse "$copy is a mail database itself, not a copy of one" ;;
	esac
	made=$(sql -readonly "file:$copy?immutable=1" \
		'SELECT quote(made) FROM published LIMIT 1' 2>/dev/null) ||
		made=NULL
	: "${made:=NULL}"
}

make_copy() {
	# This also rolls back what a killed writer has left behind.
	encoding=$(sql -cmd '.timeout 10000' "$maildb" \
		'PRAGMA encoding' 2>&1) ||
		fail "can't read $maildb: $encoding"
	look
	progress=
	[ ! -t 2 ] || { show_progress & progress=$!; }
	answer=$(sql "$new" -cmd '.timeout 10000' \
		-cmd "PRAGMA encoding = '$encoding'" -cmd '.parameter init' \
		-cmd ".parameter set @maildb \"'$maildb'\"" \
		-cmd ".parameter set @made \"$made\"" \
		<"$here/publish.sql" 2>&1) || copy_failed
	[ -z "$progress" ] || kill "$progress"
	[ "$answer" = ok ] || fail "the new copy is damaged: $answer"
}

copy_failed() {
	[ -z "$progress" ] || kill "$progress"
	case $answer in
	*'no such column: active'*)
		fail "$maildb has no column users.active,\
 .read upgrade.sql first" ;;
	*) fail "$answer" ;;
	esac
}

# Byte for byte, but for SQLite's count of the transactions; and Postfix, and
# nobody else, may read it.
old_copy_is_good() {
	[ -f "$copy" ] && cmp -s -n 24 "$new" "$copy" &&
		cmp -s -i 28 -n 64 "$new" "$copy" &&
		cmp -s -i 96 "$new" "$copy" &&
		[ "$(stat -c %U:%G:%a "$copy")" = root:postfix:640 ] &&
		{ [ "$format" = sqlite ] || set_is_good; }
}

# On the disk before the name is its own.
put_in_place() {
	sql "$new" "PRAGMA synchronous = OFF;
		UPDATE published SET made = datetime('now')" || return
	if [ "$format" = sqlite ]; then
		chown root:postfix "$new" && chmod 0640 "$new" &&
			sync "$new" && mv -fT "$new" "$maps" &&
			sync "${maps%/*}/"
	else
		mkdir "$next" && mv "$new" "$next/copy.db" || return
		make_maps || fail "$answer"
		put_set_in_place
	fi
}

# ---- Postfix ----

# Does a Postfix process still have an older copy open?
postfix_is_behind() {
	folder=$(cd -P "${maps%/*}/" && pwd -P)
	find /proc/[0-9]*/fd -lname "${folder%/}/${maps##*/} (deleted)" \
		-printf '%h/../exe\n' 2>/dev/null |
		xargs -r readlink | grep -q /postfix/
}

# Running processes have the old file open until they are told, unless it is one
# of those maps that Postfix looks after itself. What postfix
# has to say goes to its log; with a main.cf that has a fatal error it runs on,
# and status says no. What it starts must not keep the lock.
tell_postfix() {
	[ "$format-${TELL-}" = sqlite- ] || return 0
	if postfix status 2>/dev/null; then
		! timeout 60 postfix reload >/dev/null 2>&1 9>&- || return 0
	else
		postfix_is_behind || return 0
	fi
	echo "publish: $maps is new, but Postfix can't be told, see its log" >&2
	exit 1
}

read_arguments "$@"
# shellcheck source=sql/maps.sh
[ "$format" = sqlite ] || . "$here/maps.sh"
boot=
read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id || true
if nothing_new && [ "$told" = told ]; then
	exit 0
fi
check_places
wait_for_turn
if ! nothing_new; then
	[ "$format" = sqlite ] || check_set_programs
	read_old_copy
	make_copy
	if ! old_copy_is_good; then
		put_in_place || fail "the new copy can't be put in place"
		told=untold
	fi
	last=${inputs:+"$boot $maildb $inputs$(look_at_copy)"}
	remember
fi
if [ "$told" = untold ] || postfix_is_behind; then
	tell_postfix
fi
told=told
remember
