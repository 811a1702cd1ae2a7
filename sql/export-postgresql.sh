#!/bin/sh
# Writes a mail database of SQLite as a script for PostgreSQL's psql.
#
# usage: export-postgresql.sh [--list] MAILDB | psql -X -q -d mail
#
# --list  the addresses of users whose hash PostgreSQL itself can't verify are
#         printed, too. (Courier and Dovecot verify them as before.)
#
# The database mail has the tables of postgresql/schema.sql, with nothing in
# them. Everything comes: domains, users with hash and maildir as they are,
# forwardings, transport, and columns of users that were added, if they were
# added there, too. Keys come in lower case, and so does a forwarding to a whole
# domain (@example.com). Nobody needs a new password. Only password_policy stays
# behind: each engine has its own.
#
# It is one transaction. At its end the rows of each table are counted there,
# and their SHA-3 digests compared with those taken here; if anything differs,
# or this script can't go on, all is undone. psql's exit status says so; the last
# line that it prints, how many users there are now, is only printed if they are.
#
# The extension isn't needed for this. Nothing is written to MAILDB.
#
# Exit status: 0 written to the end, 1 something can't be exported (the rows are
# named), 2 a bad argument.
set -u
LC_ALL=C
export LC_ALL
unset CDPATH
umask 077

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=sql/postgresql/lines.sh
. "$here/postgresql/lines.sh"
program=export-postgresql list='' own_columns=''

read_arguments() {
	help_if_asked "${1-}"
	case ${1-} in
	--list) list=yes
		shift ;;
	esac
	[ $# = 1 ] || fail 'usage: export-postgresql.sh [--list] MAILDB' 2
	maildb=$1
	[ -f "$maildb" ] || fail "no such database: $maildb" 2
}

# A database as others see it; a dash or a blank in its name is no matter.
ask() { # QUERY
	sqlite3 -bail -batch -init /dev/null -list -noheader \
		-cmd '.timeout 10000' "file:$(uri "$maildb")?mode=ro" "$1"
}

uri() { # PATH
	case $1 in
	/*) path=$1 ;;
	*) path=$PWD/$1 ;;
	esac
	printf '%s' "$path" | sed 's/%/%25/g; s/?/%3f/g; s/#/%23/g'
}

# Columns of users are carried, of other tables not.
read_columns() {
	for table in $tables; do
		found=$(ask "SELECT group_concat(name, ', ') FROM (
			SELECT name FROM pragma_table_info('$table') ORDER BY cid)") ||
			fail "$maildb can't be read"
		case "$table: $found" in
		"users: $(columns_of users), "*)
			own_columns=$(ask "SELECT group_concat(
				', \"' || lower(name) || '\"', '') FROM
				pragma_table_info('users') WHERE cid > 5") ;;
		"$table: $(columns_of "$table")") ;;
		*": ") fail "$maildb has no table $table" ;;
		users:*) fail 'users has not the columns of schema.sql in their
order, .read upgrade.sql or adopt.sql first' ;;
		*) fail "$table has columns that aren't ours: $found" ;;
		esac
	done
	are_names "$own_columns" || fail "users has a column with another character\
 in its name than letters, digits and _: $own_columns"
	others=$(ask "SELECT group_concat(name, ' ') FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
		AND name NOT IN ('$(echo "$tables" | sed "s/ /', '/g")',
		'password_policy')")
	[ -z "$others" ] ||
		say "not exported, for they aren't ours: the tables $others"
}

# What PostgreSQL can't hold: blobs where text belongs, NUL bytes.
check_values() {
	for table in $tables; do
		for column in $(columns_of "$table" | tr -d ,); do
			type="typeof($column) <> 'text'"
			case $column in
			quota | active) type="typeof($column) <> 'integer'" ;;
			\"*) type="typeof($column) = 'blob'" ;;
			esac
			ask "SELECT '$table: ' || quote($(first_column "$table"))
			    || ': $column is ' || CASE typeof($column)
			    WHEN 'text' THEN 'text with a NUL byte'
			    ELSE 'stored as ' || typeof($column) END
			  FROM $table
			  WHERE $type OR (typeof($column) = 'text'
			    AND instr($column, char(0)))" ||
				fail "$maildb can't be read"
		done
	done
}

# Other bytes than those of UTF-8 make no character. Only what is not ASCII is
# looked at.
check_encoding() {
	for table in $tables; do
		ask "SELECT '$table: ' || quote($(first_column "$table"))
		    || char(9) || $(columns_of "$table" | sed 's/[^,]*/coalesce(&,\
 '\'\'')/g; s/, *coalesce/ || char(9) || coalesce/g')
		  FROM $table" | grep -a '[^ -~	]' |
			LC_ALL=C.UTF-8 grep -avx '.*' | cut -f 1 |
			sed 's/$/: it has bytes that are not UTF-8/'
	done
}

check() {
	problems=$(check_values && check_encoding) || exit
	[ -z "$problems" ] || {
		printf '%s\n' "$problems" | tr -c ' -~\n' '?' >&2
		fail "nothing was exported: PostgreSQL can't hold these rows"
	}
}

# ---- the script ----

# Also for a psql that ends with COMMIT by itself (-1): without the last line,
# the transaction can't be committed.
begin() {
	cat <<'SQL'
\set ON_ERROR_STOP 1
\set QUIET 1
BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL client_min_messages = notice;
SET LOCAL standard_conforming_strings = on;
CREATE TEMP TABLE export_state(done boolean) ON COMMIT DROP;
CREATE FUNCTION pg_temp.export_is_whole() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_temp.export_state WHERE done) THEN
    RAISE 'the export broke off, nothing was imported';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER export_is_whole AFTER INSERT ON export_state
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION pg_temp.export_is_whole();
INSERT INTO export_state VALUES (false);
CREATE FUNCTION pg_temp.export_compare(what text, rows numeric, hash text,
  wanted_rows bigint, wanted_hash text) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
  IF rows <> wanted_rows THEN
    RAISE '%: % rows were exported, % are here', what, wanted_rows, rows;
  ELSIF hash <> wanted_hash THEN
    RAISE '%: rows are not as they were exported', what;
  END IF;
END $$;
SQL
	cat <<-SQL
	LOCK TABLE domains, users, forwardings, transport IN EXCLUSIVE MODE;
	DO \$\$
	DECLARE
	  missing text;
	BEGIN
	  IF EXISTS (SELECT FROM domains) OR EXISTS (SELECT FROM users)
	      OR EXISTS (SELECT FROM forwardings)
	      OR EXISTS (SELECT FROM transport) THEN
	    RAISE 'the tables here are not empty, nothing was imported';
	  END IF;
	  SELECT string_agg(name, ', ') INTO missing
	    FROM unnest(string_to_array('$(echo "${own_columns#, }" |
		tr -d '" ')', ',')) AS name
	    WHERE name <> '' AND NOT EXISTS (SELECT FROM pg_attribute
	      WHERE attrelid = 'users'::regclass AND attname = name);
	  IF missing IS NOT NULL THEN
	    RAISE 'users has columns there that it has not here: %; '
	      'ALTER TABLE users ADD COLUMN them first', missing;
	  END IF;
	END \$\$;
	SQL
}

# Newer shells would print a control byte as ^A.
as_it_is() {
	[ -n "$(sqlite3 -batch -init /dev/null :memory: \
		'.mode list --escape off' 2>&1)" ] ||
		echo '.mode list --escape off'
}

# One read transaction, so that all is of one moment.
data() {
	cat <<-SQL
	$(as_it_is)
	PRAGMA temp_store = MEMORY;
	BEGIN;
	SQL
	for table in $tables; do
		lines_in_sqlite "$table"
		cat <<-SQL
		SELECT 'COPY $table($(columns_of "$table")) FROM stdin;';
		SELECT line FROM lines_$table ORDER BY n;
		SELECT '\\.';
		SELECT printf('DO \$do\$ BEGIN PERFORM pg_temp.export_compare(
		    ''$table'', there.rows, there.hash, %d, ''%s'')
		  FROM ($(dialect postgresql
			digest_in_postgresql "$table" | sed "s/'/''/g; s/%/%%/g"))
		  AS there(rows, hash); END \$do\$;', rows, hash)
		  FROM (SELECT 0 AS rows, '' AS hash WHERE 0 UNION ALL
		    $(digest_in_sqlite "$table"));
		DROP TABLE lines_$table;
		SQL
	done
	echo 'ROLLBACK;'
}

# Of hashes that begin like bcrypt's most are.
end() {
	cat <<'SQL'
DO $$
DECLARE
  them bigint := (SELECT count(*) FROM users
    WHERE password NOT LIKE '$2_$%' AND NOT mail_verifies(password));
BEGIN
  IF them > 0 THEN
    RAISE NOTICE '% users have hashes that PostgreSQL itself can not verify; '
      'Courier and Dovecot can as before', them;
  END IF;
END $$;
SQL
	[ -z "$list" ] || cat <<'SQL'
\pset tuples_only on
\pset format unaligned
SELECT email FROM users
  WHERE password NOT LIKE '$2_$%' AND NOT mail_verifies(password)
  ORDER BY email COLLATE "C";
SQL
	cat <<'SQL'
ANALYZE domains, users, forwardings, transport;
UPDATE pg_temp.export_state SET done = true;
COMMIT;
SELECT count(*) AS users FROM users \gset
\echo :users users are here
SQL
}

read_arguments "$@"
dialect sqlite
read_columns
check
begin
data | sqlite3 -bail -batch -init /dev/null -list -noheader \
	-cmd '.timeout 10000' "file:$(uri "$maildb")?mode=ro" || {
	# Whatever psql is reading, this is an error.
	printf '\n\\.\nSELECT export_broke_off;\n'
	fail 'nothing was exported'
}
end
