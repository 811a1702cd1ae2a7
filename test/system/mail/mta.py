"""Exim or OpenSMTPD in Postfix's place: the daemon that Debian has, unpacked
beside the one that is installed, with what make config writes for it.
"""
import glob
import os
import subprocess

import private
import stack
import tap
from stack import DB, HOST, VMAIL, run, shell, sql

CONFIG = '/srv/config'
LOG = '/var/log/mta'
# Where Debian's packages make the accounts that these programs run as.
ACCOUNTS = {'exim': ['Debian-exim'], 'opensmtpd': ['opensmtpd', 'opensmtpq']}


def enter(name, reader='courier'):
    """Into the namespaces, and everything there but the daemons."""
    private.enter(name if reader == 'courier' else f'{name}-{reader}')
    for folder in ['/var/log', '/var/mail']:
        private.mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', folder)
    make_accounts(name)
    make_certificate(name)
    make_database(name)
    configure(name, reader)


def make_accounts(name):
    for account in ACCOUNTS[name]:
        shell(f'''
            getent group {account} >/dev/null || groupadd -r {account}
            getent passwd {account} >/dev/null ||
                useradd -r -g {account} -d / -s /usr/sbin/nologin {account}
        ''')
    shell(f'''
        groupadd -g 5000 vmail
        useradd -g vmail -u 5000 -d {VMAIL} -s /usr/sbin/nologin vmail
        install -d -o vmail -g vmail -m 0700 {VMAIL}
        install -d -o root -g {ACCOUNTS[name][0]} -m 0750 /srv/mail
        install -d /run/lock
        chgrp mail /var/mail
        chmod 2775 /var/mail
    ''')
    if name == 'exim':
        shell('''
            install -d -o Debian-exim -g adm -m 2750 /var/log/exim4
            install -d -o Debian-exim -g Debian-exim -m 0750 /var/spool/exim4
        ''')
    if name == 'opensmtpd':
        shell('install -d -m 0711 /var/spool/smtpd /var/lib/opensmtpd/empty')


def make_certificate(name):
    """Where the template looks for it, and where clients.py does."""
    place, group = {
        'exim': ('/etc/exim4/exim', 'Debian-exim'),
        'opensmtpd': ('/etc/mail/smtpd', 'root')}[name]
    shell(f'''
        install -d {os.path.dirname(place)}
        umask 077
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
            -subj /CN={HOST} -addext subjectAltName=DNS:{HOST} \
            -keyout {place}.key -out {place}.crt 2>/dev/null
        chown root:{group} {place}.key
        chmod {'0640' if group != 'root' else '0600'} {place}.key
        chmod 0644 {place}.crt
        # OpenSMTPD 7 doesn't start without the authorities' certificates.
        [ -e /etc/ssl/certs/ca-certificates.crt ] || {{
            install -d -m 0755 /etc/ssl/certs
            install -m 0644 {place}.crt /etc/ssl/certs/ca-certificates.crt
        }}
        cp {place}.crt /etc/postfix/smtpd.cert
        cp {place}.key /etc/postfix/smtpd.key
    ''')


def make_database(name):
    shell(f'''
        touch {DB}
        chown root:{ACCOUNTS[name][0]} {DB}
        chmod 0640 {DB}
    ''')
    with open('test/system/mail/rows.sql', encoding='utf-8') as rows, \
            open('test/system/mail/mta.sql', encoding='utf-8') as more:
        sql(f'.read sql/schema.sql\n{rows.read()}\n{more.read()}')


def configure(name, reader):
    out = run('sh', 'sql/config.sh', f'OUT={CONFIG}', f'MAILDB={DB}',
              f'VMAIL={VMAIL}', f'HOSTNAME={HOST}', f'MTA={name}',
              f'READER={reader}')
    tap.contains(out, f'{DB} root:{ACCOUNTS[name][0]} 0640',
                 'make config says whose the database is')
    shell(f'''
        echo 'postmaster: root' >/etc/aliases
        cd {CONFIG}/{name}
        {'install -d /etc/exim4; cp exim4.conf /etc/exim4/'
         if name == 'exim' else
         'install -d /etc/mail; cp smtpd.conf /etc/; cp sqlite.conf /etc/mail/'}
    ''')


def start(command, ports):
    """In the background, its output to the log; it ends with the test."""
    with open(LOG, 'ab') as log:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log)
    for port in ports:
        stack.wait_for_port(port)
    return daemon


def log():
    """All that the daemon wrote."""
    text = private.log_text()
    for path in [LOG, *glob.glob('/var/log/exim4/*')]:
        with open(path, encoding='utf-8', errors='replace') as file:
            text += file.read()
    return text
