/*
 * picture.c: see picture.h.
 */
#include "traces/picture/picture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traces/model/bins.h"
#include "traces/model/scale.h"
#include "traces/base/units.h"

int wg_picture_init(struct wg_picture *p, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options)
{
	size_t i;

	if (count < 1 || count > WG_PICTURE_TRACES_MAX)
		return -EINVAL;
	memset(p, 0, sizeof(*p));
	p->count = count;
	p->from_ns = INT64_MAX;
	p->to_ns = INT64_MIN;
	for (i = 0; i < count; i++) {
		const struct wg_trace *t = traces[i];
		int64_t begin, end;

		if (wg_figures_init(&p->figures[i], t) < 0)
			return -ENOMEM;
		p->trace[i] = t;
		p->origin_ns[i] = wg_trace_zero_ns(t);
		begin = wg_scale_clip(t->begin_ns - p->origin_ns[i]);
		end = wg_scale_clip(t->end_ns - p->origin_ns[i]);
		p->from_ns = begin < p->from_ns ? begin : p->from_ns;
		p->to_ns = end + 1 > p->to_ns ? end + 1 : p->to_ns;
	}
	if (options && options->has_range) {
		p->has_range = true;
		if (options->from_ns > 0) /* what led to the first submit belongs to it */
			p->from_ns = wg_scale_clip(options->from_ns);
		if (options->to_ns < INT64_MAX)
			p->to_ns = wg_scale_clip(options->to_ns);
		if (p->to_ns <= p->from_ns)
			return -ERANGE;
	}
	p->width = options ? options->width : 0;
	(void)wg_verdict(p->verdict, sizeof(p->verdict), &p->figures[0],
		count > 1 ? &p->figures[1] : NULL, false);
	return 0;
}

/* ---- figures ---- */

static const struct wg_picture_figure figures[] = {
	{ WG_FIGURE(COUNT, ops), "ops", "operations handed in", false },
	{ WG_FIGURE(COUNT, waits), "waits", "times the loop went to sleep", false },
	{ WG_FIGURE(COUNT, wakes), "wakes", "times it woke up", false },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_NOTIFIED]), "notified", "wakes by a notify", false },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_TIMEOUT]), "timeout",
		"wakes because the clock ran out", false },
	{ WG_FIGURE(COUNT, empty_wakes), "empty", "empty wakes: nothing was there", true },
	{ WG_FIGURE(COUNT, late_wakes), "late",
		"wakes by the clock with a result ready: no notify came", true },
	{ WG_FIGURE(COUNT, stuck), "stuck", "loops asleep at the end with a result ready", true },
	{ WG_FIGURE(TIME, asleep_ns), "asleep", "time from each wait to the next wake", false },
	{ WG_FIGURE(TIME, wasted_ns), "wasted",
		"the part of it with a result ready: the sum of the gaps", true },
	{ { WG_FIGURE_SHARE, 0 }, "share", "wasted, as a part of the loops' lives", true },
	{ WG_FIGURE(GAP, gap_p50_ns), "gap p50", "half of the gaps are no longer", false },
	{ WG_FIGURE(GAP, gap_p99_ns), "gap p99", "99 of 100 gaps are no longer", false },
	{ WG_FIGURE(GAP, gap_max_ns), "gap max", "the longest gap", false },
	{ WG_FIGURE(COUNT, discarded), "lost", "events that the tracer discarded", true },
};

const struct wg_picture_figure *wg_picture_figure(size_t i)
{
	return i < sizeof(figures) / sizeof(figures[0]) ? &figures[i] : NULL;
}

char *wg_picture_value(const struct wg_figures *f, size_t i, char *buf, size_t len)
{
	if (figures[i].is.unit != WG_FIGURE_SHARE || !wg_figures_sees(f, WG_SEES_GAPS))
		return wg_figure_text(buf, len, f, &figures[i].is);
	(void)snprintf(buf, len, "%.3g %%", 100 * wg_figures_share(f));
	return buf;
}

bool wg_picture_is_bad(const struct wg_figures *f, size_t i)
{
	return figures[i].is_alarm && wg_figure_value(f, &figures[i].is) > 0;
}

char *wg_picture_headline(const struct wg_figures *f, char *buf, size_t len)
{
	const struct wg_figure empty = WG_FIGURE(COUNT, empty_wakes);
	char wasted[32], all[32], stuck[32], why[64];
	int n = 0;

	if (f->loops == 0 && f->threads) {
		(void)snprintf(buf, len,
			"%" PRIu64 " wakes of %" PRIu32 " threads, %s empty, wasted %s", f->wakes,
			f->threads, wg_figure_text(all, sizeof(all), f, &empty),
			wg_format_time(wasted, sizeof(wasted), f->wasted_ns));
		return buf;
	}
	if (f->stuck_for_ever)
		n = snprintf(buf, len, "STUCK for ever, ");
	else if (f->stuck)
		n = snprintf(buf, len, "STUCK for %s, ",
			wg_format_time(stuck, sizeof(stuck), f->stuck_ns));
	if (!wg_figures_sees(f, WG_SEES_GAPS)) {
		(void)snprintf(buf + n, len - (size_t)n, "wasted: %s, %" PRIu64 " ops",
			wg_figures_unseen(why, sizeof(why), f, WG_SEES_GAPS), f->ops);
		return buf;
	}
	(void)snprintf(buf + n, len - (size_t)n, "wasted %s of %s (%.3g %%), %" PRIu64 " ops",
		wg_format_time(wasted, sizeof(wasted), f->wasted_ns),
		wg_format_time(all, sizeof(all), f->life_ns), 100 * wg_figures_share(f), f->ops);
	return buf;
}

const char *wg_look_name(int look)
{
	static const char *const names[WG_LOOK_COUNT] = {
		[WG_LOOK_WASTED] = "wasted: asleep, result ready",
		[WG_LOOK_WORKING] = "worker busy",
		[WG_LOOK_LOST] = "events lost",
		[WG_LOOK_EMPTY] = "empty wake",
		[WG_LOOK_AWAKE] = "awake",
		[WG_LOOK_ASLEEP] = "asleep, nothing ready",
		[WG_LOOK_IN_FDS] = "asleep: descriptors",
		[WG_LOOK_IN_COND] = "asleep: condition",
		[WG_LOOK_IN_LOCK] = "asleep: lock",
		[WG_LOOK_IN_SLEEP] = "asleep: sleep",
		[WG_LOOK_IN_OTHER] = "asleep: else",
		[WG_LOOK_IDLE] = "idle",
		[WG_LOOK_BLANK] = "not seen",
	};

	return look >= 0 && look < WG_LOOK_COUNT ? names[look] : "?";
}

bool wg_picture_has_loops(const struct wg_picture *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->trace[i]->loop_count > 0 || p->trace[i]->thread_count == 0)
			return true;
	}
	return false;
}

const char *wg_picture_look_name(const struct wg_picture *p, enum wg_look look)
{
	return look == WG_LOOK_WASTED && !wg_picture_has_loops(p) ? "wasted: asleep, notified"
								  : wg_look_name((int)look);
}

const enum wg_look *wg_picture_legend(const struct wg_picture *p, size_t i)
{
	static const enum wg_look loops[] = { WG_LOOK_WASTED, WG_LOOK_ASLEEP, WG_LOOK_AWAKE,
		WG_LOOK_EMPTY, WG_LOOK_WORKING, WG_LOOK_IDLE, WG_LOOK_LOST };
	static const enum wg_look both[] = { WG_LOOK_WASTED, WG_LOOK_IN_FDS, WG_LOOK_IN_COND,
		WG_LOOK_IN_LOCK, WG_LOOK_IN_SLEEP, WG_LOOK_IN_OTHER, WG_LOOK_AWAKE, WG_LOOK_EMPTY,
		WG_LOOK_LOST, WG_LOOK_WORKING, WG_LOOK_IDLE };
	bool has_threads = false, has_loops = wg_picture_has_loops(p);
	size_t k;

	for (k = 0; k < p->count; k++)
		has_threads |= p->trace[k]->thread_count > 0;
	if (!has_threads)
		return i < sizeof(loops) / sizeof(loops[0]) ? &loops[i] : NULL;
	/* Only loops have workers. */
	return i < sizeof(both) / sizeof(both[0]) - (has_loops ? 0 : 2) ? &both[i] : NULL;
}
