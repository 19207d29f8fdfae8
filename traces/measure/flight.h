/*
 * flight.h: operations that were handed in and not yet delivered, and which of them are ready.
 * Private to traces/.
 */
#ifndef TRACES_MEASURE_FLIGHT_H
#define TRACES_MEASURE_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/map.h"
#include "traces/read/schema.h"

#define WG__NONE  SIZE_MAX
#define WG__NEVER INT64_MIN

/* The results of one loop that are ready, in the order in which they became so. */
struct wg__ready {
	size_t head, tail; /* WG__NONE: empty */
	uint64_t count;
};

struct wg__op {
	uint64_t id;
	uint32_t pid;
	size_t loop_idx;   /* the loop that its result was published to */
	enum wg_kind kind; /* UNKNOWN: its submit was not seen */
	int64_t since_ns;  /* first heard of; set by the measure */
	/* WG__NEVER: not seen. wake_ns: the loop's first wake after done */
	int64_t submit_ns, start_ns, done_ns, wake_ns;
	bool is_ignored;   /* not of the kinds that are counted */
	bool is_delivered; /* before its done was seen */
	bool is_ready;	   /* in a list of ready results */
	size_t prev, next; /* in that list, or next unused */
};

/* Indices stay valid while the operation is in flight; pointers into op only until the next get. */
struct wg__flight {
	struct wg__op *op;
	size_t count, cap, unused; /* unused: head of the list of free nodes */
	struct wg__map map;
};

void wg__flight_init(struct wg__flight *f);
void wg__flight_fini(struct wg__flight *f);

/* The index of an operation, made if it is not known. WG__NONE: no memory. */
size_t wg__flight_get(struct wg__flight *f, uint32_t pid, uint64_t id, size_t loop_idx);

/* The index of an operation, or WG__NONE. */
size_t wg__flight_find(const struct wg__flight *f, uint32_t pid, uint64_t id);

/* It became ready: the last of its loop. */
void wg__flight_push_ready(struct wg__flight *f, struct wg__ready *ready, size_t i);

/* Forget it; ready is the list of its loop. */
void wg__flight_forget(struct wg__flight *f, struct wg__ready *ready, size_t i);

#endif
