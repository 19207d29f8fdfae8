/*
 * flight.h: the state of every operation under way. It is tracked here and nowhere else; the
 * measure, the model and the exports all use it. Private to traces/.
 *
 *   F1 An operation begins with the first event that names it. A notify begins none. A second
 *      submit, or any submit, start or done after its end, begins another of the same id.
 *   F2 Its result is ready from `done` to `deliver`. The results of a loop that are ready stand in
 *      a list, in the order in which they became so. A second `done` or `deliver` changes nothing.
 *   F3 A `wake` is the first for those ready results that no wake has marked.
 *   F4 It is over when its result was delivered and its `done` and `notify` were seen: a worker
 *      publishes the result, the loop delivers it, and only then the worker's `notify` is in the
 *      trace. It is remembered until then, or until WG__LINGER more were delivered.
 *   F5 The `deliver` of what became ready before a hole ended may be in the hole. So after a hole,
 *      a `wait` that says nothing is ready ends those operations. Without this one lost event would
 *      make every later wait look wasted. Without a hole the program's count is never used.
 *   F6 If only some kinds are counted, others are not followed. The submit says which kind it is.
 *
 * Memory is that of what is in flight.
 */
#ifndef TRACES_MEASURE_FLIGHT_H
#define TRACES_MEASURE_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/map.h"
#include "traces/measure/life.h"
#include "traces/measure/loops.h"

#define WG__NONE   SIZE_MAX
#define WG__LINGER 256 /* far more than there are workers between `done` and `notify` */

/* Operations by index, first in, first out. */
struct wg__op_list {
	size_t head, tail; /* WG__NONE: empty */
	uint64_t count;
};

struct wg__op {
	struct wg_op_life is;
	uint64_t seq;	  /* 1, 2, ... in the order of beginning; 0: this node is unused */
	int64_t since_ns; /* its first event */
	size_t loop_idx;  /* the loop that its result was published to, else that of its first event
			   */
	const char *process; /* as its first event says; the reader's */
	uint32_t worker, worker_tid;
	bool is_ignored; /* not of the kinds that are counted: it never is ready */
	bool is_ready;
	bool is_flowing;   /* for who draws arrows */
	size_t prev, next; /* in a list, or the next unused */
};

typedef int (*wg__op_fn)(void *user, struct wg__op *op); /* 0 or -ENOMEM */

/* Indices stay valid while the operation is known; pointers only until the next feed. */
struct wg__flight {
	/* the caller's, after init */
	wg__op_fn ended; /* it will be forgotten now; may be NULL */
	wg__op_fn woken; /* F3; may be NULL */
	void *user;
	uint32_t kinds; /* 1u << WG_KIND_..., those that are counted */
	/* read only */
	struct wg__op *op;
	struct wg__op_list *ready; /* by loop, in order of appearance */
	size_t loop_count;
	struct wg__loops loops;
	int64_t hole_end_ns; /* the last hole seen ends here; WG_NO_TIME: none */
	uint64_t seq;
	/* private */
	size_t count, cap, unused, loop_cap;
	struct wg__map map;	      /* (number of the process, id) */
	struct wg__op_list delivered; /* and not over */
};

/* What an event did. */
struct wg__step {
	size_t loop_idx;
	size_t op; /* WG__NONE: it is of no operation, or of one that is over */
	bool is_new;
	bool is_first; /* of its type, of this operation */
};

void wg__flight_init(struct wg__flight *f);
void wg__flight_fini(struct wg__flight *f);

/* Take an event, in time order; holes too. 0 or -ENOMEM. */
int wg__flight_feed(struct wg__flight *f, const struct wg_event *ev, struct wg__step *ret_step);

/* End all that is left: the delivered in that order, the others in the order of beginning. */
int wg__flight_finish(struct wg__flight *f);

/* Forget those that began before that time. */
void wg__flight_sweep(struct wg__flight *f, int64_t before_ns);

/* Those handed in and not yet delivered. */
size_t wg__flight_count(const struct wg__flight *f);

struct wg_measure;

/* What the event that a measure was fed last did. Until the next feed. */
const struct wg__step *wg__measure_step(const struct wg_measure *measure);

/* Number of the process that loop i is of. */
uint32_t wg__measure_who(const struct wg_measure *measure, size_t i);

/* When the last thing known of that process, at since_ns, ended: when the pid began anew after it,
 * or the end so far. */
int64_t wg__measure_who_end(const struct wg_measure *measure, uint32_t who, int64_t since_ns);

/* The operation of the event that a measure was fed last; NULL: of none. Until the next feed. */
const struct wg__op *wg__measure_op(const struct wg_measure *measure, bool *ret_is_new);

#endif
