/*
 * sched.c: see engine.h: points, what is possible at one, the clock, and the end of a schedule.
 */
#include "labs/explore/engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "labs/explore/engine/path.h"
#include "labs/explore/engine/record.h"

#define MAX_STEPS     2000
#define STEPS_AT_MOST 32000 /* a path is as long at most */
/* After this many steps in a row others come first, so that a thread that spins lets them run. */
#define ALONE_MAX 100

struct lx lx;

/* ---- what is possible ---- */

static bool can_run(const struct lx_thread *t)
{
	return t->is_live && (!t->op.is_ready || t->op.is_ready(t));
}

/* What must happen at some time: steps of threads, stores that reach memory. */
static uint64_t possible(void)
{
	uint64_t ready = 0, yielded = 0, drains = 0, silent = 0;
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		const struct lx_thread *t = &lx.thread[i];

		if (can_run(t)) {
			ready |= lx_bit(LX_RUN + i);
			if (t->has_yielded)
				yielded |= lx_bit(LX_RUN + i);
			if (t->op.is_silent)
				silent |= lx_bit(LX_RUN + i);
		}
		if (t->store_count)
			drains |= lx_bit(LX_DRAIN + i);
	}
	if (silent)
		return lx_bit(lx_first(silent));
	if (ready & ~yielded)
		ready &= ~yielded;
	return ready | drains;
}

/* Is it a silent step? Then there is nothing to choose. */
static bool is_silent(uint64_t options)
{
	int actor = lx_first(options);

	return actor < LX_DRAIN && lx.thread[actor].op.is_silent;
}

/* What the machine may do, but need not. */
static uint64_t optional(void)
{
	uint64_t set = 0;
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		const struct lx_thread *t = &lx.thread[i];

		if (!t->is_live || t->wake != LX_ASLEEP)
			continue;
		if (lx.spurious_left > 0 && t->cond)
			set |= lx_bit(LX_SPURIOUS + i);
		if (lx.interrupts_left > 0 && t->op.is_blocking && !can_run(t))
			set |= lx_bit(LX_INTERRUPT + i);
	}
	return set;
}

/* ---- the clock ---- */

static int64_t next_deadline(void)
{
	int64_t next = lx.parts->deadline();
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		const struct lx_thread *t = &lx.thread[i];

		if (t->is_live && t->deadline_ns < next)
			next = t->deadline_ns;
	}
	return next;
}

void lx_pass_time(int64_t until_ns)
{
	int i;

	if (until_ns > lx.now_ns)
		lx.now_ns = until_ns;
	if (lx.ts_ns < lx.now_ns)
		lx.ts_ns = lx.now_ns;
	for (i = 0; i < lx.thread_count; i++) {
		struct lx_thread *t = &lx.thread[i];

		if (!t->is_live || t->deadline_ns > lx.now_ns)
			continue;
		lx.touched_all = true;
		t->deadline_ns = LX_NEVER;
		if (t->wake == LX_ASLEEP)
			t->wake = LX_TIMED_OUT;
		t->cond = NULL;
	}
	if (lx.parts->deadline() <= lx.now_ns)
		lx.touched_all = true;
	lx.parts->pass_time();
}

/* ---- steps ---- */

static void count_step(int thread)
{
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		if (i == thread)
			continue;
		lx.thread[i].alone = 0;
		lx.thread[i].has_yielded = false;
	}
	if (++lx.thread[thread].alone > ALONE_MAX)
		lx.thread[thread].has_yielded = true;
	lx.touched_count = 0;
	lx.touched_all = false;
	lx.step_thread = thread;
	lx.ts_ns += 1000;
}

static void limit_steps(void)
{
	uint32_t max = lx.scenario->max_steps > 0 ? (uint32_t)lx.scenario->max_steps : MAX_STEPS;

	if (max > STEPS_AT_MOST)
		max = STEPS_AT_MOST;
	if (++lx.steps > max)
		lx_fail_and_end("endless", "%u steps, and no end in sight", max);
}

void lx_touch(const void *object, bool is_write)
{
	if (lx.touched_count == (int)(sizeof(lx.touched) / sizeof(lx.touched[0])))
		lx.touched_all = true;
	else
		lx.touched[lx.touched_count++] = (struct lx_touch){ object, is_write };
}

void lx_drain_one(struct lx_thread *t)
{
	struct lx_store *s = &t->store[0];

	memcpy(s->at, &s->value, s->size);
	memmove(s, s + 1, (size_t)--t->store_count * sizeof(*s));
}

void lx_drain_all(struct lx_thread *t)
{
	while (t->store_count > 0) {
		lx_touch(t->store[0].at, true);
		lx_drain_one(t);
	}
}

/* Do what is not a thread's step. */
static void happen(int actor)
{
	struct lx_thread *t = &lx.thread[lx_thread_of(actor) < 0 ? 0 : lx_thread_of(actor)];

	if (actor == LX_TIME) {
		lx_pass_time(next_deadline());
		lx.touched_all = true;
		return;
	}
	count_step(t->id);
	if (actor < LX_TIME) {
		lx_touch(t->store[0].at, true);
		lx_step_begin(t, "store buffer", t->store[0].caller);
		lx_note("%s%s%llu reaches memory", t->store[0].name ? t->store[0].name : "",
			t->store[0].name ? " = " : "", (unsigned long long)t->store[0].value);
		lx_drain_one(t);
	} else if (actor < LX_INTERRUPT) {
		lx.spurious_left--;
		lx_touch(t->cond, true);
		lx_step_begin(t, "spurious wake-up", t->op.caller);
		t->wake = LX_WOKEN_SPURIOUSLY;
		t->deadline_ns = LX_NEVER;
		t->cond = NULL;
	} else {
		lx.interrupts_left--;
		lx.touched_all = true;
		lx_step_begin(t, "signal", t->op.caller);
		lx.parts->interrupt(t);
	}
}

/* No thread can go on. Does time pass, or is this the end? */
static uint64_t at_rest(void)
{
	if (!lx.thread[0].is_live)
		return lx_bit(LX_END);
	return lx_bit(next_deadline() < LX_NEVER ? LX_TIME : LX_END);
}

static struct lx_thread *next_thread(void)
{
	for (;;) {
		uint64_t must = possible();
		uint64_t options = must ? must : at_rest();
		int actor;

		if (lx.thread[0].is_live && !is_silent(options))
			options |= optional();
		actor = lx_first(options);
		limit_steps();
		if (actor < LX_TIME || (options & (options - 1)))
			actor = lx_choose(options);
		if (actor == LX_END) {
			lx.parts->at_rest();
			lx_end(LX_RAN);
		}
		if (actor < LX_DRAIN)
			return &lx.thread[actor];
		happen(actor);
	}
}

static void go_on_with(struct lx_thread *from, struct lx_thread *to)
{
	if (from == to)
		return;
	from->saved_errno = errno;
	lx.parts->swap_tls(from->id, to->id);
	lx.self = to;
	lx_fiber_switch(&from->fiber, &to->fiber);
	errno = from->saved_errno;
}

void lx_point(const struct lx_op *op)
{
	struct lx_thread *self = lx.self, *next;
	const struct lx_touch *touch;

	if (!self)
		lx_only_in_a_schedule(op->call);
	if (lx.is_recording)
		lx.parts->take_printed();
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no self, and it has ended above */
	self->op = *op;
	lx_step_locks();
	if (self->newborn_of) {
		/* Up to here a new thread runs within the step that created it. */
		next = self->newborn_of;
		self->newborn_of = NULL;
	} else {
		next = next_thread();
	}
	go_on_with(self, next);
	/* Now it is the step of self. */
	count_step(self->id);
	for (touch = self->op.touch; touch->object; touch++)
		lx_touch(touch->object, touch->is_write);
	lx.touched_all = self->op.touches_all;
	if (!self->op.is_access)
		lx_drain_all(self);
	lx_step_begin(self, self->op.returns ? self->op.returns : self->op.call, self->op.caller);
	lx.parts->deliver(self);
}

/* ---- threads ---- */

static void thread_main(void)
{
	struct lx_thread *self = lx.self;

	lx_thread_end(self->start(self->arg));
}

struct lx_thread *lx_thread_start(void *(*start)(void *), void *arg)
{
	struct lx_thread *creator = lx.self, *t;
	struct lx_fiber fiber;

	if (lx.thread_count == LX_THREADS)
		return NULL;
	t = &lx.thread[lx.thread_count];
	fiber = t->fiber;
	*t = (struct lx_thread){ .id = lx.thread_count++,
		.fiber = fiber,
		.is_live = true,
		.start = start,
		.arg = arg,
		.deadline_ns = LX_NEVER,
		.newborn_of = creator };
	(void)snprintf(t->name, sizeof(t->name), "T%d", t->id);
	if (lx_fiber_init(&t->fiber, thread_main) < 0) {
		lx.thread_count--;
		return NULL;
	}
	lx.parts->new_tls(t->id);
	if (creator) {
		memcpy(t->clock, creator->clock, sizeof(t->clock));
		creator->clock[creator->id]++;
	}
	t->clock[t->id] = 1;
	if (creator)
		go_on_with(creator, t);
	return t;
}

void lx_thread_end(void *result)
{
	struct lx_thread *self = lx.self, *next = self->newborn_of;

	if (lx.is_recording)
		lx.parts->take_printed();
	self->result = result;
	self->is_live = false; /* its stores may still be in the buffer */
	lx_touch(self, true);
	if (!next)
		next = next_thread();
	self->newborn_of = NULL;
	go_on_with(self, next);
	for (;;)
		lx_end(LX_UNFIT); /* not reached: a thread that ended never runs again */
}

/* ---- a schedule ---- */

void lx_end(enum lx_outcome outcome)
{
	struct lx_thread *self = lx.self;

	if (lx.is_recording)
		lx.parts->take_printed();
	lx_step_locks();
	lx.outcome = outcome;
	lx.self = NULL;
	lx_fiber_switch(&self->fiber, &lx.main);
	for (;;)
		; /* not reached */
}

static void *run_scenario(void *unused)
{
	(void)unused;
	lx.scenario->run();
	return NULL;
}

enum lx_outcome lx_run_once(void)
{
	lx.parts->begin();
	lx.thread_count = 0;
	lx.now_ns = 1000000000; /* a clock that starts at 0 hides mistakes */
	lx.ts_ns = lx.now_ns;
	lx.wall_ns = 1700000000000000000;
	lx.wait_number = 0;
	lx.spurious_left = lx.scenario->spurious;
	lx.interrupts_left = lx.scenario->interrupts;
	lx.steps = 0;
	lx.step_thread = -1;
	lx.touched_count = 0;
	lx.touched_all = false;
	lx.outcome = LX_RAN;
	lx.self = lx_thread_start(run_scenario, NULL);
	if (!lx.self)
		return LX_UNFIT;
	lx_fiber_switch(&lx.main, &lx.self->fiber);
	if (lx.outcome == LX_RAN)
		lx.parts->end();
	lx.shared->steps_made = lx.steps;
	return lx.outcome;
}
