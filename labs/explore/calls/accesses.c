/*
 * accesses.c: what -fsanitize=thread makes the compiler call; see memory.h and atomics.c.
 *
 * Labs are linked so that these come to us and not to ThreadSanitizer.
 */
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/calls/wrap.h"

#define LX_WRAP_READ(name, size)                                                                   \
	LX_WRAP(void, name, const void *at)                                                        \
	{                                                                                          \
		lx_memory_access(at, size, false, LX_CALLER());                                    \
	}

#define LX_WRAP_WRITE(name, size)                                                                  \
	LX_WRAP(void, name, void *at)                                                              \
	{                                                                                          \
		lx_memory_access(at, size, true, LX_CALLER());                                     \
	}

#define LX_WRAP_NOTHING(name)                                                                      \
	LX_WRAP(void, name, void *unused)                                                          \
	{                                                                                          \
		(void)unused;                                                                      \
	}

/* clang-format off */
LX_WRAP_READ(__tsan_read1, 1)
LX_WRAP_READ(__tsan_read2, 2)
LX_WRAP_READ(__tsan_read4, 4)
LX_WRAP_READ(__tsan_read8, 8)
LX_WRAP_READ(__tsan_read16, 16)
LX_WRAP_READ(__tsan_unaligned_read2, 2)
LX_WRAP_READ(__tsan_unaligned_read4, 4)
LX_WRAP_READ(__tsan_unaligned_read8, 8)
LX_WRAP_READ(__tsan_unaligned_read16, 16)
LX_WRAP_READ(__tsan_volatile_read1, 1)
LX_WRAP_READ(__tsan_volatile_read2, 2)
LX_WRAP_READ(__tsan_volatile_read4, 4)
LX_WRAP_READ(__tsan_volatile_read8, 8)
LX_WRAP_WRITE(__tsan_write1, 1)
LX_WRAP_WRITE(__tsan_write2, 2)
LX_WRAP_WRITE(__tsan_write4, 4)
LX_WRAP_WRITE(__tsan_write8, 8)
LX_WRAP_WRITE(__tsan_write16, 16)
LX_WRAP_WRITE(__tsan_unaligned_write2, 2)
LX_WRAP_WRITE(__tsan_unaligned_write4, 4)
LX_WRAP_WRITE(__tsan_unaligned_write8, 8)
LX_WRAP_WRITE(__tsan_unaligned_write16, 16)
LX_WRAP_WRITE(__tsan_volatile_write1, 1)
LX_WRAP_WRITE(__tsan_volatile_write2, 2)
LX_WRAP_WRITE(__tsan_volatile_write4, 4)
LX_WRAP_WRITE(__tsan_volatile_write8, 8)
/* A read and a write in one, as newer compilers say it. */
LX_WRAP_WRITE(__tsan_read_write1, 1)
LX_WRAP_WRITE(__tsan_read_write2, 2)
LX_WRAP_WRITE(__tsan_read_write4, 4)
LX_WRAP_WRITE(__tsan_read_write8, 8)
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
