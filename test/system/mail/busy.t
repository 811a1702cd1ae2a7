#!/usr/bin/python3 -B
"""mailfunc_busy.so and mailfunc_preload.so in programs without a daemon: what
they do to each way of opening a database, and what they leave alone.

MAILFUNC_LIBRARIES is the folder that has them, if not this one.
"""
import os
import re
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from tap import equal, finish

LIBRARIES = os.path.abspath(os.environ.get('MAILFUNC_LIBRARIES',
                                           HERE + '/../../..'))
WAYS = ['sqlite3_open', 'sqlite3_open16', 'sqlite3_open_v2']
MAILDIR = 'example.com/joe/'

SQLITE_ERROR = 1


def preloaded(library, *command):
    """Lines of output and errors together."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, 'LD_PRELOAD': f'{LIBRARIES}/{library}'})
    return (done.stdout + done.stderr).splitlines()


def opens(library, how):
    return preloaded(library, '/usr/bin/python3', '-B', HERE + '/opens.py',
                     how)


def check(library, maildir):
    good = [f'{way} :memory: 0 5000 {maildir}' for way in WAYS]
    # SQLITE_CANTOPEN is 14.
    bad = [f'{way} /no/such/file 14 None None' for way in WAYS]
    equal(opens(library, 'program'), good + bad,
          f'{library}: a connection waits 5 s; an error stays what it is')
    equal(opens(library, 'none'),
          [re.sub(' [0-9]+ .*', ' 1 None None', line) for line in good + bad],
          'where there is no SQLite, opening is an error')
    equal(opens(library, 'plugin'), [f'connect 0 250 {maildir}'],
          'in a plug-in, too; but a program that says how long, waits that')
    equal(preloaded(library, 'sqlite3', '-batch', '-init', '/dev/null',
                    ':memory:', 'PRAGMA busy_timeout'), ['5000'],
          'the shell configures SQLite as it wants to, without a warning')
    equal(preloaded(library, 'true'), [], 'another program is left alone')


def check_needed():
    """The one that has no functions needs no library of theirs."""
    needed = re.findall(r'NEEDED.*\[(.*?)\.so', subprocess.run(
        ['readelf', '-d', LIBRARIES + '/mailfunc_busy.so'],
        capture_output=True, text=True, check=True).stdout)
    equal(needed, ['libc'], 'mailfunc_busy.so needs the C library alone')


def check_loaded():
    """Into one connection, for a program that doesn't see what is preloaded."""
    with sqlite3.connect(':memory:') as db:
        db.enable_load_extension(True)
        db.load_extension(LIBRARIES + '/mailfunc_preload')
    with sqlite3.connect(':memory:') as db:
        equal(db.execute("SELECT MAILDIR('joe@example.com')").fetchall(),
              [(MAILDIR,)], 'loaded, it gives its functions to all '
              'connections from then on')


def check_loaded_in_vain():
    """Where there is no SQLite, or one that can't be found."""
    done = subprocess.run(
        [sys.executable, '-c', 'import ctypes, sys\n'
         'library = ctypes.CDLL(sys.argv[1])\n'
         'print(library.sqlite3_mailfuncpreload_init(None, None, None))',
         LIBRARIES + '/mailfunc_preload.so'], capture_output=True, text=True,
        timeout=30, check=False)
    equal(done.stdout, f'{SQLITE_ERROR}\n',
          'loaded where no SQLite is found, it says so')


check('mailfunc_busy.so', None)
check('mailfunc_preload.so', MAILDIR)
check_needed()
check_loaded()
check_loaded_in_vain()
finish()
