/*
 * weak.c: see weak.h.
 */
#include "labs/explore/calls/weak.h"

#include <stdatomic.h>
#include <string.h>

#include "labs/explore/engine/path.h"
#include "labs/explore/engine/record.h"

#define VARIABLES   64
#define STORES	    48
#define OBJECTS	    64
#define OLD_AT_MOST 2 /* times in a row that a thread reads the same old value */
#define BYTES	    (1u << 16)

struct clock {
	uint32_t at[LX_THREADS];
};

struct stored {
	uint64_t value;
	int thread;
	uint32_t epoch;	      /* of the thread, when it stored */
	struct clock release; /* the clock that an acquire load of it gets */
};

struct variable {
	const void *at;
	size_t size;
	int count, latest_seq_cst;
	struct stored store[STORES];
	int seen[LX_THREADS];  /* the newest that this thread has read or written */
	int again[LX_THREADS]; /* times it has read that one although there was a newer */
};

struct object {
	const void *at;
	struct clock clock;
};

/* A byte of ordinary memory: neighbours are no race. */
struct byte {
	uintptr_t at;
	uint32_t run; /* the schedule that the rest belongs to */
	int writer;   /* -1: none yet */
	uint32_t written;
	uint32_t read[LX_THREADS];
};

static struct {
	struct clock now[LX_THREADS];
	struct clock fenced[LX_THREADS];   /* by a release fence: for later relaxed stores */
	struct clock unfenced[LX_THREADS]; /* read by relaxed loads: for a later acquire fence */
	struct clock seq_cst;		   /* of all seq_cst fences so far */
	struct variable variable[VARIABLES];
	int variables;
	struct object object[OBJECTS];
	int objects;
	struct byte byte[BYTES];
	uint32_t run;
} weak;

static void join(struct clock *to, const struct clock *from)
{
	int i;

	for (i = 0; i < LX_THREADS; i++) {
		if (to->at[i] < from->at[i])
			to->at[i] = from->at[i];
	}
}

static struct clock *mine(void)
{
	return &weak.now[lx.self->id];
}

/* What the thread did so far happens before what it publishes now; its current step does not. */
static void next_epoch(void)
{
	mine()->at[lx.self->id]++;
}

void lx_weak_begin(void)
{
	int i;

	memset(weak.now, 0, sizeof(weak.now));
	memset(weak.fenced, 0, sizeof(weak.fenced));
	memset(weak.unfenced, 0, sizeof(weak.unfenced));
	memset(&weak.seq_cst, 0, sizeof(weak.seq_cst));
	for (i = 0; i < LX_THREADS; i++)
		weak.now[i].at[i] = 1;
	weak.variables = weak.objects = 0;
	weak.run++;
}

/* ---- atomic variables ---- */

static uint64_t in_memory(const void *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, at, size);
	return value;
}

/* Only the value in memory is known: before the first atomic access, or after ordinary writes.
 * Check `race` finds out whether these are ordered. */
static void start_again(struct variable *v)
{
	v->count = 1;
	v->latest_seq_cst = 0;
	memset(v->seen, 0, sizeof(v->seen));
	memset(v->again, 0, sizeof(v->again));
	v->store[0] = (struct stored){ .value = in_memory(v->at, v->size) };
}

static struct variable *variable_at(const void *at, size_t size)
{
	struct variable *v;
	int i;

	for (i = 0; i < weak.variables; i++) {
		v = &weak.variable[i];
		if (v->at != at)
			continue;
		if (v->size != size || v->store[v->count - 1].value != in_memory(at, size)) {
			v->size = size;
			start_again(v);
		}
		return v;
	}
	if (weak.variables == VARIABLES)
		lx_fail_and_end("not-modelled", "more than %d atomic variables", VARIABLES);
	v = &weak.variable[weak.variables++];
	v->at = at;
	v->size = size;
	start_again(v);
	return v;
}

/* The slot of this byte, or the one where it would be. */
static struct byte *find(uintptr_t at)
{
	uint32_t i = (uint32_t)(at * 2654435761u % BYTES), tried = 0;

	while (weak.byte[i].run == weak.run && weak.byte[i].at != at) {
		if (++tried == BYTES)
			lx_fail_and_end("not-modelled", "a lab that uses so much shared memory");
		i = (i + 1) % BYTES;
	}
	return &weak.byte[i];
}

void lx_weak_forget(const void *at, size_t size)
{
	uintptr_t begin = (uintptr_t)at, end = begin + size;
	int i;

	for (i = 0; i < weak.variables; i++) {
		uintptr_t where = (uintptr_t)weak.variable[i].at;

		if (where >= begin && where < end)
			weak.variable[i--] = weak.variable[--weak.variables];
	}
	for (; begin < end; begin++) {
		struct byte *b = find(begin);

		if (b->run == weak.run)
			*b = (struct byte){ .at = begin, .run = weak.run, .writer = -1 };
	}
}

static bool happened_before(int thread, uint32_t epoch)
{
	return mine()->at[thread] >= epoch;
}

/* The oldest store that the running thread may still read. */
static int oldest(const struct variable *v, int order)
{
	int i = v->seen[lx.self->id], j;

	/* Every store is seen at some time: a thread that looks again and again does not miss it
	 * for ever. */
	if (v->again[lx.self->id] >= OLD_AT_MOST && i < v->count - 1)
		i++;
	if (order == memory_order_seq_cst && i < v->latest_seq_cst)
		i = v->latest_seq_cst;
	for (j = v->count - 1; j > i; j--) {
		if (happened_before(v->store[j].thread, v->store[j].epoch))
			return j;
	}
	return i;
}

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

static uint64_t read_from(struct variable *v, int i, int order)
{
	int self = lx.self->id;

	v->again[self] = i == v->seen[self] && i < v->count - 1 ? v->again[self] + 1 : 0;
	v->seen[self] = i;
	join(acquires(order) ? mine() : &weak.unfenced[self], &v->store[i].release);
	return v->store[i].value;
}

uint64_t lx_weak_load(const void *at, size_t size, int order)
{
	struct variable *v = variable_at(at, size);
	int from = oldest(v, order);
	int pick = lx_pick(v->count - from);

	if (pick > 0)
		lx_note("an old value: %d newer cannot be seen yet;", pick);
	return read_from(v, v->count - 1 - pick, order);
}

uint64_t lx_weak_latest(const void *at, size_t size, int order)
{
	struct variable *v = variable_at(at, size);

	return read_from(v, v->count - 1, order);
}

static void put(struct variable *v, uint64_t value, int order, bool is_modify)
{
	int self = lx.self->id;
	struct stored *s;

	if (v->count == STORES) { /* no thread may read the oldest any more */
		int i;

		memmove(&v->store[0], &v->store[1], sizeof(v->store[0]) * (STORES - 1));
		v->count--;
		v->latest_seq_cst -= v->latest_seq_cst > 0;
		for (i = 0; i < LX_THREADS; i++)
			v->seen[i] -= v->seen[i] > 0;
	}
	s = &v->store[v->count];
	*s = (struct stored){ .value = value, .thread = self, .epoch = mine()->at[self] };
	s->release = weak.fenced[self];
	if (is_modify) /* it continues the release sequence of the store it read */
		join(&s->release, &v->store[v->count - 1].release);
	if (releases(order))
		join(&s->release, mine());
	v->seen[self] = v->count++;
	if (order == memory_order_seq_cst)
		v->latest_seq_cst = v->count - 1;
	memcpy((void *)(uintptr_t)v->at, &value, v->size);
	next_epoch();
}

void lx_weak_store(void *at, size_t size, uint64_t value, int order)
{
	put(variable_at(at, size), value, order, false);
}

void lx_weak_modify(void *at, size_t size, uint64_t value, int order)
{
	put(variable_at(at, size), value, order, true);
}

/* Of a seq_cst fence and the seq_cst accesses of others: what follows the fence reads no store
 * older than the latest of these, and their loads after it read none older than what came before
 * it. */
static void fence_variables(void)
{
	int self = lx.self->id, i, j;

	for (i = 0; i < weak.variables; i++) {
		struct variable *v = &weak.variable[i];

		if (v->seen[self] < v->latest_seq_cst)
			v->seen[self] = v->latest_seq_cst;
		for (j = v->count - 1; j > v->latest_seq_cst; j--) {
			if (v->store[j].thread == self && v->store[j].epoch > 0)
				v->latest_seq_cst = j;
		}
	}
}

void lx_weak_fence(int order)
{
	int self = lx.self->id;

	if (acquires(order))
		join(mine(), &weak.unfenced[self]);
	if (order == memory_order_seq_cst) {
		join(mine(), &weak.seq_cst);
		join(&weak.seq_cst, mine());
		fence_variables();
	}
	if (releases(order))
		weak.fenced[self] = *mine();
	next_epoch();
}

/* ---- what orders threads besides atomics ---- */

static struct clock *clock_of(const void *at)
{
	int i;

	for (i = 0; i < weak.objects; i++) {
		if (weak.object[i].at == at)
			return &weak.object[i].clock;
	}
	if (weak.objects == OBJECTS)
		lx_fail_and_end(
			"not-modelled", "more than %d locks, conditions and descriptors", OBJECTS);
	weak.object[weak.objects] = (struct object){ .at = at };
	return &weak.object[weak.objects++].clock;
}

void lx_weak_sync(const struct lx_op *op)
{
	const struct lx_touch *touch;

	if (op->is_access || !op->touch[0].object)
		return;
	for (touch = op->touch; touch->object; touch++) {
		struct clock *c = clock_of(touch->object);

		join(mine(), c);
		*c = *mine();
	}
	next_epoch();
}

void lx_weak_create(const struct lx_thread *to)
{
	weak.now[to->id] = *mine();
	weak.now[to->id].at[to->id]++;
	next_epoch();
}

void lx_weak_join(const struct lx_thread *from)
{
	join(mine(), &weak.now[from->id]);
}

/* ---- ordinary memory ---- */

static void race(int other, bool is_write)
{
	lx_fail("race", "%s %s memory that %s uses, and nothing orders the two accesses",
		lx.self->name, is_write ? "writes" : "reads", lx.thread[other].name);
}

static void note(struct byte *b, bool is_write)
{
	int self = lx.self->id, i;

	if (b->writer >= 0 && b->writer != self && !happened_before(b->writer, b->written))
		race(b->writer, is_write);
	for (i = 0; is_write && i < LX_THREADS; i++) {
		if (i != self && b->read[i] && !happened_before(i, b->read[i]))
			race(i, true);
	}
	if (is_write) {
		b->writer = self;
		b->written = mine()->at[self];
	} else {
		b->read[self] = mine()->at[self];
	}
}

void lx_weak_plain(const void *at, size_t size, bool is_write)
{
	uintptr_t where = (uintptr_t)at, end = where + size;

	for (; where < end; where++) {
		struct byte *b = find(where);

		if (b->run != weak.run)
			*b = (struct byte){ .at = where, .run = weak.run, .writer = -1 };
		note(b, is_write);
	}
}
