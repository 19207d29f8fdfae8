/*
 * live.c: see live.h.
 *
 * How to end the thread: the queue is stopped, which ends a push or a pause, and the reader is
 * interrupted. Only a signal makes recv(2) return, so the thread gets SIGURG (an empty handler, no
 * SA_RESTART). A signal just before recv has no effect, so it is repeated until the thread has
 * ended.
 */
#include "traces/read/live.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "traces/read/live_impl.h"

/* Of 20 ms, until a thread that does not end is left to itself. */
#define CLOSE_TRIES 150
/* Half a second of a busy program: 64 bytes each, 4 MiB. */
#define QUEUE_EVENTS 65536

struct wg_live {
	/* immutable while the thread runs */
	const struct wg__live_ops *ops;
	void *reader;
	pthread_t thread;
	struct sigaction saved_urg;
	/* safe by itself */
	struct wg__queue queue;
};

static void *run(void *arg)
{
	struct wg_live *l = arg;

	l->ops->run(l->reader, &l->queue);
	return NULL;
}

static void on_urg(int signo)
{
	(void)signo; /* it is recv(2)'s EINTR that counts */
}

/* Signals are for the main thread; the one that makes recv return is not. */
static int start_thread(struct wg_live *l)
{
	struct sigaction action = { .sa_handler = on_urg };
	sigset_t mask, saved;
	int rc;

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGURG, &action, &l->saved_urg);
	(void)sigfillset(&mask);
	(void)sigdelset(&mask, SIGURG);
	(void)pthread_sigmask(SIG_SETMASK, &mask, &saved);
	rc = pthread_create(&l->thread, NULL, run, l);
	(void)pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (rc != 0)
		(void)sigaction(SIGURG, &l->saved_urg, NULL);
	return -rc;
}

int wg__live_start(const struct wg__live_ops *ops, void *reader, struct wg_live **ret_live,
	struct wg_error *err)
{
	struct wg_live *l = calloc(1, sizeof(*l));
	int rc = l ? wg__queue_init(&l->queue, QUEUE_EVENTS) : -ENOMEM;

	if (rc == 0) {
		l->ops = ops;
		l->reader = reader;
		rc = start_thread(l);
		if (rc < 0)
			wg__queue_fini(&l->queue);
	}
	if (rc < 0) {
		ops->destroy(reader);
		free(l);
		return wg_error_set(err, rc, "cannot start reading: %s", strerror(-rc));
	}
	*ret_live = l;
	return 0;
}

int wg_live_wait(struct wg_live *l, int timeout_ms, struct wg_error *err)
{
	struct pollfd fd = { .fd = l->queue.fd, .events = POLLIN };
	struct wg__queue_news news;
	int n;

	do
		n = poll(&fd, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	(void)wg__queue_take(&l->queue, NULL, 0, &news);
	if (news.has_ended)
		return wg_error_set(err, -EIO, "cannot attach: %s",
			news.end.code ? news.end.text : "the session is gone");
	return n > 0 ? 0 : wg_error_set(err, -ETIMEDOUT, "the relay daemon does not answer");
}

int wg_live_fd(const struct wg_live *live)
{
	return live->queue.fd;
}

size_t wg_live_take(
	struct wg_live *live, struct wg_event *events, size_t max, struct wg_live_news *ret_news)
{
	struct wg__queue_news news;
	size_t n = wg__queue_take(&live->queue, events, max, &news);

	*ret_news = (struct wg_live_news){ news.quiet_ns, news.nobody, news.has_ended, news.end };
	return n;
}

unsigned wg_live_reattached(const struct wg_live *live)
{
	return live->ops->reattached ? live->ops->reattached(live->reader) : 0;
}

void wg_live_close(struct wg_live *l)
{
	struct timespec until;
	int tries = 0;

	if (!l)
		return;
	wg__queue_stop(&l->queue);
	do {
		/* It attaches to a relay daemon that says nothing, which cannot be interrupted. */
		if (tries++ == CLOSE_TRIES) {
			(void)pthread_detach(l->thread);
			return;
		}
		if (l->ops->interrupt)
			l->ops->interrupt(l->reader);
		(void)pthread_kill(l->thread, SIGURG);
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 20000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
	} while (pthread_timedjoin_np(l->thread, NULL, &until) == ETIMEDOUT);
	(void)sigaction(SIGURG, &l->saved_urg, NULL);
	wg__queue_fini(&l->queue);
	l->ops->destroy(l->reader);
	free(l);
}
