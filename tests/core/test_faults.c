/*
 * test_faults.c: the first, second, third … allocation and thread fail: an error comes back, and
 * nothing is left behind. Leaked memory is AddressSanitizer's to find; descriptors are counted.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/core/sockets.h"
#include "tests/harness/support.h"

typedef void (*arm_fn)(int nth);

/* Create a loop of every strategy with ever later failures, until there is none. */
static void create_under(arm_fn arm, int error, int least_failures)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		struct wg_loop_options o = { .wait = ops->name, .workers = 4 };
		int before = wg_fd_count(), nth, rc = -1;
		struct wg_loop *loop;

		if (!wg_test_has_wait(ops))
			continue;
		for (nth = 1; nth < 50 && rc < 0; nth++) {
			loop = NULL;
			arm(nth);
			rc = wg_loop_create(&o, &loop);
			arm(WG_FAULT_NEVER);
			if (rc < 0) {
				CU_ASSERT_EQUAL(rc, -error);
				CU_ASSERT_PTR_NULL(loop);
				CU_ASSERT_EQUAL(wg_fd_count(), before);
			}
		}
		CU_ASSERT_EQUAL_FATAL(rc, 0);
		CU_ASSERT(nth - 2 >= least_failures);
		wg_loop_destroy(loop);
		CU_ASSERT_EQUAL(wg_fd_count(), before);
	}
}

static void every_allocation_of_create_fails_once(void)
{
	create_under(wg_fault_alloc, ENOMEM, 4); /* loop, waiter, pool, workers */
}

static void every_thread_of_create_fails_once(void)
{
	create_under(wg_fault_threads, EAGAIN, 4);
}

static void timer(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op op;

	(void)ops;
	wg_op_timer(&op, 0);
	wg_fault_alloc(1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), -ENOMEM);
	CU_ASSERT_EQUAL(op.state, WG_OP_IDLE);
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
	wg_fault_alloc(1);
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 1), -ENOMEM);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
}

static void a_timer_without_memory_is_refused(void)
{
	wg_test_over_all(1, timer);
}

/* The first socket operation of a loop that has no descriptors of its own makes the net thread. */
static void socket_op(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static const arm_fn arms[] = { wg_fault_alloc, wg_fault_threads };
	struct wg_sock sock;
	struct wg_op op;
	int fd[2], before, kind, nth, failures = 0;
	char c;

	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	wg_test_put(fd[1], "x", 0);
	before = wg_fd_count();
	for (kind = 0; kind < 2; kind++) {
		for (nth = 1; nth < 3; nth++) {
			int64_t result;

			wg_op_recv(&op, &sock, &c, 1);
			op.flags = MSG_PEEK;
			arms[kind](nth);
			result = wg_test_await(loop, &op);
			arms[kind](WG_FAULT_NEVER);
			if (result == 1)
				break;
			CU_ASSERT_EQUAL(result, kind == 0 ? -ENOMEM : -EAGAIN);
			CU_ASSERT_EQUAL(wg_fd_count(), before);
			failures++;
		}
		/* Next: the thread, with all the memory it wants. */
	}
	CU_ASSERT(failures >= (ops->fds ? 0 : 2));
	CU_ASSERT_EQUAL(wg_test_recv(loop, &sock, &c, 1), 1);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
}

static void a_net_thread_that_cannot_be_made_is_a_result(void)
{
	wg_test_over_all(1, socket_op);
}

void suite_faults(void)
{
	WG_TEST(every_allocation_of_create_fails_once);
	WG_TEST(every_thread_of_create_fails_once);
	WG_TEST(a_timer_without_memory_is_refused);
	WG_TEST(a_net_thread_that_cannot_be_made_is_a_result);
}
