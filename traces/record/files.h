/*
 * files.h: the folder of a trace: made before the recording, looked at after it.
 */
#ifndef TRACES_RECORD_FILES_H
#define TRACES_RECORD_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "traces/base/error.h"

struct wg__folder {
	char path[PATH_MAX]; /* absolute: the daemon has another current folder */
	int fd;		     /* it, whatever its name is by now; -1: none */
	int made;	     /* so many folders at the end of the path are ours */
};

struct wg__files {
	bool has_metadata;    /* some folder is a trace */
	bool has_streams;     /* LTTng made some: a process came to the session */
	bool has_events;      /* some stream has a packet with an event in it */
	bool has_description; /* the metadata describes events: without it none can be read */
	bool is_cut;	      /* some stream is shorter than its index says */
	uint64_t dropped;     /* packets that were written over by later ones */
	int64_t since_ns;     /* where the trace begins for that; 0: nothing was */
	bool is_full;	      /* no block is left for us in that file system */
};

/*
 * Make dir with its parents, and see that it can be written to. -EEXIST: there is something in it;
 * -ENOSPC; or what mkdir(2) and the like say. Each with a line. It has the marker of a trace that
 * is being recorded (marker.h).
 */
int wg__folder_make(const char *dir, struct wg__folder *ret_folder, struct wg_error *err);
void wg__folder_close(struct wg__folder *folder);

/* One that is there. 0 or a negative errno with a line. */
int wg__folder_open(const char *dir, struct wg__folder *ret_folder, struct wg_error *err);

/*
 * The recording is over: remove the marker, unless the trace has no end (somebody writes on, or
 * what recorded has failed), and if there is no trace the folder too; give it to the user, and
 * close it.
 */
void wg__folder_end(struct wg__folder *folder, bool has_no_end, bool is_trace);

/* Is it still there? 0; 1: it was moved, path says where to; -ENOENT: it was removed. */
int wg__folder_find(struct wg__folder *folder);

/* Under sudo, give what we made, and all in it, to the user who called sudo. */
void wg__folder_give_back(const struct wg__folder *folder);

/*
 * Remove what we made of it if there is no more in it than what LTTng makes for a session without
 * events.
 */
void wg__folder_remove_if_bare(const struct wg__folder *folder);

/* No block, or no inode, is left for us in its file system. */
bool wg__folder_is_full(const struct wg__folder *folder);

/* What all files in it take. */
uint64_t wg__folder_bytes(const struct wg__folder *folder);

/* Look at sizes and indexes; reads no event. 0 or a negative errno; *ret_files is always filled. */
int wg__files_look(const struct wg__folder *folder, struct wg__files *ret_files);

#endif
