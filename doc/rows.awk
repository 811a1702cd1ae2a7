# rows.awk - the tables of methods in ext/, for the other .awk files
#
# Reads what the compiler's preprocessor makes of ext/methods.c, and of others
# behind it: there each row has all its fields. Of a field that a row has twice,
# the last counts, as in C. The rows are in rows[1] to rows[row_count], their
# names in C in ids[]; what enumerators are equal to, in constant[].

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

function has(name, row) {
	return row ~ ("[.]" name " = ")
}

/^# / { next }
/mf_methods\[MF_METHOD_COUNT\] = / { in_methods = 1; next }
in_methods { all_methods = all_methods " " $0 }
/^};/ { in_methods = 0 }

# Also of arrays: [MF_TO_STORE] = 131072.
match($0, /[A-Z][A-Z0-9_]*\]? = [0-9]+/) {
	split(substr($0, RSTART, RLENGTH), equal, /\]? = /)
	constant[equal[1]] = equal[2]
}

# Ends it: a pipe doesn't tell make that the preprocessor failed.
function lacking(what) {
	print "rows.awk: what was read has no " what >"/dev/stderr"
	exit 1
}

function read_rows(	i, parts) {
	if (all_methods == "")
		lacking("mf_methods")
	gsub(/[ \t]+/, " ", all_methods)
	row_count = split(all_methods, parts, /\[MF_[A-Z0-9_]+\] = \{/) - 1
	for (i = 1; i <= row_count; i++) {
		rows[i] = parts[i + 1]
		match(all_methods, /\[MF_[A-Z0-9_]+\] = \{/)
		ids[i] = substr(all_methods, RSTART + 1, RLENGTH - 6)
		all_methods = substr(all_methods, RSTART + RLENGTH)
	}
}
