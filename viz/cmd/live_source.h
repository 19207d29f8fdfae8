/*
 * live_source.h: what `wakegap live` watches: a command of ours, processes that run, or a session
 * of LTTng; and who records it.
 */
#ifndef VIZ_CMD_LIVE_SOURCE_H
#define VIZ_CMD_LIVE_SOURCE_H

#include <stdbool.h>

#include "traces/base/error.h"
#include "traces/gather/choose.h"

struct wg_command;
struct wg_gather_live;
struct wg_live;
struct wg_observer_args;

struct wg_live_source {
	/* set by the caller; the rest is 0 at first */
	const char *url;   /* or NULL: */
	char *const *argv; /* or NULL: the processes of `observer` */
	const struct wg_observer_args *observer;
	struct wg_choice choice;
	const char *log; /* for the command's output, or NULL: discarded */
	bool only;
	struct wg_command *command;	/* NULL: there is none of ours */
	struct wg_gather_live *preload; /* until it is open */
};

/* Set up all but the reader, with the command held back. Errors as wg_command_start(), each with a
 * line. In any case leave it. */
int wg_live_source_start(struct wg_live_source *source, int *ret_signal, struct wg_error *err);

/* Attach the reader. 0 or a negative errno with a line. */
int wg_live_source_open(
	struct wg_live_source *source, struct wg_live **ret_live, struct wg_error *err);

/* Once the reader is closed. The command goes on. */
void wg_live_source_leave(struct wg_live_source *source);

#endif
