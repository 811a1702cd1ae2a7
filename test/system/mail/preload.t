#!/usr/bin/python3 -B
"""mailfunc_preload.so in the daemons: MAILDIR() in their own queries, and a
change of password through Courier that stores a strong hash."""
import glob
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import docs
import private
import stack
from clients import (arrives, imap_login, look_up, mails, pop3_login,
                     smtp_login, together)
from courier import ask_authdaemon
from stack import read, run, shell, sql, wait_until
from tap import contains, diag, equal, finish, ok

LIBRARY = '/srv/mailfunc_preload.so'
JOE, JOES = 'joe@example.com', 'correct horse'
ANNA = 'anna@example.com'
# As an adopted database may have them. Without SQLITE_WHERE_CLAUSE the last
# one's change of password would change everybody's.
NO_MAILBOXES = ['a/b@example.com', '..@example.com', 'sp ace@example.com',
                "o'brien@example.com", f'{"x" * 300}@example.com',
                "x'or'x'<>'y@example.com"]
FOUND = 'a new one, long enough to be found'
# What the chapter has for Postfix, and for Courier, where an entry may go on
# behind a backslash.
QUERY, ENTRIES = [text for _, text in docs.blocks(
    docs.chapter('MAILDIR() in the daemons themselves'), 'text')]
FIELDS = dict(re.findall(r'^(\w+) ((?:.*\\\n)*.*)', ENTRIES, re.M))
TYPED = ("UPDATE users SET password = '$(newpass)' "
         "WHERE email = '$(local_part)@$(domain)'")


def main():
    with open('test/system/mail/rows.sql', encoding='utf-8') as file:
        rows = file.read()
    with stack.mail_system('direct', 'y', rows):
        add_users_without_mailbox()
        use_them()
        before = memory()
        ask_for_the_function()
        check_without()
        start_with_library()
        use_them()
        after = memory()
        check_postfix()
        check_courier()
        check_change_without_clause()
        check_change()
        check_change_refused()
        check_change_left_to_trigger()
        check_log()
        show_memory(before, after)
    finish()


def add_users_without_mailbox():
    quoted = [address.replace("'", "''") for address in NO_MAILBOXES]
    rows = ', '.join(f"('{address}', CRYPT('{JOES}'), 'example.com/odd{n}/')"
                     for n, address in enumerate(quoted))
    sql('DROP TRIGGER users_insert_check;\n'
        f'INSERT INTO users (email, password, maildir) VALUES {rows};\n'
        '.read sql/schema.sql')


def use_them():
    """So that there is a proxymap, and every daemon has done its work."""
    for table in ['domains', 'mailboxes', 'forwardings']:
        look_up(table, JOE)
    together(authtest, [(JOES,)] * 20)


def set_field(name, value):
    """An entry of authsqliterc, replaced or put before the marker."""
    path = '/etc/courier/authsqliterc'
    with open(path, encoding='utf-8') as file:
        others = re.sub(rf'^{name} (?:.*\\\n)*.*\n', '', file.read(),
                        flags=re.M)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{name} {value}\n{others}')


def ask_for_the_function():
    path = '/etc/postfix/sqlite-virtual_mailboxes.cf'
    shell(f"sed -i 's/SELECT maildir /SELECT MAILDIR(email) /' {path}")
    os.utime(path, (time.time() - 60,) * 2)
    with open(path, encoding='utf-8') as file:
        contains(file.read(), QUERY, "Postfix's query is the chapter's")
    # MAILDIR() of what isn't an address is NULL, and a NULL maildir would be
    # one mailbox shared by all.
    for name in ['SQLITE_MAILDIR_FIELD', 'SQLITE_WHERE_CLAUSE']:
        set_field(name, FIELDS[name])
    run('postfix', 'reload')


def check_without():
    """What the library is for; and that these are the queries asked."""
    # An asker whose proxymap dies tries again for ever.
    with subprocess.Popen(
            ['postmap', '-q', JOE, 'proxy:sqlite:/etc/postfix/'
             'sqlite-virtual_mailboxes.cf'],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as asker:
        ok(wait_until(lambda: logged('proxymap', 'no such function: MAILDIR')),
           'without the library the query ends proxymap')
        asker.kill()
    contains(run('authtest', JOE, JOES, check=False), 'Input/output',
             'and Courier lets nobody in')
    ok(wait_until(lambda: logged('authdaemond', 'no such function: MAILDIR')),
       'for the same reason')


def logged(*words):
    return [line for line in private.log_text().splitlines()
            if all(word in line for word in words)]


def start_with_library():
    shell(f'''
        install -m 0644 mailfunc_preload.so {LIBRARY}
        list=$(postconf -dh import_environment)
        postconf -e "import_environment = $list LD_PRELOAD={LIBRARY}"
        echo LD_PRELOAD={LIBRARY} >>/etc/courier/authdaemonrc
        postfix stop 2>/dev/null
        authdaemond stop
    ''')
    with open(private.LOG, 'w', encoding='utf-8'):
        pass
    run('sh', 'test/system/mail/systemctl', 'restart', 'courier-authdaemon',
        'postfix')
    stack.wait_for_port(25)


def pids(program):
    """The processes that run this file, or one in this folder."""
    found = []
    for link in glob.glob('/proc/[0-9]*/exe'):
        try:
            if os.readlink(link).startswith(program):
                found.append(int(link.split('/')[2]))
        except OSError:
            pass  # it has just ended
    return sorted(found)


PROXYMAP = '/usr/lib/postfix/sbin/proxymap'
POSTFIX = '/usr/lib/postfix/sbin/'
AUTHDAEMOND = '/usr/lib/courier/courier-authlib/authdaemond'


def has_library(pid):
    with open(f'/proc/{pid}/maps', encoding='utf-8') as file:
        return LIBRARY in file.read()


def check_postfix():
    equal(look_up('mailboxes', JOE), 'example.com/joe/',
          'MAILDIR() in a map of Postfix')
    running = pids(PROXYMAP)
    ok(running and all(map(has_library, running)),
       'proxymap has the library')
    equal(look_up('mailboxes', 'JOE@Example.COM'), 'example.com/joe/',
          'in upper case')
    equal(look_up('mailboxes', 'nobody@example.com'), '', 'an unknown user')
    equal(look_up('mailboxes', 'gone@example.com'), '', 'a disabled user')
    for address in NO_MAILBOXES:
        equal(read("SELECT count(*) FROM users WHERE email = '" +
                   address.replace("'", "''") + "'"), '1\n',
              f'{address[:30]} is a stored address')
        equal(look_up('mailboxes', address), '', 'and not found')
    equal(pids(PROXYMAP), running, 'proxymap lives on')
    ok(arrives(JOE, 'token-smtp', 'example.com/joe/'), 'a delivery by SMTP')
    # postdrop is set-gid, where LD_PRELOAD isn't obeyed.
    said = run('runuser', '-u', 'vmail', '--', 'sendmail', JOE,
               input='Subject: token-sendmail\n\ntoken-sendmail\n')
    equal(said, '', 'sendmail takes a mail without a word')
    ok(wait_until(lambda: mails('example.com/joe/', 'token-sendmail')),
       'and it arrives')


def check_courier():
    running = pids(AUTHDAEMOND)
    ok(running and all(map(has_library, running)),
       f'the {len(running)} processes of authdaemond have the library')
    contains(run('authtest', JOE, JOES), 'example.com/joe/',
             'MAILDIR() in a query of Courier')
    equal(imap_login(JOE, JOES), 'OK', 'a login by IMAP')
    equal(imap_login('JOE@EXAMPLE.COM', JOES), 'OK', 'in upper case')
    equal(pop3_login(JOE, JOES), 'OK', 'by POP3')
    equal(smtp_login(JOE, JOES), 235, 'by SMTP AUTH')
    contains(run('authtest', JOE, 'wrong', check=False), 'FAILED',
             'a wrong password is refused')
    contains(run('authtest', 'gone@example.com', 'gone', check=False),
             'FAILED', 'no login for a disabled user')
    for address in NO_MAILBOXES:
        contains(run('authtest', address, JOES, check=False), 'FAILED',
                 f'no login for {address[:30]}')


def change(user, old, new):
    return ask_authdaemon('PASSWD imap', user, old, new).strip()


def stored(user=JOE):
    return read(f"SELECT password FROM users WHERE email = '{user}'").strip()


def in_files(text):
    """Where it can be read: the database's folder, the log."""
    found = []
    for path in glob.glob('/srv/mail/*') + [private.LOG]:
        with open(path, 'rb') as file:
            if text.encode() in file.read():
                found.append(path)
    return found


def check_change_without_clause():
    """What the library opens: nothing fails any longer."""
    equal(change(JOE, JOES, 'weak'), 'OK',
          'with the library, but no clause, Courier changes a password')
    contains(stored(), '{SSHA}', 'to a weak hash, which the schema takes')
    sql(f"UPDATE users SET password = '{JOES}' WHERE email = '{JOE}';")


def check_change():
    set_field('SQLITE_CHPASS_CLAUSE', FIELDS['SQLITE_CHPASS_CLAUSE'])
    others = others_of_joe()
    old = JOES
    for new in ["it's a ''new'' one", 'täglich "neu" \\ €', '$(newpass) $(x)',
                "'); DELETE FROM users; --", '!', stored(ANNA), FOUND]:
        equal(change(JOE, old, new), 'OK', f'a change to {new[:30]}')
        ok(stored().startswith('$y$') and stored() != new,
           'is stored as a hash of the policy')
        ok(authtest(new) and not authtest(old), 'the new one holds at once')
        old = new
    equal(others_of_joe(), others, 'and nobody else has another')
    equal(in_files(FOUND), [], 'the plain password is in no file')
    equal(imap_login(JOE, FOUND), 'OK', 'the new password logs in by IMAP')
    ok(imap_login(JOE, JOES) != 'OK', 'the first one does not')
    sql("UPDATE password_policy SET method = 'bcrypt', cost = 5;")
    equal(change(JOE, FOUND, JOES), 'OK', 'a change under another policy')
    contains(stored(), '$2b$05$', 'goes by that')
    ok(authtest(JOES), 'and holds')


def check_change_refused():
    """Courier puts the login into the clause as it is: only a user who could
    log in gets so far, and his address is a mailbox's, without quotes."""
    everyone = read('SELECT email, password FROM users')
    equal(change(JOE, 'wrong', 'stolen'), 'FAIL',
          'no change without the old password')
    for address in NO_MAILBOXES:
        equal(change(address, JOES, 'stolen'), 'FAIL',
              f'no change for {address[:30]}')
    equal(read('SELECT email, password FROM users'), everyone,
          'nothing was changed')


def others_of_joe():
    return read(f"SELECT email, password FROM users WHERE email <> '{JOE}'")


def authtest(password):
    return 'Authentication succeeded' in run('authtest', JOE, password,
                                             check=False)


def check_change_left_to_trigger():
    """It hashes the password, but counts no row: to Courier, a failure."""
    set_field('SQLITE_CHPASS_CLAUSE', TYPED)
    equal(change(JOE, JOES, 'left to the trigger'), 'FAIL',
          'left to the trigger: Courier says that it failed')
    ok(stored().startswith('$2b$05$') and authtest('left to the trigger'),
       'although the password was changed, and hashed')
    equal(in_files('left to the trigger'), [], 'and is in no file')


def check_log():
    bad = [line for line in private.log_text().splitlines()
           if any(word in line for word in
                  ('fatal', 'panic', 'no such function', 'near "', 'ld.so',
                   'exit status', 'killed by signal'))]
    equal(bad, [], 'no daemon complains')


def memory():
    """A list of KiB for each program of Postfix, and for authdaemond."""
    found = {}
    for pid in pids(POSTFIX) + pids(AUTHDAEMOND):
        try:
            name = os.path.basename(os.readlink(f'/proc/{pid}/exe'))
            found.setdefault(name, []).append(pss(pid))
        except OSError:
            pass  # it has just ended
    return found


def pss(pid):
    with open(f'/proc/{pid}/smaps_rollup', encoding='utf-8') as file:
        return next(int(line.split()[1]) for line in file
                    if line.startswith('Pss:'))


def show_memory(before, after):
    """Of the processes that there were both times."""
    same = [name for name in before
            if len(before[name]) == len(after.get(name, []))]
    postfix = [name for name in same if name != 'authdaemond']
    for what, names in [('proxymap', ['proxymap']),
                        ('authdaemond', ['authdaemond']),
                        ('Postfix, ' + ' '.join(postfix), postfix)]:
        was, is_now = (sum(sum(found.get(name, [])) for name in names)
                       for found in (before, after))
        count = sum(len(after.get(name, [])) for name in names)
        diag(f'{what} ({count} processes): {was} KiB, '
             f'with the library {is_now} KiB (PSS)')


main()
