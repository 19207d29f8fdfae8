/*
 * loop.c: the life of a loop, and submit. turn.c has the turn, inbox.c the way in for results,
 * ready.c their delivery.
 */
#include "core/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/loop_state.h"
#include "core/net_local.h"
#include "core/pool_queue.h"
#include "core/pool_spin.h"
#include "core/ready.h"
#include "core/trace.h"

static _Atomic uint32_t next_loop_id = 1;

void wg_loop_wake(struct wg_loop *loop)
{
	int sent;

	/* release: pairs with the exchange in was_woken(): the loop sees what the caller wrote
	 * before when run_once returns for it. */
	atomic_store_explicit(&loop->is_woken, true, memory_order_release);
	sent = wg_notify(loop->waiter);
	if (!(loop->caps & WG_CAP_POLLS))
		WG_TRACE(notify, loop->id, UINT64_C(0), sent);
}

/* What traces show as `arg`: a descriptor, ns of a timer, else bytes asked for. */
static int64_t arg_of(const struct wg_op *op)
{
	return op->kind == WG_OP_CLOSE	 ? op->fd
	       : op->kind == WG_OP_TIMER ? op->delay_ns
					 : (int64_t)op->len;
}

int wg_loop_submit(struct wg_loop *loop, struct wg_op *op)
{
	int64_t arg = arg_of(op);
	uint64_t number;

	wg__assert_own_thread(loop);
	if (op->state != WG_OP_IDLE)
		return -EBUSY;
	if (op->kind == WG_OP_TIMER &&
		wg__timers_push(&loop->timers, op, wg_time_add(wg_now_ns(), op->delay_ns)) < 0)
		return -ENOMEM;
	op->loop = loop;
	op->state = WG_OP_SUBMITTED;
	/* relaxed: no other thread has it yet */
	atomic_store_explicit(&op->is_cancelled, false, memory_order_relaxed);
	/* relaxed: a number to look at; no data rides on it */
	number = atomic_fetch_add_explicit(&loop->submitted, 1, memory_order_relaxed) + 1;
	/* The loop's id in the high bits makes ids unique in the process without a shared counter;
	 * those of the first loop are plain 1, 2, 3. */
	op->id = ((uint64_t)(loop->id - 1) << 40) | number;
	loop->in_flight++;
	WG_TRACE(submit, loop->id, op->id, (int)op->kind, arg);
	if (wg__op_is_net(op)) {
		loop->net_waits++;
		wg__net_submit(loop, op);
	} else if (op->kind != WG_OP_TIMER) {
		wg__pool_push(loop->pool, op);
	}
	return 0;
}

static int create_parts(struct wg_loop *loop, const struct wg_loop_options *o)
{
	const struct wg_wait_ops *ops = o->ops;
	int rc;

	if (!ops)
		ops = wg_wait_find(o->wait ? o->wait : "eventfd");
	if (!ops)
		return -EINVAL;
	rc = ops->create(o->tick_ns, &loop->waiter);
	if (rc < 0)
		return rc;
	loop->caps = ops->caps;
	loop->tick_ns = loop->waiter->tick_ns;
	loop->owns_pool = !o->pool;
	loop->pool = o->pool;
	if (o->pool)
		return 0;
	rc = wg_pool_create(o->workers, &loop->pool);
	if (rc == 0 && (loop->caps & WG_CAP_SPINS))
		wg__pool_let_spin(loop->pool);
	return rc;
}

int wg_loop_create(const struct wg_loop_options *options, struct wg_loop **ret_loop)
{
	struct wg_loop *loop = calloc(1, sizeof(*loop));
	int rc;

	if (!loop)
		return -ENOMEM;
	loop->thread = pthread_self();
	wg_list_init(&loop->ready);
	wg_list_init(&loop->watched);
	wg_list_init(&loop->inbox.list);
	wg__timers_init(&loop->timers);
	wg__inbox_init(&loop->inbox);
	rc = create_parts(loop, options ? options : &(struct wg_loop_options){ 0 });
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

/* Every operation on the list is the caller's again, with no result delivered. */
static void drop(struct wg_loop *loop, struct wg_list *list)
{
	struct wg_list *node;

	while ((node = wg_list_pop(list))) {
		wg_container_of(node, struct wg_op, node)->state = WG_OP_IDLE;
		loop->in_flight--;
	}
}

/* Until no worker has one of ours: those that run now publish and notify as ever. */
static void await_in_flight(struct wg_loop *loop)
{
	struct wg_op *op;

	wg_lock(&loop->pool->lock);
	wg__pool_unqueue_all(loop->pool, loop, &loop->ready);
	wg_unlock(&loop->pool->lock);
	while ((op = wg__timers_pop_due(&loop->timers, WG_FOREVER)))
		wg_list_push(&loop->ready, &op->node);
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
	/* All results are here, but a worker of a borrowed pool may still be about to kick. */
	wg__inbox_await_quiet(loop);
	if (loop->waiter)
		loop->waiter->ops->destroy(loop->waiter);
	wg__timers_fini(&loop->timers);
	wg__inbox_fini(&loop->inbox);
	free(loop);
}
