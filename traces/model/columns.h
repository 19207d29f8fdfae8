/*
 * columns.h: the events, operations, waits and spans of a model, each kind in columns of few bits
 * (packed.h). Private to traces/.
 *
 *   K1 A row is taken apart into numbers that are like those of its neighbours: times become
 *      distances, names and threads become numbers.
 *   K2 What comes out is what went in, for every row.
 *   K3 Waits and operations are set again while they last. The last 65536 of each may be set
 *      quickly. In a model that grows for ever (window.h) all rows stay open.
 */
#ifndef TRACES_MODEL_COLUMNS_H
#define TRACES_MODEL_COLUMNS_H

#include "traces/base/finder.h"
#include "traces/base/map.h"
#include "traces/base/packed.h"
#include "traces/model/model.h"

/* Which thread of which process emitted an event: few different ones emit most of them. */
struct wg__source {
	uint32_t space : 31;
	uint32_t has_cpu_time : 1;
	uint32_t pid, tid, who;
	const char *procname;
	uint32_t same; /* 1 + the one before with the same pid, tid and who; 0: none */
};

struct wg__columns {
	struct wg__packed events, ops, waits;
	struct wg__source *sources;
	size_t source_count, source_cap, last_source;
	uint32_t recent_source[64]; /* 1 + the last one of such a tid; 0: none yet */
	struct wg__finder source_map;
	const char **names; /* number 0 is NULL */
	size_t name_count, name_cap;
	struct wg__map name_map; /* by address: they are interned */
	size_t *worker_lane;	 /* by number of the worker */
	size_t worker_count;	 /* those whose lane is known */
};

/* Empty; stays_open: see K3. It does not move from here on. */
void wg__columns_init(struct wg__columns *columns, bool stays_open);
void wg__columns_fini(struct wg__columns *columns);

/* No more rows are added or set. */
void wg__columns_close(struct wg__columns *columns);

/* Add a row, or set row i. 0 or -ENOMEM. An operation's worker is the number of one, or
 * WG_NO_LANE; worker_lane knows its lane. A wait's number is i. */
int wg__columns_add_event(struct wg__columns *columns, const struct wg_event *event);
int wg__columns_add_op(struct wg__columns *columns, const struct wg_op_life *op);
int wg__columns_set_op(struct wg__columns *columns, size_t i, const struct wg_op_life *op);
int wg__columns_add_wait(struct wg__columns *columns, const struct wg_wait_rec *rec);
int wg__columns_set_wait(struct wg__columns *columns, size_t i, const struct wg_wait_rec *rec);

/* Of row i only: which wait is the next one of its loop, 1 + index; one more of the results for
 * which its wake is the first. 0 or -ENOMEM. */
int wg__columns_link_wait(struct wg__columns *columns, size_t i, size_t next);
int wg__columns_wait_result(struct wg__columns *columns, size_t i, int64_t waited_ns);

/* Row i. The worker of an operation is that which was set: see wg_trace_op_at() for its lane. */
void wg__columns_event(const struct wg__columns *columns, size_t i, struct wg_event *ret);
void wg__columns_op(const struct wg__columns *columns, size_t i, struct wg_op_life *ret);
void wg__columns_wait(const struct wg__columns *columns, size_t i, struct wg_wait_rec *ret);

/* Did no wake close wait i (yet)? */
bool wg__columns_is_unclosed(const struct wg__columns *columns, size_t i);

/* The key of operation i (finder.h), without the rest. */
struct wg__key wg__columns_op_key(const struct wg__columns *columns, size_t i);

size_t wg__columns_first_event(const struct wg__columns *columns, int64_t t);
/* The first wait that begins at or after t. */
size_t wg__columns_first_wait(const struct wg__columns *columns, int64_t t);
/* The first operation whose submit is at or after t. */
size_t wg__columns_first_op(const struct wg__columns *columns, int64_t t);
int64_t wg__columns_event_ns(const struct wg__columns *columns, size_t i);
int64_t wg__columns_submit_ns(const struct wg__columns *columns, size_t i);

/* The spans of a lane. */
void wg__spans_init(struct wg__packed *spans, bool stays_open);
int wg__spans_add(struct wg__packed *spans, const struct wg_span *span);
int wg__spans_set(struct wg__packed *spans, size_t i, const struct wg_span *span);
void wg__spans_get(const struct wg__packed *spans, size_t i, struct wg_span *ret);
int64_t wg__spans_begin_ns(const struct wg__packed *spans, size_t i);
int64_t wg__spans_end_ns(const struct wg__packed *spans, size_t i);
/* The first that begins at or after t. */
size_t wg__spans_from(const struct wg__packed *spans, int64_t t);

#endif
