/*
 * take.c: see take.h.
 */
#include "traces/read/take.h"

int wg__take_event(struct wg__shared *shared, struct wg__doubles *doubles, const void *channel,
	const struct wg_event *ev)
{
	int again;

	if (ev->type == WG_EV_OTHER && ev->record == WG_RECORD_NONE && ev->never_ends.call)
		wg__notes_add(&shared->notes, "%s is in %s for ever%s%s", ev->procname,
			ev->never_ends.call, *ev->never_ends.why ? ": " : "", ev->never_ends.why);
	if (!doubles)
		return 1;
	again = wg__doubles_look(doubles, ev, channel);
	return again < 0 ? again : !again;
}

void wg__take_lost_events(struct wg__shared *shared, const char *file, int64_t begin_ns,
	int64_t end_ns, uint64_t count, struct wg_event *ret)
{
	struct wg_event ev = { .type = WG_EV_LOST, .procname = "", .ts_ns = end_ns };

	ev.lost.begin_ns = begin_ns;
	ev.lost.count = count;
	if (count > INT64_MAX) { /* a difference of two counts, below 0 */
		ev.lost.count = 0;
		wg__notes_add(&shared->notes,
			"stream %s: its count of discarded events decreases, so their "
			"number is unknown",
			file);
	}
	*ret = ev;
}

void wg__take_lost_packets(struct wg__shared *shared, const char *file, uint64_t count)
{
	wg__notes_add(&shared->notes,
		"stream %s lacks %llu packet%s; how many events were in %s is unknown", file,
		(unsigned long long)count, count == 1 ? "" : "s", count == 1 ? "it" : "them");
}
