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
 * Memory is that of what is in flight: at most 72 bytes an operation, 64 of them its node. What
 * else is known of an operation (its argument, its result, the time of its notify), whoever wants
 * it keeps by the number of the node.
 */
#ifndef TRACES_MEASURE_FLIGHT_H
#define TRACES_MEASURE_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/finder.h"
#include "traces/measure/life.h"
#include "traces/measure/loops.h"

#define WG__NONE   SIZE_MAX
#define WG__LINGER 256 /* far more than there are workers between `done` and `notify` */

#define WG__OP_BITS WG__FINDER_BITS /* of the number of a node */
#define WG__NO_OP   ((UINT32_C(1) << WG__OP_BITS) - 1)
#define WG__OP_CHUNK                                                                               \
	4096 /* nodes allocated together: none ever moves, and all go back to the system */

/* Operations by number, first in, first out. */
struct wg__op_list {
	uint32_t head, tail; /* WG__NO_OP: empty */
	uint32_t count;
};

struct wg__op {
	uint64_t op;
	/* each WG_NO_TIME if it was not seen; wake_ns is that of F3 */
	int64_t submit_ns, start_ns, done_ns, wake_ns;
	uint32_t loop_idx; /* that its result was published to, else that of its first event */
	uint32_t seq;	   /* in the order of beginning, modulo 2^32; 0: this node is unused */
	uint32_t worker_tid;
	uint32_t tag;		     /* the caller's */
	uint32_t prev : WG__OP_BITS; /* in a list */
	uint32_t kind : 4;	     /* enum wg_kind */
	uint32_t is_ready : 1;
	uint32_t next : WG__OP_BITS; /* in a list, or the next unused */
	uint32_t is_ignored : 1;     /* not of the kinds that are counted: it never is ready */
	uint32_t is_delivered : 1;
	uint32_t is_notified : 1;
	uint32_t is_sent : 1;	 /* the notify was: 1 sent, 0 coalesced */
	uint32_t is_flowing : 1; /* for who draws arrows */
};

_Static_assert(sizeof(struct wg__op) == 64, "the bytes of an operation in flight are bounded");
_Static_assert(WG_KIND_COUNT <= 16, "a kind has four bits");

struct wg__flight_loop {
	uint64_t loop; /* its id in the trace */
	uint32_t pid;
	struct wg__op_list ready;
	uint32_t
		*ready_of_kind; /* how many of each; NULL: none was ever, or nobody wants to know */
};

/* An operation that was delivered and is not over. */
struct wg__late_op {
	int64_t deliver_ns;
	uint32_t op;
};

typedef int (*wg__op_fn)(void *user, struct wg__op *op, uint32_t number); /* 0 or -ENOMEM */

/* Numbers and nodes stay while the operation is known. */
struct wg__flight {
	/* the caller's, after init */
	wg__op_fn ended; /* it will be forgotten now; may be NULL */
	wg__op_fn woken; /* F3; may be NULL */
	void *user;
	uint32_t kinds;	   /* 1u << WG_KIND_..., those that are counted */
	bool counts_kinds; /* keep ready_of_kind */
	/* read only */
	struct wg__flight_loop *loop; /* by number of the loop */
	size_t loop_count;
	struct wg__loops loops;
	int64_t hole_end_ns; /* the last hole seen ends here; WG_NO_TIME: none */
	uint64_t seq;
	/* private */
	struct wg__op **chunk;
	size_t chunk_count, chunk_cap, loop_cap;
	uint32_t count, unused;	  /* nodes ever used; the first that is not any more */
	struct wg__finder finder; /* (number of the process, id) */
	/* F4, in the order of delivery: a ring buffer */
	struct wg__late_op late[2 * WG__LINGER];
	size_t late_head, late_count;
};

/* What an event did. */
struct wg__step {
	size_t loop_idx;
	uint32_t op; /* WG__NO_OP: it is of no operation, or of one that is over */
	bool is_new;
	bool is_first; /* of its type, of this operation */
};

void wg__flight_init(struct wg__flight *f);
void wg__flight_fini(struct wg__flight *f);

/* Take an event, in time order; holes too. 0 or -ENOMEM. */
int wg__flight_feed(struct wg__flight *f, const struct wg_event *ev, struct wg__step *ret_step);

/* End all that is left: the delivered in that order, the others in the order of beginning. */
int wg__flight_finish(struct wg__flight *f);

/* Forget one, as if it were over. 0, or what ended() returned. */
int wg__flight_forget(struct wg__flight *f, uint32_t number);

/* Forget those that began before that time. */
void wg__flight_sweep(struct wg__flight *f, int64_t before_ns);

/* Forget all without a word, and free their memory; which loops there were stays known. */
void wg__flight_drop(struct wg__flight *f);

/* Those handed in and not yet delivered. */
size_t wg__flight_count(const struct wg__flight *f);

static inline struct wg__op *wg__flight_op(const struct wg__flight *f, uint32_t number)
{
	return &f->chunk[number / WG__OP_CHUNK][number % WG__OP_CHUNK];
}

/* When its result was delivered; WG_NO_TIME: not yet. */
int64_t wg__flight_delivered_ns(const struct wg__flight *f, uint32_t number);

/* What is known of it here; all else of *ret_life is as for an operation that did not get there. */
void wg__flight_life(const struct wg__flight *f, uint32_t number, struct wg_op_life *ret_life);

struct wg_measure;

/* What the event that a measure was fed last did. Until the next feed. */
const struct wg__step *wg__measure_step(const struct wg_measure *measure);

/* Number of the process that loop i is of. */
uint32_t wg__measure_who(const struct wg_measure *measure, size_t i);

/* The number of the process of an event that is of no loop; WG__NO_WHO without memory. */
uint32_t wg__measure_process(struct wg_measure *measure, const struct wg_event *event);

/* When the last thing known of that process, at since_ns, ended: when the pid began anew after it,
 * or the end so far. */
int64_t wg__measure_who_end(const struct wg_measure *measure, uint32_t who, int64_t since_ns);

const struct wg__flight *wg__measure_flight(const struct wg_measure *measure);

#endif
