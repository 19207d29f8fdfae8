/*
 * narrow.c: the part of read.h that leaves out what nobody asked for.
 *
 * A packet says when it begins and ends, so those outside of a range need no decoding. But a reader
 * tells more than its events: what several folders have twice, what was written over at the
 * beginning, what comes after the end of one of the streams. Where that depends on events that
 * would be left out, none are.
 */
#include "traces/read/reader_impl.h"

#include "traces/read/ctf_stream.h"
#include "traces/read/read.h"

/* What was left out, or is damaged, is a hole that lasts to the end, wherever that is. */
static bool has_open_hole(const struct wg_reader *r)
{
	size_t i;

	for (i = 0; i < r->holes.count; i++) {
		if (r->holes.v[i].ts_ns == WG__UNTIL_THE_END)
			return true;
	}
	return false;
}

static bool is_whole(const struct wg_reader *r)
{
	return r->dirs.count == 1 && r->part_count == 1 && r->parts[0].feed.ctf && !r->since[0] &&
	       !r->end[0].others && !r->is_unfinished && !has_open_hole(r);
}

/* On the clock of the trace; far out is as good as never. */
static int64_t on_clock(int64_t origin_ns, int64_t at_ns, int64_t shift_ns)
{
	int64_t ns;

	if (__builtin_sub_overflow(origin_ns, shift_ns, &ns) ||
		__builtin_add_overflow(ns, at_ns, &ns))
		return at_ns < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

bool wg_reader_narrow(struct wg_reader *r, int64_t origin_ns, int64_t from_ns, int64_t to_ns)
{
	struct wg__ctf_window window = { .whole_ns = INT64_MAX };
	int64_t shift_ns = r->clocks[0].shift_ns;

	if (!is_whole(r))
		return false;
	window.from_ns = on_clock(origin_ns, from_ns, shift_ns);
	window.to_ns = on_clock(origin_ns, to_ns, shift_ns);
	if (r->end[0].first)
		window.whole_ns = (int64_t)r->end[0].first->end;
	return wg__ctf_narrow(r->parts[0].feed.ctf, &window);
}
