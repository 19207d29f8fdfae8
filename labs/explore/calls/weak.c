/*
 * weak.c: see weak.h.
 */
#include "labs/explore/calls/weak.h"

#include <stdatomic.h>
#include <string.h>

#include "labs/explore/calls/order.h"
#include "labs/explore/engine/path.h"
#include "labs/explore/engine/record.h"

#define VARIABLES   64
#define STORES	    48
#define OLD_AT_MOST 2 /* times in a row that a thread reads the same old value */

struct stored {
	uint64_t value;
	int thread;
	uint32_t epoch;		 /* of the thread, when it stored */
	struct lx_clock release; /* the clock that an acquire load of it gets */
};

struct variable {
	const void *at;
	size_t size;
	int count, latest_seq_cst;
	struct stored store[STORES];
	int seen[LX_THREADS];  /* the newest that this thread has read or written */
	int again[LX_THREADS]; /* times it has read that one although there was a newer */
};

static struct {
	struct variable variable[VARIABLES];
	int variables;
} weak;

void lx_weak_begin(void)
{
	weak.variables = 0;
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

void lx_weak_forget(const void *at, size_t size)
{
	uintptr_t begin = (uintptr_t)at, end = begin + size;
	int i;

	for (i = 0; i < weak.variables; i++) {
		uintptr_t where = (uintptr_t)weak.variable[i].at;

		if (where >= begin && where < end)
			weak.variable[i--] = weak.variable[--weak.variables];
	}
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
		if (lx_order_has(v->store[j].thread, v->store[j].epoch))
			return j;
	}
	return i;
}

static uint64_t read_from(struct variable *v, int i, int order)
{
	int self = lx.self->id;

	v->again[self] = i == v->seen[self] && i < v->count - 1 ? v->again[self] + 1 : 0;
	v->seen[self] = i;
	lx_order_acquire(&v->store[i].release, order);
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
	*s = (struct stored){ .value = value, .thread = self, .epoch = lx_order_epoch() };
	/* A read-modify-write continues the release sequence of the store it read. */
	s->release = lx_order_release(is_modify ? &v->store[v->count - 1].release : NULL, order);
	v->seen[self] = v->count++;
	if (order == memory_order_seq_cst)
		v->latest_seq_cst = v->count - 1;
	memcpy((void *)(uintptr_t)v->at, &value, v->size);
	lx_order_next();
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
	lx_order_fence(order, fence_variables);
}
