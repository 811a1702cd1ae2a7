#!/usr/bin/python3 -B
"""sql/export-postgresql.sh and sql/import-postgresql.sh: there and back with
every row as it was, or nothing at all.
"""
import contextlib
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../../hard/fire'))

import server
import tap
import texts

MANY = 10050        # more than are digested at once
FILL = f"""
.read sql/schema.sql
UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO domains VALUES ('Example.com'), ('many.example'), ('empty.org');
INSERT INTO users(email, password, quota, active, name, maildir) VALUES
  ('Plain@example.com', 'secret', 0, 1, 'Größe 𝄞 "x" ''y'' %s %d', NULL),
  ('off@example.com', 'secret', 9223372036854775807, 0,
    'tab' || char(9) || 'line' || char(10) || 'cr' || char(13) || 'back\\slash',
    'Other/Place/'),
  ('odd@example.com', 'x', 1, 1, '\\N', NULL),
  ('dot@example.com', 'x', 1, 1, '\\.', NULL),
  ('control@example.com', 'x', 1, 1, char(1) || char(27) || '[2J', NULL),
  ('b!$%&*=?^_{{|}}~@example.com', 'x', 1, 1, ';', NULL);
INSERT INTO forwardings VALUES ('INFO@example.com', 'joe@x, ann@y'),
  ('@alias.org', '@Example.com'), ('o''brien@example.com', 'joe'),
  ('JÖRG@example.com', 'j@x');
INSERT INTO transport VALUES ('Example.net', 'smtp:[a]:26'),
  ('.example.net', 'error:5.1.1 no ''such'' host');
INSERT INTO users(email, password)
  WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n
    WHERE n < {MANY})
  SELECT 'u' || n || '@many.example', '{texts.BCRYPT}' FROM n;
"""
CONTENTS = """
SELECT lower(domain) FROM domains ORDER BY 1;
SELECT hex(lower(email)), hex(password), quota, hex(maildir), active,
  hex(name) FROM users ORDER BY 1;
SELECT hex(lower(source)), hex(CASE WHEN destination LIKE '@%'
    AND destination NOT LIKE '%,%' THEN lower(destination)
    ELSE destination END) FROM forwardings ORDER BY 1;
SELECT lower(domain), transport FROM transport ORDER BY 1;
"""


def sh(*command):
    return subprocess.run(
        ['sh', *command], capture_output=True, text=True, check=False,
        env={**os.environ, 'MAILFUNC': './mailfunc'}, timeout=200)


def export(*arguments):
    return sh('sql/export-postgresql.sh', *arguments)


def import_back(path, *arguments, database='mail'):
    return sh('sql/import-postgresql.sh', path, '-h', PG.folder, '-U',
              'postgres', '-d', database, *arguments)


@contextlib.contextmanager
def database(name):
    PG.make_database(name)
    yield name
    PG.ask(f'DROP DATABASE {name};', database='postgres')


def make(path):
    server.sqlite(FILL, path)
    # All that can be stored, also what was stored by the limits of before.
    known = list(texts.HASHES)
    for name in glob.glob('test/vectors/*.tsv'):
        with open(name, encoding='utf-8') as file:
            known += [line.rstrip('\n').split('\t')[3] for line in file
                      if not line.startswith('#')]
    rows = ', '.join(f"('h{n}@example.com', '{text}')"
                     for n, text in enumerate(known))
    server.sqlite('CREATE TEMP TABLE known(email, hash);\n'
                  f'INSERT INTO known VALUES {rows};\n'
                  'INSERT INTO users(email, password) SELECT email, hash '
                  "FROM known WHERE CRYPT_KIND(hash) = 'hash';\n", path)


def check_there(maildb):
    done = export('--list', maildb)
    tap.equal((done.returncode, done.stderr), (0, ''), 'exported')
    done = PG.psql(text=done.stdout, check=False)
    tap.equal(done.returncode, 0, f'psql takes it: {done.stderr}')
    *listed, last = done.stdout.strip().split('\n')
    wanted = server.sqlite("""
        SELECT lower(email) FROM users
        WHERE json_extract(CRYPT_INFO(ltrim(password, '!')), '$.method')
          NOT IN ('bcrypt', 'bcrypt-2a', 'bcrypt-2x', 'bcrypt-2y', 'md5crypt',
            'bsdicrypt', 'descrypt') ORDER BY 1;""", maildb).split('\n')
    tap.equal(listed, wanted, f'{len(wanted)} that it can not verify: --list')
    users = server.sqlite('SELECT count(*) FROM users;', maildb)
    tap.equal(last, f'{users} users are here', 'and how many there are')
    tap.contains(done.stderr, f'NOTICE:  {len(wanted)} users have hashes that '
                 'PostgreSQL itself can not verify', 'and a note')
    tap.equal(PG.ask("SELECT count(*) FROM users WHERE mail_verify('secret', "
                     "password) AND email LIKE '%@example.com' AND quota "
                     "IN (0, 9223372036854775807)"), '2',
              'the old passwords are good')
    tap.equal(PG.ask("SELECT replace(name, chr(13), '<cr>') FROM "
                     "users WHERE email LIKE 'c%' OR email LIKE 'o%' OR "
                     "email LIKE 'do%' OR email LIKE 'b%' ORDER BY email"),
              ';\n\x01\x1b[2J\n\\.\n\\N\n'
              'tab\tline\ncr<cr>back\\slash', 'odd names are as they were')


def check_back(maildb, folder):
    done = import_back(folder + '/back.db')
    tap.equal((done.returncode, done.stderr), (0, ''), 'imported back')
    tap.contains(done.stdout, ' users in ', 'and says how many')
    tap.ok(server.sqlite(CONTENTS, folder + '/back.db') ==
           server.sqlite(CONTENTS, maildb), 'every byte is as it was')
    tap.equal(os.stat(folder + '/back.db').st_mode & 0o777, 0o600,
              'for root alone')
    tap.equal(server.sqlite('SELECT method FROM password_policy; PRAGMA '
                            'integrity_check;', folder + '/back.db'),
              'yescrypt\nok', 'a whole database')
    tap.equal(import_back(folder + '/back.db').returncode, 2,
              'what is there is not replaced')
    before = sorted(os.listdir(folder))
    for arguments in [['-d', 'nowhere'], ['-U', 'nobody'],
                      ['-c', 'SELECT 1']]:
        done = import_back(folder + '/none.db', *arguments)
        tap.equal((done.returncode, done.stdout), (1, ''),
               f'psql {arguments} fails: {done.stderr}')
    with database('wrong'):
        PG.ask("INSERT INTO domains VALUES ('example.com'); ALTER TABLE users "
               "DISABLE TRIGGER ALL; INSERT INTO users(email, password, "
               "maildir) VALUES ('x@example.com', 'plain', 'a/'), "
               "('y@example.com', '$5$damaged', 'b/');", database='wrong')
        done = import_back(folder + '/none.db', database='wrong')
        tap.ok(done.returncode == 1 and 'damaged' in done.stderr,
               'a row that no trigger has seen: refused')
        PG.ask("DELETE FROM users WHERE email LIKE 'y%'", database='wrong')
        done = import_back(folder + '/none.db', database='wrong')
        tap.ok(done.returncode == 1 and 'not as they are' in done.stderr,
               'or found by its digest')
    tap.equal(sorted(os.listdir(folder)), before, 'and nothing is left')


def is_empty(name):
    return PG.ask('SELECT count(*) FROM (SELECT domain FROM domains UNION ALL '
                  'SELECT email FROM users UNION ALL SELECT source FROM '
                  'forwardings UNION ALL SELECT domain FROM transport) AS x',
                  database=name) == '0'


def check_all_or_nothing(folder):
    path = folder + '/small.db'
    server.sqlite(FILL.replace(f'< {MANY}', '< 900'), path)
    script = export(path).stdout
    with database('half') as name:
        lines = script.split('\n')
        row = next(n for n, line in enumerate(lines)
                   if line.startswith('u777@'))
        off = next(n for n, line in enumerate(lines)
                   if line.startswith('info@'))
        end = lines.index('COMMIT;') - 1
        broken = [('cut in the head', lines[:3]),
                  ('cut in a COPY', lines[:row]),
                  ('cut in a row', lines[:row] + [lines[row][:30]]),
                  ('cut before the digests', lines[:off]),
                  ('cut before its end', lines[:end]),
                  ('a row is missing', lines[:row] + lines[row + 1:]),
                  ('a row more', lines[:row] +
                   [lines[row].replace('u777', 'more')] + lines[row:]),
                  ('a quota is another', lines[:row] +
                   [lines[row].replace('10485760', '10485761')] +
                   lines[row + 1:]),
                  ('a hash is another', lines[:row] +
                   [lines[row].replace('TdFCr', 'TdFCs')] + lines[row + 1:]),
                  ('a destination is another', lines[:off] +
                   [lines[off].replace('joe', 'jim')] + lines[off + 1:])]
        for what, text in broken:
            for one in [[], ['-1']]:
                if one and not what.startswith('cut'):
                    continue
                done = PG.psql(*one, text='\n'.join(text) + '\n',
                               database=name, check=False)
                tap.ok(is_empty(name), f'{what}, psql {one}: nothing is there')
                tap.ok(done.returncode != 0 or 'cut' in what and
                       (not one or 'head' in what),
                       f'  status {done.returncode}: '
                       f'{done.stderr.strip()[:90]}')
        PG.ask("INSERT INTO domains VALUES ('here.example')", database=name)
        done = PG.psql(text=script, database=name, check=False)
        tap.contains(done.stderr, 'are not empty', 'tables in use: refused')


def check_refusals(folder):
    """Each is an own database: what is done to it, and what is said."""
    path = folder + '/refused.db'
    start = """.read sql/schema.sql
        INSERT INTO domains VALUES ('example.com');
        UPDATE password_policy SET method = 'bcrypt', cost = 4;
        INSERT INTO users(email, password) VALUES ('joe@example.com', 'x');"""
    for what, sql, status, said in [
            ('a NUL', "UPDATE users SET name = 'a' || char(0)", 1,
             "users: 'joe@example.com': name is text with a NUL byte"),
            ('not UTF-8', "UPDATE users SET name = CAST(x'61ff' AS TEXT)", 1,
             "users: 'joe@example.com': it has bytes that are not UTF-8"),
            ('a blob', "INSERT INTO transport VALUES ('x.org', x'61')", 1,
             "transport: 'x.org': transport is stored as blob"),
            ('an own column elsewhere',
             'ALTER TABLE transport ADD COLUMN x', 1,
             "transport has columns that aren't ours: domain, transport, x"),
            ('a column with a blank', 'ALTER TABLE users ADD COLUMN "a b"', 1,
             'users has a column with another character'),
            ('an old schema', 'DROP TABLE users; CREATE TABLE users(email, '
             'password)', 1, 'upgrade.sql'),
            ('a table missing', 'DROP TABLE transport', 1,
             'no table transport'),
            ('an own table', 'CREATE TABLE phone(x)', 0,
             "not exported, for they aren't ours: the tables phone")]:
        if os.path.exists(path):
            os.unlink(path)
        server.sqlite(f'{start}\n{sql};\n', path)
        done = export(path)
        tap.equal(done.returncode, status, what)
        tap.contains(done.stderr, said, '  is named')
        tap.ok((done.stdout == '') == (status != 0), '  and nothing exported')
    for arguments in [[], ['/nowhere'], [path, path], ['--nonsense', path]]:
        done = export(*arguments)
        tap.equal((done.returncode, done.stdout), (2, ''), f'{arguments}')
    for script in ['export', 'import']:
        done = sh(f'sql/{script}-postgresql.sh', '--help')
        tap.ok(done.returncode == 0 and 'usage:' in done.stdout,
               f'{script}: --help')
    tap.equal(sh('sql/import-postgresql.sh').returncode, 2, 'no file: usage')


def check_own_column(folder):
    path = folder + '/own.db'
    server.sqlite(""".read sql/schema.sql
        INSERT INTO domains VALUES ('example.com');
        ALTER TABLE users ADD COLUMN Phone; ALTER TABLE users ADD COLUMN b;
        SELECT CARRY_COLUMNS();
        UPDATE password_policy SET method = 'bcrypt', cost = 4;
        INSERT INTO users(email, password, phone, b) VALUES
          ('joe@example.com', 'x', '4711', 'a' || char(9) || '\\N'),
          ('ann@example.com', 'x', NULL, '');""", path)
    with database('own') as name:
        script = export(path).stdout
        done = PG.psql(text=script, database=name, check=False)
        tap.ok(done.returncode == 3 and is_empty(name), 'not there: refused')
        tap.contains(done.stderr, 'that it has not here: phone, b', 'by name')
        PG.ask('ALTER TABLE users ADD COLUMN phone text, ADD COLUMN b text',
               database=name)
        PG.ask(script, database=name)
        done = import_back(folder + '/own2.db', database=name)
        tap.equal(server.sqlite('SELECT email, phone, quote(b) FROM users '
                                'ORDER BY 1', folder + '/own2.db'),
                  "ann@example.com||''\njoe@example.com|4711|'a\t\\N'",
                  'added there: it comes, and goes back')


def main():
    with tempfile.TemporaryDirectory() as folder:
        maildb = folder + "/it's mail%20?#.db"
        make(maildb)
        before = os.stat(maildb).st_mtime_ns
        check_there(maildb)
        tap.equal(os.stat(maildb).st_mtime_ns, before, 'MAILDB is only read')
        check_back(maildb, folder)
        check_all_or_nothing(folder)
        check_refusals(folder)
        check_own_column(folder)


with server.running() as PG:
    main()
tap.finish()
