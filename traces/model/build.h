/*
 * build.h: the one pass that turns events into lanes, operations and waits. Private to traces/.
 */
#ifndef TRACES_MODEL_BUILD_H
#define TRACES_MODEL_BUILD_H

#include "traces/base/finder.h"
#include "traces/base/map.h"
#include "traces/base/packed.h"
#include "traces/base/packer.h"
#include "traces/model/columns.h"

/* A lane while it grows. */
struct wg__lane {
	struct wg_lane lane; /* spans and name are set at the end */
	struct wg__packed spans;
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

struct wg__build {
	struct wg_trace *trace;	     /* holes and measure grow in here */
	struct wg__columns *columns; /* of the trace: events, ops and waits grow in here */
	bool stays_open;	     /* it goes on growing: see columns.h, K3 */
	struct wg__map worker_map;   /* by number of the process, as is the next */
	struct wg__finder op_map;    /* stays_open: it grows, too; else see wg__build_map_ops() */
	size_t mapped_ops;	     /* so many operations are in it */
	struct wg__packer *packer;   /* of the columns and spans; NULL: we pack ourselves */
	struct wg__lane *loops;	     /* in the order of wg_measure_loop() */
	struct wg__lane *workers;
	struct wg__lane *threads; /* by wg__thread.number */
	size_t loop_count, loop_cap, worker_count, worker_cap, thread_count, thread_cap;
	uint64_t renamed; /* how often a thread got another name */
	size_t hole_cap;
	size_t *order; /* place in trace->lanes -> index among loops, workers, threads: see below;
			  columns know the way back, for workers */
	int rc;	       /* of hooks, which cannot return one */
};

struct wg__loaded;

/* An empty one that fills a trace; returns the hooks for the measure that it is built with. */
struct wg_measure_hooks wg__build_init(
	struct wg__build *build, struct wg__loaded *loaded, bool stays_open);

/* Take one event: into the list, the measure and the lanes. 0 or -ENOMEM. */
int wg__build_feed(struct wg__build *build, const struct wg_event *event);

/* Close what is open, sort lanes and waits, and give the trace all that it owns. Once, after the
 * last event. 0 or -ENOMEM. */
int wg__build_finish(struct wg__build *build);

/*
 * Put the lanes in their order and name them, and tell the operations where their workers' lanes
 * are. Their spans are not set. Again after lanes were added.
 * 0 or -ENOMEM.
 */
int wg__build_lanes(struct wg__build *build);

/* Tell the trace where its loops are and what its processes are called. 0 or -ENOMEM. */
int wg__build_places(struct wg__build *build);

/* Each wait leads to the next one of its loop. After waits were taken out of the list. 0 or
 * -ENOMEM. */
int wg__build_chain_waits(struct wg__build *build);

/* Take waits that no wake closed out of the list, and tell the spans their new numbers. 0 or
 * -ENOMEM. */
int wg__build_drop_unclosed(struct wg__build *build);

/* Put a wait that leads nowhere at the end of those of its loop or thread. 0 or -ENOMEM. */
int wg__build_chain_wait(struct wg__build *build, struct wg__lane *lane, size_t wait);

/* Loops, then workers, then threads, as one list: how many there are, and the i-th. */
size_t wg__build_lane_count(const struct wg__build *build);
struct wg__lane *wg__build_grown(struct wg__build *build, size_t i);

/* The loop or the thread whose wait it is. */
struct wg__lane *wg__build_sleeper(struct wg__build *build, const struct wg_wait_rec *rec);

/* Put a span at the end of a lane. 0 or -ENOMEM. */
int wg__build_push_span(struct wg__lane *lane, const struct wg_span *span);

/* A wait begins: the end of being awake. 0 or -ENOMEM. */
int wg__build_begin_wait(
	struct wg__build *build, struct wg__lane *lane, const struct wg_wait_rec *rec);

/* build_ops.c: take an event of an operation that the measure was fed; the first wake of its loop
 * since its result is ready; its key (finder.h), user being the columns. 0 or -ENOMEM. */
int wg__build_op(struct wg__build *build, const struct wg_event *event);
int wg__build_op_woken(struct wg__build *build, const struct wg_op_life *op, uint32_t node);
struct wg__key wg__build_op_key(const void *user, uint32_t i);

/* Put the operations that came since the last time into the map. 0 or -ENOMEM. */
int wg__build_map_ops(struct wg__build *build);

/* build_threads.c: take a record of a thread, of that process. 0 or -ENOMEM. */
int wg__build_thread(struct wg__build *build, const struct wg_event *event, uint32_t who);

/* What the wait of a thread that has not ended is, if it ends now. 0 or -ENOMEM. */
int wg__build_open_thread(struct wg__build *build, const struct wg__lane *thread);

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
