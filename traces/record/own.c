/*
 * own.c: see own.h.
 *
 *      what                               undone by
 *      1 the folder of the trace          removed, if no trace is in it
 *      2 signals wait                     given back
 *      3 the command, held back           killed
 *      4 the command runs                 waited for
 */
#include "traces/record/own.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/record/files.h"
#include "traces/record/run.h"

static const char *const no_env[] = { NULL };

static int run(const struct wg_record_options *o, struct wg__signals *signals,
	struct wg_record_result *result, struct wg_error *err)
{
	const struct wg__child_setup setup = { { -1, o->stdout_fd, -1 }, false, no_env };
	const struct wg__run_look look = { NULL, NULL, 0, 0 };
	struct wg__child child = {
		.hold = { -1, -1 }, .exec_fd = -1, .dies_with_us = o->dies_with_us
	};
	int rc = 0;

	if (!wg__signals_interrupted(signals))
		rc = wg__child_hold(&child, o->argv, &setup, signals, err);
	if (rc == 0 && child.pid > 0 && !wg__signals_interrupted(signals))
		rc = wg__run(&child, signals, o, &look, result, err);
	if (rc == 0 && !result->has_run)
		result->exit_code = 128 + signals->first;
	wg__child_abandon(&child);
	return rc;
}

int wg_record_own(const struct wg_record_options *options, struct wg_record_result *ret_result,
	struct wg_error *err)
{
	struct wg__signals signals;
	struct wg__folder folder;
	int rc;

	memset(ret_result, 0, sizeof(*ret_result));
	rc = wg__folder_make(options->dir, &folder, err);
	if (rc < 0)
		return rc;
	wg__signals_start(&signals);
	rc = run(options, &signals, ret_result, err);
	wg__signals_stop(&signals);
	ret_result->interrupted_by = signals.first;
	(void)snprintf(ret_result->dir, sizeof(ret_result->dir), "%s", options->dir);
	ret_result->has_events = faccessat(folder.fd, "metadata", F_OK, 0) == 0;
	wg__folder_end(&folder, false, rc == 0 && ret_result->has_events);
	return rc;
}
