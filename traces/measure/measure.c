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
#include "traces/measure/measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/measure_impl.h"

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
	m->kinds = UINT32_MAX;
	wg__flight_init(&m->ops);
	m->hole_end_ns = WG__NEVER;
	*ret_measure = m;
	return 0;
}

void wg_measure_keep_no_samples(struct wg_measure *measure)
{
	measure->keeps_no_samples = true;
}

static void keep_none(struct wg_loop_stats *stats)
{
	stats->gap.keeps_none = stats->service.keeps_none = true;
	stats->queued.keeps_none = stats->asleep.keeps_none = true;
	stats->delivery.keeps_none = stats->whole.keeps_none = true;
}

/* --- events --- */

static void forget(struct wg_measure *m, size_t i)
{
	wg__flight_forget(&m->ops, &m->loops[m->ops.op[i].loop_idx].ready, i);
}

static bool is_counted(const struct wg_measure *m, enum wg_kind kind)
{
	return m->kinds >> kind & 1;
}

/* The operation of this event, made if it is not known. WG__NONE: no memory. */
static size_t op_of(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	size_t before, i;

	if (m->is_endless && m->ops.map.count >= m->sweep_at)
		wg__measure_sweep(m, ev->ts_ns);
	before = m->ops.map.count;
	i = wg__flight_get(&m->ops, ev->pid, ev->op, loop_idx);
	if (i == WG__NONE)
		return i;
	if (m->ops.map.count > before)
		m->ops.op[i].since_ns = ev->ts_ns;
	if (ev->type == WG_EV_SUBMIT && m->ops.op[i].submit_ns == WG__NEVER) {
		m->ops.op[i].submit_ns = ev->ts_ns;
		m->ops.op[i].kind = ev->submit.kind;
	}
	if (!m->ops.op[i].is_ready)
		m->ops.op[i].is_ignored = !is_counted(m, m->ops.op[i].kind);
	return i;
}

static int feed_submit(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	size_t i = op_of(m, loop_idx, ev);

	if (i == WG__NONE)
		return -ENOMEM;
	m->loops[loop_idx].stats.submitted += !m->ops.op[i].is_ignored;
	return 0;
}

static int feed_start(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg_loop_stats *stats = &m->loops[loop_idx].stats;
	size_t i = op_of(m, loop_idx, ev);
	struct wg__op *op;
	int rc = 0;

	if (i == WG__NONE)
		return -ENOMEM;
	op = &m->ops.op[i];
	if (op->is_ignored)
		return 0;
	stats->started++;
	if (op->submit_ns != WG__NEVER && op->start_ns == WG__NEVER)
		rc = wg__stage_add(
			stats, WG_STAGE_QUEUED, ev->ts_ns, ev->ts_ns - op->submit_ns, op);
	op->start_ns = ev->ts_ns;
	return rc;
}

/* The first done of an operation that is counted: its result is ready. */
static void push_ready(struct wg_measure *m, size_t loop_idx, size_t i, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];

	wg__flight_push_ready(&m->ops, &loop->ready, i);
	if (loop->is_waiting && loop->now.gap_begin_ns < 0) {
		loop->now.gap_begin_ns = ev->ts_ns;
		loop->now.gap_op = ev->op;
		loop->now.gap_kind = m->ops.op[i].kind;
	}
}

static int feed_done(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	size_t i = op_of(m, loop_idx, ev);
	struct wg__op *op;

	if (i == WG__NONE)
		return -ENOMEM;
	op = &m->ops.op[i];
	if (!op->is_ignored) {
		loop->stats.done++;
		if (op->start_ns != WG__NEVER && op->done_ns == WG__NEVER) {
			loop->stats.working_ns += ev->ts_ns - op->start_ns;
			if (wg__stage_add(&loop->stats, WG_STAGE_SERVICE, ev->ts_ns,
				    ev->ts_ns - op->start_ns, op) < 0)
				return -ENOMEM;
		}
	}
	if (op->is_delivered) {
		forget(m, i);
		return 0;
	}
	if (op->done_ns != WG__NEVER) /* a second done: the first one counts */
		return 0;
	op->done_ns = ev->ts_ns;
	op->loop_idx = loop_idx;
	if (!op->is_ignored)
		push_ready(m, loop_idx, i, ev);
	return 0;
}

static int feed_deliver(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	size_t i = wg__flight_find(&m->ops, ev->pid, ev->op);
	const struct wg__op *op = i == WG__NONE ? NULL : &m->ops.op[i];
	int rc = 0;

	m->loops[loop_idx].stats.delivered += op ? !op->is_ignored : is_counted(m, WG_KIND_UNKNOWN);
	m->loops[loop_idx].may_be_empty = false;
	if (!op)
		return 0;
	if (!op->is_ignored && !op->is_delivered)
		rc = wg__stages_deliver(m, &m->loops[op->loop_idx], i, ev->ts_ns);
	if (op->done_ns == WG__NEVER)
		m->ops.op[i].is_delivered = true;
	else
		forget(m, i);
	return rc;
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
		wg__count_empty(m, loop_idx);
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
		loop->now.gap_kind = m->ops.op[loop->ready.head].kind;
	}
}

/* Close the open interval at a wake. */
static int close_interval(struct wg_measure *m, struct wg__loop *loop, const struct wg_event *ev)
{
	struct wg_interval *now = &loop->now;
	/* It may be delivered by now, and forgotten. */
	const struct wg__op first = { .id = now->gap_op, .kind = now->gap_kind };

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
		wg__sight_longest(&loop->stats.longest_gap, now->wake_ns,
			now->wake_ns - now->gap_begin_ns, &first);
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
	if (reason == WG_REASON_TIMEOUT && loop->ready.count) {
		const struct wg__op *first = &m->ops.op[loop->ready.head];

		loop->stats.late_wakes++;
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
	wg__stages_wake(m, loop, ev->ts_ns);
	return loop->is_waiting ? close_interval(m, loop, ev) : 0;
}

static void feed_poll(struct wg__loop *loop, const struct wg_event *ev)
{
	loop->stats.polls++;
	if (ev->poll.found) {
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
		if (m->keeps_no_samples)
			keep_none(&m->loops[i].stats);
		else if (m->is_endless && wg__measure_bound(&m->loops[i].stats) < 0)
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

void wg_measure_pass(struct wg_measure *m, int64_t ts_ns)
{
	if (!m->has_origin) {
		m->has_origin = true;
		m->origin_ns = m->begin_ns = m->end_ns = ts_ns;
	}
	if (ts_ns > m->end_ns) /* time may have been advanced past it */
		m->end_ns = ts_ns;
}

int wg_measure_feed(struct wg_measure *m, const struct wg_event *ev)
{
	size_t i;

	if (ev->type == WG_EV_LOST) {
		feed_lost(m, ev);
		return 0;
	}
	m->events++;
	wg_measure_pass(m, ev->ts_ns);
	if (ev->type == WG_EV_OTHER)
		return 0; /* what its fields mean is not known, so not which loop it is of either */
	i = loop_of(m, ev);
	if (i == WG__NONE)
		return -ENOMEM;
	switch (ev->type) {
	case WG_EV_LOOP: return feed_loop(m, i, ev);
	case WG_EV_SUBMIT: return feed_submit(m, i, ev);
	case WG_EV_START: return feed_start(m, i, ev);
	case WG_EV_DONE: return feed_done(m, i, ev);
	case WG_EV_NOTIFY:
		if (ev->notify.sent)
			m->loops[i].stats.notifies_sent++;
		else
			m->loops[i].stats.notifies_coalesced++;
		break;
	case WG_EV_WAIT:
		feed_cpu_time(&m->loops[i], ev);
		feed_wait(m, i, ev);
		break;
	case WG_EV_WAKE: feed_cpu_time(&m->loops[i], ev); return feed_wake(m, i, ev);
	case WG_EV_POLL: feed_poll(&m->loops[i], ev); break;
	case WG_EV_DELIVER: return feed_deliver(m, i, ev);
	default: break;
	}
	return 0;
}
