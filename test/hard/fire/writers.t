#!/usr/bin/python3 -B
"""Two shells write to one database at once.

    SECONDS_OF_WRITING=3 SEED=1 test/hard/fire/writers.t

Each keeps to the users of its own domain, so that one model for each says
what is left. Once they wait for one another (busy_timeout), and no statement
may find the database locked; once they don't, and each that does must have
written nothing. Every transaction leaves a row that says whose it was: that
shows how often the one came between two of the other.
"""
import os
import random
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import compare
import model
import search
import shell
import statements
import tap

SEED = os.environ.get('SEED') or str(int(time.time()))
SECONDS = float(os.environ.get('SECONDS_OF_WRITING') or 3)
CHEAP = ('argon2id', 'm=8,t=1,p=1')
DOMAINS = ['one.example', 'two.example']
NAMES = [a + b for a in 'abcdef' for b in 'klmnop']


class Turn:
    """A row that says who was here. The model knows nothing of it."""

    def __init__(self, who):
        self.sql = f'INSERT INTO turns(who) VALUES ({who})'

    def apply(self, database):
        pass


class Pause:
    """Some milliseconds outside of any transaction. Without them a writer
    that waits would hardly ever find the other one out."""

    sql = "SELECT 1 WHERE CRYPT('pause', GEN_SALT('bcrypt', 7)) IS NULL"

    def apply(self, database):
        pass


class Writing:
    """One run: a database, two shells, and what they did."""

    def __init__(self, journal, timeout):
        self.journal = journal
        self.timeout = timeout
        self.rng = random.Random(f'{SEED}:{journal}:{timeout}')
        self.search = search.Search(self.rng)
        self.folder = tempfile.mkdtemp(prefix='mailfunc-fire.')
        self.path = self.folder + '/db/mail.db'
        os.mkdir(self.folder + '/db')
        self.own = statements.AddColumn(
            'phone', model.Kind('TEXT', model.as_text))
        self.make_database()
        self.models = [self.make_model(), self.make_model()]
        self.locked = 0
        self.done = 0

    def make_database(self):
        connection = compare.connect(self.path)
        connection.execute(f'PRAGMA journal_mode = {self.journal}')
        with open('sql/schema.sql', encoding='utf-8') as file:
            connection.executescript(file.read())
        connection.executescript(f'''
            CREATE TABLE turns(turn INTEGER PRIMARY KEY, who);
            INSERT INTO domains VALUES ('{DOMAINS[0]}'), ('{DOMAINS[1]}');
            UPDATE password_policy
              SET method = '{CHEAP[0]}', cost = '{CHEAP[1]}';
            {self.own.sql};
            SELECT CARRY_COLUMNS();''')
        connection.close()

    def make_model(self):
        database = model.Database(CHEAP)
        database.state.domains = {name: name for name in DOMAINS}
        database.add_column(self.own.column)
        database.carry_columns()
        return database

    def load(self, who):
        """All kinds of statements, transactions among them: IMMEDIATE, or a
        reader among the writers would find the database locked, timeout or
        not."""
        choice = statements.Choice(
            self.rng, self.search.password, NAMES, bad=0.02,
            only=DOMAINS[who], control=0, policies=False,
            columns=lambda: [self.own.column])
        load = []
        while len(load) < 4000:
            inside = [choice.statement()
                      for _ in range(self.rng.randrange(1, 5))]
            if self.rng.random() < 0.4:
                end = self.rng.choice(['commit', 'commit', 'rollback'])
                inside = [statements.Control('begin', mode='IMMEDIATE'),
                          *inside, Turn(who), statements.Control(end)]
            load += [*inside, Turn(who), Pause()]
        return load

    def write(self, seconds):
        """Both at once, until they are killed."""
        setup = 'PRAGMA recursive_triggers = OFF;\n' \
            'PRAGMA secure_delete = OFF;\nPRAGMA synchronous = NORMAL;\n' \
            f'.timeout {self.timeout}'
        loads = [self.load(who) for who in (0, 1)]
        writers = []
        for who in (0, 1):
            os.mkdir(f'{self.folder}/{who}')
            writers.append(shell.Writer(f'{self.folder}/{who}', self.path,
                                        setup, loads[who]))
        readers = [shell.Drain(writer) for writer in writers]
        time.sleep(seconds)
        return [self.follow(who, loads[who], reader.kill())
                for who, reader in enumerate(readers)]

    def follow(self, who, load, results):
        """The model after each statement; a locked one has done nothing.
        Which states may be there now, and the first difference."""
        database, problem = self.models[who], None
        for number, error in enumerate(results):
            if error == 'busy':
                self.locked += 1
                continue
            expected = database.run(load[number])
            if {error} - {None} != expected and error not in expected:
                problem = problem or \
                    f'{load[number].sql}: {error}, and not {expected}'
        self.done += len(results)
        one_more = database.copy()
        if len(results) < len(load):
            one_more.run(load[len(results)])
        for candidate in (database, one_more):
            candidate.end()
        return [database, one_more], problem

    def turns(self):
        """How often the other came next."""
        connection = compare.connect(self.path, extension=False)
        whose = [who for who, in connection.execute(
            'SELECT who FROM turns ORDER BY turn')]
        connection.close()
        return sum(one != other for one, other in zip(whose, whose[1:]))

    def difference(self, who, candidates):
        connection = compare.connect(self.path, extension=False)
        contents = compare.contents(connection)
        connection.close()
        names, rows = contents['users']
        contents['users'] = names, [
            row for row in rows if row[0].endswith('@' + DOMAINS[who])]
        comparison = compare.Comparison()
        problems = [comparison.difference(candidate.state, contents)
                    for candidate in candidates]
        return None if None in problems else '; or '.join(problems)


def run(journal, timeout):
    writing = Writing(journal, timeout)
    name = f'{journal}, ' + ('they wait' if timeout else "they don't wait")
    try:
        results = writing.write(SECONDS)
        found = writing.search.found_in_files(
            search.files_of(writing.folder + '/db'))
        tap.equal(shell.complaints(writing.path), '',
                  f'{name}: the database is whole')
        found += writing.search.found_in_files(
            search.files_of(writing.folder + '/db'))
        tap.equal(found, 0, f'{name}: no password in any file')
        for who, (candidates, problem) in enumerate(results):
            tap.equal(problem, None, f'{name}: writer {who}: each statement '
                      'fails or succeeds as it should')
            tap.equal(writing.difference(who, candidates), None,
                      f'{name}: writer {who}: all it did is there')
        turns = writing.turns()
        tap.diag(f'{writing.done} statements, {writing.locked} found the '
                 f'database locked, {turns} changes of turn')
        tap.ok(turns >= 5, f'{name}: they took turns')
        tap.ok((writing.locked == 0) == bool(timeout),
               f'{name}: ' + ('no statement found the database locked'
                              if timeout else 'some found it locked'))
    finally:
        shutil.rmtree(writing.folder)


tap.diag(f'SEED={SEED}')
for mode in ('delete', 'wal'):
    for wait in (20000, 0):
        run(mode, wait)
tap.finish()
