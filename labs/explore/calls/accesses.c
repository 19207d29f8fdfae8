/*
 * accesses.c: the calls that -fsanitize=thread adds for ordinary accesses; see memory.h.
 *
 * Labs are linked so that these calls reach the explorer, not ThreadSanitizer.
 */
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/calls/wrap.h"

#define LX_WRAP_ACCESS(name, pointer, size, is_write)                                              \
	LX_WRAP(void, name, pointer at)                                                            \
	{                                                                                          \
		lx_memory_access(at, size, is_write, LX_CALLER());                                 \
	}

/* Newer compilers have one call for a read and a write of the same variable. */
#define LX_WRAP_SIZE(size)                                                                         \
	LX_WRAP_ACCESS(__tsan_read##size, const void *, size, false)                               \
	LX_WRAP_ACCESS(__tsan_unaligned_read##size, const void *, size, false)                     \
	LX_WRAP_ACCESS(__tsan_volatile_read##size, const void *, size, false)                      \
	LX_WRAP_ACCESS(__tsan_write##size, void *, size, true)                                     \
	LX_WRAP_ACCESS(__tsan_unaligned_write##size, void *, size, true)                           \
	LX_WRAP_ACCESS(__tsan_volatile_write##size, void *, size, true)                            \
	LX_WRAP_ACCESS(__tsan_read_write##size, void *, size, true)                                \
	LX_WRAP_ACCESS(__tsan_unaligned_read_write##size, void *, size, true)

#define LX_WRAP_NOTHING(name)                                                                      \
	LX_WRAP(void, name, void *unused)                                                          \
	{                                                                                          \
		(void)unused;                                                                      \
	}

/* clang-format off */
LX_WRAP_SIZE(1)
LX_WRAP_SIZE(2)
LX_WRAP_SIZE(4)
LX_WRAP_SIZE(8)
LX_WRAP_SIZE(16)
LX_WRAP_NOTHING(__tsan_func_entry)
LX_WRAP_NOTHING(__tsan_func_exit)
LX_WRAP_NOTHING(__tsan_init)
/* clang-format on */

LX_WRAP(void, __tsan_read_range, const void *at, size_t size)
{
	lx_memory_access(at, size, false, LX_CALLER());
}

LX_WRAP(void, __tsan_write_range, void *at, size_t size)
{
	lx_memory_access(at, size, true, LX_CALLER());
}

/* ---- calls that are accesses ---- */

static void *copy(void *to, const void *from, size_t size, const void *caller)
{
	lx_memory_access(from, size, false, caller);
	lx_memory_access(to, size, true, caller);
	return memmove(to, from, size);
}

static void *fill(void *at, int byte, size_t size, const void *caller)
{
	lx_memory_access(at, size, true, caller);
	return memset(at, byte, size);
}

LX_WRAP(void *, memcpy, void *to, const void *from, size_t size)
{
	return copy(to, from, size, LX_CALLER());
}

LX_WRAP(void *, memmove, void *to, const void *from, size_t size)
{
	return copy(to, from, size, LX_CALLER());
}

LX_WRAP(void *, memset, void *at, int byte, size_t size)
{
	return fill(at, byte, size, LX_CALLER());
}

LX_WRAP(void *, __tsan_memcpy, void *to, const void *from, size_t size)
{
	return copy(to, from, size, LX_CALLER());
}

LX_WRAP(void *, __tsan_memmove, void *to, const void *from, size_t size)
{
	return copy(to, from, size, LX_CALLER());
}

LX_WRAP(void *, __tsan_memset, void *at, int byte, size_t size)
{
	return fill(at, byte, size, LX_CALLER());
}
