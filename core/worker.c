/*
 * worker.c: a worker of the pool: take, perform, publish, and what happens when its thread ends.
 *
 * With a loop that spins, going to sleep on this side would cost what the spin saves on the other:
 * so one idle worker, never more, lingers and looks. Push counts on it for one operation.
 *
 * A `work` function may end its thread (pthread_exit, cancellation). Its operation still gets a
 * result, and a successor takes the worker's place: a pool that loses threads would stop one day
 * with everybody waiting. If no successor can be made and nobody is left, the pool says so: it is
 * as good as stopped.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "core/loop_impl.h"
#include "core/pool_impl.h"
#include "core/trace.h"

/* Worker ids are unique in a process, so that a trace of two pools keeps their lanes apart. */
static _Atomic uint32_t next_worker_id;

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
	if (may_spin && !wg__pool_can_take(pool) && !pool->is_stopping) {
		if (pool->dry_since_ns == 0)
			pool->dry_since_ns = wg_now_ns();
		if (!pool->has_lingerer)
			linger(pool);
	}
	while (!(op = wg__pool_can_take(pool)) && !pool->is_stopping) {
		pool->idle++;
		(void)wg_cond_wait(&pool->work, &pool->lock, WG_FOREVER);
		pool->idle--;
	}
	if (op) {
		wg__pool_unqueue(pool, op);
		w->running = op;
		pool->slow_running += wg__op_is_slow(op);
		/* A slow one that had to wait for its turn was not signalled for: pass it on. */
		if (pool->idle > 0 && !wg_list_is_empty(&pool->slow) && wg__pool_can_take(pool))
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

/* A worker died and has no successor; stop joins it. What nobody can do any more goes to `left`. */
static void lose_worker(struct wg_pool *pool, struct wg_list *left) WG_REQUIRES(pool->lock)
{
	pool->alive--;
	if (pool->alive == 0)
		wg__pool_unqueue_all(pool, left);
	else if (pool->idle > 0 && wg__pool_can_take(pool))
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
	wg__pool_publish_all(&left, -ESHUTDOWN);
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
