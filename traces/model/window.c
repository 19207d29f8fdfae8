/*
 * window.c: see window.h.
 *
 * It is a model that is looked at while it grows (grow.h), as is a file that is being read; so a
 * live screen shows what a recorded one will. Added here is forgetting: everything is copied down
 * over what ended before a time. References are indices, and get their new numbers.
 */
#include "traces/model/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/model/grow.h"

/* An eighth of what is kept is forgotten at a time: rare enough to be cheap. */
#define PART 8

struct wg_window {
	struct wg__loaded loaded;
	struct wg__grow grow;
	struct wg_window_limits limits;
	bool is_held, has_ended;
	uint64_t forgotten;
};

int wg_window_create(const char *path, struct wg_window_limits limits, struct wg_window **ret)
{
	struct wg_window *w = calloc(1, sizeof(*w));
	struct wg_measure_hooks hooks;
	int rc = -ENOMEM;

	if (!w)
		return rc;
	w->limits = limits;
	hooks = wg__grow_init(&w->grow, &w->loaded, true);
	w->loaded.trace.path = strdup(path);
	if (w->loaded.trace.path)
		rc = wg_measure_create_endless(&hooks, &w->loaded.trace.measure);
	if (rc < 0) {
		wg_window_destroy(w);
		return rc;
	}
	*ret = w;
	return 0;
}

void wg_window_destroy(struct wg_window *w)
{
	if (!w)
		return;
	wg__loaded_fini(&w->loaded);
	wg__build_fini(&w->grow.build); /* the spans, and the map of operations */
	free(w);
}

/* ---- forgetting ---- */

static void forget_events(struct wg_window *w, int64_t before_ns)
{
	struct wg_trace *t = &w->loaded.trace;
	size_t n = wg_trace_first_event(t, before_ns);

	w->forgotten += n;
	t->event_count -= n;
	wg__packed_drop_first(&w->loaded.columns.events, n);
}

static int64_t last_time(const struct wg_op_life *op)
{
	const int64_t times[] = { op->submit_ns, op->start_ns, op->done_ns, op->notify_ns,
		op->deliver_ns };
	int64_t last = WG_NO_TIME;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (times[i] > last)
			last = times[i];
	}
	return last;
}

static int forget_ops(struct wg_window *w, int64_t before_ns)
{
	struct wg_trace *t = &w->loaded.trace;
	size_t *to = reallocarray(NULL, t->op_count + 1, sizeof(*to));
	struct wg_op_life op;
	size_t i, kept = 0;
	int rc = 0;

	if (!to)
		return -ENOMEM;
	/* Their keys are read in here, so before any of them moves. */
	for (i = 0; i < t->op_count; i++) {
		wg__columns_op(&w->loaded.columns, i, &op);
		to[i] = last_time(&op) < before_ns ? SIZE_MAX : kept++;
		if (to[i] == SIZE_MAX)
			wg__finder_remove(&w->grow.build.op_map, (uint32_t)i);
	}
	for (i = 0; i < t->op_count && rc == 0; i++) {
		if (to[i] == SIZE_MAX)
			continue;
		wg__columns_op(&w->loaded.columns, i, &op);
		rc = wg__columns_set_op(&w->loaded.columns, to[i], &op);
	}
	wg__packed_drop_last(&w->loaded.columns.ops, t->op_count - kept);
	t->op_count = kept;
	wg__finder_renumber(&w->grow.build.op_map, to);
	free(to);
	return rc;
}

static bool is_open_wait(struct wg_window *w, const struct wg_wait_rec *rec)
{
	return wg__build_sleeper(&w->grow.build, rec)->wait == rec->number;
}

static int forget_spans(struct wg__lane *lane, const size_t *to, int64_t before_ns)
{
	struct wg_span span;
	size_t i, kept = 0;

	for (i = 0; i < lane->lane.span_count; i++) {
		size_t wait;

		wg__spans_get(&lane->spans, i, &span);
		wait = span.wait ? to[span.wait - 1] : 0;
		if (span.end_ns <= before_ns)
			continue;
		span.wait = span.wait && wait != SIZE_MAX ? (uint32_t)(wait + 1) : 0;
		if (wg__spans_set(&lane->spans, kept++, &span) < 0)
			return -ENOMEM;
	}
	wg__packed_drop_last(&lane->spans, lane->lane.span_count - kept);
	lane->lane.span_count = kept;
	return 0;
}

static size_t renumbered(size_t i, const size_t *to)
{
	return i == SIZE_MAX ? SIZE_MAX : to[i];
}

/* Open waits are kept, however old; they are the oldest, so they come first. */
static int forget_waits(struct wg_window *w, int64_t before_ns)
{
	struct wg_trace *t = &w->loaded.trace;
	size_t *to = reallocarray(NULL, t->wait_count + 1, sizeof(*to));
	struct wg_wait_rec rec;
	size_t i, kept = 0;
	int rc = 0;

	if (!to)
		return -ENOMEM;
	/* One that no wake closed has wake_ns WG_NO_TIME, which is before everything. */
	for (i = 0; i < t->wait_count; i++) {
		bool is_kept;

		wg__columns_wait(&w->loaded.columns, i, &rec);
		is_kept = rec.interval.wake_ns > before_ns || is_open_wait(w, &rec);
		to[i] = is_kept ? kept : SIZE_MAX;
		if (is_kept)
			kept++;
	}
	for (i = 0; i < t->wait_count && rc == 0; i++) {
		if (to[i] == SIZE_MAX)
			continue;
		wg__columns_wait(&w->loaded.columns, i, &rec);
		rec.next = 0;
		rc = wg__columns_set_wait(&w->loaded.columns, to[i], &rec);
	}
	wg__packed_drop_last(&w->loaded.columns.waits, t->wait_count - kept);
	t->wait_count = kept;
	for (i = 0; i < wg__build_lane_count(&w->grow.build) && rc == 0; i++) {
		struct wg__lane *lane = wg__build_grown(&w->grow.build, i);

		rc = forget_spans(lane, to, before_ns);
		if (lane->lane.kind == WG_LANE_WORKER)
			continue;
		lane->wait = renumbered(lane->wait, to);
		lane->closed_wait = renumbered(lane->closed_wait, to);
	}
	free(to);
	return rc == 0 ? wg__build_chain_waits(&w->grow.build) : rc;
}

static void forget_holes(struct wg_window *w, int64_t before_ns)
{
	struct wg_trace *t = &w->loaded.trace;
	size_t i, kept = 0;

	for (i = 0; i < t->hole_count; i++) {
		if (t->holes[i].end_ns >= before_ns)
			t->holes[kept++] = t->holes[i];
	}
	t->hole_count = kept;
}

static int forget(struct wg_window *w, int64_t before_ns)
{
	int rc;

	forget_events(w, before_ns);
	forget_holes(w, before_ns);
	rc = forget_waits(w, before_ns);
	return rc == 0 ? forget_ops(w, before_ns) : rc;
}

/* Forget what is too much; cheap where nothing is. */
static int keep_to_limits(struct wg_window *w)
{
	struct wg_trace *t = &w->loaded.trace;
	size_t events = w->limits.events << w->is_held;
	int64_t span = w->limits.span_ns << w->is_held;
	int64_t last, first;

	if (t->event_count == 0)
		return 0;
	first = wg_trace_event_ns(t, 0);
	last = wg_trace_event_ns(t, t->event_count - 1);
	if (t->event_count >= events) {
		/* Events of one time go together: at least one must go. */
		int64_t before = wg_trace_event_ns(t, t->event_count - (events - events / PART));

		return forget(w, before > first ? before : first + 1);
	}
	if (last - first > span + span / PART)
		return forget(w, last - span);
	return 0;
}

/* ---- events ---- */

int wg_window_feed(struct wg_window *w, const struct wg_event *events, size_t count)
{
	size_t i;
	int rc;

	if (w->has_ended)
		return 0;
	rc = wg__grow_hide(&w->grow);
	for (i = 0; i < count && rc == 0; i++) {
		rc = keep_to_limits(w);
		if (rc == 0)
			rc = wg__grow_feed(&w->grow, &events[i]);
	}
	return rc;
}

void wg_window_advance(struct wg_window *w, int64_t now_ns)
{
	wg_measure_advance(w->loaded.trace.measure, now_ns);
}

void wg_window_hold(struct wg_window *w, bool held)
{
	w->is_held = held;
}

void wg_window_end(struct wg_window *w)
{
	if (w->has_ended)
		return;
	(void)wg__grow_hide(&w->grow); /* all its rows are open: to set one needs no memory */
	w->has_ended = true;
	wg_measure_finish(w->loaded.trace.measure);
}

int wg_window_show(struct wg_window *w)
{
	return wg__grow_show(&w->grow, true);
}

const struct wg_trace *wg_window_trace(const struct wg_window *w)
{
	return &w->loaded.trace;
}

uint64_t wg_window_forgotten(const struct wg_window *w)
{
	return w->forgotten;
}
