#!/usr/bin/python3
"""The block for SQLAlchemy, and what it says of mapped objects."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client
import tap

# Each transaction may have a connection of its own, so a plain write looks at
# total_changes() itself.
TEMPLATE = '''
import sys
from sqlalchemy import *
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, declarative_base

class User(declarative_base()):
    __tablename__ = 'users'
    email = Column(Text, primary_key=True)
    password = Column(Text)
    active = Column(Integer)

@open@

def execute(write):
    @either@
    return count

def plain(email, typed):
    global total
    with engine.begin() as connection:
        changes = 'SELECT total_changes()'
        total -= connection.scalar(text(changes))
        count = connection.execute(update(User).where(
            User.email == email).values(password=typed)).rowcount
        total += connection.scalar(text(changes))
    return count

def flush(email, password):
    with Session(engine) as session, session.begin():
        session.get(User, email).password = password
    return 1

def answer(what, email, typed):
    if what == 'add':
        @ADD@
        return execute(write)
    if what == 'change':
        @CHANGE@
        return execute(write)
    if what == 'login':
        @LOGIN@
        return int(good)
    if what == 'plain':
        return plain(email, typed)
    if what == 'flush':
        return flush(email, hashed(typed))
    if what == 'flush-plain':
        return flush(email, typed)
    return total

total = 0
for line in sys.stdin:
    what, *fields = line.split()
    email, typed = (bytes.fromhex(field.strip('-')).decode()
                    for field in fields[2:])
    try:
        print('ok', answer(what, email, typed), flush=True)
    except SQLAlchemyError as error:
        print('error', type(error).__name__,
              str(error).replace('\\n', ' '), flush=True)
'''


def check_objects(alchemy):
    """A mapped object whose password is assigned."""
    tap.equal(alchemy.ask('flush', 'joe@example.com', 'by flush'), 'ok 1',
              'hashed() may be assigned to a mapped object')
    tap.ok(client.verified('by flush'), 'and is flushed')
    tap.contains(alchemy.ask('flush-plain', 'joe@example.com', 'plain'),
                 'error StaleDataError', 'a plain password is StaleDataError')
    tap.ok(client.verified('by flush'), 'and is rolled back')


alchemy = client.start(TEMPLATE, 'python', 'SQLAlchemy', lambda text: [
    '/usr/bin/python3', client.write('client.py', text)])
client.check_all(alchemy)
client.check_plain(alchemy)
check_objects(alchemy)
tap.finish()
