/*
 * build.c: see build.h.
 *
 * The measure decides what a wait interval and a gap are and tells us through its hooks; so a
 * viewer can never draw other gaps than stats counts. Operations are tracked by it, too (flight.h);
 * here each gets a record that stays. Added are when a loop is awake and what a worker works on.
 *
 * A wait whose wake is missing leaves a blank in the lane: its end is unknown.
 */
#include "traces/model/build.h"

#include <errno.h>

#include "traces/base/names.h"
#include "traces/measure/flight.h"
#include "traces/model/model_impl.h"

int wg__build_push_span(struct wg__lane *lane, const struct wg_span *span)
{
	if (span->end_ns <= span->begin_ns)
		return 0;
	if (wg__spans_add(&lane->spans, span) < 0)
		return -ENOMEM;
	lane->lane.span_count = lane->spans.count;
	return 0;
}

/* --- loops --- */

/* The lane of the loop that the measure was fed last. */
static struct wg__lane *loop_of(struct wg__build *b, const struct wg_event *ev)
{
	size_t i = wg__measure_step(b->trace->measure)->loop_idx;

	if (i < b->loop_count)
		return &b->loops[i];
	if (wg__grow(&b->loops, &b->loop_cap, i, sizeof(*b->loops)) < 0)
		return NULL;
	b->loops[i] = (struct wg__lane){
		.lane = {
			.kind = WG_LANE_LOOP,
			.pid = ev->pid,
			.who = wg__measure_who(b->trace->measure, i),
			.loop = ev->loop,
			.tid = ev->tid,
			.loop_idx = i,
		},
		.since_ns = ev->ts_ns,
		.wait = SIZE_MAX,
		.closed_wait = SIZE_MAX,
	};
	wg__spans_init(&b->loops[i].spans, b->stays_open);
	b->loops[i].spans.packer = b->packer;
	b->loop_count++;
	return &b->loops[i];
}

static int end_awake(struct wg__lane *loop, int64_t now_ns, bool open)
{
	const struct wg_span span = {
		.begin_ns = loop->since_ns,
		.end_ns = now_ns,
		.state = WG_SPAN_AWAKE,
		.open = open,
	};

	if (loop->since_ns == WG_NO_TIME)
		return 0;
	loop->since_ns = WG_NO_TIME;
	return wg__build_push_span(loop, &span);
}

int wg__build_begin_wait(struct wg__build *b, struct wg__lane *lane, const struct wg_wait_rec *rec)
{
	/* Room is taken now, so that waits stand in the order of their beginning. */
	if (wg__columns_add_wait(b->columns, rec) < 0 ||
		wg__build_chain_wait(b, lane, b->trace->wait_count) < 0)
		return -ENOMEM;
	lane->wait = b->trace->wait_count++;
	return end_awake(lane, rec->interval.wait_ns, false);
}

static int on_wait(struct wg__build *b, struct wg__lane *loop, const struct wg_event *ev)
{
	const struct wg_wait_rec rec = {
		.interval = {
			.loop_idx = loop->lane.loop_idx,
			.wait_ns = ev->ts_ns,
			.wake_ns = WG_NO_TIME,
			.gap_begin_ns = -1,
		},
	};

	loop->lane.tid = ev->tid; /* the lane shows the thread that sleeps */
	return wg__build_begin_wait(b, loop, &rec);
}

/* In what a thread sleeps, in few words. */
static enum wg_span_state asleep_in(const struct wg_wait_rec *rec)
{
	if (!rec->is_thread)
		return WG_SPAN_ASLEEP;
	switch ((enum wg_wait_in)rec->how) {
	case WG_IN_EPOLL:
	case WG_IN_POLL:
	case WG_IN_SELECT:
	case WG_IN_READ:
	case WG_IN_URING: return WG_SPAN_IN_FDS;
	case WG_IN_COND:
	case WG_IN_SEM:
	case WG_IN_FUTEX: return WG_SPAN_IN_COND;
	case WG_IN_LOCK: return WG_SPAN_IN_LOCK;
	case WG_IN_SLEEP: return WG_SPAN_IN_SLEEP;
	default: return WG_SPAN_IN_OTHER;
	}
}

int wg__build_push_wait(struct wg__build *b, struct wg__lane *lane, size_t wait)
{
	struct wg_wait_rec rec;
	const struct wg_interval *now = &rec.interval;
	struct wg_span span;
	bool has_gap;
	int rc;

	wg__columns_wait(b->columns, wait, &rec);
	has_gap = now->gap_begin_ns >= 0;
	span = (struct wg_span){
		.begin_ns = now->wait_ns,
		.end_ns = has_gap ? now->gap_begin_ns : now->wake_ns,
		.state = asleep_in(&rec),
		.open = now->open && !has_gap,
		.wait = (uint32_t)(wait + 1),
	};
	rc = wg__build_push_span(lane, &span);
	if (rc < 0 || !has_gap)
		return rc;
	span.begin_ns = now->gap_begin_ns;
	span.end_ns = now->wake_ns;
	span.state = WG_SPAN_WASTED;
	span.open = now->open;
	span.op = now->gap_op;
	return wg__build_push_span(lane, &span);
}

static int close_wait(struct wg__build *b, struct wg__lane *loop, const struct wg_interval *now)
{
	struct wg_wait_rec rec;

	wg__columns_wait(b->columns, loop->wait, &rec);
	rec.interval = *now;
	if (wg__columns_set_wait(b->columns, loop->wait, &rec) < 0)
		return -ENOMEM;
	loop->closed_wait = loop->wait;
	loop->wait = SIZE_MAX;
	return wg__build_push_wait(b, loop, loop->closed_wait);
}

static void hook_interval(void *user, const struct wg_interval *interval)
{
	struct wg__build *b = user;
	int rc = close_wait(b, &b->loops[interval->loop_idx], interval);

	if (rc < 0)
		b->rc = rc;
}

static void hook_empty_wake(void *user, size_t loop_idx, int64_t wake_ns)
{
	struct wg__build *b = user;
	size_t i = b->loops[loop_idx].closed_wait;
	struct wg_wait_rec rec;

	if (i == SIZE_MAX ||
		!wg_stats_sees(wg_measure_loop(b->trace->measure, loop_idx), WG_SEES_EMPTY_WAKES))
		return;
	wg__columns_wait(b->columns, i, &rec);
	if (rec.interval.wake_ns != wake_ns)
		return;
	rec.empty = true;
	if (wg__columns_set_wait(b->columns, i, &rec) < 0)
		b->rc = -ENOMEM;
}

static void hook_woken(void *user, const struct wg_op_life *op, uint32_t number)
{
	struct wg__build *b = user;
	size_t loop = wg__measure_step(b->trace->measure)->loop_idx; /* it woke */
	int rc = wg__build_op_woken(b, op, number);

	if (rc == 0 && loop < b->loop_count && b->loops[loop].wait != SIZE_MAX)
		rc = wg__columns_wait_result(
			b->columns, b->loops[loop].wait, op->wake_ns - op->done_ns);
	if (rc < 0)
		b->rc = rc;
}

struct wg_measure_hooks wg__build_init(
	struct wg__build *build, struct wg__loaded *loaded, bool stays_open)
{
	*build = (struct wg__build){
		.trace = &loaded->trace, .columns = &loaded->columns, .stays_open = stays_open
	};
	/* Without memory for it we pack ourselves. */
	build->packer = stays_open ? NULL : wg__packer_create();
	wg__columns_init(&loaded->columns, stays_open);
	loaded->columns.events.packer = build->packer;
	loaded->columns.ops.packer = build->packer;
	loaded->columns.waits.packer = build->packer;
	wg__finder_init(&build->op_map, wg__build_op_key, &loaded->columns);
	return (struct wg_measure_hooks){ .interval = hook_interval,
		.empty_wake = hook_empty_wake,
		.user = build,
		.woken = hook_woken };
}

/* --- the pass --- */

static int feed_hole(struct wg__build *b, const struct wg_event *ev)
{
	struct wg_trace *t = b->trace;

	if (wg__grow(&t->holes, &b->hole_cap, t->hole_count, sizeof(*t->holes)) < 0)
		return -ENOMEM;
	t->holes[t->hole_count++] =
		(struct wg_hole){ ev->lost.begin_ns, ev->ts_ns, ev->lost.count };
	return 0;
}

static int feed_lanes(struct wg__build *b, const struct wg_event *ev)
{
	struct wg__lane *loop;

	if (ev->type == WG_EV_LOST)
		return feed_hole(b, ev);
	if (ev->type == WG_EV_OTHER)
		return 0;
	loop = loop_of(b, ev);
	if (!loop)
		return -ENOMEM;
	switch (ev->type) {
	case WG_EV_WAIT: return on_wait(b, loop, ev);
	case WG_EV_WAKE:
		if (loop->since_ns == WG_NO_TIME)
			loop->since_ns = ev->ts_ns;
		return 0;
	case WG_EV_LOOP:
	case WG_EV_POLL: return 0;
	default: return wg__build_op(b, ev);
	}
}

/* The number of the process, for those who look at the event later; -ENOMEM without memory. */
static int note_process(struct wg__build *b, struct wg_event *kept, const struct wg_event *ev)
{
	size_t loop = wg__measure_step(b->trace->measure)->loop_idx;

	if (loop != WG__NONE)
		kept->who = wg__measure_who(b->trace->measure, loop);
	else if (ev->record != WG_RECORD_NONE)
		kept->who = wg__measure_process(b->trace->measure, ev);
	return kept->who == WG__NO_WHO ? -ENOMEM : 0;
}

int wg__build_feed(struct wg__build *b, const struct wg_event *ev)
{
	struct wg_trace *t = b->trace;
	struct wg_event kept = *ev;
	int rc;

	/* It says of which loop the event is, and a wake closes a wait before the lane goes on. */
	rc = wg_measure_feed(t->measure, ev);
	if (rc < 0 || b->rc < 0)
		return -ENOMEM;
	if (note_process(b, &kept, ev) < 0 || wg__columns_add_event(b->columns, &kept) < 0)
		return -ENOMEM;
	t->event_count++;
	return ev->record == WG_RECORD_NONE ? feed_lanes(b, ev) : wg__build_thread(b, ev, kept.who);
}
