/*
 * build.h: the one pass that turns events into lanes, operations and waits. Private to traces/.
 */
#ifndef TRACES_BUILD_H
#define TRACES_BUILD_H

#include "traces/map.h"
#include "traces/model.h"

/* A lane while it grows. */
struct wg__lane {
	struct wg_lane lane; /* spans and name are set at the end */
	struct wg_span *spans;
	size_t span_cap;
	/* LOOP: awake since; WORKER: working since. WG_NO_TIME: it is not, or nobody knows. */
	int64_t since_ns;
	uint64_t op;		  /* WORKER: at work on this */
	size_t wait, closed_wait; /* LOOP: the open wait and the last closed one, or SIZE_MAX */
	size_t *fresh;		  /* LOOP: operations done since its last wake */
	size_t fresh_count, fresh_cap;
};

struct wg__build {
	struct wg_trace *trace; /* events, ops, waits, holes and measure grow in here */
	struct wg__map loop_map, worker_map, op_map;
	struct wg__lane *loops; /* in the order of wg_measure_loop() */
	struct wg__lane *workers;
	size_t loop_count, loop_cap, worker_count, worker_cap;
	size_t op_cap, wait_cap, hole_cap, event_cap;
	int rc; /* of hooks, which cannot return one */
};

/* Hooks that fill build; for the measure that it is built with. */
struct wg_measure_hooks wg__build_hooks(struct wg__build *build);

/* Take one event: into the list, the measure and the lanes. 0 or -ENOMEM. */
int wg__build_feed(struct wg__build *build, const struct wg_event *event);

/* Close what is open, sort lanes and waits. Once, after the last event. 0 or -ENOMEM. */
int wg__build_finish(struct wg__build *build);

/* Frees what did not move into the trace. */
void wg__build_fini(struct wg__build *build);

#endif
