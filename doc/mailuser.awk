# mailuser.awk - the tables of mailuser/main.c, as mdoc
#
#   awk -v table=commands -f mailuser.awk      or options
#
# Reads what the compiler's preprocessor makes of it, without that which comes
# from elsewhere.

/^# / {
	ours = /mailuser\/main[.]c"/
	next
}
!ours { next }

$0 ~ "[ *]" table "\\[" { inside = 1; next }
inside && /^[}]/ { exit }
inside { all = all " " $0 }

# The texts of a row are its name, what it takes, and what it is for.
function print_row(row,	count, texts, name, takes, about) {
	count = split(row, texts, "\"")
	if (count < 5)
		return
	name = texts[2]
	takes = texts[4]
	about = texts[count - 1]
	if (table == "options") {
		takes = count > 5 ? " Ar " takes : ""
		print ".It Fl -" name takes
	} else {
		takes = takes == "" ? "" : " " takes
		print ".It Ic " name takes
	}
	print about
}

END {
	gsub(/[ \t]+/, " ", all)
	count = split(all, rows, /[{] ?"/)
	print ".Bl -tag -width Ds"
	for (i = 2; i <= count; i++)
		print_row("\"" rows[i])
	print ".El"
}
