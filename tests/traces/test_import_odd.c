/*
 * test_import_odd.c: logs that are rarer than those of the other suites: of late releases of
 * strace, of threads that call execve, of sockets with a timeout; and files that are no logs yet.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/import_run.h"

/* strace -N puts the name of an argument in front of it. */
static void names_of_arguments_are_read_over(void)
{
	struct import_run r = import_text(
		"7 1.0 prctl(option=PR_SET_NAME, arg2=\"turner\") = 0\n"
		"7 1.1 eventfd2(initval=0, flags=EFD_CLOEXEC) = 5\n"
		"7 1.2 epoll_ctl(epfd=4, op=EPOLL_CTL_ADD, fd=5, event={events=EPOLLIN, "
		"data={u32=77, u64=77}}) = 0\n"
		"7 1.3 epoll_wait(epfd=4, events=[], maxevents=8, timeout=30) = 0 <0.030>\n"
		"7 1.4 epoll_wait(epfd=4, events=[{events=EPOLLIN, data={u32=77, u64=77}}], "
		"maxevents=8, timeout=30) = 1 <0.010>\n"
		"7 1.5 futex(uaddr=0x7f10, futex_op=FUTEX_WAIT_PRIVATE, val=0, timeout={tv_sec=0, "
		"tv_nsec=9000000}) = -1 ETIMEDOUT (Connection timed out) <0.009>\n");
	const struct wg_thread_stats *s = import_thread(&r, 7);

	CU_ASSERT(r.stats.unread == 0 && s->wakes == 3);
	CU_ASSERT(s->by_how[WG_IN_EPOLL].timeout == 1 && s->class[WG_CLASS_NOTIFIED] == 1);
	CU_ASSERT(wg_has(r.findings, "turner 7: epoll_wait on fd 4 for 30.0 ms"));
	CU_ASSERT(wg_has(r.findings, "futex for 9.00 ms"));
	import_done(&r);
}

/* It goes on under the number of the first thread, in the process that it was of. */
static void a_thread_that_calls_execve_goes_on(void)
{
	struct import_run r = import_text(
		"10 1.0 execve(\"/bin/shop\", [\"shop\"], 0x1) = 0 <0.001>\n"
		"10 1.1 clone(child_stack=NULL, flags=SIGCHLD) = 20 <0.001>\n"
		"20 1.2 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 21 <0.001>\n"
		"20 1.3 futex(0x7f00, FUTEX_WAIT_PRIVATE, 21, NULL <unfinished ...>\n"
		"21 1.4 execve(\"/bin/till\", [\"till\"], 0x1 <unfinished ...>\n"
		"20 1.5 <... futex resumed> <unfinished ...>) = ?\n"
		"20 1.6 +++ superseded by execve in pid 21 +++\n"
		"20 1.6 <... execve resumed>) = 0 <0.2>\n"
		"20 1.7 poll([{fd=3, events=POLLIN}], 1, 250) = 0 (Timeout) <0.250>\n"
		"20 2.0 exit_group(0) = ?\n"
		"20 2.0 +++ exited with 0 +++\n"
		"10 2.1 exit_group(0) = ?\n");
	const struct wg_thread_stats *s = import_thread(&r, 20);

	CU_ASSERT(r.stats.halves == 0 && r.stats.unborn == 0 && r.stats.unended == 0);
	CU_ASSERT(s->pid == 20 && s->by_how[WG_IN_POLL].timeout == 1);
	CU_ASSERT(wg_has(r.findings, "till 20: poll on fd 3 for 250 ms"));
	import_done(&r);
}

/* The one that called is not in the log, or is in no call: nothing is made of it. */
static void an_execve_of_nobody_is_read_over(void)
{
	struct import_run r = import_text("20 1.6 +++ superseded by execve in pid 21 +++\n"
					  "20 1.6 +++ superseded by execve in pid 20 +++\n"
					  "20 1.6 +++ superseded by execve in pid 99999999999 +++\n"
					  "21 1.7 getpid() = 20\n"
					  "20 1.8 +++ superseded by execve in pid 21 +++\n"
					  "20 1.9 <... execve resumed>) = 0\n");

	CU_ASSERT(r.rc == 0 && r.stats.unread == 0 && r.stats.halves == 1);
	import_done(&r);
}

/* SO_RCVTIMEO: the call fails as if it did not block, but it did. */
static void a_receive_that_times_out_is_a_wait(void)
{
	struct import_run r = import_text(
		"7 1.0 recvfrom(3, \"\", 1, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily "
		"unavailable) <0.100100>\n"
		"7 1.2 recvfrom(3, \"\", 1, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily "
		"unavailable) <0.100200>\n"
		"7 1.4 recvfrom(3, \"\", 1, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily "
		"unavailable) <0.000009>\n"
		"7 1.5 semop(1, [{sem_num=0, sem_op=-1, sem_flg=0}], 1) = 0 <0.070000>\n"
		"7 1.6 semop(1, [{sem_num=0, sem_op=1, sem_flg=0}], 1) = 0 <0.000004>\n"
		"8 1.7 semtimedop(1, [{0, -1, 0}], 1, {tv_sec=0, tv_nsec=5000000}) = -1 EAGAIN "
		"(Resource temporarily unavailable) <0.005>\n");
	const struct wg_thread_stats *s = import_thread(&r, 7);

	CU_ASSERT(s->wakes == 3 && s->by_how[WG_IN_READ].timeout == 2);
	CU_ASSERT(s->asleep_ns == 270300000);
	CU_ASSERT(wg_has(r.findings, "for 5.00 ms"));
	import_done(&r);
}

static void a_lock_of_a_part_of_a_file_is_a_wait(void)
{
	struct import_run r = import_text(
		"7 1.0 fcntl(3, F_SETLKW, {l_type=F_WRLCK, l_start=0, l_len=1}) = 0 <0.200>\n"
		"7 1.3 fcntl(3, F_GETFL) = 0 <0.000004>\n"
		"7 1.4 fcntl64(3, F_OFD_SETLKW, {l_type=F_WRLCK, l_start=0, l_len=1}) = 0 "
		"<0.100>\n"
		"7 1.6 fcntl(3, F_SETLKW, {l_type=F_UNLCK, l_start=0, l_len=1}) = 0 <0.000004>\n"
		"7 1.7 exit_group(0) = ?\n");
	const struct wg_thread_stats *s = import_thread(&r, 7);

	CU_ASSERT(s->wakes == 2 && s->class[WG_CLASS_LOCK] == 2);
	CU_ASSERT(wg_has(r.findings, "2 waits for a lock"));
	import_done(&r);
}

/* A log that another was appended to: its times are all before the last one. */
static void no_period_is_nothing(void)
{
	struct import_log l;
	struct import_run r;
	int i;

	import_start(&l);
	for (i = 0; i < 60; i++)
		(void)fprintf(l.out, "7 1700000%d.%03d poll(NULL, 0, 10) = 0 (Timeout) <0.010>\n",
			i < 2 ? 900 : 100, i * 11 % 1000);
	r = import_finish(&l);
	CU_ASSERT(import_thread(&r, 7)->period_ns == WG_NOT_OBSERVABLE);
	CU_ASSERT(!wg_has(r.findings, "every"));
	import_done(&r);
}

/* Threads that wait with one period; the second begins then. */
static struct import_run two_timers(int second_s)
{
	struct import_log l;
	int i, t;

	import_start(&l);
	(void)fprintf(l.out, "70 1700000000.0 execve(\"/bin/shop\", [\"shop\"], 0x7) = 0\n"
			     "70 1700000000.0 poll(NULL, 0, 1) = 0 (Timeout)\n");
	for (t = 71; t <= 72; t++) {
		(void)fprintf(l.out,
			"70 1700000001.0 clone(flags=CLONE_VM|CLONE_THREAD) = %d\n"
			"%d 1700000001.0 prctl(PR_SET_NAME, \"clerk\") = 0\n",
			t, t);
		for (i = 0; i < 20; i++)
			(void)fprintf(l.out, "%d %d.%02d0 poll(NULL, 0, 20) = 0 (Timeout)\n", t,
				1700000001 + (t == 72 ? second_s : 0), 2 * i);
		(void)fprintf(
			l.out, "%d %d.400 exit(0) = ?\n", t, 1700000001 + (t == 72 ? second_s : 0));
	}
	return import_finish(&l);
}

static void timers_of_threads_that_follow_each_other_are_no_duplicates(void)
{
	struct import_run together = two_timers(0), apart = two_timers(5);

	CU_ASSERT(wg_has(together.findings, "2 threads of shop 70 have the same period, 20.0 ms"));
	CU_ASSERT(!wg_has(apart.findings, "same period"));
	import_done(&together);
	import_done(&apart);
}

/* As an editor on Windows leaves it: a byte order mark in front, and other ends of lines. */
static void a_log_that_was_edited_loses_no_line(void)
{
	static const char *const logs[] = {
		"7 1.000000 poll([{fd=3, events=POLLIN}], 1, 10) = 0 (Timeout) <0.010000>\r\n"
		"7 2.000000 poll([{fd=3, events=POLLIN}], 1, 10) = 0 (Timeout) <0.010000>\r\n",
		"a 7 [000] 1.000000: raw_syscalls:sys_enter: NR 230 (0, 0, 0, 0, 0, 0)\r\n"
		"a 7 [000] 1.010000: raw_syscalls:sys_exit: NR 230 = 0\r\n",
		"% time     seconds  usecs/call     calls    errors syscall\r\n"
		"------ ----------- ----------- --------- --------- ----------------\r\n"
		" 90.00    0.000090           9        10           poll\r\n"
	};
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct import_run r;
		unsigned long long calls;

		r = import_text(logs[i]);
		calls = r.stats.calls + r.stats.table_calls;
		CU_ASSERT(r.rc == 0 && calls > 0);
		CU_ASSERT_EQUAL(r.stats.unread, 0);
		import_done(&r);
		(void)snprintf(text, sizeof(text), "\xef\xbb\xbf%s", logs[i]);
		r = import_text(text);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.stats.calls + r.stats.table_calls, calls);
		CU_ASSERT_EQUAL(r.stats.unread, 0);
		import_done(&r);
	}
}

static void files_that_are_no_logs_yet_are_named(void)
{
	static const struct {
		const char *begin, *wanted;
	} files[] = {
		{ "\x1f\x8b\x08\x08", "is compressed by gzip, no text: `zcat /" },
		{ "\xfd"
		  "7zXZ\n",
			"`xzcat /" },
		{ "BZh91AY", "`bzcat /" },
		{ "\x28\xb5\x2f\xfd\n", "`zstdcat /" },
		{ "PERFILE2h", "`perf script -F +pid -i /" },
		{ "\x17\x08"
		  "Dtracing6",
			"`trace-cmd report -i /" },
	};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[300], *err = NULL;
		const char *argv[] = { wg_build_path("wakegap"), "import", path, NULL };
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/odd", wg_tmpdir());
		f = fopen(path, "w");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		(void)fputs(files[i].begin, f);
		(void)fclose(f);
		CU_ASSERT(wg_run(NULL, &err, argv) == 1);
		CU_ASSERT_PTR_NOT_NULL_FATAL(err);
		CU_ASSERT(wg_has(err, files[i].wanted) && wg_has(err, "/odd | wakegap import -`"));
		free(err);
	}
}

void suite_import_odd(void)
{
	WG_TEST(names_of_arguments_are_read_over);
	WG_TEST(a_thread_that_calls_execve_goes_on);
	WG_TEST(an_execve_of_nobody_is_read_over);
	WG_TEST(a_receive_that_times_out_is_a_wait);
	WG_TEST(a_lock_of_a_part_of_a_file_is_a_wait);
	WG_TEST(no_period_is_nothing);
	WG_TEST(timers_of_threads_that_follow_each_other_are_no_duplicates);
	WG_TEST(a_log_that_was_edited_loses_no_line);
	WG_TEST(files_that_are_no_logs_yet_are_named);
}
