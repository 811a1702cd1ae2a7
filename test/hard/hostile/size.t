#!/usr/bin/python3
"""Huge arguments: the time grows as they do and no faster, and none of them
is copied.

Each function gets texts of 1 and of 16 MB in each place, of kinds that a
careless loop would go over again and again: nothing but !, {, labels one
inside the other, @, dots, digits. Then some of 500 MB, the length at which
SQLite's own limit of 1,000,000,000 bytes is half used up. What SQLite itself
needs for a value (one copy, and one more if it has to be converted from
UTF-16) is the statement's own cost.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']
sys.dont_write_bytecode = True

import tap
from shell import Shell, quoted

SMALL, LARGE, HUGE = 1_000_000, 16_000_000, 500_000_000
TIMES = LARGE / SMALL
SLACK = 4                   # the clock is coarse, and caches are small

# A beginning, and what is repeated behind it.
TEXTS = {
    'x': ('', 'x'), '!': ('', '!'), '{': ('', '{'), '@': ('', '@'),
    'dots': ('a@', '.'), 'labels of a domain': ('a@', 'a.'),
    'a local part': ('', 'a.'), 'digits': ('', '1'), 'blanks': ('', ' '),
    'high bytes': ('', '\u00e9'),
    'labels in labels': ('', '{CRYPT}'), 'lock and label': ('', '!{CRYPT}'),
    'suffixes': ('{SHA', '.hex'), 'hex': ('{SHA.HEX}', '00'),
    'base64': ('{SSHA}', 'AAAA'), 'CRYPT.B64': ('{CRYPT.B64}', 'JDEk'),
    'PBKDF2': ('{PBKDF2}$1$', 's'), 'PBKDF2 rounds': ('{PBKDF2}$1$s$', '1'),
    '$': ('', '$'), '$y$': ('$y$', 'j'), '$y$ salt': ('$y$j9T$', 'a'),
    '$gy$': ('$gy$j9T$', 'a'), '$7$': ('$7$CU..../....', 'a'),
    '$2b$': ('$2b$05$', 'a'), '$6$': ('$6$', 'a'),
    '$6$ rounds': ('$6$rounds=1', '0'), '$5$': ('$5$rounds=1000$', 'a'),
    'argon2 cost': ('$argon2id$v=19$m=1', '0'),
    'argon2 salt': ('$argon2id$v=19$m=8,t=1,p=1$', 'A'),
    '$sha1$': ('$sha1$1$', 'a'), '$md5': ('$md5$', 'a'), '$1$': ('$1$', 'a'),
    '$3$': ('$3$$', 'a'), '_': ('', '_'), 'DES': ('', '.'),
    'words of others': ('', 'pbkdf2:'), 'an id': ('$', 'a'),
    'a label': ('{', 'a'), 'quotes': ('', "'"), 'quoted $': ("'", '$6$'),
    'hashes': ('', ' $1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
}

CALLS = [
    "CRYPT({0})", "CRYPT({0}, '$1$saltsalt')", "CRYPT({0}, {hash})",
    "CRYPT('x', {0})", "CRYPT_VERIFY({0}, {hash})", "CRYPT_VERIFY('x', {0})",
    "GEN_SALT({0})", "GEN_SALT('bf', {0})", "GEN_SALT('argon2id', {0})",
    "CRYPT_IS_HASH({0})", "CRYPT_INFO({0})", "CRYPT_NEEDS_REHASH({0}, 'bf')",
    "CRYPT_NEEDS_REHASH({hash}, {0})", "CRYPT_NEEDS_REHASH({hash}, 'bf', {0})",
    "CRYPT_RELABEL({0}, 'courier')", "CRYPT_RELABEL({hash}, {0})",
    "CRYPT({0}, 'bf', 4)", "CRYPT('x', {0}, 4)", "CRYPT('x', 'bf', {0})",
    "CRYPT_ONCE({0})", "CRYPT_ONCE({0}, 'bf', 4)", "CRYPT_ONCE('x', {0})",
    "CRYPT_ONCE({hash}, 'bf', {0})", "CRYPT_KIND({0})", "CRYPT_PROBLEM({0})",
    "PASSWORD_PROBLEM({0})", "PASSWORD_PROBLEM({0}, 'bf')",
    "PASSWORD_PROBLEM('x', {0})", "POLICY_PROBLEM({0})",
    "VERIFY_PROBLEM({0})",
    "POLICY_PROBLEM('bf', {0})", "POLICY_PROBLEM('argon2id', {0})",
    "DOMAIN_OF({0})", "LOCAL_PART_OF({0})", "MAILDIR({0})",
    "ADDRESS_PROBLEM({0})",
]
HASH = quoted('$1$saltsalt$9xy1btjgzLYfb7hivXtC//')


def repeated(begins, piece, size):
    """SQL for it. hex() gives two digits a byte, all 0."""
    count = (size - len(begins)) // len(piece.encode())
    return f"{quoted(begins)} || replace(hex(zeroblob({count})), '00', " \
           f"{quoted(piece)})"


def too_much(small, large, copies=1):
    """Do two sizes take what they should: 16 times as long, and the copies
    that SQLite makes of the value, of the larger?"""
    return (large.seconds > TIMES * SLACK * max(small.seconds, 0.002)
            or large.mib > copies * 1.25 * LARGE / (1 << 20))


def grows(shell, what, column, copies=1):
    """One TAP line for a kind of text: all functions, at both sizes."""
    worst, wrong = (0, '', None), []
    for function in CALLS:
        sql = f'SELECT length(quote({function.format(column, hash=HASH)})) ' \
              'FROM {}'
        small = shell.run(sql.format('small'))
        large = shell.run(sql.format('large'))
        worst = max(worst, (large.seconds, function, large.cost()))
        name = function.split('(')[0] + ':'
        if (too_much(small, large, copies) or large.text != small.text
                or not (large.text.isdigit() or name in large.text)):
            wrong.append(f'{function}: {small.cost()}; {large.cost()}; '
                         + large.text[:200])
    tap.ok(not wrong, f'{what}: at worst {worst[2]}, {worst[1]}')
    for line in wrong:
        tap.diag(line)


def fill(shell, encoding, begins, piece):
    if shell.tell(f"PRAGMA encoding = '{encoding}';") is None:
        tap.give_up('the shell ended')
    for table, size in (('small', SMALL), ('large', LARGE)):
        shell.run(f'CREATE TABLE {table}(t, b)')
        shell.run(f'INSERT INTO {table} SELECT v, CAST(v AS BLOB) FROM '
                  f'(SELECT {repeated(begins, piece, size)} AS v)')


def many_texts():
    """A shell for each, so that what one has freed isn't there for another."""
    for what, (begins, piece) in TEXTS.items():
        with Shell(seconds=300) as shell:
            fill(shell, 'UTF-8', begins, piece)
            grows(shell, what, 't')
    with Shell(seconds=300) as shell:
        fill(shell, 'UTF-8', '$6$', 'a')
        grows(shell, 'as a blob', 'b')
    with Shell(seconds=300) as shell:
        fill(shell, 'UTF-16le', '$6$', 'a')
        grows(shell, 'in UTF-16', 't', copies=3)


# The longest texts in which a hash is sought that something stands around.
SOUGHT_BYTES = 800
SOUGHT = ['{MD5}', '{CRYPT.B64}', '{PBKDF2}$1$s$5$', '{ARGON2.HEX}', '$6$',
          '{ARGON2}$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$', '{SHA}=', "'{",
          '$y$j9T$ ', '{CRYPT.HEX}2431$']


def sought():
    """Where one might begin and end anywhere, it takes some milliseconds."""
    with Shell(seconds=300) as shell:
        for piece in SOUGHT:
            text = ('x' + piece * SOUGHT_BYTES)[:SOUGHT_BYTES]
            got = shell.run(f'SELECT CRYPT_KIND({quoted(text)})')
            tap.ok(got.text in ('plain', 'damaged') and got.seconds < 0.1,
                   f'{SOUGHT_BYTES} bytes of {piece}: {got.cost()}')


def would_be_found():
    """A statement that takes quadratic time, and one that makes a copy."""
    with Shell(seconds=300) as shell:
        slow = [shell.run(
            'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n '
            f'WHERE i < {size}) SELECT sum(length(substr('
            f"printf('%.*c', {size}, 'x'), i))) FROM n")
            for size in (1875, 30000)]
        tap.ok(too_much(*slow), f'quadratic time: {slow[1].cost()}, found')
        fill(shell, 'UTF-8', '', 'x')
        plain, copy = ([shell.run(f'SELECT length({what}) FROM {table}')
                        for table in ('small', 'large')]
                       for what in ("t GLOB 'b'", "t || 'x'"))
        tap.ok(too_much(*copy), f'a copy: {copy[1].cost()}, found')
        tap.ok(not too_much(*plain), 'and nothing without')


def is_linear(shell, what, sql, answer):
    got = shell.run(sql)
    if not tap.ok(got.seconds < 10 and answer in got.text
                  and got.mib < 1.1 * HUGE / (1 << 20),
                  f'500 MB, {what}: {got.cost()}'):
        tap.diag(got.text[:300])


def huge_values():
    with Shell(seconds=300) as shell:
        for sql, answer in (
                (f"CRYPT_VERIFY(zeroblob({HUGE}), {HASH})", '0'),
                (f"CRYPT(zeroblob({HUGE}))", 'NUL'),
                (f"CRYPT_INFO(zeroblob({HUGE})) IS NULL", '1'),
                (f"GEN_SALT(zeroblob({HUGE}))", 'unknown method'),
                (f"CRYPT_KIND(zeroblob({HUGE}))", 'plain'),
                (f"CRYPT_ONCE(zeroblob({HUGE}), 'bf', 4)", 'NUL'),
                (f"CRYPT_PROBLEM(zeroblob({HUGE}))", 'NUL'),
                (f"PASSWORD_PROBLEM(zeroblob({HUGE}))", 'NUL'),
                (f"POLICY_PROBLEM('bf', zeroblob({HUGE}))", 'the cost of'),
                (f"GEN_SALT('bf', zeroblob({HUGE}))", 'the cost of bcrypt'),
                (f"CRYPT_RELABEL({HASH}, zeroblob({HUGE}))", 'program'),
                (f"ADDRESS_PROBLEM(zeroblob({HUGE}))", 'no @'),
                (f"MAILDIR(zeroblob({HUGE})) IS NULL", '1')):
            is_linear(shell, sql.replace(HASH, 'hash'), 'SELECT ' + sql,
                      answer)
        for what, pad, sql, answer in (
                ('text as password', 'x', "CRYPT(printf('%0*d', {}, 0))",
                 'too long'),
                ('text as hash', 'x', "CRYPT_IS_HASH('{{SHA}}' || "
                 "printf('%0*d', {}, 0))", 'damaged')):
            got = shell.run('SELECT ' + sql.format(HUGE))
            if not tap.ok(got.seconds < 10 and answer in got.text,
                          f'500 MB, {what}: {got.cost()}'):
                tap.diag(got.text[:300])


would_be_found()
sought()
many_texts()
huge_values()
tap.finish()
