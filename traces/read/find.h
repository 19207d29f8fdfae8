/*
 * find.h: where in a folder the traces are. Private to traces/.
 */
#ifndef TRACES_READ_FIND_H
#define TRACES_READ_FIND_H

#include "traces/base/error.h"
#include <stdbool.h>
#include <stddef.h>

#include "traces/base/names.h"

/*
 * All folders with a file `metadata` at or below path, sorted by name, each as a line of *ret_dirs
 * (the caller's, for wg__notes_fini). Folders that may not be read are named in *notes.
 * Errors, with a line: -ENOENT, -ENOTDIR, -EACCES, -EINVAL no metadata anywhere, -ENOMEM.
 */
int wg__find_traces(const char *path, struct wg__notes *ret_dirs, struct wg__notes *notes,
	struct wg_error *err);

/* The same below all folders that path names (WG_READER_AND); the names of all begin with the same
 * *ret_len bytes. */
int wg__find_all(const char *path, struct wg__notes *ret_dirs, struct wg__notes *notes,
	size_t *ret_len, struct wg_error *err);

/* Is it in a finished chunk of a recording (LTTng's session rotation)? */
bool wg__is_chunk(const char *dir);

/* How much of dir, at least `len`, is the folder of the recording that the trace in it is of. */
size_t wg__recording_len(const char *dir, size_t len);

#endif
