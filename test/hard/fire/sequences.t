#!/usr/bin/python3 -B
"""Random sequences of statements, each against a model in plain Python.

After every statement the error, or that there is none, and all rows of
users, domains, forwardings and password_policy have to be what model.py says,
with the columns of users that a sequence has added: the hashes too, which
must verify, be by the policy, and stay what they are when they are only
copied. Each block of sequences has a database with other pragmas, encodings
and orders of the triggers.

    SEQUENCES=10000 SEED=1 test/hard/fire/sequences.t
"""
import collections
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import compare
import model
import statements
import tap

SEQUENCES = int(os.environ.get('SEQUENCES') or 10000)
SEED = os.environ.get('SEED') or str(int(time.time()))
CHEAP = ('argon2id', 'm=8,t=1,p=1')
TURNED = 'the triggers in another order'
# As in a SQLite that wasn't compiled with LIKE_DOESNT_MATCH_BLOBS.
BLOBS = 'GLOB matches blobs'
BLOCKS = [
    [],
    ['recursive_triggers=ON'],
    ['foreign_keys=ON'],
    ['trusted_schema=OFF'],
    ["encoding='UTF-16le'"],
    ["encoding='UTF-16be'", 'recursive_triggers=ON'],
    ['recursive_triggers=OFF', TURNED],
    [BLOBS],
    ['recursive_triggers=ON', 'trusted_schema=OFF', 'foreign_keys=ON',
     'secure_delete=OFF', TURNED],
]
BLOCK_SIZE = 125


def turn_triggers(connection):
    """SQLite promises no order in which it runs them."""
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
        'ORDER BY rowid DESC').fetchall()
    for name, _ in triggers:
        connection.execute(f'DROP TRIGGER {name}')
    for _, sql in triggers:
        connection.execute(sql)


def match_blobs(connection):
    original = compare.connect(extension=False)

    def glob(pattern, value):
        if isinstance(value, bytes):
            value = value.decode('latin-1')
        return original.execute('SELECT ? GLOB ?',
                                (value, pattern)).fetchone()[0]
    connection.create_function('glob', 2, glob, deterministic=True)


def open_database(pragmas, schema):
    connection = compare.connect()
    for pragma in pragmas:
        if pragma == BLOBS:
            match_blobs(connection)
        elif pragma != TURNED:
            connection.execute(f'PRAGMA {pragma}')
    connection.executescript(schema)
    if TURNED in pragmas:
        turn_triggers(connection)
    connection.execute('UPDATE password_policy SET method = ?, cost = ?',
                       CHEAP)
    return connection


class Bench:
    """A database of a block, and what it was when it was new."""

    def __init__(self, pragmas, schema):
        self.connection = open_database(pragmas, schema)
        self.new = compare.connect()
        self.connection.backup(self.new)
        recursive, = self.connection.execute(
            'PRAGMA recursive_triggers').fetchone()
        self.recursive = bool(recursive)

    def reset(self):
        """The same start for each sequence, and its model."""
        if self.connection.in_transaction:
            self.connection.execute('ROLLBACK')
        self.new.backup(self.connection)
        return model.Database(CHEAP, self.recursive)

    def close(self):
        self.connection.close()
        self.new.close()


def run(connection, one):
    """The error's class, as a set; empty if there is none."""
    try:
        for sql in getattr(one, 'parts', [one.sql]):
            rows = connection.execute(sql).fetchall()
    except compare.sqlite3.Error as error:
        return {compare.class_of(str(error))}
    if rows and rows != [(one.answer,)]:
        return {f'the answer is {rows}, and not {one.answer}'}
    return set()


class Tally:
    """What happened, to show that much did."""

    def __init__(self):
        self.statements = 0
        self.errors = collections.Counter()
        self.kinds = collections.Counter()
        self.users = 0

    def count(self, statement, errors, state):
        self.statements += 1
        self.kinds[type(statement).__name__, not errors] += 1
        self.errors.update(errors)
        self.users += len(state.users)


def begin(choice, rng):
    """Domains, some users, and often columns that are known or not."""
    start = [statements.InsertDomains(['example.com', 'Example.ORG'], None),
             statements.InsertForwarding('Info@example.com', 'b@example.com',
                                         None, None)]
    if rng.random() < 0.3:
        start += [choice.add_column() for _ in range(rng.choice([1, 1, 3]))]
        start += [statements.CarryColumns()] if rng.random() < 0.8 else []
    return start


def run_sequence(bench, number, comparison, tally):
    """None, or what went wrong, with the statements up to there."""
    rng = random.Random(f'{SEED}:{number}')
    words = iter(range(10 ** 6))
    database = bench.reset()
    choice = statements.Choice(
        rng, lambda: f'{number} password {next(words)}',
        bad=rng.choice([0, 0.05, 0.2]), control=rng.choice([0, 0, 0.3]),
        columns=lambda: database.state.columns,
        users=lambda: database.state.users,
        alter=rng.choice([0, 0, 0.3]))
    comparison.forget()
    start = begin(choice, rng)
    done = []
    for step in range(len(start) + 3 + rng.randrange(3, 11)):
        one = start[step] if step < len(start) else \
            choice.start() if step < len(start) + 3 else choice.statement()
        done.append(one.sql)
        expected = database.run(one)
        got = run(bench.connection, one)
        wrong = compare_step(bench.connection, database, comparison, expected,
                             got)
        if wrong:
            return '\n'.join([f'sequence {number}: {wrong}', *done])
        tally.count(one, got, database.state)
    return None


def compare_step(connection, database, comparison, expected, got):
    if got != expected and not (got and got <= expected):
        return f'error: {got or "none"}, and not {expected or "none"}'
    if connection.in_transaction != bool(database.opened):
        return 'the transaction: open in one, and not in the other'
    return comparison.difference(database.state,
                                 compare.contents(connection))


def run_all():
    with open('sql/schema.sql', encoding='utf-8') as file:
        schema = file.read()
    comparison, tally = compare.Comparison(), Tally()
    wrong = {str(block): [] for block in BLOCKS}
    for first in range(0, SEQUENCES, BLOCK_SIZE):
        pragmas = BLOCKS[first // BLOCK_SIZE % len(BLOCKS)]
        bench = Bench(pragmas, schema)
        for number in range(first, min(first + BLOCK_SIZE, SEQUENCES)):
            problem = run_sequence(bench, number, comparison, tally)
            if problem:
                wrong[str(pragmas)].append(problem)
        bench.close()
    return comparison, tally, wrong


def report(comparison, tally, wrong):
    for pragmas in BLOCKS:
        where = ', '.join(pragmas) or 'as it comes'
        problems = wrong[str(pragmas)]
        tap.ok(not problems, f'{where}: every statement leaves what the '
               'model says')
        for problem in problems[:3]:
            tap.diag(problem)
        if problems:
            tap.diag(f'{len(problems)} sequences')
    tap.diag(f'{SEQUENCES} sequences, {tally.statements} statements, '
             f'{sum(tally.errors.values())} errors, {comparison.verified} '
             f'hashes verified, {tally.users / tally.statements:.1f} users '
             'at a time')
    tap.diag('errors: ' + ', '.join(
        f'{name} {count}' for name, count in tally.errors.most_common()))
    if SEQUENCES >= 2000:
        names = {name for _, name in compare.ERRORS} - {'busy', 'full'}
        tap.equal(names - set(tally.errors), set(), 'every error was met')
        kinds = {name for name, _ in tally.kinds} - {'RefusedPolicy'}
        tap.equal({kind for kind in kinds if tally.kinds[kind, True] == 0},
                  set(), 'every kind of statement succeeded')


tap.diag(f'SEED={SEED}')
report(*run_all())
tap.finish()
