/*
 * measure_end.c: where the counting of a measure begins anew and where it ends, and what it says.
 *
 * A window of time begins with a restart: the counts go back to 0 and the state stays, so
 * operations handed in before the window are known in it. It ends with a cut: a loop that is asleep
 * then may wake later, so no loop is called stuck.
 */
#include <stdlib.h>

#include "traces/measure/measure_impl.h"

void wg_measure_select(struct wg_measure *measure, uint32_t kinds)
{
	measure->ops.kinds = kinds;
}

void wg_measure_restart(struct wg_measure *m, int64_t at_ns)
{
	size_t i;

	for (i = 0; i < m->loop_count; i++) {
		struct wg_loop_stats *s = &m->loops[i].stats;
		struct wg_loop_stats fresh = {
			.pid = s->pid,
			.who = s->who,
			.life = s->life,
			.loop = s->loop,
			.saw = s->saw,
			.process = s->process,
			.wait = s->wait,
			.tick_ns = s->tick_ns,
			.first_ns = at_ns,
			.last_ns = at_ns,
		};

		wg_stats_sum_fini(s);
		*s = fresh;
	}
	wg__kinds_restart(m);
	m->events = 0;
	m->begin_ns = m->end_ns = at_ns;
}

void wg_measure_cut(struct wg_measure *measure, int64_t end_ns)
{
	measure->is_cut = true;
	measure->end_ns = end_ns;
}

void wg_measure_recorded(struct wg_measure *measure, int64_t end_ns)
{
	measure->recorded_ns = end_ns;
}

static int64_t ended_ns(const struct wg_measure *m, size_t i)
{
	return wg__loops_end_ns(&m->ops.loops, i, m->loops[i].stats.last_ns);
}

static bool has_ended(const struct wg_measure *m, size_t i)
{
	return ended_ns(m, i) != WG_NO_TIME;
}

int64_t wg__end_of(const struct wg_measure *m, size_t i)
{
	return has_ended(m, i) ? ended_ns(m, i) : m->end_ns;
}

int64_t wg__measure_who_end(const struct wg_measure *m, uint32_t who, int64_t since_ns)
{
	int64_t anew_ns = m->ops.loops.who[who].anew_ns;

	return anew_ns != WG_NO_TIME && since_ns <= anew_ns ? anew_ns : m->end_ns;
}

static void count_stuck(struct wg_measure *m, size_t loop_idx)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	const struct wg__op_list *ready = &m->ops.loop[loop_idx].ready;
	const struct wg__op *first = wg__flight_op(&m->ops, ready->head);
	/* Stuck since the wait began, or since the first result was ready. */
	int64_t since_ns = first->done_ns > loop->now.wait_ns ? first->done_ns : loop->now.wait_ns;

	loop->stats.stuck = 1;
	loop->stats.stuck_results = ready->count;
	loop->stats.stuck_ns = wg__end_of(m, loop_idx) - since_ns;
	wg__sight_first(&loop->stats.stuck_at, since_ns, loop->stats.stuck_ns, first);
	wg__kinds_stuck(m, loop_idx);
}

/* Is it asleep at the end with a result ready, as far as the trace tells? */
static bool sleeps_on(const struct wg_measure *m, size_t i)
{
	return m->loops[i].is_waiting && m->ops.loop[i].ready.count &&
	       (!m->is_cut || has_ended(m, i)) && m->ops.hole_end_ns < m->loops[i].now.wait_ns;
}

bool wg__is_stuck(const struct wg_measure *m, size_t i, int64_t end_ns)
{
	const struct wg_interval *now = &m->loops[i].now;

	/* A timeout of -1 is none. */
	return sleeps_on(m, i) && (m->never_ends || now->timeout_ns <= end_ns - now->wait_ns);
}

/*
 * The last event decides, not the end of the recording: a program that was killed in mid-wait is as
 * silent as one that hangs. Of a loop that has ended, the end is known better.
 */
static void find_stuck(struct wg_measure *m)
{
	size_t i;

	for (i = 0; i < m->loop_count; i++) {
		int64_t end_ns = has_ended(m, i) ? ended_ns(m, i) : m->last_ns;
		bool stuck = wg__is_stuck(m, i, end_ns);

		m->loops[i].now.stuck = stuck;
		if (stuck && !m->is_cut && !has_ended(m, i) && m->end_ns < m->recorded_ns)
			m->end_ns = m->recorded_ns;
	}
}

void wg_measure_finish(struct wg_measure *m)
{
	size_t i;

	find_stuck(m);
	for (i = 0; i < m->loop_count; i++) {
		struct wg__loop *loop = &m->loops[i];

		if (loop->is_waiting) {
			loop->now.open = true;
			loop->now.wake_ns = wg__end_of(m, i);
			if (loop->now.stuck)
				count_stuck(m, i);
			else if (sleeps_on(m, i))
				loop->stats.ready_at_end = m->ops.loop[i].ready.count;
			if (m->hooks.interval)
				m->hooks.interval(m->hooks.user, &loop->now);
		} else if (loop->may_be_empty && loop->polled_nothing && !m->is_cut) {
			/* No wait settles it any more, but it did look. */
			wg__count_empty(m, i);
		}
		wg_stats_sum_finish(&loop->stats);
	}
	wg__kinds_finish(m);
	wg__flight_drop(&m->ops);
}

const struct wg_loop_stats *wg_measure_loop(const struct wg_measure *measure, size_t i)
{
	return i < measure->loop_count ? &measure->loops[i].stats : NULL;
}

int64_t wg_measure_life_ns(const struct wg_measure *measure, size_t i)
{
	const struct wg__loop *loop = i < measure->loop_count ? &measure->loops[i] : NULL;

	if (!loop)
		return 0;
	return (loop->is_waiting ? wg__end_of(measure, i) : loop->stats.last_ns) -
	       loop->stats.first_ns;
}

uint64_t wg_measure_events(const struct wg_measure *measure)
{
	return measure->events;
}

uint64_t wg_measure_discarded(const struct wg_measure *measure)
{
	return measure->discarded;
}

int64_t wg_measure_origin_ns(const struct wg_measure *measure)
{
	return measure->origin_ns;
}

int64_t wg_measure_begin_ns(const struct wg_measure *measure)
{
	return measure->begin_ns;
}

int64_t wg_measure_end_ns(const struct wg_measure *measure)
{
	return measure->end_ns;
}

void wg_measure_destroy(struct wg_measure *measure)
{
	size_t i;

	if (!measure)
		return;
	for (i = 0; i < measure->loop_count; i++) {
		wg_stats_sum_fini(&measure->loops[i].stats);
		free(measure->loops[i].kind_gap_ns);
	}
	free(measure->loops);
	wg__kinds_restart(measure);
	free(measure->kinds);
	wg__flight_fini(&measure->ops);
	wg__names_destroy(measure->names);
	free(measure);
}
