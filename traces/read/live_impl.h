/*
 * live_impl.h: a reader of something that goes on, in a thread of its own, behind live.h. Each
 * recorder has one: live_session.c, gather/live.c, kernel/live.c. Private to traces/.
 */
#ifndef TRACES_READ_LIVE_IMPL_H
#define TRACES_READ_LIVE_IMPL_H

#include "traces/read/live.h"
#include "traces/read/queue.h"

struct wg__live_ops {
	/* The thread: push events until the end, which it sets, or until the queue is stopped. */
	void (*run)(void *reader, struct wg__queue *queue);
	/* End what run() blocks in, or NULL: the queue alone. Any thread, again and again. */
	void (*interrupt)(void *reader);
	unsigned (*reattached)(const void *reader); /* or NULL: never */
	void (*destroy)(void *reader);
};

/* Start the thread. Takes the reader, also if it fails: 0, or -errno with a line. Main thread. */
int wg__live_start(const struct wg__live_ops *ops, void *reader, struct wg_live **ret_live,
	struct wg_error *err);

#endif
