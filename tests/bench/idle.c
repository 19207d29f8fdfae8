/*
 * idle.c: what a loop does in a second in which nothing happens.
 *
 * Wake-ups are counted by the kernel (voluntary context switches of the loop's thread), processor
 * time too; the loop's own word is not taken for it.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "core/clock.h"
#include "core/loop.h"
#include "tests/bench/bench.h"

static int measure_loop(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct rusage before, after;
	struct wg_loop *loop;
	int rc = wg_loop_create(&(struct wg_loop_options){ .wait = row->arg }, &loop);

	if (rc < 0) {
		*ret_why = strerror(-rc);
		return rc;
	}
	(void)wg_loop_run_once(loop, 1);
	(void)getrusage(RUSAGE_THREAD, &before);
	(void)wg_loop_run_once(loop, 1000);
	(void)getrusage(RUSAGE_THREAD, &after);
	wg_loop_destroy(loop);
	/* The one at the end of the second is the caller's own. */
	*ret = (double)(after.ru_nvcsw - before.ru_nvcsw - (row->want > 0));
	*ret_extra = (double)((after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000) +
		     (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000.0 +
		     (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1000.0;
	return 0;
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
