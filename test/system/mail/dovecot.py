"""What is Dovecot's alone."""
import glob
import os

import delivery
from clients import (Imap, Smtp, arrives, imap_login, mails, pop3_login,
                     smtp_login, wait_until)
from courier import listing
from stack import (DB, VMAIL, layout_is, read, run, shell, sql)
from tap import contains, equal, ok

# What is stored, and how: each is let in by IMAP and by SMTP AUTH.
LABELS = [
    ('argon2id', "CRYPT('pw', GEN_SALT('argon2id'))"),
    ('argon2id, with its label', "'{ARGON2ID}' || "
     "CRYPT('pw', GEN_SALT('argon2id'))"),
    ('argon2id, as CRYPT_RELABEL spells it',
     "CRYPT_RELABEL(CRYPT('pw', GEN_SALT('argon2id')), 'dovecot')"),
    ('bcrypt, as CRYPT_RELABEL spells it',
     "CRYPT_RELABEL(CRYPT('pw', GEN_SALT('bcrypt')), 'dovecot')"),
    ('a bare crypt hash with {CRYPT}',
     "'{CRYPT}' || CRYPT('pw', GEN_SALT('sha512crypt'))"),
]
ARGON2 = 'argon@example.com'
PLUS = ('a+b@example.com', 'a plus')
SMALL = ('small@example.com', 'small box')


def prepare():
    """A maildir is made by the first mail, and by a first login."""
    equal(imap_login('fresh@example.com', 'no mail yet'), 'OK',
          'a first login, before there is a maildir')
    ok(arrives('fresh@example.com', 'token-first', 'example.com/fresh/'),
       'and the first mail')


def check():
    check_labels()
    check_plus()
    check_variables()
    check_users()
    check_quota()
    check_home()
    check_database()
    check_names()


def check_labels():
    sql(f"INSERT INTO users (email, password) VALUES ('{ARGON2}', 'x');")
    for what, expression in LABELS:
        sql(f"UPDATE users SET password = {expression} "
            f"WHERE email = '{ARGON2}';", publish=False)
        equal([imap_login(ARGON2, 'pw'), smtp_login(ARGON2, 'pw')],
              ['OK', 235], f'{what}: in')
        equal(imap_login(ARGON2, 'PW'), 'NO', '  and no other password')
        stored = read('SELECT password FROM users '
                      f"WHERE email = '{ARGON2}'").strip()
        equal(imap_login(ARGON2, stored), 'NO', '  nor the hash itself')


def check_plus():
    """A user whose own address has a + in it."""
    sql(f'''INSERT INTO users (email, password) VALUES {PLUS};
            INSERT OR IGNORE INTO users (email, password)
              VALUES ('a@example.com', 'not this one');''')
    equal(imap_login(*PLUS), 'OK', f'{PLUS[0]} logs in')
    ok(arrives(PLUS[0], 'token-own-plus', 'example.com/a+b/'),
       'and gets her mail')
    ok(arrives('a+c@example.com', 'token-a-plus', 'example.com/a/'),
       'any other extension is of the user without')
    ok(imap_login('a+c@example.com', 'not this one') == 'NO',
       'but nobody logs in with one')


def check_variables():
    """An address that Dovecot could take for variables of its own."""
    for name in ['a%u', 'a%{user}b', 'p%%q']:
        sql('INSERT INTO users (email, password) '
            f"VALUES ('{name}@example.com', 'pw');", publish=False)
        with Imap() as session:
            session.login(f'{name}@example.com', 'pw')
            contains(session.append(100), 'a OK', f'{name} files a mail')
        ok(os.path.isdir(f'{VMAIL}/example.com/{name}/cur'),
           'in the maildir that is stored')


def check_users():
    equal(sorted(run('doveadm', 'user', '*').split()), sorted(read(
        'SELECT email FROM users WHERE active = 1').split()),
          'doveadm lists those who are active')
    contains(run('doveadm', 'auth', 'test', *SMALL), 'auth succeeded',
             'doveadm auth test')


def check_quota():
    with Imap() as session:
        session.login(*SMALL)
        contains(session.append(8000), 'a OK', 'within the quota')
        contains(session.append(8000), 'a OK', 'still within the quota')
        contains(session.append(8000), '[OVERQUOTA]', 'the quota is a sum')
    set_quota(15000)
    for recipient in [SMALL[0], 'small+x@example.com']:
        code, text = offer(recipient)
        equal((code, b'5.2.2' in text), (552, True),
              f'full: {recipient} is refused at RCPT, for good')
    set_quota(30000)
    equal(offer(SMALL[0])[0], 250, 'a quota raised in SQL holds at once')
    equal(offer(SMALL[0], size=20000)[0], 552,
          'a mail said to be larger than what is left is refused')
    equal(send_large(SMALL[0], 'token-large'), 250, 'where it is not said,')
    ok(wait_until(lambda: any('552 5.2.2' in mail and 'token-large' in mail
                              for mail in delivery.relayed)),
       'the mail is bounced')
    equal(mails('example.com/small/', 'token-large'), [], 'not delivered')
    set_quota(0)
    equal(send_large(SMALL[0], 'token-huge'), 250, '0 is no limit')
    ok(wait_until(lambda: mails('example.com/small/', 'token-huge')),
       'the same mail is delivered')
    with Imap() as session:
        session.login('joe@example.com', 'correct horse')
        contains(session.command(b'GETQUOTAROOT INBOX'), '10240',
                 'a mail program is told the quota')


def set_quota(quota):
    sql(f"UPDATE users SET quota = {quota} WHERE email = '{SMALL[0]}';")


def offer(recipient, size=None):
    """The answer to RCPT, of a mail of that size if it is given."""
    with Smtp() as session:
        said = f' SIZE={size}' if size else ''
        session.docmd(f'MAIL FROM:<someone@example.net>{said}')
        return session.docmd(f'RCPT TO:<{recipient}>')


def send_large(recipient, token):
    with Smtp() as session:
        session.offer(recipient)
        return session.data(f'Subject: {token}\r\n\r\n' +
                            ('x' * 70 + '\r\n') * 300)[0]


def check_home():
    """Sieve's files and the like are no folders."""
    home = run('doveadm', 'user', '-f', 'home', 'joe@example.com').strip()
    equal(home, f'{VMAIL}/.dovecot/example.com/joe/', 'the home')
    shell(f'''
        runuser -u vmail -- mkdir -p {home}/sieve
        runuser -u vmail -- touch {home}/.dovecot.sieve
    ''')
    with Imap() as session:
        session.login('joe@example.com', 'correct horse')
        answer = session.command(b'LIST "" "*"')
    equal(answer.count(b'* LIST'), 1, f'what lies there is no folder: {answer}')
    equal(run('find', VMAIL, '!', '-user', 'vmail'), '',
          'everything in the mail store belongs to vmail')


def check_database():
    """It stays as it is: Dovecot only reads."""
    mode = 'delete' if layout_is('direct') else 'wal'
    equal(run('sqlite3', DB, 'PRAGMA journal_mode').strip(), mode,
          'the journal mode is as before')
    flags = opened(DB)
    ok(flags, 'Dovecot has the database open')
    ok(not any(flag & 3 for flag in flags), f'to read only: {flags}')


def opened(path):
    """How Dovecot's processes have a file open: open(2)'s flags."""
    flags = []
    for link in glob.glob('/proc/[0-9]*/fd/*'):
        try:
            if os.readlink(link) != path:
                continue
            _, _, pid, _, number = link.split('/')
            with open(f'/proc/{pid}/comm', encoding='ascii') as file:
                if file.read().strip() not in ('auth', 'auth-worker'):
                    continue
            with open(f'/proc/{pid}/fdinfo/{number}',
                      encoding='ascii') as file:
                flags.append(int(file.read().split('flags:')[1].split()[0],
                                 8))
        except OSError:
            pass  # a process that has just ended
    return flags


def check_names():
    """What mail programs saw under Courier, they see here."""
    with Imap() as session:
        session.login('joe@example.com', 'correct horse')
        contains(session.command(b'NAMESPACE'), '(("INBOX." "."))',
                 'folders are called as Courier calls them')
        contains(session.command(b'CREATE INBOX.Sent'), 'a OK',
                 'a folder is made')
    ok(os.path.isdir(f'{VMAIL}/example.com/joe/.Sent/cur'),
       'where Courier would make it')
    before = listing(f'{VMAIL}/example.com/joe/.Sent')
    equal(pop3_login('joe@example.com', 'correct horse', mode='ssl'), 'OK',
          'POP3 shows the inbox alone')
    equal(listing(f'{VMAIL}/example.com/joe/.Sent'), before,
          'and leaves folders alone')
