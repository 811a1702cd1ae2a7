#!/bin/sh
# demo.sh - make a mail database and show what it does
#
# usage: demo.sh FILE
#
#   sh sql/demo.sh build/demo.db
#
# Run from the folder with mailfunc.so and sql/. The database is made anew; a
# FILE that isn't one of an earlier demo is left alone. Each step is checked.
#
# Exit status: 0 all as it should be, 1 the first that isn't, which ends the
# demo, 2 a bad argument.
set -eu
LC_ALL=C
export LC_ALL

case $#-${1-} in
1---help | 1--h)
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
	exit ;;
1-?*) ;;
*)
	echo 'usage: demo.sh FILE' >&2
	exit 2 ;;
esac
# sqlite3 would take what begins with a hyphen for an option.
case $1 in
-*) db=./$1 ;;
*) db=$1 ;;
esac
sqlite3=${SQLITE3:-sqlite3}
secret='correct horse battery staple'

title() {
	printf '\n%s\n\n' "$*"
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

# What the shell prints for standard input; $1: with or without the extension.
run() {
	if [ "$1" = with ]; then
		set -- -cmd '.load ./mailfunc'
	else
		set --
	fi
	"$sqlite3" -batch -bail -init /dev/null -list -noheader \
		-cmd '.timeout 5000' "$@" "$db" 2>&1
}

# Nothing but what an earlier demo has left may be overwritten.
make_room() {
	if [ -L "$db" ] || { [ -e "$db" ] && [ ! -f "$db" ]; }; then
		echo "demo: $db is not a file" >&2
		exit 2
	fi
	if [ -s "$db" ] && [ "$(echo "SELECT count(*) FROM users WHERE email
		NOT IN ('joe@example.com', 'ann@example.org', 'sales@example.com');" |
		run without)" != 0 ]; then
		echo "demo: $db is there, and not from a demo; name another file" >&2
		exit 2
	fi
	mkdir -p -- "$(dirname -- "$db")"
	rm -f "$db" "$db-journal" "$db-wal" "$db-shm"
}

# Show a statement and its answer, which has to be $3; or, with a $4, to have
# it somewhere.
ask() {
	echo "  $2"
	answer=$(echo "$2" | run "$1" || true)
	echo "  -> $answer"
	case $answer in
	"$3") ;;
	*"$3"*) [ -n "${4-}" ] || fail "the answer should have been: $3" ;;
	*) fail "the answer should have been: $3" ;;
	esac
}

make_room

title '1. A database from sql/schema.sql, two domains, users with plain' \
	'passwords'
said=$(run with <<EOF
.read sql/schema.sql
PRAGMA secure_delete = OFF;
INSERT INTO domains VALUES ('example.com'), ('example.org');
INSERT INTO users(email, password) VALUES
  ('Joe@Example.COM', '$secret'),
  ('ann@example.org', '$secret');
UPDATE password_policy SET method = 'bcrypt', cost = 10;
INSERT INTO users(email, password, quota)
  VALUES ('sales@example.com', '$secret', 52428800);
INSERT INTO forwardings VALUES ('info@example.com', 'joe@example.com');
INSERT INTO transport VALUES ('example.org', 'smtp:mail.example.org');
EOF
) || fail "the database could not be made: $said"
echo "  $db is there. Its users, as they are stored:"
echo
run without <<EOF
.mode line
SELECT * FROM users;
EOF

title "2. Right and wrong passwords"
for password in "$secret" 'correct horse battery stable'; do
	right=0
	if [ "$password" = "$secret" ]; then
		right=1
	fi
	ask with "SELECT CRYPT_VERIFY('$password', password) FROM users WHERE email = 'joe@example.com';" "$right"
done

title "3. What Postfix asks, in a sqlite3 that has not loaded the extension"
ask without "SELECT domain AS virtual FROM domains WHERE domain='example.com';" example.com
ask without "SELECT destination FROM forwardings WHERE source='info@example.com';" joe@example.com
ask without "SELECT email FROM users WHERE email='JOE@example.com';" joe@example.com
ask without "SELECT maildir FROM users WHERE email='joe@example.com' AND active = 1;" example.com/joe/
ask without "SELECT quota FROM users WHERE email='joe@example.com';" 10485760
ask without "SELECT transport FROM transport WHERE domain='example.org';" smtp:mail.example.org

title "4. What Courier asks"
# shellcheck disable=SC2016 # the dollars belong to the hash
ask without "SELECT email, password, 5000, 5000, '/home/vmail', maildir, quota || 'S' FROM users WHERE email='joe@example.com' AND maildir <> '' AND active = 1;" 'joe@example.com|$y$j9T$' somewhere

title "5. Without the extension no password can be written"
ask without "INSERT INTO users(email, password) VALUES ('eve@example.com', 'plain');" 'no such function' somewhere
ask without "UPDATE users SET password = 'plain' WHERE email = 'joe@example.com';" 'no such function' somewhere
ask without "SELECT count(*) FROM users WHERE password = 'plain';" 0

title "6. Passwords that are none, addresses that would leave the mail store"
# shellcheck disable=SC2016 # the dollars belong to the hash
ask with "UPDATE users SET password = '\$apr1\$Yx3kQ9ab\$0hC1nQkq2m0fWg7bq8tRk1';" 'looks like a hash of another program' somewhere
ask with "UPDATE users SET password = '!';" 'the mark of a lock or a failure is not a password' somewhere
ask with "INSERT INTO users(email, password) VALUES ('../../etc/x@example.com', 'plain');" 'users.email: it has a slash or backslash' somewhere
ask with "SELECT ADDRESS_PROBLEM('../../etc/x@example.com');" 'it has a slash or backslash'
ask with "INSERT INTO users(email, password) VALUES ('joe@example.net', 'plain');" 'not in the table domains' somewhere

title "7. The password is nowhere in the file"
for file in "$db" "$db-journal" "$db-wal"; do
	if [ ! -e "$file" ]; then
		continue
	fi
	if grep -qaF "$secret" "$file"; then
		fail "$file holds the password"
	fi
	echo "  $file: $(wc -c <"$file") bytes, the password isn't among them"
done
grep -qaF 'joe@example.com' "$db" || fail "the search found nothing at all"
echo
echo "All as it should be."
