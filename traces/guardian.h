/*
 * guardian.h: the process that outlives a killed recorder and destroys its session.
 */
#ifndef TRACES_GUARDIAN_H
#define TRACES_GUARDIAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/daemon.h"
#include "traces/error.h"

struct wg__guardian {
	pid_t pid; /* 0: none */
	int fd;	   /* our end; its closing is what the guardian waits for */
};

/*
 * Fork it, to watch over a session of that name which is yet to be created. Returns when a session
 * daemon answers: the guardian starts one if need be. With ret_ports (WG__RELAY_PORTS of them, or
 * NULL) it also starts a relay daemon, says where it listens, and stops it in the end. Errors as
 * wg__daemon_start() and wg__relay_start(), and -EIO.
 */
int wg__guardian_start(struct wg__guardian *g, struct wg__daemon *d, const char *session_name,
	unsigned short *ret_ports, struct wg_error *err);

/* How an ended session was: what was lost in it. */
struct wg__guardian_end {
	struct wg_error err;
	uint64_t discarded, lost_packets;
};

/* Ask it to stop and destroy the session now; fd is readable when it has, and end() tells. */
void wg__guardian_ask_end(struct wg__guardian *g);
/* 0, or -EIO if the guardian has gone. */
int wg__guardian_end(struct wg__guardian *g, struct wg__guardian_end *ret_end);

/*
 * Let it leave the daemon, and reap it. is_session_gone: false makes it try to destroy the session.
 */
void wg__guardian_finish(struct wg__guardian *g, bool is_session_gone);

#endif
