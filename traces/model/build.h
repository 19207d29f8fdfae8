/*
 * build.h: the one pass that turns events into lanes, operations and waits. Private to traces/.
 */
#ifndef TRACES_MODEL_BUILD_H
#define TRACES_MODEL_BUILD_H

#include "traces/base/finder.h"
#include "traces/base/map.h"
#include "traces/model/model.h"

/* A lane while it grows. */
struct wg__lane {
	struct wg_lane lane; /* spans and name are set at the end */
	struct wg_span *spans;
	size_t span_cap;
	/* LOOP, THREAD: awake since; WORKER: working since. WG_NO_TIME: it is not, or nobody knows.
	 */
	int64_t since_ns;
	uint64_t op; /* WORKER: at work on this */
	/* LOOP, THREAD: the open wait and the last closed one, or SIZE_MAX */
	size_t wait, closed_wait;
	size_t first_wait, last_wait; /* LOOP, THREAD: 1 + index, or 0 */
	const char *comm;	      /* THREAD: its name, when it was looked at last */
	size_t open_count; /* of the last spans, those that end only because the trace does so far
			    */
};

#define WG__NO_WORKER UINT32_MAX

struct wg__build {
	struct wg_trace *trace;	   /* events, ops, waits, holes and measure grow in here */
	struct wg__map worker_map; /* by number of the process, as is the next */
	struct wg__finder op_map;
	struct wg__lane *loops; /* in the order of wg_measure_loop() */
	struct wg__lane *workers;
	struct wg__lane *threads; /* by wg__thread.number */
	size_t loop_count, loop_cap, worker_count, worker_cap, thread_count, thread_cap;
	uint64_t renamed; /* how often a thread got another name */
	size_t op_cap, wait_cap, hole_cap, event_cap;
	uint32_t *op_worker; /* for each of ops: index into workers, or WG__NO_WORKER */
	size_t op_worker_cap;
	size_t *order; /* place in trace->lanes -> index among loops, workers, threads: see below */
	size_t *worker_place; /* the way back, for the workers that had a place the last time */
	size_t placed_workers;
	int rc; /* of hooks, which cannot return one */
};

/* An empty one that fills trace; returns the hooks for the measure that it is built with. */
struct wg_measure_hooks wg__build_init(struct wg__build *build, struct wg_trace *trace);

/* Take one event: into the list, the measure and the lanes. 0 or -ENOMEM. */
int wg__build_feed(struct wg__build *build, const struct wg_event *event);

/* Close what is open, sort lanes and waits. Once, after the last event. 0 or -ENOMEM. */
int wg__build_finish(struct wg__build *build);

/*
 * Put the lanes in their order and name them, and tell the operations where their workers' lanes
 * are. Their spans are not set. Again after lanes were added.
 * 0 or -ENOMEM.
 */
int wg__build_lanes(struct wg__build *build);

/* Tell the trace where its loops are and what its processes are called. 0 or -ENOMEM. */
int wg__build_places(struct wg__build *build);

/* Each wait leads to the next one of its loop. After waits were taken out of the list. */
void wg__build_chain_waits(struct wg__build *build);

/* Put a wait at the end of those of its loop or thread. */
void wg__build_chain_wait(struct wg__build *build, size_t wait);

/* Loops, then workers, then threads, as one list: how many there are, and the i-th. */
size_t wg__build_lane_count(const struct wg__build *build);
struct wg__lane *wg__build_grown(struct wg__build *build, size_t i);

/* The loop or the thread whose wait it is. */
struct wg__lane *wg__build_sleeper(struct wg__build *build, const struct wg_wait_rec *rec);

/* A wait begins: the end of being awake. 0 or -ENOMEM. */
int wg__build_begin_wait(
	struct wg__build *build, struct wg__lane *lane, const struct wg_wait_rec *rec);

/* build_threads.c: take a record of a thread, of that process. 0 or -ENOMEM. */
int wg__build_thread(struct wg__build *build, const struct wg_event *event, uint32_t who);

/* What the wait of a thread that has not ended is, if it ends now. */
void wg__build_open_thread(struct wg__build *build, const struct wg__lane *thread);

/* The lane that stands in place i of those in trace. */
struct wg__lane *wg__build_lane_at(struct wg__build *build, size_t i);

/* Add the spans of element `wait` of the list. 0 or -ENOMEM. */
int wg__build_push_wait(struct wg__build *build, struct wg__lane *lane, size_t wait);

/* When what the lane is about since lane->since_ns ends, if nothing else ends it. */
int64_t wg__build_end_ns(const struct wg__build *build, const struct wg__lane *lane);

/* If the lane is in a state that nothing ended yet, end it here, as an open span. 0 or -ENOMEM. */
int wg__build_push_open(struct wg__lane *lane, int64_t end_ns);

/* Frees what did not move into the trace. */
void wg__build_fini(struct wg__build *build);

#endif
