/*
 * loop.c: a loop that serves a socket, and the results of a pool of workers.
 */
#include "lab07.h"

#include <poll.h>
#include <unistd.h>

static int sock;

void loop_open(int fd)
{
	sock = fd;
}

void loop_close(void)
{
}

/* In a worker. */
void publish(int op)
{
	queue_push(op);
}

static void serve_results(void)
{
	int op;

	while ((op = queue_pop()) != 0)
		got_result(op);
}

static void serve_socket(void)
{
	char buffer[128];
	ssize_t count = read(sock, buffer, sizeof(buffer));

	if (count > 0)
		got_bytes(count);
}

/* In the loop. TODO(lab07): a result waits up to 50 ms, and an idle loop wakes up anyway. */
void loop_run(void)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };

	while (!is_done()) {
		if (poll(&p, 1, 50) > 0)
			serve_socket();
		serve_results();
	}
}
