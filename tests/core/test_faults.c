/*
 * test_faults.c: the first, second, third … allocation and thread fail: an error comes back, and
 * nothing is left behind. Leaked memory is AddressSanitizer's to find; descriptors are counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/fork.h"
#include "core/loop.h"
#include "core/pool_queue.h"
#include "core/pool_state.h"
#include "core/worker.h"
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

/* Those that run are counted, and no other: stop joins as many. The caller's signals are as before.
 */
static void a_pool_counts_the_workers_that_run(void)
{
	struct wg_pool *pool = calloc(1, sizeof(*pool));
	sigset_t mask;

	CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
	wg_list_init(&pool->quick);
	wg_list_init(&pool->slow);
	wg_mutex_init(&pool->lock);
	wg_cond_init(&pool->work);
	pool->workers = calloc(4, sizeof(*pool->workers));
	CU_ASSERT_PTR_NOT_NULL_FATAL(pool->workers);
	wg_fault_threads(3);
	CU_ASSERT_EQUAL(wg__pool_start_workers(pool, 4), -EAGAIN);
	wg_fault_threads(WG_FAULT_NEVER);
	CU_ASSERT_EQUAL(pool->worker_count, 2);
	CU_ASSERT_EQUAL(pool->alive, 2);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	CU_ASSERT_EQUAL(sigismember(&mask, SIGUSR1), 0);
	wg_pool_destroy(pool);
}

/* Two of three live, and one of them does slow work: the other one is for what is quick. */
static void half_of_those_that_live_do_slow_work(void)
{
	struct wg_pool pool = { .worker_count = 3, .alive = 2, .slow_running = 1 };
	struct wg_op op = { .kind = WG_OP_WORK };

	wg_list_init(&pool.quick);
	wg_list_init(&pool.slow);
	wg_mutex_init(&pool.lock);
	wg_list_push(&pool.slow, &op.node);
	wg_lock(&pool.lock);
	CU_ASSERT_PTR_NULL(wg__pool_can_take(&pool));
	pool.slow_running = 0;
	CU_ASSERT_PTR_EQUAL(wg__pool_can_take(&pool), &op);
	wg_unlock(&pool.lock);
	wg_mutex_fini(&pool.lock);
}

/* As many as asked for, or none at all. */
static void a_pool_has_the_workers_asked_for(void)
{
	static const struct {
		unsigned asked, made;
	} cases[] = { { 0, WG_WORKERS_DEFAULT }, { 1, 1 }, { 5, 5 } };
	struct wg_pool *pool, *none = NULL;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(wg_pool_create(cases[i].asked, &pool), 0);
		CU_ASSERT_EQUAL(pool->worker_count, cases[i].made);
		wg_pool_destroy(pool);
	}
	CU_ASSERT_EQUAL(wg_pool_create(WG_WORKERS_MAX + 1, &none), -EINVAL);
	wg_fault_threads(1);
	CU_ASSERT_EQUAL(wg_pool_create(WG_WORKERS_MAX, &none), -EAGAIN);
	wg_fault_threads(WG_FAULT_NEVER);
	CU_ASSERT_PTR_NULL(none);
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

/* From now on only so many descriptors can be opened; ALL: as many as before. */
#define ALL (-1)
static void leave_descriptors(int count)
{
	static struct rlimit before;
	struct rlimit few;
	int lowest;

	if (count == ALL) {
		CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &before), 0);
		return;
	}
	lowest = fcntl(0, F_DUPFD_CLOEXEC, 0);
	(void)close(lowest);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ (rlim_t)(lowest + count), before.rlim_max };
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
}

/* With so many descriptors to be opened it is made, or refused: how many it has opened. */
static int create_with(const struct wg_wait_ops *ops, int left, int wanted)
{
	int before = wg_fd_count(), opened;
	struct wg_waiter *w = NULL;

	leave_descriptors(left);
	CU_ASSERT_EQUAL(ops->create(0, &w), wanted);
	leave_descriptors(ALL);
	CU_ASSERT_EQUAL(w != NULL, wanted == 0);
	opened = wg_fd_count() - before;
	if (w)
		ops->destroy(w);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
	return opened;
}

/* A strategy that cannot be made says why, leaves no descriptor, and gives nothing out. */
static void a_strategy_that_cannot_be_made_is_refused(void)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		struct wg_waiter *w = NULL;
		int left, needed;

		if (!wg_test_has_wait(ops))
			continue;
		wg_fault_alloc(1);
		CU_ASSERT_EQUAL(ops->create(0, &w), -ENOMEM);
		wg_fault_alloc(WG_FAULT_NEVER);
		CU_ASSERT_PTR_NULL(w);
		needed = create_with(ops, 9, 0);
		if (ops->caps & WG_CAP_SPINS)
			needed = 0; /* without /proc/loadavg it does not spin */
		for (left = 0; left <= needed; left++)
			(void)create_with(ops, left, left < needed ? -EMFILE : 0);
	}
}

static void create_without_descriptors(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_loop_options o = { .wait = ops->name, .workers = 1 };
	struct wg_loop *other = NULL;
	int before = wg_fd_count(), rc, left;
	struct wg_sock sock;
	struct wg_op op;
	int fd[2];
	char c;

	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	leave_descriptors(0);
	rc = wg_loop_create(&o, &other);
	CU_ASSERT(rc == (ops->fds ? -EMFILE : rc == 0 ? 0 : -EMFILE));
	CU_ASSERT_EQUAL(wg_loop_fork(loop), -EMFILE);
	leave_descriptors(ALL);
	for (left = 0; !ops->fds && left < 2; left++) { /* the net thread cannot be made */
		leave_descriptors(left);
		wg_op_recv(&op, &sock, &c, 1);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EMFILE);
		leave_descriptors(ALL);
	}
	wg_loop_destroy(other);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

static void no_descriptor_is_an_error(void)
{
	wg_test_over_all(1, create_without_descriptors);
}

/* Beside a first one that is still watched. */
static void second_socket(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_sock first, second;
	struct wg_op op;
	int a[2], b[2];
	char c;

	wg_test_socketpair(a);
	wg_test_socketpair(b);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&first, a[0]), 0);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&second, b[0]), 0);
	wg_test_put(a[1], "x", 0);
	wg_test_put(b[1], "x", 0);
	CU_ASSERT_EQUAL(wg_test_recv(loop, &first, &c, 1), 1);
	wg_op_recv(&op, &second, &c, 1);
	wg_fault_alloc(1);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), ops->fds ? 1 : -ENOMEM);
	wg_fault_alloc(WG_FAULT_NEVER);
	/* Its place is the next one: none was counted that does not exist. */
	wg_test_put(b[1], "x", 0);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1);
	CU_ASSERT_EQUAL(second.slot, ops->fds ? 0 : first.slot + 1);
	wg_loop_sock_close(loop, &first);
	wg_loop_sock_close(loop, &second);
	(void)close(a[1]);
	(void)close(b[1]);
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
	/* There is a net thread now; it has no memory for one more socket. */
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
	second_socket(loop, ops);
}

static void a_net_thread_that_cannot_be_made_is_a_result(void)
{
	wg_test_over_all(1, socket_op);
}

static void work_some(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op op;
	int i;

	(void)ops;
	for (i = 0; i < 20; i++) {
		wg_op_close(&op, -1);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EBADF);
	}
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 1), 0);
}

/* Strategies spin only where a processor is free. */
static void work_arrives_crowded_or_not(void)
{
	static const int processors[] = { 1, 1000 };
	size_t i;

	for (i = 0; i < 2; i++) {
		wg_fault_processors(processors[i]);
		wg_test_over_all(1, work_some);
	}
	wg_fault_processors(0);
}

void suite_faults(void)
{
	WG_TEST(every_allocation_of_create_fails_once);
	WG_TEST(a_pool_counts_the_workers_that_run);
	WG_TEST(half_of_those_that_live_do_slow_work);
	WG_TEST(a_pool_has_the_workers_asked_for);
	WG_TEST(every_thread_of_create_fails_once);
	WG_TEST(a_timer_without_memory_is_refused);
	WG_TEST(a_strategy_that_cannot_be_made_is_refused);
	WG_TEST(no_descriptor_is_an_error);
	WG_TEST(work_arrives_crowded_or_not);
	WG_TEST(a_net_thread_that_cannot_be_made_is_a_result);
}
