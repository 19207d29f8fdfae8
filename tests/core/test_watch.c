/*
 * test_watch.c: what the watch of a workload (core/workload/watch.c) says and leaves behind. When
 * it says so is for the explorer's clock: tests/prove/watched.c.
 */
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/workload/workload.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define MANY 1000

static const struct wg_workload hasty = { .wait = "a way", .patience_ns = 1 };
static const struct wg_job job = { .w = &hasty };

/* The workload's trace: a word on standard output. */
int wg_workload_write(const struct wg_workload *w)
{
	(void)w;
	return write(STDOUT_FILENO, "trace", 5) != 5;
}

static struct wg_loop *make_loop(void)
{
	struct wg_loop *loop = NULL;

	if (wg_loop_create(&(struct wg_loop_options){ .workers = 1 }, &loop) < 0)
		abort();
	return loop;
}

static void leave_a_result(void)
{
	struct wg_loop *loop = make_loop();
	struct wg_op op;

	(void)wg_workload_watch(&job, loop);
	wg_op_close(&op, -1);
	(void)wg_loop_submit(loop, &op);
	for (;;)
		(void)pause();
}

/* The answer is out before the trace is written: that may fail. */
static void a_hang_is_answered(void)
{
	wg_child_says(leave_a_result, WG_WORKLOAD_HANGS,
		"{\"wait\":\"a way\",\"hangs\":{\"delivered\":0,\"submitted\":1,\"planned\":0,"
		"\"ready\":1,\"patience_ns\":1}}\ntrace");
}

static void nothing_is_watched(void)
{
	const struct wg_workload patient = { .patience_ns = 0 };
	struct wg_loop *loop = make_loop();
	struct wg_watch *watch = wg_workload_watch(&job, loop);

	CU_ASSERT_PTR_NOT_NULL(watch);
	wg_workload_unwatch(watch);
	CU_ASSERT_PTR_NULL(wg_workload_watch(&(struct wg_job){ .w = &patient }, loop));
	CU_ASSERT_PTR_NULL(wg_workload_watch(&job, NULL));
	wg_workload_unwatch(NULL);
	wg_loop_destroy(loop);
}

static void go_unwatched(struct wg_loop *loop)
{
	if (wg_workload_watch(&job, loop))
		_exit(1);
	wg_fault_threads(WG_FAULT_NEVER);
	wg_loop_destroy(loop);
}

static void lack_memory(void)
{
	struct wg_loop *loop = make_loop();

	wg_fault_alloc(1);
	go_unwatched(loop);
}

static void lack_threads(void)
{
	struct wg_loop *loop = make_loop();

	wg_fault_threads(1);
	go_unwatched(loop);
}

static void what_it_lacks_is_said(void)
{
	wg_child_says(lack_memory, 0, "wakegap: cannot watch for a hang: Cannot allocate memory\n");
	wg_child_says(lack_threads, 0,
		"wakegap: cannot watch for a hang: Resource temporarily unavailable\n");
}

/* No thread runs, so no loop is looked at, and all memory is this thread's. */
static void lack_threads_often(void)
{
	struct wg_loop *none = (void *)&job;
	size_t bytes = mallinfo2().uordblks;
	int i;

	(void)close(STDERR_FILENO);
	for (i = 0; i < MANY; i++) {
		wg_fault_threads(1);
		if (wg_workload_watch(&job, none))
			_exit(1);
	}
	/* The allocator keeps a few for the next time. */
	if (mallinfo2().uordblks - bytes > MANY * sizeof(pthread_t))
		_exit(2);
}

static void what_fails_leaves_nothing(void)
{
	wg_child_says(lack_threads_often, 0, "");
}

void suite_watch(void)
{
	WG_TEST(a_hang_is_answered);
	WG_TEST(nothing_is_watched);
	WG_TEST(what_it_lacks_is_said);
	WG_TEST_IF(WG_COUNTS_BYTES, "a sanitizer has its own allocator", what_fails_leaves_nothing);
}
