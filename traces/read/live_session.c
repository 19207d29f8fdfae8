/*
 * live_session.c: a live session of LTTng, read by babeltrace2: wg_live_open() of live.h.
 *
 * libbabeltrace2 blocks in recv(2). Interrupting its graph and a signal (live.c) end that.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/read/holes.h"
#include "traces/read/live_impl.h"
#include "traces/read/source.h"

/* How long the reader pauses if the relay daemon has nothing: a fifth of the live timer. */
#define LIVE_RETRY_NS INT64_C(20000000)
/* Between attempts to attach, and how many in a row may fail: five seconds. */
#define ATTACH_RETRY_NS INT64_C(100000000)
#define ATTACH_TRIES	50
/* A relay daemon that lists its sessions does so at once. */
#define CHECK_MS 5000
#define BATCH	 256

struct session {
	/* immutable while the thread runs */
	char *url;
	struct wg__queue *queue; /* safe by itself */
	/* owned by the reader thread; names are only read by others, and only those of events that
	 * came through the queue, whose lock orders their making before */
	struct wg__shared shared;
	struct wg_event batch[BATCH];
	size_t batch_count;
	struct wg__holes holes; /* not yet over */
	int64_t last_ns, tell_after_ns;
	unsigned failures; /* in a row */
	/* guards: source. order: none. */
	pthread_mutex_t lock;
	struct wg__source *source;
	/* atomic */
	_Atomic unsigned reattached;
};

/* ---- the thread ---- */

static int flush(struct session *l)
{
	int rc = wg__queue_push(l->queue, l->batch, l->batch_count);

	l->batch_count = 0;
	return rc;
}

static int add(struct session *l, const struct wg_event *ev)
{
	/* After attaching anew the last packet may come a second time. */
	if (ev->ts_ns < l->last_ns || ev->ts_ns <= l->tell_after_ns)
		return 0;
	l->last_ns = ev->ts_ns;
	l->batch[l->batch_count++] = *ev;
	return l->batch_count == BATCH ? flush(l) : 0;
}

/* A hole is reported when it begins; its place in the stream is where it ends. */
static int add_holes_until(struct session *l, int64_t now_ns)
{
	struct wg_event hole;
	int rc = 0;

	while (rc == 0 && wg__holes_take(&l->holes, now_ns, &hole)) {
		if (hole.ts_ns < l->last_ns)
			hole.ts_ns = l->last_ns; /* its count must not be lost with its place */
		rc = add(l, &hole);
	}
	return rc;
}

static int take_event(struct session *l, const struct wg_event *ev)
{
	int rc;

	if (ev->type != WG_EV_LOST) {
		rc = add_holes_until(l, ev->ts_ns);
		return rc == 0 ? add(l, ev) : rc;
	}
	return wg__holes_add(&l->holes, ev);
}

/* There is nothing to read: hand over what is there, say how late it is, pause. */
static int rest(struct session *l)
{
	int64_t quiet_ns = wg__source_quiet_until(l->source);
	int rc = quiet_ns != INT64_MIN ? add_holes_until(l, quiet_ns) : 0;

	/* lttng-live attaches when it is first asked for events. */
	wg__queue_attached(l->queue);
	if (rc == 0)
		rc = flush(l);
	if (quiet_ns != INT64_MIN)
		wg__queue_set_quiet(l->queue, quiet_ns);
	if (rc == 0 && wg__queue_pause(l->queue, LIVE_RETRY_NS))
		rc = -ECANCELED;
	return rc;
}

static void set_source(struct session *l, struct wg__source *source)
{
	struct wg__source *old;

	(void)pthread_mutex_lock(&l->lock);
	old = l->source;
	l->source = source;
	(void)pthread_mutex_unlock(&l->lock);
	wg__source_close(old);
}

/* Read until the session ends (0), it fails, or we are stopped (-ECANCELED). */
static int read_all(struct session *l, struct wg_error *err)
{
	struct wg_event ev;
	int rc;

	do {
		rc = wg__source_next(l->source, &ev, err);
		if (rc == 1) {
			l->failures = 0;
			rc = take_event(l, &ev);
		} else if (rc == -EAGAIN) {
			rc = rest(l);
		} else {
			break;
		}
	} while (rc == 0);
	if (rc == -ENOMEM)
		(void)wg_error_set(err, rc, "out of memory");
	if (rc == 0)
		(void)add_holes_until(l, INT64_MAX);
	(void)flush(l);
	return rc;
}

/* Attach once and read as far as it goes. */
static int attach_and_read(struct session *l, struct wg_error *err)
{
	struct wg__source *source = NULL;
	int rc = wg__source_open_live(l->url, &l->shared, &source, err);

	if (rc < 0)
		return rc;
	set_source(l, source);
	l->tell_after_ns = l->last_ns;
	rc = wg__queue_is_stopped(l->queue) ? -ECANCELED : read_all(l, err);
	set_source(l, NULL);
	return rc;
}

static bool is_stopped(void *user)
{
	return wg__queue_is_stopped(((struct session *)user)->queue);
}

static void run(void *reader, struct wg__queue *queue)
{
	struct session *l = reader;
	struct wg_error err = { 0, "" }, why = { 0, "" };
	int rc;

	l->queue = queue;
	while ((rc = attach_and_read(l, &err)) < 0) {
		/* Without memory, attaching anew would lose what is in the buffers and not say so.
		 */
		if (rc == -ECANCELED || rc == -ENOMEM || wg__queue_is_stopped(l->queue) ||
			++l->failures > ATTACH_TRIES)
			break;
		/* A session that is not listed any more has ended, whatever it looked like. */
		if (wg_live_check(l->url, CHECK_MS, is_stopped, l, &why) == -ENOENT ||
			why.code == -ECONNREFUSED) {
			rc = 0;
			break;
		}
		/* relaxed: a figure to show; nothing rides on it */
		(void)atomic_fetch_add_explicit(&l->reattached, 1, memory_order_relaxed);
		if (wg__queue_pause(l->queue, ATTACH_RETRY_NS))
			break;
	}
	wg__queue_end(queue, rc < 0 ? &err : NULL);
}

/* ---- the other side ---- */

static void interrupt(void *reader)
{
	struct session *l = reader;

	(void)pthread_mutex_lock(&l->lock);
	if (l->source)
		wg__source_interrupt(l->source);
	(void)pthread_mutex_unlock(&l->lock);
}

static unsigned reattached(const void *reader)
{
	const struct session *l = reader;

	/* relaxed: a figure to show; nothing rides on it */
	return atomic_load_explicit(&l->reattached, memory_order_relaxed);
}

static void destroy(void *reader)
{
	struct session *l = reader;

	wg__source_close(l->source);
	wg__notes_fini(&l->shared.notes);
	wg__names_destroy(l->shared.names);
	wg__spaces_fini(&l->shared.spaces);
	(void)pthread_mutex_destroy(&l->lock);
	free(l->holes.v);
	free(l->url);
	free(l);
}

int wg_live_open(const char *url, struct wg_live **ret_live, struct wg_error *err)
{
	static const struct wg__live_ops ops = { run, interrupt, reattached, destroy };
	struct session *l = calloc(1, sizeof(*l));

	if (!l)
		return wg_error_set(err, -ENOMEM, "out of memory");
	(void)pthread_mutex_init(&l->lock, NULL);
	l->last_ns = l->tell_after_ns = INT64_MIN;
	l->url = strdup(url);
	l->shared.names = wg__names_create();
	if (!l->url || !l->shared.names) {
		destroy(l);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	return wg__live_start(&ops, l, ret_live, err);
}
