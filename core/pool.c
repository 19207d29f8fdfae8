/*
 * pool.c: see pool.h.
 *
 * A worker sleeps on a condition of the classical form: while (nothing to take) wait. The one who
 * pushes signals only if somebody is idle, which it knows because `idle` is guarded by the same
 * lock as the queues. (A signal sent only "when the queue was empty" looks the same and leaves
 * workers asleep beside a full queue: two pushes, one signal.)
 *
 * With a loop that spins, going to sleep on this side would cost what the spin saves on the other:
 * so one idle worker, never more, lingers and looks. Push counts on it for one operation.
 *
 * A `work` function may end its thread (pthread_exit, cancellation). Its operation still gets a
 * result, and a successor takes the worker's place: a pool that loses threads would stop one day
 * with everybody waiting. If no successor can be made and nobody is left, the pool says so: it is
 * as good as stopped.
 */
#include "core/pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/loop_impl.h"
#include "core/net_thread.h"
#include "core/pool_impl.h"
#include "core/trace.h"

/* Worker ids are unique in a process, so that a trace of two pools keeps their lanes apart. */
static _Atomic uint32_t next_worker_id;

static unsigned slow_limit(const struct wg_pool *pool) WG_REQUIRES(pool->lock)
{
	return (pool->alive + 1) / 2;
}

static struct wg_op *head(struct wg_list *queue)
{
	return wg_list_is_empty(queue) ? NULL : wg_container_of(queue->next, struct wg_op, node);
}

/* The operation that a worker may begin now, left where it is, or NULL. */
static struct wg_op *can_take(struct wg_pool *pool) WG_REQUIRES(pool->lock)
{
	struct wg_op *quick = head(&pool->quick), *slow = head(&pool->slow);

	if (!slow || pool->slow_running >= slow_limit(pool))
		return quick;
	return !quick || slow->turn < quick->turn ? slow : quick;
}

static void unqueue(struct wg_pool *pool, struct wg_op *op) WG_REQUIRES(pool->lock)
{
	wg_list_remove(&op->node);
	op->is_queued = false;
	/* relaxed: under the lock; the lingerer only wants to know when to take it */
	atomic_fetch_sub_explicit(&pool->queued, 1, memory_order_relaxed);
}

/* Look for work for a while, without the lock. */
static void linger(struct wg_pool *pool) WG_UNCHECKED
{
	int64_t begin_ns, now_ns, until_ns;
	int i;

	pool->has_lingerer = true;
	wg_unlock(&pool->lock);
	begin_ns = now_ns = wg_now_ns();
	until_ns = now_ns + wg_spin_window_ns(&pool->spin, now_ns);
	while (now_ns < until_ns) {
		for (i = 0; i < WG_LOOKS_A_TIME; i++) {
			/* relaxed: what was pushed is read under the lock */
			if (atomic_load_explicit(&pool->queued, memory_order_relaxed) > 0)
				goto out;
			wg_cpu_relax();
		}
		now_ns = wg_now_ns();
	}
	if (until_ns > begin_ns)
		wg_spin_learn_vain(&pool->spin);
out:
	wg_lock(&pool->lock);
	pool->has_lingerer = false;
}

/* w->running is the next operation to perform; false: there is none, the pool is stopping. */
static bool take(struct worker *w, bool is_returning)
{
	struct wg_pool *pool = w->pool;
	/* relaxed: set before the first operation that matters for it */
	bool may_spin = atomic_load_explicit(&pool->may_spin, memory_order_relaxed);
	struct wg_op *op;

	wg_lock(&pool->lock);
	if (is_returning)
		/* relaxed: under the lock; see wg__pool_push() */
		atomic_fetch_sub_explicit(&pool->returning, 1, memory_order_relaxed);
	if (may_spin && !can_take(pool) && !pool->is_stopping) {
		if (pool->dry_since_ns == 0)
			pool->dry_since_ns = wg_now_ns();
		if (!pool->has_lingerer)
			linger(pool);
	}
	while (!(op = can_take(pool)) && !pool->is_stopping) {
		pool->idle++;
		(void)wg_cond_wait(&pool->work, &pool->lock, WG_FOREVER);
		pool->idle--;
	}
	if (op) {
		unqueue(pool, op);
		w->running = op;
		pool->slow_running += wg__op_is_slow(op);
		/* A slow one that had to wait for its turn was not signalled for: pass it on. */
		if (pool->idle > 0 && !wg_list_is_empty(&pool->slow) && can_take(pool))
			wg_cond_signal(&pool->work);
	}
	wg_unlock(&pool->lock);
	return op != NULL;
}

/* The result of what w runs is known: publish it. */
static void publish(struct worker *w, int64_t result)
{
	struct wg_op *op = w->running;

	if (wg__op_is_slow(op)) {
		wg_lock(&w->pool->lock);
		w->pool->slow_running--;
		wg_unlock(&w->pool->lock);
	}
	/* Not `op` after this line: once published it may be the caller's again. */
	wg__loop_publish(op, result, &w->running);
}

static void *worker_main(void *arg);

void wg__pool_unqueue_all(struct wg_pool *pool, struct wg_list *to)
{
	struct wg_list *node;

	wg_list_move(to, &pool->quick);
	wg_list_move(to, &pool->slow);
	for (node = to->next; node != to; node = node->next)
		wg_container_of(node, struct wg_op, node)->is_queued = false;
	/* relaxed: under the lock */
	atomic_store_explicit(&pool->queued, 0, memory_order_relaxed);
}

/* Nobody will do these. Holds no lock. */
static void publish_all(struct wg_list *left, int64_t result)
{
	struct wg_list *node;

	while ((node = wg_list_pop(left)))
		wg__loop_publish(wg_container_of(node, struct wg_op, node), result, NULL);
}

/* A worker died and has no successor; stop joins it. What nobody can do any more goes to `left`. */
static void lose_worker(struct wg_pool *pool, struct wg_list *left) WG_REQUIRES(pool->lock)
{
	pool->alive--;
	if (pool->alive == 0)
		wg__pool_unqueue_all(pool, left);
	else if (pool->idle > 0 && can_take(pool))
		wg_cond_signal(&pool->work); /* a slow one that waited for the dead one's turn */
}

/* The thread ends inside a user's `work`: give the result and have somebody else go on. */
static void on_death(void *arg)
{
	struct worker *w = arg;
	struct wg_pool *pool = w->pool;
	struct wg_list left;
	sigset_t all, before;
	pthread_t next;

	wg_list_init(&left);
	publish(w, -EOWNERDEAD);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	wg_lock(&pool->lock);
	if (!pool->is_stopping) {
		w->predecessor = pthread_self();
		w->has_predecessor = pthread_create(&next, NULL, worker_main, w) == 0;
		if (w->has_predecessor)
			w->thread = next;
		else
			lose_worker(pool, &left);
	}
	wg_unlock(&pool->lock);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	publish_all(&left, -ESHUTDOWN);
}

static void join_predecessor(struct worker *w)
{
	pthread_t dead;
	bool has;

	wg_lock(&w->pool->lock);
	dead = w->predecessor;
	has = w->has_predecessor;
	w->has_predecessor = false;
	wg_unlock(&w->pool->lock);
	if (has)
		(void)pthread_join(dead, NULL);
}

/*
 * A worker can be cancelled inside `work` and nowhere else. Its other waits are cancellation points
 * too: it would die in take() or while it rings, with a lock in its hands.
 */
static int64_t perform(struct wg_op *op)
{
	int64_t result;

	if (!wg__op_is_slow(op))
		return wg__op_perform(op);
	(void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	result = wg__op_perform(op);
	/* Asked for and not yet met: it is meant for this operation, not for the next. */
	pthread_testcancel();
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	(void)pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
	return result;
}

/* The same, with somebody to go on if the thread ends inside it. */
static int64_t perform_mortal(struct worker *w)
{
	int64_t result;

	pthread_cleanup_push(on_death, w);
	result = perform(w->running);
	pthread_cleanup_pop(0);
	return result;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	bool is_returning = false;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	join_predecessor(w);
	while (take(w, is_returning)) {
		int64_t result;

		WG_TRACE(start, w->running->loop->id, w->running->id, w->id);
		result = perform_mortal(w);
		/* relaxed: push reads it under the lock that take() takes next */
		atomic_fetch_add_explicit(&w->pool->returning, 1, memory_order_relaxed);
		publish(w, result);
		is_returning = true;
	}
	return NULL;
}

/* Threads start with all signals blocked: a signal belongs to the program, not to a worker. */
int wg__pool_start_workers(struct wg_pool *pool, unsigned count)
{
	sigset_t all, before;
	int rc = 0;

	/* relaxed: only the number itself matters. One more, for the net thread. */
	pool->first_id =
		atomic_fetch_add_explicit(&next_worker_id, count + 1, memory_order_relaxed);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (pool->worker_count < count && rc == 0) {
		struct worker *w = &pool->workers[pool->worker_count];

		w->pool = pool;
		w->id = pool->first_id + pool->worker_count;
		/* Under the lock: the thread may look at worker_count. */
		wg_lock(&pool->lock);
		rc = pthread_create(&w->thread, NULL, worker_main, w);
		if (rc == 0) {
			pool->worker_count++;
			pool->alive++;
		}
		wg_unlock(&pool->lock);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

static int init_parts(struct wg_pool *pool, unsigned workers)
{
	int rc;

	pool->workers = calloc(workers, sizeof(*pool->workers));
	if (!pool->workers)
		return -ENOMEM;
	wg_list_init(&pool->quick);
	wg_list_init(&pool->slow);
	rc = wg_mutex_init(&pool->lock);
	if (rc < 0)
		return rc;
	rc = wg_cond_init(&pool->work);
	if (rc < 0)
		wg_mutex_fini(&pool->lock);
	return rc;
}

int wg_pool_create(unsigned workers, struct wg_pool **ret_pool)
{
	struct wg_pool *pool;
	int rc;

	if (workers == 0)
		workers = WG_WORKERS_DEFAULT;
	if (workers > WG_WORKERS_MAX)
		return -EINVAL;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return -ENOMEM;
	rc = init_parts(pool, workers);
	if (rc < 0) {
		free(pool->workers);
		free(pool);
		return rc;
	}
	wg_spin_init(&pool->spin);
	rc = wg__pool_start_workers(pool, workers);
	if (rc < 0) {
		wg_pool_destroy(pool);
		return rc;
	}
	*ret_pool = pool;
	return 0;
}

void wg_pool_stop(struct wg_pool *pool)
{
	struct wg_list left;
	unsigned i;

	wg_list_init(&left);
	wg_lock(&pool->lock);
	if (pool->is_stopping) {
		wg_unlock(&pool->lock);
		return;
	}
	pool->is_stopping = true;
	wg__pool_unqueue_all(pool, &left);
	wg_cond_broadcast(&pool->work);
	wg_unlock(&pool->lock);
	publish_all(&left, -ESHUTDOWN);
	/* From here on no worker gets a successor, so w->thread is final. */
	for (i = 0; i < pool->worker_count; i++)
		(void)pthread_join(pool->workers[i].thread, NULL);
}

void wg_pool_destroy(struct wg_pool *pool)
{
	if (!pool)
		return;
	wg_pool_stop(pool);
	wg__net_thread_stop(pool->net);
	wg_spin_fini(&pool->spin);
	wg_cond_fini(&pool->work);
	wg_mutex_fini(&pool->lock);
	free(pool->workers);
	free(pool);
}

void wg__pool_push(struct wg_pool *pool, struct wg_op *op)
{
	unsigned queued, coming;

	wg_lock(&pool->lock);
	if (pool->is_stopping || pool->alive == 0) {
		wg_unlock(&pool->lock);
		wg__loop_publish(op, -ESHUTDOWN, NULL);
		return;
	}
	op->turn = pool->next_turn++;
	op->is_queued = true;
	wg_list_push(wg__op_is_slow(op) ? &pool->slow : &pool->quick, &op->node);
	/* relaxed: under the lock; see linger() */
	queued = atomic_fetch_add_explicit(&pool->queued, 1, memory_order_relaxed) + 1;
	/* What a lingerer has to wait for is the next push, whoever takes it. */
	if (pool->dry_since_ns) {
		wg_spin_learn(&pool->spin, wg_now_ns() - pool->dry_since_ns);
		pool->dry_since_ns = 0;
	}
	/* A worker that lingers, or that is on its way back from publishing, will look at the queue
	 * after we leave the lock: it needs no signal, and one more worker awake would only be in
	 * its way. relaxed: it is counted until it has taken the lock. */
	coming = pool->has_lingerer + atomic_load_explicit(&pool->returning, memory_order_relaxed);
	if (pool->idle > 0 && queued > coming && can_take(pool))
		wg_cond_signal(&pool->work);
	wg_unlock(&pool->lock);
}

bool wg__pool_take_back(struct wg_pool *pool, struct wg_op *op)
{
	bool taken;

	wg_lock(&pool->lock);
	taken = op->is_queued;
	if (taken)
		unqueue(pool, op);
	wg_unlock(&pool->lock);
	return taken;
}

static void take_back_from(struct wg_pool *pool, struct wg_list *queue, const struct wg_loop *loop,
	struct wg_list *to) WG_REQUIRES(pool->lock)
{
	struct wg_list *node, *next;

	for (node = queue->next; node != queue; node = next) {
		struct wg_op *op = wg_container_of(node, struct wg_op, node);

		next = node->next;
		if (op->loop == loop) {
			unqueue(pool, op);
			wg_list_push(to, node);
		}
	}
}

void wg__pool_take_back_all(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to)
{
	wg_lock(&pool->lock);
	take_back_from(pool, &pool->quick, loop, to);
	take_back_from(pool, &pool->slow, loop, to);
	wg_unlock(&pool->lock);
}

void wg__pool_let_spin(struct wg_pool *pool)
{
	/* relaxed: see take() */
	atomic_store_explicit(&pool->may_spin, true, memory_order_relaxed);
}

int wg__pool_net_thread(struct wg_pool *pool, struct wg__net_thread **ret_net)
{
	int rc = 0;

	wg_lock(&pool->lock);
	if (!pool->net)
		rc = wg__net_thread_start(pool->first_id + pool->worker_count, &pool->net);
	*ret_net = pool->net;
	wg_unlock(&pool->lock);
	return rc;
}
