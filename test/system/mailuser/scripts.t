#!/usr/bin/env bash
# mailuser with the real maildirs.sh and publish.sh: a new user has a maildir
# with a quota, and what Postfix is to know is in the published copy. And all of
# recipes.sql, done by mailuser.
. test/lib/tap.sh

alone || {
	echo '1..0 # SKIP no namespaces here'
	exit
}
db=$bare/mail.db
maps=$bare/out/maps.db
vmail=$bare/vmail
umask 022
chmod 0755 "$bare"
mkdir "$bare/out" "$vmail"
[ "$(id -u)" != 0 ] || chown nobody "$vmail"
plain "$db" '.read sql/schema.sql'
plain "$db" -cmd ".load ./mailfunc" \
	"UPDATE password_policy SET method = 'bcrypt', cost = 4"
cat >"$bare/conf" <<END
MAILDB=$db
VMAIL=$vmail
PUBLISHED=$maps
MAILFUNC=$top/mailfunc.so
SCRIPTS=$top/sql
END
export MAILFUNC_CONF=$bare/conf

# run COMMAND...: what mailuser says and complains of, and its status unless 0.
run() {
	"$top/${BUILD:-build}/mailuser" "$@" 2>&1 || echo "status $?"
}

# published QUERY
published() {
	plain -readonly "file:$maps?immutable=1" "$1"
}

if command -v maildirmake.courier >/dev/null; then
	is "$(run domain add example.com)" 'domain example.com: added' \
		'a domain'
	is "$(published 'SELECT domain FROM domains')" example.com \
		'is published'
	is "$(echo secret | run --quiet add --stdin --quota 5M joe@example.com)" \
		'' 'a user, without a word'
	is "$(head -n 1 "$vmail/example.com/joe/maildirsize")" 5242880S \
		'has a maildir with that quota'
	is "$(published 'SELECT email FROM users')" joe@example.com \
		'and is published'
	run --quiet quota joe@example.com 6M
	is "$(head -n 1 "$vmail/example.com/joe/maildirsize")" 6291456S \
		'another quota'
	run --quiet alias add info@example.com joe@example.com
	is "$(published 'SELECT * FROM forwardings')" \
		'info@example.com|joe@example.com' 'a forwarding'
	is "$(run delete joe@example.com)" \
"forwarding info@example.com: deleted, it led to joe@example.com alone
user joe@example.com: deleted
maildir $vmail/example.com/joe/: stays on the disk" 'who is deleted'
	is "$(published 'SELECT * FROM users'; published 'SELECT * FROM
		forwardings'; ls "$vmail/example.com")" joe \
		'is gone, but for the folder'
	chmod 0777 "$bare/out"
	is "$(run domain add example.net)" "domain example.net: added
publish: $bare/out/ must be root's, and nobody else may write to it
mailuser: the change is made, but $top/sql/publish.sh failed: run it again
status 1" 'one that fails: the change stays'
	chmod 0755 "$bare/out"
	run --quiet domain delete example.net
	is "$(published 'SELECT domain FROM domains')" example.com \
		'and the next run makes up for it'
else
	ok 0 'no maildirmake.courier here (test/system/mailuser/packages)'
fi

# ---- recipes.sql, chapter by chapter ----

sed -i '/^VMAIL/d; /^PUBLISHED/d' "$bare/conf"
run --quiet domain delete example.com
{
	run domain add example.com
	run domain add example.org
	echo 'correct horse' | run add --stdin Joe@example.com
	echo 'battery staple' | run add --stdin ann@example.com
	echo plenty | run add --stdin --quota 1G big@example.com
	echo boundless | run add --stdin --quota none free@example.com
	run add --generate --name 'Nell Newcomer' new@example.org
	echo 'another one' | run passwd --stdin joe@example.com
	echo 'another one' | run check --stdin joe@example.com
	echo '*' | run passwd --hash joe@example.com
	run disable big@example.com
	run --quiet list --disabled
	run enable big@example.com
	run lock joe@example.com
	run --quiet list --locked
	run unlock joe@example.com
	run policy bcrypt 11
	run --quiet list --outdated
	run policy bcrypt 17
	run policy bcrypt 4
} >"$dir/first" 2>&1
plain "$db" 'ALTER TABLE users ADD COLUMN phone TEXT'
{
	run columns
	run rename --forward ann@example.com anna@example.com
	run alias add info@example.com joe@example.com
	run alias add team@example.com joe@example.com anna@example.com
	run forward add joe@example.com archive@example.net
	run alias add @example.org joe@example.com
	run alias add info@example.com anna@example.com
	run alias delete info@example.com joe@example.com
	run alias delete team@example.com
	run transport add example.net 'smtp:[mail.example.net]:25'
	run delete free@example.com
	run domain delete example.org
	run domain delete --users example.org
	printf '%s\r\n' 'ed@example.com,"horse, battery",5000000' \
		'Fay@example.com,"say ""hi""",0' | run import -
	run export
	run backup "$bare/backup.db"
} >"$dir/second" 2>&1
is "$(sed 's/^password: .*/password: .../' "$dir/first")" \
'domain example.com: added
domain example.org: added
user joe@example.com: added, with the maildir example.com/joe/
user ann@example.com: added, with the maildir example.com/ann/
user big@example.com: added, with the maildir example.com/big/
user big@example.com: the quota is 1073741824
user free@example.com: added, with the maildir example.com/free/
user free@example.com: the quota is none
user new@example.org: added, with the maildir example.org/new/
password: ...
user joe@example.com: has a new password
the password fits
mailuser: the mark of a lock or a failure is not a password
status 1
user big@example.com: disabled
big@example.com
user big@example.com: enabled
user joe@example.com: locked
joe@example.com
user joe@example.com: unlocked
policy method: bcrypt, cost 11
ann@example.com
big@example.com
free@example.com
joe@example.com
new@example.org
mailuser: password_policy: the cost of bcrypt is a whole number from 4 to 14
status 1
policy method: bcrypt, cost 4' 'recipes.sql: users, passwords, policy'
is "$(cat "$dir/second")" \
"table users: its triggers carry 1 columns of yours
user ann@example.com: is now anna@example.com
maildir example.com/ann/: stays
forwarding ann@example.com: leads to anna@example.com
forwarding info@example.com: leads to joe@example.com
forwarding team@example.com: leads to joe@example.com
forwarding team@example.com: leads to anna@example.com
forwarding joe@example.com: leads to joe@example.com
forwarding joe@example.com: leads to archive@example.net
forwarding @example.org: leads to joe@example.com
forwarding info@example.com: leads to anna@example.com
forwarding info@example.com: no longer leads to joe@example.com
forwarding team@example.com: deleted
transport example.net: is smtp:[mail.example.net]:25
user free@example.com: deleted
maildir example.com/free/: stays on the disk
mailuser: domains: this one still has users, delete or move them first
status 1
user new@example.org: deleted
maildir example.org/new/: stays on the disk
forwarding @example.org: deleted
domain example.org: deleted
users -: 2 added
\"anna@example.com\",10485760,\"example.com/ann/\",1,\"\"
\"big@example.com\",1073741824,\"example.com/big/\",1,\"\"
\"ed@example.com\",5000000,\"example.com/ed/\",1,\"\"
\"fay@example.com\",0,\"example.com/fay/\",1,\"\"
\"joe@example.com\",10485760,\"example.com/joe/\",1,\"\"
backup $bare/backup.db: made, of $db" 'recipes.sql: the rest'
end
