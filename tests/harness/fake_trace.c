/*
 * fake_trace.c: see fake_trace.h. Memory failures abort: this is test code with kilobytes to ask
 * for.
 */
#include "tests/harness/fake_trace.h"

#include <stdlib.h>
#include <string.h>

#include "traces/model/build.h"
#include "traces/model/model_impl.h"

#define PID	    4242
#define WORKER_BASE 100 /* tid of worker 0 */

struct fake {
	struct wg_event *events;
	size_t event_count;
	char *notes[8];
	size_t note_count;
	uint32_t pid;
	const char *procname;
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
	fake_process(fake, PID, "fake");
	return fake;
}

void fake_process(struct fake *fake, uint32_t pid, const char *name)
{
	fake->pid = pid;
	fake->procname = name;
}

static struct wg_event *add(
	struct fake *fake, int64_t t, enum wg_event_type type, uint32_t loop, uint64_t op)
{
	struct wg_event *event;

	fake->events = grown(fake->events, fake->event_count, sizeof(*fake->events));
	event = &fake->events[fake->event_count++];
	*event = (struct wg_event){ .ts_ns = t,
		.type = type,
		.pid = fake->pid,
		.tid = fake->pid,
		.procname = fake->procname,
		.loop = loop,
		.op = op };
	return event;
}

void fake_event(struct fake *fake, const struct wg_event *event)
{
	fake->events = grown(fake->events, fake->event_count, sizeof(*fake->events));
	fake->events[fake->event_count++] = *event;
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

/* ---- the whole ---- */

size_t fake_events(const struct fake *fake, const struct wg_event **ret_events)
{
	*ret_events = fake->events;
	return fake->event_count;
}

void fake_destroy(struct fake *fake)
{
	while (fake->note_count)
		free(fake->notes[--fake->note_count]);
	free(fake->events);
	free(fake);
}

static int build_all(struct wg__loaded *loaded, const struct fake *fake)
{
	struct wg_trace *t = &loaded->trace;
	struct wg__build build;
	struct wg_measure_hooks hooks = wg__build_init(&build, loaded, false);
	int rc = wg_measure_create(&hooks, &t->measure);
	size_t i;

	for (i = 0; i < fake->event_count && rc == 0; i++)
		rc = wg__build_feed(&build, &fake->events[i]);
	if (rc == 0)
		rc = wg__build_finish(&build);
	loaded->op_map = build.op_map;
	build.op_map.slot = NULL; /* moved */
	wg__build_fini(&build);
	return rc;
}

struct wg_trace *fake_finish(struct fake *fake, const char *path)
{
	struct wg__loaded *loaded = calloc(1, sizeof(*loaded));
	struct wg_trace *trace = &loaded->trace;
	size_t i;

	if (!loaded || !(trace->path = strdup(path)) || build_all(loaded, fake) < 0)
		abort();
	trace->notes = calloc(fake->note_count + 1, sizeof(*trace->notes));
	for (i = 0; trace->notes && i < fake->note_count; i++)
		trace->notes[trace->note_count++] = fake->notes[i];
	fake->note_count = 0; /* moved */
	fake_destroy(fake);
	return trace;
}

void fake_trace_free(struct wg_trace *trace)
{
	wg_trace_free(trace);
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

struct wg_trace *fake_hour(void)
{
	const int64_t hour = INT64_C(3600000000000);
	struct fake *fake = fake_create();

	fake_loop(fake, 0, 1, "condvar", 0);
	fake_submit(fake, 1000, 1, 1);
	fake_wait(fake, 2000, 1, -1, 0);
	fake_done(fake, hour / 3, 1, 1);
	fake_wake(fake, hour / 3 + 1000, 1, WG_REASON_NOTIFIED, 1);
	fake_deliver(fake, hour / 3 + 2000, 1, 1);
	fake_wait(fake, hour / 3 + 3000, 1, -1, 0);
	fake_wake(fake, hour, 1, WG_REASON_NOTIFIED, 0);
	return fake_finish(fake, "hour");
}

struct wg_trace *fake_processes(void)
{
	struct fake *fake = fake_create();
	int i;

	for (i = 0; i < 2; i++) {
		fake_loop(fake, i, (uint32_t)i + 1, i ? "eventfd" : "tick", i ? 0 : 10000000);
	}
	for (i = 0; i < 12; i++) {
		int64_t t = 1000 + i * INT64_C(1000000);
		uint64_t op = (uint64_t)i + 1;
		uint32_t loop = (uint32_t)i % 2 + 1;

		fake_process(fake, i % 3 == 2 ? 5000 : 4242, i % 3 == 2 ? "other" : "fake");
		fake_submit(fake, t, loop, op);
		fake_wait(fake, t + 1000, loop, -1, 0);
		fake_start(fake, t + 2000, loop, op, (uint32_t)i % 2);
		fake_done(fake, t + 2000 + i * 10000, loop, op);
		fake_notify(fake, t + 3000 + i * 10000, loop, op);
		fake_wake(fake, t + 9000 + i * 12000, loop, WG_REASON_NOTIFIED, 1);
		fake_deliver(fake, t + 9500 + i * 12000, loop, op);
	}
	return fake_finish(fake, "processes");
}
