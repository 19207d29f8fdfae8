/*
 * Each result has one notify: drain the eventfd when there was a result.
 */
#include "lab08.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
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

/* In a worker. */
void publish(int op)
{
	uint64_t one = 1;

	queue_push(op);
	(void)!write(event_fd, &one, sizeof(one));
}

/* In the loop. */
int next_result(void)
{
	struct epoll_event event;
	uint64_t count;
	int op = queue_pop();

	while (op == 0) {
		epoll_wait(ep, &event, 1, -1);
		op = queue_pop();
		if (op != 0)
			(void)!read(event_fd, &count, sizeof(count));
	}
	return op;
}
