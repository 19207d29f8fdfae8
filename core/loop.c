/*
 * loop.c: see loop.h for the turn, wait.h for the sleep.
 *
 * Results come in through the inbox: a list and a lock. A worker publishes and rings inside one
 * critical section, and the loop stamps its wake and takes the results inside one. That order costs
 * a few hundred nanoseconds when both meet, and buys three exact statements:
 *   - A result the loop can see has been rung for. So a wake by timeout that finds a result is a
 *     missing ring and nothing else.
 *   - A ring heard has its result in the inbox. So a wake by a ring is never empty.
 *   - `done` < `wake` in the trace if and only if the result was there at the wake.
 * Ringing after the unlock is as safe (the ticket sees to that) but then the loop may take a result
 * by looking and be woken for it later: a wake-up for nothing.
 *
 * The system call that rings is thus made with the lock held. The loop, once woken, may have to
 * wait for the worker to return from it; what that costs is measured, not assumed.
 */
#include "core/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/loop_impl.h"
#include "core/sync.h"
#include "core/trace.h"
#include "core/wait.h"

struct wg_loop {
	/* immutable after create */
	uint32_t id; /* unique in the process */
	pthread_t thread;
	struct wg_waiter *waiter;
	struct wg_pool *pool;
	bool owns_pool;

	/* owned by the loop's thread */
	uint64_t next_op;
	unsigned in_flight;   /* submitted, not yet delivered */
	unsigned ready_count; /* length of ready */
	unsigned callbacks;   /* those of ready with a `done` */
	struct wg_list ready; /* taken from the inbox, not yet delivered */
	bool is_turning;      /* inside run_once: done callbacks may not start another turn */

	struct wg_mutex lock; /* guards: inbox, inbox_count. order: before a strategy's own lock */
	struct wg_list inbox; /* published, in order of publication */
	unsigned inbox_count;

	_Atomic bool woken; /* wg_loop_wake() was called and no run_once has returned for it */
};

static _Atomic uint32_t next_loop_id = 1;

uint32_t wg__loop_id(const struct wg_loop *loop)
{
	return loop->id;
}

static void assert_own_thread(const struct wg_loop *loop)
{
	assert(pthread_equal(loop->thread, pthread_self()));
	(void)loop;
}

/* ---- from the workers ---- */

void wg__loop_publish(struct wg_loop *loop, struct wg_op *op, int64_t result)
{
	uint64_t id = op->id;
	int sent;

	wg_lock(&loop->lock);
	/* Stamped under the lock although that is slow: see above. */
	WG_TRACE(done, loop->id, id, result);
	op->result = result;
	wg_list_push(&loop->inbox, &op->node);
	loop->inbox_count++;
	sent = loop->waiter->ops->wake(loop->waiter);
	if (!(loop->waiter->ops->caps & WG_CAP_POLLS))
		WG_TRACE(notify, loop->id, id, sent);
	wg_unlock(&loop->lock);
}

void wg_loop_wake(struct wg_loop *loop)
{
	int sent;

	/* release: pairs with the exchange in heard_wake(); what the caller wrote before is visible
	 * to the loop when run_once returns for it. */
	atomic_store_explicit(&loop->woken, true, memory_order_release);
	sent = loop->waiter->ops->wake(loop->waiter);
	if (!(loop->waiter->ops->caps & WG_CAP_POLLS))
		WG_TRACE(notify, loop->id, UINT64_C(0), sent);
}

/* ---- the turn ---- */

static bool heard_wake(struct wg_loop *loop)
{
	/* acquire: pairs with the store in wg_loop_wake(). */
	return atomic_exchange_explicit(&loop->woken, false, memory_order_acquire);
}

/* Move what is published to the ready list; returns how many. */
static unsigned take_locked(struct wg_loop *loop) WG_REQUIRES(loop->lock)
{
	struct wg_list *node = loop->inbox.next;
	unsigned found = loop->inbox_count;

	for (; node != &loop->inbox; node = node->next) {
		struct wg_op *op = wg_container_of(node, struct wg_op, node);

		op->state = WG_OP_READY;
		loop->callbacks += op->done != NULL;
	}
	wg_list_move(&loop->ready, &loop->inbox);
	loop->inbox_count = 0;
	loop->ready_count += found;
	return found;
}

static unsigned look(struct wg_loop *loop)
{
	unsigned found;

	wg_lock(&loop->lock);
	found = take_locked(loop);
	wg_unlock(&loop->lock);
	return found;
}

/* The look after a sleep: it says why the loop is back, then what was there. */
static unsigned look_after_sleep(struct wg_loop *loop, enum wg_woke woke)
{
	unsigned found;

	wg_lock(&loop->lock);
	/* The time ran out, and before we were back here somebody rang as well: it was told. */
	if (woke == WG_WOKE_TIMEOUT && loop->inbox_count > 0 &&
		!(loop->waiter->ops->caps & WG_CAP_POLLS))
		woke = WG_WOKE_NOTIFIED;
	WG_TRACE(wake, loop->id, (int)woke, loop->inbox_count + loop->ready_count);
	found = take_locked(loop);
	wg_unlock(&loop->lock);
	WG_TRACE(poll, loop->id, found);
	return found;
}

static unsigned published(struct wg_loop *loop)
{
	unsigned n;

	wg_lock(&loop->lock);
	n = loop->inbox_count;
	wg_unlock(&loop->lock);
	return n;
}

/* How long the strategy will sleep at the most, for the trace: -1 for ever. */
static int64_t planned_sleep_ns(const struct wg_loop *loop, int64_t deadline_ns)
{
	int64_t tick_ns = loop->waiter->tick_ns;
	int64_t left;

	if (deadline_ns == WG_FOREVER)
		return tick_ns ? tick_ns : -1;
	left = deadline_ns - wg_now_ns();
	if (left < 0)
		left = 0;
	return tick_ns && tick_ns < left ? tick_ns : left;
}

/* Sleep once and look: results found, or a negative errno. */
static int sleep_and_look(struct wg_loop *loop, uint64_t ticket, int64_t deadline_ns)
{
	int woke;

	WG_TRACE(wait, loop->id, planned_sleep_ns(loop, deadline_ns),
		published(loop) + loop->ready_count);
	woke = loop->waiter->ops->sleep(loop->waiter, ticket, deadline_ns);
	if (woke < 0)
		return woke;
	return (int)look_after_sleep(loop, (enum wg_woke)woke);
}

/* Turn until a result is there, the deadline passed or somebody called wg_loop_wake(). */
static int turn(struct wg_loop *loop, int64_t deadline_ns)
{
	const struct wg_wait_ops *ops = loop->waiter->ops;
	bool is_blind = ops->caps & WG_CAP_BLIND;
	int found;

	/* Results that wg_loop_poll_result() met while looking for another: they wait no longer. */
	if (loop->callbacks > 0)
		return (int)loop->callbacks;
	do {
		uint64_t ticket = ops->arm(loop->waiter);

		/* DOC(look-again): the whole secret. Between the last look and arm() a result may
		 * have come whose ring the ticket already counts. */
		found = is_blind ? 0 : (int)look(loop);
		if (found > 0) {
			ops->disarm(loop->waiter);
			WG_TRACE(poll, loop->id, (uint32_t)found);
			return found;
		}
		if (heard_wake(loop)) {
			ops->disarm(loop->waiter);
			return 0;
		}
		found = sleep_and_look(loop, ticket, deadline_ns);
	} while (found == 0 && !heard_wake(loop) && wg_now_ns() < deadline_ns);
	return found;
}

/* ---- delivery ---- */

static int64_t finish(struct wg_loop *loop, struct wg_op *op)
{
	wg_list_remove(&op->node);
	loop->ready_count--;
	loop->callbacks -= op->done != NULL;
	loop->in_flight--;
	op->state = WG_OP_IDLE;
	WG_TRACE(deliver, loop->id, op->id, op->result);
	return op->result;
}

/*
 * Call the `done` of everything that is ready now. A callback may submit, deliver others by asking,
 * or free its operation; so each round starts at the head of a list that only this turn's results
 * are on, and what stays undelivered goes back.
 */
static void deliver_callbacks(struct wg_loop *loop)
{
	struct wg_list batch, kept;
	struct wg_list *node;

	wg_list_init(&batch);
	wg_list_init(&kept);
	wg_list_move(&batch, &loop->ready);
	while (!wg_list_is_empty(&batch)) {
		struct wg_op *op = wg_container_of(batch.next, struct wg_op, node);

		if (op->done) {
			op->done(op, finish(loop, op));
		} else {
			node = wg_list_pop(&batch);
			wg_list_push(&kept, node);
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

	assert_own_thread(loop);
	if (timeout_ms < 0)
		return -EINVAL;
	if (loop->is_turning)
		return -EBUSY;
	if (timeout_ms > 0)
		deadline_ns = wg_time_add(wg_now_ns(), timeout_ms * WG_NS_PER_MS);
	loop->is_turning = true;
	found = turn(loop, deadline_ns);
	if (loop->callbacks > 0)
		deliver_callbacks(loop);
	loop->is_turning = false;
	return found;
}

int wg_loop_poll_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result)
{
	assert_own_thread(loop);
	if (op->state == WG_OP_IDLE || op->loop != loop || op->done)
		return -EINVAL;
	if (op->state != WG_OP_READY) {
		unsigned found = look(loop);

		WG_TRACE(poll, loop->id, found);
	}
	if (op->state != WG_OP_READY)
		return 0;
	*ret_result = finish(loop, op);
	return 1;
}

int wg_loop_wait_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result)
{
	int rc;

	assert_own_thread(loop);
	if (op->state == WG_OP_IDLE || op->loop != loop || op->done)
		return -EINVAL;
	while (op->state != WG_OP_READY) {
		rc = wg_loop_run_once(loop, 0);
		if (rc < 0)
			return rc;
	}
	*ret_result = finish(loop, op);
	return 0;
}

/* ---- submit, create, destroy ---- */

int wg_loop_submit(struct wg_loop *loop, struct wg_op *op)
{
	assert_own_thread(loop);
	if (op->state != WG_OP_IDLE)
		return -EBUSY;
	op->loop = loop;
	op->state = WG_OP_SUBMITTED;
	/* The loop's id in the high bits keeps ids unique in the process without a shared counter;
	 * those of the first loop are plain 1, 2, 3. */
	op->id = ((uint64_t)(loop->id - 1) << 40) | ++loop->next_op;
	loop->in_flight++;
	WG_TRACE(submit, loop->id, op->id, (int)op->kind, wg__op_arg(op));
	wg__pool_push(loop->pool, op);
	return 0;
}

unsigned wg_loop_in_flight(const struct wg_loop *loop)
{
	return loop->in_flight;
}

static int create_parts(struct wg_loop *loop, const struct wg_loop_options *o)
{
	const struct wg_wait_ops *ops = wg_wait_find(o->wait ? o->wait : "eventfd");
	int rc;

	if (!ops)
		return -EINVAL;
	rc = ops->create(o->tick_ns, &loop->waiter);
	if (rc < 0)
		return rc;
	if (o->pool) {
		loop->pool = o->pool;
		return 0;
	}
	loop->owns_pool = true;
	return wg_pool_create(o->workers, &loop->pool);
}

int wg_loop_create(const struct wg_loop_options *options, struct wg_loop **ret_loop)
{
	static const struct wg_loop_options defaults;
	struct wg_loop *loop = calloc(1, sizeof(*loop));
	int rc;

	if (!loop)
		return -ENOMEM;
	loop->thread = pthread_self();
	wg_list_init(&loop->ready);
	wg_list_init(&loop->inbox);
	atomic_init(&loop->woken, false);
	rc = wg_mutex_init(&loop->lock);
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
	WG_TRACE(loop, loop->id, loop->waiter->ops->name, loop->waiter->tick_ns);
	*ret_loop = loop;
	return 0;
}

/* Every operation on the ready list is the caller's again, and nobody is told. */
static void drop_ready(struct wg_loop *loop)
{
	struct wg_list *node;

	while ((node = wg_list_pop(&loop->ready))) {
		wg_container_of(node, struct wg_op, node)->state = WG_OP_IDLE;
		loop->in_flight--;
	}
}

/* Until no worker has one of ours: those that run now publish and ring like any other. */
static void await_in_flight(struct wg_loop *loop)
{
	drop_ready(loop);
	while (loop->in_flight > 0) {
		uint64_t ticket = loop->waiter->ops->arm(loop->waiter);

		if (look(loop) == 0)
			(void)loop->waiter->ops->sleep(loop->waiter, ticket, WG_FOREVER);
		else
			loop->waiter->ops->disarm(loop->waiter);
		drop_ready(loop);
	}
}

void wg_loop_destroy(struct wg_loop *loop)
{
	if (!loop)
		return;
	assert_own_thread(loop);
	assert(!loop->is_turning);
	if (loop->pool) {
		wg__pool_take_back(loop->pool, loop, &loop->ready);
		await_in_flight(loop);
	}
	if (loop->owns_pool)
		wg_pool_destroy(loop->pool);
	if (loop->waiter)
		loop->waiter->ops->destroy(loop->waiter);
	wg_mutex_fini(&loop->lock);
	free(loop);
}
