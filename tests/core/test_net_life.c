/*
 * test_net_life.c: sockets that are closed or cancelled while something waits, and fairness between
 * sockets, files and timers, over every strategy.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
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
#include "tests/core/trace_test.h"

/* ---- closing and cancelling ---- */

static void closed_waiting(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_sock sock, next;
	struct wg_op op[4];
	int fd[2], again[2], i;
	int64_t n;
	char buf[8];

	(void)ops;
	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	for (i = 0; i < 4; i++) {
		wg_op_recv(&op[i], &sock, buf, 1);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &op[i]), 0);
	}
	(void)wg_loop_run_once(loop, 1);
	wg_loop_sock_close(loop, &sock);
	memset(&sock, 0x5a, sizeof(sock)); /* the memory is ours again */
	for (i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op[i], &n), 0);
		CU_ASSERT_EQUAL(n, -ECANCELED);
	}
	CU_ASSERT_EQUAL(fcntl(fd[0], F_GETFD), -1);
	/* The number is given out again, and stands for another socket. */
	wg_test_socketpair(again);
	CU_ASSERT_EQUAL(again[0], fd[0]);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&next, again[0]), 0);
	wg_op_recv(&op[0], &next, buf, sizeof(buf));
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op[0]), 0);
	(void)wg_loop_run_once(loop, 1);
	wg_test_put(again[1], "new", 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op[0], &n), 0);
	CU_ASSERT_EQUAL(n, 3);
	wg_loop_sock_close(loop, &next);
	(void)close(again[1]);
	(void)close(fd[1]);
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
}

static void close_ends_what_waits_and_the_number_is_reused(void)
{
	wg_test_over_all(1, closed_waiting);
}

struct closer {
	struct wg_loop *loop;
	struct wg_sock *sock, *other;
	struct wg_op waiting;
	int cancelled;
	char c[3];
};

static void note_cancel(struct wg_op *op, int64_t result)
{
	struct closer *k = op->user;

	k->cancelled += result == -ECANCELED;
}

static void close_both(struct wg_op *op, int64_t result)
{
	struct closer *k = op->user;

	CU_ASSERT_EQUAL(result, 1);
	wg_loop_sock_close(k->loop, k->sock);
	wg_loop_sock_close(k->loop, k->other); /* which is ready in the same batch, perhaps */
	free(k->sock);
	free(k->other);
}

static void closed_inside(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct closer k = { .loop = loop };
	struct wg_op op, other;
	int a[2], b[2];

	(void)ops;
	wg_test_socketpair(a);
	wg_test_socketpair(b);
	k.sock = malloc(sizeof(*k.sock));
	k.other = malloc(sizeof(*k.other));
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(k.sock, a[0]), 0);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(k.other, b[0]), 0);
	wg_op_recv(&op, k.sock, &k.c[0], 1);
	wg_op_recv(&k.waiting, k.sock, &k.c[1], 1);
	wg_op_recv(&other, k.other, &k.c[2], 1);
	op.done = close_both;
	k.waiting.done = other.done = note_cancel;
	op.user = k.waiting.user = other.user = &k;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &k.waiting), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &other), 0);
	(void)wg_loop_run_once(loop, 1);
	wg_test_put(a[1], "x", 0);
	wg_test_put(b[1], "y", 0);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
	CU_ASSERT(k.cancelled >= 1); /* `other` may have had its data in time */
	(void)close(a[1]);
	(void)close(b[1]);
}

static void a_callback_may_close_sockets(void)
{
	wg_test_over_all(1, closed_inside);
}

static void cancelled(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_sock sock;
	struct wg_op first, second;
	int fd[2];
	int64_t n;
	char a = 0, b = 0;

	(void)ops;
	wg_test_tcp_pair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_op_recv(&first, &sock, &a, 1);
	wg_op_recv(&second, &sock, &b, 1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &first), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &second), 0);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &first), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &first, &n), 0);
	CU_ASSERT_EQUAL(n, -ECANCELED);
	wg_test_put(fd[1], "2", 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &second, &n), 0);
	CU_ASSERT_EQUAL(n, 1);
	CU_ASSERT_EQUAL(a, 0);
	CU_ASSERT_EQUAL(b, '2');
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
}

static void a_waiting_receive_is_cancelled_and_the_next_goes_on(void)
{
	wg_test_over_all(1, cancelled);
}

/* Published by the net thread, not yet seen by the loop: then close, reuse the memory, cancel. */
static void cancelled_after_close(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static struct wg_sock sock;
	struct wg_op op;
	int64_t n = 0;
	int fd[2], rc;
	char c;

	(void)ops;
	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_test_put(fd[1], "x", 0);
	wg_op_recv(&op, &sock, &c, 1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	while (wg_trace_test_count("done") == 0)
		(void)sched_yield();
	wg_loop_sock_close(loop, &sock);
	memset(&sock, 0x5a, sizeof(sock)); /* the memory is ours again */
	rc = wg_loop_cancel(loop, &op);
	CU_ASSERT(rc == -EINVAL || rc == -EBUSY);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	CU_ASSERT_EQUAL(n, 1);
	(void)close(fd[1]);
}

static void a_closed_socket_is_not_looked_at_by_a_late_cancel(void)
{
	wg_test_over_all(1, cancelled_after_close);
}

/* How many descriptors this process's epolls watch. */
static int watched_count(void)
{
	DIR *dir = opendir("/proc/self/fdinfo");
	struct dirent *entry;
	char line[256];
	int count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

		while (f && fgets(line, sizeof(line), f))
			count += strncmp(line, "tfd:", 4) == 0;
		if (f)
			(void)fclose(f);
	}
	(void)closedir(dir);
	return count;
}

/* A copy of the descriptor lives on, so the kernel does not forget by itself what was watched. */
static void closed_with_a_copy(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static struct wg_sock sock, as_left;
	struct wg_op op;
	int fd[2], copy, watched;
	int64_t n = 0;
	char c;

	(void)ops;
	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	copy = fcntl(fd[0], F_DUPFD_CLOEXEC, 0);
	wg_op_recv(&op, &sock, &c, 1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	watched = watched_count();
	wg_loop_sock_close(loop, &sock);
	CU_ASSERT_EQUAL(watched_count(), watched - 1);
	memset(&sock, 0x5a, sizeof(sock)); /* the memory is ours again */
	memset(&as_left, 0x5a, sizeof(as_left));
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	CU_ASSERT_EQUAL(n, -ECANCELED);
	wg_test_put(fd[1], "x", 0);
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 1), 0);
	CU_ASSERT_EQUAL(memcmp(&sock, &as_left, sizeof(sock)), 0);
	(void)close(copy);
	(void)close(fd[1]);
}

static void a_closed_socket_with_a_copy_is_not_watched(void)
{
	wg_test_over_all(1, closed_with_a_copy);
}

/* ---- fairness ---- */

struct chain {
	struct wg_loop *loop;
	bool has_ended;
	int rounds, left;
};

static void go_on(struct wg_op *op, int64_t result)
{
	struct chain *c = op->user;

	CU_ASSERT(result >= 0);
	c->rounds++;
	if (!c->has_ended)
		CU_ASSERT_EQUAL(wg_loop_submit(c->loop, op), 0);
}

static void arrived(struct wg_op *op, int64_t result)
{
	struct chain *c = op->user;

	CU_ASSERT(result >= 0);
	c->left--;
}

/* Turn until all that is waited for has arrived, and end the chain. */
static void finish_chain(struct wg_loop *loop, struct chain *c)
{
	int64_t end_ns = wg_now_ns() + 20 * WG_NS_PER_SEC;

	while (c->left > 0 && wg_now_ns() < end_ns)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
	CU_ASSERT_EQUAL(c->left, 0); /* else it starved for 20 s, beside a chain that went on */
	c->has_ended = true;
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
}

static void busy_with_files(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct chain c = { .loop = loop, .left = 1 };
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC), fd[2], i;
	struct wg_sock sock;
	struct wg_op file[8], op;
	char buf[8], in;

	(void)ops;
	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_op_recv(&op, &sock, &in, 1);
	op.done = arrived;
	op.user = &c;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	for (i = 0; i < 8; i++) {
		wg_op_read(&file[i], zero, &buf[i], 1, 0);
		file[i].done = go_on;
		file[i].user = &c;
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &file[i]), 0);
	}
	wg_test_put(fd[1], "x", 0);
	finish_chain(loop, &c);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
	(void)close(zero);
}

static void files_that_are_always_ready_do_not_starve_sockets(void)
{
	wg_test_over_all(4, busy_with_files);
}

/* A send to a pipe that is always drained is done at submit, so every turn begins with a result. */
static void busy_with_sends(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct chain c = { .loop = loop, .left = 3 };
	struct wg_op send_op, recv_op, timer, file;
	struct wg_sock from, to;
	int fd[2], other[2];
	char in;

	(void)ops;
	wg_test_socketpair(fd);
	wg_test_socketpair(other);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&from, fd[0]), 0);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&to, other[0]), 0);
	wg_op_recv(&recv_op, &to, &in, 1);
	wg_op_timer(&timer, WG_NS_PER_MS);
	wg_op_stat(&file, "/", &(struct stat){ 0 });
	recv_op.done = timer.done = file.done = arrived;
	recv_op.user = timer.user = file.user = &c;
	wg_op_send(&send_op, &from, "", 0); /* of nothing: always possible */
	send_op.done = go_on;
	send_op.user = &c;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &recv_op), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &timer), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &file), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &send_op), 0);
	wg_test_put(other[1], "x", 0);
	finish_chain(loop, &c);
	wg_loop_sock_close(loop, &from);
	wg_loop_sock_close(loop, &to);
	(void)close(fd[1]);
	(void)close(other[1]);
}

static void sends_that_are_done_at_once_starve_nobody(void)
{
	wg_test_over_all(2, busy_with_sends);
}

static void cancel_and_again(struct wg_op *op, int64_t result)
{
	struct chain *c = op->user;

	CU_ASSERT_EQUAL(result, -ECANCELED);
	c->rounds++;
	if (c->has_ended)
		return;
	CU_ASSERT_EQUAL(wg_loop_submit(c->loop, op), 0);
	CU_ASSERT_EQUAL(wg_loop_cancel(c->loop, op), 0);
}

static void busy_with_cancels(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct chain c = { .loop = loop, .left = 2 };
	struct wg_op victim, timer, file;
	struct stat st;

	(void)ops;
	wg_op_timer(&victim, INT64_MAX);
	victim.done = cancel_and_again;
	wg_op_timer(&timer, WG_NS_PER_MS);
	wg_op_stat(&file, "/", &st);
	timer.done = file.done = arrived;
	victim.user = timer.user = file.user = &c;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &victim), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &timer), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &file), 0);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &victim), 0);
	finish_chain(loop, &c);
}

static void cancels_in_callbacks_starve_nobody(void)
{
	wg_test_over_all(1, busy_with_cancels);
}

void suite_net_life(void)
{
	WG_TEST_TCP(close_ends_what_waits_and_the_number_is_reused);
	WG_TEST_TCP(a_callback_may_close_sockets);
	WG_TEST_TCP(a_waiting_receive_is_cancelled_and_the_next_goes_on);
	WG_TEST_TCP(a_closed_socket_is_not_looked_at_by_a_late_cancel);
	WG_TEST_TCP(a_closed_socket_with_a_copy_is_not_watched);
	WG_TEST_TCP(files_that_are_always_ready_do_not_starve_sockets);
	WG_TEST_TCP(sends_that_are_done_at_once_starve_nobody);
	WG_TEST_TCP(cancels_in_callbacks_starve_nobody);
}
