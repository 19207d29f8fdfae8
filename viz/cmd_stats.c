/*
 * cmd_stats.c: `wakegap stats`: the measures of traces/measure.h, for people and for programs.
 *
 * A trace that cannot be read does not keep the others from being shown; it costs the exit status.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/cmd.h"
#include "viz/say.h"
#include "viz/stats.h"

static void print_help(void)
{
	puts("wakegap stats: count wakes, gaps and wasted time per loop\n\n"
	     "usage: wakegap stats TRACE... [--json]\n\n"
	     "  TRACE    a folder that holds a trace, or any folder above one\n"
	     "  --json   the same as JSON, times in nanoseconds\n\n"
	     "Two or more traces stand side by side, with ratios to the first.\n\n"
	     "  asleep        time from each wait to the loop's next wake\n"
	     "  wasted        the part of it in which a result was ready: the sum of the gaps\n"
	     "  gap           one for each wait in which a result was ready before the wake\n"
	     "  empty wakes   nothing was there: no result, no due timer, no descriptor\n"
	     "  late wakes    the timeout ended a wait with a result ready\n"
	     "  stuck         at the end of the trace the loop sleeps with a result ready\n\n"
	     "Percentiles are nearest rank. Exit status: 0 done, 1 a trace could not be read, 2 "
	     "usage");
}

static void load_all(struct stats_trace *traces, size_t *count)
{
	size_t i, loaded = 0;

	for (i = 0; i < *count; i++) {
		struct wg_error err = { 0 };

		if (wg_summary_load(traces[i].path, &traces[i].summary, &err) < 0)
			wg_say("%s", err.text);
		else
			traces[loaded++] = traces[i];
	}
	*count = loaded;
}

static int show(struct stats_trace *traces, size_t wanted, bool json)
{
	size_t count = wanted, i;
	int rc = 0;

	load_all(traces, &count);
	if (json)
		rc = wg_stats_print_json(traces, count);
	else if (count)
		rc = wg_stats_print(traces, count);
	if (rc < 0)
		wg_say("cannot show the figures: %s", strerror(-rc));
	for (i = 0; i < count; i++)
		wg_summary_free(traces[i].summary);
	return wg_say_flushed(rc < 0 || count < wanted ? WG_EXIT_FAILED : WG_EXIT_OK);
}

int cmd_stats(int argc, char **argv)
{
	struct stats_trace *traces = calloc((size_t)argc + 1, sizeof(*traces));
	bool json = false, options = true;
	size_t count = 0;
	int i, rc = -1;

	if (!traces) {
		wg_say("out of memory");
		return WG_EXIT_FAILED;
	}
	for (i = 1; i < argc && rc < 0; i++) {
		if (!options || argv[i][0] != '-') {
			traces[count++].path = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (strcmp(argv[i], "--json") == 0) {
			json = true;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			rc = wg_say_flushed(WG_EXIT_OK);
		} else {
			rc = wg_say_usage("stats", "no option '%s'", argv[i]);
		}
	}
	if (rc < 0 && count == 0)
		rc = wg_say_usage("stats", "which trace?");
	if (rc < 0)
		rc = show(traces, count, json);
	free(traces);
	return rc;
}
