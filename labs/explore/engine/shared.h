/*
 * shared.h: what the process that runs the learner's code hands to the one that reports.
 *
 * It lies in shared memory, so nothing is lost in a crash. The child writes at any time; the parent
 * reads when the child has ended. Pointers into the lab are stored as offsets from its start, as
 * addr2line wants them.
 */
#ifndef LABS_EXPLORE_ENGINE_SHARED_H
#define LABS_EXPLORE_ENGINE_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "labs/explore/engine/actor.h"

#define LX_SCENARIOS 512
#define LX_CHECKS    32
#define LX_ID	     40960 /* longest text of a schedule id, with its end: all segments */
#define LX_SEGMENTS  8192
#define LX_STEPS     8192
#define LX_EVENTS    8192
#define LX_RACY	     512
#define LX_RACES     32
#define LX_LOCKS     4	  /* held at a time that are shown */
#define LX_PRINTED   400  /* bytes that are kept of what one step prints */
#define LX_MESSAGE   1280 /* room for every thread */

/* Successive steps of one actor, or one choice among equals. */
struct lx_segment {
	uint8_t actor;	/* see actor.h; LX_PICK: count is the pick */
	bool is_forced; /* not the default */
	uint32_t count;
};

struct lx_log {
	uint32_t count;
	bool is_closed; /* the next choice begins a segment */
	struct lx_segment segment[LX_SEGMENTS];
};

struct lx_check {
	char id[32];
	char message[LX_MESSAGE]; /* of the schedule below; {hex} stands for a place in the lab,
				   {#N} for race N */
	char latest[LX_MESSAGE];  /* of the current schedule */
	uint64_t failing;	  /* schedules that break it */
	char schedule[LX_ID];
	uint32_t switches, steps; /* of that schedule */
	bool is_new;		  /* broken in the current schedule */
};

/* A mutex that is held after a step, and who waits for it. */
struct lx_held {
	uint64_t data; /* as lx_race has it */
	uint8_t owner;
	uint16_t waiting; /* a bit for each thread */
};

struct lx_step {
	char thread[16];
	int64_t ts_ns;
	struct lx_held held[LX_LOCKS];
	int held_count;
	uint32_t tid;
	char call[40];
	uint64_t place; /* offset in the lab; 0: none */
	char note[160];
	char printed[LX_PRINTED]; /* in lines; control characters and bytes above 127 as \xNN */
	bool is_cut;		  /* it printed more */
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

/* Two accesses that nothing orders; the first came first. */
struct lx_race {
	uint64_t data;	   /* offset in the lab of the memory; 0: of the heap, or of a stack */
	uint64_t place[2]; /* offsets in the lab */
	bool is_write[2], has_lock[2];
	char thread[2][16];
	char schedule[512]; /* in which it was found; "": its id is longer */
};

struct lx_about {
	char name[64], title[160];
};

struct lx_shared {
	struct lx_about scenario[LX_SCENARIOS];
	uint32_t scenario_count;

	/* The search, or the one schedule of a replay. */
	uint64_t schedules, failing;
	int shard, shards;  /* of a part; 0: all */
	uint32_t parts;	    /* subtrees that are dealt out to the shards, */
	uint64_t tree;	    /* and a hash of what is above them: the same in all shards */
	uint64_t redundant; /* begun and dropped: equivalent to others */
	bool is_complete;
	bool is_endless;   /* a loop without a step ended the search */
	char bound[200];   /* what was tried, in words */
	char trouble[320]; /* the lab could not be loaded, the schedule does not fit, ... */
	bool is_finished;  /* the child ended normally */
	bool is_short;	   /* out of memory for the explorer's copy of the lab */

	struct lx_check check[LX_CHECKS];
	uint32_t check_count;

	struct lx_race race[LX_RACES]; /* once for each pair of places */
	uint32_t race_count;

	struct lx_log log;	/* of the current schedule */
	uint64_t racy[LX_RACY]; /* words that threads share without a lock */
	uint32_t racy_count;

	/* Of a recorded schedule. */
	struct lx_step step[LX_STEPS];
	uint32_t step_count;
	struct lx_step blocked[LX_THREADS]; /* at its end: threads that cannot go on */
	uint32_t blocked_count;
	struct lx_event event[LX_EVENTS];
	uint32_t event_count;
	uint64_t steps_made;
};

#endif
