/*
 * test_pool.c: the workers: `work`, its limit, cancel, workers that die, pools that stop.
 *
 * What must be going on when a test acts is made so with semaphores inside `work`, never with time.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/loop.h"
#include "core/pool_state.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/harness/support.h"

/* Work stops here until it may pass, and is counted. */
struct gate {
	sem_t entered, go;
	_Atomic int inside, most_inside, count;
};

static void gate_init(struct gate *g)
{
	memset(g, 0, sizeof(*g));
	(void)sem_init(&g->entered, 0, 0);
	(void)sem_init(&g->go, 0, 0);
}

static void pass(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		; /* EINTR */
}

static int64_t through_gate(struct wg_op *op, void *arg)
{
	struct gate *g = arg;
	int inside = atomic_fetch_add(&g->inside, 1) + 1, most = atomic_load(&g->most_inside);

	(void)op;
	while (inside > most && !atomic_compare_exchange_weak(&g->most_inside, &most, inside))
		;
	(void)sem_post(&g->entered);
	pass(&g->go);
	atomic_fetch_sub(&g->inside, 1);
	return atomic_fetch_add(&g->count, 1);
}

static int64_t give_arg(struct wg_op *op, void *arg)
{
	(void)op;
	return *(int64_t *)arg;
}

static void simple(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	int64_t value = 4711;
	struct wg_op op;

	(void)ops;
	wg_op_work(&op, give_arg, &value);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 4711);
	value = -EDOM;
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EDOM); /* an error is a result, and again */
}

static void work_gives_its_value(void)
{
	wg_test_over_all(1, simple);
}

/* ---- the threads ---- */

/* In a trace of two pools each worker is one, and so is each net thread, made or not: the last. */
static uint32_t id_of(const struct wg_pool *pool, unsigned i)
{
	return i < pool->worker_count ? pool->workers[i].id : pool->first_id + pool->worker_count;
}

static void workers_of_two_pools_have_ids_of_their_own(void)
{
	struct wg_pool *pool[2];
	unsigned i, k;

	for (i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(wg_pool_create(2, &pool[i]), 0);
	for (i = 0; i < 6; i++)
		for (k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(id_of(pool[i / 3], i % 3), id_of(pool[k / 3], k % 3));
	for (i = 0; i < 2; i++)
		wg_pool_destroy(pool[i]);
}

static void half(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op slow[6], quick;
	struct gate g;
	int64_t n;
	int i;

	(void)ops;
	gate_init(&g);
	for (i = 0; i < 6; i++) {
		wg_op_work(&slow[i], through_gate, &g);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &slow[i]), 0);
	}
	pass(&g.entered);
	pass(&g.entered); /* half of the four workers are busy, and four operations wait */
	for (i = 0; i < 20; i++) {
		wg_op_close(&quick, -1);
		CU_ASSERT_EQUAL(wg_test_await(loop, &quick), -EBADF);
	}
	CU_ASSERT_EQUAL(atomic_load(&g.inside), 2);
	for (i = 0; i < 6; i++)
		(void)sem_post(&g.go);
	for (i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &slow[i], &n), 0);
	CU_ASSERT_EQUAL(atomic_load(&g.most_inside), 2);
	CU_ASSERT_EQUAL(atomic_load(&g.count), 6);
}

static void slow_work_gets_half_the_workers(void)
{
	wg_test_over_all(4, half);
}

static int64_t until_cancelled(struct wg_op *op, void *arg)
{
	struct gate *g = arg;

	(void)sem_post(&g->entered);
	pass(&g->go);
	return wg_op_is_cancelled(op) ? 1 : 0;
}

static void cancelled(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op running, queued, file;
	struct gate g;
	int64_t n;

	(void)ops;
	gate_init(&g);
	wg_op_work(&running, until_cancelled, &g);
	wg_op_work(&queued, through_gate, &g);
	wg_op_close(&file, -1);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &queued), -EINVAL); /* not submitted */
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &running), 0);
	pass(&g.entered); /* it has the one worker */
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &queued), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &file), 0);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &running), -EBUSY);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &queued), 0);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &file), 0);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &file), -EINVAL); /* it has its result */
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &queued, &n), 0);
	CU_ASSERT_EQUAL(n, -ECANCELED);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &file, &n), 0);
	CU_ASSERT_EQUAL(n, -ECANCELED);
	(void)sem_post(&g.go);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &running, &n), 0);
	CU_ASSERT_EQUAL(n, 1); /* it asked, and saw the cancel */
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &running), -EINVAL);
	CU_ASSERT_EQUAL(atomic_load(&g.count), 0);
	(void)sem_post(&g.go);
	CU_ASSERT_EQUAL(wg_test_await(loop, &queued), 0); /* submitted anew it is not cancelled */
}

static void cancel_takes_back_what_waits_and_marks_what_runs(void)
{
	wg_test_over_all(1, cancelled);
}

/* ---- workers that die ---- */

static int64_t exit_thread(struct wg_op *op, void *arg)
{
	(void)op;
	if (arg)
		pass(&((struct gate *)arg)->go);
	pthread_exit(NULL);
}

static int64_t cancel_thread(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	(void)pthread_cancel(pthread_self());
	pthread_testcancel();
	return 0;
}

static int64_t cancel_thread_later(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	(void)pthread_cancel(pthread_self()); /* and meets no cancellation point */
	return 0;
}

static void died(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static const wg_work_fn deaths[] = { exit_thread, cancel_thread, cancel_thread_later };
	int64_t value = 1;
	struct wg_op op;
	int i;

	(void)ops;
	for (i = 0; i < 51; i++) {
		wg_op_work(&op, deaths[i % 3], NULL);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EOWNERDEAD);
		wg_op_work(&op, give_arg, &value);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1);
		wg_op_close(&op, -1);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EBADF);
	}
}

static void a_worker_that_dies_is_reported_and_replaced(void)
{
	wg_test_over_all(1, died);
}

static void died_for_good(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op dying, queued, op;
	struct gate g;
	int64_t n;

	(void)ops;
	gate_init(&g);
	/* Two workers, so one slow one at a time: `queued` waits for the death of the first. */
	wg_op_work(&dying, exit_thread, &g);
	wg_op_work(&queued, exit_thread, &g);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &dying), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &queued), 0);
	wg_fault_threads(1);
	(void)sem_post(&g.go);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &dying, &n), 0);
	CU_ASSERT_EQUAL(n, -EOWNERDEAD);
	wg_op_close(&op, -1);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0); /* behind the last worker's last work */
	(void)sem_post(&g.go);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &queued, &n), 0);
	CU_ASSERT_EQUAL(n, -EOWNERDEAD);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &n), 0);
	CU_ASSERT(n == -EBADF || n == -ESHUTDOWN);
	/* No worker is left: operations that come now, or came meanwhile, get an error. */
	do
		n = wg_test_await(loop, &op);
	while (n == -EBADF);
	CU_ASSERT_EQUAL(n, -ESHUTDOWN);
	CU_ASSERT_EQUAL(wg_test_await(loop, &queued), -ESHUTDOWN);
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 1), 0); /* timers need no worker */
	wg_fault_threads(WG_FAULT_NEVER);
}

static void a_pool_that_cannot_replace_its_workers_says_so(void)
{
	wg_test_over_all(2, died_for_good);
}

/* ---- pools that stop, and are shared ---- */

static void *stop_main(void *arg)
{
	wg_pool_stop(arg);
	return NULL;
}

static void a_stopped_pool_answers(void)
{
	struct wg_op running, queued[3], late;
	struct wg_loop *loop;
	struct wg_pool *pool;
	struct gate g;
	pthread_t stopper;
	int64_t n;
	int i;

	gate_init(&g);
	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&(struct wg_loop_options){ .pool = pool }, &loop), 0);
	wg_op_work(&running, through_gate, &g);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &running), 0);
	pass(&g.entered);
	for (i = 0; i < 3; i++) {
		wg_op_close(&queued[i], -1);
		CU_ASSERT_EQUAL(wg_loop_submit(loop, &queued[i]), 0);
	}
	CU_ASSERT_EQUAL_FATAL(pthread_create(&stopper, NULL, stop_main, pool), 0);
	for (i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &queued[i], &n), 0);
		CU_ASSERT_EQUAL(n, -ESHUTDOWN);
	}
	wg_op_close(&late, -1);
	CU_ASSERT_EQUAL(wg_test_await(loop, &late), -ESHUTDOWN);
	(void)sem_post(&g.go);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &running, &n), 0);
	CU_ASSERT_EQUAL(n, 0); /* what ran was waited for */
	(void)pthread_join(stopper, NULL);
	wg_pool_stop(pool);
	CU_ASSERT_EQUAL(wg_test_await(loop, &late), -ESHUTDOWN);
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
}

static void a_loop_ends_and_its_pool_goes_on(void)
{
	struct wg_loop *a, *b;
	struct wg_pool *pool;
	struct wg_op running, of_a[5], of_b;
	struct gate g;
	int64_t n;
	int i;

	gate_init(&g);
	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&(struct wg_loop_options){ .pool = pool }, &a), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&(struct wg_loop_options){ .pool = pool }, &b), 0);
	wg_op_work(&running, through_gate, &g);
	CU_ASSERT_EQUAL(wg_loop_submit(b, &running), 0);
	pass(&g.entered);
	for (i = 0; i < 5; i++) {
		wg_op_work(&of_a[i], through_gate, &g);
		CU_ASSERT_EQUAL(wg_loop_submit(a, &of_a[i]), 0);
	}
	wg_op_close(&of_b, -1);
	CU_ASSERT_EQUAL(wg_loop_submit(b, &of_b), 0);
	wg_loop_destroy(a); /* takes its five back, without waiting for b's */
	for (i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(of_a[i].state, WG_OP_IDLE);
	(void)sem_post(&g.go);
	CU_ASSERT_EQUAL(wg_loop_wait_result(b, &running, &n), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(b, &of_b, &n), 0);
	CU_ASSERT_EQUAL(n, -EBADF);
	CU_ASSERT_EQUAL(atomic_load(&g.count), 1); /* none of a's was performed */
	wg_loop_destroy(b);
	wg_pool_destroy(pool);
}

struct sharer {
	struct wg_pool *pool;
	const char *wait;
	int wrong;
};

static void *share_main(void *arg)
{
	struct sharer *s = arg;
	struct wg_loop_options o = { .pool = s->pool, .wait = s->wait, .tick_ns = WG_TEST_TICK_NS };
	struct wg_loop *loop;
	int i;

	if (wg_loop_create(&o, &loop) != 0) {
		s->wrong = 1000;
		return NULL;
	}
	for (i = 0; i < 50; i++) {
		int64_t value = i, n;
		struct wg_op op[4];
		int k;

		wg_op_work(&op[0], give_arg, &value);
		for (k = 1; k < 4; k++)
			wg_op_close(&op[k], -1);
		for (k = 0; k < 4; k++)
			s->wrong += wg_loop_submit(loop, &op[k]) != 0;
		for (k = 0; k < 4; k++) {
			s->wrong += wg_loop_wait_result(loop, &op[k], &n) != 0;
			s->wrong += n != (k ? -EBADF : i);
		}
	}
	wg_loop_destroy(loop);
	return NULL;
}

static void loops_in_two_threads_share_a_pool(void)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		struct sharer s[2] = { { .wait = ops->name }, { .wait = "eventfd" } };
		pthread_t thread;

		if (!wg_test_has_wait(ops))
			continue;
		CU_ASSERT_EQUAL_FATAL(wg_pool_create(2, &s[0].pool), 0);
		s[1].pool = s[0].pool;
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, share_main, &s[1]), 0);
		(void)share_main(&s[0]);
		(void)pthread_join(thread, NULL);
		CU_ASSERT_EQUAL(s[0].wrong, 0);
		CU_ASSERT_EQUAL(s[1].wrong, 0);
		wg_pool_destroy(s[0].pool);
	}
}

void suite_pool(void)
{
	WG_TEST(work_gives_its_value);
	WG_TEST(workers_of_two_pools_have_ids_of_their_own);
	WG_TEST(slow_work_gets_half_the_workers);
	WG_TEST(cancel_takes_back_what_waits_and_marks_what_runs);
	WG_TEST(a_worker_that_dies_is_reported_and_replaced);
	WG_TEST(a_pool_that_cannot_replace_its_workers_says_so);
	WG_TEST(a_stopped_pool_answers);
	WG_TEST(a_loop_ends_and_its_pool_goes_on);
	WG_TEST(loops_in_two_threads_share_a_pool);
}
