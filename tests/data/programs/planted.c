/*
 * planted.c: waits of known numbers, for recorders to find: for each way to wait 50 that are
 * notified while the thread sleeps, 20 that time out, and 5 that find it notified already and so
 * never sleep.
 *
 *	planted		prints a line for each way: its name, as its thread is called; how many
 *			waits slept until they were notified, and until they timed out; and how
 *			many timed out, asleep or not
 *
 * Whoever notifies looks at /proc until the thread sleeps in its call, so the numbers are exact and
 * nothing depends on the speed of the machine. But a thread may be put aside between the moment at
 * which its timeout begins and its sleep, and then it does not sleep: the kernel counts who did, in
 * voluntary context switches, and that is what is printed. Between the waits, threads meet by a
 *word in memory and sched_yield(): that is no wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

enum { NOTIFIED = 50, TIMED_OUT = 20, EARLY = 5, WAIT_MS = 2, LONG_MS = 600000 };

/* What one thread waits on. */
static int event_fd, epoll_fd, pipe_fd[2], pair_fd[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static mtx_t c11_mutex;
static cnd_t c11_cond;
static sem_t sem;
static atomic_uint word;
static int is_set; /* the predicate of both conditions, under their mutex */

static struct timespec after(clockid_t clock, int ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static struct timespec length(int ms)
{
	return (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
}

/* Each wait: was it notified? */

static int take_event(int fd)
{
	uint64_t value;

	return read(fd, &value, sizeof(value)) > 0;
}

static int wait_epoll(int ms)
{
	struct epoll_event ev;

	return epoll_wait(epoll_fd, &ev, 1, ms) == 1 && take_event(event_fd);
}

static int wait_epoll2(int ms)
{
	struct timespec t = length(ms);
	struct epoll_event ev;

	return syscall(SYS_epoll_pwait2, epoll_fd, &ev, 1, &t, NULL, 8) == 1 &&
	       take_event(event_fd);
}

static int wait_poll(int ms)
{
	struct pollfd p = { pipe_fd[0], POLLIN, 0 };

	return poll(&p, 1, ms) == 1 && take_event(pipe_fd[0]);
}

static int wait_ppoll(int ms)
{
	struct pollfd p = { pipe_fd[0], POLLIN, 0 };
	struct timespec t = length(ms);

	return ppoll(&p, 1, &t, NULL) == 1 && take_event(pipe_fd[0]);
}

static int wait_select(int ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pair_fd[0], &set);
	return select(pair_fd[0] + 1, &set, NULL, NULL, &t) == 1 && take_event(pair_fd[0]);
}

static int wait_pselect(int ms)
{
	struct timespec t = length(ms);
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pair_fd[0], &set);
	return pselect(pair_fd[0] + 1, &set, NULL, NULL, &t, NULL) == 1 && take_event(pair_fd[0]);
}

static int wait_cond(int ms)
{
	struct timespec t = after(CLOCK_MONOTONIC, ms);
	int rc = 0, was;

	pthread_mutex_lock(&mutex);
	while (!is_set && rc == 0)
		rc = pthread_cond_timedwait(&cond, &mutex, &t);
	was = is_set;
	is_set = 0;
	pthread_mutex_unlock(&mutex);
	return was;
}

static int wait_c11(int ms)
{
	struct timespec t = after(CLOCK_REALTIME, ms);
	int rc = thrd_success, was;

	mtx_lock(&c11_mutex);
	while (!is_set && rc == thrd_success)
		rc = cnd_timedwait(&c11_cond, &c11_mutex, &t);
	was = is_set;
	is_set = 0;
	mtx_unlock(&c11_mutex);
	return was;
}

static int wait_sem(int ms)
{
	struct timespec t = after(CLOCK_REALTIME, ms);

	return sem_timedwait(&sem, &t) == 0;
}

static int wait_futex(int ms)
{
	struct timespec t = length(ms);
	long rc = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0);

	return (rc == 0 || errno == EAGAIN) && atomic_exchange(&word, 0) == 1;
}

/* The notifies. */

static void put(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		abort();
}

static void notify_event(void)
{
	put(event_fd);
}
static void notify_pipe(void)
{
	put(pipe_fd[1]);
}
static void notify_pair(void)
{
	put(pair_fd[1]);
}
static void notify_sem(void)
{
	sem_post(&sem);
}

static void notify_cond(void)
{
	pthread_mutex_lock(&mutex);
	is_set = 1;
	pthread_mutex_unlock(&mutex);
	pthread_cond_signal(&cond);
}

static void notify_c11(void)
{
	mtx_lock(&c11_mutex);
	is_set = 1;
	mtx_unlock(&c11_mutex);
	cnd_signal(&c11_cond);
}

static void notify_futex(void)
{
	atomic_store(&word, 1);
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static const struct way {
	const char *name;
	long number, other; /* of the system call that it sleeps in; libraries differ */
	int (*wait)(int ms);
	void (*notify)(void);
} ways[] = {
	{ "epoll", SYS_epoll_wait, SYS_epoll_pwait, wait_epoll, notify_event },
	{ "epoll2", SYS_epoll_pwait2, SYS_epoll_pwait2, wait_epoll2, notify_event },
	{ "poll", SYS_poll, SYS_ppoll, wait_poll, notify_pipe },
	{ "ppoll", SYS_ppoll, SYS_ppoll, wait_ppoll, notify_pipe },
	{ "select", SYS_select, SYS_pselect6, wait_select, notify_pair },
	{ "pselect", SYS_pselect6, SYS_pselect6, wait_pselect, notify_pair },
	{ "cond", SYS_futex, SYS_futex, wait_cond, notify_cond },
	{ "c11", SYS_futex, SYS_futex, wait_c11, notify_c11 },
	{ "sem", SYS_futex, SYS_futex, wait_sem, notify_sem },
	{ "futex", SYS_futex, SYS_futex, wait_futex, notify_futex },
};

/* ---- two threads that meet ---- */

static atomic_int tid;	 /* of the thread that waits */
static atomic_int begun; /* waits that it has begun; release: pairs with the acquire in meet() */
static atomic_int set;	 /* early notifies that were made */

/* Is it asleep in its call? */
static int sleeps(const struct way *way)
{
	char path[64], text[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
	file = fopen(path, "re");
	if (!file || !fgets(text, sizeof(text), file))
		text[0] = '\0';
	if (file)
		fclose(file);
	return text[0] >= '0' && text[0] <= '9' &&
	       (strtol(text, NULL, 10) == way->number || strtol(text, NULL, 10) == way->other);
}

struct truth {
	int notified, timed_out; /* they slept */
	int bad;
};

/* How often this thread went to sleep. */
static long sleeps_so_far(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

static struct truth truth; /* of the thread that waits; read once it has been joined */

static void *waiter(void *arg)
{
	const struct way *way = arg;
	long before;
	int i, bad = 0;

	prctl(PR_SET_NAME, way->name);
	tid = (int)syscall(SYS_gettid);
	before = sleeps_so_far();
	for (i = 0; i < NOTIFIED; i++) {
		begun++;
		bad += !way->wait(LONG_MS);
	}
	truth.notified = (int)(sleeps_so_far() - before);
	before = sleeps_so_far();
	for (i = 0; i < TIMED_OUT; i++)
		bad += way->wait(WAIT_MS);
	truth.timed_out = (int)(sleeps_so_far() - before);
	for (i = 0; i < EARLY; i++) {
		begun++;
		while (set <= i)
			sched_yield();
		bad += !way->wait(LONG_MS);
	}
	truth.bad = bad;
	return NULL;
}

static void meet(int count)
{
	while (begun < count)
		sched_yield();
}

static int plant(const struct way *way)
{
	pthread_t id;
	int i;

	tid = begun = set = 0;
	if (pthread_create(&id, NULL, waiter, (void *)way) != 0)
		return 1;
	for (i = 0; i < NOTIFIED; i++) {
		meet(i + 1);
		while (!sleeps(way))
			sched_yield();
		way->notify();
	}
	for (i = 0; i < EARLY; i++) {
		meet(NOTIFIED + i + 1);
		way->notify();
		set++;
	}
	while (pthread_tryjoin_np(id, NULL) == EBUSY)
		sched_yield();
	printf("%s %d %d %d\n", way->name, truth.notified, truth.timed_out, TIMED_OUT);
	return truth.bad;
}

int main(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	pthread_condattr_t attr;
	int bad = 0;
	size_t i;

	event_fd = eventfd(0, EFD_CLOEXEC);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (pipe(pipe_fd) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair_fd) < 0 ||
		epoll_ctl(epoll_fd, EPOLL_CTL_ADD, event_fd, &ev) < 0)
		return 2;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&cond, &attr);
	mtx_init(&c11_mutex, mtx_plain);
	cnd_init(&c11_cond);
	sem_init(&sem, 0, 0);
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		bad += plant(&ways[i]);
	return bad ? 1 : 0;
}
