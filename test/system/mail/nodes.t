#!/usr/bin/python3 -B
"""Four machines: one writes, two take mail in, one has the mailboxes and the
logins. Mail comes in all the time, while a password and users change, a machine
is cut off and comes back, and push.sh is killed. What was taken is delivered,
and no machine ever has half a copy, or an older one than before."""
import collections
import itertools
import operator
import os
import random
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import chapters
import hosts
import private
import stack
from clients import together
from stack import CONFIG, DB, VMAIL, run, shell, wait_until
from tap import contains, diag, equal, finish, give_up, ok

HASH = '$5$rounds=1000$salt$ULWLKnhPAE1Dl/JiLRIABCl5lHWnoKdkpeJhYbeSKkA'
KILLS = int(os.environ.get('KILLS', '50'))
CHANCE = random.Random(int(os.environ.get('SEED') or 1))
LIST = '/etc/mailfunc.hosts'
MAPS = {'mx1': '/srv/mail/maps', 'mx2': '/srv/mail/maps.db',
        'imap1': '/srv/mail/mail.db'}
FORMAT = {'mx1': 'cdb', 'mx2': 'sqlite'}
USERS = [f'u{number}@example.com' for number in range(8)]


# What each block of the chapter for the shell is known by. All are run.
BLOCKS = ['mailfunc.hosts', 'mailfunc-push.timer', 'mynetworks', 'FORMAT=cdb']


# ---- run on the machines themselves ----

def readme(part):
    """A block of the chapter's, with this network's addresses."""
    block, = [text for text in chapters.blocks('Copies for other machines')
              if part in text]
    for address, host in [('10.0.0.2', 1), ('10.0.0.3', 2), ('10.0.0.4', 3)]:
        block = block.replace(address, f'10.9.{host}.2')
    return block


def on_mx(name):
    """Takes mail in, and hands it to the machine with the mailboxes."""
    stack.make_accounts()
    stack.make_certificate()
    if name == 'mx1':
        chapters.prepare()
        shell("echo 'postmaster: root' >/etc/aliases; "
              '[ -e /etc/postfix/master.cf ] || cp '
              '/usr/share/postfix/master.cf.dist /etc/postfix/master.cf')
        chapters.run_again(readme('FORMAT=cdb'))
        run('postconf', '-F', 'smtp/inet/chroot=y')
    else:
        configure(name)
    run('postconf', '-e', 'minimal_backoff_time = 2s', 'queue_run_delay = 2s',
        'maximal_backoff_time = 4s', 'smtp_connect_timeout = 3s')
    # Postfix waits for what is a moment old.
    shell('touch -d "1 minute ago" /etc/postfix/*.cf')


def configure(name):
    run('sh', 'sql/config.sh', f'OUT={CONFIG}', f'MAILDB={DB}',
        f'VMAIL={VMAIL}', f'HOSTNAME={name}.example.org', 'CHROOT=y',
        f'PUBLISHED={MAPS[name]}', f'FORMAT={FORMAT[name]}')
    stack.configure_postfix('y')
    run('postconf', '-e', 'virtual_transport = smtp:[10.9.3.2]')


def on_login(_):
    """A mail server as the chapter has it, whose database is a copy."""
    stack.make_accounts()
    stack.make_certificate()
    stack.configure('y', '', 'COPY=yes')
    shell(readme('mynetworks'))


def on_host(name):
    os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'
    on_login(name) if name == 'imap1' else on_mx(name)


# ---- the writer ----

def make_writer():
    stack.make_accounts()
    # postmap wants one, and no Postfix runs here.
    shell('touch /etc/postfix/main.cf')
    stack.make_database('')
    change("INSERT INTO domains VALUES ('example.com'), ('alias.org'); "
           "INSERT INTO forwardings VALUES ('@alias.org', '@example.com'), "
           "('info@example.com', 'u1@example.com'); " +
           ' '.join(f"INSERT INTO users(email, password) VALUES ('{user}', "
                    f"'{HASH}');" for user in USERS) +
           "INSERT INTO users(email, password) VALUES "
           "('change@example.com', 'the old one');")


def change(text):
    stack.sql(text, publish=False)


def push(limit='150', **options):
    done = subprocess.run(
        ['sh', 'sql/push.sh', DB, LIST, '/srv/copies'], text=True, timeout=200,
        env={**os.environ, 'SECONDS_EACH': limit}, capture_output=True,
        check=False, **options)
    return done.returncode, done.stdout + done.stderr


# ---- mail, all the time ----

class Mail(threading.Thread):
    """Sent on the machines that take it in, to all users by turns; a
    connection for each. Keeps what was taken."""

    def __init__(self, host):
        super().__init__(daemon=True)
        self.host, self.taken, self.wrong = host, [], []
        self.stopped, self.turn = threading.Event(), threading.Lock()
        self.program = host.start(
            '/usr/bin/python3', '-B', __file__, '--send', host.name,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self):
        for number in itertools.count():
            if self.stopped.wait(0.3):
                break
            user = USERS[number % len(USERS)]
            if number % 3 == 1:
                user = user.replace('example.com', 'alias.org')
            if number % 10 == 2:
                user = 'nobody@example.com'
            self.send(user, f'token-{self.host.name}-{number}.')

    def send(self, user, token):
        with self.turn:
            self.program.stdin.write(f'{user} {token}\n')
            self.program.stdin.flush()
            code = int(self.program.stdout.readline() or 0)
        wanted = 550 if user.startswith('nobody') else 250
        if code == 250:
            self.taken.append(token)
        if code != wanted:
            self.wrong.append((user, token, code))

    def end(self):
        self.stopped.set()
        self.join(60)
        self.program.stdin.close()
        self.program.wait(30)


def send_all(name):
    """The other end: a line for each mail, a code for each answer."""
    for number, line in enumerate(sys.stdin):
        user, token = line.split()
        code = 0
        try:
            source = f'127.1.{number // 250 % 250}.{number % 250 + 1}'
            with smtplib.SMTP('127.0.0.1', 25, name, 30,
                              (source, 0)) as session:
                session.sendmail('friend@example.net', [user],
                                 f'Subject: {token}\r\n\r\nx\r\n')
            code = 250
        except smtplib.SMTPRecipientsRefused as refused:
            code = list(refused.recipients.values())[0][0]
        except smtplib.SMTPResponseException as refused:
            code = refused.smtp_code
        except OSError:
            code = 1
        print(code, flush=True)


def delivered(host):
    out = host.run('sh', '-c', f'cat {VMAIL}/*/*/new/* 2>/dev/null || true')
    return collections.Counter(re.findall(r'^Subject: (token-\S+)', out,
                                          re.M))


def waiting(host):
    return host.run('postqueue', '-p', check=False)


# ---- what the machines have ----

def copy_of(host):
    """Its number, and what is wrong with it."""
    place = MAPS[host.name]
    if host.name == 'mx1':
        # Again, if the folder isn't the one of before: the old one is removed.
        script = f'''while set=$(readlink -f {place})
            said=$(exec 2>&1; cat {place}.serial; cd "$set" &&
                sha256sum -c --status sums &&
                for user in {' '.join(USERS)}; do
                    postmap -q $user cdb:$set/mailboxes
                done | wc -l)
            [ "$set" != "$(readlink -f {place})" ]; do :; done; echo "$said"'''
    else:
        script = f'''cat {place}.serial
            sqlite3 -readonly 'file:{place}?immutable=1' \
            'PRAGMA integrity_check' "SELECT count(*) FROM users
            WHERE email LIKE 'u%'" | tr '\\n' ' ' '''
    said = host.run('sh', '-c', script)
    number, _, rest = said.partition(' ')
    good = ' '.join(rest.split()[2:]) in [str(len(USERS)),
                                          f'ok {len(USERS)}']
    return int(number), '' if good else said


def version(host):
    """Which change it has: the quota that the last one set."""
    place = MAPS[host.name]
    if host.name == 'mx1':
        out = host.run('postmap', '-q', 'version.example',
                       f'cdb:{place}/transports', check=False)
    else:
        out = host.run('sqlite3', '-readonly', f'file:{place}?immutable=1',
                       "SELECT transport FROM transport WHERE domain = "
                       "'version.example'", check=False)
    return int((re.search(r'v(\d+)', out) or [0, 0])[1])


def set_version(number):
    change("REPLACE INTO transport VALUES ('version.example', "
           f"'smtp:v{number}');")


def login(host, password):
    return host.run('authtest', 'change@example.com', password, check=False)


# ---- the checks ----

def check_blocks():
    blocks = chapters.blocks('Copies for other machines')
    equal([[part for part in BLOCKS if part in text] for text in blocks],
          [[part] for part in BLOCKS], 'the blocks of the chapter are known')


def check_first(every):
    said = run('sh', '-euc', chapters.from_sources(
        readme('mailfunc.hosts')).replace(LIST + '\n', LIST + ' /srv/copies\n'))
    equal(re.findall(r'^(\S+): serial \d+, [\d,]+ bytes sent$', said, re.M),
          [f'{name}.example.com' for name in every],
          'the first push: a line for each')
    run('sh', '-euc', chapters.SYSTEMCTL + chapters.from_sources(
        readme('mailfunc-push.timer')))
    ok(os.path.exists('/etc/systemd/system/mailfunc-push.service'),
       'the units are in their place')
    for host in every.values():
        equal(copy_of(host)[1], '', f'{host.name} has a whole copy')
    for name in ['mx1', 'mx2']:
        equal(every[name].run('sh', '-c', "grep -rlF -e '$5$' -e '$y$' "
                              '/srv/mail || true'), '',
              f'{name}: no hash')
    equal(every['imap1'].run('stat', '-c', '%U:%G %a', DB).strip(),
          run('stat', '-c', '%U:%G %a', DB).strip(),
          "the copy's owner and mode are the database's")
    status, again = push()
    equal((status, again.count('nothing new')), (0, 3), 'again: nothing new')


def check_changes(every, mails):
    """A password, and a user, while mail comes in."""
    imap = every['imap1']
    ok('succeeded' in login(imap, 'the old one'), 'the old password')
    change("UPDATE users SET password = 'the new one' "
           "WHERE email = 'change@example.com';")
    status, said = push()
    equal((status, said.count('nothing new')), (0, 2),
          f'a password: the others have nothing new: {said}')
    ok(wait_until(lambda: 'succeeded' in login(imap, 'the new one')),
       'the new password counts')
    ok('succeeded' not in login(imap, 'the old one'), 'the old one not')
    sent = int(re.search(r'imap1\S* serial \d+, ([\d,]+) bytes',
                         said)[1].replace(',', ''))
    size = int(imap.run('stat', '-c', '%s', DB))
    ok(sent < size / 2, f'{sent} bytes were sent of {size}')
    change("INSERT INTO users(email, password) VALUES ('new@example.com', "
           f"'{HASH}');")
    equal(push()[0], 0, 'a user')
    for mail in mails:
        mail.send('new@example.com', f'token-new-{mail.host.name}.')
    ok(wait_until(lambda: delivered(imap)['token-new-mx1.'] and
                  delivered(imap)['token-new-mx2.'], 60),
       'gets mail by either')


def check_cut_off(every, mails):
    mx2 = every['mx2']
    mx2.cut_off()
    number = copy_of(mx2)[0]
    change("INSERT INTO users(email, password) VALUES ('late@example.com', "
           f"'{HASH}');")
    start = time.monotonic()
    status, said = push(limit='60')
    contains(said, 'mx2.example.com: not reached',
             f'cut off: that is said, in {time.monotonic() - start:.1f} s')
    contains(said, 'will catch up', 'and that it will catch up')
    equal(status, 1, 'with status 1')
    equal(re.findall(r'^(\w+)\S* serial \d+, [\d,]+ bytes', said, re.M),
          ['mx1', 'imap1'], 'the others have it')
    equal(copy_of(mx2), (number, ''), 'it has its copy')
    mails[0].send('late@example.com', 'token-late-mx1.')
    mx2.come_back()
    status, said = push()
    equal(status, 0, f'it is back: {said}')
    ok(copy_of(mx2)[0] > number, 'and catches up')
    mails[1].send('late@example.com', 'token-late-mx2.')


def check_older(every):
    """A push that comes late, and two at once."""
    for host in every.values():
        number, _ = copy_of(host)
        kind = FORMAT.get(host.name, 'login')
        owner = 'root:postfix'
        said = run('sh', '-c', 'cat sql/places.sh sql/receive.sh | ssh '
                   f'{host.name} sh -s put {kind} {MAPS[host.name]} '
                   f'{number - 1} {"0" * 64} {owner} 640', check=False)
        equal((said, copy_of(host)), (f'newer {number}\n', (number, '')),
              f'{host.name}: an older copy that comes late is none')
    set_version(1)
    both = [subprocess.Popen(['sh', 'sql/push.sh', DB, LIST, '/srv/copies'],
                             stdout=subprocess.PIPE, text=True)
            for _ in range(2)]
    equal([(each.communicate(timeout=150)[0].count(': serial '),
            each.returncode) for each in both], [(3, 0)] * 2, 'two at once')
    equal([version(host) for host in every.values()], [1] * 3,
          'all have the newest')


def check_cut_text(every):
    """Of a text that ends early, nothing is done."""
    with open('sql/receive.sh', encoding='ascii') as file:
        text = file.read()
    before = every['imap1'].run('ls', '-lR', '--full-time', '/srv/mail')
    places = [len(text) - 1 - back for back in [2, 5, 12, 30]] + \
        CHANCE.sample(range(len(text)), 4)
    for place in places:
        run('ssh', 'imap1', f'sh -s begin login {DB} 99999999999 {"0" * 64} '
            'root:postfix 640', input=text[:place], check=False)
    equal(every['imap1'].run('ls', '-lR', '--full-time', '/srv/mail'), before,
          f'receive.sh cut at {places}: nothing is done')


def kill_push(seconds, all_of_it):
    """Now and then what does the work is left to go on alone."""
    victim = subprocess.Popen(
        ['sh', 'sql/push.sh', DB, LIST, '/srv/copies'], start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    if all_of_it:
        os.killpg(victim.pid, signal.SIGKILL)
    else:
        victim.kill()
    victim.wait()


def state_of(host):
    """Its number, which change it has, and what is wrong."""
    number, wrong = copy_of(host)
    return number, version(host), wrong


def check_killed(every):
    """Two at a time, wherever they are: the copies are whole, and never
    older."""
    set_version(2)
    start = time.monotonic()
    push()
    # On a busy machine the half of it, or this takes too long.
    usual = min(time.monotonic() - start, 5)
    last = dict(zip(every, together(state_of, [[host] for host in
                                               every.values()])))
    bad, moved = [], 0
    for number in range(3, KILLS // 2 + 3):
        set_version(number)
        together(kill_push, [[CHANCE.random() * usual * 1.2, number % 5]
                             for _ in range(2)])
        for name, now in zip(every, together(
                state_of, [[host] for host in every.values()])):
            if now[2] or any(map(operator.lt, now[:2], last[name])):
                bad.append((number, name, last[name], now))
            moved += now[1] > last[name][1]
            last[name] = now
    equal(bad, [], f'{KILLS} times push.sh was killed: no half or older copy')
    diag(f'{moved} copies came all the same')
    status, said = push()
    equal(status, 0, f'the next push: {said}')
    equal([version(host) for host in every.values()], [KILLS // 2 + 2] * 3,
          'and all have the newest')
    equal([name for name in os.listdir('/srv/copies')
           if name.startswith('run.')], [], 'nothing is left here')
    for host in every.values():
        equal([name for name in host.run('ls', '/srv/mail').split()
               if name.endswith(('.push', '.link', '.new'))], [],
              f'nor on {host.name}')


def check_mail(every, mails):
    imap = every['imap1']
    for mail in mails:
        mail.end()
        equal(mail.wrong, [], f'{mail.host.name}: {len(mail.taken)} mails '
              'were taken, and each answer was right')
    for name in ['mx1', 'mx2']:
        run(*every[name].command('postqueue', '-f'))
    taken = collections.Counter(token for mail in mails
                                for token in mail.taken)
    ok(wait_until(lambda: not taken - delivered(imap), 120),
       f'{sum(taken.values())} mails were taken')
    got = delivered(imap)
    equal(sorted((taken - got).keys())[:5], [], 'none was lost')
    equal(sorted((got - taken).keys())[:5], [], 'none came twice')
    if taken - got:
        diag(waiting(every['mx1']) + waiting(every['mx2']) +
             private.log_text()[-3000:])
    # sshd may: some were killed at its other end. postmap is this test's own.
    equal([line for line in private.log_text().splitlines() if 'fatal' in line
           and not re.search(r'(sshd(-session)?|postmap)\[', line)][:5], [],
          'no daemon complained')


def main():
    private.enter()
    private.NEEDED.extend(['ssh', 'sshd', 'rsync', 'ip', 'nsenter', 'cdb'])
    hosts.make_keys()
    every = {name: hosts.Host(name) for name in ['mx1', 'mx2', 'imap1']}
    hosts.know(every.values())
    make_writer()
    setup = [host.start('/usr/bin/python3', '-B', __file__, '--host',
                        host.name) for host in every.values()]
    if any(each.wait(180) for each in setup):
        give_up('a machine could not be configured')
    check_blocks()
    check_first(every)
    for name, host in every.items():
        units = stack.COURIER if name == 'imap1' else []
        host.run('sh', 'test/system/mail/systemctl', 'restart', 'postfix', *units)
    mails = [Mail(every[name]) for name in ['mx1', 'mx2']]
    wait_until(lambda: delivered(every['imap1']), 10)
    every['imap1'].run('sh', 'sql/maildirs.sh', DB, VMAIL)
    for mail in mails:
        mail.start()
    check_changes(every, mails)
    check_cut_off(every, mails)
    check_older(every)
    check_cut_text(every)
    check_killed(every)
    check_mail(every, mails)


if '--host' in sys.argv:
    on_host(sys.argv[2])
elif '--send' in sys.argv:
    send_all(sys.argv[2])
else:
    main()
    finish()
