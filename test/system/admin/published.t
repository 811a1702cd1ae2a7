#!/usr/bin/env bash
# sql/doctor-published.sql: nothing about a copy just made, and each row that
# has changed since.
. test/lib/tap.sh

db=$dir/mail.db
maps=$dir/maps.db
admin "$db" '.read schema.sql' "UPDATE password_policy
	SET method = 'sha256crypt', cost = 1000" \
	"INSERT INTO domains VALUES ('example.com'), ('example.org')" \
	"INSERT INTO users(email, password) VALUES ('joe@example.com', 'x'),
		('ann@example.com', 'x'), ('eve@example.com', 'x')" \
	"INSERT INTO forwardings VALUES ('info@example.com', 'joe@example.com')"

plain -bail "$maps" -cmd '.parameter init' \
	-cmd ".parameter set @maildb \"'$db'\"" <sql/publish.sql >/dev/null
plain "$maps" "UPDATE published SET made = 'then', source = 'mail.db'"

doctor() {
	plain -readonly "$db" "ATTACH 'file:$maps?immutable=1' AS maps" \
		'.read sql/doctor-published.sql'
}

is "$(doctor)" '' 'nothing about a copy just made'
admin "$db" "UPDATE users SET password = 'y' WHERE email = 'joe@example.com'"
is "$(doctor)" '' 'nor after a change of password, which is not in it'
remedy='publish.sh mail.db and the copy'
plain "$db" 'UPDATE users SET active = 0'
is "$(doctor)" "$(for user in ann eve joe; do
	echo "warning|users|$user@example.com|another in the published copy of then|$remedy"
done)" 'users who were disabled since'
plain "$db" 'UPDATE users SET active = 1'

admin "$db" "UPDATE users SET quota = 1 WHERE email = 'joe@example.com'" \
	"DELETE FROM users WHERE email = 'ann@example.com'" \
	"INSERT INTO users(email, password) VALUES ('new@example.com', 'x')" \
	"UPDATE forwardings SET destination = 'eve@example.com'" \
	"INSERT INTO transport VALUES ('example.org', 'smtp:b.example')" \
	"DELETE FROM domains WHERE domain = 'example.org'"
is "$(doctor)" "warning|domains|example.org|only in the published copy of then|$remedy
warning|forwardings|info@example.com|another in the published copy of then|$remedy
warning|transport|example.org|not in the published copy of then|$remedy
warning|users|ann@example.com|only in the published copy of then|$remedy
warning|users|joe@example.com|another in the published copy of then|$remedy
warning|users|new@example.com|not in the published copy of then|$remedy" \
	'each row that has changed since'
lacks "$(doctor)" "\$5\$" 'and no hash'

plain "$bare/old.db" '.read test/sql/schema/schema-0.1.0.sql' \
	"INSERT INTO domains VALUES ('example.com')"
is "$(sh sql/publish.sh "$bare/old.db" "$bare/none.db" 2>&1)" \
	"publish: $bare/old.db has no column users.active, .read upgrade.sql first; $bare/none.db is as it was" \
	'no copy of a database without users.active: what to do'
is "$(ls "$bare"/none.db* 2>/dev/null)" "$bare/none.db.lock" 'and none is made'
end
