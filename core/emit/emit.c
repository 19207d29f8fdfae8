/*
 * emit.c: the nine events for other people's loops, through the tracepoints of the core.
 *
 * One line each. Without LTTng the library is still there, and its functions do nothing.
 */
#include "core/emit/wakegap/trace.h"

#include "core/trace.h"

void wg_trace_loop(uint32_t loop, const char *wait, int64_t tick_ns)
{
	const char *text = wait ? wait : "";

	WG_TRACE(loop, loop, text, tick_ns);
}

void wg_trace_submit(uint32_t loop, uint64_t op, int32_t kind, int64_t arg)
{
	WG_TRACE(submit, loop, op, kind, arg);
}

void wg_trace_start(uint32_t loop, uint64_t op, uint32_t worker)
{
	WG_TRACE(start, loop, op, worker);
}

void wg_trace_done(uint32_t loop, uint64_t op, int64_t result)
{
	WG_TRACE(done, loop, op, result);
}

void wg_trace_notify(uint32_t loop, uint64_t op, int32_t sent)
{
	const int is_sent = sent != 0;

	WG_TRACE(notify, loop, op, is_sent);
}

void wg_trace_wait(uint32_t loop, int64_t timeout_ns, uint32_t ready)
{
	WG_TRACE(wait, loop, timeout_ns, ready);
}

void wg_trace_wake(uint32_t loop, int32_t reason, uint32_t ready)
{
	WG_TRACE(wake, loop, reason, ready);
}

void wg_trace_poll(uint32_t loop, uint32_t found)
{
	WG_TRACE(poll, loop, found);
}

void wg_trace_deliver(uint32_t loop, uint64_t op, int64_t result)
{
	WG_TRACE(deliver, loop, op, result);
}
