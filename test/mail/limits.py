"""One stranger with many connections, or many guesses, keeps nobody out.

"Nobody" is joe, who comes from another address, and logs in while it lasts.
"""
import contextlib
import socket
import time

from clients import (INSIDE, imap_login, outside, pop3_login, smtp_login,
                     together)
from login import JOE
from tap import equal, ok

# How a server begins; those with TLS first wait for the client.
GREETINGS = {25: b'220 ', 587: b'220 ', 465: None, 143: b'* OK', 993: None,
             110: b'+OK ', 995: None}
# Of each address. At 465 the limit counts only behind the TLS handshake.
AT_MOST = {port: 40 if port == 465 else 20 for port in GREETINGS}
FROM_HERE = 60
# How much longer a login may take than without strangers: less than what a
# wrong password takes.
SECONDS_MORE = 4


def check():
    for port, most in AT_MOST.items():
        with idle(port, 40, outside()) as held:
            equal(len(held), most,
                  f'port {port}: one address gets {most} of 40 connections')
            check_joe('and these keep nobody out')
    check_strangers()
    check_this_machine()
    check_guesses()


@contextlib.contextmanager
def idle(port, count, source):
    """Connections that say nothing: those that the server keeps."""
    with contextlib.ExitStack() as opened:
        socks = [opened.enter_context(socket.create_connection(
            (INSIDE, port), 10, (source, 0))) for _ in range(count)]
        yield [sock for sock in socks if kept(sock, GREETINGS[port])]


def kept(sock, greeting):
    """Who waits for the client to begin is patient; who doesn't, hangs up."""
    sock.settimeout(10 if greeting else 0.1)
    try:
        return sock.recv(4) == greeting
    except TimeoutError:
        return greeting is None
    except OSError:
        return False


def check_joe(what):
    """By each way in, at once."""
    answers = together(timed, [
        (lambda: smtp_login(*JOE),), (lambda: smtp_login(*JOE, port=465),),
        (lambda: imap_login(*JOE),), (lambda: imap_login(*JOE, mode='ssl'),),
        (lambda: pop3_login(*JOE),), (lambda: pop3_login(*JOE, mode='ssl'),)])
    equal([answer for answer, _ in answers],
          [235, 235, 'OK', 'OK', 'OK', 'OK'], what)
    in_time(max(took for _, took in answers), 'nor waiting')


def in_time(took, what):
    """Against how long a login takes here and now."""
    calm = max(timed(lambda: smtp_login(*JOE))[1] for _ in range(2))
    ok(took < calm + SECONDS_MORE, f'{what}: {took:.1f} s, else {calm:.1f} s')


def timed(login):
    begin = time.monotonic()
    try:
        answer = login()
    except OSError as why:
        answer = repr(why)
    return answer, time.monotonic() - begin


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
    """One after the other at once, as a botnet's member does."""
    source = outside()
    calls = [(lambda: smtp_login(JOE[0], 'wrong', source=source),)] * 19 + \
        [(joe_in_a_moment,)]
    *guesses, joe = together(lambda call: call(), calls)
    equal(sorted(guesses).count(535), 10,
          f'of 19 guesses a minute, ten are heard: {sorted(guesses)}')
    equal(joe[0], 235, 'and nobody is kept out')
    in_time(joe[1], 'nor waits for a stranger')
    calls = [(lambda: imap_login(JOE[0], 'wrong', source=source),)] * 20 + \
        [(joe_in_a_moment,)]
    *_, joe = together(lambda call: call(), calls)
    equal(joe[0], 235, 'nor by one who guesses by IMAP')
    in_time(joe[1], 'and nobody waits for that one')
    check_joe('and all is as before')


def joe_in_a_moment():
    time.sleep(1)
    return timed(lambda: smtp_login(*JOE))
