"""Ports 587 and 465: who logs in sends as himself. Port 25: no passwords."""
import socket
import ssl

import clients
import delivery
from clients import (HOST, INSIDE, Smtp, arrives, send,
                     wait_until)
from tap import contains, equal, ok

JOE = ('joe@example.com', 'correct horse')
ANNA = ('anna@example.com', 'pässwörd €')
QUOTE = ('quote@example.com', 'it\'s a "quoted" \\ one')
# As this user, from this sender: taken?
SENDERS = [
    (JOE, 'joe@example.com', True),
    (('JOE@Example.COM', JOE[1]), 'joe@example.com', True),
    (JOE, 'Joe@EXAMPLE.com', True),
    (JOE, 'joe+lists@example.com', True),
    (JOE, '', True),
    (JOE, 'info@example.com', True),
    (JOE, 'info+x@example.com', True),
    (JOE, 'both@example.com', True),
    (ANNA, 'both@example.com', True),
    (JOE, 'joe@alias.org', True),
    (JOE, 'joe+x@alias.org', True),
    (JOE, 'info@alias.org', True),
    (JOE, 'anyone@catch.example', True),
    (QUOTE, 'sales@alias.org', True),
    # She forwards a copy to him.
    (JOE, 'anna@example.com', False),
    (JOE, 'anna+x@example.com', False),
    (JOE, 'anna@alias.org', False),
    (ANNA, 'joe@example.com', False),
    (ANNA, 'info@example.com', False),
    (ANNA, 'info@alias.org', False),
    (JOE, 'sales@alias.org', False),
    (JOE, 'own@alias.org', False),
    (JOE, 'real@catch.example', False),
    (JOE, 'gone@catch.example', False),
    (JOE, 'nobody@example.com', False),
    (JOE, 'joe@second.example', False),
    (JOE, 'joe@example.net', False),
    (JOE, 'joe', False),
    (JOE, "x'or'1'='1@example.com", False),
    (('anyonejoe@example.com', 'no trap'), 'anyone@catch.example', False),
]


def check():
    check_port_25()
    check_before_tls()
    for port in [587, 465]:
        check_strangers(port)
        check_senders(port)
        check_mail(port)
    check_old_tls()


def session(port, source=None):
    opened = Smtp(source, port=port)
    if port != 465:
        opened.secure()
    return opened


def check_port_25():
    with Smtp() as plain:
        ok(not plain.has_extn('auth'), 'port 25 offers no AUTH')
        equal(plain.login_plain(*JOE), 503, 'and takes none')
        plain.secure()
        ok(not plain.has_extn('auth'), 'over TLS neither')
        equal(plain.login_plain(*JOE), 503, 'nor takes any')
        equal(plain.offer('joe@example.com', sender='anna@example.com')[0],
              250, 'mail for us comes in from whomever it says')
    with session(25, INSIDE) as inside:
        ok(not inside.has_extn('auth'), 'nor for this machine')


def check_before_tls():
    with Smtp(port=587) as plain:
        ok(plain.has_extn('starttls') and not plain.has_extn('auth'),
           '587 offers STARTTLS, and AUTH only after it')
        equal(plain.login_plain(*JOE), 530, 'a password before: refused')
        equal(plain.docmd('MAIL FROM:<joe@example.com>')[0], 530,
              'and everything else')
    ok(not answers_plainly(465), '465 answers nobody without TLS')


def answers_plainly(port):
    with socket.create_connection((INSIDE, port), 30) as plain:
        plain.sendall(b'EHLO client.example.net\r\n')
        try:
            return plain.recv(100)[:3].isdigit()
        except ConnectionError:
            return False


def check_strangers(port):
    for source in [None, INSIDE]:
        with session(port, source) as stranger:
            equal(sorted(stranger.esmtp_features['auth'].split()),
                  ['LOGIN', 'PLAIN'], f'{port} offers AUTH over TLS')
            for recipient in ['joe@example.com', 'friend@example.net']:
                code = stranger.offer(recipient)[0]
                equal(code, 554, f'{port}: no mail to {recipient} without a '
                      'login, from ' + (source or 'outside'))
            stranger.docmd('RSET')
            equal(stranger.login_plain(JOE[0], 'wrong'), 535,
                  f'{port}: a wrong password')
            equal(stranger.offer('joe@example.com', sender=JOE[0])[0], 554,
                  f'{port}: is as good as none')


def check_senders(port):
    for login in dict.fromkeys(login for login, _, _ in SENDERS):
        with session(port) as user:
            equal(user.login_plain(*login), 235, f'{port}: {login[0]}')
            for sender, good in [row[1:] for row in SENDERS
                                 if row[0] == login]:
                code, text = user.offer('friend@example.net', sender=sender)
                if good:
                    equal(code, 250, f'  may send as {sender or "nobody"}')
                else:
                    equal((code, b'not owned by user' in text), (553, True),
                          f'  may not send as {sender}')


def check_mail(port):
    """Out, in, and what is refused at once."""
    token = f'token-{port}-out'
    equal(send('friend@example.net', token, login=JOE, port=port), 250,
          f'{port}: mail for elsewhere is taken')
    ok(wait_until(lambda: token in ''.join(delivery.relayed)),
       'and goes out')
    ok(arrives('anna@example.com', f'token-{port}-in', 'example.com/anna/',
               login=JOE, port=port), f'{port}: mail for a colleague')
    with session(port) as user:
        user.login_plain(*JOE)
        equal(user.offer('nobody@example.com', sender=JOE[0])[0], 550,
              f'{port}: an unknown colleague is refused at once')
        contains(user.offer('gone@example.com', sender=JOE[0]), '5.2.1',
                 f'{port}: a disabled one, too')


# What a client says before TLS, and the servers that want it.
UPGRADES = {25: [b'EHLO x', b'STARTTLS'], 587: [b'EHLO x', b'STARTTLS'],
            143: [b'a STARTTLS'], 110: [b'STLS'], 465: [], 993: [], 995: []}
VERSIONS = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1,
            ssl.TLSVersion.TLSv1_2]


def check_old_tls():
    """By a client that takes the old ones, too."""
    for port in UPGRADES:
        equal([speaks(version, port) for version in VERSIONS],
              [False, False, True], f'{port}: TLS 1.2, and none older')


def speaks(version, port):
    context = clients.tls()
    context.set_ciphers('ALL:@SECLEVEL=0')
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((INSIDE, port), 30,
                                  (clients.outside(), 0)) as sock:
        for line in UPGRADES[port]:
            sock.recv(4096)
            sock.sendall(line + b'\r\n')
        if UPGRADES[port]:
            sock.recv(4096)
        try:
            context.wrap_socket(sock, server_hostname=HOST).close()
            return True
        except OSError:
            return False
