/*
 * ask.h: a request to LTTng that ends, whatever becomes of the session daemon.
 */
#ifndef TRACES_RECORD_ASK_H
#define TRACES_RECORD_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"

/* Enough for a daemon on a busy machine; beyond that something is broken. */
#define WG__ASK_MS 20000

/* Makes the request; may change *arg. 0, a negative errno with a line, or a positive answer. */
typedef int (*wg__request_fn)(void *arg, struct wg_error *err);

/*
 * Make the request in a process of its own and wait for it, at most limit_ms; less if the daemon is
 * seen to be stopped, or if stop_fd (or -1) becomes readable: the request has a second then. What
 * it did to the len bytes at arg is copied back. Pointers in them are good for reading only.
 * Returns what the request did, or with a line: -ETIMEDOUT no answer; -EINTR interrupted; what
 * fork(2) says; -EIO it crashed. After -ETIMEDOUT and -EINTR the daemon may yet do what was asked.
 */
int wg__ask(wg__request_fn fn, void *arg, size_t len, int64_t limit_ms, int stop_fd,
	struct wg_error *err);

#endif
