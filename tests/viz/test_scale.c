/*
 * test_scale.c: the work of a command grows as the trace does: four times the loops or processes
 * take about four times the processor time, not sixteen; and each takes a few kilobytes at most.
 *
 * Times are those of the whole command, with its beginning, which is always the same. Eight times
 * and a tenth of a second is far more than linear work takes on a busy machine, and far less than
 * what quadratic work of this size takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define LOOPS	  2500
#define PROCESSES 1000
#define ALLOWANCE 0.1
#define BYTES_MAX 8000 /* most of it are figures, and samples of them */

static void one_operation(struct fake *fake, int64_t t, uint32_t loop)
{
	fake_loop(fake, t, loop, "eventfd", 0);
	fake_submit(fake, t + 100, loop, loop);
	fake_wait(fake, t + 200, loop, -1, 0);
	fake_start(fake, t + 300, loop, loop, loop % 8);
	fake_done(fake, t + 400, loop, loop);
	fake_notify(fake, t + 500, loop, loop);
	fake_wake(fake, t + 600, loop, WG_REASON_NOTIFIED, 1);
	fake_deliver(fake, t + 700, loop, loop);
	fake_wait(fake, t + 800, loop, 1000, 0);
}

/* Loops of one process; in the second half of the time each wakes once more for nothing. */
static void many_loops(const char *dir, uint32_t count)
{
	struct fake *fake = fake_create();
	uint32_t i;

	for (i = 1; i <= count; i++)
		one_operation(fake, (int64_t)i * 1000, i);
	for (i = 1; i <= count; i++)
		fake_wake(fake, (int64_t)(count + i) * 1000, i, WG_REASON_TIMEOUT, 0);
	fake_write(fake, dir);
}

static void many_processes(const char *dir, uint32_t count)
{
	struct fake *fake = fake_create();
	uint32_t i;

	for (i = 1; i <= count; i++) {
		fake_process(fake, 1000 + i * 4, "p");
		one_operation(fake, (int64_t)i * 1000, 1);
	}
	fake_write(fake, dir);
}

/* In a child: the most memory of a program includes what its parent had when it was started. */
static const char *made_up(void (*make)(const char *dir, uint32_t count), uint32_t count)
{
	const char *dir = wg_tmpdir();
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		make(dir, count);
		_exit(0);
	}
	CU_ASSERT_FATAL(waitpid(pid, &status, 0) == pid && status == 0);
	return dir;
}

struct cost {
	double seconds; /* of the processor */
	size_t bytes;	/* the most memory */
};

/* What a command costs on a trace. */
static struct cost cost_of(const char *const command[], const char *dir)
{
	const char *argv[16] = { wg_build_path("wakegap") };
	struct rusage usage;
	int status = -1, n = 1;
	pid_t pid;

	for (; command[n - 1]; n++)
		argv[n] = command[n - 1];
	argv[n] = dir;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout))
			(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	CU_ASSERT_EQUAL_FATAL(wait4(pid, &status, 0, &usage), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return (struct cost){ (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
				      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
					      1e6,
		(size_t)usage.ru_maxrss * 1024 };
}

/* more: how many loops or processes `many` has more than `few`. */
static void commands_take(const char *few, const char *many, size_t more)
{
	static const char *const commands[][8] = {
		{ "stats" },
		{ "stats", "--json" },
		{ "stats", "--by", "process" },
		{ "check", "--max-stuck", "0" },
		{ "view", "--frame", "100x30", "--keys", "i" },
		{ "export", "--format", "svg", "-o", "-" },
		{ "export", "--format", "html", "-o", "-" },
		{ "export", "--format", "csv", "-o", "-" },
		{ "export", "--format", "jsonl", "--what", "intervals", "-o", "-" },
		{ "export", "--format", "csv", "--what", "operations", "-o", "-" },
		{ "export", "--format", "chrome", "-o", "-" },
		{ "export", "--format", "perfetto", "-o", "-" },
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct cost one = cost_of(commands[i], few), four = cost_of(commands[i], many);
		bool is_linear = four.seconds <= 8 * one.seconds + ALLOWANCE;
		bool is_small = four.bytes <= one.bytes + more * BYTES_MAX;

		if (!is_linear || !is_small)
			printf("  %s %s %s: %.3f s, four times as much: %.3f s; %zu bytes each\n",
				commands[i][0], commands[i][1] ? commands[i][1] : "",
				commands[i][2] ? commands[i][2] : "", one.seconds, four.seconds,
				(four.bytes - one.bytes) / more);
		CU_ASSERT(is_linear);
		CU_ASSERT(is_small);
	}
}

static void loops_cost_what_they_are(void)
{
	commands_take(made_up(many_loops, LOOPS), made_up(many_loops, 4 * LOOPS), 3 * LOOPS);
}

static void processes_cost_what_they_are(void)
{
	commands_take(made_up(many_processes, PROCESSES), made_up(many_processes, 4 * PROCESSES),
		3 * PROCESSES);
}

void suite_scale(void)
{
	static const char why[] = "a sanitizer's time and memory are not the command's";

	WG_TEST_IF(WG_COUNTS_BYTES, why, loops_cost_what_they_are);
	WG_TEST_IF(WG_COUNTS_BYTES, why, processes_cost_what_they_are);
}
