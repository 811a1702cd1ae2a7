"""What each write of the schema must leave, said in plain Python.

A Database here is what users, domains and password_policy hold. A statement
(statements.py) does to it what the reference's list says of that write; a write
that must fail raises Refused and says how it may fail and what is undone.
There is no SQL in it, and nothing of sql/schema.sql: the two are compared.

Where it leaves room, several errors are right: SQLite promises no order
of triggers and constraints, so a row that is wrong in two ways may fail with
either.

Columns that an administrator adds are here too, and whether the triggers know
them: until they do, a row that they would write themselves is refused.

A hash can't be foreseen, so a password stands here as what the stored hash
must prove: a Hashed is one call of CRYPT(), and wherever the same Hashed
stands, the same hash must stand; a str is a hash that was stored as it is.
"""
import itertools
import re
import string

QUOTA = 10485760
COLUMNS = ['email', 'password', 'quota', 'maildir', 'active', 'name']
DEFAULTS = {'quota': QUOTA, 'maildir': None, 'active': 1, 'name': ''}

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
    or the error that it must be. Whoever makes the value knows which: nothing
    here looks at it."""

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


def meet(one, other):
    """Is one of two maildirs the other, or inside of it?"""
    one, other = fold(one), fold(other)
    return one.startswith(other) or other.startswith(one)


def is_quota(quota):
    return isinstance(quota, int) and quota >= 0


def is_domain(name):
    return isinstance(name, str) and split('postmaster@' + name) is not None


# ---- columns with a type ----

def as_text(value):
    return str(value) if isinstance(value, (int, float)) else value


def as_integer(value):
    if isinstance(value, str) and re.fullmatch(' *-?[0-9]+ *', value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def as_real(value):
    return float(value) if isinstance(value, int) else value


def as_it_is(value):
    return value


class Kind:
    """The definition of a column of one's own. made is for one that is
    generated: its value, given the user."""

    def __init__(self, sql, convert=as_it_is, default=None, good=None,
                 made=None):
        self.sql = sql
        self.convert = convert
        self.default = default
        self.not_null = 'NOT NULL' in sql
        self.good = good or (lambda value: True)
        self.made = made

    def wrong(self, value):
        if value is None:
            return {'not null'} if self.not_null else set()
        return set() if self.good(value) else {'check'}


class Column:
    """One's own. Renamed it is another object, and the same column."""

    serial = itertools.count()

    def __init__(self, name, kind, key=None):
        self.name = name
        self.kind = kind
        self.key = next(self.serial) if key is None else key

    def __eq__(self, other):
        return isinstance(other, Column) and self.key == other.key

    def __hash__(self):
        return hash(self.key)


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
    """A row. It is never changed, but replaced by another. own are the values
    of one's own columns."""

    def __init__(self, email, password, values, own):
        self.email = email
        self.password = password
        self.quota = values['quota']
        self.maildir = values['maildir']
        self.active = values['active']
        self.name = values['name']
        self.own = own

    def value_of(self, column):
        return self.own[column] if isinstance(column, Column) \
            else getattr(self, column)

    def with_own(self, column, value):
        own = {**self.own, column: value}
        return User(self.email, self.password, vars(self), own)


class State:
    """All that is stored."""

    def __init__(self, policy):
        self.domains = {}
        self.users = {}
        self.policy = policy
        self.forwardings = {}
        self.columns = []	# one's own
        self.carried = []	# of them, those that the triggers name
        self.known = []		# by the names that they compare

    def copy(self):
        state = State(self.policy)
        state.domains = dict(self.domains)
        state.users = dict(self.users)
        state.forwardings = dict(self.forwardings)
        state.columns = list(self.columns)
        state.carried = self.carried
        state.known = self.known
        return state

    def writable(self):
        return [one for one in self.columns if not one.kind.made]

    def are_known(self):
        return self.known == [fold(one.name) for one in self.writable()]

    def contents(self):
        """The names of all columns, and the rows; passwords as they are in
        the model."""
        names = COLUMNS + [one.name for one in self.columns]
        return names, [
            tuple(user.value_of(name) for name in COLUMNS) +
            tuple(one.kind.made(user) if one.kind.made else user.own[one]
                  for one in self.columns)
            for _, user in sorted(self.users.items())]


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

    def is_taken(self, maildir, keys):
        """Does it meet the maildir of somebody else?"""
        return any(key not in keys and meet(user.maildir, maildir)
                   for key, user in self.state.users.items())

    def wrong_address(self, email):
        """As a set of errors."""
        parts = split(email)
        if parts is None:
            return {'email'}
        return set() if parts[1] in self.state.domains else {'domain'}

    def wrong_maildir(self, maildir, email, keys):
        if maildir and not is_maildir(maildir):
            return {'maildir'}
        if self.is_taken(maildir or maildir_of(email), keys):
            return {'maildir taken'}
        return set()

    def wrong_password(self, password, kept):
        """kept: the row is written by the trigger, password or hash."""
        kind = password.kind
        if kind == 'null':
            kind = 'hash'	# NOT NULL is for SQLite to say
        wrong = set() if kind in ('plain', 'hash') else {kind}
        if kind == 'plain' and len(as_bytes(password.value)) > \
                LIMIT.get(self.state.policy[0], 511):
            wrong.add('long')
        if (kept or kind in ('plain', 'mark', 'blob hash', 'long')) and \
                not self.state.are_known():
            return (wrong - {'mark', 'blob hash'}) | {'columns'}
        return wrong

    def stored(self, password):
        """What will stand in the column."""
        if password.kind == 'plain':
            return Hashed(password.value, self.state.policy)
        return password.value

    def completed(self, row):
        """With the columns that were left out, and of the types that they
        have."""
        values = {one: one.kind.default for one in self.state.writable()}
        values.update(DEFAULTS)
        values.update(row)
        return converted(values)

    def insert_row(self, row, clause, upsert):
        """One row; clause is what follows OR, or None."""
        values = self.completed(row)
        email, password = values['email'], values['password']
        maildir = values['maildir']
        users = self.state.users
        key = fold(email) if isinstance(email, str) else None
        old = users.get(key)
        kept = old is not None and not maildir and split(email) and \
            old.maildir != maildir_of(email)

        wrong = self.wrong_address(email)
        if not wrong and not is_active(values['active']):
            wrong = {'active'}
        if not wrong and (maildir or old is None):
            wrong = self.wrong_maildir(maildir, email, {key})
        wrong |= self.wrong_password(password, kept)
        if wrong:
            raise Refused(wrong)

        # OR beside ON CONFLICT: for a plain password the OR wins.
        if clause in ('REPLACE', 'FAIL', 'ABORT', 'ROLLBACK'):
            upsert = None
        wrong = self.settle(values, clause)
        if wrong:
            if clause == 'IGNORE':
                return
            raise Refused(wrong, undone_by(clause))
        if old is not None and clause != 'REPLACE':
            self.meet(key, upsert, clause, row)
            return
        if old is not None:
            maildir = maildir or old.maildir
        values['maildir'] = maildir or maildir_of(email)
        users[key] = User(key, self.stored(password), values,
                          self.own_of(values))

    def own_of(self, values):
        return {one: values[one] for one in self.state.writable()}

    def settle(self, values, clause):
        """What NOT NULL and CHECK refuse, as a set of errors. OR REPLACE puts
        the default in the place of NULL."""
        if clause == 'REPLACE':
            for column in self.state.writable():
                if values[column] is None and column.kind.not_null:
                    values[column] = column.kind.default
            for column in ('quota', 'active', 'name'):
                if values[column] is None:
                    values[column] = DEFAULTS[column]
        wrong = wrong_values(values)
        for column in self.state.writable():
            wrong |= column.kind.wrong(values[column])
        return wrong

    def meet(self, key, upsert, clause, row):
        """The user exists, and isn't to be replaced."""
        if upsert is None:
            if clause != 'IGNORE':
                raise Refused({'unique'}, undone_by(clause))
        elif upsert.wanted(self.state.users[key], row):
            self.update_row(key, upsert.values(self.state.users[key], row),
                            None)

    def update_row(self, key, new, clause):
        """new are the values of the columns that are set."""
        users = self.state.users
        old = users[key]
        values = {name: old.value_of(name)
                  for name in COLUMNS + self.state.writable()}
        values.update(new)
        values = converted(values)
        email, maildir = values['email'], values['maildir']
        new_key = fold(email) if isinstance(email, str) else None

        wrong = set()
        if (email is not None and new_key != key) or \
                not same(maildir, old.maildir):
            wrong = self.wrong_address(email) or \
                self.wrong_maildir(maildir, email, {key, new_key})
        if not is_active(values['active']):
            wrong.add('active')
        password = new.get('password')
        if password is not None:
            wrong |= self.wrong_password(password, False)
        else:
            values['password'] = Password(old.password, 'hash')
        if wrong:
            raise Refused(wrong)

        wrong = self.settle(values, clause)
        taken = not wrong and new_key != key and new_key in users
        if taken and clause != 'REPLACE':
            wrong = {'unique'}
        if wrong and clause == 'IGNORE':
            return
        if wrong:
            raise Refused(wrong, undone_by(clause))
        values['maildir'] = maildir or maildir_of(email)
        del users[key]
        users[new_key] = User(new_key, self.stored(values['password']),
                              values, self.own_of(values))

    # ---- one's own columns ----

    def find_column(self, column):
        if column not in self.state.columns:
            raise Refused({'no column'})
        return self.state.columns.index(column)

    def has_column(self, name):
        return fold(name) in COLUMNS + [
            fold(one.name) for one in self.state.columns]

    def add_column(self, column):
        if self.has_column(column.name):
            raise Refused({'column exists'})
        self.state.columns.append(column)
        if not column.kind.made:
            users = self.state.users
            for key, user in users.items():
                users[key] = user.with_own(column, column.kind.default)

    def rename_column(self, column, name):
        at = self.find_column(column)
        if fold(name) != fold(self.state.columns[at].name) and \
                self.has_column(name):
            raise Refused({'column exists'})
        self.state.columns[at] = Column(name, column.kind, column.key)

    def drop_column(self, column):
        """The triggers must not name it."""
        at = self.find_column(column)
        if column in self.state.carried:
            raise Refused({'column in use'})
        del self.state.columns[at]

    def carry_columns(self):
        """How many there are."""
        self.state.carried = self.state.writable()
        self.state.known = [fold(one.name) for one in self.state.carried]
        return len(self.state.carried)

    def apply_schema(self):
        """Its triggers know no column but their own."""
        self.state.carried = self.state.known = []

    # ---- domains ----

    def has_users(self, domain):
        return any(split(key)[1] == fold(domain) for key in self.state.users)

    def insert_domain(self, name, clause):
        domains = self.state.domains
        if name is None:
            if clause == 'IGNORE':
                return
            raise Refused({'not null'}, undone_by(clause))
        if not is_domain(name):
            raise Refused({'bad domain'})
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
        errors = set()
        if name is not None and fold(name) != key and self.has_users(key):
            errors.add('in use')
        if name is not None and not is_domain(name):
            errors.add('bad domain')
        if errors:
            raise Refused(errors)
        if name is None:
            if clause == 'IGNORE':
                return
            raise Refused({'not null'}, undone_by(clause))
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

    # ---- forwardings ----

    def write_forwarding(self, key, source, destination, clause):
        """key is that of the row that is updated, or None; what is wrong with
        the two is for the statement to know."""
        forwardings = self.state.forwardings
        new_key = fold(source)
        if None in (source, destination):
            if clause == 'IGNORE':
                return
            raise Refused({'not null'}, undone_by(clause))
        if new_key != key and new_key in forwardings:
            if clause == 'IGNORE':
                return
            if clause != 'REPLACE':
                raise Refused({'unique'}, undone_by(clause))
        forwardings.pop(key, None)
        forwardings[new_key] = (source, destination)

    # ---- the policy ----

    def set_policy(self, values):
        method, cost = self.state.policy
        policy = (values.get('method', method), values.get('cost', cost))
        if prefix_of(*policy) is None:
            raise Refused({'policy'})
        self.state.policy = policy


def as_bytes(value):
    return value.encode() if isinstance(value, str) else value


def is_active(value):
    """What NOT NULL has to say of it is another matter."""
    return value in (None, 0, 1)


CONVERT = {'email': as_text, 'quota': as_integer, 'maildir': as_text,
           'active': as_integer, 'name': as_text}


def converted(values):
    """Of the types that the columns have."""
    return {column: convert_of(column)(value)
            for column, value in values.items()}


def convert_of(column):
    return column.kind.convert if isinstance(column, Column) \
        else CONVERT.get(column, as_it_is)


def wrong_values(values):
    """What NOT NULL and CHECK refuse in the columns of the schema."""
    wrong = set()
    quota = values['quota']
    if values['password'].kind == 'null' or None in (
            values['email'], quota, values['active'], values['name']):
        wrong.add('not null')
    if quota is not None and not is_quota(quota):
        wrong.add('check')
    return wrong


def undone_by(clause):
    return {'FAIL': 'nothing', 'ROLLBACK': 'transaction'}.get(
        clause, 'statement')
