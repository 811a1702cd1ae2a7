"""Is what the database holds what the model says?"""
import sqlite3

import model

# How each error begins, and what the model calls it.
ERRORS = [
    ('users.email: not a mailbox address', 'email'),
    ('users.email: its domain is not in', 'domain'),
    ('users.maildir: another user has this', 'maildir'),
    ('users.password: a mark of a lock', 'mark'),
    ('users.password: a hash must be text', 'blob hash'),
    ('users: not stored, the quota', 'not stored'),
    ('UNIQUE constraint failed: users.email', 'unique'),
    ('UNIQUE constraint failed: users.maildir', 'unique'),
    ('UNIQUE constraint failed: domains.domain', 'unique'),
    ('CHECK constraint failed: quota: a number', 'check'),
    ('CHECK constraint failed: maildir: a relative', 'check'),
    ('CHECK constraint failed: domain: letters', 'check'),
    ('NOT NULL constraint failed: ', 'not null'),
    ('CRYPT_IS_HASH: the password is a number', 'number'),
    ('CRYPT_IS_HASH: {PLAIN}, {CLEAR}', 'plain scheme'),
    ('CRYPT_IS_HASH: begins like a ', 'damaged'),
    ('CRYPT_IS_HASH: {', 'foreign'),
    ('CRYPT: the password is empty', 'empty'),
    ('CRYPT: the password holds a NUL', 'nul'),
    ('CRYPT: the password is too long', 'long'),
    ('domains: this one still has users', 'in use'),
    ('password_policy: ', 'policy'),
    ('GEN_SALT: ', 'policy'),
    ('cannot commit - no transaction', 'transaction'),
    ('cannot rollback - no transaction', 'transaction'),
    ('cannot start a transaction within', 'transaction'),
    ('no such savepoint: ', 'transaction'),
    ('database is locked', 'busy'),
    ('database or disk is full', 'full'),
    ('disk I/O error', 'full'),
    ('unable to open database file', 'full'),
]


def class_of(message):
    for start, name in ERRORS:
        if message.startswith(start):
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

    def difference(self, state, rows, domains, policy):
        """What differs, as a text, or None. The rows of users are in the
        order of email, and those of domains in theirs."""
        if [tuple(domains)] != [tuple(
                name for _, name in sorted(state.domains.items()))]:
            return f'domains: {domains}'
        if policy != [state.policy]:
            return f'policy: {policy}, and not {state.policy}'
        users = [state.users[key] for key in sorted(state.users)]
        for user, row in zip(users, rows):
            if (user.email, user.quota, user.maildir) != (
                    row[0], row[2], row[3]):
                return f'user {row}, and not ' \
                    f'{(user.email, user.quota, user.maildir)}'
            problem = self.wrong_hash(user.password, row[1])
            if problem:
                return f'user {row}: {problem}'
        if len(users) != len(rows):
            return f'{len(rows)} users, and not {len(users)}: ' + \
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


def contents(connection):
    """Of a connection: users, domains and password_policy as difference()
    takes them."""
    return (connection.execute('SELECT email, password, quota, maildir '
                               'FROM users ORDER BY email').fetchall(),
            [name for name, in connection.execute(
                'SELECT domain FROM domains ORDER BY domain')],
            connection.execute('SELECT method, cost '
                               'FROM password_policy').fetchall())
