/*
 * files.h: the folder of a trace: made before the recording, looked at after it.
 */
#ifndef TRACES_RECORD_FILES_H
#define TRACES_RECORD_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"

struct wg__files {
	bool has_events; /* some stream has a packet with an event in it */
	bool is_cut;	 /* some stream is shorter than its index says */
	bool is_full;	 /* no block is left for us in that file system */
};

/*
 * Make dir with its parents, and put its absolute path into abs. -EEXIST: there is something in it;
 * -ENOSPC; or what mkdir(2) says.
 */
int wg__files_make_dir(const char *dir, char *abs, size_t len, struct wg_error *err);

/* Remove the folder if there is no more in it than what LTTng makes for a session without events.
 */
void wg__files_remove_if_bare(const char *dir);

/* Look at sizes and indexes; reads no event. 0 or a negative errno; *ret_files is always filled. */
int wg__files_look(const char *dir, struct wg__files *ret_files);

#endif
