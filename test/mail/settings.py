"""What single lines of the templates prevent: each of these checks fails
without its line."""
import re
import socket
import time

import clients
import private
from clients import INSIDE, Imap, Smtp, arrives, mails, wait_until
from login import JOE
from stack import DB, HOST, VMAIL, run, shell
from tap import contains, equal, ok

MAILDIR = 'example.com/joe/'


def check():
    check_start()
    check_smuggling()
    check_sizes()
    check_system_accounts()
    check_log()
    check_idle()
    check_couriertcpd()
    check_chroot()


def check_start():
    ok('backwards-compatible' not in private.log_text(),
       'Postfix runs with the settings of its release')
    folder = re.search('^OPTIONS=.* -m (.*)"$', read('/etc/default/saslauthd'),
                       re.M)[1]
    equal(run('stat', '-c', '%U:%G %a', folder), 'root:sasl 710\n',
          'only who is in the group sasl may ask saslauthd')


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


def check_system_accounts():
    """Courier asks no other list of users than ours."""
    shell("useradd -m sysjoe; echo 'sysjoe:system secret' | chpasswd")
    for user in ['sysjoe', f'sysjoe@{HOST}']:
        contains(run('authtest', user, 'system secret', check=False),
                 'FAILED', f'{user}, a system account, is nobody here')


def check_log():
    """After logins, good and bad."""
    clients.imap_login(*JOE)
    clients.imap_login(JOE[0], 'incorrect horse')
    text = private.log_text()
    contains(text, 'LOGIN, user=joe@example.com', 'logins are in the log')
    for secret in [JOE[1], 'incorrect horse']:
        ok(secret not in text, 'and no password')


def check_idle():
    """New mail is told at once, not when a minute is over."""
    with Imap() as session:
        session.login(*JOE)
        session.command(b'SELECT INBOX')
        session.line(b'i IDLE')
        session.sock.settimeout(20)
        session.file.readline()
        time.sleep(1)
        begin = time.monotonic()
        clients.send(JOE[0], 'token-idle')
        told = wait_for_exists(session)
        took = time.monotonic() - begin
        ok(told and took < 10, f'IDLE tells of new mail: {took:.1f} s')


def wait_for_exists(session):
    try:
        while line := session.file.readline():
            if line.endswith(b' EXISTS\r\n'):
                return True
    except TimeoutError:
        pass
    return False


def check_couriertcpd():
    """Debian 13's has an option less; and a conffile of 12 may be kept. The
    same program without that option is such a one."""
    with open('/usr/sbin/couriertcpd', 'rb') as file:
        program = file.read()
    for path in ['imapd', 'pop3d']:
        arguments = run('sh', '-c', f'. /etc/courier/{path}; echo $TCPDOPTS')
        equal('-noidentlookup' in arguments, b'noidentlookup' in program,
              f'{path}: -noidentlookup is given where it is known')
        contains(arguments, '-nodnslookup', 'the other one always')
    with open(private.STAGE + '/couriertcpd', 'wb') as file:
        file.write(program.replace(b'noidentlookup', b'xoidentlookup'))
    shell(f'''
        chmod 0755 {private.STAGE}/couriertcpd
        mount --bind {private.STAGE}/couriertcpd /usr/sbin/couriertcpd
    ''')
    restart('without -noidentlookup')
    shell('umount -l /usr/sbin/couriertcpd')
    restart('with it')


def restart(how):
    for unit, start, port in [('courier-imap', b'* OK', 143),
                              ('courier-pop', b'+OK', 110)]:
        run('sh', 'test/mail/systemctl', 'stop', unit)
        wait_until(lambda: not greeting(port))
        run('sh', 'test/mail/systemctl', 'restart', unit)
        ok(wait_until(lambda: greeting(port).startswith(start)),
           f'{unit} starts {how}')


def check_chroot():
    """Left out, it is what master.cf says; Postfix's own default is no."""
    for said, folder in [('y', '/var/spool/postfix/var/run/saslauthd'),
                         ('n', '/var/run/saslauthd'),
                         ('-', '/var/run/saslauthd')]:
        run('postconf', '-F', f'smtp/inet/chroot={said}')
        run('sh', 'sql/config.sh', 'OUT=/srv/chroot', f'MAILDB={DB}',
            f'VMAIL={VMAIL}')
        contains(read('/srv/chroot/default/saslauthd'), f' -m {folder}"\n',
                 f'chroot {said} in master.cf: where saslauthd listens')
        contains(read('/srv/chroot/postfix/services'),
                 f' inet n - {"y" if said == "y" else "n"} - - smtpd"',
                 'and what the other ports do')


def greeting(port):
    try:
        with socket.create_connection((INSIDE, port), 5) as sock:
            return sock.recv(100)
    except OSError:
        return b''
