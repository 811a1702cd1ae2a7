#!/usr/bin/python3 -B
"""mailuser, killed while it writes: what it was told is done whole, or not at
all, and no password is left in a file.

    KILLS=200 SEED=1 test/hard/fire/mailuser.t
"""
import glob
import os
import random
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../system/mailuser']

from run import BINARY, DB, ENVIRONMENT, fresh, sql
from search import Search
from tap import diag, finish, ok

SEED = int(os.environ.get('SEED') or random.randrange(1 << 32))
KILLS = int(os.environ.get('KILLS') or 200)


class Fire:
    """What the users' passwords are, and what each command would make them."""

    def __init__(self):
        self.rng = random.Random(SEED)
        self.search = Search(self.rng)
        self.users = {}
        self.killed = self.done = self.left = 0
        self.wrong = []

    def some_user(self):
        return self.rng.choice(sorted(self.users))

    def command(self):
        """Words, a line or more for stdin, and the users afterwards."""
        kind = self.rng.choice(['add', 'import', 'passwd', 'delete', 'quota'])
        fresh_ones = [f'u{self.rng.randrange(10 ** 9)}@example.com'
                      for _ in range(40 if kind == 'import' else 1)]
        password = self.search.password()
        if kind == 'import':
            added = {email: self.search.password() for email in fresh_ones}
            lines = ''.join(f'{email},{word}\n'
                            for email, word in added.items())
            return ['import', '-'], lines, {**self.users, **added}
        if kind == 'add' or len(self.users) < 3:
            return (['add', '--stdin', fresh_ones[0]], password + '\n',
                    {**self.users, fresh_ones[0]: password})
        user = self.some_user()
        if kind == 'passwd':
            return (['passwd', '--stdin', user], password + '\n',
                    {**self.users, user: password})
        if kind == 'delete':
            return (['delete', user], '',
                    {key: value for key, value in self.users.items()
                     if key != user})
        return ['quota', user, '5M'], '', self.users

    def run(self, words, line):
        """Kill it after a while; did it come to its end before?"""
        with subprocess.Popen(
                [BINARY, *words], env=ENVIRONMENT, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            process.stdin.write(line.encode())
            process.stdin.close()
            self.wait(process)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
            return process.returncode, process.stderr.read().decode()

    def wait(self, process):
        """For a while, or until it writes and on, or, a few, to the end."""
        how = self.rng.random()
        if how < 0.2:
            process.wait()
        elif how < 0.6:
            while process.poll() is None and \
                    not os.path.exists(DB + '-journal'):
                pass
        end = time.monotonic() + self.rng.uniform(0, 0.03)
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.0002)

    def files(self):
        return glob.glob(DB + '*')

    def one(self):
        words, line, after = self.command()
        status, complaint = self.run(words, line)
        self.killed += status < 0
        self.done += status == 0
        if status > 0:
            self.wrong.append(f'{words[0]}: {complaint}')
        self.left += self.search.found_in_files(self.files())
        if sql('PRAGMA integrity_check') != [('ok',)]:
            self.wrong.append(f'{words[0]}: the file is damaged')
        emails = {row[0] for row in sql('SELECT email FROM users')}
        changed = [email for email in after
                   if self.users.get(email) != after[email]]
        happened = status == 0 or (
            emails == set(after) if emails != set(self.users) or not changed
            else self.verifies(after, changed))
        self.users = after if happened else self.users
        if emails != set(self.users) or not self.verifies(
                self.users, changed if happened else sorted(emails)[:3]):
            self.wrong.append(f'{words[0]}: half done, status {status}')

    def verifies(self, users, some):
        return all(sql('SELECT CRYPT_VERIFY(?2, password) FROM users '
                       'WHERE email = ?1', email, users[email]) == [(1,)]
                   for email in some if email in users)


fire = Fire()
fresh()
for _ in range(KILLS):
    fire.one()
diag(f'SEED={SEED} KILLS={KILLS}: {fire.killed} killed, {fire.done} at an end')
for line in fire.wrong[:10]:
    diag(line)
ok(not fire.wrong, 'all of it, or nothing')
ok(fire.left == 0, f'no password in the files: {fire.left} pieces, '
   f'{fire.search.bytes >> 20} MiB searched')
ok(fire.killed > KILLS // 10 and fire.done > KILLS // 10,
   'some were killed in time, and some were not')
finish()
