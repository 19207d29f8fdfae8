/*
 * merge.h: several traces as one, on one time axis: those of the hosts that did one thing together.
 */
#ifndef VIZ_BASE_MERGE_H
#define VIZ_BASE_MERGE_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

struct wg_merge {
	bool is_set;
	bool is_corrected;
};

/* --merge and --clock-offset, for an argp_child; its input is a struct wg_merge. */
extern const struct argp wg_merge_argp;

/* The paths as one for wg_reader_open(), the caller's; NULL: no memory. Not fewer than one. */
char *wg_merge_paths(const char *const *paths, size_t count);

/* That path for people: "A + B". In place; returns it. */
char *wg_merge_title(char *path);

#endif
