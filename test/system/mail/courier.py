"""What is Courier's and saslauthd's alone."""
import re
import socket

import private
from clients import INSIDE, Imap, arrives, imap_login, send, wait_until
from login import JOE
from stack import (DB, HOST, VMAIL, make_maildirs, read, run, shell, sql)
from tap import contains, equal, ok


def prepare():
    check_first_login()
    check_maildirs()


def check():
    check_authtest()
    check_change_by_courier()
    check_quota()
    check_socket()
    check_system_accounts()
    check_couriertcpd()
    check_chroot()


def check_first_login():
    user, password = 'fresh@example.com', 'no mail yet'
    ok(imap_login(user, password) != 'OK',
       'no login before there is a maildir')
    ok(arrives(user, 'token-first', 'example.com/fresh/'),
       'the first mail makes the maildir')
    equal(imap_login(user, password), 'OK', 'and the login works')


def check_maildirs():
    make_maildirs()
    equal(imap_login('small@example.com', 'small box'), 'OK',
          'maildirs.sh makes maildirs, too: a first login without mail')
    before = listing(VMAIL)
    make_maildirs()
    equal(listing(VMAIL), before, 'run again it changes nothing')
    owners = run('find', VMAIL, '!', '-user', 'vmail')
    equal(owners, '', 'everything in the mail store belongs to vmail')


def listing(folder):
    return sorted(run('find', folder, '-printf', '%p %y %u %m %T@\\n')
                  .splitlines())


def check_authtest():
    contains(run('authtest', *JOE, check=False), 'example.com/joe/',
             'authtest knows the maildir')
    contains(run('authtest', *JOE), '10485760S', 'authtest knows the quota')
    contains(run('authtest', *JOE), 'uid 5000, gid 5000',
             'authtest knows uid and gid')
    contains(run('authtest', JOE[0], 'wrong', check=False), 'FAILED',
             'authtest refuses a wrong password')


def check_change_by_courier():
    """Courier's own change of password would store a weak {SSHA}."""
    def stored():
        return read('SELECT password FROM users '
                    f"WHERE email = '{JOE[0]}'")

    before = stored()
    contains(ask_authdaemon('PASSWD imap', *JOE, 'another one'), 'FAIL',
             'a change of password through Courier fails')
    equal(stored(), before, 'and the old password is kept')
    ok('another one' not in read('.dump'), 'the new one is nowhere')


def ask_authdaemon(*fields):
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.connect('/run/courier/authdaemon/socket')
        daemon.sendall('\t'.join(fields).encode() + b'\n')
        return daemon.recv(4096).decode()


def check_quota():
    with Imap() as session:
        session.login('small@example.com', 'small box')
        contains(session.append(8000), 'a OK', 'within the quota')
        contains(session.append(8000), 'a OK', 'still within the quota')
        contains(session.append(8000), 'a NO', 'the quota is a sum')
    sql("UPDATE users SET quota = 40000 WHERE email = 'small@example.com';")
    make_maildirs()
    with Imap() as session:
        session.login('small@example.com', 'small box')
        contains(session.append(8000), 'a OK',
                 'a quota raised in SQL holds after maildirs.sh')
    equal(send('small@example.com', 'x' * 40000), 250,
          'stock Postfix knows no quota: it delivers')


def check_socket():
    folder = re.search('^OPTIONS=.* -m (.*)"$', text('/etc/default/saslauthd'),
                       re.M)[1]
    equal(run('stat', '-c', '%U:%G %a', folder), 'root:sasl 710\n',
          'only who is in the group sasl may ask saslauthd')


def text(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def check_system_accounts():
    """Courier asks no other list of users than ours."""
    shell("useradd -m sysjoe; echo 'sysjoe:system secret' | chpasswd")
    for user in ['sysjoe', f'sysjoe@{HOST}']:
        contains(run('authtest', user, 'system secret', check=False),
                 'FAILED', f'{user}, a system account, is nobody here')


def check_couriertcpd():
    """Debian 13's has an option less; and a conffile of 12 may be kept. The
    same program without that option is such a one."""
    with open('/usr/sbin/couriertcpd', 'rb') as file:
        program = file.read()
    for path in ['imapd', 'pop3d']:
        arguments = run('sh', '-c', f'. /etc/courier/{path}; echo $TCPDOPTS')
        equal('-noidentlookup' in arguments, b'noidentlookup' in program,
              f'{path}: -noidentlookup is given where it is known')
        contains(arguments, '-nodnslookup', 'the other one always')
    with open(private.STAGE + '/couriertcpd', 'wb') as file:
        file.write(program.replace(b'noidentlookup', b'xoidentlookup'))
    shell(f'''
        chmod 0755 {private.STAGE}/couriertcpd
        mount --bind {private.STAGE}/couriertcpd /usr/sbin/couriertcpd
    ''')
    restart('without -noidentlookup')
    shell('umount -l /usr/sbin/couriertcpd')
    restart('with it')


def restart(how):
    for unit, start, port in [('courier-imap', b'* OK', 143),
                              ('courier-pop', b'+OK', 110)]:
        run('sh', 'test/system/mail/systemctl', 'stop', unit)
        wait_until(lambda: not greeting(port))
        run('sh', 'test/system/mail/systemctl', 'restart', unit)
        ok(wait_until(lambda: greeting(port).startswith(start)),
           f'{unit} starts {how}')


def check_chroot():
    """Left out, it is what master.cf says; Postfix's own default is no."""
    for said, folder in [('y', '/var/spool/postfix/var/run/saslauthd'),
                         ('n', '/var/run/saslauthd'),
                         ('-', '/var/run/saslauthd')]:
        run('postconf', '-F', f'smtp/inet/chroot={said}')
        run('sh', 'sql/config.sh', 'OUT=/srv/chroot', f'MAILDB={DB}',
            f'VMAIL={VMAIL}')
        contains(text('/srv/chroot/default/saslauthd'), f' -m {folder}"\n',
                 f'chroot {said} in master.cf: where saslauthd listens')
        contains(text('/srv/chroot/postfix/services'),
                 f' inet n - {"y" if said == "y" else "n"} - - smtpd"',
                 'and what the other ports do')


def greeting(port):
    try:
        with socket.create_connection((INSIDE, port), 5) as sock:
            return sock.recv(100)
    except OSError:
        return b''
