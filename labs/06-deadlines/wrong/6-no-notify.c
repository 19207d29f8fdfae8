/*
 * Round up. Why notify? The loop knows by itself when to wake up.
 */
#include "lab06.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static int ep, event_fd;

void loop_open(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	ep = epoll_create1(EPOLL_CLOEXEC);
	event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	epoll_ctl(ep, EPOLL_CTL_ADD, event_fd, &event);
}

void loop_close(void)
{
	close(event_fd);
	close(ep);
}

/* In any thread. */
void timer_arm(int timer, int64_t due_ns)
{
	timers_add(timer, due_ns);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* How long until the next timer is due, for epoll_wait(): -1 is for ever. */
static int wait_ms(void)
{
	int64_t due = timers_next(), now = now_ns();

	if (due == NO_TIMER)
		return -1;
	if (due <= now)
		return 0;
	return (int)((due - now + 999999) / 1000000);
}

/* In the loop. */
void loop_run(void)
{
	struct epoll_event event;
	uint64_t count;

	while (timers_fire(now_ns())) {
		epoll_wait(ep, &event, 1, wait_ms());
		(void)!read(event_fd, &count, sizeof(count));
	}
}
