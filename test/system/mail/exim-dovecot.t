#!/usr/bin/python3 -B
"""make config MTA=exim READER=dovecot: Exim asks Dovecot for passwords, and
Dovecot shows what Exim delivers."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import mta
import stack
from clients import Imap, arrives, imap_login, smtp_login, together
from mta_checks import BAD, GOOD
from tap import contains, equal, finish, ok

ARGON2 = ('argon@example.com', 'pw argon2id')


def check_logins():
    for what, *login in GOOD + [('argon2id', *ARGON2)]:
        equal([smtp_login(*login), imap_login(*login)], [235, 'OK'],
              f'{what}: in')
    stored = [row.split('|') for row in stack.read(
        "SELECT email, password FROM users WHERE email IN "
        "('joe@example.com', 'argon@example.com')").splitlines()]
    bad = [login for _, *login in BAD if login[0] != ARGON2[0]] + stored
    for login, smtp, imap in zip(bad, together(smtp_login, bad),
                                 together(imap_login, bad)):
        ok(smtp // 100 == 5 and imap != 'OK',
           f'{login[0]}: refused ({smtp}, {imap})')


def check_mail():
    ok(arrives('joe@example.com', 'token-exim', 'example.com/joe/'),
       'a mail that Exim delivers')
    with Imap() as session:
        session.login('joe@example.com', 'correct horse')
        contains(session.command(b'SELECT INBOX'), '* 1 EXISTS',
                 'Dovecot shows')
        contains(session.command(b'FETCH 1 BODY[]'), 'token-exim', 'whole')


mta.enter('exim', reader='dovecot')
stack.make_dovecot_accounts()
stack.shell('install -d /etc/dovecot; cp /srv/config/dovecot/* /etc/dovecot/')
stack.run('sh', 'test/system/mail/systemctl', 'restart', 'dovecot')
daemon = mta.start(['exim4', '-bdf', '-q30m'], [25, 465, 587, 143])
check_logins()
check_mail()
daemon.kill()
finish()
