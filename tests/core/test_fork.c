/*
 * test_fork.c: wg_loop_fork() over every strategy: both processes go on, and get their own results.
 *
 * The child says what it found in its exit status: CUnit's counters are the parent's.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fork.h"
#include "core/loop.h"
#include "core/loop_state.h"
#include "core/pool_state.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/core/sockets.h"
#include "tests/harness/support.h"
#include "tests/core/trace_test.h"

/* It keeps a list of threads by address. In the child it does not learn that they are gone, and
 * refuses the workers, which get the same stacks. What the parent does is still checked. */
static bool tsan_refuses(void)
{
#ifdef WG_UNDER_TSAN
	wg_skip("ThreadSanitizer cannot follow threads made in the child of a fork");
	return true;
#else
	return false;
#endif
}

/* Leave the child: with the first number that was not zero, and with no exit handler. */
#define CHILD_CHECK(condition)                                                                     \
	do {                                                                                       \
		if (!(condition))                                                                  \
			_exit(__LINE__ % 250 + 1);                                                 \
	} while (0)

static int status_of(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int64_t ask(struct wg_loop *loop, struct wg_op *op)
{
	int64_t result = -EIO;

	if (wg_loop_submit(loop, op) < 0 || wg_loop_wait_result(loop, op, &result) < 0)
		return -EIO;
	return result;
}

static int64_t take_post(struct wg_op *op, void *arg)
{
	sem_t *sem = arg;

	(void)op;
	(void)sem_post(&sem[0]);
	while (sem_wait(&sem[1]) != 0)
		; /* EINTR */
	return 42;
}

/*
 * Both of the loop's two workers have begun. AddressSanitizer's allocator, unlike the C library's,
 * is broken in the child if another thread allocates at the moment of fork; these threads do that
 * when they begin, and then no more.
 */
static int warm_up(struct wg_loop *loop)
{
	struct wg_op slow, quick;
	int64_t n;
	sem_t sem[2];

	(void)sem_init(&sem[0], 0, 0);
	(void)sem_init(&sem[1], 0, 0);
	wg_op_work(&slow, take_post, sem);
	if (wg_loop_submit(loop, &slow) != 0)
		return 0;
	while (sem_wait(&sem[0]) != 0)
		;		 /* EINTR */
	wg_op_close(&quick, -1); /* for the other one: the first is busy */
	if (ask(loop, &quick) != -EBADF)
		return 0;
	(void)sem_post(&sem[1]);
	return wg_loop_wait_result(loop, &slow, &n) == 0 && n == 42;
}

/* What every loop should be able to do. */
static int can_go_on(struct wg_loop *loop)
{
	struct wg_op op;
	int i;

	for (i = 0; i < 10; i++) {
		wg_op_close(&op, -1);
		if (ask(loop, &op) != -EBADF)
			return 0;
	}
	wg_loop_wake(loop);
	return wg_loop_run_once(loop, 0) == 0 && wg_loop_sleep(loop, 1) == 0;
}

struct scene {
	struct wg_op running, queued, timer, waiting, published;
	struct wg_sock sock;
	int peer;
	sem_t sem[2];
	char c;
};

/* One operation in each of the places where it can be. One worker. */
static void set_scene(struct wg_loop *loop, struct scene *s)
{
	int fd[2];

	memset(s, 0, sizeof(*s));
	(void)sem_init(&s->sem[0], 0, 0);
	(void)sem_init(&s->sem[1], 0, 0);
	wg_test_tcp_pair(fd);
	s->peer = fd[1];
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&s->sock, fd[0]), 0);
	wg_test_put(s->peer, "w", 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, &s->sock, &s->c, 1), 1); /* the net thread runs */
	wg_op_close(&s->published, -1);
	wg_op_work(&s->running, take_post, s->sem);
	wg_op_close(&s->queued, -1);
	wg_op_timer(&s->timer, 5 * WG_NS_PER_MS);
	wg_op_recv(&s->waiting, &s->sock, &s->c, 1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &s->waiting), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &s->published), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &s->running), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &s->queued), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &s->timer), 0);
	while (sem_wait(&s->sem[0]) != 0)
		; /* EINTR */
}

static void in_child(struct wg_loop *loop, struct scene *s, int fd_count)
{
	struct wg_op op;
	int64_t n = 1;
	char c = 0;

	CHILD_CHECK(wg_fd_count() <= fd_count);
	CHILD_CHECK(wg_loop_in_flight(loop) == 5);
	CHILD_CHECK(wg_loop_wait_result(loop, &s->running, &n) == 0 && n == -ECANCELED);
	CHILD_CHECK(wg_loop_wait_result(loop, &s->queued, &n) == 0 && n == -ECANCELED);
	CHILD_CHECK(wg_loop_wait_result(loop, &s->waiting, &n) == 0 && n == -ECANCELED);
	CHILD_CHECK(wg_loop_wait_result(loop, &s->published, &n) == 0 && n == -EBADF);
	CHILD_CHECK(wg_loop_wait_result(loop, &s->timer, &n) == 0 && n == 0);
	CHILD_CHECK(wg_loop_in_flight(loop) == 0);
	CHILD_CHECK(can_go_on(loop));
	/* The socket is watched anew, and takes a byte that is meant for this process. */
	wg_op_recv(&op, &s->sock, &c, 1);
	CHILD_CHECK(ask(loop, &op) == 1 && c == 'c');
	wg_op_send(&op, &s->sock, "d", 1);
	CHILD_CHECK(ask(loop, &op) == 1);
	wg_loop_sock_close(loop, &s->sock);
	(void)close(s->peer);
	wg_loop_destroy(loop);
	_exit(0);
}

static void forked(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct scene s;
	int64_t n;
	int fd_count;
	pid_t pid;
	char c;

	(void)ops;
	set_scene(loop, &s);
	fd_count = wg_fd_count();
	pid = wg_loop_fork(loop);
	if (pid == 0)
		in_child(loop, &s, fd_count);
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(wg_fd_count(), fd_count);
	(void)sem_post(&s.sem[1]);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &s.running, &n), 0);
	CU_ASSERT_EQUAL(n, 42);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &s.queued, &n), 0);
	CU_ASSERT_EQUAL(n, -EBADF);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &s.published, &n), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &s.timer, &n), 0);
	CU_ASSERT_EQUAL(n, 0);
	CU_ASSERT(can_go_on(loop));
	/* Both share the stream: so that the child gets its byte, the parent stops waiting. */
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &s.waiting), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &s.waiting, &n), 0);
	CU_ASSERT_EQUAL(n, -ECANCELED);
	wg_test_put(s.peer, "c", 0);
	wg_test_get(s.peer, &c, 1);
	CU_ASSERT_EQUAL(c, 'd');
	CU_ASSERT_EQUAL(status_of(pid), 0);
	/* The child is gone, and with it its copies; the parent's socket still works. */
	wg_test_put(s.peer, "p", 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, &s.sock, &s.c, 1), 1);
	CU_ASSERT_EQUAL(s.c, 'p');
	wg_loop_sock_close(loop, &s.sock);
	(void)close(s.peer);
}

static void both_go_on_and_get_their_own_results(void)
{
	int before = wg_fd_count();

	if (tsan_refuses())
		return;
	wg_test_over_all(1, forked);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

static void grandchild(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	pid_t pid;

	(void)ops;
	CU_ASSERT(warm_up(loop));
	pid = wg_loop_fork(loop);
	if (pid == 0) {
		CHILD_CHECK(warm_up(loop));
		pid = wg_loop_fork(loop);
		CHILD_CHECK(pid >= 0);
		CHILD_CHECK(can_go_on(loop));
		if (pid > 0)
			CHILD_CHECK(status_of(pid) == 0);
		wg_loop_destroy(loop);
		_exit(0);
	}
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT(can_go_on(loop));
	CU_ASSERT_EQUAL(status_of(pid), 0);
}

static void a_child_may_fork(void)
{
	if (tsan_refuses())
		return;
	wg_test_over_all(2, grandchild);
}

struct notifier {
	struct wg_loop *loop;
	_Atomic int stop;
};

static void *notifying_main(void *arg)
{
	struct notifier *r = arg;

	while (!atomic_load(&r->stop)) {
		wg_loop_wake(r->loop);
		(void)sched_yield();
	}
	return NULL;
}

static void count_down(struct wg_op *op, int64_t result)
{
	int *left = op->user;

	(void)result;
	--*left;
}

/* Fork at any moment: workers publish and another thread notifies all the time. */
static void amid(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct notifier r = { .loop = loop };
	pthread_t thread;
	int round, i;

	(void)ops;
	wg_trace_test_mute(true);
	CU_ASSERT(warm_up(loop));
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, notifying_main, &r), 0);
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 0), 0); /* the other thread wakes it up */
	for (round = 0; round < 3; round++) {
		struct wg_op op[50];
		int left = 50;
		pid_t pid;

		for (i = 0; i < 50; i++) {
			wg_op_close(&op[i], -1);
			op[i].done = count_down;
			op[i].user = &left;
			CU_ASSERT_EQUAL(wg_loop_submit(loop, &op[i]), 0);
		}
		pid = wg_loop_fork(loop);
		CU_ASSERT_FATAL(pid >= 0);
		while (left > 0)
			(void)wg_loop_run_once(loop, 0);
		if (pid == 0) {
			CHILD_CHECK(wg_loop_in_flight(loop) == 0);
			CHILD_CHECK(can_go_on(loop));
			wg_loop_destroy(loop);
			_exit(0);
		}
		CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
		CU_ASSERT_EQUAL(status_of(pid), 0);
	}
	atomic_store(&r.stop, 1);
	(void)pthread_join(thread, NULL);
	wg_trace_test_mute(false);
}

static void amid_results_and_notifications(void)
{
	if (tsan_refuses())
		return;
	wg_test_over_all(2, amid);
}

static void try_inside(struct wg_op *op, int64_t result)
{
	(void)result;
	op->result = wg_loop_fork(op->user);
}

static void what_cannot_be_forked_says_so(void)
{
	struct wg_loop *loop;
	struct wg_pool *pool;
	struct wg_op op;
	int before = wg_fd_count();

	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&(struct wg_loop_options){ .pool = pool }, &loop), 0);
	CU_ASSERT_EQUAL(wg_loop_fork(loop), -ENOTSUP);
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	wg_op_timer(&op, 0);
	op.done = try_inside;
	op.user = loop;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
	CU_ASSERT_EQUAL(op.result, -EBUSY);
	wg_loop_destroy(loop);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

static void a_child_that_cannot_go_on_never_existed(void)
{
	struct wg_loop *loop;
	int before = wg_fd_count();

	if (tsan_refuses())
		return;
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	/* The child cannot make its third worker: it never existed, and the parent goes on. */
	wg_fault_threads(3);
	CU_ASSERT_EQUAL(wg_loop_fork(loop), -EAGAIN);
	wg_fault_threads(WG_FAULT_NEVER);
	CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	CU_ASSERT_EQUAL(errno, ECHILD);
	CU_ASSERT(can_go_on(loop));
	wg_loop_destroy(loop);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

/* ---- what the child is made of ---- */

static int64_t end_thread(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_exit(NULL);
}

static unsigned count_alive(struct wg_pool *pool)
{
	unsigned alive;

	wg_lock(&pool->lock);
	alive = pool->alive;
	wg_unlock(&pool->lock);
	return alive;
}

/* A worker dies and cannot have a successor: the parent goes on with one less. */
static void lose_a_worker(struct wg_loop *loop)
{
	unsigned before = count_alive(loop->pool);
	struct wg_op op;

	wg_fault_threads(1);
	wg_op_work(&op, end_thread, NULL);
	CU_ASSERT_EQUAL(ask(loop, &op), -EOWNERDEAD);
	while (count_alive(loop->pool) == before)
		(void)sched_yield();
	wg_fault_threads(WG_FAULT_NEVER);
}

/* The tick and the workers that the loop was made with, and the stop that was asked for. */
static void a_child_is_made_as_its_parent_was(void)
{
	struct wg_loop_options options = {
		.wait = "tick", .tick_ns = 3 * WG_NS_PER_MS, .workers = 2
	};
	struct wg_loop *loop;
	pid_t pid;

	if (tsan_refuses())
		return;
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&options, &loop), 0);
	lose_a_worker(loop);
	wg_loop_stop(loop);
	pid = wg_loop_fork(loop);
	if (pid == 0) {
		CHILD_CHECK(loop->waiter->tick_ns == options.tick_ns);
		CHILD_CHECK(loop->pool->worker_count == 2 && count_alive(loop->pool) == 2);
		CHILD_CHECK(wg_loop_run(loop) == 1);
		_exit(0);
	}
	CU_ASSERT_EQUAL(status_of(pid), 0);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 1);
	wg_loop_destroy(loop);
}

void suite_fork(void)
{
	WG_TEST_TCP(both_go_on_and_get_their_own_results);
	WG_TEST(a_child_may_fork);
	WG_TEST(amid_results_and_notifications);
	WG_TEST(what_cannot_be_forked_says_so);
	WG_TEST(a_child_that_cannot_go_on_never_existed);
	WG_TEST(a_child_is_made_as_its_parent_was);
}
