/*
 * sync.h: a mutex and a condition, with as much of their discipline as the compiler can check.
 *
 * Clang's thread safety analysis (make lint) rejects a call of a WG_REQUIRES(lock) function without
 * the lock, and a lock that is not released; gcc sees plain pthreads. (Clang 14 cannot yet tie a
 * field of a C struct to the mutex beside it, so a comment at each mutex says what it guards.)
 *
 * A condition remembers nothing: a signal that nobody waits for is gone. So every wait here is
 * `while (!predicate) wg_cond_wait(...)`, with the predicate changed under the same mutex; the
 * declaration of a condition names its predicate.
 */
#ifndef CORE_SYNC_H
#define CORE_SYNC_H

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>

#include "core/clock.h"

#if defined(__clang__)
#define WG_ATTR(x) __attribute__((x))
#else
#define WG_ATTR(x)
#endif
#define WG_CAPABILITY  WG_ATTR(capability("mutex"))
#define WG_REQUIRES(m) WG_ATTR(requires_capability(m))
#define WG_ACQUIRES(m) WG_ATTR(acquire_capability(m))
#define WG_RELEASES(m) WG_ATTR(release_capability(m))
#define WG_UNCHECKED   WG_ATTR(no_thread_safety_analysis)

struct WG_CAPABILITY wg_mutex {
	pthread_mutex_t os;
};

struct wg_cond {
	pthread_cond_t os;
};

/*
 * None of these calls can fail as used here: they only write to the struct. Adaptive: a thread that
 * finds the mutex locked tries for a moment before it sleeps. The sections here are a few list
 * operations long, and to sleep would cost more than the whole hand-over.
 */
static inline void wg_mutex_init(struct wg_mutex *m)
{
	pthread_mutexattr_t attr;

	(void)pthread_mutexattr_init(&attr);
	(void)pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
	(void)pthread_mutex_init(&m->os, &attr);
	(void)pthread_mutexattr_destroy(&attr);
}

static inline void wg_mutex_fini(struct wg_mutex *m)
{
	int rc = pthread_mutex_destroy(&m->os);

	assert(rc == 0); /* EBUSY: somebody still holds it */
	(void)rc;	 /* with NDEBUG */
}

static inline void wg_lock(struct wg_mutex *m) WG_ACQUIRES(m) WG_UNCHECKED
{
	(void)pthread_mutex_lock(&m->os);
}

static inline void wg_unlock(struct wg_mutex *m) WG_RELEASES(m) WG_UNCHECKED
{
	(void)pthread_mutex_unlock(&m->os);
}

/* Deadlines are monotonic: on the default wall clock, a jump would lengthen a wait. */
static inline void wg_cond_init(struct wg_cond *c)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&c->os, &attr);
	(void)pthread_condattr_destroy(&attr);
}

static inline void wg_cond_fini(struct wg_cond *c)
{
	(void)pthread_cond_destroy(&c->os);
}

/* Wait until signalled, the deadline (WG_FOREVER: none) or for no reason: 0, or -ETIMEDOUT. */
static inline int wg_cond_wait(struct wg_cond *c, struct wg_mutex *m, int64_t deadline_ns)
	WG_REQUIRES(m)
{
	struct timespec ts = wg_timespec(deadline_ns);

	return deadline_ns == WG_FOREVER ? -pthread_cond_wait(&c->os, &m->os)
					 : -pthread_cond_timedwait(&c->os, &m->os, &ts);
}

static inline void wg_cond_signal(struct wg_cond *c)
{
	(void)pthread_cond_signal(&c->os);
}

static inline void wg_cond_broadcast(struct wg_cond *c)
{
	(void)pthread_cond_broadcast(&c->os);
}

#endif
