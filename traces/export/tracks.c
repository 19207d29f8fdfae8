/*
 * tracks.c: see tracks.h.
 *
 * Slices of a track are handed out in the order of their beginning, outer ones before inner ones:
 * so readers with a stable sort by time see every slice inside its outer one. Hence an awake slice
 * has a begin and an end, and a moment is written when the thread's next event says how long it may
 * last. A working slice is written when it ends, after the moments inside it: those are rare, and
 * readers that sort get them right.
 */
#include "traces/export/tracks.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"
#include "traces/export/tracks_impl.h"

#define FIRST_FREE_ID (UINT32_C(1) << 22) /* PID_MAX_LIMIT of Linux */

/* --- writing --- */

static bool is_in_range(const struct wg__tracks *t, int64_t t_ns)
{
	return t_ns >= t->ex->from_ns && t_ns < t->ex->to_ns;
}

/* Hand out what of the slice is in the range. */
void wg__tracks_write(struct wg__tracks *t, size_t strand, struct wg__slice slice)
{
	if (slice.begin_ns >= t->ex->to_ns ||
		(slice.begin_ns < t->ex->from_ns && slice.end_ns <= t->ex->from_ns))
		return;
	if (slice.begin_ns < t->ex->from_ns)
		slice.begin_ns = t->ex->from_ns;
	if (slice.end_ns > t->ex->to_ns)
		slice.end_ns = t->ex->to_ns;
	t->ops->slice(t->user, &t->strands[strand].is, &slice);
}

/* The moment of a track ends now, if it has not before. */
void wg__tracks_end_moment(struct wg__tracks *t, size_t strand, int64_t now_ns)
{
	struct wg__strand *s = &t->strands[strand];

	if (!s->has_moment)
		return;
	s->has_moment = false;
	s->moment.end_ns = s->moment.begin_ns + WG__MOMENT_NS;
	if (s->moment.end_ns > now_ns)
		s->moment.end_ns = now_ns;
	s->moment.flows = s->flows;
	s->moment.flow_count = s->flow_count;
	s->flow_count = 0;
	wg__tracks_write(t, strand, s->moment);
}

void wg__tracks_begin_awake(struct wg__tracks *t, struct wg__loop_state *loop)
{
	int64_t at = loop->awake_ns > t->ex->from_ns ? loop->awake_ns : t->ex->from_ns;

	if (loop->is_open || loop->awake_ns == WG_NO_TIME || at >= t->ex->to_ns)
		return;
	loop->is_open = true;
	t->ops->begin(t->user, &t->strands[loop->strand].is, at);
}

void wg__tracks_end_awake(struct wg__tracks *t, struct wg__loop_state *loop, int64_t now_ns)
{
	wg__tracks_end_moment(t, loop->strand, now_ns);
	if (now_ns > t->ex->from_ns)
		wg__tracks_begin_awake(t, loop);
	if (loop->is_open)
		t->ops->end(t->user, &t->strands[loop->strand].is,
			now_ns < t->ex->to_ns ? now_ns : t->ex->to_ns);
	loop->is_open = false;
	loop->awake_ns = WG_NO_TIME;
}

/* A moment of the event's thread begins; its track, or SIZE_MAX without memory. */
static size_t begin_moment(struct wg__tracks *t, size_t loop_idx, const struct wg_event *ev,
	const struct wg__slice *slice)
{
	struct wg__loop_state *loop = &t->loops[loop_idx];
	bool is_loops = ev->tid == loop->tid && !loop->is_asleep;
	size_t strand = is_loops ? loop->strand
				 : wg__tracks_thread(
					   t, wg__measure_who(t->measure, loop_idx), ev->tid, NULL);

	if (strand == SIZE_MAX)
		return SIZE_MAX;
	wg__tracks_end_moment(t, strand, t->now_ns);
	if (!is_in_range(t, t->now_ns))
		return strand;
	if (is_loops)
		wg__tracks_begin_awake(t, loop);
	t->strands[strand].has_moment = true;
	t->strands[strand].moment = *slice;
	t->strands[strand].moment.begin_ns = t->now_ns;
	return strand;
}

/* Let the flow of an operation pass through the moment of a track. */
static int add_flow(
	struct wg__tracks *t, size_t strand, struct wg__op *life, enum wg__flow_role role)
{
	struct wg__strand *s = &t->strands[strand];

	if (!s->has_moment || life->is_flowing != (role != WG__FLOW_BEGIN))
		return 0;
	if (wg__grow(&s->flows, &s->flow_cap, s->flow_count, sizeof(*s->flows)) < 0)
		return -ENOMEM;
	s->flows[s->flow_count++] = (struct wg__flow){ t->flow_base + life->seq, role };
	life->is_flowing = role != WG__FLOW_END;
	return 0;
}

/* --- workers --- */

static void end_work(struct wg__tracks *t, size_t strand, int64_t end_ns, bool open)
{
	struct wg__strand *s = &t->strands[strand];
	const struct wg__slice slice = {
		.kind = WG__SLICE_WORKING,
		.begin_ns = s->working_ns,
		.end_ns = end_ns,
		.op = s->working_op,
		.op_kind = s->working_kind,
		.reason = WG_REASON_UNKNOWN,
		.open = open,
	};

	if (s->working_ns == WG_NO_TIME)
		return;
	wg__tracks_end_moment(t, strand, end_ns);
	s->working_ns = WG_NO_TIME;
	wg__tracks_write(t, strand, slice);
}

static uint32_t who_of(const struct wg__tracks *t, const struct wg__op *op)
{
	return wg__measure_who(t->measure, op->loop_idx);
}

static int on_start(struct wg__tracks *t, const struct wg_event *ev, const struct wg__op *op)
{
	size_t i = wg__tracks_thread(t, who_of(t, op), ev->tid, ev);

	if (i == SIZE_MAX)
		return -ENOMEM;
	/* If the done of the last one was lost, it must have been before this. */
	end_work(t, i, t->now_ns, false);
	wg__tracks_end_moment(t, i, t->now_ns);
	if (t->strands[i].is.name[0] != 'w')
		wg__tracks_rename(t, i, "worker %u", ev->start.worker);
	t->strands[i].working_ns = t->now_ns;
	t->strands[i].working_op = ev->op;
	t->strands[i].working_kind = op->kind;
	return 0;
}

static int on_done(struct wg__tracks *t, const struct wg_event *ev, const struct wg__op *op)
{
	size_t i;

	if (op->start_ns == WG_NO_TIME)
		return 0;
	i = wg__tracks_thread(t, who_of(t, op), op->worker_tid, NULL);
	if (i == SIZE_MAX)
		return -ENOMEM;
	if (t->strands[i].working_op == ev->op)
		end_work(t, i, t->now_ns, false);
	return 0;
}

/* --- loops --- */

static void hook_interval(void *user, const struct wg_interval *now)
{
	struct wg__tracks *t = user;
	size_t strand = t->loops[now->loop_idx].strand;
	bool has_gap = now->gap_begin_ns >= 0;
	struct wg__slice slice = {
		.kind = WG__SLICE_ASLEEP,
		.begin_ns = now->wait_ns - t->pass->begin_ns,
		.end_ns = (has_gap ? now->gap_begin_ns : now->wake_ns) - t->pass->begin_ns,
		.op_kind = WG_KIND_UNKNOWN,
		.reason = has_gap || now->open ? WG_REASON_UNKNOWN : now->reason,
		.open = now->open && !has_gap,
	};

	wg__tracks_end_moment(t, strand, slice.begin_ns);
	if (slice.end_ns > slice.begin_ns)
		wg__tracks_write(t, strand, slice);
	if (!has_gap)
		return;
	slice.kind = WG__SLICE_WASTED;
	slice.begin_ns = slice.end_ns;
	slice.end_ns = now->wake_ns - t->pass->begin_ns;
	slice.op = now->gap_op;
	slice.reason = now->open ? WG_REASON_UNKNOWN : now->reason;
	slice.open = now->open;
	wg__tracks_write(t, strand, slice);
}

/* The loop woke: the flow of each result that this wake is the first for ends here, if there was a
 * notify for it. They are the last of those that are ready. */
static int end_flows(struct wg__tracks *t, size_t loop_idx, int64_t wake_ns)
{
	const struct wg__flight *flight = wg__measure_flight(t->measure);
	uint32_t first = WG__NO_OP, i = flight->loop[loop_idx].ready.tail;
	int rc = 0;

	for (; i != WG__NO_OP && wg__flight_op(flight, i)->wake_ns == wake_ns;
		i = wg__flight_op(flight, i)->prev)
		first = i;
	for (i = first; i != WG__NO_OP && rc == 0; i = wg__flight_op(flight, i)->next) {
		struct wg__op *op = wg__flight_op(flight, i);

		if (op->is_notified)
			rc = add_flow(t, t->loops[loop_idx].strand, op, WG__FLOW_END);
	}
	return rc;
}

static void show_ready(struct wg__tracks *t, size_t loop_idx)
{
	struct wg__loop_state *loop = &t->loops[loop_idx];
	uint64_t count = wg__measure_flight(t->measure)->loop[loop_idx].ready.count;

	if (count == loop->ready)
		return;
	loop->ready = count;
	if (is_in_range(t, t->now_ns))
		t->ops->ready(t->user, &t->strands[loop->strand].is, t->now_ns, count);
}

/* What the event changes before its operation does; the moment's track in *ret_strand. */
static int before_life(
	struct wg__tracks *t, size_t i, const struct wg_event *ev, size_t *ret_strand)
{
	struct wg__slice slice = {
		.op = ev->op, .op_kind = WG_KIND_UNKNOWN, .reason = WG_REASON_UNKNOWN
	};
	struct wg__loop_state *loop = &t->loops[i];

	switch (ev->type) {
	case WG_EV_WAIT:
		wg__tracks_end_awake(t, loop, t->now_ns);
		loop->is_asleep = true;
		loop->tid = ev->tid;
		return 0;
	case WG_EV_WAKE:
		loop->is_asleep = false;
		loop->tid = ev->tid;
		if (loop->awake_ns == WG_NO_TIME)
			loop->awake_ns = t->now_ns;
		slice.kind = WG__SLICE_WAKE;
		slice.reason = ev->wake.reason;
		break;
	case WG_EV_SUBMIT:
		slice.kind = WG__SLICE_SUBMIT;
		slice.op_kind = ev->submit.kind;
		break;
	case WG_EV_NOTIFY:
		slice.kind = WG__SLICE_NOTIFY;
		slice.number = ev->notify.sent;
		break;
	case WG_EV_POLL:
		slice.kind = WG__SLICE_POLL;
		slice.number = ev->poll.found;
		break;
	case WG_EV_DELIVER:
		slice.kind = WG__SLICE_DELIVER;
		slice.number = ev->deliver.result;
		break;
	default: return 0;
	}
	*ret_strand = begin_moment(t, i, ev, &slice);
	return *ret_strand == SIZE_MAX ? -ENOMEM : 0;
}

/* What it changes once its operation has. */
static int after_life(
	struct wg__tracks *t, const struct wg_event *ev, struct wg__op *life, size_t strand)
{
	switch (ev->type) {
	case WG_EV_SUBMIT: return add_flow(t, strand, life, WG__FLOW_BEGIN);
	case WG_EV_NOTIFY: return add_flow(t, strand, life, WG__FLOW_STEP);
	case WG_EV_DELIVER: return add_flow(t, strand, life, WG__FLOW_END);
	case WG_EV_START: return on_start(t, ev, life);
	case WG_EV_DONE: return on_done(t, ev, life);
	default: return 0;
	}
}

static int feed(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct wg__tracks *t = user;
	size_t loop_idx, strand = SIZE_MAX;
	uint32_t op;

	t->pass = pass;
	t->now_ns = ev->ts_ns - pass->begin_ns;
	if (ev->type == WG_EV_OTHER) {
		if (wg_measure_feed(t->measure, ev) < 0)
			return -ENOMEM;
		return ev->record == WG_RECORD_NONE ? 0 : wg__tracks_record(t, ev);
	}
	if (ev->type == WG_EV_LOST) {
		if (wg__pass_wants(pass, ev->lost.begin_ns, ev->ts_ns))
			t->ops->lost(t->user, pass->label, ev->lost.begin_ns - pass->begin_ns,
				t->now_ns, ev->lost.count);
		return wg_measure_feed(t->measure, ev);
	}
	/* The measure says which loop it is, and closes an interval before the loop goes on. */
	if (wg_measure_feed(t->measure, ev) < 0)
		return -ENOMEM;
	loop_idx = wg__tracks_loop(t, ev);
	if (loop_idx == SIZE_MAX || before_life(t, loop_idx, ev, &strand) < 0 ||
		(ev->type == WG_EV_WAKE && end_flows(t, loop_idx, ev->ts_ns) < 0))
		return -ENOMEM;
	show_ready(t, loop_idx);
	op = wg__measure_step(t->measure)->op;
	if (op == WG__NO_OP)
		return 0;
	return after_life(t, ev, wg__flight_op(wg__measure_flight(t->measure), op), strand);
}

/* Later than the last event if a loop hangs. */
static int64_t end_ns(const struct wg__tracks *t, const struct wg__pass *pass)
{
	int64_t ns = wg_measure_end_ns(t->measure);

	return ns > pass->end_ns ? ns : pass->end_ns;
}

static int end(void *user, const struct wg__pass *pass)
{
	struct wg__tracks *t = user;
	char line[320];
	size_t i;

	t->pass = pass;
	wg_measure_recorded(t->measure, pass->recorded_ns);
	wg_measure_finish(t->measure);
	t->now_ns = end_ns(t, pass) - pass->begin_ns;
	for (i = 0; wg_measure_mixed(t->measure, i, line, sizeof(line)); i++)
		t->ops->note(t->user, pass->label, line);
	for (i = 0; i < t->loop_count; i++) {
		struct wg__loop_state *loop = &t->loops[i];

		int64_t last_ns = t->processes[loop->process].last_ns;

		/* Its last moment lies within the slice of which it is a part. */
		if (t->strands[loop->strand].has_moment)
			last_ns += WG__MOMENT_NS;
		if (loop->awake_ns != WG_NO_TIME)
			wg__tracks_end_awake(t, loop, last_ns);
	}
	wg__tracks_end_threads(t);
	for (i = 0; i < t->strand_count; i++) {
		const struct wg__strand *s = &t->strands[i];
		int64_t end_ns =
			wg__measure_who_end(t->measure, s->who, s->working_ns + pass->begin_ns);

		if (s->working_ns != WG_NO_TIME)
			end_work(t, i, end_ns - pass->begin_ns, true);
		wg__tracks_end_moment(t, i, INT64_MAX);
	}
	return 0;
}

static void note(void *user, const struct wg__pass *pass, const char *line)
{
	struct wg__tracks *t = user;

	t->ops->note(t->user, pass->label, line);
}

/* --- the file --- */

static void forget_trace(struct wg__tracks *t)
{
	size_t i;

	t->flow_base += wg__measure_flight(t->measure)->seq;
	wg_measure_destroy(t->measure);
	for (i = 0; i < t->strand_count; i++)
		free(t->strands[i].flows);
	free(t->strands);
	free(t->loops);
	free(t->processes);
	free(t->seen);
	wg_threads_destroy(t->threads);
	wg__map_fini(&t->thread_map);
	wg__map_fini(&t->process_map);
}

int wg__export_tracks(const struct wg_export *ex, const struct wg__track_ops *ops, void *user,
	struct wg_error *err)
{
	static const struct wg__pass_ops pass_ops = { feed, end, note, false };
	struct wg__tracks file = { .ex = ex, .ops = ops, .user = user, .next_id = FIRST_FREE_ID };
	size_t i;
	int rc = 0;

	for (i = 0; i < ex->path_count && rc == 0; i++) {
		struct wg__tracks t = file;
		struct wg_measure_hooks hooks = { .interval = hook_interval, .user = &t };

		if (wg_measure_create(&hooks, &t.measure) < 0) {
			rc = wg_error_set(err, -ENOMEM, "out of memory");
			break;
		}
		wg_measure_keep_no_samples(t.measure);
		if (ops->trace)
			ops->trace(user, i);
		rc = wg__export_pass(ex, i, &pass_ops, &t, err);
		forget_trace(&t);
		file.pids = t.pids;
		file.tids = t.tids;
		file.next_id = t.next_id;
		file.track_count = t.track_count;
		file.flow_base = t.flow_base;
		file.thread_flows = t.thread_flows;
	}
	wg__map_fini(&file.pids);
	wg__map_fini(&file.tids);
	return rc;
}
