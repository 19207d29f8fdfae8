/*
 * bookmarks.h: times that a person wants to come back to, kept in a small text file inside the
 * trace's folder, so that they go where the trace goes:
 *
 *     TRACE/.wakegap-bookmarks
 *         # wakegap bookmarks: nanoseconds of the trace's clock, name
 *         1000051500 here it waits 10 ms
 *
 * Readers of traces skip files whose names begin with a dot.
 */
#ifndef VIZ_APP_BOOKMARKS_H
#define VIZ_APP_BOOKMARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WG_BOOKMARKS_MAX  64
#define WG_BOOKMARKS_FILE ".wakegap-bookmarks"

struct wg_bookmark {
	int64_t t; /* absolute */
	char name[56];
};

/* In order of time. */
struct wg_bookmarks {
	struct wg_bookmark v[WG_BOOKMARKS_MAX];
	size_t count;
};

/* Set one, or rename that at t. False if there are too many. */
bool wg_bookmarks_set(struct wg_bookmarks *marks, int64_t t, const char *name);
/* Remove that at t; false if there is none. */
bool wg_bookmarks_remove(struct wg_bookmarks *marks, int64_t t);
/* The first after t or the last before it, or NULL. */
const struct wg_bookmark *wg_bookmarks_next(
	const struct wg_bookmarks *marks, int64_t t, bool forward);

/* Read and write the file. No file: no bookmarks. 0 or a negative errno. A line that is not a
 * bookmark gives -EBADMSG and takes nothing: the file may belong to another program. */
int wg_bookmarks_load(struct wg_bookmarks *marks, const char *trace_path);
int wg_bookmarks_save(const struct wg_bookmarks *marks, const char *trace_path);

#endif
