"""sql/doctor.sh: each mistake is made on purpose, named, and mended again.

A healthy machine gives nothing. A mistake is looked for by the checks that
it belongs to, so that the whole takes seconds; whole examinations stand at
the beginning and at the end.
"""
import contextlib
import os
import pty
import re
import socket
import sqlite3
import subprocess
import time

import checks
import private
import stack
import tap
from stack import DB, MAPS, VMAIL, layout_is, run, shell
from tap import equal, ok

JOE = ('joe@example.com', 'correct horse')
KEPT = '/mnt/kept.tar'
KEPT_FOLDERS = ['etc/postfix', 'etc/courier', 'etc/default', 'etc/passwd',
                'etc/group', 'etc/gshadow']
SASL = '/var/run/saslauthd'
SPOOL = '/var/spool/postfix'
RENEW = 'write the .pem files anew; postfix reload'
SYSTEMCTL = 'sh test/system/mail/systemctl'
AGAIN = 'config.sh, copy again, restart'
IMAPD = """$(ss -ltnpH sport = 143 | sed 's/.*pid=\\([0-9]*\\).*/\\1/')"""
CUT_OFF = 'sessions nobody can log in or send'


def run_all(layout):
    chroot = 'y' if layout == 'direct' else 'n'
    with stack.mail_system(layout, chroot, checks.rows()):
        make_healthy(chroot)
        check_healthy('a healthy machine')
        check_usage()
        check_user()
        for each in mistakes():
            each.check()
        check_held()
        check_with_strangers()
        check_waiting_mail()
        check_units()
        check_healthy('all mended again')
    tap.finish()


def make_healthy(chroot):
    """As the chapter says, and what this stack's configuration lacks of it."""
    shell(f'''
        sh sql/maildirs.sh {DB} {VMAIL}
        postconf -M submission/inet 2>/dev/null | grep -q . || postconf -M \
            "submission/inet=submission inet n - {chroot} - - smtpd"
        postconf -e smtpd_forbid_bare_newline=yes virtual_mailbox_limit=0
        [ "$(postconf -h smtpd_sender_login_maps)" ] || postconf -e \
            'smtpd_sender_login_maps = $virtual_mailbox_maps' \
            smtpd_sender_restrictions=reject_sender_login_mismatch
        for file in imapd pop3d; do
            printf '%s\\n' MAXDAEMONS=200 MAXPERIP=40 >>/etc/courier/$file
        done
        install -d {SPOOL}/etc
        echo 'nameserver 192.0.2.1' >/etc/resolv.conf
        cp /etc/resolv.conf {SPOOL}/etc/
        postfix reload 2>/dev/null
        tar -C / -cf {KEPT} {' '.join(KEPT_FOLDERS)}
    ''')
    stack.wait_for_port(587)


def restore():
    """The settings as they were; what was made beside them stays."""
    shell(f'tar -C / -xf {KEPT}')


def examine(names=(), user=(), answer='', **options):
    """Status and rows of doctor.sh; names are the checks to make."""
    environment = dict(os.environ, CHECKS=' '.join(names))
    done = subprocess.run(['sh', 'sql/doctor.sh', *user], input=answer,
                          capture_output=True, text=True, timeout=100,
                          check=False, env=environment, **options)
    return done.returncode, done.stdout.splitlines(), done.stderr


def check_healthy(what):
    begin = time.monotonic()
    status, rows, errors = examine(user=[JOE[0]], answer=JOE[1] + '\n')
    equal(rows, [], f'{what}: nothing is found')
    equal((status, errors), (0, ''), f'{what}: status 0, no message')
    tap.diag(f'{time.monotonic() - begin:.1f} s')


def check_usage():
    done = run('sh', 'sql/doctor.sh', '--help')
    ok(done.startswith('usage: doctor.sh'), '--help: the usage, status 0')
    for words in [['joe'], ['--user'], ['-x@y'], ['a@b', 'c@d'],
                  ['--database'], ['--database', '/no/such.db']]:
        done = subprocess.run(['sh', 'sql/doctor.sh', *words], text=True,
                              capture_output=True, check=False)
        equal((done.returncode, done.stdout), (2, ''),
              f'{" ".join(words)}: status 2')
    done = subprocess.run(['runuser', '-u', 'nobody', '--', 'sh',
                           'sql/doctor.sh'], capture_output=True, text=True,
                          check=False)
    equal((done.returncode, done.stderr),
          (2, 'doctor: it must be run by root\n'), 'nobody: status 2')
    for variable, value, why in [
            ('MAIL_CONFIG', '/no/such', 'no queue_directory'),
            ('COURIER', '/no/such', 'names no SQLITE_DATABASE')]:
        os.environ[variable] = value
        status, rows, errors = examine()
        del os.environ[variable]
        equal((status, rows, why in errors), (2, [], True),
              f'{variable} of its own: obeyed, nothing there: status 2')
    status, rows, _ = examine(['no_such_check'])
    equal((status, rows), (2, []), 'a check that is none: status 2')


def check_user():
    names = ['saslauthd_group', 'user_login', 'user_maps']
    equal(examine(names, [JOE[0]], JOE[1] + '\n')[:2], (0, []),
          'a user and the right password: nothing')
    equal(examine(names, [JOE[0]], '')[:2], (0, []),
          'a user and no password: nothing')
    expect(examine(names, [JOE[0]], 'wrong\n'), [
        f'error|saslauthd|saslauthd says no to {JOE[0]}|'
        "journalctl -u saslauthd -u 'courier-*'",
        f'error|{JOE[0]}|Courier refuses this password|'
        'doctor.sql; a new password'], 'a wrong password')
    expect(examine(names, ['nobody@example.com'], ''), [
        'error|nobody@example.com|Courier refuses: Operation not permitted|'
        'doctor.sql', 'error|nobody@example.com|Postfix finds no such '
        'mailbox|doctor.sql; publish.sh'], 'an unknown user')
    check_unseen()


def check_unseen():
    """On a terminal: asked for, and not shown; nor to be seen in ps."""
    shell('''
        mkdir /dev/pts
        mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts
        ln -s pts/ptmx /dev/ptmx
    ''')
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ['CHECKS'] = 'user_login'
        os.execvp('sh', ['sh', 'sql/doctor.sh', JOE[0]])
    shown = b''
    while not shown.endswith(b'(or none): '):
        shown += os.read(terminal, 4096)
    time.sleep(0.3)
    os.write(terminal, b'no secret\n')
    seen = set()
    with contextlib.suppress(OSError):  # the end of a terminal
        while True:
            seen.update(arguments())
            more = os.read(terminal, 64)
            if not more:
                break
            shown += more
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    equal(status, 1, 'a password that was typed: tried')
    ok(b'refuses this password' in shown, 'and refused')
    ok(b'no secret' not in shown, 'it is not shown')
    ok(any(b'doctor.sh' in each for each in seen) and
       not any(b'no secret' in each for each in seen),
       'nor is it among any arguments')


def arguments():
    for pid in filter(str.isdigit, os.listdir('/proc')):
        with contextlib.suppress(OSError):
            with open(f'/proc/{pid}/cmdline', 'rb') as file:
                yield file.read()


def expect(got, rows, what):
    status, found, errors = got
    found = [re.sub(r'replaced, [0-9]+ ', 'replaced, N ',
                    re.sub(r'(expire[sd] on) [^|]*', r'\1 DATE', row))
             for row in found]
    if not equal(sorted(found), sorted(rows), f'{what}: named'):
        tap.diag(errors)
    equal((status, errors), (1 if rows else 0, ''), f'{what}: its status')


class Mistake:
    """Shell that makes it, the checks that see it, the rows, and how it is
    mended: by the remedies as they stand (None), or by other shell."""

    def __init__(self, what, make, names, rows, mend=''):
        self.what, self.make, self.mend = what, make, mend
        self.names, self.rows = names.split(), rows

    def check(self):
        shell(self.make)
        try:
            got = examine(self.names)
            expect(got, self.rows, self.what)
            if self.mend is None:
                for row in got[1]:
                    run_remedy(row.split('|')[3])
                expect(examine(self.names), [], self.what + ', the remedies')
        finally:
            restore()
            shell(self.mend or ':')


def run_remedy(remedy):
    """Its commands; systemctl's are this folder's."""
    shell(f'''
        systemctl() {{ sh test/system/mail/systemctl "$@"; }}
        {{ {remedy}
        }} >/dev/null 2>&1
    ''')


def mistakes():
    """In each layout those that it has to do with; the others once."""
    these = of_saslauthd() + of_databases() + of_published_or_direct()
    if layout_is('direct'):
        these += (of_listeners() + of_postfix() + of_mail_store() +
                  of_certificates() + of_settings() + of_packages())
    return these


def of_saslauthd():
    direct = layout_is('direct')
    here, there = (SPOOL + SASL, SASL) if direct else (SASL, SPOOL + SASL)
    other = 'n' if direct else 'y'
    return [
        Mistake('smtpd looks elsewhere',
                f'postconf -F smtp/inet/chroot={other}', 'saslauthd_socket',
                [f"error|smtp|looks for saslauthd where it isn't (454 generic"
                 f' failure): {there}/mux|config.sh CHROOT={other}, copy, '
                 'restart saslauthd']),
        Mistake('postfix is not in its group', 'gpasswd -d postfix sasl',
                'saslauthd_group',
                ["error|postfix|postfix may not ask saslauthd: it isn't in "
                 'the group sasl|usermod -aG sasl postfix; systemctl restart '
                 'postfix'], 'usermod -aG sasl postfix'),
        Mistake('its folder is closed', f'chmod 0700 {here}',
                'saslauthd_group',
                [f'error|{here}/mux|postfix may not ask saslauthd|'
                 f'chown root:sasl, chmod 0710 {here}'],
                f'chmod 0710 {here}'),
        Mistake('saslauthd was killed',
                'pkill_saslauthd() { for pid in $(cat '
                f'{here}/saslauthd.pid); do kill -9 -$(ps -o pgid= -p $pid '
                "| tr -d ' '); done; }; pkill_saslauthd",
                'saslauthd_group',
                [f'error|{here}/mux|saslauthd has died and left its socket|'
                 'systemctl restart saslauthd'], None),
    ]


def of_listeners():
    looks = 'no SMTP AUTH, every password looks wrong'
    return [
        Mistake('no IMAP', f'{SYSTEMCTL} stop courier-imap',
                'listeners imap_answer',
                [f'error|port 143|nobody listens on 143: {looks}|'
                 'systemctl restart courier-imap'],
                f'{SYSTEMCTL} restart courier-imap'),
        Mistake('no IMAP with TLS', f'{SYSTEMCTL} stop courier-imap-ssl',
                'listeners',
                ['error|port 993|nobody listens on 993: no IMAP with TLS '
                 'first|systemctl restart courier-imap-ssl'],
                f'{SYSTEMCTL} restart courier-imap-ssl'),
        Mistake('no Postfix', 'postfix stop 2>/dev/null', 'listeners',
                ['error|port 25|nobody listens on 25: no mail comes in|'
                 'systemctl restart postfix',
                 "warning|port 587|nobody listens on 587 or 465: users can't"
                 ' send|the submission lines of master.cf; restart postfix'],
                'postfix start 2>/dev/null'),
        Mistake('no exception for 127.0.0.1', '''
                rm /etc/courier/imapaccess/local
                makeimapaccess''', 'imap_answer',
                ['error|port 143|IMAP takes no password from 127.0.0.1: no '
                 'SMTP AUTH, every password looks wrong|'
                 '/etc/courier/imapaccess/local; makeimapaccess'],
                'makeimapaccess'),
        Mistake('IMAP hangs', f'kill -STOP {IMAPD}',
                'imap_answer',
                ['error|port 143|IMAP listens, but says nothing: no SMTP '
                 'AUTH, every password looks wrong|restart courier-imap; '
                 'MAXDAEMONS'],
                f'kill -CONT {IMAPD}'),
    ]


def opened():
    return MAPS if layout_is('published') else DB


def of_databases():
    path = opened()
    away = f'mv {path} {path}.away; '
    back = f'rm -f {path}-*; mv {path}.away {path}'
    chown = 'chown root:postfix; chmod 0640, its folder 0750'
    return [
        Mistake('it is missing', away, 'database',
                [f"error|{path}|can't open: there is no such file|"
                 'your backup; or dbpath in the maps'], back),
        Mistake('it is another one', away +
                f'sqlite3 {path} "CREATE TABLE t(a)"; chmod 0644 {path}',
                'database',
                [f'error|{path}|no such table: domains|'
                 'dbpath in the maps; publish.sh'], back),
        Mistake('it is no database', away +
                f'seq 10000 >{path}; chmod 0644 {path}', 'database',
                [f'error|{path}|damaged, or no database at all|'
                 'your backup; doctor.sh --database'], back),
        Mistake('it is closed', f'chmod 0600 {path}', 'database',
                [f"error|{path}|postfix can't open it: {path} is root:postfix"
                 f', mode 600|{chown}'], f'chmod 0640 {path}'),
        Mistake('its folder is closed', 'chmod 0700 /srv/mail', 'database',
                [f"error|{path}|postfix can't open it: /srv/mail is "
                 f'root:postfix, mode 700|{chown}'], 'chmod 0750 /srv/mail'),
        Mistake('others may replace it', 'chmod 0770 /srv/mail', 'modes',
                ['error|/srv/mail|mode 770, group postfix: others than root '
                 'may replace the database|chmod go-w /srv/mail'], None),
        Mistake('they may replace its folder', 'chmod 0757 /srv', 'modes',
                ['error|/srv|mode 757, group root: others than root '
                 'may replace the database|chmod go-w /srv'], None),
        Mistake('its folder is somebody else\'s', 'chown nobody /srv/mail',
                'modes', ['error|/srv/mail|belongs to nobody: others than '
                          'root may replace the database|chown root /srv/mail'],
                None),
        Mistake('others may write it', f'chmod 0662 {path}', 'modes',
                [f'error|{path}|mode 662, group postfix: others than root '
                 f'may replace the database|chmod go-w {path}'] +
                ([] if path == MAPS else
                 [f'error|{path}|everybody here can read the hashes|'
                  f'chmod o= {path}']), f'chmod 0640 {path}'),
        Mistake('others may read it', f'chmod o+r {DB}', 'modes',
                [f'error|{DB}|everybody here can read the hashes|'
                 f'chmod o= {DB}'], None),
        Mistake('a killed writer',
                "printf '\\331\\325\\005\\371\\040\\241\\143\\327more' "
                f'>{DB}-journal', 'journal',
                [f'error|{DB}-journal|a killed writer left a journal; '
                 f"Postfix waits|sqlite3 {DB} 'SELECT 1 FROM users', as root"],
                f'rm {DB}-journal'),
        Mistake('a journal that is done with',
                f'printf "\\0\\0\\0\\0\\0\\0\\0\\0more" >{DB}-journal',
                'journal', [], f'rm {DB}-journal'),
    ]


def of_published_or_direct():
    """A file that was replaced, and rows that are older than its."""
    path = opened()
    begun = f'''
        for map in domains transports; do
            postmap -q example.net \
                proxy:sqlite:/etc/postfix/sqlite-virtual_$map.cf || true
        done
        cp -a {path} {path}.old
        cp -a {path} {path}.new'''
    # authdaemond has the database open from its first answer on.
    daemons = f'''
        postfix reload 2>/dev/null
        authdaemond stop
        authdaemond start
        for _ in $(seq 50); do
            ! authtest {JOE[0]} >/dev/null 2>&1 || break
            sleep 0.2
        done'''
    back = f'mv {path}.old {path}; {daemons}'
    found = [
        Mistake('it was replaced', f'{begun}; mv {path}.new {path}',
                'replaced older_copy', [replaced(path)], back),
        Mistake('it was replaced by a newer one', f'''{begun}
                sqlite3 {path}.new "UPDATE transport
                    SET transport = 'smtp:newer'"
                mv {path}.new {path}''', 'replaced older_copy',
                [replaced(path)] +
                ['error|/etc/postfix/sqlite-virtual_transports.cf|Postfix '
                 'answers from an older copy|postfix reload; PATH in cron'],
                back),
    ]
    if layout_is('published'):
        return found + [
            Mistake("Courier's was replaced", f'''
                    cp -a {DB} {DB}.new
                    sqlite3 {DB} ".backup {DB}.new"
                    mv {DB}.new {DB}
                    rm -f {DB}-*''', 'replaced', [replaced(DB)], daemons)]
    return found + [
        Mistake('a WAL', f'cp -a {DB} {DB}.away; sqlite3 {DB} '
                '"PRAGMA journal_mode = WAL"', 'journal_mode',
                [f'error|{DB}|WAL works only while somebody has it open|'
                 f'systemctl stop postfix courier-authdaemon; sqlite3 {DB} '
                 "'PRAGMA journal_mode = DELETE'; start them"],
                f'rm -f {DB}-*; mv {DB}.away {DB}; {daemons}')]


def replaced(path):
    """The number of processes differs."""
    return (f'error|{path}|the file was replaced, N processes still read the '
            'old one|postfix reload; systemctl restart courier-authdaemon')


def of_postfix():
    both = 'is in both, here and in the table domains'
    reload = 'postfix reload'
    return [
        Mistake('domains twice', "postconf -e 'mydestination = $myhostname, "
                "example.com localhost' relay_domains=catch.example",
                'both_domains',
                [f'error|mydestination|example.com {both}: its mail goes to '
                 'system accounts|postconf -e '
                 "'mydestination = $myhostname localhost'",
                 f'error|relay_domains|catch.example {both}: it is relayed|'
                 "postconf -e 'relay_domains = '"], None),
        Mistake('a host of that name', 'postconf -e myhostname=example.com',
                'both_domains',
                [f'error|mydestination|example.com {both}: its mail goes to '
                 "system accounts|postconf -e 'mydestination = localhost'"],
                None),
        Mistake('overrides', '''
                postconf -e virtual_transport=lmtp:unix:private/dovecot \\
                    smtpd_sasl_type=dovecot smtpd_sasl_path=private/auth \\
                    virtual_alias_domains=example.org \\
                    virtual_mailbox_maps=hash:/etc/postfix/vmailbox
                postconf -P smtp/inet/smtpd_sasl_type=dovecot \\
                    submission/inet/smtpd_sasl_path=private/auth \\
                    smtp/inet/smtpd_banner=hello''', 'overrides',
                [f'error|main.cf|main.cf overrides {name}|{remedy}; {reload}'
                 for name, remedy in [
                     ('virtual_transport', template('virtual_transport')),
                     ('smtpd_sasl_type',
                      "postconf -e 'smtpd_sasl_type = cyrus'"),
                     ('smtpd_sasl_path',
                      "postconf -e 'smtpd_sasl_path = smtpd'"),
                     ('virtual_alias_domains',
                      "postconf -e 'virtual_alias_domains = '"),
                     ('virtual_mailbox_maps', template(
                         'virtual_mailbox_maps'))]] +
                [f'error|master.cf|master.cf overrides {name}|'
                 f'postconf -PX {service}/inet/{name}; {reload}'
                 for service, name in [('smtp', 'smtpd_sasl_type'),
                                       ('submission', 'smtpd_sasl_path')]],
                None),
        Mistake('more maps of their own',
                "postconf -e 'virtual_mailbox_maps = hash:/etc/own, '"
                '"$(postconf -h virtual_mailbox_maps)"', 'overrides', []),
        Mistake('a limit', 'postconf -e virtual_mailbox_limit=10239999',
                'mailbox_limit',
                ['error|virtual_mailbox_limit|no mail is delivered at all: it'
                 ' is smaller than message_size_limit|postconf -e '
                 f'virtual_mailbox_limit=0; {reload}'], None),
        Mistake('a limit that is enough',
                'postconf -e virtual_mailbox_limit=10240000',
                'mailbox_limit', []),
        Mistake('mails without a limit',
                'postconf -e message_size_limit=0 virtual_mailbox_limit=1',
                'mailbox_limit',
                ['error|virtual_mailbox_limit|no mail is delivered at all: it'
                 ' is smaller than message_size_limit|postconf -e '
                 f'virtual_mailbox_limit=0; {reload}'], None),
        Mistake('open doors', '''
                postconf -e smtpd_forbid_bare_newline=no \\
                    smtpd_relay_restrictions=permit_mynetworks \\
                    smtpd_sender_login_maps= \\
                    'mynetworks = 127.0.0.1/32, 0.0.0.0/0'
                postconf -PX submission/inet/smtpd_sender_login_maps || true
                ''', 'open_doors',
                ['error|smtpd_forbid_bare_newline|mail can be smuggled|'
                 'postconf -e smtpd_forbid_bare_newline=normalize',
                 "error|smtpd_sender_login_maps|anybody's sender: who has "
                 f'logged in may send as anybody|{AGAIN}',
                 'error|smtpd_relay_restrictions|open relay|' +
                 template('smtpd_relay_restrictions'),
                 'error|mynetworks|open relay for 0.0.0.0/0|' +
                 template('mynetworks')]),
        Mistake('nobody compares senders', '''
                postconf -X smtpd_sender_restrictions
                postconf -P | sed -n 's/ = .*sender_login_mismatch.*//p' |
                    xargs -r postconf -PX''', 'open_doors',
                ["error|smtpd_sender_login_maps|anybody's sender: who has "
                 f'logged in may send as anybody|{AGAIN}']),
        Mistake('other name servers', 'echo nameserver 192.0.2.2 '
                '>/etc/resolv.conf', 'resolver',
                [f'warning|{SPOOL}/etc/resolv.conf|differs from the '
                 "machine's: chrooted daemons may find no other server|"
                 'systemctl restart postfix'],
                f'cp {SPOOL}/etc/resolv.conf /etc'),
    ]


def template(name):
    """The command that makes a setting the one of sql/postfix/main.cf."""
    with open('sql/postfix/main.cf', encoding='utf-8') as file:
        value = re.search(rf'^{name} = ?(.*)$', file.read(), re.M)[1]
    value = re.sub(r'@MAP\((\w+)\)@',
                   r'proxy:sqlite:/etc/postfix/sqlite-virtual_\1.cf', value)
    return f"postconf -e '{name} = {value}'"


def of_mail_store():
    no = 'no delivery, no login, no sending'
    return [
        Mistake('other uids', '''
                postconf -e virtual_uid_maps=static:5001
                sed -i 's/^SQLITE_UID_FIELD .*/SQLITE_UID_FIELD 5002/' \\
                    /etc/courier/authsqliterc''', 'mail_store',
                [f'error|{VMAIL}|belongs to uid 5000, but {name} says {uid}: '
                 f'{no}|chown, or config.sh VMAIL_UID=5000'
                 for name, uid in [('virtual_uid_maps', 5001),
                                   ('SQLITE_UID_FIELD', 5002)]]),
        Mistake('a maildir of root', f'chown root {VMAIL}/example.com/joe/new',
                'mail_store',
                [f"error|{VMAIL}|{VMAIL}/example.com/joe/new doesn't belong "
                 f'to vmail: {no}|chown -R vmail:vmail {VMAIL}'], None),
        Mistake('no such account', "sed -i '/^vmail:/d' /etc/passwd",
                'mail_store',
                [f'error|{VMAIL}|its owner, uid 5000, is no account: no SMTP '
                 'AUTH|useradd -u 5000 vmail']),
        Mistake('maildirs are missing', f'mv {VMAIL}/example.com/joe {VMAIL}; '
                f'mv {VMAIL}/example.com/anna/cur {VMAIL}', 'maildirs',
                [f"note|{VMAIL}|maildirs are missing: 2 users can't log in "
                 f'before a first mail|{private.REPO}/sql/maildirs.sh {DB} '
                 f'{VMAIL}'], f'mv {VMAIL}/joe {VMAIL}/example.com; '
                f'mv {VMAIL}/cur {VMAIL}/example.com/anna'),
        Mistake('no mail store', f'postconf -e virtual_mailbox_base={VMAIL}s',
                'mail_store maildirs',
                [f'error|{VMAIL}s|there is no such folder|'
                 'config.sh VMAIL=']),
        Mistake('hardly any room',
                f'mount -t tmpfs -o size=1m tmpfs {VMAIL}', 'space',
                [f'error|{VMAIL}|only 1024 KiB of space are left|make room'],
                f'umount {VMAIL}'),
        Mistake('hardly an inode', 'mount -t tmpfs -o size=99m,nr_inodes=99 '
                f'tmpfs {VMAIL}', 'space',
                [f'error|{VMAIL}|hardly an inode is left|make room'],
                f'umount {VMAIL}'),
    ]


def of_certificates():
    cert, key = '/etc/postfix/smtpd.cert', '/etc/postfix/smtpd.key'
    pems = ['/etc/courier/imapd.pem', '/etc/courier/pop3d.pem']
    old = [f'warning|{pem}|Courier has the old one, not {cert}|{RENEW}'
           for pem in pems]
    made = f'openssl req -x509 -key {key} -subj /CN=x -out {cert} -days'
    return [
        Mistake('it expires', f'{made} 13', 'certificates',
                [f'warning|{cert}|expires on DATE|{RENEW}'] + old),
        Mistake('it is good for a while yet', f'{made} 15', 'certificates',
                old),
        Mistake('it has expired', f'''
                {made} 1
                openssl x509 -in {cert} -signkey {key} -days 0 -out {cert}2
                mv {cert}2 {cert}; sleep 1''', 'certificates',
                [f'error|{cert}|expired on DATE|{RENEW}'] + old),
        Mistake('it is missing', f'rm {cert}', 'certificates',
                ['error|smtpd_tls_cert_file|there is no such certificate|'
                 'doc/mail-server.md, Certificates']),
        Mistake('its key is another', f'openssl genrsa -out {key} 2048',
                'certificates',
                [f'error|{key}|is not the key of {cert}: no STARTTLS|'
                 f'{RENEW}']),
        Mistake("Courier's key is another", f'openssl genrsa 2048 >{pems[1]}; '
                f'cat {cert} >>{pems[1]}', 'certificates',
                [f'error|{pems[1]}|its key is another one: no STARTTLS|'
                 f'{RENEW}']),
        Mistake('courier may not read it',
                f'chown root:root {pems[0]}; chmod 0600 {pems[0]}',
                'certificates',
                [f'error|{pems[0]}|courier may not read it: STARTTLS dies '
                 f'without a log line|chown root:courier {pems[0]}; '
                 f'chmod 0640 {pems[0]}'], None),
    ]


def of_settings():
    marked = [f'/etc/courier/{name}' for name in os.listdir('sql/courier')
              if name not in ['imapaccess', 'authpgsqlrc']]
    marked += ['/etc/courier/imapaccess/local', '/etc/default/saslauthd',
               '/etc/postfix/sasl/smtpd.conf']
    marked += maps()
    return [
        Mistake('all of them are others', "sed -i '/^# Made by make config/d' "
                + ' '.join(marked), 'replaced_settings',
                [f'error|{path}|a package upgrade replaced it, or it was '
                 f'never copied|{AGAIN}' for path in marked]),
        Mistake('no marker', "sed -i '/MARKER/d' /etc/courier/authsqliterc",
                'replaced_settings',
                ['error|/etc/courier/authsqliterc|has no line ##NAME: '
                 f'MARKER:0: Courier ignores it|{AGAIN}']),
        Mistake('values', '''
                cd /etc/courier
                echo 'authmodulelist="authpam"' >>authdaemonrc
                echo IMAP_TLS_REQUIRED=0 >>imapd-ssl
                echo POP3_TLS_REQUIRED=0 >>pop3d-ssl
                echo MECHANISMS=pam >>/etc/default/saslauthd
                sed -i s/^pwcheck_method:.*/pwcheck_method:auxprop/ \\
                    /etc/postfix/sasl/smtpd.conf''', 'settings',
                [f'error|{path}|{what}|{AGAIN}' for path, what in [
                    ('/etc/courier/authdaemonrc',
                     'authmodulelist is authpam, not authsqlite'),
                    ('/etc/courier/imapd-ssl',
                     'IMAP_TLS_REQUIRED is 0, not 1'),
                    ('/etc/courier/pop3d-ssl',
                     'POP3_TLS_REQUIRED is 0, not 1'),
                    ('/etc/default/saslauthd',
                     'MECHANISMS is pam, not rimap'),
                    ('/etc/postfix/sasl/smtpd.conf',
                     'pwcheck_method is not saslauthd')]]),
        Mistake('options of another release',
                'echo TCPDOPTS="-nodnslookup\\ -old=1" >>/etc/courier/imapd',
                'tcpd_options',
                ["error|/etc/courier/imapd|Courier won't start: couriertcpd "
                 'has no -old=1|take it out of TCPDOPTS; restart Courier']),
        Mistake('too few sessions', 'echo MAXDAEMONS=159 >>/etc/courier/imapd',
                'connections',
                ['error|/etc/courier/imapd|MAXDAEMONS is 159, MAXPERIP 40: '
                 f'with 159 {CUT_OFF}|raise MAXDAEMONS to 200; restart '
                 'courier-imap']),
        Mistake('enough sessions', 'echo MAXDAEMONS=160 >>/etc/courier/imapd',
                'connections', []),
    ]


def maps():
    """The SQLite maps that Postfix asks."""
    return sorted(set(re.findall(r'proxy:sqlite:([^\s,]+)',
                                 run('postconf'))))


def of_packages():
    sasl = '/usr/lib/*/sasl2'
    auth = '$(dirname "$(find /usr/lib -name libauthsqlite.so | head -n 1)")'

    def missing(name, what):
        return [f'error|{name}|package {name} is missing: {what}|'
                f'apt-get install {name}']
    return [
        Mistake('no SQLite for Postfix',
                "sed -i '/^sqlite/d' /etc/postfix/dynamicmaps.cf", 'packages',
                missing('postfix-sqlite', '451 for every recipient'),
                'postfix reload 2>/dev/null'),
        Mistake('no PLAIN', f'mount -t tmpfs tmpfs {sasl}', 'packages',
                missing('libsasl2-modules', 'smtpd dies after EHLO'),
                f'umount {sasl}'),
        Mistake('no SQLite for Courier', f'mount -t tmpfs tmpfs {auth}',
                'packages',
                missing('courier-authlib-sqlite', 'nobody can log in'),
                "umount $(sed -n 's,^[^ ]* \\(/usr/lib[^ ]*courier-authlib\\) "
                ".*,\\1,p' /proc/mounts)"),
    ]


def check_held():
    """A writer that holds the database; a published copy is not held."""
    writer = sqlite3.connect(DB, isolation_level=None)
    writer.execute('BEGIN EXCLUSIVE')
    locked = f'error|{DB}|locked by a writer|fuser -v {DB}'
    expect(examine(['database']), [] if layout_is('published') else [locked],
           'a writer')
    writer.execute("UPDATE users SET quota = quota + 1")
    expect(examine(['journal']), [], 'the journal of one that lives')
    if layout_is('direct'):
        status, rows, errors = examine(['maildirs'])
        equal((status, rows, 'locked' in errors), (2, [], True),
              'what can\'t be looked at: status 2, a message')
    writer.execute('ROLLBACK')
    writer.close()


def check_with_strangers():
    """Sessions on 143 against MAXDAEMONS."""
    shell('echo MAXDAEMONS=4 >>/etc/courier/imapd; '
          'echo MAXPERIP=1 >>/etc/courier/imapd')
    sessions = [socket.create_connection(('127.0.0.1', 143))
                for _ in range(2)]
    expect(examine(['connections']), [], 'two sessions of four')
    sessions.append(socket.create_connection(('127.0.0.1', 143)))
    expect(examine(['connections']),
           [f'error|port 143|3 sessions are open: with 4 {CUT_OFF}|'
            'ss -tn; raise MAXDAEMONS'], 'three sessions of four')
    for session in sessions:
        session.close()
    restore()
    shell('echo MAXPERIP= >>/etc/courier/imapd')
    status, rows, errors = examine(['connections'])
    equal((status, rows, 'no MAXPERIP' in errors), (2, [], True),
          'no limit at all: status 2, a message')
    restore()


def check_waiting_mail():
    """A mail that nobody takes, and whose time is put an hour back."""
    run('sendmail', '-f', JOE[0], 'x@example.net', input='Subject: x\n\n')
    waiting = stack.wait_until(lambda: 'refused' in run('postqueue', '-j'))
    ok(waiting, 'a mail waits')
    expect(examine(['queue']), [], 'but not long')
    name = re.search('"queue_id": "([^"]*)"', run('postqueue', '-j'))[1]
    path = run('find', SPOOL + '/deferred', '-name', name).strip()
    with open(path, 'r+b') as file:
        text = file.read()
        at = re.search(rb'T.([0-9]{10}) ', text)
        file.seek(at.start(1))
        file.write(b'%d' % (time.time() - 3700))
    expect(examine(['queue']),
           ['warning|queue|1 mails wait for over an hour: connect to '
            '127.0.0.1[127.0.0.1]:2525: Connection refused|'
            'once its cause is gone: postqueue -f'], 'for an hour')
    run('postsuper', '-d', 'ALL')


# No systemd here: what its programs print, read from files.
UNITS = '''Id=courier-authdaemon.service
LoadState=loaded
ActiveState=active
UnitFileState=enabled
ProtectHome=no
ProtectSystem=full
PrivateTmp=yes

Id=courier-imap.service
LoadState=loaded
ActiveState=failed
UnitFileState=disabled
ProtectHome=yes
ProtectSystem=no
PrivateTmp=no

Id=saslauthd.service
LoadState=not-found
ActiveState=inactive
UnitFileState=

Id=postfix@-.service
LoadState=not-found
ActiveState=inactive
'''
LINES = '''postfix/smtpd[1]: fatal: no SASL authentication mechanisms
imapd: chdir example.com/joe/: No such file or directory
imapd: chdir example.com/ann/: No such file or directory
postfix/qmgr[1]: warning: it is all right
'''


def check_units():
    shell(f'''
        mount -t tmpfs tmpfs /usr/local/sbin
        mkdir -p /run/systemd/system
        printf '#!/bin/sh\\ncat /tmp/units' >/usr/local/sbin/systemctl
        printf '#!/bin/sh\\ncat /tmp/lines' >/usr/local/sbin/journalctl
        chmod +x /usr/local/sbin/*
        touch /tmp/lines
    ''')
    put('units', UNITS)
    restart = 'systemctl restart courier-imap.service; journalctl -u ' \
        'courier-imap.service'
    expect(examine(['units']), [
        f'error|courier-imap.service|unit failed|{restart}',
        'warning|courier-imap.service|not enabled: not there after a boot|'
        'systemctl enable courier-imap.service',
        f'error|courier-imap.service|{VMAIL} is read-only for the unit: '
        'ProtectHome|a drop-in with ProtectHome no: systemctl edit '
        'courier-imap.service',
        'error|saslauthd.service|there is no such unit|install its package'],
        'units')
    for line, reason in [('ProtectSystem=strict', 'ProtectSystem'),
                         ('ProtectHome=read-only', 'ProtectHome')]:
        put('units', UNITS.split('\n\n', maxsplit=1)[0] + f'\n{line}\n')
        _, rows, _ = examine(['units'])
        ok(any(f'{VMAIL} is read-only for the unit: {reason}' in row
               for row in rows), f'{line}: named')
    put('units', UNITS.split('\n\n', maxsplit=1)[0].replace('full', 'strict'))
    _, rows, _ = examine(['units'])
    ok(any(f'|{DB} is read-only for the unit: ProtectSystem|' in row
           for row in rows), 'the database, too')
    put('lines', LINES)
    expect(examine(['log']), [
        'warning|log|no PLAIN, no LOGIN: 1 lines of the last hour|'
        'apt-get install libsasl2-modules',
        'warning|log|a user has no maildir: 2 lines of the last hour|'
        'maildirs.sh'], 'lines of the log')
    shell('umount /usr/local/sbin; rmdir /run/systemd/system')


def put(name, text):
    with open(f'/tmp/{name}', 'w', encoding='utf-8') as file:
        file.write(text)
