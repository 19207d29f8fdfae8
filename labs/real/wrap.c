/*
 * wrap.c: the calls that a loop waits with, and those that others ring with.
 *
 * A lab for real threads is linked with -Wl,--wrap=NAME for each of these (labs/real/wrap.opts), so
 * its calls come here and from here to the system. The other calls are the system's own.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "labs/real/real.h"

#define NS_PER_SEC INT64_C(1000000000)

int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *t);
int __wrap_pthread_cond_clockwait(
	pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *t);
int __wrap_pthread_cond_signal(pthread_cond_t *c);
int __wrap_pthread_cond_broadcast(pthread_cond_t *c);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap_eventfd_write(int fd, eventfd_t value);
ssize_t __wrap_write(int fd, const void *buf, size_t len);

int __wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
	wg_real_jitter();
	return pthread_mutex_lock(m);
}

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	int rc = pthread_create(thread, attr, fn, arg);

	wg_real_jitter();
	return rc;
}

int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
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

int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *t)
{
	/* Which clock the condition has cannot be asked; a time since boot is the smaller one. */
	struct timespec mono;
	int rc;

	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	wg_real_wait(
		left_ns(t->tv_sec < mono.tv_sec + 100000000 ? CLOCK_MONOTONIC : CLOCK_REALTIME, t));
	rc = pthread_cond_timedwait(c, m, t);
	wg_real_wake(rc == ETIMEDOUT, false, false);
	return rc;
}

int __wrap_pthread_cond_clockwait(
	pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *t)
{
	int rc;

	wg_real_wait(left_ns(clock, t));
	rc = pthread_cond_clockwait(c, m, clock, t);
	wg_real_wake(rc == ETIMEDOUT, false, false);
	return rc;
}

int __wrap_pthread_cond_signal(pthread_cond_t *c)
{
	wg_real_ring();
	return pthread_cond_signal(c);
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *c)
{
	wg_real_ring();
	return pthread_cond_broadcast(c);
}

int __wrap_epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
	int n, error;

	wg_real_jitter();
	wg_real_wait(timeout_ms < 0 ? -1 : timeout_ms * INT64_C(1000000));
	n = epoll_wait(fd, events, max, timeout_ms);
	error = errno;
	wg_real_wake(n == 0, n > 0, n < 0 && error == EINTR);
	errno = error;
	return n;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	int rc, error;

	wg_real_wait(timeout_ms < 0 ? -1 : timeout_ms * INT64_C(1000000));
	rc = poll(fds, n, timeout_ms);
	error = errno;
	wg_real_wake(rc == 0, rc > 0, rc < 0 && error == EINTR);
	errno = error;
	return rc;
}

int __wrap_eventfd_write(int fd, eventfd_t value)
{
	wg_real_ring();
	return eventfd_write(fd, value);
}

/* Eight bytes are what an eventfd takes. */
ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	if (len == sizeof(uint64_t))
		wg_real_ring();
	return write(fd, buf, len);
}
