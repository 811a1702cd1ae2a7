#!/bin/sh
# Makes what Courier doesn't make by itself: the maildir of each new user,
# and the quota in it. Run it as root after adding users or changing quotas;
# running it again changes nothing.
#
# usage: maildirs.sh MAILDB VMAIL
#
# imapd lets nobody in before the maildir is there (the first mail makes it
# too), and takes the quota from the file maildirsize in it, nowhere else.
set -eu

if [ $# -ne 2 ] || [ ! -f "$1" ] || [ ! -d "$2" ]; then
	echo "usage: maildirs.sh MAILDB VMAIL (a file, a folder)" >&2
	exit 2
fi
maildb=$1
vmail=$2
owner=$(stat -c %U "$vmail")

# As the owner of the mail, who can't make anything outside of it.
# shellcheck disable=SC2016 # the inner shell expands these
make_each='
	cd "$1"
	umask 077
	while IFS="|" read -r quota maildir; do
		mkdir -p "${maildir%/*/}"
		[ -d "$maildir" ] || maildirmake.courier "$maildir"
		[ "$quota" -gt 0 ] || continue
		now=$(head -n 1 "$maildir/maildirsize" 2>/dev/null) || true
		[ "$now" = "${quota}S" ] ||
			maildirmake.courier -q "${quota}S" "$maildir"
	done'

# The quota first: a maildir may have a | in it, but never a blank.
sqlite3 -bail "$maildb" "SELECT CAST(coalesce(quota, 0) AS INTEGER), maildir
	FROM users WHERE maildir GLOB '?*/?*/'
	AND '/' || maildir NOT GLOB '*/../*'" |
	runuser -u "$owner" -- sh -euc "$make_each" maildirs "$vmail"
