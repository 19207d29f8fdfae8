/*
 * time.c: the virtual clock. Time passes only when no thread can make a step.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

#define MS 1000000L

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int is_ready, order[2], woken;

static int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static int wait_ms(int ms)
{
	int64_t until = now_ns(CLOCK_REALTIME) + (int64_t)ms * MS;
	struct timespec ts = { until / 1000000000, until % 1000000000 };
	int rc = 0;

	pthread_mutex_lock(&m);
	while (!is_ready && rc == 0)
		rc = pthread_cond_timedwait(&c, &m, &ts);
	pthread_mutex_unlock(&m);
	return rc;
}

void case_timeout_without_a_notify(void)
{
	int64_t begin = now_ns(CLOCK_MONOTONIC);
	int rc = wait_ms(10);

	lab_check("timeout", rc == ETIMEDOUT, "it returns %d", rc);
	lab_check("exact", now_ns(CLOCK_MONOTONIC) - begin == 10 * MS, "after %lld ns",
		(long long)(now_ns(CLOCK_MONOTONIC) - begin));
}

static void *notify(void *unused)
{
	pthread_mutex_lock(&m);
	is_ready = 1;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	return unused;
}

static void *wait_for_notify(void *unused)
{
	int rc = wait_ms(10);

	lab_check("notified", rc == 0, "it returns %d", rc);
	return unused;
}

void case_no_timeout_with_a_notify(void)
{
	case_two(wait_for_notify, notify);
}

static void *sleep_long(void *unused)
{
	usleep(20000);
	LAB_STORE(order[1], ++woken);
	return unused;
}

static void *sleep_short(void *unused)
{
	struct timespec ts = { 0, 5 * MS };

	nanosleep(&ts, NULL);
	LAB_STORE(order[0], ++woken);
	return unused;
}

void case_timers_in_order(void)
{
	case_two(sleep_long, sleep_short);
	lab_check("order", order[0] == 1 && order[1] == 2, "%d %d", order[0], order[1]);
}

void case_timerfd(void)
{
	struct itimerspec each = { { 0, 10 * MS }, { 0, 3 * MS } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t count = 0;

	timerfd_settime(fd, 0, &each, NULL);
	lab_check("early", read(fd, &count, sizeof(count)) == -1 && errno == EAGAIN,
		"it fires before its time");
	lab_check("late", poll(&p, 1, 2) == 0, "it fires before its time");
	lab_check("fires", poll(&p, 1, -1) == 1 && p.revents == POLLIN, "it does not fire");
	usleep(25000);
	(void)!read(fd, &count, sizeof(count));
	lab_check("count", count == 3, "%llu expirations", (unsigned long long)count);
	close(fd);
}

void case_clock_jump(void)
{
	int64_t wall = now_ns(CLOCK_REALTIME), mono = now_ns(CLOCK_MONOTONIC);

	lab_clock_jump(-3600 * INT64_C(1000000000));
	lab_check("wall", now_ns(CLOCK_REALTIME) < wall, "the wall clock did not go back");
	lab_check("mono", now_ns(CLOCK_MONOTONIC) == mono, "the monotonic clock jumped");
	lab_check("boot", now_ns(CLOCK_BOOTTIME) > mono, "the machine was never suspended");
}
