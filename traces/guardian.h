/*
 * guardian.h: the process that outlives a killed recorder and destroys its session.
 */
#ifndef TRACES_GUARDIAN_H
#define TRACES_GUARDIAN_H

#include <stdbool.h>
#include <sys/types.h>

#include "traces/daemon.h"
#include "traces/error.h"

struct wg__guardian {
	pid_t pid; /* 0: none */
	int fd;	   /* our end; its closing is what the guardian waits for */
};

/*
 * Fork it, to watch over a session of that name which is yet to be created. Returns when a session
 * daemon answers: the guardian starts one if need be. Errors as wg__daemon_start(), and -EIO.
 */
int wg__guardian_start(struct wg__guardian *g, struct wg__daemon *d, const char *session_name,
	struct wg_error *err);

/*
 * Let it leave the daemon, and reap it. is_session_gone: false makes it try to destroy the session.
 */
void wg__guardian_finish(struct wg__guardian *g, bool is_session_gone);

#endif
