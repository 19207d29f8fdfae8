/*
 * room.h: the folder in which libwakegap-preload.so leaves its records, and how a command gets it.
 *
 * It is memory, below /dev/shm, or in another folder if there is no room; it takes at most half of
 * the free space.
 */
#ifndef TRACES_GATHER_ROOM_H
#define TRACES_GATHER_ROOM_H

#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/scratch.h"
#include "traces/preload/arena.h"

struct wg__room {
	char *dir;
	struct wg_preload_control *control;
	int64_t left; /* bytes that there were at first */
	char *preload;
	const char *env[5]; /* what the command gets: NAME, value, ..., NULL */
	struct wg__scratch scratch;
	char *link; /* to it, in the folder of its trace; or NULL */
};

/*
 * All zero at first. elsewhere: a folder to take if /dev/shm is full; most: bytes. 0 or a negative
 * errno with a line; in any case close it.
 */
int wg__room_open(struct wg__room *room, const char *elsewhere, int64_t most, struct wg_error *err);

/* Fill env, for this command and the library at that path. 0, or -ENOMEM with a line. */
int wg__room_invite(
	struct wg__room *room, const char *library, const char *command, struct wg_error *err);

/*
 * The trace in that folder is made of it: it stays until then, also if this process is killed. The
 * folder has a link to it. 0, or a negative errno with a line.
 */
#define WG__ROOM_LINK "recorded"
int wg__room_keep(struct wg__room *room, const char *trace_dir, struct wg_error *err);

/*
 * What a killed recorder left for the trace in that folder; all zero at first, close it in any
 * case. -EBUSY: it is at work; -ENOENT: there is none; each error with a line.
 */
int wg__room_find(struct wg__room *room, const char *trace_dir, struct wg_error *err);

/* Whoever still runs writes nothing more. */
void wg__room_stop(struct wg__room *room);

/* Remove it, and the link of its trace. */
void wg__room_close(struct wg__room *room);

/* Close it; it stays for wg__room_find(). */
void wg__room_leave(struct wg__room *room);

#endif
