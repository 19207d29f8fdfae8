/*
 * command.h: a command that is watched while it runs: a live session of its own for it, and a relay
 * daemon on loopback that passes the session on. See record.h for the one that is recorded. With
 * `env` another recorder looks at it, and this is the command alone.
 *
 * What it promises:
 *   L1 nothing of ours is left, however we end: no session, relay daemon or files, and no session
 *      daemon that we started and nobody else uses. If this process is killed, its guardian cleans
 *      up.
 *   L2 the command keeps running when we leave, however we leave. It has no terminal, so neither
 *      Ctrl-C nor closing the terminal reaches it.
 *   L3 every event of the command can be read at the URL, or by that recorder: it starts only when
 *      a reader is attached (release()).
 */
#ifndef TRACES_RECORD_COMMAND_H
#define TRACES_RECORD_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"

struct wg_command_options {
	char *const *argv; /* NULL-terminated, looked up in PATH */
	int stdio[3];	   /* what it gets for its standard files; -1: ours */
	bool only_command; /* that one process, not its children nor anything else of ours */
	/* NULL: LTTng records it. NAME, value, ..., NULL: another does, and that is its environment
	 */
	const char *const *env;
};

struct wg_command;

enum wg_command_state {
	WG_COMMAND_HELD, /* waits for release() */
	WG_COMMAND_RUNNING,
	WG_COMMAND_ENDING, /* the command has ended, its last events are on their way */
	WG_COMMAND_ENDED,  /* the session, if there was one, is gone, what was lost is known */
};

struct wg_command_status {
	enum wg_command_state state;
	pid_t pid;
	bool is_running;    /* the command itself, whatever became of the session */
	int exit_code;	    /* once it ran and does not any more: the command's, 128 + N if signal N
			       ended it */
	uint64_t discarded; /* in ENDED: what the tracer counted */
	struct wg_error err; /* in ENDED: why that is not known */
};

/*
 * Set all up, with the command held back. Main thread; SIGINT, SIGTERM and SIGHUP wait meanwhile,
 * and if one came -EINTR is returned, with the signal in *ret_signal, and nothing is left. Other
 * errors as wg_record(), each with a line.
 */
int wg_command_start(const struct wg_command_options *options, struct wg_command **ret_command,
	int *ret_signal, struct wg_error *err);

/* The command, held back or running. */
pid_t wg_command_pid(const struct wg_command *command);

/* Where to attach; "": another recorder. */
const char *wg_command_url(const struct wg_command *command);

/* Let it run. 0, or what exec says, with a line. */
int wg_command_release(struct wg_command *command, struct wg_error *err);

/* Readable when update() has something to do. */
int wg_command_fd(const struct wg_command *command);

/* Take notice of what happened; never waits. */
void wg_command_update(struct wg_command *command, struct wg_command_status *ret_status);

/* The session has ended, and the command still runs: why. *ret_why always has a line then. */
void wg_command_why(const struct wg_command *command, struct wg_error *ret_why);

/* Leave: the command goes on if it still runs, all else is taken down. NULL is fine. */
void wg_command_leave(struct wg_command *command);

#endif
