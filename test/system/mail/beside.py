"""Programs that Debian doesn't install beside others: of two IMAP servers, or
two mail servers, one is unpacked, with the libraries it needs, and laid over
/usr in the namespaces.

beside/NAME lists its packages. What is unpacked stays under build/.
"""
import fcntl
import glob
import os
import re
import shutil
import subprocess

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, '../../../build')


def unpack(name):
    """The folder, filled when it is first asked for."""
    os.makedirs(BUILD, exist_ok=True)
    folder = os.path.realpath(f'{BUILD}/beside-{name}')
    with open(folder + '.lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(folder) and \
                os.path.getmtime(f'{HERE}/beside/{name}') > \
                os.path.getmtime(folder):
            shutil.rmtree(folder)
        if not os.path.isdir(folder):
            fill(folder + '.new', name)
            os.rename(folder + '.new', folder)
    return folder


def fill(folder, name):
    """apt-get says what is missing, for it would remove what is in the way."""
    run('rm', '-rf', folder)
    os.mkdir(folder)
    with open(f'{HERE}/beside/{name}', encoding='ascii') as wanted:
        packages = [name for name in wanted.read().split() if is_there(name)]
    uris = run('apt-get', '-qq', 'install', '--print-uris',
               '--no-install-recommends', *packages)
    missing = re.findall(r"^'\S+' ([^_\s]+)_", uris, re.M)
    run('apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download',
        *missing, cwd=folder)
    for package in glob.glob(folder + '/*.deb'):
        run('dpkg', '-x', package, folder)
        os.unlink(package)
    # A system whose /lib is /usr/lib, and packages from before.
    for old in ['lib', 'bin', 'sbin']:
        if os.path.isdir(f'{folder}/{old}'):
            run('cp', '-a', f'{folder}/{old}', folder + '/usr/')


def is_there(package):
    """A release may have it under another name, or not at all."""
    return 'Version:' in run('apt-cache', '--no-all-versions', 'show', package,
                             check=False)


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if check and done.returncode:
        tap.give_up(f'{command[0]} failed\n{command}\n{done.stderr}')
    return done.stdout


def show(folder, stage):
    """Over this system's folders; what is written there goes to the stage."""
    for part in ['usr', 'var/lib', 'var/spool']:
        written = f'{stage}/written/{part}'
        os.makedirs(written + '/upper')
        os.makedirs(written + '/work')
        unpacked = f'{folder}/{part}:' \
            if os.path.isdir(f'{folder}/{part}') else ''
        subprocess.run(['mount', '-t', 'overlay', 'overlay', '-o',
                        f'lowerdir={unpacked}/{part},'
                        f'upperdir={written}/upper,workdir={written}/work',
                        '/' + part], check=True)


def settings(folder):
    """Of the packages, into the copy of /etc."""
    if os.path.isdir(folder + '/etc'):
        subprocess.run(['cp', '-a', '-n', folder + '/etc/.', '/etc'],
                       check=True)
