/*
 * child.h: the lab in a process of its own, which may crash, spin or exit as it likes.
 */
#ifndef LABS_EXPLORE_LAB_CHILD_H
#define LABS_EXPLORE_LAB_CHILD_H

#include "labs/explore/engine/shared.h"

struct lx_job {
	const char *lab;
	int scenario;	    /* -1: only say which there are */
	const char *replay; /* NULL: search */
	bool is_recording;
	bool is_full;
	bool is_first; /* the first schedule that fails ends the search */
	int max_schedules, max_steps, max_seconds; /* 0: the scenario's own */
	uint32_t endless_at;			   /* of a replay: see lx_crash_install() */
};

/* Shared memory for the findings; NULL without. */
struct lx_shared *lx_shared_create(void);

/* Do it in a child and wait for its end. The findings, also those of a crash, are in *shared. */
void lx_child_run(const struct lx_job *job, struct lx_shared *shared);

#endif
