/*
 * loop.c: the life of a loop, and of an operation on it: submit, cancel, deliver. The turn is in
 * turn.c, the way results come in in inbox.c.
 */
#include "core/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/loop_impl.h"
#include "core/trace.h"

static _Atomic uint32_t next_loop_id = 1;

/* ---- from any thread ---- */

void wg_loop_wake(struct wg_loop *loop)
{
	int sent;

	/* release: pairs with the exchange in heard_wake(); what the caller wrote before is visible
	 * to the loop when run_once returns for it. */
	atomic_store_explicit(&loop->is_woken, true, memory_order_release);
	sent = wg_notify(loop->waiter);
	if (!loop->is_polling)
		WG_TRACE(notify, loop->id, UINT64_C(0), sent);
	(void)sent;
}

void wg_loop_stop(struct wg_loop *loop)
{
	/* release: pairs with the exchange in wg_loop_run(). */
	atomic_store_explicit(&loop->is_stopping, true, memory_order_release);
	wg_loop_wake(loop);
}

void wg_loop_progress(struct wg_loop *loop, struct wg_loop_progress *ret)
{
	/* relaxed: numbers to look at; no data rides on them */
	ret->delivered = atomic_load_explicit(&loop->delivered, memory_order_relaxed);
	ret->submitted = atomic_load_explicit(&loop->submitted, memory_order_relaxed);
	ret->ready = wg__inbox_count(loop);
}

/* ---- results ---- */

/* One writer, so no read-modify-write is needed. */
static void count_one(_Atomic uint64_t *n)
{
	/* relaxed, both: see wg_loop_progress() */
	uint64_t now = atomic_load_explicit(n, memory_order_relaxed);

	/* relaxed: as above */
	atomic_store_explicit(n, now + 1, memory_order_relaxed);
}

void wg__loop_note_ready(struct wg_loop *loop, struct wg_op *op)
{
	op->state = WG_OP_READY;
	op->is_fresh = true;
	loop->fresh++;
	loop->ready_count++;
	loop->callbacks += op->done != NULL;
}

void wg__loop_complete(struct wg_loop *loop, struct wg_op *op, int64_t result)
{
	WG_TRACE(done, loop->id, op->id, result);
	op->result = result;
	wg__loop_note_ready(loop, op);
	wg_list_push(&loop->ready, &op->node);
}

int64_t wg__loop_finish(struct wg_loop *loop, struct wg_op *op)
{
	wg_list_remove(&op->node);
	loop->ready_count--;
	loop->fresh -= op->is_fresh;
	op->is_fresh = false;
	loop->callbacks -= op->done != NULL;
	loop->in_flight--;
	loop->net_waits -= wg__op_is_net(op);
	op->state = WG_OP_IDLE;
	count_one(&loop->delivered);
	WG_TRACE(deliver, loop->id, op->id, op->result);
	return op->result;
}

static bool can_be_asked_for(const struct wg_loop *loop, const struct wg_op *op)
{
	return op->state != WG_OP_IDLE && op->loop == loop && !op->done;
}

int wg_loop_poll_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result)
{
	wg__assert_own_thread(loop);
	if (!can_be_asked_for(loop, op))
		return -EINVAL;
	if (op->state != WG_OP_READY) {
		unsigned found = wg__loop_look(loop);

		WG_TRACE(poll, loop->id, found);
		(void)found;
	}
	if (op->state != WG_OP_READY)
		return 0;
	*ret_result = wg__loop_finish(loop, op);
	return 1;
}

int wg_loop_wait_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result)
{
	int rc;

	wg__assert_own_thread(loop);
	if (!can_be_asked_for(loop, op))
		return -EINVAL;
	while (op->state != WG_OP_READY) {
		rc = wg_loop_run_once(loop, 0);
		if (rc < 0)
			return rc;
	}
	*ret_result = wg__loop_finish(loop, op);
	return 0;
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
		/* The wait was refused, but the timer is armed, or ready and on a list; and it is
		 * this function's memory. */
		(void)wg_loop_cancel(loop, &timer);
		(void)wg__loop_finish(loop, &timer);
	}
	return rc;
}

int wg_loop_run(struct wg_loop *loop)
{
	int rc = 0;

	while (rc >= 0) {
		/* acquire: pairs with the store in wg_loop_stop(). Asked before in_flight is: a
		 * stop from the very last callback, or of a loop with nothing to do, is answered
		 * here and does not lie in wait for the next run. */
		if (atomic_exchange_explicit(&loop->is_stopping, false, memory_order_acquire))
			return 1;
		if (loop->in_flight == 0)
			return 0;
		rc = wg_loop_run_once(loop, 0);
	}
	return rc;
}

/* ---- submit and cancel ---- */

int wg_loop_submit(struct wg_loop *loop, struct wg_op *op)
{
	wg__assert_own_thread(loop);
	if (op->state != WG_OP_IDLE)
		return -EBUSY;
	if (op->kind == WG_OP_TIMER &&
		wg__timers_push(&loop->timers, op, wg_time_add(wg_now_ns(), op->delay_ns)) < 0)
		return -ENOMEM;
	op->loop = loop;
	op->state = WG_OP_SUBMITTED;
	/* relaxed: nobody else has it yet */
	atomic_store_explicit(&op->is_cancelled, false, memory_order_relaxed);
	/* The loop's id in the high bits keeps ids unique in the process without a shared counter;
	 * those of the first loop are plain 1, 2, 3. */
	op->id = ((uint64_t)(loop->id - 1) << 40) | ++loop->next_op;
	loop->in_flight++;
	count_one(&loop->submitted);
	WG_TRACE(submit, loop->id, op->id, (int)op->kind, wg__op_arg(op));
	if (wg__op_is_net(op)) {
		loop->net_waits++;
		wg__net_submit(loop, op);
	} else if (op->kind != WG_OP_TIMER) {
		wg__pool_push(loop->pool, op);
	}
	return 0;
}

/* Take op back from whoever has it; false: too late. */
static bool take_back(struct wg_loop *loop, struct wg_op *op)
{
	if (op->kind == WG_OP_TIMER) {
		wg__timers_remove(&loop->timers, op);
		return true;
	}
	if (wg__op_is_net(op))
		return wg__net_cancel(loop, op);
	return wg__pool_take_back(loop->pool, op);
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

unsigned wg_loop_in_flight(const struct wg_loop *loop)
{
	return loop->in_flight;
}

/* ---- create and destroy ---- */

static int create_waiter(struct wg_loop *loop, const struct wg_loop_options *o)
{
	const struct wg_wait_ops *ops = o->ops;

	if (!ops)
		ops = wg_wait_find(o->wait ? o->wait : "eventfd");
	if (!ops)
		return -EINVAL;
	loop->is_polling = ops->caps & WG_CAP_POLLS;
	loop->is_deaf = ops->caps & (WG_CAP_POLLS | WG_CAP_LOSES);
	loop->is_blind = ops->caps & WG_CAP_BLIND;
	loop->has_fds = ops->caps & WG_CAP_FDS;
	return ops->create(o->tick_ns, &loop->waiter);
}

static int create_parts(struct wg_loop *loop, const struct wg_loop_options *o)
{
	int rc = create_waiter(loop, o);

	if (rc < 0)
		return rc;
	loop->tick_ns = loop->waiter->tick_ns;
	if (o->pool) {
		loop->pool = o->pool;
		return 0;
	}
	loop->owns_pool = true;
	rc = wg_pool_create(o->workers, &loop->pool);
	if (rc == 0 && (loop->waiter->ops->caps & WG_CAP_SPINS))
		wg__pool_let_spin(loop->pool);
	return rc;
}

static int init(struct wg_loop *loop)
{
	loop->thread = pthread_self();
	wg_list_init(&loop->ready);
	wg_list_init(&loop->watched);
	wg_list_init(&loop->inbox.list);
	wg__timers_init(&loop->timers);
	return wg__inbox_init(&loop->inbox);
}

int wg_loop_create(const struct wg_loop_options *options, struct wg_loop **ret_loop)
{
	static const struct wg_loop_options defaults;
	struct wg_loop *loop = calloc(1, sizeof(*loop));
	int rc;

	if (!loop)
		return -ENOMEM;
	rc = init(loop);
	if (rc < 0) {
		free(loop);
		return rc;
	}
	rc = create_parts(loop, options ? options : &defaults);
	if (rc < 0) {
		wg_loop_destroy(loop);
		return rc;
	}
	/* relaxed: only the number itself matters */
	loop->id = atomic_fetch_add_explicit(&next_loop_id, 1, memory_order_relaxed);
	WG_TRACE(loop, loop->id, loop->waiter->ops->name, loop->tick_ns);
	*ret_loop = loop;
	return 0;
}

/* Every operation on the list is the caller's again, and nobody is told. */
static void drop(struct wg_loop *loop, struct wg_list *list)
{
	struct wg_list *node;

	while ((node = wg_list_pop(list))) {
		wg_container_of(node, struct wg_op, node)->state = WG_OP_IDLE;
		loop->in_flight--;
	}
}

static void drop_timers(struct wg_loop *loop)
{
	struct wg_op *op;

	while ((op = wg__timers_pop_due(&loop->timers, WG_FOREVER))) {
		op->state = WG_OP_IDLE;
		loop->in_flight--;
	}
}

/* Until no worker has one of ours: those that run now publish and ring like any other. */
static void await_in_flight(struct wg_loop *loop)
{
	struct wg_list back;

	wg_list_init(&back);
	wg__pool_take_back_all(loop->pool, loop, &back);
	drop(loop, &back);
	drop_timers(loop);
	drop(loop, &loop->ready);
	while (loop->in_flight > 0) {
		uint64_t ticket = loop->waiter->ops->arm(loop->waiter);

		if (wg__inbox_take(loop) == 0)
			(void)loop->waiter->ops->sleep(loop->waiter, ticket, WG_FOREVER);
		drop(loop, &loop->ready);
	}
}

void wg_loop_destroy(struct wg_loop *loop)
{
	if (!loop)
		return;
	wg__assert_own_thread(loop);
	assert(!loop->is_turning);
	assert(wg_list_is_empty(&loop->watched)); /* a socket was not closed */
	if (loop->pool)
		await_in_flight(loop);
	if (loop->owns_pool)
		wg_pool_destroy(loop->pool);
	/* All results are here, but a worker of a pool that lives on may still be ringing. */
	wg__inbox_await_quiet(loop);
	if (loop->waiter)
		loop->waiter->ops->destroy(loop->waiter);
	wg__timers_fini(&loop->timers);
	wg__inbox_fini(&loop->inbox);
	free(loop);
}
