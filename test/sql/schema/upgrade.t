#!/usr/bin/env bash
# sql/upgrade.sql, on databases that mailfunc 0.1.0 has made.
# shellcheck source=test/lib/tap.sh
. test/lib/tap.sh

plain "$dir/fresh.db" '.read sql/schema.sql'
version=$(sed -n 's/^VERSION = //p' Makefile)

# made DATABASE [SQL]: one of 0.1.0 with some users, then changed by the SQL.
# shellcheck disable=SC2016 # the dollars are the hash's
bcrypt17='$2b$17$OUZsbs8Tk5QVvpuRlYeZlOvDcoeXWmaRfgIBU8xbXu0oSq4bWHjSu'
made() {
	plain "$1" '.read test/sql/schema/schema-0.1.0.sql' "
	INSERT INTO domains VALUES ('example.com');
	DROP TRIGGER users_insert_check; DROP TRIGGER users_insert_hash;
	DROP TRIGGER users_insert_fold; DROP TRIGGER users_insert_fill;
	INSERT INTO users VALUES
	  ('bare@example.com', 'abJnggxhB/yWI', 1, 'example.com/bare/'),
	  ('dear@example.com', '$bcrypt17', 2, 'elsewhere/');
	INSERT INTO forwardings VALUES ('odd@example.com', 'a b');
	DROP TRIGGER password_policy_update;
	UPDATE password_policy SET method = 'bcrypt', cost = 4;" \
		'.read test/sql/schema/schema-0.1.0.sql' "${2-}"
}
upgrade() { admin "$1" '.read upgrade.sql'; }

# triggers DATABASE: their names and texts, but for what CARRY_COLUMNS wrote.
triggers() {
	admin "$1" "SELECT name, SHIPPED_SQL(sql) FROM sqlite_master
		WHERE type = 'trigger' AND name NOT LIKE 'own%' ORDER BY name"
}

# ---- as 0.1.0 made it ----

made "$dir/old.db"
rows='SELECT email, password, quota, maildir FROM users ORDER BY email;
SELECT * FROM forwardings; SELECT method, cost FROM password_policy'
before=$(plain "$dir/old.db" "$rows")
out=$(upgrade "$dir/old.db")
has "$out" 'added: the column users.active' 'it says that active was added'
has "$out" 'added: the column users.name' 'and name'
has "$out" 'added: the column password_policy.strength' 'and the strength'
is "$(plain "$dir/old.db" 'SELECT strength FROM password_policy')" 0 \
	'which is 0'
has "$out" 'added: the trigger forwardings_insert' 'and which trigger'
has "$out" 'changed: the trigger users_insert_hash' 'which was changed'
has "$out" 'removed: the trigger users_insert_fold' 'and which has gone'
is "$(tail -n 1 <<<"$out")" "upgraded to $version: 2 users" 'and that it is done'
is "$(plain "$dir/old.db" "$rows")" "$before" \
	'hashes, forwardings and the policy are as they were'
is "$(plain "$dir/old.db" "SELECT DISTINCT active || name FROM users")" 1 \
	'all users are active'
columns="SELECT name, type, \"notnull\", dflt_value, pk
	FROM pragma_table_info('users') ORDER BY cid"
is "$(plain "$dir/old.db" "$columns")" "$(plain "$dir/fresh.db" "$columns")" \
	'its columns are those of schema.sql'
is "$(triggers "$dir/old.db")" "$(triggers "$dir/fresh.db")" \
	'its triggers are those of schema.sql'
is "$(admin "$dir/old.db" "UPDATE users SET password = 'x', active = 0
	WHERE quota = 1; SELECT CRYPT_VERIFY('x', password) || active FROM users
	WHERE quota = 1; PRAGMA integrity_check")" $'10\nok' 'and they work'
is "$(admin "$dir/old.db" "UPDATE users SET active = 2")" \
	'error: users.active: it is 1, or 0 for no mail and no login' \
	'active is 0 or 1'

# ---- once more ----

before=$(cksum <"$dir/old.db")
is "$(upgrade "$dir/old.db")" \
	'error: nothing to do: this database is of this version already' \
	'a second time it says that there is nothing to do'
(cd sql && "$sqlite3" -batch -init /dev/null -cmd ".load $top/mailfunc" \
	"$dir/old.db" '.read upgrade.sql' >/dev/null 2>&1)
is $? 1 'which is an error'
is "$(cksum <"$dir/old.db")" "$before" 'and the file is as it was'
cp "$dir/fresh.db" "$dir/copy.db"
is "$(upgrade "$dir/copy.db")" \
	'error: nothing to do: this database is of this version already' \
	'so it does of a new database'
is "$(admin "$dir/copy.db" 'DROP TRIGGER domains_delete' '.read upgrade.sql')" \
	$'added: the trigger domains_delete\n'"upgraded to $version: 0 users" \
	'but not where a trigger is missing'

# ---- with things of the administrator's own ----

made "$dir/own.db" "
ALTER TABLE users ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN \"phone, private\" TEXT DEFAULT 'none';
UPDATE users SET active = 0 WHERE quota = 2;
CREATE INDEX own_index ON users(quota);
CREATE VIEW own_view AS SELECT email, active FROM users;
CREATE TABLE own_log(what);
CREATE TRIGGER own_trigger AFTER UPDATE OF quota ON users
BEGIN INSERT INTO own_log VALUES (NEW.email); END;"
own="SELECT type, name, sql FROM sqlite_master WHERE name LIKE 'own%'
	ORDER BY name; SELECT * FROM own_view"
before=$(plain "$dir/own.db" "$own")
out=$(upgrade "$dir/own.db")
lacks "$out" 'users.active' 'a column active that is there is not added'
has "$out" 'added: the column users.name' 'name is'
is "$(plain "$dir/own.db" "$own")" "$before" \
	'index, view, trigger and their rows stay'
is "$(triggers "$dir/own.db")" "$(triggers "$dir/fresh.db")" \
	'the triggers are ours'
is "$(admin "$dir/own.db" "INSERT INTO users(email, password, active, name,
	  \"phone, private\") VALUES ('new@example.com', 'x', 0, 'N', '+49');
	SELECT active || name || \"phone, private\" || CRYPT_VERIFY('x', password)
	FROM users WHERE email = 'new@example.com'")" '0N+491' \
	'and carry all columns'
is "$(admin "$dir/own.db" "UPDATE users SET active = 2")" \
	'error: users.active: it is 1, or 0 for no mail and no login' \
	'an active of one''s own is 0 or 1, too'
is "$(upgrade "$dir/own.db")" \
	'error: nothing to do: this database is of this version already' \
	'a second time there is nothing to do'

# ---- what it does not take ----

refuses() {
	local before
	before=$(cksum <"$1")
	is "$(cd "${3-sql}" && folder=. admin "$1" ".read $top/sql/upgrade.sql" |
		grep error)" "error: $2" "refused: $2"
	is "$(cksum <"$1")" "$before" 'and the file is as it was'
}
made "$dir/yes.db" "ALTER TABLE users ADD COLUMN active;
UPDATE users SET active = 'yes'"
refuses "$dir/yes.db" \
	'users.active has other values than 0 and 1: rename that column first'
plain "$dir/tutorial.db" 'CREATE TABLE users(email, password, quota)'
refuses "$dir/tutorial.db" \
	'this is no database of mailfunc: .read adopt.sql or schema.sql instead'
plain "$dir/empty.db" 'CREATE TABLE other(maildir)'
refuses "$dir/empty.db" \
	'this is no database of mailfunc: .read adopt.sql or schema.sql instead'
made "$dir/folder.db"
refuses "$dir/folder.db" \
	'schema.sql is not in this folder: .cd to the folder of upgrade.sql first' \
	"$dir"
is "$(cd sql && plain "$dir/folder.db" '.read upgrade.sql' |
	grep -c 'no such function: MAILFUNC_VERSION')" 1 \
	'without the extension it ends at once'

# ---- a whole one, restored from the dump that was made then ----

# whole DATABASE: each value of each row, as SQL, of what 0.1.0 had.
whole() {
	plain "$1" '.mode quote' 'PRAGMA integrity_check' \
		'SELECT email, password, quota, maildir, phone, "created at"
		  FROM users ORDER BY email' \
		'SELECT * FROM domains' 'SELECT * FROM forwardings' \
		'SELECT * FROM transport' 'SELECT method, cost FROM password_policy' \
		'SELECT * FROM own_notes' "SELECT name, sql FROM sqlite_master
		  WHERE name LIKE 'own%' ORDER BY name"
}
verified="SELECT count(*), sum(CRYPT_VERIFY('secret', ltrim(password, '!'))),
	sum(CRYPT_VERIFY('secret', password)) FROM users"

plain "$dir/dump.db" '.read test/sql/schema/mail-0.1.0.sql'
before=$(whole "$dir/dump.db")
is "$(grep -c '@.*example' <<<"$before")" 15 'the dump has all its rows'
has "$(plain "$dir/dump.db" .dump)" "$(grep -F "'joe@example.com','\$2b\$04" \
	test/sql/schema/mail-0.1.0.sql)" 'as they were dumped'
is "$(upgrade "$dir/dump.db")" "added: the column users.active
added: the column users.name
added: the column password_policy.strength
added: the trigger users_update_active
added: the trigger domains_insert
added: the trigger domains_update
added: the trigger forwardings_insert
added: the trigger forwardings_update
changed: the trigger users_insert_check
changed: the trigger users_insert_fill
changed: the trigger users_update_check
changed: the trigger users_update_fill
changed: the trigger password_policy_insert
changed: the trigger password_policy_delete
changed: the trigger password_policy_update
changed: the trigger users_insert_hash
changed: the trigger users_update_hash
removed: the trigger users_insert_fold
removed: the trigger users_update_fold
upgraded to $version: 11 users" 'the upgrade says all that it changes'
is "$(whole "$dir/dump.db")" "$before" 'every row is as it was, byte for byte'
is "$(admin "$dir/dump.db" "$verified")" '11|11|10' \
	'every password is still right, but for the one that is locked'
is "$(plain "$dir/dump.db" "SELECT DISTINCT active || name FROM users")" 1 \
	'all users are active'
is "$(admin "$dir/dump.db" '.read schema.sql' 'SELECT CARRY_COLUMNS()')" 2 \
	'schema.sql goes over it once more, and it carries two columns'
is "$(whole "$dir/dump.db")" "$before" 'that changes no row'
is "$(triggers "$dir/dump.db")" "$(triggers "$dir/fresh.db")" \
	'its triggers are those of schema.sql'
is "$(upgrade "$dir/dump.db")" \
	'error: nothing to do: this database is of this version already' \
	'nothing is left to upgrade'
is "$(admin "$dir/dump.db" "UPDATE users SET password = 'new', phone = '1'
	WHERE email = 'joe@example.com'; SELECT CRYPT_VERIFY('new', password),
	phone, \"created at\" FROM users WHERE email = 'joe@example.com'")" \
	'1|1|2020-02-29' 'and a new password is hashed, beside the columns'

# ---- in UTF-16, trusted_schema off ----

plain "$dir/utf16.db" "PRAGMA encoding = 'UTF-16le'; CREATE TABLE x(a)"
made "$dir/utf16.db"
is "$(admin "$dir/utf16.db" 'PRAGMA trusted_schema = OFF' \
	'PRAGMA recursive_triggers = ON' '.read upgrade.sql' |
	tail -n 1)" "upgraded to $version: 2 users" 'in UTF-16'
is "$(admin "$dir/utf16.db" "PRAGMA trusted_schema = OFF;
	UPDATE users SET password = 'x', name = 'ü';
	SELECT DISTINCT name || CRYPT_VERIFY('x', password) FROM users")" ü1 \
	'and it works'

end
