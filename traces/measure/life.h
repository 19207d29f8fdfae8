/*
 * life.h: the life of an operation: what is known of it, and when it happened.
 */
#ifndef TRACES_MEASURE_LIFE_H
#define TRACES_MEASURE_LIFE_H

#include <stddef.h>
#include <stdint.h>

#include "traces/read/schema.h"

#define WG_NO_TIME INT64_MIN /* "did not happen, or was not seen" */

#define WG_NO_LANE UINT32_MAX

/* A model keeps one of each operation, so its bytes are counted. */
struct wg_op_life {
	uint64_t op;
	uint32_t who;	      /* number of the process in its trace; see loops.h */
	uint32_t loop_idx;    /* its loop: wg_measure_loop(), which knows pid and id */
	int64_t arg, result;  /* result is 0 until done */
	uint32_t worker_lane; /* of a model: index into lanes, WG_NO_LANE if it never started */
	uint16_t kind;	      /* enum wg_kind */
	uint16_t notify_sent; /* 1 sent, 0 coalesced; meaningless without notify_ns */
	/* each WG_NO_TIME if it did not happen; wake_ns is the first wake of the loop after done,
	 * if that wake came before deliver */
	int64_t submit_ns, start_ns, done_ns, notify_ns, wake_ns, deliver_ns;
};

_Static_assert(sizeof(struct wg_op_life) == 88, "the bytes of an operation are bounded");

#endif
