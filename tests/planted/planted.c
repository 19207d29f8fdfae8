/*
 * planted.c: a program that waits and notifies in known numbers: what a recorder has to find.
 *
 * Each plan has a thread that sleeps and one that notifies: 50 times when the first is certainly
 * asleep, as /proc tells; 20 times the wait times out; 5 times nobody sleeps. In between they wait
 * for each other without sleeping. Threads have the plan's name, the notifying one "n-" before it.
 *
 * It has its own malloc, which takes a mutex, and is built with _FORTIFY_SOURCE.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define TIMEOUT_NS 2000000
#define FOR_EVER   (-1)

/* --- its own malloc --- */

static char memory[8 << 20];
static size_t memory_used;
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;

void *malloc(size_t size)
{
	char *at = NULL;

	(void)pthread_mutex_lock(&memory_lock);
	size = (size + 31) & ~(size_t)15;
	if (size < sizeof(memory) - memory_used) {
		at = memory + memory_used;
		memcpy(at, &size, sizeof(size));
		memory_used += size;
		at += 16;
	}
	(void)pthread_mutex_unlock(&memory_lock);
	return at;
}

void free(void *p)
{
	(void)p;
}

void *calloc(size_t count, size_t size)
{
	return malloc(count * size); /* never used before */
}

void *realloc(void *old, size_t size)
{
	void *new = malloc(size);
	size_t before;

	if (new &&old) {
		memcpy(&before, (char *)old - 16, sizeof(before));
		memcpy(new, old, before - 16 < size ? before - 16 : size);
	}
	return new;
}

/* --- what the plans wait for --- */

static int epoll_fd, event_fd, timer_fd, pipe_fds[2], pair_fds[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static mtx_t mtx;
static cnd_t cnd;
static sem_t sem;
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
	event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	make_epoll(event_fd);
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

	(void)epoll_pwait2(epoll_fd, ev, 4, ns < 0 ? NULL : &timeout, NULL);
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

static void clock_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_MONOTONIC, ns < 0 ? 60 * INT64_C(1000000000) : ns);

	(void)pthread_mutex_lock(&mutex);
	(void)pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &until);
	(void)pthread_mutex_unlock(&mutex);
}

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
		(void)sem_wait(&sem);
	else
		(void)sem_timedwait(&sem, &until);
}

static void sem_clock_waits(int64_t ns)
{
	struct timespec until = absolute(CLOCK_MONOTONIC, ns < 0 ? 60 * INT64_C(1000000000) : ns);

	(void)sem_clockwait(&sem, CLOCK_MONOTONIC, &until);
}

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
	(void)eventfd_write(event_fd, 1);
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
	(void)pthread_mutex_lock(&mutex);
	(void)pthread_cond_signal(&cond);
	(void)pthread_mutex_unlock(&mutex);
}

static void notify_cnd(void)
{
	(void)mtx_lock(&mtx);
	(void)cnd_signal(&cnd);
	(void)mtx_unlock(&mtx);
}

static void notify_sem(void)
{
	(void)sem_post(&sem);
}

static void notify_futex(void)
{
	(void)syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void drain_eventfd(void)
{
	eventfd_t value;

	(void)eventfd_read(event_fd, &value);
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
	while (sem_trywait(&sem) == 0)
		;
}

/* --- the plans --- */

struct work {
	void (*set_up)(void);
	void (*wait)(int64_t ns);
	void (*notify)(void);
	void (*drain)(void); /* or NULL */
};

static const struct work works[] = {
	{ set_up_eventfd, epoll_waits, notify_eventfd, drain_eventfd },
	{ set_up_pipe, poll_waits, notify_pipe, drain_pipe },
	{ set_up_pair, select_waits, notify_pair, drain_pair },
	{ NULL, cond_waits, notify_cond, NULL },
	{ NULL, sem_waits, notify_sem, drain_sem },
	{ NULL, futex_waits, notify_futex, NULL },
	{ NULL, cnd_waits, notify_cnd, NULL },
	{ NULL, clock_waits, notify_cond, NULL },
	{ NULL, sem_clock_waits, notify_sem, drain_sem },
	{ set_up_timer, timer_waits, NULL, NULL },
	{ set_up_eventfd, epoll_pwait2_waits, notify_eventfd, drain_eventfd },
	{ set_up_pipe, ppoll_waits, notify_pipe, drain_pipe },
	{ set_up_pair, pselect_waits, notify_pair, drain_pair },
	{ set_up_pipe, poll_chk_waits, notify_pipe, drain_pipe },
	{ set_up_pipe, read_waits, notify_pipe, NULL },
};
_Static_assert(sizeof(works) / sizeof(works[0]) == PLANS, "a work for each plan");

struct rounds {
	const struct plan *plan;
	const struct work *work;
	_Atomic unsigned asked, sent; /* waits that begin; notifies that are over */
	_Atomic pid_t tid;
};

static void await(_Atomic unsigned *value, unsigned wanted)
{
	while (atomic_load_explicit(value, memory_order_acquire) < wanted)
		(void)sched_yield();
}

static bool waits_in(enum wg_wait_in how, long number)
{
	switch (how) {
	case WG_IN_EPOLL:
#ifdef SYS_epoll_wait
		if (number == SYS_epoll_wait)
			return true;
#endif
		return number == SYS_epoll_pwait || number == SYS_epoll_pwait2;
	case WG_IN_POLL:
#ifdef SYS_poll
		if (number == SYS_poll)
			return true;
#endif
		return number == SYS_ppoll;
	case WG_IN_SELECT:
#ifdef SYS_select
		if (number == SYS_select)
			return true;
#endif
		return number == SYS_pselect6;
	case WG_IN_READ: return number == SYS_read;
	default: return number == SYS_futex;
	}
}

/* Does that thread stand in a system call that waits so? */
static bool is_asleep(pid_t tid, enum wg_wait_in how)
{
	char path[64], text[64] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	(void)!read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	return text[0] >= '0' && text[0] <= '9' && waits_in(how, strtol(text, NULL, 10));
}

static void *notifies(void *arg)
{
	struct rounds *r = arg;
	char name[32];
	unsigned i;

	(void)snprintf(name, sizeof(name), "n-%s", r->plan->name);
	(void)pthread_setname_np(pthread_self(), name);
	for (i = 1; i <= r->plan->notified; i++) {
		await(&r->asked, i);
		while (!is_asleep(r->tid, r->plan->how))
			(void)sched_yield();
		r->work->notify();
		atomic_store_explicit(&r->sent, i, memory_order_release);
	}
	await(&r->asked, r->plan->notified + 1);
	for (i = 0; i < r->plan->nobody; i++)
		r->work->notify();
	atomic_store_explicit(&r->sent, r->plan->notified + 1, memory_order_release);
	return NULL;
}

static void *sleeps(void *arg)
{
	struct rounds *r = arg;
	unsigned i;

	(void)pthread_setname_np(pthread_self(), r->plan->name);
	r->tid = (pid_t)syscall(SYS_gettid);
	for (i = 1; i <= r->plan->notified; i++) {
		atomic_store_explicit(&r->asked, i, memory_order_release);
		r->work->wait(FOR_EVER);
		await(&r->sent, i);
		if (r->work->drain)
			r->work->drain();
	}
	for (i = 0; i < r->plan->timed_out; i++)
		r->work->wait(TIMEOUT_NS);
	atomic_store_explicit(&r->asked, r->plan->notified + 1, memory_order_release);
	await(&r->sent, r->plan->notified + 1);
	if (r->work->drain && r->plan->nobody)
		r->work->drain();
	return NULL;
}

static void run(size_t i)
{
	struct rounds r = { .plan = &plans[i], .work = &works[i] };
	pthread_t sleeper, notifier;

	if (r.work->set_up)
		r.work->set_up();
	if (pthread_create(&sleeper, NULL, sleeps, &r) != 0 ||
		pthread_create(&notifier, NULL, notifies, &r) != 0)
		_exit(1);
	(void)pthread_join(sleeper, NULL);
	(void)pthread_join(notifier, NULL);
}

/* --- what may break a recorder --- */

static void poll_times(int n)
{
	int i;

	for (i = 0; i < n; i++)
		(void)poll(NULL, 0, 1);
}

static void *sleeps_for_ever(void *arg)
{
	_Atomic pid_t *tid = arg;

	(void)pthread_setname_np(pthread_self(), "for-ever");
	*tid = (pid_t)syscall(SYS_gettid);
	(void)sem_wait(&sem);
	return NULL;
}

static int is_killed(void)
{
	static _Atomic pid_t tid;
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleeps_for_ever, (void *)&tid) != 0)
		return 1;
	while (tid == 0 || !is_asleep(tid, WG_IN_SEM))
		(void)sched_yield();
	poll_times(4);
	return kill(getpid(), SIGKILL);
}

static int forks(void)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0) {
		(void)pthread_setname_np(pthread_self(), "child");
		poll_times(7);
		_exit(3);
	}
	(void)waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "plans";
	size_t i;

	(void)mtx_init(&mtx, mtx_plain);
	(void)cnd_init(&cnd);
	(void)sem_init(&sem, 0, 0);
	if (strcmp(what, "plans") == 0) {
		set_up_pair();
		for (i = 0; i < PLANS; i++)
			run(i);
		return 0;
	}
	if (strcmp(what, "close") == 0) {
		(void)syscall(SYS_close_range, 0, ~0u, 0);
		poll_times(5);
		return 5;
	}
	if (strcmp(what, "poll") == 0) {
		poll_times(6);
		(void)!write(1, "polled\n", 7);
		return 6;
	}
	if (strcmp(what, "kill") == 0)
		return is_killed();
	return strcmp(what, "fork") == 0 ? forks() : 2;
}
