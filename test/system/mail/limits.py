"""One stranger with many connections, or many guesses, keeps nobody out.

"Nobody" is joe, who comes from another address, and logs in while it lasts.
"""
import contextlib
import glob
import socket
import time

from clients import (INSIDE, imap_login, outside, pop3_login, smtp_login,
                     together, wait_until)
from login import JOE
from stack import reader_is
from tap import diag, equal

# How a server begins; those with TLS first wait for the client.
GREETINGS = {25: b'220 ', 587: b'220 ', 465: None, 143: b'* OK', 993: None,
             110: b'+OK ', 995: None}
# Of each address. At 465 the limit counts only behind the TLS handshake.
AT_MOST = {port: 40 if port == 465 else 20 for port in GREETINGS}
COURIERS = [143, 993, 110, 995]
FROM_HERE = 60
# More than Dovecot has processes for, by its own settings.
MANY = 300


def check():
    show(max(took for _, took in log_in()), 'no stranger')
    for port, most in AT_MOST.items():
        if reader_is('dovecot') and port in COURIERS:
            check_many(port)
            continue
        with idle(port, 40, outside()) as held:
            equal(len(held), most,
                  f'port {port}: one address gets {most} of 40 connections')
            check_joe('and these keep nobody out')
    if reader_is('courier'):
        check_strangers()
        check_this_machine()
    check_guesses()


@contextlib.contextmanager
def idle(port, count, source):
    """Connections that say nothing: those that the server keeps."""
    with contextlib.ExitStack() as opened:
        socks = [opened.enter_context(socket.create_connection(
            (INSIDE, port), 10, (source, 0))) for _ in range(count)]
        if GREETINGS[port]:
            yield [sock for sock in socks if greeted(sock, GREETINGS[port])]
        else:
            wait_until(lambda: sum(map(kept, socks)) == AT_MOST[port], 2)
            # Starting as many processes takes its time, too.
            wait_until(lambda: port != 465 or
                       processes(b'submissions') >= AT_MOST[port])
            yield [sock for sock in socks if kept(sock)]


def processes(service):
    """Of Postfix, for this service."""
    found = 0
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            with open(path, 'rb') as file:
                found += file.read().startswith(b'smtpd\0-n\0' + service)
        except OSError:
            pass  # it has just ended
    return found


def greeted(sock, greeting):
    try:
        return sock.recv(4) == greeting
    except OSError:
        return False


def kept(sock):
    """The server waits for the client to begin; else it has hung up."""
    sock.setblocking(False)
    try:
        sock.recv(4)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def check_joe(what):
    answers = log_in()
    equal([answer for answer, _ in answers],
          [235, 235, 'OK', 'OK', 'OK', 'OK'], what)
    show(max(took for _, took in answers), what)


def log_in():
    """By each way in, at once."""
    return together(timed, [
        (lambda: smtp_login(*JOE),), (lambda: smtp_login(*JOE, port=465),),
        (lambda: imap_login(*JOE),), (lambda: imap_login(*JOE, mode='ssl'),),
        (lambda: pop3_login(*JOE),), (lambda: pop3_login(*JOE, mode='ssl'),)])


def show(took, what):
    diag(f'{what}: {took:.1f} s to log in')


def timed(login):
    begin = time.monotonic()
    try:
        answer = login()
    except OSError as why:
        answer = repr(why)
    return answer, time.monotonic() - begin


def check_many(port):
    """Dovecot has no limit for one address: each gets what it wants."""
    with idle(port, MANY, outside()):
        check_joe(f'port {port}: {MANY} connections of one address keep nobody'
                  ' out')


def check_strangers():
    """As many as Debian's own limit has room for, and more."""
    with contextlib.ExitStack() as opened:
        for _ in range(4):
            opened.enter_context(idle(143, 20, outside()))
        check_joe('four strangers keep nobody out either')


def check_this_machine():
    """Where all of saslauthd's logins come from, and webmail's."""
    with idle(143, FROM_HERE + 10, INSIDE) as held:
        equal(len(held), FROM_HERE, f'this machine gets {FROM_HERE}')


def check_guesses():
    """All at once. By SMTP each wrong one holds a saslauthd for 5 s; by IMAP
    the stranger's own process waits."""
    source = outside()
    calls = [(lambda: smtp_login(JOE[0], 'wrong', source=source),)] * 19 + \
        [(joe_in_a_moment,)]
    *guesses, joe = together(lambda call: call(), calls)
    equal(sorted(guesses).count(535), 10,
          f'of 19 guesses a minute, ten are heard: {sorted(guesses)}')
    equal(joe[0], 235, 'and nobody is kept out')
    show(joe[1], 'while strangers guess')
    calls = [(lambda: imap_login(JOE[0], 'wrong', source=source),)] * 20 + \
        [(joe_in_a_moment,)]
    *_, joe = together(lambda call: call(), calls)
    equal(joe[0], 235, 'nor by one who guesses by IMAP')
    check_joe('and all is as before')


def joe_in_a_moment():
    time.sleep(1)
    return timed(lambda: smtp_login(*JOE))
