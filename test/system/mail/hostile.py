"""Strangers who try: no mail outside the store, no daemon down, no change."""
import re

import private
from clients import Smtp, arrives, imap_login
from stack import DB, MAPS, VMAIL, layout_is, run
from tap import diag, equal, ok

# Each is refused for good, or is another way to write a user's address.
RECIPIENTS = [
    'a/b@example.com', '../../etc/x@example.com', '/etc/passwd@example.com',
    '"../anna"@example.com', '"joe/../anna"@example.com', '.@example.com',
    '..@example.com', '.joe@example.com', '""@example.com', '@example.com',
    'joe@', 'joe', '""', 'joe@..', 'joe@.', 'joe@../..', 'joe@/etc',
    'joe@example.com/../..', 'joe@example.com@example.com',
    '"joe@example.com"@example.com', '"sp ace"@example.com',
    '"joe "@example.com', "o'brien@example.com", '"quo\\"te"@example.com',
    "'@example.com", "''@example.com", '"\'"@example.com',
    "joe'--@example.com", "x'or'1'='1@example.com",
    '"x\' OR \'1\'=\'1"@example.com', '"x\' OR email<>\'"@example.com',
    '"x\'; DROP TABLE users; --"@example.com',
    '"x\' UNION SELECT \'../../tmp/\' --"@example.com',
    'x\'/**/union/**/select/**/\'/tmp/x/@example.com',
    '%s@example.com', '%25s@example.com', '%n%n%n@example.com',
    '%%@example.com', '%@example.com', '_oe@example.com', 'j%e@example.com',
    'joe@example_com', 'joe@%', 'joe@[127.0.0.1]', 'joe@[',
    '$(id)@example.com', '`id`@example.com', '|id@example.com',
    '"|/bin/sh"@example.com', ':include:/etc/passwd@example.com',
    'x\\@example.com',
    'jo\x01e@example.com', 'joe\x7f@example.com', 'joe,anna@example.com',
    'joe@example.com,anna@example.com', 'joe;anna@example.com',
    'x' * 1000 + '@example.com', 'joe@' + 'x' * 1000 + '.com',
    'joe@' + 'a.' * 400 + 'com', 'x' * 65 + '@example.com',
    'jöe@example.com', 'joe@exämple.com',
    b'jo\xffe@example.com', b'joe@\xc0\xaf.com', b'jo\0e@example.com',
    '+@example.com', 'nobody+joe@example.com', '-oQ/tmp@example.com',
]
SAME_AS_JOE = ['joe+../../etc@example.com', 'joe@example.com.',
               '"joe"@example.com', '\\joe@example.com',
               'joe\\@example.com', 'JOE@EXAMPLE.COM']


def check():
    before = everything()
    check_recipients()
    check_senders()
    check_same_as_joe()
    check_data()
    equal(everything()[0], before[0], 'the database is as it was')
    check_places(before[1])
    check_permissions()
    check_daemons()


def everything():
    """The database's content, and the folders that mail could have made."""
    return (run('sqlite3', DB, '.dump'),
            run('find', '/home', '/etc', '/tmp', '/var/tmp', '/srv', '/run',
                '-user', 'vmail', '-type', 'd'))


def check_recipients():
    for recipient in RECIPIENTS:
        with Smtp() as session:
            code, text = session.offer(recipient)
            ok(500 <= code < 560,
               f'RCPT TO {short(recipient)}: refused for good ({code})') or \
                diag(text)


def short(text):
    """As plain ASCII, and at most fifty letters."""
    text = ascii(text)
    return text if len(text) < 50 else f'{text[:50]}... ({len(text)} bytes)'


def check_senders():
    """A sender can be anything; it must not hurt either."""
    for sender in ['', "x' OR '1'='1@example.com", '"\'; --"@example.com',
                   '../../etc@example.com', 'x' * 900 + '@example.com']:
        with Smtp() as session:
            code = session.offer('joe@example.com', sender=sender)[0]
            ok(code == 250 or code >= 500,
               f'MAIL FROM {short(sender)}: no failed look-up ({code})')


def check_same_as_joe():
    for number, recipient in enumerate(SAME_AS_JOE):
        ok(arrives(recipient, f'token-same-{number}', 'example.com/joe/'),
           f'{recipient} is joe, and goes nowhere else')


def check_data():
    """Commands that aren't, and lines without end."""
    for junk in [b'\xff\xfe', b'A' * 5000, b'\0', b'EHLO ' + b'%s' * 200,
                 b'RCPT TO:<' + b'A' * 100000]:
        with Smtp() as session:
            session.sock.sendall(junk + b'\r\n')
            ok(session.getreply()[0] in range(250, 560),
               f'a junk command: {short(junk)}')


def check_places(before):
    """Mail makes folders: there must be none outside the users' own."""
    new = set(everything()[1].split('\n')) - set(before.split('\n'))
    strange = [path for path in new
               if not path.startswith(f'{VMAIL}/example.com/joe')]
    equal(strange, [], 'no folder was made but in the mail store')


def check_permissions():
    opened = MAPS if layout_is('published') else DB
    equal(as_user('postfix', opened, 'SELECT count(*) > 0 FROM users'), '1\n',
          'the user postfix reads what the maps open')
    for change in ["UPDATE users SET quota = 1", "DELETE FROM domains",
                   "PRAGMA user_version = 5"]:
        ok('readonly' in as_user('postfix', opened, change),
           f'but cannot write it: {change}')
    ok('denied' in run('runuser', '-u', 'postfix', '--', 'touch',
                       '/srv/mail/x', check=False),
       'nor make files beside it')
    for user in ['vmail', 'nobody', 'courier']:
        ok('unable to open' in as_user(user, DB, 'SELECT * FROM users'),
           f'{user} cannot read the mail database')
    if layout_is('published'):
        ok('unable to open' in as_user('postfix', DB, 'SELECT * FROM users'),
           'the user postfix cannot read the mail database')
        ok('no such column' in as_user('postfix', MAPS,
                                       'SELECT password FROM users'),
           'and the published copy has no password in it')


def as_user(user, database, statement):
    return run('runuser', '-u', user, '--', 'sqlite3', database, statement,
               check=False)


def check_daemons():
    """Postfix says fatal or panic where a process gave up.

    Courier says "no such function" of its change of a password, see login.
    """
    complaints = [line for line in private.log_text().splitlines()
                  if re.search(r'fatal|panic|killed by|bad command startup'
                               r'|no such (table|column)', line)]
    equal(complaints, [], 'no daemon gave up')
    equal(imap_login('joe@example.com', 'correct horse'), 'OK',
          'the next login works')
