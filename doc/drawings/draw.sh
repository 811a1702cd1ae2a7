#!/bin/sh
# Draws doc/drawings/*.svg with Graphviz, whole.dot and what rooms.awk makes of
# ext/; with --check, says which aren't of their sources any more.
#
# usage: draw.sh [--check]
#
# A drawing's last line has the checksum of what it was made from.
set -eu
cd "$(dirname "$0")"

# Of two ways in ext/ the direct one is left out, by tred.
source_of() { # NAME
	case $1 in
	whole) cat whole.dot ;;
	rooms) LC_ALL=C awk -f rooms.awk ../../ext/*.c ../../ext/*.h ;;
	esac
}

sum() { # NAME
	source_of "$1" | cksum | cut -d ' ' -f 1
}

draw() { # NAME
	source_of "$1" >"$scratch/source"
	tred "$scratch/source" >"$scratch/reduced"
	dot -Tsvg "$scratch/reduced" >"$scratch/svg"
	echo "<!-- $(sum "$1") -->" >>"$scratch/svg"
	cat "$scratch/svg" >"$1.svg"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

old=0
for name in whole rooms; do
	if [ "${1-}" != --check ]; then
		draw "$name"
	elif [ "$(tail -n 1 "$name.svg")" != "<!-- $(sum "$name") -->" ]; then
		echo "doc/drawings/$name.svg is old, run make drawings"
		old=1
	fi
done
exit "$old"
