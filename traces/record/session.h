/*
 * session.h: one LTTng session with one channel for the `wakegap` events.
 *
 * All calls go to the session daemon and may take seconds; each has a time limit.
 */
#ifndef TRACES_RECORD_SESSION_H
#define TRACES_RECORD_SESSION_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"

/* What ended a session that was not to end; all with a question what to look for. */
#define WG__SESSIOND_ENDED "the session daemon has ended (was it killed?)"
#define WG__CONSUMERD_ENDED                                                                        \
	"the consumer daemon of LTTng has ended or did not start (was it killed?)"
#define WG__SESSION_DESTROYED                                                                      \
	"somebody else destroyed the session, or started the session daemon anew"

struct wg__remote;

struct wg__session {
	char name[64]; /* "wakegap-PID-XXXXXXXX": unique, and tells whose it is */
	int stop_fd;   /* requests are cut short when it is readable; or -1; see ask.h */
};

/* How it records; all zero: everything, into the folder. */
struct wg__session_plan {
	bool is_flight;	       /* buffers that are written over, until a snapshot */
	uint64_t flight_bytes; /* of these; 0: as many as are usual */
	uint64_t max_bytes;    /* of all its streams: the oldest is written over; 0: no limit */
	const struct wg__remote *to; /* the trace goes there, not into a folder; or NULL */
	bool is_live;		     /* with to: readers may attach meanwhile */
	int64_t rotate_ns;	     /* a new chunk after so long; 0: no */
};

/* Name it; there is none yet. */
void wg__session_init(struct wg__session *s);

/* Is there room for the smallest buffers? -ENOSPC, or why it cannot be used, with a line. */
int wg__session_has_room(struct wg_error *err);

/*
 * Create it, configured but not started; dir is absolute. On failure it may exist half-made.
 * Errors of this and the next, each with a line: -ENOSPC; -ETIMEDOUT, -EINTR and others of ask.h;
 * -EPIPE the session daemon has ended; -EIO.
 */
int wg__session_create(const struct wg__session *s, const char *dir,
	const struct wg__session_plan *plan, struct wg_error *err);

/* Where below its folder a relay daemon puts the trace: "HOST/NAME-DATE". 0, or an error as above.
 */
int wg__session_place(
	const struct wg__session *s, char *ret_place, size_t len, struct wg_error *err);

/* The same for a live one, sent to a relay daemon on loopback; flushed every 100 ms. */
int wg__session_create_live(const struct wg__session *s, unsigned control_port, unsigned data_port,
	struct wg_error *err);

/* What its buffers hold now goes to a new folder in dir, ret. For a session that is_flight.
 * -ENODATA: they hold nothing yet. */
int wg__session_snapshot(
	const struct wg__session *s, const char *dir, char ret[PATH_MAX], struct wg_error *err);

/* From now on a new chunk is written. One that is just beginning is no error. */
int wg__session_rotate(const struct wg__session *s, struct wg_error *err);

/* Record that process only. */
int wg__session_only(const struct wg__session *s, pid_t pid, struct wg_error *err);

int wg__session_start(const struct wg__session *s, struct wg_error *err);

/* Stop it, wait until the buffers are on their way to disk, and count what was lost. */
int wg__session_stop(const struct wg__session *s, uint64_t *ret_discarded,
	uint64_t *ret_lost_packets, struct wg_error *err);

/* What it lost so far; ret_lost_packets may be NULL. 0, or a negative errno. */
int wg__session_count(
	const struct wg__session *s, uint64_t *ret_discarded, uint64_t *ret_lost_packets);

/* Destroy it and wait until its files are complete. A session that is not there is no error. */
int wg__session_destroy(const struct wg__session *s, int64_t limit_ms, struct wg_error *err);

#endif
