/*
 * recording.c: what recording costs a program that does nothing else than read through the loop:
 * `wakegap run` itself says so, for it times passes that are recorded and passes that are not.
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
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"

static int measure(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	const char *slash = strrchr(wg_bench_setup.self, '/');
	char command[512];
	json_t *root, *run;
	FILE *out;

	(void)ret_extra;
	(void)snprintf(command, sizeof(command),
		"%.*s/wakegap run read --file %s --wait %s --passes %d --json",
		slash ? (int)(slash - wg_bench_setup.self) : 1, slash ? wg_bench_setup.self : ".",
		wg_bench_setup.file, row->arg, wg_bench_setup.scale < 1 ? 20 : 200);
	out = popen(command, "r");
	root = out ? json_loadf(out, 0, NULL) : NULL;
	if (out)
		(void)pclose(out);
	run = json_array_get(json_object_get(root, "runs"), 0);
	*ret = json_real_value(json_object_get(run, "recording_cost"));
	json_decref(root);
	if (*ret > 0)
		return 0;
	*ret_why = "nothing was recorded";
	return -ENODATA;
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
	.title = "a pass that is recorded, in passes that are not (10 MiB in 64 KiB reads)",
	.rounds = 5,
	.rows = rows };
