/*
 * test_import.c: logs of strace, written for these tests with numbers of their own, one for each
 * shape that people post.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/import_run.h"

static void each_call_says_what_it_asked_for(void)
{
	static const struct {
		const char *call;
		enum wg_wait_in how;
		int64_t ns;
		enum wg_wake_class class;
	} calls[] = {
		{ "epoll_wait(3, [], 8, 40) = 0", WG_IN_EPOLL, 40000000, WG_CLASS_TIMER },
		{ "epoll_pwait(3, [], 8, 41, NULL, 8) = 0", WG_IN_EPOLL, 41000000, WG_CLASS_TIMER },
		{ "epoll_pwait2(3, [], 8, {tv_sec=0, tv_nsec=5000}, NULL, 8) = 0", WG_IN_EPOLL,
			5000, WG_CLASS_TIMER },
		{ "poll([{fd=4, events=POLLIN}, {fd=5, events=POLLIN|POLLOUT}], 2, 7) = 0 "
		  "(Timeout)",
			WG_IN_POLL, 7000000, WG_CLASS_TIMER },
		{ "poll([{fd=4, events=POLLIN}], 1, -1) = 1 ([{fd=4, revents=POLLIN}])", WG_IN_POLL,
			WG_FOR_EVER, WG_CLASS_INPUT },
		{ "ppoll([{fd=4, events=POLLIN}], 1, {tv_sec=2, tv_nsec=0}, NULL, 8) = 0 (Timeout)",
			WG_IN_POLL, 2000000000, WG_CLASS_TIMER },
		{ "ppoll([{fd=4, events=POLLIN}], 1, NULL, [], 8) = 1 ([{fd=4, revents=POLLHUP}])",
			WG_IN_POLL, WG_FOR_EVER, WG_CLASS_INPUT },
		{ "select(5, [4], NULL, NULL, {tv_sec=0, tv_usec=125000}) = 0 (Timeout)",
			WG_IN_SELECT, 125000000, WG_CLASS_TIMER },
		{ "select(5, [4], NULL, NULL, {0, 125000}) = 0 (Timeout)", WG_IN_SELECT, 125000000,
			WG_CLASS_TIMER },
		{ "_newselect(5, [4 6], NULL, NULL, NULL) = 1 (in [6])", WG_IN_SELECT, WG_FOR_EVER,
			WG_CLASS_INPUT },
		{ "pselect6(5, [4], [], [], {tv_sec=0, tv_nsec=9}, NULL) = 0 (Timeout)",
			WG_IN_SELECT, 9, WG_CLASS_TIMER },
		{ "nanosleep({tv_sec=0, tv_nsec=1000000}, NULL) = 0", WG_IN_SLEEP, 1000000,
			WG_CLASS_TIMER },
		{ "nanosleep({0, 1000000}, 0x7ffc0) = 0", WG_IN_SLEEP, 1000000, WG_CLASS_TIMER },
		{ "clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=1}, NULL) = 0",
			WG_IN_SLEEP, 1000000001, WG_CLASS_TIMER },
		{ "clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=9, tv_nsec=1}, NULL) = "
		  "0",
			WG_IN_SLEEP, WG_NOT_OBSERVABLE, WG_CLASS_TIMER },
		{ "futex(0x55d0c0, FUTEX_WAIT_PRIVATE, 0, {tv_sec=0, tv_nsec=3000000}) = -1 "
		  "ETIMEDOUT (Connection timed out)",
			WG_IN_FUTEX, 3000000, WG_CLASS_TIMER },
		{ "futex(0x55d0c0, FUTEX_WAIT_PRIVATE, 0, NULL) = 0", WG_IN_FUTEX, WG_FOR_EVER,
			WG_CLASS_IDLE_WORKER },
		{ "futex(0x55d0c0, FUTEX_WAIT_PRIVATE, 2, NULL) = 0", WG_IN_LOCK, WG_FOR_EVER,
			WG_CLASS_LOCK },
		{ "futex(0x55d0c0, FUTEX_WAIT_BITSET_PRIVATE, 0, {tv_sec=8, tv_nsec=1}, "
		  "FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT (Connection timed out)",
			WG_IN_FUTEX, WG_NOT_OBSERVABLE, WG_CLASS_TIMER },
		{ "futex(0x55d0c0, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, "
		  "{tv_sec=1711111112, tv_nsec=500000000}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT "
		  "(Connection timed out)",
			WG_IN_FUTEX, 500000000, WG_CLASS_TIMER },
		{ "restart_syscall(<... resuming interrupted poll ...>) = 0", WG_IN_POLL,
			WG_NOT_OBSERVABLE, WG_CLASS_TIMER },
		{ "rt_sigtimedwait([INT], NULL, {tv_sec=3, tv_nsec=0}, 8) = -1 EAGAIN (Resource "
		  "temporarily unavailable)",
			WG_IN_SIGNAL, 3000000000, WG_CLASS_TIMER },
		{ "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 77", WG_IN_CHILD,
			WG_FOR_EVER, WG_CLASS_INPUT },
		{ "epoll_wait(3, 0x7ffe, 8, 5) = -1 EINTR (Interrupted system call)", WG_IN_EPOLL,
			5000000, WG_CLASS_INTERRUPTED },
		{ "epoll_wait(3, [], 8, 0) = 0", WG_IN_EPOLL, 0, WG_CLASS_ZERO_POLL },
		{ "io_uring_enter(5, 0, 1, IORING_ENTER_GETEVENTS, NULL, 8) = 0", WG_IN_URING,
			WG_NOT_OBSERVABLE, WG_CLASS_INPUT },
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct import_log l;
		struct import_run r;
		const struct wg_thread_stats *s;

		import_start(&l);
		(void)fprintf(l.out, "1711111112.000000 %s <0.000500>\n", calls[i].call);
		r = import_finish(&l);
		s = import_thread(&r, 0);
		CU_ASSERT(s->waits == 1 && s->wakes == 1 && s->by_how[calls[i].how].waits == 1);
		CU_ASSERT(s->group[0]->asked[0].ns == calls[i].ns);
		CU_ASSERT(s->class[calls[i].class] == 1);
		CU_ASSERT(s->asleep_ns == 500000);
		import_done(&r);
	}
}

static void calls_that_do_not_sleep_are_no_waits(void)
{
	static const char *const calls[] = {
		"futex(0x55d0c0, FUTEX_WAIT_PRIVATE, 0, NULL) = -1 EAGAIN (Resource temporarily "
		"unavailable)",
		"futex(0x55d0c0, FUTEX_WAKE_PRIVATE, 1) = 0",
		"wait4(-1, NULL, WNOHANG, NULL) = 0",
		"read(0, \"x\", 1) = 1 <0.000010>",
		"io_uring_enter(5, 1, 0, 0, NULL, 8) = 1",
		"clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = -1 EAGAIN (Resource "
		"temporarily unavailable)",
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct import_run r = import_text(calls[i]);

		CU_ASSERT(r.rc == 0 && r.stats.calls == 1);
		CU_ASSERT(!wg_thread_at(r.threads, 0) || wg_thread_at(r.threads, 0)->waits == 0);
		import_done(&r);
	}
}

/* --- what followed a timer --- */

static void what_acts_and_what_only_looks(void)
{
	static const struct {
		const char *calls;
		bool acts;
		uint64_t looked;
	} after[] = {
		{ "", false, 0 },
		{ "5.2 getpid() = 12\n", false, 1 },
		{ "5.2 read(9, 0x7f, 64) = -1 EAGAIN (Resource temporarily unavailable)\n", false,
			1 },
		{ "5.2 read(9, \"\", 64) = 0\n", false, 1 },
		{ "5.2 read(9, \"abc\", 64) = 3\n", true, 0 },
		{ "5.2 futex(0x8, FUTEX_WAKE, 1) = 0\n", false, 1 },
		{ "5.2 futex(0x8, FUTEX_WAKE, 1) = 1\n", true, 0 },
		{ "5.2 openat(AT_FDCWD, \"/proc/self/stat\", O_RDONLY) = 9\n"
		  "5.3 read(9, \"12 (x) S\", 64) = 8\n5.4 close(9) = 0\n",
			false, 1 },
		{ "5.2 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY) = 9\n5.3 read(9, \"127\", 64) = "
		  "3\n",
			true, 0 },
		{ "5.2 openat(AT_FDCWD, \"/proc/self\", O_DIRECTORY) = 9\n"
		  "5.3 openat(9, \"stat\", O_RDONLY) = 10\n5.4 read(10, \"12\", 64) = 2\n",
			false, 1 },
		{ "5.2 openat(9</proc/12>, \"stat\", O_RDONLY) = 10\n5.3 read(10, \"12\", 64) = "
		  "2\n",
			false, 1 },
		{ "5.2 openat(9</proc/12>, \"/etc/hosts\", O_RDONLY) = 10\n5.3 read(10, \"12\", "
		  "64) = 2\n",
			true, 0 },
		{ "5.2 openat(9</tmp>, \"stat\", O_RDONLY) = 10\n5.3 read(10, \"12\", 64) = 2\n",
			true, 0 },
		{ "5.2 read(9</proc/loadavg>, \"0.1\", 64) = 3\n", false, 1 },
		{ "5.2 timerfd_create(CLOCK_MONOTONIC, 0) = 9\n5.3 read(9, \"\\1\", 8) = 8\n",
			false, 1 },
		{ "5.2 sendto(6, \"a) = 7\", 6, 0, NULL, 0) = 6\n", true, 0 },
		{ "5.2 write(6, \"a\", 1) = -1 EPIPE (Broken pipe)\n", false, 1 },
		{ "5.2 clone(child_stack=NULL, flags=SIGCHLD) = 99\n", true, 0 },
		{ "5.2 unlink(\"/tmp/a\") = 0\n", true, 0 },
		{ "5.2 unlink(\"/tmp/a\") = -1 ENOENT (No such file or directory)\n", false, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		struct import_log l;
		struct import_run r;
		const struct wg_thread_stats *s;

		import_start(&l);
		(void)fprintf(l.out,
			"0.0 poll(NULL, 0, 100) = 0 (Timeout)\n%s0.9 poll(NULL, 0, 100",
			after[i].calls);
		r = import_finish(&l);
		s = import_thread(&r, 0);
		CU_ASSERT(s->class[WG_CLASS_TIMER_ACTED] == after[i].acts);
		CU_ASSERT(s->class[WG_CLASS_TIMER_EMPTY] == !after[i].acts);
		CU_ASSERT(s->group[0]->looked == after[i].looked);
		import_done(&r);
	}
}

/* --- more than one thread --- */

static void a_woken_thread_is_paired_with_its_waker(void)
{
	struct import_log l;
	struct import_run r;
	const struct wg_thread_stats *s;
	int i;

	import_start(&l);
	(void)fprintf(l.out, "500 10:00:00.000000 clone(child_stack=0x7f00, "
			     "flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 501\n");
	for (i = 0; i < 30; i++) {
		(void)fprintf(l.out,
			"501 10:00:%02d.000000 futex(0x7f8, FUTEX_WAIT_PRIVATE, 0, "
			"NULL <unfinished ...>\n",
			i);
		(void)fprintf(l.out,
			"500 10:00:%02d.500000 futex(0x7f8, FUTEX_WAKE_PRIVATE, 1) = 1\n", i);
		(void)fprintf(
			l.out, "501 10:00:%02d.500040 <... futex resumed>) = 0 <0.500040>\n", i);
	}
	r = import_finish(&l);
	s = import_thread(&r, 501);
	CU_ASSERT(s->pid == 500 && s->wakes == 30 && s->class[WG_CLASS_IDLE_WORKER] == 30);
	CU_ASSERT(s->certainty[WG_CERTAINTY_LIKELY] == 30 && s->certainty[WG_CERTAINTY_EXACT] == 0);
	CU_ASSERT(s->notify_to_wake.count == 30);
	CU_ASSERT(s->notify_to_wake.max == 40000);
	CU_ASSERT(import_thread(&r, 500)->notifies == 30);
	import_done(&r);
}

static void an_eventfd_notifies_and_a_socket_is_input(void)
{
	static const char text[] =
		"600 1.0 eventfd2(0, EFD_CLOEXEC) = 5\n"
		"600 0.0 socket(AF_INET, SOCK_STREAM, 0) = 6\n"
		"600 0.0 timerfd_create(CLOCK_MONOTONIC, 0) = 8\n"
		"600 0.0 epoll_create1(0) = 7\n"
		"600 0.0 epoll_ctl(7, EPOLL_CTL_ADD, 5, {EPOLLIN, {u32=51, u64=51}}) = 0\n"
		"600 0.0 epoll_ctl(7, EPOLL_CTL_ADD, 6, {events=EPOLLIN, data={u32=6, u64=6}}) = "
		"0\n"
		"600 0.0 epoll_ctl(7, EPOLL_CTL_ADD, 8, {events=EPOLLIN, data={u32=8, u64=8}}) = "
		"0\n"
		"600 0.0 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, child_tid=0x7f} => "
		"{parent_tid=[601]}, 88) = 601\n"
		"600 0.0 epoll_wait(7,  <unfinished ...>\n"
		"601 0.2 write(5, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8 <unfinished ...>\n"
		"600 0.1 <... epoll_wait resumed>[{EPOLLIN, {u32=51, u64=51}}], 8, 5000) = 1\n"
		"601 0.0 <... write resumed>) = 8\n"
		"600 0.0 read(5, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8\n"
		"600 0.0 epoll_wait(7, [{events=EPOLLIN, data={u32=6, u64=6}}], 8, 5000) = 1\n"
		"600 0.5 recvfrom(6, \"hello\", 64, 0, NULL, NULL) = 5\n"
		"600 0.0 epoll_wait(7, [{events=EPOLLIN, data={u32=8, u64=8}}], 8, 5000) = 1\n"
		"600 0.5 read(8, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8\n"
		"600 0.0 epoll_wait(7, [], 8, 5000";
	struct import_run r = import_text(text);
	const struct wg_thread_stats *s = import_thread(&r, 600);

	CU_ASSERT(
		s->wakes == 3 && s->class[WG_CLASS_NOTIFIED] == 1 && s->class[WG_CLASS_INPUT] == 1);
	CU_ASSERT(s->class[WG_CLASS_TIMER_EMPTY] == 1);
	CU_ASSERT(s->certainty[WG_CERTAINTY_LIKELY] == 1);
	CU_ASSERT(s->notify_to_wake.max == 100000000);
	CU_ASSERT(import_thread(&r, 601)->notifies == 1);
	CU_ASSERT(r.stats.halves == 0);
	import_done(&r);
}

static void threads_with_one_period_and_herds_are_found(void)
{
	struct import_log l;
	struct import_run r;
	int i, t;

	import_start(&l);
	(void)fprintf(l.out, "700 0.0 execve(\"/opt/demo/herder\", [\"herder\"], 0x7ff) = 0\n");
	for (t = 701; t <= 703; t++)
		(void)fprintf(l.out, "700 0.0 clone(flags=CLONE_VM|CLONE_THREAD) = %d\n", t);
	for (i = 0; i < 20; i++) {
		for (t = 701; t <= 702; t++)
			(void)fprintf(l.out,
				"%d 0.0 nanosleep({tv_sec=0, tv_nsec=200000000}, "
				"NULL) = 0 <0.200000>\n",
				t);
		(void)fprintf(l.out,
			"700 0.0 futex(0x9, FUTEX_WAIT, 0, NULL <unfinished ...>\n"
			"704 0.0 futex(0x9, FUTEX_WAIT, 0, NULL <unfinished ...>\n"
			"703 0.2 futex(0x9, FUTEX_WAKE, 2147483647) = 2\n"
			"700 0.0 <... futex resumed>) = 0\n704 0.0 <... futex resumed>) = 0\n"
			"700 0.0 write(1, \"x\", 1) = 1\n");
	}
	r = import_finish(&l);
	CU_ASSERT(wg_has(r.findings, "2 threads of herder 700 have the same period, 200 ms"));
	CU_ASSERT(wg_has(r.findings, "20 notifies of one futex woke 2.0 threads each, of which 0.9 "
				     "acted") ||
		  wg_has(r.findings, "of which 1.0 acted"));
	import_done(&r);
}

static void ten_in_a_row_that_take_nothing_are_a_spin(void)
{
	int count;

	for (count = 9; count <= 40; count++) {
		struct import_log l;
		struct import_run r;
		const struct wg_thread_stats *s;
		int i;

		import_start(&l);
		for (i = 0; i < count; i++)
			(void)fprintf(l.out, "1.0 poll([{fd=9, events=POLLIN}], 1, -1) = 1 "
					     "([{fd=9, revents=POLLHUP}])\n0.0 getpid() = 1\n");
		(void)fprintf(l.out, "0.0 read(9, \"x\", 1) = 1\n0.0 poll([{fd=9, "
				     "events=POLLIN}], 1, -1) = 1 ([{fd=9, revents=POLLIN}])\n");
		r = import_finish(&l);
		s = import_thread(&r, 0);
		/* The read came before the last two waits: one more wake took nothing. */
		CU_ASSERT(s->class[WG_CLASS_SPIN] == (uint64_t)(count - 1 >= 10 ? count - 1 : 0));
		CU_ASSERT(
			s->class[WG_CLASS_SPIN] + s->class[WG_CLASS_INPUT] == (uint64_t)count + 1);
		CU_ASSERT(wg_has(r.findings, "it spins") == (count > 10));
		import_done(&r);
	}
}

static void a_hang_names_where_everyone_is(void)
{
	struct import_run r =
		import_text("strace: Process 801 attached with 2 threads\n"
			    "[pid   802] 12:00:00 futex(0x7f10, FUTEX_WAIT_PRIVATE, 0, NULL "
			    "<unfinished ...>\n"
			    "[pid   801] 12:00:00 read(3,  <unfinished ...>\n"
			    "[pid   803] 12:00:05 nanosleep({tv_sec=1, tv_nsec=0}, "
			    "<detached ...>\n"
			    "strace: Process 801 detached\n"
			    "strace: Process 802 detached\n");

	CU_ASSERT(r.rc == 0 && r.stats.unread == 0);
	CU_ASSERT(wg_has(
		r.findings, "thread 802: asleep at the end in futex, for about the last 5.00 s"));
	CU_ASSERT(wg_has(r.findings, "thread 801: asleep at the end in read on fd 3"));
	CU_ASSERT(import_thread(&r, 802)->pid == import_thread(&r, 801)->pid);
	import_done(&r);
}

/* Both have a descriptor 5: one process, or none is taken for the other's. */
static void threads_that_were_not_seen_to_begin(void)
{
	static const char calls[] =
		"[pid 10] 1700000000.1 write(5<pipe:[7]>, \"a\", 1) = 1 <0.00001>\n"
		"[pid 20] 1700000000.0 read(5<pipe:[7]>, \"a\", 1) = 1 <0.2>\n"
		"[pid 20] 1700000000.3 getpid() = 20\n";
	struct import_log l;
	struct import_run r = import_text(calls);

	CU_ASSERT(r.stats.unborn == 1 && !r.stats.are_apart);
	CU_ASSERT(import_thread(&r, 20)->pid == 10);
	CU_ASSERT(import_thread(&r, 20)->certainty[WG_CERTAINTY_LIKELY] == 1);
	import_done(&r);
	import_start(&l);
	(void)fprintf(l.out,
		"strace: Process 10 attached\nstrace: Process 21 attached with 2 threads\n%s",
		calls);
	r = import_finish(&l);
	CU_ASSERT(r.stats.unborn == 2 && r.stats.are_apart);
	CU_ASSERT(import_thread(&r, 20)->pid == 20);
	CU_ASSERT(import_thread(&r, 20)->certainty[WG_CERTAINTY_LIKELY] == 0);
	import_done(&r);
	/* A child that strace follows is no other process that it attached to. */
	r = import_text("strace: Process 10 attached\n"
			"[pid 10] clone(flags=CLONE_THREAD <unfinished ...>\n"
			"strace: Process 11 attached\n"
			"[pid 10] <... clone resumed>) = 11\n[pid 11] poll(NULL, 0, 5) = 0\n");
	CU_ASSERT(r.stats.unborn == 0 && !r.stats.are_apart);
	CU_ASSERT(import_thread(&r, 11)->pid == 10);
	import_done(&r);
}

static void output_of_the_program_in_between_is_read_over(void)
{
	struct import_run r =
		import_text("12:00:00.1 write(1, \"hi\\n\", 3hi\n)    = 3\n"
			    "12:00:00.2 nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0\n"
			    "12:00:01.2 exit_group(0) = ?\n12:00:01.3 +++ exited with 0 +++\n");

	CU_ASSERT(r.rc == 0 && r.stats.unread == 0 && r.stats.calls == 3);
	CU_ASSERT(import_thread(&r, 0)->class[WG_CLASS_TIMER] == 1 &&
		  !import_thread(&r, 0)->is_asleep);
	import_done(&r);
}

static void a_table_gives_counts(void)
{
	struct import_run r =
		import_text("% time     seconds  usecs/call     calls    errors syscall\n"
			    "------ ----------- ----------- --------- --------- ----------------\n"
			    " 70.00    0.700000           7    100000     99990 futex\n"
			    " 20.00    0.200000          20     10000           poll\n"
			    " 10.00    0.100000          10     10000           read\n"
			    "------ ----------- ----------- --------- --------- ----------------\n"
			    "100.00    1.000000               120000     99990 total\n");

	CU_ASSERT(r.rc == 0 && r.stats.format == WG_IMPORT_STRACE_TABLE);
	CU_ASSERT(r.rows == 2 && r.row_calls == 110000 && r.stats.table_calls == 120000);
	CU_ASSERT(r.stats.unread == 0 && r.records == 0);
	import_done(&r);
}

void suite_import(void)
{
	WG_TEST(each_call_says_what_it_asked_for);
	WG_TEST(calls_that_do_not_sleep_are_no_waits);
	WG_TEST(what_acts_and_what_only_looks);
	WG_TEST(a_woken_thread_is_paired_with_its_waker);
	WG_TEST(an_eventfd_notifies_and_a_socket_is_input);
	WG_TEST(threads_with_one_period_and_herds_are_found);
	WG_TEST(ten_in_a_row_that_take_nothing_are_a_spin);
	WG_TEST(a_hang_names_where_everyone_is);
	WG_TEST(threads_that_were_not_seen_to_begin);
	WG_TEST(output_of_the_program_in_between_is_read_over);
	WG_TEST(a_table_gives_counts);
}
