/*
 * fill.h: what is known while a trace is read into rows. Private to traces/query/.
 */
#ifndef TRACES_QUERY_FILL_H
#define TRACES_QUERY_FILL_H

#include "traces/measure/flight.h"
#include "traces/measure/threads_impl.h"
#include "traces/query/rows.h"

/* A loop or a thread, on its way. */
struct wg__fill_lane {
	uint32_t lane;
	uint32_t wait_id; /* of the open wait, or of the last */
	uint32_t wait;	  /* its row, WG__NO_ROW: none is open, or no rows are kept */
	uint32_t closed;  /* the row of the last one that a wake ended */
	uint32_t wake;	  /* the row of the last wake */
	bool is_asleep;
	uint64_t late; /* late wakes counted so far */
};

struct wg__fill {
	struct wg__rows *rows;
	int rc;				  /* of hooks, which cannot return one */
	WG__ARRAY(wg__fill_lane, loop);	  /* by number */
	WG__ARRAY(wg__fill_lane, thread); /* likewise */
	struct wg__map worker;		  /* (process, thread and worker) to lane */
	uint32_t *op_row;		  /* by number of the node in flight */
	size_t op_row_count, op_row_cap;
	struct wg__map name;   /* address of a name to index into rows->name */
	const char *last_name; /* events of one thread follow each other */
	uint32_t last_name_idx;
	/* Of the event that is fed now. */
	struct wg_interval interval; /* that it closed */
	uint32_t closed_id;
	uint8_t stages;
	int64_t stage_ns[WG_STAGE_COUNT];
	uint32_t woken; /* results that it is the first wake for */
};

struct wg_measure_hooks wg__fill_hooks(struct wg__fill *fill);

/* Take an event that the measure was fed; *ret_lane is what it is of. 0 or -ENOMEM. */
int wg__fill_loop(struct wg__fill *f, const struct wg_event *ev, uint32_t *ret_lane);
int wg__fill_thread(struct wg__fill *f, const struct wg_event *ev, uint32_t *ret_lane);
int wg__fill_event(struct wg__fill *f, const struct wg_event *ev, uint32_t lane);

/* Before the measure is finished; after the threads are. */
void wg__fill_end_ops(struct wg__fill *f);
void wg__fill_end_threads(struct wg__fill *f);

/* A lane more; its number or WG__NO_ROW. */
uint32_t wg__fill_lane(struct wg__fill *f, const struct wg__lane_row *lane);

/* Room for one more row, all zero; NULL without memory. */
struct wg__wait_row *wg__fill_wait(struct wg__fill *f);
struct wg__wake_row *wg__fill_wake(struct wg__fill *f);
int wg__fill_gap(struct wg__fill *f, const struct wg__gap_row *gap);

void wg__fill_fini(struct wg__fill *fill);

#endif
