/*
 * test_kernel_records.c: rules K1 to K5 on records that are made here: who woke whom. Needs no
 * kernel that records, so it runs everywhere.
 */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "tests/harness/harness.h"
#include "traces/kernel/records.h"

#define PID 4194999u /* above what the kernel gives: no such process */
#define TID 4195000u
#define MS  UINT64_C(1000000)

static struct {
	struct wg_event event[64];
	size_t count;
	int rc;
} seen;

static int keep(void *user, const struct wg_event *event)
{
	(void)user;
	if (seen.count < sizeof(seen.event) / sizeof(seen.event[0]))
		seen.event[seen.count++] = *event;
	return seen.rc;
}

static struct wg__records *start(void)
{
	struct wg__records *r = wg__records_create(keep, NULL);

	CU_ASSERT_FATAL(r != NULL);
	memset(&seen, 0, sizeof(seen));
	return r;
}

static int take(struct wg__records *r, const void *raw, size_t bytes)
{
	return wg__records_take(r, raw, bytes);
}

static struct wg_raw_wait wait_in(int nr, uint64_t ts_ns)
{
	struct wg_raw_wait w = {
		.head = { .ts_ns = ts_ns, .what = WG_RAW_WAIT, .pid = PID, .tid = TID },
		.nr = nr,
		.time = { -1, -1 },
		.comm = "fifteen letters",
	};

	w.arg[0] = 5;
	return w;
}

static struct wg_raw_wake wake_at(uint64_t ts_ns)
{
	return (struct wg_raw_wake){
		.head = { .ts_ns = ts_ns, .what = WG_RAW_WAKE, .pid = PID, .tid = TID },
		.waking_ns = ts_ns - 10,
		.by_pid = 77,
		.by_tid = 78,
		.by_nr = -1,
		.is_interrupt = 1,
		.has_slept = 1,
	};
}

static const struct wg_event *last(enum wg_record record)
{
	CU_ASSERT_FATAL(seen.count > 0);
	CU_ASSERT_EQUAL(seen.event[seen.count - 1].record, record);
	return &seen.event[seen.count - 1];
}

/* ---- who woke it ---- */

struct row {
	const char *name;
	int wait;  /* in which call it waits */
	int by_nr; /* in which call the waker was */
	unsigned is_interrupt, timer;
	enum wg_reason reason;
	enum wg_certainty certainty;
	const char *by_call;
};

static const struct row rows[] = {
	{ "K1", SYS_epoll_wait, SYS_write, 0, 0, WG_REASON_NOTIFIED, WG_CERTAINTY_EXACT, "write" },
	{ "K1 a futex", SYS_futex, SYS_futex, 0, 0, WG_REASON_NOTIFIED, WG_CERTAINTY_EXACT,
		"futex" },
	{ "K1 a signal", SYS_read, SYS_tgkill, 0, 0, WG_REASON_INTERRUPTED, WG_CERTAINTY_EXACT,
		"tgkill" },
	{ "K1 a signal that is waited for", SYS_rt_sigtimedwait, SYS_kill, 0, 0, WG_REASON_NOTIFIED,
		WG_CERTAINTY_EXACT, "kill" },
	{ "K1 a child", SYS_wait4, SYS_exit_group, 0, 0, WG_REASON_READY, WG_CERTAINTY_EXACT,
		"exit_group" },
	{ "K1 a call without a name", SYS_read, SYS_getpid, 0, 0, WG_REASON_NOTIFIED,
		WG_CERTAINTY_EXACT, "" },
	{ "K2", SYS_epoll_wait, -1, 1, WG_RAW_OWN_TIMER, WG_REASON_TIMEOUT, WG_CERTAINTY_NONE, "" },
	{ "K2 on the back of one that sends", SYS_epoll_wait, SYS_sendto, 1, WG_RAW_OWN_TIMER,
		WG_REASON_TIMEOUT, WG_CERTAINTY_NONE, "" },
	{ "K4 not about a socket", SYS_nanosleep, SYS_sendto, 1, 0, WG_REASON_READY,
		WG_CERTAINTY_NONE, "" },
	{ "K2 a timer's descriptor", SYS_epoll_wait, SYS_sendto, 1, WG_RAW_FD_TIMER,
		WG_REASON_TIMEOUT, WG_CERTAINTY_NONE, "" },
	{ "K4 another timer", SYS_epoll_wait, SYS_sendto, 1, WG_RAW_OTHER_TIMER, WG_REASON_READY,
		WG_CERTAINTY_NONE, "" },
	{ "K4 a device", SYS_read, SYS_getpid, 1, 0, WG_REASON_READY, WG_CERTAINTY_NONE, "" },
	{ "K4 an idle processor", SYS_read, -1, 1, 0, WG_REASON_READY, WG_CERTAINTY_NONE, "" },
};

static void check_row(struct wg__records *r, const struct row *row, uint64_t ts_ns)
{
	struct wg_raw_wait wait = wait_in(row->wait, ts_ns);
	struct wg_raw_wake wake = wake_at(ts_ns + MS);
	const struct wg_event *ev;
	bool holds;

	wake.by_nr = row->by_nr;
	wake.is_interrupt = row->is_interrupt;
	wake.timer = row->timer;
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	ev = last(WG_RECORD_WAKE);
	holds = ev->thread_wake.reason == row->reason &&
		ev->thread_wake.certainty == row->certainty &&
		strcmp(ev->thread_wake.by_call, row->by_call) == 0 &&
		(ev->thread_wake.by_tid == 78) == (row->certainty != WG_CERTAINTY_NONE);
	CU_ASSERT(holds);
	if (!holds)
		printf("# %s: %s, certainty %d, by %u in '%s'\n", row->name,
			wg_reason_name((enum wg_reason)ev->thread_wake.reason),
			ev->thread_wake.certainty, ev->thread_wake.by_tid, ev->thread_wake.by_call);
	CU_ASSERT_EQUAL(ev->thread_wake.oncpu_ns, (int64_t)(ts_ns + MS));
	CU_ASSERT_EQUAL(ev->thread_wake.waking_ns, (int64_t)(ts_ns + MS - 10));
	CU_ASSERT_EQUAL(ev->thread_wake.ret, WG_RET_UNKNOWN);
	seen.count = 0;
}

static void the_waker_is_known_as_far_as_it_can_be(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait wait = wait_in(SYS_wait4, 1000 * MS);
	struct wg_raw_wake wake = wake_at(1001 * MS);
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(r, &rows[i], (i + 1) * 10 * MS);
	CU_ASSERT_EQUAL(wg__records_count(r), 2 * i);
	/* Another thread ended its process: nobody notified it. */
	wake.by_nr = SYS_exit_group;
	wake.is_interrupt = 0;
	wake.by_pid = PID;
	CU_ASSERT(take(r, &wait, sizeof(wait)) == 0 && take(r, &wake, sizeof(wake)) == 0);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAKE)->thread_wake.reason, WG_REASON_INTERRUPTED);
	wg__records_destroy(r);
}

/* The kernel's program is not run everywhere: a waking, or a switch, may be missed. */
static void what_was_missed_is_not_made_up(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait wait = wait_in(SYS_epoll_wait, 10 * MS);
	struct wg_raw_wake wake = wake_at(14 * MS);
	const struct wg_event *ev;

	wait.arg[3] = 5;
	wake.waking_ns = 0;
	wake.sleep_ns = 10 * MS;
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	ev = last(WG_RECORD_WAKE);
	CU_ASSERT_EQUAL(ev->thread_wake.reason, WG_REASON_UNKNOWN);
	CU_ASSERT_EQUAL(ev->thread_wake.waking_ns, WG_NOT_OBSERVABLE);
	CU_ASSERT(ev->thread_wake.by_tid == 0 && ev->thread_wake.certainty == WG_CERTAINTY_NONE);

	wait.head.ts_ns = wake.sleep_ns = 20 * MS;
	wake.head.ts_ns = 25 * MS;
	wake.is_late = 1;
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	ev = last(WG_RECORD_WAKE);
	CU_ASSERT_EQUAL(ev->thread_wake.reason, WG_REASON_TIMEOUT);
	CU_ASSERT_EQUAL(ev->thread_wake.oncpu_ns, WG_NOT_OBSERVABLE);
	wg__records_destroy(r);
}

/* ---- the full form ---- */

struct result {
	const char *name;
	int wait, timeout_ms; /* an argument of epoll_wait; others have it in memory */
	int by_nr;	      /* -1: an interrupt */
	unsigned timer, has_slept;
	int ret;
	enum wg_reason reason;
	enum wg_certainty certainty;
};

#define EXACT WG_CERTAINTY_EXACT
#define NONE  WG_CERTAINTY_NONE

static const struct result results[] = {
	{ "ready", SYS_epoll_wait, 9, SYS_write, 0, 1, 2, WG_REASON_NOTIFIED, EXACT },
	{ "ready, by a device", SYS_epoll_wait, 9, -1, 0, 1, 2, WG_REASON_READY, NONE },
	{ "ready at once", SYS_epoll_wait, 9, -1, 0, 0, 1, WG_REASON_READY, NONE },
	{ "nothing", SYS_epoll_wait, 9, -1, WG_RAW_OWN_TIMER, 1, 0, WG_REASON_TIMEOUT, NONE },
	{ "nothing at once", SYS_epoll_wait, 0, -1, 0, 0, 0, WG_REASON_TIMEOUT, NONE },
	{ "nothing, for ever", SYS_epoll_wait, -1, SYS_write, 0, 1, 0, WG_REASON_SPURIOUS, NONE },
	{ "ready as the time was over", SYS_epoll_wait, 9, -1, WG_RAW_OWN_TIMER, 1, 1,
		WG_REASON_READY, NONE },
	{ "a timer's descriptor", SYS_epoll_wait, -1, -1, WG_RAW_FD_TIMER, 1, 1, WG_REASON_TIMEOUT,
		NONE },
	{ "a signal's descriptor", SYS_epoll_wait, -1, SYS_kill, 0, 1, 1, WG_REASON_NOTIFIED,
		EXACT },
	{ "a signal", SYS_epoll_wait, -1, SYS_kill, 0, 1, -EINTR, WG_REASON_INTERRUPTED, NONE },
	{ "a signal, it goes on", SYS_read, 0, SYS_kill, 0, 1, -512, WG_REASON_INTERRUPTED, NONE },
	{ "a futex", SYS_futex, 0, SYS_futex, 0, 1, 0, WG_REASON_NOTIFIED, EXACT },
	{ "a futex, too late", SYS_futex, 0, -1, WG_RAW_OWN_TIMER, 1, -ETIMEDOUT, WG_REASON_TIMEOUT,
		NONE },
	{ "a futex, at once too late", SYS_futex, 0, -1, 0, 0, -ETIMEDOUT, WG_REASON_TIMEOUT,
		NONE },
	{ "a sleep", SYS_nanosleep, 0, -1, WG_RAW_OWN_TIMER, 1, 0, WG_REASON_TIMEOUT, NONE },
	{ "a socket's timeout", SYS_recvfrom, 0, -1, WG_RAW_OWN_TIMER, 1, -EAGAIN,
		WG_REASON_TIMEOUT, NONE },
	{ "io_uring's timeout", SYS_io_uring_enter, 0, -1, WG_RAW_OWN_TIMER, 1, -ETIME,
		WG_REASON_TIMEOUT, NONE },
	{ "io_uring's timeout, and it submitted", SYS_io_uring_enter, 0, -1, WG_RAW_OWN_TIMER, 1, 1,
		WG_REASON_TIMEOUT, NONE },
	{ "io_uring", SYS_io_uring_enter, 0, SYS_write, 0, 1, 1, WG_REASON_NOTIFIED, EXACT },
};

static void check_result(struct wg__records *r, const struct result *row, uint64_t ts_ns)
{
	struct wg_raw_wait wait = wait_in(row->wait, ts_ns);
	struct wg_raw_wake wake = wake_at(ts_ns + MS);
	const struct wg_event *ev;
	bool holds;

	wait.arg[3] = row->wait == SYS_epoll_wait ? (uint64_t)(int64_t)row->timeout_ms : 0;
	wake.by_nr = row->by_nr;
	wake.is_interrupt = row->by_nr < 0;
	wake.timer = row->timer;
	wake.has_slept = row->has_slept;
	wake.has_ret = 1;
	wake.ret = row->ret;
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	ev = last(WG_RECORD_WAKE);
	holds = ev->thread_wake.reason == row->reason &&
		ev->thread_wake.certainty == row->certainty &&
		ev->thread_wake.ret == (row->ret == -512 ? -EINTR : row->ret) &&
		(ev->thread_wake.oncpu_ns == WG_NOT_OBSERVABLE) == !row->has_slept;
	CU_ASSERT(holds);
	if (!holds)
		printf("# %s: %s, certainty %d, returned %d\n", row->name,
			wg_reason_name((enum wg_reason)ev->thread_wake.reason),
			ev->thread_wake.certainty, (int)ev->thread_wake.ret);
	seen.count = 0;
}

static void what_a_call_returned_says_why(void)
{
	struct wg__records *r = start();
	size_t i;

	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		check_result(r, &results[i], (i + 1) * 10 * MS);
	wg__records_destroy(r);
}

static void what_a_thread_did_and_whom_it_notified_is_told(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait wait = wait_in(SYS_poll, MS);
	struct wg_raw_notify notify = {
		.head = { .ts_ns = 2 * MS, .what = WG_RAW_NOTIFY, .pid = PID, .tid = TID + 1 },
		.object = 5,
		.ret = 8,
		.nr = SYS_write,
		.comm = "notifier",
	};
	const struct wg_event *ev;

	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAIT)->thread_wait.calls, 0);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAIT)->thread_wait.did, WG_DID_UNKNOWN);
	wait.head.ts_ns = 2 * MS;
	wait.calls = 3;
	wait.did = WG_RAW_DID_LOOK;
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAIT)->thread_wait.calls, 3);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAIT)->thread_wait.did, WG_DID_LOOKED);
	wait.head.ts_ns = 3 * MS;
	wait.calls = -1;
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAIT)->thread_wait.calls, WG_NOT_OBSERVABLE);

	CU_ASSERT_EQUAL(take(r, &notify, sizeof(notify)), 0);
	ev = last(WG_RECORD_NOTIFY);
	CU_ASSERT(ev->thread_notify.woke == 0 && ev->thread_notify.value == 8 && ev->op > 0);
	CU_ASSERT_STRING_EQUAL(ev->procname, "notifier");
	notify.nr = SYS_futex;
	notify.woke = 2;
	CU_ASSERT_EQUAL(take(r, &notify, sizeof(notify)), 0);
	ev = last(WG_RECORD_NOTIFY);
	CU_ASSERT(ev->thread_notify.woke == 2 && ev->thread_notify.how == WG_IN_FUTEX);
	CU_ASSERT_EQUAL(take(r, &notify, sizeof(notify) - 1), -EPROTO);
	wg__records_destroy(r);
}

/* ---- what it asked for ---- */

static int64_t timeout_of(struct wg__records *r, struct wg_raw_wait wait)
{
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	return last(WG_RECORD_WAIT)->thread_wait.timeout_ns;
}

static void timeouts_are_those_of_that_moment(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait w = wait_in(SYS_epoll_wait, MS);

	w.arg[3] = 100;
	CU_ASSERT_EQUAL(timeout_of(r, w), (int64_t)(100 * MS));
	w.arg[3] = (uint64_t)-1;
	CU_ASSERT_EQUAL(timeout_of(r, w), WG_FOR_EVER);
	w = wait_in(SYS_read, 2 * MS);
	CU_ASSERT_EQUAL(timeout_of(r, w), WG_FOR_EVER);

	/* In memory: what was there when the thread went to sleep. */
	w = wait_in(SYS_ppoll, 3 * MS);
	w.arg[2] = w.time_at = 0x1000;
	w.time[0] = 2;
	w.time[1] = 5;
	CU_ASSERT_EQUAL(timeout_of(r, w), INT64_C(2000000005));
	w.time[0] = w.time[1] = -1; /* it could not be read */
	CU_ASSERT_EQUAL(timeout_of(r, w), WG_NOT_OBSERVABLE);
	w.arg[2] = w.time_at = 0;
	CU_ASSERT_EQUAL(timeout_of(r, w), WG_FOR_EVER);

	/* A moment on the monotonic clock: what was left of it then. */
	w = wait_in(SYS_futex, 5000 * MS);
	w.arg[1] = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG;
	w.arg[3] = w.time_at = 0x2000;
	w.time[0] = 5;
	w.time[1] = 250000000;
	CU_ASSERT_EQUAL(timeout_of(r, w), (int64_t)(250 * MS));
	wg__records_destroy(r);
}

/* ---- what is lost or damaged ---- */

static void a_wake_without_its_wait_is_none(void)
{
	struct wg__records *r = start();
	struct wg_raw_wake wake = wake_at(5 * MS);
	struct wg_raw_wait wait = wait_in(SYS_pause, 6 * MS);

	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	CU_ASSERT_EQUAL(seen.count, 0);
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	wake.head.ts_ns = 7 * MS;
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0); /* a second one */
	CU_ASSERT_EQUAL(seen.count, 2);
	wg__records_destroy(r);
}

static void times_of_a_thread_never_go_back(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait wait = wait_in(SYS_pause, 9 * MS);
	struct wg_raw_wake wake = wake_at(8 * MS);

	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	CU_ASSERT_EQUAL(last(WG_RECORD_WAKE)->ts_ns, (int64_t)(9 * MS));
	wg__records_destroy(r);
}

static void short_and_unknown_records_are_refused(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait wait = wait_in(SYS_pause, MS);
	struct wg_raw_wake wake = wake_at(MS);

	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait) - 1), -EPROTO);
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake.head)), -EPROTO);
	wake.head.what = 99;
	CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), -EPROTO);
	CU_ASSERT_EQUAL(seen.count, 0);
	seen.rc = -ENOSPC; /* the sink's word ends all */
	CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), -ENOSPC);
	wg__records_destroy(r);
}

/* Numbers are used again: what is known of a thread ends with it. */
static void an_exit_is_the_end_of_a_thread(void)
{
	struct wg__records *r = start();
	struct wg_raw_wait wait = wait_in(SYS_pause, MS);
	struct wg_raw_wake end = { .head = { .ts_ns = 2 * MS, .what = WG_RAW_EXIT, .pid = PID } };
	struct wg_raw_wake wake = wake_at(3 * MS);
	unsigned i;

	for (i = 0; i < 20; i++) {
		wait.head.tid = TID + i;
		CU_ASSERT_EQUAL(take(r, &wait, sizeof(wait)), 0);
	}
	for (i = 0; i < 20; i += 2) {
		end.head.tid = TID + i;
		CU_ASSERT_EQUAL(take(r, &end, sizeof(end)), 0);
		CU_ASSERT_EQUAL(take(r, &end, sizeof(end)), 0);
	}
	seen.count = 0;
	for (i = 0; i < 20; i++) {
		wake.head.tid = TID + i;
		CU_ASSERT_EQUAL(take(r, &wake, sizeof(wake)), 0);
	}
	CU_ASSERT_EQUAL(seen.count, 10);
	for (i = 0; i < seen.count; i++)
		CU_ASSERT_EQUAL((seen.event[i].tid - TID) % 2, 1);
	end.head.what = WG_RAW_EXEC;
	CU_ASSERT_EQUAL(take(r, &end, sizeof(end)), 0);
	wg__records_destroy(r);
}

void suite_kernel_records(void)
{
	WG_TEST(the_waker_is_known_as_far_as_it_can_be);
	WG_TEST(what_was_missed_is_not_made_up);
	WG_TEST(what_a_call_returned_says_why);
	WG_TEST(what_a_thread_did_and_whom_it_notified_is_told);
	WG_TEST(timeouts_are_those_of_that_moment);
	WG_TEST(a_wake_without_its_wait_is_none);
	WG_TEST(times_of_a_thread_never_go_back);
	WG_TEST(short_and_unknown_records_are_refused);
	WG_TEST(an_exit_is_the_end_of_a_thread);
}
