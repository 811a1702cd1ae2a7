# head.awk - the comment at the head of a script in sql/, as a page of mdoc
#
#   awk -v page=mailfunc-publish -v file=publish.sh -v date=DATE -f head.awk publish.sh
#
# The first paragraph says what the script is for: its first sentence, or what
# stands before a colon in it, is the page's. A paragraph that begins with
# "usage:" is the synopsis, one with "Exit status:" the exit status. A line of
# capitals is a heading. A word with two blanks or more behind it begins an
# entry, which goes on in the lines indented by more than three; what is
# indented by two or three is shown as it is.

# mdoc's own sections come in its own order.
function put(line) {
	part[now] = part[now] line "\n"
}

function close_entry() {
	if (in_list)
		put(".El")
	in_list = 0
}

function close_literal() {
	if (in_literal)
		put(".Ed")
	in_literal = 0
}

function begin_paragraph() {
	close_literal()
	if (blank && part[now] != "" && part[now] !~ /\.S[hs] [^\n]*\n$/)
		put(".Pp")
	blank = 0
}

FNR == 1 && /^#!/ { next }
!/^(#|--)/ { exit }
/^# shellcheck / { next }

{ sub(/^(#|--) ?/, "") }

# What the page is called is said by itself.
now == "" {
	now = "DESCRIPTION"
	sub("^" file "( -|:) ", "")
}

/^usage: / {
	now = "SYNOPSIS"
	put(".Bd -literal -compact")
	sub(/^usage: /, "")
	put(literal($0))
	next
}

now == "SYNOPSIS" && /^ / {
	sub(/^ +/, $0 ~ /^ +[a-z-]+[.]sh / ? "" : "    ")
	put(literal($0))
	next
}

now == "SYNOPSIS" {
	put(".Ed")
	now = "DESCRIPTION"
}

/^$/ {
	blank = 1
	if (now == "EXIT STATUS")
		now = "DESCRIPTION"
	next
}

/^[A-Z][A-Z ]*$/ {
	close_literal()
	close_entry()
	put(".Ss " substr($0, 1, 1) tolower(substr($0, 2)))
	blank = 0
	next
}

/^Exit status: / {
	close_literal()
	close_entry()
	now = "EXIT STATUS"
	blank = 0
	sub(/^Exit status: */, "")
	put(toupper(substr($0, 1, 1)) substr($0, 2))
	next
}

/^ ? ?[A-Za-z:_-]+(=[A-Z]+)?  +[^ ]/ && !/^  +(sqlite3|sqlite>) / {
	close_literal()
	if (!in_list)
		put(".Bl -tag -width Ds")
	in_list = 1
	entry = $0
	sub(/^ +/, "", entry)
	sub(/  .*/, "", entry)
	put(".It Sy " entry)
	sub(/^ *[^ ]+ +/, "")
	put(text($0))
	blank = 0
	next
}

/^      / && in_list && !blank && !in_literal {
	sub(/^ +/, "")
	put(text($0))
	next
}

/^  / {
	if (blank)
		close_entry()
	if (!in_literal)
		put(".Bd -literal -offset indent")
	in_literal = 1
	put(literal(substr($0, 3)))
	blank = 0
	next
}

{
	if (in_list && blank)
		close_entry()
	begin_paragraph()
	put(text($0))
}

END {
	close_literal()
	close_entry()
	about = part["DESCRIPTION"]
	sub(/^\.Pp\n/, "", about)
	gsub(/\n/, " ", about)
	match(about, /[.:,;?]( |$)/)
	about = substr(about, 1, RSTART - 1)
	print ".Dd " date
	printf ".Dt %s 8\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", toupper(page), page,
		tolower(substr(about, 1, 1)) substr(about, 2)
	print ".Sh SYNOPSIS"
	if (part["SYNOPSIS"] != "")
		printf "%s", part["SYNOPSIS"]
	else
		printf ".Bd -literal -compact\n\\&.read %s\n.Ed\n", file
	printf ".Sh DESCRIPTION\n%s", part["DESCRIPTION"]
	print ".Sh FILES"
	print ".Bl -tag -width Ds"
	print ".It Pa /usr/share/mailfunc/" file
	print ".El"
	if (part["EXIT STATUS"] != "")
		printf ".Sh EXIT STATUS\n%s", part["EXIT STATUS"]
	print ".Sh SEE ALSO"
	print ".Xr mailfunc-schema 5 ,"
	print ".Xr mailfunc 7 ,"
	print ".Xr mailuser 8"
}
