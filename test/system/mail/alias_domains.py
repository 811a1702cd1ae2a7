"""A domain that is another one by another name: two rows, '@alias.org' and
'@example.com'. Who isn't there isn't here either, and is told at RCPT."""
import delivery
from clients import arrives, mails, rcpt, send, wait_until
from disabled import disabled
from stack import run
from tap import equal, ok

JOE = 'example.com/joe/'
# Recipient, maildir.
DELIVERED = [
    ('joe@alias.org', JOE), ('JOE@Alias.ORG', JOE), ('joe+x@alias.org', JOE),
    ('info@alias.org', JOE), ('info+x@alias.org', JOE),
    ('own@alias.org', 'alias.org/own/'), ('sales@alias.org', 'example.com/quote/'),
    ('real@alias.example', 'catch.example/real/'),
    ('anyone@alias.example', JOE),
]
REFUSED = ['nobody@alias.org', 'nobody+joe@alias.org', '@alias.org',
           '%@alias.org', 'own@example.com', 'joe@second.example',
           "x'or'1'='1@alias.org", 'joe@sub.alias.org']
DISABLED = ['gone@alias.org', 'Gone+x@alias.org', 'gone@alias.example']


def check():
    for number, (recipient, maildir) in enumerate(DELIVERED):
        ok(arrives(recipient, f'token-alias-{number}.', maildir),
           f'{recipient} is delivered')
    equal(mails(JOE, 'token-alias-6.'), [],
          "what the alias domain has of its own is not the other domain's")
    for recipient in REFUSED:
        code = rcpt(recipient)
        ok(550 <= code <= 554, f'{recipient} is refused at RCPT: {code}')
    for recipient in DISABLED:
        equal(disabled(recipient), '', f'{recipient} is refused as disabled')
    equal(send('left@alias.org', 'token-alias-left'), 250,
          'one address of an alias domain goes elsewhere')
    equal([mail for mail in delivery.relayed if '@alias.' in mail and
           'MAILER-DAEMON' in mail], [], 'nothing of this was bounced')
    ok(wait_until(lambda: 'is empty' in run('postqueue', '-p')),
       'and nothing waits')
