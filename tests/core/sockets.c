/*
 * sockets.c: see sockets.h.
 */
#include "tests/core/sockets.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"

bool wg_test_has_loopback(void)
{
	/* A datagram needs no listener: whether there is a way is known at once. */
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return has;
}

int wg_test_listen(struct sockaddr_in *ret_addr)
{
	socklen_t len = sizeof(*ret_addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(ret_addr, 0, sizeof(*ret_addr));
	ret_addr->sin_family = AF_INET;
	ret_addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)ret_addr, len), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(fd, (struct sockaddr *)ret_addr, &len), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 128), 0);
	return fd;
}

void wg_test_socketpair(int fd[2])
{
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
}

void wg_test_tcp_pair(int fd[2])
{
	struct sockaddr_in addr;
	int listener = wg_test_listen(&addr);

	fd[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(fd[1] >= 0);
	CU_ASSERT_EQUAL_FATAL(connect(fd[1], (struct sockaddr *)&addr, sizeof(addr)), 0);
	fd[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	CU_ASSERT_FATAL(fd[0] >= 0);
	(void)close(listener);
}

void wg_test_put(int fd, const char *text, int flags)
{
	ssize_t len = (ssize_t)strlen(text);

	CU_ASSERT_EQUAL_FATAL(send(fd, text, (size_t)len, flags | MSG_NOSIGNAL), len);
}

void wg_test_get(int fd, char *buf, size_t len)
{
	/* Not MSG_WAITALL: io_uring cuts it short, see core/wait/uring.c. */
	while (len > 0) {
		ssize_t n = recv(fd, buf, len, 0);

		CU_ASSERT_FATAL(n > 0);
		buf += n;
		len -= (size_t)n;
	}
}

int64_t wg_test_recv(struct wg_loop *loop, struct wg_sock *sock, char *buf, size_t len)
{
	struct wg_op op;

	wg_op_recv(&op, sock, buf, len);
	return wg_test_await(loop, &op);
}
