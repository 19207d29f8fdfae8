/*
 * origin.h: where the events of a trace come from: whose pids, whose clock. Private to traces/.
 *
 *   O1 A space is a set of processes whose pids mean the same: the traces with one uuid (snapshots
 *      and rotations of a recording have the same), or one folder if there is none. The context
 *      pid_ns, if it was recorded, divides it.
 *   O2 A trace with buffers per process says in its environment of which one, if its events do not.
 *   O3 Two clocks are one if their uuids are the same: LTTng takes the number of the boot. Without
 *      uuids they are one unless the host or the distance from real time differs.
 */
#ifndef TRACES_READ_ORIGIN_H
#define TRACES_READ_ORIGIN_H

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>
#include <stdint.h>

#include "traces/base/map.h"
#include "traces/base/names.h"

struct wg__clock {
	bool has_uuid;
	uint8_t uuid[16];
	bool is_real;	   /* offset_ns is its distance from the Epoch */
	int64_t offset_ns; /* real time - clock */
	const char *host;  /* interned; "": not known */
};

struct wg__origin {
	uint32_t space;
	uint32_t pid;	      /* 0: the events know better, or nobody does */
	const char *procname; /* the same; interned, "" if not known */
	struct wg__clock clock;
};

/* Spaces of a reader: all zero is none yet. */
struct wg__spaces {
	struct wg__map map; /* (space, pid_ns), and interned texts, to number */
	uint32_t count;
};
void wg__spaces_fini(struct wg__spaces *spaces);

/* What is known of a trace in folder dir. 0 or -ENOMEM. */
int wg__origin_of(const bt_trace *trace, const bt_clock_class *clock, const char *dir,
	struct wg__names *names, struct wg__spaces *spaces, struct wg__origin *ret);

/* The space of one whose other parts are known: of its uuid, or of its folder if that is NULL. 0 or
 * -ENOMEM. */
int wg__origin_place(struct wg__origin *origin, const uint8_t *uuid, const char *dir,
	struct wg__names *names, struct wg__spaces *spaces);

/* The part of a space that is this pid namespace. 0 or -ENOMEM. */
int wg__space_in(struct wg__spaces *spaces, uint32_t space, uint64_t pid_ns, uint32_t *ret_space);

bool wg__clock_is_same(const struct wg__clock *a, const struct wg__clock *b);

#endif
