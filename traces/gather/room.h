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
};

/*
 * All zero at first. elsewhere: a folder to take if /dev/shm is full; most: bytes. 0 or a negative
 * errno with a line; in any case close it.
 */
int wg__room_open(struct wg__room *room, const char *elsewhere, int64_t most, struct wg_error *err);

/* Fill env, for this command and the library at that path. 0, or -ENOMEM with a line. */
int wg__room_invite(
	struct wg__room *room, const char *library, const char *command, struct wg_error *err);

/* Whoever still runs writes nothing more. */
void wg__room_stop(struct wg__room *room);
void wg__room_close(struct wg__room *room);

#endif
