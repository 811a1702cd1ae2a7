#!/usr/bin/python3 -B
"""make config DB=postgresql: what it writes and refuses, and who can read the
passwords. That the programs take it is for postgresql-*.t.
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from tap import contains, equal, finish, ok

TOP = tempfile.TemporaryDirectory(dir='/tmp')
VMAIL, OUT, PASSWORDS = (f'{TOP.name}/{name}'
                         for name in ['vmail', 'out', 'passwords'])


def config(*arguments, out=OUT):
    done = subprocess.run(
        ['sh', 'sql/config.sh', 'DB=postgresql', f'OUT={out}',
         f'VMAIL={VMAIL}', 'HOSTNAME=mail.example.org', *arguments],
        capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def written(out):
    found = {}
    for path, _, names in os.walk(out):
        for name in names:
            full = os.path.join(path, name)
            with open(full, encoding='utf-8') as file:
                found[os.path.relpath(full, out)] = file.read()
    return found


def passwords(text, mode=0o600):
    with open(PASSWORDS, 'w', encoding='ascii') as file:
        file.write(text)
    os.chmod(PASSWORDS, mode)
    return 'DBPASSWORDS=' + PASSWORDS


def check_refusals():
    for arguments, said in [
            (['DB=mysql'], 'DB: must be sqlite or postgresql'),
            (['MAILDB=/srv/mail.db'], 'MAILDB: is for DB=sqlite'),
            (['PUBLISHED=/srv/maps.db'], 'PUBLISHED: is for DB=sqlite'),
            (['PRELOAD=yes'], 'PRELOAD: is for DB=sqlite'),
            (['MTA=exim'], 'DB: postgresql is for MTA=postfix'),
            (['DB=sqlite', 'DBHOST=x'], 'DBHOST, DBNAME and DBPASSWORDS are'),
            (['DBHOST='], 'DBHOST: must be names'),
            (['DBHOST=a,,b'], 'DBHOST: must be names'),
            (['DBHOST=a b'], 'DBHOST: must be names'),
            (["DBHOST=a'"], 'DBHOST: must be names'),
            (['DBNAME=Mail'], 'DBNAME: may only'),
            (['DBNAME=a b'], 'DBNAME: may only'),
            (['DBNAME='], 'DBNAME: may only'),
            (['DBPASSWORDS=/nowhere'], "DBPASSWORDS: can't be read")]:
        status, text = config(*arguments)
        equal(status, 2, f'{arguments}: refused')
        contains(text, said, '  and why')
    for text, mode, said in [
            ('mail_postfix a\nmail_reader b\n', 0o640, 'others may read it'),
            ('mail_reader a\n', 0o600, 'must have a line mail_postfix'),
            ('mail_postfix a\nmail_reader a|b\n', 0o600,
             'must have a line mail_reader'),
            ('', 0o600, 'must have a line mail_postfix')]:
        status, text = config(passwords(text, mode))
        equal(status, 2, f'passwords: {said}')
        contains(text, 'DBPASSWORDS: ' + said, '  and why')
    passwords('mail_postfix a\nmail_reader b\n')
    if os.getuid() == 0:
        os.chown(PASSWORDS, 65534, 65534)
        contains(config(f'DBPASSWORDS={PASSWORDS}')[1],
                 "DBPASSWORDS: is another user's file", "another user's")
        os.chown(PASSWORDS, 0, 0)
    ok(not os.path.exists(OUT), 'nothing is written')


def check_by_socket():
    status, text = config()
    files = written(OUT)
    equal(status, 0, f'written: {text[-300:]}')
    ok(not any('sqlite:' in text or 'sqlite-virtual' in text
               for text in files.values()), 'nothing of it asks SQLite')
    contains(files['postfix/main.cf'], 'virtual_mailbox_domains = '
             'proxy:pgsql:/etc/postfix/pgsql-virtual_domains.cf\n',
             "Postfix's maps")
    contains(files['postfix/pgsql-virtual_domains.cf'],
             '\nhosts = unix:/var/run/postgresql\nuser = mail_postfix\n'
             'dbname = mail\n', 'say where')
    ok('password =' not in ''.join(files.values()), 'there is no password')
    contains(files['postgresql/pg_hba.conf'],
             '\nlocal mail mail_postfix,mail_reader peer map=mailfunc\n',
             'the account is asked for')
    ok('mailfunc.conf' not in files, 'no file for mailuser')
    contains(text, 'postfix/pgsql-virtual_domains.cf: to /etc/postfix/, '
             'root:postfix, mode 0640\n', 'whose the maps are')
    contains(text, 'postgresql/pg_hba.conf: put its lines first in '
             'pg_hba.conf\n', 'and what is done with the others')


def check_without_reader():
    """Where nobody logs in, nothing is written that sees a hash."""
    status, text = config(passwords('mail_postfix One.1-\n'))
    files = written(OUT)
    equal(status, 0, f'mail_postfix alone: {text[-300:]}')
    ok(all(name.startswith(('postfix/', 'postgresql/')) and
           'mail_reader' not in content for name, content in files.items()
           if not name.startswith('postgresql/')),
       f'only the files of Postfix: {sorted(files)}')
    shutil.rmtree(OUT)


def check_with_passwords():
    given = passwords('mail_postfix One.1\nmail_reader Two-2\n')
    for number, reader in enumerate([
            ['READER=courier'], ['READER=dovecot', 'DOVECOT=2.3'],
            ['READER=dovecot', 'DOVECOT=2.4']]):
        out = f'{TOP.name}/with{number}'
        status, text = config('DBHOST=db1.example.com,10.0.0.2', given,
                              'DBNAME=m2', *reader, out=out)
        files = written(out)
        equal(status, 0, f'{reader} with passwords')
        contains(files['postfix/pgsql-virtual_domains.cf'],
                 '\nhosts = db1.example.com 10.0.0.2\nuser = mail_postfix\n'
                 'password = One.1\ndbname = m2\n', "Postfix's")
        names = {name for name, text in files.items() if 'Two-2' in text}
        equal(names, [{'courier/authpgsqlrc'}, {'dovecot/dovecot-sql.conf.ext'},
                      {'dovecot/dovecot.conf'}][number], "and the reader's")
        lines = {line.split(':')[0].strip(): line
                 for line in text.splitlines()}
        for name, content in files.items():
            if 'One.1' in content or 'Two-2' in content:
                ok(lines[name].endswith(('0640', '0600')) and
                   os.stat(f'{out}/{name}').st_mode & 0o077 == 0,
                   f'  {name}: not for all to read')


os.mkdir(VMAIL)
check_refusals()
check_by_socket()
shutil.rmtree(OUT)
check_without_reader()
check_with_passwords()
finish()
