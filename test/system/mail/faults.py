"""Writers, killed writers, and a database that isn't there.

In the layouts direct and published; and for writers, direct with
mailfunc_busy.so. The figures of doc/mail-server.md: MAILFUNC_WRITER_SECONDS=120.

What must never happen, whatever the layout: a wrong answer. An unknown user
for a known one (550) bounces mail; the opposite takes mail that can't be
delivered. A look-up that fails or waits is only a delay: the sender's server
tries again.
"""
import collections
import contextlib
import glob
import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import threading
import time

import checks
import clients
import login
import stack
from clients import imap_login, look_up, mails, rcpt, smtp_login, wait_until
from stack import DB, MAPS, layout_is, run, shell
from tap import diag, equal, ok

SECONDS = float(os.environ.get('MAILFUNC_WRITER_SECONDS', '20'))
COMMITS_A_SECOND = 20
CLIENTS = 4  # of each kind
JOE = ('joe@example.com', 'correct horse')


def run_all(layout, reader='courier'):
    with stack.mail_system(layout, rows=checks.rows(), read_by=reader):
        stack.make_maildirs()
        check_writer()
        if layout == 'published':
            check_publishing()
        check_locked()
        check_killed_writer()
        check_missing()
        check_wrong_file()
        if layout == 'direct':
            check_restore()
            check_old_rows()


def run_writers(preload):
    """The direct layout, where Postfix and Courier wait for a lock."""
    with stack.mail_system('direct', rows=checks.rows(), preload=preload):
        stack.make_maildirs()
        check_writer(patient=True)
        check_long_lock()


class Tally:
    """What came of one kind of request, made again and again."""

    def __init__(self, name, request, good, wrong):
        self.name, self.request = name, request
        self.good, self.wrong = good, wrong
        self.counts = collections.Counter()
        self.slowest = 0.0
        self.lock = threading.Lock()

    def run_until(self, stop):
        while not stop.is_set():
            begin = time.monotonic()
            verdict = self.judge()
            took = time.monotonic() - begin
            with self.lock:
                self.counts[verdict] += 1
                self.slowest = max(self.slowest, took)
            time.sleep(0.1)

    def judge(self):
        try:
            answer = self.request()
        except (OSError, smtplib.SMTPException):
            return 'failed'
        if answer == self.good:
            return 'good'
        return 'wrong' if answer == self.wrong else 'failed'

    def __str__(self):
        return (f'{self.name}: {self.counts["failed"]} of '
                f'{sum(self.counts.values())} failed, '
                f'{self.counts["wrong"]} wrong, '
                f'slowest {self.slowest:.2f} s')


def tallies():
    return [
        Tally('RCPT TO a user', lambda: rcpt(JOE[0]), 250, 550),
        Tally('RCPT TO an unknown user', lambda: rcpt('no@example.com'), 550,
              250),
        Tally('look-up through proxymap',
              lambda: look_up('mailboxes', JOE[0]), 'example.com/joe/', ''),
        # The answer to a locked file is a temporary failure: Courier's BYE,
        # Dovecot's UNAVAILABLE.
        Tally('IMAP login', lambda: imap_login(*JOE), 'OK', 'NO'),
        Tally('SMTP AUTH', lambda: smtp_login(*JOE), 235, None),
    ]


def meanwhile(work):
    """Run work() while look-ups and logins go on."""
    counted = tallies()
    stop = threading.Event()
    threads = [threading.Thread(target=tally.run_until, args=[stop])
               for tally in counted for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        work()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for tally in counted:
        diag(tally)
    return counted


def check_writer(patient=False):
    patient = patient or layout_is('published')
    diag('no writer:')
    meanwhile(lambda: time.sleep(SECONDS / 4))
    diag(f'{COMMITS_A_SECOND} commits a second for {SECONDS:.0f} s, '
         f'{CLIENTS} clients of each kind, {journal_mode()}:')
    counted = meanwhile(lambda: write(int(SECONDS * COMMITS_A_SECOND)))
    judge(counted, 'under a writer', 0 if patient else 0.25)


def check_long_lock():
    """Nobody may read for three seconds: each waits, none fails."""
    writer = sqlite3.connect(DB, isolation_level=None,
                             check_same_thread=False)
    writer.execute('BEGIN EXCLUSIVE')
    timer = threading.Timer(3, writer.rollback)
    timer.start()
    begin = time.monotonic()
    answers = clients.together(lambda ask: ask(), [
        (lambda: rcpt(JOE[0]),), (lambda: imap_login(*JOE),),
        (lambda: smtp_login(*JOE),)])
    equal(answers, [250, 'OK', 235], 'a lock held for three seconds: all wait')
    ok(time.monotonic() - begin > 2.5, 'and they did')
    timer.join()


def judge(counted, when, allowed=0):
    """No wrong answer, and of failures no more than this share."""
    for tally in counted:
        equal(tally.counts['wrong'], 0, f'{when}: {tally.name}: none wrong')
        share = tally.counts['failed'] / sum(tally.counts.values())
        ok(share <= allowed, f'{when}: {tally.name}: '
           f'{tally.counts["failed"]} failed')


def journal_mode():
    return 'journal mode ' + stack.read('PRAGMA journal_mode').strip()


def write(commits):
    """A change of quota, which needs no extension, so many times."""
    mail = sqlite3.connect(DB, timeout=60, isolation_level=None)
    begin = time.monotonic()
    for number in range(commits):
        mail.execute('UPDATE users SET quota = quota + 1 '
                     "WHERE email = 'small@example.com'")
        due = begin + (number + 1) / COMMITS_A_SECOND
        time.sleep(max(0, due - time.monotonic()))
    mail.close()
    diag(f'{commits} commits in {time.monotonic() - begin:.1f} s')


def check_publishing():
    def publish():
        for number in range(1, 9):
            stack.sql('INSERT INTO forwardings VALUES '
                      f"('new{number}@example.com', '{JOE[0]}');")
            time.sleep(0.5)

    diag('8 publications, with a postfix reload each:')
    judge(meanwhile(publish), 'while publishing')
    before = os.stat(MAPS)
    stack.publish_maps()
    equal(os.stat(MAPS).st_ino, before.st_ino,
          'nothing new: the copy stays, and Postfix is left alone')
    shell(f'''
        ! sh sql/publish.sh /srv/mail/no.db {MAPS} 2>/dev/null
        sqlite3 /srv/mail/no.db '.read sql/schema.sql'
        ! sh sql/publish.sh /srv/mail/no.db {MAPS} 2>/dev/null
        rm /srv/mail/no.db
    ''')
    after = os.stat(MAPS)
    equal(look_up('forwardings', 'new8@example.com'), JOE[0],
          'the last publication is what Postfix reads')
    equal((after.st_ino, after.st_mtime), (before.st_ino, before.st_mtime),
          'a publication that fails leaves the old copy')
    equal(sorted(os.listdir('/srv/mail')),
          sorted({'mail.db', 'maps.db', 'maps.db.lock'} |
                 set(name for name in os.listdir('/srv/mail')
                     if name.startswith('mail.db-'))),
          'and nothing else behind')
    equal(run('sqlite3', MAPS, 'SELECT source FROM published').strip(), DB,
          'the copy says from what it was made')


# Enough rows to spill into the file before the commit, which never comes.
KILLED = '''
import os, signal, sqlite3, sys
mail = sqlite3.connect(sys.argv[1], isolation_level=None)
mail.enable_load_extension(True)
mail.load_extension('./mailfunc')
mail.execute('PRAGMA cache_size = 5')
mail.execute('BEGIN IMMEDIATE')
mail.execute("UPDATE users SET quota = 1")
mail.execute("DELETE FROM transport")
mail.executemany('INSERT INTO forwardings VALUES (?, ?)',
                 ((f'lost{n}@example.com', 'x' * 50 + '@example.com')
                  for n in range(3000)))
os.kill(os.getpid(), signal.SIGKILL)
'''


def check_killed_writer():
    done = subprocess.run([sys.executable, '-c', KILLED, DB], check=False)
    equal(done.returncode, -signal.SIGKILL, 'a writer is killed')
    if layout_is('direct'):
        ok(os.path.getsize(DB + '-journal') > 512, 'it left a hot journal')
        # Any process that may write repairs it; the user postfix may not.
        ok(impatient(JOE[0]) == 'waits', 'RCPT TO waits for a repair')
        if stack.reader_is('dovecot'):
            equal(imap_login(*JOE), 'UNAVAILABLE',
                  'a login, too: Dovecot only reads')
            equal(run('sqlite3', DB, 'SELECT count(*) > 0 FROM users'), '1\n',
                  'root looks at the database, which repairs it')
    equal(imap_login(*JOE), 'OK', 'a login works at once')
    begin = time.monotonic()
    equal(rcpt(JOE[0]), 250, 'look-ups work')
    took = time.monotonic() - begin
    diag(f'within {took:.2f} s')
    equal(rcpt('lost1@example.com'), 550, 'nothing of the lost transaction')
    equal(stack.read('PRAGMA integrity_check').strip(), 'ok',
          'the database is whole')


def impatient(recipient):
    """'waits' where the server says nothing for two seconds."""
    try:
        return rcpt(recipient, timeout=2)
    except (OSError, smtplib.SMTPException):
        return 'waits'


def restart_readers():
    """As after a boot: nobody has the file open."""
    run('postfix', 'reload')
    if stack.reader_is('dovecot'):
        run('doveadm', 'reload')
    else:
        run('authdaemond', 'stop')
        run('authdaemond', 'start')


def what_postfix_reads():
    return MAPS if layout_is('published') else DB


def check_locked():
    """A writer lets nobody read: no one is told that a password is wrong or
    an address unknown, and all is well when it ends."""
    if not layout_is('direct'):
        return  # in WAL mode no writer can
    with contextlib.closing(sqlite3.connect(DB, isolation_level=None)) as lock:
        lock.execute('BEGIN EXCLUSIVE')
        answers = clients.together(lambda ask: ask(), [
            (lambda: impatient(JOE[0]),),
            (lambda: impatient('no@example.com'),),
            (lambda: imap_login(*JOE),)])
        lock.execute('ROLLBACK')
    ok(set(answers[:2]) <= {'waits', 250, 550, 450, 451} and
       answers[0] != 550 and answers[1] != 250 and answers[2] != 'NO',
       f'locked: nothing is refused for good: {answers}')
    begin = time.monotonic()
    ok(wait_until(lambda: impatient(JOE[0]) == 250 and
                  imap_login(*JOE) == 'OK', 4), 'and then all is as before')
    diag(f'after {time.monotonic() - begin:.1f} s')


def check_missing():
    take_away(lambda path: None, 'missing')


def check_wrong_file():
    take_away(lambda path: open(path, 'wb').close(), 'empty')
    take_away(lambda path: run('sqlite3', path, 'CREATE TABLE t (a)'),
              'without tables')


def take_away(put_instead, what):
    """Both files gone, or others in their place; then they come back."""
    paths = sorted({DB, what_postfix_reads()})
    for path in paths:
        owner = os.stat(path)
        os.rename(path, path + '.away')
        put_instead(path)
        if os.path.exists(path):
            os.chown(path, owner.st_uid, owner.st_gid)
            os.chmod(path, owner.st_mode)
    restart_readers()
    check_without(what)
    if what == 'missing':
        equal([path for path in paths if os.path.exists(path)], [],
              'nobody makes it, empty')
    for path in paths:
        os.rename(path + '.away', path)
    check_recovery(what)


def check_restore():
    """Into the same file, as the chapter says: all go on by themselves."""
    run('sqlite3', DB, '.backup /srv/keep.db')
    os.truncate(DB, 0)
    ok(imap_login(*JOE) not in ['OK', 'NO'], 'truncated: IMAP: not now')
    for path in glob.glob(DB + '-*'):
        os.unlink(path)
    run('sqlite3', DB, '.restore /srv/keep.db')
    ok(wait_until(lambda: imap_login(*JOE) == 'OK'), 'restored: IMAP')
    ok(wait_until(lambda: impatient(JOE[0]) == 250), 'restored: SMTP')


def check_without(what):
    ok(impatient(JOE[0]) in ['waits', 451], f'{what}: RCPT TO: waits or 4xx')
    ok(impatient('no@example.com') in ['waits', 451],
       f'{what}: an unknown user isn\'t refused for good')
    ok(imap_login(*JOE) not in ['OK', 'NO'], f'{what}: IMAP: not now')
    run('sendmail', '-f', 'x@example.net', JOE[0],
        input=f'Subject: token {what}\n\n')


def check_recovery(what):
    """Postfix 3.7 goes on by itself; 3.10 remembers that the file could not
    be opened, and wants a reload. Dovecot wants one if it has the other file
    open, as anybody has who opened a file that was then replaced."""
    if not wait_until(lambda: impatient(JOE[0]) == 250, 4):
        diag(f'{what}: back: the readers need a reload')
        run('postfix', 'reload')
        if stack.reader_is('dovecot'):
            run('doveadm', 'reload')
    ok(wait_until(lambda: impatient(JOE[0]) == 250), f'{what}: back: SMTP')
    begin = time.monotonic()
    ok(wait_until(lambda: imap_login(*JOE) == 'OK'), f'{what}: back: IMAP')
    diag(f'{what}: back: IMAP after {time.monotonic() - begin:.1f} s')
    run('postqueue', '-f')
    ok(wait_until(lambda: mails('example.com/joe/', f'token {what}')),
       f'{what}: mail taken meanwhile is delivered')


# The tutorial's table, without keys, and rows that the triggers prevent.
OLD_ROWS = '''
ALTER TABLE users RENAME TO new_users;
CREATE TABLE users AS SELECT * FROM new_users;
INSERT INTO users
  SELECT email, password, quota, 'example.com/other/', active, name
  FROM users WHERE email = 'joe@example.com';
UPDATE users SET maildir = '' WHERE email = 'anna@example.com';
UPDATE users SET maildir = NULL WHERE email = 'quote@example.com';
'''


def check_old_rows():
    """What the maps and Courier do should such rows get in all the same."""
    run('sqlite3', '-bail', DB, OLD_ROWS)
    run('postfix', 'reload')
    ok(impatient(JOE[0]) in ['waits', 451],
       'a user twice: no wrong delivery, a temporary failure')
    ok('example.com/other' not in look_up('mailboxes', JOE[0]),
       'two maildirs are not joined into one')
    run('postfix', 'reload')
    # Where Courier would let everybody in who has no maildir.
    shell(f'cp -a {stack.VMAIL}/example.com/joe {stack.VMAIL}/Maildir')
    for user, password in [('anna@example.com', 'pässwörd €'),
                           ('quote@example.com',
                            'it\'s a "quoted" \\ one')]:
        ok(imap_login(user, password) != 'OK',
           f'{user}: nobody gets into an empty maildir')
        equal(look_up('mailboxes', user), '',
              f'{user}: an empty maildir is none for Postfix')
