#!/usr/bin/env bash
# sql/recipes.sql, run as a whole: the comments behind each statement are its
# answer, and "-- error:" is an error.
. test/lib/tap.sh

mkdir "$dir/run"
cp sql/recipes.sql sql/schema.sql "$dir/run"
cat >"$dir/run/users.csv" <<'END'
ed@example.com,"horse, battery",5000000
Fay@example.com,"say ""hi""",0
END
(cd "$dir/run" && LD_LIBRARY_PATH=$top "$sqlite3" -batch -init /dev/null \
	:memory: '.read recipes.sql' >out 2>errors)

# A comment is an answer if what stands above it is the end of a statement,
# or another answer.
answers() {
	awk '/^-- / && after { print substr($0, 4); next }
		{ after = /;$/ }' sql/recipes.sql
}

is "$(tr -d '\r' <"$dir/run/out")" "$(answers | grep -v '^error: ')" \
	'the answers of recipes.sql'
is "$(sed 's/^.*near line [0-9]*\( of [^:]*\)\{0,1\}: /error: /; s/ ([0-9]*)$//' \
	"$dir/run/errors" | grep .)" "$(answers | grep '^error: ')" \
	'the errors of recipes.sql'
is "$(answers | wc -l)" 39 'there are as many as there were'
is "$(ls "$dir/run")" 'errors
out
recipes.sql
schema.sql
users.csv' 'it leaves no file behind'

end
