/*
 * timers.c: a million timers, armed and fired.
 *
 * Delays are random from 0 to 9 ms (libuv counts milliseconds), so that all are due when all are
 * armed, and no peer sleeps: this measures the data structure and the delivery.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/loop.h"
#include "tests/bench/bench.h"

static unsigned fired;

static void on_timer(struct wg_op *op, int64_t result)
{
	(void)op;
	(void)result;
	fired++;
}

static unsigned timer_count(void)
{
	return (unsigned)(1e6 * wg_bench_setup.scale);
}

static int measure_loop(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	unsigned n = timer_count(), i, seed = 1;
	struct wg_op *ops = calloc(n, sizeof(*ops));
	struct wg_loop *loop = NULL;
	int64_t begin_ns;
	int rc = ops ? wg_loop_create(&(struct wg_loop_options){ .wait = row->arg }, &loop)
		     : -ENOMEM;

	(void)ret_extra;
	if (rc < 0) {
		*ret_why = strerror(-rc);
		free(ops);
		return rc;
	}
	fired = 0;
	memset(ops, 1, n * sizeof(*ops)); /* touched, as the peer's */
	begin_ns = wg_now_ns();
	for (i = 0; i < n; i++) {
		wg_op_timer(&ops[i], rand_r(&seed) % 10 * WG_NS_PER_MS);
		ops[i].done = on_timer;
		(void)wg_loop_submit(loop, &ops[i]);
	}
	while (fired < n)
		(void)wg_loop_run_once(loop, 0);
	*ret = (double)(wg_now_ns() - begin_ns);
	wg_loop_destroy(loop);
	free(ops);
	return 0;
}

static int measure_uv(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	(void)row;
	(void)ret_extra;
	return wg_uv_timers(timer_count(), ret, ret_why);
}

static struct wg_bench_row rows[] = {
	{ .group = "timers", .name = "libuv", .measure = measure_uv },
	{ .group = "timers",
		.name = "eventfd",
		.measure = measure_loop,
		.arg = "eventfd",
		.against = "libuv",
		.want = 1.0 },
	{ .group = "timers",
		.name = "condvar",
		.measure = measure_loop,
		.arg = "condvar",
		.against = "libuv",
		.want = 1.0 },
	{ .name = NULL },
};

struct wg_bench_group wg_bench_timers = {
	.name = "timers", .title = "a million timers armed and fired", .rounds = 5, .rows = rows
};
