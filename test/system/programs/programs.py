"""The programs themselves: does each of them verify this password?

verify() of each takes (password, stored hash) pairs in bytes, asks the
program, and gives a list of as many booleans. The daemons are started here
and end with the namespace of private.py; nothing of the host's is touched.
"""
import base64
import concurrent.futures
import glob
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import time

import debian13
import private
import tap

# What each program needs, and the package that has it.
COMMANDS = {
    'authdaemond': 'courier-authlib',
    'authtest': 'courier-authlib',
    'authpasswd': 'courier-authlib',
    'dovecot': 'dovecot-core',
    'doveadm': 'dovecot-core',
    'php': 'php-cli',
    'unshare': 'util-linux',
}
FILES = {
    '/usr/lib/courier-authlib/libauthsqlite.so': 'courier-authlib-sqlite',
    '/usr/lib/postgresql/*/bin/initdb': 'postgresql',
    '/usr/lib/postgresql/*/lib/pgcrypto.so': 'postgresql-contrib',
}


def missing_packages():
    """Names of Debian packages, none if every program is there."""
    return sorted(
        {package for name, package in COMMANDS.items()
         if not shutil.which(name)} |
        {package for name, package in FILES.items() if not glob.glob(name)})


def run(*command, **options):
    """Standard output, in bytes; the test gives up where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False,
                          **options)
    if done.returncode:
        tap.give_up(f'{command[0]} failed\n{command}\n'
                    f'{done.stderr.decode(errors="replace")}')
    return done.stdout


def write(path, text):
    with open(path, 'wb') as file:
        file.write(text)


def wait_for(socket_path, log):
    """Until someone listens there, ten seconds at most."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(socket_path)
            return
        except OSError:
            time.sleep(0.02)
    with open(log, encoding='utf-8', errors='replace') as text:
        tap.give_up(f'nobody listens at {socket_path}\n{text.read()}')


def lines_of_hex(pairs):
    return b''.join(password.hex().encode() + b'\t' + stored.hex().encode() +
                    b'\n' for password, stored in pairs)


def truths(text, yes, no):
    """A boolean for each line, which must be one of the two."""
    answers = text.split()
    if not set(answers) <= {yes, no}:
        tap.give_up('an answer that is neither yes nor no\n' +
                    text.decode(errors='replace'))
    return [answer == yes for answer in answers]


# ---- a table of users, the pair's number in their names ----

def make_users(path):
    with sqlite3.connect(path) as db:
        db.execute('CREATE TABLE users(email PRIMARY KEY, password)')


def fill_users(path, pairs):
    with sqlite3.connect(path) as db:
        db.execute('DELETE FROM users')
        db.executemany("INSERT INTO users VALUES (?, CAST(? AS TEXT))",
                       [(f'u{number}', stored)
                        for number, (_, stored) in enumerate(pairs)])


# ---- Courier: authdaemond with a SQLite database, asked by authtest ----

COURIER_DB = '/srv/users.db'
AUTHDAEMONRC = b'''authmodulelist="authsqlite"
authmodulelistorig="authsqlite"
daemons=5
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
'''
AUTHSQLITERC = b'''SQLITE_DATABASE /srv/users.db
SQLITE_USER_TABLE users
SQLITE_CRYPT_PWFIELD password
SQLITE_UID_FIELD 65534
SQLITE_GID_FIELD 65534
SQLITE_LOGIN_FIELD email
SQLITE_HOME_FIELD '/srv'
SQLITE_NAME_FIELD email
SQLITE_MAILDIR_FIELD 'maildir'
##NAME: MARKER:0
'''


class Courier:
    def __init__(self):
        write('/etc/courier/authdaemonrc', AUTHDAEMONRC)
        write('/etc/courier/authsqliterc', AUTHSQLITERC)
        make_users(COURIER_DB)
        os.makedirs('/run/courier/authdaemon')
        run('chown', '-R', 'courier:courier', '/run/courier')
        run('authdaemond', 'start')
        wait_for('/run/courier/authdaemon/socket', private.LOG)

    def verify(self, pairs):
        fill_users(COURIER_DB, pairs)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return list(pool.map(self.ask, range(len(pairs)),
                                 [password for password, _ in pairs]))

    @staticmethod
    def ask(number, password):
        done = subprocess.run(['authtest', f'u{number}', password],
                              capture_output=True, timeout=30, check=False)
        if b'Authentication succeeded' in done.stderr + done.stdout:
            return True
        if b'Operation not permitted' in done.stderr + done.stdout:
            return False
        return tap.give_up('authtest failed\n' + done.stderr.decode() +
                           done.stdout.decode())


# ---- Dovecot: its auth server, asked as its own services and Postfix do ----

DOVECOT_LOG = '/srv/dovecot.log'
DOVECOT_USERS = '/srv/dovecot.users'
# CRYPT is what a passwd-file has for a hash without label, and what an SQL
# passdb has with default_pass_scheme = CRYPT.
DOVECOT_CONF = b'''base_dir = /run/dovecot
log_path = /srv/dovecot.log
protocols =
ssl = no
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=CRYPT username_format=%u /srv/dovecot.users
}
service auth {
  unix_listener auth-client {
    mode = 0600
  }
}
# Or failures from one address would wait, each longer than the last.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
'''


class Dovecot:
    root = '/'
    conf = DOVECOT_CONF

    def __init__(self):
        write(self.root + '/srv/dovecot.conf', self.conf)
        write(self.root + DOVECOT_USERS, b'')
        log_path = self.root + DOVECOT_LOG
        with open(log_path, 'wb') as log:
            subprocess.Popen(['chroot', self.root, 'dovecot', '-F',
                              '-c', '/srv/dovecot.conf'],
                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self.root + '/run/dovecot/auth-client', log_path)

    def store(self, pairs):
        # A file that is as large and as old as the last isn't read again.
        path = self.root + DOVECOT_USERS
        os.truncate(path, 0)
        write(path, b''.join(
            b'u%d:%s::::::\n' % (number, stored)
            for number, (_, stored) in enumerate(pairs)))

    def verify(self, pairs):
        self.store(pairs)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(self.root + '/run/dovecot/auth-client')
            connection.sendall(b'VERSION\t1\t2\nCPID\t%d\n' % os.getpid())
            answers = connection.makefile('rb')
            while answers.readline() not in (b'DONE\n', b''):
                pass
            verified = []
            for start in range(0, len(pairs), 400):
                verified += self.ask(connection, answers, start,
                                     pairs[start:start + 400])
            return verified

    @staticmethod
    def ask(connection, answers, start, pairs):
        """Many at once, as failures are told twice a second only."""
        for number, (password, _) in enumerate(pairs, start):
            login = base64.b64encode(b'\0u%d\0%s' % (number, password))
            connection.sendall(b'AUTH\t%d\tPLAIN\tservice=test\tsecured\t'
                               b'resp=%s\n' % (number + 1, login))
        verified = {}
        for _ in pairs:
            answer = answers.readline().rstrip(b'\n').split(b'\t')
            if answer[0] not in (b'OK', b'FAIL') or b'temp' in answer:
                tap.give_up(f'Dovecot failed\n{answer}')
            verified[int(answer[1]) - 1] = answer[0] == b'OK'
        return [verified[start + number] for number in range(len(pairs))]


# ---- Dovecot 2.4: Debian 13's, in a root of its own ----
DOVECOT24_CONF = b'''dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = /run/dovecot
log_path = /srv/dovecot.log
protocols =
ssl = no
auth_failure_delay = 0
passdb passwd-file {
  default_password_scheme = CRYPT
  auth_username_format = %{user}
  passwd_file_path = /srv/dovecot.users
}
service auth {
  unix_listener auth-client {
    mode = 0600
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
'''
DOVECOT24_REFUSES = re.compile(
    'Weak password scheme .* used and refused|Unknown scheme ')


class Dovecot24Here(Dovecot):
    """The one that is installed, on Debian 13."""
    conf = DOVECOT24_CONF

    def verify(self, pairs):
        """It calls weak and unknown schemes errors, as it does real ones."""
        verified = super().verify(pairs)
        with open(self.root + DOVECOT_LOG, encoding='utf-8',
                  errors='replace') as log:
            failed = [line for line in log if ': Error: ' in line and
                      not DOVECOT24_REFUSES.search(line)]
        if failed:
            tap.give_up('Dovecot 2.4 failed\n' + ''.join(failed[:10]))
        return verified


class Dovecot24(Dovecot24Here):
    root = debian13.TREE

    def __init__(self):
        debian13.enter()
        super().__init__()


# ---- PHP: password_verify() ----

PHP = '''while (($line = fgets(STDIN)) !== false) {
    [$password, $stored] = array_map("hex2bin", explode("\\t", trim($line,
        "\\n")));
    echo password_verify($password, $stored) ? "yes\\n" : "no\\n";
}'''


class Php:
    @staticmethod
    def verify(pairs):
        return truths(run('php', '-n', '-r', PHP, input=lines_of_hex(pairs)),
                      b'yes', b'no')


# ---- PostgreSQL: pgcrypto's crypt() in a server of one process ----

PG_HOME = '/srv/postgresql'
PG_SCRIPT = '''CREATE EXTENSION pgcrypto;

CREATE FUNCTION bytes(hex text) RETURNS text LANGUAGE sql AS $$
    SELECT convert_from(decode(hex, 'hex'), 'SQL_ASCII') $$;

CREATE FUNCTION verifies(password text, stored text) RETURNS text
LANGUAGE plpgsql AS $$
    BEGIN
        RETURN CASE WHEN crypt(password, stored) = stored
               THEN 'yes' ELSE 'no' END;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN 'no';    -- "invalid salt"
    END $$;

CREATE TABLE pairs(number serial, password text, stored text);

COPY pairs(password, stored) FROM '/srv/postgresql/pairs';

COPY (SELECT verifies(bytes(password), bytes(stored)) FROM pairs
      ORDER BY number) TO '/srv/postgresql/answers';

'''


class Postgresql:
    """The server refuses to run as root."""

    def __init__(self):
        self.bin = sorted(glob.glob('/usr/lib/postgresql/*/bin'))[0]
        os.mkdir(PG_HOME)
        shutil.chown(PG_HOME, 'nobody')
        self.run('initdb', '--no-sync', '--auth=trust', '--locale=C',
                 '--encoding=SQL_ASCII', '-D', PG_HOME + '/data')

    def run(self, name, *arguments, **options):
        return run(f'{self.bin}/{name}', *arguments, user='nobody', group=65534,
                   extra_groups=[], cwd=PG_HOME, **options)

    def verify(self, pairs):
        write(PG_HOME + '/pairs', lines_of_hex(pairs))
        self.run('postgres', '--single', '-j', '-F', '-D', PG_HOME + '/data',
                 'postgres', input=PG_SCRIPT.encode())
        with open(PG_HOME + '/answers', 'rb') as answers:
            return truths(answers.read(), b'yes', b'no')


def dovecot_is_24():
    return run('dovecot', '--version').startswith(b'2.4')


PROGRAMS = {'courier': Courier, 'dovecot': Dovecot, 'dovecot24': Dovecot24,
            'php': Php, 'postgresql': Postgresql}
