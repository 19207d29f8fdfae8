/*
 * model.h: a whole trace in memory, as lanes of spans, operations and the edges between them: what
 * a viewer draws and an exporter writes.
 *
 *     process 4242 read
 *       loop 1 tick     ~~~~~~~~#######.. ~~~~~~~~######.   ~ asleep  # asleep, a result ready
 *       worker 0        ==              ==                  = working
 *
 * Built in one pass over a reader; figures are those of measure.h, never counted again.
 * Immutable once loaded, so any thread may read it. All pointers are owned by the trace.
 */
#ifndef TRACES_MODEL_MODEL_H
#define TRACES_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/measure/life.h"
#include "traces/measure/measure.h"
#include "traces/read/schema.h"

enum wg_span_state {
	WG_SPAN_ASLEEP,	 /* loop: in a wait interval, nothing ready */
	WG_SPAN_WASTED,	 /* loop: in a wait interval, a result ready: the gap */
	WG_SPAN_AWAKE,	 /* loop: between a wake and the next wait */
	WG_SPAN_WORKING, /* worker: between start and done of one operation */
	WG_SPAN_LOST,	 /* the tracer discarded events: what happened is unknown */
	WG_SPAN_STATE_COUNT
};

struct wg_span {
	int64_t begin_ns, end_ns; /* half-open; end > begin */
	enum wg_span_state state;
	bool open;     /* cut off by the end of the trace */
	uint64_t op;   /* WASTED: the result that waited; WORKING: the operation; else 0 */
	uint32_t wait; /* ASLEEP, WASTED: 1 + index into intervals; else 0 */
};

enum wg_lane_kind { WG_LANE_LOOP, WG_LANE_WORKER };

struct wg_lane {
	enum wg_lane_kind kind;
	uint32_t pid;
	uint32_t who;	 /* number of the process: a pid may be used again */
	uint32_t worker; /* WORKER only */
	uint64_t loop;	 /* the id, for a worker that of the first loop it served */
	uint32_t tid;
	size_t loop_idx;	     /* LOOP: index into wg_measure_loop(trace->measure, i) */
	const char *name;	     /* "loop 1 tick", "worker 0" */
	const struct wg_span *spans; /* in time order, not overlapping */
	size_t span_count;
};

struct wg_wait_rec {
	struct wg_interval interval;
	bool empty; /* its wake was an empty wake */
	/* Of the results for which its wake is the first: how many, and from done to the wake. */
	uint32_t results;
	int64_t waited_ns;
	size_t next; /* of the same loop: 1 + index; 0: it is the last */
};

/* Where in a trace a loop is: its lane, and 1 + index of its first wait, 0 if it has none. */
struct wg_loop_place {
	size_t lane, first_wait;
};

/* A process, by number. */
struct wg_process {
	const char *name; /* of the first of its loops that has one; else "" */
	uint32_t life;	  /* it is the 1st, 2nd, ... of its pid */
	int64_t last_ns;  /* the last event of its loops */
};

struct wg_hole {
	int64_t begin_ns, end_ns;
	uint64_t count; /* 0: unknown */
};

struct wg_trace {
	char *path;
	int64_t begin_ns, end_ns;   /* first and last event */
	struct wg_measure *measure; /* finished */
	struct wg_event *events;    /* all, in time order, WG_EV_LOST included */
	size_t event_count;
	struct wg_lane *lanes; /* by process, loop lanes before their workers */
	size_t lane_count;
	struct wg_op_life *ops; /* in order of submit */
	size_t op_count;
	struct wg_wait_rec *waits; /* all wait intervals, in order of wait time */
	size_t wait_count;
	struct wg_loop_place *loops; /* in the order of wg_measure_loop() */
	struct wg_process *processes;
	size_t loop_count, process_count;
	struct wg_hole *holes;
	size_t hole_count;
	char **notes; /* what was missing or repaired, one line each */
	size_t note_count;
};

/*
 * Load the trace below path. Blocks for the disk; takes some 120 bytes an event.
 * Errors as wg_reader_open(), and -ENODATA with a line for a trace without one wakegap event (it
 * names how many foreign events there are).
 */
int wg_trace_load(const char *path, struct wg_trace **ret_trace, struct wg_error *err);

void wg_trace_free(struct wg_trace *trace); /* NULL is fine */

/* t=0 of pictures and screens: the first submit, or the beginning if no submit was seen first. */
int64_t wg_trace_zero_ns(const struct wg_trace *trace);

/* The name of a process that has a loop; else "". Processes are given by number, not by pid. */
const char *wg_trace_process(const struct wg_trace *trace, uint32_t who);

/* Which of the processes with its pid that has been: "" for the first, " #2", ... Into buf. */
char *wg_trace_again(char *buf, size_t len, const struct wg_trace *trace, uint32_t who);

/* Index of the first span of lane that ends after t, or lane->span_count. O(log n). */
size_t wg_lane_first(const struct wg_lane *lane, int64_t t);

/* Index of the first event at or after t, or event_count. O(log n). */
size_t wg_trace_first_event(const struct wg_trace *trace, int64_t t);

/* The life of an operation, or NULL. O(log n). */
const struct wg_op_life *wg_trace_op(const struct wg_trace *trace, uint32_t who, uint64_t op);

/* The same for one after another: looks first where it must be if ids since near (an operation of
 * this trace, or NULL) were given out without a gap. */
const struct wg_op_life *wg_trace_op_near(
	const struct wg_trace *trace, const struct wg_op_life *near, uint32_t who, uint64_t op);

#endif
