#!/usr/bin/python3 -B
"""The chapter on the mail server, each command in its order.

Not run: what installs packages and the extension (they are there, and the
host is not to change). systemctl is this folder's.
"""
import glob
import os
import re
import ssl
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import chapters
import docs
import private
import stack
from chapters import run_again, run_blocks
from clients import arrives, rcpt, wait_until
from stack import run
from tap import contains, equal, finish, ok

COPY = docs.chapter('Postfix reads the database, or a copy of it')
CERTIFICATES = ['/etc/postfix/smtpd.key', '/etc/postfix/smtpd.cert',
                '/etc/courier/imapd.pem', '/etc/courier/pop3d.pem']


def as_packages_leave_it():
    """Courier's, besides what the two chapters have in common."""
    stack.shell("""
        install -d -o root -g courier -m 0775 /run/courier
        install -d -o courier -g courier -m 0750 /run/courier/authdaemon
    """)
    chapters.prepare()


def check_outcome(output):
    contains(output, 'Authentication succeeded', 'authtest logged in')
    contains(output, 'Maildir: example.com/joe/', 'and knows the maildir')
    chapters.check_first_login(output)
    contains(run('runuser', '-u', 'postfix', '--', 'sqlite3',
                 '/srv/mail/mail.db', '.tables', check=False),
             'unable to open', 'after the change the database is out of reach')
    equal(run('postmap', '-q', 'anna@example.com', 'proxy:sqlite:'
              '/etc/postfix/sqlite-virtual_mailboxes.cf', check=False),
          'example.com/anna/\n', 'and the published copy answers')
    ok(arrives('anna@alias.org', 'token-alias', 'example.com/anna/'),
       'and the domain by another name')
    equal(run('stat', '-c', '%U:%G %a', '/srv/mail/mail.db').strip(),
          'root:root 600', 'the restored database has its owner and mode')
    contains(run('authtest', 'joe@example.com', 'correct horse'),
             'Authentication succeeded', 'and its users')
    ok('fatal' not in private.log_text(), 'no daemon complained')


def check_renewed():
    """The hook, as certbot runs it; each daemon shows the new one."""
    before = run('stat', '-c', '%n %U:%G %a', *CERTIFICATES)
    stack.shell('''
        mkdir /srv/lineage
        openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=renewed \
            -keyout /srv/lineage/privkey.pem \
            -out /srv/lineage/fullchain.pem 2>/dev/null
        chmod 0600 /srv/lineage/privkey.pem
        RENEWED_LINEAGE=/srv/lineage \
            /etc/letsencrypt/renewal-hooks/deploy/mailfunc 2>/dev/null
    ''')
    with open('/srv/lineage/fullchain.pem', encoding='ascii') as file:
        renewed = file.read()
    for port in [465, 993, 995]:
        ok(wait_until(lambda: ssl.get_server_certificate(
            ('127.0.0.1', port)) == renewed), f'{port}: the renewed one')
    equal(run('stat', '-c', '%n %U:%G %a', *CERTIFICATES), before,
          'owners and modes are as they were')


def check_step_5_again(blocks):
    """Nothing is there twice, and no file differs."""
    step = [block for block in blocks if '\nmakeimapaccess\n' in block]
    equal(len(step), 1, 'step 5 is one block')
    run_again(step[0])
    before = settings()
    run_again(step[0])
    equal(settings(), before, 'step 5 once more: all files are the same')
    for name in ['imapd', 'imapd-ssl', 'pop3d', 'pop3d-ssl']:
        equal(before[f'/etc/courier/{name}'].count(b'make config of'), 2,
              f'{name} has one beginning and one end of ours')


def check_going_back():
    """To the direct layout, which WAL would lock out."""
    block, = [text for _, text in docs.blocks(COPY, 'text')
              if 'journal_mode = DELETE' in text]
    locked = run('sqlite3', '/srv/mail/mail.db',
                 'PRAGMA journal_mode = DELETE', check=False)
    contains(locked, 'locked', 'while daemons run, WAL mode stays')
    run_again(block)
    equal(run('sqlite3', '/srv/mail/mail.db', 'PRAGMA journal_mode').strip(),
          'delete', 'once they are stopped, it can be left')
    run_again('systemctl restart courier-authdaemon postfix\n')
    contains(run('authtest', 'joe@example.com', 'correct horse'),
             'Authentication succeeded', 'logins work')
    equal(rcpt('joe@example.com'), 250, 'and so does mail')


def settings():
    """Each text file that the daemons read."""
    found = {}
    for path in glob.glob('/etc/postfix/**', recursive=True) + \
            glob.glob('/etc/courier/**', recursive=True) + \
            ['/etc/aliases', '/etc/default/saslauthd']:
        if os.path.isfile(path) and not path.endswith('.dat'):
            with open(path, 'rb') as file:
                found[path] = file.read()
    return found


def check_cron():
    """What cron runs is what the chapter has run."""
    line = docs.blocks(COPY, 'cron')[0][1]
    ok(('sh', line.replace('* * * * * root ', '')) in docs.blocks(COPY),
       f'as it stands: {line}')


def check_kept_main_cf(blocks):
    """Another set-up's settings, which would lead the mail past ours."""
    step = [block for block in blocks if 'xargs -0 postconf -e' in block]
    run('postconf', '-e', 'virtual_transport = lmtp:unix:private/other',
        'smtpd_sasl_type = dovecot', 'smtpd_sasl_path = private/auth',
        'smtpd_sasl_auth_enable = yes', 'smtpd_relay_restrictions = permit',
        'virtual_alias_domains = example.com', 'mydestination = example.com')
    run_again(step[0])
    with open('/srv/sources/mail-config/postfix/main.cf',
              encoding='utf-8') as file:
        ours = {line.strip() for line in file if re.match('[a-z]', line)}
    have = {line.strip() for line in run('postconf', '-n').splitlines()}
    equal(sorted(ours - have), [], 'a kept main.cf has all settings of ours')


private.enter()
found = chapters.blocks('A mail server from nothing')
as_packages_leave_it()
check_outcome(run_blocks(found))
check_renewed()
check_cron()
check_step_5_again(found)
check_kept_main_cf(found)
check_going_back()
finish()
