/*
 * scenario.c: two reads, one worker, and six plans for what the disk answers.
 */
#include "lab05.h"

#include "labs/explore/lab.h"

enum { OPS = 2 };

/* What the disk answers for each operation: what open returns, then what read returns. */
struct plan {
	int open[OPS];
	int64_t read[OPS];
	int64_t want[OPS]; /* the result that the loop must get */
};

static const struct plan *plan;
static struct pool pool;
static struct op ops[OPS] = { { .id = 1 }, { .id = 2 } };
static bool is_open[OPS], is_gone; /* the disk: only its worker's, then any thread's */
static bool is_published[OPS];	   /* guarded by pool.lock, as is published */
static int published;
static int delivered, empty_waits; /* the loop's */

static int index_of(const struct op *op)
{
	return (int)(op - ops);
}

/* ---- the queues ---- */

static void put(struct queue *q, struct op *op)
{
	op->next = NULL;
	if (q->last)
		q->last->next = op;
	else
		q->first = op;
	q->last = op;
}

void pool_put_todo(struct pool *p, struct op *op)
{
	put(&p->todo, op);
}

struct op *pool_take_todo(struct pool *p)
{
	struct op *op = p->todo.first;

	if (!op)
		return NULL;
	p->todo.first = op->next;
	if (!op->next)
		p->todo.last = NULL;
	lab_start(op->id);
	return op;
}

/* False: it was published before. */
LAB_QUIET static bool note_published(struct op *op, int64_t result)
{
	bool is_first = !is_published[index_of(op)];

	lab_check("once", is_first, "operation %d is published twice", (int)op->id);
	if (!is_first)
		return false;
	is_published[index_of(op)] = true;
	published++;
	op->result = result;
	return true;
}

void pool_put_ready(struct pool *p, struct op *op, int64_t result)
{
	if (!note_published(op, result))
		return;
	lab_done(op->id, result);
	put(&p->ready, op);
	lab_ready(op->id);
}

struct op *pool_take_ready(struct pool *p)
{
	struct op *all = p->ready.first;

	p->ready = (struct queue){ 0 };
	return all;
}

/* ---- the disk ---- */

LAB_QUIET int disk_open(struct op *op)
{
	int rc = plan->open[index_of(op)];

	lab_check("disk", !is_gone, "the disk is gone, but op %d uses it", (int)op->id);
	is_open[index_of(op)] = rc == 0;
	lab_note("open of op %d says %d", (int)op->id, rc);
	return rc;
}

LAB_QUIET int64_t disk_read(struct op *op)
{
	int64_t rc = plan->read[index_of(op)];

	lab_check("disk", is_open[index_of(op)], "op %d is read but not open", (int)op->id);
	is_gone = rc == DISK_IS_GONE;
	lab_note("read of op %d says %lld", (int)op->id, (long long)rc);
	return rc;
}

LAB_QUIET void disk_close(struct op *op)
{
	lab_check("disk", is_open[index_of(op)], "op %d is closed but not open", (int)op->id);
	is_open[index_of(op)] = false;
}

/* ---- the loop ---- */

/* A notify may come late, when its result was found already; but there may not be more notifies
 * than results. */
LAB_QUIET static void count_notifies(void)
{
	int notifies = lab_counts().notifies;

	lab_check("empty", notifies <= published,
		"%d notifies for %d results: a notify without a result", notifies, published);
}

/* While we hold the lock, no thread is between its notify and its result, or the other way round.
 * The explorer runs one thread at a time and needs no lock here; it would be another step. */
static void check_notifies(void)
{
	if (lab_is_real())
		pthread_mutex_lock(&pool.lock);
	count_notifies();
	if (lab_is_real())
		pthread_mutex_unlock(&pool.lock);
}

LAB_QUIET static int count(const struct op *op)
{
	int found = 0;

	for (; op; op = op->next)
		found++;
	return found;
}

LAB_QUIET static void deliver(const struct op *op)
{
	for (; op; op = op->next) {
		int64_t want = plan->want[index_of(op)];

		lab_check("result", op->result == want,
			"op %d is delivered with %lld; it must be %lld", (int)op->id,
			(long long)op->result, (long long)want);
		lab_deliver(op->id);
		delivered++;
	}
}

static void check_waits(void)
{
	struct lab_counts c = lab_counts();

	lab_check("late", c.late_wakes == 0,
		"%d of %d waits ended by timeout with work pending: the clock repaired a missing "
		"notify",
		c.late_wakes, c.waits);
	lab_check("forever", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: that is polling", c.waits - c.endless_waits,
		c.waits);
}

static void close_pool(pthread_t worker)
{
	pthread_mutex_lock(&pool.lock);
	pool.is_closing = true;
	pthread_cond_signal(&pool.more);
	pthread_mutex_unlock(&pool.lock);
	pthread_join(worker, NULL);
}

static void *work(void *arg)
{
	lab_name("worker");
	return pool_worker(arg);
}

static void run_plan(const struct plan *with)
{
	pthread_t worker;
	struct op *op;
	int i;

	plan = with;
	pthread_mutex_init(&pool.lock, NULL);
	pthread_cond_init(&pool.more, NULL);
	pthread_cond_init(&pool.arrived, NULL);
	lab_name("loop");
	lab_loop("condvar");
	pthread_create(&worker, NULL, work, &pool);
	for (i = 0; i < OPS; i++) {
		lab_submit(ops[i].id);
		pool_submit(&pool, &ops[i]);
	}
	while (delivered < OPS) {
		int found;

		op = pool_wait(&pool);
		found = count(op);
		lab_poll(found);
		check_notifies();
		lab_check("empty", found > 0, "pool_wait() returned nothing");
		if (found == 0 && ++empty_waits == 3)
			return; /* it will not change any more */
		deliver(op);
	}
	close_pool(worker);
	check_notifies();
	check_waits();
	for (i = 0; i < OPS; i++)
		lab_check("disk", !is_open[i], "op %d is never closed", i + 1);
}

/* ---- the plans ---- */

static void fine(void)
{
	static const struct plan p = { .read = { 4096, 100 }, .want = { 4096, 100 } };

	run_plan(&p);
}

static void absent(void)
{
	static const struct plan p = {
		.open = { -ENOENT, 0 }, .read = { 0, 100 }, .want = { -ENOENT, 100 }
	};

	run_plan(&p);
}

static void empty(void)
{
	static const struct plan p = { .read = { 0, 100 }, .want = { 0, 100 } };

	run_plan(&p);
}

static void broken(void)
{
	static const struct plan p = { .read = { 4096, -EIO }, .want = { 4096, -EIO } };

	run_plan(&p);
}

static void both(void)
{
	static const struct plan p = {
		.open = { -EACCES, 0 }, .read = { 0, -EIO }, .want = { -EACCES, -EIO }
	};

	run_plan(&p);
}

static void gone(void)
{
	static const struct plan p = { .read = { DISK_IS_GONE, DISK_IS_GONE },
		.want = { -ECANCELED, -ECANCELED } };

	run_plan(&p);
}

#define LIMITS .max_steps = 400, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "fine", .title = "both reads succeed", .run = fine, LIMITS },
	{ .name = "absent", .title = "the first file does not exist", .run = absent, LIMITS },
	{ .name = "empty", .title = "the first file is empty", .run = empty, LIMITS },
	{ .name = "broken", .title = "the second read fails", .run = broken, LIMITS },
	{ .name = "both", .title = "no permission, and a read that fails", .run = both, LIMITS },
	{ .name = "gone", .title = "the disk is gone, and its worker ends", .run = gone, LIMITS },
	{ .name = "restless",
		.title = "a wait ends for no reason",
		.run = broken,
		.spurious = 1,
		LIMITS },
	{ 0 },
};
