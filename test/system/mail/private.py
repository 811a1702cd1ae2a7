"""A private place on this machine for daemons with compiled-in paths.

enter() starts the program over in mount, network, name and process namespaces
of its own, as root, with copies of the folders that the daemons write to. The
host's files and its name are not touched, its network isn't reachable, and no
process outlives the program: it is the namespace's first but one, and the
kernel ends the rest with it.
"""
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading

import beside
import tap

HERE = os.path.dirname(os.path.abspath(__file__))
STAGE = '/mnt'
REPO = STAGE + '/repo'
LOG = STAGE + '/log'
COPIED = ['/etc', '/var/spool/postfix', '/var/lib/postfix',
          '/var/lib/courier']
EMPTY = ['/run', '/home', '/srv', '/tmp', '/var/tmp']
WATCHED = ['/etc/postfix', '/etc/courier', '/etc/default', '/run/courier',
           '/var/spool/postfix', '/var/lib/postfix', '/var/lib/courier',
           '/home/vmail', '/srv']
NEEDED = ['postfix', 'authdaemond', 'imapd', 'pop3d', 'saslauthd', 'swaks',
          'sqlite3', 'openssl', 'maildirmake.courier', 'authtest', 'curl']
UNSHARE = ['unshare', '--mount', '--net', '--uts', '--pid', '--fork',
           '--kill-child', '--mount-proc', '--propagation', 'private']


def enter(others=''):
    """Go on in the namespaces, or fail with the reason; never skip. others
    names a list of packages to have beside those that are installed."""
    os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'
    if 'MAILFUNC_STAGE' in os.environ:
        build_stage()
        return
    if others:
        os.environ['MAILFUNC_BESIDE'] = beside.unpack(others)
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        tap.give_up('programs are missing: ' + ' '.join(missing) +
                    '\napt-get install $(cat test/system/mail/packages)')
    trial = subprocess.run(UNSHARE + ['true'], capture_output=True, text=True)
    if trial.returncode:
        tap.give_up('this machine refuses namespaces (root is needed)\n' +
                    trial.stderr)
    sys.exit(run_inside())


def run_inside():
    """This program again, inside; its status, or 1 if the host changed."""
    before = host_files()
    # The shell is the namespace's process 1: it collects orphans. Should
    # this program be killed, the kernel ends the one inside with it.
    status = subprocess.call(
        ['setpriv', '--pdeathsig', 'KILL', *UNSHARE,
         'sh', '-c', '"$@"; exit $?', 'sh', '/usr/bin/python3', '-B',
         *sys.argv],
        env={**os.environ, 'MAILFUNC_STAGE': STAGE})
    changed = set(before) ^ set(host_files())
    for line in sorted(changed):
        print('# changed on the host:', *line, file=sys.stderr)
    return 1 if changed else status


def host_files():
    """What the daemons would write to, were they let out."""
    found = []
    for folder in WATCHED:
        for path, _, names in os.walk(folder):
            for name in [''] + names:
                full = os.path.join(path, name)
                status = os.lstat(full)
                found.append((full, status.st_mtime, status.st_size))
    return found


def mount(*arguments):
    subprocess.run(['mount', *arguments], check=True)


def build_stage():
    # By ".", because a mount may cover the path that leads to the sources.
    os.chdir(HERE + '/../../..')
    mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', STAGE)
    os.mkdir(REPO)
    mount('--no-canonicalize', '--bind', '.', REPO)
    others = os.environ.get('MAILFUNC_BESIDE')
    if others:
        beside.show(others, STAGE)
    for folder in COPIED:
        os.makedirs(STAGE + folder)
        subprocess.run(['cp', '-a', folder + '/.', STAGE + folder],
                       check=True)
        shutil.copystat(folder, STAGE + folder)
        mount('--bind', STAGE + folder, folder)
    if others:
        beside.settings(others)
    for folder in EMPTY:
        mode = '1777' if folder.endswith('tmp') else '755'
        mount('-t', 'tmpfs', '-o', 'mode=' + mode, 'tmpfs', folder)
    forget_mail_server()
    build_devices()
    raise_loopback()
    os.chdir(REPO)
    # It is the same folder, and a shell believes what it inherits.
    os.environ['PWD'] = REPO
    threading.Thread(target=keep_log, args=[open_log()], daemon=True).start()


def forget_mail_server():
    """In the copies: a host may have one, set up as the chapter says."""
    subprocess.run(['sh', '-euc', '''
        sed -i '/^vmail:/d' /etc/passwd /etc/group /etc/shadow /etc/gshadow
        rm -rf /etc/postfix/main.cf /etc/postfix/sqlite-* \
            /etc/postfix/pgsql-* /etc/cron.d/mailfunc
        rm -rf /etc/systemd/system/saslauthd.service.d /etc/postfix/sasl/*
        for file in imapd imapd-ssl pop3d pop3d-ssl; do
            sed -i '/^# Made by make config of mailfunc/,$d' /etc/courier/$file
        done
    '''], check=True)


def build_devices():
    new = STAGE + '/dev'
    os.mkdir(new)
    mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', new)
    for name in ['null', 'zero', 'full', 'random', 'urandom', 'tty']:
        status = os.stat('/dev/' + name)
        os.mknod(f'{new}/{name}', 0o020666, status.st_rdev)
        os.chmod(f'{new}/{name}', 0o666)
    os.symlink('/proc/self/fd', new + '/fd')
    for number, name in enumerate(['stdin', 'stdout', 'stderr']):
        os.symlink(f'/proc/self/fd/{number}', f'{new}/{name}')
    os.mkdir(new + '/shm', 0o1777)
    mount('--move', new, '/dev')


def raise_loopback():
    """What `ip link set lo up` does (netdevice(7), SIOCSIFFLAGS)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack('16sh', b'lo', 1)
        fcntl.ioctl(any_socket, 0x8914, request.ljust(40, b'\0'))


def open_log():
    """Courier and saslauthd log to /dev/log only."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind('/dev/log')
    os.chmod('/dev/log', 0o666)
    return log


def keep_log(log):
    with open(LOG, 'ab', buffering=0) as out:
        while True:
            out.write(log.recv(65536).rstrip(b'\0\n') + b'\n')


def log_text():
    with open(LOG, encoding='utf-8', errors='replace') as log:
        return log.read()
