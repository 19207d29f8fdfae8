/*
 * pool.c: quick and slow work side by side, work that hears of its cancellation, and an onlooker.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/fork.h"
#include "core/loop_state.h"
#include "core/pool_state.h"
#include "tests/prove/prove.h"

static int gate; /* an eventfd: slow work waits until quick work writes it */

static int64_t wait_at_gate(struct wg_op *op, void *unused)
{
	eventfd_t count;

	(void)op;
	(void)unused;
	return eventfd_read(gate, &count) == 0 ? 1 : -errno;
}

static void make_gate(void)
{
	gate = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
}

/* Two slow operations, older than the quick one that they wait for, and two workers: one of these
 * must be left for it. */
void prove_half(const char *wait)
{
	static const uint64_t two = 2;
	struct wg_loop *loop = prove_loop(wait, 2, NULL);
	struct wg_op slow[2], quick;
	int i;

	make_gate();
	for (i = 0; i < 2; i++) {
		wg_op_work(&slow[i], wait_at_gate, NULL);
		(void)wg_loop_submit(loop, &slow[i]);
	}
	wg_op_write(&quick, gate, &two, sizeof(two), -1);
	(void)wg_loop_submit(loop, &quick);
	for (i = 0; i < 2; i++)
		prove_result(loop, &slow[i], 1);
	prove_result(loop, &quick, sizeof(two));
	wg_loop_destroy(loop);
	(void)close(gate);
	prove_end();
}

static int at_once, at_most;
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

static int64_t count_at_once(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_mutex_lock(&counting);
	at_once++;
	at_most = at_most < at_once ? at_once : at_most;
	pthread_mutex_unlock(&counting);
	pthread_mutex_lock(&counting);
	at_once--;
	pthread_mutex_unlock(&counting);
	return 1;
}

static void turns(struct wg_loop *loop)
{
	struct wg_op op[2];
	int i;

	for (i = 0; i < 2; i++) {
		wg_op_work(&op[i], count_at_once, NULL);
		(void)wg_loop_submit(loop, &op[i]);
	}
	for (i = 0; i < 2; i++)
		prove_result(loop, &op[i], 1);
	wg_loop_destroy(loop);
	lab_check("half", at_most == 1, "%d of 2 workers do slow work", at_most);
	prove_end();
}

/* Slow work waits its turn, and gets it: of two workers one does it. */
void prove_turns(const char *wait)
{
	turns(prove_loop(wait, 2, NULL));
}

/* The same in the child of a fork, which has as many workers as its parent had. */
void prove_fork_turns(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 2, NULL);

	(void)wg_loop_fork(loop);
	turns(loop);
}

static int64_t until_cancelled(struct wg_op *op, void *unused)
{
	(void)unused;
	while (!wg_op_is_cancelled(op))
		sched_yield();
	return 7;
}

/* It runs, or does not yet: cancelled it is in either case, once. */
void prove_cancel_running(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op op;
	int rc;

	wg_op_work(&op, until_cancelled, NULL);
	(void)wg_loop_submit(loop, &op);
	rc = wg_loop_cancel(loop, &op);
	lab_check("cancelled", rc == 0 || rc == -EBUSY, "cancel returned %d", rc);
	prove_result(loop, &op, rc == 0 ? -ECANCELED : 7);
	lab_check("cancelled", wg_loop_cancel(loop, &op) == -EINVAL, "an idle one is cancelled");
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t ask_once(struct wg_op *op, void *unused)
{
	(void)unused;
	return wg_op_is_cancelled(op);
}

/* What was cancelled once, running or queued, is not when it is submitted again. */
void prove_cancel_again(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t result;
	struct wg_op op;

	wg_op_work(&op, ask_once, NULL);
	(void)wg_loop_submit(loop, &op);
	(void)wg_loop_cancel(loop, &op);
	(void)wg_loop_wait_result(loop, &op, &result);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 0);
	wg_loop_destroy(loop);
	prove_end();
}

/* A strategy that spins has workers that spin: before one waits, it asks how busy the machine is.
 * The loop itself does not sleep here. */
void prove_workers_spin(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t result;
	struct wg_op op;

	wg_op_work(&op, ask_once, NULL);
	(void)wg_loop_submit(loop, &op);
	while (wg_loop_poll_result(loop, &op, &result) == 0)
		sched_yield();
	while (prove.crowd_asked == 0)
		sched_yield();
	wg_loop_destroy(loop);
	prove_end();
}

/* One runs, two are queued behind it: these are taken back, that one is not. */
void prove_cancel_queued(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op running, quick, slow;

	make_gate();
	wg_op_work(&running, wait_at_gate, NULL);
	wg_op_close(&quick, -1);
	wg_op_work(&slow, wait_at_gate, NULL);
	(void)wg_loop_submit(loop, &running);
	(void)wg_loop_submit(loop, &quick);
	(void)wg_loop_submit(loop, &slow);
	while (prove.starts == 0)
		sched_yield();
	lab_check("cancelled", wg_loop_cancel(loop, &running) == -EBUSY, "it runs, and is queued");
	lab_check("cancelled", wg_loop_cancel(loop, &quick) == 0, "it is queued, and runs");
	lab_check("cancelled", wg_loop_cancel(loop, &slow) == 0, "it is queued, and runs");
	lab_check("queued", loop->pool->queued == 0, "%u are queued", loop->pool->queued);
	(void)eventfd_write(gate, 1);
	prove_result(loop, &running, 1);
	prove_result(loop, &quick, -ECANCELED);
	prove_result(loop, &slow, -ECANCELED);
	lab_check("cancelled", prove.starts == 1, "%d began", prove.starts);
	wg_loop_destroy(loop);
	(void)close(gate);
	prove_end();
}

/* Two loops share a worker that is busy. One is destroyed: what it has queued is dropped at once,
 * and nothing of the other one. */
void prove_destroy_beside(const char *wait)
{
	struct wg_op running, queued, dropped[2];
	struct wg_loop *loop, *other;
	struct wg_pool *pool;

	make_gate();
	prove.drops_ops = true;
	lab_check("made", wg_pool_create(1, &pool) == 0, "no pool");
	loop = prove_loop(wait, 0, pool);
	other = prove_loop(wait, 0, pool);
	wg_op_work(&running, wait_at_gate, NULL);
	wg_op_work(&queued, wait_at_gate, NULL);
	wg_op_work(&dropped[0], wait_at_gate, NULL);
	wg_op_close(&dropped[1], -1);
	(void)wg_loop_submit(loop, &running);
	(void)wg_loop_submit(other, &dropped[0]);
	(void)wg_loop_submit(loop, &queued);
	(void)wg_loop_submit(other, &dropped[1]);
	wg_loop_destroy(other);
	(void)eventfd_write(gate, 2);
	prove_result(loop, &running, 1);
	prove_result(loop, &queued, 1);
	lab_check("dropped", prove.starts == 2, "%d began", prove.starts);
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
	(void)close(gate);
	prove_end();
}

static void *end_at_once(void *unused)
{
	return unused;
}

/* The explorer has room for so many threads in a schedule, those that have ended included. */
static void use_up_threads(void)
{
	pthread_t thread;

	while (pthread_create(&thread, NULL, end_at_once, NULL) == 0)
		(void)pthread_join(thread, NULL);
}

static int64_t end_thread(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_exit(NULL);
}

/* One of several workers dies and gets no successor: the others work on, one of them at slow work,
 * and the stop joins all. */
static void die_alone(const char *wait, unsigned workers)
{
	struct wg_loop *loop = prove_loop(wait, workers, NULL);
	struct wg_pool *pool = loop->pool;
	unsigned alive = workers;
	struct wg_op op;

	use_up_threads();
	wg_op_work(&op, end_thread, NULL);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, -EOWNERDEAD);
	while (alive == workers) {
		sched_yield();
		wg_lock(&pool->lock);
		alive = pool->alive;
		wg_unlock(&pool->lock);
	}
	turns(loop);
}

void prove_death_alone(const char *wait)
{
	die_alone(wait, 2);
}

/* Half of the workers are one more if the dead count. */
void prove_death_turns(const char *wait)
{
	die_alone(wait, 3);
}

static int64_t give(struct wg_op *op, void *arg)
{
	(void)op;
	return (int64_t)(intptr_t)arg;
}

/* The loop asks again and again, and never sleeps. */
void prove_poll(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t result = 0;
	struct wg_op op;
	int rc;

	wg_op_work(&op, give, (void *)(intptr_t)5);
	(void)wg_loop_submit(loop, &op);
	while ((rc = wg_loop_poll_result(loop, &op, &result)) == 0)
		sched_yield();
	lab_check("result", rc == 1 && result == 5, "%d, and the result is %d", rc, (int)result);
	lab_check("idle", wg_loop_in_flight(loop) == 0, "%u in flight", wg_loop_in_flight(loop));
	wg_loop_destroy(loop);
	prove_end();
}

static void *look_on(void *loop)
{
	struct wg_loop_progress now = { 0 }, before = { 0 };
	int i;

	for (i = 0; i < 2; i++, before = now) {
		wg_loop_progress(loop, &now);
		lab_check("progress", now.submitted <= 1 && now.delivered <= 1 && now.ready <= 1,
			"numbers that never were");
		lab_check("progress",
			now.submitted >= before.submitted && now.delivered >= before.delivered,
			"the loop goes backwards");
	}
	return NULL;
}

/* wg_loop_progress() from another thread, while an operation comes and goes. */
void prove_progress(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_loop_progress end = { .ready = 7 };
	pthread_t thread;
	struct wg_op op;

	pthread_create(&thread, NULL, look_on, loop);
	wg_op_work(&op, give, (void *)(intptr_t)1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 1);
	pthread_join(thread, NULL);
	wg_loop_progress(loop, &end);
	lab_check("progress", end.submitted == 1 && end.delivered == 1 && end.ready == 0,
		"%d, %d, %u", (int)end.submitted, (int)end.delivered, end.ready);
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t open_gate(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	return eventfd_write(gate, 1) == 0 ? 1 : -errno;
}

/* Two workers, of which one may do slow work. The other one blocks in a read until the second slow
 * operation: whichever worker ends the first one, the turn that is free must not get lost. */
void prove_last_turn(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 2, NULL);
	struct wg_op slow[2], quick;
	uint64_t count;
	int i;

	make_gate();
	wg_op_work(&slow[0], give, (void *)(intptr_t)1);
	wg_op_read(&quick, gate, &count, sizeof(count), -1);
	wg_op_work(&slow[1], open_gate, NULL);
	(void)wg_loop_submit(loop, &slow[0]);
	(void)wg_loop_submit(loop, &quick);
	(void)wg_loop_submit(loop, &slow[1]);
	for (i = 0; i < 2; i++)
		prove_result(loop, &slow[i], 1);
	prove_result(loop, &quick, sizeof(count));
	(void)close(gate);
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- fork while slow work blocks its worker ---- */

void prove_fork_slow(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op stuck, after;
	int64_t result = 0;
	int pid;

	make_gate();
	wg_op_work(&stuck, wait_at_gate, NULL);
	(void)wg_loop_submit(loop, &stuck);
	pid = (int)wg_loop_fork(loop);
	(void)eventfd_write(gate, 1);
	(void)wg_loop_wait_result(loop, &stuck, &result);
	lab_check("result", result == (pid == 0 ? -ECANCELED : 1), "the result is %d", (int)result);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	(void)close(gate);
	prove_end();
}

static sem_t is_performed;

static int64_t say_performed(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	(void)sem_post(&is_performed);
	return 1;
}

/* Fork while a worker publishes: the child's pool has nobody who comes back from that. */
void prove_fork_publishing(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op before, after;
	int64_t result = 0;

	(void)sem_init(&is_performed, 0, 0);
	wg_op_work(&before, say_performed, NULL);
	(void)wg_loop_submit(loop, &before);
	(void)sem_wait(&is_performed);
	(void)wg_loop_fork(loop);
	(void)wg_loop_wait_result(loop, &before, &result);
	lab_check("result", result == 1 || result == -ECANCELED, "the result is %d", (int)result);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	(void)sem_destroy(&is_performed);
	prove_end();
}

/* Fork when the result is here and its worker has not kicked yet: the child waits for no such kick.
 */
void prove_fork_kicking(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op op;

	wg_op_work(&op, give, (void *)(intptr_t)1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 1);
	(void)wg_loop_fork(loop);
	wg_loop_destroy(loop);
	prove_end();
}
