"""The real sqlite3 shell: one that is fed statements and says how far it got,
and one without the extension that looks at a database."""
import os
import re
import subprocess
import threading

import compare

SQLITE3 = os.environ.get('SQLITE3') or 'sqlite3'
COMMAND = [SQLITE3, '-batch', '-init', '/dev/null']


class Writer:
    """A shell on the database that reads setup and statements from a file.

    It prints a line after each: whoever has read the line knows that the
    statement is done, and a COMMIT committed. The shell hands a line out
    before it reads the next statement. Errors come between the lines.
    """

    def __init__(self, folder, database, setup, statements):
        self.script = os.path.join(folder, 'script')
        with open(self.script, 'w', encoding='utf-8') as file:
            file.write(f'.load ./mailfunc\n{setup}\n.print ready\n')
            for number, statement in enumerate(statements):
                end = '' if statement.sql.startswith('.') else ';'
                file.write(f'{statement.sql}{end}\n.print done {number}\n')
        with open(self.script, 'rb') as file:
            self.process = subprocess.Popen(
                [*COMMAND, database], stdin=file, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, 'SQLITE_TMPDIR': os.path.dirname(database)})

    def wait_until_ready(self):
        """What it said before; the setup's answers."""
        said = []
        for line in self.process.stdout:
            if line == b'ready\n':
                return said
            said.append(line)
        return said + [b'it ended']

    def kill(self):
        """And what it said since it was ready."""
        self.process.kill()
        return self.end()

    def end(self):
        said = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait()
        os.unlink(self.script)
        return parse(said)


class Drain(threading.Thread):
    """Reads what a writer says while it writes much."""

    def __init__(self, writer):
        super().__init__()
        self.writer = writer
        self.said = b''
        writer.wait_until_ready()
        self.start()

    def run(self):
        self.said = self.writer.process.stdout.read()

    def kill(self):
        """Kill the writer; what it has done."""
        self.writer.process.kill()
        self.join()
        self.writer.end()
        return parse(self.said)


def parse(said):
    """The error's class, or None, of each statement that was done."""
    results, error = [], None
    for line in said.decode('utf-8', 'replace').split('\n')[:-1]:
        if line.startswith('done '):
            results.append(error)
            error = None
        elif ' near line ' in line:
            message = line.partition(': ')[2]
            error = compare.class_of(re.sub(r' \(\d+\)$', '', message))
    return results


def ask(database, sql):
    """What a shell without the extension answers."""
    done = subprocess.run([*COMMAND, database, sql], capture_output=True,
                          text=True, timeout=60, check=False)
    return done.stdout + done.stderr


# One line for each thing that no reader may ever see.
INVARIANTS = '''
PRAGMA integrity_check;
SELECT 'without a hash: ' || email FROM users
  WHERE typeof(password) <> 'text' OR password NOT GLOB '[!${]*'
    OR length(password) < 13;
SELECT 'without a maildir: ' || email FROM users
  WHERE typeof(maildir) <> 'text' OR maildir NOT GLOB '?*/';
SELECT 'not in lower case: ' || email FROM users
  WHERE email <> lower(email) COLLATE BINARY OR typeof(email) <> 'text';
SELECT 'there twice: ' || min(email) FROM users NOT INDEXED
  GROUP BY lower(email) HAVING count(*) > 1;
SELECT 'two have the maildir: ' || min(maildir) FROM users NOT INDEXED
  GROUP BY lower(maildir) HAVING count(*) > 1;
SELECT 'a maildir inside of another: ' || a.email
  FROM users AS a JOIN users AS b ON a.email <> b.email
    AND substr(lower(a.maildir), 1, length(b.maildir)) = lower(b.maildir)
    AND length(a.maildir) > length(b.maildir);
SELECT 'a wrong active: ' || email FROM users WHERE active IS NOT 0
  AND active IS NOT 1;
SELECT 'its domain is missing: ' || email FROM users
  WHERE substr(email, instr(email, '@') + 1) NOT IN (
    SELECT lower(domain) FROM domains);
SELECT 'a wrong quota: ' || email FROM users
  WHERE typeof(quota) <> 'integer' OR quota < 0;
SELECT 'rows of password_policy: ' || n
  FROM (SELECT count(*) AS n FROM password_policy) WHERE n <> 1;
'''


def complaints(database):
    """What is wrong with it, as seen without the extension; or ''."""
    said = ask(database, INVARIANTS)
    return said[3:] if said.startswith('ok\n') else said or 'no answer'
