# shellcheck shell=sh
# receive.sh: takes a copy that push.sh brings, on the machine it is brought to.
# push.sh sends this text behind places.sh, to a shell; nothing is installed.
#
# receive.sh STEP KIND PATH SERIAL DIGEST OWNER:GROUP MODE
#
# begin: says "send" if the copy is wanted, and PATH.push is ready for it;
# "same" if it is there; "newer N" if a newer one is. put: PATH.push becomes
# PATH, if it is whole; says "done". What goes wrong is a line "receive: ...",
# and status 1.
#
# PATH of KIND cdb and lmdb is a link to a folder, as in maps.sh; of sqlite and
# login a file. PATH.serial has the number, the digest and the kind of what is
# there, or is going to be there in a moment; PATH.seen, how it looked then;
# PATH.lock keeps two apart.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077

fail() { # WHAT
	printf 'receive: %s\n' "$1"
	exit 1
}

is_set() {
	case $kind in
	cdb | lmdb) return 0 ;;
	esac
	return 1
}

# ---- where it goes ----

check_machine() {
	[ "$(id -u)" = 0 ] || fail 'only root can put a copy in place'
	for program in rsync flock sha256sum; do
		command -v "$program" >/dev/null ||
			fail "there is no program $program"
	done
	for account in "passwd ${owner%:*}" "group ${owner#*:}"; do
		# shellcheck disable=SC2086 # two words
		getent $account >/dev/null ||
			fail "there is no $account here, who is to own the copy"
	done
	[ -d "$above" ] || fail "no such folder: $above"
	[ -z "$(find -L "$above" -maxdepth 0 \( ! -uid 0 -o -perm /022 \))" ] ||
		fail "$above must be root's, and nobody else may write to it"
	for folder in $(open_folders "$place"); do
		fail "$folder must be root's, and nobody else may write to it"
	done
}

check_names() {
	for file in "$place.serial" "$place.seen" "$place.lock" "$incoming" \
		"$place.1" "$place.2"; do
		[ ! -L "$file" ] || fail "$file is a symbolic link"
	done
	if is_set; then
		case $(readlink "$place" || [ -e "$place" ] || echo none) in
		none | "${place##*/}".[12]) ;;
		*) fail "$place is no set of maps, and isn't replaced" ;;
		esac
		for folder in "$place.1" "$place.2"; do
			[ -z "$(find "$folder" -mindepth 1 ! -name '*.cdb' \
				! -name '*.lmdb' ! -name sums 2>/dev/null)" ] ||
				fail "$folder has other files than maps in it"
		done
	else
		[ ! -L "$place" ] || fail "$place is a symbolic link"
		[ ! -e "$place" ] || [ -f "$place" ] ||
			fail "$place is not a file"
		[ ! -e "$place" ] || [ -e "$place.serial" ] ||
			fail "$place is there, and wasn't brought by push.sh"
	fi
}

# ---- what is there ----

look() {
	if is_set; then
		stat -Lc '%d %i %s %.9Z %.9Y %U:%G %a' "$place/" "$place"/* \
			2>/dev/null
	else
		stat -c '%d %i %s %.9Z %.9Y %U:%G %a' "$place" 2>/dev/null
	fi | tr '\n' '|'
}

# Sets there to its number: 0 if there is none, or something else. Those of
# another kind say nothing of this one.
learn() {
	there=0 there_digest='' there_kind=''
	[ ! -s "$place.serial" ] ||
		read -r there there_digest there_kind <"$place.serial"
	case $there-$there_kind in
	*[!0-9]*-"$kind" | -*) there=0 ;;
	*-"$kind") ;;
	*) there=0 ;;
	esac
}

# Is the copy of PATH.serial really here? If it looks as it did, it is.
is_whole() {
	[ -e "$place" ] || return
	now=$(look)
	[ ! -s "$place.seen" ] || [ "$(cat "$place.seen")" != "$now" ] ||
		return 0
	if is_set; then
		is_sound "$place/" "$there_digest" && is_readable
	else
		sum=$(sha256sum <"$place") &&
			sum=$(echo "${sum%% *}  copy.db" | sha256sum) &&
			[ "${sum%% *}" = "$there_digest" ] &&
			[ "$(stat -c %U:%G:%a "$place")" = "$owner:$mode" ]
	fi || return
	remember
}

# Of a set: by whom it is to be read, and by nobody else.
is_readable() {
	[ "$(stat -Lc %U:%G:%a "$place/")" = "$owner:750" ] &&
		[ "$(stat -c %U:%G:%a "$place"/* | sort -u)" = "$owner:$mode" ]
}

# Those files that sums names, and no others, byte for byte.
is_sound() ( # FOLDER DIGEST
	cd "$1" && sum=$(sha256sum <sums) && [ "${sum%% *}" = "$2" ] &&
		sha256sum -c --status --strict sums &&
		[ "$(find . ! -name . ! -name sums | sort)" = \
			"$(sed 's|^[0-9a-f]*  |./|' sums | sort)" ]
) 2>/dev/null

remember() {
	look >"$place.seen.new" && mv "$place.seen.new" "$place.seen"
}

take_turn() {
	exec 9<>"$place.lock"
	flock -w 60 9 || fail 'another push has been at work for a minute'
	learn
	[ "$there" -le "$serial" ] || {
		echo "newer $there"
		exit 0
	}
}

# ---- in place ----

# The number first: whoever is killed in between leaves an older copy behind a
# newer number, which is found out, and never the other way.
number() {
	echo "$serial $digest $kind" >"$place.serial.new" &&
		sync "$place.serial.new" &&
		mv "$place.serial.new" "$place.serial" && sync "$above"
}

put_file() {
	chown "$owner" "$incoming/copy.db" && chmod "$mode" "$incoming/copy.db" &&
		sync "$incoming/copy.db" && number &&
		mv -fT "$incoming/copy.db" "$place" && sync "$above" &&
		rm -rf "$incoming"
}

put_set() {
	old=$place.2 next=$place.1
	[ "$(readlink "$place")" != "${next##*/}" ] || old=$place.1 next=$place.2
	rm -rf "$next" "$place.link"
	chown "$owner" "$incoming" "$incoming"/* && chmod 0750 "$incoming" &&
		chmod "$mode" "$incoming"/* && sync "$incoming"/* "$incoming" &&
		mv -T "$incoming" "$next" && number &&
		ln -s "${next##*/}" "$place.link" &&
		mv -fT "$place.link" "$place" && sync "$above" && rm -rf "$old"
}

# ---- who has the old one open ----

readers() {
	folder=$(cd -P "$above" && pwd -P)
	find /proc/[0-9]*/fd -lname "${folder%/}/${place##*/} (deleted)" \
		-printf '%h/../exe\n' 2>/dev/null | xargs -r readlink | sort -u
}

# Of the daemons that never look again. A set is Postfix's own to look after.
tell() {
	! is_set || return 0
	behind=$(readers)
	case $behind in
	*/postfix/*)
		timeout 60 postfix reload >/dev/null 2>&1 9>&- ||
			untold="$untold Postfix" ;;
	esac
	case $behind in
	*/authdaemond*)
		timeout 60 authdaemond restart >/dev/null 2>&1 9>&- ||
			untold="$untold authdaemond" ;;
	esac
	case $behind in
	*/dovecot/*)
		timeout 60 doveadm reload >/dev/null 2>&1 9>&- ||
			untold="$untold Dovecot" ;;
	esac
}

# ---- the steps ----

ready() {
	rm -rf "$incoming"
	mkdir -p "$incoming/basis"
	if [ ! -e "$place" ]; then
		:
	elif is_set; then
		ln "$place"/* "$incoming/basis/" 2>/dev/null || true
	else
		ln "$place" "$incoming/basis/copy.db"
	fi
}

put() {
	rm -rf "$incoming/basis"
	is_sound "$incoming" "$digest" || {
		rm -rf "$incoming"
		fail 'what came is not whole'
	}
	if is_set; then
		put_set
	else
		put_file
	fi || fail "the copy can't be put in place"
	remember
}

# Called by the last line: of a text that is cut off nothing is done.
receive() {
	step=$1 kind=$2 place=$3 serial=$4 digest=$5 owner=$6 mode=$7
	incoming=$place.push
	above=${place%/*}/
	untold='' answer='done'
	check_machine
	check_names
	take_turn
	if [ "$there $there_digest" = "$serial $digest" ] && is_whole; then
		rm -rf "$incoming"
		answer=same
	elif [ "$step" = begin ]; then
		ready
		echo send
		return
	else
		put
	fi
	tell
	[ -z "$untold" ] ||
		fail "the copy is new, but can't be told to:$untold"
	echo "$answer"
}

receive "$@"
