/*
 * ahead.h: a trace as a stream, read by a thread of its own. Private to traces/.
 *
 * Decoding a trace takes most of the time of an export. With the decoder in its own thread,
 * formatting and writing take hardly any extra time.
 *
 *     reading thread --> batches (a few, bounded) --> wg__ahead_next(), the caller's thread
 *
 * A1 Events and their order are those of wg_reader_next(); so are errors.
 * A2 Memory is that of a few batches, however slow the caller is.
 * A3 If the decoder itself has threads, or none can be created, the caller's thread reads; the
 *    caller sees no difference.
 *
 * Thread: one caller at a time. wg__ahead_next() blocks until there is an event.
 */
#ifndef TRACES_READ_AHEAD_H
#define TRACES_READ_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg_reader;
struct wg__ahead;

/* Errors as wg_reader_open(). *ret_ahead is the caller's, to be closed. */
int wg__ahead_open(const char *path, struct wg__ahead **ret_ahead, struct wg_error *err);

/*
 * 1 and the next event, borrowed until the next call; its names live until the close. 0 at the end,
 * or a negative errno with a line.
 */
int wg__ahead_next(
	struct wg__ahead *ahead, const struct wg_event **ret_event, struct wg_error *err);

/* As wg_reader_narrow(), at any time; false also if a thread reads. */
bool wg__ahead_narrow(struct wg__ahead *ahead, int64_t origin_ns, int64_t from_ns, int64_t to_ns);

/* End the reading, wherever it is, and borrow the reader: for its notes. */
struct wg_reader *wg__ahead_stop(struct wg__ahead *ahead);

/* Fine with NULL. */
void wg__ahead_close(struct wg__ahead *ahead);

#endif
