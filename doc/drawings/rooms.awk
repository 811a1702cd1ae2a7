# rooms.awk - which file of ext/ includes which header, as a graph for dot
#
# Reads ext/*.c and ext/*.h. A header and its .c file are one node; text.h,
# which nearly all include, is left out, and of two ways the direct one if the
# long one is there (dot's tred does that).

function base(name) {
	sub(/.*\//, "", name)
	sub(/[.][ch]$/, "", name)
	return name
}

BEGIN {
	print "digraph rooms {"
	print "\tnode [shape=box, style=rounded, fontname=\"sans-serif\"]"
}

/^#include "/ {
	split($0, part, "\"")
	from = base(FILENAME)
	to = base(part[2])
	if (from != to && to != "text" && !((from, to) in seen)) {
		seen[from, to] = 1
		printf "\t\"%s\" -> \"%s\"\n", from, to
	}
}

END { print "}" }
