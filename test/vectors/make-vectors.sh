#!/bin/bash
# make-vectors.sh: write crypt.tsv and digests.tsv, next to this file.
#
# Known answers for the tests, made by programs that share no code with
# mailfunc. The two files are kept in the repository, so the tests need
# none of these programs; run this only to add rows. Salts that a program
# draws itself are new in every run.
#
# On Debian: apache2-utils argon2 dovecot-core libcrypt1 openssl perl
# php-cli whois
#
# A row has four columns, separated by tabs: the program and its package
# version, the method or {SCHEME}, the password in hexadecimal, and the
# stored hash. Costs are low, so that a test can go through all rows.

# The dollar signs in single quotes below are part of crypt(3) settings.
# shellcheck disable=SC2016

set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
trap 'rm -f "$here"/*.tsv.new' EXIT

need()
{
    local tool
    for tool; do
        command -v "$tool" >/dev/null && continue
        echo "make-vectors.sh: $tool is missing" >&2
        exit 1
    done
}

version() # PACKAGE
{
    dpkg-query -W -f '${Version}' "$1"
}

# --- Passwords, by name ---

filler='The postman rings twice, then leaves the letter under the old door; '
long=$filler$filler$filler$filler$filler$filler$filler$filler
declare -A pw=(
    [empty]=''
    [short]='secret'
    [p8]='eight by'
    [p9]='nine byte'
    [p13]='13 bytes long'
    [quotes]="it's \"quoted\" \$HOME \\"
    [utf8]=$'p\xc3\xa4ssw\xc3\xb6rd'
    [bytes]=$'\xff\xa3\x80\x01caf\xe9'
    [p71]=${long:0:71}
    [p72]=${long:0:72}
    [p200]=${long:0:200}
    [p511]=${long:0:511}
)
filled=(short p8 p9 p13 quotes utf8 bytes)
usual=("${filled[@]}" empty)

hex()
{
    od -An -v -tx1 | tr -d ' \n'
}

password_hex() # NAME
{
    printf '%s' "${pw[$1]}" | hex
}

# Print one row. $label, if the caller set one, stands before the hash.
# A failure reads *0 or *1 from crypt(3) and <NULL> from openssl.
row() # SOURCE METHOD NAME HASH
{
    local method=$2
    case $4 in
        '' | '*'* | '<'*)
            echo "make-vectors.sh: $1 made no $2 hash of '$3'" >&2
            exit 1
            ;;
    esac
    if [[ -n ${label-} ]]; then
        method=${label//[\{\}]/}
    fi
    printf '%s\t%s\t%s\t%s\n' "$1" "$method" "$(password_hex "$3")" \
        "${label-}$4"
}

# --- One function for each program ---

# openssl cuts passwords at 256 bytes, and -5 and -6 fail on an empty one.
from_openssl() # METHOD OPTION SALT NAME...
{
    local method=$1 option=$2 salt=$3 name
    shift 3
    for name; do
        row "$openssl passwd" "$method" "$name" "$(
            printf '%s\n' "${pw[$name]}" |
                openssl passwd "$option" -salt "$salt" -stdin)"
    done
}

from_htpasswd() # COST NAME...
{
    local cost=$1 name line
    shift
    for name; do
        line=$(printf '%s\n' "${pw[$name]}" |
            htpasswd -niB -C "$cost" user 2>/dev/null)
        row "$htpasswd" bcrypt "$name" "${line#user:}"
    done
}

from_mkpasswd() # METHOD COST NAME..., a COST of - takes the default
{
    local method=$1 name cost=()
    [[ $2 = - ]] || cost=(-R "$2")
    shift 2
    for name; do
        row "$mkpasswd" "${method%-a}" "$name" "$(
            printf '%s\n' "${pw[$name]}" |
                mkpasswd -s -m "$method" "${cost[@]}")"
    done
}

# The program takes at most 127 bytes, and no empty password.
from_argon2() # TYPE VERSION MEMORY TIME LANES LENGTH SALT NAME...
{
    local type=$1 version=$2 memory=$3 time=$4 lanes=$5 length=$6 salt=$7
    local name
    shift 7
    for name; do
        row "$argon2" "argon2$type" "$name" "$(
            printf '%s' "${pw[$name]}" |
                argon2 "$salt" "-$type" -v "$version" -k "$memory" \
                    -t "$time" -p "$lanes" -l "$length" -e)"
    done
}

from_php_hash() # METHOD ALGORITHM OPTIONS NAME...
{
    local method=$1 algorithm=$2 options=$3 name
    shift 3
    for name; do
        row "$php password_hash" "$method" "$name" "$(
            php -n -r "echo password_hash(hex2bin(\$argv[1]),
                $algorithm, [$options]);" -- "$(password_hex "$name")")"
    done
}

# PHP's crypt() is its own code, not the C library's.
from_php_crypt() # METHOD SETTING NAME...
{
    local method=$1 setting=$2 name
    shift 2
    for name; do
        row "$php crypt" "$method" "$name" "$(
            php -n -r 'echo crypt(hex2bin($argv[1]), $argv[2]);' -- \
                "$(password_hex "$name")" "$setting")"
    done
}

# Perl's crypt() is crypt(3) of libxcrypt.
from_perl() # METHOD SETTING NAME...
{
    local method=$1 setting=$2 name
    shift 2
    for name; do
        row "$perl" "$method" "$name" "$(
            perl -e 'print crypt(pack("H*", $ARGV[0]), $ARGV[1]) // ""' \
                "$(password_hex "$name")" "$setting")"
    done
}

from_doveadm() # SCHEME ROUNDS NAME..., ROUNDS of - takes the default
{
    local scheme=$1 name rounds=()
    [[ $2 = - ]] || rounds=(-r "$2")
    shift 2
    for name; do
        row "$doveadm" "$scheme" "$name" \
            "$(doveadm pw -s "$scheme" "${rounds[@]}" -p "${pw[$name]}")"
    done
}

# A digest of password and salt, with the salt behind it, as {SSHA} has it.
from_digest() # SCHEME ALGORITHM SALT base64|hex NAME...
{
    local scheme=$1 algorithm=$2 salt=$3 encode=(base64 -w0) name
    [[ $4 = base64 ]] || encode=(hex)
    shift 4
    for name; do
        row "$openssl dgst" "$scheme" "$name" "{$scheme}$(
            {
                printf '%s%s' "${pw[$name]}" "$salt" |
                    openssl dgst "-$algorithm" -binary
                printf '%s' "$salt"
            } | "${encode[@]}")"
    done
}

from_pbkdf2() # SALT ITERATIONS NAME...
{
    local salt=$1 iterations=$2 name key
    shift 2
    for name; do
        key=$(openssl kdf -keylen 20 -kdfopt digest:SHA1 \
            -kdfopt "hexpass:$(password_hex "$name")" \
            -kdfopt "salt:$salt" -kdfopt "iter:$iterations" PBKDF2 |
            tr -d ':\n' | tr A-F a-f)
        row "$openssl kdf" PBKDF2 "$name" \
            "{PBKDF2}\$1\$$salt\$$iterations\$$key"
    done
}

# --- The rows ---
header() # TEXT...
{
    printf '# %s\n' "$@" \
        'Made by make-vectors.sh with programs that are not mailfunc.' \
        'Columns: program and version, method, password in hex, hash.'
}

crypt_by_openssl()
{
    from_openssl md5crypt -1 saltsalt "${usual[@]}" p71 p200
    from_openssl md5crypt -1 s short
    from_openssl sha256crypt -5 saltsaltsaltsalt "${filled[@]}" p72 p200
    from_openssl sha256crypt -5 'rounds=1000$./salt' short bytes
    from_openssl sha512crypt -6 saltsaltsaltsalt "${filled[@]}" p72 p200
    from_openssl sha512crypt -6 'rounds=1234$s' short bytes
}

crypt_by_mkpasswd()
{
    from_mkpasswd yescrypt 1 "${usual[@]}" p72 p200
    from_mkpasswd yescrypt 2 short
    from_mkpasswd yescrypt 3 short
    from_mkpasswd yescrypt 5 short
    from_mkpasswd gost-yescrypt 1 "${usual[@]}" p200
    from_mkpasswd gost-yescrypt 3 short
    from_mkpasswd gost-yescrypt 5 short
    from_mkpasswd scrypt 6 short utf8 p200
    from_mkpasswd bcrypt 4 short p13 quotes utf8 bytes empty p71 p72
    from_mkpasswd bcrypt 5 short
    from_mkpasswd bcrypt-a 4 short quotes utf8 p72
    from_mkpasswd sha512crypt 1000 short p13 utf8
    from_mkpasswd sha256crypt 1000 short p13 utf8
    from_mkpasswd md5crypt - short quotes utf8
    from_mkpasswd sunmd5 - short
    from_mkpasswd bsdicrypt 99 "${usual[@]}" p72
    from_mkpasswd descrypt - "${usual[@]}"
    from_mkpasswd nt - short p13 utf8 bytes empty
}

crypt_by_argon2()
{
    from_argon2 id 13 64 1 1 32 saltsaltsaltsalt short p8 p9 p13 quotes \
        utf8 bytes p71 p72
    from_argon2 id 13 1024 2 1 32 saltsaltsaltsalt short
    from_argon2 id 13 256 3 4 32 saltsaltsaltsalt short
    from_argon2 id 13 256 2 2 16 somesalt short
    from_argon2 id 13 8 1 1 24 somesalt short
    from_argon2 id 13 1000 2 3 64 a-salt-of-24-bytes-length short
    from_argon2 id 13 32767 1 1 32 saltsaltsaltsalt bytes
    from_argon2 id 13 32768 1 1 32 saltsaltsaltsalt short
    from_argon2 id 13 32771 2 1 16 saltsaltsaltsalt bytes
    from_argon2 id 13 65536 3 1 64 saltsaltsaltsalt utf8
    from_argon2 id 10 64 1 1 32 saltsaltsaltsalt short
    from_argon2 id 10 256 2 4 64 saltsaltsaltsalt bytes
    from_argon2 i 13 64 3 1 32 saltsaltsaltsalt short utf8 bytes
    from_argon2 i 13 1024 3 4 16 saltsaltsaltsalt short
    from_argon2 i 10 64 3 1 24 saltsaltsaltsalt short
    from_argon2 i 10 512 3 2 64 somesalt quotes
    from_argon2 d 13 64 1 1 32 saltsaltsaltsalt short utf8
    from_argon2 d 13 512 2 4 64 saltsaltsaltsalt bytes
    from_argon2 d 10 64 2 1 16 somesalt short
    from_argon2 d 10 256 1 4 24 saltsaltsaltsalt p72
}

crypt_by_php()
{
    local low="'memory_cost' => 64, 'time_cost' => 2, 'threads' => 1"
    local wide="'memory_cost' => 1024, 'time_cost' => 1, 'threads' => 4"
    local high="'memory_cost' => 32768, 'time_cost' => 1, 'threads' => 1"

    from_php_hash bcrypt PASSWORD_BCRYPT "'cost' => 4" short bytes empty p72
    from_php_hash argon2i PASSWORD_ARGON2I "$low" empty bytes p200 p511
    from_php_hash argon2i PASSWORD_ARGON2I "$wide" short
    from_php_hash argon2id PASSWORD_ARGON2ID "$low" empty bytes p200 p511
    from_php_hash argon2id PASSWORD_ARGON2ID "$wide" short
    from_php_hash argon2id PASSWORD_ARGON2ID "$high" bytes p511
    from_php_hash argon2id PASSWORD_ARGON2ID '' short
    from_php_crypt md5crypt '$1$saltsalt$' p511
    from_php_crypt sha256crypt '$5$rounds=1000$saltsaltsaltsalt$' empty p511
    from_php_crypt sha512crypt '$6$rounds=1000$saltsaltsaltsalt$' empty p511
    from_php_crypt bsdicrypt '_J9..salt' p200 p511
    from_php_crypt bcrypt '$2a$04$abcdefghijklmnopqrstuu' short bytes
    from_php_crypt bcrypt '$2x$04$abcdefghijklmnopqrstuu' short bytes
}

crypt_by_perl()
{
    from_perl bigcrypt 'ab............' p9 p13 quotes utf8 bytes p71 p72
    from_perl bcrypt '$2x$04$./ABCDEFGHIJKLMNOPQRSO' short utf8 bytes p72
    from_perl bcrypt '$2a$04$./ABCDEFGHIJKLMNOPQRSO' utf8 bytes p71
    from_perl bcrypt '$2b$04$./ABCDEFGHIJKLMNOPQRSO' bytes
    from_perl sha1crypt '$sha1$100$saltsalt$' "${usual[@]}" p511
    from_perl sha1crypt '$sha1$1$s$' short
    from_perl sha1crypt '$sha1$24680$a.salt/of.24.characters$' short
    from_perl sunmd5 '$md5$saltsalt$' short empty
    from_perl sunmd5 '$md5$saltsalt$$' short bytes
    from_perl sunmd5 '$md5,rounds=10$saltsalt$' short utf8
    from_perl sunmd5 '$md5,rounds=10$saltsalt$$' short quotes p511
    from_perl scrypt '$7$86..../....saltsalt' empty short bytes p511
    from_perl scrypt '$7$60..../....saltsaltsaltsalt' short
    from_perl scrypt '$7$56....0....salt' short
    from_perl yescrypt '$y$j75$abcdefghijklmnopqrstu/' p511
    from_perl yescrypt '$y$j75$abcd' short
    from_perl gost-yescrypt '$gy$j75$abcdefghijklmnopqrstu/' p511
    from_perl nt '$3$' p200
    from_perl descrypt './' p72
}

crypt_by_doveadm()
{
    from_doveadm CRYPT 4 short quotes utf8 bytes empty
    from_doveadm BLF-CRYPT 4 short utf8 p72
    from_doveadm SHA512-CRYPT 1000 short utf8
    from_doveadm SHA256-CRYPT 1000 short utf8
    from_doveadm MD5-CRYPT - short bytes
    from_doveadm DES-CRYPT - short p8
    from_doveadm ARGON2I 3 short
    from_doveadm ARGON2ID 2 short
    from_doveadm CRYPT.hex 4 short
    from_doveadm BLF-CRYPT.b64 4 short
    from_doveadm SHA512-CRYPT.b64 1000 short
    from_doveadm SHA256-CRYPT.hex 1000 short
    from_doveadm MD5-CRYPT.b64 - short
    from_doveadm DES-CRYPT.hex - short
}

crypt_with_labels()
{
    label='{CRYPT}' from_mkpasswd yescrypt 1 short
    label='{CRYPT}' from_mkpasswd gost-yescrypt 1 short
    label='{CRYPT}' from_mkpasswd scrypt 6 short
    label='{CRYPT}' from_mkpasswd bcrypt 4 short
    label='{CRYPT}' from_mkpasswd bsdicrypt 99 short
    label='{CRYPT}' from_mkpasswd descrypt - short
    label='{CRYPT}' from_mkpasswd nt - short
    label='{CRYPT}' from_openssl md5crypt -1 saltsalt short
    label='{CRYPT}' from_openssl sha256crypt -5 saltsalt short
    label='{CRYPT}' from_openssl sha512crypt -6 saltsalt short
    label='{CRYPT}' from_perl sha1crypt '$sha1$100$saltsalt$' short
    label='{CRYPT}' from_perl sunmd5 '$md5,rounds=10$saltsalt$$' short
    label='{BLF-CRYPT}' from_htpasswd 4 short
    label='{BLF-CRYPT}' from_mkpasswd bcrypt 4 utf8
    label='{SHA512-CRYPT}' from_openssl sha512crypt -6 saltsalt utf8
    label='{SHA256-CRYPT}' from_openssl sha256crypt -5 saltsalt utf8
    label='{MD5-CRYPT}' from_openssl md5crypt -1 saltsalt utf8
    label='{DES-CRYPT}' from_mkpasswd descrypt - p8
    label='{ARGON2ID}' from_argon2 id 13 64 1 1 32 saltsaltsaltsalt short
    label='{ARGON2I}' from_argon2 i 13 64 3 1 32 saltsaltsaltsalt short
    label='{ARGON2}' from_argon2 id 13 64 1 1 32 saltsaltsaltsalt short
}

digests_by_doveadm()
{
    local scheme
    for scheme in PLAIN-MD5 LDAP-MD5 MD5 SMD5 SHA SHA1 SSHA SHA256 \
        SSHA256 SHA512 SSHA512; do
        from_doveadm "$scheme" - short quotes bytes
        from_doveadm "$scheme.b64" - utf8
        from_doveadm "$scheme.hex" - empty
    done
    from_doveadm SSHA512 - p511
    from_doveadm SSHA256.base64 - short
    from_doveadm PBKDF2 - short
    from_doveadm PBKDF2 1000 quotes bytes
    from_doveadm PBKDF2.b64 1000 utf8
    from_doveadm PBKDF2.hex 1000 empty
}

# Dovecot has no MD5RAW and writes {MD5} as md5crypt; Courier's {MD5} is a
# digest in base64, and its {SSHA} has a salt of four bytes.
digests_by_openssl()
{
    from_digest MD5 md5 '' base64 short utf8 bytes empty p511
    from_digest MD5RAW md5 '' hex short utf8 bytes empty
    from_digest SHA sha1 '' base64 short empty p511
    from_digest SHA256 sha256 '' base64 short empty p511
    from_digest SHA512 sha512 '' base64 short empty p511
    from_digest SMD5 md5 "$salt8" base64 short
    from_digest SSHA sha1 salt base64 short utf8 bytes empty
    from_digest SSHA sha1 "$salt8" base64 short p511
    from_digest SSHA sha1 saltsaltsaltsalt base64 short
    from_digest SSHA256 sha256 saltsaltsaltsalt base64 short
    from_digest SSHA256 sha256 "$salt8" base64 bytes
    from_digest SSHA512 sha512 saltsaltsaltsalt base64 short
    from_digest SSHA512 sha512 "$salt8" base64 bytes
    from_digest SSHA.hex sha1 salt hex short
    from_pbkdf2 saltsaltsaltsalt 1 short
    from_pbkdf2 salt 1000 utf8 bytes p200
}

need argon2 doveadm dpkg-query htpasswd mkpasswd openssl perl php

argon2="argon2 $(version argon2)"
doveadm="doveadm $(version dovecot-core)"
htpasswd="htpasswd $(version apache2-utils)"
mkpasswd="mkpasswd $(version whois)"
openssl="openssl $(version openssl)"
perl="libxcrypt $(version libcrypt1), perl crypt"
php="php $(php -n -r 'echo PHP_VERSION;')"
salt8=$'\x01\x80\xfe\xff$}\t\n'

{
    header 'Hashes of crypt(3) and argon2, bare and with {SCHEME} labels.'
    crypt_by_openssl
    from_htpasswd 4 short p13 quotes utf8 bytes empty p71 p72
    from_htpasswd 5 short
    crypt_by_mkpasswd
    crypt_by_argon2
    crypt_by_php
    crypt_by_perl
    crypt_by_doveadm
    crypt_with_labels
} >"$here/crypt.tsv.new"
mv "$here/crypt.tsv.new" "$here/crypt.tsv"

{
    header 'Digest schemes of Courier and Dovecot.'
    digests_by_doveadm
    digests_by_openssl
} >"$here/digests.tsv.new"
mv "$here/digests.tsv.new" "$here/digests.tsv"
