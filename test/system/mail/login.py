"""Who can log in, by IMAP, POP3 and SMTP AUTH, whoever reads."""
from clients import (INSIDE, Imap, arrives, final, imap_login, pop3_login,
                     smtp_login, together)
from stack import read, sql
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
    "joe@example.com%", "_oe@example.com", "joe@example.com\\", '%', '*',
    "' OR 1=1 --", '"', '%u', '%{user}', 'x' * 1000 + '@example.com',
]


def check():
    check_good()
    check_bad()
    check_stored_hash()
    check_change()
    check_renamed()
    check_plaintext()


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


def check_stored_hash():
    """Who has read the database knows no password by that."""
    users = [f'{method}@example.com' for method in METHODS]
    stored = dict(line.split('|') for line in read(
        'SELECT email, password FROM users').splitlines())
    answers = together(
        lambda function, user: final(function, user, stored[user]),
        [(function, user) for function in (imap_login, pop3_login)
         for user in users] + [(smtp_login, users[0])])
    ok(all(str(answer).startswith(('NO', '-ERR', '535'))
           for answer in answers),
       f'no stored hash is taken for the password: {answers}')


def check_renamed():
    """The mail stays where it was, and so does the password."""
    rename('blank@example.com', 'blanche@example.com')
    equal(imap_login('blanche@example.com', '  blanks around  '), 'OK',
          'a renamed user logs in')
    ok(arrives('blanche@example.com', 'token-renamed', 'example.com/blank/'),
       'and gets mail in the maildir of before')
    rename('blanche@example.com', 'blank@example.com')


def rename(old, new):
    sql(f"UPDATE users SET email = '{new}' WHERE email = '{old}';")


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
