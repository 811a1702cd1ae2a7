#!/usr/bin/python3
"""What MariaDB's own programs dump, import-mysql.sh takes in, byte by byte.

A server with a private socket gets tables with all that a text can hold. Each
way to dump them gives the same rows in SQLite.
"""
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib', HERE + '/../mail']
sys.dont_write_bytecode = True

import tap

SEED = int(os.environ.get('SEED') or time.time())
NEEDED = ['mariadbd', 'mariadb', 'mariadb-install-db', 'mariadb-dump',
          'mysqldump']
# Texts of Windows-1252, so that a dump in latin1 can hold them.
TEXTS = ['secret', '', "it's", '"', '\\', "\\'", '\\n', '`', ',_binary ',
         ",_binary 'x'", "');", "'); --,\n.shell touch evil\n", '/* no', '*/',
         '-- ', '#', 'a\nb\r\n\tc', '\0', 'nul\0in\0it', '\x01\x02\x1a\x1b\x7f',
         'pässwörd', '€ „quoted“', '%', '\\%_', ' blanks ', 'x' * 5000, '0x41',
         'NULL', '\b\f\v', '$6$salt$', 'é' * 3000, '\ufeff'[1:] + 'ÿþ',
         "q'" * 3000, '\\' * 4097]
SCHEMA = '''
CREATE DATABASE mail CHARACTER SET utf8mb4;
USE mail;
CREATE TABLE domains(domain varchar(50) NOT NULL PRIMARY KEY);
CREATE TABLE forwardings(source varchar(80) PRIMARY KEY, destination text);
CREATE TABLE transport(domain varchar(128), transport varchar(128) NOT NULL
  DEFAULT '', UNIQUE KEY domain (domain));
CREATE TABLE users(id int AUTO_INCREMENT UNIQUE, email varchar(80) PRIMARY KEY,
  password text NOT NULL, quota int(10) DEFAULT '10485760',
  `of "mine"` varbinary(300), cost double,
  twice bigint AS (quota * 2) VIRTUAL, CONSTRAINT c CHECK (quota >= 0),
  KEY quota (quota));
CREATE TABLE log(id int AUTO_INCREMENT PRIMARY KEY, users text, b longblob);
CREATE VIEW everybody AS SELECT email FROM users;
CREATE FUNCTION f() RETURNS int RETURN 1;
DELIMITER //
CREATE TRIGGER t AFTER INSERT ON domains FOR EACH ROW BEGIN
INSERT INTO log(users) VALUES ('it''s; */ a text');
END //
CREATE PROCEDURE p() BEGIN
INSERT INTO users VALUES ('p', 'p', 1);
END //
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM users; END //
DELIMITER ;
'''
# Options, and what must be said where the dump can't be read.
WAYS = [
    '', '--skip-extended-insert', '--complete-insert', '--hex-blob',
    '--complete-insert --hex-blob --skip-extended-insert',
    '--no-create-info --complete-insert', '--skip-quote-names --hex-blob',
    '--compatible=ansi', '--compatible=ansi --complete-insert',
    '--default-character-set=latin1', '--default-character-set=utf8',
    '--default-character-set=utf8mb4', '--compact', '--skip-opt',
    '--insert-ignore', '--replace', '--skip-comments --skip-add-locks',
    '--order-by-primary --single-transaction --no-autocommit',
    '--net-buffer-length=4096', '--add-drop-table --add-drop-trigger',
    '--routines --events --triggers --databases',
    '--routines --events --add-drop-database --databases',
]
ALL = '--all-databases --routines --events'


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.data = folder + '/data'
        self.socket = folder + '/socket'
        user = [] if os.getuid() else ['--user=root']
        subprocess.run(['mariadb-install-db', '--no-defaults', *user,
                        '--auth-root-authentication-method=normal',
                        '--skip-test-db', '--datadir=' + self.data],
                       check=True, capture_output=True, timeout=120)
        with open(folder + '/log', 'wb') as log:
            self.process = subprocess.Popen(
                ['mariadbd', '--no-defaults', *user, '--skip-networking',
                 '--datadir=' + self.data, '--socket=' + self.socket,
                 '--pid-file=' + folder + '/pid', '--innodb-flush-method=fsync',
                 '--innodb-flush-log-at-trx-commit=0'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait()

    def wait(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if not self.client('SELECT 1').returncode:
                return
            time.sleep(0.1)
        with open(self.folder + '/log', encoding='utf-8') as log:
            tap.give_up('mariadbd does not start\n' + log.read())

    def client(self, sql):
        return subprocess.run(
            ['mariadb', '--no-defaults', '-uroot', '--socket=' + self.socket,
             '--default-character-set=utf8mb4'],
            input=sql.encode(), capture_output=True, timeout=60, check=False)

    def sql(self, sql):
        done = self.client(sql)
        if done.returncode:
            tap.give_up('mariadb failed\n' + done.stderr.decode())

    def dump(self, program, options):
        done = subprocess.run(
            [program, '--no-defaults', '-uroot', '--socket=' + self.socket,
             *options], capture_output=True, timeout=60, check=False)
        if done.returncode:
            tap.give_up(f'{program} failed\n{done.stderr.decode()}')
        return done.stdout

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def hex_of(value):
    return 'NULL' if value is None else f"x'{value.hex()}'"


def random_text(rng):
    return ''.join(rng.choice('\'\\"`;,()%_-#/*\n\r\t\0\x01\x1aaZ0é€')
                   for _ in range(rng.randrange(1, 40)))


def make_rows(rng):
    """The rows of users, in the order of their addresses."""
    texts = TEXTS + [random_text(rng) for _ in range(300)]
    rows = []
    for number, text in enumerate(texts):
        quota = None if number % 7 == 0 else number * 1000
        own = None if number % 5 == 0 else rng.randbytes(number % 300)
        rows.append((number + 1, f'u{number:04}@example.com', text, quota, own,
                     number / 4 - 2,
                     None if quota is None else 2 * quota))
    return rows


def fill(server, rows):
    server.sql(SCHEMA + 'SET NAMES utf8mb4; SET SQL_MODE = "";' + ''.join(
        'INSERT INTO users(id, email, password, quota, `of "mine"`, cost) '
        f"VALUES ({number}, '{email}', {hex_of(text.encode())}, "
        f"{quota or 'NULL'}, {hex_of(own)}, {cost});\n"
        for number, email, text, quota, own, cost, _ in rows) + '''
        UPDATE users SET quota = 0 WHERE email = 'u0001@example.com';
        INSERT INTO domains VALUES ('example.com'), ('example.org');
        INSERT INTO forwardings VALUES ('info@example.com',
          'joe@example.com, ann@example.com'), ('o''hara@example.com', '\\\\');
        INSERT INTO transport VALUES ('example.net', 'smtp:[192.0.2.1]:25');
        INSERT INTO log(users, b) VALUES
          ('INSERT INTO `users` VALUES (1);', repeat(0x27005c0a, 100000)),
          (NULL, repeat('x', 3000000));''')


def take_in(dump, folder):
    """Status, what is said, and the database."""
    path = folder + '/new.db'
    if os.path.exists(path):
        os.unlink(path)
    done = subprocess.run(['sh', 'sql/import-mysql.sh', '-', path], input=dump,
                          capture_output=True, timeout=120, check=False)
    said = (done.stdout + done.stderr).decode(errors='replace')
    return done.returncode, said, path


def content(path):
    with sqlite3.connect(path) as db:
        db.text_factory = bytes
        found = [list(row) for row in db.execute('''
            SELECT id, CAST(email AS BLOB), CAST(password AS BLOB), quota,
              CAST("of ""mine""" AS BLOB), cost, twice FROM users
            ORDER BY email''')]
        others = [db.execute(f'SELECT * FROM {table} ORDER BY 1').fetchall()
                  for table in ('domains', 'forwardings', 'transport')]
        types = db.execute('SELECT DISTINCT typeof(password) FROM users')
        return found, others, types.fetchall()


def check(dump, rows, folder, what):
    status, said, path = take_in(dump, folder)
    tap.equal((status, said),
              (0, f'taken in: 2 domains, {len(rows)} users, 2 forwardings, '
               '1 transport\n'), what)
    if status:
        return
    found, others, types = content(path)
    wanted = [[number, email.encode(), text.encode(), quota, own, cost, twice]
              for number, email, text, quota, own, cost, twice in rows]
    wrong = [(got, want) for got, want in zip(found, wanted) if got != want]
    tap.equal(wrong[:2], [], what + ': each value is what it was')
    tap.equal(types, [(b'text',)], what + ': passwords are text')
    tap.equal(others, [
        [(b'example.com',), (b'example.org',)],
        [(b'info@example.com', b'joe@example.com, ann@example.com'),
         (b"o'hara@example.com", b'\\')],
        [(b'example.net', b'smtp:[192.0.2.1]:25')]], what + ': the rest')


def check_refused(dump, part, folder, what):
    status, said, path = take_in(dump, folder)
    tap.equal((status, os.path.exists(path)), (1, False), what)
    tap.contains(said, part, what + ': says why')


def main():
    tap.diag(f'SEED={SEED}')
    rng = random.Random(SEED)
    folder = tempfile.mkdtemp(prefix='mailfunc.')
    server = Server(folder)
    try:
        rows = make_rows(rng)
        fill(server, rows)
        rows[1] = rows[1][:3] + (0,) + rows[1][4:6] + (0,)
        for way in WAYS:
            check(server.dump('mariadb-dump', way.split() + ['mail']), rows,
                  folder, 'mariadb-dump ' + way)
        check(server.dump('mysqldump', ['mail']), rows, folder, 'mysqldump')
        check(server.dump('mysqldump', ALL.split()), rows, folder,
              'mysqldump ' + ALL)
        server.sql("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'")
        check(server.dump('mysqldump', ['mail']), rows, folder,
              'a server without backslash escapes')
        check_refused(server.dump('mysqldump', ['--xml', 'mail']),
                      'line 1: a statement that is none of a dump\n', folder,
                      'mysqldump --xml')
        check_refused(server.dump('mysqldump', ['--no-data', 'mail']),
                      'the table users has no rows', folder,
                      'mysqldump --no-data')
        check_refused(server.dump('mysqldump', ['--no-create-info', 'mail']),
                      'make the dump with --complete-insert', folder,
                      'own columns and no names of them')
        check_refused(server.dump('mysqldump', ['mail', 'domains']),
                      'there is no table users', folder, 'without users')
        server.sql('CREATE DATABASE other; USE other; '
                   'CREATE TABLE users(email text);')
        check_refused(server.dump('mysqldump',
                                  ['--databases', 'mail', 'other']),
                      'the table users of a second database', folder,
                      'two databases')
    finally:
        server.stop()
        shutil.rmtree(folder)
    tap.finish()


missing = [name for name in NEEDED if not shutil.which(name)]
if missing:
    tap.give_up('programs are missing: ' + ' '.join(missing) +
                '\napt-get install $(cat test/system/programs/packages)')
main()
