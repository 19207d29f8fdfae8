/*
 * bystanders.h: which processes are certainly not of the recorded command.
 *
 *   B1 The recorder becomes the parent of what its command leaves (child.h, `adopts`), so from each
 *      living process that the command started the parents lead to the recorder. Where they lead to
 *      process 1, or out of the pid namespace, the process is a bystander, and stays one.
 *   B2 Where they lead nowhere, as a parent ended just then, or is hidden, it is asked again.
 *   B3 A process that nobody saw, as it came and went between two looks, is none. Nor is one of
 *      another user's or of another pid namespace, where its number means something else.
 *   B4 A number is a bystander's until it was seen to be gone, or to be another's. What the command
 *      started in a pid namespace of its own has its numbers for itself.
 *
 * What is known of them goes into the folder of the trace, for readers (base/others.h).
 */
#ifndef TRACES_RECORD_BYSTANDERS_H
#define TRACES_RECORD_BYSTANDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/map.h"
#include "traces/base/others.h"

#define WG__BYSTANDERS_STEP_MS 100

struct wg__seen;

/* All zero: nobody looks. */
struct wg__bystanders {
	int fd;		       /* the folder of the trace; borrowed */
	pid_t self;	       /* 0: nobody looks */
	struct wg__seen *seen; /* by pid */
	size_t count;
	struct wg__others gone; /* bystanders that have ended */
	struct wg__map spared;	/* pids that the command's have in a namespace of theirs */
	int64_t looked_ns;	/* the last look saw all of `seen` at that time, or later */
	int64_t next_ms;	/* the next look */
};

/*
 * From now on they are looked at, first of all now, and written to the folder fd. Nobody does if
 * /proc is not that of this pid namespace, or if there is no memory: then readers leave nothing
 * out.
 */
void wg__bystanders_begin(struct wg__bystanders *b, int fd);

/*
 * Look again, if the last look is a tenth of a second ago: 0.3 ms of CPU for 500 processes. Returns
 * the milliseconds until the next look; INT64_MAX: nobody looks.
 */
int64_t wg__bystanders_step(struct wg__bystanders *b);

/* The last look. Of those that run, only programs with LTTng in them are written down. */
void wg__bystanders_end(struct wg__bystanders *b);

#endif
