#!/usr/bin/env bash
# sql/demo.sh: all as it should be, and what isn't ends it with status 1.
. test/admin/lib.sh

db="$dir/new folder/demo.db"
out=$(sh sql/demo.sh "$db" 2>&1)
is "$? $(tail -n 1 <<<"$out")" '0 All as it should be.' 'all as it should be'
out=$(sh sql/demo.sh "$db" 2>&1)
is "$? $(tail -n 1 <<<"$out")" '0 All as it should be.' 'and once more'
is "$(plain "$db" 'SELECT count(*) FROM users')" 3 'the database is there'
out=$(sh sql/demo.sh 2>&1)
is "$? $(grep -c 'usage: demo.sh FILE' <<<"$out")" '2 1' 'without a file'

# A sqlite3 that answers one statement otherwise.
cat >"$dir/liar" <<'END'
#!/bin/sh
input=$(cat)
case $input in
*"$LIE"*) echo "$ANSWER" ;;
*) printf '%s\n' "$input" | "$REAL" "$@" ;;
esac
END
chmod +x "$dir/liar"

# lies STATEMENT ANSWER SENTENCE
lies() {
	local out
	out=$(LIE=$1 ANSWER=$2 REAL=$sqlite3 SQLITE3=$dir/liar \
		sh sql/demo.sh "$db" 2>&1)
	is "$? $(tail -n 1 <<<"$out")" "1 demo: $3" "$1: $2"
}
should='the answer should have been:'
lies 'horse battery staple'\'', password' 0 "$should 1"
lies 'horse battery stable'\'', password' 1 "$should 0"
lies 'SELECT maildir' 'example.com/joe/,x' "$should example.com/joe/"
lies "VALUES ('eve@" '' "$should no such function"
lies "password = 'plain'" 1 "$should no such function"
lies 'apr1' '' "$should looks like a hash of another program"
lies '/etc/x@' '' "$should users.email: it has a slash or backslash"

# One that leaves the password in the file, and one that makes no file.
cat >"$dir/liar" <<'END'
#!/bin/sh
for db; do :; done
"$REAL" "$@" || exit
case $LIE in
leaks) echo 'correct horse battery staple' >>"$db" ;;
esac
END
lies leaks '' "$db holds the password"
printf '#!/bin/sh\nexit 1\n' >"$dir/liar"
lies fails '' 'the database could not be made'

end
