/*
 * sum.c: several loops as one: for a process, for a trace, for one column of a table.
 *
 * Counts are added and distributions merged, so a percentile is one of all samples, not a mean of
 * percentiles.
 */
#include <string.h>

#include "traces/measure/measure.h"

static void keep_first(struct wg_sight *sum, const struct wg_sight *s)
{
	if (s->seen && (!sum->seen || s->at_ns < sum->at_ns))
		*sum = *s;
}

static void keep_longest(struct wg_sight *sum, const struct wg_sight *s)
{
	if (s->seen && (!sum->seen || s->for_ns > sum->for_ns))
		*sum = *s;
}

void wg_stats_ask(struct wg_loop_stats *s, int64_t min_ns, int64_t max_ns)
{
	if (min_ns > 0 && (s->asked_min_ns == 0 || min_ns < s->asked_min_ns))
		s->asked_min_ns = min_ns;
	if (max_ns > s->asked_max_ns)
		s->asked_max_ns = max_ns;
}

uint32_t wg_stats_all_unseen(const struct wg_loop_stats *s)
{
	uint32_t unseen = 0, i;

	for (i = 0; i < WG_SEES_COUNT; i++)
		unseen |= (uint32_t)!wg_stats_sees(s, (enum wg_sees)i) << i;
	return unseen;
}

static void add_counts(struct wg_loop_stats *sum, const struct wg_loop_stats *s)
{
	size_t i;

#define ADD(field) sum->field += s->field
	ADD(submitted);
	ADD(started);
	ADD(done);
	ADD(delivered);
	ADD(notifies_sent);
	ADD(notifies_coalesced);
	ADD(waits);
	ADD(unclosed_waits);
	ADD(asleep_ns);
	for (i = 0; i < WG_REASON_COUNT; i++)
		ADD(wakes[i]);
	if (wg_stats_sees(s, WG_SEES_EMPTY_WAKES))
		ADD(empty_wakes);
	if (wg_stats_sees(s, WG_SEES_LATE_WAKES))
		ADD(late_wakes);
	if (wg_stats_sees(s, WG_SEES_STUCK)) {
		ADD(stuck);
		ADD(stuck_results);
		ADD(ready_at_end);
	}
	ADD(polls);
	ADD(empty_polls);
	ADD(served);
	ADD(taken);
	ADD(said_ready);
	if (wg_stats_sees(s, WG_SEES_GAPS))
		ADD(wasted_ns);
	ADD(working_ns);
	ADD(cpu_ns);
	ADD(cpu_samples);
#undef ADD
	if (s->stuck_ns > sum->stuck_ns && wg_stats_sees(s, WG_SEES_STUCK))
		sum->stuck_ns = s->stuck_ns;
}

int wg_stats_sum_add(struct wg_loop_stats *sum, const struct wg_loop_stats *s)
{
	struct wg_dist *d;
	size_t i;
	int rc = 0;

	if (!sum->wait) {
		sum->is_sum = true;
		sum->unseen = UINT32_MAX;
		sum->pid = s->pid;
		sum->who = s->who;
		sum->life = s->life;
		sum->loop = s->loop;
		sum->process = s->process;
		sum->wait = s->wait;
		sum->tick_ns = s->tick_ns;
		sum->first_ns = s->first_ns;
		sum->last_ns = s->last_ns;
	} else if (strcmp(sum->wait, s->wait) != 0) {
		sum->wait = "mixed";
	}
	if (s->first_ns < sum->first_ns)
		sum->first_ns = s->first_ns;
	if (s->last_ns > sum->last_ns)
		sum->last_ns = s->last_ns;
	if (sum->tick_ns != s->tick_ns)
		sum->tick_ns = 0;
	sum->saw |= s->saw;
	sum->missing |= wg_stats_missing(s);
	sum->unseen &= wg_stats_all_unseen(s);
	wg_stats_ask(sum, s->asked_min_ns, s->asked_max_ns);
	add_counts(sum, s);
	keep_first(&sum->first_empty_wake, &s->first_empty_wake);
	keep_first(&sum->first_late_wake, &s->first_late_wake);
	keep_first(&sum->first_spurious, &s->first_spurious);
	keep_first(&sum->first_empty_poll, &s->first_empty_poll);
	keep_longest(&sum->stuck_at, &s->stuck_at);
	keep_longest(&sum->longest_gap, &s->longest_gap);
	for (i = 0; i < WG_STAGE_COUNT; i++)
		keep_longest(&sum->longest[i], &s->longest[i]);
	for (i = 0; rc == 0 && (d = wg_stats_dist(sum, i)); i++)
		if (wg_stats_sees(s, wg_dist_sees(i)))
			rc = wg_dist_add_all(d, wg_stats_dist((struct wg_loop_stats *)s, i));
	return rc;
}

void wg_stats_sum_finish(struct wg_loop_stats *sum)
{
	struct wg_dist *d;
	size_t i;

	for (i = 0; (d = wg_stats_dist(sum, i)); i++)
		wg_dist_finish(d);
}

void wg_stats_sum_fini(struct wg_loop_stats *sum)
{
	struct wg_dist *d;
	size_t i;

	for (i = 0; (d = wg_stats_dist(sum, i)); i++)
		wg_dist_fini(d);
	*sum = (struct wg_loop_stats){ 0 };
}
