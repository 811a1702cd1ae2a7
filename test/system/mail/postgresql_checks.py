"""What must hold with PostgreSQL, whoever reads: what holds with SQLite, least
privileges, and that all goes on when the primary is lost.
"""
import alias_domains
import courier
import delivery
import disabled
import dovecot
import login
import maps
import postgresql
import private
import stack
import tap
from clients import arrives, imap_login, pop3_login, rcpt, smtp_login
from login import JOE
from tap import equal, ok


def run(reader):
    with open('test/system/mail/rows.sql', encoding='utf-8') as file:
        rows = file.read()
    with stack.mail_system('postgresql', 'y', rows, read_by=reader):
        check_privileges(reader)
        maps.check()
        delivery.check()
        if reader == 'courier':
            courier.prepare()
        else:
            dovecot.prepare()
        login.check()
        disabled.check()
        alias_domains.check()
        if reader == 'courier':
            check_courier()
        else:
            check_dovecot()
        servers = list(postgresql.servers)
        check_failover()
        for server in servers:
            ok('too many clients' not in server.log_text(),
               'there were connections enough')
    tap.finish()


def check_privileges(reader):
    """What the programs may read, each as the account it has."""
    for account, role, table, good in [
            ('postfix', 'mail_postfix', 'domains', True),
            ('postfix', 'mail_reader', 'users', False),
            ('courier', 'mail_reader', 'users', True),
            ('vmail', 'mail_postfix', 'domains', False),
            ('vmail', 'mail_reader', 'users', False)]:
        said = stack.run('runuser', '-u', account, '--', 'psql', '-X', '-h',
                         postgresql.PRIMARY, '-U', role, '-d', 'mail', '-c',
                         f'SELECT count(*) FROM {table}', check=False)
        equal('1 row' in said, good, f'{account} as {role}: {said.strip()}')
    said = stack.run('runuser', '-u', 'postfix', '--', 'psql', '-X', '-h',
                     postgresql.PRIMARY, '-U', 'mail_postfix', '-d', 'mail',
                     '-c', 'SELECT password FROM users', check=False)
    ok('permission denied' in said, 'Postfix sees no hash')
    others = stack.run('find', '/etc/postfix', '/etc/courier', '/etc/dovecot',
                       '(', '-name', 'pgsql-*', '-o', '-name', 'authpgsqlrc',
                       ')', '-perm', '/007', check=False)
    ok('pgsql' not in others, f'no other may read how it is reached: {others}')
    if reader == 'courier':
        ok('postgresql' not in stack.run(
            'authtest', 'joe@example.com\' OR \'1\'=\'1', check=False),
           'a quote is no SQL')


def check_courier():
    equal([line.strip() for line in stack.run('authtest', *JOE).splitlines()
           if 'quota' in line.lower()], ['Quota: 10485760S'],
          'authtest knows the quota')
    before = stack.read("SELECT password FROM users WHERE email = 'joe@"
                        "example.com';")
    tap.contains(courier.ask_authdaemon('PASSWD imap', *JOE, 'another one'),
                 'FAIL', 'a change of password through Courier fails')
    equal(stack.read("SELECT password FROM users WHERE email = 'joe@"
                     "example.com';"), before, 'and the old one is kept')


def check_dovecot():
    dovecot.check_variables()
    dovecot.check_users()
    dovecot.check_quota()


def check_failover():
    """The primary is killed: logins and incoming mail go on."""
    stack.sql("UPDATE users SET password = 'the last one' "
              "WHERE email = 'change@example.com';")
    postgresql.lose_primary()
    for user, password, good in [(*JOE, True),
                                 ('change@example.com', 'the last one', True),
                                 ('joe@example.com', 'wrong', False)]:
        got = stack.wait_until(
            lambda user=user, password=password, good=good:
            [imap_login(user, password), pop3_login(user, password)] ==
            ['OK', 'OK'] if good else imap_login(user, password) == 'NO', 30)
        ok(got, f'the primary is lost: {user}, {good}: as before')
    ok(stack.wait_until(lambda: smtp_login(*JOE) == 235, 30), 'SMTP AUTH')
    ok(stack.wait_until(lambda: rcpt('joe@example.com') == 250, 30),
       'mail is taken')
    equal(rcpt('nobody@example.com'), 550, 'and refused')
    equal(rcpt('gone@example.com'), 550, 'and for who is not active')
    ok(arrives('joe@example.com', 'token-failover', delivery.JOE),
       'it arrives')
    ok('correct horse' not in private.log_text(), 'no password in the log')
