/*
 * many.h: the summaries of many traces, made by several threads at once.
 *
 *	wg_many_start(paths, count, jobs, &part, false, &many, &err);
 *	for (i = 0; i < count; i++)
 *		if (wg_many_take(many, &summary, &err) == 0)
 *			..., wg_summary_free(summary);
 *	wg_many_destroy(many);
 *
 *   N1 Summaries come in the order of the paths, whatever the number of jobs. A trace that cannot
 *      be read has its error in its place, and stops no other.
 *   N2 So many traces are read at once as there are jobs, the caller being one of them. At most
 *      four for each job have been read and not been taken.
 *   N3 While somebody wants to be told who decodes what (wg_reader_tell), one at a time is read:
 *      those lines are in order too.
 *
 * Thread: one caller.
 */
#ifndef TRACES_MEASURE_MANY_H
#define TRACES_MEASURE_MANY_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/measure/summary.h"

struct wg_many;

/* What the pointers point to stays until destroy; jobs is at least 1. Where the system has no more
 * threads there are fewer. 0, or -ENOMEM with a line. */
int wg_many_start(const char *const *paths, size_t count, unsigned jobs, const struct wg_part *part,
	bool by_kind, struct wg_many **ret_many, struct wg_error *err);

/* The next summary, the caller's; or the error of wg_summary_load(). Not more often than there are
 * paths. Blocks until it is there. */
int wg_many_take(struct wg_many *many, struct wg_summary **ret_summary, struct wg_error *err);

/* Waits for those that are being read. NULL is fine. */
void wg_many_destroy(struct wg_many *many);

#endif
