/*
 * run.h: a command from its release to its end, whoever records it. Private to traces/.
 */
#ifndef TRACES_RECORD_RUN_H
#define TRACES_RECORD_RUN_H

#include <limits.h>

#include "traces/base/error.h"
#include "traces/record/child.h"
#include "traces/record/record.h"

/* What is looked after meanwhile. */
struct wg__run_look {
	/* Returns after how many ms at most it wants to look again; or NULL. Also at a SIGIO. */
	int64_t (*look)(void *user);
	void *user;
	pid_t except;	  /* a child of ours that is not the command's, or 0 */
	int64_t first_ms; /* the first look is so long after the release; 0: a second */
};

/*
 * Let the command that is held back run, until it has ended and what else the options ask for.
 * 0 or a negative errno with a line; fills of the result what is about the command.
 */
int wg__run(struct wg__child *child, struct wg__signals *signals,
	const struct wg_record_options *options, const struct wg__run_look *look,
	struct wg_record_result *result, struct wg_error *err);

/* Where the command is; 0 or a negative errno with a line. */
int wg__run_find(const char *name, char path[PATH_MAX], struct wg_error *err);

#endif
