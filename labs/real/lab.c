/*
 * lab.c: the lab_* calls on real threads: counted under one lock, recorded as events.
 *
 * The lock puts what the scenario says (ready, deliver) in the order of the events. A thread holds
 * it for a few stores and an event, never while it waits. So it narrows some windows and widens
 * others, as any recorder does. This is one more reason why a real run confirms and does not prove.
 */
#include "labs/explore/lab.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/op.h"
#include "core/trace.h"
#include "core/wait/wait.h"
#include "labs/real/real.h"

#define OPS 256

static struct {
	pthread_mutex_t m; /* guards: all that follows */
	struct wg_real_counts counts;
	struct lab_counts seen;
	int empty_so_far; /* loops that have found nothing since their latest wake */
	struct {
		uint32_t loop;
		int64_t result;
		bool is_ready;
	} ops[OPS];
} lab = { .m = PTHREAD_MUTEX_INITIALIZER };

/* Numbers for the life of the process: no two rounds share a loop's or an operation's. */
static _Atomic uint32_t last_loop, last_worker;
static uint64_t op_base;    /* added to an operation's number; changed between rounds */
static uint32_t round_loop; /* the first loop of this round; guarded by lab.m */

static _Thread_local uint32_t my_loop, my_worker;
static _Thread_local uint64_t my_op;	 /* what this thread made ready last */
static _Thread_local bool found_nothing; /* as a loop; counted in empty_so_far */

bool lab_is_real(void)
{
	return true;
}

static void become_loop(const char *how)
{
	if (my_loop)
		return;
	/* relaxed: only that the numbers differ matters */
	my_loop = 1 + atomic_fetch_add_explicit(&last_loop, 1, memory_order_relaxed);
	pthread_mutex_lock(&lab.m);
	if (!round_loop)
		round_loop = my_loop;
	pthread_mutex_unlock(&lab.m);
	WG_TRACE(loop, my_loop, how, INT64_C(0));
}

/* The loop of an operation; if no loop handed it in, the first of the round. */
static uint32_t loop_of(uint64_t op)
{
	uint32_t loop = lab.ops[op % OPS].loop;

	return loop ? loop : round_loop ? round_loop : 1;
}

/* With lab.m held. */
static void set_found_nothing(bool is_so)
{
	lab.empty_so_far += is_so - found_nothing;
	found_nothing = is_so;
}

/* ---- the life of an operation ---- */

void lab_loop(const char *how)
{
	become_loop(how);
}

void lab_submit(uint64_t op)
{
	uint32_t loop;

	pthread_mutex_lock(&lab.m);
	loop = lab.ops[op % OPS].loop = my_loop ? my_loop : loop_of(op);
	lab.counts.submitted++;
	WG_TRACE(submit, loop, op_base + op, (int)WG_OP_WORK, INT64_C(0));
	pthread_mutex_unlock(&lab.m);
}

void lab_start(uint64_t op)
{
	uint32_t loop;

	if (!my_worker)
		/* relaxed: only that the numbers differ matters */
		my_worker = 1 + atomic_fetch_add_explicit(&last_worker, 1, memory_order_relaxed);
	pthread_mutex_lock(&lab.m);
	loop = loop_of(op);
	WG_TRACE(start, loop, op_base + op, my_worker);
	pthread_mutex_unlock(&lab.m);
}

void lab_done(uint64_t op, int64_t result)
{
	pthread_mutex_lock(&lab.m);
	lab.ops[op % OPS].result = result;
	pthread_mutex_unlock(&lab.m);
}

void lab_ready(uint64_t op)
{
	uint32_t loop;

	pthread_mutex_lock(&lab.m);
	lab.ops[op % OPS].is_ready = true;
	lab.counts.ready++;
	my_op = op;
	loop = loop_of(op);
	WG_TRACE(done, loop, op_base + op, lab.ops[op % OPS].result);
	pthread_mutex_unlock(&lab.m);
}

void lab_poll(int found)
{
	become_loop("lab");
	pthread_mutex_lock(&lab.m);
	lab.seen.polls++;
	lab.seen.empty_polls += found == 0;
	if (found > 0)
		set_found_nothing(false);
	pthread_mutex_unlock(&lab.m);
	WG_TRACE(poll, my_loop, (uint32_t)found);
}

void lab_deliver(uint64_t op)
{
	uint32_t loop;

	become_loop("lab");
	pthread_mutex_lock(&lab.m);
	set_found_nothing(false);
	lab.counts.ready -= lab.ops[op % OPS].is_ready;
	lab.ops[op % OPS].is_ready = false;
	lab.counts.delivered++;
	loop = loop_of(op);
	WG_TRACE(deliver, loop, op_base + op, lab.ops[op % OPS].result);
	pthread_mutex_unlock(&lab.m);
}

/* ---- waits and notifications ---- */

void wg_real_wait(int64_t timeout_ns)
{
	if (!my_loop)
		return;
	pthread_mutex_lock(&lab.m);
	lab.seen.empty_wakes += found_nothing;
	lab.seen.waits++;
	lab.seen.endless_waits += timeout_ns < 0;
	lab.seen.zero_waits += timeout_ns == 0;
	lab.seen.last_timeout_ns = timeout_ns;
	set_found_nothing(false);
	WG_TRACE(wait, my_loop, timeout_ns, (uint32_t)lab.counts.ready);
	pthread_mutex_unlock(&lab.m);
}

void wg_real_wake(bool timed_out, bool is_ready, bool interrupted)
{
	int reason = interrupted ? WG_WOKE_INTERRUPTED
		     : is_ready	 ? WG_WOKE_READY
		     : timed_out ? WG_WOKE_TIMEOUT
				 : WG_WOKE_NOTIFIED;

	if (!my_loop)
		return;
	pthread_mutex_lock(&lab.m);
	lab.seen.late_wakes += timed_out && lab.counts.ready > 0;
	lab.seen.interrupted += interrupted;
	set_found_nothing(!interrupted);
	WG_TRACE(wake, my_loop, reason, (uint32_t)lab.counts.ready);
	pthread_mutex_unlock(&lab.m);
}

void wg_real_notify(void)
{
	uint32_t loop;

	if (my_loop)
		return;
	pthread_mutex_lock(&lab.m);
	lab.seen.notifies++;
	loop = loop_of(my_op);
	WG_TRACE(notify, loop, my_op ? op_base + my_op : UINT64_C(0), 1);
	pthread_mutex_unlock(&lab.m);
}

/* ---- checks ---- */

/* Keep the first finding. */
static void keep(struct wg_real_finding *f, const char *id, const char *message, va_list args)
{
	pthread_mutex_lock(&lab.m);
	if (!f->check[0]) {
		(void)snprintf(f->check, sizeof(f->check), "%s", id);
		(void)vsnprintf(f->message, sizeof(f->message), message, args);
	}
	pthread_mutex_unlock(&lab.m);
}

void lab_check(const char *id, bool condition, const char *message, ...)
{
	va_list args;

	if (condition)
		return;
	va_start(args, message);
	keep(&lab.counts.broken, id, message, args);
	va_end(args);
}

void lab_check_time(const char *id, bool condition, const char *message, ...)
{
	va_list args;

	if (condition)
		return;
	va_start(args, message);
	keep(&lab.counts.unsure, id, message, args);
	va_end(args);
}

void lab_note(const char *text, ...)
{
	(void)text; /* there is no schedule to show it in */
}

void lab_name(const char *name)
{
	char cut[16]; /* as long as the kernel keeps */

	(void)snprintf(cut, sizeof(cut), "%s", name);
	(void)pthread_setname_np(pthread_self(), cut);
}

struct lab_counts lab_counts(void)
{
	struct lab_counts counts;

	pthread_mutex_lock(&lab.m);
	counts = lab.seen;
	counts.pending = (int)lab.counts.ready;
	counts.empty_wakes += lab.empty_so_far;
	pthread_mutex_unlock(&lab.m);
	return counts;
}

void lab_clock_jump(int64_t ns)
{
	(void)ns; /* the machine's clock does not jump */
}

/* ---- marked accesses: plain, as the learner wrote them: the processor may reorder them ---- */

uint64_t lab_load(const void *at, size_t size, const char *name)
{
	uint64_t value = 0;

	(void)name;
	/* relaxed, all: their order is the lab's subject */
	switch (size) {
	case 1: value = __atomic_load_n((const uint8_t *)at, __ATOMIC_RELAXED); break;
	case 2: value = __atomic_load_n((const uint16_t *)at, __ATOMIC_RELAXED); break;
	case 4: value = __atomic_load_n((const uint32_t *)at, __ATOMIC_RELAXED); break;
	default: value = __atomic_load_n((const uint64_t *)at, __ATOMIC_RELAXED); break;
	}
	return value;
}

void lab_store(void *at, size_t size, uint64_t value, const char *name)
{
	(void)name;
	/* relaxed, all: as above */
	switch (size) {
	case 1: __atomic_store_n((uint8_t *)at, (uint8_t)value, __ATOMIC_RELAXED); break;
	case 2: __atomic_store_n((uint16_t *)at, (uint16_t)value, __ATOMIC_RELAXED); break;
	case 4: __atomic_store_n((uint32_t *)at, (uint32_t)value, __ATOMIC_RELAXED); break;
	default: __atomic_store_n((uint64_t *)at, value, __ATOMIC_RELAXED); break;
	}
}

void lab_fence(void)
{
	__sync_synchronize();
}

/* ---- pauses ---- */

static unsigned seed;		      /* set before there are threads */
static _Atomic unsigned thread_count; /* so that each has its own luck */
static _Thread_local unsigned my_seed;

void wg_real_seed(unsigned n)
{
	seed = n;
}

void wg_real_jitter(void)
{
	static const struct timespec moment = { 0, 100000 };

	if (!seed)
		return;
	if (!my_seed)
		/* relaxed: only that the numbers differ matters */
		my_seed = seed + atomic_fetch_add_explicit(&thread_count, 1, memory_order_relaxed);
	switch (rand_r(&my_seed) % 16) {
	case 0: (void)nanosleep(&moment, NULL); break;
	case 1:
	case 2: (void)sched_yield(); break;
	default: break;
	}
}

/* ---- for main ---- */

void wg_real_begin(void)
{
	struct wg_real_counts counts;

	pthread_mutex_lock(&lab.m);
	counts = lab.counts;
	memset(&lab.seen, 0, sizeof(lab.seen));
	memset(lab.ops, 0, sizeof(lab.ops));
	counts.submitted = counts.delivered = counts.ready = 0;
	lab.counts = counts;
	lab.empty_so_far = 0;
	round_loop = 0;
	op_base += OPS;
	pthread_mutex_unlock(&lab.m);
	my_loop = my_worker = 0;
	my_op = 0;
	found_nothing = false;
}

void wg_real_counts(struct wg_real_counts *ret)
{
	pthread_mutex_lock(&lab.m);
	*ret = lab.counts;
	pthread_mutex_unlock(&lab.m);
}
