/*
 * holes.h: holes that are known before their place in the stream, which is where they end, has
 * come: a heap, the one that ends first on top. Private to traces/.
 */
#ifndef TRACES_READ_HOLES_H
#define TRACES_READ_HOLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/read/schema.h"

/* All zero is empty; free v. */
struct wg__holes {
	struct wg_event *v;
	size_t count, cap;
};

/* 0 or -ENOMEM. */
int wg__holes_add(struct wg__holes *holes, const struct wg_event *hole);

/* Take the first if it ends by limit_ns. */
bool wg__holes_take(struct wg__holes *holes, int64_t limit_ns, struct wg_event *ret_hole);

#endif
