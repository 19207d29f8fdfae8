/*
 * scenario.c: slow operations wait at a gate of this scenario, and fast ones come behind them.
 *
 * The gate opens when no thread can go on: that is what a second of virtual time means. So "before
 * the gate opened" does not depend on speed: every operation that could run has run. With real
 * threads the scenario waits until they are where they must be, for seconds if necessary.
 */
#include "lab12.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "labs/explore/lab.h"

enum { OPS = 4, WORKERS = 3 };
enum { PATIENCE_MS = 5000 }; /* with real threads: what has not happened by then never happens */

static struct pool pool;
static struct op ops[OPS];
static int op_count;
static sem_t gate;
static pthread_t worker[WORKERS];

/* What happened. */
static atomic_int at_once, slow_started, fast_done, ended;
static int taken;      /* guarded by the pool's lock, as the queue is */
static bool is_strict; /* never more slow ones than may run, so all are taken in turn */

/* ---- the queue ---- */

void queue_put(struct queue *q, struct op *op)
{
	op->next = NULL;
	if (q->last)
		q->last->next = op;
	else
		q->first = op;
	q->last = op;
}

LAB_QUIET static void note_taken(const struct op *op)
{
	taken++;
	lab_note("op %d is taken", (int)op->id);
	lab_check("order", (int)op->id == taken || !is_strict,
		"op %d is taken as number %d, before its turn", (int)op->id, taken);
}

struct op *queue_take(struct queue *q, bool slow_too)
{
	struct op *op = q->first, *before = NULL;

	while (op && op->is_slow && !slow_too) {
		before = op;
		op = op->next;
	}
	if (!op)
		return NULL;
	if (before)
		before->next = op->next;
	else
		q->first = op->next;
	if (q->last == op)
		q->last = before;
	note_taken(op);
	return op;
}

/* ---- what operations do ---- */

LAB_QUIET static void begin(const struct op *op)
{
	int running = atomic_fetch_add(&at_once, 1) + 1;

	lab_start(op->id);
	lab_check("pool", running <= pool.workers, "%d operations run at once, in a pool of %d",
		running, pool.workers);
	atomic_fetch_add(&slow_started, op->is_slow);
}

LAB_QUIET static void end(const struct op *op)
{
	atomic_fetch_sub(&at_once, 1);
	lab_done(op->id, 0);
	lab_ready(op->id);
	lab_deliver(op->id);
	atomic_fetch_add(&fast_done, !op->is_slow);
	atomic_fetch_add(&ended, 1);
}

void op_run(struct op *op)
{
	begin(op);
	if (op->is_slow)
		sem_wait(&gate);
	end(op);
}

/* ---- the scenarios ---- */

LAB_QUIET static void submit(bool is_slow)
{
	struct op *op = &ops[op_count++];

	op->id = (uint64_t)op_count;
	op->is_slow = is_slow;
	lab_submit(op->id);
	pool_submit(&pool, op);
}

static void begin_with(int workers)
{
	lab_name("loop");
	pthread_mutex_init(&pool.lock, NULL);
	pthread_cond_init(&pool.more, NULL);
	pool.workers = workers;
	sem_init(&gate, 0, 0);
}

static void *work(void *name)
{
	lab_name(name);
	if (lab_is_real())
		lab_loop("condvar"); /* so that its waits are counted */
	return pool_worker(&pool);
}

static void start_worker(int i)
{
	static char name[WORKERS][16] = { "worker 1", "worker 2", "worker 3" };

	pthread_create(&worker[i], NULL, work, name[i]);
}

static void start_workers(void)
{
	int i;

	for (i = 0; i < pool.workers; i++)
		start_worker(i);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Until no thread can go on. On real threads: until *count is `least`, or patience ends. */
LAB_QUIET static void wait_for(atomic_int *count, int least)
{
	int64_t begin_ms;

	if (!lab_is_real()) {
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
		return;
	}
	begin_ms = now_ms();
	while (atomic_load(count) < least && now_ms() - begin_ms < PATIENCE_MS)
		nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
}

static void let_pass(int count)
{
	int i;

	for (i = 0; i < count; i++)
		sem_post(&gate);
}

/* Only for real threads: the controlled scheduler itself sees what is open at the end, and a thread
 * that polls, because its steps never end. */
LAB_QUIET static void check_end(void)
{
	struct lab_counts c = lab_counts();
	int done = atomic_load(&ended);

	lab_check("stuck", done == op_count,
		"%d of %d operations have ended, and the workers have left", done, op_count);
	lab_check("poll", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: that is polling", c.waits - c.endless_waits,
		c.waits);
}

static void close_pool(void)
{
	int i;

	pthread_mutex_lock(&pool.lock);
	pool.is_closing = true;
	pthread_cond_broadcast(&pool.more);
	pthread_mutex_unlock(&pool.lock);
	for (i = 0; i < pool.workers; i++)
		pthread_join(worker[i], NULL);
	if (lab_is_real())
		check_end();
}

LAB_QUIET static void check_fast(int count)
{
	int done;

	wait_for(&fast_done, count);
	done = atomic_load(&fast_done);
	lab_check("fast", done == count, "%d of %d fast operations ran before the gate opened",
		done, count);
}

LAB_QUIET static void check_slow(int least)
{
	int started;

	wait_for(&slow_started, least);
	started = atomic_load(&slow_started);
	lab_check("slow", started >= least, "%d of 3 slow operations run, %d may", started, least);
}

/* One slow operation for each worker; when all of them run or wait, a fast one comes. */
static void behind(void)
{
	begin_with(2);
	submit(true);
	submit(true);
	start_workers();
	wait_for(&slow_started, 1);
	submit(false);
	check_fast(1);
	let_pass(2);
	close_pool();
}

/* The same, but all of them come while the workers run, and a fast one was there before. */
static void crowd(void)
{
	begin_with(2);
	submit(false);
	start_workers();
	wait_for(&fast_done, 1);
	submit(true);
	submit(true);
	submit(false);
	check_fast(2);
	let_pass(2);
	close_pool();
}

/* Only slow ones, of which two may run; they end one by one. */
LAB_QUIET static void slow_only(void)
{
	int i;

	begin_with(3);
	for (i = 0; i < 3; i++)
		submit(true);
	start_workers();
	check_slow(2);
	for (i = 1; i <= 3; i++) {
		let_pass(1);
		wait_for(&ended, i);
	}
	lab_check("slow", atomic_load(&slow_started) == 3, "%d of 3 slow operations have run",
		atomic_load(&slow_started));
	close_pool();
}

/* Two slow ones that may end at once; the next two must find as much room. */
LAB_QUIET static void at_once_slow(void)
{
	int i;

	begin_with(3);
	for (i = 0; i < 3; i++) {
		if (i < 2)
			submit(true);
		start_worker(i);
		wait_for(&slow_started, i < 2 ? i + 1 : 2);
	}
	let_pass(2);
	wait_for(&ended, 2);
	submit(true);
	submit(true);
	wait_for(&slow_started, 4);
	lab_check("slow", atomic_load(&slow_started) == 4, "%d of 2 slow operations run, 2 may",
		atomic_load(&slow_started) - 2);
	let_pass(2);
	close_pool();
}

/* A slow one between fast ones, while the workers run: its turn comes. */
static void in_turn(void)
{
	begin_with(2);
	is_strict = true;
	let_pass(1);
	submit(false);
	submit(true);
	start_workers();
	submit(false);
	close_pool();
}

/* The pool is closed while slow ones are queued. */
static void closing(void)
{
	begin_with(2);
	let_pass(3);
	submit(true);
	submit(true);
	submit(true);
	start_workers();
	close_pool();
}

#define LIMITS .max_steps = 400, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "behind", .title = "a fast one behind slow ones", .run = behind, LIMITS },
	{ .name = "crowd", .title = "all of them at once", .run = crowd, LIMITS },
	{ .name = "slow", .title = "only slow ones", .run = slow_only, LIMITS },
	{ .name = "pair", .title = "two slow ones that end at once", .run = at_once_slow, LIMITS },
	{ .name = "turn", .title = "a slow one between fast ones", .run = in_turn, LIMITS },
	{ .name = "closing", .title = "closed with slow ones queued", .run = closing, LIMITS },
	{ 0 },
};
