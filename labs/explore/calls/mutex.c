/*
 * mutex.c: pthread_mutex_*.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "labs/explore/calls/clocks.h"
#include "labs/explore/calls/heap.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define MADE 0x6d757478u

/* Laid over pthread_mutex_t: `kind` is where the static initialisers have it. */
struct mutex {
	uint32_t magic; /* 0: statically initialised */
	uint32_t count; /* of a recursive one */
	uint32_t owner; /* thread + 1; 0: free */
	uint32_t unused;
	int kind;
};

static_assert(sizeof(struct mutex) <= sizeof(pthread_mutex_t), "fits");

void lx_point_at(const struct lx_op *op, size_t size)
{
	struct lx_op with_touch = *op;

	with_touch.touch[0] = (struct lx_touch){ op->object, true };
	lx_point(&with_touch);
	lx_memory_use(op->object, size, true, op->call);
}

void lx_point_on(const char *call, const void *object, size_t size, const void *caller)
{
	lx_point_at(&(struct lx_op){ .call = call, .caller = caller, .object = object }, size);
}

void lx_check_made(uint32_t magic, uint32_t made, const char *call, const char *kind)
{
	if (magic != made)
		lx_fail_and_end("misuse", "%s of a %s that was %s", call, kind,
			magic == LX_DESTROYED ? "destroyed" : "never initialised");
}

/* The mutex at this address; else check `misuse` is broken. */
static struct mutex *mutex_at(const void *at, const char *call)
{
	struct mutex *m = (struct mutex *)(uintptr_t)at;

	if (m->magic != 0)
		lx_check_made(m->magic, MADE, call, "mutex");
	return m;
}

/* A point at a call on a mutex, and the mutex. */
static struct mutex *come_to(const char *call, const void *at, const void *caller)
{
	lx_point_on(call, at, sizeof(struct mutex), caller);
	return mutex_at(at, call);
}

const struct lx_thread *lx_mutex_owner(const void *mutex)
{
	uint32_t owner = ((const struct mutex *)mutex)->owner;

	return owner > 0 && owner <= LX_THREADS ? &lx.thread[owner - 1] : NULL;
}

const struct lx_thread *lx_mutex_owner_within(const void *memory, size_t size)
{
	int t, i;

	for (t = 0; t < lx.thread_count; t++) {
		for (i = 0; i < lx.thread[t].held_count; i++) {
			uintptr_t at = (uintptr_t)lx.thread[t].held[i];

			if (at >= (uintptr_t)memory && at - (uintptr_t)memory < size)
				return &lx.thread[t];
		}
	}
	return NULL;
}

bool lx_mutex_is_free(const void *mutex)
{
	return !lx_mutex_owner(mutex);
}

void lx_mutex_take(void *mutex)
{
	struct mutex *m = mutex;

	m->owner = (uint32_t)lx.self->id + 1;
	m->count = 1;
	if (lx.self->held_count < LX_HELD)
		lx.self->held[lx.self->held_count++] = m;
}

static void forget_held(struct lx_thread *t, const void *mutex)
{
	int i;

	for (i = 0; i < t->held_count; i++) {
		if (t->held[i] == mutex) {
			t->held[i] = t->held[--t->held_count];
			return;
		}
	}
}

void lx_mutex_release(void *mutex, const char *call)
{
	struct mutex *m = mutex_at(mutex, call);
	const struct lx_thread *owner = lx_mutex_owner(m);

	if (!owner)
		lx_fail_and_end("misuse", "%s with a mutex that nobody holds", call);
	if (owner != lx.self)
		lx_fail_and_end("misuse", "%s by %s with a mutex that %s holds", call,
			lx.self->name, owner->name);
	m->owner = 0;
	forget_held(lx.self, m);
}

/* The thread holds it already: one more time, or a mistake. */
static int lock_again(struct mutex *m, bool only_tries)
{
	if (m->kind == PTHREAD_MUTEX_RECURSIVE) {
		m->count++;
		return 0;
	}
	if (only_tries)
		return EBUSY;
	if (m->kind == PTHREAD_MUTEX_ERRORCHECK)
		return EDEADLK;
	lx_fail_and_end("misuse", "%s locks a mutex that it holds already: it waits for itself",
		lx.self->name);
}

static bool can_lock(const struct lx_thread *t)
{
	return lx_mutex_is_free(t->op.object) || lx_mutex_owner(t->op.object) == t ||
	       t->wake == LX_TIMED_OUT;
}

static int lock(const char *call, void *mutex, int64_t deadline_ns, const void *caller)
{
	struct lx_thread *self = lx.self;
	struct mutex *m;

	self->wake = deadline_ns <= lx.now_ns ? LX_TIMED_OUT : LX_ASLEEP;
	self->deadline_ns = deadline_ns;
	lx_point_at(
		&(struct lx_op){
			.call = call, .caller = caller, .object = mutex, .is_ready = can_lock },
		sizeof(struct mutex));
	self->deadline_ns = LX_NEVER;
	m = mutex_at(mutex, call);
	if (lx_mutex_owner(m) == self)
		return lock_again(m, false);
	if (!lx_mutex_is_free(m))
		return ETIMEDOUT;
	lx_mutex_take(m);
	return 0;
}

LX_WRAP(int, pthread_mutex_init, pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	struct mutex *m = (struct mutex *)mutex;
	int i;

	lx_heap_touch(mutex, sizeof(*mutex), "pthread_mutex_init");
	/* The child of a fork makes those anew that were held. */
	for (i = 0; i < lx.thread_count; i++)
		forget_held(&lx.thread[i], mutex);
	memset(mutex, 0, sizeof(*mutex));
	m->magic = MADE;
	if (attr)
		(void)pthread_mutexattr_gettype(attr, &m->kind);
	return 0;
}

LX_WRAP(int, pthread_mutex_destroy, pthread_mutex_t *mutex)
{
	struct mutex *m = come_to("pthread_mutex_destroy", mutex, LX_CALLER());

	if (!lx_mutex_is_free(m))
		lx_fail_and_end("misuse", "pthread_mutex_destroy of a mutex that %s holds",
			lx_mutex_owner(m)->name);
	m->magic = LX_DESTROYED;
	return 0;
}

LX_WRAP(int, pthread_mutex_lock, pthread_mutex_t *mutex)
{
	return lock("pthread_mutex_lock", mutex, LX_NEVER, LX_CALLER());
}

LX_WRAP(int, pthread_mutex_timedlock, pthread_mutex_t *mutex, const struct timespec *until)
{
	return lock(
		"pthread_mutex_timedlock", mutex, lx_deadline(CLOCK_REALTIME, until), LX_CALLER());
}

LX_WRAP(int, pthread_mutex_clocklock, pthread_mutex_t *mutex, clockid_t clock,
	const struct timespec *until)
{
	return lock("pthread_mutex_clocklock", mutex, lx_deadline(clock, until), LX_CALLER());
}

LX_WRAP(int, pthread_mutex_trylock, pthread_mutex_t *mutex)
{
	struct mutex *m = come_to("pthread_mutex_trylock", mutex, LX_CALLER());

	if (lx_mutex_owner(m) == lx.self)
		return lock_again(m, true);
	if (!lx_mutex_is_free(m)) {
		lx_note("%s holds it", lx_mutex_owner(m)->name);
		return EBUSY;
	}
	lx_mutex_take(m);
	return 0;
}

LX_WRAP(int, pthread_mutex_unlock, pthread_mutex_t *mutex)
{
	struct mutex *m = come_to("pthread_mutex_unlock", mutex, LX_CALLER());

	if (m->count > 1 && lx_mutex_owner(m) == lx.self)
		m->count--;
	else
		lx_mutex_release(m, "pthread_mutex_unlock");
	return 0;
}
