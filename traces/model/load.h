/*
 * load.h: a trace that is read piece by piece, and may be looked at in between: a viewer shows what
 * has been read so far while the rest is read.
 *
 *     rc = wg_load_open("DIR", &load, &err);
 *     while (rc == 0 && (rc = wg_load_read(load, 100000, &err)) > 0)
 *             rc = wg_load_show(load, true), draw(wg_load_trace(load));
 *     trace = wg_load_take(load), wg_load_close(load);
 *
 * The trace is the same then, whatever was looked at in between: wg_trace_load() is this without a
 * look.
 *
 * Thread: one at a time.
 */
#ifndef TRACES_MODEL_LOAD_H
#define TRACES_MODEL_LOAD_H

#include "traces/model/model.h"
#include "traces/read/read.h"

struct wg_load;

/* Blocks for the disk. Errors of wg_trace_load(), but for -ENODATA. */
int wg_load_open(const char *path, struct wg_load **ret_load, struct wg_error *err);

/*
 * Read on, for some `events` more: 1. 0: all was read, and the trace is whole; again: 0. Else an
 * error of wg_trace_load(); nothing but close makes sense then. What was shown is void.
 */
int wg_load_read(struct wg_load *load, size_t events, struct wg_error *err);

/*
 * Read no further: the trace is made of what was read. It has a note that says so, and what is open
 * at its end is not called stuck. 0, or an error as above. If all was read: nothing.
 */
int wg_load_stop(struct wg_load *load, struct wg_error *err);

/* Bring the trace up to date with what was read. O(lanes); with the rates and periods of threads,
 * which figures need, O(n log n) for their n wakes. 0 or -ENOMEM. */
int wg_load_show(struct wg_load *load, bool has_rates);

/* Has all been read, or is it stopped? */
bool wg_load_is_over(const struct wg_load *load);

void wg_load_progress(const struct wg_load *load, struct wg_reader_progress *ret);

/*
 * The trace: as last shown, until wg_load_read(); once it is over, for good. Borrowed. Before the
 * first show it has no events, lanes or anything.
 */
const struct wg_trace *wg_load_trace(const struct wg_load *load);

/* Once it is over, the trace is the caller's, to be freed with wg_trace_free(). */
struct wg_trace *wg_load_take(struct wg_load *load);

/* NULL is fine. */
void wg_load_close(struct wg_load *load);

#endif
