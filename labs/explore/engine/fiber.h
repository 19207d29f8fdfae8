/*
 * fiber.h: the threads of a lab, as stacks within one thread of the system.
 *
 * Every schedule reuses the fibers. When a schedule ends, an unfinished fiber is abandoned where it
 * stands. AddressSanitizer is informed of every switch.
 */
#ifndef LABS_EXPLORE_ENGINE_FIBER_H
#define LABS_EXPLORE_ENGINE_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

struct lx_fiber {
	ucontext_t context;
	char *stack; /* above its guard page; NULL: not made yet, or the system's own */
	size_t stack_bytes;
	void (*entry)(void);
	void *fake_stack; /* AddressSanitizer's */
};

/* Make f start at entry, which never returns, when it is switched to next. 0 or -errno. */
int lx_fiber_init(struct lx_fiber *f, void (*entry)(void));

/* Stop `from`, which runs, and go on with `to`. */
void lx_fiber_switch(struct lx_fiber *from, struct lx_fiber *to);

/* Go on with `to` from a signal handler, and abandon `from`. */
_Noreturn void lx_fiber_abandon(struct lx_fiber *from, struct lx_fiber *to);

/* Is this address on its stack? */
bool lx_fiber_has_stack(const struct lx_fiber *f, const void *address);

/* Is this address in the page below f's stack? */
bool lx_fiber_is_overflow(const struct lx_fiber *f, const void *address);

#endif
