/*
 * planted.c: a program that waits and notifies in known numbers: what a recorder has to find.
 *
 * Each plan has a thread that sleeps and one that notifies: 50 times when the first is certainly
 * asleep, as /proc tells; 20 times the wait times out; 5 times nobody sleeps. In between they wait
 * for each other without sleeping. Threads have the plan's name, the notifying one "n-" before it.
 *
 * A thread may be put aside between the moment at which its timeout begins and its sleep, and then
 * it does not sleep. So a line for each plan says how often it slept, as the kernel counts: its
 * name, until a notify, until a timeout.
 *
 * It has its own malloc, which takes a mutex, and is built with _FORTIFY_SOURCE.
 */
#include <errno.h>
#include <fcntl.h>
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
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

/* --- the plans --- */

struct rounds {
	const struct plan *plan;
	const struct work *work;
	_Atomic unsigned asked, sent; /* waits that begin; notifies that are over */
	_Atomic unsigned is_over;     /* the notifier has ended */
	_Atomic pid_t tid;
	long slept[2]; /* how often, until a notify and until a timeout */
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
	case WG_IN_URING: return number == SYS_io_uring_enter;
	case WG_IN_READ: return number == SYS_read;
	default: return number == SYS_futex;
	}
}

long planted_call_of(pid_t tid)
{
	char path[64], text[64] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	(void)!read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	return text[0] >= '0' && text[0] <= '9' ? strtol(text, NULL, 10) : -1;
}

bool planted_is_asleep(pid_t tid, enum wg_wait_in how)
{
	return waits_in(how, planted_call_of(tid));
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
		while (!planted_is_asleep(r->tid, r->plan->how))
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

/* How often this thread went to sleep, as the kernel counts. */
static long count_sleeps(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

static void *sleeps(void *arg)
{
	struct rounds *r = arg;
	long before;
	unsigned i;

	(void)pthread_setname_np(pthread_self(), r->plan->name);
	r->tid = (pid_t)syscall(SYS_gettid);
	before = count_sleeps();
	for (i = 1; i <= r->plan->notified; i++) {
		atomic_store_explicit(&r->asked, i, memory_order_release);
		r->work->wait(FOR_EVER);
		await(&r->sent, i);
		if (r->work->drain)
			r->work->drain();
	}
	r->slept[0] = count_sleeps() - before;
	before = count_sleeps();
	for (i = 0; i < r->plan->timed_out; i++)
		r->work->wait(TIMEOUT_NS);
	r->slept[1] = count_sleeps() - before;
	atomic_store_explicit(&r->asked, r->plan->notified + 1, memory_order_release);
	await(&r->sent, r->plan->notified + 1);
	for (i = 0; i < r->plan->early; i++)
		r->work->wait(FOR_EVER);
	if (r->work->drain && r->plan->nobody)
		r->work->drain();
	await(&r->is_over, 1);
	return NULL;
}

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void run(size_t i)
{
	struct rounds r = { .plan = &plans[i], .work = &works[i] };
	pthread_t sleeper, notifier;

	if (r.plan->how == WG_IN_URING && !uring_works())
		return;
	if (r.work->set_up)
		r.work->set_up();
	if (pthread_create(&sleeper, NULL, sleeps, &r) != 0 ||
		pthread_create(&notifier, NULL, notifies, &r) != 0)
		_exit(1);
	/* One after the other: they might wait for each other in their last moments. */
	(void)pthread_join(notifier, NULL);
	atomic_store_explicit(&r.is_over, 1, memory_order_release);
	(void)pthread_join(sleeper, NULL);
	/* At once, with the time: who follows knows that nothing of this plan is still to come. */
	(void)printf(
		"%s %ld %ld %lld\n", r.plan->name, r.slept[0], r.slept[1], (long long)now_ns());
	(void)fflush(stdout);
}

/* --- what may break a recorder --- */

static void poll_times(int n)
{
	int i;

	for (i = 0; i < n; i++)
		(void)poll(NULL, 0, 1);
}

/* Some bytes of each file, a poll before each and behind the last. */
static int reads_files(char **name)
{
	char bytes[64];
	int fd;

	for (; *name; name++) {
		poll_times(1);
		fd = open(*name, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, bytes, sizeof(bytes)) <= 0)
			return 1;
		(void)close(fd);
	}
	poll_times(1);
	return 0;
}

/* What it watches stands in memory that is another's after the call: descriptor 12345 is none. */
static int watches_one(int fd)
{
	struct pollfd fds[6];
	fd_set sets[6];
	int ends[2], i;

	if (pipe(ends) < 0 || dup2(ends[0], fd) < 0)
		return 1;
	for (i = 0; i < 6; i++) {
		fds[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
		(void)poll(&fds[i], 1, 1);
		fds[i].fd = 12345;
	}
	for (i = 0; i < 6; i++) {
		FD_ZERO(&sets[i]);
		FD_SET(fd, &sets[i]);
		(void)select(fd + 1, &sets[i], NULL, NULL, &(struct timeval){ .tv_usec = 1000 });
		memset(&sets[i], 0xff, sizeof(sets[i]));
	}
	return 0;
}

/* Descriptors that once blocked and do not any more: reading them is no wait. */
static int reads_nothing(void)
{
	int fds[4], on = 1, i;
	char c;

	if (pipe(fds) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds + 2) < 0)
		return 1;
	(void)fcntl(fds[0], F_SETFL, O_RDONLY | O_NONBLOCK);
	(void)ioctl(fds[2], FIONBIO, &on);
	for (i = 0; i < 10; i++) {
		if (read(fds[0], &c, 1) >= 0 || recv(fds[2], &c, 1, 0) >= 0 || errno != EAGAIN)
			return 1;
	}
	poll_times(1);
	return 0;
}

static void *sleeps_for_ever(void *arg)
{
	_Atomic pid_t *tid = arg;

	(void)pthread_setname_np(pthread_self(), "for-ever");
	*tid = (pid_t)syscall(SYS_gettid);
	(void)sem_wait(&planted_sem);
	return NULL;
}

static int is_killed(void)
{
	static _Atomic pid_t tid;
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleeps_for_ever, (void *)&tid) != 0)
		return 1;
	while (tid == 0 || !planted_is_asleep(tid, WG_IN_SEM))
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

static void *echoes(void *arg)
{
	const int *fd = arg;
	char c;

	while (read(fd[0], &c, 1) == 1 && write(fd[3], &c, 1) == 1)
		continue;
	return NULL;
}

/* More than any buffer holds: two threads, so many bytes there and back. */
static int floods(int count)
{
	int fd[4], i;
	pthread_t thread;
	char c = 'x';

	if (pipe(fd) < 0 || pipe(fd + 2) < 0 || pthread_create(&thread, NULL, echoes, fd) != 0)
		return 1;
	for (i = 0; i < count; i++) {
		if (write(fd[1], &c, 1) != 1 || read(fd[2], &c, 1) != 1)
			return 1;
	}
	return 0;
}

/* gap|gap-cpu MS [FILE]: that gap; then it goes on until the file is there. */
static int makes_gap(bool of_processor, char **argv)
{
	int rc = planted_gap(of_processor, strtol(argv[0], NULL, 10));

	(void)printf("over\n");
	(void)fflush(stdout);
	while (rc == 0 && argv[1] && access(argv[1], F_OK) != 0)
		poll_times(1);
	return rc;
}

/* More than are recorded one by one. */
static int posts_to_nobody(void)
{
	sem_t sem;
	int i;

	(void)sem_init(&sem, 0, 0);
	for (i = 0; i < 2500; i++) {
		if (sem_post(&sem) < 0 || sem_trywait(&sem) < 0)
			return 1;
	}
	poll_times(5);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "plans";
	size_t i;

	planted_set_up();
	if (strcmp(what, "plans") == 0) {
		for (i = 0; i < PLANS; i++)
			run(i);
		return 0;
	}
	if (strcmp(what, "close") == 0) {
		(void)syscall(SYS_close_range, 0, ~0u, 0);
		poll_times(5);
		return 5;
	}
	/* For ever. */
	while (strcmp(what, "ticks") == 0)
		poll_times(1);
	if (strcmp(what, "poll") == 0) {
		poll_times(6);
		(void)!write(1, "polled\n", 7);
		return 6;
	}
	if (strcmp(what, "reads") == 0)
		return reads_files(argv + 2);
	if (strcmp(what, "watch") == 0)
		return watches_one(40);
	if (strcmp(what, "nonblocking") == 0)
		return reads_nothing();
	if (strcmp(what, "kill") == 0)
		return is_killed();
	if (strcmp(what, "nobody") == 0)
		return posts_to_nobody();
	if (strcmp(what, "rare") == 0)
		return planted_rare();
	if (strcmp(what, "confined") == 0)
		return planted_confined();
	if (strcmp(what, "reused") == 0)
		return planted_reused();
	if (strcmp(what, "floods") == 0)
		return floods(argc > 2 ? (int)strtol(argv[2], NULL, 10) : 150000);
	if (argc > 2 && strncmp(what, "gap", 3) == 0)
		return makes_gap(strcmp(what, "gap-cpu") == 0, argv + 2);
	return strcmp(what, "fork") == 0 ? forks() : 2;
}
