/*
 * lane_list.h: which lanes of a trace are listed, in what order, and which are folded into one.
 *
 *     process 4242 read        a heading, if the trace has several processes
 *       loop 1 tick
 *       4 workers              four lanes folded into one row; it says how many it merges
 *
 * What is hidden or folded is remembered by name (process, loop, worker), not by place, so that it
 * stays so when the trace grows and its lanes move.
 */
#ifndef VIZ_APP_LANE_LIST_H
#define VIZ_APP_LANE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model/model.h"

#define WG_ENTRIES_MAX 1024 /* lanes and headings; what is beyond is said to be */
#define WG_HIDDEN_MAX  128
#define WG_FOLDED_MAX  64

enum wg_order {
	WG_ORDER_TRACE,	 /* loops, then workers, by number */
	WG_ORDER_WASTED, /* most wasted loop first, busiest worker first */
	WG_ORDER_NAME,
	WG_ORDER_COUNT
};

enum wg_entry_kind { WG_ENTRY_LANE, WG_ENTRY_FOLD, WG_ENTRY_PROCESS };

struct wg_entry {
	uint8_t kind;
	uint16_t lane;	  /* index; of a fold or process, its first */
	uint16_t members; /* lanes it stands for: lane, lane + 1, ...; 1 but for a fold */
};

struct wg_lane_id {
	uint32_t who; /* number of the process */
	uint64_t id;
	enum wg_lane_kind kind;
};

struct wg_lane_list {
	struct wg_entry entries[WG_ENTRIES_MAX];
	struct wg_lane_id ids[WG_ENTRIES_MAX]; /* of their lanes, by name */
	size_t count;
	size_t hidden_lanes; /* of this trace, by wish */
	size_t beyond;	     /* lanes for which there was no entry left */
	enum wg_order order;
	struct wg_lane_id hidden[WG_HIDDEN_MAX];
	size_t hidden_count;
	uint32_t folded[WG_FOLDED_MAX]; /* processes whose workers are one row */
	size_t folded_count;
};

/* List the lanes of trace anew, by the wishes in list. */
void wg_lane_list_build(struct wg_lane_list *list, const struct wg_trace *trace);

/* The same after the trace has grown: where the lane is now that was `lane`. The first one stays
 * the first, and takes the place of one that is gone. */
size_t wg_lane_list_again(struct wg_lane_list *list, const struct wg_trace *trace, size_t lane);

/* The entry that shows lane; list->count if it is hidden. A heading is never the answer. */
size_t wg_lane_list_find(const struct wg_lane_list *list, size_t lane);

/* Fold the workers of a process into one row, or unfold them. False if it has none. */
bool wg_lane_list_fold(struct wg_lane_list *list, const struct wg_trace *trace, size_t lane);

/* Hide an entry's lanes. False if it is the last one in sight or too many are hidden. */
bool wg_lane_list_hide(struct wg_lane_list *list, const struct wg_trace *trace, size_t entry);
void wg_lane_list_show_all(struct wg_lane_list *list, const struct wg_trace *trace);

/* "loop 1 tick", "4 workers", "process 4242 read". Returns buf. */
char *wg_entry_name(
	char *buf, size_t len, const struct wg_trace *trace, const struct wg_entry *entry);

const char *wg_order_name(enum wg_order order);

#endif
