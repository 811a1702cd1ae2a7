#!/usr/bin/python3
"""doctor.sql, adopt.sql and publish.sql on a file that somebody made to do
harm: they end, soon, with a report or an error, and leave it as it was.

Bounded is what grows with the file. A view that goes on forever is bounded by
nothing in SQL; who runs these on a stranger's file has ulimit -t for that.
test/system/admin has what they do with files that are merely broken.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']
sys.dont_write_bytecode = True

import tap
from hashes import (argon2, bcrypt, pbkdf2, scrypt, sha256crypt, sha512crypt,
                    yescrypt)
from shell import SQLITE3, quoted

TOP = os.getcwd()
SECONDS = 30
ABSURD = [argon2(2**32 - 1, 2**32 - 1, 2**24 - 1), scrypt(63, 2**30 - 1, 1),
          sha512crypt(999999999), sha256crypt(999999999), bcrypt(31),
          pbkdf2(2**32 - 1), yescrypt(63, 1), '{SHA.HEX}' + 'z' * 500,
          '!' * 500, '{CRYPT}' * 70, '$1$' + 'x' * 500, '\ufffd' * 100]
TUTORIAL = """
    CREATE TABLE domains(domain); CREATE TABLE forwardings(source, destination);
    CREATE TABLE transport(domain, transport);
    INSERT INTO domains VALUES ('example.com');
    CREATE TABLE users(email, password, quota);"""
COUNT = '(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n ' \
        'WHERE i < {}) SELECT i FROM n)'


def shell(*arguments, text='', folder='sql'):
    """What it says, seconds of a core, and MiB at the peak, of them and of
    whatever it has started."""
    with tempfile.TemporaryFile('w+b') as out, \
            tempfile.TemporaryFile('w+b') as commands:
        commands.write(text.encode())
        commands.seek(0)
        process = subprocess.Popen(
            ['timeout', str(2 * SECONDS), SQLITE3, '-batch', '-init',
             '/dev/null', *arguments],
            stdin=commands, stdout=out, stderr=subprocess.STDOUT, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode('utf-8', 'replace')
    seconds = usage.ru_utime + usage.ru_stime
    if process.returncode in (124, 137):
        seconds = 2 * SECONDS
    return said, seconds, usage.ru_maxrss / 1024


def admin(path, *commands):
    return shell('-cmd', f'.load "{TOP}/mailfunc"', path, *commands)


def doctor(path):
    return admin(path, '.read doctor.sql')


def adopt(path):
    return admin(path, '.parameter init',
                 '.parameter set :passwords "\'plain\'"', '.read adopt.sql')


def publish(path):
    """As publish.sh does, into a file that is thrown away."""
    with open('sql/publish.sql') as script:
        return shell('-bail', path + '.copy', '-cmd', '.parameter init', '-cmd',
                     f'.parameter set @maildb "\'{path}\'"', text=script.read())


def content(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def run(what, tool, path, *parts, mib=256):
    """It ends, having said all of the parts, and the file is as it was."""
    before = content(path)
    said, seconds, peak = tool(path)
    good = (seconds < SECONDS and peak < mib
            and all(part in said for part in parts)
            and content(path) == before)
    if not tap.ok(good, f'{tool.__name__}, {what}: {seconds:.2f} s of a core, '
                  f'{peak:.0f} MiB'):
        tap.diag(said[:1000])
        tap.diag('changed' if content(path) != before else '')
    for end in ('.copy', '.copy-journal'):
        if os.path.exists(path + end):
            os.unlink(path + end)


def made(folder, name, sql, schema=False):
    path = f'{folder}/{name}.db'
    said, *_ = admin(path, *(['.read schema.sql', """UPDATE password_policy
        SET method = 'argon2id', cost = 'm=8,t=1,p=1';
        INSERT INTO domains VALUES ('example.com');
        INSERT INTO users(email, password) VALUES ('joe@example.com', 'x')"""]
        if schema else []), sql)
    if said:
        tap.give_up(f'{name} could not be made\n{said}')
    return path


def views(folder):
    """In place of the tables, asking for the most that a text can ask for."""
    calls = ', '.join(f"CRYPT_VERIFY('x', {quoted(h)})" for h in ABSURD)
    path = made(folder, 'views', f"""
        CREATE VIEW domains AS SELECT 'example.com' AS domain;
        CREATE VIEW users AS SELECT 'joe@example.com' AS email,
            coalesce({calls}) AS password, 1 AS quota, 'x/' AS maildir;
        CREATE TRIGGER users_insert_hash INSTEAD OF INSERT ON users
            BEGIN SELECT CRYPT('x', {quoted(ABSURD[0])}); END;
        CREATE VIEW forwardings AS SELECT CRYPT('x', {quoted(ABSURD[1])})
            AS source, 'x' AS destination;
        CREATE VIEW transport AS SELECT MAILDIR(zeroblob(100000000)) AS domain,
            'x' AS transport""")
    run('views', doctor, path, 'it is a view, not a table', 'the limit is')
    run('views', adopt, path, 'has been adopted already')
    run('views', publish, path, 'no such function')
    path = made(folder, 'fewer', """
        CREATE VIEW users AS SELECT 'joe@example.com' AS email,
            CRYPT('x', CRYPT('x')) AS password, 1 AS quota""")
    run('a view without maildir', adopt, path, 'it is a view, not a table',
        'nothing was changed')


def rows(folder):
    """100,000 users with absurd hashes."""
    each = ', '.join(f'({i}, {quoted(h)})' for i, h in enumerate(ABSURD))
    path = made(folder, 'rows', TUTORIAL + f"""
        INSERT INTO users WITH h(k, hash) AS (VALUES {each})
            SELECT 'u' || i || '@example.com', hash, 1
            FROM {COUNT.format(100000)} JOIN h ON k = i % {len(ABSURD)}""")
    run('100,000 absurd hashes', doctor, path, 'asks for', 'the limit is',
        'error|users|u100000@example.com|')
    run('100,000 absurd hashes', adopt, path, 'nothing was changed',
        'asks for', 'the limit for storing is',
        'u100000@example.com')


def texts(folder):
    """What grew with the square of a text, or of the number of rows."""
    path = made(folder, 'texts', f"""
        DROP TRIGGER users_insert_fill;
        INSERT INTO forwardings SELECT 'list@example.com',
            replace(hex(zeroblob(2000000)), '00', 'a,') || 'a';
        INSERT INTO forwardings SELECT 'a' || i || '@example.com',
            'a' || (i + 1) || '@example.com' FROM {COUNT.format(20000)};
        INSERT INTO forwardings VALUES ('x@example.com', 'y@example.com'),
            ('y@example.com', 'x@example.com')""", schema=True)
    said, *_ = shell(path, text='CREATE TRIGGER users_insert_fill AFTER INSERT '
                     'ON users BEGIN SELECT 1; /* ' + 'x' * 900000
                     + '*/ END;\n')
    tap.ok(said == '', 'a trigger of 900 kB is made')
    run('long texts and chains', doctor, path,
        'users_insert_fill||this trigger is not the one of schema.sql',
        'x@example.com|leads back to itself',
        'not all ways have been followed')
    run('long texts', publish, path, 'ok')
    path = made(folder, 'long', TUTORIAL + """
        INSERT INTO users VALUES
          (replace(hex(zeroblob(5000000)), '00', '@'), 'x', 1),
          ('b@example.com', replace(hex(zeroblob(5000000)), '00', '!'), 1),
          ('c@example.com', '{' || hex(zeroblob(5000000)), 1),
          ('d@example.com', '$' || hex(zeroblob(5000000)), 1),
          ('e@example.com', CAST(zeroblob(5000000) AS TEXT), 1);
        INSERT INTO domains VALUES (hex(zeroblob(5000000)))""")
    run('values of 10 MB', doctor, path, 'before the @ is over 64 bytes',
        'error|domains|', mib=1024)
    run('values of 10 MB', adopt, path, 'nothing was changed', mib=1024)


def names(folder):
    """What schema.sql would pass over, and what hides crypt_methods."""
    path = made(folder, 'names', TUTORIAL + """
        INSERT INTO users VALUES ('joe@example.com', 'secret', 1);
        CREATE TABLE other(x);
        CREATE TRIGGER Users_Insert_Hash AFTER INSERT ON other
            BEGIN SELECT 1; END;
        CREATE INDEX users_maildir ON other(x);
        CREATE VIEW crypt_methods AS SELECT 'yescrypt' AS name, 1 AS creates,
            0 AS min_cost, 99 AS max_cost, 511 AS max_password_bytes;
        CREATE TABLE password_policy(method, cost);
        INSERT INTO password_policy VALUES ('argon2id', 'm=8,t=1,p=1')""")
    run('names that are taken', adopt, path, 'nothing was changed',
        *(f'error|{table}|{name}|this {kind} is in the way' for table, name,
          kind in (('other', 'Users_Insert_Hash', 'trigger'),
                   ('other', 'users_maildir', 'index'),
                   ('crypt_methods', 'crypt_methods', 'view'),
                   ('password_policy', 'password_policy', 'table'))))
    run('a view hides crypt_methods', doctor, path,
        'this view hides the crypt_methods of mailfunc')


def columns(folder):
    """Tables whose columns compute."""
    path = made(folder, 'columns', f"""
        CREATE TABLE domains(domain DEFAULT (CRYPT('x', {quoted(ABSURD[0])})));
        CREATE TABLE forwardings(source, destination,
            CHECK (CRYPT_VERIFY('x', source) IS NOT 2));
        CREATE TABLE transport(domain, transport);
        CREATE TABLE users(email, password, quota,
            computed AS (CRYPT_VERIFY('x', password)));
        CREATE INDEX slow ON users(email)
            WHERE CRYPT_INFO(password) IS NOT NULL;
        INSERT INTO domains VALUES ('example.com');
        INSERT INTO users VALUES
            ('joe@example.com', {quoted(ABSURD[9])}, 1)""")
    run('computed columns', doctor, path, 'error|users|joe@example.com')
    run('computed columns', adopt, path, 'nothing was changed')
    run('computed columns', publish, path, 'no such')


def main():
    with tempfile.TemporaryDirectory() as folder:
        for attack in (views, rows, texts, names, columns):
            attack(folder)
    tap.finish()


main()
