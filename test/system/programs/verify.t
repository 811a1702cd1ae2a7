#!/usr/bin/python3
"""Which program verifies which stored hash: the programs are asked.

Courier's authdaemond, the auth servers of Dovecot 2.3 and 2.4, PHP's
password_verify() and PostgreSQL's pgcrypto get every hash of hashes.py with
its password and with another. What they say must be what CRYPT_INFO and
crypt_methods say, what CRYPT_RELABEL makes they must verify, and the table of
doc/reference.md must be theirs.

With --table, that table is printed and nothing else. Dovecot 2.4 is Debian
13's; where it can't be had, the test says so and asks the others. With NO_SKIP
in the environment, as in CI, it fails. On Debian 13 itself, which has no 2.3,
there is nobody to ask about that one.
"""
import json
import os
import sqlite3
import sys
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib', HERE + '/../mail']
sys.dont_write_bytecode = True

import debian13
import hashes
import private
import programs
import table
import tap

NAMES = list(programs.PROGRAMS)
RELABEL_FOR = ['courier', 'dovecot']


class Told(NamedTuple):
    """What mailfunc says of a stored hash."""
    info: dict              # None if it isn't a recognised hash
    verified: tuple         # with the right password, with another
    relabelled: dict        # by program; None if there is no spelling


class Mailfunc:
    def __init__(self):
        self.db = sqlite3.connect(':memory:')
        self.db.enable_load_extension(True)
        self.db.load_extension('./mailfunc.so')
        self.db.text_factory = bytes
        self.known = {}

    def tell(self, stored, text=None):
        """Of the stored text, or of another text for the same password."""
        key = stored.text if text is None else text, stored.password
        if key not in self.known:
            self.known[key] = self.ask(*key)
        return self.known[key]

    def ask(self, text, password):
        info, right, other, *relabelled = self.db.execute(
            'SELECT CRYPT_INFO(?1), CRYPT_VERIFY(?2, ?1), '
            "CRYPT_VERIFY(?3, ?1), CRYPT_RELABEL(?1, 'courier'), "
            "CRYPT_RELABEL(?1, 'dovecot')",
            (text, password, hashes.WRONG)).fetchone()
        return Told(json.loads(info) if info else None, (right, other),
                    dict(zip(RELABEL_FOR, relabelled)))


def short(text):
    """Enough of a hash to know it by, in TAP."""
    text = text.decode(errors='replace')
    return text if len(text) <= 60 else f'{text[:57]}... ({len(text)})'


class Answers:
    """The programs' answers; each is asked all its questions at once."""

    def __init__(self):
        self.questions = {name: {} for name in NAMES}

    def want(self, name, password, text):
        self.questions[name][password, text] = None

    def ask(self):
        for name, questions in self.questions.items():
            pairs = list(questions)
            verified = programs.PROGRAMS[name]().verify(pairs)
            questions.update(zip(pairs, verified, strict=True))

    def of(self, name, stored, text=None):
        """For the right password and for another."""
        questions = self.questions[name]
        text = stored.text if text is None else text
        return tuple(questions[password, text]
                     for password in (stored.password, hashes.WRONG))

    def row(self, stored):
        return tuple(self.of(name, stored)[0] for name in NAMES)


def gather(texts, mailfunc):
    answers = Answers()
    for stored in texts:
        for password in (stored.password, hashes.WRONG):
            for name in NAMES:
                answers.want(name, password, stored.text)
            for name, text in asked(mailfunc.tell(stored).relabelled):
                if text is not None:
                    answers.want(name, password, text)
    for stored, name in without_spelling(texts, mailfunc):
        for text in hashes.spellings(stored):
            answers.want(name, stored.password, text)
    for name in NAMES:
        answers.want(name, *UNLIKE)
    answers.ask()
    return answers


def asked(relabelled):
    """Of the programs that are asked."""
    return [(name, text) for name, text in relabelled.items() if name in NAMES]


def without_spelling(texts, mailfunc):
    """For each program, one hash of each kind, however it is spelled."""
    found = {}
    for stored in texts:
        for name, text in asked(mailfunc.tell(stored).relabelled):
            if text is None and not stored.text.startswith(b'!'):
                found[stored.inner[:14], name] = (stored, name)
    return found.values()


# ---- CRYPT_INFO and crypt_methods ----

def check_info(texts, mailfunc, answers):
    for stored in texts:
        info = mailfunc.tell(stored).info or {}
        said = {name: info.get(name) for name in NAMES}
        want = {name: int(answers.of(name, stored)[0]) for name in NAMES}
        tap.equal(said, want, f'CRYPT_INFO: {short(stored.text)}')
    wrong = [(name, stored.text) for stored in texts for name in NAMES
             if answers.of(name, stored)[1]]
    tap.equal(wrong, [], 'no program takes another password')


def check_verify(texts, mailfunc):
    for stored in texts:
        right = int(not stored.text.startswith(b'!'))
        tap.equal(mailfunc.tell(stored).verified, (right, 0),
                  f'CRYPT_VERIFY: {short(stored.text)}')


def name_in_methods(stored, info):
    """Of a bare hash its method, else its label without suffix."""
    known = hashes.LABEL.fullmatch(stored.text)
    return known.group(1).decode().upper() if known else info['method']


def check_methods(texts, mailfunc, answers):
    """A row says that some hash of the kind is verified."""
    verified = {}
    for stored in texts:
        info = mailfunc.tell(stored).info
        if info and not info['locked']:
            name = name_in_methods(stored, info)
            verified.setdefault(name, []).append(answers.row(stored))
    rows = mailfunc.db.execute(
        f'SELECT name, {", ".join(NAMES)} FROM crypt_methods')
    for name, *said in rows.fetchall():
        want = [int(any(column))
                for column in zip(*verified.get(name.decode(), []))]
        tap.equal(said, want, f'crypt_methods: {name.decode()}')


# ---- CRYPT_RELABEL ----

def check_relabelled(texts, mailfunc, answers):
    for stored in texts:
        for name, text in asked(mailfunc.tell(stored).relabelled):
            if text is not None:
                check_spelling(stored, name, text, mailfunc, answers)


def check_spelling(stored, name, text, mailfunc, answers):
    """A locked one is verified by nobody, and stays locked."""
    open_ = not stored.text.startswith(b'!')
    again = mailfunc.tell(stored, text)
    said = {
        'verified there': answers.of(name, stored, text),
        'verified here': again.verified,
        'locked': text.startswith(b'!'),
        'relabelled once more': again.relabelled[name],
        'by way of the others': {
            mailfunc.tell(stored, other).relabelled[name]
            for other in again.relabelled.values() if other is not None},
    }
    want = {
        'verified there': (open_, False),
        'verified here': (open_, False),
        'locked': not open_,
        'relabelled once more': text,
        'by way of the others': {text},
    }
    tap.equal(said, want, f'CRYPT_RELABEL to {name}: {short(stored.text)}')


def check_without_spelling(texts, mailfunc, answers):
    for stored, name in without_spelling(texts, mailfunc):
        found = [text for text in hashes.spellings(stored)
                 if answers.questions[name][stored.password, text]]
        tap.equal(found, [], f'CRYPT_RELABEL to {name}: '
                  f'there is no spelling of {short(stored.text)}')


# ---- the reference's table ----

def answers_of_rows(texts, answers):
    rows = {}
    for stored in texts:
        rows.setdefault(stored.row, set()).add(answers.row(stored))
    return rows


def check_table(rows, text):
    for row, answers in rows.items():
        tap.equal(len(answers), 1, f'the programs agree on all of: {row}')
    tap.equal(table.as_written(), text, "the reference's table is the programs'")


# ---- a hash that depends on the password ----

# bcrypt's $2a$ has a countermeasure against an old mistake of crypt_blowfish,
# which changes the hash of a few passwords with the byte ff. pgcrypto hasn't.
UNLIKE = (b'\xff\xff\xa3',
          b'$2a$05$/OK.fbVrR/bpIqNJ5ianF.nqd1wy.pTMdcvrRWxyiGL2eMz.2a85.')


def check_unlike(answers):
    said = {name for name in NAMES if answers.questions[name][UNLIKE]}
    tap.equal(set(NAMES) - said, {'postgresql'},
              'of $2a$ with the bytes ff ff a3 pgcrypto has its own opinion')


def leave_out(name, spoken, why):
    if 'NO_SKIP' in os.environ or '--table' in sys.argv:
        tap.give_up(f'{spoken} must be asked: {why}')
    tap.skip(f'{spoken} is not asked: {why}')
    NAMES.remove(name)


def choose_dovecots():
    """Before the stage is entered, for one of them may have to be fetched."""
    if programs.dovecot_is_24():
        programs.PROGRAMS['dovecot24'] = programs.Dovecot24Here
        NAMES.remove('dovecot')
        if '--table' in sys.argv:
            tap.give_up('the table wants Dovecot 2.3, and this is 2.4')
    else:
        debian13.make()


def main():
    os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'
    missing = programs.missing_packages()
    if missing:
        tap.give_up('programs are missing\napt-get install '
                    '--no-install-recommends ' + ' '.join(missing))
    choose_dovecots()
    private.NEEDED = ['unshare']
    private.COPIED = ['/etc', '/var/lib/courier']
    private.enter()
    if debian13.why_not():
        leave_out('dovecot24', 'Dovecot 2.4', debian13.why_not())
    mailfunc = Mailfunc()
    texts = hashes.all_texts()
    answers = gather(texts, mailfunc)
    rows = answers_of_rows(texts, answers)
    text = table.make({row: max(some) for row, some in rows.items()})
    if '--table' in sys.argv:
        print(text, end='')
        return
    check_info(texts, mailfunc, answers)
    check_verify(texts, mailfunc)
    check_methods(texts, mailfunc, answers)
    check_relabelled(texts, mailfunc, answers)
    check_without_spelling(texts, mailfunc, answers)
    if len(NAMES) < len(programs.PROGRAMS):
        tap.skip("the reference's table has a column for each program")
    else:
        check_table(rows, text)
    check_unlike(answers)
    tap.finish()


main()
