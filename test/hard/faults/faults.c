/* faults.c - see faults.h
**
** Functions of a program go before those of its libraries, so that malloc()
** here is everybody's. glibc keeps its own under the names __libc_*.
*/

#define _GNU_SOURCE /* MAP_ANONYMOUS, RTLD_NEXT, syscall() */

#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const fault_source_names[FAULT_SOURCES] = {
	"SQLite's allocator",
	"the C library's",
	"entropy",
};

static struct {
	bool armed, for_good;
	enum fault_source source;
	size_t k;
	struct faults faults;
	unsigned char entropy;
} now;

static void
give_up(const char *why)
{
	fprintf(stderr, "faults: %s\n", why);
	_exit(EXIT_FAILURE);
}

void
faults_arm(enum fault_source source, size_t k, bool for_good)
{
	memset(&now, 0, sizeof now);
	now.source = source;
	now.k = k;
	now.for_good = for_good;
	now.armed = true;
}

struct faults
faults_disarm(void)
{
	now.armed = false;
	return now.faults;
}

/* Count a request; is it one that has to fail? */
static bool
fails(enum fault_source source)
{
	size_t nth;

	if (!now.armed)
		return false;
	nth = ++now.faults.asked[source];
	if (source != now.source || now.k == 0 || nth < now.k ||
	    (nth > now.k && !now.for_good))
		return false;
	now.faults.fired++;
	return true;
}

/* ---- the C library's blocks that were taken while armed ---- */

enum { BLOCKS_MAX = 256 };

static struct block {
	const unsigned char *at;
	size_t len;
} blocks[BLOCKS_MAX];

/* crypt_each's threads ask for memory, too. */
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void
lock(void)
{
	while (atomic_flag_test_and_set(&busy))
		sched_yield();
}

static void *
remember_alone(void *at, size_t len)
{
	if (!now.armed || at == NULL)
		return at;
	for (size_t i = 0; i < BLOCKS_MAX; i++)
		if (blocks[i].at == NULL) {
			blocks[i] = (struct block){ at, len };
			now.faults.alive++;
			return at;
		}
	give_up("more blocks at once than it can remember");
	return NULL;
}

static void *
remember(void *at, size_t len)
{
	lock();
	at = remember_alone(at, len);
	atomic_flag_clear(&busy);
	return at;
}

static bool
is_zero(const unsigned char *at, size_t len)
{
	return len == 0 || (at[0] == 0 && memcmp(at, at + 1, len - 1) == 0);
}

/* Before the block is given back. */
static void
forget_alone(const void *at, bool must_be_wiped)
{
	for (size_t i = 0; at != NULL && i < BLOCKS_MAX; i++) {
		if (blocks[i].at != at)
			continue;
		if (now.armed) {
			now.faults.alive--;
			now.faults.freed++;
			if (must_be_wiped &&
			    !is_zero(blocks[i].at, blocks[i].len))
				now.faults.not_wiped++;
		}
		blocks[i].at = NULL;
		return;
	}
}

static void
forget(const void *at, bool must_be_wiped)
{
	lock();
	forget_alone(at, must_be_wiped);
	atomic_flag_clear(&busy);
}

/* ---- the C library ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *at);

static bool
libc_fails(void)
{
	if (!fails(FAULT_LIBC))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return libc_fails() ? NULL : remember(__libc_malloc(size), size);
}

void *
calloc(size_t count, size_t size)
{
	if (libc_fails())
		return NULL;
	return remember(__libc_calloc(count, size), count * size);
}

/* The old block may be given back as it is. */
void *
realloc(void *old, size_t size)
{
	void *moved;

	if (libc_fails())
		return NULL;
	forget(old, true);
	moved = __libc_realloc(old, size);
	return remember(moved, size);
}

/* libsodium leaves two blocks as they are: where its memory is, and numbers
** that follow from the cost alone. wiped.c sees that there's nothing else. */
static volatile bool in_libsodium;

int
crypto_pwhash_argon2id(unsigned char *out, unsigned long long outlen,
		       const char *password, unsigned long long len,
		       const unsigned char *salt, unsigned long long passes,
		       size_t memory, int algorithm)
{
	static int (*real)(unsigned char *, unsigned long long, const char *,
			   unsigned long long, const unsigned char *,
			   unsigned long long, size_t, int);
	int answer;

	if (real == NULL) {
		void *symbol = dlsym(RTLD_NEXT, "crypto_pwhash_argon2id");
		if (symbol == NULL)
			give_up("no libsodium");
		memcpy(&real, &symbol, sizeof real);
	}
	in_libsodium = true;
	answer = real(out, outlen, password, len, salt, passes, memory,
		      algorithm);
	in_libsodium = false;
	return answer;
}

void
free(void *at)
{
	int saved = errno;

	forget(at, !in_libsodium);
	__libc_free(at);
	errno = saved;
}

void *
mmap(void *at, size_t len, int protection, int flags, int file, off_t offset)
{
	if (libc_fails())
		return MAP_FAILED;

	long got = syscall(SYS_mmap, at, len, protection, flags, file, offset);

	if (got == -1)
		return MAP_FAILED;
	return remember((void *)(uintptr_t)got, len);
}

/* The kernel wipes a page before anyone gets it again. */
int
munmap(void *at, size_t len)
{
	forget(at, false);
	return (int)syscall(SYS_munmap, at, len);
}

/* ---- entropy ---- */

int
getentropy(void *bytes, size_t len)
{
	unsigned char *byte = bytes;

	if (fails(FAULT_ENTROPY)) {
		errno = EIO;
		return -1;
	}
	for (size_t i = 0; i < len; i++)
		byte[i] = (unsigned char)(now.entropy += 41);
	return 0;
}

/* ---- SQLite: blocks of a power of two, on ground of their own ---- */

enum { SMALLEST = 5, ORDERS = 24 }; /* 32 bytes to 256 MiB */
#define GROUND_SIZE ((size_t)1 << 29)

struct header {
	union {
		struct header *next; /* of a free block */
		size_t order;        /* of one in use */
	} is;
	int size;
};

static char *ground;
static size_t ground_used;
static struct header *free_blocks[ORDERS];

static size_t
order_of(int size)
{
	size_t need = (size_t)size + sizeof(struct header), order = 0;

	while (need > (size_t)1 << (SMALLEST + order))
		order++;
	if (order >= ORDERS)
		give_up("SQLite asks for a block that is too large");
	return order;
}

static void *
take(int size)
{
	size_t order = order_of(size), len = (size_t)1 << (SMALLEST + order);
	struct header *block = free_blocks[order];

	if (block != NULL) {
		free_blocks[order] = block->is.next;
	} else {
		if (ground_used + len > GROUND_SIZE)
			give_up("SQLite asks for too much memory");
		block = (void *)(ground + ground_used);
		ground_used += len;
	}
	block->is.order = order;
	block->size = size;
	return block + 1;
}

static void *
sqlite_malloc(int size)
{
	return fails(FAULT_SQLITE) ? NULL : take(size);
}

static void
sqlite_free(void *at)
{
	struct header *block = (struct header *)at - 1;
	size_t order;

	if (at == NULL)
		return;
	order = block->is.order;
	block->is.next = free_blocks[order];
	free_blocks[order] = block;
}

static int
sqlite_size(void *at)
{
	return at == NULL ? 0 : ((struct header *)at - 1)->size;
}

static void *
sqlite_realloc(void *old, int size)
{
	int len = sqlite_size(old);
	void *moved;

	if (fails(FAULT_SQLITE))
		return NULL;
	moved = take(size);
	memcpy(moved, old, (size_t)(len < size ? len : size));
	sqlite_free(old);
	return moved;
}

static int
sqlite_roundup(int size)
{
	return (size + 7) & ~7;
}

static int
sqlite_init(void *data)
{
	(void)data;
	return SQLITE_OK;
}

static void
sqlite_shutdown(void *data)
{
	(void)data;
}

void
faults_install(void)
{
	static const sqlite3_mem_methods methods = {
		sqlite_malloc,  sqlite_free, sqlite_realloc,  sqlite_size,
		sqlite_roundup, sqlite_init, sqlite_shutdown, NULL
	};

	ground = mmap(NULL, GROUND_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ground == MAP_FAILED ||
	    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK)
		give_up("SQLite doesn't take the allocator");
}

bool
faults_is_sqlite(const void *address)
{
	const char *at = address;

	return at >= ground && at < ground + GROUND_SIZE;
}
