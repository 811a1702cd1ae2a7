#!/usr/bin/python3
"""Whole files that somebody made to do harm: views, triggers, defaults,
constraints, computed columns and indexes that call the functions, tables that
are named like ours, texts in no encoding, pages with random damage.

What SQL alone can do isn't ours: a view can go on forever without us. Ours is
that no call costs more than the limits say (see cost.t), that SQLite's own
rules hold for the functions as for its own, and that nothing ends the process.

SEED (printed) makes the damage the same again; DAMAGED (150) is how many files
are damaged.
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']
sys.dont_write_bytecode = True

import tap
from hashes import argon2, scrypt, sha512crypt
from shell import SQLITE3, Shell, quoted

GOOD = '$1$saltsalt$9xy1btjgzLYfb7hivXtC//'     # of 'secret'
DEAR = [argon2(2**32 - 1, 2**32 - 1, 2**24 - 1), scrypt(63, 2**30 - 1, 1),
        sha512crypt(999999999)]

# Each calls with what is far over the limits, and is refused at once. What
# makes it, what sets it off.
OVER = [
    ('a view', 'CREATE VIEW v AS SELECT CRYPT_VERIFY(\'x\', {h}) AS a',
     'SELECT * FROM v'),
    ('a trigger', "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t "
     "BEGIN UPDATE t SET a = CRYPT('x', {h}); END",
     'INSERT INTO t VALUES (1)'),
    ('a default', "CREATE TABLE t(a, b DEFAULT (CRYPT('x', {h})))",
     'INSERT INTO t(a) VALUES (1)'),
    ('a CHECK', "CREATE TABLE t(a CHECK (CRYPT_VERIFY('x', a) = 0))",
     'INSERT INTO t VALUES ({h})'),
    ('a computed column', "CREATE TABLE t(a, b AS (CRYPT('x', a)) STORED)",
     'INSERT INTO t VALUES ({h})'),
    ('a column computed when read', 'CREATE TABLE t(a); INSERT INTO t VALUES '
     "({h}); ALTER TABLE t ADD COLUMN b AS (CRYPT('x', a))",
     'SELECT b FROM t'),
    ('an index', "CREATE TABLE t(a); CREATE INDEX i ON t(CRYPT_VERIFY('x', a))",
     'INSERT INTO t VALUES ({h})'),
    ('a partial index', 'CREATE TABLE t(a); CREATE INDEX i ON t(a) '
     'WHERE CRYPT_IS_HASH(a)', 'INSERT INTO t VALUES ({h})'),
    ('REINDEX', 'CREATE TABLE t(a); INSERT INTO t VALUES ({h})',
     "CREATE INDEX i ON t(CRYPT_VERIFY('x', a))"),
]

# What SQLite forbids to functions that give something else each time.
FORBIDDEN = [
    ('a computed column', 'CREATE TABLE t(a, b AS (CRYPT(a)))'),
    ('an index', 'CREATE INDEX i ON plain(CRYPT(a))'),
    ('a partial index', "CREATE INDEX i ON plain(a) WHERE GEN_SALT('bf') = a"),
]

FUNCTIONS = [
    "CRYPT({0}, {1})", "CRYPT_VERIFY({0}, {1})", "CRYPT_IS_HASH({0})",
    "CRYPT_INFO({0})", "CRYPT_NEEDS_REHASH({0}, 'bf')",
    "CRYPT_NEEDS_REHASH({1}, 'bf', {0})", "CRYPT_RELABEL({0}, 'dovecot')",
    "GEN_SALT({0})", "GEN_SALT('bf', {0})", "MAILDIR({0})", "DOMAIN_OF({0})",
    "LOCAL_PART_OF({0})", "ADDRESS_PROBLEM({0})", "CRYPT_KIND({0})",
    "CRYPT_PROBLEM({0})", "VERIFY_PROBLEM({0})", "PASSWORD_PROBLEM({0}, 'bf')",
    "POLICY_PROBLEM({0}, {1})", "CRYPT_ONCE({1})", "CRYPT({0}, 'bf', 4)",
    "MAILDIR_PROBLEM({0})", "FORWARDING_PROBLEM({0}, {1})",
    "TABLE_COLUMNS({0})",
]


def over():
    for what, make, use in OVER:
        texts = []
        said, seconds, mib = set(), 0, 0
        for schema in ('ON', 'OFF'):
            for stored in map(quoted, DEAR):
                with Shell(address_space=256 << 20) as shell:
                    shell.tell(f'PRAGMA trusted_schema = {schema};')
                    shell.tell(make.format(h=stored) + ';')
                    answer = shell.run(use.format(h=stored))
                texts.append(answer.text)
                said.add(any(why in answer.text for why in (
                    'the limit is', 'the limit for storing is', 'damaged')))
                seconds = max(seconds, answer.seconds)
                mib = max(mib, answer.mib)
        if not tap.ok(said == {True} and seconds < 0.05 and mib < 4,
                      f'{what}: refused in {seconds:.4f} s, {mib:.1f} MiB'):
            tap.diag('\n'.join(texts))


def rules():
    with Shell() as shell:
        shell.tell('CREATE TABLE plain(a);')
        for what, sql in FORBIDDEN:
            tap.contains(shell.run(sql).text,
                         'non-deterministic functions prohibited', what)
        shell.tell(f"CREATE TABLE t(pw, hash, ok AS (CRYPT(pw, hash) = hash)); "
                   f"CREATE INDEX i ON t(CRYPT_VERIFY(pw, hash)); "
                   f"INSERT INTO t VALUES ('secret', {quoted(GOOD)}), "
                   f"('Secret', {quoted(GOOD)});")
        tap.equal(shell.tell('SELECT ok, pw FROM t WHERE '
                             'CRYPT_VERIFY(pw, hash) = 1;'), ['1|secret'],
                  'a computed column and an index of what is deterministic')
        tap.equal(shell.tell('PRAGMA integrity_check;'), ['ok'],
                  'and SQLite finds them as they were written')


def names():
    """Tables don't get in the way of functions; that of the methods is only
    for looking at, so who hides it hides it from people."""
    with Shell() as shell:
        for name in ('CRYPT', 'CRYPT_VERIFY', 'MAILDIR', 'GEN_SALT',
                     'crypt_methods'):
            shell.tell(f'CREATE TABLE {name}(name, creates, max_cost);')
        shell.tell("INSERT INTO crypt_methods VALUES ('bcrypt', 1, 31);")
        tap.equal(shell.tell("SELECT MAILDIR('a@b.c'), CRYPT_VERIFY('secret', "
                             f"{quoted(GOOD)});"), ['b.c/a/|1'],
                  'tables named like the functions')
        tap.contains(shell.run("SELECT GEN_SALT('bf', 18)").text,
                     'from 4 to 17', 'a table named crypt_methods')
    with Shell() as shell:
        shell.tell('CREATE TABLE log(a);')
        shell.tell('CREATE VIEW users AS SELECT 1 AS email, 2 AS password, '
                   '3 AS quota, 4 AS maildir;')
        shell.tell('CREATE TRIGGER r INSTEAD OF INSERT ON users BEGIN '
                   'INSERT INTO log VALUES (NEW.password); END;')
        said = shell.tell('.read sql/schema.sql')
        tap.contains(said, 'views may not be indexed',
                     'schema.sql refuses a view in the place of users')
        tap.equal(shell.tell('SELECT count(*) FROM log;'),
                  ['0'], 'and nothing is written')


def bytes_in_no_encoding(chance):
    """Texts that are none, as a file can have them, to every function."""
    pieces = ['', '00', 'ff', 'c3', 'c328', 'eda080', 'f4908080', 'f8888080',
              'efbfbe', 'd800', '00d8', '00dc00d8', 'dc00d800', '61', '0061',
              '6100', '4000', '0040', 'fffe', 'feff',
              GOOD.encode().hex(), GOOD.encode('utf-16-le').hex(),
              'joe@example.com'.encode('utf-16-be').hex(),
              'joe@example.com'.encode('utf-16-le').hex(),
              'joe@example.com'.encode().hex()]
    texts = pieces + [''.join(chance.choices(pieces, k=3)) for _ in range(60)]
    for encoding in ('UTF-8', 'UTF-16le', 'UTF-16be'):
        with Shell() as shell:
            shell.tell(f"PRAGMA encoding = '{encoding}'; CREATE TABLE t(a);")
            for text in texts:
                shell.tell(f"INSERT INTO t VALUES (CAST(x'{text}' AS TEXT));")
            asked = answered = 0
            for rowid in range(1, len(texts) + 1):
                value = f'(SELECT a FROM t WHERE rowid = {rowid})'
                for function in FUNCTIONS:
                    said = shell.tell('SELECT quote(' + function.format(
                        value, quoted(GOOD)) + ');')
                    asked += 1
                    answered += said is not None and len(said) > 0
            bad = shell.tell("SELECT hex(a) FROM t WHERE MAILDIR(a) GLOB "
                             "'*[^ -~]*' OR instr(MAILDIR(a), char(0)) OR "
                             "MAILDIR(a) NOT GLOB '?*/?*/';")
            good = shell.tell('SELECT count(*) FROM t WHERE MAILDIR(a) = '
                              "'example.com/joe/';")
        tap.ok(asked == answered and bad == [] and good not in (['0'], None),
               f'{encoding}: {asked} calls with texts in no encoding')


def damaged(chance, files):
    """Random bytes of a file with users, views, indexes, computed columns are
    changed, and all of it is read. SQLite may complain; it mustn't crash."""
    script = """.load ./mailfunc
PRAGMA trusted_schema = {};
SELECT count(*), 'read' FROM users WHERE CRYPT_VERIFY('secret', password)
  OR MAILDIR(email) <> maildir OR ADDRESS_PROBLEM(email);
SELECT * FROM v;
SELECT * FROM t INDEXED BY i WHERE CRYPT_VERIFY(a, b) >= 0;
UPDATE users SET password = 'secret' WHERE email > 'm';
INSERT INTO users(email, password) VALUES ('new@example.com', 'secret');
PRAGMA integrity_check(5);
"""
    codes, read, complained, slowest = [], 0, 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        whole = f'{folder}/whole.db'
        path = f'{folder}/damaged.db'
        with Shell(whole) as shell:
            shell.tell('PRAGMA page_size = 512;')
            shell.tell('.read sql/schema.sql')
            shell.tell("UPDATE password_policy SET method = 'argon2id', "
                       "cost = 'm=8,t=1,p=1'; "
                       "INSERT INTO domains VALUES ('example.com');")
            for i in range(30):
                shell.tell('INSERT INTO users(email, password) VALUES '
                           f"('u{i}@example.com', 'secret');")
            shell.tell('CREATE VIEW v AS SELECT CRYPT_INFO(password), '
                       "CRYPT_RELABEL(password, 'dovecot') FROM users;")
            shell.tell('CREATE TABLE t(a, b, c AS (CRYPT_IS_HASH(a))); '
                       'CREATE INDEX i ON t(CRYPT_VERIFY(a, b));')
            shell.tell(f"INSERT INTO t VALUES ('secret', {quoted(GOOD)}), "
                       f"('x', {quoted(GOOD)});")
        with open(whole, 'rb') as file:
            image = file.read()
        for number in range(files):
            bytes_ = bytearray(image)
            for _ in range(chance.randint(1, 4)):
                # the header's first bytes only make it no database
                at = chance.randrange(24, len(bytes_))
                bytes_[at] = chance.choice([0, 255, chance.randrange(256),
                                            bytes_[at] ^ 1])
            with open(path, 'wb') as file:
                file.write(bytes_)
            began = time.monotonic()
            done = subprocess.run(
                ['timeout', '60', SQLITE3, '-batch', '-init', '/dev/null',
                 path], input=script.format('OFF' if number % 2 else 'ON')
                .encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            slowest = max(slowest, time.monotonic() - began)
            codes.append(done.returncode)
            read += b'|read' in done.stdout
            complained += b'malformed' in done.stdout or \
                b'CRYPT' in done.stdout
            if done.returncode not in (0, 1):
                shutil.copy(path, '/tmp/mailfunc-damaged.db')
                tap.diag(f'file {number} ended with {done.returncode}: '
                         '/tmp/mailfunc-damaged.db')
    tap.ok(set(codes) <= {0, 1}, f'{files} damaged files: none ends the '
           f'process, the slowest took {slowest:.1f} s')
    tap.ok(read > files / 8 and complained > files / 10,
           f'of {read} the users were read, {complained} led to an error')


def main():
    seed = int(os.environ.get('SEED', time.time()))
    tap.diag(f'SEED={seed}')
    chance = random.Random(seed)
    over()
    rules()
    names()
    bytes_in_no_encoding(chance)
    damaged(chance, int(os.environ.get('DAMAGED', 150)))
    tap.finish()


main()
