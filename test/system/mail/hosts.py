"""Machines in this one: namespaces for each, with a network between them.

A machine has mounts, processes and a network of its own: copies of /etc and of
what the daemons write to, and one cable to the machine that starts the test,
which passes on what the others have for each other. All of them end with that
one's process namespace.
"""
import os
import subprocess

import private
import tap
from private import REPO, STAGE
from stack import run, shell, wait_until

KEYS = STAGE + '/keys'
PORT = 22
SETTINGS = f'''
Port {PORT}
HostKey {KEYS}/host
AuthorizedKeysFile {KEYS}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
'''

# ssh asks passwd(5) for it, and the host's is nobody's business.
HOME = "sed -i 's|^\\(root:[^:]*:0:0:[^:]*\\):[^:]*:|\\1:{}:|' /etc/passwd"


def make_keys():
    """One of all hosts, one of root's; and the network between them."""
    os.makedirs(KEYS, mode=0o700)
    for name in ['host', 'user']:
        run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f',
            f'{KEYS}/{name}')
    with open('/proc/sys/net/ipv4/ip_forward', 'w', encoding='ascii') as file:
        file.write('1')


class Host:
    """Another machine; its number is that of its network."""
    numbers = 0

    def __init__(self, name):
        Host.numbers += 1
        self.name, self.number = name, Host.numbers
        self.address = f'10.9.{self.number}.2'
        self.copy_files()
        self.process = subprocess.Popen(
            [*private.UNSHARE, 'sh', '-euc', f'''
                for folder in {' '.join(private.COPIED)}; do
                    mount --bind {self.folder}$folder $folder
                done
                for folder in /run /home /srv; do
                    mount -t tmpfs -o mode=755 tmpfs $folder
                done
                mount -t tmpfs -o mode=1777 tmpfs /tmp
                mkdir /run/sshd /run/root
                echo ready >{self.folder}/ready
                exec sleep infinity'''])
        if not wait_until(lambda: os.path.exists(self.folder + '/ready')):
            tap.give_up(f'{name}: no namespaces')
        # The one that unshare started.
        self.pid = run('pgrep', '-P', str(self.process.pid)).strip()
        self.connect()
        self.start_sshd()

    @property
    def folder(self):
        return f'{STAGE}/hosts/{self.name}'

    def copy_files(self):
        for folder in private.COPIED:
            os.makedirs(self.folder + folder)
            run('cp', '-a', folder + '/.', self.folder + folder)
            run('chmod', '--reference', folder, self.folder + folder)

    def connect(self):
        cable = f'cable{self.number}'
        net = f'10.9.{self.number}'
        run('ip', 'link', 'add', 'name', cable, 'type', 'veth', 'peer', 'name',
            'eth9', 'netns', self.pid)
        run('ip', 'address', 'add', f'{net}.1/24', 'dev', cable)
        run('ip', 'link', 'set', cable, 'up')
        self.run('sh', '-euc', f'''
            ip link set lo up
            ip address add {self.address}/24 dev eth9
            ip link set eth9 up
            ip route add default via {net}.1
            echo {self.name}.example.org >/proc/sys/kernel/hostname || true''')

    def cut_off(self):
        run('ip', 'link', 'set', f'cable{self.number}', 'down')

    def come_back(self):
        run('ip', 'link', 'set', f'cable{self.number}', 'up')

    def start_sshd(self):
        with open(KEYS + '/sshd_config', 'w', encoding='ascii') as file:
            file.write(SETTINGS)
        self.run('usermod', '-p', '*', 'root')
        self.run('sh', '-c', HOME.format('/run/root'))
        self.run('/usr/sbin/sshd', '-f', KEYS + '/sshd_config', '-o',
                 f'ListenAddress={self.address}')

    def command(self, *words):
        return ['nsenter', '-t', self.pid, '-r', '-m', '-n', '-p', f'--wd={REPO}',
                '--', *words]

    def run(self, *words, **options):
        return run(*self.command(*words), **options)

    def start(self, *words, **options):
        return subprocess.Popen(self.command(*words), **options)


def know(hosts):
    """root's ~/.ssh here: names, and the key by which they are known."""
    os.makedirs('/srv/root/.ssh', mode=0o700)
    os.environ['HOME'] = '/srv/root'
    shell(HOME.format('/srv/root'))
    with open(KEYS + '/host.pub', encoding='ascii') as file:
        key = ' '.join(file.read().split()[:2])
    with open('/srv/root/.ssh/config', 'w', encoding='ascii') as file:
        for host in hosts:
            file.write(f'Host {host.name} {host.name}.example.com\n'
                       f'  HostName {host.address}\n'
                       f'  HostKeyAlias {host.name}\n')
        file.write(f'Host *\n  User root\n  IdentityFile {KEYS}/user\n'
                   f'  UserKnownHostsFile {KEYS}/known\n')
    with open(KEYS + '/known', 'w', encoding='ascii') as file:
        for host in hosts:
            file.write(f'{host.name} {key}\n')
    shell(f'chmod 0600 {KEYS}/user')
