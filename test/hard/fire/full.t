#!/usr/bin/python3 -B
"""The disk is full in the middle of a statement.

    SEED=1 test/hard/fire/full.t

A small tmpfs, in a mount namespace of its own (root is needed), is filled up
but for so many pages: none, one, two ... until each statement has room. Each
gives its full outcome, as the model says it, or an error that leaves what was
there before. Then there is room again, and it succeeds on the same
connection.
"""
import os
import random
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import compare
import model
import search
import shell
import statements
import tap

from model import Password
from statements import ALL, Control, Insert, Set, Update, Where, constant

SEED = os.environ.get('SEED') or str(int(time.time()))
CHEAP = ('argon2id', 'm=8,t=1,p=1')
PLACE = '/mnt'
PAGE = 4096
MOST_PAGES = 200
SIZE = 16 << 20
UNSHARE = ['unshare', '--mount', '--propagation', 'private']


def enter():
    """Go on where mounts are our own; or say why not."""
    if os.environ.get('MAILFUNC_FULL'):
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={SIZE}',
                        'tmpfs', PLACE], check=True)
        return
    trial = subprocess.run([*UNSHARE, 'true'], capture_output=True,
                           check=False)
    if trial.returncode:
        print('1..0 # SKIP a mount namespace of its own needs root')
        sys.exit(0)
    sys.exit(subprocess.call([*UNSHARE, sys.executable, '-B', *sys.argv],
                             env={**os.environ, 'MAILFUNC_FULL': '1'}))


class Disk:
    """The tmpfs, with a file that takes up the room."""

    FILLER = PLACE + '/filler'

    def fill_but(self, pages):
        self.free()
        status = os.statvfs(PLACE)
        with open(self.FILLER, 'wb') as file:
            os.posix_fallocate(file.fileno(), 0, max(
                1, (status.f_bavail - pages) * status.f_bsize))

    @staticmethod
    def free():
        if os.path.exists(Disk.FILLER):
            os.unlink(Disk.FILLER)


class Work:
    """Statements, made anew for each try: their passwords are."""

    def __init__(self, rng, looked_for):
        self.rng = rng
        self.plain = looked_for.password
        self.kinds = {
            'INSERT': self.insert, 'INSERT of many rows': self.insert_many,
            'INSERT ... SELECT': self.copy, 'OR REPLACE': self.replace,
            'upsert': self.upsert, 'UPDATE of all': self.update_all,
            'UPDATE of an address': self.move, 'DELETE': self.delete,
            'ALTER TABLE and CARRY_COLUMNS': self.add_column,
            'schema.sql again': self.apply_schema,
            'a transaction': self.transaction,
            'one that is rolled back': self.rolled_back}

    def rows(self, first, count):
        return [{'email': f'New{n}@example.com',
                 'password': Password(self.plain(), 'plain')}
                for n in range(first, first + count)]

    def insert(self):
        return [Insert(self.rows(0, 1), None, None, 'values')]

    def insert_many(self):
        return [Insert(self.rows(0, 60), None, None, 'values')]

    def copy(self):
        return [statements.Copy('x', ALL, None)]

    def replace(self):
        rows = [{**row, 'email': f'u{n}@example.com'}
                for n, row in enumerate(self.rows(0, 40))]
        return [Insert(rows, 'REPLACE', None, 'values')]

    def upsert(self):
        rows = self.rows(0, 20) + [
            {**row, 'email': f'U{n}@example.com'}
            for n, row in enumerate(self.rows(0, 20))]
        return [Insert(rows, None, statements.Upsert('(email)', [
            Set('password', 'excluded.password',
                lambda old, row: row['password'])]), 'values')]

    def update_all(self):
        plain = self.plain()
        return [Update([Set('password', f"'{plain}' || email",
                            lambda old, row: Password(
                                plain + old.email, 'plain'))], ALL, None)]

    def move(self):
        return [Update([constant('email', 'Moved@example.com'),
                        constant('password',
                                 Password(self.plain(), 'plain'))],
                       Where(" WHERE email = 'u7@example.com'",
                             lambda user: user.email == 'u7@example.com'),
                       None)]

    @staticmethod
    def delete():
        return [statements.Delete(ALL)]

    @staticmethod
    def add_column():
        return [Control('begin'), statements.AddColumn(
            'phone', model.Kind("TEXT DEFAULT 'none'", model.as_text,
                                'none')),
            statements.CarryColumns(), Control('commit')]

    @staticmethod
    def apply_schema():
        return [statements.ApplySchema()]

    def transaction(self):
        return [Control('begin'), *self.insert_many(),
                Control('savepoint', 's'), *self.update_all(),
                Control('rollback to', 's'),
                *self.move(), Control('commit')]

    def rolled_back(self):
        return [Control('begin'), *self.insert_many(), *self.update_all(),
                Control('rollback')]


class Trial:
    """One kind of statement, with less and more room."""

    def __init__(self, journal, seed):
        self.journal = journal
        self.rng = random.Random(f'{seed}:{journal}')
        self.search = search.Search(self.rng)
        self.work = Work(self.rng, self.search)
        self.comparison = compare.Comparison()
        self.disk = Disk()
        self.folder = PLACE + '/db'
        self.path = self.folder + '/mail.db'
        self.full = 0
        self.problems = []
        self.make_base()

    def make_base(self):
        """A database on the disk beside the tmpfs, and its model."""
        os.makedirs(self.folder)
        connection = compare.connect(self.path)
        connection.execute(f'PRAGMA journal_mode = {self.journal}')
        with open('sql/schema.sql', encoding='utf-8') as file:
            connection.executescript(file.read())
        connection.execute('UPDATE password_policy SET method = ?, cost = ?',
                           CHEAP)
        self.base = model.Database(CHEAP)
        for one in [statements.InsertDomains(['example.com'], None), Insert(
                [{'email': f'u{n}@example.com',
                  'password': Password(self.search.password(), 'plain')}
                 for n in range(60)], None, None, 'values')]:
            self.base.run(one)
            connection.execute(one.sql)
        connection.close()
        self.bytes = search.read(self.path)

    def restore(self):
        shutil.rmtree(self.folder)
        os.mkdir(self.folder)
        with open(self.path, 'wb') as file:
            file.write(self.bytes)

    def run(self, name):
        """With no room, with a page, with two ... until there is enough:
        how many were too few."""
        for pages in range(MOST_PAGES):
            if not self.run_with(name, pages):
                return pages
        self.problems.append(f'{name}: {MOST_PAGES} pages were too few')
        return MOST_PAGES

    def run_with(self, name, pages):
        """Was there an error?"""
        self.restore()
        connection = compare.connect(self.path)
        for pragma in ['secure_delete = OFF', 'cache_size = ' + (
                '2000' if self.journal == 'wal' else '5'),
                'recursive_triggers = OFF']:
            connection.execute(f'PRAGMA {pragma}')
        where = f'{name}, {pages} pages free'
        self.disk.fill_but(pages)
        error, database = self.steps(connection, where)
        self.disk.free()
        if error:
            self.full += 1
            if connection.in_transaction:
                connection.execute('ROLLBACK')
            database = self.base.copy()
            self.compare(connection, database, where + ', after the error')
            again, database = self.steps(connection, where + ', again',
                                         name)
            if again:
                self.problems.append(f'{where}: again: {again}')
        connection.close()
        self.check_files(where, database)
        return error

    def steps(self, connection, where, name=None):
        """Each statement in turn, up to the first error."""
        database = self.base.copy()
        name = name or where.split(',')[0]
        for one in self.work.kinds[name]():
            before = database.copy()
            database.run(one)
            try:
                for sql in getattr(one, 'parts', [one.sql]):
                    connection.execute(sql)
            except compare.sqlite3.Error as error:
                if compare.class_of(str(error)) != 'full':
                    self.problems.append(f'{where}: {error}')
                # SQLite may end the transaction, or leave it as it was.
                self.compare(connection, before if connection.in_transaction
                             else self.base, where + ', at the error')
                return str(error), before
            self.compare(connection, database, where)
        return None, database

    def compare(self, connection, database, where):
        try:
            contents = compare.contents(connection)
        except compare.sqlite3.Error as error:
            # There may be no room to read: for the index of the WAL.
            if compare.class_of(str(error)) != 'full':
                self.problems.append(f'{where}: {error}')
            return
        problem = self.comparison.difference(database.state, contents)
        if problem:
            self.problems.append(f'{where}: {problem}')

    def check_files(self, where, database):
        files = search.files_of(self.folder)
        complaints = shell.complaints(self.path)
        if complaints:
            self.problems.append(f'{where}: {complaints}')
        connection = compare.connect(self.path, extension=False)
        self.compare(connection, database, where + ', opened again')
        connection.close()
        if self.search.found_in_files(files):
            self.problems.append(f'{where}: a password in {files}')


def run_all(journal):
    trial = Trial(journal, SEED)
    for name in trial.work.kinds:
        del trial.problems[:]
        pages = trial.run(name)
        tap.ok(not trial.problems, f'{journal}: {name}: all or nothing '
               f'({pages} times the disk was full)')
        for problem in trial.problems[:3]:
            tap.diag(problem[:2000])
    shutil.rmtree(trial.folder)
    tap.diag(f'{trial.full} times the disk was full, '
             f'{trial.search.bytes >> 20} MiB searched for passwords')
    tap.ok(trial.full >= 50, f'{journal}: it was full at many places')


enter()
tap.diag(f'SEED={SEED}')
for mode in ('delete', 'wal'):
    run_all(mode)
tap.finish()
