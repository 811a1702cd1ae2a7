# text.awk - a line of a comment, as mdoc; for the other .awk files

function literal(line) {
	gsub(/\\/, "\\e", line)
	if (line ~ /^[.']/)
		line = "\\&" line
	return line
}

# Each sentence on a line of its own, as mdoc wants them.
function text(line,	done) {
	line = literal(line)
	while (match(line, /[.!?][)]? +[A-Z]/)) {
		done = done substr(line, 1, RSTART) "\n"
		line = substr(line, RSTART + 1)
		if (line ~ /^[)]/) {
			done = substr(done, 1, length(done) - 1) ")\n"
			line = substr(line, 2)
		}
		sub(/^ +/, "", line)
	}
	return done line
}
