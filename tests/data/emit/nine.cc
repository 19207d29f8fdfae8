/*
 * nine.cc: each event of wakegap/trace.h, in words that are both C99 and C++. See
 * tests/core/test_emit.c.
 */
#include <errno.h>
#include <wakegap/trace.h>

int main(void)
{
	int kind, reason;

	errno = 42;
	wg_trace_loop(7, "theirs", 2500000000000);
	wg_trace_submit(7, 1, WG_TRACE_SEND, -3);
	for (kind = WG_TRACE_READ; kind <= WG_TRACE_WORK; kind++)
		wg_trace_submit(9, 1, kind, kind);
	wg_trace_submit(7, UINT64_MAX, 99, INT64_MIN);
	wg_trace_start(7, 1, 4);
	wg_trace_done(7, 1, -110);
	wg_trace_done(7, 2, 5000000000);
	wg_trace_notify(7, 1, 256);
	wg_trace_notify(7, 2, -1);
	wg_trace_wait(7, -1, 1);
	wg_trace_wait(7, 5000000000, 2);
	wg_trace_wake(7, WG_TRACE_INTERRUPTED, 1);
	for (reason = WG_TRACE_NOTIFIED; reason <= WG_TRACE_INTERRUPTED; reason++)
		wg_trace_wake(9, reason, reason);
	wg_trace_wake(7, 77, UINT32_MAX);
	wg_trace_poll(7, 1);
	wg_trace_deliver(7, 1, -110);
	wg_trace_deliver(7, 2, 5000000000);
	wg_trace_loop(8, 0, 0);
	return errno - 42;
}
