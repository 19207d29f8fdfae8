/*
 * trace_prove.c: the core's events, where the explorer runs it: they become the operations of the
 * report, and what the design promises of each wake-up is checked as it happens.
 */
#include "tests/core/trace_test.h"

#include "labs/explore/lab.h"
#include "tests/prove/prove.h"

/*
 * The explorer numbers operations from 1 to 1023; those of a second loop have high bits. 0: the
 * scenario drops some, so they are not counted: the explorer would call what is left stuck.
 */
static uint64_t small(uint64_t op)
{
	return prove.drops_ops ? 0 : (op & 0xff) + (op >> 40) * 0x100;
}

LAB_QUIET void wg_trace_test_loop(uint32_t loop, const char *wait, int64_t tick_ns)
{
	(void)loop;
	prove.polls = tick_ns > 0;
	lab_loop(wait);
}

LAB_QUIET void wg_trace_test_submit(uint32_t loop, uint64_t op, int kind, int64_t arg)
{
	(void)loop;
	(void)kind;
	(void)arg;
	if (small(op))
		lab_submit(small(op));
}

LAB_QUIET void wg_trace_test_start(uint32_t loop, uint64_t op, uint32_t worker)
{
	(void)loop;
	(void)worker;
	if (small(op))
		lab_start(small(op));
}

LAB_QUIET void wg_trace_test_done(uint32_t loop, uint64_t op, int64_t result)
{
	(void)loop;
	if (!small(op))
		return;
	lab_done(small(op), result);
	lab_ready(small(op));
}

LAB_QUIET void wg_trace_test_notify(uint32_t loop, uint64_t op, int sent)
{
	(void)loop;
	(void)op;
	(void)sent;
	prove.notifies++;
}

LAB_QUIET void wg_trace_test_wait(uint32_t loop, int64_t timeout_ns, uint32_t ready)
{
	(void)loop;
	(void)timeout_ns;
	(void)ready;
	prove.waits++;
}

LAB_QUIET void wg_trace_test_wake(uint32_t loop, int reason, uint32_t ready)
{
	(void)loop;
	prove.wakes[reason]++;
	prove.late_wakes += reason == WG_WOKE_TIMEOUT && ready > 0;
	prove.empty_notified += reason == WG_WOKE_NOTIFIED && ready == 0;
}

LAB_QUIET void wg_trace_test_poll(uint32_t loop, uint32_t found)
{
	(void)loop;
	lab_poll((int)found);
}

LAB_QUIET void wg_trace_test_deliver(uint32_t loop, uint64_t op, int64_t result)
{
	(void)loop;
	(void)result;
	if (small(op))
		lab_deliver(small(op));
}
