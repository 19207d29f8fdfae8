/*
 * measure.c: see measure.h, where the measures M1..M7 are defined.
 *
 * Every event costs O(1): the results of a loop that are ready stand in a list in the order they
 * became so (which is the order in which events come), found by operation through a hash; so the
 * earliest is the head, and a deliver unlinks its own. An operation is forgotten when it has been
 * delivered, so memory is that of what is in flight, plus one number a gap and a service time.
 *
 * The gap of an interval is decided at its `wait` (something is ready already: it begins there) or
 * at the first `done` after it. The `wake` only closes it.
 *
 * What a trace that is not whole asks for, and what is done:
 *   - a wait whose wake was not seen: counted in waits and unclosed_waits; when it ended is
 * unknown, so it adds nothing to asleep_ns and has no gap;
 *   - a wake without its wait: counted by its reason, and no more;
 *   - a deliver before its done (a done is published just before its event is written): the
 *     operation is remembered as delivered, and its done never makes it ready;
 *   - a done of an operation whose submit was not seen makes it ready like any other;
 *   - after a hole, a `wait` that says nothing is ready drops results that became ready before the
 *     hole's end: their deliver is in the hole. Without this one lost event would make every later
 *     wait look wasted. Without a hole the program's own count is never used.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/measure_impl.h"

/* In flight so many, and for so long, is no program we know: their end was not traced. */
#define SWEEP_MIN    65536
#define SWEEP_AGE_NS INT64_C(60000000000)

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
	if (hooks)
		m->hooks = *hooks;
	wg__flight_init(&m->ops);
	m->hole_end_ns = WG__NEVER;
	*ret_measure = m;
	return 0;
}

int wg_measure_create_endless(const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure)
{
	int rc = wg_measure_create(hooks, ret_measure);

	if (rc == 0) {
		(*ret_measure)->is_endless = true;
		(*ret_measure)->sweep_at = SWEEP_MIN;
	}
	return rc;
}

/* --- events --- */

static void forget(struct wg_measure *m, size_t i)
{
	wg__flight_forget(&m->ops, &m->loops[m->ops.op[i].loop_idx].ready, i);
}

/* A node that is not in use is not where the map says its operation is. */
static void sweep(struct wg_measure *m, int64_t now_ns)
{
	int64_t before = now_ns - SWEEP_AGE_NS;
	size_t i;

	if (m->hole_end_ns > before)
		before = m->hole_end_ns;
	for (i = 0; i < m->ops.count; i++) {
		const struct wg__op *op = &m->ops.op[i];

		if (op->since_ns < before && wg__flight_find(&m->ops, op->pid, op->id) == i)
			forget(m, i);
	}
	/* Twice what is left: whatever the program does, looking stays cheap. */
	m->sweep_at = m->ops.map.count * 2 > SWEEP_MIN ? m->ops.map.count * 2 : SWEEP_MIN;
}

/* The operation of an event, in flight from now on at the latest; WG__NONE: no memory. */
static size_t get_op(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	size_t before, i;

	if (m->is_endless && m->ops.map.count >= m->sweep_at)
		sweep(m, ev->ts_ns);
	before = m->ops.map.count;
	i = wg__flight_get(&m->ops, ev->pid, ev->op, loop_idx);
	if (m->ops.map.count > before)
		m->ops.op[i].since_ns = ev->ts_ns;
	return i;
}

static int feed_start(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	size_t i = get_op(m, loop_idx, ev);

	if (i == WG__NONE)
		return -ENOMEM;
	m->loops[loop_idx].stats.started++;
	m->ops.op[i].start_ns = ev->ts_ns;
	return 0;
}

static int feed_done(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	size_t i = get_op(m, loop_idx, ev);
	struct wg__op *op;

	if (i == WG__NONE)
		return -ENOMEM;
	op = &m->ops.op[i];
	loop->stats.done++;
	if (op->start_ns != WG__NEVER && op->done_ns == WG__NEVER) {
		loop->stats.working_ns += ev->ts_ns - op->start_ns;
		if (wg_dist_add(&loop->stats.service, ev->ts_ns - op->start_ns) < 0)
			return -ENOMEM;
	}
	if (op->is_delivered) {
		forget(m, i);
		return 0;
	}
	if (op->is_ready) /* a second done: the first one counts */
		return 0;
	op->done_ns = ev->ts_ns;
	op->loop_idx = loop_idx;
	wg__flight_push_ready(&m->ops, &loop->ready, i);
	if (loop->is_waiting && loop->now.gap_begin_ns < 0) {
		loop->now.gap_begin_ns = ev->ts_ns;
		loop->now.gap_op = ev->op;
	}
	return 0;
}

static void feed_deliver(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	size_t i = wg__flight_find(&m->ops, ev->pid, ev->op);

	loop->stats.delivered++;
	loop->may_be_empty = false;
	if (i == WG__NONE)
		return;
	if (m->ops.op[i].done_ns == WG__NEVER)
		m->ops.op[i].is_delivered = true;
	else
		forget(m, i);
}

void wg__measure_count_empty(struct wg_measure *m, size_t loop_idx)
{
	struct wg__loop *loop = &m->loops[loop_idx];

	loop->may_be_empty = false;
	loop->stats.empty_wakes++;
	if (m->hooks.empty_wake)
		m->hooks.empty_wake(m->hooks.user, loop_idx, loop->woke_ns);
}

/* The deliver events of what became ready before a hole ended may be lost in it. */
static void drop_lost_results(struct wg_measure *m, struct wg__loop *loop)
{
	while (loop->ready.count && m->ops.op[loop->ready.head].done_ns <= m->hole_end_ns)
		forget(m, loop->ready.head);
}

static void feed_wait(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];

	loop->stats.waits++;
	if (loop->is_waiting)
		loop->stats.unclosed_waits++;
	else if (loop->may_be_empty)
		wg__measure_count_empty(m, loop_idx);
	loop->may_be_empty = false;
	if (m->hole_end_ns != WG__NEVER && ev->wait.ready == 0)
		drop_lost_results(m, loop);
	loop->is_waiting = true;
	loop->now = (struct wg_interval){
		.loop_idx = loop_idx,
		.wait_ns = ev->ts_ns,
		.timeout_ns = ev->wait.timeout_ns,
		.reason = WG_REASON_UNKNOWN,
		.gap_begin_ns = -1,
	};
	if (loop->ready.count) {
		loop->now.gap_begin_ns = ev->ts_ns;
		loop->now.gap_op = m->ops.op[loop->ready.head].id;
	}
}

/* Close the open interval at a wake. */
static int close_interval(struct wg_measure *m, struct wg__loop *loop, const struct wg_event *ev)
{
	struct wg_interval *now = &loop->now;

	loop->is_waiting = false;
	now->wake_ns = ev->ts_ns;
	now->reason = ev->wake.reason;
	now->late = ev->wake.reason == WG_REASON_TIMEOUT && loop->ready.count;
	/* "Before the wake": a result of the very same nanosecond kept nobody waiting. */
	if (now->gap_begin_ns == ev->ts_ns && now->wait_ns < ev->ts_ns) {
		now->gap_begin_ns = -1;
		now->gap_op = 0;
	}
	loop->stats.asleep_ns += now->wake_ns - now->wait_ns;
	if (now->gap_begin_ns >= 0) {
		loop->stats.wasted_ns += now->wake_ns - now->gap_begin_ns;
		if (wg_dist_add(&loop->stats.gap, now->wake_ns - now->gap_begin_ns) < 0)
			return -ENOMEM;
	}
	if (m->hooks.interval)
		m->hooks.interval(m->hooks.user, now);
	return 0;
}

static int feed_wake(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	enum wg_reason reason = ev->wake.reason;

	loop->stats.wakes[reason]++;
	if (reason == WG_REASON_TIMEOUT && loop->ready.count)
		loop->stats.late_wakes++;
	/* A wake after a wake: the wait between them was not seen, so neither was what it settles.
	 */
	loop->may_be_empty = reason == WG_REASON_NOTIFIED || reason == WG_REASON_TIMEOUT ||
			     reason == WG_REASON_READY;
	loop->polled_nothing = false;
	loop->woke_ns = ev->ts_ns;
	return loop->is_waiting ? close_interval(m, loop, ev) : 0;
}

static void feed_poll(struct wg__loop *loop, const struct wg_event *ev)
{
	loop->stats.polls++;
	if (ev->poll.found) {
		loop->may_be_empty = false;
	} else {
		loop->stats.empty_polls++;
		loop->polled_nothing = true;
	}
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

static size_t loop_of(struct wg_measure *m, const struct wg_event *ev)
{
	size_t i = wg__map_get(&m->loop_map, ev->pid, ev->loop);
	struct wg__loop *loop;

	if (i == WG__MAP_NONE) {
		i = m->loop_count;
		if (wg__grow(&m->loops, &m->loop_cap, i, sizeof(*m->loops)) < 0 ||
			wg__map_put(&m->loop_map, ev->pid, ev->loop, i) < 0)
			return WG__NONE;
		m->loop_count++;
		m->loops[i] = (struct wg__loop){
			.stats = { .pid = ev->pid,
				.loop = ev->loop,
				.wait = "?",
				.first_ns = ev->ts_ns },
			.ready = { .head = WG__NONE, .tail = WG__NONE },
		};
		if (m->is_endless && (wg_dist_bound(&m->loops[i].stats.gap) < 0 ||
					     wg_dist_bound(&m->loops[i].stats.service) < 0))
			return WG__NONE;
	}
	loop = &m->loops[i];
	loop->stats.last_ns = ev->ts_ns;
	return name_process(m, loop, ev) < 0 ? WG__NONE : i;
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

static void feed_lost(struct wg_measure *m, const struct wg_event *ev)
{
	m->discarded += ev->lost.count ? ev->lost.count : 1;
	if (ev->ts_ns > m->hole_end_ns)
		m->hole_end_ns = ev->ts_ns;
}

int wg_measure_feed(struct wg_measure *m, const struct wg_event *ev)
{
	size_t i;

	if (ev->type == WG_EV_LOST) {
		feed_lost(m, ev);
		return 0;
	}
	if (m->events++ == 0)
		m->begin_ns = m->end_ns = ev->ts_ns;
	if (ev->ts_ns > m->end_ns) /* time may have been advanced past it */
		m->end_ns = ev->ts_ns;
	if (ev->type == WG_EV_OTHER)
		return 0; /* what its fields mean is not known, so not which loop it is of either */
	i = loop_of(m, ev);
	if (i == WG__NONE)
		return -ENOMEM;
	switch (ev->type) {
	case WG_EV_LOOP: return feed_loop(m, i, ev);
	case WG_EV_SUBMIT:
		m->loops[i].stats.submitted++;
		return get_op(m, i, ev) == WG__NONE ? -ENOMEM : 0;
	case WG_EV_START: return feed_start(m, i, ev);
	case WG_EV_DONE: return feed_done(m, i, ev);
	case WG_EV_NOTIFY:
		if (ev->notify.sent)
			m->loops[i].stats.notifies_sent++;
		else
			m->loops[i].stats.notifies_coalesced++;
		break;
	case WG_EV_WAIT: feed_wait(m, i, ev); break;
	case WG_EV_WAKE: return feed_wake(m, i, ev);
	case WG_EV_POLL: feed_poll(&m->loops[i], ev); break;
	case WG_EV_DELIVER: feed_deliver(m, i, ev); break;
	default: break;
	}
	return 0;
}
