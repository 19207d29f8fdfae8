/*
 * heap.c: see heap.h. The arena only grows; every block has a header in front.
 */
#include "labs/explore/calls/heap.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define ARENA_BYTES (64u << 20)
#define FENCE	    16
#define UNSET	    0xa5 /* the bytes of a new block */
#define FREED	    0xdd
#define FENCED	    0xfb

struct block {
	size_t size, span;	 /* span: to the next block */
	const void *born, *died; /* in the lab; died NULL: in use */
	char padding[FENCE];
};

static struct {
	char *arena;
	size_t used;
} heap;

static_assert(sizeof(struct block) % 16 == 0, "blocks are aligned");

void lx_heap_reset(void)
{
	if (!heap.arena) {
		heap.arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (heap.arena == MAP_FAILED)
			abort();
	}
	heap.used = 0;
}

bool lx_heap_has(const void *at)
{
	const char *p = at;

	return heap.arena && p >= heap.arena && p < heap.arena + ARENA_BYTES;
}

static struct block *block_of(const void *memory)
{
	return (struct block *)((uintptr_t)memory - sizeof(struct block));
}

static void *memory_of(struct block *b)
{
	return b + 1;
}

static struct block *next_block(struct block *b)
{
	char *next = b ? (char *)b + b->span : heap.arena;

	return next < heap.arena + heap.used ? (struct block *)next : NULL;
}

/* The block whose memory or fences these are. */
static struct block *block_around(const void *at)
{
	struct block *b;

	for (b = next_block(NULL); b; b = next_block(b)) {
		if ((const char *)at < (char *)b + b->span)
			return b;
	}
	return NULL;
}

static void *allocate(size_t size, const void *caller)
{
	size_t span = sizeof(struct block) + ((size + 15) & ~(size_t)15) + FENCE;
	struct block *b;

	if (size > ARENA_BYTES / 2 || span > ARENA_BYTES - heap.used) {
		errno = ENOMEM;
		return NULL;
	}
	b = (struct block *)(heap.arena + heap.used);
	*b = (struct block){ .size = size, .span = span, .born = caller };
	memset(b->padding, FENCED, FENCE);
	memset(memory_of(b), UNSET, size);
	memset((char *)memory_of(b) + size, FENCED, span - sizeof(*b) - size);
	heap.used += span;
	return memory_of(b);
}

void lx_heap_touch(const void *at, size_t size, const char *what)
{
	struct block *b;

	if (!lx_heap_has(at))
		return;
	b = block_around(at);
	if (!b)
		return;
	if (b->died)
		lx_fail_and_end("use-after-free",
			"%s of memory that was freed at {%llx} (allocated at {%llx})", what,
			lx_place(b->died), lx_place(b->born));
	if ((const char *)at < (char *)memory_of(b) ||
		(const char *)at + size > (char *)memory_of(b) + b->size)
		lx_fail_and_end("overflow", "%s outside of %zu bytes that were allocated at {%llx}",
			what, b->size, lx_place(b->born));
}

static bool is_filled(const char *at, size_t size, unsigned char with)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if ((unsigned char)at[i] != with)
			return false;
	}
	return true;
}

static bool is_fenced(const struct block *b)
{
	return is_filled(b->padding, FENCE, FENCED) &&
	       is_filled((const char *)(b + 1) + b->size, b->span - sizeof(*b) - b->size, FENCED);
}

void lx_heap_check(void)
{
	unsigned long long leaked = 0, bytes = 0, first = 0;
	struct block *b;

	for (b = next_block(NULL); b; b = next_block(b)) {
		unsigned long long born = lx_place(b->born);

		if (!is_fenced(b)) {
			lx_fail("overflow",
				"a write beyond %zu bytes that were allocated at {%llx}", b->size,
				born);
			return; /* the next header may be overwritten too */
		}
		if (b->died && !is_filled(memory_of(b), b->size, FREED))
			lx_fail("use-after-free", "a write to memory that was freed at {%llx}",
				lx_place(b->died));
		if (b->died)
			continue;
		first = leaked++ ? first : born;
		bytes += b->size;
	}
	if (leaked && lx.scenario->leaks)
		lx_fail("leak", "%llu blocks (%llu bytes) are never freed, the first of {%llx}",
			leaked, bytes, first);
}

static void release(void *memory, const void *caller)
{
	struct block *b = block_of(memory);
	const struct lx_thread *owner;

	if (block_around(memory) != b)
		lx_fail_and_end("bad-free", "free() of an address that malloc() never returned");
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): memory is not NULL */
	if (!b->died)
		lx_memory_free(memory, b->size, caller);
	if (b->died)
		lx_fail_and_end("double-free", "free() of memory that was freed at {%llx} already",
			lx_place(b->died));
	owner = lx_mutex_owner_within(memory, b->size);
	if (owner && !owner->is_left_behind)
		lx_fail_and_end(
			"misuse", "free() of memory with a mutex in it that %s holds", owner->name);
	b->died = caller;
	memset(memory, FREED, b->size);
}

/* ---- calls of the lab ---- */

LX_WRAP(void *, malloc, size_t size)
{
	return allocate(size, LX_CALLER());
}

LX_WRAP(void *, calloc, size_t count, size_t size)
{
	void *memory = NULL;

	if (size && count > ARENA_BYTES / size)
		errno = ENOMEM;
	else
		memory = allocate(count * size, LX_CALLER());
	if (memory)
		memset(memory, 0, count * size);
	return memory;
}

LX_WRAP(void, free, void *memory)
{
	if (lx_heap_has(memory))
		release(memory, LX_CALLER());
	else
		free(memory); /* libc allocated it */
}

static void *resize(void *old, size_t size, const void *caller)
{
	void *memory;
	size_t before;

	if (old && !lx_heap_has(old))
		return realloc(old, size);
	memory = allocate(size, caller);
	if (!old || !memory)
		return memory;
	before = block_of(old)->size;
	memcpy(memory, old, before < size ? before : size);
	release(old, caller);
	return memory;
}

LX_WRAP(void *, realloc, void *old, size_t size)
{
	return resize(old, size, LX_CALLER());
}

LX_WRAP(void *, reallocarray, void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return resize(old, bytes, LX_CALLER());
}

static void *aligned(size_t alignment, size_t size, const void *caller)
{
	/* Blocks are aligned to 16 bytes, which is enough for threads and queues. */
	if (alignment > 16)
		lx_fail_and_end("not-modelled", "memory aligned to %zu bytes", alignment);
	return allocate(size, caller);
}

LX_WRAP(void *, aligned_alloc, size_t alignment, size_t size)
{
	return aligned(alignment, size, LX_CALLER());
}

LX_WRAP(int, posix_memalign, void **ret, size_t alignment, size_t size)
{
	*ret = aligned(alignment, size, LX_CALLER());
	return *ret ? 0 : ENOMEM;
}

LX_WRAP(char *, strdup, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = allocate(size, LX_CALLER());

	return copy ? memcpy(copy, text, size) : NULL;
}

LX_WRAP(char *, strndup, const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *copy = allocate(len + 1, LX_CALLER());

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}
