/*
 * test_loop.c: the loop over every strategy: results, errors, order, delivery, waking, destroying,
 * and the events it leaves.
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
#include "core/wait.h"
#include "tests/harness.h"
#include "tests/support.h"
#include "tests/trace_test.h"

#define TICK_NS WG_NS_PER_MS /* keeps polling strategies quick */

typedef void (*case_fn)(struct wg_loop *loop, const struct wg_wait_ops *ops);

static struct wg_loop *make_loop(const struct wg_wait_ops *ops, unsigned workers)
{
	struct wg_loop_options o = { .wait = ops->name, .tick_ns = TICK_NS, .workers = workers };
	struct wg_loop *loop = NULL;

	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&o, &loop), 0);
	return loop;
}

static void over_all(unsigned workers, case_fn fn)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		struct wg_loop *loop;

		wg_trace_test_reset();
		loop = make_loop(ops, workers);
		fn(loop, ops);
		wg_loop_destroy(loop);
	}
}

static int64_t await(struct wg_loop *loop, struct wg_op *op)
{
	int64_t result = -EIO;

	CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, op), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_wait_result(loop, op, &result), 0);
	return result;
}

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
	CU_ASSERT_EQUAL(await(loop, &op), 0);
	CU_ASSERT_EQUAL(st.st_size, 5000);
	wg_op_open(&op, path, O_RDWR, 0);
	fd = (int)await(loop, &op);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	wg_op_read(&op, fd, buf, sizeof(buf), 1000);
	CU_ASSERT_EQUAL(await(loop, &op), 4000); /* a short read at the end is no error */
	for (i = 0; i < 4000; i++)
		bad += buf[i] != wg_file_byte(1000 + i);
	CU_ASSERT_EQUAL(bad, 0);
	wg_op_read(&op, fd, buf, sizeof(buf), 5000);
	CU_ASSERT_EQUAL(await(loop, &op), 0); /* the end */
	wg_op_write(&op, fd, "wakegap", 7, 4996);
	CU_ASSERT_EQUAL(await(loop, &op), 7);
	wg_op_read(&op, fd, buf, sizeof(buf), -1); /* where the file stands: at 0 */
	CU_ASSERT_EQUAL(await(loop, &op), 4096);
	wg_op_close(&op, fd);
	CU_ASSERT_EQUAL(await(loop, &op), 0);
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
}

static void files_are_read_written_and_closed(void)
{
	over_all(0, files);
}

static void errors(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op op;
	struct stat st;
	char buf[16];

	(void)ops;
	wg_op_open(&op, "/nonexistent/file", O_RDONLY, 0);
	CU_ASSERT_EQUAL(await(loop, &op), -ENOENT);
	wg_op_stat(&op, "/nonexistent", &st);
	CU_ASSERT_EQUAL(await(loop, &op), -ENOENT);
	wg_op_read(&op, 9999, buf, sizeof(buf), 0);
	CU_ASSERT_EQUAL(await(loop, &op), -EBADF);
	wg_op_close(&op, 9999);
	CU_ASSERT_EQUAL(await(loop, &op), -EBADF);
	wg_op_open(&op, "/", O_RDONLY | O_DIRECTORY, 0);
	op.fd = (int)await(loop, &op);
	wg_op_read(&op, op.fd, buf, sizeof(buf), 0);
	CU_ASSERT_EQUAL(await(loop, &op), -EISDIR);
	(void)close(op.fd);
	op.kind = WG_OP_KIND_COUNT;
	CU_ASSERT_EQUAL(await(loop, &op), -ENOTSUP);
}

static void every_error_is_a_result_that_arrives(void)
{
	over_all(0, errors);
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
	over_all(1, many);
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
	over_all(0, chained);
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
	over_all(0, freed);
}

static void asked(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct tally t = { 0 };
	struct wg_op a, b, c;
	int64_t result = 77;

	(void)ops;
	wg_op_close(&a, -1);
	CU_ASSERT_EQUAL(wg_loop_poll_result(loop, &a, &result), -EINVAL); /* not submitted */
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
	over_all(0, asked);
}

/* ---- waiting, waking, ending ---- */

static void timed_out(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_storm *storm;
	int64_t begin_ns = wg_now_ns();

	(void)ops;
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, -1), -EINVAL);
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 5), 0);
	CU_ASSERT(wg_now_ns() - begin_ns >= 5 * WG_NS_PER_MS);
	storm = wg_storm_start();
	begin_ns = wg_now_ns();
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 20), 0);
	CU_ASSERT(wg_now_ns() - begin_ns >= 20 * WG_NS_PER_MS);
	CU_ASSERT(wg_storm_stop(storm) > 0);
}

static void n_waits_up_to_n_ms_whatever_signals_come(void)
{
	over_all(0, timed_out);
}

static void *wake_main(void *arg)
{
	wg_loop_wake(arg);
	return NULL;
}

static void woken(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	pthread_t thread;
	int i;

	for (i = 0; i < 50; i++) {
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, wake_main, loop), 0);
		CU_ASSERT_EQUAL(wg_loop_run_once(loop, 0), 0);
		(void)pthread_join(thread, NULL);
	}
	/* Before the wait counts as well, and N wakes may be one. */
	for (i = 0; i < 10; i++)
		wg_loop_wake(loop);
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 0), 0);
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 1), 0);
	if (ops->caps & WG_CAP_POLLS)
		CU_ASSERT_EQUAL(wg_trace_test_count("notify"), 0);
}

static void wake_ends_an_endless_wait(void)
{
	over_all(0, woken);
}

static void destroyed(struct wg_loop *unused, const struct wg_wait_ops *ops)
{
	struct wg_loop *loop = make_loop(ops, 1);
	struct wg_op running, queued, ready;
	int pipefd[2];
	char c = 0;

	(void)unused;
	CU_ASSERT_EQUAL_FATAL(pipe2(pipefd, O_CLOEXEC), 0);
	wg_op_close(&ready, -1);
	(void)wg_loop_submit(loop, &ready);
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 0), 1); /* ready, never asked for */
	wg_op_read(&running, pipefd[0], &c, 1, -1);    /* holds the one worker */
	wg_op_close(&queued, pipefd[0]);	       /* must never be performed */
	(void)wg_loop_submit(loop, &running);
	while (wg_trace_test_count("start") < 2)
		(void)wg_loop_run_once(loop, 1);
	(void)wg_loop_submit(loop, &queued);
	/* destroy waits for `running`, which waits for this byte: already there or not. */
	CU_ASSERT_EQUAL(write(pipefd[1], "x", 1), 1);
	wg_loop_destroy(loop);
	CU_ASSERT_EQUAL(c, 'x');
	CU_ASSERT_EQUAL(running.state, WG_OP_IDLE);
	CU_ASSERT_EQUAL(queued.state, WG_OP_IDLE);
	CU_ASSERT_EQUAL(ready.state, WG_OP_IDLE);
	(void)close(pipefd[0]);
	(void)close(pipefd[1]);
}

static void destroy_with_operations_in_flight(void)
{
	over_all(1, destroyed);
}

static void two_loops_share_a_pool(void)
{
	struct wg_pool *pool;
	struct wg_loop *a, *b;
	struct wg_op op[2];
	int64_t result;

	CU_ASSERT_EQUAL_FATAL(wg_pool_create(2, &pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&(struct wg_loop_options){ .pool = pool }, &a), 0);
	CU_ASSERT_EQUAL_FATAL(
		wg_loop_create(&(struct wg_loop_options){ .pool = pool, .wait = "condvar" }, &b),
		0);
	wg_op_close(&op[0], -1);
	wg_op_close(&op[1], -1);
	(void)wg_loop_submit(a, &op[0]);
	(void)wg_loop_submit(b, &op[1]);
	CU_ASSERT_EQUAL(wg_loop_poll_result(a, &op[1], &result), -EINVAL); /* not a's */
	CU_ASSERT_EQUAL(wg_loop_wait_result(b, &op[1], &result), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(a, &op[0], &result), 0);
	CU_ASSERT(op[0].id != op[1].id);
	wg_loop_destroy(a);
	wg_loop_destroy(b);
	wg_pool_destroy(pool);
}

static void nothing_is_left_behind(void)
{
	struct rlimit old, tight;
	struct wg_loop *loop;
	int before = wg_fd_count(), failures = 0;

	over_all(0, timed_out);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
	CU_ASSERT_EQUAL(
		wg_loop_create(&(struct wg_loop_options){ .wait = "nosuch" }, &loop), -EINVAL);
	CU_ASSERT_EQUAL(
		wg_loop_create(&(struct wg_loop_options){ .workers = 5000 }, &loop), -EINVAL);
	wg_loop_destroy(NULL);
	wg_pool_destroy(NULL);
	/* Let every descriptor that eventfd needs fail once. */
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (tight = old, tight.rlim_cur = 0; tight.rlim_cur < 64; tight.rlim_cur++) {
		int rc;

		(void)setrlimit(RLIMIT_NOFILE, &tight);
		rc = wg_loop_create(NULL, &loop);
		(void)setrlimit(RLIMIT_NOFILE, &old);
		if (rc == 0) {
			wg_loop_destroy(loop);
			break;
		}
		CU_ASSERT_EQUAL(rc, -EMFILE);
		failures++;
	}
	CU_ASSERT(failures > 0);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

static void *wrong_thread_main(void *arg)
{
	(void)wg_loop_run_once(arg, 1);
	return NULL;
}

static void another_threads_turn_is_refused(void)
{
	pthread_t thread;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct wg_loop *loop;

		(void)close(2); /* the assertion's message is expected */
		if (wg_loop_create(NULL, &loop) == 0)
			(void)pthread_create(&thread, NULL, wrong_thread_main, loop);
		(void)pthread_join(thread, NULL);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* ---- the events ---- */

static void traced(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	const struct wg_test_event *ev;
	bool is_polling = ops->caps & WG_CAP_POLLS;
	int empty = 0, odd = 0, i;
	struct wg_op op;
	char c;

	CU_ASSERT_STRING_EQUAL(wg_trace_test_at(0)->name, "loop");
	CU_ASSERT_STRING_EQUAL(wg_trace_test_at(0)->text, ops->name);
	CU_ASSERT_EQUAL(wg_trace_test_at(0)->a, is_polling ? TICK_NS : 0);
	for (i = 0; i < 200; i++) {
		wg_op_read(&op, fd, &c, 1, 0);
		CU_ASSERT_EQUAL(await(loop, &op), 1);
	}
	CU_ASSERT_EQUAL(wg_trace_test_count("submit"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("start"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("done"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("deliver"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("notify"), is_polling ? 0 : 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("wait"), wg_trace_test_count("wake"));
	for (i = 0; (ev = wg_trace_test_at((size_t)i)); i++) {
		if (strcmp(ev->name, "wake") == 0)
			odd += ev->a != (is_polling ? WG_WOKE_TIMEOUT : WG_WOKE_NOTIFIED);
		if (strcmp(ev->name, "poll") == 0)
			empty += ev->a == 0;
		if (strcmp(ev->name, "wait") == 0)
			odd += ev->a != (is_polling ? TICK_NS : -1);
	}
	CU_ASSERT_EQUAL(odd, 0);
	if (!is_polling)
		CU_ASSERT_EQUAL(empty, 0);
	(void)close(fd);
}

static void the_events_tell_what_happened(void)
{
	over_all(0, traced);
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
	WG_TEST(n_waits_up_to_n_ms_whatever_signals_come);
	WG_TEST(wake_ends_an_endless_wait);
	WG_TEST(destroy_with_operations_in_flight);
	WG_TEST(two_loops_share_a_pool);
	WG_TEST(nothing_is_left_behind);
	WG_TEST(another_threads_turn_is_refused);
	WG_TEST(the_events_tell_what_happened);
}
