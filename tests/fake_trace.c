/*
 * fake_trace.c: see fake_trace.h. Memory failures abort: this is test code with kilobytes to ask
 * for.
 */
#include "tests/fake_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PID	    4242
#define WORKER_BASE 100 /* tid of worker 0 */

struct fake {
	struct wg_event *events;
	size_t event_count;
	char *notes[8];
	size_t note_count;
};

/* What grows while the trace is built. */
struct builder {
	struct wg_trace *trace;
	struct wg_wait_rec *waits;
	size_t wait_count;
};

static void *grown(void *list, size_t count, size_t size)
{
	/* Doubled at powers of two, so that no capacity needs to be kept. */
	if (count & (count - 1))
		return list;
	list = realloc(list, (count ? count * 2 : 1) * size);
	if (!list)
		abort();
	return list;
}

/* ---- events ---- */

struct fake *fake_create(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	if (!fake)
		abort();
	return fake;
}

static struct wg_event *add(
	struct fake *fake, int64_t t, enum wg_event_type type, uint32_t loop, uint64_t op)
{
	struct wg_event *event;

	fake->events = grown(fake->events, fake->event_count, sizeof(*fake->events));
	event = &fake->events[fake->event_count++];
	*event = (struct wg_event){ .ts_ns = t,
		.type = type,
		.pid = PID,
		.tid = PID,
		.procname = "fake",
		.loop = loop,
		.op = op };
	return event;
}

void fake_loop(struct fake *fake, int64_t t, uint32_t loop, const char *wait, int64_t tick_ns)
{
	struct wg_event *event = add(fake, t, WG_EV_LOOP, loop, 0);

	event->loop_.wait = wait;
	event->loop_.tick_ns = tick_ns;
}

void fake_submit(struct fake *fake, int64_t t, uint32_t loop, uint64_t op)
{
	struct wg_event *event = add(fake, t, WG_EV_SUBMIT, loop, op);

	event->submit.kind = WG_KIND_READ;
	event->submit.arg = 65536;
}

void fake_start(struct fake *fake, int64_t t, uint32_t loop, uint64_t op, uint32_t worker)
{
	struct wg_event *event = add(fake, t, WG_EV_START, loop, op);

	event->tid = WORKER_BASE + worker;
	event->start.worker = worker;
}

void fake_done(struct fake *fake, int64_t t, uint32_t loop, uint64_t op)
{
	add(fake, t, WG_EV_DONE, loop, op)->done.result = 65536;
}

void fake_notify(struct fake *fake, int64_t t, uint32_t loop, uint64_t op)
{
	add(fake, t, WG_EV_NOTIFY, loop, op)->notify.sent = 1;
}

void fake_wait(struct fake *fake, int64_t t, uint32_t loop, int64_t timeout_ns, uint32_t ready)
{
	struct wg_event *event = add(fake, t, WG_EV_WAIT, loop, 0);

	event->wait.timeout_ns = timeout_ns;
	event->wait.ready = ready;
}

void fake_wake(struct fake *fake, int64_t t, uint32_t loop, enum wg_reason reason, uint32_t ready)
{
	struct wg_event *event = add(fake, t, WG_EV_WAKE, loop, 0);

	event->wake.reason = reason;
	event->wake.ready = ready;
}

void fake_poll(struct fake *fake, int64_t t, uint32_t loop, uint32_t found)
{
	add(fake, t, WG_EV_POLL, loop, 0)->poll.found = found;
}

void fake_deliver(struct fake *fake, int64_t t, uint32_t loop, uint64_t op)
{
	add(fake, t, WG_EV_DELIVER, loop, op)->deliver.result = 65536;
}

void fake_lost(struct fake *fake, int64_t begin, int64_t t, uint64_t count)
{
	struct wg_event *event = add(fake, t, WG_EV_LOST, 0, 0);

	event->lost.begin_ns = begin;
	event->lost.count = count;
}

void fake_note(struct fake *fake, const char *note)
{
	if (fake->note_count < sizeof(fake->notes) / sizeof(fake->notes[0]))
		fake->notes[fake->note_count++] = strdup(note);
}

/* ---- lanes ---- */

static struct wg_lane *lane_of(
	struct wg_trace *trace, enum wg_lane_kind kind, uint32_t loop, uint32_t worker)
{
	struct wg_lane *lane;
	char name[32];
	size_t i;

	for (i = 0; i < trace->lane_count; i++) {
		lane = &trace->lanes[i];
		if (lane->kind == kind &&
			(kind == WG_LANE_LOOP ? lane->loop == loop : lane->worker == worker))
			return lane;
	}
	trace->lanes = grown(trace->lanes, trace->lane_count, sizeof(*trace->lanes));
	lane = &trace->lanes[trace->lane_count++];
	*lane = (struct wg_lane){ .kind = kind,
		.pid = PID,
		.loop = loop,
		.worker = worker,
		.tid = kind == WG_LANE_LOOP ? PID : WORKER_BASE + worker,
		.loop_idx = kind == WG_LANE_LOOP ? i : 0 };
	(void)snprintf(name, sizeof(name), "worker %u", worker);
	lane->name = strdup(name);
	return lane;
}

static void add_span(struct wg_lane *lane, struct wg_span span)
{
	struct wg_span *spans = (struct wg_span *)lane->spans;

	if (span.end_ns <= span.begin_ns)
		return;
	spans = grown(spans, lane->span_count, sizeof(*spans));
	spans[lane->span_count++] = span;
	lane->spans = spans;
}

/* Lanes first, loops before workers, as in a loaded trace. */
static void add_lanes(struct wg_trace *trace)
{
	char name[64];
	size_t i;

	for (i = 0; i < trace->event_count; i++) {
		const struct wg_event *event = &trace->events[i];
		struct wg_lane *lane;

		if (event->type != WG_EV_LOOP)
			continue;
		lane = lane_of(trace, WG_LANE_LOOP, event->loop, 0);
		free((char *)lane->name);
		(void)snprintf(name, sizeof(name), "loop %u %s", event->loop, event->loop_.wait);
		lane->name = strdup(name);
	}
	for (i = 0; i < trace->event_count; i++) {
		if (trace->events[i].type == WG_EV_START)
			(void)lane_of(trace, WG_LANE_WORKER, trace->events[i].loop,
				trace->events[i].start.worker);
	}
}

static void add_wait(void *user, const struct wg_interval *interval)
{
	struct builder *builder = user;

	builder->waits = grown(builder->waits, builder->wait_count, sizeof(*builder->waits));
	builder->waits[builder->wait_count++] = (struct wg_wait_rec){ .interval = *interval };
}

static void mark_empty(void *user, size_t loop_idx, int64_t wake_ns)
{
	struct builder *builder = user;
	size_t i;

	for (i = 0; i < builder->wait_count; i++) {
		struct wg_wait_rec *rec = &builder->waits[i];

		if (rec->interval.loop_idx == loop_idx && rec->interval.wake_ns == wake_ns)
			rec->empty = true;
	}
}

static int by_wait(const void *a, const void *b)
{
	int64_t x = ((const struct wg_wait_rec *)a)->interval.wait_ns;
	int64_t y = ((const struct wg_wait_rec *)b)->interval.wait_ns;

	return x < y ? -1 : x > y;
}

/* Awake between two waits, but for what the holes cover. */
static void add_awake(struct wg_trace *trace, struct wg_lane *lane, int64_t begin, int64_t end)
{
	size_t i;

	for (i = 0; i < trace->hole_count && begin < end; i++) {
		const struct wg_hole *hole = &trace->holes[i];

		if (hole->begin_ns < begin || hole->begin_ns >= end)
			continue;
		add_span(lane,
			(struct wg_span){ begin, hole->begin_ns, WG_SPAN_AWAKE, false, 0, 0 });
		add_span(lane, (struct wg_span){
				       hole->begin_ns, hole->end_ns, WG_SPAN_LOST, false, 0, 0 });
		begin = hole->end_ns;
	}
	add_span(lane, (struct wg_span){ begin, end, WG_SPAN_AWAKE, false, 0, 0 });
}

static void add_loop_spans(struct wg_trace *trace, struct wg_lane *lane)
{
	int64_t awake = trace->begin_ns;
	size_t i;

	for (i = 0; i < trace->wait_count; i++) {
		const struct wg_interval *w = &trace->waits[i].interval;
		int64_t gap = w->gap_begin_ns >= 0 ? w->gap_begin_ns : w->wake_ns;
		uint32_t wait = (uint32_t)i + 1;

		if (w->loop_idx != lane->loop_idx)
			continue;
		add_awake(trace, lane, awake, w->wait_ns);
		add_span(lane,
			(struct wg_span){ w->wait_ns, gap, WG_SPAN_ASLEEP, w->open, 0, wait });
		add_span(lane, (struct wg_span){
				       gap, w->wake_ns, WG_SPAN_WASTED, w->open, w->gap_op, wait });
		awake = w->wake_ns;
	}
	add_awake(trace, lane, awake, trace->end_ns);
}

/* ---- operations ---- */

static struct wg_op_life *life_of(struct wg_trace *trace, uint64_t op)
{
	size_t i;

	for (i = 0; i < trace->op_count; i++) {
		if (trace->ops[i].op == op)
			return &trace->ops[i];
	}
	return NULL;
}

static void new_life(struct wg_trace *trace, const struct wg_event *event)
{
	trace->ops = grown(trace->ops, trace->op_count, sizeof(*trace->ops));
	trace->ops[trace->op_count++] = (struct wg_op_life){ .op = event->op,
		.pid = PID,
		.loop = event->loop,
		.kind = event->submit.kind,
		.arg = event->submit.arg,
		.worker_lane = SIZE_MAX,
		.submit_ns = event->ts_ns,
		.start_ns = WG_NO_TIME,
		.done_ns = WG_NO_TIME,
		.notify_ns = WG_NO_TIME,
		.wake_ns = WG_NO_TIME,
		.deliver_ns = WG_NO_TIME };
}

static void wake_lives(struct wg_trace *trace, const struct wg_event *event)
{
	size_t i;

	for (i = 0; i < trace->op_count; i++) {
		struct wg_op_life *op = &trace->ops[i];

		if (op->loop == event->loop && op->done_ns != WG_NO_TIME &&
			op->wake_ns == WG_NO_TIME && op->deliver_ns == WG_NO_TIME)
			op->wake_ns = event->ts_ns;
	}
}

static void add_life(struct wg_trace *trace, const struct wg_event *event)
{
	struct wg_op_life *op = event->op ? life_of(trace, event->op) : NULL;

	if (event->type == WG_EV_SUBMIT) {
		new_life(trace, event);
	} else if (event->type == WG_EV_WAKE) {
		wake_lives(trace, event);
	} else if (op && event->type == WG_EV_START) {
		op->start_ns = event->ts_ns;
		op->worker_lane =
			(size_t)(lane_of(trace, WG_LANE_WORKER, event->loop, event->start.worker) -
				 trace->lanes);
	} else if (op && event->type == WG_EV_DONE) {
		op->done_ns = event->ts_ns;
		op->result = event->done.result;
		if (op->worker_lane != SIZE_MAX)
			add_span(&trace->lanes[op->worker_lane],
				(struct wg_span){ op->start_ns, op->done_ns, WG_SPAN_WORKING, false,
					op->op, 0 });
	} else if (op && event->type == WG_EV_NOTIFY) {
		op->notify_ns = event->ts_ns;
		op->notify_sent = event->notify.sent;
	} else if (op && event->type == WG_EV_DELIVER) {
		op->deliver_ns = event->ts_ns;
	}
}

/* ---- the whole ---- */

static void add_holes(struct wg_trace *trace)
{
	size_t i;

	for (i = 0; i < trace->event_count; i++) {
		const struct wg_event *event = &trace->events[i];

		if (event->type != WG_EV_LOST)
			continue;
		trace->holes = grown(trace->holes, trace->hole_count, sizeof(*trace->holes));
		trace->holes[trace->hole_count++] =
			(struct wg_hole){ event->lost.begin_ns, event->ts_ns, event->lost.count };
	}
}

struct wg_trace *fake_finish(struct fake *fake, const char *path)
{
	struct wg_trace *trace = calloc(1, sizeof(*trace));
	struct builder builder = { .trace = trace };
	struct wg_measure_hooks hooks = { add_wait, mark_empty, &builder };
	size_t i;

	if (!trace || wg_measure_create(&hooks, &trace->measure) < 0)
		abort();
	trace->path = strdup(path);
	trace->events = fake->events;
	trace->event_count = fake->event_count;
	if (fake->event_count > 0) {
		trace->begin_ns = fake->events[0].ts_ns;
		trace->end_ns = fake->events[fake->event_count - 1].ts_ns;
	}
	for (i = 0; i < fake->event_count; i++)
		(void)wg_measure_feed(trace->measure, &fake->events[i]);
	wg_measure_finish(trace->measure);
	if (builder.wait_count > 0)
		qsort(builder.waits, builder.wait_count, sizeof(*builder.waits), by_wait);
	trace->waits = builder.waits;
	trace->wait_count = builder.wait_count;
	add_holes(trace);
	add_lanes(trace);
	for (i = 0; i < trace->lane_count; i++) {
		if (trace->lanes[i].kind == WG_LANE_LOOP)
			add_loop_spans(trace, &trace->lanes[i]);
	}
	for (i = 0; i < trace->event_count; i++)
		add_life(trace, &trace->events[i]);
	trace->notes = calloc(fake->note_count + 1, sizeof(*trace->notes));
	for (i = 0; trace->notes && i < fake->note_count; i++)
		trace->notes[trace->note_count++] = fake->notes[i];
	free(fake);
	return trace;
}

void fake_trace_free(struct wg_trace *trace)
{
	size_t i;

	if (!trace)
		return;
	for (i = 0; i < trace->lane_count; i++) {
		free((char *)trace->lanes[i].name);
		free((void *)trace->lanes[i].spans);
	}
	for (i = 0; i < trace->note_count; i++)
		free(trace->notes[i]);
	wg_measure_destroy(trace->measure);
	free(trace->notes);
	free(trace->lanes);
	free(trace->events);
	free(trace->waits);
	free(trace->holes);
	free(trace->ops);
	free(trace->path);
	free(trace);
}

struct wg_trace *fake_reads(const char *path, int ops, int workers, int64_t tick_ns)
{
	struct fake *fake = fake_create();
	int64_t t = 1000000000, service, woken;
	uint64_t op;

	fake_loop(fake, t, 1, tick_ns ? "tick" : "eventfd", tick_ns);
	t += 50000;
	for (op = 1; op <= (uint64_t)ops; op++) {
		/* Not all alike, yet the same every time. */
		service = 30000 + (int64_t)(op * 7919 % 23) * 1000;
		fake_submit(fake, t, 1, op);
		fake_wait(fake, t + 1500, 1, tick_ns ? tick_ns : -1, 0);
		fake_start(fake, t + 4000, 1, op, (uint32_t)((op - 1) % (uint64_t)workers));
		fake_done(fake, t + 4000 + service, 1, op);
		if (!tick_ns)
			fake_notify(fake, t + 4300 + service, 1, op);
		woken = tick_ns ? t + 1500 + tick_ns + 60000 : t + 10300 + service;
		fake_wake(fake, woken, 1, tick_ns ? WG_REASON_TIMEOUT : WG_REASON_NOTIFIED, 1);
		fake_poll(fake, woken + 300, 1, 1);
		fake_deliver(fake, woken + 900, 1, op);
		t = woken + 2500;
	}
	return fake_finish(fake, path);
}
