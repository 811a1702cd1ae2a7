#!/usr/bin/python3 -B
"""sql/config.sh: what it takes, what it refuses, and what it writes."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from tap import contains, equal, finish, ok

SCRIPT = os.path.join(HERE, '../../../sql/config.sh')
TOP = tempfile.TemporaryDirectory()
LIBRARY = TOP.name + '/busy.so'
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


def check_cdpath():
    root = os.path.join(HERE, '../../..')
    out = TOP.name + '/cdpath'
    arguments = [f'{name}={value}' for name, value in GOOD.items()]
    done = subprocess.run(['sh', 'sql/config.sh', *arguments, 'OUT=' + out],
                          cwd=root, env={**os.environ, 'CDPATH': root},
                          capture_output=True, text=True, check=False)
    equal(done.returncode, 0, 'with a CDPATH: status 0')
    ok(os.path.exists(out + '/postfix/main.cf'), '  all is written')


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
    refused('PUBLISHED', TOP.name + '/link/mail.db', 'another file')
    for value in ['', 'no', 'mailfunc_busy.so', '/tmp/a b']:
        refused('PRELOAD', value, '')
    refused('PRELOAD', '/no/such/library.so', "can't be loaded")
    refused('PRELOAD', os.path.realpath(SCRIPT), "can't be loaded")
    for value in ['0', '99', '4294967295', '05000', '-1', '5000x', '',
                  '99999999999999999999', '5 000']:
        refused('VMAIL_UID', value, 'number from 100')
        refused('VMAIL_GID', value, 'number from 100')
    for value in ['mail', '', 'mail.', '.example.com', 'a..b', 'a b.com',
                  '-a.com', 'a-.com', 'a_b.com', "a'b.com",
                  'x.' * 130 + 'com']:
        refused('HOSTNAME', value, '')
    refused('CHROOT', 'yes', 'y or n')
    refused('READER', 'cyrus', 'courier or dovecot')
    refused('MTA', 'sendmail', 'postfix, exim or opensmtpd')
    refused('DOVECOT', '2.4', 'is for READER=dovecot')


def check_other_refusals():
    for name in ['MAILDB', 'PUBLISHED']:
        for folder in ['vmail', 'link/vmail']:
            status, text = config({name: f'{TOP.name}/{folder}/mail.db'})
            equal(status, 2, f'{name} in {folder}, where the mail account '
                  'could replace it: refused')
            contains(text, 'VMAIL: a database must not lie in it', '  why')
    status, text = config(words=['MAILDBB=/x'])
    equal(status, 2, 'a name it does not know: refused')
    status, text = config({'MAILDB': 'a', 'VMAIL': 'b', 'HOSTNAME': 'c'})
    equal(len(text.splitlines()), 3, 'three bad arguments: three messages')
    status, text = config({'READER': 'x', 'MTA': 'y', 'CHROOT': 'z'})
    equal([status, *sorted(line.split(': ')[1] for line in text.splitlines())],
          [2, 'CHROOT', 'MTA', 'READER'], 'bad choices: each is named, once')
    status, text = config({'READER': 'dovecot', 'DOVECOT': '2.5'})
    equal((status, text), (2, 'config: DOVECOT: must be 2.3 or 2.4\n'),
          'a Dovecot that it does not know: refused')
    for name, value in [('PUBLISHED', TOP.name + '/maps.db'), ('CHROOT', 'n'),
                        ('PRELOAD', 'yes')]:
        status, text = config({'MTA': 'exim', name: value})
        equal(status, 2, f'{name} with MTA=exim: refused')
        contains(text, f'config: {name}: is for MTA=postfix', '  why')
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
    for schema, status in [('test/sql/schema/schema-0.1.0.sql', 2),
                           ('sql/schema.sql', 0)]:
        database = TOP.name + f'/version{status}.db'
        subprocess.run(['sqlite3', '-bail', database,
                        f'.read {HERE}/../../../{schema}'], check=True)
        got, text = config({'MAILDB': database,
                            'OUT': TOP.name + '/versions'})
        equal(got, status, f'a database by {schema}: status {status}')
        contains(text, 'config: MAILDB: has no column users.active, '
                 '.read upgrade.sql first' if status else 'Written',
                 '  and why' if status else '  and written')
        equal(os.path.exists(TOP.name + '/versions'), not status,
              '  nothing else' if status else '  all of it')


def check_unreadable():
    for content, because in [(b'no database' * 100, 'not a database'),
                             (None, 'no such table')]:
        path = f'{TOP.name}/{because.replace(" ", "-")}.db'
        if content:
            with open(path, 'wb') as file:
                file.write(content)
        else:
            sqlite(path, 'CREATE TABLE t (a);')
        refused('MAILDB', path, because)


def sqlite(path, script):
    subprocess.run(['sqlite3', '-bail', '-batch', '-init', '/dev/null',
                    '-cmd', f'.load "{HERE}/../../../mailfunc"', path],
                   input=script, text=True, check=True)


def check_names():
    """A mail domain that is the server's name is local(8)'s."""
    path = TOP.name + '/names.db'
    sqlite(path, f'.read {HERE}/../../../sql/schema.sql\n'
           "INSERT INTO domains VALUES ('Example.COM');")
    for name, status in [('example.com', 2), ('EXAMPLE.com', 2),
                         ('mail.example.com', 0), ('example.com.org', 0)]:
        got, text = config({'MAILDB': path, 'HOSTNAME': name,
                            'OUT': TOP.name + '/names'})
        equal(got, status, f'{name} beside the domain Example.COM: {status}')
        contains(text, f'config: HOSTNAME: {name} is in the table domains; '
                 f'the server needs a name of its own, as in mail.{name}\n'
                 if status else 'Written', '  and said')
    for name in ['localhost', os.uname().nodename]:
        sqlite(path, f"REPLACE INTO domains VALUES ('{name}');")
        got, text = config({'MAILDB': path, 'OUT': TOP.name + '/names'})
        equal(got, 2, f'no HOSTNAME, and a domain {name}: refused')
        contains(text, f'config: HOSTNAME: {name} is in the table', '  why')


def check_limits():
    """The last that is good, and the first that isn't."""
    name = 'x.' * 120 + 'y' * 9 + '.com'
    equal(len(name), 253, 'a name of 253 bytes')
    for key, value, status in [('VMAIL_UID', '100', 0),
                               ('VMAIL_GID', '4294967294', 0),
                               ('HOSTNAME', name, 0),
                               ('HOSTNAME', 'x' + name, 2)]:
        got, _ = config({key: value, 'OUT': TOP.name + '/limits'})
        equal(got, status, f'{key}={value[:20]}: {status}')


def check_full():
    """A file that can't be written, and one that could be."""
    done = subprocess.run(
        ['sh', '-c', 'trap "" XFSZ; ulimit -f 0; exec "$@"', 'sh', 'sh',
         SCRIPT] + [f'{name}={value}' for name, value in
                    {**GOOD, 'OUT': TOP.name + '/full'}.items()],
        capture_output=True, text=True, check=False)
    equal((done.returncode, done.stdout), (1, ''),
          'a file that cannot be written: status 1, and nothing promised')
    contains(done.stderr, "config: OUT: can't write "
             'postfix/sqlite-virtual_domains.cf', 'but named')
    equal(written(TOP.name + '/full'), {}, 'nothing is left half written')
    status, _ = config({'OUT': TOP.name + '/full'})
    equal(status, 0, 'and the next run finds nothing in its way')


def check_locked():
    """Somebody writes: that is no reason to fail."""
    path = TOP.name + '/locked.db'
    sqlite(path, f'.read {HERE}/../../../sql/schema.sql')
    writer = sqlite3.connect(path, isolation_level=None,
                             check_same_thread=False)
    writer.execute('BEGIN EXCLUSIVE')
    timer = threading.Timer(2, writer.rollback)
    timer.start()
    status, text = config({'MAILDB': path, 'OUT': TOP.name + '/locked'})
    equal(status, 0, f'a lock of two seconds is waited for: {text[:50]}')
    timer.join()


def check_help():
    for words in [['--help'], ['OUT=/', '--help']]:
        done = subprocess.run(['sh', SCRIPT, *words], cwd=TOP.name,
                              capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr), (0, ''), f'{words}: status 0')
        contains(done.stdout, '\nusage: config.sh OUT=DIR MAILDB=FILE',
                 'the usage on stdout')
        contains(done.stdout, '\nPRELOAD ', 'and what each name means')
        ok(done.stdout.endswith("couldn't be written.\n"),
           'and nothing of the script')


def check_links():
    """Root must not write where somebody else's link leads."""
    for what, link in [('OUT', 'linked'), ('a folder', 'linked/postfix'),
                       ('a file', 'linked/postfix/main.cf')]:
        top = TOP.name + '/linked'
        os.makedirs(os.path.dirname(f'{TOP.name}/{link}'), exist_ok=True)
        target = TOP.name + '/target'
        os.symlink(target, f'{TOP.name}/{link}')
        status, text = config({'OUT': top})
        equal(status, 2, f'{what} is a symbolic link: refused')
        contains(text, 'symbolic link', '  and why')
        ok(not os.path.exists(target), '  nothing is written there')
        subprocess.run(['rm', '-rf', top], check=True)
    os.mkdir(TOP.name + '/theirs')
    os.chown(TOP.name + '/theirs', 65534, 65534)
    status, text = config({'OUT': TOP.name + '/theirs'})
    equal((status, os.listdir(TOP.name + '/theirs')), (2, []),
          "another user's folder: refused")
    contains(text, "OUT: is another user's folder", '  and why')


def check_again():
    """A map that is a moment old makes Postfix wait."""
    folder = TOP.name + '/again'
    one, said = config({'OUT': folder, 'HOSTNAME': 'mail.example.com'})
    contains(said, 'new or changed: 23 files', 'all files are new')
    subprocess.run(['find', folder, '-exec', 'touch', '-d', '2020-01-01',
                    '{}', '+'], check=True)
    before = stamps(folder)
    two, said = config({'OUT': folder, 'HOSTNAME': 'mail.example.com'})
    equal((one, two, stamps(folder)), (0, 0, before),
          'written again: each file stays as it was')
    contains(said, 'Nothing has changed', 'which is said')
    three, said = config({'OUT': folder, 'HOSTNAME': 'mx.example.com'})
    equal([name for name, stamp in stamps(folder).items()
           if before[name] != stamp], ['postfix/main.cf'],
          'another name: one file is written')
    contains(said, 'new or changed: 1 files', 'which is said, too')
    equal(three, 0, 'with status 0')


def stamps(folder):
    return {name: os.stat(f'{folder}/{name}').st_mtime
            for name in written(folder)}


def check_modes():
    """Not what umask says: postfix and courier read them."""
    subprocess.run(['sh', '-c', 'umask 077; exec "$@"', 'sh', 'sh', SCRIPT] +
                   [f'{name}={value}' for name, value in
                    {**GOOD, 'OUT': TOP.name + '/modes'}.items()],
                   check=True, stdout=subprocess.DEVNULL)
    modes = {oct(os.stat(path).st_mode & 0o7777)
             for path, _, _ in os.walk(TOP.name + '/modes')} | \
        {oct(os.stat(f'{TOP.name}/modes/{name}').st_mode & 0o7777)
         for name in written(TOP.name + '/modes')}
    equal(modes, {'0o755', '0o644'}, 'under umask 077: others may read them')


def check_preload():
    subprocess.run(['install', '-m', '0644',
                    HERE + '/../../../mailfunc_busy.so', LIBRARY], check=True)
    status, _ = config({'PRELOAD': LIBRARY, 'OUT': TOP.name + '/preload'})
    equal(status, 0, 'PRELOAD: done')
    files = written(TOP.name + '/preload')
    contains(files['courier/authdaemonrc'], f'\nLD_PRELOAD={LIBRARY}\n',
             'Courier loads it')
    default = subprocess.run(['postconf', '-dh', 'import_environment'],
                             capture_output=True, text=True, check=True)
    contains(files['postfix/main.cf'], '\nimport_environment = '
             f'{default.stdout.strip()} LD_PRELOAD={LIBRARY}\n',
             'and Postfix, with what it imports by itself')
    for change in ['chmod 0664', 'chmod 0646', 'chown nobody']:
        subprocess.run([*change.split(), LIBRARY], check=True)
        status, text = config({'PRELOAD': LIBRARY,
                               'OUT': TOP.name + '/preload'})
        equal(status, 2, f'{change}: refused')
        contains(text, 'PRELOAD: only root may own and write it', '  why')
        subprocess.run(['chmod', '0644', LIBRARY], check=True)
    folder = os.path.dirname(os.path.dirname(LIBRARY))
    mode = os.stat(folder).st_mode & 0o7777
    os.chmod(folder, 0o757)
    status, text = config({'PRELOAD': LIBRARY, 'OUT': TOP.name + '/preload'})
    os.chmod(folder, mode)
    equal(status, 2, 'a folder above it that others may write: refused')
    contains(text, f'PRELOAD: only root may own and write {folder}, ', '  why')


def check_direct():
    status, text = config({'VMAIL_UID': '5001', 'VMAIL_GID': '5002',
                           'HOSTNAME': 'mail.example.com', 'CHROOT': 'n'})
    equal(status, 0, 'good arguments: done')
    files = written(GOOD['OUT'])
    for name in files:
        contains(text, name, f'{name}: its place, owner and mode are told')
        ok(not re.search('@[A-Z_]+@', files[name]),
           f'{name}: no placeholder is left')
    maps = [name for name in files if 'sqlite-virtual' in name]
    equal(len(maps), 10, 'ten maps')
    for name in maps:
        contains(files[name], f'\ndbpath = {GOOD["MAILDB"]}\n',
                 f'{name}: the database')
        query = re.search('^query = .*%.*$', files[name], re.M)[0]
        equal(re.sub("'@?%[sud]'|'@%%'", '', query).count('%'), 0,
              f'{name}: the key only between single quotes')
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
    contains(text, f'The database: {GOOD["MAILDB"]} root:postfix 0640 in a '
             'folder root:postfix 0750\n', 'the database\'s mode')
    contains(text, f'Mail: {GOOD["VMAIL"]} owned by 5001:5002, mode 0700\n',
             'the mail store\'s')
    contains(files['postfix/services'], ' inet n - n - - smtpd"\n',
             'no chroot on the other ports either')
    ok('PRELOAD=' not in files['postfix/main.cf'] +
       files['courier/authdaemonrc'], 'and nothing preloaded')
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


def check_mailuser():
    """mailuser's own settings; it says whether it can read them."""
    for change, want in [({}, 'VMAIL={VMAIL}\nREADER=courier\n'),
                         ({'READER': 'dovecot', 'DOVECOT': '2.3'},
                          'VMAIL={VMAIL}\nREADER=dovecot\n'),
                         ({'PUBLISHED': TOP.name + '/maps.db'},
                          'PUBLISHED={TOP}/maps.db\n'),
                         ({'MTA': 'exim'}, 'PUBLISHED=\n'),
                         ({'MTA': 'opensmtpd'}, 'PUBLISHED=\n')]:
        out = TOP.name + '/mailuser' + ''.join(change)
        status, said = config({'OUT': out, **change})
        contains(said, '  mailfunc.conf: to /etc/, root:root, mode 0644\n',
                 f'{change}: its settings')
        text = written(out).get('mailfunc.conf', '')
        equal((status, f'\nMAILDB={GOOD["MAILDB"]}\n' in text), (0, True),
              'name the database')
        contains(text, want.format(TOP=TOP.name, **GOOD), 'and the rest')
        done = subprocess.run(
            [HERE + '/../../../build/mailuser', 'list'], text=True, check=False,
            env={'MAILFUNC_CONF': out + '/mailfunc.conf'},
            capture_output=True)
        contains(done.stderr, GOOD['MAILDB'] + ': there is no such database',
                 'and mailuser takes them')


def check_published():
    copy = TOP.name + '/maps.db'
    status, text = config({'PUBLISHED': copy, 'CHROOT': 'y'})
    contains(text, f'The database: {GOOD["MAILDB"]} root:root 0600; its copy: '
             f'{copy} root:postfix 0640, made by publish.sh\n', 'both modes')
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


def check_formats():
    """Maps that Postfix opens itself: no file of a query is written."""
    for kind in ['cdb', 'lmdb']:
        maps = TOP.name + '/maps'
        out = f'{TOP.name}/{kind}'
        status, text = config({'PUBLISHED': maps, 'FORMAT': kind, 'OUT': out})
        files = written(out)
        equal((status, [name for name in files if 'sqlite-' in name]), (0, []),
              f'{kind}: done, without a query')
        settings = dict(re.findall('^([a-z_]+) = (.*)$',
                                   files['postfix/main.cf'], re.M))
        equal(settings['virtual_alias_maps'].split(),
              [f'{kind}:{maps}/{name}' for name in
               ['forwardings', 'email2email', 'domain2domain']],
              'the maps are named')
        equal(files['postfix/main.cf'].count(f' {kind}:{maps}/'), 9,
              'nine of them')
        ok('sqlite' not in files['postfix/main.cf'] and
           'proxy:' not in files['postfix/main.cf'], 'and no others')
        contains(files['mailfunc.conf'], f'\nPUBLISHED={maps}\n\n# What it is: '
                 f'sqlite, cdb or lmdb.\nFORMAT={kind}\n', 'mailuser knows')
        contains(text, f'{maps} root:postfix 0640, made by publish.sh MAILDB '
                 f'PUBLISHED {kind}', 'who makes them')
    for changes, because in [
            ({'FORMAT': 'cdb'}, "FORMAT: is PUBLISHED's"),
            ({'FORMAT': 'hash', 'PUBLISHED': TOP.name + '/m'},
             'FORMAT: must be sqlite, cdb or lmdb'),
            ({'FORMAT': 'sqlite', 'MTA': 'exim'}, 'FORMAT: is for MTA=postfix'),
            ({'COPY': 'yes', 'MTA': 'exim'}, 'COPY: is for MTA=postfix'),
            ({'COPY': 'y'}, 'COPY: must be yes'),
            ({'FORMAT': 'sqlite', 'PUBLISHED': TOP.name}, 'this is a folder')]:
        status, text = config({**changes, 'OUT': TOP.name + '/formats'})
        equal(status, 2, f'{changes}: refused')
        contains(text, 'config: ' if because[0] == 't' else
                 f'config: {because}', 'and why')
    os.makedirs(TOP.name + '/linked-maps.1')
    os.symlink('linked-maps.1', TOP.name + '/linked-maps')
    status, text = config({'FORMAT': 'cdb', 'OUT': TOP.name + '/formats',
                           'PUBLISHED': TOP.name + '/linked-maps'})
    equal((status, text.count('config:')), (0, 0), 'a set that is there')


def check_copy():
    """A copy from another machine: nobody looks for its journal."""
    uri = f'file:{GOOD["MAILDB"]}?immutable=1'
    out = TOP.name + '/copy'
    for more in [{}, {'READER': 'dovecot', 'DOVECOT': '2.3'}]:
        status, _ = config({'COPY': 'yes', 'OUT': out, **more})
        equal(status, 0, f'COPY {more}: done')
    files = written(out)
    contains(files['postfix/sqlite-virtual_domains.cf'],
             f'\ndbpath = {uri}\n', 'Postfix opens it immutable')
    contains(files['courier/authsqliterc'], f'\nSQLITE_DATABASE {uri}\n',
             'Courier')
    contains(files['dovecot/dovecot-sql.conf.ext'],
             f'\nconnect = file:{GOOD["MAILDB"]}?mode=ro&immutable=1\n',
             'and Dovecot')


os.mkdir(GOOD['VMAIL'])
os.symlink('.', TOP.name + '/link')
check_refusals()
check_other_refusals()
check_foreign()
check_versions()
check_unreadable()
check_names()
check_limits()
check_full()
check_locked()
check_help()
check_links()
check_again()
check_modes()
check_preload()
check_direct()
check_published()
check_formats()
check_copy()
check_mailuser()
check_cdpath()
finish()
