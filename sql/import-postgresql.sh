#!/bin/sh
# Makes a mail database of SQLite from one of PostgreSQL, the way back from
# export-postgresql.sh.
#
# usage: import-postgresql.sh NEW.db [ARGUMENT OF PSQL...]
#
#   sh import-postgresql.sh /root/mail.db -d mail
#
# NEW.db must not exist; it is made with mode 0600, with the tables and triggers
# of schema.sql. Everything comes: domains, users with hash and maildir as they
# are, forwardings, transport, and columns of users that were added there.
# Nobody needs a new password. password_policy is the one of schema.sql.
#
# psql reads all in one transaction, as one who may (mail_admin). At the end
# the rows of each table are counted here, and their SHA-3 digests compared with
# those taken there; if anything differs, or psql fails, nothing is made.
#
# From the environment: MAILFUNC, the extension to load (mailfunc).
#
# Exit status: 0 done, 1 nothing was made, 2 a bad argument.
set -u
LC_ALL=C
PGCLIENTENCODING=UTF8
export LC_ALL PGCLIENTENCODING
unset CDPATH
umask 077

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=sql/postgresql/lines.sh
. "$here/postgresql/lines.sh"
program=import-postgresql own_columns=''

read_arguments() {
	help_if_asked "${1-}"
	case ${1-} in
	-* | '') fail 'usage: import-postgresql.sh NEW.db [ARGUMENT OF PSQL...]' 2
	esac
	case $1 in
	/*) new=$1 ;;
	*) new=$PWD/$1 ;;
	esac
	case $new in
	*[\"\']*) fail 'no quotes in the name of the new file, please' 2 ;;
	esac
	{ [ -e "$new" ] || [ -h "$new" ]; } &&
		fail "$new exists, give the name of a new file" 2
}

psql_says() { # [ARGUMENT...]: to the script on standard input
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

read_columns() { # [ARGUMENT...]
	own_columns=$(psql_says "$@" <<-'SQL'
	SELECT string_agg(', "' || attname || '"', '' ORDER BY attnum)
	  FROM pg_attribute WHERE attrelid = 'users'::regclass
	  AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('email',
	    'password', 'quota', 'maildir', 'active', 'name');
	SQL
	) || fail 'psql failed, nothing was made'
	are_names "$own_columns" || fail "users has a column with another character\
 in its name than small letters, digits and _: $own_columns"
}

# ---- what psql is asked: it answers with statements for SQLite ----

# A text with a line's end in it, or another control byte, in hex.
quoted() { # COLUMN
	printf '%s' "CASE WHEN $1 IS NULL THEN 'NULL'
	  WHEN $1::text ~ '[\\x01-\\x1f\\x7f]' THEN 'CAST(x'''
	    || encode(convert_to($1::text, 'UTF8'), 'hex') || ''' AS TEXT)'
	  ELSE '''' || replace($1::text, '''', '''''') || '''' END"
}

script() {
	cat <<-'SQL'
	BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
	SET LOCAL standard_conforming_strings = on;
	SQL
	for table in $tables; do
		values=''
		for column in $(columns_of "$table" | tr -d ,); do
			case $column in
			quota | active) value="$column" ;;
			*) value=$(quoted "$column") ;;
			esac
			values="$values${values:+ || ', ' || }$value"
		done
		cat <<-SQL
		\\set FETCH_COUNT 10000
		SELECT 'INSERT INTO coming_$table VALUES (' ||
		    $values || ');'
		  FROM $table ORDER BY $(first_column "$table") COLLATE "C";
		SELECT format('INSERT INTO there VALUES (''$table'', %s, ''%s'');',
		    rows, hash)
		  FROM ($(digest_in_postgresql "$table")) AS there(rows, hash);
		SQL
	done
	echo 'COMMIT;'
}

# ---- what SQLite does before and after ----

begin() {
	cat <<-SQL
	.load '${MAILFUNC-mailfunc}'
	PRAGMA temp_store = MEMORY;
	PRAGMA synchronous = OFF;
	.read "$here/schema.sql"
	SQL
	for column in $(echo "$own_columns" | tr -d ,); do
		echo "ALTER TABLE users ADD COLUMN $column;"
	done
	[ -z "$own_columns" ] || printf '%s\n' '.output /dev/null' \
		'SELECT CARRY_COLUMNS();' '.output'
	cat <<-SQL
	BEGIN;
	$(for table in $tables; do
		echo "CREATE TEMP TABLE coming_$table AS
		  SELECT $(columns_of "$table") FROM $table WHERE 0;"
	done)
	CREATE TEMP TABLE there(what, rows, hash);
	CREATE TEMP TABLE differs(what);
	CREATE TEMP TRIGGER refuse BEFORE INSERT ON differs
	BEGIN
	  SELECT RAISE(ROLLBACK, 'rows are not as they are in PostgreSQL');
	END;
	SQL
}

# One statement for each table: for each row, SQLite would compile the triggers.
end() {
	for table in $tables; do
		echo "INSERT INTO $table($(columns_of "$table"))
		  SELECT * FROM coming_$table;"
	done
	for table in $tables; do
		lines_in_sqlite "$table"
		cat <<-SQL
		INSERT INTO differs SELECT '$table'
		  WHERE ($(digest_in_sqlite "$table" |
			sed 's/SELECT count(\*), /SELECT count(*) || /'))
		  IS NOT (SELECT rows || hash FROM there WHERE what = '$table');
		DROP TABLE lines_$table;
		SQL
	done
	cat <<-'SQL'
	COMMIT;
	SELECT count(*) || ' users' FROM users;
	SQL
}

read_arguments "$@"
shift
read_columns "$@"
# Made by us, now: what somebody has put there would be his to read.
[ ! -e "$new.part-journal" ] || fail "$new.part-journal is there already"
(set -C; : >"$new.part") 2>/dev/null ||
	fail "can't make $new.part, or it is there already"
trap 'rm -f "$new.part" "$new.part-journal"' EXIT
trap 'exit 1' HUP INT TERM
dialect sqlite
# Without the end, nothing is committed.
done=$({
	begin
	(dialect postgresql; script) | {
		# The status of psql, whose output comes through here.
		psql_says "$@" || exit
		end
	}
} | sqlite3 -bail -batch -init /dev/null -list -noheader "$new.part") ||
	fail 'nothing was made'
case $done in
*' users') ;;
*) fail 'psql failed, nothing was made' ;;
esac
{ sync "$new.part" && ln -T "$new.part" "$new"; } || fail "can't make $new"
echo "$done in $new"
