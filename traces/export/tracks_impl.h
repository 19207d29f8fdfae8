/*
 * tracks_impl.h: the state behind tracks.h: tracks.c follows loops, track_names.c finds and names
 * tracks.
 */
#ifndef TRACES_EXPORT_TRACKS_IMPL_H
#define TRACES_EXPORT_TRACKS_IMPL_H

#include "traces/measure/flight.h"
#include "traces/base/map.h"
#include "traces/measure/measure.h"
#include "traces/measure/threads.h"
#include "traces/export/tracks.h"

/* A track, and what its thread is about. Times are relative. */
struct wg__strand {
	struct wg__track is;
	uint32_t who; /* number of its process */
	bool has_moment;
	struct wg__slice moment; /* not yet written: its end is not known */
	struct wg__flow *flows;	 /* of the moment */
	size_t flow_count, flow_cap;
	int64_t working_ns; /* since; WG_NO_TIME: not working */
	uint64_t working_op;
	enum wg_kind working_kind;
};

struct wg__loop_state {
	size_t strand;
	size_t process;
	uint32_t tid;		 /* the thread that it was last seen to sleep or wake on */
	bool is_asleep, is_open; /* is_open: the begin of its awake slice is written */
	int64_t awake_ns;	 /* since; WG_NO_TIME: it is not, or nobody knows */
	uint64_t ready;
};

struct wg__notify {
	int64_t at_ns;
	uint64_t id; /* of its flow; 0: it has ended */
};

#define WG__NOTIFIES 16 /* the last ones of a thread are looked at */

/* A thread of a program that was seen from outside. */
struct wg__thread_state {
	struct wg__loop_state loop; /* strand, tid, is_asleep, is_open, awake_ns */
	uint32_t space, pid;
	const char *comm; /* its name when its track was named */
	enum wg_wait_in how;
	int64_t wait_ns, moment_ns, last_ns;
	struct wg__notify notify[WG__NOTIFIES];
	size_t notify_count;
};

struct wg__process_state {
	uint32_t who, pid_in_file;
	bool is_named; /* by its main thread */
	int64_t last_ns;
};

struct wg__tracks {
	const struct wg_export *ex;
	const struct wg__track_ops *ops;
	void *user;
	/* of the file */
	struct wg__map pids, tids; /* those in use */
	uint32_t next_id;	   /* for pids and tids that are taken: above all real ones */
	size_t track_count;
	uint64_t flow_base; /* added to the number of a life */
	/* of the trace being read */
	const struct wg__pass *pass;
	int64_t now_ns;
	struct wg_measure *measure;
	struct wg__strand *strands;
	struct wg__loop_state *loops; /* in the order of wg_measure_loop() */
	struct wg__process_state *processes;
	size_t strand_count, strand_cap, loop_count, loop_cap, process_count, process_cap;
	struct wg__map thread_map, process_map; /* by number of the process */
	struct wg_threads *threads;
	struct wg__thread_state *seen; /* by wg__thread.number */
	size_t seen_count, seen_cap;
	uint64_t thread_flows; /* of the file */
};

/* thread_tracks.c: a record of a thread; the end of all of them. 0 or -ENOMEM. */
int wg__tracks_record(struct wg__tracks *t, const struct wg_event *ev);
void wg__tracks_end_threads(struct wg__tracks *t);

/* A new track for a thread that was seen from outside: its strand; SIZE_MAX without memory. */
size_t wg__tracks_seen(struct wg__tracks *t, uint32_t who, const struct wg_event *ev);

/* tracks.c: hand out what of a slice is in the range; end a moment; begin and end being awake. */
void wg__tracks_write(struct wg__tracks *t, size_t strand, struct wg__slice slice);
void wg__tracks_end_moment(struct wg__tracks *t, size_t strand, int64_t now_ns);
void wg__tracks_begin_awake(struct wg__tracks *t, struct wg__loop_state *loop);
void wg__tracks_end_awake(struct wg__tracks *t, struct wg__loop_state *loop, int64_t now_ns);

/* The loop that the measure was fed last: its index, made if new; SIZE_MAX without memory. */
size_t wg__tracks_loop(struct wg__tracks *t, const struct wg_event *ev);
/* Of a process by number: an index, made if new; SIZE_MAX without memory. */
/* start: the event by which it is a worker, to be named by the caller; else NULL. */
size_t wg__tracks_thread(
	struct wg__tracks *t, uint32_t who, uint32_t tid, const struct wg_event *start);

/* Give a track another name, and say so. */
void wg__tracks_rename(struct wg__tracks *t, size_t strand, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
