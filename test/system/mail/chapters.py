"""The chapters on mail servers: their commands, in their order.

Not run: what installs packages and the extension (they are there, and the
host is not to change). systemctl is this folder's.
"""
import os
import re
import subprocess

import docs
import stack
from clients import mails, wait_until
from tap import contains, diag, ok

LEFT_OUT = re.compile(r'apt-get |make$|make install$')
LIBRARY = '/srv/sources/mailfunc_busy.so'
# As make install puts them there. Only some may be run by their names here.
PLACES = [(re.compile('^/usr/share/mailfunc/', re.M), 'sh sql/'),
          (re.compile('/usr/share/mailfunc/'), 'sql/')]
AS_SHELL = "sqlite3 -bail /srv/mail/mail.db <<'END'\n.load mailfunc\n{}END\n"
SYSTEMCTL = 'systemctl() { sh test/system/mail/systemctl "$@"; }\n'
# As make install would find it, on the library that was built with it.
MAILUSER = """mailuser() {
    MAILFUNC=/srv/sources/mailfunc.so /srv/sources/mailuser "$@"
}
"""


def blocks(chapter, steps=''):
    """A chapter's sh blocks, and its sql blocks as the shell runs them; all,
    or those of the steps whose numbers are given."""
    parts = re.split(r'^### ', docs.chapter(chapter), flags=re.M)
    return [AS_SHELL.format(text) if language == 'sql' else text
            for part in parts if not steps or part[0] in steps
            for language, text in docs.blocks(part, 'sh', 'sql')]


def script(several):
    """All blocks in one shell, with a line before each. The library is where
    it was built."""
    text = 'set -eu\n' + SYSTEMCTL + MAILUSER
    for number, block in enumerate(several):
        lines = [line for line in block.splitlines()
                 if not LEFT_OUT.match(line)]
        text += f'echo "### {number}"\n' + '\n'.join(lines) + '\n'
    return from_sources(text).replace(
        'PRELOAD=yes', f'PRELOAD={LIBRARY}') + 'echo "### done"\n'


def from_sources(text):
    """With the scripts of this folder, as if these were installed."""
    for installed, here in PLACES:
        text = installed.sub(here, text)
    return text


def prepare():
    """As the packages leave a machine; a folder with the sources in it."""
    stack.shell("""
        rm -f /etc/postfix/main.cf
        install -d /run/lock /srv/sources /etc/cron.d /etc/systemd/system
        cp -a Makefile README.md doc sql test mailfunc.so /srv/sources/
        install -m 0644 mailfunc_busy.so /srv/sources/
        install "${BUILD:-build}/mailuser" /srv/sources/
    """)
    # Where ".load mailfunc" finds what is not installed.
    os.environ['LD_LIBRARY_PATH'] = '/srv/sources'


def run_blocks(several):
    """Each block's output, up to the one that failed."""
    done = subprocess.run(['bash', '-c', script(several)], cwd='/srv/sources',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=300, check=False)
    outputs = re.split(r'^### .*\n', done.stdout, flags=re.M)[1:]
    for number, block in enumerate(several):
        what = block.splitlines()[0][:60]
        if not ok(number + 1 < len(outputs), f'as it stands: {what}'):
            diag(block)
            diag(outputs[number] if number < len(outputs) else 'not reached')
    return '\n'.join(outputs)


def check_first_login(output):
    """What step 7 of either chapter shows."""
    contains(output, '\nexample.com/joe/\n', 'postmap found the maildir')
    contains(output, '* LIST', 'curl listed the folders by IMAP')
    contains(output, '235 2.7.0 Authentication successful',
             'swaks logged in')
    ok(wait_until(lambda: mails('example.com/joe/', 'someone@example.net')),
       'the mail from outside is in the maildir')
    ok(wait_until(lambda: mails('example.com/anna/', 'joe@example.com')),
       'the mail from joe to anna, too')


def run_again(block):
    stack.run('bash', '-c', script([block]), cwd='/srv/sources')
