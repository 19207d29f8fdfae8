/*
 * record_kernel.h: the part of `wakegap record` that records in the kernel.
 */
#ifndef VIZ_CMD_RECORD_KERNEL_H
#define VIZ_CMD_RECORD_KERNEL_H

#include "traces/kernel/kernel.h"

struct wg_length;

/* Record, and say what came of it and why it was done so. Returns the exit status. */
int wg_record_in_kernel(
	const struct wg_kernel_options *options, struct wg_length *length, const char *why);

/* A signal ended the recording, whatever recorded. */
void wg_record_say_interrupted(int signo, bool has_run);

/* What runs on is the user's; that it is not in the trace must be said. left: processes that the
 * command left, one of which has that name and pid. */
void wg_record_say_left(
	const char *command, bool still_runs, size_t left, const char *name, pid_t pid);

#endif
