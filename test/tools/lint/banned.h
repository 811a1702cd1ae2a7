/*
 * Identifiers that ext/ does without: clang-tidy reads this header in front of
 * each of its files, and the compiler itself finds the name. What the system's
 * headers have to say comes first, for some of them need it.
 *
 * Those that write without asking how much room there is, randomness that isn't
 * the kernel's, state that threads share, what a library has no business to do
 * in somebody's process, and, where a hash is at hand, each comparison but
 * mf_equal(). SQLite's API has fields open and sleep.
 */
#ifndef BANNED_H
#define BANNED_H

#define _GNU_SOURCE

#include <argon2.h>
#include <assert.h>
#include <bsd/readpassphrase.h>
#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha.h>
#include <nettle/version.h>
#include <passwdqc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Each file asks for these again. */
#undef _GNU_SOURCE
#undef _DEFAULT_SOURCE
#undef alloca

#pragma GCC poison alloca gets scanf sscanf sprintf vsprintf stpcpy strcat
#pragma GCC poison strcpy strncat strncpy strdup strtok atoi atol atoll
#pragma GCC poison random rand rand_r srand
#pragma GCC poison setlocale localtime gmtime getenv setenv putenv signal
#pragma GCC poison abort exit _exit fork system popen
#pragma GCC poison fopen printf fprintf puts perror
#pragma GCC poison crypt_r crypt_gensalt argon2_verify argon2i_verify
#pragma GCC poison argon2id_verify argon2_hash argon2id_hash_encoded
#pragma GCC poison argon2id_hash_raw crypto_pwhash crypto_pwhash_str
#pragma GCC poison crypto_pwhash_str_verify
#ifdef HASH_AT_HAND
#pragma GCC poison memcmp bcmp strncmp strcasecmp
#endif

#endif
