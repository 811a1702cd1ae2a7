#!/bin/sh
# The lists by which sql/doctor.sql knows what sql/schema.sql makes.
#
#   sh test/system/admin/fingerprints.sh           prints their lines
#   sh test/system/admin/fingerprints.sh write     puts them into sql/doctor.sql,
#                                           after a change of sql/schema.sql
#
# Run from the repository's root, with mailfunc.so built. The formulas are
# doctor.sql's. Of users, active and name may be what an administrator had
# before us.
set -eu

lines() {
	"${SQLITE3:-sqlite3}" -batch -init /dev/null -list -noheader :memory: \
		'.load ./mailfunc' '.read sql/schema.sql' "$1" | sed '$!s/$/,/; $s/$/;/'
}

shipped() {
	lines "SELECT printf('  (%Q, %Q, %Q)', type, name,
		  substr(hex(sha3(SHIPPED_SQL(sql))), 1, 32))
		FROM main.sqlite_master
		WHERE type IN ('index', 'trigger') AND sql IS NOT NULL
		ORDER BY type, name"
}

shape() {
	lines "SELECT printf('  (%Q, %Q, %Q, %d, %d, %Q)', m.name, c.name,
		  c.type, c.\"notnull\", c.pk, (SELECT max(x.coll)
		    FROM pragma_index_list(m.name) AS i,
		      pragma_index_xinfo(i.name) AS x
		    WHERE i.\"unique\" AND x.key AND x.name = c.name))
		FROM main.sqlite_master AS m, pragma_table_xinfo(m.name) AS c
		WHERE m.type = 'table'
		  AND (m.name <> 'users' OR c.name NOT IN ('active', 'name'))
		ORDER BY m.name, c.cid"
}

# put LIST: its lines into doctor.sql.
put() {
	"$1" >"$new"
	sed -i "/^INSERT INTO doctor.$1 VALUES/,/;\$/{
		/^INSERT/{
			r $new
			b
		}
		d
	}" sql/doctor.sql
}

case ${1-} in
'')
	shipped
	shape ;;
write)
	new=$(mktemp)
	trap 'rm -f "$new"' EXIT
	put shipped
	put shape ;;
*)
	echo 'usage: fingerprints.sh [write]' >&2
	exit 2 ;;
esac
