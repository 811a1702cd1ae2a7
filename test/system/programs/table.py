"""The table of who verifies which hash, from what the programs said."""
import docs
import hashes

BEGIN = '<!-- verifiers: made by test/system/programs/verify.t --table -->\n'
END = '<!-- /verifiers -->\n'
HEAD = ('| stored hash | Courier | Dovecot 2.3 | Dovecot 2.4 | PHP | '
        'PostgreSQL |\n|---|---|---|---|---|---|\n')


def is_bare(row):
    return any(row == name for _, name, _ in hashes.METHODS)


def position(row):
    """Methods first, then labels, both in the order of hashes.py."""
    names = [name for _, name, _ in hashes.METHODS]
    labels = ['CRYPT', 'BLF-CRYPT', 'SHA512-CRYPT', 'SHA256-CRYPT',
              'MD5-CRYPT', 'DES-CRYPT', 'ARGON2ID', 'ARGON2I', 'ARGON2',
              *hashes.DIGESTS, 'PBKDF2']
    names += [f'`{{{label}' for label in labels]
    return next((number for number, name in enumerate(names)
                 if row == name or
                 row.startswith((name + '}`', name + '}$'))), len(names))


def make(answers_of_row):
    """The table's text; rows with the same answers become one."""
    groups = {}
    for row in sorted(answers_of_row, key=position):
        groups.setdefault((is_bare(row), answers_of_row[row]), []).append(row)
    lines = [f'| {", ".join(rows)} | ' +
             ' | '.join('yes' if answer else 'no' for answer in answers) +
             ' |\n' for (_, answers), rows in groups.items()]
    return HEAD + ''.join(lines)


def as_written():
    return docs.between(BEGIN, END) or \
        f'no file has a table between {BEGIN}and {END}'
