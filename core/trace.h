/*
 * trace.h: how the core says what it does: nine events, through one facade.
 *
 * Three backends, chosen when compiling: LTTng-UST (for users), a recorder in memory (for the
 * tests), and nothing. The core behaves the same with each; with LTTng and no session, an event
 * costs one load and one branch. The calls stand in the loop and its workers, never in a strategy,
 * so that all strategies leave comparable traces.
 *
 * Arguments must have no side effects: the empty backend does not evaluate them.
 */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#if defined(WG_TRACE_LTTNG)

#include "core/tp.h"
#define WG_TRACE(event, ...) lttng_ust_tracepoint(wakegap, event, __VA_ARGS__)

#elif defined(WG_TRACE_TEST)

#include "tests/core/trace_test.h"
#define WG_TRACE(event, ...) wg_trace_test_##event(__VA_ARGS__)

#else

/* Seen by the compiler, so that nothing rots, and never run. */
static inline void wg_trace_nothing(int first, ...)
{
	(void)first;
}
#define WG_TRACE(event, ...)                                                                       \
	do {                                                                                       \
		if (0)                                                                             \
			wg_trace_nothing(0, __VA_ARGS__);                                          \
	} while (0)

#endif

/*
 *     WG_TRACE(loop,    loop, wait_name, tick_ns)     a loop was created
 *     WG_TRACE(submit,  loop, op, kind, arg)          an operation is handed in
 *     WG_TRACE(start,   loop, op, worker)             a worker begins it
 *     WG_TRACE(done,    loop, op, result)             its result is published to the loop
 *     WG_TRACE(notify,  loop, op, sent)               somebody rings for the loop
 *     WG_TRACE(wait,    loop, timeout_ns, ready)      the loop is about to sleep
 *     WG_TRACE(wake,    loop, reason, ready)          it is back
 *     WG_TRACE(poll,    loop, found)                  it looks at its results
 *     WG_TRACE(deliver, loop, op, result)             the caller has the result
 */

#endif
