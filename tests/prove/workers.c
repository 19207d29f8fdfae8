/*
 * workers.c: workers seen from inside: what a pool counts, when a worker spins, and who is woken
 * up.
 *
 * A wrong count is no wrong result: a signal too many, a worker that sleeps beside work that only
 * it could do. So these scenarios read the pool itself, under its lock.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "core/pool_state.h"
#include "tests/prove/prove.h"

static struct wg_pool *pool;

static struct wg_loop *make(const char *wait, unsigned workers)
{
	lab_check("made", wg_pool_create(workers, &pool) == 0, "no pool");
	lab_check("made", pool->worker_count == workers, "%u workers", pool->worker_count);
	if (wg_wait_find(wait)->caps & WG_CAP_SPINS)
		wg__pool_let_spin(pool);
	return prove_loop(wait, 0, pool);
}

static void end(struct wg_loop *loop)
{
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
	prove_end();
}

/* ---- counts ---- */

static unsigned count_idle(void)
{
	unsigned idle;

	wg_lock(&pool->lock);
	idle = pool->idle;
	wg_unlock(&pool->lock);
	return idle;
}

static void until_all_wait(void)
{
	while (count_idle() < pool->worker_count)
		sched_yield();
}

/* All workers wait, and nothing is counted that is not there. */
static void check_quiet(void)
{
	unsigned idle;

	until_all_wait();
	idle = count_idle();
	lab_check("counts", idle == pool->worker_count, "%u wait, of %u", idle, pool->worker_count);
	wg_lock(&pool->lock);
	lab_check("counts", pool->alive == pool->worker_count, "%u are alive", pool->alive);
	lab_check("counts", pool->slow_running == 0, "%u do slow work", pool->slow_running);
	lab_check("counts", pool->queued == 0, "%u are queued", pool->queued);
	lab_check("counts", pool->returning == 0, "%u come back", pool->returning);
	lab_check("counts", wg_list_is_empty(&pool->quick) && wg_list_is_empty(&pool->slow),
		"a queue holds what it does not count");
	lab_check("counts", !pool->spin.has_spinner, "a worker waits and spins");
	wg_unlock(&pool->lock);
}

/* Its result is here: the one worker comes back, spins, or waits, and push counts on it. */
static void check_coming(void)
{
	unsigned returning;

	wg_lock(&pool->lock);
	returning = atomic_load(&pool->returning);
	lab_check("coming", pool->slow_running == 0, "its turn at slow work is not free");
	lab_check("coming", returning + pool->idle + pool->spin.has_spinner == 1,
		"%u come back, %u wait, %d spin", returning, pool->idle, pool->spin.has_spinner);
	wg_unlock(&pool->lock);
}

static int64_t look_inside(struct wg_op *op, void *unused)
{
	struct wg__worker *w = &pool->workers[0];

	(void)unused;
	wg_lock(&pool->lock);
	lab_check("running", w->running == op, "a worker performs what it does not name");
	lab_check("running", pool->slow_running == 1, "%u do slow work", pool->slow_running);
	lab_check("running", pool->queued == 0, "%u are queued", pool->queued);
	lab_check("running", pool->returning == 0, "%u come back", pool->returning);
	lab_check("start", prove.starts == 1 && prove.start_worker == w->id,
		"%d operations began, the last on worker %u", prove.starts, prove.start_worker);
	wg_unlock(&pool->lock);
	return 1;
}

/* One slow operation and one quick one. */
void prove_counts(const char *wait)
{
	static const uint64_t one = 1;
	struct wg_loop *loop = make(wait, 1);
	int fd = eventfd(0, EFD_CLOEXEC);
	struct wg_op op;

	wg_op_work(&op, look_inside, NULL);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 1);
	check_coming();
	check_quiet();
	wg_op_write(&op, fd, &one, sizeof(one), -1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, sizeof(one));
	check_coming();
	check_quiet();
	lab_check("start", prove.starts == 2, "%d operations began", prove.starts);
	lab_check("running", !pool->workers[0].running, "a worker that waits performs");
	(void)close(fd);
	end(loop);
}

static int64_t end_thread(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_exit(NULL);
}

/* The same after a death: the successor counts as one, and it begins afresh. */
void prove_counts_death(const char *wait)
{
	struct wg_loop *loop = make(wait, 1);
	struct wg_op op;
	int i;

	for (i = 0; i < 2; i++) {
		wg_op_work(&op, end_thread, NULL);
		(void)wg_loop_submit(loop, &op);
		prove_result(loop, &op, -EOWNERDEAD);
		wg_lock(&pool->lock);
		lab_check("coming", pool->slow_running == 0, "the dead one's turn is not free");
		wg_unlock(&pool->lock);
		check_quiet();
		lab_check("running", !pool->workers[0].running, "a worker that waits performs");
		lab_check("counts", !pool->workers[0].has_predecessor, "it buries its own twice");
	}
	end(loop);
}

/* A death while the pool is stopped: whatever comes first, no thread is left. */
void prove_death_stopping(const char *wait)
{
	struct wg_loop *loop = make(wait, 1);
	int64_t result = 0;
	struct wg_op op;

	wg_op_work(&op, end_thread, NULL);
	(void)wg_loop_submit(loop, &op);
	wg_pool_stop(pool);
	(void)wg_loop_wait_result(loop, &op, &result);
	lab_check("result", result == -EOWNERDEAD || result == -ESHUTDOWN, "the result is %d",
		(int)result);
	lab_check("counts", pool->slow_running == 0, "%u do slow work", pool->slow_running);
	end(loop);
}

/* ---- workers that spin ---- */

static int asked[3];

static int64_t note_asked(struct wg_op *op, void *arg)
{
	(void)op;
	asked[(intptr_t)arg] = prove.crowd_asked;
	return 1;
}

static bool is_stopping(void)
{
	bool is;

	wg_lock(&pool->lock);
	is = pool->is_stopping;
	wg_unlock(&pool->lock);
	return is;
}

/* Until the other two are queued behind it, or the pool is stopped. */
static int64_t wait_for_more(struct wg_op *op, void *arg)
{
	while (arg ? atomic_load(&pool->queued) < 2 : !is_stopping())
		sched_yield();
	return note_asked(op, NULL);
}

static void ask_for(struct wg_loop *loop, struct wg_op *op)
{
	int64_t result;

	while (wg_loop_poll_result(loop, op, &result) == 0)
		sched_yield();
}

/* A worker that spins asks first how busy the machine is. One that has work does not spin. The loop
 * does not sleep here, so it does not ask. */
void prove_spins_idle(const char *wait)
{
	struct wg_loop *loop = make(wait, 1);
	struct wg_op op[3];
	int i;

	wg_op_work(&op[0], wait_for_more, &asked);
	wg_op_work(&op[1], note_asked, (void *)1);
	wg_op_work(&op[2], note_asked, (void *)2);
	for (i = 0; i < 3; i++)
		(void)wg_loop_submit(loop, &op[i]);
	for (i = 0; i < 3; i++)
		ask_for(loop, &op[i]);
	lab_check("spins", asked[2] == asked[0], "%d spins with work in the queue",
		asked[2] - asked[0]);
	check_quiet();
	end(loop);
}

/* Nor do the workers of a pool that the loop has borrowed: it may have others. */
void prove_borrowed(const char *wait)
{
	struct wg_loop *loop;

	lab_check("made", wg_pool_create(1, &pool) == 0, "no pool");
	loop = prove_loop(wait, 0, pool);
	lab_check("spins", !atomic_load(&pool->spin.may_spin), "it is told to spin");
	end(loop);
}

/* Nor does one whose pool is being stopped. */
void prove_spins_stopping(const char *wait)
{
	struct wg_loop *loop = make(wait, 1);
	struct wg_op op;

	prove.drops_ops = true;
	wg_op_work(&op, wait_for_more, NULL);
	(void)wg_loop_submit(loop, &op);
	wg_pool_stop(pool);
	lab_check("spins", prove.starts == 0 || prove.crowd_asked == asked[0],
		"a spin while the pool is stopped");
	end(loop);
}

/* What is queued when the pool is stopped gets its result then, quick or slow; what comes later at
 * once. */
void prove_stop_queued(const char *wait)
{
	struct wg_loop *loop = make(wait, 1);
	struct wg_op first, op[4];
	int64_t result;
	int i;

	wg_op_work(&first, wait_for_more, NULL);
	(void)wg_loop_submit(loop, &first);
	for (i = 0; i < 4; i += 2) {
		wg_op_close(&op[i], -1);
		wg_op_work(&op[i + 1], note_asked, NULL);
		(void)wg_loop_submit(loop, &op[i]);
		(void)wg_loop_submit(loop, &op[i + 1]);
	}
	wg_pool_stop(pool);
	(void)wg_loop_wait_result(loop, &first, &result);
	lab_check("result", result == (prove.starts ? 1 : -ESHUTDOWN), "the result is %d",
		(int)result);
	for (i = 0; i < 4; i++)
		prove_result(loop, &op[i], -ESHUTDOWN);
	for (i = 0; i < 2; i++) {
		(void)wg_loop_submit(loop, &op[i]);
		lab_check("cancelled", wg_loop_cancel(loop, &op[i]) == -EBUSY, "it has ended");
		prove_result(loop, &op[i], -ESHUTDOWN);
	}
	wg_pool_stop(pool);
	end(loop);
}

/* ---- who is woken up ---- */

static int gate; /* an eventfd: slow work waits until another operation writes it */

static int64_t pass_gate(struct wg_op *op, void *unused)
{
	eventfd_t count;

	(void)op;
	(void)unused;
	return eventfd_read(gate, &count) == 0 ? 1 : -errno;
}

/* One worker is coming when two operations are submitted, of which the first needs the second: it
 * counts for one of them, and another worker is woken up. */
static struct {
	struct wg_op first, slow, quick;
	uint64_t one;
} come;

static void submit_first(struct wg_loop *loop)
{
	gate = eventfd(0, EFD_CLOEXEC);
	wg_op_close(&come.first, -1);
	(void)wg_loop_submit(loop, &come.first);
}

static void submit_two(struct wg_loop *loop)
{
	come.one = 1;
	wg_op_work(&come.slow, pass_gate, NULL);
	(void)wg_loop_submit(loop, &come.slow);
	wg_op_write(&come.quick, gate, &come.one, sizeof(come.one), -1);
	(void)wg_loop_submit(loop, &come.quick);
}

static void end_two(struct wg_loop *loop)
{
	prove_result(loop, &come.slow, 1);
	prove_result(loop, &come.quick, sizeof(come.one));
	(void)close(gate);
	end(loop);
}

/* It has just published, or spins. */
void prove_one_is_coming(const char *wait)
{
	struct wg_loop *loop = make(wait, 2);

	wg__pool_let_spin(pool);
	submit_first(loop);
	prove_result(loop, &come.first, -EBADF);
	submit_two(loop);
	end_two(loop);
}

/* It is about to publish. */
void prove_one_publishes(const char *wait)
{
	struct wg_loop *loop = make(wait, 2);

	until_all_wait();
	wg_lock(&loop->inbox.lock);
	submit_first(loop);
	while (atomic_load(&pool->returning) == 0)
		sched_yield();
	submit_two(loop);
	wg_unlock(&loop->inbox.lock);
	prove_result(loop, &come.first, -EBADF);
	end_two(loop);
}

/* The others queue up behind a worker that waits for them. */
static int64_t wait_for_four(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	while (atomic_load(&pool->queued) < 4)
		sched_yield();
	return 1;
}

void prove_in_turn(const char *wait)
{
	struct wg_loop *loop = make(wait, 1);
	struct wg_op op[5];
	int i;

	pool->next_seq = UINT32_MAX - 2; /* their numbers pass 2^32 */
	wg_op_work(&op[0], wait_for_four, NULL);
	for (i = 1; i < 5; i += 2) {
		wg_op_close(&op[i], -1);
		wg_op_work(&op[i + 1], note_asked, NULL);
	}
	for (i = 0; i < 5; i++)
		(void)wg_loop_submit(loop, &op[i]);
	for (i = 0; i < 5; i++)
		prove_result(loop, &op[i], i % 2 ? -EBADF : 1);
	lab_check("in_turn", prove.overtaken == 0, "%d began after a later one", prove.overtaken);
	end(loop);
}

/* Two workers. One is about to publish when the second operation comes, and the other one waits.
 * It goes on waiting: a worker awake for nothing is in the way. */
void prove_not_woken(const char *wait)
{
	struct wg_loop *loop = make(wait, 2);
	struct wg_op first, second;
	uint32_t worker;

	until_all_wait();
	wg_lock(&loop->inbox.lock);
	wg_op_close(&first, -1);
	(void)wg_loop_submit(loop, &first);
	while (atomic_load(&pool->returning) == 0)
		sched_yield();
	worker = prove.start_worker;
	wg_op_close(&second, -1);
	(void)wg_loop_submit(loop, &second);
	wg_unlock(&loop->inbox.lock);
	prove_result(loop, &first, -EBADF);
	prove_result(loop, &second, -EBADF);
	lab_check("woken", prove.start_worker == worker, "another worker was woken up");
	end(loop);
}

static int64_t wait_for_next(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	while (atomic_load(&pool->queued) == 0)
		sched_yield();
	return 1;
}

/* Two workers, one of which does slow work. The next slow operation is for the same one. */
void prove_not_its_turn(const char *wait)
{
	struct wg_loop *loop = make(wait, 2);
	struct wg_op first, second;
	uint32_t worker;

	until_all_wait();
	wg_op_work(&first, wait_for_next, NULL);
	(void)wg_loop_submit(loop, &first);
	while (prove.starts == 0)
		sched_yield();
	worker = prove.start_worker;
	wg_op_work(&second, note_asked, NULL);
	(void)wg_loop_submit(loop, &second);
	prove_result(loop, &first, 1);
	prove_result(loop, &second, 1);
	lab_check("woken", prove.start_worker == worker, "another worker was woken up");
	end(loop);
}
