/*
 * stats.c: `wakegap stats`: the measures of traces/measure/measure.h, for people and for
 * programs.
 *
 * A trace that cannot be read changes the exit status; the others are still shown.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "traces/base/near.h"
#include "traces/base/units.h"
#include "traces/measure/many.h"
#include "viz/base/jobs.h"
#include "viz/base/merge.h"
#include "viz/base/progress.h"
#include "viz/base/part_args.h"
#include "viz/base/reader_args.h"
#include "viz/base/recordings.h"
#include "viz/base/tty.h"
#include "viz/stats/stats.h"
#include "viz/stats/threads.h"

/* So many columns can be compared. */
#define RECORDINGS_MAX 8

struct call {
	struct stats_options options;
	const char **paths; /* as they were typed */
	size_t count;
	unsigned jobs;
	struct wg_merge merge;
	bool json;
};

/* Those that could be read; the others are said. *ret_count: how many. */
static int load_all(struct stats_trace *traces, size_t *ret_count, const char *const *paths,
	size_t count, const struct call *call, bool by_kind)
{
	struct wg_error err = { 0 };
	struct wg_many *many;
	size_t i, loaded = 0;

	if (wg_many_start(paths, count, call->jobs, &call->options.part, by_kind, &many, &err) < 0)
		return wg_say("%s", err.text);
	for (i = 0; i < count; i++) {
		traces[loaded].path = paths[i];
		if (wg_many_take(many, &traces[loaded].summary, &err) == 0)
			loaded++;
		else
			wg_say("%s", err.text);
	}
	wg_many_destroy(many);
	*ret_count = loaded;
	return 0;
}

static int print(
	const struct stats_trace *traces, size_t count, struct stats_options *options, bool json)
{
	if (json)
		return wg_stats_print_json(traces, count, options);
	if (count > RECORDINGS_MAX && options->by == STATS_BY_TRACE && !options->where &&
		!options->histogram)
		return wg_stats_print_lines(traces, count, options);
	if (options->by == STATS_BY_TRACE && count == 1)
		options->by = STATS_BY_LOOP;
	return count ? wg_stats_print(traces, count, options) : 0;
}

/* Of several recordings in the one folder that was named, some are enough. */
static int show(const char *const *paths, size_t count, struct call *call, size_t wanted)
{
	struct stats_trace *traces = calloc(count, sizeof(*traces));
	size_t loaded = 0, i;
	int rc = traces ? 0 : -ENOMEM;

	if (rc == 0 && load_all(traces, &loaded, paths, count, call,
			       call->json || call->options.by == STATS_BY_KIND) == 0)
		rc = print(traces, loaded, &call->options, call->json);
	if (rc < 0)
		wg_say("cannot show the figures: %s", strerror(-rc));
	for (i = 0; i < loaded; i++)
		wg_summary_free(traces[i].summary);
	free(traces);
	return wg_say_flushed(rc < 0 || loaded < wanted ? WG_EXIT_FAILED : WG_EXIT_OK);
}

/* All as one trace. */
static int show_merged(const char *const *paths, size_t count, struct call *call)
{
	char *path = wg_merge_paths(paths, count);
	char *title = path ? wg_merge_title(strdup(path)) : NULL;
	struct stats_trace trace = { .path = title };
	struct wg_error err = { 0 };
	int rc = title ? wg_summary_load(path, &call->options.part,
				 call->json || call->options.by == STATS_BY_KIND, &trace.summary,
				 &err)
		       : wg_error_set(&err, -ENOMEM, "out of memory");

	if (rc == 0)
		rc = print(&trace, 1, &call->options, call->json);
	if (rc < 0)
		wg_say("%s", err.code ? err.text : "out of memory");
	wg_summary_free(trace.summary);

	free(path);
	free(title);
	return wg_say_flushed(rc < 0 ? WG_EXIT_FAILED : WG_EXIT_OK);
}

/* What the paths stand for. */
static int show_all(struct call *call)
{
	struct wg_recordings found = { 0 };
	size_t wanted;
	int rc;

	if (wg_recordings_expand(call->paths, call->count, &found) < 0) {
		wg_recordings_fini(&found);
		return wg_say("out of memory");
	}
	wanted = found.count;
	if (call->merge.is_set) {
		rc = show_merged((const char *const *)found.path, wanted, call);
		wg_recordings_fini(&found);
		return rc;
	}
	if (wanted == 1) {
		struct wg_recordings in = { 0 };

		wg_recordings_in(found.path[0], RECORDINGS_MAX, &in);
		if (in.count) {
			wg_recordings_fini(&found);
			found = in;
		}
	}
	rc = show((const char *const *)found.path, found.count, call, wanted);
	wg_recordings_fini(&found);
	return rc;
}

/* COLUMNS, the terminal, or 80. */
static int columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;
	uint64_t cols;

	if (text && wg_parse_number(text, 1, INT_MAX, &cols) == 0)
		return cols > 400 ? 400 : (int)cols;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col > 400 ? 400 : size.ws_col;
	return 80;
}

/* ---- options ---- */

enum { KEY_BY = 0x1000, KEY_WHERE, KEY_HISTOGRAM, KEY_ASCII, KEY_JSON, KEY_TOP };

static error_t take_by(const char *text, struct stats_options *options, struct argp_state *state)
{
	static const char *const names[] = {
		[STATS_BY_LOOP] = "loop", [STATS_BY_PROCESS] = "process", [STATS_BY_KIND] = "kind"
	};
	char hint[80];
	int by;

	for (by = STATS_BY_LOOP; by <= STATS_BY_KIND; by++) {
		if (strcmp(text, names[by]) == 0) {
			options->by = (enum stats_by)by;
			return 0;
		}
	}
	return wg_option_fail(state, "--by: no '%s'%s", text,
		wg_near_hint(hint, sizeof(hint), text, "loop process kind"));
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &call->options.part;
		state->child_inputs[1] = &call->merge;
		state->child_inputs[2] = &call->jobs;
		return 0;
	case KEY_BY: return take_by(arg, &call->options, state);
	case KEY_WHERE: call->options.where = true; return 0;
	case KEY_HISTOGRAM: call->options.histogram = true; return 0;
	case KEY_ASCII: call->options.ascii = true; return 0;
	case KEY_JSON: call->json = true; return 0;
	case KEY_TOP:
		if (wg_parse_number(arg, 1, 1000000, &call->options.top) < 0)
			return wg_option_fail(state, "--top: '%s' is not a number of rows", arg);
		return 0;
	case ARGP_KEY_ARG: call->paths[call->count++] = arg; return 0;
	case ARGP_KEY_NO_ARGS: return wg_option_fail(state, "which trace? " WG_MAKES_A_TRACE);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "by", KEY_BY, "loop|process|kind", 0,
			"a column for each of these, kind being that of operations; the default is "
			"each loop of one trace, and all loops together of several",
			0 },
		{ "where", KEY_WHERE, NULL, 0,
			"where the time of an operation went, also of several traces", 0 },
		{ "histogram", KEY_HISTOGRAM, NULL, 0,
			"gaps and service times as bars, as wide as COLUMNS or the terminal", 0 },
		{ "ascii", KEY_ASCII, NULL, 0, "bars of # (the default unless the locale is UTF-8)",
			0 },
		{ "top", KEY_TOP, "N", 0,
			"so many threads and findings, those that wake most first; the default is "
			"20 (JSON has all)",
			0 },
		{ "json", KEY_JSON, NULL, 0, "the figures as JSON, times in nanoseconds", 0 },
		{ 0 },
	};
	static const struct argp_child children[] = {
		{ &wg_part_argp, 0, "A part of the trace:", 1 },
		{ &wg_merge_argp, 0, "Several hosts:", 7 },
		{ &wg_jobs_argp, 0, "Many traces:", 8 },
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "TRACE...",
		"Counts wakes, gaps and wasted time per loop. TRACE is a folder that holds a "
		"trace, or any folder above one; one that holds several recordings stands for "
		"each, and 'DIR/**' for all below DIR.\v"
		"Two or more traces stand side by side, with ratios to the first. Loops and "
		"processes are matched by the program's name and their order, threads by their "
		"name. More than eight traces are a line each.\n\n"
		"  asleep        time from each wait to the loop's next wake\n"
		"  wasted        the part of it in which a result was ready: the sum of the gaps\n"
		"  gap           one for each wait in which a result was ready before the wake\n"
		"  empty wakes   nothing was there: no result, no due timer, no descriptor\n"
		"  late wakes    the timeout ended a wait with a result ready\n"
		"  stuck         at the end of the trace the loop sleeps with a result ready,\n"
		"                and no timeout is to come\n"
		"  queued        of an operation: submit to start\n"
		"  in service    start to done\n"
		"  ready, asleep done to the loop's first wake after it (0 if it was awake)\n"
		"  delivery      that wake to deliver\n"
		"  whole         submit to deliver\n"
		"  CPU time      of the thread that waits, between its waits and wakes, if the\n"
		"                trace has the context perf:thread:task-clock\n\n"
		"Percentiles are nearest rank.\n\n"
		"Exit status: 0 done, 1 a trace could not be read, 2 usage",
		children, NULL, NULL };

	return &table;
}

static int run(int argc, char **argv)
{
	struct call call = { .paths = calloc((size_t)argc + 1, sizeof(*call.paths)) };
	int rc;

	if (!call.paths)
		return wg_say("out of memory");
	wg_say_pipes();
	wg_say_plainly();
	call.options.ascii = !wg_tty_is_utf8();
	call.options.cols = columns();
	call.options.top = WG_TOP_ROWS;
	rc = wg_options_parse(&wg_cmd_stats, argc, argv, 0, &call);
	wg_progress_start();
	if (rc < 0)
		rc = show_all(&call);
	free(call.paths);
	return rc;
}

const struct wg_cmd wg_cmd_stats = {
	.name = "wakegap stats",
	.does = "count wakes, gaps and wasted time per loop",
	.main = run,
	.table = table,
	.chapters = { wg__manual_part, wg__manual_stats },
	.words = wg_part_words,
};
