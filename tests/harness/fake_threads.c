/*
 * fake_threads.c: see fake_threads.h.
 */
#include "tests/harness/fake_threads.h"

#include <stdlib.h>

#include "tests/harness/harness.h"
#include "traces/write/ctf.h"

#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

/* The objects, by their ids. */
enum { OF_EPOLL = 1, OF_COND, OF_LOCK };

struct list {
	struct wg_event v[256];
	size_t count;
};

static struct wg_event *add(
	struct list *l, int64_t t, uint32_t tid, enum wg_record record, uint64_t object)
{
	static const char *const names[] = { "server", "worker", "flusher", "eager" };
	struct wg_event *ev = &l->v[l->count++];

	CU_ASSERT_FATAL(l->count < sizeof(l->v) / sizeof(l->v[0]));
	*ev = (struct wg_event){ .ts_ns = t,
		.type = WG_EV_OTHER,
		.record = record,
		.pid = tid == 900 ? 900 : 812,
		.tid = tid,
		.procname = tid == 900 ? "client" : names[tid - 812],
		.op = object };
	return ev;
}

static void wait(struct list *l, int64_t t, uint32_t tid, enum wg_wait_in how, uint64_t object,
	int64_t timeout_ns, enum wg_did did)
{
	struct wg_event *ev = add(l, t, tid, WG_RECORD_WAIT, object);

	ev->thread_wait.timeout_ns = timeout_ns;
	ev->thread_wait.cpu_ns = 20000;
	ev->thread_wait.calls = did == WG_DID_LOOKED ? 3 : 0;
	ev->thread_wait.site = tid == 812 ? 1 : 0;
	ev->thread_wait.how = how;
	ev->thread_wait.did = did;
}

static struct wg_event *wake(
	struct list *l, int64_t t, uint32_t tid, uint64_t object, enum wg_reason reason)
{
	struct wg_event *ev = add(l, t, tid, WG_RECORD_WAKE, object);

	ev->thread_wake.ret = reason == WG_REASON_READY;
	ev->thread_wake.waking_ns = ev->thread_wake.oncpu_ns = WG_NOT_OBSERVABLE;
	ev->thread_wake.by_call = "";
	ev->thread_wake.reason = (uint8_t)reason;
	return ev;
}

static void wake_by(struct list *l, int64_t t, uint32_t tid, uint64_t object, uint32_t by,
	int64_t waking_ns, enum wg_certainty certainty)
{
	struct wg_event *ev = wake(l, t, tid, object, WG_REASON_NOTIFIED);

	ev->thread_wake.waking_ns = waking_ns;
	ev->thread_wake.by_call = "futex";
	ev->thread_wake.by_tid = by;
	ev->thread_wake.by_pid = by == 900 ? 900 : 812;
	ev->thread_wake.certainty = (uint8_t)certainty;
}

static void notify(
	struct list *l, int64_t t, uint32_t tid, uint64_t object, enum wg_wait_in how, int64_t woke)
{
	struct wg_event *ev = add(l, t, tid, WG_RECORD_NOTIFY, object);

	ev->thread_notify.value = 1;
	ev->thread_notify.woke = woke;
	ev->thread_notify.how = how;
}

static void add_main(struct list *l)
{
	int i;

	for (i = 0; i < 10; i++) {
		int64_t t = S + i * 100 * MS;

		wait(l, t, 812, WG_IN_EPOLL, OF_EPOLL, 100 * MS,
			i == 3 ? WG_DID_ACTED : WG_DID_LOOKED);
		(void)wake(l, t + 99 * MS, 812, OF_EPOLL, WG_REASON_TIMEOUT);
	}
	wait(l, 2 * S, 812, WG_IN_EPOLL, OF_EPOLL, 100 * MS, WG_DID_NOTHING);
	notify(l, S + 569 * MS, 900, OF_EPOLL, WG_IN_EPOLL, WG_NOT_OBSERVABLE);
}

static void add_worker(struct list *l)
{
	wait(l, S + MS, 813, WG_IN_COND, OF_COND, WG_FOR_EVER, WG_DID_UNKNOWN);
	notify(l, S + 299 * MS + 500000, 812, OF_COND, WG_IN_COND, 1);
	wake_by(l, S + 299 * MS + 540000, 813, OF_COND, 812, S + 299 * MS + 500000,
		WG_CERTAINTY_EXACT);
	wait(l, S + 310 * MS, 813, WG_IN_COND, OF_COND, 500 * MS, WG_DID_ACTED);
	notify(l, S + 600 * MS, 900, OF_COND, WG_IN_COND, 1);
	wake_by(l, S + 600 * MS + 200000, 813, OF_COND, 900, S + 600 * MS, WG_CERTAINTY_LIKELY);
	wait(l, S + 610 * MS, 813, WG_IN_COND, OF_COND, WG_FOR_EVER, WG_DID_ACTED);
}

static void add_others(struct list *l)
{
	int i;

	for (i = 0; i < 12; i++) {
		int64_t t = S + i * 21 * MS;

		wait(l, t, 814, WG_IN_SLEEP, 0, 20 * MS, i ? WG_DID_NOTHING : WG_DID_UNKNOWN);
		(void)wake(l, t + 20 * MS, 814, 0, WG_REASON_TIMEOUT);
	}
	for (i = 0; i < 12; i++) {
		int64_t t = S + 500 * MS + i * MS;

		wait(l, t, 815, WG_IN_POLL, OF_EPOLL, WG_FOR_EVER,
			i ? WG_DID_LOOKED : WG_DID_UNKNOWN);
		(void)wake(l, t + MS / 2, 815, OF_EPOLL, WG_REASON_READY);
	}
	wait(l, S + 520 * MS, 815, WG_IN_LOCK, OF_LOCK, WG_FOR_EVER, WG_DID_LOOKED);
	(void)wake(l, S + 620 * MS, 815, OF_LOCK, WG_REASON_NOTIFIED);
}

static int by_time(const void *a, const void *b)
{
	const struct wg_event *x = a, *y = b;

	if (x->ts_ns != y->ts_ns)
		return x->ts_ns < y->ts_ns ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

struct fake *fake_threads(void)
{
	struct fake *fake = fake_create();
	struct list *l = calloc(1, sizeof(*l));
	struct wg_event *ev;
	size_t i;

	CU_ASSERT_FATAL(l != NULL);
	ev = add(l, S - 2, 812, WG_RECORD_OBJECT, OF_EPOLL);
	ev->object.kind = WG_OBJECT_EPOLL;
	ev->object.fd = 5;
	ev = add(l, S - 1, 812, WG_RECORD_SITE, 0);
	ev->site.module = "/usr/bin/server";
	ev->site.build_id = "";
	ev->site.symbol = "run";
	ev->site.offset = 0x4e51;
	ev->site.id = 1;
	add_main(l);
	add_worker(l);
	add_others(l);
	qsort(l->v, l->count, sizeof(l->v[0]), by_time);
	for (i = 0; i < l->count; i++)
		fake_event(fake, &l->v[i]);
	free(l);
	return fake;
}

static void write_events(const struct fake *fake, const char *dir, int64_t by_ns)
{
	const struct wg_ctf_about about = { .tracer = "wakegap-test", .is_epoch = false };
	const struct wg_event *events;
	size_t count = fake_events(fake, &events), i;
	struct wg_error err = { 0 };
	struct wg_ctf *ctf = NULL;

	CU_ASSERT_FATAL(wg_ctf_create(dir, &about, &ctf, &err) == 0);
	for (i = 0; i < count; i++) {
		struct wg_event ev = events[i];

		ev.ts_ns += by_ns;
		if (ev.record == WG_RECORD_WAKE && ev.thread_wake.waking_ns >= 0)
			ev.thread_wake.waking_ns += by_ns;
		CU_ASSERT(wg_ctf_add(ctf, &ev) == 0);
	}
	CU_ASSERT(wg_ctf_finish(ctf, true, &err) == 0);
}

void fake_threads_write(const char *dir)
{
	fake_records_write(fake_threads(), dir);
}

void fake_threads_write_later(const char *dir, int64_t by_ns)
{
	struct fake *fake = fake_threads();

	write_events(fake, dir, by_ns);
	fake_destroy(fake);
}

void fake_records_write(struct fake *fake, const char *dir)
{
	write_events(fake, dir, 0);
	fake_destroy(fake);
}

static struct wg_event record_of(int64_t t, enum wg_record record)
{
	return (struct wg_event){ .ts_ns = t,
		.type = WG_EV_OTHER,
		.record = record,
		.pid = 812,
		.tid = 812,
		.procname = "many" };
}

void fake_waits_write(const char *dir, size_t waits, size_t places)
{
	struct fake *fake = fake_create();
	int64_t t = 1000;
	size_t i;

	for (i = 0; i < waits; i++) {
		struct wg_event ev = record_of(t, WG_RECORD_WAIT);

		ev.op = i % places + 1;
		ev.thread_wait.how = WG_IN_POLL;
		ev.thread_wait.timeout_ns = 1000000 + (int64_t)(i % places);
		fake_event(fake, &ev);
		t += 1000 + (int64_t)(i * 7919 % 9001);
		ev = record_of(t, WG_RECORD_WAKE);
		ev.thread_wake.reason = WG_REASON_TIMEOUT;
		ev.thread_wake.by_call = "";
		fake_event(fake, &ev);
		t += 10;
	}
	fake_records_write(fake, dir);
}
