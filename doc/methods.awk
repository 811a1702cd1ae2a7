# methods.awk - the table of methods in ext/methods.c, as mdoc
#
# Reads what the compiler's preprocessor makes of it, in which each row has all
# its fields. Of a field that a row has twice, the last counts, as in C. Methods
# that only verify have no setting of their own.

function field(name, row,	value) {
	value = row
	if (!match(value, ".*[.]" name " = "))
		return ""
	value = substr(value, RLENGTH + 1)
	if (value ~ /^"/) {
		sub(/^"/, "", value)
		sub(/".*/, "", value)
	} else
		sub(/[ ,}].*/, "", value)
	return value
}

function print_row(row,	creates, cost) {
	if (field("name", row) == "" || row ~ /[.]raw = /)
		return
	creates = row ~ /[.]setting = /
	cost = field("cost_text", row)
	if (cost == "")
		cost = field("cost_default", row)
	printf ".It Li %s Ta Li %s Ta %s Ta %s\n", field("name", row),
		field("prefix", row) == "" ? "\\&" : field("prefix", row),
		creates ? cost : "\\(em", creates ? field("work_stored", row) \
		" " field("work_unit", row) : "verified only"
}

/mf_methods\[MF_METHOD_COUNT\] = / { inside = 1 }
!inside { next }
{ all = all " " $0 }
/^};/ { exit }

END {
	gsub(/#[^"]*"[^"]*"[ 0-9]*/, "", all)
	gsub(/[ \t]+/, " ", all)
	count = split(all, rows, /\[MF_[A-Z0-9_]+\] = \{/)
	print ".Bl -column \"gost-yescrypt\" \"$argon2id$\" \"m=19456,t=2,p=1\" \"x\""
	print ".It Sy method Ta Sy begins Ta Sy default cost Ta Sy stored up to"
	for (i = 2; i <= count; i++)
		print_row(rows[i])
	print ".El"
}
