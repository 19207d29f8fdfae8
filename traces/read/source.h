/*
 * source.h: one folder with metadata, or a live session, as a stream of events: a graph of
 * libbabeltrace2.
 *
 * A source reports discarded events when they begin, with ts_ns at their end; the reader holds them
 * back until then. Private to traces/.
 */
#ifndef TRACES_READ_SOURCE_H
#define TRACES_READ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/names.h"
#include "traces/read/origin.h"
#include "traces/read/schema.h"

/* What all sources of one reader share; owned by the reader. */
struct wg__shared {
	struct wg__names *names;
	struct wg__notes notes;	  /* of what is missing or was repaired */
	struct wg__notes remarks; /* of what is good to know */
	struct wg__spaces spaces;
	const char *folder; /* where what is opened was found; NULL: it says so itself */
	uint64_t foreign;   /* events of other providers */
};

struct wg__source;

/* Open dir, which holds `metadata`. 0 or a negative errno with a line. */
int wg__source_open(const char *dir, struct wg__shared *shared, struct wg__source **ret_source,
	struct wg_error *err);

/* Attach to a live session by its URL; see graph.h. It reports -EAGAIN when nothing is there yet.
 */
int wg__source_open_live(const char *url, struct wg__shared *shared, struct wg__source **ret_source,
	struct wg_error *err);

/*
 * Make the next of a live source return as soon as it can, with -EIO; for ever. Any thread, while
 * the source is open. A thread that is just reading from a socket needs a signal as well.
 */
void wg__source_interrupt(struct wg__source *source);

/* A live source: nothing more comes from before this time; INT64_MIN: not known yet. */
int64_t wg__source_quiet_until(const struct wg__source *source);

/*
 * The next event: 1, 0 at the end, -EIO with the decoder's reason in *err if the data is damaged
 * from here on, or -ENOMEM.
 */
int wg__source_next(struct wg__source *source, struct wg_event *ret_event, struct wg_error *err);

/* Of its first stream; NULL before the first message of one. */
const struct wg__origin *wg__source_origin(const struct wg__source *source);

/* Events that were in a second channel as well, and left out. */
uint64_t wg__source_doubles(const struct wg__source *source);

/* Pass over so many messages of a source that has one stream, before the first next. */
void wg__source_skip(struct wg__source *source, uint64_t messages);

/* The time of the last event that was passed over; INT64_MIN: there was none. */
int64_t wg__source_skipped_ns(const struct wg__source *source);

/* All messages taken so far, of all streams. */
uint64_t wg__source_taken(const struct wg__source *source);

/* End with -EIO and this line after so many: there the library fails (probe.h). */
void wg__source_stop_at(struct wg__source *source, uint64_t messages, const char *why);

/* So much of the budget for memory (budget.h) is its own until it is closed. */
void wg__source_takes(struct wg__source *source, uint64_t bytes);

/* How many messages of the i-th stream were taken and its file name; false past the last. */
bool wg__source_stream(
	const struct wg__source *source, size_t i, const char **ret_file, uint64_t *ret_messages);

void wg__source_close(struct wg__source *source); /* NULL is fine */

#endif
