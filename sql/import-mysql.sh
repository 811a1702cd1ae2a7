#!/bin/sh
# Turns a dump of the tutorial's MySQL or MariaDB tables into a database of
# SQLite, which adopt.sql then takes over.
#
# usage: import-mysql.sh DUMP NEW.db
#
#   mysqldump mail >mail.sql
#   cd /usr/share/mailfunc
#   sh import-mysql.sh /root/mail.sql /root/mail.db
#   sqlite3 /root/mail.db
#   sqlite> .load mailfunc
#   sqlite> .parameter set :passwords "'hashed'"
#   sqlite> .read adopt.sql
#
# DUMP (-: standard input) is what mysqldump, mariadb-dump, phpMyAdmin,
# HeidiSQL, Navicat or SQLyog write. Of it the tables domains, users,
# forwardings and transport are taken, with all their columns, without keys,
# types and defaults, so an INSERT must have all columns (those that MySQL
# computes may be missing). A number that SQLite would round becomes a text.
# NEW.db must not exist; it is made with mode 0600, for it holds what the dump
# holds. If anything in the dump that concerns these tables can't be read, the
# line's number is printed and nothing is made. At the end the rows that were
# read are compared with those that are stored.
#
# Without NEW.db, the SQL goes to standard output, to be read by
# sqlite3 -safe -batch -init /dev/null -bail NEW.db
#
# A dump may come from somebody who means harm. It is taken apart here into
# words, names, numbers and texts, and what SQLite gets is put together anew:
# a statement of ours in each line, with texts in quotes or in hex, so that
# nothing from the dump can begin a line or end a text.
set -eu

usage='usage: import-mysql.sh DUMP [NEW.db]'
case ${1-} in
-h | --help)
	echo "$usage"
	exit 0
	;;
esac

fail() {
	printf 'import-mysql: %s\n' "$1" >&2
	exit "${2-1}"
}

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	echo "$usage" >&2
	exit 2
elif [ "$1" != - ] && { [ ! -r "$1" ] || [ -d "$1" ]; }; then
	fail "can't read the dump $1" 2
elif [ $# = 2 ] && { [ -e "$2" ] || [ -h "$2" ]; }; then
	fail "$2 exists, give the name of a new file" 2
fi

progress=0
if [ -t 2 ]; then
	progress=1
fi

# translate: the dump from standard input, as SQL for SQLite.
#
# LC_ALL=C: bytes, whatever they mean. A record is a line, of which the rest,
# piece by piece, waits in row; buf is what is being looked at. Each function
# takes from the beginning of buf what it knows, and calls more() where a piece
# ends. \047 is a single quote.
translate() {
	LC_ALL=C awk -v progress="$progress" '
# Says so, with the line at which buf begins, and ends. Without -bail, too,
# there is nothing to commit.
function fail(what,   rest, line) {
	rest = buf substr(row, at)
	line = NR + 1 - gsub(/\n/, "", rest)
	print (shown ? "\n" : "") "import-mysql: line " \
		(line > NR ? NR : line) ": " what \
		>"/dev/stderr"
	print "ROLLBACK; SELECT import_mysql_failed;"
	exit 1
}

# ---- bytes ----

# Another piece of the dump; 0 at its end.
function more(   status) {
	if (at > length(row)) {
		status = getline row
		if (status < 0)
			fail("can not be read")
		if (status == 0)
			return 0
		if (NR == 1)
			begin_file()
		row = row "\n"
		at = 1
	}
	buf = buf substr(row, at, 4096)
	at += 4096
	return 1
}

function begin_file() {
	sub(/^\357\273\277/, "", row)
	if (row ~ /^(\377\376|\376\377)/)
		fail("the dump is UTF-16, as PowerShell writes with >: " \
			"make it with --result-file=dump.sql")
}

# At least n bytes are in buf, unless the dump ends.
function need(n) {
	while (length(buf) < n && more())
		;
}

function drop(n) {
	buf = substr(buf, n + 1)
}

# Drops all up to and with a text.
function drop_to(end,   i) {
	while (!(i = index(buf, end))) {
		if (length(buf) >= length(end))
			drop(length(buf) - length(end) + 1)
		if (!more())
			fail("the dump is cut off")
	}
	drop(i + length(end) - 1)
}

# Drops a comment. One that begins with /*! is a statement to MySQL: those
# that dumps have set something, or belong to a view or a trigger.
function comment(   said) {
	if (buf !~ /^\/\*M?!/) {
		drop(2)
		drop_to("*/")
		return
	}
	need(400)
	said = toupper(substr(buf, 1, 400))
	if (index(said, "*/"))
		said = substr(said, 1, index(said, "*/") - 1)
	sub(/^\/\*M?![0-9]*\\?-?[ \t\r\n]*/, "", said)
	if (said ~ hides_rows || said ~ /^(\/\*|#|--[ \t\r\n])/)
		fail("a statement that dumps do not hide in a comment")
	if (said ~ /^SET[^A-Z]/)
		setting(said)
	drop(2)
	drop_to("*/")
}

# Drops blanks and comments: what comes next is at the beginning of buf.
function blanks() {
	for (;;) {
		sub(/^[ \t\r\n\f\v]+/, "", buf)
		if (length(buf) < 4 && more())
			continue
		if (buf ~ /^(#|--([ \t\r\n]|$))/)
			drop_to("\n")
		else if (buf ~ /^\/\*/)
			comment()
		else
			return
	}
}

# ---- words, names, numbers, texts ----

# The word or number that comes next, or "".
function word(   w) {
	blanks()
	while (match(buf, /^[-+.0-9A-Za-z_$\200-\377]+/) &&
	    RLENGTH == length(buf) && more())
		if (length(buf) > longest)
			fail("a value longer than a megabyte")
	if (RLENGTH < 1)
		return ""
	w = substr(buf, 1, RLENGTH)
	drop(RLENGTH)
	return w
}

function keyword() {
	return toupper(word())
}

# Is that what comes next? Then it is dropped.
function next_is(character) {
	blanks()
	if (substr(buf, 1, 1) != character)
		return 0
	drop(1)
	return 1
}

function expect(character) {
	if (!next_is(character))
		fail("no " character " where one should be")
}

# A name, in quotes of either kind or in none.
function name(   n) {
	blanks()
	if (buf ~ /^[`"]/) {
		text(substr(buf, 1, 1), 0)
		n = raw
		if (n ~ /[\001-\037\177]/ || index(n, nul))
			fail("a name with control characters")
	} else if (match(buf, /^[0-9A-Za-z_$\200-\377]+/)) {
		while (RLENGTH == length(buf) && more())
			match(buf, /^[0-9A-Za-z_$\200-\377]+/)
		n = substr(buf, 1, RLENGTH)
		drop(RLENGTH)
	}
	if (n == "" || length(n) > 256)
		fail("no name where one should be")
	return n
}

# The table that comes next, if it is ours, in lower case; else "". Of two
# databases in one dump it can not be known which one is meant.
function our_table(   t, base) {
	base = current
	t = name()
	if (substr(buf, 1, 1) == ".") {
		drop(1)
		base = t
		t = name()
	}
	t = tolower(t)
	if (!(t in tutorial))
		return ""
	if (base != "" && home != "" && base != home)
		fail("the table " t " of a second database: dump one alone")
	if (base != "")
		home = base
	return t
}

# A text whose opening quote is next, into raw. Parts of it are joined first,
# for it may be long.
function text(quote, escapes,   part, c) {
	drop(1)
	raw = ""
	for (;;) {
		if (length(part) > 4096) {
			raw = raw part
			part = ""
			if (length(raw) > longest)
				fail("a value longer than a megabyte")
		}
		if (!match(buf, ends[quote])) {
			part = part buf
			buf = ""
			if (!more())
				fail("the dump is cut off")
			continue
		}
		c = substr(buf, RSTART, 1)
		part = part substr(buf, 1, RSTART - 1)
		drop(RSTART)
		need(1)
		if (c == "\\" && escapes) {
			c = substr(buf, 1, 1)
			part = part (c in escaped ? escaped[c] : c)
			drop(1)
		} else if (c == "\\")
			part = part c
		else if (substr(buf, 1, 1) == quote) {
			part = part quote
			drop(1)
		} else
			break
	}
	raw = raw part
}

# What a table has for each byte, or the byte itself; in parts, as above.
function mapped(s, table,   i, c, part, out) {
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		part = part (c in table ? table[c] : c)
		if (i % 1024 == 0) {
			out = out part
			part = ""
		}
	}
	return out part
}

# From the character set of the dump to UTF-8. MySQL says latin1 and means
# Windows-1252. mysqldump --compatible writes it without saying so.
function utf8(s, charset) {
	if (s !~ /[\200-\377]/ || charset == "BINARY" || charset ~ /^UTF8/ ||
	    (charset == "" && is_utf8(s)))
		return s
	if (charset != "" && charset != "LATIN1")
		fail("a text in the character set " tolower(charset) \
			", make the dump with --default-character-set=utf8mb4")
	return mapped(s, latin1)
}

# Windows-1252 has these characters from 128 to 159, and Latin 1 from there.
function begin_latin1(   point, i, n) {
	split("8364 129 8218 402 8222 8230 8224 8225 710 8240 352 8249 338 " \
		"141 381 143 144 8216 8217 8220 8221 8226 8211 8212 732 8482 " \
		"353 8250 339 157 382 376", point, " ")
	for (i = 128; i < 256; i++) {
		n = i < 160 ? point[i - 127] : i
		latin1[sprintf("%c", i)] = n < 2048 ? \
			sprintf("%c%c", 192 + int(n / 64), 128 + n % 64) : \
			sprintf("%c%c%c", 224 + int(n / 4096), \
				128 + int(n / 64) % 64, 128 + n % 64)
	}
}

function is_utf8(s) {
	gsub(/[\302-\337][\200-\277]/, "", s)
	gsub(/[\340-\357][\200-\277][\200-\277]/, "", s)
	gsub(/[\360-\364][\200-\277][\200-\277][\200-\277]/, "", s)
	return s !~ /[\200-\377]/
}

# The text in raw, as SQL.
function literal(charset) {
	raw = utf8(raw, charset)
	if (raw ~ /[\001-\037\177]/ || index(raw, nul))
		return "CAST(x\047" mapped(raw, hex_of) "\047 AS TEXT)"
	gsub(/\047/, "&&", raw)
	return "\047" raw "\047"
}

# The value that comes next, as SQL.
function value(charset,   w) {
	blanks()
	if (buf ~ /^[\047"]/) {
		text(substr(buf, 1, 1), escapes)
		return literal(charset)
	}
	w = word()
	if (w ~ /^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/)
		return number(w)
	if (w ~ /^0x([0-9A-Fa-f][0-9A-Fa-f])+$/)
		return "CAST(x\047" substr(w, 3) "\047 AS TEXT)"
	w = toupper(w)
	if (w == "NULL" || w == "TRUE" || w == "FALSE")
		return w
	blanks()
	if (buf !~ /^\047/ || w !~ /^([XB]|_[A-Z0-9]+)$/)
		fail("a value that is neither text nor number")
	text("\047", escapes)
	if (w ~ /^_/)
		return literal(substr(w, 2))
	if (w == "X" && raw ~ /^([0-9A-Fa-f][0-9A-Fa-f])*$/)
		return "CAST(x\047" raw "\047 AS TEXT)"
	if (w == "B" && raw ~ /^[01]+$/ && length(raw) < 54)
		return bits(raw)
	fail("a value that is neither text nor number")
}

# A number as it stands; what SQLite would round is a text. It holds integers
# of 18 digits, fractions of 15, and exponents up to 300.
function number(w,   digits, e) {
	if (length(w) >= 400)
		fail("a number of 400 digits")
	digits = w
	e = sub(/[eE].*/, "", digits) ? substr(w, length(digits) + 2) + 0 : 0
	gsub(/^[-+0]+|[.]/, "", digits)
	if (length(digits) <= 15 && e > -300 && e + length(w) < 300)
		return w
	if (length(digits) <= 18 && w ~ /^[-+]?[0-9]+$/)
		return w
	return "\047" w "\047"
}

function bits(s,   i, n) {
	for (i = 1; i <= length(s); i++)
		n = n * 2 + substr(s, i, 1)
	return sprintf("%.0f", n)
}

# ---- what is passed over ----

# Text in quotes that nobody wants. A quote behind a backslash that has nothing
# before it to escape is not the last.
function drop_text(quote,   i, s) {
	for (;;) {
		i = index(buf, quote)
		s = i ? substr(buf, 1, i - 1) : buf
		if (escapes && quote != "`")
			gsub(/\\./, "", s)
		else
			s = ""
		s = substr(s, length(s))
		if (i)
			drop(i)
		else
			buf = s == "\\" ? s : ""
		if (i && s != "\\")
			return
		if (!i && !more())
			fail("the dump is cut off")
	}
}

# Drops all up to a character of stop that is in no quotes, comments and
# brackets; that one stays. (Quotes that are doubled are two texts here.)
function skip_to(stop,   marks, c, depth) {
	marks = stop == ";" ? "[;\047\"`#/-]" : "[;,()\047\"`#/-]"
	for (;;) {
		if (!match(buf, marks)) {
			buf = ""
			if (!more())
				fail("the dump is cut off")
			continue
		}
		drop(RSTART - 1)
		c = substr(buf, 1, 1)
		if (c == ";" || (!depth && index(stop, c)))
			return c
		if (index("#/-", c)) {
			blanks()
			c = substr(buf, 1, 1)
			if (index("#/-", c))
				drop(1)
			continue
		}
		drop(1)
		if (c ~ /[\047"`]/)
			drop_text(c)
		else if (c == "(")
			depth++
		else if (c == ")")
			depth--
	}
}

function skip() {
	skip_to(";")
	drop(1)
}

# ---- statements ----

# "SET ...", in capitals: how what follows is to be read.
function setting(said) {
	if (match(said, /^SET NAMES +[\047"]?[A-Z0-9]+/)) {
		names = substr(said, RSTART, RLENGTH)
		sub(/^SET NAMES +[\047"]?/, "", names)
	}
	if (match(said, /SQL_MODE *= *[\047"][A-Z_, ]*/))
		escapes = substr(said, RSTART, RLENGTH) !~ \
			/NO_BACKSLASH_ESCAPES/
}

# CREATE TABLE: the names of its columns, and how many of them are computed
# from others. The bytes of a binary one are in no character set, whatever the
# dump says.
function create_table(t,   n, u, list, is) {
	if (t in columns)
		fail("a second table " t)
	expect("(")
	do {
		blanks()
		if (buf ~ /^[`"]/)
			u = ""
		else {
			need(40)
			u = toupper(substr(buf, 1, 40))
		}
		if (u !~ no_column) {
			u = name()
			if ((t, tolower(u)) in kind)
				fail("a second column of that name")
			list = list (n++ ? ", " : "") identifier(u)
			blanks()
			need(200)
			computed[t] += tolower(substr(buf, 1, 200)) ~ as_others
			is = is (kind[t, tolower(u)] = \
				tolower(buf) ~ binary ? "b" : "t")
		}
	} while (drop_element() == ",")
	skip()
	columns[t] = list
	width[t] = n
	kinds[t] = is
	print "CREATE TABLE " t "(" list ");"
}

# Up to the end of a column, which is a comma or the closing bracket.
function drop_element(   c) {
	c = skip_to(",);")
	drop(1)
	if (c == ";")
		fail("a CREATE TABLE without an end")
	return c
}

function identifier(n) {
	gsub(/"/, "&&", n)
	return "\"" n "\""
}

# Of an INSERT, into list, width and kinds of the table "": (`email`,
# `password`), or all that the table has, or those of the tutorial.
function begin_list(t,   n, u) {
	blanks()
	columns[""] = kinds[""] = ""
	if (substr(buf, 1, 1) == "(") {
		drop(1)
		split("", seen)
		do {
			u = name()
			if (tolower(u) in seen)
				fail("a column that is named twice")
			seen[tolower(u)] = 1
			if (kinds[t] != "" && !((t, tolower(u)) in kind))
				fail("a column that CREATE TABLE does not have")
			columns[""] = columns[""] (n++ ? ", " : "") \
				identifier(u)
			kinds[""] = kinds[""] kind[t, tolower(u)]
		} while (next_is(","))
		expect(")")
		if (kinds[t] != "" && n < width[t] - computed[t])
			fail("an INSERT without all columns of " t \
				", and defaults do not come")
		width[""] = n
	} else if (t in columns)
		copy_list(t, "")
	else {
		assumed[t] = 1
		columns[""] = tutorial[t]
		width[""] = split(tutorial[t], new, ",")
	}
}

function copy_list(from, to) {
	columns[to] = columns[from]
	width[to] = width[from]
	kinds[to] = kinds[from]
}

# INSERT and REPLACE: the table, its columns if they are said, the rows.
function insert(   t, w) {
	while (drop_word(insert_words))
		;
	t = our_table()
	if (t == "") {
		skip()
		return
	}
	begin_list(t)
	if (!(t in columns)) {
		copy_list("", t)
		without_create[t] = 1
		print "CREATE TABLE " t "(" columns[t] ");"
	} else if (t in without_create && columns[t] != columns[""])
		fail("other columns than those of the INSERT before")
	w = keyword()
	if (w != "VALUES" && w != "VALUE")
		fail("an INSERT without VALUES")
	do
		insert_row(t)
	while (next_is(","))
	if (!next_is(";"))
		fail("an INSERT that does not end behind its rows")
}

# Drops the word that comes next if it is one of these.
function drop_word(words) {
	blanks()
	need(20)
	return match(toupper(substr(buf, 1, 20)), words) && word() != ""
}

function insert_row(t,   line, got) {
	expect("(")
	line = "INSERT INTO " t "(" columns[""] ") VALUES ("
	do {
		line = line (got ? ", " : "")
		got++
		line = line value(substr(kinds[""], got, 1) == "b" ? \
			"BINARY" : names)
	} while (next_is(","))
	expect(")")
	if (got != width[""])
		fail("a row of " got " values for " width[""] " columns of " t \
			(t in assumed ? ": without CREATE TABLE, make the " \
			"dump with --complete-insert" : ""))
	print line ");"
	rows[t]++
	if (progress && ++all % 10000 == 0) {
		printf "\rimport-mysql: %d rows", all >"/dev/stderr"
		shown = 1
	}
}

# DELETE FROM and TRUNCATE: where there are no rows yet, as some dumps begin.
function empty(what,   t, w) {
	t = our_table()
	w = next_is(";") ? ";" : keyword()
	if (w != ";" && w != "WHERE")
		fail(what ": what it does is not known")
	if (rows[t])
		fail(what " " t ", whose rows have been read")
	if (w != ";")
		skip()
}

function create(   w) {
	do
		w = keyword()
	while (w ~ /^(OR|REPLACE|TEMPORARY)$/)
	if (w != "TABLE") {
		skip()
		return
	}
	optional("IF NOT EXISTS")
	w = our_table()
	if (w == "")
		skip()
	else
		create_table(w)
}

# Drops these words if they come next. No table is called IF.
function optional(words,   said) {
	blanks()
	need(40)
	said = toupper(substr(buf, 1, 40))
	gsub(/[ \t\r\n]+/, " ", said)
	if (substr(said, 1, length(words) + 1) != words " ")
		return
	for (said = split(words, new, " "); said; said--)
		word()
}

# ALTER TABLE: keys and counters may come, but no columns.
function alter(   w, t) {
	if ((w = keyword()) == "IGNORE")
		w = keyword()
	if (w != "TABLE") {
		skip()
		return
	}
	optional("IF EXISTS")
	optional("ONLY")
	if ((t = our_table()) == "") {
		if (keyword() == "RENAME") {
			optional("TO")
			optional("AS")
			if (our_table() != "")
				fail("ALTER TABLE: another table becomes one of ours")
		}
		skip()
		return
	}
	do {
		w = keyword()
		if (w == "ADD")
			w = w " " keyword()
		if (w !~ keeps_columns)
			fail("ALTER TABLE " t ": what it does is not known")
		w = skip_to(",;")
		drop(1)
	} while (w == ",")
}

# DROP TABLE a, b
function drop_tables(   w) {
	w = keyword()
	if (w == "TEMPORARY")
		w = keyword()
	if (w == "TABLE" || w == "TABLES") {
		optional("IF EXISTS")
		do {
			w = our_table()
			if (w != "" && w in columns)
				fail("DROP TABLE " w ", which has been read")
		} while (next_is(","))
	}
	skip()
}

# DELIMITER ;;: triggers and routines follow, up to DELIMITER ;
function set_delimiter(   i) {
	need(80)
	sub(/^[ \t]+/, "", buf)
	i = match(buf, /[ \t\r\n]/)
	delimiter = substr(buf, 1, i - 1)
	drop_to("\n")
}

# A statement between such lines. It is not taken apart: MySQL lets comments
# end where no comment does, in the middle of a text.
function routine(   i, said) {
	sub(/^[ \t\r\n]+/, "", buf)
	need(400)
	if (buf ~ /^[ \t\r\n]/)
		return
	said = toupper(substr(buf, 1, 400))
	if (said ~ /^DELIMITER[ \t]/) {
		word()
		set_delimiter()
		return
	}
	if (said ~ /^(#|--[ \t\r\n])/) {
		drop_to("\n")
		return
	}
	sub(/^\/\*M?![0-9]*[ \t\r\n]*/, "", said)
	if (substr(buf, 1, length(delimiter)) != delimiter && buf != "" &&
	    (said !~ /^(CREATE|DROP|ALTER|SET|USE)[^A-Z]/ ||
	    said ~ /^CREATE[ \t\r\n]+TABLE/))
		fail("a statement after DELIMITER that is none of a routine")
	drop_to(delimiter)
}

function statement(   w) {
	if (next_is(";"))
		return
	w = keyword()
	if (w == "INSERT" || w == "REPLACE")
		insert()
	else if (w == "CREATE")
		create()
	else if (w == "DROP")
		drop_tables()
	else if (w == "ALTER")
		alter()
	else if (w == "DELETE" || w == "TRUNCATE") {
		optional(w == "DELETE" ? "FROM" : "TABLE")
		empty(w)
	} else if (w == "DELIMITER")
		set_delimiter()
	else if (w == "USE") {
		current = name()
		skip()
	} else if (w == "SET") {
		need(400)
		w = "SET" toupper(substr(buf, 1, 400))
		gsub(/[ \t]+/, " ", w)
		setting(substr(w, 1, index(w, ";") - 1))
		skip()
	} else if (w in passed_over)
		skip()
	else
		fail("a statement that is none of a dump")
}

# The numbers are compared by a trigger, which can roll back.
function finish(   i, t, told) {
	print "CREATE TEMP TABLE import_mysql(n);"
	print "CREATE TEMP TRIGGER import_mysql_differ " \
		"BEFORE INSERT ON import_mysql BEGIN SELECT RAISE(ROLLBACK, " \
		"\047the rows that were read and those stored differ\047); END;"
	for (i = 1; i <= 4; i++) {
		t = order[i]
		if (t in columns)
			print "INSERT INTO import_mysql SELECT 1 WHERE " \
				"(SELECT count(*) FROM " t ") <> " \
				rows[t] + 0 ";"
		told = told (i > 1 ? ", " : "") "\047 || " (t in columns ? \
			"(SELECT count(*) FROM " t ")" : 0) " || \047 " t
	}
	print "DROP TABLE import_mysql;"
	print "COMMIT;"
	print "SELECT \047taken in: " told "\047;"
}

BEGIN {
	longest = 1048576
	escapes = 1
	delimiter = ";"
	at = 1
	split("domains users forwardings transport", order, " ")
	tutorial["domains"] = "\"domain\""
	tutorial["users"] = "\"email\", \"password\", \"quota\""
	tutorial["forwardings"] = "\"source\", \"destination\""
	tutorial["transport"] = "\"domain\", \"transport\""
	split("LOCK UNLOCK START BEGIN COMMIT ANALYZE FLUSH CHANGE", new)
	for (i in new)
		passed_over[new[i]] = 1
	no_column = "^(KEY|INDEX|PRIMARY|UNIQUE|CONSTRAINT|FOREIGN|FULLTEXT|" \
		"SPATIAL|CHECK|PERIOD[ \t]+FOR)[ \t\r\n(`\"]"
	insert_words = "^(LOW_PRIORITY|HIGH_PRIORITY|DELAYED|IGNORE|INTO)" \
		"[ \t\r\n/`\"]"
	binary = "^(var)?binary|^(tiny|medium|long)?blob|^bit"
	as_others = "^[a-z]+ *(\\([^)]*\\))?[a-z0-9_ ]* as *\\("
	hides_rows = "(^|;[ \\t\\r\\n]*)(INSERT|REPLACE|LOAD|UPDATE|DELETE|" \
		"TRUNCATE|RENAME)[^A-Z]"
	keeps_columns = "^(ADD (KEY|INDEX|PRIMARY|UNIQUE|CONSTRAINT|FOREIGN|" \
		"FULLTEXT|SPATIAL|CHECK)|MODIFY|ENGINE|AUTO_INCREMENT|" \
		"COMMENT|DISABLE|ENABLE|CONVERT|DEFAULT|CHARACTER)$"
	nul = sprintf("%c", 0)
	escaped["0"] = nul
	escaped["n"] = "\n"
	escaped["r"] = "\r"
	escaped["t"] = "\t"
	escaped["b"] = "\b"
	escaped["Z"] = "\032"
	escaped["%"] = "\\%"
	escaped["_"] = "\\_"
	ends["\047"] = "[\047\\\\]"
	ends["\""] = "[\"\\\\]"
	ends["`"] = "`"
	for (i = 0; i < 256; i++)
		hex_of[sprintf("%c", i)] = sprintf("%02X", i)
	begin_latin1()

	if (length(nul) != 1)
		fail("this awk can not hold all bytes, use mawk or gawk")
	print ".bail on"
	print "BEGIN;"
	for (;;) {
		if (delimiter == ";")
			blanks()
		else
			need(1)
		if (buf == "" && !more())
			break
		if (delimiter == ";")
			statement()
		else
			routine()
	}
	if (shown)
		print "" >"/dev/stderr"
	shown = 0
	if (delimiter != ";")
		fail("the dump is cut off")
	if (!("users" in columns))
		fail("there is no table users")
	if (!rows["users"])
		fail("the table users has no rows")
	finish()
}
'
}

[ "$1" = - ] || exec <"$1"
if [ $# = 1 ]; then
	translate
	exit
fi

# The file is made here, and goes if not everything comes in.
umask 077
case $2 in
/*) db=$2 ;;
*) db=./$2 ;;
esac
(set -C && : >"$db") 2>/dev/null || fail "can't make $2"
trap 'rm -f "$db" "$db-journal"' EXIT
trap 'exit 1' HUP INT TERM
said=$(translate | sqlite3 -safe -batch -init /dev/null -list -noheader \
	-bail "$db" 2>&1) || :
case $said in
'taken in: '*)
	trap - EXIT
	echo "$said"
	;;
*import_mysql_failed*) fail "nothing was made" ;;
'') fail "nothing was made: it stopped on the way" ;;
*) fail "nothing was made: $said" ;;
esac
