/*
 * live.h: programs watched while they run, by the kernel: N1 to N4 of kernel.h, and A1 to A3 of
 * read/tail.h.
 */
#ifndef TRACES_KERNEL_LIVE_H
#define TRACES_KERNEL_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "traces/base/error.h"

struct wg_live;

struct wg_kernel_live_options {
	const pid_t *pid;
	size_t pids;
	bool at_exec;	/* from their next exec on, not from now on */
	bool has_calls; /* the full form, as in kernel.h */
};

/*
 * Read what these processes and all they start do. Ends with them. Errors, each with a line: those
 * of wg_kernel_check(); -ESRCH: there is no such process. Main thread.
 */
int wg_kernel_live_open(const struct wg_kernel_live_options *options, struct wg_live **ret_live,
	struct wg_error *err);

#endif
