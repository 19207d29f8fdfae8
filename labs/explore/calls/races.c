/*
 * races.c: see races.h. A cell of eight bytes has the latest accesses of each kind by each thread.
 */
#include "labs/explore/calls/races.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "labs/explore/calls/heap.h"
#include "labs/explore/calls/order.h"
#include "labs/explore/calls/weak.h"
#include "labs/explore/engine/id.h"
#include "labs/explore/engine/record.h"

#define CELL	 8 /* bytes */
#define CELLS	 (1u << 14)
#define ACCESSES 32 /* of one cell; then the oldest are forgotten */

struct access {
	const void *caller; /* in the lab */
	uint32_t epoch;
	uint8_t thread, bytes; /* bytes: a bit for each of the cell's */
	bool is_write, is_atomic, has_lock;
};

struct cell {
	uintptr_t at;
	uint32_t run; /* the schedule that the rest belongs to */
	uint32_t count;
	struct access access[ACCESSES];
};

static struct {
	struct cell cell[CELLS];
	uint32_t used, run;
} races;

void lx_races_begin(void)
{
	races.run++;
	races.used = 0;
}

/* The cell there; NULL: there are none left. */
static struct cell *cell_at(uintptr_t at)
{
	uint32_t i = (uint32_t)(at / CELL * 2654435761u % CELLS);
	struct cell *c = &races.cell[i];

	while (c->run == races.run && c->at != at) {
		i = (i + 1) % CELLS;
		c = &races.cell[i];
	}
	if (c->run == races.run)
		return c;
	if (races.used + 1 == CELLS)
		return NULL;
	races.used++;
	c->at = at;
	c->run = races.run;
	c->count = 0;
	return c;
}

/* The bits of those bytes of this cell that lie in the range. */
static uint8_t bytes_of(uintptr_t cell, uintptr_t begin, uintptr_t end)
{
	uint8_t bits = 0;
	int i;

	for (i = 0; i < CELL; i++) {
		if (cell + (uintptr_t)i >= begin && cell + (uintptr_t)i < end)
			bits |= (uint8_t)(1u << i);
	}
	return bits;
}

/* ---- what is found ---- */

static void fill(struct lx_race *r, int i, const struct access *a)
{
	r->place[i] = lx_place(a->caller);
	r->is_write[i] = a->is_write;
	r->has_lock[i] = a->has_lock;
	(void)snprintf(r->thread[i], sizeof(r->thread[i]), "%s", lx.thread[a->thread].name);
}

static bool is_known(const struct lx_race *known, const struct lx_race *r)
{
	return (known->place[0] == r->place[0] && known->place[1] == r->place[1]) ||
	       (known->place[0] == r->place[1] && known->place[1] == r->place[0]);
}

/* Keep it, once for each pair of places. Its number, or -1: there is no room. */
static int keep(const struct lx_race *r)
{
	struct lx_shared *s = lx.shared;
	uint32_t i;

	for (i = 0; i < s->race_count; i++) {
		if (is_known(&s->race[i], r))
			return (int)i;
	}
	if (s->race_count == LX_RACES)
		return -1;
	s->race[i] = *r;
	(void)lx_id_print(&s->log, s->race[i].schedule, sizeof(s->race[i].schedule));
	s->race_count++;
	return (int)i;
}

static void found(const struct cell *c, const struct access *before, const struct access *now)
{
	int first = __builtin_ctz(before->bytes & now->bytes);
	struct lx_race r = { .data = lx.parts->data((const void *)(c->at + (uintptr_t)first)) };
	int number;

	fill(&r, 0, before);
	fill(&r, 1, now);
	number = keep(&r);
	if (!lx.races_fail && !lx_is_weak())
		lx_note("a data race with {%llx}", (unsigned long long)r.place[0]);
	else if (number >= 0)
		lx_fail("race", "{#%d}: nothing orders the two", number);
	else
		lx_fail("race", "%s %s memory that %s uses, and nothing orders the two accesses",
			r.thread[1], now->is_write ? "writes" : "reads", r.thread[0]);
}

static bool is_race(const struct access *before, const struct access *now)
{
	return before->thread != now->thread && (before->bytes & now->bytes) &&
	       (before->is_write || now->is_write) && !(before->is_atomic && now->is_atomic) &&
	       !lx_order_has(before->thread, before->epoch);
}

static bool is_kind(const struct access *a, const struct access *b)
{
	return a->thread == b->thread && a->bytes == b->bytes && a->is_write == b->is_write &&
	       a->is_atomic == b->is_atomic && a->caller == b->caller;
}

static void note(struct cell *c, const struct access *now)
{
	uint32_t i, same = c->count;

	for (i = 0; i < c->count; i++) {
		if (is_race(&c->access[i], now))
			found(c, &c->access[i], now);
		if (is_kind(&c->access[i], now))
			same = i;
	}
	if (same == ACCESSES) { /* the oldest goes */
		memmove(&c->access[0], &c->access[1], sizeof(c->access[0]) * (ACCESSES - 1));
		same = --c->count;
	}
	c->access[same] = *now;
	c->count += same == c->count;
}

/* ---- accesses ---- */

/* Is there one of it for all threads? Not so for thread-local variables and errno. */
static bool is_for_all(const void *at)
{
	int i;

	if (lx.parts->data(at) || lx_heap_has(at))
		return true;
	for (i = 0; i < lx.thread_count; i++) {
		if (lx_fiber_has_stack(&lx.thread[i].fiber, at))
			return true;
	}
	return false;
}

void lx_races_access(const void *at, size_t size, bool is_write, bool is_atomic, const void *caller)
{
	uintptr_t begin = (uintptr_t)at, end = begin + size, cell = begin / CELL * CELL;
	struct access now = { .caller = caller,
		.epoch = lx_order_epoch(),
		.thread = (uint8_t)lx.self->id,
		.is_write = is_write,
		.is_atomic = is_atomic,
		.has_lock = lx.self->held_count > 0 };

	if (!lx_order_is_known() || !is_for_all(at))
		return;
	for (; cell < end; cell += CELL) {
		struct cell *c = cell_at(cell);

		if (!c && lx_is_weak())
			lx_fail_and_end("not-modelled", "a lab that uses so much shared memory");
		if (!c)
			return;
		now.bytes = bytes_of(cell, begin, end);
		note(c, &now);
	}
}

void lx_races_forget(const void *at, size_t size)
{
	uintptr_t begin = (uintptr_t)at, end = begin + size, cell = begin / CELL * CELL;

	for (; cell < end; cell += CELL) {
		struct cell *c = cell_at(cell);

		if (c)
			c->count = 0;
	}
}
