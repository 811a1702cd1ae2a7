"""kill -9, again and again, on one database; see kill-delete.t.

In each round a shell writes and is killed at a random moment. What it leaves
is searched for passwords as it is; then a shell without the extension opens
it, which is all the repair there is, and looks for what must never be seen.
Then every row must be what the model says: of what the shell had done by its
own word nothing is missing, of what it had not done nothing is there, but
for the one statement it may have been about to report.
"""
import os
import random
import shutil
import signal
import tempfile
import time

import compare
import model
import search
import shell
import statements
import tap

CHEAP = ('argon2id', 'm=8,t=1,p=1')
DEAR = ('argon2id', 'm=32768,t=4,p=1')	# a tenth of a second or so
NAMES = [a + b for a in 'abcdefgh' for b in 'klmnopqr']
STATEMENTS = 1200
ROUNDS_PER_DATABASE = 20
ENCODINGS = ['UTF-8', 'UTF-16le', 'UTF-8', 'UTF-16be']
JOURNAL_MAGIC = bytes.fromhex('d9d505f920a163d7')

AFTER_TRIGGERS = '''
DROP TRIGGER users_insert_hash;
DROP TRIGGER users_update_hash;
CREATE TRIGGER after_insert AFTER INSERT ON users
WHEN CRYPT_IS_HASH(NEW.password) = 0
BEGIN
  UPDATE users SET password = CRYPT(NEW.password,
    (SELECT GEN_SALT(method, cost) FROM password_policy))
  WHERE email = NEW.email;
END;
CREATE TRIGGER after_update AFTER UPDATE OF password ON users
WHEN CRYPT_IS_HASH(NEW.password) = 0
BEGIN
  UPDATE users SET password = CRYPT(NEW.password,
    (SELECT GEN_SALT(method, cost) FROM password_policy))
  WHERE email = NEW.email;
END;
'''


class Tally:
    """What the kills met."""

    def __init__(self):
        self.kills = 0		# that ended the shell
        self.under_way = 0	# before it was through
        self.in_transaction = 0
        self.hot = 0		# a journal or WAL with something in it is left
        self.recovered = 0	# and opening it changed the database file
        self.not_reported = 0	# committed, but not yet said
        self.dear = 0		# while a dear hash was being made
        self.done = 0		# statements acknowledged
        self.errors = 0		# of which were errors
        self.nameless = 0	# temporary files that were searched


class Fire:
    def __init__(self, journal, seed):
        self.journal = journal
        # One that is kept has old pages behind its end.
        self.journals = [journal, 'persist'] if journal == 'delete' \
            else [journal]
        self.rng = random.Random(f'{seed}:{journal}')
        self.search = search.Search(self.rng)
        self.comparison = compare.Comparison()
        self.tally = Tally()
        self.problems = {}
        self.folder = tempfile.mkdtemp(prefix='mailfunc-fire.')
        self.path = self.folder + '/db/mail.db'
        self.made = 0
        self.own = [
            statements.AddColumn('phone', model.Kind('TEXT', model.as_text)),
            statements.AddColumn('a b', model.Kind(
                'INTEGER NOT NULL DEFAULT 3', model.as_integer, 3))]

    # ---- a database ----

    def make_database(self, after_triggers=''):
        encoding = ENCODINGS[self.made % len(ENCODINGS)]
        journal = self.journals[self.made // 2 % len(self.journals)]
        self.made += 1
        shutil.rmtree(self.folder + '/db', ignore_errors=True)
        os.mkdir(self.folder + '/db')
        with open('sql/schema.sql', encoding='utf-8') as file:
            schema = file.read() + after_triggers
        connection = compare.connect(self.path)
        connection.execute('PRAGMA page_size = 1024')
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        connection.execute(f'PRAGMA journal_mode = {journal}')
        connection.executescript(schema)
        connection.execute(
            'UPDATE password_policy SET method = ?, cost = ?', CHEAP)
        database = model.Database(CHEAP)
        learn = [] if after_triggers else [statements.CarryColumns()]
        for one in self.own + learn:
            database.run(one)
            connection.execute(one.sql)
        connection.close()
        return database

    def setup(self):
        """Pragmas that no outcome may depend on.

        A small cache makes SQLite write pages before the COMMIT. Not so with
        WAL: there SQLite 3.40 by itself, with a plain table, loses committed
        transactions in a crash, if a savepoint was rolled back after such
        pages were written. It leaves frames without a checksum in the WAL,
        and recovery ends at the first of them.
        """
        pick = self.rng.choice
        small = 2000 if self.journal == 'wal' else 5
        return '\n'.join(f'PRAGMA {pragma};' for pragma in [
            'recursive_triggers = OFF', 'secure_delete = OFF',
            f'synchronous = {pick(["FULL", "FULL", "FULL", "OFF"])}',
            f'cache_size = {pick([small, small, 2000])}',
            f'wal_autocheckpoint = {pick([5, 50, 1000])}'])

    def load(self, dear, forget=True):
        choice = statements.Choice(self.rng, self.search.password, NAMES,
                                   bad=0.02, control=0.15,
                                   columns=self.columns)
        start = [statements.CarryColumns()] if forget else []
        start += [statements.Control('begin'),
                  statements.InsertDomains(['example.com', 'example.org'],
                                           'IGNORE')]
        if dear:
            return start + [statements.SetPolicy(
                {'method': DEAR[0], 'cost': DEAR[1]}),
                statements.Control('commit')] + [
                choice.single() for _ in range(20)]
        policy = statements.SetPolicy({'method': CHEAP[0], 'cost': CHEAP[1]})
        load = [choice.statement() for _ in range(STATEMENTS)]
        # In some rounds the triggers forget the columns, and learn them.
        forget = forget and self.rng.random() < 0.5
        for at in range(0, STATEMENTS, 25) if forget else []:
            load[at + self.rng.randrange(10)] = statements.ApplySchema()
            load[at + 10 + self.rng.randrange(10)] = \
                statements.CarryColumns()
        return start + [policy, statements.Control('commit')] + load

    def columns(self):
        return [one.column for one in self.own]

    # ---- a round ----

    def complain(self, what, problem):
        self.problems.setdefault(what, []).append(problem)

    def kill_at_random(self, load, dear):
        """What the shell had done by its own word."""
        writer = shell.Writer(self.folder, self.path, self.setup(), load)
        said = writer.wait_until_ready()
        if b'it ended' in said:
            self.complain('run', f'the shell ended: {said}')
        time.sleep(random.uniform(0, 0.5 if dear else 0.25))
        # It stands still while the files are searched that die with it.
        writer.process.send_signal(signal.SIGSTOP)
        files = search.files_of(self.folder + '/db', writer.process.pid)
        self.tally.nameless += sum('/proc/' in name for name in files)
        self.look_for_passwords(files, 'while it ran')
        results = writer.kill()
        self.tally.kills += writer.process.returncode == -signal.SIGKILL
        return results

    def look_for_passwords(self, files, when):
        found = self.search.found_in_files(files)
        if found:
            self.complain('passwords', f'{found} pieces {when}: {files}')

    def round(self, database, dear):
        """The model of what the round has left."""
        load = self.load(dear)
        results = self.kill_at_random(load, dear)
        self.count(database, load, results, dear)
        after = self.follow(database, load, results)
        left = search.read(self.path)
        files = search.files_of(self.folder + '/db')
        self.look_for_passwords(files, 'after the kill')
        hot = self.is_hot()
        complaints = shell.complaints(self.path)
        if complaints:
            self.complain('invariants', complaints)
        recovered = search.read(self.path) != left
        self.look_for_passwords(search.files_of(self.folder + '/db'),
                                'after the recovery')
        self.tally.hot += hot
        self.tally.recovered += hot and recovered
        return self.compare(after, load[:len(results) + 1][-4:])

    def is_hot(self):
        if self.journal == 'wal':
            return len(search.read(self.path + '-wal')) > 32
        return search.read(self.path + '-journal').startswith(JOURNAL_MAGIC)

    def count(self, database, load, results, dear):
        tally = self.tally
        tally.under_way += len(results) < len(load)
        tally.done += len(results)
        tally.errors += sum(error is not None for error in results)
        # CARRY_COLUMNS, BEGIN, INSERT, UPDATE and COMMIT come first.
        tally.dear += dear and 5 <= len(results) < len(load)

    def follow(self, database, load, results):
        """The model after what was done, and after one statement more."""
        for number, error in enumerate(results):
            expected = database.run(load[number])
            if (error is None) != (not expected) or \
                    error is not None and error not in expected:
                self.complain('run', f'{load[number].sql}: {error}, '
                              f'and not {expected or "none"}')
        self.tally.in_transaction += bool(database.opened)
        candidates = [database]
        if len(results) < len(load):
            one_more = database.copy()
            one_more.run(load[len(results)])
            candidates.append(one_more)
        for candidate in candidates:
            candidate.end()
        return candidates

    def compare(self, candidates, last):
        connection = compare.connect(self.path, extension=False)
        contents = compare.contents(connection)
        connection.close()
        differences = [self.comparison.difference(candidate.state, contents)
                       for candidate in candidates]
        if None in differences:
            self.tally.not_reported += differences[0] is not None
            return candidates[differences.index(None)]
        self.complain('rows', '; or '.join(differences) + '; after ' +
                      '; '.join(statement.sql for statement in last))
        return None

    def rounds(self, kills):
        database = None
        for number in range(kills):
            if database is None or number % ROUNDS_PER_DATABASE == 0:
                database = self.make_database()
                self.comparison.forget()
            database = self.round(database, dear=number % 8 == 7)

    # ---- could it find anything? ----

    def found_after_triggers(self):
        """The same with triggers that hash after the row was written."""
        self.problems = {}
        for _ in range(20):
            self.make_database(AFTER_TRIGGERS)
            self.kill_at_random(self.load(False, forget=False), dear=False)
            self.look_for_passwords(search.files_of(self.folder + '/db'),
                                    'after the kill')
            if 'passwords' in self.problems:
                return True
        return False

    def clean_up(self):
        shutil.rmtree(self.folder)


BROKEN = {
    'without a hash': "UPDATE users SET password = 'plainpassword'",
    'without a maildir': "UPDATE users SET maildir = '' WHERE quota = 1",
    'not in lower case': "UPDATE users SET email = 'Joe@example.com' "
                         'WHERE quota = 1',
    'there twice': 'INSERT INTO users SELECT * FROM users WHERE quota = 1',
    'two have the maildir': "UPDATE users SET maildir = 'example.com/joe/'",
    'its domain is missing': 'DELETE FROM domains',
    'a maildir inside of': "UPDATE users SET maildir = 'Example.com/Ann/x/' "
                           'WHERE quota = 1',
    'a wrong active': 'UPDATE users SET active = NULL WHERE quota = 1',
    'a wrong quota': "UPDATE users SET quota = 'x' WHERE quota = 1",
    'rows of password_policy: 0': 'DELETE FROM password_policy',
    'rows of password_policy: 2':
        "INSERT INTO password_policy VALUES ('bcrypt', 5, 0)",
}


def check_the_checks(fire):
    """Tables of the same names that nothing protects are wrong in each way."""
    for complaint, sql in BROKEN.items():
        fire.make_database()
        connection = compare.connect(fire.path)
        connection.executescript('''
            CREATE TABLE u AS SELECT * FROM users;
            CREATE TABLE d AS SELECT * FROM domains;
            CREATE TABLE p AS SELECT * FROM password_policy;
            DROP TABLE users; DROP TABLE domains; DROP TABLE password_policy;
            ALTER TABLE u RENAME TO users;
            ALTER TABLE d RENAME TO domains;
            ALTER TABLE p RENAME TO password_policy;
            INSERT INTO domains VALUES ('example.com');
            INSERT INTO users(email, password, quota, maildir, active) VALUES
              ('joe@example.com', '{CRYPT}abJnggxhB/yWI', 1,
               'example.com/joe/', 1),
              ('ann@example.com', '{CRYPT}abJnggxhB/yWI', 2,
               'example.com/ann/', 0);''')
        connection.close()
        tap.equal(shell.complaints(fire.path), '', 'nothing is wrong yet')
        connection = compare.connect(fire.path)
        connection.execute(sql)
        connection.close()
        tap.contains(shell.complaints(fire.path), complaint,
                     'it would be seen: ' + complaint)


def report(fire, kills):
    tally = fire.tally
    for what, name in [
            ('run', 'every statement fails or succeeds as the model says'),
            ('passwords', 'no password in any file'),
            ('invariants', 'after each kill the database is whole, and no '
             'user without hash, maildir or domain'),
            ('rows', 'all that was done is there, and nothing else')]:
        problems = fire.problems.get(what, [])
        tap.ok(not problems, name)
        for problem in problems[:3]:
            tap.diag(problem[:4000])
    tap.diag(f'{tally.kills} kills: {tally.under_way} under way, '
             f'{tally.in_transaction} in a transaction, {tally.dear} in a '
             f'dear hash; {tally.hot} left a journal with pages in it, in '
             f'{tally.recovered} opening it changed the file; '
             f'{tally.not_reported} had committed what was not yet reported')
    tap.diag(f'{tally.done} statements were done, {tally.errors} with an '
             f'error; {fire.comparison.verified} hashes verified; '
             f'{fire.search.bytes >> 20} MiB and {tally.nameless} nameless '
             'files searched')
    tap.ok(tally.kills >= 0.95 * kills, 'the shells were killed')
    tap.ok(tally.under_way >= 0.9 * kills, 'nearly all of them under way')
    tap.ok(tally.in_transaction >= kills / 10, 'many in a transaction')
    tap.ok(tally.dear >= kills / 16, 'some in the middle of a dear hash')
    tap.ok(tally.hot >= kills / 20, 'some leave a hot journal or a WAL')
    tap.ok(tally.recovered >= 1, 'which changes the file when it is opened')


def run_all(journal):
    seed = os.environ.get('SEED') or str(int(time.time()))
    kills = max(8, int(os.environ.get('KILLS') or 200) // 2)
    tap.diag(f'SEED={seed}')
    fire = Fire(journal, seed)
    try:
        fire.rounds(kills)
        report(fire, kills)
        tap.ok(fire.found_after_triggers(),
               'hashed after the write, passwords are found')
        if journal == 'delete':
            check_the_checks(fire)
    finally:
        fire.clean_up()
