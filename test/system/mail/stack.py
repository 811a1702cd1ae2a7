"""The mail system: stock daemons, this project's configuration and database.

Three layouts: 'direct', where Postfix reads the mail database, 'published',
where it reads the copy that sql/publish.sh makes, and 'postgresql', where all
read what was exported. Two readers:
'courier', with saslauthd, and 'dovecot'.
"""
import contextlib
import glob
import os
import socket
import subprocess
import time

import postgresql
import private
import tap

DB = '/srv/mail/mail.db'
MAPS = '/srv/mail/maps.db'
VMAIL = '/home/vmail'
CONFIG = '/srv/config'
HOST = 'mail.example.org'

COURIER = ['courier-authdaemon', 'courier-imap', 'courier-imap-ssl',
           'courier-pop', 'courier-pop-ssl', 'saslauthd']

layout = 'direct'
reader = 'courier'


def layout_is(name):
    return layout == name


def reader_is(name):
    return reader == name


def run(*command, check=True, timeout=60, **options):
    """Standard output and error together, as text."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          errors='replace', timeout=timeout, **options)
    if check and done.returncode:
        tap.give_up(f'{command[0]} failed\n{command}\n{done.stdout}')
    return done.stdout


def shell(script):
    return run('sh', '-euc', script)


def sql(text, publish=True):
    """Run SQL as an administrator does, with the extension loaded."""
    if layout == 'postgresql' and postgresql.servers:
        return postgresql.sql(text)
    script = f'.bail on\n.timeout 10000\n.load ./mailfunc\n{text}\n'
    out = run('sqlite3', DB, input=script)
    if publish and layout == 'published':
        publish_maps()
    return out


def publish_maps():
    return run('sh', 'sql/publish.sh', DB, MAPS)


def make_maildirs():
    if layout == 'postgresql':
        run('sh', 'sql/maildirs.sh', '-', VMAIL,
            input=postgresql.sql('SELECT quota, maildir FROM users;') + 'end\n')
    else:
        run('sh', 'sql/maildirs.sh', DB, VMAIL)


def read(query):
    """Rows of the mail database, for looking only."""
    if layout == 'postgresql':
        return postgresql.sql(query)
    return run('sqlite3', '-readonly', DB, query)


@contextlib.contextmanager
def mail_system(chosen='direct', chroot='y', rows='', preload='',
                read_by='courier', others=''):
    """Everything up; the daemons end with the process namespace. others are
    programs to have besides."""
    global layout, reader
    layout, reader = chosen, read_by
    private.enter(others or ('' if reader == 'courier' else reader))
    make_accounts()
    make_certificate()
    configure(chroot, preload)
    make_database(rows)
    start_daemons()
    yield


def make_accounts():
    shell(f'''
        groupadd -g 5000 vmail
        useradd -g vmail -u 5000 -d {VMAIL} -s /usr/sbin/nologin vmail
        install -d -o vmail -g vmail -m 0700 {VMAIL}
        usermod -aG sasl postfix
        install -d -o root -g postfix -m 0750 /srv/mail
        install -d -o root -g courier -m 0775 /run/courier
        install -d -o courier -g courier -m 0750 /run/courier/authdaemon
        install -d /run/lock
    ''')
    if reader == 'dovecot':
        make_dovecot_accounts()


def make_dovecot_accounts():
    """What the package's script makes."""
    shell('''
        for name in dovecot dovenull; do
            id $name >/dev/null 2>&1 ||
                useradd -r -d /nonexistent -s /usr/sbin/nologin $name
        done
    ''')


def make_database(rows):
    shell(f'''
        touch {DB}
        chown root:postfix {DB}
    ''')
    os.chmod(DB, 0o600 if layout == 'published' else 0o640)
    if layout == 'published':
        os.chown(DB, 0, 0)
        sql('PRAGMA journal_mode = WAL;', publish=False)
    sql(f'.read sql/schema.sql\n{rows}')
    if layout == 'postgresql':
        postgresql.start(DB, CONFIG)


def make_certificate():
    shell(f'''
        cd /etc/postfix
        umask 077
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
            -subj /CN={HOST} -addext subjectAltName=DNS:{HOST} \
            -keyout smtpd.key -out smtpd.cert 2>/dev/null
        chmod 0644 smtpd.cert
        cat smtpd.key smtpd.cert >/etc/courier/imapd.pem
        cp /etc/courier/imapd.pem /etc/courier/pop3d.pem
        chown root:courier /etc/courier/*.pem
        chmod 0640 /etc/courier/*.pem
    ''')


def configure(chroot, preload, *more):
    more = [*([f'PUBLISHED={MAPS}'] if layout == 'published' else []), *more]
    if preload:
        more.append('PRELOAD=' + install(preload))
    where = postgresql.WHERE if layout == 'postgresql' else [f'MAILDB={DB}']
    run('sh', 'sql/config.sh', f'OUT={CONFIG}', *where, f'VMAIL={VMAIL}',
        f'HOSTNAME={HOST}', f'CHROOT={chroot}', f'READER={reader}', *more)
    configure_postfix(chroot)
    if reader == 'courier':
        configure_courier()
    else:
        shell(f'install -d /etc/dovecot; cp {CONFIG}/dovecot/* /etc/dovecot/')
    # Postfix waits up to two seconds for files newer than that.
    past = time.time() - 60
    for path in glob.glob('/etc/postfix/*.cf'):
        os.utime(path, (past, past))


def configure_postfix(chroot):
    shell(f'''
        cp {CONFIG}/postfix/*.cf /etc/postfix/
        for file in /etc/postfix/pgsql-*.cf; do
            [ ! -e "$file" ] || {{ chgrp postfix "$file"; chmod 0640 "$file"; }}
        done
        echo 'postmaster: root' >/etc/aliases
        newaliases
        [ -e /etc/postfix/master.cf ] || \
            cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
        postconf -F smtp/inet/chroot={chroot}
        sh {CONFIG}/postfix/services
    ''')


def configure_courier():
    shell(f'''
        cd {CONFIG}
        install -d /etc/postfix/sasl /etc/courier/imapaccess \
            /etc/systemd/system/saslauthd.service.d
        cp systemd/saslauthd.conf \
            /etc/systemd/system/saslauthd.service.d/mailfunc.conf
        cp postfix/sasl/smtpd.conf /etc/postfix/sasl/
        cp default/saslauthd /etc/default/
        install -g courier -m 0640 courier/auth*rc /etc/courier/
        cp courier/imapaccess /etc/courier/imapaccess/local
        for file in imapd imapd-ssl pop3d pop3d-ssl; do
            cat courier/$file >>/etc/courier/$file
        done
        makeimapaccess
    ''')


def install(library):
    """Where the daemons can read it, whoever may read these sources."""
    run('install', '-m', '0644', library, '/srv/')
    return '/srv/' + library


def start_daemons():
    # Postfix first: it makes the folder in which Dovecot listens for it.
    units = COURIER if reader == 'courier' else [reader]
    run('sh', 'test/system/mail/systemctl', 'restart', 'postfix', *units,
        timeout=240)
    for port in [25, 110, 143, 465, 587, 993, 995]:
        wait_for_port(port)


def wait_until(condition, seconds=60):
    """The condition's first true value, or None when the time is up: longer
    than a busy machine takes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return None


def wait_for_port(port):
    def answers():
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return True
        except OSError:
            return False
    if not wait_until(answers):
        tap.give_up(f'nothing listens on port {port}\n{private.log_text()}')
