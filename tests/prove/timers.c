/*
 * timers.c: timers in order: by their time, and those of one moment as they were submitted; some
 * are cancelled. One thread on a virtual clock, so it is exact.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "core/loop_state.h"
#include "tests/prove/prove.h"

#define MANY 40 /* more than the heap begins with, and three levels deep */

static struct {
	struct wg_op op[MANY];
	int64_t due_ns[MANY];
	bool is_cancelled[MANY];
	int fired, last;
} t;

static void on_timer(struct wg_op *op, int64_t result)
{
	int i = (int)(op - t.op), last = t.last;

	if (result == -ECANCELED) {
		lab_check("cancelled", t.is_cancelled[i], "timer %d was cancelled by nobody", i);
		return;
	}
	lab_check("cancelled", !t.is_cancelled[i], "timer %d fires, though cancelled", i);
	lab_check("due", wg_now_ns() == t.due_ns[i], "timer %d is %d ns late", i,
		(int)(wg_now_ns() - t.due_ns[i]));
	lab_check("order",
		last < 0 || t.due_ns[last] < t.due_ns[i] ||
			(last < i && t.due_ns[last] == t.due_ns[i]),
		"timer %d fires after %d", i, last);
	t.last = i;
	t.fired++;
}

static void many(const char *wait, int count, int factor, int modulus)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct timespec odd = { .tv_nsec = 123 };
	int i, cancelled = 0;

	t.last = -1;
	(void)nanosleep(&odd, NULL); /* the moments are no round numbers */
	for (i = 0; i < count; i++) {
		int64_t delay_ns = (int64_t)(i * factor % modulus) * 1000;

		wg_op_timer(&t.op[i], delay_ns);
		t.op[i].done = on_timer;
		t.due_ns[i] = wg_now_ns() + delay_ns;
		lab_check("submitted", wg_loop_submit(loop, &t.op[i]) == 0, "submit failed");
	}
	for (i = 0; i < count; i += 5, cancelled++) {
		int which = i * 3 % count;

		t.is_cancelled[which] = true;
		lab_check("cancelled", wg_loop_cancel(loop, &t.op[which]) == 0, "cancel failed");
	}
	lab_check("run", wg_loop_run(loop) == 0, "run did not end idle");
	lab_check("fired", t.fired == count - cancelled, "%d timers fired", t.fired);
	wg_loop_destroy(loop);
	prove_end();
}

void prove_timers(const char *wait)
{
	many(wait, 8, 5, 7);
}

void prove_many_timers(const char *wait)
{
	many(wait, MANY, 17, 23);
}

static void count(struct wg_op *op, int64_t result)
{
	(void)op;
	(void)result;
	t.fired++;
}

/* Two become ready in one turn, one of them with `done`: the other is the loop's until it is asked
 * for, or the loop goes away. */
void prove_kept_dropped(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int i;

	prove.drops_ops = true;
	for (i = 0; i < 2; i++) {
		wg_op_timer(&t.op[i], 0);
		t.op[i].done = i ? count : NULL;
		(void)wg_loop_submit(loop, &t.op[i]);
	}
	lab_check("found", wg_loop_run_once(loop, 0) == 2 && t.fired == 1, "%d fired", t.fired);
	wg_loop_destroy(loop);
	lab_check("dropped", t.op[0].state == WG_OP_IDLE, "the timer is not ours again");
	prove_end();
}

/* The one without `done` is the last: it is the caller's all the same. */
void prove_kept_last(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int i;

	for (i = 0; i < 3; i++) {
		wg_op_timer(&t.op[i], 0);
		t.op[i].done = i == 1 ? count : NULL;
		(void)wg_loop_submit(loop, &t.op[i]);
	}
	prove_turn(loop, 0, 3);
	lab_check("fired", t.fired == 1, "%d fired", t.fired);
	prove_result(loop, &t.op[2], 0);
	prove_result(loop, &t.op[0], 0);
	wg_loop_destroy(loop);
	prove_end();
}

/* The first of three is ours to free when its `done` is called, which takes the second. */
static struct wg_loop *taking;

static void take_next(struct wg_op *op, int64_t result)
{
	t.fired++;
	lab_check("result", result == 0, "the result is %d", (int)result);
	lab_check("taken", wg_loop_poll_result(taking, &t.op[1], &result) == 1, "it is not there");
	free(op);
}

void prove_callback_takes(const char *wait)
{
	struct wg_op *first = malloc(sizeof(*first));
	int i;

	taking = prove_loop(wait, 1, NULL);
	wg_op_timer(first, 0);
	first->done = take_next;
	(void)wg_loop_submit(taking, first);
	for (i = 1; i < 3; i++) {
		wg_op_timer(&t.op[i], 0);
		t.op[i].done = i == 2 ? count : NULL;
		(void)wg_loop_submit(taking, &t.op[i]);
	}
	prove_turn(taking, 0, 3);
	lab_check("fired", t.fired == 2, "%d fired", t.fired);
	lab_check(
		"idle", wg_loop_in_flight(taking) == 0, "%u in flight", wg_loop_in_flight(taking));
	wg_loop_destroy(taking);
	prove_end();
}

/* A result was counted by the turn that found it, and not by one whose number ends alike. */
void prove_kept_long(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);

	wg_op_timer(&t.op[0], 0);
	(void)wg_loop_submit(loop, &t.op[0]);
	prove_turn(loop, 0, 1);
	loop->turns = t.op[0].ready_turn + (UINT64_C(1) << 32);
	prove_result(loop, &t.op[0], 0);
	prove_turn(loop, 1, 0);
	wg_loop_destroy(loop);
	prove_end();
}

/* A loop is destroyed with timers that nobody waits for: all are ours again. */
void prove_dropped(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int i;

	prove.drops_ops = true;
	for (i = 0; i < 4; i++) {
		wg_op_timer(&t.op[i], i < 2 ? 0 : i < 3 ? WG_NS_PER_SEC : WG_FOREVER);
		(void)wg_loop_submit(loop, &t.op[i]);
	}
	lab_check("found", wg_loop_run_once(loop, 0) == 2, "not two are ready");
	wg_loop_destroy(loop);
	for (i = 0; i < 4; i++)
		lab_check("dropped", t.op[i].state == WG_OP_IDLE, "timer %d is not ours", i);
	prove_end();
}

static int64_t elapsed(int64_t begin_ns)
{
	return wg_now_ns() - begin_ns;
}

/* wg_loop_sleep(), and a timer that is still there when the loop goes away. */
void prove_sleep(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t begin_ns = wg_now_ns();
	struct wg_op timer;

	prove.drops_ops = true;
	wg_op_timer(&timer, WG_NS_PER_SEC);
	(void)wg_loop_submit(loop, &timer);
	lab_check("slept", wg_loop_sleep(loop, 3) == 0, "sleep failed");
	lab_check("slept", elapsed(begin_ns) == 3 * WG_NS_PER_MS, "%d ns", (int)elapsed(begin_ns));
	lab_check("cancelled", wg_loop_cancel(loop, &timer) == 0, "cancel failed");
	prove_result(loop, &timer, -ECANCELED);
	begin_ns = wg_now_ns();
	lab_check("slept", wg_loop_sleep(loop, 5000) == 0, "sleep failed");
	lab_check("slept", elapsed(begin_ns) == 5 * WG_NS_PER_SEC, "not 5 s");
	wg_op_timer(&timer, WG_NS_PER_SEC);
	(void)wg_loop_submit(loop, &timer);
	lab_check("idle", wg_loop_in_flight(loop) == 1, "%u in flight", wg_loop_in_flight(loop));
	wg_loop_destroy(loop);
	lab_check("dropped", timer.state == WG_OP_IDLE, "the timer is not ours again");
	prove_end();
}
