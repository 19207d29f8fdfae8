/*
 * findings.c: see findings.h. For each loop one pass over its waits, then one small rule after
 * another; each knows one kind of trouble.
 */
#include "viz/app/findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/units.h"

/* What the rules look at: one loop's waits by how they ended. */
struct seen {
	const struct wg_trace *trace;
	const struct wg_loop_stats *loop;
	char name[72];	/* "loop 1 tick", with its process if there are several */
	char where[64]; /* " loop=1", if the trace has several */
	uint64_t empty[WG_REASON_COUNT];
	uint64_t gaps[WG_REASON_COUNT];
	int64_t wasted[WG_REASON_COUNT];
	uint64_t late_results; /* that a timeout found, and how long all of them were ready */
	int64_t late_ns;
	struct asked { /* the timeouts of the waits that ended so; max 0: none had one */
		int64_t min, max;
	} late_asked, empty_asked;
	int64_t first_late; /* from the trace's begin; -1 for none */
	int64_t longest_notified;
	int64_t open_asked_ns; /* the timeout of the wait that goes on at the end */
};

struct list {
	struct wg_finding *v;
	size_t count, max;
};

static void add(struct list *list, int severity, int64_t weight, const char *find,
	const struct seen *seen, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

static void add(struct list *list, int severity, int64_t weight, const char *find,
	const struct seen *seen, const char *fmt, ...)
{
	struct wg_finding *finding;
	va_list ap;
	int n;

	if (list->count == list->max)
		return;
	finding = &list->v[list->count++];
	*finding = (struct wg_finding){ .severity = severity, .weight = weight };
	if (*find)
		(void)snprintf(finding->find, sizeof(finding->find), "%s%.30s", find,
			seen ? seen->where : "");
	n = seen ? snprintf(finding->text, sizeof(finding->text), "%s: ", seen->name) : 0;
	va_start(ap, fmt);
	(void)vsnprintf(finding->text + n, sizeof(finding->text) - (size_t)n, fmt, ap);
	va_end(ap);
}

static void ask(struct asked *asked, int64_t timeout_ns)
{
	if (timeout_ns <= 0)
		return;
	if (asked->max == 0 || timeout_ns < asked->min)
		asked->min = timeout_ns;
	if (timeout_ns > asked->max)
		asked->max = timeout_ns;
}

static char *asked_text(char *buf, size_t len, const struct asked *asked)
{
	return wg_format_times(buf, len, asked->min, asked->max);
}

static struct seen look(const struct wg_trace *trace, size_t loop_idx)
{
	struct seen seen = {
		.trace = trace, .loop = wg_measure_loop(trace->measure, loop_idx), .first_late = -1
	};
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec;
	size_t next = trace->loops[loop_idx].first_wait;

	for (; next; next = rec->next) {
		const struct wg_interval *in;

		rec = wg_trace_wait(trace, next - 1, &room);
		in = &rec->interval;

		if (in->open) {
			seen.open_asked_ns = in->timeout_ns;
			continue;
		}
		if (in->late && seen.first_late < 0)
			seen.first_late = in->gap_begin_ns - trace->begin_ns;
		if (in->reason == WG_REASON_TIMEOUT && in->gap_begin_ns >= 0) {
			seen.late_results += rec->results;
			seen.late_ns += rec->waited_ns;
			ask(&seen.late_asked, in->timeout_ns);
		}
		if (in->gap_begin_ns >= 0) {
			int64_t gap = in->wake_ns - in->gap_begin_ns;

			seen.gaps[in->reason]++;
			seen.wasted[in->reason] += gap;
			if (in->reason == WG_REASON_NOTIFIED && gap > seen.longest_notified)
				seen.longest_notified = gap;
		} else if (rec->empty) {
			seen.empty[in->reason]++;
			if (in->reason == WG_REASON_TIMEOUT)
				ask(&seen.empty_asked, in->timeout_ns);
		}
	}
	return seen;
}

typedef unsigned long long ull;

/* ---- rules ---- */

/* Before all others: what nobody can tell. */
static void find_unseen(struct list *list, const struct seen *seen)
{
	static const enum wg_sees figures[] = { WG_SEES_EMPTY_WAKES, WG_SEES_LATE_WAKES,
		WG_SEES_STUCK, WG_SEES_GAPS, WG_SEES_ASLEEP };
	char why[64];
	size_t i;

	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (wg_stats_unseen(why, sizeof(why), seen->loop, figures[i]))
			add(list, 0, 0, "", seen, "%s are %s", wg_sees_name(figures[i]), why);
	}
}

static void find_stuck(struct list *list, const struct seen *seen, bool is_schedule)
{
	const struct wg_loop_stats *l = seen->loop;
	char text[64] = "for ever", time[32];

	if (!l->stuck)
		return;
	if (!is_schedule)
		(void)snprintf(text, sizeof(text), "to the end of the trace, for %s,",
			wg_format_time(time, sizeof(time), l->stuck_ns));
	add(list, 3, INT64_MAX, "stuck", seen, "asleep %s with %llu result%s ready: %s", text,
		(ull)l->stuck_results, wg_s(l->stuck_results),
		l->notifies_sent + l->notifies_coalesced
			? "its notify was lost, or came before the sleep"
			: "no notify in this trace");
}

/* A recording that was cut while all went on. */
static void find_cut(struct list *list, const struct seen *seen)
{
	const struct wg_loop_stats *l = seen->loop;
	char time[32];

	if (l->ready_at_end)
		add(list, 0, 0, "", seen,
			"the trace ends amid a wait of at most %s, with %llu result%s ready",
			wg_format_time(time, sizeof(time), seen->open_asked_ns),
			(ull)l->ready_at_end, wg_s(l->ready_at_end));
}

static void find_tick(struct list *list, const struct seen *seen)
{
	const struct wg_loop_stats *l = seen->loop;
	uint64_t gaps = seen->gaps[WG_REASON_TIMEOUT];
	char wasted[32], waited[32], asked[72], at[32];

	if (gaps == 0)
		return;
	(void)wg_format_time(wasted, sizeof(wasted), seen->wasted[WG_REASON_TIMEOUT]);
	(void)wg_format_time(waited, sizeof(waited), seen->late_ns);
	(void)wg_format_time(at, sizeof(at), seen->first_late);
	if (l->notifies_sent + l->notifies_coalesced == 0 && seen->late_results)
		add(list, 2, seen->wasted[WG_REASON_TIMEOUT], "late", seen,
			"%llu result%s waited %s%s for the %s of %s: no notify in this trace",
			(ull)seen->late_results, wg_s(seen->late_results), waited,
			seen->late_results == 1 ? "" : " in all", l->tick_ns ? "tick" : "timeout",
			asked_text(asked, sizeof(asked), &seen->late_asked));
	else
		add(list, 2, seen->wasted[WG_REASON_TIMEOUT], "late", seen,
			"%llu late wake%s, %s wasted: the timeout woke the loop, its notify was "
			"late or missing; first at %s",
			(ull)gaps, wg_s(gaps), wasted, at);
}

static void find_empty(struct list *list, const struct seen *seen)
{
	const struct wg_loop_stats *l = seen->loop;
	uint64_t timeouts = seen->empty[WG_REASON_TIMEOUT];
	uint64_t notified = seen->empty[WG_REASON_NOTIFIED];
	char asked[72];

	if (timeouts && l->tick_ns)
		add(list, 1, 0, "empty,reason=timeout", seen,
			"%llu wake%s by timeout found nothing: the loop polls every %s while idle",
			(ull)timeouts, wg_s(timeouts),
			asked_text(asked, sizeof(asked), &seen->empty_asked));
	else if (timeouts)
		add(list, 1, 0, "empty,reason=timeout", seen,
			"%llu wake%s by timeout found nothing: the loop waits with a timeout, "
			"and could wait for ever",
			(ull)timeouts, wg_s(timeouts));
	if (notified)
		add(list, 1, 0, "empty,reason=notified", seen,
			"%llu wake%s by a notify found nothing: it was sent twice for one result, "
			"or after the result was taken",
			(ull)notified, wg_s(notified));
	if (l->wakes[WG_REASON_SPURIOUS])
		add(list, 1, 0, "reason=spurious", seen,
			"%llu spurious wake%s, without notify or timeout: check the predicate "
			"again after every wake",
			(ull)l->wakes[WG_REASON_SPURIOUS], wg_s(l->wakes[WG_REASON_SPURIOUS]));
}

static void find_slow_notifies(struct list *list, const struct seen *seen)
{
	uint64_t gaps = seen->gaps[WG_REASON_NOTIFIED];
	char mean[32], longest[32], find[48];
	int64_t mean_ns;

	if (gaps == 0)
		return;
	mean_ns = seen->wasted[WG_REASON_NOTIFIED] / (int64_t)gaps;
	(void)wg_format_time(mean, sizeof(mean), mean_ns);
	(void)wg_format_time(longest, sizeof(longest), seen->longest_notified);
	(void)snprintf(find, sizeof(find), "gap=%lldns", (long long)seen->longest_notified);
	if (seen->longest_notified > 20 * mean_ns && seen->longest_notified > 1000000)
		add(list, 2, seen->longest_notified, find, seen,
			"one notify took %s to wake the loop, a usual one %s: the machine was "
			"busy, or the notify came late",
			longest, mean);
	else
		add(list, 0, seen->wasted[WG_REASON_NOTIFIED], find, seen,
			"%llu notif%s woke it in %s on average, at most %s", (ull)gaps,
			gaps == 1 ? "y" : "ies", mean, longest);
}

static void find_spin(struct list *list, const struct seen *seen)
{
	const struct wg_loop_stats *l = seen->loop;

	if (l->waits == 0 && l->polls > 0)
		add(list, l->empty_polls > l->polls / 2, 0, "event=poll", seen,
			"never slept: %llu of %llu looks found nothing%s", (ull)l->empty_polls,
			(ull)l->polls,
			l->empty_polls > l->polls / 2 ? ": it spins and keeps a processor busy"
						      : "");
	else if (l->waits > 0 && l->wasted_ns == 0 && !l->stuck && !l->ready_at_end &&
		 wg_stats_sees(l, WG_SEES_GAPS))
		add(list, 0, 0, "", seen, "never slept with a result ready");
	if (l->unclosed_waits)
		add(list, 3, 0, "", seen,
			"%llu wait%s without a wake: events are missing, figures are a lower bound",
			(ull)l->unclosed_waits, wg_s(l->unclosed_waits));
}

/* ---- all of them ---- */

static int worst_first(const void *va, const void *vb)
{
	const struct wg_finding *a = va, *b = vb;

	if (a->severity != b->severity)
		return b->severity - a->severity;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return strcmp(a->text, b->text);
}

static void name_loop(struct seen *seen, size_t loops)
{
	const struct wg_loop_stats *l = seen->loop;
	int n = snprintf(
		seen->name, sizeof(seen->name), "loop %" PRIu64 " %.20s", l->loop, l->wait);
	char again[16];

	if (seen->trace->process_count > 1)
		(void)snprintf(seen->name + n, sizeof(seen->name) - (size_t)n, " of process %u%s",
			l->pid, wg_trace_again(again, sizeof(again), seen->trace, l->who));
	if (loops > 1)
		(void)snprintf(seen->where, sizeof(seen->where), ",loop=%" PRIu64 ",pid=%u",
			l->loop, l->pid);
}

size_t wg_findings(const struct wg_trace *trace, struct wg_finding *findings, size_t max)
{
	struct list list = { .v = findings, .max = max };
	uint64_t lost = wg_measure_discarded(trace->measure);
	size_t loops = 0, i;

	while (wg_measure_loop(trace->measure, loops))
		loops++;
	if (lost)
		add(&list, 3, INT64_MAX - 1, "event=lost", NULL,
			"%llu event%s discarded by the tracer: every figure is a lower bound; "
			"record with larger buffers",
			(ull)lost, lost == 1 ? " was" : "s were");
	for (i = 0; i < loops; i++) {
		struct seen seen = look(trace, i);

		name_loop(&seen, loops);
		find_unseen(&list, &seen);
		if (wg_stats_sees(seen.loop, WG_SEES_STUCK))
			find_stuck(&list, &seen, wg_trace_is_schedule(trace));
		if (wg_stats_sees(seen.loop, WG_SEES_STUCK))
			find_cut(&list, &seen);
		if (wg_stats_sees(seen.loop, WG_SEES_GAPS))
			find_tick(&list, &seen);
		find_empty(&list, &seen);
		if (wg_stats_sees(seen.loop, WG_SEES_GAPS))
			find_slow_notifies(&list, &seen);
		find_spin(&list, &seen);
	}
	if (loops == 0 && !trace->threads)
		add(&list, 0, 0, "", NULL, "no loop in this trace");
	qsort(findings, list.count, sizeof(*findings), worst_first);
	return list.count + wg_thread_findings_of(trace, findings + list.count, max - list.count);
}
