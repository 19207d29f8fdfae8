/*
 * order.c: see order.h.
 */
#include "labs/explore/calls/order.h"

#include <stdatomic.h>
#include <string.h>

#include "labs/explore/calls/weak.h"
#include "labs/explore/engine/record.h"

#define OBJECTS 1024

/* A mutex, a condition, an atomic variable, ...: later steps on it get this clock. */
struct object {
	const void *at;
	uint32_t run; /* the schedule that the clock belongs to */
	struct lx_clock clock;
};

static struct {
	struct lx_clock now[LX_THREADS];
	struct lx_clock fenced[LX_THREADS];   /* by a release fence: for later relaxed stores */
	struct lx_clock unfenced[LX_THREADS]; /* read by relaxed loads: for an acquire fence */
	struct lx_clock seq_cst;	      /* of all seq_cst fences so far */
	struct object object[OBJECTS];
	uint32_t objects, run;
	bool is_short;
} order_of;

static void join(struct lx_clock *to, const struct lx_clock *from)
{
	int i;

	for (i = 0; i < LX_THREADS; i++) {
		if (to->at[i] < from->at[i])
			to->at[i] = from->at[i];
	}
}

static struct lx_clock *mine(void)
{
	return &order_of.now[lx.self->id];
}

void lx_order_begin(void)
{
	int i;

	memset(order_of.now, 0, sizeof(order_of.now));
	memset(order_of.fenced, 0, sizeof(order_of.fenced));
	memset(order_of.unfenced, 0, sizeof(order_of.unfenced));
	memset(&order_of.seq_cst, 0, sizeof(order_of.seq_cst));
	for (i = 0; i < LX_THREADS; i++)
		order_of.now[i].at[i] = 1;
	order_of.objects = 0;
	order_of.is_short = false;
	order_of.run++;
}

bool lx_order_is_known(void)
{
	return !order_of.is_short;
}

uint32_t lx_order_epoch(void)
{
	return mine()->at[lx.self->id];
}

bool lx_order_has(int thread, uint32_t epoch)
{
	return mine()->at[thread] >= epoch;
}

/* What the thread did so far happens before what it publishes now; its current step does not. */
void lx_order_next(void)
{
	mine()->at[lx.self->id]++;
}

/* ---- objects ---- */

/* NULL: there are too many. */
static struct lx_clock *clock_of(const void *at)
{
	uint32_t i = (uint32_t)(((uintptr_t)at >> 3) * 2654435761u % OBJECTS);
	struct object *o = &order_of.object[i];

	while (o->run == order_of.run && o->at != at) {
		i = (i + 1) % OBJECTS;
		o = &order_of.object[i];
	}
	if (o->run == order_of.run)
		return &o->clock;
	if (++order_of.objects >= OBJECTS) {
		if (lx_is_weak())
			lx_fail_and_end("not-modelled",
				"more than %d locks, conditions and descriptors", OBJECTS - 1);
		order_of.objects--;
		order_of.is_short = true;
		return NULL;
	}
	*o = (struct object){ .at = at, .run = order_of.run };
	return &o->clock;
}

static void meet(const void *object)
{
	struct lx_clock *c = clock_of(object);

	if (!c)
		return;
	join(mine(), c);
	*c = *mine();
}

void lx_order_step(const struct lx_op *op)
{
	const struct lx_touch *touch;

	if (op->is_access || !op->touch[0].object)
		return;
	for (touch = op->touch; touch->object; touch++)
		meet(touch->object);
	lx_order_next();
}

void lx_order_publish(const void *object)
{
	meet(object);
	lx_order_next();
}

void lx_order_create(const struct lx_thread *to)
{
	order_of.now[to->id] = *mine();
	order_of.now[to->id].at[to->id]++;
	lx_order_next();
}

void lx_order_join(const struct lx_thread *from)
{
	join(mine(), &order_of.now[from->id]);
}

void lx_order_signal(const struct lx_thread *to)
{
	join(&order_of.now[to->id], mine());
	lx_order_next();
}

/* ---- atomics ---- */

static bool acquires(int order)
{
	return order == memory_order_acquire || order == memory_order_acq_rel ||
	       order == memory_order_seq_cst || order == memory_order_consume;
}

static bool releases(int order)
{
	return order == memory_order_release || order == memory_order_acq_rel ||
	       order == memory_order_seq_cst;
}

void lx_order_acquire(const struct lx_clock *from, int order)
{
	join(acquires(order) ? mine() : &order_of.unfenced[lx.self->id], from);
}

struct lx_clock lx_order_release(const struct lx_clock *before, int order)
{
	struct lx_clock c = order_of.fenced[lx.self->id];

	if (before)
		join(&c, before);
	if (releases(order))
		join(&c, mine());
	return c;
}

void lx_order_fence(int order, void (*within)(void))
{
	int self = lx.self->id;

	if (acquires(order))
		join(mine(), &order_of.unfenced[self]);
	if (order == memory_order_seq_cst) {
		join(mine(), &order_of.seq_cst);
		join(&order_of.seq_cst, mine());
		if (within)
			within();
	}
	if (releases(order))
		order_of.fenced[self] = *mine();
	lx_order_next();
}

void lx_order_load(const void *at, int order)
{
	const struct lx_clock *c = clock_of(at);

	if (c)
		lx_order_acquire(c, order);
}

void lx_order_store(const void *at, int order, bool is_modify)
{
	struct lx_clock *c = clock_of(at);

	if (c)
		*c = lx_order_release(is_modify ? c : NULL, order);
	lx_order_next();
}
