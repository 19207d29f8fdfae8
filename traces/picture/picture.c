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

enum figure {
	FIG_OPS,
	FIG_WAITS,
	FIG_WAKES,
	FIG_NOTIFIED,
	FIG_TIMEOUT,
	FIG_EMPTY,
	FIG_LATE,
	FIG_STUCK,
	FIG_ASLEEP,
	FIG_WASTED,
	FIG_SHARE,
	FIG_P50,
	FIG_P99,
	FIG_MAX,
	FIG_LOST,
	FIG_COUNT
};

static const struct wg_picture_figure figures[FIG_COUNT] = {
	[FIG_OPS] = { "ops", "operations handed in", false },
	[FIG_WAITS] = { "waits", "times the loop went to sleep", false },
	[FIG_WAKES] = { "wakes", "times it woke up", false },
	[FIG_NOTIFIED] = { "notified", "wakes by a notify", false },
	[FIG_TIMEOUT] = { "timeout", "wakes because the clock ran out", false },
	[FIG_EMPTY] = { "empty", "empty wakes: nothing was there", true },
	[FIG_LATE] = { "late", "wakes by the clock with a result ready: no notify came", true },
	[FIG_STUCK] = { "stuck", "loops asleep at the end with a result ready", true },
	[FIG_ASLEEP] = { "asleep", "time from each wait to the next wake", false },
	[FIG_WASTED] = { "wasted", "the part of it with a result ready: the sum of the gaps",
		true },
	[FIG_SHARE] = { "share", "wasted, as a part of the loops' time", true },
	[FIG_P50] = { "gap p50", "half of the gaps are no longer", false },
	[FIG_P99] = { "gap p99", "99 of 100 gaps are no longer", false },
	[FIG_MAX] = { "gap max", "the longest gap", false },
	[FIG_LOST] = { "lost", "events that the tracer discarded", true },
};

size_t wg_picture_figures(void)
{
	return FIG_COUNT;
}

void wg_picture_figure(size_t i, struct wg_picture_figure *ret_figure)
{
	*ret_figure = figures[i];
}

static char *count_text(char *buf, size_t len, uint64_t n)
{
	(void)snprintf(buf, len, "%" PRIu64, n);
	return buf;
}

static char *gap_text(char *buf, size_t len, const struct wg_figures *f, int64_t ns)
{
	if (f->gaps > 0)
		return wg_format_time(buf, len, ns);
	(void)snprintf(buf, len, "none");
	return buf;
}

char *wg_picture_value(const struct wg_figures *f, size_t i, char *buf, size_t len)
{
	switch ((enum figure)i) {
	case FIG_OPS: return count_text(buf, len, f->ops);
	case FIG_WAITS: return count_text(buf, len, f->waits);
	case FIG_WAKES: return count_text(buf, len, f->wakes);
	case FIG_NOTIFIED: return count_text(buf, len, f->reasons[WG_REASON_NOTIFIED]);
	case FIG_TIMEOUT: return count_text(buf, len, f->reasons[WG_REASON_TIMEOUT]);
	case FIG_EMPTY: return count_text(buf, len, f->empty_wakes);
	case FIG_LATE: return count_text(buf, len, f->late_wakes);
	case FIG_STUCK: return count_text(buf, len, f->stuck);
	case FIG_ASLEEP: return wg_format_time(buf, len, f->asleep_ns);
	case FIG_WASTED: return wg_format_time(buf, len, f->wasted_ns);
	case FIG_SHARE: (void)snprintf(buf, len, "%.3g %%", 100 * wg_figures_share(f)); return buf;
	case FIG_P50: return gap_text(buf, len, f, f->gap_p50_ns);
	case FIG_P99: return gap_text(buf, len, f, f->gap_p99_ns);
	case FIG_MAX: return gap_text(buf, len, f, f->gap_max_ns);
	case FIG_LOST: return count_text(buf, len, f->discarded);
	default: buf[0] = '\0'; return buf;
	}
}

bool wg_picture_is_bad(const struct wg_figures *f, size_t i)
{
	switch ((enum figure)i) {
	case FIG_EMPTY: return f->empty_wakes > 0;
	case FIG_LATE: return f->late_wakes > 0;
	case FIG_STUCK: return f->stuck > 0;
	case FIG_WASTED:
	case FIG_SHARE: return f->wasted_ns > 0;
	case FIG_LOST: return f->discarded > 0;
	default: return false;
	}
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
