/*
 * in_order.h: events of one look, handed on in the order of time. Private to traces/.
 */
#ifndef TRACES_GATHER_IN_ORDER_H
#define TRACES_GATHER_IN_ORDER_H

#include <stddef.h>

#include "traces/read/schema.h"

struct wg__in_order_event;

/* All zero: empty. */
struct wg__in_order {
	struct wg__in_order_event *v;
	size_t count, cap;
};

/* Their names stay the caller's. 0 or -ENOMEM. */
int wg__in_order_add(struct wg__in_order *in_order, const struct wg_event *event);

/* Hand on all, and forget them: 0, or the first that sink returned. */
int wg__in_order_pass(struct wg__in_order *in_order,
	int (*sink)(void *user, const struct wg_event *event), void *user);
void wg__in_order_fini(struct wg__in_order *in_order);

#endif
