/*
 * queue.c: see queue.h. A ring buffer under one mutex. Events come in batches, so the lock is taken
 * at most some thousand times a second; it is never held while anything blocks.
 */
#include "traces/read/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int wg__queue_init(struct wg__queue *q, size_t cap)
{
	pthread_condattr_t attr;

	memset(q, 0, sizeof(*q));
	q->cap = cap;
	q->quiet_ns = INT64_MIN;
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd < 0)
		return -errno;
	q->slot = reallocarray(NULL, cap, sizeof(*q->slot));
	if (!q->slot) {
		(void)close(q->fd);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->go_on, &attr);
	(void)pthread_condattr_destroy(&attr);
	return 0;
}

void wg__queue_fini(struct wg__queue *q)
{
	(void)pthread_cond_destroy(&q->go_on);
	(void)pthread_mutex_destroy(&q->lock);
	free(q->slot);
	(void)close(q->fd);
}

/*
 * Make Q1 true again. The two calls into the kernel are made with the lock held, because it is the
 * lock that makes "readable" and "something to tell" one fact; neither can block.
 */
static void settle_locked(struct wg__queue *q)
{
	bool raise = q->count > 0 || q->has_news;
	uint64_t word = 1;

	if (raise == q->is_raised)
		return;
	q->is_raised = raise;
	if (raise)
		(void)!write(q->fd, &word, sizeof(word));
	else
		(void)!read(q->fd, &word, sizeof(word));
}

/* Copy in what there is room for. Returns how many. */
static size_t put_locked(struct wg__queue *q, const struct wg_event *events, size_t count)
{
	size_t room = q->cap - q->count, i;

	if (count > room)
		count = room;
	for (i = 0; i < count; i++)
		q->slot[(q->head + q->count + i) % q->cap] = events[i];
	q->count += count;
	return count;
}

int wg__queue_push(struct wg__queue *q, const struct wg_event *events, size_t count)
{
	bool is_stopped;

	(void)pthread_mutex_lock(&q->lock);
	while (count > 0 && !q->is_stopped) {
		size_t n = put_locked(q, events, count);

		events += n;
		count -= n;
		settle_locked(q);
		while (count > 0 && q->count == q->cap && !q->is_stopped)
			(void)pthread_cond_wait(&q->go_on, &q->lock);
	}
	is_stopped = q->is_stopped;
	(void)pthread_mutex_unlock(&q->lock);
	return is_stopped ? -ECANCELED : 0;
}

void wg__queue_set_quiet(struct wg__queue *q, int64_t quiet_ns)
{
	(void)pthread_mutex_lock(&q->lock);
	if (quiet_ns > q->quiet_ns) {
		q->quiet_ns = quiet_ns;
		q->has_news = true;
		settle_locked(q);
	}
	(void)pthread_mutex_unlock(&q->lock);
}

void wg__queue_set_nobody(struct wg__queue *q, uint64_t nobody)
{
	(void)pthread_mutex_lock(&q->lock);
	q->nobody = nobody; /* no news of its own: it is told with the next */
	(void)pthread_mutex_unlock(&q->lock);
}

void wg__queue_attached(struct wg__queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	if (!q->is_attached) {
		q->is_attached = q->has_news = true;
		settle_locked(q);
	}
	(void)pthread_mutex_unlock(&q->lock);
}

void wg__queue_end(struct wg__queue *q, const struct wg_error *why)
{
	(void)pthread_mutex_lock(&q->lock);
	q->has_ended = true;
	if (why)
		q->end = *why;
	q->has_news = true;
	settle_locked(q);
	(void)pthread_mutex_unlock(&q->lock);
}

bool wg__queue_pause(struct wg__queue *q, int64_t ns)
{
	struct timespec until;
	bool is_stopped;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ns / 1000000000);
	until.tv_nsec += (long)(ns % 1000000000);
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	(void)pthread_mutex_lock(&q->lock);
	while (!q->is_stopped && pthread_cond_timedwait(&q->go_on, &q->lock, &until) != ETIMEDOUT)
		;
	is_stopped = q->is_stopped;
	(void)pthread_mutex_unlock(&q->lock);
	return is_stopped;
}

size_t wg__queue_take(
	struct wg__queue *q, struct wg_event *events, size_t max, struct wg__queue_news *ret_news)
{
	size_t n, i;
	bool was_full;

	(void)pthread_mutex_lock(&q->lock);
	was_full = q->count == q->cap;
	n = q->count < max ? q->count : max;
	for (i = 0; i < n; i++)
		events[i] = q->slot[(q->head + i) % q->cap];
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): an open queue has room */
	q->head = (q->head + n) % q->cap;
	q->count -= n;
	/* The time and the end come after the events: they are reported when none is left. */
	*ret_news = (struct wg__queue_news){ .quiet_ns = INT64_MIN };
	if (q->count == 0) {
		ret_news->quiet_ns = q->quiet_ns;
		ret_news->nobody = q->nobody;
		ret_news->is_attached = q->is_attached;
		ret_news->has_ended = q->has_ended;
		ret_news->end = q->end;
		q->has_news = false;
	}
	settle_locked(q);
	if (was_full && n > 0)
		(void)pthread_cond_signal(&q->go_on);
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}

void wg__queue_stop(struct wg__queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->is_stopped = true;
	(void)pthread_cond_broadcast(&q->go_on);
	(void)pthread_mutex_unlock(&q->lock);
}

bool wg__queue_is_stopped(struct wg__queue *q)
{
	bool is_stopped;

	(void)pthread_mutex_lock(&q->lock);
	is_stopped = q->is_stopped;
	(void)pthread_mutex_unlock(&q->lock);
	return is_stopped;
}
