/*
 * record_trace.c: see record_trace.h. What is said stands on standard error.
 */
#include "viz/cmd/record_trace.h"

#include <inttypes.h>
#include <stdbool.h>

#include "traces/base/map.h"
#include "traces/base/say.h"
#include "traces/base/units.h"
#include "traces/read/read.h"

/* Reading a trace of a million events takes a second or two; a longer one is not read to its end.
 */
#define COUNT_MAX 1000000

struct counts {
	size_t processes; /* that have events; 0 also if it cannot be read */
	bool has_all;	  /* it was read to its end */
	bool has_wanted;  /* one of them is that one */
	uint64_t others;  /* events of programs that the command did not start */
	size_t other_processes;
};

static void count(const char *dir, pid_t wanted, struct counts *ret)
{
	struct wg_reader *r = NULL;
	struct wg__map pids = { 0 };
	struct wg_event ev;
	size_t events = 0;
	int rc = wg_reader_open(dir, &r, NULL);

	*ret = (struct counts){ 0 };
	while (rc == 0 && events < COUNT_MAX && (rc = wg_reader_next(r, &ev, NULL)) > 0) {
		events++;
		rc = ev.pid > 0 ? wg__map_put(&pids, (uint32_t)ev.pid, 0, 1) : 0;
	}
	ret->has_all = rc == 0 && events < COUNT_MAX;
	ret->processes = pids.count;
	ret->has_wanted = wg__map_get(&pids, (uint32_t)wanted, 0) != WG__MAP_NONE;
	if (r)
		ret->others = wg_reader_others(r, &ret->other_processes);
	wg__map_fini(&pids);
	wg_reader_close(r);
}

void wg_record_say_trace(const char *command, const struct wg_record_result *result)
{
	struct counts counts;
	const char *least;
	char dir[WG_SHELL_MAX];

	count(result->dir, result->outlived_by, &counts);
	least = counts.has_all ? "" : "at least ";
	(void)wg_shell_word(dir, "%s", result->dir);
	if (counts.processes == 0 && counts.has_all && counts.others)
		wg_say("%s emitted no wakegap events (trace in %s)", command, dir);
	else if (counts.processes == 0)
		wg_say("trace in %s", dir);
	else
		wg_say("trace in %s: %s%zu process%s", dir, least, counts.processes,
			counts.processes == 1 ? "" : "es");
	if (counts.others)
		wg_say("%s%" PRIu64 " event%s of %zu process%s that %s did not start %s left out: "
		       "--everything shows them",
			least, counts.others, wg_s(counts.others), counts.other_processes,
			counts.other_processes == 1 ? "" : "es", command,
			counts.others == 1 ? "is" : "are");
	if (result->outlived_by && counts.processes && counts.has_all && !counts.has_wanted)
		wg_say("%s (%ld) ran on, and has no events: a process forked without exec needs "
		       "LD_PRELOAD=liblttng-ust-fork.so, one that closes all descriptors "
		       "LD_PRELOAD=liblttng-ust-fd.so",
			result->left_name, (long)result->outlived_by);
}
