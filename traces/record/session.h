/*
 * session.h: one LTTng session with one channel for the `wakegap` events.
 *
 * All calls go to the session daemon and may take seconds; each has a time limit.
 */
#ifndef TRACES_RECORD_SESSION_H
#define TRACES_RECORD_SESSION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"

/* "wakegap-PID-XXXXXXXX": unique, and tells whose it is. */
void wg__session_name(char *name, size_t len);

/* Create it, configured but not started; dir is absolute. On failure it may exist half-made. */
int wg__session_create(const char *name, const char *dir, struct wg_error *err);

/* The same for a live one, sent to a relay daemon on loopback; flushed every 100 ms. */
int wg__session_create_live(
	const char *name, unsigned control_port, unsigned data_port, struct wg_error *err);

/* Record that process only. */
int wg__session_only(const char *name, pid_t pid, struct wg_error *err);

int wg__session_start(const char *name, struct wg_error *err);

/* Stop it, wait until the buffers are on their way to disk, and count what was lost. */
int wg__session_stop(const char *name, uint64_t *ret_discarded, uint64_t *ret_lost_packets,
	struct wg_error *err);

/* Destroy it and wait until its files are complete. A session that is not there is no error. */
int wg__session_destroy(const char *name, struct wg_error *err);

#endif
