"""The chapter "From a program": each block, run by the real client.

A test gives a TEMPLATE, a small program around the chapter's block that answers
one line for each line that it is sent. Here the block is put into it, and
then every client has to pass the same checks. What is in the database
afterwards is read by the sqlite3 shell.

A line sent is five fields: what to do, and in hexadecimal the statement to do
it by, LOGIN, the address and the password. The answer is `ok VALUE` or
`error MESSAGE`.
"""
import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.append(os.path.dirname(os.path.abspath(__file__)) + '/../../lib')

import docs
import tap

sys.dont_write_bytecode = True
TOP = os.getcwd()
BUILD = os.path.abspath(os.environ.get('BUILD') or 'build') + '/clients'
SQLITE3 = os.environ.get('SQLITE3') or 'sqlite3'
# Until a client that hangs is given up, starting and compiling included.
PATIENCE = 100

CHAPTER = 'From a program'
# The comments at which a block is cut; what is before the first opens
# the database.
STEP = re.compile(r'(?:#|//) (ADD or CHANGE|ADD|CHANGE|either|LOGIN)\b.*')

PLAIN = 'UPDATE users SET password = ?2 WHERE email = ?1'
PASSWORDS = [
    'it\'s "quoted" \\ %s :a ?1 @b', '$y$j9T$ $HOME ${x}', '{PLAIN}x',
    'pässwörd', '€ 𝄞', '007', ' blanks around ', '$apr1$salt$hash']

# What is searched for "mailfunc", as if it were installed.
os.environ['LD_LIBRARY_PATH'] = TOP


# ---- the chapter ----

def statements():
    """ADD, CHANGE and LOGIN, each in one line."""
    (_, block), = docs.blocks(docs.chapter(CHAPTER), 'text')
    found = re.findall(r'^([A-Z]+) (.*(?:\n .*)*)', block, re.M)
    return {name: ' '.join(text.split()) for name, text in found}


def steps(language, heading):
    """The block behind the line that begins so, cut into its steps."""
    block = re.search(rf'^{heading}\b[^`]*(?:`[^`\n]+`[^`]*)*\n'
                      rf'```{language}\n(.*?)^```', docs.chapter(CHAPTER),
                      re.M | re.S)
    if not block:
        tap.give_up(f'no {language} block for {heading}')
    found = {}
    step = 'open'
    for line in block[1].splitlines():
        comment = STEP.fullmatch(line)
        if comment:
            step = comment[1]
        else:
            found.setdefault(step, []).append(line)
    return found


def program(template, language, heading):
    """The template with the chapter's lines where it has @STEP@."""
    found = steps(language, heading)
    left = set(found)

    def fill(match):
        left.discard(match[2])
        return '\n'.join((match[1] + line).rstrip()
                         for line in found.get(match[2], ['missing']))

    text = re.sub(r'^([ \t]*)@([\w ]+)@$', fill, template, flags=re.M)
    tap.ok(not left, f'every step of {heading} is run')
    return text


# ---- the database, seen by the shell ----

def shell(*sql):
    done = subprocess.run(
        [SQLITE3, '-batch', '-bail', '-init', '/dev/null', 'mail.db',
          '-cmd', '.load mailfunc'], input=';\n'.join([*sql, '']), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tap.give_up(f'sqlite3 failed\n{sql}\n{done.stdout}')
    return done.stdout.rstrip('\n')


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def policy(method, cost):
    shell(f"UPDATE password_policy SET method = '{method}', cost = {cost}")


def stored(email='joe@example.com'):
    return shell(f'SELECT password FROM users WHERE email = {quote(email)}')


def verified(password, email='joe@example.com'):
    """Do the bytes of that password in UTF-8 verify?"""
    return shell(f'SELECT CRYPT_VERIFY({quote(password)}, password) FROM users'
                 f' WHERE email = {quote(email)}') == '1'


# ---- the client ----

class Client:
    def __init__(self, command):
        self.texts = statements()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)

    def ask(self, what, email='', password='', statement=''):
        fields = [statement or self.texts.get(what.upper(), PLAIN),
                  self.texts['LOGIN'], email, password]
        print(what, *(field.encode().hex() or '-' for field in fields),
              file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().rstrip('\n')
        # A statement that isn't closed would keep others from writing.
        shell('BEGIN EXCLUSIVE', 'ROLLBACK')
        return answer or tap.give_up(f'the client ended at "{what}"')

    def total(self):
        return int(self.ask('total').split()[1])


def check_written(client, password):
    tap.equal(client.ask('add', 'Joe@Example.com', password), 'ok 1',
              'a new user counts one row')
    tap.equal(stored()[:7], '$2b$04$', 'and is hashed as the policy says')
    tap.ok(verified(password), 'by the bytes of UTF-8')
    tap.equal(client.ask('login', 'joe@example.com', password), 'ok 1',
              'the right password is good')
    tap.equal(client.ask('login', 'joe@example.com', password + ' '), 'ok 0',
              'a wrong one is not')
    tap.equal(client.ask('login', 'nobody@example.com', password), 'ok 0',
              'nor is one of nobody')
    shell('UPDATE users SET active = 0')
    tap.equal(client.ask('login', 'joe@example.com', password), 'ok 0',
              'nor the right one of a user who is disabled')
    shell('UPDATE users SET active = 1')


def check_changed(client, password):
    policy('sha512crypt', 1000)
    hashes = set()
    for _ in range(2):
        tap.equal(client.ask('change', 'JOE@example.com', password), 'ok 1',
                  'a new password counts one row')
        hashes.add(stored())
    tap.equal({text[:15] for text in hashes}, {'$6$rounds=1000$'},
              'and is hashed as the policy says now')
    tap.equal(len(hashes), 2, 'with a fresh salt each time')
    tap.ok(verified(password), 'by the bytes of UTF-8')
    tap.equal(client.ask('change', 'nobody@example.com', password), 'ok 0',
              'a new password of nobody counts none')
    policy('bcrypt', 4)


def check_passwords(client):
    for password in PASSWORDS:
        client.ask('change', 'joe@example.com', password)
        tap.ok(verified(password) and client.ask(
            'login', 'joe@example.com', password) == 'ok 1',
            f'a password may be {password}')


def check_refused(client):
    """The client's exception says what mailfunc says."""
    before = shell('SELECT * FROM users')
    for email, why in [
            ('joe@@example.com', 'users.email: it has a second @'),
            ('joe@example.org', 'users.email: its domain is not in'), ('joe@example.com', 'UNIQUE')]:
        answer = client.ask('add', email, 'x')
        tap.ok(answer.startswith('error ') and why in answer,
               f'refused with the reason: {why}') or tap.diag(answer)
    answer = client.ask('change', 'joe@example.com', '')
    tap.ok(answer.startswith('error ') and 'empty' in answer,
           'refused with the reason: empty') or tap.diag(answer)
    tap.equal(shell('SELECT * FROM users'), before, 'and nothing is written')


def check_plain(client):
    """A statement that can't be changed: ?2 is stored as it is."""
    before = client.total()
    tap.equal(client.ask('plain', 'nobody@example.com', 'plain'), 'ok 0',
              'a plain password of nobody counts no row')
    tap.equal(client.total(), before, 'and total_changes() stays')
    tap.equal(client.ask('plain', 'joe@example.com', 'plain'), 'ok 0',
              'a plain password counts no row')
    tap.equal(client.total(), before + 1, 'but total_changes() rises')
    tap.ok(stored().startswith('$2b$04$') and verified('plain'),
           'and it is hashed')


def check_bytes(client):
    """The password as the language's byte string, a BLOB to SQLite."""
    change = client.texts['CHANGE']
    tap.equal(client.ask('bytes', 'joe@example.com', 'blöb', change), 'ok 1',
              'a password may be bytes')
    tap.ok(verified('blöb'), 'and verifies as text')
    answer = client.ask('bytes', 'joe@example.com', stored(), PLAIN)
    tap.ok(answer.startswith('error ') and 'a hash must be text' in answer,
           'a hash may not') or tap.diag(answer)
    answer = client.ask(
        'bytes', 'x', 'ann@example.com',
        'INSERT INTO users(email, password) SELECT ?2, CRYPT(?1)')
    tap.ok(answer.startswith('error users.email'),
           'nor may an address') or tap.diag(answer)


def start(template, language, heading, command):
    """A database in a folder of its own, and the client that opens it."""
    signal.alarm(PATIENCE)
    text = program(template, language, heading)
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    os.chdir(folder)
    shell(f'.read {TOP}/sql/schema.sql\n',
          "INSERT INTO domains VALUES ('example.com')")
    policy('bcrypt', 4)
    return Client(command(text))


def write(name, text):
    with open(name, 'w', encoding='utf-8') as file:
        file.write(text)
    return name


def run(command):
    """For compilers."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tap.give_up(f'{command[0]} failed\n{done.stdout}')


def check_all(client):
    check_written(client, PASSWORDS[0])
    check_changed(client, PASSWORDS[0])
    check_passwords(client)
    check_refused(client)


def check(template, language, heading, command, blobs=False):
    """All checks of a client that is given statements."""
    client = start(template, language, heading, command)
    check_all(client)
    check_plain(client)
    if blobs:
        check_bytes(client)
    tap.finish()
