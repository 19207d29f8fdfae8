/*
 * part.c: see part.h.
 *
 * The events before a window are fed too, because a result that became ready before it may still be
 * waiting in it. Only the counts begin at 0 with the window.
 */
#include "traces/measure/part.h"

#include "traces/measure/measure.h"

static bool has_loop(const struct wg_part *part, uint32_t pid, uint64_t loop)
{
	size_t i;

	if (part->loop_count == 0)
		return true;
	for (i = 0; i < part->loop_count; i++) {
		if (part->loops[i].loop == loop &&
			(part->loops[i].pid == 0 || part->loops[i].pid == pid))
			return true;
	}
	return false;
}

bool wg_part_is_set(const struct wg_part *part)
{
	return part &&
	       (part->has_since || part->has_until || part->loop_count > 0 || part->kinds != 0);
}

static void begin(struct wg_parting *f, struct wg_measure *measure)
{
	if (f->has_begun)
		return;
	f->has_begun = true;
	wg_measure_restart(measure, f->origin_ns + f->part->since_ns);
}

int wg_part_feed(struct wg_parting *f, struct wg_measure *measure, const struct wg_event *ev)
{
	const struct wg_part *part = f->part;
	int64_t at_ns;

	if (!wg_part_is_set(part))
		return wg_measure_feed(measure, ev);
	if (f->is_over)
		return 0;
	if (!f->has_origin && ev->type != WG_EV_LOST) {
		f->has_origin = true;
		f->origin_ns = ev->ts_ns;
	}
	/* Before the first event no time is known: a hole there is in every window. */
	at_ns = f->has_origin ? ev->ts_ns - f->origin_ns : 0;
	if (part->has_until && f->has_origin && at_ns >= part->until_ns) {
		f->is_over = true;
		return 0;
	}
	if (part->has_since && f->has_origin && at_ns >= part->since_ns)
		begin(f, measure);
	if (ev->type == WG_EV_LOST)
		return wg_measure_feed(measure, ev);
	/* The loop of an event that this version does not know is unknown. */
	if (part->loop_count > 0 &&
		(ev->type == WG_EV_OTHER || !has_loop(part, ev->pid, ev->loop))) {
		wg_measure_pass(measure, ev->ts_ns);
		return 0;
	}
	return wg_measure_feed(measure, ev);
}

void wg_part_finish(struct wg_parting *f, struct wg_measure *measure)
{
	const struct wg_part *part = f->part;

	if (wg_part_is_set(part) && f->has_origin) {
		if (part->has_since)
			begin(f, measure); /* if the trace ended before */
		if (f->is_over)
			wg_measure_cut(measure, f->origin_ns + part->until_ns);
	}
	wg_measure_finish(measure);
}
