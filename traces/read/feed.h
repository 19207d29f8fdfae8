/*
 * feed.h: one folder as a stream of events, by whichever decoder reads it: our own (ctf.h) or
 * libbabeltrace2 (source.h). Private to traces/read.
 */
#ifndef TRACES_READ_FEED_H
#define TRACES_READ_FEED_H

#include "traces/read/ctf.h"
#include "traces/read/repair.h"
#include "traces/read/source.h"

/* At most one of them is open. All NULL: closed. */
struct wg__feed {
	struct wg__source *babeltrace;
	struct wg__ctf *ctf;
	struct wg__single {
		struct wg_event event;
		const struct wg_event *run[1];
	} * single; /* what babeltrace handed out */
};

/*
 * Open it by the decoder that was chosen (wg_reader_choose()), or that fits. 0 or a negative errno
 * with a line; -ENOTSUP: ours was chosen, and does not know this trace.
 */
int wg__feed_open(const struct wg__input *input, struct wg__shared *shared, struct wg__feed *ret,
	struct wg_error *err);

/* As wg__ctf_run(). */
int wg__feed_run(struct wg__feed *feed, const struct wg_event *const **ret_run, size_t *ret_count,
	struct wg_error *err);

/* As those of source.h. */
const struct wg__origin *wg__feed_origin(const struct wg__feed *feed);
uint64_t wg__feed_doubles(const struct wg__feed *feed);
bool wg__feed_stream(
	const struct wg__feed *feed, size_t i, const char **ret_file, uint64_t *ret_messages);

/* As wg__ctf_bytes(). False: the decoder does not say. */
bool wg__feed_bytes(const struct wg__feed *feed, uint64_t *ret_done, uint64_t *ret_all);

bool wg__feed_is_open(const struct wg__feed *feed);
void wg__feed_close(struct wg__feed *feed);

#endif
