# shellcheck shell=sh
# maps.sh: the published copy as a set of maps that Postfix opens itself, for
# FORMAT=cdb or lmdb of publish.sh, which reads it; it isn't run by itself.
#
# A set is a folder: a file for each map, copy.db, which they were made of, and
# sums, the maps' SHA-256. PUBLISHED is a symbolic link to it, so that one
# rename replaces all files at once. There are two such folders, PUBLISHED.1 and
# PUBLISHED.2, and between two runs only one of them.
#
# Postfix finds out by itself: a process ends, before it serves the next client,
# if a map that it has open is gone. So the old set goes as soon as the new one
# is in place.
#
# Sets and reads what publish.sh does: maps, new, copy, format, here.

map_names='domains forwardings email2email domain2domain mailboxes inactive
	senders alias_senders transports'

# Of the folders, the one in use, and the other.
choose_set() {
	case $(readlink "$maps" 2>/dev/null) in
	"${maps##*/}.1") old=$maps.1 next=$maps.2 ;;
	*) old=$maps.2 next=$maps.1 ;;
	esac
}

check_set_places() {
	[ ! -e "$maps" ] || [ -L "$maps" ] ||
		refuse "$maps is no link to a set of maps, and isn't replaced"
	[ ! -L "$maps" ] || case $(readlink "$maps") in
	"${maps##*/}".[12]) ;;
	*) refuse "$maps is a symbolic link of somebody else's" ;;
	esac
	for folder in "$maps.1" "$maps.2"; do
		[ ! -L "$folder" ] || refuse "$folder is a symbolic link"
		[ ! -e "$folder" ] || [ -d "$folder" ] ||
			refuse "$folder is not a folder"
		[ ! -d "$folder" ] || [ "$(stat -c %u "$folder")" = 0 ] ||
			refuse "$folder must be root's"
		[ -z "$(foreign_files "$folder")" ] ||
			refuse "$folder has other files than maps in it"
	done
}

# What this script has never made there, and may not remove.
foreign_files() { # FOLDER
	find "$1" -mindepth 1 ! -name '*.cdb' ! -name '*.lmdb' ! -name '*.tmp' \
		! -name sums ! -name 'copy.db*' ! -name commands \
		! -name 'count.*' 2>/dev/null | while IFS= read -r file; do
		case " $(echo $map_names) " in
		*" ${file##*/} "*) ;;
		*) printf '%s\n' "$file" ;;
		esac
	done
}

check_set_programs() {
	for program in postmap $([ "$format" != cdb ] || echo cdb); do
		command -v "$program" >/dev/null || fail "there is no program \
$program: apt-get install postfix-$format tinycdb"
	done
	answer=$(postmap -q x static:x 2>&1) || fail "$answer"
	postconf -m 2>/dev/null | grep -qx "$format" ||
		fail "Postfix has no maps of type $format: apt-get install\
 postfix-$format"
}

# The rows of all maps, a file each: key, tab, value. And how many it must be,
# for sqlite3 doesn't say if it couldn't write them.
write_rows() {
	for name in $map_names; do
		echo ".output $next/$name"
		echo "SELECT key || char(9) || value FROM map_$name
			WHERE key <> '' AND value <> '' ORDER BY key;"
		echo ".output $next/count.$name"
		echo "SELECT count(*) FROM map_$name
			WHERE key <> '' AND value <> '';"
	done >"$next/commands"
	answer=$(sql -readonly "$next/copy.db" \
		-cmd ".read $here/publish-maps.sql" <"$next/commands" 2>&1) &&
		rm "$next/commands"
}

# cdb's own language says how long each word is, so that no letter means
# anything; in postmap's a line with # is a comment, and blanks at the end are
# lost.
write_map() { # NAME
	if [ "$format" = cdb ]; then
		awk '{
			tab = index($0, "\t")
			printf "+%d,%d:%s->%s\n", tab - 1, length($0) - tab,
				substr($0, 1, tab - 1), substr($0, tab + 1)
		} END { print "" }' "$next/$1" | cdb -c -t - "$next/$1.cdb"
	else
		postmap -f "lmdb:$next/$1"
	fi
}

# Asked for every key as Postfix asks, a map answers what it was made of.
map_is_right() { # NAME
	cut -f 1 "$next/$1" | postmap -fuq - "$format:$next/$1" 2>/dev/null |
		cmp -s - "$next/$1"
}

# The first key that isn't found, or leads elsewhere; as a terminal may see it.
wrong_key() { # NAME
	cut -f 1 "$next/$1" | postmap -fuq - "$format:$next/$1" 2>/dev/null |
		diff - "$next/$1" | sed -n 's/^> //p' | head -n 1 | cut -f 1 |
		tr -c ' -~\n' '?'
}

# Sets answer to what is wrong.
make_maps() {
	write_rows || return
	for name in $map_names; do
		answer="$name: not all rows were written"
		read -r count <"$next/count.$name" &&
			[ "$(wc -l <"$next/$name")" = "$count" ] || return
		answer=$(write_map "$name" 2>&1) || return
		map_is_right "$name" || {
			answer="$name: $format can't hold $(wrong_key "$name")"
			return 1
		}
	done
	# shellcheck disable=SC2086 # words
	(cd "$next" && rm $map_names count.* &&
		sha256sum -- *."$format" >sums)
}

# All of the set is on the disk before it is the set.
put_set_in_place() {
	chown root:postfix "$next" "$next"/* &&
		chmod 0750 "$next" && chmod 0640 "$next"/* &&
		sync "$next"/* "$next" || return
	ln -s "${next##*/}" "$maps.link" && mv -fT "$maps.link" "$maps" &&
		sync "${maps%/*}/" && rm -rf "$old"
}

# Nothing is missing or damaged, and Postfix, and nobody else, may read it.
set_is_good() {
	for file in "$maps/" "$maps"/*; do
		case $file-$(stat -Lc %U:%G:%a "$file") in
		*/-root:postfix:750 | *[!/]-root:postfix:640) ;;
		*) return 1 ;;
		esac
	done
	for name in $map_names; do
		grep -q " $name.$format\$" "$maps/sums" 2>/dev/null || return
	done
	(cd "$maps/" && sha256sum -c --status sums) 2>/dev/null
}
