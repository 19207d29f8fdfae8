/*
 * child.h: the recorded command, held back until tracing has started.
 */
#ifndef TRACES_RECORD_CHILD_H
#define TRACES_RECORD_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/base/signals.h"
#include "traces/record/processes.h"

/* How long a process waits at its start until it is recorded, in ms; LTTng reads it. */
#define WG__REGISTER_TIMEOUT "LTTNG_UST_REGISTER_TIMEOUT"

/* What the command gets instead of ours. */
struct wg__child_setup {
	int stdio[3];	  /* standard input, output, error; -1: ours */
	bool own_session; /* no terminal: neither its Ctrl-C nor its end is the command's */
	/* Added to its environment: NAME, value, ..., NULL. NULL: it waits for LTTng at its start.
	 */
	const char *const *env;
};

struct wg__child {
	pid_t pid;	    /* 0: none, or already reaped */
	int hold[2];	    /* one byte lets it exec; if its only writer closes, it ends */
	int exec_fd;	    /* read end: exec's errno, or end of file when exec worked */
	int64_t kill_at_ms; /* when a signal was passed on and it has not ended; or 0 */
	bool dies_with_us;  /* set by the caller, before hold; see record.h */
	bool adopts;	    /* likewise: become the parent of what it leaves running */
};

/*
 * Fork; the child has its final pid, and waits before exec. Errors: -EAGAIN, -ENOMEM, -EMFILE.
 */
int wg__child_hold(struct wg__child *c, char *const *argv, const struct wg__child_setup *setup,
	const struct wg__signals *s, struct wg_error *err);

/* Let it exec. 0, or what exec said (the child is gone then). */
int wg__child_release(struct wg__child *c, const char *name, struct wg_error *err);

/*
 * Wait until it has ended, 0, or until that time has come (-1: none) or a SIGIO, 1, and pass
 * signals on meanwhile, as record.h says. Its descendants are neither waited for nor killed.
 */
int wg__child_wait(struct wg__child *c, struct wg__signals *s, int64_t until_ms, int *ret_exit_code,
	struct wg_error *err);

/* How many processes did it leave? We have one other child. Needs `adopts`. */
size_t wg__child_left(const struct wg__child *c, pid_t except, struct wg__process *ret_one);

/*
 * Wait until it left none that runs, if until_idle, or a signal: 0; or until that time or a SIGIO:
 * 1.
 */
int wg__child_await_left(struct wg__child *c, struct wg__signals *s, pid_t except, bool until_idle,
	int64_t until_ms);

/* Its status as a shell has it if it has ended, and it is reaped then; else -1. Never waits. */
int wg__child_status(struct wg__child *c);

/* Kill and reap it if it is still there; what a half-built child needs. */
void wg__child_abandon(struct wg__child *c);

/* The line for a command that cannot be run; returns code. */
int wg__child_no_command(const char *name, int code, struct wg_error *err);

#endif
