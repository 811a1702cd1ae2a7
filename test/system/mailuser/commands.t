#!/usr/bin/python3 -B
"""mailuser: what each command does, says and answers, and its status."""
import json
import os
import stat
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from run import (ANN, DB, DIR, JOE, USER, content, dump, fails, fresh,
                 mailuser, sql, verifies)
from tap import contains, equal, finish, ok

BIGJOE = USER.format('bigjoe@example.com')


def does(words, said, what, stdin=b''):
    """Status 0, and this is what it says."""
    equal(mailuser(*words, stdin=stdin), (0, said, ''), what)


def answer(*words, stdin=b''):
    status, said, complaint = mailuser('--json', *words, stdin=stdin)
    equal((status, complaint), (0, ''), f'--json {" ".join(words)}: done')
    return json.loads(said)


def check_add():
    fresh()
    does(['add', '--stdin', '--quota=2G', '--name', "Jo'e \"$x\" --", '--',
          'Joe@Example.COM'],
         'user joe@example.com: added, with the maildir example.com/joe/\n'
         'user joe@example.com: the quota is 2147483648\n', 'add',
         b'correct horse\n')
    equal(sql('SELECT email, quota, maildir, active, name FROM users'),
          [('joe@example.com', 2147483648, 'example.com/joe/', 1,
            "Jo'e \"$x\" --")], 'as it is in the table')
    ok(verifies('joe@example.com', 'correct horse'), 'with that password')
    equal(sql("SELECT json_extract(CRYPT_INFO(password), '$.method') "
              'FROM users'), [('bcrypt',)], 'by the policy')
    fails(['add', '--stdin', 'JOE@example.com'], 1,
          'there is a user JOE@example.com already', 'who is there', b'x\n')
    fails(['add', '--stdin', 'x@example.net'], 3,
          'there is no domain example.net', 'another domain', b'x\n')
    fails(['add', '--stdin', '../x@example.com'], 1,
          'users.email: it has a slash', 'no mailbox', b'x\n')
    fails(['add', '--stdin', '--quota', '1T', 'a@example.com'], 2, 'SIZE',
          'no quota', b'x\n')
    fails(['add', '--stdin', '--maildir', '../x/', 'a@example.com'], 1,
          'users.maildir: ', 'no maildir', b'x\n')
    fails(['add', '--stdin', '--maildir', 'example.com/joe/',
           'a@example.com'], 1, 'joe@example.com has this one',
          "another's maildir", b'x\n')
    does(['add', '--stdin', '--quiet', '--maildir', 'x/y/', 'a@example.com'],
         '', '--quiet says nothing', b'007')
    ok(verifies('a@example.com', '007'), 'a line without its end')
    equal(sql("SELECT maildir FROM users WHERE email = 'a@example.com'"),
          [('x/y/',)], 'a maildir of its own')


def check_passwords():
    fresh(JOE)
    does(['passwd', '--stdin', 'JOE@example.com'],
         'user joe@example.com: has a new password\n', 'passwd',
         b'!another one\n')
    ok(verifies('joe@example.com', '!another one'), 'it is stored')
    does(['check', '--stdin', 'joe@example.com'], 'the password fits\n',
         'check', b'!another one\n')
    equal(mailuser('check', '--stdin', 'joe@example.com', stdin=b'wrong\n'),
          (1, "it doesn't fit\n", ''), 'check: another password: status 1')
    equal(answer('check', '--stdin', 'joe@example.com',
                 stdin=b'!another one'), {'fits': True}, 'check --json')
    status, said, _ = mailuser('check', '--stdin', '--json',
                               'joe@example.com', stdin=b'x')
    equal((status, json.loads(said)), (1, {'fits': False}), 'and if not')
    for command in ['passwd', 'check']:
        fails([command, '--stdin', 'no@example.com'], 3,
              'there is no user no@example.com', f'{command}: nobody', b'x')
    status, said, _ = mailuser('passwd', '--generate', 'joe@example.com')
    made = said.splitlines()[1].removeprefix('password: ')
    ok(len(made) > 10 and verifies('joe@example.com', made), '--generate')
    status, said, _ = mailuser('--quiet', 'passwd', '--generate',
                               'joe@example.com')
    ok(verifies('joe@example.com', said.rstrip('\n')), '--generate --quiet')
    got = answer('passwd', '--generate', 'joe@example.com')
    ok(verifies('joe@example.com', got['password']), '--generate --json')
    equal(got['changes'], [{'what': 'user', 'name': 'joe@example.com',
                            'change': 'has a new password'}], 'and changes')


def check_hashes():
    fresh(JOE)
    hashed = '$1$saltsalt$9xy1btjgzLYfb7hivXtC//'
    does(['passwd', '--stdin', 'joe@example.com'],
         'user joe@example.com: has a new password\n',
         'a password that looks like a hash', hashed.encode())
    ok(verifies('joe@example.com', hashed), 'is a password')
    does(['passwd', '--hash', 'joe@example.com'],
         'user joe@example.com: has a new password\n', '--hash',
         hashed.encode())
    equal(sql('SELECT password FROM users'), [(hashed,)], 'is stored as it is')
    for text, because in [('secret', "isn't a complete hash"),
                          ('rl.3StKT.4T8M', "isn't a complete hash"),
                          ('$1$salt$x', 'damaged'), ('*', 'mark'),
                          ('$y$jFT$', 'damaged'), ('{PLAIN}x', ''),
                          ('$2b$16$' + 'a' * 53, '')]:
        fails(['passwd', '--hash', 'joe@example.com'], 1, because,
              f'no hash: {text[:20]}', text.encode())
    for words in [['--generate', '--stdin'], ['--hash', '--generate']]:
        fails(['passwd', *words, 'joe@example.com'], 2,
              'either generated or read', ' '.join(words))


def check_strength():
    fresh(JOE)
    does(['policy', '--strength', '1'], 'policy strength: 1\n', 'strength')
    for words, email in [(['passwd'], 'joe@example.com'),
                         (['add'], 'new@example.com')]:
        fails([*words, '--stdin', email], 1, '', f'{words}: a weak one',
              b'secret\n')
    does(['passwd', '--stdin', 'joe@example.com'],
         'user joe@example.com: has a new password\n', 'a strong one',
         b'Toss5mango,glued?Yurt\n')
    equal(mailuser('passwd', '--generate', '-q', 'joe@example.com')[0], 2,
          'no short options')
    equal(mailuser('passwd', '--generate', 'joe@example.com')[0], 0,
          'one that is generated is strong')


def check_marks():
    fresh(JOE, ANN)
    before = sql('SELECT * FROM users')
    for command, done in [('lock', 'locked'), ('unlock', 'unlocked'),
                          ('disable', 'disabled'), ('enable', 'enabled')]:
        does([command, 'Joe@example.com', 'ann@example.com'],
             f'user joe@example.com: {done}\nuser ann@example.com: {done}\n',
             command)
        does([command, 'joe@example.com'],
             f'user joe@example.com: was {done} already\n', 'again')
        fails([command, 'ann@example.com', 'no@example.com'], 3,
              'there is no user no@example.com', f'{command}: all or none')
        equal(verifies('joe@example.com', 'secret'), command != 'lock',
              'does the password fit')
        equal(sql('SELECT sum(active) FROM users')[0][0],
              0 if command == 'disable' else 2, 'are they active')
    equal(sql('SELECT * FROM users'), before, 'and all is as before')
    fresh("INSERT INTO users VALUES ('des@example.com', "
          "'{CRYPT}rl.3StKT.4T8M', 0, 'x/', 1, '')",
          'DROP TRIGGER users_update_hash',
          "UPDATE users SET password = 'rl.3StKT.4T8M'")
    fails(['lock', 'des@example.com'], 1, "isn't a hash with a mark",
          'a bare hash of DES, which would become a password')


def check_quota():
    fresh(JOE)
    for size, number in [('0', 0), ('none', 0), ('1', 1), ('5K', 5 << 10),
                         ('5M', 5 << 20), ('5G', 5 << 30),
                         ('9223372036854775807', (1 << 63) - 1),
                         ('8589934591G', 8589934591 << 30)]:
        does(['quota', 'joe@example.com', size],
             'user joe@example.com: the quota is '
             f'{number or "none"}\n', f'quota {size}')
        equal(sql('SELECT quota, typeof(quota) FROM users'),
              [(number, 'integer')], 'as a number')
    for size in ['', 'x', '-1', '1k', '1 K', 'K', '5KB', '1.5G', '0x10',
                 '9223372036854775808', '8589934592G', '9' * 400 + 'G']:
        fails(['quota', '--', 'joe@example.com', size], 2, 'SIZE',
              f'quota {size[:20]!r}')
    fails(['quota', 'no@example.com', '1'], 3, 'there is no user', 'nobody')


def check_rename():
    fresh(JOE, ANN,
          "INSERT INTO forwardings VALUES ('joe@example.com', "
          "'joe@example.com,x@example.net'), "
          "('team@example.com', 'ann@example.com,Joe@example.com'), "
          "('big@example.com', 'bigjoe@example.com')")
    does(['rename', 'joe@example.com', 'Jo@example.org', '--forward'],
         'user joe@example.com: is now jo@example.org\n'
         'maildir example.com/joe/: stays\n'
         'forwarding joe@example.com: is now that of jo@example.org\n'
         'forwarding jo@example.org: leads to jo@example.org, not '
         'joe@example.com\n'
         'forwarding team@example.com: leads to jo@example.org, not '
         'joe@example.com\n'
         'forwarding joe@example.com: leads to jo@example.org\n', 'rename')
    equal(sql('SELECT * FROM forwardings ORDER BY source'),
          [('big@example.com', 'bigjoe@example.com'),
           ('jo@example.org', 'jo@example.org,x@example.net'),
           ('joe@example.com', 'jo@example.org'),
           ('team@example.com', 'ann@example.com,jo@example.org')],
          'in each list')
    equal(sql("SELECT maildir FROM users WHERE email = 'jo@example.org'"),
          [('example.com/joe/',)], 'where the mail is')
    fails(['rename', 'jo@example.org', 'JO@example.org'], 1,
          'is the address already', 'the same')
    fails(['rename', 'jo@example.org', 'ann@example.com'], 1,
          'there is a user', "another's")
    fails(['rename', 'jo@example.org', 'a b@example.com'], 1, 'users.email',
          'no address')
    fails(['rename', 'x@example.org', 'y@example.com'], 3, 'no user', 'nobody')
    does(['name', 'jo@example.org', 'Jo \u00dcx'],
         'user jo@example.org: is called Jo \u00dcx\n', 'name')
    equal(sql("SELECT name FROM users WHERE email = 'jo@example.org'"),
          [('Jo \u00dcx',)], 'as it was given')


def check_delete():
    fresh(JOE, ANN, BIGJOE,
          "INSERT INTO forwardings VALUES "
          "('a@example.com', 'joe@example.com'), "
          "('b@example.com', 'bigjoe@example.com,JOE@example.com,x@a.net'), "
          "('c@example.com', 'bigjoe@example.com'), "
          "('joe@example.com', 'joe@example.com,c@d.net'), "
          "('@example.org', 'x@a.net,joe@example.com')")
    before = dump()
    said = ('forwarding @example.org: no longer leads to joe@example.com\n'
            'forwarding a@example.com: deleted, it led to joe@example.com '
            'alone\n'
            'forwarding b@example.com: no longer leads to joe@example.com\n'
            'forwarding joe@example.com: deleted\n'
            'user joe@example.com: deleted\n'
            'maildir example.com/joe/: stays on the disk\n')
    bytes_before = content(DB)
    does(['delete', 'Joe@example.com', '--dry-run'],
         ''.join(f'would have: {line}\n' for line in said.splitlines()),
         'delete --dry-run')
    ok(content(DB) == bytes_before, 'and not a byte of the file is another')
    equal(answer('delete', 'joe@example.com', '--dry-run')['done'], False,
          'which JSON says')
    does(['delete', 'Joe@example.com'], said, 'delete')
    equal(sql('SELECT * FROM forwardings ORDER BY source'),
          [('@example.org', 'x@a.net'),
           ('b@example.com', 'bigjoe@example.com,x@a.net'),
           ('c@example.com', 'bigjoe@example.com')], 'lists are apart')
    gone = [line for line in before if line not in dump()]
    equal(len(gone), 5, 'and nothing else is changed')
    status, said, _ = mailuser('delete', 'ann@example.com', VMAIL='/no/such/')
    contains(said, 'maildir /no/such/example.com/ann/: stays', 'its path')
    fails(['delete', 'bigjoe@example.com', 'no@example.com'], 3, 'no user',
          'all or none')


def check_show():
    fresh(JOE, ANN, "UPDATE users SET name = 'J\u00f6 \x1b[2J' || char(155) "
          "WHERE email = 'joe@example.com'",
          "INSERT INTO forwardings VALUES ('i@example.com', "
          "'joe@example.com')")
    _, said, _ = mailuser('show', 'joe@example.com')
    contains(said, 'name: J\u00f6 ?[2J?\n', 'no control character is shown')
    shown = answer('show', 'joe@example.com')
    equal((shown['email'], shown['name'], shown['gets'], shown['active'],
           shown['locked'], shown['method']),
          ('joe@example.com', 'J\u00f6 \x1b[2J\x9b', 'i@example.com', 1, 0,
           'bcrypt'), 'show --json: all as it is')
    ok('password' not in shown, 'and no hash')
    fails(['show', 'no@example.com'], 3, 'there is no user', 'nobody')
    equal([row['email'] for row in answer('list')],
          ['ann@example.com', 'joe@example.com'], 'list --json')
    does(['list', '--quiet'], 'ann@example.com\njoe@example.com\n', 'list')
    does(['list', '--quiet', 'EXAMPLE.org'], '', 'list: another domain')
    equal(answer('list', 'example.org'), [], 'and in JSON')
    fails(['list', 'example.net'], 3, 'there is no domain', 'no such domain')
    for command, option in [('lock', '--locked'), ('disable', '--disabled')]:
        mailuser(command, 'ann@example.com')
        does(['list', '--quiet', option], 'ann@example.com\n', option)
    does(['list', '--quiet', '--outdated'], '', 'none is outdated')
    mailuser('policy', 'bcrypt', '5')
    does(['list', '--quiet', '--outdated'],
         'ann@example.com\njoe@example.com\n', 'both are')


def check_domains():
    fresh(JOE, ANN, "INSERT INTO forwardings VALUES ('@example.com', "
          "'joe@example.com'), ('x@example.com', 'a@b.net'), "
          "('x@notexample.com', 'y@z.net'), ('@alias.org', '@example.com')",
          "INSERT INTO transport VALUES ('example.com', 'smtp:x')")
    does(['domain', 'add', 'example.net'], 'domain example.net: added\n',
         'domain add')
    fails(['domain', 'add', 'EXAMPLE.net'], 1, 'already', 'again')
    fails(['domain', 'add', 'exa mple'], 1, 'domains.domain: ', 'no domain')
    does(['domain', 'delete', 'example.net'], 'domain example.net: deleted\n',
         'domain delete')
    fails(['domain', 'delete', 'example.net'], 3, 'no domain', 'again')
    fails(['domain', 'delete', 'example.com'], 1, 'still has users',
          'with users')
    equal(answer('domain', 'list'),
          [{'domain': 'example.com', 'users': 2},
           {'domain': 'example.org', 'users': 0}], 'domain list')
    _, said, _ = mailuser('domain', 'delete', 'example.com', '--users')
    contains(said, 'domain example.com: deleted\n', '--users')
    contains(said, 'forwarding @alias.org: stays\n', 'says what stays')
    contains(said, 'transport example.com: stays\n', 'of both tables')
    equal(sql('SELECT (SELECT count(*) FROM users), group_concat(source) '
              'FROM forwardings'), [(0, '@alias.org,x@notexample.com')],
          'and all of it is gone')


def check_forwardings():
    fresh(JOE)
    does(['alias', 'add', 'info@example.com', 'joe@example.com', 'a@b.net'],
         'forwarding info@example.com: leads to joe@example.com\n'
         'forwarding info@example.com: leads to a@b.net\n', 'alias add')
    does(['alias', 'add', 'info@example.com', 'A@b.net', 'c@d.net'],
         'forwarding info@example.com: led to A@b.net already\n'
         'forwarding info@example.com: leads to c@d.net\n', 'one more')
    does(['alias', 'add', '@alias.org', '@example.com', '--dry-run'],
         'would have: forwarding @alias.org: leads to @example.com\n'
         "would have: domain alias.org: isn't one of yours, so no mail comes "
         'in for it\n', 'a domain that is missing')
    does(['alias', 'delete', 'INFO@example.com', 'a@b.NET'],
         'forwarding INFO@example.com: no longer leads to a@b.NET\n',
         'alias delete')
    equal(answer('alias', 'list'),
          [{'source': 'info@example.com',
            'destination': 'joe@example.com,c@d.net'}], 'alias list')
    fails(['alias', 'delete', 'info@example.com', 'b@b.net'], 3,
          "doesn't lead to", 'who is not in it')
    fails(['alias', 'delete', 'x@example.com'], 3, 'no forwarding', 'none')
    fails(['alias', 'add', 'info@example.com', 'a@b.net,e@f.net'], 1,
          'a target has a comma: give each of several as an argument of its '
          'own', 'alias add: two in one')
    fails(['alias', 'add', 'joe@example.com', 'a@b.net'], 1,
          'is a user', 'of a user')
    for target in ['a b@c.net', 'a@b.net;c@d.net', '']:
        fails(['alias', 'add', 'x@example.com', target], 1, 'forwardings.',
              f'no destination: {target!r}')
    does(['forward', 'add', 'Joe@example.com', 'x@y.net'],
         'forwarding joe@example.com: leads to joe@example.com\n'
         'forwarding joe@example.com: leads to x@y.net\n', 'forward add')
    does(['forward', 'list', '--quiet'], 'joe@example.com\n', 'forward list')
    does(['forward', 'delete', 'joe@example.com', 'x@y.net'],
         'forwarding joe@example.com: no longer leads to x@y.net\n'
         'forwarding joe@example.com: deleted, it led nowhere else\n',
         'forward delete')
    does(['forward', 'add', 'joe@example.com', 'x@y.net', '--no-copy'],
         'forwarding joe@example.com: leads to x@y.net\n', '--no-copy')
    does(['forward', 'delete', 'joe@example.com'],
         'forwarding joe@example.com: deleted\n', 'all of it')
    fails(['forward', 'delete', 'joe@example.com'], 3, 'no forwarding',
          'none')
    fails(['forward', 'add', 'no@example.com', 'x@y.net'], 3, 'no user',
          'nobody')
    does(['transport', 'add', 'example.net', 'smtp:[mail.example.net]:25'],
         'transport example.net: is smtp:[mail.example.net]:25\n', 'transport')
    fails(['transport', 'add', 'EXAMPLE.net', 'x'], 1, 'already', 'again')
    equal(answer('transport', 'list'),
          [{'domain': 'example.net',
            'transport': 'smtp:[mail.example.net]:25'}], 'transport list')
    does(['transport', 'delete', 'Example.net'],
         'transport Example.net: deleted\n', 'transport delete')
    fails(['transport', 'delete', 'example.net'], 3, 'no transport', 'none')


def check_policy():
    fresh()
    for words, row in [(['yescrypt'], ('yescrypt', None, 'null')),
                       (['bcrypt', '11'], ('bcrypt', 11, 'integer')),
                       (['argon2id', 'm=19456,t=2,p=1'],
                        ('argon2id', 'm=19456,t=2,p=1', 'text'))]:
        equal(mailuser('policy', *words)[0], 0, f'policy {words}')
        equal(sql('SELECT method, cost, typeof(cost) FROM password_policy'),
              [row], 'as it is in the table')
    equal(answer('policy'), {'method': 'argon2id', 'cost': 'm=19456,t=2,p=1',
                             'strength': 0}, 'policy shows it')
    for words in [['des'], ['bcrypt', '17'], ['bcrypt', 'x'],
                  ['--strength', '2'], ['--strength', 'x']]:
        fails(['policy', *words], 1, 'password_policy: ', f'policy {words}')
    names = [row['name'] for row in answer('methods')]
    ok('yescrypt' in names and 'md5crypt' not in names, 'methods')
    sql('ALTER TABLE users ADD COLUMN phone TEXT')
    does(['columns'], 'table users: its triggers carry 1 columns of yours\n',
         'columns')
    does(['add', '--stdin', '--quiet', 'p@example.com'], '', 'add goes on',
         b'x\n')


def write(name, data):
    path = f'{DIR}/{name}'
    with open(path, 'wb') as file:
        file.write(data)
    return path


def check_import():
    fresh()
    path = write('users.csv', b'\xef\xbb\xbfed@example.com,"horse, battery",'
                 b'5000000\r\nFay@example.com,"say ""hi""",0\r\n\r\n'
                 b'gil@example.com,"two\nlines"\n'
                 b'hal@example.com,$1$saltsalt$9xy1btjgzLYfb7hivXtC//,1G\n'
                 b'ina@example.com,\xff\xfe,')
    does(['import', path], f'users {path}: 5 added\n', 'import')
    equal(sql('SELECT email, quota FROM users'),
          [('ed@example.com', 5000000), ('fay@example.com', 0),
           ('gil@example.com', 10485760), ('hal@example.com', 1 << 30),
           ('ina@example.com', 10485760)], 'with their quotas')
    ok(all([verifies('ed@example.com', 'horse, battery'),
            verifies('fay@example.com', 'say "hi"'),
            verifies('gil@example.com', 'two\nlines'),
            verifies('ina@example.com', b'\xff\xfe')]), 'and passwords')
    equal(sql("SELECT password FROM users WHERE email = 'hal@example.com'"),
          [('$1$saltsalt$9xy1btjgzLYfb7hivXtC//',)], 'a hash stays')
    bad = (b'new@example.com,fine\n'           # 1
           b'ed@example.com,there already\n'   # 2
           b'x@example.net,no domain\n'        # 3
           b'../y@example.com,no address\n'    # 4
           b'a@example.com,\n'                 # 5
           b'b@example.com,$1$salt$damaged\n'  # 6
           b'c@example.com,x,1T\n'             # 7
           b'd@example.com\n'                  # 8
           b'e@example.com,x,1,y\n'            # 9
           b'f@example.com,"x"y\n'             # 10
           b'g@example.com,x"y\n'              # 11
           b'h@example.com,*\n'                # 12
           b'i@example.com,' + b'x' * 512 + b'\n'
           b'j@example.com,"not\nended\n')     # 14
    path = write('bad.csv', bad)
    before = content(DB)
    status, said, complaint = mailuser('import', path)
    equal((status, said), (1, ''), 'bad lines: refused')
    # Which rows the tables refuse is known when all the others are good.
    lines = [line.split(': ')[1] for line in complaint.splitlines()]
    equal(sorted({int(line.split()[1]) for line in lines
                  if line.startswith('line')}), list(range(2, 15)),
          'each is named')
    contains(complaint, "mailuser: 13 of 14 lines can't be imported",
             'and counted')
    ok('fine' not in complaint and 'damaged,' not in complaint and
       'example.com' not in complaint.replace('users.email', ''),
       'nothing of what is in them')
    ok(content(DB) == before, 'and nothing is changed')
    status, said, complaint = mailuser('import', '-', stdin=b'')
    equal((status, said), (1, ''), 'nothing on stdin: refused')
    equal(mailuser('import', '-', '--dry-run', stdin=b'z@example.com,x\n'),
          (0, 'would have: users -: 1 added\n', ''), '--dry-run')
    fails(['import', DIR + '/none'], 1, 'No such file', 'no file')
    fails(['import', DIR], 1, 'Is a directory', 'a folder')


def check_export():
    fresh(JOE, ANN, "UPDATE users SET name = 'a \"b\", c' "
          "WHERE email = 'joe@example.com'")
    does(['export'], '"ann@example.com",10485760,"example.com/ann/",1,""\n'
         '"joe@example.com",10485760,"example.com/joe/",1,"a ""b"", c"\n',
         'export')
    equal(len(answer('export')), 2, 'export --json')
    _, said, _ = mailuser('export', '--dovecot')
    rows = sql("SELECT email || ':' || CRYPT_RELABEL(password, 'dovecot') "
               'FROM users ORDER BY email')
    equal(said.splitlines(), [row[0] for row in rows], 'export --dovecot')
    mailuser('disable', 'ann@example.com')
    status, said, complaint = mailuser('export', '--dovecot')
    equal((status, len(said.splitlines())), (1, 1), 'who is disabled is not')
    contains(complaint, 'ann@example.com is left out', 'and is named')


def check_backup():
    fresh(JOE)
    path = DIR + '/backup.db'
    does(['backup', path], f'backup {path}: made, of {DB}\n', 'backup')
    equal(dump(path), dump(), 'with all that is in it')
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, 'and for nobody else')
    equal([name for name in os.listdir(DIR) if name.startswith('backup')],
          ['backup.db'], 'and no file beside it')
    fails(['backup', path], 1, 'is there already', 'again')
    does(['backup', '--force', path], f'backup {path}: made, of {DB}\n',
         '--force')
    fails(['backup', '--force', DB], 1, 'is the mail database', 'itself')
    fails(['backup', DIR + '/no/x.db'], 1, 'No such file', 'no folder')
    os.symlink(DB, DIR + '/backup2.db.new')
    fails(['backup', DIR + '/backup2.db'], 1, 'is there already',
          "a stranger's")
    os.remove(DIR + '/backup2.db.new')
    before = dump()
    os.chmod(DB, 0o640)
    mailuser('delete', 'joe@example.com')
    reader = os.open(DB, os.O_RDONLY)
    does(['restore', path], f'database {DB}: restored from {path}\n',
         'restore')
    equal(dump(), before, 'all is back')
    equal((os.fstat(reader).st_ino, stat.S_IMODE(os.stat(DB).st_mode)),
          (os.stat(DB).st_ino, 0o640), 'in the same file, with its mode')
    os.close(reader)
    fails(['restore', DB], 1, 'is the mail database', 'itself')
    fails(['restore', DIR + '/none.db'], 1, '', 'no file')
    fails(['restore', write('text.db', b'hello' * 500)], 1,
          'file is not a database', 'no database')
    sql('CREATE TABLE t(a)', path=DIR + '/other.db')
    fails(['restore', DIR + '/other.db'], 1, "isn't a mail database",
          'another database')
    damaged = bytearray(content(path))
    damaged[4096 * 2:4096 * 3] = b'\xff' * 4096
    fails(['restore', write('damaged.db', damaged)], 1, 'damaged',
          'a damaged one')
    sql('PRAGMA journal_mode = WAL')
    wal = DIR + '/wal.db'
    does(['backup', wal], f'backup {wal}: made, of {DB}\n', 'in WAL mode')
    equal((content(wal)[18], dump(wal)), (1, before), 'one file')
    does(['restore', wal], f'database {DB}: restored from {wal}\n', 'restore')
    equal(sql('PRAGMA journal_mode'), [('wal',)], 'in WAL mode still')


def check_usage():
    fresh(JOE)
    for words in [[], ['frobnicate'], ['domain'], ['domain', 'x'], ['add'],
                  ['add', 'a', 'b'], ['--no-such', 'list'], ['show'],
                  ['list', '--force'], ['list', '--dry-run'],
                  ['quota', 'joe@example.com'], ['add', '--quota'],
                  ['lock'], ['forward', 'add', 'joe@example.com'],
                  ['check', '--generate', 'joe@example.com'],
                  ['delete', 'joe@example.com', '--users']]:
        fails(words, 2, '', f'usage: {words}')
    status, said, complaint = mailuser('--help', MAILDB=None)
    equal((status, complaint), (0, ''), '--help needs no database')
    ok(all(len(line) <= 80 for line in said.splitlines()), 'in 80 columns')
    words = [line.split() for line in said.splitlines()
             if line.startswith('  ')]
    equal(len([word for word in words if not word[0].startswith('--')]), 32,
          'with every command')
    status, said, _ = mailuser('domain', 'delete', '--help')
    contains(said, 'usage: mailuser [OPTION]... domain delete DOMAIN\n',
             'help for one')
    contains(said, '--users', 'with its options')
    equal(mailuser('--version')[0], 0, '--version')
    fails(['name', 'joe@example.com', b'\xff\xfe'], 1, "isn't UTF-8",
          'a name that is no UTF-8')
    does(['--', 'list'],
         'email\tquota\tactive\tlocked\tname\n'
         'joe@example.com\t10485760\t1\t0\t\n', '-- ends the options')


check_add()
check_passwords()
check_hashes()
check_strength()
check_marks()
check_quota()
check_rename()
check_delete()
check_show()
check_domains()
check_forwardings()
check_policy()
check_import()
check_export()
check_backup()
check_usage()
finish()
