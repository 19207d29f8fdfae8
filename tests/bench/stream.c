/*
 * stream.c: a file of 10 MiB in 64 KiB reads, one in flight: open, read to the end, close.
 *
 * Nobody looks at the bytes, the peers neither. Each measurement reads the file a few times and
 * takes the median pass, so that all have their threads running.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop.h"
#include "tests/bench/bench.h"

#define CHUNK  65536
#define PASSES 15

static char buf[CHUNK];

static int64_t pread_pass(void)
{
	int64_t begin_ns = wg_now_ns();
	int fd = open(wg_bench_setup.file, O_RDONLY | O_CLOEXEC);
	off_t offset = 0;
	ssize_t n;

	while ((n = pread(fd, buf, CHUNK, offset)) > 0)
		offset += n;
	(void)close(fd);
	return wg_now_ns() - begin_ns;
}

static int measure_pread(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	double pass[PASSES];
	int i;

	(void)row;
	(void)ret_extra;
	(void)ret_why;
	for (i = 0; i < PASSES; i++)
		pass[i] = (double)pread_pass();
	*ret = wg_bench_median(pass, PASSES);
	return 0;
}

/* One read in flight, the next submitted by the callback of the last. */
struct stream {
	struct wg_loop *loop;
	int fd;
	bool is_done;
};

static void on_read(struct wg_op *op, int64_t result)
{
	struct stream *s = op->user;

	if (result <= 0) {
		s->is_done = true;
		return;
	}
	op->offset += result;
	(void)wg_loop_submit(s->loop, op);
}

static int64_t loop_pass(struct wg_loop *loop)
{
	int64_t begin_ns = wg_now_ns();
	struct stream s = { .loop = loop };
	struct wg_op op;
	int64_t result;

	wg_op_open(&op, wg_bench_setup.file, O_RDONLY, 0);
	(void)wg_loop_submit(loop, &op);
	(void)wg_loop_wait_result(loop, &op, &result);
	s.fd = (int)result;
	wg_op_read(&op, s.fd, buf, CHUNK, 0);
	op.done = on_read;
	op.user = &s;
	(void)wg_loop_submit(loop, &op);
	while (!s.is_done)
		(void)wg_loop_run_once(loop, 0);
	wg_op_close(&op, s.fd);
	(void)wg_loop_submit(loop, &op);
	(void)wg_loop_wait_result(loop, &op, &result);
	return wg_now_ns() - begin_ns;
}

static int measure_loop(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct wg_loop *loop;
	double pass[PASSES];
	int rc = wg_loop_create(&(struct wg_loop_options){ .wait = row->arg }, &loop);
	int i;

	(void)ret_extra;
	if (rc < 0) {
		*ret_why = strerror(-rc);
		return rc;
	}
	for (i = 0; i < PASSES; i++)
		pass[i] = (double)loop_pass(loop);
	wg_loop_destroy(loop);
	*ret = wg_bench_median(pass, PASSES);
	return 0;
}

static int measure_uv(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	(void)row;
	(void)ret_extra;
	return wg_uv_stream(ret, ret_why);
}

static int measure_node(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	char command[512];
	FILE *f;
	int n;

	(void)row;
	(void)ret_extra;
	(void)snprintf(command, sizeof(command),
		"node tests/bench/node_stream.js %s %d 2>/dev/null", wg_bench_setup.file, PASSES);
	f = popen(command, "re");
	n = f ? fscanf(f, "%lf", ret) : 0;
	if ((f && pclose(f) != 0) || n != 1) {
		*ret_why = "no node here";
		return -ENOENT;
	}
	return 0;
}

#define LOOP(strategy, peer, bound)                                                                \
	{                                                                                          \
		.group = "stream", .name = strategy, .measure = measure_loop, .arg = strategy,     \
		.against = peer, .want = bound                                                     \
	}

static struct wg_bench_row rows[] = {
	{ .group = "stream", .name = "pread loop", .measure = measure_pread },
	{ .group = "stream", .name = "libuv", .measure = measure_uv, .against = "pread loop" },
	{ .group = "stream", .name = "node", .measure = measure_node, .against = "libuv" },
	LOOP("condvar", "libuv", 1.0),
	LOOP("futex", "libuv", 1.0),
	LOOP("elide", "libuv", 1.0),
	LOOP("eventfd", "libuv", 1.0),
	LOOP("uring", "libuv", 0),
	LOOP("hybrid", "libuv", 0.5),
	{ .group = "stream",
		.name = "hybrid again",
		.measure = measure_loop,
		.arg = "hybrid",
		.against = "pread loop",
		.want = 2.0 },
	LOOP("spin", "pread loop", 0),
	{ .name = NULL },
};

struct wg_bench_group wg_bench_stream = { .name = "stream",
	.title = "10 MiB in 64 KiB reads, one in flight: time a pass",
	.rounds = 15,
	.rows = rows };
