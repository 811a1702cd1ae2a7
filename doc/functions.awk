# functions.awk - the manual at the head of ext/mailfunc.c, as mdoc
#
# A line at the margin is a heading if it stands alone, else prose; one that is
# indented by three begins an entry, whose text is indented by more; one
# indented by five is an entry of a list within the last one.

function close_list(level) {
	while (open > level) {
		print ".El"
		open--
	}
}

function open_list(level) {
	close_list(level)
	if (open < level)
		print ".Bl -tag -width " (level == 1 ? "Ds" : "cleartextx")
	open = level
}

function entry(level, line,	name) {
	open_list(level)
	# Two blanks end the name, if it doesn't fill the line.
	name = line
	sub(/  .*/, "", name)
	gsub(/"/, "\\(dq", name)
	print ".It Sy \"" literal(name) "\""
	sub(/^.*[^ ]  +/, "", line)
	if (line != name)
		print text(line)
}

# What has been read at the margin, at its end.
function flush(	i) {
	if (lines == 1 && held[1] !~ /[.]$/)
		print ".Ss " held[1]
	else if (lines > 0)
		print ".Pp"
	for (i = 1; i <= lines && (lines > 1 || held[1] ~ /[.]$/); i++)
		print held[i]
	lines = 0
}

# The first paragraph is about the file.
/^\*\* The manual/ { inside = 1; sub(/The manual\. */, "") }
/^\*\// { exit }
!inside { next }

{ sub(/^\*\* ?/, "") }

/^$/ {
	flush()
	next
}

/^  [^ ]/ {
	entry(1, substr($0, 3))
	next
}

/^    [^ ]/ {
	entry(2, substr($0, 5))
	next
}

/^      / {
	example = /^                                /
	sub(/^ +/, "")
	if (example)
		print ".br"
	print text($0)
	next
}

{
	close_list(0)
	held[++lines] = text($0)
}

END {
	flush()
	close_list(0)
}
