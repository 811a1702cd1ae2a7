#!/usr/bin/python3
"""Whatever hash Dovecot's and Courier's own tools make, CRYPT_VERIFY takes.

doveadm pw makes one of each scheme that it lists, in each encoding, and
authpasswd one of each of its methods. The vectors, which are tested without
these programs, must have every scheme too.
"""
import os
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib', HERE + '/../mail']
sys.dont_write_bytecode = True

import hashes
import programs
import tap

# Left out: what isn't the hash of a password that a mail database could
# keep instead of it.
CHALLENGES = {'CRAM-MD5', 'DIGEST-MD5', 'HMAC-MD5', 'OTP', 'SCRAM-SHA-1',
              'SCRAM-SHA-256'}
THE_PASSWORD_ITSELF = {'CLEAR', 'CLEARTEXT', 'PLAIN', 'PLAIN-TRUNC'}
# MD4, which nobody but this one scheme stores.
NOT_KNOWN = {'PLAIN-MD4'}

COURIER_METHODS = ['md5', 'md5raw', 'sha', 'sha256', 'sha512', 'ssha']
# Dovecot's default for bcrypt and SHA-crypt costs more than a test needs.
ROUNDS = {'BLF-CRYPT': '4', 'CRYPT': '4', 'SHA256-CRYPT': '1000',
          'SHA512-CRYPT': '1000', 'PBKDF2': '1000'}
PASSWORDS = [b'secret', 'pässwörd "$HOME" \\'.encode()]


def listed():
    return set(programs.run('doveadm', 'pw', '-l').decode().split())


def by_doveadm(scheme, suffix, password):
    rounds = ['-r', ROUNDS[scheme]] if scheme in ROUNDS else []
    return programs.run('doveadm', 'pw', '-s', scheme + suffix, '-p', password,
                        '-u', 'joe@example.com', *rounds).strip()


def by_authpasswd(method, password):
    return programs.run('authpasswd', method,
                        input=password + b'\n' + password + b'\n').strip()


def in_vectors():
    """The labels of test/vectors/, less their suffixes."""
    found = [hashes.LABEL.fullmatch(text) for _, text in hashes.read_vectors()]
    return {label.group(1).decode().upper() for label in found if label}


def check(db, what, text, password):
    answers = db.execute(
        'SELECT CRYPT_VERIFY(?2, ?1), CRYPT_VERIFY(?3, ?1), CRYPT_IS_HASH(?1)',
        (text, password, hashes.WRONG)).fetchone()
    tap.equal(answers, (1, 0, 1), what)


def check_left_out(db, scheme):
    """What mailfunc doesn't know it must not take for a hash."""
    text = by_doveadm(scheme, '', b'secret')
    answer = db.execute("SELECT CRYPT_VERIFY('secret', ?)", (text,)).fetchone()
    tap.equal(answer, (0,), f'{{{scheme}}}, which is left out, verifies as 0')


def main():
    os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'
    missing = programs.missing_packages()
    if missing:
        tap.give_up('programs are missing\napt-get install '
                    '--no-install-recommends ' + ' '.join(missing))
    os.chdir(HERE + '/../../..')
    db = sqlite3.connect(':memory:')
    db.enable_load_extension(True)
    db.load_extension('./mailfunc.so')
    left_out = CHALLENGES | THE_PASSWORD_ITSELF | NOT_KNOWN
    for scheme in sorted(listed() - left_out):
        tap.ok(scheme in in_vectors(), f'the vectors have {{{scheme}}}')
        for suffix in ['', '.b64', '.hex']:
            for password in PASSWORDS:
                check(db, f'doveadm makes {{{scheme}{suffix}}} '
                      f'of {len(password)} bytes',
                      by_doveadm(scheme, suffix, password), password)
    for scheme in sorted(listed() & left_out):
        check_left_out(db, scheme)
    for method in COURIER_METHODS:
        for password in PASSWORDS:
            text = by_authpasswd(method, password)
            tap.ok(text.startswith(f'{{{method.upper()}}}'.encode()),
                   f'authpasswd knows {method}')
            check(db, f'authpasswd makes {method} of {len(password)} bytes',
                  text, password)
    tap.finish()


main()
