/*
 * observer_args.h: who records a program: the options of `record` and `live` about that, and the
 * choice when they say nothing.
 */
#ifndef VIZ_CMD_OBSERVER_ARGS_H
#define VIZ_CMD_OBSERVER_ARGS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "traces/gather/choose.h"

#define WG_PIDS_MAX 256

/* All zero at first. */
struct wg_observer_args {
	enum wg_observer with;
	bool has_calls;		/* --syscalls */
	pid_t pid[WG_PIDS_MAX]; /* -p */
	size_t pids;
};

/* For an argp_child; its input is a struct wg_observer_args. */
extern const struct argp wg_observer_argp;

/* At the end of the options: what does not go together is said. has_more: something that the kernel
 * cannot do, named `more`. */
error_t wg_observer_check(const struct wg_observer_args *args, bool has_command, const char *more,
	struct argp_state *state);

/* Who it is, never WG_WITH_ANY, and why. argv is not used with -p; may_be_kernel: it can do what
 * else is asked. May load the kernel's program, to see whether it is allowed. */
void wg_observer_choose(const struct wg_observer_args *args, char *const *argv, bool may_be_kernel,
	struct wg_choice *ret);

/* For the completion of shells; NULL: another metavar. */
const char *wg_observer_words(const char *metavar);

#endif
