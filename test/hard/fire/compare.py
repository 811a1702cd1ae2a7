"""Is what the database holds what the model says?"""
import re
import sqlite3

import model

# How each error begins, and what the model calls it.
ERRORS = [(re.compile(start), name) for start, name in [
    (r'users\.email: its domain is not in', 'domain'),
    (r'users\.email: (it|the) ', 'email'),
    (r'users\.email: the (local part|domain) is ', 'email'),
    (r'users\.active: it is 1, or 0', 'active'),
    (r'users\.maildir: it ', 'maildir'),
    (r'users\.maildir: \S+ has (this one|one inside of this|one that this '
     r"lies inside of), give another, such as maildir = '\S+\.2/'$",
     'maildir taken'),
    (r'users\.password: the mark of a lock', 'mark'),
    (r'users\.password: a hash must be text', 'blob hash'),
    (r'users: it has columns that the triggers do not know, run SELECT '
     r'CARRY_COLUMNS\(\);$', 'columns'),
    (r'UNIQUE constraint failed: users\.(email|maildir)', 'unique'),
    (r'UNIQUE constraint failed: (domains\.domain|forwardings\.source)',
     'unique'),
    (r'CHECK constraint failed: quota: a number', 'check'),
    (r'domains\.domain: (it|the domain) ', 'bad domain'),
    (r'CHECK constraint failed: own: ', 'check'),
    (r'NOT NULL constraint failed: ', 'not null'),
    (r'CRYPT_IS_HASH: the password is a number', 'number'),
    (r'CRYPT_IS_HASH: \{[A-Z-]+\} stores the password itself', 'cleartext'),
    (r'CRYPT_IS_HASH: begins like a \S+ hash, but is damaged', 'damaged'),
    (r'CRYPT_IS_HASH: a whole \S+ hash with something before', 'wrapped'),
    (r'CRYPT_IS_HASH: looks like a hash of another program', 'foreign'),
    (r'CRYPT_IS_HASH: \S+ asks for \d+ .*, the limit for storing is \d+$',
     'dear'),
    (r'CRYPT_IS_HASH: the password is empty', 'empty'),
    (r'CRYPT_IS_HASH: the password holds a NUL', 'nul'),
    (r'(CRYPT_IS_HASH|users\.password): the password is too long', 'long'),
    (r'domains: this one still has users', 'in use'),
    (r'forwardings\.source: ', 'source'),
    (r'forwardings\.destination: ', 'destination'),
    (r'password_policy: ', 'policy'),
    (r'(error in table users after rename: )?duplicate column name: ',
     'column exists'),
    (r'error in trigger users_(insert|update)_hash after drop column: ',
     'column in use'),
    (r'cannot commit - no transaction', 'transaction'),
    (r'cannot rollback - no transaction', 'transaction'),
    (r'cannot start a transaction within', 'transaction'),
    (r'no such savepoint: ', 'transaction'),
    (r'(CARRY_COLUMNS: )?database is locked', 'busy'),
    (r'(CARRY_COLUMNS: )?database or disk is full', 'full'),
    (r'(CARRY_COLUMNS: )?disk I/O error', 'full'),
    (r'unable to open database file', 'full'),
]]


def class_of(message):
    for start, name in ERRORS:
        if start.match(message):
            return name
    return message


def connect(path=':memory:', extension=True):
    """By Debian's Python: another's may not load extensions."""
    connection = sqlite3.connect(path, isolation_level=None,
                                 cached_statements=0)
    if extension:
        connection.enable_load_extension(True)
        connection.load_extension('./mailfunc')
    return connection


class Comparison:
    """Remembers which hash was made by which call of CRYPT(): it has to stay
    the same wherever the model says it was copied, kept or rolled back to,
    and to be another for every other call."""

    def __init__(self):
        self.connection = connect()
        self.hash_of = {}
        self.made = set()
        self.verified = 0

    def forget(self):
        """The rows are gone. Hashes made once may still not come again."""
        self.hash_of.clear()

    def difference(self, state, found):
        """What differs in what contents() has found, as a text, or None."""
        for what, want in [
                ('domains', [(name,) for _, name in
                             sorted(state.domains.items())]),
                ('forwardings', [row for _, row in
                                 sorted(state.forwardings.items())]),
                ('policy', [state.policy]),
                ('known', [known_columns(state)] * 2)]:
            if found[what] != want:
                return f'{what}: {found[what]}, and not {want}'
        return self.difference_of_users(state, *found['users'])

    def difference_of_users(self, state, names, rows):
        wanted_names, wanted = state.contents()
        if names != wanted_names:
            return f'columns: {names}, and not {wanted_names}'
        for want, row in zip(wanted, rows):
            if typed(want[:1] + want[2:]) != typed(row[:1] + row[2:]):
                return f'user {row}, and not {want}'
            problem = self.wrong_hash(want[1], row[1])
            if problem:
                return f'user {row}: {problem}'
        if len(wanted) != len(rows):
            return f'{len(rows)} users, and not {len(wanted)}: ' + \
                ' '.join(str(row[0]) for row in rows)
        return None

    def wrong_hash(self, password, stored):
        if isinstance(password, str):
            return None if stored == password else 'not the hash given'
        known = self.hash_of.get(password)
        if known is not None:
            return None if stored == known else 'the hash has changed'
        if not isinstance(stored, str) or \
                not stored.startswith(password.prefix):
            return f'not hashed by the policy, {password.prefix}'
        if stored in self.made:
            return 'a hash that another has'
        verified, = self.connection.execute(
            'SELECT CRYPT_VERIFY(?, ?)', (password.password, stored)
        ).fetchone()
        if verified != 1:
            return 'not the hash of the password'
        self.verified += 1
        self.made.add(stored)
        self.hash_of[password] = stored
        return None


# What the hash triggers compare the table with.
KNOWN = re.compile(r"/\*own 'columns'\*/\s*'((?:[^']|'')*)'/\*end\*/")


def known_columns(state):
    return ','.join('"' + name.replace('"', '""') + '"'
                    for name in model.COLUMNS + state.known)


def known_by(trigger):
    found = KNOWN.search(trigger)
    return found and found[1].replace("''", "'")


def typed(row):
    """So that 1 isn't 1.0."""
    return [(type(value), value) for value in row]


def contents(connection):
    """Of a connection: what difference() takes."""
    users = connection.execute('SELECT * FROM users ORDER BY email')
    return {
        'users': ([column[0] for column in users.description],
                  users.fetchall()),
        'domains': connection.execute(
            'SELECT domain FROM domains ORDER BY domain').fetchall(),
        'forwardings': connection.execute(
            'SELECT source, destination FROM forwardings '
            'ORDER BY source').fetchall(),
        'policy': connection.execute(
            'SELECT method, cost FROM password_policy').fetchall(),
        'known': [known_by(sql) for sql, in connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' "
            "AND name IN ('users_insert_hash', 'users_update_hash')")]}
