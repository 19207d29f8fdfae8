/*
 * figures.c: see figures.h.
 */
#include "traces/model/figures.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/units.h"

/* "tick", and "+eventfd" if another loop waits another way; as many as fit. */
static void add_strategy(struct wg_figures *f, const char *wait)
{
	size_t used = strlen(f->strategy);
	const char *at = strstr(f->strategy, wait);

	if (at && (at == f->strategy || at[-1] == '+') &&
		(at[strlen(wait)] == '\0' || at[strlen(wait)] == '+'))
		return;
	if (used + strlen(wait) + 2 > sizeof(f->strategy))
		return;
	(void)snprintf(
		f->strategy + used, sizeof(f->strategy) - used, "%s%s", used ? "+" : "", wait);
}

static void add_loop(struct wg_figures *f, const struct wg_loop_stats *loop)
{
	size_t i;

	f->loops++;
	add_strategy(f, loop->wait);
	f->ops += loop->submitted;
	f->delivered += loop->delivered;
	f->waits += loop->waits;
	for (i = 0; i < WG_REASON_COUNT; i++) {
		f->reasons[i] += loop->wakes[i];
		f->wakes += loop->wakes[i];
	}
	f->missing |= wg_stats_missing(loop);
	f->unseen &= wg_stats_all_unseen(loop);
	if (wg_stats_sees(loop, WG_SEES_EMPTY_WAKES))
		f->empty_wakes += loop->empty_wakes;
	if (wg_stats_sees(loop, WG_SEES_LATE_WAKES))
		f->late_wakes += loop->late_wakes;
	if (wg_stats_sees(loop, WG_SEES_STUCK)) {
		f->stuck += loop->stuck;
		f->stuck_results += loop->stuck_results;
		f->ready_at_end += loop->ready_at_end;
		if (loop->stuck_ns > f->stuck_ns)
			f->stuck_ns = loop->stuck_ns;
	}
	f->asleep_ns += loop->asleep_ns;
	if (wg_stats_sees(loop, WG_SEES_GAPS))
		f->wasted_ns += loop->wasted_ns;
}

static int add_thread(
	struct wg_figures *f, const struct wg_thread_stats *thread, struct wg_dist *gaps)
{
	const uint64_t *class = thread->class;
	size_t i;

	f->threads += thread->waits > 0;
	f->waits += thread->waits;
	f->wakes += thread->wakes;
	for (i = 0; i < WG_REASON_COUNT; i++)
		f->reasons[i] += thread->reasons[i];
	f->timer_wakes +=
		class[WG_CLASS_TIMER] + class[WG_CLASS_TIMER_ACTED] + class[WG_CLASS_TIMER_EMPTY];
	f->empty_wakes +=
		class[WG_CLASS_TIMER_EMPTY] + class[WG_CLASS_ZERO_POLL] + class[WG_CLASS_SPIN];
	f->late_wakes += class[WG_CLASS_LATE];
	f->asleep_ns += thread->asleep_ns;
	f->wasted_ns += thread->wasted_ns;
	f->life_ns += thread->last_ns - thread->first_ns;
	f->gaps_in_cells |= thread->notify_to_wake.hist != NULL;
	return wg_dist_add_all(gaps, &thread->notify_to_wake);
}

/* Records of threads say nothing about operations. Of the last wake of a thread nobody knows what
 * followed; if there are more of these, the records do not say which wakes were empty. */
static void note_unseen(struct wg_figures *f, bool sees_empty)
{
	f->missing = 1u << WG_EV_SUBMIT | 1u << WG_EV_START | 1u << WG_EV_DONE | 1u << WG_EV_POLL |
		     1u << WG_EV_DELIVER;
	f->unseen = 1u << WG_SEES_SUBMITTED | 1u << WG_SEES_DONE | 1u << WG_SEES_DELIVERED |
		    1u << WG_SEES_WORKED | 1u << WG_SEES_STUCK | 1u << WG_SEES_POLLS |
		    1u << WG_SEES_QUEUED | 1u << WG_SEES_READY_ASLEEP | 1u << WG_SEES_DELIVERY |
		    1u << WG_SEES_WHOLE;
	if (!sees_empty)
		f->unseen |= 1u << WG_SEES_EMPTY_WAKES;
}

/* A log may not name its programs. */
static void name_by_number(struct wg_figures *f, const struct wg_thread_stats *thread)
{
	if (thread->pid)
		(void)snprintf(f->strategy, sizeof(f->strategy), "process %u", thread->pid);
	else
		(void)snprintf(f->strategy, sizeof(f->strategy), "a program");
}

static int add_threads(struct wg_figures *f, const struct wg_trace *trace, struct wg_dist *gaps)
{
	const struct wg_thread_stats *thread;
	uint64_t unsettled = 0;
	size_t i;
	int rc = 0;

	for (i = 0; trace->threads && rc == 0 && (thread = wg_thread_at(trace->threads, i)); i++) {
		rc = add_thread(f, thread, gaps);
		unsettled += thread->class[WG_CLASS_TIMER] > 1;
	}
	if (f->loops == 0 && f->threads)
		note_unseen(f, unsettled == 0);
	for (i = 0; f->loops == 0 && f->threads && i < trace->process_count; i++) {
		if (trace->processes[i].name[0])
			add_strategy(f, trace->processes[i].name);
	}
	if (f->loops == 0 && f->threads && !f->strategy[0])
		name_by_number(f, wg_thread_at(trace->threads, 0));
	return rc;
}

static int bucket_of(int64_t ns)
{
	int bit = 0;

	if (ns < 2)
		return 0;
	while (ns >> (bit + 1))
		bit++;
	/* The upper half of [2^bit, 2^(bit+1)) is a bucket of its own. */
	return 2 * bit + (int)(ns >> (bit - 1) & 1);
}

int64_t wg_bucket_begin_ns(int bucket)
{
	int64_t begin = INT64_C(1) << (bucket / 2);

	return bucket % 2 ? begin + begin / 2 : bucket == 0 ? 0 : begin;
}

static void count_gap(void *user, int64_t ns, uint64_t count)
{
	struct wg_figures *f = user;

	f->histogram[bucket_of(ns)] += (uint32_t)count;
}

int wg_figures_init(struct wg_figures *f, const struct wg_trace *trace)
{
	const struct wg_loop_stats *loop;
	struct wg_dist gaps = { 0 };
	size_t i;

	memset(f, 0, sizeof(*f));
	f->unseen = wg_measure_loop(trace->measure, 0) ? UINT32_MAX : 0;
	/* All that was measured: a live trace forgets its beginning, its figures do not. */
	f->duration_ns = wg_measure_end_ns(trace->measure) - wg_measure_begin_ns(trace->measure);
	f->discarded = wg_measure_discarded(trace->measure);
	for (i = 0; (loop = wg_measure_loop(trace->measure, i)); i++) {
		add_loop(f, loop);
		f->life_ns += wg_measure_life_ns(trace->measure, i);
		f->gaps_in_cells |= loop->gap.hist != NULL;
		if (wg_stats_sees(loop, WG_SEES_GAPS) && wg_dist_add_all(&gaps, &loop->gap) < 0) {
			wg_dist_fini(&gaps);
			return -ENOMEM;
		}
	}
	if (add_threads(f, trace, &gaps) < 0) {
		wg_dist_fini(&gaps);
		return -ENOMEM;
	}
	f->stuck_for_ever = f->stuck && wg_trace_is_schedule(trace);
	if (!f->strategy[0])
		(void)snprintf(f->strategy, sizeof(f->strategy), "?");
	wg_dist_each(&gaps, count_gap, f);
	wg_dist_finish(&gaps);
	f->gaps = gaps.count;
	f->gap_min_ns = gaps.min;
	f->gap_p50_ns = gaps.p50;
	f->gap_p90_ns = gaps.p90;
	f->gap_p99_ns = gaps.p99;
	f->gap_p999_ns = gaps.p999;
	f->gap_max_ns = gaps.max;
	wg_dist_fini(&gaps);
	return 0;
}

char *wg_figures_unseen(char *buf, size_t len, const struct wg_figures *f, enum wg_sees figure)
{
	return wg_sees_words(buf, len, f->missing, f->unseen, figure);
}

bool wg_figures_sees(const struct wg_figures *f, enum wg_sees figure)
{
	char text[64];

	return !wg_figures_unseen(text, sizeof(text), f, figure);
}

char *wg_figures_unseen_line(char *buf, size_t len, const struct wg_figures *f, unsigned *next)
{
	char why[64], wanted[64];

	for (; *next < WG_EV_COUNT; (*next)++) {
		size_t used = 0, figure;

		(void)snprintf(wanted, sizeof(wanted), "not observable: no %s events",
			wg_event_type_name((enum wg_event_type) * next));
		for (figure = 0; figure < WG_SEES_COUNT; figure++) {
			if (wg_figures_unseen(why, sizeof(why), f, (enum wg_sees)figure) &&
				strcmp(why, wanted) == 0 && used < len)
				used += (size_t)snprintf(buf + used, len - used, "%s%s",
					used ? ", " : "", wg_sees_name((enum wg_sees)figure));
		}
		if (used == 0)
			continue;
		if (used < len)
			(void)snprintf(buf + used, len - used, ": %s", wanted);
		(*next)++;
		return buf;
	}
	return NULL;
}

double wg_figures_share(const struct wg_figures *f)
{
	return f->life_ns > 0 ? (double)f->wasted_ns / (double)f->life_ns : 0;
}

char *wg_figures_share_text(char *buf, size_t len, const struct wg_figures *f)
{
	double percent = 100 * wg_figures_share(f);

	if (percent > 0 && percent < 0.01)
		(void)snprintf(buf, len, "<0.01 %%");
	else if (percent < 1)
		(void)snprintf(buf, len, "%.2g %%", percent);
	else
		(void)snprintf(buf, len, "%.3g %%", percent);
	return buf;
}

double wg_figure_value(const struct wg_figures *f, const struct wg_figure *figure)
{
	const void *at = (const char *)f + figure->offset;

	switch (figure->unit) {
	case WG_FIGURE_COUNT: return (double)*(const uint64_t *)at;
	case WG_FIGURE_SHARE: return 100 * wg_figures_share(f);
	default: return (double)*(const int64_t *)at;
	}
}

/* The figure of measure.h that it is. */
static enum wg_sees sees_of(const struct wg_figure *figure)
{
	static const struct {
		size_t offset;
		enum wg_sees sees;
	} known[] = {
#define KNOWN(field, sees) { offsetof(struct wg_figures, field), WG_SEES_##sees }
		KNOWN(ops, SUBMITTED),
		KNOWN(delivered, DELIVERED),
		KNOWN(waits, WAITS),
		KNOWN(wakes, WAKES),
		KNOWN(reasons[WG_REASON_NOTIFIED], WAKES),
		KNOWN(reasons[WG_REASON_TIMEOUT], WAKES),
		KNOWN(reasons[WG_REASON_READY], WAKES),
		KNOWN(reasons[WG_REASON_SPURIOUS], WAKES),
		KNOWN(reasons[WG_REASON_INTERRUPTED], WAKES),
		KNOWN(empty_wakes, EMPTY_WAKES),
		KNOWN(late_wakes, LATE_WAKES),
		KNOWN(stuck, STUCK),
		KNOWN(asleep_ns, ASLEEP),
		KNOWN(wasted_ns, GAPS),
		KNOWN(gaps, GAPS),
#undef KNOWN
	};
	size_t i;

	if (figure->unit == WG_FIGURE_SHARE || figure->unit == WG_FIGURE_GAP)
		return WG_SEES_GAPS;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].offset == figure->offset)
			return known[i].sees;
	}
	return WG_SEES_COUNT;
}

char *wg_figure_text(
	char *buf, size_t len, const struct wg_figures *f, const struct wg_figure *figure)
{
	double value = wg_figure_value(f, figure);

	if (!wg_figures_sees(f, sees_of(figure))) {
		(void)snprintf(buf, len, "?");
		return buf;
	}
	if (figure->unit == WG_FIGURE_SHARE)
		return wg_figures_share_text(buf, len, f);
	if (figure->unit == WG_FIGURE_TIME || (figure->unit == WG_FIGURE_GAP && f->gaps))
		return wg_format_time(buf, len, (int64_t)value);
	(void)snprintf(buf, len, figure->unit == WG_FIGURE_GAP ? "none" : "%.0f", value);
	return buf;
}
