/*
 * events_out.c: the facade with the empty backend, whatever the rest is built with.
 */
#undef WG_TRACE_LTTNG
#undef WG_TRACE_TEST
#include "core/trace.h"

#include "core/clock.h"
#include "tests/bench/events.h"

double wg_bench_emit_out(int n)
{
	int64_t begin_ns = wg_now_ns();
	int i;

	for (i = 0; i < n; i++) {
		WG_TRACE(poll, 1u, (uint32_t)i);
		__asm__ __volatile__("" ::"r"(i)); /* the loop itself must stay */
	}
	return (double)(wg_now_ns() - begin_ns) / n;
}
