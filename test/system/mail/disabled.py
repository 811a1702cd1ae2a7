"""users.active = 0: no mail and no login, and all as before when it is 1."""
import clients
import delivery
from clients import INSIDE, Imap, arrives, mails, rcpt, send, wait_until
from courier import ask_authdaemon
from login import CLIENTS, JOE
from stack import DB, layout_is, publish_maps, reader_is, run, sql
from tap import contains, equal, ok

USER = ('leaver@catch.example', 'still here')
MAILDIR = 'catch.example/leaver/'
# Each way to write the address that is a user's in hostile.py, too.
SPELLINGS = ['gone@example.com', 'GONE@Example.COM', 'gone+x@example.com',
             'Gone+X+y@example.com', 'gone+../../x@example.com',
             '"gone"@example.com', 'gone@example.com.', '\\gone@example.com',
             'gone\\@example.com', 'gone@catch.example',
             'GONE@CATCH.EXAMPLE', 'gone+x@catch.example']


def check():
    """After login's checks: every user has a maildir."""
    check_recipients()
    check_ways_round()
    check_leaver()


def check_recipients():
    for spelling in SPELLINGS:
        equal(disabled(spelling), '', f'mail for {spelling} is refused')
    equal(disabled('gone@catch.example', source=INSIDE), '',
          'from this machine, too')
    with clients.Smtp(port=587) as session:
        session.secure()
        session.login_plain(*JOE)
        contains(session.offer('gone@catch.example', sender=JOE[0])[1].decode(),
                 '5.2.1', 'and by a user who has logged in')
    equal(rcpt('gone2@example.com'), 550, 'an unknown user is one as before')
    equal(rcpt('gone2@catch.example'), 250, 'a catch-all takes as before')


def disabled(recipient, source=None):
    """'' if it is refused as it should be, else the answer."""
    with clients.Smtp(source) as session:
        code, text = session.offer(recipient)
    if code == 550 and text.startswith(b'5.2.1 ') and \
            text.endswith(b'mailbox disabled'):
        return ''
    return f'{code} {text}'


def check_ways_round():
    """What smtpd can't know of is bounced: never kept, never caught."""
    send('left@example.com', 'token-left')
    ok(bounced('token-left'), 'a forwarding to a disabled user: bounced')
    run('sendmail', '-f', 'someone@example.net', 'gone@catch.example',
        input='Subject: token-gone\n\ntoken-gone\n')
    ok(bounced('token-gone'), 'sendmail to a disabled user: bounced')
    for token in ['token-left', 'token-gone']:
        for maildir in ['example.com/joe/', 'catch.example/gone/']:
            equal(mails(maildir, token), [], f'{token} is not in {maildir}')


# What virtual(8) says, and Dovecot's LMTP server.
UNKNOWN = ['unknown user: "gone@catch.example"',
           "User doesn't exist: gone@catch.example"]


def bounced(token):
    return wait_until(lambda: any(
        token in mail and any(word in mail for word in UNKNOWN)
        for mail in delivery.relayed))


def check_leaver():
    ok(arrives(USER[0], 'token-before', MAILDIR), 'mail for an active user')
    equal(logins(), [good for _, _, good in CLIENTS], 'who logs in')
    with Imap() as session:
        session.login(*USER)
        switch(0)
        contains(session.command(b'SELECT INBOX'), 'a OK',
                 'disabled: an open session goes on')
    check_out()
    equal(len(mails(MAILDIR, 'token-before')), 1, 'the mail stays')
    switch(1)
    equal(logins(), [good for _, _, good in CLIENTS],
          'enabled again: logins work at once')
    ok(arrives(USER[0], 'token-after', MAILDIR), 'mail comes in at once')
    with Imap() as session:
        session.login(*USER)
        contains(session.command(b'SELECT INBOX'), '* 2 EXISTS',
                 'the old mail is there, too')


def switch(active):
    """Needs no extension. A copy counts when it is published."""
    change = f"UPDATE users SET active = {active} WHERE email = '{USER[0]}'"
    if layout_is('postgresql'):
        sql(change)
    else:
        run('sqlite3', '-cmd', '.timeout 10000', DB, change)
    if layout_is('published'):
        taken = rcpt(USER[0]) == 250
        equal(taken, not active, 'not published yet: as before')
        publish_maps()


def check_out():
    imap, pop3, smtp = logins()
    ok(imap == 'NO' and pop3.startswith('-ERR') and smtp == 535,
       f'no login: {imap}, {pop3}, {smtp}')
    if reader_is('courier'):
        contains(run('authtest', *USER, check=False), 'FAILED',
                 'nor by authtest')
        contains(ask_authdaemon('PASSWD imap', *USER, 'a new one'), 'FAIL',
                 'nor a change of password')
    equal(disabled(USER[0]), '', 'no mail, in spite of the catch-all')
    equal(disabled('leaver+x@catch.example'), '', 'nor with an extension')


def logins():
    return clients.together(lambda login: login(*USER),
                            [(function,) for _, function, _ in CLIENTS])
