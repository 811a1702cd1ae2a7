#!/bin/sh
# Makes what Courier doesn't make by itself: the maildir of each new user,
# and the quota in it. Run it as root after adding users or changing quotas;
# running it again changes nothing.
#
# usage: maildirs.sh MAILDB VMAIL
#
# MAILDB  the mail database; -: a list on standard input, for PostgreSQL, with
#         the word end as its last line
# VMAIL   the folder of all mailboxes; all is made by the account that owns it
#
# imapd lets nobody in before the maildir is there (the first mail makes it
# too), and takes the quota from the file maildirsize in it, nowhere else. A
# quota of 0 is none.
#
# Exit status: 0 done, 1 a user couldn't be served or the database not be read
# (each is named, the others are served), 2 a bad argument.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
unset CDPATH
umask 077

fail() { # STATUS WHAT
	printf 'maildirs: %s\n' "$2" >&2
	exit "$1"
}

case $#-${1-} in
1---help | 1--h)
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
	exit ;;
2-*) ;;
*) fail 2 'usage: maildirs.sh MAILDB VMAIL (a file, a folder)' ;;
esac
[ "$1" = - ] || [ -f "$1" ] || fail 2 "no such database: $1"
[ -d "$2" ] || fail 2 "no such folder: $2"
# sqlite3 would take what begins with a hyphen for an option.
case $1 in
-) maildb=- ;;
-*) maildb=./$1 ;;
*) maildb=$1 ;;
esac
# Where a link leads is what counts, its owner too.
vmail=$(cd -P -- "$2" && pwd -P) || fail 2 "can't enter $2"

# Who will do it. Root never does: inside of VMAIL a link may lead anywhere,
# and the account that owns it can change nothing but what is its own.
choose_owner() {
	owner=$(stat -c %U -- "$vmail") uid=$(stat -c %u -- "$vmail")
	[ "$uid" != 0 ] || fail 2 "$vmail belongs to root; it must belong to\
 the account that owns the mail, chown it"
	[ "$owner" != UNKNOWN ] ||
		fail 2 "$vmail belongs to uid $uid, which is no account here"
	case $(id -u) in
	0) as_owner="runuser -u $owner --" ;;
	"$uid") as_owner='' ;;
	*) fail 2 "only root and $owner can do this" ;;
	esac
}

# A line for each user: the quota and the maildir, or - and what is wrong. The
# quota first: a maildir may have a | in it. What would leave VMAIL, or take
# more than a line, goes no further. JSON doesn't escape characters that some
# terminals obey: an address with one is shown in hex.
list_users() {
	[ "$maildb" != - ] || {
		check_list
		return
	}
	sqlite3 -batch -init /dev/null -list -noheader -separator '|' \
		-bail -cmd '.timeout 10000' "$maildb" "
		SELECT CASE
		  WHEN problem IS NULL THEN max(coalesce(quota, 0), 0)
		  ELSE '-' END,
		  coalesce(CASE
		    WHEN email GLOB '*[' || char(127) || '-' || char(159) || ']*'
		      THEN 'x''' || hex(email) || ''''
		    ELSE json_quote(email)
		    END || ': ' || problem, maildir)
		FROM (SELECT CAST(email AS TEXT) AS email, quota, maildir, CASE
		  WHEN typeof(maildir) <> 'text' OR maildir = ''
		    THEN 'it has no maildir'
		  WHEN maildir GLOB
		      '*[' || char(1) || '-' || char(31, 127) || '-' ||
		      char(159) || ']*'
		      OR instr(maildir, char(0))
		    THEN 'its maildir has a control byte'
		  WHEN maildir NOT GLOB '?*/' OR maildir GLOB '/*'
		      OR '/' || maildir GLOB '*/.*' OR maildir GLOB '*//*'
		    THEN 'its maildir is not a path as in example.com/joe/'
		  WHEN typeof(quota) NOT IN ('integer', 'null')
		    THEN 'its quota is not a number of bytes'
		  END AS problem FROM users)"
}

# The same of a list, QUOTA|MAILDIR in each line but the last. Of one that was cut
# off, that may be the half of one, and counts for nothing.
check_list() {
	awk 'function check(line, number,	maildir, good) {
		maildir = substr(line, index(line, "|") + 1)
		good = line ~ /^[0-9]+[|][!-~]+\/$/ && maildir !~ /^\// &&
			maildir !~ /\/\// && ("/" maildir) !~ /\/[.]/
		gsub(/[^ -~]/, "?", line)
		print good ? line : "-|line " number " is no quota and path," \
			" as in 0|example.com/joe/: " line
	}
	NR > 1 { check(last, NR - 1) }
	{ last = $0 }
	END {
		if (last != "end")
			print "-|the list was cut off, its last line must be end"
	}'
}

# What the owner does, with the list as its input.
# shellcheck disable=SC2016 # the inner shell expands these
make_each='
	vmail=$1 total=$2 status=0 count=0
	cd -- "$vmail" || exit
	umask 077

	problem() {
		printf "maildirs: %s\n" "$1" >&2
		status=1
	}

	make() { # MAILDIR
		parent=./${1%/}
		why=$(exec 2>&1 </dev/null; mkdir -p "${parent%/*}" &&
			timeout 60 maildirmake.courier "./$1") ||
			problem "$1: can'\''t be made: $why"
	}

	# In a folder that lacks one of these, maildirmake waits for ever.
	usable() { # MAILDIR
		for part in cur new tmp; do
			if [ ! -d "./$1$part" ] || [ ! -w "./$1$part" ]; then
				what="no $part/ to write to"
				problem "$1: is no maildir of $(id -un): $what"
				return 1
			fi
		done
	}

	read_quota() { # MAILDIR
		now=
		[ ! -f "./$1maildirsize" ] ||
			read -r now <"./$1maildirsize" || true
	}

	# maildirmake returns 0 where it did nothing, too.
	set_quota() { # MAILDIR BYTES
		read_quota "$1"
		case $now in
		"$2S") return ;;
		"") [ "$2" != 0 ] || return 0 ;;
		esac
		if [ "$2" = 0 ]; then
			rm -f "./$1maildirsize" ||
				problem "$1: its quota is still there"
			return
		fi
		timeout 60 maildirmake.courier -q "$2S" "./$1" </dev/null ||
			true
		read_quota "$1"
		[ "$now" = "$2S" ] ||
			problem "$1: the quota can'\''t be written"
	}

	progress() {
		[ $((count % 1000)) != 0 ] ||
			printf "maildirs: %d of %d users\r" \
				"$count" "$total" >&2
	}
	[ -t 2 ] || progress() { :; }

	while IFS="|" read -r quota maildir; do
		count=$((count + 1))
		progress
		if [ "$quota" = - ]; then
			problem "$maildir"
			continue
		fi
		[ -e "./$maildir" ] || make "$maildir"
		[ ! -e "./$maildir" ] || ! usable "$maildir" ||
			set_quota "$maildir" "$quota"
	done
	[ ! -t 2 ] || [ "$count" -lt 1000 ] || echo >&2
	exit $status'

choose_owner
list=$(mktemp) || fail 1 'no place for a temporary file'
trap 'rm -f "$list"' EXIT
trap 'exit 1' HUP INT TERM
# In a file first: a reader that takes its time would keep writers out.
why=$(list_users 2>&1 >"$list") || fail 1 "can't read $maildb: $why"
total=$(($(wc -l <"$list")))
# shellcheck disable=SC2086 # one word each
$as_owner sh -uc "$make_each" maildirs "$vmail" "$total" <"$list"
