/*
 * trace_test.h: the tracing backend of the tests: events into memory, in one order for all threads.
 */
#ifndef TESTS_CORE_TRACE_TEST_H
#define TESTS_CORE_TRACE_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg_test_event {
	const char *name; /* as in the contract */
	uint32_t loop;
	uint64_t op;
	int64_t a, b; /* the event's other fields, in the contract's order */
	int64_t ts_ns;
	const char *text; /* loop: the strategy's name */
};

/* Forget everything; recording goes on. */
void wg_trace_test_reset(void);

/*
 * Record nothing for a while: for millions of events, and for signal handlers that emit some (this
 * backend takes a lock; LTTng's does not).
 */
void wg_trace_test_mute(bool mute);

/* The i-th event, or NULL. Call when no thread emits. */
const struct wg_test_event *wg_trace_test_at(size_t i);

/* How many of this name so far. Any time. */
size_t wg_trace_test_count(const char *name);

void wg_trace_test_loop(uint32_t loop, const char *wait, int64_t tick_ns);
void wg_trace_test_submit(uint32_t loop, uint64_t op, int kind, int64_t arg);
void wg_trace_test_start(uint32_t loop, uint64_t op, uint32_t worker);
void wg_trace_test_done(uint32_t loop, uint64_t op, int64_t result);
void wg_trace_test_notify(uint32_t loop, uint64_t op, int sent);
void wg_trace_test_wait(uint32_t loop, int64_t timeout_ns, uint32_t ready);
void wg_trace_test_wake(uint32_t loop, int reason, uint32_t ready);
void wg_trace_test_poll(uint32_t loop, uint32_t found);
void wg_trace_test_deliver(uint32_t loop, uint64_t op, int64_t result);

#endif
