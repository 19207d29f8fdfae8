/*
 * levels_keep.c: the sums of levels.h in a file (keep.h).
 */
#include <errno.h>

#include "traces/base/packed_keep.h"
#include "traces/model/levels_impl.h"
#include "traces/model/model_keep.h"

/* It never falls; nothing is also one. */
static bool is_sum(const int64_t *ns, size_t count)
{
	size_t i;

	for (i = 0; ns && i < count; i++) {
		if (ns[i] < (i ? ns[i - 1] : 0) || ns[i] > WG__KEEP_TIME_MAX)
			return false;
	}
	return true;
}

/* One that is read has as many sums as its lane wants, or is refused. */
static void keep_lane(struct wg__keep *k, struct wg__lane_levels *l)
{
	size_t sums, i;
	bool has;

	wg__keep_array(k, &l->begin, &l->count, sizeof(*l->begin));
	wg__keep_refuse(k, l->count != l->spans->count / STEP + 2);
	for (i = 0; i < WG_SPAN_STATE_COUNT; i++) {
		has = l->ns[i] != NULL;
		wg__keep_flag(k, &has);
		sums = l->count;
		if (has && k->rc == 0)
			wg__keep_array(k, &l->ns[i], &sums, sizeof(*l->ns[i]));
		wg__keep_refuse(k, sums != l->count || !is_sum(l->ns[i], l->count));
	}
	wg__keep_packed(k, &l->empty);
	if (wg__keep_reads(k) && k->rc == 0 && wg__levels_top(l) < 0)
		k->rc = -ENOMEM;
}

void wg__keep_levels(struct wg__keep *k, const struct wg_trace *t, struct wg__levels **levels)
{
	struct wg__levels *v = wg__keep_reads(k) ? wg__levels_make(t) : *levels;
	size_t i;

	*levels = v;
	if (!v) {
		k->rc = k->rc < 0 ? k->rc : -ENOMEM;
		return;
	}
	for (i = 0; i < t->lane_count && k->rc == 0; i++) {
		v->lane_count = i + 1;
		v->lanes[i].spans = t->lanes[i].spans;
		v->lanes[i].empty.type = &wg__levels_empty;
		keep_lane(k, &v->lanes[i]);
		t->lanes[i].levels = &v->lanes[i];
	}
	wg__keep_packed(k, &v->gaps);
	wg__keep_below(k, &v->gaps, 1, t->wait_count);
	wg__keep_value(k, &v->longest_count, sizeof(v->longest_count));
	wg__keep_refuse(k, v->longest_count > LONGEST);
	if (k->rc == 0)
		wg__keep_value(k, v->longest, v->longest_count * sizeof(v->longest[0]));
	for (i = 0; i < v->longest_count && k->rc == 0; i++)
		wg__keep_refuse(k, v->longest[i].wait >= t->wait_count);
}
