/*
 * holes.c: see holes.h.
 */
#include "traces/read/holes.h"

#include <errno.h>

#include "traces/base/names.h"

/* By their ends; where those are equal, however they were found, by their beginnings. */
static bool is_before(const struct wg_event *a, const struct wg_event *b)
{
	if (a->ts_ns != b->ts_ns)
		return a->ts_ns < b->ts_ns;
	if (a->lost.begin_ns != b->lost.begin_ns)
		return a->lost.begin_ns < b->lost.begin_ns;
	return a->lost.count < b->lost.count;
}

int wg__holes_add(struct wg__holes *h, const struct wg_event *hole)
{
	size_t i;

	if (wg__grow(&h->v, &h->cap, h->count, sizeof(*h->v)) < 0)
		return -ENOMEM;
	for (i = h->count++; i > 0 && is_before(hole, &h->v[(i - 1) / 2]); i = (i - 1) / 2)
		h->v[i] = h->v[(i - 1) / 2];
	h->v[i] = *hole;
	return 0;
}

bool wg__holes_take(struct wg__holes *h, int64_t limit_ns, struct wg_event *ret_hole)
{
	struct wg_event *last;
	size_t i = 0, child;

	if (h->count == 0 || h->v[0].ts_ns > limit_ns)
		return false;
	*ret_hole = h->v[0];
	last = &h->v[--h->count];
	while ((child = 2 * i + 1) < h->count) {
		if (child + 1 < h->count && is_before(&h->v[child + 1], &h->v[child]))
			child++;
		if (!is_before(&h->v[child], last))
			break;
		h->v[i] = h->v[child];
		i = child;
	}
	h->v[i] = *last;
	return true;
}
