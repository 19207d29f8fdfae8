/*
 * measure.c: see measure.h, where the measures M1..M7 are defined.
 *
 * Every event costs O(1): flight.h keeps the results of a loop that are ready in the order in which
 * they became so; the earliest is the head. Memory is that of what is in flight, plus one number a
 * gap and a stage.
 *
 * The gap of an interval is decided at its `wait` (something is ready already: it begins there) or
 * at the first `done` after it. The `wake` only closes it.
 *
 * If a trace is not whole:
 *   - a wait whose wake was not seen: counted in waits and unclosed_waits; when it ended is
 * unknown, so it adds nothing to asleep_ns and has no gap;
 *   - a wake without its wait: counted by its reason, and no more;
 *   - what becomes of operations of which some event was not seen: see flight.h.
 */
#include "traces/measure/measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/measure_impl.h"

static int tell_woken(void *user, struct wg__op *op, uint32_t number)
{
	struct wg_measure *m = user;
	struct wg_op_life life;

	(void)op;
	wg__flight_life(&m->ops, number, &life);
	m->hooks.woken(m->hooks.user, &life, number);
	return 0;
}

int wg_measure_create(const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure)
{
	struct wg_measure *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->names = wg__names_create();
	if (!m->names) {
		free(m);
		return -ENOMEM;
	}
	m->recorded_ns = INT64_MIN;
	if (hooks)
		m->hooks = *hooks;
	wg__flight_init(&m->ops);
	m->ops.woken = m->hooks.woken ? tell_woken : NULL;
	m->ops.user = m;
	*ret_measure = m;
	return 0;
}

void wg_measure_keep_no_samples(struct wg_measure *measure)
{
	measure->keeps_no_samples = true;
}

/* What the distributions of a new loop keep of their samples. 0 or -ENOMEM. */
static int choose_samples(const struct wg_measure *m, struct wg_loop_stats *stats)
{
	struct wg_dist *d;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && (d = wg_stats_dist(stats, i)); i++) {
		d->keeps_none = m->keeps_no_samples;
		if (m->is_endless && !m->keeps_no_samples)
			rc = wg_dist_bound(d);
	}
	return rc;
}

/* --- events --- */

/* Which results of this loop are ready. */
static const struct wg__op_list *ready(const struct wg_measure *m, size_t loop_idx)
{
	return &m->ops.loop[loop_idx].ready;
}

static const struct wg__op *first_ready(const struct wg_measure *m, size_t loop_idx)
{
	return wg__flight_op(&m->ops, ready(m, loop_idx)->head);
}

static int feed_start(
	struct wg_measure *m, struct wg_loop_stats *stats, const struct wg__op *op, bool is_first)
{
	stats->started++;
	if (!is_first || op->submit_ns == WG_NO_TIME)
		return 0;
	return wg__stage_add(
		m, stats, WG_STAGE_QUEUED, op->start_ns, op->start_ns - op->submit_ns, op);
}

/* By a worker, always: sockets and timers need none. */
static bool is_served(enum wg_kind kind)
{
	return kind == WG_KIND_READ || kind == WG_KIND_WRITE || kind == WG_KIND_OPEN ||
	       kind == WG_KIND_CLOSE || kind == WG_KIND_STAT || kind == WG_KIND_WORK;
}

static int feed_done(
	struct wg_measure *m, struct wg__loop *loop, const struct wg__op *op, bool is_first)
{
	struct wg_loop_stats *kind = wg__kind_stats(m, op);
	int64_t for_ns = op->done_ns - op->start_ns;

	loop->stats.done++;
	if (is_served(op->kind))
		loop->stats.served++;
	if (kind && is_served(op->kind))
		kind->served++;
	if (!is_first)
		return 0;
	if (wg__kinds_done(m, loop, op) < 0)
		return -ENOMEM;
	if (op->is_ready && loop->is_waiting && loop->now.gap_begin_ns < 0) {
		loop->now.gap_begin_ns = op->done_ns;
		loop->now.gap_op = op->op;
		loop->now.gap_kind = op->kind;
	}
	if (op->start_ns == WG_NO_TIME)
		return 0;
	loop->stats.working_ns += for_ns;
	if (kind)
		kind->working_ns += for_ns;
	return wg__stage_add(m, &loop->stats, WG_STAGE_SERVICE, op->done_ns, for_ns, op);
}

/* Waits, wakes and polls are of no kind; whether there are any is for all of the loop's. */
static void count_kind(
	struct wg_loop_stats *kind, const struct wg_loop_stats *loop, enum wg_event_type type)
{
	const uint32_t turns = 1u << WG_EV_WAIT | 1u << WG_EV_WAKE | 1u << WG_EV_POLL;

	if (!kind)
		return;
	kind->saw |= 1u << type | (loop->saw & turns);
	kind->submitted += type == WG_EV_SUBMIT;
	kind->started += type == WG_EV_START;
	kind->done += type == WG_EV_DONE;
	kind->delivered += type == WG_EV_DELIVER;
}

static int feed_op(struct wg_measure *m, const struct wg__step *step, const struct wg_event *ev)
{
	const struct wg__op *op = step->op == WG__NO_OP ? NULL : wg__flight_op(&m->ops, step->op);
	struct wg__loop *loop = &m->loops[step->loop_idx];

	if (ev->type == WG_EV_DELIVER) {
		loop->may_be_empty = false;
		loop->has_delivered = true;
	}
	if (!op || op->is_ignored)
		return 0;
	count_kind(wg__kind_stats(m, op), &loop->stats, ev->type);
	switch (ev->type) {
	case WG_EV_SUBMIT: loop->stats.submitted++; return 0;
	case WG_EV_START: return feed_start(m, &loop->stats, op, step->is_first);
	case WG_EV_DONE: return feed_done(m, loop, op, step->is_first);
	default:
		loop->stats.delivered++;
		return step->is_first ? wg__stages_deliver(m, op, ev->ts_ns) : 0;
	}
}

void wg__count_empty(struct wg_measure *m, size_t loop_idx)
{
	struct wg__loop *loop = &m->loops[loop_idx];

	loop->may_be_empty = false;
	loop->stats.empty_wakes++;
	wg__sight_first(&loop->stats.first_empty_wake, loop->woke_ns, loop->slept_ns, NULL);
	if (m->hooks.empty_wake)
		m->hooks.empty_wake(m->hooks.user, loop_idx, loop->woke_ns);
}

/*
 * Does this program emit no deliver? The loop woke with results ready and waits again saying that
 * none is, and not one deliver was seen. Once may be chance, if it did not see a result that was
 * published just then; not twice, and not if a poll found something. Then they were taken, nobody
 * knows when.
 */
static int take_unseen(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	int rc = 0;

	if (loop->has_delivered || ev->wait.ready || !ready(m, loop_idx)->count ||
		m->ops.hole_end_ns != WG_NO_TIME || first_ready(m, loop_idx)->wake_ns == WG_NO_TIME)
		return 0;
	if (++loop->contradictions < 2 && !loop->has_found)
		return 0;
	while (rc == 0 && ready(m, loop_idx)->count &&
		first_ready(m, loop_idx)->wake_ns != WG_NO_TIME) {
		struct wg_loop_stats *kind = wg__kind_stats(m, first_ready(m, loop_idx));

		loop->stats.taken++;
		if (kind)
			kind->taken++;
		rc = wg__flight_forget(&m->ops, ready(m, loop_idx)->head);
	}
	return rc;
}

static int feed_wait(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];

	if (take_unseen(m, loop_idx, ev) < 0)
		return -ENOMEM;
	loop->stats.waits++;
	loop->stats.said_ready += ev->wait.ready != 0;
	wg_stats_ask(&loop->stats, ev->wait.timeout_ns, ev->wait.timeout_ns);
	if (loop->is_waiting)
		loop->stats.unclosed_waits++;
	else if (loop->may_be_empty)
		wg__count_empty(m, loop_idx);
	loop->may_be_empty = false;
	loop->is_waiting = true;
	loop->now = (struct wg_interval){
		.loop_idx = loop_idx,
		.wait_ns = ev->ts_ns,
		.timeout_ns = ev->wait.timeout_ns,
		.reason = WG_REASON_UNKNOWN,
		.gap_begin_ns = -1,
	};
	if (ready(m, loop_idx)->count) {
		loop->now.gap_begin_ns = ev->ts_ns;
		loop->now.gap_op = first_ready(m, loop_idx)->op;
		loop->now.gap_kind = first_ready(m, loop_idx)->kind;
	}
	return wg__kinds_wait(m, loop_idx, ev->ts_ns);
}

/* Close the open interval at a wake. */
static int close_interval(struct wg_measure *m, struct wg__loop *loop, const struct wg_event *ev)
{
	struct wg_interval *now = &loop->now;
	/* It may be delivered by now, and forgotten. */
	const struct wg__op first = { .op = now->gap_op, .kind = now->gap_kind & 15 };

	loop->is_waiting = false;
	now->wake_ns = ev->ts_ns;
	now->reason = ev->wake.reason;
	now->late = ev->wake.reason == WG_REASON_TIMEOUT && ready(m, now->loop_idx)->count;
	/* "Before the wake": a result of the very same nanosecond kept nobody waiting. */
	if (now->gap_begin_ns == ev->ts_ns && now->wait_ns < ev->ts_ns) {
		now->gap_begin_ns = -1;
		now->gap_op = 0;
	}
	loop->stats.asleep_ns += now->wake_ns - now->wait_ns;
	if (now->gap_begin_ns >= 0) {
		loop->stats.wasted_ns += now->wake_ns - now->gap_begin_ns;
		wg__sight_longest(&loop->stats.longest_gap, now->wake_ns,
			now->wake_ns - now->gap_begin_ns, &first);
		if (wg_dist_add(&loop->stats.gap, now->wake_ns - now->gap_begin_ns) < 0)
			return -ENOMEM;
	}
	if (m->hooks.interval)
		m->hooks.interval(m->hooks.user, now);
	return wg__kinds_wake(m, loop);
}

static int feed_wake(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	enum wg_reason reason = ev->wake.reason;

	loop->stats.wakes[reason]++;
	loop->stats.said_ready += ev->wake.ready != 0;
	if (reason == WG_REASON_TIMEOUT && ready(m, loop_idx)->count) {
		const struct wg__op *first = first_ready(m, loop_idx);

		loop->stats.late_wakes++;
		wg__kinds_late(m, loop_idx);
		wg__sight_first(
			&loop->stats.first_late_wake, ev->ts_ns, ev->ts_ns - first->done_ns, first);
	}
	if (reason == WG_REASON_SPURIOUS)
		wg__sight_first(&loop->stats.first_spurious, ev->ts_ns, 0, NULL);
	/* A wake after a wake: the wait between them was not seen, so neither was what it settles.
	 */
	loop->may_be_empty = reason == WG_REASON_NOTIFIED || reason == WG_REASON_TIMEOUT ||
			     reason == WG_REASON_READY;
	loop->polled_nothing = false;
	loop->woke_ns = ev->ts_ns;
	loop->slept_ns = loop->is_waiting ? ev->ts_ns - loop->now.wait_ns : 0;
	return loop->is_waiting ? close_interval(m, loop, ev) : 0;
}

static void feed_poll(struct wg__loop *loop, const struct wg_event *ev)
{
	loop->stats.polls++;
	if (ev->poll.found) {
		loop->has_found = true;
		loop->may_be_empty = false;
	} else {
		loop->stats.empty_polls++;
		wg__sight_first(&loop->stats.first_empty_poll, ev->ts_ns, 0, NULL);
		loop->polled_nothing = true;
	}
}

/* Only the thread that waits is the loop's; another one that takes over begins anew. */
static void feed_cpu_time(struct wg__loop *loop, const struct wg_event *ev)
{
	if (!ev->has_cpu_time || ev->tid == 0) /* of which thread, if the trace does not say? */
		return;
	if (loop->cpu_tid == ev->tid && ev->cpu_time_ns >= loop->cpu_last_ns) {
		loop->stats.cpu_ns += ev->cpu_time_ns - loop->cpu_last_ns;
		loop->stats.cpu_samples++;
	}
	loop->cpu_tid = ev->tid;
	loop->cpu_last_ns = ev->cpu_time_ns;
}

/* --- loops --- */

/* Worker threads may carry names of their own; the main thread's is the program's. */
static int name_process(struct wg_measure *m, struct wg__loop *loop, const struct wg_event *ev)
{
	const char *name;

	if (loop->name_is_final || (loop->stats.process && ev->tid != ev->pid))
		return 0;
	name = wg__names_intern(m->names, ev->procname ? ev->procname : "");
	if (!name)
		return -ENOMEM;
	loop->stats.process = name;
	loop->name_is_final = ev->tid == ev->pid;
	return 0;
}

static int see_loop(struct wg_measure *m, size_t i, const struct wg_event *ev)
{
	struct wg__loop *loop;

	if (i >= m->loop_count) {
		if (wg__grow(&m->loops, &m->loop_cap, i, sizeof(*m->loops)) < 0)
			return -ENOMEM;
		m->loop_count++;
		m->loops[i] = (struct wg__loop){
			.stats = { .pid = ev->pid,
				.who = m->ops.loops.loop[i].who,
				.life = m->ops.loops.loop[i].life,
				.loop = ev->loop,
				.wait = "?",
				.first_ns = ev->ts_ns },
			.is_another = m->ops.loops.loop[i].is_another,
		};
		if (choose_samples(m, &m->loops[i].stats) < 0)
			return -ENOMEM;
	}
	loop = &m->loops[i];
	loop->stats.last_ns = ev->ts_ns;
	loop->stats.saw |= 1u << ev->type;
	return name_process(m, loop, ev);
}

static int feed_loop(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	const char *wait = wg__names_intern(m->names, ev->loop_.wait);

	if (!wait)
		return -ENOMEM;
	m->loops[loop_idx].stats.wait = wait;
	m->loops[loop_idx].stats.tick_ns = ev->loop_.tick_ns;
	return 0;
}

void wg_measure_pass(struct wg_measure *m, int64_t ts_ns)
{
	if (!m->has_origin) {
		m->has_origin = true;
		m->origin_ns = m->begin_ns = m->end_ns = ts_ns;
	}
	m->last_ns = ts_ns;
	if (ts_ns > m->end_ns) /* time may have been advanced past it */
		m->end_ns = ts_ns;
}

static int feed(struct wg_measure *m, const struct wg_event *ev)
{
	size_t i = m->step.loop_idx;
	struct wg__loop *loop = &m->loops[i];

	if (loop->is_another)
		wg__mixed_look(m, i, ev);
	switch (ev->type) {
	case WG_EV_LOOP: return feed_loop(m, i, ev);
	case WG_EV_NOTIFY:
		loop->stats.notified_ops += ev->op != 0;
		if (ev->notify.sent)
			loop->stats.notifies_sent++;
		else
			loop->stats.notifies_coalesced++;
		return 0;
	case WG_EV_WAIT: feed_cpu_time(loop, ev); return feed_wait(m, i, ev);
	case WG_EV_WAKE: feed_cpu_time(loop, ev); return feed_wake(m, i, ev);
	case WG_EV_POLL: feed_poll(loop, ev); return 0;
	default: return feed_op(m, &m->step, ev);
	}
}

int wg_measure_feed(struct wg_measure *m, const struct wg_event *ev)
{
	if (m->is_endless)
		wg__measure_sweep(m, ev->ts_ns);
	if (wg__flight_feed(&m->ops, ev, &m->step) < 0)
		return -ENOMEM;
	if (ev->type == WG_EV_LOST) {
		m->discarded += ev->lost.count ? ev->lost.count : 1;
		return 0;
	}
	m->events++;
	wg_measure_pass(m, ev->ts_ns);
	if (ev->type != WG_EV_OTHER)
		return see_loop(m, m->step.loop_idx, ev) < 0 ? -ENOMEM : feed(m, ev);
	/* Which loop it is of is not known. But a schedule that hangs says so. */
	m->never_ends |= ev->record == WG_RECORD_NONE && ev->never_ends.call && ev->loop == 0;
	return 0;
}

const struct wg__step *wg__measure_step(const struct wg_measure *m)
{
	return &m->step;
}

uint32_t wg__measure_who(const struct wg_measure *m, size_t i)
{
	return m->ops.loops.loop[i].who;
}

uint32_t wg__measure_process(struct wg_measure *m, const struct wg_event *ev)
{
	return wg__loops_process(&m->ops.loops, ev);
}

const struct wg__flight *wg__measure_flight(const struct wg_measure *m)
{
	return &m->ops;
}
