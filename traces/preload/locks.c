/*
 * locks.c: conditions, barriers, semaphores and locks, of POSIX and of C11.
 *
 * A semaphore or a lock that is free is taken without a record: nobody waited. glibc keeps the
 * number of sleepers inside a condition and a semaphore, which tells when a notify is for nobody.
 */
#include <errno.h>

#include "traces/preload/put.h"
#include "traces/preload/real.h"

#define ADDRESS(p) ((uint64_t)(uintptr_t)(p))

/* For functions that return an error instead of setting errno. */
static int end(struct wg__sleep *w, int rc)
{
	wg__sleep_end(w, -rc);
	return rc;
}

/* --- conditions --- */

/* Bit 0: shared by processes; bit 1: its clock is the monotonic one; from bit 3 on: sleepers. */
static unsigned cond_state(const pthread_cond_t *cond)
{
	return __atomic_load_n(&cond->__data.__wrefs, __ATOMIC_RELAXED);
}

static int64_t cond_timeout(const pthread_cond_t *cond, const struct timespec *until)
{
	return wg__until(cond_state(cond) & 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME, until);
}

FRONT int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_COND, ADDRESS(cond), WG_FOR_EVER, SITE);
	return end(&w, REAL(pthread_cond_wait)(cond, mutex));
}

FRONT int pthread_cond_timedwait(
	pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_COND, ADDRESS(cond), cond_timeout(cond, until), SITE);
	return end(&w, REAL(pthread_cond_timedwait)(cond, mutex, until));
}

FRONT int pthread_cond_clockwait(
	pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_COND, ADDRESS(cond), wg__until(clock, until), SITE);
	return end(&w, REAL(pthread_cond_clockwait)(cond, mutex, clock, until));
}

static void notify_cond(const pthread_cond_t *cond, int64_t value, uint64_t site)
{
	struct wg__notified n = { WG_IN_COND, -1, ADDRESS(cond), site, value, 0,
		cond_state(cond) >> 3 == 0 };

	wg__notify(&n);
}

FRONT int pthread_cond_signal(pthread_cond_t *cond)
{
	notify_cond(cond, 1, SITE);
	return REAL(pthread_cond_signal)(cond);
}

FRONT int pthread_cond_broadcast(pthread_cond_t *cond)
{
	notify_cond(cond, INT32_MAX, SITE);
	return REAL(pthread_cond_broadcast)(cond);
}

/* A cnd_t of glibc is a pthread_cond_t, and its functions do not call those above by name. */
FRONT int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	struct wg__sleep w;
	int rc;

	wg__sleep_begin(&w, WG_IN_COND, ADDRESS(cond), WG_FOR_EVER, SITE);
	rc = REAL(cnd_wait)(cond, mutex);
	wg__sleep_end(&w, rc == thrd_success ? 0 : -EINVAL);
	return rc;
}

FRONT int cnd_timedwait(
	cnd_t *restrict cond, mtx_t *restrict mutex, const struct timespec *restrict until)
{
	struct wg__sleep w;
	int rc;

	wg__sleep_begin(&w, WG_IN_COND, ADDRESS(cond), wg__until(CLOCK_REALTIME, until), SITE);
	rc = REAL(cnd_timedwait)(cond, mutex, until);
	wg__sleep_end(&w, rc == thrd_success ? 0 : rc == thrd_timedout ? -ETIMEDOUT : -EINVAL);
	return rc;
}

FRONT int cnd_signal(cnd_t *cond)
{
	notify_cond((const pthread_cond_t *)cond, 1, SITE);
	return REAL(cnd_signal)(cond);
}

FRONT int cnd_broadcast(cnd_t *cond)
{
	notify_cond((const pthread_cond_t *)cond, INT32_MAX, SITE);
	return REAL(cnd_broadcast)(cond);
}

/* --- barriers --- */

/*
 * A barrier of glibc begins with how many have come and, at 8, how many it takes: who comes last
 * does not wait. Two may come at once, and neither seems to be the last: then one of them has a
 * wait of no length, and lets the others go all the same.
 */
struct barrier_head {
	unsigned come, round, count;
};

FRONT int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	const struct barrier_head *head = (const void *)barrier;
	struct wg__notified n = { WG_IN_FUTEX, 0, ADDRESS(barrier), SITE, INT32_MAX, 0, false };
	struct wg__sleep w;
	int rc;

	if (wg__is_over())
		return REAL(pthread_barrier_wait)(barrier);
	w.is_on = false;
	n.woke = (int32_t)head->count - 1;
	n.is_nobody = n.woke == 0;
	if (n.woke < 0 || (__atomic_load_n(&head->come, __ATOMIC_RELAXED) + 1) % head->count != 0)
		wg__sleep_begin(&w, WG_IN_FUTEX, ADDRESS(barrier), WG_FOR_EVER, SITE);
	n.at_ns = wg__now();
	rc = REAL(pthread_barrier_wait)(barrier);
	if (rc == PTHREAD_BARRIER_SERIAL_THREAD)
		wg__notify(&n);
	wg__sleep_end(&w, rc > 0 ? -rc : 0);
	return rc;
}

/* --- semaphores --- */

FRONT int sem_wait(sem_t *sem)
{
	struct wg__sleep w;

	if (REAL(sem_trywait)(sem) == 0)
		return 0;
	wg__sleep_begin(&w, WG_IN_SEM, ADDRESS(sem), WG_FOR_EVER, SITE);
	return wg__sleep_errno(&w, REAL(sem_wait)(sem));
}

FRONT int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until)
{
	struct wg__sleep w;
	int rc;

	if (REAL(sem_trywait)(sem) == 0)
		return 0;
	wg__sleep_begin(&w, WG_IN_SEM, ADDRESS(sem), wg__until(CLOCK_REALTIME, until), SITE);
	rc = REAL(sem_timedwait)(sem, until);
	return wg__sleep_errno(&w, rc);
}

FRONT int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict until)
{
	struct wg__sleep w;
	int rc;

	if (REAL(sem_trywait)(sem) == 0)
		return 0;
	wg__sleep_begin(&w, WG_IN_SEM, ADDRESS(sem), wg__until(clock, until), SITE);
	rc = REAL(sem_clockwait)(sem, clock, until);
	return wg__sleep_errno(&w, rc);
}

/* The upper half of a semaphore is the number of its sleepers. One may be about to sleep. */
FRONT int sem_post(sem_t *sem)
{
	uint64_t state = __atomic_load_n((const uint64_t *)(const void *)sem, __ATOMIC_RELAXED);
	struct wg__notified n = { WG_IN_SEM, -1, ADDRESS(sem), SITE, 1, 0, state >> 32 == 0 };

	wg__notify(&n);
	return REAL(sem_post)(sem);
}

/* --- locks --- */

#define LOCK_UNTIL(lock, try_lock, timeout_ns, real_lock)                                          \
	struct wg__sleep w;                                                                        \
	int rc = (try_lock)(lock);                                                                 \
                                                                                                   \
	if (rc != EBUSY)                                                                           \
		return rc == EAGAIN || rc == EINVAL ? (real_lock) : rc;                            \
	wg__sleep_begin(&w, WG_IN_LOCK, ADDRESS(lock), timeout_ns, SITE);                          \
	return end(&w, real_lock)
#define LOCK(lock, try_lock, real_lock) LOCK_UNTIL(lock, try_lock, WG_FOR_EVER, (real_lock)(lock))

FRONT int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	LOCK(mutex, REAL(pthread_mutex_trylock), REAL(pthread_mutex_lock));
}

FRONT int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	LOCK(lock, REAL(pthread_rwlock_tryrdlock), REAL(pthread_rwlock_rdlock));
}

FRONT int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	LOCK(lock, REAL(pthread_rwlock_trywrlock), REAL(pthread_rwlock_wrlock));
}

#define TIMED_LOCK(name, type, try_lock)                                                           \
	FRONT int name(type *restrict lock, const struct timespec *restrict until)                 \
	{                                                                                          \
		LOCK_UNTIL(lock, REAL(try_lock), wg__until(CLOCK_REALTIME, until),                 \
			REAL(name)(lock, until));                                                  \
	}
#define CLOCK_LOCK(name, type, try_lock)                                                           \
	FRONT int name(                                                                            \
		type *restrict lock, clockid_t clock, const struct timespec *restrict until)       \
	{                                                                                          \
		LOCK_UNTIL(lock, REAL(try_lock), wg__until(clock, until),                          \
			REAL(name)(lock, clock, until));                                           \
	}

TIMED_LOCK(pthread_mutex_timedlock, pthread_mutex_t, pthread_mutex_trylock)
TIMED_LOCK(pthread_rwlock_timedrdlock, pthread_rwlock_t, pthread_rwlock_tryrdlock)
TIMED_LOCK(pthread_rwlock_timedwrlock, pthread_rwlock_t, pthread_rwlock_trywrlock)
CLOCK_LOCK(pthread_mutex_clocklock, pthread_mutex_t, pthread_mutex_trylock)
CLOCK_LOCK(pthread_rwlock_clockrdlock, pthread_rwlock_t, pthread_rwlock_tryrdlock)
CLOCK_LOCK(pthread_rwlock_clockwrlock, pthread_rwlock_t, pthread_rwlock_trywrlock)

FRONT int mtx_lock(mtx_t *mutex)
{
	struct wg__sleep w;
	int rc = REAL(mtx_trylock)(mutex);

	if (rc != thrd_busy)
		return rc;
	wg__sleep_begin(&w, WG_IN_LOCK, ADDRESS(mutex), WG_FOR_EVER, SITE);
	rc = REAL(mtx_lock)(mutex);
	wg__sleep_end(&w, rc == thrd_success ? 0 : -EINVAL);
	return rc;
}

FRONT int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until)
{
	struct wg__sleep w;
	int rc = REAL(mtx_trylock)(mutex);

	if (rc != thrd_busy)
		return rc;
	wg__sleep_begin(&w, WG_IN_LOCK, ADDRESS(mutex), wg__until(CLOCK_REALTIME, until), SITE);
	rc = REAL(mtx_timedlock)(mutex, until);
	wg__sleep_end(&w, rc == thrd_success ? 0 : rc == thrd_timedout ? -ETIMEDOUT : -EINVAL);
	return rc;
}
