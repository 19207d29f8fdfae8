/*
 * test_queue.c: events on their way to another thread: complete, in order, bounded, with a
 * descriptor that is readable only when it should be. Run it under make tsan.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "tests/harness/harness.h"
#include "traces/read/queue.h"

#define EVENTS 200000
#define CAP    777

struct producer {
	struct wg__queue *queue;
	int rc; /* of the last push; handed over by join */
};

static bool is_readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1;
}

/* Batches of odd sizes, then the end. */
static void *produce(void *arg)
{
	struct producer *p = arg;
	struct wg_event batch[100];
	size_t sent = 0, n, i;

	while (sent < EVENTS && p->rc == 0) {
		n = 1 + sent * 7919 % 100;
		if (n > EVENTS - sent)
			n = EVENTS - sent;
		for (i = 0; i < n; i++)
			batch[i] = (struct wg_event){ .ts_ns = (int64_t)(sent + i) };
		p->rc = wg__queue_push(p->queue, batch, n);
		wg__queue_set_quiet(p->queue, (int64_t)sent);
		sent += n;
	}
	wg__queue_end(p->queue, NULL);
	return NULL;
}

static void all_come_in_order_and_then_the_end(void)
{
	struct wg__queue q;
	struct producer p = { &q, 0 };
	struct wg__queue_news news = { 0 };
	struct wg_event taken[64];
	pthread_t thread;
	size_t got = 0, n, i, wrong = 0, for_nothing = 0;

	CU_ASSERT_FATAL(wg__queue_init(&q, CAP) == 0);
	CU_ASSERT_FATAL(pthread_create(&thread, NULL, produce, &p) == 0);
	while (!news.has_ended && is_readable(q.fd, 30000)) {
		n = wg__queue_take(&q, taken, 1 + got % 64, &news);
		for (i = 0; i < n; i++)
			wrong += taken[i].ts_ns != (int64_t)got++;
		/* Only events, a later time or the end make it readable: Q1. */
		for_nothing += n == 0 && !news.has_ended && news.quiet_ns == INT64_MIN;
	}
	CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
	CU_ASSERT_EQUAL(p.rc, 0);
	CU_ASSERT_EQUAL(got, EVENTS);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(for_nothing, 0);
	CU_ASSERT(news.has_ended && news.end.code == 0);
	wg__queue_fini(&q);
}

static void it_is_readable_only_with_something_to_tell(void)
{
	struct wg__queue q;
	struct wg__queue_news news;
	struct wg_event ev[3] = { { .ts_ns = 1 }, { .ts_ns = 2 }, { .ts_ns = 3 } };
	struct wg_error why = { -EIO, "broken" };

	CU_ASSERT_FATAL(wg__queue_init(&q, CAP) == 0);
	CU_ASSERT(!is_readable(q.fd, 0));
	CU_ASSERT_EQUAL(wg__queue_push(&q, ev, 3), 0);
	CU_ASSERT(is_readable(q.fd, 0));
	CU_ASSERT_EQUAL(wg__queue_take(&q, ev, 2, &news), 2);
	CU_ASSERT(is_readable(q.fd, 0));
	CU_ASSERT_EQUAL(wg__queue_take(&q, ev, 2, &news), 1);
	CU_ASSERT(!is_readable(q.fd, 0));
	wg__queue_set_quiet(&q, 7);
	CU_ASSERT(is_readable(q.fd, 0));
	CU_ASSERT_EQUAL(wg__queue_take(&q, ev, 2, &news), 0);
	CU_ASSERT(news.quiet_ns == 7 && !is_readable(q.fd, 0));
	wg__queue_set_quiet(&q, 7); /* no later than known: no news */
	CU_ASSERT(!is_readable(q.fd, 0));
	wg__queue_end(&q, &why);
	CU_ASSERT(is_readable(q.fd, 0));
	(void)wg__queue_take(&q, ev, 2, &news);
	CU_ASSERT(news.has_ended && news.end.code == -EIO);
	CU_ASSERT(!is_readable(q.fd, 0));
	wg__queue_fini(&q);
}

/* Nobody takes, so it fills the queue and waits until it is stopped. */
static void stopping_lets_go_of_a_full_queue(void)
{
	struct wg__queue q;
	struct producer p = { &q, 0 };
	pthread_t thread;

	CU_ASSERT_FATAL(wg__queue_init(&q, CAP) == 0);
	CU_ASSERT_FATAL(pthread_create(&thread, NULL, produce, &p) == 0);
	CU_ASSERT(is_readable(q.fd, 30000));
	wg__queue_stop(&q);
	CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
	CU_ASSERT_EQUAL(p.rc, -ECANCELED);
	CU_ASSERT(wg__queue_pause(&q, INT64_C(60000000000))); /* at once */
	wg__queue_fini(&q);
}

void suite_queue(void)
{
	WG_TEST(all_come_in_order_and_then_the_end);
	WG_TEST(it_is_readable_only_with_something_to_tell);
	WG_TEST(stopping_lets_go_of_a_full_queue);
}
