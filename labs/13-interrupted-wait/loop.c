/*
 * loop.c: a loop that waits for a result, for a timer, or for SIGTERM.
 *
 * The handler of SIGTERM notifies, as a worker does: the loop would see a flag alone too late.
 */
#include "lab13.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int ep, efd;
static volatile sig_atomic_t is_stopped;

static void notify(void)
{
	uint64_t one = 1;

	(void)!write(efd, &one, sizeof(one));
}

static void on_term(int number)
{
	(void)number;
	is_stopped = 1;
	notify();
}

void loop_open(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct sigaction action = { .sa_handler = on_term };

	ep = epoll_create1(EPOLL_CLOEXEC);
	efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	epoll_ctl(ep, EPOLL_CTL_ADD, efd, &event);
	sigaction(SIGTERM, &action, NULL);
}

void loop_close(void)
{
	close(efd);
	close(ep);
}

/* In a worker. */
void publish(int op)
{
	queue_push(op);
	notify();
}

/* The time until then, for epoll_wait(): rounded up; -1: for ever. */
static int wait_ms(int64_t due_ns)
{
	int64_t left = due_ns - now_ns();

	if (due_ns == NO_TIMER)
		return -1;
	return left <= 0 ? 0 : (int)((left + 999999) / 1000000);
}

/* In the loop. TODO(lab13): under a profiler it ends, although nobody asked it to. */
int next_event(int64_t due_ns)
{
	struct epoll_event event;
	int op = queue_pop(), left = wait_ms(due_ns);
	uint64_t count;

	while (op == 0 && !is_stopped && now_ns() < due_ns) {
		if (epoll_wait(ep, &event, 1, left) < 0)
			return FAILED;
		(void)!read(efd, &count, sizeof(count));
		op = queue_pop();
	}
	if (op != 0)
		return op;
	return is_stopped ? STOPPED : TIMER;
}
