/*
 * test_import_hostile.c: what no log may do to `wakegap import`; and what the real strace writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/traces/import_run.h"

static void garbage_is_counted(void)
{
	struct import_run r = import_text("hello\n\nepoll_wait(3, [], 8, 5) = 0\n!!\n[pid x] y\n"
					  "99:99:99 getpid() = 1\nepoll_wait(3, [], 8, 5) = 0\n");

	CU_ASSERT(r.rc == 0 && r.stats.unread == 4 && r.stats.first_unread == 1);
	CU_ASSERT(r.stats.lines == 7 && r.stats.calls == 2);
	import_done(&r);
	r = import_text("no line\nof this\nis strace's\n");
	CU_ASSERT(r.rc == -EINVAL);
	import_done(&r);
	r = import_text("");
	CU_ASSERT(r.rc == -EINVAL);
	import_done(&r);
}

static void numbers_that_do_not_fit_are_refused(void)
{
	static const char *const lines[] = {
		"epoll_wait(99999999999999999999, [], 8, 5) = 0",
		"epoll_wait(3, [], 8, 99999999999999999999) = 0",
		"epoll_wait(3, [], 8, -99999999999999999999) = 0",
		"epoll_wait(3, [], 8, 5) = 99999999999999999999",
		"nanosleep({tv_sec=9223372036854775807, tv_nsec=9223372036854775807}, NULL) = 0",
		"nanosleep({tv_sec=-1, tv_nsec=-1}, NULL) = 0",
		"99999999999999999999.5 getpid() = 1",
		"9223372036.854775807 poll(NULL, 0, 5) = 0 (Timeout) <9223372036.854775807>",
		"[pid 99999999999999999999] getpid() = 1",
		"4611686018.4 poll(NULL, 0, 5) = 0 (Timeout) <4611686018.4>",
		"futex(0xffffffffffffffffffff, FUTEX_WAIT, 0, NULL) = 0",
		"futex(0xffffffffffffffff, FUTEX_WAIT, 0, {tv_sec=1, tv_nsec=5}) = 0",
		"close(-5) = 0",
		"close(2147483647) = 0",
		"dup2(3, 70000) = 70000",
		"pipe([-1, 99999999999]) = 0",
		"clone(flags=CLONE_THREAD) = 9223372036854775807",
		"clone(flags=CLONE_THREAD) = -9223372036854775807",
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct import_log l;
		struct import_run r;

		import_start(&l);
		(void)fprintf(
			l.out, "poll(NULL, 0, 5) = 0 (Timeout)\n%s\n%s\n", lines[i], lines[i]);
		r = import_finish(&l);
		CU_ASSERT(r.rc == 0);
		import_done(&r);
	}
}

static void times_that_go_back_are_counted(void)
{
	struct import_run r = import_text("10 12:00:05.0 poll(NULL, 0, 5) = 0 (Timeout) <0.1>\n"
					  "10 12:00:04.0 poll(NULL, 0, 5) = 0 (Timeout) <0.1>\n"
					  "10 12:00:06.0 poll(NULL, 0, 5) = 0 (Timeout) <0.1>\n");

	CU_ASSERT(r.rc == 0 && r.stats.times_back == 1);
	CU_ASSERT(import_thread(&r, 10)->wakes == 3);
	import_done(&r);
}

static void long_lines_and_bytes_of_all_kinds_are_read_over(void)
{
	struct import_log l;
	struct import_run r;
	int i, k;

	import_start(&l);
	(void)fprintf(l.out, "poll(NULL, 0, 5) = 0 (Timeout)\n");
	for (i = 0; i < 3; i++) {
		for (k = 0; k < (1 << 20) + 7; k++)
			(void)fputc(k % 256 == '\n' ? ' ' : k % 256, l.out);
		(void)fputc('\n', l.out);
	}
	(void)fprintf(l.out, "\033[2Jpoll(NULL, 0, 5) = 0 (Timeout)\n%cpoll(\n", 0);
	(void)fprintf(l.out, "poll(NULL, 0, 5) = 0 (Timeout)\n");
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && r.stats.too_long == 3 && r.stats.unread == 5);
	CU_ASSERT(import_thread(&r, 0)->wakes == 2);
	import_done(&r);
}

static void more_threads_than_can_be_followed_are_said(void)
{
	struct import_log l;
	struct import_run r;
	int i;

	import_start(&l);
	for (i = 1; i < 20000; i++)
		(void)fprintf(l.out, "%d poll(NULL, 0, 5) = 0 (Timeout)\n", i);
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && r.stats.too_many == 19999 - 16384);
	import_done(&r);
	import_start(&l); /* those that have ended make room */
	for (i = 1; i < 40000; i++)
		(void)fprintf(l.out,
			"%d poll(NULL, 0, 5) = 0 (Timeout)\n%d +++ exited with 0 "
			"+++\n",
			i, i);
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && r.stats.too_many == 0);
	import_done(&r);
}

/* Each line of a log, cut at every byte, alone and before a good one. */
static void every_cut_is_survived(void)
{
	static const char text[] =
		"[pid 12<worker>] 10:00:00.5 (+ 0.1) [00007f0012345678] epoll_pwait2(3<a->b>, "
		"[{EPOLLIN, {u32=1, u64=0x5}}], 8, {tv_sec=1, tv_nsec=2}, \"\\\"\", 8) = 1 "
		"([{fd=3}]) <0.5>";
	size_t len;

	for (len = 0; len < sizeof(text); len++) {
		struct import_log l;
		struct import_run r;

		import_start(&l);
		(void)fprintf(l.out, "%.*s\n[pid 12] <... epoll_wait resumed>%s\n%s", (int)len,
			text, text + len, text);
		r = import_finish(&l);
		CU_ASSERT(r.rc == 0);
		import_done(&r);
	}
}

/* --- the real strace --- */

static void a_real_strace_is_read(void)
{
	char path[512], *out = NULL, *err = NULL;
	const char *argv[] = { "strace", "-f", "-tt", "-T", "-o", path, "sh", "-c",
		"sleep 0.05; sleep 0.05 & wait", NULL };
	const char *check[] = { "wakegap", "import", path, NULL };
	const char *version[] = { "strace", "-V", NULL };

	if (wg_run(NULL, NULL, version) != 0) {
		wg_skip("strace");
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/log", wg_tmpdir());
	if (wg_run(NULL, &err, argv) != 0) {
		wg_skip("a strace that may trace here");
		free(err);
		return;
	}
	free(err);
	check[0] = wg_build_path("wakegap");
	CU_ASSERT(wg_run(&out, &err, check) == 0);
	CU_ASSERT(wg_has(out, "strace: "));
	CU_ASSERT(wg_has(out, "sleep ")); /* a process of that name */
	CU_ASSERT_STRING_EQUAL(err, "");
	free(out);
	free(err);
}

static void the_command_prints_nothing_raw(void)
{
	char path[512], *out = NULL, *err = NULL;
	const char *argv[] = { wg_build_path("wakegap"), "import", path, NULL };
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/log", wg_tmpdir());
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "9<a\033[31m> 1.5 poll(NULL, 0, 5) = 0 (Timeout)\n\033]0;x\007\n"
			 "9<a\033[31m> 1.5 poll(NULL, 0, 5) = 0 (Timeout)\n");
	(void)fclose(f);
	CU_ASSERT(wg_run(&out, &err, argv) == 0);
	CU_ASSERT(wg_has(out, "a\\x1b[31m 9") && !strchr(out, 033));
	CU_ASSERT(wg_has(err, "1 of 3 lines is not understood, the first is line 2"));
	CU_ASSERT_PTR_NULL(strchr(err, 033));
	free(out);
	free(err);
}

/* The most memory, in KiB, that an import of so many lines takes. */
static long memory_of_import(const char *path, unsigned lines)
{
	FILE *f = fopen(path, "w");
	struct rusage usage = { .ru_maxrss = 0 };
	unsigned i;
	int status = -1;
	pid_t pid;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (i = 0; i < lines; i++)
		(void)fprintf(f, "%u %u.%06u poll([{fd=5, events=POLLIN}], 1, 100) = 0 (Timeout)\n",
			7 + i % 8, 1 + i / 1000, i % 1000 * 1000);
	(void)fclose(f);
	pid = fork();
	if (pid == 0) {
		if (dup2(open(path, O_RDONLY | O_CLOEXEC), 0) == 0 &&
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1) == 1 && dup2(1, 2) == 2)
			(void)execl(wg_build_path("wakegap"), "wakegap", "import", "-", NULL);
		_exit(1);
	}
	CU_ASSERT(wait4(pid, &status, 0, &usage) == pid && status == 0);
	return usage.ru_maxrss;
}

/* 3 MB and 60 MB; a log may be of any length. */
static void a_longer_log_takes_no_more_memory(void)
{
	char path[512];
	long less, more;

	if (WG_STRIDE > 1) {
		wg_skip("a build whose memory is its own");
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/log", wg_tmpdir());
	less = memory_of_import(path, 45000);
	more = memory_of_import(path, 900000);
	CU_ASSERT(more < less + 4096);
	if (more >= less + 4096)
		printf("# %ld KiB, %ld KiB\n", less, more);
}

void suite_import_hostile(void)
{
	WG_TEST(garbage_is_counted);
	WG_TEST(numbers_that_do_not_fit_are_refused);
	WG_TEST(times_that_go_back_are_counted);
	WG_TEST(long_lines_and_bytes_of_all_kinds_are_read_over);
	WG_TEST(more_threads_than_can_be_followed_are_said);
	WG_TEST(every_cut_is_survived);
	WG_TEST(a_real_strace_is_read);
	WG_TEST(the_command_prints_nothing_raw);
	WG_TEST(a_longer_log_takes_no_more_memory);
}
