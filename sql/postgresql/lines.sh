# shellcheck shell=sh
# lines.sh: each row as a line, and what a table's lines come to, in the SQL of
# SQLite or of PostgreSQL
#
# export-postgresql.sh and import-postgresql.sh read it; it isn't run by itself.
# They say which engine it is for, their name in program, and own_columns, those
# of users that aren't ours, each with ", " before it.
#
# A line is that of COPY: fields with a tab between them, and what isn't a
# letter of a field behind a backslash.

tables='domains users forwardings transport'

# What it says of names and rows, as a terminal may see it: those are anybody's.
say() { # WHAT
	printf '%s: %s\n' "$program" "$1" | tr -c ' -~\n' '?' >&2
}

fail() { # WHAT [STATUS]
	say "$1"
	exit "${2-1}"
}

# The comment at the top of the script, if that is asked for.
help_if_asked() { # ARGUMENT
	case $1 in
	-h | --help)
		sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
		exit ;;
	esac
}

# Where the two have other names for the same. Keys are in lower case in
# PostgreSQL; only the letters of ASCII have one in SQLite.
dialect() { # sqlite|postgresql
	case $1 in
	sqlite) char=char key_of='lower(%s)' ;;
	postgresql) char=chr key_of='%s' ;;
	esac
	tab="|| $char(9) ||"
}

columns_of() { # TABLE
	case $1 in
	domains) echo domain ;;
	users) echo "email, password, quota, maildir, active,\
 name${own_columns-}" ;;
	forwardings) echo 'source, destination' ;;
	transport) echo 'domain, transport' ;;
	esac
}

are_names() { # OWN_COLUMNS
	printf '%s\n' "$1" | grep -qxE '(, "[a-z0-9_]+")*'
}

# shellcheck disable=SC2059 # the format is one of two of ours
key() { # COLUMN
	printf "$key_of" "$1"
}

field() { # EXPRESSION
	printf '%s' "replace(replace(replace(replace($1, '\\', '\\\\'),\
 $char(9), '\\t'), $char(10), '\\n'), $char(13), '\\r')"
}

line_of() { # TABLE
	case $1 in
	domains) field "$(key domain)" ;;
	users)
		printf '%s' "$(field "$(key email)") $tab $(field password) $tab quota\
 $tab $(field maildir) $tab active $tab $(field name)"
		for column in $(echo "${own_columns-}" | tr -d ,); do
			printf '%s' " $tab coalesce($(field \
				"CAST($column AS TEXT)"), '\\N')"
		done ;;
	forwardings)
		# Of a whole domain, a destination is a key, too.
		printf '%s' "$(field "$(key source)") $tab $(field "CASE
 WHEN destination LIKE '@%' AND destination NOT LIKE '%,%'
 THEN $(key destination) ELSE destination END")" ;;
	transport) printf '%s' "$(field "$(key domain)") $tab $(field transport)" ;;
	esac
}

first_column() { # TABLE
	columns_of "$1" | sed 's/,.*//'
}

# What a table comes to: two numbers, how many lines there are and their SHA-3
# digest, for which each 10,000 of them have one first. SQLite takes them from
# the table lines_TABLE(n, line), numbered from 0.
digest_in_sqlite() { # TABLE
	cat <<-END
	SELECT count(*), lower(hex(sha3(coalesce((
	    SELECT group_concat(lower(hex(sha3((
	        SELECT group_concat(line, char(10)) FROM (
	          SELECT line FROM lines_$1
	          WHERE n BETWEEN c.n AND c.n + 9999 ORDER BY n)), 256))), '')
	    FROM (SELECT n FROM lines_$1 WHERE n % 10000 = 0 ORDER BY n) AS c),
	  ''), 256))) FROM lines_$1
	END
}

lines_in_sqlite() { # TABLE
	cat <<-END
	CREATE TEMP TABLE lines_$1(n INTEGER PRIMARY KEY, line TEXT);
	INSERT INTO lines_$1
	  SELECT row_number() OVER (ORDER BY $(key "$(first_column "$1")")) - 1,
	    $(line_of "$1")
	  FROM $1 ORDER BY 1;
	END
}

digest_in_postgresql() { # TABLE
	cat <<-END
	SELECT coalesce(sum(lines), 0), encode(digest(coalesce(
	    string_agg(hash, '' ORDER BY chunk), ''), 'sha3-256'), 'hex')
	  FROM (
	    SELECT n / 10000 AS chunk, count(*) AS lines, encode(digest(
	        string_agg(line, chr(10) ORDER BY n), 'sha3-256'), 'hex') AS hash
	    FROM (
	      SELECT row_number() OVER (ORDER BY $(first_column "$1") COLLATE "C")
	          - 1 AS n,
	        $(line_of "$1") AS line FROM $1) AS numbered
	    GROUP BY 1) AS chunks
	END
}
