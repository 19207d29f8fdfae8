/*
 * rows.h: one trace as rows, for questions in SQL: what each table of tables.h reads.
 *
 * Made in one pass over a reader. The measure decides what a wait, a gap, an empty wake and a stage
 * are and tells so through its hooks (measure.h), threads.h decides it for threads: nothing is
 * counted a second time, so sums over rows are the figures of `wakegap stats`.
 *
 * Only what was asked for is kept: `holds` says what. Times are those of the trace's clock; tables
 * show them since its first event. Rows never move, and name each other by number.
 *
 * Memory, in bytes: an event 56, an operation 136, a wait and its wake 120, a gap 40.
 */
#ifndef TRACES_QUERY_ROWS_H
#define TRACES_QUERY_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/measure/measure.h"
#include "traces/measure/threads.h"

#define WG__NO_ROW UINT32_MAX

/* What a table needs; the rest is always there. */
enum wg__holds {
	WG__HOLDS_EVENTS = 1u << 0,
	WG__HOLDS_OPS = 1u << 1,
	WG__HOLDS_WAITS = 1u << 2, /* and wakes */
	WG__HOLDS_GAPS = 1u << 3,
};

struct wg__event_row {
	int64_t t_ns;
	int64_t value; /* what only this event has: arg, result, timeout_ns, tick_ns, since_ns */
	uint64_t op;
	uint32_t number; /* likewise: worker, sent, ready, found */
	uint32_t pid, tid, cpu;
	uint32_t lane; /* or WG__NO_ROW */
	uint32_t name; /* index into wg__rows.name */
	uint8_t type;  /* enum wg_event_type */
	uint8_t record;
	uint8_t word; /* kind, reason, or how a thread waits */
	uint8_t has_value;
	uint32_t wait; /* loop: its strategy, an index into wg__rows.name */
};

struct wg__op_row {
	uint64_t op;
	int64_t arg, result;
	int64_t submit_ns, start_ns, done_ns, notify_ns, wake_ns, deliver_ns; /* or WG_NO_TIME */
	uint32_t lane, worker, worker_tid, worker_lane;
	uint8_t kind, is_sent;
	uint8_t stages; /* 1u << enum wg_stage: M8 has a sample of it, namely */
	int64_t stage_ns[WG_STAGE_COUNT];
};

enum wg__wait_flags {
	WG__WAIT_HAS_WAKE = 1u << 0, /* else its wake is not in the trace */
	WG__WAIT_OPEN = 1u << 1,     /* asleep at the end */
	WG__WAIT_LATE = 1u << 2,
	WG__WAIT_SETTLED = 1u << 3, /* of a thread: what followed is known */
};

struct wg__wait_row {
	int64_t wait_ns, wake_ns, timeout_ns;
	int64_t gap_begin_ns; /* -1: there was no gap */
	uint64_t op;	      /* loop: ready first; thread: the object that it waits for */
	int64_t notify_ns;    /* thread: when it was woken, or WG_NO_TIME */
	int64_t cpu_ns;	      /* thread: used since, or < 0 */
	int64_t calls;	      /* likewise */
	const char *by_call;
	uint32_t lane, wake; /* wake: its row, or WG__NO_ROW */
	uint32_t by_pid, by_tid, site;
	uint32_t before; /* thread: its wait before this one, or WG__NO_ROW */
	uint8_t how, reason, class, certainty, did, kind, flags;
};

enum wg__wake_flags {
	WG__WAKE_EMPTY = 1u << 0, /* of a loop */
	WG__WAKE_LATE = 1u << 1,  /* likewise */
};

struct wg__wake_row {
	int64_t wake_ns;
	uint32_t lane, wait; /* wait: its row, or WG__NO_ROW: not seen */
	uint32_t results;    /* of a loop: for which this wake is the first */
	uint8_t reason, flags;
};

enum wg__gap_flags {
	WG__GAP_FIRST = 1u << 0, /* it is that of the whole wait, too */
	WG__GAP_LATE = 1u << 1,
	WG__GAP_THREAD = 1u << 2,
};

struct wg__gap_row {
	int64_t begin_ns, wake_ns;
	uint64_t op; /* 0: not known */
	uint32_t lane, wait;
	uint8_t kind, reason, flags;
};

enum wg__lane_type { WG__LANE_LOOP, WG__LANE_WORKER, WG__LANE_THREAD };

struct wg__lane_row {
	enum wg__lane_type type;
	uint32_t space, pid, tid, worker;
	uint64_t loop;
	size_t number; /* loop: wg_measure_loop(); thread: in the order of appearance */
	int64_t first_ns, last_ns;
};

struct wg__site_row {
	uint32_t id;
	uint64_t offset;
	const char *module, *symbol, *build_id;
};

#define WG__ARRAY(type, name)                                                                      \
	struct type *name;                                                                         \
	size_t name##_count, name##_cap

struct wg__rows {
	char label[256]; /* what the trace is called */
	const char *path;
	unsigned holds; /* enum wg__holds */
	int64_t begin_ns, end_ns;
	struct wg_measure *measure;	   /* finished; without samples, kinds counted */
	struct wg_threads *threads;	   /* finished; NULL: there is no record of a thread */
	struct wg__names *names, *cleaned; /* all texts below */
	struct wg__map clean_of;	   /* address of a name to index into clean */
	const char **clean;		   /* valid UTF-8 */
	size_t clean_count, clean_cap;
	const char **name;
	size_t name_count, name_cap;
	struct wg__notes notes; /* what is missing */
	uint32_t lane_base;	/* lanes of the traces before this one */
	uint32_t wait_base;	/* and waits */
	uint32_t wait_total;
	WG__ARRAY(wg__event_row, event);
	WG__ARRAY(wg__op_row, op);
	WG__ARRAY(wg__wait_row, wait);
	WG__ARRAY(wg__wake_row, wake);
	WG__ARRAY(wg__gap_row, gap);
	WG__ARRAY(wg__lane_row, lane);
	WG__ARRAY(wg__site_row, site);
};

/* Asked now and then while a trace is read; true: stop, with -ECANCELED. */
typedef bool (*wg__stopped_fn)(void *user);

/*
 * Read the trace at rows->path. rows is all zero but for path, label, holds and the bases. Errors
 * as wg_reader_open(); -ENODATA without one event, -ENOMEM, -ECANCELED; each with a line. Free with
 * fini, also after an error.
 */
int wg__rows_load(
	struct wg__rows *rows, wg__stopped_fn is_stopped, void *user, struct wg_error *err);

/* Frees all; label, path and bases stay. */
void wg__rows_fini(struct wg__rows *rows);

/* Text that is valid UTF-8, as text_out.h makes it; NULL without memory. Lives with the rows. */
const char *wg__rows_clean(struct wg__rows *rows, const char *text);

#endif
