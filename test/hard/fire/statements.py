"""Statements on the schema: each is its SQL, and what it does to the model.

A Choice draws them at random from few addresses, so that they meet one
another. Where it is given a domain it stays within that domain's users, so
that several writers can be told apart.
"""
import functools
import sqlite3

import model
import texts
from model import COLUMNS, Column, Kind, Password, Refused

CLAUSES = [None, None, None, 'IGNORE', 'REPLACE', 'FAIL', 'ABORT', 'ROLLBACK']
BAD_ADDRESSES = [
    None, 5, b'a@example.com', '', 'a', '@example.com', 'a@', 'a@@example.com',
    'a@b@example.com', 'a b@example.com', '../a@example.com', '.@example.com',
    '..@example.com', '.a@example.com', 'a.@example.com', 'a..b@example.com',
    '-a@example.com', 'a/b@example.com', 'a\\b@example.com',
    "a'b@example.com", 'a"b@example.com', 'a`b@example.com',
    'a,b@example.com', 'é@example.com', 'a@exämple.com', 'a@-example.com',
    'a@example-.com', 'a@example..com', 'a@.example.com', 'a@example.com.',
    'a@127.0.0.1', 'a@[127.0.0.1]', 'a' * 65 + '@example.com',
    'a\1b@example.com', 'a\0b@example.com', 'a@example_x.com',
    'a;b@example.com', 'a@example.com\n', 'a\x7f@example.com',
    'K@example.com', 'a@example.com/']
ODD_ADDRESSES = ['a+b', "o!#$%&*=?^_{|}~", 'a' * 64, 'a.b', 'a-', '0']

BAD_MAILDIRS = ['/etc/', '../', 'a//b/', 'a/./b/', 'a/../b/', 'a/b', 'a b/',
                'a/\0/', 'é/', '.a/', '/', './', 5, b'a/', 'a/\x7f/', '\n/']
BAD_QUOTAS = [-1, '10M', 1.5, None, '', 'x', b'1', -0.5]
ODD_QUOTAS = ['77', 5.0, 0, 2 ** 62, ' 8 ']
BAD_ACTIVE = [2, -1, 'x', '', None, 0.5, b'1', '1x', 10 ** 12]
ODD_ACTIVE = ['0', 1.0, ' 1 ', 0.0]
NAMES = ['', 'Joe Doe', 'Zoë', "O'Hara", 'x' * 40, 5, 'a\0b', b'\0\xff', '%s']
BAD_DOMAINS = ['', 'a/b', 'a b', 'a\0b', 'é.example', None, 'a_b', b'a']
SOURCES = ['@example.com', "o'hara@example.com", 'root', 'Info@example.net']
DESTINATIONS = ['joe', '@example.org', 'joe@example.com,\tann@example.org',
                ' joe@example.com ', 'é@example.com', 'a/b@example.com']
BAD_SOURCES = ['', ' ', 'a b@example.com', 'a@', 'a@b@example.com', b'a',
               'a,b@example.com', 'a@exa mple.com']
BAD_DESTINATIONS = [
    '', ' ', ',', 'a@example.com,', ',a@example.com', 'a@example.com,,b',
    'a@example.com b@example.com', 'a@example.com;b@example.com', 'no mail',
    'a@', 'a@example.com@x', '|cat', '/dev/null', ':include:/x', '-a', b'a',
    'a@example.com, ,b', 'a@[127.0.0.1]', 'a@127.0.0.1', 'a\0b@example.com']
POLICIES = [('argon2id', 'm=8,t=1,p=1')] * 4 + [
    ('argon2id', 'm=16,t=1,p=1'), ('argon2id', 'm=16,t=2,p=1'),
    ('sha256crypt', 1000), ('bcrypt', 4), ('bcrypt', '4')]
BAD_POLICIES = [('rot13', 1), ('bcrypt', 3), ('bcrypt', 18), ('bcrypt', 'x'),
                ('argon2id', 4), ('sha256crypt', 999), ('md5crypt', None),
                (None, 4), ('argon2id', 'm=1,t=0,p=1')]


# ---- one's own columns ----

COLUMN_NAMES = [
    'phone', 'Phone2', 'größe', 'Ö', 'ö', 'a b', 'say "hi"', "it's", 'order',
    'column', 'columns', 'NEW', 'own', ']', ')', ',', '--', '1st', '/', '`',
    'password2', 'AS', '"', "'", 'check', ' ', 'x' * 70, 'rowid',
    # Like the marks between which the triggers name them.
    '/*end*/', '/*own x', '/*own x*/', "'/*end*/"]
KINDS = [
    Kind('TEXT', model.as_text), Kind('TEXT COLLATE NOCASE', model.as_text),
    Kind("TEXT NOT NULL DEFAULT 'it''s, (so)'", model.as_text, "it's, (so)"),
    Kind('INTEGER', model.as_integer),
    Kind('INTEGER NOT NULL DEFAULT -3', model.as_integer, -3),
    Kind(''), Kind("BLOB DEFAULT x'00ff' /* , in a comment */",
                   default=b'\0\xff'),
    Kind('REAL DEFAULT 0.5', model.as_real, 0.5),
    Kind('INTEGER DEFAULT 1 CONSTRAINT "own: 0 to 2" CHECK '
         '({name} BETWEEN 0 AND 2)', model.as_integer, 1,
         good=lambda value: isinstance(value, (int, float)) and
         0 <= value <= 2),
    Kind('AS (quota + 1)', made=lambda user: user.quota + 1),
    Kind("GENERATED ALWAYS AS (email || '/' || active) VIRTUAL",
         made=lambda user: f'{user.email}/{user.active}')]
OWN_VALUES = [None, None, 0, 1, 2, 3, -5, 2 ** 40, 0.25, '', 'text', 'Text',
              '+49 30 1', "it's", 'é\0é', '€' * 30, b'', b'\0\1',
              'plain text']


def name_of(column):
    return column if isinstance(column, str) else in_quotes(column.name)


def in_quotes(name):
    return '"' + name.replace('"', '""') + '"'


def quoted(value):
    """As an SQL literal."""
    if value is None:
        return 'NULL'
    if isinstance(value, Password):
        return quoted(value.value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, str):
        text = value.replace("'", "''")
        return "'" + text.replace('\0', "' || char(0) || '") + "'"
    return str(value)


def into(table, clause):
    return f'INSERT OR {clause} INTO {table}' if clause else \
        f'INSERT INTO {table}'


# ---- expressions and conditions ----

class Set:
    """column = sql; value is given the row as it is, and the one that was to
    be inserted."""

    def __init__(self, column, sql, value):
        self.column = column
        self.sql = f'{name_of(column)} = {sql}'
        self.value = value


def constant(column, value):
    return Set(column, quoted(value), lambda old, row: value)


class Where:
    """A condition on a user."""

    def __init__(self, sql, test):
        self.sql = sql
        self.test = test


ALL = Where('', lambda user: True)


def values_of(sets, old, row=None):
    return {one.column: one.value(old, row) for one in sets}


def chosen(database, where):
    """The keys in their order, in which SQLite comes by them too."""
    users = database.state.users
    return [key for key in sorted(users) if where.test(users[key])]


# ---- users ----

class Upsert:
    """ON CONFLICT; without sets it is DO NOTHING."""

    def __init__(self, target, sets, where=ALL):
        self.sets = sets
        self.where = where
        self.sql = f' ON CONFLICT{target} DO ' + (
            'UPDATE SET ' + ', '.join(one.sql for one in sets) + where.sql
            if sets else 'NOTHING')

    def wanted(self, old, row):
        return bool(self.sets) and self.where.test(old)

    def values(self, old, row):
        return values_of(self.sets, old, row)


class Insert:
    """Rows are dicts of the columns that are given."""

    def __init__(self, rows, clause, upsert, form):
        self.rows = rows
        self.clause = clause
        self.upsert = upsert
        columns = list(rows[0])
        lines = [', '.join(quoted(row[name]) for name in columns)
                 for row in rows]
        tuples = ', '.join(f'({line})' for line in lines)
        source = {
            'values': f'VALUES {tuples}',
            'select': f'SELECT * FROM (VALUES {tuples}) WHERE true',
            'union': ' UNION ALL '.join(f'SELECT {line} WHERE true'
                                        for line in lines)}[form]
        head = into('users', clause)
        if form == 'union' and clause == 'REPLACE':
            head = 'REPLACE INTO users'
        names = ', '.join(map(name_of, columns))
        self.sql = f'{head}({names}) {source}' + \
            (upsert.sql if upsert else '')

    def apply(self, database):
        for row in self.rows:
            database.insert_row(row, self.clause, self.upsert)


class Copy:
    """INSERT ... SELECT from users itself: the hashes are copied, and the
    columns that are named."""

    def __init__(self, prefix, where, clause, columns=()):
        self.prefix = prefix
        self.where = where
        self.clause = clause
        self.columns = columns
        names = ''.join(', ' + name_of(column) for column in columns)
        self.sql = f'{into("users", clause)}(email, password, quota{names}) ' \
            f"SELECT '{prefix}' || email, password, quota + 1{names} " \
            f'FROM users{where.sql}'

    def apply(self, database):
        users = database.state.users
        rows = [{'email': self.prefix + user.email,
                 'password': Password(user.password, 'hash'),
                 'quota': user.quota + 1,
                 **{one: user.value_of(one) for one in self.columns}}
                for user in map(users.get, chosen(database, self.where))]
        for row in rows:
            database.insert_row(row, self.clause, None)


class Update:
    """Rows that are gone when their turn comes are passed over."""

    def __init__(self, sets, where, clause, source=''):
        self.sets = sets
        self.where = where
        self.clause = clause
        self.sql = f'UPDATE {"OR " + clause + " " if clause else ""}users ' \
            f'SET {", ".join(one.sql for one in sets)}{source}{where.sql}'

    def apply(self, database):
        for key in chosen(database, self.where):
            old = database.state.users.get(key)
            if old:
                database.update_row(key, values_of(self.sets, old),
                                    self.clause)


class Delete:
    def __init__(self, where):
        self.where = where
        self.sql = 'DELETE FROM users' + where.sql

    def apply(self, database):
        for key in chosen(database, self.where):
            del database.state.users[key]


# ---- domains ----

class InsertDomains:
    def __init__(self, names, clause):
        self.names = names
        self.clause = clause
        self.sql = f'{into("domains", clause)} VALUES ' + \
            ', '.join(f'({quoted(name)})' for name in names)

    def apply(self, database):
        for name in self.names:
            database.insert_domain(name, self.clause)


class RenameDomain:
    def __init__(self, old, new, clause):
        self.old, self.new, self.clause = old, new, clause
        self.sql = f'UPDATE {"OR " + clause + " " if clause else ""}domains ' \
            f'SET domain = {quoted(new)} WHERE domain = {quoted(old)}'

    def apply(self, database):
        if model.fold(self.old) in database.state.domains:
            database.rename_domain(model.fold(self.old), self.new,
                                   self.clause)


class DeleteDomains:
    """Those names, or all of them."""

    def __init__(self, names):
        self.names = names
        self.sql = 'DELETE FROM domains' + (
            f' WHERE domain IN ({", ".join(map(quoted, names))})'
            if names else '')

    def apply(self, database):
        wanted = {model.fold(name) for name in self.names}
        database.delete_domains([key for key in sorted(database.state.domains)
                                 if not wanted or key in wanted])


# ---- forwardings ----

class InsertForwarding:
    """problem is the column that is wrong, or None."""

    def __init__(self, source, destination, problem, clause):
        self.row = source, destination
        self.problem = problem
        self.clause = clause
        self.sql = f'{into("forwardings", clause)} VALUES ' \
            f'({quoted(source)}, {quoted(destination)})'

    def apply(self, database):
        if self.problem:
            raise Refused({self.problem})
        database.write_forwarding(None, *self.row, self.clause)


class UpdateForwarding:
    """The first one, so that there mostly is one; column is source or
    destination."""

    def __init__(self, column, value, problem):
        self.column, self.value = column, value
        self.problem = problem
        self.sql = f'UPDATE forwardings SET {column} = {quoted(value)} ' \
            'WHERE source = (SELECT min(source) FROM forwardings)'

    def apply(self, database):
        forwardings = database.state.forwardings
        if not forwardings:
            return
        if self.problem:
            raise Refused({self.problem})
        key = min(forwardings)
        source, destination = forwardings[key]
        if self.column == 'source':
            source = self.value
        else:
            destination = self.value
        database.write_forwarding(key, source, destination, None)


# ---- one's own columns ----

class AddColumn:
    def __init__(self, name, kind):
        self.column = Column(name, kind)
        definition = kind.sql.replace('{name}', in_quotes(name))
        self.sql = f'ALTER TABLE users ADD COLUMN {in_quotes(name)} ' \
            f'{definition}'

    def apply(self, database):
        database.add_column(self.column)


class RenameColumn:
    def __init__(self, column, name):
        self.column = column
        self.name = name
        self.sql = f'ALTER TABLE users RENAME COLUMN {name_of(column)} ' \
            f'TO {in_quotes(name)}'

    def apply(self, database):
        database.rename_column(self.column, self.name)


class DropColumn:
    def __init__(self, column):
        self.column = column
        self.sql = f'ALTER TABLE users DROP COLUMN {name_of(column)}'

    def apply(self, database):
        database.drop_column(self.column)


class CarryColumns:
    """Its answer is how many there are."""

    sql = 'SELECT CARRY_COLUMNS()'

    def __init__(self):
        self.answer = None

    def apply(self, database):
        self.answer = database.carry_columns()


class ApplySchema:
    """schema.sql once more: parts are its statements."""

    FILE = 'sql/schema.sql'
    sql = f'.read {FILE}'

    def __init__(self):
        self.parts = self.statements()

    @classmethod
    @functools.lru_cache
    def statements(cls):
        with open(cls.FILE, encoding='utf-8') as file:
            lines = file.readlines()
        parts = ['']
        for line in lines:
            parts[-1] += line
            if sqlite3.complete_statement(parts[-1]):
                parts.append('')
        return parts[:-1]

    def apply(self, database):
        database.apply_schema()


# ---- the policy ----

class SetPolicy:
    def __init__(self, values):
        self.values = values
        self.sql = 'UPDATE password_policy SET ' + ', '.join(
            f'{name} = {quoted(value)}' for name, value in values.items())

    def apply(self, database):
        database.set_policy(self.values)


class RefusedPolicy:
    """A row more, or none."""

    def __init__(self, sql):
        self.sql = sql

    def apply(self, database):
        raise Refused({'policy'})


# ---- transactions ----

class Control:
    """BEGIN, COMMIT, SAVEPOINT and so on; mode is IMMEDIATE or nothing."""

    def __init__(self, what, name=None, mode=''):
        self.what = what
        self.name = name
        self.sql = {'begin': f'BEGIN {mode}', 'commit': 'COMMIT',
                    'rollback': 'ROLLBACK', 'savepoint': f'SAVEPOINT {name}',
                    'release': f'RELEASE {name}',
                    'rollback to': f'ROLLBACK TO {name}'}[what]

    def apply(self, database):
        if self.what == 'begin':
            database.begin()
        elif self.what == 'commit':
            database.commit()
        elif self.what == 'rollback':
            if not database.opened:
                raise Refused({'transaction'})
            database.roll_back()
        elif self.what == 'savepoint':
            database.savepoint(self.name)
        elif self.what == 'release':
            database.release(self.name)
        else:
            database.roll_back_to(self.name)


# ---- at random ----

class Choice:
    """Draws statements. plain() gives a plain password; locals_ are the local
    parts from which addresses are made; bad is how often something wrong is
    drawn where something right could be; only is the one domain to stay in;
    columns gives one's own columns at the time, and alter is how often they
    are changed; users gives who is there, if that is known."""

    def __init__(self, rng, plain, locals_='abcde', bad=0.08, only=None,
                 control=0.1, policies=True, columns=lambda: [], alter=0,
                 users=lambda: []):
        self.rng = rng
        self.plain = plain
        self.locals = locals_
        self.bad = bad
        self.only = only
        self.control_share = control
        self.policies = policies
        self.columns = columns
        self.alter_share = alter
        self.users = users
        self.pick = rng.choice

    def chance(self, share):
        return self.rng.random() < share

    def statement(self):
        if self.chance(self.control_share):
            return self.control()
        if self.chance(self.alter_share):
            return self.alter()
        kinds = [self.insert] * 24 + [self.update] * 24 + [self.delete] * 3
        if not self.only:
            kinds += [self.insert_domains, self.rename_domain,
                      self.delete_domains, self.copy, self.copy,
                      *[self.forwarding] * 4]
        if self.policies:
            kinds += [self.policy] * 2
        return self.pick(kinds)()

    # ---- values ----

    def cased(self, text):
        return self.pick([text, text, text, text.upper(), text.title()])

    def domain(self):
        if self.only:
            return self.only
        return self.pick(['example.com'] * 8 + ['example.org'] * 3 +
                         ['example.net'])

    def good_address(self):
        local = self.pick(self.locals) if not self.chance(0.05) \
            else self.pick(ODD_ADDRESSES)
        return self.cased(f'{local}@{self.domain()}')

    def address(self):
        if not self.chance(self.bad):
            return self.good_address()
        if self.chance(0.5):
            return self.pick(BAD_ADDRESSES)
        good = self.good_address()
        at = self.rng.randrange(len(good) + 1)
        # A look-alike of "a" or "@" may come of it, or a longer name.
        byte = chr(self.rng.choice([*range(1, 128), 0xe9, 0x130, 0x212a]))
        return good[:at] + byte + good[at + self.rng.randrange(2):]

    def password(self):
        if self.chance(self.bad):
            kind, make = self.pick(texts.REFUSED)
            return Password(make(self.rng), kind)
        if self.chance(self.bad / 2):
            return Password(self.pick([self.pick(texts.ODD_PASSWORDS),
                                       texts.bare(self.rng)]), 'plain')
        if self.chance(0.25):
            return Password(self.pick(texts.HASHES), 'hash')
        plain = self.plain()
        return Password(plain.encode() if self.chance(0.1) else plain,
                        'plain')

    def quota(self):
        if self.chance(self.bad / 2):
            return self.pick(BAD_QUOTAS)
        if self.chance(0.05):
            return self.pick(ODD_QUOTAS)
        return self.rng.randrange(1000)

    def active(self):
        if self.chance(self.bad / 2):
            return self.pick(BAD_ACTIVE)
        return self.pick([0, 0, 1, self.pick(ODD_ACTIVE)])

    def name(self):
        return None if self.chance(self.bad / 2) else self.pick(NAMES)

    def writable(self):
        return [one for one in self.columns() if not one.kind.made]

    def value(self, column):
        """For a column of one's own."""
        del column
        return self.pick(OWN_VALUES)

    def maildir(self):
        if self.chance(self.bad):
            return self.pick(BAD_MAILDIRS)
        domain = self.domain()
        local = self.pick(self.locals)
        if self.chance(0.25):
            # Inside of another's, or around it.
            return self.cased(self.pick([
                f'{domain}/{local}/sub/', f'{domain}/own/{local}/sub/',
                f'{domain}/own/', f'{domain}/{local}/sub/sub/',
                f'{domain}/', f'{domain}/{local}x/']))
        return self.pick([
            None, None, '', self.cased(f'{domain}/{local}/'),
            f'{domain}/{local}/', self.cased(f'{domain}/own/{local}/'),
            f'{domain}/own/{local}{self.rng.randrange(100)}/'])

    def where(self):
        """Of users."""
        return self.within(self.pick([
            self.where_email, self.where_email, self.where_emails,
            self.where_quota, self.where_maildir, lambda: ALL])())

    def somebody(self):
        """Rather one who is there."""
        users = sorted(self.users())
        if users and self.chance(0.8):
            return self.cased(self.pick(users))
        return self.good_address()

    def where_email(self):
        email = self.somebody()
        return Where(f' WHERE email = {quoted(email)}',
                     lambda user: model.same(user.email, email))

    def where_emails(self):
        emails = [self.somebody() for _ in range(3)]
        keys = set(map(model.fold, emails))
        return Where(f' WHERE email IN ({", ".join(map(quoted, emails))})',
                     lambda user: user.email in keys)

    def where_quota(self):
        quota = self.rng.randrange(1000)
        return Where(f' WHERE quota > {quota}',
                     lambda user: user.quota > quota)

    def where_maildir(self):
        maildir = f'{self.domain()}/{self.pick(self.locals)}/'
        return Where(f' WHERE maildir = {quoted(maildir)}',
                     lambda user: model.same(user.maildir, maildir))

    def within(self, where):
        """The same, for users of the one domain only."""
        if not self.only:
            return where
        tail = '@' + self.only
        return Where(f'{where.sql or " WHERE true"} AND '
                     f"email GLOB '*{tail}'",
                     lambda user: where.test(user) and
                     user.email.endswith(tail))

    # ---- SET ----

    def set_email(self):
        email = self.address()
        old = self.pick(self.locals)
        new = self.pick(self.locals)
        return self.pick([
            constant('email', email), constant('email', email),
            Set('email', 'upper(email)', lambda o, r: o.email.upper()),
            Set('email', "'x' || email", lambda o, r: 'x' + o.email),
            Set('email', f"replace(email, '{old}@', '{new}@')",
                lambda o, r: o.email.replace(f'{old}@', f'{new}@')),
            self.swap(old, new)])

    def swap(self, one, two):
        """Two users want each other's address, in one statement."""
        one, two = (f'{name}@{self.domain()}' for name in (one, two))
        other = {one: two, two: one}
        return Set('email', f"CASE email WHEN '{one}' THEN '{two}' "
                   f"WHEN '{two}' THEN '{one}' ELSE email END",
                   lambda o, r: (two if o.email == one else
                                 other.get(o.email, o.email)))

    def set_password(self):
        password = self.password()
        plain = self.plain()
        return self.pick([
            constant('password', password), constant('password', password),
            Set('password', 'password',
                lambda o, r: Password(o.password, 'hash')),
            Set('password', f"{quoted(plain)} || email",
                lambda o, r: Password(plain + o.email, 'plain'))])

    def set_quota(self):
        quota = self.quota()
        return self.pick([
            constant('quota', quota),
            Set('quota', 'quota + 1', lambda o, r: o.quota + 1),
            Set('quota', 'quota - 400', lambda o, r: o.quota - 400)])

    def set_maildir(self):
        maildir = self.maildir()
        return self.pick([
            constant('maildir', maildir), constant('maildir', maildir),
            Set('maildir', 'maildir', lambda o, r: o.maildir),
            Set('maildir', 'upper(maildir)', lambda o, r: o.maildir.upper()),
            Set('maildir', "maildir || 'sub/'",
                lambda o, r: o.maildir + 'sub/')])

    def set_active(self):
        return self.pick([
            constant('active', self.active()),
            constant('active', self.active()),
            Set('active', '1 - active', lambda o, r: 1 - o.active)])

    def set_name(self):
        return constant('name', self.name())

    def set_own(self, column):
        name = name_of(column)
        return self.pick([
            constant(column, self.value(column)),
            constant(column, self.value(column)),
            Set(column, name, lambda o, r: o.own[column]),
            Set(column, f'coalesce({name}, 2)', lambda o, r:
                2 if o.own[column] is None else o.own[column])])

    def set_excluded(self, column):
        return Set(column, f'excluded.{name_of(column)}',
                   functools.partial(excluded, column))

    def sets(self):
        makers = [self.set_email, self.set_password, self.set_password,
                  self.set_quota, self.set_maildir, self.set_active,
                  self.set_name]
        makers += [functools.partial(self.set_own, column)
                   for column in self.writable()]
        sets = [maker() for maker in self.rng.sample(
            makers, self.pick([1, 1, 2, 2, 3, 4]))]
        return list({one.column: one for one in sets}.values())

    # ---- statements ----

    def row(self, columns):
        makers = {'email': self.address, 'password': self.password,
                  'quota': self.quota, 'maildir': self.maildir,
                  'active': self.active, 'name': self.name}
        return {one: makers[one]() if one in makers else self.value(one)
                for one in columns}

    def insert(self):
        """The columns in any order, some or all of them."""
        columns = ['email', 'password'] + [
            one for one in COLUMNS[2:] + self.writable() if self.chance(0.4)]
        if self.chance(0.2):
            columns = COLUMNS + self.writable()
        self.rng.shuffle(columns)
        rows = [self.row(columns)
                for _ in range(self.pick([1, 1, 1, 2, 3, 5]))]
        clause = self.pick(CLAUSES)
        upsert = self.upsert() if self.chance(0.3) else None
        if upsert and clause not in (None, 'IGNORE') and any(
                row['password'].kind != 'plain' for row in rows):
            clause = None	# schema.sql promises nothing for hashes
        return Insert(rows, clause, upsert,
                      self.pick(['values', 'values', 'select', 'union']))

    def start(self):
        """Some users to begin with."""
        rows = [{**self.row(COLUMNS + self.writable()),
                 'email': self.good_address()} for _ in range(2)]
        # Spelled otherwise than MAILDIR() would.
        if self.chance(0.3):
            local, domain = model.split(rows[0]['email'])
            rows[0]['maildir'] = f'{domain.upper()}/{local}/'
        return Insert(rows, 'IGNORE', None, 'values')

    def upsert(self):
        if self.chance(0.25):
            return Upsert(self.pick(['', '(email)']), [])
        sets = [one for one in self.sets() if one.column != 'email' or
                self.chance(0.5)] + [self.set_excluded('password')]
        if self.chance(0.5):
            sets.append(self.set_excluded(self.pick(
                COLUMNS + self.writable())))
        sets = list({one.column: one for one in sets}.values())
        where = self.where_quota() if self.chance(0.2) else ALL
        return Upsert('(email)', sets, where)

    def copy(self):
        return Copy(self.pick(['x', 'copy.']), self.where(),
                    self.pick(CLAUSES), [
                        one for one in ['active', 'name', *self.writable()]
                        if self.chance(0.5)])

    def update(self):
        if self.chance(0.1):
            return self.update_from()
        return Update(self.sets(), self.where(), self.pick(CLAUSES))

    def update_from(self):
        """UPDATE ... FROM: each row has its own new password."""
        new = {model.fold(self.somebody()): self.password()
               for _ in range(3)}
        rows = ' UNION ALL '.join(
            f'SELECT {quoted(email)} AS e, {quoted(password)} AS p'
            for email, password in new.items())
        return Update([Set('password', 'new.p',
                           lambda o, r: new[o.email])],
                      Where(' WHERE email = new.e',
                            lambda user: user.email in new),
                      self.pick(CLAUSES), f' FROM ({rows}) AS new')

    def single(self):
        """One plain password for one user."""
        password = Password(self.plain(), 'plain')
        return self.pick([
            Insert([{'email': self.good_address(), 'password': password}],
                   self.pick(['IGNORE', 'REPLACE', None]), None, 'values'),
            Update([constant('password', password)],
                   self.within(self.where_email()), None)])

    def delete(self):
        return Delete(self.pick([self.where_email, self.where])()
                      if not self.only else self.within(self.where_email()))

    def insert_domains(self):
        names = [self.pick(BAD_DOMAINS) if self.chance(self.bad)
                 else self.cased(self.domain())
                 for _ in range(self.pick([1, 2]))]
        return InsertDomains(names, self.pick(CLAUSES))

    def rename_domain(self):
        new = self.pick(BAD_DOMAINS) if self.chance(self.bad) \
            else self.cased(self.domain())
        return RenameDomain(self.cased(self.domain()), new,
                            self.pick(CLAUSES))

    def delete_domains(self):
        return DeleteDomains([self.cased(self.domain())
                              for _ in range(self.pick([0, 1, 1, 2]))])

    def forwarding(self):
        source, problem = self.good_address(), None
        destination = ', '.join(self.good_address() for _ in range(
            self.pick([1, 1, 2, 3])))
        if self.chance(0.3):
            source = self.pick(SOURCES)
        if self.chance(self.bad):
            source, problem = self.pick(BAD_SOURCES), 'source'
        elif self.chance(self.bad):
            destination = self.pick(BAD_DESTINATIONS)
            problem = 'destination'
        elif self.chance(0.2):
            destination = self.pick(DESTINATIONS)
        if self.chance(0.5):
            column, value = self.pick([('source', source),
                                       ('destination', destination)])
            return UpdateForwarding(
                column, value, problem if problem == column else None)
        return InsertForwarding(source, destination, problem,
                                self.pick(CLAUSES))

    def alter(self):
        columns = self.columns()
        if self.chance(0.3) and len(columns) < 5:
            return self.add_column()
        if self.chance(0.4) or not columns:
            return CarryColumns()
        if self.chance(0.3):
            return ApplySchema()
        column = self.pick(columns)
        if self.chance(0.5):
            return DropColumn(column)
        return RenameColumn(column, self.pick(
            [self.column_name(), column.name.upper()]))

    def column_name(self):
        return self.pick(COLUMNS) if self.chance(self.bad) \
            else self.pick(COLUMN_NAMES)

    def add_column(self):
        return AddColumn(self.column_name(), self.pick(KINDS))

    def policy(self):
        if self.chance(0.15):
            return RefusedPolicy(self.pick([
                'DELETE FROM password_policy',
                "INSERT INTO password_policy VALUES ('bcrypt', 12, 0)",
                "REPLACE INTO password_policy(rowid, method) "
                "VALUES (1, 'yescrypt')"]))
        method, cost = self.pick(
            BAD_POLICIES if self.chance(0.2) else POLICIES)
        values = {'method': method, 'cost': cost}
        if self.chance(0.15):
            del values[self.pick(['method', 'cost'])]
        return SetPolicy(values)

    def control(self):
        return self.pick([
            Control('begin'), Control('begin'), Control('commit'),
            Control('commit'), Control('rollback'), Control('savepoint', 's'),
            Control('savepoint', 't'), Control('release', 's'),
            Control('rollback to', 's'), Control('rollback to', 't')])


def excluded(column, old, row):
    default = column.kind.default if isinstance(column, Column) \
        else model.DEFAULTS.get(column)
    return row.get(column, default)
