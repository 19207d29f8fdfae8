/*
 * run.c: see run.h.
 */
#include "core/run.h"

#include <errno.h>
#include <stdatomic.h>

#include "core/clock.h"
#include "core/loop_state.h"
#include "core/net_local.h"
#include "core/pool_queue.h"
#include "core/ready.h"
#include "core/trace.h"
#include "core/turn.h"

static bool can_be_asked_for(const struct wg_loop *loop, const struct wg_op *op)
{
	wg__assert_own_thread(loop);
	return op->state != WG_OP_IDLE && op->loop == loop && !op->done;
}

int wg_loop_poll_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result)
{
	if (!can_be_asked_for(loop, op))
		return -EINVAL;
	if (op->state != WG_OP_READY) {
		unsigned found = wg__loop_look(loop);

		WG_TRACE(poll, loop->id, found);
	}
	if (op->state != WG_OP_READY)
		return 0;
	*ret_result = wg__loop_finish(loop, op);
	return 1;
}

int wg_loop_wait_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result)
{
	if (!can_be_asked_for(loop, op))
		return -EINVAL;
	while (op->state != WG_OP_READY) {
		int rc = wg_loop_run_once(loop, 0);

		if (rc < 0)
			return rc;
	}
	*ret_result = wg__loop_finish(loop, op);
	return 0;
}

/* Take op back from whatever has it; false: too late. */
static bool take_back(struct wg_loop *loop, struct wg_op *op)
{
	bool is_queued;

	if (op->kind == WG_OP_TIMER) {
		wg__timers_remove(&loop->timers, op);
		return true;
	}
	if (wg__op_is_net(op))
		return wg__net_cancel(loop, op);
	wg_lock(&loop->pool->lock);
	is_queued = op->is_queued;
	if (is_queued)
		wg__pool_unqueue(loop->pool, op);
	wg_unlock(&loop->pool->lock);
	return is_queued;
}

int wg_loop_cancel(struct wg_loop *loop, struct wg_op *op)
{
	wg__assert_own_thread(loop);
	if (op->state != WG_OP_SUBMITTED || op->loop != loop)
		return -EINVAL;
	/* relaxed: a hint for `work`; no data rides on it */
	atomic_store_explicit(&op->is_cancelled, true, memory_order_relaxed);
	if (!take_back(loop, op))
		return -EBUSY;
	wg__loop_complete(loop, op, -ECANCELED);
	return 0;
}

bool wg_op_is_cancelled(struct wg_op *op)
{
	/* relaxed: a hint to stop early; no data rides on it */
	return atomic_load_explicit(&op->is_cancelled, memory_order_relaxed);
}

int wg_loop_sleep(struct wg_loop *loop, int ms)
{
	struct wg_op timer;
	int64_t result;
	int rc;

	wg_op_timer(&timer, ms * WG_NS_PER_MS);
	rc = wg_loop_submit(loop, &timer);
	if (rc < 0)
		return rc;
	rc = wg_loop_wait_result(loop, &timer, &result);
	if (rc < 0) {
		/* The wait was refused, but the timer, which is this function's memory, is armed,
		 * or ready and on a list. */
		(void)wg_loop_cancel(loop, &timer);
		(void)wg__loop_finish(loop, &timer);
	}
	return rc;
}

int wg_loop_run(struct wg_loop *loop)
{
	int rc = 0;

	while (rc >= 0) {
		/* acquire: pairs with the store in wg_loop_stop(). Checked before in_flight, so
		 * that a stop from the very last callback, or of a loop with nothing to do, counts
		 * here and does not end the next run. */
		if (atomic_exchange_explicit(&loop->is_stopping, false, memory_order_acquire))
			return 1;
		if (loop->in_flight == 0)
			return 0;
		rc = wg_loop_run_once(loop, 0);
	}
	return rc;
}

void wg_loop_stop(struct wg_loop *loop)
{
	/* release: pairs with the exchange in wg_loop_run(). */
	atomic_store_explicit(&loop->is_stopping, true, memory_order_release);
	wg_loop_wake(loop);
}

unsigned wg_loop_in_flight(const struct wg_loop *loop)
{
	return loop->in_flight;
}

void wg_loop_progress(struct wg_loop *loop, struct wg_loop_progress *ret)
{
	/* relaxed: numbers to look at; no data rides on them */
	ret->delivered = atomic_load_explicit(&loop->delivered, memory_order_relaxed);
	ret->submitted = atomic_load_explicit(&loop->submitted, memory_order_relaxed);
	ret->ready = wg__inbox_count(loop);
}
