/*
 * stats.c: `wakegap stats`: the measures of traces/measure/measure.h, for people and for
 * programs.
 *
 * A trace that cannot be read changes the exit status; the others are still shown.
 */
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "traces/base/near.h"
#include "traces/base/units.h"
#include "viz/base/part_args.h"
#include "viz/base/reader_args.h"
#include "viz/base/recordings.h"
#include "viz/stats/stats.h"
#include "viz/stats/threads.h"

static void load_all(struct stats_trace *traces, size_t *count, const struct stats_options *options,
	bool by_kind)
{
	size_t i, loaded = 0;

	for (i = 0; i < *count; i++) {
		struct wg_error err = { 0 };

		if (wg_summary_load(
			    traces[i].path, &options->part, by_kind, &traces[i].summary, &err) < 0)
			wg_say("%s", err.text);
		else
			traces[loaded++] = traces[i];
	}
	*count = loaded;
}

/* So many columns can be compared. */
#define RECORDINGS_MAX 8

/* found: instead of the one trace, those that are in its folder; some of them is enough. */
static int show(struct stats_trace *traces, size_t wanted, const struct wg_recordings *found,
	struct stats_options *options, bool json)
{
	size_t count = found->count ? found->count : wanted, i;
	int rc = 0;

	for (i = 0; i < found->count; i++)
		traces[i].path = found->path[i];

	load_all(traces, &count, options, json || options->by == STATS_BY_KIND);
	if (options->by == STATS_BY_TRACE && count == 1)
		options->by = STATS_BY_LOOP;
	if (json)
		rc = wg_stats_print_json(traces, count, options);
	else if (count)
		rc = wg_stats_print(traces, count, options);
	if (rc < 0)
		wg_say("cannot show the figures: %s", strerror(-rc));
	for (i = 0; i < count; i++)
		wg_summary_free(traces[i].summary);
	return wg_say_flushed(rc < 0 || count < wanted ? WG_EXIT_FAILED : WG_EXIT_OK);
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

struct call {
	struct stats_options options;
	struct stats_trace *traces;
	size_t count;
	bool json;
};

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
	case ARGP_KEY_INIT: state->child_inputs[0] = &call->options.part; return 0;
	case KEY_BY: return take_by(arg, &call->options, state);
	case KEY_WHERE: call->options.where = true; return 0;
	case KEY_HISTOGRAM: call->options.histogram = true; return 0;
	case KEY_ASCII: call->options.ascii = true; return 0;
	case KEY_JSON: call->json = true; return 0;
	case KEY_TOP:
		if (wg_parse_number(arg, 1, 1000000, &call->options.top) < 0)
			return wg_option_fail(state, "--top: '%s' is not a number of rows", arg);
		return 0;
	case ARGP_KEY_ARG: call->traces[call->count++].path = arg; return 0;
	case ARGP_KEY_NO_ARGS: return wg_option_fail(state, "which trace?");
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
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "TRACE...",
		"Counts wakes, gaps and wasted time per loop. TRACE is a folder that holds a "
		"trace, or any folder above one; one that holds several recordings stands for "
		"each.\v"
		"Two or more traces stand side by side, with ratios to the first. Loops and "
		"processes are matched by the program's name and their order.\n\n"
		"  asleep        time from each wait to the loop's next wake\n"
		"  wasted        the part of it in which a result was ready: the sum of the gaps\n"
		"  gap           one for each wait in which a result was ready before the wake\n"
		"  empty wakes   nothing was there: no result, no due timer, no descriptor\n"
		"  late wakes    the timeout ended a wait with a result ready\n"
		"  stuck         at the end of the trace the loop sleeps with a result ready\n"
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
	struct call call = { .traces =
				     calloc((size_t)argc + RECORDINGS_MAX, sizeof(*call.traces)) };
	struct wg_recordings found = { 0 };
	int rc;

	if (!call.traces)
		return wg_say("out of memory");
	wg_say_pipes();
	wg_say_plainly();
	(void)setlocale(LC_CTYPE, "");
	call.options.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	call.options.cols = columns();
	call.options.top = WG_TOP_ROWS;
	rc = wg_options_parse(&wg_cmd_stats, argc, argv, 0, &call);
	if (rc < 0 && call.count == 1)
		wg_recordings_in(call.traces[0].path, RECORDINGS_MAX, &found);
	if (rc < 0)
		rc = show(call.traces, call.count, &found, &call.options, call.json);
	wg_recordings_fini(&found);
	free(call.traces);
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
