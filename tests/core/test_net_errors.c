/*
 * test_net_errors.c: connections that are refused, reset, or made at once, over every strategy:
 * errors are results. And the descriptors that sockets need.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/loop.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/core/sockets.h"
#include "tests/harness/support.h"

static void refused(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct sockaddr_in addr;
	struct wg_sock sock;
	struct wg_op op;
	char c;

	(void)ops;
	(void)close(wg_test_listen(&addr)); /* nobody listens there any more */
	CU_ASSERT_EQUAL(wg_sock_init(&sock, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0);
	wg_op_connect(&op, &sock, (struct sockaddr *)&addr, sizeof(addr));
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -ECONNREFUSED);
	wg_loop_sock_close(loop, &sock);
	CU_ASSERT_EQUAL(wg_sock_init(&sock, -1), -EBADF);
	/* Never connected: the answer is an error, not a wait. */
	CU_ASSERT_EQUAL(wg_sock_init(&sock, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, &sock, &c, 1), -ENOTCONN);
	wg_loop_sock_close(loop, &sock);
}

static void nobody_listens(void)
{
	wg_test_over_all(1, refused);
}

/* A datagram that nobody takes: the error comes alone, without anything to read. */
static void unreachable(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr;
	struct wg_sock sock;
	struct wg_op op;
	int64_t result;
	char c;

	(void)ops;
	(void)close(wg_test_listen(&addr));
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd), 0);
	wg_op_recv(&op, &sock, &c, 1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(send(fd, "x", 1, MSG_NOSIGNAL), 1);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &result), 0);
	CU_ASSERT_EQUAL(result, -ECONNREFUSED);
	wg_loop_sock_close(loop, &sock);
}

static void nobody_takes_a_datagram(void)
{
	wg_test_over_all(1, unreachable);
}

static void reset(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct linger at_once = { .l_onoff = 1 };
	struct wg_sock sock;
	struct wg_op op;
	int64_t n;
	int fd[2];
	char c;

	(void)ops;
	wg_test_tcp_pair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_op_recv(&op, &sock, &c, 1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	(void)wg_loop_run_once(loop, 1);
	(void)setsockopt(fd[1], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	(void)close(fd[1]);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	CU_ASSERT_EQUAL(n, -ECONNRESET);
	wg_op_send(&op, &sock, "x", 1);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EPIPE); /* and no signal */
	wg_loop_sock_close(loop, &sock);
}

static void a_reset_and_a_broken_pipe_are_results(void)
{
	wg_test_over_all(1, reset);
}

/* A local stream is refused or connected at once: that is a result, and no reason to wait. */
static void at_once(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(addr);
	struct wg_sock sock;
	struct wg_op op;
	int64_t n;

	(void)ops;
	/* With no name of ours the kernel gives it one, which is no file. */
	CU_ASSERT_EQUAL_FATAL(bind(listener, (struct sockaddr *)&addr, sizeof(sa_family_t)), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	CU_ASSERT_EQUAL(wg_sock_init(&sock, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0);
	wg_op_connect(&op, &sock, (struct sockaddr *)&addr, len);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -ECONNREFUSED); /* it does not listen yet */
	CU_ASSERT_EQUAL_FATAL(listen(listener, 1), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	CU_ASSERT_EQUAL(n, 0);
	CU_ASSERT(!sock.has_ended); /* a stream that was never connected is "hung up" */
	wg_loop_sock_close(loop, &sock);
	(void)close(listener);
}

static void a_local_stream_is_connected_at_once(void)
{
	wg_test_over_all(1, at_once);
}

/* ---- descriptors ---- */

static int inherited; /* so many descriptors a program would get that we exec */

/* A socket above 2, so that what is made for it gets the descriptor 0. */
static void receive_beside_0(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_sock sock;
	int low[2], fd[2], i;
	char c = 0;

	(void)ops;
	wg_test_socketpair(low);
	for (i = 0; i < 2; i++)
		fd[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 3);
	for (i = 0; i < 2; i++)
		(void)close(low[i]);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_test_put(fd[1], "x", 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, &sock, &c, 1), 1);
	CU_ASSERT_EQUAL(wg_inherited_fds(), inherited);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
}

/* A daemon has closed its standard input: 0 is a descriptor like any other. */
static void sockets_work_with_descriptor_0_and_none_is_inherited(void)
{
	int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);

	(void)close(0);
	inherited = wg_inherited_fds();
	wg_test_over_all(1, receive_beside_0);
	CU_ASSERT(fcntl(0, F_GETFD) < 0);
	(void)dup2(saved, 0);
	(void)close(saved);
}

void suite_net_errors(void)
{
	WG_TEST_TCP(nobody_listens);
	WG_TEST_TCP(nobody_takes_a_datagram);
	WG_TEST_TCP(a_reset_and_a_broken_pipe_are_results);
	WG_TEST(a_local_stream_is_connected_at_once);
	WG_TEST(sockets_work_with_descriptor_0_and_none_is_inherited);
}
