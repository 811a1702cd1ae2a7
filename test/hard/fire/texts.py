"""Texts that somebody might type or bind as a password, each made so that it
is known what it is: nothing here asks the extension.

A generator draws one of many: what is refused is no list of words.
"""
import string

ALPHABET = string.ascii_letters + string.digits + './'
SHA256CRYPT = ('$5$rounds=1000$salt$'
               'Fmxw4OAWYfFXwUTV0QAPxcHMTfa9XtRtbt7NPUs57p4')
BCRYPT = '$2b$04$TdFCrW5.T8xb51YI9cJH2eOZdcXXyT9t84kKs/ghHfYPZm438yXWe'
SHA512CRYPT = ('$6$rounds=1000$EesB3OhxjrPadCJM$oyahr20MjAwjdQQldT831B5g.tc5b'
               'DuEvdFSqEIPkjek4yCPapVMCTz./LcuyzAjcgtHzbQ1xdPhnFOoUsjVB/')
YESCRYPT = ('$y$j75$HUzdxlvx/oiNhzkRVvveu0$'
            'VsJDWI17KriTx8bpP9sTm4FwHsAiZyYvJH7xGDx69y5')
ARGON2 = ('$argon2id$v=19$m=8,t=1,p=1$c0B8zZsb4gFymWZ3C7aVIw$'
          'i+iNzNsw2bBnFZMXkqmdVE6PJhP1PjOFyDUmk7G5b8Q')
DES = 'abJnggxhB/yWI'
WHOLE = [SHA256CRYPT, BCRYPT, SHA512CRYPT, YESCRYPT, ARGON2]

# Made to cost just what may be stored, and more.
COSTS = [(BCRYPT, '$04$', '$14$', '$15$'), (BCRYPT, '$04$', '$14$', '$17$'),
         (SHA512CRYPT, '=1000$', '=1500000$', '=1500001$'),
         (SHA256CRYPT, '=1000$', '=1500000$', '=999999999$'),
         (YESCRYPT, '$j75$', '$jCT$', '$jDT$'),
         (ARGON2, 'm=8,', 'm=131072,', 'm=131073,'),
         (ARGON2, 'm=8,t=1,', 'm=65536,t=8,', 'm=65536,t=9,')]

HASHES = [*WHOLE, '!' + SHA256CRYPT, '!!' + BCRYPT, '{CRYPT}' + DES,
          '{SHA256-CRYPT}' + SHA256CRYPT, '{blf-crypt}' + BCRYPT,
          '{ARGON2}' + ARGON2, '!{ARGON2ID}' + ARGON2,
          '{sha.hex}a9993e364706816aba3e25717850c26c9cd0d89d',
          '$1$salt$qJH7.N4xYta3aEG/dfqo/0',
          *(text.replace(low, most) for text, low, most, _ in COSTS)]

# What looks odd, or is too long for some, and is a plain password.
ODD_PASSWORDS = ['pässwörd €', "it's", '*x', 'NULL', ' ', '007', 'x' * 72,
                 'x' * 73, 'x' * 511, 'x' * 512, b'\xff\xfe', '$x', '{x', '{}x',
                 'a*0', '$$x', '2b$04$x', '!!!!', '_correctHorseStaples',
                 '!' + DES]


def some(rng, length, letters=ALPHABET):
    return ''.join(rng.choices(letters, k=length))


def bare(rng):
    """A hash without a mark, or a password: hashed."""
    text = rng.choice([DES, 'rl.3StKT.4T8M', '_J9..K0AyUubDrfOgO4s',
                       '_' + some(rng, 19), some(rng, 13)])
    return text if rng.random() < 0.7 else '!' + text


def foreign(rng):
    word = some(rng, rng.randrange(1, 9), string.ascii_lowercase)
    rest = some(rng, rng.randrange(30))
    return rng.choice([
        f'$z{word}${rest}', f'$P${rest}', f'$apr1${rest}', f'!$S${rest}',
        f'$pbkdf2-sha256$29000${rest}', f'{{z{word}}}{rest}',
        f'{{NTLM}}{rest}', f'{{SCRAM-SHA-256}}{rest}', f'"{{PKCS5S2}}{rest}"',
        f'pbkdf2_sha256${rest}', f'SCRAM-SHA-256${rest}',
        f'scrypt:32768:8:1${rest}',
        'md5' + some(rng, 32, string.hexdigits),
        'md5000000000c0000000000c0000000000c',	# bigcrypt, too
        '*' + some(rng, 40, string.hexdigits), f'{{BCRYPT}}{BCRYPT}',
        f'{{x-issha, 1024}}{rest}', f'{{CRAM-MD5}}{rest}'])


def damaged(rng):
    """Cut, or with one thing more behind."""
    whole = rng.choice(WHOLE)
    label = rng.choice(['', '', '{CRYPT}', '!'])
    return label + rng.choice([
        whole[:rng.randrange(4, len(whole))] if whole != ARGON2
        else whole[:rng.randrange(10, 52)],	# from there on a digest begins
        whole + rng.choice([' ', '\n', "'", '*', ':', '\t', '!', '$'])])


def setting(rng):
    return rng.choice(['$2b$12$', '$y$j9T$', BCRYPT[:29], SHA256CRYPT[:20],
                       '{CRYPT}$6$rounds=5000$', '$argon2id$',
                       '$2b$04$TdFCrW5.T8xb51YI9cJH2e'])


def wrapped(rng):
    before = rng.choice([' ', '"', "'", '*', 'SHA512-CRYPT:', '(CRYPT)', 'x ',
                         'joe:', '\t', 'password=', '\n'])
    behind = rng.choice(['', ' ', ':', '"', ', x'])
    return before + rng.choice(WHOLE) + behind


def cleartext(rng):
    label = rng.choice(['PLAIN', 'clear', 'Cleartext', 'PLAIN-TRUNC'])
    return f'{{{label}}}secret{rng.randrange(10)}'


def dear(rng):
    text, low, _, high = rng.choice(COSTS)
    labels = ['', '!'] if text == ARGON2 else ['', '!', '{CRYPT}']
    return rng.choice(labels) + text.replace(low, high)


def mark(rng):
    return rng.choice(['*', '*0', '*1', '!', '!!', '!*', '!!*0', b'*', b'!!'])


def empty(rng):
    return rng.choice(['', b''])


def nul(rng):
    text = 'word' + str(rng.randrange(100))
    at = rng.randrange(len(text) + 1)
    text = text[:at] + '\0' + text[at:]
    return rng.choice([text, text.encode()])


def number(rng):
    return rng.choice([7, 1.5, 0, -1, 2 ** 62])


def blob_hash(rng):
    return rng.choice(HASHES).encode()


def null(rng):
    del rng
    return None


# By the error that it must be.
REFUSED = [('foreign', foreign), ('damaged', damaged), ('damaged', setting),
           ('wrapped', wrapped), ('cleartext', cleartext), ('dear', dear),
           ('mark', mark), ('empty', empty), ('nul', nul),
           ('number', number), ('blob hash', blob_hash), ('null', null)]
