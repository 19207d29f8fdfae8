/*
 * watched.c: the watch of a workload (core/workload/watch.c) over a loop that leaves a result for a
 * while, and delivers it in time, or does not. Exact looks, on the explorer's clock.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/workload/workload.h"
#include "tests/prove/prove.h"

#define LOOKS 20	  /* that find the same, and it hangs: so it says in watch.c */
#define STEP  INT64_C(10) /* so a wrong ns of each look makes one too many */

static char answer[300];	/* what was printed */
static _Atomic int status = -1; /* that the process would have; -1: it goes on */
static _Atomic int written;	/* traces */

int prove_print(const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = vsnprintf(answer, sizeof(answer), format, args);
	va_end(args);
	return rc;
}

_Noreturn void prove_exit(int how)
{
	status = how;
	pthread_exit(NULL);
}

int wg_workload_write(const struct wg_workload *w)
{
	(void)w;
	written++;
	return 0;
}

int wg_workload_fail(const char *fmt, ...)
{
	lab_check("fails", false, "%s", fmt);
	return 1;
}

/* Until so many looks more were taken, and before the next one. */
static void pass(int64_t *now_ns, int looks)
{
	struct timespec until = wg_timespec(*now_ns += looks * STEP);

	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* A result that is left for so many looks. */
static void leave(struct wg_loop *loop, int64_t *now_ns, int looks)
{
	struct wg_op op;

	wg_op_close(&op, -1);
	lab_check("submits", wg_loop_submit(loop, &op) == 0, "it is refused");
	pass(now_ns, looks);
	prove_result(loop, &op, -EBADF);
}

/* A loop that submits goes on, though a result is left. */
static void submit_meanwhile(struct wg_loop *loop, int64_t *now_ns)
{
	struct wg_op op, timer;

	wg_op_close(&op, -1);
	wg_op_timer(&timer, 2 * LOOKS * STEP);
	lab_check("submits", wg_loop_submit(loop, &op) == 0, "it is refused");
	pass(now_ns, LOOKS);
	lab_check("submits", wg_loop_submit(loop, &timer) == 0, "it is refused");
	pass(now_ns, LOOKS);
	prove_result(loop, &op, -EBADF);
	prove_result(loop, &timer, 0);
	pass(now_ns, LOOKS);
}

/* Twice it is delivered in time, and then nothing is ready; the third one hangs. */
void prove_watched(const char *wait)
{
	struct wg_workload w = { .wait = wait,
		.passes = 3,
		.check = WG_CHECK_EXTRA,
		.patience_ns = (STEP - 1) * LOOKS };
	struct wg_job job = { .w = &w, .planned = 7, .hashes = true };
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t now_ns = wg_now_ns() + STEP / 2;
	struct wg_watch *watch = wg_workload_watch(&job, loop);

	leave(loop, &now_ns, LOOKS);
	leave(loop, &now_ns, LOOKS);
	pass(&now_ns, 2 * LOOKS);
	submit_meanwhile(loop, &now_ns);
	lab_check("patience", status == -1, "it hangs before its patience is over");
	leave(loop, &now_ns, LOOKS + 1);
	lab_check("hangs", status == WG_WORKLOAD_HANGS && written == 1, "the status is %d", status);
	lab_check("answer",
		strcmp(answer, "{\"wait\":\"condvar\",\"hangs\":{\"delivered\":4,\"submitted\":5,"
			       "\"planned\":28,\"ready\":1,\"patience_ns\":180}}\n") == 0,
		"the answer is %s", answer);
	wg_workload_unwatch(watch);
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t work_until(struct wg_op *op, void *until_ns)
{
	struct timespec until = wg_timespec(*(int64_t *)until_ns);

	(void)op;
	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/*
 * A loop does not hang if it takes a result just before the next one is there, so that each look
 * finds one; nor while its workers publish.
 */
void prove_watched_publishes(const char *wait)
{
	struct wg_workload w = { .wait = wait, .patience_ns = (STEP - 1) * LOOKS };
	struct wg_job job = { .w = &w };
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t now_ns = wg_now_ns() + STEP / 2;
	int64_t first_ns = now_ns + (LOOKS - 1) * STEP + 2, second_ns = first_ns + 10 * STEP;
	struct wg_watch *watch = wg_workload_watch(&job, loop);
	struct wg_op ops[3];
	int i;

	wg_op_close(&ops[0], -1);
	wg_op_work(&ops[1], work_until, &first_ns);
	wg_op_work(&ops[2], work_until, &second_ns);
	for (i = 0; i < 3; i++)
		lab_check("submits", wg_loop_submit(loop, &ops[i]) == 0, "it is refused");
	pass(&now_ns, LOOKS - 1);
	prove_result(loop, &ops[0], -EBADF);
	pass(&now_ns, 10 + LOOKS - 1);
	lab_check("patience", status == -1, "it hangs before its patience is over");
	prove_result(loop, &ops[1], 0);
	prove_result(loop, &ops[2], 0);
	wg_workload_unwatch(watch);
	wg_loop_destroy(loop);
	prove_end();
}

/* All passes are done: the watch ends, and takes not even the rest of a look. */
void prove_watched_ends(const char *wait)
{
	struct wg_workload w = { .wait = wait, .patience_ns = STEP * LOOKS };
	struct wg_job job = { .w = &w };
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_watch *watch = wg_workload_watch(&job, loop);
	int64_t now_ns = wg_now_ns() + STEP / 2;

	leave(loop, &now_ns, LOOKS / 2);
	wg_workload_unwatch(watch);
	w.patience_ns = 0;
	wg_workload_unwatch(wg_workload_watch(&job, loop));
	lab_check("ends", wg_now_ns() == now_ns, "it waits for its next look");
	lab_check("patience", status == -1, "it hangs");
	wg_loop_destroy(loop);
	prove_end();
}
