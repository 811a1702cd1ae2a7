#!/usr/bin/python3 -B
"""ASK_PASSWORD() in a shell at a terminal, with a person who types.

SQLITE3 is the shell, sqlite3 unless told otherwise: build/shell counts
for the coverage."""
import os
import pty
import select
import signal
import sys
import tempfile
import time

sys.path.insert(0, 'test/lib')

import tap

SHELL = os.environ.get('SQLITE3', 'sqlite3')


class Terminal:
    """A shell at a terminal of its own; what it shows is in seen."""

    def __init__(self, *sql, ignore=None):
        self.seen = ''
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            if ignore:
                signal.signal(ignore, signal.SIG_IGN)
            os.execvp(SHELL, [SHELL, '-batch', '-init', '/dev/null', '-cmd',
                              '.load ./mailfunc', *sql])

    def see(self, text, seconds=20):
        """Look until the text is there."""
        end = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.terminal, 4096).decode()
                except OSError:
                    break
        return text in self.seen

    def type(self, keys):
        """When it sleeps until something is typed."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with open(f'/proc/{self.child}/stat') as stat:
                if stat.read().rsplit(')', 1)[1].split()[0] == 'S':
                    break
            time.sleep(0.01)
        os.write(self.terminal, keys.encode())

    def end(self):
        """All that it shows; it is gone then."""
        self.see('\0never')
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def check_answer(database):
    t = Terminal(database, "UPDATE users SET password = ASK_PASSWORD() "
                 "WHERE email = 'joe@example.com'; SELECT CRYPT_VERIFY("
                 "'corr''ect h\u00f6rse', password) FROM users;")
    tap.ok(t.see('New password: '), 'it asks')
    t.type("corr'ect h\u00f6rse\n")
    tap.ok(t.see('Again: '), 'and again')
    t.type("corr'ect h\u00f6rse\n")
    tap.equal(t.end(), 0, 'done')
    tap.ok('rse' not in t.seen, 'what was typed was not shown')
    tap.contains(t.seen, '\n1', 'and it is the password')


def check_errors(database):
    t = Terminal(database, "SELECT ASK_PASSWORD('For joe: ')")
    tap.ok(t.see('For joe: '), 'a prompt')
    t.type('one\n')
    t.see('Again: ')
    t.type('other\n')
    t.end()
    tap.contains(t.seen, 'ASK_PASSWORD: the two answers differ',
                 'two answers')
    t = Terminal(database, "SELECT ASK_PASSWORD()", ignore=signal.SIGINT)
    t.see('New password: ')
    t.type('on\x03')
    t.end()
    tap.contains(t.seen, 'ASK_PASSWORD: interrupted', 'Ctrl-C')
    t = Terminal(database, "SELECT ASK_PASSWORD(NULL) IS NULL")
    t.end()
    tap.equal(t.seen.strip(), '1', 'a prompt of NULL asks nobody')
    t = Terminal(database, "UPDATE users SET password = ASK_PASSWORD() "
                 "WHERE email = 'nobody@example.com'; SELECT 'through'")
    t.end()
    tap.equal(t.seen.strip(), 'through', 'where there is no such user, neither')


def make(path):
    """A database with one user, without a terminal."""
    sql = '''.read sql/schema.sql
        INSERT INTO domains VALUES ('example.com');
        INSERT INTO users(email, password) VALUES ('joe@example.com', 'x');'''
    with tempfile.NamedTemporaryFile('w', dir=os.path.dirname(path)) as script:
        script.write('.load ./mailfunc\n' + sql)
        script.flush()
        os.system(f"'{SHELL}' -batch -init /dev/null '{path}' "
                  f"<'{script.name}'")


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'mail.db')
    make(path)
    check_answer(path)
    check_errors(path)
tap.finish()
