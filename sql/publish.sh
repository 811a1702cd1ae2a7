#!/bin/sh
# Publishes a mail database for Postfix: makes a new copy with publish.sql,
# checks it, renames it over the old one, and tells Postfix.
#
# usage: publish.sh MAILDB PUBLISHED
#
# PUBLISHED will be root:postfix, mode 0640. If anything fails, the old copy
# stays as it is, and the exit status is 1. If nothing has changed, the old
# copy stays too, and Postfix isn't disturbed. Run it as root.
set -u

fail() {
	echo "publish: $1; ${maps:-nothing} is as it was" >&2
	exit 1
}

case $#-${1-}-${2-} in
2-/*-/*) ;;
*) echo "usage: publish.sh MAILDB PUBLISHED (absolute paths)" >&2
   exit 2 ;;
esac
case $1$2 in
*[!A-Za-z0-9._/-]*)
	echo "publish: paths may only have letters, digits and . _ - /" >&2
	exit 2 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
maildb=$1
maps=$2
[ -f "$maildb" ] || fail "no such database: $maildb"

# One at a time: a slower, older copy must not replace a newer one.
umask 077
exec 9>"$maps.lock" || fail "can't write beside the copy"
flock -w 60 9 || fail "another publish.sh has been running for a minute"

new=$maps.new
rm -f "$new" "$new-journal"
trap 'rm -f "$new" "$new-journal"' EXIT
answer=$(sqlite3 -bail "$new" -cmd '.timeout 10000' -cmd '.parameter init' \
	-cmd ".parameter set @maildb \"'$maildb'\"" \
	<"$here/publish.sql" 2>&1) || case $answer in
	*'no such column: active'*)
		fail "$maildb has no column users.active, .read upgrade.sql first" ;;
	*) fail "$answer" ;;
	esac
[ "$answer" = ok ] || fail "the new copy is damaged: $answer"

# What Postfix would find; not when the copy was made.
content() {
	sqlite3 -readonly "$1" '.dump domains users forwardings transport'
}

if [ -f "$maps" ] && [ "$(content "$new" | sha256sum)" = \
	"$(content "$maps" | sha256sum)" ]; then
	exit 0
fi

{ chown root:postfix "$new" && chmod 0640 "$new" && mv -f "$new" "$maps"; } ||
	fail "the new copy can't be put in place"
sync -f "$maps"

# Running Postfix processes have the old file open until they are told.
if postfix status 2>/dev/null; then
	postfix reload 2>/dev/null || {
		echo "publish: $maps is new, but postfix reload failed" >&2
		exit 1
	}
fi
