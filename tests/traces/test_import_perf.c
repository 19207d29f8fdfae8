/*
 * test_import_perf.c: logs of perf and ftrace, written for these tests with planted numbers: the
 * same events in each shape that the tools print.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/import_run.h"
#include "tests/traces/perf_log.h"

/* 4 timeouts of 100 ms with 200 us of CPU after each, 3 notifies by eventfd, 2 inputs. */
static struct import_run scenario(enum shape shape)
{
	struct import_log l;
	int64_t t = 5000 * MS;
	int i;

	import_start(&l);
	enters(l.out, shape, main_thread, t, EVENTFD2, 0, 0, 0, 0);
	leaves(l.out, shape, main_thread, t + 1000, EVENTFD2, 9);
	enters(l.out, shape, main_thread, t + 2000, CLONE, 0x3d0f00, 0, 0, 0);
	leaves(l.out, shape, worker, t + 3000, CLONE, 0);
	leaves(l.out, shape, main_thread, t + 3000, CLONE, 22);
	for (i = 0; i < 9; i++, t += 100 * MS) {
		bool is_timer = i < 4, is_notify = !is_timer && i < 7;

		enters(l.out, shape, worker, t + 4000, EPOLL_WAIT, 4, 0x7ffc, 8, 100);
		switches(l.out, shape, worker, 'S', idle, t + 10000);
		if (is_notify) {
			switches(l.out, shape, idle, 'R', main_thread, t + 20000);
			enters(l.out, shape, main_thread, t + 30000, WRITE, 9, 0x7ffc, 8, 0);
			wakes(l.out, shape, main_thread, worker, t + 31000, false);
			leaves(l.out, shape, main_thread, t + 35000, WRITE, 8);
			enters(l.out, shape, main_thread, t + 36000, NANOSLEEP, 0x7ffc, 0, 0, 0);
			switches(l.out, shape, main_thread, 'S', worker, t + 41000);
			leaves(l.out, shape, worker, t + 43000, EPOLL_WAIT, 1);
			enters(l.out, shape, worker, t + 44000, READ, 9, 0x7ffc, 8, 0);
			leaves(l.out, shape, worker, t + 45000, READ, 8);
			wakes(l.out, shape, idle, main_thread, t + 50 * MS, true);
			leaves(l.out, shape, main_thread, t + 51 * MS, NANOSLEEP, 0);
		} else {
			wakes(l.out, shape, idle, worker, t + 95 * MS, true);
			switches(l.out, shape, idle, 'R', worker, t + 95 * MS + 10000);
			leaves(l.out, shape, worker, t + 95 * MS + 20000, EPOLL_WAIT, !is_timer);
			enters(l.out, shape, worker, t + 95 * MS + 206000, GETPID, 0, 0, 0, 0);
			leaves(l.out, shape, worker, t + 95 * MS + 207000, GETPID, 22);
			t += is_timer ? 95 * MS + 200000 - 100 * MS + MS / 500 : 0;
		}
	}
	enters(l.out, shape, worker, t, EPOLL_WAIT, 4, 0x7ffc, 8, UINT32_MAX);
	switches(l.out, shape, worker, 'S', idle, t + 4000);
	return import_finish(&l);
}

static void each_shape_gives_the_same_figures(void)
{
	int shape;

	for (shape = PERF; shape < SHAPES; shape++) {
		struct import_run r = scenario((enum shape)shape);
		const struct wg_thread_stats *s = import_thread(&r, 22);
		bool knows = shape == PERF_CHAIN || shape == FTRACE || shape == FTRACE_GROUP;

		CU_ASSERT(r.rc == 0 && r.stats.format == WG_IMPORT_PERF);
		CU_ASSERT(r.stats.unread == 0 && r.stats.others == 0 && r.stats.halves == 0);
		CU_ASSERT(r.stats.has_contexts == knows);
		CU_ASSERT(r.stats.has_processes == (shape == PERF_PID || shape == FTRACE_GROUP));
		CU_ASSERT(s->pid == 20);
		CU_ASSERT_STRING_EQUAL(s->name, worker.comm);
		CU_ASSERT(s->waits == 10 && s->wakes == 9 && s->is_asleep);
		CU_ASSERT(s->class[WG_CLASS_TIMER_EMPTY] == 4);
		CU_ASSERT(s->class[WG_CLASS_NOTIFIED] == 3 && s->class[WG_CLASS_INPUT] == 2);
		CU_ASSERT(s->certainty[WG_CERTAINTY_EXACT] == 3);
		CU_ASSERT(s->notify_to_wake.count == 3 && s->notify_to_wake.p50 == 12000);
		CU_ASSERT(import_thread(&r, 20)->notifies == 3);
		CU_ASSERT(import_thread(&r, 20)->class[WG_CLASS_TIMER_ACTED] +
				  import_thread(&r, 20)->class[WG_CLASS_TIMER] ==
			  3);
		import_done(&r);
	}
}

/* --- records of one wait --- */

struct record {
	struct wg_event wait, wake;
	int waits, wakes;
};

static int keep(void *user, const struct wg_event *ev)
{
	struct record *r = user;

	if (ev->tid != worker.tid)
		return 0;
	if (ev->record == WG_RECORD_WAIT && r->waits++ == 0)
		r->wait = *ev;
	if (ev->record == WG_RECORD_WAKE && r->wakes++ == 0)
		r->wake = *ev;
	return 0;
}

static struct record first_record(struct import_log *l)
{
	struct record r = { .waits = 0 };
	struct wg_import_sink sink = { keep, NULL, &r };
	struct wg_import_stats stats;
	struct wg_error err = { 0 };

	(void)fclose(l->out);
	CU_ASSERT(wg_import_bytes(l->text, l->len, WG_IMPORT_PERF, &sink, &stats, &err) == 0);
	CU_ASSERT(stats.unread == 0);
	free(l->text);
	return r;
}

static void each_call_says_what_it_asked_for(void)
{
	static const struct {
		int number;
		uint64_t arg[4];
		int64_t ret, ns;
		enum wg_wait_in how;
		enum wg_reason reason;
	} calls[] = {
		{ EPOLL_WAIT, { 4, 1, 8, 40 }, 0, 40 * MS, WG_IN_EPOLL, WG_REASON_TIMEOUT },
		{ EPOLL_WAIT, { 4, 1, 8, 0xffffffff }, 1, WG_FOR_EVER, WG_IN_EPOLL,
			WG_REASON_READY },
		{ EPOLL_WAIT, { 4, 1, 8, UINT64_MAX }, -EINTR, WG_FOR_EVER, WG_IN_EPOLL,
			WG_REASON_INTERRUPTED },
		{ 281, { 4, 1, 8, 41 }, 0, 41 * MS, WG_IN_EPOLL, WG_REASON_TIMEOUT },
		{ 441, { 4, 1, 8, 0x7ffc }, 0, WG_NOT_OBSERVABLE, WG_IN_EPOLL, WG_REASON_TIMEOUT },
		{ 441, { 4, 1, 8, 0 }, 0, WG_FOR_EVER, WG_IN_EPOLL, WG_REASON_SPURIOUS },
		{ POLL, { 1, 1, 7 }, 0, 7 * MS, WG_IN_POLL, WG_REASON_TIMEOUT },
		{ POLL, { 1, 1, 0xffffffff }, -516, WG_FOR_EVER, WG_IN_POLL,
			WG_REASON_INTERRUPTED },
		{ 271, { 1, 1, 0 }, 2, WG_FOR_EVER, WG_IN_POLL, WG_REASON_READY },
		{ 270, { 1, 1, 0, 0 }, 0, WG_FOR_EVER, WG_IN_SELECT, WG_REASON_SPURIOUS },
		{ NANOSLEEP, { 0x7ffc }, 0, WG_NOT_OBSERVABLE, WG_IN_SLEEP, WG_REASON_TIMEOUT },
		{ FUTEX, { 0x55d0, 0x80, 0, 0 }, 0, WG_FOR_EVER, WG_IN_FUTEX, WG_REASON_NOTIFIED },
		{ FUTEX, { 0x55d0, 0x80, 2, 0 }, 0, WG_FOR_EVER, WG_IN_LOCK, WG_REASON_NOTIFIED },
		{ FUTEX, { 0x55d0, 0x189, 0, 0x7ffc }, -ETIMEDOUT, WG_NOT_OBSERVABLE, WG_IN_FUTEX,
			WG_REASON_TIMEOUT },
		{ READ, { 5, 1, 1 }, 1, WG_FOR_EVER, WG_IN_READ, WG_REASON_READY },
		{ 61, { 0, 0, 0 }, 99, WG_FOR_EVER, WG_IN_CHILD, WG_REASON_READY },
		{ 128, { 0, 0, 0x7ffc }, -EAGAIN, WG_NOT_OBSERVABLE, WG_IN_SIGNAL,
			WG_REASON_TIMEOUT },
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct import_log l;
		struct record r;

		import_start(&l);
		enters(l.out, PERF, worker, 1000, calls[i].number, calls[i].arg[0], calls[i].arg[1],
			calls[i].arg[2], calls[i].arg[3]);
		switches(l.out, PERF, worker, 'S', idle, 5000);
		switches(l.out, PERF, idle, 'R', worker, 9000);
		leaves(l.out, PERF, worker, 11000, calls[i].number, calls[i].ret);
		r = first_record(&l);
		CU_ASSERT(r.waits == 1 && r.wakes == 1);
		CU_ASSERT(r.wait.ts_ns == 1000 && r.wake.ts_ns == 11000);
		CU_ASSERT(r.wait.thread_wait.how == calls[i].how);
		CU_ASSERT(r.wait.thread_wait.timeout_ns == calls[i].ns);
		CU_ASSERT(r.wake.thread_wake.reason == calls[i].reason);
		CU_ASSERT(r.wake.thread_wake.ret == calls[i].ret);
		CU_ASSERT(r.wake.thread_wake.oncpu_ns == 9000);
		CU_ASSERT(r.wake.thread_wake.waking_ns == WG_NOT_OBSERVABLE);
		CU_ASSERT(r.wake.thread_wake.certainty == WG_CERTAINTY_NONE);
	}
}

/* A call that could sleep and did not is no wait, unless it polls. */
static void calls_that_do_not_sleep_are_no_waits(void)
{
	static const struct {
		int number;
		uint64_t arg[4];
		int64_t ret;
		int waits;
	} calls[] = {
		{ EPOLL_WAIT, { 4, 1, 8, 0 }, 0, 1 },
		{ READ, { 5, 1, 1 }, 1, 0 },
		{ FUTEX, { 0x55d0, 0x80, 0, 0 }, 0, 0 },
		{ FUTEX, { 0x55d0, 0x80, 0, 0 }, -EAGAIN, 0 },
		{ FUTEX, { 0x55d0, 0x81, 1, 0 }, 1, 0 },
		{ 61, { 0, 0, 1 }, 0, 0 },
		{ 426, { 5, 1, 0, 0 }, 1, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct import_log l;
		struct record r;

		import_start(&l);
		switches(l.out, PERF, idle, 'R', worker, 500);
		enters(l.out, PERF, worker, 1000, calls[i].number, calls[i].arg[0], calls[i].arg[1],
			calls[i].arg[2], calls[i].arg[3]);
		leaves(l.out, PERF, worker, 5000000, calls[i].number, calls[i].ret);
		r = first_record(&l);
		CU_ASSERT(r.waits == calls[i].waits && r.wakes == calls[i].waits);
	}
}

/* --- who woke it --- */

/* The worker sleeps in a call, and `other`, in one of its own or in none, runs at sched_waking. */
static struct record woken_by(enum shape shape, int sleeper, int waker, uint64_t fd, int made_by,
	bool in_interrupt, int64_t ret)
{
	struct import_log l;
	int64_t t = 1000;

	import_start(&l);
	enters(l.out, shape, other, t, made_by, 1, 0, 0, 0);
	leaves(l.out, shape, other, t + 1, made_by, made_by == GETPID ? 77 : 9);
	enters(l.out, shape, worker, t + 2, sleeper, sleeper == FUTEX ? 0x55d0 : 4,
		sleeper == FUTEX ? 0x80 : 0x7ffc, sleeper == EPOLL_WAIT ? 8 : 0,
		sleeper == FUTEX ? 0 : UINT32_MAX);
	switches(l.out, shape, worker, 'S', other, t + 5000);
	if (waker >= 0)
		enters(l.out, shape, other, t + 6000, waker, fd, waker == FUTEX ? 0x81 : 0x7ffc, 1,
			0);
	wakes(l.out, shape, other, worker, t + 7000, in_interrupt);
	if (waker >= 0 && waker != EXIT)
		leaves(l.out, shape, other, t + 8000, waker, 1);
	switches(l.out, shape, other, 'R', worker, t + 9000);
	leaves(l.out, shape, worker, t + 10000, sleeper, ret);
	return first_record(&l);
}

static void a_waker_is_exact_likely_or_none(void)
{
	enum { NO_CALL = -1, N = WG_CERTAINTY_NONE };
	enum { L = WG_CERTAINTY_LIKELY, E = WG_CERTAINTY_EXACT };
	static const struct {
		enum shape shape;
		int sleeper, waker;
		uint64_t fd;
		int made_by; /* what made descriptor 9, GETPID: nobody */
		bool in_interrupt;
		int64_t ret;
		int certainty;
	} cases[] = {
		/* It is told: its own stack is exact, whatever the call. */
		{ FTRACE, EPOLL_WAIT, WRITE, 9, EVENTFD2, false, 1, E },
		{ FTRACE, EPOLL_WAIT, SENDTO, 9, 41, false, 1, E },
		{ FTRACE, EPOLL_WAIT, GETPID, 0, GETPID, false, 1, E },
		{ FTRACE, FUTEX, FUTEX, 0x55d0, GETPID, false, 0, E },
		{ PERF_CHAIN, EPOLL_WAIT, GETPID, 0, GETPID, false, 1, E },
		/* An interrupt on its back is not; a send to a socket may have caused it. */
		{ FTRACE, EPOLL_WAIT, WRITE, 9, EVENTFD2, true, 1, N },
		{ FTRACE, EPOLL_WAIT, WRITE, 9, 41, true, 1, L },
		{ FTRACE, EPOLL_WAIT, WRITE, 5, GETPID, true, 1, L },
		{ FTRACE, EPOLL_WAIT, SENDTO, 5, GETPID, true, 1, L },
		{ FTRACE, EPOLL_WAIT, GETPID, 0, GETPID, true, 1, N },
		{ FTRACE, EPOLL_WAIT, NO_CALL, 0, GETPID, true, 1, N },
		{ PERF_CHAIN, EPOLL_WAIT, WRITE, 9, EVENTFD2, true, 1, N },
		{ PERF_CHAIN, EPOLL_WAIT, SENDTO, 5, GETPID, true, 1, L },
		/* It is not told: a call that can end the wait. */
		{ PERF, EPOLL_WAIT, WRITE, 9, EVENTFD2, false, 1, E },
		{ PERF, EPOLL_WAIT, WRITE, 5, GETPID, false, 1, E },
		{ PERF, EPOLL_WAIT, WRITE, 9, OPENAT, false, 1, L },
		{ PERF, EPOLL_WAIT, SENDTO, 5, GETPID, false, 1, L },
		{ PERF, EPOLL_WAIT, FUTEX, 0x55d0, GETPID, false, 1, L },
		{ PERF, FUTEX, FUTEX, 0x55d0, GETPID, false, 0, E },
		{ PERF, FUTEX, EXIT, 0, GETPID, false, 0, E },
		{ PERF, EPOLL_WAIT, NO_CALL, 0, GETPID, false, 1, N },
		/* A timeout is the return value's word. */
		{ FTRACE, EPOLL_WAIT, WRITE, 9, EVENTFD2, false, 0, N },
		{ PERF, FUTEX, FUTEX, 0x55d0, GETPID, false, -ETIMEDOUT, N },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record r = woken_by(cases[i].shape, cases[i].sleeper, cases[i].waker,
			cases[i].fd, cases[i].made_by, cases[i].in_interrupt, cases[i].ret);

		CU_ASSERT_EQUAL(r.wake.thread_wake.certainty, cases[i].certainty);
		CU_ASSERT(r.wake.thread_wake.by_tid == (cases[i].certainty ? other.tid : 0));
		CU_ASSERT(r.wake.thread_wake.waking_ns == 8000);
	}
}

/* --- what followed, and what cannot be seen --- */

/* The class of its one wake. */
static int after_a_timer(int number, uint64_t fd, int64_t ret, int made_by)
{
	struct import_log l;
	struct import_run r;
	int class, found = -1;

	import_start(&l);
	enters(l.out, PERF, worker, 1000, made_by, 1, 0, 0, 0);
	leaves(l.out, PERF, worker, 2000, made_by, made_by == GETPID ? 22 : 9);
	enters(l.out, PERF, worker, 3000, EPOLL_WAIT, 4, 1, 8, 5);
	switches(l.out, PERF, worker, 'S', idle, 4000);
	switches(l.out, PERF, idle, 'R', worker, 5000000);
	leaves(l.out, PERF, worker, 5001000, EPOLL_WAIT, made_by == TIMERFD_CREATE);
	if (number >= 0) {
		enters(l.out, PERF, worker, 5002000, number, fd, 0x7ffc, 8, 0);
		leaves(l.out, PERF, worker, 5003000, number, ret);
	}
	enters(l.out, PERF, worker, 5010000, EPOLL_WAIT, 4, 1, 8, 5);
	switches(l.out, PERF, worker, 'S', idle, 5012000);
	(void)fflush(l.out);
	r = import_bytes(l.text, l.len);
	for (class = 0; class < WG_CLASS_COUNT; class ++) {
		if (import_thread(&r, 22)->class[class])
			found = class;
	}
	/* From its turn at the processor to its next sleep: 12 us. */
	CU_ASSERT(import_thread(&r, 22)->group[0]->cpu_ns == 12000);
	import_done(&r);
	(void)fclose(l.out);
	free(l.text);
	return found;
}

static void what_acts_and_what_only_looks(void)
{
	CU_ASSERT_EQUAL(after_a_timer(-1, 0, 0, GETPID), WG_CLASS_TIMER_EMPTY);
	CU_ASSERT_EQUAL(after_a_timer(GETPID, 0, 5, GETPID), WG_CLASS_TIMER_EMPTY);
	CU_ASSERT_EQUAL(after_a_timer(WRITE, 5, 8, GETPID), WG_CLASS_TIMER_ACTED);
	CU_ASSERT_EQUAL(after_a_timer(WRITE, 5, -EPIPE, GETPID), WG_CLASS_TIMER_EMPTY);
	CU_ASSERT_EQUAL(after_a_timer(READ, 5, 7, GETPID), WG_CLASS_TIMER_ACTED);
	/* A file may be /proc's: it is not said to be empty, nor to have acted. */
	CU_ASSERT_EQUAL(after_a_timer(READ, 9, 7, OPENAT), WG_CLASS_TIMER);
	CU_ASSERT_EQUAL(after_a_timer(READ, 5, 8, GETPID), WG_CLASS_TIMER);
	/* A timerfd was ready: a timer too. */
	CU_ASSERT_EQUAL(after_a_timer(READ, 9, 8, TIMERFD_CREATE), WG_CLASS_TIMER_EMPTY);
}

static void without_calls_only_sleeps_are_seen(void)
{
	struct import_log l;
	struct import_run r;
	int i;

	import_start(&l);
	for (i = 0; i < 5; i++) {
		int64_t t = 1000 * MS + i * 100 * MS;

		switches(l.out, PERF, worker, 'S', idle, t);
		wakes(l.out, PERF, idle, worker, t + 90 * MS, false);
		switches(l.out, PERF, idle, 'R', worker, t + 91 * MS);
	}
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && !r.stats.has_calls && r.stats.has_switches);
	CU_ASSERT(import_thread(&r, 22)->wakes == 5);
	CU_ASSERT(import_thread(&r, 22)->class[WG_CLASS_UNKNOWN] == 5);
	CU_ASSERT(import_thread(&r, 22)->asleep_ns == 455 * MS);
	CU_ASSERT(import_thread(&r, 22)->by_how[WG_IN_OTHER].waits == 5);
	CU_ASSERT(import_thread(&r, 22)->group[0]->cpu_ns == 36 * MS);
	CU_ASSERT(import_thread(&r, 22)->group[0]->asked[0].ns == WG_NOT_OBSERVABLE);
	import_done(&r);
}

static void a_number_used_again_is_another_thread(void)
{
	struct import_log l;
	struct import_run r;

	import_start(&l);
	enters(l.out, PERF, worker, 1000, EXIT, 0, 0, 0, 0);
	switches(l.out, PERF, worker, 'Z', idle, 2000);
	enters(l.out, PERF, other, 3000, CLONE, 0x11, 0, 0, 0);
	leaves(l.out, PERF, worker, 4000, CLONE, 0);
	leaves(l.out, PERF, other, 5000, CLONE, 22);
	enters(l.out, PERF, worker, 6000, EPOLL_WAIT, 4, 1, 8, 0);
	leaves(l.out, PERF, worker, 7000, EPOLL_WAIT, 0);
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && r.stats.halves == 0);
	CU_ASSERT(import_thread(&r, 22)->pid == 22 && import_thread(&r, 22)->wakes == 1);
	import_done(&r);
}

void suite_import_perf(void)
{
	WG_TEST(each_shape_gives_the_same_figures);
	WG_TEST(each_call_says_what_it_asked_for);
	WG_TEST(calls_that_do_not_sleep_are_no_waits);
	WG_TEST(a_waker_is_exact_likely_or_none);
	WG_TEST(what_acts_and_what_only_looks);
	WG_TEST(without_calls_only_sleeps_are_seen);
	WG_TEST(a_number_used_again_is_another_thread);
}
