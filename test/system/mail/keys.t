#!/usr/bin/python3 -B
"""Published as cdb and lmdb: every map answers ten thousand keys as the SQL
query does that it stands for; and what becomes of a set that can't be made, or
isn't what it was."""
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import private
import stack
from stack import DB, MAPS, run, shell, sql
from tap import contains, diag, equal, finish, ok

SETS = {'cdb': '/srv/mail/cdb', 'lmdb': '/srv/mail/lmdb'}
NAMES = ['domains', 'forwardings', 'email2email', 'domain2domain', 'mailboxes',
         'inactive', 'senders', 'alias_senders', 'transports']
ALIAS_MAPS = ['forwardings', 'email2email', 'domain2domain']
HOSTILE = ["' OR '1'='1", "x'or'1'='1@alias.org", '%', '_@example.com',
           '%@alias.org', '@', '@@', 'a@', 'a@b@example.com', '\\', '"',
           '"joe"@example.com', 'joe@example.com ', ' joe@example.com',
           'joe @example.com', 'jo\\e@example.com', '+@alias.org',
           '+x@alias.org', '.', 'joe@@example.com', 'j%u@%d', '%s', '#',
           '@alias.org@example.com', 'x' * 3000 + '@example.com',
           'jöe@example.com', 'JÖE@example.com', 'ſ@example.com',
           'ı@example.com', '\x7f@example.com', '#@alias.org', '*', '0', '-q',
           'joe@example.com.', 'joe@.example.com', 'example.com@joe']
HASH = '$5$rounds=1000$salt$ULWLKnhPAE1Dl/JiLRIABCl5lHWnoKdkpeJhYbeSKkA'
CHANCE = random.Random(int(os.environ.get('SEED') or 1))


def publish(name, **options):
    done = subprocess.run(['sh', 'sql/publish.sh', DB, SETS.get(name, MAPS),
                           name], capture_output=True, text=True, timeout=60,
                          check=False, **options)
    return done.returncode, done.stdout + done.stderr


def map_of(kind, name):
    return f'sqlite:/etc/postfix/sqlite-virtual_{name}.cf' \
        if kind == 'sqlite' else f'{kind}:{SETS[kind]}/{name}'


def ask(kind, name, keys):
    """By Postfix's own client; what isn't there isn't in the answer."""
    done = subprocess.run(['postmap', '-q', '-', map_of(kind, name)],
                          input='\n'.join(keys) + '\n', capture_output=True,
                          text=True, timeout=120, check=False)
    if done.stderr:
        diag(done.stderr[:500])
        ok(False, f'{kind}: {name} complains')
    return dict(line.split('\t', 1) for line in done.stdout.splitlines())


# ---- what is asked ----

def rows():
    """Users, forwardings, catch-alls and domains by another name: chains of
    them, with explicit addresses, and users who aren't active."""
    out = []
    for number in range(12):
        out.append(f"INSERT INTO domains VALUES ('d{number}.example');")
    for number in range(900):
        local = CHANCE.choice(['u', '#u', 'o''u', 'u+v', 'U.-_', '{u}'])
        out.append('INSERT OR IGNORE INTO users(email, password, active) '
                   f"VALUES ('{local}{number % 300}@d{number % 7}.example', "
                   f"'{HASH}', {int(number % 9 > 0)});")
    for number in range(300):
        out.append("INSERT OR IGNORE INTO forwardings VALUES "
                   f"('f{number % 150}@D{number % 12}.example', "
                   f"'u{number}@d{number % 7}.example, x@y.example');")
    for source, destination in [
            ('@d1.example', 'u1@d2.example'), ('@d7.example', '@d0.example'),
            ('@D8.example', '@D1.example'), ('@d9.example', '@d8.example'),
            ('@d10.example', '@d2.example'), ('@d11.example', '@d7.example'),
            ('@d3.example', 'u3@d3.example'), ('@far.example', '@d3.example'),
            ('u1@d10.example', 'u2@d2.example'),
            ('#f@d0.example', 'u@y.example'),
            ('u3@far.example', 'u7@d2.example')]:
        out.append(f"INSERT INTO forwardings VALUES ('{source}', "
                   f"'{destination}');")
    out.append("INSERT INTO users(email, password) VALUES ('own@d7.example', "
               f"'{HASH}'), ('own@d8.example', '{HASH}');")
    for domain, transport in [('y.example', 'smtp:[10.0.0.1]:2525'),
                              ('Z.example', ':'), ('u1@d1.example', 'error:x')]:
        out.append(f"INSERT INTO transport VALUES ('{domain}', "
                   f"'{transport}');")
    return '\n'.join(out)


def keys():
    """All there are, and their like: in upper case, with an extension, in each
    domain, unknown, hostile."""
    stored = stack.read('SELECT email FROM users UNION SELECT source FROM '
                        'forwardings UNION SELECT domain FROM domains UNION '
                        'SELECT domain FROM transport').split('\n')
    addresses = [key for key in stored if key.find('@') > 0]
    domains = sorted({key.rpartition('@')[2] for key in stored if key})
    found = set(stored) | set(HOSTILE) | {'@' + name for name in domains}
    found |= {'sub.' + name for name in domains}
    found |= {'own+e@d7.example', 'own+e@d8.example'}
    while len(found) <= 10000:
        key = CHANCE.choice(addresses)
        local, _, domain = key.rpartition('@')
        found.add(CHANCE.choice([
            key.upper(), f'{local}+ext@{domain}', f'{local}+@{domain}',
            f'{local}@{CHANCE.choice(domains)}',
            f'{local}+e@{CHANCE.choice(domains)}',
            f'x{local}@{CHANCE.choice(domains)}', f'{local}@sub.{domain}',
            local, f'{local}@', f'@{key}', f'{key}@{domain}',
            f'{local}@{CHANCE.choice(domains)}'.title()]))
    found |= {key for address in found for key, _ in order(address.lower())}
    return sorted(key for key in found if key)


def order(address):
    """Postfix's: the address, that without its extension, its domain; and what
    it adds again to what it finds."""
    local, at, domain = address.rpartition('@')
    first = local.split('+')[0]
    yield address, ''
    if at and first and first != local:
        yield f'{first}@{domain}', local[len(first):]
    if at:
        yield '@' + domain, ''


def aliased(address, answers):
    """virtual(5): where mail for this address goes on to."""
    for key, extension in order(address.lower()):
        for name in ALIAS_MAPS:
            answer = answers[name].get(key)
            if answer and answer[0] == '@':
                return address.lower().rpartition('@')[0] + answer
            if answer and extension and ',' not in answer:
                local, at, domain = answer.rpartition('@')
                return f'{local}{extension}{at}{domain}'
            if answer:
                return answer + extension
    return None


# ---- the same answers ----

def check_keys():
    every = keys()
    want = {name: ask('sqlite', name, every) for name in NAMES}
    found = sum(len(answers) for answers in want.values())
    ok(len(every) >= 10000 and found > 3000,
       f'{len(every)} keys, each asked of {len(want)} maps: {found} answers')
    for kind in SETS:
        got = {name: ask(kind, name, every) for name in NAMES}
        for name in NAMES:
            if name != 'domain2domain':
                equal(differences(got[name], want[name]), [],
                      f'{kind}: {name} answers as its query')
        check_other_name(kind, every, got, want)


def differences(got, want):
    return sorted(set(got.items()) ^ set(want.items()))[:5]


def check_other_name(kind, every, got, want):
    """A domain by another name with a catch-all: SQL says so of each address,
    the map of the domain, which is asked last. The address is the same."""
    more = got['domain2domain'].items() - want['domain2domain'].items()
    equal([item for item in more if item[0][0] != '@' or item[1][0] != '@'], [],
          f'{kind}: domain2domain has nothing of its own but catch-alls')
    ours = [key for key in every if key.find('@') > 0]
    equal([(key, aliased(key, got), aliased(key, want)) for key in ours
           if aliased(key, got) != aliased(key, want)][:5], [],
          f'{kind}: mail for {len(ours)} addresses goes where SQL says')


# ---- sets that can't be made, or aren't what they were ----

def state(kind):
    return run('sh', '-c', f'ls -l --full-time {SETS[kind]}; '
               f'cat {SETS[kind]}/* | sha256sum')


def check_set(kind):
    folder = SETS[kind]
    before = state(kind)
    equal(publish(kind), (0, ''), f'{kind}: nothing new')
    equal(state(kind), before, 'nothing is done')
    sql(f"UPDATE users SET password = '!{HASH}' "
        f"WHERE email = 'u1@d{len(kind)}.example'", publish=False)
    equal((publish(kind), state(kind)), ((0, ''), before),
          'a password: the set stays')
    for damage in [f'truncate -s -1 {folder}/senders.{kind}',
                   f'rm {folder}/domains.{kind}', f'rm {folder}/sums',
                   f'chmod 0644 {folder}/inactive.{kind}',
                   f'chgrp 0 {folder}/copy.db', f'chmod 0755 {folder}/',
                   f'rm {folder}']:
        shell(damage)
        equal(publish(kind), (0, ''), f'{damage}: made anew')
        equal(run('sh', '-c', f'cd {folder}/ && sha256sum -c --status sums '
                  f'&& stat -c "%a %U %G" . * | sort | uniq -c'),
              '     11 640 root postfix\n      1 750 root postfix\n',
              'whole, and readable for Postfix alone')
    equal(sorted(os.listdir('/srv/mail')).count(os.path.basename(
        os.path.realpath(folder))), 1, 'one set')
    equal(len([name for name in os.listdir('/srv/mail')
               if name.startswith(kind)]), 3, 'and nothing else is left')
    equal(run('sh', '-c', f'grep -c rounds= {folder}/* || true').count(':0'),
          11, 'no hash in it')


def check_refused(kind):
    folder = SETS[kind]
    before = state(kind)
    for row, why in [
            ("('tab@d0.example', 'a' || char(9) || 'b@d0.example')",
             'a row has a tab or the end of a line in it'),
            ("('line@d0.example', 'a@d0.example,' || char(10) || 'b')",
             'a row has a tab or the end of a line in it')]:
        shell(f"sqlite3 {DB} \"DROP TRIGGER IF EXISTS forwardings_insert; "
              f"INSERT INTO forwardings VALUES {row}\"")
        status, text = publish(kind)
        equal(status, 1, f'{kind}: no set of {row}')
        contains(text, why, 'why')
        contains(text, f'{folder} is as it was', 'and the old one stays')
        equal(state(kind), before, 'untouched')
        shell(f"sqlite3 {DB} \"DELETE FROM forwardings WHERE source LIKE "
              "'tab@%' OR source LIKE 'line@%'\"")
    shell(f"sqlite3 {DB} 'UPDATE users SET active = 1 - active'")
    program = 'cdb' if kind == 'cdb' else 'postmap'
    for lie in ['exit 1', 'exit 0']:
        with open('/srv/lie', 'w', encoding='ascii') as file:
            file.write(f'#!/bin/sh\ncase $* in *senders*) {lie} ;; esac\n'
                       f'exec /srv/real-{program} "$@"\n')
        shell(f'real=$(command -v {program}); cp $real /srv/real-{program}; '
              'chmod +x /srv/lie; mount --bind /srv/lie $real')
        status, text = publish(kind)
        run('sh', '-c', f'umount $(command -v {program}); rm /srv/lie')
        equal((status, state(kind)), (1, before),
              f'{kind}: a writer that does nothing ({lie}): no set')
        contains(text, 'senders' if lie == 'exit 0' else 'publish: ', 'why')
    equal(publish(kind), (0, ''), 'then it is made')
    ok(state(kind) != before, 'and is another')
    shell(f"sqlite3 {DB} 'UPDATE users SET active = 1 - active'")


def check_places(kind):
    for thing, why in [('touch', 'is no link to a set of maps'),
                       ('mkdir', 'is no link to a set of maps'),
                       ('ln -s /srv', "is a symbolic link of somebody else's")]:
        shell(f'rm -rf /srv/x; mkdir /srv/x; {thing} /srv/x/maps')
        done = run('sh', 'sql/publish.sh', DB, '/srv/x/maps', kind,
                   check=False)
        contains(done, why, f'{kind}: {thing}: {why}')
    for make, why in [('ln -s /srv /srv/x/maps.1', 'is a symbolic link'),
                      ('touch /srv/x/maps.2', 'is not a folder'),
                      ('install -d -o postfix /srv/x/maps.1',
                       "must be root's")]:
        shell(f'rm -rf /srv/x; mkdir /srv/x; {make}')
        contains(run('sh', 'sql/publish.sh', DB, '/srv/x/maps', kind,
                     check=False), why, f'{kind}: {make}: {why}')
    shell('rm -rf /srv/x; mkdir -p /srv/x/maps.1; '
          'echo precious >/srv/x/maps.1/file')
    contains(run('sh', 'sql/publish.sh', DB, '/srv/x/maps', kind, check=False),
             'maps.1 has other files than maps in it', f'{kind}: a folder')
    ok(os.path.exists('/srv/x/maps.1/file'), 'of somebody else stays')
    contains(run('sh', 'sql/publish.sh', DB, SETS[kind], check=False),
             'is a symbolic link', 'a set is not replaced by a file')


def check_hash():
    """postmap's text can't say #, so that it isn't lmdb's to lose."""
    shell(f"sqlite3 {DB} \"DELETE FROM users WHERE email LIKE '#%'; "
          "DELETE FROM forwardings WHERE source LIKE '#%'\"")
    equal(publish('lmdb'), (0, ''), 'lmdb: a set')
    sql("INSERT INTO users(email, password) VALUES ('#x@d0.example', "
        f"'{HASH}');", publish=False)
    before = state('lmdb')
    status, text = publish('lmdb')
    equal((status, state('lmdb')), (1, before),
          'lmdb: a key that begins with #')
    contains(text, "lmdb can't hold #x@d0.example", 'is named')
    shell(f"sqlite3 {DB} \"INSERT INTO transport VALUES "
          r"('#\\033]0;x', 'x:')" '"')
    ok('\033' not in publish('lmdb')[1], 'and nothing a terminal obeys')
    shell(f"sqlite3 {DB} \"DELETE FROM transport WHERE domain LIKE '#%'\"")
    equal(publish('cdb'), (0, ''), 'cdb: it can')
    equal(ask('cdb', 'mailboxes', ['#x@d0.example']),
          {'#x@d0.example': 'd0.example/#x/'}, 'and has it')


def main():
    private.enter()
    stack.make_accounts()
    stack.make_certificate()
    stack.layout = 'published'
    shell('touch /etc/postfix/main.cf')
    stack.make_database(rows())
    stack.configure('n', '')
    equal(publish('cdb'), (0, ''), 'published: cdb')
    shell(f"sqlite3 {DB} .dump >/srv/all.sql; sqlite3 {DB} \"DELETE FROM users "
          "WHERE email LIKE '#%'; DELETE FROM forwardings WHERE source LIKE "
          "'#%'\"")
    for kind in ['sqlite', 'cdb', 'lmdb']:
        equal(publish(kind), (0, ''), f'published: {kind}')
    check_keys()
    for kind in SETS:
        check_set(kind)
        check_refused(kind)
        check_places(kind)
    check_hash()


main()
finish()
