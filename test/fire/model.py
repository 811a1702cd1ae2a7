"""What each write of the schema must leave, said in plain Python.

A Database here is what users, domains and password_policy hold. A statement
(statements.py) does to it what README's table says of that write; a write
that must fail raises Refused and says how it may fail and what is undone.
There is no SQL in it, and nothing of sql/schema.sql: the two are compared.

Where README leaves room, several errors are right: SQLite promises no order
of triggers and constraints, so a row that is wrong in two ways may fail with
either.

A hash can't be foreseen, so a password stands here as what the stored hash
must prove: a Hashed is one call of CRYPT(), and wherever the same Hashed
stands, the same hash must stand; a str is a hash that was stored as it is.
"""
import re
import string

QUOTA = 10485760

# What the password may have, by method, and how its hashes begin.
LIMIT = {'bcrypt': 72}
FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class Refused(Exception):
    """The errors that would be right, and whether what the statement did
    before is undone ('statement'), kept ('nothing') or the whole transaction
    is undone."""

    def __init__(self, errors, undone='statement'):
        super().__init__(errors)
        self.errors = set(errors)
        self.undone = undone


class Hashed:
    """One call of CRYPT(): the password, and the policy of that moment."""

    def __init__(self, password, policy):
        self.password = password
        self.prefix = prefix_of(*policy)


class Password:
    """A value for users.password, and what it is: 'plain', 'hash', 'null',
    or the error that it must be."""

    def __init__(self, value, kind):
        self.value = value
        self.kind = kind


def fold(value):
    """Text in lower case: ASCII only, as Postfix and NOCASE do."""
    return value.translate(FOLD) if isinstance(value, str) else value


def same(one, other):
    """Equal by NOCASE; NULL is equal to NULL."""
    return fold(one) == fold(other)


# ---- addresses ----

LOCAL_PART = re.compile(r"[a-z0-9!#$%&*+=?^_{|}~.-]{1,64}")
LABEL = re.compile(r'(?!-)[a-z0-9-]{1,63}(?<!-)')


def split(email):
    """(local part, domain) of a mailbox address, folded; or None."""
    if not isinstance(email, str):
        return None
    local, at, domain = fold(email).rpartition('@')
    labels = domain.split('.')
    if not at or len(domain) > 253 or '..' in local or \
            local[:1] in ('.', '-') or local[-1:] == '.' or \
            not LOCAL_PART.fullmatch(local) or labels[-1].isdecimal() or \
            not all(LABEL.fullmatch(label) for label in labels):
        return None
    return local, domain


def maildir_of(email):
    local, domain = split(email)
    return f'{domain}/{local}/'


def is_maildir(path):
    """A relative path of printable bytes without hidden or empty parts."""
    return isinstance(path, str) and path.endswith('/') and \
        all('!' <= c <= '~' for c in path) and \
        all(part and part[0] != '.' for part in path[:-1].split('/'))


def is_quota(quota):
    return isinstance(quota, int) and quota >= 0


def is_domain(name):
    return isinstance(name, str) and \
        re.fullmatch('[-.0-9A-Za-z]+', name) is not None


# ---- columns with a type ----

def as_text(value):
    return str(value) if isinstance(value, int) else value


def as_integer(value):
    if isinstance(value, str) and re.fullmatch(' *-?[0-9]+ *', value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


# ---- the policy ----

COSTS = {'bcrypt': range(4, 18), 'yescrypt': range(1, 12),
         'sha256crypt': range(1000, 3000001)}


def prefix_of(method, cost):
    """How hashes by this policy begin, or None if it isn't one."""
    if method == 'argon2id':
        if isinstance(cost, str) and \
                re.fullmatch(r'm=(8|16|32768|65536),t=\d,p=1', cost):
            return f'$argon2id$v=19${cost}$'
        return '$argon2id$v=19$m=19456,t=2,p=1$' if cost is None else None
    if method not in COSTS:
        return None
    number = as_integer(cost)
    if number is not None and (not isinstance(number, int) or
                               number not in COSTS[method]):
        return None
    return {'bcrypt': f'$2b${number or 12:02}$', 'yescrypt': '$y$',
            'sha256crypt': f'$5$rounds={number or 500000}$'}[method]


# ---- the database ----

class User:
    """A row. It is never changed, but replaced by another."""

    def __init__(self, email, password, quota, maildir):
        self.email = email
        self.password = password
        self.quota = quota
        self.maildir = maildir

    def value_of(self, column):
        return getattr(self, column)


class State:
    """All that is stored."""

    def __init__(self, policy):
        self.domains = {}
        self.users = {}
        self.policy = policy

    def copy(self):
        state = State(self.policy)
        state.domains = dict(self.domains)
        state.users = dict(self.users)
        return state


class Database:
    """The state as the connection sees it, and the states to go back to:
    opened is a list of (name of the savepoint or None for BEGIN, state)."""

    def __init__(self, policy, recursive_triggers=False):
        self.state = State(policy)
        self.opened = []
        self.recursive_triggers = recursive_triggers

    def committed(self):
        """What another connection sees."""
        return self.opened[0][1] if self.opened else self.state

    def copy(self):
        other = Database(self.state.policy, self.recursive_triggers)
        other.state = self.state.copy()
        other.opened = [(name, state.copy()) for name, state in self.opened]
        return other

    def run(self, statement):
        """The errors of which one has to come: none, if it is good."""
        before = self.state.copy()
        try:
            statement.apply(self)
        except Refused as refused:
            if refused.undone == 'statement':
                self.state = before
            elif refused.undone == 'transaction':
                self.state = before
                self.roll_back()
            return refused.errors
        return set()

    # ---- transactions ----

    def begin(self):
        if self.opened:
            raise Refused({'transaction'})
        self.opened.append((None, self.state.copy()))

    def commit(self):
        if not self.opened:
            raise Refused({'transaction'})
        self.opened = []

    def roll_back(self):
        if self.opened:
            self.state = self.opened[0][1]
            self.opened = []

    def end(self):
        """The connection is closed, or its process killed."""
        self.roll_back()

    def savepoint(self, name):
        self.opened.append((name, self.state.copy()))

    def find_savepoint(self, name):
        for depth in reversed(range(len(self.opened))):
            if self.opened[depth][0] == name:
                return depth
        raise Refused({'transaction'})

    def release(self, name):
        del self.opened[self.find_savepoint(name):]

    def roll_back_to(self, name):
        depth = self.find_savepoint(name)
        self.state = self.opened[depth][1].copy()
        del self.opened[depth + 1:]

    # ---- users ----

    def owner(self, maildir):
        """Whose maildir that is: the key, or None."""
        for key, user in self.state.users.items():
            if same(user.maildir, maildir):
                return key
        return None

    def wrong_address(self, email):
        """As a set of errors."""
        parts = split(email)
        if parts is None:
            return {'email'}
        return set() if parts[1] in self.state.domains else {'domain'}

    def wrong_password(self, password):
        if password.kind not in ('plain', 'hash', 'null'):
            return {password.kind}
        if password.kind == 'plain' and len(as_bytes(password.value)) > \
                LIMIT.get(self.state.policy[0], 511):
            return {'long'}
        return set()

    def stored(self, password):
        """What will stand in the column."""
        if password.kind == 'plain':
            return Hashed(password.value, self.state.policy)
        return password.value

    def insert_row(self, row, clause, upsert):
        """One row; clause is what follows OR, or None."""
        email, password = as_text(row['email']), row['password']
        quota, maildir = as_integer(row['quota']), as_text(row['maildir'])
        users = self.state.users
        key = fold(email) if isinstance(email, str) else None
        old = users.get(key)

        wrong = self.wrong_address(email)
        if not wrong:
            owner = self.owner(maildir or maildir_of(email))
            if owner not in (None, key) and (maildir or old is None):
                wrong = {'maildir'}
        wrong |= self.wrong_password(password)
        if wrong:
            raise Refused(wrong)

        # OR beside ON CONFLICT: for a plain password the OR wins.
        if clause in ('REPLACE', 'FAIL', 'ABORT', 'ROLLBACK'):
            upsert = None
        if quota is None and clause == 'REPLACE':
            quota = QUOTA
        wrong = wrong_values(email, password, quota, maildir)
        if wrong:
            if clause == 'IGNORE' and (old or password.kind != 'plain'):
                return
            if clause in (None, 'IGNORE') and not old and \
                    password.kind == 'plain':
                wrong = {'not stored'}
            raise Refused(wrong, undone_by(clause))
        if old is not None and clause != 'REPLACE':
            self.meet(key, upsert, clause, row)
            return
        if old is not None:
            maildir = maildir or old.maildir
        users[key] = User(key, self.stored(password), quota,
                          maildir or maildir_of(email))

    def meet(self, key, upsert, clause, row):
        """The user exists, and isn't to be replaced."""
        if upsert is None:
            if clause != 'IGNORE':
                raise Refused({'unique'}, undone_by(clause))
        elif upsert.wanted(self.state.users[key], row):
            self.update_row(key, upsert.values(self.state.users[key], row),
                            None)

    def update_row(self, key, values, clause):
        """values are those of the columns that are set."""
        users = self.state.users
        old = users[key]
        email = as_text(values.get('email', old.email))
        quota = as_integer(values.get('quota', old.quota))
        maildir = as_text(values.get('maildir', old.maildir))
        new_key = fold(email) if isinstance(email, str) else None

        wrong = set()
        if (email is not None and new_key != key) or \
                not same(maildir, old.maildir):
            wrong = self.wrong_address(email)
            if not wrong and self.owner(maildir or maildir_of(email)) \
                    not in (None, key, new_key):
                wrong = {'maildir'}
        password = values.get('password')
        if password is not None:
            wrong |= self.wrong_password(password)
        if wrong:
            raise Refused(wrong)

        if quota is None and clause == 'REPLACE':
            quota = QUOTA
        wrong = wrong_values(email, password, quota, maildir)
        taken = not wrong and new_key != key and new_key in users
        if taken and clause != 'REPLACE':
            wrong = {'unique'}
        if wrong and clause == 'IGNORE':
            return
        if wrong:
            raise Refused(wrong, undone_by(clause))
        stored = self.stored(password) if password else old.password
        del users[key]
        users[new_key] = User(new_key, stored, quota,
                              maildir or maildir_of(email))

    # ---- domains ----

    def has_users(self, domain):
        return any(split(key)[1] == fold(domain) for key in self.state.users)

    def insert_domain(self, name, clause):
        domains = self.state.domains
        if not is_domain(name):
            if clause == 'IGNORE':
                return
            raise Refused({'not null' if name is None else 'check'},
                          undone_by(clause))
        if fold(name) in domains:
            if clause == 'IGNORE':
                return
            if clause != 'REPLACE':
                raise Refused({'unique'}, undone_by(clause))
            self.displace_domain(name)
        domains[fold(name)] = name

    def displace_domain(self, name):
        """OR REPLACE deletes the row: SQLite runs the triggers of DELETE for
        that with recursive_triggers only."""
        if self.recursive_triggers and self.has_users(name):
            raise Refused({'in use'})

    def rename_domain(self, key, name, clause):
        domains = self.state.domains
        if name is not None and fold(name) != key and self.has_users(key):
            raise Refused({'in use'})
        if not is_domain(name):
            if clause == 'IGNORE':
                return
            raise Refused({'not null' if name is None else 'check'},
                          undone_by(clause))
        if fold(name) != key and fold(name) in domains:
            if clause == 'IGNORE':
                return
            if clause != 'REPLACE':
                raise Refused({'unique'}, undone_by(clause))
            self.displace_domain(name)
        del domains[key]
        domains[fold(name)] = name

    def delete_domains(self, keys):
        for key in keys:
            if self.has_users(key):
                raise Refused({'in use'})
            del self.state.domains[key]

    # ---- the policy ----

    def set_policy(self, values):
        method, cost = self.state.policy
        policy = (values.get('method', method), values.get('cost', cost))
        if prefix_of(*policy) is None:
            raise Refused({'policy'})
        self.state.policy = policy


def as_bytes(value):
    return value.encode() if isinstance(value, str) else value


def wrong_values(email, password, quota, maildir):
    """What NOT NULL and CHECK refuse, as a set of errors."""
    wrong = set()
    if email is None or (password and password.kind == 'null') or \
            quota is None:
        wrong.add('not null')
    if quota is not None and not is_quota(quota):
        wrong.add('check')
    if maildir and not is_maildir(maildir):
        wrong.add('check')
    return wrong


def undone_by(clause):
    return {'FAIL': 'nothing', 'ROLLBACK': 'transaction'}.get(
        clause, 'statement')
