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

static int64_t clip(int64_t t)
{
	return t > WG_SCALE_LIMIT_NS	? WG_SCALE_LIMIT_NS
	       : t < -WG_SCALE_LIMIT_NS ? -WG_SCALE_LIMIT_NS
					: t;
}

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
		p->origin_ns[i] = t->begin_ns;
		if (t->op_count > 0 && t->ops[0].submit_ns != WG_NO_TIME)
			p->origin_ns[i] = t->ops[0].submit_ns;
		begin = clip(t->begin_ns - p->origin_ns[i]);
		end = clip(t->end_ns - p->origin_ns[i]);
		p->from_ns = begin < p->from_ns ? begin : p->from_ns;
		p->to_ns = end + 1 > p->to_ns ? end + 1 : p->to_ns;
	}
	if (options && options->has_range) {
		p->has_range = true;
		if (options->from_ns > 0) /* what led to the first submit belongs to it */
			p->from_ns = clip(options->from_ns);
		if (options->to_ns < INT64_MAX)
			p->to_ns = clip(options->to_ns);
		if (p->to_ns <= p->from_ns)
			return -ERANGE;
	}
	p->width = options ? options->width : 0;
	(void)wg_verdict(p->verdict, sizeof(p->verdict), &p->figures[0],
		count > 1 ? &p->figures[1] : NULL, false);
	return 0;
}

/* ---- figures ---- */

enum sort { COUNT, TIME, GAP, SHARE };

/* A column, where in struct wg_figures its value is, and whether more than 0 of it is bad news. */
static const struct {
	struct wg_picture_figure is;
	size_t at;
	enum sort sort;
	bool is_alarm;
} figures[] = {
#define AT(field) offsetof(struct wg_figures, field)
	{ { "ops", "operations handed in" }, AT(ops), COUNT, false },
	{ { "waits", "times the loop went to sleep" }, AT(waits), COUNT, false },
	{ { "wakes", "times it woke up" }, AT(wakes), COUNT, false },
	{ { "notified", "wakes by a notify" }, AT(reasons[WG_REASON_NOTIFIED]), COUNT, false },
	{ { "timeout", "wakes because the clock ran out" }, AT(reasons[WG_REASON_TIMEOUT]), COUNT,
		false },
	{ { "empty", "empty wakes: nothing was there" }, AT(empty_wakes), COUNT, true },
	{ { "late", "wakes by the clock with a result ready: no notify came" }, AT(late_wakes),
		COUNT, true },
	{ { "stuck", "loops asleep at the end with a result ready" }, AT(stuck), COUNT, true },
	{ { "asleep", "time from each wait to the next wake" }, AT(asleep_ns), TIME, false },
	{ { "wasted", "the part of it with a result ready: the sum of the gaps" }, AT(wasted_ns),
		TIME, true },
	{ { "share", "wasted, as a part of the loops' time" }, AT(wasted_ns), SHARE, true },
	{ { "gap p50", "half of the gaps are no longer" }, AT(gap_p50_ns), GAP, false },
	{ { "gap p99", "99 of 100 gaps are no longer" }, AT(gap_p99_ns), GAP, false },
	{ { "gap max", "the longest gap" }, AT(gap_max_ns), GAP, false },
	{ { "lost", "events that the tracer discarded" }, AT(discarded), COUNT, true },
};

const struct wg_picture_figure *wg_picture_figure(size_t i)
{
	return i < sizeof(figures) / sizeof(figures[0]) ? &figures[i].is : NULL;
}

static int64_t value(const struct wg_figures *f, size_t i)
{
	int64_t value;

	memcpy(&value, (const char *)f + figures[i].at, sizeof(value));
	return value;
}

char *wg_picture_value(const struct wg_figures *f, size_t i, char *buf, size_t len)
{
	enum sort sort = figures[i].sort;

	if (sort == TIME || (sort == GAP && f->gaps > 0))
		return wg_format_time(buf, len, value(f, i));
	if (sort == COUNT)
		(void)snprintf(buf, len, "%" PRId64, value(f, i));
	else if (sort == SHARE)
		(void)snprintf(buf, len, "%.3g %%", 100 * wg_figures_share(f));
	else
		(void)snprintf(buf, len, "none");
	return buf;
}

bool wg_picture_is_bad(const struct wg_figures *f, size_t i)
{
	return figures[i].is_alarm && value(f, i) > 0;
}

char *wg_picture_headline(const struct wg_figures *f, char *buf, size_t len)
{
	char wasted[32], all[32], stuck[32];
	int n = 0;

	if (f->stuck)
		n = snprintf(buf, len, "STUCK for %s, ",
			wg_format_time(stuck, sizeof(stuck), f->stuck_ns));
	(void)snprintf(buf + n, len - (size_t)n, "wasted %s of %s (%.3g %%), %" PRIu64 " ops",
		wg_format_time(wasted, sizeof(wasted), f->wasted_ns),
		wg_format_time(all, sizeof(all), f->duration_ns * (f->loops ? f->loops : 1)),
		100 * wg_figures_share(f), f->ops);
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
		[WG_LOOK_IDLE] = "idle",
		[WG_LOOK_BLANK] = "not seen",
	};

	return look >= 0 && look < WG_LOOK_COUNT ? names[look] : "?";
}
