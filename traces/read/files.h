/*
 * files.h: which files of a folder are streams of its trace, and which somebody left there: a
 * README, a pipe, a link, the copy of a stream. Private to traces/read.
 *
 * What may have been a stream and cannot be read is a loss, and said. What never was one is passed
 * over: a note would make every check of the trace inconclusive.
 */
#ifndef TRACES_READ_FILES_H
#define TRACES_READ_FILES_H

#include <stdbool.h>

#include "traces/base/names.h"
#include "traces/read/packets.h"

struct wg__files {
	struct wg__notes names; /* of streams, sorted */
	size_t left_out;	/* streams that cannot be read, each said in a note */
	bool has_others;	/* regular files that are no streams: the library would read them */
};

/* CHANNEL_CPU, and _PART behind it if files are of limited size. */
bool wg__is_named_as_stream(const char *name);

/* List the folder; prefix stands before file names in notes. 0 or a negative errno; fini in any
 * case. */
int wg__files_list(const char *dir, const char *prefix, const struct wg__metadata *metadata,
	struct wg__notes *notes, struct wg__files *ret);
void wg__files_fini(struct wg__files *files);

/* All regular files of a folder that has nothing but streams and metadata. */
int wg__files_all(const char *dir, struct wg__notes *ret_names);

/* That file was a stream, and is not read: rc says why. */
void wg__files_leave_out(struct wg__files *files, struct wg__notes *notes, const char *prefix,
	const char *name, int rc);

#endif
