/*
 * measure_keep.c: see measure_keep.h. What only feeding needs (operations under way, the state of a
 * loop) is left out.
 */
#include "traces/measure/measure_keep.h"

#include "traces/measure/measure_impl.h"

static void keep_sights(struct wg__keep *k, struct wg_loop_stats *s)
{
	struct wg_sight *const sights[] = { &s->first_empty_wake, &s->first_late_wake,
		&s->first_spurious, &s->first_empty_poll, &s->stuck_at, &s->longest_gap };
	const size_t some = sizeof(sights) / sizeof(sights[0]);
	size_t i;

	for (i = 0; i < some + WG_STAGE_COUNT; i++) {
		struct wg_sight *sight = i < some ? sights[i] : &s->longest[i - some];

		wg__keep_flag(k, &sight->seen);
		wg__keep_value(k, &sight->at_ns, sizeof(sight->at_ns));
		wg__keep_value(k, &sight->for_ns, sizeof(sight->for_ns));
		wg__keep_value(k, &sight->op, sizeof(sight->op));
		wg__keep_value(k, &sight->kind, sizeof(sight->kind));
		wg__keep_refuse(k, (unsigned)sight->kind >= WG_KIND_COUNT);
	}
}

static void keep_counts(struct wg__keep *k, struct wg_loop_stats *s)
{
	uint64_t *const counts[] = { &s->loop, &s->submitted, &s->started, &s->done, &s->delivered,
		&s->notifies_sent, &s->notifies_coalesced, &s->waits, &s->unclosed_waits,
		&s->empty_wakes, &s->late_wakes, &s->stuck, &s->stuck_results, &s->ready_at_end,
		&s->polls, &s->empty_polls, &s->served, &s->taken, &s->notified_ops, &s->said_ready,
		&s->cpu_samples };
	int64_t *const any[] = { &s->tick_ns, &s->asked_min_ns, &s->asked_max_ns };
	int64_t *const times[] = { &s->asleep_ns, &s->stuck_ns, &s->wasted_ns, &s->working_ns,
		&s->cpu_ns, &s->first_ns, &s->last_ns };
	uint32_t *const small[] = { &s->pid, &s->who, &s->life, &s->saw, &s->missing, &s->unseen };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		wg__keep_value(k, counts[i], sizeof(*counts[i]));
	for (i = 0; i < sizeof(any) / sizeof(any[0]); i++)
		wg__keep_value(k, any[i], sizeof(*any[i]));
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		wg__keep_time(k, times[i], 0);
	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		wg__keep_value(k, small[i], sizeof(*small[i]));
	wg__keep_value(k, s->wakes, sizeof(s->wakes));
}

static void keep_loop(struct wg__keep *k, struct wg__loop *loop)
{
	struct wg_loop_stats *s = &loop->stats;
	struct wg_dist *d;
	size_t i;

	wg__keep_flag(k, &loop->is_waiting);
	keep_counts(k, s);
	keep_sights(k, s);
	wg__keep_text(k, &s->process);
	wg__keep_text(k, &s->wait);
	wg__keep_refuse(k, s->is_sum || !s->process || !s->wait);
	for (i = 0; (d = wg_stats_dist(s, i)); i++) {
		wg__keep_dist(k, d);
		wg__keep_refuse(k, d->hist != NULL);
	}
}

/* When a process began anew: wg__loops_end_ns(). */
static void keep_processes(struct wg__keep *k, struct wg__loops *l, size_t loop_count)
{
	size_t i;

	wg__keep_value(k, &l->who_count, sizeof(l->who_count));
	if (wg__keep_reads(k)) {
		l->who = wg__keep_room(k, l->who_count, sizeof(*l->who));
		l->loop = wg__keep_room(k, loop_count, sizeof(*l->loop));
	}
	for (i = 0; i < l->who_count && k->rc == 0; i++) {
		wg__keep_value(k, &l->who[i].life, sizeof(l->who[i].life));
		wg__keep_time(k, &l->who[i].anew_ns, WG_NO_TIME);
	}
	for (i = 0; i < loop_count && k->rc == 0; i++) {
		wg__keep_value(k, &l->loop[i].who, sizeof(l->loop[i].who));
		wg__keep_refuse(k, l->loop[i].who >= l->who_count);
	}
}

void wg__keep_measure(struct wg__keep *k, struct wg_measure *m)
{
	size_t count = m->loop_count, i;

	wg__keep_refuse(k, m->is_endless || m->kinds || m->keeps_no_samples);
	wg__keep_value(k, &m->events, sizeof(m->events));
	wg__keep_value(k, &m->discarded, sizeof(m->discarded));
	wg__keep_time(k, &m->origin_ns, 0);
	wg__keep_time(k, &m->begin_ns, 0);
	wg__keep_time(k, &m->end_ns, 0);
	wg__keep_value(k, &count, sizeof(count));
	if (wg__keep_reads(k))
		m->loops = wg__keep_room(k, count, sizeof(*m->loops));
	for (i = 0; i < count && k->rc == 0; i++) {
		m->loop_count = wg__keep_reads(k) ? i + 1 : count;
		keep_loop(k, &m->loops[i]);
	}
	keep_processes(k, &m->ops.loops, count);
}
