/*
 * cond.c: pthread_cond_*. A condition has no memory: without a waiter a signal is forgotten.
 *
 * A wait is two steps: to release the mutex and fall asleep, and to return with the mutex. POSIX
 * does not say which waiter a signal wakes; see lab_scenario.any_waiter.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "labs/explore/calls/clocks.h"
#include "labs/explore/calls/heap.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/engine/path.h"
#include "labs/explore/calls/wrap.h"

#define MADE 0x636f6e64u

/* Laid over pthread_cond_t. */
struct cond {
	uint32_t magic; /* 0: statically initialised */
	int clock;	/* CLOCK_REALTIME is 0, which is the default */
};

static struct cond *cond_at(const void *at, const char *call)
{
	struct cond *c = (struct cond *)(uintptr_t)at;

	if (c->magic != 0)
		lx_check_made(c->magic, MADE, call, "condition");
	return c;
}

/* The threads that wait on c, the longest first. */
static int waiters(const void *c, struct lx_thread **ret)
{
	int count = 0, i, at;

	for (i = 0; i < lx.thread_count; i++) {
		struct lx_thread *t = &lx.thread[i];

		if (!t->is_live || t->cond != c)
			continue;
		for (at = count++; at > 0 && ret[at - 1]->wait_number > t->wait_number; at--)
			ret[at] = ret[at - 1];
		ret[at] = t;
	}
	return count;
}

static void wake(struct lx_thread *t)
{
	t->wake = LX_NOTIFIED;
	t->cond = NULL;
	t->deadline_ns = LX_NEVER;
	lx_note("wakes %s", t->name);
}

static bool can_return(const struct lx_thread *t)
{
	return t->wake != LX_ASLEEP && lx_mutex_is_free(t->op.object);
}

static void fall_asleep(const char *call, struct cond *c, void *mutex, int64_t deadline_ns)
{
	struct lx_thread *self = lx.self;

	if (lx_mutex_owner(mutex) != self)
		lx_fail_and_end(
			"misuse", "%s with a mutex that %s does not hold", call, self->name);
	lx_mutex_release(mutex, call);
	self->wait_number = lx.wait_number++;
	self->wake = deadline_ns <= lx.now_ns ? LX_TIMED_OUT : LX_ASLEEP;
	self->cond = self->wake == LX_ASLEEP ? c : NULL;
	self->deadline_ns = self->wake == LX_ASLEEP ? deadline_ns : LX_NEVER;
	lx_wait_begin(deadline_ns == LX_NEVER ? -1 : deadline_ns - lx.now_ns);
}

static int wait_for(
	const char *call, void *cond, void *mutex, int64_t deadline_ns, const void *caller)
{
	struct lx_op op = { .call = call, .caller = caller, .object = cond };

	op.touch[1] = (struct lx_touch){ mutex, true };
	lx_point_at(&op, sizeof(struct cond));
	fall_asleep(call, cond_at(cond, call), mutex, deadline_ns);
	op = (struct lx_op){ .call = call,
		.returns = "pthread_cond_wait returns",
		.caller = caller,
		.object = mutex,
		.is_ready = can_return };
	lx_point_at(&op, sizeof(pthread_mutex_t));
	lx_mutex_take(mutex);
	lx_wait_end(lx.self->wake, false);
	return lx.self->wake == LX_TIMED_OUT ? ETIMEDOUT : 0;
}

LX_WRAP(int, pthread_cond_init, pthread_cond_t *cond, const pthread_condattr_t *attr)
{
	struct cond *c = (struct cond *)cond;

	lx_heap_touch(cond, sizeof(*cond), "pthread_cond_init");
	memset(cond, 0, sizeof(*cond));
	c->magic = MADE;
	if (attr)
		(void)pthread_condattr_getclock(attr, &c->clock);
	return 0;
}

/* A point at a call on a condition, and the condition with its waiters. */
static struct cond *come_to(const char *call, void *at, const void *caller,
	struct lx_thread *asleep[LX_THREADS], int *ret_count)
{
	struct cond *c;

	lx_point_on(call, at, sizeof(*c), caller);
	c = cond_at(at, call);
	*ret_count = waiters(c, asleep);
	return c;
}

LX_WRAP(int, pthread_cond_destroy, pthread_cond_t *cond)
{
	struct lx_thread *asleep[LX_THREADS];
	int count;
	struct cond *c = come_to("pthread_cond_destroy", cond, LX_CALLER(), asleep, &count);

	if (count > 0)
		lx_fail_and_end(
			"misuse", "pthread_cond_destroy while %s waits on it", asleep[0]->name);
	c->magic = LX_DESTROYED;
	return 0;
}

LX_WRAP(int, pthread_cond_wait, pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return wait_for("pthread_cond_wait", cond, mutex, LX_NEVER, LX_CALLER());
}

LX_WRAP(int, pthread_cond_timedwait, pthread_cond_t *cond, pthread_mutex_t *mutex,
	const struct timespec *until)
{
	int clock = ((struct cond *)cond)->clock;

	return wait_for(
		"pthread_cond_timedwait", cond, mutex, lx_deadline(clock, until), LX_CALLER());
}

LX_WRAP(int, pthread_cond_clockwait, pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
	const struct timespec *until)
{
	return wait_for(
		"pthread_cond_clockwait", cond, mutex, lx_deadline(clock, until), LX_CALLER());
}

/* Wake the waiters from `first` on, `count` of them. */
static int notify(struct lx_thread **asleep, int first, int count)
{
	int i;

	for (i = first; i < first + count; i++)
		wake(asleep[i]);
	if (count == 0)
		lx_note("nobody waits: the signal is forgotten");
	lx_notify();
	return 0;
}

LX_WRAP(int, pthread_cond_signal, pthread_cond_t *cond)
{
	struct lx_thread *asleep[LX_THREADS];
	int count;

	(void)come_to("pthread_cond_signal", cond, LX_CALLER(), asleep, &count);
	return notify(asleep, lx.scenario->any_waiter ? lx_pick(count) : 0, count > 0);
}

LX_WRAP(int, pthread_cond_broadcast, pthread_cond_t *cond)
{
	struct lx_thread *asleep[LX_THREADS];
	int count;

	(void)come_to("pthread_cond_broadcast", cond, LX_CALLER(), asleep, &count);
	return notify(asleep, 0, count);
}
