/*
 * test_net.c: streams over every strategy: what comes early, what comes together, how it ends.
 *
 * Whether a loop watches its sockets itself or has the net thread do it must not be visible here.
 * A forgotten edge is a test that hangs; the suite's time limit names it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/core/sockets.h"
#include "tests/harness/support.h"

typedef void (*pair_case_fn)(struct wg_loop *loop, struct wg_sock *sock, int peer);

/* Run over every strategy, once on a socketpair and once on TCP; both ends are closed after it. */
static pair_case_fn pair_case;

static void over_both(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_sock sock;
	int fd[2], i;

	(void)ops;
	for (i = 0; i < 2; i++) {
		if (i == 0)
			wg_test_socketpair(fd);
		else
			wg_test_tcp_pair(fd);
		CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
		pair_case(loop, &sock, fd[1]);
		wg_loop_sock_close(loop, &sock);
		(void)close(fd[1]);
	}
}

static void over_all_pairs(pair_case_fn fn)
{
	int before = wg_fd_count();

	pair_case = fn;
	wg_test_over_all(2, over_both);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

/* ---- echo ---- */

static void echo(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct sockaddr_in addr;
	struct wg_sock listener, client, server;
	struct wg_op accept_op, op;
	int64_t fd = -1;
	char buf[16];
	int i;

	(void)ops;
	CU_ASSERT_EQUAL(wg_sock_init(&listener, wg_test_listen(&addr)), 0);
	CU_ASSERT_EQUAL(wg_sock_init(&client, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0);
	wg_op_accept(&accept_op, &listener);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &accept_op), 0);
	wg_op_connect(&op, &client, (struct sockaddr *)&addr, sizeof(addr));
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
	CU_ASSERT(!client.has_ended); /* nobody watched it before it began to connect */
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &accept_op, &fd), 0);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(fcntl((int)fd, F_GETFD) & FD_CLOEXEC);
	CU_ASSERT(fcntl((int)fd, F_GETFL) & O_NONBLOCK);
	CU_ASSERT_EQUAL(wg_sock_init(&server, (int)fd), 0);
	for (i = 0; i < 20; i++) {
		char out = (char)('a' + i);

		wg_op_send(&op, &client, &out, 1);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1);
		CU_ASSERT_EQUAL(wg_test_recv(loop, &server, buf, sizeof(buf)), 1);
		wg_op_send(&op, &server, buf, 1);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1);
		buf[0] = 0;
		CU_ASSERT_EQUAL(wg_test_recv(loop, &client, buf, sizeof(buf)), 1);
		CU_ASSERT_EQUAL(buf[0], out);
	}
	wg_loop_sock_close(loop, &client);
	CU_ASSERT_EQUAL(wg_test_recv(loop, &server, buf, sizeof(buf)), 0);
	wg_loop_sock_close(loop, &server);
	wg_loop_sock_close(loop, &listener);
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
}

static void echo_over_tcp(void)
{
	int before = wg_fd_count();

	wg_test_over_all(2, echo);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

/* ---- what comes early, and what comes together ---- */

static void early(struct wg_loop *loop, struct wg_sock *sock, int peer)
{
	char buf[100];
	int i;

	wg_test_put(peer, "early", 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 5);
	/* And between two receives, when the first has emptied the socket. */
	for (i = 0; i < 10; i++) {
		wg_test_put(peer, "again", 0);
		CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 5);
	}
	/* And when the first has not. */
	wg_test_put(peer, "parts", 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, 2), 2);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, 3), 3);
	CU_ASSERT_EQUAL(memcmp(buf, "rts", 3), 0);
}

static void data_from_before_the_watch_is_found(void)
{
	over_all_pairs(early);
}

static void data_and_end(struct wg_loop *loop, struct wg_sock *sock, int peer)
{
	struct wg_op op;
	int64_t n;
	char buf[100];

	wg_op_recv(&op, sock, buf, sizeof(buf));
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	(void)wg_loop_run_once(loop, 1); /* it is watched now */
	wg_test_put(peer, "last", 0);
	(void)shutdown(peer, SHUT_WR);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	CU_ASSERT_EQUAL(n, 4);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 0); /* the end stays */
}

static void the_end_that_came_with_the_last_data_is_found(void)
{
	over_all_pairs(data_and_end);
}

static void data_and_end_before(struct wg_loop *loop, struct wg_sock *sock, int peer)
{
	struct wg_op op;
	char buf[100];

	wg_test_put(peer, "last", 0);
	(void)shutdown(peer, SHUT_WR);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 4);
	CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 0);
	wg_op_send(&op, sock, "still", 5); /* half closed: the other direction goes on */
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 5);
	wg_test_get(peer, buf, 5);
}

static void a_half_closed_stream_still_sends(void)
{
	over_all_pairs(data_and_end_before);
}

static void peeked(struct wg_loop *loop, struct wg_sock *sock, int peer)
{
	struct wg_op op;
	char buf[100];
	int i;

	for (i = 0; i < 3; i++) {
		int64_t n;

		wg_op_recv(&op, sock, buf, sizeof(buf));
		op.flags = MSG_PEEK;
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
		(void)wg_loop_run_once(loop, 1);
		wg_test_put(peer, "peek", 0);
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
		CU_ASSERT_EQUAL(n, 4);
		/* Read less than asked for, and yet not emptied. */
		CU_ASSERT_EQUAL(wg_test_recv(loop, sock, buf, sizeof(buf)), 4);
	}
}

static void a_peek_leaves_the_data_to_the_next(void)
{
	over_all_pairs(peeked);
}

static void urgent(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_sock sock;
	struct wg_op op;
	int fd[2];
	int64_t n, got = 0;
	char buf[100];

	(void)ops;
	wg_test_tcp_pair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_op_recv(&op, &sock, buf, sizeof(buf));
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	(void)wg_loop_run_once(loop, 1);
	wg_test_put(fd[1], "abc", 0);
	wg_test_put(fd[1], "!", MSG_OOB);
	wg_test_put(fd[1], "def", 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	/* recv(2) stops at the urgent mark: again read less than asked for, and not emptied. */
	for (got = n; got < 6; got += n) {
		n = wg_test_recv(loop, &sock, buf, sizeof(buf));
		CU_ASSERT_FATAL(n > 0);
	}
	CU_ASSERT_EQUAL(got, 6);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
}

static void urgent_data_does_not_hide_what_follows(void)
{
	wg_test_over_all(1, urgent);
}

/* ---- several at once ---- */

static void several(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct sockaddr_in addr;
	struct wg_sock listener;
	struct wg_op op[10];
	int client[10], i, bad = 0;
	int64_t fd;

	(void)ops;
	CU_ASSERT_EQUAL(wg_sock_init(&listener, wg_test_listen(&addr)), 0);
	for (i = 0; i < 10; i++) {
		wg_op_accept(&op[i], &listener);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &op[i]), 0);
		client[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (i % 2)
			bad += connect(client[i], (struct sockaddr *)&addr, sizeof(addr)) != 0;
	}
	for (i = 0; i < 10; i += 2)
		bad += connect(client[i], (struct sockaddr *)&addr, sizeof(addr)) != 0;
	for (i = 9; i >= 0; i--) {
		bad += wg_loop_wait_result(loop, &op[i], &fd) != 0 || fd < 0;
		(void)close((int)fd);
		(void)close(client[i]);
	}
	CU_ASSERT_EQUAL(bad, 0);
	wg_loop_sock_close(loop, &listener);
}

static void ten_are_accepted(void)
{
	wg_test_over_all(1, several);
}

static void in_order(struct wg_loop *loop, struct wg_sock *sock, int peer)
{
	struct wg_op recv_op[3], send_op[3];
	char in[3] = { 0 }, out[3] = { 'x', 'y', 'z' }, buf[4] = { 0 };
	int64_t n;
	int i;

	for (i = 0; i < 3; i++) {
		wg_op_recv(&recv_op[i], sock, &in[i], 1);
		wg_op_send(&send_op[i], sock, &out[i], 1);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &recv_op[i]), 0);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &send_op[i]), 0);
	}
	wg_test_put(peer, "abc", 0);
	for (i = 2; i >= 0; i--) {
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &recv_op[i], &n), 0);
		CU_ASSERT_EQUAL(n, 1);
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &send_op[i], &n), 0);
		CU_ASSERT_EQUAL(n, 1);
	}
	CU_ASSERT_EQUAL(memcmp(in, "abc", 3), 0);
	wg_test_get(peer, buf, 3);
	CU_ASSERT_STRING_EQUAL(buf, "xyz");
}

static void operations_of_one_direction_go_in_order(void)
{
	over_all_pairs(in_order);
}

#define BULK ((size_t)4 << 20)

static void bulk(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	char *out = malloc(BULK), *in = calloc(1, BULK);
	struct wg_sock from, to;
	struct wg_op send_op;
	size_t sent = 0, got = 0, i;
	int64_t n;
	int fd[2];

	(void)ops;
	for (i = 0; i < BULK; i++)
		out[i] = (char)wg_file_byte(i);
	wg_test_tcp_pair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&from, fd[0]), 0);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&to, fd[1]), 0);
	wg_op_send(&send_op, &from, out, BULK);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &send_op), 0);
	(void)wg_loop_run_once(loop, 1); /* nobody reads yet, and the buffers fill up */
	while (got < BULK) {
		size_t len = BULK - got < 300000 ? BULK - got : 300000;

		n = wg_test_recv(loop, &to, in + got, len);
		CU_ASSERT_FATAL(n > 0);
		got += (size_t)n;
		if (wg_loop_poll_result(loop, &send_op, &n) == 1) {
			CU_ASSERT_FATAL(n > 0);
			sent += (size_t)n;
			wg_op_send(&send_op, &from, out + sent, BULK - sent);
			if (sent < BULK)
				CU_ASSERT_EQUAL(wg_loop_submit(loop, &send_op), 0);
		}
	}
	if (sent < BULK) {
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &send_op, &n), 0);
		sent += (size_t)n;
	}
	CU_ASSERT_EQUAL(sent, BULK);
	CU_ASSERT_EQUAL(memcmp(in, out, BULK), 0);
	wg_loop_sock_close(loop, &from);
	wg_loop_sock_close(loop, &to);
	free(in);
	free(out);
}

static void more_than_the_buffers_take_goes_through(void)
{
	wg_test_over_all(1, bulk);
}

#define MANY 300 /* more than eight bits count */

static void many(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static struct wg_sock sock[MANY];
	static struct wg_op op[MANY];
	static int fd[MANY][2];
	char buf[MANY];
	int64_t n;
	int i, bad = 0;

	(void)ops;
	for (i = 0; i < MANY; i++) {
		wg_test_socketpair(fd[i]);
		bad += wg_sock_init(&sock[i], fd[i][0]) != 0;
		wg_op_recv(&op[i], &sock[i], &buf[i], 1);
		bad += wg_loop_submit(loop, &op[i]) != 0;
	}
	(void)wg_loop_run_once(loop, 1);
	for (i = 0; i < MANY; i++)
		wg_test_put(fd[i][1], "m", 0);
	for (i = 0; i < MANY; i++)
		bad += wg_loop_wait_result(loop, &op[i], &n) != 0 || n != 1;
	CU_ASSERT_EQUAL(bad, 0);
	for (i = 0; i < MANY; i++) {
		wg_loop_sock_close(loop, &sock[i]);
		(void)close(fd[i][1]);
	}
}

static void more_sockets_are_ready_than_one_sleep_reports(void)
{
	wg_test_over_all(1, many);
}

/* One after the other has the same place at the net thread, more often than eight bits count. */
static void a_place_has_many_sockets(void)
{
	struct wg_loop *loop = wg_test_loop(wg_wait_find("condvar"), 1);
	struct wg_sock sock;
	struct wg_op op;
	int fd[2], i;
	char byte;

	for (i = 0; i < 300; i++) {
		int64_t result = 0;

		wg_test_socketpair(fd);
		CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
		wg_op_recv(&op, &sock, &byte, 1);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
		wg_test_put(fd[1], "x", 0);
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &result), 0);
		CU_ASSERT_EQUAL(result, 1);
		wg_loop_sock_close(loop, &sock);
		(void)close(fd[1]);
	}
	wg_loop_destroy(loop);
}

void suite_net(void)
{
	WG_TEST_TCP(echo_over_tcp);
	WG_TEST_TCP(data_from_before_the_watch_is_found);
	WG_TEST_TCP(the_end_that_came_with_the_last_data_is_found);
	WG_TEST_TCP(a_half_closed_stream_still_sends);
	WG_TEST_TCP(a_peek_leaves_the_data_to_the_next);
	WG_TEST_TCP(urgent_data_does_not_hide_what_follows);
	WG_TEST_TCP(ten_are_accepted);
	WG_TEST_TCP(operations_of_one_direction_go_in_order);
	WG_TEST_TCP(more_than_the_buffers_take_goes_through);
	WG_TEST_TCP(more_sockets_are_ready_than_one_sleep_reports);
	WG_TEST(a_place_has_many_sockets);
}
