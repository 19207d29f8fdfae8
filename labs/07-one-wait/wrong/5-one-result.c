/*
 * One wait for both; each notify stands for one result.
 */
#include "lab07.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int ep, event_fd, sock;

static void watch(int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
}

void loop_open(int fd)
{
	sock = fd;
	ep = epoll_create1(EPOLL_CLOEXEC);
	event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	watch(event_fd);
	watch(sock);
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

static void serve_results(void)
{
	uint64_t count;
	int op;

	(void)!read(event_fd, &count, sizeof(count));
	if ((op = queue_pop()) != 0)
		got_result(op);
}

static void serve_socket(void)
{
	char buffer[128];
	ssize_t count = read(sock, buffer, sizeof(buffer));

	if (count > 0)
		got_bytes(count);
}

/* In the loop. */
void loop_run(void)
{
	struct epoll_event event;

	while (!is_done()) {
		epoll_wait(ep, &event, 1, -1);
		if (event.data.fd == event_fd)
			serve_results();
		else
			serve_socket();
	}
}
