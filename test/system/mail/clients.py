"""What the mail system's users do: SMTP, IMAP and POP3 clients."""
import base64
import concurrent.futures
import glob
import itertools
import smtplib
import socket
import ssl
import subprocess
import time

from stack import HOST, VMAIL, layout_is, wait_until

INSIDE = '127.0.0.1'
_numbers = itertools.count()
# So many calls at once, for a wrong password costs five seconds.
at_once = 60


def outside():
    """An address outside mynetworks, a new one each time, so that limits on
    connections of one client don't matter."""
    number = next(_numbers)
    return f'127.1.{number // 250}.{number % 250 + 1}'


def tls():
    """A context that trusts the certificate made for this server only."""
    return ssl.create_default_context(cafile='/etc/postfix/smtpd.cert')


def together(function, arguments):
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda each: function(*each), arguments))


class Smtp(smtplib.SMTP):
    """A session that has said EHLO; starttls() checks the certificate."""

    def __init__(self, source=None, timeout=30, port=25):
        super().__init__(local_hostname='client.example.net', timeout=timeout,
                         source_address=(source or outside(), 0))
        self._host = HOST
        self.connect(INSIDE, port)
        self.ehlo()

    def _get_socket(self, host, port, timeout):
        """On port 465, TLS comes first."""
        sock = super()._get_socket(host, port, timeout)
        return tls().wrap_socket(sock, server_hostname=HOST) \
            if port == 465 else sock

    def __exit__(self, *_):
        try:
            self.docmd('QUIT')
        except (OSError, smtplib.SMTPException):
            pass  # the server has hung up, which is its right
        self.close()

    def login_plain(self, user, password):
        secret = f'\0{user}\0{password}'.encode()
        return self.docmd('AUTH PLAIN', base64.b64encode(secret).decode())[0]

    def secure(self):
        """STARTTLS, and the offers that hold from then on."""
        self.starttls(context=tls())
        self.ehlo()

    def offer(self, recipient, sender='someone@example.net'):
        """The answer to RCPT TO; the recipient as it stands, str or bytes."""
        self.docmd('RSET')
        self.docmd(f'MAIL FROM:<{sender}>')
        if isinstance(recipient, str):
            recipient = recipient.encode()
        self.sock.sendall(b'RCPT TO:<' + recipient + b'>\r\n')
        return self.getreply()


def smtp_login(user, password, port=587, source=None):
    """The answer's code: 235 logged in, 535 refused."""
    with Smtp(source, port=port) as session:
        if port == 587:
            session.secure()
        return session.login_plain(user, password)


def rcpt(recipient, timeout=30, **options):
    with Smtp(timeout=timeout) as session:
        return session.offer(recipient, **options)[0]


def send(recipient, token, source=None, login=None, port=587):
    """Send one message, as the user who logs in; the last answer's code."""
    with Smtp(source, port=port if login else 25) as session:
        sender = {}
        if login:
            if port == 587:
                session.secure()
            session.login_plain(*login)
            sender = {'sender': login[0]}
        code = session.offer(recipient, **sender)[0]
        if code != 250:
            return code
        return session.data(f'Subject: {token}\r\n\r\n{token}\r\n')[0]


def mails(maildir, token):
    """The files of a maildir, read or new, that have the token in them."""
    found = []
    folder = f'{VMAIL}/{maildir}'
    for path in glob.glob(folder + 'new/*') + glob.glob(folder + 'cur/*'):
        with open(path, encoding='utf-8', errors='replace') as mail:
            if token in mail.read():
                found.append(path)
    return found


def arrives(recipient, token, maildir, **options):
    """Sent, accepted, and in exactly one file of that maildir."""
    if send(recipient, token, **options) != 250:
        return False
    found = wait_until(lambda: mails(maildir, token))
    return found is not None and len(found) == 1


class Connection:
    """Lines over TCP, with TLS from the start or later."""

    def __init__(self, port, tls_first=False, source=None):
        self.sock = socket.create_connection((INSIDE, port), 30,
                                             (source or outside(), 0))
        self.file = None
        if tls_first:
            self.start_tls()
        else:
            self.file = self.sock.makefile('rb')
        self.greeting = self.file.readline()

    def start_tls(self):
        self.sock = tls().wrap_socket(self.sock, server_hostname=HOST)
        self.file = self.sock.makefile('rb')

    def line(self, line):
        self.sock.sendall(line + b'\r\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.sock.close()


class Imap(Connection):
    """mode: 'starttls', 'ssl' or 'plain'."""

    def __init__(self, mode='starttls', source=None):
        super().__init__(993 if mode == 'ssl' else 143, mode == 'ssl', source)
        if mode == 'starttls':
            self.command(b'STARTTLS')
            self.start_tls()

    def command(self, line, literal=None):
        """All lines up to the tagged answer; b'' if the server hung up."""
        self.line(b'a ' + line)
        answer = b''
        while True:
            line = self.file.readline()
            answer += line
            if line.startswith(b'+ ') and literal is not None:
                self.line(literal)
            elif line.startswith(b'a ') or not line:
                return answer

    def login(self, user, password):
        quoted = [text.encode().replace(b'\\', b'\\\\').replace(b'"', b'\\"')
                  for text in (user, password)]
        return self.command(b'LOGIN "%s" "%s"' % tuple(quoted))

    def append(self, size):
        mail = b'Subject: big\r\n\r\n' + b'x' * size
        return self.command(b'APPEND INBOX {%d}' % len(mail), mail)


def imap_login(user, password, mode='starttls', source=None):
    """OK, NO, or whatever word the answer begins with; RFC 5530's word for
    a NO that isn't final."""
    with Imap(mode, source) as session:
        answer = session.login(user, password).splitlines()
    if not answer:
        return 'closed'
    if b'[UNAVAILABLE]' in answer[-1]:
        return 'UNAVAILABLE'
    return answer[-1].split()[1].decode()


def pop3_login(user, password, mode='starttls'):
    """OK or the server's answer."""
    with Connection(995 if mode == 'ssl' else 110, mode == 'ssl') as session:
        def command(line):
            session.line(line)
            return session.file.readline().decode().strip()
        if mode == 'starttls':
            command(b'STLS')
            session.start_tls()
        answer = command(b'USER ' + user.encode())
        if answer.startswith('+OK'):
            answer = command(b'PASS ' + password.encode())
    return 'OK' if answer.startswith('+OK') else answer


def final(function, user, password):
    """The answer of a login; a server that says "not now" is asked again."""
    for _ in range(5):
        answer = function(user, password)
        if answer not in ('UNAVAILABLE', 'closed', 454):
            break
        time.sleep(2)
    return answer


def look_up(table, key):
    """What the map answers, complaints included; '' is not found.

    Through proxymap, which alone reads the database; but the table that
    only a patched Postfix has is not on its list.
    """
    proxy = '' if table == 'mailbox_limits' else 'proxy:'
    kind = 'pgsql' if layout_is('postgresql') else 'sqlite'
    # SIGPIPE stays ignored, as it is in the daemons: they ask again should
    # proxymap go away in the middle, for a reload.
    done = subprocess.run(
        ['postmap', '-q', key,
         f'{proxy}{kind}:/etc/postfix/{kind}-virtual_{table}.cf'],
        capture_output=True, text=True, timeout=60, restore_signals=False,
        check=False)
    if done.returncode == 0:
        return done.stdout.strip('\n')
    if done.returncode == 1:
        return done.stderr.strip('\n')
    return f'postmap ended with {done.returncode}'
