"""Every map, asked through proxymap as smtpd asks it."""
from clients import look_up
from tap import equal

ANSWERS = [
    ('domains', 'example.com', 'example.com'),
    ('domains', 'EXAMPLE.Com', 'example.com'),
    ('domains', 'example.org', ''),
    ('domains', '%', ''),
    ('mailboxes', 'joe@example.com', 'example.com/joe/'),
    ('mailboxes', 'JOE@Example.COM', 'example.com/joe/'),
    ('mailboxes', 'o.k-a_y@example.com', 'example.com/o.k-a_y/'),
    ('mailboxes', 'oxkxaxy@example.com', ''),
    ('mailboxes', 'nobody@example.com', ''),
    ('mailboxes', '@example.com', ''),
    ('mailboxes', "' OR '1'='1", ''),
    ('mailboxes', 'gone@example.com', ''),
    ('inactive', 'gone@example.com', '550 5.2.1 mailbox disabled'),
    ('inactive', 'GONE@Catch.Example', '550 5.2.1 mailbox disabled'),
    ('inactive', 'joe@example.com', ''),
    ('inactive', 'info@example.com', ''),
    ('inactive', 'nobody@example.com', ''),
    ('inactive', 'example.com', ''),
    ('inactive', "' OR '1'='1", ''),
    ('email2email', 'Joe@example.com', 'joe@example.com'),
    ('email2email', 'gone@catch.example', 'gone@catch.example'),
    ('email2email', 'nobody@example.com', ''),
    ('forwardings', 'info@example.com', 'joe@example.com'),
    ('forwardings', 'INFO@EXAMPLE.COM', 'joe@example.com'),
    ('forwardings', 'both@example.com', 'joe@example.com,anna@example.com'),
    ('forwardings', '@catch.example', 'joe@example.com'),
    ('forwardings', 'joe@example.com', ''),
    ('mailbox_limits', 'small@example.com', '20000'),
    ('mailbox_limits', 'nobody@example.com', ''),
    ('transports', 'example.net', 'smtp:[127.0.0.1]:2525'),
    ('transports', 'Example.Net', 'smtp:[127.0.0.1]:2525'),
    ('transports', 'example.com', ''),
]


def check():
    for table, key, answer in ANSWERS:
        equal(look_up(table, key), answer,
              f'{table}: {key} -> {answer or "not found"}')
