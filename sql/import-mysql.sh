#!/bin/sh
# Turns a dump of the tutorial's MySQL or MariaDB tables into SQL for SQLite.
#
# usage: import-mysql.sh DUMP | sqlite3 -bail NEW.db
#
# DUMP is what mysqldump or mariadb-dump writes (-: standard input). Of it,
# the tables domains, users, forwardings and transport are taken, without
# keys and types; adopt.sql, which comes next, looks after those:
#
#   mysqldump mail >mail.sql
#   umask 077
#   sh /usr/share/mailfunc/import-mysql.sh mail.sql | sqlite3 -bail mail.db
#   cd /usr/share/mailfunc
#   sqlite3 /path/to/mail.db
#   sqlite> .load mailfunc
#   sqlite> .parameter set :passwords "'hashed'"
#   sqlite> .read adopt.sql
#
# It relies on how these programs write: a CREATE TABLE has a line for each
# column; an INSERT is one line, or one line for each row; a quote in a text
# is written \' and a newline \n. If one of the four tables has an INSERT of
# another form, it stops, and SQLite gets no COMMIT.
set -eu

if [ $# -ne 1 ] || { [ "$1" != - ] && [ ! -r "$1" ]; }; then
	echo "usage: import-mysql.sh DUMP | sqlite3 -bail NEW.db" >&2
	exit 2
fi

# LC_ALL=C: bytes, whatever they mean.
LC_ALL=C exec awk '
function fail(what) {
	print "import-mysql: line " NR ": " what >"/dev/stderr"
	print "SELECT import_mysql_failed;"
	failed = 1
	exit 1
}

# MySQL texts as SQLite writes them. \\ goes first, and waits as a byte that
# cannot be in a dump: a control byte is escaped there.
function to_sqlite(row) {
	gsub(/\(_binary \047/, "(\047", row)
	gsub(/,_binary \047/, ",\047", row)
	gsub(/\\\\/, "\001", row)
	gsub(/\\\047/, "\047\047", row)
	gsub(/\\"/, "\"", row)
	gsub(/\\n/, "\n", row)
	gsub(/\\r/, "\r", row)
	gsub(/\\t/, "\t", row)
	gsub(/\\Z/, "\032", row)
	gsub(/\\0/, "\047||char(0)||\047", row)
	gsub(/\\/, "", row)
	gsub(/\001/, "\\", row)
	return row
}

function is_ours(name) {
	return name ~ /^(domains|users|forwardings|transport)$/
}

BEGIN { print "BEGIN;" }
{ sub(/\r$/, "") }

# CREATE TABLE `users` (, then a line for each column or key.
/^CREATE TABLE [`"][a-z]*[`"] \($/ {
	table = substr($3, 2, length($3) - 2)
	columns = ""
	in_create = is_ours(table)
	next
}
in_create && /^  [`"]/ {
	columns = columns (columns == "" ? "" : ", ") "\"" \
		substr($1, 2, length($1) - 2) "\""
	next
}
in_create && /^\)/ {
	print "CREATE TABLE " table "(" columns ");"
	in_create = 0
	created[table] = 1
	next
}

/^(INSERT|REPLACE) / {
	if (!match($0, /INTO [`"]?[A-Za-z_0-9]*[`"]? /))
		next
	table = substr($0, RSTART + 5, RLENGTH - 6)
	gsub(/[`"]/, "", table)
	if (!is_ours(table))
		next
	if (!created[table])
		fail("an INSERT before CREATE TABLE " table)
	rest = substr($0, RSTART + RLENGTH)
	if (!match(rest, /^(\([^)]*\) )?VALUES ?/))
		fail("an INSERT that mysqldump does not write")
	head = substr(rest, 1, RLENGTH)
	gsub(/`/, "\"", head)
	print "INSERT INTO " table " " head
	in_insert = 1
	$0 = substr(rest, RLENGTH + 1)
	if ($0 == "")
		next
}
in_insert {
	if ($0 !~ /[;,]$/)
		fail("an INSERT that mysqldump does not write")
	print to_sqlite($0)
	in_insert = ($0 !~ /;$/)
}

END {
	if (!failed && (in_insert || in_create))
		fail("the dump is cut off")
	if (!failed && !created["users"])
		fail("there is no table users")
	if (!failed)
		print "COMMIT;"
}
' "$1"
