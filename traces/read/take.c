/*
 * take.c: see take.h.
 */
#include "traces/read/take.h"

#include <string.h>

#include "traces/base/units.h"

static void note_never_ends(struct wg__notes *notes, const struct wg_event *ev)
{
	const char *call = ev->never_ends.call, *why = ev->never_ends.why;

	if (strcmp(why, "waits for a notify") == 0)
		wg__notes_add(
			notes, "%s sleeps for ever in %s: nobody will notify", ev->procname, call);
	else
		wg__notes_add(notes, "%s is in %s for ever%s%s", ev->procname, call,
			*why ? ": " : "", why);
}

int wg__take_event(struct wg__shared *shared, struct wg__doubles *doubles, const void *channel,
	const struct wg_event *ev)
{
	int again;

	if (ev->type == WG_EV_OTHER && ev->record == WG_RECORD_NONE && ev->never_ends.call &&
		ev->loop == 0) /* else it is a step */
		note_never_ends(&shared->notes, ev);
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
		(unsigned long long)count, wg_s(count), count == 1 ? "it" : "them");
}
