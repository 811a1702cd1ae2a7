# methods.awk - the table of methods in ext/methods.c, as mdoc
#
# Behind rows.awk. Methods that only verify have no setting of their own.

function print_row(row,	cost, prefix) {
	if (has("raw", row))
		return
	cost = field("cost_text", row)
	if (cost == "")
		cost = field("cost_default", row)
	prefix = field("prefix", row)
	printf ".It Li %s Ta Li %s Ta %s Ta %s\n", field("name", row),
		prefix == "" ? "\\&" : prefix,
		has("setting", row) ? cost : "\\(em",
		has("setting", row) ? field("work_stored", row) " " \
			field("work_unit", row) : "verified only"
}

END {
	read_rows()
	print ".Bl -column \"gost-yescrypt\" \"$argon2id$\" \"m=19456,t=2,p=1\" \"x\""
	print ".It Sy method Ta Sy begins Ta Sy default cost Ta Sy stored up to"
	for (i = 1; i <= row_count; i++)
		print_row(rows[i])
	print ".El"
}
