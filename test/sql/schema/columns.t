#!/usr/bin/env bash
# Columns of an administrator's own, over more than one connection: dumps,
# attached databases, without the extension, and on the way out again.
# columns.sql has what statements do with them.
# shellcheck source=test/lib/tap.sh
. test/lib/tap.sh
folder=$top

db=$dir/mail.db
admin "$db" '.read sql/schema.sql' "
UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO domains VALUES ('example.com');
INSERT INTO users(email, password) VALUES ('joe@example.com', 'joe');"

# What a write of a plain password and the column does.
write() {
	admin "$1" "INSERT OR REPLACE INTO ${2-main}.users(email, password, phone)
		VALUES ('new@example.com', 'new', '+49 1');
	SELECT CRYPT_VERIFY('new', password) || phone FROM ${2-main}.users
	WHERE email = 'new@example.com'"
}
unknown="error: users: it has columns that the triggers do not know, run SELECT CARRY_COLUMNS();"

# ---- without the extension ----

is "$(plain "$db" 'ALTER TABLE users ADD COLUMN phone TEXT;
UPDATE users SET phone = 7; SELECT phone FROM users')" 7 \
	'a column can be added, and written, without the extension'
is "$(write "$db")" "$unknown" 'plain passwords wait for CARRY_COLUMNS()'
is "$(plain "$db" "UPDATE users SET password = 'x'" | grep -c 'no such func')" \
	1 'and without the extension they are refused as before'

# ---- all or nothing ----

cp "$db" "$dir/copy.db"
plain "$dir/copy.db" 'DROP TRIGGER users_update_hash'
before=$(content "$dir/copy.db")
is "$(admin "$dir/copy.db" 'SELECT CARRY_COLUMNS()')" \
	'error: CARRY_COLUMNS: the triggers of users are missing, apply schema.sql first' \
	'one trigger of two is missing: an error'
is "$(content "$dir/copy.db")" "$before" 'and the other is as it was'
is "$(cd "$top" && "$sqlite3" -batch -init /dev/null -readonly \
	-cmd '.load ./mailfunc' "$db" 'SELECT CARRY_COLUMNS()' 2>&1 |
	grep -c 'CARRY_COLUMNS: attempt to write a readonly database')" 1 \
	'a file that is opened read-only: an error'
is "$(admin "$db" 'BEGIN; SELECT CARRY_COLUMNS(); ROLLBACK;')" 1 \
	'it can be part of a transaction'
is "$(write "$db")" "$unknown" 'and is rolled back with it'
is "$(admin "$db" 'SELECT CARRY_COLUMNS()')" 1 'carried'
is "$(write "$db")" '1+49 1' 'and written'

# ---- copies ----

plain "$db" .dump >"$dir/dump.sql"
is "$(plain "$dir/restored.db" ".read $dir/dump.sql")" '' 'a dump is restored'
is "$(write "$dir/restored.db")" '1+49 1' 'and its triggers know the column'
is "$(admin "$dir/restored.db" 'SELECT CARRY_COLUMNS()' .dump | sed 1d |
	grep -v 'new@example.com')" \
	"$(admin "$dir/restored.db" .dump | grep -v 'new@example.com')" \
	'CARRY_COLUMNS() finds nothing to do there'
plain "$db" "VACUUM INTO '$dir/vacuumed.db'"
is "$(write "$dir/vacuumed.db")" '1+49 1' 'VACUUM INTO'

# ---- attached ----

cp "$dir/restored.db" "$dir/attached.db"
plain "$dir/attached.db" 'ALTER TABLE users ADD COLUMN room TEXT'
is "$(admin :memory: "ATTACH '$dir/attached.db' AS \"the mail\"" \
	'PRAGMA trusted_schema = OFF' "CREATE TABLE users(email, password, other);
	UPDATE \"the mail\".users SET password = 'x', room = 'r'" )" "$unknown" \
	'an attached database, with another table users in main'
is "$(admin :memory: "ATTACH '$dir/attached.db' AS \"the mail\"" \
	'PRAGMA trusted_schema = OFF' 'PRAGMA recursive_triggers = ON' \
	"SELECT CARRY_COLUMNS('the mail');
	UPDATE \"the mail\".users SET password = 'x', room = 'r', phone = 'p';
	SELECT DISTINCT room || phone || CRYPT_VERIFY('x', password)
	FROM \"the mail\".users")" $'2\nrp1' 'carried there, too'
is "$(admin "$dir/attached.db" "UPDATE users SET password = 'y', room = 's'
	WHERE email = 'joe@example.com';
	SELECT room FROM users WHERE email = 'joe@example.com'")" s \
	'and when it is opened by itself'

# ---- columns that go ----

is "$(plain "$db" 'ALTER TABLE users DROP COLUMN phone' |
	grep -c 'error in trigger users_insert_hash')" 1 \
	'a column that is carried cannot be dropped'
is "$(plain "$db" '.read sql/schema.sql' 'ALTER TABLE users DROP COLUMN phone')" \
	'' 'but after schema.sql was applied'
is "$(admin "$db" "UPDATE users SET password = 'gone';
	SELECT sum(CRYPT_VERIFY('gone', password)) FROM users;
	SELECT CARRY_COLUMNS()")" $'2\n0' 'and then none is left'
plain "$db" 'ALTER TABLE users RENAME TO other; ALTER TABLE other RENAME TO Users'
is "$(admin "$db" "INSERT INTO USERS(email, password)
	VALUES ('case@example.com', 'x'); UPDATE users SET password = 'x';
	SELECT sum(CRYPT_VERIFY('x', password)) FROM users")" 3 \
	'the case of its name is nothing'
plain "$db" 'ALTER TABLE users RENAME TO people'
is "$(admin "$db" "UPDATE people SET password = 'x'")" "$unknown" \
	'a table that is no longer users takes no plain password'

# ---- the table is made anew, in another order ----

cp "$dir/restored.db" "$dir/order.db"
plain "$dir/order.db" <<'SQL'
PRAGMA legacy_alter_table = ON;
BEGIN;
CREATE TABLE new(phone TEXT, email TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  quota INTEGER NOT NULL DEFAULT 1, password NOT NULL, maildir TEXT,
  name TEXT NOT NULL DEFAULT '', active INTEGER NOT NULL DEFAULT 1);
INSERT INTO new(email, password, quota, maildir, phone)
  SELECT email, password, quota, maildir, phone FROM users;
DROP TABLE users;
ALTER TABLE new RENAME TO users;
COMMIT;
SQL
is "$(admin "$dir/order.db" '.read sql/schema.sql' \
	'SELECT CARRY_COLUMNS()')" 1 'a table of another order is carried'
is "$(write "$dir/order.db")" '1+49 1' 'and written'

end
