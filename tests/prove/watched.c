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

#define LOOKS 20 /* that find the same, and it hangs: so it says in watch.c */
#define STEP  INT64_C(1000)

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
	struct wg_workload w = { .wait = wait, .passes = 3, .patience_ns = (STEP - 1) * LOOKS };
	struct wg_job job = { .w = &w, .planned = 7 };
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
			       "\"planned\":21,\"ready\":1,\"patience_ns\":19980}}\n") == 0,
		"the answer is %s", answer);
	wg_workload_unwatch(watch);
	wg_loop_destroy(loop);
	prove_end();
}
