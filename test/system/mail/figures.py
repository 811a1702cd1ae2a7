"""Memory and times, printed for the reader."""
import contextlib
import glob
import os
import sqlite3
import subprocess
import threading
import time

from clients import Smtp, imap_login, together, wait_until
from stack import DB, VMAIL, layout_is, run
from tap import diag, ok

JOE = ('joe@example.com', 'correct horse')
# For doc/mail-server.md: MAILFUNC_FIGURES=20, seconds a figure; else a glance.
SECONDS = float(os.environ.get('MAILFUNC_FIGURES', '1'))


def check():
    """Right after the whole test: every daemon has worked."""
    ok(memory() < 200 * 1024, 'the whole system needs less than 200 MiB')
    show_hash()
    for clients in [1, 16]:
        show_logins(clients)
    show_deliveries(int(50 * SECONDS))
    if SECONDS > 1 and layout_is('direct'):
        show_look_ups(100000)


@contextlib.contextmanager
def extended(path):
    """A connection with the functions; what it did is committed."""
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as db, db:
        db.enable_load_extension(True)
        db.load_extension('./mailfunc')
        yield db


def show_hash():
    """What a login costs at least, whoever asks."""
    with extended(':memory:') as db:
        stored = db.execute("SELECT CRYPT('pw')").fetchone()
        begin = time.perf_counter()
        for _ in range(4):
            db.execute("SELECT CRYPT_VERIFY('pw', ?)", stored).fetchone()
        seconds = (time.perf_counter() - begin) / 4
    diag(f'the hash alone, by the default policy: {seconds * 1000:.0f} ms, '
         f'{1 / seconds:.1f} a second on one core')


def show_logins(clients):
    """By IMAP over TLS; what all daemons hold while it goes on."""
    done, most = [], [0]
    end = time.monotonic() + SECONDS

    def log_in():
        while time.monotonic() < end:
            done.append(imap_login(*JOE, mode='ssl'))

    def watch():
        while time.monotonic() < end:
            most[0] = max(most[0], memory())
            time.sleep(0.2)
    watcher = threading.Thread(target=watch)
    watcher.start()
    begin = time.monotonic()
    together(log_in, [()] * clients)
    took = time.monotonic() - begin
    watcher.join()
    ok(set(done) == {'OK'}, f'{clients} clients log in')
    diag(f'IMAP logins, {clients} at a time: {len(done) / took:.1f} a second, '
         f'{most[0] / 1024:.0f} MiB (PSS of all daemons)')


def show_deliveries(count):
    """From the first connection until the last is in the maildir."""
    before = len(glob.glob(f'{VMAIL}/example.com/anna/new/*'))
    begin = time.perf_counter()
    with Smtp() as session:
        for _ in range(count):
            session.docmd('RSET')
            session.docmd('MAIL FROM:<x@example.net>')
            session.docmd('RCPT TO:<anna@example.com>')
            session.data('Subject: figure\r\n\r\nx\r\n')
    ok(wait_until(lambda: len(glob.glob(
        f'{VMAIL}/example.com/anna/new/*')) == before + count, 60),
       f'{count} mails are delivered')
    took = time.perf_counter() - begin
    diag(f'{count} mails by {run("postconf", "-h", "virtual_transport")}'
         .strip() + f': {count / took:.0f} a second')


def show_look_ups(count):
    """Of so many users, by Postfix's own client and by the reader."""
    with extended(DB) as mail:
        mail.execute('''
            WITH RECURSIVE n(i) AS (
              SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO users (email, password)
              SELECT 'u' || i || '@example.com', (SELECT password FROM users
                WHERE email = ?) FROM n''', (count, JOE[0]))
    keys = [f'u{number * 7 % count + 1}@example.com' for number in range(20000)]
    begin = time.perf_counter()
    found = subprocess.run(
        ['postmap', '-q', '-', 'sqlite:/etc/postfix/'
         'sqlite-virtual_mailboxes.cf'], input='\n'.join(keys) + '\n',
        capture_output=True, text=True, check=False).stdout.count('\n')
    took = time.perf_counter() - begin
    ok(found == len(keys), 'Postfix finds each of them')
    diag(f'{count} users: {took / len(keys) * 1e6:.1f} us a look-up by postmap')


def daemons():
    """All processes here but this program and the shell that started it."""
    return [path for path in glob.glob('/proc/[0-9]*/smaps_rollup')
            if path.split('/')[2] not in ('1', str(os.getpid()))]


def memory():
    """PSS of all daemons, in KiB."""
    total = 0
    for path in daemons():
        try:
            with open(path, encoding='ascii') as rollup:
                total += sum(int(line.split()[1]) for line in rollup
                             if line.startswith('Pss:'))
        except OSError:
            pass  # a process that has just ended
    return total
