/*
 * progress.c: how far a reader is, for who waits for it: a person before a long trace.
 */
#include <stdatomic.h>

#include "traces/read/read.h"
#include "traces/read/reader_impl.h"

#define EVENTS_BETWEEN 16384 /* some 2 ms: a line on a terminal needs no more */

/* Of the process, as its terminal is. */
static _Atomic(wg_reader_watch_fn) watcher;

void wg_reader_watch(wg_reader_watch_fn watch)
{
	atomic_store(&watcher, watch);
}

void wg_reader_progress(const struct wg_reader *r, struct wg_reader_progress *ret)
{
	bool is_known = true;
	size_t i;

	*ret = (struct wg_reader_progress){ .events = r->events };
	for (i = 0; i < r->part_count && is_known; i++) {
		const struct wg__part *part = &r->parts[i];
		uint64_t done = part->bytes, all;

		/* One that has ended was read, or others read the rest of it. */
		if (wg__feed_is_open(&part->feed))
			is_known = wg__feed_bytes(&part->feed, &done, &all);
		ret->bytes += done;
		ret->all_bytes += part->bytes;
	}
	if (!is_known)
		ret->bytes = ret->all_bytes = 0;
}

static void tell(struct wg_reader *r, bool is_over)
{
	wg_reader_watch_fn watch = atomic_load(&watcher);

	r->told = r->events;
	if (watch)
		watch(r, is_over);
	r->is_watched = watch != NULL;
}

void wg__reader_tell(struct wg_reader *r)
{
	if (!r->events || r->events - r->told >= EVENTS_BETWEEN)
		tell(r, false);
}

void wg__reader_tell_end(struct wg_reader *r)
{
	if (r->is_watched)
		tell(r, true);
}
