#!/usr/bin/python3
"""The block for Django, and what it says of save() and more fields."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client
import tap

TEMPLATE = '''
import sys
from django.db import DatabaseError, connection, models, transaction
from django.db.backends.signals import connection_created
from django.db.models import Func, Value
from django.db.models.expressions import RawSQL
from django.dispatch import receiver

@open@

def ask(function):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {function}()')
        return cursor.fetchone()[0]

def save(email, password):
    user = User.objects.get(email=email)
    user.password = password
    user.save()
    return 1

def answer(what, email, typed):
    if what == 'add':
        @ADD@
        return ask('changes')
    if what == 'change':
        @CHANGE@
        return count
    if what == 'login':
        @LOGIN@
        return int(good)
    if what == 'plain':
        return User.objects.filter(email=email).update(password=typed)
    if what == 'save':
        return save(email, hashed(typed))
    if what == 'save-plain':
        return save(email, typed)
    if what == 'atomic-plain':
        with transaction.atomic():
            return save(email, typed)
    return ask('total_changes')

def serve():
    for line in sys.stdin:
        what, *fields = line.split()
        email, typed = (bytes.fromhex(field.strip('-')).decode()
                        for field in fields[2:])
        try:
            print('ok', answer(what, email, typed), flush=True)
        except DatabaseError as error:
            print('error', type(error).__name__, error, flush=True)
'''

# A model belongs to an application: mail, with the template as its models.
MAIN = '''
import django
from django.conf import settings

settings.configure(INSTALLED_APPS=['mail'], DATABASES={'default': {
    'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'mail.db'}})
django.setup()
from mail import models
models.serve()
'''


def command(text):
    os.mkdir('mail')
    client.write('mail/models.py', text)
    return ['/usr/bin/python3', client.write('client.py', MAIN)]


def check_save(site):
    """A model's object that is saved."""
    tap.equal(site.ask('save', 'joe@example.com', 'by save'), 'ok 1',
              'hashed() may be assigned to a field')
    tap.ok(client.verified('by save'), 'and is saved')
    tap.contains(site.ask('save-plain', 'joe@example.com', 'plain'),
                 'error IntegrityError', 'a plain password is IntegrityError')
    tap.ok(client.verified('plain'), 'although it was changed')
    tap.contains(site.ask('atomic-plain', 'joe@example.com', 'rolled back'),
                 'error IntegrityError', 'so it is in a transaction')
    tap.ok(client.verified('plain'), 'which is rolled back')


site = client.start(TEMPLATE, 'python', 'Django', command)
client.check_all(site)
client.check_plain(site)
check_save(site)
tap.finish()
