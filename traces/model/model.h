/*
 * model.h: a whole trace in memory, as lanes of spans, operations and the edges between them: what
 * a viewer draws and an exporter writes.
 *
 *     process 4242 read
 *       loop 1 tick     ~~~~~~~~#######.. ~~~~~~~~######.   ~ asleep  # asleep, a result ready
 *       worker 0        ==              ==                  = working
 *     process 812 redis-server
 *       redis-server    ~~~~~~~~.~~~~~~~~~.~~~~~##.         ~ asleep  # asleep, but notified
 *
 * A thread of a program that is seen only from outside has a lane, too, from the records of threads
 * (schema.h). It sleeps as a loop does: each of its waits is one of `waits`, and knows in what it
 * slept, the class of its wake and who woke it. An empty wake of a thread is one of class
 * timer_empty, zero_poll or spin. Its gap is the time from the notify to the wake: of a timed wait
 * that a notify ended, and of a late wake. An idle worker has none: that is never waste.
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
#include "traces/measure/threads.h"
#include "traces/read/schema.h"

enum wg_span_state {
	WG_SPAN_ASLEEP,	 /* loop: in a wait interval, nothing ready */
	WG_SPAN_WASTED,	 /* loop: in a wait interval, a result ready: the gap */
	WG_SPAN_AWAKE,	 /* loop: between a wake and the next wait */
	WG_SPAN_WORKING, /* worker: between start and done of one operation */
	WG_SPAN_LOST,	 /* the tracer discarded events: what happened is unknown */
	/* A thread, asleep and not notified: */
	WG_SPAN_IN_FDS,	  /* in epoll, poll, select, read, io_uring */
	WG_SPAN_IN_COND,  /* condition, semaphore, futex */
	WG_SPAN_IN_LOCK,  /* a lock */
	WG_SPAN_IN_SLEEP, /* a sleep */
	WG_SPAN_IN_OTHER, /* for a child or a signal, or elsewhere */
	WG_SPAN_STATE_COUNT
};

struct wg_span {
	int64_t begin_ns, end_ns; /* half-open; end > begin */
	enum wg_span_state state;
	bool open;     /* cut off by the end of the trace */
	uint64_t op;   /* WASTED: the result that waited; WORKING: the operation; else 0 */
	uint32_t wait; /* ASLEEP, WASTED: 1 + index into intervals; else 0 */
};

static inline bool wg_span_is_asleep(enum wg_span_state state)
{
	return state == WG_SPAN_ASLEEP || state >= WG_SPAN_IN_FDS;
}

enum wg_lane_kind { WG_LANE_LOOP, WG_LANE_WORKER, WG_LANE_THREAD };

struct wg__packed;
struct wg__lane_levels;

struct wg_lane {
	enum wg_lane_kind kind;
	uint32_t space; /* of its pid: see struct wg_event */
	uint32_t pid;
	uint32_t who;	 /* number of the process: a pid may be used again */
	uint32_t worker; /* WORKER only */
	uint64_t loop;	 /* the id, for a worker that of the first loop it served */
	uint32_t tid;
	/* LOOP: index into wg_measure_loop(trace->measure, i); THREAD: into trace->thread_places */
	size_t loop_idx;
	const char *name; /* "loop 1 tick", "worker 0", "redis-server 812" */
	size_t span_count;
	const struct wg__packed *spans;	      /* private: see wg_lane_span() */
	const struct wg__lane_levels *levels; /* private, may be NULL: see levels.h */
};

struct wg_wait_rec {
	struct wg_interval interval; /* of a thread loop_idx is its number: see wg_wait_lane() */
	bool empty;		     /* its wake was an empty wake */
	bool is_thread;
	uint8_t how;	       /* THREAD: enum wg_wait_in */
	uint8_t class : 5;     /* THREAD: enum wg_wake_class */
	uint8_t certainty : 3; /* THREAD: enum wg_certainty of by_tid */
	union {
		uint32_t results; /* LOOP: for which its wake is the first */
		uint32_t by_tid;  /* THREAD: who woke it; 0: not known */
	};
	union {
		int64_t waited_ns; /* LOOP: the sum of these results, from done to the wake */
		int64_t notify_ns; /* THREAD: when it was woken; WG_NO_TIME: not known */
	};
	size_t next;   /* of the same loop or thread: 1 + index; 0: it is the last */
	size_t number; /* its index */
};

/* Where in a trace a loop or a thread is: its lane, and 1 + index of its first wait, 0 if it has
 * none. */
struct wg_loop_place {
	size_t lane, first_wait;
};

/* A process, by number. */
struct wg_process {
	const char *name; /* of the first of its loops or threads that has one; else "" */
	uint32_t life;	  /* it is the 1st, 2nd, ... of its pid */
	int64_t last_ns;  /* the last event of its loops and threads */
};

struct wg_hole {
	int64_t begin_ns, end_ns;
	uint64_t count; /* 0: unknown */
};

struct wg_trace {
	char *path;
	int64_t begin_ns, end_ns;   /* first and last event */
	struct wg_measure *measure; /* finished */
	size_t event_count;	    /* all, in time order, WG_EV_LOST included */
	struct wg_lane *lanes;	    /* by process, loop lanes before their workers */
	size_t lane_count;
	size_t op_count;	     /* in order of submit */
	size_t wait_count;	     /* all wait intervals, in order of wait time */
	struct wg_loop_place *loops; /* in the order of wg_measure_loop() */
	struct wg_process *processes;
	size_t loop_count, process_count;
	struct wg_threads *threads; /* of all records of threads, finished; NULL: there is none */
	struct wg_loop_place *thread_places; /* in the order of appearance */
	size_t thread_count;
	struct wg_hole *holes;
	size_t hole_count;
	char **notes; /* what was missing or repaired, one line each */
	size_t note_count;
};

/*
 * Load the trace below path. Blocks for the disk; takes some 20 bytes an event.
 * Errors as wg_reader_open(), and -ENODATA with a line for a trace without one wakegap event (it
 * names how many foreign events there are).
 */
int wg_trace_load(const char *path, struct wg_trace **ret_trace, struct wg_error *err);

void wg_trace_free(struct wg_trace *trace); /* NULL is fine */

/*
 * Event, operation, wait or span i. They are kept in few bits (columns.h), so each is put together
 * in room, and room is returned. The upper-case forms bring their own room, which lives as long as
 * the block they stand in:
 *
 *     for (i = 0; i < trace->wait_count; i++) {
 *             const struct wg_wait_rec *rec = WG_WAIT(trace, i);
 *             ...
 *     }
 */
const struct wg_event *wg_trace_event(
	const struct wg_trace *trace, size_t i, struct wg_event *room);
const struct wg_op_life *wg_trace_op_at(
	const struct wg_trace *trace, size_t i, struct wg_op_life *room);
const struct wg_wait_rec *wg_trace_wait(
	const struct wg_trace *trace, size_t i, struct wg_wait_rec *room);
const struct wg_span *wg_lane_span(const struct wg_lane *lane, size_t i, struct wg_span *room);

#define WG_EVENT(trace, i) wg_trace_event(trace, i, &(struct wg_event){ 0 })
#define WG_OP(trace, i)	   wg_trace_op_at(trace, i, &(struct wg_op_life){ 0 })
#define WG_WAIT(trace, i)  wg_trace_wait(trace, i, &(struct wg_wait_rec){ 0 })
#define WG_SPAN(lane, i)   wg_lane_span(lane, i, &(struct wg_span){ 0 })

/* Only the time of event i, the submit of operation i, the beginning of span i. */
int64_t wg_trace_event_ns(const struct wg_trace *trace, size_t i);
int64_t wg_trace_submit_ns(const struct wg_trace *trace, size_t i);
int64_t wg_lane_span_ns(const struct wg_lane *lane, size_t i);

/* Is it of wakegap-explore: a schedule, whose time is invented? What sleeps at its end never wakes.
 */
bool wg_trace_is_schedule(const struct wg_trace *trace);
/* Is this event: a step, or a thread that is blocked at the end (loop 0)? */
bool wg_event_is_of_schedule(const struct wg_event *event);

/* t=0 of pictures and screens: the first submit; the beginning of a schedule, and if no submit was
 * seen first. */
int64_t wg_trace_zero_ns(const struct wg_trace *trace);

/* The name of a process that has a loop or a thread; else "". Processes are given by number, not by
 * pid. */
const char *wg_trace_process(const struct wg_trace *trace, uint32_t who);

/* Which of the processes with its pid that has been: "" for the first, " #2", ... Into buf. */
char *wg_trace_again(char *buf, size_t len, const struct wg_trace *trace, uint32_t who);

/* Whose wait that is: the index of its lane. */
size_t wg_wait_lane(const struct wg_trace *trace, const struct wg_wait_rec *rec);

/* 1 + index of the first wait of a lane; 0: it has none, as no worker has. */
size_t wg_lane_first_wait(const struct wg_trace *trace, const struct wg_lane *lane);

/* Is the event one that this loop or this thread emitted? Of a worker: never. */
bool wg_lane_has_event(const struct wg_lane *lane, const struct wg_event *event);

/*
 * Who woke a thread, and from which lane; SIZE_MAX if that has none. False: not known.
 */
struct wg_pair {
	size_t from_lane;
	uint32_t by_pid, by_tid;
	int64_t notify_ns; /* WG_NO_TIME: not known */
	enum wg_certainty certainty;
	const char *call; /* "" if not known */
};
bool wg_wait_pair(
	const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_pair *ret_pair);

/* The record of a thread's wait or wake, in room, NULL if it is not in the trace (any more).
 * O(log n). */
const struct wg_event *wg_wait_event(
	const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_event *room);
const struct wg_event *wg_wake_event(
	const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_event *room);

/* Index of the first span of lane that ends after t, or lane->span_count. O(log n). */
size_t wg_lane_first(const struct wg_lane *lane, int64_t t);

/* Index of the first span of lane that begins at t or later, or lane->span_count. O(log n). */
size_t wg_lane_from(const struct wg_lane *lane, int64_t t);

/* Index of the first event at or after t, or event_count. O(log n). */
size_t wg_trace_first_event(const struct wg_trace *trace, int64_t t);

/* Index of the first wait that begins at or after t, or wait_count. O(log n). */
size_t wg_trace_first_wait(const struct wg_trace *trace, int64_t t);

/* Index of the first operation whose submit is at or after t, or op_count. O(log n). */
size_t wg_trace_first_op(const struct wg_trace *trace, int64_t t);

/* The index of an operation, or SIZE_MAX. O(1). */
size_t wg_trace_op_number(const struct wg_trace *trace, uint32_t who, uint64_t op);

/* The life of an operation, in room, or NULL. O(1). */
const struct wg_op_life *wg_trace_op(
	const struct wg_trace *trace, uint32_t who, uint64_t op, struct wg_op_life *room);

/* The same for one after another: looks first where it must be if ids since the last one were given
 * out without a gap. *near is its index, SIZE_MAX at first. */
const struct wg_op_life *wg_trace_op_near(const struct wg_trace *trace, size_t *near, uint32_t who,
	uint64_t op, struct wg_op_life *room);

#endif
