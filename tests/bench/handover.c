/*
 * handover.c: from "the result is there" on one thread to "I have it" on another.
 *
 * A worker stamps the clock as its last act; the loop stamps it again in the callback. The bare
 * primitives do the same with nothing around them: two threads, a request one way by a condition
 * variable (as in a pool), the answer back by the primitive. So for all alike the sleeper sleeps,
 * and the worker has just been woken up.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/wait/futex_call.h"
#include "core/loop.h"
#include "core/wait/spin_budget.h"
#include "core/sync.h"
#include "tests/bench/bench.h"

#define HANDOVERS 4000
#define WARM_UP	  400

static double latency[HANDOVERS];

static int conclude(size_t n, double *ret, double *ret_extra)
{
	*ret = wg_bench_percentile(latency + WARM_UP, n - WARM_UP, 0.50);
	*ret_extra = wg_bench_percentile(latency + WARM_UP, n - WARM_UP, 0.99);
	return 0;
}

/* ---- the loop ---- */

static int64_t stamp(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	return wg_now_ns();
}

static int measure_loop(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct wg_loop *loop;
	struct wg_op op;
	int64_t result;
	int rc = wg_loop_create(&(struct wg_loop_options){ .wait = row->arg, .workers = 1 }, &loop);
	int i;

	if (rc < 0) {
		*ret_why = strerror(-rc);
		return rc;
	}
	for (i = 0; i < HANDOVERS; i++) {
		wg_op_work(&op, stamp, NULL);
		(void)wg_loop_submit(loop, &op);
		(void)wg_loop_wait_result(loop, &op, &result);
		latency[i] = (double)(wg_now_ns() - result);
	}
	wg_loop_destroy(loop);
	return conclude(HANDOVERS, ret, ret_extra);
}

/* ---- bare primitives ---- */

struct bare {
	/* the request, as a pool takes it */
	struct wg_mutex lock; /* guards: requests, answers (condvar) */
	struct wg_cond request;
	int requests;

	/* the answer, by one of these */
	struct wg_cond answer;
	int answers;
	_Atomic uint32_t word;
	int efd, epfd;

	_Atomic int64_t stamp_ns;
	const char *how;
};

static void notify(struct bare *b)
{
	if (strcmp(b->how, "condvar") == 0) {
		wg_lock(&b->lock);
		b->answers++;
		wg_cond_signal(&b->answer);
		wg_unlock(&b->lock);
	} else if (strcmp(b->how, "eventfd") == 0) {
		(void)eventfd_write(b->efd, 1);
	} else {
		atomic_fetch_add(&b->word, 1);
		if (strcmp(b->how, "futex") == 0)
			wg_futex_wake(&b->word);
	}
}

static void await(struct bare *b, int i)
{
	struct epoll_event ev;
	eventfd_t count;

	if (strcmp(b->how, "condvar") == 0) {
		wg_lock(&b->lock);
		while (b->answers <= i)
			(void)wg_cond_wait(&b->answer, &b->lock, WG_FOREVER);
		wg_unlock(&b->lock);
	} else if (strcmp(b->how, "eventfd") == 0) {
		(void)epoll_wait(b->epfd, &ev, 1, -1);
		(void)eventfd_read(b->efd, &count);
	} else if (strcmp(b->how, "futex") == 0) {
		while (atomic_load(&b->word) == (uint32_t)i)
			(void)wg_futex_wait(&b->word, (uint32_t)i, WG_FOREVER);
	} else {
		while (atomic_load(&b->word) == (uint32_t)i)
			wg_cpu_relax();
	}
}

static void *answer_main(void *arg)
{
	struct bare *b = arg;
	int i;

	for (i = 0; i < HANDOVERS; i++) {
		wg_lock(&b->lock);
		while (b->requests <= i)
			(void)wg_cond_wait(&b->request, &b->lock, WG_FOREVER);
		wg_unlock(&b->lock);
		atomic_store(&b->stamp_ns, wg_now_ns());
		notify(b);
	}
	return NULL;
}

static int measure_bare(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct bare b = { .how = row->arg };
	struct epoll_event ev = { .events = EPOLLIN };
	pthread_t thread;
	int i;

	(void)ret_why;
	wg_mutex_init(&b.lock);
	wg_cond_init(&b.request);
	wg_cond_init(&b.answer);
	b.efd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	b.epfd = epoll_create1(EPOLL_CLOEXEC);
	(void)epoll_ctl(b.epfd, EPOLL_CTL_ADD, b.efd, &ev);
	if (pthread_create(&thread, NULL, answer_main, &b) != 0)
		return -EAGAIN;
	for (i = 0; i < HANDOVERS; i++) {
		wg_lock(&b.lock);
		b.requests++;
		wg_cond_signal(&b.request);
		wg_unlock(&b.lock);
		await(&b, i);
		latency[i] = (double)(wg_now_ns() - atomic_load(&b.stamp_ns));
	}
	(void)pthread_join(thread, NULL);
	(void)close(b.efd);
	(void)close(b.epfd);
	wg_cond_fini(&b.request);
	wg_cond_fini(&b.answer);
	wg_mutex_fini(&b.lock);
	return conclude(HANDOVERS, ret, ret_extra);
}

static int measure_uv(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	int rc = wg_uv_handover(latency, HANDOVERS, ret_why);

	(void)row;
	return rc < 0 ? rc : conclude(HANDOVERS, ret, ret_extra);
}

#define BARE(primitive)                                                                            \
	{                                                                                          \
		.group = "handover", .name = "bare " primitive, .measure = measure_bare,           \
		.arg = primitive                                                                   \
	}
#define LOOP(strategy, peer, bound)                                                                \
	{                                                                                          \
		.group = "handover", .name = strategy, .measure = measure_loop, .arg = strategy,   \
		.against = peer, .want = bound                                                     \
	}

static struct wg_bench_row rows[] = {
	BARE("spin"),
	BARE("futex"),
	BARE("condvar"),
	BARE("eventfd"),
	{ .group = "handover", .name = "uv_queue_work", .measure = measure_uv },
	LOOP("futex", "bare futex", 1.1),
	LOOP("elide", "bare futex", 1.1),
	LOOP("condvar", "bare condvar", 1.1),
	LOOP("eventfd", "bare eventfd", 1.1),
	LOOP("uring", "bare eventfd", 0),
	{ .group = "handover",
		.name = "hybrid",
		.measure = measure_loop,
		.arg = "hybrid",
		.want = 1000 },
	LOOP("spin", "bare spin", 0),
	{ .name = NULL },
};

struct wg_bench_group wg_bench_handover = { .name = "handover",
	.title = "hand-over from a worker to the loop: p50, p99",
	.rounds = 15,
	.rows = rows };
