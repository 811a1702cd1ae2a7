"""Debian 13's Dovecot in a root of its own, for whoever runs Debian 12.

make() unpacks the packages below build/ once, with mmdebstrap and from the
mirror that this machine uses itself; none is configured or started. It must
be called while there is a network, before private.enter().
"""
import os
import shutil
import subprocess

import private

TREE = 'build/debian13'
PACKAGES = 'base-files,dovecot-core'
# Why there is none: for the program that private.enter() starts.
WHY_NOT = 'MAILFUNC_NO_DEBIAN13'


def make():
    """Or remember why it can't be."""
    if os.path.exists(TREE + '/usr/sbin/dovecot'):
        return
    if 'MAILFUNC_STAGE' in os.environ:
        return
    if not shutil.which('mmdebstrap'):
        os.environ[WHY_NOT] = 'mmdebstrap is not installed'
        return
    os.makedirs('build', exist_ok=True)
    new = TREE + '.new'
    shutil.rmtree(new, ignore_errors=True)
    # What stops half-way must not be taken for a tree later.
    done = mmdebstrap(new)
    if done is None:
        os.environ[WHY_NOT] = 'mmdebstrap took longer than two minutes'
    elif done.returncode:
        os.environ[WHY_NOT] = 'mmdebstrap failed: ' + last_error(done.stderr)
    else:
        os.rename(new, TREE)


def mmdebstrap(new):
    """What it said, or None if it didn't end."""
    try:
        return subprocess.run(
            ['mmdebstrap', '--variant=extract', '--include=' + PACKAGES,
             'trixie', new, *mirror()], capture_output=True, text=True,
            timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return None


def last_error(text):
    lines = [line for line in text.splitlines() if line.startswith('E: ')]
    return lines[0][3:] if lines else 'it does not say why'


def mirror():
    """Where this machine gets Debian from, if apt-get tells."""
    done = subprocess.run(
        ['apt-get', 'indextargets', '--format', '$(REPO_URI)',
         'Created-By: Packages', 'Label: Debian', 'Component: main'],
        capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[:1]


def why_not():
    """None if the tree is there."""
    return os.environ.get(WHY_NOT)


def enter():
    """Give it devices, and folders to write to that are gone afterwards."""
    for folder in ['dev', 'proc']:
        private.mount('--bind', '/' + folder, f'{TREE}/{folder}')
    for folder in ['run', 'srv']:
        os.makedirs(f'{TREE}/{folder}', exist_ok=True)
        private.mount('-t', 'tmpfs', 'tmpfs', f'{TREE}/{folder}')
    # The users of the unpacked packages, which Debian 12's have as well.
    for name in ['passwd', 'group']:
        shutil.copy('/etc/' + name, f'{TREE}/etc/{name}')
