/*
 * check_threads.c: see check_threads.h. Nothing is counted here; threads.h has the figures.
 */
#include "traces/measure/check_threads.h"

#define SECOND_NS INT64_C(1000000000)

static const struct wg_thread_bound_info table[] = {
	[WG_THREAD_BOUND_WAKES_PER_S] = { "max-wakes-per-second", "wakes a second",
		"wakes a second of a thread's life" },
	[WG_THREAD_BOUND_EMPTY_TIMERS] = { "max-empty-timer-wakes", "empty timer wakes",
		"timeouts after which a thread did nothing, or only looked" },
};
_Static_assert(sizeof(table) / sizeof(table[0]) == WG_THREAD_BOUND_COUNT, "all are described");

const struct wg_thread_bound_info *wg_thread_bound_info(enum wg_thread_bound bound)
{
	return (size_t)bound < WG_THREAD_BOUND_COUNT ? &table[bound] : NULL;
}

size_t wg_thread_bounds_count(const struct wg_thread_bounds *bounds)
{
	size_t i, count = 0;

	for (i = 0; i < WG_THREAD_BOUND_COUNT; i++)
		count += bounds->is_set[i];
	return count;
}

static void answer(struct wg_thread_answer *a, const struct wg_thread_stats *s)
{
	int64_t life = s->last_ns - s->first_ns;

	if (a->bound == WG_THREAD_BOUND_WAKES_PER_S) {
		a->value = (double)s->wakes * 1e9 / (double)(life > SECOND_NS ? life : SECOND_NS);
		a->is_unseen = s->wakes && s->wakes_per_s < 0 && life > 0; /* no times */
	} else {
		a->value = (double)s->class[WG_CLASS_TIMER_EMPTY];
		a->hidden = s->class[WG_CLASS_TIMER];
		a->is_unseen = a->value + (double)a->hidden > (double)a->limit;
	}
	a->is_broken = a->value > (double)a->limit;
	a->is_unseen &= !a->is_broken;
}

size_t wg_check_thread(const struct wg_thread_bounds *bounds, const struct wg_thread_stats *stats,
	struct wg_thread_answer ret[WG_THREAD_BOUND_COUNT])
{
	size_t i, count = 0;

	for (i = 0; i < WG_THREAD_BOUND_COUNT; i++) {
		if (!bounds->is_set[i])
			continue;
		ret[count] = (struct wg_thread_answer){ .bound = (enum wg_thread_bound)i,
			.limit = bounds->limit[i] };
		answer(&ret[count++], stats);
	}
	return count;
}
