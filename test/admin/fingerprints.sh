#!/bin/sh
# The list by which sql/doctor.sql knows what sql/schema.sql makes.
#
#   sh test/admin/fingerprints.sh           prints its lines
#   sh test/admin/fingerprints.sh write     puts them into sql/doctor.sql,
#                                           after a change of sql/schema.sql
#
# Run from the repository's root. The formula is doctor.sql's.
set -eu

lines() {
	"${SQLITE3:-sqlite3}" -batch -init /dev/null :memory: '.read sql/schema.sql' "
		WITH RECURSIVE mark(type, name, sql, i, fingerprint) AS (
		  SELECT type, name, sql, 0, 0 FROM sqlite_master
		  WHERE sql IS NOT NULL
		  UNION ALL
		  SELECT type, name, sql, i + 1, (fingerprint * 31
		    + unicode(substr(sql, i + 1, 1))) % 2147483647
		  FROM mark WHERE i < length(sql))
		SELECT printf('  (%Q, %Q, %d)', type, name, fingerprint)
		FROM mark WHERE i = length(sql) ORDER BY type, name" |
		sed '$!s/$/,/; $s/$/;/'
}

case ${1-} in
'') lines ;;
write)
	new=$(mktemp)
	trap 'rm -f "$new"' EXIT
	lines >"$new"
	sed -i "/^INSERT INTO doctor.shipped VALUES/,/;\$/{
		/^INSERT/{
			r $new
			b
		}
		d
	}" sql/doctor.sql ;;
*)
	echo 'usage: fingerprints.sh [write]' >&2
	exit 2 ;;
esac
