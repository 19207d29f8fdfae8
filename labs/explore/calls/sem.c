/*
 * sem.c: POSIX semaphores. Unlike a condition they count, so no post is lost.
 */
#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <string.h>

#include "labs/explore/calls/clocks.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define MADE 0x73656d61u

/* Laid over sem_t. */
struct sem {
	uint32_t magic;
	uint32_t value;
};

static_assert(sizeof(struct sem) <= sizeof(sem_t), "fits");

static struct sem *sem_at(sem_t *at, const char *call)
{
	struct sem *s = (struct sem *)at;

	lx_check_made(s->magic, MADE, call, "semaphore");
	return s;
}

/* A point at a call on a semaphore, and the semaphore. */
static struct sem *come_to(const char *call, sem_t *at, const void *caller)
{
	lx_point_on(call, at, sizeof(struct sem), caller);
	return sem_at(at, call);
}

static bool can_take(const struct lx_thread *t)
{
	return t->wake != LX_ASLEEP || ((const struct sem *)t->op.object)->value > 0;
}

static int take(const char *call, sem_t *at, int64_t deadline_ns, const void *caller)
{
	struct lx_thread *self = lx.self;
	struct sem *s;

	self->wake = deadline_ns <= lx.now_ns ? LX_TIMED_OUT : LX_ASLEEP;
	self->deadline_ns = deadline_ns;
	lx_wait_begin(deadline_ns == LX_NEVER ? -1 : deadline_ns - lx.now_ns);
	lx_point_at(&(struct lx_op){ .call = call,
			    .caller = caller,
			    .object = at,
			    .is_ready = can_take,
			    .is_blocking = true },
		sizeof(*s));
	self->deadline_ns = LX_NEVER;
	s = sem_at(at, call);
	lx_wait_end(s->value > 0 ? LX_NOTIFIED : self->wake, false);
	if (s->value > 0) {
		s->value--;
		return 0;
	}
	return lx_failed(self->wake == LX_INTERRUPTED ? EINTR : ETIMEDOUT);
}

LX_WRAP(int, sem_init, sem_t *at, int is_shared, unsigned value)
{
	(void)is_shared;
	*(struct sem *)at = (struct sem){ MADE, value };
	return 0;
}

LX_WRAP(int, sem_destroy, sem_t *at)
{
	struct sem *s = come_to("sem_destroy", at, LX_CALLER());
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		const struct lx_thread *t = &lx.thread[i];

		if (t != lx.self && t->is_live && t->op.is_ready == can_take && t->op.object == at)
			lx_fail_and_end("misuse", "sem_destroy while %s waits on it", t->name);
	}
	s->magic = LX_DESTROYED;
	return 0;
}

LX_WRAP(int, sem_wait, sem_t *at)
{
	return take("sem_wait", at, LX_NEVER, LX_CALLER());
}

LX_WRAP(int, sem_timedwait, sem_t *at, const struct timespec *until)
{
	return take("sem_timedwait", at, lx_deadline(CLOCK_REALTIME, until), LX_CALLER());
}

LX_WRAP(int, sem_clockwait, sem_t *at, clockid_t clock, const struct timespec *until)
{
	return take("sem_clockwait", at, lx_deadline(clock, until), LX_CALLER());
}

LX_WRAP(int, sem_trywait, sem_t *at)
{
	struct sem *s = come_to("sem_trywait", at, LX_CALLER());

	if (s->value == 0)
		return lx_failed(EAGAIN);
	s->value--;
	return 0;
}

LX_WRAP(int, sem_post, sem_t *at)
{
	struct sem *s = come_to("sem_post", at, LX_CALLER());

	s->value++;
	lx_note("the count is %u", s->value);
	lx_notify();
	return 0;
}

LX_WRAP(int, sem_getvalue, sem_t *at, int *ret)
{
	*ret = (int)come_to("sem_getvalue", at, LX_CALLER())->value;
	return 0;
}
