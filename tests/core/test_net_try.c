/*
 * test_net_try.c: one attempt at a socket operation, without a loop: what errno held before, what
 * a connection says that is under way, and which flags stay.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/net.h"
#include "tests/core/sockets.h"
#include "tests/harness/harness.h"

static struct wg_sock sock_of(int fd)
{
	struct wg_sock sock;

	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd), 0);
	return sock;
}

/* A call that works says nothing in errno: what is left there is of another call. */
static void an_old_errno_means_nothing(void)
{
	static const int old[] = { EINTR, EAGAIN, EIO, EISCONN, EINPROGRESS };
	struct wg_sock sock;
	struct wg_op op;
	size_t i;
	int fd[2];
	char c;

	for (i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		wg_test_socketpair(fd);
		sock = sock_of(fd[0]);
		wg_op_send(&op, &sock, "", 0);
		errno = old[i];
		CU_ASSERT_EQUAL(wg__net_try(&op), 0);
		CU_ASSERT(sock.may_write); /* nothing was full */
		wg_op_recv(&op, &sock, &c, 1);
		(void)close(fd[1]);
		errno = old[i];
		CU_ASSERT_EQUAL(wg__net_try(&op), 0); /* the end */
		(void)close(fd[0]);
	}
}

/* Connect until one is not taken: the queue of the listener is full, and the kernel tries on. */
static int connect_that_hangs(const struct sockaddr_in *addr, int *others, size_t *count)
{
	struct pollfd p = { .events = POLLOUT };

	for (*count = 0; *count < 16; (*count)++) {
		p.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(p.fd, (const struct sockaddr *)addr, sizeof(*addr));
		if (poll(&p, 1, 0) == 0)
			return p.fd;
		others[*count] = p.fd;
	}
	return -1;
}

static void a_connection_under_way_is_waited_for(void)
{
	struct sockaddr_in addr;
	int listener = wg_test_listen(&addr), others[16];
	struct wg_sock sock;
	struct wg_op op;
	size_t count;

	CU_ASSERT_EQUAL_FATAL(listen(listener, 0), 0);
	sock = sock_of(connect_that_hangs(&addr, others, &count));
	wg_op_connect(&op, &sock, (struct sockaddr *)&addr, sizeof(addr));
	CU_ASSERT_EQUAL(wg__net_try(&op), -EAGAIN); /* connect(2) says EALREADY */
	CU_ASSERT(!sock.may_write);
	CU_ASSERT_EQUAL(wg__net_try(&op), -EAGAIN); /* and is not asked again */
	wg__net_note(&sock, EPOLLOUT);
	CU_ASSERT_EQUAL(wg__net_try(&op), -EAGAIN);
	(void)close(sock.fd);
	while (count > 0)
		(void)close(others[--count]);
	(void)close(listener);
}

/* Urgent data is sent by a flag: the other end finds it apart from the stream. */
static void send_has_its_flags(void)
{
	struct wg_sock sock;
	struct wg_op op;
	int fd[2];
	char c = 0;

	wg_test_tcp_pair(fd);
	sock = sock_of(fd[0]);
	wg_op_send(&op, &sock, "u", 1);
	op.flags = MSG_OOB;
	CU_ASSERT_EQUAL(wg__net_try(&op), 1);
	wg_op_send(&op, &sock, "x", 1);
	CU_ASSERT_EQUAL(wg__net_try(&op), 1);
	CU_ASSERT_EQUAL(recv(fd[1], &c, 1, MSG_OOB), 1);
	CU_ASSERT_EQUAL(c, 'u');
	wg_test_get(fd[1], &c, 1);
	CU_ASSERT_EQUAL(c, 'x');
	(void)close(fd[0]);
	(void)close(fd[1]);
}

/* O_ASYNC or O_APPEND of the caller are the caller's. */
static void a_socket_keeps_its_flags(void)
{
	int fd[2];

	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL(fcntl(fd[0], F_SETFL, fcntl(fd[0], F_GETFL) | O_APPEND), 0);
	(void)sock_of(fd[0]);
	CU_ASSERT_EQUAL(fcntl(fd[0], F_GETFL) & (O_APPEND | O_NONBLOCK), O_APPEND | O_NONBLOCK);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

void suite_net_try(void)
{
	WG_TEST(an_old_errno_means_nothing);
	WG_TEST_TCP(a_connection_under_way_is_waited_for);
	WG_TEST_TCP(send_has_its_flags);
	WG_TEST(a_socket_keeps_its_flags);
}
