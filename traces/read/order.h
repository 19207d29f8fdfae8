/*
 * order.h: which of several streams comes next: a heap of the times of their heads, the earliest
 * first, and where times are equal that of the lower number. Private to traces/read.
 *
 * The first stream mostly goes on for some events before another one is earlier. So a reader takes
 * events from it up to wg__order_limit(), without a look at the others.
 */
#ifndef TRACES_READ_ORDER_H
#define TRACES_READ_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/names.h"

struct wg__head {
	int64_t at_ns;
	size_t i; /* whose */
};

/* All zero is empty; free head. */
struct wg__order {
	struct wg__head *head;
	size_t count, cap;
};

static inline bool wg__head_is_before(const struct wg__head *a, const struct wg__head *b)
{
	return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->i < b->i);
}

/* 0 or -ENOMEM. */
static inline int wg__order_add(struct wg__order *o, int64_t at_ns, size_t stream)
{
	struct wg__head new = { at_ns, stream };
	size_t i;
	int rc = wg__grow(&o->head, &o->cap, o->count, sizeof(*o->head));

	if (rc < 0)
		return rc;
	for (i = o->count++; i > 0 && wg__head_is_before(&new, &o->head[(i - 1) / 2]);
		i = (i - 1) / 2)
		o->head[i] = o->head[(i - 1) / 2];
	o->head[i] = new;
	return 0;
}

/* The first one is now that. */
static inline void wg__order_put_first(struct wg__order *o, struct wg__head new)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < o->count) {
		if (child + 1 < o->count &&
			wg__head_is_before(&o->head[child + 1], &o->head[child]))
			child++;
		if (!wg__head_is_before(&o->head[child], &new))
			break;
		o->head[i] = o->head[child];
		i = child;
	}
	o->head[i] = new;
}

/* The first one has ended. */
static inline void wg__order_drop_first(struct wg__order *o)
{
	struct wg__head last = o->head[--o->count];

	if (o->count)
		wg__order_put_first(o, last);
}

/* What the first stream has before that time comes before all that others have. */
static inline int64_t wg__order_limit(const struct wg__order *o)
{
	const struct wg__head *second = &o->head[1];

	if (o->count < 2)
		return INT64_MAX;
	if (o->count > 2 && wg__head_is_before(&o->head[2], second))
		second = &o->head[2];
	return second->at_ns + (o->head[0].i < second->i && second->at_ns < INT64_MAX);
}

#endif
