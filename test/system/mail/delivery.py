"""Where mail from outside ends up, and what is refused."""
import os
import pwd
import socketserver
import ssl
import stat
import threading

import clients
from clients import INSIDE, arrives, mails, rcpt, send, wait_until
from stack import VMAIL
from tap import equal, ok

JOE = 'example.com/joe/'
ANNA = 'example.com/anna/'
relayed = []


def check():
    start_other_server()
    check_mailboxes()
    check_refusals()
    check_forwardings()
    check_relaying()


def check_mailboxes():
    ok(arrives('joe@example.com', 'token-plain', JOE),
       'mail from outside arrives in VMAIL/domain/user/new')
    check_ownership(mails(JOE, 'token-plain')[0])
    ok(arrives('JOE@Example.COM', 'token-upper', JOE),
       'an upper-case recipient is the same user')
    ok(arrives('joe+lists@example.com', 'token-plus', JOE),
       'joe+lists is delivered to joe')
    ok(arrives('o.k-a_y@example.com', 'token-marks',
               'example.com/o.k-a_y/'), 'dots, hyphens and underscores')
    tops = sorted(os.listdir(VMAIL))
    equal(tops, ['example.com'], 'nothing else was made in VMAIL')


def check_ownership(path):
    status = os.stat(path)
    equal(pwd.getpwuid(status.st_uid).pw_name, 'vmail',
          'the mail belongs to vmail')
    equal(stat.S_IMODE(status.st_mode) & 0o077, 0, 'and only vmail reads it')


def check_refusals():
    equal(rcpt('nobody@example.com'), 550, 'an unknown user is refused: 550')
    equal(rcpt('friend@example.net'), 554,
          'no relay: a foreign domain is refused: 554')
    equal(rcpt('friend%example.net@example.com'), 554,
          'no relay by user%domain')
    equal(rcpt('@example.com:friend@example.net'), 554,
          'no relay by source route')
    equal(rcpt('friend@example.net', sender='joe@example.com'), 554,
          'no relay for a sender that is one of ours')
    with clients.Smtp() as session:
        ok(session.docmd('VRFY joe@example.com')[0] >= 500,
           'VRFY tells nothing')


def check_forwardings():
    ok(arrives('info@example.com', 'token-forward', JOE), 'a forwarding')
    ok(arrives('both@example.com', 'token-both', JOE) and
       wait_until(lambda: mails(ANNA, 'token-both')),
       'a forwarding to two users')
    ok(arrives('anna@example.com', 'token-copy', ANNA) and
       wait_until(lambda: mails(JOE, 'token-copy')),
       'a user who forwards and keeps a copy')
    ok(arrives('anyone@catch.example', 'token-catch', JOE), 'a catch-all')
    ok(arrives('real@catch.example', 'token-real', 'catch.example/real/'),
       'a real user of a domain with a catch-all keeps her mail')
    equal(mails(JOE, 'token-real'), [], 'which the catch-all does not get')
    send('away@example.com', 'token-away')
    ok(wait_until(lambda: 'token-away' in ''.join(relayed)),
       'a forwarding to another server, by the transport table')


def check_relaying():
    send('friend@example.net', 'token-inside', source=INSIDE)
    ok(wait_until(lambda: 'token-inside' in ''.join(relayed)),
       'this machine may send elsewhere; the transport table says how')
    ok(all(mail.startswith('by TLS\n') for mail in relayed),
       'by TLS, where the other server has it')
    send('friend@example.net', 'token-user',
         login=('joe@example.com', 'correct horse'))
    ok(wait_until(lambda: 'token-user' in ''.join(relayed)),
       'a user who has logged in may send elsewhere')


class OtherServer(socketserver.StreamRequestHandler):
    """Another mail server, which takes everything, and offers TLS. How each
    mail came is its first line."""

    def handle(self):
        self.say(220)
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b'EHLO':
                self.wfile.write(b'250-other.example.net\r\n250 STARTTLS\r\n')
                continue
            if word == b'STAR':
                self.say(220)
                self.start_tls()
                continue
            if word == b'DATA':
                self.say(354)
                relayed.append(self.how() + self.read_mail())
            self.say(221 if word == b'QUIT' else 250)
            if word == b'QUIT':
                break

    def start_tls(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain('/etc/postfix/smtpd.cert',
                                '/etc/postfix/smtpd.key')
        self.connection = context.wrap_socket(self.connection,
                                              server_side=True)
        self.rfile = self.connection.makefile('rb')
        self.wfile = self.connection.makefile('wb', 0)

    def how(self):
        return 'by TLS\n' if hasattr(self.connection, 'cipher') else ''

    def say(self, code):
        self.wfile.write(b'%d other.example.net\r\n' % code)

    def read_mail(self):
        lines = []
        for line in self.rfile:
            if line == b'.\r\n':
                break
            lines.append(line.decode(errors='replace'))
        return ''.join(lines)


def start_other_server():
    server = socketserver.ThreadingTCPServer((INSIDE, 2525), OtherServer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
