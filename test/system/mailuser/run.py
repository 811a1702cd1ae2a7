"""What the tests of mailuser have in common: a database, and runs of it."""
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(HERE + '/../../..')
sys.path.insert(0, os.path.join(ROOT, 'test/lib'))

from tap import contains, equal, ok

BINARY = os.path.join(ROOT, os.environ.get('BUILD', 'build'), 'mailuser')
EXTENSION = os.path.join(ROOT, 'mailfunc.so')
# A shell that was left at a terminal may still write into it at the end.
_FOLDER = tempfile.TemporaryDirectory(prefix='mailuser.',
                                      ignore_cleanup_errors=True)
DIR = os.path.realpath(_FOLDER.name)
DB = DIR + '/mail.db'
ENVIRONMENT = {'PATH': '/usr/bin:/bin', 'MAILDB': DB, 'MAILFUNC': EXTENSION,
               'MAILFUNC_CONF': '/dev/null/none', 'LC_ALL': 'C'}
# What runs in the background of a shell has it ignored, and mailuser would too.
signal.signal(signal.SIGINT, signal.default_int_handler)
CHEAP = "UPDATE password_policy SET method = 'bcrypt', cost = 4"
USER = ("INSERT INTO users(email, password) SELECT '{}', "
        "CRYPT('secret', method, cost) FROM password_policy")
JOE = USER.format('joe@example.com')
ANN = USER.format('ann@example.com')

with open(DIR + '/conf', 'w', encoding='utf-8') as _conf:
    _conf.write('# empty\n')
ENVIRONMENT['MAILFUNC_CONF'] = DIR + '/conf'


def connect(path=DB):
    """The extension comes with it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.enable_load_extension(True)
    db.load_extension(EXTENSION)
    db.text_factory = lambda text: text.decode('utf-8', 'surrogateescape')
    return db


def sql(statement, *values, path=DB):
    db = connect(path)
    rows = db.execute(statement, values).fetchall()
    db.close()
    return rows


def fresh(*statements, path=DB):
    """A new database with two domains, and whose hashes cost little."""
    for suffix in ['', '-journal', '-wal', '-shm']:
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    db = connect(path)
    with open(ROOT + '/sql/schema.sql', encoding='utf-8') as schema:
        db.executescript(schema.read())
    for statement in [CHEAP, "INSERT INTO domains VALUES ('example.com'), "
                      "('example.org')", *statements]:
        db.execute(statement)
    db.close()


def mailuser(*words, stdin=b'', wrap=(), **environment):
    """(status, what it says, its complaint). Given None, a variable is out."""
    env = {**ENVIRONMENT, **environment}
    done = subprocess.run(
        [*wrap, BINARY, *words], input=stdin, capture_output=True, check=False,
        env={name: value for name, value in env.items() if value is not None},
        timeout=120, start_new_session=True)
    return (done.returncode,
            done.stdout.decode('utf-8', 'surrogateescape'),
            done.stderr.decode('utf-8', 'surrogateescape'))


def fails(words, status, because, what, stdin=b'', **more):
    """One sentence, that status, and not a byte of the file is another."""
    before = content(DB) if os.path.exists(DB) else None
    got, said, complaint = mailuser(*words, stdin=stdin, **more)
    equal((got, said), (status, ''), f'{what}: status {status}')
    contains(complaint, because, f'{what}: why')
    ok(complaint.startswith('mailuser: ') and complaint.count('\n') == 1,
       f'{what}: one sentence')
    ok(before == (content(DB) if os.path.exists(DB) else None),
       f'{what}: nothing is done')
    return complaint


def dump(path=DB):
    db = connect(path)
    lines = list(db.iterdump())
    db.close()
    return lines


def content(path):
    with open(path, 'rb') as file:
        return file.read()


def verifies(email, password):
    """By the extension, not by the program that is tested."""
    return sql('SELECT CRYPT_VERIFY(?2, password) FROM users WHERE email = ?1',
               email, password) == [(1,)]
