/*
 * thread_tracks.c: tracks of threads of a program that was seen from outside; see tracks.h.
 *
 * A wake names who woke the thread and when, but is read after the notify: so a flow begins at
 * every notify that may have woken somebody, and the wake that it caused ends it. Where the trace
 * has the waker but not its notify, a moment is made for it, if its track is not further yet.
 */
#include <errno.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/export/tracks_impl.h"
#include "traces/measure/threads_impl.h"

#define FLOWS_OF_THREADS (UINT64_C(1) << 40) /* above those of operations */

/* --- states --- */

static void rename_thread(
	struct wg__tracks *t, struct wg__thread_state *state, const struct wg_thread_stats *s)
{
	if (state->comm == s->name && t->strands[state->loop.strand].is.name[0])
		return;
	state->comm = s->name;
	if (s->tid)
		wg__tracks_rename(
			t, state->loop.strand, "%.60s %u", *s->name ? s->name : "thread", s->tid);
	else
		wg__tracks_rename(
			t, state->loop.strand, "%.60s", *s->name ? s->name : "main thread");
}

/* Threads are numbered as they appear, so a new one is the next. NULL without memory. */
static struct wg__thread_state *state_of(
	struct wg__tracks *t, const struct wg__thread *thread, const struct wg_event *ev)
{
	size_t i = thread->number, strand;
	uint32_t who;

	if (i >= t->seen_count) {
		who = wg__measure_process(t->measure, ev);
		strand = who == WG__NO_WHO ? SIZE_MAX : wg__tracks_seen(t, who, ev);
		if (strand == SIZE_MAX || wg__grow(&t->seen, &t->seen_cap, i, sizeof(*t->seen)) < 0)
			return NULL;
		t->seen[i] = (struct wg__thread_state){
			.loop = { .strand = strand,
				.tid = ev->tid,
				.awake_ns = ev->record == WG_RECORD_WAIT ? WG_NO_TIME : t->now_ns },
			.space = ev->space,
			.pid = ev->pid,
		};
		t->seen_count++;
	}
	t->seen[i].last_ns = t->now_ns;
	rename_thread(t, &t->seen[i], &thread->stats);
	return &t->seen[i];
}

/* The thread that woke this one, by its number in the system; NULL: it had no record yet. */
static struct wg__thread_state *waker_of(const struct wg__tracks *t, const struct wg_event *wake)
{
	uint32_t pid = wake->thread_wake.by_pid, tid = wake->thread_wake.by_tid;
	size_t i;

	for (i = 0; i < t->seen_count; i++) {
		if (t->seen[i].space == wake->space && t->seen[i].loop.tid == tid &&
			(!pid || t->seen[i].pid == pid))
			return &t->seen[i];
	}
	return NULL;
}

/* --- moments and flows --- */

static bool begin_moment(struct wg__tracks *t, struct wg__thread_state *state, int64_t at_ns,
	const struct wg__slice *slice)
{
	struct wg__strand *s = &t->strands[state->loop.strand];

	wg__tracks_end_moment(t, state->loop.strand, at_ns);
	if (at_ns < t->ex->from_ns || at_ns >= t->ex->to_ns)
		return false;
	wg__tracks_begin_awake(t, &state->loop);
	s->has_moment = true;
	s->moment = *slice;
	s->moment.begin_ns = at_ns;
	state->moment_ns = at_ns;
	return true;
}

static int add_flow(
	struct wg__tracks *t, struct wg__thread_state *state, uint64_t id, enum wg__flow_role role)
{
	struct wg__strand *s = &t->strands[state->loop.strand];

	if (!s->has_moment)
		return 0;
	if (wg__grow(&s->flows, &s->flow_cap, s->flow_count, sizeof(*s->flows)) < 0)
		return -ENOMEM;
	s->flows[s->flow_count++] = (struct wg__flow){ FLOWS_OF_THREADS + id, role };
	return 0;
}

static int begin_flow(struct wg__tracks *t, struct wg__thread_state *state, int64_t at_ns)
{
	state->notify[state->notify_count++ % WG__NOTIFIES] =
		(struct wg__notify){ at_ns, ++t->thread_flows };
	return add_flow(t, state, t->thread_flows, WG__FLOW_BEGIN);
}

/* The last notify of a thread up to then that woke nobody yet. */
static struct wg__notify *last_notify(struct wg__thread_state *state, int64_t at_ns)
{
	struct wg__notify *best = NULL;
	size_t i;

	for (i = 0; i < WG__NOTIFIES && i < state->notify_count; i++) {
		struct wg__notify *n = &state->notify[i];

		if (n->id && n->at_ns <= at_ns && (!best || n->at_ns >= best->at_ns))
			best = n;
	}
	return best;
}

static int on_notify(
	struct wg__tracks *t, struct wg__thread_state *state, const struct wg_event *ev)
{
	const struct wg__slice slice = {
		.kind = WG__SLICE_NOTIFY,
		.op_kind = WG_KIND_UNKNOWN,
		.reason = WG_REASON_UNKNOWN,
		.is_thread = true,
		.number = ev->thread_notify.woke,
	};

	if (!begin_moment(t, state, t->now_ns, &slice) || ev->thread_notify.woke == 0)
		return 0;
	return begin_flow(t, state, t->now_ns);
}

/* A notify that nobody recorded: it is known from the wake only. */
static int make_notify(struct wg__tracks *t, struct wg__thread_state *state, int64_t at_ns)
{
	const struct wg__slice slice = {
		.kind = WG__SLICE_NOTIFY,
		.op_kind = WG_KIND_UNKNOWN,
		.reason = WG_REASON_UNKNOWN,
		.is_thread = true,
		.number = WG_NOT_OBSERVABLE,
	};

	if (state->loop.is_asleep || state->loop.awake_ns == WG_NO_TIME ||
		state->loop.awake_ns > at_ns || state->moment_ns >= at_ns)
		return 0;
	return begin_moment(t, state, at_ns, &slice) ? begin_flow(t, state, at_ns) : 0;
}

/* The wake's moment is there: lead the flow of its notify to it. */
static int end_flow(struct wg__tracks *t, struct wg__thread_state *state, const struct wg_event *ev)
{
	int64_t at_ns = ev->thread_wake.waking_ns - t->pass->begin_ns;
	struct wg__thread_state *waker = waker_of(t, ev);
	struct wg__notify *notify;
	uint64_t id;

	if (ev->thread_wake.certainty == WG_CERTAINTY_NONE || ev->thread_wake.waking_ns < 0 ||
		!waker || waker == state)
		return 0;
	notify = last_notify(waker, at_ns);
	if (!notify && make_notify(t, waker, at_ns) < 0)
		return -ENOMEM;
	notify = notify ? notify : last_notify(waker, at_ns);
	if (!notify)
		return 0;
	/* In a file, a flow begins before it ends. */
	wg__tracks_end_moment(t, waker->loop.strand, t->now_ns);
	id = notify->id;
	notify->id = 0;
	return add_flow(t, state, id, WG__FLOW_END);
}

/* --- waits --- */

/* From the wait to end_ns; gap_ns: since when it was notified, or -1. */
static void write_sleep(
	struct wg__tracks *t, const struct wg__thread_state *state, int64_t gap_ns, bool open)
{
	struct wg__slice slice = {
		.kind = WG__SLICE_ASLEEP,
		.begin_ns = state->wait_ns,
		.end_ns = gap_ns >= 0 ? gap_ns : t->now_ns,
		.op_kind = WG_KIND_UNKNOWN,
		.reason = WG_REASON_UNKNOWN,
		.is_thread = true,
		.in = wg_wait_in_name(state->how),
		.open = open,
	};

	if (slice.end_ns > slice.begin_ns)
		wg__tracks_write(t, state->loop.strand, slice);
	if (gap_ns < 0 || gap_ns >= t->now_ns)
		return;
	slice.kind = WG__SLICE_WASTED;
	slice.begin_ns = gap_ns;
	slice.end_ns = t->now_ns;
	wg__tracks_write(t, state->loop.strand, slice);
}

static void on_wait(struct wg__tracks *t, struct wg__thread_state *state,
	const struct wg__thread_step *step, const struct wg_event *ev)
{
	struct wg__strand *s = &t->strands[state->loop.strand];

	/* Now it is known what the wake was for, unless it notified somebody since. */
	if (step->has_settled && s->has_moment && s->moment.kind == WG__SLICE_WAKE)
		s->moment.class =
			wg_wake_class_name(step->spins ? WG_CLASS_SPIN : step->thread->class);
	wg__tracks_end_awake(t, &state->loop, t->now_ns);
	state->loop.is_asleep = true;
	state->wait_ns = t->now_ns;
	state->how = ev->thread_wait.how;
}

static int on_wake(struct wg__tracks *t, struct wg__thread_state *state,
	const struct wg__thread_step *step, const struct wg_event *ev)
{
	struct wg__slice slice = {
		.kind = WG__SLICE_WAKE,
		.op_kind = WG_KIND_UNKNOWN,
		.reason = (enum wg_reason)ev->thread_wake.reason,
		.is_thread = true,
	};

	if (state->loop.is_asleep && step->has_woken)
		write_sleep(t, state,
			step->gap_begin_ns < 0 ? -1 : step->gap_begin_ns - t->pass->begin_ns,
			false);
	state->loop.is_asleep = false;
	if (state->loop.awake_ns == WG_NO_TIME)
		state->loop.awake_ns = t->now_ns;
	/* Not empty, and not acted: T1 waits for what follows. */
	if (step->has_woken && step->thread->class != WG_CLASS_TIMER)
		slice.class = wg_wake_class_name(step->thread->class);
	if (ev->thread_wake.certainty != WG_CERTAINTY_NONE) {
		slice.by_tid = ev->thread_wake.by_tid;
		slice.certainty = wg_certainty_name((enum wg_certainty)ev->thread_wake.certainty);
	}
	return begin_moment(t, state, t->now_ns, &slice) ? end_flow(t, state, ev) : 0;
}

int wg__tracks_record(struct wg__tracks *t, const struct wg_event *ev)
{
	const struct wg__thread_step *step;
	struct wg__thread_state *state;

	if ((!t->threads && wg_threads_create(&t->threads) < 0) ||
		wg_threads_feed(t->threads, ev) < 0)
		return -ENOMEM;
	step = &t->threads->step;
	if (!step->thread)
		return 0;
	state = state_of(t, step->thread, ev);
	if (!state)
		return -ENOMEM;
	switch (ev->record) {
	case WG_RECORD_WAIT: on_wait(t, state, step, ev); return 0;
	case WG_RECORD_WAKE: return on_wake(t, state, step, ev);
	case WG_RECORD_NOTIFY: return on_notify(t, state, ev);
	default: return 0;
	}
}

void wg__tracks_end_threads(struct wg__tracks *t)
{
	size_t i;

	for (i = 0; i < t->seen_count; i++) {
		struct wg__thread_state *state = &t->seen[i];
		struct wg__strand *s = &t->strands[state->loop.strand];

		if (state->loop.is_asleep)
			write_sleep(t, state, -1, true);
		/* Awake at the end: up to its last record, whose moment lies inside. */
		if (state->loop.awake_ns != WG_NO_TIME)
			wg__tracks_end_awake(t, &state->loop,
				state->last_ns + (s->has_moment ? WG__MOMENT_NS : 0));
	}
}
