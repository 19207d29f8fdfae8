/*
 * tracks.h: traces as tracks of slices in a stream, for timeline programs. Private to traces/.
 *
 * A loop has a track of its own, on which it is asleep, wasted or awake; every other thread has one
 * on which it works. What happens at an instant (submit, notify, wake, poll, deliver) is a slice
 * too, since arrows need slices: it lasts until the thread's next event, at most WG__MOMENT_NS, and
 * lies inside the slice around it.
 *
 *     loop 1 eventfd  [awake [submit]~~]....asleep....[wasted][awake [wake][deliver]~~]
 *                          \                            /
 *     worker 0              `------> [working][notify]-'
 *
 * A thread of a program that was seen from outside has a track, too: asleep, wasted (notified, but
 * not awake yet), awake, with its notifies and wakes; a flow leads from a notify to the wake of the
 * thread that it woke.
 *
 * A flow leads from an operation's submit over its notify to the wake that the notify was for, or,
 * if there was no notify, to its deliver. Every flow has an id of its own in the whole file.
 *
 * Times are relative to the beginning of each trace, so that several in one file start together,
 * and cut to the range of the request. Memory is that of what is in flight.
 */
#ifndef TRACES_EXPORT_TRACKS_H
#define TRACES_EXPORT_TRACKS_H

#include "traces/export/pass.h"
#include "traces/model/model.h"

#define WG__MOMENT_NS 1000 /* long enough to be seen, short enough to hide nothing */

enum wg__slice_kind {
	WG__SLICE_ASLEEP, /* in a wait, nothing ready */
	WG__SLICE_WASTED, /* in a wait, a result ready */
	WG__SLICE_AWAKE,
	WG__SLICE_WORKING,
	WG__SLICE_SUBMIT, /* from here on: moments */
	WG__SLICE_NOTIFY,
	WG__SLICE_WAKE,
	WG__SLICE_POLL,
	WG__SLICE_DELIVER,
	WG__SLICE_KIND_COUNT
};

enum wg__flow_role { WG__FLOW_BEGIN, WG__FLOW_STEP, WG__FLOW_END };

struct wg__flow {
	uint64_t id;
	enum wg__flow_role role;
};

struct wg__slice {
	enum wg__slice_kind kind;
	int64_t begin_ns, end_ns;
	uint64_t op;	       /* 0: none */
	enum wg_kind op_kind;  /* SUBMIT, WORKING; else unknown */
	enum wg_reason reason; /* ASLEEP, WASTED, WAKE; else unknown */
	int64_t number;	       /* NOTIFY: sent; POLL: found; DELIVER: result; else 0 */
	bool is_thread;	       /* NOTIFY: the number is how many it woke; < 0: not observable */
	/* Of a thread; NULL, 0: not known. */
	const char *in, *class, *certainty;
	uint32_t by_tid;
	bool open; /* cut off by the end of the trace */
	const struct wg__flow *flows;
	size_t flow_count;
};

struct wg__track {
	size_t id;	   /* 1, 2, ...: unique in the file */
	uint32_t pid, tid; /* as in the file: unique there, and the real ones where they can be */
	bool is_loop, is_thread;
	char name[96]; /* "loop 1 tick", "worker 0", "thread 4242", "redis-server 812" */
};

struct wg__track_ops {
	/* What follows is of this trace of the request; before anything else of it. May be NULL. */
	void (*trace)(void *user, size_t i);
	/* A process, before its tracks; again if its name is known better. */
	void (*process)(void *user, uint32_t pid, const char *name);
	void (*track)(void *user, const struct wg__track *track); /* new, or named anew */
	/* begin and end are for AWAKE, which holds other slices, and may be far apart. */
	void (*begin)(void *user, const struct wg__track *track, int64_t t_ns);
	void (*end)(void *user, const struct wg__track *track, int64_t t_ns);
	void (*slice)(void *user, const struct wg__track *track, const struct wg__slice *slice);
	/* How many results of a loop are ready from now on. */
	void (*ready)(void *user, const struct wg__track *track, int64_t t_ns, uint64_t count);
	/* Events are missing between the two; count 0: nobody knows how many. */
	void (*lost)(
		void *user, const char *trace, int64_t begin_ns, int64_t end_ns, uint64_t count);
	void (*note)(void *user, const char *trace, const char *line);
};

/* "asleep", "wasted", "awake", "working", "submit", ... */
const char *wg__slice_name(enum wg__slice_kind kind);
/* What the number of a slice is: "sent", "woke", "found", "result"; NULL: it has none. */
const char *wg__slice_number(const struct wg__slice *slice);
/* "loop", "worker", "thread". */
const char *wg__track_category(const struct wg__track *track);

/* All traces of the request, one after the other. Errors as wg__export_pass(). */
int wg__export_tracks(const struct wg_export *ex, const struct wg__track_ops *ops, void *user,
	struct wg_error *err);

#endif
