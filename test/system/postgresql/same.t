#!/usr/bin/python3 -B
"""PostgreSQL's functions give the answers of the extension's: for each text
in the tests of addresses, forwardings and hashes, the known answers, and some
that are made by changing these, and drawn at random.
"""
import glob
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../../hard/fire'))

import server
import tap
import texts

SEED = int(os.environ.get('SEED') or random.randrange(10 ** 6))
RNG = random.Random(SEED)
C_ESCAPES = {'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '"': '"'}

# Both have this function of one text; what it answers is text, or NULL.
ADDRESS = ['address_problem', 'domain_of', 'local_part_of', 'maildir',
           'maildir_problem']
# What is too long to hash is so by the method: there is but one there.
HASH = [("CASE WHEN CRYPT_KIND(t) IN ('plain', 'bare') "
         "THEN PASSWORD_PROBLEM(t, 'bcrypt') ELSE CRYPT_PROBLEM(t) END",
         'crypt_problem(t)')]
# A setting is a damaged hash here: both are refused in the same words.
KIND = "replace(crypt_kind(t), 'setting', 'damaged')"


def quoted_in(name):
    """Every literal of a file in C or SQL."""
    with open(name, encoding='utf-8', errors='surrogateescape') as file:
        text = file.read()
    if name.endswith('.sql'):
        text = re.sub(r"'\s*\|\|\s*'", '', text)
        return [part.replace("''", "'")
                for part in re.findall(r"'((?:[^']|'')*)'", text)]
    return [re.sub(r'\\x[0-9a-f]{2}|\\(.)', unescape, part)
            for part in re.findall(r'"((?:[^"\\\n]|\\.)*)"', text)]


def unescape(found):
    if found[1] is None:
        return bytes.fromhex(found[0][2:]).decode('latin-1')
    return C_ESCAPES.get(found[1], '')


def is_text(text):
    """Not what a database in UTF-8 can't hold."""
    try:
        return '\0' not in text and len(text.encode()) < 3000
    except UnicodeEncodeError:
        return False


def addresses():
    found = {text for name in ['test/sql/address.sql', 'test/unit/address.c',
                               'test/unit/forwarding.c', 'test/system/mail/rows.sql']
             for text in quoted_in(name)}
    byte = [chr(n) for n in range(1, 128)] + ['é', '€', '𝄞', '\x80']
    for before, after in [('', 'oe@example.com'), ('j', 'e@example.com'),
                          ('jo', '@example.com'), ('', '@example.com'),
                          ('joe@', 'xample.com'), ('joe@ex', 'mple.com'),
                          ('joe@example.', 'om'), ('joe@exampl', '.com'),
                          ('joe@example.co', ''), ('joe@', ''), ('', '')]:
        found |= {before + one + after for one in byte}
    for length in [63, 64, 65]:
        found |= {'x' * length + '@b', 'a@' + 'x' * length,
                  'a@' + ('x' * 62 + '.') * 3 + 'y' * length,
                  'é' * (length // 2) + '@b', 'a@' + 'é' * 126 + 'x' * length}
    pieces = ['joe', 'a', '@', '.', '..', '/', '-', '@example.com', '1', '127',
              'Ex', '_', ' ', ',', ';', "'", '"', '[', '|', ':', 'é', '~', '*',
              '\t', '\n', '+', '\\', '`', 'xn--', 'a' * 63, '<', '(']
    found |= {''.join(RNG.choices(pieces, k=RNG.randrange(1, 8)))
              for _ in range(2000)}
    return found


def hashes():
    found = {text for name in glob.glob('test/sql/*.sql') +
             ['test/unit/stored.c', 'test/unit/crypt_grammar.c',
              'test/unit/damage.c', 'test/unit/argon2.c',
              'test/unit/password.c', 'test/unit/encoding.c',
              'test/sql/schema/outcomes.sql'] for text in quoted_in(name)}
    known = []
    for name in glob.glob('test/vectors/*.tsv'):
        with open(name, encoding='utf-8') as file:
            known += [line.rstrip('\n').split('\t')[3] for line in file
                      if not line.startswith('#')]
    known += texts.HASHES
    found |= set(known) | set(texts.ODD_PASSWORDS[:10])
    for text in known:
        found |= {changed(text) for _ in range(6)}
    for _ in range(1500):
        found.add(drawn())
    return found


def changed(text):
    """A hash with a byte too few, too many or another, or something around."""
    at = RNG.randrange(len(text) + 1)
    one = RNG.choice(texts.ALPHABET + "$$$!'\" *:;\\,={}é-_+")
    around = RNG.choice(['!', '!!', ' ', "'", '"', '*', 'x', '{CRYPT}', '{',
                         'SHA512-CRYPT:', '{MD5}', '{crypt}', '$', '{SHA}',
                         '(x)', '{BLF-CRYPT}', '{x}'])
    return RNG.choice([text[:at] + text[at + 1:], text[:at] + one + text[at:],
                       text[:at] + one + text[at + 1:], text[:at],
                       around + text, text + around, around + text + around])


def drawn():
    """What costs more or less, and passwords."""
    number = RNG.choice(['0', '1', '01', '999', '1000', '5000', '1500000',
                         '1500001', '500000', '500001', '999999999',
                         '1000000000', '4294967295', '4294967296', '65536'])
    digits = texts.some(RNG, RNG.randrange(1, 12))
    return RNG.choice([
        f'$6$rounds={number}$salt${"a" * 85}.', f'$5${digits}${"a" * 42}.',
        f'$1${digits}${"a" * 21}.', f'$sha1${number}${digits}${"a" * 28}',
        f'$md5,rounds={number}${digits}$${"a" * 21}.',
        f'$y${digits}${digits}${"a" * 42}.', f'$7${digits}${"a" * 42}.',
        f'$y$j{digits[:1]}T${"a" * 22}${"a" * 42}.',
        f'$gy$j{digits[:3]}$${"a" * 42}.',
        f'$y$/{digits[:4]}$.a..${"a" * 42}.',
        f'$7${digits[:1]}{"6..../...."}{digits}${"a" * 42}.',
        f'$argon2id$v=19$m={number},t={number},p=1${"c2FsdHNhbHQ"}'
        f'${"a" * 22}', f'$argon2d$m=64,t=1,p={number}${"c2FsdHNhbHQ"}'
        f'${"a" * 21}Q',
        '{PBKDF2}$1$salt$' + number + '$' + 'ab' * 20,
        '{PBKDF2.HEX}' + (b'$1$sa\x80t$' + number.encode() + b'$' +
                          b'ab' * 20).hex(),
        '$2b$' + number[:2] + '$' + 'a' * 21 + 'u' + 'a' * 30 + '.',
        ''.join(RNG.choices([chr(n) for n in range(33, 127)] + ['é', ' '],
                            k=RNG.randrange(1, 25))),
        texts.some(RNG, RNG.choice([13, 20, 24, 35])),
        '_' + texts.some(RNG, 19)])


def ask(engine, table, columns):
    """A row of text for each, in the order in which they were asked."""
    def literal(text):
        hexed = text.encode().hex()
        return f"CAST(x'{hexed}' AS TEXT)" if engine == 'sqlite' else \
            f"convert_from('\\x{hexed}', 'UTF8')"

    hexed = 'hex(' if engine == 'sqlite' else "encode(convert_to("
    end = ')' if engine == 'sqlite' else ", 'UTF8'), 'hex')"
    row = " || ' ' || ".join(
        f"CASE WHEN {column} IS NULL THEN 'NULL' ELSE {hexed}{column}{end} END"
        for column in columns)
    script = 'CREATE TEMP TABLE asked(n integer, a text, b text);\n'
    for start in range(0, len(table), 200):
        script += 'INSERT INTO asked VALUES ' + ',\n'.join(
            f"({start + n}, {literal(a)}, {literal(b)})"
            for n, (a, b) in enumerate(table[start:start + 200])) + ';\n'
    script += f'SELECT {row} FROM (SELECT n, a AS t, b FROM asked) AS x ' \
        'ORDER BY n;\n'
    answer = server.sqlite(script) if engine == 'sqlite' else \
        PG.ask(script)
    return [[None if one == 'NULL' else bytes.fromhex(one).decode()
             for one in line.split(' ')] for line in answer.split('\n')]


def compare(what, table, columns):
    table = sorted((a, b) for a, b in table if is_text(a) and is_text(b))
    of_both = [column if isinstance(column, tuple) else (column, column)
               for column in columns]
    wanted = ask('sqlite', table, [column[0] for column in of_both])
    got = ask('postgresql', table, [column[1] for column in of_both])
    tap.ok(len(wanted) == len(got) == len(table) > 0,
           f'{what}: {len(table)} texts are asked of both')
    for number, (_, column) in enumerate(of_both):
        differ = [(text, one[number], other[number])
                  for text, one, other in zip(table, wanted, got)
                  if one[number] != other[number]]
        kinds = len({one[number] for one in wanted})
        tap.ok(not differ, f'{what}: {column}: {kinds} different answers')
        for row in differ[:8]:
            tap.diag(f'{row[0]!r}\n  sqlite     {row[1]!r}\n'
                     f'  postgresql {row[2]!r}')


def check_addresses():
    found = addresses()
    compare('addresses', [(text, '') for text in found],
            [f'{name}(t)' for name in ADDRESS])
    some = RNG.sample(sorted(filter(is_text, found)), 1500)
    pairs = [('a@b.c', text) for text in some] + \
        [(text, 'a@b.c') for text in some] + \
        [('a@b.c', ','.join(RNG.choices(some, k=2))) for _ in range(500)]
    compare('forwardings', pairs, ['forwarding_problem(t, b)'])
    tap.equal(PG.ask('SELECT address_problem(NULL), domain_of(NULL), '
                     'maildir(NULL), crypt_kind(NULL), crypt_problem(NULL), '
                     "mail_verify(NULL, 'x'), mail_verify('x', NULL)"),
              '||||||', 'NULL in, NULL out')


def check_hashes():
    compare('hashes', [(text, '') for text in hashes()],
            [KIND] + HASH)


def check_methods():
    """What make has put into the schema is what the extension says."""
    columns = ['name', 'prefix', 'creates', 'password_max', 'postgresql',
               'default', 'minimum']
    wanted = server.sqlite(
        'SELECT name, prefix, creates, max_password_bytes, postgresql, '
        "CASE WHEN typeof(default_cost) = 'integer' THEN default_cost END, "
        "CASE WHEN typeof(default_cost) = 'integer' THEN min_cost END "
        "FROM crypt_methods WHERE prefix NOT LIKE '{%' ORDER BY name;")
    got = PG.ask(
        "SELECT name, prefix, creates::int, password_max, "
        'pgcrypto::int, nullif(cost_default, 0), nullif(cost_min, 0) '
        'FROM crypt_methods() WHERE prefix IS NOT NULL '
        'ORDER BY name COLLATE "C";')
    tap.equal(got.split('\n'), wanted.split('\n'),
              f'the rows of methods: {columns}')
    tap.equal(PG.ask('SELECT label FROM crypt_labels() '
                     "WHERE methods <> '{}' ORDER BY 1"),
              server.sqlite("SELECT prefix FROM crypt_methods WHERE prefix "
                            "LIKE '{%' ORDER BY 1;"), 'and of labels')


def check_verify():
    """Every known answer that pgcrypto can give is given, and no other."""
    table = set()
    for name in glob.glob('test/vectors/*.tsv'):
        with open(name, encoding='utf-8') as file:
            for line in file:
                if not line.startswith('#'):
                    _, _, password, text = line.rstrip('\n').split('\t')
                    try:
                        password = bytes.fromhex(password).decode()
                    except UnicodeDecodeError:
                        continue
                    table |= {(password, text), (password + 'x', text),
                              (password, '!' + text)}
    table = sorted(row for row in table if is_text(row[0]))
    known = ask('postgresql', table,
                ["CASE WHEN mail_verifies(b) THEN '1' ELSE '0' END",
                 "CASE WHEN mail_verify(t, b) THEN '1' ELSE '0' END",
                 '(crypt_read(b)).method'])
    tap.ok(sum(row[1] == '1' for row in known) > 60,
           'many known answers are verified')
    methods = {row[2] for row in known if row[1] == '1'}
    tap.equal(sorted(methods),
              ['bcrypt', 'bcrypt-2a', 'bcrypt-2x', 'bcrypt-2y', 'bsdicrypt',
               'descrypt', 'md5crypt'], 'of every method that pgcrypto has')
    tap.equal([row for row, (verifies, got, _) in zip(table, known)
               if got == '1' and verifies == '0'], [],
              'none of what it can not verify')
    both = [(row, got) for row, (verifies, got, _) in zip(table, known)
            if verifies == '1']
    wanted = ask('sqlite', [row for row, _ in both],
                 ["CAST(CRYPT_VERIFY(t, b) AS TEXT)"])
    tap.equal([row for (row, got), (want,) in zip(both, wanted)
               if got != want], [],
              f"{len(both)} verdicts are those of the extension")


tap.diag(f'SEED={SEED}')
with server.running() as PG:
    check_addresses()
    check_methods()
    check_hashes()
    check_verify()
tap.finish()
