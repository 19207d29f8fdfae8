/*
 * child.h: the lab in a process of its own, which may crash, spin or exit.
 */
#ifndef LABS_EXPLORE_LAB_CHILD_H
#define LABS_EXPLORE_LAB_CHILD_H

#include "labs/explore/engine/shared.h"

struct lx_job {
	const char *lab;
	int scenario;	    /* -1: only list them */
	const char *replay; /* NULL: search */
	bool races_fail;    /* a data race breaks check `race` */
	bool is_recording;
	bool is_full;
	bool is_few;	   /* see engine.h */
	bool is_first;	   /* the first schedule that fails ends the search */
	int shard, shards; /* 0: all */
	int max_schedules, max_steps, max_seconds; /* 0: the scenario's own */
	uint32_t endless_at;			   /* of a replay: see lx_crash_install() */
};

/* Shared memory for the findings; NULL if there is none. */
struct lx_shared *lx_shared_create(void);

/* Do the job in a child process and wait for it. *shared has the findings, also after a crash. */
void lx_child_run(const struct lx_job *job, struct lx_shared *shared);

#endif
