/*
 * recording.c: what recording costs a program that does nothing else than read through the loop:
 * passes of `wakegap-workload read`, one of which records as for `wakegap run`, in passes that do
 * not. The second figure is the same of their CPU time, which says more on a busy machine.
 *
 * Two processes do the passes in turn, five and five: with one after the other, what changed in
 * between on the machine was in the figure. Of two that did the same, on a busy machine of two
 * cores, half of the ratios were between 0.5 and 1.25 one after the other, and between 0.87 and
 * 1.11 in turn; of their CPU time between 0.99 and 1.03.
 *
 * `run` keeps the events itself (core/workload/recorder.h), because with LTTng the bounds are
 * missed: 190 ns an event, 8 events a read, and a read that blocks takes 5 us. There both threads
 * share a processor, so each event is in the way of all. callgrind: an event is 633 instructions,
 * of which the three contexts are 200 and the fields 65; system calls and switches are as many as
 * without. The fastest of 100 passes beside the fastest that is not recorded, medians of 8 to 10
 * rounds in turn on a busy machine:
 *
 *     condvar, with LTTng                       1.23 to 1.32    a rare event alone            1.03
 *     without contexts                          1.17 to 1.27    vtid alone                    1.25
 *     overwritten buffers of 2 x 16 KiB         1.29            of 2 x 256 KiB                1.28
 *     an event's fields in one call, and LTTng's read lock inline (565 instructions)          1.21
 *     the same without contexts                 1.13 to 1.20
 *     kept by the program                       1.09 to 1.14    and that lock inline          1.09
 *     and the next line of memory fetched ahead 1.07 to 1.10
 *
 * Other attempts with LTTng, medians, all between 1.21 and 1.40: no switch timer, no read timer, 2
 * sub-buffers of 16 MiB, 4 of 1 MiB, 16 of 64 KiB, buffers per process, a clock of rdtsc alone.
 *
 * What the program keeps costs 26 ns an event in a loop of nothing else, of which reading the clock
 * is 23. More than that is memory: see core/workload/recorder_kept.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "traces/base/tree.h"
#include "viz/run/workload_program.h"

/* One of the two, while it runs. */
struct side {
	pid_t pid;
	int answer_fd; /* what it prints */
	double seconds, cpu_seconds;
};

/* Start it, with its end of the socket, which we do not keep. */
static int start(struct side *side, const char *program, const char *wait, const char *dir, int *fd)
{
	char passes[16], turns[16];
	char *argv[] = { (char *)(uintptr_t)program, "read", "--file",
		(char *)(uintptr_t)wg_bench_setup.file, "--wait", (char *)(uintptr_t)wait,
		"--check", "0", "--passes", passes, "--turns", turns, dir ? "--record" : NULL,
		(char *)(uintptr_t)dir, NULL };
	struct wg_error err;

	(void)snprintf(passes, sizeof(passes), "%d", wg_bench_setup.scale < 1 ? 20 : 200);
	(void)snprintf(turns, sizeof(turns), "%d", *fd);
	side->answer_fd = memfd_create("answer", MFD_CLOEXEC);
	if (side->answer_fd < 0 || fcntl(*fd, F_SETFD, 0) < 0)
		return -errno;
	side->pid = wg_workload_start(argv, side->answer_fd, &err);
	(void)close(*fd);
	*fd = -1;
	return side->pid < 0 ? (int)side->pid : 0;
}

static int end(struct side *side)
{
	struct wg_run_answer answer = { 0 };
	struct wg_error err;
	int rc = side->pid > 0 && wg_workload_end(side->pid) == 0 ? 0 : -ECHILD;

	if (rc == 0)
		rc = wg_workload_answer(side->answer_fd, &answer, &err);
	if (rc == 0) {
		side->seconds = answer.median_s;
		side->cpu_seconds = json_real_value(
			json_object_get(json_object_get(answer.all, "cpu_seconds"), "median"));
		wg_run_answer_fini(&answer);
	}
	if (side->answer_fd >= 0)
		(void)close(side->answer_fd);
	return rc;
}

/* Both, to their ends; the recorded one first. */
static int run_both(struct side sides[2], const char *program, const char *wait, const char *dir)
{
	int fds[2], rc, ended;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	/* The first turn. */
	rc = write(fds[1], "", 1) == 1 ? 0 : -errno;
	if (rc == 0)
		rc = start(&sides[1], program, wait, NULL, &fds[1]);
	if (rc == 0)
		rc = start(&sides[0], program, wait, dir, &fds[0]);
	if (fds[0] >= 0)
		(void)close(fds[0]);
	if (fds[1] >= 0)
		(void)close(fds[1]);
	ended = end(&sides[0]);
	rc = rc == 0 ? ended : rc;
	ended = end(&sides[1]);
	return rc == 0 ? ended : rc;
}

static int measure(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct side sides[2] = { { .answer_fd = -1 }, { .answer_fd = -1 } };
	char program[512], dir[512], metadata[600];
	struct wg_error err;
	struct stat st;
	int rc = wg_program_beside("wakegap-workload", program, sizeof(program), &err);

	(void)snprintf(dir, sizeof(dir), "%s/recorded", wg_bench_setup.dir);
	(void)snprintf(metadata, sizeof(metadata), "%s/metadata", dir);
	if (rc == 0 && mkdir(dir, 0700) < 0)
		rc = -errno;
	if (rc == 0)
		rc = run_both(sides, program, row->arg, dir);
	if (rc == 0 && stat(metadata, &st) < 0)
		rc = -ENODATA;
	(void)wg_remove_tree(dir);
	if (rc < 0 || sides[1].seconds <= 0 || sides[1].cpu_seconds <= 0) {
		*ret_why = "nothing was recorded";
		return -ENODATA;
	}
	*ret = sides[0].seconds / sides[1].seconds;
	*ret_extra = sides[0].cpu_seconds / sides[1].cpu_seconds;
	return 0;
}

#define ROW(strategy, bound)                                                                       \
	{                                                                                          \
		.group = "recording", .name = strategy, .unit = WG_BENCH_COUNT,                    \
		.measure = measure, .arg = strategy, .want = bound                                 \
	}

static struct wg_bench_row rows[] = {
	ROW("condvar", 1.15),
	ROW("futex", 1.15),
	ROW("eventfd", 1.15),
	ROW("hybrid", 1.3),
	{ .name = NULL },
};

struct wg_bench_group wg_bench_recording = { .name = "recording",
	.title = "a pass that is recorded, in passes that are not; their CPU time (10 MiB in 64 "
		 "KiB reads)",
	.rounds = 5,
	.rows = rows };
