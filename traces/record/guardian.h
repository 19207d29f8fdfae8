/*
 * guardian.h: the process that outlives a killed recorder and destroys its session.
 */
#ifndef TRACES_RECORD_GUARDIAN_H
#define TRACES_RECORD_GUARDIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/record/daemon.h"
#include "traces/base/error.h"

struct wg__session;

struct wg__guardian {
	pid_t pid; /* 0: none */
	int fd;	   /* our end; its closing is what the guardian waits for */
};

/* What is undone when we end, in any way. Each may be NULL. */
struct wg__duty {
	bool is_folder_alone;		   /* no daemon is needed */
	const struct wg__session *session; /* destroyed only if we did not say that it is gone */
	char *folder; /* a template for mkdtemp(3), filled in; removed with all in it */
	/* WG__RELAY_PORTS of them, filled in: a relay daemon listens there; stopped. */
	unsigned short *ports;
};

#define WG__FOLDER_MAX sizeof(((struct wg_error *)NULL)->text)

/*
 * Fork it, to watch over a session which is yet to be created. Returns when a session daemon
 * answers: the guardian starts one if needed, and makes the folder, so that it is removed whatever
 * happens. Errors as wg__daemon_start() and wg__relay_start(), what mkdtemp(3) says, -EIO, and
 * -EINTR if stop_fd (or -1) became readable.
 */
int wg__guardian_start(struct wg__guardian *g, struct wg__daemon *d, const struct wg__duty *duty,
	int stop_fd, struct wg_error *err);

/* How an ended session was: what was lost in it. */
struct wg__guardian_end {
	struct wg_error err;
	uint64_t discarded, lost_packets;
};

/* Ask it to stop and destroy the session now; fd is readable when it has, and end() tells. */
void wg__guardian_ask_end(struct wg__guardian *g);
/* 0, or -EIO if the guardian has gone. */
int wg__guardian_end(struct wg__guardian *g, struct wg__guardian_end *ret_end);

/* The daemon did not answer: it should not wait long for it either. */
void wg__guardian_say_hung(struct wg__guardian *g);

/*
 * Let it leave the daemon, and reap it. is_session_gone: false makes it try to destroy the session.
 * Returns whether it is gone now.
 */
bool wg__guardian_finish(struct wg__guardian *g, bool is_session_gone);

#endif
