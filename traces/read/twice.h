/*
 * twice.h: an event that was recorded twice, which must be counted once. Private to traces/.
 *
 *   T1 Copies: a trace and its copy, snapshots that overlap. The same event comes from two folders
 *      with the same time, thread and contents. An event that one folder has twice at that time
 *      stays twice.
 *   T2 Channels: one event enabled in two channels of a session. The tracer takes the time anew for
 *      each, and a thread writes to all before it goes on. So it is an event that equals its
 *      thread's last one but for the time, and comes from another channel.
 *
 * Nothing is looked at unless there are two folders, or two channels.
 */
#ifndef TRACES_READ_TWICE_H
#define TRACES_READ_TWICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/map.h"
#include "traces/read/schema.h"

struct wg__twice_seen {
	struct wg_event event;
	size_t from, again_in; /* folder, and the last other one that had it */
};

/* T1. All zero is empty. */
struct wg__twice {
	struct wg__twice_seen *now; /* events of the time now_ns */
	size_t now_count, now_cap;
	int64_t now_ns;
	uint64_t count; /* how many were left out */
	size_t a, b;	/* folders that had the first of them */
};

/* Events come in the order of time, and at one time in that of folders. 1 it is one again, 0 it is
 * not, -ENOMEM. */
int wg__twice_look(struct wg__twice *twice, const struct wg_event *event, size_t folder);
void wg__twice_fini(struct wg__twice *twice);

/* T2. All zero is empty. */
struct wg__doubles {
	struct wg__double {
		struct wg_event event;
		const void *channel;
	} * last; /* of each thread */
	size_t last_count, last_cap;
	struct wg__map threads;
	uint64_t count;
};

/* Events of a trace, in the order of time. 1, 0 or -ENOMEM as above. */
int wg__doubles_look(
	struct wg__doubles *doubles, const struct wg_event *event, const void *channel);
void wg__doubles_fini(struct wg__doubles *doubles);

#endif
