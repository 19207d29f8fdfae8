/*
 * work.h: the temporary folder in which a learner's files become a shared object.
 *
 *     src/   the learner's files, the scenario, the headers, the explorer: ours, read-only there
 *     out/   the only place that the box may write
 */
#ifndef LABS_GRADE_JUDGE_WORK_H
#define LABS_GRADE_JUDGE_WORK_H

#include "labs/grade/box/box.h"
#include "labs/grade/judge/check.h"

struct wg_work {
	char dir[256];
	char src[300], out[300];
	char so[320];	    /* the built lab */
	char trace[320];    /* where the explorer may write one */
	char explorer[320]; /* the copy of wakegap-explore */
};

int wg_work_create(const struct wg_check_options *o, struct wg_work *ret, struct wg_error *err);
void wg_work_destroy(struct wg_work *work); /* removes all of it */

/* 1: built; 0: the compiler said no, and *ret_text (the caller's) is what; or a negative errno. */
int wg_work_build(const struct wg_check_options *o, const struct wg_work *work, char **ret_text,
	struct wg_error *err);

/* Run the explorer on it. As wg_box_run(). */
int wg_work_explore(const struct wg_check_options *o, const struct wg_work *work,
	struct wg_box_result *ret, struct wg_error *err);

#endif
