/*
 * gaps.c: a thread that is notified and wakes up late, by as much as was asked for: what a flight
 * recorder looks for.
 *
 * Its wait is timed, as that of a loop is. It is late because whoever notified it keeps the lock
 * that it needs to return; or keeps the only processor that it may run on. For that, both are
 * real-time threads: newer kernels give ordinary threads a moment before these, at any time.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define FAR_S 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static bool is_there;
static _Atomic pid_t sleeper_tid;

static struct timespec after(clockid_t clock, int64_t ms)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += ms % 1000 * 1000000;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void *waits_for_cond(void *arg)
{
	const struct timespec far = after(CLOCK_REALTIME, (int64_t)FAR_S * 1000);

	(void)arg;
	(void)pthread_setname_np(pthread_self(), "late");
	(void)pthread_mutex_lock(&lock);
	sleeper_tid = (pid_t)syscall(SYS_gettid);
	while (!is_there)
		(void)pthread_cond_timedwait(&cond, &lock, &far);
	(void)pthread_mutex_unlock(&lock);
	return NULL;
}

static void keeps_the_lock(int64_t ms)
{
	const struct timespec until = after(CLOCK_MONOTONIC, ms);

	(void)pthread_mutex_lock(&lock);
	is_there = true;
	(void)pthread_cond_signal(&cond);
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	(void)pthread_mutex_unlock(&lock);
}

static bool has_priority(int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	return sched_setscheduler(0, SCHED_FIFO, &param) == 0;
}

static void *waits_for_sem(void *arg)
{
	const struct timespec far = after(CLOCK_REALTIME, (int64_t)FAR_S * 1000);

	(void)arg;
	(void)has_priority(1); /* behind the other one; lower is always allowed */
	(void)pthread_setname_np(pthread_self(), "late");
	sleeper_tid = (pid_t)syscall(SYS_gettid);
	(void)sem_timedwait(&sem, &far);
	return NULL;
}

static bool is_before(const struct timespec *time)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec < time->tv_sec ||
	       (now.tv_sec == time->tv_sec && now.tv_nsec < time->tv_nsec);
}

static void keeps_the_processor(int64_t ms)
{
	const struct timespec until = after(CLOCK_MONOTONIC, ms);

	(void)sem_post(&sem);
	while (is_before(&until))
		continue;
}

/* One processor for both, and this thread goes first. False: it is not allowed. */
static bool takes_a_processor(void)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	CPU_ZERO(&one);
	CPU_SET(cpu < 0 ? 0 : (size_t)cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) == 0 && has_priority(2);
}

static void until_asleep(void)
{
	const struct timespec moment = { 0, 100000 };

	while (sleeper_tid == 0 || !planted_is_asleep(sleeper_tid, WG_IN_COND))
		(void)nanosleep(&moment, NULL);
}

/* 77: it is not allowed here. */
int planted_gap(bool of_processor, int64_t ms)
{
	pthread_t thread;

	(void)sem_init(&sem, 0, 0);
	if (of_processor && !takes_a_processor())
		return 77;
	if (pthread_create(&thread, NULL, of_processor ? waits_for_sem : waits_for_cond, NULL) != 0)
		return 1;
	until_asleep();
	if (of_processor)
		keeps_the_processor(ms);
	else
		keeps_the_lock(ms);
	(void)pthread_join(thread, NULL);
	return 0;
}
