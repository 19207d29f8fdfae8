/*
 * engine.h: the controlled scheduler: threads as fibers, steps, and the choice of the next thread.
 *
 * A thread runs until its next *point*: a call whose effect other threads can see. There it says
 * what it is about to do (struct lx_op), and lx_point() returns when it may do it. The search
 * (search.h) chooses among the threads whose operation is possible. It tries every choice in turn
 * by running the scenario again from its start.
 *
 *     wrapped call -> lx_point(op) -> lx_choose() -> other fibers ... -> the call is made
 *
 * The state is one global, because wrapped calls have no argument that could carry it. One thread
 * of the system runs everything.
 */
#ifndef LABS_EXPLORE_ENGINE_ENGINE_H
#define LABS_EXPLORE_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labs/explore/engine/actor.h"
#include "labs/explore/engine/fiber.h"
#include "labs/explore/engine/parts.h"
#include "labs/explore/engine/shared.h"
#include "labs/explore/lab.h"

#define LX_NEVER   INT64_MAX
#define LX_TOUCHES 4
#define LX_HELD	   8  /* mutexes that one thread may hold */
#define LX_STORES  16 /* in one thread's store buffer */

struct lx_thread;

/* An object that a step reads or changes. Two steps of different threads are independent if they
 * touch nothing in common, or only read it: exchanging them changes nothing. */
struct lx_touch {
	const void *object;
	bool is_write;
};

struct lx_op {
	const char *call;    /* for the report */
	const char *returns; /* the same, if this step ends a wait that an earlier one began */
	const void *caller;  /* in the lab */
	const void *object;
	int64_t arg;
	bool (*is_ready)(const struct lx_thread *t); /* NULL: always */
	struct lx_touch touch[LX_TOUCHES];	     /* up to a NULL */
	bool touches_all;
	bool is_blocking; /* a signal ends it with EINTR */
	bool is_silent;	  /* its moment has no effect: it happens as soon as it can */
	bool is_access;	  /* of memory: earlier stores may linger; else all of them reach memory now
			   */
};

enum lx_wake { LX_ASLEEP, LX_NOTIFIED, LX_TIMED_OUT, LX_WOKEN_SPURIOUSLY, LX_INTERRUPTED };

struct lx_store {
	void *at;
	size_t size;
	uint64_t value;
	const char *name;   /* of the variable, or NULL */
	const void *caller; /* in the lab */
};

struct lx_thread {
	int id;
	struct lx_fiber fiber;
	bool is_live; /* started and not at its end */
	bool is_detached, is_joined;
	bool is_left_behind;	      /* by a fork: it is not in the child */
	struct lx_thread *newborn_of; /* it runs up to its first point, then this thread goes on */
	char name[16];
	void *(*start)(void *);
	void *arg, *result;

	struct lx_op op;      /* what it is about to do */
	int64_t deadline_ns;  /* of op; LX_NEVER */
	enum lx_wake wake;    /* why op ends, if it waits */
	const void *cond;     /* waits on this condition */
	uint64_t wait_number; /* the lowest has waited longest */
	bool has_yielded;     /* others go first */
	uint32_t alone;	      /* its steps since the last one of another thread */
	int saved_errno;

	const void *held[LX_HELD];
	int held_count;
	struct lx_store store[LX_STORES]; /* oldest first */
	int store_count;
	uint64_t pending_signals, blocked_signals;

	/* Vector clock: the order that create and join make in every schedule. */
	uint32_t clock[LX_THREADS];

	bool is_loop;
	uint32_t loop; /* its number as a loop */
};

enum lx_outcome { LX_RAN, LX_REDUNDANT, LX_UNFIT, LX_ELSEWHERE };

struct lx {
	const struct lx_parts *parts; /* handed in by main */
	struct lx_shared *shared;
	const struct lab_scenario *scenario;
	bool is_full;	   /* no reduction: count every schedule */
	bool is_few;	   /* by the number of preemptions at once: there are too many */
	bool is_first;	   /* the first schedule that fails is enough */
	bool races_fail;   /* a data race breaks check `race`, whatever the scenario says */
	bool is_recording; /* steps and events are written down */
	int shard, shards; /* only this part of so many, from 1 on; 0: all */

	struct lx_thread thread[LX_THREADS];
	int thread_count;
	struct lx_thread *self; /* the running thread; NULL between schedules */
	struct lx_fiber main;
	enum lx_outcome outcome;

	int64_t now_ns;	 /* virtual */
	int64_t wall_ns; /* CLOCK_REALTIME is ahead of now_ns by this */
	int64_t ts_ns;	 /* of the latest event in a trace */
	uint64_t wait_number;
	int spurious_left, interrupts_left;
	uint32_t steps;
	const void *access; /* the latest access that was instrumented: where an endless loop is */
	uint32_t access_step;

	/* The current step, and what it has touched so far. */
	int step_thread;
	struct lx_touch touched[16];
	int touched_count;
	bool touched_all;
};

extern struct lx lx;

/* The place in the lab that called a wrapper. */
#define LX_CALLER() __builtin_extract_return_addr(__builtin_return_address(0))

/* The same for a message, as {%llx}; the report replaces it by file and line. */
static inline unsigned long long lx_place(const void *code)
{
	return lx.parts->place(code);
}

/* Run the scenario once; choices come from the search or from a script. */
enum lx_outcome lx_run_once(void);

/* The running thread is about to do this. Returns when it may. */
void lx_point(const struct lx_op *op);

/* Record a step without a point: its effect is invisible to others, or it continues a step. */
void lx_remark_call(const char *call, const void *caller);

/* The current step also touches this. */
void lx_touch(const void *object, bool is_write);

/* It is so late now: what waited for that goes on. Part of the step under way. */
void lx_pass_time(int64_t until_ns);

/* A new thread, able to run, or NULL if there are too many. */
struct lx_thread *lx_thread_start(void *(*start)(void *), void *arg);

/* The running thread's end. */
_Noreturn void lx_thread_end(void *result);

/* End this schedule here, from any fiber. */
_Noreturn void lx_end(enum lx_outcome outcome);

/* The oldest buffered store of t, or all of them, reach memory. */
void lx_drain_one(struct lx_thread *t);
void lx_drain_all(struct lx_thread *t);

#endif
