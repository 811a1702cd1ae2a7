#!/usr/bin/python3 -B
"""sql/doctor.sh where Dovecot is in Courier's place: what it names of that,
and of a machine that is all right nothing."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import checks
import stack
import tap
from doctor import JOE, check_healthy, examine
from stack import shell
from tap import equal, ok

SPOOL = '/var/spool/postfix'
RESTART = 'sh test/system/mail/systemctl restart dovecot'
# The mistake, how it is mended, the check, and what the row has in it.
MISTAKES = [
    ('echo "nothing_that_it_has = 1" >>/etc/dovecot/dovecot.conf',
     'sed -i \'$d\' /etc/dovecot/dovecot.conf', 'dovecot_settings',
     "error|/etc/dovecot/dovecot.conf|Dovecot won't start: "),
    (f'mv {SPOOL}/private/auth {SPOOL}/private/away',
     f'mv {SPOOL}/private/away {SPOOL}/private/auth', 'dovecot_sockets',
     f"error|{SPOOL}/private/auth|Postfix looks for Dovecot where it isn't"),
    (f'chmod 0600 {SPOOL}/private/quota-status; '
     f'chown root {SPOOL}/private/quota-status',
     f'chmod 0660 {SPOOL}/private/quota-status; '
     f'chown postfix {SPOOL}/private/quota-status', 'dovecot_sockets',
     f'error|{SPOOL}/private/quota-status|postfix may not ask Dovecot'),
    ('doveadm stop; sleep 1', RESTART, 'listeners',
     'error|port 143|nobody listens on 143: no IMAP|'
     'systemctl restart dovecot'),
    ('sed -i "s/^mail_uid = 5000/mail_uid = 5001/" '
     '/etc/dovecot/dovecot.conf',
     'sed -i "s/^mail_uid = 5001/mail_uid = 5000/" '
     '/etc/dovecot/dovecot.conf', 'mail_store',
     'belongs to uid 5000, but mail_uid says 5001'),
    ('postconf -e virtual_transport=virtual',
     'postconf -e virtual_transport=lmtp:unix:private/dovecot-lmtp',
     'overrides', 'error|main.cf|main.cf overrides virtual_transport|'
     "postconf -e 'virtual_transport = lmtp:unix:private/dovecot-lmtp'"),
    ('sed -i "s/default_pass/#&/" /etc/dovecot/dovecot*',
     'sed -i "s/#default_pass/default_pass/" /etc/dovecot/dovecot*',
     'dovecot_settings',
     'the stored hash is taken for the password'),
]


def check_mistakes():
    for mistake, mended, names, row in MISTAKES:
        shell(mistake)
        status, rows, _ = examine(names.split())
        ok(status == 1 and any(row in each for each in rows),
           f'{row}: {rows}')
        shell(mended)
        equal(examine(names.split())[1], [], '  and not when it is mended')


def check_user():
    _, rows, _ = examine(['user_login'], user=[JOE[0]], answer='wrong\n')
    equal(rows, [f'error|{JOE[0]}|Dovecot refuses this password|'
                 'doctor.sql; a new password'], 'a wrong password')
    _, rows, _ = examine(['user_login'], user=['no@example.com'])
    ok(len(rows) == 1 and 'Dovecot knows no such user' in rows[0],
       f'an unknown user: {rows}')


with stack.mail_system('direct', rows=checks.rows(), read_by='dovecot'):
    shell(f'''
        install -d {SPOOL}/etc
        echo 'nameserver 192.0.2.1' >/etc/resolv.conf
        cp /etc/resolv.conf {SPOOL}/etc/
    ''')
    stack.make_maildirs()
    check_healthy('a healthy machine')
    check_mistakes()
    check_user()
    check_healthy('all mended again')
tap.finish()
