/*
 * wrap.c: the calls with which a loop waits, and those with which others notify it.
 *
 * A lab for real threads is linked with -Wl,--wrap=NAME for each of these (labs/real/wrap.opts), so
 * its calls come here, and go from here to the system. The same calls count as waits and as
 * notifications as under the controlled scheduler; all others are the system's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "labs/explore/calls/wrap.h"
#include "labs/real/real.h"

#define NS_PER_SEC INT64_C(1000000000)
#define NS_PER_MS  INT64_C(1000000)

LX_WRAP(int, pthread_mutex_lock, pthread_mutex_t *m)
{
	wg_real_jitter();
	return pthread_mutex_lock(m);
}

/* ---- threads: counted, since the lab's code must not be unloaded while they run ---- */

struct start {
	void *(*fn)(void *);
	void *arg;
};

static _Atomic int threads;

int wg_real_threads(void)
{
	/* acquire: pairs with the release in leave(); what the thread did is done */
	return atomic_load_explicit(&threads, memory_order_acquire);
}

/* However it ends: returned, pthread_exit(), cancelled. */
static void leave(void *unused)
{
	(void)unused;
	/* release: pairs with the acquire in wg_real_threads() */
	atomic_fetch_sub_explicit(&threads, 1, memory_order_release);
}

static void *begin(void *arg)
{
	struct start start = *(struct start *)arg;
	void *result;

	free(arg);
	pthread_cleanup_push(leave, NULL);
	result = start.fn(start.arg);
	pthread_cleanup_pop(1);
	return result;
}

LX_WRAP(int, pthread_create, pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
	void *arg)
{
	struct start *start = malloc(sizeof(*start));
	int rc;

	if (!start)
		return EAGAIN;
	*start = (struct start){ fn, arg };
	/* relaxed: the main thread waits for zero; it created this thread, or waits for the one
	 * that did */
	atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed);
	rc = pthread_create(thread, attr, begin, start);
	if (rc != 0) {
		leave(NULL);
		free(start);
	}
	wg_real_jitter();
	return rc;
}

/* ---- conditions and semaphores ---- */

LX_WRAP(int, pthread_cond_wait, pthread_cond_t *c, pthread_mutex_t *m)
{
	int rc;

	wg_real_wait(-1);
	rc = pthread_cond_wait(c, m);
	wg_real_wake(false, false, false);
	return rc;
}

/* How long until a deadline, for the trace only. */
static int64_t left_ns(clockid_t clock, const struct timespec *t)
{
	struct timespec now;
	int64_t left;

	(void)clock_gettime(clock, &now);
	left = (t->tv_sec - now.tv_sec) * NS_PER_SEC + t->tv_nsec - now.tv_nsec;
	return left > 0 ? left : 0;
}

LX_WRAP(int, pthread_cond_timedwait, pthread_cond_t *c, pthread_mutex_t *m,
	const struct timespec *t)
{
	/* Nothing says which clock the condition has; a time since boot is the smaller number. */
	struct timespec mono;
	int rc;

	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	wg_real_wait(
		left_ns(t->tv_sec < mono.tv_sec + 100000000 ? CLOCK_MONOTONIC : CLOCK_REALTIME, t));
	rc = pthread_cond_timedwait(c, m, t);
	wg_real_wake(rc == ETIMEDOUT, false, false);
	return rc;
}

LX_WRAP(int, pthread_cond_clockwait, pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock,
	const struct timespec *t)
{
	int rc;

	wg_real_wait(left_ns(clock, t));
	rc = pthread_cond_clockwait(c, m, clock, t);
	wg_real_wake(rc == ETIMEDOUT, false, false);
	return rc;
}

LX_WRAP(int, pthread_cond_signal, pthread_cond_t *c)
{
	wg_real_notify();
	return pthread_cond_signal(c);
}

LX_WRAP(int, pthread_cond_broadcast, pthread_cond_t *c)
{
	wg_real_notify();
	return pthread_cond_broadcast(c);
}

/* Record the wake-up of a call that returned rc, with errno if that is -1. */
static int tell_wake(int rc)
{
	int error = errno;

	wg_real_wake(rc < 0 && error == ETIMEDOUT, false, rc < 0 && error == EINTR);
	errno = error;
	return rc;
}

LX_WRAP(int, sem_wait, sem_t *s)
{
	wg_real_wait(-1);
	return tell_wake(sem_wait(s));
}

LX_WRAP(int, sem_timedwait, sem_t *s, const struct timespec *t)
{
	wg_real_wait(left_ns(CLOCK_REALTIME, t));
	return tell_wake(sem_timedwait(s, t));
}

LX_WRAP(int, sem_clockwait, sem_t *s, clockid_t clock, const struct timespec *t)
{
	wg_real_wait(left_ns(clock, t));
	return tell_wake(sem_clockwait(s, clock, t));
}

LX_WRAP(int, sem_post, sem_t *s)
{
	wg_real_notify();
	return sem_post(s);
}

/* ---- descriptors ---- */

/* The same for descriptors: n of them are ready, none in time, or -1. */
static int tell_ready(int n)
{
	int error = errno;

	wg_real_wake(n == 0, n > 0, n < 0 && error == EINTR);
	errno = error;
	return n;
}

static int64_t ns_of(int timeout_ms)
{
	return timeout_ms < 0 ? -1 : timeout_ms * NS_PER_MS;
}

static int64_t ns_in(const struct timespec *t)
{
	return t ? t->tv_sec * NS_PER_SEC + t->tv_nsec : -1;
}

LX_WRAP(int, epoll_wait, int fd, struct epoll_event *events, int max, int timeout_ms)
{
	wg_real_jitter();
	wg_real_wait(ns_of(timeout_ms));
	return tell_ready(epoll_wait(fd, events, max, timeout_ms));
}

LX_WRAP(int, epoll_pwait, int fd, struct epoll_event *events, int max, int timeout_ms,
	const sigset_t *mask)
{
	wg_real_jitter();
	wg_real_wait(ns_of(timeout_ms));
	return tell_ready(epoll_pwait(fd, events, max, timeout_ms, mask));
}

LX_WRAP(int, epoll_pwait2, int fd, struct epoll_event *events, int max,
	const struct timespec *timeout, const sigset_t *mask)
{
	wg_real_jitter();
	wg_real_wait(ns_in(timeout));
	return tell_ready(epoll_pwait2(fd, events, max, timeout, mask));
}

LX_WRAP(int, poll, struct pollfd *fds, nfds_t n, int timeout_ms)
{
	wg_real_wait(ns_of(timeout_ms));
	return tell_ready(poll(fds, n, timeout_ms));
}

LX_WRAP(int, ppoll, struct pollfd *fds, nfds_t n, const struct timespec *timeout,
	const sigset_t *mask)
{
	wg_real_wait(ns_in(timeout));
	return tell_ready(ppoll(fds, n, timeout, mask));
}

/* A read that may block is a wait. */
static ssize_t read_as_wait(int fd, void *buf, size_t len)
{
	ssize_t n;

	if (fcntl(fd, F_GETFL) & O_NONBLOCK)
		return read(fd, buf, len);
	wg_real_wait(-1);
	n = read(fd, buf, len);
	(void)tell_wake(n < 0 ? -1 : 0);
	return n;
}

LX_WRAP(ssize_t, read, int fd, void *buf, size_t len)
{
	return read_as_wait(fd, buf, len);
}

LX_WRAP(int, eventfd_read, int fd, eventfd_t *value)
{
	return read_as_wait(fd, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
}

LX_WRAP(int, eventfd_write, int fd, eventfd_t value)
{
	wg_real_notify();
	return eventfd_write(fd, value);
}

/* Eight bytes may go to an eventfd. */
LX_WRAP(ssize_t, write, int fd, const void *buf, size_t len)
{
	if (len == sizeof(uint64_t))
		wg_real_notify();
	return write(fd, buf, len);
}

/* ---- to sleep is a wait that nobody can end ---- */

LX_WRAP(int, nanosleep, const struct timespec *t, struct timespec *left)
{
	int rc;

	wg_real_wait(ns_in(t));
	rc = nanosleep(t, left);
	wg_real_wake(rc == 0, false, rc != 0);
	return rc;
}

LX_WRAP(int, clock_nanosleep, clockid_t clock, int flags, const struct timespec *t,
	struct timespec *left)
{
	int rc;

	wg_real_wait(flags & TIMER_ABSTIME ? left_ns(clock, t) : ns_in(t));
	rc = clock_nanosleep(clock, flags, t, left);
	wg_real_wake(rc == 0, false, rc == EINTR);
	return rc;
}

LX_WRAP(int, usleep, useconds_t us)
{
	int rc;

	wg_real_wait(us * INT64_C(1000));
	rc = usleep(us);
	wg_real_wake(rc == 0, false, rc != 0);
	return rc;
}
