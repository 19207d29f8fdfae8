/*
 * trace_test.c: see trace_test.h. One lock orders all events; the tests count and compare order.
 */
#include "tests/core/trace_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/sync.h"
#include "tests/harness/faults.h"

static struct wg_mutex lock = { PTHREAD_MUTEX_INITIALIZER }; /* guards: all below */
static struct wg_test_event *events;
static size_t count, cap;

static _Atomic bool is_mute;

/* A child of fork must not find the lock held by a thread that it does not have. */
static void before_fork(void) WG_UNCHECKED
{
	wg_lock(&lock);
}

static void after_fork(void) WG_UNCHECKED
{
	wg_unlock(&lock);
}

__attribute__((constructor)) static void mind_fork(void)
{
	(void)pthread_atfork(before_fork, after_fork, after_fork);
}

void wg_trace_test_mute(bool mute)
{
	atomic_store(&is_mute, mute);
}

static void emit(struct wg_test_event ev)
{
	if (atomic_load(&is_mute))
		return;
	wg_lock(&lock);
	if (count == cap) {
		cap = cap ? 2 * cap : 1024;
		events = wg_fault_free_realloc(events, cap * sizeof(*events));
		if (!events)
			abort();
	}
	ev.ts_ns = wg_now_ns();
	events[count++] = ev;
	wg_unlock(&lock);
}

void wg_trace_test_reset(void)
{
	wg_lock(&lock);
	free(events);
	events = NULL;
	count = cap = 0;
	wg_unlock(&lock);
}

const struct wg_test_event *wg_trace_test_at(size_t i)
{
	return i < count ? &events[i] : NULL;
}

size_t wg_trace_test_count(const char *name)
{
	size_t i, n = 0;

	wg_lock(&lock);
	for (i = 0; i < count; i++)
		n += strcmp(events[i].name, name) == 0;
	wg_unlock(&lock);
	return n;
}

void wg_trace_test_loop(uint32_t loop, const char *wait, int64_t tick_ns)
{
	emit((struct wg_test_event){ .name = "loop", .loop = loop, .text = wait, .a = tick_ns });
}

void wg_trace_test_submit(uint32_t loop, uint64_t op, int kind, int64_t arg)
{
	emit((struct wg_test_event){
		.name = "submit", .loop = loop, .op = op, .a = kind, .b = arg });
}

void wg_trace_test_start(uint32_t loop, uint64_t op, uint32_t worker)
{
	emit((struct wg_test_event){ .name = "start", .loop = loop, .op = op, .a = worker });
}

void wg_trace_test_done(uint32_t loop, uint64_t op, int64_t result)
{
	emit((struct wg_test_event){ .name = "done", .loop = loop, .op = op, .a = result });
}

void wg_trace_test_notify(uint32_t loop, uint64_t op, int sent)
{
	emit((struct wg_test_event){ .name = "notify", .loop = loop, .op = op, .a = sent });
}

void wg_trace_test_wait(uint32_t loop, int64_t timeout_ns, uint32_t ready)
{
	emit((struct wg_test_event){ .name = "wait", .loop = loop, .a = timeout_ns, .b = ready });
}

void wg_trace_test_wake(uint32_t loop, int reason, uint32_t ready)
{
	emit((struct wg_test_event){ .name = "wake", .loop = loop, .a = reason, .b = ready });
}

void wg_trace_test_poll(uint32_t loop, uint32_t found)
{
	emit((struct wg_test_event){ .name = "poll", .loop = loop, .a = found });
}

void wg_trace_test_deliver(uint32_t loop, uint64_t op, int64_t result)
{
	emit((struct wg_test_event){ .name = "deliver", .loop = loop, .op = op, .a = result });
}
