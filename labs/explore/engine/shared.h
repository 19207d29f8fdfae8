/*
 * shared.h: what the process that runs the learner's code leaves for the one that reports.
 *
 * It lies in shared memory, so that a crash costs nothing of it. The writer is the child, at any
 * time; the reader is the parent, when the child has ended. Pointers into the lab are offsets from
 * where it is loaded: they mean the same to addr2line.
 */
#ifndef LABS_EXPLORE_ENGINE_SHARED_H
#define LABS_EXPLORE_ENGINE_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#define LX_SCENARIOS 256
#define LX_CHECKS    32
#define LX_ID	     40960 /* longest text of a schedule id, with its end: all segments */
#define LX_SEGMENTS  8192
#define LX_STEPS     8192
#define LX_EVENTS    8192
#define LX_RACY	     512

/* A run of events of one actor, or one pick among equals. */
struct lx_segment {
	uint8_t actor;	/* see actor.h; LX_PICK: count is the pick */
	bool is_forced; /* not what would have been done without being told */
	uint32_t count;
};

struct lx_log {
	uint32_t count;
	bool is_closed; /* the next event begins a segment, whoever makes it */
	struct lx_segment segment[LX_SEGMENTS];
};

struct lx_check {
	char id[32];
	char message[320]; /* of the schedule below; {hex} stands for a place in the lab */
	char latest[320];  /* of the schedule under way */
	uint64_t failing;  /* schedules that break it */
	char schedule[LX_ID];
	uint32_t switches, steps; /* of that schedule */
	bool is_new;		  /* broken in the schedule under way */
};

struct lx_step {
	char thread[16];
	uint32_t tid;
	char call[40];
	uint64_t place; /* offset in the lab; 0: none */
	char note[160];
};

/* As core/tp.h has them, in the order of enum lx_event_type. */
enum lx_event_type {
	LX_EV_LOOP,
	LX_EV_SUBMIT,
	LX_EV_START,
	LX_EV_DONE,
	LX_EV_NOTIFY,
	LX_EV_WAIT,
	LX_EV_WAKE,
	LX_EV_POLL,
	LX_EV_DELIVER,
	LX_EV_COUNT
};

struct lx_event {
	enum lx_event_type type;
	int64_t ts_ns;
	uint32_t tid;
	char thread[16];
	uint32_t loop;
	uint64_t op;
	int64_t a, b;
	char text[32];
};

struct lx_about {
	char name[64], title[160];
};

struct lx_shared {
	struct lx_about scenario[LX_SCENARIOS];
	uint32_t scenario_count;

	/* The search, or the one schedule of a replay. */
	uint64_t schedules, failing;
	uint64_t redundant; /* begun and dropped: nothing new in them */
	bool is_complete;
	bool is_endless;   /* a loop without a step was met, and the search ended there */
	char bound[200];   /* what was tried, in words */
	char trouble[320]; /* the lab could not be loaded, the schedule does not fit, ... */
	bool is_finished;  /* the child came to its end by itself */
	bool is_short;	   /* there was no memory for what the explorer keeps of the lab */

	struct lx_check check[LX_CHECKS];
	uint32_t check_count;

	struct lx_log log;	/* of the schedule under way */
	uint64_t racy[LX_RACY]; /* words that are accessed without a common lock */
	uint32_t racy_count;

	/* What a recorded schedule did. */
	struct lx_step step[LX_STEPS];
	uint32_t step_count;
	struct lx_event event[LX_EVENTS];
	uint32_t event_count;
	uint64_t steps_made;
};

#endif
