#!/usr/bin/python3 -B
"""What the schema for PostgreSQL promises besides outcomes: who may what, where
a plain password doesn't get, what happens at the same time, in copies and
dumps, and when it is applied again.
"""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import server
import tap

# A server that writes down all that it can.
TALKATIVE = """
    shared_preload_libraries = 'pg_stat_statements,auto_explain'
    auto_explain.log_min_duration = 0
    log_statement = all
    log_min_duration_statement = 0
    log_min_error_statement = error
    log_error_verbosity = verbose
    log_parameter_max_length_on_error = -1
    wal_level = logical
"""
JOE = "('joe@example.com', '{}')"
INSERT = 'INSERT INTO users(email, password) VALUES '


def fails(sql, wanted, user='postgres'):
    done = PG.psql(text=sql, user=user, check=False)
    tap.contains(done.stderr, wanted, f'{user}: {sql[:70]}')


def check_roles():
    PG.ask('CREATE ROLE clerk LOGIN; GRANT mail_admin TO clerk;')
    tap.equal(PG.ask("INSERT INTO domains VALUES ('example.com');" + INSERT +
                     JOE.format('secret') + ' RETURNING maildir;',
                     user='clerk'), 'example.com/joe/', 'an admin writes')
    tap.equal(PG.ask("SELECT mail_verify('secret', password) FROM users",
                     user='clerk'), 't', 'and may verify')
    denied = 'permission denied'
    for role in ['mail_postfix', 'mail_reader']:
        for sql in [INSERT + JOE.format('x'), 'DELETE FROM users',
                    'UPDATE users SET quota = 1', 'DELETE FROM domains',
                    'SELECT name FROM users', 'SELECT * FROM users',
                    'SELECT * FROM password_policy',
                    "SELECT mail_hash('x')", "SELECT mail_verify('x', 'x')",
                    'CREATE TABLE mine(a int)', 'TRUNCATE users',
                    "SET session_replication_role = 'replica'"]:
            fails(sql, denied, role)
        tap.equal(PG.ask('SELECT email, quota, maildir, active FROM users',
                         user=role),
                  'joe@example.com|10485760|example.com/joe/|1',
                  f'{role} reads what it needs')
    fails('SELECT password FROM users', denied, 'mail_postfix')
    fails('SELECT destination FROM forwardings', denied, 'mail_reader')
    tap.equal(PG.ask('SELECT length(password) FROM users',
                     user='mail_reader'), '60', 'mail_reader sees the hash')
    tap.equal(PG.ask('SELECT count(*) FROM domains, forwardings, transport',
                     user='mail_postfix'), '0', 'mail_postfix reads the maps')
    for sql in ['CREATE TABLE mine(a int)', 'TRUNCATE users',
                'ALTER TABLE users DISABLE TRIGGER ALL',
                "SET session_replication_role = 'replica'",
                'SET log_min_error_statement = error',
                'DELETE FROM password_policy']:
        done = PG.psql(text=sql, user='clerk', check=False)
        tap.ok('permission denied' in done.stderr or
               'must be owner' in done.stderr, f'clerk may not: {sql}')


def check_log():
    """Each is a way for a statement, or a row, into the log."""
    where = len(PG.log_text())
    word = 'Tr0ub4dor{}x'
    ways = [
        (INSERT + JOE, 'duplicate key'),
        (INSERT + "('o@nowhere.example', '{}')", 'its domain'),
        (INSERT + "('bad', '{}')", 'it has no @'),
        (INSERT + "('l@example.com', '{{PLAIN}}{}')", 'stores the password'),
        ("INSERT INTO users VALUES ('q@example.com', '{}', -1)", 'quota'),
        ("INSERT INTO users VALUES ('q@example.com', '{}', 1, '../')",
         'a part that begins'),
        ("INSERT INTO users VALUES ('q@example.com', '{}', 1, NULL, 5)",
         'users.active'),
        ("INSERT INTO users VALUES ('q@example.com', '{}', NULL)",
         'NOT NULL'),
        ("INSERT INTO users VALUES (NULL, '{}')", 'not text'),
        ("UPDATE users SET password = '{}', quota = -1", 'quota'),
        ("UPDATE users SET password = '{}' WHERE 1/0 = 1", 'division'),
        ("COPY users(email, password) FROM stdin;\njoe@example.com\t{}\n\\.\n",
         'duplicate key'),
        ("COPY users(email, password) FROM stdin;\nbad\t{}\n\\.\n", 'no @'),
        ('PREPARE p(text) AS ' + INSERT + "('joe@example.com', $1);\n"
         "EXECUTE p('{}')", 'duplicate key'),
        ("SELECT mail_hash('{}'), 1/0", 'division'),
        ("DO $$ BEGIN " + INSERT + JOE + "; END $$", 'duplicate key'),
        ("SELECT mail_verify('{}', '$2b$99$x')", ''),
        (INSERT + "('fine@example.com', '{}')", ''),
        ("UPDATE users SET password = '{}' WHERE email = 'joe@example.com'",
         ''),
    ]
    for number, (sql, wanted) in enumerate(ways):
        fails(sql.format(word.format(number)), wanted)
    PG.ask("SELECT 'seen'", database='postgres')
    log = PG.log_text()[where:]
    tap.contains(log, "SELECT 'seen'", 'another database is logged as before')
    tap.equal(log.count('ERROR:'), 0, 'no error is logged')
    for number, (sql, _) in enumerate(ways):
        tap.ok(word.format(number) not in log, f'not in the log: {sql[:60]}')
    tap.equal(PG.ask("SELECT count(*) FROM pg_stat_statements "
                     "WHERE query LIKE '%Tr0ub%'", database='postgres')
              if PG.ask('CREATE EXTENSION pg_stat_statements',
                        database='postgres') == '' else None, '0',
              'nor in pg_stat_statements')
    PG.ask("CREATE TABLE seen AS SELECT query FROM pg_stat_activity "
           "WHERE query LIKE '%Tr0ub%' AND pid <> pg_backend_pid();",
           database='postgres')
    tap.equal(PG.ask('SELECT count(*) FROM seen', database='postgres'), '0',
              'nor in pg_stat_activity')
    fails("INSERT INTO users VALUES ('s@example.com', 'x' 'Tr0ub4dorS')",
          'syntax error')
    fails('INSERT INTO users(email, password) VALUES '
          """('s@example.com', "Tr0ub4dorS")""", 'does not exist')
    fails("INSERT INTO users(email, password, quota) VALUES "
          "('s@example.com', 'x', 'Tr0ub4dorS')", 'invalid input syntax')
    tap.ok('Tr0ub4dorS' not in PG.log_text(),
           'nor a password where none belongs')


def check_turns():
    """What others have written in the meantime must be seen."""
    for level in ['REPEATABLE READ', 'SERIALIZABLE']:
        fails(f'BEGIN ISOLATION LEVEL {level}; INSERT INTO users(email, '
              "password) VALUES ('turn@example.com', 'x')",
              'read committed transactions only')
        fails(f"BEGIN ISOLATION LEVEL {level}; DELETE FROM domains",
              'read committed transactions only')
    fails('SET ROLE mail_postfix; SELECT mail_take_turn()',
          'permission denied')
    fails('SET ROLE mail_postfix; SELECT FROM password_policy FOR KEY SHARE',
          'permission denied')


def check_files():
    """Plain passwords, and for comparison what is stored."""
    rows = ''.join(f'bulk{n}@example.com\tPlainBulk{n}\n' for n in range(300))
    PG.ask('UPDATE password_policy SET cost = 4;\n'
           'COPY users(email, password) FROM stdin;\n' + rows + '\\.\n' +
           "UPDATE users SET password = 'PlainAgain' || email;\nCHECKPOINT;")
    found = {word: subprocess.run(
        ['grep', '-rlaE', word, PG.data], capture_output=True, text=True,
        check=False).stdout.split() for word in ['bulk1@', 'Plain(Bulk|Again)']}
    tap.ok(len(found['bulk1@']) > 1, 'the rows are in table and WAL')
    tap.equal(found['Plain(Bulk|Again)'], [],
              'the plain passwords are in no file')


def check_same_time():
    """Two who don't see each other's row: one waits, and is told."""
    with subprocess.Popen(
            [f'{PG.bin}/psql', '-X', '-q', '-h', PG.folder, '-U', 'postgres',
             '-d', 'mail'], stdin=subprocess.PIPE, text=True) as first:
        first.stdin.write(
            'BEGIN;\nINSERT INTO users(email, password, maildir) '
            "VALUES ('outer@example.com', 'x', 'deep/');\n"
            'SELECT pg_advisory_lock(4711);\nSELECT pg_sleep(2);\nCOMMIT;\n')
        first.stdin.flush()
        waits = PG.ask('''
            DO $$ BEGIN
              FOR i IN 1..300 LOOP
                EXIT WHEN EXISTS (SELECT FROM pg_locks
                  WHERE locktype = 'advisory' AND objid = 4711);
                PERFORM pg_sleep(0.05);
              END LOOP;
            END $$;''')
        tap.equal(waits, '', 'one writes, and has not committed')
        fails('INSERT INTO users(email, password, maildir) '
              "VALUES ('inner@example.com', 'x', 'deep/er/')",
              'outer@example.com has one that this lies inside of')
        first.stdin.close()
    PG.ask("DELETE FROM users WHERE email = 'outer@example.com'")


def digest(database='mail'):
    return PG.ask("SELECT md5(string_agg(u::text, ',' ORDER BY email)) "
                  'FROM users u', database=database)


def check_copies():
    """A dump, and a logical replica, have the rows as they are."""
    dump = subprocess.run([f'{PG.bin}/pg_dump', '-h', PG.folder, '-U',
                           'postgres', 'mail'], capture_output=True,
                          text=True, check=True).stdout
    PG.ask('CREATE DATABASE restored;', database='postgres')
    PG.ask(dump, database='restored')
    tap.equal(digest('restored'), digest(), 'pg_dump and back: the same rows')
    PG.ask(INSERT + "('again@example.com', 'x')", database='restored')
    tap.equal(PG.ask("SELECT mail_verify('x', password) FROM users WHERE "
                     "email = 'again@example.com'", database='restored'), 't',
              'with triggers that hash')
    PG.make_database('subscriber')
    PG.ask("DELETE FROM password_policy", check=False, database='subscriber')
    PG.ask('CREATE PUBLICATION all_of_it FOR TABLE domains, users;'
           "SELECT pg_create_logical_replication_slot('s', 'pgoutput');")
    PG.ask(f"CREATE SUBSCRIPTION s CONNECTION 'host={PG.folder} user=postgres "
           "dbname=mail' PUBLICATION all_of_it "
           "WITH (create_slot = false, slot_name = 's');",
           database='subscriber')
    PG.ask(INSERT + "('later@example.com', 'plain text')")
    for _ in range(300):
        if digest('subscriber') == digest():
            break
        time.sleep(0.1)
    tap.equal(digest('subscriber'), digest(), 'a logical replica, too')
    PG.ask('ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET '
           '(slot_name = NONE); DROP SUBSCRIPTION s;', database='subscriber')
    PG.ask("SELECT pg_drop_replication_slot('s') FROM pg_sleep(0.5)")


def check_again():
    PG.ask('ALTER TABLE users ADD COLUMN phone text DEFAULT 7;'
           'GRANT SELECT (name) ON users TO mail_reader;'
           'DROP TRIGGER users_write ON users;')
    before = digest()
    PG.psql('-1', '-v', 'ON_ERROR_STOP=1', '-f', server.SCHEMA)
    tap.equal((digest(), PG.ask('SELECT * FROM password_policy')),
              (before, 'bcrypt|4'), 'applied again: all is as it was')
    fails(INSERT + "('bad', 'x')", 'it has no @')
    PG.ask('SELECT name FROM users', user='mail_reader')
    for name, how, wanted in [
            ('latin', "ENCODING 'LATIN1' LOCALE 'C'", 'UTF8'),
            ('elsewhere', "ENCODING 'UTF8'", 'another schema')]:
        PG.ask(f'CREATE DATABASE {name} {how} TEMPLATE template0;',
               database='postgres')
        if name == 'elsewhere':
            PG.ask('CREATE SCHEMA x; CREATE EXTENSION pgcrypto SCHEMA x;',
                   database=name)
        done = PG.psql('-1', '-v', 'ON_ERROR_STOP=1', '-f', server.SCHEMA,
                       database=name, check=False)
        tap.contains(done.stderr, wanted, f'refused: {name}')
        tap.equal(PG.ask("SELECT count(*) FROM pg_tables "
                         "WHERE schemaname = 'public'", database=name), '0',
                  'and nothing is made')


def check_not_superuser():
    """Who isn't one can have the tables, and is told what is missing."""
    PG.ask('CREATE ROLE owner LOGIN CREATEROLE; CREATE DATABASE owned OWNER '
           'owner;', database='postgres')
    done = PG.psql('-1', '-v', 'ON_ERROR_STOP=1', '-f', server.SCHEMA,
                   database='owned', user='owner', check=False)
    tap.equal(done.returncode, 0, 'the owner of a database applies it')
    tap.contains(done.stderr, 'only a superuser can set log_min_error_statement'
                 ' = panic', 'and is warned')


with server.running(TALKATIVE) as PG:
    check_roles()
    check_log()
    check_files()
    check_same_time()
    check_turns()
    check_copies()
    check_again()
    check_not_superuser()
tap.finish()
