/*
 * relay.h: a relay daemon of our own, on loopback, for one live session. Private to traces/.
 *
 * It is the child of whoever starts it and ends with it (PR_SET_PDEATHSIG). What it keeps on disk
 * is in a temporary folder that goes with it.
 */
#ifndef TRACES_RECORD_RELAY_H
#define TRACES_RECORD_RELAY_H

#include <stdbool.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/base/scratch.h"

#define WG__RELAY_ENDED "the relay daemon has ended (was it killed?)"

enum { WG__RELAY_CONTROL, WG__RELAY_DATA, WG__RELAY_LIVE, WG__RELAY_PORTS };

struct wg__relay {
	pid_t pid; /* 0: none */
	unsigned short port[WG__RELAY_PORTS];
	struct wg__scratch scratch;
};

/* Start one and wait until it listens. -ENOSYS: none is installed; -EIO. Single-threaded callers.
 */
int wg__relay_start(struct wg__relay *relay, struct wg_error *err);

/* Does anybody listen at this port of loopback? */
bool wg__relay_listens(unsigned short port);

/* 0; -EIO with a line: the relay daemon that we started has ended. */
int wg__relay_check(struct wg__relay *relay, struct wg_error *err);

/* Stop it and remove what it wrote. Fine if never started. */
void wg__relay_stop(struct wg__relay *relay);

#endif
