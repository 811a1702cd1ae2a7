#!/usr/bin/python3 -B
"""mailuser, fed at random: addresses, names, passwords and targets made of
whatever SQL, shells, option parsers and terminals give a meaning to. What is
taken must be what was given, byte for byte; what isn't is refused with a
sentence; and nothing else is changed.

VALUES is how many (10000), SEED where they begin."""
import csv
import io
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from run import connect, fresh, mailuser
from tap import diag, equal, finish, ok

VALUES = int(os.environ.get('VALUES') or 10000)
SEED = int(os.environ.get('SEED') or random.randrange(1 << 32))
RANDOM = random.Random(SEED)
PIECES = [b"'", b'"', b'`', b'$', b'$(id)', b'\\', b'%s', b'%', b' ', b'\t',
          b'\n', b'\r', b'--', b'-', b';', b"'); DROP TABLE users; --", b'|',
          b'&', b'*', b'?', b'~', b'#', b'!', b'@', b',', b'/', b'..', b'\x7f',
          b'\x1b[2J', b'\xc3\xbc', b'\xe2\x82\xac', b'\xf0\x9f\x98\x80',
          b'\xc2\x9b', b'\xff', b'\xc3', b'\xed\xa0\x80', b'\xc0\xaf', b'a',
          b'Z', b'0', b'{', b'}', b'<', b'>', b'=', b'+', b'_', b'^', b'NULL',
          b'\x01', b'$y$', b'{PLAIN}', b'?1', b':a', b'x' * 60]
LOCAL = [b"!", b'#', b'$', b'&', b'*', b'+', b'-', b'=', b'?', b'^',
         b'_', b'{', b'|', b'}', b'~', b'.', b'a', b'B', b'0', b'%', b'--']
SAMPLE = connect()


def some(pieces, most=6):
    return b''.join(RANDOM.choices(pieces, k=RANDOM.randrange(1, most)))


def address():
    local = some(LOCAL if RANDOM.random() < .8 else PIECES)
    return local + RANDOM.choice([b'@example.com'] * 9 + [b'@EXAMPLE.org',
                                                          b'', b'@x.net'])


def text(value):
    return value.decode('utf-8', 'surrogateescape')


def is_utf8(value):
    try:
        value.decode('utf-8')
        return True
    except UnicodeDecodeError:
        return False


def problem(function, *values):
    marks = ', '.join('?' * len(values))
    return SAMPLE.execute(f'SELECT {function}({marks})', values).fetchone()[0]


def good_address(value):
    return (is_utf8(value) and
            problem('ADDRESS_PROBLEM', text(value)) is None and
            value.lower().endswith((b'@example.com', b'@example.org')))


def good_line(value):
    return (b'\n' not in value and not value.endswith(b'\r') and
            problem('PASSWORD_PROBLEM', value, 'bcrypt') is None)


class Tables:
    """What is in them, but for the hashes of those who are looked at."""

    def __init__(self):
        self.db = connect()

    def rows(self, leave=''):
        return [self.db.execute(query).fetchall() for query in
                ['SELECT * FROM domains', 'SELECT * FROM transport',
                 'SELECT * FROM forwardings', 'SELECT * FROM password_policy',
                 'SELECT name, sql FROM sqlite_master']] + \
            self.db.execute('SELECT * FROM users WHERE email <> ?',
                            (leave,)).fetchall()

    def user(self, email, password):
        return self.db.execute(
            'SELECT email, name, CRYPT_VERIFY(?2, password) FROM users '
            'WHERE email = ?1', (email, password)).fetchone()


class Count:
    """Wrong ones are shown, up to some; good ones only counted."""

    def __init__(self):
        self.values = self.taken = self.refused = self.wrong = 0

    def check(self, good, what, *values):
        if not good:
            self.wrong += 1
            if self.wrong < 10:
                diag(f'{what}: {values!r}')


def refused(count, answer, secret, what):
    status, said, complaint = answer
    count.refused += 1
    count.check(status in (1, 3) and said == '' and
                complaint.startswith('mailuser: ') and
                complaint.count('\n') == 1, what, answer)
    count.check(len(secret) < 8 or text(secret) not in complaint,
                'a password in the complaint', answer)


def round_of_one(tables, count):
    email, name, one, two = (address(), some(PIECES), some(PIECES),
                             some(PIECES))
    count.values += 4
    before = tables.rows()
    answer = mailuser('add', '--stdin', '--name', name, '--', email,
                      stdin=one + b'\n')
    if not (good_address(email) and is_utf8(name) and good_line(one)):
        refused(count, answer, one, f'add {email!r} {name!r} {one!r}')
        count.check(tables.rows() == before, 'refused, but changed', email)
        return
    count.taken += 3
    key = text(email).lower()
    count.check(answer[0] == 0 and
                tables.user(key, one) == (key, text(name), 1),
                'add', email, name, one, answer)
    count.check(mailuser('check', '--stdin', '--', email, stdin=one)[0] == 0,
                'check', email, one)
    status, said, _ = mailuser('show', '--json', '--', email)
    count.check(status == 0 and json.loads(said)['name'] == text(name),
                'show', email, name, said)
    answer = mailuser('passwd', '--stdin', '--', email, stdin=two + b'\n')
    if good_line(two):
        count.taken += 1
        count.check(answer[0] == 0 and tables.user(key, two)[2] == 1,
                    'passwd', email, two, answer)
    else:
        refused(count, answer, two, f'passwd {two!r}')
        count.check(tables.user(key, one)[2] == 1, 'passwd changed', two)
    count.check(tables.rows(key) == before, 'something else', email)
    count.check(mailuser('delete', '--', email)[0] == 0 and
                tables.rows() == before, 'delete', email)


def round_of_targets(tables, count):
    """A forwarding, and what was there is there again at the end."""
    source, target = address(), address()
    count.values += 2
    before = tables.rows()
    good = is_utf8(source) and is_utf8(target) and b',' not in target and \
        tables.db.execute(
        'SELECT FORWARDING_PROBLEM(?, ?)',
        (text(source), text(target))).fetchone()[0] is None
    answer = mailuser('alias', 'add', '--', source, target)
    if not good:
        refused(count, answer, b'', f'alias {source!r} {target!r}')
        count.check(tables.rows() == before, 'refused, but changed', source)
        return
    count.taken += 2
    count.check(answer[0] == 0 and tables.db.execute(
        'SELECT source, destination FROM forwardings WHERE source = ?',
        (text(source),)).fetchall() == [(text(source), text(target))],
        'alias', source, target, answer)
    count.check(mailuser('alias', 'delete', '--', source, target)[0] == 0 and
                tables.rows() == before, 'alias delete', source, target)


def check_many(tables, count, rows):
    """Through import, all at once: those that are good, and then all."""
    users = {}
    while len(users) < rows:
        email, password = address(), some(PIECES)
        if good_address(email) and password and \
                problem('PASSWORD_PROBLEM', password, 'bcrypt') is None and \
                problem('CRYPT_PROBLEM', password) is None:
            users[text(email).lower()] = (email, password)
    out = io.StringIO()
    # Without quotes, a carriage return would be one of the line's end.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL,
                        lineterminator=RANDOM.choice(['\n', '\r\n']))
    for email, password in users.values():
        writer.writerow([text(email), text(password)])
    data = out.getvalue().encode('utf-8', 'surrogateescape')
    before = tables.rows()
    answer = mailuser('import', '-', stdin=data)
    equal((answer[0], answer[2]), (0, ''), f'import: {rows} users')
    wrong = [email for email, (_, password) in users.items()
             if (tables.user(email, password) or (0, 0, 0))[2] != 1 and
             problem('CRYPT_KIND', password) != 'hash']
    equal(wrong, [], 'each with the password that was given')
    count.values += 2 * rows
    count.taken += 2 * rows
    equal(mailuser('delete', '--quiet', '--', *users)[0], 0, 'deleted')
    equal(tables.rows(), before, 'and all is as before')


fresh("INSERT INTO users(email, password) VALUES "
      "('joe@example.com', 'secret')",
      "INSERT INTO forwardings VALUES ('info@example.com', "
      "'joe@example.com,x@example.net')",
      "INSERT INTO transport VALUES ('example.net', 'smtp:x')")
diag(f'SEED={SEED}')
TABLES, COUNT = Tables(), Count()
check_many(TABLES, COUNT, VALUES // 4)
while COUNT.values < VALUES:
    round_of_one(TABLES, COUNT)
    round_of_targets(TABLES, COUNT)
equal(COUNT.wrong, 0, f'{COUNT.values} random values: {COUNT.taken} taken, '
      f'each as it was given, {COUNT.refused} refused with a sentence')
ok(COUNT.taken > COUNT.values // 3 and COUNT.refused > COUNT.values // 20,
   'enough of both')
finish()
