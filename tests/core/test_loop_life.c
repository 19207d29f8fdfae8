/*
 * test_loop_life.c: waiting, waking and ending a loop, and the events it leaves, over every
 * strategy.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/fork.h"
#include "core/loop_state.h"
#include "core/wait/wait.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/core/sockets.h"
#include "tests/harness/support.h"
#include "tests/core/trace_test.h"

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
	wg_test_over_all(0, timed_out);
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
	wg_test_over_all(0, woken);
}

static void destroyed(struct wg_loop *unused, const struct wg_wait_ops *ops)
{
	struct wg_loop *loop = wg_test_loop(ops, 1);
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
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &running), -EBUSY);
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
	wg_test_over_all(1, destroyed);
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

struct opener {
	struct wg_loop *loop;
	_Atomic bool is_open;
};

/* Let the held write go as soon as destroy waits for it. */
static void *open_when_closing(void *arg)
{
	struct opener *o = arg;
	bool is_closing;

	do {
		(void)sched_yield();
		wg_lock(&o->loop->inbox.lock);
		is_closing = o->loop->inbox.is_closing;
		wg_unlock(&o->loop->inbox.lock);
	} while (!is_closing);
	atomic_store(&o->is_open, true);
	wg_fault_release_write();
	return NULL;
}

/* The loop has found the result by looking; the worker is still about to kick. */
static void destroy_waits_for_a_kick_under_way(void)
{
	struct opener opener = { .loop = NULL };
	struct wg_pool *pool;
	pthread_t thread;
	struct wg_op op;
	int64_t result;

	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &pool), 0);
	CU_ASSERT_EQUAL_FATAL(
		wg_loop_create(
			&(struct wg_loop_options){ .pool = pool, .wait = "eventfd" }, &opener.loop),
		0);
	wg_fault_hold_write();
	wg_op_close(&op, -1);
	(void)wg_loop_submit(opener.loop, &op);
	while (!wg_fault_holds_write())
		(void)sched_yield();
	CU_ASSERT_EQUAL(wg_loop_poll_result(opener.loop, &op, &result), 1);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, open_when_closing, &opener), 0);
	wg_loop_destroy(opener.loop);
	CU_ASSERT(atomic_load(&opener.is_open));
	(void)pthread_join(thread, NULL);
	wg_pool_destroy(pool);
}

static void nothing_is_left_behind(void)
{
	struct rlimit old, tight;
	struct wg_loop *loop;
	int before = wg_fd_count(), failures = 0;

	wg_test_over_all(0, timed_out);
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

/* ---- misuse is asserted ---- */

static struct {
	struct wg_loop *loop;
	struct wg_sock sock;
	struct wg_op op;
	char byte;
} mine;

static void turn_it(void)
{
	(void)wg_loop_run_once(mine.loop, 1);
}

static void submit_to_it(void)
{
	(void)wg_loop_submit(mine.loop, &mine.op);
}

static void ask_it(void)
{
	int64_t result;

	(void)wg_loop_poll_result(mine.loop, &mine.op, &result);
}

static void cancel_in_it(void)
{
	(void)wg_loop_cancel(mine.loop, &mine.op);
}

static void close_in_it(void)
{
	wg_loop_sock_close(mine.loop, &mine.sock);
}

static void fork_it(void)
{
	(void)wg_loop_fork(mine.loop);
}

static void destroy_it(void)
{
	wg_loop_destroy(mine.loop);
}

static void *on_another_thread(void *call)
{
	(*(void (**)(void))call)();
	return NULL;
}

static void elsewhere(void (*call)(void))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, on_another_thread, &call) == 0)
		(void)pthread_join(thread, NULL);
}

static void destroy_in_done(struct wg_op *op, int64_t result)
{
	(void)op;
	(void)result;
	destroy_it();
}

static void inside(void (*call)(void))
{
	(void)call;
	mine.op.done = destroy_in_done;
	(void)wg_loop_submit(mine.loop, &mine.op);
	turn_it();
}

/* Not for the socket, which nobody closes: it is said at once. */
static void with_a_socket(void (*call)(void))
{
	wg_op_recv(&mine.op, &mine.sock, &mine.byte, 1);
	(void)wg_loop_submit(mine.loop, &mine.op);
	call();
}

/* How a child ends that makes a loop and misuses it. */
static int status_of_misuse(void (*how)(void (*)(void)), void (*call)(void))
{
	int status = 0, fd[2];
	pid_t pid;

	wg_test_socketpair(fd);
	pid = fork();
	if (pid == 0) {
		(void)close(2); /* the assertion's message is expected */
		wg_op_timer(&mine.op, 0);
		if (wg_loop_create(NULL, &mine.loop) == 0 && wg_sock_init(&mine.sock, fd[0]) == 0)
			how(call);
		_exit(0);
	}
	(void)close(fd[0]);
	(void)close(fd[1]);
	(void)waitpid(pid, &status, 0);
	return status;
}

static void misuse_is_refused(void)
{
	static const struct {
		const char *name;
		void (*how)(void (*)(void));
		void (*call)(void);
	} misuse[] = {
		{ "run_once on another thread", elsewhere, turn_it },
		{ "submit on another thread", elsewhere, submit_to_it },
		{ "poll_result on another thread", elsewhere, ask_it },
		{ "cancel on another thread", elsewhere, cancel_in_it },
		{ "sock_close on another thread", elsewhere, close_in_it },
		{ "fork on another thread", elsewhere, fork_it },
		{ "destroy on another thread", elsewhere, destroy_it },
		{ "destroy inside of `done`", inside, destroy_it },
		{ "destroy with an open socket", with_a_socket, destroy_it },
	};
	size_t i;

	for (i = 0; i < sizeof(misuse) / sizeof(misuse[0]); i++) {
		int status = status_of_misuse(misuse[i].how, misuse[i].call);

		CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
			printf("# %s: status %#x\n", misuse[i].name, (unsigned)status);
	}
}

/* ---- the events ---- */

static void traced(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	const struct wg_test_event *ev;
	bool is_polling = ops->caps & WG_CAP_POLLS;
	int empty = 0, odd = 0, interrupted = 0, i;
	struct wg_op op;
	char c;

	CU_ASSERT_STRING_EQUAL(wg_trace_test_at(0)->name, "loop");
	CU_ASSERT_STRING_EQUAL(wg_trace_test_at(0)->text, ops->name);
	CU_ASSERT_EQUAL(wg_trace_test_at(0)->a, is_polling ? WG_TEST_TICK_NS : 0);
	for (i = 0; i < 200; i++) {
		wg_op_read(&op, fd, &c, 1, 0);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1);
	}
	CU_ASSERT_EQUAL(wg_trace_test_count("submit"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("start"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("done"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("deliver"), 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("notify"), is_polling ? 0 : 200);
	CU_ASSERT_EQUAL(wg_trace_test_count("wait"), wg_trace_test_count("wake"));
	for (i = 0; (ev = wg_trace_test_at((size_t)i)); i++) {
		/* The kernel may still be taking down the io_uring of the test before this one. */
		if (strcmp(ev->name, "wake") == 0 && ev->a == WG_WOKE_INTERRUPTED)
			interrupted++;
		else if (strcmp(ev->name, "wake") == 0)
			odd += ev->a != (is_polling ? WG_WOKE_TIMEOUT : WG_WOKE_NOTIFIED);
		if (strcmp(ev->name, "poll") == 0)
			empty += ev->a == 0;
		if (strcmp(ev->name, "wait") == 0)
			odd += ev->a != (is_polling ? WG_TEST_TICK_NS : -1);
	}
	CU_ASSERT_EQUAL(odd, 0);
	if (!is_polling)
		CU_ASSERT(empty <= interrupted);
	(void)close(fd);
}

static void the_events_tell_what_happened(void)
{
	wg_test_over_all(0, traced);
}

void suite_loop_life(void)
{
	WG_TEST(n_waits_up_to_n_ms_whatever_signals_come);
	WG_TEST(wake_ends_an_endless_wait);
	WG_TEST(destroy_with_operations_in_flight);
	WG_TEST(two_loops_share_a_pool);
	WG_TEST(destroy_waits_for_a_kick_under_way);
	WG_TEST(nothing_is_left_behind);
	WG_TEST(misuse_is_refused);
	WG_TEST(the_events_tell_what_happened);
}
