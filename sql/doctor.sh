#!/bin/sh
# What is wrong with the machine around a mail database? doctor.sql sees its
# rows; this looks at what lies beside them: sockets, groups, owners,
# certificates, settings, and files that were replaced.
#
# usage: doctor.sh [USER]
#        doctor.sh --database FILE
#
# USER        an address whose look-ups and login are tried, too. Its password
#             is asked for, unseen; an empty one leaves the login out. Without
#             a terminal it is the first line of standard input
# --database  runs doctor.sql on FILE instead; needs no root
#
# It only reads. A finding is a row:
#   severity|place|what is wrong|remedy
# Exit status: 0 all is well; 1 there are findings (with --database: errors);
# 2 there are none, but not everything could be looked at.
#
# Everything is found where the daemons find it: by postconf, in Courier's
# files or by doveconf, in the maps. It is Dovecot's machine if Postfix asks it
# for passwords and its dovecot.conf is ours. From the environment: MAIL_CONFIG,
# Postfix's folder of settings; COURIER, Courier's (/etc/courier); MAILFUNC, what
# doctor.sql loads (mailfunc); CHECKS, those of the lists below to make (all).
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
unset CDPATH

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=sql/places.sh
. "$here/places.sh"
# shellcheck source=sql/templates.sh
. "$here/templates.sh"
courier=${COURIER:-/etc/courier}
dovecot=/etc/dovecot
mark='# Made by make config of mailfunc'
again='config.sh, copy again, restart'
unset user password
user='' password=''

# In the order of how often they bite; but the journal is looked at before
# anything that logs in, for that repairs it, and nobody would know why mail
# had to wait.
checks_of_courier='journal saslauthd_socket saslauthd_group listeners
	imap_answer database replaced older_copy both_domains overrides
	mailbox_limit mail_store maildirs certificates replaced_settings settings
	tcpd_options packages connections journal_mode modes units open_doors
	resolver queue space user_login user_maps log'
checks_of_dovecot='journal dovecot_settings dovecot_sockets listeners
	database replaced older_copy both_domains overrides
	mailbox_limit mail_store certificates replaced_settings packages
	journal_mode modes units open_doors resolver queue space user_login
	user_maps log'

# What no other set-up may have changed, by the template of main.cf.
ours='virtual_transport virtual_mailbox_domains virtual_mailbox_maps
	virtual_alias_maps virtual_alias_domains smtpd_sasl_type
	smtpd_sasl_path cyrus_sasl_config_path'

units_of_courier='courier-authdaemon courier-imap courier-imap-ssl saslauthd'
units_of_dovecot='dovecot'

# What the daemons wrote|what it means|what to do
log_lines='no such function|a map needs a function of mailfunc|config.sh
unable to open database|a daemon may not open the database|chown, chmod 0640
write a readonly database|Postfix met a journal or a WAL|one read as root
database is locked|the database was locked for long|publish a copy
no such table|a daemon reads another file|dbpath, SQLITE_DATABASE
no such column|a database of an older version|.read upgrade.sql
image is malformed|the database is damaged|doctor.sh --database
cannot connect to saslauthd|smtpd finds no saslauthd|config.sh CHROOT=
no SASL authentication mech|no PLAIN, no LOGIN|apt-get install libsasl2-modules
dictionary type: sqlite|Postfix has no SQLite|apt-get install postfix-sqlite
Maximum connection limit|Courier had no room left|raise MAXDAEMONS
Invalid option: -|couriertcpd does not start|TCPDOPTS
mailbox_limit is smaller|no mail is delivered|virtual_mailbox_limit = 0
do not list domain|a domain is in both|postconf -e mydestination=
maildir delivery failed|Postfix may not write a maildir|chown -R vmail:vmail
chdir .*No such file|a user has no maildir|maildirs.sh'

# ---- rows and probes ----

complain() {
	echo "doctor: $1" >&2
}

give_up() {
	complain "$1"
	exit 2
}

# finding SEVERITY PLACE WHAT REMEDY: a row, nothing that a terminal obeys (a
# control character may begin above 127), and no column made by a stranger.
finding() {
	row=
	for part; do
		row=$row${row:+|}$(printf %s "$part" | tr '\n|' ' /' |
			tr '\000-\037\177-\377' '?')
	done
	say "$row"
}

error() {
	finding error "$@"
}

warning() {
	finding warning "$@"
}

# What echo would change: it reads backslashes.
say() {
	printf '%s\n' "$1"
}

# No command may take longer than this.
within() {
	timeout -k 1 "${limit:-10}" "$@"
}

# As another account, with its groups.
as() { # ACCOUNT COMMAND...
	account=$1
	shift
	within setpriv --reuid="$account" --regid="$(id -g "$account")" \
		--init-groups -- "$@"
}

# What sqlite3 is called with, that no file at home changes.
shell='sqlite3 -readonly -batch -init /dev/null -list -noheader'

as_postfix_reads() { # SQL
	# shellcheck disable=SC2086 # words
	as postfix $shell -cmd '.timeout 2000' "$opened" "$1" </dev/null
}

# Keys on standard input, through proxymap as smtpd asks: postmap as root
# would open the file itself, and prove nothing.
ask_map() { # MAP
	within postmap -q - "$1"
}

# Sends standard input to a path, or to a port of this machine, and prints
# what comes back until the other end hangs up.
talk() { # ACCOUNT SOCKET
	# shellcheck disable=SC2016 # perl's
	as "$1" perl -MSocket -e '
		my $to = shift;
		my $path = $to =~ m{^/};
		socket(my $s, $path ? PF_UNIX : PF_INET, SOCK_STREAM, 0)
			or die "$!\n";
		connect($s, $path ? sockaddr_un($to)
			: sockaddr_in($to, INADDR_LOOPBACK)) or die "$!\n";
		local $/;
		syswrite $s, scalar <STDIN>;
		shutdown $s, 1;
		print <$s>' "$2" 2>&1
}

# The processes that have a file open. Of a file that was deleted the name
# ends in " (deleted)".
holders() { # NAME
	find /proc/[0-9]*/fd -maxdepth 1 -lname "$1" 2>/dev/null |
		cut -d / -f 3 | sort -u
}

# ---- settings ----

value_of() { # NAME, and NAME = VALUE or NAME=VALUE on standard input
	sed -n "s/^$1 *= *//p" | tail -n 1
}

# A setting of main.cf with its $names filled in; as it stands there.
conf() {
	say "$settings" | value_of "$1"
}

written() {
	say "$main_cf" | value_of "$1"
}

# Everything that holds at some smtpd: main.cf, and master.cf for a service.
everywhere() { # NAME
	conf "$1"
	say "$master_cf" | sed -n "s|^[^ ]*/$1 = ||p"
}

smtpd_services() { # SERVICE CHROOT, a line each
	say "$services" | awk '$2 == "inet" && $8 == "smtpd" { print $1, $5 }'
}

words() { # a list of main.cf on standard input, a word to a line
	tr -s ' \t,' '\n' | sed '/^$/d'
}

# Each map that Postfix asks, ours among them; of one setting alone. A set of
# maps, as publish.sh makes it, is found by its map of the domains.
map_files() {
	for name in virtual_mailbox_domains virtual_mailbox_maps \
		virtual_alias_maps transport_maps smtpd_sender_login_maps \
		smtpd_recipient_restrictions; do
		maps_of "$name"
	done | sort -u
}

maps_of() { # NAME
	everywhere "$1" | words |
		sed -n -e '/^proxy:sqlite:/p' -e '/^cdb:\//p' -e '/^lmdb:\//p'
}

# A field of authsqliterc; of two lines with one name the first holds.
field() {
	awk -v name="$1" '$1 == name {
		sub(/^[^ \t]*[ \t]*/, ""); print; exit
	}' "$courier/authsqliterc" 2>/dev/null
}

# Courier's files are shell scripts, where the last setting counts. So they
# are run, by an account that may do nothing.
run_settings() { # FILE...
	# shellcheck disable=SC2016 # the inner shell expands these
	within env -i PATH="$PATH" setpriv --reuid=nobody --regid=courier \
		--clear-groups -- sh -c 'cd "$1" && shift && set -a &&
		for file; do . "./$file"; done >/dev/null 2>&1; env' \
		sh "$courier" "$@" 2>/dev/null </dev/null
}

courier_setting() { # NAME DAEMON
	case $2 in
	imapd) say "$imapd" ;;
	pop3d) say "$pop3d" ;;
	*) say "$authdaemond" ;;
	esac | value_of "$1"
}

# Without these there is nothing to look at.
learn() {
	for program in postconf:postfix sqlite3:sqlite3 perl:perl \
		setpriv:util-linux timeout:coreutils openssl:openssl ss:iproute2
	do
		command -v "${program%:*}" >/dev/null || give_up "there is no\
 program ${program%:*}, of the package ${program#*:}"
	done
	settings=$(within postconf -x 2>/dev/null)
	main_cf=$(within postconf 2>/dev/null)
	master_cf=$(within postconf -P 2>/dev/null)
	services=$(within postconf -M 2>/dev/null)
	learn_reader
	imapd=$(run_settings imapd imapd-ssl)
	pop3d=$(run_settings pop3d pop3d-ssl)
	authdaemond=$(run_settings authdaemonrc)
	learn_places
}

learn_reader() {
	reader=courier checks=$checks_of_courier units=$units_of_courier
	reload='postfix reload; systemctl restart courier-authdaemon'
	if [ "$(conf smtpd_sasl_type)" = dovecot ] &&
		grep -qs "^$mark" "$dovecot/dovecot.conf"; then
		reader=dovecot checks=$checks_of_dovecot units=$units_of_dovecot
		reload='postfix reload; doveadm reload'
	fi
}

# A setting as our file has it: doveconf says nothing if any other is wrong.
dovecot_setting() { # NAME
	cat "$dovecot/dovecot.conf" "$dovecot/dovecot-sql.conf.ext" 2>/dev/null |
		value_of "$1"
}

# The file that Dovecot opens: sqlite_path is 2.4's word, connect 2.3's.
dovecot_database() {
	path=$(dovecot_setting '\(sqlite_path\|connect\)')
	path=${path#file:}
	echo "${path%%\?*}"
}

learn_places() {
	queue=$(conf queue_directory)
	[ -n "$queue" ] || give_up 'postconf knows no queue_directory'
	port=$(courier_setting PORT imapd)
	port=${port:-143}
	case $reader in
	dovecot)
		maildb=$(dovecot_database) said_uid=$(dovecot_setting mail_uid)
		where_uid=mail_uid where="$dovecot names no database" ;;
	*)
		maildb=$(field SQLITE_DATABASE) said_uid=$(field SQLITE_UID_FIELD)
		where_uid=SQLITE_UID_FIELD
		where="$courier/authsqliterc names no SQLITE_DATABASE" ;;
	esac
	maildb=${maildb#file:}
	maildb=${maildb%%\?*}
	[ -n "$maildb" ] || give_up "$where"
	domains=$(maps_of virtual_mailbox_domains | head -n 1)
	# What Postfix opens, and the file that this means.
	case $domains in
	*:/*/domains)
		opened=${domains#*:}
		name_maps "${domains%%:*}" "${opened%/*}"
		opened="file:${opened%/*}/copy.db?immutable=1" ;;
	*)
		name_maps sqlite
		file=${domains#proxy:sqlite:}
		opened=$(value_of dbpath 2>/dev/null <"${file:-/dev/null}") ;;
	esac
	[ -n "$opened" ] ||
		give_up 'virtual_mailbox_domains has no SQLite map'
	copy=${opened#file:}
	copy=${copy%%\?*}
	vmail=$(conf virtual_mailbox_base)
	sasl_conf=$(conf cyrus_sasl_config_path)
	sasl_conf=${sasl_conf:-/etc/postfix/sasl}/smtpd.conf
	socket=$(smtpd_services | while read -r _ chroot; do
		socket_for "$chroot"
	done | head -n 1)
}

# Where smtpd looks for saslauthd, as seen from outside of a chroot.
socket_for() { # CHROOT
	path=$(sed -n 's/^saslauthd_path: *//p' "$sasl_conf" 2>/dev/null)
	[ "$1" != y ] || printf %s "$queue"
	echo "${path:-/var/run/saslauthd/mux}"
}

databases() {
	printf '%s\n' "$maildb" "$copy" | sort -u
}

# ---- 1 to 3: who asks whom ----

check_saslauthd_socket() {
	smtpd_services | while read -r service chroot; do
		path=$(socket_for "$chroot")
		[ ! -S "$path" ] || continue
		[ "$chroot" = y ] || chroot=n
		error "$service" "looks for saslauthd where it isn't (454 \
generic failure): $path" \
			"config.sh CHROOT=$chroot, copy, restart saslauthd"
	done
}

check_saslauthd_group() {
	[ -S "$socket" ] || return 0
	group=$(stat -c %G "${socket%/*}")
	case " $(id -nG postfix) " in
	*" $group "*) ;;
	*)
		error postfix "postfix may not ask saslauthd: it isn't in the \
group $group" "usermod -aG $group postfix; systemctl restart postfix"
		return ;;
	esac
	case $(talk postfix "$socket" </dev/null) in
	*'Permission denied'*)
		error "$socket" 'postfix may not ask saslauthd' \
			"chown root:sasl, chmod 0710 ${socket%/*}" ;;
	*refused*)
		error "$socket" 'saslauthd has died and left its socket' \
			'systemctl restart saslauthd' ;;
	*) [ -z "$password" ] || ask_saslauthd ;;
	esac
}

# Each of four fields is sent behind its length, a 16-bit number, and so is
# the answer.
ask_saslauthd() {
	# shellcheck disable=SC2016 # perl's
	frame='chomp(my @f = <STDIN>); print map { pack "n/a*", $_ } @f'
	case $(printf '%s\n' "$user" "$password" smtp '' |
		perl -e "$frame" | talk postfix "$socket" | tail -c +3) in
	OK*) ;;
	*)
		error saslauthd "saslauthd says no to $user" \
			"journalctl -u saslauthd -u 'courier-*'" ;;
	esac
}

check_listeners() {
	open=$(within ss -ltnH | awk '{ print $4 }')
	imaps=$(courier_setting SSLPORT imapd)
	nobody_on 25 'no mail comes in' postfix
	case $reader in
	dovecot)
		nobody_on "$port" 'no IMAP' dovecot
		nobody_on 993 'no IMAP with TLS first' dovecot ;;
	*)
		nobody_on "$port" 'no SMTP AUTH, every password looks wrong' \
			courier-imap
		nobody_on "${imaps:-993}" 'no IMAP with TLS first' \
			courier-imap-ssl ;;
	esac
	say "$open" | grep -Eq '[:.](587|465)$' ||
		warning 'port 587' \
			"nobody listens on 587 or 465: users can't send" \
			'the submission lines of master.cf; restart postfix'
}

nobody_on() { # PORT WHAT UNIT
	say "$open" | grep -q "[:.]$1\$" ||
		error "port $1" "nobody listens on $1: $2" \
			"systemctl restart $3"
}

# Asked with CAPABILITY: a wrong LOGIN costs five seconds, and looks like no
# answer. saslauthd logs in from 127.0.0.1, without TLS.
check_imap_answer() {
	case $(printf 'a CAPABILITY\r\nb LOGOUT\r\n' |
		limit=5 talk nobody "$port") in
	*refused*) ;;
	*LOGINDISABLED*)
		error "port $port" 'IMAP takes no password from 127.0.0.1: no
SMTP AUTH, every password looks wrong' \
			"$courier/imapaccess/local; makeimapaccess" ;;
	*CAPABILITY*) ;;
	*)
		error "port $port" 'IMAP listens, but says nothing: no SMTP
AUTH, every password looks wrong' 'restart courier-imap; MAXDAEMONS' ;;
	esac
}

# The same for Dovecot: what it made of its files, and where it listens for
# Postfix.
check_dovecot_settings() {
	said=$(within doveconf -n 2>&1 >/dev/null) ||
		error "$dovecot/dovecot.conf" "Dovecot won't start: ${said##*: }" \
			"$again"
	case $(dovecot_setting '[[:blank:]]*default_pass\(word\)*_scheme') in
	CRYPT) ;;
	*)
		error "$dovecot/dovecot.conf" 'the stored hash is taken for the
password: no default scheme' "$again" ;;
	esac
}

check_dovecot_sockets() {
	for name in "$(conf smtpd_sasl_path)" private/dovecot-lmtp \
		private/quota-status; do
		[ -S "$queue/$name" ] || {
			error "$queue/$name" "Postfix looks for Dovecot where it \
isn't" 'systemctl restart dovecot, after postfix'
			continue
		}
		case $(talk postfix "$queue/$name" </dev/null) in
		*'Permission denied'*)
			error "$queue/$name" 'postfix may not ask Dovecot' \
				"$again" ;;
		*refused*)
			error "$queue/$name" 'Dovecot has died and left its socket' \
				'systemctl restart dovecot' ;;
		esac
	done
}

# ---- 4 to 7: the files ----

# A journal whose writer lives is open somewhere; one that is done with is
# gone, empty, or begins with zeros.
check_journal() {
	databases | while read -r file; do
		[ -s "$file-journal" ] || continue
		[ "$(od -An -tx1 -N 8 "$file-journal")" = \
			' d9 d5 05 f9 20 a1 63 d7' ] || continue
		[ -z "$(holders "$file-journal")" ] || continue
		error "$file-journal" \
			'a killed writer left a journal; Postfix waits' \
			"sqlite3 $file 'SELECT 1 FROM users', as root"
	done
}

check_database() {
	said=$(as_postfix_reads 'SELECT count(*) FROM domains' 2>&1)
	case $said in
	*[!0-9]* | '') say_why_closed ;;
	esac
}

say_why_closed() {
	case $(test -e "$copy" || echo missing)$said in
	missing*)
		error "$copy" "can't open: there is no such file" \
			'your backup; or dbpath in the maps' ;;
	*'no such table'*)
		error "$copy" 'no such table: domains' \
			'dbpath in the maps; publish.sh' ;;
	*locked*)
		error "$copy" 'locked by a writer' "fuser -v $copy" ;;
	*readonly* | *'disk I/O'*)
		error "$copy" "read-only for Postfix, which can't repair a \
journal or open a WAL" "sqlite3 $copy 'SELECT 1 FROM domains', as root" ;;
	*'not a database'* | *malformed*)
		error "$copy" 'damaged, or no database at all' \
			'your backup; doctor.sh --database' ;;
	*)
		error "$copy" "postfix can't open it: $(what_is_closed)" \
			'chown root:postfix; chmod 0640, its folder 0750' ;;
	esac
}

# The first part of the path that keeps postfix out.
what_is_closed() {
	part='' rest=${copy#/}/
	while [ -n "$rest" ]; do
		part=$part/${rest%%/*} rest=${rest#*/}
		if [ -d "$part" ]; then
			as postfix test -x "$part" || break
		fi
	done
	stat -c '%n is %U:%G, mode %a' "$part"
}

# Looked at twice: a reload may just be going on.
check_replaced() {
	databases | while read -r file; do
		[ -n "$(holders "$file (deleted)")" ] || continue
		sleep 2
		readers=$(holders "$file (deleted)" | grep -c .)
		[ "$readers" -eq 0 ] || error "$file" "the file was replaced, \
$readers processes still read the old one" \
			"$reload"
	done
}

# Each map's answers through proxymap, which may have an older file open, and
# from the file as it is now. Of many rows, some.
check_older_copy() {
	keys=$(as_postfix_reads 'SELECT domain FROM (
		SELECT domain FROM domains UNION SELECT email FROM users
		UNION SELECT source FROM forwardings
		UNION SELECT domain FROM transport)
		ORDER BY random() LIMIT 1000' 2>/dev/null)
	[ -n "$keys" ] || return 0
	map_files | while read -r map; do
		now=$(say "$keys" | as postfix postmap -q - "${map#proxy:}" 2>&1)
		answers=$(say "$keys" | ask_map "$map" 2>&1)
		if [ $? -eq 124 ]; then
			error "${map#*:*:}" "proxymap doesn't answer" \
				"journalctl -u 'postfix*'"
			break
		fi
		[ "$answers" = "$now" ] ||
			error "${map#*:*:}" 'Postfix answers from an older copy' \
				'postfix reload; PATH in cron'
	done
}

# ---- 8 to 10: main.cf and master.cf ----

check_both_domains() {
	fate='its mail goes to system accounts'
	for name in mydestination relay_domains; do
		conf "$name" | words | grep -v '[:/]' |
			ask_map "$domains" 2>/dev/null | cut -f 1 |
			while read -r domain; do
				left=$(without "$domain")
				error "$name" "$domain is in both, here and in \
the table domains: $fate" "postconf -e '$name = $left'"
			done
		fate='it is relayed'
	done
}

# The list without that domain, which may be there as $myhostname.
without() { # DOMAIN
	written "$name" | words | while read -r word; do
		meant=$word
		case $word in
		'$'*) meant=$(conf "${word#?}") ;;
		esac
		[ "$meant" = "$1" ] || echo "$word"
	done | paste -s -d ' ' -
}

check_overrides() {
	for name in $ours; do
		has_all "$(wanted "$name")" "$(written "$name")" ||
			error main.cf "main.cf overrides $name" \
				"$(how_to_restore "$name"); postfix reload"
	done
	say "$master_cf" | while read -r setting _ value; do
		name=${setting##*/}
		say "$ours" | words | grep -qx "$name" || continue
		has_all "$(wanted "$name")" "$value" ||
			error master.cf "master.cf overrides $name" \
				"postconf -PX $setting; postfix reload"
	done
}

# The template for this reader.
template() {
	lines_for "$here/postfix/main.cf" "READER=$reader" "FORMAT=$kind" \
		</dev/null
}

# The template's value, else Postfix's own.
wanted() { # NAME
	if template | grep -q "^$1 ="; then
		template | value_of "$1"
	else
		within postconf -dh "$1"
	fi
}

how_to_restore() { # NAME
	if template | grep -q "^$1 ="; then
		echo "postconf -e '$1 = $(wanted "$1")'"
	else
		echo "postconf -X $1"
	fi
}

# Is each of the words in the list? And where there are none, is it empty?
has_all() { # WORDS LIST
	[ -n "$1" ] || [ -z "$2" ] || return 1
	for word in $1; do
		say "$2" | words | grep -qxF -e "$word" || return 1
	done
}

check_mailbox_limit() {
	mailbox=$(conf virtual_mailbox_limit)
	message=$(conf message_size_limit)
	[ "$mailbox" -ne 0 ] || return 0
	[ "$message" -eq 0 ] || [ "$mailbox" -lt "$message" ] || return 0
	error virtual_mailbox_limit 'no mail is delivered at all: it is smaller
than message_size_limit' \
		'postconf -e virtual_mailbox_limit=0; postfix reload'
}

# ---- 11: the mail store ----

check_mail_store() {
	if [ ! -d "$vmail" ]; then
		error "$vmail" 'there is no such folder' 'config.sh VMAIL='
		return
	fi
	owner=$(stat -c %u "$vmail")
	uid=$(conf virtual_uid_maps)
	same_owner "${uid#static:}" virtual_uid_maps
	same_owner "$said_uid" "$where_uid"
	getent passwd "$owner" >/dev/null ||
		error "$vmail" "its owner, uid $owner, is no account: no SMTP \
AUTH" "useradd -u $owner vmail"
	check_owners
}

same_owner() { # UID WHERE
	[ "$1" = "$owner" ] ||
		error "$vmail" "belongs to uid $owner, but $2 says $1: no \
delivery, no login, no sending" "chown, or config.sh VMAIL_UID=$owner"
}

check_owners() {
	names=$(stat -c %U:%G "$vmail")
	other=$(within find "$vmail" -maxdepth 3 ! -uid "$owner" -print \
		-quit) || {
		complain "$vmail: it takes too long to look at all owners"
		return 2
	}
	[ -z "$other" ] || error "$vmail" "$other doesn't belong to \
${names%:*}: no delivery, no login, no sending" "chown -R $names $vmail"
}

check_maildirs() {
	[ -d "$vmail" ] || return 0
	# shellcheck disable=SC2086 # words
	maildirs=$(within $shell "$maildb" "SELECT maildir FROM users
		WHERE active = 1 AND maildir <> ''" 2>&1 </dev/null) || {
		complain "$maildb: ${maildirs##*: }"
		return 2
	}
	# shellcheck disable=SC2016 # the inner shell expands these
	missing=$(say "$maildirs" | as "$(stat -c %u "$vmail")" \
		sh -c 'cd "$1" && while read -r maildir; do
		[ -d "$maildir/cur" ] || echo; done' sh "$vmail" | wc -l)
	[ "$missing" -eq 0 ] || finding note "$vmail" "maildirs are missing: \
$missing users can't log in before a first mail" \
		"$here/maildirs.sh $maildb $vmail"
}

# ---- 12: certificates ----

check_certificates() {
	cert=$(conf smtpd_tls_cert_file)
	key=$(conf smtpd_tls_key_file)
	renew='write the .pem files anew; postfix reload'
	if [ ! -s "$cert" ]; then
		error smtpd_tls_cert_file 'there is no such certificate' \
			'doc/mail-server.md, Certificates'
		return
	fi
	check_end
	[ "$(public_key x509 "$cert")" = "$(public_key pkey "$key")" ] ||
		error "$key" "is not the key of $cert: no STARTTLS" "$renew"
	[ "$reader" = courier ] || return 0
	for daemon in imapd pop3d; do
		pem=$(courier_setting TLS_CERTFILE "$daemon")
		check_pem "${pem:-$courier/$daemon.pem}"
	done
}

# Fourteen days are a warning.
check_end() {
	end=$(x509 "$cert" -enddate)
	if ! x509 "$cert" -checkend 0 >/dev/null; then
		error "$cert" "expired on ${end#*=}" "$renew"
	elif ! x509 "$cert" -checkend 1209600 >/dev/null; then
		warning "$cert" "expires on ${end#*=}" "$renew"
	fi
}

x509() { # FILE OPTION...
	file=$1
	shift
	within openssl x509 -in "$file" -noout "$@" 2>&1 </dev/null
}

public_key() { # x509|pkey FILE
	case $1 in
	x509) x509 "$2" -pubkey ;;
	*) within openssl pkey -in "$2" -passin pass: -pubout 2>&1 ;;
	esac
}

# Courier's copy: key and certificate in one file.
check_pem() { # FILE
	as courier test -r "$1" || {
		error "$1" 'courier may not read it: STARTTLS dies without a
log line' "chown root:courier $1; chmod 0640 $1"
		return
	}
	[ "$(x509 "$1" -fingerprint)" = "$(x509 "$cert" -fingerprint)" ] ||
		warning "$1" "Courier has the old one, not $cert" "$renew"
	[ "$(public_key x509 "$1")" = "$(public_key pkey "$1")" ] ||
		error "$1" 'its key is another one: no STARTTLS' "$renew"
}

# ---- 13 to 15: what the packages have done ----

# Each file that config.sh made or added lines to has our mark in it.
check_replaced_settings() {
	marked_files | while read -r file; do
		grep -qs "^$mark" "$file" ||
			error "$file" 'a package upgrade replaced it, or it was
never copied' "$again"
	done
	[ "$reader" = dovecot ] ||
		grep -qs '^##NAME: MARKER:0' "$courier/authsqliterc" || error \
		"$courier/authsqliterc" 'has no line ##NAME: MARKER:0:
Courier ignores it' "$again"
}

marked_files() {
	map_files | sed -n 's/^proxy:sqlite://p'
	[ "$reader" = courier ] || {
		echo "$dovecot/dovecot.conf"
		return
	}
	for template in "$here"/courier/*; do
		case $template in
		*/imapaccess) echo "$courier/imapaccess/local" ;;
		*/authpgsqlrc) ;; # PostgreSQL's
		*) echo "$courier/${template##*/}" ;;
		esac
	done
	echo /etc/default/saslauthd
	echo "$sasl_conf"
}

# The values that decide.
check_settings() {
	must_be authmodulelist authsqlite authdaemonrc
	must_be IMAP_TLS_REQUIRED 1 imapd -ssl
	must_be POP3_TLS_REQUIRED 1 pop3d -ssl
	mechanism=$(value_of MECHANISMS </etc/default/saslauthd | tr -d "\"'")
	[ "$mechanism" = rimap ] ||
		error /etc/default/saslauthd \
			"MECHANISMS is $mechanism, not rimap" "$again"
	grep -qs '^pwcheck_method: *saslauthd' "$sasl_conf" ||
		error "$sasl_conf" 'pwcheck_method is not saslauthd' "$again"
}

must_be() { # NAME VALUE DAEMON [-ssl]
	value=$(courier_setting "$1" "$3")
	[ "$value" = "$2" ] || error "$courier/$3${4-}" \
		"$1 is ${value:-not set}, not $2" "$again"
}

# Asked of couriertcpd itself, which without a port only says what it takes.
check_tcpd_options() {
	for daemon in imapd pop3d; do
		# shellcheck disable=SC2046 # words
		unknown=$(within couriertcpd \
			$(courier_setting TCPDOPTS "$daemon") 2>&1 </dev/null |
			sed -n 's/.*Invalid option: //p' | paste -s -d ' ' -)
		[ -z "$unknown" ] || error "$courier/$daemon" \
			"Courier won't start: couriertcpd has no $unknown" \
			'take it out of TCPDOPTS; restart Courier'
	done
}

check_packages() {
	within postconf -m | grep -qx sqlite ||
		lacking postfix-sqlite '451 for every recipient'
	[ "$reader" = courier ] || {
		[ -n "$(find /usr/lib/dovecot -name libdriver_sqlite.so \
			-print -quit)" ] ||
			lacking dovecot-sqlite 'nobody can log in'
		return 0
	}
	within saslpluginviewer -s 2>/dev/null | grep -qw PLAIN ||
		lacking libsasl2-modules 'smtpd dies after EHLO'
	[ -n "$(find /usr/lib -maxdepth 4 -name 'libauthsqlite.so*' \
		-print -quit)" ] ||
		lacking courier-authlib-sqlite 'nobody can log in'
	command -v saslauthd >/dev/null || lacking sasl2-bin 'no SMTP AUTH'
	command -v couriertcpd >/dev/null || lacking courier-imap 'no IMAP'
}

lacking() { # PACKAGE WHAT
	error "$1" "package $1 is missing: $2" "apt-get install $1"
}

# ---- 16 to 18: room, modes, units ----

# Each stranger may have MAXPERIP sessions. A few of them must not be able to
# keep saslauthd out.
check_connections() {
	max=$(courier_setting MAXDAEMONS imapd)
	each=$(courier_setting MAXPERIP imapd)
	case $max-$each in
	*[!0-9-]* | -* | *-)
		complain "$courier/imapd sets no MAXDAEMONS or no MAXPERIP"
		return 2 ;;
	esac
	cut_off="with $max sessions nobody can log in or send"
	[ "$max" -ge $((4 * each)) ] || error "$courier/imapd" \
		"MAXDAEMONS is $max, MAXPERIP $each: $cut_off" \
		'raise MAXDAEMONS to 200; restart courier-imap'
	now=$(within ss -tnH state established "( sport = :$port )" | wc -l)
	[ "$now" -lt $((max * 9 / 10)) ] || error "port $port" \
		"$now sessions are open: $cut_off" 'ss -tn; raise MAXDAEMONS'
}

# From the file's header: opening it could change what is beside it.
check_journal_mode() {
	[ "$copy" = "$maildb" ] && [ -s "$copy" ] || return 0
	[ "$(od -An -tu1 -j 18 -N 1 "$copy")" -eq 2 ] || return 0
	error "$copy" 'WAL works only while somebody has it open' \
		"systemctl stop postfix courier-authdaemon; sqlite3 $copy \
'PRAGMA journal_mode = DELETE'; start them"
}

check_modes() {
	others='others than root may replace the database'
	databases | while read -r file; do
		find -L "$file" "${file%/*}" -maxdepth 0 -perm /022
		open_folders "$file"
	done 2>/dev/null | sort -u | while read -r path; do
		if [ -n "$(find -L "$path" -maxdepth 0 -perm /022)" ]; then
			error "$path" "$(stat -Lc 'mode %a, group %G' "$path"):\
 $others" "chmod go-w $path"
		else
			error "$path" "belongs to $(stat -Lc %U "$path"):\
 $others" "chown root $path"
		fi
	done
	[ -z "$(find "$maildb" -maxdepth 0 -perm /007 2>/dev/null)" ] ||
		error "$maildb" 'everybody here can read the hashes' \
			"chmod o= $maildb"
}

# systemctl show prints NAME=VALUE, and an empty line between two units.
check_units() {
	[ -d /run/systemd/system ] || return 0
	# shellcheck disable=SC2086 # words
	shown=$(within systemctl show -p Id,LoadState,ActiveState \
		-p UnitFileState,ProtectHome,ProtectSystem,PrivateTmp \
		$units postfix postfix@-)
	while IFS='=' read -r name value; do
		case $name in
		Id) id=$value loaded='' home='' system='' tmp='' ;;
		LoadState) loaded=$value ;;
		ActiveState) active=$value ;;
		UnitFileState) enabled=$value ;;
		ProtectHome) home=$value ;;
		ProtectSystem) system=$value ;;
		PrivateTmp) tmp=$value ;;
		'') check_unit ;;
		esac
	done <<-END
	$shown

	END
}

check_unit() {
	case $id-$loaded in
	postfix@*-not-found) return ;;
	*-loaded) ;;
	*)
		error "$id" 'there is no such unit' 'install its package'
		return ;;
	esac
	[ "$active" = active ] || error "$id" "unit $active" \
		"systemctl restart $id; journalctl -u $id"
	[ "$enabled" != disabled ] || warning "$id" \
		'not enabled: not there after a boot' "systemctl enable $id"
	for path in "$vmail" "$maildb"; do
		why=$(closed_by_unit "$path/")
		[ -z "$why" ] || error "$id" \
			"$path is read-only for the unit: $why" \
			"a drop-in with $why no: systemctl edit $id"
	done
}

closed_by_unit() { # PATH
	case $home-$1 in
	no-* | -*) ;;
	*-/home/* | *-/root/* | *-/run/user/*) echo ProtectHome ;;
	esac
	case $tmp-$1 in
	yes-/tmp/* | yes-/var/tmp/*) echo PrivateTmp ;;
	esac
	case $system-$1 in
	strict-* | full-/etc/*) echo ProtectSystem ;;
	yes-/usr/* | full-/usr/* | yes-/boot/* | full-/boot/*)
		echo ProtectSystem ;;
	esac
}

# ---- 19 and 20: strangers, and what waits ----

check_open_doors() {
	case $(conf smtpd_forbid_bare_newline) in
	'' | no)
		error smtpd_forbid_bare_newline 'mail can be smuggled' \
			'postconf -e smtpd_forbid_bare_newline=normalize' ;;
	esac
	checks_senders || error smtpd_sender_login_maps \
		"anybody's sender: who has logged in may send as anybody" \
		"$again"
	printf '%s\n' "$(conf smtpd_relay_restrictions)" \
		"$(conf smtpd_recipient_restrictions)" |
		grep -Eq '(reject|defer)(_unauth_destination|$)' ||
		error smtpd_relay_restrictions 'open relay' \
			"$(how_to_restore smtpd_relay_restrictions)"
	for network in $(conf mynetworks | words); do
		case $network in
		*/[0-7]) error mynetworks "open relay for $network" \
			"$(how_to_restore mynetworks)" ;;
		esac
	done
}

checks_senders() {
	[ -n "$(everywhere smtpd_sender_login_maps | words)" ] &&
		for name in smtpd_sender_restrictions smtpd_relay_restrictions \
			smtpd_recipient_restrictions; do
			everywhere "$name"
		done | grep -q sender_login_mismatch
}

# A chrooted smtp(8) asks the name servers of this copy.
check_resolver() {
	say "$services" | awk '$5 == "y"' | grep -q . || return 0
	[ -s /etc/resolv.conf ] || return 0
	cmp -s /etc/resolv.conf "$queue/etc/resolv.conf" ||
		warning "$queue/etc/resolv.conf" "differs from the machine's: \
chrooted daemons may find no other server" 'systemctl restart postfix'
}

# What has waited for an hour, by the reasons that other servers gave.
check_queue() {
	within postqueue -j 2>/dev/null | awk -v now="$(date +%s)" '
	match($0, /"arrival_time": [0-9]+/) &&
		now - substr($0, RSTART + 16, RLENGTH - 16) > 3600 {
		reason = "no reason given"
		if (match($0, /"delay_reason": "([^"\\]|\\.)*"/))
			reason = substr($0, RSTART + 17, RLENGTH - 18)
		count[reason]++
	}
	END { for (reason in count) print count[reason], reason }' |
		sort -rn | head -n 10 | while read -r count reason; do
		warning queue "$count mails wait for over an hour: $reason" \
			'once its cause is gone: postqueue -f'
	done
}

# Postfix takes no mail where one and a half of the longest doesn't fit.
check_space() {
	least=$(($(conf message_size_limit) * 3 / 2048))
	[ "$least" -gt 0 ] || least=102400
	for folder in "$queue" "$vmail"; do
		free=$(within df -Pk "$folder" | awk 'NR == 2 { print $4 }')
		[ "${free:-0}" -ge "$least" ] || error "$folder" \
			"only ${free:-no} KiB of space are left" 'make room'
		within df -Pi "$folder" |
			awk 'NR == 2 { exit !($2 > 0 && $4 < 100) }' &&
			error "$folder" 'hardly an inode is left' 'make room'
	done
	return 0
}

# ---- 21: one user ----

check_user_login() {
	[ -n "$user" ] || return 0
	if [ "$reader" = dovecot ]; then
		ask_dovecot
		return
	fi
	said=$(within authtest "$user" 2>&1 </dev/null)
	case $said in
	*'Authentication succeeded'*) [ -z "$password" ] || ask_courier ;;
	*) error "$user" "Courier refuses: ${said##*: }" doctor.sql ;;
	esac
}

ask_dovecot() {
	said=$(within doveadm user -f home "$user" 2>&1 </dev/null) || {
		error "$user" "Dovecot knows no such user: ${said##*: }" \
			doctor.sql
		return
	}
	[ -n "$password" ] || return 0
	printf '%s\n' "$password" | within doveadm auth test "$user" \
		>/dev/null 2>&1 || error "$user" \
		'Dovecot refuses this password' 'doctor.sql; a new password'
}

# What authtest asks, but it would have the password among its arguments.
ask_courier() {
	request=$(printf 'imap\nlogin\n%s\n%s\n.' "$user" "$password")
	request=${request%.}
	case $(printf 'AUTH %d\n%s' "${#request}" "$request" | talk root \
		"$(courier_setting authdaemonvar authdaemonrc)/socket") in
	*=*) ;;
	FAIL*)
		error "$user" 'Courier refuses this password' \
			'doctor.sql; a new password' ;;
	*)
		error "$user" "Courier can't judge this password" \
			'journalctl -u courier-authdaemon' ;;
	esac
}

check_user_maps() {
	[ -n "$user" ] || return 0
	said=$(say "$user" | ask_map \
		"$(maps_of virtual_mailbox_maps | head -n 1)" 2>&1)
	case $said in
	*"	"*/) ;;
	'')
		error "$user" 'Postfix finds no such mailbox' \
			'doctor.sql; publish.sh' ;;
	*) error "$user" "Postfix: ${said##*: }" doctor.sql ;;
	esac
}

# ---- 22: the log ----

check_log() {
	[ -d /run/systemd/system ] || return 0
	log=$(within journalctl -q --since=-1h -o cat -u 'postfix*' \
		-u 'courier-*' -u saslauthd -u dovecot 2>/dev/null)
	[ -n "$log" ] || return 0
	say "$log_lines" | while IFS='|' read -r line cause remedy; do
		count=$(printf '%s\n' "$log" | grep -c -e "$line")
		[ "$count" -eq 0 ] || warning log \
			"$cause: $count lines of the last hour" "$remedy"
	done
}

# ---- the commands ----

usage() {
	echo 'usage: doctor.sh [USER]
       doctor.sh --database FILE'
}

# The rows of doctor.sql, and a status for monitoring.
ask_doctor_sql() { # FILE
	[ -f "$1" ] || give_up "there is no file $1"
	# shellcheck disable=SC2086 # words
	said=$(within $shell -cmd '.timeout 10000' "$1" \
		'SELECT count(*) FROM sqlite_master' 2>&1 </dev/null) ||
		say_why_unread "$1"
	# shellcheck disable=SC2086 # words
	rows=$(limit=600 within $shell -cmd '.timeout 10000' \
		-cmd ".load '${MAILFUNC-mailfunc}'" "$1" \
		".read '$here/doctor.sql'" </dev/null) || unseen=yes
	[ -z "$rows" ] || say "$rows"
	! say "$rows" | grep -q '^error|' || exit 1
	[ -z "${unseen-}" ] || give_up "$1 couldn't be looked at"
	exit 0
}

# Before doctor.sql: it can't say why sqlite3 reads nothing at all.
say_why_unread() { # FILE
	case $said in
	*'not a database'* | *malformed*)
		say 'error|||damaged, or no database at all|your backup' ;;
	*readonly*)
		say "error|||a killed writer left a journal, which can't be \
played back read only|sqlite3 $1 'SELECT 1 FROM users', as root" ;;
	*) give_up "$1: ${said##*: }" ;;
	esac
	exit 1
}

ask_password() {
	[ -n "$user" ] || return 0
	if [ -t 0 ]; then
		trap 'stty echo; exit 2' INT TERM
		printf 'password of %s (or none): ' "$user" >&2
		stty -echo
		IFS= read -r password
		stty echo
		trap - INT TERM
		echo >&2
	else
		IFS= read -r password
	fi || true
}

examine() {
	found=0 unseen=0
	for check in ${CHECKS:-$checks}; do
		[ ! -t 2 ] || printf '\r\033[Kdoctor: %s' "$check" >&2
		rows=$("check_$check" </dev/null) || unseen=2
		[ ! -t 2 ] || printf '\r\033[K' >&2
		[ -n "$rows" ] || continue
		printf '%s\n' "$rows"
		found=1
	done
	[ "$found" -eq 1 ] || found=$unseen
	return "$found"
}

case $#-${1-} in
1---help)
	usage
	exit 0 ;;
2---database) ask_doctor_sql "$2" ;;
0-) ;;
1-[!-]*@*) user=$1 ;;
*)
	usage >&2
	exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || give_up 'it must be run by root'
learn
ask_password
examine
