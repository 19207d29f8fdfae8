/*
 * flight.h: a flight recorder: buffers that are written over, and snapshots of them, whoever fills
 * them.
 *
 * A snapshot is a folder in that of the recording, DIR/N-WHY, and appears when it is whole.
 */
#ifndef TRACES_RECORD_FLIGHT_H
#define TRACES_RECORD_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/record/control.h"
#include "traces/record/files.h"
#include "traces/record/record.h"

/* Where snapshots come from. */
struct wg__flight_from {
	/*
	 * Write the trace of what is held now to that folder, which is empty, or to one in it, ret.
	 * 0 or a negative errno with a line; -ENODATA: nothing was recorded yet.
	 */
	int (*take)(void *user, const char *dir, char ret[PATH_MAX], struct wg_error *err);
	void *user;
	bool has_events; /* wg__flight_event() gets all: nobody need look at snapshots */
};

struct wg__flight {
	const struct wg_flight *options; /* NULL: it is none, and all calls do nothing */
	const struct wg__flight_from *from;
	struct wg__folder *folder;
	struct wg__control control;
	unsigned kept, by_look, not_kept;
	bool is_due;	 /* a gap was seen, and is not kept yet */
	int64_t look_ms; /* the next look; 0: none yet */
	struct wg_error failed;
};

/* Answer from now on. */
int wg__flight_open(struct wg__flight *f, const struct wg_flight *options,
	const struct wg__flight_from *from, struct wg__folder *folder, struct wg_error *err);

/* That event is in what take() writes. */
void wg__flight_event(struct wg__flight *f, const struct wg_event *event);

/* Answer who asks, and look, if it is time. Returns in how many ms it wants to be called again. */
int64_t wg__flight_step(struct wg__flight *f);

/* The last look, and the end is kept. 0 or a negative errno with a line: also of an earlier look.
 */
int wg__flight_end(struct wg__flight *f, struct wg_error *err);

void wg__flight_close(struct wg__flight *f);

#endif
