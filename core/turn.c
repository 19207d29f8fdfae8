/*
 * turn.c: one turn of the loop: arm, look again, sleep, look, deliver. Drawn in loop.h.
 */
#include <errno.h>
#include <stdatomic.h>

#include "core/clock.h"
#include "core/loop_impl.h"
#include "core/trace.h"

static bool heard_wake(struct wg_loop *loop)
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
	/* One reading for all: a timer that a callback arms meanwhile is not of this turn. */
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

/*
 * A loop that always finds work never sleeps, and its sockets would starve. So a turn that found
 * some asks the kernel as well, without waiting.
 */
static unsigned glance_at_sockets(struct wg_loop *loop, uint64_t ticket)
{
	if (wg_list_is_empty(&loop->watched))
		return 0;
	(void)loop->waiter->ops->sleep(loop->waiter, ticket, 0);
	return wg__net_harvest(loop);
}

/* The deadline that ends the next sleep. */
static int64_t sleep_until_ns(const struct wg_loop *loop, int64_t deadline_ns)
{
	int64_t timer_ns = wg__timers_next_ns(&loop->timers);

	/* One that polls does not know its timers: it finds them late, by looking. */
	if (loop->is_polling || timer_ns > deadline_ns)
		return deadline_ns;
	return timer_ns;
}

/* How long the strategy will sleep at the most, for the trace: -1 for ever. */
static int64_t planned_sleep_ns(const struct wg_loop *loop, int64_t until_ns)
{
	int64_t tick_ns = loop->waiter->tick_ns;
	int64_t left_ns;

	if (until_ns == WG_FOREVER)
		return tick_ns ? tick_ns : -1;
	left_ns = until_ns - wg_now_ns();
	if (left_ns < 0)
		left_ns = 0;
	return tick_ns && tick_ns < left_ns ? tick_ns : left_ns;
}

/*
 * The runtime as found waited 10 ms for files and timers, and 50 ms where it waited for sockets
 * only.
 */
static void choose_tick(struct wg_loop *loop)
{
	int64_t tick_ns = loop->tick_ns;

	if (!loop->is_blind)
		return;
	if (loop->net_waits > 0 && loop->net_waits == loop->in_flight - loop->ready_count)
		tick_ns = tick_ns > WG_TICK_CLAMP_NS / 5 ? WG_TICK_CLAMP_NS : 5 * tick_ns;
	loop->waiter->tick_ns = tick_ns;
}

/* Sleep once and look: results found, or a negative errno. */
static int sleep_and_look(struct wg_loop *loop, uint64_t ticket, int64_t deadline_ns)
{
	int64_t until_ns = sleep_until_ns(loop, deadline_ns);
	unsigned found;
	int woke;

	choose_tick(loop);
	WG_TRACE(wait, loop->id, planned_sleep_ns(loop, until_ns),
		wg__inbox_count(loop) + loop->ready_count);
	woke = loop->waiter->ops->sleep(loop->waiter, ticket, until_ns);
	if (woke < 0)
		return woke;
	found = wg__inbox_take_awake(loop, (enum wg_woke)woke);
	found += fire_due(loop) + wg__net_harvest(loop);
	WG_TRACE(poll, loop->id, found);
	return (int)found;
}

/*
 * Results came about outside of a turn: a socket that was ready at submit, a cancel, or what
 * wg_loop_poll_result() met while it looked for another. Look all the same: a callback that makes
 * another such result each time would shut out everybody else for ever.
 */
static int tell_of_fresh(struct wg_loop *loop)
{
	uint64_t ticket = loop->waiter->ops->arm(loop->waiter);
	unsigned found = wg__loop_look(loop);

	found += glance_at_sockets(loop, ticket);
	if (found > 0)
		WG_TRACE(poll, loop->id, found);
	return (int)loop->fresh;
}

int wg__loop_turn(struct wg_loop *loop, int64_t deadline_ns)
{
	const struct wg_wait_ops *ops = loop->waiter->ops;
	int found;

	if (loop->fresh > 0)
		return tell_of_fresh(loop);
	do {
		uint64_t ticket = ops->arm(loop->waiter);

		/* DOC(look-again): the whole secret. Between the last look and arm() a result may
		 * have come whose ring the ticket already counts. */
		found = loop->is_blind ? 0 : (int)wg__loop_look(loop);
		if (found > 0) {
			found += (int)glance_at_sockets(loop, ticket);
			WG_TRACE(poll, loop->id, (uint32_t)found);
			return found;
		}
		if (heard_wake(loop))
			return 0;
		found = sleep_and_look(loop, ticket, deadline_ns);
	} while (found == 0 && !heard_wake(loop) && wg_now_ns() < deadline_ns);
	return found;
}

/*
 * Call the `done` of everything that is ready now. A callback may submit, deliver others by asking,
 * cancel, or free its operation; so each round starts at the head of a list that only this turn's
 * results are on, and what stays undelivered goes back.
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

/* run_once has told of everything that is ready. */
static void mark_told(struct wg_loop *loop)
{
	struct wg_list *node;

	for (node = loop->ready.next; loop->fresh > 0 && node != &loop->ready; node = node->next) {
		struct wg_op *op = wg_container_of(node, struct wg_op, node);

		loop->fresh -= op->is_fresh;
		op->is_fresh = false;
	}
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
	found = wg__loop_turn(loop, deadline_ns);
	mark_told(loop);
	if (loop->callbacks > 0)
		deliver_callbacks(loop);
	loop->is_turning = false;
	return found;
}
