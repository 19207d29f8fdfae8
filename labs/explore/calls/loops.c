/*
 * loops.c: see loops.h, and lab.h for the calls of a lab.
 *
 * What a trace shows is counted too, so that a scenario can check it: struct lab_counts.
 */
#include "labs/explore/calls/loops.h"

#include <stdarg.h>
#include <string.h>

#include "labs/explore/calls/fds.h"
#include "labs/explore/engine/record.h"

#define OPS 1024

/* As core/tp.h numbers them. */
enum { REASON_NOTIFIED, REASON_TIMEOUT, REASON_READY, REASON_SPURIOUS, REASON_INTERRUPTED };

enum { KIND_WORK = 10 };

enum stage { UNKNOWN, SUBMITTED, STARTED, DONE, READY, DELIVERED };

static struct {
	uint8_t stage[OPS];
	int64_t result[OPS];
	uint32_t loop_of[OPS];
	uint64_t latest[LX_THREADS]; /* that this thread made ready */
	struct lab_counts counts;
	uint32_t loops;
	bool is_empty_so_far[LX_THREADS]; /* since its last wake this loop found nothing */
} ops;

void lx_loops_begin(void)
{
	memset(&ops, 0, sizeof(ops));
	ops.counts.last_timeout_ns = -1;
}

static void become_loop(const char *how)
{
	struct lx_thread *self = lx.self;

	if (self->is_loop)
		return;
	self->is_loop = true;
	self->loop = ++ops.loops;
	lx_event(LX_EV_LOOP, self->loop, 0, 0, 0, how);
}

/* Move op on to stage `to`. Labs number operations from 1. */
static bool moves(uint64_t op, enum stage from, enum stage to, const char *call, const void *caller)
{
	lx_remark_call(call, caller);
	lx_note("op %llu", (unsigned long long)op);
	if (op == 0 || op >= OPS) {
		lx_fail("lab", "%s of operation %llu: they are numbered from 1 to %d", call,
			(unsigned long long)op, OPS - 1);
		return false;
	}
	if (ops.stage[op] == DELIVERED && to == DELIVERED)
		lx_fail("once", "operation %llu is delivered twice", (unsigned long long)op);
	else if (to == DELIVERED && ops.stage[op] < from)
		lx_fail("once", "operation %llu is delivered and was never ready",
			(unsigned long long)op);
	ops.stage[op] = (uint8_t)to;
	return true;
}

static int count_stages(enum stage from, enum stage to)
{
	int i, count = 0;

	for (i = 1; i < OPS; i++)
		count += ops.stage[i] >= from && ops.stage[i] <= to;
	return count;
}

int lx_ops_open(void)
{
	return count_stages(SUBMITTED, READY);
}

int lx_ops_ready(void)
{
	return count_stages(READY, READY);
}

void lab_loop(const char *how)
{
	become_loop(how);
}

void lab_submit(uint64_t op)
{
	if (!moves(op, UNKNOWN, SUBMITTED, "lab_submit", LX_CALLER()))
		return;
	/* A thread that is no loop submits to the only one. */
	ops.loop_of[op] = lx.self->is_loop ? lx.self->loop : 1;
	lx_event(LX_EV_SUBMIT, ops.loop_of[op], op, KIND_WORK, 0, NULL);
}

void lab_start(uint64_t op)
{
	if (moves(op, SUBMITTED, STARTED, "lab_start", LX_CALLER()))
		lx_event(LX_EV_START, ops.loop_of[op], op, lx.self->id, 0, NULL);
}

void lab_done(uint64_t op, int64_t result)
{
	if (moves(op, STARTED, DONE, "lab_done", LX_CALLER()))
		ops.result[op] = result;
}

void lab_ready(uint64_t op)
{
	if (!moves(op, DONE, READY, "lab_ready", LX_CALLER()))
		return;
	ops.latest[lx.self->id] = op;
	if (ops.loop_of[op] == 0)
		ops.loop_of[op] = 1;
	lx_event(LX_EV_DONE, ops.loop_of[op], op, ops.result[op], 0, NULL);
}

void lab_poll(int found)
{
	become_loop("lab");
	lx_remark_call("lab_poll", LX_CALLER());
	lx_note("found %d", found);
	ops.counts.polls++;
	ops.counts.empty_polls += found == 0;
	if (found > 0)
		ops.is_empty_so_far[lx.self->id] = false;
	lx_event(LX_EV_POLL, lx.self->loop, 0, found, 0, NULL);
}

void lab_deliver(uint64_t op)
{
	become_loop("lab");
	if (!moves(op, READY, DELIVERED, "lab_deliver", LX_CALLER()))
		return;
	ops.is_empty_so_far[lx.self->id] = false;
	lx_event(LX_EV_DELIVER, ops.loop_of[op], op, ops.result[op], 0, NULL);
}

/* The previous wake was empty if the loop found nothing since. */
static void settle_wake(int thread)
{
	if (ops.is_empty_so_far[thread])
		ops.counts.empty_wakes++;
	ops.is_empty_so_far[thread] = false;
}

void lx_wait_begin(int64_t timeout_ns)
{
	if (!lx.self->is_loop)
		return;
	settle_wake(lx.self->id);
	ops.counts.waits++;
	ops.counts.endless_waits += timeout_ns < 0;
	ops.counts.zero_waits += timeout_ns == 0;
	ops.counts.last_timeout_ns = timeout_ns;
	lx_event(LX_EV_WAIT, lx.self->loop, 0, timeout_ns, lx_ops_ready(), NULL);
}

void lx_wait_end(enum lx_wake wake, bool is_ready)
{
	static const int reasons[] = { [LX_ASLEEP] = REASON_READY,
		[LX_NOTIFIED] = REASON_NOTIFIED,
		[LX_TIMED_OUT] = REASON_TIMEOUT,
		[LX_WOKEN_SPURIOUSLY] = REASON_SPURIOUS,
		[LX_INTERRUPTED] = REASON_INTERRUPTED };
	int reason = is_ready ? REASON_READY : reasons[wake];

	if (!lx.self->is_loop)
		return;
	ops.counts.spurious += reason == REASON_SPURIOUS;
	ops.counts.interrupted += reason == REASON_INTERRUPTED;
	ops.counts.late_wakes += reason == REASON_TIMEOUT && lx_ops_ready() > 0;
	ops.is_empty_so_far[lx.self->id] = reason <= REASON_READY;
	lx_event(LX_EV_WAKE, lx.self->loop, 0, reason, lx_ops_ready(), NULL);
}

void lx_notify(void)
{
	uint64_t op = ops.latest[lx.self->id];

	if (lx.self->is_loop)
		return;
	ops.counts.notifies++;
	lx_event(LX_EV_NOTIFY, op ? ops.loop_of[op] : 1, op, 1, 0, NULL);
}

struct lab_counts lab_counts(void)
{
	struct lab_counts counts = ops.counts;
	int i;

	for (i = 0; i < lx.thread_count; i++)
		counts.empty_wakes += ops.is_empty_so_far[i];
	for (i = 1; i < lx.thread_count; i++) { /* not the first, which is the scenario's */
		const struct lx_thread *t = &lx.thread[i];

		counts.unjoined += !t->is_joined && !t->is_detached && !t->is_left_behind;
	}
	counts.pending = lx_ops_ready();
	counts.open_fds = lx_fds_open();
	return counts;
}

void lab_check(const char *id, bool condition, const char *message, ...)
{
	va_list args;

	lx_check_exists(id);
	if (condition)
		return;
	va_start(args, message);
	lx_fail_v(id, message, args);
	va_end(args);
}

/* On a virtual clock it does not depend on the machine. */
void lab_check_time(const char *id, bool condition, const char *message, ...)
	__attribute__((alias("lab_check")));

bool lab_is_real(void)
{
	return false;
}

void lab_note(const char *text, ...)
{
	va_list args;

	va_start(args, text);
	lx_note_v(text, args);
	va_end(args);
}
