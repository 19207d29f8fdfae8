/*
 * test_loop.c: the loop over every strategy: results, errors, order and delivery.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop.h"
#include "core/wait/wait.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/harness/support.h"
#include "tests/core/trace_test.h"

/* ---- operations ---- */

/* The example of core/loop.h, word for word, wrapped in a function. */
static int64_t example(int fd)
{
	struct wg_loop *loop;
	struct wg_op op;
	char buf[4096];
	int64_t n = -1;
	int rc = wg_loop_create(&(struct wg_loop_options){ .wait = "eventfd" }, &loop);
	if (rc == 0) {
		wg_op_read(&op, fd, buf, sizeof(buf), 0);
		rc = wg_loop_submit(loop, &op);
		if (rc == 0)
			rc = wg_loop_wait_result(loop, &op, &n);
		wg_loop_destroy(loop);
	}
	return n;
}

static void the_example_of_the_header_works(void)
{
	int fd = open(wg_make_file(wg_tmpdir(), "f", 5000), O_RDONLY | O_CLOEXEC);

	CU_ASSERT_EQUAL(example(fd), 4096);
	(void)close(fd);
}

static void files(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	const char *path = wg_make_file(wg_tmpdir(), "f", 5000);
	unsigned char buf[4096];
	struct stat st;
	struct wg_op op;
	int fd;
	size_t i, bad = 0;

	(void)ops;
	wg_op_stat(&op, path, &st);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
	CU_ASSERT_EQUAL(st.st_size, 5000);
	wg_op_open(&op, path, O_RDWR, 0);
	fd = (int)wg_test_await(loop, &op);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	wg_op_read(&op, fd, buf, sizeof(buf), 1000);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 4000); /* a short read at the end is no error */
	for (i = 0; i < 4000; i++)
		bad += buf[i] != wg_file_byte(1000 + i);
	CU_ASSERT_EQUAL(bad, 0);
	wg_op_read(&op, fd, buf, sizeof(buf), 5000);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0); /* the end */
	wg_op_write(&op, fd, "wakegap", 7, 4996);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 7);
	wg_op_read(&op, fd, buf, sizeof(buf), -1); /* where the file stands: at 0 */
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 4096);
	wg_op_close(&op, fd);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
}

static void files_are_read_written_and_closed(void)
{
	wg_test_over_all(0, files);
}

static void errors(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op op;
	struct stat st;
	char buf[16];

	(void)ops;
	wg_op_open(&op, "/nonexistent/file", O_RDONLY, 0);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -ENOENT);
	wg_op_stat(&op, "/nonexistent", &st);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -ENOENT);
	wg_op_read(&op, 9999, buf, sizeof(buf), 0);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EBADF);
	wg_op_close(&op, 9999);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EBADF);
	wg_op_open(&op, "/", O_RDONLY | O_DIRECTORY, 0);
	op.fd = (int)wg_test_await(loop, &op);
	wg_op_read(&op, op.fd, buf, sizeof(buf), 0);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EISDIR);
	(void)close(op.fd);
	op.kind = WG_OP_KIND_COUNT;
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -ENOTSUP);
}

static void every_error_is_a_result_that_arrives(void)
{
	wg_test_over_all(0, errors);
}

/* ---- delivery ---- */

struct tally {
	struct wg_loop *loop;
	int delivered, left;
	int64_t order[1000];
	int nested_rc;
};

static void count_done(struct wg_op *op, int64_t result)
{
	struct tally *t = op->user;

	CU_ASSERT_EQUAL(result, op->result);
	if (t->delivered < 1000)
		t->order[t->delivered] = op->offset;
	t->delivered++;
}

static void many(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static struct wg_op op[1000];
	static char buf[1000];
	struct tally t = { 0 };
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int i, out_of_order = 0;

	(void)ops;
	for (i = 0; i < 1000; i++) {
		wg_op_read(&op[i], fd, &buf[i], 1, i);
		op[i].done = count_done;
		op[i].user = &t;
		CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &op[i]), 0);
	}
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 1000);
	while (t.delivered < 1000)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
	CU_ASSERT_EQUAL(t.delivered, 1000);
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
	for (i = 0; i < 1000; i++)
		out_of_order += t.order[i] != i;
	CU_ASSERT_EQUAL(out_of_order, 0); /* one worker: L4 */
	(void)close(fd);
}

static void a_thousand_results_each_once_and_in_order(void)
{
	wg_test_over_all(1, many);
}

static void chain(struct wg_op *op, int64_t result)
{
	struct tally *t = op->user;

	t->delivered++;
	t->nested_rc = wg_loop_run_once(t->loop, 1);
	if (result == 1 && --t->left > 0)
		CU_ASSERT_EQUAL(wg_loop_submit(t->loop, op), 0);
}

static void chained(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct tally t = { .loop = loop, .left = 20 };
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	struct wg_op op;
	char c;

	(void)ops;
	wg_op_read(&op, fd, &c, 1, 0);
	op.done = chain;
	op.user = &t;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), -EBUSY);
	while (t.left > 0)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
	CU_ASSERT_EQUAL(t.delivered, 20);
	CU_ASSERT_EQUAL(t.nested_rc, -EBUSY);
	(void)close(fd);
}

static void a_callback_may_submit_but_not_turn(void)
{
	wg_test_over_all(0, chained);
}

static void free_it(struct wg_op *op, int64_t result)
{
	int *left = op->user;

	(void)result;
	--*left;
	free(op);
}

static void freed(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	int left = 50, i;

	(void)ops;
	for (i = 0; i < 50; i++) {
		struct wg_op *op = malloc(sizeof(*op));

		wg_op_close(op, -1);
		op->done = free_it;
		op->user = &left;
		CU_ASSERT_EQUAL(wg_loop_submit(loop, op), 0);
	}
	while (left > 0)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
}

static void a_callback_may_free_its_operation(void)
{
	wg_test_over_all(0, freed);
}

static void asked(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct tally t = { 0 };
	struct wg_op a, b, c;
	int64_t result = 77;

	(void)ops;
	wg_op_close(&a, -1);
	CU_ASSERT_EQUAL(wg_loop_poll_result(loop, &a, &result), -EINVAL); /* not submitted */
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &a, &result), -EINVAL);
	wg_op_close(&b, -1);
	wg_op_close(&c, -1);
	c.done = count_done;
	c.user = &t;
	(void)wg_loop_submit(loop, &a);
	(void)wg_loop_submit(loop, &b);
	(void)wg_loop_submit(loop, &c);
	CU_ASSERT_EQUAL(wg_loop_poll_result(loop, &c, &result), -EINVAL); /* has a callback */
	while (wg_loop_poll_result(loop, &a, &result) == 0)
		;
	CU_ASSERT_EQUAL(result, -EBADF);
	CU_ASSERT_EQUAL(wg_loop_poll_result(loop, &a, &result), -EINVAL); /* delivered once */
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &b, &result), 0);
	/* What asking for a and b met on the way is delivered by the next turn, without a sleep. */
	while (t.delivered == 0)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
}

static void results_can_be_asked_for(void)
{
	wg_test_over_all(0, asked);
}

void suite_loop(void)
{
	WG_TEST(the_example_of_the_header_works);
	WG_TEST(files_are_read_written_and_closed);
	WG_TEST(every_error_is_a_result_that_arrives);
	WG_TEST(a_thousand_results_each_once_and_in_order);
	WG_TEST(a_callback_may_submit_but_not_turn);
	WG_TEST(a_callback_may_free_its_operation);
	WG_TEST(results_can_be_asked_for);
}
