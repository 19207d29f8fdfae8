/*
 * trace_prove.c: the core's events, where the explorer runs it: they become the operations of the
 * report, and what the design promises of each wake-up is checked as it happens.
 */
#include "tests/core/trace_test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

LAB_QUIET void prove_note(const char *format, ...)
{
	size_t used = strlen(prove.events);
	va_list args;

	if (!prove.keeps_events)
		return;
	va_start(args, format);
	(void)vsnprintf(prove.events + used, sizeof(prove.events) - used, format, args);
	va_end(args);
}

/* Results that the loop has, as its events say. */
LAB_QUIET static int *undelivered_of(uint32_t loop)
{
	return &prove.undelivered[loop % (sizeof(prove.undelivered) / sizeof(int))];
}

LAB_QUIET static void note_time(void)
{
	if (prove.times_events)
		prove_note("@%lld", (long long)(wg_now_ns() - prove.begin_ns));
	prove_note(" ");
}

LAB_QUIET void wg_trace_test_loop(uint32_t loop, const char *wait, int64_t tick_ns)
{
	prove.loops++;
	prove.polls = tick_ns > 0;
	lab_loop(wait);
	prove_note("loop(%u,%s,%lld) ", loop, wait, (long long)tick_ns);
}

LAB_QUIET void wg_trace_test_submit(uint32_t loop, uint64_t op, int kind, int64_t arg)
{
	(void)loop;
	prove.last_arg = arg;
	prove_note("submit(%llu,%s,%lld) ", (unsigned long long)op,
		kind == WG_OP_TIMER ? "timer" : "other", (long long)arg);
	if (small(op))
		lab_submit(small(op));
}

LAB_QUIET void wg_trace_test_start(uint32_t loop, uint64_t op, uint32_t worker)
{
	(void)loop;
	prove.starts++;
	prove.start_worker = worker;
	prove.overtaken += op < prove.start_op;
	prove.start_op = op;
	if (small(op))
		lab_start(small(op));
}

LAB_QUIET void wg_trace_test_done(uint32_t loop, uint64_t op, int64_t result)
{
	(*undelivered_of(loop))++;
	prove_note("done(%llu,%lld) ", (unsigned long long)op, (long long)result);
	if (!small(op))
		return;
	lab_done(small(op), result);
	lab_ready(small(op));
}

LAB_QUIET void wg_trace_test_notify(uint32_t loop, uint64_t op, int sent)
{
	(void)loop;
	prove_note("notify(%llu,%d) ", (unsigned long long)op, sent);
	prove.notifies++;
}

LAB_QUIET static bool *is_asleep(uint32_t loop)
{
	return &prove.is_asleep[loop % (sizeof(prove.is_asleep) / sizeof(bool))];
}

LAB_QUIET void wg_trace_test_wait(uint32_t loop, int64_t timeout_ns, uint32_t ready)
{
	lab_check("pairs", !*is_asleep(loop), "a `wait` follows a `wait`");
	*is_asleep(loop) = true;
	prove_note("wait(%lld,%u)", (long long)timeout_ns, ready);
	note_time();
	prove.waits++;
}

LAB_QUIET void wg_trace_test_wake(uint32_t loop, int reason, uint32_t ready)
{
	static const char *const reasons[] = { "notified", "timeout", "ready", "spurious",
		"interrupted" };

	if (reason < 0 || reason > WG_WOKE_INTERRUPTED) {
		lab_check("reason", false, "it woke up for reason %d", reason);
		return;
	}
	lab_check("ready", *undelivered_of(loop) == (int)ready,
		"it woke up with %u ready, and %d are done and not delivered", ready,
		*undelivered_of(loop));
	lab_check("pairs", *is_asleep(loop), "a `wake` follows no `wait`");
	*is_asleep(loop) = false;
	prove_note("wake(%s,%u)", reasons[reason], ready);
	note_time();
	prove.wakes[reason]++;
	prove.late_wakes += reason == WG_WOKE_TIMEOUT && ready > 0;
	prove.empty_notified += reason == WG_WOKE_NOTIFIED && ready == 0;
}

LAB_QUIET void wg_trace_test_poll(uint32_t loop, uint32_t found)
{
	(void)loop;
	prove_note("poll(%u) ", found);
	lab_poll((int)found);
}

LAB_QUIET void wg_trace_test_deliver(uint32_t loop, uint64_t op, int64_t result)
{
	(*undelivered_of(loop))--;
	prove_note("deliver(%llu,%lld) ", (unsigned long long)op, (long long)result);
	if (small(op))
		lab_deliver(small(op));
}
