/*
 * in_order.c: see in_order.h. Those of one time stay in the order in which they came.
 */
#include "traces/gather/in_order.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"

struct wg__in_order_event {
	struct wg_event event;
	size_t number;
};

int wg__in_order_add(struct wg__in_order *o, const struct wg_event *event)
{
	if (wg__grow(&o->v, &o->cap, o->count, sizeof(*o->v)) < 0)
		return -ENOMEM;
	o->v[o->count] = (struct wg__in_order_event){ *event, o->count };
	o->count++;
	return 0;
}

static int by_time(const void *x, const void *y)
{
	const struct wg__in_order_event *a = x, *b = y;

	if (a->event.ts_ns != b->event.ts_ns)
		return a->event.ts_ns < b->event.ts_ns ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

int wg__in_order_pass(
	struct wg__in_order *o, int (*sink)(void *user, const struct wg_event *event), void *user)
{
	size_t i;
	int rc = 0;

	if (o->count)
		qsort(o->v, o->count, sizeof(*o->v), by_time);
	for (i = 0; rc == 0 && i < o->count; i++)
		rc = sink(user, &o->v[i].event);
	o->count = 0;
	return rc;
}

void wg__in_order_fini(struct wg__in_order *o)
{
	free(o->v);
	*o = (struct wg__in_order){ .v = NULL };
}
