/*
 * fiber.c: see fiber.h.
 */
#include "labs/explore/engine/fiber.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define STACK_BYTES ((size_t)256 * 1024)
#define GUARD_BYTES ((size_t)64 * 1024)

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define HAS_ASAN 1
#else
#define HAS_ASAN 0
#endif

/* The fiber that leaves. The one that arrives stores the bounds of the system's stack in it. */
static struct lx_fiber *leaving;

static void depart(struct lx_fiber *from, struct lx_fiber *to, bool for_good)
{
	leaving = from;
#if HAS_ASAN
	__sanitizer_start_switch_fiber(
		for_good ? NULL : &from->fake_stack, to->stack, to->stack_bytes);
#else
	(void)for_good;
	(void)to;
#endif
}

static void arrive(struct lx_fiber *self)
{
#if HAS_ASAN
	const void *bottom = NULL;
	size_t size = 0;

	__sanitizer_finish_switch_fiber(self ? self->fake_stack : NULL, &bottom, &size);
	if (leaving && !leaving->stack) {
		leaving->stack = (char *)(uintptr_t)bottom;
		leaving->stack_bytes = size;
	}
#else
	(void)self;
#endif
}

static void first_steps(unsigned high, unsigned low)
{
	struct lx_fiber *self = (struct lx_fiber *)(((uintptr_t)high << 32) | (uintptr_t)low);

	arrive(NULL);
	self->entry();
	abort(); /* an entry never returns */
}

static int map_stack(struct lx_fiber *f)
{
	char *at = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return -errno;
	if (mprotect(at, GUARD_BYTES, PROT_NONE) < 0) {
		int rc = -errno;

		(void)munmap(at, GUARD_BYTES + STACK_BYTES);
		return rc;
	}
	f->stack = at + GUARD_BYTES;
	f->stack_bytes = STACK_BYTES;
	return 0;
}

int lx_fiber_init(struct lx_fiber *f, void (*entry)(void))
{
	uintptr_t self = (uintptr_t)f;
	int rc = f->stack ? 0 : map_stack(f);

	if (rc < 0)
		return rc;
	f->entry = entry;
	f->fake_stack = NULL;
	(void)getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = f->stack_bytes;
	f->context.uc_link = NULL;
	/* makecontext() passes int, a pointer may be longer. */
	makecontext(&f->context, (void (*)(void))first_steps, 2, (unsigned)((uint64_t)self >> 32),
		(unsigned)self);
	return 0;
}

void lx_fiber_switch(struct lx_fiber *from, struct lx_fiber *to)
{
	depart(from, to, false);
	(void)swapcontext(&from->context, &to->context);
	arrive(from);
}

void lx_fiber_abandon(struct lx_fiber *from, struct lx_fiber *to)
{
	depart(from, to, true);
	(void)setcontext(&to->context);
	abort();
}

bool lx_fiber_has_stack(const struct lx_fiber *f, const void *address)
{
	const char *at = address;

	return f->stack && at >= f->stack && at < f->stack + f->stack_bytes;
}

bool lx_fiber_is_overflow(const struct lx_fiber *f, const void *address)
{
	const char *at = address;

	return f->stack && at < f->stack && at >= f->stack - GUARD_BYTES;
}
