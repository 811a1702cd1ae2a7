#!/usr/bin/python3 -B
"""mailuser as a person sees it: in a real terminal, by tmux. What is typed at
the prompt isn't shown, and the echo is back however it ends."""
import os
import pty
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

from run import (BINARY, DB, DIR, ENVIRONMENT, JOE, content, fresh, mailuser,
                 verifies)
from tap import equal, finish, ok

TMUX = ['tmux', '-S', DIR + '/tmux', '-f', '/dev/null']


def tmux(*words):
    return subprocess.run([*TMUX, *words], env=ENVIRONMENT, check=True,
                          capture_output=True, text=True).stdout


def screen():
    """All that was ever on it."""
    return tmux('capture-pane', '-pJS', '-').rstrip()


def wait_for(text, what, seconds=20):
    """The last line that isn't empty ends so."""
    end = time.time() + seconds
    while time.time() < end:
        if screen().endswith(text):
            ok(True, what)
            return
        time.sleep(0.05)
    ok(False, what)
    print('# ' + screen().replace('\n', '\n# '))


def typed(text, enter=True):
    """As a person types it: no key has a meaning but Enter."""
    if text:
        tmux('send-keys', '-l', '--', text)
    if enter:
        tmux('send-keys', 'Enter')


def command(line):
    tmux('send-keys', '-R')
    tmux('clear-history')
    typed(f'clear; mailuser {line}; echo "status $?"')


def shell_is_well(what):
    """The echo is on, and what is typed is seen."""
    typed('clear; stty -a | grep -ow -- "-\\?echo"')
    wait_for('echo\n$', f'{what}: stty has an answer')
    equal(screen(), 'echo\n$', f'{what}: the echo is on')
    typed('true seen', enter=False)
    wait_for('$ true seen', f'{what}: what is typed is seen')
    typed('')


def check_passwd():
    command('passwd joe@example.com')
    wait_for('New password for joe@example.com:', 'a prompt')
    typed("it's $new \u00fc --")
    wait_for('Again:', 'and again')
    typed("it's $new \u00fc --")
    wait_for('user joe@example.com: has a new password\nstatus 0\n$',
             'it is changed')
    ok('$new' not in screen().replace('passwd', '') and
       '*' not in screen(), 'and not a character is on the screen')
    ok(verifies('joe@example.com', "it's $new \u00fc --"), 'to that one')
    shell_is_well('passwd')
    command('check joe@example.com')
    wait_for('Password of joe@example.com:', 'check asks')
    typed("it's $new \u00fc --")
    wait_for('the password fits\nstatus 0\n$', 'once')
    command('--quiet check joe@example.com')
    wait_for('Password of joe@example.com:', '--quiet asks, too')
    typed('secret')
    wait_for('joe@example.com: \nstatus 1\n$', 'and has only its status')
    command("add --name 'A N' ann@example.com")
    wait_for('New password for ann@example.com:', 'add asks')
    typed('one')
    wait_for('Again:', 'and again')
    typed('one')
    wait_for('maildir example.com/ann/\nstatus 0\n$', 'and adds')
    command('add ann@example.com')
    wait_for('a user ann@example.com already\nstatus 1\n$',
             'what is refused anyhow is refused before it asks')


def check_refusals():
    for first, second, because in [
            ('secret1', 'secret2', 'differ'), ('x' * 512, None, '511'),
            ('', None, 'nothing')]:
        before = content(DB)
        command('passwd joe@example.com')
        wait_for('joe@example.com:', 'a prompt')
        typed(first)
        if second is not None:
            wait_for('Again:', 'and again')
            typed(second)
        wait_for('status 1\n$', f'{because}: status 1')
        ok('mailuser: ' in screen() and because in screen(), 'and why')
        ok('secret' not in screen() and 'xxx' not in screen(), 'unseen')
        ok(content(DB) == before, 'nothing is done')
        shell_is_well(because)


def check_keys():
    for key, what in [('C-c', 'Ctrl-C'), ('C-\\', 'Ctrl-\\'),
                      ('C-d', 'an end of input')]:
        for again in [False, True]:
            before = content(DB)
            command('passwd joe@example.com')
            wait_for('joe@example.com:', 'a prompt')
            if again:
                typed('halfway')
                wait_for('Again:', 'and again')
            elif key != 'C-d':
                typed('half', enter=False)
            tmux('send-keys', key)
            wait_for('status 1\n$', f'{what}: status 1')
            ok('mailuser: ' in screen(), 'and a sentence')
            ok('half' not in screen(), 'nothing is seen')
            ok(content(DB) == before, 'nothing is done')
            shell_is_well(what)
    command('passwd joe@example.com')
    wait_for('joe@example.com:', 'a prompt')
    tmux('send-keys', 'C-z')
    wait_for('$', 'Ctrl-Z: the shell is back')
    shell_is_well('Ctrl-Z')
    typed('fg')
    wait_for('joe@example.com:', 'fg: it asks again')
    typed('after all')
    wait_for('Again:', 'and again')
    typed('after all')
    wait_for('$', 'and goes on')
    ok(verifies('joe@example.com', 'after all'), 'to the end')


def check_hangup():
    """The terminal goes away while it asks."""
    before = content(DB)
    pid, master = pty.fork()
    if pid == 0:
        os.execve(BINARY, [BINARY, 'passwd', 'joe@example.com'], ENVIRONMENT)
    seen = b''
    while b'joe@example.com: ' not in seen:
        seen += os.read(master, 100)
    os.close(master)
    end = time.time() + 20
    done, status = os.waitpid(pid, os.WNOHANG)
    while done == 0 and time.time() < end:
        time.sleep(0.05)
        done, status = os.waitpid(pid, os.WNOHANG)
    if done == 0:
        os.kill(pid, signal.SIGKILL)
    ok(done != 0 and status != 0, f'a hangup ends it: {status}')
    ok(content(DB) == before, 'nothing is done')
    ok(not os.path.exists(DB + '-journal'), 'nothing is left')


def check_ignored():
    """Ctrl-C where it was ignored from the start."""
    pid, master = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.execve(BINARY, [BINARY, 'check', 'joe@example.com'], ENVIRONMENT)
    seen = b''
    while b'joe@example.com: ' not in seen:
        seen += os.read(master, 100)
    os.write(master, b'\x03')
    time.sleep(0.3)
    os.write(master, b'secret\n')
    time.sleep(1)
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0,
          'Ctrl-C, which is ignored: the prompt goes on')
    os.close(master)


def check_completion():
    def completed(*words):
        script = ('source "$1"; shift; COMP_WORDS=("$@"); '
                  'COMP_CWORD=$(($# - 1)); _mailuser; '
                  'printf "%s " "${COMPREPLY[@]}"')
        done = subprocess.run(
            ['bash', '-c', script, 'bash', COMPLETION, BINARY, *words],
            capture_output=True, text=True, check=True, env=ENVIRONMENT)
        return done.stdout.split()

    ok({'add', 'domain', 'restore', '--help'} <= set(completed('')),
       'completion: all commands')
    equal(completed('dom'), ['domain'], 'each of them once')
    equal(completed('domain', ''), ['add', 'delete', 'list', '--json',
                                    '--quiet', '--help', '--version'],
          'the second words')
    ok('--users' in completed('domain', 'delete', '--'), 'its options')
    equal(completed('add', '--q'), ['--quota', '--quiet'], 'that begin so')
    equal(completed('add', "$(touch x)'", '--forc'), [], 'none runs')


COMPLETION = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          '../../../mailuser/completion.bash')
fresh(JOE)
check_completion()
check_hangup()
check_ignored()
if not shutil.which('tmux'):
    print('1..0 # SKIP no tmux here (test/system/mailuser/packages)')
    sys.exit()
os.symlink(BINARY, DIR + '/mailuser')
ENVIRONMENT = {**ENVIRONMENT, 'PATH': DIR + ':/usr/bin:/bin', 'PS1': '$ ',
               'TERM': 'screen', 'LC_ALL': 'C.UTF-8', 'HOME': DIR}
tmux('new-session', '-d', '-x', '80', '-y', '24', 'bash', '--norc', '--noprofile')
try:
    wait_for('$', 'a shell in a terminal')
    check_passwd()
    check_refusals()
    check_keys()
finally:
    tmux('kill-server')
finish()
