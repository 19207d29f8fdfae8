/*
 * idle.c: what a loop does in a second in which nothing happens.
 *
 * The kernel counts wake-ups (voluntary context switches of the loop's thread) and processor time;
 * the loop's own numbers are not used. Each row has a thread of its own: the kernel takes an
 * io_uring down late, and then interrupts the thread that had it.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

#include "core/clock.h"
#include "core/loop.h"
#include "tests/bench/bench.h"

struct idle {
	const struct wg_bench_row *row;
	double wakes, ms;
	int rc;
};

static double ms_of(const struct rusage *r)
{
	return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1000 +
	       (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1000.0;
}

static void *idle_main(void *arg)
{
	struct idle *idle = arg;
	struct rusage before, after;
	struct wg_loop *loop;

	idle->rc = wg_loop_create(&(struct wg_loop_options){ .wait = idle->row->arg }, &loop);
	if (idle->rc < 0)
		return NULL;
	(void)wg_loop_run_once(loop, 1);
	(void)getrusage(RUSAGE_THREAD, &before);
	(void)wg_loop_run_once(loop, 1000);
	(void)getrusage(RUSAGE_THREAD, &after);
	wg_loop_destroy(loop);
	/* The one at the end of the second is the caller's own. */
	idle->wakes = (double)(after.ru_nvcsw - before.ru_nvcsw - (idle->row->want > 0));
	idle->ms = ms_of(&after) - ms_of(&before);
	return NULL;
}

static int measure_loop(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct idle idle = { .row = row };
	pthread_t thread;

	if (pthread_create(&thread, NULL, idle_main, &idle) != 0)
		return -EAGAIN;
	(void)pthread_join(thread, NULL);
	if (idle.rc < 0)
		*ret_why = strerror(-idle.rc);
	*ret = idle.wakes;
	*ret_extra = idle.ms;
	return idle.rc;
}

#define LOOP(strategy, bound)                                                                      \
	{                                                                                          \
		.group = "idle", .name = strategy, .unit = WG_BENCH_COUNT,                         \
		.measure = measure_loop, .arg = strategy, .want = bound                            \
	}

/* 0.5: none, but 0 would mean "no bound". */
static struct wg_bench_row rows[] = {
	LOOP("tick", 0),
	LOOP("ticker", 0),
	LOOP("condvar", 0.5),
	LOOP("futex", 0.5),
	LOOP("elide", 0.5),
	LOOP("eventfd", 0.5),
	LOOP("uring", 0.5),
	LOOP("hybrid", 0.5),
	LOOP("spin", 0),
	{ .name = NULL },
};

struct wg_bench_group wg_bench_idle = { .name = "idle",
	.title = "an idle second: wake-ups, and ms of processor time",
	.rounds = 3,
	.rows = rows };
