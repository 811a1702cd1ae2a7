"""Memory and times, printed for the reader."""
import glob
import os
import time

from clients import Smtp, arrives, imap_login, pop3_login, smtp_login
from tap import diag, ok

JOE = ('joe@example.com', 'correct horse')


def check():
    """Right after the whole test: every daemon has worked."""
    kib = {kind: memory(kind) for kind in ('Rss', 'Pss')}
    diag(f'memory of the whole system: {len(daemons())} processes, '
         f'{kib["Pss"] / 1024:.0f} MiB (shared pages once), '
         f'{kib["Rss"] / 1024:.0f} MiB (sum of resident sizes)')
    ok(kib['Pss'] < 200 * 1024, 'the whole system needs less than 200 MiB')
    show('IMAP login over STARTTLS', lambda: imap_login(*JOE))
    show('POP3 login over STARTTLS', lambda: pop3_login(*JOE))
    show('SMTP AUTH over STARTTLS', lambda: smtp_login(*JOE))
    show('a delivery, from connection to maildir', deliver)
    with Smtp() as session:
        session.docmd('MAIL FROM:<x@example.net>')
        # Another extension each time: smtpd remembers the last answers.
        show('RCPT TO (a handful of look-ups)', lambda: session.docmd(
            f'RCPT TO:<joe+{next(_numbers)}@example.com>'), 50)


def daemons():
    """All processes here but this program and the shell that started it."""
    return [path for path in glob.glob('/proc/[0-9]*/smaps_rollup')
            if path.split('/')[2] not in ('1', str(os.getpid()))]


def memory(kind):
    total = 0
    for path in daemons():
        try:
            with open(path, encoding='ascii') as rollup:
                total += sum(int(line.split()[1]) for line in rollup
                             if line.startswith(kind + ':'))
        except OSError:
            pass  # a process that has just ended
    return total


_numbers = iter(range(1000))


def deliver():
    arrives('joe@example.com', f'figure-{next(_numbers)}.',
            'example.com/joe/')


def show(what, action, times=10):
    best = worst = None
    for _ in range(times):
        begin = time.perf_counter()
        action()
        took = (time.perf_counter() - begin) * 1000
        best = took if best is None else min(best, took)
        worst = took if worst is None else max(worst, took)
    diag(f'{what}: {best:.1f} to {worst:.1f} ms')
