/*
 * trace.h: how the core says what it does: nine events, through one macro.
 *
 *     WG_TRACE(loop,    loop, wait_name, tick_ns)     a loop was created
 *     WG_TRACE(submit,  loop, op, kind, arg)          an operation is handed in
 *     WG_TRACE(start,   loop, op, worker)             a worker begins it
 *     WG_TRACE(done,    loop, op, result)             its result is published to the loop
 *     WG_TRACE(notify,  loop, op, sent)               somebody notifies the loop
 *     WG_TRACE(wait,    loop, timeout_ns, ready)      the loop is about to sleep
 *     WG_TRACE(wake,    loop, reason, ready)          it woke up
 *     WG_TRACE(poll,    loop, found)                  it looks at its results
 *     WG_TRACE(deliver, loop, op, result)             the caller has the result
 *
 * Three backends, chosen when compiling: LTTng-UST (for users), a recorder in memory (for tests),
 * and nothing. The core behaves the same with each: arguments call and change nothing (make lint
 * checks it), since LTTng evaluates them only while it records. With LTTng and no session, an event
 * costs one load and one branch. The calls stand in the loop and its workers, never in a strategy,
 * so that the traces of all strategies can be compared.
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

int wg__unevaluated(int first, ...); /* nowhere: the compiler checks the arguments */
#define WG_TRACE(event, ...) ((void)sizeof(wg__unevaluated(0, __VA_ARGS__)))

#endif
#endif
