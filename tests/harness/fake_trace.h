/*
 * fake_trace.h: traces made of hand-written events, for the viewer's tests.
 *
 * The events take the way of recorded ones through the model, so the viewer cannot tell such a
 * trace from a loaded one.
 *
 *     struct fake *fake = fake_create();
 *     fake_loop(fake, 0, 1, "tick", 10000000);
 *     fake_wait(fake, 10, 1, 10000000, 0); ...
 *     struct wg_trace *trace = fake_finish(fake, "tick");
 *     fake_trace_free(trace);
 */
#ifndef TESTS_HARNESS_FAKE_TRACE_H
#define TESTS_HARNESS_FAKE_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "traces/model/model.h"

struct fake;

struct fake *fake_create(void);

/* The process of the events that follow; 4242 "fake" at first. */
void fake_process(struct fake *fake, uint32_t pid, const char *name);

/* One event each; times must not go back. Loop and op as given. */
void fake_loop(struct fake *fake, int64_t t, uint32_t loop, const char *wait, int64_t tick_ns);
void fake_submit(struct fake *fake, int64_t t, uint32_t loop, uint64_t op);
void fake_start(struct fake *fake, int64_t t, uint32_t loop, uint64_t op, uint32_t worker);
void fake_done(struct fake *fake, int64_t t, uint32_t loop, uint64_t op);
void fake_notify(struct fake *fake, int64_t t, uint32_t loop, uint64_t op);
void fake_wait(struct fake *fake, int64_t t, uint32_t loop, int64_t timeout_ns, uint32_t ready);
void fake_wake(struct fake *fake, int64_t t, uint32_t loop, enum wg_reason reason, uint32_t ready);
void fake_poll(struct fake *fake, int64_t t, uint32_t loop, uint32_t found);
void fake_deliver(struct fake *fake, int64_t t, uint32_t loop, uint64_t op);
void fake_lost(struct fake *fake, int64_t begin, int64_t t, uint64_t count);

/* An event as it is; its strings are borrowed. */
void fake_event(struct fake *fake, const struct wg_event *event);

/* A note of damage, copied. */
void fake_note(struct fake *fake, const char *note);

/* The events so far; how many. Until the next one. */
size_t fake_events(const struct fake *fake, const struct wg_event **ret_events);
void fake_destroy(struct fake *fake);

/* The trace of the events so far; destroys the fake. NULL without memory. */
struct wg_trace *fake_finish(struct fake *fake, const char *path);
void fake_trace_free(struct wg_trace *trace);

/*
 * The two runs this project is about: ops reads in a row, served by `workers` in turn. With a tick
 * nothing notifies and each wait lasts the tick; with tick_ns 0 an eventfd wakes the loop some
 * microseconds after each result.
 */
struct wg_trace *fake_reads(const char *path, int ops, int workers, int64_t tick_ns);

/* An hour asleep, and a third into it a microsecond with a result ready. */
struct wg_trace *fake_hour(void);

/* Two processes: one with two loops, one with one; workers of both. */
struct wg_trace *fake_processes(void);

#endif
