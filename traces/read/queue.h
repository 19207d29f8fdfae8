/*
 * queue.h: events on their way from the thread that reads to the one that draws.
 *
 *   Q1 fd is readable if and only if take() has something to report: events, a later time, the end.
 *      This is kept true under the lock, so no wake-up is lost and none is spurious.
 *   Q2 a push into a full queue waits; nothing is dropped here. What does not fit stays with the
 *      relay daemon.
 *
 * One thread pushes, one takes. Private to traces/.
 */
#ifndef TRACES_READ_QUEUE_H
#define TRACES_READ_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg__queue {
	/* immutable after init */
	size_t cap;
	int fd; /* an eventfd, to poll(2) */
	/* guards: all below. order: none, it is the only one its holder takes */
	pthread_mutex_t lock;
	pthread_cond_t go_on;  /* predicate: count < cap, or is_stopped; the taker makes it true */
	struct wg_event *slot; /* a ring buffer */
	size_t head, count;
	int64_t quiet_ns;    /* nothing more comes from before this; INT64_MIN: unknown */
	uint64_t nobody;     /* as in struct wg_live_news */
	struct wg_error end; /* why it ended; code 0: properly */
	bool is_attached, has_ended, is_stopped;
	bool has_news;	/* quiet_ns, is_attached or has_ended not reported yet */
	bool is_raised; /* fd is readable */
};

/* What take() reports beside the events. */
struct wg__queue_news {
	int64_t quiet_ns;
	uint64_t nobody;
	bool is_attached; /* there was somebody to read from */
	bool has_ended;	  /* and all events were taken */
	struct wg_error end;
};

int wg__queue_init(struct wg__queue *q, size_t cap); /* 0 or -errno */
void wg__queue_fini(struct wg__queue *q);

/* ---- the thread that pushes ---- */

/* Waits for room. 0, or -ECANCELED once stopped. */
int wg__queue_push(struct wg__queue *q, const struct wg_event *events, size_t count);
void wg__queue_set_quiet(struct wg__queue *q, int64_t quiet_ns);
void wg__queue_set_nobody(struct wg__queue *q, uint64_t nobody);
void wg__queue_attached(struct wg__queue *q);			     /* again is fine */
void wg__queue_end(struct wg__queue *q, const struct wg_error *why); /* NULL: properly */

/* Sleep for so long, or until stopped. True if stopped. */
bool wg__queue_pause(struct wg__queue *q, int64_t ns);

/* ---- the thread that takes ---- */

/* At most max events; returns how many. Never waits. */
size_t wg__queue_take(
	struct wg__queue *q, struct wg_event *events, size_t max, struct wg__queue_news *ret_news);

/* Any thread: end pushes and pauses, now and from now on. */
void wg__queue_stop(struct wg__queue *q);
bool wg__queue_is_stopped(struct wg__queue *q);

#endif
