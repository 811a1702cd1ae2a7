#!/usr/bin/env bash
# sql/demo.sh: all as it should be, and what isn't ends it with status 1.
. test/lib/tap.sh

db="$dir/new folder/demo.db"
out=$(sh sql/demo.sh "$db" 2>&1)
is "$? $(tail -n 1 <<<"$out")" '0 All as it should be.' 'all as it should be'
out=$(sh sql/demo.sh "$db" 2>&1)
is "$? $(tail -n 1 <<<"$out")" '0 All as it should be.' 'and once more'
is "$(plain "$db" 'SELECT count(*) FROM users')" 3 'the database is there'
rm "$db"
: >"$db"
out=$(sh sql/demo.sh "$db" 2>&1)
is "$? $(tail -n 1 <<<"$out")" '0 All as it should be.' 'in an empty file'
for arguments in '' 'a b' "''"; do
	is "$(eval "sh sql/demo.sh $arguments" 2>&1; echo $?)" \
		'usage: demo.sh FILE
2' "refused: arguments: $arguments"
done
for option in --help -h; do
	out=$(sh sql/demo.sh $option 2>/dev/null)
	is "$? $(grep -c '^usage: demo.sh FILE$' <<<"$out") $(tail -n 1 <<<"$out")" \
		'0 1 demo, 2 a bad argument.' "$option is answered on standard output"
done

# What isn't a demo's stays.
keeps() {
	local before after
	before=$(sha256sum <"$2")
	is "$(sh sql/demo.sh "$1" 2>&1; echo $?)" "demo: $3
2" "refused: $4"
	after=$(sha256sum <"$2")
	is "$after" "$before" 'and it is as it was'
}
another='is there, and not from a demo; name another file'
plain "$dir/mail.db" '.read sql/schema.sql' "DROP TRIGGER domains_insert;
	INSERT INTO domains VALUES ('example.net'); DROP TRIGGER
	users_insert_check; DROP TRIGGER users_insert_hash;
	DROP TRIGGER users_insert_fill; INSERT INTO
	users(email, password) VALUES ('joe@example.net', 'x')"
keeps "$dir/mail.db" "$dir/mail.db" "$dir/mail.db $another" 'a mail database'
plain "$dir/other.db" 'CREATE TABLE people(name)'
keeps "$dir/other.db" "$dir/other.db" "$dir/other.db $another" 'another database'
echo text >"$dir/text"
keeps "$dir/text" "$dir/text" "$dir/text $another" 'another file'
ln -s mail.db "$dir/link"
keeps "$dir/link" "$dir/mail.db" "$dir/link is not a file" 'a link'
ln -s new.db "$dir/dangling"
keeps "$dir/dangling" "$dir/text" "$dir/dangling is not a file" \
	'a link to nothing'
is "$(sh sql/demo.sh "$dir" 2>&1; echo $?)" "demo: $dir is not a file
2" 'refused: a folder'

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
rm "$db"
printf '#!/bin/sh\necho no memory\nexit 1\n' >"$dir/liar"
lies fails '' 'the database could not be made: no memory'

end
