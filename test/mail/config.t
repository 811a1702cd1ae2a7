#!/usr/bin/python3 -B
"""sql/config.sh: what it takes, what it refuses, and what it writes."""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from tap import contains, equal, finish, ok

SCRIPT = os.path.join(HERE, '../../sql/config.sh')
TOP = tempfile.TemporaryDirectory()
GOOD = {'OUT': TOP.name + '/out', 'MAILDB': TOP.name + '/mail.db',
        'VMAIL': TOP.name + '/vmail'}


def config(changes=None, words=()):
    """Status and messages; a change to None leaves the argument out."""
    values = {**GOOD, **(changes or {})}
    arguments = [f'{name}={value}' for name, value in values.items()
                 if value is not None]
    done = subprocess.run(['sh', SCRIPT, *arguments, *words],
                          cwd=TOP.name, capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout + done.stderr


def written(folder):
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(path, name)
            with open(full, encoding='utf-8') as file:
                found[os.path.relpath(full, folder)] = file.read()
    return found


def refused(name, value, because):
    status, text = config({name: value})
    shown = 'nothing' if value is None else repr(value[:30])
    equal(status, 2, f'{name}: {shown}: refused')
    contains(text, f'config: {name}: ', '  the message names it')
    contains(text, because, '  and says why')
    ok(not os.path.exists(GOOD['OUT']), '  nothing is written')


def check_refusals():
    paths = [(None, 'must be given'), ('', 'must be given'),
             ('/no such/folder/x', 'letters'), ("/tmp/it's", 'letters'),
             ('/tmp/a"b', 'letters'), ('/tmp/a$b', 'letters'),
             ('/tmp/a`b', 'letters'), ('/tmp/a|b', 'letters'),
             ('/tmp/a\nb', 'letters'), ('/tmp/ü', 'letters'),
             ('/tmp/a,b', 'letters'), ('/tmp/a?b', 'letters'),
             ('/tmp/a%sb', 'letters'), ('/tmp/../x', 'component'),
             ('/tmp//x', 'component'), ('/', 'root')]
    for name in ['MAILDB', 'VMAIL', 'OUT']:
        for value, because in paths:
            refused(name, value, because)
    for name in ['MAILDB', 'VMAIL']:
        refused(name, 'mail.db', 'absolute')
    for value in ['mail.db', '', '/tmp/a b', '/no/such/folder/x']:
        refused('PUBLISHED', value, '')
    refused('MAILDB', '/no/such/folder/x', "folder doesn't exist")
    refused('MAILDB', TOP.name, 'this is a folder')
    refused('VMAIL', '/no/such/folder', 'no such folder')
    refused('OUT', '/no/such/folder/x', "parent folder doesn't exist")
    refused('PUBLISHED', GOOD['MAILDB'], 'another file')
    for value in ['0', '99', '4294967295', '05000', '-1', '5000x', '',
                  '99999999999999999999', '5 000']:
        refused('VMAIL_UID', value, 'number from 100')
        refused('VMAIL_GID', value, 'number from 100')
    for value in ['mail', '', 'mail.', '.example.com', 'a..b', 'a b.com',
                  '-a.com', 'a-.com', 'a_b.com', "a'b.com",
                  'x.' * 130 + 'com']:
        refused('HOSTNAME', value, '')
    refused('CHROOT', 'yes', 'y or n')


def check_other_refusals():
    inside = TOP.name + '/vmail/mail.db'
    status, text = config({'MAILDB': inside})
    equal(status, 2, 'a database that the mail account could replace: refused')
    contains(text, 'VMAIL: a database must not lie in it', '  and why')
    status, text = config(words=['MAILDBB=/x'])
    equal(status, 2, 'a name it does not know: refused')
    status, text = config({'MAILDB': 'a', 'VMAIL': 'b', 'HOSTNAME': 'c'})
    equal(len(text.splitlines()), 3, 'three bad arguments: three messages')
    ok(not os.path.exists(GOOD['OUT']), 'nothing is written')


def check_foreign():
    """A folder with somebody's own configuration in it, such as /etc."""
    own = TOP.name + '/etc/postfix'
    os.makedirs(own)
    with open(own + '/main.cf', 'w', encoding='utf-8') as file:
        file.write('# mine\n')
    status, text = config({'OUT': TOP.name + '/etc'})
    equal(status, 2, 'OUT with a main.cf of its own: refused')
    contains(text, 'postfix/main.cf', '  and named')
    equal(list(written(TOP.name + '/etc').values()), ['# mine\n'],
          '  which stays as it was')


def check_versions():
    """Without users.active each look-up would be an SQL error."""
    for schema, status in [('test/schema/schema-0.1.0.sql', 2),
                           ('sql/schema.sql', 0)]:
        database = TOP.name + f'/version{status}.db'
        subprocess.run(['sqlite3', '-bail', database,
                        f'.read {HERE}/../../{schema}'], check=True)
        got, text = config({'MAILDB': database,
                            'OUT': TOP.name + '/versions'})
        equal(got, status, f'a database by {schema}: status {status}')
        contains(text, 'config: MAILDB: has no column users.active, '
                 '.read upgrade.sql first' if status else 'Written',
                 '  and why' if status else '  and written')
        equal(os.path.exists(TOP.name + '/versions'), not status,
              '  nothing else' if status else '  all of it')


def check_direct():
    status, text = config({'VMAIL_UID': '5001', 'VMAIL_GID': '5002',
                           'HOSTNAME': 'mail.example.com', 'CHROOT': 'n'})
    equal(status, 0, 'good arguments: done')
    files = written(GOOD['OUT'])
    for name in files:
        contains(text, name, f'{name}: its place, owner and mode are told')
        ok('@' not in re.sub(r'^#.*', '', files[name], flags=re.M),
           f'{name}: no placeholder is left')
    maps = [name for name in files if 'sqlite-virtual' in name]
    equal(len(maps), 7, 'seven maps')
    for name in maps:
        contains(files[name], f'\ndbpath = {GOOD["MAILDB"]}\n',
                 f'{name}: the database')
        equal(len(re.findall("'%s'", files[name])), 1,
              f'{name}: the key once, between single quotes')
        equal(len(re.findall('^query = .*%', files[name], re.M)), 1,
              f'{name}: one query')
        several = 'forwardings' in name
        equal('\nexpansion_limit = 1\n' in files[name], not several,
              f'{name}: ' + ('any number of rows' if several else
                             'a second row is an error'))
    contains(files['postfix/main.cf'], '\nvirtual_uid_maps = static:5001\n',
             'the uid')
    contains(files['postfix/main.cf'], '\nvirtual_gid_maps = static:5002\n',
             'the gid')
    contains(files['postfix/main.cf'], '\nmyhostname = mail.example.com\n',
             'the name')
    check_courier(files)
    contains(files['default/saslauthd'], ' -m /var/run/saslauthd"\n',
             'the usual folder for the socket where smtpd is not chrooted')


def check_courier(files):
    lines = files['courier/authsqliterc'].splitlines()
    ok('##NAME: MARKER:0' in lines, 'authsqliterc has its marker')
    fields = dict(line.split(' ', 1) for line in lines
                  if line.startswith('SQLITE_'))
    equal(fields['SQLITE_DATABASE'], GOOD['MAILDB'], 'Courier\'s database')
    equal((fields['SQLITE_UID_FIELD'], fields['SQLITE_GID_FIELD']),
          ('5001', '5002'), 'Courier\'s uid and gid')
    equal(fields['SQLITE_HOME_FIELD'], f"'{GOOD['VMAIL']}'", 'the home')
    equal(fields['SQLITE_WHERE_CLAUSE'], "maildir <> '' AND active = 1",
          'who logs in')
    equal(len([line for line in lines if line != line.rstrip()]), 0,
          'no blanks at the end of a line')


def check_published():
    copy = TOP.name + '/maps.db'
    status, _ = config({'PUBLISHED': copy, 'CHROOT': 'y'})
    equal(status, 0, 'again, over its own files: done')
    files = written(GOOD['OUT'])
    contains(files['postfix/sqlite-virtual_domains.cf'],
             f'\ndbpath = file:{copy}?immutable=1\n', 'Postfix has the copy')
    contains(files['courier/authsqliterc'], GOOD['MAILDB'],
             'Courier the database')
    folder = '/var/spool/postfix/var/run/saslauthd'
    contains(files['default/saslauthd'], f' -m {folder}"\n',
             'the socket where a chrooted smtpd sees it')
    contains(files['systemd/saslauthd.conf'],
             f'\nPIDFile={folder}/saslauthd.pid\n',
             'which systemd has to be told')
    ok('\nmyhostname =' not in files['postfix/main.cf'],
       'no name given: none set')
    status, _ = config({'OUT': 'relative'})
    equal((status, len(written(TOP.name + '/relative'))), (0, len(files)),
          'OUT may be relative')


os.mkdir(GOOD['VMAIL'])
check_refusals()
check_other_refusals()
check_foreign()
check_versions()
check_direct()
check_published()
finish()
