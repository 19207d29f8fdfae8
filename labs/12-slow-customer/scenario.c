/*
 * scenario.c: slow customers stand at a gate that is ours, and the fast ones come behind them.
 *
 * The gate opens when nobody can go on any more: that is what a second of virtual time means. So
 * "before the gate opened" is no matter of speed: who could run by then has run.
 */
#include "lab12.h"

#include <semaphore.h>
#include <time.h>

#include "labs/explore/lab.h"

/* What only keeps the books: no steps of its own. */
#define QUIET __attribute__((no_sanitize("thread")))

enum { OPS = 4, WORKERS = 3 };

static struct pool pool;
static struct op ops[OPS];
static int op_count;
static sem_t gate;
static pthread_t worker[WORKERS];

/* What happened. The explorer runs one thread at a time, so this needs no lock. */
static int fast_done, slow_started, at_once, taken;
static bool is_strict; /* never more slow ones than may run: so all go in turn */

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

QUIET static void note_taken(const struct op *op)
{
	taken++;
	lab_note("op %d is taken", (int)op->id);
	lab_check("order", (int)op->id == taken || !is_strict,
		"op %d is taken as number %d: somebody was put off", (int)op->id, taken);
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

QUIET static void begin(const struct op *op)
{
	lab_start(op->id);
	at_once++;
	lab_check("pool", at_once <= pool.workers, "%d operations run at once, in a pool of %d",
		at_once, pool.workers);
	slow_started += op->is_slow;
}

QUIET static void end(const struct op *op)
{
	at_once--;
	fast_done += !op->is_slow;
	lab_done(op->id, 0);
	lab_ready(op->id);
	lab_deliver(op->id);
}

void op_run(struct op *op)
{
	begin(op);
	if (op->is_slow)
		sem_wait(&gate);
	end(op);
}

/* ---- the scenarios ---- */

QUIET static void submit(bool is_slow)
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
	return pool_worker(&pool);
}

static void start_workers(void)
{
	static char name[WORKERS][16] = { "worker 1", "worker 2", "worker 3" };
	int i;

	for (i = 0; i < pool.workers; i++)
		pthread_create(&worker[i], NULL, work, name[i]);
}

static void wait_until_nobody_can_go_on(void)
{
	nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
}

static void let_pass(int count)
{
	int i;

	for (i = 0; i < count; i++)
		sem_post(&gate);
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
}

static void check_fast(int count)
{
	lab_check("fast", fast_done == count, "%d of %d fast operations ran before the gate opened",
		fast_done, count);
}

/* As many slow ones as there are workers; when all have found their place, a fast one comes. */
static void behind(void)
{
	begin_with(2);
	submit(true);
	submit(true);
	start_workers();
	wait_until_nobody_can_go_on();
	submit(false);
	wait_until_nobody_can_go_on();
	check_fast(1);
	let_pass(2);
	close_pool();
}

/* The same, and all of them come while the workers are at it. A fast one was there before. */
static void crowd(void)
{
	begin_with(2);
	submit(false);
	start_workers();
	wait_until_nobody_can_go_on();
	submit(true);
	submit(true);
	submit(false);
	wait_until_nobody_can_go_on();
	check_fast(2);
	let_pass(2);
	close_pool();
}

/* Nothing but slow ones, of which two may run; they leave one by one. */
static void slow_only(void)
{
	int i;

	begin_with(3);
	for (i = 0; i < 3; i++)
		submit(true);
	start_workers();
	wait_until_nobody_can_go_on();
	lab_check("slow", slow_started >= 2, "%d of 3 slow operations run, 2 may", slow_started);
	for (i = 0; i < 3; i++) {
		let_pass(1);
		wait_until_nobody_can_go_on();
	}
	lab_check("slow", slow_started == 3, "%d of 3 slow operations have run", slow_started);
	close_pool();
}

/* One slow one between fast ones, while the workers are at it: its turn comes. */
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
	{ .name = "behind", .title = "fast ones behind slow ones", .run = behind, LIMITS },
	{ .name = "crowd", .title = "all of them at once", .run = crowd, LIMITS },
	{ .name = "slow", .title = "nothing but slow ones", .run = slow_only, LIMITS },
	{ .name = "turn", .title = "a slow one between fast ones", .run = in_turn, LIMITS },
	{ .name = "closing", .title = "closed with slow ones queued", .run = closing, LIMITS },
	{ 0 },
};
