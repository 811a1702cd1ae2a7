#!/bin/sh
# Writes the configuration of a mail server's programs, and of mailuser, for one
# mail database: the templates beside this script, filled in.
#
# usage: config.sh OUT=DIR MAILDB=FILE VMAIL=DIR [VMAIL_UID=5000]
#        [VMAIL_GID=5000] [HOSTNAME=mail.example.com]
#        [READER=courier|dovecot] [DOVECOT=2.3|2.4]
#        [MTA=postfix|exim|opensmtpd]
#        [PUBLISHED=FILE] [FORMAT=sqlite|cdb|lmdb] [COPY=yes]
#        [CHROOT=y|n] [PRELOAD=yes|FILE]
#        config.sh DB=postgresql OUT=DIR VMAIL=DIR [DBHOST=HOST,...]
#        [DBNAME=mail] [DBPASSWORDS=FILE] and the others but MAILDB,
#        PUBLISHED, FORMAT, COPY, PRELOAD
#        config.sh --help
#
# OUT        the folder to write to; made if it isn't there, else yours
# MAILDB     the mail database; it need not exist yet, its folder must. One
#            of an older version must be upgraded first: what is written here
#            asks for its column users.active, and without it no mail is taken
#            and nobody can log in
# VMAIL      the folder of all mailboxes, owned by VMAIL_UID:VMAIL_GID
# HOSTNAME   the server's full name; left out, Postfix uses the machine's. It
#            can't be one of the domains whose mail is in the database
# READER     whose IMAP and POP3 server it is. courier, the default: Courier's,
#            and saslauthd, by which Postfix asks it for passwords; dovecot:
#            Dovecot's, which also takes the mail from Postfix, by LMTP, and
#            its passwords
# DOVECOT    the release whose language Dovecot's files are in, 2.3 or 2.4; left
#            out, the Dovecot that is installed is asked
# MTA        who takes mail in and sends it: postfix, the default, exim or
#            opensmtpd
# PUBLISHED  the copy for Postfix that publish.sh makes; left out, Postfix
#            reads MAILDB itself
# FORMAT     PUBLISHED's, as publish.sh has it: sqlite, the default, cdb, lmdb
# COPY       yes: MAILDB is a copy that push.sh brings from another machine;
#            nothing here writes to it
# CHROOT     whether smtpd runs chrooted; left out, master.cf is asked
# PRELOAD    yes: Postfix and Courier wait for a writer's lock instead of
#            failing, by mailfunc_busy.so, which make install puts into the
#            system's library folder; FILE: it is elsewhere, or it is
#            mailfunc_preload.so. Left out, neither is loaded
# DB         sqlite, the default, or postgresql, with Postfix alone: the tables
#            of postgresql/schema.sql are read
# DBHOST     where that is: names of machines, or folders of sockets, with
#            commas between them. Who can't reach the first asks the next, a
#            replica. Left out: /var/run/postgresql
# DBNAME     the database
# DBPASSWORDS  a file of root's with two lines, ROLE PASSWORD, for mail_postfix
#            and mail_reader on another machine. Without mail_reader, who may
#            see hashes, it is a machine where nobody logs in. Left out, who
#            comes by the socket is known by his account
#
# Every argument is checked before anything is written, and a file that would
# be the same stays untouched. Exit status: 0 done, 2 a bad argument (all of
# them are named), 1 a file couldn't be written.
set -u
LC_ALL=C
export LC_ALL
unset CDPATH

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=sql/places.sh
. "$here/places.sh"
# shellcheck source=sql/templates.sh
. "$here/templates.sh"
marker="# Made by make config of mailfunc; edits are lost when it runs again."
problems=0

OUT='' MAILDB='' VMAIL='' VMAIL_UID=5000 VMAIL_GID=5000
HOSTNAME='' READER=courier DOVECOT='' MTA=postfix
PUBLISHED='' FORMAT=sqlite COPY='' CHROOT='' PRELOAD=''
DB=sqlite DBHOST=/var/run/postgresql DBNAME=mail DBPASSWORDS=''

problem() { # NAME WHAT
	printf 'config: %s: %s\n' "$1" "$2" >&2
	problems=$((problems + 1))
}

# The comment at the top of this file.
help() {
	sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
}

read_arguments() {
	for argument in "$@"; do
		value=${argument#*=}
		case $argument in
		OUT=*) OUT=$value ;;
		MAILDB=*) MAILDB=$value ;;
		VMAIL=*) VMAIL=$value ;;
		VMAIL_UID=*) VMAIL_UID=$value ;;
		VMAIL_GID=*) VMAIL_GID=$value ;;
		HOSTNAME=*) HOSTNAME=$value given_hostname=yes ;;
		READER=*) READER=$value ;;
		DOVECOT=*) DOVECOT=$value given_dovecot=yes ;;
		MTA=*) MTA=$value ;;
		PUBLISHED=*) PUBLISHED=$value given_published=yes ;;
		FORMAT=*) FORMAT=$value given_format=yes ;;
		COPY=*) COPY=$value ;;
		CHROOT=*) CHROOT=$value given_chroot=yes ;;
		PRELOAD=*) PRELOAD=$value given_preload=yes ;;
		DB=*) DB=$value ;;
		DBHOST=*) DBHOST=$value given_db=yes ;;
		DBNAME=*) DBNAME=$value given_db=yes ;;
		DBPASSWORDS=*) DBPASSWORDS=$value given_db=yes ;;
		--help) help; exit 0 ;;
		*) problem arguments "expected NAME=value with a name of:\
 OUT MAILDB VMAIL VMAIL_UID VMAIL_GID HOSTNAME READER DOVECOT MTA PUBLISHED\
 FORMAT COPY CHROOT PRELOAD DB DBHOST DBNAME DBPASSWORDS" ;;
		esac
	done
}

# Paths end up in SQL, in shell scripts and in Postfix's lists: only letters
# that mean nothing in any of them.
check_path() { # NAME VALUE EXAMPLE
	case $2 in
	'') problem "$1" "must be given: an absolute path, as in $3" ;;
	[!/]*) problem "$1" "must be an absolute path, as in $3" ;;
	*[!A-Za-z0-9._/-]*)
		problem "$1" "may only have letters, digits and . _ - / in it" ;;
	*//* | */./* | */../* | */. | */..)
		problem "$1" "must not have an empty, . or .. component" ;;
	/) problem "$1" "must not be the root folder" ;;
	*/) problem "$1" "must not end with a slash" ;;
	*) return 0 ;;
	esac
	return 1
}

check_file() { # NAME VALUE EXAMPLE
	check_path "$@" || return
	if [ -d "$2" ]; then
		problem "$1" "must be a file; this is a folder"
	elif [ ! -d "$(dirname "$2")" ]; then
		problem "$1" "its folder doesn't exist"
	fi
}

check_maildb() {
	[ "$DB" = sqlite ] || return 0
	check_file MAILDB "$MAILDB" /srv/mail/mail.db || return
	[ -s "$MAILDB" ] || return 0
	answer=$(ask 'SELECT active FROM users LIMIT 0') || case $answer in
	*'no such column: active'*)
		problem MAILDB "has no column users.active, .read upgrade.sql first" ;;
	*) problem MAILDB "can't be read: $answer" ;;
	esac
}

# Not read only: after a killed writer, that fails.
ask() { # QUERY
	sqlite3 -bail -batch -init /dev/null -list -noheader \
		-cmd '.timeout 10000' "$MAILDB" "$1" 2>&1
}

check_vmail() {
	check_path VMAIL "$VMAIL" /home/vmail || return
	[ -d "$VMAIL" ] || problem VMAIL "no such folder"
	# The mail account must not be able to replace a database.
	for file in "$MAILDB" "$PUBLISHED"; do
		case $(readlink -m "$file") in
		"$(readlink -m "$VMAIL")"/*)
			problem VMAIL "a database must not lie in it" ;;
		esac
	done
}

check_published() {
	check_format
	[ -n "${given_published-}" ] || return
	if [ "$FORMAT" = sqlite ] || [ ! -L "$PUBLISHED" ]; then
		check_file PUBLISHED "$PUBLISHED" /srv/mail/maps.db
	else
		check_path PUBLISHED "$PUBLISHED" /srv/mail/maps
	fi
	[ "$(readlink -m "$PUBLISHED")" != "$(readlink -m "$MAILDB")" ] ||
		problem PUBLISHED "must be another file than MAILDB"
}

check_format() {
	case $FORMAT in
	sqlite) ;;
	cdb | lmdb) [ -n "${given_published-}" ] ||
		problem FORMAT "is PUBLISHED's, which isn't given" ;;
	*) problem FORMAT "must be sqlite, cdb or lmdb"; FORMAT=sqlite ;;
	esac
	case $COPY in
	'' | yes) ;;
	*) problem COPY "must be yes, or left out" ;;
	esac
}

# OUT may be relative, but nothing else that a path may not be.
check_out() {
	case $OUT in
	'')
		problem OUT 'must be given: a folder, as in mail-config'
		return ;;
	/*) ;;
	*) OUT=$PWD/${OUT#./} ;;
	esac
	check_path OUT "$OUT" /root/mail-config || return
	if [ -L "$OUT" ]; then
		problem OUT "must not be a symbolic link"
		return
	elif [ -e "$OUT" ] && [ ! -d "$OUT" ]; then
		problem OUT "must be a folder; this is a file"
	elif [ ! -d "$(dirname "$OUT")" ]; then
		problem OUT "its parent folder doesn't exist"
	elif [ -d "$OUT" ]; then
		check_own
	fi
	foreign=$(foreign_file)
	[ -z "$foreign" ] || problem OUT "has a file that this script did not\
 make and won't overwrite: $foreign"
}

# Root must not write where somebody else says.
check_own() {
	[ "$(stat -c %u "$OUT")" = "$(id -u)" ] ||
		problem OUT "is another user's folder"
	link=$(find "$OUT" -type l -print -quit)
	[ -z "$link" ] || problem OUT "has a symbolic link in it: $link"
}

# The first target file that exists without this script's mark.
foreign_file() {
	targets | while read -r target; do
		[ -e "$OUT/$target" ] || continue
		[ "$(head -n 1 "$OUT/$target")" = "$marker" ] && continue
		echo "$target"
		break
	done
}

check_id() { # NAME VALUE
	case $2 in
	'' | *[!0-9]* | 0* | ???????????*)
		problem "$1" "must be a number from 100 to 4294967294" ;;
	*)
		if [ "$2" -lt 100 ] || [ "$2" -gt 4294967294 ]; then
			problem "$1" "must be a number from 100 to 4294967294"
		fi ;;
	esac
}

check_hostname() {
	[ -n "${given_hostname-}" ] || return
	case $HOSTNAME in
	*[!A-Za-z0-9.-]* | .* | *. | *..* | -* | *- | *.-* | *-.* | '')
		problem HOSTNAME "must be a full name, as in mail.example.com" ;;
	*.*)
		[ ${#HOSTNAME} -le 253 ] ||
			problem HOSTNAME "must not be longer than 253 bytes" ;;
	*) problem HOSTNAME "must be a full name, as in mail.example.com" ;;
	esac
}

# Mail for a domain that is the server's name would be local(8)'s, which knows
# system accounts only: taken, and bounced.
check_name_is_free() {
	[ "$problems" -eq 0 ] && [ -s "$MAILDB" ] || return 0
	for name in "${HOSTNAME:-$(uname -n)}" localhost; do
		case $name in
		*[!A-Za-z0-9.-]*) continue ;;
		esac
		found=$(ask "SELECT 1 FROM domains WHERE domain = '$name'
			COLLATE NOCASE") || {
			problem MAILDB "can't be read: $found"
			continue
		}
		[ -z "$found" ] || problem HOSTNAME "$name is in the table domains;\
 the server needs a name of its own, as in mail.$name"
	done
}

check_chroot() {
	if [ -z "${given_chroot-}" ]; then
		CHROOT=$(awk '$1 == "smtp" && $2 == "inet" { print $5 }' \
			/etc/postfix/master.cf 2>/dev/null)
		# "-" is Postfix's own default: not chrooted.
		case $CHROOT in
		- | n) CHROOT=n ;;
		*) CHROOT=y ;;
		esac
	fi
	case $CHROOT in
	y | n) ;;
	*) problem CHROOT "must be y or n" ;;
	esac
}

# What is asked for in the place of MAILDB. Names and passwords end up in words
# of several programs, between quotes or not.
check_db() {
	case $DB in
	sqlite) [ -z "${given_db-}" ] ||
		problem DB "DBHOST, DBNAME and DBPASSWORDS are for postgresql"
		return ;;
	postgresql) ;;
	*) problem DB "must be sqlite or postgresql"; DB=sqlite; return ;;
	esac
	for name in ${MAILDB:+MAILDB} ${given_published:+PUBLISHED} \
		${given_format:+FORMAT} ${COPY:+COPY} \
		${given_preload:+PRELOAD}; do
		problem "$name" "is for DB=sqlite"
	done
	[ "$MTA" = postfix ] || problem DB "postgresql is for MTA=postfix"
	case $DBHOST in
	'' | ,* | *, | *,,* | *[!A-Za-z0-9._/,-]*) problem DBHOST "must be names\
 or absolute paths with commas between them, as in db1.example.com" ;;
	esac
	case $DBNAME in
	'' | [!a-z]* | *[!a-z0-9_]*) problem DBNAME \
		"may only have small letters, digits and _ in it" ;;
	esac
	[ -z "$DBPASSWORDS" ] || check_passwords
}

check_passwords() {
	check_path DBPASSWORDS "$DBPASSWORDS" /root/mail-passwords || return
	if [ ! -r "$DBPASSWORDS" ] || [ ! -f "$DBPASSWORDS" ]; then
		problem DBPASSWORDS "can't be read"
	elif [ "$(stat -Lc %u "$DBPASSWORDS")" != "$(id -u)" ]; then
		problem DBPASSWORDS "is another user's file"
	elif [ -n "$(find -L "$DBPASSWORDS" -perm /077)" ]; then
		problem DBPASSWORDS "others may read it, chmod 0600"
	fi
	for role in mail_postfix mail_reader; do
		case $role-$(password_of "$role" 2>/dev/null) in
		mail_reader-) ;;
		mail_postfix- | *-*[!A-Za-z0-9._-]*) problem DBPASSWORDS "must have a line\
 $role PASSWORD, of letters, digits and . _ -" ;;
		esac
	done
}

password_of() { # ROLE
	awk -v role="$1" '$1 == role { print $2; exit }' "$DBPASSWORDS"
}

# Before all others: what is written depends on it.
check_programs() {
	case $READER in
	courier) [ -z "${given_dovecot-}" ] ||
		problem DOVECOT "is for READER=dovecot" ;;
	dovecot) check_dovecot ;;
	*) problem READER "must be courier or dovecot"; READER=courier ;;
	esac
	case $MTA in
	postfix) ;;
	exim | opensmtpd) check_not_postfix ;;
	*) problem MTA "must be postfix, exim or opensmtpd"; MTA=postfix ;;
	esac
}

check_dovecot() {
	if [ -z "${given_dovecot-}" ]; then
		installed=$(dovecot --version 2>/dev/null) || {
			problem DOVECOT "must be given: Dovecot isn't installed"
			return
		}
		DOVECOT=$(expr "$installed" : '\([0-9]*\.[0-9]*\)')
	fi
	case $DOVECOT in
	2.3 | 2.4) ;;
	*) problem DOVECOT "must be 2.3 or 2.4${installed:+, not $DOVECOT}" ;;
	esac
}

# What is Postfix's alone.
check_not_postfix() {
	for name in ${given_published:+PUBLISHED} ${given_format:+FORMAT} \
		${COPY:+COPY} ${given_chroot:+CHROOT} \
		${given_preload:+PRELOAD}; do
		problem "$name" "is for MTA=postfix"
	done
}

# The library as ld.so will look for it.
check_preload() {
	[ -n "${given_preload-}" ] || return
	case $PRELOAD in
	yes) PRELOAD=mailfunc_busy.so ;;
	*) check_path PRELOAD "$PRELOAD" /opt/lib/mailfunc_busy.so || return
	   [ -z "$(find -L "$PRELOAD" ! -user 0 -o -perm /022 2>/dev/null)" ] ||
		problem PRELOAD "only root may own and write it, root will run it"
	   for folder in $(open_folders "$PRELOAD"); do
		problem PRELOAD "only root may own and write $folder, others\
 could replace the library"
	   done ;;
	esac
	[ -z "$(LD_PRELOAD=$PRELOAD env true 2>&1)" ] ||
		problem PRELOAD "$PRELOAD can't be loaded, make install first"
	environment=$(postconf -dh import_environment 2>/dev/null) ||
		problem PRELOAD "postconf doesn't run, install Postfix first"
}

check_arguments() {
	check_programs
	check_db
	check_out
	check_maildb
	check_published
	check_vmail
	check_id VMAIL_UID "$VMAIL_UID"
	check_id VMAIL_GID "$VMAIL_GID"
	check_hostname
	check_chroot
	check_preload
	check_name_is_free
	[ "$problems" -eq 0 ] || exit 2
}

# What is written: path under OUT, where it goes, its owner and mode there. "+"
# means: added to the end of that file, "!": run.
files() {
	case $DB in
	sqlite) files_of_programs ;;
	postgresql) files_of_programs | of_postgresql ;;
	esac
	case $DB in
	sqlite) echo 'mailfunc.conf /etc/ root:root 0644' ;;
	postgresql) cat <<-'END' ;;
	postgresql/pg_hba.conf ^pg_hba.conf - -
	postgresql/pg_ident.conf +pg_ident.conf - -
	END
	esac
}

# With postgresql, the files that say where the database is are others, and may
# have a password in them.
of_postgresql() {
	sed -e '/sqlite-/s| root:root 0644| root:postfix 0640|' \
		-e 's|/sqlite-|/pgsql-|' -e 's|/authsqliterc |/authpgsqlrc |' \
		-e '/dovecot-sql.conf.ext/s|0644|0600|' \
		-e '/dovecot\.conf/s|0644|0600|'
}

files_of_programs() {
	"files_of_$MTA"
	has_reader || return 0
	"files_of_$READER"
	case $MTA-$READER in
	postfix-courier) files_of_saslauthd ;;
	esac
}

# Not where the hashes are nobody's to see.
has_reader() {
	[ -z "$DBPASSWORDS" ] || [ -n "$(password_of mail_reader)" ]
}

files_of_postfix() {
	[ "$FORMAT" != sqlite ] || files_of_maps
	cat <<-'END'
	postfix/main.cf /etc/postfix/ root:root 0644
	postfix/services ! - -
	END
}

files_of_maps() {
	cat <<-'END'
	postfix/sqlite-virtual_domains.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_forwardings.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_email2email.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_domain2domain.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_mailboxes.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_inactive.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_senders.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_alias_senders.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_mailbox_limits.cf /etc/postfix/ root:root 0644
	postfix/sqlite-virtual_transports.cf /etc/postfix/ root:root 0644
	END
}

files_of_exim() {
	echo 'exim/exim4.conf /etc/exim4/ root:root 0644'
}

files_of_opensmtpd() {
	cat <<-'END'
	opensmtpd/smtpd.conf /etc/ root:root 0644
	opensmtpd/sqlite.conf /etc/mail/ root:root 0644
	END
}

files_of_courier() {
	cat <<-'END'
	courier/authdaemonrc /etc/courier/ root:courier 0640
	courier/authsqliterc /etc/courier/ root:courier 0640
	courier/imapaccess /etc/courier/imapaccess/local root:root 0644
	courier/imapd +/etc/courier/imapd - -
	courier/imapd-ssl +/etc/courier/imapd-ssl - -
	courier/pop3d +/etc/courier/pop3d - -
	courier/pop3d-ssl +/etc/courier/pop3d-ssl - -
	END
}

files_of_saslauthd() {
	cat <<-'END'
	postfix/sasl/smtpd.conf /etc/postfix/sasl/ root:root 0644
	default/saslauthd /etc/default/ root:root 0644
	systemd/saslauthd.conf /etc/systemd/system/saslauthd.service.d/ root:root 0644
	END
}

files_of_dovecot() {
	echo 'dovecot/dovecot.conf /etc/dovecot/ root:root 0644'
	[ "$DOVECOT" = 2.4 ] ||
		echo 'dovecot/dovecot-sql.conf.ext /etc/dovecot/ root:root 0644'
}

# Its template, beside this script.
template() { # FILE
	case $1 in
	dovecot/*) echo "dovecot/$DOVECOT/${1#dovecot/}" ;;
	postfix/pgsql-*) echo "postfix/sqlite-${1#postfix/pgsql-}" ;;
	*) echo "$1" ;;
	esac
}

targets() {
	files | while read -r file rest; do
		echo "$file"
	done
}

# What the readers open. immutable=1: the published copy never changes, so
# SQLite may do without locks.
choose_values() {
	maps=$MAILDB database=$MAILDB immutable=
	[ -z "$COPY" ] || {
		database="file:$MAILDB?immutable=1" immutable='\&immutable=1'
		maps=$database
	}
	[ -z "$PUBLISHED" ] || maps="file:$PUBLISHED?immutable=1"
	case $DB in
	sqlite) name_maps "$FORMAT" "$PUBLISHED" ;;
	postgresql) name_maps postgresql ;;
	esac
	myhostname='# myhostname isn'\''t set: Postfix takes the machine'\''s name.'
	[ -z "$HOSTNAME" ] || myhostname="myhostname = $HOSTNAME"
	certificate=/etc/postfix/smtpd.cert key=/etc/postfix/smtpd.key
	case $MTA in
	exim)
		myhostname="primary_hostname = ${HOSTNAME:-$(uname -n)}"
		certificate=/etc/exim4/exim.crt key=/etc/exim4/exim.key ;;
	opensmtpd)
		myhostname="me = \"${HOSTNAME:-$(uname -n)}\""
		certificate=/etc/mail/smtpd.crt key=/etc/mail/smtpd.key ;;
	esac
	database_type=$(postconf -dh default_database_type 2>/dev/null) ||
		database_type='hash'
	# A chrooted smtpd looks for the socket below Postfix's spool.
	sasl_dir=/var/run/saslauthd
	[ "$CHROOT" = n ] || sasl_dir=/var/spool/postfix$sasl_dir
	import='# No library of ours is loaded: see PRELOAD of config.sh.'
	ld_preload=$import
	[ -z "$PRELOAD" ] || {
		import="import_environment = $environment LD_PRELOAD=$PRELOAD"
		ld_preload="LD_PRELOAD=$PRELOAD"
	}
}

# The same templates, whose SQL is both engines'. What differs is where the
# database is, and as whom it is asked.
choose_database() {
	postfix_password='' reader_password='' same_database='' connection=''
	[ "$DB" = postgresql ] || return 0
	[ -z "$DBPASSWORDS" ] || {
		postfix_password="\\npassword = $(password_of mail_postfix)"
		reader_password=$(password_of mail_reader)
	}
	hosts=''
	for host in $(echo "$DBHOST" | tr , ' '); do
		case $host in
		/*) hosts="$hosts unix:$host" ;;
		*) hosts="$hosts $host" ;;
		esac
	done
	connection="host=$DBHOST dbname=$DBNAME user=mail_reader connect_timeout=5"
	[ -z "$reader_password" ] ||
		connection="$connection password=$reader_password"
	same_database="s|@CONNECTION@|$connection|
s|@DBNAME@|$DBNAME|
s|sqlite-virtual_|pgsql-virtual_|g
s|^dbpath = .*|hosts =$hosts\\nuser = mail_postfix$postfix_password\\n\
dbname = $DBNAME|
s|^authmodulelist=\"authsqlite\"|authmodulelist=\"authpgsql\"|
s|^driver = sqlite|driver = pgsql|
s|^connect = file:.*|connect = $connection|
s|^sql_driver = sqlite|sql_driver = pgsql|
s|^sqlite_path = .*|pgsql mailfunc {\\n  parameters {\\n\
    host = $DBHOST\\n    user = mail_reader\\n    dbname = $DBNAME\\n\
    connect_timeout = 5${reader_password:+\\n    password = }\
$reader_password\\n  }\\n}|
/^sqlite_readonly/d
/^# Read only\./,/^# [a-z].*\.\$/d"
}

fill() { # FILE
	echo "$marker"
	lines=$(printf '%s\n' "$same_database" |
		lines_for "$here/$(template "$1")" "READER=$READER" \
			"MTA=$MTA" "FORMAT=$kind") || return
	printf '%s\n' "$lines" | sed \
		-e "s|@CERTIFICATE@|$certificate|g" -e "s|@KEY@|$key|g" \
		-e "s|@DATABASE@|$database|g" -e "s|@IMMUTABLE@|$immutable|g" \
		-e "s|@FORMAT@|$FORMAT|g" \
		-e "s|@MAPS@|$maps|g" -e "s|@MAILDB@|$MAILDB|g" \
		-e "s|@VMAIL@|$VMAIL|g" -e "s|@VMAIL_UID@|$VMAIL_UID|g" \
		-e "s|@VMAIL_GID@|$VMAIL_GID|g" -e "s|@MYHOSTNAME@|$myhostname|g" \
		-e "s|@SASL_DIR@|$sasl_dir|g" -e "s|@CHROOT@|$CHROOT|g" \
		-e "s|@PUBLISHED@|$PUBLISHED|g" -e "s|@READER@|$READER|g" \
		-e "s|@DATABASE_TYPE@|$database_type|g" \
		-e "s|@IMPORT_ENVIRONMENT@|$import|g" \
		-e "s|@LD_PRELOAD@|$ld_preload|g"
}

# Postfix waits for a map that is a moment old, so what stays stays.
write_files() {
	new=0
	[ -d "$OUT" ] || mkdir "$OUT" || return
	for file in $(targets); do
		mkdir -p "$OUT/$(dirname "$file")" || return
		filled=$(fill "$file") || return
		[ ! -e "$OUT/$file" ] || [ "$(cat "$OUT/$file")" != "$filled" ] ||
			continue
		{ printf '%s\n' "$filled" >"$OUT/$file.new" &&
			mv "$OUT/$file.new" "$OUT/$file"; } || {
			rm -f "$OUT/$file.new"
			problem OUT "can't write $file"
			return 1
		}
		new=$((new + 1))
	done
}

say_what_goes_where() {
	case $new in
	0) echo "Nothing has changed under $OUT:" ;;
	*) echo "Written under $OUT, new or changed: $new files of these:" ;;
	esac
	files | while read -r file target owner mode; do
		case $target in
		+*) echo "  $file: add its lines to the end of ${target#+}" ;;
		^*) echo "  $file: put its lines first in ${target#^}" ;;
		!) echo "  $file: run it with sh, it adds to master.cf" ;;
		*) echo "  $file: to $target, $owner, mode $mode" ;;
		esac
	done
	case $MTA in
	exim) reader=Debian-exim ;;
	opensmtpd) reader=opensmtpd ;;
	*) reader=postfix ;;
	esac
	if [ "$DB" = postgresql ]; then
		echo "The database: $DBNAME, by postgresql/schema.sql, at $DBHOST"
		reader=''
	fi
	[ -z "$PUBLISHED" ] || echo "The database: $MAILDB root:root 0600;" \
		"its copy: $PUBLISHED root:postfix 0640, made by publish.sh$(
			[ "$FORMAT" = sqlite ] || echo " MAILDB PUBLISHED $FORMAT")"
	[ -n "$PUBLISHED" ] || [ -z "$reader" ] ||
		echo "The database: $MAILDB root:$reader 0640" \
		"in a folder root:$reader 0750"
	echo "Mail: $VMAIL owned by $VMAIL_UID:$VMAIL_GID, mode 0700"
}

read_arguments "$@"
check_arguments
choose_values
choose_database
umask 022
[ -z "$DBPASSWORDS" ] || umask 077
write_files || exit 1
say_what_goes_where
