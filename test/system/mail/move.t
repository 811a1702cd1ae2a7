#!/usr/bin/python3 -B
"""Courier and Dovecot on one database and the same maildirs: both at once,
then a move from one to the other as its chapter has it."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import chapters
import checks
import clients
import stack
from clients import Connection, Imap, arrives, imap_login
from courier import listing
from login import JOE
from stack import CONFIG, DB, HOST, VMAIL, run, shell, wait_until
from tap import contains, equal, finish, ok

BOX = f'{VMAIL}/example.com/joe/'
# Where Dovecot listens while Courier has the usual ports.
BESIDE = 1143


class Dovecot(Imap):
    """The other server."""

    def __init__(self):
        Connection.__init__(self, BESIDE)
        self.command(b'STARTTLS')
        self.start_tls()


def configure_dovecot():
    run('sh', 'sql/config.sh', f'OUT={CONFIG}', f'MAILDB={DB}',
        f'VMAIL={VMAIL}', f'HOSTNAME={HOST}', 'READER=dovecot')
    stack.make_dovecot_accounts()
    shell(f'cp {CONFIG}/dovecot/* /etc/dovecot/')


def check_both():
    configure_dovecot()
    with open('/etc/dovecot/dovecot.conf', 'a', encoding='ascii') as file:
        file.write('''
            protocols = imap
            service imap-login {
              inet_listener imap {
                port = %d
              }
              inet_listener imaps {
                port = 0
              }
            }
        ''' % BESIDE)
    run('sh', 'test/system/mail/systemctl', 'restart', 'dovecot')
    ok(arrives(JOE[0], 'token-both-servers', 'example.com/joe/'),
       'both at once: a mail')
    with Imap() as courier, Dovecot() as dovecot:
        for name, session in [('Courier', courier), ('Dovecot', dovecot)]:
            contains(session.login(*JOE), 'a OK', f'{name}: a login')
            contains(session.command(b'SELECT INBOX'), '* 1 EXISTS',
                     f'{name} shows the mail')
        contains(courier.command(b'STORE 1 +FLAGS (\\Flagged)'), 'a OK',
                 'flagged by Courier')
        contains(dovecot.command(b'NOOP') +
                 dovecot.command(b'FETCH 1 FLAGS'), 'Flagged',
                 'which Dovecot shows')
        contains(dovecot.command(b'STORE 1 +FLAGS (\\Answered)'), 'a OK',
                 'answered by Dovecot')
        courier.command(b'NOOP')
        contains(courier.command(b'SELECT INBOX') +
                 courier.command(b'FETCH 1 FLAGS'), 'Answered',
                 'which Courier shows')
        for command in [b'CREATE INBOX.Kept', b'SUBSCRIBE INBOX.Kept',
                        b'COPY 1 INBOX.Kept']:
            contains(courier.command(command), 'a OK', command.decode())
    run('doveadm', 'stop')


def check_move():
    """The chapter's lines; the step that configures is run as the stack does."""
    before = [path for path in listing(BOX) if re.search('/(cur|new)/', path)]
    quota = stack.read('SELECT email, quota, password, maildir FROM users')
    block, = chapters.blocks('From Courier to Dovecot')
    stop, subscribe = block.splitlines()
    for unit in stop.split()[3:]:
        run('sh', 'test/system/mail/systemctl', 'stop', unit, check=False)
    ok(wait_until(lambda: not listens()), 'Courier is stopped')
    shell(subscribe)
    configure_dovecot()
    stack.reader = 'dovecot'
    stack.configure_postfix('y')
    run('postfix', 'reload')
    run('sh', 'test/system/mail/systemctl', 'restart', 'dovecot')
    stack.wait_for_port(143)
    equal(imap_login(*JOE), 'OK', 'moved: a login by Dovecot')
    equal(clients.smtp_login(*JOE), 235, 'and by SMTP')
    with Imap() as session:
        session.login(*JOE)
        contains(session.command(b'SELECT INBOX'), '* 1 EXISTS',
                 'the mail is there')
        flags = session.command(b'FETCH 1 FLAGS').decode()
        ok('Flagged' in flags and 'Answered' in flags, f'its flags: {flags}')
        contains(session.command(b'LSUB "" "*"'), 'INBOX.Kept',
                 'the subscription')
        contains(session.command(b'SELECT INBOX.Kept'), '* 1 EXISTS',
                 'and the folder with its mail')
    ok(arrives(JOE[0], 'token-moved', 'example.com/joe/'), 'a new mail')
    equal(stack.read('SELECT email, quota, password, maildir FROM users'),
          quota, 'nothing in the database has changed')
    after = listing(BOX)
    equal([mail for mail in before if mail not in after], [],
          'nor have the mails in the maildir')


def listens():
    try:
        Connection(143).sock.close()
        return True
    except OSError:
        return False


with stack.mail_system('direct', rows=checks.rows(), others='dovecot'):
    stack.make_maildirs()
    check_both()
    check_move()
finish()
