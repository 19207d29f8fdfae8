/*
 * model_keep.h: a finished model in a file (keep.h), part by part. Private to traces/model.
 */
#ifndef TRACES_MODEL_MODEL_KEEP_H
#define TRACES_MODEL_MODEL_KEEP_H

#include "traces/base/keep.h"
#include "traces/model/model_impl.h"

/*
 * All of it but its path. One that is read is new (wg__loaded_new()), has the names k->names, and
 * uses the file as long as it lives. Whatever was read, k->rc says whether it is a model; freed it
 * must be in any case.
 */
void wg__keep_model(struct wg__keep *k, struct wg__loaded *loaded);

/* columns_keep.c: no number in them leads past the loops and threads of the trace, or past so many
 * lanes, waits. Neither a loop nor a worker has the states of a thread. */
void wg__keep_columns(struct wg__keep *k, struct wg__columns *columns, const struct wg_trace *trace,
	size_t lane_count);
void wg__keep_spans(
	struct wg__keep *k, struct wg__packed *spans, enum wg_lane_kind kind, size_t wait_count);

/* levels_keep.c: the lanes are there. */
void wg__keep_levels(struct wg__keep *k, const struct wg_trace *trace, struct wg__levels **levels);

#endif
