/*
 * grow.c: see grow.h.
 *
 * Two things are added to the pass of build.h:
 *   - showing: what is open gets spans that end now, which the next event takes away again;
 *   - lanes: put in order again when there are more of them, or one has a better name.
 */
#include "traces/model/grow.h"

#include <errno.h>

struct wg_measure_hooks wg__grow_init(
	struct wg__grow *g, struct wg__loaded *loaded, bool stays_open)
{
	*g = (struct wg__grow){ .loaded = loaded };
	return wg__build_init(&g->build, loaded, stays_open);
}

int wg__grow_feed(struct wg__grow *g, const struct wg_event *event)
{
	g->loop_events += event->type == WG_EV_LOOP;
	return wg__build_feed(&g->build, event);
}

int wg__grow_hide(struct wg__grow *g)
{
	struct wg_wait_rec rec;
	size_t i;

	if (!g->is_shown)
		return 0;
	g->is_shown = false;
	for (i = 0; i < wg__build_lane_count(&g->build); i++) {
		struct wg__lane *lane = wg__build_grown(&g->build, i);

		wg__packed_drop_last(&lane->spans, lane->open_count);
		lane->lane.span_count -= lane->open_count;
		lane->open_count = 0;
		if (lane->lane.kind == WG_LANE_WORKER || lane->wait == SIZE_MAX)
			continue;
		/* If its wake is lost, it must not look closed. */
		wg__columns_wait(&g->loaded->columns, lane->wait, &rec);
		rec.interval.wake_ns = WG_NO_TIME;
		rec.interval.gap_begin_ns = -1;
		if (wg__columns_set_wait(&g->loaded->columns, lane->wait, &rec) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* How many events brought a name. */
static uint64_t names_seen(const struct wg__grow *g)
{
	return g->loop_events + g->build.renamed;
}

static int show_open(struct wg__grow *g, struct wg__lane *lane)
{
	struct wg_trace *t = &g->loaded->trace;
	size_t before = lane->lane.span_count;
	bool is_asleep = lane->lane.kind != WG_LANE_WORKER && lane->wait != SIZE_MAX;
	struct wg_interval now;
	struct wg_wait_rec rec;
	int rc = 0;

	if (is_asleep && lane->lane.kind == WG_LANE_THREAD) {
		rc = wg__build_open_thread(&g->build, lane);
		if (rc == 0)
			rc = wg__build_push_wait(&g->build, lane, lane->wait);
	} else if (is_asleep && wg_measure_open_wait(t->measure, lane->lane.loop_idx, &now)) {
		wg__columns_wait(&g->loaded->columns, lane->wait, &rec);
		rec.interval = now;
		rc = wg__columns_set_wait(&g->loaded->columns, lane->wait, &rec);
		if (rc == 0)
			rc = wg__build_push_wait(&g->build, lane, lane->wait);
	} else if (!is_asleep) {
		rc = wg__build_push_open(lane, wg__build_end_ns(&g->build, lane));
		/* It leaves the state as it is: the next event ends it properly. */
	}
	lane->open_count = lane->lane.span_count - before;
	return rc;
}

int wg__grow_show(struct wg__grow *g, bool has_rates)
{
	struct wg_trace *t = &g->loaded->trace;
	size_t i;
	int rc = wg__grow_hide(g);

	g->is_shown = true;
	t->end_ns = wg_measure_end_ns(t->measure);
	t->begin_ns = t->event_count ? wg_trace_event_ns(t, 0) : t->end_ns;
	for (i = 0; i < wg__build_lane_count(&g->build) && rc == 0; i++)
		rc = show_open(g, wg__build_grown(&g->build, i));
	if (rc == 0 &&
		(g->named_lanes != wg__build_lane_count(&g->build) || g->named != names_seen(g))) {
		rc = wg__build_lanes(&g->build);
		g->named_lanes = wg__build_lane_count(&g->build);
		g->named = names_seen(g);
	}
	if (t->threads && has_rates)
		wg_threads_finish(t->threads, true);
	if (rc == 0)
		rc = wg__build_places(&g->build);
	for (i = 0; i < t->lane_count; i++) {
		const struct wg__lane *lane = wg__build_lane_at(&g->build, i);

		t->lanes[i].spans = &lane->spans;
		t->lanes[i].span_count = lane->lane.span_count;
		t->lanes[i].tid = lane->lane.tid;
	}
	if (rc == 0)
		rc = wg__build_map_ops(&g->build);
	g->loaded->op_map = g->build.op_map; /* the build's; a look at it, until the next feed */
	return rc;
}
