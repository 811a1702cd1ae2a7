#!/usr/bin/python3 -B
"""mailuser and bad input: passwords, databases, settings, disks, scripts."""
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from run import (BINARY, DB, DIR, ENVIRONMENT, EXTENSION, JOE, ROOT,
                 connect, content, fails, fresh, mailuser, sql, verifies)
from tap import contains, equal, finish, ok, skip


def check_stdin():
    fresh(JOE)
    for stdin, because in [
            (b'', 'nothing came'), (b'\n', 'empty'), (b'a\0b\n', 'NUL'),
            (b'\0', 'NUL'), (b'x' * 512, '511'), (b'x' * 73, '72'),
            (b'x' * 20000, 'too long'), (b'a\nb\n', 'more than one line'),
            (b'a\n\n', 'more than one line'), (b'a\r\n', 'carriage return')]:
        if because == '511':
            sql("UPDATE password_policy SET method = 'sha256crypt', "
                'cost = 1000')
        for words in [['passwd', '--stdin', 'joe@example.com'],
                      ['add', '--stdin', 'new@example.com']]:
            said = fails(words, 1, because, f'{words[0]}: {stdin[:9]!r}',
                         stdin=stdin)
            ok('x' * 20 not in said, 'without the password')
        if because == '511':
            sql("UPDATE password_policy SET method = 'bcrypt', cost = 4")
    for stdin in [b'\xff\xfe', b'\xc3', b'\xed\xa0\x80', b"'; --", b'$(id)`',
                  b' \t ', b'--', b'-', b'x' * 72, b'a\r', b'\x1b[2J']:
        equal(mailuser('passwd', '--stdin', 'joe@example.com',
                       stdin=stdin + b'\n')[0], 0 if stdin != b'a\r' else 1,
              f'a password {stdin[:9]!r}')
        ok(verifies('joe@example.com', stdin) == (stdin != b'a\r'), 'is it')
    for closed in ['<&-', '<&- >&- 2>&-']:
        before = content(DB)
        done = subprocess.run(
            ['sh', '-c', f'"$0" passwd --stdin joe@example.com {closed}',
             BINARY], env=ENVIRONMENT, capture_output=True, check=False)
        equal(done.returncode, 1, f'{closed}: status 1')
        ok(content(DB) == before, 'and nothing is done')
    fails(['passwd', 'joe@example.com'], 1, 'terminal', 'no terminal',
          stdin=b'secret\nsecret\n')
    status, _, complaint = mailuser('passwd', '--generate', 'joe@example.com',
                                    wrap=['sh', '-c', 'exec "$@" >/dev/full',
                                          'sh'])
    equal(status, 1, 'a full standard output: status 1')
    contains(complaint, 'standard output: No space left', 'and why')


def hold(lock):
    """Somebody with a lock, until his input ends. Another process: whoever
    closes the file loses all locks that his own process has on it."""
    holder = subprocess.Popen(
        [sys.executable, '-c', 'import sqlite3, sys\n'
         f'db = sqlite3.connect({DB!r}, isolation_level=None)\n'
         f'db.execute("BEGIN {lock}")\nprint("held", flush=True)\n'
         'sys.stdin.read()'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    return holder


def check_databases():
    fresh(JOE)
    good = content(DB)
    words = ['quota', 'joe@example.com', '1M']
    fails(words, 1, 'which database?', 'none is set', MAILDB=None)
    fails(words, 1, 'there is no such database', 'no file',
          MAILDB=DIR + '/none.db')
    ok(not os.path.exists(DIR + '/none.db'), 'and none is made')
    fails(words, 1, '', 'a folder', MAILDB=DIR)
    fails(words, 1, 'extension', 'no extension', MAILFUNC=DIR + '/none.so')
    fails(words, 1, 'extension', 'a library that is none',
          MAILFUNC=sys.executable)
    for name in [':memory:', 'file::memory:', '']:
        fails(words, 1, '', f'no file: {name!r}', MAILDB=name)
    for lock in ['IMMEDIATE', 'EXCLUSIVE']:
        holder = hold(lock)
        start = time.time()
        fails(words, 1, 'database is locked', f'locked: {lock}')
        ok(4 < time.time() - start < 12, 'after some seconds')
        timer = threading.Timer(2, holder.stdin.close)
        timer.start()
        equal(mailuser(*words)[0], 0, 'a lock of two seconds is waited for')
        timer.join()
        holder.wait()
    equal(mailuser('list', '--quiet', MAILDB=os.path.relpath(DB))[1],
          'joe@example.com\n', 'a relative path')
    check_schemas(words)
    with open(DB, 'wb') as file:
        file.write(good)
    read_only(words)


def check_schemas(words):
    old = DIR + '/old.db'
    with open(ROOT + '/test/sql/schema/schema-0.1.0.sql',
              encoding='utf-8') as schema:
        connect(old).executescript(schema.read())
    fails(words, 1, 'upgrade.sql', 'an older schema', MAILDB=old)
    sql('CREATE TABLE t(a)', path=DIR + '/other.db')
    fails(words, 1, "isn't a mail database", 'another schema',
          MAILDB=DIR + '/other.db')
    for table in ['domains(domain)', 'users(email, password, quota)',
                  'forwardings(source, destination)',
                  'transport(domain, transport)']:
        sql('CREATE TABLE ' + table, path=DIR + '/tutorial.db')
    fails(words, 1, 'adopt.sql', "the tutorial's", MAILDB=DIR + '/tutorial.db')
    with open(DIR + '/text.db', 'w', encoding='utf-8') as file:
        file.write('no database' * 100)
    fails(words, 1, 'not a database', 'no database', MAILDB=DIR + '/text.db')
    with open(DIR + '/empty.db', 'w', encoding='utf-8') as file:
        file.write('')
    fails(words, 1, "isn't a mail database", 'an empty file',
          MAILDB=DIR + '/empty.db')
    sql('DELETE FROM users')
    sql('DROP TRIGGER password_policy_delete')
    sql('DELETE FROM password_policy')
    fails(['add', '--stdin', 'a@example.com'], 1, 'password_policy',
          'no policy', stdin=b'x')


def read_only(words):
    """As somebody who may read the file, in a folder of somebody else's."""
    if os.getuid() != 0:
        skip('only root can be somebody else')
        return
    os.chmod(DIR, 0o755)
    os.chmod(DB, 0o644)
    # He need not be able to enter the folder of these sources.
    extension = shutil.copy(EXTENSION, DIR)
    be = {'wrap': ['setpriv', '--reuid=65534', '--clear-groups'],
          'MAILFUNC': extension}
    fails(words, 1, 'readonly', 'who may only read it', **be)
    equal(mailuser('list', '--quiet', **be)[1], 'joe@example.com\n',
          'can read it')
    os.chmod(DB, 0o600)
    fails(words, 1, 'unable to open database', 'who may not', **be)


def check_full():
    """A disk of 200 KiB, and one that is full."""
    fresh(JOE)
    name = DIR + '/disk'
    os.mkdir(name)
    script = f'''mount -t tmpfs -o size=200k none {name} &&
        cp {DB} {name}/mail.db && cd {name} &&
        sha256sum mail.db >/dev/shm/before.$$ &&
        {{ head -c 1M /dev/zero >fill 2>/dev/null; true; }} &&
        MAILDB={name}/mail.db {BINARY} "$@"; status=$?
        sha256sum --status -c /dev/shm/before.$$ || echo changed
        ls; rm /dev/shm/before.$$; exit $status'''
    csv = ''.join(f'u{i}@example.com,pw\n' for i in range(100)).encode()
    for words, stdin in [(['import', '-'], csv), (['backup', 'b.db'], b''),
                         (['add', '--stdin', 'x@example.com'], b'pw')]:
        done = subprocess.run(
            ['unshare', '-m', 'sh', '-c', script, 'sh', *words],
            env=ENVIRONMENT, input=stdin, capture_output=True, check=False)
        if b'unshare' in done.stderr or b'mount' in done.stderr:
            skip('no namespaces here')
            return
        equal((done.returncode, done.stdout), (1, b'fill\nmail.db\n'),
              f'{words[0]}: a full disk: nothing is done or left')
        contains(done.stderr.decode(), 'full' if words[0] != 'backup' else '',
                 'and why')


def check_settings():
    fresh(JOE)
    conf = DIR + '/test.conf'

    def written(text, mode=0o644):
        with open(conf, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(conf, mode)

    written(f'# a comment\n\nMAILDB={DB}\nMAILFUNC={EXTENSION}  \r\n'
            'VMAIL=\n')
    only = {'MAILFUNC_CONF': conf, 'MAILDB': None, 'MAILFUNC': None}
    equal(mailuser('list', '--quiet', **only), (0, 'joe@example.com\n', ''),
          'all from the file')
    equal(mailuser('list', MAILFUNC_CONF=conf, MAILDB='/none')[0], 1,
          'the environment wins')
    for line, because in [('MAILD=/x', 'the names are'), ('nonsense', "isn't"),
                          ('MAILDB = /x', 'the names are'),
                          ('MAILDB=x', 'absolute'),
                          ('MAILDB="/x"', 'absolute'),
                          ('READER=cyrus', 'courier or dovecot'),
                          (' MAILDB=/x', 'the names are'),
                          ('=/x', 'the names are')]:
        written(f'MAILDB={DB}\n{line}\n')
        said = fails(['list'], 1, because, f'a line {line}', **only)
        contains(said, f'{conf}, line 2: ', 'and where')
    for mode in [0o664, 0o646]:
        written(f'MAILDB={DB}\n', mode)
        fails(['list'], 1, 'nobody else may write', f'mode {mode:o}', **only)
    written(f'MAILDB={DB}\n')
    if os.getuid() == 0:
        os.chown(conf, 65534, 65534)
        fails(['list'], 1, "root's or yours", "somebody else's", **only)
    fails(['list'], 1, 'No such file', 'none', MAILFUNC_CONF='/none')
    fails(['list'], 1, "nobody else may", 'a folder', MAILFUNC_CONF=DIR)


def check_signals():
    """Ctrl-C while it waits for a lock, and a reader that went away."""
    fresh(JOE)
    before = content(DB)
    holder = hold('IMMEDIATE')
    with subprocess.Popen([BINARY, 'quota', 'joe@example.com', '1'],
                          env=ENVIRONMENT, stderr=subprocess.PIPE) as run:
        time.sleep(0.5)
        run.send_signal(2)
        status = run.wait(timeout=20)
    ok(status != 0, f'interrupted while it waits: status {status}')
    holder.communicate()
    ok(content(DB) == before and not os.path.exists(DB + '-journal'),
       'nothing is done, and no journal left')
    # And in the middle of its transaction.
    csv = ''.join(f'u{i}@example.com,$1$saltsalt$9xy1btjgzLYfb7hivXtC//\n'
                  for i in range(20000)).encode()
    with open(DIR + '/many.csv', 'wb') as file:
        file.write(csv)
    with subprocess.Popen([BINARY, 'import', DIR + '/many.csv'],
                          env=ENVIRONMENT, stderr=subprocess.PIPE) as run:
        while not os.path.exists(DB + '-journal') and run.poll() is None:
            time.sleep(0.001)
        run.send_signal(2)
        complaint = run.communicate()[1].decode()
    equal((run.returncode, complaint),
          (-2, 'mailuser: interrupted, nothing is changed\n'),
          'interrupted in the middle: it says so')
    ok(content(DB) == before and not os.path.exists(DB + '-journal'),
       'nothing is done, and no journal left')
    done = subprocess.run(
        ['bash', '-c', '"$0" --help | head -c 10 >/dev/null; '
         'echo ${PIPESTATUS[0]}', BINARY], env=ENVIRONMENT,
        capture_output=True, check=False)
    ok(done.stdout in (b'0\n', b'1\n'), 'a reader that went away')


def memory(pid):
    """All that the process could read of its own."""
    found = b''
    with open(f'/proc/{pid}/maps', encoding='ascii') as maps, \
            open(f'/proc/{pid}/mem', 'rb', 0) as mem:
        for line in maps:
            area, mode = line.split()[:2]
            if not mode.startswith('rw') or '[v' in line:
                continue
            start, end = (int(part, 16) for part in area.split('-'))
            mem.seek(start)
            found += mem.read(end - start)
    return found


def check_memory():
    """While it waits for a lock the password is hashed, and gone."""
    fresh(JOE)
    secret = b'Zebra5quilt' + b'"Vex*Jumbo'
    for words, stdin in [
            (['passwd', '--stdin', 'joe@example.com'], secret + b'\n'),
            (['add', '--stdin', 'ann@example.com'], secret),
            (['import', '-'], b'eve@example.com,"%s"\n' %
             secret.replace(b'"', b'""'))]:
        holder = hold('IMMEDIATE')
        with subprocess.Popen([BINARY, *words], env=ENVIRONMENT,
                              stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as run:
            run.stdin.write(stdin)
            run.stdin.close()
            time.sleep(1)
            # A lock is waited for so many times: not while it is looked at.
            run.send_signal(signal.SIGSTOP)
            try:
                held = memory(run.pid)
                ok(b'example.com' in held and secret not in held,
                   f'{words[0]}: no password in its memory')
            except PermissionError:
                skip('who is not root may not look')
            holder.communicate()
            run.send_signal(signal.SIGCONT)
            equal(run.wait(), 0, 'and it goes on')


def threads(pid):
    return len(os.listdir(f'/proc/{pid}/task'))


def check_beside():
    """While import hashes, others read and write as if it weren't there."""
    fresh(JOE, "UPDATE password_policy SET method = 'bcrypt', cost = 12")
    lines = 16 * len(os.sched_getaffinity(0))
    csv = ''.join(f'u{i}@example.com,password {i}\n' for i in range(lines))
    other = connect()
    other.execute('PRAGMA busy_timeout = 0')
    with subprocess.Popen([BINARY, 'import', '-'], env=ENVIRONMENT,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as run:
        run.stdin.write(csv.encode())
        run.stdin.close()
        # It has threads from its first hash to its last.
        while threads(run.pid) == 1 and run.poll() is None:
            time.sleep(0.001)
        other.execute('BEGIN EXCLUSIVE')
        other.execute('UPDATE users SET quota = 7')
        other.execute('COMMIT')
        read = other.execute('SELECT count(*), sum(quota) FROM users')
        ok(read.fetchone() == (1, 7) and threads(run.pid) > 1 and
           run.poll() is None, 'import hashes: another reads and writes')
        other.close()
        equal((run.stdout.read(), run.stderr.read(), run.wait()),
              (b'users -: %d added\n' % lines, b'', 0), 'and it goes on')
    equal(sql("SELECT count(*), sum(password GLOB '$2b$12$*') FROM users "
              "WHERE email GLOB 'u*'"), [(lines, lines)], 'by the policy')
    ok(verifies('u7@example.com', 'password 7') and
       verifies(f'u{lines - 1}@example.com', f'password {lines - 1}'),
       'each with its own password')
    equal(sql("SELECT quota FROM users WHERE email = 'joe@example.com'"),
          [(7,)], 'and what was written meanwhile stays')
    sql('DROP TRIGGER password_policy_delete')
    sql('DELETE FROM password_policy')
    fails(['import', '-'], 1, 'password_policy has no row', 'no policy',
          stdin=b'x@example.com,x\n')


def script(name, body):
    path = f'{DIR}/scripts/{name}'
    with open(path, 'w', encoding='utf-8') as file:
        file.write('#!/bin/sh\n' + body)
    os.chmod(path, 0o755)


def check_scripts():
    """Which is run when, with what, and what if it fails."""
    fresh(JOE)
    os.mkdir(DIR + '/scripts')
    log = DIR + '/log'
    both = {'VMAIL': '/srv/vmail', 'PUBLISHED': '/srv/maps.db',
            'SCRIPTS': DIR + '/scripts'}
    for name in ['maildirs.sh', 'publish.sh']:
        script(name, f'echo "${{0##*/}} $*" >>{log}; cat >>{log}; echo noise')
    maildirs = f'maildirs.sh {DB} /srv/vmail\n'
    publish = f'publish.sh {DB} /srv/maps.db\n'
    for words, due in [
            (['add', '--stdin', 'ann@example.com'], maildirs + publish),
            (['quota', 'ann@example.com', '1M'], maildirs + publish),
            (['passwd', '--stdin', 'ann@example.com'], ''),
            (['lock', 'ann@example.com'], ''),
            (['disable', 'ann@example.com'], publish),
            (['quota', 'ann@example.com', '2M', '--dry-run'], ''),
            (['domain', 'add', 'example.net'], publish),
            (['alias', 'add', 'a@example.com', 'x@y.net'], publish),
            (['transport', 'add', 'a.net', 'smtp:x'], publish),
            (['rename', 'ann@example.com', 'anna@example.com'], publish),
            (['delete', 'anna@example.com'], publish),
            (['delete', 'anna@example.com'], ''), (['list'], ''),
            (['policy', 'bcrypt', '5'], '')]:
        with open(log, 'w', encoding='utf-8') as file:
            file.write('')
        _, said, noise = mailuser(*words, stdin=b'a password', **both)
        equal(content(log).decode(), due, f'{words[0]}: runs what is due')
        ok('noise' not in said, 'whose words are not an answer')
    equal('noise' in mailuser('domain', 'add', 'b.net', **both)[2], True,
          'but are seen')
    mailuser('quota', 'joe@example.com', '3M', READER='dovecot', **both)
    ok('maildirs' not in content(log).decode(),
       'READER=dovecot: there is nothing to make')
    mailuser('domain', 'add', 'c.net', FORMAT='cdb', **both)
    ok(content(log).decode().endswith(
        publish.replace('\n', ' cdb\n')),
       'FORMAT is handed on')
    contains(mailuser('domain', 'add', 'd.net', FORMAT='hash', **both)[2],
             'FORMAT in the environment must be sqlite, cdb or lmdb',
             'one that is none is refused')
    script('maildirs.sh', 'exit 1')
    status, said, complaint = mailuser('quota', 'joe@example.com', '4M',
                                       **both)
    equal((status, said), (1, 'user joe@example.com: the quota is 4194304\n'),
          'one that fails: status 1')
    contains(complaint, 'the change is made, but ' + DIR +
             '/scripts/maildirs.sh failed', 'and a sentence')
    ok(content(log).decode().endswith(publish), 'and the other is run')
    os.remove(DIR + '/scripts/maildirs.sh')
    contains(mailuser('quota', 'joe@example.com', '5M', **both)[2],
             "isn't there", 'one that is missing')
    equal(sql('SELECT quota FROM users'), [(5 << 20,)], 'and it is changed')


def check_dry_run():
    fresh(JOE)
    before = content(DB)
    for words in [['add', '--generate', 'new@example.com'],
                  ['passwd', '--stdin', 'joe@example.com'],
                  ['lock', 'joe@example.com'], ['disable', 'joe@example.com'],
                  ['quota', 'joe@example.com', '1'],
                  ['name', 'joe@example.com', 'x'],
                  ['rename', 'joe@example.com', 'j@example.com', '--forward'],
                  ['delete', 'joe@example.com'], ['domain', 'add', 'a.net'],
                  ['domain', 'delete', '--users', 'example.com'],
                  ['alias', 'add', 'a@example.com', 'x@y.net'],
                  ['forward', 'add', 'joe@example.com', 'x@y.net'],
                  ['transport', 'add', 'a.net', 'x'], ['policy', 'yescrypt'],
                  ['columns'], ['import', '-']]:
        stdin = b'new@example.com,x' if words[0] == 'import' else b'x'
        for option in [['--json'], []]:
            status, said, complaint = mailuser('--dry-run', *option, *words,
                                               stdin=stdin)
            equal((status, complaint), (0, ''), f'--dry-run {words[:2]}')
            ok(json.loads(said)['done'] is False if option else
               said.startswith('would have: '), 'says so')
        ok(content(DB) == before, 'and not a byte is another')


check_stdin()
check_databases()
check_full()
check_settings()
check_signals()
check_memory()
check_beside()
check_scripts()
check_dry_run()
finish()
