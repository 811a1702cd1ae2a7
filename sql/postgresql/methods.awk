# methods.awk - what the extension's tables say, as functions of PostgreSQL
#
# PostgreSQL can't load the extension, so make puts the rows of its methods and
# labels, and its limits, into schema.sql, in the place of @METHODS@. Behind
# doc/rows.awk; reads what the preprocessor makes of ext/methods.c, scheme.c and
# stored.c. What only some versions of libxcrypt have is left out.

/mf_schemes\[\] = / { in_schemes = 1; next }
in_schemes { all_schemes = all_schemes " " $0 }
/^};/ { in_schemes = 0 }

/foreign_words\[\] = / { in_words = 1; next }
in_words && /};/ { in_words = 0 }
in_words { all_words = all_words $0 }

function quoted(text) {
	return "'" text "'"
}

function truth(yes) {
	return yes ? "true" : "false"
}

# What a field that the row hasn't got is in C.
function number(name, row,	value) {
	value = field(name, row)
	if (value == "")
		return 0
	return value in constant ? constant[value] : value
}

function word(name, begins, row,	value) {
	value = field(name, row)
	sub(".*" begins, "", value)
	sub(/[^a-z0-9A-Z_].*/, "", value)
	return quoted(tolower(value))
}

function begin(name, columns) {
	printf "DROP FUNCTION IF EXISTS %s();\n", name
	printf "CREATE FUNCTION %s() RETURNS TABLE (\n  %s)\n", name, columns
	print "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $rows$"
	print "  VALUES"
}

# Rows with a comma between them.
function value_row(text) {
	if (held != "")
		print "    (" held "),"
	held = text
}

function end() {
	print "    (" held ")"
	print "$rows$;"
	print ""
	held = ""
}

function methods(	i, row) {
	begin("crypt_methods", "name text, alias text, prefix text,\n" \
		"  grammar text, bare boolean, raw boolean, salted boolean,\n" \
		"  digest text, pgcrypto boolean, creates boolean, password_max integer, salt_max integer,\n" \
		"  digest_digits integer, last_digits integer, rounds integer,\n" \
		"  blocks_max integer, cost_default integer, cost_min integer,\n" \
		"  work_unit text, work_max bigint, work_stored bigint")
	for (i = 1; i <= row_count; i++) {
		row = rows[i]
		if (has("available", row))
			continue
		name_of[ids[i]] = field("name", row)
		value_row(quoted(field("name", row)) ", " \
			quoted(field("alias", row)) ", " \
			(has("prefix", row) ? quoted(field("prefix", row)) \
				: "NULL") ", " \
			word("parse", "mf_parse_", row) ", " \
			truth(has("bare", row)) ", " truth(has("raw", row)) ", " \
			truth(has("salted", row) && \
				row !~ /[.]salted = [( ]*0/) ",\n      " \
			(has("raw", row) ? word("variant", "MF_", row) : "NULL") ", " \
			truth(row ~ /MF_POSTGRESQL/) ", " \
			truth(has("setting", row)) ", " \
			number("password_max", row) ", " \
			number("salt_max", row) ", " \
			number("digest_digits", row) ", " \
			number("last_digits", row) ", " \
			number("rounds", row) ", " number("blocks_max", row) ", " \
			(field("cost_default", row) + 0) ", " \
			number("cost_min", row) ", " \
			quoted(field("work_unit", row)) ", " \
			number("work_max", row) ", " number("work_stored", row))
	}
	end()
}

function labels(	i, count, parts, set, id) {
	begin("crypt_labels", "label text, methods text[]")
	count = split(all_schemes, parts, /\{ ([.]label = )?"/)
	for (i = 2; i <= count; i++) {
		set = ""
		sub(/[.]spelling_of.*/, "", parts[i])
		id = parts[i]
		while (match(id, /<< \(MF_[A-Z0-9_]+\)/)) {
			if (substr(id, RSTART + 4, RLENGTH - 5) in name_of)
				set = set (set == "" ? "" : ",") \
					name_of[substr(id, RSTART + 4, RLENGTH - 5)]
			id = substr(id, RSTART + RLENGTH)
		}
		sub(/".*/, "", parts[i])
		value_row(quoted(parts[i]) ", " quoted("{" set "}") "::text[]")
	}
	end()
}

function words(	i, count, parts) {
	begin("crypt_foreign_words", "word text")
	count = split(all_words, parts, /"/)
	for (i = 2; i <= count; i += 2)
		value_row(quoted(parts[i]))
	end()
}

function limit(name) {
	if (!(name in constant))
		lacking(name)
	return constant[name]
}

function limits() {
	begin("crypt_limits", "password_max integer, memory_stored integer,\n" \
		"  hash_size integer, shortest integer, label_bytes integer")
	value_row(limit("MF_PASSWORD_MAX") ", " limit("MF_TO_STORE") ", " \
		limit("MF_HASH_SIZE") ", " limit("SHORTEST") ", " \
		limit("LABEL_BYTES_MAX"))
	end()
}

END {
	read_rows()
	if (all_schemes == "")
		lacking("mf_schemes")
	if (all_words == "")
		lacking("foreign_words")
	methods()
	labels()
	words()
	limits()
}
