/*
 * summary.h: the figures of a trace without the trace: for stats and check.
 *
 * Reads and measures in one pass; memory does not grow with the number of events but for one number
 * a gap and a service time. The viewer and the exporters load the whole trace (model.h) instead.
 */
#ifndef TRACES_MEASURE_SUMMARY_H
#define TRACES_MEASURE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"
#include "traces/measure/measure.h"
#include "traces/measure/threads.h"

struct wg_part;
struct wg_reader;

struct wg_summary {
	struct wg_measure *measure; /* finished */
	struct wg_threads
		*threads; /* finished; NULL: no records of threads, or loops were chosen */
	char **notes;	  /* as wg_reader_note() */
	size_t note_count;
	size_t fault_count; /* of them, the first: figures may be wrong */
};

/*
 * Read the trace below path, or the part of it that is given. by_kind: wg_measure_kind() is asked
 * later. Blocks for the disk. Errors as wg_reader_open(), and -ENODATA with
 * a line if there is no wakegap event, the window lies behind the trace, or no loop is left.
 */
int wg_summary_load(const char *path, const struct wg_part *part, bool by_kind,
	struct wg_summary **ret_summary, struct wg_error *err);
void wg_summary_free(struct wg_summary *summary); /* NULL is fine */

/* The line for -ENODATA; shared with the model. Returns -ENODATA. */
int wg__no_events(const char *path, const struct wg_reader *reader, struct wg_error *err);

/* A copy of the notes of the reader and of the measure; the first *ret_faults say that figures may
 * be wrong. 0 or -ENOMEM. */
int wg__copy_notes(const struct wg_reader *reader, const struct wg_measure *measure,
	char ***ret_notes, size_t *ret_count, size_t *ret_faults);

#endif
