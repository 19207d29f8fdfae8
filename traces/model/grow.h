/*
 * grow.h: a model that is looked at while it is built: a window on a running program (window.h), or
 * a file that is being read (load.h). Private to traces/model.
 *
 *     init, feed, feed, show -> the trace is looked at;  hide, feed, feed, show -> ...
 *
 *   G1 What is shown of the events so far is what a trace shows that ends there: what is open ends
 *      with the last event.
 *   G2 Showing leaves no trace: wg__build_finish() after any number of shows and a hide gives the
 *      same model as without.
 */
#ifndef TRACES_MODEL_GROW_H
#define TRACES_MODEL_GROW_H

#include "traces/model/build.h"
#include "traces/model/model_impl.h"

struct wg__grow {
	struct wg__loaded *loaded; /* borrowed: wg_trace_op() finds the map behind the trace */
	struct wg__build build;
	bool is_shown;
	size_t named_lanes;	     /* lanes in trace were put in order when there were so many */
	uint64_t loop_events, named; /* names_seen() then */
};

/* An empty one; as wg__build_init(). It does not move from here on. */
struct wg_measure_hooks wg__grow_init(
	struct wg__grow *grow, struct wg__loaded *loaded, bool stays_open);

/* Take one event; nothing is shown then. 0 or -ENOMEM. */
int wg__grow_feed(struct wg__grow *grow, const struct wg_event *event);

/* Take away what was only shown, before the next event. Without a show: nothing. 0 or -ENOMEM. */
int wg__grow_hide(struct wg__grow *grow);

/* Bring the trace up to date: good until the next hide. O(lanes), and of the operations that came
 * since the last time; with the rates and periods of threads, O(n log n) for their n wakes. 0 or
 * -ENOMEM. */
int wg__grow_show(struct wg__grow *grow, bool has_rates);

#endif
