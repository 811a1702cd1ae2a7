#!/usr/bin/env bash
# No plain password reaches a temporary file where our own scripts and recipes
# see many of them: adopt.sql, the imports, the CSV recipe.
#
# SQLite deletes such a file as soon as it has opened it. Here a library keeps
# them, to be searched afterwards. The same scripts without temp_store and
# cache_spill show that something would be found, with as little memory.
. test/lib/tap.sh

db=$dir/mail.db
source=$dir/source.db
users=100
# Of letters that no hash has in such a row; long, so that a few fill a page.
secret=qzxwvutsrmlkjhg
long=$(printf 'zyxwvutsrqponmlkjihg%.0s' {1..22})

cat >"$dir/keep.c" <<'END'
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
int unlink(const char *name)
{
	return strstr(name, "etilqs_") ? 0 : unlinkat(AT_FDCWD, name, 0);
}
END
${CC:-cc} -shared -fPIC -o "$dir/keep.so" "$dir/keep.c"
ok $? 'a library that keeps deleted files'

# kept SCRIPT...: what the shell says in the folder of the scripts, its
# temporary files kept.
kept() {
	rm -rf "$dir/tmp"
	mkdir "$dir/tmp"
	SQLITE_TMPDIR=$dir/tmp LD_PRELOAD=$dir/keep.so admin "$db" \
		'PRAGMA soft_heap_limit = 100000' "$@"
}

# found: how many of the passwords are in a temporary file.
found() {
	cat "$dir"/tmp/* 2>/dev/null | grep -ao "${secret}[0-9]*" | sort -u |
		wc -l
}

# tried NAME PREPARE END SCRIPT...: nothing is found. PREPARE makes the
# database. END is what the shell says last: what the script has set, unless it
# stops.
set='2|1'
tried() {
	local name=$1 prepare=$2 end=$3
	shift 3
	set -- "$@" 'SELECT temp_store, cache_spill > 0
		FROM pragma_temp_store, pragma_cache_spill'
	"$prepare"
	is "$(kept "$@" | tail -n 1)" "$end" "$name"
	is "$(found)" 0 "$name: no password in a temporary file"
}

# tried_both: the same, and without the two lines some are found, for those of
# which SQLite writes some with so few.
mkdir "$dir/sql"
cp sql/*.sql "$dir/sql"
sed -i '/^PRAGMA temp_store = MEMORY;$/d; /^PRAGMA cache_spill = OFF;$/d' \
	"$dir"/sql/*.sql
tried_both() {
	tried "$@"
	"$2"
	shift 3
	folder=$dir/sql kept "$@" >/dev/null
	ok "$([ "$(found)" -gt 0 ]; echo $?)" "and without care, $(found) are"
}

rows="SELECT 'u' || i || '@example.com', '$secret' || i || '$long'"
n="(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
	SELECT i FROM n LIMIT"
cheap="UPDATE password_policy SET method = 'argon2id', cost = 'm=8,t=1,p=1'"
plain=".parameter set :passwords \"'plain'\""

ours() {
	rm -f "$db"
	plain "$db" '.read sql/schema.sql'
	admin "$db" "INSERT INTO domains VALUES ('example.com'); $cheap"
}

tutorial() {
	rm -f "$db"
	plain "$db" "CREATE TABLE users(email, password, quota);
		CREATE TABLE domains(domain);
		INSERT INTO domains VALUES ('example.com');
		INSERT INTO users $rows, 0 FROM $n $users)"
}
tried 'adopt.sql' tutorial "$set" "$plain" '.read adopt.sql'

postfixadmin() {
	ours
	rm -f "$source"
	plain "$source" "CREATE TABLE mailbox(username, password);
		CREATE TABLE alias(address, goto); CREATE TABLE domain(domain);
		INSERT INTO mailbox $rows FROM $n $users)"
}
tried 'import-postfixadmin.sql' postfixadmin "$set" "$plain" \
	"ATTACH '$source' AS source" '.read import-postfixadmin.sql'

passwd() {
	ours
	plain :memory: "$rows FROM $n 6000)" | tr '|' ':' >"$dir/passwd"
}
export PASSWD_FILE=$dir/passwd
tried_both 'import-passwd-file.sql' passwd \
	"error: nothing was changed: the rows listed as errors can't come" \
	'.read import-passwd-file.sql'

# The recipe as it is copied: from its heading to the end of its table.
csv() {
	ours
	plain :memory: '.mode csv' "$rows, 5 FROM $n 2000)" >"$dir/users.csv"
}
tried_both 'the CSV recipe' csv "$set" ".read '|sed -n \"
	s:users.csv:$dir/&:; /^-- ---- many at once/,/^DROP TABLE csv/p
	\" recipes.sql'"

plain :memory: '.mode insert users' "$rows, 5 FROM $n $users)" \
	>"$dir/dump.sql"
rm -rf "$dir/tmp"
mkdir "$dir/tmp"
is "$(SQLITE_TMPDIR=$dir/tmp LD_PRELOAD=$dir/keep.so \
	sh sql/import-mysql.sh "$dir/dump.sql" "$dir/new.db" 2>&1)" \
	"taken in: 0 domains, $users users, 0 forwardings, 0 transport" \
	'import-mysql.sh'
is "$(found)" 0 'import-mysql.sh: no password in a temporary file'

end
