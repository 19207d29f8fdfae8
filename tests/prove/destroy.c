/*
 * destroy.c: how a loop ends while its workers are busy: what they have not begun is taken back,
 * what they have begun is waited for, asleep.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "core/pool_state.h"
#include "tests/prove/prove.h"

static struct {
	struct wg_pool *pool;
	struct wg_op running, queued;
	int gate; /* an eventfd */
	int performed, arms;
} d;

static int64_t wait_at_gate(struct wg_op *op, void *unused)
{
	eventfd_t count;

	(void)op;
	(void)unused;
	d.performed++;
	return eventfd_read(d.gate, &count);
}

/* Open the gate once the other one is taken back. */
static void *open_gate(void *unused)
{
	bool is_queued = true;

	while (is_queued) {
		sched_yield();
		wg_lock(&d.pool->lock);
		is_queued = d.queued.is_queued;
		wg_unlock(&d.pool->lock);
	}
	(void)eventfd_write(d.gate, 1);
	return unused;
}

void prove_destroy_queued(const char *wait)
{
	struct wg_loop *loop;
	pthread_t thread;

	prove.drops_ops = true;
	d.gate = eventfd(0, EFD_CLOEXEC);
	lab_check("made", wg_pool_create(1, &d.pool) == 0, "no pool");
	loop = prove_loop(wait, 0, d.pool);
	wg_op_work(&d.running, wait_at_gate, NULL);
	(void)wg_loop_submit(loop, &d.running);
	wg_op_work(&d.queued, wait_at_gate, NULL);
	(void)wg_loop_submit(loop, &d.queued);
	pthread_create(&thread, NULL, open_gate, NULL);
	wg_loop_destroy(loop);
	lab_check("performed", d.performed <= 1, "what was queued was performed");
	lab_check("idle", d.running.state == WG_OP_IDLE && d.queued.state == WG_OP_IDLE,
		"the operations are not ours");
	pthread_join(thread, NULL);
	wg_pool_destroy(d.pool);
	(void)close(d.gate);
	prove_end();
}

static struct wg_wait_ops counting;

static uint64_t count_arm(struct wg_waiter *waiter)
{
	d.arms++;
	return wg_wait_find(counting.name)->arm(waiter);
}

static int make_counting(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	int rc = wg_wait_find(counting.name)->create(tick_ns, ret_waiter);

	(*ret_waiter)->ops = &counting;
	return rc;
}

static int64_t give(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	return 1;
}

/* One result is under way: destroy looks before it sleeps, and after. */
void prove_destroy_sleeps(const char *wait)
{
	struct wg_loop_options options = { .ops = &counting, .workers = 1 };
	struct wg_loop *loop;

	prove.drops_ops = true;
	counting = *wg_wait_find(wait);
	counting.create = make_counting;
	counting.arm = count_arm;
	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	wg_op_work(&d.running, give, NULL);
	(void)wg_loop_submit(loop, &d.running);
	wg_loop_destroy(loop);
	lab_check("asleep", d.arms <= 2, "destroy looked %d times", d.arms);
	prove_end();
}
