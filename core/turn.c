/*
 * turn.c: one turn of the loop: arm, look again, sleep, look, deliver. Drawn in loop.h.
 */
#include "core/turn.h"

#include <errno.h>
#include <stdatomic.h>

#include "core/clock.h"
#include "core/loop_state.h"
#include "core/net_local.h"
#include "core/ready.h"
#include "core/trace.h"

/* Was wg_loop_wake() called since we asked last? */
static bool was_woken(struct wg_loop *loop)
{
	/* acquire: pairs with the store in wg_loop_wake(). */
	return atomic_exchange_explicit(&loop->is_woken, false, memory_order_acquire);
}

/* Timers that are due become ready; returns how many. */
static unsigned fire_due(struct wg_loop *loop)
{
	unsigned found = 0;
	struct wg_op *op;
	int64_t now_ns;

	if (loop->timers.count == 0)
		return 0;
	/* One reading for all: a timer that a callback arms meanwhile waits for the next turn. */
	now_ns = wg_now_ns();
	while ((op = wg__timers_pop_due(&loop->timers, now_ns))) {
		wg__loop_complete(loop, op, 0);
		found++;
	}
	return found;
}

unsigned wg__loop_look(struct wg_loop *loop)
{
	return wg__inbox_take(loop) + fire_due(loop);
}

/* The deadline that ends the next sleep. */
static int64_t sleep_until_ns(const struct wg_loop *loop, int64_t deadline_ns)
{
	int64_t timer_ns = wg__timers_next_ns(&loop->timers);

	/* A loop that polls ignores its timers: it finds them late, by looking. */
	if ((loop->caps & WG_CAP_POLLS) || timer_ns > deadline_ns)
		return deadline_ns;
	return timer_ns;
}

/* The longest that the next sleep can take, for the trace: -1 for ever. */
static int64_t planned_sleep_ns(const struct wg_loop *loop, int64_t until_ns)
{
	int64_t tick_ns = loop->waiter->tick_ns ? loop->waiter->tick_ns : WG_FOREVER;
	int64_t left_ns = until_ns == WG_FOREVER ? WG_FOREVER : until_ns - wg_now_ns();

	if (left_ns > tick_ns)
		left_ns = tick_ns;
	return left_ns == WG_FOREVER ? -1 : left_ns < 0 ? 0 : left_ns;
}

/* Sleep once and look: results found, or a negative errno. */
static int sleep_and_look(struct wg_loop *loop, uint64_t ticket, int64_t deadline_ns)
{
	const struct wg_wait_ops *ops = loop->waiter->ops;
	int64_t until_ns = sleep_until_ns(loop, deadline_ns), planned_ns;
	unsigned found, ready, waiting = loop->in_flight - loop->ready_count;
	int woke;

	if (ops->plan)
		ops->plan(loop->waiter, waiting > 0 && waiting == loop->net_waits);
	planned_ns = planned_sleep_ns(loop, until_ns);
	ready = wg__inbox_count(loop) + loop->ready_count;
	WG_TRACE(wait, loop->id, planned_ns, ready);
	woke = ops->sleep(loop->waiter, ticket, until_ns);
	if (woke < 0)
		return woke;
	found = wg__inbox_take_awake(loop, (enum wg_woke)woke);
	found += fire_due(loop) + wg__net_harvest(loop);
	WG_TRACE(poll, loop->id, found);
	return (int)found;
}

/*
 * Some results came outside of a turn: a socket was ready at submit, an operation was cancelled, or
 * wg_loop_poll_result() met others while it looked. Count those, but look as well: a callback that
 * produces such a result each time would otherwise shut out all others.
 */
static int report_others(struct wg_loop *loop)
{
	uint64_t ticket = loop->waiter->ops->arm(loop->waiter);
	unsigned found = wg__loop_look(loop);

	found += wg__net_glance(loop, ticket);
	if (found > 0)
		WG_TRACE(poll, loop->id, found);
	return (int)loop->unreported;
}

/* Results that became ready, or a negative errno. */
static int turn(struct wg_loop *loop, int64_t deadline_ns)
{
	int found;

	if (loop->unreported > 0)
		return report_others(loop);
	do {
		uint64_t ticket = loop->waiter->ops->arm(loop->waiter);

		/* DOC(look-again): the whole secret. Between the last look and arm() a result may
		 * have come whose notification the ticket already counts. */
		found = loop->caps & WG_CAP_NO_LOOK ? 0 : (int)wg__loop_look(loop);
		if (found > 0) {
			found += (int)wg__net_glance(loop, ticket);
			WG_TRACE(poll, loop->id, (uint32_t)found);
			return found;
		}
		if (was_woken(loop))
			return 0;
		found = sleep_and_look(loop, ticket, deadline_ns);
	} while (found == 0 && !was_woken(loop) && wg_now_ns() < deadline_ns);
	return found;
}

/*
 * Call the `done` of everything that is ready now. A callback may submit, cancel, free its
 * operation, or ask for the results of others. So each round starts at the head of a list that
 * holds this turn's results only, and what stays undelivered goes back.
 */
static void deliver_callbacks(struct wg_loop *loop)
{
	struct wg_list batch, kept;

	wg_list_init(&batch);
	wg_list_init(&kept);
	wg_list_move(&batch, &loop->ready);
	while (!wg_list_is_empty(&batch)) {
		struct wg_op *op = wg_container_of(batch.next, struct wg_op, node);

		if (op->done) {
			op->done(op, wg__loop_finish(loop, op));
		} else {
			wg_list_remove(&op->node);
			wg_list_push(&kept, &op->node);
		}
	}
	/* Older results stay in front of those that callbacks made ready. */
	wg_list_move(&kept, &loop->ready);
	wg_list_move(&loop->ready, &kept);
}

int wg_loop_run_once(struct wg_loop *loop, int timeout_ms)
{
	int64_t deadline_ns = WG_FOREVER;
	int found;

	wg__assert_own_thread(loop);
	if (timeout_ms < 0)
		return -EINVAL;
	if (loop->is_turning)
		return -EBUSY;
	if (timeout_ms > 0)
		deadline_ns = wg_time_add(wg_now_ns(), timeout_ms * WG_NS_PER_MS);
	loop->is_turning = true;
	found = turn(loop, deadline_ns);
	/* What becomes ready from here on, by callbacks, is for the next run_once to report. */
	loop->turns++;
	loop->unreported = 0;
	if (loop->callbacks > 0)
		deliver_callbacks(loop);
	loop->is_turning = false;
	return found;
}
