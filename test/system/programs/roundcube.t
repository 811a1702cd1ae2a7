#!/usr/bin/python3 -B
"""The chapter on Roundcube: Debian's Roundcube and its plugin password,
under PHP-FPM and with Courier's authdaemond, used as a browser does.

Roundcube's packages are unpacked below build/. Where they can't be had, the
test is skipped; with NO_SKIP in the environment, as in CI, it fails.
"""
import glob
import os
import sqlite3
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib', HERE + '/../mail']

import private
import roundcube
import tap
from roundcube import Browser, Imap, authtest, configure, php_fpm, shell, sql
from tap import contains, equal, ok

COMMANDS = {'authdaemond': 'courier-authlib', 'cgi-fcgi': 'libfcgi-bin',
            'php': 'php-cli', 'sqlite3': 'sqlite3', 'unshare': 'util-linux'}
JOE, ANNA, GONE, LOCKED = (name + '@example.com' for name in
                           ['joe', 'anna', 'gone', 'locked'])
FIRST = 'correct horse'
ODD = ['it\'s a ""new"" one', ' blanks before and after ', 'täglich € \\ 日本',
       'x\\\' OR 1=1; --', '100%pure %p%o%P%O%u%h%|', '?? ? `a` ``b``',
       "'); DELETE FROM users; --", '$y$j9T$looks$like one', '<b>&amp;</b>',
       '!!!!!!!!!!', '0123456789']
HOSTILE = ["joe@example.com' OR '1'='1", 'jo*e@example.com',
           "x' OR email='anna@example.com' --", 'joe%h@example.com',
           '%h@example.com', '%u%l%d@example.com', '??@example.com',
           '`@example.com', '%@example.com', '\\@example.com',
           'joe@example.com\\\'--', '']
HOOK = "rcube::get_instance()->plugins->register_hook('raise_error'"
LOAD = "(new SQLite3(':memory:'))->loadExtension('mailfunc_preload.so');"
SAVED = ('confirmation', 'Successfully saved.')
NOT_SAVED = ('error', 'Could not save new password.')
typed_so_far = {FIRST}


def rows(but=None):
    """Every user and hash, and all else that somebody could change."""
    return sql(f"SELECT * FROM users WHERE email IS NOT '{but}'; "
               'SELECT * FROM forwardings; SELECT * FROM domains;')


def stored(user):
    return sql(f"SELECT password FROM users WHERE email = '{user}';")


def browser(user, typed):
    """Logged in, or not: then nothing can be changed either."""
    new = Browser()
    return new, new.login(user, typed)


def change(user, old, new, typed=None, repeated=None):
    """Log in with the old one, type it or another one, and a new one."""
    typed_so_far.update(text for text in [old, new, typed] if text)
    session, _ = browser(user, old)
    return session.change(old if typed is None else typed, new, repeated)


def refused(what, *arguments, shown=NOT_SAVED, **named):
    """Whatever is shown, nothing has changed."""
    before = rows()
    said = change(*arguments, **named)
    if shown:
        equal(said, shown, f'{what}: refused, and the user is told')
    else:
        ok(said[0] in ('error', 'nothing'), f'{what}: refused')
    equal(rows(), before, f'{what}: no row changes')


def set_policy(method, cost):
    sql(f"UPDATE password_policy SET method = '{method}', cost = {cost};")


def files(but=()):
    """The database and what is beside it, and all that PHP writes."""
    for folder in ['/srv/mail', '/srv/webmail', '/var/log', '/run/php',
                   roundcube.HOME + '/temp']:
        for path in glob.glob(folder + '/**', recursive=True):
            if os.path.isfile(path) and path not in but:
                yield path


def found_in_files():
    """Which files have a password that was typed."""
    found = []
    for path in files():
        with open(path, 'rb') as file:
            text = file.read()
        # Of the short one others may have the digits.
        found += [f'{path}: {typed}' for typed in typed_so_far
                  if typed != '0123456789' and typed.encode() in text]
    return found


def errors():
    """What Roundcube has logged since the last time."""
    path = '/var/log/roundcube/errors.log'
    if not os.path.exists(path):
        return ''
    with open(path, encoding='utf-8', errors='replace') as file:
        text = file.read()
    os.rename(path, f'{path}.{time.time_ns()}')
    return text


# ---- with the chapter's configuration ----

def check_changed():
    others = rows(but=JOE)
    old = FIRST
    for new in ODD:
        equal(change(JOE, old, new), SAVED, f'a change to {new}')
        ok(authtest(JOE, new) and not authtest(JOE, old),
           'Courier takes the new one, and no longer the old')
        contains(stored(JOE)[:4], '$y$', 'it is stored as a hash of yescrypt')
        old = new
    set_policy('bcrypt', 5)
    equal(change(JOE, old, FIRST), SAVED, 'under another policy')
    contains(stored(JOE), '$2b$05$', 'the hash goes by it')
    ok(authtest(JOE, FIRST), 'Courier takes it')
    equal(rows(but=JOE), others, 'nobody else has another hash')
    equal(errors(), '', 'and nothing is logged')


def check_typing():
    refused('a wrong old password', JOE, FIRST, 'a new password',
            typed='wrong', shown=('error', 'Current password incorrect.'))
    refused('the hash for the old one', JOE, FIRST, 'a new password',
            typed=stored(JOE), shown=('error', 'Current password incorrect.'))
    refused('another repetition', JOE, FIRST, 'a new password', shown=None,
            repeated='a new passwort')
    refused('nothing', JOE, FIRST, '', shown=None)
    refused('a short one', JOE, FIRST, 'ninebytes', shown=None)
    refused('a line break', JOE, FIRST, 'a new\npassword', shown=None)
    equal(errors(), '', 'none of it is logged')


def check_refused_by_policy():
    refused('73 bytes with bcrypt', JOE, FIRST, 'seventy-3' + 'x' * 64)
    contains(errors(), 'CRYPT: ', 'the log has the reason')
    longest = 'seventy-2' + 'y' * 63
    equal(change(JOE, FIRST, longest), SAVED, '72 bytes are none too many')
    equal(change(JOE, longest, FIRST), SAVED, 'and can be changed back')
    set_policy('yescrypt', 5)
    refused('512 bytes', JOE, FIRST, 'long' * 128)
    contains(errors(), 'CRYPT: ', 'and again')


def check_without_imap():
    """A server that lets everybody in, as whom they like."""
    Imap.believes = True
    refused('a wrong old one that IMAP took', JOE, 'guessed it', 'stolen one')
    refused('the hash that IMAP took', JOE, stored(JOE), 'stolen one')
    refused('a locked user', LOCKED, FIRST, 'unlocked again')
    refused('an inactive user', GONE, FIRST, 'active again')
    refused('an unknown user', 'nobody@example.com', FIRST, 'somebody now')
    equal(errors(), '', 'none of that is an error to be logged')
    for user in HOSTILE:
        refused(f'user {user}', user, 'guessed it', 'stolen one', shown=None)
    ok('syntax error' in errors(), 'at worst, the statement breaks')
    Imap.believes = False


def check_waits():
    """A writer who needs two seconds."""
    writer = sqlite3.connect(roundcube.DB, isolation_level=None,
                             check_same_thread=False)
    session, _ = browser(JOE, FIRST)
    writer.execute('BEGIN IMMEDIATE')
    threading.Timer(2, writer.execute, ['COMMIT']).start()
    equal(session.change(FIRST, 'patience, patience'), SAVED,
          'where somebody else writes, it waits')
    writer.close()
    equal(change(JOE, 'patience, patience', FIRST), SAVED, 'and back')


def check_modes():
    """What Roundcube's user may do, and nobody else."""
    def may(user, action):
        return shell(f'setpriv --reuid {user} --regid {user} --init-groups '
                     f'sh -c "{action}" 2>/dev/null && echo yes || '
                     'echo no').strip()

    ok(may('roundcube', ': >>/srv/mail/mail.db') == 'yes' and
       may('roundcube', ': >>/srv/mail/mail.db-wal') == 'yes',
       "Roundcube's user may write the database")
    equal(may('roundcube', ': >/srv/mail/mail.db-journal'), 'no',
          'but put no file beside it')
    equal(may('www-data', ': <>/srv/mail/mail.db'), 'no',
          "the web server's may not")
    users = {line.split()[0] for line in shell(
        'ps -o user:20=,args= -C "$(basename /usr/sbin/php-fpm*)"'
    ).splitlines()}
    equal(users, {'root', 'roundcube'}, "PHP runs as Roundcube's user")


# ---- with something else ----

def check_delete_mode():
    roundcube.courier('stop')
    sql('PRAGMA journal_mode = DELETE;')
    roundcube.courier('start')
    refused('a database that is not in WAL mode', JOE, FIRST, 'never stored')
    equal(sql('PRAGMA journal_mode;'), 'delete', 'and its mode stays')
    contains(errors(), 'readonly database', 'the reason is logged')
    roundcube.courier('stop')
    sql('PRAGMA journal_mode = WAL;')
    Imap.believes = True
    refused('while nobody has it open', JOE, FIRST, 'never stored')
    Imap.believes = False
    contains(errors(), ' DB Error: ', 'which is logged, too')
    roundcube.courier('start')


def check_other_configurations():
    configure((HOOK, "(fn() => 0)('raise_error'"))
    set_policy('bcrypt', 5)
    told = 'told to everyone ' + 'x' * 64
    refused('without the hook', JOE, FIRST, told)
    contains(errors(), told, 'both passwords are logged')
    for path in glob.glob('/var/log/roundcube/errors.log.*'):
        os.unlink(path)
    set_policy('yescrypt', 5)

    configure(('(SELECT CRYPT(%p, method, cost) FROM password_policy)', '%p'))
    equal(change(JOE, FIRST, 'left to triggers'), NOT_SAVED,
          'a plain UPDATE seems to fail')
    ok(authtest(JOE, 'left to triggers'), 'and has changed the password')
    configure()
    equal(change(JOE, 'left to triggers', FIRST), SAVED, 'ours does not')


def check_without_library():
    os.rename(roundcube.LIBRARY, roundcube.LIBRARY + '.away')
    with php_fpm():
        refused('without the library', JOE, FIRST, 'no such luck')
    contains(errors(), 'no such function: CRYPT', 'the reason is logged')
    os.rename(roundcube.LIBRARY + '.away', roundcube.LIBRARY)
    configure((LOAD, ''))
    with php_fpm(LD_PRELOAD=roundcube.LIBRARY):
        if roundcube.php_version() < (8, 3):
            refused('only preloaded', JOE, FIRST, 'no such luck')
            contains(errors(), 'no such function: CRYPT',
                     'for the same reason')
        else:
            equal(change(JOE, FIRST, 'by preloading'), SAVED,
                  'only preloaded: newer modules of PHP see it')
    configure()


def prepare():
    sql(f'''
        INSERT INTO domains VALUES ('example.com');
        INSERT INTO users(email, password) VALUES ('{JOE}', '{FIRST}'),
            ('{ANNA}', '{FIRST}'), ('{GONE}', '{FIRST}'),
            ('{LOCKED}', '{FIRST}');
        UPDATE users SET active = 0 WHERE email = '{GONE}';
        UPDATE users SET password = '!' || password
            WHERE email = '{LOCKED}';
    ''')
    roundcube.start_courier()
    roundcube.follow_chapter()
    roundcube.serve_imap()


def main():
    os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'
    missing = roundcube.missing_packages(COMMANDS)
    if missing:
        tap.give_up('programs are missing\napt-get install '
                    '--no-install-recommends ' + ' '.join(missing))
    why_not = roundcube.fetch()
    if why_not and 'NO_SKIP' in os.environ:
        tap.give_up(why_not)
    elif why_not:
        tap.skip(why_not)
        tap.finish()
    private.NEEDED = ['unshare']
    private.COPIED = ['/etc', '/var/lib/courier']
    private.EMPTY += ['/var/log']
    private.enter()
    roundcube.lay_out()
    prepare()
    with php_fpm():
        check_changed()
        check_modes()
        check_typing()
        check_refused_by_policy()
        check_without_imap()
        check_waits()
        check_delete_mode()
        check_other_configurations()
    check_without_library()
    ok(len(list(files())) > 5, 'there are files to be searched')
    equal(found_in_files(), [], 'no password that was typed is in any of them')
    tap.finish()


main()
