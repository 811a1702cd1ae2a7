"""The stored hashes that the programs are asked about.

One of every kind in test/vectors/, and the same hashes with every label that
fits in every encoding; digests with salts of several lengths, made here;
locked ones. Each has the password that it stands for and its row in
the reference's table.
"""
import base64
import glob
import hashlib
import re
from typing import NamedTuple

SECRET = b'secret'
WRONG = b'another password'


class Stored(NamedTuple):
    text: bytes
    password: bytes
    row: str            # in the table, see rows()
    inner: bytes        # the hash or the digest itself
    is_digest: bool


def b64(data):
    return base64.b64encode(data)


def lower_hex(data):
    return data.hex().encode()


def upper_hex(data):
    return data.hex().upper().encode()


ANY_SUFFIX = 'any other label with `.b64`, `.base64` or `.hex`'
# Dovecot 2.4 says what is weak, by what is behind the label.
WEAK_METHODS = ['md5crypt `$1$`', 'bsdicrypt `_`', 'DES', 'bigcrypt']
WEAK_CRYPT = '`{CRYPT}` of `$1$`, `_`, DES or bigcrypt'
WEAK_SUFFIX = ('any other label with a suffix, of `$1$`, `_`, DES, bigcrypt or '
               'an MD5 digest')
LOCKED = 'anything with `!` before it'
# How Dovecot's suffixes write what stands behind the label.
SUFFIXES = {'.b64': b64, '.BASE64': b64, '.hex': lower_hex, '.HEX': upper_hex}

# ---- hashes that tell what they are ----

OLD_ARGON2 = 'argon2id and argon2i without `v=19`'
# What a hash begins with, its name in the table, and the labels that fit.
METHODS = [
    (rb'\$y\$', 'yescrypt `$y$`', 'CRYPT'),
    (rb'\$gy\$', 'gost-yescrypt `$gy$`', 'CRYPT'),
    (rb'\$7\$', 'scrypt `$7$`', 'CRYPT'),
    (rb'\$2b\$', 'bcrypt `$2b$`', 'CRYPT BLF-CRYPT'),
    (rb'\$2y\$', 'bcrypt `$2y$`', 'CRYPT BLF-CRYPT'),
    (rb'\$6\$', 'sha512crypt `$6$`', 'CRYPT SHA512-CRYPT'),
    (rb'\$5\$', 'sha256crypt `$5$`', 'CRYPT SHA256-CRYPT'),
    (rb'\$2a\$', 'bcrypt `$2a$`', 'CRYPT BLF-CRYPT'),
    (rb'\$2x\$', 'bcrypt `$2x$`', 'CRYPT BLF-CRYPT'),
    (rb'\$1\$', 'md5crypt `$1$`', 'CRYPT MD5-CRYPT MD5'),
    (rb'_', 'bsdicrypt `_`', 'CRYPT'),
    (rb'[./0-9A-Za-z]{13}$', 'DES', 'CRYPT DES-CRYPT'),
    (rb'[./0-9A-Za-z]{24,}$', 'bigcrypt', 'CRYPT DES-CRYPT'),
    (rb'\$sha1\$', 'sha1crypt `$sha1$`', 'CRYPT'),
    (rb'\$md5[$,]', 'sunmd5 `$md5`', 'CRYPT'),
    (rb'\$3\$', 'nt `$3$`', 'CRYPT'),
    (rb'\$argon2id\$v=19\$', 'argon2id `$argon2id$v=19$`', 'ARGON2ID ARGON2'),
    (rb'\$argon2i\$v=19\$', 'argon2i `$argon2i$v=19$`', 'ARGON2I ARGON2'),
    (rb'\$argon2id\$', OLD_ARGON2, 'ARGON2ID ARGON2'),
    (rb'\$argon2i\$', OLD_ARGON2, 'ARGON2I ARGON2'),
    (rb'\$argon2d\$', 'argon2d `$argon2d$`', 'ARGON2'),
]


def method_of(inner):
    for pattern, name, labels in METHODS:
        if re.match(pattern, inner):
            return name, labels.split()
    raise ValueError(f'no method: {inner}')


def row_of_label(label, suffix, inner):
    """The table's row for a hash behind a label."""
    name = f'`{{{label}}}`'
    if inner.startswith(b'$argon2d$'):
        return name + ' of argon2d'
    if inner.startswith(b'$argon2') and b'$v=19$' not in inner:
        return name + ' without `v=19`'
    if label == 'ARGON2':
        return name
    is_weak = label != 'PBKDF2' and method_of(inner)[0] in WEAK_METHODS
    if suffix:
        return WEAK_SUFFIX if is_weak else ANY_SUFFIX
    if label == 'MD5':
        return '`{MD5}$1$`'
    return WEAK_CRYPT if label == 'CRYPT' and is_weak else name


def texts_of(inner, password):
    """A hash, bare and behind every label that fits, in every encoding."""
    name, labels = method_of(inner)
    yield Stored(inner, password, name, inner, False)
    for label in labels:
        yield from labelled(label, inner, password)


def labelled(label, inner, password):
    def stored(spelled, suffix, content):
        return Stored(f'{{{spelled}{suffix}}}'.encode() + content, password,
                      row_of_label(label, suffix, inner), inner, False)

    yield stored(label, '', inner)
    yield stored(label.lower(), '', inner)
    for suffix, encode in SUFFIXES.items():
        yield stored(label, suffix, encode(inner))


# ---- the vectors ----

LABEL = re.compile(rb'\{([A-Za-z0-9-]+)(\.[A-Za-z0-9]+)?\}(.*)', re.DOTALL)


def read_vectors():
    for name in sorted(glob.glob('test/vectors/*.tsv')):
        with open(name, 'rb') as file:
            for line in file:
                if not line.startswith(b'#'):
                    _, _, password, text = line.rstrip(b'\n').split(b'\t')
                    yield bytes.fromhex(password.decode()), text


DEAR = [b'$y$/B3.', b'$7$B', b'm=65536']


def one_of_each_kind():
    """One vector for each label, $id$, and length of the salt or the hash.

    Courier takes no control characters in a password, and an empty one
    isn't sent by anyone. The few dear ones would cost more time than the rest.
    """
    seen = set()
    for password, text in read_vectors():
        known = LABEL.fullmatch(text)
        label = known.group(1, 2) if known else None
        method = re.match(rb'\$[a-z0-9]+[$,](v=\d+)?|_|', text).group()
        kind = label, method, len(text)
        if (kind not in seen and password and min(password) >= 0x20 and
                not any(mark in text for mark in DEAR)):
            seen.add(kind)
            yield password, text


def from_vectors():
    """Bare hashes of every kind; of each method one with every label."""
    done = set()
    for password, text in one_of_each_kind():
        if text.startswith(b'{'):
            yield read_labelled(password, text)
            continue
        name, _ = method_of(text)
        texts = texts_of(text, password)
        if name in done and not text.startswith(b'$argon2'):
            texts = [next(texts)]
        done.add(name)
        yield from texts


def read_labelled(password, text):
    """A vector that has a label: what it is, from its spelling."""
    label, suffix, content = LABEL.fullmatch(text).groups()
    label = label.decode().upper()
    inner = decode(label, (suffix or b'').lower(), content)
    is_digest = label in DIGESTS and not inner.startswith(b'$')
    if is_digest:
        row = row_of_digest(label, suffix, content, inner)
    else:
        row = row_of_label(label, suffix, inner)
    return Stored(text, password, row, inner, is_digest)


def decode(label, suffix, content):
    if suffix == b'.hex':
        return bytes.fromhex(content.decode())
    if suffix:
        return base64.b64decode(content, validate=True)
    if label not in DIGESTS or content.startswith(b'$'):
        return content
    method, salted = DIGESTS[label]
    if not salted and len(content) == 2 * LENGTHS[method]:
        return bytes.fromhex(content.decode())
    return base64.b64decode(content, validate=True)


# ---- digests, which only their label tells ----

LENGTHS = {'md5': 16, 'sha1': 20, 'sha256': 32, 'sha512': 64}
# The label's digest and whether it has a salt.
DIGESTS = {
    'PLAIN-MD5': ('md5', False), 'LDAP-MD5': ('md5', False),
    'MD5RAW': ('md5', False), 'MD5': ('md5', False), 'SMD5': ('md5', True),
    'SHA': ('sha1', False), 'SHA1': ('sha1', False), 'SSHA': ('sha1', True),
    'SHA256': ('sha256', False), 'SSHA256': ('sha256', True),
    'SHA512': ('sha512', False), 'SSHA512': ('sha512', True),
}
SALTS = [b'salt', b'saltsalt', b's', b'a salt of 16 bit', b's' * 64]


def row_of_digest(label, suffix, content, inner):
    name = f'`{{{label}}}`'
    if suffix:
        if label in ('MD5', 'MD5RAW'):
            return name + ' digest with a suffix'
        return WEAK_SUFFIX if DIGESTS[label][0] == 'md5' else ANY_SUFFIX
    if label == 'SSHA':
        salt = 'a salt of 4 bytes' if len(inner) == 24 else 'another salt'
        return f'{name} with {salt}'
    if label not in ('MD5', 'MD5RAW', 'SHA', 'SHA256', 'SHA512'):
        return name
    if len(content) != 2 * len(inner):
        return name + ' in base64'
    if label != 'MD5RAW':
        return name + ' in hex'
    is_lower = content == content.lower()
    return name + f' in {"lower" if is_lower else "upper"}-case hex'


def digest_texts():
    for label, (method, salted) in DIGESTS.items():
        for salt in SALTS if salted else [b'']:
            inner = hashlib.new(method, SECRET + salt).digest() + salt
            yield from digest_in_every_spelling(label, inner, salted)


def digest_in_every_spelling(label, inner, salted):
    def stored(spelled, suffix, content):
        return Stored(f'{{{spelled}{suffix}}}'.encode() + content, SECRET,
                      row_of_digest(label, suffix, content, inner), inner,
                      True)

    yield stored(label, '', b64(inner))
    yield stored(label.lower(), '', b64(inner))
    if not salted:
        yield stored(label, '', lower_hex(inner))
        yield stored(label, '', upper_hex(inner))
    for suffix, encode in SUFFIXES.items():
        yield stored(label, suffix, encode(inner))


def pbkdf2_texts():
    for salt in [b'saltsalt', b's', b's' * 64]:
        key = hashlib.pbkdf2_hmac('sha1', SECRET, salt, 1000).hex().encode()
        yield from labelled('PBKDF2', b'$1$%s$1000$%s' % (salt, key), SECRET)


# ---- all of them ----

def locked_texts(texts):
    """One of each row, with the mark of passwd -l before it."""
    seen = set()
    for stored in texts:
        if stored.row not in seen:
            seen.add(stored.row)
            yield stored._replace(text=b'!' + stored.text,
                                  row=LOCKED)


def all_texts():
    texts = [*from_vectors(), *digest_texts(), *pbkdf2_texts()]
    texts += locked_texts(texts)
    return list({stored.text: stored for stored in texts}.values())


def spellings(stored):
    """Whatever might be said for the same hash: every label, every way."""
    inner = stored.inner
    ways = [inner, b64(inner), lower_hex(inner)]
    labels = {label for _, _, some in METHODS for label in some.split()}
    if not stored.is_digest:
        yield inner
    for label in sorted(labels | set(DIGESTS) | {'PBKDF2'}):
        for suffix in ['', '.b64', '.hex']:
            for way in ways[:1 if suffix == '' and not stored.is_digest
                            else 3]:
                yield f'{{{label}{suffix}}}'.encode() + way
