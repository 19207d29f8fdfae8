/*
 * events.c: what one thread on a virtual clock does is exact: each event, its numbers and its
 * moment are compared with what they should be. A trace that says something else is wrong, even if
 * the program works.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "tests/prove/prove.h"

static struct wg_loop *begin(const char *wait)
{
	prove.keeps_events = prove.times_events = true;
	prove.begin_ns = wg_now_ns();
	return prove_loop(wait, 1, NULL);
}

static void end(struct wg_loop *loop)
{
	wg_loop_destroy(loop);
	prove_end();
}

static void arm(struct wg_loop *loop, struct wg_op *op, int64_t delay_ns)
{
	wg_op_timer(op, delay_ns);
	lab_check("submitted", wg_loop_submit(loop, op) == 0, "submit failed");
}

/* A timer that nobody asks for, one that is late, one that is cancelled. */
void prove_events(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op first, second;

	prove.polls = true; /* a wait with a result left is no late one */
	happened("loop(1,condvar,0) ");
	arm(loop, &first, 2 * WG_NS_PER_MS);
	lab_check("busy", wg_loop_submit(loop, &first) == -EBUSY, "one is submitted twice");
	happened("submit(1,timer,2000000) ");
	prove_turn(loop, 0, 1);
	happened("wait(2000000,0)@0 wake(timeout,0)@2000000 done(1,0) poll(1) ");
	lab_check("busy", wg_loop_submit(loop, &first) == -EBUSY, "and again when it is ready");
	arm(loop, &second, 5 * WG_NS_PER_MS);
	happened("submit(2,timer,5000000) ");
	prove_turn(loop, 3, 0);
	happened("wait(3000000,1)@2000000 wake(timeout,1)@5000000 poll(0) ");
	prove_result(loop, &first, 0);
	happened("deliver(1,0) ");
	lab_check("cancelled", wg_loop_cancel(loop, &second) == 0, "cancel failed");
	happened("done(2,-125) ");
	prove_turn(loop, 1, 1);
	happened("");
	prove_turn(loop, 1, 0);
	happened("wait(1000000,1)@5000000 wake(timeout,1)@6000000 poll(0) ");
	prove_result(loop, &second, -ECANCELED);
	happened("deliver(2,-125) ");
	arm(loop, &first, 0);
	prove_turn(loop, 0, 1);
	happened("submit(3,timer,0) done(3,0) poll(1) ");
	prove_result(loop, &first, 0);
	prove.events[0] = '\0';
	prove_turn(loop, 5000, 0); /* its end is past 2^32 ns */
	happened("wait(5000000000,0)@6000000 wake(timeout,0)@5006000000 poll(0) ");
	end(loop);
}

/* wg_loop_wake() before the turn: it counts by itself, and hides no result. */
void prove_events_wake(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op op;

	prove.wakes_are_empty = true;
	prove.events[0] = '\0';
	wg_loop_wake(loop);
	wg_loop_wake(loop);
	prove_turn(loop, 0, 0);
	happened("notify(0,1) notify(0,0) ");
	prove_turn(loop, 1, 0);
	happened("wait(1000000,0)@0 wake(timeout,0)@1000000 poll(0) ");
	arm(loop, &op, 0);
	wg_loop_wake(loop);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 1);
	happened("done(1,0) poll(1) ");
	prove_turn(loop, 0, 0);
	happened("");
	prove_result(loop, &op, 0);
	end(loop);
}

/* A loop that polls looks once a tick, for timers as for all else. A tick is five times as long if
 * only sockets remain. */
void prove_events_tick(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op timer, kept, wanted[2];
	struct wg_sock sock;
	char bytes[2];
	int fds[2], i;

	prove.drops_ops = true;
	arm(loop, &timer, 15 * WG_NS_PER_MS);
	happened("loop(1,tick,10000000) submit(1,timer,15000000) ");
	prove_turn(loop, 0, 1);
	happened("wait(10000000,0)@0 wake(timeout,0)@10000000 poll(0) "
		 "wait(10000000,0)@10000000 wake(timeout,0)@20000000 done(1,0) poll(1) ");
	prove_turn(loop, 100, 0);
	lab_check("elapsed", strstr(prove.events, "wait(10000000,1)@110000000 ") != NULL,
		"no sockets, and not ten ticks: %s", prove.events);
	lab_check("made", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
	lab_check("made", wg_sock_init(&sock, fds[0]) == 0, "no sock");
	wg_op_recv(&kept, &sock, &bytes[0], 1);
	(void)wg_loop_submit(loop, &kept);
	lab_check("cancelled", wg_loop_cancel(loop, &kept) == 0, "cancel failed");
	prove_result(loop, &kept, -ECANCELED);
	for (i = 0; i < 2; i++) {
		wg_op_recv(&wanted[i], &sock, &bytes[i], 1);
		(void)wg_loop_submit(loop, &wanted[i]);
		prove.events[0] = '\0';
		prove_turn(loop, 1, 0);
		lab_check("tick", strncmp(prove.events, "wait(1000000,1)", 15) == 0, "%s",
			prove.events);
		prove.events[0] = '\0';
		prove_turn(loop, 60, 0);
		lab_check("tick", strncmp(prove.events, "wait(50000000,1)", 16) == 0, "%s",
			prove.events);
	}
	prove.events[0] = '\0';
	wg_loop_wake(loop); /* there is no notify, and so no event of one */
	happened("");
	prove_turn(loop, 0, 0);
	/* The sockets' operations are ready, and timers wait: the tick is that of timers. */
	lab_check("cancelled", wg_loop_cancel(loop, &wanted[1]) == 0, "cancel failed");
	prove_turn(loop, 0, 1);
	lab_check("cancelled", wg_loop_cancel(loop, &wanted[0]) == 0, "cancel failed");
	prove_turn(loop, 0, 1);
	prove_result(loop, &timer, 0);
	arm(loop, &kept, 100 * WG_NS_PER_MS);
	arm(loop, &timer, 100 * WG_NS_PER_MS);
	prove.events[0] = '\0';
	prove_turn(loop, 60, 0);
	lab_check("tick", strncmp(prove.events, "wait(10000000,2)", 16) == 0, "%s", prove.events);
	wg_loop_sock_close(loop, &sock);
	(void)close(fds[1]);
	end(loop);
}

/* The grid has no say in what is there already: it is found without a sleep. Nor has a turn that
 * ends between two of its moments a say in where they are. */
void prove_events_look(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op op;

	arm(loop, &op, 0);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 1);
	happened("done(1,0) poll(1) ");
	prove_result(loop, &op, 0);
	prove.events[0] = '\0';
	prove_turn(loop, 3, 0);
	happened("wait(3000000,0)@0 wake(timeout,0)@3000000 poll(0) ");
	prove_turn(loop, 8, 0);
	happened("wait(8000000,0)@3000000 wake(timeout,0)@10000000 poll(0) "
		 "wait(1000000,0)@10000000 wake(timeout,0)@11000000 poll(0) ");
	end(loop);
}

/* The time is over between the look and the sleep: the wait is of 0 ns, not of less. */
void prove_events_past(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op op;

	prove.times_events = false;
	arm(loop, &op, 1500);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 1);
	happened("wait(0,0) wake(timeout,0) done(1,0) poll(1) ");
	prove_result(loop, &op, 0);
	end(loop);
}

/* No two operations have one number, not after 2^32 of them nor on another loop. */
void prove_events_numbers(const char *wait)
{
	struct wg_loop *loop = begin(wait), *other;
	struct wg_op op[2];
	int i;

	atomic_store(&loop->submitted, UINT32_MAX);
	prove.drops_ops = true; /* the explorer has no such numbers */
	prove.events[0] = '\0';
	for (i = 0; i < 2; i++)
		arm(loop, &op[i], 0);
	happened("submit(4294967296,timer,0) submit(4294967297,timer,0) ");
	prove_turn(loop, 0, 2);
	for (i = 0; i < 2; i++)
		prove_result(loop, &op[i], 0);
	other = prove_loop(wait, 1, NULL);
	prove.events[0] = '\0';
	arm(other, &op[0], 0);
	happened("submit(1099511627777,timer,0) ");
	prove_result(other, &op[0], 0);
	wg_loop_destroy(other);
	end(loop);
}

/* ---- a loop that always finds something ---- */

static struct {
	struct wg_loop *loop;
	struct wg_op far, *again;
	int calls;
} busy;

/* What it cancels is ready, and counts for the next turn. */
static void cancel_far(struct wg_op *op, int64_t result)
{
	(void)op;
	(void)result;
	busy.calls++;
	lab_check("cancelled", wg_loop_cancel(busy.loop, &busy.far) == 0, "cancel failed");
	lab_check("busy", wg_loop_submit(busy.loop, &busy.far) == -EBUSY, "its result is not ours");
}

/* Sockets on a loop that finds a timer by looking, and on one with results of its own making: it
 * does not sleep, and serves them all the same. */
void prove_events_busy(const char *wait)
{
	struct wg_loop *loop = busy.loop = begin(wait);
	struct wg_op timer, wanted;
	struct wg_sock sock;
	int fds[2];
	char byte;

	lab_check("made", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
	lab_check("made", wg_sock_init(&sock, fds[0]) == 0, "no sock");
	wg_op_recv(&wanted, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &wanted);
	(void)send(fds[1], "x", 1, MSG_NOSIGNAL);
	arm(loop, &timer, 0);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 2);
	happened("done(2,0) done(1,1) poll(2) ");
	prove_result(loop, &timer, 0);
	prove_result(loop, &wanted, 1);

	arm(loop, &busy.far, WG_NS_PER_SEC);
	wg_op_timer(&timer, 0);
	timer.done = cancel_far;
	(void)wg_loop_submit(loop, &timer);
	(void)wg_loop_submit(loop, &wanted);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 1);
	happened("done(4,0) poll(1) deliver(4,0) done(3,-125) ");
	(void)send(fds[1], "y", 1, MSG_NOSIGNAL);
	prove_turn(loop, 0, 2);
	happened("done(5,1) poll(1) ");
	prove_result(loop, &wanted, 1);
	prove_result(loop, &busy.far, -ECANCELED);
	wg_loop_sock_close(loop, &sock);
	(void)close(fds[1]);
	end(loop);
}

static void count(struct wg_op *op, int64_t result)
{
	(void)op;
	busy.calls += result == -ECANCELED;
}

/* A callback makes another one ready: the next turn delivers it, and does not sleep before. */
void prove_events_again(const char *wait)
{
	struct wg_loop *loop = busy.loop = begin(wait);
	struct wg_op timer;

	wg_op_timer(&busy.far, WG_NS_PER_SEC);
	busy.far.done = count;
	(void)wg_loop_submit(loop, &busy.far);
	wg_op_timer(&timer, 0);
	timer.done = cancel_far;
	(void)wg_loop_submit(loop, &timer);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 1);
	lab_check("calls", busy.calls == 1, "%d calls in one turn", busy.calls);
	lab_check("run", wg_loop_run(loop) == 0, "run did not end idle");
	lab_check("calls", busy.calls == 2, "%d calls", busy.calls);
	happened("done(2,0) poll(1) deliver(2,0) done(1,-125) deliver(1,-125) ");
	end(loop);
}

/* One with `done` is ready, and one without is taken before it: it is called all the same. */
void prove_events_first(const char *wait)
{
	struct wg_loop *loop = busy.loop = begin(wait);
	struct wg_op plain;
	int64_t result;

	arm(loop, &plain, 0);
	prove_turn(loop, 0, 1);
	wg_op_timer(&busy.far, WG_NS_PER_SEC);
	busy.far.done = count;
	(void)wg_loop_submit(loop, &busy.far);
	lab_check("cancelled", wg_loop_cancel(loop, &busy.far) == 0, "cancel failed");
	lab_check("polled", wg_loop_poll_result(loop, &plain, &result) == 1, "it is there");
	prove_turn(loop, 0, 1);
	lab_check("calls", busy.calls == 1, "%d calls", busy.calls);
	end(loop);
}

/* What is asked for: one result, waited for; a look; a run; a stop of a loop that is idle. */
void prove_events_ask(const char *wait)
{
	struct wg_loop *loop = busy.loop = begin(wait), *other = prove_loop(wait, 1, NULL);
	struct wg_op timer, kept;
	int64_t result;

	lab_check("idle", wg_loop_run(loop) == 0, "there is nothing to run");
	wg_loop_stop(loop);
	prove_turn(loop, 0, 0);
	wg_loop_stop(loop);
	prove_turn(loop, 0, 0); /* the second stop ends a turn as well */
	lab_check("stopped", wg_loop_run(loop) == 1, "a stop was forgotten");
	lab_check("idle", wg_loop_run(loop) == 0, "a stop counted twice");
	arm(loop, &timer, 5 * WG_NS_PER_MS);
	lab_check("other", wg_loop_cancel(other, &timer) == -EINVAL, "it is not that loop's");
	lab_check("other", !wg_op_is_cancelled(&timer), "it is marked nevertheless");
	wg_loop_wake(loop);
	prove.events[0] = '\0';
	prove_result(loop, &timer, 0); /* what wakes it up is not the result */
	happened("wait(5000000,0)@0 wake(timeout,0)@5000000 done(1,0) poll(1) deliver(1,0) ");
	wg_loop_destroy(other);
	arm(loop, &timer, WG_NS_PER_MS);
	prove.events[0] = '\0';
	lab_check("polled", wg_loop_poll_result(loop, &timer, &result) == 0, "it is not due");
	happened("poll(0) ");
	arm(loop, &kept, 0);
	lab_check("polled", wg_loop_poll_result(loop, &kept, &result) == 1, "it is due");
	happened("submit(3,timer,0) done(3,0) poll(1) deliver(3,0) ");
	/* It was counted by nobody, and is gone: the next turn sleeps. */
	prove_turn(loop, 0, 1);
	happened("wait(1000000,0)@5000000 wake(timeout,0)@6000000 done(2,0) poll(1) ");
	/* One with `done` is ready beside it, and is called although the other goes first. */
	wg_op_timer(&busy.far, 7 * WG_NS_PER_MS);
	busy.far.done = count;
	(void)wg_loop_submit(loop, &busy.far);
	lab_check("cancelled", wg_loop_cancel(loop, &busy.far) == 0, "cancel failed");
	lab_check("polled", wg_loop_poll_result(loop, &timer, &result) == 1, "it is there");
	happened("submit(4,timer,7000000) done(4,-125) deliver(2,0) ");
	prove_turn(loop, 1, 1);
	lab_check("calls", busy.calls == 1, "%d calls", busy.calls);
	busy.far.done = count;
	(void)wg_loop_submit(loop, &busy.far);
	prove.events[0] = '\0';
	lab_check("run", wg_loop_run(loop) == 0, "run did not end idle");
	happened("wait(7000000,0)@6000000 wake(timeout,0)@13000000 done(5,0) poll(1) "
		 "deliver(5,0) ");
	end(loop);
}

/* A descriptor that is closed, bytes that are asked for. */
void prove_events_args(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_sock sock;
	struct wg_op op;
	char bytes[7];
	int fds[2];

	lab_check("made", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
	lab_check("made", wg_sock_init(&sock, fds[0]) == 0, "no sock");
	(void)send(fds[1], "1234567", 7, MSG_NOSIGNAL);
	wg_op_recv(&op, &sock, bytes, sizeof(bytes));
	(void)wg_loop_submit(loop, &op);
	lab_check("arg", prove.last_arg == sizeof(bytes), "recv shows %d", (int)prove.last_arg);
	prove_result(loop, &op, sizeof(bytes));
	wg_op_close(&op, fds[1]);
	(void)wg_loop_submit(loop, &op);
	lab_check("arg", prove.last_arg == fds[1], "close shows %d", (int)prove.last_arg);
	prove_result(loop, &op, 0);
	wg_loop_sock_close(loop, &sock);
	end(loop);
}

/* ---- a sleep that fails ---- */

static struct wg_wait_ops failing;
static int sleep_fails;

static int make_failing(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	int rc = wg_wait_find(failing.name)->create(tick_ns, ret_waiter);

	(*ret_waiter)->ops = &failing;
	return rc;
}

static int maybe_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	if (!sleep_fails)
		return wg_wait_find(failing.name)->sleep(waiter, ticket, deadline_ns);
	memset(prove.is_asleep, 0, sizeof(prove.is_asleep)); /* no event says so */
	return sleep_fails;
}

/* The sleep's error is run_once()'s, no event says that it woke up, and nothing is lost. */
void prove_sleep_fails(const char *wait)
{
	struct wg_loop_options options = { .ops = &failing, .workers = 1 };
	struct wg_loop *loop;
	struct wg_op op;
	int64_t result;

	prove.keeps_events = true;
	failing = *wg_wait_find(wait);
	failing.create = make_failing;
	failing.sleep = maybe_sleep;
	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	sleep_fails = -EBADF;
	arm(loop, &op, WG_NS_PER_MS);
	prove.events[0] = '\0';
	prove_turn(loop, 0, -EBADF);
	happened("wait(1000000,0) ");
	lab_check("result", wg_loop_wait_result(loop, &op, &result) == -EBADF, "no error");
	lab_check("run", wg_loop_run(loop) == -EBADF, "no error");
	lab_check("slept", wg_loop_sleep(loop, 1) == -EBADF, "no error");
	lab_check("idle", wg_loop_in_flight(loop) == 1, "%u in flight", wg_loop_in_flight(loop));
	sleep_fails = 0;
	prove_result(loop, &op, 0);
	end(loop);
}
