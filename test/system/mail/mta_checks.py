"""What must hold for any program in Postfix's place; WHO says what differs."""
import contextlib
import os
import smtplib
import socket
import sqlite3
import threading
import time

import clients
import delivery
import login
import mta
import submission
from clients import INSIDE, Smtp, arrives, mails, rcpt, send, smtp_login
from delivery import ANNA, JOE
from hostile import RECIPIENTS, short
from stack import DB, VMAIL, read, run, sql, wait_until
from tap import contains, diag, equal, ok, skip

GOOD = login.GOOD + [
    ('a renamed user', 'married@example.com', 'was married'),
    ("a hash with Dovecot's label", 'label@example.com', 'pw label'),
]
BAD = login.BAD + [
    ('an extension', 'joe+x@example.com', 'correct horse'),
    ('a hash that crypt(3) does not know', 'argon@example.com',
     'pw argon2id'),
    ('an old name', 'maiden@example.com', 'was married'),
]
# What Exim and others would do with a text that they expand.
EXPANSIONS = ['${run{/usr/bin/touch /tmp/owned}}', '$auth3', '${acl{x}}',
              '${readfile{/etc/passwd}}', '%{user.username}', '$(id)', '`id`',
              "${lookup sqlite{SELECT 1}}", '\\N', '}{yes}{yes', '}}}}}']
HOSTILE = ["' OR '1'='1", "' OR 1=1 --", "joe@example.com' --", '%', '*', '_',
           "x' UNION SELECT password FROM users --", '%@example.com',
           'joe@example.com%', '_oe@example.com', 'joe@example.com\\', "'",
           '"', "''", ':', '?', '?1', '@', 'x' * 500 + '@example.com',
           'joe@example.com\n', 'joe@example.com:x'] + EXPANSIONS
# Recipient, maildir.
DELIVERED = [
    ('joe@example.com', JOE), ('JOE@Example.COM', JOE),
    ('joe+lists@example.com', JOE), ('joe+a+b@example.com', JOE),
    ('o.k-a_y@example.com', 'example.com/o.k-a_y/'),
    ('married@example.com', 'example.com/maiden/'),
    ('married+x@example.com', 'example.com/maiden/'),
    ('info@example.com', JOE), ('info+x@example.com', JOE),
    ('anyone@catch.example', JOE), ('gone2@catch.example', JOE),
    ('real@catch.example', 'catch.example/real/'),
    ('real+x@catch.example', 'catch.example/real/'),
    ('joe@alias.org', JOE), ('JOE@Alias.ORG', JOE), ('joe+x@alias.org', JOE),
    ('info@alias.org', JOE), ('info+x@alias.org', JOE),
    ('own@alias.org', 'alias.org/own/'), ('own+x@alias.org', 'alias.org/own/'),
    ('sales@alias.org', 'example.com/quote/'),
    ('real@alias.example', 'catch.example/real/'),
    ('anyone@alias.example', JOE), ('left@alias.org', JOE),
]
BOTH = ['both@example.com', 'team@example.com', 'team@alias.org',
        'anna@example.com', 'anna+x@example.com', 'anna@alias.org']
UNKNOWN = ['nobody@example.com', 'nobody+joe@example.com', 'maiden@example.com',
           'nobody@alias.org', 'own@example.com', 'joe@second.example',
           'joe2@example.com', 'xjoe@example.com']
DISABLED = ['gone@example.com', 'GONE@Example.COM', 'gone+x@example.com',
            'gone@catch.example', 'gone+x@catch.example', 'gone@alias.org',
            'gone@alias.example']
FOREIGN = ['friend@example.net', 'friend%example.net@example.com',
           '@example.com:friend@example.net', 'joe@sub.alias.org',
           '"friend@example.net"@example.com', 'example.net!friend']
WHO = {}


def check(name):
    WHO.update({
        'exim': {'quota': True, 'routes': True},
        'opensmtpd': {'quota': False, 'routes': False,
                      'guesses': False, 'connections': 40},
    }[name])
    delivery.start_other_server()
    WHO['auth'] = speaks_tls()
    parts = [check_delivery, check_refusals, check_logins,
             check_disabled, check_submission, check_quota, check_smuggling,
             check_limits, check_hostile, check_database, check_writer]
    for part in parts:
        if part in [check_logins, check_submission, check_limits] \
                and not WHO['auth']:
            skip(f'{part.__name__}: this build fails every TLS handshake')
            continue
        begin = time.monotonic()
        part()
        diag(f'{part.__name__}: {time.monotonic() - begin:.1f} s')


def speaks_tls():
    try:
        with Smtp() as session:
            session.secure()
        return True
    except (OSError, smtplib.SMTPException) as why:
        diag(f'{read_release()}: no TLS, and so no AUTH: {why}')
        return False


def read_release():
    with open('/etc/os-release', encoding='ascii') as file:
        return file.readline().split('"')[1]


def check_delivery():
    sent = [(recipient, f'token-{number}.', maildir)
            for number, (recipient, maildir) in enumerate(DELIVERED)]
    clients.together(lambda recipient, token, _: send(recipient, token), sent)
    for recipient, token, maildir in sent:
        ok(wait_until(lambda: mails(maildir, token)),
           f'{recipient} is delivered to {maildir}')
    delivery.check_ownership(mails(JOE, 'token-0.')[0])
    for number, recipient in enumerate(BOTH):
        send(recipient, f'token-both-{number}.')
    for number, recipient in enumerate(BOTH):
        token = f'token-both-{number}.'
        ok(wait_until(lambda: mails(JOE, token) and mails(ANNA, token)),
           f'{recipient}: to both')
        equal(len(mails(ANNA, token)), 1, '  and once')
    for _, token, maildir in sent:
        if len(mails(maildir, token)) != 1:
            ok(False, f'{token} came more than once')
    equal(mails(JOE, 'token-11.'), [], 'a catch-all gets no mail of a user')
    if WHO['routes']:
        check_routes()
    else:
        diag('the table transport is not read')
    tops = set(os.listdir(VMAIL))
    equal(tops, {'example.com', 'catch.example', 'alias.org'},
          'nothing else was made in VMAIL')


def check_routes():
    send('away@example.com', 'token-away')
    ok(wait_until(lambda: 'token-away' in ''.join(delivery.relayed)),
       'a forwarding to another server, by the table transport')
    send('friend@example.net', 'token-inside', source=INSIDE)
    ok(wait_until(lambda: 'token-inside' in ''.join(delivery.relayed)),
       'this machine may send elsewhere')
    sql("INSERT INTO transport VALUES ('example.org', 'smtp:[127.0.0.3]');")
    contains(run('exim4', '-bt', 'friend@example.org'), '[127.0.0.3]',
             'the table transport without a port')
    if WHO['auth']:
        ok(all(mail.startswith('by TLS\n') for mail in delivery.relayed),
           'by TLS, where the other server has it')


def check_refusals():
    for recipient in UNKNOWN:
        equal(rcpt(recipient), 550, f'{recipient} is unknown: 550')
    equal(rcpt('left@example.com'), 550, 'where nobody is left: 550')
    for recipient in FOREIGN:
        code = rcpt(recipient)
        ok(500 <= code < 560, f'no relay to {recipient}: {code}')
    equal(rcpt('friend@example.net', sender='joe@example.com') // 10, 55,
          'no relay for a sender that is one of ours')
    with Smtp() as session:
        equal(session.docmd('VRFY joe@example.com'),
              session.docmd('VRFY nobody@example.com'), 'VRFY tells nothing')
        ok(session.docmd('EXPN joe@example.com')[0] >= 500, 'nor EXPN')


def check_logins():
    for port in [587, 465]:
        answers = clients.together(
            lambda what, *login: smtp_login(*login, port=port), GOOD)
        for (what, _, _), answer in zip(GOOD, answers):
            equal(answer, 235, f'{port}: {what}: in')
    hashes = [('the stored hash as the password', *row.split('|'))
              for row in read("SELECT email, password FROM users WHERE email "
                              "IN ('joe@example.com', 'locked@example.com', "
                              "'argon@example.com', 'bcrypt@example.com')")
              .split()]
    bad = BAD + hashes + \
        [('a hostile login', name, 'wrong') for name in HOSTILE] + \
        [('a hostile password', 'joe@example.com', name) for name in HOSTILE]
    if not WHO['routes']:
        # A newline in a login ends OpenSMTPD 7.6: the chapter says so.
        bad = [row for row in bad if '\n' not in row[1]]
    answers = clients.together(lambda what, *login: smtp_login(*login), bad)
    for (what, user, _), answer in zip(bad, answers):
        ok(answer in [535, 501],
           f'{what}: refused ({short(user)}: {answer})')
    equal(smtp_login('x' * 1000, 'x' * 1000) // 100, 5,
          'a login of 1,000 bytes')
    check_login_mechanism()
    user = 'change@example.com'
    equal(smtp_login(user, 'the old one'), 235, 'before a change of password')
    sql(f"UPDATE users SET password = 'the new one' WHERE email = '{user}';")
    equal([smtp_login(user, 'the old one'), smtp_login(user, 'the new one')],
          [535, 235], 'a password changed in SQL counts at once')
    ok(not os.path.exists('/tmp/owned'), 'nothing of a login was run')
    log = mta.log()
    for word in ['correct horse', 'incorrect', 'the new one', '$y$', 'was mar']:
        ok(word not in log, f'no password and no hash in the log: {word}')


def check_login_mechanism():
    for password, code in [('correct horse', 235), ('wrong', 535)]:
        with Smtp(port=587) as session:
            session.secure()
            session.user, session.password = 'joe@example.com', password
            try:
                got = session.auth('LOGIN', session.auth_login)[0]
            except smtplib.SMTPAuthenticationError as why:
                got = why.smtp_code
            equal(got, code, f'AUTH LOGIN: {code}')


def check_disabled():
    for recipient in DISABLED:
        with Smtp() as session:
            code, text = session.offer(recipient)
        equal((code, b'5.2.1' in text and b'disabled' in text), (550, True),
              f'{recipient} is refused as disabled: {text}')
    user = ('leaver@catch.example', 'still here')
    for active, login, mail in [(0, 535, 550), (1, 235, 250)]:
        run('sqlite3', DB, f'UPDATE users SET active = {active} '
            f"WHERE email = '{user[0]}'")
        if WHO['auth']:
            equal(smtp_login(*user), login, f'active = {active}: AUTH')
        equal(rcpt(user[0]), mail,
              f'active = {active} counts at once')


def check_submission():
    submission.check_port_25()
    with Smtp(port=587) as plain:
        ok(plain.has_extn('starttls') and not plain.has_extn('auth'),
           '587 offers STARTTLS, and AUTH only after it')
        ok(plain.login_plain(*submission.JOE) in [503, 530],
           'a password before: refused')
        equal(plain.offer('joe@example.com')[0] // 100, 5,
              'and everything else')
    ok(not submission.answers_plainly(465), '465 answers nobody without TLS')
    for port in [587, 465]:
        check_strangers(port)
        check_senders(port)
        check_mail(port)
    submission.UPGRADES = {port: lines for port, lines
                           in submission.UPGRADES.items()
                           if port in [25, 465, 587]}
    submission.check_old_tls()


def check_strangers(port):
    for source in [None, INSIDE]:
        with submission.session(port, source) as stranger:
            equal(sorted(stranger.esmtp_features['auth'].split()),
                  ['LOGIN', 'PLAIN'], f'{port} offers AUTH over TLS')
            for recipient in ['joe@example.com', 'friend@example.net']:
                equal(stranger.offer(recipient)[0] // 100, 5,
                      f'{port}: no mail to {recipient} without a login, from '
                      + (source or 'outside'))
            stranger.docmd('RSET')
            equal(stranger.login_plain('joe@example.com', 'wrong'), 535,
                  f'{port}: a wrong password')
        with submission.session(port, source) as stranger:
            stranger.login_plain('joe@example.com', 'wrong')
            equal(stranger.offer('joe@example.com',
                                 sender='joe@example.com')[0] // 100, 5,
                  f'{port}: is as good as none')


def check_senders(port):
    for login in dict.fromkeys(login for login, _, _ in submission.SENDERS):
        with submission.session(port) as user:
            equal(user.login_plain(*login), 235, f'{port}: {login[0]}')
            for sender, good in [row[1:] for row in submission.SENDERS
                                 if row[0] == login]:
                # OpenSMTPD knows neither for those who have logged in.
                good = good and (WHO['routes'] or sender not in
                                 ['', 'anyone@catch.example'])
                code = user.offer('friend@example.net', sender=sender)[0]
                may = 'may' if good else 'may not'
                equal(code // 100, 2 if good else 5,
                      f'  {may} send as {sender or "nobody"} ({code})')


def check_mail(port):
    token = f'token-{port}-out'
    equal(send('friend@example.net', token, login=submission.JOE, port=port),
          250, f'{port}: mail for elsewhere is taken')
    if WHO['routes']:
        ok(wait_until(lambda: token in ''.join(delivery.relayed)),
           'and goes out')
    ok(arrives('anna@example.com', f'token-{port}-in', ANNA,
               login=submission.JOE, port=port), f'{port}: for a colleague')
    with submission.session(port) as user:
        user.login_plain(*submission.JOE)
        for recipient in ['nobody@example.com', 'gone@example.com']:
            equal(user.offer(recipient, sender='joe@example.com')[0], 550,
                  f'{port}: {recipient} is refused at once')


def check_quota():
    tight = 'example.com/tight/'
    if not WHO['quota']:
        ok(send('tight@example.com', 'token-big ' + 'x' * 900) == 250,
           'no quota: that is another program\'s work')
        return
    ok(fill('token-q1.') == 250 and
       wait_until(lambda: mails(tight, 'token-q1.')), 'within the quota')
    ok(fill('token-q2.') == 250 and
       wait_until(lambda: mails(tight, 'token-q2.')), 'still within it')
    with Smtp() as session:
        session.docmd('MAIL FROM:<x@example.net> SIZE=3000')
        for recipient in ['tight@example.com', 'full@example.com']:
            equal(session.docmd(f'RCPT TO:<{recipient}>')[0], 552,
                  f'a mail too big for the rest, to {recipient}: 552 at RCPT')
    fill('token-q3.')
    fill('token-q4.')
    ok(not wait_until(lambda: mails(tight, 'token-q4.'), 2),
       'the quota is a sum, and holds')
    with open(f'{VMAIL}/{tight}maildirsize', encoding='ascii') as file:
        ok(file.readline().startswith('6000S'),
           'maildirsize says how much there may be')
    sql("UPDATE users SET quota = 60000 WHERE email = 'tight@example.com';")
    ok(fill('token-q5.') == 250 and
       wait_until(lambda: mails(tight, 'token-q5.')),
       'a quota raised in SQL counts at once')


def fill(token):
    with Smtp() as session:
        session.docmd('MAIL FROM:<x@example.net>')
        code = session.docmd('RCPT TO:<tight@example.com>')[0]
        if code != 250:
            return code
        return session.data(f'Subject: {token}\r\n\r\n{"x" * 60}\r\n' +
                            ('y' * 60 + '\r\n') * 30)[0]


def check_smuggling():
    """Only <CR><LF>.<CR><LF> ends a mail."""
    for number, end in enumerate([b'\n.\n', b'\r\n.\n', b'\n.\r\n']):
        with Smtp() as session:
            session.offer('joe@example.com')
            session.docmd('DATA')
            session.sock.sendall(
                b'Subject: outer\r\n\r\nouter' + end +
                b'MAIL FROM:<x@example.net>\r\nRCPT TO:<joe@example.com>\r\n'
                b'DATA\r\nSubject: token-smuggled-%d\r\n\r\nin\r\n.\r\n'
                % number)
            try:
                session.getreply()
            except (OSError, smtplib.SMTPException):
                pass  # it may hang up
    time.sleep(1)
    for number in range(3):
        ok(all(b'outer' in open(path, 'rb').read() for path in
               mails(JOE, f'token-smuggled-{number}')),
           'no mail is smuggled in behind another')


def check_limits():
    """One stranger keeps nobody out."""
    source = clients.outside()
    with contextlib.ExitStack() as opened:
        greeted = 0
        for _ in range(40):
            sock = opened.enter_context(socket.create_connection(
                (INSIDE, 25), 10, (source, 0)))
            with contextlib.suppress(OSError):
                greeted += sock.recv(4) == b'220 '
        equal(greeted, WHO.get('connections', 20),
              'one address gets so many of 40 connections')
        equal(smtp_login('joe@example.com', 'correct horse'), 235,
              'and these keep nobody out')
    guesses = clients.together(
        lambda password: smtp_login('joe@example.com', password,
                                    source=source),
        [('wrong',)] * 19)
    diag(f'19 guesses: {sorted(guesses)}')
    if WHO.get('guesses', True):
        ok(guesses.count(535) <= 11, 'ten guesses a minute are heard')
        equal(smtp_login('joe@example.com', 'correct horse'), 235,
              'and nobody else is kept out')


def check_hostile():
    before = run('sqlite3', DB, '.dump')
    answers = clients.together(rcpt, [(each,) for each in RECIPIENTS])
    for recipient, code in zip(RECIPIENTS, answers):
        ok(500 <= code < 560,
           f'RCPT TO {short(recipient)}: refused for good ({code})')
    for number, text in enumerate(EXPANSIONS + HOSTILE[:8]):
        local = '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'
        equal(rcpt(local + '@example.com') // 100, 5,
              f'RCPT TO {short(local)}@example.com')
    for name in ['|touch /tmp/owned', ':include:/etc/passwd',
                 '/tmp/owned', 'friend@example.net,x', ':fail: x',
                 '${run{/usr/bin/touch /tmp/owned}}']:
        for domain in ['catch.example', 'alias.example']:
            code = send(f'"{name}"@{domain}', 'token-caught')
            ok(code == 250 or code >= 500, f'"{name}"@{domain}: {code}')
    for sender in ['', "x' OR '1'='1@example.com", '"\'; --"@example.com',
                   '"${run{/usr/bin/touch /tmp/owned}}"@example.com']:
        code = rcpt('joe@example.com', sender=sender)
        ok(code == 250 or code >= 500, f'MAIL FROM {short(sender)}: {code}')
    time.sleep(1)
    ok(not os.path.exists('/tmp/owned'), 'nothing was run, no file made')
    ok('token-caught' not in ''.join(delivery.relayed), 'nothing was relayed')
    equal(run('sqlite3', DB, '.dump'), before, 'the database is as it was')
    equal(run('find', '/home', '/tmp', '/srv', '-user', 'vmail', '-type', 'd',
              '!', '-path', f'{VMAIL}*'), '', 'no folder was made elsewhere')


# ---- The database ----

def temporary(what):
    """Nobody is told that somebody doesn't exist, or has a wrong password."""
    for recipient in ['joe@example.com', 'nobody@example.com',
                      'friend@example.net']:
        equal(answer(rcpt, recipient), 4, f'{what}: RCPT TO {recipient}: 4xx')
    equal(log_in(4), 4, f'{what}: AUTH: 4xx')


def log_in(otherwise=2):
    return answer(smtp_login, 'joe@example.com', 'correct horse') \
        if WHO['auth'] else otherwise


def answer(function, *arguments):
    """The reply's class; a server that has hung up is 4, too."""
    try:
        return function(*arguments) // 100
    except (OSError, smtplib.SMTPException):
        return 4


def back(what):
    """Whoever asks after its return is put off for some seconds at most. How
    long that is on a busy machine is the machine's affair."""
    begin = time.monotonic()
    put_off = asked = 0
    while not (answer(rcpt, 'joe@example.com') == 2 and log_in() == 2):
        put_off = asked
        if put_off > 10:
            break
        time.sleep(0.02)
        asked = time.monotonic() - begin
    ok(put_off <= 10, f'{what}: back, put off until {put_off:.1f} s')


def check_database():
    if WHO['routes']:
        check_missing()
    check_locked()


def check_missing():
    os.rename(DB, DB + '.away')
    temporary('missing')
    for recipient in ['joe@example.com', 'anna@example.com']:
        run('sendmail', '-f', 'x@example.net', recipient,
            input='Subject: token-missing\n\ntoken-missing\n')
    WHO.get('queue', flush)()
    ok(not os.path.exists(DB), 'a missing database is not made')
    os.rename(DB + '.away', DB)
    back('missing')
    os.rename(DB, DB + '.away')
    open(DB, 'wb').close()
    os.chown(DB, 0, os.stat(DB + '.away').st_gid)
    os.chmod(DB, 0o640)
    temporary('empty')
    os.rename(DB + '.away', DB)
    back('empty')
    flush()
    ok(wait_until(lambda: mails(JOE, 'token-missing') and
                  mails(ANNA, 'token-missing')),
       'what was sent meanwhile is delivered')


def check_locked():
    with contextlib.closing(sqlite3.connect(DB, isolation_level=None)) as lock:
        lock.execute('BEGIN EXCLUSIVE')
        clients.together(lambda call: call(), [
            (lambda: equal(answer(rcpt, 'joe@example.com'), 4,
                           'locked: RCPT: 4xx'),),
            (lambda: equal(answer(rcpt, 'nobody@example.com'), 4,
                           'locked: RCPT TO an unknown user: 4xx'),),
            (lambda: equal(log_in(4), 4, 'locked: AUTH: 4xx'),)])
        lock.execute('ROLLBACK')
    back('locked')


def flush():
    run('exim4', '-qff')


def check_writer():
    """20 commits a second; the failures are printed, and never wrong."""
    seconds = int(os.environ.get('MAILFUNC_WRITER_SECONDS', '8'))
    stop = threading.Event()

    def write():
        with contextlib.closing(sqlite3.connect(
                DB, timeout=10, isolation_level=None)) as writer:
            while not stop.wait(0.05):
                writer.execute("UPDATE users SET name = hex(randomblob(8)) "
                               "WHERE email = 'anna@example.com'")
    thread = threading.Thread(target=write)
    thread.start()
    asked = {'RCPT': [], 'unknown': [], 'AUTH': []}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        asked['RCPT'].append(answer(rcpt, 'joe@example.com'))
        asked['unknown'].append(answer(rcpt, 'nobody@example.com'))
        asked['AUTH'].append(log_in())
    stop.set()
    thread.join()
    for what, answers in asked.items():
        diag(f'20 commits/s: {what}: {answers.count(4)} of {len(answers)} '
             'failed for now')
    ok(set(asked['RCPT'] + asked['AUTH']) <= {2, 4} and
       set(asked['unknown']) <= {5, 4}, 'no answer is wrong')
