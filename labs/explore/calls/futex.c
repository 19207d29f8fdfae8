/*
 * futex.c: futex(2), the two operations that a strategy needs: sleep while a word has a value, and
 * wake the threads that sleep on it. Compare and sleep are one step, as in the kernel.
 */
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "labs/explore/calls/clocks.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/calls/weak.h"
#include "labs/explore/calls/wrap.h"
#include "labs/explore/engine/path.h"
#include "labs/explore/engine/record.h"

static bool has_woken(const struct lx_thread *t)
{
	return t->wake != LX_ASLEEP;
}

static int64_t deadline_of(int op, const struct timespec *time)
{
	if (!time)
		return LX_NEVER;
	if ((op & FUTEX_CMD_MASK) == FUTEX_WAIT)
		return lx_after(time->tv_sec * INT64_C(1000000000) + time->tv_nsec);
	return lx_deadline(op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, time);
}

/* The kernel compares behind a barrier of its own. With weak memory it is a seq_cst load: so it may
 * miss a store that nothing orders before it, as on a machine. */
static uint32_t word_now(const uint32_t *word)
{
	return lx_is_weak() ? (uint32_t)lx_weak_load(word, sizeof(*word), memory_order_seq_cst)
			    : *word;
}

static int futex_wait(uint32_t *word, uint32_t expected, int64_t deadline_ns, const void *caller)
{
	struct lx_thread *self = lx.self;
	struct lx_op op = { .call = "futex wait", .caller = caller, .object = word };
	uint32_t value;

	lx_wait_begin(deadline_ns == LX_NEVER ? -1 : deadline_ns - lx.now_ns);
	lx_point_at(&op, sizeof(*word));
	value = word_now(word);
	if (value != expected) {
		lx_note("the word is %u, not %u", value, expected);
		lx_wait_end(LX_NOTIFIED, false);
		return lx_failed(EAGAIN);
	}
	self->wait_number = lx.wait_number++;
	self->wake = deadline_ns <= lx.now_ns ? LX_TIMED_OUT : LX_ASLEEP;
	self->cond = self->wake == LX_ASLEEP ? word : NULL;
	self->deadline_ns = self->wake == LX_ASLEEP ? deadline_ns : LX_NEVER;
	op = (struct lx_op){ .call = "futex wait",
		.returns = "futex wait returns",
		.caller = caller,
		.object = word,
		.is_ready = has_woken,
		.is_blocking = true };
	lx_point_at(&op, sizeof(*word));
	self->cond = NULL;
	self->deadline_ns = LX_NEVER;
	lx_wait_end(self->wake, false);
	if (self->wake == LX_TIMED_OUT)
		return lx_failed(ETIMEDOUT);
	return self->wake == LX_INTERRUPTED ? lx_failed(EINTR) : 0;
}

/* The thread that has slept longest on word, or NULL. */
static struct lx_thread *sleeper(const uint32_t *word)
{
	struct lx_thread *first = NULL;
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		struct lx_thread *t = &lx.thread[i];

		if (t->is_live && t->cond == word &&
			(!first || t->wait_number < first->wait_number))
			first = t;
	}
	return first;
}

static int futex_wake(uint32_t *word, int max, const void *caller)
{
	struct lx_thread *t;
	int count = 0;

	lx_point(&(struct lx_op){ .call = "futex wake",
		.caller = caller,
		.object = word,
		.touch = { { word, true } } });
	while (count < max && (t = sleeper(word))) {
		t->wake = LX_NOTIFIED;
		t->cond = NULL;
		t->deadline_ns = LX_NEVER;
		lx_note("wakes %s", t->name);
		count++;
	}
	if (count == 0)
		lx_note("no thread sleeps");
	lx_notify();
	return count;
}

LX_WRAP(long, syscall, long number, ...)
{
	const void *caller = LX_CALLER();
	struct timespec *time;
	uint32_t *word, value;
	va_list args;
	int op;

	lx_only_in_a_schedule("syscall");
	if (number != SYS_futex) {
		lx_remark_call("syscall", caller);
		lx_fail_and_end("not-modelled", "syscall(%ld) at {%llx}", number, lx_place(caller));
	}
	va_start(args, number);
	word = va_arg(args, uint32_t *);
	op = va_arg(args, int);
	value = va_arg(args, uint32_t);
	time = va_arg(args, struct timespec *);
	va_end(args);
	switch (op & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET: return futex_wait(word, value, deadline_of(op, time), caller);
	case FUTEX_WAKE: return futex_wake(word, (int)value, caller);
	default:
		lx_remark_call("syscall", caller);
		lx_fail_and_end("not-modelled", "futex operation %d at {%llx}", op & FUTEX_CMD_MASK,
			lx_place(caller));
	}
}
