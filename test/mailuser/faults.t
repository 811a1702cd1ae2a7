#!/usr/bin/python3 -B
"""mailuser and what a tester found: each fault, and those of its kind."""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from run import (BINARY, DB, DIR, ENVIRONMENT, EXTENSION, ROOT, connect,
                 content, dump, fresh, mailuser, sql, verifies)
from tap import contains, equal, finish, ok, skip

USER = ("INSERT INTO users(email, password) SELECT '{}', "
        "CRYPT('secret', method, cost) FROM password_policy")
JOE = USER.format('joe@example.com')
ANN = USER.format('ann@example.com')


def fails(words, status, because, what, **more):
    """One sentence, that status, and not a byte of the file is another."""
    before = content(DB)
    got, said, complaint = mailuser(*words, **more)
    equal((got, said), (status, ''), f'{what}: status {status}')
    contains(complaint, because, f'{what}: why')
    ok(complaint.startswith('mailuser: ') and complaint.count('\n') == 1,
       f'{what}: one sentence')
    ok(before == content(DB), f'{what}: nothing is done')


def check_unsafe():
    """Bytes of a name that a terminal would obey."""
    fresh(JOE)
    for name, shown in [("x'e2'", '?'), ("x'9b'", '?'), ("x'c2'", '?'),
                        ("x'c29b'", '?'), ("x'e280ae'", '?'),
                        ("x'e281a6'", '?'), ("x'eda080'", '???'),
                        ("x'e280af'", '\u202f'), ("x'c3bc'", '\u00fc')]:
        sql(f"UPDATE users SET name = CAST('a' || {name} AS TEXT)")
        contains(mailuser('show', 'joe@example.com')[1], f'name: a{shown}\n',
                 f'a name that ends with {name}')
        sql(f"UPDATE users SET name = CAST('a' || {name} || 'b' AS TEXT)")
        contains(mailuser('show', 'joe@example.com')[1], f'name: a{shown}b\n',
                 'or has it inside')


def check_settings():
    fresh(JOE)
    conf = DIR + '/test.conf'
    with open(conf, 'w', encoding='utf-8') as file:
        file.write('READER=\nMAILFUNC=\nSCRIPTS=\nVMAIL=\n')
    os.chmod(conf, 0o600)
    words = ['quota', 'joe@example.com', '1M']
    for name in ['READER', 'MAILFUNC', 'SCRIPTS', 'MAILFUNC_CONF']:
        status, said, complaint = mailuser(
            *words, VMAIL='/srv/vmail', MAILFUNC_CONF=conf, **(
                {name: ''} if name != 'MAILFUNC_CONF' else {}))
        ok(status in (0, 1), f'{name} is empty: no crash')
        ok(' /maildirs.sh' not in complaint, 'and no script of the root')
        if name == 'MAILFUNC' and status == 1:
            ok("can't be loaded" in complaint or '/maildirs.sh' in complaint,
               'the preset is meant')
    for name, value, because in [
            ('READER', 'zathura', 'courier or dovecot'),
            ('VMAIL', 'vmail', 'an absolute path'),
            ('PUBLISHED', './x.db', 'an absolute path'),
            ('SCRIPTS', '.', 'an absolute path'),
            ('MAILFUNC', 'mailfunc.so', 'an absolute path')]:
        fails(words, 1, f'{name} in the environment must be {because}',
              f'{name}={value}', **{name: value})
    os.mkfifo(DIR + '/fifo')
    fails(words, 1, 'nobody else may', 'settings that are a pipe',
          MAILFUNC_CONF=DIR + '/fifo')
    fails(words, 1, "isn't a file", 'a database that is one',
          MAILDB=DIR + '/fifo')
    fails(['restore', DIR + '/fifo'], 1, "isn't a file", 'a backup')
    os.remove(DIR + '/fifo')


def in_folder(mode, owner=0):
    """A new folder of that mode and owner."""
    in_folder.count = getattr(in_folder, 'count', 0) + 1
    path = f'{DIR}/folder{in_folder.count}'
    os.mkdir(path)
    os.chmod(path, mode)
    if os.getuid() == 0:
        os.chown(path, owner, owner)
    return path


def check_backup():
    fresh(JOE)
    for mode, status in [(0o775, 1), (0o757, 1), (0o777, 1), (0o1777, 0),
                         (0o755, 0), (0o700, 0)]:
        folder = in_folder(mode)
        got, _, complaint = mailuser('backup', folder + '/b.db')
        equal(got, status, f'backup into a folder of mode {mode:o}')
        ok(status == 0 or f'the folder {folder}' in complaint, 'named')
    if os.getuid() == 0:
        folder = in_folder(0o755, 65534)
        fails(['backup', folder + '/b.db'], 1,
              f"{folder} is neither root's nor yours", "somebody else's")
    os.symlink(in_folder(0o777), DIR + '/link')
    fails(['backup', DIR + '/link/b.db'], 1, 'others may write', 'by a link')
    path = in_folder(0o700) + '/c.db'
    with open(path + '.new', 'wb'):
        pass
    fails(['backup', path], 1, 'c.db.new is there already: a backup runs, or '
          'one was killed and has left it; then delete it', 'FILE.new')
    for suffix in ['-journal', '-wal', '-shm']:
        for option in [['--force'], []]:
            fails(['backup', *option, DB + suffix], 1,
                  'a part of the mail database', f'a backup as {suffix}')
    for name in ['file:x.db', 'file:x.db?mode=memory', ':memory:', '-x.db']:
        done = subprocess.run([BINARY, 'backup', '--', name], cwd=folder_of(),
                              env=ENVIRONMENT, capture_output=True,
                              check=False)
        equal((done.returncode, done.stdout.decode()),
              (0, f'backup {name}: made, of {DB}\n'), f'a FILE {name}')
        equal(dump(f'{folder_of()}/{name}'), dump(), 'is that file')
        done = subprocess.run([BINARY, 'restore', '--', name],
                              cwd=folder_of(), env=ENVIRONMENT,
                              capture_output=True, check=False)
        equal((done.returncode, done.stderr), (0, b''), 'and is restored')


def folder_of():
    path = DIR + '/names'
    os.makedirs(path, exist_ok=True)
    return path


def check_swapped():
    """Somebody swaps FILE.new while it is made."""
    fresh(JOE)
    path = in_folder(0o700) + '/b.db'
    script = (f'#include <stdio.h>\n#include <unistd.h>\n'
              'int fsync(int f) { (void)f; '
              f'unlink("{path}.new"); symlink("/etc/passwd", "{path}.new"); '
              'return 0; }\n')
    with open(DIR + '/swap.c', 'w', encoding='utf-8') as file:
        file.write(script)
    built = subprocess.run(['cc', '-shared', '-fPIC', '-w', '-o',
                            DIR + '/swap.so', DIR + '/swap.c'], check=False)
    if built.returncode != 0:
        skip('no compiler')
        return
    status, _, complaint = mailuser('backup', path,
                                    LD_PRELOAD=DIR + '/swap.so')
    equal(status, 1, 'another file in its place: status 1')
    contains(complaint, 'something else in the place of', 'and why')
    ok(not os.path.lexists(path), 'and it is not taken')


def check_restore():
    fresh(JOE)
    good = DIR + '/good.db'
    mailuser('backup', good)
    wal = DIR + '/was?wal%.db'
    with open(wal, 'wb') as file:
        file.write(content(good))
    sql('PRAGMA journal_mode = WAL', path=wal)
    equal(content(wal)[18], 2, 'a backup in WAL mode')
    before = content(wal)
    mailuser('delete', 'joe@example.com')
    equal(mailuser('restore', wal)[0], 0, 'is restored')
    equal((content(DB)[18], sql('SELECT email FROM users')),
          (1, [('joe@example.com',)]), 'and the mode is as before')
    ok(content(wal) == before and not os.path.exists(wal + '-wal') and
       not os.path.exists(wal + '-shm'), 'nothing is left beside it')
    holder = connect(wal)
    holder.execute("UPDATE users SET name = 'x'")
    fails(['restore', wal], 1, 'PRAGMA journal_mode = DELETE',
          'one with a WAL')
    holder.close()
    small = DIR + '/small.db'
    mailuser('backup', small)
    sql('PRAGMA page_size = 1024', path=small)
    db = connect(small)
    db.execute('PRAGMA page_size = 1024')
    db.execute('VACUUM')
    db.close()
    sql('PRAGMA journal_mode = WAL')
    fails(['restore', small], 1, 'page size', 'another page size')
    sql('PRAGMA journal_mode = DELETE')
    equal(mailuser('restore', small)[0], 0, 'but not without WAL')
    for statement in ['DROP TABLE transport', 'DROP TABLE password_policy',
                      'ALTER TABLE users RENAME COLUMN name TO n']:
        fresh()
        for (name,) in sql("SELECT name FROM sqlite_master "
                           "WHERE type = 'trigger'"):
            sql(f'DROP TRIGGER {name}')
        sql(statement)
        equal((mailuser('restore', good)[0], dump()), (0, dump(good)),
              f'the database needs no schema: {statement}')
    fresh()
    db = connect()
    db.execute('PRAGMA writable_schema = ON')
    db.execute("UPDATE sqlite_master SET sql = 'nonsense' "
               "WHERE name = 'transport'")
    db.close()
    equal((mailuser('restore', good)[0], dump()), (0, dump(good)),
          'a schema that is damaged')
    for statements in [['DROP TRIGGER users_insert_hash'],
                       ['DROP TRIGGER users_update_hash'],
                       ['ALTER TABLE transport RENAME TO t',
                        'CREATE VIEW transport AS SELECT * FROM t']]:
        poor = DIR + '/poor.db'
        mailuser('backup', '--force', poor)
        for statement in statements:
            sql(statement, path=poor)
        fails(['restore', poor], 1, 'apply schema.sql to it first',
              statements[-1])


check_unsafe()
check_settings()
check_backup()
check_swapped()
check_restore()
finish()
