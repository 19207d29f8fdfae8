/*
 * timers.c: see timers.h.
 */
#include "core/timers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/op.h"

#define ARITY	  4
#define FIRST_CAP 16

void wg__timers_init(struct wg__timers *t)
{
	*t = (struct wg__timers){ 0 };
}

void wg__timers_fini(struct wg__timers *t)
{
	free(t->heap);
}

static bool is_before(const struct wg__timer *a, const struct wg__timer *b)
{
	return a->deadline_ns != b->deadline_ns ? a->deadline_ns < b->deadline_ns : a->seq < b->seq;
}

static void place(struct wg__timers *t, size_t i, struct wg__timer timer)
{
	t->heap[i] = timer;
	timer.op->heap_idx = i;
}

/* Move the hole at i up to where timer belongs, and put it there. */
static void sift_up(struct wg__timers *t, size_t i, struct wg__timer timer)
{
	while (i > 0) {
		size_t parent = (i - 1) / ARITY;

		if (!is_before(&timer, &t->heap[parent]))
			break;
		place(t, i, t->heap[parent]);
		i = parent;
	}
	place(t, i, timer);
}

static size_t earliest_child(const struct wg__timers *t, size_t i)
{
	size_t child = i * ARITY + 1, end = child + ARITY, best = child;

	for (child++; child < end && child < t->count; child++) {
		if (is_before(&t->heap[child], &t->heap[best]))
			best = child;
	}
	return best;
}

static void sift_down(struct wg__timers *t, size_t i, struct wg__timer timer)
{
	while (i * ARITY + 1 < t->count) {
		size_t child = earliest_child(t, i);

		if (!is_before(&t->heap[child], &timer))
			break;
		place(t, i, t->heap[child]);
		i = child;
	}
	place(t, i, timer);
}

int wg__timers_push(struct wg__timers *t, struct wg_op *op, int64_t deadline_ns)
{
	struct wg__timer timer = { .deadline_ns = deadline_ns, .seq = t->next_seq, .op = op };

	if (t->count == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : FIRST_CAP;
		struct wg__timer *grown = reallocarray(t->heap, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->heap = grown;
		t->cap = cap;
	}
	t->next_seq++;
	sift_up(t, t->count++, timer);
	return 0;
}

void wg__timers_remove(struct wg__timers *t, struct wg_op *op)
{
	size_t i = op->heap_idx;
	struct wg__timer last = t->heap[--t->count];

	if (i == t->count)
		return;
	/* The last one takes the place; it may belong above or below. */
	if (is_before(&last, &t->heap[i]))
		sift_up(t, i, last);
	else
		sift_down(t, i, last);
}

struct wg_op *wg__timers_pop_due(struct wg__timers *t, int64_t now_ns)
{
	struct wg_op *op;

	if (t->count == 0 || t->heap[0].deadline_ns > now_ns)
		return NULL;
	op = t->heap[0].op;
	wg__timers_remove(t, op);
	return op;
}

int64_t wg__timers_next_ns(const struct wg__timers *t)
{
	return t->count ? t->heap[0].deadline_ns : WG_FOREVER;
}
