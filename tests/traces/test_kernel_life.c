/*
 * test_kernel_life.c: whom a recording in the kernel follows, how it ends, and what it refuses:
 * children, a process that runs already, one that hangs; and nobody else.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/kernel_run.h"
#include "tests/traces/parked.h"

/* ---- who is recorded ---- */

static void sleep_ms(void)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static void children_are_recorded_and_others_are_not(void)
{
	const char *dir = wg_tmpdir();
	char trace[256];
	const char *argv[] = { "sh", "-c", "sleep 0.01; (sleep 0.02; :); exit 7", NULL };
	struct wg_kernel_result result;
	struct wg_threads *threads;
	const struct wg_thread_stats *t;
	size_t i, sleeps = 0;
	pid_t other = fork();

	if (other == 0) {
		(void)prctl(PR_SET_NAME, "another");
		for (;;)
			sleep_ms();
	}
	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 0, false, &result), 0);
	CU_ASSERT_EQUAL(result.exit_code, 7);
	(void)kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	threads = kernel_measure(trace);
	for (i = 0; (t = wg_thread_at(threads, i)); i++) {
		CU_ASSERT(strcmp(t->name, "sh") == 0 || strcmp(t->name, "sleep") == 0);
		CU_ASSERT_NOT_EQUAL(t->pid, (uint32_t)getpid());
		sleeps += t->by_how[WG_IN_SLEEP].timeout == 1;
	}
	CU_ASSERT_EQUAL(sleeps, 2);
	kernel_done(threads);
}

/* A process that is not ours to wait for: what started it has ended. It sleeps 10 times once it may
 * read a byte. */
static pid_t start_orphan(int go)
{
	int told[2];
	pid_t child, orphan = 0;
	int i;

	CU_ASSERT_EQUAL_FATAL(pipe(told), 0);
	child = fork();
	if (child == 0) {
		pid_t self = fork();
		char byte;

		if (self > 0)
			_exit(write(told[1], &self, sizeof(self)) == sizeof(self) ? 0 : 1);
		(void)prctl(PR_SET_NAME, "orphan");
		if (read(go, &byte, 1) != 1)
			_exit(1);
		for (i = 0; i < 10; i++)
			sleep_ms();
		_exit(0);
	}
	CU_ASSERT_EQUAL_FATAL(read(told[0], &orphan, sizeof(orphan)), sizeof(orphan));
	CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
	(void)close(told[0]);
	(void)close(told[1]);
	return orphan;
}

/* It is nobody's child here, so /proc alone tells. */
static void await_sleep(pid_t pid)
{
	char path[64], text[8] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/syscall", (long)pid);
	while (text[0] != '0') { /* read is system call 0 */
		file = fopen(path, "re");
		CU_ASSERT_FATAL(file != NULL);
		if (!fgets(text, sizeof(text), file))
			text[0] = '\0';
		(void)fclose(file);
		(void)sched_yield();
	}
}

static void let_go(void *user)
{
	const int *go = user;

	CU_ASSERT_EQUAL(write(*go, "", 1), 1);
}

static void a_running_process_is_recorded_to_its_end(void)
{
	const char *dir = wg_tmpdir();
	char trace[256];
	int go[2];
	pid_t pid;
	struct wg_kernel_options options = {
		.dir = trace, .pid = &pid, .pids = 1, .started = let_go, .user = &go[1]
	};
	const struct wg_thread_stats *t;
	struct wg_kernel_result result;
	struct wg_error err;
	struct wg_threads *threads;

	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	CU_ASSERT_EQUAL_FATAL(pipe(go), 0);
	pid = start_orphan(go[0]);
	await_sleep(pid);
	CU_ASSERT_EQUAL_FATAL(wg_kernel_record(&options, &result, &err), 0);
	CU_ASSERT(result.has_run && result.interrupted_by == 0);
	threads = kernel_measure(trace);
	t = kernel_thread(threads, "orphan");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT(t->by_how[WG_IN_SLEEP].timeout > 0 && t->by_how[WG_IN_SLEEP].timeout <= 10);
	CU_ASSERT_EQUAL(t->by_how[WG_IN_READ].waits, 1); /* it slept there when all began */
	CU_ASSERT_EQUAL(t->by_how[WG_IN_READ].notified, 1);
	kernel_done(threads);
	(void)close(go[0]);
	(void)close(go[1]);
}

/* What never wakes is in the trace, too: it is what one looks for. */
static void a_process_that_hangs_is_seen_to_hang(void)
{
	const char *dir = wg_tmpdir();
	char trace[256];
	pid_t pid = fork();
	struct wg_kernel_options options = { .dir = trace, .pid = &pid, .pids = 1, .for_ms = 1 };
	const struct wg_thread_stats *t;
	struct wg_kernel_result result;
	struct wg_error err;
	struct wg_threads *threads;

	if (pid == 0) {
		(void)prctl(PR_SET_NAME, "hangs");
		for (;;)
			(void)pause();
	}
	parked_await(pid, pid, SYS_pause);
	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	CU_ASSERT_EQUAL_FATAL(wg_kernel_record(&options, &result, &err), 0);
	threads = kernel_measure(trace);
	t = kernel_thread(threads, "hangs");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT(t->is_asleep && t->asleep_in && t->asleep_in->how == WG_IN_SIGNAL);
	kernel_done(threads);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

static void after_its_time_the_command_goes_on(void)
{
	const char *dir = wg_tmpdir();
	char trace[256], fifo[256], line[512], number[16] = "";
	const char *argv[] = { "sh", "-c", line, NULL };
	struct wg_kernel_result result;
	FILE *file;
	pid_t pid;

	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	(void)snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	(void)snprintf(line, sizeof(line), "echo $$ >%s; exec sleep 1000", fifo);
	CU_ASSERT_EQUAL_FATAL(mkfifo(fifo, 0600), 0);
	CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 1, false, &result), 0);
	CU_ASSERT(result.still_runs);
	file = fopen(fifo, "re"); /* it waits for us there */
	CU_ASSERT(file && fgets(number, sizeof(number), file));
	if (file)
		(void)fclose(file);
	pid = (pid_t)strtol(number, NULL, 10);
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(kill(pid, SIGKILL), 0);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
}

/* Six polls of a millisecond: only the full form knows that nothing followed them. */
static void only_the_full_form_says_empty(void)
{
	const char *argv[] = { "sh", "-c", "exec \"$0\" poll >/dev/null", wg_build_path("planted"),
		NULL };
	struct wg_kernel_result result;
	const struct wg_thread_stats *t;
	struct wg_threads *threads;
	char trace[256];
	int is_full;

	for (is_full = 0; is_full < 2; is_full++) {
		(void)snprintf(trace, sizeof(trace), "%s/trace", wg_tmpdir());
		CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 0, is_full, &result), 0);
		CU_ASSERT_EQUAL(result.exit_code, 6);
		threads = kernel_measure(trace);
		t = kernel_thread(threads, "planted");
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		CU_ASSERT_EQUAL(t->by_how[WG_IN_POLL].timeout, 6);
		CU_ASSERT_EQUAL(t->class[WG_CLASS_TIMER_EMPTY], is_full ? 5 : 0);
		CU_ASSERT_EQUAL(t->class[WG_CLASS_TIMER], is_full ? 1 : 6);
		kernel_done(threads);
	}
}

/* After each of four timeouts a file is read: who reads the kernel's figures only looked. */
static void figures_of_the_kernel_are_looked_at(void)
{
	const char *planted = wg_build_path("planted");
	const char *argv[] = { planted, "reads", "/proc/self/stat", "/sys/kernel/btf/vmlinux",
		"/proc/uptime", planted, NULL };
	struct wg_kernel_result result;
	const struct wg_thread_stats *t;
	struct wg_threads *threads;
	char trace[256];
	size_t i, looked = 0;

	(void)snprintf(trace, sizeof(trace), "%s/trace", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 0, true, &result), 0);
	CU_ASSERT_EQUAL(result.exit_code, 0);
	threads = kernel_measure(trace);
	t = kernel_thread(threads, "planted");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	for (i = 0; i < t->group_count; i++)
		looked += t->group[i]->looked;
	CU_ASSERT_EQUAL(t->by_how[WG_IN_POLL].timeout, 5);
	CU_ASSERT_EQUAL(t->class[WG_CLASS_TIMER_EMPTY], 3);
	CU_ASSERT_EQUAL(looked, 3);
	CU_ASSERT_EQUAL(t->class[WG_CLASS_TIMER_ACTED], 1);
	kernel_done(threads);
}

/* ---- what is said ---- */

static void syscalls_go_with_the_kernel_only(void)
{
	const char *argv[] = { wg_build_path("wakegap"), "record", "--syscalls", "true", NULL };
	char *err;

	CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), 2);
	CU_ASSERT(wg_has(err, "--with kernel or -p"));
	free(err);
}

/* The recorder stands still while two processes send each other a byte: the buffer gets full. */
static void what_is_lost_is_a_hole_in_the_trace(void)
{
	static const char work[] = "kill -STOP $PPID; python3 -c '\n"
				   "import os\n"
				   "r, w = os.pipe(); r2, w2 = os.pipe(); child = os.fork()\n"
				   "for i in range(30000):\n"
				   "    if child: os.write(w, b\"x\"); os.read(r2, 1)\n"
				   "    else: os.read(r, 1); os.write(w2, b\"x\")\n"
				   "if child: os.wait()'; kill -CONT $PPID";
	char trace[256], *err;
	const char *record[] = { wg_build_path("wakegap"), "record", "--with", "kernel", "-o",
		trace, "--", "sh", "-c", work, NULL };
	const char *check[] = { wg_build_path("wakegap"), "check", trace, "--max-wakes-per-second",
		"1000000000", NULL };

	(void)snprintf(trace, sizeof(trace), "%s/trace", wg_tmpdir());
	CU_ASSERT_EQUAL(wg_run(NULL, &err, record), 0);
	CU_ASSERT(wg_has(err, "records were lost"));
	free(err);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, check), 77); /* inconclusive */
}

static void its_status_is_that_of_the_command(void)
{
	static const struct {
		const char *line;
		int status;
	} ends[] = { { "exit 0", 0 }, { "exit 77", 77 }, { "kill -KILL $$", 137 },
		{ "kill -TERM $$", 143 } };
	struct wg_kernel_result result;
	char trace[256];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *argv[] = { "sh", "-c", ends[i].line, NULL };

		(void)snprintf(trace, sizeof(trace), "%s/trace", wg_tmpdir());
		CU_ASSERT_EQUAL(kernel_record(trace, argv, 0, false, &result), 0);
		CU_ASSERT_EQUAL(result.exit_code, ends[i].status);
	}
}

static void check_refused(struct wg_kernel_options options, int rc, const char *why)
{
	struct wg_kernel_result result;
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL(wg_kernel_record(&options, &result, &err), rc);
	CU_ASSERT(wg_has(err.text, why));
	CU_ASSERT(!result.has_run);
	if (rc != -EEXIST)
		CU_ASSERT_EQUAL(access(options.dir, F_OK), -1);
}

static void what_cannot_be_recorded_is_refused(void)
{
	char *nothing[] = { "/nowhere/program", NULL }, *it[] = { "true", NULL };
	const char *dir = wg_tmpdir();
	char trace[256], full[256];
	pid_t pid = 4194999;

	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	(void)snprintf(full, sizeof(full), "%s", dir);
	check_refused((struct wg_kernel_options){ .dir = trace, .argv = nothing }, -ENOENT,
		"/nowhere/program");
	check_refused((struct wg_kernel_options){ .dir = trace, .pid = &pid, .pids = 1 }, -ESRCH,
		"there is no process 4194999");
	(void)snprintf(trace, sizeof(trace), "%s/file", dir);
	(void)fclose(fopen(trace, "we"));
	check_refused((struct wg_kernel_options){ .dir = full, .argv = it }, -EEXIST, "");
}

/* Root without the rights to do it: what a container is. */
static void without_the_right_it_is_said(void)
{
	struct wg_error err = { 0 };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		_exit(wg_kernel_check(&err) == -EPERM && wg_has(err.text, "CAP_BPF") ? 0 : 1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

void suite_kernel_life(void)
{
	struct wg_error err = { 0 };
	bool can = wg_kernel_check(&err) == 0;

	WG_TEST_IF(can, err.text, children_are_recorded_and_others_are_not);
	WG_TEST_IF(can, err.text, a_running_process_is_recorded_to_its_end);
	WG_TEST_IF(can, err.text, a_process_that_hangs_is_seen_to_hang);
	WG_TEST_IF(can, err.text, after_its_time_the_command_goes_on);
	WG_TEST_IF(can && access("/usr/bin/python3", X_OK) == 0, "it takes the kernel and python3",
		what_is_lost_is_a_hole_in_the_trace);
	WG_TEST_IF(can && access(wg_build_path("planted"), X_OK) == 0,
		"it takes the kernel and the program planted", only_the_full_form_says_empty);
	WG_TEST_IF(can && access(wg_build_path("planted"), X_OK) == 0,
		"it takes the kernel and the program planted", figures_of_the_kernel_are_looked_at);
	WG_TEST(syscalls_go_with_the_kernel_only);
	WG_TEST_IF(can, err.text, its_status_is_that_of_the_command);
	WG_TEST_IF(can, err.text, what_cannot_be_recorded_is_refused);
	WG_TEST_IF(can, err.text, without_the_right_it_is_said);
}
