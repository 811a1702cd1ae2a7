"""Stored hashes that ask for as much as a text can ask for.

No digest here belongs to a password, so that everything is computed before
the answer is no.
"""
DIGITS = ('./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
          'abcdefghijklmnopqrstuvwxyz')
SALT = 'c2FsdHNhbHRzYWx0c2FsdA'
YESCRYPT = 'aNwz53u9jk/18xSY16iZEejpu.pfHJosJ4dWWLQctND'
ARGON2 = '+v0rf6ETYAIpqJIjJyARZ3W3zqJlkf+0TRXzsLHmR6o'
SHA512 = ('ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5'
          'AXkdA54r0p8QvC1omD6R1')
SHA256 = 'X0ra9qlY7TJaGBDgorLevriQfwysW8fXnbybcO4mF4/'
BCRYPT = 'abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'
SHA1 = '36e79e7c0db52fe4ca0866adc2f8603277615b13'


def varying(number, least):
    """A number as yescrypt writes it, see ext/crypt_grammar.c."""
    number -= least
    start, end, bits = 0, 47, 0
    while number >= (end + 1 - start) << bits:
        number -= (end + 1 - start) << bits
        start, end, bits = end + 1, end + 1 + (62 - end) // 2, bits + 6
    text = DIGITS[start + (number >> bits)]
    for shift in range(bits - 6, -1, -6):
        text += DIGITS[number >> shift & 63]
    return text


def fixed(number, width):
    """The same for scrypt and bsdicrypt."""
    return ''.join(DIGITS[number >> 6 * i & 63] for i in range(width))


def yescrypt(n_log2, r, p=1, t=0, flavor=47, prefix='$y$'):
    have = (p > 1) | (t > 0) << 1
    return (prefix + varying(flavor, 0) + varying(n_log2, 1) + varying(r, 1)
            + (varying(have, 1) if have else '')
            + (varying(p, 2) if p > 1 else '')
            + (varying(t, 1) if t else '') + '$abcd$' + YESCRYPT)


def scrypt(n_log2, r, p):
    return f'$7${DIGITS[n_log2]}{fixed(r, 5)}{fixed(p, 5)}salt${YESCRYPT}'


def argon2(m, t, p, kind='id', version='v=19$'):
    return f'$argon2{kind}${version}m={m},t={t},p={p}${SALT}${ARGON2}'


def bcrypt(cost, letter='b'):
    return f'$2{letter}${cost}${BCRYPT}'


def sha512crypt(rounds):
    return f'$6$rounds={rounds}$saltsaltsaltsalt${SHA512}'


def sha256crypt(rounds):
    return f'$5$rounds={rounds}$saltsaltsaltsalt${SHA256}'


def sha1crypt(rounds):
    return f'$sha1${rounds}${"s" * 64}$Ha3.cIN7/tE/BC10wmSUA1dp.M5W'


def sunmd5(extra):
    return f'$md5,rounds={extra}${"s" * 64}$$1rkdxD32fVaPr5LM8K90f1'


def bsdicrypt(count):
    return '{CRYPT}_' + fixed(count, 4) + 'BiN4qlHHqIIHzoM'


def pbkdf2(rounds):
    return '{PBKDF2}$1$' + 's' * 64 + f'${rounds}${SHA1}'
