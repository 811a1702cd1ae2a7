"""What single lines of the templates prevent: each of these checks fails
without its line."""
import re
import time

import clients
import private
from clients import Imap, Smtp, arrives, mails, wait_until
from login import JOE
from stack import HOST, shell
from tap import contains, equal, ok

MAILDIR = 'example.com/joe/'


def check():
    check_start()
    check_smuggling()
    check_sizes()
    check_log()
    check_idle()


def check_start():
    ok('backwards-compatible' not in private.log_text(),
       'Postfix runs with the settings of its release')


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def check_smuggling():
    """One mail must not become two, the second from anybody."""
    for number, end in enumerate([b'\n.\n', b'\n.\r\n', b'\r\n.\n']):
        token = f'token-smuggle-{number}'
        with Smtp() as session:
            session.offer(JOE[0])
            session.docmd('DATA')
            session.sock.sendall(
                b'Subject: %s\r\n\r\nfirst%sMAIL FROM:<ceo@example.com>\r\n'
                b'RCPT TO:<%s>\r\nDATA\r\nSubject: %s\r\n\r\nsecond\r\n.\r\n'
                % (token.encode(), end, JOE[0].encode(), token.encode()))
            equal(session.getreply()[0], 250, f'{end!r} in a mail: taken')
        found = wait_until(lambda: mails(MAILDIR, token))
        time.sleep(0.5)
        equal(len(mails(MAILDIR, token)), 1, '  as one mail')
        contains(read(found[0]), '\nsecond\n', '  with all its text')


def check_sizes():
    """A larger message_size_limit stops neither virtual(8) nor local(8)."""
    shell('''
        echo 'nothing: /dev/null' >>/etc/aliases
        newaliases
        postconf -e message_size_limit=60000000
        postfix reload 2>/dev/null
    ''')
    ok(arrives(JOE[0], 'token-large', MAILDIR),
       'a larger message_size_limit: a delivery')
    equal(clients.send(f'nothing@{HOST}', 'token-nothing'), 250,
          'an address of /etc/aliases')
    ok(wait_until(lambda: re.search(r'to=<nothing@.*status=sent',
                                    private.log_text())), 'is delivered, too')
    shell('postconf -X message_size_limit; postfix reload 2>/dev/null')


def check_log():
    """After logins, good and bad."""
    clients.imap_login(*JOE)
    clients.imap_login(JOE[0], 'incorrect horse')
    text = private.log_text()
    ok(re.search('(LOGIN, user=|Login: user=<|Logged in: user=<)'
                 'joe@example.com', text), 'logins are in the log')
    for secret in [JOE[1], 'incorrect horse']:
        ok(secret not in text, 'and no password')


def check_idle():
    """New mail is told at once, not when a minute is over."""
    with Imap() as session:
        session.login(*JOE)
        session.command(b'SELECT INBOX')
        session.line(b'i IDLE')
        session.sock.settimeout(30)
        session.file.readline()
        time.sleep(1)
        begin = time.monotonic()
        clients.send(JOE[0], 'token-idle')
        told = wait_for_exists(session)
        took = time.monotonic() - begin
        ok(told, f'IDLE tells of new mail: {took:.1f} s')


def wait_for_exists(session):
    try:
        while line := session.file.readline():
            if line.endswith(b' EXISTS\r\n'):
                return True
    except TimeoutError:
        pass
    return False


