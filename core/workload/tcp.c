/*
 * tcp.c: sockets on loopback, for the workloads that use sockets.
 *
 * 127.0.0.1 and port 0, so that nothing outside is reached and no two runs meet. Nagle's algorithm
 * is off: it would hold back the second half of an answer, for reasons outside the loop.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "core/workload/workload.h"

void wg_workload_tcp_no_delay(int fd)
{
	int on = 1;

	/* Cannot fail on a TCP socket; without it things are slower, not wrong. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int wg_workload_tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	wg_workload_tcp_no_delay(fd);
	return fd;
}

int wg_workload_listen(uint64_t backlog, int *ret_fd, struct sockaddr_in *ret_addr)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	int fd = wg_workload_tcp_socket();

	if (fd >= 0 && bind(fd, (struct sockaddr *)&addr, len) == 0 &&
		listen(fd, (int)backlog) == 0 &&
		getsockname(fd, (struct sockaddr *)&addr, &len) == 0) {
		*ret_fd = fd;
		*ret_addr = addr;
		return 0;
	}
	(void)wg_workload_fail("cannot listen on 127.0.0.1: %s", strerror(fd < 0 ? -fd : errno));
	if (fd >= 0)
		(void)close(fd);
	return 1;
}
