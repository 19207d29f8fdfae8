/*
 * ahead.c: see ahead.h.
 *
 * Our own decoder has threads of its own; then the caller's thread takes from them. For
 * babeltrace2: a ring buffer of batches with one mutex and one condition variable. A batch takes
 * about a millisecond to read, so waking the other side costs nothing in comparison.
 */
#include "traces/read/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "traces/read/reader_impl.h"
#include "traces/read/read.h"

#define BATCH_EVENTS 2048
#define BATCHES	     3 /* one each is at work on, and one between them */

struct batch {
	size_t count;
	int rc; /* what came after the last event: 1 there is more, 0 the end, negative errno */
	struct wg_event event[BATCH_EVENTS];
};

struct wg__ahead {
	/* Immutable after open. */
	bool has_thread;
	pthread_t thread;

	/* The reading thread's until it was joined, then the caller's. */
	struct wg_reader *reader;
	struct wg_error err;

	/* The caller's. */
	size_t out, at; /* the batch it takes from, and how many it took of that */
	bool is_taking; /* batch[out] is filled, and its */
	/* Without a thread: what it has of the reader. */
	const struct wg_event *const *events;
	size_t count;

	pthread_mutex_t lock; /* guards: filled, is_stopped. order: alone. */
	/*
	 * The caller waits for filled > 0, which the reading thread makes true; that one waits for
	 * filled < BATCHES or is_stopped, which the caller makes true. Never both at once.
	 */
	pthread_cond_t changed;
	size_t filled; /* batches that the caller may take, from batch[out] on */
	bool is_stopped;

	/* One side's or the other's, as filled says. */
	struct batch batch[BATCHES];
};

static void fill_batch(struct wg__ahead *ahead, struct batch *batch)
{
	int rc = 1;

	batch->count = 0;
	while (batch->count < BATCH_EVENTS &&
		(rc = wg_reader_next(ahead->reader, &batch->event[batch->count], &ahead->err)) > 0)
		batch->count++;
	batch->rc = rc;
}

static void *read_on(void *user)
{
	struct wg__ahead *ahead = user;
	bool is_over = false;
	size_t in = 0;

	while (!is_over) {
		struct batch *batch = &ahead->batch[in];

		fill_batch(ahead, batch);
		in = (in + 1) % BATCHES;
		(void)pthread_mutex_lock(&ahead->lock);
		ahead->filled++;
		(void)pthread_cond_signal(&ahead->changed);
		while (batch->rc > 0 && ahead->filled == BATCHES && !ahead->is_stopped)
			(void)pthread_cond_wait(&ahead->changed, &ahead->lock);
		is_over = batch->rc <= 0 || ahead->is_stopped;
		(void)pthread_mutex_unlock(&ahead->lock);
	}
	return NULL;
}

int wg__ahead_open(const char *path, struct wg__ahead **ret_ahead, struct wg_error *err)
{
	struct wg__ahead *ahead = malloc(sizeof(*ahead)); /* large: the batches stay untouched */
	struct wg_reader *reader = NULL;
	int rc;

	if (!ahead)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg_reader_open(path, &reader, err);
	if (rc < 0) {
		free(ahead);
		return rc;
	}
	ahead->reader = reader;
	ahead->err = (struct wg_error){ 0 };
	ahead->out = ahead->at = ahead->filled = 0;
	ahead->is_taking = ahead->is_stopped = false;
	ahead->count = 0;
	(void)pthread_mutex_init(&ahead->lock, NULL);
	(void)pthread_cond_init(&ahead->changed, NULL);
	ahead->has_thread = !wg__reader_is_ahead(reader) &&
			    pthread_create(&ahead->thread, NULL, read_on, ahead) == 0;
	*ret_ahead = ahead;
	return 0;
}

/* Give back the batch that was taken, if any, and wait for the next. */
static void take_batch(struct wg__ahead *ahead)
{
	(void)pthread_mutex_lock(&ahead->lock);
	if (ahead->is_taking) {
		ahead->out = (ahead->out + 1) % BATCHES;
		ahead->filled--;
		(void)pthread_cond_signal(&ahead->changed);
	}
	while (ahead->filled == 0)
		(void)pthread_cond_wait(&ahead->changed, &ahead->lock);
	(void)pthread_mutex_unlock(&ahead->lock);
	ahead->is_taking = true;
	ahead->at = 0;
}

static int next_here(struct wg__ahead *ahead, const struct wg_event **ret, struct wg_error *err)
{
	int rc = ahead->count ? 1
			      : wg_reader_events(ahead->reader, &ahead->events, &ahead->count, err);

	if (rc <= 0)
		return rc;
	*ret = *ahead->events++;
	ahead->count--;
	return 1;
}

int wg__ahead_next(struct wg__ahead *ahead, const struct wg_event **ret_event, struct wg_error *err)
{
	struct batch *batch = &ahead->batch[ahead->out];
	int rc;

	if (!ahead->has_thread)
		return next_here(ahead, ret_event, err);
	while (!ahead->is_taking || ahead->at == batch->count) {
		if (ahead->is_taking && batch->rc <= 0) {
			rc = batch->rc;
			(void)wg__ahead_stop(ahead);
			if (rc < 0)
				(void)wg_error_set(err, rc, "%s", ahead->err.text);
			return rc;
		}
		take_batch(ahead);
		batch = &ahead->batch[ahead->out];
	}
	*ret_event = &batch->event[ahead->at++];
	return 1;
}

bool wg__ahead_narrow(struct wg__ahead *ahead, int64_t origin_ns, int64_t from_ns, int64_t to_ns)
{
	return !ahead->has_thread && wg_reader_narrow(ahead->reader, origin_ns, from_ns, to_ns);
}

struct wg_reader *wg__ahead_stop(struct wg__ahead *ahead)
{
	if (ahead->has_thread) {
		(void)pthread_mutex_lock(&ahead->lock);
		ahead->is_stopped = true;
		(void)pthread_cond_signal(&ahead->changed);
		(void)pthread_mutex_unlock(&ahead->lock);
		(void)pthread_join(ahead->thread, NULL);
		ahead->has_thread = false;
	}
	return ahead->reader;
}

void wg__ahead_close(struct wg__ahead *ahead)
{
	if (!ahead)
		return;
	wg_reader_close(wg__ahead_stop(ahead));
	(void)pthread_mutex_destroy(&ahead->lock);
	(void)pthread_cond_destroy(&ahead->changed);
	free(ahead);
}
