#!/usr/bin/python3 -B
"""README's chapter on the mail server, each command in its order.

Not run: what installs packages and the extension (they are there, and the
host is not to change). systemctl is this folder's.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import private
import stack
from clients import mails, wait_until
from stack import run
from tap import contains, diag, equal, finish, give_up, ok

CHAPTER = 'A mail server from nothing'
LEFT_OUT = re.compile(r'apt-get install|make$|make install$')
INSTALLED = '/usr/share/mailfunc'
SYSTEMCTL = 'systemctl() { sh test/mail/systemctl "$@"; }\n'


def commands():
    """The chapter's sh blocks."""
    text = ''
    for name in ['README.md', 'doc-mail.md']:
        if os.path.exists(name):
            with open(name, encoding='utf-8') as file:
                text += file.read()
    chapter = re.search(rf'^## {CHAPTER}\n(.*?)(^## |\Z)', text, re.M | re.S)
    if not chapter:
        give_up('README has no such chapter')
    return re.findall(r'^```sh\n(.*?)^```', chapter[1], re.M | re.S)


def script(blocks):
    """All blocks in one shell, with a line before each."""
    text = 'set -eu\n' + SYSTEMCTL
    for number, block in enumerate(blocks):
        lines = [line for line in block.splitlines()
                 if not LEFT_OUT.match(line)]
        text += f'echo "### {number}"\n' + '\n'.join(lines) + '\n'
    return text.replace(INSTALLED + '/', 'sh sql/') + 'echo "### done"\n'


def prepare():
    """As the packages leave a machine; a folder with the sources in it."""
    stack.shell("""
        rm -f /etc/postfix/main.cf
        install -d -o root -g courier -m 0775 /run/courier
        install -d -o courier -g courier -m 0750 /run/courier/authdaemon
        install -d /run/lock /srv/sources /etc/cron.d /etc/systemd/system
        cp -a Makefile sql test mailfunc.so /srv/sources/
    """)
    # Where ".load mailfunc" finds what is not installed.
    os.environ['LD_LIBRARY_PATH'] = '/srv/sources'


def run_blocks(blocks):
    """Each block's output, up to the one that failed."""
    done = subprocess.run(['bash', '-c', script(blocks)], cwd='/srv/sources',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=90, check=False)
    outputs = re.split(r'^### .*\n', done.stdout, flags=re.M)[1:]
    for number, block in enumerate(blocks):
        what = block.splitlines()[0][:60]
        if not ok(number + 1 < len(outputs), f'README: {what}'):
            diag(block)
            diag(outputs[number] if number < len(outputs) else 'not reached')
    return '\n'.join(outputs)


def check_outcome(output):
    contains(output, 'Authentication succeeded', 'authtest logged in')
    contains(output, 'Maildir: example.com/joe/', 'and knows the maildir')
    contains(output, '\nexample.com/joe/\n', 'postmap found the maildir')
    contains(output, '* LIST', 'curl listed the folders by IMAP')
    contains(output, '235 2.7.0 Authentication successful',
             'swaks logged in')
    ok(wait_until(lambda: mails('example.com/joe/', 'someone@example.net')),
       'the mail from outside is in the maildir')
    ok(wait_until(lambda: mails('example.com/anna/', 'joe@example.com')),
       'the mail from joe to anna, too')
    contains(run('runuser', '-u', 'postfix', '--', 'sqlite3',
                 '/srv/mail/mail.db', '.tables', check=False),
             'unable to open', 'after the change the database is out of reach')
    equal(run('postmap', '-q', 'anna@example.com', 'proxy:sqlite:'
              '/etc/postfix/sqlite-virtual_mailboxes.cf', check=False),
          'example.com/anna/\n', 'and the published copy answers')
    ok('fatal' not in private.log_text(), 'no daemon complained')


private.enter()
found = commands()
prepare()
check_outcome(run_blocks(found))
finish()
