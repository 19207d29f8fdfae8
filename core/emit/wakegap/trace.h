/*
 * wakegap/trace.h: make your own event loop visible to wakegap: one call an event.
 *
 * Call these functions where your runtime does what they name, link with libwakegap-trace, and
 * record the program:
 *
 *     cc app.c $(pkg-config --cflags --libs wakegap-trace)
 *     wakegap record -o DIR -- ./a.out        # then: wakegap view DIR, wakegap stats DIR
 *
 *     wg_trace_loop(1, "my epoll", 0);                   once, when the loop is made
 *     wg_trace_submit(1, op, WG_TRACE_WORK, 0);          an operation is handed in
 *     wg_trace_start(1, op, worker);                     a worker begins it
 *     wg_trace_done(1, op, result);                      its result is published
 *     wg_trace_notify(1, op, 1);                         the loop is notified
 *     wg_trace_wait(1, -1, 0); epoll_wait(...);          it sleeps
 *     wg_trace_wake(1, WG_TRACE_NOTIFIED, 1);            it woke up
 *     wg_trace_poll(1, 1);                               it looked, and found one result
 *     wg_trace_deliver(1, op, result);                   the caller has the result
 *
 * You need not emit all nine: core/emit/README.md has a table of which figure needs which events. A
 * figure that lacks an event is shown as "not observable", never as 0.
 *
 * Of every function:
 * - Effect: one event, at the time of the call, with the thread and the process of the caller. The
 *   program does the same with and without it: errno stays, nothing is returned, nothing can fail.
 * - Thread: any, several at once. Not before main() and not after exit handlers began.
 * - Blocking: never. An event that finds no room is dropped, and counted in the trace.
 * - Memory: nothing is allocated for the caller, and nothing is kept; text is copied.
 * - Cost: without a session a call, a load and a branch (about 2 ns); while recorded, about 0.25
 * us.
 *
 * Ids: `loop` is unique in the process. `op` is not 0, and unique in the process while it is under
 * way. Both are yours to choose.
 *
 * Other languages: plain C functions of fixed-width integers, none variadic, none only inline; load
 * libwakegap-trace.so.0 from C++, Rust, Go or Zig as it is.
 *
 * Without it: compile with -DWAKEGAP_TRACE_OFF, and each call is nothing; no library is needed.
 */
#ifndef WAKEGAP_TRACE_H
#define WAKEGAP_TRACE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an operation is. Other numbers are shown as "unknown". */
enum wg_trace_kind {
	WG_TRACE_READ = 0,
	WG_TRACE_WRITE = 1,
	WG_TRACE_OPEN = 2,
	WG_TRACE_CLOSE = 3,
	WG_TRACE_STAT = 4,
	WG_TRACE_CONNECT = 5,
	WG_TRACE_ACCEPT = 6,
	WG_TRACE_RECV = 7,
	WG_TRACE_SEND = 8,
	WG_TRACE_TIMER = 9,
	WG_TRACE_WORK = 10 /* a function of the user's, on another thread */
};

/* Why a loop woke up. Other numbers are shown as "unknown". */
enum wg_trace_reason {
	WG_TRACE_NOTIFIED = 0,	 /* somebody notified it */
	WG_TRACE_TIMEOUT = 1,	 /* the time it asked for is over */
	WG_TRACE_READY = 2,	 /* a descriptor that it watches is ready */
	WG_TRACE_SPURIOUS = 3,	 /* no reason that concerns it */
	WG_TRACE_INTERRUPTED = 4 /* a signal */
};

#ifdef WAKEGAP_TRACE_OFF
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define WG_TRACE_CALL(declaration)                                                                 \
	static inline declaration                                                                  \
	{                                                                                          \
	}
#else
#define WG_TRACE_CALL(declaration) __attribute__((visibility("default"))) declaration;
#endif

/* A loop was made. `wait` says how it waits, for people ("epoll"); NULL is "". tick_ns is how long
 * each of its waits lasts if it polls, else 0. The same loop again: a new loop begins. */
WG_TRACE_CALL(void wg_trace_loop(uint32_t loop, const char *wait, int64_t tick_ns))

/* The loop takes an operation: an enum wg_trace_kind. `arg` is shown with it: bytes, a descriptor,
 * nanoseconds, as you like. Call it before anybody else can see the operation. */
WG_TRACE_CALL(void wg_trace_submit(uint32_t loop, uint64_t op, int32_t kind, int64_t arg))

/* A worker begins the operation. Workers are numbered from 0 in each loop. On the worker's thread,
 * before the work. */
WG_TRACE_CALL(void wg_trace_start(uint32_t loop, uint64_t op, uint32_t worker))

/* The result is published to the loop: >= 0, or a negative errno. On the thread that publishes it,
 * under the lock that the loop looks under, or just before: from here on the result is ready. */
WG_TRACE_CALL(void wg_trace_done(uint32_t loop, uint64_t op, int64_t result))

/* The loop is notified of the operation (0: of none). sent is 1 if the system was called to wake
 * it (a write to an eventfd, a signal of a condition), 0 if that was not necessary. Just before
 * that call. */
WG_TRACE_CALL(void wg_trace_notify(uint32_t loop, uint64_t op, int32_t sent))

/* The loop is about to sleep: at most timeout_ns, -1 for ever. ready is how many results are
 * published and not yet delivered, as far as the loop knows. On the loop's thread, just before the
 * call that sleeps. */
WG_TRACE_CALL(void wg_trace_wait(uint32_t loop, int64_t timeout_ns, uint32_t ready))

/* It woke up: an enum wg_trace_reason; ready as above. On the loop's thread, just after that call
 * and before anything is delivered. */
WG_TRACE_CALL(void wg_trace_wake(uint32_t loop, int32_t reason, uint32_t ready))

/* It looked for results (also due timers and ready descriptors), and found so many. On the loop's
 * thread, once after each wake. */
WG_TRACE_CALL(void wg_trace_poll(uint32_t loop, uint32_t found))

/* The caller has the result. On the loop's thread, just before the callback. */
WG_TRACE_CALL(void wg_trace_deliver(uint32_t loop, uint64_t op, int64_t result))

#undef WG_TRACE_CALL
#ifdef WAKEGAP_TRACE_OFF
#pragma GCC diagnostic pop
#endif

#ifdef __cplusplus
}
#endif
#endif
