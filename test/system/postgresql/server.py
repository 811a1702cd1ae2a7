"""A PostgreSQL server of a test's own: in a temporary folder, on a socket in
it, ended with the test. And SQLite's shell, which is asked the same.
"""
import contextlib
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../../lib'))

import tap

# Whole as make puts it together, also where a mistake was made in its parts.
SCHEMA = os.environ.get('BUILD', 'build') + '/postgresql/schema.sql'
subprocess.run(['make', '-s', SCHEMA], check=True)


class Failed(Exception):
    """What a statement's error says."""


def find_programs():
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin'),
                   key=lambda path: int(path.split('/')[4]))
    if not found:
        tap.give_up('PostgreSQL is missing\n'
                    'apt-get install $(cat test/system/postgresql/packages)')
    return found[-1]


class Server:
    """As user postgres, for it refuses to be root."""

    def __init__(self, folder, settings=''):
        self.bin = find_programs()
        self.folder = folder
        self.data = folder + '/data'
        self.log = folder + '/log'
        self.as_owner = []
        self.process = None
        os.chmod(folder, 0o755)
        if os.getuid() == 0:
            shutil.chown(folder, 'postgres', 'postgres')
            self.as_owner = ['setpriv', '--reuid=postgres',
                             '--regid=postgres', '--clear-groups']
        self.settings = settings

    def run(self, program, *arguments, **options):
        return subprocess.run(
            [*self.as_owner, f'{self.bin}/{program}', *arguments],
            check=True, cwd='/', stdout=subprocess.DEVNULL, timeout=120,
            **options)

    def make(self):
        self.run('initdb', '--no-sync', '--auth=trust', '--encoding=UTF8',
                 '--locale=C.UTF-8', '-D', self.data)
        self.add('postgresql.conf', f"""
            listen_addresses = ''
            unix_socket_directories = '{self.folder}'
            fsync = off
            max_connections = 40
            shared_buffers = 32MB
            {self.settings}
        """)

    def add(self, name, text):
        with open(f'{self.data}/{name}', 'a', encoding='utf-8') as file:
            file.write(text)

    def start(self):
        # pylint: disable=consider-using-with
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [*self.as_owner, f'{self.bin}/postgres', '-D', self.data],
                stdout=log, stderr=log, cwd='/')
        for _ in range(600):
            if self.process.poll() is not None:
                break
            if subprocess.run([f'{self.bin}/pg_isready', '-q', '-h',
                               self.folder], check=False).returncode == 0:
                return
            time.sleep(0.1)
        tap.give_up('PostgreSQL does not start\n' + self.log_text())

    def stop(self, how=signal.SIGQUIT):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)

    def log_text(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read()

    def psql(self, *arguments, text='', user='postgres', database='mail',
             check=True):
        """As an administrator's script calls it: standard output and error."""
        done = subprocess.run(
            [f'{self.bin}/psql', '-X', '-q', '-A', '-t', '-h', self.folder,
             '-U', user, '-d', database, *arguments], input=text,
            capture_output=True, text=True, check=False, timeout=300)
        if check and done.returncode:
            raise Failed(done.stderr)
        return done

    def ask(self, text, **options):
        """The rows as one text, or Failed."""
        return self.psql('-v', 'ON_ERROR_STOP=1', text=text,
                         **options).stdout.rstrip('\n')

    def make_database(self, name='mail'):
        self.ask(f'CREATE DATABASE {name};', database='postgres')
        self.psql('-1', '-v', 'ON_ERROR_STOP=1', '-f', SCHEMA, database=name)


@contextlib.contextmanager
def running(settings=''):
    """A server with the schema in the database mail."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder, settings)
        server.make()
        try:
            server.start()
            server.make_database()
            yield server
        finally:
            server.stop()


def sqlite(text, path=':memory:'):
    """What SQLite's shell says to it, with the extension loaded."""
    done = subprocess.run(
        [os.environ.get('SQLITE3', 'sqlite3'), '-bail', '-batch', '-init',
         '/dev/null', '-list', '-noheader', path],
        input='.load ./mailfunc\n' + text, capture_output=True, text=True,
        check=False, timeout=300)
    if done.returncode:
        raise Failed(done.stderr)
    return done.stdout.rstrip('\n')
