/*
 * works.c: how each plan of planted.h waits and notifies, and with what.
 */
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define FOR_EVER_NS (60 * INT64_C(1000000000))

/* --- what the plans wait for --- */

int planted_event_fd;
static int epoll_fd, timer_fd, pipe_fds[2], pair_fds[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static mtx_t mtx;
static cnd_t cnd;
sem_t planted_sem;
#ifdef __GLIBC__
static pthread_barrier_t barrier;
#endif
static uint32_t word;

static struct timespec relative(int64_t ns)
{
	return (struct timespec){ ns / 1000000000, ns % 1000000000 };
}

static struct timespec absolute(clockid_t clock, int64_t ns)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	ns += now.tv_nsec;
	return (struct timespec){ now.tv_sec + ns / 1000000000, ns % 1000000000 };
}

static void make_epoll(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &epoll_fd };

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	(void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static void set_up_eventfd(void)
{
	planted_event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	make_epoll(planted_event_fd);
}

static void set_up_uring(void)
{
	set_up_eventfd();
	uring_set_up();
}

static void set_up_pipe(void)
{
	(void)!pipe(pipe_fds);
}

static void set_up_pair(void)
{
	(void)socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair_fds);
}

static void set_up_timer(void)
{
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	make_epoll(timer_fd);
}

static int ms(int64_t ns)
{
	return ns < 0 ? -1 : (int)(ns / 1000000);
}

static void epoll_waits(int64_t ns)
{
	struct epoll_event ev[4];

	(void)epoll_wait(epoll_fd, ev, 4, ms(ns));
}

static void epoll_pwait2_waits(int64_t ns)
{
	struct timespec timeout = relative(ns);
	struct epoll_event ev[4];

#ifdef __GLIBC__
	(void)epoll_pwait2(epoll_fd, ev, 4, ns < 0 ? NULL : &timeout, NULL);
#else
	(void)syscall(SYS_epoll_pwait2, epoll_fd, ev, 4, ns < 0 ? NULL : &timeout, NULL, 8);
#endif
}

static void poll_waits(int64_t ns)
{
	struct pollfd p = { pipe_fds[0], POLLIN, 0 };

	(void)poll(&p, 1, ms(ns));
}

/* The compiler cannot know how many: __poll_chk() counts. */
static _Atomic nfds_t two = 2;

static void poll_chk_waits(int64_t ns)
{
	struct pollfd p[3] = { { pair_fds[0], POLLIN, 0 }, { pipe_fds[0], POLLIN, 0 } };

	(void)poll(p, two, ms(ns));
}

static void ppoll_waits(int64_t ns)
{
	struct timespec timeout = relative(ns);
	struct pollfd p[3] = { { pipe_fds[0], POLLIN, 0 } };

	(void)ppoll(p, two - 1, ns < 0 ? NULL : &timeout, NULL);
}

static void select_waits(int64_t ns)
{
	struct timeval timeout = { 0, ns / 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pair_fds[0], &set);
	(void)select(pair_fds[0] + 1, &set, NULL, NULL, ns < 0 ? NULL : &timeout);
}

static void pselect_waits(int64_t ns)
{
	struct timespec timeout = relative(ns);
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pair_fds[0], &set);
	(void)pselect(pair_fds[0] + 1, &set, NULL, NULL, ns < 0 ? NULL : &timeout, NULL);
}

static void read_waits(int64_t ns)
{
	char c;

	(void)ns;
	(void)!read(pipe_fds[0], &c, 1);
}

static void cond_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_REALTIME, ns);

	(void)pthread_mutex_lock(&mutex);
	if (ns < 0)
		(void)pthread_cond_wait(&cond, &mutex);
	else
		(void)pthread_cond_timedwait(&cond, &mutex, &until);
	(void)pthread_mutex_unlock(&mutex);
}

#ifdef __GLIBC__
static void clock_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_MONOTONIC, ns < 0 ? FOR_EVER_NS : ns);

	(void)pthread_mutex_lock(&mutex);
	(void)pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &until);
	(void)pthread_mutex_unlock(&mutex);
}
#endif

static void cnd_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_REALTIME, ns);

	(void)mtx_lock(&mtx);
	if (ns < 0)
		(void)cnd_wait(&cnd, &mtx);
	else
		(void)cnd_timedwait(&cnd, &mtx, &until);
	(void)mtx_unlock(&mtx);
}

static void sem_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_REALTIME, ns);

	if (ns < 0)
		(void)sem_wait(&planted_sem);
	else
		(void)sem_timedwait(&planted_sem, &until);
}

#ifdef __GLIBC__
static void sem_clock_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_MONOTONIC, ns < 0 ? FOR_EVER_NS : ns);

	(void)sem_clockwait(&planted_sem, CLOCK_MONOTONIC, &until);
}

static void barrier_waits(int64_t ns)
{
	(void)ns;
	(void)pthread_barrier_wait(&barrier);
}

/* Who comes last does not wait. */
static void notify_barrier(void)
{
	(void)pthread_barrier_wait(&barrier);
}
#endif

static void futex_waits(int64_t ns)
{
	struct timespec timeout = relative(ns);

	(void)syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, ns < 0 ? NULL : &timeout, NULL, 0);
}

static void timer_waits(int64_t ns)
{
	struct itimerspec in = { .it_value = relative(ns) };
	struct epoll_event ev[4];
	uint64_t count;

	(void)timerfd_settime(timer_fd, 0, &in, NULL);
	(void)epoll_wait(epoll_fd, ev, 4, -1);
	(void)!read(timer_fd, &count, sizeof(count));
}

static void notify_eventfd(void)
{
	(void)eventfd_write(planted_event_fd, 1);
}

static void notify_pipe(void)
{
	(void)!write(pipe_fds[1], "x", 1);
}

static void notify_pair(void)
{
	(void)send(pair_fds[1], "x", 1, 0);
}

static void notify_cond(void)
{
	(void)pthread_cond_signal(&cond); /* not under the mutex: nobody shall wait for that */
}

static void notify_cnd(void)
{
	(void)cnd_signal(&cnd);
}

static void notify_sem(void)
{
	(void)sem_post(&planted_sem);
}

static void notify_futex(void)
{
	(void)syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void drain_eventfd(void)
{
	eventfd_t value;

	(void)eventfd_read(planted_event_fd, &value);
}

static void drain_pipe(void)
{
	char c[8];

	(void)!read(pipe_fds[0], c, sizeof(c));
}

static void drain_pair(void)
{
	char c[8];

	(void)!recv(pair_fds[0], c, sizeof(c), 0);
}

static void drain_sem(void)
{
	while (sem_trywait(&planted_sem) == 0)
		;
}

/* --- the plans --- */

void planted_set_up(void)
{
	(void)mtx_init(&mtx, mtx_plain);
	(void)cnd_init(&cnd);
	(void)sem_init(&planted_sem, 0, 0);
#ifdef __GLIBC__
	(void)pthread_barrier_init(&barrier, NULL, 2);
#endif
	set_up_pair();
}

const struct work works[] = {
	{ set_up_eventfd, epoll_waits, notify_eventfd, drain_eventfd },
	{ set_up_pipe, poll_waits, notify_pipe, drain_pipe },
	{ set_up_pair, select_waits, notify_pair, drain_pair },
	{ NULL, cond_waits, notify_cond, NULL },
	{ NULL, sem_waits, notify_sem, drain_sem },
	{ NULL, futex_waits, notify_futex, NULL },
	{ NULL, cnd_waits, notify_cnd, NULL },
#ifdef __GLIBC__
	{ NULL, clock_waits, notify_cond, NULL },
	{ NULL, sem_clock_waits, notify_sem, drain_sem },
	{ NULL, barrier_waits, notify_barrier, NULL },
#endif
	{ set_up_timer, timer_waits, NULL, NULL },
	{ set_up_eventfd, epoll_pwait2_waits, notify_eventfd, drain_eventfd },
	{ set_up_pipe, ppoll_waits, notify_pipe, drain_pipe },
	{ set_up_pair, pselect_waits, notify_pair, drain_pair },
	{ set_up_pipe, poll_chk_waits, notify_pipe, drain_pipe },
	{ set_up_pipe, read_waits, notify_pipe, NULL },
	{ set_up_uring, uring_waits, notify_eventfd, drain_eventfd },
	{ set_up_uring, uring_timer_waits, notify_eventfd, drain_eventfd },
};
_Static_assert(sizeof(works) / sizeof(works[0]) == PLANS, "a work for each plan");
