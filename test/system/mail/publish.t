#!/usr/bin/python3 -B
"""What publish.sh tells a running Postfix, and when it tells it again; what it
says where it can't. Run as cron runs it, with a PATH that has no sbin. And
the folder that saslauthd's unit makes for its socket."""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import private
import stack
import tap
from clients import look_up
from stack import DB, MAPS, run, sql, wait_until

USER = 'joe@example.com'
ROWS = f"""
INSERT INTO domains VALUES ('example.com');
INSERT INTO users(email, password) VALUES ('{USER}', 'x');"""
PROXYMAP = '/usr/lib/postfix/sbin/proxymap'
MAIN_CF = '/etc/postfix/main.cf'


def cron(*arguments):
    """What publish.sh says, on standard error alone, and its status."""
    done = subprocess.run(
        ['/bin/sh', 'sql/publish.sh', *(arguments or (DB, MAPS))],
        env={'PATH': '/usr/bin:/bin', 'SHELL': '/bin/sh', 'HOME': '/root'},
        capture_output=True, text=True, timeout=90, check=False)
    if done.stdout:
        tap.give_up(f'publish.sh: on standard output\n{done.stdout}')
    return done.stderr, done.returncode


def move(maildir):
    """A change that Postfix must be told of, not yet published."""
    sql(f"UPDATE users SET maildir = '{maildir}'", publish=False)


def postfix_says(maildir):
    """Through proxymap, which has the copy open."""
    return wait_until(lambda: look_up('mailboxes', USER) == maildir)


def check_told():
    tap.ok(postfix_says('example.com/joe/'), 'Postfix reads the copy')
    move('new/joe/')
    tap.equal(cron(), ('', 0), "published with cron's PATH")
    tap.ok(postfix_says('new/joe/'), 'and Postfix reads the new copy')


def rename_unseen():
    """A new copy that Postfix wasn't told of, as by an older publish.sh."""
    run('sh', '-euc', f'''
        cp -p {MAPS} {MAPS}.moved
        sqlite3 {MAPS}.moved "UPDATE users SET maildir = 'unseen/'"
        mv {MAPS}.moved {MAPS}''')


def readers():
    """Processes that have an older copy open."""
    return run('sh', '-c', 'find /proc/[0-9]*/fd -lname '
               f"'{MAPS} (deleted)' 2>/dev/null || true").split()


def check_told_again():
    sql("UPDATE users SET maildir = 'unseen/'", publish=False)
    rename_unseen()
    tap.ok(readers(), 'a copy was renamed, and Postfix was not told')
    tap.equal(cron(), ('', 0), 'published again')
    tap.ok(postfix_says('unseen/'), 'and Postfix is told')
    tap.ok(wait_until(lambda: not readers()), 'nobody reads the old one')
    before = private_log_lines('reload')
    sql("UPDATE users SET password = 'y'", publish=False)
    tap.equal([cron(), cron()], [('', 0)] * 2, 'nothing that concerns Postfix')
    tap.equal(private_log_lines('reload'), before, 'and it is left alone')


def private_log_lines(part):
    return sum(part in line for line in private.log_text().splitlines())


def check_held_by_others():
    """A reader that isn't Postfix's is no reason to tell Postfix."""
    with open(MAPS, 'rb'):
        move('others/joe/')
        cron()
        tap.ok(wait_until(lambda: len(readers()) == 1),
               'somebody else has an old copy open')
        before = private_log_lines('reload')
        sql("UPDATE users SET password = 'z'", publish=False)
        tap.equal(cron(), ('', 0), 'nothing that concerns Postfix')
        tap.equal(private_log_lines('reload'), before,
                  'and Postfix is left alone')
    tap.ok(postfix_says('others/joe/'), 'it has the new one')


def check_failed(what, begin, end):
    """It can't be told: that is said until it can."""
    with open(MAIN_CF, encoding='utf-8') as file:
        good = file.read()
    failed = (f"publish: {MAPS} is new, but Postfix can't be told, "
              'see its log\n', 1)
    move(f'{what}/')
    run('sh', '-c', begin)
    tap.equal(cron(), failed, f'{what}: that is said, with status 1')
    tap.equal(cron(), failed, f'{what}: and once more, while it lasts')
    run('sh', '-c', end)
    with open(MAIN_CF, 'w', encoding='utf-8') as file:
        file.write(good)
    tap.equal(cron(), ('', 0), f'{what}: the next one makes up for it')
    tap.ok(postfix_says(f'{what}/'), f'{what}: Postfix reads the new copy')
    before = private_log_lines('reload')
    tap.equal(cron(), ('', 0), f'{what}: and then there is nothing to do')
    tap.equal(private_log_lines('reload'), before,
              f'{what}: for Postfix either')


def check_stopped():
    run('postfix', 'stop')
    move('stopped/joe/')
    tap.equal(cron(), ('', 0), 'published while Postfix is not running')
    run('sh', 'test/system/mail/systemctl', 'restart', 'postfix')
    tap.ok(postfix_says('stopped/joe/'), 'it reads that copy when it runs')


def check_saslauthd():
    """The folder, its owner and mode: postfix, in group sasl, gets to the
    socket, and nobody else does."""
    with open(stack.CONFIG + '/systemd/saslauthd.conf',
              encoding='utf-8') as file:
        unit = file.read()
    folder = '/var/run/saslauthd'
    before = [line for line in unit.splitlines()
              if line.startswith('ExecStartPre=')]
    tap.equal(len(before), 1, 'saslauthd: one command comes before it')
    run('rm', '-rf', folder)
    run('sh', '-c', before[0].partition('=')[2])
    tap.equal(run('stat', '-c', '%U:%G %a', folder).strip(), 'root:sasl 710',
              'it makes the folder for root and sasl')
    run('sh', 'test/system/mail/systemctl', 'restart', 'saslauthd')
    tap.contains(unit, f'PIDFile={folder}/saslauthd.pid\n',
                 'the unit knows the file')
    tap.ok(wait_until(lambda: os.path.exists(folder + '/saslauthd.pid')),
           'that saslauthd writes')
    with open('sql/default/saslauthd', encoding='utf-8') as file:
        threads = int(re.search(r'^THREADS=(\d+)$', file.read(), re.M)[1])
    tap.ok(wait_until(lambda: count_saslauthd() == threads),
           f'{threads} processes')
    tap.ok(can_ask('postfix'), 'postfix may ask it')
    tap.ok(not can_ask('nobody'), 'nobody else may')


def count_saslauthd():
    return len(run('sh', '-c', "grep -lx saslauthd /proc/[0-9]*/comm "
                   '2>/dev/null || true').split())


def can_ask(user):
    """The answer is NO: there is no IMAP server. What counts is one."""
    said = run('runuser', '-u', user, '--', 'testsaslauthd', '-u', USER,
               '-p', 'x', check=False)
    return 'NO' in said


def main():
    private.enter()
    stack.layout = 'published'
    stack.make_accounts()
    stack.make_certificate()
    stack.make_database(ROWS)
    stack.configure('n', '')
    run('sh', 'test/system/mail/systemctl', 'restart', 'postfix')
    check_told()
    check_told_again()
    check_held_by_others()
    check_failed('no-reload', 'mount --bind /bin/false /usr/sbin/postsuper',
                 'umount /usr/sbin/postsuper')
    check_failed('main.cf', f'echo mail_owner = root >>{MAIN_CF}', 'true')
    check_stopped()
    check_saslauthd()


main()
tap.finish()
