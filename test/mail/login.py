"""Who can log in, by IMAP, POP3, SMTP AUTH and authtest."""
import socket

from clients import (INSIDE, Imap, arrives, imap_login, pop3_login, send,
                     smtp_login, together)
from stack import DB, VMAIL, read, run, sql
from tap import contains, equal, ok

JOE = ('joe@example.com', 'correct horse')
METHODS = ['yescrypt', 'gost-yescrypt', 'scrypt', 'bcrypt', 'sha512crypt',
           'sha256crypt']
GOOD = [
    ('a login', *JOE),
    ('an upper-case login', 'JOE@EXAMPLE.COM', 'correct horse'),
    ('a UTF-8 password', 'anna@example.com', 'pässwörd €'),
    ('quotes and a backslash', 'quote@example.com',
     'it\'s a "quoted" \\ one'),
    ('blanks around a password', 'blank@example.com', '  blanks around  '),
] + [(name, name + '@example.com', 'pw ' + name) for name in METHODS]
BAD = [
    ('a wrong password', 'joe@example.com', 'incorrect horse'),
    ('a password in other case', 'joe@example.com', 'Correct horse'),
    ('an empty password', 'joe@example.com', ''),
    ('blanks left out', 'blank@example.com', 'blanks around'),
    ('a locked user', 'locked@example.com', 'locked out'),
    ('a locked user with the mark', 'locked@example.com', '!locked out'),
    ('an unknown user', 'nobody@example.com', 'correct horse'),
    ('a user without domain', 'joe', 'correct horse'),
    ('a forwarding', 'info@example.com', 'correct horse'),
    ('a domain', '@example.com', 'correct horse'),
    ('a disabled user', 'gone@example.com', 'gone'),
    ('a disabled user in upper case', 'GONE@EXAMPLE.COM', 'gone'),
    ('an empty user', '', 'correct horse'),
]
INJECTIONS = [
    "' OR '1'='1", "joe@example.com' --", "x' OR maildir<>'",
    "x' UNION SELECT email,password FROM users --", "%@example.com",
    "joe@example.com%", "_oe@example.com", "joe@example.com\\",
]


def check():
    check_first_login()
    check_maildirs()
    check_good()
    check_bad()
    check_authtest()
    check_change()
    check_change_by_courier()
    check_quota()
    check_plaintext()


def make_maildirs():
    run('sh', 'sql/maildirs.sh', DB, VMAIL)


def check_good():
    logins = [(user, password) for _, user, password in GOOD]
    for client, function, good in CLIENTS:
        answers = together(function, logins)
        for (what, _, _), answer in zip(GOOD, answers):
            equal(answer, good, f'{client}: {what}: in')
    equal(imap_login(*JOE, mode='ssl'), 'OK', 'IMAP with TLS first')
    equal(pop3_login(*JOE, mode='ssl'), 'OK', 'POP3 with TLS first')


def check_bad():
    """All at once: each costs five seconds."""
    injected = [('SQL in the login name', name, 'x') for name in INJECTIONS]
    calls = [(function, client, what, user, password)
             for client, function, _ in CLIENTS
             for what, user, password in
             (BAD + injected if client != 'SMTP AUTH' else
              # Five at a time: saslauthd has five processes.
              BAD[:7] + BAD[-1:] + injected[:2])]
    answers = together(lambda function, *call: function(*call[2:]), calls)
    for (_, client, what, user, _), answer in zip(calls, answers):
        # saslauthd can't ask for an empty name: 454, a temporary failure.
        refused = (answer == 535 or str(answer).startswith(('NO', '-ERR'))
                   or (not user and answer == 454))
        ok(refused, f'{client}: {what}: refused ({user!r}: {answer})')


def check_authtest():
    contains(run('authtest', *JOE, check=False), 'example.com/joe/',
             'authtest knows the maildir')
    contains(run('authtest', *JOE), '10485760S', 'authtest knows the quota')
    contains(run('authtest', *JOE), 'uid 5000, gid 5000',
             'authtest knows uid and gid')
    contains(run('authtest', JOE[0], 'wrong', check=False), 'FAILED',
             'authtest refuses a wrong password')


def check_change():
    """A password changed in SQL holds at once, everywhere."""
    user = 'change@example.com'
    equal([function(user, 'the old one') for _, function, _ in CLIENTS],
          [good for _, _, good in CLIENTS], 'before a change of password')
    sql(f"UPDATE users SET password = 'the new one' WHERE email = '{user}';")
    # The old one first: a login with the new one would renew a cache.
    old = together(lambda function: function(user, 'the old one'),
                   [(function,) for _, function, _ in CLIENTS])
    ok(old[0] == 'NO' and old[1].startswith('-ERR') and old[2] == 535,
       f'the old password is refused everywhere: {old}')
    equal([function(user, 'the new one') for _, function, _ in CLIENTS],
          [good for _, _, good in CLIENTS], 'the new password works')


def check_change_by_courier():
    """Courier's own change of password would store a weak {SSHA}."""
    def stored():
        return read('SELECT password FROM users '
                    f"WHERE email = '{JOE[0]}'")

    before = stored()
    contains(ask_authdaemon('PASSWD imap', *JOE, 'another one'), 'FAIL',
             'a change of password through Courier fails')
    equal(stored(), before, 'and the old password is kept')
    ok('another one' not in read('.dump'), 'the new one is nowhere')


def ask_authdaemon(*fields):
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.connect('/run/courier/authdaemon/socket')
        daemon.sendall('\t'.join(fields).encode() + b'\n')
        return daemon.recv(4096).decode()


def check_first_login():
    user, password = 'fresh@example.com', 'no mail yet'
    ok(imap_login(user, password) != 'OK',
       'no login before there is a maildir')
    ok(arrives(user, 'token-first', 'example.com/fresh/'),
       'the first mail makes the maildir')
    equal(imap_login(user, password), 'OK', 'and the login works')


def check_maildirs():
    make_maildirs()
    equal(imap_login('small@example.com', 'small box'), 'OK',
          'maildirs.sh makes maildirs, too: a first login without mail')
    before = listing(VMAIL)
    make_maildirs()
    equal(listing(VMAIL), before, 'run again it changes nothing')
    owners = run('find', VMAIL, '!', '-user', 'vmail')
    equal(owners, '', 'everything in the mail store belongs to vmail')


def listing(folder):
    return sorted(run('find', folder, '-printf', '%p %y %u %m %T@\\n')
                  .splitlines())


def check_quota():
    with Imap() as session:
        session.login('small@example.com', 'small box')
        contains(session.append(8000), 'a OK', 'within the quota')
        contains(session.append(8000), 'a OK', 'still within the quota')
        contains(session.append(8000), 'a NO', 'the quota is a sum')
    sql("UPDATE users SET quota = 40000 WHERE email = 'small@example.com';")
    make_maildirs()
    with Imap() as session:
        session.login('small@example.com', 'small box')
        contains(session.append(8000), 'a OK',
                 'a quota raised in SQL holds after maildirs.sh')
    equal(send('small@example.com', 'x' * 40000), 250,
          'stock Postfix knows no quota: it delivers')


def check_plaintext():
    contains(refusal_of_plaintext(), 'a NO',
             'IMAP takes no password from outside without TLS')
    with Imap('plain', source=INSIDE) as session:
        contains(session.login(*JOE), 'a OK',
                 'but from this machine, for saslauthd')
    ok(pop3_login(*JOE, mode='plain') != 'OK',
       'POP3 takes no password without TLS')


def refusal_of_plaintext():
    with Imap('plain') as session:
        return session.login(*JOE)


CLIENTS = [('IMAP', imap_login, 'OK'), ('POP3', pop3_login, 'OK'),
           ('SMTP AUTH', smtp_login, 235)]
