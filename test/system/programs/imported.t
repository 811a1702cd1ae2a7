#!/usr/bin/python3
"""A PostfixAdmin database with hashes of every age, imported: whoever Courier
can let in, Courier's own authdaemond lets in, and nobody with another word.
"""
import glob
import os
import re
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib', HERE + '/../mail']
sys.dont_write_bytecode = True

import private
import programs
import tap

SOURCE, DATABASE = '/srv/postfixadmin.db', '/srv/imported.db'
IMPORT = '''.load ../mailfunc
.read schema.sql
.parameter init
.parameter set :passwords "'hashed'"
ATTACH '/srv/postfixadmin.db' AS source;
.read import-postfixadmin.sql
'''
SPELLED = re.compile(rb'[ -~\x80-\xff]+')


def formats():
    """One (password, hash) of each method and label; authtest takes no
    control characters."""
    found = {}
    for name in sorted(glob.glob('test/vectors/*.tsv')):
        with open(name, encoding='ascii') as file:
            rows = [line.rstrip('\n').split('\t') for line in file
                    if not line.startswith('#')]
        for _, method, word, stored in rows:
            password = bytes.fromhex(word)
            if SPELLED.fullmatch(password) and len(password) < 72:
                label = re.match(r'\{.*?\}|', stored)[0].lower()
                found.setdefault((method, label), (password, stored))
    return list(found.values())


def make_source(pairs):
    with sqlite3.connect(SOURCE) as db:
        db.executescript('''CREATE TABLE domain(domain);
            CREATE TABLE alias(address, goto);
            CREATE TABLE mailbox(username, password);
            INSERT INTO domain VALUES ('example.com');''')
        db.executemany('INSERT INTO mailbox VALUES (?, ?)', [
            (f'u{number}@example.com', stored)
            for number, (_, stored) in enumerate(pairs)])


def run_import():
    return programs.run('sqlite3', '-batch', '-init', '/dev/null', DATABASE,
                        input=IMPORT.encode(), cwd='sql').decode()


def imported(pairs):
    """(password, what is stored now, can Courier?) of each user."""
    with sqlite3.connect(DATABASE) as db:
        db.enable_load_extension(True)
        db.load_extension('./mailfunc.so')
        db.text_factory = bytes
        rows = dict(db.execute('SELECT email, password FROM users'))
        can = dict(db.execute("""SELECT email,
            json_extract(CRYPT_INFO(password), '$.courier') FROM users"""))
        ask = 'SELECT CRYPT_VERIFY(?, CAST(? AS TEXT))'
        return [(password, rows[email], can[email],
                 db.execute(ask, (password, rows[email])).fetchone()[0])
                for number, (password, _) in enumerate(pairs)
                for email in [f'u{number}@example.com'.encode()]]


def main():
    pairs = formats()
    tap.ok(len(pairs) >= 20, f'{len(pairs)} formats')
    make_source(pairs)
    out = run_import()
    tap.contains(out, f'taken in: {len(pairs)} users', 'all come in')
    users = imported(pairs)
    courier = programs.Courier()
    right = courier.verify([(user[0], user[1]) for user in users])
    wrong = courier.verify([(user[0] + b'x', user[1]) for user in users
                            if not re.match(rb'\{CRYPT\}.{13}$', user[1])])
    for user, let_in in zip(users, right):
        name = user[1][:24].decode()
        tap.equal(user[3], 1, f'CRYPT_VERIFY: {name}')
        tap.equal(int(let_in), user[2], f'Courier: {name}')
    tap.ok(sum(right) >= 20, f'{sum(right)} log in through Courier')
    tap.ok(not any(wrong), 'nobody does with another password')
    tap.finish()


missing = programs.missing_packages()
if missing:
    tap.give_up('packages are missing: ' + ' '.join(missing))
private.NEEDED = ['unshare']
private.COPIED = ['/etc', '/var/lib/courier']
private.enter()
main()
