/*
 * uv.c: a libuv program, made visible to wakegap. What was added stands between the dashes, some 20
 * lines, and the other lines with wg_trace_ and woke().
 *
 *     wakegap record -o DIR -- build/examples/uv; wakegap stats DIR
 *
 * The wait: a prepare handle is the last thing that libuv calls before it sleeps. The wake: libuv
 * adds to uv_metrics_idle_time() how long it slept, so it woke up at prepare's time plus what was
 * added. An event has the time of its call, so the first callback after a sleep emits the wake:
 * `uv late` says how much later that is. A check handle runs after all callbacks, which is later.
 *
 * The program hands in 20 works, one after another, then waits for 5 timers. How libuv notifies its
 * loop is not visible from here, so stats calls notifies "not observable".
 */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#include <wakegap/trace.h>

enum { LOOP = 1, WORKS = 20, TIMERS = 5, WAKES_MAX = 1000 };

/* ---- added ---- */
static uint64_t prepared_ns, idle_ns, late_ns[WAKES_MAX];
static int is_asleep, wakes;

/* First in each callback: what it was called for. */
static void woke(uv_loop_t *loop, enum wg_trace_reason reason)
{
	uint64_t slept_ns = uv_metrics_idle_time(loop) - idle_ns;

	if (!is_asleep)
		return;
	is_asleep = 0;
	wg_trace_wake(LOOP, reason, reason == WG_TRACE_NOTIFIED);
	wg_trace_poll(LOOP, reason != WG_TRACE_SPURIOUS);
	if (slept_ns && wakes < WAKES_MAX) /* 0: what it would have slept for was there already */
		late_ns[wakes++] = uv_hrtime() - (prepared_ns + slept_ns);
}

static void prepare(uv_prepare_t *handle)
{
	int timeout_ms = uv_backend_timeout(handle->loop); /* also 0 while descriptors are new */

	woke(handle->loop, WG_TRACE_SPURIOUS); /* no callback since the last time */
	is_asleep = uv_loop_alive(handle->loop);
	idle_ns = uv_metrics_idle_time(handle->loop);
	prepared_ns = uv_hrtime();
	if (is_asleep)
		wg_trace_wait(LOOP, timeout_ms < 0 ? -1 : timeout_ms * INT64_C(1000000), 0);
}
/* ---- */

static uv_loop_t loop;
static uv_prepare_t before_sleep;
static uv_timer_t timer;
static uv_work_t request;
static uint64_t op; /* under way, from 1 */

static void next(void);

static void on_timer(uv_timer_t *handle)
{
	woke(handle->loop, WG_TRACE_TIMEOUT);
	wg_trace_done(LOOP, op, 0);
	wg_trace_deliver(LOOP, op, 0);
	next();
}

static void work(uv_work_t *unused)
{
	(void)unused;
	wg_trace_start(LOOP, op, 0);
	wg_trace_done(LOOP, op, 0);
}

static void after_work(uv_work_t *done, int status)
{
	woke(done->loop, WG_TRACE_NOTIFIED);
	wg_trace_deliver(LOOP, op, status);
	next();
}

static void next(void)
{
	if (op == WORKS + TIMERS)
		return;
	op++;
	wg_trace_submit(LOOP, op, op <= WORKS ? WG_TRACE_WORK : WG_TRACE_TIMER, 0);
	if (op <= WORKS)
		(void)uv_queue_work(&loop, &request, work, after_work);
	else
		(void)uv_timer_start(&timer, on_timer, 1, 0);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (uv_loop_init(&loop) || uv_loop_configure(&loop, UV_METRICS_IDLE_TIME) ||
		uv_prepare_init(&loop, &before_sleep) || uv_timer_init(&loop, &timer) ||
		uv_prepare_start(&before_sleep, prepare)) {
		(void)fprintf(stderr, "uv: no loop\n");
		return 1;
	}
	uv_unref((uv_handle_t *)&before_sleep); /* it does not keep the loop alive */
	wg_trace_loop(LOOP, "libuv", 0);
	next();
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	printf("uv: %d works and timers done\n", (int)op);
	if (argc > 1 && wakes) {
		qsort(late_ns, (size_t)wakes, sizeof(late_ns[0]), by_size);
		printf("a wake was emitted late by: p50 %llu ns, max %llu ns\n",
			(unsigned long long)late_ns[wakes / 2],
			(unsigned long long)late_ns[wakes - 1]);
	}
	return 0;
}
