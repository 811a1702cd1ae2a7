#!/usr/bin/python3 -B
"""mailuser and what a tester found: each fault, and those of its kind."""
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from run import (ANN, BINARY, DB, DIR, ENVIRONMENT, JOE, USER, connect,
                 content, dump, fails, fresh, mailuser, sql, verifies)
from tap import contains, equal, finish, ok, skip


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
    inner = in_folder(0o777) + '/inner'
    os.mkdir(inner, 0o700)
    fails(['backup', inner + '/b.db'], 1,
          f'others may write to the folder {os.path.dirname(inner)}',
          'a folder further up')
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


def check_ignored():
    """A trigger of somebody's that drops a change without a word."""
    everything = [
        "INSERT INTO forwardings VALUES ('i@example.com', 'a@b.net'), "
        "('joe@example.com', 'joe@example.com,x@y.net')",
        "INSERT INTO transport VALUES ('a.net', 'smtp:x')",
        USER.format('off@example.com'),
        "UPDATE users SET active = 0 WHERE email = 'off@example.com'"]
    ignores = []
    for table in ['users', 'domains', 'forwardings', 'transport',
                  'password_policy']:
        for verb in ['INSERT', 'UPDATE', 'DELETE']:
            ignores.append(f'CREATE TRIGGER x{table}{verb} BEFORE {verb} ON '
                           f'{table} BEGIN SELECT RAISE(IGNORE); END')
    fresh(JOE, *everything, *ignores)
    for words in [['add', '--stdin', 'new@example.com'],
                  ['passwd', '--stdin', 'joe@example.com'],
                  ['name', 'joe@example.com', 'x'],
                  ['quota', 'joe@example.com', '1'],
                  ['delete', 'joe@example.com'],
                  ['delete', 'off@example.com'],
                  ['lock', 'joe@example.com'], ['disable', 'joe@example.com'],
                  ['enable', 'off@example.com'],
                  ['rename', 'joe@example.com', 'j@example.com'],
                  ['rename', 'off@example.com', 'j@example.com'],
                  ['alias', 'add', 'new@example.com', 'a@b.net'],
                  ['alias', 'add', 'i@example.com', 'c@d.net'],
                  ['alias', 'delete', 'i@example.com'],
                  ['alias', 'delete', 'i@example.com', 'a@b.net'],
                  ['forward', 'add', 'joe@example.com', 'c@d.net'],
                  ['forward', 'delete', 'joe@example.com'],
                  ['forward', 'delete', 'joe@example.com', 'x@y.net'],
                  ['transport', 'add', 'b.net', 'smtp:x'],
                  ['transport', 'delete', 'a.net'],
                  ['domain', 'add', 'b.net'],
                  ['domain', 'delete', 'example.org'],
                  ['policy', 'bcrypt', '5'], ['policy', '--strength', '1']]:
        fails(words, 1, 'nothing is changed: ', f'ignored: {words[:2]}',
              stdin=b'a password')
    fails(['import', '-'], 1, 'ignores 2 of 2 lines', 'ignored: import',
          stdin=b'a@example.com,x\nb@example.com,x\n')
    fails(['domain', 'delete', '--users', 'example.com'], 1, 'nothing is',
          'ignored: a domain and all in it')
    fresh('CREATE TRIGGER x BEFORE INSERT ON users WHEN NEW.email LIKE \'b%\' '
          'BEGIN SELECT RAISE(IGNORE); END')
    fails(['import', '-'], 1, 'ignores 1 of 2 lines', 'one of two',
          stdin=b'a@example.com,x\nb@example.com,x\n')


def check_output():
    """Nowhere to say it."""
    fresh(JOE)
    full = ['sh', '-c', 'exec "$@" >/dev/full', 'sh']
    closed = ['sh', '-c', 'exec "$@" >&-', 'sh']
    for words in [['quota', 'joe@example.com', '7M'],
                  ['passwd', '--generate', 'joe@example.com'],
                  ['backup', DIR + '/full.db']]:
        status, _, complaint = mailuser(*words, wrap=full)
        equal((status, complaint),
              (1, 'mailuser: the change is made, but standard output: No '
               'space left on device\n'), f'{words[0]}: it is made')
    equal(sql('SELECT quota FROM users'), [(7 << 20,)], 'it is')
    equal(mailuser('list', wrap=full)[2],
          'mailuser: standard output: No space left on device\n',
          'but not by list')
    for words in [['passwd', '--generate', 'joe@example.com'],
                  ['add', '--generate', 'new@example.com'], ['list'],
                  ['show', 'joe@example.com'], ['export'], ['policy'],
                  ['--json', 'quota', 'joe@example.com', '1'], ['--help'],
                  ['list', '--help'], ['--version']]:
        fails(words, 1, 'standard output is closed', f'closed: {words}',
              wrap=closed)
    equal(mailuser('quota', 'joe@example.com', '8M', wrap=closed)[0], 0,
          'what need not be said goes on')
    for option in [[], ['--json']]:
        for words in [['domain', 'add', b'\xff.net'],
                      ['add', '--generate', '--name', b'\xc3',
                       'new@example.com'], ['backup', DIR.encode() + b'/\xff'],
                      ['alias', 'add', 'x@example.com', 'a@b.net', b'\x80']]:
            fails([*option, *words], 1, "isn't UTF-8",
                  f'no UTF-8: {option} {words[0]}')
    ok(not os.path.exists(DIR.encode() + b'/\xff'), 'nothing is made')


def check_own_columns():
    fresh()
    for name in ['cost', 'method', 'strength', 'password_policy', 'domain']:
        sql(f'ALTER TABLE users ADD COLUMN {name} TEXT')
    equal(mailuser('columns')[0], 0, 'columns that are called as ours')
    equal(mailuser('add', '--stdin', 'joe@example.com', stdin=b'x')[0], 0,
          'add')
    sql("UPDATE users SET cost = 'a lot', method = 'by hand', domain = 'x'")
    shown = json.loads(mailuser('--json', 'show', 'joe@example.com')[1])
    equal((shown['method'], shown['cost'], shown['outdated']),
          ('bcrypt', 4, 0), 'show')
    good = DIR + '/own.db'
    mailuser('backup', good)
    equal(mailuser('restore', good)[0], 0, 'restore')


def check_aliases():
    fresh(JOE, ANN, "INSERT INTO forwardings VALUES "
          "('info@example.com', 'a@b.net'), "
          "('joe@example.com', 'joe@example.com,x@y.net')")
    because = ('Info@example.com is an alias that leads to a@b.net: delete it '
               'first, mailuser alias delete Info@example.com')
    for words in [['add', '--stdin', 'Info@example.com'],
                  ['rename', 'ann@example.com', 'Info@example.com'],
                  ['rename', 'joe@example.com', 'Info@example.com']]:
        fails(words, 1, because, f'{words[0]} onto an alias', stdin=b'x')
    status, _, complaint = mailuser(
        'import', '-', stdin=b'x@example.com,x\nINFO@example.com,x')
    equal((status, complaint.splitlines()[0]),
          (1, 'mailuser: line 2: the address is an alias: see mailuser alias'),
          'import onto an alias')
    sql("UPDATE forwardings SET destination = 'info@example.com,a@b.net' "
        "WHERE source = 'info@example.com'")
    equal(mailuser('import', '-', '--dry-run', stdin=b'info@example.com,x')[0],
          0, 'but not if the list leads to the user as well')
    mailuser('alias', 'delete', 'info@example.com')
    equal(mailuser('rename', 'joe@example.com', 'info@example.com')[0], 0,
          'without it')


def check_spaces():
    """Postfix takes any white space beside the commas."""
    listed = 'ann@example.com,\n\tJoe@example.com \r\n, b@c.net'
    for words, left in [
            (['delete', 'joe@example.com'], 'ann@example.com,b@c.net'),
            (['rename', 'joe@example.com', 'jo@example.com'],
             'ann@example.com,jo@example.com,b@c.net'),
            (['alias', 'delete', 't@example.com', '\tjoe@example.com\n'],
             'ann@example.com,b@c.net')]:
        fresh(JOE, 'DROP TRIGGER forwardings_insert',
              f"INSERT INTO forwardings VALUES ('t@example.com', '{listed}')")
        shown = json.loads(mailuser('--json', 'show', 'joe@example.com')[1])
        equal(shown['gets'], 't@example.com', 'a list with line ends')
        mailuser(*words)
        equal(sql('SELECT destination FROM forwardings'), [(left,)],
              f'{words[0]}: found in it')


def check_json():
    fresh(JOE, ANN, "UPDATE users SET name = CAST(x'61ff' AS TEXT) "
          "WHERE email = 'joe@example.com'",
          "UPDATE users SET name = x'00' WHERE email = 'ann@example.com'")
    for words in [['list'], ['export'], ['show', 'joe@example.com']]:
        status, said, complaint = mailuser('--json', *words)
        equal((status, complaint), (0, ''), f'{words[0]}: no UTF-8')
        rows = json.loads(said.encode('utf-8', 'surrogateescape'))
        equal([row['name'] for row in
               (rows if isinstance(rows, list) else [rows])],
              ["x'61FF'"] if words[0] == 'show' else ["x'00'", "x'61FF'"],
              'is in hexadecimal')
    fresh(JOE, 'DROP TRIGGER users_update_check',
          'DROP TRIGGER users_update_fill',
          "UPDATE users SET maildir = CAST(x'61ff2f' AS TEXT)")
    status, said, complaint = mailuser('--json', 'delete', 'joe@example.com')
    equal((status, complaint), (0, ''), 'delete: a maildir that is none')
    contains(said, "x'61FF2F'", 'and says which')


def check_export():
    fresh(JOE, ANN, 'DROP TRIGGER users_update_check',
          'DROP TRIGGER users_update_fill',
          "UPDATE users SET email = 'a\"b,c', maildir = NULL "
          "WHERE email = 'joe@example.com'")
    equal(mailuser('export')[1].splitlines()[0],
          '"a""b,c",10485760,"",1,""', 'export: quotes, and no maildir')
    for bad in ['x\nroot', 'x:y', 'x\ry']:
        sql('UPDATE users SET email = ?1 WHERE email NOT LIKE ?2', bad,
            'ann@%')
        for option in [[], ['--json']]:
            status, said, complaint = mailuser('export', '--dovecot', *option)
            equal((status, said.count('$2b$')), (1, 1),
                  f'--dovecot leaves out {bad!r}')
            contains(complaint, 'is left out', 'and names it')


def check_signals():
    """What is ignored when it starts stays ignored."""
    fresh(JOE)
    ignore = ['sh', '-c', 'trap "" INT HUP; exec "$@"', 'sh']
    holder = subprocess.Popen(
        [sys.executable, '-c', 'import sqlite3, sys\n'
         f'db = sqlite3.connect({DB!r}, isolation_level=None)\n'
         'db.execute("BEGIN")\n'
         'db.execute("SELECT * FROM users").fetchall()\n'
         'print("held", flush=True)\nsys.stdin.read()'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    with subprocess.Popen([*ignore, BINARY, 'quota', 'joe@example.com', '1'],
                          env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as run:
        time.sleep(0.7)
        run.send_signal(signal.SIGINT)
        time.sleep(0.1)
        holder.communicate()
        said, complaint = run.communicate(timeout=20)
    equal((run.returncode, complaint), (0, b''), 'SIGINT ignored: it goes on')
    csv = ''.join(f'u{i}@example.com,$1$saltsalt$9xy1btjgzLYfb7hivXtC//\n'
                  for i in range(20000))
    with open(DIR + '/many.csv', 'w', encoding='ascii') as file:
        file.write(csv)
    with subprocess.Popen([*ignore, BINARY, 'import', DIR + '/many.csv'],
                          env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as run:
        while not os.path.exists(DB + '-journal') and run.poll() is None:
            time.sleep(0.001)
        run.send_signal(signal.SIGHUP)
        said, complaint = run.communicate()
    equal((run.returncode, complaint), (0, b''),
          'nor in the middle of its transaction')
    os.makedirs(DIR + '/scripts', exist_ok=True)
    path = DIR + '/scripts/publish.sh'
    with open(path, 'w', encoding='ascii') as file:
        file.write('#!/bin/sh\ngrep SigIgn /proc/self/status >&2\n')
    os.chmod(path, 0o755)
    # A shell would need SIGCHLD itself.
    ignore = [sys.executable, '-c', 'import os, signal, sys\n'
              'signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n'
              'os.execv(sys.argv[1], sys.argv[1:])']
    status, said, complaint = mailuser(
        'domain', 'add', 'a.net', PUBLISHED='/srv/x.db', wrap=ignore,
        SCRIPTS=DIR + '/scripts')
    equal(status, 0, 'SIGCHLD ignored: the script is waited for')
    ignored = int(complaint.split()[-1], 16)
    ok(not ignored & (1 << 12) and not ignored & (1 << 24),
       'and has its SIGPIPE and SIGXFSZ')
    with open(DIR + '/large.csv', 'w', encoding='ascii') as file:
        file.write(csv.replace('u', 'v'))
    done = mailuser('import', DIR + '/large.csv',
                    wrap=['prlimit', '--fsize=4000000'])
    equal(done[:2], (1, ''), 'a limit of a file is an error, not the end')
    ok(not os.path.exists(DB + '-journal'), 'and leaves no journal')


def check_options():
    fresh(JOE)
    for words, because in [
            (['--pasword=Zebra5quilt', 'list'], 'no option --pasword ('),
            (['-pZebra5quilt', 'list'], 'no option -p ('),
            (['--generate=Zebra5quilt', 'list'], 'no value goes to --generate ('),
            (['list', '--x' + 'y' * 100], 'no option --xy')]:
        status, said, complaint = mailuser(*words)
        equal((status, said), (2, ''), f'usage: {words[0][:12]}')
        contains(complaint, because, 'and which')
        ok('Zebra' not in complaint, 'without what is behind it')


def check_locked():
    fresh(JOE, ANN)
    mailuser('lock', 'joe@example.com')
    equal(mailuser('check', '--stdin', 'joe@example.com', stdin=b'secret'),
          (1, 'no password fits: the user is locked\n', ''), 'check: locked')
    for words, stdin in [(['--stdin'], b'new one'), (['--generate'], b''),
                         (['--hash'], b'$1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
                         (['--hash'], b'!$1$saltsalt$9xy1btjgzLYfb7hivXtC//'),
                         (['--stdin'], b'new one')]:
        status, said, _ = mailuser('passwd', *words, 'joe@example.com',
                                   stdin=stdin)
        contains(said, 'has a new password, and is still locked',
                 f'passwd {words[0]} of one who is locked')
        ok(sql("SELECT password FROM users WHERE email = 'joe@example.com'")
           [0][0].startswith('!$'), 'he is')
    mailuser('unlock', 'joe@example.com')
    ok(verifies('joe@example.com', 'new one'), 'unlocked: the new one fits')
    mailuser('disable', 'ann@example.com')
    for stdin, said in [(b'secret', 'the password fits, but the user is '
                         'disabled\n'),
                        (b'x', "it doesn't fit, and the user is disabled\n")]:
        equal(mailuser('check', '--stdin', 'ann@example.com', stdin=stdin)[1],
              said, 'check: disabled')
    equal(json.loads(mailuser('--json', 'check', '--stdin', 'ann@example.com',
                              stdin=b'secret')[1]),
          {'fits': True, 'user': 'disabled'}, 'and in JSON')


def check_import():
    fresh()
    equal(mailuser('import', '-', stdin=b'joe@example.com,secret\r')[0], 0,
          'a CR at the end')
    ok(verifies('joe@example.com', 'secret'), 'is not of the password')


check_unsafe()
check_settings()
check_backup()
check_swapped()
check_restore()
check_ignored()
check_output()
check_own_columns()
check_aliases()
check_spaces()
check_json()
check_export()
check_signals()
check_options()
check_locked()
check_import()
finish()
